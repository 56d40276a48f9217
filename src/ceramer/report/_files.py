"""A user's own stack, cell or recipe file in the terminal: what is in it, and what follows, with uncertainties."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ceramer import library, units
from ceramer.errors import UnknownNameError
from ceramer.provenance import Result, read_toml
from ceramer.report._recipe import recipe_table
from ceramer.report._systems import heading, plain_table, show_stack

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["results_table", "show_file"]

_KINDS = ("stack", "cell", "recipe")


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
    """Return what a stack, cell or recipe file holds and what follows from it, for the terminal and as a document."""
    from rich.console import Group
    from rich.text import Text

    kind = read_toml(path).get("kind")
    if kind not in _KINDS:
        raise UnknownNameError(f"kind in {path}", str(kind), _KINDS, 'Write it as the first line, kind = "stack".')
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
    return Group(drawing, heading(where), results_table(results, missing)), document
