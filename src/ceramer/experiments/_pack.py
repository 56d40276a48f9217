"""From what the engine returns, per area and positive in discharge, to measurements as an instrument labels them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.errors import InputError
from ceramer.experiments._protocol import Protocol, ResolvedStep
from ceramer.measurement import Measurement

__all__ = ["pack", "pack_impedance", "pack_series"]

_Array = NDArray[np.float64]
_AH = 3600.0


def pack_series(
    time: ArrayLike,
    voltage: ArrayLike,
    current_density: ArrayLike,
    *,
    area: float | None,
    position: ArrayLike | None = None,
    steps: Sequence[ResolvedStep] = (),
    **metadata: Any,
) -> Measurement:
    """Return a time series as a measurement.

    Parameters
    ----------
    time : array, shape (rows,)
        [s], not running backwards; each step begins with a row at its start.
    voltage : array, shape (rows,)
        [V]
    current_density : array, shape (rows,)
        [A/m2], positive in discharge.
    area : float
        [m2]
    position : array of int, shape (rows,), optional
        Which of `steps` each row belongs to, counted from 0.
    steps : sequence of ResolvedStep
    **metadata
        Of `Measurement`: temperature [K] (or Value), thickness, electrodes, technique, source, details, warnings.

    Returns
    -------
    Measurement
        Test Time, Voltage, Current (positive on charge), Cycle Count, Step Count (runs on), Step Index (as written in
        the protocol), Step Time, Step Capacity (moved in the step, 0 or more) and Net Capacity (since the first row,
        positive on charge). No charge is counted from the last row of one step to the first of the next.

    Raises
    ------
    InputError
        Columns of different length, or no area.

    Examples
    --------
    >>> m = pack_series([0.0, 3600.0], [0.1, 0.1], [-2.0, -2.0], area=1e-4)
    >>> m.current, m.column("Net Capacity / Ah")
    (array([0.0002, 0.0002]), array([0.    , 0.0002]))
    """
    t, v, j = (np.asarray(x, dtype=np.float64) for x in (time, voltage, current_density))
    where = np.zeros(t.size, dtype=int) if position is None else np.asarray(position, dtype=int)
    if not t.ndim == v.ndim == j.ndim == where.ndim == 1 or not t.size == v.size == j.size == where.size:
        raise InputError("Time, voltage, current density and position of a series are flat and of one length.")
    current = -j * _area(area)
    moved = np.concatenate([[0.0], 0.5 * (current[1:] + current[:-1]) * np.diff(t)])
    first = np.concatenate([[True], np.diff(where) != 0])
    net = np.cumsum(np.where(first, 0.0, moved))
    begin = np.maximum.accumulate(np.where(first, np.arange(t.size), 0))
    columns: dict[str, _Array] = {"Test Time / s": t, "Voltage / V": v, "Current / A": current}
    if position is not None:
        if steps:
            columns["Cycle Count / 1"] = np.array([s.cycle for s in steps], dtype=float)[where]
        columns["Step Count / 1"] = where + 1.0
        if steps:
            columns["Step Index / 1"] = np.array([s.step_index for s in steps], dtype=float)[where]
    columns["Step Time / s"] = t - t[begin]
    columns["Step Capacity / Ah"] = np.abs(net - net[begin]) / _AH
    columns["Net Capacity / Ah"] = net / _AH
    return Measurement(columns, area=_value(area), **_with_values(metadata))


def pack_impedance(
    frequency: ArrayLike,
    impedance: ArrayLike,
    *,
    area: float | None,
    time: float | None = None,
    voltage: float | None = None,
    current_density: float | None = None,
    cycle: int | None = None,
    **metadata: Any,
) -> Measurement:
    """Return a spectrum as a measurement.

    Parameters
    ----------
    frequency : array, shape (points,)
        [Hz]
    impedance : array of complex, shape (points,)
        Of one unit of area [ohm m2], with its true sign (Z'' < 0 for a capacitor).
    area : float
        [m2]
    time, voltage, current_density, cycle : float, optional
        State of the cell [s], [V], [A/m2] (positive in discharge) and the cycle.
    **metadata
        Of `Measurement`.

    Returns
    -------
    Measurement
        Frequency, Real and Imaginary Impedance [ohm], and the state in constant columns.

    Examples
    --------
    >>> pack_impedance([1e3], [2e-3 - 1e-3j], area=1e-4).impedance
    array([20.-10.j])
    """
    f, z = np.asarray(frequency, dtype=np.float64), np.asarray(impedance, dtype=np.complex128) / _area(area)
    columns: dict[str, _Array] = {
        "Frequency / Hz": f,
        "Real Impedance / ohm": z.real,
        "Imaginary Impedance / ohm": z.imag,
    }
    state = {
        "Test Time / s": time,
        "Voltage / V": voltage,
        "Current / A": None if current_density is None else -current_density * _area(area),
        "Cycle Count / 1": cycle,
    }
    columns |= {label: np.full(f.size, float(value)) for label, value in state.items() if value is not None}
    return Measurement(columns, area=_value(area), **_with_values({"technique": "impedance", **metadata}))


def pack(
    protocol: Protocol,
    steps: Sequence[ResolvedStep],
    *,
    time: ArrayLike,
    voltage: ArrayLike,
    current_density: ArrayLike,
    position: ArrayLike,
    area: float | None,
    spectra: Mapping[int, ArrayLike] | None = None,
    cell: str = "",
    **metadata: Any,
) -> list[Measurement]:
    """Return the measurements of a run in the order in which they were made.

    Steps between two spectra share one time series (with ``protocol.separate`` each step has its own); every spectrum
    is a measurement. All carry the same clock.

    Parameters
    ----------
    protocol : Protocol
    steps : sequence of ResolvedStep
        As `resolve` gave them.
    time, voltage, current_density, position : arrays, shape (rows,)
        As in `pack_series`. Rows of an impedance step give the state at which it was taken.
    area : float
        [m2]
    spectra : mapping of int to array of complex, optional
        Impedance [ohm m2] by the position of its step, at the frequencies of the step.
    cell : str
        Its name.
    **metadata
        Of `Measurement`: temperature, thickness, electrodes, details, warnings.

    Returns
    -------
    list of Measurement
        Steps that were not reached give nothing.
    """
    t, v, j = (np.asarray(x, dtype=np.float64) for x in (time, voltage, current_density))
    where = np.asarray(position, dtype=int)
    spectra = {} if spectra is None else spectra
    about = {
        "source": " / ".join(x for x in (cell, protocol.name) if x),
        "instrument": "simulated by ceramer",
        **metadata,
    }
    about["details"] = {
        "origin": "simulated",
        "protocol": protocol.name,
        **({"cell": cell} if cell else {}),
        **metadata.get("details", {}),
    }
    out: list[Measurement] = []
    for group in _groups(steps, protocol.separate):
        if steps[group[0]].control != "impedance":
            rows = np.isin(where, group)
            if rows.any():
                out.append(
                    pack_series(
                        t[rows],
                        v[rows],
                        j[rows],
                        area=area,
                        position=where[rows],
                        steps=steps,
                        technique=protocol.technique,
                        **about,
                    )
                )
            continue
        k = group[0]
        if k not in spectra:
            continue
        state = np.flatnonzero(where == k)[:1]
        known = (
            {"time": float(t[state[0]]), "voltage": float(v[state[0]]), "current_density": float(j[state[0]])}
            if state.size
            else {}
        )
        out.append(pack_impedance(steps[k].frequencies, spectra[k], area=area, cycle=steps[k].cycle, **known, **about))
    return out


def _groups(steps: Sequence[ResolvedStep], separate: bool) -> list[list[int]]:
    groups: list[list[int]] = []
    alone = True
    for k, step in enumerate(steps):
        sweep = step.control == "impedance"
        if alone or sweep or separate:
            groups.append([k])
        else:
            groups[-1].append(k)
        alone = sweep
    return groups


def _area(area: float | None) -> float:
    if area is None or not area > 0.0:
        raise InputError("The cell has no area, and a measurement is in ampere and ohm; give the cell an area.")
    return area


def _value(si: float | None) -> Any:
    from ceramer.units import Value

    return None if si is None else Value(float(si))


def _with_values(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Read bare floats among the metadata as SI values."""
    return {key: _value(x) if isinstance(x, (int, float)) else x for key, x in metadata.items()}
