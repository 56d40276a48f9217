"""Thousands of cycles: every one of them, or the slow states carried over many at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.numerics.chain import Step
from ceramer.physics._simulation import Simulation
from ceramer.physics._slow import Slope, SlowStates, carry, errors, exponent, landing, rate_of, reach, relaxed, share_of

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
        Film of the negative electrode, mean film on the surface of the particles where one grows [ohm m2].
    inventory, lost : array
        Lithium of the negative electrode and what it has lost [C/m2].
    active : array
        Active material that still takes part, over the first.
    bound : array
        Lithium that films on the particles have bound since the start, those of lost active material left out [C/m2].
    contact, lithium_contact : array
        Share of the surface of all particles, and of the negative electrode's, that is still in contact.
    oxidised : array
        Charge that the oxidation of the electrolyte in the cathode has passed since the start, and the salt it has
        consumed times F [C/m2].
    outcome, sentence : str
        "complete", or what ended the cycling before.
    error : float
        With jumps: estimated error of the discharge capacity, over the first one. The sum of all jumps, or more where
        what they left is worth more later, because the capacity falls faster there.
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


def _mean(values: Array, places: Sequence[int]) -> float:
    return float(np.mean(values[list(places)])) if places else 0.0


class _Recorder:
    """One cycle after the other into the rows of a table made before the first: memory does not grow with cycles."""

    def __init__(
        self, simulation: Simulation, steps: Sequence[Step], slow: SlowStates, loss: float, cycles: int
    ) -> None:
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
            slow.film_on_particles(),
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
        If there is no step or no cycle, the loss is not in 0..1, or a metal ages that a jump cannot carry.
    """
    if not steps or cycles < 1:
        raise InputError("Cycling needs one step and one cycle at least.")
    if not 0.0 <= active_loss < 1.0:
        raise InputError(f"The loss of active material per cycle is {active_loss:.4g}; it must lie in 0..1.")
    positive = simulation.model.positive
    if jump and (positive.ages or positive.film_growth > 0.0):
        raise InputError(
            "A jump carries what ages at the negative electrode only, but the positive one "
            f"({positive.name}) ages too: simulate every cycle (jump=False)."
        )
    slow = SlowStates(simulation)
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
    record: _Recorder, slow: SlowStates, cycles: int, tolerance: float, progress: Callable[[int, int], None] | None
) -> float:
    """Carry out the cycles with jumps; return the sum of the estimated errors."""
    simulation = record.simulation
    chain, films = simulation.chain, slow.films
    number, total, wish = 0, 0.0, 4.0
    astray, later = np.zeros(len(slow.places)), 0.0  # all corrections so far, and what they come to where it is steep

    def simulate() -> Slope | None:
        nonlocal number
        before = slow.read()
        number += 1
        if not record.one(number):
            return None
        if progress:
            progress(number, cycles)
        after = slow.read()
        return Slope(0.5 * (before + after), after - before, record.capacity)

    slope = simulate()
    p, rate = np.zeros(len(slow.places[films])), np.zeros(len(slow.places[slow.relaxing]))
    until, pause = _FIRST, 2  # cycles are simulated one by one up to here; for how long after a jump that failed
    while slope is not None and number < cycles:
        length = int(min(wish, cycles - number - 2, reach(slow, slope)))
        if number < until or length < 2:
            last, slope = slope, simulate()
            if slope is not None:
                steep = abs(slope.capacity - last.capacity) / float(record.table[0, 1])
                later = max(later, steep * share_of(slow, astray, slope.change))
                p, rate = exponent(last, slope, films), rate_of(last, slope, slow.relaxing)
            wish = max(wish, 4.0)
            continue
        kept, first, start = simulation.snapshot(), number, slow.read()
        first_capacity = float(record.table[0, 1])
        guess = carry(start, slope, p, length, films)
        guess[slow.relaxing] = relaxed(start, slope, rate, length, slow.relaxing)
        slow.write(guess)
        simulation.lose_active_material(1.0 - (1.0 - record.loss) ** length)
        chain.time += length * record.duration
        number += length
        landed = simulate()  # it started from a charge with the old films: the one after it counts
        if landed is not None:
            record.drop_last()
            landed = simulate()
        if landed is None:
            simulation.restore(kept)
            number, wish = first, 0.25 * length
            record.outcome = _COMPLETE
            if length <= 3:  # it ends in one of the next cycles
                until = number + length + 2
            continue
        end, q = landing(slow, start, slope, landed, length)
        fade = abs(landed.capacity - slope.capacity) / first_capacity
        error, measure = errors(slow, start, guess, end, fade)
        if measure > tolerance:
            simulation.restore(kept)
            record.drop_last()
            number, wish = first, max(2.0, 0.5 * length)
            if length <= 3:  # these cycles differ too much from one to the next
                until, pause = number + pause, min(2 * pause, _PAUSE)
            continue
        pause = 2
        astray += np.abs(end - guess)
        later = max(later, fade * share_of(slow, astray, end - start))
        corrected = slow.read() + end - guess
        corrected[slow.relaxing] = np.maximum(corrected[slow.relaxing], 0.0)
        slow.write(corrected)
        rate = rate_of(slope, landed, slow.relaxing)
        slope, p, total = landed, q, total + error
        wish = length * min(_GROWTH, max(0.3, 0.8 * (tolerance / max(measure, 1e-12)) ** 0.5))
    return max(total, later)
