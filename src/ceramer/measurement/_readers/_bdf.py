"""Battery Data Format: csv and Parquet, with preferred labels or machine-readable names."""

from __future__ import annotations

import hashlib
import io
import json
from typing import Any, Final

import numpy as np

from ceramer.errors import InputError, MissingExtraError
from ceramer.measurement._labels import LABELS
from ceramer.measurement._measurement import Measurement, metadata_from
from ceramer.measurement._readers._format import ColumnMap, Format, guarded, head_text
from ceramer.measurement._source import Source
from ceramer.measurement._table import (
    FloatArray,
    Table,
    numbers,
    polar_to_cartesian,
    recognise_all,
    require_rows,
    rows_of,
    scaled,
    table_of,
)
from ceramer.measurement._write import METADATA_SUFFIX

__all__ = ["CSV", "PARQUET", "own_measurement"]

_NAMES: Final = {*LABELS, *LABELS.values()}


def _sniff_csv(head: bytes) -> bool:
    first = head_text(head[:4000]).split("\n")[0].split(",")
    return len(first) > 1 and sum(title.strip().strip('"') in _NAMES for title in first) >= 2


def _read_csv(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    titles = [title.strip().strip('"') for title in lines[0].split(",")]
    rows = rows_of(lines[1:], titles, ",", ends=lines[-1] == "")
    meanings, unread = recognise_all(titles)
    table = table_of(rows, meanings, unread)
    return [require_rows(table, source.name)]


def _sniff_parquet(head: bytes) -> bool:
    return head.startswith(b"PAR1")


def _read_parquet(source: Source, columns: ColumnMap) -> list[Table]:
    try:
        import pyarrow.parquet
    except ImportError:
        raise MissingExtraError("Reading Parquet", "parquet", "write the table as NAME.bdf.csv") from None
    content = guarded("Parquet", source.name, lambda: pyarrow.parquet.read_table(io.BytesIO(source.data)))
    table = Table({})
    names = [str(name) for name in content.column_names]
    meanings, unread = recognise_all(names)
    for position, meaning in meanings.items():
        name = names[position]
        values = _floats(content.column(position), source.name)
        if values is None:
            unread.append(name)
            continue
        if not np.isfinite(values).all():
            table.warnings.append(f"{int((~np.isfinite(values)).sum())} of {values.size} values of {name!r} are NaN.")
        table.columns[meaning.label] = scaled(values, meaning)
    if unread:
        table.details["columns not read"] = ", ".join(unread)
    return [require_rows(polar_to_cartesian(table), source.name)]


def _floats(column: Any, name: str) -> FloatArray | None:
    values = guarded("Parquet", name, column.to_numpy)
    return values.astype(np.float64) if values.dtype.kind in "fiu" else None


def own_measurement(source: Source) -> tuple[Measurement | None, dict[str, Any] | None, list[str]]:
    """Return a measurement that `write_bdf` wrote and nobody touched, or what its metadata file still tells.

    Returns (measurement, None, []) when the hash of the table is the one in the metadata file; otherwise (None,
    metadata or None, warnings).
    """
    beside = source.path.with_name(source.path.name + METADATA_SUFFIX)
    if not beside.is_file():
        return None, None, []
    try:
        stored = json.loads(beside.read_text(encoding="utf-8"))
        metadata = metadata_from(stored)
        said, rows = str(stored["table_sha256"]), int(stored["rows"])
        notes = tuple(str(sentence) for sentence in stored.get("warnings", ()))
    except (ValueError, TypeError, KeyError, AttributeError, OSError):
        return None, None, [f"The metadata file {beside.name} is damaged or of another form and was not used."]
    if hashlib.sha256(source.data).hexdigest() != said:
        return None, metadata, [f"The table was changed after its metadata file was written ({rows} rows then)."]
    return Measurement(_untouched(source), **metadata, warnings=notes), None, []


def _untouched(source: Source) -> dict[str, FloatArray]:
    if _sniff_parquet(source.head):
        try:
            import pyarrow.parquet
        except ImportError:
            raise MissingExtraError("Reading Parquet", "parquet", "write the table as NAME.bdf.csv") from None
        content = pyarrow.parquet.read_table(io.BytesIO(source.data))
        return {name: content.column(name).to_numpy() for name in content.column_names}
    titles = source.lines[0].split(",")
    rows = rows_of(source.lines[1:], titles, ",", ends=True)
    if rows.warnings:
        raise InputError(f"{source.name}: the table is not whole.")
    values, _ = numbers(rows, range(len(titles)))
    return {title: values[i] for i, title in enumerate(titles)}


CSV: Final = Format("Battery Data Format csv", _sniff_csv, _read_csv)
PARQUET: Final = Format("Battery Data Format Parquet", _sniff_parquet, _read_parquet)
