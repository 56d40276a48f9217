"""A binary electrolyte between two lithium electrodes: diffusivities, Newman number, profile, potential, impedance."""

from __future__ import annotations

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Numeric, fraction, not_negative, numbers, plain, positive, symbolic
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = [
    "ambipolar_diffusivity",
    "diffusion_potential",
    "nernst_einstein_diffusivities",
    "newman_number",
    "steady_concentration",
    "symmetric_cell_impedance",
    "thermodynamic_factor_from_current_fraction",
]


def _thermal(temperature: Numeric) -> Numeric:
    return GAS_CONSTANT * positive(temperature, "The temperature", "pass kelvin, such as 303.15 for 30 degC")


def _anion_share(transference_number: Numeric) -> Numeric:
    """1 - t+, where t+ may be negative (a concentrated polymer electrolyte) but not above 1."""
    return not_negative(
        1.0 - numbers(transference_number, "The transference number"), "1 - t+", "no t+ is above 1 with one salt"
    )


def nernst_einstein_diffusivities(
    conductivity: Numeric, transference_number: Numeric, concentration: Numeric, temperature: Numeric
) -> tuple[Numeric, Numeric]:
    """Return the ion diffusivities of an ideal dilute salt, ``D+ = R T sigma t+/(F**2 c)``, ``D- = ... (1 - t+)``.

    Parameters
    ----------
    conductivity : sigma, [S/m]
    transference_number : t+, [-]
    concentration : c of the dissociated monovalent salt, [mol/m3]
    temperature : T, [K]

    Returns
    -------
    (D+, D-), [m2/s]

    Raises
    ------
    InputError
        If sigma is negative, t+ is outside 0..1, or c or T is not above 0.

    Notes
    -----
    Ideal and dilute. With ion pairs c is smaller than the salt that was weighed in, so D comes out too small.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3

    Examples
    --------
    >>> nernst_einstein_diffusivities(0.1, 0.2, 1000.0, 333.15)
    (5.951e-12, 2.3804e-11)
    """
    share = fraction(transference_number, "The transference number")
    both = _thermal(temperature) * not_negative(conductivity, "The conductivity") / FARADAY**2
    both = both / positive(concentration, "The concentration")
    return plain(both * share), plain(both * (1.0 - share))


def ambipolar_diffusivity(d_plus: Numeric, d_minus: Numeric) -> Numeric:
    """Return the diffusivity of an ideal monovalent salt, ``D = 2 D+ D-/(D+ + D-)``.

    Parameters
    ----------
    d_plus, d_minus : D+ and D-, [m2/s]

    Returns
    -------
    D, [m2/s]

    Raises
    ------
    InputError
        If a diffusivity is negative or both are 0.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3

    Examples
    --------
    >>> ambipolar_diffusivity(1e-12, 3e-12)
    1.5e-12
    """
    plus, minus = not_negative(d_plus, "D+"), not_negative(d_minus, "D-")
    return plain(2.0 * plus * minus / positive(plus + minus, "D+ + D-", "some ion must move"))


def newman_number(
    conductivity: Numeric,
    diffusivity: Numeric,
    transference_number: Numeric,
    *,
    concentration: Numeric,
    temperature: Numeric,
    thermodynamic_factor: Numeric = 1.0,
) -> Numeric:
    """Return the Newman number of a binary electrolyte, ``Ne = 2 R T sigma (1 - t+)**2 Tf / (F**2 D c)``.

    Parameters
    ----------
    conductivity : sigma, [S/m]
    diffusivity : D of the salt, [m2/s]
    transference_number : t+, [-]; may be negative
    concentration : c, [mol/m3]
    temperature : T, [K]
    thermodynamic_factor : Tf = 1 + dlnf/dlnc, [-]; 1 is ideal

    Returns
    -------
    Ne, [-]

    Raises
    ------
    InputError
        If t+ is above 1, or another argument is not above 0.

    Notes
    -----
    Small signals, monovalent salt. `current_fraction` makes I_ss/I_0 of it. For the ideal dilute salt Ne = D-/D+.

    References
    ----------
    .. [1] N. P. Balsara, J. Newman, J. Electrochem. Soc. 162, A2720 (2015), doi:10.1149/2.0651514jes

    Examples
    --------
    >>> newman_number(0.1, 8e-12, 0.2, concentration=1000.0, temperature=333.15)
    4.7608
    """
    anion = _anion_share(transference_number)
    salt = positive(diffusivity, "The diffusivity") * positive(concentration, "The concentration")
    drive = 2.0 * _thermal(temperature) * positive(conductivity, "The conductivity") / FARADAY**2
    return plain(drive * anion**2 * positive(thermodynamic_factor, "The thermodynamic factor") / salt)


def thermodynamic_factor_from_current_fraction(
    fraction_of_current: Numeric,
    conductivity: Numeric,
    diffusivity: Numeric,
    transference_number: Numeric,
    *,
    concentration: Numeric,
    temperature: Numeric,
) -> Numeric:
    """Return the thermodynamic factor behind a current fraction, ``Tf = (1/rho - 1) F**2 D c/(2 R T sigma (1-t+)**2)``.

    Parameters
    ----------
    fraction_of_current : rho = I_ss/I_0, corrected for the interfaces, [-]
    conductivity : sigma, [S/m]
    diffusivity : D of the salt, [m2/s]
    transference_number : t+, [-], below 1; may be negative
    concentration : c, [mol/m3]
    temperature : T, [K]

    Returns
    -------
    Tf = 1 + dlnf/dlnc, [-]

    Raises
    ------
    InputError
        If rho is outside 0..1 or 0, t+ is 1 or more, or another argument is not above 0.

    Notes
    -----
    The inverse of `newman_number`. Far from 1 to 10 it says that one of the inputs does not fit the others.

    References
    ----------
    .. [1] N. P. Balsara, J. Newman, J. Electrochem. Soc. 162, A2720 (2015), doi:10.1149/2.0651514jes

    Examples
    --------
    >>> thermodynamic_factor_from_current_fraction(0.15, 0.1, 8e-12, 0.2, concentration=1000.0, temperature=333.15)
    1.1902996
    """
    rho = positive(fraction(fraction_of_current, "The current fraction"), "The current fraction")
    ideal = newman_number(
        conductivity, diffusivity, transference_number, concentration=concentration, temperature=temperature
    )
    return plain((1.0 / rho - 1.0) / positive(ideal, "1 - t+", "a t+ of 1 leaves no gradient and fixes no factor"))


def steady_concentration(
    position: Numeric,
    current_density: Numeric,
    diffusivity: Numeric,
    transference_number: Numeric,
    *,
    concentration: Numeric,
    thickness: Numeric,
) -> Numeric:
    """Return the steady salt profile between lithium electrodes, ``c(x) = c_m + (1 - t+) i (L/2 - x)/(F D)``.

    Parameters
    ----------
    position : x from the electrode that strips, [m], between 0 and L
    current_density : i from x = 0 to x = L, [A/m2]
    diffusivity : D of the salt, [m2/s]
    transference_number : t+, [-]
    concentration : c_m, mean of the salt, [mol/m3]
    thickness : L, [m]

    Returns
    -------
    c, [mol/m3]

    Raises
    ------
    InputError
        If x lies outside the electrolyte, i is above `limiting_current` (no steady state), t+ is above 1, or D, c_m or
        L is not above 0.

    Notes
    -----
    Constant D and t+; no anion flux, so diffusion balances ``(1 - t+) i/F``.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3

    Examples
    --------
    >>> steady_concentration([0.0, 100e-6], 9.65, 8e-12, 0.2, concentration=1000.0, thickness=100e-6)
    array([1500., 500.])
    """
    x, length = numbers(position, "The position"), positive(thickness, "The thickness")
    if not (symbolic(x) or symbolic(length)) and ((x.real < 0.0) | (x.real > length.real)).any():
        raise InputError("The position must lie between 0 and the thickness of the electrolyte; check the units.")
    slope = _anion_share(transference_number) * numbers(current_density, "The current density") / FARADAY
    slope = slope / positive(diffusivity, "The diffusivity")
    mean = positive(concentration, "The concentration")
    not_negative(mean - np.sqrt(slope**2) * length / 2.0, "The least concentration", "i is above the limiting current")
    return plain(mean + slope * (length / 2.0 - x))


def diffusion_potential(
    c_left: Numeric,
    c_right: Numeric,
    transference_number: Numeric,
    temperature: Numeric,
    thermodynamic_factor: Numeric = 1.0,
) -> Numeric:
    """Return the potential of a concentration cell, ``U = (2 R T/F) (1 - t+) Tf ln(c_right/c_left)``.

    Parameters
    ----------
    c_left, c_right : salt concentrations at the two electrodes, [mol/m3]
    transference_number : t+, [-]; may be negative
    temperature : T, [K]
    thermodynamic_factor : Tf = 1 + dlnf/dlnc, [-]

    Returns
    -------
    U, right minus left, measured with lithium electrodes at zero current, [V]

    Raises
    ------
    InputError
        If a concentration, T or Tf is not above 0, or t+ is above 1.

    Notes
    -----
    t+ and Tf constant between the two concentrations; monovalent salt.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3

    Examples
    --------
    >>> diffusion_potential(500.0, 1500.0, 0.2, 333.15)
    0.0504635
    """
    ratio = positive(c_right, "The right concentration") / positive(c_left, "The left concentration")
    factor = positive(thermodynamic_factor, "The thermodynamic factor")
    return plain(2.0 * _thermal(temperature) / FARADAY * _anion_share(transference_number) * factor * np.log(ratio))


def symmetric_cell_impedance(
    frequency: Numeric, thickness: Numeric, conductivity: Numeric, diffusivity: Numeric, newman: Numeric
) -> Numeric:
    """Return the areal impedance of a binary electrolyte between lithium, ``Z = (L/sigma) [1 + Ne tanh(s)/s]``.

    ``s = (L/2) sqrt(i 2 pi f/D)``: a finite-length Warburg element.

    Parameters
    ----------
    frequency : f, [Hz]; 0 is allowed
    thickness : L, [m]
    conductivity : sigma, [S/m]
    diffusivity : D of the salt, [m2/s]
    newman : Ne, [-], see `newman_number`

    Returns
    -------
    Z, [ohm m2], without interfaces and without displacement current

    Raises
    ------
    InputError
        If f or Ne is negative, or L, sigma or D is not above 0.

    Notes
    -----
    Small signal about a uniform concentration. From ``L/sigma`` at high to ``(L/sigma)(1 + Ne)`` at zero frequency.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3
    .. [2] N. P. Balsara, J. Newman, J. Electrochem. Soc. 162, A2720 (2015), doi:10.1149/2.0651514jes (zero frequency)

    Examples
    --------
    >>> symmetric_cell_impedance(1e-3, 100e-6, 0.1, 8e-12, 3.0)
    (0.00305495-0.00121302j)
    """
    length, salt = positive(thickness, "The thickness"), positive(diffusivity, "The diffusivity")
    s = length / 2.0 * np.sqrt(2j * np.pi * not_negative(frequency, "The frequency") / salt)
    ohmic = length / positive(conductivity, "The conductivity")
    # tanh(s)/s -> 1 at s = 0; below 1e-4 the series 1 - s**2/3 is exact to round-off
    small = np.abs(s) < 1e-4
    safe = np.where(small, 1.0, s)
    shape = np.where(small, 1.0 - s**2 / 3.0, np.tanh(safe) / safe)
    return plain(ohmic * (1.0 + not_negative(newman, "The Newman number") * shape))
