"""Voids that stripping leaves under lithium, and the creep of lithium that closes them under pressure."""

from __future__ import annotations

import numpy as np

from ceramer import laws
from ceramer.errors import InputError
from ceramer.laws import Numeric
from ceramer.physics.failure._numbers import plain

__all__ = ["contact_loss", "creep_closure_rate", "stripped_void"]


def creep_closure_rate(
    pressure: Numeric, reference_rate: Numeric, reference_stress: Numeric, stress_exponent: Numeric
) -> Numeric:
    """Return the relative volume rate of a void in creeping lithium, ``-dlnV/dt = (3/2) e0 (3 p / (2 n s0))**n``.

    One spherical void in an unbounded solid that creeps by ``strain rate = e0 (stress/s0)**n``.

    Parameters
    ----------
    pressure : p outside minus inside, [Pa], 0 or more
    reference_rate : e0, [1/s]
    reference_stress : s0, [Pa]
    stress_exponent : n, [-], 1 or more

    Returns
    -------
    rate of lnV, [1/s]; a third of it for a length

    Raises
    ------
    InputError
        If p is negative or n below 1.

    Notes
    -----
    From v = A/r**2 around the void, whose strain rate 2 A/r**3 needs the stress s: p is the integral of 2 s/r from its
    surface. For n = 1 and s0/e0 = 3 eta this is `ceramer.laws.pressure_closure_rate`. Creep of small volumes of lithium
    is slower than of bulk.

    References
    ----------
    .. [1] B. Budiansky, J. W. Hutchinson, S. Slutsky, Void growth and collapse in viscous solids, in H. G. Hopkins,
       M. J. Sewell (eds.), Mechanics of Solids, Pergamon (1982), ISBN 0-08-025443-8: the chapter is cited from memory

    Examples
    --------
    >>> creep_closure_rate(1e6, 0.05, 2e6, 5.6) * 3600.0  # 1 MPa, an hour
    0.0034822
    """
    if np.any(np.asarray(pressure) < 0.0) or np.any(np.asarray(stress_exponent) < 1.0):
        raise InputError("The pressure must be 0 or more and the stress exponent 1 or more; check their signs.")
    stress = 1.5 * np.asarray(pressure) / (np.asarray(stress_exponent) * reference_stress)
    return plain(1.5 * np.asarray(reference_rate) * stress**stress_exponent)


def stripped_void(
    current_density: Numeric, borne_current_density: Numeric, duration: Numeric, lithium_per_charge: Numeric
) -> Numeric:
    """Return the mean depth of lithium that stripping takes faster than it is replaced, ``w (j - j_s) t``, or 0.

    Parameters
    ----------
    current_density : j, [A/m2]
    borne_current_density : j_s that diffusion and creep of lithium replace, [A/m2]
    duration : t, [s]
    lithium_per_charge : w = M/(F rho), [m3/C]

    Returns
    -------
    depth, [m]

    References
    ----------
    .. [1] J. Kasemchainan et al., Nat. Mater. 18, 1105 (2019), doi:10.1038/s41563-019-0438-9
    """
    rate = laws.void_opening_rate(current_density, borne_current_density, lithium_per_charge)
    return plain(np.multiply(rate, duration))


def contact_loss(void_depth: Numeric, roughness: Numeric) -> Numeric:
    """Return the share of the interface that has lost its lithium, ``theta = 1 - exp(-w / w_r)``.

    The tops of a surface with exponentially distributed heights lose contact first.

    Parameters
    ----------
    void_depth : w, mean depth of missing lithium, [m]
    roughness : w_r, mean depth at which contact is lost, [m]

    Returns
    -------
    theta, [-]
    """
    return plain(-np.expm1(-np.divide(void_depth, roughness)))
