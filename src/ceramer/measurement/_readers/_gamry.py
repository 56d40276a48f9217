"""Gamry Framework (.DTA): the tables ZCURVE and CURVE, CURVE1, ..."""

from __future__ import annotations

import re
from typing import Final

from ceramer.errors import InputError
from ceramer.measurement._readers._format import ColumnMap, Format, count_note, head_text, header_area
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, recognise_all, require_rows, rows_of, table_of

__all__ = ["FORMAT"]

_TABLE: Final = re.compile(r"^(?P<name>\w*CURVE\w*)\tTABLE(?:\t(?P<count>\d+))?")


def _sniff(head: bytes) -> bool:
    return head_text(head[:20]).startswith("EXPLAIN")


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    starts = [(i, match) for i, line in enumerate(lines) if (match := _TABLE.match(line)) is not None]
    named = {match["name"]: i for i, match in starts}
    main = [(i, match) for i, match in starts if match["name"] != "OCVCURVE"]
    tables = [_table(source, i, match) for i, match in main or starts]
    if not tables:
        raise InputError(f"{source.name}: the Gamry file holds no curve; it may be cut short.")
    skipped = main and "OCVCURVE" in named
    for table in tables:
        _header(table, lines)
        if not main:
            table.warnings.append("The file holds only an open-circuit record (OCVCURVE); it may be cut short.")
        if skipped:
            table.details["not read"] = "open-circuit record before the experiment (OCVCURVE)"
    return tables


def _table(source: Source, at: int, match: re.Match[str]) -> Table:
    lines = source.lines
    stop = at + 1
    while stop < len(lines) and lines[stop].startswith("\t"):
        stop += 1
    if stop < at + 4:
        raise InputError(f"{source.name}: the table {match['name']} has no rows; the file may be cut short.")
    names, units = lines[at + 1].split("\t"), lines[at + 2].split("\t")
    titles = [
        "" if name in ("", "Pt", "Temp") else f"{name} ({unit})" for name, unit in zip(names, units, strict=False)
    ]
    ends = stop < len(lines)
    rows = rows_of(lines[at + 3 : stop], titles, "\t", ends=ends, optional_tail=True)
    meanings, unread = recognise_all(titles)
    table = table_of(rows, meanings, unread)
    count_note(table, int(match["count"]) if match["count"] else None)
    return require_rows(table, source.name)


def _header(table: Table, lines: list[str]) -> None:
    fields = {line.split("\t")[0]: line.split("\t") for line in lines[:200] if line.count("\t") >= 2}
    table.instrument = "Gamry"
    table.technique = fields["TITLE"][2].strip() if "TITLE" in fields else ""
    table.started = " ".join(fields[key][2].strip() for key in ("DATE", "TIME") if key in fields) or None
    if "PSTAT" in fields:
        table.details["potentiostat"] = fields["PSTAT"][2].strip()
    try:
        area = float(fields["AREA"][2].replace(",", "."))
    except (KeyError, ValueError):
        return
    header_area(table, area, 1.0, "Gamry")


FORMAT: Final = Format("Gamry (.DTA)", _sniff, _read)
