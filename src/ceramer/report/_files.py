"""A user's own file in the terminal: what is in it, and what follows, with uncertainties."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ceramer import library, units
from ceramer.errors import InputError
from ceramer.provenance import Result, kind_of
from ceramer.report._recipe import recipe_table
from ceramer.report._systems import heading, plain_table, show_stack

if TYPE_CHECKING:
    from rich.console import RenderableType

    from ceramer.cell import Cell

__all__ = ["results_table", "show_file"]

_KINDS = ("stack", "cell", "recipe", "protocol")


def results_table(results: tuple[Result, ...], missing: tuple[str, ...] = ()) -> RenderableType:
    """Return results as a table (value, interval, what is assumed), and what could not be computed, with the reason."""
    from rich.console import Group
    from rich.markup import escape
    from rich.text import Text

    table = plain_table("quantity", "value", "95 % interval", "how", "assumed")
    for result in results:
        document = result.to_dict()
        span = " to ".join(f"{end:.3g}" for end in document["interval"]) if document["interval"] else ""
        assumed = escape(", ".join(result.assumed)) or "nothing"
        table.add_row(result.quantity.replace("_", " "), result.text, span, result.method, assumed)
    return Group(table, *(Text(f"Not computed: {reason}") for reason in missing))


def show_file(path: str | Path) -> tuple[RenderableType, dict[str, object]]:
    """Return what a stack, cell, recipe or protocol file holds and what follows, for the terminal and as a document."""
    from rich.console import Group
    from rich.text import Text

    kind = kind_of(path, _KINDS)
    if kind == "protocol":
        return _show_protocol(path)
    if kind == "recipe":
        table = recipe_table(path)
        grid = plain_table("component", "amount", "wt%", "vol%")
        for line in table.lines:
            grid.add_row(*line)
        findings = [Text(f"  - {finding}") for finding in table.findings]
        document: dict[str, object] = {"file": str(path), "kind": kind, "findings": list(table.findings)}
        columns = ("name", "amount", "wt%", "vol%")
        document["components"] = [dict(zip(columns, line, strict=True)) for line in table.lines]
        return Group(heading(table.title or table.name), grid, *findings), document
    if kind == "stack":
        results, missing = library.stack_results(path)
        drawing = show_stack(library.load_stack(path))
        where = "What follows, at 30 degC"
    else:
        results, missing = library.cell_results(path)
        cell = library.load_cell(path)
        drawing = Group(heading(cell.name), show_stack(cell.stack))
        where = f"What follows, at {cell.temperature - units.ZERO_CELSIUS:.0f} degC"
    document = {"file": str(path), "kind": kind, "results": [r.to_dict() for r in results], "missing": list(missing)}
    shown = [drawing, heading(where), results_table(results, missing)]
    if kind == "cell":
        document["assumed"] = said = _taken_for_granted(cell)
        shown += [heading("In a simulation")] if said else []
        shown += [Text(f"  - {note}") for note in said]
    return Group(*shown), document


def _taken_for_granted(cell: Cell) -> list[str]:
    """Return what the engine would assume of a cell, or why it cannot run it."""
    from ceramer.physics import cell_model

    try:
        return list(cell_model(cell)[1])
    except InputError as error:
        return [f"not possible: {error}"]


def _show_protocol(path: str | Path) -> tuple[RenderableType, dict[str, object]]:
    from rich.console import Group
    from rich.text import Text

    from ceramer.experiments import load_protocol

    protocol = load_protocol(path)
    count = len(protocol.schedule())
    lines = [*([protocol.title] if protocol.title else []), *str(protocol).splitlines(), f"{count} steps in all"]
    document: dict[str, object] = {"file": str(path), "kind": "protocol", "name": protocol.name, "steps": count}
    document["text"] = str(protocol)
    return Group(heading(protocol.name), *(Text(line) for line in lines)), document
