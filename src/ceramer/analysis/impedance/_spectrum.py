"""A measurement table as a spectrum."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.errors import InputError

__all__ = ["COLUMNS", "spectrum"]

COLUMNS = ("Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm")
"""Columns of an impedance table (an extension of the Battery Data Format)."""


class _Table(Protocol):
    def __getitem__(self, name: str, /) -> ArrayLike: ...


def spectrum(table: _Table, *, drop_inductive: bool = False) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Frequency [Hz] and impedance [ohm] of anything with the impedance columns (a Measurement, a data frame, a dict).

    Rows without a positive frequency (points of other techniques between impedance points) are left out; with
    `drop_inductive` also those with a positive imaginary part.

    Raises
    ------
    InputError
        A column is missing, or no row is an impedance point.
    """
    columns = []
    for name in COLUMNS:
        try:
            columns.append(np.asarray(table[name], dtype=float))
        except (KeyError, LookupError):
            raise InputError(f"spectrum: the table has no column {name!r}; an impedance table has {COLUMNS}.") from None
    f, real, imaginary = columns
    keep = (
        np.isfinite(f) & (f > 0.0) & np.isfinite(real) & np.isfinite(imaginary) & ((real != 0.0) | (imaginary != 0.0))
    )
    if drop_inductive:
        keep &= imaginary <= 0.0
    if not keep.any():
        raise InputError("spectrum: no row has a positive frequency; this table holds no impedance points.")
    return f[keep], real[keep] + 1j * imaginary[keep]
