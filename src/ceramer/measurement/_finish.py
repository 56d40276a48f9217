"""From a reader's table to measurements: points without a frequency, sweeps, gaps and clocks that run back."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.measurement._measurement import Measurement
from ceramer.measurement._table import Table

__all__ = ["measurements_of", "sweep_starts"]

_FREQUENCY: Final = "Frequency / Hz"
_IMPEDANCE: Final = (_FREQUENCY, "Real Impedance / ohm", "Imaginary Impedance / ohm")
_SERIES: Final = ("Test Time / s", "Voltage / V", "Current / A")
_OTHER: Final = frozenset({"Mass / mg", "Chemical Shift / ppm", "Intensity / 1"})


def measurements_of(table: Table, source: str, sha256: str) -> list[Measurement]:
    """Return one measurement per impedance sweep, or one for the whole table."""
    warnings = list(table.warnings)
    columns = table.columns
    lost = _lost_columns(columns)
    if lost:
        warnings.append(lost)
    if _FREQUENCY in columns:
        columns = _without_zero_frequency(columns, warnings)
    starts = [0]
    size = len(next(iter(columns.values())))
    if _FREQUENCY in columns:
        starts = sweep_starts(columns[_FREQUENCY], columns.get("Cycle Count / 1"))
    out: list[Measurement] = []
    for start, stop in zip(starts, [*starts[1:], size], strict=True):
        part = {label: values[start:stop] for label, values in columns.items()}
        details = dict(table.details)
        if len(starts) > 1:
            details["sweep"] = f"{len(out) + 1} of {len(starts)}"
        measurement = Measurement(
            part,
            area=table.area,
            thickness=table.thickness,
            temperature=table.temperature,
            pressure=table.pressure,
            electrodes=table.electrodes,
            instrument=table.instrument or None,
            technique=table.technique or technique_of(part),
            source=source,
            sha256=sha256,
            started=table.started,
            details=details,
            warnings=tuple(warnings),
        )
        out.append(measurement.with_warnings(*_checks(part)))
    return out


def technique_of(columns: dict[str, NDArray[np.float64]]) -> str:
    """Name what was measured from the columns that are there."""
    if _FREQUENCY in columns:
        return "impedance"
    if "Mass / mg" in columns:
        return "thermogravimetry"
    if "Chemical Shift / ppm" in columns:
        return "NMR"
    return "time series"


def sweep_starts(frequency: NDArray[np.float64], cycle: NDArray[np.float64] | None = None) -> list[int]:
    """Return where each sweep begins.

    A sweep ends where the cycle counter moves on, or where the frequency jumps against the direction of the sweep
    by more than a factor 2 and more than half the range (in log f) covered so far. Arrays of shape (points,).
    """
    logs = np.log(frequency)
    starts = [0]
    direction = 0.0
    for i in range(1, len(logs)):
        step = logs[i] - logs[i - 1]
        covered = abs(logs[i - 1] - logs[starts[-1]])
        counted = cycle is not None and cycle[i] != cycle[i - 1] and np.isfinite(cycle[i]) and np.isfinite(cycle[i - 1])
        if counted or (direction * step < 0.0 and abs(step) > max(0.5 * covered, np.log(2.0))):
            starts.append(i)
            direction = 0.0
        elif direction == 0.0:
            direction = float(np.sign(step))
    return starts


def _without_zero_frequency(
    columns: dict[str, NDArray[np.float64]], warnings: list[str]
) -> dict[str, NDArray[np.float64]]:
    frequency = columns[_FREQUENCY]
    keep = np.isfinite(frequency) & (frequency > 0.0)
    dropped = int(keep.size - keep.sum())
    if dropped == keep.size:
        rest = {label: values for label, values in columns.items() if label not in _IMPEDANCE}
        if "Test Time / s" not in rest or len(rest) < 2:
            raise InputError("No row has a positive frequency, so there is no impedance to read.")
        warnings.append("No row has a positive frequency: the file was read as a time series.")
        return rest
    if dropped:
        warnings.append(
            f"{dropped} of {keep.size} rows have no positive frequency (rests between the points) and were dropped."
        )
        columns = {label: values[keep] for label, values in columns.items()}
    return columns


def _lost_columns(columns: dict[str, NDArray[np.float64]]) -> str:
    if _OTHER & columns.keys():
        return ""
    expected = _IMPEDANCE if any(label in columns for label in _IMPEDANCE) else _SERIES
    missing = [label for label in expected if label not in columns]
    return f"The file has no column for {', '.join(missing)}." if missing else ""


def _checks(columns: dict[str, NDArray[np.float64]]) -> list[str]:
    out = []
    time = columns.get("Test Time / s")
    if time is not None:
        known = np.flatnonzero(np.isfinite(time))
        back = np.flatnonzero(np.diff(time[known]) < 0.0)
        if back.size:
            out.append(f"The test time runs backwards {back.size} times, first after row {int(known[back[0]]) + 1}.")
    return out
