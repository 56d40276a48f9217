"""Layers on top of each other: series resistance, the layer that a total implies, current round the edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np

from ceramer.errors import InputError, UnknownNameError
from ceramer.laws._common import Numeric, not_negative, plain, positive
from ceramer.laws._mixing import series

__all__ = [
    "LateralConduction",
    "edge_bypass",
    "implied_layer_conductivity",
    "series_area_specific_resistance",
    "series_conductivity",
]

LateralConduction: TypeAlias = Literal["blocked", "perfect"]


def _layers(thicknesses: Sequence[Numeric], conductivities: Sequence[Numeric]) -> None:
    if len(thicknesses) != len(conductivities):
        raise InputError(
            f"{len(thicknesses)} thicknesses stand beside {len(conductivities)} conductivities; "
            "give one of each for every layer."
        )


def series_area_specific_resistance(
    thicknesses: Sequence[Numeric], conductivities: Sequence[Numeric], interfaces: Sequence[Numeric] = ()
) -> Numeric:
    """Return the area-specific resistance of a stack, ``sum_k d_k / sigma_k + sum_j r_j``.

    Parameters
    ----------
    thicknesses : d_k, [m]
    conductivities : sigma_k, [S/m], real or complex
    interfaces : r_j, areal resistances of the contacts, [ohm m2]

    Returns
    -------
    area-specific resistance, [ohm m2]; ``inf`` for a layer that does not conduct

    Raises
    ------
    InputError
        If the lists differ in length or an entry is negative.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> series_area_specific_resistance([350e-6, 120e-6], [0.075, 0.1], [1e-4]) * 1e4  # ohm cm2
    59.667
    """
    _layers(thicknesses, conductivities)
    total: Numeric = 0.0
    for thickness, conductivity in zip(thicknesses, conductivities, strict=True):
        depth = not_negative(thickness, "The thickness of a layer")
        sigma = not_negative(conductivity, "The conductivity of a layer")
        depth, sigma = np.broadcast_arrays(depth, sigma)
        blocked = np.where(depth > 0, np.inf, 0.0).astype(np.result_type(depth, sigma))
        total = total + np.divide(depth, sigma, out=blocked, where=sigma != 0)
    for contact in interfaces:
        total = total + not_negative(contact, "The areal resistance of an interface")
    return plain(total)


def series_conductivity(thicknesses: Sequence[Numeric], conductivities: Sequence[Numeric]) -> Numeric:
    """Return the conductivity of a stack as a whole, ``L / sum_k (d_k / sigma_k)`` with ``L = sum_k d_k``.

    Parameters
    ----------
    thicknesses : d_k, [m]
    conductivities : sigma_k, [S/m], real or complex

    Returns
    -------
    sigma, [S/m]

    Raises
    ------
    InputError
        If the lists differ in length, an entry is negative, or all thicknesses are 0.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> series_conductivity([350e-6, 120e-6], [0.075, 0.1])
    0.0801136
    """
    _layers(thicknesses, conductivities)
    depths = [not_negative(thickness, "The thickness of a layer") for thickness in thicknesses]
    whole = positive(sum(depths), "The total thickness")
    return series(conductivities, [depth / whole for depth in depths])


def edge_bypass(
    *,
    inner_area: Numeric,
    outer_area: Numeric,
    inner_thickness: Numeric,
    inner_conductivity: Numeric,
    film_thickness: Numeric,
    film_conductivity: Numeric,
    rim_conductivity: Numeric,
    reference_area: Numeric,
    lateral: LateralConduction = "blocked",
) -> Numeric:
    """Return the apparent conductivity of a pellet between two larger films that touch round its edge.

    ``sigma = (L + L_f) Y / A_ref`` with the conductance Y of the sandwich::

        ______________  film, area A_out          columns ("blocked"), with f = L_f/s_f:
        |rim|pellet|rim|                          Y = A_in/(f + L/s_in) + (A_out - A_in)/(f + L/s_rim)
        ______________  film                      planes ("perfect"):
                                                  1/Y = f/A_out + L/(s_in A_in + s_rim (A_out - A_in))

    Parameters
    ----------
    inner_area, outer_area : A_in of the pellet, A_out of the films, [m2]
    inner_thickness, inner_conductivity : L, [m], and s_in, [S/m], of the pellet
    film_thickness, film_conductivity : L_f of both films together, [m], and s_f, [S/m]
    rim_conductivity : s_rim between the films outside the pellet, [S/m]; s_f if the films touch there, 0 for a gap
    reference_area : A_ref, the area that the result is divided by, [m2]
    lateral : "blocked" (no sideways current in the films) or "perfect" (films equipotential at the pellet)

    Returns
    -------
    apparent conductivity, [S/m]

    Raises
    ------
    InputError
        If the films are smaller than the pellet, a length or an area is not above 0, or a conductivity is negative.

    Notes
    -----
    The two values of `lateral` are rigorous lower and upper bounds of the true conductance. A rim as thick as the
    pellet is assumed; films that sag together there conduct better still.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> edge_bypass(
    ...     inner_area=1.0, outer_area=1.5, inner_thickness=1.0, inner_conductivity=0.1,
    ...     film_thickness=1.0, film_conductivity=1.0, rim_conductivity=1.0, reference_area=1.0,
    ... )
    0.681818
    """
    if lateral not in ("blocked", "perfect"):
        raise UnknownNameError("lateral conduction", lateral, ("blocked", "perfect"))
    inner, outer = positive(inner_area, "The area of the pellet"), positive(outer_area, "The area of the films")
    if (outer < inner).any():
        raise InputError("The films are smaller than the pellet, so nothing can pass its edge; swap the two areas.")
    depth = positive(inner_thickness, "The thickness of the pellet")
    film_depth = not_negative(film_thickness, "The thickness of the films")
    film = positive(film_conductivity, "The conductivity of the films")
    pellet = not_negative(inner_conductivity, "The conductivity of the pellet")
    rim = not_negative(rim_conductivity, "The conductivity of the rim")
    before = film_depth / film
    if lateral == "blocked":
        admittance = inner * pellet / (depth + before * pellet) + (outer - inner) * rim / (depth + before * rim)
    else:
        middle = (inner * pellet + (outer - inner) * rim) / depth
        admittance = middle / (1.0 + middle * before / outer)
    return plain((depth + film_depth) * admittance / positive(reference_area, "The reference area"))


def implied_layer_conductivity(
    total_conductivity: float,
    thickness: float,
    known_thicknesses: Sequence[float],
    known_conductivities: Sequence[float],
    interfaces: Sequence[float] = (),
) -> float:
    """Return the conductivity that one layer must have for a stack to reach a given total.

    ``sigma_x = d_x / (L/sigma - sum_k d_k/sigma_k - sum_j r_j)`` with ``L = d_x + sum_k d_k``

    Parameters
    ----------
    total_conductivity : sigma of the whole stack, [S/m]
    thickness : d_x of the layer asked for, [m]
    known_thicknesses, known_conductivities : d_k, [m], and sigma_k, [S/m], of the other layers
    interfaces : r_j, areal resistances of the contacts, [ohm m2]

    Returns
    -------
    sigma_x, [S/m]

    Raises
    ------
    InputError
        If the known layers alone resist as much as the whole stack or more (no layer can make up for that), or an
        argument is not above 0.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> implied_layer_conductivity(0.0801136, 120e-6, [350e-6], [0.075])
    0.1
    """
    depth = float(positive(thickness, "The thickness of the layer"))
    total = float(positive(total_conductivity, "The conductivity of the stack"))
    known = float(series_area_specific_resistance(known_thicknesses, known_conductivities, interfaces))
    whole = (depth + float(sum(known_thicknesses))) / total
    if known >= whole:
        raise InputError(
            f"The known layers alone have {known * 1e4:.4g} ohm cm2, the whole stack only {whole * 1e4:.4g} ohm cm2, "
            "so no layer conductivity fits; check thicknesses, areas and whether the layers are from one batch."
        )
    return depth / (whole - known)
