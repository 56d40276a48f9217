"""Numbers with uncertainties going into a method, and how they come out of its equation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from ceramer.errors import InputError
from ceramer.units import Value

__all__ = [
    "Array",
    "Mask",
    "Number",
    "Rows",
    "array_of",
    "number",
    "propagate",
    "propagate_covariance",
    "series_of",
    "unstated",
]

Number: TypeAlias = float | Value
"""An SI float, or a `ceramer.units.Value` (SI float with its standard uncertainty, as `units.parse` returns it)."""
Array: TypeAlias = "np.ndarray[Any, np.dtype[np.float64]]"
Mask: TypeAlias = "np.ndarray[Any, np.dtype[np.bool_]]"
Rows: TypeAlias = "np.ndarray[Any, np.dtype[np.int64]]"


def number(given: Number | None, name: str, *, positive: bool = False, example: str = "") -> Value:
    """Return `given` as a `Value`; a missing, non-finite or (if asked) non-positive one raises with a remedy."""
    hint = f"; give it like {name}={example}" if example else ""
    if given is None:
        raise InputError(f"{name} is needed for this result and the data do not carry it{hint}.")
    value = given if isinstance(given, Value) else _plain(given, name)
    if not math.isfinite(value.value):
        raise InputError(f"{name} is {value.value}, not a finite number{hint}.")
    if positive and value.value <= 0.0:
        raise InputError(f"{name} must be above 0 (SI units), but is {value.value:.6g}{hint}.")
    if value.standard_uncertainty is not None and not value.standard_uncertainty >= 0.0:
        raise InputError(f"The standard uncertainty of {name} must be 0 or more, but is {value.standard_uncertainty}.")
    return value


def _plain(given: object, name: str) -> Value:
    if isinstance(given, (bool, str)) or not isinstance(given, (int, float, np.integer, np.floating)):
        raise InputError(
            f"{name} must be an SI float or a units.Value, not {given!r}; "
            "read text with ceramer.units.parse('350(10) um', 'length')."
        )
    return Value(float(given))


def array_of(values: object, name: str, *, at_least: int = 1) -> Array:
    """Return a finite one-dimensional float array; what is not one raises."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be an array of numbers in SI units.") from None
    if array.ndim != 1 or array.size < at_least:
        raise InputError(f"{name} must be a one-dimensional array of at least {at_least} numbers, not {array.shape}.")
    bad = int(np.count_nonzero(~np.isfinite(array)))
    if bad:
        raise InputError(f"{name} holds {bad} values that are not finite numbers; leave those rows out first.")
    return array


def series_of(*, at_least: int = 1, **columns: object) -> tuple[Array, ...]:
    """Return several columns of one table: finite, equally long, and `time` (if among them) never falling."""
    arrays = {name: array_of(values, name, at_least=at_least) for name, values in columns.items()}
    sizes = {name: array.size for name, array in arrays.items()}
    if len(set(sizes.values())) > 1:
        raise InputError(f"The columns differ in length ({', '.join(f'{k}: {v}' for k, v in sizes.items())}).")
    if "time" in arrays and (np.diff(arrays["time"]) < 0.0).any():
        row = int(np.argmax(np.diff(arrays["time"]) < 0.0)) + 1
        raise InputError(f"time runs backwards at row {row}; sort the rows or cut the file there.")
    return tuple(arrays.values())


def unstated(inputs: Mapping[str, Number]) -> tuple[str, ...]:
    """Return the names of the inputs that came without a standard uncertainty."""
    return tuple(
        name for name, given in inputs.items() if not isinstance(given, Value) or given.standard_uncertainty is None
    )


def propagate(function: Callable[..., float], **inputs: Number) -> Value:
    """Evaluate `function` and propagate the stated uncertainties of independent inputs to first order.

    The uncertainty is None where no input states one; an input without one counts as exact (name it with `unstated`).
    """
    values = {name: number(given, name) for name, given in inputs.items()}
    nominal = {name: value.value for name, value in values.items()}
    spreads = [value.standard_uncertainty for value in values.values()]
    if all(spread is None for spread in spreads):
        return Value(float(function(**nominal)))
    covariance = np.diag([(spread or 0.0) ** 2 for spread in spreads])
    names = list(nominal)
    return propagate_covariance(
        lambda p: float(function(**dict(zip(names, p, strict=True)))), list(nominal.values()), covariance
    )


def propagate_covariance(function: Callable[[Any], float], point: Sequence[float] | Array, covariance: Array) -> Value:
    """Evaluate ``function(point)`` and propagate a covariance matrix by central differences."""
    centre = np.asarray(point, dtype=float)
    gradient = np.zeros(centre.size)
    for i in range(centre.size):
        spread = math.sqrt(max(float(covariance[i, i]), 0.0))
        if spread == 0.0:
            continue
        step = 0.1 * spread
        up, down = centre.copy(), centre.copy()
        up[i] += step
        down[i] -= step
        gradient[i] = (function(up) - function(down)) / (2.0 * step)
    variance = float(gradient @ covariance @ gradient)
    return Value(float(function(centre)), math.sqrt(max(variance, 0.0)))
