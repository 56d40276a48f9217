"""The coarsest level: a small matrix whose rows may sum to zero, made regular."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["regular"]

_CLOSED: Final = 1e-12


def regular(matrix: NDArray[Any]) -> NDArray[Any]:
    r"""Return A plus :math:`d\,1_c 1_c^T/n_c` for every cluster c of n_c unknowns that no electrode holds.

    The level of the potential of such a cluster is free and its right-hand side sums to zero; solved with this matrix,
    its potential does. d is the mean diagonal of the cluster, or 1 where nothing is joined.
    """
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import connected_components

    count, cluster = connected_components(csr_matrix(matrix != 0), directed=False)
    diagonal, sums = np.diag(matrix), matrix.sum(axis=1)
    out = matrix.copy()
    for c in range(count):
        own = np.flatnonzero(cluster == c)
        if abs(sums[own].sum()) <= _CLOSED * np.abs(diagonal[own]).max():
            out[np.ix_(own, own)] += (diagonal[own].mean() or 1.0) / own.size
    return out
