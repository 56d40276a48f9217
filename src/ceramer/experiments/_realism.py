"""What an instrument adds to a measurement: leads, noise, resolution, a window. All of it is off by default."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from ceramer.errors import InputError
from ceramer.experiments._setting import (
    AreaSpecificResistanceSetting,
    CurrentSetting,
    FractionSetting,
    FrequencySetting,
    InductanceSetting,
    ResistanceSetting,
    TimeSetting,
    VoltageSetting,
)
from ceramer.measurement import Measurement
from ceramer.provenance import validate

__all__ = ["Instrument", "InstrumentSpec", "observe"]

_Array = NDArray[np.float64]
_F, _RE, _IM = "Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm"
_T, _V, _I = "Test Time / s", "Voltage / V", "Current / A"
_NOISE: Final = (
    "voltage_noise",
    "voltage_noise_relative",
    "current_noise",
    "current_noise_relative",
    "impedance_noise",
    "impedance_noise_relative",
)
_UNITS: Final = {
    "voltage_noise": "V",
    "current_noise": "A",
    "impedance_noise": "ohm",
    "voltage_resolution": "V",
    "current_resolution": "A",
    "lead_resistance": "ohm",
    "lead_inductance": "H",
    "contact_resistance": "ohm m2",
    "frequency_min": "Hz",
    "frequency_max": "Hz",
    "period": "s",
}


@final
@dataclass(frozen=True, slots=True)
class Instrument:
    """What stands between a cell and its record. SI units; 0 (or None) switches a thing off.

    Parameters
    ----------
    name : str
    voltage_noise, current_noise, impedance_noise : float
        Standard deviation of Gaussian noise on each row, [V], [A], [ohm] (on Z' and Z'' each).
    voltage_noise_relative, current_noise_relative, impedance_noise_relative : float
        The same relative to |V|, |I| and |Z|; it adds in quadrature.
    voltage_resolution, current_resolution : float
        One step of the converter [V], [A]: values are rounded to its multiples.
    lead_resistance : float
        In series with the cell [ohm].
    lead_inductance : float
        In series [H]; seen by impedance only.
    contact_resistance : float
        In series, per area [ohm m2]; needs the area of the measurement.
    frequency_min, frequency_max : float or None
        Window [Hz]; points outside it are cut.
    period : float or None
        Shortest time between two rows [s] within a step.

    Examples
    --------
    >>> Instrument.from_text(voltage_noise="10 uV", lead_resistance="0.2 ohm").voltage_noise
    1e-05
    """

    name: str = ""
    voltage_noise: float = 0.0
    voltage_noise_relative: float = 0.0
    current_noise: float = 0.0
    current_noise_relative: float = 0.0
    impedance_noise: float = 0.0
    impedance_noise_relative: float = 0.0
    voltage_resolution: float = 0.0
    current_resolution: float = 0.0
    lead_resistance: float = 0.0
    lead_inductance: float = 0.0
    contact_resistance: float = 0.0
    frequency_min: float | None = None
    frequency_max: float | None = None
    period: float | None = None

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self)[1:]:
            value = getattr(self, field.name)
            if value is not None and not (math.isfinite(value) and value >= 0.0):
                raise InputError(f"{field.name} of an instrument is 0 or more, not {value!r}.")
        if self.frequency_min and self.frequency_max and self.frequency_min >= self.frequency_max:
            raise InputError(
                f"The window of an instrument runs from a lower to a higher frequency, not from {self.frequency_min!r} "
                f"to {self.frequency_max!r} Hz."
            )

    @classmethod
    def from_text(cls, **settings: Any) -> Instrument:
        """Return an instrument from texts with units, under the names of the fields."""
        return validate(InstrumentSpec, settings, "instrument").build()

    def applied(self) -> dict[str, str]:
        """Return what is switched on, as the details of a measurement say it."""
        out = {}
        for field in dataclasses.fields(self)[1:]:
            value = getattr(self, field.name)
            if value:
                unit = _UNITS.get(field.name, "")
                out[f"instrument {field.name.replace('_', ' ')}"] = f"{value:.6g} {unit}".rstrip()
        return out


class InstrumentSpec(BaseModel):
    """The `[instrument]` table of a protocol file."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = ""
    voltage_noise: VoltageSetting | None = None
    voltage_noise_relative: FractionSetting | None = None
    current_noise: CurrentSetting | None = None
    current_noise_relative: FractionSetting | None = None
    impedance_noise: ResistanceSetting | None = None
    impedance_noise_relative: FractionSetting | None = None
    voltage_resolution: VoltageSetting | None = None
    current_resolution: CurrentSetting | None = None
    lead_resistance: ResistanceSetting | None = None
    lead_inductance: InductanceSetting | None = None
    contact_resistance: AreaSpecificResistanceSetting | None = None
    frequency_min: FrequencySetting | None = None
    frequency_max: FrequencySetting | None = None
    period: TimeSetting | None = None

    def build(self) -> Instrument:
        """Return the instrument; what is not given is off."""
        return Instrument(**{name: value for name, value in self if value is not None})


def observe(measurement: Measurement, instrument: Instrument, seed: int | None = None) -> Measurement:
    """Return the measurement as `instrument` would have recorded it.

    In this order: rows outside the frequency window or closer than `period` are cut; leads and contact add their
    impedance in series, ``Z + R + i omega L`` and ``V + I R`` (I positive on charge); noise is added; voltage and
    current are rounded to the resolution.

    Parameters
    ----------
    measurement : Measurement
        A spectrum or a time series.
    instrument : Instrument
    seed : int, optional
        Of the noise; the same seed gives the same record. Needed as soon as there is noise.

    Returns
    -------
    Measurement
        Its details say what was applied.

    Raises
    ------
    InputError
        Noise without a seed, a contact resistance without an area, or a window that leaves nothing.

    Notes
    -----
    The cell was controlled at its own terminals. In a held or scanned step ``V + I R`` is what an instrument with its
    sense leads at the far end reads while the cell itself follows the protocol; to control the far end, give the cell
    the resistance instead.
    """
    noisy = any(getattr(instrument, name) for name in _NOISE)
    if noisy and seed is None:
        raise InputError("Noise needs a seed, so that the record can be made again: pass seed=1.")
    rng = np.random.default_rng(seed) if noisy else None
    spectrum = measurement.has(_F, _RE, _IM)
    kept = measurement.rows(_kept(measurement, instrument, spectrum))
    if not len(kept):
        raise InputError("No point lies inside the frequency window of the instrument; widen the window or the sweep.")
    columns = dict(kept.columns)
    series = instrument.lead_resistance + _contact(measurement, instrument)
    if spectrum:
        z = kept.impedance + series + 2j * np.pi * kept.frequency * instrument.lead_inductance
        spread = np.hypot(instrument.impedance_noise_relative * np.abs(z), instrument.impedance_noise)
        columns[_RE], columns[_IM] = _noisy(z.real, spread, rng), _noisy(z.imag, spread, rng)
    elif _V in columns and _I in columns:
        columns[_V] = columns[_V] + series * columns[_I]
    elif series:
        raise InputError(f"A series resistance needs the columns {_V!r} and {_I!r}, or a spectrum.")
    for label, name in ((_V, "voltage"), (_I, "current")):
        if label in columns and not spectrum:
            exact = columns[label]
            relative, absolute = getattr(instrument, f"{name}_noise_relative"), getattr(instrument, f"{name}_noise")
            seen = _noisy(exact, np.hypot(relative * np.abs(exact), absolute), rng)
            step = getattr(instrument, f"{name}_resolution")
            columns[label] = np.round(seen / step) * step if step else seen
    applied = instrument.applied()
    if noisy:
        applied["instrument seed"] = str(seed)
    return dataclasses.replace(
        kept,
        columns=columns,
        details={**measurement.details, **applied},
        instrument=instrument.name or measurement.instrument,
    )


def _contact(measurement: Measurement, instrument: Instrument) -> float:
    if not instrument.contact_resistance:
        return 0.0
    return instrument.contact_resistance / float(measurement.require("area").value)


def _noisy(exact: _Array, spread: _Array, rng: np.random.Generator | None) -> _Array:
    return exact if rng is None else np.asarray(exact + spread * rng.standard_normal(exact.size))


def _kept(measurement: Measurement, instrument: Instrument, spectrum: bool) -> NDArray[np.bool_]:
    """Mark the rows that the instrument records."""
    keep = np.ones(len(measurement), dtype=bool)
    if spectrum:
        f = measurement.frequency
        # a window written as "100 kHz" keeps the point that a sweep puts at 100 kHz, to rounding
        if instrument.frequency_min:
            keep &= f >= instrument.frequency_min * (1.0 - 1e-9)
        if instrument.frequency_max:
            keep &= f <= instrument.frequency_max * (1.0 + 1e-9)
    elif instrument.period and measurement.has(_T):
        time = measurement.time
        label = "Step Count / 1" if measurement.has("Step Count / 1") else "Step Index / 1"
        step = measurement.column(label) if measurement.has(label) else np.zeros(time.size)
        starts = np.flatnonzero(np.concatenate([[True], np.diff(step) != 0.0]))
        for first, stop in zip(starts, [*starts[1:], time.size], strict=True):
            keep[first:stop] = False
            row = int(first)
            while row < stop:
                keep[row] = True
                row = int(np.searchsorted(time[:stop], time[row] + instrument.period * (1.0 - 1e-9), side="left"))
            keep[stop - 1] = True  # the end of a step is always logged
    return keep
