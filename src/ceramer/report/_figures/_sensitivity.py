"""The pouch cell: what buys the most specific energy."""

from __future__ import annotations

from typing import Any

from ceramer import units
from ceramer.cell import specific_energy_elasticities
from ceramer.library import Reproduction, book, build_cell, systems
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find

__all__ = ["sensitivity"]

_CLAIM, _CHANGE = "F003-084", 0.10


def sensitivity(reproduction: Reproduction) -> Figure | None:
    """Change of the specific energy for each quantity that improves by a tenth, the greatest first."""
    rows = find(reproduction, _CLAIM)
    if rows is None:
        return None
    cell = build_cell(systems()["PLM pouch"].cells["pouch"], book().ledger())
    elasticities = specific_energy_elasticities(cell.bill_of_materials(), "foils")
    energy = units.convert(cell.specific_energy("foils"), rows[0].unit)
    gains = {name: energy * _CHANGE * abs(value) for name, value in elasticities.items()}

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure, grid="x")
        for position, (name, gain) in enumerate(gains.items()):
            less = elasticities[name] < 0.0
            axes.barh(
                position, gain, height=0.6, color=canvas.SKY if less else canvas.BLUE, edgecolor=canvas.INK,
                linewidth=0.6, hatch="//" if less else "",
            )  # fmt: skip
            axes.annotate(
                f"{gain:+.1f}", (gain, position), xytext=(4, 0), textcoords="offset points", va="center", fontsize=8
            )
        labels = [f"{name} {'-' if elasticities[name] < 0.0 else '+'}10 %" for name in gains]
        axes.set_yticks(range(len(gains)), labels, fontsize=8.5)
        axes.set_ylim(len(gains) - 0.4, -0.6)
        axes.set_xlim(0.0, 1.12 * max(gains.values()))
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(f"gain in specific energy, {rows[0].unit} (of {energy:.0f}, foils counted)")

    text = ", ".join(f"{name} {gain:+.1f}" for name, gain in gains.items())
    svg = canvas.draw(
        "sensitivity",
        "Pouch cell: what a tenth of each quantity buys",
        f"In {rows[0].unit}, first order: {text}.",
        (7.6, 0.9 + 0.27 * len(gains)),
        paint,
    )
    caption = (
        "Each quantity improves by a tenth, the others stay: hatched, masses that shrink. Exact to first order; a "
        "thicker cathode brings its capacity with it, and is taken to deliver it."
    )
    return Figure("sensitivity", "PLM pouch cell: what buys the most energy", caption, svg)
