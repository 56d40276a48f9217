import math

import pytest

from ceramer import materials, units
from ceramer.errors import InputError, UnknownNameError
from ceramer.materials import CompositionPolymer, Material, fox_glass_transition
from ceramer.provenance import Datum, estimate
from ceramer.units import BOLTZMANN, ELECTRONVOLT


def test_unknown_name_suggests_the_nearest():
    with pytest.raises(UnknownNameError, match="LLZTO"):
        materials.load("LLZTTO")


@pytest.mark.parametrize(
    ("alias", "name"),
    [("LLZT", "LLZTO"), ("NCM811", "NMC811"), ("EGDMA", "EDA"), ("latp", "LATP"), ("ZS", "ZS-NMC"), ("MOF", "IL-MOF")],
)
def test_aliases(alias, name):
    assert materials.load(alias).name == name


def test_names_are_sorted_and_load():
    names = materials.names()
    assert names == sorted(names)
    for name in names:
        material = materials.load(name)
        assert material.role in materials.ROLES
        assert material.title


def test_ledger_records_reads():
    ledger = materials.catalogue().ledger()
    latp = materials.load("LATP", ledger)
    latp.density()
    latp.ionic_conductivity(303.15)
    assert list(ledger.read) == [
        "LATP.density",
        "LATP.ionic_conductivity",
        "LATP.ionic_conductivity_activation_energy",
    ]


def test_override_reaches_the_material():
    ledger = materials.catalogue().ledger({"LATP.density": 3000.0})
    assert materials.load("LATP", ledger).density() == 3000.0


def test_inputs_of_an_estimate_are_the_values_that_move_it():
    result = estimate(
        lambda ledger: materials.load("LATP", ledger).at("grain_conductivity", 303.15), materials.catalogue()
    )
    assert set(result.inputs) == {"LATP.grain_conductivity", "LATP.grain_conductivity_activation_energy"}
    assert result.assumed == result.inputs
    assert result.low is not None and result.high is not None
    assert result.low < result.value < result.high


def test_missing_property_says_which_and_how():
    with pytest.raises(InputError, match=r"LiTFSI has no ionic_conductivity.*mS/cm"):
        materials.load("LiTFSI").ionic_conductivity(298.15)


def test_unknown_property_suggests():
    with pytest.raises(UnknownNameError, match="density"):
        materials.load("LATP").get("densty")


def test_molar_mass_from_the_formula():
    assert materials.load("LiTFSI").molar_mass() == pytest.approx(0.28708, rel=1e-4)
    assert materials.load("MTFSI").molar_mass() == pytest.approx(0.34523, rel=1e-4)
    assert materials.load("MEMA").molar_mass() == pytest.approx(0.5)
    with pytest.raises(InputError, match="neither a formula nor a molar_mass"):
        materials.load("SH-SPE").molar_mass()


def test_arrhenius_rescale_by_hand():
    latp = materials.load("LATP-0.3")
    expected = 0.0722 * math.exp(-0.35 * ELECTRONVOLT / BOLTZMANN * (1 / 323.15 - 1 / 298.15))
    assert latp.ionic_conductivity(323.15) == pytest.approx(expected, rel=1e-12)
    assert latp.ionic_conductivity(323.15) > latp.ionic_conductivity(298.15) == pytest.approx(0.0722)


def test_value_without_a_law_serves_within_ten_kelvin():
    sn = materials.load("SN-LiTFSI")
    assert sn.ionic_conductivity(298.15 + 9.9) == sn.ionic_conductivity(298.15) == pytest.approx(0.034)
    with pytest.raises(InputError, match=r"ionic_conductivity_activation_energy = '0\.3 eV'"):
        sn.ionic_conductivity(298.15 + 10.1)


def test_vtf_inside_and_outside_its_range():
    peo = materials.load("PEO-LiTFSI-12")
    assert peo.ionic_conductivity(363.15) == pytest.approx(14.7 * math.exp(-742 / 163.15), rel=1e-12)
    with pytest.raises(InputError, match="vtf_temperature_low"):
        peo.ionic_conductivity(303.15)
    with pytest.raises(InputError, match="vtf_temperature_high"):
        peo.ionic_conductivity(400.0)


def test_celsius_typed_as_kelvin_is_refused():
    with pytest.raises(InputError, match="kelvin"):
        materials.load("LATP").ionic_conductivity(-10.0)


def test_inert_conducts_nothing_at_any_temperature():
    assert materials.load("PE").ionic_conductivity(350.0) == 0.0


def test_from_properties():
    mine = Material.from_properties(
        "mine",
        {
            "density": "2.9(1) g/cm3",
            "ionic_conductivity": "0.30 mS/cm",
            "ionic_conductivity_activation_energy": "0.30 eV",
            "transference_number": 0.4,
            "electronic_conductivity": Datum("x", "y", 1e-7, "S/m", "paper", temperature=303.15),
        },
        role="ceramic",
        formula="LiTi2(PO4)3",
    )
    assert mine.density() == pytest.approx(2900.0)
    assert mine.ledger.book["mine.density"].standard_uncertainty == pytest.approx(100.0)
    assert mine.get("transference_number") == 0.4
    assert mine.ionic_conductivity(298.15) == pytest.approx(0.030)
    assert mine.electronic_conductivity(303.15) == 1e-7
    assert mine.molar_mass() == pytest.approx(0.38760, rel=1e-4)
    assert "mine.density" in mine.ledger.read


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"density": "2.9 S/cm"}, "density of mine"),
        ({"density": 2.9}, "no unit"),
        ({"denisty": "2.9 g/cm3"}, "density"),
    ],
)
def test_from_properties_refuses(properties, message):
    with pytest.raises(InputError, match=message):
        Material.from_properties("mine", properties)


def test_from_properties_refuses_wrong_role_and_formula():
    with pytest.raises(UnknownNameError, match="ceramic"):
        Material.from_properties("mine", {}, role="ceramics")
    with pytest.raises(InputError, match="not a chemical formula"):
        Material.from_properties("mine", {}, formula="Xx3")


# --- composition -----------------------------------------------------------------------------------------------------


def prior() -> CompositionPolymer:
    return CompositionPolymer.from_material(materials.load("MEMA-SN"))


def test_fox_ends_and_middle():
    assert fox_glass_transition([1.0, 0.0], [213.0, 175.0]) == 213.0
    assert fox_glass_transition([0.25, 0.75], [200.0, 300.0]) == pytest.approx(1 / (0.25 / 200 + 0.75 / 300))
    with pytest.raises(InputError, match="sum to 1"):
        fox_glass_transition([0.5, 0.6], [200.0, 300.0])
    with pytest.raises(InputError, match="pair them"):
        fox_glass_transition([1.0], [200.0, 300.0])
    with pytest.raises(InputError, match="kelvin"):
        fox_glass_transition([0.5, 0.5], [-60.0, 300.0])


def test_dissociation_obeys_mass_action():
    law = prior()
    for plasticiser, salt in ((0.0, 0.3), (0.5, 0.2), (0.7, 0.05)):
        alpha = law.dissociated(plasticiser, salt)
        constant = law.dissociation_constant * math.exp(law.dissociation_plasticiser_exponent * plasticiser)
        assert salt * alpha**2 / (1 - alpha) == pytest.approx(constant, rel=1e-10)
    assert law.dissociated(0.5, 0.0) == 1.0


def test_composition_law_by_hand():
    law = CompositionPolymer(50.0, 800.0, 45.0, 0.05, 3.0, 213.0, 175.0, 350.0)
    glass = 1 / (0.3 / 213 + 0.5 / 175 + 0.2 / 350)
    k = 0.05 * math.exp(1.5)
    alpha = (-k + math.sqrt(k * k + 4 * k * 0.2)) / 0.4
    expected = 50.0 * 0.2 * alpha * math.exp(-800.0 / (303.15 - glass + 45.0))
    assert law.ionic_conductivity(303.15, 0.5, 0.2) == pytest.approx(expected, rel=1e-12)


def test_composition_law_has_the_right_shape():
    law = prior()
    assert law.ionic_conductivity(303.15, 0.5, 0.0) == 0.0
    assert law.ionic_conductivity(303.15, 0.5, 0.2) > law.ionic_conductivity(303.15, 0.3, 0.2)
    assert law.ionic_conductivity(333.15, 0.5, 0.2) > law.ionic_conductivity(303.15, 0.5, 0.2)
    along = [law.ionic_conductivity(303.15, 0.4, salt / 100) for salt in range(0, 61)]
    best = along.index(max(along))
    assert 0 < best < 60


def test_composition_outside_the_triangle_or_frozen():
    law = prior()
    with pytest.raises(InputError, match="at most 1 in all"):
        law.ionic_conductivity(303.15, 0.9, 0.2)
    with pytest.raises(InputError, match="glass"):
        law.ionic_conductivity(150.0, 0.5, 0.2)


def test_units_of_examples():
    assert units.DIMENSIONS[materials.PROPERTIES["ionic_conductivity"]].si == "S/m"
