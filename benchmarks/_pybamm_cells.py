"""PyBaMM's side of the cell benchmarks: the cases of `_cases.py` as PyBaMM models, plain data out.

Run alone: `.venv-bench/bin/python benchmarks/_pybamm_cells.py --case hold|cycles|eis|reference [--quick]`.

What the peer is given: IDAKLU (SUNDIALS IDA with KLU), ahead-of-time compiled by the system's C compiler where there is
one (the in-process virtual machine otherwise), no interpolation data kept that nobody asks for, models built
and compiled before the clock starts, one warm-up, and the median of several solves. Boundary gradients of the custom
model divide by the very coefficient that the finite volumes use at the face, so that it keeps its salt, and every
coefficient stands directly before its gradient: only then does PyBaMM take the harmonic mean over the contact of two
layers (the arithmetic one is first order there).
Times are CPU seconds of this process (one thread), wall seconds beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np  # noqa: E402
import pybamm  # noqa: E402

import _cases as cases  # noqa: E402

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


def _solver(tolerance: float, **keywords: Any) -> pybamm.IDAKLUSolver:
    compiled = keywords.pop("compiled", COMPILER is not None)
    options = {"compile": compiled, "hermite_interpolation": False, **keywords.pop("options", {})}
    return pybamm.IDAKLUSolver(rtol=tolerance, atol=1e-2 * tolerance, options=options, **keywords)


# --- Li | layer | layer | Li --------------------------------------------------------------------------------------------


def symmetric_model(control: str) -> pybamm.BaseModel:
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
        values = [pybamm.PrimaryBroadcast(getattr(layer, name), n) for layer, n in zip(cases.LAYERS, names, strict=True)]
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
    if control == "impedance":
        eta_left, eta_right = (pybamm.Variable(f"{s} overpotential [V]", scale=cases.THERMAL_VOLTAGE) for s in "lr")
        for eta, surface, sign in ((eta_left, c_left, 1.0), (eta_right, c_right, -1.0)):
            reaction = 2.0 * cases.exchange_current(surface) * np.sinh(eta / (2.0 * cases.THERMAL_VOLTAGE))
            model.rhs[eta] = (sign * i - reaction) / cases.DOUBLE_LAYER
            model.initial_conditions[eta] = pybamm.Scalar(0.0)
    else:
        eta_left, eta_right = (
            2.0 * cases.THERMAL_VOLTAGE * pybamm.arcsinh(s * i / (2.0 * cases.exchange_current(surface)))
            for s, surface in ((1.0, c_left), (-1.0, c_right))
        )
    rise = {side: -(1.0 - cases.TRANSFERENCE) * i / (cases.FARADAY * at(diffusion, side)) for side in ("left", "right")}
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
        model.algebraic[i] = voltage - cases.HOLD_VOLTAGE
        model.initial_conditions[i] = pybamm.Scalar(-cases.current_at_once(cases.HOLD_VOLTAGE))
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
    tolerance: float = 1e-4, *, refine: int = 1, grade: float = 1.0, repeats: int = 9, compiled: bool = COMPILER is not None
) -> PeerResult:
    """10 mV for an hour: the charge current density [A/m2] at `_cases.HOLD_TIMES`."""
    begin = time.perf_counter()
    outputs = ["Charge current [A]", "Salt [mol.m-2]"]
    simulation = pybamm.Simulation(
        symmetric_model("voltage"),
        parameter_values=_symmetric_parameters(),
        solver=_solver(tolerance, compiled=compiled, output_variables=outputs),
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
        "error_at_once": float(current[0] / cases.current_at_once(cases.HOLD_VOLTAGE) - 1.0),
        "error_steady": float(current[-1] / cases.steady_current(cases.HOLD_VOLTAGE) - 1.0),
        "integration_cpu": None if solution.integration_time is None else float(solution.integration_time.value),
    }
    x = np.asarray(solution.t)
    return PeerResult("hold", x, current, cpu, wall, build, _states(model), tolerance, _setting(compiled), extra=extra)


def _states(model: Any) -> int:
    return int(model.concatenated_initial_conditions.shape[0])


def _setting(compiled: bool) -> str:
    return "IDAKLU, " + ("ahead-of-time compiled" if compiled else "casadi virtual machine")
