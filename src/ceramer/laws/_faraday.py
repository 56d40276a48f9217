"""Charge and matter: lithium thickness, plating rate, capacities, Sand's time, the limiting current."""

from __future__ import annotations

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Numeric, fraction, not_negative, numbers, plain, positive, symbolic
from ceramer.units import FARADAY

__all__ = [
    "areal_capacity_of_foil",
    "limiting_current",
    "lithium_thickness",
    "plating_rate",
    "sand_time",
    "theoretical_specific_capacity",
]


def _molar_volume(molar_mass: Numeric, density: Numeric) -> Numeric:
    return positive(molar_mass, "The molar mass", "pass kg/mol, 6.94e-3 for lithium") / positive(
        density, "The density", "pass kg/m3, 534 for lithium"
    )


def lithium_thickness(areal_capacity: Numeric, molar_mass: Numeric, density: Numeric) -> Numeric:
    """Return the thickness of dense lithium that holds a charge, ``h = q M / (F rho)``.

    Parameters
    ----------
    areal_capacity : q, [C/m2]
    molar_mass : M of lithium, [kg/mol]
    density : rho of lithium, [kg/m3]

    Returns
    -------
    h, [m]

    Raises
    ------
    InputError
        If q is negative, or M or rho is not above 0.

    References
    ----------
    .. [1] M. Faraday, Phil. Trans. R. Soc. 124, 77 (1834), doi:10.1098/rstl.1834.0008

    Examples
    --------
    >>> lithium_thickness(3.6e4, 6.94e-3, 534.0) * 1e6  # um for 1 mAh/cm2
    4.8491
    """
    charge = not_negative(areal_capacity, "The areal capacity")
    return plain(charge * _molar_volume(molar_mass, density) / FARADAY)


def plating_rate(current_density: Numeric, molar_mass: Numeric, density: Numeric) -> Numeric:
    """Return the speed at which dense lithium grows, ``v = j M / (F rho)``.

    Parameters
    ----------
    current_density : j, [A/m2]; negative for stripping
    molar_mass : M, [kg/mol]
    density : rho, [kg/m3]

    Returns
    -------
    v, [m/s]

    Raises
    ------
    InputError
        If M or rho is not above 0.

    References
    ----------
    .. [1] M. Faraday, Phil. Trans. R. Soc. 124, 77 (1834), doi:10.1098/rstl.1834.0008

    Examples
    --------
    >>> plating_rate(10.0, 6.94e-3, 534.0) * 3600e6  # um/h at 1 mA/cm2
    4.8491
    """
    return plain(numbers(current_density, "The current density") * _molar_volume(molar_mass, density) / FARADAY)


def areal_capacity_of_foil(thickness: Numeric, molar_mass: Numeric, density: Numeric) -> Numeric:
    """Return the charge that a dense lithium foil holds, ``q = h F rho / M``.

    Parameters
    ----------
    thickness : h, [m]
    molar_mass : M, [kg/mol]
    density : rho, [kg/m3]

    Returns
    -------
    q, [C/m2]

    Raises
    ------
    InputError
        If h is negative, or M or rho is not above 0.

    References
    ----------
    .. [1] M. Faraday, Phil. Trans. R. Soc. 124, 77 (1834), doi:10.1098/rstl.1834.0008

    Examples
    --------
    >>> areal_capacity_of_foil(40e-6, 6.94e-3, 534.0) / 3.6e4  # mAh/cm2
    8.2490
    """
    return plain(not_negative(thickness, "The thickness") * FARADAY / _molar_volume(molar_mass, density))


def theoretical_specific_capacity(molar_mass: Numeric, electrons: Numeric) -> Numeric:
    """Return the theoretical specific capacity, ``q = n F / M``.

    Parameters
    ----------
    molar_mass : M of the host, [kg/mol]
    electrons : n per formula unit, [-]

    Returns
    -------
    q, [C/kg]

    Raises
    ------
    InputError
        If M or n is not above 0.

    References
    ----------
    .. [1] M. Faraday, Phil. Trans. R. Soc. 124, 77 (1834), doi:10.1098/rstl.1834.0008

    Examples
    --------
    >>> theoretical_specific_capacity(157.757e-3, 1) / 3600  # mAh/g of LiFePO4
    169.89
    """
    return plain(positive(electrons, "The number of electrons") * FARADAY / positive(molar_mass, "The molar mass"))


def _blocked_share(transference_number: Numeric) -> Numeric:
    share = 1.0 - fraction(transference_number, "The transference number")
    if not symbolic(share) and (share == 0).any():
        raise InputError(
            "A transference number of 1 gives no salt depletion, so neither Sand's time nor a limiting current exists."
        )
    return share


def sand_time(
    diffusivity: Numeric, concentration: Numeric, transference_number: Numeric, current_density: Numeric
) -> Numeric:
    """Return Sand's time to salt depletion at the plating electrode, ``tau = pi D (c F / (2 j (1 - t+)))**2``.

    Parameters
    ----------
    diffusivity : D of the salt, [m2/s]
    concentration : c of the salt, [mol/m3]
    transference_number : t+, [-], below 1
    current_density : j, [A/m2]

    Returns
    -------
    tau, [s]

    Raises
    ------
    InputError
        If t+ is outside 0..1 or equal to 1, or another argument is not above 0.

    Notes
    -----
    Thick electrolyte (j above the limiting current, tau well below L**2/D), constant D and t+, monovalent salt.

    References
    ----------
    .. [1] H. J. S. Sand, Phil. Mag. 1, 45 (1901), doi:10.1080/14786440109462590
    .. [2] J.-N. Chazalviel, Phys. Rev. A 42, 7355 (1990), doi:10.1103/PhysRevA.42.7355

    Examples
    --------
    >>> sand_time(8e-12, 1000.0, 0.2, 10.0)
    914.0
    """
    carried = 2.0 * positive(current_density, "The current density") * _blocked_share(transference_number)
    ratio = positive(concentration, "The concentration") * FARADAY / carried
    return plain(np.pi * positive(diffusivity, "The diffusivity") * ratio**2)


def limiting_current(
    diffusivity: Numeric, concentration: Numeric, transference_number: Numeric, thickness: Numeric
) -> Numeric:
    """Return the limiting current between two lithium electrodes, ``j = 2 F D c / ((1 - t+) L)``.

    Parameters
    ----------
    diffusivity : D of the salt, [m2/s]
    concentration : mean c of the salt, [mol/m3]
    transference_number : t+, [-], below 1
    thickness : L, [m]

    Returns
    -------
    j, [A/m2]

    Raises
    ------
    InputError
        If t+ is outside 0..1 or equal to 1, or another argument is not above 0.

    Notes
    -----
    Steady state with the salt at 0 on one side and 2 c on the other; constant D and t+, monovalent salt.

    References
    ----------
    .. [1] Balance: no anion current, so diffusion carries what migration does not, ``(1 - t+) j / F = D 2 c / L``.

    Examples
    --------
    >>> limiting_current(8e-12, 1000.0, 0.2, 100e-6)
    19.30
    """
    salt = positive(diffusivity, "The diffusivity") * positive(concentration, "The concentration")
    return plain(2.0 * FARADAY * salt / (_blocked_share(transference_number) * positive(thickness, "The thickness")))
