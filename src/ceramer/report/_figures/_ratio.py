"""Every predicted claim: ours over printed."""

from __future__ import annotations

import itertools
from typing import Any

from ceramer.library import Reproduction, Row, fact, printed_uncertainty
from ceramer.provenance import Kind
from ceramer.report import _words as words
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import VERDICT_MARKS, Figure, plain_log_axis

__all__ = ["ratio"]

_ROW, _MARGIN = 0.205, 0.95  # [inch]
_LONGEST = 52


def ratio(reproduction: Reproduction) -> Figure | None:
    """Ours over printed with its 95 % interval, for every prediction, grouped by system."""
    predicted = (r for r in reproduction.rows if r.kind is Kind.PREDICTED and r.relation != "order")
    rows = [r for r in predicted if r.value and r.printed > 0 and r.value > 0]
    rows.sort(key=lambda row: (row.paper, row.system, row.id))
    if not rows:
        return None
    groups = [(key, list(group)) for key, group in itertools.groupby(rows, key=lambda row: (row.system, row.paper))]
    lines = len(rows) + len(groups)

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure, grid="x")
        ends = [end / row.printed for row in rows for end in (row.interval or ()) if end > 0]
        values = [row.printed and row.value / row.printed for row in rows if row.value] + ends
        axes.set_xscale("log")
        axes.set_xlim(0.6 * min(values), 1.8 * max(values))
        axes.set_ylim(lines - 0.4, -0.6)
        axes.axvline(1.0, color=canvas.INK, linewidth=1.0)
        ticks, labels, position = [], [], 0
        for (system, paper), group in groups:
            axes.text(
                -0.01, position, f"{system}  ({paper})", fontweight="bold", fontsize=8.5, ha="right", va="center",
                transform=axes.get_yaxis_transform(),
            )  # fmt: skip
            position += 1
            for row in group:
                _draw_row(axes, row, position)
                ticks.append(position)
                labels.append(_label(row))
                position += 1
        axes.set_yticks(ticks, labels, fontsize=8)
        axes.tick_params(axis="y", length=0)
        plain_log_axis(axes.xaxis)
        axes.set_xlabel("ours / printed")
        seen = {row.verdict for row in rows}
        handles = [
            axes.plot([], [], mark, color=colour, linestyle="none", label=words.VERDICTS[verdict].word)[0]
            for verdict, (mark, colour) in VERDICT_MARKS.items()
            if verdict in seen
        ]
        figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))

    tally = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ("agree", "disagree", "uninformative")}
    counts = ", ".join(f"{count} {words.VERDICTS[verdict].word}" for verdict, count in tally.items())
    svg = canvas.draw(
        "ratio",
        "Ours over printed for every predicted claim",
        f"Logarithmic axis of the ratio with 95 % intervals, {len(rows)} claims in {len(groups)} systems: {counts}.",
        (7.6, _MARGIN + _ROW * lines),
        paint,
    )
    caption = (
        "Bars: 95 % interval of ours. Grey: two standard uncertainties of the printed number. Systems in bold; a claim "
        "whose numbers are zero or negative has no place on this axis."
    )
    return Figure("ratio", "Every prediction against its printed value", caption, svg)


def _label(row: Row) -> str:
    text = f"{words.plain(row.quantity)}, {row.conditions}" if row.conditions else words.plain(row.quantity)
    return f"{text if len(text) <= _LONGEST else text[: _LONGEST - 3].rstrip(' ;,') + '...'}  {row.id}"


def _draw_row(axes: Any, row: Row, position: int) -> None:
    assert row.value is not None
    slack = 2.0 * printed_uncertainty(fact(row.id), row.relation) / row.printed
    axes.barh(position, 2.0 * slack, left=1.0 - slack, height=0.9, color=canvas.GREY, alpha=0.35, linewidth=0)
    mark, colour = VERDICT_MARKS[row.verdict]
    if row.interval:
        low, high = (max(end / row.printed, 1e-6) for end in row.interval)
        axes.plot([low, high], [position, position], color=colour, linewidth=2.2, alpha=0.55, solid_capstyle="butt")
    axes.plot([row.value / row.printed], [position], mark, color=colour, markersize=5)
