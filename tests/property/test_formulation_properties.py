import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer import laws
from ceramer.formulation import evaluate, load_recipe, ternary
from ceramer.materials import catalogue

MATERIALS = ["PEO", "SN", "LiTFSI", "FEC", "LATP", "LiDFOB"]
MASSES = st.lists(st.floats(1e-3, 1e3), min_size=len(MATERIALS), max_size=len(MATERIALS))


def mixture(masses, unit="g", kind="mass"):
    components = [
        {"name": name, "material": name, kind: f"{m!r} {unit}" if kind == "mass" else m}
        for name, m in zip(MATERIALS, masses, strict=True)
    ]
    return evaluate(load_recipe({"name": "mix", "components": components}), catalogue().ledger())


def intensive(f):
    return [
        *f.mass_fractions.values(),
        *f.volume_fractions.values(),
        f.density,
        f.salt_concentration,
        f.salt_concentration_of_total,
        f.salt_molality,
        f.ether_oxygen_to_lithium,
        f.nitrile_to_lithium,
        f.lithium,
        f.lithium_concentration,
        f.tga_residue(),
    ]


@settings(max_examples=25, deadline=None)
@given(MASSES, st.floats(1e-4, 1e4))
def test_scaling_all_masses_changes_nothing(masses, scale):
    assert intensive(mixture([m * scale for m in masses])) == pytest.approx(intensive(mixture(masses)), rel=1e-9)


@settings(max_examples=10, deadline=None)
@given(MASSES)
def test_units_and_ways_to_say_it_are_equal(masses):
    grams = intensive(mixture(masses))
    assert intensive(mixture([m * 1e3 for m in masses], "mg")) == pytest.approx(grams, rel=1e-9)
    assert intensive(mixture(masses, kind="mass_parts")) == pytest.approx(grams, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(MASSES)
def test_mass_to_volume_to_mass(masses):
    f = mixture(masses)
    assert sum(f.mass_fractions.values()) == pytest.approx(1.0)
    assert sum(f.volume_fractions.values()) == pytest.approx(1.0)
    densities = [part.density for part in f.parts]
    back = laws.volume_to_mass_fractions(list(f.volume_fractions.values()), densities)
    assert list(back) == pytest.approx(list(f.mass_fractions.values()), rel=1e-9)
    components = [
        {"name": name, "material": name, "volume_fraction": value, "of": "total"}
        for name, value in f.volume_fractions.items()
    ]
    again = evaluate(load_recipe({"name": "mix", "components": components}), catalogue().ledger())
    assert again.mass_fractions == pytest.approx(f.mass_fractions, rel=1e-9)


@settings(max_examples=25, deadline=None)
@given(MASSES)
def test_density_lies_between_those_of_the_parts(masses):
    f = mixture(masses)
    densities = [part.known_density for part in f.parts]
    assert min(densities) * (1 - 1e-12) <= f.density <= max(densities) * (1 + 1e-12)
    assert f.salt_concentration >= f.salt_concentration_of_total


@settings(max_examples=25, deadline=None)
@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_any_composition_of_a_ternary(u, v):
    a, b = u, (1.0 - u) * v
    composition = {"PEO": a, "SN": b, "salts": max(0.0, 1.0 - a - b)}
    recipe = load_recipe(
        {
            "name": "t",
            "groups": [{"name": "salts", "mass_parts": 1}],
            "components": [
                {"name": "PEO", "material": "PEO", "mass_parts": 1},
                {"name": "SN", "material": "SN", "mass_parts": 1},
                {"name": "LiTFSI", "material": "LiTFSI", "group": "salts", "molar_parts": 3},
                {"name": "LiDFOB", "material": "LiDFOB", "group": "salts", "molar_parts": 1},
            ],
        }
    )
    f = evaluate(ternary(recipe, composition), catalogue().ledger())
    for name, share in composition.items():
        assert f.mass_fraction(name) == pytest.approx(share, abs=1e-12)
    total = sum(part.count("lithium") for part in f.parts)
    assert f.salt_concentration * f.volume == pytest.approx(total)
