"""`ceramer cycle`: a cell that ages, a protocol, a table and what ends the life; bad input in one sentence."""

import json
import re

import pytest
from life_cells import FILM, write

from ceramer.cli import main
from ceramer.numerics.chain import _cache

pytest.importorskip("numba")
CCCV = "CCCV(C/2, upper=4.2 V, lower=3 V)"
AGEING = "[negative.ageing]\ndead_lithium = 1e-4\n" + FILM
PARTICLES = (
    "[positive.ageing]\ncontact_loss = 1e-3\n"
    'active_material_loss = { value = "0.02 %", low = "0.01 %", high = "0.04 %" }\n'
)


def run(capsys, *words):
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture(autouse=True)
def _quiet_compiler(monkeypatch):
    monkeypatch.setattr(_cache, "compiled_before", lambda source: True)


@pytest.fixture
def cell(tmp_path):
    return write(tmp_path, AGEING, PARTICLES)


def test_a_life_in_the_terminal_and_in_files(capsys, tmp_path, cell):
    import pandas as pd

    table, plot, page, document = (tmp_path / f"life{s}" for s in (".csv", ".svg", ".html", ".json"))
    code, out, err = run(
        capsys, "cycle", cell, "--protocol", CCCV, "--cycles", 500, "--end-of-life", "90 %", "--mechanisms",
        "--out", table, "--plot", plot, "--html", page, "--json", document,
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert "Li|film|NMC811, 1 cm2, 60 degC: CCCV, 500 cycles." in out
    assert "ages by: film on Li, dead lithium on Li, loss of contact of the particles, loss of active material" in out
    ended = re.search(
        r"All 500 cycles were carried out; ([\d.]+) % of the first capacity is left; it falls to 90 %", out
    )
    assert 50.0 < float(ended[1]) < 90.0
    assert re.search(r"costs most: without it [\d.]+ % of what is lost would be there\.", out)
    found = json.loads(document.read_text())
    assert found["retention"] == pytest.approx(float(ended[1]) / 100.0, rel=6e-3)
    assert 1 < found["end_of_life"]["cycle"] < 500
    assert len(found["mechanisms"]) == 4
    assert max(abs(x) for x in found["balance"].values()) < 1e-10
    frame = pd.read_csv(table)
    assert frame["cycle"].iloc[[0, -1]].tolist() == [1, 500]
    assert frame["retention"].iloc[-1] == pytest.approx(found["retention"])
    assert "Capacity and coulombic efficiency" in plot.read_text()
    html = page.read_text()
    assert html.count("<svg") == html.count("<desc ") == 2
    for words in ("How it went", "What each mechanism costs", "dead lithium on Li", "What ages"):
        assert words in html
    assert not re.search(r"(?:src|href)=\"https?:", html)


def test_a_sample_of_cells(capsys, tmp_path, cell):
    document = tmp_path / "spread.json"
    code, out, _ = run(
        capsys, "cycle", cell, "--protocol", CCCV, "--cycles", 200, "--samples", 8, "--end-of-life", 0.9,
        "--json", document,
    )  # fmt: skip
    assert code == 0
    assert re.search(r"8 cells drawn from the \d+ uncertain numbers that it reads", out)
    assert re.search(r"Left at cycle 200: [\d.]+ % \([\d.]+ to [\d.]+ %\)\.", out)
    assert re.search(r"Falls to 90 % after (more than )?\d+ cycles \(\d+ to (more than )?\d+\)\.|None falls to", out)
    found = json.loads(document.read_text())["spread"]
    assert "life.positive.ageing.active_material_loss" in found["drawn"]
    assert len(found["retention"]) + len(found["failed"]) == 8


def test_every_cycle_and_json_alone(capsys, cell):
    code, out, _ = run(capsys, "cycle", cell, "--protocol", CCCV, "--cycles", 12, "--every", "--json", "-")
    assert code == 0
    document = json.loads(out)
    assert document["columns"]["cycle"] == list(range(1, 13))
    assert document["error"] == 0.0
    code, out, _ = run(capsys, "cycle", cell, "--protocol", CCCV, "--cycles", 2, "--quiet")
    assert (code, out) == (0, "")


def test_the_template_lives(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run(capsys, "new", "cell")[0] == 0
    text = (tmp_path / "my_cell.toml").read_text()
    command = re.search(r"ceramer (cycle my_cell\.toml .*)$", text, flags=re.MULTILINE)[1]
    words = [w.strip('"') for w in re.findall(r'"[^"]*"|\S+', command)]
    code, out, err = run(capsys, *words[: words.index("--cycles")], "--cycles", 100)
    assert (code, err) == (0, "")
    assert "ages by: film on Li, dead lithium on Li, loss of contact of the particles, loss of active material" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--cycles", "0", "--protocol", CCCV], "--cycles 0: a life has 1 cycle or more"),
        (["--cycles", "ten", "--protocol", CCCV], "invalid int value: 'ten'"),
        (["--cycles", "5"], "Say what is done to the cell"),
        (["--cycles", "5", "--protocol", "EIS"], "a life records none"),
        (["--cycles", "5", "--protocol", CCCV, "--end-of-life", "80 V"], "--end-of-life"),
        (
            ["--cycles", "5", "--protocol", CCCV, "--end-of-life", "1.5"],
            "a share of the first capacity between 0 and 1",
        ),
        (["--cycles", "5", "--protocol", CCCV, "--samples", "10"], "a power of two"),
        (["--cycles", "5", "--protocol", CCCV, "--out", "life.xlsx"], "the name ends in .csv"),
    ],
)
def test_bad_words_get_one_sentence(capsys, cell, words, message):
    code, _, err = run(capsys, "cycle", cell, *words, "--quiet")
    assert code == 2
    assert message in err
    assert err.count("\n") == 1
