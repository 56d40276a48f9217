"""Fit of a given circuit without a starting guess, with standard errors, correlations and plain warnings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.analysis.impedance._circuit import Circuit, Plan
from ceramer.analysis.impedance._data import Data
from ceramer.analysis.impedance._noise import LinearFit
from ceramer.analysis.impedance._solver import ALPHA_FLOOR, bounds, criterion, minimise, residuals, seen
from ceramer.analysis.impedance._start import landmarks, random_starts, starts
from ceramer.errors import InputError

__all__ = ["CircuitFit", "fit_circuit"]

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
UNCERTAIN = 0.018
"""Relative standard error of a resistance above which a warning says so: beyond it, 5 % errors are no longer rare."""
MISFIT_LEVEL = 1e-3
"""Chance of a false alarm of the misfit warning."""


@dataclass(frozen=True)
class CircuitFit:
    """A fitted circuit. Arcs of one kind in series are ordered by rising relaxation time.

    Attributes
    ----------
    circuit : Circuit
        The circuit.
    frequency, impedance : ndarray (N,)
        The data that were fitted [Hz], [ohm].
    values, standard_errors : ndarray (P,)
        Parameters in the order of ``circuit.parameters`` and their standard errors (nan where none can be given: the
        parameter stands at a bound, or the data do not determine it). Errors are scaled by the residuals.
    correlation : ndarray (P, P)
        Correlation of the estimates.
    rss : float
        Weighted sum of squares.
    reduced_chi2 : float
        rss over degrees of freedom; its root is the rms relative residual under modulus weighting.
    noise : float
        Same root for a circuit-free Kramers-Kronig fit: what a right circuit would reach.
    bic : float
        Bayesian information criterion, 2N ln(rss/2N) + P ln 2N.
    residuals : ndarray (N,)
        (Z_model - Z) times the weight, complex.
    warnings : tuple of str
        What a reader must know before trusting the numbers.
    alternatives : tuple of CircuitFit
        Other minima within twice the sum of squares, where the search met any.
    """

    circuit: Circuit
    frequency: Array
    impedance: Complex
    values: Array
    standard_errors: Array
    correlation: Array
    covariance_log: Array = field(repr=False)
    rss: float
    reduced_chi2: float
    noise: float
    bic: float
    residuals: Complex = field(repr=False)
    weighting: str
    warnings: tuple[str, ...]
    alternatives: tuple[CircuitFit, ...] = field(default=(), repr=False)

    @cached_property
    def params(self) -> dict[str, float]:
        """Parameter values by name, SI units."""
        return dict(zip(self.circuit.parameters, self.values.tolist(), strict=True))

    @cached_property
    def stderr(self) -> dict[str, float]:
        """Standard errors by name, SI units."""
        return dict(zip(self.circuit.parameters, self.standard_errors.tolist(), strict=True))

    def model(self, frequency: ArrayLike | None = None) -> Complex:
        """Fitted impedance [ohm] at `frequency` [Hz] (default: the fitted points)."""
        return self.circuit.impedance(self.values, self.frequency if frequency is None else frequency)

    def __str__(self) -> str:
        names, units = self.circuit.parameters, self.circuit.units
        lines = [
            f"[[Fit of {self.circuit}]]",
            f"    points           = {self.frequency.size}  (from {self.frequency.min():.4g} Hz"
            f" to {self.frequency.max():.4g} Hz)",
            f"    weighting        = {self.weighting}",
            f"    reduced chi2     = {self.reduced_chi2:.5g}  (rms residual {self.reduced_chi2**0.5:.3g}, "
            f"circuit-free {self.noise:.3g})",
            f"    Bayesian info    = {self.bic:.2f}",
            "[[Parameters]]",
        ]
        for name, unit, value, error in zip(names, units, self.values, self.standard_errors, strict=True):
            spread = f"+/- {error:.3g} ({100 * error / value:.2f} %)" if np.isfinite(error) else "+/- not determined"
            lines.append(f"    {name:<11} {value:.6g} {spread} {unit}")
        pairs = [
            (abs(self.correlation[i, k]), names[i], names[k], self.correlation[i, k])
            for i in range(len(names))
            for k in range(i)
            if abs(self.correlation[i, k]) > 0.5
        ]
        if pairs:
            lines.append("[[Correlations]] (above 0.5)")
            lines += [f"    C({b}, {a}) = {c:+.4f}" for _, a, b, c in sorted(pairs, reverse=True)[:12]]
        lines += [f"##  Warning: {text}" for text in self.warnings]
        return "\n".join(lines)


def fit_circuit(
    frequency: ArrayLike,
    impedance: ArrayLike,
    circuit: Circuit | str,
    *,
    weighting: str = "modulus",
    seed: int = 0,
    guess: Mapping[str, float] | ArrayLike | None = None,
) -> CircuitFit:
    r"""Fit `circuit` to a spectrum; no starting guess is needed.

    Minimises :math:`\sum w^2 |Z_{model} - Z|^2` by Levenberg-Marquardt in the logarithms of the parameters with exact
    derivatives, from the relaxation times a non-negative fit shows and, where that does not reach the noise of the
    spectrum, from seeded random starts.

    Parameters
    ----------
    frequency : array_like (N,)
        [Hz], any order.
    impedance : array_like (N,), complex
        [ohm].
    circuit : Circuit or str
        "R0-p(R1,CPE1)-CPE2" or "R(RQ)Q".
    weighting : "modulus" or "unit"
        1/|Z| (noise in proportion to |Z|, the usual instrument) or equal weights.
    seed : int
        Seed of the random starts; the same seed gives the same answer.
    guess : mapping or array_like (P,), optional
        Parameters to start from; then only the minimum they lead to is sought.

    Raises
    ------
    InputError
        Bad spectrum, bad circuit, or fewer points than the circuit needs.
    """
    data = Data.of(frequency, impedance, weighting)
    model = circuit if isinstance(circuit, Circuit) else Circuit.parse(circuit)
    size = len(model.parameters)
    if 2 * data.size <= size:
        raise InputError(
            f"fit: {data.size} points cannot determine the {size} parameters of {model}; measure more frequencies "
            "or take a smaller circuit."
        )
    plan = model.plan(float(data.log_omega.mean()))
    if guess is not None:
        begin = plan.internal(model.vector(guess))[None]
        found = minimise(plan, begin, data, bounds(plan, data), iterations=400, tolerance=1e-9)
        return finish(plan, found.theta[0], data)
    thetas = search(plan, data, np.random.default_rng(seed))
    fits = [finish(plan, theta, data) for theta in thetas]
    others = [fit for fit in fits[1:] if not np.allclose(fit.values, fits[0].values, rtol=0.05)]
    if not others:
        return fits[0]
    ratio = others[0].rss / fits[0].rss
    text = f"another set of parameters fits nearly as well ({ratio:.3g} times the sum of squares): see `alternatives`."
    return replace(fits[0], alternatives=tuple(others), warnings=(*fits[0].warnings, text))


def _kinds(plan: Plan) -> list[str]:
    """Kinds of what stands in series with the arcs, or behind one."""
    return [str(part).rstrip("0123456789") for part in (*plan.others, *(load for _, load in plan.loads))]


def is_plain(plan: Plan) -> bool:
    """Whether the circuit is arcs in series with at most one each of R0, L and a tail: landmarks apply to it."""
    kinds = _kinds(plan)
    known = all(kind in ("R", "L", "C", "CPE", "W", "Wo", "Ws") for kind in kinds)
    return known and len(set(kinds)) == len(kinds) and len(set(kinds) & {"C", "CPE", "W", "Wo", "Ws"}) <= 1


def search(plan: Plan, data: Data, rng: np.random.Generator) -> list[Array]:
    """The best minimum, from landmarks then random starts unless the noise is reached; others within a factor 2."""
    box = bounds(plan, data)
    goal = 1.25 * max(data.linear.noise, 1e-6) ** 2 * (2 * data.size - plan.size)
    found: list[tuple[float, Array]] = []
    if is_plain(plan):
        kinds = set(_kinds(plan))
        tail = next(iter(kinds & {"C", "CPE", "W", "Wo", "Ws"}), "")
        seen = landmarks(data, resistor="R" in kinds, inductor="L" in kinds, tail=tail)
        minimum = minimise(plan, starts(plan, seen, data), data, box)
        found.append((float(minimum.cost.min()), minimum.theta[minimum.best]))
    if not found or found[0][0] > goal or plan.loads:  # diffusion behind an arc has minima of its own
        begin = random_starts(plan, 16 if is_plain(plan) and not plan.loads else 48, data, rng)
        minimum = minimise(plan, begin, data, box, iterations=80, patience=20)
        found += zip(minimum.cost.tolist(), minimum.theta, strict=True)
    found.sort(key=lambda pair: pair[0])
    near: list[tuple[float, Array]] = []
    for cost, theta in found:
        values = plan.external(_ordered(plan, theta))
        if cost <= 2.0 * found[0][0] and not any(
            abs(cost - other) <= 0.02 * other or np.allclose(values, plan.external(_ordered(plan, t)), rtol=0.1)
            for other, t in near
        ):
            near.append((cost, theta))
    polished = [
        minimise(plan, theta[None], data, box, iterations=400, tolerance=1e-9, patience=401) for _, theta in near[:4]
    ]
    polished.sort(key=lambda minimum: float(minimum.cost[0]))
    return [minimum.theta[0] for minimum in polished]


def finish(plan: Plan, theta: Array, data: Data) -> CircuitFit:
    """Errors, correlations and warnings at the minimum `theta` (P,)."""
    theta = _ordered(plan, theta)
    z, linear = data.z, data.linear
    low, high = bounds(plan, data)
    r, j = residuals(plan, theta[None], data)
    rss, freedom = float(r[0] @ r[0]), 2 * z.size - plan.size
    chi2 = max(rss / freedom, 1e-28)  # rounding
    pinned = (theta <= low + 1e-9) | (theta >= high - 1e-9)
    covariance = np.full((plan.size, plan.size), np.nan)
    free = np.flatnonzero(~pinned)
    covariance[np.ix_(free, free)] = covariance_of(j[0][free]) * seen(chi2, 1)
    values = plan.external(theta)
    chain = plan.chain(theta)
    filled = np.nan_to_num(covariance)
    outer = chain @ filled @ chain.T
    variance = np.diag(outer).copy()
    variance[pinned | ~np.isfinite(variance) | (variance <= 0.0)] = np.nan
    errors = np.sqrt(variance)
    with np.errstate(invalid="ignore", divide="ignore"):
        correlation = np.nan_to_num(outer / np.sqrt(np.outer(np.diag(outer), np.diag(outer))))
        log_covariance = outer / np.outer(values, values)
    np.fill_diagonal(correlation, 1.0)
    n = 2 * z.size
    return CircuitFit(
        plan.circuit,
        data.frequency,
        z,
        values,
        errors,
        correlation,
        log_covariance,
        rss,
        chi2,
        linear.noise,
        criterion(rss, n, plan.size),
        r[0, : z.size] + 1j * r[0, z.size :],
        data.weighting,
        _warnings(plan, theta, pinned, errors / values, (rss, data)),
    )


def covariance_of(j: Array) -> Array:
    """Inverse of J J^T (P, P), scaled first; directions that the data do not see get a huge variance."""
    norm = np.sqrt((j**2).sum(axis=1))
    norm[norm == 0.0] = 1e-300
    _, s, vt = np.linalg.svd((j / norm[:, None]).T, full_matrices=False)
    s = np.maximum(s, 1e-9 * s.max(initial=1e-300))
    inverse = (vt.T / s**2) @ vt
    return np.asarray(inverse / np.outer(norm, norm))


def misfit_chance(rss: float, freedom: int, linear: LinearFit) -> float:
    """Chance that a right circuit leaves `rss`, by the F distribution of what the circuit-free fit explains more.

    The circuit-free fit is taken to be no better than the noise floor of instruments.
    """
    from scipy.special import fdtrc

    extra = freedom - linear.freedom
    if extra <= 0 or linear.rss <= 0.0 or linear.freedom <= 0:
        return 1.0
    least = seen(linear.rss, linear.freedom)
    return float(fdtrc(extra, linear.freedom, max(0.0, (rss - least) / extra / (least / linear.freedom))))


def _ordered(plan: Plan, theta: Array) -> Array:
    """Arcs of one kind by rising tau; one with diffusion behind it keeps its place."""
    theta = theta.copy()
    for ideal in (False, True):
        chosen = np.flatnonzero((plan.arc_ideal == ideal) & ~plan.arc_loaded)
        order = chosen[np.argsort(theta[plan.arc_q[chosen]], kind="stable")]
        columns = [plan.arc_r, plan.arc_q] + ([] if ideal else [plan.arc_q + 1])
        for column in columns:
            theta[column[chosen]] = theta[column[order]]
    return theta


def _warnings(
    plan: Plan, theta: Array, pinned: NDArray[np.bool_], relative: Array, quality: tuple[float, Data]
) -> tuple[str, ...]:
    out: list[str] = []
    rss, data = quality
    freedom, log_omega = 2 * data.size - plan.size, data.log_omega
    if misfit_chance(rss, freedom, data.linear) < MISFIT_LEVEL:
        out.append(
            f"the circuit misses the data: rms residual {(rss / freedom) ** 0.5:.2g}, but the spectrum is "
            f"Kramers-Kronig consistent to {data.linear.noise:.2g}; another circuit is needed."
        )
    lost = [n for n, p, a in zip(plan.names, pinned, plan.is_alpha, strict=True) if p and not a]
    lost += [
        n
        for n, p, v in zip(plan.names, pinned, theta, strict=True)
        if p and n.endswith("_alpha") and v <= ALPHA_FLOOR + 1e-6
    ]
    lost += [n for n, e, p in zip(plan.names, relative, pinned, strict=True) if not p and not e < 0.3]
    if lost:
        out.append(f"not determined by these data: {', '.join(lost)}; take a smaller circuit or a wider window.")
    unsure = [
        f"{n} (+/- {100 * e:.1f} %)"
        for n, e in zip(plan.names, relative, strict=True)
        if UNCERTAIN < e < 0.3 and (n.startswith("R") or n.endswith("_R"))
    ]
    if unsure:
        out.append(f"uncertain: {', '.join(unsure)}.")
    for r, q in zip(plan.arc_r, plan.arc_q, strict=True):
        if theta[q] < -log_omega.max():
            out.append(
                f"the arc of {plan.names[r]} peaks above the highest frequency; its parameters lean on the circuit."
            )
        elif theta[q] > -log_omega.min():
            out.append(
                f"the arc of {plan.names[r]} peaks below the lowest frequency; its parameters lean on the circuit."
            )
    taus = np.sort(theta[plan.arc_q])
    if (np.diff(taus) < np.log(3.0)).any():
        out.append("two arcs lie within a factor 3 of relaxation time: only their sum is trustworthy.")
    return tuple(out)
