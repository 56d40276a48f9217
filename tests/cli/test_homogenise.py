"""`ceramer homogenise`: an image or a microstructure file to a conductivity, one sentence for what is wrong."""

import json

import numpy as np
import pytest

from ceramer.cli import main
from ceramer.measurement import read
from ceramer.microstructure.voxels import VoxelImage, coarsened
from ceramer.units import VACUUM_PERMITTIVITY

pytest.importorskip("numba")


def run(capsys, *words):
    code = main([str(word) for word in words])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.fixture
def laminate(tmp_path):
    labels = np.zeros((8, 8, 8), dtype=np.uint8)
    labels[4:] = 1
    path = tmp_path / "laminate.npy"
    np.save(path, labels)
    return path


SIGMA = ("--phase", "label 0=1 mS/cm", "--phase", "label 1=4 mS/cm")


def test_a_laminate_is_series_across_and_parallel_along(capsys, laminate):
    code, out, _ = run(capsys, "homogenise", laminate, *SIGMA, "--voxel-size", "1 um", "--json", "-", "--precision",
                       "float64", "--tolerance", "1e-9", "--quiet")  # fmt: skip
    document = json.loads(out)
    assert code == 0
    assert document["directions"]["z"]["conductivity_S_per_m"] == pytest.approx(0.16, rel=1e-8)
    assert document["directions"]["x"]["conductivity_S_per_m"] == pytest.approx(0.25, rel=1e-8)
    assert document["directions"]["z"]["half_resolution_S_per_m"] == pytest.approx(0.16, rel=1e-8)
    shares = document["directions"]["z"]["dissipation_shares"]
    assert shares["label 0"] == pytest.approx(0.8, rel=1e-6)
    assert sum(shares.values()) == pytest.approx(1.0, rel=1e-6)


def test_a_contact_adds_its_resistance(capsys, laminate):
    contact = ("--interface", "label 0|label 1=1 S/cm2", "--direction", "z")
    code, out, _ = run(
        capsys, "homogenise", laminate, *SIGMA, "--voxel-size", "1 um", *contact, "--json", "-", "--quiet"
    )
    value = json.loads(out)["directions"]["z"]["conductivity_S_per_m"]
    layers = 4e-6 / 0.1 + 4e-6 / 0.4
    assert code == 0
    assert value == pytest.approx(8e-6 / (layers + 1e-4), rel=2e-3)


def test_halving_keeps_the_majority():
    labels = np.zeros((4, 4, 4), dtype=np.uint8)
    labels[:2, :2, :2] = 1
    labels[0, 0, 0] = 0
    half = coarsened(VoxelImage(labels, 1e-6, {0: "a", 1: "b"}))
    assert half.labels[0, 0, 0] == 1
    assert half.labels.sum() == 1
    assert half.spacing == (2e-6, 2e-6, 2e-6)


FILE = """kind = "microstructure"
name = "m"
generator = "{generator}"
shape = 16
voxel_size = "{voxel}"
[parameters]
{parameters}
[phases]
matrix = "1 mS/cm"
particle = "{particle}"
"""
GOOD = {
    "generator": "particles",
    "voxel": "0.5 um",
    "parameters": 'fraction = 0.2\ndiameter = "3 um"',
    "particle": "4 mS/cm",
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"generator": "partcles"}, "did you mean 'particles'"),
        ({"voxel": "0.5 mS"}, "not a length"),
        ({"parameters": "fraction = 0.2"}, "also needs diameter"),
        ({"parameters": 'fraction = 0.2\ndiamter = "3 um"'}, "did you mean 'diameter'"),
        ({"parameters": 'fraction = 1.2\ndiameter = "3 um"'}, "fraction"),
        ({"parameters": 'fraction = 0.2\ndiameter = "3 mS"'}, "not a length"),
        ({"particle": "-4 mS/cm"}, "not be negative"),
    ],
)
def test_a_wrong_file_gets_one_sentence(capsys, tmp_path, change, message):
    path = tmp_path / "m.toml"
    path.write_text(FILE.format(**{**GOOD, **change}))
    code, _, err = run(capsys, "homogenise", path)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--phase", "label 0=1 mS/cm"], "The phase 'label 1' has no conductivity"),
        ([*SIGMA, "--phase", "lable 1=1 mS/cm"], "Unknown phase 'lable 1'"),
        (["--phase", "label 0"], "write it like"),
        ([*SIGMA, "--interface", "label 0=1 S/cm2"], "must name two phases"),
    ],
)
def test_wrong_options_get_one_sentence(capsys, laminate, words, message):
    code, _, err = run(capsys, "homogenise", laminate, "--voxel-size", "1 um", *words)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


SPECTRUM = ("--voxel-size", "1 um", "--direction", "z", "--frequencies", "1 MHz:1 Hz:7")
KAPPA = ("--permittivity", "label 0=25", "--permittivity", "label 1=15")


@pytest.mark.parametrize("name", ["spectrum.csv", "spectrum.mpt"])
def test_a_spectrum_is_written_and_read_as_measured(capsys, tmp_path, laminate, name):
    contact = ("--interface", "label 0|label 1=1 S/cm2", "--capacitance", "label 1|label 0=5 uF/cm2")
    target = tmp_path / name
    code, out, _ = run(
        capsys, "homogenise", laminate, *SIGMA, *KAPPA, *contact, *SPECTRUM, "--area", "2 cm2", "--out", target
    )
    assert code == 0
    assert out.count("mS/cm") == 7
    found = read(target)
    assert found.frequency == pytest.approx(np.geomspace(1e6, 1.0, 7), rel=1e-6)
    w = 2j * np.pi * found.frequency
    layers = [4e-6 / (sigma + w * VACUUM_PERMITTIVITY * kappa) for sigma, kappa in ((0.1, 25.0), (0.4, 15.0))]
    exact = (sum(layers) + 1.0 / (1e4 + w * 0.05)) / 8e-6 * 500e-6 / 2e-4  # all scaled to 500 um and 2 cm2
    assert found.impedance == pytest.approx(exact, rel=1e-5)
    if name.endswith(".csv"):
        assert found.thickness.value == pytest.approx(5e-4)
        assert found.area.value == pytest.approx(2e-4)


def test_a_file_may_hold_what_a_spectrum_needs(capsys, tmp_path):
    path = tmp_path / "m.toml"
    path.write_text(
        FILE.format(**GOOD)
        + "[permittivities]\nmatrix = 25\nparticle = 15\n"
        + '[[interfaces]]\nbetween = ["matrix", "particle"]\nareal_conductance = "2 S/cm2"\n'
        + 'areal_capacitance = "5 uF/cm2"\n'
    )
    words = ("--direction", "z", "--frequencies", "10 MHz:1 Hz:5", "--json", "-", "--quiet", "--tolerance", "1e-4")
    code, out, _ = run(capsys, "homogenise", path, *words)
    document = json.loads(out)
    assert code == 0
    high, *_, low = document["real_conductivity_S_per_m"]
    assert high > 0.12  # the contact is a short circuit at first, then a resistance
    assert low < 0.08
    assert max(document["imaginary_impedance_ohm"]) < 0.0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([*KAPPA], "belongs to a spectrum"),
        ([*KAPPA, "--direction", "z", "--frequencies", "1 MHz:1 Hz"], "FROM:TO:COUNT"),
        ([*KAPPA, "--direction", "z", "--frequencies", "1 MHz:0 Hz:3"], "above 0"),
        ([*KAPPA, "--frequencies", "1 MHz:1 Hz:3"], "add --direction z"),
        ([*KAPPA[:2], "--direction", "z", "--frequencies", "1 MHz:1 Hz:3"], "'label 1' has no permittivity"),
        ([*KAPPA, *SPECTRUM, "--permittivity", "lable 1=3"], "Unknown phase 'lable 1'"),
        ([*KAPPA, *SPECTRUM, "--capacitance", "label 0|label 1=5 uF/cm2"], "no conductance"),
        ([*KAPPA, *SPECTRUM, "--out", "spectrum.txt"], ".csv, .parquet or .mpt"),
        ([*KAPPA, *SPECTRUM, "--maps", "a.vti"], "shows one solve"),
    ],
)
def test_wrong_spectra_get_one_sentence(capsys, laminate, words, message):
    code, _, err = run(capsys, "homogenise", laminate, *SIGMA, "--voxel-size", "1 um", *words)
    assert code == 2
    assert message in err
    assert err.count("\n") == 1


def test_a_gpu_without_a_library_gets_one_sentence(capsys, laminate, monkeypatch):
    monkeypatch.setattr("ceramer.numerics.multigrid._arrays.find_spec", lambda _: None)
    words = (*SIGMA, "--voxel-size", "1 um", "--device")
    code, _, err = run(capsys, "homogenise", laminate, *words, "cuda")
    assert code == 2
    assert "pip install 'ceramer[gpu]'" in err
    assert err.count("\n") == 1
    assert run(capsys, "homogenise", laminate, *words, "auto")[0] == 0
