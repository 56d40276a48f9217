"""Reading: the format is told by the content of the file, never by its suffix."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from ceramer.errors import InputError
from ceramer.measurement._finish import measurements_of
from ceramer.measurement._labels import column_map_entry
from ceramer.measurement._measurement import Measurement
from ceramer.measurement._readers import (
    _bdf,
    _biologic,
    _biologic_binary,
    _bruker,
    _chinstruments,
    _excel,
    _gamry,
    _landt,
    _maccor,
    _mettler,
    _neware,
    _novocontrol,
    _plain,
    _princeton,
    _relaxis,
    _scribner,
)
from ceramer.measurement._readers._format import ColumnMap, Format
from ceramer.measurement._source import Source, check_zip, load
from ceramer.measurement._table import Table

__all__ = ["FORMATS", "read", "read_all"]

_BINARY: Final = (_bdf.PARQUET, _biologic_binary.FORMAT, _neware.NDA, _neware.NDAX, _excel.FORMAT)
_TEXT: Final = (
    _biologic.FORMAT,
    *_scribner.FORMATS,
    _gamry.FORMAT,
    *_princeton.FORMATS,
    _chinstruments.FORMAT,
    _novocontrol.FORMAT,
    _relaxis.FORMAT,
    _maccor.FORMAT,
    _landt.FORMAT,
    _neware.CSV,
    _mettler.FORMAT,
    _bdf.CSV,
    _plain.FORMAT,
)
FORMATS: Final = (*(f.name for f in (*_BINARY, *_TEXT)), "Bruker NMR folder or zip", "a zip holding one of these")
"""Names of the formats that can be read."""


def read(
    path: str | Path,
    *,
    sweep: int | None = None,
    area: Any = None,
    thickness: Any = None,
    temperature: Any = None,
    pressure: Any = None,
    electrodes: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Measurement:
    """Read the one measurement of an instrument file, whatever the vendor.

    Parameters
    ----------
    path : str or Path
        The file (or a Bruker experiment folder). Its format is told by its content; `FORMATS` lists them.
    sweep : int, optional
        Which one to take, counted from 1, when the file holds several (see `read_all`).
    area, thickness, temperature, pressure : str, Value or pint.Quantity, optional
        "1.131 cm2", "350(10) um", "30 degC", "0.1 MPa"; these win over the file's header, and a contradiction is a
        warning of the measurement.
    electrodes : str, optional
        "stainless steel | Li".
    columns : mapping, optional
        What the columns of a plain text table or sheet mean, where the titles do not say: title (or number, counted
        from 1, where there are no titles) to a label with any unit, "-" turning the sign:
        ``{"f": "Frequency / kHz", "X": "-Imaginary Impedance / ohm"}``.

    Returns
    -------
    Measurement
        Its `warnings` tell what was dropped, missing, assumed or contradictory.

    Raises
    ------
    InputError
        No such file, an empty, oversized, foreign or damaged one, or several sweeps and no `sweep`.
    MissingExtraError
        The format needs an optional package.
    """
    found = read_all(
        path,
        area=area,
        thickness=thickness,
        temperature=temperature,
        pressure=pressure,
        electrodes=electrodes,
        columns=columns,
    )
    if sweep is not None:
        if not 1 <= sweep <= len(found):
            raise InputError(f"{Path(path).name}: there is no sweep {sweep}; the file holds {len(found)}.")
        return found[sweep - 1]
    if len(found) > 1:
        raise InputError(
            f"{Path(path).name}: the file holds {len(found)} sweeps; take one with sweep=1 to {len(found)}, or all "
            "with read_all."
        )
    return found[0]


def read_all(
    path: str | Path,
    *,
    area: Any = None,
    thickness: Any = None,
    temperature: Any = None,
    pressure: Any = None,
    electrodes: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> list[Measurement]:
    """Read every sweep or technique of an instrument file, in file order; arguments as for `read`."""
    meanings = {title: column_map_entry(meaning) for title, meaning in (columns or {}).items()}
    given = {
        "area": area,
        "thickness": thickness,
        "temperature": temperature,
        "pressure": pressure,
        "electrodes": electrodes,
    }
    given = {name: value for name, value in given.items() if value is not None}
    return [measurement.with_metadata(**given) for measurement in _read_path(Path(path), meanings, given)]


def _read_path(path: Path, columns: ColumnMap, given: Mapping[str, Any]) -> list[Measurement]:
    if path.is_dir():
        return _read_folder(path)
    source = load(path)
    own, metadata, notes = _bdf.own_measurement(source)
    if own is not None:
        return [own]
    tables = _tables(source, columns)
    found = []
    for table in tables:
        if table.area_note and "area" not in given:
            table.warnings.append(table.area_note)
        table.warnings = [*notes, *table.warnings]
        found += measurements_of(table, source.name, source.sha256)
    if metadata is not None:
        found = [dataclasses.replace(measurement, **metadata) for measurement in found]
    return found


def _read_folder(path: Path) -> list[Measurement]:
    names = [entry.name for entry in path.iterdir()]
    if not _bruker.is_experiment(names):
        raise InputError(f"{path.name}: a folder is read only when it is a Bruker experiment (with a file acqus).")
    spectra = sorted(path.glob("pdata/*/1r"))
    digest = hashlib.sha256(spectra[0].read_bytes() if spectra else b"").hexdigest()
    return [m for table in _bruker.read_folder(path, path.name) for m in measurements_of(table, path.name, digest)]


def _tables(source: Source, columns: ColumnMap) -> list[Table]:
    """Read with the first format that knows the content."""
    chosen = next((f for f in (_TEXT if not source.is_binary else ()) if f.sniff(source.head)), None)
    chosen = next((f for f in _BINARY if f.sniff(source.head)), chosen)
    if chosen is None or (chosen in _TEXT and source.head.startswith(b"PK\x03\x04")):
        if source.head.startswith(b"PK\x03\x04"):
            return _read_zip(source, columns)
        raise InputError(f"{source.name}: {_foreign(source.head)}")
    if columns and chosen is _bdf.CSV:  # a table that anybody may have written: its titles can be overruled
        chosen = _plain.FORMAT
    _check_columns_wanted(chosen, columns, source.name)
    if chosen in _BINARY and source.head.startswith(b"PK\x03\x04"):
        with _archive(source) as archive:
            check_zip(archive, source.name)
    return chosen.read(source, columns)


def _check_columns_wanted(chosen: Format, columns: ColumnMap, name: str) -> None:
    if columns and not chosen.takes_columns:
        raise InputError(
            f"{name}: this is {chosen.name}, whose columns are known; say nothing of them (columns=, --column)."
        )


def _archive(source: Source) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(source.data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        raise InputError(f"{source.name}: the archive is damaged or cut short; copy or export it again.") from None


def _read_zip(source: Source, columns: ColumnMap) -> list[Table]:
    """Read a zipped Bruker experiment, or the one file in an archive."""
    with _archive(source) as archive:
        check_zip(archive, source.name)
        if _bruker.is_experiment([name for name in archive.namelist() if not name.startswith("__MACOSX/")]):
            return _bruker.read_zip(archive, source.name)
        members = [m for m in archive.infolist() if not m.is_dir() and not m.filename.startswith("__MACOSX/")]
        names = {member.filename for member in members}
        if any(name.startswith("xl/") for name in names):
            return _excel.FORMAT.read(source, columns)
        if any(name.endswith(".ndc") for name in names):
            return _neware.NDAX.read(source, columns)
        if len(members) != 1:
            raise InputError(f"{source.name}: the archive holds {len(members)} files; unpack it and read one of them.")
        try:
            data = archive.read(members[0])
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, ValueError) as error:
            raise InputError(f"{source.name}: {members[0].filename} cannot be unpacked ({error}).") from None
    if data.startswith(b"PK\x03\x04") and members[0].filename.endswith(".zip"):
        raise InputError(f"{source.name}: an archive within an archive is not read; unpack it.")
    if not data.strip():
        raise InputError(f"{source.name}: the file in the archive is empty.")
    return _tables(Source(source.path, data, f"{source.name}/{members[0].filename}"), columns)


def _foreign(head: bytes) -> str:
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "this is an old Excel or Office file; save it as .xlsx or csv."
    return "the file is of no known format; `ceramer analyse --help` lists what is read."
