"""Tortuosity: of the shortest paths, and of diffusion."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.microstructure.voxels._image import Axis, Mask, Phases, VoxelImage, axis_index
from ceramer.microstructure.voxels._make_sizes import Floats
from ceramer.microstructure.voxels._measure_connectivity import reach

Index: TypeAlias = NDArray[np.integer]

__all__ = ["DiffusiveTortuosity", "GeometricTortuosity", "diffusive_tortuosity", "geometric_tortuosity"]


@dataclass(frozen=True, slots=True)
class GeometricTortuosity:
    """Lengths of the shortest paths through a phase from face to face, over the length of the image.

    Attributes
    ----------
    mean : over the voxels of the far face that are reached, and over both ways; inf where no path joins the faces
    shortest : of all paths
    standard_deviation : over the voxels of the far face, both ways
    percolates : whether a path joins the faces
    """

    mean: float
    shortest: float
    standard_deviation: float
    percolates: bool


@dataclass(frozen=True, slots=True)
class DiffusiveTortuosity:
    """Tortuosity of diffusion, tau = eps sigma_0/sigma_eff (inf where nothing passes).

    Attributes
    ----------
    tortuosity_factor : tau; on a straight tortuous path the square of its relative length
    fraction : volume fraction eps of the conducting phases
    relative_conductivity : sigma_eff/sigma_0
    percolates : whether the phase joins the faces
    """

    tortuosity_factor: float
    fraction: float
    relative_conductivity: float
    percolates: bool


def geometric_tortuosity(image: VoxelImage, phases: Phases, axis: Axis) -> GeometricTortuosity:
    r"""Measure the shortest paths through a phase, from one face of an axis to the other and back.

    The length T of the path from the face solves :math:`|\nabla T| = 1` within the phase, T = 0 on the face, by
    first-order upwind differences along the axes and along the face diagonals, so that paths run at any angle.

    Parameters
    ----------
    image : VoxelImage
        Paths cross periodic edges of the other axes.
    phases : name or names, taken together
    axis : "z", "y" or "x"

    Notes
    -----
    Exact along the axes and (equal spacings) along face diagonals; 0.1 % long in a channel at 45 degrees of eight
    voxels, up to 2 % from a point source to all angles, 6 % in voxels of unequal edges. Steps across voxel edges are
    taken only beside a voxel of the phase. Memory about 110 bytes a voxel of the phase.
    """
    k = axis_index(axis)
    mask = image.mask(phases)
    through = reach(mask, axis, image.periodic)[0]
    if not through.any():
        return GeometricTortuosity(math.inf, math.inf, math.nan, False)
    wrap = (image.periodic[0] and k != 0, image.periodic[1] and k != 1, image.periodic[2] and k != 2)
    order = [k, *(j for j in range(3) if j != k)]
    turned = np.ascontiguousarray(through.transpose(order))
    spacing = [image.spacing[j] for j in order]
    paths = np.concatenate([_travel(way, spacing, (wrap[order[1]], wrap[order[2]])) for way in (turned, turned[::-1])])
    relative = paths / image.lengths[k]
    return GeometricTortuosity(float(relative.mean()), float(relative.min()), float(relative.std()), True)


def diffusive_tortuosity(
    image: VoxelImage,
    phases: Phases,
    axis: Axis,
    effective_conductivity: Callable[[VoxelImage, Mapping[str, float], Axis], float],
) -> DiffusiveTortuosity:
    r"""Measure the tortuosity factor :math:`\tau = \epsilon\, \sigma_0/\sigma_{eff}` with a given solver.

    Parameters
    ----------
    image : VoxelImage
    phases : the phases that conduct, with conductivity 1; all others with 0
    axis : "z", "y" or "x"
    effective_conductivity : called as f(image, {phase: conductivity}, axis); returns the effective conductivity. Not
        called where the phase does not percolate.

    Raises
    ------
    InputError
        A solver's answer outside 0 to the volume fraction (the parallel bound).
    """
    mask = image.mask(phases)
    fraction = float(mask.mean())
    if not reach(mask, axis, image.periodic)[0].any():
        return DiffusiveTortuosity(math.inf, fraction, 0.0, False)
    names = [phases] if isinstance(phases, str) else list(phases)
    given = {name: 1.0 if name in names else 0.0 for name in image.phases.values()}
    relative = float(effective_conductivity(image, given, axis))
    if not 0.0 < relative <= fraction * (1.0 + 1e-3):
        raise InputError(
            f"The solver gave a relative conductivity of {relative:g}, and a phase that fills {fraction:.4f} and "
            "percolates lies above 0 and up to that; check what the function returns."
        )
    return DiffusiveTortuosity(fraction / relative, fraction, relative, True)


def _travel(mask: Mask, spacing: list[float], wrap: tuple[bool, bool]) -> Floats:
    """Path lengths from the face before index 0 of the first axis to the face behind its last voxels of the mask.

    Fast iterative method: the voxels of the front are solved all at once until they stand still, then their
    neighbours follow; the fixed point is that of fast marching.
    """
    table = _neighbours(mask, (False, *wrap))
    count, tolerance = table.shape[1] - 1, 1e-6 * min(spacing)
    first = int(mask[0].sum())  # the first layer is fixed, half a voxel behind the face
    length = np.full(count + 1, np.inf)
    length[:first] = 0.5 * spacing[0]
    closed = np.zeros(count + 1, dtype=bool)  # fixed, off the grid, or on the list already
    closed[:first] = closed[count] = True
    place = np.zeros(count + 1, dtype=np.int32)
    done, active = np.arange(first), np.empty(0, dtype=np.intp)
    while done.size or active.size:
        near = table[:, done]
        near = near[(length[near] > length[done] + tolerance) & ~closed[near]]  # only what is longer can be shortened
        turn = np.arange(near.size, dtype=np.int32)
        place[near] = turn
        near = near[place[near] == turn]  # each once
        value = _solve(near, length, table, spacing)
        lower = length[near] - value > tolerance
        near = near[lower]
        length[near] = value[lower]
        new = np.minimum(_solve(active, length, table, spacing), length[active])
        still = length[active] - new <= tolerance
        length[active] = new
        done = active[still]
        active = np.concatenate([active[~still], near])
        closed[near] = True
        closed[done] = False
        closed[:first] = True
    return length[count - int(mask[-1].sum()) : count] + 0.5 * spacing[0]


def _neighbours(mask: Mask, wraps: tuple[bool, bool, bool]) -> Index:
    """Numbers of the 18 neighbours across faces and edges of every voxel of the mask, in its own numbering.

    Rows 0 to 5: low and high along each axis. Then, for each axis a and its two others b < c, four rows: (-b, -c),
    (+b, +c), (-b, +c), (+b, -c); there only where one of the two voxels between is in the mask as well. The count
    stands for no neighbour; it is the last column's own number too. Shape (18, count + 1).
    """
    count = int(mask.sum())
    wide = np.pad(np.full(mask.shape, count, dtype=np.int32), 1, constant_values=count)
    core = wide[1:-1, 1:-1, 1:-1]
    core[mask] = np.arange(count, dtype=np.int32)
    for axis, wrapped in enumerate(wraps):
        if wrapped:
            rows = np.moveaxis(wide, axis, 0)
            rows[0], rows[-1] = rows[-2], rows[1]
    table = np.full((18, count + 1), count, dtype=np.int32)

    def at(*steps: int) -> NDArray[np.int32]:
        return np.asarray(wide[tuple(slice(1 + s, 1 + s + n) for s, n in zip(steps, mask.shape, strict=True))][mask])

    unit = np.eye(3, dtype=int)
    for axis in range(3):
        table[2 * axis, :count], table[2 * axis + 1, :count] = at(*-unit[axis]), at(*unit[axis])
    for axis in range(3):
        b, c = (k for k in range(3) if k != axis)
        for row, (i, j) in enumerate(((-1, -1), (1, 1), (-1, 1), (1, -1))):
            beside = (table[2 * b + (i > 0), :count] < count) | (table[2 * c + (j > 0), :count] < count)
            table[6 + 4 * axis + row, :count] = np.where(beside, at(*(i * unit[b] + j * unit[c])), count)
    return table


def _solve(at: Index, length: Floats, table: Index, spacing: list[float]) -> Floats:
    """Upwind solution T of sum_k ((T - T_k)/h_k)^2 = 1, T_k the lower neighbour along axis k; least of four stencils.

    One stencil is that of the axes; three more are turned by 45 degrees about one axis each (equal spacings), or else
    step straight across the edges.
    """
    around = length[table[:, at]]
    h = np.asarray(spacing)
    low = np.minimum(around[::2], around[1::2])
    best = _upwind(low[:3], h)
    for axis in range(3):
        b, c = (k for k in range(3) if k != axis)
        edge = math.hypot(h[b], h[c])
        turned = low[[axis, 3 + 2 * axis, 4 + 2 * axis]]
        if h[b] == h[c]:
            best = np.minimum(best, _upwind(turned, np.array([h[axis], edge, edge])))
        else:
            best = np.minimum(best, turned[1:].min(axis=0) + edge)
    return best


def _upwind(low: Floats, h: Floats) -> Floats:
    """Solve one stencil of three perpendicular directions with steps h, shape (3,), from values of shape (3, n)."""
    a, b, c = low
    u, v, w = (np.full(a.shape, 1.0 / step**2) for step in h)
    for _ in range(2):  # sort by value, weights with them
        swap = a > b
        a, b, u, v = np.where(swap, b, a), np.where(swap, a, b), np.where(swap, v, u), np.where(swap, u, v)
        swap = b > c
        b, c, v, w = np.where(swap, c, b), np.where(swap, b, c), np.where(swap, w, v), np.where(swap, v, w)
    out = a + u**-0.5
    two = np.flatnonzero(out > b)
    out[two] = _root(a[two], u[two], [(b[two], v[two])])
    three = two[out[two] > c[two]]
    out[three] = _root(a[three], u[three], [(b[three], v[three]), (c[three], w[three])])
    return np.asarray(out)


def _root(lowest: Floats, weight: Floats, others: list[tuple[Floats, Floats]]) -> Floats:
    """Larger root T of u (T - a)^2 + v (T - b)^2 + ... = 1."""
    total, middle, rest = weight.copy(), np.zeros_like(lowest), np.full_like(lowest, -1.0)
    for value, w in others:
        step = value - lowest
        total += w
        middle += w * step
        rest += w * step**2
    return np.asarray(lowest + (middle + np.sqrt(np.maximum(middle**2 - total * rest, 0.0))) / total)
