"""Electrons through the electrolyte: leak current and the coulombic efficiency that it leaves."""

from __future__ import annotations

from ceramer.errors import InputError
from ceramer.laws._common import Numeric, not_negative, numbers, plain, positive

__all__ = ["leak_current_density", "leak_limited_coulombic_efficiency"]


def leak_current_density(electronic_conductivity: Numeric, voltage: Numeric, thickness: Numeric) -> Numeric:
    """Return the electronic leak through an electrolyte, ``i_e = sigma_e V / L``.

    Parameters
    ----------
    electronic_conductivity : sigma_e, [S/m]
    voltage : V across the electrolyte, [V]
    thickness : L, [m]

    Returns
    -------
    i_e, [A/m2], with the sign of V

    Raises
    ------
    InputError
        If sigma_e is negative or L is not above 0.

    Notes
    -----
    Ohmic: sigma_e uniform and independent of potential, which few mixed conductors are.

    References
    ----------
    .. [1] C. Wagner, Z. Phys. Chem. B 21, 25 (1933)

    Examples
    --------
    >>> leak_current_density(2.3e-7, 4.0, 470e-6)
    0.00195745
    """
    leak = not_negative(electronic_conductivity, "The electronic conductivity") * numbers(voltage, "The voltage")
    return plain(leak / positive(thickness, "The thickness"))


def leak_limited_coulombic_efficiency(leak_current_density: Numeric, current_density: Numeric) -> Numeric:
    """Return the coulombic efficiency left by a leak, ``CE = (1 - i_e/j) / (1 + i_e/j)``.

    Parameters
    ----------
    leak_current_density : i_e, [A/m2], 0 or more
    current_density : j on charge and discharge, [A/m2], above i_e

    Returns
    -------
    CE, charge out over charge in, [-]

    Raises
    ------
    InputError
        If i_e is negative, or j is not above i_e.

    Notes
    -----
    The cell charges at j - i_e and discharges at j + i_e internally, at equal outer currents; no other loss.

    References
    ----------
    .. [1] C. Wagner, Z. Phys. Chem. B 21, 25 (1933) (the leak; the rest is a balance)

    Examples
    --------
    >>> leak_limited_coulombic_efficiency(0.002, 5.0)
    0.9992003
    """
    lost = not_negative(leak_current_density, "The leak current density")
    outer = positive(current_density, "The current density")
    if (lost >= outer).any():
        raise InputError("The leak is as large as the current, so the cell never charges; raise the current density.")
    return plain((outer - lost) / (outer + lost))
