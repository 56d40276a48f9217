"""Charge transfer at an electrode: Butler-Volmer, its linear resistance, oxidation, nucleation, double layers."""

from __future__ import annotations

import numpy as np

from ceramer.laws._common import Numeric, fraction, not_negative, numbers, plain, positive
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = [
    "butler_volmer",
    "charge_transfer_resistance",
    "constant_phase_impedance",
    "exchange_current_density",
    "nucleation_overpotential",
    "tafel_oxidation_current",
]


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


def tafel_oxidation_current(potential: Numeric, onset: Numeric, reference_current: Numeric, slope: Numeric) -> Numeric:
    """Return the current of an irreversible oxidation, ``i = i_ref 10**((E - E_on)/b)``.

    Parameters
    ----------
    potential : E, [V]
    onset : E_on, the potential at which the current is i_ref, [V]
    reference_current : i_ref, [A/m2]
    slope : b, Tafel slope, [V] per decade

    Returns
    -------
    i, [A/m2]

    Raises
    ------
    InputError
        If i_ref is negative or b is not above 0.

    Notes
    -----
    Unlimited supply and no iR drop (take E behind it). An onset has a meaning only together with its i_ref.

    References
    ----------
    .. [1] J. Tafel, Z. Phys. Chem. 50, 641 (1905), doi:10.1515/zpch-1905-5043

    Examples
    --------
    >>> tafel_oxidation_current(4.7, 4.5, 0.01, 0.12)
    0.464159
    """
    decades = (numbers(potential, "The potential") - numbers(onset, "The onset")) / positive(slope, "The Tafel slope")
    return plain(not_negative(reference_current, "The reference current") * np.exp(np.log(10.0) * decades))


def nucleation_overpotential(plated_charge: Numeric, initial: Numeric, decay_charge: Numeric) -> Numeric:
    """Return the extra overpotential of plating on a foreign surface, ``eta = eta0 exp(-q/q0)``.

    Parameters
    ----------
    plated_charge : q of lithium on the surface, [C/m2]
    initial : eta0 of the bare surface, [V], magnitude
    decay_charge : q0 after which it has fallen to 1/e, [C/m2]

    Returns
    -------
    eta, [V], magnitude

    Raises
    ------
    InputError
        If q or eta0 is negative, or q0 is not above 0.

    Notes
    -----
    Empirical: eta0 and q0 are calibrated on the spike and the tail of a measured voltage.

    References
    ----------
    .. [1] A. Pei et al., Nano Lett. 17, 1132 (2017), doi:10.1021/acs.nanolett.6b04755 (the spike and its reading)

    Examples
    --------
    >>> nucleation_overpotential(36.0, 0.05, 36.0)
    0.0183940
    """
    decays = not_negative(plated_charge, "The plated charge") / positive(decay_charge, "The decay charge")
    return plain(not_negative(initial, "The initial overpotential") * np.exp(-decays))


def constant_phase_impedance(frequency: Numeric, magnitude: Numeric, exponent: Numeric) -> Numeric:
    """Return the areal impedance of a constant-phase element, ``Z = 1/(Q (i 2 pi f)**n)``.

    Parameters
    ----------
    frequency : f, [Hz]
    magnitude : Q, [F s(n-1)/m2]; a capacitance where n = 1
    exponent : n, [-], 0 to 1

    Returns
    -------
    Z, complex, [ohm m2]

    Raises
    ------
    InputError
        If f or Q is not above 0, or n is outside 0..1.

    References
    ----------
    .. [1] G. J. Brug et al., J. Electroanal. Chem. 176, 275 (1984), doi:10.1016/S0022-0728(84)80324-1

    Examples
    --------
    >>> abs(constant_phase_impedance(1.0 / (2.0 * 3.141592653589793), 0.2, 0.9))
    5.0
    """
    omega = 2.0 * np.pi * positive(frequency, "The frequency")
    power = fraction(exponent, "The exponent")
    phase = np.cos(np.pi * power / 2.0) - 1j * np.sin(np.pi * power / 2.0)
    return plain(phase / (positive(magnitude, "Q") * omega**power))
