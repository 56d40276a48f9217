"""Isotope exchange on cells of the library."""

import pytest

import ceramer
from ceramer import laws, protocols
from ceramer.errors import InputError
from ceramer.experiments import simulate_isotopes
from ceramer.microstructure import Phase, Property
from ceramer.physics import NATURAL_LITHIUM_6


def _cell(**more: str) -> ceramer.Cell:
    stack = ceramer.load_stack("PCE")
    given = {"area": "1 cm2", "temperature": "30 degC", "interface_resistance": "50 ohm cm2"} | more
    return ceramer.Cell.symmetric("Li", stack, **given)


def test_after_long_enough_both_phases_end_alike() -> None:
    result = simulate_isotopes(_cell(), protocols.IsotopeExchange("3000 h"), exchange_time=1.0)
    final = {name: values[-1] for name, values in result.enrichment.items()}
    polymer, ceramic = final.values()
    assert polymer == pytest.approx(ceramic, rel=1e-3)
    assert result.increase_factor("SH-SPE") == pytest.approx(polymer / NATURAL_LITHIUM_6, rel=1e-9)
    assert polymer < laws.equilibrium_enrichment([1e6, 1.0], [0.95, 0.0759])
    assert abs(result.balance) < 1e-10


def test_more_foil_gives_more() -> None:
    gains = [
        simulate_isotopes(
            _cell(foil_thickness=thickness), protocols.IsotopeExchange("3000 h"), exchange_time=1.0
        ).increase_factor("SH-SPE")
        for thickness in ("20 um", "200 um")
    ]
    assert gains[0] < gains[1] < laws.ceiling(NATURAL_LITHIUM_6)


def test_a_current_brings_it_in_faster_than_rest() -> None:
    rest = simulate_isotopes(_cell(), protocols.IsotopeExchange("2 h"), exchange_time=1.0)
    cycled = simulate_isotopes(
        _cell(), protocols.IsotopeExchange("2 h", "1 mA/cm2", half_cycle="1 h"), exchange_time=1.0
    )
    assert cycled.increase_factor("SH-SPE") > rest.increase_factor("SH-SPE") > 1.0


def test_what_is_not_an_isotope_experiment_is_said() -> None:
    with pytest.raises(InputError, match="rests and constant currents"):
        simulate_isotopes(_cell(), protocols.Hold("10 mV", "1 h"))
    with pytest.raises(InputError, match="one layer, and UVEA-LATP-UVEA has 3"):
        cell = ceramer.Cell.symmetric("Li", ceramer.load_stack("UVEA-LATP-UVEA"), area="1 cm2", temperature="22 degC")
        simulate_isotopes(cell, protocols.IsotopeExchange("1 h"))
    steel = ceramer.Cell.symmetric("SS", ceramer.load_stack("PCE"), area="1 cm2", temperature="30 degC")
    with pytest.raises(InputError, match="SS is none"):
        simulate_isotopes(steel, protocols.IsotopeExchange("1 h"))


def test_all_lithium_of_a_polymer_counts_that_of_tethered_anions_too() -> None:
    own = {
        "ionic_conductivity": Property(0.05),
        "current_fraction": Property(0.4),
        "salt_concentration": Property(500.0),
    }
    gains = []
    for tethered in ({}, {"tethered_concentration": Property(1500.0)}):
        layer = ceramer.Layer("film", 100e-6, Phase("film", own | tethered))
        cell = ceramer.Cell.symmetric("Li", ceramer.Stack("film", (layer,)), area="1 cm2", foil_thickness="1 um")
        done = simulate_isotopes(cell, protocols.IsotopeExchange("3000 h"), enrichment=0.95)
        gains.append(done.enrichment["film"][-1])
    lithium = ceramer.materials.load("Li")
    foils = 2.0 * 1e-6 * lithium.density() / lithium.molar_mass()
    for enriched, concentration in zip(gains, (500.0, 2000.0), strict=True):
        mixed = laws.equilibrium_enrichment([foils, concentration * 100e-6], [0.95, NATURAL_LITHIUM_6])
        assert enriched == pytest.approx(mixed, rel=1e-3)
