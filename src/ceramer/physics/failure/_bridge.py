"""A filament that has crossed: its resistance, the voltage at which it melts, how long it lasts."""

from __future__ import annotations

import math

import numpy as np

from ceramer.errors import InputError
from ceramer.laws import Numeric
from ceramer.physics.failure._numbers import plain
from ceramer.units import BOLTZMANN, ELECTRONVOLT

__all__ = ["LORENZ_NUMBER", "bridge_resistance", "burn_out_voltage"]

LORENZ_NUMBER = math.pi**2 / 3.0 * (BOLTZMANN / ELECTRONVOLT) ** 2
"""Sommerfeld's value of k/(sigma T) of a metal [V2/K2]."""


def bridge_resistance(thickness: Numeric, radius: Numeric, resistivity: Numeric) -> Numeric:
    """Return the resistance of a round wire of lithium with its neck, ``R = rho D/(pi r**2) + rho/(2 r)``.

    Parameters
    ----------
    thickness : D, [m]
    radius : r, [m]
    resistivity : rho of lithium, [ohm m]

    Returns
    -------
    R, [ohm]

    References
    ----------
    .. [1] R. Holm, Electric Contacts, 4th ed., Springer (1967), doi:10.1007/978-3-662-06688-1: rho/(2 r) of a neck

    Examples
    --------
    >>> bridge_resistance(350e-6, 1e-6, 9.28e-8)
    10.385
    """
    r = np.asarray(radius)
    return plain(resistivity * (np.asarray(thickness) / (math.pi * r**2) + 0.5 / r))


def burn_out_voltage(melting_temperature: Numeric, temperature: Numeric) -> Numeric:
    """Return the voltage at which the neck of a metal contact melts, ``U = 2 sqrt(L (T_m**2 - T**2))``.

    Heat and current leave the neck by the same way, so that size and shape cancel: with a heat conductivity of
    L sigma T, ``L T dT = -V dV`` from the hottest place (V = 0) to either end (V = U/2). L is the Lorenz number.

    Parameters
    ----------
    melting_temperature : T_m, [K]
    temperature : T of the surroundings, [K]

    Returns
    -------
    U, [V]; a bridge that bears more opens at once

    Raises
    ------
    InputError
        If the metal is above its melting temperature.

    Notes
    -----
    All of U must fall across the neck; where a long wire takes part of it, more is needed.

    References
    ----------
    .. [1] F. Kohlrausch, Ann. Phys. 306, 132 (1900): cited from memory
    .. [2] R. Holm, Electric Contacts, 4th ed., Springer (1967), doi:10.1007/978-3-662-06688-1

    Examples
    --------
    >>> burn_out_voltage(453.65, 295.15)
    0.10770
    """
    hot, cold = np.asarray(melting_temperature), np.asarray(temperature)
    if np.any(hot <= cold):
        raise InputError("The temperature must lie below the melting temperature of lithium; give kelvin.")
    return plain(2.0 * np.sqrt(LORENZ_NUMBER * (hot**2 - cold**2)))
