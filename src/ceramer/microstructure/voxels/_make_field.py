"""Particles onto voxels: the smallest gauge of all particles at every voxel, and the particle it belongs to."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.microstructure.voxels._image import Mask
from ceramer.microstructure.voxels._make_sizes import Floats

__all__ = ["Canvas", "Gauge", "ball", "check_fraction", "count_of", "lowest", "renumber"]

Gauge: TypeAlias = Callable[[int, Floats, Floats, Floats], Floats]
"""Gauge of particle i at offsets (z, y, x) [m] from its centre, of broadcasting shapes (a,1,1), (1,b,1), (1,1,c)."""
_MAX_GRAINS: Final = 65535


def check_fraction(fraction: float, what: str) -> float:
    """Return a volume fraction strictly between 0 and 1."""
    if not (isinstance(fraction, (int, float)) and 0.0 < fraction < 1.0):
        raise InputError(f"{what} is {fraction}; a volume fraction lies between 0 and 1.")
    return float(fraction)


def count_of(fraction: float, size: int) -> int:
    """Return the number of voxels nearest to a fraction of `size`."""
    return math.floor(fraction * size + 0.5)


def lowest(values: NDArray[np.floating], count: int) -> Mask:
    """Return the mask of the `count` smallest values (ties by position)."""
    flat = values.ravel()
    out = np.zeros(flat.size, dtype=bool)
    if count >= flat.size:
        out[:] = True
    elif count > 0:
        edge = np.partition(flat, count - 1)[count - 1]
        np.less(flat, edge, out=out)
        ties = np.flatnonzero(flat == edge)
        out[ties[: count - int(out.sum())]] = True
    return out.reshape(values.shape)


def renumber(owner: NDArray[np.int32], inside: Mask) -> NDArray[np.uint16]:
    """Return grain numbers 1, 2, ... of the owners that have voxels inside, 0 elsewhere."""
    present = np.unique(owner[inside])
    if present.size > _MAX_GRAINS:
        raise InputError(
            f"The image has {present.size} grains, more than {_MAX_GRAINS}; take larger grains or a smaller image."
        )
    table = np.zeros(int(owner.max(initial=0)) + 1, dtype=np.uint16)
    table[present] = np.arange(1, present.size + 1)
    grains = np.zeros(owner.shape, dtype=np.uint16)
    grains[inside] = table[owner[inside]]
    return grains


def ball(radius: float) -> Gauge:
    """Gauge of a sphere: the distance from its centre over its radius."""
    return lambda _, z, y, x: np.asarray(np.sqrt(z * z + y * y + x * x) / radius)


@dataclass
class Canvas:
    """The smallest gauge at every voxel centre, its owner, and (on request) the second smallest with its owner."""

    shape: tuple[int, int, int]
    spacing: tuple[float, float, float]
    periodic: tuple[bool, bool, bool]
    with_second: bool = False

    def __post_init__(self) -> None:
        self.value = np.full(self.shape, np.inf, dtype=np.float32)
        self.owner = np.full(self.shape, -1, dtype=np.int32)
        if self.with_second:
            self.second = np.full(self.shape, np.inf, dtype=np.float32)
            self.next_owner = np.full(self.shape, -1, dtype=np.int32)

    @property
    def box(self) -> Floats:
        """Edges of the image [m]."""
        return np.asarray([n * h for n, h in zip(self.shape, self.spacing, strict=True)])

    def paint(
        self, index: int, centre: Sequence[float] | Floats, reach: Sequence[float] | Floats, gauge: Gauge
    ) -> None:
        """Lower the field by one particle, in the cuboid `centre` +/- `reach` [m]."""
        where: list[NDArray[np.int64]] = []
        offsets: list[Floats] = []
        for axis in range(3):
            n, h = self.shape[axis], self.spacing[axis]
            first = math.ceil((float(centre[axis]) - float(reach[axis])) / h - 0.5)
            last = math.floor((float(centre[axis]) + float(reach[axis])) / h - 0.5)
            if self.periodic[axis]:
                if last - first + 1 > n:  # each voxel once, at its nearest image
                    first = math.ceil((float(centre[axis]) - 0.5 * n * h) / h - 0.5)
                    last = first + n - 1
            else:
                first, last = max(first, 0), min(last, n - 1)
            if last < first:
                return
            at = np.arange(first, last + 1)
            offsets.append(np.asarray((at + 0.5) * h - float(centre[axis])))
            where.append(at % n)
        z, y, x = offsets
        new = gauge(index, z[:, None, None], y[None, :, None], x[None, None, :]).astype(np.float32)
        plain = all(int(at[-1]) - int(at[0]) == at.size - 1 for at in where)
        cut = tuple(slice(int(at[0]), int(at[-1]) + 1) for at in where) if plain else np.ix_(*where)
        old = self.value[cut]
        closer = new < old
        if self.with_second:
            second, next_owner, owner = self.second[cut], self.next_owner[cut], self.owner[cut]
            other = ~closer & (new < second)
            self.second[cut] = np.where(closer, old, np.where(other, new, second))
            self.next_owner[cut] = np.where(closer, owner, np.where(other, index, next_owner))
        self.value[cut] = np.where(closer, new, old)
        self.owner[cut] = np.where(closer, index, self.owner[cut])
