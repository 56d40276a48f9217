"""Contact that is lost: voids under lithium that is stripped, particles that breathe apart from what surrounds them."""

from __future__ import annotations

import numpy as np

from ceramer.laws._common import Numeric, not_negative, numbers, plain, positive, where
from ceramer.units import FARADAY

__all__ = ["breathing_rate", "contact_kept", "void_opening_rate"]


def void_opening_rate(
    stripping_current_density: Numeric, borne_current_density: Numeric, volume_per_charge: Numeric
) -> Numeric:
    """Return how fast stripping opens voids, ``dw/dt = v max(j - j_s, 0)``, as a mean depth of missing lithium.

    Parameters
    ----------
    stripping_current_density : j, [A/m2], negative where lithium is plated
    borne_current_density : j_s that diffusion and creep of lithium replace, [A/m2]
    volume_per_charge : v = M/(F rho) of lithium, [m3/C]

    Returns
    -------
    dw/dt, [m/s]

    Raises
    ------
    InputError
        If j_s or v is negative.

    Notes
    -----
    All that the metal cannot replace is missing at the interface, none of it further in.

    References
    ----------
    .. [1] J. Kasemchainan et al., Nat. Mater. 18, 1105 (2019), doi:10.1038/s41563-019-0438-9

    Examples
    --------
    >>> void_opening_rate(10.0, 2.0, 1.345e-10) * 3600.0 * 1e6  # um in an hour
    3.8736
    """
    borne = not_negative(borne_current_density, "The current density that is borne")
    excess = numbers(stripping_current_density, "The current density") - borne
    volume = not_negative(volume_per_charge, "The volume per charge")
    return plain(volume * where(excess, excess, 0.0))


def contact_kept(exposure: Numeric, scale: Numeric) -> Numeric:
    """Return the share of an interface that is still in contact, ``a = exp(-w/w_r)``.

    Parameters
    ----------
    exposure : w, what contact is lost to: mean depth of missing lithium [m], or stoichiometry that has passed [-]
    scale : w_r, of which leaves 1/e of the contact, in the unit of w

    Returns
    -------
    a, [-]

    Raises
    ------
    InputError
        If w is negative or w_r is not above 0.

    Notes
    -----
    For voids: the tops of a surface with exponentially distributed heights lose contact first. For particles: each
    breath takes the same share of what is left.

    References
    ----------
    .. [1] Definition of an exponential loss; w_r is measured or calibrated, never predicted.

    Examples
    --------
    >>> contact_kept([0.0, 1e-6, 3e-6], 1e-6)
    array([1.    , 0.3679, 0.0498])
    """
    share = not_negative(exposure, "The exposure") / positive(scale, "The scale of the loss")
    return plain(np.exp(-share))


def breathing_rate(current_density: Numeric, maximum_concentration: Numeric, radius: Numeric) -> Numeric:
    """Return how fast the mean stoichiometry of a sphere moves, either way, ``|dx/dt| = 3 |j|/(F c_max R)``.

    Parameters
    ----------
    current_density : j out of its surface, [A/m2]
    maximum_concentration : c_max of lithium, [mol/m3]
    radius : R, [m]

    Returns
    -------
    |dx/dt|, [1/s]

    Raises
    ------
    InputError
        If c_max or R is not above 0.

    Notes
    -----
    The particle swells and shrinks with x: its integral over time is how far it has breathed.

    References
    ----------
    .. [1] M. Faraday, Phil. Trans. R. Soc. 124, 77 (1834), doi:10.1098/rstl.1834.0008

    Examples
    --------
    >>> breathing_rate(-0.1, 5e4, 5e-6) * 3600.0
    0.044773
    """
    j = numbers(current_density, "The current density")
    sites = positive(maximum_concentration, "The maximum concentration") * positive(radius, "The radius")
    return plain(3.0 * where(j, j, -j) / (FARADAY * sites))
