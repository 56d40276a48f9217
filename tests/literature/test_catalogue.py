"""The catalogue of materials against independent relations: units, sources, ranges, crystal densities, capacities."""

import math
import re

import pytest

from ceramer import laws, materials, units
from ceramer.units import AVOGADRO, BOLTZMANN, FARADAY, GAS_CONSTANT, VACUUM_PERMITTIVITY

ROWS = materials.rows()
BOOK = materials.catalogue()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_row(row):
    dimension = units.dimension(materials.PROPERTIES[row.quantity])
    uncertainty = f" +/- {row.standard_uncertainty!r}" if row.standard_uncertainty else ""
    value = units.parse(f"{row.number!r}{uncertainty} {row.unit}", dimension, row.id).value
    assert BOOK[row.id].value == pytest.approx(value, rel=1e-12)
    assert row.source in BOOK.sources
    assert row.licence == BOOK.sources[row.source].licence
    assert row.status in ("measured", "computed", "assumed", "convention")
    assert row.material in materials.names()
    assert not re.search(r"GPL", row.licence)
    if row.status == "assumed":
        assert row.low is not None and row.high is not None
        assert row.low <= row.number <= row.high and row.low < row.high
        assert row.note, "an assumed value says what its range rests on"
        assert BOOK[row.id].assumed


def test_no_molar_mass_is_typed_where_a_formula_is_known():
    for row in ROWS:
        if row.quantity == "molar_mass":
            assert materials.entries()[row.material].formula is None


def test_one_default_for_every_property():
    defaults = {row.id for row in ROWS if not row.key}
    for row in ROWS:
        if row.key and row.status != "computed":
            known = f"{row.material}.{row.quantity}" in defaults
            assert known or row.quantity in ("grain_conductivity", "partial_molar_volume"), row.id


def test_conductivities_and_densities_carry_a_temperature():
    for row in ROWS:
        if row.quantity.endswith("conductivity") or row.quantity == "density":
            assert row.temperature is not None, row.id


def test_every_source_has_a_citation():
    for source in BOOK.sources.values():
        assert source.citation
        assert source.doi is None or source.doi.startswith("10.")


def test_no_source_is_dead():
    notes = " ".join(row.note for row in ROWS)
    used = {row.source for row in ROWS}
    assert [key for key in BOOK.sources if key not in used and key not in notes] == []


def cell_volume(name):
    material = materials.load(name)
    a = material.get("lattice_a")
    return math.sqrt(3) / 2 * a * a * material.get("lattice_c") if material.has("lattice_c") else a**3


@pytest.mark.parametrize(
    ("name", "formula_units", "tolerance"),
    [
        ("LATP-0.3", 6, 0.001),
        ("LLZTO", 8, 0.001),
        ("LLZO", 8, 0.001),
        ("LTO", 8 / 3, 0.001),
        ("NMC811", 3, 0.001),
        ("Cu", 4, 0.01),
        ("Al", 4, 0.01),
        ("Li", 2, 0.02),  # a cold lattice against the density at room temperature
    ],
)
def test_crystal_density_from_the_lattice(name, formula_units, tolerance):
    material = materials.load(name)
    density = formula_units * material.molar_mass() / (AVOGADRO * cell_volume(name))
    assert density == pytest.approx(material.density(), rel=tolerance)


def test_substituting_aluminium_for_titanium_hardly_moves_the_density():
    assert materials.load("LATP").density() == pytest.approx(materials.load("LATP-0.3").density(), rel=0.01)


@pytest.mark.parametrize(
    ("name", "electrons", "capacity"),  # mAh/g, textbook values
    [("LFP", 1, 169.9), ("NMC811", 1, 275.5), ("LTO", 3, 175.1), ("Li", 1, 3861), ("ZS-NMC", 1, 275.4)],
)
def test_theoretical_capacity(name, electrons, capacity):
    material = materials.load(name)
    by_hand = electrons * FARADAY / (3.6 * material.molar_mass() * 1e3)
    assert material.theoretical_capacity() / 3600.0 == pytest.approx(by_hand, rel=1e-9)
    assert by_hand == pytest.approx(capacity, rel=5e-4)


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r.quantity.endswith("conductivity") and not r.key], ids=lambda r: r.id
)
def test_law_at_its_own_temperature_returns_the_value(row):
    material = materials.load(row.material)
    assert material.at(row.quantity, row.temperature) == pytest.approx(BOOK[row.id].value, rel=1e-12)


def test_polymer_electrolytes_reach_the_medians_of_the_same_data():
    # medians of the measured points at 90 degC: EO:Li = 12, 0.151 S/m (5 studies)
    assert materials.load("PEO-LiTFSI-12").ionic_conductivity(363.15) == pytest.approx(0.151, rel=0.1)


def test_azobisisobutyronitrile_decomposes_as_in_two_other_solvents():
    aibn = materials.load("AIBN")
    rate = aibn.get("decomposition_prefactor") * math.exp(
        -aibn.get("decomposition_activation_energy") / (BOLTZMANN * 333.15)
    )
    # 6.45e-4 1/min in dimethylformamide, 7.20e-4 in acrylonitrile, at 60 degC (J. Polym. Sci. A 34 (1996) 613);
    # solvents differ by up to 40 %
    for other in (6.45e-4 / 60, 7.20e-4 / 60):
        assert 0.6 < rate / other < 1.4


def test_lithium_shear_modulus_is_the_hill_mean_of_its_crystal():
    lithium = materials.load("Li")
    c11, c12, c44 = (lithium.get(f"elastic_constant_{name}") for name in ("c11", "c12", "c44"))
    voigt = (c11 - c12 + 3 * c44) / 5
    reuss = 5 * (c11 - c12) * c44 / (4 * c44 + 3 * (c11 - c12))
    assert lithium.get("shear_modulus") == pytest.approx((voigt + reuss) / 2, rel=0.005)
    datum = BOOK["Li.shear_modulus"]
    assert (datum.low, datum.high) == (pytest.approx(reuss, rel=0.005), pytest.approx(voigt, rel=0.005))


def test_garnet_moduli_agree_with_each_other():
    llzo = materials.load("LLZO")
    shear, bulk = llzo.get("shear_modulus"), llzo.get("bulk_modulus")
    assert 9 * bulk * shear / (3 * bulk + shear) == pytest.approx(llzo.get("youngs_modulus"), rel=0.05)


def test_everything_a_recipe_weighs_has_a_density_and_a_molar_mass():
    for name in (
        "LATP LLZTO LLZO LVO LTO SiO2 PEO SN FEC EA MTFSI EDA MEMA LiTFSI LiDFOB LiClO4 LiNO3 AIBN PPO povidone PVB "
        "BBP starch acetonitrile PE PVDF Li Cu Al LFP NMC811 ZS-NMC carbon-black"
    ).split():
        material = materials.load(name)
        assert 400.0 < material.density() < 10000.0
        assert 0.005 < material.molar_mass() < 1.0


@pytest.mark.parametrize(
    ("name", "expected"),  # mol/m3 of the crystal
    [("LFP", 22820.0), ("NMC811", 49180.0), ("LTO", 22780.0), ("LVO", 32760.0)],
)
def test_maximum_concentration_is_that_of_the_crystal(name, expected):
    material = materials.load(name)
    assert material.maximum_concentration() == pytest.approx(expected, rel=2e-3)
    charge = material.maximum_concentration() * FARADAY / material.density()
    assert charge == pytest.approx(material.theoretical_capacity(), rel=1e-12)


def test_rate_constants_give_the_published_exchange_currents_back():
    lfp = materials.load("LFP")
    # 6e-7 A m2.5/mol1.5 with 22806 mol/m3 in the source
    assert lfp.insertion_rate_constant(298.15) * FARADAY == pytest.approx(6e-7, rel=2e-3)
    warm = lfp.insertion_rate_constant(333.15) / lfp.insertion_rate_constant(298.15)
    assert warm == pytest.approx(math.exp(39570.0 / GAS_CONSTANT * (1 / 298.15 - 1 / 333.15)), rel=1e-4)
    nmc = materials.load("NMC811")
    half = laws.insertion_exchange_current(
        nmc.insertion_rate_constant(298.15), 1000.0, nmc.maximum_concentration() / 2, nmc.maximum_concentration()
    )
    assert half == pytest.approx(5.028 * 0.5**0.43 * 0.5**0.57, rel=1e-9)


def test_diffusion_times_of_the_particles_are_those_of_their_sets():
    for suffix, expected in (("", (50e-9) ** 2 / 5.9e-18), ("@BPX", (0.5e-6) ** 2 / 6.873e-17)):
        radius, diffusivity = (BOOK[f"LFP.{name}{suffix}"].value for name in ("particle_radius", "lithium_diffusivity"))
        assert radius**2 / diffusivity == pytest.approx(expected, rel=1e-12)


def test_lithium_exchange_current_follows_from_the_film_resistance():
    lithium = materials.load("Li")
    expected = laws.exchange_current_density(lithium.get("film_resistance"), 353.15)
    assert lithium.get("exchange_current_density") == pytest.approx(expected, rel=1e-3)
    molar_volume = 1.3e-5
    xu = FARADAY * 3.5e-8 * molar_volume**-0.7 * 1000.0**0.3
    assert BOOK["Li.exchange_current_density@LiPF6"].value == pytest.approx(xu, rel=1e-3)


@pytest.mark.parametrize("ratio", [10, 12, 16, 20])
def test_salt_concentration_of_poly_ethylene_oxide_from_its_volumes(ratio):
    material = materials.load(f"PEO-LiTFSI-{ratio}")
    volume = ratio * 44.053e-3 / 1120.0 + BOOK["LiTFSI.partial_molar_volume@water"].value
    assert material.get("salt_concentration") == pytest.approx(1 / volume, rel=2e-3)


@pytest.mark.parametrize("ratio", [10, 12, 16])
def test_the_transport_numbers_of_poly_ethylene_oxide_belong_together(ratio):
    material = materials.load(f"PEO-LiTFSI-{ratio}")
    b, t0 = material.get("vtf_b"), material.get("vtf_t0")
    slope = laws.apparent_activation_energy_vtf(363.15, b, t0)
    assert material.get("salt_diffusivity_activation_energy") == pytest.approx(slope, rel=5e-3)
    factor = laws.thermodynamic_factor_from_current_fraction(
        material.get("current_fraction"),
        material.ionic_conductivity(363.15),
        material.get("salt_diffusivity"),
        material.get("transference_number"),
        concentration=material.get("salt_concentration"),
        temperature=363.15,
    )
    assert factor == pytest.approx(material.get("thermodynamic_factor"), abs=0.35)


@pytest.mark.parametrize("name", ["LATP", "LLZTO", "LLZO"])
def test_specific_grain_boundary_capacitance_is_that_of_a_thin_plate(name):
    material, datum = materials.load(name), BOOK[f"{name}.specific_grain_boundary_capacitance"]
    permittivity = BOOK[f"{name}.relative_permittivity"]
    assert datum.value == pytest.approx(VACUUM_PERMITTIVITY * material.get("relative_permittivity") / 2e-9, rel=0.02)
    assert datum.low == pytest.approx(VACUUM_PERMITTIVITY * permittivity.low / 10e-9, rel=0.05)
    assert datum.high == pytest.approx(VACUUM_PERMITTIVITY * permittivity.high / 1e-9, rel=0.05)


def test_the_example_film_grows_and_resists_as_films_do():
    film = materials.load("SEI")
    thickness = laws.film_thickness(
        3.15576e7,
        film.get("film_rate_constant"),
        film.get("film_diffusivity"),
        molar_volume=film.get("partial_molar_volume"),
        concentration=film.get("film_species_concentration"),
        initial=film.get("film_thickness"),
    )
    assert 1e-7 < thickness < 1e-5  # in a year
    assert film.get("film_thickness") * film.get("film_resistivity") == pytest.approx(1e-3)  # 10 ohm cm2
