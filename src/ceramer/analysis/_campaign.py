"""A campaign: one folder, one sheet, one table with repeats and the spread from cell to cell."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ceramer import units
from ceramer.analysis._dispatch import METHODS, analyse
from ceramer.analysis._report import AnalysisReport
from ceramer.analysis._statistics import student_factor
from ceramer.errors import CeramerError, InputError, MissingExtraError, UnknownNameError, nearest
from ceramer.measurement import read

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SHEET_COLUMNS", "Campaign", "campaign"]

SHEET_COLUMNS: Final[dict[str, tuple[str | None, str]]] = {
    "file": (None, "name of the file in the folder"),
    "sample": (None, "what was measured; equal names are repeats"),
    "electrode_area": ("area", "area of the electrode, '1.131(20) cm2'"),
    "electrolyte_area": ("area", "area of the electrolyte"),
    "thickness": ("length", "thickness of the electrolyte, '350(10) um'"),
    "thickness_pressure": ("pressure", "pressure under which the thickness was measured, '0.1 MPa'"),
    "pressure": ("pressure", "pressure during the measurement"),
    "temperature": ("temperature", "'30 degC'"),
    "electrodes": (None, "'SS|SS', 'Li|Li'"),
    "protocol": (None, "name of the method in METHODS; empty: from the data"),
}
"""Columns of the sheet, their dimension, and what they hold; units stand in the cells or in the header."""

_OPTION_DIMENSIONS: Final = {
    "voltage_step": "voltage",
    "voltage": "voltage",
    "resistance_before": "resistance",
    "resistance_after": "resistance",
    "lead_resistance": "resistance",
    "active_mass": "mass",
    "scan_rate": "scan_rate",
    "noise_floor": "current",
}
_ALIASES: Final = {"area": "electrode_area", "electrode area": "electrode_area", "name": "sample", "method": "protocol"}
_LEADING: Final = {
    "conductivity": ("ionic_conductivity",),
    "plating_stripping": ("area_specific_resistance", "lifetime"),
    "cycling": ("initial_capacity", "capacity_retention", "coulombic_efficiency"),
    "rate_test": ("initial_capacity", "rate_capability"),
}


@dataclass(frozen=True)
class Campaign:
    """`files`: one row a file and quantity; `summary`: one row a sample, method, temperature and quantity."""

    files: pd.DataFrame
    summary: pd.DataFrame
    reports: dict[str, AnalysisReport]
    problems: tuple[str, ...]

    def __str__(self) -> str:
        lines = [f"[[Campaign: {len(self.reports)} files, {len(self.problems)} problems]]"]
        lines.append(self.summary.to_string(index=False, float_format=lambda x: f"{x:.4g}"))
        lines.extend(f"    ! {problem}" for problem in self.problems)
        return "\n".join(lines)

    def write(self, path: str | Path) -> None:
        """Write the summary and the files to `path`: .xlsx holds both, .csv the summary (the files beside it).

        Raises
        ------
        InputError
            Another suffix.
        MissingExtraError
            Excel is asked for and openpyxl is not installed.
        """
        path = Path(path)
        if path.suffix == ".csv":
            self.summary.to_csv(path, index=False)
            self.files.to_csv(path.with_name(f"{path.stem}-files.csv"), index=False)
        elif path.suffix == ".xlsx":
            import pandas as pd

            try:
                with pd.ExcelWriter(path, engine="openpyxl") as book:
                    self.summary.to_excel(book, sheet_name="summary", index=False)
                    self.files.to_excel(book, sheet_name="files", index=False)
            except ImportError:
                raise MissingExtraError("Writing Excel", "excel", "write to a .csv file") from None
        else:
            raise InputError(
                f"{path.name}: results are written as .csv or .xlsx, not {path.suffix or 'without a suffix'}."
            )


def campaign(folder: str | Path, sheet: str | Path | None = None) -> Campaign:
    """Analyse every file that a sheet lists, and put repeats together.

    Parameters
    ----------
    folder : str or Path
        Where the files lie.
    sheet : str or Path or None
        CSV or Excel with the columns of `SHEET_COLUMNS` (file and sample are required), and one column for each
        further option of a method ("voltage_step"); None: sheet.csv or sheet.xlsx in the folder.

    Returns
    -------
    Campaign
        A file that cannot be analysed is listed as a problem and does not stop the others.

    Raises
    ------
    InputError
        No sheet, a missing column, or a cell that cannot be read.

    Notes
    -----
    The smaller of electrode and electrolyte area is used. The spread from cell to cell is the standard deviation of
    repeats; the standard uncertainty of their mean carries Student's factor. One cell has no spread, and none is given.
    """
    folder = Path(folder)
    path = _sheet_path(folder, sheet)
    table = _read_sheet(path)
    rows: list[dict[str, Any]] = []
    reports: dict[str, AnalysisReport] = {}
    problems: list[str] = []
    for k, entry in enumerate(table):
        where = f"{path.name}, row {k + 2} ({entry['file']})"
        try:
            report, shared = _one(folder, entry, where)
        except CeramerError as error:
            problems.append(f"{where}: {error}")
            continue
        reports[entry["file"]] = report
        wanted = _LEADING.get(report.method)
        chosen = [r for r in report.results if wanted is None or r.quantity in wanted]
        if wanted is None and report.method != "impedance":
            chosen = chosen[:1]
        if not chosen:
            problems.append(f"{where}: no number came out: {report.verdict}")
        for result in chosen:
            scale = units.si_scale(result.unit)
            spread = result.standard_uncertainty
            rows.append(
                {
                    "file": entry["file"],
                    "sample": entry["sample"],
                    "method": report.method,
                    "temperature / degC": shared,
                    "electrodes": entry.get("electrodes", ""),
                    "thickness measured under": entry.get("thickness_pressure", "not stated"),
                    "quantity": result.quantity,
                    "value": units.convert(result.value, result.unit),
                    "standard uncertainty": math.nan if spread is None else spread / scale,
                    "unit": result.unit,
                    "verdict": report.verdict,
                    "warnings": " ".join((*report.warnings, *result.warnings)),
                }
            )
    import pandas as pd

    files = pd.DataFrame(rows)
    return Campaign(files, _summary(files), reports, tuple(problems))


def _sheet_path(folder: Path, sheet: str | Path | None) -> Path:
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder.")
    candidates = [folder / "sheet.csv", folder / "sheet.xlsx"] if sheet is None else [Path(sheet), folder / sheet]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    name = "sheet.csv or sheet.xlsx" if sheet is None else str(sheet)
    raise InputError(
        f"{name} was not found in {folder}; write one with the columns {', '.join(SHEET_COLUMNS)}, or name the files "
        "themselves."
    )


def _read_sheet(path: Path) -> list[dict[str, str]]:
    import pandas as pd

    try:
        if path.suffix in (".xlsx", ".xlsm"):
            frame = pd.read_excel(path, dtype=str, engine="openpyxl")
        else:
            frame = pd.read_csv(path, dtype=str, sep=None, engine="python", encoding="utf-8-sig")
    except ImportError:
        raise MissingExtraError("Reading Excel", "excel", "save the sheet as CSV") from None
    except (ValueError, OSError, pd.errors.ParserError) as error:
        raise InputError(f"{path.name}: cannot be read as a table ({str(error).splitlines()[0][:100]}).") from None
    names: dict[str, tuple[str, str]] = {}
    known = {*SHEET_COLUMNS, *_OPTION_DIMENSIONS, *_ALIASES}
    for column in frame.columns:
        head, _, unit = str(column).partition("/") if " / " in str(column) else (str(column), "", "")
        bracket = re.match(r"^(.*)\[(.*)\]\s*$", head)
        if bracket:
            head, unit = bracket[1], bracket[2]
        name = head.strip().casefold()
        name = _ALIASES.get(name, _ALIASES.get(name.replace("_", " "), name)).replace(" ", "_")
        if name not in known and nearest(name, known, cutoff=0.8):
            raise UnknownNameError(f"column of {path.name}", head.strip(), known)
        if name in {n for n, _ in names.values()}:
            raise InputError(f"{path.name}: the column {name!r} occurs twice; keep one.")
        names[str(column)] = (name, unit.strip())
    present = {name for name, _ in names.values()}
    for required in ("file", "sample"):
        if required not in present:
            raise InputError(f"{path.name}: the column {required!r} is missing; it holds {SHEET_COLUMNS[required][1]}.")
    rows: list[dict[str, str]] = []
    for record in frame.to_dict(orient="records"):
        row: dict[str, str] = {}
        for key, cell in record.items():
            name, unit = names[str(key)]
            if isinstance(cell, str) and cell.strip():
                text = cell.strip()
                row[name] = (
                    f"{text} {unit}" if unit and not re.search(r"[A-Za-z%]", re.sub(r"[eE][+-]?\d", "", text)) else text
                )
        if row:
            if "file" not in row or "sample" not in row:
                raise InputError(f"{path.name}, row {len(rows) + 2}: file and sample must be filled in.")
            rows.append(row)
    if not rows:
        raise InputError(f"{path.name} lists no file.")
    return rows


def _one(folder: Path, entry: dict[str, str], where: str) -> tuple[AnalysisReport, float]:
    file = (folder / entry["file"]).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise InputError("the file lies outside the folder; name it relative to the folder.")
    if not file.exists():
        near = nearest(entry["file"], [p.name for p in folder.iterdir()])
        raise InputError(f"no such file in the folder{f'; did you mean {near[0]!r}?' if near else '.'}")
    given: dict[str, Any] = {}
    areas = [
        units.parse(entry[name], "area", f"{where}: {name}")
        for name in ("electrode_area", "electrolyte_area")
        if name in entry
    ]
    if areas:
        given["area"] = min(areas, key=lambda value: value.value)
    for name in ("thickness", "temperature", "pressure"):
        if name in entry:
            given[name] = units.parse(entry[name], SHEET_COLUMNS[name][0] or "", f"{where}: {name}")
    if "electrodes" in entry:
        given["electrodes"] = entry["electrodes"]
    measurement = read(file, **given)
    method = entry.get("protocol")
    if method is not None and method not in METHODS:
        raise UnknownNameError("method", method, METHODS)
    options: dict[str, Any] = {}
    for name, dimension in _OPTION_DIMENSIONS.items():
        if name in entry and (method is None or name in METHODS[method].options):
            value = units.parse(entry[name], dimension, f"{where}: {name}")
            options[name] = value.value if name in ("scan_rate", "noise_floor") else value
    report = analyse(measurement, method, **options)
    temperature = measurement.temperature
    return report, math.nan if temperature is None else round(temperature.value - units.ZERO_CELSIUS, 2)


def _summary(files: pd.DataFrame) -> pd.DataFrame:
    """Mean, cell-to-cell standard deviation and count of the repeats of each sample."""
    import pandas as pd

    if files.empty:
        return pd.DataFrame()
    rows = []
    keys = ["sample", "method", "temperature / degC", "quantity", "unit"]
    for key, group in files.groupby(keys, sort=False, dropna=False):
        values = group["value"].to_numpy(dtype=float)
        n = values.size
        spread = float(values.std(ddof=1)) if n > 1 else math.nan
        errors = group["standard uncertainty"].to_numpy(dtype=float)
        inner = float(np.sqrt(np.mean(errors**2))) if np.isfinite(errors).all() else math.nan
        remark = ""
        if n == 1:
            remark = "one cell: no spread from cell to cell is known"
        elif math.isfinite(inner) and inner > 0.0 and spread > 2.0 * inner:
            remark = f"the cells differ by {spread / inner:.1f} times what one measurement is uncertain by"
        rows.append(
            {
                **dict(zip(keys[:4], key, strict=False)),
                "mean": float(values.mean()),
                "cell-to-cell standard deviation": spread,
                "standard uncertainty of the mean": spread / math.sqrt(n) * student_factor(n - 1)
                if n > 1
                else math.nan,
                "standard uncertainty of one": inner,
                "cells": n,
                "unit": key[4],
                "remark": remark,
            }
        )
    return pd.DataFrame(rows)
