"""BioLogic binary (.mpr), through yadg."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

from ceramer.errors import InputError, MissingExtraError
from ceramer.measurement._readers._biologic import area_of, order_of_voltages
from ceramer.measurement._readers._format import ColumnMap, Format, guarded
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table, polar_to_cartesian, recognise_all, require_rows, scaled

__all__ = ["FORMAT"]


def _sniff(head: bytes) -> bool:
    return head.startswith(b"BIO-LOGIC MODULAR FILE")


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    try:
        from yadg.extractors import extract
    except ImportError:
        raise MissingExtraError(
            "Reading BioLogic .mpr", "biologic", "export the file as text (.mpt) from EC-Lab"
        ) from None
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "file.mpr"
        copy.write_bytes(source.data)
        tree: Any = guarded("BioLogic .mpr", source.name, lambda: extract(filetype="eclab.mpr", path=copy))
    data = tree.to_dataset()
    names = [str(name) for name in data.variables if not str(name).endswith("_std_err") and str(name) != "uts"]
    titles = order_of_voltages([f"{name}/{data[name].attrs.get('units') or '1'}" for name in names])
    meanings, unread = recognise_all(titles)
    table = Table({}, instrument="BioLogic")
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


def _settings(tree: Any) -> dict[str, Any]:
    try:
        settings = json.loads(tree.attrs["original_metadata"])["settings"]
    except (KeyError, TypeError, ValueError):
        return {}
    return settings if isinstance(settings, dict) else {}


FORMAT: Final = Format("BioLogic binary (.mpr)", _sniff, _read)
