"""PCE: the transference number that its polymer would have to have."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer import laws, units
from ceramer.library import Reproduction, book, load_medium
from ceramer.microstructure import Composite
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find

__all__ = ["transference"]

_CLAIM = "A0069"
_T30 = units.ZERO_CELSIUS + 30.0
_STRUCTURES = ((0.0, "coated grains", canvas.BLUE, "solid"), (1.0, "touching grains", canvas.GREEN, (0, (5, 2))))


def transference(reproduction: Reproduction) -> Figure | None:
    """t_BV of the composite against the current fraction of its polymer, for both extreme structures."""
    rows = find(reproduction, _CLAIM)
    if rows is None:
        return None
    row = rows[0]
    medium = load_medium("PCE", book().ledger())
    assert isinstance(medium, Composite)
    polymer, ceramic = (phase.ionic_conductivity(_T30) for phase, _ in medium.phases)
    fractions = np.linspace(0.01, 1.0, 41)
    curves = []
    for weight, label, colour, dash in _STRUCTURES:
        composite = Composite("PCE", medium.phases, "between_bounds", weight)
        whole = composite.mix([polymer, ceramic])
        values = [composite.mix([f * polymer, ceramic]) / whole for f in fractions]
        needed = float(laws.polymer_current_fraction_needed(composite.mix, polymer, ceramic, row.printed))
        curves.append((label, colour, dash, np.array(values), needed))

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        for label, colour, dash, values, needed in curves:
            axes.plot(fractions, values, color=colour, linestyle=dash, label=label)
            axes.plot([needed], [row.printed], "o", color=colour)
            axes.annotate(
                f"f = {needed:.2f}", (needed, row.printed), xytext=(6, -13), textcoords="offset points", fontsize=8.5
            )
        axes.axhline(row.printed, color=canvas.INK, linestyle=(0, (2, 2)), linewidth=1.2)
        axes.text(1.0, row.printed, f"printed {row.printed_text}", ha="right", va="bottom")
        axes.set_xlim(0.0, 1.0)
        axes.set_ylim(0.0, 1.02)
        axes.set_xlabel("current fraction f of the polymer alone (steady over initial current)")
        axes.set_ylabel("transference number of PCE, t_BV")
        axes.legend(loc="lower right")

    text = ", ".join(f"{label} need f = {needed:.2f}" for label, _, _, _, needed in curves)
    svg = canvas.draw(
        "transference", "PCE: transference number against the polymer's", f"At printed {row.printed_text}: {text}.",
        (7.6, 3.3), paint,
    )  # fmt: skip
    caption = (
        "The ceramic blocks anions. The printed value fixes the polymer's own current fraction only together with the "
        "structure: coated grains need a polymer of far higher transference number than touching ones."
    )
    return Figure("transference", "PCE: what the transference number says of the polymer", caption, svg)
