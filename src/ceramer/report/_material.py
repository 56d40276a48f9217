"""One material of the catalogue in the terminal: every value with its unit, temperature, status and source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ceramer import materials, units
from ceramer.report import _words as words
from ceramer.report._systems import heading, plain_table

if TYPE_CHECKING:
    from rich.console import RenderableType

__all__ = ["show_material"]


def show_material(name: str) -> tuple[RenderableType, dict[str, Any]]:
    """Return what the catalogue knows of a material, for the terminal and as a document.

    Parameters
    ----------
    name : str
        The material, or another name of it; an unknown one raises with the nearest.
    """
    from rich.console import Group
    from rich.text import Text

    known = materials.entries()[materials.load(name).name]
    rows = [row for row in materials.rows() if row.material == known.name]
    table = plain_table("property", "value", "at", "status", "source", "note")
    for row in rows:
        quantity = words.plain(row.quantity) + (f" ({row.key})" if row.key else "")
        at = "" if row.temperature is None else f"{row.temperature - units.ZERO_CELSIUS:.4g} degC"
        table.add_row(quantity, _value(row), at, row.status, row.source, row.note)
    names = f", also {', '.join(known.aliases)}" if known.aliases else ""
    what = f"{known.role}{f', {known.formula}' if known.formula else ''}{names}"
    sources = materials.catalogue().sources
    cited = [sources[key] for key in dict.fromkeys(row.source for row in rows) if key in sources]
    lines = [Text(f"  {s.key}: {s.citation}{f' doi:{s.doi}' if s.doi else ''}") for s in cited]
    document = {
        "name": known.name,
        "title": known.title,
        "role": known.role,
        "formula": known.formula,
        "values": [
            {
                "id": row.id,
                "value": row.number,
                "unit": row.unit,
                "standard_uncertainty": row.standard_uncertainty,
                "low": row.low,
                "high": row.high,
                "temperature_K": row.temperature,
                "status": row.status,
                "source": row.source,
                "note": row.note,
            }
            for row in rows
        ],
    }
    return Group(heading(f"{known.name}: {known.title}"), Text(what), table, heading("Sources"), *lines), document


def _value(row: materials.Row) -> str:
    text = f"{row.number:g}"
    if row.standard_uncertainty is not None:
        text += f" +/- {row.standard_uncertainty:g}"
    if row.low is not None:
        text += f" ({row.low:g} to {row.high:g})"
    return text if row.unit == "1" else f"{text} {row.unit}"
