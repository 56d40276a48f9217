"""From a `Measurement` to the arrays of each method; what the result needs and nobody gave is asked for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from ceramer.analysis._arrhenius import Form, arrhenius
from ceramer.analysis._bruce_vincent import bruce_vincent
from ceramer.analysis._conductivity import conductivity
from ceramer.analysis._critical_current import critical_current_density
from ceramer.analysis._cycling import cycle_table, cycling
from ceramer.analysis._dc_resistance import dc_resistance_from_steps
from ceramer.analysis._electronic import electronic_conductivity, electronic_conductivity_steps
from ceramer.analysis._plating_stripping import plating_stripping
from ceramer.analysis._rate_test import rate_test_from_record
from ceramer.analysis._report import AnalysisReport
from ceramer.analysis._short import shorts
from ceramer.analysis._steady import steady_value
from ceramer.analysis._uncertain import Array, Number, number
from ceramer.analysis._void_healing import void_healing
from ceramer.analysis._window import window
from ceramer.errors import InputError
from ceramer.measurement import Measurement
from ceramer.units import Value, si_factor

__all__ = [
    "arrhenius_of",
    "bruce_vincent_of",
    "conductivity_of",
    "critical_current_density_of",
    "cycling_of",
    "dc_resistance_of",
    "electronic_conductivity_of",
    "impedance_of",
    "plating_stripping_of",
    "rate_test_of",
    "shorts_of",
    "void_healing_of",
    "window_of",
]

_T, _V, _I, _N = "Test Time / s", "Voltage / V", "Current / A", "Cycle Count / 1"


def _columns(m: Measurement, *labels: str) -> tuple[list[Array], tuple[str, ...]]:
    """Return the columns without the rows in which one of them is missing, and a sentence about those."""
    columns = [np.asarray(m.column(label), dtype=float) for label in labels]
    keep = np.logical_and.reduce([np.isfinite(column) for column in columns])
    lost = int(keep.size - keep.sum())
    said = (f"{lost} of {keep.size} rows hold no number and were left out.",) if lost else ()
    return [column[keep] for column in columns], (*m.warnings, *said)


def _given(m: Measurement, name: str, option: Number | None) -> Any:
    return option if option is not None else m.require(name)


def _with(report: AnalysisReport, extra: tuple[str, ...]) -> AnalysisReport:
    return dataclasses.replace(report, warnings=(*extra, *report.warnings)) if extra else report


def bruce_vincent_of(
    m: Measurement | Sequence[Measurement],
    *,
    voltage_step: Number | None = None,
    resistance_before: Number | None = None,
    resistance_after: Number | None = None,
    lead_resistance: Number | None = None,
    bulk_resistance: Number | None = None,
) -> AnalysisReport:
    """`bruce_vincent` on a polarisation, or on a spectrum, a polarisation and a spectrum in the order measured."""
    notes: tuple[str, ...] = ()
    seen: dict[str, Array] = {}
    told: dict[str, str] = {}
    if not isinstance(m, Measurement):
        spectra = [x for x in m if x.has("Frequency / Hz")]
        others = [x for x in m if not x.has("Frequency / Hz")]
        if len(others) != 1:
            raise InputError(f"bruce_vincent takes one polarisation and its spectra, not {len(others)} polarisations.")
        m = others[0]
        if spectra and (resistance_before is None or resistance_after is None):
            from ceramer.analysis._spectra import interface_resistance

            before, said_before = interface_resistance(spectra[0])
            after, said_after = interface_resistance(spectra[-1])
            if resistance_before is None:
                resistance_before, told["resistance_before"] = before, f"arcs of {spectra[0].source or 'the first'}"
            if resistance_after is None:
                resistance_after, told["resistance_after"] = after, f"arcs of {spectra[-1].source or 'the last'}"
            notes = (*said_before, *(said_after if len(spectra) > 1 else ()))
            if len(spectra) == 1:
                notes = (*notes, "Only one spectrum was given: R_ss was taken equal to R_0.")
        for when, spectrum in zip(("before", "after"), spectra[:: max(len(spectra) - 1, 1)], strict=False):
            seen[f"{when}_impedance_real"] = spectrum.impedance.real
            seen[f"{when}_impedance_imaginary"] = spectrum.impedance.imag
    if resistance_before is None or resistance_after is None:
        raise InputError(
            "bruce_vincent needs the resistances of the interfaces: give the spectrum before, the polarisation and the "
            "spectrum after, in this order, or resistance_before and resistance_after (on the command line --set "
            "resistance_before='85 ohm')."
        )
    (t, i), extra = _columns(m, _T, _I)
    start = 0
    if m.has(_V):
        (t, v, i), extra = _columns(m, _T, _V, _I)
        held = float(np.median(v[v.size // 2 :]))
        rest = float(np.median(v[: max(1, int(np.argmax(np.abs(v - held) < 0.1 * abs(held))))]))
        on = np.abs(v - held) < 0.5 * abs(held - rest) if abs(held - rest) > 0.2 * abs(held) else np.ones(v.size, bool)
        start = int(np.argmax(on))
        if voltage_step is None:
            base = rest if start else 0.0
            voltage_step, told["voltage_step"] = Value(held - base, float(np.std(v[on])) or None), "data"
            notes = (*notes, f"voltage_step was read from the data: {(held - base) * 1e3:.4g} mV.")
    if voltage_step is None:
        raise InputError(
            "voltage_step is needed: the measurement has no voltage column; pass voltage_step=0.010 (V), or --set "
            "voltage_step='10 mV' on the command line."
        )
    t, i = t[start:] - _moment_of_step(t, start), i[start:]
    report = bruce_vincent(
        t,
        i,
        voltage_step=voltage_step,
        resistance_before=resistance_before,
        resistance_after=resistance_after,
        lead_resistance=lead_resistance,
        bulk_resistance=bulk_resistance,
        temperature=m.temperature,
    )
    inputs = tuple(dataclasses.replace(i, source=told.get(i.name, i.source)) for i in report.inputs)
    notes, series = (*report.notes, *notes), {**report.series, **seen}
    return _with(dataclasses.replace(report, notes=notes, series=series, inputs=inputs), extra)


def _moment_of_step(t: Array, start: int) -> float:
    """The last row at rest; without one, time 0 where the record starts near it, else the first row."""
    if start:
        return float(t[start - 1])
    near = 10.0 * float(np.median(np.diff(t)))
    return 0.0 if 0.0 <= t[0] <= near else float(t[0])


def electronic_conductivity_of(
    measurements: Sequence[Measurement],
    *,
    voltage: Number | None = None,
    thickness: Number | None = None,
    area: Number | None = None,
    noise_floor: float | None = None,
) -> AnalysisReport:
    """`electronic_conductivity` on a hold between blocking electrodes, `electronic_conductivity_steps` on several."""
    geometry = {
        name: _shared(measurements, name) if given is None else given
        for name, given in (("thickness", thickness), ("area", area))
    }
    if len(measurements) > 1:
        if voltage is not None:
            raise InputError("voltage= belongs to one hold; of several, each has its voltage in its own record.")
        return _over_voltages(measurements, noise_floor, geometry)
    t, i, held, extra = _hold(measurements[0])
    voltage = held if voltage is None else voltage
    if voltage is None:
        raise InputError("voltage is needed: the measurement has no voltage column; pass voltage=0.15 (V).")
    report = electronic_conductivity(
        t, i, voltage=voltage, noise_floor=noise_floor, temperature=measurements[0].temperature, **geometry
    )
    return _with(report, extra)


def _shared(measurements: Sequence[Measurement], name: str) -> Any:
    """Return the thickness or area of measurements on one sample."""
    found = [m.require(name) for m in measurements]
    if len({item.value for item in found}) > 1:
        raise InputError(f"The measurements have not one {name}; analyse them one by one, or pass {name}=.")
    return found[0]


def _hold(m: Measurement) -> tuple[Array, Array, Value | None, tuple[str, ...]]:
    """Return time and current since the voltage was applied, the voltage, and what is odd in the record."""
    if not m.has(_V):
        (t, i), extra = _columns(m, _T, _I)
        return t - t[0], i, None, extra
    (t, v, i), extra = _columns(m, _T, _V, _I)
    held = float(np.median(v[v.size // 2 :]))
    on = np.abs(v - held) < 0.5 * abs(held) if held else np.ones(v.size, dtype=bool)
    start = int(np.argmax(on))
    return t[start:] - t[start], i[start:], Value(held, float(np.std(v[v.size // 2 :])) or None), extra


def _over_voltages(
    measurements: Sequence[Measurement], noise_floor: float | None, geometry: dict[str, Any]
) -> AnalysisReport:
    import pandas as pd

    volts, currents, spreads, warnings = [], [], [], []
    for m in measurements:
        t, i, held, extra = _hold(m)
        if held is None or t.size < 8:
            raise InputError("Of several holds each needs a voltage column, and at least 8 rows.")
        steady = steady_value(t, i)
        volts.append(held.value)
        currents.append(steady.value)
        spreads.append(steady.standard_uncertainty or 0.0)
        warnings += [f"At {held.value:.4g} V: {said}" for said in (*extra, steady.sentence) if said]
    report = electronic_conductivity_steps(
        volts,
        currents,
        current_uncertainty=spreads,
        noise_floor=noise_floor,
        temperature=measurements[0].temperature,
        **geometry,
    )
    u, i = report.series["voltage"], report.series["current"]
    cell = number(geometry["thickness"], "thickness").value / number(geometry["area"], "area").value
    single = np.divide(i * cell, u, out=np.full(u.size, np.nan), where=u != 0.0)
    table = pd.DataFrame(
        {"voltage / V": u, "steady current / nA": i * 1e9, "I L / (U S) / S/cm": single / si_factor("S/cm")}
    )
    return _with(dataclasses.replace(report, tables={"voltages": table}), tuple(warnings))


def window_of(
    m: Measurement,
    *,
    area: Number | None = None,
    scan_rate: float | None = None,
    thresholds: Sequence[float] | None = None,
    baseline: tuple[float, float] | None = None,
) -> AnalysisReport:
    """`window` on a linear or cyclic sweep."""
    area = _given(m, "area", area)
    labels = (_V, _I, _T) if m.has(_T) else (_V, _I)
    columns, extra = _columns(m, *labels)
    options: dict[str, Any] = {} if thresholds is None else {"thresholds": thresholds}
    report = window(
        columns[0],
        columns[1],
        area=area,
        scan_rate=scan_rate,
        time=columns[2] if len(columns) > 2 else None,
        baseline=baseline,
        temperature=m.temperature,
        **options,
    )
    return _with(report, extra)


def dc_resistance_of(m: Measurement) -> AnalysisReport:
    """`dc_resistance_from_steps` on a record of current steps."""
    (t, i, v), extra = _columns(m, _T, _I, _V)
    return _with(dc_resistance_from_steps(t, i, v), extra)


def plating_stripping_of(m: Measurement, *, area: Number | None = None) -> AnalysisReport:
    """`plating_stripping` on the record of a symmetric cell."""
    area = _given(m, "area", area)
    (t, i, v), extra = _columns(m, _T, _I, _V)
    return _with(plating_stripping(t, i, v, area=area, temperature=m.temperature), extra)


def shorts_of(
    m: Measurement,
    *,
    impedance_time: object | None = None,
    bulk_resistance: object | None = None,
    bulk_resistance_uncertainty: object | None = None,
) -> AnalysisReport:
    """`shorts` on the record of a symmetric cell."""
    (t, i, v), extra = _columns(m, _T, _I, _V)
    report = shorts(
        t,
        i,
        v,
        impedance_time=impedance_time,
        bulk_resistance=bulk_resistance,
        bulk_resistance_uncertainty=bulk_resistance_uncertainty,
        area=m.area,
    )
    return _with(report, extra)


def critical_current_density_of(m: Measurement, *, area: Number | None = None) -> AnalysisReport:
    """`critical_current_density` on the record of a symmetric cell."""
    area = _given(m, "area", area)
    (t, i, v), extra = _columns(m, _T, _I, _V)
    return _with(critical_current_density(t, i, v, area=area, temperature=m.temperature), extra)


_COUNTERS = (("Charging Capacity / Ah", "charge / C"), ("Discharging Capacity / Ah", "discharge / C"))


def _cycler(m: Measurement) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the columns of a cycler file as keyword arguments, and sentences about what is odd in them."""
    optional = {"cycle": _N, "step": "Step Count / 1" if m.has("Step Count / 1") else "Step Index / 1"}
    present = {name: label for name, label in optional.items() if m.has(label)}
    labels = {"time": _T, "current": _I, "voltage": _V, **present}
    columns, said = _columns(m, *labels.values())
    given: dict[str, Any] = dict(zip(labels, columns, strict=True))
    if "cycle" in given and all(m.has(label) for label, _ in _COUNTERS):
        said = (*said, *_against_counters(m, given))
    return given, said


def _against_counters(m: Measurement, given: dict[str, Any]) -> tuple[str, ...]:
    """Compare the integrated charge with the rises of the cycler's own counters, whenever those return to 0."""
    table = cycle_table(**given)
    number_of = np.asarray(m.column(_N))
    for label, name in _COUNTERS:
        rise = np.maximum(np.diff(np.nan_to_num(np.asarray(m.column(label)))), 0.0) * 3600.0
        top = np.array([rise[(number_of[1:] == n) & (number_of[:-1] == n)].sum() for n in table["cycle"]])
        own = np.array(table[name])
        both = (top > 0.0) & (own > 0.0)
        if both.any() and abs(off := float(np.median(own[both] / top[both])) - 1.0) > 0.02:
            return (
                f"The charge integrated from current and time is {off:+.1%} off the cycler's own counter ({label}): "
                "the rows are too far apart for the integral, or time or current is wrong.",
            )
    return ()


def rate_test_of(
    m: Measurement,
    *,
    active_mass: Number | None = None,
    area: Number | None = None,
    nominal_capacity: Number | None = None,
) -> AnalysisReport:
    """`rate_test_from_record` on a cycler file."""
    columns, extra = _cycler(m)
    area = m.area if area is None else area
    report = rate_test_from_record(**columns, active_mass=active_mass, area=area, nominal_capacity=nominal_capacity)
    return _with(report, extra)


def cycling_of(
    m: Measurement,
    *,
    active_mass: Number | None = None,
    area: Number | None = None,
    formation_cycles: int | None = None,
) -> AnalysisReport:
    """`cycling` on a cycler file."""
    columns, extra = _cycler(m)
    area = m.area if area is None else area
    report = cycling(**columns, active_mass=active_mass, area=area, formation_cycles=formation_cycles)
    return _with(report, extra)


def impedance_of(
    m: Measurement, *, circuit: str | None = None, frequency_range: tuple[float, float] | None = None
) -> AnalysisReport:
    """Arcs of a spectrum (`ceramer.analysis.impedance`) as a report; circuit and window [Hz] may be set by hand."""
    from ceramer.analysis._spectra import How, arcs_report

    return _with(arcs_report(m, How(circuit, frequency_range)), m.warnings)


def conductivity_of(
    m: Measurement | None = None,
    *,
    resistance: Number | None = None,
    thickness: Number | None = None,
    area: Number | None = None,
    lead_resistance: Number | None = None,
    circuit: str | None = None,
    frequency_range: tuple[float, float] | None = None,
) -> AnalysisReport:
    """Conductivity from a spectrum, or `conductivity` from a resistance that is given."""
    if m is None or resistance is not None:
        thickness = m.require("thickness") if thickness is None and m is not None else thickness
        area = m.require("area") if area is None and m is not None else area
        return conductivity(
            resistance=number(resistance, "resistance", example="55.0"),
            thickness=number(thickness, "thickness", example="350e-6"),
            area=number(area, "area", example="1.131e-4"),
            lead_resistance=lead_resistance,
            temperature=None if m is None else m.temperature,
        )
    from ceramer.analysis._spectra import How, conductivity_report

    report = conductivity_report(
        m,
        _given(m, "thickness", thickness),
        _given(m, "area", area),
        lead_resistance=lead_resistance,
        how=How(circuit, frequency_range),
    )
    return _with(report, m.warnings)


def arrhenius_of(
    measurements: Sequence[Measurement],
    *,
    thickness: Number | None = None,
    area: Number | None = None,
    lead_resistance: Number | None = None,
    form: Form | None = None,
    circuit: str | None = None,
    frequency_range: tuple[float, float] | None = None,
) -> AnalysisReport:
    """`arrhenius` on the conductivities of spectra at several temperatures (each carries its temperature)."""
    import pandas as pd

    rows = []
    extra: list[str] = []
    for k, m in enumerate(measurements):
        kelvin = m.require("temperature").value
        one = conductivity_of(
            m,
            thickness=thickness,
            area=area,
            lead_resistance=lead_resistance,
            circuit=circuit,
            frequency_range=frequency_range,
        )
        sigma = one.result("ionic_conductivity")
        rows.append((m.source or f"spectrum {k + 1}", kelvin, sigma.value, sigma.standard_uncertainty))
        doubts = [w for w in one.warnings if "leaves out" not in w]
        if doubts:
            extra.append(f"{m.source or f'spectrum {k + 1}'} ({len(doubts)})")
    report = arrhenius([r[1] for r in rows], [r[2] for r in rows], form=form)
    table = pd.DataFrame(
        {
            "spectrum": [r[0] for r in rows],
            "temperature / degC": [r[1] - 273.15 for r in rows],
            "ionic conductivity / mS/cm": [r[2] * 10.0 for r in rows],
        }
    )
    said = (
        (f"Warnings stand beside {len(extra)} of {len(rows)} spectra: {', '.join(extra)}; analyse them one by one.",)
        if extra
        else ()
    )
    note = (
        "Thickness and area are shared by all points, so their uncertainty does not enter Ea; "
        "the error bar comes from the scatter about the line."
    )
    return dataclasses.replace(
        report,
        warnings=(*said, *report.warnings),
        notes=(*report.notes, note),
        tables={**report.tables, "conductivities": table},
    )


def void_healing_of(
    m: Measurement | None = None,
    *,
    images: object,
    time: object,
    pixel_size: float,
    void_is: Literal["dark", "bright"] = "dark",
    smoothing: float = 1.0,
    threshold: float | None = None,
    with_induction: bool = True,
) -> AnalysisReport:
    """`void_healing` on an image stack (there is no measurement table)."""
    del m
    return void_healing(
        images,
        time,
        pixel_size=pixel_size,
        void_is=void_is,
        smoothing=smoothing,
        threshold=threshold,
        with_induction=with_induction,
    )
