"""Pellets between polymer films: which model gives the printed conductivity."""

from __future__ import annotations

from typing import Any

from ceramer.library import Reproduction
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure, find, find_open, plain_log_axis

__all__ = ["sandwiches"]

_CLAIMS = ("A0409", "A0410")
_OPEN = "UVEA-LTO-UVEA:ionic_conductivity, "
_SHORT = {
    "series": "series, dry pellet",
    "pores of the pellet filled by UVEA": "pores filled by UVEA",
    "UVEA rim round the pellet, no sideways current": "UVEA rim, no\nsideways current",
    "UVEA rim round the pellet, films equipotential": "UVEA rim, films\nequipotential",
}
_LOOK = (("o", canvas.BLUE), ("^", canvas.GREEN), ("s", canvas.PURPLE), ("D", canvas.ORANGE))


def sandwiches(reproduction: Reproduction) -> Figure | None:
    """Series, infiltration and by-pass beside the printed values; the third pellet is an open prediction."""
    rows = find(reproduction, *_CLAIMS)
    opened = find_open(reproduction, _OPEN)
    if rows is None:
        return None
    panels: list[tuple[str, float | None, list[tuple[str, float, float | None]]]] = []
    for row in rows:
        assert row.value is not None
        models = [
            ("series", row.value, row.uncertainty),
            *((a.model, a.value, a.uncertainty) for a in row.alternatives),
        ]
        panels.append((f"{row.system}\nprinted {row.printed_text} {row.unit}", row.printed, models))
    if opened:
        models = [(f.id.removeprefix(_OPEN), f.value, f.uncertainty) for f in opened if f.value is not None]
        panels.append((f"{opened[0].system}\nopen: nothing printed", None, models))

    def paint(figure: Any) -> None:
        shared = None
        for column, (title, printed, models) in enumerate(panels):
            axes = figure.add_subplot(1, len(panels), column + 1, sharey=shared)
            shared = shared or axes
            axes.grid(True, axis="y")
            axes.set_yscale("log")
            plain_log_axis(axes.yaxis)
            axes.set_title(title, fontsize=8.5)
            if printed is not None:
                axes.axhline(printed, color=canvas.INK, linestyle=(0, (5, 2)), linewidth=1.2)
            for position, (name, value, uncertainty) in enumerate(models):
                mark, colour = _LOOK[position % len(_LOOK)]
                if uncertainty:
                    low = max(value - 2.0 * uncertainty, 0.1 * value)
                    axes.plot([position] * 2, [low, value + 2 * uncertainty], color=colour, alpha=0.5, linewidth=6)
                label = _SHORT.get(name, name) if column == 0 else None
                axes.plot([position], [value], mark, color=colour, label=label, linestyle="none")
            axes.set_xticks([])
            axes.set_xlim(-0.6, len(models) - 0.4)
            if column:
                axes.tick_params(axis="y", labelleft=False)
            else:
                axes.set_ylabel("ionic conductivity, S/cm")
        figure.legend(loc="outside lower center", ncols=2, handletextpad=0.3)

    text = "; ".join(
        f"{title.splitlines()[0]}: "
        + ", ".join(f"{name} {value:.3g} S/cm" for name, value, _ in models)
        + (f", printed {printed:.3g}" if printed else "")
        for title, printed, models in panels
    )
    svg = canvas.draw("sandwich", "Conductivity of the sandwiches by four models", text, (7.6, 3.9), paint)
    caption = (
        "A pellet between two UVEA films. Bars: two standard uncertainties. One printed number cannot tell the models "
        "apart; all are shown."
    )
    return Figure("sandwich", "Sandwiches: series, infiltration or by-pass?", caption, svg)
