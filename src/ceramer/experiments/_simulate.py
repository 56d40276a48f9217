"""`simulate`: a cell, a protocol, and the measurements that an instrument would have made of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.experiments._pack import pack
from ceramer.experiments._protocol import Protocol, ResolvedStep, protocol_of, resolve
from ceramer.experiments._realism import observe
from ceramer.measurement import Measurement

if TYPE_CHECKING:
    from ceramer.cell import Cell
    from ceramer.numerics.chain import Run
    from ceramer.numerics.chain import Step as ChainStep
    from ceramer.physics import CellModel, Simulation
    from ceramer.provenance import Ledger

__all__ = [
    "OUTCOMES",
    "Experiment",
    "Outcome",
    "Profiles",
    "Runner",
    "balance_of",
    "chain_step",
    "model_of",
    "run",
    "simulate",
]

Array = NDArray[np.float64]

OUTCOMES: Final = {
    "completed": "every step of the protocol was carried out",
    "salt depleted": "the salt of a polymer is used up somewhere",
    "lithium exhausted": "an electrode has no lithium left",
    "mixed conductor empty": "a layer of a mixed conductor holds no more lithium somewhere",
    "mixed conductor full": "a layer of a mixed conductor is full of lithium somewhere",
    "particles empty": "the surface of particles of a cathode holds no more lithium somewhere",
    "particles full": "the surface of particles of a cathode is full of lithium somewhere",
    "outside the safety window": "the voltage left the window of the protocol, or went beyond 100 V",
    "no consistent state": "the cell cannot carry the current, or take the voltage, that a step asks for",
    "time step underflow": "the equations could not be followed any further",
    "too many time steps": "a step of the protocol took more steps of the solver than allowed",
}
"""How a run can end."""

_SETTLED: Final = 0.01  # s
_ROWS: Final = 200
_ENDS: Final = (math.inf, math.inf, 1.0)
"""Sampling that keeps the two ends of a step only."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: a name of `OUTCOMES`, and what happened in one sentence."""

    name: str
    sentence: str

    @property
    def completed(self) -> bool:
        """Whether every step was carried out."""
        return self.name == "completed"


@dataclass(frozen=True, slots=True)
class Profiles:
    """Unknowns of the layers over place and time: `position` [m], `time` [s], `values` by name, shape (time, place)."""

    position: dict[str, Array]
    time: Array
    values: dict[str, Array]


@dataclass(frozen=True, slots=True)
class Experiment:
    """A simulated experiment.

    Attributes
    ----------
    measurements : tuple of Measurement
        In the order in which they were made.
    outcome : Outcome
    summary : dict of str to array
        One row per step that was begun: see `ceramer.numerics.chain.SUMMARY`; current density [A/m2] and charge [C/m2]
        positive in discharge, duration [s], energy [J/m2].
    balance : dict of str to float
        Change of what no experiment can change, relative to its amount: "salt", "lithium", "charge".
    assumed : tuple of str
        What the cell did not say and the model took for granted.
    profiles : Profiles or None
    """

    measurements: tuple[Measurement, ...]
    outcome: Outcome
    summary: dict[str, Array]
    balance: dict[str, float]
    assumed: tuple[str, ...]
    profiles: Profiles | None = field(default=None, repr=False)


def simulate(
    cell: Cell | CellModel, protocol: Protocol | str | Sequence[str], *, seed: int | None = None, **options: Any
) -> Measurement | list[Measurement]:
    """Carry out a protocol on a cell and return what the instrument would have recorded.

    Parameters
    ----------
    cell : Cell or CellModel
        A cell of the library or of a file, or one written in SI (then with ``area=`` [m2]).
    protocol : Protocol, str or sequence of str
        From `ceramer.protocols`, a file, or steps of your own ("Hold at 10 mV for 2 h").
    seed : int, optional
        Of the noise, where the protocol has an instrument.
    **options
        Of `run`.

    Returns
    -------
    Measurement, or a list of them
        One where the protocol makes one (a time series, or a spectrum), else all in order: ``analyse`` takes both.
        How the run ended stands in ``details["outcome"]``, and in `warnings` if it did not complete.

    Raises
    ------
    InputError
        For a cell or a protocol that does not say enough, in one sentence.

    Examples
    --------
    >>> import ceramer
    >>> cell = ceramer.Cell.symmetric("SS", ceramer.load_stack("PCE"), area="1 cm2", temperature="30 degC")
    >>> spectrum = simulate(cell, ceramer.protocols.EIS("1 MHz", "1 Hz"))
    >>> float(spectrum.impedance[0].real)  # ohm, (350 um)/(sigma 1 cm2)
    19.29
    """
    measurements = run(cell, protocol, seed=seed, **options).measurements
    return measurements[0] if len(measurements) == 1 else list(measurements)


def run(
    cell: Cell | CellModel,
    protocol: Protocol | str | Sequence[str],
    *,
    seed: int | None = None,
    temperature: float | None = None,
    area: float | None = None,
    areal_capacity: float | None = None,
    loading: float | None = None,
    profiles: bool = False,
    series: bool = True,
    relative_tolerance: float = 1e-4,
    method: str = "rodas4",
    progress: Callable[[float, float, int, int], None] | None = None,
) -> Experiment:
    """Carry out a protocol and return everything: measurements, outcome, balances, profiles.

    Parameters
    ----------
    cell, protocol, seed
        As in `simulate`.
    temperature : float
        [K], instead of the cell's.
    area, areal_capacity, loading : float
        [m2], [C/m2] for C-rates, [kg/m2]; the cell's own where None.
    profiles : bool
        Keep concentration and potential over place at every recorded time.
    series : bool
        False keeps the two ends of each step only (and the summary): thousands of cycles in little memory.
    relative_tolerance : float
        Of the time integration; the absolute one is 1e-2 of it times the usual size of an unknown.
    method : str
        "rodas4" or "rodas5p".
    progress : callable
        ``progress(time, voltage, step, steps)`` now and then.
    """
    protocol = protocol_of(protocol)
    model, notes, about = model_of(cell, temperature, area, areal_capacity, loading)
    steps = resolve(protocol, about["area"], about["areal_capacity"], loading=about["loading"])
    window = steps[0].safety if steps else (-math.inf, math.inf)
    simulation = model.simulation(method=method, relative_tolerance=relative_tolerance, voltage_window=window)
    before = {name: simulation.amount(name) for name in simulation.conserved}
    record = Runner(simulation, steps, protocol, profiles, progress, series).run()
    balance = balance_of(simulation, before)
    metadata = {
        "temperature": model.temperature,
        # a cell with a porous electrode has no thickness by which its resistance becomes a conductivity
        "thickness": None if model.layers[-1].kind == "cathode" else sum(layer.thickness for layer in model.layers),
        "electrodes": f"{model.negative.name} | {model.positive.name}",
        "details": {
            "outcome": record.outcome.name,
            "balance": ", ".join(f"{name} {value:.1e}" for name, value in balance.items()),
            **({"assumed": "; ".join(notes)} if notes else {}),
        },
        "warnings": () if record.outcome.completed else (record.outcome.sentence,),
    }
    rows = record.rows
    measurements = pack(
        protocol,
        steps,
        time=rows[:, 0],
        voltage=rows[:, 1],
        current_density=rows[:, 2],
        position=rows[:, 4].astype(int),
        area=about["area"],
        spectra=record.spectra,
        cell=model.name,
        **metadata,
    )
    if protocol.instrument is not None:
        instrument = protocol.instrument
        measurements = [observe(m, instrument, None if seed is None else seed + k) for k, m in enumerate(measurements)]
    from ceramer.numerics.chain import SUMMARY

    table = {name: record.summary[:, k].copy() for k, name in enumerate(SUMMARY)}
    return Experiment(
        tuple(measurements), record.outcome, table, balance, notes, record.profiles() if profiles else None
    )


def model_of(
    cell: Any,
    temperature: float | None,
    area: float | None,
    areal_capacity: float | None,
    loading: float | None,
    ledger: Ledger | None = None,
) -> tuple[CellModel, tuple[str, ...], dict[str, Any]]:
    """Return the model of a cell, what was assumed for it, and area, areal capacity and loading that a protocol needs.

    What the cell leaves blank is read through `ledger`, where one is given.
    """
    from ceramer.cell import Cell
    from ceramer.physics import CellModel, cell_model

    about = {"area": area, "areal_capacity": areal_capacity, "loading": loading}
    if isinstance(cell, CellModel):
        if area is None:
            raise InputError("A cell written in SI has no area: give it, as in area=1e-4 (1 cm2 in m2).")
        return cell, (), about
    if not isinstance(cell, Cell):
        raise InputError(
            f"simulate takes a Cell, such as Cell.symmetric('Li', load_stack('PCE'), area='1 cm2'), not "
            f"a {type(cell).__name__}."
        )
    model, notes = cell_model(cell, temperature, ledger)
    about["area"] = area or cell.area
    if cell.positive.type == "porous":  # a foil has a capacity too, but nobody means it by 1C
        about["areal_capacity"] = areal_capacity or (cell.positive.areal_capacity or None)
    about["loading"] = loading or (cell.positive.loading or None)
    if about["area"] is None:
        raise InputError(
            f"The cell {cell.name or cell.stack.name} has no area, which its paper does not state: give one, as in "
            "area=1e-4 (1 cm2 in m2)."
        )
    return model, notes, about


def chain_step(step: ResolvedStep, sampling: tuple[float, float, float] | None) -> ChainStep:
    """Return a step as the solver takes it.

    `sampling` is the interval of its rows, the first one [s], and how fast they widen; None keeps no rows.
    """
    from ceramer.numerics.chain import Step as ChainStep

    if step.control == "impedance":
        return ChainStep("current", math.nan, 0.0, cycle=step.cycle)
    period, first, widening = sampling or _ENDS
    return ChainStep(
        step.control,
        math.nan if step.value is None else step.value,
        step.duration,
        step.rate,
        step.voltage_above,
        step.voltage_below,
        step.current_below if step.current_below > 0.0 else -1.0,
        step.charge,
        period,
        first,
        step.cycle,
        widening,
        record=sampling is not None,
        current_above=step.current_above,
    )


@dataclass
class _Record:
    rows: Array
    summary: Array
    spectra: dict[int, NDArray[np.complex128]]
    outcome: Outcome
    simulation: Simulation
    names: dict[str, tuple[Array, int, int]]

    def profiles(self) -> Profiles:
        values = {name: self.rows[:, 6 + a : 6 + b] for name, (_, a, b) in self.names.items()}
        return Profiles({name: x for name, (x, _, _) in self.names.items()}, self.rows[:, 0], values)


class Runner:
    """Feeds the steps of a protocol to the chain, in runs as long as no step depends on what came before."""

    def __init__(
        self,
        simulation: Simulation,
        steps: Sequence[ResolvedStep],
        protocol: Protocol,
        profiles: bool,
        progress: Callable[[float, float, int, int], None] | None,
        series: bool,
    ) -> None:
        self.simulation, self.steps, self.protocol, self.progress = simulation, steps, protocol, progress
        self.series = series
        self.spectra: dict[int, NDArray[np.complex128]] = {}
        self.probes: list[int] = []
        self.names: dict[str, tuple[Array, int, int]] = {}
        if profiles:
            self._choose()

    def _choose(self) -> None:
        chain, simulation = self.simulation.chain, self.simulation
        for name in ("concentration", "potential", "ceramic_potential", "stoichiometry"):
            nodes = [
                k
                for k, node in enumerate(chain.nodes)
                if simulation.layer_of[k] and any(u.name == name for u in node.kind.unknowns)
            ]
            if nodes:
                start = len(self.probes)
                self.probes += [chain.unknown(k, name) for k in nodes]
                self.names[name] = (simulation.position[nodes], start, len(self.probes))

    def _chain_step(self, step: ResolvedStep) -> ChainStep:
        return chain_step(step, _sampling(step, self.protocol) if self.series else _ENDS)

    def _segments(self) -> Iterator[tuple[int, list[ResolvedStep]]]:
        """Yield (first step, steps): an impedance, or a ramp from the present state, starts a run of its own."""
        start = 0
        kept: list[ResolvedStep] = []
        for k, step in enumerate(self.steps):
            waits = step.control == "impedance" or (step.value is None and step.target is not None)
            if waits and kept:
                yield start, kept
                kept = []
            if not kept:
                start = k
            kept.append(step)
            if step.control == "impedance":
                yield start, kept
                kept = []
        if kept:
            yield start, kept

    def run(self) -> _Record:
        chain = self.simulation.chain
        rows: list[Array] = []
        summaries: list[Array] = []
        outcome = Outcome("completed", "Every step of the protocol was carried out.")
        chain.settle("current", 0.0)
        total = len(self.steps)
        for start, found in self._segments():
            segment = found
            if segment[0].control == "impedance":
                self.spectra[start] = chain.impedance(segment[0].frequencies)
            else:
                present = chain.voltage if segment[0].control == "voltage" else chain.current
                segment = [segment[0].started_at(present), *segment[1:]]
            note = self.progress
            done = chain.run(
                [self._chain_step(step) for step in segment],
                self.probes,
                progress=(lambda t, v, k, _, s=start, f=note: f(t, v, s + k, total)) if note else None,  # type: ignore[misc]
            )
            block = done.rows.copy()
            block[:, 4] += start
            rows.append(block)
            summaries.append(done.summary)
            if done.code < 0 or done.code >= 10:
                outcome = self._failure(done, start)
                break
        width = 6 + len(self.probes)
        return _Record(
            _settled(np.concatenate(rows), self.steps) if rows else np.zeros((0, width)),
            np.concatenate(summaries) if summaries else np.zeros((0, 14)),
            self.spectra,
            outcome,
            self.simulation,
            self.names,
        )

    def _failure(self, done: Run, start: int) -> Outcome:
        simulation = self.simulation
        at = start + len(done.summary)
        moment = f"in step {at} of {len(self.steps)}, after {simulation.chain.time:.4g} s"
        name, sentence = simulation.failure(done.code, done.worst)
        return Outcome(name, f"Stopped {moment}: {sentence[0].lower() + sentence[1:]}")


def _sampling(step: ResolvedStep, protocol: Protocol) -> tuple[float, float, float]:
    """Return the interval of the rows, the first one [s], and how fast they widen.

    A stated period is kept as an instrument would. Otherwise rows are dense at the start of a step, where things
    change, and thin out to 200 a step (a scan: every 5 mV).
    """
    period = step.period if step.period is not None else protocol.period
    scan = step.control == "voltage" and step.rate != 0.0
    if step.voltage_resolution is not None:
        return (abs(step.voltage_resolution / step.rate), math.inf, 1.0) if scan else (0.0, 0.0, 1.0)
    if period is not None:
        return period, min(period, _SETTLED) if step.control == "voltage" and not scan else period, math.inf
    if scan:
        return abs(5e-3 / step.rate), math.inf, 1.0
    longest = step.duration / _ROWS if math.isfinite(step.duration) else 30.0
    return longest, min(_SETTLED, longest), 1.2


def _settled(rows: Array, steps: Sequence[ResolvedStep]) -> Array:
    """Leave out the first instant after a jump of the voltage, in which only the double layers are charged.

    An instrument takes its first row some milliseconds later (`_SETTLED`).
    """
    if not len(rows):
        return rows
    position = rows[:, 4].astype(int)
    first = np.concatenate([[True], np.diff(position) != 0])
    alone = np.concatenate([np.diff(position) != 0, [True]])
    held = np.array([s.control == "voltage" and s.value is not None for s in steps])[position]
    chosen: Array = rows[~(first & held & ~alone)]
    return chosen


def balance_of(simulation: Simulation, before: dict[str, float]) -> dict[str, float]:
    """Return by how much each conserved quantity has changed since it was `before`, relative to what parts hold of it.

    Between blocking metals the parts may hold opposite amounts and all of them together nothing.
    """
    out = {}
    for name, amount in before.items():
        places, weights = simulation.conserved[name]
        size = max(abs(amount), float(np.abs(weights * simulation.chain.y[places]).sum()), 1e-30)
        out[name] = (simulation.amount(name) - amount) / size if size > 1e-30 else 0.0
    return out
