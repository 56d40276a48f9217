"""Void healing in PCE: two laws through the printed frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer import laws
from ceramer.library import Reproduction, book, fact
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find

__all__ = ["void_healing"]

_START, _LATER, _FRAME, _CLOSED = "A0035", "A0036", "A0034", "A0033"
_HOUR, _MICRON = 3600.0, 1e-6


def void_healing(reproduction: Reproduction) -> Figure | None:
    """L(t) at constant volume rate (n = 3) and at constant area rate (n = 2) after an induction time."""
    if find(reproduction, _CLOSED) is None:
        return None
    ledger = book().ledger()
    start, later, frame, closed = (ledger(key) for key in (_START, _LATER, _FRAME, _CLOSED))
    cubic = laws.rate_from_interval(start, later, frame, 3.0)
    # n = 2 through both later frames: its rate from the last interval, its induction time from the first size
    square = laws.rate_from_interval(later, 0.0, closed - frame, 2.0)
    induction = float(closed - laws.closure_time(start, square, 2.0))
    times = np.linspace(0.0, 1.15 * closed, 231)
    size_3 = np.asarray(laws.void_size(times, start, cubic, 3.0))
    size_2 = np.asarray(laws.void_size(times, start, square, 2.0, induction))
    end_3 = float(laws.closure_time(start, cubic, 3.0))

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        axes.plot(times / _HOUR, size_3 / _MICRON, color=canvas.BLUE, label="n = 3, rate from the first interval")
        axes.plot(
            times / _HOUR, size_2 / _MICRON, color=canvas.GREEN, linestyle=(0, (5, 2)),
            label=f"n = 2, {induction / _HOUR:.1f} h induction, rate from the last interval",
        )  # fmt: skip
        axes.plot(
            [0.0, frame / _HOUR], [start / _MICRON, later / _MICRON], "s", color=canvas.VERMILLION, label="printed"
        )
        axes.annotate(
            f"printed: closed within {fact(_CLOSED).value} h", (closed / _HOUR, 0.0), xytext=(-78, 12),
            textcoords="offset points", ha="right", fontsize=8.5,
            arrowprops={"arrowstyle": "->", "color": canvas.VERMILLION},
        )  # fmt: skip
        axes.plot([closed / _HOUR], [0.0], "<", color=canvas.VERMILLION, clip_on=False)
        axes.set_ylim(0.0, 1.08 * start / _MICRON)
        axes.set_xlim(0.0, times[-1] / _HOUR)
        axes.set_xlabel("time, h")
        axes.set_ylabel("void size, um")
        axes.legend(loc="lower left")

    svg = canvas.draw(
        "healing",
        "Void healing in PCE",
        f"Both laws start at {start / _MICRON:.0f} um and pass {later / _MICRON:.0f} um at {frame / _HOUR:.0f} h; "
        f"n = 3 closes at {end_3 / _HOUR:.1f} h, "
        f"n = 2 with {induction / _HOUR:.1f} h induction at {closed / _HOUR:.0f} h.",
        (7.6, 3.3),
        paint,
    )
    caption = (
        "Two laws through the same three frames: constant volume rate without induction, and constant area rate after "
        "an induction time. Three frames, the last of them only an upper bound, do not tell them apart."
    )
    return Figure("healing", "PCE: how a void closes", caption, svg)
