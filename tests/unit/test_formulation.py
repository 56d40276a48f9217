import math
import pickle
import tomllib

import pytest

from ceramer.errors import InputError, UnknownNameError
from ceramer.formulation import AMOUNTS, Recipe, evaluate, load_recipe, template, ternary
from ceramer.materials import catalogue
from ceramer.provenance import Book, Datum, estimate

PLAIN = {"role": "additive", "density": "1 g/cm3"}


def make(components, **more):
    return load_recipe({"name": "mix", "components": components, **more})


def run(components, **more):
    return evaluate(make(components, **more), catalogue().ledger())


def part(name, **more):
    """A component with a density of 1 g/cm3 (and the role of an additive), unless said otherwise."""
    return {"name": name, **PLAIN, **more}


# --- amounts ------------------------------------------------------------------------------------------------------


def test_masses_to_mass_and_volume_fractions():
    f = run([part("a", mass="1 g", density="1 g/cm3"), part("b", mass="3 g", density="2 g/cm3")])
    assert f.mass_fractions == pytest.approx({"a": 0.25, "b": 0.75})
    assert f.volume_fractions == pytest.approx({"a": 0.4, "b": 0.6})
    assert f.density == pytest.approx(4.0 / 2.5 * 1000.0)
    assert f.mass == pytest.approx(4e-3)
    assert f.volume == pytest.approx(2.5e-6)
    assert f.findings[0].startswith("mix: a has no formula")


def test_volume_parts_and_volumes():
    f = run([part("a", volume_parts=1), part("b", volume_parts=3, density="2 g/cm3")])
    assert f.mass_fractions == pytest.approx({"a": 1 / 7, "b": 6 / 7})
    f = run([part("a", volume="1 mL"), part("b", mass="2 g", density="2 g/cm3")])
    assert f.mass_fractions == pytest.approx({"a": 1 / 3, "b": 2 / 3})
    assert f.volume_fractions == pytest.approx({"a": 0.5, "b": 0.5})


def test_molar_parts():
    f = run([part("a", molar_parts=2, molar_mass="10 g/mol"), part("b", molar_parts=1, molar_mass="60 g/mol")])
    assert f.mass_fractions == pytest.approx({"a": 0.25, "b": 0.75})


def test_group_shares_its_amount():
    f = run(
        [
            part("a", mass_parts=80),
            part("b", group="g", molar_parts=1, molar_mass="10 g/mol"),
            part("c", group="g", molar_parts=1, molar_mass="30 g/mol"),
        ],
        groups=[{"name": "g", "mass_parts": 20}],
    )
    assert f.mass_fractions == pytest.approx({"a": 0.8, "b": 0.05, "c": 0.15})
    assert f.mass_fraction("g") == pytest.approx(0.2)
    assert f.volume_fraction("g") == pytest.approx(0.2)


def test_group_as_a_label_takes_the_masses_inside():
    f = run(
        [part("a", mass="3 g"), part("b", group="g", mass="1 g"), part("d", mass_fraction="10 %", of="g")],
        groups=[{"name": "g"}],
    )
    assert f.mass == pytest.approx(4.1e-3)
    assert f.mass_fraction("d") == pytest.approx(0.1 / 4.1)


@pytest.mark.parametrize(
    ("of", "share"),
    [("total", 0.05), ("rest", 0.05 / 1.05), ("a", 0.0125 / 1.0125)],
)
def test_a_percentage_is_of_something(of, share):
    f = run([part("a", mass="1 g"), part("b", mass="3 g"), part("x", mass_fraction="5 wt%", of=of)])
    assert f.mass_fraction("x") == pytest.approx(share)


@pytest.mark.parametrize(("of", "volume"), [("total", 0.5), ("rest", 1 / 3), ("a", 0.25 / 1.25)])
def test_volume_percentages(of, volume):
    f = run(
        [
            part("a", mass="1 g"),
            part("b", mass="2 g", density="2 g/cm3"),
            part("x", volume_fraction="50 vol%", of=of, density="3 g/cm3"),
        ]
    )
    assert f.volume_fraction("x") == pytest.approx(volume)


def test_balance():
    f = run([part("a", mass_fraction="30 wt%"), part("b", balance=True), part("i", mass_fraction="1 wt%", of="rest")])
    assert f.mass_fractions == pytest.approx({"a": 0.3 / 1.01, "b": 0.7 / 1.01, "i": 0.01 / 1.01})


def test_sub_recipe_inline_and_in_a_file(tmp_path):
    inner = {"name": "inner", "components": [part("x", mass_parts=1), part("y", mass_parts=3)]}
    outer = [part("z", mass="1 g"), {"name": "film", "recipe": "inner", "mass": "4 g"}]
    f = run(outer, recipes={"inner": inner})
    assert f.mass_fractions == pytest.approx({"z": 0.2, "x": 0.2, "y": 0.6})
    assert f.mass_fraction("film") == pytest.approx(0.8)
    (tmp_path / "inner.toml").write_text(
        'name = "inner"\n[[components]]\nname = "EA"\nmaterial = "EA"\nmass_parts = 1\n', encoding="utf-8"
    )
    path = tmp_path / "outer.toml"
    path.write_text(
        'name = "outer"\n[[components]]\nname = "i"\nrecipe = "inner"\nmass = "1 g"\n'
        '[[components]]\nname = "EA"\nmaterial = "EA"\nmass = "1 g"\n',
        encoding="utf-8",
    )
    f = evaluate(load_recipe(path), catalogue().ledger())
    assert f.mass_fractions == pytest.approx({"i/EA": 0.5, "EA": 0.5})


# --- chemistry ----------------------------------------------------------------------------------------------------


def peo(**more):
    return [
        {"name": "PEO", "material": "PEO", "mass": "0.25 g", "density": "1 g/cm3"},
        {"name": "LiTFSI", "material": "LiTFSI", "mass": "0.15 g", "density": "2 g/cm3"},
        *more.get("extra", []),
    ]


def test_salt_lithium_and_ratios_by_hand():
    ceramic = {"name": "c", "role": "ceramic", "density": "4 g/cm3", "mass": "0.4 g", "formula": "Li2O"}
    f = run(peo(extra=[ceramic]))
    salt = 0.15e-3 / 287.075e-3  # mol
    polymer, total = 0.325e-6, 0.425e-6  # m3
    assert f.salt_concentration == pytest.approx(salt / polymer, rel=1e-4)
    assert f.salt_concentration_of_total == pytest.approx(salt / total, rel=1e-4)
    assert f.salt_molality == pytest.approx(salt / 0.25e-3, rel=1e-4)
    assert f.ether_oxygen_to_lithium == pytest.approx(0.25 / 44.053 / (0.15 / 287.075), rel=1e-4)
    lithium = salt + 2 * 0.4e-3 / 29.88e-3
    assert f.lithium == pytest.approx(lithium / 0.8e-3, rel=1e-3)
    assert f.lithium_concentration == pytest.approx(lithium / total, rel=1e-3)
    assert f.lithium_per_area(1e-4) == pytest.approx(1e-4 * lithium / total, rel=1e-3)
    assert f.areal_density(1e-4) == pytest.approx(1e-4 * 0.8e-3 / total)
    assert f.solid_volume_fraction == pytest.approx(0.1 / 0.425)


def test_nitriles_and_tethered_anions():
    f = run(
        [
            {"name": "SN", "material": "SN", "molar_parts": 20},
            {"name": "LiTFSI", "material": "LiTFSI", "molar_parts": 3},
            {"name": "MTFSI", "material": "MTFSI", "molar_parts": 1},
        ]
    )
    assert f.nitrile_to_lithium == pytest.approx(10.0)
    assert f.tethered_anion_concentration == pytest.approx(f.salt_concentration / 3)


def test_own_functional_groups():
    f = run([part("g4", mass="1 g", molar_mass="222 g/mol", groups={"ether_oxygen": 5}), peo()[1]])
    assert f.ether_oxygen_to_lithium == pytest.approx(5 / 222 / (0.15 / 287.075), rel=1e-4)


def test_cured_density_counts_in_the_product_only():
    components = [
        {"name": "EA", "material": "EA", "mass": "1 g", "cured_material": "PEA"},
        {"name": "AIBN", "material": "AIBN", "mass": "0.01 g"},
    ]
    cure = {
        "initiator": "AIBN",
        "temperature": "65 degC",
        "time": "1 h",
        "decomposition_rate": "1e-4 1/s",
        "efficiency": 0.5,
        "propagation": "1 m3/mol/s",
        "termination": "1e4 m3/mol/s",
    }
    f = run(components, cure=cure)
    assert f.parts[0].volume == pytest.approx(1e-3 / 1120.0)
    liquid = 1e-3 / 923.42 + 1e-5 / 1100.0
    assert f.kinetics is not None
    assert f.kinetics.initiator_concentration == pytest.approx(1e-5 / 0.16421 / liquid, rel=1e-4)


# --- residue, porosity, filling, cure -----------------------------------------------------------------------------


def test_tga_residue_by_role_material_and_name():
    f = run([part("c", role="ceramic", mass="3 g"), {"name": "s", "material": "LiTFSI", "mass": "1 g"}])
    assert f.tga_residue() == pytest.approx(0.75)
    assert f.tga_residue({"ceramic": 0.9, "LiTFSI": 0.1}) == pytest.approx(0.7)
    assert f.tga_residue({"ceramic": 0.9, "salt": 0.5, "s": 0.0}) == pytest.approx(0.675)
    with pytest.raises(InputError, match=r"mix: the retained share of 'salt' is 1.5, not between 0 and 1"):
        f.tga_residue({"salt": 1.5})


def test_sintered_porosity_and_its_limits():
    f = run(
        [part("c", role="ceramic", mass="2 g", density="4 g/cm3"), part("p", mass="1 g"), part("s", mass="9 g")],
        removed={"dried": ["s"], "burnt_out": ["p"]},
    )
    assert f.mass_fractions == {"c": 1.0}
    assert f.mixed_mass_fractions == pytest.approx({"c": 1 / 6, "p": 1 / 12, "s": 0.75})
    assert f.sintered_porosity(0.0) == pytest.approx(2 / 3)
    assert f.sintered_porosity(0.1) == pytest.approx(1.0 - (1 / 3) / 0.729)
    assert f.sintered_porosity(1.0 - (1 / 3) ** (1 / 3) - 1e-12) == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(InputError, match=r"0\.4 is more than the 0\.3066 at which all pores are closed"):
        f.sintered_porosity(0.4)
    with pytest.raises(InputError, match="linear shrinkage is not given"):
        f.sintered_porosity()


def test_filling():
    spec = {"volume": "10 uL", "count": 3, "film_diameter": "10 mm", "film_thickness": "100 um", "porosity": 0.5}
    f = run([part("a", mass="1 g")], infiltration=spec)
    film = math.pi * 25e-6 * 1e-4
    assert f.filling is not None
    assert f.filling.injected == pytest.approx(3e-8)
    assert f.filling.pores == pytest.approx(film / 2)
    assert f.filling.overflow == pytest.approx(3e-8 - film / 2)
    assert f.filling.filled_fraction == 1.0
    assert any("30 uL are put into a film of 7.85 uL (more than the whole film)" in s for s in f.findings)
    f = run([part("a", mass="1 g")], infiltration={**spec, "volume": "1 uL"})
    assert f.filling is not None
    assert f.filling.filled_fraction == pytest.approx(3e-9 / (film / 2))
    assert f.filling.overflow == 0.0
    assert not any("uL" in s for s in f.findings)


CURE = {
    "initiator": "AIBN",
    "temperature": "80 degC",
    "time": "1 h",
    "decomposition_prefactor": {"catalogue": "AIBN.decomposition_prefactor"},
    "decomposition_activation_energy": {"catalogue": "AIBN.decomposition_activation_energy"},
    "efficiency": 0.6,
    "propagation": "1000 L/mol/s",
    "termination": "1e7 L/mol/s",
}
EA_AIBN = [
    {"name": "EA", "material": "EA", "mass": "1 g"},
    {"name": "AIBN", "material": "AIBN", "mass_fraction": "1 wt%", "of": "rest"},
]


def test_conversion_limits_and_order():
    f = run(EA_AIBN, cure=CURE)
    assert f.conversion(0.0) == 0.0
    assert 0.0 < f.conversion(60.0) < f.conversion(600.0) < f.conversion() < 1.0
    assert f.conversion(60.0, 333.15) < f.conversion(60.0, 353.15)
    assert f.polymer_yield(0.5) == pytest.approx(0.5 / 1.01)


def test_conversion_scales_with_the_square_root_of_the_initiator():
    one, four = run(EA_AIBN, cure=CURE), run([EA_AIBN[0], {**EA_AIBN[1], "mass_fraction": "4 wt%"}], cure=CURE)
    ratio = math.log1p(-four.conversion(100.0)) / math.log1p(-one.conversion(100.0))
    assert one.kinetics is not None
    assert four.kinetics is not None
    concentrations = four.kinetics.initiator_concentration / one.kinetics.initiator_concentration
    assert ratio == pytest.approx(math.sqrt(concentrations))


@pytest.mark.parametrize("propagation", ["1e-3 L/mol/s", "1000 L/mol/s", "1e6 L/mol/s"])
def test_observed_conversion_is_met_whatever_the_trial_constant(propagation):
    observed = {"conversion": "99.92 %", "time": "1 h", "temperature": "80 degC"}
    f = run(EA_AIBN, cure={**CURE, "propagation": propagation, "observed": observed})
    assert f.conversion(3600.0, 353.15) == pytest.approx(0.9992, rel=1e-9)
    assert f.conversion(1800.0, 353.15) < 0.9992


def test_light_cure_holds_at_one_temperature_only():
    cure = {k: v for k, v in CURE.items() if not k.startswith("decomposition")} | {"decomposition_rate": "0.01 1/s"}
    f = run(EA_AIBN, cure=cure)
    assert 0.0 < f.conversion(10.0) < 1.0
    with pytest.raises(InputError, match="rate of initiation is given at one temperature only"):
        f.conversion(10.0, 300.0)


# --- findings -----------------------------------------------------------------------------------------------------


def findings(components, **more):
    return [s for s in run(components, **more).findings if "has no formula" not in s]


def test_a_sum_that_is_not_100_percent():
    said = findings([part("a", mass_fraction="60 wt%"), part("b", mass_fraction="30 wt%")])
    assert said == ["mix: the percentages of a, b add up to 90 %, not 100 %; scaled to 100 %."]
    assert findings([part("a", mass_fraction="60 wt%"), part("b", mass_fraction="40 wt%")]) == []


def test_no_basis_gives_both_readings():
    (said,) = findings([part("a", mass="1 g"), part("x", mass_fraction="10 wt%")])
    assert said == (
        "mix: x is 10 % of something that is not said: of the total it is 10 wt% of the mixture, of the rest "
        "9.091 wt%; read as of the rest."
    )


def test_percentages_that_make_a_whole_leave_the_additive_on_top():
    f = run([part("a", mass_fraction="60 %"), part("b", mass_fraction="40 %"), part("x", mass_fraction="1 %")])
    assert f.mass_fraction("x") == pytest.approx(0.01 / 1.01)
    assert sum("of something that is not said" in s for s in f.findings) == 1


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("10.0(1) wt%", None),
        ("11.1(1) wt%", "mix: the printed 11.1 wt% of x is of the rest: it makes 10 wt% of the total and 11.11 wt%"),
        ("15.0(1) wt%", "mix: x is printed as 15 wt%, but its amount makes 10 wt% of the total and 11.11 wt% of the"),
    ],
)
def test_masses_against_a_printed_percentage(printed, expected):
    said = findings([part("a", mass="9 g"), part("x", mass="1 g", printed_mass_fraction=printed)])
    assert len(said) == (expected is not None)
    if expected:
        assert said[0].startswith(expected)


def test_misprinted_names():
    said = findings([part("a", mass="1 g", printed_as="b"), part("b", mass="3 g")])
    assert said == [
        "mix: a is printed as 'b'; taken literally, b would make 100 wt% and a would be absent; read as 25 wt% of a."
    ]
    said = findings([{"name": "EA", "material": "EA", "mass": "1 g", "printed_as": "ethylene acrylate"}])
    assert said == ["mix: EA is printed as 'ethylene acrylate'; read as ethyl acrylate."]


def test_a_loss_greater_than_its_share():
    components = [part("polymer", mass="2 g"), part("plasticiser", mass="5 g"), part("c", role="ceramic", mass="3 g")]
    losses = [{"loss": "45 wt%", "attributed_to": ["polymer"]}]
    assert findings(components, weight_losses=losses) == [
        "mix: a loss of 45 wt% is attributed to polymer, which is 20 wt% of the product; large enough for the "
        "difference: plasticiser (50 wt%), c (30 wt%)."
    ]
    assert findings(components, weight_losses=[{"loss": "20 wt%", "attributed_to": ["polymer"]}]) == []


# --- errors -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("components", "more", "sentence"),
    [
        ([{"name": "a", "material": "LATPP", "mass": "1 g"}], {}, "Unknown material 'LATPP': did you mean 'LATP'"),
        ([part("a", mass="-1 g")], {}, "mix: components.0.mass: '-1 g' must not be negative; write it like '0.35 g'."),
        ([part("a", mass="1")], {}, "mix: components.0.mass: '1' has no unit; write it like '0.35 g'."),
        ([part("a", mas="1 g")], {}, "mix: unknown field 'components.0.mas': did you mean 'mass'?"),
        ([part("a")], {}, "mix: components.0: 'a' has no amount; give one of mass, volume"),
        ([part("a", mass="1 g", mass_parts=1)], {}, "'a' gives its amount as mass and mass_parts; give one of them"),
        ([part("a", mass="1 g", of="rest")], {}, "'a': 'of' says what a percentage is of, but no percentage is given"),
        ([part("a", mass_fraction=0.1, of="a")], {}, "'a' is a percentage of itself"),
        ([{"name": "a", "mass": "1 g"}], {}, "'a' needs a material of the catalogue, a recipe, or its own density"),
        ([{"name": "a", "material": "EA", "recipe": "b", "mass": "1 g"}], {}, "'a' is both a material and a recipe"),
        ([], {}, "mix: the recipe has no components; add a"),
        ([part("a", mass="1 g"), part("a", mass="1 g")], {}, "two components are called 'a'"),
        ([part("a", mass="1 g", group="slat")], {"groups": [{"name": "salt"}]}, "Unknown group 'slat': did you mean"),
        ([part("a", mass="1 g")], {"groups": [{"name": "a"}]}, "'a' is both a component and a group"),
        (
            [part("a", mass="1 g")],
            {"groups": [{"name": "g", "group": "h"}, {"name": "h", "group": "g"}]},
            "the group 'g' contains itself",
        ),
        ([part("a", mass_parts=1, group="g")], {"groups": [{"name": "g"}]}, "group 'g' has no amount and no masses"),
        ([part("a", mass="1 g")], {"removed": {"dried": ["b"]}}, "Unknown component 'b'"),
        ([part("a", mass="1 g")], {"removed": {"dried": ["a"]}}, "mix: everything is removed"),
        (
            [part("a", mass="1 g"), part("b", mass_fraction="120 wt%", of="rest")],
            {},
            "mix: the fraction of 'b' is 1.2, above 1; write percent as '5 wt%'.",
        ),
        (
            [part("a", mass="1 g"), part("b", mass_fraction=0.6, of="total"), part("c", mass_fraction=0.5, of="total")],
            {},
            "mix: the percentages of the total add up to 110 %, which leaves nothing for a; say of = 'rest'",
        ),
        ([part("a", mass_fraction=0.9), part("c", mass_fraction=0.5), part("b", balance=True)], {}, "no balance"),
        ([part("a", balance=True), part("b", balance=True)], {}, "only one component can be the balance"),
        ([part("a", mass="1 g"), part("b", balance=True)], {}, "a balance needs the others as percentages"),
        (
            [part("a", mass="1 g"), part("b", mass_fraction=0.1, of="c")],
            {},
            "Unknown basis of a percentage in mix 'c'",
        ),
        (
            [
                part("a", mass="1 g"),
                part("b", mass_fraction=0.1, of="c"),
                part("c", mass_fraction=0.1, of="b"),
            ],
            {},
            "mix: b and c are percentages of each other.",
        ),
        ([part("a", mass_parts=1), part("b", volume_parts=1)], {}, "mass_parts and volume_parts cannot stand beside"),
        ([part("a", mass="1 g"), part("b", mass_parts=1)], {}, "mass_parts beside a mass has no scale"),
        (
            [part("a", mass_fraction=0.5, of="total"), part("b", volume_fraction=0.5, of="total")],
            {},
            "mass and volume fractions of one total are mixed",
        ),
        ([part("a", mass="0 g")], {}, "mix: the amounts add up to nothing"),
        ([part("a", molar_parts=1)], {}, "The molar mass of 'a' is not known; give `molar_mass` in the recipe."),
        ([part("a", role="salt", mass="1 g")], {}, "the lithium in the salt 'a' is not known; give `formula`."),
        ([part("a", mass="1 g", formula="Li2Qq")], {}, "'Li2Qq'"),
        ([{"name": "a", "recipe": "b", "mass": "1 g"}], {}, "Unknown recipe 'b'"),
        ([part("a", mass="1 g")], {"kind": "cell"}, "mix: kind is 'cell', not 'recipe'."),
        ([part("a", mass="1 g")], {"schema_version": 2}, "schema_version 2 is not known"),
        (EA_AIBN, {"cure": {**CURE, "decomposition_rate": "1 1/s"}}, "give either decomposition_rate, or"),
        (EA_AIBN, {"cure": {**CURE, "initiator": "PPO"}}, "Unknown component 'PPO'"),
        (EA_AIBN, {"cure": {**CURE, "propagation": "5 1/s"}}, "is a frequency, not a second order rate constant"),
        (
            EA_AIBN,
            {"cure": {**CURE, "observed": {"conversion": "100 %", "time": "1 h", "temperature": "80 degC"}}},
            "an observed conversion of 1 fixes no rate",
        ),
        (
            EA_AIBN,
            {
                "cure": {
                    **CURE,
                    "propagation": "0 L/mol/s",
                    "observed": {"conversion": "90 %", "time": "1 h", "temperature": "80 degC"},
                }
            },
            "with these rate constants nothing cures",
        ),
        (
            [part("a", mass="1 g")],
            {
                "infiltration": {
                    "volume": "1 uL",
                    "count": 1,
                    "film_diameter": "1 mm",
                    "film_thickness": "1 um",
                    "porosity": 1.2,
                }
            },
            "a porosity of 1.2 leaves no pores to fill",
        ),
    ],
)
def test_wrong_recipes_are_explained_in_one_sentence(components, more, sentence):
    with pytest.raises(InputError) as caught:
        run(components, **more)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_properties_are_named_where_they_are_needed():
    f = run([{"name": "NMP", "material": "NMP", "mass": "1 g"}])
    assert f.mass_fractions == {"NMP": 1.0}
    if f.parts[0].density is None:
        with pytest.raises(InputError, match="The density of 'NMP' is not known; give `density` in the recipe"):
            f.density


def test_questions_without_an_answer():
    f = run([part("c", role="ceramic", mass="1 g")])
    for attribute, sentence in [
        ("salt_concentration", "mix: there is no polymer phase, so this has no value."),
        ("tethered_anion_concentration", "there is no polymer phase"),
        ("ether_oxygen_to_lithium", "there is no lithium in the polymer phase"),
        ("nitrile_to_lithium", "there is no lithium in the polymer phase"),
        ("salt_molality", "nothing dissolves the salt"),
    ]:
        with pytest.raises(InputError, match=sentence):
            getattr(f, attribute)
    with pytest.raises(InputError, match="gives no thickness; pass one"):
        f.areal_density()
    with pytest.raises(InputError, match="is not positive"):
        f.areal_density(-1.0)
    with pytest.raises(InputError, match=r"no \[cure\] block"):
        f.conversion(1.0)
    with pytest.raises(InputError, match="is not between 0 and 1"):
        f.polymer_yield(1.1)
    with pytest.raises(UnknownNameError, match="did you mean 'ceramic'"):
        f.mass_fraction("ceramics")


def test_unreadable_files(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        load_recipe(tmp_path / "none.toml")
    path = tmp_path / "bad.toml"
    path.write_text("name = [", encoding="utf-8")
    with pytest.raises(InputError, match="not valid TOML"):
        load_recipe(path)
    path.write_text('name = "x"\n[[components]]\nname = "i"\nrecipe = "bad"\nmass = "1 g"\n', encoding="utf-8")
    with pytest.raises(InputError, match="the recipe contains itself"):
        load_recipe(path)
    path.write_text('name = "x"\n[[components]]\nname = "i"\nrecipe = "../bad"\nmass = "1 g"\n', encoding="utf-8")
    with pytest.raises(InputError, match="pattern"):
        load_recipe(path)


def test_references_are_checked_against_the_ledger():
    data = {"name": "x", "components": [part("a", mass={"fact": "A0191"})]}
    load_recipe(data)
    with pytest.raises(UnknownNameError, match="Unknown datum 'A0191'"):
        load_recipe(data, catalogue().ledger())


# --- any composition ----------------------------------------------------------------------------------------------

SOLUTION = {
    "name": "solution",
    "groups": [{"name": "salts", "mass_parts": 20}],
    "components": [
        {"name": "MEMA", "material": "MEMA", "mass_parts": 30},
        {"name": "SN", "material": "SN", "mass_parts": 50},
        {"name": "LiTFSI", "material": "LiTFSI", "group": "salts", "molar_parts": 19},
        {"name": "LiDFOB", "material": "LiDFOB", "group": "salts", "molar_parts": 1},
        {"name": "FEC", "material": "FEC", "mass_fraction": "5 wt%", "of": "rest"},
    ],
}


def test_ternary():
    recipe = load_recipe(SOLUTION)
    same = evaluate(ternary(recipe, {"MEMA": 0.3, "SN": 0.5, "salts": 0.2}), catalogue().ledger())
    printed = evaluate(recipe, catalogue().ledger())
    assert same.mass_fractions == pytest.approx(printed.mass_fractions)
    other = evaluate(ternary(recipe, {"MEMA": 0.6, "SN": 0.3, "salts": 0.1}), catalogue().ledger())
    assert other.mass_fraction("salts") == pytest.approx(0.1 / 1.05)
    assert other.mass_fraction("FEC") == pytest.approx(0.05 / 1.05)
    corner = evaluate(ternary(recipe, {"MEMA": 1.0, "SN": 0.0, "salts": 0.0}), catalogue().ledger())
    assert corner.salt_concentration == 0.0
    assert corner.mass_fraction("MEMA") == pytest.approx(1 / 1.05)


def test_ternary_of_percentages():
    recipe = make(
        [
            part("a", mass_fraction=0.7, of="total"),
            part("b", mass_fraction=0.3, of="total"),
            part("i", mass_fraction=0.01, of="rest"),
        ]
    )
    f = evaluate(ternary(recipe, {"a": 0.2, "b": 0.8}), catalogue().ledger())
    assert f.mass_fractions == pytest.approx({"a": 0.2 / 1.01, "b": 0.8 / 1.01, "i": 0.01 / 1.01})
    with pytest.raises(InputError, match="some do not say of what"):
        ternary(make([part("a", mass_fraction=0.7), part("b", mass_fraction=0.3)]), {"a": 0.2, "b": 0.8})


@pytest.mark.parametrize(
    ("composition", "sentence"),
    [
        ({"MEMA": 0.5, "SN": 0.5, "salts": 0.1}, "the composition adds up to 1.1, not 1"),
        ({"MEMA": 0.5, "SN": 0.5}, "does not say how much salts"),
        ({"MEMA": 1.2, "SN": -0.2, "salts": 0.0}, "mass fraction of 'MEMA' is 1.2"),
        ({"MEMA": 0.5, "SN": 0.4, "salt": 0.1}, "did you mean 'salts'"),
        ({"MEMA": 0.5, "SN": 0.4, "LiTFSI": 0.1}, "Unknown part of solution 'LiTFSI'"),
    ],
)
def test_ternary_errors(composition, sentence):
    with pytest.raises(InputError, match=sentence):
        ternary(load_recipe(SOLUTION), composition)


# --- provenance ---------------------------------------------------------------------------------------------------


def test_estimate_gives_uncertainty_inputs_and_what_is_assumed():
    recipe = load_recipe(
        {
            "name": "film",
            "components": [
                {"name": "PEO", "material": "PEO", "mass": "0.25(1) g"},
                {"name": "LiTFSI", "material": "LiTFSI", "mass": "0.15 g"},
                {"name": "LLZO", "material": "LLZO", "mass": "0.12 g"},
            ],
        }
    )
    found = estimate(lambda ledger: evaluate(recipe, ledger).salt_concentration, catalogue())
    assert set(found.inputs) == {
        "film.components.PEO.mass",
        "film.components.LiTFSI.mass",
        "PEO.density",
        "LiTFSI.density",
    }
    assert set(found.assumed) == {"PEO.density", "LiTFSI.density"}
    assert found.standard_uncertainty is not None
    assert found.low is not None
    assert found.high is not None
    assert 0.02 < found.standard_uncertainty / found.value < 0.1
    assert found.low < found.value < found.high


def test_the_reading_of_percentages_does_not_jump_when_one_is_varied():
    book = catalogue() | Book([Datum("S", "mass_fraction", 0.4, "wt%", "example", standard_uncertainty=0.01)])
    recipe = make(
        [
            part("a", mass_fraction="60 wt%"),
            part("b", mass_fraction={"fact": "S"}),
            part("i", mass_fraction="0.5 wt%"),
        ]
    )
    ratio = []
    for value in (0.4, 0.400001, 0.41, 0.39):
        f = evaluate(recipe, book.ledger({"S": value}))
        ratio.append(f.mass_fraction("i"))
        assert sum("of something that is not said" in s for s in f.findings) == 1
    assert ratio == pytest.approx([0.005 / 1.005] * 4)


# --- the template -------------------------------------------------------------------------------------------------


def test_a_formulation_can_be_pickled_for_a_sweep():
    f = run(EA_AIBN, cure=CURE)
    assert pickle.loads(pickle.dumps(f)) == f


def test_template_runs(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(template(), encoding="utf-8")
    f = evaluate(load_recipe(path, catalogue().ledger()), catalogue().ledger())
    assert f.findings == ()
    assert sum(f.mass_fractions.values()) == pytest.approx(1.0)
    assert 0.0 < f.conversion(60.0) < 1.0
    assert f.areal_density() > 0.0
    assert set(tomllib.loads(template())["components"][0]) <= set(
        Recipe.model_json_schema()["$defs"]["Component"]["properties"]
    )


def test_every_amount_is_named_in_the_template():
    assert all(kind in template() for kind in AMOUNTS)
