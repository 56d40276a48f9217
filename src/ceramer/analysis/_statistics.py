"""Least squares with honest error bars: Student's factor for few points, inflation for correlated residuals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ceramer.analysis._uncertain import Array
from ceramer.errors import NotConvergedError

__all__ = [
    "LinearFit",
    "NonlinearFit",
    "aicc",
    "bin_series",
    "correlation_inflation",
    "least_squares",
    "linear_fit",
    "noise_of",
    "student_factor",
    "students_p",
]

_ONE_SIGMA = 0.8413447460685429


def student_factor(degrees_of_freedom: float) -> float:
    """Half-width of the central 68.27 % interval of Student's t (1 for many degrees of freedom)."""
    from scipy.special import stdtrit

    if degrees_of_freedom < 1:
        return math.inf
    return float(stdtrit(degrees_of_freedom, _ONE_SIGMA))


def students_p(statistic: float, degrees_of_freedom: float) -> float:
    """Two-sided probability of a larger |t|."""
    from scipy.special import stdtr

    if degrees_of_freedom < 1 or not math.isfinite(statistic):
        return 1.0
    return 2.0 * float(stdtr(degrees_of_freedom, -abs(statistic)))


def aicc(chi_square: float, points: int, parameters: int, *, known_noise: bool) -> float:
    """Akaike's criterion with the small-sample term; the noise level counts as a parameter where it is fitted."""
    k = parameters + (not known_noise)
    if points - k - 1 <= 0:
        return math.inf
    fit = chi_square if known_noise else points * math.log(max(chi_square, 1e-300) / points)
    return fit + 2.0 * k + 2.0 * k * (k + 1.0) / (points - k - 1.0)


def correlation_inflation(residuals: Array) -> float:
    """Factor by which neighbours that lie on the same side widen a standard error, ``sqrt((1+r)/(1-r))``, >= 1."""
    n = residuals.size
    if n < 8:
        return 1.0
    centred = residuals - residuals.mean()
    total = float(centred @ centred)
    if total == 0.0:
        return 1.0
    r = float(centred[1:] @ centred[:-1]) / total + 1.0 / n
    r = min(max(r, 0.0), 0.98)
    # An r that white noise would show anyway (two standard errors, 2/sqrt(n)) inflates nothing.
    return math.sqrt((1.0 + r) / (1.0 - r)) if r > 2.0 / math.sqrt(n) else 1.0


def noise_of(signal: Array) -> float:
    """Standard deviation of the sample-to-sample noise, from the median of second differences (blind to slopes)."""
    if signal.size < 4:
        return 0.0
    second = signal[2:] - 2.0 * signal[1:-1] + signal[:-2]
    return float(np.median(np.abs(second)) / 0.6744897501960817 / math.sqrt(6.0))


@dataclass(frozen=True)
class LinearFit:
    """A linear least-squares fit; `covariance` already carries the noise level, `factor` Student's factor."""

    coefficients: Array
    covariance: Array
    residuals: Array
    chi_square: float
    degrees_of_freedom: int
    factor: float

    def error(self, index: int) -> float | None:
        """Half the central 68 % interval of one coefficient; None where there is no degree of freedom."""
        spread = math.sqrt(max(float(self.covariance[index, index]), 0.0)) * self.factor
        return spread if math.isfinite(spread) else None

    def p_value(self, index: int) -> float:
        """Probability of so large a coefficient by chance, were the true one 0."""
        spread = math.sqrt(max(float(self.covariance[index, index]), 0.0))
        if spread == 0.0:
            return 1.0 if self.coefficients[index] == 0.0 else 0.0
        dof = self.degrees_of_freedom if self.factor != 1.0 else 1e9
        return students_p(float(self.coefficients[index]) / spread, dof)


def linear_fit(design: Array, y: Array, sigma: Array | None = None, *, correlated: bool = False) -> LinearFit:
    """Fit ``y = design @ coefficients``; `sigma` (standard deviations) weights and fixes the noise level.

    Without `sigma` the noise comes from the residuals and the error bars carry Student's factor.
    """
    weight = np.ones_like(y) if sigma is None else 1.0 / sigma
    a, b = design * weight[:, None], y * weight
    scale = np.sqrt((a * a).sum(axis=0))
    scale[scale == 0.0] = 1.0
    inverse = np.linalg.pinv((a / scale).T @ (a / scale)) / np.outer(scale, scale)
    coefficients = np.linalg.lstsq(a / scale, b, rcond=None)[0] / scale
    residuals = y - design @ coefficients
    chi_square = float(((residuals * weight) ** 2).sum())
    dof = y.size - design.shape[1]
    if sigma is not None:
        return LinearFit(coefficients, inverse, residuals, chi_square, dof, 1.0)
    inflation = correlation_inflation(residuals) if correlated else 1.0
    noise = chi_square / dof * inflation**2 if dof > 0 else 0.0
    effective = dof / inflation**2
    return LinearFit(coefficients, inverse * noise, residuals, chi_square, dof, student_factor(effective))


@dataclass(frozen=True)
class NonlinearFit:
    """A nonlinear least-squares fit of weighted residuals."""

    parameters: Array
    covariance: Array
    residuals: Array
    chi_square: float
    degrees_of_freedom: int
    identifiable: bool

    def error(self, index: int) -> float | None:
        """Half the central 68 % interval of one parameter, None where the data do not fix it."""
        spread = math.sqrt(max(float(self.covariance[index, index]), 0.0))
        return spread if self.identifiable and math.isfinite(spread) else None


def least_squares(
    residuals: Callable[[Any], Array],
    start: Array,
    *,
    low: Array | None = None,
    high: Array | None = None,
    known_noise: bool = False,
    correlated: bool = False,
) -> NonlinearFit:
    """Fit by Levenberg-Marquardt type least squares; the covariance is that of the linearised problem."""
    from scipy.optimize import least_squares as solve

    low = np.full(start.size, -np.inf) if low is None else low
    high = np.full(start.size, np.inf) if high is None else high
    try:
        found = solve(residuals, np.clip(start, low, high), bounds=(low, high), x_scale="jac", max_nfev=150)
    except ValueError as error:
        raise NotConvergedError(f"The least-squares fit did not start: {error}.") from None
    jacobian, rest = found.jac, found.fun
    dof = rest.size - start.size
    scale = np.sqrt((jacobian * jacobian).sum(axis=0))
    flat = bool((scale == 0.0).any())
    scale[scale == 0.0] = 1.0
    normal = (jacobian / scale).T @ (jacobian / scale)
    singular = np.linalg.svd(normal, compute_uv=False)
    identifiable = not flat and bool(singular[-1] > 1e-10 * singular[0])
    covariance = np.linalg.pinv(normal) / np.outer(scale, scale)
    chi_square = float(rest @ rest)
    if not known_noise:
        inflation = correlation_inflation(rest) if correlated else 1.0
        factor = student_factor(dof / inflation**2)
        covariance = covariance * (chi_square / dof * inflation**2 * factor**2 if dof > 0 else math.inf)
    return NonlinearFit(found.x, covariance, rest, chi_square, dof, identifiable)


def bin_series(time: Array, signal: Array, edges: Array) -> tuple[Array, Array, Array]:
    """Average a series inside time bins; returns mean time, mean signal and count of the bins that hold samples."""
    index = np.searchsorted(edges, time, side="right") - 1
    inside = (index >= 0) & (index < edges.size - 1)
    counts = np.bincount(index[inside], minlength=edges.size - 1)
    kept = counts > 0
    t = np.bincount(index[inside], time[inside], edges.size - 1)[kept] / counts[kept]
    y = np.bincount(index[inside], signal[inside], edges.size - 1)[kept] / counts[kept]
    return t, y, counts[kept].astype(float)
