"""CSE: what its bulk phases can conduct in any geometry, against the printed conductivity."""

from __future__ import annotations

from typing import Any

from ceramer import units
from ceramer.library import Reproduction, book, load_medium
from ceramer.microstructure import Composite
from ceramer.provenance import Estimate, Ledger, estimate
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find

__all__ = ["cse_bounds"]

_MODELS = (
    ("series", "series\n(lower bound)"),
    ("hashin_shtrikman_lower", "Hashin-Shtrikman\nlower"),
    ("bruggeman", "Bruggeman\n(our prediction)"),
    ("hashin_shtrikman_upper", "Hashin-Shtrikman\nupper"),
    ("parallel", "parallel\n(upper bound)"),
)
_T30 = units.ZERO_CELSIUS + 30.0
_CLAIM = "F001-118"


def _conductivity(structure: str) -> Estimate:
    def calculate(ledger: Ledger) -> float:
        medium = load_medium("CSE", ledger)
        assert isinstance(medium, Composite)
        return Composite("CSE", medium.phases, structure).ionic_conductivity(_T30)

    return estimate(calculate, book(), samples=64)


def cse_bounds(reproduction: Reproduction) -> Figure | None:
    """The conductivity of every geometry of the same two phases, with its 95 % interval."""
    found = find(reproduction, _CLAIM)
    if found is None:
        return None
    row = found[0]
    estimates = [_conductivity(structure) for structure, _ in _MODELS]
    shown = [[units.convert(x or 0.0, row.unit) for x in (e.low, e.value, e.high)] for e in estimates]

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure, grid="y")
        for position, (low, value, high) in enumerate(shown):
            colour = canvas.BLUE if _MODELS[position][0] == "bruggeman" else canvas.SKY
            axes.plot([position, position], [low, high], color=colour, linewidth=9, alpha=0.55, solid_capstyle="butt")
            axes.plot([position], [value], "o", color=colour)
            axes.text(position + 0.13, value, f"{value:.3f}", va="center", fontsize=8.5)
        axes.axhline(row.printed, color=canvas.INK, linestyle=(0, (5, 2)), linewidth=1.2)
        axes.text(len(shown) - 0.5, row.printed, f"printed {row.printed_text} {row.unit}", ha="right", va="bottom")
        axes.set_xticks(range(len(shown)), [label for _, label in _MODELS], fontsize=8.5)
        axes.set_xlim(-0.5, len(shown) - 0.5)
        axes.set_ylim(0.0, 1.15 * max(row.printed, *(high for _, _, high in shown)))
        axes.set_ylabel(f"ionic conductivity at 30 °C, {row.unit}")

    values = ", ".join(f"{s.replace('_', ' ')} {v[1]:.3f}" for (s, _), v in zip(_MODELS, shown, strict=True))
    svg = canvas.draw(
        "cse",
        "CSE: bounds on the ionic conductivity of its bulk phases",
        f"In {row.unit} at 30 degC: {values}; printed {row.printed_text}.",
        (7.6, 3.5),
        paint,
    )
    caption = (
        "LLZTO skeleton and polymer at the volume fractions of the recipe. Bars: 95 % interval over the ranges of the "
        "inputs. Where the printed value lies above the parallel bound, no arrangement of these two phases reaches it."
    )
    return Figure("cse", "CSE: can its bulk phases carry the current?", caption, svg)
