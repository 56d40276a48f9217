"""Mettler STARe thermogravimetry text: index, time, sample and reference temperature, mass."""

from __future__ import annotations

import re
from typing import Final

from ceramer.errors import InputError
from ceramer.measurement._labels import Recognised
from ceramer.measurement._readers._format import ColumnMap, Format, find_line, head_text
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, require_rows, rows_of, table_of

__all__ = ["FORMAT"]

_SECONDS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0}
_MILLIGRAMS: Final = {"mg": 1.0, "g": 1e3, "ug": 1e-3, "µg": 1e-3}


def _is_titles(line: str) -> bool:
    words = line.split()
    return words[:2] == ["Index", "t"] and "Value" in words


def _sniff(head: bytes) -> bool:
    text = head_text(head[:8000])
    return "Curve Name:" in text and any(_is_titles(line) for line in text.splitlines())


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    at = find_line(lines, _is_titles, limit=200)
    if at is None or at + 2 >= len(lines):
        raise InputError(f"{source.name}: no table (Index, t, Ts, Tr, Value) was found; the file may be cut short.")
    titles = lines[at].split()
    said = re.findall(r"\[([^\]]*)\]", lines[at + 1])
    if len(said) != len(titles) - 1:
        raise InputError(f"{source.name}: the line of units below the column titles is damaged; export the file again.")
    unit_of = dict(zip(titles[1:], said, strict=True))
    stop = find_line(lines, lambda line: not line.strip(), at + 2, len(lines))
    whole = stop is not None and stop < len(lines) - 1
    rows = rows_of(lines[at + 2 : stop], titles, None, ends=whole or lines[-1] == "")
    meanings: dict[int, Recognised] = {}
    for position, title in enumerate(titles):
        unit = unit_of.get(title, "")
        if title == "t" and unit in _SECONDS:
            meanings[position] = Recognised("Test Time / s", _SECONDS[unit])
        elif title in ("Ts", "Tr") and unit.endswith("C"):
            name = "Sample" if title == "Ts" else "Program"
            meanings[position] = Recognised(f"{name} Temperature / degC")
        elif title == "Value" and unit in _MILLIGRAMS:
            meanings[position] = Recognised("Mass / mg", _MILLIGRAMS[unit])
    if "Mass / mg" not in {meaning.label for meaning in meanings.values()}:
        raise InputError(f"{source.name}: the curve is in {unit_of.get('Value', '?')!r}, not a mass; export it in mg.")
    table = table_of(rows, meanings)
    if not whole:
        table.warnings.append("The file ends inside its table, so it is cut short; whole rows were read.")
    if whole and any(len(line.split()) == len(titles) for line in lines[(stop or 0) + 1 :] if line[:1] == " "):
        table.warnings.append("A blank line parts the table; the rows below it were left out.")
    sample = next((lines[i + 1].strip() for i, line in enumerate(lines[:-1]) if line.strip() == "Sample:"), "")
    if sample:
        table.details["sample"] = sample
    table.started = next((line.strip()[10:] for line in lines[:at] if line.strip().startswith("Performed ")), None)
    table.technique, table.instrument = "thermogravimetry", "Mettler STARe"
    return [require_rows(table, source.name)]


FORMAT: Final = Format("Mettler STARe thermogravimetry text", _sniff, _read)
