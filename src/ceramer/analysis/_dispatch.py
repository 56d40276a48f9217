"""Which method fits a measurement, and one call that runs it: `analyse(measurement)`."""

from __future__ import annotations

import dataclasses
import inspect
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from ceramer.analysis._adapters import (
    arrhenius_of,
    bruce_vincent_of,
    conductivity_of,
    critical_current_density_of,
    cycling_of,
    dc_resistance_of,
    electronic_conductivity_of,
    impedance_of,
    plating_stripping_of,
    rate_test_of,
    shorts_of,
    void_healing_of,
    window_of,
)
from ceramer.analysis._cycling import cycle_table
from ceramer.analysis._dc_resistance import pulses
from ceramer.analysis._half_cycles import half_cycles
from ceramer.analysis._report import AnalysisReport, Input
from ceramer.analysis._uncertain import Array, Mask
from ceramer.errors import InputError, UnknownNameError
from ceramer.measurement import Measurement

__all__ = ["METHODS", "Method", "analyse", "detect_method"]

_T, _V, _I = "Test Time / s", "Voltage / V", "Current / A"
_Z = ("Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm")
_PULSES: Final = 0.05
"""[V] A full cell that is charged and discharged moves its voltage by more."""
_CARRIED: Final = ("area", "thickness", "temperature")
_OPEN_CIRCUIT: Final = 1.0
"""[V] A symmetric cell rests far below; its pulses are plating and stripping."""
_BLOCKING: Final = (
    "ss",
    "steel",
    "stainless",
    "au",
    "gold",
    "ag",
    "silver",
    "pt",
    "platinum",
    "al",
    "cu",
    "carbon",
    "blocking",
)


@dataclass(frozen=True)
class Method:
    """One entry of `METHODS`: its name, what it gives, the columns it reads, and what runs it.

    `run` takes a measurement (or several where `several`) and the options of the method as keywords.
    """

    name: str
    gives: str
    columns: tuple[str, ...]
    run: Callable[..., AnalysisReport]
    several: bool = False

    @property
    def options(self) -> tuple[str, ...]:
        """Names of the options that `run` takes."""
        return tuple(name for name, p in inspect.signature(self.run).parameters.items() if p.kind is p.KEYWORD_ONLY)


def _registry(*methods: Method) -> Mapping[str, Method]:
    return MappingProxyType({method.name: method for method in methods})


METHODS: Final = _registry(
    Method("conductivity", "ionic conductivity from an impedance spectrum", _Z, conductivity_of),
    Method("impedance", "arcs of an impedance spectrum: resistances and capacitances", _Z, impedance_of),
    Method("arrhenius", "activation energy from spectra at several temperatures", _Z, arrhenius_of, several=True),
    Method("bruce_vincent", "transference number from a polarisation", (_T, _I), bruce_vincent_of),
    Method(
        "electronic_conductivity",
        "electronic conductivity from holds between blocking electrodes",
        (_T, _I),
        electronic_conductivity_of,
        several=True,
    ),
    Method("window", "stability window from a sweep", (_V, _I), window_of),
    Method("dc_resistance", "resistance as a slope over current steps", (_T, _V, _I), dc_resistance_of),
    Method("plating_stripping", "overpotential, resistance drift, lifetime", (_T, _V, _I), plating_stripping_of),
    Method("shorts", "no, soft or hard short, when, and on what evidence", (_T, _V, _I), shorts_of),
    Method(
        "critical_current_density", "highest current borne, protocol stated", (_T, _V, _I), critical_current_density_of
    ),
    Method("rate_test", "capacity at each rate", (_T, _V, _I), rate_test_of),
    Method("cycling", "capacity, retention, efficiencies, fade", (_T, _V, _I), cycling_of),
    Method("void_healing", "law of void closure from an image stack", (), void_healing_of),
)
"""Every method by the name it has on the command line."""


def analyse(
    measurement: Measurement | Sequence[Measurement] | None = None, method: str | None = None, **options: Any
) -> AnalysisReport:
    """Run a method on a measurement; without `method`, the one that fits the data, and the report says why.

    Parameters
    ----------
    measurement : Measurement or sequence of Measurement
        Several spectra at different temperatures give an Arrhenius fit; a spectrum, a polarisation and a spectrum a
        transference number; several voltages held between blocking electrodes one electronic conductivity.
    method : str or None
        A name in `METHODS`.
    **options
        Keyword arguments of the method (``METHODS[name].options``), SI floats or `units.Value`.

    Returns
    -------
    AnalysisReport

    Raises
    ------
    InputError
        Unknown method or option, a missing column, or area or thickness that nobody gave.
    """
    _check_measurement(measurement)
    if method is None:
        if measurement is None:
            raise InputError("Nothing to analyse: pass a measurement, or method='void_healing' with images and time.")
        name, reason = _detect(measurement)
    else:
        if method not in METHODS:
            raise UnknownNameError("method", method, METHODS)
        name, reason = method, ""
    chosen = METHODS[name]
    known = chosen.options
    for option in options:
        if option not in known:
            raise UnknownNameError(f"option of {name}", option, known)
    try:
        report = chosen.run(_argument(measurement, chosen), **options)
    except InputError as error:
        if not reason or type(error) is not InputError:
            raise
        raise InputError(f"{str(error).rstrip('.')} (for {name}, chosen because {reason}).") from None
    inputs = tuple(_told(given, options) for given in report.inputs)
    files = _files(measurement)
    notes = list(report.notes)
    if reason:
        notes.insert(0, f"Method chosen from the data: {name}, because {reason}.")
    if files:
        notes.append(f"Data: {files}.")
    return dataclasses.replace(report, notes=tuple(notes), inputs=inputs)


def _check_measurement(given: Any) -> None:
    if given is None or isinstance(given, Measurement):
        return
    items = [given] if isinstance(given, (str, Path)) or not isinstance(given, Sequence) else given
    for item in items:
        if isinstance(item, (str, Path)):
            raise InputError(f"analyse takes measurements: read the file first, as in analyse(read({str(item)!r})).")
        if not isinstance(item, Measurement):
            raise InputError(f"analyse takes measurements, as read(...) returns them, not a {type(item).__name__}.")


def _told(given: Input, options: Mapping[str, Any]) -> Input:
    """Say of the geometry and the temperature whether an option or the measurement told them."""
    if given.source == "given" and given.name in _CARRIED and given.name not in options:
        return dataclasses.replace(given, source="measurement")
    return given


def detect_method(measurement: Measurement | Sequence[Measurement]) -> str:
    """Return the name in `METHODS` that fits the data.

    Parameters
    ----------
    measurement : Measurement or sequence of Measurement

    Raises
    ------
    InputError
        Where nothing fits; the sentence lists the methods.
    """
    return _detect(measurement)[0]


def _is_galvanostatic(measurement: Measurement) -> bool:
    """Whether the current is constant while the voltage moves: plating between two spectra is no polarisation."""
    if not measurement.has(_V, _I):
        return False
    spread = []
    for values in (measurement.voltage, measurement.current):
        finite = values[np.isfinite(values)]
        level = float(np.median(np.abs(finite))) if finite.size else 0.0
        spread.append(_robust_range(finite) / level if level else 0.0)
    return spread[0] > max(0.05, 10.0 * spread[1])


def _argument(measurement: Measurement | Sequence[Measurement] | None, method: Method) -> Any:
    if measurement is None or isinstance(measurement, Measurement):
        _require(measurement, method)
        return [measurement] if method.several and measurement is not None else measurement
    items = list(measurement)
    if not items:
        raise InputError("The list of measurements is empty.")
    if method.name == "bruce_vincent":
        return items
    for item in items:
        _require(item, method)
    if not method.several:
        if len(items) > 1:
            raise InputError(f"{method.name} takes one measurement, not {len(items)}; analyse them one by one.")
        return items[0]
    return items


def _require(measurement: Measurement | None, method: Method) -> None:
    if measurement is None:
        if method.columns:
            raise InputError(f"{method.name} needs a measurement with {', '.join(method.columns)}.")
        return
    for column in method.columns:
        if not measurement.has(column):
            raise InputError(
                f"{method.name} needs the column {column!r}, and this measurement has {', '.join(measurement.columns)}."
            )


def _files(measurement: Measurement | Sequence[Measurement] | None) -> str:
    if measurement is None:
        return ""
    items = [measurement] if isinstance(measurement, Measurement) else list(measurement)
    names = [f"{m.source}{f' (sha256 {m.sha256[:12]})' if m.sha256 else ''}" for m in items if m.source]
    return ", ".join(dict.fromkeys(names))


def _detect(measurement: Measurement | Sequence[Measurement]) -> tuple[str, str]:
    if not isinstance(measurement, Measurement):
        items = list(measurement)
        if len(items) == 1:
            return _detect(items[0])
        spectra = [m.has(*_Z) for m in items]
        if all(spectra):
            return "arrhenius", f"there are {len(items)} impedance spectra"
        between = [m for m, is_spectrum in zip(items, spectra, strict=True) if not is_spectrum]
        if len(between) == 1 and any(spectra) and not _is_galvanostatic(between[0]):
            return "bruce_vincent", "there is one polarisation between impedance spectra"
        if not any(spectra) and {_detect(m)[0] for m in items} == {"electronic_conductivity"}:
            return "electronic_conductivity", f"there are {len(items)} held voltages between blocking electrodes"
        raise InputError(
            f"{len(items)} measurements of different kinds fit no one method; analyse them one by one, or pass method= "
            "(--method on the command line)."
        )
    m = measurement
    if m.has(*_Z):
        if m.area is not None and m.thickness is not None:
            return "conductivity", "it is an impedance spectrum of known area and thickness"
        lacks = " and ".join(name for name in ("area", "thickness") if getattr(m, name) is None)
        return "impedance", f"it is an impedance spectrum without {lacks}, which a conductivity needs"
    if not m.has(_V, _I):
        raise InputError(
            f"No method reads {', '.join(m.columns)} alone; a method needs f, Z' and Z'', or time, voltage and current."
        )
    keep = np.isfinite(m.voltage) & np.isfinite(m.current)
    t = m.time if m.has(_T) else np.arange(len(m), dtype=float)
    keep &= np.isfinite(t)
    t, v, i = t[keep], m.voltage[keep], m.current[keep]
    if t.size < 8:
        raise InputError(f"Only {t.size} rows hold time, voltage and current; a method needs at least 8.")
    if (np.diff(t) < 0.0).any():
        row = int(np.argmax(np.diff(t) < 0.0)) + 1
        raise InputError(f"The time runs backwards at row {row}; sort the rows or cut the file there.")
    return _detect_series(m, t, v, i)


def _detect_series(m: Measurement, t: Array, v: Array, i: Array) -> tuple[str, str]:
    flowing = np.abs(i) > 2e-3 * np.abs(i).max()
    if not flowing.any():
        raise InputError("The current is 0 throughout: a rest, which no method reads; give the file of the test.")
    train = pulses(t, i, v)
    if train is not None and np.abs(train[1]).min() > _OPEN_CIRCUIT:
        return "dc_resistance", f"{len(train[0])} pulses of current with rests between them return to the same voltage"
    held = _constant_current_share(i, flowing)
    swing = float(np.ptp(v))
    late = t >= t[0] + 0.02 * (t[-1] - t[0])
    level, flow = float(np.median(v[late])), float(np.median(np.abs(i[late])))
    wander = _robust_range(v[late])
    least, most = np.quantile(i, [0.1, 0.9])
    alternates = min(most, -least) > 0.3 * float(np.abs(i).max())  # pulses both ways, which no held voltage gives
    if (
        not alternates
        and level != 0.0
        and wander < 0.02 * abs(level) + 5e-4
        and _robust_range(i[late]) * abs(level) > 3.0 * wander * flow
    ):
        electrodes = _electrode_words(m)
        if electrodes and all(word in _BLOCKING for word in electrodes):
            return "electronic_conductivity", "the voltage is constant between blocking electrodes"
        if "li" in electrodes or "lithium" in electrodes:
            return "bruce_vincent", "a constant small voltage polarises lithium electrodes"
        if abs(level) <= 0.05:
            return "bruce_vincent", f"the voltage is held at {level * 1e3:.3g} mV (the electrodes are not named)"
        return "electronic_conductivity", f"the voltage is held at {level:.3g} V (the electrodes are not named)"
    if _is_sweep(t, v) and (held < 0.8 or _drifts(v, i)):
        return "window", "the potential moves at a constant rate"
    halves = half_cycles(t, i, v)
    signs = halves.direction
    both = bool((signs > 0).any() and (signs < 0).any())
    symmetric = abs(float(np.median(v[flowing & (i > 0)]) if (i > 0).any() else 0.0)) < 1.0 and (
        not both or float(np.median(v[flowing & (i < 0)])) < 0.0
    )
    levels = np.unique(np.round(np.log(np.abs(halves.current)) / 0.1)).size
    if symmetric and both:
        rising = np.abs(halves.current)[-1] > np.abs(halves.current)[0] * 1.2
        if levels >= 3 and len(halves) >= 6 and (rising or levels >= 4):
            return "critical_current_density", f"a symmetric cell sees {levels} current levels in turn"
        return "plating_stripping", "a symmetric cell is cycled at constant current"
    if len(halves) >= 3 and levels >= 3 and (not both) and swing < 0.5:
        return "dc_resistance", f"{levels} current steps in one direction move the voltage by {swing * 1e3:.3g} mV"
    if both and swing < _PULSES:
        return "dc_resistance", f"current steps both ways move the voltage by {swing * 1e3:.3g} mV only"
    if both:
        cycle = m.column("Cycle Count / 1") if m.has("Cycle Count / 1") else None
        table = cycle_table(m.time, np.nan_to_num(m.current), np.nan_to_num(m.voltage), cycle) if m.has(_T) else None
        if table is not None:
            rates = np.array(table["mean discharge current / A"])
            rates = rates[np.isfinite(rates) & (rates > 0.0)]
            different = np.unique(np.round(np.log(rates) / 0.15)).size if rates.size else 1
            blocks = 1 + int((np.abs(np.diff(np.log(rates))) > 0.1).sum())
            if different >= 3 and rates.size >= 2 * different and blocks <= 15:
                return "rate_test", f"a cell is cycled at {different} different rates"
        return "cycling", "a cell is charged and discharged"
    if len(halves) >= 2 and levels >= 2:
        return "dc_resistance", f"there are {levels} current steps in one direction"
    raise InputError(
        f"No method fits these data; choose one with method= (--method on the command line): {', '.join(METHODS)}."
    )


def _electrode_words(m: Measurement) -> list[str]:
    text = (m.electrodes or "").casefold().replace("|", " ").replace("-", " ").replace("/", " ")
    return [word for word in text.split() if word not in ("steel",)] if text else []


def _constant_current_share(i: Array, flowing: Mask) -> float:
    """Share of samples under current whose successor carries the same current within 1 %."""
    pairs = flowing[1:] & flowing[:-1]
    if not pairs.any():
        return 0.0
    return float((np.abs(np.diff(i)) < 0.01 * np.abs(i[1:]))[pairs].mean()) if _few_levels(i[flowing]) else 0.0


def _few_levels(current: Array) -> bool:
    """Whether most samples sit on a few levels, as a galvanostat makes them."""
    rounded = np.round(np.log(np.abs(current)) / 0.02) * np.sign(current)
    counts = np.sort(np.unique(rounded, return_counts=True)[1])[::-1]
    return bool(counts[:60].sum() > 0.8 * current.size and counts.size < 0.2 * current.size + 10)


def _drifts(v: Array, i: Array) -> bool:
    """Whether the current changes along the legs of a sweep; under a constant current it does not."""
    turns = np.flatnonzero(np.diff(np.sign(np.diff(v))) != 0.0) + 1
    edges = [0, *turns.tolist(), v.size]
    moved = 0
    for first, stop in itertools.pairwise(edges):
        leg = np.abs(i[first:stop])
        if leg.size >= 16 and _robust_range(leg) > 0.2 * float(leg.max()):
            moved += leg.size
    return moved > 0.5 * v.size


def _robust_range(values: Array) -> float:
    low, high = np.quantile(values, [0.02, 0.98])
    return float(high - low)


def _is_sweep(t: Array, v: Array) -> bool:
    step = np.diff(t)
    ok = step > 0.0
    if ok.sum() < 16:
        return False
    width = max(ok.sum() // 200, 1)
    tt, vv = t[::width], v[::width]
    rate = np.abs(np.diff(vv) / np.where(np.diff(tt) > 0.0, np.diff(tt), np.inf))
    typical = float(np.median(rate))
    return typical > 0.0 and float((np.abs(rate / typical - 1.0) < 0.2).mean()) > 0.8
