"""The pouch cell: what it weighs, and what that makes of its specific energy."""

from __future__ import annotations

from typing import Any

from ceramer import units
from ceramer.cell import BASES
from ceramer.library import Reproduction, book, build_cell, systems
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find

__all__ = ["pouch"]

_CLAIM = "F003-084"
_COLOURS = (
    canvas.BLUE, canvas.GREY, canvas.SKY, canvas.ORANGE, canvas.GREEN, canvas.PURPLE, canvas.YELLOW, canvas.VERMILLION
)  # fmt: skip
_HATCHES = ("", "//", "", "\\\\", "..", "", "xx", "")


def pouch(reproduction: Reproduction) -> Figure | None:
    """Mass per area by component, with the specific energy on each basis."""
    rows = find(reproduction, _CLAIM)
    if rows is None:
        return None
    row = rows[0]
    cell = build_cell(systems()["PLM pouch"].cells["pouch"], book().ledger())
    bill = cell.bill_of_materials()
    known = list(BASES)
    narrowest = {item.basis for item in bill.items}
    bases = [basis for basis in known if basis in narrowest]  # a basis that adds nothing is not drawn
    energies = [units.convert(cell.specific_energy(basis), row.unit) for basis in bases]
    items = sorted(bill.items, key=lambda item: known.index(item.basis))

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure, grid="x")
        for position, basis in enumerate(bases):
            left = 0.0
            for number, item in enumerate(items):
                if known.index(item.basis) > known.index(basis):
                    continue
                width = units.convert(item.areal_mass, "mg/cm2")
                axes.barh(
                    position, width, left=left, height=0.55, color=_COLOURS[number % len(_COLOURS)], linewidth=0.6,
                    hatch=_HATCHES[number % len(_HATCHES)], edgecolor=canvas.INK,
                    label=f"{item.name} {width:.3g}" if position == len(bases) - 1 else None,
                )  # fmt: skip
                left += width
            axes.annotate(
                f"{energies[position]:.0f} {row.unit}", (left, position), xytext=(6, 0), textcoords="offset points",
                va="center", fontweight="bold",
            )  # fmt: skip
        axes.set_yticks(range(len(bases)), [_wrapped(BASES[basis]) for basis in bases], fontsize=8.5)
        axes.set_ylim(len(bases) - 0.5, -0.6)
        axes.set_xlim(0.0, 1.22 * units.convert(bill.areal_mass(bases[-1]), "mg/cm2"))
        axes.set_xlabel("mass per area of one electrode pair, mg/cm2")
        axes.set_title(f"printed: {row.printed_text} {row.unit}, basis not stated")
        axes.tick_params(axis="y", length=0)
        figure.legend(loc="outside lower center", ncols=4, title="mass per area, mg/cm2", fontsize=8)

    text = "; ".join(f"{BASES[b]}: {e:.0f} {row.unit}" for b, e in zip(bases, energies, strict=True))
    svg = canvas.draw(
        "pouch",
        "Pouch cell: mass and specific energy",
        f"{text}; printed {row.printed_text} {row.unit}.",
        (7.6, 3.5),
        paint,
    )
    caption = (
        "The paper does not say what its mass counts. Each bar counts everything of the one above it and more; foils "
        "are shared between two electrodes."
    )
    return Figure("pouch", "PLM pouch cell: what stands in the denominator", caption, svg)


def _wrapped(text: str) -> str:
    from textwrap import fill

    return fill(text, 24)
