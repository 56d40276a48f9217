"""Rate test: capacity at each C-rate, its recovery, and what happened in between."""

from __future__ import annotations

import math

import numpy as np

from ceramer.analysis._cycling import capacity_basis, cycle_table
from ceramer.analysis._report import AnalysisReport, stated
from ceramer.analysis._statistics import least_squares, student_factor
from ceramer.analysis._uncertain import Array, Number, number, series_of
from ceramer.errors import InputError
from ceramer.provenance import Result

__all__ = ["capacity_at_rate", "rate_test", "rate_test_from_record"]


def capacity_at_rate(rate: object, low_rate_capacity: float, time_constant: float, exponent: float) -> Array:
    """Return the capacity at a rate, ``Q = Q_0 [1 - (R tau)^n (1 - exp(-(R tau)^-n))]``.

    Parameters
    ----------
    rate : R, current over the capacity really delivered, [1/s]
    low_rate_capacity : Q_0, any unit of capacity
    time_constant : tau, [s]; Q falls to 63 % near R = 1/(2 tau)
    exponent : n, 0.5 where diffusion limits, 1 where a resistance does

    Returns
    -------
    Q, in the unit of Q_0

    References
    ----------
    .. [1] R. Tian et al., Nat. Commun. 10, 1933 (2019), doi:10.1038/s41467-019-09792-9

    Examples
    --------
    >>> capacity_at_rate([1e-9], 160.0, 100.0, 1.0)
    array([160.])
    """
    x = np.maximum((np.asarray(rate, dtype=float) * time_constant) ** exponent, 1e-300)
    return np.asarray(low_rate_capacity * (1.0 - x * -np.expm1(-1.0 / x)))


def rate_test(
    current: object,
    capacity: object,
    *,
    cycle: object | None = None,
    unit: str = "mAh/g",
    nominal_capacity: Number | None = None,
) -> AnalysisReport:
    """Group cycles by current and return the capacity at each rate, and the recovery at the first rate.

    Parameters
    ----------
    current : mean |I| (or |j|) of each discharge, shape (n,), [A] (or [A/m2], [A/kg])
    capacity : discharge capacity of each cycle, shape (n,), [C] (or per area, per mass, like the current)
    cycle : numbers for the table; None: 1, 2, ...
    unit : unit to show capacities in
    nominal_capacity : that 1C refers to, same kind as `capacity`, for the column of C-rates

    Returns
    -------
    AnalysisReport
        initial_capacity (first rate), capacity_at_highest_rate, rate_capability (their ratio), capacity_recovery,
        rate_time_constant [s] where at least four rates allow the fit; a table of rates.

    Raises
    ------
    InputError
        Fewer than two different currents.

    Notes
    -----
    The capacity at a rate is the mean of its cycles after the first (the first follows another rate), its error bar the
    standard error. Fade during the test mixes with rate; the return to the first rate measures it.

    References
    ----------
    .. [1] R. Tian et al., Nat. Commun. 10, 1933 (2019), doi:10.1038/s41467-019-09792-9
    """
    import pandas as pd

    i, q = series_of(current=current, capacity=capacity, at_least=3)
    if (i <= 0.0).any() or (q <= 0.0).any():
        raise InputError("current and capacity must be above 0 for each cycle; pass the magnitudes of discharge.")
    names = np.arange(1.0, i.size + 1.0) if cycle is None else series_of(cycle=cycle, current=i)[0]
    block = np.concatenate([[0], np.cumsum(np.abs(np.diff(np.log(i))) > 0.1)])
    count = int(block[-1]) + 1
    level = np.array([float(np.median(i[block == k])) for k in range(count)])
    if np.ptp(np.log(level)) < 0.1:
        raise InputError("All cycles ran at one current, which is no rate test; use cycling for it.")
    warnings: list[str] = []
    notes: list[str] = []
    means, errors, slopes = np.empty(count), np.full(count, np.nan), np.zeros(count)
    for k in range(count):
        mine = q[block == k]
        settled = mine[1:] if mine.size > 2 else mine
        means[k] = settled.mean()
        if settled.size > 1:
            errors[k] = settled.std(ddof=1) / math.sqrt(settled.size) * student_factor(settled.size - 1)
            slopes[k] = (settled[-1] - settled[0]) / means[k]
    nominal = None if nominal_capacity is None else number(nominal_capacity, "nominal_capacity", positive=True).value
    from ceramer.units import si_factor

    factor = 1.0 / si_factor(unit)
    rows = [
        {
            "rate": k + 1,
            "cycles": f"{names[block == k][0]:g}-{names[block == k][-1]:g}",
            "C-rate (nominal)": math.nan if nominal is None else level[k] * 3600.0 / nominal,
            "C-rate (real)": level[k] * 3600.0 / means[k],
            f"capacity / {unit}": means[k] * factor,
            f"standard uncertainty / {unit}": errors[k] * factor,
            "of first": means[k] / means[0],
        }
        for k in range(count)
    ]
    top = int(np.argmax(level))
    results = [
        _capacity(
            "initial_capacity", means, errors, 0, unit=unit, method="mean of the first rate without its first cycle"
        ),
        _capacity("capacity_at_highest_rate", means, errors, top, unit=unit, method="mean at the highest current"),
    ]
    ratio = float(means[top] / means[0])
    spread = ratio * math.hypot(float(errors[top] / means[top]), float(errors[0] / means[0]))
    results.append(
        Result(
            "rate_capability", ratio, "%", None if math.isnan(spread) else spread, method="highest rate over first rate"
        )
    )
    back = [k for k in range(1, count) if abs(level[k] / level[0] - 1.0) < 0.1]
    if back:
        r = float(means[back[-1]] / means[0])
        s = r * math.hypot(float(errors[back[-1]] / means[back[-1]]), float(errors[0] / means[0]))
        results.append(
            Result(
                "capacity_recovery",
                r,
                "%",
                None if math.isnan(s) else s,
                method="first rate at the end over at the start",
            )
        )
        if r < 0.97:
            warnings.append(
                f"Only {r:.1%} of the capacity came back at the first rate: fade is "
                "mixed into the capacities at the later rates."
            )
    else:
        warnings.append(
            "The test never returned to its first rate: loss by rate and loss by fade cannot be told apart."
        )
    for k in range(count):
        if abs(slopes[k]) > 0.03:
            warnings.append(f"The capacity still moved by {slopes[k]:+.1%} within rate {k + 1}: it had not settled.")
            break
    if np.isnan(errors).any():
        notes.append("A rate with fewer than two settled cycles carries no error bar.")
    fitted = _fit(level / means, means, errors, unit) if np.unique(np.round(np.log(level), 1)).size >= 4 else ()
    results.extend(fitted)
    return AnalysisReport(
        "rate_test",
        tuple(results),
        verdict=f"{ratio:.1%} of the first capacity is left at {level[top] / level[0]:.3g} times the first current.",
        warnings=tuple(warnings),
        notes=tuple(notes),
        inputs=() if nominal_capacity is None else (stated("nominal_capacity", nominal_capacity, unit),),
        tables={"rates": pd.DataFrame(rows)},
        series={"current": level, "capacity": means, "cycle": names, "cycle_capacity": q},
    )


def _capacity(name: str, means: Array, errors: Array, k: int, *, unit: str, method: str) -> Result:
    error = float(errors[k])
    return Result(name, float(means[k]), unit, None if math.isnan(error) else error, method=method)


def _fit(rate: Array, q: Array, errors: Array, unit: str) -> tuple[Result, ...]:
    """Q_0, tau and n of `capacity_at_rate`, where the data fix them."""
    top = float(q.max())
    span = math.sqrt(float(rate.min() * rate.max()))
    sigma = np.where(np.isnan(errors) | (errors < 2e-3 * q), 2e-3 * q, errors)
    if top / q.min() < 1.1:
        return ()
    fit = least_squares(
        lambda p: (capacity_at_rate(rate, p[0] * top, math.exp(p[1]) / span, p[2]) - q) / sigma,
        np.array([1.0, math.log(0.3), 0.8]),
        low=np.array([0.3, -12.0, 0.2]),
        high=np.array([3.0, 6.0, 3.0]),
    )
    error = fit.error(1)
    tau = math.exp(float(fit.parameters[1])) / span
    if error is None or error > 1.0 or fit.chi_square / max(fit.degrees_of_freedom, 1) > 400.0:
        return ()
    return (
        Result(
            "rate_time_constant", tau, "s", tau * error, method="tau of Q = Q_0 [1 - (R tau)^n (1 - exp(-(R tau)^-n))]"
        ),
        Result("rate_exponent", float(fit.parameters[2]), "1", fit.error(2), method="n of the same law"),
        Result(
            "low_rate_capacity",
            float(fit.parameters[0]) * top,
            unit,
            _scaled(fit.error(0), top),
            method="Q_0 of the same law",
        ),
    )


def _scaled(error: float | None, factor: float) -> float | None:
    return None if error is None else error * factor


def rate_test_from_record(
    time: object,
    current: object,
    voltage: object,
    *,
    cycle: object | None = None,
    step: object | None = None,
    active_mass: Number | None = None,
    area: Number | None = None,
    nominal_capacity: Number | None = None,
) -> AnalysisReport:
    """Integrate a cycler record (`cycle_table`) and return its `rate_test`.

    Parameters
    ----------
    time, current, voltage, cycle, step : as `cycle_table`
    active_mass, area : [kg], [m2]; capacities are per mass, else per area, else in mAh
    nominal_capacity : that 1C refers to, of the same kind

    Returns
    -------
    AnalysisReport
    """
    table = cycle_table(time, current, voltage, cycle, step)
    table = table[(table["discharge / C"] > 0.0) & (table["charge / C"] > 0.0)]
    scale, unit, _, _ = capacity_basis(active_mass, area)
    return rate_test(
        np.array(table["mean discharge current / A"]) * scale,
        np.array(table["discharge / C"]) * scale,
        cycle=np.array(table["cycle"]),
        unit=unit,
        nominal_capacity=nominal_capacity,
    )
