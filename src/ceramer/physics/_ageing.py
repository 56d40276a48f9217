"""How a cell ages while it cycles: films that grow, lithium that is lost, active material that drops out."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from ceramer import laws
from ceramer.numerics.chain import NodeKind, Unknown, where
from ceramer.physics._growth import GrowthLaw
from ceramer.physics._metals import METAL, metal_source

__all__ = ["ageing_metal", "film_growth", "film_lithium", "interphase_growth"]

Number = Any
Law = Callable[..., Number]


def film_growth(
    conductivity: float, rate_constant: float, diffusivity: float, molar_volume: float, concentration: float
) -> GrowthLaw:
    r"""Return the law dR/dt(R, i) of a film that grows by `ceramer.laws.film_growth_mixed`, its resistance L/sigma.

    Parameters
    ----------
    conductivity : float
        sigma of the film [S/m].
    rate_constant, diffusivity, molar_volume, concentration : float
        k [m/s], D [m2/s], V [m3/mol] and c [mol/m3] of what reacts.

    Returns
    -------
    GrowthLaw
        [ohm m2/s] of the resistance [ohm m2]; the current density does not enter.
    """

    law = GrowthLaw(_film_rate, (conductivity, rate_constant, diffusivity, molar_volume, concentration))
    law(1.0)  # refuses numbers that have no meaning
    return law


def _film_rate(
    resistance: Number, current: Number, conductivity: Number, rate_constant: Number, diffusivity: Number,
    molar_volume: Number, concentration: Number,
) -> Number:  # fmt: skip
    thickness = resistance * conductivity
    return laws.film_growth_mixed(thickness, rate_constant, diffusivity, molar_volume, concentration) / conductivity


def film_lithium(conductivity: float, molar_volume: float, lithium: float) -> float:
    """Return the lithium that a film binds per resistance, ``n F sigma/V`` [C/m2 per ohm m2]."""
    return float(laws.lithium_in_film(conductivity, molar_volume, lithium))


def interphase_growth(
    ionic_conductivity: float, electronic_conductivity: float, voltage: float, molar_volume: float, lithium: float
) -> GrowthLaw:
    r"""Return the law dR/dt(R, i) of a ceramic that lithium reduces (`ceramer.laws.interphase_growth`).

    The lithium that crosses it sees the ions' resistance ``R = L/sigma_i``; the lithium that the interphase binds is
    `film_lithium` of sigma_i. It needs a film_resistance above 0 to start from.

    Parameters
    ----------
    ionic_conductivity, electronic_conductivity : float
        Of the interphase [S/m].
    voltage : float
        Between lithium and the potential at which the ceramic is reduced [V].
    molar_volume : float
        Of the interphase per formula unit of the ceramic [m3/mol].
    lithium : float
        That a formula unit takes up.

    Returns
    -------
    GrowthLaw
        [ohm m2/s] of the resistance [ohm m2]; the current density does not enter.
    """

    constants = (ionic_conductivity, electronic_conductivity, voltage, molar_volume, lithium)
    law = GrowthLaw(_interphase_rate, constants, "interphase")
    law(1.0)  # refuses numbers that have no meaning
    return law


def _interphase_rate(
    resistance: Number, current: Number, ionic_conductivity: Number, electronic_conductivity: Number, voltage: Number,
    molar_volume: Number, lithium: Number,
) -> Number:  # fmt: skip
    thickness = resistance * ionic_conductivity
    grown = laws.interphase_growth(
        thickness, ionic_conductivity, electronic_conductivity, voltage, molar_volume, lithium
    )
    return grown / ionic_conductivity


_VOIDS: Final = ("borne_current_density", "roughness", "refilled_share", "closure_rate", "volume_per_charge")


@lru_cache
def ageing_metal(law: Law | None, voids: bool = False, numbers: int = 0, bare: bool = False) -> NodeKind:
    r"""Return a metal whose film grows by `law` and which loses lithium to it, as dead metal, and contact to voids.

    .. math::

        \dot R = f(R, s i), \qquad \dot q_{lost} = \lambda \dot R + \theta \max(-s i, 0), \qquad
        \dot q = -i_{Li} - \dot q_{lost}

    lambda [C/m2 per ohm m2] is the lithium that the film binds, theta the share of what is plated that never comes
    back. Without a law the film grows as dR/dt = k/R; one of `ceramer.physics.GrowthLaw` takes so many `numbers` more.

    With voids, of mean depths w (open) and u (closed over by plating),

    .. math::

        \dot w = v [\max(s i - j_s, 0) - (1 - e^{-w/w_r}) \max(-s i, 0)] - k w, \qquad
        \dot u = v (1 - \rho) (1 - e^{-w/w_r}) \max(-s i, 0) - k u

    a share :math:`a = e^{-(w + u)/w_r}` of the surface is in contact: it carries the kinetics, and the film resists
    with R/a and grows with s i/a. Lithium plated on what the voids have taken goes into them; rho of it fills, the rest
    closes them over.

    On `bare` metal a film grows as far as there is lithium to bind, f times the share q/(q + q_r) that can be stripped.
    """

    def aged(
        eta: Number, i: Number, inventory: Number, film: Number, lost: Number, side: Number, growth: Number,
        series_resistance: Number, bound: Number, dead: Number, more: tuple[Number, ...], local: Number,
    ) -> Any:  # fmt: skip
        rows = metal_source(eta, i, inventory, film, side, growth, series_resistance)
        grown = rows[3] if law is None else law(film, local, *more[:numbers])
        if bare:
            reserve, capacitance = more[numbers:]
            held = inventory + capacitance * eta
            held = where(held, held, 0.0)
            grown = grown * held / (held + reserve)
        loss = bound * grown + dead * where(-side * i, -side * i, 0.0)
        return rows[0], rows[1], -loss, grown, loss + 0.0 * lost

    def source(
        eta: Number, i: Number, inventory: Number, film: Number, lost: Number, side: Number, growth: Number,
        series_resistance: Number, bound: Number, dead: Number, *more: Number,
    ) -> Any:  # fmt: skip
        return aged(eta, i, inventory, film, lost, side, growth, series_resistance, bound, dead, more, side * i)

    def with_voids(
        eta: Number, i: Number, inventory: Number, film: Number, lost: Number, opened: Number, closed: Number,
        side: Number, growth: Number, series_resistance: Number, bound: Number, dead: Number, borne: Number,
        roughness: Number, refilled: Number, closure: Number, volume: Number, *more: Number,
    ) -> Any:  # fmt: skip
        contact = laws.contact_kept(opened + closed, roughness)
        local = side * i / contact
        rows = aged(eta, i, inventory, film, lost, side, growth, series_resistance, bound, dead, more, local)
        plated = where(-side * i, -side * i, 0.0)
        into = volume * plated * (1.0 - laws.contact_kept(opened, roughness))
        return (
            rows[0],
            rows[1] + i * film * (1.0 - 1.0 / contact),
            *rows[2:],
            laws.void_opening_rate(side * i, borne, volume) - into - closure * opened,
            (1.0 - refilled) * into - closure * closed,
        )

    unknowns = (*METAL.unknowns, Unknown("lost", 1e4))
    names = (*METAL.parameters, "bound", "dead")
    growth = (*(f"growth_{k}" for k in range(numbers)), *(("reserve", "capacitance") if bare else ()))
    if not voids:
        return NodeKind("ageing_metal", unknowns, (*names, *growth), source)
    unknowns = (*unknowns, Unknown("void", 1e-6), Unknown("closed_void", 1e-6))
    return NodeKind("losing_metal", unknowns, (*names, *_VOIDS, *growth), with_voids)
