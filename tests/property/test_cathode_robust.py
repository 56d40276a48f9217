"""Li | polymer | porous NMC811 or LFP: at any rate, temperature and loading a run ends in an outcome with a name."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ceramer import laws
from ceramer.numerics.chain import Step
from ceramer.physics import (
    ActiveMaterial,
    CellModel,
    InsertionLaws,
    Metal,
    Polymer,
    PorousCathode,
    Simulation,
    Voids,
)
from ceramer.physics._electrode_materials import INSERTION
from ceramer.units import FARADAY, GAS_CONSTANT

pytest.importorskip("numba")


@dataclass(frozen=True)
class Chemistry:
    """Laws, density [kg/m3], molar mass [kg/mol] and cut-offs [V] of an active material."""

    laws: InsertionLaws
    density: float
    molar_mass: float
    lower: float
    upper: float


CHEMISTRIES = {
    "NMC811": Chemistry(INSERTION["NMC811"].laws, 4770.0, 97.28e-3, 2.8, 4.3),
    "LFP": Chemistry(INSERTION["LFP"].laws, 3600.0, 157.76e-3, 2.5, 3.9),
}


@dataclass(frozen=True)
class Losses:
    """Contact lost by breathing, oxidation at 4 V [A/m2], voids: borne [A/m2], share refilled, closure [1/s]."""

    contact: float = 0.0
    oxidation: float = 0.0
    voids: tuple[float, float, float] | None = None


NONE = Losses()


def cell(
    name: str, kelvin: float, loading: float, radius: float, start: float, losses: Losses = NONE
) -> tuple[Simulation, float]:
    """Return the cell at `loading` [kg/m2] of active material, and its current density at 1C [A/m2].

    i0 is 1 A/m2 half full beside 1 mol/l, lithium diffuses with 4e-15 m2/s, both at 25 degC.
    """
    chemistry = CHEMISTRIES[name]
    activation = math.exp(48e3 / GAS_CONSTANT * (1.0 / 298.15 - 1.0 / kelvin))
    fraction = 0.5
    thickness = loading / (chemistry.density * fraction)
    polymer = {
        "conductivity": 0.05 * activation,
        "salt_concentration": 1000.0,
        "transference_number": 0.3,
        "salt_diffusivity": 5e-12 * activation,
    }
    active = ActiveMaterial(
        laws=chemistry.laws,
        radius=radius,
        volume_fraction=fraction,
        maximum_concentration=laws.maximum_concentration(chemistry.density, chemistry.molar_mass),
        stoichiometry=start,
        diffusivity_factor=4e-15 * activation,
        exchange_factor=2.0 / math.sqrt(1000.0) * activation,
        shells=10,
        contact_loss=losses.contact,
        oxidation_current=losses.oxidation,
        oxidation_onset=4.0,
        tafel_slope=0.15,
    )
    foil = Metal.lithium(5.0 * activation, 1e6, film_resistance=1e-3)
    if losses.voids is not None:
        borne, refilled, closure = losses.voids
        voids = Voids(
            borne_current_density=borne,
            roughness=2e-6,
            refilled_share=refilled,
            closure_rate=closure,
            volume_per_charge=1.345e-10,
        )
        foil = replace(foil, voids=voids, dead_lithium=1e-3)
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
        negative=foil,
        positive=Metal.collector(1e-4),
        temperature=kelvin,
    )
    one_c = loading / chemistry.molar_mass * FARADAY / 3600.0
    return model.simulation(), one_c


def outcomes(
    name: str,
    rate: float,
    celsius: float,
    loading: float,
    radius: float,
    start: float,
    charge_first: bool,
    losses: Losses = NONE,
) -> list[str]:
    """Two CC-CV cycles; the outcome of every step, up to one that ends a run."""
    simulation, one_c = cell(name, celsius + 273.15, loading * 1e-2, radius, start, losses)
    chemistry = CHEMISTRIES[name]
    before = simulation.amount("salt"), simulation.amount("lithium")
    current = rate * one_c
    discharge = Step("current", current, 2e6, voltage_below=chemistry.lower, record=False)
    charge = Step("current", -current, 2e6, voltage_above=chemistry.upper, record=False)
    hold = Step("voltage", chemistry.upper, 36000.0, current_below=0.05 * current, record=False)
    found = []
    for step in ((charge, hold, discharge) if charge_first else (discharge, charge, hold)) * 2:
        run = simulation.chain.run([step])
        known = {0: "time", 1: "voltage", 2: "voltage", 3: "current", -1: "no start"}.get(run.code, str(run.code))
        found.append(simulation.guards[run.code - 10][0] if run.code >= 10 else known)
        if run.code >= 10 or run.code < 0:
            break
    sites = simulation.model.layers[-1].sites
    assert abs(simulation.amount("salt") / before[0] - 1.0) < 1e-10
    assert abs(simulation.amount("lithium") - before[1]) < 1e-10 * (sites + before[1])
    return found


NAMED = {"time", "voltage", "current", "no start", "salt depleted", "particles empty", "particles full"}
RATES = st.floats(math.log(0.05), math.log(10.0)).map(math.exp)
CASES = st.tuples(
    st.sampled_from(sorted(CHEMISTRIES)),
    RATES,
    st.floats(0.0, 80.0),
    st.floats(0.5, 20.0),
    st.floats(0.2e-6, 6e-6),
    st.floats(0.3, 0.99),
    st.booleans(),
)


LOSSES = st.builds(
    Losses,
    st.floats(math.log(1e-4), math.log(0.5)).map(math.exp),
    st.floats(math.log(1e-8), math.log(1e-2)).map(math.exp),
    st.tuples(st.floats(0.0, 30.0), st.floats(0.0, 1.0), st.floats(0.0, 1e-3)),
)


Case = tuple[str, float, float, float, float, float, bool]


def check(case: Case) -> None:
    assert set(outcomes(*case)) <= NAMED


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES)
def test_every_run_has_a_named_outcome(case: Case) -> None:
    """C/20 to 10C, 0 to 80 degC, 0.5 to 20 mg/cm2."""
    check(case)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES, LOSSES)
def test_every_run_that_loses_all_it_can_has_a_named_outcome(case: Case, losses: Losses) -> None:
    """Salt and lithium balanced, whatever particles breathe off, the electrolyte gives and the foil strips."""
    assert set(outcomes("LFP", *case[1:], losses=losses)) <= NAMED


@pytest.mark.parametrize("name", sorted(CHEMISTRIES))
@pytest.mark.parametrize("celsius", [25.0, 80.0])
def test_easy_cycles_are_ended_by_voltage_and_current(name: str, celsius: float) -> None:
    """Neither the salt nor a particle ends what a cell does every day."""
    expected = ["voltage", "current", "voltage"] * 2
    assert outcomes(name, 0.2, celsius, 2.0, 1e-6, 0.98, True) == expected


@pytest.mark.full
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES)
def test_every_run_has_a_named_outcome_widely(case: Case) -> None:
    check(case)


@pytest.mark.full
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CASES, LOSSES)
def test_every_run_that_loses_all_it_can_has_a_named_outcome_widely(case: Case, losses: Losses) -> None:
    assert set(outcomes(*case, losses=losses)) <= NAMED
