"""Has a current come to rest? Its steady value, what is still missing, and a sentence that says so."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ceramer.analysis._statistics import LinearFit, bin_series, linear_fit, noise_of
from ceramer.analysis._uncertain import Array

__all__ = ["Steady", "duration_text", "steady_value"]

_BINS = 200


@dataclass(frozen=True)
class Steady:
    """A steady value with its 68 % uncertainty and the verdict on the hold.

    `fall` is the relative change over `window` seconds at the end; `remaining` the relative gap between the
    last values and the asymptote of a decaying exponential; `sentence` is empty when the hold was long enough.
    """

    value: float
    standard_uncertainty: float | None
    fall: float
    window: float
    remaining: float
    is_steady: bool
    sentence: str
    noise: float


def duration_text(seconds: float) -> str:
    """Return a time as a reader says it ("hour", "12 min", "30 s")."""
    if abs(seconds - 3600.0) < 1.0:
        return "hour"
    if seconds >= 3600.0:
        return f"{seconds / 3600.0:.3g} h"
    return f"{seconds / 60.0:.3g} min" if seconds >= 120.0 else f"{seconds:.3g} s"


def steady_value(time: Array, signal: Array, *, tolerance: float = 0.01, name: str = "current") -> Steady:
    """Return the value that `signal` settles to, from the last half of the hold.

    A constant and ``c + a exp(-t/tau)`` are fitted to that half and averaged by their evidence (BIC). The hold
    counts as too short when the signal moved by more than `tolerance` of its value in the last hour (the last quarter
    of a hold below 4 h), or when the exponential has more than `tolerance` left to fall.

    Parameters
    ----------
    time, signal : shape (n,), [s] and any unit
    tolerance : largest relative change that still counts as steady
    """
    start, stop = float(time[0]), float(time[-1])
    length = stop - start
    window = min(3600.0, 0.25 * length)
    late = time >= start + 0.5 * length
    t, y = time[late], signal[late]
    noise = noise_of(y)
    if t.size > 2 * _BINS:
        edges = np.linspace(t[0], t[-1] * (1.0 + 1e-12) + 1e-12, _BINS + 1)
        t, y, _ = bin_series(t, y, edges)
    x = (t - t[0]) / max(t[-1] - t[0], 1e-300)
    constant = linear_fit(np.ones((x.size, 1)), y, correlated=True)
    decay = _decay(x, y) if x.size >= 8 else None
    value, error, remaining = float(constant.coefficients[0]), constant.error(0), 0.0
    n = x.size
    if decay is not None:
        fit, tau = decay
        gain = n * math.log(max(constant.chi_square, 1e-300) / max(fit.chi_square, 1e-300)) - 2.0 * math.log(n)
        weight = 1.0 / (1.0 + math.exp(min(max(-0.5 * gain, -700.0), 700.0)))
        level, spread = float(fit.coefficients[0]), fit.error(0)
        if weight > 0.95 and level:
            remaining = abs(float(fit.coefficients[1]) * math.exp(-1.0 / tau) / level)
        if weight < 0.5 and spread is not None and error is not None and spread > 5.0 * error:
            # A decay slower than the hold with an amplitude of noise says nothing about the asymptote.
            weight = 0.0
        if spread is not None and error is not None:
            # Both models count by their evidence; what they disagree by is part of the uncertainty.
            mean = weight * level + (1.0 - weight) * value
            inner = weight * spread**2 + (1.0 - weight) * error**2
            error = math.sqrt(inner + weight * (1.0 - weight) * (level - value) ** 2)
            value = mean
    line = _slope(time, signal, stop - window)
    scale = abs(float(signal[time >= stop - window].mean()))
    fall = -line[0] * window / scale if scale else 0.0
    moved = abs(fall) > tolerance and abs(line[0]) > 3.0 * line[1]
    unsettled = remaining > tolerance
    sentence = ""
    if moved:
        verb = "fell" if fall > 0 else "rose"
        sentence = (
            f"The hold was too short: the {name} still {verb} {abs(fall):.2g} of itself"
            if abs(fall) >= 1.0
            else f"The hold was too short: the {name} still {verb} {100 * abs(fall):.2g} %"
        ) + f" in the last {duration_text(window)}."
    elif unsettled:
        sentence = f"The hold was too short: the {name} had {100 * remaining:.2g} % left to go at the end."
    return Steady(value, error, fall, window, remaining, not sentence, sentence, noise)


def _slope(time: Array, signal: Array, since: float) -> tuple[float, float]:
    last = time >= since
    t, y = time[last], signal[last]
    if t.size < 3 or t[-1] == t[0]:
        return 0.0, math.inf
    if t.size > 2 * _BINS:
        t, y, _ = bin_series(t, y, np.linspace(t[0], t[-1] * (1.0 + 1e-12) + 1e-12, _BINS + 1))
    sign = 1.0 if y.mean() >= 0 else -1.0
    fit = linear_fit(np.column_stack([np.ones_like(t), t - t.mean()]), y * sign, correlated=True)
    spread = fit.error(1)
    return float(fit.coefficients[1]), math.inf if spread is None else spread


def _decay(x: Array, y: Array) -> tuple[LinearFit, float] | None:
    """Best ``c + a exp(-x/tau)`` by a search over tau, its covariance including that of tau."""
    from scipy.optimize import minimize_scalar

    def at(log_tau: float) -> LinearFit:
        return linear_fit(np.column_stack([np.ones_like(x), np.exp(-x / math.exp(log_tau))]), y)

    grid = np.linspace(math.log(0.02), math.log(3.0), 14)
    chi = [at(g).chi_square for g in grid]
    i = int(np.argmin(chi))
    if chi[i] == 0.0:
        return at(float(grid[i])), math.exp(float(grid[i]))
    found = minimize_scalar(
        lambda g: at(g).chi_square,
        bounds=(grid[max(i - 1, 0)], grid[min(i + 1, grid.size - 1)]),
        method="bounded",
        options={"xatol": 1e-3},
    )
    tau = math.exp(float(found.x))
    base = at(float(found.x))
    a = float(base.coefficients[1])
    shape = np.exp(-x / tau)
    tangent = linear_fit(
        np.column_stack([np.ones_like(x), shape, a * shape * x / tau**2]), base.residuals, correlated=True
    )
    full = LinearFit(
        np.array([base.coefficients[0], a, tau]),
        tangent.covariance,
        base.residuals,
        base.chi_square,
        tangent.degrees_of_freedom,
        tangent.factor,
    )
    return full, tau
