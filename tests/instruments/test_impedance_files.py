"""Impedance analyses on real files whose answers were published."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from ceramer import units
from ceramer.analysis.impedance import arcs_of, conductivities, fit_arcs, fit_circuit, kramers_kronig, spectrum

ROOT = os.environ.get("CERAMER_TEST_DATA")
pytestmark = [
    pytest.mark.instruments,
    pytest.mark.skipif(not ROOT, reason="CERAMER_TEST_DATA is not set"),
]
KELVIN = range(413, 474, 10)


def pellet(kelvin):
    path = Path(ROOT) / f"eisfitpython/s04147-{kelvin - 273}deg.txt"
    lines = path.read_text(encoding="latin1").splitlines()
    a = np.array([[float(x) for x in line.split()] for line in lines if re.match(r"\s*\d\.\d+e", line)])
    return a[:, 0], a[:, 1] + 1j * a[:, 2]


def test_published_pellet_fits_are_met_without_a_guess():
    """EISFitpython, doi:10.1039/d3ta06237f: (R1Q1)(R2Q2)Q3 at seven temperatures; sigma and Ea within their errors."""
    text = (Path(ROOT) / "eisfitpython/expected/Example3_Batch_EISfit_Report.txt").read_text(encoding="utf-8")
    published = {
        int(block[:3]): np.array(
            [
                [float(x) for x in row]
                for row in re.findall(r"^[RQn]\d\s*=\s+([\d.e+-]+)\s+([\d.e+-]+)", block, re.M)[:8]
            ]
        )
        for block in re.split(r"\n\s+Data_", text)[1:]
    }
    sigma = {"bulk_ionic_conductivity": [], "apparent_grain_boundary_conductivity": [], "total_ionic_conductivity": []}
    thickness, area = units.Value(0.21e-2), units.Value(np.pi * 0.4e-2**2)
    for kelvin in KELVIN:
        fit = fit_circuit(*pellet(kelvin), "(RQ)(RQ)Q")
        np.testing.assert_allclose(fit.values[[0, 3]], published[kelvin][[0, 3], 0], rtol=5e-3)
        np.testing.assert_allclose(fit.standard_errors[[0, 3]], published[kelvin][[0, 3], 1], rtol=0.05)
        arcs = arcs_of(fit, thickness=thickness.value, area=area.value)
        out = conductivities(arcs, thickness, area, roles=("bulk", "grain boundary"))
        for name, series in sigma.items():
            series.append(out[name].value)
    for name, energy, error in zip(sigma, (0.5869, 0.8919, 0.8555), (0.0163, 0.0025, 0.0006), strict=True):
        t = np.array(KELVIN, dtype=float)
        slope = np.polyfit(1.0 / t, np.log(np.array(sigma[name]) * t), 1)[0]
        assert -slope * units.BOLTZMANN / units.ELECTRONVOLT == pytest.approx(energy, abs=error)
    assert sigma["bulk_ionic_conductivity"][0] * 1e-2 == pytest.approx(2.857e-6, abs=2.5e-7)  # S/cm
    assert sigma["total_ionic_conductivity"][-1] * 1e-2 == pytest.approx(3.556e-6, abs=1.2e-7)


def test_the_published_pellet_circuit_misses_the_data_and_the_fit_says_so():
    fit = fit_circuit(*pellet(413), "(RQ)(RQ)Q")
    assert any("misses the data" in text for text in fit.warnings)


def test_randles_example_has_a_better_minimum_than_the_published_one():
    """impedance.py's example: its parameters are found as another minimum of the same circuit."""
    a = np.loadtxt(Path(ROOT) / "impedance_py/exampleData.csv", delimiter=",")
    f, z = a[:, 0], a[:, 1] + 1j * a[:, 2]
    test = kramers_kronig(f, z)
    assert test.inductive.sum() == 9
    keep = ~test.inductive
    fit = fit_circuit(f[keep], z[keep], "R0-p(R1,C1)-p(R2-Wo1,C2)", weighting="unit")
    published = np.array([1.65e-2, 8.68e-3, 3.32, 5.39e-3, 6.31e-2, 2.33e2, 2.20e-1])
    other = min(fit.alternatives, key=lambda one: np.abs(one.values / published - 1).max())
    assert fit.rss < 0.8 * other.rss
    settled = np.arange(7) != 5
    np.testing.assert_allclose(other.values[settled], published[settled], rtol=0.01)
    assert abs(other.params["Wo1_tau"] - published[5]) < other.stderr["Wo1_tau"]


def test_valid_range_of_a_solid_state_cell():
    pytest.importorskip("yadg", reason="reading .mpr needs the extra 'biologic'")
    from ceramer.measurement import read

    test = kramers_kronig(*spectrum(read(Path(ROOT) / "lpscl_hybrid-drt/PEIS_SSB.mpr")))
    low, high = test.valid_range
    assert abs(np.log10(low / 1e-2)) < 0.5
    assert abs(np.log10(high / 1.7e6)) < 0.5


@pytest.mark.parametrize("kelvin", [413, 473])
def test_automatic_choice_never_claims_more_than_the_data(kelvin):
    fit = fit_arcs(*pellet(kelvin), thickness=0.21e-2, area=np.pi * 0.4e-2**2)
    assert fit.warnings
    total = sum(arc.resistance for arc in fit.arcs if arc.frequency > 1e3)
    told = fit_circuit(*pellet(kelvin), "(RQ)(RQ)Q")
    assert total == pytest.approx(told.params["R1"] + told.params["R2"], rel=0.15)
