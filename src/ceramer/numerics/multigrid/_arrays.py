"""The same solve in whole-array operations: one text for NumPy, PyTorch and CuPy, and so for a GPU.

Fields are padded like those of the compiled kernels. Faces are not: those across axis d are one more than the cells
along it. The compiled kernels make the faces of every level; smoothing and all that iterates is done here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import numpy as np

from ceramer.errors import InputError, MissingExtraError, UnknownNameError
from ceramer.numerics.jit import over_planes
from ceramer.numerics.multigrid import _kernels as kernels
from ceramer.numerics.multigrid._conjugate import Operator, Preconditioner, as_kind
from ceramer.numerics.multigrid._dense import regular
from ceramer.numerics.multigrid._hierarchy import Array, Faces, ladder, padded

__all__ = ["ArrayBackend", "ArrayHierarchy", "array_backend"]

_DIRECT: Final = 512
"""Cells below which a level is solved with its inverse: small levels keep a GPU waiting."""
_INNER: Final = (slice(1, -1),) * 3


@dataclass(frozen=True, slots=True)
class ArrayBackend:
    """An array library, and the device of its arrays where the library asks for one.

    >>> import numpy
    >>> backend = ArrayBackend(numpy)
    """

    namespace: Any
    device: Any = None

    def put(self, array: Array) -> Any:
        """Copy a NumPy array there."""
        return self.namespace.asarray(np.ascontiguousarray(array), **self._where)

    def zeros(self, shape: Sequence[int], dtype: Any) -> Any:
        """Return zeros there; `dtype` is the library's own."""
        return self.namespace.zeros(tuple(shape), dtype=dtype, **self._where)

    @staticmethod
    def get(array: Any) -> Array:
        """Copy an array back."""
        if hasattr(array, "cpu"):
            return np.asarray(array.cpu())
        return np.asarray(array.get() if hasattr(array, "get") else array)

    @property
    def _where(self) -> dict[str, Any]:
        return {} if self.device is None else {"device": self.device}


def array_backend(device: str) -> ArrayBackend | None:
    """Return the arrays of `device`: None for "cpu" (compiled kernels), a GPU for "cuda", one if there is for "auto".

    Raises
    ------
    MissingExtraError
        "cuda" without PyTorch or CuPy.
    InputError
        "cuda" where neither sees a GPU.
    """
    if device not in ("cpu", "cuda", "auto"):
        raise UnknownNameError("device", str(device), ("cpu", "cuda", "auto"))
    if device == "cpu":
        return None
    installed = [name for name in ("torch", "cupy") if find_spec(name)]
    for name in installed:
        library = import_module(name)
        if name == "torch" and library.cuda.is_available():
            return ArrayBackend(library, "cuda")
        if name == "cupy" and library.is_available():
            return ArrayBackend(library)
    if device == "auto":
        return None
    if not installed:
        raise MissingExtraError("Solving on a GPU", "gpu", "use the device 'cpu'")
    raise InputError(f"device is 'cuda' and {' or '.join(installed)} sees no GPU on this machine; use 'cpu'.")


def _along(axis: int, *bounds: int | None) -> tuple[slice, ...]:
    """Pick a slice along one axis and everything along the others."""
    return tuple(slice(*bounds) if d == axis else slice(None) for d in range(3))


class _Level:
    """One grid: its faces, one over its diagonal by colour, and the fields of the cycle."""

    def __init__(self, faces: Faces, backend: ArrayBackend) -> None:
        self.backend, self.shape, self.periodic = backend, faces.shape, faces.periodic
        self.g = [
            backend.put(g[tuple(slice(1, None if d == e else -1) for e in range(3))]) for d, g in enumerate(faces)
        ]
        inverse = padded(faces.shape, faces.x.dtype)
        over_planes(kernels.invert_diagonal, faces.shape[0], inverse.size, *faces, inverse)
        self.pivots = [backend.put(inverse[_INNER] * mask) for mask in _colours(faces)]
        self.u, self.b = self.field(), self.field()

    def field(self) -> Any:
        return self.backend.zeros([n + 2 for n in self.shape], self.g[0].dtype)

    def refresh(self, u: Any) -> None:
        """Renew the periodic ghosts."""
        for axis, wraps in enumerate(self.periodic):
            if wraps:
                u[_along(axis, 0, 1)] = u[_along(axis, -2, -1)]
                u[_along(axis, -1, None)] = u[_along(axis, 1, 2)]

    def fall(self, u: Any, axis: int) -> Any:
        """Fall of u over the faces across `axis`."""
        low = tuple(slice(None, -1) if d == axis else slice(1, -1) for d in range(3))
        high = tuple(slice(1, None) if d == axis else slice(1, -1) for d in range(3))
        return u[low] - u[high]

    def inflow(self, u: Any, out: Any, drops: Sequence[Any] = (None, None, None)) -> Any:
        """Add to `out` what flows into every cell, -A u, with a mean fall over the faces of the axis that has one."""
        for axis in range(3):
            flow = self.fall(u, axis)
            if drops[axis] is not None:
                flow += drops[axis]
            flow *= self.g[axis]
            out += flow[_along(axis, None, -1)]
            out -= flow[_along(axis, 1, None)]
        return out

    def residual(self) -> Any:
        return self.inflow(self.u, self.b[_INNER] + 0)

    def relax(self, pivots: Sequence[Any], fresh: bool = False) -> None:
        """Gauss-Seidel sweep, all cells of a colour at once; from u = 0 where `fresh`."""
        for number, pivot in enumerate(pivots):
            if fresh and number == 0:
                self.u[_INNER] = pivot * self.b[_INNER]
            else:
                self.u[_INNER] += pivot * self.residual()
            self.refresh(self.u)


def _colours(faces: Faces) -> list[Array]:
    """Masks of cells that share no face: like a chessboard; a third colour for odd periodic axes."""
    colours, total = 2, np.zeros((1, 1, 1), np.int64)
    for axis, (count, wraps) in enumerate(zip(faces.shape, faces.periodic, strict=True)):
        colour = np.arange(count) % 2
        if wraps and count % 2 and count > 1:
            colour[-1], colours = 2, 3
        total = total + colour.reshape([-1 if d == axis else 1 for d in range(3)])
    return [total % colours == colour for colour in range(colours)]


def _inverse(faces: Faces) -> Array:
    """Return the inverse of A, the level of a floating potential left out."""
    index = np.arange(np.prod(faces.shape)).reshape(faces.shape)
    wide = np.promote_types(faces.x.dtype, np.float64)
    matrix = np.zeros((index.size, index.size), wide)
    for axis, padded_faces in enumerate(faces):
        g = np.moveaxis(padded_faces, axis, 0)[1:, 1:-1, 1:-1].astype(wide)
        cells = np.moveaxis(index, axis, 0)
        low, high = (np.roll(cells, 1, 0), cells) if faces.periodic[axis] else (cells[:-1], cells[1:])
        inner = g[:-1] if faces.periodic[axis] else g[1:-1]
        for a, b in ((low, high), (high, low)):
            np.add.at(matrix, (a, a), inner)
            np.add.at(matrix, (a, b), -inner)
        if not faces.periodic[axis]:
            np.add.at(matrix, (cells[0], cells[0]), g[0])
            np.add.at(matrix, (cells[-1], cells[-1]), g[-1])
    return np.linalg.inv(regular(matrix))


def _halved(r: Any, axis: int) -> Any:
    """Add up neighbours two by two along one axis."""
    out = r[_along(axis, None, None, 2)] + 0
    out[_along(axis, None, r.shape[axis] // 2)] += r[_along(axis, 1, None, 2)]
    return out


class _ArrayOperator(Operator):
    """A of one grid."""

    def __init__(self, level: _Level, host: Any) -> None:
        self._level, self._backend = level, level.backend
        self._wide = self._backend.put(np.zeros(1, np.promote_types(host, np.float64))).dtype
        self.dtype = np.dtype(host)

    def zeros(self) -> Any:
        """Return a padded field of zeros."""
        return self._level.field()

    def put(self, field: Array) -> Any:
        """Copy a padded field to where A works."""
        return self._backend.put(as_kind(field, self.dtype))

    def get(self, field: Any) -> Array:
        """Copy one back."""
        return self._backend.get(field)

    def total(self, array: Any) -> Any:
        """Sum up in double precision."""
        return self._backend.namespace.sum(array, dtype=self._wide).item()

    def total_over(self, array: Any, axes: tuple[int, ...]) -> Any:
        """Sum up over some axes in double precision."""
        return self._backend.namespace.sum(array, axis=axes, dtype=self._wide)

    def apply(self, p: Any, out: Any) -> Any:
        """Write A p to `out` and return p . A p."""
        out[...] = 0
        self._level.inflow(p, out[_INNER])
        out *= -1
        return self.total(p[_INNER] * out[_INNER])

    def products(self, z: Any, r: Any, ap: Any) -> tuple[Any, Any]:
        """Return z . r and z . ap."""
        return self.total(z[_INNER] * r[_INNER]), self.total(z[_INNER] * ap[_INNER])

    def combine(self, p: Any, z: Any, beta: Any) -> None:
        """p = z + beta p."""
        p *= beta
        p += z

    def step(self, x: Any, r: Any, p: Any, ap: Any, alpha: Any) -> None:
        """x += alpha p and r -= alpha A p."""
        x += alpha * p
        r -= alpha * ap


class ArrayHierarchy(Preconditioner):
    """W(1,1) cycles of coloured Gauss-Seidel on the ladder of `Hierarchy`, for problems driven by a mean gradient.

    Parameters
    ----------
    faces : Faces
    spacing : sequence of 3 floats
    backend : ArrayBackend
    """

    def __init__(self, faces: Faces, spacing: Sequence[float], backend: ArrayBackend) -> None:
        grids, self._shifts = ladder(faces, spacing, _DIRECT)
        self._backend, self._spacing = backend, spacing
        self._levels = [_Level(grid, backend) for grid in grids]
        self._direct = backend.put(_inverse(grids[-1]).astype(faces.x.dtype))
        self.operator = _ArrayOperator(self._levels[0], faces.x.dtype)

    @property
    def residual(self) -> Any:
        """Padded right-hand side."""
        return self._levels[0].b

    def apply(self) -> Any:
        """Return an approximate solution of A z = residual."""
        self._cycle(0)
        return self._levels[0].u

    def _cycle(self, depth: int, fresh: bool = True) -> None:
        level, last = self._levels[depth], len(self._levels) - 1
        if depth == last:
            level.u[_INNER] = (self._direct @ level.b[_INNER].reshape(-1)).reshape(level.shape)
            level.refresh(level.u)
            return
        level.relax(level.pivots, fresh)
        rest, coarse, shift = level.residual(), self._levels[depth + 1], self._shifts[depth]
        for axis in range(3):
            if shift[axis]:
                rest = _halved(rest, axis)
        coarse.b[_INNER] = rest
        self._cycle(depth + 1)
        if depth + 1 < last:
            self._cycle(depth + 1, fresh=False)
        (a, b, c), (i, j, k) = coarse.shape, (1 + s for s in shift)
        blocks = coarse.u[_INNER][:, None, :, None, :, None]
        blocks = self._backend.namespace.broadcast_to(blocks, (a, i, b, j, c, k)).reshape((a * i, b * j, c * k))
        level.u[_INNER] += blocks[tuple(slice(0, n) for n in level.shape)]
        level.refresh(level.u)
        level.relax(level.pivots[::-1])

    def _drops(self, axis: int) -> list[Any]:
        """Fall of -x over the faces across `axis` (half a cell at an electrode); None for the other axes."""
        level = self._levels[0]
        drop = np.full(level.shape[axis] + 1, float(self._spacing[axis]))
        if not level.periodic[axis]:
            drop[[0, -1]] *= 0.5
        shaped = drop.astype(np.finfo(self.operator.dtype).dtype).reshape([-1 if d == axis else 1 for d in range(3)])
        return [self._backend.put(shaped) if d == axis else None for d in range(3)]

    def source(self, axis: int) -> Any:
        """Write the right-hand side for a unit mean gradient to `residual`; return E at u = 0."""
        zero = self._levels[0].field()
        self.residual[...] = 0
        self._levels[0].inflow(zero, self.residual[_INNER], self._drops(axis))
        return self.energy(zero, axis)

    def energy(self, u: Any, axis: int) -> Any:
        """Return the dissipation, as `cross_energy` does."""
        level, drops, total = self._levels[0], self._drops(axis), 0.0
        level.refresh(u)
        for d in range(3):
            fall = level.fall(u, d)
            if drops[d] is not None:
                fall += drops[d]
            heat = level.g[d] * fall * fall
            total += self.operator.total(heat[_along(d, 1, None)] if level.periodic[d] else heat)
        return total

    def plane_flux(self, u: Any, axis: int) -> Array:
        """Return the current through the plane of faces above every layer of cells."""
        level = self._levels[0]
        level.refresh(u)
        flow = (level.fall(u, axis) + self._drops(axis)[axis]) * level.g[axis]
        wide = self.operator.total_over(flow, tuple(d for d in range(3) if d != axis))
        return self._backend.get(wide)[1:]
