"""Problems driven by a mean gradient: phi = -x_d + u, with u periodic or zero on electrodes at both ends of axis d."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ceramer.numerics.jit import jit, over_planes
from ceramer.numerics.multigrid import _kernels as kernels
from ceramer.numerics.multigrid._aggregation import Aggregation
from ceramer.numerics.multigrid._arrays import ArrayHierarchy
from ceramer.numerics.multigrid._conjugate import Compiled, Extra, Operator, Outcome, Preconditioner, Solution, minimise
from ceramer.numerics.multigrid._deflation import Deflation
from ceramer.numerics.multigrid._hierarchy import Array, Faces, Hierarchy

__all__ = ["cross_energy", "plane_flux", "set_source", "solve_mean_field"]


@jit
def _drop(index: int, count: int, axis: int, driven: int, periodic: bool, length: float) -> float:
    """Fall of -x_driven over the face below cell `index` along `axis` (half a cell at an electrode)."""
    if axis != driven:
        return 0.0
    if not periodic and (index == 1 or index == count + 1):
        return 0.5 * length
    return length


@jit
def _source(first: int, end: int, gx: Any, gy: Any, gz: Any, b: Any, axis: int, periodic: bool, length: float) -> Any:
    nx, ny, nz = b.shape[0] - 2, b.shape[1] - 2, b.shape[2] - 2
    energy = 0.0 * (1.0 * gx[0, 0, 0])
    for i in range(first, end):
        for j in range(1, ny + 1):
            for k in range(1, nz + 1):
                if axis == 0:
                    low, high = gx[i, j, k], gx[i + 1, j, k]
                    at, n = i, nx
                elif axis == 1:
                    low, high = gy[i, j, k], gy[i, j + 1, k]
                    at, n = j, ny
                else:
                    low, high = gz[i, j, k], gz[i, j, k + 1]
                    at, n = k, nz
                down = _drop(at, n, axis, axis, periodic, length)
                up = _drop(at + 1, n, axis, axis, periodic, length)
                b[i, j, k] = low * down - high * up
                energy += (1.0 * low) * (down * down)
                if at == n and not periodic:
                    energy += (1.0 * high) * (up * up)
    return energy


@jit
def _energy(
    first: int,
    end: int,
    u: Any,
    v: Any,
    gx: Any,
    gy: Any,
    gz: Any,
    axis_u: int,
    axis_v: int,
    periodic: Any,
    spacing: Any,
) -> Any:
    nx, ny, nz = u.shape[0] - 2, u.shape[1] - 2, u.shape[2] - 2
    total = 0.0 * (1.0 * u[0, 0, 0])
    last = end
    if end == nx + 1 and not periodic[0]:
        last = end + 1
    for i in range(first, last):
        xu = _drop(i, nx, 0, axis_u, periodic[0], spacing[0])
        xv = _drop(i, nx, 0, axis_v, periodic[0], spacing[0])
        for j in range(1, ny + 1):
            for k in range(1, nz + 1):
                a = 1.0 * u[i, j, k] - u[i - 1, j, k] - xu
                b = 1.0 * v[i, j, k] - v[i - 1, j, k] - xv
                total += gx[i, j, k] * a * b
        if i == nx + 1:
            continue
        for j in range(1, ny + 2 - periodic[1]):
            yu = _drop(j, ny, 1, axis_u, periodic[1], spacing[1])
            yv = _drop(j, ny, 1, axis_v, periodic[1], spacing[1])
            for k in range(1, nz + 1):
                a = 1.0 * u[i, j, k] - u[i, j - 1, k] - yu
                b = 1.0 * v[i, j, k] - v[i, j - 1, k] - yv
                total += gy[i, j, k] * a * b
        for j in range(1, ny + 1):
            for k in range(1, nz + 2 - periodic[2]):
                a = 1.0 * u[i, j, k] - u[i, j, k - 1] - _drop(k, nz, 2, axis_u, periodic[2], spacing[2])
                b = 1.0 * v[i, j, k] - v[i, j, k - 1] - _drop(k, nz, 2, axis_v, periodic[2], spacing[2])
                total += gz[i, j, k] * a * b
    return total


def set_source(faces: Faces, axis: int, spacing: Sequence[float], b: Array) -> Any:
    """Write the right-hand side of A u = b for a unit mean gradient along `axis` into padded `b`; return E at u = 0."""
    parts = over_planes(
        _source, faces.shape[0], b.size, *faces, b, axis, bool(faces.periodic[axis]), float(spacing[axis])
    )
    return sum(parts[1:], start=parts[0])


def cross_energy(faces: Faces, u: Array, v: Array, axis_u: int, axis_v: int, spacing: Sequence[float]) -> Any:
    r"""Return :math:`\sum_f g_f \Delta\varphi_u \Delta\varphi_v`: the dissipation, or with u != v a cross term."""
    lengths = np.array(spacing, float)
    periodic = np.array(faces.periodic)
    return sum(over_planes(_energy, faces.shape[0], u.size, u, v, *faces, axis_u, axis_v, periodic, lengths), start=0.0)


@jit
def _flux(first: int, end: int, u: Any, g: Any, axis: int, periodic: bool, length: float, out: Any) -> None:
    n0, n1, n2 = u.shape[0] - 2, u.shape[1] - 2, u.shape[2] - 2
    s0, s1 = int(axis == 0), int(axis == 1)
    for i in range(first, end):
        for j in range(1, n1 + 1):
            here, above, faces = u[i, j], u[i + s0, j + s1], g[i + s0, j + s1]
            if axis == 2:
                for k in range(1, n2 + 1):
                    out[k - 1] += faces[k + 1] * (here[k] - above[k + 1] + _drop(k + 1, n2, 2, 2, periodic, length))
                continue
            at, count = (i, n0) if axis == 0 else (j, n1)
            drop = _drop(at + 1, count, axis, axis, periodic, length)
            total = 0.0 * (1.0 * here[0])
            for k in range(1, n2 + 1):
                total += faces[k] * (here[k] - above[k] + drop)
            out[at - 1] += total


def plane_flux(faces: Faces, u: Array, axis: int, spacing: Sequence[float]) -> Array:
    """Return the current through the plane of faces above every layer of cells, for a unit gradient along `axis`."""
    parts: list[Array] = []

    def slab(first: int, end: int, *arguments: Any) -> None:
        parts.append(np.zeros(faces.shape[axis], np.promote_types(u.dtype, np.float64)))
        _flux(first, end, *arguments, parts[-1])

    fixed = (axis, bool(faces.periodic[axis]), float(spacing[axis]))
    over_planes(slab, faces.shape[0], u.size, u, tuple(faces)[axis], *fixed)
    return np.asarray(np.sum(parts, axis=0))


class _MeanField(Preconditioner):
    """What `ArrayHierarchy` offers, by the compiled kernels."""

    def __init__(self, faces: Faces, spacing: Sequence[float], hierarchy: Hierarchy, extra: Extra | None) -> None:
        self._faces, self._spacing, self._hierarchy, self._extra = faces, spacing, hierarchy, extra
        self.operator: Operator = Compiled(faces, extra)

    @property
    def residual(self) -> Array:
        return self._hierarchy.b[0]

    def apply(self) -> Array:
        self._hierarchy.cycle()
        return self._hierarchy.u[0]

    def source(self, axis: int) -> Any:
        start = set_source(self._faces, axis, self._spacing, self.residual)
        return start if self._extra is None else start + self._extra.source(axis, self.residual)

    def energy(self, u: Array, axis: int) -> Any:
        kernels.refresh(u, self._faces.wrap)
        value = cross_energy(self._faces, u, u, axis, axis, self._spacing)
        return value if self._extra is None else value + self._extra.energy(u, u, axis, axis)

    def plane_flux(self, u: Array, axis: int) -> Array:
        kernels.refresh(u, self._faces.wrap)
        flux = plane_flux(self._faces, u, axis, self._spacing)
        return flux if self._extra is None else flux + self._extra.flux(u, axis)


def solve_mean_field(
    faces: Faces,
    axis: int,
    spacing: Sequence[float],
    *,
    tolerance: float,
    hierarchy: Hierarchy | ArrayHierarchy | None = None,
    guesses: Sequence[Array] = (),
    least: float = math.inf,
    extra: Extra | None = None,
    limit: int = 400,
    patience: int = 12,
    progress: Callable[[int, float], object] | None = None,
) -> tuple[Solution, bool]:
    r"""Solve :math:`\nabla\cdot(g\nabla\varphi) = 0` for a unit mean gradient along `axis`.

    Parameters
    ----------
    faces : Faces
        Conductances in real or complex numbers.
    axis : int
        0, 1 or 2. A periodic axis has u periodic; otherwise the outer faces lead to electrodes.
    spacing : sequence of 3 floats
        Distance between cells.
    tolerance : float
        Relative error of the dissipation E = sum g (Delta phi)^2.
    hierarchy : Hierarchy or ArrayHierarchy, optional
        Grids built from `faces` (plus a surrogate of `extra`), to use again; they decide where the solve runs.
    guesses : sequence of padded arrays
        Solutions of related problems; the best combination of them is the start.
    least : float
        ``Solution.least`` of a related problem, without which a good start would hide its error.
    extra : Extra, optional
        Couplings beyond the faces, for compiled kernels only.
    limit : int
        Most iterations.
    patience : int
        Iterations after which a slow multigrid hands over to deflation, and that to aggregation.
    progress : callable, optional
        Called with (iteration, estimated relative error).

    Notes
    -----
    The flux through every plane is the same in the solution; a quarter of the square of its largest relative
    deviation estimates the error of E without regard to the preconditioner.

    Returns
    -------
    solution : Solution
    stalled : bool
        Whether a fallback was needed: `Deflation` where cells fall into few large parts, or `Aggregation`.
    """
    hierarchy = hierarchy or Hierarchy(faces, spacing)
    problem = hierarchy if isinstance(hierarchy, ArrayHierarchy) else _MeanField(faces, spacing, hierarchy, extra)
    solution = Solution(problem.operator.zeros(), problem.source(axis), least=least)
    if len(guesses):
        _combine_guesses(problem.operator, guesses, solution.u, problem.residual)
        solution.energy = problem.energy(solution.u, axis)
    _run(problem, problem, solution, axis, tolerance, limit, patience, progress)
    stalled = solution.outcome is Outcome.STALLED
    solution.u = problem.operator.get(solution.u)
    if stalled:
        host = Hierarchy(faces, spacing) if isinstance(hierarchy, ArrayHierarchy) else hierarchy
        host.b[0][...] = problem.operator.get(problem.residual)
        known, least = _MeanField(faces, spacing, host, extra), solution.least
        solution.least = math.inf
        if (deflation := Deflation.of(host)) is not None:
            _run(known, deflation, solution, axis, tolerance, limit - solution.iterations, patience, progress)
        if solution.outcome is Outcome.STALLED:
            _run(known, Aggregation(host), solution, axis, tolerance, limit - solution.iterations, None, progress)
        solution.least = least
    kernels.refresh(solution.u, faces.wrap)
    return solution, stalled


def _run(
    problem: _MeanField | ArrayHierarchy,
    preconditioner: Preconditioner,
    solution: Solution,
    axis: int,
    tolerance: float,
    limit: int,
    patience: int | None,
    progress: Callable[[int, float], object] | None,
) -> None:
    def unevenness(field: Any) -> float:
        flux = problem.plane_flux(field, axis)
        mean = abs(flux.mean())
        return float(np.max(np.abs(flux - flux.mean())) ** 2 / (4.0 * mean**2)) if mean > 0.0 else 1.0

    minimise(
        problem.operator,
        preconditioner,
        solution,
        lambda field: problem.energy(field, axis),
        tolerance=tolerance,
        limit=limit,
        patience=patience,
        doubt=unevenness,
        progress=progress,
    )


def _combine_guesses(operator: Operator, guesses: Sequence[Array], x: Any, r: Any) -> None:
    """Write to x = 0 the combination of the guesses that solves A x = r within their span (Galerkin), and reduce r."""
    fields, image = [operator.put(guess) for guess in guesses], operator.zeros()
    matrix = np.zeros((len(fields),) * 2, complex)
    right = np.zeros(len(fields), complex)
    for j, field in enumerate(fields):
        operator.apply(field, image)
        for i in range(j + 1):
            right[i], matrix[i, j] = operator.products(fields[i], r, image)
            matrix[j, i] = matrix[i, j]
    sizes = np.abs(np.diag(matrix))
    some = sizes > operator.precision**2 * sizes.max()  # the field of a uniform medium is 0, and no direction
    scale = np.where(some, 1.0 / np.sqrt(sizes.clip(np.finfo(float).tiny)), 0.0)
    weights = scale * (np.linalg.pinv(matrix * scale * scale[:, None], rcond=1e-10) @ (scale * right))
    for weight, field in zip(weights, fields, strict=True):
        operator.apply(field, image)
        operator.step(x, r, field, image, weight.item() if operator.dtype.kind == "c" else weight.real.item())
