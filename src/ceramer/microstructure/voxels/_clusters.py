"""Which clusters of connected voxels carry a current from end to end, and which float."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceramer.numerics.jit import jit

__all__ = ["Clusters", "find_clusters"]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Clusters of voxels joined by faces that conduct.

    Attributes
    ----------
    percolates : tuple of bool
        Whether some cluster carries a current along each array axis: from face to face, or around a periodic axis.
    count : int
    floating : int
        Clusters that carry none along any axis.
    floating_fraction : float
        Their share of all voxels.
    loosen : callable or None
        Sets the faces of all floating clusters in padded arrays (x, y, z) to zero.
    """

    percolates: tuple[bool, bool, bool]
    count: int
    floating: int
    floating_fraction: float
    loosen: Callable[..., None] | None = None


@jit
def _count_runs(labels: Any, link: Any, rows: Any) -> None:
    """Count in rows[r + 1] the runs of linked voxels along axis 2 of row r, then sum up."""
    n0, n1, n2 = labels.shape
    for i in range(n0):
        for j in range(n1):
            runs = 0
            row = labels[i, j]
            for k in range(n2):
                if link[row[k], row[k]] and (k == 0 or not link[row[k - 1], row[k]]):
                    runs += 1
            rows[i * n1 + j + 1] = runs
    for r in range(n0 * n1):
        rows[r + 1] += rows[r]


@jit
def _runs(labels: Any, link: Any, rows: Any, begin: Any, finish: Any) -> None:
    """Write where the runs begin and end (exclusive)."""
    n0, n1, n2 = labels.shape
    for i in range(n0):
        for j in range(n1):
            at = rows[i * n1 + j] - 1
            row = labels[i, j]
            for k in range(n2):
                if not link[row[k], row[k]]:
                    continue
                if k == 0 or not link[row[k - 1], row[k]]:
                    at += 1
                    begin[at] = k
                finish[at] = k + 1


@jit
def _root(parent: Any, offset: Any, node: int, total: Any) -> int:
    """Return the root of `node`, leave the shift to it in `total` and shorten the way."""
    total[:] = 0
    while parent[node] != node:
        up = parent[node]
        if parent[up] != up:
            for axis in range(3):
                offset[node, axis] += offset[up, axis]
            parent[node] = parent[up]
        for axis in range(3):
            total[axis] += offset[node, axis]
        node = parent[node]
    return node


@jit
def _join(parent: Any, offset: Any, carries: Any, a: int, b: int, axis: int, around: int, ta: Any, tb: Any) -> None:
    """Unite runs a and b, where b is reached from a by going `around` the periodic image along `axis`."""
    ra, rb = _root(parent, offset, a, ta), _root(parent, offset, b, tb)
    if axis >= 0:
        tb[axis] -= around
    if ra == rb:
        for d in range(3):
            if ta[d] != tb[d]:
                carries[ra] |= 1 << d
        return
    if ra > rb:
        ra, rb = rb, ra
        for d in range(3):
            ta[d], tb[d] = tb[d], ta[d]
    parent[rb] = ra
    carries[ra] |= carries[rb]
    for d in range(3):
        offset[rb, d] = ta[d] - tb[d]


@jit
def _merge_rows(
    labels: Any,
    link: Any,
    full: bool,
    rows: Any,
    begin: Any,
    finish: Any,
    parent: Any,
    offset: Any,
    carries: Any,
    periodic: Any,
) -> None:
    n0, n1, n2 = labels.shape
    ta, tb = np.zeros(3, np.int64), np.zeros(3, np.int64)
    for i in range(n0):
        for j in range(n1):
            own = i * n1 + j
            for axis in range(2):
                at = i if axis == 0 else j
                count = n0 if axis == 0 else n1
                if at == 0 and not periodic[axis]:
                    continue
                p = (at - 1 if at > 0 else count - 1) if axis == 0 else i
                q = (at - 1 if at > 0 else count - 1) if axis == 1 else j
                other = p * n1 + q
                a, b = rows[other], rows[own]
                around = 1 if at == 0 else 0
                while a < rows[other + 1] and b < rows[own + 1]:
                    low, high = max(begin[a], begin[b]), min(finish[a], finish[b])
                    touch = low < high
                    if touch and not full:
                        touch = False
                        for k in range(low, high):
                            if link[labels[p, q, k], labels[i, j, k]]:
                                touch = True
                                break
                    if touch:
                        _join(parent, offset, carries, a, b, axis, around, ta, tb)
                    if finish[a] < finish[b]:
                        a += 1
                    else:
                        b += 1
            if periodic[2] and rows[own + 1] > rows[own]:
                a, b = rows[own + 1] - 1, rows[own]
                if finish[a] == n2 and begin[b] == 0 and link[labels[i, j, n2 - 1], labels[i, j, 0]]:
                    _join(parent, offset, carries, a, b, 2, 1, ta, tb)


@jit
def _touch(
    shape: Any, rows: Any, begin: Any, finish: Any, parent: Any, offset: Any, carries: Any, ends: Any, periodic: Any
) -> None:
    """Note in ends[root] which open ends a cluster touches: bit 2 d for the low end of axis d, 2 d + 1 for the high."""
    total = np.zeros(3, np.int64)
    for i in range(shape[0]):
        for j in range(shape[1]):
            for run in range(rows[i * shape[1] + j], rows[i * shape[1] + j + 1]):
                touches = 0
                for axis in range(3):
                    if periodic[axis]:
                        continue
                    at = i if axis == 0 else (j if axis == 1 else begin[run])
                    last = i if axis == 0 else (j if axis == 1 else finish[run] - 1)
                    if at == 0:
                        touches |= 1 << (2 * axis)
                    if last == shape[axis] - 1:
                        touches |= 2 << (2 * axis)
                if touches:
                    ends[_root(parent, offset, run, total)] |= touches
    for node in range(parent.size):
        if parent[node] == node:
            for axis in range(3):
                if ends[node] >> (2 * axis) & 3 == 3:
                    carries[node] |= 1 << axis


@jit
def _tally(begin: Any, finish: Any, parent: Any, offset: Any, carries: Any, out: Any) -> None:
    """Write to out: bits of the axes along which a cluster carries, clusters, floating clusters, their voxels."""
    total = np.zeros(3, np.int64)
    for node in range(parent.size):
        root = _root(parent, offset, node, total)
        if root == node:
            out[0] |= carries[node]
            out[1] += 1
            out[2] += carries[node] == 0
        if carries[root] == 0:
            out[3] += finish[node] - begin[node]


@jit
def _loosen(
    shape: Any, rows: Any, begin: Any, finish: Any, parent: Any, offset: Any, carries: Any, gx: Any, gy: Any, gz: Any
) -> None:
    """Part the voxels of floating clusters from each other: they carry nothing, and their level is undetermined."""
    n0, n1, n2 = shape[0], shape[1], shape[2]
    total = np.zeros(3, np.int64)
    for i in range(n0):
        for j in range(n1):
            for run in range(rows[i * n1 + j], rows[i * n1 + j + 1]):
                if carries[_root(parent, offset, run, total)]:
                    continue
                for k in range(begin[run], finish[run]):
                    p, q, r = i + 1, j + 1, k + 1
                    gx[p, q, r] = gx[p + 1, q, r] = 0
                    gy[p, q, r] = gy[p, q + 1, r] = 0
                    gz[p, q, r] = gz[p, q, r + 1] = 0
                    if i == 0:
                        gx[n0 + 1, q, r] = 0
                    if i == n0 - 1:
                        gx[1, q, r] = 0
                    if j == 0:
                        gy[p, n1 + 1, r] = 0
                    if j == n1 - 1:
                        gy[p, 1, r] = 0
                    if k == 0:
                        gz[p, q, n2 + 1] = 0
                    if k == n2 - 1:
                        gz[p, q, 1] = 0


def find_clusters(labels: NDArray[Any], link: NDArray[np.bool_], periodic: tuple[bool, bool, bool]) -> Clusters:
    """Find the clusters of voxels whose faces conduct: ``link[a, b]`` says it of a face between phases a and b.

    Periodic axes are followed around: a cluster carries along an axis if it meets itself one period on.
    """
    n0, n1, _ = labels.shape
    rows = np.zeros(n0 * n1 + 1, np.int64)
    _count_runs(labels, link, rows)
    runs = int(rows[-1])
    begin, finish = np.zeros(runs, np.int32), np.zeros(runs, np.int32)
    _runs(labels, link, rows, begin, finish)
    parent = np.arange(runs, dtype=np.int32 if runs < 2**31 else np.int64)
    offset = np.zeros((runs, 3), np.int16)
    carries, ends = np.zeros(runs, np.uint8), np.zeros(runs, np.uint8)
    wraps = np.array(periodic)
    kinds = np.flatnonzero(np.diag(link))
    full = bool(link[np.ix_(kinds, kinds)].all())
    _merge_rows(labels, link, full, rows, begin, finish, parent, offset, carries, wraps)
    _touch(np.array(labels.shape), rows, begin, finish, parent, offset, carries, ends, wraps)
    out = np.zeros(4, np.int64)
    _tally(begin, finish, parent, offset, carries, out)
    bits = int(out[0])
    runs_of = (np.array(labels.shape), rows, begin, finish, parent, offset, carries)
    return Clusters(
        (bool(bits & 1), bool(bits & 2), bool(bits & 4)),
        int(out[1]),
        int(out[2]),
        int(out[3]) / labels.size,
        partial(_loosen, *runs_of) if out[2] else None,
    )
