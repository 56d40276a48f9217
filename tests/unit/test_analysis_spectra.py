"""Spectra as reports: what R0 is counted as, and what that doubt costs."""

import numpy as np
import pytest

from ceramer.analysis import analyse
from ceramer.analysis.impedance import COLUMNS, Circuit, fit_arcs
from ceramer.measurement import Measurement
from ceramer.units import Value

THICKNESS, AREA = 1.08e-3, 1.33e-4
CELL = THICKNESS / AREA  # 1/m


def spectrum(circuit, values, high=6.5, low=0.0, noise=5e-4, seed=1):
    """A measured spectrum of a sample of known size."""
    f = np.logspace(high, low, round(10 * (high - low)) + 1)
    z = Circuit.parse(circuit).impedance(values, f)
    rng = np.random.default_rng(seed)
    z = z + noise * np.abs(z) * (rng.normal(size=f.size) + 1j * rng.normal(size=f.size))
    columns = dict(zip(COLUMNS, (f, z.real, z.imag), strict=True))
    return Measurement(columns=columns, thickness=Value(THICKNESS), area=Value(AREA))


def test_a_film_in_series_whose_arc_is_beyond_the_window_is_counted_and_the_doubt_has_a_number():
    pellet, film = 840.0, 66.0  # the arc of the film peaks at 120 MHz
    report = analyse(spectrum("(RC)(RC)C", [film, 2e-11, pellet, 4.4e-11, 5e-6]))
    sigma = report.result("ionic_conductivity")
    assert sigma.value == pytest.approx(CELL / (pellet + film), rel=0.005)
    assert sigma.standard_uncertainty == pytest.approx(sigma.value * film / 3**0.5 / (pellet + film), rel=0.15)
    assert report.result("bulk_ionic_conductivity").value == pytest.approx(CELL / pellet, rel=0.01)
    (text,) = [w for w in report.warnings if "were it" in w]
    assert "counted as an arc beyond the window" in text
    assert float(text.split("would be ")[1].split()[0]) == pytest.approx(10 * CELL / pellet, rel=0.01)
    assert "% higher" in text


def test_a_small_resistance_beside_a_bulk_arc_is_leads_and_the_doubt_has_a_number():
    report = analyse(spectrum("R(RC)C", [4.0, 150.0, 1e-10, 5e-6], high=7.0))
    sigma = report.result("ionic_conductivity")
    assert sigma.value == pytest.approx(CELL / 150.0, rel=0.005)
    assert sigma.standard_uncertainty == pytest.approx(sigma.value * 4.0 / 3**0.5 / 150.0, rel=0.1)
    (text,) = [w for w in report.warnings if "taken for leads" in w]
    assert float(text.split("mS/cm, ")[1].split("%")[0]) == pytest.approx(100 * 4.0 / 154.0, rel=0.1)
    assert "% lower" in text


@pytest.mark.parametrize(("series", "lead"), [(66.0, 0.0), (66.0, 66.0), (4.0, 0.0), (4.0, 1.5)])
def test_leads_that_were_measured_are_subtracted_from_what_lies_beyond_the_window(series, lead):
    report = analyse(spectrum("R(RC)C", [series, 840.0, 4.4e-11, 5e-6]), lead_resistance=lead)
    sigma = report.result("ionic_conductivity")
    assert sigma.value == pytest.approx(CELL / (840.0 + series - lead), rel=0.003)
    assert sigma.standard_uncertainty < 0.005 * sigma.value
    assert not any("were it" in w for w in report.warnings)


@pytest.mark.parametrize(
    ("circuit", "values", "names"),
    [
        ("R0-p(R1-Ws1,CPE1)", [20, 100, 200, 0.3, 2e-4, 0.9], ("diffusion_resistance", "diffusion_time")),
        ("R0-p(R1,CPE1)-W1", [20, 100, 1e-6, 0.9, 150], ("warburg_coefficient",)),
    ],
)
def test_a_report_of_arcs_tells_the_diffusion_beside_them(circuit, values, names):
    f, rng = np.logspace(6, -2, 81), np.random.default_rng(2)
    z = Circuit.parse(circuit).impedance(values, f)
    z = z + 1e-3 * np.abs(z) * (rng.normal(size=81) + 1j * rng.normal(size=81))
    report = analyse(Measurement(columns=dict(zip(COLUMNS, (f, z.real, z.imag), strict=True))))
    params = dict(zip(Circuit.parse(circuit).parameters, values, strict=True))
    truth = [value for name, value in params.items() if name.startswith("W")]
    for name, value in zip(names, truth, strict=True):
        found = report.result(name)
        assert abs(found.value - value) < 4 * found.standard_uncertainty
        assert found.standard_uncertainty < 0.02 * value
        assert ("behind the charge transfer" in found.method) == ("-W" in circuit.split(",")[0])
    assert name in str(report)


def test_a_bulk_arc_beyond_the_window_is_not_split_between_a_resistor_and_an_arc():
    f = np.logspace(6, 0, 61)  # the arc peaks at 62 MHz, and there is no noise
    z = Circuit.parse("(RC)(RC)").impedance([15.2, 1.7e-10, 5.3e6, 5.6e-6], f)
    fit = fit_arcs(f, z)
    assert "R0" not in fit.fit.params
    assert fit.arcs[0].resistance == pytest.approx(15.2, rel=1e-3)
    assert fit.resolved
