"""BioLogic EC-Lab and BT-Lab text (.mpt): any technique, decimal commas, several sweeps."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import numpy as np

from ceramer.errors import InputError
from ceramer.measurement._labels import recognise
from ceramer.measurement._readers._format import ColumnMap, Format, find_line
from ceramer.measurement._source import Source
from ceramer.measurement._table import FloatArray, Rows, Table, recognise_all, require_rows, rows_of, table_of
from ceramer.units import Value

__all__ = ["FORMAT", "area_of", "order_of_voltages"]

_DEFAULT_AREA_CM2: Final = 0.001
_DATES: Final = ("%m/%d/%Y %H:%M:%S.%f", "%m/%d/%Y %H:%M:%S")


def _sniff(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf")[:80].lstrip().startswith((b"EC-Lab ASCII FILE", b"BT-Lab ASCII FILE"))


def area_of(square_centimetres: float) -> Value | None:
    """Return the electrode area [m2]; EC-Lab's default of 0.001 cm2, and zero, count as missing."""
    if not square_centimetres > 0.0 or abs(square_centimetres - _DEFAULT_AREA_CM2) < 1e-9:
        return None
    return Value(square_centimetres * 1e-4)


def order_of_voltages(header: list[str]) -> list[str]:
    """Hide Ewe where the cell voltage (Ewe-Ece or Ecell) is recorded as well."""
    bare = [title.strip().strip("<>").split(">")[0].split("/")[0] for title in header]
    if "Ewe-Ece" in bare or "Ecell" in bare:
        return ["" if name == "Ewe" else title for title, name in zip(header, bare, strict=True)]
    return header


def _is_titles(line: str) -> bool:
    titles = line.split("\t")
    return len(titles) > 1 and sum(recognise(title) is not None for title in titles) >= 2


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    said = re.search(r"Nb header lines\s*:\s*(\d+)", "\n".join(lines[:5]))
    at = int(said[1]) - 1 if said else -1
    if not (0 <= at < len(lines) and _is_titles(lines[at])):
        found = find_line(lines, _is_titles)
        if found is None:
            raise InputError(f"{source.name}: the EC-Lab file ends before its column titles; export it again.")
        at = found
    header = lines[:at]
    titles = order_of_voltages(lines[at].removesuffix("\t").split("\t"))
    ends = lines[-1] == ""
    rows = rows_of(lines[at + 1 :], titles, "\t", ends=ends, optional_tail=True)
    meanings, unread = recognise_all(titles)
    clock = _absolute_clock(rows)
    if clock is not None:
        meanings = {i: meaning for i, meaning in meanings.items() if meaning.label != "Test Time / s"}
    table = table_of(rows, meanings, unread)
    if clock is not None:
        table.columns["Test Time / s"] = clock
    table.technique = next((line.strip() for line in header[3:4] if line.strip()), "")
    table.instrument = "BioLogic"
    for line in header:
        key, colon, text = (part.strip() for part in line.partition(" : "))
        if not colon or not text:
            continue
        if key == "Electrode surface area":
            number = re.match(r"[\d.,]+(?:[eE][+-]?\d+)?", text)
            if number is not None:
                table.area = _number_area(number[0])
        elif key == "Acquisition started on":
            table.started = text
        elif key in ("Device", "Run on channel", "Comments", "Electrode material", "Electrolyte"):
            table.details[key] = text
    return [require_rows(table, source.name)]


def _number_area(text: str) -> Value | None:
    try:
        return area_of(float(text.replace(",", ".")))
    except ValueError:
        return None


def _absolute_clock(rows: Rows) -> FloatArray | None:
    """Return seconds since the first row where the time column holds dates (EC-Lab's absolute time)."""
    if "time/s" not in rows.header or not rows.lines:
        return None
    if "/" not in rows.lines[0].split("\t")[list(rows.header).index("time/s")]:
        return None
    texts = rows.text_column("time/s")
    stamps = [_seconds(text) for text in texts]
    first = next((stamp for stamp in stamps if stamp is not None), None)
    if first is None:
        return None
    return np.array([np.nan if stamp is None else stamp - first for stamp in stamps])


def _seconds(text: str) -> float | None:
    for pattern in _DATES:
        try:
            return (datetime.strptime(text.strip(), pattern) - datetime(1970, 1, 1)).total_seconds()
        except ValueError:
            continue
    return None


FORMAT: Final = Format("BioLogic EC-Lab text (.mpt)", _sniff, _read)
