"""What a spectrum must be before anything is computed from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.errors import InputError

__all__ = ["check_frequency", "check_spectrum"]


def check_frequency(frequency: ArrayLike) -> NDArray[np.float64]:
    """Return `frequency` [Hz] as a float array (N,); every value must be finite and above 0."""
    try:
        f = np.asarray(frequency, dtype=float)
    except (TypeError, ValueError):
        raise InputError("frequency: expected numbers in Hz.") from None
    if f.ndim != 1 or not f.size:
        raise InputError(f"frequency: expected a one-dimensional array in Hz, got shape {f.shape}.")
    bad = ~(np.isfinite(f) & (f > 0.0))
    if bad.any():
        where = int(np.argmax(bad))
        raise InputError(
            f"frequency: point {where} is {f[where]:g} Hz; every frequency must be finite and above 0 "
            "(drop the rows of other techniques first)."
        )
    return f


def check_spectrum(
    frequency: ArrayLike, impedance: ArrayLike, minimum: int = 3
) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Return (frequency [Hz], impedance [ohm]) as arrays (N,), finite, of equal length and at least `minimum` long."""
    f = check_frequency(frequency)
    try:
        z = np.asarray(impedance, dtype=complex)
    except (TypeError, ValueError):
        raise InputError("impedance: expected complex numbers in ohm.") from None
    if z.shape != f.shape:
        raise InputError(f"impedance: {z.shape} values stand beside {f.size} frequencies; the lengths must be equal.")
    bad = ~np.isfinite(z) | (z == 0.0)
    if bad.any():
        where = int(np.argmax(bad))
        raise InputError(f"impedance: point {where} ({f[where]:g} Hz) is {z[where]}; drop it or mend the file.")
    if f.size < minimum:
        raise InputError(f"impedance: {f.size} points, but at least {minimum} are needed; measure more frequencies.")
    if np.ptp(f) == 0.0:
        raise InputError(f"impedance: every point has the same frequency ({f[0]:g} Hz); a sweep is needed.")
    return f, z
