"""Isotope exchange: where the 6Li of a foil goes in an electrolyte, at rest and under current.

The tracer does not change what carries it: lithium contents are constant, the currents are those of the protocol, and
the isotope fractions y of up to three lithium populations (polymer, ceramic, interphase) follow

    n_k dy_k/dt = -d N6_k/dx + sum_j w_kj (y_j - y_k),     N6_k = s_k (i/F) y_k - c D*_k dy_k/dx

with s_k the share of the current in population k. A foil is a finite pool that gives r+ y_foil and takes r- y.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ceramer import laws
from ceramer.errors import InputError
from ceramer.numerics.chain import TERMINAL, Chain, Face, FaceKind, Node, NodeKind, Step, Unknown, graded_cells
from ceramer.units import FARADAY

__all__ = ["NATURAL_LITHIUM_6", "Foil", "IsotopeResult", "Population", "exchange_isotopes"]

Number = Any
Array = NDArray[np.float64]
NATURAL_LITHIUM_6 = 0.0759
"""Share of 6Li in natural lithium: J. Meija et al., Pure Appl. Chem. 88, 293 (2016), doi:10.1515/pac-2015-0503."""

_Y = tuple(Unknown(f"enrichment_{k}", 0.1) for k in (1, 2, 3))


def _between_populations(y1: Number, y2: Number, y3: Number, w12: Number, w13: Number, w23: Number) -> Any:
    """Return the exchange between the populations of a node, w (y_j - y_k)."""
    a, b, c = w12 * (y2 - y1), w13 * (y3 - y1), w23 * (y3 - y2)
    return a + b, c - a, -b - c


SITE = NodeKind("isotope_site", _Y, ("exchange_12", "exchange_13", "exchange_23"), _between_populations)


def _tracer_flux(
    a1: Number,
    a2: Number,
    a3: Number,
    b1: Number,
    b2: Number,
    b3: Number,
    width: Number,
    n1: Number,
    n2: Number,
    n3: Number,
    g1: Number,
    g2: Number,
    g3: Number,
) -> Any:
    """Return the tracer flux of each population, carried by lithium (n) and by self-diffusion (g = c D*)."""
    return tuple(
        n * 0.5 * (left + right) - g * (right - left) / width
        for n, g, left, right in ((n1, g1, a1, b1), (n2, g2, a2, b2), (n3, g3, a3, b3))
    )


_FLUXES = ("lithium_flux_1", "lithium_flux_2", "lithium_flux_3")
SITE_FACE = FaceKind(
    "isotope_site",
    (0, 1, 2),
    (0, 1, 2),
    ("width", *_FLUXES, "tracer_conductance_1", "tracer_conductance_2", "tracer_conductance_3"),
    _tracer_flux,
    ((0, 0), (1, 1), (2, 2)),
)

FOIL = NodeKind("isotope_foil", (Unknown("lithium_6", 1.0), Unknown("lithium", 1.0)))
"""A foil: its 6Li and all its lithium [mol/m2]."""

_RATES = (*_FLUXES, "exchange_1", "exchange_2", "exchange_3")


def _surface(y_foil: Number, y: tuple[Number, ...], net: tuple[Number, ...], own: tuple[Number, ...]) -> list[Number]:
    flux = []
    for y_k, n_k, r_k in zip(y, net, own, strict=True):
        forward, backward = laws.exchange_rates(n_k * FARADAY, r_k * FARADAY)
        flux.append(forward * y_foil - backward * y_k)
    return flux


def _from_foil(
    six: Number,
    total: Number,
    y1: Number,
    y2: Number,
    y3: Number,
    n1: Number,
    n2: Number,
    n3: Number,
    r1: Number,
    r2: Number,
    r3: Number,
) -> Any:
    """Return what the left foil gives to each population, and its loss of lithium."""
    return (*_surface(six / total, (y1, y2, y3), (n1, n2, n3), (r1, r2, r3)), n1 + n2 + n3)


def _to_foil(
    y1: Number,
    y2: Number,
    y3: Number,
    six: Number,
    total: Number,
    n1: Number,
    n2: Number,
    n3: Number,
    r1: Number,
    r2: Number,
    r3: Number,
) -> Any:
    """Return what each population gives to the right foil, and its gain of lithium (positive to the right)."""
    given = _surface(six / total, (y1, y2, y3), (-n1, -n2, -n3), (r1, r2, r3))
    return (*(-g for g in given), n1 + n2 + n3)


FROM_FOIL = FaceKind("isotope_from_foil", (0, 1), (0, 1, 2), _RATES, _from_foil, ((0, 0), (0, 1), (0, 2), (1, None)))
TO_FOIL = FaceKind("isotope_to_foil", (0, 1, 2), (0, 1), _RATES, _to_foil, ((0, 0), (1, 0), (2, 0), (None, 1)))


def _nothing(total: Number, voltage: Number) -> Number:
    return 0.0 * total + 0.0 * voltage


_TO_TERMINAL = FaceKind("isotope_to_terminal", (1,), (0,), (), _nothing, ((None, None),))


@dataclass(frozen=True, kw_only=True)
class Population:
    """Lithium of one kind in a layer: `concentration` [mol/m3 of layer], effective `conductivity` [S/m], its start.

    `enrichment` is the 6Li fraction at the start; `exchange_current_density` [A/m2] that of a foil's face against it.
    """

    name: str
    concentration: float
    conductivity: float
    enrichment: float = NATURAL_LITHIUM_6
    haven_ratio: float = 1.0
    exchange_current_density: float = 1.0

    def __post_init__(self) -> None:
        if not (self.concentration > 0.0 and self.conductivity >= 0.0 and self.haven_ratio > 0.0):
            raise InputError(f"{self.name}: concentration and Haven ratio are above 0, the conductivity 0 or more.")
        if not 0.0 <= self.enrichment <= 1.0:
            raise InputError(f"{self.name}: the 6Li fraction is {self.enrichment:.4g}; it lies between 0 and 1.")


@dataclass(frozen=True, kw_only=True)
class Foil:
    """A lithium foil: `amount` [mol/m2] that takes part, and its 6Li fraction."""

    amount: float
    enrichment: float

    def __post_init__(self) -> None:
        if not (self.amount > 0.0 and 0.0 <= self.enrichment <= 1.0):
            raise InputError("A foil needs an amount above 0 and a 6Li fraction between 0 and 1.")


@dataclass(frozen=True, slots=True)
class IsotopeResult:
    """What became of the 6Li.

    `time` [s], shape (rows,); `enrichment[name]` mean 6Li fraction of a population, shape (rows,); `foils` 6Li
    fractions of both, shape (rows, 2); `position` [m] and `profiles[name]` at the end; `balance` relative change of all
    6Li.
    """

    time: Array
    enrichment: dict[str, Array]
    foils: Array
    position: Array
    profiles: dict[str, Array]
    balance: float

    def increase_factor(self, name: str) -> float:
        """Return 6Li after over before in a population whose amount of lithium is constant."""
        return float(self.enrichment[name][-1] / self.enrichment[name][0])


def exchange_isotopes(
    populations: Sequence[Population],
    thickness: float,
    foils: tuple[Foil, Foil],
    schedule: Sequence[tuple[float, float]],
    temperature: float,
    *,
    exchange: dict[tuple[str, str], float] | None = None,
    cells: int = 40,
    grading: float = 8.0,
    relative_tolerance: float = 1e-5,
) -> IsotopeResult:
    """Follow the 6Li of two foils into one layer.

    Parameters
    ----------
    populations : sequence of Population
        One to three; the current divides among them as their conductivities do.
    thickness : float
        Of the layer [m].
    foils : (Foil, Foil)
        Left and right.
    schedule : sequence of (current density, duration)
        [A/m2] positive to the right, [s].
    temperature : float
        [K].
    exchange : dict of (name, name) to float
        Exchange between two populations, w [mol/(m3 s)] (specific area times exchange current density over F).
    cells, grading, relative_tolerance
        Of the solution.

    Raises
    ------
    InputError
        For no or more than three populations, a name that is not there, or a foil that would be used up.

    Examples
    --------
    >>> polymer = Population(name="polymer", concentration=1000.0, conductivity=0.03, exchange_current_density=10.0)
    >>> foil = Foil(amount=10.0, enrichment=0.95)
    >>> result = exchange_isotopes([polymer], 1e-4, (foil, foil), [(0.0, 1e6)], 303.15)
    >>> float(result.enrichment["polymer"][-1])  # of both pools together
    0.9457
    """
    if not 1 <= len(populations) <= 3:
        raise InputError(f"One to three lithium populations can be followed, not {len(populations)}.")
    names = [p.name for p in populations]
    conducting = sum(p.conductivity for p in populations)
    if not conducting > 0.0:
        raise InputError("No population conducts, so nothing moves; give one a conductivity above 0.")
    shares = np.array([p.conductivity / conducting for p in populations] + [0.0] * (3 - len(names)))
    tracer = [float(laws.tracer_conductance(p.conductivity, temperature, p.haven_ratio)) for p in populations]
    tracer += [0.0] * (3 - len(names))
    own = [p.exchange_current_density / FARADAY for p in populations] + [0.0] * (3 - len(names))
    pairs = [0.0, 0.0, 0.0]
    for (one, other), rate in (exchange or {}).items():
        for name in (one, other):
            if name not in names:
                raise InputError(f"The exchange names {name!r}, but the populations are {', '.join(names)}.")
        pairs[{(0, 1): 0, (0, 2): 1, (1, 2): 2}[tuple(sorted((names.index(one), names.index(other))))]] += rate  # type: ignore[index]
    chain, position = _chain(populations, thickness, foils, tracer, own, pairs, cells, grading, relative_tolerance)
    return _follow(chain, position, names, foils, shares, schedule)


def _chain(
    populations: Sequence[Population],
    thickness: float,
    foils: tuple[Foil, Foil],
    tracer: list[float],
    own: list[float],
    pairs: list[float],
    cells: int,
    grading: float,
    relative_tolerance: float,
) -> tuple[Chain, Array]:
    widths = graded_cells(thickness, cells, grading)
    held = 0.5 * (np.append(widths, 0.0) + np.append(0.0, widths))
    missing = 3 - len(populations)
    start = (*(p.enrichment for p in populations), *[0.0] * missing)
    nodes = [Node(FOIL, (foils[0].amount * foils[0].enrichment, foils[0].amount), (1.0, 1.0))]
    for h in held:
        mass = (*(p.concentration * float(h) for p in populations), *[1.0] * missing)
        nodes.append(Node(SITE, start, mass, tuple(w * float(h) for w in pairs)))
    nodes.append(Node(FOIL, (foils[1].amount * foils[1].enrichment, foils[1].amount), (1.0, 1.0)))
    nodes.append(Node(TERMINAL, (0.0,) * 5, (0.0, 0.0, 1.0, 1.0, 1.0), (0.0, 0.0, 1.0)))
    faces = [Face(FROM_FOIL, (0.0, 0.0, 0.0, *own))]
    faces += [Face(SITE_FACE, (float(w), 0.0, 0.0, 0.0, *tracer)) for w in widths]
    faces += [Face(TO_FOIL, (0.0, 0.0, 0.0, *own)), Face(_TO_TERMINAL)]
    position = np.concatenate([[0.0], np.cumsum(widths)])
    offset = 2 + 3 * len(held)
    guards = [(1, 1e-6 * foils[0].amount, 1.0), (offset + 1, 1e-6 * foils[1].amount, 1.0)]
    return Chain(nodes, faces, guards, relative_tolerance=relative_tolerance), position


def _follow(
    chain: Chain,
    position: Array,
    names: list[str],
    foils: tuple[Foil, Foil],
    shares: Array,
    schedule: Sequence[tuple[float, float]],
) -> IsotopeResult:
    count = len(position)
    sites = np.array([[chain.unknown(1 + k, f"enrichment_{j + 1}") for k in range(count)] for j in range(len(names))])
    weights = chain.mass[sites]
    ends = (0, count + 1)
    six = [chain.unknown(k, "lithium_6") for k in ends]
    total = [chain.unknown(k, "lithium") for k in ends]
    probes = [*sites.ravel(), *six, *total]

    def inside() -> float:
        return float(np.sum(weights * chain.y[sites]) + chain.y[six].sum())

    before = inside()
    rows: list[Array] = []
    parameters = chain.model[2]
    for number, (current, duration) in enumerate(schedule):
        flux = shares * current / FARADAY
        parameters[0, 0:3] = flux
        parameters[1:count, 1:4] = flux
        parameters[count, 0:3] = flux
        run = chain.run([Step("current", 0.0, duration, period=duration / 20.0)], probes)
        if run.code >= 10:
            side = ("left", "right")[run.code - 10]
            raise InputError(
                f"The {side} foil is used up in step {number + 1} of the schedule; give a thicker foil or pass less "
                "charge."
            )
        rows.append(run.rows if not rows else run.rows[1:])
    table = np.concatenate(rows)
    values = table[:, 6:]
    enrichment = {}
    for j, name in enumerate(names):
        block = values[:, j * count : (j + 1) * count]
        enrichment[name] = block @ weights[j] / weights[j].sum()
    pools = values[:, len(names) * count :]
    return IsotopeResult(
        table[:, 0],
        enrichment,
        pools[:, :2] / pools[:, 2:],
        position,
        {name: chain.y[sites[j]].copy() for j, name in enumerate(names)},
        inside() / before - 1.0 if before else 0.0,
    )
