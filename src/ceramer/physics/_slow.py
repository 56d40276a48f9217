"""What changes slowly over many cycles, carried over those that are not simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ceramer.physics._simulation import Simulation
from ceramer.units import FARADAY

__all__ = ["Slope", "SlowStates", "carry", "errors", "exponent", "landing", "rate_of", "reach", "relaxed"]

Array = NDArray[np.float64]

_LEAST: Final = 1e-6
"""Relative change of a film in a jump below which its error does not count."""
_LITTLE: Final = 1e-2
"""Of its scale: a change of contact or of the salt in a jump below which its error counts less."""
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

        def on_particles(name: str) -> list[int]:
            every = (g.places(f"{name}_{g.particles.name.rsplit('_', 1)[1]}") for g in chain.particles)
            return [int(p) for group in every for p in group]

        self.simulation = simulation
        self.film, self.lost, self.inventory = places("film"), places("lost"), places("inventory")
        self.voids = places("void") + places("closed_void")
        self.cei, self.breathed = on_particles("cei"), on_particles("breathed")
        self.oxidised = on_particles("oxidised")
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
        self.concentrations = simulation.conserved["salt"][0][simulation.conserved["salt"][0] < chain.offset[-1]]
        self.first_salt = self._salt()
        consumed = self.simulation.conserved["salt"][1][self.weight["salt"][1]]
        all_salt = self.first_salt / np.sum(consumed) if self.oxidised else np.inf
        scales = [*[np.inf] * len(self.lost), *(1.0 / self.contact_loss), *[all_salt] * len(self.oxidised)]
        self.scale = np.array([*scales, *[self.roughness] * len(self.voids)])
        self.first_film = chain.y[np.array(self.cei, np.int64)].copy()

    def _weights(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return which slow states count for a conserved quantity, and where its table has them."""
        table = self.simulation.conserved[name][0]
        found = [(k, int(np.flatnonzero(table == place)[0])) for k, place in enumerate(self.places) if place in table]
        return np.array([k for k, _ in found], np.int64), np.array([at for _, at in found], np.int64)

    def _salt(self) -> float:
        """Return the salt of the electrolyte [mol/m2]."""
        places, weights = self.simulation.conserved["salt"]
        return float(weights[places < self.simulation.chain.offset[-1]] @ self.simulation.chain.y[self.concentrations])

    def takes(self, name: str, change: Array) -> float:
        """Return how much of a conserved quantity a change of the slow states takes from what is left."""
        among, at = self.weight[name]
        return float(self.simulation.conserved[name][1][at] @ change[among])

    def bound(self) -> float:
        """Return the lithium that films on the particles have bound [C/m2]."""
        change = np.zeros(len(self.places))
        if self.cei:
            change[-len(self.cei) :] = self.simulation.chain.y[np.array(self.cei)] - self.first_film
        return self.takes("lithium", change)

    def contact(self) -> float:
        """Return the mean share of the particles' surface that is in contact."""
        breathed = self.simulation.chain.y[np.array(self.breathed, np.int64)]
        return float(np.mean(np.exp(-self.contact_loss * breathed))) if self.breathed else 1.0

    def lithium_contact(self) -> float:
        """Return the share of the negative electrode's surface that is in contact."""
        y = self.simulation.chain.y
        return float(np.exp(-sum(y[p] for p in self.voids) / self.roughness)) if self.voids else 1.0

    def consumed(self) -> float:
        """Return the salt that is consumed, times F [C/m2]."""
        return FARADAY * (self.first_salt - self._salt()) if self.oxidised else 0.0

    def read(self) -> Array:
        return self.simulation.chain.y[self.places].copy()

    def write(self, values: Array) -> None:
        """Set the slow states; what they take comes from the inventory and, evenly, from the salt."""
        y = self.simulation.chain.y
        change = values - y[self.places]
        y[self.places] = values
        if self.inventory:
            y[self.inventory[0]] -= self.takes("lithium", change)
        if self.oxidised:
            y[self.concentrations] *= 1.0 - self.takes("salt", change) / self._salt()


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
    """Return k of ``dS/dn = s - k (S - S_0)``, from the changes in two cycles; negative where the change grows."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = -(b.change - a.change)[which] / (b.middle - a.middle)[which]
    return np.where(np.isfinite(rate), rate, 0.0)


def relaxed(start: Array, slope: Slope, rate: Array, cycles: float, which: slice) -> Array:
    """Return states after some cycles of ``dS/dn = s - k (S - S_0)``, which at most double their rate."""
    exponent = np.maximum(rate * cycles, -np.log(2.0))
    lasts = cycles * np.where(exponent == 0.0, 1.0, -np.expm1(-exponent) / np.where(exponent == 0.0, 1.0, exponent))
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


def errors(slow: SlowStates, start: Array, guess: Array, end: Array, fade: float) -> tuple[float, float]:
    """Return the error of the capacity after a jump by which it faded, and what sets the length of the next one."""
    off, moved = np.abs(end - guess), np.abs(end - start)
    films, linear = slow.films, slow.linear
    of_films = off[films] / np.maximum(moved[films], np.maximum(_LEAST * np.abs(end[films]), 1e-300))
    of_others = off[linear] / np.maximum(moved[linear], _LITTLE * slow.scale)
    share = float(np.max(of_films, initial=0.0)), float(np.max(of_others, initial=0.0))
    strayed = _FILM * float(np.max(off[linear] / slow.scale, initial=0.0))
    shift = _FILM * float(np.max(off[films] / np.maximum(np.abs(end[films]), 1e-300), initial=0.0))
    error = max(fade * max(share), strayed)
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
        most = min(most, slow.simulation.amount("salt") / consumed / 3.0)
    return float(most)
