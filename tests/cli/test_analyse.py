"""`ceramer analyse`: from a file to numbers, and one sentence for whatever is wrong."""

import json

import numpy as np
import pytest

from ceramer.analysis import synthetic
from ceramer.cli import main
from ceramer.measurement import Measurement, write_bdf, write_eclab_text

GEOMETRY = ("--thickness", "350(10) um", "--area", "1.131 cm2")


def run(capsys, *words):
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def spectrum(resistance=30.0, bulk=11.3):
    f = np.logspace(6.8, 0, 60)
    w = 2j * np.pi * f
    z = bulk + resistance / (1 + resistance * 4e-8 * w**0.9) + 1 / (8e-6 * w**0.88)
    rng = np.random.default_rng(3)
    z = z * (1 + 1e-3 * (rng.standard_normal(f.size) + 1j * rng.standard_normal(f.size)))
    return {"Frequency / Hz": f, "Real Impedance / ohm": z.real, "Imaginary Impedance / ohm": z.imag}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cell.mpt"
    write_eclab_text(Measurement(spectrum()), path)
    return path


def test_a_spectrum_gives_its_conductivity(capsys, file, tmp_path):
    target, page = tmp_path / "out.json", tmp_path / "out.html"
    code, out, err = run(capsys, "analyse", file, *GEOMETRY, "--json", target, "--html", page)
    assert code == 0
    assert not err
    assert "Method chosen from the data: conductivity" in out
    document = json.loads(target.read_text())
    sigma = next(r for r in document["results"] if r["quantity"] == "ionic_conductivity")
    truth = 350e-6 / (41.3 * 1.131e-4) * 10
    assert sigma["value"] == pytest.approx(truth, rel=5e-3)
    assert sigma["unit"] == "mS/cm"
    assert sigma["standard_uncertainty"] == pytest.approx(truth * 10 / 350, rel=0.1)
    assert "<svg" in page.read_text()


def test_the_circuit_and_the_window_can_be_told(capsys, file):
    code, out, _ = run(
        capsys, "analyse", file, "--circuit", "R(RQ)Q", "--frequency", "10 Hz", "5 MHz", "--json", "-", "--quiet"
    )
    document = json.loads(out)
    assert code == 0
    arc = next(r for r in document["results"] if r["quantity"] == "arc_1_resistance")
    assert arc["value"] == pytest.approx(30.0, rel=5e-3)
    assert any("left out by hand" in warning for warning in document["warnings"])


def test_spectra_at_several_temperatures_give_an_activation_energy(capsys, tmp_path):
    energy, files, temperatures = 0.30, [], []
    for celsius in (30, 40, 50, 60, 70):
        factor = np.exp(energy / 8.617333e-5 * (1 / (celsius + 273.15) - 1 / 303.15))
        path = tmp_path / f"{celsius}.mpt"
        write_eclab_text(Measurement(spectrum(30.0 * factor, 11.3 * factor)), path)
        files.append(path)
        temperatures.append(f"{celsius} degC")
    code, out, _ = run(capsys, "analyse", *files, *GEOMETRY, "--temperature", *temperatures, "--json", "-", "--quiet")
    document = json.loads(out)
    assert code == 0
    assert document["method"] == "arrhenius"
    forms = {row["form"]: row["activation energy / eV"] for row in document["tables"]["forms"]}
    assert forms["sigma"] == pytest.approx(energy, rel=0.01)


def test_a_symmetric_cell_is_recognised(capsys, tmp_path):
    made = synthetic.plating_stripping(np.random.default_rng(1))
    columns = {
        "Test Time / s": made.data["time"],
        "Current / A": made.data["current"],
        "Voltage / V": made.data["voltage"],
    }
    write_bdf(Measurement(columns), tmp_path / "cell.bdf.csv")
    code, out, _ = run(capsys, "analyse", tmp_path / "cell.bdf.csv", "--area", "1.131 cm2")
    assert code == 0
    assert "plating_stripping, because a symmetric cell" in out


def test_a_folder_with_its_sheet_becomes_one_table(capsys, tmp_path):
    folder = tmp_path / "campaign"
    folder.mkdir()
    for k, factor in enumerate((1.0, 1.05, 0.97)):
        write_eclab_text(Measurement(spectrum(30.0 * factor, 11.3 * factor)), folder / f"cell{k}.mpt")
    lines = ["file,sample,electrode_area,thickness,temperature"]
    lines += [f"cell{k}.mpt,film,1.131 cm2,350(10) um,30 degC" for k in range(3)]
    (folder / "sheet.csv").write_text("\n".join(lines))
    code, out, _ = run(capsys, "analyse", folder, "--out", tmp_path / "table.csv")
    assert code == 0
    assert "3 files, 0 problems" in out
    assert "mS/cm" in (tmp_path / "table.csv").read_text()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--circuit", "R0-p(R1"], "Circuit 'R0-p(R1'"),
        (["--frequency", "1 GHz", "2 GHz"], "a fit needs at least 8"),
        (["--frequency", "1 um", "2 GHz"], "not a frequency"),
        (["--method", "conductivty"], "'conductivity'"),
        (["--method", "conductivity"], '--thickness "350(10) um"'),
        (["--set", "a=3"], "Unknown option of impedance 'a'"),
        (["--set", "nonsense"], "NAME=VALUE"),
        (["--thickness", "350"], "no unit"),
        (["--area", "1,131 cm2"], "'1.131 cm2'"),
        (["--area", "1.131", "cm2"], "put a value with its unit in quotes"),
        (["--thickness", "350 um", "--area", "1.131 cm2", "extra.mpt"], "name all files together, before the options"),
        (["--column", "nonsense"], "TITLE=MEANING"),
        (["--column", "a=Frequency / Hz"], "columns are known"),
        (["--temperature", "30 degC", "40 degC"], "1 files and 2 temperatures"),
        (["--sweep", "4"], "4"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(capsys, file, words, message):
    code, _, err = run(capsys, "analyse", file, *words)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("content", ["", "hello", "\x00\x01\x02" * 50, "a,b\n1,2\n"])
def test_foreign_and_empty_files(capsys, tmp_path, content):
    path = tmp_path / "x.csv"
    path.write_text(content)
    code, _, err = run(capsys, "analyse", path)
    assert code == 2
    assert err.startswith("ceramer: ")
    assert "Traceback" not in err


def polarised_cell(folder):
    """Write a spectrum, a hold and a spectrum of a cell: 80 ohm in the bulk, 20 then 25 ohm at the interfaces."""
    f = np.logspace(6, -2, 60)
    for name, interface in (("before.mpt", 20.0), ("after.mpt", 25.0)):
        z = 80.0 + interface / (1 + 2j * np.pi * f * interface * 2e-6)
        columns = {"Frequency / Hz": f, "Real Impedance / ohm": z.real, "Imaginary Impedance / ohm": z.imag}
        write_eclab_text(Measurement(columns), folder / name)
    t = np.linspace(0.0, 36000.0, 400)
    k = np.arange(1, 400, 2)[:, None]
    i = 80e-6 + 20e-6 * 8 / np.pi**2 * (np.exp(-(k**2) * t / 3000.0) / k**2).sum(axis=0)
    write_eclab_text(
        Measurement({"Test Time / s": t, "Voltage / V": np.full(t.size, 0.01), "Current / A": i}), folder / "hold.mpt"
    )
    return [folder / name for name in ("before.mpt", "hold.mpt", "after.mpt")]


def test_a_polarisation_between_spectra_is_recognised_and_says_where_its_numbers_are_from(capsys, tmp_path):
    code, out, _ = run(capsys, "analyse", *polarised_cell(tmp_path), "--json", "-", "--quiet")
    document = json.loads(out)
    assert code == 0
    assert document["method"] == "bruce_vincent"
    truth = 80e-6 * (0.01 - 100e-6 * 20.0) / (100e-6 * (0.01 - 80e-6 * 25.0))
    found = next(r["value"] for r in document["results"] if r["quantity"] == "transference_number")
    assert found == pytest.approx(truth, rel=0.04)  # the spectra swapped would read 11 % less
    sources = {given["name"]: given["source"] for given in document["inputs"]}
    assert sources == {
        "voltage_step": "data",
        "resistance_before": "arcs of before.mpt",
        "resistance_after": "arcs of after.mpt",
    }


def test_a_hold_alone_says_what_else_to_give(capsys, tmp_path):
    code, _, err = run(capsys, "analyse", polarised_cell(tmp_path)[1])
    assert code == 2
    assert "--set resistance_before='85 ohm'" in err


def test_one_file_that_cannot_be_read_does_not_hide_the_others(capsys, file, tmp_path):
    (tmp_path / "empty.csv").write_text("")
    code, out, err = run(capsys, "analyse", tmp_path / "empty.csv", file)
    assert code == 2
    assert "[[Impedance]]" in out
    assert err == "ceramer: empty.csv: the file is empty; export it again from the instrument.\n"


def test_columns_that_nobody_knows_can_be_named(capsys, tmp_path):
    columns = spectrum()
    rows = zip(*columns.values(), strict=True)
    path = tmp_path / "own.csv"
    path.write_text("X;R;Q\n" + "".join(f"{f / 1e3};{re};{-im}\n" for f, re, im in rows))
    code, _, err = run(capsys, "analyse", path)
    assert code == 2
    assert "--column 'X=Frequency / Hz'" in err
    words = ["X=Frequency / kHz", "R=Real Impedance / ohm", "Q=-Imaginary Impedance / ohm"]
    options = [part for word in words for part in ("--column", word)]
    code, out, _ = run(capsys, "analyse", path, *options, "--json", "-", "--quiet")
    assert code == 0
    arc = next(r for r in json.loads(out)["results"] if r["quantity"] == "arc_1_resistance")
    assert arc["value"] == pytest.approx(30.0, rel=5e-3)


def test_an_imaginary_part_of_the_wrong_sign_is_told_how_to_turn(capsys, tmp_path):
    columns = spectrum()
    table = np.column_stack([*columns.values()]) * [1.0, 1.0, -1.0]
    path = tmp_path / "flipped.csv"
    path.write_text(",".join(columns) + "\n" + "".join(",".join(f"{x:.9g}" for x in row) + "\n" for row in table))
    code, _, err = run(capsys, "analyse", path)
    assert code == 2
    assert "--column 'TITLE=-Imaginary Impedance / ohm'" in err
    code, _, _ = run(capsys, "analyse", path, "--column", "Imaginary Impedance / ohm=-Imaginary Impedance / ohm")
    assert code == 0


def test_points_left_out_of_the_fit_are_counted(capsys, tmp_path):
    columns = spectrum()
    w = 2 * np.pi * columns["Frequency / Hz"]
    columns["Imaginary Impedance / ohm"] = columns["Imaginary Impedance / ohm"] + w * 3e-6
    write_eclab_text(Measurement(columns), tmp_path / "leads.mpt")
    code, out, _ = run(capsys, "analyse", tmp_path / "leads.mpt")
    assert code == 0
    assert "inductive points" in out
    assert "were left out of the fit" in out


def test_the_header_of_a_file_is_not_what_the_user_gave(capsys, tmp_path):
    write_eclab_text(Measurement(spectrum(), area="1.131 cm2"), tmp_path / "cell.mpt")
    _, out, _ = run(capsys, "analyse", tmp_path / "cell.mpt", "--thickness", "350 um")
    assert "1.131 cm2  [file]" in out
    assert "350 um  [given]" in out


@pytest.mark.parametrize(
    ("area", "says"), [("1.131 m2", "unusual for a measured layer"), ("1.131 mm2", "far above that of")]
)
def test_a_slip_of_the_unit_is_doubted(capsys, file, area, says):
    _, out, _ = run(capsys, "analyse", file, "--thickness", "350 um", "--area", area)
    assert says in out
    _, out, _ = run(capsys, "analyse", file, "--thickness", "350 um", "--area", "1.131 cm2")
    assert says not in out


def test_the_help_lists_methods_their_options_and_formats(capsys):
    with pytest.raises(SystemExit):
        main(["analyse", "--help"])
    out = capsys.readouterr().out
    assert "bruce_vincent: transference number" in out
    assert "formation_cycles" in out
    assert "EC-Lab text (.mpt)" in out
