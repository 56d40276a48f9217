"""Stiffness of filled polymers and composites."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Array, Numeric, fraction, not_negative, numbers, phases, plain, positive

__all__ = [
    "force_per_width",
    "guth",
    "hashin_shtrikman_bulk",
    "hashin_shtrikman_shear",
    "krieger_dougherty",
]


def krieger_dougherty(
    modulus: Numeric, filler_fraction: Numeric, maximum_fraction: Numeric, intrinsic: Numeric = 2.5
) -> Numeric:
    """Return the modulus (or viscosity) of a suspension, ``G = G0 (1 - phi/phi_m)**(-B phi_m)``.

    Parameters
    ----------
    modulus : G0 of the matrix, [Pa] (or viscosity, [Pa s])
    filler_fraction : phi, volume fraction of rigid particles, [-], below phi_m
    maximum_fraction : phi_m at which the particles jam, [-]
    intrinsic : B, intrinsic viscosity, [-]; 2.5 is Einstein's value for spheres

    Returns
    -------
    G, [Pa]

    Raises
    ------
    InputError
        If phi is not below phi_m, a fraction is outside 0..1, or G0 or B is negative.

    Notes
    -----
    Rigid particles in a soft incompressible matrix, no particle network (a network is stiffer).

    References
    ----------
    .. [1] I. M. Krieger, T. J. Dougherty, Trans. Soc. Rheol. 3, 137 (1959), doi:10.1122/1.548848

    Examples
    --------
    >>> krieger_dougherty(1e5, 0.32, 0.64)
    303143.3
    """
    phi, limit = fraction(filler_fraction, "The filler fraction"), fraction(maximum_fraction, "The maximum fraction")
    if (phi >= limit).any():
        raise InputError("The filler fraction must stay below the maximum fraction, where the particles jam.")
    power = -not_negative(intrinsic, "The intrinsic viscosity") * limit
    return plain(not_negative(modulus, "The modulus") * (1.0 - phi / limit) ** power)


def guth(modulus: Numeric, filler_fraction: Numeric) -> Numeric:
    """Return the modulus of a lightly filled rubber, ``E = E0 (1 + 2.5 phi + 14.1 phi**2)``.

    Parameters
    ----------
    modulus : E0 or G0 of the matrix, [Pa]
    filler_fraction : phi, [-]

    Returns
    -------
    modulus, [Pa]

    Raises
    ------
    InputError
        If phi is outside 0..1 or the modulus is negative.

    Notes
    -----
    Rigid spheres, phi up to about 0.3; too soft beyond.

    References
    ----------
    .. [1] E. Guth, J. Appl. Phys. 16, 20 (1945)

    Examples
    --------
    >>> guth(1e5, 0.1)
    139100.0
    """
    phi = fraction(filler_fraction, "The filler fraction")
    return plain(not_negative(modulus, "The modulus") * (1.0 + 2.5 * phi + 14.1 * phi**2))


def _bounded(values: Array, part: Array, shift: Array) -> Array:
    total = values + shift
    present = part > 0
    blocked = (present & (total == 0)).any(axis=0)
    weight = np.divide(part, total, out=np.zeros_like(total), where=present & (total != 0))
    below = weight.sum(axis=0)
    return np.asarray(np.divide((weight * values).sum(axis=0), below, out=np.zeros_like(below), where=~blocked))


def _moduli(bulk: Sequence[Numeric], shear: Sequence[Numeric], parts: Sequence[Numeric]) -> tuple[Array, Array, Array]:
    if len(bulk) != len(shear):
        raise InputError(f"{len(bulk)} bulk moduli stand beside {len(shear)} shear moduli; give both for each phase.")
    for value in bulk:
        positive(value, "A bulk modulus")
    for value in shear:
        not_negative(value, "A shear modulus")
    k, _ = phases(bulk, parts)
    g, part = phases(shear, parts)
    k, g, part = np.broadcast_arrays(k, g, part)
    return k, g, part


def _extremes(values: Array, part: Array) -> tuple[Array, Array]:
    low = np.where(part > 0, values, np.inf).min(axis=0)
    return low, np.where(part > 0, values, -np.inf).max(axis=0)


def hashin_shtrikman_bulk(
    bulk: Sequence[Numeric], shear: Sequence[Numeric], fractions: Sequence[Numeric]
) -> tuple[Numeric, Numeric]:
    """Return the bounds on the bulk modulus, ``[sum f/(K + 4 z/3)]**-1 - 4 z/3`` with z the least and greatest G.

    Parameters
    ----------
    bulk : K_k, [Pa], one entry for each phase
    shear : G_k, [Pa]
    fractions : f_k, volume fractions, [-], summing to 1

    Returns
    -------
    (lower, upper), [Pa]

    Raises
    ------
    InputError
        If the fractions do not sum to 1, a bulk modulus is not above 0 (a pore: give it a small one), a shear modulus
        is negative, or the lists differ in length.

    Notes
    -----
    Statistically isotropic composites of isotropic, perfectly bonded phases, linear elasticity.

    References
    ----------
    .. [1] Z. Hashin, S. Shtrikman, J. Mech. Phys. Solids 11, 127 (1963), doi:10.1016/0022-5096(63)90060-7

    Examples
    --------
    >>> hashin_shtrikman_bulk([3e9, 100e9], [1e9, 45e9], [0.5, 0.5])
    (6.97792e9, 30.40359e9)
    """
    k, g, part = _moduli(bulk, shear, fractions)
    low, high = _extremes(g, part)
    return plain(_bounded(k, part, 4.0 / 3.0 * low)), plain(_bounded(k, part, 4.0 / 3.0 * high))


def hashin_shtrikman_shear(
    bulk: Sequence[Numeric], shear: Sequence[Numeric], fractions: Sequence[Numeric]
) -> tuple[Numeric, Numeric]:
    """Return the bounds on the shear modulus, ``[sum f/(G + z)]**-1 - z`` with ``z = (G/6)(9 K + 8 G)/(K + 2 G)``.

    z is taken at the least K and G for the lower bound and at the greatest K and G for the upper.

    Parameters
    ----------
    bulk : K_k, [Pa], one entry for each phase
    shear : G_k, [Pa]
    fractions : f_k, volume fractions, [-], summing to 1

    Returns
    -------
    (lower, upper), [Pa]

    Raises
    ------
    InputError
        If the fractions do not sum to 1, a bulk modulus is not above 0 (a pore: give it a small one), a shear modulus
        is negative, or the lists differ in length.

    Notes
    -----
    Hashin-Shtrikman where the stiffest phase has both the greatest K and G; otherwise Walpole's wider bounds.

    References
    ----------
    .. [1] Z. Hashin, S. Shtrikman, J. Mech. Phys. Solids 11, 127 (1963), doi:10.1016/0022-5096(63)90060-7
    .. [2] L. J. Walpole, J. Mech. Phys. Solids 14, 151 (1966)

    Examples
    --------
    >>> hashin_shtrikman_shear([3e9, 100e9], [1e9, 45e9], [0.5, 0.5])
    (2.97241e9, 16.3459e9)
    """
    k, g, part = _moduli(bulk, shear, fractions)
    (k_low, k_high), (g_low, g_high) = _extremes(k, part), _extremes(g, part)

    def surround(bulk_modulus: Array, shear_modulus: Array) -> Array:
        stiffness = 9.0 * bulk_modulus + 8.0 * shear_modulus
        return np.asarray(shear_modulus / 6.0 * stiffness / (bulk_modulus + 2.0 * shear_modulus))

    return plain(_bounded(g, part, surround(k_low, g_low))), plain(_bounded(g, part, surround(k_high, g_high)))


def force_per_width(strength: Numeric, thickness: Numeric) -> Numeric:
    """Return the force that a film bears for each unit of its width, ``F/w = sigma h``.

    Parameters
    ----------
    strength : sigma, tensile stress, [Pa]
    thickness : h, [m]

    Returns
    -------
    force per width, [N/m]

    Raises
    ------
    InputError
        If h is not above 0.

    References
    ----------
    .. [1] S. P. Timoshenko, J. N. Goodier, Theory of Elasticity, 3rd ed., McGraw-Hill (1970), ISBN 0-07-064720-8

    Examples
    --------
    >>> force_per_width(165.9e6, 12.6e-6)
    2090.3
    """
    return plain(numbers(strength, "The strength") * positive(thickness, "The thickness"))
