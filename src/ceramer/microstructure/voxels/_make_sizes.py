"""Size distributions of particles, grains and pores."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.units import show_length

__all__ = ["Diameter", "Sizes", "draw_diameters", "sizes_of"]

Floats: TypeAlias = NDArray[np.float64]
_GRID = 400  # equal steps of cumulative probability that a distribution is tabulated at
_MOST = 200_000  # particles in one image
_FEWEST_VOXELS = 2.0  # a smaller diameter has no shape on the grid


@dataclass(frozen=True, slots=True)
class Sizes:
    """A distribution of diameters, as its quantiles at the middles of equal steps of probability.

    Attributes
    ----------
    quantiles : diameters [m], ascending
    weight : "number" (each particle counts once) or "volume" (as laser diffraction reports)
    text : how it was given
    """

    quantiles: tuple[float, ...]
    weight: Literal["number", "volume"]
    text: str

    def __post_init__(self) -> None:
        q = np.asarray(self.quantiles)
        if q.size == 0 or not np.isfinite(q).all() or (q <= 0.0).any() or (np.diff(q) < 0.0).any():
            raise InputError(f"The diameters of {self.text} are not positive, finite and ascending.")
        if self.weight not in ("number", "volume"):
            raise InputError(f'Sizes are weighted by "number" or "volume", not {self.weight!r}.')

    @classmethod
    def single(cls, diameter: float) -> Sizes:
        """Every diameter the same [m]."""
        return cls((float(diameter),), "number", show_length(diameter))

    @classmethod
    def between(cls, low: float, high: float, weight: Literal["number", "volume"] = "number") -> Sizes:
        """Diameters [m] spread evenly from `low` to `high`, by number or by volume."""
        if not 0.0 < low <= high:
            raise InputError(
                f"Sizes.between needs 0 < low <= high, and got {show_length(low)} and {show_length(high)}."
            )
        p = (np.arange(_GRID) + 0.5) / _GRID
        return cls(
            tuple(low + (high - low) * p), weight, f"{show_length(low)} to {show_length(high)}, even by {weight}"
        )

    @classmethod
    def lognormal(
        cls, median: float, geometric_deviation: float, weight: Literal["number", "volume"] = "number"
    ) -> Sizes:
        """Lognormal: ln d is normal with mean ln(median [m]) and deviation ln(geometric_deviation >= 1)."""
        from scipy.special import ndtri

        if not (median > 0.0 and geometric_deviation >= 1.0):
            raise InputError(
                f"A lognormal needs a positive median and a geometric deviation of at least 1, and got "
                f"{show_length(median)} and {geometric_deviation:g}."
            )
        p = (np.arange(_GRID) + 0.5) / _GRID
        q = median * np.exp(math.log(geometric_deviation) * ndtri(p))
        text = f"lognormal, median {show_length(median)}, deviation {geometric_deviation:g}, by {weight}"
        return cls(tuple(q), weight, text)

    @classmethod
    def table(
        cls, diameters: Sequence[float], cumulative: Sequence[float], weight: Literal["number", "volume"] = "volume"
    ) -> Sizes:
        """A measured distribution: cumulative shares (0 to 1, ascending) at diameters [m], joined by straight lines."""
        d, c = np.asarray(diameters, dtype=float), np.asarray(cumulative, dtype=float)
        if d.ndim != 1 or d.shape != c.shape or d.size < 2 or (np.diff(c) <= 0.0).any() or c[0] < 0.0 or c[-1] > 1.0:
            raise InputError("A size table needs two or more diameters and as many ascending shares from 0 to 1.")
        p = (np.arange(_GRID) + 0.5) / _GRID
        q = np.interp(p, c, d)
        text = f"table of {d.size} diameters, {show_length(d[0])} to {show_length(d[-1])}, by {weight}"
        return cls(tuple(q), weight, text)

    @property
    def mean_volume(self) -> float:
        """Mean volume of a particle, by number [m3] (of the equivalent sphere)."""
        cubes = np.asarray(self.quantiles) ** 3
        mean = cubes.mean() if self.weight == "number" else 1.0 / (1.0 / cubes).mean()
        return float(math.pi / 6.0 * mean)

    def by_number(self, p: Floats) -> Floats:
        """Return the diameters [m] below which the shares `p` of the particles, by number, lie."""
        q = np.asarray(self.quantiles)
        w = np.ones(q.size) if self.weight == "number" else q**-3.0
        middle = (np.cumsum(w) - 0.5 * w) / w.sum()
        return np.asarray(np.interp(p, middle, q))


Diameter: TypeAlias = "float | Sizes"


def sizes_of(diameter: Diameter, spacing: Sequence[float], what: str = "diameter") -> Sizes:
    """Return a distribution from one diameter [m] or a distribution, refusing what the voxels cannot show."""
    sizes = diameter if isinstance(diameter, Sizes) else Sizes.single(diameter)
    smallest, edge = sizes.quantiles[0], max(spacing)
    if smallest < _FEWEST_VOXELS * edge * (1.0 - 1e-9):
        raise InputError(
            f"The smallest {what}, {show_length(smallest)}, is {smallest / edge:.2g} voxels across; take voxels of at "
            f"most {show_length(smallest / _FEWEST_VOXELS)}, or cut the distribution."
        )
    return sizes


def draw_diameters(sizes: Sizes, volume: float, shape_factor: float, rng: np.random.Generator, what: str) -> Floats:
    """Draw diameters whose particles fill `volume` [m3] together, in random order.

    Drawn systematically (one per equal step of probability), then scaled alike so that the sum is exact. A particle
    of diameter d has the volume shape_factor pi d^3/6.
    """
    count = round(volume / (shape_factor * sizes.mean_volume))
    if count < 1:
        raise InputError(
            f"The image has room for {volume:.3g} m3 of {what}, less than half of one: enlarge the shape, the voxels "
            "or the fraction, or take a smaller diameter."
        )
    if count > _MOST:
        raise InputError(f"{count} {what} would be needed, more than {_MOST}: take a smaller shape or larger ones.")
    drawn = sizes.by_number((np.arange(count) + rng.random()) / count)
    scale = (volume / (shape_factor * math.pi / 6.0 * float((drawn**3).sum()))) ** (1.0 / 3.0)
    return rng.permutation(drawn * scale)
