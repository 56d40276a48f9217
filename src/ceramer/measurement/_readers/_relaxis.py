"""RelaxIS spectrum export: groups of columns "Data: Frequency", "Data: Z'", ..., one group per spectrum."""

from __future__ import annotations

from typing import Final

from ceramer.errors import InputError
from ceramer.measurement._readers._format import ColumnMap, Format, find_line, head_text
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, recognise_all, require_rows, rows_of, table_of

__all__ = ["FORMAT"]


def _sniff(head: bytes) -> bool:
    text = head_text(head[:2000])
    return "RelaxIS" in text and "Data: Frequency" in text


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    at = find_line(lines, lambda line: "Data: Frequency" in line)
    if at is None:
        raise InputError(f"{source.name}: no line of column titles (Data: Frequency, ...) was found.")
    titles = [title.removeprefix("Data: ").strip() for title in lines[at].split("\t")]
    rows = rows_of(lines[at + 2 :], titles, "\t", ends=lines[-1] == "")
    first = [i for i, title in enumerate(titles) if title == "Frequency"] or [0]
    tables = []
    for start, stop in zip(first, [*first[1:], len(titles)], strict=True):
        meanings, _ = recognise_all(titles[start:stop])
        table = table_of(rows, {start + i: meaning for i, meaning in meanings.items()})
        table.technique, table.instrument = "impedance", "RelaxIS export"
        if at + 1 < len(lines):
            table.details["parameters"] = lines[at + 1].strip()
        tables.append(require_rows(table, source.name))
    return tables


FORMAT: Final = Format("RelaxIS text", _sniff, _read)
