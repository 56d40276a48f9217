"""What a solve on voxels returns."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["EffectiveConductivity", "Ending", "Path"]

Path: TypeAlias = "int | tuple[int, int]"
"""A label (its volume) or a pair of labels (their interface, or the sheet along it)."""


class Ending(enum.Enum):
    """How the solve along one axis ended."""

    CONVERGED = "converged: the estimated error is within the tolerance"
    NOT_PERCOLATING = "nothing that conducts reaches from end to end: the conductivity is exactly 0"
    ROUNDING = "stopped by rounding before the tolerance; precision='float64' goes further"
    NOT_CONVERGED = "stopped at the iteration limit before the tolerance"


@dataclass(frozen=True, eq=False)
class EffectiveConductivity:
    """Effective conductivity of a voxel image, and how the current gets through.

    Attributes
    ----------
    tensor : array, shape (axes, axes), [S/m]
        Rows and columns in the order of `axes`; NaN where it was not asked for, and off the diagonal between axes that
        are not both periodic. Complex where an input is.
    axes : tuple of str
        Names of the array axes: ("z", "y", "x"), the last two of a plane, the last of a line.
    error_estimate : axis -> estimated relative error of the diagonal value
    iterations : axis -> iterations of the conjugate gradients
    aggregated : axis -> whether a fallback (deflation or aggregation) was needed
    ending : axis -> Ending
    flux_imbalance : axis -> largest deviation of the current through a layer from the mean, relative
    percolates : axis -> whether a cluster that conducts reaches through (or around a periodic axis)
    clusters, floating_clusters : int
        Clusters that conduct, and those of them that carry nothing along any axis.
    floating_fraction : float
        Share of all voxels in floating clusters.
    volume_fractions : label -> fraction
    power_shares : axis -> path -> p
        Share of the dissipation, :math:`p_k = (\\sigma_k/H)\\,\\partial H/\\partial\\sigma_k`. They sum to 1, and the
        activation energy of the whole is the sum of p_k times that of each path.
    current_shares : axis -> path -> share of the mean current that flows in a phase or sheet; they sum to 1
    flux : axis -> array (*image, axes), [S/m]
        Current density per unit mean field at the voxel centres, if it was asked for; that of sheets is not in it.
    potential : axis -> array (*image), [m]
        Potential per unit mean field at the voxel centres, if it was asked for; NaN where nothing conducts.
    """

    tensor: NDArray[Any]
    axes: tuple[str, ...]
    error_estimate: Mapping[str, float]
    iterations: Mapping[str, int]
    aggregated: Mapping[str, bool]
    ending: Mapping[str, Ending]
    flux_imbalance: Mapping[str, float]
    percolates: Mapping[str, bool]
    clusters: int
    floating_clusters: int
    floating_fraction: float
    volume_fractions: Mapping[int, float]
    power_shares: Mapping[str, Mapping[Path, Any]]
    current_shares: Mapping[str, Mapping[Path, Any]]
    flux: Mapping[str, NDArray[Any]] = field(default_factory=dict, repr=False)
    potential: Mapping[str, NDArray[Any]] = field(default_factory=dict, repr=False)

    def along(self, axis: str) -> Any:
        """Return the diagonal value for one axis [S/m]."""
        at = self.axes.index(axis)
        return self.tensor[at, at].item()

    @property
    def mean(self) -> Any:
        """A third of the trace (half in a plane) [S/m]; NaN unless every axis was solved."""
        return (np.trace(self.tensor) / len(self.axes)).item()

    @property
    def converged(self) -> bool:
        """Whether every axis reached the tolerance, or conducts nothing."""
        return all(e in (Ending.CONVERGED, Ending.NOT_PERCOLATING) for e in self.ending.values())

    def __str__(self) -> str:
        lines = []
        for axis, ending in self.ending.items():
            value, error = self.along(axis), self.error_estimate[axis]
            lines.append(f"{axis}: {value:.6g} S/m (relative error about {error:.0e}); {ending.value}")
        return "\n".join(lines)
