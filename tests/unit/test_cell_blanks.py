"""What a cell leaves blank comes from the catalogue: through the ledger, with a note, and nowhere else."""

from dataclasses import replace

import pytest

from ceramer import cell, materials
from ceramer.microstructure import Composite, Phase, Property
from ceramer.physics import Polymer, cell_model, layer_model, metal_model
from ceramer.provenance import estimate
from ceramer.units import FARADAY, GAS_CONSTANT

T = 303.15
BOOK = materials.catalogue()
SIGMA = {"ionic_conductivity": Property(0.1)}
BARE = Phase("bare", SIGMA)
LITHIUM = cell.Electrode("lithium", "Li", areal_capacity=36000.0)


def between(negative=LITHIUM, positive=LITHIUM, medium=BARE):
    return cell.Cell(cell.Stack("film", (cell.Layer("film", 50e-6, medium),)), negative, positive, 1e-4, T)


def inputs(read, made):
    return estimate(lambda ledger: float(read(cell_model(made, ledger=ledger)[0])), BOOK, samples=8)


@pytest.mark.parametrize(
    ("read", "key"),
    [
        (lambda m: m.layers[0].salt_concentration, "any-polymer.salt_concentration"),
        (lambda m: m.layers[0].transference_number, "any-polymer.current_fraction"),
        (lambda m: m.negative.capacitance, "Li.double_layer_capacitance"),
        (lambda m: m.negative.exchange_current_density, "any-metal.exchange_current_density"),
    ],
)
def test_a_blank_is_an_assumed_input_with_its_range(read, key):
    found = inputs(read, between())
    datum = BOOK[key]
    assert found.inputs == found.assumed == (key,)
    assert found.value == pytest.approx(datum.value)
    assert datum.low <= found.low < found.high <= datum.high


def test_the_rest_of_a_blank_cell_follows_from_them():
    def diffusivity(model):
        return model.layers[0].salt_diffusivity

    found = inputs(diffusivity, between())
    assert set(found.inputs) == {"any-polymer.salt_concentration", "any-polymer.current_fraction"}
    c, t = (BOOK[f"any-polymer.{name}"].value for name in ("salt_concentration", "current_fraction"))
    ideal = 2 * t * (1 - t) * 0.1 * GAS_CONSTANT * T / (FARADAY**2 * c)  # Nernst-Einstein, 2 D+ D-/(D+ + D-)
    assert found.value == pytest.approx(ideal)


def full_cell(**more):
    pores = Phase("pores", SIGMA | {"current_fraction": Property(0.4), "salt_concentration": Property(700.0)})
    active = materials.load("NMC811")
    coating = {"loading": 0.1, "thickness": 40e-6, "porosity": 0.4, "active": active, "pore_medium": pores}
    return between(positive=cell.Electrode("porous", "NMC811", **coating, **more))


def test_pores_are_as_tortuous_as_said_or_by_the_rule():
    found = inputs(lambda m: m.layers[-1].transport, full_cell())
    assert found.inputs == ("any-cathode.bruggeman_exponent",)
    assert found.value == pytest.approx(0.4**1.5)
    assert any("tortuosity factor of the pores 1.58" in note for note in cell_model(full_cell())[1])
    model, notes = cell_model(full_cell(tortuosity=3.0))
    assert model.layers[-1].transport == pytest.approx(0.4 / 3.0)
    assert not any("tortuosity" in note for note in notes)


def test_what_is_given_is_not_read():
    full = Phase("full", SIGMA | {"current_fraction": Property(0.4), "salt_concentration": Property(700.0)})
    given = replace(LITHIUM, double_layer_capacitance=0.03, interface_resistance=1e-3)
    ledger = BOOK.ledger()
    model, notes = cell_model(between(given, given, full), ledger=ledger)
    assert not ledger.read
    assert not any("assumed" in note for note in notes)
    assert model.negative.capacitance == 0.03
    assert model.layers[0].salt_concentration == 700.0


def test_every_blank_is_said_once_with_its_value():
    _, notes = cell_model(between())
    said = "\n".join(notes)
    for sentence in (
        "bare: current fraction not given, 0.3 assumed",
        "bare: salt concentration not given, 1 mol/L assumed",
        "Li: double layer of 20 uF/cm2 assumed",
        "Li: no interface resistance given, none assumed",
    ):
        assert said.count(sentence) == 1, said


@pytest.mark.parametrize(
    ("metal", "key"),
    [("Cu", "Cu"), ("SS", "stainless-steel"), ("Al", "any-metal"), ("a metal of your own", "any-metal")],
)
def test_a_metal_has_its_own_double_layer_or_that_of_any_metal(metal, key):
    model, _ = cell_model(between(positive=cell.Electrode("blocking", metal)))
    assert model.positive.capacitance == BOOK[f"{key}.double_layer_capacitance"].value


def test_oxidation_and_nucleation_are_read_only_where_they_happen():
    plating = cell.Electrode("plating", "Cu", oxidation_current=0.1, oxidation_onset=4.0)
    found = inputs(lambda m: m.positive.tafel_slope, between(positive=plating))
    assert found.inputs == ("any-metal.tafel_slope",)
    found = inputs(lambda m: m.positive.nucleation_charge, between(positive=plating))
    assert found.inputs == ("any-metal.nucleation_charge",)
    assert metal_model(replace(plating, tafel_slope=0.2), T).tafel_slope == 0.2
    ledger = BOOK.ledger()
    cell_model(between(), ledger=ledger)
    assert not {"any-metal.tafel_slope", "any-metal.nucleation_charge"} & set(ledger.read)


def test_the_blank_of_a_composite_is_that_of_its_polymer():
    grain = Phase("grain", {"ionic_conductivity": Property(0.05), "current_fraction": Property(1.0)})
    known = Phase("bare", SIGMA | {"current_fraction": Property(BOOK["any-polymer.current_fraction"].value)})
    blank, given = (
        layer_model(cell.Layer("mix", 50e-6, Composite("mix", ((phase, 0.6), (grain, 0.4)), "maxwell")), T)
        for phase in (BARE, known)
    )
    assert isinstance(blank, Polymer)
    assert blank == given
