"""The bench: published cells as models, and what each experiment of the papers reads off them (SI in, SI out)."""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.library._systems import build_cell, cell_spec
from ceramer.provenance import Ledger

if TYPE_CHECKING:
    from ceramer.experiments import Experiment, Protocol
    from ceramer.measurement import Measurement
    from ceramer.physics import CellModel

__all__ = ["SAMPLES", "Bench", "answer", "bench", "limiting_current_density"]

SAMPLES = 32
"""For the uncertainty of a simulated experiment."""

_MAH_PER_CM2 = 36000.0  # C/m2
_SMALL = 1e-3  # A/m2: far below any limiting current here, so that everything is proportional to it


@dataclass(frozen=True)
class Bench:
    """A model of a cell with its area [m2]; every method is one experiment on a fresh cell."""

    model: CellModel
    area: float

    def changed(self, negative: dict[str, Any] | None = None, positive: dict[str, Any] | None = None) -> Bench:
        """Return the cell with other numbers of its electrodes (fields of `physics.Metal`)."""
        model = dataclasses.replace(
            self.model,
            negative=dataclasses.replace(self.model.negative, **(negative or {})),
            positive=dataclasses.replace(self.model.positive, **(positive or {})),
        )
        return dataclasses.replace(self, model=model)

    def run(self, protocol: Protocol, **options: Any) -> Experiment:
        """Carry out a protocol."""
        from ceramer.experiments import run

        return run(self.model, protocol, area=self.area, **options)

    # --- impedance ---------------------------------------------------------------------------------------------------

    def impedance(self, frequencies: list[float]) -> NDArray[np.complex128]:
        """Return the impedance per area [ohm m2] at rest."""
        chain = self.model.simulation().chain
        chain.settle("current", 0.0)
        return np.asarray(chain.impedance(np.array(frequencies)))

    def spectrum(self, f_max: float, f_min: float) -> Measurement:
        """Return a spectrum over the window of an instrument [Hz]."""
        from ceramer.experiments import protocols

        return self.run(protocols.EIS(f"{f_max!r} Hz", f"{f_min!r} Hz")).measurements[0]

    def conductivity(self, f_max: float, f_min: float) -> float:
        """Return what an analysis of that spectrum calls the ionic conductivity [S/m]."""
        from ceramer.analysis import analyse

        return float(analyse(self.spectrum(f_max, f_min), "conductivity").result("ionic_conductivity").value)

    # --- polarisation ------------------------------------------------------------------------------------------------

    def transference(self, voltage: float, hold: str = "20 h", **window: Any) -> float:
        """Return the Bruce-Vincent transference number: spectrum, a step of voltage [V], spectrum, analysed."""
        from ceramer.analysis import analyse
        from ceramer.experiments import protocols

        done = self.run(protocols.BruceVincent(hold, f"{voltage!r} V", **window))
        return float(analyse(list(done.measurements), "bruce_vincent").result("transference_number").value)

    def electronic_conductivity(self, voltage: float, hold: str) -> float:
        """Return what the current at the end of a held voltage [V] between blocking electrodes says [S/m]."""
        from ceramer.experiments import protocols

        done = self.run(protocols.DCPolarisation(hold, f"{voltage!r} V")).measurements[0]
        thickness = sum(layer.thickness for layer in self.model.layers)
        return float(done.current[-1] / done.voltage[-1] * thickness / self.area)

    # --- constant current --------------------------------------------------------------------------------------------

    def overpotential(self, current_density: float, charge: float) -> float:
        """Return the voltage [V] after `charge` [C/m2] has passed at a current density [A/m2]; a stop is an error."""
        from ceramer.experiments import protocols

        density, total = f"{current_density!r} A/m2", f"{charge / _MAH_PER_CM2!r} mAh/cm2"
        done = self.run(protocols.OneWayPlating(density, total))
        if not done.outcome.completed:
            raise InputError(done.outcome.sentence)
        return float(done.measurements[0].voltage[-1])

    def depletion_time(self, current_density: float) -> float:
        """Return the time [s] at a current density [A/m2] until the salt is used up somewhere."""
        from ceramer.experiments import Protocol, parse_step

        wait = 12.0 * _slowest(self.model)
        steps = (parse_step(f"Rest for {wait!r} s"), parse_step(f"Charge at {current_density!r} A/m2 for 1000 h"))
        fine = dataclasses.replace(self, model=_finer(self.model))  # gradients are thin when the current is large
        done = fine.run(Protocol("depletion", "plating", steps), relative_tolerance=1e-6)
        if done.outcome.name != "salt depleted":
            raise InputError(f"The salt is not used up at {current_density:.3g} A/m2: {done.outcome.sentence}")
        return float(done.summary["duration"][-1])

    def gradients(self) -> Gradients:
        """Return how the concentration answers a small constant current, from equilibrium to the steady state."""
        return _gradients(self.model)

    # --- scans -------------------------------------------------------------------------------------------------------

    def scan_until(self, current_density: float, *, start: float, end: float, rate: float) -> float:
        """Return the potential [V] at which the current of a scan [V/s] passes a level [A/m2], or its end."""
        from ceramer.experiments import protocols

        whole = self.run(protocols.LSV(f"{end} V", f"{rate!r} V/s", start=f"{start} V"))
        done = whole.measurements[0]
        level = np.abs(done.current) / self.area
        late = level > current_density
        late[: max(3, len(late) // 100)] = False  # the double layer takes its first charge
        if not late.any():
            if not whole.outcome.completed:
                raise InputError(whole.outcome.sentence)
            return end
        k = int(np.argmax(late))
        low, high = math.log(level[k - 1]), math.log(level[k])
        share = (math.log(current_density) - low) / (high - low)
        return float(done.voltage[k - 1] + share * (done.voltage[k] - done.voltage[k - 1]))


@dataclass(frozen=True)
class Gradients:
    """What a small constant current does to the salt between lithium electrodes.

    Attributes
    ----------
    limiting_current_density : float
        At which the salt is used up somewhere in the steady state [A/m2]: profiles are linear in the current.
    drop : float
        Steady difference of concentration between the electrodes over the mean, per current density [m2/A].
    settling_time : float
        [s] until that difference has reached 90 % of its steady value.
    polarisation : float
        Steady voltage over that of the first moment.
    """

    limiting_current_density: float
    drop: float
    settling_time: float
    polarisation: float


def _finer(model: CellModel) -> CellModel:
    layers = [
        layer if layer.kind == "ceramic" else dataclasses.replace(layer, cells=80, grading=64.0)
        for layer in model.layers
    ]
    return dataclasses.replace(model, layers=tuple(layers))


def _slowest(model: CellModel) -> float:
    """Return an upper estimate of the time [s] in which salt crosses the whole stack, L2/(pi2 D)."""
    slowest = min(getattr(layer, "salt_diffusivity", math.inf) for layer in model.layers)
    return sum(layer.thickness for layer in model.layers) ** 2 / (math.pi**2 * slowest)


@dataclass(frozen=True)
class Answer:
    """How a cell answers a small constant current from rest on: everything is in proportion to it.

    Attributes
    ----------
    time : since its start, [s], shape (n,)
    voltage : over the current density, [ohm m2], shape (n,)
    rest : concentration before it, [mol/m3], shape (m,)
    change : of the concentration over the current density, [mol/(A m)], shape (n, m)
    """

    time: NDArray[np.float64]
    voltage: NDArray[np.float64]
    rest: NDArray[np.float64]
    change: NDArray[np.float64]


def answer(model: CellModel, duration: float, rows: int) -> Answer:
    """Return how a cell answers a small current for `duration` [s] after as long a rest, in `rows` equal steps."""
    from ceramer.experiments import Protocol, parse_step, run

    steps = (
        parse_step(f"Rest for {duration!r} s, every {duration!r} s"),
        parse_step(f"Charge at {_SMALL} A/m2 for {duration!r} s, every {duration / rows!r} s"),
    )
    done = run(model, Protocol("answer", "plating", steps), area=1.0, profiles=True, relative_tolerance=1e-6)
    profiles = done.profiles
    assert profiles is not None  # asked for
    loaded = profiles.time > duration * (1.0 + 1e-12)
    salt = profiles.values["concentration"]
    rest = salt[~loaded][-1]
    return Answer(
        time=profiles.time[loaded] - duration,
        voltage=done.measurements[0].voltage[loaded] / _SMALL,
        rest=rest,
        change=(salt[loaded] - rest) / _SMALL,
    )


@functools.lru_cache(maxsize=512)
def _gradients(model: CellModel) -> Gradients:
    seen = answer(model, 12.0 * _slowest(model), 400)
    difference = seen.change[:, -1] - seen.change[:, 0]
    return Gradients(
        limiting_current_density=float(1.0 / (-seen.change[-1] / seen.rest).max()),
        drop=float(difference[-1] / seen.rest.mean()),
        settling_time=float(np.interp(0.9, difference / difference[-1], seen.time)),
        polarisation=float(seen.voltage[-1] / seen.voltage[0]),
    )


def bench(name: str, ledger: Ledger, temperature: float | None = None) -> Bench:
    """Return a published cell on the bench, every number read through `ledger`."""
    from ceramer.physics import cell_model

    key = ("bench", name, temperature)
    if key not in ledger.memo:
        cell = build_cell(cell_spec(name), ledger)
        if cell.area is None:
            raise InputError(f"The cell {name} has no area.")
        ledger.memo[key] = Bench(cell_model(cell, temperature, ledger)[0], cell.area)
    made: Bench = ledger.memo[key]
    return made


def limiting_current_density(name: str, ledger: Ledger, temperature: float | None = None) -> float:
    """Return the current density [A/m2] at which the salt of a published cell is used up somewhere."""
    return bench(name, ledger, temperature).gradients().limiting_current_density
