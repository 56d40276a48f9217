"""Novocontrol WinDETA text: Freq., Zs', Zs'' of a disc whose size may stand in the header."""

from __future__ import annotations

import math
import re
from typing import Final

from ceramer.errors import InputError
from ceramer.measurement._readers._format import ColumnMap, Format, find_line, head_text, number_after
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, recognise_all, require_rows, rows_of, table_of
from ceramer.units import ZERO_CELSIUS, Value

__all__ = ["FORMAT"]


def _is_titles(line: str) -> bool:
    return re.search(r"Freq\.?\s*\[Hz\]", line) is not None and "\t" in line


def _sniff(head: bytes) -> bool:
    return any(_is_titles(line) for line in head_text(head[:4000]).splitlines()[:20])


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    at = find_line(lines, _is_titles)
    if at is None:
        raise InputError(f"{source.name}: no line of column titles (Freq.[Hz], Zs'[ohm], ...) was found.")
    titles = [title.strip() for title in lines[at].split("\t")]
    rows = rows_of(lines[at + 1 :], titles, "\t", ends=lines[-1] == "", optional_tail=True)
    meanings, unread = recognise_all(titles)
    table = table_of(rows, meanings, unread)
    header = lines[:at]
    diameter = number_after(header, r"Diameter\s*\[mm\]\s*[:=]")
    thickness = number_after(header, r"(?<!Electrode )Thickness\s*\[mm\]\s*[:=]")
    kelvin = number_after(header, r"Temp\.?\s*\[K\]\s*=")
    celsius = number_after(header, r"Temp\.?\s*\[.{0,2}C\]\s*=")
    if diameter:
        table.area = Value(math.pi / 4.0 * (diameter * 1e-3) ** 2)
    if thickness:
        table.thickness = Value(thickness * 1e-3)
    if kelvin or celsius is not None:
        table.temperature = Value(kelvin or (celsius or 0.0) + ZERO_CELSIUS)
    if header and header[0].strip():
        table.details["sample"] = header[0].strip()
    table.technique, table.instrument = "impedance", "Novocontrol"
    return [require_rows(table, source.name)]


FORMAT: Final = Format("Novocontrol text", _sniff, _read)
