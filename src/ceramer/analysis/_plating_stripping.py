"""Plating and stripping in a symmetric cell: overpotentials at defined points, resistance drift, shape."""

from __future__ import annotations

import math

import numpy as np

from ceramer.analysis._half_cycles import HalfCycles, half_cycles
from ceramer.analysis._report import AnalysisReport, stated
from ceramer.analysis._short import judge_shorts
from ceramer.analysis._statistics import linear_fit
from ceramer.analysis._uncertain import Array, Mask, Number, number, series_of
from ceramer.errors import InputError
from ceramer.provenance import Result
from ceramer.units import Value

__all__ = ["accumulated_areal_capacity", "plating_stripping"]


def plating_stripping(
    time: object,
    current: object,
    voltage: object,
    *,
    area: Number,
    temperature: Number | None = None,
) -> AnalysisReport:
    """Split a galvanostatic symmetric-cell record into half-cycles and read overpotential, resistance and their drift.

    ``ASR = |V_mid| S / |I|`` with V_mid the mean over 45-55 % of a half-cycle; drift by a straight line through all
    half-cycles at the commonest current, before any short.

    Parameters
    ----------
    time, current, voltage : shape (n,), [s], [A], [V]
    area : S of the electrode, [m2]
    temperature : [K], reported with the result

    Returns
    -------
    AnalysisReport
        overpotential [V], area_specific_resistance [ohm m2] at the start, its drift [ohm m2/s], accumulated areal
        capacity both ways and one way [C/m2], lifetime [s]; a table of half-cycles; the verdict on shorts.

    Raises
    ------
    InputError
        No area, no current, or columns that do not fit together.

    Notes
    -----
    ASR is a cell value: electrolyte, both interfaces and concentration polarisation together.
    """
    s = number(area, "area", positive=True, example="1.131e-4")
    t, i, v = series_of(time=time, current=current, voltage=voltage, at_least=8)
    halves = half_cycles(t, i, v)
    verdict = judge_shorts(t, i, v, halves)
    table = halves.frame(s.value)
    alive = halves.start < (verdict.time if verdict.time is not None else math.inf)
    if not alive.any():
        alive[0] = True
    level = _commonest(np.abs(halves.current[alive]))
    use = alive & (np.abs(np.abs(halves.current) / level - 1.0) < 0.03)
    if verdict.time is not None and (use & (before := halves.start + halves.duration <= verdict.time)).any():
        use &= before  # the half-cycle in which it fell belongs to neither side
    warnings = list(verdict.sentences())
    notes: list[str] = []
    middle = halves.start[use] + 0.5 * halves.duration[use]
    eta, resistance = halves.eta_mid[use], halves.resistance[use]
    drift = _trend(middle, resistance)
    base, slope = drift if drift is not None else (Value(float(resistance.mean())), Value(0.0))
    mean_eta = _mean(eta)
    warnings.extend(_balance(halves, alive))
    shapes = [name for name, chosen in zip(table["shape"], use, strict=True) if chosen]
    common = max(set(shapes), key=shapes.count)
    notes.append(
        f"{shapes.count(common)} of {len(shapes)} half-cycles at {level / s.value * 0.1:.4g} mA/cm2 are {common}."
    )
    if slope.standard_uncertainty and abs(slope.value) > 3.0 * slope.standard_uncertainty:
        total = slope.value * float(middle[-1] - middle[0]) / base.value if base.value else 0.0
        if abs(total) > 0.05:
            warnings.append(f"The resistance {'rose' if total > 0 else 'fell'} by {abs(total):.0%} over the run.")
    if s.standard_uncertainty is None:
        notes.append("The area came without an uncertainty: that of the area specific resistance leaves it out.")

    def per_area(value: Value) -> Value:
        spreads = [
            0.0 if value.standard_uncertainty is None else value.standard_uncertainty * s.value,
            abs(value.value) * (s.standard_uncertainty or 0.0),
        ]
        known = value.standard_uncertainty is not None
        return Value(value.value * s.value, math.hypot(*spreads) if known else None)

    asr, asr_slope = per_area(base), per_area(slope)
    moved = float(halves.charge[alive].sum()) / s.value
    one_way = float(halves.charge[alive & (halves.current > 0)].sum()) / s.value
    life = verdict.time - t[0] if verdict.time is not None else float(t[-1] - t[0])
    results = [
        Result(
            "overpotential",
            mean_eta.value,
            "mV",
            mean_eta.standard_uncertainty,
            method=f"mean of |V| over 45-55 % of {eta.size} half-cycles at {level / s.value * 0.1:.4g} mA/cm2",
        ),
        Result(
            "area_specific_resistance",
            asr.value,
            "ohm cm2",
            asr.standard_uncertainty,
            method="|V_mid| S / |I|, at the start",
        ),
    ]
    if drift is not None:
        results.append(
            Result(
                "area_specific_resistance_drift",
                asr_slope.value,
                "ohm cm2/h",
                asr_slope.standard_uncertainty,
                method="straight line through the half-cycles",
            )
        )
    results += [
        Result(
            "accumulated_areal_capacity", moved, "mAh/cm2", method="integral |j| dt, both directions, until the short"
        ),
        Result("accumulated_areal_capacity_one_way", one_way, "mAh/cm2", method="one direction only"),
        Result(
            "lifetime",
            life,
            "h",
            method="until the short" if verdict.time is not None else "until the end of the record: a lower bound",
        ),
    ]
    return AnalysisReport(
        "plating_stripping",
        tuple(results),
        verdict=verdict.headline,
        warnings=tuple(warnings),
        notes=tuple(notes),
        inputs=(
            stated("area", s, "cm2"),
            *(() if temperature is None else (stated("temperature", temperature, "degC"),)),
        ),
        tables={"half-cycles": table},
        series={
            "time": t,
            "voltage": v,
            "current_density": i / s.value,
            "middle_time": middle,
            "resistance": resistance,
        },
    )


def _commonest(levels: Array) -> float:
    """The current level that most half-cycles share."""
    rounded = np.round(np.log(levels) / 0.03)
    values, counts = np.unique(rounded, return_counts=True)
    return float(np.median(levels[np.abs(rounded - values[np.argmax(counts)]) <= 1]))


def _mean(values: Array) -> Value:
    if values.size < 3:
        return Value(float(values.mean()))
    fit = linear_fit(np.ones((values.size, 1)), values, correlated=True)
    return Value(float(values.mean()), fit.error(0))


def _trend(time: Array, values: Array) -> tuple[Value, Value] | None:
    if values.size < 4:
        return None
    fit = linear_fit(np.column_stack([np.ones_like(time), time - time[0]]), values, correlated=True)
    return Value(float(fit.coefficients[0]), fit.error(0)), Value(float(fit.coefficients[1]), fit.error(1))


def _balance(halves: HalfCycles, alive: Mask) -> list[str]:
    """Unequal charge in the two directions, and a last half-cycle that is not whole."""
    forward = halves.charge[alive & (halves.current > 0)]
    backward = halves.charge[alive & (halves.current < 0)]
    if not forward.size or not backward.size:
        return ["The current never changes its direction: one electrode is only plated, the other only stripped."]
    n = min(forward.size, backward.size)
    a, b = float(forward[:n].sum()), float(backward[:n].sum())
    if abs(a - b) > 0.01 * max(a, b):
        return [
            f"The two directions moved unequal charge ({abs(a - b) / max(a, b):.1%} apart): "
            "lithium wanders to one side, or the current is not what it seems."
        ]
    return []


def accumulated_areal_capacity(time: object, current: object, *, area: Number) -> AnalysisReport:
    """Return ``AAC = integral |I| dt / S``, both directions and one direction apart.

    Parameters
    ----------
    time, current : shape (n,), [s] and [A]
    area : S, [m2]

    Returns
    -------
    AnalysisReport
        accumulated_areal_capacity (both directions) and accumulated_areal_capacity_one_way, [C/m2].

    Raises
    ------
    InputError
        No area, or columns that do not fit together.
    """
    t, i = series_of(time=time, current=current, at_least=2)
    s = number(area, "area", positive=True, example="1.131e-4")
    step = np.diff(t)
    warnings = []
    typical = float(np.median(step[step > 0.0])) if (step > 0.0).any() else 0.0
    gap = step > max(50.0 * typical, 600.0)
    if gap.any():
        warnings.append(
            f"{int(gap.sum())} gaps in time ({step[gap].sum() / 3600.0:.3g} h in all) were left out: "
            "what the cell did there is not recorded."
        )
    same = np.sign(i[1:]) == np.sign(i[:-1])
    # Across a change of sign the later current holds (cyclers log the first point of a step at its start).
    mean = np.where(same, 0.5 * (i[1:] + i[:-1]), 0.0)
    moved = mean * np.where(gap, 0.0, step) / s.value
    plus, minus = float(moved[moved > 0].sum()), float(-moved[moved < 0].sum())
    spread = s.standard_uncertainty

    def result(name: str, value: float, method: str) -> Result:
        return Result(name, value, "mAh/cm2", None if spread is None else value * spread / s.value, method=method)

    if spread is None:
        warnings.append("No error bar: the area came without an uncertainty.")
    if not np.isfinite(plus + minus) or plus + minus == 0.0:
        raise InputError("No charge was moved: the current column is 0.")
    return AnalysisReport(
        "accumulated_areal_capacity",
        (
            result("accumulated_areal_capacity", plus + minus, "integral |j| dt, both directions"),
            result("accumulated_areal_capacity_one_way", max(plus, minus), "the larger of the two directions"),
        ),
        verdict="Both directions are counted; one electrode sees half of it.",
        warnings=tuple(warnings),
        inputs=(stated("area", s, "cm2"),),
        series={"time": t[1:], "accumulated": np.cumsum(np.abs(moved))},
    )
