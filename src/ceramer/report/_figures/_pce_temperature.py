"""PCE: conductivity against temperature."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer import units
from ceramer.library import Reproduction, book, load_stack
from ceramer.provenance import Estimate, Ledger, estimate
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find, plain_log_axis

__all__ = ["pce_temperature"]

_CLAIMS = {"A0067": 30.0, "A0068": 100.0}
_GRID = np.linspace(22.0, 105.0, 6)


def _at(celsius: float) -> Estimate:
    def calculate(ledger: Ledger) -> float:
        return load_stack("PCE", ledger).ionic_conductivity(units.ZERO_CELSIUS + celsius)

    return estimate(calculate, book(), samples=64)


def pce_temperature(reproduction: Reproduction) -> Figure | None:
    """Predicted band (95 %) over the ranges of the inputs, with the printed points."""
    rows = find(reproduction, *_CLAIMS)
    if rows is None:
        return None
    unit = rows[0].unit
    estimates = [_at(float(t)) for t in _GRID]
    low, value, high = (
        np.array([units.convert(getattr(e, end), unit) for e in estimates]) for end in ("low", "value", "high")
    )

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        axes.set_yscale("log")
        plain_log_axis(axes.yaxis)
        axes.fill_between(_GRID, low, high, color=canvas.SKY, alpha=0.35, linewidth=0, label="95 % interval")
        axes.plot(_GRID, value, color=canvas.BLUE, label="nominal inputs")
        for number, (row, celsius) in enumerate(zip(rows, _CLAIMS.values(), strict=True)):
            axes.plot(
                [celsius],
                [row.printed],
                "s",
                color=canvas.VERMILLION,
                label=None if number else "printed",
                linestyle="none",
            )
            axes.annotate(
                f"{row.printed_text} {unit}", (celsius, row.printed), xytext=(0, -13), textcoords="offset points",
                ha="center", fontsize=8.5,
            )  # fmt: skip
        axes.set_ylim(0.5 * min(float(low.min()), *(row.printed for row in rows)), 1.5 * float(high.max()))
        axes.set_xlabel("temperature, °C")
        axes.set_ylabel(f"ionic conductivity, {unit}")
        axes.legend(loc="upper left")

    text = "; ".join(
        f"{t:.0f} degC: {v:.2g} ({a:.2g} to {b:.2g})" for t, a, v, b in zip(_GRID, low, value, high, strict=True)
    )
    points = ", ".join(f"{row.printed_text} at {t:.0f} degC" for row, t in zip(rows, _CLAIMS.values(), strict=True))
    svg = canvas.draw(
        "pce",
        "PCE: ionic conductivity against temperature",
        f"In {unit}. {text}. Printed: {points}.",
        (7.6, 3.4),
        paint,
    )
    caption = (
        "The band spans any structure between coated and touching grains and the ranges of the phases' conductivities "
        "and activation energies. It is wide because the polymer was not measured alone."
    )
    return Figure("pce", "PCE: conductivity against temperature", caption, svg)
