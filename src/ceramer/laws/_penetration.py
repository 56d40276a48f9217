"""What lets lithium into a solid: the overpotential that opens a crack, and the stability of a flat interface."""

from __future__ import annotations

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Numeric, not_negative, numbers, plain, positive, symbolic
from ceramer.units import FARADAY

__all__ = ["griffith_overpotential", "monroe_newman_critical_ratio", "monroe_newman_stability"]


def griffith_overpotential(
    fracture_toughness: Numeric, crack_length: Numeric, molar_volume: Numeric, geometry: Numeric = 1.12
) -> Numeric:
    """Return the overpotential at which lithium plated into a crack opens it, ``eta = V_Li K_IC / (F Y sqrt(pi a))``.

    The pressure of the lithium, ``p = F eta / V_Li``, reaches the strength of the flaw, ``K_IC / (Y sqrt(pi a))``.

    Parameters
    ----------
    fracture_toughness : K_IC, [Pa m0.5]
    crack_length : a of a surface crack (half the length of an inner one), [m]
    molar_volume : V_Li of the metal, [m3/mol]
    geometry : Y, [-]; 1.12 for a surface crack, 1 for an inner one

    Returns
    -------
    eta, [V]

    Raises
    ------
    InputError
        If an argument is not above 0.

    Notes
    -----
    Brittle solid, crack full of incompressible lithium in equilibrium with the overpotential: a lower bound, since
    lithium may flow out of the crack, and no rate of growth.

    References
    ----------
    .. [1] A. A. Griffith, Phil. Trans. R. Soc. A 221, 163 (1921), doi:10.1098/rsta.1921.0006
    .. [2] L. Porz et al., Adv. Energy Mater. 7, 1701003 (2017), doi:10.1002/aenm.201701003

    Examples
    --------
    >>> griffith_overpotential(1.1e6, 1e-6, 1.3e-5)
    0.07466
    """
    root = np.sqrt(np.pi * positive(crack_length, "The length of the crack"))
    strength = positive(fracture_toughness, "The fracture toughness") / (positive(geometry, "Y") * root)
    return plain(positive(molar_volume, "The molar volume of lithium") * strength / FARADAY)


def _poisson(value: Numeric, name: str) -> Numeric:
    ratio = numbers(value, name)
    if not symbolic(ratio) and not ((ratio.real > -1.0) & (ratio.real <= 0.5)).all():
        raise InputError(f"{name} must lie above -1 and at most at 0.5 (incompressible); check the elastic constants.")
    return ratio


def _geometry_numbers(metal_poisson: Numeric, separator_poisson: Numeric) -> tuple[Numeric, Numeric, Numeric]:
    metal = _poisson(metal_poisson, "The Poisson ratio of the metal")
    separator = _poisson(separator_poisson, "The Poisson ratio of the separator")
    joint = 2.0 - 3.0 * (metal + separator) + 4.0 * metal * separator
    return 3.0 - 4.0 * metal, 3.0 - 4.0 * separator, joint


def monroe_newman_stability(
    wavenumber: Numeric,
    metal_shear_modulus: Numeric,
    separator_shear_modulus: Numeric,
    *,
    metal_poisson: Numeric,
    separator_poisson: Numeric,
    surface_tension: Numeric,
    metal_molar_volume: Numeric,
    ion_molar_volume: Numeric,
) -> Numeric:
    """Return the stability parameter of a wavy metal | solid electrolyte interface; below 0 the waves die.

    ``chi = (k/2) [-(V_M + V_+) gamma k + (V_M + V_+) T + (V_M - V_+) P]`` with
    ``T = 4 G_e G_s (2 - 3 nu_e - 3 nu_s + 4 nu_e nu_s)/D``, ``P = (G_s**2 a_e - G_e**2 a_s)/D``,
    ``D = G_e (1 - nu_e) a_s + G_s (1 - nu_s) a_e``, ``a = 3 - 4 nu``

    Parameters
    ----------
    wavenumber : k = 2 pi/wavelength of the roughness, [1/m]
    metal_shear_modulus : G_e, [Pa]
    separator_shear_modulus : G_s, [Pa]
    metal_poisson, separator_poisson : nu_e and nu_s, [-]
    surface_tension : gamma, [J/m2]
    metal_molar_volume : V_M, [m3/mol]
    ion_molar_volume : V_+ of the ion in the separator, [m3/mol]; t- V_salt in a binary polymer electrolyte

    Returns
    -------
    chi, change of the electron's electrochemical potential at a crest over the amplitude, [J/mol/m]

    Raises
    ------
    InputError
        If k, V_M or a modulus is not above 0, gamma or V_+ is negative, or a Poisson ratio is impossible.

    Notes
    -----
    Plane strain, half spaces of isotropic elastic solids; normal displacement, tangential displacement and shear
    traction are continuous. k P and k T (for an amplitude of 1) are the sum of the pressures (the mean of the two
    stresses in the plane) and the jump of the normal deviatoric stress. The sign of P and T against gamma is the
    published one, by which stiff separators stabilise where V_+ > V_M and destabilise where V_+ < V_M; equilibrium
    of the metal with the pressure on it (which dissolves it) has P and T the other way round. A classification of
    interfaces, not a rate; brittle separators fail by cracks first (`griffith_overpotential`).

    References
    ----------
    .. [1] C. Monroe, J. Newman, J. Electrochem. Soc. 152, A396 (2005), doi:10.1149/1.1850854: beside a polymer like
       poly(ethylene oxide), roughening is suppressed where the separator is about twice as stiff as lithium
    .. [2] Z. Ahmad, V. Viswanathan, Phys. Rev. Lett. 119, 056003 (2017), doi:10.1103/PhysRevLett.119.056003

    Examples
    --------
    >>> polymer = {"metal_poisson": 0.42, "separator_poisson": 0.33, "surface_tension": 0.5,
    ...            "metal_molar_volume": 1.3e-5, "ion_molar_volume": 7e-5}
    >>> monroe_newman_stability(1e6, 3.4e9, 1e6, **polymer), monroe_newman_stability(1e6, 3.4e9, 1e10, **polymer)
    (1.670555e11, -1.226232e11)
    """
    k, soft = positive(wavenumber, "The wavenumber"), positive(metal_shear_modulus, "The shear modulus of the metal")
    stiff = positive(separator_shear_modulus, "The shear modulus of the separator")
    a_e, a_s, joint = _geometry_numbers(metal_poisson, separator_poisson)
    metal = positive(metal_molar_volume, "The molar volume of the metal")
    ion = not_negative(ion_molar_volume, "The molar volume of the ion")
    below = soft * (a_e + 1.0) / 4.0 * a_s + stiff * (a_s + 1.0) / 4.0 * a_e  # 1 - nu = (a + 1)/4
    deviatoric = 4.0 * soft * stiff * joint / below
    pressures = (stiff**2 * a_e - soft**2 * a_s) / below
    surface = not_negative(surface_tension, "The surface tension") * k
    return plain(k / 2.0 * ((metal + ion) * (deviatoric - surface) + (metal - ion) * pressures))


def monroe_newman_critical_ratio(metal_poisson: Numeric, separator_poisson: Numeric, volume_ratio: Numeric) -> Numeric:
    """Return the ratio of shear moduli ``r = G_s / G_e`` at which the elastic part of the stability changes sign.

    The positive root of ``(v - 1) (a_e r**2 - a_s) = 4 (v + 1) (2 - 3 nu_e - 3 nu_s + 4 nu_e nu_s) r``,
    ``a = 3 - 4 nu``, ``v = V_+ / V_M``

    Parameters
    ----------
    metal_poisson, separator_poisson : nu_e and nu_s, [-]
    volume_ratio : v, [-], not 1; above 1 separators stiffer than r are stable, below 1 those softer than r

    Returns
    -------
    r, [-]

    Raises
    ------
    InputError
        If v is negative or 1, or a Poisson ratio is impossible.

    Notes
    -----
    Wavelengths long enough to neglect surface tension; otherwise as `monroe_newman_stability`.

    References
    ----------
    .. [1] C. Monroe, J. Newman, J. Electrochem. Soc. 152, A396 (2005), doi:10.1149/1.1850854

    Examples
    --------
    >>> monroe_newman_critical_ratio(0.42, 0.33, 5.0)
    2.0152
    """
    ratio = not_negative(volume_ratio, "The ratio of molar volumes")
    if not symbolic(ratio) and (ratio == 1.0).any():
        raise InputError("The ratio of molar volumes is 1, where pressures cancel and no ratio of moduli is critical.")
    a_e, a_s, joint = _geometry_numbers(metal_poisson, separator_poisson)
    half = 2.0 * joint * (ratio + 1.0) / (ratio - 1.0)
    return plain((half + np.sqrt(half**2 + a_e * a_s)) / a_e)
