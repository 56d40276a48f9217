"""Stacks and cells: resistances in series, bills of materials, N/P on both bases."""

import pytest

from ceramer import materials, units
from ceramer.cell import Cell, CellSpec, Collector, Electrode, Interface, Layer, Stack, StackSpec, bill_of_materials
from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure import Phase, Property
from ceramer.provenance import validate

T = 303.15


def medium(name, sigma, fraction=1.0, electronic=1e-8, density=1500.0):
    return Phase(
        name,
        {
            "ionic_conductivity": Property(sigma),
            "electronic_conductivity": Property(electronic),
            "density": Property(density),
            "current_fraction": Property(fraction),
        },
    )


def two_layers(resistance=0.0):
    layers = (Layer("a", 100e-6, medium("a", 0.1, 0.5)), Layer("b", 300e-6, medium("b", 0.05, 1.0, 4e-8)))
    return Stack("two", layers, (Interface(("a", "b"), resistance),))


def test_layers_and_interfaces_add_in_series():
    stack = two_layers(2e-4)
    assert stack.thickness == pytest.approx(400e-6)
    assert stack.area_specific_resistance(T) == pytest.approx(100e-6 / 0.1 + 300e-6 / 0.05 + 2e-4)
    assert stack.ionic_conductivity(T) == pytest.approx(400e-6 / 7.2e-3)
    assert stack.electronic_conductivity(T) == pytest.approx(400e-6 / (100e-6 / 1e-8 + 300e-6 / 4e-8), abs=0.0)
    assert stack.steady_resistance(T) == pytest.approx(100e-6 / 0.05 + 300e-6 / 0.05 + 2e-4)
    assert stack.areal_mass() == pytest.approx(400e-6 * 1500)
    assert stack.leak_current_density(4.0, T) == pytest.approx(4.0 / (100e-6 / 1e-8 + 300e-6 / 4e-8))


def test_symmetric_cell_is_linear_and_counts_both_interfaces():
    cell = Cell.symmetric(
        "Li", two_layers(), area="1.131 cm2", temperature="30 degC", interface_resistance="20 ohm cm2"
    )
    assert cell.area == pytest.approx(1.131e-4)
    assert cell.area_specific_resistance() == pytest.approx(7e-3 + 2 * 20e-4)
    assert cell.overpotential("0.5 mA/cm2") == pytest.approx(5.0 * 11e-3)
    assert cell.overpotential(10.0, steady=True) == pytest.approx(10.0 * (8e-3 + 4e-3))
    assert cell.name == "Li|two|Li"


def test_leak_limits_the_coulombic_efficiency():
    cell = Cell.symmetric("SS", two_layers(), area="1 cm2", temperature="30 degC")
    leak = two_layers().leak_current_density(4.0, T)
    assert cell.leak_limited_coulombic_efficiency(2.0, 4.0) == pytest.approx((1 - leak / 2) / (1 + leak / 2))


def full_cell():
    lithium = materials.load("Li")
    negative = Electrode(
        "lithium", "Li", areal_capacity=72000.0, thickness=10e-6, density=lithium.density(),
        collector=Collector("Cu", 8e-6, 8960.0, shared=True),
    )  # fmt: skip
    positive = Electrode(
        "porous", "NMC811", areal_capacity=57600.0, loading=0.08, active_fraction=0.8, thickness=50e-6,
        pore_areal_mass=0.01, mean_voltage=3.8, collector=Collector("Al", 12e-6, 2700.0),
    )  # fmt: skip
    return Cell(two_layers(), negative, positive, None, T, packaging_areal_mass=0.2, packaging_areal_thickness=1e-4)


def test_bill_of_materials_counts_each_basis():
    cell = full_cell()
    lithium = 10e-6 * materials.load("Li").density()
    layers = 400e-6 * 1500
    bill = cell.bill_of_materials()
    assert bill.areal_mass("active") == pytest.approx(0.08 + lithium)
    assert bill.areal_mass("layers") == pytest.approx(0.1 + lithium + 0.01 + layers)
    foils = 0.5 * 8e-6 * 8960 + 12e-6 * 2700
    assert bill.areal_mass("foils") == pytest.approx(0.1 + lithium + 0.01 + layers + foils)
    assert bill.areal_mass("packaged") == pytest.approx(0.1 + lithium + 0.01 + layers + foils + 0.2)
    assert bill.thickness("foils") == pytest.approx(10e-6 + 50e-6 + 400e-6 + 4e-6 + 12e-6)
    assert cell.specific_energy("foils") == pytest.approx(57600 * 3.8 / bill.areal_mass("foils"))
    assert cell.energy_density("packaged") == pytest.approx(57600 * 3.8 / bill.thickness("packaged"))
    with pytest.raises(UnknownNameError, match="'foils'"):
        bill.areal_mass("foil")


def test_np_ratio_states_its_basis():
    cell = full_cell()
    assert cell.np_ratio(counts_cathode_lithium=False) == pytest.approx(1.25)
    assert cell.np_ratio(counts_cathode_lithium=True) == pytest.approx(2.25)
    blocking = Cell.symmetric("SS", two_layers(), area="1 cm2")
    with pytest.raises(InputError, match="N/P needs"):
        blocking.np_ratio(counts_cathode_lithium=False)


def test_nothing_weighs_nothing():
    stack = two_layers()
    blocking = Electrode("blocking", "SS")
    names = [item.name for item in bill_of_materials(stack, blocking, blocking).items]
    assert names == ["a", "b"]


class NoRecipes:
    def volume_fraction(self, recipe, component, ledger):
        raise AssertionError

    def density(self, recipe, ledger):
        raise AssertionError


CELL = {
    "name": "pouch",
    "stack": "two",
    "temperature": "25 degC",
    "diameter": "12 mm",
    "negative": {"type": "lithium", "material": "Li", "areal_capacity": "2 mAh/cm2"},
    "positive": {
        "type": "porous", "material": "NMC811", "loading": "20 mg/cm2", "active_fraction": "90 wt%",
        "specific_capacity": "180 mAh/g", "mean_voltage": "3.8 V", "porosity": "30 vol%",
        "collector": {"material": "Al", "thickness": "12 um", "shared": True},
    },
}  # fmt: skip


def build(data):
    spec = validate(CellSpec, data, "my.toml")
    return spec.build(materials.catalogue().ledger(), two_layers(), lambda name: None, NoRecipes())


def test_cells_are_built_from_files():
    cell = build(CELL)
    density = materials.load("NMC811").density()
    assert cell.area == pytest.approx(3.14159265 / 4 * 0.012**2)
    assert cell.positive.areal_capacity == pytest.approx(0.2 * 180 * 3600)
    assert cell.positive.thickness == pytest.approx(0.2 / 0.9 / density / 0.7)
    assert cell.negative.thickness == pytest.approx(
        2 * units.si_factor("mAh/cm2") / 96485.33 * 0.00694 / 534.1, rel=1e-3
    )
    assert cell.positive.collector.areal_mass() == pytest.approx(0.5 * 12e-6 * 2700)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"area": "1 cm2"}, "area or diameter, not both"),
        ({"packaging_areal_mass": "20 mg/cm2"}, "both packaging_areal_mass and packaging_thickness"),
        ({"negative": {"type": "lithium", "material": "Li"}}, "needs a thickness"),
        ({"positive": {"type": "porous", "material": "NMC811"}}, "needs a loading"),
        (
            {"positive": {"type": "porous", "material": "NMC8111", "loading": "1 mg/cm2", "active_fraction": 1}},
            "NMC811",
        ),
        ({"diameter": "-12 mm"}, "must be positive"),
        ({"positive": {**CELL["positive"], "porosity": "30"}}, "porosity of the porous electrode NMC811 is 30"),
        ({"positive": {**CELL["positive"], "active_fraction": "190 wt%"}}, "active_fraction of the porous electrode"),
        ({"negative": {**CELL["negative"], "type": "lithum"}}, "negative.type is 'lithum': did you mean 'lithium'?"),
        ({"temprature": "25 degC"}, "'temperature'"),
    ],
)
def test_wrong_cells_are_explained_in_one_sentence(change, words):
    with pytest.raises(InputError) as error:
        build({**CELL, **change})
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_wrong_stacks_are_explained():
    good = {"name": "s", "layers": [{"name": "a", "thickness": "3 um", "medium": "LATP"}]}
    with pytest.raises(InputError, match="'a'"):
        validate(
            StackSpec,
            {**good, "interfaces": [{"between": ["a", "aa"], "area_specific_resistance": "1 ohm cm2"}]},
            "my.toml",
        )
    with pytest.raises(InputError, match="layers"):
        validate(StackSpec, {"name": "s", "layers": []}, "my.toml")
    with pytest.raises(InputError, match="must be positive"):
        Layer("a", 0.0, medium("a", 1.0))
    with pytest.raises(InputError, match="no layers"):
        Stack("s", ())
    with pytest.raises(UnknownNameError, match="Li"):
        Cell.symmetric("Lithium", two_layers(), area="1 cm2")
    with pytest.raises(InputError, match=r"pass load_stack\('PCE'\)"):
        Cell.symmetric("Li", "PCE", area="1 cm2")
