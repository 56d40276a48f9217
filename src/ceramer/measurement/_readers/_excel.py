"""Excel workbooks (.xlsx): Arbin's channel sheets, or any sheet with recognisable column titles."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np

from ceramer.errors import InputError, MissingExtraError
from ceramer.measurement._labels import recognise
from ceramer.measurement._readers._format import ColumnMap, Format, guarded, say_columns
from ceramer.measurement._readers._plain import notes_on_meanings
from ceramer.measurement._source import Source
from ceramer.measurement._table import FloatArray, Table, polar_to_cartesian, recognise_all, require_rows, scaled

__all__ = ["FORMAT"]

_SCANNED: Final = 60


def _sniff(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head[:200])


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    try:
        import openpyxl
    except ImportError:
        raise MissingExtraError("Reading Excel", "excel", "save the sheet as csv") from None

    def sheets() -> list[tuple[str, list[tuple[Any, ...]]]]:
        book = openpyxl.load_workbook(io.BytesIO(source.data), read_only=True, data_only=True)
        return [(sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book.worksheets]

    content = guarded("Excel", source.name, sheets)
    is_arbin = any(title == "Global_Info" for title, _ in content)
    found = []
    for title, rows in content:
        if is_arbin and not re.match(r"Channel[_-]", title):
            continue
        table = _sheet(rows, columns)
        if table is not None:
            table.details["sheet"] = title
            found.append(table)
    if not found:
        raise InputError(
            f"{source.name}: no sheet has two recognisable column titles such as 'Voltage (V)'; "
            f"{say_columns(TITLE='Voltage / V')}, or save the sheet as csv."
        )
    table = _joined(found) if is_arbin else found[0]
    table.instrument = "Arbin" if is_arbin else ""
    table.technique = "cycling" if is_arbin else ""
    if len(found) > 1 and not is_arbin:
        table.warnings.append(
            f"The workbook has {len(found)} sheets with data; only {table.details['sheet']!r} was read."
        )
    return [require_rows(table, source.name)]


def _sheet(rows: Sequence[tuple[Any, ...]], columns: ColumnMap) -> Table | None:
    for at, row in enumerate(rows[:_SCANNED]):
        titles = ["" if cell is None else str(cell).strip() for cell in row]
        known = sum(title in columns or recognise(title) is not None for title in titles if title)
        if known < 2:
            continue
        meanings, unread = recognise_all(titles, columns)
        body = [line for line in rows[at + 1 :] if any(cell is not None for cell in line)]
        table = Table({}, details={"columns not read": ", ".join(unread)} if unread else {})
        for position, meaning in meanings.items():
            values = _numbers([line[position] if position < len(line) else None for line in body])
            lost = int(np.isnan(values).sum())
            if lost == values.size:
                table.warnings.append(f"The column {titles[position]!r} holds no number and was left out.")
                continue
            if lost:
                table.warnings.append(f"{lost} of {values.size} values of {titles[position]!r} are not numbers.")
            table.columns[meaning.label] = scaled(values, meaning)
        polar_to_cartesian(table)
        table.warnings += notes_on_meanings(table, titles, meanings, set(columns))
        if table.columns:
            return table
    return None


def _numbers(cells: Sequence[Any]) -> FloatArray:
    """Return cells as floats; dates as seconds since the first, text and errors as NaN."""
    if any(isinstance(cell, datetime) for cell in cells):
        first = next(cell for cell in cells if isinstance(cell, datetime))
        return np.array([(cell - first).total_seconds() if isinstance(cell, datetime) else np.nan for cell in cells])
    good = [isinstance(cell, (int, float)) and not isinstance(cell, bool) for cell in cells]
    out = np.array([float(cell) if fine else np.nan for cell, fine in zip(cells, good, strict=True)])
    return np.where(np.isfinite(out), out, np.nan)


def _joined(tables: Sequence[Table]) -> Table:
    """Join the sheets of one Arbin channel, which continue each other."""
    first = tables[0]
    for label in list(first.columns):
        if all(label in table.columns for table in tables):
            first.columns[label] = np.concatenate([table.columns[label] for table in tables])
        else:
            first.columns.pop(label)
            first.warnings.append(f"The column {label!r} is not on every sheet and was left out.")
    for table in tables[1:]:
        first.warnings += table.warnings
    return first


FORMAT: Final = Format("Excel workbook (Arbin or with titles)", _sniff, _read, takes_columns=True)
