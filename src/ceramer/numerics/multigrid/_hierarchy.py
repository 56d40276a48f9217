"""The ladder of grids: each level halves the axes along which the coupling is strong."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ceramer.numerics.jit import over_planes, shared
from ceramer.numerics.multigrid import _kernels as kernels

__all__ = ["Faces", "Hierarchy", "empty_faces", "ladder", "padded"]

Array = np.ndarray[Any, Any]

_LAST_SWEEPS: Final = 14
"""Sweeps that stand for a solve on the coarsest level (27 cells at most)."""


def padded(shape: Sequence[int], dtype: Any) -> Array:
    """Return zeros for a grid of `shape` with its ghosts."""
    return np.zeros([n + 2 for n in shape], dtype)


@dataclass(frozen=True, slots=True)
class Faces:
    """Face conductances of a three-dimensional grid.

    Attributes
    ----------
    x, y, z : array, shape (n0 + 2, n1 + 2, n2 + 2)
        Conductance of the face below each cell along array axis 0, 1, 2, with one ghost on every side. Along a periodic
        axis the first and the last face are the same and hold the same value, or 0 where the axis has one cell.
    periodic : tuple of bool
        Axes that close on themselves. Elsewhere a conducting outer face leads to an electrode at zero.
    """

    x: Array
    y: Array
    z: Array
    periodic: tuple[bool, bool, bool]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of cells along each axis."""
        return self.x.shape[0] - 2, self.x.shape[1] - 2, self.x.shape[2] - 2

    @property
    def wrap(self) -> int:
        """The periodic axes as bits."""
        return sum(1 << axis for axis in range(3) if self.periodic[axis])

    def __iter__(self) -> Any:
        return iter((self.x, self.y, self.z))


def empty_faces(shape: Sequence[int], periodic: tuple[bool, bool, bool], dtype: Any) -> Faces:
    """Return faces that conduct nothing."""
    return Faces(padded(shape, dtype), padded(shape, dtype), padded(shape, dtype), periodic)


def ladder(faces: Faces, spacing: Sequence[float], enough: int = 0) -> tuple[list[Faces], list[tuple[int, int, int]]]:
    """Return the faces of every level, down to 3 cells an axis or `enough` cells, and which axes each step halves."""
    levels, shifts = [faces], list[tuple[int, int, int]]()
    distances = [float(d) for d in spacing]
    while max(faces.shape) > 3 and math.prod(faces.shape) > enough:
        shape = faces.shape
        nearest = min(d for d, n in zip(distances, shape, strict=True) if n > 1)
        i, j, k = (int(n > 1 and d < 1.5 * nearest) for d, n in zip(distances, shape, strict=True))
        faces = _coarsened(faces, (i, j, k))
        distances = [d * (1 + s) for d, s in zip(distances, (i, j, k), strict=True)]
        shifts.append((i, j, k))
        levels.append(faces)
    return levels, shifts


class Hierarchy:
    """W(1,1) multigrid cycles of red-black Gauss-Seidel with piecewise-constant transfers: an approximate inverse.

    Parameters
    ----------
    faces : Faces
    spacing : sequence of 3 floats
        Relative distance between cells along each axis; far axes wait until the near ones have been coarsened.
    """

    def __init__(self, faces: Faces, spacing: Sequence[float] = (1.0, 1.0, 1.0)) -> None:
        self.wrap = faces.wrap
        self.faces, self.shifts = ladder(faces, spacing)
        dtype = faces.x.dtype
        self.u = [padded(f.shape, dtype) for f in self.faces]
        self.b = [padded(f.shape, dtype) for f in self.faces]
        self.inverse = [padded(f.shape, dtype) for f in self.faces]
        for f, inverse in zip(self.faces, self.inverse, strict=True):
            over_planes(kernels.invert_diagonal, f.shape[0], inverse.size, *f, inverse)
        self._shifts = np.array([*self.shifts, (0, 0, 0)], np.int64)

    def cycle(self, level: int = 0, fresh: bool = True) -> None:
        """Improve ``u[level]`` towards the solution of A u = ``b[level]``, from zero where `fresh`."""
        mode, last = (0 if fresh else 1), len(self.faces) - 1
        if level == last:
            self.relax(level, mode, repeats=_LAST_SWEEPS)
            return
        self.relax(level, mode)
        u, coarse = self.u[level], self.b[level + 1]
        fixed = (coarse, u, self.b[level], *self.faces[level], self._shifts[level])
        over_planes(kernels.restrict_residual, coarse.shape[0] - 2, u.size, *fixed)
        self.cycle(level + 1)
        if level + 1 < last:
            self.cycle(level + 1, fresh=False)
        self.relax(level, 3, self.u[level + 1])

    def relax(self, level: int, mode: int, coarse: Array | None = None, repeats: int = 1) -> None:
        """Sweep one level in a mode of `kernels.relax`."""
        u = self.u[level]
        transfer = (u if coarse is None else coarse, self._shifts[level])
        odd = [wraps and n & 1 for wraps, n in zip(self.faces[0].periodic, self.faces[level].shape, strict=True)]
        if mode == 0 and any(odd):
            u.fill(0)
            mode = 1
        fixed = (u, self.b[level], *self.faces[level], self.inverse[level], self.wrap, mode)
        if odd[0] or not shared(u.shape[0] - 2, u.size):
            kernels.relax(1, u.shape[0] - 1, 3, repeats, *fixed, *transfer)
            return
        for stage in range(0 if mode == 3 else 1, 3):
            over_planes(kernels.relax, u.shape[0] - 2, u.size, stage, 1, *fixed, *transfer)
            kernels.refresh_ends(u, self.wrap)


def _coarsened(fine: Faces, shift: tuple[int, int, int]) -> Faces:
    """Return the faces of the next level."""
    n0, n1, n2 = ((n + s) >> s for n, s in zip(fine.shape, shift, strict=True))
    coarse = empty_faces((n0, n1, n2), fine.periodic, fine.x.dtype)
    factor = np.array([0.5 if s else 1.0 for s in shift]).astype(fine.x.dtype)
    over_planes(kernels.coarsen_faces, n0, fine.x.size, *fine, *coarse, np.array(shift, np.int64), factor)
    for axis, faces in enumerate(coarse):
        if coarse.periodic[axis] and coarse.shape[axis] == 1:
            faces[:] = 0
    return coarse
