"""Any cell and any protocol: no NaN, no exception but a sentence, no broken balance, always an outcome with a name."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ceramer.errors import InputError, NotConvergedError
from ceramer.numerics.chain import Step
from ceramer.physics import (
    CellModel,
    Ceramic,
    Contact,
    Metal,
    MixedConductor,
    Polymer,
    TetheredPolymer,
    TwoPhase,
)
from ceramer.units import FARADAY, GAS_CONSTANT

pytestmark = pytest.mark.usefixtures("one_program")


def decades(low, high):
    return st.floats(math.log10(low), math.log10(high)).map(lambda x: 10.0**x)


def or_none(strategy):
    return st.just(0.0) | strategy


GRID = {"thickness": decades(1e-6, 1e-3), "cells": st.integers(1, 12), "grading": st.floats(1.0, 30.0)}
BINARY = GRID | {
    "salt_concentration": decades(10.0, 5000.0),
    "transference_number": st.floats(-0.3, 1.0),
    "salt_diffusivity": decades(1e-14, 1e-9),
    "thermodynamic_factor": st.floats(0.3, 10.0),
    "conductivity_exponent": st.floats(0.0, 2.0),
    "salt_volume_fraction": st.floats(0.1, 1.0),
    "permittivity": or_none(st.floats(1.0, 100.0)),
}


def binary(kind):
    """Return a maker whose conductivity is `ratio` times that of Nernst and Einstein: ions that can exist."""

    def make(ratio, **values):
        sigma = ratio * FARADAY**2 * values["salt_concentration"] * values["salt_diffusivity"] / (GAS_CONSTANT * 300.0)
        return kind(conductivity=sigma, **values)

    return make


RATIO = decades(1e-4, 1e4)
LAYERS = {
    "polymer": st.builds(binary(Polymer), RATIO, **BINARY),
    "two": st.builds(
        binary(TwoPhase),
        RATIO,
        ceramic_conductivity=decades(1e-4, 1.0),
        exchange_conductance=or_none(decades(1e3, 1e13)),
        **BINARY,
    ),
    "tethered": st.builds(
        TetheredPolymer,
        anion_concentration=decades(10.0, 3000.0),
        tethered_concentration=or_none(decades(1.0, 5000.0)),
        cation_diffusivity=decades(1e-14, 1e-10),
        anion_diffusivity=decades(1e-14, 1e-10),
        **GRID,
    ),
    "ceramic": st.builds(
        Ceramic,
        conductivity=decades(1e-5, 1.0),
        permittivity=or_none(st.floats(1.0, 1000.0)),
        boundary_resistance=or_none(decades(1e-5, 1.0)),
        boundary_capacitance=or_none(decades(1e-7, 1e-2)),
        **GRID,
    ),
    "mixed": st.builds(
        MixedConductor,
        ionic_conductivity=decades(1e-8, 1e-2),
        electronic_conductivity=decades(1e-8, 1e-2),
        maximum_concentration=decades(1e3, 5e4),
        stoichiometry=st.floats(0.05, 0.95),
        equilibrium_potential=st.floats(0.0, 4.0),
        slope=st.floats(0.0, 1.0),
        **GRID,
    ),
}
CONTACT = st.builds(
    Contact,
    resistance=or_none(decades(1e-6, 1e-1)),
    capacitance=or_none(decades(1e-5, 10.0)),
    series_resistance=or_none(decades(1e-6, 1e-2)),
    partition=st.floats(0.2, 5.0),
    blocks_salt=st.booleans(),
    ceramic_resistance=or_none(decades(1e-6, 1e-1)) | st.just(math.inf),
)
I0 = decades(1e-2, 1e3)
METAL = {
    "ceramic_exchange_current_density": I0,
    "alpha_a": st.floats(0.2, 0.8),
    "alpha_c": st.floats(0.2, 0.8),
    "capacitance": or_none(decades(1e-3, 1.0)),
    "series_resistance": or_none(decades(1e-6, 1e-2)),
}
FILM = {"film_resistance": decades(1e-6, 1e-1), "film_growth": or_none(decades(1e-16, 1e-10))}


def metals(maker, *needed, **more):
    """Return metals with a film, which may grow, and without one."""
    return st.builds(maker, *needed, **METAL, **FILM, **more) | st.builds(maker, *needed, **METAL, **more)


METALS = (
    metals(Metal.lithium, I0, decades(10.0, 1e6), order=or_none(st.floats(0.3, 1.0)))
    | st.builds(
        Metal.blocking, decades(1e-3, 1.0), oxidation_current=or_none(decades(1e-5, 1e-2)), oxidation_onset=st.just(3.0)
    )
    | metals(Metal.copper, I0, nucleation_overpotential=st.floats(0.0, 0.1), nucleation_charge=decades(1.0, 1e3))
)
CONTROL = st.sampled_from(["current", "voltage"])


@st.composite
def cells(draw):
    """Return one to three layers that may stand side by side, with or without contacts, between two metals."""
    layers = draw(
        st.lists(st.sampled_from(sorted(LAYERS)), min_size=1, max_size=3).flatmap(
            lambda names: st.tuples(*(LAYERS[n] for n in names))
        )
    )
    contacts = [draw(CONTACT) for _ in layers[1:]] if draw(st.booleans()) else []
    return {
        "layers": list(layers),
        "contacts": contacts,
        "negative": draw(METALS),
        "positive": draw(METALS),
        "temperature": draw(st.floats(250.0, 400.0)),
        "leak_conductance": draw(or_none(decades(1e-6, 1e-1))),
        "displacement": draw(st.booleans()),
    }


@st.composite
def steps(draw):
    control = draw(CONTROL)
    size = draw(decades(1e-3, 1e3)) if control == "current" else draw(st.floats(0.0, 5.0))
    value = draw(st.sampled_from([size, -size, 0.0, math.nan]))
    return Step(
        control,
        value,
        draw(or_none(decades(1e-3, 1e6))),
        rate=draw(st.just(0.0) | st.floats(-1e-2, 1e-2)),
        voltage_above=draw(st.just(math.inf) | st.floats(0.0, 5.0)),
        voltage_below=draw(st.just(-math.inf) | st.floats(-5.0, 0.0)),
        current_below=draw(st.just(-1.0) | decades(1e-4, 10.0)),
        charge=draw(st.just(math.inf) | decades(1.0, 1e6)),
        period=draw(st.just(math.inf) | decades(10.0, 1e5)),
        pause=draw(st.booleans()),
    )


NAMES = {-3, -2, -1, 0, 1, 2, 3, 4}


def survive(parts, protocol, method):
    try:
        sim = CellModel(**parts).simulation(method=method, max_steps=1500, relative_tolerance=1e-3)
    except InputError as error:
        assert str(error).endswith((".", "!"))
        return None
    chain = sim.chain
    before = {name: sim.amount(name) for name in ("salt", "lithium")}

    def look(_):
        try:
            z = chain.impedance([1e5, 1.0, 1e-4])
        except NotConvergedError:
            return
        assert np.isfinite(z).all()

    run = chain.run(protocol, list(range(min(chain.y.size, 40))), on_pause=look)
    assert run.code in NAMES or 0 <= run.code - 10 < len(sim.guards)
    if run.code >= 10:
        assert sim.guards[run.code - 10][1].endswith(".")
    assert np.isfinite(run.rows).all()
    assert np.isfinite(run.summary).all()
    assert np.isfinite(chain.y).all()
    assert 1 <= len(run.summary) <= len(protocol)
    if run.code == -2:
        assert 0 <= run.worst < chain.y.size
    moved = np.abs(run.summary[:, 3]).sum()
    # what holds lithium: metals, mixed conductors and the salt, whose anions have as many ions
    salt = float(np.abs(sim.conserved["salt"][1] * chain.y[sim.conserved["salt"][0]]).sum())
    places, weights = sim.conserved["lithium"]
    held = {"salt": salt, "lithium": float(np.abs(weights * chain.y[places]).sum()) + moved + FARADAY * salt}
    # the current is known to the round-off of the steepest potential difference, for as long as it flows
    potentials = np.concatenate([chain.all_unknowns("potential"), chain.all_unknowns("ceramic_potential")])
    conductance = np.abs(chain.matrices()[1][np.ix_(potentials, potentials)]).max()
    volts = max(1.0, np.abs(run.summary[:, 9:11]).max())
    blurred = 10.0 * np.finfo(float).eps * conductance * volts * run.summary[:, 2].sum()
    for name, amount in held.items():
        error = abs(sim.amount(name) - before[name])
        allowed = 1e-9 * amount + (1e-12 + blurred if name == "lithium" else blurred / FARADAY)
        assert error <= allowed, f"{name} {error:.1e} of {amount:.1e}, {blurred:.1e} by round-off"
    assert (chain.y[chain.all_unknowns("film")] > 0.0).all()
    return sim, run


METHOD = st.sampled_from(["rodas4", "rodas5p"])
QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large]


@settings(max_examples=25, suppress_health_check=QUIET)
@given(cells(), st.lists(steps(), min_size=1, max_size=4), METHOD)
def test_any_cell_survives_any_protocol(parts, protocol, method):
    survive(parts, protocol, method)


@pytest.mark.full
@settings(max_examples=500, suppress_health_check=QUIET)
@given(cells(), st.lists(steps(), min_size=1, max_size=4), METHOD)
def test_five_hundred_cells_survive_five_hundred_protocols(parts, protocol, method):
    survive(parts, protocol, method)
