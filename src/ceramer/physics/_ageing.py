"""How a cell ages while it cycles: films that grow, lithium that is lost, active material that drops out."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from ceramer import laws
from ceramer.numerics.chain import NodeKind, Unknown, where
from ceramer.physics._surfaces import METAL, metal_source

__all__ = ["ageing_metal", "film_growth", "film_lithium"]

Number = Any
Law = Callable[[Number, Number], Number]


@lru_cache
def film_growth(
    conductivity: float, rate_constant: float, diffusivity: float, molar_volume: float, concentration: float
) -> Law:
    r"""Return the law dR/dt(R, i) of a film that grows by `ceramer.laws.film_growth_mixed`, its resistance L/sigma.

    Parameters
    ----------
    conductivity : float
        sigma of the film [S/m].
    rate_constant, diffusivity, molar_volume, concentration : float
        k [m/s], D [m2/s], V [m3/mol] and c [mol/m3] of what reacts.

    Returns
    -------
    callable
        [ohm m2/s] of the resistance [ohm m2]; the current density does not enter.
    """

    def law(resistance: Number, current: Number) -> Number:
        thickness = resistance * conductivity
        grown = laws.film_growth_mixed(thickness, rate_constant, diffusivity, molar_volume, concentration)
        return grown / conductivity

    return law


def film_lithium(conductivity: float, molar_volume: float, lithium: float) -> float:
    """Return the lithium that a film binds per resistance, ``n F sigma/V`` [C/m2 per ohm m2]."""
    return float(laws.lithium_in_film(conductivity, molar_volume, lithium))


@lru_cache
def ageing_metal(law: Law | None) -> NodeKind:
    r"""Return a metal whose film grows by `law` and which loses lithium to it, and as dead metal.

    .. math::

        \dot R = f(R, s i), \qquad \dot q_{lost} = \lambda \dot R + \theta \max(-s i, 0), \qquad
        \dot q = -i_{Li} - \dot q_{lost}

    lambda [C/m2 per ohm m2] is the lithium that the film binds, theta the share of what is plated that never comes
    back. Without a law the film grows as dR/dt = k/R.
    """

    def source(
        eta: Number, i: Number, inventory: Number, film: Number, lost: Number, side: Number, growth: Number,
        series_resistance: Number, bound: Number, dead: Number,
    ) -> Any:  # fmt: skip
        rows = metal_source(eta, i, inventory, film, side, growth, series_resistance)
        grown = rows[3] if law is None else law(film, side * i)
        loss = bound * grown + dead * where(-side * i, -side * i, 0.0)
        return rows[0], rows[1], -loss, grown, loss + 0.0 * lost

    return NodeKind(
        "ageing_metal",
        (*METAL.unknowns, Unknown("lost", 1e4)),
        (*METAL.parameters, "bound", "dead"),
        source,
    )
