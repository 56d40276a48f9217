"""`ceramer simulate`: cells and protocols in, instrument files, figures and analyses out, bad input in one sentence."""

import dataclasses
import json
import re

import numpy as np
import pytest

from ceramer import experiments, load, read
from ceramer.cli import main
from ceramer.experiments import Protocol
from ceramer.numerics.chain import _cache, _chain

PCE = ("PCE", "--between", "Li", "--area", "1 cm2", "--temperature", "30 degC")
CELL = (*PCE, "--interface-resistance", "50 ohm cm2")


def run(capsys, *words):
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture(autouse=True)
def _quiet_compiler(monkeypatch):
    monkeypatch.setattr(_cache, "compiled_before", lambda source: True)


def test_a_spectrum_as_an_instrument_file_that_analyse_reads(capsys, tmp_path):
    file = tmp_path / "eis.mpt"
    code, out, err = run(capsys, "simulate", *CELL, "--protocol", "EIS(1 MHz, 1 Hz)", "--out", file)
    assert (code, err) == (0, "")
    assert "Every step of the protocol was carried out." in out
    assert "assumed: Li: double layer of 20 uF/cm2" in out
    assert f"Wrote {file}: impedance, 61 rows." in out
    hint = re.search(r"give `ceramer analyse` (.*)\.$", out, flags=re.MULTILINE)[1]
    assert hint == "--thickness '350 um' --temperature '30 degC' --electrodes 'Li | Li'"
    target = tmp_path / "result.json"
    code, _, _ = run(capsys, "analyse", file, "--thickness", "350 um", "--temperature", "30 degC", "--json", target)
    assert code == 0
    found = {r["quantity"]: r["value"] for r in json.loads(target.read_text())["results"]}
    assert found["ionic_conductivity"] == pytest.approx(1.8144, rel=1e-3)
    assert found["interface_area_specific_resistance"] == pytest.approx(50.0, rel=1e-3)


def test_several_measurements_get_numbers_and_are_analysed_together(capsys, tmp_path):
    base = tmp_path / "new folder" / "bv"
    document, page, plot, profiles = (tmp_path / f"bv{s}" for s in (".json", ".html", ".svg", ".npz"))
    code, out, _ = run(
        capsys, "simulate", *CELL, "--protocol", "bruceVincent(2 h, voltage='5 mV')", "--analyse",
        "--out", f"{base}.bdf.csv", "--json", document, "--html", page, "--plot", plot, "--profiles", profiles,
    )  # fmt: skip
    assert code == 0
    assert "[[Bruce vincent]]" in out
    files = [base.with_name(f"bv-{k}.bdf.csv") for k in (1, 2, 3)]
    assert [len(read(file)) for file in files] == [61, 1316, 61]
    assert read(files[1]).voltage == pytest.approx(5e-3)
    found = json.loads(document.read_text())
    assert found["outcome"]["name"] == "completed"
    assert found["files"] == [str(file) for file in files]
    assert len(found["measurements"]) == 3
    assert max(abs(x) for x in found["balance"].values()) < 1e-10
    (analysis,) = found["analyses"]
    assert any(r["quantity"] == "transference_number" for r in analysis["results"])
    html = page.read_text()
    for title in ("Voltage and current against time", "Nyquist plot", "Bode plot", "Salt concentration"):
        assert title in html
    assert html.count("<svg") == html.count("<desc ") > 6
    assert not re.search(r"(?:src|href)=\"https?:", html)
    assert "<script" not in html
    assert "Salt concentration" in plot.read_text()
    with np.load(profiles) as kept:
        c, x, t = kept["concentration"], kept["concentration_position"], kept["time"]
    assert c.shape == (t.size, x.size)
    assert x[-1] == pytest.approx(350e-6)
    assert c[-1, 0] < c[0, 0] < c[-1, -1], "a charge takes salt from the negative side"


def test_several_held_voltages_are_answered_together(capsys):
    code, out, err = run(
        capsys, "simulate", "PCE", "--between", "SS", "--area", "1 cm2", "--temperature", "30 degC",
        "--protocol", "DCPolarisation(4 h, ['50 mV', '150 mV'])", "--analyse",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert out.count("[[Electronic conductivity]]") == 1
    assert "Slope of 2 steady currents from 0.05 to 0.15 V." in out


def test_profiles_as_a_table(capsys, tmp_path):
    import pandas as pd

    file = tmp_path / "profiles.csv"
    code, _, _ = run(capsys, "simulate", *PCE, "--step", "Hold at 10 mV for 10 min", "--profiles", file)
    assert code == 0
    table = pd.read_csv(file)
    assert list(table.columns) == ["time / s", "position / m", "quantity", "value"]
    assert set(table["quantity"]) == {"concentration", "potential"}
    last = table[(table["time / s"] == table["time / s"].max()) & (table["quantity"] == "potential")]
    assert last["value"].is_monotonic_increasing


def test_png_and_sweeps_and_two_skeletons_of_steps(capsys, tmp_path):
    file = tmp_path / "sweep.png"
    steps = ("--step", "Rest for 1 min", "--step", "Scan to 0.2 V at 1 mV/s", "--step", "Scan to 0 V at 1 mV/s")
    code, out, _ = run(capsys, "simulate", *CELL, *steps, "--plot", file)
    assert code == 0
    assert "voltammetry: " in out
    assert file.read_bytes().startswith(b"\x89PNG")


def test_json_alone_on_standard_output(capsys):
    code, out, _ = run(capsys, "simulate", *PCE, "--protocol", "EIS", "--json", "-")
    assert code == 0
    document = json.loads(out)
    assert document["area_m2"] == pytest.approx(1e-4)
    assert document["temperature_K"] == pytest.approx(303.15)
    assert document["measurements"][0]["metadata"]["details"]["origin"] == "simulated"
    code, out, _ = run(capsys, "simulate", *PCE, "--protocol", "EIS", "--quiet")
    assert (code, out) == (0, "")


def test_a_published_cell_with_an_area_of_ones_own(capsys, tmp_path):
    page = tmp_path / "page.html"
    step = ("--step", "Charge at 0.1 mA/cm2 for 2 h")
    code, out, _ = run(capsys, "simulate", "li|cse|li", "--area", "2 cm2", *step, "--html", page)
    assert code == 0
    assert "0.2 mA" in out, "a density times the area that was given"
    row = re.findall(r"<td>([^<]*)</td>", page.read_text())
    assert (row[0], row[1], row[4], row[5]) == ("1", "7200", "0.1", "0.2"), "per area, positive on charge"


def test_a_bar_on_a_terminal_shows_time_and_voltage(capsys, monkeypatch):
    import argparse
    import sys

    from ceramer.cli import _output

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    with _output.progress(argparse.Namespace(quiet=False), "simulate") as advance:
        advance("2.5 h, 0.0123 V", 3, 20)
    assert "\x1b[3" not in capsys.readouterr().err, "no colour where none is wanted"
    with _output.progress(argparse.Namespace(quiet=True), "simulate") as advance:
        assert advance is None


def test_what_the_salt_ends_is_an_answer_and_what_the_solver_ends_is_not(capsys, monkeypatch):
    code, out, err = run(capsys, "simulate", *PCE, "--step", "Charge at 20 mA/cm2 for 10 h")
    assert (code, err) == (0, "")
    assert "the salt is used up 0 um from the negative electrode, in PCE; lower the current." in out
    code, out, err = run(capsys, "simulate", *PCE, "--step", "Charge at 100000 A/cm2 for 1 h")
    assert (code, err) == (0, "")
    assert "further than an instrument goes; lower the current." in out
    original, lost = experiments.run, experiments.Outcome("time step underflow", "Stopped for a reason.")
    monkeypatch.setattr(experiments, "run", lambda *a, **k: dataclasses.replace(original(*a, **k), outcome=lost))
    code, _, err = run(capsys, "simulate", *PCE, *PROTOCOL)
    assert (code, err) == (3, "ceramer: Stopped for a reason.\n")


def test_noise_of_a_protocol_file_follows_the_seed(capsys, tmp_path):
    file = tmp_path / "p.toml"
    file.write_text(
        'kind = "protocol"\nname = "noisy"\nsteps = ["Impedance from 1 MHz to 1 Hz, 10 points per decade, 5 mV"]\n'
        '[instrument]\nimpedance_noise_relative = "0.1 %"\n'
    )
    texts = []
    for seed in ("1", "1", "2"):
        out = tmp_path / "out.csv"
        assert run(capsys, "simulate", *PCE, "--protocol", file, "--seed", seed, "--out", out)[0] == 0
        texts.append(out.read_text())
    assert texts[0] == texts[1] != texts[2]


def test_new_cell_and_new_protocol_run_together_as_they_are(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind in ("cell", "protocol", "stack"):
        assert main(["new", kind]) == 0
    assert isinstance(load("my_protocol.toml"), Protocol)
    capsys.readouterr()
    assert run(capsys, "show", "my_protocol.toml")[0] == 0
    code, out, _ = run(capsys, "show", "my_cell.toml")
    assert code == 0
    assert "In a simulation" in out
    code, out, err = run(capsys, "simulate", "my_cell.toml", "--protocol", "my_protocol.toml", "--out", "run.csv")
    assert (code, err) == (0, "")
    assert "Every step of the protocol was carried out." in out
    cycling = read("run-3.csv")
    assert cycling.voltage.max() == pytest.approx(4.3, abs=2e-3)
    code, out, _ = run(
        capsys, "simulate", "my_stack.toml", "--between", "Li", "--area", "1 cm2", "--protocol", "BruceVincent(2 h)"
    )
    assert code == 0


@pytest.mark.parametrize(("known", "lines"), [(False, 1), (True, 0)])
def test_a_first_compile_is_announced_once(capsys, caplog, monkeypatch, known, lines):
    monkeypatch.setattr(_cache, "compiled_before", lambda source: known)
    monkeypatch.setattr(_chain, "_PROGRAMS", {})
    for _ in range(2):
        assert run(capsys, "simulate", *PCE, "--protocol", "EIS")[0] == 0
    assert len(caplog.messages) == lines
    for text in caplog.messages:
        assert re.fullmatch(r"ceramer: compiling once, about \d+ s \(more on a busy machine\)\.", text)


def test_without_numba_the_sentence_names_the_command(capsys, monkeypatch):
    def missing(source):
        raise _cache.MissingExtraError("Simulating a cell", "engine", "use the closed forms")

    monkeypatch.setattr(_cache, "compiled_before", missing)
    monkeypatch.setattr(_chain, "_PROGRAMS", {})
    code, _, err = run(capsys, "simulate", *PCE, "--protocol", "EIS")
    assert code == 2
    assert "pip install 'ceramer[engine]'" in err


PROTOCOL = ("--protocol", "EIS")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("PCE", *PROTOCOL), "PCE is a stack: say what it stands between, --between Li (or SS, Cu)."),
        (("PCE", "--between", "Li", *PROTOCOL), "A stack has no area: give that of the electrodes"),
        (("PCE", "--between", "Na", "--area", "1 cm2", *PROTOCOL), "Unknown electrode 'Na'"),
        (("PCF", *PROTOCOL), "Unknown cell or stack 'PCF': did you mean 'PCE'"),
        (("Li|CSE|Li", "--between", "Li", *PROTOCOL), "is a cell and has its electrodes"),
        (("nothing.toml", *PROTOCOL), "nothing.toml"),
        (PCE, "Say what is done to the cell"),
        ((*PCE, *PROTOCOL, "--step", "Rest for 1 h"), "not both"),
        ((*PCE, "--protocol", "EIX"), "Unknown protocol 'EIX': did you mean 'EIS'"),
        ((*PCE, "--protocol", "EIS(1 MHz, 1 Hz, 10, 5 mV, 3)"), "'3' is one argument too many; write it as EIS(f_max"),
        ((*PCE, "--protocol", "EIS(points=3)"), "Unknown argument of EIS 'points'"),
        ((*PCE, "--protocol", "EIS(points_per_decade=ten)"), "points_per_decade is a whole number, not 'ten'."),
        ((*PCE, "--protocol", "BruceVincent"), "missing a required argument: 'duration'; write it as BruceVincent("),
        ((*PCE, "--protocol", "BruceVincent([1 h, 2 h])"), "duration is one value, not the list"),
        ((*PCE, "--protocol", "BruceVincent(5 mV, 1 h)"), "not a time; write it like '2 h'; write it as BruceVincent("),
        ((*PCE, "--protocol", "Hold(voltage=1 V, 1 h)"), "'1 h' stands after an argument with a name"),
        ((*PCE, "--protocol", "Chagre at 1 mA/cm2 for 1 h"), "did you mean 'Charge'"),
        ((*PCE, "--step", "Charge at C/2 for 1 h"), "not what 1C refers to"),
        ((*PCE, *PROTOCOL, "--out", "run.xlsx"), "--out 'run.xlsx': the name ends in"),
        ((*PCE, *PROTOCOL, "--plot", "run.jpg"), "--plot 'run.jpg': the name ends in .svg, .png or .pdf."),
        ((*PCE, *PROTOCOL, "--area", "-1 cm2"), "--area"),
        ((*PCE, *PROTOCOL, "--temperature", "30"), "--temperature"),
        (
            ("Li|H-SSE|ZS pouch", *PROTOCOL),
            "has no area, which its paper does not state: give --area '1 cm2' or --diameter",
        ),
    ],
    ids=lambda x: x[0][:20] if isinstance(x, tuple) else "",
)
def test_bad_input_is_one_sentence(capsys, words, sentence):
    code, out, err = run(capsys, "simulate", *words)
    assert code == 2
    assert sentence in err
    assert err.count("\n") == 1
    assert err.startswith("ceramer: ")
    assert "Traceback" not in err + out


def test_a_layer_of_negative_thickness_is_refused(capsys, tmp_path):
    file = tmp_path / "s.toml"
    file.write_text('kind = "stack"\nname = "s"\n[[layers]]\nname = "film"\nthickness = "-10 um"\nmedium = "PA-SPE"\n')
    code, _, err = run(capsys, "simulate", file, "--between", "Li", "--area", "1 cm2", *PROTOCOL)
    assert code == 2
    assert "thickness" in err
    assert err.count("\n") == 1
