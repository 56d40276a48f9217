"""Maccor text export: unsigned currents with a state letter, times whose unit only the dates tell."""

from __future__ import annotations

import math
import re
from typing import Final

import numpy as np

from ceramer.errors import InputError
from ceramer.measurement._clock import clock_seconds, date_seconds
from ceramer.measurement._readers._cyclers import sign_current
from ceramer.measurement._readers._format import ColumnMap, Format, find_line, head_text
from ceramer.measurement._source import Source
from ceramer.measurement._table import Rows, Table, recognise_all, require_rows, rows_of, table_of

__all__ = ["FORMAT"]

_DATES: Final = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S")
_NAMES: Final = {
    "Cycle C": "Cycle Count / 1",
    "Cyc#": "Cycle Count / 1",
    "Test (Sec)": "Test Time / s",
    "Test (Min)": "Test Time / min",
    "Step (Sec)": "Step Time / s",
    "Amp-hr": "Step Capacity / Ah",
    "Watt-hr": "Step Energy / Wh",
}
_UNITS: Final = {"s": 1.0, "min": 60.0, "h": 3600.0}


def _is_titles(line: str) -> bool:
    titles = [title.strip() for title in line.split("\t")]
    return titles[0].startswith("Rec") and ("Md" in titles or "State" in titles)


def _sniff(head: bytes) -> bool:
    return any(_is_titles(line) for line in head_text(head[:8000]).splitlines()[:60])


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    at = find_line(lines, _is_titles, limit=200)
    if at is None:
        raise InputError(f"{source.name}: no line of column titles (Rec, ...) was found.")
    titles = [title.strip() for title in lines[at].removesuffix("\t").split("\t")]
    rows = rows_of(lines[at + 1 :], titles, "\t", ends=lines[-1] == "", optional_tail=True)
    known = [_NAMES.get(title, "" if title in ("Cycle P",) else title) for title in titles]
    meanings, unread = recognise_all(known)
    bare = next((name for name in ("TestTime", "Test Time") if name in titles), None)
    texts = rows.text_column(bare) if bare is not None else []
    if texts and ":" in texts[0]:
        meanings = {i: meaning for i, meaning in meanings.items() if meaning.label != "Test Time / s"}
    table = table_of(rows, meanings, unread)
    if texts and ":" in texts[0]:
        table.columns["Test Time / s"] = clock_seconds(texts)
    elif bare is not None:
        _scale_time(table, rows)
    sign_current(table, rows.text_column("Md" if "Md" in titles else "State"))
    for line in lines[:at]:
        key, _, text = (part.strip() for part in line.partition("\t"))
        if key.rstrip(":") in ("Name", "Channel", "Tester", "Procedure") and text:
            table.details[key.rstrip(":")] = text
        elif key == "Started":
            table.started = text
    table.technique, table.instrument = "cycling", "Maccor"
    return [require_rows(table, source.name)]


def _scale_time(table: Table, rows: Rows) -> None:
    """Find the unit of the bare test time by comparing it with the dates of the rows."""
    time = table.columns.get("Test Time / s")
    stamp = next((title for title in rows.header if re.fullmatch(r"DPT Time|DPt Time|DPT", title)), None)
    if time is None or time.size < 2:
        return
    ratio = math.nan
    if stamp is not None:
        texts = rows.text_column(stamp)
        ends = date_seconds([texts[0], texts[-1]], _DATES)
        span = float(time[-1] - time[0])
        ratio = float(ends[1] - ends[0]) / span if span > 0.0 else math.nan
    unit = next((name for name, factor in _UNITS.items() if abs(ratio / factor - 1.0) < 0.05), None)
    if unit is None:
        table.warnings.append("The unit of the test time is not in the file and its dates do not tell: s was assumed.")
        return
    for label in ("Test Time / s", "Step Time / s"):
        if label in table.columns:
            table.columns[label] = np.asarray(table.columns[label] * _UNITS[unit])
    table.details["unit of the test time"] = f"{unit} (by the dates of the rows)"


FORMAT: Final = Format("Maccor text", _sniff, _read)
