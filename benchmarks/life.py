"""Lives: CC-CV cycles of the reference cell, thousands with ageing, also with jumps; PyBaMM in the same run.

Run: `make bench-life`. Options: `--quick` (fewer cycles), `--cycles N`. Exits 1 if a target is missed. CPU seconds, one
thread, both sides compiled and warmed up before the clock starts. A tolerance is no error: the target is on the ratio
at equal or better accuracy, and the ratio at equal tolerances stands beside it. Takes about 2 minutes.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
sys.path.insert(0, str(Path(__file__).parent))

import _cases as cases  # noqa: E402
import numpy as np  # noqa: E402

from ceramer.numerics.chain import Step  # noqa: E402
from ceramer.physics import (  # noqa: E402
    ActiveMaterial,
    BinaryLaws,
    CellModel,
    InsertionLaws,
    Metal,
    Polymer,
    PorousCathode,
    cycle,
)

CELL = cases.REFERENCE
MATERIAL = InsertionLaws(CELL.open_circuit, CELL.cathode_exchange_current, CELL.solid_diffusivity)
SALT = BinaryLaws(conductivity=CELL.conductivity, diffusivity=CELL.diffusivity)


def film_growth(film: Any, i: Any) -> Any:
    return CELL.film_growth(i, film)


def model(*, refine: int = 1, grading: float = 1.0, ageing: bool = False) -> CellModel:
    """The reference cell: 60 electrolyte and 20 cathode nodes x 15 shells; all counts times `refine`."""
    polymer: dict[str, Any] = {
        "conductivity": 1.0,
        "salt_concentration": cases.SALT,
        "transference_number": CELL.transference,
        "salt_diffusivity": 1e-12,
        "laws": SALT,
    }
    active = ActiveMaterial(
        laws=MATERIAL,
        radius=CELL.particle_radius,
        volume_fraction=CELL.active,
        maximum_concentration=CELL.maximum,
        stoichiometry=CELL.start,
        shells=CELL.shells * refine,
        shell_grading=grading,
    )
    separator = Polymer(
        name="electrolyte",
        thickness=sum(CELL.layers),
        cells=len(CELL.layers) * CELL.layer_cells * refine - 1,
        grading=1.0,
        **polymer,
    )
    cathode = PorousCathode(
        name="cathode",
        thickness=CELL.cathode,
        cells=CELL.cathode_cells * refine - 1,
        porosity=CELL.porosity,
        bruggeman=CELL.bruggeman,
        electronic_conductivity=CELL.electronic_conductivity,
        materials=(active,),
        **polymer,
    )
    lithium = Metal.lithium(10.0, 1e7, order=0.5, film_resistance=CELL.film)
    if ageing:
        lithium = replace(lithium, film_law=film_growth)
    return CellModel(
        layers=[separator, cathode], negative=lithium, positive=Metal.collector(), temperature=cases.TEMPERATURE
    )


def one_cycle() -> list[Step]:
    return [
        Step("current", CELL.current, 1e6, voltage_below=CELL.low, record=False),
        Step("current", -CELL.current, 1e6, voltage_above=CELL.high, record=False),
        Step("voltage", CELL.high, 1e6, current_below=CELL.taper * CELL.one_c, record=False),
    ]


def per_cycle(tolerance: float, count: int, blocks: int = 5) -> float:
    """Median CPU milliseconds of a CC-CV cycle."""
    chain = model().simulation(relative_tolerance=tolerance).chain
    chain.run(one_cycle() * 3)
    times = []
    for _ in range(blocks):
        begin = time.process_time()
        chain.run(one_cycle() * count)
        times.append((time.process_time() - begin) / count)
    return 1e3 * float(np.median(times))


def durations(tolerance: float, count: int = 3, **grid: Any) -> np.ndarray:
    """Step durations [s], one row per cycle."""
    run = model(**grid).simulation(relative_tolerance=tolerance).chain.run(one_cycle() * count)
    return np.asarray(run.summary[:, 2].reshape(count, 3))


def resident() -> int:
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Targets:
    """Rows of the table and what was missed."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def row(self, what: str, value: float, unit: str, limit: float | None = None, above: bool = False) -> None:
        verdict = ""
        if limit is not None:
            good = value >= limit if above else value <= limit
            verdict = f"  target {'>=' if above else '<='} {limit:g}: {'reached' if good else 'MISSED'}"
            if not good:
                self.missed.append(what)
        print(f"{what:<98} {value:>10.4g} {unit:<6}{verdict}", flush=True)


def peer(table: Targets, ours: dict[float, tuple[float, float]], quick: bool, tight: np.ndarray) -> None:
    """PyBaMM beside ours, which are milliseconds and worst error by tolerance."""
    if importlib.util.find_spec("pybamm") is None:
        print("PyBaMM is not installed here (locks/bench.txt): no ratio.")
        return
    import _pybamm_cells as pybamm_cells

    count = 10 if quick else 30
    exact = pybamm_cells.reference(1e-8, count=3).y
    for compiled in sorted({False, pybamm_cells.COMPILER is not None}):
        result = pybamm_cells.reference(1e-4, count=count, compiled=compiled)
        name = f"PyBaMM, {result.setting.split(', Experiment')[0]}, 1e-4"
        time_of_it, error = result.extra["ms_per_cycle"], worst(result.y[:3], exact)
        table.row(f"{name}: per cycle", time_of_it, "ms")
        table.row(f"{name}: worst duration, against its own at 1e-8", error, "")
        table.row(f"{name}: memory per cycle", result.extra["bytes_per_cycle"] / 1e6, "MB")
        as_good = max((t for t, (_, e) in ours.items() if e <= error), default=min(ours))
        for tolerance, (mine, off) in ours.items():
            limit = 10.0 if tolerance == as_good else None
            what = f"{name}: over ours at {tolerance:g}, which errs {off / error:.2g} times as much"
            table.row(what, time_of_it / mine, "x", limit, above=True)
    fine = pybamm_cells.reference(1e-6, count=2, refine=4).y
    ours_fine = durations(1e-6, 2, refine=4)
    table.row("ours against PyBaMM on a 4 times finer grid: worst duration", worst(ours_fine, fine), "", 1e-3)
    table.row("ours on the grid of the benchmark against its refinement", worst(tight[:2], ours_fine), "")
    graded = durations(1e-8, 2, grading=6.0)
    table.row("ours with graded shells against the refinement", worst(graded, ours_fine), "")


def worst(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.abs(a / b - 1.0).max())


def life(table: Targets, cycles: int) -> None:
    simulation = model(ageing=True).simulation()
    cycle(simulation, one_cycle(), 2)
    simulation = model(ageing=True).simulation()
    before = simulation.amount("salt"), simulation.amount("lithium")
    sites = simulation.model.layers[-1].sites  # type: ignore[attr-defined]
    memory: list[int] = []

    def watch(number: int, total: int) -> None:
        if number % 250 == 0:
            memory.append(resident())

    begin = time.process_time()
    full = cycle(simulation, one_cycle(), cycles, progress=watch)
    scale = cycles / 4000.0
    table.row(f"{cycles} ageing cycles, every one", time.process_time() - begin, "s", 10.0 * scale)
    gained = (max(memory[1:]) - memory[0]) / (cycles - 250) if len(memory) > 1 else 0.0
    table.row(f"  memory gained per cycle after the first 250, most of {len(memory)} readings", gained, "byte", 1000.0)
    table.row("  salt gained or lost", abs(simulation.amount("salt") / before[0] - 1.0), "", 1e-10)
    lithium = abs(simulation.amount("lithium") - before[1]) / sites
    table.row("  lithium gained or lost, of the cathode's sites", lithium, "", 1e-10)
    table.row("  capacity left", 100.0 * full.discharge[-1] / full.discharge[1], "%")
    simulation = model(ageing=True).simulation()
    begin = time.process_time()
    jumped = cycle(simulation, one_cycle(), cycles, jump=True)
    table.row(f"{cycles} ageing cycles with jumps", time.process_time() - begin, "s", 1.0)
    table.row("  cycles simulated", len(jumped.number), "")
    table.row("  worst capacity where simulated", worst(jumped.discharge, full.discharge[jumped.number - 1]), "", 1e-3)
    table.row("  worst capacity of any cycle", worst(jumped.at(full.number), full.discharge), "", 1e-3)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--cycles", type=int, default=4000)
    options = parser.parse_args()
    table = Targets()
    tight = durations(1e-8)
    quick: Callable[[int, int], int] = lambda few, many: few if options.quick else many  # noqa: E731
    ours = {}
    for tolerance in (1e-3, 1e-4):
        ours[tolerance] = per_cycle(tolerance, quick(10, 40)), worst(durations(tolerance), tight)
        table.row(f"ours, {tolerance:g}: CC-CV cycle", ours[tolerance][0], "ms", 2.2 if tolerance == 1e-4 else None)
        table.row(f"ours, {tolerance:g}: worst duration, against 1e-8", ours[tolerance][1], "", tolerance)
    peer(table, ours, options.quick, tight)
    life(table, min(options.cycles, quick(500, 10**9)))
    if table.missed:
        print("Missed: " + "; ".join(table.missed))
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
