"""BioLogic binary (.mpr), through yadg."""

from __future__ import annotations

import contextlib
import json
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from ceramer.errors import InputError, MissingExtraError
from ceramer.measurement._readers._biologic import area_of, order_of_voltages
from ceramer.measurement._readers._format import ColumnMap, Format, guarded
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, polar_to_cartesian, recognise_all, require_rows, scaled

__all__ = ["FORMAT"]

_CUT: Final = "The file is cut short."
_ROWS_AT: Final = {2: 0x195, 3: 0x196, 10: 0x3EF, 11: 0x3EF}


def _sniff(head: bytes) -> bool:
    return head.startswith(b"BIO-LOGIC MODULAR FILE")


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    try:
        from yadg.extractors import extract
    except ImportError:
        raise MissingExtraError(
            "Reading BioLogic .mpr", "biologic", "export the file as text (.mpt) from EC-Lab"
        ) from None
    whole, cut = mended(source.data)
    with tempfile.TemporaryDirectory() as folder, _quiet("yadg"):
        copy = Path(folder) / "file.mpr"
        copy.write_bytes(whole)
        tree: Any = guarded("BioLogic .mpr", source.name, lambda: extract(filetype="eclab.mpr", path=copy))
    data = tree.to_dataset()
    names = [str(name) for name in data.variables if not str(name).endswith("_std_err") and str(name) != "uts"]
    titles = order_of_voltages([f"{name}/{data[name].attrs.get('units') or '1'}" for name in names])
    meanings, unread = recognise_all(titles)
    table = Table({}, instrument="BioLogic", warnings=[cut] if cut else [])
    for position, meaning in meanings.items():
        values = data[names[position]].to_numpy()
        if values.ndim == 1 and values.dtype.kind in "fiu":
            table.columns[meaning.label] = scaled(values.astype(np.float64), meaning)
    sizes = {values.size for values in table.columns.values()}
    if len(sizes) > 1:
        raise InputError(f"{source.name}: the columns of the .mpr file differ in length; export it as text (.mpt).")
    if unread:
        table.details["columns not read"] = ", ".join(unread)
    settings = _settings(tree)
    table.technique = str(settings.get("technique", ""))
    table.area = area_of(round(float(settings.get("electrode_area", 0.0)), 9))
    for key in ("comments", "electrode_material", "electrolyte"):
        if str(settings.get(key, "")).strip():
            table.details[key] = str(settings[key]).strip()
    return [require_rows(polar_to_cartesian(table), source.name)]


def mended(data: bytes) -> tuple[bytes, str]:
    """Return a file that was cut short with its last module made whole, and a sentence about it.

    A module is ``MODULE``, two names (10 and 25 bytes), its length and versions, a date, and its content; newer
    files put 0xFFFFFFFF before the length. The content of the data module is the number of rows, a description of
    fixed size, and the rows. Whole rows are kept and the two counts are put right; a cut module of another kind
    after the data is dropped.
    """
    at = data.rfind(b"MODULE")
    module = data[at + 6 :]
    newer = module[35:39] == b"\xff\xff\xff\xff"
    header, length_at = (59, 39) if newer else (51, 35)
    if at < 0 or len(module) < header + 4:
        return (data[:at], _CUT) if data.find(b"MODULEVMP data") not in (-1, at) else (data, "")
    length = int.from_bytes(module[length_at : length_at + 4], "little")
    content = module[header:]
    if len(content) >= length:
        return data, ""
    if not module.startswith(b"VMP data"):
        return (data[:at], _CUT) if b"MODULEVMP data" in data[:at] else (data, "")
    version = sum(module[length_at + 4 * i] for i in ((1, 2) if newer else (1,)))
    rows = int.from_bytes(content[:4], "little")
    start = _ROWS_AT.get(version, 0)
    size = (length - start) // rows if start and rows else 0
    kept = (len(content) - start) // size if size > 0 else 0
    if kept < 1 or size * rows + start != length:
        return data, ""
    content = kept.to_bytes(4, "little") + content[4 : start + kept * size]
    head = module[:length_at] + len(content).to_bytes(4, "little") + module[length_at + 4 : header]
    return data[: at + 6] + head + content, f"{_CUT[:-1]}: {kept} of {rows} rows were read."


@contextlib.contextmanager
def _quiet(name: str) -> Iterator[None]:
    """Keep a library's log messages off the terminal; what matters is said in the warnings of the measurement."""
    logger = logging.getLogger(name)
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


def _settings(tree: Any) -> dict[str, Any]:
    try:
        settings = json.loads(tree.attrs["original_metadata"])["settings"]
    except (KeyError, TypeError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


FORMAT: Final = Format("BioLogic binary (.mpr)", _sniff, _read)
