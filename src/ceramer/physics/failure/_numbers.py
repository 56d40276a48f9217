"""Arrays inside, plain numbers for single values outside."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from ceramer.laws import Numeric

__all__ = ["Array", "plain"]

Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"


def plain(value: Numeric) -> Numeric:
    """Return a Python scalar for a zero-dimensional result, the array itself otherwise."""
    array = np.asarray(value)
    return array.item() if array.ndim == 0 else array
