"""Figures of the reproduction, each an SVG drawn from library calculations (needs the extra `figures`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ceramer.library import Reproduction
from ceramer.report._figures._cse import cse_bounds
from ceramer.report._figures._curves import curves
from ceramer.report._figures._cycling import cycling
from ceramer.report._figures._direct_current import direct_current
from ceramer.report._figures._durability import survival
from ceramer.report._figures._figure import Figure
from ceramer.report._figures._healing import void_healing
from ceramer.report._figures._pce_temperature import pce_temperature
from ceramer.report._figures._pouch import pouch
from ceramer.report._figures._rate import rate
from ceramer.report._figures._ratio import ratio
from ceramer.report._figures._sandwich import sandwiches
from ceramer.report._figures._sensitivity import sensitivity
from ceramer.report._figures._stacks import stacks
from ceramer.report._figures._transference import transference

__all__ = ["FIGURES", "Figure", "figures"]

FIGURES: Final[tuple[Callable[[Reproduction], Figure | None], ...]] = (
    ratio,
    stacks,
    pce_temperature,
    transference,
    cse_bounds,
    sandwiches,
    direct_current,
    void_healing,
    rate,
    curves,
    cycling,
    survival,
    pouch,
    sensitivity,
)
"""Every figure in the order of the page; one that lacks its rows returns None."""


def figures(reproduction: Reproduction) -> tuple[Figure, ...]:
    """Return every figure that this reproduction has the rows for; MissingExtraError without matplotlib."""
    return tuple(figure for paint in FIGURES if (figure := paint(reproduction)) is not None)
