"""A measurement table as a spectrum."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.errors import InputError
from ceramer.measurement import Measurement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "spectrum"]

COLUMNS = ("Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm")
"""Columns of an impedance table (an extension of the Battery Data Format)."""


def spectrum(
    table: Measurement | pd.DataFrame | Mapping[str, ArrayLike], *, drop_inductive: bool = False
) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Frequency [Hz] and impedance [ohm] of a `Measurement` (or a data frame or mapping with its columns).

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
            column = table.column(name) if isinstance(table, Measurement) else table[name]
            columns.append(np.asarray(column, dtype=float))
        except LookupError:
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
