"""Princeton Applied Research: VersaStudio (.par), and the tables of Parstat and PowerSuite."""

from __future__ import annotations

import re
from typing import Final

from ceramer.errors import InputError
from ceramer.measurement._readers._format import ColumnMap, Format, find_line, head_text, header_area, number_after
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, recognise_all, require_rows, rows_of, table_of

__all__ = ["FORMATS"]


def _sniff_versastudio(head: bytes) -> bool:
    text = head_text(head[:2000])
    return text.lstrip().startswith("<Application>") and "VersaStudio" in text


def _sniff_parstat(head: bytes) -> bool:
    first = head_text(head[:1000]).lstrip().split("\n")[0]
    return first.startswith("Potential (V)\t") and "Zre (ohms)" in first


def _sniff_powersuite(head: bytes) -> bool:
    first = re.split(r"[\r\n]", head_text(head[:1000]).lstrip())[0]
    return re.match(r"Frequency\s+Zre\s+Zimg", first) is not None


def _read_versastudio(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    tables = []
    area = number_after(lines[:400], r"Working Electrode Area \(cm2\)=")
    name = next((line[5:].strip() for line in reversed(lines[:400]) if line.startswith("Name=")), "")
    for at, line in enumerate(lines):
        if not re.match(r"<Segment\d+>", line):
            continue
        begin = find_line(lines, lambda text: text.startswith("Definition="), at, 50)
        if begin is None:
            continue
        stop = begin + 1
        while stop < len(lines) and not lines[stop].startswith("</Segment"):
            stop += 1
        titles = [title.strip() for title in lines[begin].removeprefix("Definition=").split(",")]
        titles = ["" if title == "Segment #" else title for title in titles]
        whole = stop < len(lines)
        if not titles[-1] or titles[-1].isdecimal():  # "..., AC Amplitude, 0" ends the list of titles
            titles.pop()
        rows = rows_of(lines[begin + 1 : stop], titles, ",", ends=whole or lines[-1] == "", optional_tail=True)
        meanings, unread = recognise_all(titles)
        table = table_of(rows, meanings, unread)
        if not whole and not table.warnings:
            table.warnings.append("The segment is not closed, so the file is cut short; whole rows were read.")
        table.instrument = "VersaSTAT"
        table.technique = name
        header_area(table, area, 1.0, "VersaStudio")
        tables.append(require_rows(table, source.name))
    if not tables:
        raise InputError(f"{source.name}: the VersaStudio file holds no segment of data; it may be cut short.")
    return tables


def _read_titled(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    at = find_line(lines, lambda line: "Zre" in line) or 0
    titles = [title.strip() for title in lines[at].removesuffix("\t").split("\t")]
    rows = rows_of(lines[at + 1 :], titles, "\t", ends=lines[-1] == "", optional_tail=True)
    meanings, unread = recognise_all(titles)
    table = table_of(rows, meanings, unread)
    table.instrument = "Parstat" if _sniff_parstat(source.head) else "PowerSuite"
    table.technique = "impedance"
    return [require_rows(table, source.name)]


FORMATS: Final = (
    Format("VersaStudio (.par)", _sniff_versastudio, _read_versastudio),
    Format("Parstat text", _sniff_parstat, _read_titled),
    Format("PowerSuite text", _sniff_powersuite, _read_titled),
)
