"""What happens where a layer touches a metal: double layer, kinetics, film, lithium held, loss of contact."""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer import laws
from ceramer.numerics.chain import TERMINAL, FaceKind, NodeKind, Rearranged, Unknown, where
from ceramer.physics._contacts import CURRENT
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = [
    "METAL",
    "METAL_TWO_PHASE",
    "OXIDATION_LIMIT",
    "VOIDS",
    "electrode_current",
    "from_losing_metal",
    "from_metal",
    "metal_source",
    "to_losing_metal",
    "to_metal",
    "to_terminal",
    "within",
]

Number = Any
OXIDATION_LIMIT = 15.0
"""[V]: beyond it the oxidation of the electrolyte grows no further."""
_STEEPEST = 40.0  # exponents of the kinetics of lithium go on straight beyond: 1e17 times i0

KINETICS = (
    "exchange_current_density",
    "alpha_a",
    "alpha_c",
    "reference_concentration",
    "order",
    "temperature",
    "stripping_reserve",
    "nucleation_overpotential",
    "nucleation_charge",
    "oxidation_current",
    "oxidation_onset",
    "tafel_slope",
    "electronic_conductance",
    "capacitance",
    "holds",
    "anion_share",
)
"""Parameters of `electrode_current` in its order, the double layer, whether the metal holds lithium (1 or 0), and the
share of the current that the flux of salt beside it leaves out."""
VOIDS = (5, 6)
"""Places of the open and of the closed voids among the unknowns of an ageing metal."""


def electrode_current(
    eta: Number,
    inventory: Number,
    relative_concentration: Number,
    i0: Number,
    alpha_a: Number,
    alpha_c: Number,
    order: Number,
    temperature: Number,
    reserve: Number,
    nucleation: Number,
    nucleation_charge: Number,
    oxidation_current: Number,
    onset: Number,
    tafel_slope: Number,
    conductance: Number,
) -> tuple[Number, Number]:
    r"""Current density out of a metal, and the part of it that is not lithium [A/m2], positive for oxidation.

    .. math::

        i_{Li} = i_0 \left(\frac{c_s}{c_0}\right)^{\gamma} \left[\frac{q}{q + q_r} e^{\alpha_a F \eta/RT}
                 - e^{-\alpha_c F (\eta + \eta_n e^{-q/q_n})/RT}\right], \qquad
        i = i_{Li} + i_{ref} 10^{(\eta - E_{on})/b} + g \eta

    eta is the metal's potential against the lithium reference beside it, q the lithium that it holds [C/m2]. A foil has
    q_r = 0 and eta_n = 0 (Butler and Volmer); bare metal strips what was plated (q_r > 0) and needs eta_n to nucleate;
    i_ref is the oxidation of the electrolyte (Tafel) at its onset; g [S/m2] conducts electrons.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3
    """
    exchange = i0 * np.exp(order * np.log(relative_concentration))
    size = where(inventory, inventory, -inventory)  # |q|: no pole for a solver to step over
    held = inventory / (size + reserve)
    needed = nucleation * np.exp(-inventory / nucleation_charge)
    thermal = GAS_CONSTANT * temperature / FARADAY
    stripping = held * _growing(alpha_a * eta / thermal)
    lithium = exchange * (stripping - _growing(-alpha_c * (eta + needed) / thermal))
    oxidation = laws.tafel_oxidation_current(within(eta, OXIDATION_LIMIT), onset, oxidation_current, tafel_slope)
    other = oxidation + conductance * eta
    return lithium + other, other


def _growing(x: Number) -> Number:
    """Return exp(x), which goes on as a straight line where it would outgrow every other current."""
    beyond = where(x - _STEEPEST, x - _STEEPEST, 0.0)
    return np.exp(where(x - _STEEPEST, _STEEPEST, x)) * (1.0 + beyond)


def within(eta: Number, limit: float) -> Number:
    """Hold an overpotential within a limit [V], beyond which its exponentials would overflow."""
    from_above = where(eta - limit, limit, eta)
    return where(-limit - from_above, -limit, from_above)


def metal_source(
    eta: Number, i: Number, inventory: Number, film: Number, side: Number, growth: Number, series_resistance: Number
) -> tuple[Number, Number, Number, Number]:
    r"""Rows of a metal: double layer, potential, lithium held, film.

    .. math::

        C \dot\eta = s i - i_f, \qquad \phi_m - \phi_s = \eta + s i (R_{film} + R_s), \qquad
        \dot p = -s i + i_o, \qquad \dot R_{film} = k / R_{film}

    s is +1 for the left metal and -1 for the right one; the face adds i_f, phi_s, phi_m and the row of p. The lithium
    held is q = p + C eta: p changes with the current alone, so that no fast reaction can blur what is conserved. i_o is
    what is no lithium; a metal that holds none counts it in p, which then falls by what is oxidised.
    """
    return side * i, -side * eta - i * (film + series_resistance), 0.0 * inventory, growth / film


METAL = NodeKind(
    "metal",
    (Unknown("overpotential", 0.1), CURRENT, Unknown("inventory", 1e4), Unknown("film", 1e-3)),
    ("side", "growth", "series_resistance"),
    metal_source,
)
"""Lithium foil, copper or steel: overpotential, current density, lithium held less the charge of its double layer
[C/m2], film resistance [ohm m2]."""


def metal_two_phase_source(
    eta: Number,
    i: Number,
    inventory: Number,
    film: Number,
    ceramic_eta: Number,
    ceramic_i: Number,
    side: Number,
    growth: Number,
    series_resistance: Number,
) -> Any:
    """Rows of a metal that touches both skeletons: `metal_source`, once more for the ceramic (no film there)."""
    rows = metal_source(eta, i, inventory, film, side, growth, series_resistance)
    return (*rows, side * ceramic_i, -side * ceramic_eta - ceramic_i * series_resistance)


METAL_TWO_PHASE = NodeKind(
    "metal_two_phase",
    (
        Unknown("overpotential", 0.1),
        CURRENT,
        Unknown("inventory", 1e4),
        Unknown("film", 1e-3),
        Unknown("ceramic_overpotential", 0.1),
        Unknown("ceramic_current", 1.0),
    ),
    ("side", "growth", "series_resistance"),
    metal_two_phase_source,
)


def _kinetics(eta: Number, held: Number, c: Number, p: tuple[Number, ...]) -> tuple[Number, Number]:
    relative = c / p[3]
    return electrode_current(eta, p[14] * held, relative, p[0], p[1], p[2], p[4], p[5], *p[6:13])


def _salt_metal(c: Number, phi: Number, eta: Number, i: Number, q: Number, p: tuple[Number, ...]) -> Any:
    total, other = _kinetics(eta, q + p[13] * eta, c, p)
    return i, phi, total, i, p[14] * other, p[15] * i / FARADAY


def _plain_metal(phi: Number, eta: Number, i: Number, q: Number, p: tuple[Number, ...]) -> Any:
    total, other = _kinetics(eta, q + p[13] * eta, p[3], p)
    return i, phi, total, i, p[14] * other


def _losing(body: Any, unknowns: int) -> Any:
    """Return the body of a metal that has lost contact to open and closed voids: i0 on the share that is left."""

    def law(*values: Any) -> Any:
        p = values[-1]
        open_, closed = values[unknowns : unknowns + 2]
        contact = laws.contact_kept(open_ + closed, p[-1])
        return body(*values[:unknowns], (p[0] * contact, *p[1:-1]))

    return law


def _metal_faces(
    name: str, body: Any, phase: tuple[int, ...], potential: int, *, losing: bool = False
) -> tuple[FaceKind, FaceKind]:
    """Return the faces phase -> metal (right) and metal -> phase (left); `losing` for a metal with voids."""
    names: tuple[str, ...] = KINETICS
    metal: tuple[int, ...] = (0, 1, 2)
    n = len(phase)
    if losing:
        name, names, metal = f"{name}_losing", (*KINETICS, "roughness"), (*metal, *VOIDS)
        body = _losing(body, n + 3)
    count, m = len(names), len(metal)
    salt = n - 1  # one row more where there is salt
    right_rows = ((potential, None), (None, 1), (None, 0), (None, 2), (None, 2))
    left_rows = ((None, potential), (1, None), (0, None), (2, None), (2, None))
    right = FaceKind(
        f"{name}_to_metal",
        phase,
        metal,
        names,
        Rearranged(body, tuple(range(n + m)), (1.0, 1.0, -1.0, 1.0, 1.0, *[1.0] * salt), count),
        (*right_rows, *[(0, None)] * salt),
    )
    left = FaceKind(
        f"{name}_from_metal",
        metal,
        phase,
        names,
        Rearranged(body, (*range(m, m + n), *range(m)), (1.0, 1.0, 1.0, 1.0, -1.0, *[1.0] * salt), count),
        (*left_rows, *[(None, 0)] * salt),
    )
    return right, left


def _mixed_metal(x: Number, phi: Number, eta: Number, i: Number, q: Number, p: tuple[Number, ...]) -> Any:
    """Metal on a mixed conductor: electrons alone cross; eta is the drop over the electronic contact."""
    conductance, x_0, u_0, slope, temperature = p
    return i, phi + laws.lattice_gas_potential(x, u_0, slope, x_0, temperature), conductance * eta, 0.0 * q


MIXED_METAL = ("electronic_conductance", "x_0", "u_0", "slope", "temperature")


def _mixed_metal_faces() -> tuple[FaceKind, FaceKind]:
    count = len(MIXED_METAL)
    right = FaceKind(
        "mixed_to_metal",
        (0, 1),
        (0, 1, 2),
        MIXED_METAL,
        Rearranged(_mixed_metal, (0, 1, 2, 3, 4), (1.0, 1.0, -1.0, -1.0), count),
        ((1, None), (None, 1), (None, 0), (None, 2)),
    )
    left = FaceKind(
        "mixed_from_metal",
        (0, 1, 2),
        (0, 1),
        MIXED_METAL,
        Rearranged(_mixed_metal, (3, 4, 0, 1, 2), (1.0, 1.0, 1.0, 1.0), count),
        ((None, 1), (1, None), (0, None), (2, None)),
    )
    return right, left


def _two_phase_metal(
    c: Number,
    phi: Number,
    phi_c: Number,
    eta: Number,
    i: Number,
    q: Number,
    eta_c: Number,
    i_c: Number,
    p: tuple[Number, ...],
) -> Any:
    """Metal on two skeletons: kinetics against each phase, weighted with its share of the surface."""
    held = q + p[13] * (eta + eta_c)
    total, other = _kinetics(eta, held, c, p[: len(KINETICS)])
    ceramic_total, ceramic_other = _kinetics(eta_c, held, p[3], (p[-1], *p[1 : len(KINETICS)]))
    both = i + i_c
    return both, i_c, phi, phi_c, total, ceramic_total, both, p[14] * (other + ceramic_other), p[15] * both / FARADAY


def _two_phase_metal_faces() -> tuple[FaceKind, FaceKind]:
    names = (*KINETICS, "ceramic_exchange_current_density")
    metal = (0, 1, 2, 4, 5)
    right = FaceKind(
        "two_phase_to_metal",
        (0, 1, 2),
        metal,
        names,
        Rearranged(_two_phase_metal, tuple(range(8)), (*[1.0] * 4, -1.0, -1.0, *[1.0] * 3), len(names)),
        ((1, None), (2, None), (None, 1), (None, 5), (None, 0), (None, 4), (None, 2), (None, 2), (0, None)),
    )
    left = FaceKind(
        "two_phase_from_metal",
        metal,
        (0, 1, 2),
        names,
        Rearranged(_two_phase_metal, (5, 6, 7, 0, 1, 2, 3, 4), (*[1.0] * 7, -1.0, 1.0), len(names)),
        ((None, 1), (None, 2), (1, None), (5, None), (0, None), (4, None), (2, None), (2, None), (None, 0)),
    )
    return right, left


_POLYMER_METAL = _metal_faces("polymer", _salt_metal, (0, 1), 1)
_CERAMIC_METAL = _metal_faces("ceramic", _plain_metal, (0,), 0)
_MIXED_METAL = _mixed_metal_faces()
_TWO_PHASE_METAL = _two_phase_metal_faces()

to_metal = {
    "polymer": _POLYMER_METAL[0],
    "tethered": _POLYMER_METAL[0],
    "ceramic": _CERAMIC_METAL[0],
    "mixed": _MIXED_METAL[0],
    "two_phase": _TWO_PHASE_METAL[0],
}
from_metal = {
    "polymer": _POLYMER_METAL[1],
    "tethered": _POLYMER_METAL[1],
    "ceramic": _CERAMIC_METAL[1],
    "mixed": _MIXED_METAL[1],
    "two_phase": _TWO_PHASE_METAL[1],
}


def _metal_to_terminal(i: Number, voltage: Number) -> tuple[Number, Number]:
    return i, voltage


def _two_to_terminal(i: Number, i_c: Number, voltage: Number) -> tuple[Number, Number, Number]:
    return i + i_c, voltage, voltage


_POLYMER_LOSING = _metal_faces("polymer", _salt_metal, (0, 1), 1, losing=True)
_CERAMIC_LOSING = _metal_faces("ceramic", _plain_metal, (0,), 0, losing=True)
to_losing_metal = {"polymer": _POLYMER_LOSING[0], "tethered": _POLYMER_LOSING[0], "ceramic": _CERAMIC_LOSING[0]}
from_losing_metal = {"polymer": _POLYMER_LOSING[1], "tethered": _POLYMER_LOSING[1], "ceramic": _CERAMIC_LOSING[1]}


to_terminal = {
    METAL: FaceKind("metal_to_terminal", (1,), (0,), (), _metal_to_terminal, ((None, 1), (1, None))),
    METAL_TWO_PHASE: FaceKind(
        "metal_two_phase_to_terminal", (1, 5), (0,), (), _two_to_terminal, ((None, 1), (1, None), (5, None))
    ),
}
assert TERMINAL.index("voltage") == 0
