"""Mass, volume and density: fractions, thermogravimetric balances, density from the unit cell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from ceramer.errors import InputError, UnknownNameError
from ceramer.laws._common import Array, Numeric, fraction, fractions, plain, positive
from ceramer.units import AVOGADRO

__all__ = [
    "TgaBalance",
    "cell_volume_cubic",
    "cell_volume_hexagonal",
    "ceramic_fraction_from_tga",
    "mass_to_volume_fractions",
    "rule_of_mixtures_density",
    "tga_residue",
    "volume_to_mass_fractions",
    "xray_density",
]

TgaBalance: TypeAlias = Literal["strict", "simple"]


def _densities(values: Sequence[Numeric], count: int) -> list[Array]:
    if len(values) != count:
        raise InputError(f"{len(values)} densities stand beside {count} fractions; give one for each component.")
    return [positive(value, "A density", "pass kg/m3, 2920 for 2.92 g/cm3") for value in values]


def _shares(values: list[Array]) -> Array:
    stacked = np.stack(np.broadcast_arrays(*values))
    return np.asarray(stacked / stacked.sum(axis=0))


def mass_to_volume_fractions(mass_fractions: Sequence[Numeric], densities: Sequence[Numeric]) -> Array:
    """Return volume fractions, ``phi_k = (w_k/rho_k) / sum_j (w_j/rho_j)``.

    Parameters
    ----------
    mass_fractions : w_k, [-], summing to 1
    densities : rho_k, [kg/m3]

    Returns
    -------
    phi_k, [-], components along axis 0

    Raises
    ------
    InputError
        If the fractions do not sum to 1, a density is not above 0, or the lists differ in length.

    Notes
    -----
    Volumes add up; pores are a component of their own by volume only.

    References
    ----------
    .. [1] IUPAC Gold Book, "volume fraction", https://goldbook.iupac.org/terms/view/V06643

    Examples
    --------
    >>> mass_to_volume_fractions([0.7, 0.3], [2920.0, 1400.0])
    array([0.528, 0.472])
    """
    part = fractions(mass_fractions, "The mass fractions")
    return _shares([w / rho for w, rho in zip(part, _densities(densities, len(part)), strict=True)])


def volume_to_mass_fractions(volume_fractions: Sequence[Numeric], densities: Sequence[Numeric]) -> Array:
    """Return mass fractions, ``w_k = phi_k rho_k / sum_j (phi_j rho_j)``.

    Parameters
    ----------
    volume_fractions : phi_k, [-], summing to 1
    densities : rho_k, [kg/m3]

    Returns
    -------
    w_k, [-], components along axis 0

    Raises
    ------
    InputError
        If the fractions do not sum to 1, a density is not above 0, or the lists differ in length.

    References
    ----------
    .. [1] IUPAC Gold Book, "mass fraction", doi:10.1351/goldbook.M03722

    Examples
    --------
    >>> volume_to_mass_fractions([0.528, 0.472], [2920.0, 1400.0])
    array([0.70, 0.30])
    """
    part = fractions(volume_fractions, "The volume fractions")
    return _shares([f * rho for f, rho in zip(part, _densities(densities, len(part)), strict=True)])


def rule_of_mixtures_density(mass_fractions: Sequence[Numeric], densities: Sequence[Numeric]) -> Numeric:
    """Return the density of a pore-free mixture, ``1/rho = sum_k w_k / rho_k``.

    Parameters
    ----------
    mass_fractions : w_k, [-], summing to 1
    densities : rho_k, [kg/m3]

    Returns
    -------
    rho, [kg/m3]

    Raises
    ------
    InputError
        If the fractions do not sum to 1, a density is not above 0, or the lists differ in length.

    References
    ----------
    .. [1] IUPAC Gold Book, "mass fraction", doi:10.1351/goldbook.M03722

    Examples
    --------
    >>> rule_of_mixtures_density([0.7, 0.3], [2920.0, 1400.0])
    2202.6
    """
    part = fractions(mass_fractions, "The mass fractions")
    return plain(1.0 / sum(w / rho for w, rho in zip(part, _densities(densities, len(part)), strict=True)))


def tga_residue(ceramic_fraction: Numeric, ceramic_loss: Numeric, organic_residue: Numeric) -> Numeric:
    """Return the mass left after thermogravimetry, ``r = w (1 - l_c) + (1 - w) r_o``.

    Parameters
    ----------
    ceramic_fraction : w, mass fraction of ceramic, [-]
    ceramic_loss : l_c, mass that the ceramic alone loses, as a fraction of it, [-]
    organic_residue : r_o, mass that the organics leave (char, salt residue), as a fraction of them, [-]

    Returns
    -------
    residue, as a fraction of the sample, [-]

    Raises
    ------
    InputError
        If an argument is outside 0..1.

    References
    ----------
    .. [1] Balance: what is left of the ceramic and of the organics, each times its share.

    Examples
    --------
    >>> tga_residue(0.5547, 0.0221, 0.0)
    0.5424
    """
    w, lost = fraction(ceramic_fraction, "The ceramic fraction"), fraction(ceramic_loss, "The loss of the ceramic")
    return plain(w * (1.0 - lost) + (1.0 - w) * fraction(organic_residue, "The residue of the organics"))


def ceramic_fraction_from_tga(
    loss_total: Numeric, loss_ceramic: Numeric, balance: TgaBalance = "strict", organic_residue: Numeric = 0.0
) -> Numeric:
    """Return the mass fraction of ceramic from two thermogravimetric losses.

    - strict: ``w = (1 - loss - r_o) / (1 - l_c - r_o)``, the inverse of `tga_residue`
    - simple: ``w = 1 - (loss - l_c)``, which takes the whole sample as ceramic for its loss; the two agree only
      for ``l_c = 0`` or ``w = 1``

    Parameters
    ----------
    loss_total : mass lost by the composite, as a fraction of it, [-]
    loss_ceramic : l_c, mass lost by the ceramic alone, as a fraction of it, [-]
    balance : "strict" or "simple" (as often printed)
    organic_residue : r_o, what the organics leave, [-]; 0 means that they burn completely (strict only)

    Returns
    -------
    w, [-]

    Raises
    ------
    InputError
        If an argument is outside 0..1, or no w in 0..1 fits the losses.

    References
    ----------
    .. [1] Balance: what is left of the ceramic and of the organics, each times its share.

    Examples
    --------
    >>> ceramic_fraction_from_tga(0.4576, 0.0221), ceramic_fraction_from_tga(0.4576, 0.0221, "simple")
    (0.5547, 0.5645)
    """
    lost, own = fraction(loss_total, "The loss of the composite"), fraction(loss_ceramic, "The loss of the ceramic")
    char = fraction(organic_residue, "The residue of the organics")
    if balance == "strict":
        span = positive(1.0 - own - char, "1 - l_c - r_o", "the organics must lose more than the ceramic")
        w = (1.0 - lost - char) / span
    elif balance == "simple":
        w = 1.0 - (lost - own)
    else:
        raise UnknownNameError("thermogravimetric balance", balance, ("strict", "simple"))
    if ((w < 0) | (w > 1)).any():
        raise InputError("No ceramic fraction between 0 and 1 fits these losses; check which loss belongs to which.")
    return plain(w)


def xray_density(formula_mass: Numeric, formula_units: Numeric, cell_volume: Numeric) -> Numeric:
    """Return the density of a perfect crystal, ``rho = Z M / (N_A V)``.

    Parameters
    ----------
    formula_mass : M, [kg/mol]
    formula_units : Z in a cell, [-]
    cell_volume : V, [m3]

    Returns
    -------
    rho, [kg/m3]

    Raises
    ------
    InputError
        If an argument is not above 0.

    References
    ----------
    .. [1] C. Giacovazzo et al., Fundamentals of Crystallography, 2nd ed., Oxford (2002)

    Examples
    --------
    >>> xray_density(6.94e-3, 2, cell_volume_cubic(3.51e-10))  # lithium
    533.0
    """
    mass = positive(formula_units, "The number of formula units") * positive(formula_mass, "The formula mass")
    return plain(mass / (AVOGADRO * positive(cell_volume, "The cell volume")))


def cell_volume_cubic(a: Numeric) -> Numeric:
    """Return the volume of a cubic cell, ``V = a**3``.

    Parameters
    ----------
    a : edge, [m]

    Returns
    -------
    V, [m3]

    Raises
    ------
    InputError
        If a is not above 0.

    References
    ----------
    .. [1] C. Giacovazzo et al., Fundamentals of Crystallography, 2nd ed., Oxford (2002)

    Examples
    --------
    >>> cell_volume_cubic(2.0)
    8.0
    """
    return plain(positive(a, "The cell edge a") ** 3)


def cell_volume_hexagonal(a: Numeric, c: Numeric) -> Numeric:
    """Return the volume of a hexagonal cell, ``V = (sqrt(3)/2) a**2 c``.

    Parameters
    ----------
    a, c : edges, [m]; for a rhombohedral crystal those of its hexagonal cell

    Returns
    -------
    V, [m3]

    Raises
    ------
    InputError
        If an edge is not above 0.

    References
    ----------
    .. [1] C. Giacovazzo et al., Fundamentals of Crystallography, 2nd ed., Oxford (2002)

    Examples
    --------
    >>> cell_volume_hexagonal(2.0, 1.0)
    3.4641
    """
    return plain(np.sqrt(3.0) / 2.0 * positive(a, "The cell edge a") ** 2 * positive(c, "The cell edge c"))
