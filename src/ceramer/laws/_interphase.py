"""Interfaces inside a composite: coated, resistive and fast contacts, infiltrated pores, brick layers.

A spherical grain with an interface acts, as far as its surroundings can tell, like a plain sphere of another
conductivity; put that one into `maxwell` or `bruggeman_symmetric`.
"""

from __future__ import annotations

import numpy as np

from ceramer.laws._common import Numeric, fraction, not_negative, plain, positive
from ceramer.laws._mixing import bruggeman_symmetric, maxwell

__all__ = [
    "brick_layer_infiltrated",
    "brick_layer_specific_boundary_conductivity",
    "brick_layer_total",
    "coated_sphere",
    "infiltrated_pores",
    "isotropic_sheet_contribution",
    "sheet_thickness_conductivity",
    "sphere_with_interface",
    "sphere_with_surface_sheet",
]


def coated_sphere(core: Numeric, shell: Numeric, core_fraction_of_inclusion: Numeric) -> Numeric:
    """Return the conductivity of the plain sphere that a coated sphere is equivalent to.

    ``(H - s)/(H + 2 s) = v (a - s)/(a + 2 s)`` with core a, shell s and ``v = (R_core / R)**3``

    Parameters
    ----------
    core : a, [S/m]; ``inf`` is allowed
    shell : s, [S/m]
    core_fraction_of_inclusion : v, volume of the core over that of core and shell, [-]

    Returns
    -------
    H, [S/m]

    Raises
    ------
    InputError
        If v is outside 0..1 or a conductivity is negative.

    Notes
    -----
    Exact: inside a medium of conductivity H such a sphere disturbs nothing.

    References
    ----------
    .. [1] Z. Hashin, S. Shtrikman, J. Appl. Phys. 33, 3125 (1962), doi:10.1063/1.1728579

    Examples
    --------
    >>> coated_sphere(0.01, 1.0, 0.8)
    0.152034
    """
    return maxwell(shell, [core], [core_fraction_of_inclusion])


def sphere_with_interface(conductivity: Numeric, radius: Numeric, areal_conductance: Numeric) -> Numeric:
    """Return the equivalent conductivity of a sphere behind a resistive contact, ``a / (1 + a/(G R))``.

    Parameters
    ----------
    conductivity : a, [S/m]
    radius : R, [m]
    areal_conductance : G of the contact, [S/m2]; 0 isolates the sphere

    Returns
    -------
    equivalent conductivity, [S/m]; it equals the matrix m for ``G = a m / ((a - m) R)``

    Raises
    ------
    InputError
        If the radius is not above 0, or a or G is negative.

    Notes
    -----
    Exact for the dipole field (dilute spheres, Maxwell); denser packings feel higher multipoles.

    References
    ----------
    .. [1] D. P. H. Hasselman, L. F. Johnson, J. Compos. Mater. 21, 508 (1987)

    Examples
    --------
    >>> sphere_with_interface(10.0, 0.5, 20.0)
    5.0
    """
    inside = not_negative(conductivity, "The conductivity of the sphere")
    contact = not_negative(areal_conductance, "The areal conductance") * positive(radius, "The radius")
    total = inside + contact
    zero = np.zeros_like(total)
    return plain(np.divide(inside * contact, total, out=zero, where=total != 0))


def sphere_with_surface_sheet(conductivity: Numeric, radius: Numeric, sheet_conductance: Numeric) -> Numeric:
    """Return the equivalent conductivity of a sphere with a conducting skin, ``a + 2 S / R``.

    Parameters
    ----------
    conductivity : a, [S/m]
    radius : R, [m]
    sheet_conductance : S of the skin, along the surface, [S]

    Returns
    -------
    equivalent conductivity, [S/m]; it equals the matrix m for ``S = (m - a) R / 2``

    Raises
    ------
    InputError
        If the radius is not above 0, or a or S is negative.

    Notes
    -----
    Exact for the dipole field and a skin much thinner than R, in good contact with both sides.

    References
    ----------
    .. [1] S. Torquato, M. D. Rintoul, Phys. Rev. Lett. 75, 4067 (1995)

    Examples
    --------
    >>> sphere_with_surface_sheet(0.1, 0.5, 0.05)
    0.3
    """
    skin = 2.0 * not_negative(sheet_conductance, "The sheet conductance") / positive(radius, "The radius")
    return plain(not_negative(conductivity, "The conductivity of the sphere") + skin)


def isotropic_sheet_contribution(specific_area: Numeric, sheet_conductance: Numeric) -> Numeric:
    """Return the most that sheets of random orientation can add to a conductivity, ``(2/3) a S``.

    Parameters
    ----------
    specific_area : a, sheet area in a volume of composite, [1/m]
    sheet_conductance : S, [S]

    Returns
    -------
    upper bound of the added conductivity, [S/m]; reached by flat sheets that span the sample

    Raises
    ------
    InputError
        If an argument is negative.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> isotropic_sheet_contribution(3e6, 1e-8)
    0.02
    """
    area = not_negative(specific_area, "The specific area")
    return plain(2.0 / 3.0 * area * not_negative(sheet_conductance, "The sheet conductance"))


def sheet_thickness_conductivity(sheet_conductance: Numeric, thickness: Numeric) -> Numeric:
    """Return the conductivity that a sheet conductance implies for a layer of given thickness, ``S / delta``.

    Parameters
    ----------
    sheet_conductance : S, [S]
    thickness : delta, [m]

    Returns
    -------
    conductivity in the layer, [S/m]; an impossible interphase shows itself here

    Raises
    ------
    InputError
        If the thickness is not above 0 or S is negative.

    References
    ----------
    .. [1] S. Torquato, M. D. Rintoul, Phys. Rev. Lett. 75, 4067 (1995)

    Examples
    --------
    >>> sheet_thickness_conductivity(1e-8, 10e-9)
    1.0
    """
    return plain(not_negative(sheet_conductance, "The sheet conductance") / positive(thickness, "The thickness"))


def infiltrated_pores(solid: Numeric, filler: Numeric, porosity: Numeric, open_fraction: Numeric) -> Numeric:
    """Return the conductivity of a pellet whose open pores are filled with a second conductor.

    `bruggeman_symmetric` of solid ``1 - p``, filler ``p x`` and insulating closed pores ``p (1 - x)``.

    Parameters
    ----------
    solid : conductivity of the skeleton (grains with their boundaries), [S/m]
    filler : conductivity of the filling, [S/m]
    porosity : p, volume fraction of all pores, [-]
    open_fraction : x, share of the pores that is filled, [-]

    Returns
    -------
    H, [S/m]

    Raises
    ------
    InputError
        If p or x is outside 0..1 or a conductivity is negative.

    Notes
    -----
    Assumes that skeleton and pores are alike in shape, so filler below 1/3 of the volume adds little: pores that
    stay connected at lower porosity (cracks, channels) carry more, and grain boundaries are not wetted.

    References
    ----------
    .. [1] D. A. G. Bruggeman, Ann. Phys. 416, 636 (1935), doi:10.1002/andp.19354160705

    Examples
    --------
    >>> infiltrated_pores(0.1, 0.0, 0.2, 1.0)
    0.07
    """
    pores, filled = fraction(porosity, "The porosity"), fraction(open_fraction, "The open fraction")
    return bruggeman_symmetric([solid, filler, 0.0], [1.0 - pores, pores * filled, pores * (1.0 - filled)])


def brick_layer_total(grain_conductivity: Numeric, grain_size: Numeric, boundary_areal_resistance: Numeric) -> Numeric:
    """Return the conductivity of a ceramic with resistive grain boundaries, ``1/sigma = 1/sigma_g + r_gb / d``.

    Parameters
    ----------
    grain_conductivity : sigma_g, [S/m]
    grain_size : d, edge of the cubic grains, [m]
    boundary_areal_resistance : r_gb of one boundary, [ohm m2]; complex for a boundary with capacitance

    Returns
    -------
    sigma, [S/m]

    Raises
    ------
    InputError
        If sigma_g or d is not above 0 or r_gb is negative.

    Notes
    -----
    Holds for thin boundaries that resist; boundaries that conduct better than the grains: `brick_layer_infiltrated`.

    References
    ----------
    .. [1] S. M. Haile, D. L. West, J. Campbell, "The role of microstructure and processing on the proton conducting
       properties of gadolinium-doped barium cerate", J. Mater. Res. (1998)

    Examples
    --------
    >>> brick_layer_total(0.1, 1e-6, 1e-5)
    0.05
    """
    boundary = not_negative(boundary_areal_resistance, "The areal resistance of the grain boundary")
    grain = 1.0 / positive(grain_conductivity, "The conductivity of the grains")
    return plain(1.0 / (grain + boundary / positive(grain_size, "The grain size")))


def brick_layer_infiltrated(grain: Numeric, film: Numeric, grain_size: Numeric, film_thickness: Numeric) -> Numeric:
    """Return the conductivity of cubic grains, each in a continuous film of a second conductor.

    ``H = {(L**2 - d**2) s_f + d**2 L / (d/s_g + t/s_f)} / L**2`` with ``L = d + t``

    Parameters
    ----------
    grain : s_g, [S/m]
    film : s_f, [S/m]
    grain_size : d, edge of the grains, [m]
    film_thickness : t, between two grains, [m]

    Returns
    -------
    H, [S/m]

    Raises
    ------
    InputError
        If d is not above 0, or t or a conductivity is negative.

    Notes
    -----
    Film beside the grains (two sheets of three) in parallel, film between them in series; current goes straight,
    which makes H a lower bound for the cubic array. Limits: t = 0 gives s_g; s_f = s_g gives s_g; a thin poor film
    gives `brick_layer_total` with ``r_gb = t/s_f``; a thin good film adds ``2 t s_f / d``, which is
    `isotropic_sheet_contribution` with ``a = 3/d``.

    References
    ----------
    .. [1] S. M. Haile, D. L. West, J. Campbell, "The role of microstructure and processing on the proton conducting
       properties of gadolinium-doped barium cerate", J. Mater. Res. (1998)

    Examples
    --------
    >>> brick_layer_infiltrated(0.0, 1.0, 9e-7, 1e-7)
    0.19
    """
    inside = not_negative(grain, "The conductivity of the grains")
    between = not_negative(film, "The conductivity of the film")
    edge, gap = positive(grain_size, "The grain size"), not_negative(film_thickness, "The film thickness")
    period = edge + gap
    below = edge * between + gap * inside
    top = np.asarray(period * inside * between)
    column = np.divide(
        top, below, out=np.zeros(np.broadcast(top, below).shape, np.result_type(top, below)), where=below != 0
    )
    column = np.where(gap == 0, inside, column)
    covered = (edge / period) ** 2
    return plain((1.0 - covered) * between + covered * column)


def brick_layer_specific_boundary_conductivity(
    apparent_gb_conductivity: Numeric, bulk_capacitance: Numeric, gb_capacitance: Numeric
) -> Numeric:
    """Return the conductivity inside the grain boundaries, ``sigma_sp = sigma_gb C_bulk / C_gb``.

    Parameters
    ----------
    apparent_gb_conductivity : sigma_gb = thickness/(R_gb area) of the sample, [S/m]
    bulk_capacitance : C_bulk, [F]
    gb_capacitance : C_gb, [F]

    Returns
    -------
    specific grain-boundary conductivity, [S/m]

    Raises
    ------
    InputError
        If a capacitance is not above 0 or sigma_gb is negative.

    Notes
    -----
    ``C_bulk/C_gb = delta/d`` (boundary thickness over grain size), if both have one permittivity.

    References
    ----------
    .. [1] S. M. Haile, D. L. West, J. Campbell, "The role of microstructure and processing on the proton conducting
       properties of gadolinium-doped barium cerate", J. Mater. Res. (1998)

    Examples
    --------
    >>> brick_layer_specific_boundary_conductivity(0.08, 1e-11, 1e-9)
    0.0008
    """
    ratio = positive(bulk_capacitance, "The bulk capacitance") / positive(gb_capacitance, "The boundary capacitance")
    return plain(not_negative(apparent_gb_conductivity, "The grain-boundary conductivity") * ratio)
