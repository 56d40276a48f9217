"""Diffraction: Bragg's law and the spacings of cubic crystals."""

from __future__ import annotations

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Numeric, numbers, plain, positive

__all__ = ["bragg_spacing", "cubic_spacing", "two_theta"]


def bragg_spacing(two_theta: Numeric, wavelength: Numeric) -> Numeric:
    """Return the lattice spacing behind a reflection, ``d = lambda / (2 sin theta)``.

    Parameters
    ----------
    two_theta : 2 theta, [rad], between 0 and pi
    wavelength : lambda, [m]

    Returns
    -------
    d, [m], for first order

    Raises
    ------
    InputError
        If 2 theta is outside 0..pi or lambda is not above 0.

    References
    ----------
    .. [1] W. H. Bragg, W. L. Bragg, Proc. R. Soc. A 88, 428 (1913), doi:10.1098/rspa.1913.0040

    Examples
    --------
    >>> import math
    >>> bragg_spacing(math.radians(28.5), 1.5406)  # here in angstrom
    3.129
    """
    angle = positive(two_theta, "The angle 2 theta")
    if (angle > np.pi).any():
        raise InputError(
            f"The angle 2 theta must be at most pi, but is {np.max(angle):.6g}; pass radians, not degrees."
        )
    return plain(positive(wavelength, "The wavelength") / (2.0 * np.sin(angle / 2.0)))


def two_theta(spacing: Numeric, wavelength: Numeric) -> Numeric:
    """Return the angle of a reflection, ``2 theta = 2 asin(lambda / (2 d))``.

    Parameters
    ----------
    spacing : d, [m], at least lambda/2
    wavelength : lambda, [m]

    Returns
    -------
    2 theta, [rad]

    Raises
    ------
    InputError
        If an argument is not above 0 or d is below lambda/2.

    References
    ----------
    .. [1] W. H. Bragg, W. L. Bragg, Proc. R. Soc. A 88, 428 (1913), doi:10.1098/rspa.1913.0040

    Examples
    --------
    >>> import math
    >>> math.degrees(two_theta(3.1293, 1.5406))
    28.50
    """
    sine = positive(wavelength, "The wavelength") / (2.0 * positive(spacing, "The spacing"))
    if (sine > 1).any():
        raise InputError("A spacing below half the wavelength reflects at no angle; take a shorter wavelength.")
    return plain(2.0 * np.arcsin(sine))


def cubic_spacing(a: Numeric, h: Numeric, k: Numeric, l: Numeric) -> Numeric:  # noqa: E741 - Miller's letter
    """Return the spacing of planes (h k l) in a cubic crystal, ``d = a / sqrt(h**2 + k**2 + l**2)``.

    Parameters
    ----------
    a : cell edge, [m]
    h, k, l : Miller indices, [-], not all 0

    Returns
    -------
    d, [m]

    Raises
    ------
    InputError
        If a is not above 0 or all indices are 0.

    References
    ----------
    .. [1] C. Giacovazzo et al., Fundamentals of Crystallography, 2nd ed., Oxford (2002)

    Examples
    --------
    >>> cubic_spacing(0.351, 1, 1, 0)  # lithium, here in nm
    0.2482
    """
    indices = sum(numbers(index, "A Miller index") ** 2 for index in (h, k, l))
    return plain(positive(a, "The cell edge a") / np.sqrt(positive(indices, "h**2 + k**2 + l**2")))
