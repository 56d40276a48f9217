"""Conductivity against temperature: Arrhenius (two forms) and Vogel-Tammann-Fulcher.

Energies are joules **per particle** (``ceramer.units`` reads "0.3 eV" as 4.8e-20 J), never joules per mole.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np

from ceramer.errors import InputError, UnknownNameError
from ceramer.laws._common import Numeric, not_negative, numbers, plain, positive, symbolic
from ceramer.units import BOLTZMANN

__all__ = [
    "ArrheniusForm",
    "apparent_activation_energy_vtf",
    "arrhenius",
    "arrhenius_over_temperature",
    "rescale_arrhenius",
    "two_point_activation_energy",
    "vtf",
]

ArrheniusForm: TypeAlias = Literal["sigma", "sigma_T"]
_KELVIN = "pass kelvin, such as 303.15 for 30 degC"


def _temperature(value: Numeric, name: str = "The temperature") -> Numeric:
    return positive(value, name, _KELVIN)


def _energy(value: Numeric) -> Numeric:
    energy = numbers(value, "The activation energy")
    if not symbolic(energy) and (np.abs(energy) > 1e-17).any():
        raise InputError(
            "The activation energy must be in joule per particle (0.3 eV = 4.8e-20 J), but is above 60 eV; "
            "divide J/mol by the Avogadro constant."
        )
    return energy


def arrhenius(temperature: Numeric, prefactor: Numeric, activation_energy: Numeric) -> Numeric:
    """Return the Arrhenius conductivity ``sigma = A exp(-Ea / (k T))``.

    Parameters
    ----------
    temperature : T, [K]
    prefactor : A, [S/m] (any unit; the result has the same)
    activation_energy : Ea, [J] per particle

    Returns
    -------
    sigma, [S/m]

    Raises
    ------
    InputError
        If T is not above 0, A is negative, or Ea is plainly not per particle.

    Notes
    -----
    Valid where one carrier hops over one barrier: crystals, and polymers over some 30 K away from Tg and melting.

    References
    ----------
    .. [1] S. Arrhenius, Z. Phys. Chem. 4, 226 (1889), doi:10.1515/zpch-1889-0416

    Examples
    --------
    >>> arrhenius(303.15, 1.0, 0.3 * 1.602176634e-19)
    1.0294e-05
    """
    barrier = _energy(activation_energy) / (BOLTZMANN * _temperature(temperature))
    return plain(not_negative(prefactor, "The prefactor") * np.exp(-barrier))


def arrhenius_over_temperature(temperature: Numeric, prefactor: Numeric, activation_energy: Numeric) -> Numeric:
    """Return the hopping form ``sigma = (A / T) exp(-Ea / (k T))``.

    Parameters
    ----------
    temperature : T, [K]
    prefactor : A, [S K/m]
    activation_energy : Ea, [J] per particle

    Returns
    -------
    sigma, [S/m]

    Raises
    ------
    InputError
        As `arrhenius`.

    Notes
    -----
    The Nernst-Einstein relation with an activated diffusivity; Ea exceeds that of `arrhenius` by about k T.

    References
    ----------
    .. [1] A. R. West, Solid State Chemistry and its Applications, 2nd ed., Wiley (2014), ISBN 978-1-119-94294-8

    Examples
    --------
    >>> arrhenius_over_temperature(303.15, 1e5, 0.3 * 1.602176634e-19)
    0.0033957
    """
    return plain(arrhenius(temperature, prefactor, activation_energy) / _temperature(temperature))


def vtf(temperature: Numeric, prefactor: Numeric, b: Numeric, t0: Numeric) -> Numeric:
    """Return the Vogel-Tammann-Fulcher conductivity ``sigma = A exp(-B / (T - T0))``.

    Parameters
    ----------
    temperature : T, [K], above T0
    prefactor : A, [S/m]
    b : B, [K], 0 or more (an energy over k, not joules)
    t0 : T0, the ideal glass temperature, [K], about 50 K below Tg

    Returns
    -------
    sigma, [S/m]

    Raises
    ------
    InputError
        If T is not above T0, or B or A is negative.

    Notes
    -----
    Valid for amorphous polymers above Tg; not across a melting point.

    References
    ----------
    .. [1] G. S. Fulcher, J. Am. Ceram. Soc. 8, 339 (1925), doi:10.1111/j.1151-2916.1925.tb16731.x

    Examples
    --------
    >>> vtf(303.15, 10.0, 800.0, 170.0)
    0.0245836
    """
    return plain(
        not_negative(prefactor, "The prefactor")
        * np.exp(-not_negative(b, "B of the VTF law") / _above_t0(temperature, t0))
    )


def _above_t0(temperature: Numeric, t0: Numeric) -> Numeric:
    gap = _temperature(temperature) - numbers(t0, "T0 of the VTF law")
    return positive(gap, "T - T0 in the VTF law", "the law holds only above T0, about 50 K below the glass transition")


def apparent_activation_energy_vtf(temperature: Numeric, b: Numeric, t0: Numeric) -> Numeric:
    """Return the slope of a VTF law in an Arrhenius plot, ``Ea = k B (T / (T - T0))**2``.

    Parameters
    ----------
    temperature : T, [K], above T0
    b : B, [K]
    t0 : T0, [K]

    Returns
    -------
    Ea = -k d(ln sigma)/d(1/T), [J] per particle

    Raises
    ------
    InputError
        If T is not above T0.

    References
    ----------
    .. [1] G. S. Fulcher, J. Am. Ceram. Soc. 8, 339 (1925), doi:10.1111/j.1151-2916.1925.tb16731.x

    Examples
    --------
    >>> apparent_activation_energy_vtf(303.15, 800.0, 170.0) / 1.602176634e-19  # eV
    0.35735
    """
    gap = _above_t0(temperature, t0)
    return plain(BOLTZMANN * numbers(b, "B of the VTF law") * (_temperature(temperature) / gap) ** 2)


def _form(form: str) -> None:
    if form not in ("sigma", "sigma_T"):
        raise UnknownNameError("form of the Arrhenius law", form, ("sigma", "sigma_T"))


def rescale_arrhenius(
    conductivity: Numeric,
    reference_temperature: Numeric,
    temperature: Numeric,
    activation_energy: Numeric,
    form: ArrheniusForm = "sigma",
) -> Numeric:
    """Return a conductivity known at one temperature at another one.

    ``sigma(T) = sigma_ref exp(-(Ea/k)(1/T - 1/T_ref))`` for ``form="sigma"``, times ``T_ref/T`` for ``"sigma_T"``.

    Parameters
    ----------
    conductivity : sigma_ref, [S/m]
    reference_temperature : T_ref, [K]
    temperature : T, [K]
    activation_energy : Ea, [J] per particle, of the same form
    form : "sigma" or "sigma_T"

    Returns
    -------
    sigma(T), [S/m]

    Raises
    ------
    InputError
        If a temperature is not above 0, sigma_ref is negative, or the form is unknown.

    References
    ----------
    .. [1] S. Arrhenius, Z. Phys. Chem. 4, 226 (1889), doi:10.1515/zpch-1889-0416

    Examples
    --------
    >>> rescale_arrhenius(0.075, 303.15, 295.15, 0.27 * 1.602176634e-19)
    0.05667
    """
    _form(form)
    cold, hot = _temperature(reference_temperature, "The reference temperature"), _temperature(temperature)
    factor = np.exp(_energy(activation_energy) / BOLTZMANN * (1.0 / cold - 1.0 / hot))
    if form == "sigma_T":
        factor = factor * cold / hot
    return plain(not_negative(conductivity, "The conductivity") * factor)


def two_point_activation_energy(
    t1: Numeric, s1: Numeric, t2: Numeric, s2: Numeric, form: ArrheniusForm = "sigma"
) -> Numeric:
    """Return the activation energy through two conductivities, ``Ea = k ln(s2/s1) / (1/T1 - 1/T2)``.

    With ``form="sigma_T"`` the logarithm is that of ``s2 T2 / (s1 T1)``.

    Parameters
    ----------
    t1, t2 : temperatures, [K], different
    s1, s2 : conductivities there, [S/m]
    form : "sigma" or "sigma_T"

    Returns
    -------
    Ea, [J] per particle

    Raises
    ------
    InputError
        If the temperatures are equal, an argument is not above 0, or the form is unknown.

    References
    ----------
    .. [1] S. Arrhenius, Z. Phys. Chem. 4, 226 (1889), doi:10.1515/zpch-1889-0416

    Examples
    --------
    >>> two_point_activation_energy(303.15, 0.075, 373.15, 0.509) / 1.602176634e-19  # eV
    0.2666
    """
    _form(form)
    cold, hot = _temperature(t1), _temperature(t2)
    if (cold == hot).any():
        raise InputError(
            "The two temperatures are equal, so they fix no activation energy; give two different temperatures."
        )
    ratio = positive(s2, "The conductivity at T2") / positive(s1, "The conductivity at T1")
    if form == "sigma_T":
        ratio = ratio * hot / cold
    return plain(BOLTZMANN * np.log(ratio) / (1.0 / cold - 1.0 / hot))
