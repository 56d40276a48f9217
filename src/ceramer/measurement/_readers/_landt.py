"""Landt csv export."""

from __future__ import annotations

from typing import Final

from ceramer.errors import InputError
from ceramer.measurement._readers._cyclers import sign_current
from ceramer.measurement._readers._format import ColumnMap, Format, find_line, head_text
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, recognise_all, require_rows, rows_of, table_of

__all__ = ["FORMAT"]


def _is_titles(line: str) -> bool:
    return "test_time_s" in line and "current_A" in line


def _sniff(head: bytes) -> bool:
    return any(_is_titles(line) and "step_name" in line for line in head_text(head[:4000]).splitlines()[:30])


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    at = find_line(lines, _is_titles, limit=100)
    if at is None:
        raise InputError(f"{source.name}: no line of column titles (test_time_s, ...) was found.")
    titles = [title.strip() for title in lines[at].removesuffix(",").split(",")]
    known = ["Ambient Temperature / degC" if title == "temperature_1_C" else title for title in titles]
    rows = rows_of(lines[at + 1 :], titles, ",", ends=lines[-1] == "", optional_tail=True)
    meanings, unread = recognise_all(known)
    table = table_of(rows, meanings, unread)
    sign_current(table, rows.text_column("step_name"))
    for line in lines[:at]:
        key, colon, text = (part.strip(" ,") for part in line.partition(":"))
        if colon and text not in ("", "Ah", "Wh"):
            table.details[key] = text
    if "date_time_iso_string" in titles and rows.lines:
        table.started = rows.text_column("date_time_iso_string")[0]
    table.technique, table.instrument = "cycling", "Landt"
    return [require_rows(table, source.name)]


FORMAT: Final = Format("Landt csv", _sniff, _read)
