"""The life of a cell as a table, as figures, and as one page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ceramer import units
from ceramer.errors import MissingExtraError
from ceramer.experiments import ALIKE
from ceramer.report import _words as words
from ceramer.report._figures import Figure
from ceramer.report._figures import _canvas as canvas
from ceramer.report._page import _NO_FIGURES, Section, result_html
from ceramer.report._simulation import Picture, drawn, legend_below, write_pictures
from ceramer.report._systems import plain_table

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ceramer.experiments import Life, Mechanism, Spread

__all__ = ["life_figures", "life_html", "life_plot", "life_table", "mechanism_table", "spread_lines"]

_COLUMNS: Final = (
    ("cycle", "cycle", 1.0, "{:.0f}"),
    ("discharge capacity / mAh/cm2", "mAh/cm2", 1.0, "{:.4g}"),
    ("specific discharge capacity / mAh/g", "mAh/g", 1.0, "{:.4g}"),
    ("retention", "left %", 100.0, "{:.2f}"),
    ("coulombic efficiency", "CE %", 100.0, "{:.3f}"),
    ("mean discharge voltage / V", "mean V", 1.0, "{:.4g}"),
    ("film / ohm cm2", "film ohm cm2", 1.0, "{:.4g}"),
    ("film on the particles / ohm cm2", "on grains ohm cm2", 1.0, "{:.4g}"),
    ("lithium of the negative electrode / mAh/cm2", "Li mAh/cm2", 1.0, "{:.4g}"),
    ("active material", "active %", 100.0, "{:.2f}"),
    ("contact of the particles", "contact %", 100.0, "{:.2f}"),
    ("contact of the negative electrode", "contact of Li %", 100.0, "{:.2f}"),
    ("oxidised / mAh/cm2", "oxidised mAh/cm2", 1.0, "{:.3g}"),
)
"""Column of `Life.columns`, how a table calls it, in which unit, and how it writes it."""
_SPAN: Final = 0.1
"""Of the axis of the coulombic efficiency at least [%]."""
_COLOURS: Final = (canvas.BLUE, canvas.VERMILLION, canvas.GREEN, canvas.ORANGE, canvas.SKY, canvas.PURPLE)
_STYLES: Final = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)))


def life_rows(life: Life, count: int = 9) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the heads and some rows, `count` at most, of the table of cycles as text.

    The rows are of simulated cycles: the first, the last, and those nearest to an even division.
    """
    table = life.columns()
    areal, specific = _COLUMNS[1][0], _COLUMNS[2][0]
    left_out = areal if specific in table else ""
    shown = [entry for entry in _COLUMNS if entry[0] in table and entry[0] != left_out]
    heads = tuple(head for _, head, _, _ in shown)
    if not len(life.number):
        return heads, ()
    wanted = np.linspace(1, life.last, min(count, life.last))
    chosen = sorted({int(np.argmin(np.abs(life.number - n))) for n in wanted})

    def text(name: str, scale: float, form: str, k: int) -> str:
        value = scale * float(table[name][k])
        return form.format(value) if np.isfinite(value) else ""

    return heads, tuple(tuple(text(name, scale, form, k) for name, _, scale, form in shown) for k in chosen)


def life_table(life: Life) -> RenderableType:
    """Return the table of cycles for the terminal."""
    return _table(*life_rows(life))


def mechanism_table(life: Life, mechanisms: Sequence[Mechanism]) -> RenderableType:
    """Return what each mechanism costs for the terminal."""
    return _table(*mechanism_rows(life, mechanisms))


def _table(heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> RenderableType:
    table = plain_table(*heads)
    for row in rows:
        table.add_row(*row)
    return table


def mechanism_rows(life: Life, mechanisms: Sequence[Mechanism]) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Return the heads and rows of the table of mechanisms: the same life without each."""
    heads: tuple[str, ...] = ("without", "regained", "of the first", "cycles")
    if life.end_share is not None:
        heads = (*heads, f"falls to {100.0 * life.end_share:.4g} %")
    rows = []
    for m in mechanisms:
        row = [m.name, f"{units.convert(m.regained, 'mAh/cm2'):.3g} mAh/cm2", f"{100.0 * m.share:.3g} %", str(m.cycles)]
        if life.end_share is not None:
            row.append("not" if m.end_of_life is None else f"at {m.end_of_life:.0f}")
        rows.append(tuple(row))
    return heads, tuple(rows)


def spread_lines(spread: Spread) -> tuple[str, ...]:
    """Return what a sample of lives says, in sentences."""
    lived = len(spread.outcomes)
    lines = [
        f"{spread.samples} cells drawn from the {len(spread.drawn)} uncertain numbers that it reads; 95 % of them "
        "lie between the ends in brackets."
    ]
    if not lived:
        return (*lines, f"None of them could be cycled: {spread.failed[0]}")
    low, middle, high = (f"{100.0 * x:.3g}" for x in spread.interval("retention"))
    lines.append(f"Left at cycle {spread.nominal.cycles}: {middle} % ({low} to {high} %).")
    if len(spread.end_of_life):
        share = f"{100.0 * float(spread.nominal.end_share or 0.0):.4g} %"
        last = spread.nominal.cycles
        if not np.isfinite(spread.end_of_life).any():
            lines.append(f"None falls to {share} within {last} cycles.")
        else:
            ends = [f"{x:.0f}" if np.isfinite(x) else f"more than {last}" for x in spread.interval("end_of_life")]
            lines.append(f"Falls to {share} after {ends[1]} cycles ({ends[0]} to {ends[2]}).")
    stopped = [name for name in spread.outcomes if name != "completed"]
    lines += [f"{stopped.count(name)} of {lived} stopped before: {name}." for name in dict.fromkeys(stopped)]
    if spread.failed:
        lines.append(f"{len(spread.failed)} could not be made or formed, the first because: {spread.failed[0]}")
    if spread.correlation:
        named = ", ".join(f"{key} ({r:+.2f})" for key, r in list(spread.correlation.items())[:4])
        lines.append(f"What is left goes with {named} (partial rank correlation).")
    elif lived > 1 and np.ptp(spread.retention) < ALIKE:
        lines.append("What is left hardly differs from cell to cell.")
    else:
        lines.append("No number decides alone what is left, or these are too few cells to tell.")
    return tuple(lines)


def life_figures(life: Life, *, prefix: str = "") -> tuple[Figure, ...]:
    """Return the figures of a life: capacity and efficiency, and what ages.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    return drawn(_pictures(life), prefix)


def life_plot(life: Life, path: str | Path) -> Path:
    """Draw the figures of a life below each other into one file, .svg, .png or .pdf.

    Raises
    ------
    InputError
        Another suffix, or nothing to draw.
    MissingExtraError
        Without matplotlib.
    """
    return write_pictures(_pictures(life), path, "Life of a cell")


def life_html(
    life: Life,
    protocol: object,
    *,
    mechanisms: Sequence[Mechanism] = (),
    spread: Spread | None = None,
    title: str = "Life of a cell",
) -> str:
    """Return one self-contained page: how the life went, what was done, what was assumed, tables and figures.

    Parameters
    ----------
    life : Life
    protocol : Protocol
    mechanisms : sequence of Mechanism
        From `Life.mechanisms`.
    spread : Spread, optional
    title : str
    """
    missing: tuple[str, ...] = ()
    try:
        figures = life_figures(life, prefix="life-")
    except MissingExtraError:
        figures, missing = (), (_NO_FIGURES,)
    balance = ", ".join(f"{name} {value:.1e}" for name, value in life.balance.items())
    ended = (life.sentence, f"Change of what nothing can change: {balance}.")
    sections = [
        Section("How it went", ended),
        Section(
            "What was done",
            (
                *(line.strip() for line in str(protocol).splitlines()),
                f"The last repeat, or all where there is none, is one cycle of {life.cycles}.",
            ),
        ),
        Section("What the cell did not say and the model took for granted", life.assumed),
        Section("Cycles", missing, *life_rows(life, 20), tuple((f.svg, f"{f.title}. {f.caption}") for f in figures)),
    ]
    if mechanisms:
        sections.insert(1, Section("What each mechanism costs", (), *mechanism_rows(life, mechanisms)))
    if spread is not None:
        sections.insert(1, Section("How far such cells differ", spread_lines(spread)))
    return result_html(title, sections)


def _pictures(life: Life) -> list[Picture]:
    if len(life.number) < 2:
        return []
    found = [_fade(life)]
    moving = _moving(life)
    return [*found, _ageing(life, moving)] if moving else found


def _fade(life: Life) -> Picture:
    table = life.columns()
    specific = "specific discharge capacity / mAh/g"
    name, unit = (specific, "mAh/g") if specific in table else ("discharge capacity / mAh/cm2", "mAh/cm2")
    n, q = life.number, table[name]
    efficiency = 100.0 * life.coulombic_efficiency
    known = np.isfinite(efficiency) & (n > 1)
    end = life.end_of_life

    def paint(figure: Any) -> None:
        upper = figure.add_subplot(2, 1, 1)
        lower = figure.add_subplot(2, 1, 2, sharex=upper)
        marker = "o" if n.size < 60 else ""
        upper.plot(n, q, color=canvas.BLUE, marker=marker, markersize=3.0, linewidth=1.2)
        if end is not None and life.end_share is not None:
            level = life.end_share * q[0] / life.retention[0]
            said = f"{100.0 * life.end_share:.4g} % at {end:.0f}"
            upper.plot([end], [level], "s", color=canvas.VERMILLION, markersize=5.0)
            upper.annotate(said, (end, level), (6, 6), textcoords="offset points")
        upper.set_ylabel(f"discharge capacity, {unit}")
        upper.set_ylim(0.0, 1.1 * float(q.max()))
        lower.plot(n[known], efficiency[known], color=canvas.GREEN, marker=marker, markersize=3.0, linewidth=1.2)
        if known.any() and np.ptp(efficiency[known]) < _SPAN:  # no closer look than a cycler allows
            middle = 0.5 * (efficiency[known].min() + efficiency[known].max())
            lower.set_ylim(middle - 0.5 * _SPAN, middle + 0.5 * _SPAN)
        lower.set_ylabel("efficiency, %")
        lower.ticklabel_format(useOffset=False, axis="y")
        lower.set_xlabel("cycle")
        upper.tick_params(labelbottom=False)
        for panel in (upper, lower):
            panel.grid(True)

    told = (
        f"Discharge capacity falls from {q[0]:.4g} to {q[-1]:.4g} {unit} in {life.last} cycles, of which {n.size} were "
        "simulated."
    )
    if known.any():
        low, high = efficiency[known].min(), efficiency[known].max()
        told += f" The coulombic efficiency lies between {low:.4f} and {high:.4f} %."
    return Picture("fade", "Capacity and coulombic efficiency", told, told, 3.8, paint)


def _moving(life: Life) -> dict[str, Any]:
    """Return what ages, each over its largest magnitude, by name."""
    names = [name for name, *_ in _COLUMNS[6:]]
    found = {}
    for name, values in life.columns().items():
        top = float(np.max(np.abs(values)))
        if name in names and top > 0.0 and np.ptp(values) > 1e-6 * top:
            found[name] = values
    return found


def _ageing(life: Life, moving: dict[str, Any]) -> Picture:
    n = life.number

    def paint(figure: Any) -> None:
        axes = canvas.axes(figure)
        for (name, values), colour, style in zip(moving.items(), _COLOURS, _STYLES, strict=False):
            label = f"{name.split(' / ')[0]} ({words.number(float(np.max(np.abs(values))))}{_unit(name)})"
            axes.plot(n, values / np.max(np.abs(values)), color=colour, linestyle=style, label=label)
        axes.set_xlabel("cycle")
        axes.set_ylabel("over the value in the legend")
        legend_below(figure, axes, columns=2)

    told = "; ".join(f"{name.split(' / ')[0]} {v[0]:.4g} to {v[-1]:.4g}{_unit(name)}" for name, v in moving.items())
    return Picture("ageing", "What ages", f"{told}.", told, 3.2, paint)


def _unit(name: str) -> str:
    _, _, unit = name.partition(" / ")
    return f" {unit}" if unit else ""
