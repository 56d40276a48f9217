"""What users give a solver on voxels, checked: labels, keys, numbers and edges."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure.voxels._faces import phase_counts
from ceramer.units import to_si

__all__ = ["MOST_LABELS", "coded", "edges_of", "label_of", "number_of", "per_axis", "whole_numbers"]

Array = NDArray[Any]

MOST_LABELS: Final = 2048
"""Labels that are told apart."""


def whole_numbers(array: Any, what: str) -> Array:
    """Return `array` as a contiguous, writable array of integers, not copied where it is one."""
    try:
        given = np.asarray(array)
    except ValueError:
        raise InputError(f"{what} are ragged; rows of an image have equal lengths.") from None
    if given.dtype.kind not in "buif":
        raise InputError(f"{what} are of type {given.dtype}; they must be whole numbers.")
    if not 1 <= given.ndim <= 3 or given.size == 0:
        raise InputError(f"{what} have shape {given.shape}; an image has one to three axes, none of them empty.")
    if given.dtype.kind == "f":
        if not np.isfinite(given).all():
            bad = int((~np.isfinite(given)).sum())
            raise InputError(f"{what} hold {bad} NaN or infinite values; they must be whole numbers.")
        rounded = given.astype(np.int64)
        if (rounded != given).any():
            raise InputError(f"{what} hold fractions such as {given[rounded != given][0]:g}; segment the image first.")
        given = rounded
    if given.dtype.kind == "b":
        given = given.view(np.uint8)
    # Numba compiles read-only arrays apart: a copy costs a byte a voxel, a second set of kernels seconds
    return np.ascontiguousarray(given) if given.flags.writeable else given.copy()


def coded(image: Array, known: Sequence[int]) -> tuple[Array, tuple[int, ...], NDArray[np.int64]]:
    """Return codes 0, 1, ... (uint8 or uint16), the label of each code, and how often it occurs."""
    if image.dtype != np.uint8:
        low, high = int(image.min()), int(image.max())
        if low < 0 or high >= MOST_LABELS:
            values, inverse = np.unique(image, return_inverse=True)
            names = [*(int(v) for v in values), *sorted(set(known) - {int(v) for v in values})]
            if len(names) > MOST_LABELS:
                raise InputError(f"the image has {len(values)} labels; at most {MOST_LABELS} are told apart.")
            image = inverse.reshape(image.shape).astype(np.uint16)
            counts = np.bincount(inverse.ravel(), minlength=len(names))
            return image, tuple(names), counts
        image = image.astype(np.uint8 if high < 256 else np.uint16)
    top = max([int(image.max()), *[label for label in known if 0 <= label < MOST_LABELS]])
    counts = np.zeros(top + 2, np.int64)
    phase_counts(image, counts)
    extra = sorted({label for label in known if not 0 <= label <= top})
    return image, (*range(top + 1), *extra), np.concatenate([counts[: top + 1], np.zeros(len(extra), np.int64)])


def label_of(key: Any, phases: Mapping[str, int], where: str) -> int:
    if isinstance(key, str):
        if key not in phases:
            raise UnknownNameError("phase", key, phases, f"(in {where})")
        return phases[key]
    if isinstance(key, (bool, int, np.integer)) or (isinstance(key, float) and key.is_integer()):
        return int(key)
    raise InputError(f"{where} has the key {key!r}; keys are labels of the image.")


def number_of(text: Any, dimension: str, key: Any, infinite: bool = False) -> Any:
    """Return an SI value, 0 or more, or complex with no negative part of loss."""
    value = to_si(text, dimension) if isinstance(text, str) else text
    if isinstance(value, (complex, np.complexfloating)) and not isinstance(value, (float, np.floating)):
        if not np.isfinite(value) or value.real < 0.0:
            raise InputError(f"the {dimension} of {key} is {value}; its real part is 0 or more, and both are finite.")
        return complex(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise InputError(
            f"the {dimension} of {key} is {value!r}; give a number in SI units or text with a unit."
        ) from None
    if math.isnan(number) or number < 0.0 or (math.isinf(number) and not infinite):
        raise InputError(f"the {dimension} of {key} is {number:g}; it must be a finite number, 0 or more.")
    return number


def per_axis(value: Any, rank: int, what: str, kind: Callable[[Any], Any]) -> list[Any]:
    values = [value] * rank if isinstance(value, str) or np.ndim(value) == 0 else list(value)
    if len(values) != rank:
        raise InputError(f"{what} has {len(values)} entries; the image has {rank} axes.")
    return [kind(v) for v in values]


def edges_of(voxel_size: Any, rank: int) -> NDArray[np.float64]:
    """Return the edges of a voxel [m], 3 numbers; the axes that a plane or line lacks get the mean of the others."""

    def length(value: Any) -> float:
        number = number_of(value, "length", "voxel_size")
        if isinstance(number, complex) or number <= 0.0:
            raise InputError(f"voxel_size is {value}; the edge of a voxel is a positive length [m].")
        return float(number)

    edges = per_axis(1.0 if voxel_size is None else voxel_size, rank, "voxel_size", length)
    mean = float(np.prod(edges) ** (1 / rank))
    return np.array([mean] * (3 - rank) + edges)
