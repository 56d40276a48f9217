"""What changes slowly over many cycles, carried over those that are not simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ceramer.physics._simulation import Simulation
from ceramer.units import FARADAY

__all__ = [
    "Slope",
    "SlowStates",
    "carry",
    "errors",
    "exponent",
    "landing",
    "rate_of",
    "reach",
    "relaxed",
    "share_of",
]

Array = NDArray[np.float64]

_LEAST: Final = 1e-6
"""Relative change of a film in a jump below which its error does not count."""
_LITTLE: Final = 1e-2
"""Of its scale: a change of contact or of the salt in a jump below which its error counts less."""
_FASTEST: Final = 0.99
"""tanh(k/2) at most: a state that has gone most of its way within one cycle."""
_FILM: Final = 0.1
"""Of the capacity: how much a relative error of a film, of contact or of the salt counts."""


class SlowStates:
    """The slow states of a simulation: lost lithium; what has breathed, what is oxidised, voids, whose changes follow
    from how far they have come; films, which slow down as a power of their own. Inventory and salt follow from them.
    """

    def __init__(self, simulation: Simulation) -> None:
        chain = simulation.chain
        names = [u.name for u in chain.nodes[0].kind.unknowns]

        def places(name: str) -> list[int]:
            return [chain.unknown(0, name)] if name in names else []

        def on_particles(name: str) -> tuple[list[int], Array]:
            """Return the places of a state of the particles, and the area of each per area of the cell."""
            found, areas = [], [np.empty(0)]
            for g in chain.particles:
                number = g.particles.name.rsplit("_", 1)[1]
                places = g.places(f"{name}_{number}")
                column = chain.nodes[g.node].kind.parameters.index(f"area_{number}")
                found += [int(p) for p in places]
                areas.append(chain.model[1][g.node : g.node + len(places), column])
            return found, np.concatenate(areas)

        self.simulation = simulation
        self.film, self.lost, self.inventory = places("film"), places("lost"), places("inventory")
        self.voids = places("void") + places("closed_void")
        (self.cei, filmed), (self.breathed, losing) = on_particles("cei"), on_particles("breathed")
        self.oxidised, _ = on_particles("oxidised")
        self.filmed = filmed / np.sum(filmed)
        self.losing = losing / np.sum(on_particles("reaction")[1])
        linear = [*self.lost, *self.breathed, *self.oxidised, *self.voids]
        self.places = np.array([*linear, *self.film, *self.cei], np.int64)
        self.linear, self.films = slice(0, len(linear)), slice(len(linear), None)
        self.relaxing = slice(len(self.lost), len(linear))
        model = simulation.model
        cathode = model.layers[-1]
        losses = [m.contact_loss for m in getattr(cathode, "materials", ()) if m.contact_loss > 0.0]
        per_class = len(self.breathed) // len(losses) if losses else 0
        self.contact_loss = np.repeat(losses, per_class)
        self.roughness = model.negative.voids.roughness if model.negative.voids is not None else 1.0
        self.weight = {name: self._weights(name) for name in ("lithium", "salt")}
        salt, volume = simulation.conserved["salt"]
        within_reach = np.isin(salt, self._salt_of_the_cathode())
        self.concentrations, self.volumes = salt[within_reach], volume[within_reach]
        self.first_salt = self.salt()
        self.first_film = chain.y[np.array(self.cei, np.int64)].copy()

    def _weights(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which slow states count for a conserved quantity, and where its table has them."""
        table = self.simulation.conserved[name][0]
        found = [(k, int(np.flatnonzero(table == place)[0])) for k, place in enumerate(self.places) if place in table]
        return np.array([k for k, _ in found], np.int64), np.array([at for _, at in found], np.int64)

    def _salt_of_the_cathode(self) -> list[int]:
        """Return the concentrations of the cathode and of what shares its salt, up to a ceramic that parts them."""
        chain, found = self.simulation.chain, []
        if not chain.particles:
            return []
        group = chain.particles[0]
        for k in range(group.node + group.shells.shape[1] - 1, -1, -1):
            names = [u.name for u in chain.nodes[k].kind.unknowns]
            if "concentration" in names:
                found.append(chain.unknown(k, "concentration"))
            elif "anion_flux" not in names:
                break
        return found

    def salt(self) -> float:
        """Return the salt that the cathode can get at [mol/m2]."""
        return float(self.volumes @ self.simulation.chain.y[self.concentrations])

    def takes(self, name: str, change: Array) -> float:
        """Return how much of a conserved quantity a change of the slow states takes from what is left."""
        among, at = self.weight[name]
        return float(self.simulation.conserved[name][1][at] @ change[among])

    @property
    def scale(self) -> Array:
        """What a change of every state but films is held against: to 1/e of the contact, all the salt that is left."""
        consumed = self.simulation.conserved["salt"][1][self.weight["salt"][1]]
        salt = self.salt() / np.sum(consumed) if self.oxidised else np.inf
        scales = [*[np.inf] * len(self.lost), *(1.0 / self.contact_loss), *[salt] * len(self.oxidised)]
        return np.array([*scales, *[self.roughness] * len(self.voids)])

    def bound(self) -> float:
        """Return the lithium that films on the particles have bound [C/m2]."""
        change = np.zeros(len(self.places))
        if self.cei:
            change[-len(self.cei) :] = self.simulation.chain.y[np.array(self.cei)] - self.first_film
        return self.takes("lithium", change)

    def contact(self) -> float:
        """Return the share of the surface of all particles that is in contact."""
        breathed = self.simulation.chain.y[np.array(self.breathed, np.int64)]
        return 1.0 + float(self.losing @ np.expm1(-self.contact_loss * breathed))

    def film_on_particles(self) -> float:
        """Return the mean film over the surface of the particles on which one grows [ohm m2]."""
        return float(self.filmed @ self.simulation.chain.y[np.array(self.cei, np.int64)])

    def lithium_contact(self) -> float:
        """Return the share of the negative electrode's surface that is in contact."""
        y = self.simulation.chain.y
        return float(np.exp(-sum(y[p] for p in self.voids) / self.roughness)) if self.voids else 1.0

    def consumed(self) -> float:
        """Return the salt that is consumed, times F [C/m2]."""
        return FARADAY * (self.first_salt - self.salt()) if self.oxidised else 0.0

    def read(self) -> Array:
        return self.simulation.chain.y[self.places].copy()

    def write(self, values: Array) -> None:
        """Set the slow states; what they take comes from the inventory and, evenly, from the salt of the cathode."""
        y = self.simulation.chain.y
        change = values - y[self.places]
        y[self.places] = values
        if self.inventory:
            y[self.inventory[0]] -= self.takes("lithium", change)
        if self.oxidised:
            y[self.concentrations] *= 1.0 - self.takes("salt", change) / self.salt()


@dataclass(frozen=True)
class Slope:
    """Change of the slow states in one cycle, and their values halfway."""

    middle: Array
    change: Array
    capacity: float


def exponent(a: Slope, b: Slope, films: slice) -> Array:
    """Return p of ``dS/dn ~ S**p`` between two cycles: -1 for parabolic growth, 0 for a constant rate."""
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.log(b.change[films] / a.change[films]) / np.log(b.middle[films] / a.middle[films])
    return np.clip(np.where(np.isfinite(p), p, 0.0), -4.0, 0.9)


def carry(start: Array, slope: Slope, p: Array, cycles: float, films: slice) -> Array:
    """Solve ``dS/dn = s (S/S_m)**p`` over some cycles: films by power laws, lost lithium at its rate."""
    out = start + cycles * slope.change
    s, middle = start[films], slope.middle[films]
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = 1.0 + (1.0 - p) * cycles * slope.change[films] / middle * (middle / s) ** (1.0 - p)
        out[films] = np.where(s > 0.0, s * np.maximum(grown, 0.0) ** (1.0 / (1.0 - p)), s)
    return out


def rate_of(a: Slope, b: Slope, which: slice) -> Array:
    """Return k of ``dS/dn = -k (S - S_0)``, from the changes in two cycles; negative where the change grows.

    A cycle changes S by ``2 tanh(k/2)`` of its distance from S_0 halfway.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = -(b.change - a.change)[which] / (b.middle - a.middle)[which]
    half = np.clip(np.where(np.isfinite(rate), 0.5 * rate, 0.0), -_FASTEST, _FASTEST)
    return np.asarray(2.0 * np.arctanh(half))


def relaxed(start: Array, slope: Slope, rate: Array, cycles: float, which: slice) -> Array:
    """Return states after some cycles of ``dS/dn = -k (S - S_0)``, which at most double their rate.

    The slope was measured in the cycle that ended where these start.
    """
    k = np.maximum(rate, -np.log(2.0) / cycles)
    still = np.abs(k) < 1e-12
    k = np.where(still, 1.0, k)
    lasts = np.where(still, cycles, -np.expm1(-k * cycles) / np.expm1(k))
    return np.maximum(start[which] + lasts * slope.change[which], 0.0)


def _lost(slow: SlowStates, start: Array, end: Array, a: Slope, b: Slope, cycles: float) -> float:
    """Return the lithium lost over a jump: its rate is linear in that of the first film, or the mean of both ends."""
    mean = 0.5 * cycles * (a.change[0] + b.change[0])
    if not slow.film:
        return float(mean)
    film = slow.films.start
    film_a, film_b = a.change[film], b.change[film]
    if abs(film_a - film_b) <= 1e-6 * abs(film_a):
        return float(mean)
    rise = (a.change[0] - b.change[0]) / (film_a - film_b)
    return float(cycles * a.change[0] + rise * (end[film] - start[film] - cycles * film_a))


def landing(slow: SlowStates, start: Array, slope: Slope, landed: Slope, length: int) -> tuple[Array, Array]:
    """Return the slow states after a jump, from a cycle at either end of it, and the exponents of its films."""
    q = exponent(slope, landed, slow.films)
    end = carry(start, slope, q, length, slow.films)
    end[slow.relaxing] = relaxed(start, slope, rate_of(slope, landed, slow.relaxing), length, slow.relaxing)
    if slow.lost:
        end[0] = start[0] + _lost(slow, start, end, slope, landed, length)
    return end, q


def share_of(slow: SlowStates, off: Array, moved: Array) -> float:
    """Return by how much of what they moved (or of a little of what they are) the slow states are off."""
    films, linear = slow.films, slow.linear
    least = np.maximum(_LEAST * np.abs(slow.read()[films]), 1e-300)
    of_films = off[films] / np.maximum(np.abs(moved[films]), least)
    of_others = off[linear] / np.maximum(np.abs(moved[linear]), _LITTLE * slow.scale)
    return max(float(np.max(of_films, initial=0.0)), float(np.max(of_others, initial=0.0)))


def errors(slow: SlowStates, start: Array, guess: Array, end: Array, fade: float) -> tuple[float, float]:
    """Return the error of the capacity after a jump by which it faded, and what sets the length of the next one."""
    off = np.abs(end - guess)
    films, linear = slow.films, slow.linear
    strayed = _FILM * float(np.max(off[linear] / slow.scale, initial=0.0))
    shift = _FILM * float(np.max(off[films] / np.maximum(np.abs(end[films]), 1e-300), initial=0.0))
    error = max(fade * share_of(slow, off, end - start), strayed)
    return error, max(error, shift)


def reach(slow: SlowStates, slope: Slope) -> float:
    """Return how many cycles may be jumped so that a film at most doubles, a third of the lithium or of the salt is
    lost, and contact falls by no more than two fifths."""
    y, most = slow.simulation.chain.y, np.inf
    change = np.abs(slope.change)
    for place, grown in zip(slow.places[slow.films], change[slow.films], strict=True):
        if grown > 0.0:
            most = min(most, abs(y[place]) / grown)
    for scale, moved in zip(slow.scale, change[slow.linear], strict=True):
        if moved > 0.0:
            most = min(most, 0.5 * scale / moved)
    spent = slow.takes("lithium", slope.change)
    if slow.inventory and spent > 0.0:
        most = min(most, y[slow.inventory[0]] / spent / 3.0)
    consumed = slow.takes("salt", slope.change)
    if consumed > 0.0:
        most = min(most, slow.salt() / consumed / 3.0)
    return float(most)
