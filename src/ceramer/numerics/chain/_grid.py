"""Graded grids: cells that are thin at the ends, where gradients are steep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError

__all__ = ["graded_cells"]


def graded_cells(length: float, cells: int, ratio: float = 1.0) -> NDArray[np.float64]:
    """Return the widths of `cells` cells that fill `length`, symmetric, the middle ones `ratio` times the end ones.

    The widths follow a smooth map of a uniform grid, so that second order is kept under refinement.

    Parameters
    ----------
    length : float
        [m], above 0.
    cells : int
        1 or more.
    ratio : float
        Width in the middle over width at the ends in the limit of many cells, 1 (uniform) or more.

    Raises
    ------
    InputError
        If an argument is out of range.

    Examples
    --------
    >>> graded_cells(1.0, 4)
    array([0.25, 0.25, 0.25, 0.25])
    """
    if not (length > 0.0 and cells >= 1 and ratio >= 1.0):
        raise InputError(
            f"A grid needs a positive length, at least 1 cell and a ratio of 1 or more, not {length}, {cells}, {ratio}."
        )
    s = np.linspace(0.0, 1.0, cells + 1)
    strength = (ratio - 1.0) / (ratio + 1.0)  # x' is 1 - strength at the ends and 1 + strength in the middle
    x = s - strength * np.sin(2.0 * np.pi * s) / (2.0 * np.pi)
    return np.asarray(length * np.diff(x))
