"""The first fallback: multigrid, and one unknown for the level of every part that weak faces alone join to the rest.

Grains behind resistive boundaries each float at a level of their own, which no smoother moves and no grid of blocks
shows. Solved together on the graph of the parts, those levels are taken out of every residual.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.numerics.jit import jit, over_planes
from ceramer.numerics.multigrid import _kernels as kernels
from ceramer.numerics.multigrid._aggregation import face_of, gather, scatter, strongest
from ceramer.numerics.multigrid._conjugate import Preconditioner
from ceramer.numerics.multigrid._hierarchy import Array, Faces, Hierarchy

__all__ = ["Deflation"]

_STRONG: Final = 0.05
"""A face holds two cells together above this share of the strongest face of both."""
_MOST: Final = 10_000
_LEAST_CELLS: Final = 20
"""Parts smaller than this in the mean are no grains."""


@jit
def _root(parent: Any, n: int) -> int:
    while parent[n] != n:
        parent[n] = parent[parent[n]]
        n = parent[n]
    return n


@jit
def _parts(gx: Any, gy: Any, gz: Any, wrap: int, most: Any, ids: Any) -> int:
    """Number the parts that strong faces hold together (-1: nothing is joined to the cell); return their number."""
    n0, n1, n2 = ids.shape
    for i in range(n0):
        for j in range(n1):
            for k in range(n2):
                most[i, j, k] = strongest(gx, gy, gz, i + 1, j + 1, k + 1)
    parent = np.arange(ids.size).astype(np.int32)
    for i in range(n0):
        for j in range(n1):
            for k in range(n2):
                for axis in range(3):
                    p, q, r = i + (axis == 0), j + (axis == 1), k + (axis == 2)
                    if p == n0 or q == n1 or r == n2:
                        if not (wrap >> axis) & 1:
                            continue
                        p, q, r = p % n0, q % n1, r % n2
                    g = abs(face_of(gx, gy, gz, i + 1, j + 1, k + 1, 2 * axis + 1))
                    if g > 0.0 and g >= _STRONG * max(most[i, j, k], most[p, q, r]):
                        a, b = _root(parent, (i * n1 + j) * n2 + k), _root(parent, (p * n1 + q) * n2 + r)
                        parent[max(a, b)] = min(a, b)
    flat, joined = ids.ravel(), most.ravel()
    count = 0
    for n in range(flat.size):
        own = _root(parent, n)
        if joined[n] == 0.0:
            flat[n] = -1
        elif own == n:
            flat[n] = count
            count += 1
        else:
            flat[n] = flat[own]
    return count


class Deflation(Preconditioner):
    """A multigrid cycle, then the levels of the parts.

    Parameters
    ----------
    hierarchy : Hierarchy
    ids : array of int32
        Part of each cell; -1 for cells that nothing joins.
    count : int
        Number of parts.
    """

    def __init__(self, hierarchy: Hierarchy, ids: NDArray[np.int32], count: int) -> None:
        self._grid, self._ids, self._count = hierarchy, ids, count
        self._solve = _factorised(hierarchy.faces[0], ids, count)

    @classmethod
    def of(cls, hierarchy: Hierarchy) -> Deflation | None:
        """Return it where the cells fall into parts that are few and large; None elsewhere."""
        faces = hierarchy.faces[0]
        ids = np.empty(faces.shape, np.int32)
        most = np.empty(faces.shape, np.float32)
        count = _parts(*faces, faces.wrap, most, ids)
        if not 2 <= count <= min(_MOST, ids.size // _LEAST_CELLS):
            return None
        return cls(hierarchy, ids, count)

    @property
    def residual(self) -> Array:
        """Padded right-hand side."""
        return self._grid.b[0]

    def apply(self) -> Array:
        """Return an approximate solution of A z = residual."""
        faces, u = self._grid.faces[0], self._grid.u[0]
        self._grid.cycle()
        rest = np.zeros(self._count, np.promote_types(u.dtype, np.float64))
        gather(u, self._grid.b[0], *faces, self._ids, rest)
        over_planes(scatter, faces.shape[0], u.size, u, self._ids, self._solve(rest))
        kernels.refresh(u, faces.wrap)
        return u


def _factorised(faces: Faces, ids: NDArray[np.int32], count: int) -> Any:
    """Factorise the graph of the parts; a cluster of parts that no electrode holds is held at one of them."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components
    from scipy.sparse.linalg import splu

    wide = np.promote_types(faces.x.dtype, np.float64)
    total, outer = sparse.csr_matrix((count, count), dtype=wide), np.zeros(count, wide)
    for axis, g in enumerate(faces):
        inner = np.moveaxis(g, axis, 0)[1:, 1:-1, 1:-1]
        cells = np.moveaxis(ids, axis, 0)
        if faces.periodic[axis]:
            low, high, inner = np.roll(cells, 1, 0), cells, inner[:-1]
        else:
            for end, layer in ((inner[0], cells[0]), (inner[-1], cells[-1])):
                np.add.at(outer, layer[end != 0], end[end != 0].astype(wide))
            low, high, inner = cells[:-1], cells[1:], inner[1:-1]
        crossed = (low != high) & (inner != 0)
        total += sparse.csr_matrix((inner[crossed].astype(wide), (low[crossed], high[crossed])), shape=(count, count))
    total = total + total.T
    diagonal = np.asarray(total.sum(axis=1)).ravel() + outer
    clusters, cluster = connected_components(abs(total), directed=False)
    held = np.bincount(cluster, np.abs(outer), clusters) > 0.0
    first = np.unique(cluster, return_index=True)[1][~held]
    diagonal[first] += np.where(diagonal[first] == 0, 1.0, diagonal[first])
    return splu(sparse.csc_matrix(sparse.diags(diagonal) - total)).solve
