"""Particles as numbers: the shells of a sphere, and what fills them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError

__all__ = ["Filling", "Shells", "spherical_shells"]


@dataclass(frozen=True, slots=True)
class Shells:
    """A body cut into shells from its centre to its surface, per area of its surface.

    Attributes
    ----------
    volume : tuple of float
        Of each shell over the area of the surface [m].
    area : tuple of float
        Of the faces between the shells over that of the surface.
    closeness : tuple of float
        Inverse distance of the centres of neighbouring shells [1/m].
    surface : tuple of two float
        Weights of the last and of the last but one shell in the value at the surface (linear, second order).
    """

    volume: tuple[float, ...]
    area: tuple[float, ...]
    closeness: tuple[float, ...]
    surface: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Filling:
    """One class of particles of a node: its shells and their first content, values of the flux parameters, and first
    value and mass of each unknown of the surface."""

    shells: Shells
    initial: float
    flux_parameters: tuple[float, ...] = ()
    surface_initial: tuple[float, ...] = ()
    surface_mass: tuple[float, ...] = ()


def spherical_shells(radius: float, count: int, ratio: float = 1.0) -> Shells:
    """Return the shells of a sphere, thinner towards its surface.

    Parameters
    ----------
    radius : float
        [m], above 0.
    count : int
        Shells, 2 or more.
    ratio : float
        Thickness of the shell in the centre over that at the surface, in the limit of many; 1 (uniform) or more.

    Raises
    ------
    InputError
        If an argument is out of range.

    Examples
    --------
    >>> spherical_shells(3.0, 3).volume
    (0.037, 0.259, 0.704)
    """
    if not (radius > 0.0 and count >= 2 and ratio >= 1.0):
        raise InputError(
            f"Shells need a positive radius, 2 shells or more and a ratio of 1 or more, not {radius}, {count}, {ratio}."
        )
    s = np.linspace(0.0, 1.0, count + 1)
    edges: NDArray[np.float64] = s if ratio == 1.0 else np.expm1(-s * np.log(ratio)) / np.expm1(-np.log(ratio))
    edges = radius * edges
    volume = (edges[1:] ** 3 - edges[:-1] ** 3) / (3.0 * radius**2)
    width = np.diff(edges)
    between = 0.5 * (width[1:] + width[:-1])
    beyond = 0.5 * width[-1] / between[-1]
    return Shells(
        tuple(map(float, volume)),
        tuple(map(float, (edges[1:-1] / radius) ** 2)),
        tuple(map(float, 1.0 / between)),
        (float(1.0 + beyond), float(-beyond)),
    )
