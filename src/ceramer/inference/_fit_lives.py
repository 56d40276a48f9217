"""Life against current density by censored maximum likelihood, and what it predicts."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from ceramer.errors import InputError, NotConvergedError
from ceramer.inference._distribution import Family, family
from ceramer.inference._lives import LifeData
from ceramer.provenance import Kind, Result

__all__ = ["LifeFit", "NotIdentifiable", "fit_lives", "log_likelihood", "profile_interval", "rising_root"]

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
_FLOOR = -1e300


@dataclass(frozen=True)
class NotIdentifiable:
    """The data cannot answer; `reason` says why, in one sentence."""

    reason: str

    def __str__(self) -> str:
        return f"not identifiable: {self.reason}"

    def __bool__(self) -> bool:
        return False


def log_likelihood(
    data: LifeData, law: Family, location: Array | float, exponent: Array | float, log_spread: Array | float
) -> Array:
    """Return the censored log-likelihood of ``ln T = mu - m ln(j/j_0) + s z``, j_0 the geometric mean of the currents.

    An observed life contributes its density ln f - ln(s T), one longer than T ln S, one shorter ln F, one between two
    times ln(F(late) - F(early)).

    Parameters
    ----------
    data : LifeData
    law : Family
    location, exponent, log_spread : mu at j_0 (of T in s), m, ln s; broadcast together

    Returns
    -------
    ln L, shape of the broadcast
    """
    mu, m, ln_s = (np.asarray(x, dtype=float)[..., None] for x in np.broadcast_arrays(location, exponent, log_spread))
    x = _log_current(data)
    spread = np.exp(ln_s)
    centre = mu - m * x
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        early = (np.log(data.earliest) - centre) / spread
        late = (np.log(data.latest) - centre) / spread
        exact = law.log_density(early) - ln_s - np.log(np.where(data.observed, data.earliest, 1.0))
        above = np.where(data.earliest > 0.0, law.log_survival(early), 0.0)
        beyond = np.where(np.isinf(data.latest), -np.inf, law.log_survival(late))
        between = above + np.log1p(-np.exp(np.minimum(beyond - above, 0.0)))
        # a life that began at 0 has its own, exact form
        between = np.where(data.earliest > 0.0, between, law.log_failed(late))
        between = np.where(np.isinf(data.latest), above, between)
        total = np.where(data.observed, exact, between).sum(axis=-1)
    return np.where(np.isnan(total), -np.inf, total)


def _log_current(data: LifeData) -> Array:
    logs = np.log(data.current_density)
    return np.asarray(logs - logs.mean())


@dataclass(frozen=True, eq=False)
class LifeFit:
    """A fitted law of lives, ``ln T = mu - m ln(j/j_0) + s z``.

    Attributes
    ----------
    family : "weibull" or "lognormal"
    location, exponent, spread : mu (ln of s) at `reference_current_density`, m, s: the maximum of the likelihood
    reference_current_density : j_0, [A/m2]
    log_likelihood : at the maximum
    data : LifeData
    fixed : names of the parameters that were given, not fitted
    results : characteristic or median life at j_0, exponent and spread, with 95 % profile-likelihood intervals
    warnings : plain sentences
    """

    family: str
    location: float
    exponent: float
    spread: float
    reference_current_density: float
    log_likelihood: float
    data: LifeData
    fixed: tuple[str, ...]
    _draws: Array = field(repr=False)
    _weights: Array = field(repr=False)
    warnings: tuple[str, ...] = ()

    @functools.cached_property
    def results(self) -> tuple[Result, ...]:
        """Life at j_0, exponent and spread, with 95 % profile-likelihood intervals where they were fitted."""
        names = ("location", "exponent", "log_spread")
        best = np.array([self.location, self.exponent, math.log(self.spread)])
        free = [k for k, name in enumerate(names) if name not in self.fixed]
        ends = {k: profile_interval(self._negative, best, free, k) for k in free}
        j0 = self.reference_current_density * 0.1
        what = "characteristic_life" if self.family == "weibull" else "median_life"
        shown = (
            (what, math.exp(best[0]), "h", 0, math.exp),
            ("current_exponent", best[1], "1", 1, float),
            ("log_life_spread", self.spread, "1", 2, math.exp),
        )
        return tuple(
            Result(
                quantity,
                value,
                unit,
                interval=None if k not in ends else (_safe(turn, ends[k][0]), _safe(turn, ends[k][1])),
                kind=Kind.INFERRED if k in ends else Kind.INPUT,
                method=f"censored maximum likelihood, {self.family}, profile interval; j_0 = {j0:.4g} mA/cm2",
                inputs=tuple(life.name for life in self.data.lives if life.name),
                warnings=self.warnings,
            )
            for quantity, value, unit, k, turn in shown
        )

    def _negative(self, point: Array) -> float:
        return -float(log_likelihood(self.data, family(self.family), *point))

    def survival(self, time: float, current_density: float) -> float:
        """Return the probability that a new cell lives longer than `time` [s] at j [A/m2].

        The uncertainty of the parameters is averaged over (invariant prior 1/s), so that with few failures the tails
        are as long as they must be.
        """
        law = family(self.family)
        x = math.log(current_density / self.reference_current_density)
        mu, m, ln_s = self._draws
        z = (math.log(time) - mu + m * x) / np.exp(ln_s)
        return float(np.sum(self._weights * np.exp(law.log_survival(np.minimum(z, 700.0)))))

    def quantile(self, probability: float, current_density: float) -> float:
        """Return the life [s] that a new cell fails to reach with this probability, at j [A/m2]."""
        if not 0.0 < probability < 1.0:
            raise InputError(f"A probability lies between 0 and 1, not at {probability!r}.")
        x = math.log(current_density / self.reference_current_density)
        return math.exp(self._log_quantile(probability, lambda m: -m * x))

    def _log_quantile(self, probability: float, shift: Callable[[Array], Array]) -> float:
        law = family(self.family)
        mu, m, ln_s = self._draws
        centre, spread = mu + shift(m), np.exp(ln_s)

        def excess(log_time: float) -> float:
            z = np.minimum((log_time - centre) / spread, 700.0)
            failed = -np.expm1(law.log_survival(z))
            return float(np.sum(self._weights * failed)) - probability

        return rising_root(excess, float(np.median(centre)))

    def predict(self, current_density: float, *, name: str = "lifetime", probability: float = 0.95) -> Result:
        """Return the life of a new cell at j [A/m2]: median and an equal-tailed prediction interval."""
        tail = 0.5 * (1.0 - probability)
        low, middle, high = (self.quantile(p, current_density) for p in (tail, 0.5, 1.0 - tail))
        return Result(
            name,
            middle,
            "h",
            interval=(low, high),
            kind=Kind.PREDICTED,
            method=f"{self.family} lives, ln T = mu - m ln j; median and {probability:.0%} interval of one new cell",
            inputs=tuple(life.name for life in self.data.lives if life.name),
            warnings=self.warnings,
        )

    def critical_current(self, levels: Array, half_cycles: Array, *, probability: float = 0.95) -> tuple[Result, Array]:
        """Return the level of a staircase at which a new cell fails, and the chance that it bears each level.

        Damage adds up in proportion to time over life (Nelson): levels j_i held for t_i count as
        ``t = sum t_i (j_i/j_0)**m`` at j_0.

        Parameters
        ----------
        levels : shape (n,), [A/m2], rising
        half_cycles : shape (n,), [s]; time spent at each level, all half-cycles together

        Returns
        -------
        (Result, shape (n,))
            Highest level borne: median with its interval, infinite where the staircase ends before; and the chance to
            survive each level.

        Notes
        -----
        An extrapolation from long lives to short tests, and blind to thresholds (a healed, a cracking layer).
        """
        j, t = np.asarray(levels, dtype=float), np.asarray(half_cycles, dtype=float)
        if j.ndim != 1 or j.shape != t.shape or (np.diff(j) <= 0.0).any() or (j <= 0.0).any() or (t <= 0.0).any():
            raise InputError("Levels must rise, and each needs the time spent at it, above 0.")
        law = family(self.family)
        mu, m, ln_s = self._draws
        steps = np.log(t)[:, None] + m * np.log(j / self.reference_current_density)[:, None]
        z = np.minimum((np.logaddexp.accumulate(steps, axis=0) - mu) / np.exp(ln_s), 700.0)
        borne = np.sum(self._weights * np.exp(law.log_survival(z)), axis=1)
        tail = 0.5 * (1.0 - probability)

        def highest(chance: float) -> float:
            """Highest level that is borne with at least this chance."""
            passed = np.flatnonzero(borne >= chance)
            return 0.0 if passed.size == 0 else math.inf if passed[-1] == j.size - 1 else float(j[passed[-1]])

        notes = self.warnings
        if borne[-1] > tail:
            notes = (*notes, f"A share of {borne[-1]:.0%} of the cells bears the last level.")
        return (
            Result(
                "critical_current_density",
                highest(0.5),
                "mA/cm2",
                interval=(highest(1.0 - tail), highest(tail)),
                kind=Kind.PREDICTED,
                method="cumulative exposure over the staircase; highest level borne",
                inputs=tuple(life.name for life in self.data.lives if life.name),
                warnings=notes,
            ),
            borne,
        )


def fit_lives(
    data: LifeData,
    *,
    law: str = "weibull",
    exponent: float | None = None,
    spread: float | None = None,
    samples: int = 2**14,
) -> LifeFit | NotIdentifiable:
    """Fit lives against current density by censored maximum likelihood.

    Parameters
    ----------
    data : LifeData
    law : "weibull" or "lognormal"
    exponent : m of ``T ~ j**-m``; None: fitted. 1 says that charge counts, not time.
    spread : s, standard deviation of ln T up to a factor of the family; None: fitted
    samples : points over which predictions average the parameters, a power of two

    Returns
    -------
    LifeFit, or NotIdentifiable (false in a condition) with the reason

    Raises
    ------
    NotConvergedError
        If the likelihood has no maximum that could be found.

    Notes
    -----
    With p parameters of the location (1, or 2 with a free exponent) at least two observed failures are needed, p + 1
    where the spread is free too (fewer make the likelihood infinite at s = 0), and two currents where the exponent is
    free. Predictions average over the parameters with the prior 1/s, which makes intervals exact without censoring.
    """
    shape = family(law)
    if spread is not None and not spread > 0.0:
        raise InputError(f"The spread must be above 0, not {spread!r}.")
    missing = _why_not(data, exponent, spread)
    if missing is not None:
        return missing
    fixed = tuple(name for name, value in (("exponent", exponent), ("log_spread", spread)) if value is not None)
    given = np.array([0.0, 1.0 if exponent is None else exponent, 0.0 if spread is None else math.log(spread)])
    free = [k for k, name in enumerate(("location", "exponent", "log_spread")) if name not in fixed]

    def negative(point: Array) -> float:
        return -float(log_likelihood(data, shape, *point))

    best = _maximum(negative, _start(data, given, free), free)
    draws, weights, size = _posterior(data, shape, best, free, samples)
    warnings: tuple[str, ...] = ()
    if size < 200:
        warnings = ("The likelihood is too lopsided for its average to be trusted; intervals are rough.",)
    if data.shorts < 5:
        warnings = (*warnings, f"Only {data.shorts} shorts were observed: the form of the distribution is assumed.")
    return LifeFit(
        law,
        float(best[0]),
        float(best[1]),
        float(math.exp(best[2])),
        float(np.exp(np.log(data.current_density).mean())),
        -negative(best),
        data,
        fixed,
        draws,
        weights,
        warnings,
    )


def _why_not(data: LifeData, exponent: float | None, spread: float | None) -> NotIdentifiable | None:
    if data.shorts < 2:
        return NotIdentifiable(f"fewer than two shorts were observed ({data.census()}).")
    currents = np.unique(np.round(np.log(data.current_density[data.observed]), 9)).size
    if exponent is None and currents < 2:
        return NotIdentifiable(
            "all observed shorts share one current density, so the exponent has nothing to stand on."
        )
    needed = 1 + (exponent is None) + (spread is None)
    if data.shorts < needed:
        return NotIdentifiable(
            f"{data.shorts} observed shorts cannot carry {needed} parameters; fix the exponent or the spread."
        )
    if spread is None and _perfect(data, exponent):
        return NotIdentifiable("the observed lives fit without any spread, so the spread has nothing to stand on.")
    return None


def _perfect(data: LifeData, exponent: float | None) -> bool:
    """Whether all observed lives lie on one law to rounding."""
    x, y = _log_current(data)[data.observed], np.log(data.earliest[data.observed])
    if exponent is not None:
        return float(np.ptp(y + exponent * x)) < 1e-9
    design = np.column_stack([np.ones_like(x), x])
    left = y - design @ np.linalg.lstsq(design, y, rcond=None)[0]
    return float(np.abs(left).max()) < 1e-9


def _start(data: LifeData, given: Array, free: list[int]) -> Array:
    x, y = _log_current(data)[data.observed], np.log(data.earliest[data.observed])
    point = given.copy()
    if 1 in free:
        point[1] = -float(np.polyfit(x, y, 1)[0])
    left = y + point[1] * x
    point[0] = float(left.mean())
    if 2 in free:
        point[2] = math.log(max(float(left.std()), 0.05))
    return point


def _maximum(negative: Callable[[Array], float], start: Array, free: list[int]) -> Array:
    from scipy.optimize import minimize

    def at(values: Array) -> float:
        point = start.copy()
        point[free] = values
        value = negative(point)
        return value if math.isfinite(value) else -_FLOOR

    found = minimize(at, start[free], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10, "maxiter": 4000})
    if not found.success or not math.isfinite(found.fun) or found.fun >= -_FLOOR:
        raise NotConvergedError("The likelihood of the lives has no maximum that could be found; check the data.")
    best = start.copy()
    best[free] = found.x
    return best


def _curvature(negative: Callable[[Array], float], best: Array, free: list[int]) -> Array:
    """Inverse of the Hessian over the free parameters, repaired to be positive."""
    step = 1e-3 * max(math.exp(best[2]), 1e-3)
    steps = np.array([step, step, 1e-3])[free]
    n = len(free)
    hessian = np.empty((n, n))
    for a in range(n):
        for b in range(n):
            total = 0.0
            for sign_a, sign_b in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                point = best.copy()
                point[free[a]] += sign_a * steps[a]
                point[free[b]] += sign_b * steps[b]
                total += sign_a * sign_b * negative(point)
            hessian[a, b] = total / (4.0 * steps[a] * steps[b])
    values, vectors = np.linalg.eigh(0.5 * (hessian + hessian.T))
    values = np.maximum(values, 1e-6 * values.max())
    return np.asarray((vectors / values) @ vectors.T)


def _posterior(data: LifeData, shape: Family, best: Array, free: list[int], samples: int) -> tuple[Array, Array, float]:
    """Draws of (mu, m, ln s) with weights for a likelihood times the prior 1/s (flat in mu, m and ln s).

    Importance sampling from a scrambled Sobol set: ln s from a wide Student t, location and exponent from one whose
    width follows s, so that the tails of a few failures (Cauchy-like for two) are covered.
    """
    from scipy.special import gammaln, stdtrit
    from scipy.stats import qmc

    def negative(point: Array) -> float:
        return -float(log_likelihood(data, shape, *point))

    covariance = _curvature(negative, best, free)
    place = [k for k in free if k < 2]
    u = np.clip(qmc.Sobol(len(free), scramble=True, seed=20240131).random(samples), 1e-9, 1.0 - 1e-9)
    freedom = 2.0
    t = np.asarray(stdtrit(freedom, u))
    log_t = (
        gammaln(0.5 * (freedom + 1.0))
        - gammaln(0.5 * freedom)
        - 0.5 * math.log(freedom * math.pi)
        - 0.5 * (freedom + 1.0) * np.log1p(t**2 / freedom)
    )
    draws = np.repeat(best[:, None], samples, axis=1)
    log_proposal = log_t.sum(axis=1)
    scale = np.ones(samples)
    if 2 in free:
        width = 1.3 * math.sqrt(covariance[free.index(2), free.index(2)])
        draws[2] = best[2] + width * t[:, -1]
        scale = np.exp(np.clip(draws[2] - best[2], -30.0, 30.0))
    index = [free.index(k) for k in place]
    factor = 1.3 * np.linalg.cholesky(covariance[np.ix_(index, index)])
    draws[place] += scale * (factor @ t[:, : len(place)].T)
    log_proposal -= len(place) * np.log(scale)
    logs = log_likelihood(data, shape, *draws) - log_proposal
    weights = np.exp(logs - logs.max())
    counts = weights > 1e-12
    draws, weights = draws[:, counts], weights[counts] / weights[counts].sum()
    return draws, weights, float(1.0 / np.sum(weights**2))


def profile_interval(
    negative: Callable[[Array], float], best: Array, free: list[int], which: int
) -> tuple[float, float]:
    """Where twice the log-likelihood, maximised over the others, has fallen by the 95 % point of chi-square (1)."""
    from scipy.special import chdtri

    drop = 0.5 * float(chdtri(1.0, 0.05))
    floor = negative(best) + drop
    others = [k for k in free if k != which]
    ends = []
    for sign in (-1.0, 1.0):
        last = best.copy()

        def excess(shift: float, sign: float = sign, last: Array = last) -> float:
            point = last.copy()
            point[which] = best[which] + sign * shift
            if others:
                point = _maximum(negative, point, others)
                last[others] = point[others]
            return negative(point) - floor

        reach = 0.1
        while excess(reach) < 0.0 and reach < 50.0:
            reach *= 2.0
        ends.append(best[which] + sign * (_root(excess, 0.0, reach) if reach < 50.0 else math.inf))
    return ends[0], ends[1]


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=1e-4))


def rising_root(function: Callable[[float], float], near: float) -> float:
    """Root of a rising function, searched outwards from `near`."""
    reach = 1.0
    while function(near - reach) > 0.0 or function(near + reach) < 0.0:
        reach *= 2.0
        if reach > 1e4:
            raise NotConvergedError("The distribution of lives is too wide for this quantile; ask for another.")
    from scipy.optimize import brentq

    return float(brentq(function, near - reach, near + reach, xtol=1e-8))


def _safe(turn: Callable[[float], float], value: float) -> float:
    if math.isinf(value):
        return 0.0 if value < 0.0 and turn is math.exp else value
    try:
        return turn(value)
    except OverflowError:
        return math.inf
