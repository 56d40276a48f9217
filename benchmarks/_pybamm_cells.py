"""PyBaMM's side of the cell benchmarks: the cases of `_cases.py` as PyBaMM models, plain data out.

Run alone: `.venv-bench/bin/python benchmarks/_pybamm_cells.py --case hold|cycles|eis|reference [--quick]`.

What the peer is given: IDAKLU (SUNDIALS IDA with KLU), ahead-of-time compiled by the system's C compiler where there is
one (the in-process virtual machine otherwise), no interpolation data kept that nobody asks for, models built
and compiled before the clock starts, one warm-up, and the median of several solves. Boundary gradients of the custom
model divide by the very coefficient that the finite volumes use at the face, so that it keeps its salt, and every
coefficient stands directly before its gradient: only then does PyBaMM take the harmonic mean over the contact of two
layers (the arithmetic one is first order there).
Other options of IDA that were tried (order, Newton and algebraic-error settings) gave no time at equal error. PyBaMM
keeps compiled libraries on disk: the first run of the reference cell on a machine takes 40 s more.
Times are CPU seconds of this process (one thread), wall seconds beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
sys.path.insert(0, str(Path(__file__).parent))

import _cases as cases  # noqa: E402
import numpy as np  # noqa: E402
import pybamm  # noqa: E402

pybamm.set_logging_level("ERROR")

COMPILER = next((c for c in ("cc", "gcc", "clang") if shutil.which(c)), None)


@dataclass
class PeerResult:
    """One case by PyBaMM: `x` are times [s] or frequencies [Hz], `y` what the case asks for, warm times [s]."""

    case: str
    x: np.ndarray
    y: np.ndarray
    cpu: float
    wall: float
    build: float
    states: int
    tolerance: float
    setting: str
    version: str = pybamm.__version__
    extra: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return lists and numbers only, complex values as pairs."""
        row = asdict(self)
        row["x"] = np.asarray(self.x).tolist()
        row["y"] = np.stack([self.y.real, self.y.imag], -1).tolist() if np.iscomplexobj(self.y) else self.y.tolist()
        return row


def _timed(run: Callable[[], Any], repeats: int) -> tuple[Any, float, float]:
    """Warm up once; return the last result and the median CPU and wall seconds."""
    run()
    cpus, walls = [], []
    for _ in range(repeats):
        cpu, wall = time.process_time(), time.perf_counter()
        result = run()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return result, statistics.median(cpus), statistics.median(walls)


def _solver(tolerance: float, compiled: bool, **keywords: Any) -> pybamm.IDAKLUSolver:
    options = {"compile": compiled, "hermite_interpolation": False}
    return pybamm.IDAKLUSolver(rtol=tolerance, atol=1e-2 * tolerance, options=options, **keywords)


# --- Li | layer | layer | Li ----------------------------------------------------------------------------------------


def symmetric_model(control: str, hold_voltage: float = cases.HOLD_VOLTAGE) -> pybamm.BaseModel:
    """Return the concentrated-solution model of `_cases`; control: "current" (a parameter), "voltage", or "impedance".

    With "impedance" both overpotentials are states charged through the double layers, otherwise they follow from the
    current; with "voltage" the current is an algebraic state.
    """
    model = pybamm.lithium_ion.BaseModel(name="Li | layer | layer | Li")
    parameters = model.param
    names = [f"layer {k + 1}" for k in range(len(cases.LAYERS))]
    c_parts = [pybamm.Variable(f"c {n}", domain=n, scale=cases.SALT) for n in names]
    phi_parts = [pybamm.Variable(f"phi {n}", domain=n) for n in names]
    c, phi = pybamm.concatenation(*c_parts), pybamm.concatenation(*phi_parts)

    def per_layer(name: str) -> pybamm.Symbol:
        values = [
            pybamm.PrimaryBroadcast(getattr(layer, name), n) for layer, n in zip(cases.LAYERS, names, strict=True)
        ]
        return pybamm.concatenation(*values)

    eps, transport = per_layer("volume_fraction"), per_layer("transport")
    if control == "voltage":
        i = pybamm.Variable("Current variable [A]", scale=1.0)
    else:
        i = parameters.current_density_with_time
    diffusion, ionic = transport * cases.diffusivity(c), transport * cases.conductivity(c)
    coupled = ionic * cases.diffusion_potential(c)
    at = pybamm.boundary_value
    c_left, c_right = at(c, "left"), at(c, "right")
    sides = ("left", "right")
    if control == "impedance":
        eta_left, eta_right = (pybamm.Variable(f"{s} overpotential [V]", scale=cases.THERMAL_VOLTAGE) for s in sides)
        for eta, surface, sign in ((eta_left, c_left, 1.0), (eta_right, c_right, -1.0)):
            reaction = 2.0 * cases.exchange_current(surface) * np.sinh(eta / (2.0 * cases.THERMAL_VOLTAGE))
            model.rhs[eta] = (sign * i - reaction) / cases.DOUBLE_LAYER
            model.initial_conditions[eta] = pybamm.Scalar(0.0)
    else:
        eta_left, eta_right = (
            2.0 * cases.THERMAL_VOLTAGE * pybamm.arcsinh(s * i / (2.0 * cases.exchange_current(surface)))
            for s, surface in ((1.0, c_left), (-1.0, c_right))
        )
    rise = {side: -(1.0 - cases.TRANSFERENCE) * i / (cases.FARADAY * at(diffusion, side)) for side in sides}
    model.boundary_conditions[c] = {side: (rise[side], "Neumann") for side in rise}
    model.boundary_conditions[phi] = {
        "left": (-eta_left, "Dirichlet"),
        "right": ((at(coupled, "right") * rise["right"] - i) / at(ionic, "right"), "Neumann"),
    }
    length = sum(layer.thickness for layer in cases.LAYERS)
    model.rhs[c] = pybamm.div(diffusion * pybamm.grad(c)) / eps
    model.algebraic[phi] = length**2 * pybamm.div(coupled * pybamm.grad(c) - ionic * pybamm.grad(phi))
    model.initial_conditions[c] = pybamm.Scalar(cases.SALT)
    model.initial_conditions[phi] = pybamm.Scalar(0.0)
    voltage = at(phi, "right") + eta_right
    if control == "voltage":
        model.algebraic[i] = voltage - hold_voltage
        model.initial_conditions[i] = pybamm.Scalar(-cases.current_at_once(hold_voltage))
    x = pybamm.SpatialVariable("x", domain=names)
    model.variables = {
        "Voltage [V]": voltage,
        "Current variable [A]" if control == "voltage" else "Current [A]": i,
        "Charge current [A]": -i,
        "Salt [mol.m-2]": pybamm.Integral(eps * c, x),
        "Electrolyte concentration [mol.m-3]": c,
        "Time [s]": pybamm.t,
    }
    return model


def _symmetric_arguments(refine: int, grade: float) -> dict[str, Any]:
    faces = cases.edges(refine=refine, grade=grade)
    names = [f"layer {k + 1}" for k in range(len(faces))]
    spatial = [pybamm.SpatialVariable(f"x_{k + 1}", domain=n) for k, n in enumerate(names)]
    return {
        "geometry": {n: {x: {"min": f[0], "max": f[-1]}} for n, x, f in zip(names, spatial, faces, strict=True)},
        "submesh_types": {
            n: pybamm.MeshGenerator(pybamm.UserSupplied1DSubMesh, {"edges": f})
            for n, f in zip(names, faces, strict=True)
        },
        "var_pts": {x: len(f) - 1 for x, f in zip(spatial, faces, strict=True)},
        "spatial_methods": dict.fromkeys(names, pybamm.FiniteVolume()),
    }


def _symmetric_parameters(current: Any = 0.0) -> pybamm.ParameterValues:
    return pybamm.ParameterValues(
        {
            "Current function [A]": current,
            "Nominal cell capacity [A.h]": 1.0,
            "Electrode height [m]": 1.0,
            "Electrode width [m]": 1.0,
            "Number of electrodes connected in parallel to make a cell": 1,
            "Number of cells connected in series to make a battery": 1,
            "Ambient temperature [K]": cases.TEMPERATURE,
            "Initial temperature [K]": cases.TEMPERATURE,
        }
    )


def hold(
    tolerance: float = 1e-4,
    *,
    refine: int = 1,
    grade: float = 1.0,
    repeats: int = 9,
    voltage: float = cases.HOLD_VOLTAGE,
    compiled: bool = COMPILER is not None,
) -> PeerResult:
    """10 mV for an hour: the charge current density [A/m2] at `_cases.HOLD_TIMES`, errors against the exact ends."""
    begin = time.perf_counter()
    outputs = ["Charge current [A]", "Salt [mol.m-2]"]
    simulation = pybamm.Simulation(
        symmetric_model("voltage", voltage),
        parameter_values=_symmetric_parameters(),
        solver=_solver(tolerance, compiled, output_variables=outputs),
        **_symmetric_arguments(refine, grade),
    )
    simulation.build()
    build = time.perf_counter() - begin
    model, solver = simulation.built_model, simulation.solver
    ends = [0.0, cases.HOLD_TIME]

    def run() -> Any:
        return solver.solve(model, t_eval=ends, t_interp=cases.HOLD_TIMES)

    solution, cpu, wall = _timed(run, repeats)
    current, salt = (np.asarray(solution[name].data).ravel() for name in outputs)
    extra = {
        "salt_drift": float(np.abs(salt / salt[0] - 1.0).max()),
        "simulation_cpu": _timed(lambda: simulation.solve(ends, t_interp=cases.HOLD_TIMES), repeats)[1],
        "error_at_once": float(current[0] / cases.current_at_once(voltage) - 1.0),
        "error_steady": float(current[-1] / cases.steady_current(voltage) - 1.0),
        "integration_cpu": None if solution.integration_time is None else float(solution.integration_time.value),
    }
    x = np.asarray(solution.t)
    return PeerResult("hold", x, current, cpu, wall, build, _states(model), tolerance, _setting(compiled), extra=extra)


def cycles(
    tolerance: float = 1e-4,
    *,
    refine: int = 1,
    grade: float = 1.0,
    repeats: int = 5,
    compiled: bool = COMPILER is not None,
) -> PeerResult:
    """100 plating/stripping cycles: the voltage [V] at the end of every half cycle, charge first.

    One solve of a square wave made of two saw teeth, whose jumps the solver knows (`Modulo`): 20 % less time than
    `pybamm.Experiment` and than one `solver.step` per half cycle.
    """
    half, count = cases.HALF_CYCLE, 2 * cases.CYCLES

    def square(t: Any) -> Any:
        return cases.CYCLE_CURRENT * (2.0 * ((t % (2.0 * half)) - (t % half)) / half - 1.0)

    begin = time.perf_counter()
    outputs = ["Voltage [V]", "Salt [mol.m-2]"]
    simulation = pybamm.Simulation(
        symmetric_model("current"),
        parameter_values=_symmetric_parameters(square),
        solver=_solver(tolerance, compiled, output_variables=outputs),
        **_symmetric_arguments(refine, grade),
    )
    simulation.build()
    build = time.perf_counter() - begin
    model, solver = simulation.built_model, simulation.solver
    ends = half * np.arange(count + 1)

    def run() -> Any:
        return solver.solve(model, t_eval=ends[[0, -1]], t_interp=ends)

    solution, cpu, wall = _timed(run, repeats)
    first = np.searchsorted(solution.t, ends[1:] - 1e-6)
    voltage, salt = (np.asarray(solution[name].data).ravel() for name in outputs)
    exact = np.array([cases.steady_voltage(s * cases.CYCLE_CURRENT) for s in (1.0, -1.0)])
    extra = {
        "ms_per_cycle": 1e3 * cpu / cases.CYCLES,
        "simulation_cpu": _timed(lambda: simulation.solve(ends[[0, -1]], t_interp=ends), 1)[1],
        "salt_drift": float(np.abs(salt / salt[0] - 1.0).max()),
        "worst_error": float(np.abs(voltage[first].reshape(-1, 2) / exact - 1.0).max()),
    }
    states = _states(model)
    return PeerResult(
        "cycles", ends[1:], voltage[first], cpu, wall, build, states, tolerance, _setting(compiled), extra=extra
    )


def eis(*, refine: int = 1, grade: float = 1.0, repeats: int = 9) -> PeerResult:
    """`pybamm.EISSimulation` at the 60 frequencies: impedance [ohm m2] of the cell at rest.

    The time is that of `solve` on a simulation already built and warmed up; `linear_cpu` is that of its sparse
    complex solves alone.
    """
    begin = time.perf_counter()
    simulation = pybamm.EISSimulation(
        symmetric_model("impedance"),
        parameter_values=_symmetric_parameters(),
        skip_surface_form_check=True,
        **_symmetric_arguments(refine, grade),
    )
    simulation.build()
    build = time.perf_counter() - begin
    solution, cpu, wall = _timed(lambda: simulation.solve(cases.FREQUENCIES), repeats)
    return _spectrum("eis", simulation, solution, cases.FREQUENCIES, (cpu, wall, build), cases.impedance)


def _spectrum(
    case: str,
    simulation: Any,
    solution: Any,
    frequencies: np.ndarray,
    times: tuple[float, float, float],
    exact: Callable[[np.ndarray], np.ndarray] | None,
) -> PeerResult:
    matrices = simulation._build_matrix_problem(inputs_dict=None)
    _, linear, _ = _timed(lambda: [simulation._calculate_impedance(f, *matrices) for f in frequencies], 5)
    z = np.asarray(solution.impedance)
    extra: dict[str, Any] = {"linear_cpu": linear}
    if exact is not None:
        extra["worst_error"] = float(np.abs(z / exact(frequencies) - 1.0).max())
    states = int(matrices[0].shape[0])
    return PeerResult(case, frequencies, z, *times, states, 0.0, "EISSimulation, SuperLU per frequency", extra=extra)


# --- the reference cell ---------------------------------------------------------------------------------------------


def _reference_parameters(cell: cases.ReferenceCell) -> pybamm.ParameterValues:
    values = pybamm.ParameterValues("Xu2019")
    values.update(
        {
            "Separator thickness [m]": sum(cell.layers),
            "Separator porosity": 1.0,
            "Positive electrode thickness [m]": cell.cathode,
            "Electrode height [m]": 1.0,
            "Electrode width [m]": 1.0,
            "Nominal cell capacity [A.h]": cell.one_c,
            "Current function [A]": cell.current,
            "Ambient temperature [K]": cases.TEMPERATURE,
            "Reference temperature [K]": cases.TEMPERATURE,
            "Initial temperature [K]": cases.TEMPERATURE,
            "Positive electrode conductivity [S.m-1]": cell.electronic_conductivity,
            "Positive electrode Bruggeman coefficient (electrode)": 0.0,
            "Positive electrode Bruggeman coefficient (electrolyte)": cell.bruggeman,
            "Positive electrode porosity": cell.porosity,
            "Positive electrode active material volume fraction": cell.active,
            "Positive particle radius [m]": cell.particle_radius,
            "Maximum concentration in positive electrode [mol.m-3]": cell.maximum,
            "Initial concentration in positive electrode [mol.m-3]": cell.start * cell.maximum,
            "Positive particle diffusivity [m2.s-1]": lambda x, T: cell.solid_diffusivity(x),
            "Positive electrode OCP [V]": cell.open_circuit,
            "Positive electrode exchange-current density [A.m-2]": lambda c, surface, maximum, T: (
                cell.cathode_exchange_current(c, surface / maximum)
            ),
            "Positive electrode double-layer capacity [F.m-2]": cell.double_layer,
            "Exchange-current density for lithium metal electrode [A.m-2]": lambda c, lithium, T: (
                cell.lithium_exchange_current(c)
            ),
            "Initial concentration in electrolyte [mol.m-3]": cases.SALT,
            "Cation transference number": cell.transference,
            "Thermodynamic factor": 1.0,
            "Electrolyte diffusivity [m2.s-1]": lambda c, T: cell.diffusivity(c),
            "Electrolyte conductivity [S.m-1]": lambda c, T: cell.conductivity(c),
            "Lower voltage cut-off [V]": cell.low - 0.3,
            "Upper voltage cut-off [V]": cell.high + 0.2,
            "Contact resistance [Ohm]": cell.film,
        }
    )
    return values


def _points(cell: cases.ReferenceCell, refine: int) -> dict[str, int]:
    separator = len(cell.layers) * cell.layer_cells
    counts = {"x_n": 2, "x_s": separator, "x_p": cell.cathode_cells, "r_n": 2, "r_p": cell.shells}
    return {name: refine * count for name, count in counts.items()}


def _resident() -> int:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:  # no /proc: the peak so far, in kilobytes or bytes
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def reference(
    tolerance: float = 1e-4,
    *,
    protocol: str = "cccv",
    count: int = 20,
    keep: int = 1,
    refine: int = 1,
    ageing: bool = False,
    compiled: bool = COMPILER is not None,
    cell: cases.ReferenceCell = cases.REFERENCE,
) -> PeerResult:
    """C/2 cycles of the reference cell, discharge first: y are step durations [s], one row per cycle kept.

    x are the numbers of those cycles: the first, the last and every `keep`-th. `cpu` is the median over the cycles
    after the third. `extra`: milliseconds of it, memory per cycle [bytes; the first call of a process tells], what the
    electrolyte has lost of its salt, and of the lithium that the cathode should hold by the charge passed.
    With `ageing` the film grows by `ReferenceCell.film_growth`. `protocol`: "cc" or "cccv".
    """
    begin = time.perf_counter()
    model = pybamm.lithium_ion.DFN({"working electrode": "positive", "contact resistance": "true"})
    values = _reference_parameters(cell)
    if ageing:
        film = pybamm.Variable("Film resistance [Ohm]", scale=cell.film)
        model.rhs[film] = cell.film_growth(model.variables["Current [A]"], film)
        model.initial_conditions[film] = pybamm.Scalar(cell.film)
        model.variables["Film resistance [Ohm]"] = film
        values["Contact resistance [Ohm]"] = film
    steps = [
        pybamm.step.current(cell.current, termination=f"{cell.low} V"),
        pybamm.step.current(-cell.current, termination=f"{cell.high} V"),
        pybamm.step.voltage(cell.high, termination=f"{cell.taper * cell.one_c} A"),
    ]
    steps = steps if protocol == "cccv" else steps[:2]
    simulation = pybamm.Simulation(
        model,
        parameter_values=values,
        var_pts=_points(cell, refine),
        experiment=pybamm.Experiment([tuple(steps)] * count),
        solver=_solver(tolerance, compiled, store_first_last=True),
    )
    simulation.build_for_experiment()
    build = time.perf_counter() - begin
    stamps: list[tuple[float, float, int]] = []

    class Clock(pybamm.callbacks.Callback):
        def on_cycle_end(self, logs: Any) -> None:
            stamps.append((time.process_time(), time.perf_counter(), _resident()))

    solution = simulation.solve(calc_esoh=False, save_at_cycles=None if keep == 1 else keep, callbacks=[Clock()])
    cpu, wall, memory = np.array(stamps)[min(3, count - 2) :].T
    kept = [k for k, cycle in enumerate(solution.cycles) if cycle is not None]
    y = np.array([[float(s.t[-1] - s.t[0]) for s in solution.cycles[k].steps] for k in kept])
    last = solution.cycles[-1].steps[-1]
    extra: dict[str, Any] = {
        "ms_per_cycle": 1e3 * float(np.median(np.diff(cpu))),
        "first_cycle_s": stamps[0][1] - begin - build,
        "bytes_per_cycle": float((memory[-1] - memory[0]) / (memory.size - 1)),
        **_inventory(last, cell),
    }
    if ageing:
        extra["film"] = float(last["Film resistance [Ohm]"].entries[-1])
    return PeerResult(
        f"reference {protocol}",
        np.array(kept) + 1,
        y,
        extra["ms_per_cycle"] / 1e3,
        float(np.median(np.diff(wall))),
        build,
        _states(last.all_models[0]),
        tolerance,
        _setting(compiled) + ", Experiment, first and last state of a step kept",
        extra=extra,
    )


def _inventory(step: Any, cell: cases.ReferenceCell) -> dict[str, float]:
    """Relative change of the salt, and of the cathode's lithium against the charge passed, from the states."""
    c = step["Electrolyte concentration [mol.m-3]"].entries[:, -1]
    separator = len(cell.layers) * cell.layer_cells
    n = c.size * separator // (separator + cell.cathode_cells)
    salt = c[:n].mean() * sum(cell.layers) + cell.porosity * c[n:].mean() * cell.cathode
    x = step["Positive particle concentration [mol.m-3]"].entries[:, :, -1] / cell.maximum
    faces = np.linspace(0.0, 1.0, x.shape[0] + 1) ** 3
    lithium = float(np.diff(faces) @ x.mean(axis=1))
    charge = 3600.0 * float(step["Discharge capacity [A.h]"].entries[-1])
    return {
        "salt_drift": float(salt / cell.salt - 1.0),
        "lithium_drift": float(lithium / (cell.start + charge / cell.hosts) - 1.0),
    }


def reference_eis(*, refine: int = 1, repeats: int = 9, stoichiometry: float = 0.5) -> PeerResult:
    """Impedance [ohm m2] of the reference cell at rest, 61 frequencies, a double layer at both electrodes."""
    cell = replace(cases.REFERENCE, start=stoichiometry)
    values = _reference_parameters(cell)
    values["Negative electrode double-layer capacity [F.m-2]"] = cell.double_layer
    begin = time.perf_counter()
    simulation = pybamm.EISSimulation(
        pybamm.lithium_ion.DFN(
            {"working electrode": "positive", "contact resistance": "true", "surface form": "differential"}
        ),
        parameter_values=values,
        var_pts=_points(cell, refine),
    )
    simulation.build()
    build = time.perf_counter() - begin
    solution, cpu, wall = _timed(lambda: simulation.solve(cases.REFERENCE_FREQUENCIES), repeats)
    return _spectrum("reference eis", simulation, solution, cases.REFERENCE_FREQUENCIES, (cpu, wall, build), None)


def _states(model: Any) -> int:
    return int(model.concatenated_initial_conditions.shape[0])


def _setting(compiled: bool) -> str:
    return "IDAKLU, " + ("ahead-of-time compiled" if compiled else "casadi virtual machine")


# --- alone ----------------------------------------------------------------------------------------------------------


def _say(result: PeerResult) -> None:
    numbers = ", ".join(f"{k} {v:.3g}" for k, v in result.extra.items() if v is not None)
    print(
        f"{result.case}: {result.states} states, tolerance {result.tolerance:g}, {result.setting}: "
        f"{1e3 * result.cpu:.2f} ms CPU ({1e3 * result.wall:.2f} ms wall), built in {result.build:.2f} s; {numbers}",
        flush=True,
    )


def _hold_case(quick: bool) -> list[PeerResult]:
    fine = hold(1e-9, refine=8, grade=10.0, repeats=1)
    results = [
        hold(tolerance, grade=grade, repeats=3 if quick else 9)
        for tolerance in (1e-3, 1e-4, 1e-6)
        for grade in (1.0, 10.0)
    ]
    for result in results:
        off = np.abs(result.y / fine.y - 1.0)
        result.extra["error_from_10_s"] = float(off[result.x >= 10.0].max())
    return [*results, fine]


def _reference_case(quick: bool) -> list[PeerResult]:
    tight = reference(1e-8, count=3)
    results = [reference(t, count=10 if quick else 50) for t in (1e-3, 1e-4)] + [reference(1e-4, count=10, ageing=True)]
    for result in results[:2]:
        result.extra["error"] = float(np.abs(result.y[:3] / tight.y - 1.0).max())
    return [tight, *results]


CASES: dict[str, Callable[[bool], list[PeerResult]]] = {
    "hold": _hold_case,
    "cycles": lambda quick: [cycles(t, repeats=1 if quick else 5) for t in (1e-3, 1e-4, 1e-6)],
    "eis": lambda quick: [eis(repeats=3 if quick else 9), eis(grade=10.0), eis(refine=4, grade=10.0), reference_eis()],
    "reference": _reference_case,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", choices=list(CASES), required=True)
    parser.add_argument("--quick", action="store_true", help="fewer repeats and cycles")
    parser.add_argument("--json", action="store_true", help="print plain data instead of sentences")
    options = parser.parse_args()
    results = CASES[options.case](options.quick)
    if options.json:
        print(json.dumps([result.plain() for result in results]))
    else:
        print(f"PyBaMM {pybamm.__version__}, C compiler {COMPILER or 'none'}")
        for result in results:
            _say(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
