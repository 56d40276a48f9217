"""Durability of lithium cells: the law of the observed shorts, and every printed life."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer import units
from ceramer.library import Reproduction
from ceramer.library._failures import durability
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, plain_log_axis

__all__ = ["survival"]

_UNIT = "mAh/cm2"
_MEANING = {
    "observed": ("short seen", "o", canvas.VERMILLION),
    "longer": ("no short until then", ">", canvas.BLUE),
    "shorter": ("short before", "<", canvas.ORANGE),
}
_CLAIMS = ("F001-158", "A0080")


def survival(reproduction: Reproduction) -> Figure | None:
    """Share of cells without a short against the charge passed, over a strip of the printed lives."""
    if not {row.id for row in reproduction.rows} >= set(_CLAIMS):
        return None
    found = durability()
    populations = sorted({life.population for life in found.lives}, key=lambda name: (name != found.population, name))
    charge = np.geomspace(3.0, 8e3, 161)
    share = [found.survival(units.to_si(f"{q} {_UNIT}", "areal_capacity")) for q in charge]
    printed = {life.claim: units.convert(life.charge, _UNIT) for life in found.lives}

    def paint(figure: Any) -> None:
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[1.0, 1.25])
        upper.grid(True)
        upper.set_xscale("log")
        upper.plot(charge, share, color=canvas.INK, label="polymers without ceramic: law of the shorts seen")
        upper.set_ylabel("share without a short")
        upper.set_ylim(-0.03, 1.03)
        upper.set_xlim(3.0, 8e3)
        upper.legend(loc="lower left")
        lower.grid(True, axis="x")
        for life in found.lives:
            _, mark, colour = _MEANING[life.meaning]
            position = populations.index(life.population)
            lower.plot(
                [printed[life.claim]], [position], mark, color=colour, markersize=7.5, markeredgewidth=1.3,
                markerfacecolor=colour if life.meaning == "observed" else "none",
            )  # fmt: skip
        lower.set_yticks(range(len(populations)), populations, fontsize=8.5)
        lower.set_ylim(len(populations) - 0.4, -0.6)
        lower.tick_params(axis="y", length=0)
        lower.set_xlabel("charge passed in both directions until then, mAh/cm2")
        plain_log_axis(lower.xaxis)
        handles = [
            lower.plot([], [], mark, color=colour, linestyle="none", label=word,
                       markerfacecolor=colour if mark == "o" else "none")[0]
            for word, mark, colour in _MEANING.values()
        ]  # fmt: skip
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))

    median = units.convert(found.quantile(0.5), _UNIT)
    lives = "; ".join(f"{x.population} {_MEANING[x.meaning][0]} {printed[x.claim]:.0f}" for x in found.lives)
    svg = canvas.draw(
        "durability",
        "Lithium cells: charge passed until a short",
        f"Half of the polymers without ceramic have shorted at {median:.0f} {_UNIT}. Printed, in {_UNIT}: {lives}.",
        (7.6, 4.6),
        paint,
    )
    caption = (
        "Lives times current density. The curve is fitted to the only two shorts that were seen with their current "
        "density, and carries what two can tell. Arrows are tests that ended without a short, or shorts of unknown "
        "moment: what lies right of the curve is what ceramic or framework stopped. Lives without a printed current "
        "density are left out."
    )
    return Figure("durability", "Lives of lithium cells: two shorts and many lower bounds", caption, svg)
