"""Every run that cannot go on ends where it must, and says what was used up and where."""

from dataclasses import replace

import numpy as np
import pytest
from engine_cells import BINARY

from ceramer.numerics.chain import Step
from ceramer.physics import CellModel, Ceramic, Metal, MixedConductor, Polymer
from ceramer.physics._metals import electrode_current
from ceramer.units import FARADAY, GAS_CONSTANT

pytestmark = pytest.mark.usefixtures("one_program")

FOIL = Metal.lithium(50.0, 1e6)
STEEL = Metal.blocking(0.01)
SEPARATOR = Ceramic(name="separator", thickness=10e-6, conductivity=0.1)
HOST = MixedConductor(
    name="host",
    thickness=2e-6,
    cells=6,
    grading=1.0,
    ionic_conductivity=1e-2,
    electronic_conductivity=1e-2,
    maximum_concentration=2e4,
    stoichiometry=0.3,
    slope=0.3,
)


def simulation(layers, negative=FOIL, positive=FOIL):
    model = CellModel(layers=layers, negative=negative, positive=positive, temperature=333.15)
    return model.simulation(relative_tolerance=1e-5)


@pytest.mark.parametrize(("sign", "name", "sites"), [(1.0, "full", 0.7), (-1.0, "empty", 0.3)])
def test_a_mixed_conductor_fills_and_empties_by_faraday(sign, name, sites):
    """Ions come from one side and electrons from the other: the sites that are free, or taken, are the charge."""
    sim = simulation([SEPARATOR, HOST], positive=STEEL)
    run = sim.chain.run([Step("current", sign * 1e-3, 1e7)])
    outcome, sentence = sim.failure(run.code)
    assert outcome == f"mixed conductor {name}"
    assert ", in host" in sentence
    assert "lower the current" in sentence
    charge = FARADAY * HOST.maximum_concentration * HOST.thickness * sites
    assert abs(run.summary[-1, 3]) == pytest.approx(charge, rel=1e-4)


def test_a_face_of_a_mixed_conductor_empties_first():
    """At a high current lithium leaves the face that touches the separator, which the sentence names."""
    sim = simulation([SEPARATOR, replace(HOST, ionic_conductivity=1e-6)], positive=STEEL)
    run = sim.chain.run([Step("current", -20.0, 1e7)])
    outcome, sentence = sim.failure(run.code)
    assert outcome == "mixed conductor empty"
    assert " 10 um from the negative electrode, in host" in sentence
    assert abs(run.summary[-1, 3]) < 0.5 * FARADAY * HOST.maximum_concentration * HOST.thickness * 0.3


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_salt_is_used_up_where_two_polymers_touch(sign):
    """More anions leave the junction than arrive, 1 mm from either end: Sand's time of two half-spaces."""
    shares = (0.9, 0.1) if sign < 0.0 else (0.1, 0.9)
    layers = [
        Polymer(name=name, thickness=1e-3, cells=40, **{**BINARY, "transference_number": t})
        for name, t in zip(("left", "right"), shares, strict=True)
    ]
    sim = simulation(layers)
    run = sim.chain.run([Step("current", sign * 10.0, 1e7)])
    outcome, sentence = sim.failure(run.code)
    assert outcome == "salt depleted"
    assert "1e+03 um from the negative electrode" in sentence
    sand = np.pi * 8e-12 * (1000.0 * FARADAY / (0.8 * 10.0)) ** 2
    assert run.summary[-1, 2] == pytest.approx(sand, rel=0.01)


def test_no_instrument_goes_beyond_a_hundred_volts():
    sim = simulation([replace(SEPARATOR, conductivity=1e-8)])
    run = sim.chain.run([Step("current", 1.0, 10.0)])
    assert sim.failure(run.code)[0] == "outside the safety window"
    assert "below -100 V" in sim.failure(run.code)[1]
    asked = CellModel(layers=[SEPARATOR], negative=FOIL, positive=FOIL, temperature=300.0)
    sim = asked.simulation(voltage_window=(-0.001, 0.5))
    run = sim.chain.run([Step("current", 100.0, 10.0)])
    assert sim.failure(run.code)[1] == "The voltage went below -0.001 V."


def test_a_bare_electrode_that_is_to_be_stripped_is_named():
    sim = simulation([SEPARATOR], positive=Metal.copper(50.0))
    run = sim.chain.run([Step("current", -1.0, 10.0)])
    outcome, sentence = sim.failure(run.code, run.worst)
    assert outcome == "no consistent state"
    assert sentence.endswith("the positive electrode (copper) holds no lithium to strip: plate some first.")
    plated = simulation([SEPARATOR], positive=Metal.copper(50.0))
    assert plated.chain.run([Step("current", 1.0, 3600.0), Step("current", -1.0, 60.0)]).code == 0
    assert "holds no lithium" not in plated.failure(-1)[1]
    assert "overpotential of the positive electrode" in plated.failure(-2, plated.chain.unknown(-2, "overpotential"))[1]
    assert "potential 10 um from the negative" in plated.failure(-2, plated.chain.unknown(2, "potential"))[1]


def test_what_is_oxidised_is_in_the_balance():
    """Steel that oxidises gives up, in lithium, the charge that passes."""
    steel = Metal.blocking(0.01, oxidation_current=1e-3, oxidation_onset=1.0, tafel_slope=0.1)
    sim = simulation([SEPARATOR], positive=steel)
    assert sim.chain.run([Step("current", -0.5, 1000.0)]).code == 0
    assert sim.chain.y[sim.chain.unknown(-2, "inventory")] == pytest.approx(-500.0, rel=1e-10)
    assert sim.chain.y[sim.chain.unknown(0, "inventory")] == pytest.approx(1e6 + 500.0, rel=1e-12)
    assert sim.amount("lithium") == pytest.approx(1e6, rel=1e-12)


def test_the_charge_of_the_double_layer_is_no_lithium():
    """Before anything is plated the current charges C; what the law sees as plated is p + C eta."""
    copper = Metal.copper(1e-9, capacitance=1.0, nucleation_overpotential=0.1)
    sim = simulation([SEPARATOR], positive=copper)
    assert sim.chain.run([Step("current", 0.1, 1.0)]).code == 0
    y = sim.chain.y
    p, eta = (y[sim.chain.unknown(-2, name)] for name in ("inventory", "overpotential"))
    assert p == pytest.approx(0.1, rel=1e-9)
    assert eta == pytest.approx(-0.1, rel=1e-6)
    assert abs(p + 1.0 * eta) < 1e-7


def test_kinetics_go_on_straight_where_exponentials_would_overflow():
    """Forty thermal voltages on, the current and its slope are those of the exponential; beyond, they stay finite."""
    thermal = GAS_CONSTANT * 300.0 / FARADAY
    rest = (0.5, 0.5, 0.0, 300.0, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0)

    def current(eta):
        return float(electrode_current(eta, 1.0, 1.0, 2.0, *rest)[0])

    edge = 80.0 * thermal
    for eta in (0.01, 0.5, edge - 1e-3):
        assert current(eta) == pytest.approx(4.0 * np.sinh(0.5 * eta / thermal), rel=1e-12)
    for at in (edge, -edge):
        slope = (current(at + 1e-6) - current(at - 1e-6)) / 2e-6
        assert slope == pytest.approx(2.0 * np.exp(40.0) * 0.5 / thermal, rel=1e-4)
    assert np.isfinite(current(1e6))
    assert current(10.0) > current(9.0) > current(edge)
