"""What an arc is likely to be, from its effective capacitance."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from ceramer.errors import InputError

__all__ = ["Role", "assign_arcs", "effective_capacitance"]


class Role(StrEnum):
    """Origin of an arc."""

    BULK = "bulk"
    GRAIN_BOUNDARY = "grain boundary"
    INTERFACE = "interface"
    ELECTRODE = "electrode"


# log10 of C [F] at a cell constant of 1/cm, Irvine, Sinclair and West (1990), table 1: bulk 1e-12 (to 1e-11, with
# permittivities up to 100), grain boundary 1e-11 to 1e-8, surface layer 1e-9 to 1e-7 and sample-electrode
# interface 1e-7 to 1e-5 (together "interface"), electrochemical reaction 1e-4.
_RANGES: Final = {
    Role.BULK: (-12.5, -11.0),
    Role.GRAIN_BOUNDARY: (-11.0, -8.0),
    Role.INTERFACE: (-8.5, -5.0),
    Role.ELECTRODE: (-5.0, -1.0),
}
_UNKNOWN_GEOMETRY: Final = np.linspace(0.0, 1.5, 16)
"""log10 of area/thickness [cm] of pellets and films where the geometry is not given."""


def effective_capacitance(resistance: ArrayLike, q: ArrayLike, alpha: ArrayLike) -> np.ndarray:
    """C = (R Q)^(1/alpha) / R [F] of an arc R || CPE (Hsu and Mansfeld, 2001, doi:10.5006/1.3280607).

    Parameters: R [ohm], Q [s^alpha/ohm], 0 < alpha <= 1.

    >>> float(effective_capacitance(1000.0, 1e-9, 1.0))
    1e-09
    """
    r = np.asarray(resistance, dtype=float)
    return np.asarray((r * np.asarray(q, dtype=float)) ** (1.0 / np.asarray(alpha, dtype=float)) / r)


def assign_arcs(
    capacitances: Sequence[float], *, thickness: float | None = None, area: float | None = None
) -> tuple[Role, ...]:
    """Name arcs, given in order of rising relaxation time, by effective capacitance.

    Capacitances are normalised to a cell constant of 1/cm (C times thickness/area) and compared with the ranges of
    Irvine, Sinclair and West; roles never go back along the relaxation time (bulk, grain boundary, interface,
    electrode). Without geometry the area/thickness that suits all arcs best, 1 to 32 cm, is taken: a guess good to
    a decade, so give the geometry where bulk and grain boundary must be told apart.

    Parameters
    ----------
    capacitances : sequence of float
        [F], in order of rising relaxation time.
    thickness, area : float, optional
        [m], [m2] of the sample.

    References
    ----------
    Irvine, J. T. S.; Sinclair, D. C.; West, A. R. Adv. Mater. 1990, 2, 132, doi:10.1002/adma.19900020304.

    Examples
    --------
    >>> [str(role) for role in assign_arcs([5e-12, 1e-9, 1e-6], thickness=1e-3, area=1e-5)]
    ['bulk', 'grain boundary', 'interface']
    """
    values = np.asarray(capacitances, dtype=float)
    if values.size and not np.all(np.isfinite(values) & (values > 0.0)):
        raise InputError("assign_arcs: every capacitance must be positive and finite [F].")
    if (thickness is None) != (area is None):
        raise InputError("assign_arcs: give thickness [m] and area [m2] together, or neither.")
    if not values.size:
        return ()
    if thickness is not None and area is not None:
        if not (thickness > 0.0 and area > 0.0):
            raise InputError(f"assign_arcs: thickness and area must be positive, got {thickness} m and {area} m2.")
        shifts = np.array([np.log10(area / thickness * 100.0)])
    else:
        shifts = _UNKNOWN_GEOMETRY
    lows, highs = (np.array([_RANGES[role][k] for role in Role]) for k in (0, 1))
    normal = np.log10(values)[None, :, None] - shifts[:, None, None]
    outside = np.maximum(np.maximum(lows - normal, normal - highs), 0.0)  # decades outside the range
    middle = np.abs(normal - 0.5 * (lows + highs)) / (0.5 * (highs - lows))  # a slight pull to its middle
    costs = outside**2 + 0.02 * middle
    best: tuple[float, tuple[int, ...]] = (np.inf, ())
    for roles in itertools.combinations_with_replacement(range(len(Role)), values.size):
        cost = float(costs[:, np.arange(values.size), roles].sum(axis=1).min())
        cost += 0.3 * sum(a == b for a, b in itertools.pairwise(roles))
        if cost < best[0] - 1e-12:
            best = (cost, roles)
    return tuple(list(Role)[k] for k in best[1])
