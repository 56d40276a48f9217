"""A life: one cycle of a protocol, thousands of times, what is left after each, and which mechanism costs it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer import units
from ceramer.errors import InputError
from ceramer.experiments._protocol import Protocol, Repeat, ResolvedStep, resolve
from ceramer.experiments._simulate import Outcome, Runner, balance_of, chain_step, model_of
from ceramer.experiments._steps import Impedance

if TYPE_CHECKING:
    import pandas as pd

    from ceramer.cell import Cell
    from ceramer.numerics.chain import Step as ChainStep
    from ceramer.physics import ActiveMaterial, CellModel, Cycling, Metal
    from ceramer.provenance import Ledger

__all__ = ["Life", "Mechanism", "cycle", "first_crossing"]

Array = NDArray[np.float64]

_MINIMAL: Final = 1e-30
"""A loss so small that it changes nothing; with 0 the cell would be another one, whose equations are compiled anew."""
_NOTHING: Final = 1e-7
"""Of ohm cm2, mAh/cm2 or a share: a column that never goes further from its idle value is left out of a table."""
_BORNE: Final = 1e30
"""[A/m2] that lithium bears without a void."""


def first_crossing(number: Any, values: Any, level: float) -> float | None:
    """Return where values first fall to a level, between the given ones by monotone cubic interpolation; else None.

    Parameters
    ----------
    number, values : array, shape (n,)
        `number` increasing.
    level : float

    Examples
    --------
    >>> first_crossing([1, 101, 201], [1.0, 0.9, 0.8], 0.85)
    151.0
    """
    n, y = np.asarray(number, float), np.asarray(values, float)
    below = np.flatnonzero(y <= level)
    if not below.size:
        return None
    k = int(below[0])
    if k == 0 or y[k] == level:
        return float(n[k])
    from scipy.interpolate import PchipInterpolator
    from scipy.optimize import brentq

    curve = PchipInterpolator(n, y)
    return float(brentq(lambda x: float(curve(x)) - level, n[k - 1], n[k], xtol=1e-9 * n[k]))


@dataclass(frozen=True, slots=True)
class Mechanism:
    """What one mechanism of ageing costs: the same life without it.

    Attributes
    ----------
    name : str
    regained : float
        Discharge capacity that the cell has more without it, at the last cycle of its life [C/m2].
    share : float
        The same over the first capacity.
    cycles : int
        Which the cell survives without it, of those asked for.
    end_of_life : float or None
        Cycle at which the capacity falls to the share that ends its life without it, where one was given.
    """

    name: str
    regained: float
    share: float
    cycles: int
    end_of_life: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary."""
        return {
            "name": self.name,
            "regained_C_per_m2": self.regained,
            "share": self.share,
            "cycles": self.cycles,
            "end_of_life_cycle": self.end_of_life,
        }


@dataclass(frozen=True)
class Life:
    """What many cycles did to a cell: one entry of every array per simulated cycle.

    Capacities are per area [C/m2]; between simulated cycles (a jump leaves some out) `at` interpolates.

    Attributes
    ----------
    cycling : ceramer.physics.Cycling
        All that was recorded, in SI.
    outcome : Outcome
        "completed", or what ended the life before.
    cycles : int
        Asked for.
    mechanisms_given : tuple of str
        By which the cell ages.
    balance : dict of str to float
        Change of what no experiment can change, relative to its amount.
    assumed : tuple of str
        What the cell did not say and the model took for granted.
    loading : float or None
        Active material [kg/m2].
    end_share : float or None
        Share of the first capacity at which a life counts as over.
    formed : bool
        Whether something was done to the cell before the first cycle.
    """

    cycling: Cycling
    outcome: Outcome
    cycles: int
    mechanisms_given: tuple[str, ...]
    balance: dict[str, float]
    assumed: tuple[str, ...]
    loading: float | None = None
    end_share: float | None = None
    formed: bool = False
    _without: Callable[[str, Callable[[int, int], None] | None], Life] | None = field(
        default=None, repr=False, compare=False
    )

    @property
    def number(self) -> NDArray[np.int64]:
        """Which cycles were simulated, from 1."""
        return self.cycling.number

    @property
    def capacity(self) -> Array:
        """Of each discharge [C/m2]."""
        return self.cycling.discharge

    @property
    def specific_capacity(self) -> Array | None:
        """Of each discharge, per mass of active material [C/kg]; None where the loading is not known."""
        return self.capacity / self.loading if self.loading else None

    @property
    def first_capacity(self) -> float:
        """What shares refer to [C/m2]: the first discharge, or the second of a cell as assembled that starts with it.

        Such a cell has not been charged before; 0 where there is no such cycle.
        """
        return float(self.capacity[self._first]) if len(self.number) > self._first else 0.0

    @property
    def retention(self) -> Array:
        """Capacity over `first_capacity`."""
        return _over(self.capacity, np.full_like(self.capacity, self.first_capacity))

    @property
    def _first(self) -> int:
        return 0 if self.cycling.charge_first or self.formed else 1

    @property
    def coulombic_efficiency(self) -> Array:
        """Of each cycle; see `ceramer.physics.Cycling.coulombic_efficiency`."""
        return self.cycling.coulombic_efficiency

    @property
    def mean_voltage(self) -> Array:
        """Of each discharge, energy over capacity [V]; not a number where a discharge takes energy (Li | Li)."""
        return _mean_voltage(self.cycling.discharge_energy, self.cycling.discharge)

    @property
    def error(self) -> float:
        """Sum of the estimated errors of the jumps, over the first capacity; 0 where every cycle was simulated."""
        return self.cycling.error

    @property
    def last(self) -> int:
        """The last cycle that was carried out, 0 where there is none."""
        return int(self.number[-1]) if len(self.number) else 0

    @property
    def end_of_life(self) -> float | None:
        """Cycle at which the capacity falls to `end_share` of the first; None where it does not."""
        return None if self.end_share is None else self.falls_to(self.end_share)

    def falls_to(self, share: float) -> float | None:
        """Return the cycle, with its fraction, at which the capacity first falls to a share of the first one."""
        return first_crossing(self.number[self._first :], self.retention[self._first :], share)

    def at(self, cycles: Any, name: str = "discharge") -> Array:
        """Return a quantity of `cycling` at any cycle up to the last, by monotone cubic interpolation."""
        wanted = np.atleast_1d(np.asarray(cycles))
        if not len(self.number) or wanted.min() < 1 or wanted.max() > self.last:
            raise InputError(f"This life has the cycles 1 to {self.last}; ask for one of them.")
        return self.cycling.at(wanted, name)

    @property
    def sentence(self) -> str:
        """How the life went, in one sentence."""
        if not len(self.number):
            return f"The cell did not finish its first cycle: {_lower(self.outcome.sentence)}"
        left = f"{100.0 * self.retention[-1]:.3g} % of the first capacity is left"
        if not self.first_capacity > 0.0:
            left = "there is no first capacity to compare with"
        if self.outcome.completed:
            told = f"All {self.cycles} cycles were carried out; {left}"
        else:
            told = f"Stopped after {self.last} of {self.cycles} cycles; {left}"
        if self.end_share is not None:
            share = f"{100.0 * self.end_share:.4g} %"
            end = self.end_of_life
            told += f"; it does not fall to {share}" if end is None else f"; it falls to {share} at cycle {end:.0f}"
        return f"{told}." if self.outcome.completed else f"{told}: {_lower(self.outcome.sentence)}"

    def mechanisms(self, *, progress: Callable[[int, int], None] | None = None) -> tuple[Mechanism, ...]:
        """Live the same life once for each mechanism of ageing, without it; the one that costs most comes first.

        Mechanisms act on each other, so what they cost need not add up to what is lost.

        Parameters
        ----------
        progress : callable
            ``progress(cycle, cycles)`` over all these lives together.

        Raises
        ------
        InputError
            If this life was not made by `cycle`, or has no first capacity.
        """
        if self._without is None or not self.first_capacity > 0.0:
            raise InputError("Only a life made by `cycle` that has a first capacity can be lived again.")
        found = []
        many = len(self.mechanisms_given)
        for k, name in enumerate(self.mechanisms_given):
            other = self._without(name, _part(progress, k, many))
            there = float(other.at(self.last)[0]) if other.last >= self.last else 0.0
            regained = there - float(self.capacity[-1])
            found.append(Mechanism(name, regained, regained / self.first_capacity, other.last, other.end_of_life))
        return tuple(sorted(found, key=lambda m: (-m.cycles, -m.regained)))

    def columns(self) -> dict[str, Array]:
        """Return the table of cycles, columns named by quantity and unit; what no part of the cell has is left out."""
        c = self.cycling
        areal = 1.0 / units.si_factor("mAh/cm2")
        film = 1.0 / units.si_factor("ohm cm2")
        energy = 1.0 / units.si_factor("mWh/cm2")
        found: dict[str, Array] = {
            "cycle": c.number.astype(float),
            "discharge capacity / mAh/cm2": areal * c.discharge,
            "charge capacity / mAh/cm2": areal * c.charge,
        }
        specific = self.specific_capacity
        if specific is not None:
            found["specific discharge capacity / mAh/g"] = specific / units.si_factor("mAh/g")
        found |= {
            "retention": self.retention,
            "coulombic efficiency": self.coulombic_efficiency,
            "discharge energy / mWh/cm2": energy * c.discharge_energy,
            "energy efficiency": _over(np.where(c.discharge_energy > 0.0, c.discharge_energy, np.nan), c.charge_energy),
            "mean discharge voltage / V": self.mean_voltage,
            "mean charge voltage / V": _mean_voltage(c.charge_energy, c.charge),
            "duration / h": c.durations.sum(axis=1) / 3600.0,
            "film / ohm cm2": film * c.film,
            "film on the particles / ohm cm2": film * c.cei,
            "lithium of the negative electrode / mAh/cm2": areal * c.inventory,
            "lithium lost / mAh/cm2": areal * c.lost,
            "lithium bound on the particles / mAh/cm2": areal * c.bound,
            "active material": c.active,
            "contact of the particles": c.contact,
            "contact of the negative electrode": c.lithium_contact,
            "oxidised / mAh/cm2": areal * c.oxidised,
        }
        idle = {  # where a cell without it stands, and stays
            **dict.fromkeys(("film / ohm cm2", "film on the particles / ohm cm2"), 0.0),
            **dict.fromkeys(("lithium lost / mAh/cm2", "lithium bound on the particles / mAh/cm2"), 0.0),
            **dict.fromkeys(("oxidised / mAh/cm2",), 0.0),
            **dict.fromkeys(("active material", "contact of the particles", "contact of the negative electrode"), 1.0),
        }
        moves = {name: bool(np.any(np.abs(found[name] - x) > _NOTHING)) for name, x in idle.items()}
        return {name: x for name, x in found.items() if moves.get(name, True)}

    def to_dataframe(self) -> pd.DataFrame:
        """Return the table of cycles, one row per simulated cycle."""
        import pandas as pd

        table = pd.DataFrame(self.columns())
        return table.astype({"cycle": int})

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary; what is not a number is None."""
        return {
            "schema_version": 1,
            "outcome": {"name": self.outcome.name, "sentence": self.outcome.sentence},
            "sentence": self.sentence,
            "cycles": self.cycles,
            "last_cycle": self.last,
            "retention": float(self.retention[-1]) if self.first_capacity > 0.0 else None,
            "end_of_life": None if self.end_share is None else {"share": self.end_share, "cycle": self.end_of_life},
            "error": self.error,
            "mechanisms_given": list(self.mechanisms_given),
            "balance": dict(self.balance),
            "assumed": list(self.assumed),
            "columns": {
                name: [x if math.isfinite(x) else None for x in values.tolist()]
                for name, values in self.columns().items()
            },
        }


def _part(progress: Callable[[int, int], None] | None, k: int, many: int) -> Callable[[int, int], None] | None:
    """Return the progress of part k of many as one of the whole."""
    return None if progress is None else lambda n, total: progress(k * total + n, many * total)


def _over(a: Array, b: Array) -> Array:
    return np.divide(a, b, out=np.full_like(a, np.nan), where=b > 0.0)


def _mean_voltage(energy: Array, charge: Array) -> Array:
    return _over(np.where(energy > 0.0, energy, np.nan), charge)


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def cycle(
    cell: Cell | CellModel,
    protocol: Protocol,
    cycles: int,
    *,
    jump: bool = True,
    tolerance: float = 1e-4,
    end_of_life: float | None = None,
    active_material_loss: float | None = None,
    temperature: float | None = None,
    area: float | None = None,
    areal_capacity: float | None = None,
    loading: float | None = None,
    relative_tolerance: float = 1e-4,
    method: str = "rodas4",
    ledger: Ledger | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Life:
    """Carry out one cycle of a protocol many times, ageing as the cell says, and return what is left after each.

    Parameters
    ----------
    cell : Cell or CellModel
        What it says about its ageing happens, and nothing else (`ceramer.cell.Ageing`).
    protocol : Protocol
        Its last repeat is the cycle, however often it says; what stands before is carried out once (formation).
        Without a repeat all of it is the cycle.
    cycles : int
        After the formation.
    jump : bool
        Simulate only as many cycles as what changes slowly needs; False, or where a positive metal ages: every one.
    tolerance : float
        Largest estimated error of the capacity in one jump, relative to the first capacity.
    end_of_life : float, optional
        Share of the first capacity at which the life counts as over ("at which cycle?"); cycling goes on.
    active_material_loss : float, optional
        Share of the active material that drops out in each cycle, instead of the cell's.
    temperature, area, areal_capacity, loading, relative_tolerance, method
        As in `run`.
    ledger : Ledger, optional
        Through which what the cell leaves blank is read; one on the catalogue where left out.
    progress : callable
        ``progress(cycle, cycles)``.

    Raises
    ------
    InputError
        For a cell or a protocol that does not say enough, a protocol whose cycle cannot be repeated, or a formation
        that does not go through.
    """
    if isinstance(cycles, bool) or not isinstance(cycles, (int, np.integer)) or cycles < 1:
        raise InputError(f"A life has a whole number of cycles, 1 or more, not {cycles!r}.")
    if end_of_life is not None and not 0.0 < end_of_life < 1.0:
        raise InputError(f"The end of life is a share of the first capacity between 0 and 1, not {end_of_life:.4g}.")
    before, repeated = _parts(protocol)
    model, notes, about = model_of(cell, temperature, area, areal_capacity, loading, ledger)
    basis: dict[str, Any] = {"area": about["area"], "areal_capacity": about["areal_capacity"]}
    formation = resolve(before, **basis, loading=about["loading"]) if before is not None else ()
    steps = resolve(repeated, **basis, loading=about["loading"])
    loss = active_material_loss
    if loss is None:
        ageing = getattr(getattr(cell, "positive", None), "ageing", None)
        loss = 0.0 if ageing is None else ageing.active_material_loss
    plan = _Plan(
        formation,
        [_repeatable(step, protocol) for step in steps],
        before or repeated,
        int(cycles),
        {"jump": jump, "tolerance": tolerance},
        {"relative_tolerance": relative_tolerance, "method": method, "voltage_window": steps[0].safety},
        about["loading"],
        end_of_life,
    )
    return plan.live(model, loss, notes, progress)


def _parts(protocol: Protocol) -> tuple[Protocol | None, Protocol]:
    """Return what is carried out once before the cycles, and one cycle."""
    for entry in protocol.schedule():
        if isinstance(entry.step.action, Impedance):
            raise InputError(
                f"The protocol {protocol.name!r} measures impedance, and a life records none; leave that step out."
            )
    repeats = [k for k, step in enumerate(protocol.steps) if isinstance(step, Repeat)]
    if not repeats:
        return None, protocol
    last = repeats[-1]
    if last + 1 < len(protocol.steps):
        raise InputError(
            f"The protocol {protocol.name!r} goes on after its last repeat with '{protocol.steps[last + 1]}', which no "
            "cycle of a life would reach; put it into the repeat, or leave it out."
        )
    block = protocol.steps[last]
    assert isinstance(block, Repeat)
    once = replace(protocol, steps=protocol.steps[:last]) if last else None
    return once, replace(protocol, steps=block.steps)


def _repeatable(step: ResolvedStep, protocol: Protocol) -> ChainStep:
    if step.value is None and step.target is not None:
        raise InputError(
            f"The protocol {protocol.name!r} scans from wherever the cell stands, which differs from cycle to cycle; "
            "say where the scan starts, as in 'Scan from 3 V to 4.2 V at 1 mV/s'."
        )
    return chain_step(step, None)


@dataclass(frozen=True)
class _Plan:
    """Everything of a life but the cell."""

    formation: tuple[ResolvedStep, ...]
    steps: list[ChainStep]
    protocol: Protocol
    cycles: int
    cycling: dict[str, Any]
    solver: dict[str, Any]
    loading: float | None
    end_of_life: float | None

    def live(
        self, model: CellModel, loss: float, notes: tuple[str, ...], progress: Callable[[int, int], None] | None
    ) -> Life:
        """Live one life."""
        from ceramer import physics

        simulation = model.simulation(**self.solver)
        before = {name: simulation.amount(name) for name in simulation.conserved}
        if self.formation:
            formed = Runner(simulation, self.formation, self.protocol, False, None, False).run()
            if not formed.outcome.completed:
                raise InputError(f"The cell did not go through its formation. {formed.outcome.sentence}")
        else:
            simulation.chain.settle("current", 0.0)
        options = dict(self.cycling)
        if options["jump"] and not _can_jump(model):
            options["jump"] = False
            notes = (*notes, "every cycle is simulated: a jump carries what ages at the negative electrode only")
        done = physics.cycle(simulation, self.steps, self.cycles, active_loss=loss, progress=progress, **options)
        completed = done.outcome == "complete"
        outcome = Outcome("completed" if completed else done.outcome, done.sentence)
        ways = _ways_without(model, loss)

        def without(name: str, note: Callable[[int, int], None] | None) -> Life:
            other, kept = ways[name]
            return self.live(other, kept, (), note)

        if not ways:
            notes = (*notes, "nothing ages: the cell says of no mechanism how fast it is")
        return Life(
            done,
            outcome,
            self.cycles,
            tuple(ways),
            balance_of(simulation, before),
            notes,
            self.loading,
            self.end_of_life,
            bool(self.formation),
            without,
        )


def _can_jump(model: CellModel) -> bool:
    """Whether all that ages is what a jump carries: the negative electrode and particles, not a positive metal."""
    return not (model.positive.ages or model.positive.film_growth > 0.0)


def _ways_without(model: CellModel, loss: float) -> Mapping[str, tuple[CellModel, float]]:
    """Return, by the name of each mechanism at work, the model and the loss of active material without it."""
    from ceramer.physics import PorousCathode

    found: dict[str, tuple[CellModel, float]] = {}
    for side in ("negative", "positive"):
        metal: Metal = getattr(model, side)
        for name, changed in _of_metal(metal).items():
            key = f"{name} {metal.name}" if side == "negative" else f"{name} {metal.name}, positive electrode"
            changes: dict[str, Any] = {side: replace(metal, **changed)}
            found[key] = (replace(model, **changes), loss)
    last = model.layers[-1]
    if not isinstance(last, PorousCathode):
        return found

    for name, without in (
        ("film on the particles", _without_film),
        ("loss of contact of the particles", lambda m: {"contact_loss": _MINIMAL} if m.contact_loss else {}),
        ("oxidation in the cathode", lambda m: {"oxidation_current": _MINIMAL} if m.oxidation_current else {}),
    ):
        if any(without(m) for m in last.materials):
            materials = tuple(replace(m, **without(m)) for m in last.materials)
            found[name] = (replace(model, layers=(*model.layers[:-1], replace(last, materials=materials))), loss)
    if loss > 0.0:
        found["loss of active material"] = (model, 0.0)
    return found


def _of_metal(metal: Metal) -> dict[str, dict[str, Any]]:
    """Return what has to change in a metal so that it is without a mechanism, by its name."""
    found: dict[str, dict[str, Any]] = {}
    law = metal.film_law
    if _at_work(law):
        found[f"{getattr(law, 'what', 'film')} on"] = {"film_law": _stopped(law)}
    elif law is None and metal.film_growth > 0.0:
        found["film on"] = {"film_growth": 0.0}
    if metal.dead_lithium > 0.0:
        found["dead lithium on"] = {"dead_lithium": 0.0}
    if metal.voids is not None:
        found["voids under"] = {"voids": replace(metal.voids, borne_current_density=_BORNE)}
    return found


def _without_film(particles: ActiveMaterial) -> dict[str, Any]:
    law = particles.laws.cei_growth
    return {"laws": replace(particles.laws, cei_growth=_stopped(law))} if _at_work(law) else {}


def _at_work(law: Any) -> bool:
    """Whether a film grows by a law."""
    from ceramer.physics import GrowthLaw

    return law.grows if isinstance(law, GrowthLaw) else law is not None


def _stopped(law: Any) -> Any:
    """Return the law of a film that stays as it is."""
    from ceramer.physics import GrowthLaw, no_growth

    return law.stopped() if isinstance(law, GrowthLaw) else no_growth
