"""Clusters of face neighbours, and which of them join opposite faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceramer.microstructure.voxels._image import AXES, Axis, Mask, Phases, VoxelImage, axis_index

__all__ = ["Connectivity", "connectivity", "label_clusters"]


@dataclass(frozen=True, slots=True)
class Connectivity:
    """How one phase (or several together) hangs together, by face neighbours.

    Attributes
    ----------
    phases : what was taken together
    fraction : volume fraction
    clusters : number of clusters
    largest : share of the phase in its largest cluster
    percolating : axis -> share of the phase in clusters that reach both faces of that axis
    dead_end : axis -> share in clusters that reach one face only
    floating : axis -> share in clusters that reach neither
    """

    phases: tuple[str, ...]
    fraction: float
    clusters: int
    largest: float
    percolating: dict[Axis, float]
    dead_end: dict[Axis, float]
    floating: dict[Axis, float]

    @property
    def percolates(self) -> dict[Axis, bool]:
        """Whether any cluster joins the two faces of each axis."""
        return {axis: share > 0.0 for axis, share in self.percolating.items()}


def label_clusters(
    mask: Mask, periodic: tuple[bool, bool, bool] = (False, False, False)
) -> tuple[NDArray[np.int32], int]:
    """Number the clusters of face neighbours 1, 2, ... (0 outside), joined across periodic faces, and count them."""
    from scipy.ndimage import label
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    clusters, count = label(mask)
    if not (count and any(periodic)):
        return clusters, int(count)
    pairs = []
    for axis in range(3):
        if periodic[axis]:
            first, last = np.take(clusters, 0, axis), np.take(clusters, -1, axis)
            both = (first > 0) & (last > 0)
            pairs.append(np.stack([first[both], last[both]]))
    i, j = np.unique(np.concatenate(pairs, axis=1), axis=1)
    graph = coo_array((np.ones(i.size, dtype=bool), (i, j)), shape=(count + 1, count + 1))
    number, group = connected_components(graph, directed=False)
    # background 0 is a component of its own, the first one
    return group.astype(np.int32)[clusters], int(number) - 1


def connectivity(image: VoxelImage, phases: Phases) -> Connectivity:
    """Measure clusters, percolation and floating shares of a phase, or of several taken together.

    A cluster percolates along an axis when it reaches both its faces; across the other axes it is joined
    periodically where the image is periodic.

    Parameters
    ----------
    image : VoxelImage
    phases : name or names

    Raises
    ------
    InputError
        A phase that the image does not have.
    """
    mask = image.mask(phases)
    names = (phases,) if isinstance(phases, str) else tuple(phases)
    clusters, count = label_clusters(mask, image.periodic)
    total = int(mask.sum())
    largest = float(np.bincount(clusters[mask]).max() / total) if total else 0.0
    both: dict[Axis, float] = {}
    one: dict[Axis, float] = {}
    none: dict[Axis, float] = {}
    for axis in AXES:
        through, dead = reach(mask, axis, image.periodic)
        both[axis] = float(through.sum() / total) if total else 0.0
        one[axis] = float(dead.sum() / total) if total else 0.0
        none[axis] = float((total - through.sum() - dead.sum()) / total) if total else 0.0
    return Connectivity(names, total / mask.size, count, largest, both, one, none)


def reach(mask: Mask, axis: Axis, periodic: tuple[bool, bool, bool]) -> tuple[Mask, Mask]:
    """Return where clusters reach both faces of `axis`, and where one only; the axis itself is not wrapped."""
    k = axis_index(axis)
    wrap = (periodic[0] and k != 0, periodic[1] and k != 1, periodic[2] and k != 2)
    clusters, count = label_clusters(mask, wrap)
    first, last = np.zeros(count + 1, dtype=bool), np.zeros(count + 1, dtype=bool)
    first[np.unique(np.take(clusters, 0, k))] = True
    last[np.unique(np.take(clusters, -1, k))] = True
    first[0] = last[0] = False
    return (first & last)[clusters], (first ^ last)[clusters]
