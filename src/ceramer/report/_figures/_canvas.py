"""Drawing without state: matplotlib figures that become accessible, deterministic SVG text."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any, Final, Literal

from ceramer.errors import MissingExtraError

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

__all__ = [
    "BLUE",
    "GREEN",
    "GREY",
    "GRID",
    "INK",
    "ORANGE",
    "PURPLE",
    "SKY",
    "VERMILLION",
    "YELLOW",
    "axes",
    "draw",
    "write",
]

# Okabe and Ito's palette; the page replaces each by a CSS variable, so that dark mode can lighten it.
BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, YELLOW = (
    "#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9", "#cc79a7", "#f0e442"
)  # fmt: skip
GREY, GRID, INK = "#6e7782", "#d0d7df", "#1b1f25"
_VARIABLES: Final = {
    BLUE: "blue", ORANGE: "orange", GREEN: "green", VERMILLION: "vermillion", SKY: "sky", PURPLE: "purple",
    YELLOW: "yellow", GREY: "grey", GRID: "grid", INK: "ink",
}  # fmt: skip
_STYLE: Final[dict[str, Any]] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.titlecolor": INK,
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "figure.facecolor": "none",
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.linewidth": 1.6,
    "lines.markersize": 6.0,
}
_ROOT = "stroke-linejoin: round; stroke-linecap: butt; font-family: system-ui, 'Segoe UI', Roboto, Arial, sans-serif"


def draw(name: str, title: str, description: str, size: tuple[float, float], paint: Callable[[Figure], None]) -> str:
    """Return the SVG of a figure that `paint` fills.

    Parameters
    ----------
    name : str
        Prefix of every id in the SVG, so that several can stand in one page.
    title, description : str
        What a screen reader says.
    size : (float, float)
        Width and height [inch].
    paint : callable
        ``paint(figure)``, given an empty matplotlib figure.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError("A figure", "figures", "pages are written without figures") from None
    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=size, layout="constrained")
        FigureCanvasSVG(figure)
        paint(figure)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return _accessible(out.getvalue(), name, title, description)


def write(path: Path, title: str, description: str, size: tuple[float, float], paint: Callable[[Figure], None]) -> None:
    """Write a figure that `paint` fills to a file of its own, on white; SVG and PDF hold title and description.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError("A figure", "figures", "write the table with --out") from None
    metadata: dict[str, Any] = {"Title": title}
    if path.suffix == ".svg":
        metadata |= {"Description": description, "Date": None, "Creator": None}
    elif path.suffix == ".png":
        metadata |= {"Description": description, "Software": None}
    else:
        metadata |= {"Subject": description, "CreationDate": None}
    with mpl.rc_context({**_STYLE, "svg.hashsalt": path.stem}):
        figure = Figure(figsize=size, layout="constrained", facecolor="white")
        paint(figure)
        figure.savefig(path, dpi=150, metadata=metadata, facecolor="white")


def axes(figure: Figure, grid: Literal["both", "x", "y"] = "both") -> Any:
    """Return the only axes of a figure, with a grid."""
    made = figure.add_subplot()
    made.grid(True, axis=grid)
    return made


def _accessible(svg: str, name: str, title: str, description: str) -> str:
    """Keep the drawing only: unique ids, no metadata, colours as variables, a title and a description."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\sxmlns:\w+="[^"]*"', "", svg).replace("xlink:href", "href")
    svg = re.sub(r'\bid="', f'id="{name}-', svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\1{name}-", svg)
    svg = re.sub(r"<style.*?</style>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;\"]*;? ?", "", svg)
    for colour, variable in _VARIABLES.items():
        svg = svg.replace(colour, f"var(--{variable}, {colour})")
    head, body = svg.split(">", 1)
    head = re.sub(r'\s(?:width|height)="[^"]*"', "", head)
    width, height = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head).groups()  # type: ignore[union-attr]
    label = f'role="img" aria-labelledby="{name}-title {name}-desc" width="{width}" height="{height}" style="{_ROOT}"'
    return (
        f'{head} {label}><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-desc">{escape(description)}</desc>{body}'
    )
