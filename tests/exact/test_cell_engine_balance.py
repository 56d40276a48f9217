"""Salt, lithium and charge over a thousand cycles, in every kind of stack."""

import pytest
from engine_cells import BINARY, TETHERED

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

POLYMER = Polymer(thickness=50e-6, cells=8, **BINARY)
CERAMIC = Ceramic(thickness=30e-6, conductivity=0.02, permittivity=40.0, boundary_resistance=1e-3, cells=2)
TWO_PHASE = TwoPhase(thickness=40e-6, cells=8, ceramic_conductivity=0.05, exchange_conductance=3e9, **BINARY)
FIXED_ANIONS = TetheredPolymer(thickness=30e-6, cells=8, **TETHERED)
MIXED = MixedConductor(
    thickness=10e-6,
    cells=6,
    ionic_conductivity=1e-3,
    electronic_conductivity=1e-3,
    maximum_concentration=2e4,
    slope=0.3,
)
STACKS = {
    "polymer": ([POLYMER], []),
    "ceramic": ([CERAMIC], []),
    "sandwich": ([POLYMER, CERAMIC, POLYMER], [Contact(resistance=1e-3, capacitance=1e-2), Contact()]),
    "two polymers": ([POLYMER, Polymer(thickness=2e-5, cells=6, **BINARY)], [Contact(partition=1.5)]),
    "tethered": ([FIXED_ANIONS, POLYMER], [Contact()]),
    "two phases": ([TWO_PHASE], []),
    "two phases inside": ([POLYMER, TWO_PHASE, POLYMER], [Contact(), Contact(ceramic_resistance=1e-2)]),
    "mixed inside": ([CERAMIC, MIXED, CERAMIC], [Contact(resistance=1e-3), Contact()]),
}


pytestmark = pytest.mark.usefixtures("one_program")


@pytest.mark.parametrize("stack", STACKS)
def test_nothing_is_lost_in_a_thousand_cycles(stack):
    layers, contacts = STACKS[stack]
    foil = Metal.lithium(
        20.0, 1e5, ceramic_exchange_current_density=10.0, capacitance=0.05, film_resistance=1e-4, film_growth=1e-15
    )
    model = CellModel(layers=layers, negative=foil, positive=foil, contacts=contacts, temperature=333.15)
    sim = model.simulation(relative_tolerance=1e-3)
    cycle = [Step("current", -2.0, 100.0, record=False), Step("current", 2.0, 100.0, record=False)]
    salt, lithium = sim.amount("salt"), sim.amount("lithium")
    run = sim.chain.run(cycle * 1000)
    assert run.code == 0
    assert sim.amount("salt") == pytest.approx(salt, rel=1e-10)
    assert sim.amount("lithium") == pytest.approx(lithium, rel=1e-10)
    # charge: what passed the terminal is the integral of the current, and is what each foil gained or lost
    assert run.summary[:, 3].tolist() == pytest.approx([-200.0, 200.0] * 1000, rel=1e-10)
    assert abs(run.summary[:, 3].sum()) < 1e-10 * 4e5
    half = sim.chain.run([Step("current", -2.0, 100.0)])
    for node, sign in ((0, 1.0), (-2, -1.0)):
        gained = sim.chain.y[sim.chain.unknown(node, "inventory")] - 1e5
        # what this foil and its double layer took in is the charge that went round outside
        through = -half.summary[0, 3] - run.summary[:, 3].sum()
        assert sign * gained == pytest.approx(through, rel=1e-9)
