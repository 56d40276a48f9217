"""Scribner ZPlot (.z), and the Z60W text that Autolab and others export for ZView."""

from __future__ import annotations

import re
from typing import Final

from ceramer.errors import InputError
from ceramer.measurement._readers._format import (
    ColumnMap,
    Format,
    count_note,
    find_line,
    head_text,
    header_area,
    number_after,
)
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, recognise_all, require_rows, rows_of, table_of

__all__ = ["FORMATS"]


def _sniff_zplot(head: bytes) -> bool:
    return head_text(head[:200]).lstrip().upper().startswith("ZPLOT")


def _sniff_z60w(head: bytes) -> bool:
    return "Z60W Data File" in head_text(head[:200])


def _is_titles(line: str) -> bool:
    return "Freq" in line and "Z'" in line


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    at = find_line(lines, _is_titles)
    if at is None:
        raise InputError(f"{source.name}: no line of column titles (Freq, Z', Z''); the file may be cut short.")
    titles = re.split(r"\t|\s{2,}|,", lines[at].strip().strip('"').strip())
    start = at + 1
    while start < len(lines) and (not lines[start].strip() or lines[start].strip() == "End Comments"):
        start += 1
    if start >= len(lines):
        raise InputError(f"{source.name}: the file ends after its column titles; export it again.")
    separator = "\t" if "\t" in lines[start] else "," if "," in lines[start] else None
    rows = rows_of(lines[start:], titles, separator, ends=lines[-1] == "", optional_tail=True)
    meanings, unread = recognise_all(titles)
    table = table_of(rows, meanings, unread)
    header = lines[:at]
    said = number_after(header, r"Data Points:")
    if said is None and at > 0 and lines[at - 1].strip().isdecimal():
        said = float(lines[at - 1])
    count_note(table, None if said is None else int(said))
    header_area(table, number_after(header, r"Surface Area:"), 1.0, "ZPlot")
    dates = [re.sub(r".*?:\s*", "", line, count=1).strip() for line in header if re.match(r"\s*(Date|Time):", line)]
    table.started = " ".join(dates) or None
    table.technique = "impedance"
    table.instrument = "Autolab (Z60W)" if _sniff_z60w(source.head) else "Scribner ZPlot"
    return [require_rows(table, source.name)]


FORMATS: Final = (
    Format("Scribner ZPlot (.z)", _sniff_zplot, _read),
    Format("Autolab / Z60W text", _sniff_z60w, _read),
)
