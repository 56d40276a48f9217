"""Writers: Battery Data Format (csv or Parquet with a metadata file beside it) and EC-Lab text."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError, MissingExtraError
from ceramer.measurement._labels import EXTENSION_LABELS

if TYPE_CHECKING:
    from ceramer.measurement._measurement import Measurement

__all__ = ["METADATA_SUFFIX", "write_bdf", "write_eclab_text"]

METADATA_SUFFIX: Final = ".metadata.json"


def write_bdf(measurement: Measurement, path: str | Path) -> Path:
    """Write the columns as Battery Data Format and the metadata beside them (`path` + ".metadata.json").

    Every float is written so that it reads back to the last bit. Columns that the format does not have (impedance,
    thermogravimetry, NMR) are our extension and are listed as such in the metadata file, which also holds the
    number of rows and the hash of the table, so that a later change or cut is noticed.

    Parameters
    ----------
    measurement : Measurement
    path : str or Path
        "NAME.bdf.csv" or "NAME.bdf.parquet" (Parquet needs the extra `parquet`).

    Returns
    -------
    Path
        Where the table was written.

    Raises
    ------
    InputError
        Another suffix.
    MissingExtraError
        Parquet without pyarrow.
    """
    target = Path(path)
    if target.suffix == ".csv":
        target.write_text(measurement.frame.to_csv(index=False, lineterminator="\n"), encoding="utf-8", newline="\n")
    elif target.suffix == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise MissingExtraError("Writing Parquet", "parquet", "write NAME.bdf.csv") from None
        measurement.frame.to_parquet(target, engine="pyarrow", index=False)
    else:
        raise InputError(f"{target.name}: write a measurement as NAME.bdf.csv or NAME.bdf.parquet.")
    content = {
        "format": "Battery Data Format",
        "extension_columns": [label for label in measurement.columns if label in EXTENSION_LABELS],
        "rows": len(measurement),
        "table_sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        **measurement.metadata(),
        "warnings": list(measurement.warnings),
    }
    beside = target.with_name(target.name + METADATA_SUFFIX)
    beside.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return target


# EC-Lab's names, the unit factor from ours to theirs, and the format: 8 digits, times and counters with 16.
_ECLAB_IMPEDANCE: Final = (
    ("freq/Hz", "Frequency / Hz", 1.0, 7),
    ("Re(Z)/Ohm", "Real Impedance / ohm", 1.0, 7),
    ("-Im(Z)/Ohm", "Imaginary Impedance / ohm", -1.0, 7),
    ("time/s", "Test Time / s", 1.0, 15),
    ("<Ewe>/V", "Voltage / V", 1.0, 7),
    ("<I>/mA", "Current / A", 1e3, 7),
    ("cycle number", "Cycle Count / 1", 1.0, 15),
)
_ECLAB_SERIES: Final = (
    ("Ns", "Step Index / 1", 1.0, 0),
    ("time/s", "Test Time / s", 1.0, 15),
    ("Ewe/V", "Voltage / V", 1.0, 7),
    ("I/mA", "Current / A", 1e3, 7),
    ("(Q-Qo)/mA.h", "Net Capacity / Ah", 1e3, 15),
    ("cycle number", "Cycle Count / 1", 1.0, 15),
)


def write_eclab_text(measurement: Measurement, path: str | Path, technique: str | None = None) -> Path:
    """Write a sweep or a time series the way EC-Lab exports text (.mpt), to its printed precision (8 digits).

    Of the metadata only the electrode area has a place in that format; where there is none the header carries
    EC-Lab's default of 0.001 cm2, which reads back as missing.

    Parameters
    ----------
    measurement : Measurement
        With frequency and impedance, or with test time and voltage.
    path : str or Path
    technique : str, optional
        The technique's line of the header; by default potentiostatic impedance or "Chronopotentiometry".
    """
    is_impedance = measurement.has("Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm")
    if not is_impedance and not measurement.has("Test Time / s", "Voltage / V"):
        raise InputError("EC-Lab text holds an impedance sweep or a time series; this measurement has neither.")
    table = _ECLAB_IMPEDANCE if is_impedance else _ECLAB_SERIES
    default = "Potentio Electrochemical Impedance Spectroscopy" if is_impedance else "Chronopotentiometry"
    chosen = [row for row in table if measurement.has(row[1])]
    titles = [row[0] for row in chosen]
    columns = [_exponents(factor * measurement.column(label), digits) for _, label, factor, digits in chosen]
    area = measurement.area.value * 1e4 if measurement.area is not None else 0.001
    header = [
        technique or default,
        "",
        "Run on channel : 1 (SN 00000)",
        "Electrode connection : standard",
        f"Electrode surface area : {area:.9g} cm²",
        "Characteristic mass : 0.001 g",
        "",
    ]
    if measurement.started:
        header.insert(2, f"Acquisition started on : {measurement.started}")
    lines = ["EC-Lab ASCII FILE", f"Nb header lines : {len(header) + 4}", "", *header, "\t".join(titles)]
    lines += ["\t".join(row) for row in zip(*columns, strict=True)]
    target = Path(path)
    target.write_text("\n".join(lines) + "\n", encoding="latin-1", newline="\r\n")
    return target


def _exponents(values: NDArray[np.float64], digits: int) -> list[str]:
    """Print as EC-Lab does, ``1.0003201E+003`` (three digits of exponent); 0 digits prints integers."""
    if digits == 0:
        return [f"{x:.0f}" for x in values.tolist()]
    out = []
    for x in values.tolist():
        mantissa, _, exponent = f"{x:.{digits}E}".partition("E")
        out.append(f"{mantissa}E{exponent[0]}{exponent[1:]:0>3}" if exponent else mantissa)
    return out
