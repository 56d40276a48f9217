"""Charge transfer at an electrode: Butler-Volmer and its linear resistance."""

from __future__ import annotations

import numpy as np

from ceramer.laws._common import Numeric, numbers, plain, positive
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = ["butler_volmer", "charge_transfer_resistance", "exchange_current_density"]


def _thermal_voltage(temperature: Numeric) -> Numeric:
    return GAS_CONSTANT * positive(temperature, "The temperature", "pass kelvin, such as 303.15 for 30 degC") / FARADAY


def butler_volmer(
    overpotential: Numeric,
    exchange_current: Numeric,
    alpha_a: Numeric,
    alpha_c: Numeric,
    temperature: Numeric,
) -> Numeric:
    """Return the Butler-Volmer current, ``i = i0 [exp(alpha_a F eta/(R T)) - exp(-alpha_c F eta/(R T))]``.

    Parameters
    ----------
    overpotential : eta, electrode minus electrolyte minus equilibrium, [V]
    exchange_current : i0, [A/m2]
    alpha_a, alpha_c : anodic and cathodic transfer coefficients, [-]
    temperature : T, [K]

    Returns
    -------
    i, [A/m2], positive for oxidation (stripping)

    Raises
    ------
    InputError
        If i0, a transfer coefficient or T is not above 0.

    Notes
    -----
    One-electron transfer. Not for films that limit the current, nor the inverted region.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3

    Examples
    --------
    >>> butler_volmer(0.01, 10.0, 0.5, 0.5, 298.15)
    3.91679
    """
    reduced = numbers(overpotential, "The overpotential") / _thermal_voltage(temperature)
    forward = np.exp(positive(alpha_a, "The anodic transfer coefficient") * reduced)
    backward = np.exp(-positive(alpha_c, "The cathodic transfer coefficient") * reduced)
    return plain(positive(exchange_current, "The exchange current density") * (forward - backward))


def charge_transfer_resistance(exchange_current: Numeric, temperature: Numeric) -> Numeric:
    """Return the areal charge-transfer resistance of one electrode, ``R_ct = R T / (F i0)``.

    Parameters
    ----------
    exchange_current : i0, [A/m2]
    temperature : T, [K]

    Returns
    -------
    R_ct, [ohm m2]

    Raises
    ------
    InputError
        If an argument is not above 0.

    Notes
    -----
    Slope of `butler_volmer` at eta = 0 with ``alpha_a + alpha_c = 1``.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3

    Examples
    --------
    >>> charge_transfer_resistance(10.0, 298.15) * 1e4  # ohm cm2
    25.693
    """
    return plain(_thermal_voltage(temperature) / positive(exchange_current, "The exchange current density"))


def exchange_current_density(areal_resistance: Numeric, temperature: Numeric) -> Numeric:
    """Return the exchange current density behind a charge-transfer resistance, ``i0 = R T / (F R_ct)``.

    Parameters
    ----------
    areal_resistance : R_ct of one electrode, [ohm m2]
    temperature : T, [K]

    Returns
    -------
    i0, [A/m2]

    Raises
    ------
    InputError
        If an argument is not above 0.

    Notes
    -----
    A measured interface resistance also holds films and contacts, so i0 from it is a lower bound.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3

    Examples
    --------
    >>> exchange_current_density(25.693e-4, 298.15)
    10.000
    """
    return plain(_thermal_voltage(temperature) / positive(areal_resistance, "The areal resistance"))
