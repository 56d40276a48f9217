"""Neware: csv exports of BTS, and the binary files .nda and .ndax (through fastnda)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from ceramer.errors import InputError, MissingExtraError
from ceramer.measurement._clock import clock_seconds, date_seconds
from ceramer.measurement._readers._cyclers import sign_current
from ceramer.measurement._readers._format import ColumnMap, Format, find_line, guarded, head_text
from ceramer.measurement._source import Source
from ceramer.measurement._table import Rows, Table, recognise_all, require_rows, rows_of, table_of

__all__ = ["CSV", "NDA", "NDAX"]

_DATES: Final = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%m/%d/%Y %H:%M:%S")
_TOTAL: Final = ("Total Time", "Cumulative Time", "Test Time")
_CLOCKS: Final = (*_TOTAL, "Time", "Step Time", "Relative Time")


def _is_titles(line: str) -> bool:
    return "Step Type" in line and "Voltage(" in line and "Current(" in line


def _sniff_csv(head: bytes) -> bool:
    return any(_is_titles(line) for line in head_text(head[:4000]).splitlines()[:20])


def _read_csv(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    at = find_line(lines, _is_titles, limit=100)
    if at is None:
        raise InputError(f"{source.name}: no line of column titles (Step Type, Voltage(V), ...) was found.")
    separator = "\t" if "\t" in lines[at] else ";" if ";" in lines[at] else ","
    titles = [title.strip().strip('"') for title in lines[at].split(separator)]
    rows = rows_of(lines[at + 1 :], titles, separator, ends=lines[-1] == "", optional_tail=lines[at][-1:] != separator)
    meanings, unread = recognise_all([_numeric_title(title) for title in titles])
    table = table_of(rows, meanings, unread)
    table.columns = {**_times(rows), **table.columns}
    unknown = {label: int(np.isnan(table.columns[label]).sum()) for label in _TIMES if label in table.columns}
    for label, count in unknown.items():
        if count:
            table.warnings.append(f"{count} values of {label!r} are missing or not times and became NaN.")
    sign_current(table, rows.text_column("Step Type"))
    if "Date" in titles and rows.lines:
        table.started = rows.text_column("Date")[0].strip()
    table.technique, table.instrument = "cycling", "Neware"
    return [require_rows(table, source.name)]


_TIMES: Final = ("Test Time / s", "Step Time / s")


def _numeric_title(title: str) -> str:
    """Hide the clock columns, which are text, and the specific capacities."""
    return "" if title in _CLOCKS or title.startswith("Spec.") or "Spec." in title else title


def _times(rows: Rows) -> dict[str, Any]:
    """Return test time and step time [s]: the total clock, else the dates, else the sum of the steps."""
    out: dict[str, Any] = {}
    if not rows.lines:
        return out
    total = next((name for name in _TOTAL if name in rows.header), None)
    step = next((name for name in ("Time", "Step Time", "Relative Time") if name in rows.header), None)
    if total is not None:
        out["Test Time / s"] = clock_seconds(rows.text_column(total))
    elif "Date" in rows.header:
        stamps = date_seconds(rows.text_column("Date"), _DATES)
        known = stamps[np.isfinite(stamps)]
        out["Test Time / s"] = stamps - (known[0] if known.size else 0.0)
    elif step is not None:
        seconds = clock_seconds(rows.text_column(step))
        rise = np.diff(seconds, prepend=0.0)
        out["Test Time / s"] = np.cumsum(np.where(rise < 0.0, seconds, rise))
    if step is not None:
        out["Step Time / s"] = clock_seconds(rows.text_column(step))
    return out


def _sniff_nda(head: bytes) -> bool:
    return head.startswith(b"NEWARE")


def _sniff_ndax(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04") and (b".ndc" in head or b"VersionInfo.xml" in head)


_FASTNDA: Final = {
    "voltage_V": ("Voltage / V", 1.0),
    "current_mA": ("Current / A", 1e-3),
    "unix_time_s": ("Unix Time / s", 1.0),
    "total_time_s": ("Test Time / s", 1.0),
    "step_time_s": ("Step Time / s", 1.0),
    "cycle_count": ("Cycle Count / 1", 1.0),
    "step_count": ("Step Count / 1", 1.0),
    "step_index": ("Step Index / 1", 1.0),
    "capacity_mAh": ("Step Capacity / Ah", 1e-3),
    "energy_mWh": ("Step Energy / Wh", 1e-3),
}


def _read_nda(source: Source, columns: ColumnMap) -> list[Table]:
    suffix = ".nda" if _sniff_nda(source.head) else ".ndax"
    try:
        import fastnda
    except ImportError:
        raise MissingExtraError(f"Reading Neware {suffix}", "neware", "export csv from BTSDA") from None

    def decode(path: Path) -> Any:
        # The cycle numbers are the instrument's own; fastnda can renumber them, which is an analysis.
        return fastnda.read(path, cycle_mode="raw")

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"file{suffix}"
        copy.write_bytes(source.data)
        frame = guarded(f"Neware {suffix}", source.name, lambda: decode(copy))
    table = Table({}, technique="cycling", instrument="Neware")
    order = sorted(_FASTNDA, key=list(_FASTNDA).index)
    for name in order:
        if name in frame.columns:
            label, factor = _FASTNDA[name]
            table.columns[label] = frame[name].to_numpy().astype(np.float64) * factor
    unread = [name for name in frame.columns if name not in _FASTNDA]
    if unread:
        table.details["columns not read"] = ", ".join(unread)
    return [require_rows(table, source.name)]


CSV: Final = Format("Neware csv", _sniff_csv, _read_csv)
NDA: Final = Format("Neware .nda", _sniff_nda, _read_nda)
NDAX: Final = Format("Neware .ndax", _sniff_ndax, _read_nda)
