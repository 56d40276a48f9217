"""What every law shares: the number type, checks of arguments, and plain Python scalars out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias, cast

import numpy as np

from ceramer.errors import InputError

__all__ = [
    "SUM_TOLERANCE",
    "Array",
    "Numeric",
    "fraction",
    "fractions",
    "not_negative",
    "numbers",
    "phases",
    "plain",
    "positive",
    "symbolic",
    "where",
]

Numeric: TypeAlias = Any
"""A float (or complex where the law says so) or a NumPy array of them, in SI units; arrays broadcast."""
Array: TypeAlias = "np.ndarray[Any, np.dtype[Any]]"
SUM_TOLERANCE: Final = 1e-6
"""How far fractions may sum from 1."""


def symbolic(value: Any) -> bool:
    """Whether `value` is a symbol of an expression being traced, which has no number to check."""
    return getattr(value, "__ceramer_symbol__", False) is True


def where(condition_value: Numeric, if_positive: Numeric, if_not: Numeric) -> Numeric:
    """Return `if_positive` where ``x > 0``, `if_not` elsewhere (also at ``x = 0``): the one branch that can be traced.

    Parameters
    ----------
    condition_value : x, any unit (the real part, if complex)
    if_positive, if_not : the two values, in one unit; both are evaluated, so both must be finite

    Returns
    -------
    the chosen value, in the unit of the two

    Raises
    ------
    InputError
        If x is text or NaN.

    References
    ----------
    .. [1] Convention of ceramer: at x = 0 the second value holds.

    Examples
    --------
    >>> where([-1.0, 0.0, 2.0], 1.0, 0.0)
    array([0., 0., 1.])
    """
    if symbolic(condition_value):
        return condition_value.__where__(if_positive, if_not)
    x = numbers(condition_value, "The condition")
    if symbolic(if_positive) or symbolic(if_not):
        if x.ndim:
            raise InputError("A branch between symbols needs one number or a symbol to choose by, not an array.")
        return if_positive if x.real > 0 else if_not
    return plain(np.where(x.real > 0, if_positive, if_not))


def numbers(value: Numeric, name: str) -> Array:
    """Return `value` as a real or complex array; text, objects and NaN are refused, a symbol passes as it is."""
    if symbolic(value):
        return cast("Array", value)
    array = np.asarray(value)
    if array.dtype.kind in "iub":
        array = array.astype(float)
    if array.dtype.kind not in "fc":  # a text, an object, a ufloat
        raise InputError(
            f"{name} must be a plain number in SI units, not {value!r}; parse it with ceramer.units first."
        )
    if np.isnan(array).any():
        raise InputError(f"{name} is not a number (NaN); leave missing values out before you apply the law.")
    return array


def _refuse(name: str, rule: str, array: Array, bad: Array, hint: str) -> InputError:
    worst = np.broadcast_to(array, bad.shape)[bad].flat[0]
    shown = f"{worst:.6g}"
    return InputError(f"{name} must be {rule}, but is {shown}; {hint or 'check its sign and its unit'}.")


def positive(value: Numeric, name: str, hint: str = "") -> Array:
    """Return `value` as an array, refusing what is not above zero (the real part, if complex)."""
    array = numbers(value, name)
    if symbolic(array):
        return array
    bad = ~(array.real > 0)
    if bad.any():
        raise _refuse(name, "above 0", array, bad, hint)
    return array


def not_negative(value: Numeric, name: str, hint: str = "") -> Array:
    """Return `value` as an array, refusing what is below zero (the real part, if complex)."""
    array = numbers(value, name)
    if symbolic(array):
        return array
    bad = ~(array.real >= 0)
    if bad.any():
        raise _refuse(name, "0 or more", array, bad, hint)
    return array


def fraction(value: Numeric, name: str) -> Array:
    """Return `value` as an array, refusing what is outside 0..1."""
    array = numbers(value, name)
    if symbolic(array):
        return array
    if np.iscomplexobj(array):
        raise InputError(f"{name} must be a real number between 0 and 1, but is complex; take it at zero frequency.")
    bad = ~((array >= 0) & (array <= 1))
    if bad.any():
        raise _refuse(name, "between 0 and 1", array, bad, "divide a percentage by 100")
    return array


def fractions(values: Sequence[Numeric], name: str, count: int | None = None) -> Array:
    """Return fractions as an array with the phases along axis 0, refusing those that do not sum to 1."""
    array = fraction(_stack(values, name), name)
    if count is not None and len(array) != count:
        raise InputError(f"{name} has {len(array)} entries for {count} phases; give one entry for each phase.")
    total = array.sum(axis=0)
    if (np.abs(total - 1.0) > SUM_TOLERANCE).any():
        worst = np.atleast_1d(total).flat[int(np.argmax(np.abs(np.atleast_1d(total) - 1.0)))]
        raise InputError(
            f"{name} must sum to 1, but sum to {worst:.6g}; add the missing part or divide each entry by the sum."
        )
    return array


def phases(
    conductivities: Sequence[Numeric], values: Sequence[Numeric], name: str = "The volume fractions"
) -> tuple[Array, Array]:
    """Return conductivities and fractions as two arrays of one shape, with the phases along axis 0."""
    sigma = not_negative(_stack(conductivities, "The conductivities"), "A conductivity")
    part = fractions(values, name, len(sigma))
    extra = max(sigma.ndim, part.ndim)
    sigma = sigma.reshape(sigma.shape[:1] + (1,) * (extra - sigma.ndim) + sigma.shape[1:])
    part = part.reshape(part.shape[:1] + (1,) * (extra - part.ndim) + part.shape[1:])
    sigma, part = np.broadcast_arrays(sigma, part)
    return sigma, part


def _stack(values: Sequence[Numeric], name: str) -> Array:
    if not isinstance(values, (list, tuple)) and np.ndim(values) == 0:
        raise InputError(f"{name} must be a list with one entry for each phase, not the single value {values!r}.")
    entries = [numbers(value, name) for value in values]
    if not entries:
        raise InputError(f"{name} must have at least one entry, but the list is empty.")
    return np.stack(np.broadcast_arrays(*entries))


def plain(value: Numeric) -> Numeric:
    """Return a Python scalar for a zero-dimensional result, the array (or the symbol) itself otherwise."""
    if symbolic(value):
        return value
    array = np.asarray(value)
    return array.item() if array.ndim == 0 else array
