"""UVEA: direct-current steps, and what a straight line leaves over."""

from __future__ import annotations

from typing import Any

from ceramer import units
from ceramer.library import Reproduction, fact
from ceramer.provenance import Kind
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find, plain_log_axis

__all__ = ["direct_current"]

_STEPS = tuple((f"A{375 + 2 * k:04d}", f"A{376 + 2 * k:04d}") for k in range(9))  # current, voltage


def direct_current(reproduction: Reproduction) -> Figure | None:
    """Printed voltage against current with the line through its ends; residuals in microvolt."""
    rows = find(reproduction, *(voltage for _, voltage in _STEPS))
    if rows is None:
        return None
    currents = [units.convert(fact(current).si, "uA") for current, _ in _STEPS]
    printed = [units.convert(fact(row.id).si, "mV") for row in rows]
    line = [units.convert(units.to_si_of(row.value or 0.0, row.unit), "mV") for row in rows]
    residuals = [1e3 * (p - v) for p, v in zip(printed, line, strict=True)]
    calibrated = [row.kind is Kind.CALIBRATED for row in rows]

    def paint(figure: Any) -> None:
        upper = figure.add_subplot(1, 2, 1)
        upper.grid(True)
        upper.plot(currents, line, color=canvas.BLUE, label="line through first and last step")
        upper.plot(currents, printed, "s", color=canvas.VERMILLION, label="printed", markersize=5)
        upper.set_xlabel("current, uA")
        upper.set_ylabel("voltage, mV")
        upper.legend(loc="upper left")
        lower = figure.add_subplot(1, 2, 2)
        lower.grid(True)
        lower.set_xscale("log")
        lower.axhline(0.0, color=canvas.BLUE, linewidth=1.2)
        for fixed, mark, label in ((False, "s", "printed less line"), (True, "o", "calibrated (zero by construction)")):
            chosen = [(i, r) for i, r, c in zip(currents, residuals, calibrated, strict=True) if c is fixed]
            lower.plot(
                *zip(*chosen, strict=True), mark, color=canvas.GREY if fixed else canvas.VERMILLION, label=label,
                linestyle="none", markersize=5,
            )  # fmt: skip
        plain_log_axis(lower.xaxis)
        lower.set_ylim(1.25 * min(0.0, *residuals) - 25.0, 1.45 * max(residuals))
        lower.set_xlabel("current, uA")
        lower.set_ylabel("residual, uV")
        lower.legend(loc="upper left")

    text = ", ".join(f"{i:g} uA: {r:+.0f} uV" for i, r in zip(currents, residuals, strict=True))
    svg = canvas.draw("dcr", "UVEA: voltage against current", f"Residuals of the line: {text}.", (7.6, 3.3), paint)
    caption = (
        "Nine current steps of a Li | UVEA | Li cell. A single resistance through the ends misses the middle steps by "
        f"up to {max(map(abs, residuals)):.0f} uV, far above the microvolt to which voltages are printed; whether the "
        "slope really falls depends on how exact the round currents are."
    )
    return Figure("dcr", "UVEA: is the direct-current resistance one number?", caption, svg)
