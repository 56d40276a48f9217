"""The layered electrolytes of every paper, to scale."""

from __future__ import annotations

from typing import Any

from ceramer.cell import Stack
from ceramer.library import Reproduction, load_stack, systems
from ceramer.report._drawing import layer_kind
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures._figure import Figure

__all__ = ["stacks"]

_FILL = {
    "polymer": (canvas.SKY, ""),
    "ceramic": (canvas.ORANGE, "///"),
    "composite": (canvas.GREEN, "..."),
    "other": (canvas.GRID, ""),
}


def stacks(reproduction: Reproduction) -> Figure | None:
    """Every stack drawn to scale, one panel per paper (each with its own scale)."""
    papers: dict[str, list[Stack]] = {}
    shown = {row.paper for row in reproduction.rows}
    for name, spec in systems().items():
        if spec.stack is not None and spec.paper in shown:
            papers.setdefault(spec.paper, []).append(load_stack(name))
    if not papers:
        return None
    counts = [len(found) for found in papers.values()]

    def paint(figure: Any) -> None:
        grid = figure.add_gridspec(len(papers), 1, height_ratios=[count + 1.2 for count in counts])
        for row, (paper, found) in enumerate(papers.items()):
            axes = figure.add_subplot(grid[row])
            axes.grid(True, axis="x")
            axes.set_title(paper)
            for position, stack in enumerate(found):
                _draw_stack(axes, stack, position)
            axes.set_yticks(range(len(found)), [stack.name for stack in found], fontsize=8)
            axes.set_ylim(len(found) - 0.4, -0.6)
            axes.set_xlim(0.0, 1.3e6 * max(stack.thickness for stack in found))
            axes.tick_params(axis="y", length=0)
            axes.set_xlabel("from the lithium side, um" if row == len(papers) - 1 else "")
        from matplotlib.patches import Patch

        kinds = {layer_kind(layer.medium) for found in papers.values() for stack in found for layer in stack.layers}
        handles = [
            Patch(facecolor=colour, hatch=hatch, edgecolor=canvas.INK, linewidth=0.6, label=kind)
            for kind, (colour, hatch) in _FILL.items()
            if kind in kinds
        ]
        figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))

    listing = "; ".join(
        f"{stack.name}: " + ", ".join(f"{layer.name} {1e6 * layer.thickness:.4g} um" for layer in stack.layers)
        for found in papers.values()
        for stack in found
    )
    svg = canvas.draw(
        "stacks", "Layered electrolytes to scale", listing, (7.6, 1.1 + 0.27 * sum(counts) + 0.42 * len(papers)), paint
    )
    caption = "Layers from the lithium to the positive side; one scale within a paper, another for each paper."
    return Figure("stacks", "The electrolytes, to scale", caption, svg)


def _draw_stack(axes: Any, stack: Stack, position: int) -> None:
    left = 0.0
    for layer in stack.layers:
        colour, hatch = _FILL[layer_kind(layer.medium)]
        width = 1e6 * layer.thickness
        axes.barh(
            position, width, left=left, height=0.62, color=colour, hatch=hatch, edgecolor=canvas.INK, linewidth=0.6
        )
        left += width
    parts = " + ".join(f"{1e6 * layer.thickness:.3g}" for layer in stack.layers)
    text = f"{parts} = {left:.4g} um" if len(stack.layers) > 1 else f"{left:.4g} um"
    axes.annotate(text, (left, position), xytext=(5, 0), textcoords="offset points", va="center", fontsize=8)
