"""What a figure is, and the small things that several figures share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ceramer.library import FindingRow, Reproduction, Row
from ceramer.report._figures import _canvas as canvas

__all__ = ["VERDICT_MARKS", "Figure", "find", "find_open", "plain_log_axis"]

VERDICT_MARKS = {
    "agree": ("o", canvas.BLUE),
    "disagree": ("s", canvas.VERMILLION),
    "uninformative": ("D", canvas.ORANGE),
    "not_checked": ("o", canvas.GREY),
}
"""Marker and colour of each verdict: shape says what colour says."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn figure: `name` (its anchor), `title`, `caption` (plain sentences), `svg`."""

    name: str
    title: str
    caption: str
    svg: str


def find(reproduction: Reproduction, *ids: str) -> tuple[Row, ...] | None:
    """Return the rows with these ids, all with a value of ours; None when one is missing."""
    rows = {row.id: row for row in reproduction.rows if row.value is not None}
    return tuple(rows[key] for key in ids) if all(key in rows for key in ids) else None


def find_open(reproduction: Reproduction, prefix: str) -> tuple[FindingRow, ...]:
    """Return the open predictions with a value whose id starts with `prefix`."""
    return tuple(r for r in reproduction.open_predictions if r.id.startswith(prefix) and r.value is not None)


def plain_log_axis(axis: Any) -> None:
    """Label a logarithmic axis with plain numbers (0.01, 1, 100)."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
