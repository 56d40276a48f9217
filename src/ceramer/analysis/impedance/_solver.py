"""Weighted nonlinear least squares of many starts at once: Levenberg-Marquardt with bounds, in NumPy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceramer.analysis.impedance._circuit import Plan
from ceramer.analysis.impedance._data import Data

__all__ = ["ALPHA_FLOOR", "NOISE_FLOOR", "Minimum", "bounds", "criterion", "minimise", "residuals", "seen"]

Array = NDArray[np.float64]
_MAX_LOG_STEP = 2.5
_MAX_ALPHA_STEP = 0.25
ALPHA_FLOOR = 0.25
NOISE_FLOOR = 1e-4
"""Relative noise below which residuals are no evidence: instruments repeat a point no better, simulations do."""


@dataclass(frozen=True, slots=True)
class Minimum:
    """Where each start ended: theta (S, P), the sum of squares (S,), and the number of iterations."""

    theta: Array
    cost: Array
    iterations: int

    @property
    def best(self) -> int:
        """Index of the start with the least cost."""
        return int(np.argmin(self.cost))


def criterion(rss: float, count: int, size: int) -> float:
    """Bayesian information criterion n ln(rss/n) + P ln n; relative residuals below `NOISE_FLOOR` count as none."""
    return count * float(np.log(seen(rss, count) / count)) + size * float(np.log(count))


def seen(rss: float, count: int) -> float:
    """Return a sum of squares of `count` relative residuals, at least that of `NOISE_FLOOR`."""
    return max(rss, count * NOISE_FLOOR**2)


def bounds(plan: Plan, data: Data) -> tuple[Array, Array]:
    """Wide box for theta: far outside what the window can tell, so that only runaways meet it."""
    (slow, fast), (smallest, _, largest) = data.window, data.log_range
    low, high = np.full(plan.size, -120.0), np.full(plan.size, 120.0)
    low[plan.is_alpha], high[plan.is_alpha] = ALPHA_FLOOR, 1.0
    low[plan.arc_q], high[plan.arc_q] = -fast - 7.0, -slow + 7.0
    for k, name in enumerate(plan.names):
        if name.startswith("R"):
            low[k], high[k] = smallest - 16.0, largest + 9.0
        elif name.endswith("_tau"):
            low[k], high[k] = -fast - 7.0, -slow + 9.0
    return low, high


def residuals(plan: Plan, theta: Array, data: Data) -> tuple[Array, Array]:
    """Weighted residuals (S, 2N), real parts first, and their derivatives (S, P, 2N)."""
    model, slope = plan.evaluate(theta, data.log_omega)
    points, scale = data.size, data.scale
    r = np.empty((theta.shape[0], 2 * points))
    j = np.empty((theta.shape[0], plan.size, 2 * points))
    difference = (model - data.z) * scale
    r[:, :points], r[:, points:] = difference.real, difference.imag
    np.multiply(slope.real, scale, out=j[..., :points])
    np.multiply(slope.imag, scale, out=j[..., points:])
    return r, j


def minimise(
    plan: Plan,
    starts: Array,
    data: Data,
    box: tuple[Array, Array],
    *,
    iterations: int = 100,
    tolerance: float = 1e-6,
    patience: int = 12,
    hopeless: float = 4.0,
    target: float = np.inf,
) -> Minimum:
    """Minimise sum(|scale (Z_model - z)|^2) from every row of `starts` (S, P) inside the `box`.

    A start rests when its relative decrease is below `tolerance`. After `patience` iterations a start whose cost stands
    `hopeless` times above the best one is given up, as is one that creeps above one at rest or well above `target`.
    """
    low, high = box
    theta = np.minimum(np.maximum(starts, low), high)
    limit = np.where(plan.is_alpha, _MAX_ALPHA_STEP, _MAX_LOG_STEP)
    batch, size = theta.shape
    count, settled = 0, np.inf
    with np.errstate(all="ignore"):
        r, j = residuals(plan, theta, data)
        cost = _square(r)
        normal, gradient = _normal(r, j)
        final_theta, final_cost = theta.copy(), cost.copy()
        active = np.arange(batch)
        damping, growth, quiet = np.full(batch, 1e-2), np.full(batch, 2.0), np.zeros(batch, dtype=int)
        for count in range(1, iterations + 1):
            pinned = ((theta <= low) & (gradient > 0.0)) | ((theta >= high) & (gradient < 0.0))
            matrix, downhill = normal.copy(), -gradient
            diagonal = matrix.reshape(active.size, -1)[:, :: size + 1]
            if pinned.any():
                matrix[pinned[:, :, None] | pinned[:, None, :]] = 0.0
                diagonal[pinned], downhill[pinned] = 1.0, 0.0
            diagonal *= 1.0 + damping[:, None]
            diagonal += 1e-14 * cost[:, None] + 1e-300
            step = _solve(matrix, downhill)
            largest = (np.abs(step) / limit).max(axis=1)
            if largest.max() > 1.0:
                step /= np.maximum(largest, 1.0)[:, None]
            trial = np.minimum(np.maximum(theta + step, low), high)
            step = trial - theta
            expected = -_dot(step, 2.0 * gradient + _times(normal, step))
            if (expected <= 0.3 * tolerance * cost).all() and (damping < 1.0).all():
                break
            r, j = residuals(plan, trial, data)
            cost_new = _square(r)
            drop = cost - cost_new
            better = drop > 0.0
            small = np.abs(drop) <= tolerance * cost
            quiet = (quiet + 1) * small
            rest = (small & better & (damping < 1.0)) | (quiet >= 3) | (damping > 1e12) | (cost < 1e-28)
            shrink = np.maximum(0.1, 1.0 - (2.0 * np.minimum(drop / np.maximum(expected, 1e-300), 1.0) - 1.0) ** 3)
            damping = np.maximum(damping * np.where(better, shrink, growth), 1e-9)
            growth = np.where(better, 2.0, growth * 2.0)
            if better.all():
                theta, cost = trial, cost_new
                normal, gradient = _normal(r, j)
            elif better.any():
                theta = np.where(better[:, None], trial, theta)
                cost = np.where(better, cost_new, cost)
                normal[better], gradient[better] = _normal(r[better], j[better])
            final_theta[active], final_cost[active] = theta, cost
            if count >= patience:
                settled = min(settled, float(cost[rest].min(initial=np.inf)))
                rest |= cost > hopeless * final_cost.min()
                rest |= (cost > min(1.5 * target, settled)) & (drop < 0.1 * cost)
            if rest.any():
                keep = ~rest
                if not keep.any():
                    break
                active, theta, cost = active[keep], theta[keep], cost[keep]
                normal, gradient = normal[keep], gradient[keep]
                damping, growth, quiet = damping[keep], growth[keep], quiet[keep]
    return Minimum(final_theta, final_cost, count)


def _square(r: Array) -> Array:
    square = np.einsum("sn,sn->s", r, r)
    square[~(square < np.inf)] = np.inf
    return np.asarray(square)


def _dot(a: Array, b: Array) -> Array:
    return np.asarray(np.einsum("sp,sp->s", a, b))


def _times(matrix: Array, vector: Array) -> Array:
    return np.asarray((matrix @ vector[..., None])[..., 0])


def _normal(r: Array, j: Array) -> tuple[Array, Array]:
    return j @ j.swapaxes(1, 2), _times(j, r)


def _solve(matrix: Array, right: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(matrix, right[..., None])[..., 0])
    except np.linalg.LinAlgError:
        ridge: Any = 1e-10 * np.trace(matrix, axis1=1, axis2=2)[:, None, None] * np.eye(matrix.shape[1])
        return np.asarray(np.linalg.solve(matrix + ridge, right[..., None])[..., 0])
