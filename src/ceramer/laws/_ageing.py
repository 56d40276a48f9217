"""Ageing: growth of films (SEI, CEI), the lithium they bind, loss of active material."""

from __future__ import annotations

import numpy as np

from ceramer.laws._common import Numeric, fraction, not_negative, plain, positive, where
from ceramer.units import FARADAY

__all__ = [
    "active_material_left",
    "film_growth_diffusion_limited",
    "film_growth_mixed",
    "film_growth_reaction_limited",
    "film_thickness",
    "interphase_growth",
    "lithium_in_film",
]


def _supply(molar_volume: Numeric, concentration: Numeric) -> Numeric:
    volume = positive(molar_volume, "The molar volume of the film", "pass m3/mol")
    return volume * not_negative(concentration, "The concentration")


def film_growth_reaction_limited(rate_constant: Numeric, molar_volume: Numeric, concentration: Numeric) -> Numeric:
    """Return the growth rate of a film limited by its reaction, ``dL/dt = V k c``.

    Parameters
    ----------
    rate_constant : k at the electrode's potential and temperature, [m/s]
    molar_volume : V, film per mole of the species that reacts, [m3/mol]
    concentration : c of that species outside the film, [mol/m3]

    Returns
    -------
    dL/dt, [m/s]

    Raises
    ------
    InputError
        If k or c is negative, or V is not above 0.

    References
    ----------
    .. [1] M. Safari et al., J. Electrochem. Soc. 156, A145 (2009), doi:10.1149/1.3043429

    Examples
    --------
    >>> film_growth_reaction_limited(1e-12, 9.585e-5, 4541.0)
    4.3525e-13
    """
    return plain(_supply(molar_volume, concentration) * not_negative(rate_constant, "The rate constant"))


def film_growth_diffusion_limited(
    thickness: Numeric, diffusivity: Numeric, molar_volume: Numeric, concentration: Numeric
) -> Numeric:
    """Return the growth rate of a film limited by diffusion through it, ``dL/dt = V D c/L`` (parabolic growth).

    Parameters
    ----------
    thickness : L, [m]
    diffusivity : D of the species in the film, [m2/s]
    molar_volume : V, film per mole of that species, [m3/mol]
    concentration : c of that species outside the film, [mol/m3]

    Returns
    -------
    dL/dt, [m/s]

    Raises
    ------
    InputError
        If D or c is negative, or L or V is not above 0.

    References
    ----------
    .. [1] H. J. Ploehn et al., J. Electrochem. Soc. 151, A456 (2004), doi:10.1149/1.1644601

    Examples
    --------
    >>> film_growth_diffusion_limited(5e-9, 2e-18, 9.585e-5, 4541.0)
    1.7410e-10
    """
    through = not_negative(diffusivity, "The diffusivity") / positive(thickness, "The thickness")
    return plain(_supply(molar_volume, concentration) * through)


def film_growth_mixed(
    thickness: Numeric,
    rate_constant: Numeric,
    diffusivity: Numeric,
    molar_volume: Numeric,
    concentration: Numeric,
) -> Numeric:
    """Return the growth rate of a film from reaction- to diffusion-limited, ``dL/dt = V k c/(1 + k L/D)``.

    Parameters
    ----------
    thickness : L, [m], 0 or more
    rate_constant : k of the reaction under the film, [m/s]
    diffusivity : D of the species in the film, [m2/s]
    molar_volume : V, film per mole of that species, [m3/mol]
    concentration : c of that species outside the film, [mol/m3]

    Returns
    -------
    dL/dt, [m/s]

    Raises
    ------
    InputError
        If L, k or c is negative, or D or V is not above 0.

    Notes
    -----
    First-order reaction at the electrode behind a film in quasi-steady state; the film does not crack.

    References
    ----------
    .. [1] M. Safari et al., J. Electrochem. Soc. 156, A145 (2009), doi:10.1149/1.3043429

    Examples
    --------
    >>> film_growth_mixed(2e-6, 1e-12, 2e-18, 9.585e-5, 4541.0)
    2.176274e-13
    """
    rate = not_negative(rate_constant, "The rate constant")
    slowed = 1.0 + rate * not_negative(thickness, "The thickness") / positive(diffusivity, "The diffusivity")
    return plain(_supply(molar_volume, concentration) * rate / slowed)


def film_thickness(
    time: Numeric,
    rate_constant: Numeric,
    diffusivity: Numeric,
    *,
    molar_volume: Numeric,
    concentration: Numeric,
    initial: Numeric = 0.0,
) -> Numeric:
    """Return the thickness of a film that grows by `film_growth_mixed`, ``L = sqrt[(L0 + D/k)**2 + 2 D V c t] - D/k``.

    Parameters
    ----------
    time : t, [s]
    rate_constant : k, [m/s], above 0
    diffusivity : D, [m2/s]
    molar_volume : V, [m3/mol]
    concentration : c, [mol/m3]
    initial : L0, [m]

    Returns
    -------
    L, [m]

    Raises
    ------
    InputError
        If t, c or L0 is negative, or k, D or V is not above 0.

    References
    ----------
    .. [1] B. E. Deal, A. S. Grove, J. Appl. Phys. 36, 3770 (1965), doi:10.1063/1.1713945

    Examples
    --------
    >>> film_thickness(3.15576e7, 1e-12, 2e-18, molar_volume=9.585e-5, concentration=4541.0) * 1e6
    5.6774
    """
    ratio = positive(diffusivity, "The diffusivity") / positive(rate_constant, "The rate constant")
    grown = 2.0 * diffusivity * _supply(molar_volume, concentration) * not_negative(time, "The time")
    start = not_negative(initial, "The initial thickness")
    # without cancellation: a film that is thin against D/k grows by a small difference of large numbers
    added = grown / (np.sqrt((start + ratio) ** 2 + grown) + start + ratio)
    return plain(start + added)


def interphase_growth(
    thickness: Numeric,
    ionic_conductivity: Numeric,
    electronic_conductivity: Numeric,
    voltage: Numeric,
    molar_volume: Numeric,
    lithium: Numeric,
) -> Numeric:
    """Return the growth rate of a ceramic's reduced interphase, ``dL/dt = V/(n F) s_i s_e/(s_i + s_e) dE/L``.

    It conducts ions and electrons, which together bring the lithium that reduces more of the ceramic.

    Parameters
    ----------
    thickness : L, [m], above 0
    ionic_conductivity, electronic_conductivity : s_i, s_e of the interphase, [S/m]
    voltage : dE between lithium and the potential at which the ceramic is reduced, [V]
    molar_volume : V of the interphase per formula unit of the ceramic, [m3/mol]
    lithium : n that each formula unit takes up, [-], above 0

    Returns
    -------
    dL/dt, [m/s]

    Raises
    ------
    InputError
        If a conductivity or dE is negative, both conductivities are 0, or L, V or n is not above 0.

    Notes
    -----
    Ambipolar transport of lithium through the interphase limits, local equilibrium at both its faces, conductivities
    constant: growth is parabolic and never stops, as for LATP on lithium, unless ions or electrons are blocked. It
    does not crack.

    References
    ----------
    .. [1] C. Wagner, Z. Phys. Chem. B 21, 25 (1933)
    .. [2] Y. Zhu, X. He, Y. Mo, ACS Appl. Mater. Interfaces 7, 23685 (2015), doi:10.1021/acsami.5b07517: LATP is
       reduced below 2.17 V against lithium (computed), to phases that conduct electrons

    Examples
    --------
    >>> interphase_growth(1e-6, 1e-3, 1e-6, 2.17, 1.3e-4, 2.0) * 3.6e9  # um in an hour
    5.2575
    """
    ions = not_negative(ionic_conductivity, "The ionic conductivity")
    electrons = not_negative(electronic_conductivity, "The electronic conductivity")
    ambipolar = ions * electrons / positive(ions + electrons, "A conductivity of the interphase")
    driven = ambipolar * not_negative(voltage, "The voltage that drives the growth")
    volume = positive(molar_volume, "The molar volume of the film", "pass m3/mol") / FARADAY
    return plain(
        volume / positive(lithium, "The lithium per formula unit") * driven / positive(thickness, "The thickness")
    )


def lithium_in_film(thickness: Numeric, molar_volume: Numeric, lithium: Numeric) -> Numeric:
    """Return the charge of the lithium that a film binds, ``q = n F L/V``.

    Parameters
    ----------
    thickness : L, [m]
    molar_volume : V of the film's formula unit, [m3/mol]
    lithium : n per formula unit, [-]

    Returns
    -------
    q per area of the film, [C/m2]

    Raises
    ------
    InputError
        If L or n is negative, or V is not above 0.

    References
    ----------
    .. [1] M. Faraday, Phil. Trans. R. Soc. 124, 77 (1834), doi:10.1098/rstl.1834.0008

    Examples
    --------
    >>> lithium_in_film(100e-9, 9.585e-5, 2.0) / 36.0  # uAh/cm2
    5.5923
    """
    moles = not_negative(thickness, "The thickness") / positive(molar_volume, "The molar volume of the film")
    return plain(FARADAY * not_negative(lithium, "The lithium per formula unit") * moles)


def active_material_left(cycles: Numeric, loss_per_cycle: Numeric) -> Numeric:
    """Return the share of active material that still takes part, ``f = 1 - b N``, and 0 when it is used up.

    Parameters
    ----------
    cycles : N, [-]
    loss_per_cycle : b, share of the first amount lost in each cycle, [-]

    Returns
    -------
    f, [-]

    Raises
    ------
    InputError
        If N is negative or b is outside 0..1.

    Notes
    -----
    Empirical: a constant loss, as from particles that lose contact one after another.

    References
    ----------
    .. [1] Definition of a linear loss; b is calibrated, never predicted.

    Examples
    --------
    >>> active_material_left([0, 500, 20000], 1e-4)
    array([1.  , 0.95, 0.  ])
    """
    left = 1.0 - fraction(loss_per_cycle, "The loss per cycle") * not_negative(cycles, "The number of cycles")
    return plain(where(left, left, 0.0))
