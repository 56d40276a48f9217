"""Size distributions: chords, local thickness, and particles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.microstructure.voxels._image import Axis, Mask, Phases, VoxelImage, axis_index
from ceramer.microstructure.voxels._make_sizes import Floats
from ceramer.microstructure.voxels._measure_connectivity import label_clusters

Triple: TypeAlias = tuple[float, ...]
Sides: TypeAlias = tuple[bool, bool, bool]

__all__ = ["Distribution", "chord_lengths", "local_thickness", "particle_sizes", "thickness_map"]


@dataclass(frozen=True, slots=True, eq=False)
class Distribution:
    """A measured size distribution.

    Attributes
    ----------
    values : sizes [m], ascending
    shares : their shares, summing to 1
    weight : what the shares count: "number" of chords or particles, or "volume"
    left_out : share of the phase's volume that was not measured (cut by the edge of the image)
    """

    values: Floats
    shares: Floats
    weight: str
    left_out: float = 0.0

    @property
    def mean(self) -> float:
        """Mean size [m]."""
        return float(self.values @ self.shares)

    @property
    def standard_deviation(self) -> float:
        """Standard deviation of the sizes [m]."""
        return math.sqrt(max(0.0, float((self.values - self.mean) ** 2 @ self.shares)))

    def quantile(self, p: float) -> float:
        """Size [m] that a share `p` is at or below."""
        if not 0.0 <= p <= 1.0:
            raise InputError(f"A quantile is taken at a share from 0 to 1, not {p}.")
        return float(self.values[min(int(np.searchsorted(np.cumsum(self.shares), p - 1e-12)), self.values.size - 1)])

    def share_below(self, size: float) -> float:
        """Share of the sizes at or below `size` [m]."""
        return float(self.shares[self.values <= size].sum())


def chord_lengths(image: VoxelImage, phases: Phases, axis: Axis) -> Distribution:
    r"""Lengths of the chords that lines along an axis cut from a phase, by number.

    Their mean is 4 V/S for an isotropic structure (4 r/3 for spheres of radius r). Chords that the edge of the image
    cuts are left out; along a periodic axis there are none, save lines that lie in the phase throughout.

    Parameters
    ----------
    image : VoxelImage
    phases : name or names, taken together
    axis : "z", "y" or "x"

    Raises
    ------
    InputError
        A phase without a whole chord.
    """
    k = axis_index(axis)
    mask = np.moveaxis(image.mask(phases), k, -1)
    n = mask.shape[-1]
    lines = np.ascontiguousarray(mask).reshape(-1, n)
    wraps = lines[:, 0] & lines[:, -1] if image.periodic[k] else np.zeros(lines.shape[0], dtype=bool)
    edge = np.zeros((lines.shape[0], 1), dtype=bool)
    rises = np.concatenate([edge, lines, edge], axis=1)
    starts = np.flatnonzero((rises[:, 1:-1] & ~rises[:, :-2]).ravel())
    ends = np.flatnonzero((rises[:, 1:-1] & ~rises[:, 2:]).ravel())
    length = (ends - starts + 1).astype(np.int64)
    first, last, line = starts % n == 0, ends % n == n - 1, starts // n
    whole = ~(first | last)
    if image.periodic[k]:
        joined = wraps[line] & last & ~first
        head = np.zeros(lines.shape[0], dtype=np.int64)
        head[line[first]] = length[first]
        length[joined] += head[line[joined]]
        whole |= joined | ((first ^ last) & ~wraps[line])
    if not whole.any():
        raise InputError(f"No chord of {phases} along {axis} is whole within the image; take a larger image.")
    values, counts = np.unique(length[whole], return_counts=True)
    left_out = 1.0 - float(length[whole].sum()) / float(lines.sum())
    return Distribution(values * image.spacing[k], counts / counts.sum(), "number", left_out)


def local_thickness(image: VoxelImage, phases: Phases, *, refinement: int = 1) -> Distribution:
    """Local thickness of a phase, by volume; arguments and errors as `thickness_map`."""
    fine = thickness_map(image, phases, refinement=refinement)
    if not fine.any():
        raise InputError(f"The image has no voxel of {phases}, so no thickness; its fraction is 0.")
    values, counts = np.unique(fine[fine > 0.0], return_counts=True)
    return Distribution(values.astype(float), counts / counts.sum(), "volume")


def thickness_map(image: VoxelImage, phases: Phases, *, refinement: int = 1) -> NDArray[np.float32]:
    """Diameter of the largest ball inside the phase that holds a voxel [m], 0 outside the phase.

    The ball at a voxel centre reaches to the nearest voxel centre outside, less a quarter of an edge: the mean between
    a flat wall (half an edge) and a round one (none). Layers come out half a voxel thick or thin (an odd or an even
    number of voxels), round bodies one to two voxels thin (their staircase holds a smaller ball). The edge of the image
    does not bound the phase; balls run on across it where it is periodic.

    Parameters
    ----------
    image : VoxelImage
    phases : name or names, taken together
    refinement : cut each voxel in so many along each axis first; 2 halves the error of layers, at eight times the cost

    Returns
    -------
    float32 array, shape (z, y, x) times the refinement

    Raises
    ------
    InputError
        A phase that fills the image, which has no thickness.
    """
    if not 1 <= refinement <= 8:
        raise InputError(f"refinement is {refinement}; a voxel is cut in 1 to 8 along each axis.")
    mask = image.mask(phases)
    if mask.all():
        raise InputError(f"{phases} fills the image and has no thickness; take a larger image.")
    for axis in range(3):
        mask = np.repeat(mask, refinement, axis) if refinement > 1 else mask
    h = tuple(step / refinement for step in image.spacing)
    inner = _depth(mask, h, image.periodic)
    edge = min(h)
    seeds = np.argwhere(_ridge(inner, h, image.periodic))
    radius = inner[tuple(seeds.T)]
    order = np.argsort(radius, kind="stable")
    pads = [math.ceil(float(inner.max(initial=0.0)) / step) for step in h]
    out = np.zeros([n + 2 * p for n, p in zip(mask.shape, pads, strict=True)], dtype=np.float32)
    ball, reach, last = np.zeros((1, 1, 1), dtype=bool), (0, 0, 0), -1.0
    for (z, y, x), r in zip((seeds + pads)[order].tolist(), radius[order].tolist(), strict=True):
        if r != last:
            reach, last = tuple(math.floor(r / step) for step in h), r
            axes = [np.arange(-m, m + 1) * step for m, step in zip(reach, h, strict=True)]
            squares = [a.reshape([-1 if j == k else 1 for j in range(3)]) ** 2 for k, a in enumerate(axes)]
            ball = squares[0] + squares[1] + squares[2] < (r * (1.0 - 1e-6)) ** 2
        a, b, c = reach
        part = out[z - a : z + a + 1, y - b : y + b + 1, x - c : x + c + 1]
        part[ball] = 2.0 * r - 0.5 * edge  # ascending radii: the last ball is the largest
    return _fold(out, pads, mask.shape, image.periodic) * mask


def particle_sizes(image: VoxelImage, phases: Phases) -> Distribution:
    """Diameters of the spheres of equal volume of a phase's particles, by number.

    Particles are the image's `grains` where it has them, otherwise clusters of face neighbours (particles that touch
    count as one). Those cut by the edge of the image (where it is not periodic) are left out.

    Parameters
    ----------
    image : VoxelImage
    phases : name or names, taken together

    Raises
    ------
    InputError
        A phase without a whole particle.
    """
    mask = image.mask(phases)
    if image.grains is not None and image.grains[mask].any():
        labels = np.where(mask, image.grains, 0).astype(np.int64)
    else:
        labels = label_clusters(mask, image.periodic)[0].astype(np.int64)
    volumes = np.bincount(labels.ravel())
    volumes[0] = 0
    total = int(volumes.sum())
    for axis in range(3):
        if not image.periodic[axis] and image.shape[axis] > 1:
            for side in (0, -1):
                volumes[np.unique(np.take(labels, side, axis))] = 0
    whole = volumes[volumes > 0]
    if whole.size == 0:
        raise InputError(f"No particle of {phases} is whole within the image; take a larger image.")
    values, counts = np.unique(whole, return_counts=True)
    diameters = np.cbrt(6.0 / math.pi * values * float(np.prod(image.spacing)))
    return Distribution(diameters, counts / counts.sum(), "number", 1.0 - float(whole.sum()) / total)


def _depth(mask: Mask, h: Triple, periodic: Sides) -> Floats:
    """Distance [m] of each voxel of the mask to the nearest centre outside it, across periodic edges."""
    from scipy.ndimage import distance_transform_edt

    margin = 16.0 * min(h)
    while True:
        pads = [
            min(math.ceil(margin / step) + 1, n) if p else 0 for step, n, p in zip(h, mask.shape, periodic, strict=True)
        ]
        wide = np.pad(mask, [(p, p) for p in pads], mode="wrap")
        cut = tuple(slice(p, p + n) for p, n in zip(pads, mask.shape, strict=True))
        depth = np.asarray(distance_transform_edt(wide, sampling=h)[cut])
        whole = all(p in (0, n) for p, n in zip(pads, mask.shape, strict=True))
        if whole or float(depth.max()) <= margin:
            return depth
        margin *= 2.0


def _ridge(depth: Floats, h: Triple, periodic: Sides) -> Mask:
    """Voxels whose ball lies in no ball of one of the 26 neighbours."""
    wide = depth
    for axis, wraps in enumerate(periodic):
        pad = [(1, 1) if k == axis else (0, 0) for k in range(3)]
        wide = np.pad(wide, pad, mode="wrap") if wraps else np.pad(wide, pad)
    ridge = depth > 0.0
    for shift in np.ndindex(3, 3, 3):
        step = np.asarray(shift) - 1
        length = float(np.sqrt(((step * h) ** 2).sum()))
        if length:
            near = wide[tuple(slice(s, s + n) for s, n in zip(shift, depth.shape, strict=True))]
            ridge &= near < (depth + length) * (1.0 - 1e-9)
    return ridge


def _fold(out: NDArray[np.float32], pads: list[int], shape: tuple[int, ...], periodic: Sides) -> NDArray[np.float32]:
    """Cut the margins off, laying them over the other side where the image is periodic."""
    for axis, (pad, n) in enumerate(zip(pads, shape, strict=True)):
        rows = np.moveaxis(out, axis, 0)
        if periodic[axis] and pad:
            np.maximum(rows[n : n + pad], rows[:pad], out=rows[n : n + pad])
            np.maximum(rows[pad : 2 * pad], rows[n + pad :], out=rows[pad : 2 * pad])
        out = np.moveaxis(rows[pad : pad + n], 0, axis)
    return out
