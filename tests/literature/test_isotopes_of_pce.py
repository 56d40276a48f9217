"""6Li in PCE after 160 h: the tracer model has reached what the prediction takes for granted."""

import pytest

from ceramer import materials
from ceramer.formulation import lithium_per_formula
from ceramer.library import book, load_medium, load_stack
from ceramer.library._isotopes import _enrichment, electrolyte_lithium, foil_lithium
from ceramer.physics import Foil, Population, exchange_isotopes
from ceramer.units import ZERO_CELSIUS

T = 30.0 + ZERO_CELSIUS


def test_mixing_is_complete_within_two_days_at_rest() -> None:
    ledger = book().ledger()
    stack = load_stack("PCE", ledger)
    (polymer, share), (ceramic, grains) = load_medium("PCE", ledger).phases
    in_polymer, in_ceramic = electrolyte_lithium(ledger)
    natural = ledger("Li.natural_6Li_abundance")
    # each population as if it conducted alone through a tortuous share of the layer; 100 ohm cm2 at each foil
    populations = [
        Population(
            name="polymer",
            concentration=in_polymer / stack.thickness,
            conductivity=polymer.ionic_conductivity(T) * share**1.5,
            enrichment=natural,
            haven_ratio=0.5,
            exchange_current_density=2.6,
        ),
        Population(
            name="ceramic",
            concentration=in_ceramic / stack.thickness,
            conductivity=ceramic.ionic_conductivity(T) * grains**1.5,
            enrichment=natural,
            haven_ratio=0.5,
            exchange_current_density=0.0,
        ),
    ]
    foil = Foil(amount=0.5 * foil_lithium(ledger), enrichment=ledger("6Li-foil.enrichment"))
    # ions pass between polymer and ceramic within a second: far slower than the 5 ms that NMR sees
    exchange = {("polymer", "ceramic"): in_polymer / stack.thickness}
    result = exchange_isotopes(populations, stack.thickness, (foil, foil), [(0.0, 160 * 3600.0)], T, exchange=exchange)
    expected = _enrichment(ledger)
    start = result.enrichment["ceramic"][0]
    done = (result.enrichment["ceramic"] - start) / (expected - start)
    assert result.time[done > 0.9][0] < 48 * 3600.0
    assert done[-1] == pytest.approx(1.0, abs=2e-3)


def test_the_lithium_of_the_ceramic_outweighs_that_of_the_polymer() -> None:
    ledger = book().ledger()
    polymer, ceramic = electrolyte_lithium(ledger)
    latp = materials.load("LATP", ledger)
    assert lithium_per_formula(latp.formula) == pytest.approx(1.5, abs=0.21)  # 1.3 to 1.5 as it is made
    assert ceramic > 5.0 * polymer > 0.0
