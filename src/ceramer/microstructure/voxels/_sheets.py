"""Surfaces that conduct along themselves, laid through the voxels that they cut.

A surface of sheet conductance S dissipates S |grad_t phi|^2 per area, with grad_t = (1 - n n^T) grad. Every
material face hands its smooth area and this projector to the dual cells around it (boxes between eight voxel centres),
which take the gradient at their own centres; the normal part, which jumps across the surface, is projected out. The
hand-out reaches two cells far: the four that share the face alone would leave a sheet so uneven along itself that it
conducts some 4 % too little, at any resolution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.microstructure.voxels import _faces as kernels
from ceramer.numerics.jit import jit
from ceramer.numerics.multigrid import Extra, Faces

__all__ = ["Sheet", "Sheets", "build_sheet"]

_ALONG: Final = np.array([1.0, 2.0, 1.0]) / 4.0
_ACROSS: Final = np.array([1.0, 3.0, 3.0, 1.0]) / 8.0


@jit
def _gather(u: Any, a: int, b: int, c: int, drop: Any, fall: Any) -> None:
    """Mean fall of potential over dual cell (a, b, c) along the three axes."""
    fall[0], fall[1], fall[2] = drop[0] + 0 * u[0, 0, 0], drop[1] + 0 * u[0, 0, 0], drop[2] + 0 * u[0, 0, 0]
    for corner in range(8):
        x, y, z = corner >> 2, (corner >> 1) & 1, corner & 1
        value = 0.25 * u[a + x, b + y, c + z]
        fall[0] += value if x == 0 else -value
        fall[1] += value if y == 0 else -value
        fall[2] += value if z == 0 else -value


@jit
def _flux(tensor: Any, fall: Any, flux: Any) -> None:
    flux[0] = tensor[0] * fall[0] + tensor[3] * fall[1] + tensor[4] * fall[2]
    flux[1] = tensor[3] * fall[0] + tensor[1] * fall[1] + tensor[5] * fall[2]
    flux[2] = tensor[4] * fall[0] + tensor[5] * fall[1] + tensor[2] * fall[2]


@jit
def _apply(places: Any, tensors: Any, u: Any, drop: Any, out: Any, sign: Any) -> Any:
    """Add `sign` times the current that leaves every voxel through the sheet to `out`; return the dissipation."""
    n0, n1, n2 = u.shape[0] - 2, u.shape[1] - 2, u.shape[2] - 2
    fall, flux = np.zeros(3, tensors.dtype), np.zeros(3, tensors.dtype)
    total = 0.0 * (1.0 * tensors[0, 0])
    for e in range(places.shape[0]):
        a, b, c = places[e, 0], places[e, 1], places[e, 2]
        _gather(u, a, b, c, drop, fall)
        _flux(tensors[e], fall, flux)
        total += flux[0] * fall[0] + flux[1] * fall[1] + flux[2] * fall[2]
        for corner in range(8):
            x, y, z = corner >> 2, (corner >> 1) & 1, corner & 1
            net = (1 - 2 * x) * flux[0] + (1 - 2 * y) * flux[1] + (1 - 2 * z) * flux[2]
            i = a + x if a + x > 0 else n0
            j = b + y if b + y > 0 else n1
            k = c + z if c + z > 0 else n2
            out[i, j, k] += sign * 0.25 * net
    return total


@jit
def _cross(places: Any, tensors: Any, u: Any, v: Any, drop_u: Any, drop_v: Any, current: Any) -> Any:
    """Return the bilinear dissipation of two fields and add the mean flux of the first to `current`."""
    fall, other, flux = np.zeros(3, tensors.dtype), np.zeros(3, tensors.dtype), np.zeros(3, tensors.dtype)
    total = 0.0 * (1.0 * tensors[0, 0])
    for e in range(places.shape[0]):
        a, b, c = places[e, 0], places[e, 1], places[e, 2]
        _gather(u, a, b, c, drop_u, fall)
        _gather(v, a, b, c, drop_v, other)
        _flux(tensors[e], fall, flux)
        for axis in range(3):
            total += (1.0 * flux[axis]) * other[axis]
            current[axis, places[e, axis]] += flux[axis]
    return total


@jit
def _spread(listed: Any, values: Any, inverse_spacing: Any, number: Any, places: Any, tensors: Any) -> int:
    """Collect the projectors of the faces in their dual cells; `number` maps a dual cell to its row."""
    n0, n1, n2 = number.shape
    count = 0
    for f in range(listed.shape[0]):
        axis = listed[f, 0]
        for corner in range(_ALONG.size * _ACROSS.size * _ACROSS.size):
            s = corner % _ACROSS.size
            t = (corner // _ACROSS.size) % _ACROSS.size
            r = corner // (_ACROSS.size * _ACROSS.size)
            share = _ALONG[r] * _ACROSS[s] * _ACROSS[t]
            r, s, t = r - _ALONG.size // 2, s + 1 - _ACROSS.size // 2, t + 1 - _ACROSS.size // 2
            a = (listed[f, 1] + (r if axis == 0 else s)) % n0
            b = (listed[f, 2] + (r if axis == 1 else (s if axis == 0 else t))) % n1
            c = (listed[f, 3] + (r if axis == 2 else t)) % n2
            row = number[a, b, c]
            if row < 0:
                row = count
                number[a, b, c] = row
                count += 1
                if row < places.shape[0]:
                    places[row, 0] = a
                    places[row, 1] = b
                    places[row, 2] = c
            if row >= tensors.shape[0]:
                continue
            weight = share * values[f, 0]
            n = values[f, 1:]
            h = inverse_spacing
            tensors[row, 0] += weight * (1.0 - n[0] * n[0]) * h[0] * h[0]
            tensors[row, 1] += weight * (1.0 - n[1] * n[1]) * h[1] * h[1]
            tensors[row, 2] += weight * (1.0 - n[2] * n[2]) * h[2] * h[2]
            tensors[row, 3] -= weight * n[0] * n[1] * h[0] * h[1]
            tensors[row, 4] -= weight * n[0] * n[2] * h[0] * h[2]
            tensors[row, 5] -= weight * n[1] * n[2] * h[1] * h[2]
    return count


@jit
def _surrogate(places: Any, tensors: Any, gx: Any, gy: Any, gz: Any) -> None:
    """Add the diagonal of every tensor to the four faces of its dual cell along each axis."""
    n0, n1, n2 = gx.shape[0] - 2, gx.shape[1] - 2, gx.shape[2] - 2
    for e in range(places.shape[0]):
        a, b, c = places[e, 0], places[e, 1], places[e, 2]
        for s in range(2):
            for t in range(2):
                i = a + s if a + s > 0 else n0
                j = b + s if b + s > 0 else n1
                jt = b + t if b + t > 0 else n1
                k = c + t if c + t > 0 else n2
                gx[a + 1, j, k] += 0.25 * tensors[e, 0]
                gy[i, b + 1, k] += 0.25 * tensors[e, 1]
                gz[i, jt, c + 1] += 0.25 * tensors[e, 2]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of conducting surface: dual cells (by their upper corner voxel) and their tensors times S."""

    pair: tuple[int, int]
    places: NDArray[np.int32]
    tensors: NDArray[Any]

    def power(self, u: Any, v: Any, spacing: Sequence[float], axis_u: int, axis_v: int) -> tuple[Any, NDArray[Any]]:
        """Return the bilinear dissipation of two fields, and the current of the first by axis and layer."""
        current = np.zeros((3, max(u.shape) - 2), np.promote_types(u.dtype, np.float64))
        drops = _drop(spacing, axis_u), _drop(spacing, axis_v)
        return _cross(self.places, self.tensors, u, v, *drops, current), current


def _drop(spacing: Sequence[float], axis: int) -> NDArray[np.float64]:
    """Fall of the mean potential over a dual cell."""
    drop = np.zeros(3)
    drop[axis] = spacing[axis]
    return drop


class Sheets(Extra):
    """All conducting surfaces of an image.

    Parameters
    ----------
    sheets : sequence of Sheet
    spacing : sequence of 3 floats
        Distances between voxels in the units of the solver.
    """

    def __init__(self, sheets: Sequence[Sheet], spacing: Sequence[float]) -> None:
        self.sheets = tuple(sheets)
        self._spacing = tuple(spacing)

    def source(self, axis: int, b: Any) -> Any:
        """Add to the right-hand side for a unit mean gradient along `axis`; return the dissipation at u = 0."""
        none, drop = np.zeros_like(b), _drop(self._spacing, axis)
        return sum(_apply(s.places, s.tensors, none, drop, b, b.dtype.type(-1.0)) for s in self.sheets)

    def add(self, u: Any, out: Any) -> Any:
        """Add to A u and return the part of u . A u."""
        none = np.zeros(3)
        return sum(_apply(s.places, s.tensors, u, none, out, out.dtype.type(1.0)) for s in self.sheets)

    def flux(self, u: Any, axis: int) -> Any:
        """Return the current through the plane above every layer of voxels."""
        flows = np.sum([s.power(u, u, self._spacing, axis, axis)[1][axis] for s in self.sheets], axis=0)
        return np.roll(flows[: u.shape[axis] - 2], -1)

    def energy(self, u: Any, v: Any, axis_u: int, axis_v: int) -> Any:
        """Return the bilinear dissipation of two fields."""
        return sum(s.power(u, v, self._spacing, axis_u, axis_v)[0] for s in self.sheets)

    def surrogate(self, faces: Faces) -> Faces:
        """Return `faces` with the sheets' diagonal added: what the preconditioner sees of them."""
        stiff = Faces(faces.x.copy(), faces.y.copy(), faces.z.copy(), faces.periodic)
        for sheet in self.sheets:
            _surrogate(sheet.places, sheet.tensors, *stiff)
        for axis, g in enumerate(stiff):
            face = np.moveaxis(g, axis, 0)
            face[-1] = face[1]
            if stiff.shape[axis] == 1:
                face[:] = 0
        return stiff


def build_sheet(
    labels: NDArray[Any],
    wide: NDArray[Any],
    pair: tuple[int, int],
    conductance: Any,
    spacing: NDArray[np.float64],
    area: NDArray[np.float64],
    dtype: Any,
) -> Sheet:
    """Find the surface between the two phases of `pair` in a periodic image and lay the sheet along it."""
    marked = np.zeros((max(int(labels.max(initial=0)), *pair) + 1,) * 2, np.uint8)
    marked[pair] = marked[pair[::-1]] = 1
    periodic = np.ones(3, np.bool_)
    arguments = (labels, wide, marked, area, spacing, periodic)
    found = kernels.surface_faces(*arguments, np.zeros((0, 6), np.int64), np.zeros((0, 4)))
    listed, values = np.zeros((found, 6), np.int64), np.zeros((found, 4))
    kernels.surface_faces(*arguments, listed, values)
    inverse = 1.0 / spacing
    number = np.full(labels.shape, -1, np.int32)
    count = _spread(listed, values, inverse, number, np.zeros((0, 3), np.int32), np.zeros((0, 6)))
    number[:] = -1
    places, tensors = np.zeros((count, 3), np.int32), np.zeros((count, 6))
    _spread(listed, values, inverse, number, places, tensors)
    return Sheet(pair, places, (tensors * conductance).astype(dtype))
