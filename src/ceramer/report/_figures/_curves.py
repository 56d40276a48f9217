"""Charge and discharge curves of the fitted full cells, with the printed capacities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceramer import units
from ceramer.errors import InputError, MissingExtraError, NotConvergedError
from ceramer.library import Reproduction, book, fact
from ceramer.library._full_cells import CSE, PLM_LFP
from ceramer.provenance import Kind
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find

__all__ = ["curves"]

_CELLS = (
    ("Li | CSE | NCM811, 30 degC", CSE, {0.1: "F001-161", 0.2: "F001-162", 0.5: "F001-163", 1.0: "F001-164"}),
    ("LFP | PLM | Li, 25 degC", PLM_LFP, {0.1: "F003-050", 0.2: "F003-051", 0.5: "F003-052"}),
)
_COLOURS = (canvas.BLUE, canvas.SKY, canvas.ORANGE, canvas.VERMILLION)
_POINTS = 60
Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def curves(reproduction: Reproduction) -> Figure | None:
    """Voltage against capacity for each rate, simulated; printed capacities at the lower cut-off."""
    rows = find(reproduction, *(claim for _, _, claims in _CELLS for claim in claims.values()))
    if rows is None:
        return None
    kinds = {row.id: row.kind for row in rows}
    ledger = book().ledger()
    drawn: list[tuple[str, float, dict[float, tuple[Curve, Curve]]]] = []
    try:
        for title, series, claims in _CELLS:
            cell = series.cell(ledger)
            currents = {rate: series.current_density(ledger, rate, cell) for rate in claims}
            drawn.append((title, cell.lower, {rate: cell.curves(j) for rate, j in currents.items()}))
    except (MissingExtraError, NotConvergedError, InputError):
        return None

    def paint(figure: Any) -> None:
        for axes, (title, lower, found), (_, _, claims) in zip(figure.subplots(1, 2), drawn, _CELLS, strict=True):
            axes.grid(True)
            axes.set_title(title)
            for colour, (rate, pair) in zip(_COLOURS, found.items(), strict=False):
                for number, (capacity, voltage) in enumerate(pair):
                    axes.plot(
                        *_thinned(capacity, voltage), color=colour, linestyle="--" if number == 0 else "-",
                        linewidth=1.1 if number == 0 else 1.6, label=f"{rate:g}C" if number else None,
                    )  # fmt: skip
                claim = claims[rate]
                axes.plot(
                    [float(fact(claim).value)], [lower], "o", color=colour, clip_on=False, zorder=5, markersize=6.5,
                    markerfacecolor=colour if kinds[claim] is Kind.CALIBRATED else "none", markeredgewidth=1.4,
                )  # fmt: skip
            axes.set_ylim(bottom=lower)
            axes.set_xlim(left=0.0)
            axes.set_xlabel("capacity, mAh/g")
            axes.set_ylabel("voltage, V")
            axes.legend(loc="lower left")

    said = [
        f"{title}, {rate:g}C: {units.convert(pair[1][0][-1], 'mAh/g'):.0f} mAh/g (printed {fact(claims[rate]).value})"
        for (title, _, found), (_, _, claims) in zip(drawn, _CELLS, strict=True)
        for rate, pair in found.items()
    ]
    svg = canvas.draw("curves", "Charge and discharge curves", f"Discharge: {'; '.join(said)}.", (7.6, 3.5), paint)
    caption = (
        "Simulated: charge as assembled dashed, discharge after it solid, at one rate each. Points on the lower "
        "cut-off: printed discharge capacities, filled where they were fitted to, open where they are predicted. "
        "Voltages are not printed in the texts."
    )
    return Figure("curves", "Charge and discharge: simulated curves, printed capacities", caption, svg)


def _thinned(capacity: NDArray[np.float64], voltage: NDArray[np.float64]) -> tuple[Any, Any]:
    """Return a curve in mAh/g and V with few points, dense where the voltage bends."""
    x = np.array([units.convert(q, "mAh/g") for q in (0.0, 1.0)])
    capacity = capacity * (x[1] - x[0])
    way = np.concatenate(
        [[0.0], np.cumsum(np.hypot(np.diff(capacity) / np.ptp(capacity), np.diff(voltage) / np.ptp(voltage)))]
    )
    at = np.linspace(0.0, way[-1], _POINTS)
    return np.interp(at, way, capacity), np.interp(at, way, voltage)
