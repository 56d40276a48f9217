"""The last fallback: a K-cycle over aggregates that follow strong couplings, where blocks of cells do not do.

Weak grain boundaries, sites near percolation and serpentines join cells of one block only through far detours; such
blocks are split into the parts that hang together, and those are paired up along their strongest couplings.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.numerics.jit import jit, over_planes
from ceramer.numerics.multigrid import _kernels as kernels
from ceramer.numerics.multigrid._conjugate import Preconditioner
from ceramer.numerics.multigrid._dense import regular
from ceramer.numerics.multigrid._hierarchy import Array, Hierarchy

__all__ = ["Aggregation", "face_of", "gather", "scatter", "strongest"]

_STRONG: Final = 0.25
"""A coupling counts as strong above this share of a cell's strongest."""
_SMALL: Final = 120
"""Unknowns below which a level is factorised."""


@jit
def face_of(gx: Any, gy: Any, gz: Any, i: int, j: int, k: int, side: int) -> Any:
    """Return the conductance of one of the six faces of padded cell (i, j, k): low and high side of axes 0, 1, 2."""
    if side == 0:
        return gx[i, j, k]
    if side == 1:
        return gx[i + 1, j, k]
    if side == 2:
        return gy[i, j, k]
    if side == 3:
        return gy[i, j + 1, k]
    if side == 4:
        return gz[i, j, k]
    return gz[i, j, k + 1]


@jit
def strongest(gx: Any, gy: Any, gz: Any, i: int, j: int, k: int) -> float:
    """Return the largest modulus of the six faces of padded cell (i, j, k)."""
    most = 0.0
    for side in range(6):
        most = max(most, abs(face_of(gx, gy, gz, i, j, k, side)))
    return most


@jit
def _split_blocks(gx: Any, gy: Any, gz: Any, ids: Any) -> int:
    """Number the parts of every block of 2 x 2 x 2 cells that strong faces hold together; -1 for loose cells."""
    n0, n1, n2 = ids.shape
    count = 0
    local = np.zeros(8, np.int64)
    most = np.zeros(8)
    for bi in range(0, n0, 2):
        for bj in range(0, n1, 2):
            for bk in range(0, n2, 2):
                for c in range(8):
                    i, j, k = bi + (c >> 2), bj + ((c >> 1) & 1), bk + (c & 1)
                    local[c] = -1
                    if i < n0 and j < n1 and k < n2:
                        most[c] = strongest(gx, gy, gz, i + 1, j + 1, k + 1)
                        if most[c] > 0.0:
                            local[c] = c
                for c in range(8):
                    if local[c] < 0:
                        continue
                    for axis in range(3):
                        bit = 4 >> axis
                        if c & bit or local[c | bit] < 0:
                            continue
                        i, j, k = bi + (c >> 2) + 1, bj + ((c >> 1) & 1) + 1, bk + (c & 1) + 1
                        g = abs(face_of(gx, gy, gz, i, j, k, 2 * axis + 1))
                        if g >= _STRONG * max(most[c], most[c | bit]):
                            old, new = local[c | bit], local[c]
                            for d in range(8):
                                if local[d] == old:
                                    local[d] = new
                for c in range(8):
                    i, j, k = bi + (c >> 2), bj + ((c >> 1) & 1), bk + (c & 1)
                    if i >= n0 or j >= n1 or k >= n2:
                        continue
                    if local[c] < 0:
                        ids[i, j, k] = -1
                        continue
                    fresh = True
                    for d in range(c):
                        if local[d] == local[c]:
                            ids[i, j, k] = ids[bi + (d >> 2), bj + ((d >> 1) & 1), bk + (d & 1)]
                            fresh = False
                            break
                    if fresh:
                        ids[i, j, k] = count
                        count += 1
    return count


@jit
def _assemble(
    gx: Any, gy: Any, gz: Any, ids: Any, wrap: int, indptr: Any, indices: Any, data: Any, diagonal: Any
) -> None:
    """Sum faces between parts into CSR rows; with empty `indices`, count the entries of each in ``indptr[1:]``."""
    n0, n1, n2 = ids.shape
    counting = indices.size == 0
    neighbour = np.zeros((8, 64), np.int64)
    value = np.zeros((8, 64), data.dtype)
    used = np.zeros(8, np.int64)
    owner = np.zeros(8, np.int64)
    for bi in range(0, n0, 2):
        for bj in range(0, n1, 2):
            for bk in range(0, n2, 2):
                parts = 0
                for c in range(8):
                    i, j, k = bi + (c >> 2), bj + ((c >> 1) & 1), bk + (c & 1)
                    if i >= n0 or j >= n1 or k >= n2 or ids[i, j, k] < 0:
                        continue
                    own = ids[i, j, k]
                    slot = 0
                    while slot < parts and owner[slot] != own:
                        slot += 1
                    if slot == parts:
                        owner[slot] = own
                        used[slot] = 0
                        parts += 1
                    for side in range(6):
                        g = face_of(gx, gy, gz, i + 1, j + 1, k + 1, side)
                        if g == 0:
                            continue
                        step = 2 * (side & 1) - 1
                        p, q, r = i, j, k
                        if side >> 1 == 0:
                            p += step
                        elif side >> 1 == 1:
                            q += step
                        else:
                            r += step
                        if p < 0 or q < 0 or r < 0 or p >= n0 or q >= n1 or r >= n2:
                            if not (wrap >> (side >> 1)) & 1:
                                if not counting:
                                    diagonal[own] += g
                                continue
                            p, q, r = (p + n0) % n0, (q + n1) % n1, (r + n2) % n2
                        other = ids[p, q, r]
                        if other == own:
                            continue
                        if not counting:
                            diagonal[own] += g
                        at = 0
                        while at < used[slot] and neighbour[slot, at] != other:
                            at += 1
                        if at == used[slot]:
                            neighbour[slot, at] = other
                            value[slot, at] = 0 * g
                            used[slot] += 1
                        value[slot, at] += g
                for slot in range(parts):
                    row = owner[slot]
                    if counting:
                        indptr[row + 1] = used[slot] + 1
                    else:
                        at = indptr[row]
                        indices[at] = row
                        data[at] = diagonal[row]
                        for m in range(used[slot]):
                            indices[at + 1 + m] = neighbour[slot, m]
                            data[at + 1 + m] = -value[slot, m]


@jit
def _pair(indptr: Any, indices: Any, data: Any, most: Any, pairs: Any) -> int:
    """Match rows that couple strongly for both; return the number of pairs and singles (`most`: largest couplings)."""
    count = 0
    for row in range(pairs.size):
        pairs[row] = -1
        most[row] = 0.0
        for at in range(indptr[row], indptr[row + 1]):
            if indices[at] != row:
                most[row] = max(most[row], abs(data[at]))
    for row in range(pairs.size):
        if pairs[row] >= 0:
            continue
        best, mate = 0.0, -1
        for at in range(indptr[row], indptr[row + 1]):
            other, weight = indices[at], abs(data[at])
            if other != row and pairs[other] < 0 and weight > best and weight >= _STRONG * max(most[row], most[other]):
                best, mate = weight, other
        pairs[row] = count
        if mate >= 0:
            pairs[mate] = count
        count += 1
    return count


@jit
def _gauss_seidel(indptr: Any, indices: Any, data: Any, b: Any, x: Any, forward: bool) -> None:
    size = b.size
    for number in range(size):
        row = number if forward else size - 1 - number
        rest, pivot = b[row], 0.0 * b[row]
        for at in range(indptr[row], indptr[row + 1]):
            if indices[at] == row:
                pivot += data[at]
            else:
                rest -= data[at] * x[indices[at]]
        if pivot != 0:
            x[row] = rest / pivot


@jit
def gather(u: Any, b: Any, gx: Any, gy: Any, gz: Any, ids: Any, out: Any) -> None:
    """Sum the residual b - A u over the parts."""
    for i in range(ids.shape[0]):
        for j in range(ids.shape[1]):
            for k in range(ids.shape[2]):
                own = ids[i, j, k]
                if own < 0:
                    continue
                p, q, r = i + 1, j + 1, k + 1
                x = u[p, q, r]
                out[own] += (
                    b[p, q, r]
                    + gx[p, q, r] * (u[p - 1, q, r] - x)
                    + gx[p + 1, q, r] * (u[p + 1, q, r] - x)
                    + gy[p, q, r] * (u[p, q - 1, r] - x)
                    + gy[p, q + 1, r] * (u[p, q + 1, r] - x)
                    + gz[p, q, r] * (u[p, q, r - 1] - x)
                    + gz[p, q, r + 1] * (u[p, q, r + 1] - x)
                )


@jit
def scatter(first: int, end: int, u: Any, ids: Any, correction: Any) -> None:
    """Add to every cell the correction of its part."""
    for i in range(first - 1, end - 1):
        for j in range(ids.shape[1]):
            for k in range(ids.shape[2]):
                if ids[i, j, k] >= 0:
                    u[i + 1, j + 1, k + 1] += correction[ids[i, j, k]]


class Aggregation(Preconditioner):
    """Red-black Gauss-Seidel on the grid, and a K-cycle over aggregates of its cells.

    Parameters
    ----------
    hierarchy : Hierarchy
        Its finest grid is used, in place.
    """

    def __init__(self, hierarchy: Hierarchy) -> None:
        self._grid, self._faces = hierarchy, hierarchy.faces[0]
        faces = self._faces
        self._ids = np.empty(faces.shape, np.int32)
        count = _split_blocks(*faces, self._ids)
        self._matrices: list[Any] = [self._first_matrix(count)]
        self._groups: list[NDArray[np.int64]] = []
        while self._matrices[-1].shape[0] > _SMALL:
            groups, matrix = _aggregated(self._matrices[-1])
            if matrix.shape[0] > 0.9 * self._matrices[-1].shape[0]:
                break
            self._groups.append(groups)
            self._matrices.append(matrix)
        self._factor = _factorised(self._matrices[-1])

    @property
    def residual(self) -> Array:
        """Padded right-hand side."""
        return self._grid.b[0]

    def apply(self) -> Array:
        """Return an approximate solution of A z = residual."""
        u, faces = self._grid.u[0], self._faces
        self._grid.relax(0, 0)
        rest = np.zeros(self._matrices[0].shape[0], np.promote_types(u.dtype, np.float64))
        gather(u, self._grid.b[0], *faces, self._ids, rest)
        correction = self._corrected(rest)
        over_planes(scatter, faces.shape[0], u.size, u, self._ids, correction)
        kernels.refresh(u, faces.wrap)
        self._grid.relax(0, 2)
        return u

    def _corrected(self, rest: NDArray[Any]) -> NDArray[Any]:
        """Solve on the aggregates; real and imaginary part by themselves, with moduli for conductances."""
        if not np.iscomplexobj(rest):
            return self._accelerated(0, rest)
        return self._accelerated(0, rest.real.copy()) + 1j * self._accelerated(0, rest.imag.copy())

    def _first_matrix(self, count: int) -> Any:
        from scipy import sparse

        indptr = np.zeros(count + 1, np.int64)
        diagonal = np.zeros(count)
        none = np.zeros(0, np.int32)
        arguments = (
            *(np.abs(g) if np.iscomplexobj(g) else g for g in self._faces),
            self._ids,
            self._faces.wrap,
            indptr,
        )
        _assemble(*arguments, none, np.zeros(0), diagonal)
        np.cumsum(indptr, out=indptr)
        indices, data = np.empty(indptr[-1], np.int32), np.empty(indptr[-1])
        _assemble(*arguments, indices, data, diagonal)
        narrow = indptr.astype(np.int32) if indptr[-1] < 2**31 else indptr
        return sparse.csr_matrix((data, indices, narrow), shape=(count, count))

    def _cycle(self, level: int, b: NDArray[Any]) -> NDArray[Any]:
        if level == len(self._matrices) - 1:
            return np.asarray(self._factor(b))
        matrix = self._matrices[level]
        x = np.zeros_like(b)
        _gauss_seidel(matrix.indptr, matrix.indices, matrix.data, b, x, True)
        rest = b - matrix @ x
        coarse = np.zeros(self._matrices[level + 1].shape[0], b.dtype)
        np.add.at(coarse, self._groups[level], rest)
        x += self._accelerated(level + 1, coarse)[self._groups[level]]
        _gauss_seidel(matrix.indptr, matrix.indices, matrix.data, b, x, False)
        return x

    def _accelerated(self, level: int, b: NDArray[Any]) -> NDArray[Any]:
        """At most two steps of flexible conjugate gradients around the cycle: the K-cycle.

        One where the level is hardly smaller than the one above: visits double with every level that takes two.
        """
        first = self._cycle(level, b)
        if level == len(self._matrices) - 1:
            return first
        matrix = self._matrices[level]
        image = matrix @ first
        stiff = np.dot(first, image)
        if stiff == 0:
            return first
        length = np.dot(first, b) / stiff
        rest = b - length * image
        slow = level > 0 and matrix.shape[0] > 0.5 * self._matrices[level - 1].shape[0]
        if slow or np.linalg.norm(rest) < 0.25 * np.linalg.norm(b):
            return np.asarray(length * first)
        second = self._cycle(level, rest)
        second = second - np.dot(second, image) / stiff * first
        stiff = np.dot(second, matrix @ second)
        if stiff == 0:
            return np.asarray(length * first)
        return np.asarray(length * first + np.dot(second, rest) / stiff * second)


def _aggregated(matrix: Any) -> tuple[NDArray[np.int64], Any]:
    """Pair up the rows three times over; return the group of each row and the matrix between groups."""
    from scipy import sparse

    groups = np.arange(matrix.shape[0], dtype=np.int64)
    for _ in range(3):
        rows = matrix.shape[0]
        pairs = np.empty(rows, np.int64)
        count = _pair(matrix.indptr, matrix.indices, matrix.data, np.empty(rows), pairs)
        ones = np.ones(rows, matrix.dtype)
        sums = sparse.csr_matrix((ones, pairs, np.arange(rows + 1)), shape=(rows, count))
        matrix = (sums.T @ matrix @ sums).tocsr()
        matrix.sort_indices()
        groups = pairs[groups]
    return groups, matrix


def _factorised(matrix: Any) -> Any:
    """Return a function that solves with `matrix`, its null space (the level of a periodic potential) left out."""
    from scipy import sparse
    from scipy.linalg import lu_factor, lu_solve
    from scipy.sparse.linalg import splu

    size = matrix.shape[0]
    if size <= 2 * _SMALL:
        factor = lu_factor(regular(matrix.toarray()), overwrite_a=True, check_finite=False)
        return lambda b: lu_solve(factor, b, check_finite=False)
    lift = 1e-10 * max(abs(matrix.diagonal()).max(initial=0.0), 1e-300)
    return splu((matrix + lift * sparse.identity(size)).tocsc()).solve
