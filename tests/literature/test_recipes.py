"""The recipes of the papers: what their printed numbers make, and what does not agree with itself."""

import csv
from importlib.resources import files
from pathlib import Path

import pytest

from ceramer import units
from ceramer.formulation import evaluate, load_recipe
from ceramer.library import _facts
from ceramer.materials import catalogue
from ceramer.provenance import estimate

FOLDER = Path(str(files("ceramer.library").joinpath("data/recipes")))
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))
BOOK = _facts.fact_book() | catalogue()
ARITHMETIC = Path(__file__).parent / "data" / "arithmetic.tsv"


def formulation(name):
    ledger = BOOK.ledger()
    return evaluate(load_recipe(FOLDER / f"{name}.toml", ledger), ledger)


def printed():
    with ARITHMETIC.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


def test_all_recipes_are_there():
    assert set(NAMES) >= {
        *("sh_spe", "pa_spe", "pce", "pce_liclo4", "uvea", "uvea_latp", "uvea_lvo", "uvea_lto", "uvea_sio2"),
        *("monomer_solution", "catholyte_sn", "llzt_tape", "cse", "cse_strict", "llzo_layer", "mof_layer", "peo_15"),
        *("lfp_cathode", "zs_cathode", "nmc811_cathode_90", "nmc811_cathode_70"),
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_evaluates(name):
    f = formulation(name)
    assert sum(f.mass_fractions.values()) == pytest.approx(1.0)
    assert sum(f.volume_fractions.values()) == pytest.approx(1.0)
    assert 900.0 < f.density < 6000.0
    assert 0.0 <= f.tga_residue() <= 1.0


@pytest.mark.parametrize("name", NAMES)
def test_printed_numbers_are_references(name):
    recipe = load_recipe(FOLDER / f"{name}.toml")
    inline = [g for g in recipe.givens() if g.datum is not None]
    for given in inline:  # what is not printed says that it is assumed, or is the unit of a ratio
        assert given.datum.assumed or given.datum.value == 1.0 or "printed" in given.datum.note, given.datum.id


WEIGHED = {
    "A0484": ("sh_spe", "EA", "PPO"),
    "A0485": ("sh_spe", "MTFSI", "PPO"),
    "A0486": ("sh_spe", "SN", "PPO"),
    "A0487": ("sh_spe", "LiTFSI", "PPO"),
    "A0488": ("sh_spe", "FEC", "PPO"),
    "A0490": ("pa_spe", "EA", "AIBN"),
    "A0491": ("pa_spe", "EDA", "AIBN"),
    "A0492": ("pa_spe", "SN", "AIBN"),
    "A0493": ("pa_spe", "LiTFSI", "AIBN"),
}


@pytest.mark.parametrize("row", WEIGHED)
def test_weighed_mass_fractions(row):
    name, component, initiator = WEIGHED[row]
    f = formulation(name)
    found = f.mass_fraction(component) / (1.0 - f.mass_fraction(initiator))  # the arithmetic leaves the initiator out
    assert 100.0 * found == pytest.approx(float(printed()[row]["value"]), abs=0.0051)


@pytest.mark.parametrize(("row", "name", "initiator"), [("A0483", "sh_spe", "PPO"), ("A0489", "pa_spe", "AIBN")])
def test_total_masses(row, name, initiator):
    f = formulation(name)
    weighed = f.mass * (1.0 - f.mass_fraction(initiator))
    assert weighed == pytest.approx(units.to_si_of(float(printed()[row]["value"]), "g"))


def test_pce_ceramic_volume_fraction():
    recipe = load_recipe(FOLDER / "pce.toml")
    found = estimate(lambda ledger: evaluate(recipe, ledger).volume_fraction("LATP"), BOOK)
    assert abs(found.value - float(printed()["A0494"]["value"])) < 2.0 * found.standard_uncertainty
    assert {"A0209", "A0210", "LATP.density", "SN.density"} <= set(found.inputs)
    assert {"LiTFSI.density", "MTFSI.density", "PEA.density"} <= set(found.assumed)
    assert "SN.density" not in found.assumed
    assert "A0191" in found.inputs


@pytest.mark.parametrize("name", ["llzo_layer", "mof_layer"])
def test_eo_li_of_the_zhang_layers(name):
    assert formulation(name).ether_oxygen_to_lithium == pytest.approx(10.86, abs=0.005)


def test_mass_fractions_of_the_zhang_layers():
    f = formulation("llzo_layer")
    assert [100.0 * w for w in f.mass_fractions.values()] == pytest.approx([40.06, 24.04, 19.23, 16.67], abs=0.005)
    f = formulation("mof_layer")
    assert [100.0 * w for w in f.mass_fractions.values()] == pytest.approx([48.08, 28.85, 23.08], abs=0.005)
    assert formulation("peo_15").ether_oxygen_to_lithium == pytest.approx(15.0)


def test_catholyte_molality():
    f = formulation("catholyte_sn")
    assert f.salt_molality == pytest.approx(0.624, abs=0.0005)
    assert 100.0 * f.mass_fraction("salt") == pytest.approx(14.9, abs=0.05)


def test_cse_by_both_balances():
    assert 100.0 * formulation("cse").mass_fraction("LLZT") == pytest.approx(56.45, abs=1e-9)
    strict = formulation("cse_strict")
    assert 100.0 * strict.mass_fraction("LLZT") == pytest.approx(55.47, abs=0.005)
    assert any("LLZT is printed as 56.45 wt%, but its amount makes 55.47 wt%" in s for s in strict.findings)
    for f in (formulation("cse"), strict):
        assert 0.20 < f.volume_fraction("LLZT") < 0.24
        assert any("60 uL are put into a film of 27.2 uL (more than the whole film)" in s for s in f.findings)


def test_strict_balance_returns_the_measured_loss():
    f = formulation("cse_strict")
    assert 1.0 - f.tga_residue({"ceramic": 1.0 - 0.0221}) == pytest.approx(0.4576, abs=1e-9)


def test_cure_of_the_monomer_solution_is_calibrated_to_its_conversion():
    f = formulation("monomer_solution")
    assert f.conversion(3600.0) == pytest.approx(0.9992)
    assert f.conversion(43200.0) > 0.9999
    recipe = load_recipe(FOLDER / "monomer_solution.toml")
    found = estimate(lambda ledger: evaluate(recipe, ledger).conversion(600.0), BOOK)
    assert {"F001-113", "F001-114"} <= set(found.inputs)
    assert not any("propagation" in key or "termination" in key for key in found.inputs)


def test_uvea_composites_are_one_to_ten():
    for name in ("uvea_latp", "uvea_lvo", "uvea_lto", "uvea_sio2"):
        f = formulation(name)
        assert f.mass_fraction("UVEA") == pytest.approx(10 / 11)
        assert f.tga_residue() == pytest.approx(1 / 11)


def test_uvea_parts():
    f = formulation("uvea")
    ratio = {key: f.mass_fraction(key) / f.mass_fraction("SN") for key in ("EA", "EDA", "LiTFSI", "FEC")}
    assert ratio == pytest.approx({"EA": 0.2, "EDA": 0.2, "LiTFSI": 0.6, "FEC": 0.1}, rel=2e-3)


def test_llzt_tape():
    f = formulation("llzt_tape")
    assert f.mass_fractions == {"LLZT": 1.0}
    ratio = f.mixed_mass_fractions["LiNO3"] / f.mixed_mass_fractions["LLZT"]
    assert ratio == pytest.approx(0.1 * 155 / 100)  # read as 10 wt% of all the rest
    assert 0.0 < f.sintered_porosity(0.2) < f.sintered_porosity() < f.sintered_porosity(0.0) < 0.8


FINDINGS = {
    "sh_spe": (
        "FEC is printed as 5 wt%, but its amount makes 4.56 wt% of the total and 4.778 wt% of the rest",
        "MTFSI is printed as 'LiTFSI'; taken literally, LiTFSI would make 39.38 wt%",
        "EA is printed as 'ethylene acrylate'; read as ethyl acrylate",
        "PPO is 0.1 % of something that is not said",
    ),
    "pa_spe": ("the printed 5 wt% of FEC is of the rest: it makes 4.757 wt% of the total and 4.995 wt% of the rest",),
    "uvea": (
        "SN is printed as 'PPO'; taken literally, PPO would make 47.88 wt%",
        "a loss of 45 wt% is attributed to EA and EDA, which is 18.95 wt% of the product",
        "SN (47.38 wt%)",
        "PPO is 0.5 % of something that is not said",
    ),
    "pce": ("SH-SPE: FEC is printed as 5 wt%",),
    "monomer_solution": (
        "FEC is 5 % of something that is not said: of the total it is 4.953 wt%",
        "MEMA has no formula",
    ),
    "llzt_tape": ("LiNO3 is 10 % of something that is not said",),
    "mof_layer": ("IL-MOF has no formula",),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_findings(name):
    said = " ".join(formulation(name).findings)
    for sentence in FINDINGS[name]:
        assert sentence in said


@pytest.mark.parametrize("name", ["llzo_layer", "peo_15", "lfp_cathode", "nmc811_cathode_90", "nmc811_cathode_70"])
def test_recipes_in_order_have_no_findings(name):
    assert formulation(name).findings == ()


def test_salt_of_the_tracer_variant_is_assumed():
    recipe = load_recipe(FOLDER / "pce_liclo4.toml")
    found = estimate(lambda ledger: evaluate(recipe, ledger).salt_concentration, BOOK)
    assert any("LiClO4" in key for key in found.assumed)
    assert found.spread > 1.5
