"""Write the figures of the pages, drawn by `ceramer.report` from library calculations (needs the extra `figures`).

python docs/figures.py
"""

import re
from pathlib import Path
from typing import Any

from ceramer.library import load_stack, reproduce
from ceramer.report import _drawing
from ceramer.report._figures import _canvas as canvas
from ceramer.report._figures import _stacks, cse_bounds, transference

IMAGES = Path(__file__).parent / "images"
FOUR = ("H-SSE", "CSE", "PLM", "UVEA-LATP-UVEA")


def four_stacks() -> str:
    """Return one stack of each paper as SVG, every one with its own scale."""
    stacks = [load_stack(name) for name in FOUR]

    def paint(figure: Any) -> None:
        for axes, stack in zip(figure.subplots(len(stacks), 1), stacks, strict=True):
            _stacks._draw_stack(axes, stack, 0)
            axes.set_yticks([0], [stack.name])
            axes.set_ylim(0.5, -0.5)
            axes.set_xlim(0.0, 1.35e6 * stack.thickness)
            axes.tick_params(axis="y", length=0)
        axes.set_xlabel("from the lithium side, um (each to its own scale)")
        from matplotlib.patches import Patch

        kinds = dict.fromkeys(_drawing.layer_kind(layer.medium) for stack in stacks for layer in stack.layers)
        handles = [
            Patch(facecolor=colour, hatch=hatch, edgecolor=canvas.INK, linewidth=0.6, label=kind)
            for kind, (colour, hatch) in _stacks._FILL.items()
            if kind in kinds
        ]
        figure.legend(handles=handles, loc="outside upper right", ncols=len(handles))

    layers = {s.name: ", ".join(f"{1e6 * layer.thickness:.4g} um {layer.name}" for layer in s.layers) for s in stacks}
    listing = "; ".join(f"{name}: {text}" for name, text in layers.items())
    return canvas.draw("stacks", "Four published electrolytes, layer by layer", listing, (7.4, 3.6), paint)


if __name__ == "__main__":
    reproduction = reproduce(["PCE", "CSE"])
    drawn = {"stacks": four_stacks()}
    for paint in (cse_bounds, transference):
        figure = paint(reproduction)
        if figure is not None:
            drawn[figure.name] = figure.svg
    for name, svg in drawn.items():
        short = re.sub(r"\d+\.\d{3,}", lambda match: f"{float(match[0]):.2f}", svg)
        short = short.replace('style="', 'style="background: #ffffff; ', 1)  # dark ink, whatever the page's colours
        (IMAGES / f"{name}.svg").write_text(short + "\n", encoding="utf-8")
