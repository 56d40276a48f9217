"""Published systems, and a user's own stack, in the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ceramer import units
from ceramer.cell import Stack
from ceramer.errors import InputError
from ceramer.library import Fact, SystemSpec, book, load_medium, load_stack, relation_of
from ceramer.microstructure import MediumSpec, VoxelComposite
from ceramer.provenance import Ledger, estimate
from ceramer.report import _words as words
from ceramer.report._drawing import blocks, slabs
from ceramer.report._recipe import recipe_table

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

__all__ = ["show_stack", "show_system", "systems_table"]

_T30 = units.ZERO_CELSIUS + 30.0
_STYLES = {"polymer": "cyan", "ceramic": "yellow", "composite": "green", "other": "dim"}
_WIDEST = 72  # characters of a drawing


def systems_table(systems: Mapping[str, SystemSpec]) -> RenderableType:
    """Return one line per published system: paper, name, title, layers and thickness, number of claims."""
    table = plain_table("paper", "system", "what it is", "thickness", "claims")
    table.columns[4].justify = "right"
    for name, spec in systems.items():
        stack = load_stack(name) if spec.stack else None
        layers = f" ({len(stack.layers)} layers)" if stack and len(stack.layers) > 1 else ""
        thickness = f"{1e6 * stack.thickness:.4g} um{layers}" if stack else ""
        table.add_row(spec.paper, name, spec.title, thickness, str(len(spec.printed())))
    return table


@dataclass(frozen=True)
class _Drawing:
    """A stack drawn to scale, as wide as the terminal allows."""

    stack: Stack

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.text import Text

        layers = slabs(self.stack)
        width = max(len(layers), min(_WIDEST, options.max_width - 4))
        runs = blocks(layers, width, ascii_only=options.ascii_only)
        line = Text("  ")
        edge = "|" if options.ascii_only else "│"  # between layers that look alike
        for position, (slab, run) in enumerate(zip(layers, runs, strict=True)):
            shown = edge + run[1:] if position and len(run) > 1 else run
            line.append(shown, style=_STYLES[slab.kind])
        yield line
        yield line
        for slab, run in zip(layers, runs, strict=True):
            text = Text("  ")
            text.append(run[:1], style=_STYLES[slab.kind])
            text.append(f" {1e6 * slab.thickness:>7.4g} um  {slab.name} ({slab.kind})")
            yield text
        yield Text(f"  = {1e6 * self.stack.thickness:>7.4g} um  in all, lithium side first")


@dataclass(frozen=True)
class _Media:
    """Media with their conductivity, in signs that the terminal has."""

    names: tuple[str, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        from rich.markup import escape

        table = plain_table("medium", "ionic conductivity at 30 degC", "from")
        for name in self.names:
            value, origin = _conductivity(name)
            shown = value.replace("±", "+/-") if options.ascii_only else value
            table.add_row(name, shown, escape(origin))
        yield table


def show_stack(stack: Stack) -> RenderableType:
    """Return a stack drawn to scale with the conductivity of its layers at 30 degC."""
    from rich.console import Group

    parts: list[RenderableType] = [heading(stack.title or stack.name), _Drawing(stack)]
    from rich.markup import escape
    from rich.text import Text

    table, notes = plain_table("medium", "ionic conductivity at 30 degC", "electronic"), []
    for name, medium in {layer.medium.name: layer.medium for layer in stack.layers}.items():
        cells = []
        for prop in ("ionic_conductivity", "electronic_conductivity"):
            try:
                cells.append(units.show(getattr(medium, prop)(_T30), "S/cm", digits=3))
            except InputError as error:
                cells.append(str(error))
        table.add_row(name, *map(escape, cells))
        if isinstance(medium, VoxelComposite):
            cost = 100.0 * medium.discretisation_error(_T30)
            notes.append(Text(f"{name}: {medium.provenance}; the voxels cost about {cost:.1f} %"))
    return Group(*parts, heading("Media"), table, *notes)


def show_system(spec: SystemSpec) -> RenderableType:
    """Return everything about one published system: recipe, preparation, layers, media, cells, notes, claims."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    source = book().sources.get(spec.paper)
    parts: list[RenderableType] = [heading(f"{spec.name}: {spec.title}"), Text(spec.about)]
    if source is not None:
        doi = f", doi:{source.doi}" if source.doi else ""
        parts.append(Text(f"{source.citation}{doi}", style="dim"))
    if spec.recipe is not None:
        recipe = recipe_table(spec.recipe)
        table = plain_table("component", "as printed", "wt%", "vol%")
        for column in table.columns[2:]:
            column.justify = "right"
        for line in recipe.lines:
            table.add_row(*line)
        parts += [heading(f"Recipe {recipe.name}"), table]
        parts += [Padding(Text(f"- {finding}", style="yellow"), (0, 0, 0, 2)) for finding in recipe.findings]
    if spec.preparation:
        parts.append(heading("Preparation"))
        parts += [Text(f"  {number}. {step}") for number, step in enumerate(spec.preparation, 1)]
    if spec.stack is not None:
        parts += [heading("Layers, to scale"), _Drawing(load_stack(spec.name))]
    media = tuple(_media(spec))
    if media:
        parts += [heading("Media"), _Media(media)]
    if spec.cells:
        parts.append(heading("Cells"))
        parts += [Text(f"  {cell.name} ({cell.format})") for cell in spec.cells.values()]
    if spec.notes:
        parts.append(heading("Notes"))
        parts += [Padding(Text(f"- {note}"), (0, 0, 0, 2)) for note in spec.notes]
    claims = spec.printed()
    if claims:
        parts += [heading(f"{len(claims)} printed {'claim' if len(claims) == 1 else 'claims'}"), _claims(claims)]
    return Group(*parts)


def _media(spec: SystemSpec) -> Iterator[str]:
    """Names of the media of a system: its own, its layers', and the phases of each."""
    seen: dict[str, None] = {}

    def add(name: str, medium: MediumSpec | None) -> None:
        seen.setdefault(name)
        for phase in medium.phases if medium else ():
            seen.setdefault(phase.medium)

    if spec.medium is not None:
        add(spec.name, spec.medium)
    for name, medium in spec.media.items():
        add(name, medium)
    for layer in spec.stack.layers if spec.stack else ():
        add(layer.medium or layer.name, None)
    return iter(seen)


def _conductivity(name: str) -> tuple[str, str]:
    """Return (value and uncertainty, what is assumed in it), or why there is none."""

    def calculate(ledger: Ledger) -> float:
        return load_medium(name, ledger).ionic_conductivity(_T30)

    try:
        got = estimate(calculate, book(), samples=64)
    except InputError as error:
        return "not known", str(error)
    unit = "mS/cm" if got.value > 1e-3 else "S/cm"
    spread = got.standard_uncertainty / units.si_scale(unit) if got.standard_uncertainty else None
    text = f"{words.number(units.convert(got.value, unit), spread)} {unit}"
    return text, f"assumed: {', '.join(got.assumed)}" if got.assumed else "nothing assumed"


def _claims(facts: Iterable[Fact]) -> Table:
    table = plain_table("id", "quantity", "printed", "conditions")
    for fact in facts:
        mark = relation_of(fact)
        value = f"{'' if mark == '=' else mark + ' '}{fact.value}{words.unit_text(fact.unit)}"
        table.add_row(fact.id, words.plain(fact.quantity), value, fact.conditions)
    table.columns[0].style = "cyan"
    return table


def heading(text: str) -> RenderableType:
    from rich.text import Text

    return Text(f"\n{text}", style="bold")


def plain_table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    for column in columns:
        table.add_column(column, overflow="fold")
    return table
