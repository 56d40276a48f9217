"""CH Instruments text."""

from __future__ import annotations

from typing import Final

from ceramer.errors import InputError
from ceramer.measurement._labels import recognise
from ceramer.measurement._readers._format import ColumnMap, Format, find_line, head_text
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, recognise_all, require_rows, rows_of, table_of

__all__ = ["FORMAT"]


def _sniff(head: bytes) -> bool:
    text = head_text(head[:2000])
    return "Instrument Model:" in text and "CHI" in text


def _is_titles(line: str) -> bool:
    titles = line.split(",")
    return len(titles) > 1 and sum(recognise(title) is not None for title in titles) >= 2 and "/" in line


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    at = find_line(lines, _is_titles)
    if at is None:
        raise InputError(f"{source.name}: no line of column titles (Freq/Hz, Z'/ohm, ...); the file may be cut short.")
    titles = [title.strip() for title in lines[at].split(",")]
    rows = rows_of(lines[at + 1 :], titles, ",", ends=lines[-1] == "")
    meanings, unread = recognise_all(titles)
    table = table_of(rows, meanings, unread)
    filled = [line.strip() for line in lines[:at] if line.strip()]
    table.started = filled[0] if filled else None
    table.technique = filled[1] if len(filled) > 1 else ""
    table.instrument = next((line.partition(":")[2].strip() for line in filled if "Instrument Model" in line), "")
    if "Current / A" in table.columns:
        table.warnings.append(
            "CH Instruments may print cathodic current as positive (a setting that the file does not hold): the "
            "current is as printed; negate it if it was so."
        )
    return [require_rows(table, source.name)]


FORMAT: Final = Format("CH Instruments text", _sniff, _read)
