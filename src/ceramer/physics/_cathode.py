"""The porous cathode: salt in the pores, ions and electrons side by side, particles that take lithium in.

Unknowns of a node: salt concentration c in the pores, potential phi of a lithium reference there, and the potential
phi_s of the carbon network. The particles add their shells and, at their surfaces, the current density j out of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ceramer import laws
from ceramer.numerics.chain import FaceKind, NodeKind, Particles, Rearranged, Unknown
from ceramer.physics._metals import OXIDATION_LIMIT, within
from ceramer.physics._transport import BinaryLaws, polymer_face
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = [
    "COLLECTOR",
    "CURRENT_SCALE",
    "InsertionLaws",
    "Surface",
    "cathode_face",
    "cathode_node",
    "cathode_to_collector",
    "collector_to_terminal",
    "insertion_overpotential",
    "shell_flux",
]

Number = Any
Law = Callable[..., Any]

CURRENT_SCALE = 1e6
"""Of the current density at the surface of a particle [A/m2]: large, so that what drives it decides the time step."""
_EDGE = 1e-4
"""Of the sites: nearer to empty or full the exchange current falls less than its law says."""


@dataclass(frozen=True)
class InsertionLaws:
    """Laws of one active material as functions of its stoichiometry x (0: charged, 1: full of lithium).

    Attributes
    ----------
    open_circuit_potential : callable
        U(x) against lithium [V].
    exchange_current_density : callable
        i0(c, x) [A/m2], c in the pores [mol/m3], x at the surface.
    diffusivity : callable
        D(x) [m2/s].
    cei_growth : callable or None
        dR/dt of the film on the particles [ohm m2/s] from R [ohm m2], the current density out of the particle [A/m2]
        and the drop from the carbon to the pores [V].
    """

    open_circuit_potential: Law
    exchange_current_density: Law
    diffusivity: Law
    cei_growth: Law | None = None


def shell_flux(inner: Number, outer: Number, closeness: Number, diffusivity: tuple[Number, Number]) -> Number:
    r"""Lithium flux over c_max from shell to shell, outwards, :math:`-\bar D \partial x/\partial r` [m/s]."""
    return 0.5 * (diffusivity[0] + diffusivity[1]) * (inner - outer) * closeness


def insertion_overpotential(j: Number, exchange: Number, temperature: Number) -> Number:
    r"""Overpotential that drives j out of a particle, :math:`\eta = (2RT/F) \operatorname{arsinh}(j/2 i_0)`.

    Butler and Volmer with both transfer coefficients 1/2, solved for the overpotential.
    """
    return 2.0 * GAS_CONSTANT / FARADAY * temperature * np.arcsinh(j / (2.0 * exchange))


def _inside(x: Number) -> Number:
    """Keep a stoichiometry between 0 and 1, smoothly: at the ends an exchange current would vanish."""
    return 0.5 * (1.0 + np.sqrt(x * x + _EDGE**2) - np.sqrt((1.0 - x) * (1.0 - x) + _EDGE**2))


@dataclass(frozen=True)
class Surface:
    """What happens at the surface of one class of particles beside the reaction: its laws, and which losses it has."""

    laws: InsertionLaws
    loses_contact: bool = False
    oxidises: bool = False
    numbers: int = 0
    """Of a `ceramer.physics.GrowthLaw`, which the law of the film takes after the current density."""

    @property
    def grows(self) -> bool:
        """Whether a film grows on it."""
        return self.laws.cei_growth is not None

    def unknowns(self, number: int) -> tuple[Unknown, ...]:
        """Return the unknowns of the surface, the current density out of it first."""
        found = [Unknown(f"reaction_{number}", CURRENT_SCALE)]
        if self.grows:
            found.append(Unknown(f"cei_{number}", 1e-3))
        if self.loses_contact:
            found.append(Unknown(f"breathed_{number}", 1.0))
        if self.oxidises:
            found.append(Unknown(f"oxidised_{number}", 1e3))
        return tuple(found)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of its parameters, in the order in which a node holds them."""
        return (
            *("area", "sites", "exchange_factor", "film"),
            *(("bound",) if self.grows else ()),
            *(f"growth_{k}" for k in range(self.numbers)),
            *(("radius", "contact_scale") if self.loses_contact else ()),
            *(("oxidation_current", "oxidation_onset", "tafel_slope", "salt") if self.oxidises else ()),
        )


def _numbered(number: int, surface: Surface) -> tuple[str, ...]:
    return tuple(f"{name}_{number}" for name in surface.parameters)


def _particles(number: int, surface: Surface) -> Particles:
    r"""Return one class of particles.

    .. math::

        \phi_s - \phi = U(x) + \frac{j}{a} R + \eta(j/a), \qquad
        \dot R = f(R, j/a), \qquad \dot w = 3 |j|/(F c_{max} r), \qquad a = e^{-w/w_r}, \qquad
        \dot q_{ox} = i_{ox} = a i_{ref} \frac{c}{c_0} 10^{(\phi_s - \phi - E_{on})/b}

    j is the current density of lithium out of the particle, a the share of its surface in contact, R its film, r its
    radius. Anions are oxidised beside it: their electrons go to the carbon, and the ions are left the same charge.
    """
    material, unknowns = surface.laws, surface.unknowns(number)
    names = [u.name.rsplit("_", 1)[0] for u in unknowns]

    def flux(inner: Number, outer: Number, closeness: Number, factor: Number) -> Number:
        return factor * shell_flux(inner, outer, closeness, (material.diffusivity(inner), material.diffusivity(outer)))

    def reaction(c: Number, phi: Number, solid: Number, x: Number, *values: Number) -> tuple[Number, ...]:
        state = dict(zip(names, values, strict=False))
        p = dict(zip(("temperature", *surface.parameters), values[len(names) :], strict=True))
        drop, j, film = solid - phi, state["reaction"], p["film"]
        contact = laws.contact_kept(state["breathed"], p["contact_scale"]) if surface.loses_contact else 1.0
        local = j / contact if surface.loses_contact else j
        if surface.grows:
            film = state["cei"] + film
        exchange = p["exchange_factor"] * material.exchange_current_density(c, _inside(x))
        eta = insertion_overpotential(local, exchange, p["temperature"])
        rates = [drop - material.open_circuit_potential(x) - local * film - eta]
        taken, passed = j, j
        consumed: tuple[Number, ...] = ()
        if surface.grows:
            assert material.cei_growth is not None
            numbers = [p[f"growth_{k}"] for k in range(surface.numbers)]
            growth = material.cei_growth(state["cei"], local, *(numbers or [drop]))
            rates.append(growth)
            taken = j + p["bound"] * growth
        if surface.loses_contact:
            rates.append(laws.breathing_rate(j, p["sites"], p["radius"]))
        if surface.oxidises:
            onset, slope = p["oxidation_onset"], p["tafel_slope"]
            reference = contact * p["oxidation_current"] * c / p["salt"]
            oxidation = laws.tafel_oxidation_current(within(drop, OXIDATION_LIMIT), onset, reference, slope)
            rates.append(oxidation)
            passed, consumed = j + oxidation, (-p["area"] * oxidation / FARADAY,)
        return taken / (FARADAY * p["sites"]), *rates, *consumed, p["area"] * passed, -p["area"] * passed

    return Particles(
        f"particles_{number}",
        Unknown(f"lithium_{number}", 1.0),
        flux,
        ("diffusivity_factor",),
        unknowns,
        reaction,
        ("temperature", *_numbered(number, surface)),
        (0, 1, 2) if surface.oxidises else (1, 2),
    )


@lru_cache
def cathode_node(surfaces: tuple[Surface, ...]) -> NodeKind:
    """Return the node of a porous cathode with these classes of particles.

    Rows: salt in the pores (anions react where they are oxidised only), ions and electrons, with
    ``div i = -div i_s = sum_k a_k j_k`` and the current of the double layer.
    """
    names = ("temperature", *(name for k, surface in enumerate(surfaces) for name in _numbered(k, surface)))
    return NodeKind(
        "cathode",
        (Unknown("concentration", 1000.0), Unknown("potential", 0.1), Unknown("solid_potential", 1.0)),
        names,
        None,
        tuple(_particles(k, surface) for k, surface in enumerate(surfaces)),
    )


@lru_cache
def cathode_face(given: BinaryLaws) -> FaceKind:
    """Return the face between two nodes of a cathode: the pores by `polymer_face`, the carbon by Ohm's law.

    `width` is the path through the pores (distance times tortuosity over porosity), `electronic` the conductance of the
    carbon between the nodes [S/m2].
    """
    pores = polymer_face(given)
    count = len(pores.parameters)

    def body(
        c_l: Number, phi_l: Number, solid_l: Number, c_r: Number, phi_r: Number, solid_r: Number, p: tuple[Number, ...]
    ) -> Any:
        n, i = pores.law(c_l, phi_l, c_r, phi_r, *p[:count])
        return n, i, -p[count] * (solid_r - solid_l)

    law = Rearranged(body, tuple(range(6)), (1.0, 1.0, 1.0), count + 1)
    return FaceKind("cathode", (0, 1, 2), (0, 1, 2), (*pores.parameters, "electronic"), law, ((0, 0), (1, 1), (2, 2)))


def _collector_source(i: Number, resistance: Number) -> Number:
    """Row of the collector: ``0 = phi_s - V - R i`` less what its faces add."""
    return -resistance * i


COLLECTOR = NodeKind("collector", (Unknown("current", 1.0),), ("resistance",), _collector_source)
"""Metal that carries the electrons of a cathode away: its current density."""


def _into_collector(solid: Number, i: Number) -> tuple[Number, Number]:
    return i, solid


cathode_to_collector = FaceKind("cathode_to_collector", (2,), (0,), (), _into_collector, ((2, None), (None, 0)))


def _collector_to_terminal(i: Number, voltage: Number) -> tuple[Number, Number]:
    return i, voltage


collector_to_terminal = FaceKind(
    "collector_to_terminal", (0,), (0,), (), _collector_to_terminal, ((None, 1), (0, None))
)
