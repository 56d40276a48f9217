"""Capacity and coulombic efficiency over cycles: printed ends, the fade of another cell, and an ageing simulation."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ceramer import units
from ceramer.errors import InputError, MissingExtraError, NotConvergedError
from ceramer.library import Reproduction, book, fact
from ceramer.library._fade import FADES, capacity_left
from ceramer.library._full_cells import CSE
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find

__all__ = ["cycling"]

_Line = tuple[str, str, str, str, str]  # label, cell, the cell whose fade predicts it, colour, marker
_HOT: tuple[_Line, ...] = (
    ("0.2C", "LFP|PLM|Li, 0.2C, 60 degC", "LFP|PLM|Li, 1C, 60 degC", canvas.BLUE, "o"),
    ("0.5C", "LFP|PLM|Li, 0.5C, 60 degC", "LFP|PLM|Li, 1C, 60 degC", canvas.ORANGE, "s"),
    ("1C", "LFP|PLM|Li, 1C, 60 degC", "LFP|PLM|Li, 0.5C, 60 degC", canvas.GREEN, "D"),
)
_CSE: tuple[_Line, ...] = (
    ("1.5 mg/cm2", "Li|CSE|NCM811, 1.5 mg/cm2", "Li|CSE|NCM811, 5.2 mg/cm2", canvas.BLUE, "o"),
    ("5.2 mg/cm2", "Li|CSE|NCM811, 5.2 mg/cm2", "Li|CSE|NCM811, 1.5 mg/cm2", canvas.ORANGE, "s"),
)
_HE: tuple[_Line, ...] = (
    ("PCE, LFP, 22 degC", "Li|PCE|LFP, 22 degC", "Li|H-SSE|LFP, 22 degC", canvas.BLUE, "o"),
    ("H-SSE, LFP, 22 degC", "Li|H-SSE|LFP, 22 degC", "Li|PCE|LFP, 22 degC", canvas.ORANGE, "s"),
    ("H-SSE, ZS pouch, 50 degC", "Li|H-SSE|ZS pouch, 50 degC", "Li|H-SSE|ZS, 50 degC", canvas.VERMILLION, "D"),
)
_EFFICIENCY, _LAST, _FIRST = "F001-177", "F001-174", "F001-173"
_RATE = 0.5


def cycling(reproduction: Reproduction) -> Figure | None:
    """Printed first and last capacities with the fade that another cell of the kind predicts, and an efficiency."""
    claims = [FADES[cell].last for _, cell, *_ in (*_HOT, *_CSE, *_HE)]
    if find(reproduction, *claims, _EFFICIENCY) is None:
        return None
    ledger = book().ledger()
    left = ledger(_LAST) / ledger(_FIRST)
    try:
        cell = CSE.cell(ledger)
        number, simulated, efficiency = cell.cycled(
            CSE.current_density(ledger, _RATE, cell), int(ledger(f"{_LAST}.n")), left
        )
    except (MissingExtraError, NotConvergedError, InputError):
        return None

    def paint(figure: Any) -> None:
        (hot, cse), (he, ce) = figure.subplots(2, 2)
        _panel(hot, "LFP | PLM | Li, 60 degC", _HOT, "capacity, mAh/g")
        _panel(cse, "Li | CSE | NCM811, 0.5C", _CSE, "capacity, mAh/g")
        cse.plot(
            number, [units.convert(q, "mAh/g") for q in simulated], color=canvas.INK, linestyle=":",
            label="simulated: active material lost",
        )  # fmt: skip
        cse.legend(loc="lower left", fontsize=7.5)
        _panel(he, "He2024: share of the first capacity", _HE, "retention, %")
        ce.grid(True)
        ce.set_title("Li | CSE | NCM811: coulombic efficiency")
        ce.plot(number[1:], 100.0 * efficiency[1:], color=canvas.INK, linestyle=":", label="simulated, same loss")
        printed = float(fact(_EFFICIENCY).value)
        ce.axhline(printed, color=canvas.BLUE, linewidth=1.2)
        ce.plot([0.5 * number[-1]], [printed], "o", color=canvas.BLUE, label="printed mean of 400 cycles")
        ce.set_ylim(printed - 0.3, 100.05)
        ce.set_xlabel("cycle")
        ce.set_ylabel("efficiency, %")
        ce.legend(loc="center right", fontsize=7.5)

    said = "; ".join(
        f"{cell}: printed {fact(FADES[cell].last).value} at cycle {fact(FADES[cell].last).cycle}, by {by} "
        f"{_shown(capacity_left(cell, by, ledger, per_charge=_counts_charge(cell)), cell):.4g}"
        for _, cell, by, *_ in (*_HOT, *_CSE, *_HE)
    )
    said += f"; coulombic efficiency printed {fact(_EFFICIENCY).value} %, simulated {100 * efficiency[-1]:.2f} %"
    svg = canvas.draw("cycling", "Capacity and efficiency over cycles", f"{said}.", (7.6, 5.6), paint)
    caption = (
        "Points: printed first (or read between two printed rates) and last values. Lines: the loss of another cell of "
        "the kind, grown with the cycles (for CSE with the charge through each area); bands: the assumed ranges of "
        "the power of the cycles and of the scatter between cells. Dotted: an ageing simulation whose loss of active "
        "material after each cycle is calibrated to the printed end; such a loss hardly lowers the efficiency, so that "
        "the missing charge of the printed mean went elsewhere. Curves between the ends are not printed."
    )
    return Figure("cycling", "Cycling: printed ends, and what another cell predicts", caption, svg)


def _counts_charge(cell: str) -> bool:
    return cell in {line[1] for line in _CSE}


def _shown(value: float, cell: str) -> float:
    """A capacity in mAh/g, or a retention in per cent."""
    return 100.0 * value if FADES[cell].first is None else float(units.convert(value, "mAh/g"))


def _panel(axes: Any, title: str, lines: tuple[_Line, ...], label: str) -> None:
    data = book()
    axes.grid(True)
    axes.set_title(title)
    scatter, power = data["fade.cell_to_cell"], data["fade.exponent"]
    ends = [
        (data.ledger({scatter.id: s}), p)
        for s, p in itertools.product((scatter.low or 1.0, scatter.high or 1.0), (power.low, power.high))
    ]
    for name, cell, by, colour, mark in lines:
        fade = FADES[cell]
        last = fact(fade.last)
        cycles = np.linspace(0.0, float(last.cycle or 0), 41)

        def left(n: float, ledger: Any, p: float | None, of: str = cell, by: str = by) -> float:
            return _shown(capacity_left(of, by, ledger, p, _counts_charge(of), n), of)

        middle = [left(n, data.ledger(), None) for n in cycles]
        spread = np.array([[left(n, *end) for n in cycles] for end in ends])
        axes.fill_between(cycles, spread.min(axis=0), spread.max(axis=0), color=colour, alpha=0.15, linewidth=0)
        axes.plot(cycles, middle, color=colour)
        axes.plot(
            [0.0, cycles[-1]], [middle[0], float(last.value)], mark, color=colour, linestyle="none", label=name,
            markersize=6.0,
        )  # fmt: skip
    axes.set_ylim(bottom=0.0)
    axes.set_xlabel("cycle")
    axes.set_ylabel(label)
    axes.legend(loc="lower left", fontsize=7.5)
