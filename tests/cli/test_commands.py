"""The command line: exit codes, JSON, and one sentence for whatever is wrong."""

import json
import subprocess
import sys

import pytest

from ceramer.cli import main


def run(capsys, *words):
    code = main(list(words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["reproduce", "PCF"], "did you mean 'PCE'"),
        (["reprodce"], "did you mean 'reproduce'"),
        (["show", "UVEA-LATP"], "'UVEA-LATP-UVEA'"),
        (["show", "none.toml"], "no such file"),
        (["audit", "none.toml"], "no such file"),
        (["new", "stak"], "'stack'"),
        (["reproduce", "--jsn", "x"], "Unknown option of `ceramer reproduce` '--jsn': did you mean '--json'"),
        (["systems", "PCE"], "`ceramer systems` does not know what to do with 'PCE'"),
        (["analyse", "x.mpt", "--aria", "1 cm2"], "did you mean '--area'? See `ceramer analyse --help`."),
        (["analyse", "x.mpt", "--area", "1 cm2", "--diameter", "1 cm"], "Give --area or --diameter, not both."),
        (["audit", "He2025"], "'He2024'"),
    ],
)
def test_bad_words_get_one_sentence_and_exit_code_2(capsys, words, message):
    code, out, err = run(capsys, *words)
    assert code == 2
    assert message in err
    assert err.startswith("ceramer: ")
    assert err.count("\n") == 1
    assert "Traceback" not in err
    assert not out


STACK = 'kind = "stack"\nname = "s"\n[[layers]]\nname = "a"\nmedium = "{medium}"\nthickness = {thickness}\n{more}'


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"medium": "LATTP"}, "did you mean 'LATP"),
        ({"thickness": '"-3 um"'}, "must be positive"),
        ({"thickness": '"3"'}, "no unit"),
        ({"thickness": "3"}, "no unit"),
        ({"thickness": '"3 mS/cm"'}, "a conductivity, not a length"),
        ({"thickness": '"3 umm"'}, "'um'"),
        ({"more": "colour = 3"}, "unknown field"),
        ({"more": "]["}, "not valid TOML"),
        ({"medium": "b", "more": '[[media.b.phases]]\nmedium = "LATP"\nvolume_fraction = 1.2'}, "1.2"),
        ({"medium": "b", "more": '[media.b]\nstructure = "bruggman"'}, "'bruggeman'"),
        ({"more": "schema_version = 7"}, "schema_version 7"),
    ],
)
def test_a_bad_file_gets_one_sentence_and_exit_code_2(capsys, tmp_path, fields, message):
    text = STACK.format(**{"medium": "PCE", "thickness": '"3 um"', "more": "", **fields})
    if fields.get("more", "").startswith(("colour", "schema")):
        text = fields["more"] + "\n" + text.replace(fields["more"], "")
    path = tmp_path / "my.toml"
    path.write_text(text)
    code, out, err = run(capsys, "show", str(path))
    assert code == 2, out
    assert message in err
    assert "my.toml" in err
    assert err.count("\n") == 1
    assert "Traceback" not in err


def test_a_file_that_does_not_say_what_it_is(capsys, tmp_path):
    path = tmp_path / "my.toml"
    path.write_text('name = "s"')
    for words in (
        ("show",),
        ("simulate", "--step", "Rest for 1 s"),
        ("cycle", "--step", "Rest for 1 s", "--cycles", "2"),
    ):
        code, _, err = run(capsys, words[0], str(path), *words[1:])
        assert code == 2
        assert "my.toml: it does not say what it is; write kind =" in err


def test_a_file_that_lacks_fields_names_them_all(capsys, tmp_path):
    path = tmp_path / "my.toml"
    path.write_text('kind = "cell"\nname = "x"\nstack = "PCE"\n')
    code, _, err = run(capsys, "show", str(path))
    assert code == 2
    assert "the fields 'negative', 'positive', 'temperature' are missing; `ceramer new cell` writes" in err
    assert err.count("\n") == 1


def test_reproduce_one_system_as_json_on_standard_output(capsys):
    code, out, err = run(capsys, "reproduce", "H-SSE", "--json", "-")
    document = json.loads(out)
    assert code == 0
    assert not err
    assert document["schema_version"] == 1
    assert {row["system"] for row in document["rows"]} == {"H-SSE"}
    assert next(row for row in document["rows"] if row["id"] == "A0108")["verdict"] == "disagree"


def test_strict_makes_a_misfit_an_exit_code(capsys):
    assert run(capsys, "reproduce", "H-SSE", "--strict", "--quiet")[0] == 1
    assert run(capsys, "reproduce", "MOF layer", "--strict", "--quiet")[0] == 0


def test_audit_of_a_paper(capsys, tmp_path):
    target = tmp_path / "audit.json"
    code, out, _ = run(capsys, "audit", "He2024", "--json", str(target))
    assert code == 0
    assert "26.32" in out.replace("\n", "")
    document = json.loads(target.read_text())
    assert document["counts"]["disagree"] >= 5
    assert run(capsys, "audit", "He2024", "--strict", "--quiet")[0] == 1


def test_systems_are_listed(capsys):
    code, out, _ = run(capsys, "systems", "--json", "-")
    names = {entry["name"] for entry in json.loads(out)}
    assert code == 0
    assert {"PCE", "CSE", "PLM", "UVEA", "H-SSE"} <= names


def test_help_and_version(capsys):
    assert run(capsys)[0] == 0
    with pytest.raises(SystemExit) as stop:
        main(["--version"])
    assert stop.value.code == 0
    assert "ceramer 0." in capsys.readouterr().out


def test_a_file_that_cannot_be_written_is_one_sentence(capsys, tmp_path):
    blocker = tmp_path / "file"
    blocker.write_text("")
    code, _, err = run(capsys, "systems", "--json", str(blocker / "x.json"), "--quiet")
    assert code == 2
    assert "cannot be written" in err


def test_import_is_light():
    heavy = ("pandas", "scipy", "scipy.optimize", "numba", "matplotlib", "pint", "pydantic", "rich")
    code = f"import sys, ceramer; bad = [m for m in {heavy!r} if m in sys.modules]; sys.exit(str(bad) if bad else 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_core_is_under_permissive_licences():
    from importlib.metadata import metadata, requires

    copyleft = ("GPL", "General Public", "AGPL", "LGPL")
    for requirement in requires("ceramer") or []:
        if "extra ==" in requirement:
            continue
        name = requirement.split(">")[0].split("=")[0].strip()
        data = metadata(name)
        words = " ".join([data.get("License") or "", data.get("License-Expression") or ""])[:200]
        words += " ".join(c for c in data.get_all("Classifier") or [] if c.startswith("License"))
        assert not any(word in words for word in copyleft), f"{name}: {words}"


DATASHEET = """kind = "audit"
title = "Datasheet"
[context.cell]
cell_capacity = "5.0 Ah"
mean_voltage = "3.8 V"
cell_mass = "50 g"
specific_energy = "450 Wh/kg"
lithium_thickness = "40 um"
"""


def test_a_datasheet_is_audited_and_what_nothing_links_is_named(capsys, tmp_path):
    path = tmp_path / "sheet.toml"
    path.write_text(DATASHEET)
    code, out, _ = run(capsys, "audit", str(path), "--strict")
    assert code == 1
    assert "5 Ah * 3.8 V / 50 g = 380" in " ".join(out.split())
    assert "cell.lithium_thickness" in out.partition("nothing links")[2]


def test_a_cell_shows_its_capacity_and_that_of_its_area(capsys, tmp_path):
    path = tmp_path / "cell.toml"
    assert run(capsys, "new", "cell", "--out", str(path))[0] == 0
    code, out, _ = run(capsys, "show", str(path), "--json", "-")
    assert code == 0
    values = {r["quantity"]: (r["value"], r["unit"]) for r in json.loads(out)["results"]}
    assert values["areal_capacity"] == (pytest.approx(0.9), "mAh/cm2")  # 5 mg/cm2 of 180 mAh/g
    assert values["capacity"] == (pytest.approx(9.0), "mAh")  # on 10 cm2


def test_a_material_of_the_catalogue_is_shown_with_its_sources(capsys):
    code, out, _ = run(capsys, "show", "llzto", "--json", "-")
    assert code == 0
    values = {row["id"]: row for row in json.loads(out)["values"]}
    assert values["LLZTO.density"]["unit"] == "g/cm3"
    code, out, _ = run(capsys, "show", "LATP")
    assert "Layers, to scale" in out  # the published pellet, and below it the material
    assert "2.918 g/cm3" in " ".join(out.split())
    assert "Aono1990: " in out
