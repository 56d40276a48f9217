"""The hot-spot model itself fitted to censored lives: how much growth stripping leaves behind, how fast it heals."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from ceramer.errors import InputError, NotConvergedError
from ceramer.inference._fit_lives import NotIdentifiable, profile_interval, rising_root
from ceramer.inference._lives import LifeData
from ceramer.physics.failure import SymmetricLithiumCell, short_free_share
from ceramer.provenance import Kind, Result

__all__ = ["HotSpotFit", "fit_hot_spots"]

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
_LOWEST = -1e6
_GRID = (41, 17)


@dataclass(frozen=True, eq=False)
class HotSpotFit:
    """A cell whose irreversible share (and healing rate) were fitted to lives.

    Attributes
    ----------
    cell : with the fitted numbers
    half_cycle : [s]
    results : irreversible_share, and healing_rate where it was fitted, with 95 % profile-likelihood intervals
    log_likelihood : at the maximum
    data : LifeData
    """

    cell: SymmetricLithiumCell
    half_cycle: float
    results: tuple[Result, ...]
    log_likelihood: float
    data: LifeData
    _cells: tuple[SymmetricLithiumCell, ...]
    _weights: Array

    def survival(self, time: float, current_density: float) -> float:
        """Return the probability that a new cell lives longer than `time` [s] at j [A/m2], parameters averaged over."""
        shares = [short_free_share(cell, time, current_density, self.half_cycle) for cell in self._cells]
        return float(np.dot(self._weights, shares))

    def predict(self, current_density: float, *, name: str = "lifetime", probability: float = 0.95) -> Result:
        """Return the life of a new cell at j [A/m2]: median and equal-tailed interval, infinite where healing wins."""
        tail = 0.5 * (1.0 - probability)
        start = math.log(4.0 * self.half_cycle)

        def until(chance: float) -> float:
            """Time at which this share has failed; 0 within the first half-cycle."""
            if 1.0 - self.survival(self.half_cycle, current_density) >= chance:
                return 0.0
            if 1.0 - self.survival(1e12, current_density) < chance:
                return math.inf
            return math.exp(rising_root(lambda x: 1.0 - self.survival(math.exp(x), current_density) - chance, start))

        ends = [until(chance) for chance in (tail, 0.5, 1.0 - tail)]
        return Result(
            name,
            ends[1],
            "h",
            interval=(ends[0], ends[2]),
            kind=Kind.PREDICTED,
            method=f"hot spots fitted to {self.data.census()}; median and {probability:.0%} interval of one new cell",
            inputs=tuple(life.name for life in self.data.lives if life.name),
        )


def fit_hot_spots(
    data: LifeData, cell: SymmetricLithiumCell, half_cycle: float, *, healing: bool = False
) -> HotSpotFit | NotIdentifiable:
    """Fit the irreversible share u (and the healing rate K) of a cell to lives, by censored maximum likelihood.

    The likelihood uses `ceramer.physics.failure.short_free_share` as S(t), its derivative as -f(t).

    Parameters
    ----------
    data : LifeData
    cell : everything else; its own u (and K) are where the search begins, and must be above 0
    half_cycle : [s], of all lives
    healing : whether K is fitted, too

    Returns
    -------
    HotSpotFit, or NotIdentifiable with the reason

    Raises
    ------
    InputError
        If the closed form does not cover the cell.
    NotConvergedError
        If no parameters make the lives possible.

    Notes
    -----
    Numbers and depths of defects are those of `cell`: u absorbs what is wrong with them.
    """
    needed = 2 if healing else 1
    if data.shorts < 2:
        return NotIdentifiable(f"fewer than two shorts were observed ({data.census()}).")
    if healing and np.unique(np.round(np.log(data.current_density[data.observed]), 9)).size < 2:
        return NotIdentifiable("all observed shorts share one current density, so healing and growth cannot be parted.")
    start = [math.log(cell.filament.irreversible_share)]
    if healing:
        if not cell.filament.healing_rate > 0.0:
            raise InputError("Give the cell a healing rate above 0 from which the search can begin.")
        start.append(math.log(cell.filament.healing_rate))

    def trial(point: Array) -> SymmetricLithiumCell | None:
        if point[0] > 0.0:
            return None
        changes = {"irreversible_share": math.exp(point[0])}
        if healing:
            changes["healing_rate"] = math.exp(point[1])
        return replace(cell, filament=replace(cell.filament, **changes))

    def negative(point: Array) -> float:
        changed = trial(point)
        return -_LOWEST if changed is None else -_log_likelihood(data, changed, half_cycle)

    best = _search(negative, np.array(start))
    ends = [profile_interval(negative, best, list(range(needed)), k) for k in range(needed)]
    cells, weights = _grid(negative, trial, best, ends)
    fitted = trial(best)
    assert fitted is not None  # the search stays inside
    rows = (("irreversible_share", "1"), ("healing_rate", "m/s"))[:needed]
    results = tuple(
        Result(
            name,
            math.exp(best[k]),
            unit,
            interval=(math.exp(ends[k][0]), math.exp(min(ends[k][1], 700.0))),
            kind=Kind.CALIBRATED,
            method=f"hot spots, censored maximum likelihood of {data.census()}, profile interval",
            inputs=tuple(life.name for life in data.lives if life.name),
        )
        for k, (name, unit) in enumerate(rows)
    )
    return HotSpotFit(fitted, half_cycle, results, -negative(best), data, cells, weights)


def _log_likelihood(data: LifeData, cell: SymmetricLithiumCell, half_cycle: float) -> float:
    j, early, late = data.current_density, data.earliest, data.latest
    end = np.where(np.isinf(late), early, late)

    def share(time: Array) -> Array:
        return np.asarray(short_free_share(cell, time, j, half_cycle))

    step = 1e-4
    density = (share(early * (1.0 - step)) - share(early * (1.0 + step))) / (
        2.0 * step * np.where(early > 0, early, 1.0)
    )
    chance = np.where(data.observed, density, np.where(np.isinf(late), share(early), share(early) - share(end)))
    with np.errstate(divide="ignore"):
        return float(np.maximum(np.log(np.maximum(chance, 0.0)), _LOWEST / len(data)).sum())


def _search(negative: Any, start: Array) -> Array:
    """Minimum by simplex from the best of a coarse grid: far from it the likelihood is flat."""
    from scipy.optimize import minimize

    first = np.linspace(math.log(1e-6), 0.0, 57)
    if start.size == 1:
        points = [np.array([x]) for x in first]
    else:
        points = [np.array([x, start[1] + y]) for x in first for y in np.linspace(-8.0, 8.0, 33)]
    values = [negative(point) for point in points]
    at = points[int(np.argmin(values))]
    options = {"xatol": 1e-6, "fatol": 1e-8, "maxiter": 2000}
    found = minimize(negative, at, method="Nelder-Mead", options=options)
    if not found.success or found.fun > -0.5 * _LOWEST:
        raise NotConvergedError("No irreversible share makes these lives possible; check defects, thickness and units.")
    return np.asarray(found.x)


def _grid(negative: Any, trial: Any, best: Array, ends: list[tuple[float, float]]) -> tuple[tuple[Any, ...], Array]:
    """Cells over the likely parameters with their weights, flat in the logarithms."""
    axes = []
    for value, (low, high) in zip(best, ends, strict=True):
        below, above = min(value - low, 3.0), min(high - value, 3.0)
        axes.append(np.linspace(value - 2.0 * below, value + 2.0 * above, _GRID[best.size - 1]))
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, best.size)
    logs = -np.array([negative(point) for point in points])
    weights = np.exp(logs - logs.max())
    kept = weights > 1e-3
    cells = tuple(trial(point) for point in points[kept])
    return cells, weights[kept] / weights[kept].sum()
