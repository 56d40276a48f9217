"""DC resistance: the slope of voltage against current with its offset, never V/I."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from ceramer.analysis._half_cycles import HalfCycles, half_cycles
from ceramer.analysis._report import AnalysisReport
from ceramer.analysis._statistics import LinearFit, linear_fit
from ceramer.analysis._steady import duration_text
from ceramer.analysis._uncertain import Array, series_of
from ceramer.errors import InputError
from ceramer.provenance import Result

__all__ = ["dc_resistance", "dc_resistance_from_steps", "pulses"]

_RETURN = 0.3
"""Of the step of voltage at its end: a pulse after whose rest less than this is left has only tested the cell."""
_FEWEST, _LEVELS = 4, 0.05
_STRAIGHT = 1e-4  # of the range of voltages: a smaller curvature is not seen by an instrument


def dc_resistance(
    current: object,
    voltage: object,
    *,
    voltage_uncertainty: object | None = None,
    _extra: tuple[str, ...] = (),
) -> AnalysisReport:
    """Return ``R = dV/dI`` and the offset of ``V = V_0 + R I`` by least squares, with tests of linearity and drift.

    Parameters
    ----------
    current, voltage : shape (n,), n >= 2, [A] and [V], one entry for each step, in the order measured
    voltage_uncertainty : standard uncertainties, shape (n,), [V]; None: the noise is taken from the residuals

    Returns
    -------
    AnalysisReport
        dc_resistance [ohm], voltage_offset [V].

    Raises
    ------
    InputError
        Fewer than two different currents.

    Notes
    -----
    Valid where V is linear in I (R I well below RT/F per interface); the report says where it is not.
    """
    i, v = series_of(current=current, voltage=voltage, at_least=2)
    if np.ptp(i) == 0.0:
        raise InputError("All currents are equal, so no slope exists; apply at least two different currents.")
    sigma: Array | None = None
    if voltage_uncertainty is not None:
        (sigma,) = series_of(voltage_uncertainty=voltage_uncertainty)
        if sigma.size != v.size or (sigma <= 0.0).any():
            raise InputError("voltage_uncertainty must hold one number above 0 for each step.")
    fit = linear_fit(np.column_stack([np.ones_like(i), i]), v, sigma)
    r, offset = float(fit.coefficients[1]), float(fit.coefficients[0])
    warnings = list(_extra)
    notes = []
    if fit.degrees_of_freedom < 1 and sigma is None:
        warnings.append("Two points fix a slope but no error bar; measure more steps.")
    if _bends(i, v, fit, sigma):
        warnings.append(
            "The voltage is not linear in the current (interface kinetics, heating or a change of the cell): "
            "the slope depends on the range of currents; stay at smaller ones."
        )
    drift = _drifts(i, v, sigma)
    if drift:
        warnings.append(drift)
    if r <= 0.0:
        warnings.append("The slope is not above 0: check the signs of current and voltage.")
    small = int(np.argmin(np.where(i != 0.0, np.abs(i), np.inf)))
    if i[small] != 0.0:
        naive = v[small] / i[small]
        notes.append(
            f"V/I of the smallest step ({i[small] * 1e6:.3g} uA) would read {naive:.4g} ohm, "
            f"{naive / r:.2f} times the slope: the offset is not resistance."
        )
    names = ("V = V_0 + R I, least squares" if sigma is None else "V = V_0 + R I, weighted least squares",)
    return AnalysisReport(
        "dc_resistance",
        (
            Result("dc_resistance", r, "ohm", fit.error(1), method=f"slope of {names[0]}"),
            Result("voltage_offset", offset, "mV", fit.error(0), method=f"V_0 of {names[0]}"),
        ),
        verdict=f"{i.size} steps from {i.min() * 1e6:.4g} to {i.max() * 1e6:.4g} uA.",
        warnings=tuple(warnings),
        notes=tuple(notes),
        series={"current": i, "voltage": v, "fit_voltage": v - fit.residuals},
    )


def _bends(i: Array, v: Array, fit: LinearFit, sigma: Array | None) -> bool:
    """Whether cubic and quadratic terms beat the line by the F test (p < 0.003), beyond what a voltmeter sees."""
    if i.size < 6 or np.unique(i).size < 5:
        return False
    from scipy.special import fdtrc, gammaincc

    x = i / np.abs(i).max()
    bent = linear_fit(np.column_stack([np.ones_like(x), x, x**2, x**3]), v, sigma)
    gain = fit.chi_square - bent.chi_square
    if sigma is not None:
        return float(gammaincc(1.0, gain / 2.0)) < 0.003
    if fit.chi_square < v.size * (_STRAIGHT * float(np.ptp(v))) ** 2:
        return False
    base = bent.chi_square / bent.degrees_of_freedom
    return base > 0.0 and float(fdtrc(2, bent.degrees_of_freedom, gain / 2.0 / base)) < 0.003


def _drifts(i: Array, v: Array, sigma: Array | None) -> str:
    order = np.arange(i.size, dtype=float) - 0.5 * (i.size - 1)
    if i.size < 6 or abs(np.corrcoef(order, i)[0, 1]) > 0.95:
        return ""
    fit = linear_fit(np.column_stack([np.ones_like(i), i, order]), v, sigma)
    if fit.p_value(2) > 0.003:
        return ""
    return (
        f"The voltage drifted by {float(fit.coefficients[2]) * (i.size - 1) * 1e3:.3g} "
        "mV from the first step to the last, "
        "whatever the current: the cell was not at rest, and part of the slope may be drift."
    )


def dc_resistance_from_steps(time: object, current: object, voltage: object) -> AnalysisReport:
    """Find the steps of constant current in a record and return the slope of their last tenth (`dc_resistance`).

    In a train of pulses with rests between them (`pulses`), as of a hybrid pulse power characterisation, the voltage is
    counted from the rest before each pulse, and steps that charge or discharge the cell on purpose are left out.

    Parameters
    ----------
    time, current, voltage : shape (n,), [s], [A], [V]

    Returns
    -------
    AnalysisReport
        As `dc_resistance`, with a table of steps.

    Raises
    ------
    InputError
        Fewer than two steps of at least 4 points.
    """
    import pandas as pd

    t, i, v = series_of(time=time, current=current, voltage=voltage, at_least=8)
    train = pulses(t, i, v)
    if train is not None:
        return _from_pulses(t, v, *train)
    steps = half_cycles(t, i, v, rest_current=0.2 * float(np.abs(i[i != 0.0]).min()) if (i != 0.0).any() else None)
    if len(steps) < 2:
        raise InputError("Only one step of constant current was found; a slope needs at least two.")
    level = steps.direction * steps.eta_late
    moved = np.abs(steps.eta_late - steps.eta_mid)
    resistance = linear_fit(np.column_stack([np.ones(len(steps)), steps.current]), level)
    span = np.abs(resistance.coefficients[1]) * np.ptp(steps.current)
    unsettled = moved > 0.02 * np.maximum(np.abs(resistance.coefficients[1] * steps.current), 0.02 * span)
    extra: tuple[str, ...] = ()
    if unsettled.mean() > 0.3:
        extra = (
            f"The voltage still moved in {int(unsettled.sum())} of {len(steps)} steps "
            f"(of {duration_text(float(np.median(steps.duration)))}): the slope "
            "holds for that time, not for the steady state.",
        )
    report = dc_resistance(steps.current, level, _extra=extra)
    table = pd.DataFrame(
        {
            **_listed("step", steps),
            "voltage at the end / mV": level * 1e3,
            "change over the second half / mV": (steps.eta_late - steps.eta_mid) * 1e3,
        }
    )
    return dataclasses.replace(report, tables={"steps": table})


def _listed(name: str, steps: HalfCycles) -> dict[str, Any]:
    """Return the columns that the tables of steps and of pulses share."""
    return {
        name: np.arange(1, len(steps) + 1),
        "start / s": steps.start,
        "duration / s": steps.duration,
        "current / uA": steps.current * 1e6,
    }


def pulses(t: Array, i: Array, v: Array) -> tuple[HalfCycles, Array] | None:
    """Return the pulses of a train and the voltage [V] at rest before each; None where the record is no such train.

    A pulse stands between rests, and after the second the voltage is back, to 0.3 of the step at the end of the pulse.
    Four of them, and at least half of the steps, make a train.
    """
    try:
        steps = half_cycles(t, i, v)
    except InputError:
        return None
    resting = np.abs(i) <= 2e-3 * float(np.abs(i).max())
    start, stop = steps.start_row, steps.stop_row
    between = (start > 0) & (stop < t.size)
    between &= resting[np.maximum(start - 1, 0)] & resting[np.minimum(stop, t.size - 1)]
    if between.sum() < max(_FEWEST, 0.5 * len(steps)):
        return None
    running = np.flatnonzero(~resting)  # the last row of the rest after a step stands before the next running one
    following = np.searchsorted(running, stop)
    after = np.where(following < running.size, running[np.minimum(following, running.size - 1)], t.size) - 1
    before = v[np.maximum(start - 1, 0)]
    moved = np.abs(v[stop - 1] - before)
    back = between & (np.abs(v[after] - before) < _RETURN * moved)
    if back.sum() < max(_FEWEST, 0.5 * len(steps)):
        return None
    kept = {name: getattr(steps, name)[back] for name in steps.__dataclass_fields__}
    return HalfCycles(**kept), before[back]


def _from_pulses(t: Array, v: Array, train: HalfCycles, before: Array) -> AnalysisReport:
    import pandas as pd

    step = train.direction * train.eta_late - before
    at_once = v[train.start_row] - before
    single = step / train.current
    if np.ptp(train.current) > _LEVELS * float(np.abs(train.current).max()):
        report = dc_resistance(train.current, step)
    else:  # one level: the rest before each pulse is the other point of its line
        spread = float(np.std(single, ddof=1)) / len(train) ** 0.5
        result = Result("dc_resistance", float(single.mean()), "ohm", spread, method="mean of dV/I over the pulses")
        report = AnalysisReport("dc_resistance", (result,))
    table = pd.DataFrame(
        {
            **_listed("pulse", train),
            "voltage before / mV": before * 1e3,
            "step at the end / mV": step * 1e3,
            "resistance of the first row / ohm": at_once / train.current,
            "resistance at the end / ohm": single,
        }
    )
    length = duration_text(float(np.median(train.duration)))
    low, high = train.current.min() * 1e6, train.current.max() * 1e6
    note = (
        f"{len(train)} pulses of {length} with rests between them: the voltage counts from the rest before each, and "
        f"single pulses give {single.min():.4g} to {single.max():.4g} ohm. This holds for that time, not for the "
        "steady state."
    )
    return dataclasses.replace(
        report,
        verdict=f"{len(train)} pulses of {length}, {low:.4g} to {high:.4g} uA.",
        notes=(note, *report.notes),
        tables={"pulses": table},
    )
