"""Electrochemical stability window from a linear or cyclic sweep, by several criteria at a stated scan rate."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ceramer.analysis._report import AnalysisReport, Input, stated
from ceramer.analysis._statistics import linear_fit, noise_of
from ceramer.analysis._uncertain import Array, Mask, Number, array_of, number, series_of
from ceramer.errors import InputError
from ceramer.provenance import Result

__all__ = ["window"]

_THRESHOLDS = (0.1, 0.5, 1.0)
"""10, 50 and 100 uA/cm2 [A/m2]."""


@dataclass(frozen=True)
class _Onset:
    criterion: str
    potential: float | None
    standard_uncertainty: float | None
    threshold: float | None = None


def window(
    potential: object,
    current: object,
    *,
    area: Number,
    scan_rate: float | None = None,
    time: object | None = None,
    thresholds: Sequence[float] = _THRESHOLDS,
    baseline: tuple[float, float] | None = None,
    temperature: Number | None = None,
) -> AnalysisReport:
    """Read oxidation and reduction onsets from a sweep by several criteria, and print their spread.

    A straight baseline (capacitive and leak current) is fitted to the quiet part of each leg and subtracted.
    Criteria: (a) the current density passes a threshold, (b) it rises above five times the noise, (c) the tangent at
    half of the final
    rise meets the baseline.

    Parameters
    ----------
    potential, current : shape (n,), [V] against Li/Li+ and [A], in the order measured
    area : S of the working electrode, [m2]
    scan_rate : [V/s]; None: from `time`
    time : shape (n,), [s]
    thresholds : current densities of criterion (a), [A/m2]
    baseline : potentials (low, high) between which to fit the baseline, [V]; None: the longest straight stretch
        of each leg
    temperature : [K], reported with the result

    Returns
    -------
    AnalysisReport
        oxidation_potential and reduction_potential [V] at the middle threshold, with a table of all criteria.

    Raises
    ------
    InputError
        Neither scan rate nor time, no area, or a potential that does not move.

    Notes
    -----
    An onset depends on threshold and scan rate, and planar steel understates what carbon in a cathode does: an upper
    bound of stability. A leg that ends in a short is cut there, and onsets beyond it are bounds.
    """
    e, i = series_of(potential=potential, current=current, at_least=20)
    s = number(area, "area", positive=True, example="1.131e-4")
    levels = np.sort(np.abs(array_of(thresholds, "thresholds")))
    if (levels == 0.0).any():
        raise InputError("A threshold of 0 is crossed by noise; give current densities above 0, such as 0.1 A/m2.")
    rate = scan_rate
    if time is not None:
        t, _ = series_of(time=time, potential=e)
        moving = np.diff(t) > 0.0
        measured = float(np.median(np.abs(np.diff(e)[moving] / np.diff(t)[moving])))
        rate = measured if rate is None else rate
        mismatch = abs(measured / rate - 1.0) > 0.05
    else:
        mismatch = False
    if rate is None:
        raise InputError("The scan rate is needed to state a window: pass scan_rate=1e-3 (V/s) or the time column.")
    if np.ptp(e) < 0.02:
        raise InputError("The potential moves by less than 20 mV, which is no sweep.")
    j = i / s.value
    warnings: list[str] = []
    notes: list[str] = []
    if mismatch:
        warnings.append(
            f"The scan rate given ({rate * 1e3:.4g} mV/s) is not the one in the data ({measured * 1e3:.4g} mV/s)."
        )
    rows: list[dict[str, object]] = []
    results: list[Result] = []
    middle = float(levels[len(levels) // 2])
    for anodic, a, b in _legs(e):
        leg_e, leg_j = e[a:b], j[a:b]
        name = "oxidation" if anodic else "reduction"
        sign = 1.0 if anodic else -1.0
        cut = _short(leg_j, 0.1 * float(levels[0]))
        if cut is not None:
            warnings.append(
                f"The current jumped at {leg_e[cut]:.3f} V on the way {'up' if anodic else 'down'} and stayed: "
                "a short or a lost contact; the leg is cut there, and what lies "
                "beyond is not a property of the electrolyte."
            )
            leg_e, leg_j = leg_e[:cut], leg_j[:cut]
        if leg_e.size < 20:
            continue
        onsets, base_noise, quiet = _onsets(sign * leg_e, sign * leg_j, levels, baseline, sign)
        if not quiet:
            warnings.append(f"The {name} leg has no quiet part to take a baseline from; pass baseline=(low, high).")
        limit = float(leg_e[-1])
        rows.extend(
            {
                "leg": name,
                "criterion": onset.criterion,
                "potential / V": math.nan if onset.potential is None else sign * onset.potential,
                "standard uncertainty / V": math.nan
                if onset.standard_uncertainty is None
                else onset.standard_uncertainty,
                "remark": "" if onset.potential is not None else f"not reached up to {limit:.3f} V",
            }
            for onset in onsets
        )
        chosen = next(o for o in onsets if o.threshold == middle)
        label = f"{middle * 100:.3g} uA/cm2 at {rate * 1e3:.4g} mV/s"
        if chosen.potential is None:
            results.append(
                Result(
                    f"{name}_potential_{'lower' if anodic else 'upper'}_bound",
                    limit,
                    "V",
                    method=f"{label} was not reached",
                )
            )
            notes.append(f"No {name} above {label} up to {limit:.3f} V: a bound, not an onset.")
        else:
            results.append(
                Result(
                    f"{name}_potential",
                    sign * chosen.potential,
                    "V",
                    chosen.standard_uncertainty,
                    method=f"current passes {label}",
                )
            )
            found = [sign * o.potential for o in onsets if o.potential is not None]
            if len(found) > 1 and np.ptp(found) > 0.05:
                warnings.append(
                    f"The {name} onset depends on the criterion: {min(found):.2f} to {max(found):.2f} V; "
                    "state the criterion with the number."
                )
        if base_noise > 0.3 * levels[0]:
            warnings.append(
                f"The noise of the {name} leg ({base_noise * 100:.2g} uA/cm2) comes close to the lowest threshold "
                f"({levels[0] * 100:.3g} uA/cm2)."
            )
    if not results:
        warnings.append("No leg was long enough after the cut; nothing can be said.")
    if rate > 1.05e-3:
        warnings.append(
            f"{rate * 1e3:.3g} mV/s is fast for a stability window: slow decomposition stays below the threshold; "
            "0.1 mV/s or a potential hold is stricter."
        )
    import pandas as pd

    return AnalysisReport(
        "window",
        tuple(results),
        verdict=_verdict(results, rate),
        warnings=tuple(warnings),
        notes=tuple(notes),
        inputs=(
            stated("area", s, "cm2"),
            Input("scan_rate", rate, "mV/s", source="given" if scan_rate is not None else "data"),
            *(() if temperature is None else (stated("temperature", temperature, "degC"),)),
        ),
        tables={"onsets": pd.DataFrame(rows)},
        series={"potential": e, "current_density": j},
    )


def _verdict(results: list[Result], rate: float) -> str:
    parts = [f"{r.quantity.replace('_', ' ')} {r.text}" for r in results]
    return f"At {rate * 1e3:.4g} mV/s: {', '.join(parts) or 'nothing to state'}."


def _legs(e: Array) -> list[tuple[bool, int, int]]:
    """The first rising and the first falling leg (rows a to b), turning points found on a smoothed potential."""
    swing = np.ptp(e)
    turns = [0]
    direction, best = 0.0, 0
    # Turning points by hysteresis on a thinned series: a reversal counts when it exceeds 2 % of the swing.
    thin = np.unique(np.linspace(0, e.size - 1, min(e.size, 4000)).astype(int))
    for k in thin[1:]:
        if direction == 0.0:
            if abs(e[k] - e[0]) > 0.02 * swing:
                direction, best = np.sign(e[k] - e[0]), int(k)
        elif (e[k] - e[best]) * direction > 0.0:
            best = int(k)
        elif (e[best] - e[k]) * direction > 0.02 * swing:
            turns.append(best)
            direction, best = -direction, int(k)
    turns.append(e.size - 1)
    legs: dict[bool, tuple[bool, int, int]] = {}
    for a, b in itertools.pairwise(turns):
        anodic = bool(e[b] > e[a])
        if anodic not in legs and b - a >= 20:
            legs[anodic] = (anodic, a, b + 1)
    return [legs[key] for key in (True, False) if key in legs]


def _short(j: Array, floor: float) -> int | None:
    """Row at which the current jumps and does not come back, or None."""
    step = np.abs(np.diff(j))
    noise = max(noise_of(j), 1e-12)
    # The steepest smooth growth: the running median of steps over 9 points.
    from scipy.ndimage import median_filter

    local = np.maximum(median_filter(step, 9), noise)
    jump = np.flatnonzero((step > 25.0 * local) & (step > 30.0 * noise) & (step > floor))
    for k in jump[jump > 3]:  # the first rows hold the reversal of the capacitive current
        before, after = j[max(0, k - 5) : k + 1], j[k + 1 : k + 25]
        following = step[k + 1 : k + 6]
        # A kink (the current leaves a plateau) goes on as steeply as it began; a jump does not.
        if after.size < 3 or float(np.median(following)) > 0.3 * step[k]:
            continue
        if abs(float(np.median(after)) - float(np.median(before))) > 0.5 * step[k]:
            return int(k) + 1
    return None


def _onsets(
    e: Array, j: Array, levels: Array, baseline: tuple[float, float] | None, sign: float
) -> tuple[list[_Onset], float, bool]:
    """Onsets of one leg, turned so that potential and current both rise."""
    order = np.argsort(e, kind="stable")
    e, j = e[order], j[order]
    if baseline is not None:
        low, high = sorted((sign * baseline[0], sign * baseline[1]))
        quiet = (e >= low) & (e <= high)
        if quiet.sum() < 5:
            raise InputError(f"Fewer than 5 points lie between {baseline[0]:g} and {baseline[1]:g} V for the baseline.")
    else:
        quiet = _quiet(e, j, 0.01 * float(levels[0]))
        if quiet.sum() < 5:
            quiet = np.arange(e.size) < max(5, e.size // 3)
    x = e - e[quiet].mean()
    fit = linear_fit(np.column_stack([np.ones(int(quiet.sum())), x[quiet]]), j[quiet])
    net = j - (fit.coefficients[0] + fit.coefficients[1] * x)
    noise = max(noise_of(j[quiet]), float(np.std(fit.residuals)))
    is_quiet = float(np.ptp(j[quiet])) < max(0.5 * float(net.max()), 10.0 * noise)
    design = np.column_stack([np.ones_like(x), x])
    base_spread = np.sqrt(np.einsum("ij,jk,ik->i", design, fit.covariance, design))
    # What lies before the quiet part (the far side of a reversal) is another reaction.
    after = e >= e[quiet].min()
    e, net, base_spread = e[after], net[after], base_spread[after]
    onsets = [_crossing(e, net, float(level), noise, base_spread) for level in levels]
    five = _sustained(net, 5.0 * noise)
    onsets.append(_Onset("5 x noise", None if five is None else float(e[five]), None))
    onsets.append(_Onset("tangent", _tangent(e, net, noise), None))
    return onsets, noise, is_quiet


def _quiet(e: Array, j: Array, floor: float) -> Mask:
    """The longest stretch of a leg that a straight line describes within the noise, its ends left out."""
    count = 32
    # The first 5 % of the leg charge the double layer.
    edges = np.linspace(e[0] + 0.05 * (e[-1] - e[0]), e[-1], count + 1)
    where = np.clip(np.searchsorted(edges, e, side="right") - 1, -1, count - 1)
    inside = where >= 0
    n = np.bincount(where[inside], minlength=count).astype(float)
    level = np.bincount(where[inside], j[inside], count) / np.maximum(n, 1.0)
    noise = max(noise_of(j), floor)
    x = np.arange(count) / count
    moments = [
        np.concatenate([[0.0], np.cumsum(n * y)]) for y in (np.ones(count), x, x * x, level, x * level, level**2)
    ]
    first, last = np.triu_indices(count + 1, 5)
    s1, sx, sxx, sy, sxy, syy = (m[last] - m[first] for m in moments)
    s1 = np.maximum(s1, 1.0)
    vx, vy, cxy = sxx - sx**2 / s1, syy - sy**2 / s1, sxy - sx * sy / s1
    chi = (vy - cxy**2 / np.maximum(vx, 1e-300)) / noise**2
    misfit = chi / np.maximum(last - first - 2, 1)
    fits = misfit < 1.6
    if float(np.ptp(level)) > 50.0 * noise:
        # A limiting current or the compliance of the instrument is flat too, but it is not small.
        small = np.abs(sy / s1) < 0.1 * float(np.abs(level).max())
        fits, misfit = fits & small, np.where(small, misfit, np.inf)
    k = int(np.argmax(np.where(fits, last - first, 0))) if fits.any() else int(np.argmin(misfit))
    start, stop = int(first[k]), int(last[k])
    margin = 0.2 * (edges[stop] - edges[start])
    return np.asarray((e >= edges[start] + margin) & (e <= edges[stop] - margin))


def _sustained(net: Array, level: float, run: int = 5) -> int | None:
    """First row from which `run` values in a row lie above the level."""
    above = net > level
    if above.size < run:
        return None
    counts = np.convolve(above, np.ones(run), mode="valid")
    hits = np.flatnonzero(counts > run - 0.5)
    return int(hits[0]) if hits.size else None


def _crossing(e: Array, net: Array, level: float, noise: float, base_spread: Array) -> _Onset:
    name = f"{level * 100:.3g} uA/cm2"
    row = _sustained(net, level)
    if row is None or row == 0:
        return _Onset(name, None, None, level)
    # A local fit of ln j over the decade around the threshold, where the noise leaves it defined.
    near = (net > max(0.3 * level, 3.0 * noise)) & (net < 3.0 * level)
    near &= np.abs(np.arange(e.size) - row) < max(40, e.size // 10)
    if near.sum() >= 6:
        x = e[near] - e[row]
        y, sigma = np.log(net[near] / level), np.hypot(noise, base_spread[near]) / net[near]
        fit = linear_fit(np.column_stack([np.ones_like(x), x, x**2]), y, sigma)
        a, b, c = (float(k) for k in fit.coefficients)
        disc = b * b - 4.0 * a * c
        if b > 0.0 and disc > 0.0:
            root = 2.0 * -a / (b + math.sqrt(disc))
            slope = b + 2.0 * c * root
            vector = np.array([1.0, root, root * root])
            scatter = float(vector @ fit.covariance @ vector)
            chi = max(fit.chi_square / max(fit.degrees_of_freedom, 1), 1.0)
            shared = float(base_spread[row]) / level
            if slope > 0.0 and abs(root) < 0.2:
                return _Onset(name, float(e[row] + root), math.sqrt(scatter * chi + shared**2) / slope, level)
    slope = (net[min(row + 3, net.size - 1)] - net[max(row - 3, 0)]) / (
        e[min(row + 3, e.size - 1)] - e[max(row - 3, 0)]
    )
    spread = noise / slope if slope > 0.0 else None
    a, b = float(net[row - 1]), float(net[row])
    at = float(e[row - 1] + (e[row] - e[row - 1]) * (level - a) / (b - a)) if b > a else float(e[row])
    return _Onset(name, at, spread, level)


def _tangent(e: Array, net: Array, noise: float) -> float | None:
    """Where the tangent through 40-60 % of the final rise meets the baseline."""
    top = float(np.max(net))
    if top < 20.0 * noise:
        return None
    start = _sustained(net, 0.4 * top)
    stop = _sustained(net, 0.6 * top)
    if start is None or stop is None or stop - start < 3:
        return None
    fit = linear_fit(np.column_stack([np.ones(stop - start), e[start:stop]]), net[start:stop])
    slope = float(fit.coefficients[1])
    return -float(fit.coefficients[0]) / slope if slope > 0.0 else None
