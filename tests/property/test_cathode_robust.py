"""Li | polymer | porous NMC811 at any rate, temperature and loading: every run ends in an outcome that has a name."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ceramer import laws
from ceramer.numerics.chain import Step
from ceramer.physics import ActiveMaterial, CellModel, InsertionLaws, Metal, Polymer, PorousCathode, Simulation
from ceramer.units import FARADAY, GAS_CONSTANT

pytest.importorskip("numba")
MAXIMUM = laws.maximum_concentration(4770.0, 97.28e-3)


def exchange_current(c, x):
    """F k sqrt(c x (1 - x)) with i0 = 1 A/m2 at half filling and 1 mol/l."""
    return 2.0 * np.sqrt(c / 1000.0 * x * (1.0 - x))


def diffusivity(x):
    return 4e-15 * np.exp(-1.5 * (x - 0.5))


NMC811 = InsertionLaws(laws.nmc811_potential, exchange_current, diffusivity)


def cell(kelvin: float, loading: float, radius: float = 3e-6) -> tuple[Simulation, float]:
    """Return the cell at `loading` [kg/m2] of active material, and its current density at 1C [A/m2]."""
    activation = math.exp(48e3 / GAS_CONSTANT * (1.0 / 298.15 - 1.0 / kelvin))
    fraction = 0.5
    thickness = loading / (4770.0 * fraction)
    polymer = {
        "conductivity": 0.05 * activation,
        "salt_concentration": 1000.0,
        "transference_number": 0.3,
        "salt_diffusivity": 5e-12 * activation,
    }
    active = ActiveMaterial(
        laws=NMC811,
        radius=radius,
        volume_fraction=fraction,
        maximum_concentration=MAXIMUM,
        stoichiometry=0.35,
        diffusivity_factor=activation,
        exchange_factor=activation,
        shells=10,
    )
    model = CellModel(
        layers=[
            Polymer(name="separator", thickness=20e-6, cells=8, **polymer),
            PorousCathode(
                name="cathode",
                thickness=thickness,
                cells=8,
                porosity=0.3,
                electronic_conductivity=1.0,
                materials=(active,),
                **polymer,
            ),
        ],
        negative=Metal.lithium(5.0 * activation, 1e6, film_resistance=1e-3),
        positive=Metal.collector(1e-4),
        temperature=kelvin,
    )
    one_c = loading / 97.28e-3 * FARADAY / 3600.0
    return model.simulation(), one_c


def outcomes(rate: float, celsius: float, loading: float) -> list[str]:
    simulation, one_c = cell(celsius + 273.15, loading * 1e-2)
    before = simulation.amount("salt"), simulation.amount("lithium")
    current = rate * one_c
    steps = [
        Step("current", current, 2e6, voltage_below=2.8, record=False),
        Step("current", -current, 2e6, voltage_above=4.25, record=False),
        Step("voltage", 4.25, 36000.0, current_below=0.05 * current, record=False),
    ]
    found = []
    for step in (*steps, *steps):
        run = simulation.chain.run([step])
        name = {0: "time", 1: "voltage", 2: "voltage", 3: "current", -1: "no start"}.get(run.code, str(run.code))
        found.append(simulation.guards[run.code - 10][0] if run.code >= 10 else name)
        if run.code >= 10 or run.code < 0:
            break
    sites = simulation.model.layers[-1].sites
    assert abs(simulation.amount("salt") / before[0] - 1.0) < 1e-10
    assert abs(simulation.amount("lithium") - before[1]) < 1e-10 * (sites + before[1])
    return found


NAMED = {"time", "voltage", "current", "no start", "salt depleted", "particles empty", "particles full"}
CASES = st.tuples(st.floats(math.log(0.05), math.log(10.0)).map(math.exp), st.floats(0.0, 80.0), st.floats(0.5, 20.0))


def check(case: tuple[float, float, float]) -> None:
    assert set(outcomes(*case)) <= NAMED


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES)
def test_every_run_has_a_named_outcome(case: tuple[float, float, float]) -> None:
    """C/20 to 10C, 0 to 80 degC, 0.5 to 20 mg/cm2."""
    check(case)


@pytest.mark.full
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES)
def test_every_run_has_a_named_outcome_widely(case: tuple[float, float, float]) -> None:
    check(case)
