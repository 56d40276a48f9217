"""Cut a galvanostatic record into half-cycles and steps of constant current, without a loop over rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ceramer.analysis._uncertain import Array, Rows, series_of
from ceramer.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["HalfCycles", "half_cycles"]

_LEVEL = 0.05
"""Relative change of current that starts a new segment of the same sign."""


@dataclass(frozen=True)
class HalfCycles:
    """Segments of constant current, one entry each. SI units; overpotential counts along the current.

    `eta_early`, `eta_mid`, `eta_late` are means over 5-15, 45-55 and 85-95 % of the segment's duration; `eta_mean`
    over 5-95 %.
    """

    start_row: Rows
    stop_row: Rows
    start: Array
    duration: Array
    current: Array
    charge: Array
    eta_early: Array
    eta_mid: Array
    eta_late: Array
    eta_mean: Array

    def __len__(self) -> int:
        return self.start.size

    @property
    def direction(self) -> Array:
        """+1 or -1."""
        return np.sign(self.current)

    @property
    def resistance(self) -> Array:
        """Overpotential in the middle of the half-cycle over the current [ohm]."""
        return self.eta_mid / np.abs(self.current)

    def shape(self) -> list[str]:
        """Name the form of each voltage trace: square, rising, falling or arcing (edges above or below the middle)."""
        level = np.where(self.eta_mid == 0.0, np.nan, np.abs(self.eta_mid))
        slope = (self.eta_late - self.eta_early) / level
        bow = (0.5 * (self.eta_late + self.eta_early) - self.eta_mid) / level
        names = np.select(
            [np.abs(bow) > np.maximum(0.1, 0.5 * np.abs(slope)), slope > 0.1, slope < -0.1],
            ["arcing", "rising", "falling"],
            "square",
        )
        return [str(name) for name in names]

    def frame(self, area: float | None) -> pd.DataFrame:
        """Return the segments as a table in the units of the field (per area where one is known)."""
        import pandas as pd

        columns: dict[str, object] = {
            "half-cycle": np.arange(1, len(self) + 1),
            "start / h": self.start / 3600.0,
            "duration / h": self.duration / 3600.0,
        }
        if area is None:
            columns["current / mA"] = self.current * 1e3
            columns["charge / mAh"] = self.charge / 3.6
        else:
            columns["current density / mA/cm2"] = self.current / area * 0.1
            columns["areal capacity / mAh/cm2"] = self.charge / area / 3.6e4
        columns["overpotential early / mV"] = self.eta_early * 1e3
        columns["overpotential middle / mV"] = self.eta_mid * 1e3
        columns["overpotential late / mV"] = self.eta_late * 1e3
        columns["resistance / ohm"] = self.resistance
        if area is not None:
            columns["area specific resistance / ohm cm2"] = self.resistance * area * 1e4
        columns["shape"] = self.shape()
        return pd.DataFrame(columns)


def half_cycles(time: object, current: object, voltage: object, *, rest_current: float | None = None) -> HalfCycles:
    """Split a record at changes of sign and of level of the current, leaving rests out.

    Parameters
    ----------
    time, current, voltage : shape (n,), [s], [A], [V]
    rest_current : |I| below which the cell rests, [A]; None: 0.2 % of the largest |I|

    Returns
    -------
    HalfCycles

    Raises
    ------
    InputError
        Columns that do not fit together, or a current that is 0 throughout.
    """
    t, i, v = series_of(time=time, current=current, voltage=voltage, at_least=4)
    magnitude = np.abs(i)
    top = float(magnitude.max())
    if top == 0.0:
        raise InputError("The current is 0 throughout, so there is no half-cycle; give the current column.")
    rest = rest_current if rest_current is not None else 2e-3 * top
    sign = np.where(magnitude > rest, np.sign(i), 0.0)
    jump = np.abs(np.diff(i)) > _LEVEL * np.maximum(magnitude[1:], magnitude[:-1])
    cut = np.flatnonzero((np.diff(sign) != 0.0) | (jump & (sign[1:] != 0.0))) + 1
    start = np.concatenate([[0], cut])
    stop = np.concatenate([cut, [t.size]])
    active = (sign[start] != 0.0) & (stop - start >= 4)
    start, stop = start[active], stop[active]
    if start.size == 0:
        raise InputError("No half-cycle of at least 4 points was found; record more points per half-cycle.")
    begin, end = t[start], t[stop - 1]
    duration = end - begin
    long = duration > max(0.02 * float(np.median(duration)), 0.0)
    if not long.any():
        raise InputError("Time stands still within every half-cycle; check the time column.")
    start, stop, begin, end, duration = start[long], stop[long], begin[long], end[long], duration[long]
    step = np.diff(t)
    charge = np.concatenate([[0.0], np.cumsum(0.5 * (i[1:] + i[:-1]) * step)])
    # Voltage is integrated inside segments only: the trapezoid across a cut would mix two half-cycles.
    volts = np.concatenate([[0.0], np.cumsum(0.5 * (v[1:] + v[:-1]) * step)])
    moved = charge[stop - 1] - charge[start]
    mean_current = np.where(duration > 0.0, moved / np.where(duration > 0.0, duration, 1.0), i[start])
    direction = np.sign(mean_current)

    def mean_between(low: float, high: float) -> Array:
        a, b = begin + low * duration, begin + high * duration
        integral = _interpolate(b, t, volts, v, (start, stop)) - _interpolate(a, t, volts, v, (start, stop))
        return np.asarray(direction * integral / (b - a))

    return HalfCycles(
        start,
        stop,
        begin,
        duration,
        mean_current,
        np.abs(moved),
        mean_between(0.05, 0.15),
        mean_between(0.45, 0.55),
        mean_between(0.85, 0.95),
        mean_between(0.05, 0.95),
    )


def _interpolate(at: Array, t: Array, integral: Array, v: Array, ends: tuple[Any, Any]) -> Array:
    """Value of the running integral of a piecewise linear voltage at the times `at`."""
    row = np.clip(np.searchsorted(t, at, side="right") - 1, ends[0], ends[1] - 2)
    width = t[row + 1] - t[row]
    part = at - t[row]
    slope = np.where(width > 0.0, (v[row + 1] - v[row]) / np.where(width > 0.0, width, 1.0), 0.0)
    return np.asarray(integral[row] + v[row] * part + 0.5 * slope * part**2)
