"""Li | layer | layer | Li: ours beside PyBaMM in one run, and what the first call of a process costs.

Run: `make bench-cell` (PyBaMM from locks/bench.txt; without it its rows say so). Options: `--quick` (fewer repeats),
`--only hold cycles eis first long`. Cases, laws and exact answers: `_cases.py`; PyBaMM's side: `_pybamm_cells.py`.

Both codes get the same law functions, the same faces of layers and the same number of grid points (50; ours stand on
the surfaces, PyBaMM's in the middle of its cells), uniform and with cells in the middle of a layer `GRADE` times wider.
Ours has a few more states: charge, energy, lithium and films are integrated too. Errors:

- hold: current density against both codes on much finer grids at 1e-9, the worst of 63 samples (t = 0 included), and
  the worst from 10 s on; at t = 0 and at the end against the exact answer;
- cycles: voltage at the end of every half cycle against the exact steady answer;
- eis: |Z| against the exact impedance, the worst of 60 frequencies.

A ratio "at equal or better accuracy" divides PyBaMM's time by that of our cheapest row whose worst error is no larger,
whatever its grid and tolerance. Warm times, medians: `solve` starts from the assembled cell and its state at rest (the
like of PyBaMM's `solver.solve` on a built model); `again` is what a user repeats: ours assembles the cell first,
PyBaMM's is `Simulation.solve` on what is built already. Exits 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
sys.path.insert(0, str(Path(__file__).parent))

import _cases as cases  # noqa: E402
import numpy as np  # noqa: E402

from ceramer.numerics.chain import Step  # noqa: E402
from ceramer.physics import BinaryLaws, CellModel, Metal, Polymer, Simulation  # noqa: E402

GRADE = 10.0
TARGET_RATIO = 10.0
TARGET_EIS = 2.0  # ms
TARGET_CACHED, TARGET_EVER = 1.0, 20.0  # s
LITHIUM = 1e6  # C/m2 in each foil
OURS = "ours"

try:
    import _pybamm_cells as peer

    PEER, MISSING = f"PyBaMM {peer.pybamm.__version__}", ""
except ImportError as error:
    peer, PEER, MISSING = None, "PyBaMM", str(error)  # type: ignore[assignment]


# --- our side -------------------------------------------------------------------------------------------------------


@lru_cache
def _laws(transport: float) -> BinaryLaws:
    """Return the laws of `_cases`, times the transport factor of a layer."""
    return BinaryLaws(
        conductivity=lambda c: transport * cases.conductivity(c),
        diffusivity=lambda c: transport * cases.diffusivity(c),
        thermodynamic_factor=cases.thermodynamic_factor,
    )


def model(points: float = 1.0, grade: float = 1.0, double_layer: float = 0.0) -> CellModel:
    """Return the cell of `_cases`; `points` multiplies the grid points of every layer.

    The constants that the functions replace are 1: a law that fell back on one would be wrong by orders of magnitude.
    i0 = 10 (c/1000)^0.5, both transfer coefficients 1/2, is `_cases.exchange_current` exactly.
    """
    layers = [
        Polymer(
            name=f"layer {k + 1}",
            thickness=layer.thickness,
            cells=max(2, round(layer.cells * points)) - 1,
            grading=grade,
            conductivity=1.0,
            salt_diffusivity=1.0,
            salt_concentration=cases.SALT,
            transference_number=cases.TRANSFERENCE,
            salt_volume_fraction=layer.volume_fraction,
            laws=_laws(layer.transport),
        )
        for k, layer in enumerate(cases.LAYERS)
    ]
    foil = Metal.lithium(cases.exchange_current(cases.SALT), LITHIUM, order=0.5, capacitance=double_layer)
    return CellModel(layers=layers, negative=foil, positive=foil, temperature=cases.TEMPERATURE)


def grid_name(grade: float) -> str:
    return "uniform" if grade == 1.0 else f"1:{grade:g}"


@dataclass
class Row:
    """One line of a table: times [ms], errors relative."""

    code: str
    points: int
    states: int
    grid: str
    tolerance: float
    cpu: float
    wall: float
    anew: float
    error: float
    more: dict[str, float] = field(default_factory=dict)

    def text(self) -> str:
        anew = f"{self.anew:9.3f}" if self.anew == self.anew else "        -"
        tolerance = f"{self.tolerance:9.0e}" if self.tolerance else "        -"
        more = "  ".join(f"{name} {value:.1e}" for name, value in self.more.items())
        return (
            f"  {self.code:22s} {self.grid:8s} {self.points:6d} {self.states:6d} {tolerance} {self.cpu:9.3f} "
            f"{self.wall:9.3f} {anew} {self.error:9.1e}  {more}"
        )


def head() -> None:
    print(f"  {'code':22s} {'grid':8s} points states tolerance   cpu ms   wall ms   again ms     error  more")


def timed(call: Callable[[], Any], repeats: int) -> tuple[float, float]:
    """Warm up once; return the median CPU and wall time [ms] of a call."""
    call()
    cpus, walls = [], []
    for _ in range(repeats):
        cpu, wall = time.process_time_ns(), time.perf_counter_ns()
        call()
        cpus.append(1e-6 * (time.process_time_ns() - cpu))
        walls.append(1e-6 * (time.perf_counter_ns() - wall))
    return statistics.median(cpus), statistics.median(walls)


class Ours:
    """Our cell at one grid and tolerance, ready to be solved again and again from rest."""

    def __init__(
        self, points: float, grade: float, tolerance: float, method: str = "rodas4", double_layer: float = 0.0
    ) -> None:
        self.points, self.grade, self.tolerance, self.method = points, grade, tolerance, method
        self.double_layer = double_layer
        self.simulation = self.assembled()
        self.rest = self.simulation.chain.y.copy()

    def assembled(self) -> Simulation:
        cell = model(self.points, self.grade, self.double_layer)
        return cell.simulation(relative_tolerance=self.tolerance, method=self.method)

    def run(self, steps: Sequence[Step]) -> Any:
        """Solve from rest, nothing remembered from the run before."""
        chain = self.simulation.chain
        chain.y[:] = self.rest
        chain.time = 0.0
        chain._memory = np.zeros(0)
        return chain.run(steps)

    def row(self, repeats: int, error: float, solve: Callable[[], Any], anew: Callable[[], Any], **more: float) -> Row:
        cpu, wall = timed(solve, repeats)
        again, _ = timed(anew, repeats)
        count = sum(1 for name in self.simulation.layer_of if name)
        code = OURS if self.method == "rodas4" else f"{OURS} {self.method}"
        grid = grid_name(self.grade)
        return Row(code, count, self.rest.size, grid, self.tolerance, cpu, wall, again, error, more)

    def solved(self, steps: Sequence[Step], repeats: int, error: float, **more: float) -> Row:
        """Return the row of a run through `steps`."""
        return self.row(repeats, error, lambda: self.run(steps), lambda: self.assembled().chain.run(steps), **more)


def theirs(result: Any, grade: float, error: float, **more: float) -> Row:
    points = sum(layer.cells for layer in cases.LAYERS)
    grid = grid_name(grade)
    times = 1e3 * result.cpu, 1e3 * result.wall
    anew = 1e3 * result.extra.get("simulation_cpu", float("nan"))
    return Row(PEER, points, result.states, grid, result.tolerance, *times, anew, error, more)


def worst(values: np.ndarray, exact: np.ndarray | float) -> float:
    return float(np.abs(values / exact - 1.0).max())


class Report:
    """Collects lines and targets."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def target(self, what: str, value: float, limit: float, *, at_most: bool = False, unit: str = "x") -> None:
        good = value <= limit if at_most else value >= limit
        print(
            f"  {'ok  ' if good else 'MISS'} {what}: {value:.4g} {unit} (target {'<=' if at_most else '>='} {limit:g})"
        )
        if not good:
            self.missed.append(what)

    def compare(self, name: str, ours: Sequence[Row], peers: Sequence[Row]) -> None:
        """Print ratios row by row: at equal points, grid and tolerance, and at equal or better accuracy."""
        if not peers:
            print(f"  {PEER} not run: {MISSING}")
            return
        print("  ratios of CPU time, PyBaMM / ours:")
        best = []
        for p in peers:
            same = [o for o in ours if (o.grid, o.tolerance, o.points, o.code) == (p.grid, p.tolerance, p.points, OURS)]
            fit = [o for o in ours if o.error <= p.error]
            text = f"    {p.grid} {p.tolerance:.0e}, error {p.error:.1e}:"
            if same:
                text += f" equal points and tolerance {p.cpu / same[0].cpu:.1f} (error {same[0].error:.1e});"
            if fit:
                o = min(fit, key=lambda row: row.cpu)
                best.append(p.cpu / o.cpu)
                called = p.anew if p.anew == p.anew else p.cpu
                text += f" equal or better accuracy {best[-1]:.1f}, by the user's call {called / o.anew:.1f} ("
                text += f"{o.code} {o.grid}, {o.points} points, {o.tolerance:.0e}, error {o.error:.1e})"
            else:
                best.append(0.0)
                text += " none of ours is as accurate"
            print(text)
        self.target(f"{name}, slowest of these at equal or better accuracy", min(best), TARGET_RATIO)


# --- cases ----------------------------------------------------------------------------------------------------------

VARIANTS = [(points, grade) for points in (1.0, 0.7, 0.5, 0.3) for grade in (1.0, 3.0, GRADE)]
TOLERANCES = (3e-2, 1e-2, 1e-3, 1e-4, 1e-6)
"""Grids (part of the 50 points, and grading) and tolerances of ours that may serve a given accuracy."""


def hold(report: Report, repeats: int) -> None:
    print(f"\n## Hold at {1e3 * cases.HOLD_VOLTAGE:g} mV for {cases.HOLD_TIME:g} s")
    step = Step("voltage", cases.HOLD_VOLTAGE, cases.HOLD_TIME, 0.0, first_interval=1.0, widening=cases.HOLD_WIDENING)

    def current(cell: Ours) -> np.ndarray:
        rows = cell.run([step]).rows
        assert np.allclose(rows[:, 0], cases.HOLD_TIMES, rtol=1e-9, atol=1e-6)
        return np.asarray(-rows[:, 2])

    fine = current(Ours(16.0, GRADE, 1e-9, "rodas5p"))
    late = cases.HOLD_TIMES >= 10.0
    ends = cases.current_at_once(cases.HOLD_VOLTAGE), cases.steady_current(cases.HOLD_VOLTAGE)
    fine[0], fine[-1] = ends
    if peer:
        other = peer.hold(1e-9, refine=8, grade=GRADE, repeats=1).y
        print(f"  the two fine solutions differ by {worst(other[late], fine[late]):.0e} from 10 s on")
    small = cases.HOLD_TIMES[1:-1]
    tiny = Step("voltage", 1e-6, cases.HOLD_TIME, first_interval=1.0, widening=cases.HOLD_WIDENING)
    exact = cases.small_hold(1e-6, small)
    off = worst(-Ours(16.0, GRADE, 1e-9, "rodas5p").run([tiny]).rows[1:-1, 2], exact)
    print(f"  our fine solution of 1 uV differs by {off:.0e} from the exact one of a linear cell at every sample")

    def errors(y: np.ndarray) -> dict[str, float]:
        return {
            "error": worst(y, fine),
            "from_10_s": worst(y[late], fine[late]),
            "at_once": worst(y[:1], ends[0]),
            "steady": worst(y[-1:], ends[1]),
        }

    ours, peers = [], []
    head()
    for points, grade in VARIANTS:
        for tolerance in TOLERANCES:
            for method in ("rodas4", "rodas5p"):
                cell = Ours(points, grade, tolerance, method)
                found = errors(current(cell))
                run = cell.run([step])
                found["time_steps"] = run.summary[0, 13]
                ours.append(cell.solved([step], repeats, found.pop("error"), **found))
    for grade in (1.0, GRADE):
        for tolerance in (1e-3, 1e-4, 1e-6):
            for row in ours:
                if (row.points, row.tolerance, row.grid) == (50, tolerance, grid_name(grade)):
                    print(row.text())
            if peer:
                result = peer.hold(tolerance, grade=grade, repeats=repeats)
                found = errors(result.y)
                peers.append(theirs(result, grade, found.pop("error"), **found))
                print(peers[-1].text())
    report.compare("hold", ours, peers)


def cycles(report: Report, repeats: int) -> None:
    print(f"\n## {cases.CYCLES} cycles, {cases.CYCLE_CURRENT:g} A/m2, {cases.HALF_CYCLE:g} s each way")
    steps = [
        Step("current", sign * cases.CYCLE_CURRENT, cases.HALF_CYCLE, record=False, cycle=k)
        for k in range(cases.CYCLES)
        for sign in (-1.0, 1.0)
    ]
    exact = np.array([cases.steady_voltage(sign * cases.CYCLE_CURRENT) for sign in (1.0, -1.0)])
    ours, peers = [], []
    head()
    for points, grade in VARIANTS:
        for tolerance in TOLERANCES:
            cell = Ours(points, grade, tolerance)
            salt = cell.simulation.amount("salt")
            run = cell.run(steps)
            voltage = run.summary[:, 6].reshape(-1, 2)
            drift = abs(cell.simulation.amount("salt") / salt - 1.0)
            more = {"salt_drift": drift, "time_steps": run.summary[:, 13].sum() / cases.CYCLES}
            ours.append(cell.solved(steps, repeats, worst(voltage, exact), **more))
    for grade in (1.0, GRADE):
        for tolerance in (1e-3, 1e-4, 1e-6):
            for row in ours:
                if (row.points, row.tolerance, row.grid) == (50, tolerance, grid_name(grade)):
                    print(row.text())
            if peer:
                result = peer.cycles(tolerance, grade=grade, repeats=repeats)
                more = {"salt_drift": result.extra["salt_drift"]}
                peers.append(theirs(result, grade, result.extra["worst_error"], **more))
                print(peers[-1].text())
    report.compare("100 cycles", ours, peers)


def eis(report: Report, repeats: int) -> None:
    print(f"\n## Impedance, {cases.FREQUENCIES.size} frequencies, 1 MHz to 1 mHz")
    exact = cases.impedance(cases.FREQUENCIES)
    ours, peers = [], []
    head()
    for points, grade in VARIANTS:
        cell = Ours(points, grade, 1e-4, double_layer=cases.DOUBLE_LAYER)
        cell.simulation.chain.settle()

        def anew(c: Ours = cell) -> None:
            chain = c.assembled().chain
            chain.settle()
            chain.impedance(cases.FREQUENCIES)

        def solve(c: Ours = cell) -> Any:
            return c.simulation.chain.impedance(cases.FREQUENCIES)

        row = cell.row(repeats, worst(solve(), exact), solve, anew)
        row.tolerance = 0.0
        ours.append(row)
    for grade in (1.0, GRADE):
        for row in ours:
            if (row.points, row.grid) == (50, grid_name(grade)):
                print(row.text())
                name = f"60 frequencies, {row.grid}, assembled and settled first"
                report.target(name, row.anew, TARGET_EIS, at_most=True, unit="ms")
        if peer:
            result = peer.eis(grade=grade, repeats=repeats)
            peers.append(theirs(result, grade, result.extra["worst_error"], linear_ms=1e3 * result.extra["linear_cpu"]))
            print(peers[-1].text())
    report.compare("impedance", ours, peers)


# --- the first call -------------------------------------------------------------------------------------------------

FIRST = {
    "engine": """
from ceramer.numerics.chain import Step
from ceramer.physics import CellModel, Metal, Polymer
foil = Metal.lithium(10.0, 1e6)
layer = dict(conductivity=0.03, salt_concentration=1000.0, transference_number=0.2, salt_diffusivity=4e-12)
layers = [Polymer(thickness=20e-6, **layer), Polymer(thickness=30e-6, **layer)]
simulation = CellModel(layers=layers, negative=foil, positive=foil, temperature=298.15).simulation()
simulation.chain.run([Step("voltage", 0.01, 3600.0)])
""",
    "ceramer.simulate": """
import ceramer
cell = ceramer.Cell.symmetric("Li", ceramer.load_stack("PCE"), area="1 cm2", temperature="60 degC")
measurement = ceramer.simulate(cell, ceramer.protocols.EIS("1 MHz", "1 Hz"))
""",
}


def first(report: Report, repeats: int) -> None:
    print("\n## First call of a process: import, build, run (a fresh interpreter; the time to start Python left out)")
    clock = "import time; wall, cpu = time.perf_counter(), time.process_time()\n"
    end = "\nimport json, sys; sys.stderr.flush(); print()\n"
    end += "print(json.dumps([time.perf_counter() - wall, time.process_time() - cpu]))"
    for name, body in FIRST.items():
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "CERAMER_CACHE_DIR": folder}
            times = []
            for _ in range(1 + max(3, repeats)):
                done = subprocess.run(
                    [sys.executable, "-c", clock + body + end],
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=True,
                )
                times.append(json.loads(done.stdout.strip().splitlines()[-1]))
            ever, (wall, cpu) = times[0], (statistics.median(column) for column in zip(*times[1:], strict=True))
            print(
                f"  {name}: first ever {ever[0]:.1f} s ({ever[1]:.1f} s CPU), from cache {wall:.2f} s ({cpu:.2f} s CPU)"
            )
            report.target(f"{name}, first ever", ever[1], TARGET_EVER, at_most=True, unit="s CPU")
            report.target(f"{name}, from cache", cpu, TARGET_CACHED, at_most=True, unit="s CPU")


# --- long runs ------------------------------------------------------------------------------------------------------


def long_runs(report: Report, repeats: int) -> None:
    print("\n## Long runs")
    cell = Ours(1.0, GRADE, 1e-4)
    chain = cell.simulation.chain

    def cycle(first_cycle: int, count: int) -> list[Step]:
        return [
            Step("current", sign * cases.CYCLE_CURRENT, cases.HALF_CYCLE, record=False, cycle=first_cycle + k)
            for k in range(count)
            for sign in (-1.0, 1.0)
        ]

    before = {name: cell.simulation.amount(name) for name in ("salt", "lithium")}
    wall, cpu = time.perf_counter(), time.process_time()
    run = chain.run(cycle(0, 1000))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"  1000 cycles: {cpu:.2f} s CPU ({wall:.2f} s wall), {run.summary[:, 13].sum() / 1000:.0f} steps a cycle")
    for name, amount in before.items():
        change = abs(cell.simulation.amount(name) / amount - 1.0)
        report.target(f"1000 cycles, {name} balance", change, 1e-10, at_most=True, unit="")
    passed = abs(run.summary[:, 3]) / (cases.CYCLE_CURRENT * cases.HALF_CYCLE) - 1.0
    report.target("1000 cycles, charge of a half cycle", float(np.abs(passed).max()), 1e-10, at_most=True, unit="")
    peaks = []
    for k in range(10):
        chain.run(cycle(1000 * (k + 1), 1000))
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    unit = 1 if sys.platform == "darwin" else 1024
    grown = (peaks[-1] - peaks[0]) * unit
    report.target("peak memory grown over 9000 cycles", grown / 9000, 100.0, at_most=True, unit="bytes a cycle")
    for points in (10.0, 100.0):
        cell = Ours(points, GRADE, 1e-4)
        count = sum(1 for name in cell.simulation.layer_of if name)
        step = [Step("voltage", cases.HOLD_VOLTAGE, cases.HOLD_TIME)]
        cpu, _ = timed(lambda c=cell, s=step: c.run(s), 1)
        print(f"  hold, {count} points, {cell.rest.size} states: {cpu:.1f} ms, {1e3 * cpu / count:.1f} us a point")


CASES: dict[str, Callable[[Report, int], None]] = {
    "hold": hold,
    "cycles": cycles,
    "eis": eis,
    "first": first,
    "long": long_runs,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    parser.add_argument("--only", nargs="+", choices=list(CASES), default=list(CASES))
    options = parser.parse_args()
    if peer:
        print(f"{PEER}, C compiler {peer.COMPILER or 'none'}")
    report = Report()
    for name in options.only:
        CASES[name](report, 3 if options.quick else 9)
    if report.missed:
        print("\nTargets missed: " + "; ".join(report.missed))
        return 1
    print("\nEvery target met.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
