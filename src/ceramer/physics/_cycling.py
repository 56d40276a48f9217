"""Thousands of cycles: every one of them, or the slow states carried over many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.numerics.chain import Step
from ceramer.physics._model import Simulation
from ceramer.units import FARADAY

__all__ = ["Cycling", "cycle"]

Array = NDArray[np.float64]

_COMPLETE: Final = ("complete", "All cycles were carried out.")
_FIRST: Final = 3
"""Cycles before the first jump: they start from rest, not from a cycle."""
_PAUSE: Final = 64
"""Most cycles that are simulated one by one after a jump that failed."""
_GROWTH: Final = 2.0
"""A jump over the one before it."""
_COLUMNS: Final = 14
"""Of the table of cycles, before the duration and the last voltage of every step."""
_LEAST: Final = 1e-6
"""Relative change of a film in a jump below which its error does not count."""
_LITTLE: Final = 1e-2
"""Of its scale: a change of contact or of the salt in a jump below which its error counts less."""
_FILM: Final = 0.1
"""Of the capacity: how much a relative error of a film, of contact or of the salt counts."""


@dataclass(frozen=True)
class Cycling:
    """What the cycles did: one entry per simulated cycle.

    Attributes
    ----------
    number : array
        Which cycle, from 1.
    discharge, charge : array
        Charge out of and into the cell [C/m2].
    discharge_energy, charge_energy : array
        [J/m2].
    durations, end_voltages : array, shape (cycles, steps)
        Of every step [s], [V].
    film, cei : array
        Film of the negative electrode, mean film on the particles [ohm m2].
    inventory, lost : array
        Lithium of the negative electrode and what it has lost [C/m2].
    active : array
        Active material that still takes part, over the first.
    bound : array
        Lithium that films on the particles have bound, those of lost active material left out [C/m2].
    contact, lithium_contact : array
        Share of the particles' surface, and of the negative electrode's, that is still in contact.
    oxidised : array
        Charge that the oxidation of the electrolyte in the cathode has passed, and the salt it has consumed times F
        [C/m2].
    outcome, sentence : str
        "complete", or what ended the cycling before.
    error : float
        With jumps: sum of the estimated errors of the discharge capacity, over the first one.
    charge_first : bool
        Whether a cycle starts with charge.
    """

    number: NDArray[np.int64]
    discharge: Array
    charge: Array
    discharge_energy: Array
    charge_energy: Array
    durations: Array
    end_voltages: Array
    film: Array
    cei: Array
    inventory: Array
    lost: Array
    active: Array
    bound: Array
    contact: Array
    lithium_contact: Array
    oxidised: Array
    outcome: str
    sentence: str
    error: float = 0.0
    charge_first: bool = True

    @property
    def coulombic_efficiency(self) -> Array:
        """Discharge over the charge before it: in the same cycle where it starts with charge, else in the one before.

        Not a number where that cycle was not simulated.
        """
        if self.charge_first:
            return self.discharge / self.charge
        before = np.concatenate([[np.nan], self.charge[:-1]])
        known = np.concatenate([[False], np.diff(self.number) == 1])
        return np.where(known, self.discharge / before, np.nan)

    def at(self, cycles: Sequence[int] | NDArray[np.int64], name: str = "discharge") -> Array:
        """Return a quantity at any cycle, between simulated ones by monotone cubic interpolation."""
        from scipy.interpolate import PchipInterpolator

        values = getattr(self, name)
        if len(self.number) < 2:
            return np.full(len(cycles), float(values[0]))
        return np.asarray(PchipInterpolator(self.number, values)(np.asarray(cycles)))


class _Slow:
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
class _Slope:
    """Change of the slow states in one cycle, and their values halfway."""

    middle: Array
    change: Array
    capacity: float


def _exponent(a: _Slope, b: _Slope, films: slice) -> Array:
    """Return p of ``dS/dn ~ S**p`` between two cycles: -1 for parabolic growth, 0 for a constant rate."""
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.log(b.change[films] / a.change[films]) / np.log(b.middle[films] / a.middle[films])
    return np.clip(np.where(np.isfinite(p), p, 0.0), -4.0, 0.9)


def _carry(start: Array, slope: _Slope, p: Array, cycles: float, films: slice) -> Array:
    """Solve ``dS/dn = s (S/S_m)**p`` over some cycles: films by power laws, lost lithium at its rate."""
    out = start + cycles * slope.change
    s, middle = start[films], slope.middle[films]
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = 1.0 + (1.0 - p) * cycles * slope.change[films] / middle * (middle / s) ** (1.0 - p)
        out[films] = np.where(s > 0.0, s * np.maximum(grown, 0.0) ** (1.0 / (1.0 - p)), s)
    return out


def _rate(a: _Slope, b: _Slope, which: slice) -> Array:
    """Return k of ``dS/dn = s - k (S - S_0)``, from the changes in two cycles; negative where the change grows."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = -(b.change - a.change)[which] / (b.middle - a.middle)[which]
    return np.where(np.isfinite(rate), rate, 0.0)


def _relaxed(start: Array, slope: _Slope, rate: Array, cycles: float, which: slice) -> Array:
    """Return states after some cycles of ``dS/dn = s - k (S - S_0)``, which at most double their rate."""
    exponent = np.maximum(rate * cycles, -np.log(2.0))
    lasts = cycles * np.where(exponent == 0.0, 1.0, -np.expm1(-exponent) / np.where(exponent == 0.0, 1.0, exponent))
    return np.maximum(start[which] + lasts * slope.change[which], 0.0)


def _lost(slow: _Slow, start: Array, end: Array, a: _Slope, b: _Slope, cycles: float) -> float:
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


def _mean(values: Array, places: Sequence[int]) -> float:
    return float(np.mean(values[list(places)])) if places else 0.0


class _Recorder:
    """One cycle after the other into the rows of a table made before the first: memory does not grow with cycles."""

    def __init__(self, simulation: Simulation, steps: Sequence[Step], slow: _Slow, loss: float, cycles: int) -> None:
        self.simulation, self.steps, self.slow, self.loss = simulation, list(steps), slow, loss
        self.table = np.full((cycles, _COLUMNS + 2 * len(steps)), np.nan)
        self.count = 0
        self.outcome = _COMPLETE
        self.charges_first = True

    def one(self, number: int) -> bool:
        """Simulate cycle `number`; False if it could not be finished."""
        simulation = self.simulation
        chain = simulation.chain
        run = chain.run(self.steps, buffer=2)
        done = len(run.summary) == len(self.steps) and run.code >= 0 and run.code < 10
        if not done:
            self.outcome = simulation.failure(run.code, run.worst)
            return False
        charge, energy = run.summary[:, 3], run.summary[:, 4]
        moved = charge[np.abs(charge) > 0.0]
        self.charges_first = bool(len(moved) == 0 or moved[0] < 0.0)
        y, slow = chain.y, self.slow
        row = self.table[self.count]
        row[:_COLUMNS] = (
            number,
            charge[charge > 0.0].sum(),
            -charge[charge < 0.0].sum(),
            energy[energy > 0.0].sum(),
            -energy[energy < 0.0].sum(),
            _mean(y, slow.film),
            _mean(y, slow.cei),
            _mean(y, slow.inventory),
            _mean(y, slow.lost),
            simulation.active,
            slow.bound(),
            slow.contact(),
            slow.lithium_contact(),
            slow.consumed(),
        )
        row[_COLUMNS::2], row[_COLUMNS + 1 :: 2] = run.summary[:, 2], run.summary[:, 6]
        self.count += 1
        if self.loss:
            simulation.lose_active_material(self.loss)
        return True

    def drop_last(self) -> None:
        self.count -= 1

    @property
    def capacity(self) -> float:
        """Of the last discharge [C/m2]."""
        return float(self.table[self.count - 1, 1])

    @property
    def duration(self) -> float:
        """Of the last cycle [s]."""
        return float(self.table[self.count - 1, _COLUMNS::2].sum())

    def result(self, error: float) -> Cycling:
        table = self.table[: self.count]
        columns = table[:, 1:_COLUMNS].T.copy()
        discharge, charge, energy_out, energy_in, film, cei, inventory, lost, active, bound, *rest = columns
        contact, lithium_contact, oxidised = rest
        return Cycling(
            number=table[:, 0].astype(np.int64),
            discharge=discharge,
            charge=charge,
            discharge_energy=energy_out,
            charge_energy=energy_in,
            durations=table[:, _COLUMNS::2].copy(),
            end_voltages=table[:, _COLUMNS + 1 :: 2].copy(),
            film=film,
            cei=cei,
            inventory=inventory,
            lost=lost,
            active=active,
            bound=bound,
            contact=contact,
            lithium_contact=lithium_contact,
            oxidised=oxidised,
            outcome=self.outcome[0],
            sentence=self.outcome[1],
            error=error,
            charge_first=self.charges_first,
        )


def cycle(
    simulation: Simulation,
    steps: Sequence[Step],
    cycles: int,
    *,
    jump: bool = False,
    tolerance: float = 1e-4,
    active_loss: float = 0.0,
    progress: Callable[[int, int], None] | None = None,
) -> Cycling:
    """Repeat the steps of one cycle; with `jump` only as many cycles are simulated as the slow states need.

    A jump carries the slow states (films, lost lithium, active material) over J cycles, a cycle is simulated where it
    lands (after one to settle), and the states are corrected with what they did there. Films follow
    ``dS/dn ~ S**p`` with p from the two
    cycles at the ends of the last jump (prediction) and of this one (correction): exact for parabolic and for constant
    growth. The distance from prediction to correction, turned into capacity by what the jump itself changed, is the
    error that sets the next J.

    Parameters
    ----------
    simulation : Simulation
        Is left after the last cycle.
    steps : sequence of Step
        Of one cycle.
    cycles : int
    jump : bool
    tolerance : float
        Largest estimated error of the discharge capacity in one jump, relative to the first capacity.
    active_loss : float
        Share of the active material that takes part that drops out after each cycle, with the lithium in it.
    progress : callable
        ``progress(cycle, cycles)``.

    Raises
    ------
    InputError
        If there is no step or no cycle, or the loss is not in 0..1.
    """
    if not steps or cycles < 1:
        raise InputError("Cycling needs one step and one cycle at least.")
    if not 0.0 <= active_loss < 1.0:
        raise InputError(f"The loss of active material per cycle is {active_loss:.4g}; it must lie in 0..1.")
    slow = _Slow(simulation)
    record = _Recorder(simulation, steps, slow, active_loss, cycles)
    if jump:
        return record.result(_jumps(record, slow, cycles, tolerance, progress))
    for number in range(1, cycles + 1):
        if not record.one(number):
            break
        if progress:
            progress(number, cycles)
    return record.result(0.0)


def _jumps(
    record: _Recorder, slow: _Slow, cycles: int, tolerance: float, progress: Callable[[int, int], None] | None
) -> float:
    """Carry out the cycles with jumps; return the sum of the estimated errors."""
    simulation = record.simulation
    chain, films = simulation.chain, slow.films
    number, total, wish = 0, 0.0, 4.0

    def simulate() -> _Slope | None:
        nonlocal number
        before = slow.read()
        number += 1
        if not record.one(number):
            return None
        if progress:
            progress(number, cycles)
        after = slow.read()
        return _Slope(0.5 * (before + after), after - before, record.capacity)

    slope = simulate()
    p, rate = np.zeros(len(slow.places[films])), np.zeros(len(slow.places[slow.relaxing]))
    until, pause = _FIRST, 2  # cycles are simulated one by one up to here; for how long after a jump that failed
    while slope is not None and number < cycles:
        length = int(min(wish, cycles - number - 2, _reach(slow, slope)))
        if number < until or length < 2:
            last, slope = slope, simulate()
            if slope is not None:
                p, rate = _exponent(last, slope, films), _rate(last, slope, slow.relaxing)
            wish = max(wish, 4.0)
            continue
        kept, first, start = simulation.snapshot(), number, slow.read()
        first_capacity = float(record.table[0, 1])
        guess = _carry(start, slope, p, length, films)
        guess[slow.relaxing] = _relaxed(start, slope, rate, length, slow.relaxing)
        slow.write(guess)
        simulation.lose_active_material(1.0 - (1.0 - record.loss) ** length)
        chain.time += length * record.duration
        number += length
        landed = simulate()  # it started from a charge with the old films: the one after it counts
        if landed is not None:
            record.drop_last()
            landed = simulate()
        if landed is None:
            if length > 3:  # find where it ends
                simulation.restore(kept)
                number, wish = first, 0.25 * length
                record.outcome = _COMPLETE
                continue
            break
        end, q = _landing(slow, start, slope, landed, length)
        error, measure = _errors(slow, start, guess, end, abs(landed.capacity - slope.capacity) / first_capacity)
        if measure > tolerance:
            simulation.restore(kept)
            record.drop_last()
            number, wish = first, max(2.0, 0.5 * length)
            if length <= 3:  # these cycles differ too much from one to the next
                until, pause = number + pause, min(2 * pause, _PAUSE)
            continue
        pause = 2
        slow.write(slow.read() + end - guess)
        rate = _rate(slope, landed, slow.relaxing)
        slope, p, total = landed, q, total + error
        wish = length * min(_GROWTH, max(0.3, 0.8 * (tolerance / max(measure, 1e-12)) ** 0.5))
    return total


def _landing(slow: _Slow, start: Array, slope: _Slope, landed: _Slope, length: int) -> tuple[Array, Array]:
    """Return the slow states after a jump, from a cycle at either end of it, and the exponents of its films."""
    q = _exponent(slope, landed, slow.films)
    end = _carry(start, slope, q, length, slow.films)
    end[slow.relaxing] = _relaxed(start, slope, _rate(slope, landed, slow.relaxing), length, slow.relaxing)
    if slow.lost:
        end[0] = start[0] + _lost(slow, start, end, slope, landed, length)
    return end, q


def _errors(slow: _Slow, start: Array, guess: Array, end: Array, fade: float) -> tuple[float, float]:
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


def _reach(slow: _Slow, slope: _Slope) -> float:
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
