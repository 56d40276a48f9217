"""Cycling of a cell: capacities, efficiencies, retention, fade both ways, knee, and dQ/dV."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ceramer import laws
from ceramer.analysis._report import AnalysisReport, Input, stated
from ceramer.analysis._statistics import least_squares, linear_fit, noise_of
from ceramer.analysis._uncertain import Array, Mask, Number, array_of, number, propagate, series_of
from ceramer.errors import InputError
from ceramer.provenance import Result
from ceramer.units import Value

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["capacity_basis", "cycle_table", "cycling", "incremental_capacity", "retention_and_fade"]


def cycle_table(
    time: object, current: object, voltage: object, cycle: object | None = None, step: object | None = None
) -> pd.DataFrame:
    """Integrate charge and energy cycle by cycle.

    Parameters
    ----------
    time, current, voltage : shape (n,), [s], [A] (positive on charge), [V]
    cycle : cycle numbers, shape (n,); None: a new cycle begins where the first direction starts again
    step : step numbers, shape (n,); no charge is counted between the last row of a step and the first of the next

    Returns
    -------
    pandas.DataFrame
        One row a cycle: charge and discharge capacity [C], energies [J], mean voltages [V], duration [s], the mean
        |I| of the charge and of the discharge [A], and whether the cycle began with discharge.

    Raises
    ------
    InputError
        Columns that do not fit together.
    """
    import pandas as pd

    t, i, v = series_of(time=time, current=current, voltage=voltage, at_least=4)
    number_of = _count_cycles(i) if cycle is None else array_of(cycle, "cycle")
    if number_of.size != t.size:
        raise InputError(f"cycle has {number_of.size} entries for {t.size} rows.")
    names, index = np.unique(number_of, return_inverse=True)
    dt = np.diff(t)
    # Into or out of a rest the current is not known between the rows: nothing is counted there.
    same = (index[1:] == index[:-1]) & (i[1:] * i[:-1] > 0.0)
    if step is not None:
        steps = array_of(step, "step")
        if steps.size != t.size:
            raise InputError(f"step has {steps.size} entries for {t.size} rows.")
        same &= steps[1:] == steps[:-1]
    moved = np.where(same, 0.5 * (i[1:] + i[:-1]) * dt, 0.0)
    work = moved * 0.5 * (v[1:] + v[:-1])
    where, n = index[1:], names.size
    charge = np.bincount(where, np.maximum(moved, 0.0), n)
    discharge = np.bincount(where, np.maximum(-moved, 0.0), n)
    energy_in = np.bincount(where, np.where(moved > 0.0, work, 0.0), n)
    energy_out = np.bincount(where, np.where(moved < 0.0, -work, 0.0), n)
    up = np.bincount(where, np.where(moved > 0.0, dt, 0.0), n)
    down = np.bincount(where, np.where(moved < 0.0, dt, 0.0), n)
    flowing = i != 0.0
    first_sign = np.zeros(n)
    rows = np.flatnonzero(flowing)[::-1]
    first_sign[index[rows]] = np.sign(i[rows])
    with np.errstate(divide="ignore", invalid="ignore"):
        return pd.DataFrame(
            {
                "cycle": names,
                "charge / C": charge,
                "discharge / C": discharge,
                "charge energy / J": energy_in,
                "discharge energy / J": energy_out,
                "mean charge voltage / V": energy_in / charge,
                "mean discharge voltage / V": energy_out / discharge,
                "mean charge current / A": charge / up,
                "mean discharge current / A": discharge / down,
                "duration / s": np.bincount(where, np.where(index[1:] == index[:-1], dt, 0.0), n),
                "starts with discharge": first_sign < 0.0,
            }
        )


def capacity_basis(active_mass: Number | None, area: Number | None) -> tuple[float, str, str, list[Input]]:
    """Return by what a capacity is multiplied, its unit, how that is said, and the number behind it, if there is one.

    Capacities are per active mass [kg] where it is given, else per area [m2], else of the whole cell.
    """
    for given, name, shown, unit, example in (
        (active_mass, "active_mass", "mg", "mAh/g", "2.1e-6"),
        (area, "area", "cm2", "mAh/cm2", "1.131e-4"),
    ):
        if given is not None:
            value = number(given, name, positive=True, example=example)
            return 1.0 / value.value, unit, f" per {name.replace('_', ' ')}", [stated(name, value, shown)]
    return 1.0, "mAh", "", []


def _count_cycles(current: Array) -> Array:
    """Number the cycles: each begins where the direction of the first current starts again."""
    rows = np.flatnonzero(np.abs(current) > 1e-2 * np.abs(current).max())
    if rows.size == 0:
        raise InputError("The current is 0 throughout, so there is no cycle.")
    sign = np.sign(current[rows])
    begins = rows[1:][(sign[1:] == sign[0]) & (sign[:-1] != sign[0])]
    mark = np.zeros(current.size)
    mark[begins] = 1.0
    return np.asarray(1.0 + np.cumsum(mark))


def cycling(
    time: object,
    current: object,
    voltage: object,
    *,
    cycle: object | None = None,
    step: object | None = None,
    active_mass: Number | None = None,
    area: Number | None = None,
    formation_cycles: int | None = None,
) -> AnalysisReport:
    """Return capacity, retention, coulombic and energy efficiency, fade per cycle both ways, and the knee.

    Parameters
    ----------
    time, current, voltage : shape (n,), [s], [A] (positive on charge), [V]
    cycle : cycle numbers, shape (n,); None: counted from the current
    step : step numbers, shape (n,)
    active_mass : [kg]; capacities are then per mass
    area : [m2]; capacities are then per area where no mass is given
    formation_cycles : how many cycles come before Q_1; None: those whose current differs from the commonest

    Returns
    -------
    AnalysisReport
        initial_capacity, final_capacity, capacity_retention, capacity_fade_per_cycle (linear),
        geometric_fade_per_cycle, coulombic_efficiency, energy_efficiency, knee_cycle where there is one; a table of
        cycles.

    Raises
    ------
    InputError
        Columns that do not fit together, or no whole cycle.

    Notes
    -----
    Retention is Q_n/Q_1 of discharge capacities. Coulombic efficiency is the second half of a cycle over the first:
    discharge over charge, or charge over discharge for a cell that starts with discharge.
    """
    table = cycle_table(time, current, voltage, cycle, step)
    scale, unit, basis, inputs = capacity_basis(active_mass, area)
    warnings: list[str] = []
    notes: list[str] = []
    whole = _whole(table)
    if not whole.any():
        raise InputError("No cycle holds both a charge and a discharge; give the whole record or the cycle column.")
    if not whole[-1] and whole.size > 1:
        warnings.append(f"The last cycle ({table['cycle'].iloc[-1]:g}) is not whole and was left out.")
    inner = int((~whole[:-1]).sum())
    if inner:
        warnings.append(
            f"{inner} cycles before the last are not whole (pauses, or a changed protocol) and were left out."
        )
    used = table[whole].reset_index(drop=True)
    capacity = np.array(used["discharge / C"])
    start = _formation(used) if formation_cycles is None else formation_cycles
    if not 0 <= start < capacity.size:
        raise InputError(f"formation_cycles is {start}, but only {capacity.size} whole cycles are there.")
    if start and formation_cycles is None:
        notes.append(f"Q_1 is cycle {used['cycle'].iloc[start]:g}: the {start} before it ran at another current.")
    backwards = bool(used["starts with discharge"].iloc[start])
    efficiency = capacity / np.array(used["charge / C"])
    if backwards:
        efficiency = 1.0 / efficiency
        notes.append(
            "The cycles begin with discharge: the coulombic efficiency is charge over the discharge before it."
        )
    energy = np.array(used["discharge energy / J"]) / np.array(used["charge energy / J"])
    if (efficiency[start:] > 1.005).mean() > 0.1:
        count = int((efficiency[start:] > 1.005).sum())
        warnings.append(
            f"{count} {'cycle gives' if count == 1 else 'cycles give'} more charge than taken (efficiency above 100.5 "
            "%): the current is not calibrated, or the cell draws on a reserve."
        )
    level = np.array(used["mean discharge current / A"])[start:]
    if level.size > 1 and not 0.9 < level[-1] / level[0] < 1.1:
        warnings.append(
            f"The first cycle counted was discharged at {level[0] * 1e3:.4g} mA and the last at {level[-1] * 1e3:.4g} "
            "mA: the retention compares unlike cycles; leave the first ones out with formation_cycles, or cut the file."
        )
    if (energy[start:] > 1.005).mean() > 0.1:
        count = int((energy[start:] > 1.005).sum())
        warnings.append(
            f"{count} {'cycle gives' if count == 1 else 'cycles give'} more energy than taken: the charge that stored "
            "it is not in the record (a cell built charged, or a charge cut short)."
        )
    odd = _outliers(capacity[start:])
    if odd.any():
        warnings.append(
            f"{int(odd.sum())} cycles stand out of their neighbours (such as cycle "
            f"{used['cycle'].iloc[start + int(np.argmax(odd))]:g}) and were left out of the fits."
        )
    if capacity.size - start > 1:
        inner_report = retention_and_fade(
            np.array(used["cycle"])[start:][~odd], capacity[start:][~odd] * scale, unit=unit
        )
    else:
        only = Result("initial_capacity", float(capacity[start]) * scale, unit, method="the only whole cycle")
        inner_report = AnalysisReport(
            "cycling", (only,), verdict="One whole cycle.", warnings=("One whole cycle: no retention, no fade.",)
        )
    ce = _typical(efficiency[start:][~odd][1:] if efficiency.size - start > 4 else efficiency[start:])
    ee = _typical(energy[start:][~odd][1:] if efficiency.size - start > 4 else energy[start:])
    sense = "charge over discharge" if backwards else "discharge over charge"
    results = (
        *inner_report.results,
        Result("coulombic_efficiency", ce.value, "%", ce.standard_uncertainty, method=f"median of {sense}"),
        Result(
            "energy_efficiency", ee.value, "%", ee.standard_uncertainty, method="median of energy out over energy in"
        ),
    )
    shown = used.rename(columns={"charge / C": f"charge / {unit}", "discharge / C": f"discharge / {unit}"})
    from ceramer.units import si_factor

    factor = scale / si_factor(unit)
    shown[f"charge / {unit}"] *= factor
    shown[f"discharge / {unit}"] *= factor
    shown["coulombic efficiency / %"] = 100.0 * efficiency
    shown["energy efficiency / %"] = 100.0 * energy
    shown["left out"] = np.concatenate([np.zeros(start, dtype=bool), odd])
    return AnalysisReport(
        "cycling",
        results,
        verdict=inner_report.verdict,
        warnings=(*warnings, *inner_report.warnings),
        notes=(*notes, *inner_report.notes, f"Capacities are of discharge{basis}."),
        inputs=tuple(inputs),
        tables={"cycles": shown},
        series={
            **inner_report.series,
            "coulombic_efficiency": efficiency,
            **_first_incremental(time, current, voltage, cycle, float(used["cycle"].iloc[start])),
        },
    )


def _first_incremental(
    time: object, current: object, voltage: object, cycle: object | None, first: float
) -> dict[str, Array]:
    """Return dQ/dV of the discharge of cycle `first`, where the record numbers its cycles and the voltage moves."""
    if cycle is None:
        return {}
    t, i, v = series_of(time=time, current=current, voltage=voltage, at_least=4)
    chosen = (np.asarray(cycle, dtype=float) == first) & (i < 0.0)
    if chosen.sum() < 20:
        return {}
    t, i, v = t[chosen], i[chosen], v[chosen]
    charge = np.concatenate([[0.0], np.cumsum(0.5 * (i[1:] + i[:-1]) * np.diff(t))])
    try:
        found = incremental_capacity(v, charge)
    except InputError:  # too narrow a range of voltage
        return {}
    return {
        "incremental_voltage": np.array(found["voltage / V"]),
        "incremental_capacity": np.array(found["dQ/dV / C/V"]),
    }


def _whole(table: pd.DataFrame) -> Mask:
    """Cycles with both directions, and not cut short (less than half of the neighbours' charge on one side only)."""
    up, down = np.array(table["charge / C"]), np.array(table["discharge / C"])
    most = max(float(up.max()), float(down.max()))
    whole = (up > 0.01 * most) & (down > 0.01 * most)
    if whole.sum() >= 3:
        typical = np.median(down[whole])
        low, high = np.minimum(up, down), np.maximum(up, down)
        odd = (low < 0.8 * typical) | (high > 1.5 * np.median(high[whole]))  # cut short, or something follows it
        lopsided = (low < 0.5 * high) & odd
        keep = whole & ~lopsided
        # A first cycle may lose much of its charge for good; only the last one can be cut.
        whole[-1] = keep[-1]
    return np.asarray(whole)


def _formation(table: pd.DataFrame) -> int:
    """How many cycles at the start ran at a current that differs from the commonest by over 10 %."""
    level = np.array(table["mean discharge current / A"])
    if level.size < 5:
        return 0
    typical = float(np.median(level))
    ordinary = np.abs(level / typical - 1.0) < 0.1
    first = int(np.argmax(ordinary))
    return first if first <= min(10, level.size // 4) else 0


def _outliers(values: Array) -> Mask:
    """Points more than 8 robust deviations away from a running median of 7."""
    if values.size < 9:
        return np.zeros(values.size, dtype=bool)
    from scipy.ndimage import median_filter

    rest = values - median_filter(values, 7, mode="nearest")
    spread = 1.4826 * float(np.median(np.abs(rest)))
    return np.asarray(np.abs(rest) > np.maximum(8.0 * spread, 0.03 * np.abs(values).max()))


def _typical(values: Array) -> Value:
    """Median, with the standard error of a median from the robust scatter (none for fewer than 4)."""
    if values.size < 4:
        return Value(float(np.median(values)))
    spread = 1.4826 * float(np.median(np.abs(values - np.median(values))))
    return Value(float(np.median(values)), 1.2533 * spread / math.sqrt(values.size))


def retention_and_fade(cycle: object, capacity: object, *, unit: str = "mAh/g") -> AnalysisReport:
    """Return retention, linear and geometric fade, the fitted fade rate and the knee of a capacity-cycle curve.

    Parameters
    ----------
    cycle : cycle numbers, shape (n,), n >= 2, rising
    capacity : discharge capacities, shape (n,), SI of `unit`
    unit : unit to show capacities in

    Returns
    -------
    AnalysisReport
        initial_capacity, final_capacity, capacity_retention, capacity_fade_per_cycle, geometric_fade_per_cycle,
        fitted_fade_per_cycle (slope of a line over Q_1), knee_cycle.

    Raises
    ------
    InputError
        Fewer than two cycles, or a capacity that is not above 0.

    Notes
    -----
    The error bars of Q_1 and Q_n come from the scatter of neighbouring cycles. The knee is a break of two lines that
    beats a straight line and a power law by more than 10 in BIC, and steepens the fade at least twofold.
    """
    n, q = series_of(cycle=cycle, capacity=capacity, at_least=2)
    if (q <= 0.0).any():
        raise InputError("Every capacity must be above 0; leave empty cycles out.")
    if (np.diff(n) <= 0.0).any():
        raise InputError("Cycle numbers must rise; sort the cycles and leave repeats out.")
    warnings: list[str] = []
    notes: list[str] = []
    noise = noise_of(q) if q.size >= 8 else None
    if noise is None:
        warnings.append("Fewer than 8 cycles: the scatter is not known, so retention carries no error bar.")
    first, last = Value(float(q[0]), noise), Value(float(q[-1]), noise)
    count = float(n[-1] - n[0])
    kept = propagate(lambda a, b: float(laws.retention(a, b)), a=first, b=last)
    linear = propagate(lambda a, b: float(laws.linear_fade(laws.retention(a, b), count)), a=first, b=last)
    geometric = propagate(lambda a, b: float(laws.geometric_fade(laws.retention(a, b), count)), a=first, b=last)
    results = [
        Result("initial_capacity", first.value, unit, noise, method=f"cycle {n[0]:g}"),
        Result("final_capacity", last.value, unit, noise, method=f"cycle {n[-1]:g}"),
        Result("capacity_retention", kept.value, "%", kept.standard_uncertainty, method="Q_n / Q_1"),
        Result(
            "capacity_fade_per_cycle",
            linear.value,
            "%",
            linear.standard_uncertainty,
            method=f"(1 - r)/{count:g}, linear",
        ),
        Result(
            "geometric_fade_per_cycle",
            geometric.value,
            "%",
            geometric.standard_uncertainty,
            method=f"1 - r^(1/{count:g})",
        ),
    ]
    series = {"cycle": n, "capacity": q}
    if q.size >= 8:
        line = linear_fit(np.column_stack([np.ones_like(n), n - n[0]]), q, correlated=True)
        base = float(line.coefficients[0])
        slope = propagate(
            lambda s, q1: -s / q1, s=Value(float(line.coefficients[1]), line.error(1)), q1=Value(base, line.error(0))
        )
        results.append(
            Result(
                "fitted_fade_per_cycle",
                slope.value,
                "%",
                slope.standard_uncertainty,
                method="line through all cycles / its start",
            )
        )
        series["fit_capacity"] = q - line.residuals
        scale = max(float(noise or 0.0), 1e-12 * base)
        if line.chi_square / line.degrees_of_freedom > 4.0 * scale**2:
            warnings.append(
                "The capacity does not fall along a straight line: one fade per cycle describes it on average only "
                f"(misfit {math.sqrt(line.chi_square / line.degrees_of_freedom) / base:.1%} of the capacity)."
            )
        if q.size >= 20:
            knee = _knee(n, q, line.chi_square, warnings)
            if knee is not None:
                results.append(knee)
        rise = q.max() / q[0] - 1.0
        if rise > max(0.02, 4.0 * scale / base):
            warnings.append(
                f"The capacity rose by {rise:.1%} after the first cycle counted: "
                "retention against the maximum would be "
                f"{q[-1] / q.max():.1%}; activation cycles should not count as Q_1."
            )
    else:
        notes.append("Too few cycles for a fit of the fade.")
    return AnalysisReport(
        "retention_and_fade",
        tuple(results),
        verdict=f"{kept.value:.1%} of the capacity was left after {count:g} {'cycle' if count == 1.0 else 'cycles'}.",
        warnings=tuple(warnings),
        notes=tuple(notes),
        series=series,
    )


def _knee(n: Array, q: Array, line: float, warnings: list[str]) -> Result | None:
    """A break where the fade steepens, against a line and against Q_0 (1 - a n^z)."""
    x = n - n[0]
    span = float(x[-1])

    def broken(k: float) -> float:
        return linear_fit(np.column_stack([np.ones_like(x), x, np.maximum(x - k, 0.0)]), q).chi_square

    grid = np.linspace(0.1 * span, 0.9 * span, 17)
    chi = [broken(k) for k in grid]
    start = float(grid[int(np.argmin(chi))])
    fit = linear_fit(np.column_stack([np.ones_like(x), x, np.maximum(x - start, 0.0)]), q)
    scale = np.array([q[0], q[0] / span, q[0] / span, span])
    begin = np.array([*fit.coefficients, start]) / scale
    solved = least_squares(
        lambda p: p[0] * scale[0] + p[1] * scale[1] * x + p[2] * scale[2] * np.maximum(x - p[3] * scale[3], 0.0) - q,
        begin,
        correlated=True,
    )

    def power(z: float) -> float:
        return linear_fit(np.column_stack([np.ones_like(x), x**z]), q).chi_square

    smooth = min(power(z) for z in np.linspace(0.3, 6.0, 20))
    size = n.size
    penalty = math.log(size)
    broken_score = size * math.log(max(solved.chi_square, 1e-300)) + 4.0 * penalty
    rivals = (size * math.log(max(line, 1e-300)) + 2.0 * penalty, size * math.log(max(smooth, 1e-300)) + 3.0 * penalty)
    before, after = (
        float(solved.parameters[1] * scale[1]),
        float(solved.parameters[1] * scale[1] + solved.parameters[2] * scale[2]),
    )
    where = float(solved.parameters[3]) * span
    if broken_score + 10.0 > min(rivals) or not 0.0 < where < span or after >= 2.0 * min(before, 0.0) or after >= 0.0:
        return None
    error = solved.error(3)
    warnings.append(
        f"The fade steepens at cycle {n[0] + where:.0f} (a knee): from "
        f"{-before / q[0]:.3%} to {-after / q[0]:.3%} per cycle; "
        "a fade rate before it says nothing about the time after."
    )
    return Result(
        "knee_cycle", float(n[0]) + where, "1", None if error is None else error * span, method="break of two lines"
    )


def incremental_capacity(voltage: object, charge: object, *, step: float = 0.005, smoothing: int = 11) -> pd.DataFrame:
    """Return dQ/dV of one half-cycle on an even grid of voltage.

    Parameters
    ----------
    voltage : shape (n,), [V], rising or falling
    charge : passed since the start of the half-cycle, shape (n,), [C] (or any unit of capacity)
    step : of the grid, [V]
    smoothing : points of the Savitzky-Golay window (quadratic), odd

    Returns
    -------
    pandas.DataFrame
        voltage [V] and dQ/dV [C/V], positive for a half-cycle that runs one way.

    Raises
    ------
    InputError
        Fewer than `smoothing` grid points, or a voltage that does not move.
    """
    import pandas as pd
    from scipy.signal import savgol_filter

    v, q = series_of(voltage=voltage, charge=charge, at_least=5)
    order = np.argsort(v, kind="stable")
    grid = np.arange(float(v.min()), float(v.max()), step)
    if grid.size <= smoothing or smoothing % 2 == 0 or smoothing < 5:
        raise InputError(
            f"dQ/dV needs an odd smoothing window of at least 5 points and more than {smoothing} voltages "
            f"({grid.size} given); lower step or smoothing."
        )
    # Mean charge in each voltage bin: plateaus with many points do not outweigh the rest.
    edges = np.concatenate([grid - 0.5 * step, [grid[-1] + 0.5 * step]])
    where = np.clip(np.searchsorted(edges, v[order]) - 1, 0, grid.size - 1)
    counts = np.bincount(where, minlength=grid.size)
    sums = np.bincount(where, q[order], grid.size)
    filled = counts > 0
    even = np.interp(grid, grid[filled], sums[filled] / counts[filled])
    slope = savgol_filter(even, smoothing, 2, deriv=1, delta=step)
    rising = float(np.corrcoef(v, q)[0, 1]) >= 0.0
    return pd.DataFrame({"voltage / V": grid, "dQ/dV / C/V": slope if rising else -slope})
