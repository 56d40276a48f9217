"""Known cells through the whole road: simulated, written as an instrument writes, read back, analysed."""

from dataclasses import replace

import numpy as np
import pytest

from ceramer import Cell, Layer, Stack, analyse, laws, protocols, read
from ceramer.errors import InputError
from ceramer.experiments import Instrument, Protocol, run, simulate
from ceramer.measurement import read_all, write_bdf, write_eclab_text
from ceramer.microstructure import Phase, Property
from ceramer.physics import cell_model
from ceramer.units import FARADAY, GAS_CONSTANT

T = 303.15
L = 200e-6
SIGMA = 0.05  # S/m: 40 ohm cm2
SALT = 1000.0
AREA = 1e-4


def stack(fraction=0.35, leak=1e-12, **more):
    """A film of one medium: a polymer, or with fraction 1 a ceramic."""
    values = {
        "ionic_conductivity": SIGMA,
        "current_fraction": fraction,
        "salt_concentration": SALT,
        "electronic_conductivity": leak,
        **more,
    }
    phase = Phase("film", {name: Property(value) for name, value in values.items()})
    return Stack("film", (Layer("film", L, phase),))


def cell(metal="Li", interface="20 ohm cm2", **more):
    return Cell.symmetric(metal, stack(**more), area="1 cm2", temperature="30 degC", interface_resistance=interface)


@pytest.mark.parametrize("fraction", [0.35, 1.0])
@pytest.mark.parametrize("interface", [20.0, 80.0])
def test_a_spectrum_gives_back_conductivity_and_interface(fraction, interface):
    spectrum = simulate(cell(interface=f"{interface} ohm cm2", fraction=fraction), protocols.EIS("1 MHz", "1 Hz"))
    report = analyse(spectrum)
    assert report.result("ionic_conductivity").value == pytest.approx(SIGMA, rel=1e-3)
    assert report.result("interface_area_specific_resistance").value == pytest.approx(interface * 1e-4, rel=1e-3)
    assert "not resolved" not in report.verdict
    assert not [w for w in report.warnings if "misses the data" in w or "do not determine" in w]


def test_blocking_metals_give_back_the_conductivity():
    report = analyse(simulate(cell("SS", "0 ohm cm2"), protocols.EIS("1 MHz", "1 Hz")))
    assert report.result("ionic_conductivity").value == pytest.approx(SIGMA, rel=1e-4)
    assert not [w for w in report.warnings if "misses the data" in w]


@pytest.mark.parametrize("fraction", [0.2, 0.35, 0.7])
def test_bruce_vincent_gives_back_the_current_fraction(fraction):
    """To 0.5 %, as the current has fallen before its first sample; the usual grid is within 0.2 % of a fine one."""
    model, _ = cell_model(cell(fraction=fraction))
    fine = replace(model, layers=tuple(replace(layer, cells=160) for layer in model.layers))
    found = []
    for subject in (model, fine):
        measurements = simulate(subject, protocols.BruceVincent("12 h", "0.5 mV"), area=AREA)
        report = analyse(measurements)
        assert report.method == "bruce_vincent"
        found.append(report.result("transference_number").value)
        assert found[-1] == pytest.approx(fraction, rel=5e-3)
        initial = 5e-4 / ((L / SIGMA + 40e-4) / AREA)
        assert report.result("initial_current").value == pytest.approx(initial, rel=5e-3)
    assert found[0] == pytest.approx(found[1], rel=2e-3)


def test_plating_and_stripping_cost_j_times_r():
    j = 1.0  # A/m2
    made = simulate(cell(fraction=1.0), protocols.PlatingStripping("0.1 mA/cm2", cycles=3, time="1 h"))
    report = analyse(made)
    assert report.method == "plating_stripping"
    i0 = GAS_CONSTANT * T / (FARADAY * 20e-4)
    kinetics = 2.0 * 2.0 * GAS_CONSTANT * T / FARADAY * np.arcsinh(j / (2.0 * i0))
    assert report.result("overpotential").value == pytest.approx(j * L / SIGMA + kinetics, rel=1e-6)
    assert report.result("overpotential").value == pytest.approx(j * (L / SIGMA + 40e-4), rel=1e-3)
    plated = made.voltage[(made.column("Step Index / 1") == 1.0) & (made.column("Step Time / s") > 1.0)]
    assert (plated > 0.0).all(), "a charge plates the negative foil and needs a positive voltage"


def test_a_steady_gradient_adds_the_stripped_share():
    """At rest the polymer resists L/(sigma f); Nernst-Einstein and small currents."""
    made = simulate(cell(), protocols.PlatingStripping("0.01 mA/cm2", cycles=1, time="4 h"))
    last = float(made.voltage[made.column("Step Index / 1") == 1.0][-1])
    assert last == pytest.approx(0.1 * (L / SIGMA / 0.35 + 40e-4), rel=2e-3)


@pytest.mark.parametrize("voltage", ["50 mV", "150 mV"])
def test_dc_polarisation_gives_back_the_electronic_conductivity(voltage):
    made = simulate(cell("SS", "0 ohm cm2", leak=3e-8), protocols.DCPolarisation("2 h", voltage))
    report = analyse(made)
    assert report.method == "electronic_conductivity"
    assert report.result("electronic_conductivity").value == pytest.approx(3e-8, rel=1e-4)


def test_dc_polarisation_over_voltages_gives_the_slope():
    protocol = protocols.DCPolarisation("2 h", ["50 mV", "100 mV", "150 mV"])
    report = analyse(run(cell("SS", "0 ohm cm2", leak=3e-8), protocol).measurements)
    assert report.method == "electronic_conductivity"
    assert report.result("electronic_conductivity").value == pytest.approx(3e-8, rel=1e-4)
    assert abs(report.result("current_offset").value) < 1e-3 * 3e-8 * AREA / L * 0.05


def test_current_steps_give_back_the_resistance():
    report = analyse(simulate(cell(fraction=1.0), protocols.DCR("10 s")))
    assert report.method == "dc_resistance"
    assert report.result("dc_resistance").value == pytest.approx(80.0, rel=1e-4)
    assert not report.warnings


def test_a_sweep_gives_back_the_onset():
    """The criterion is the current at the onset that was put in; film and lithium add j R, 0.6 mV, and a gradient."""
    lithium = cell()
    steel = replace(cell("SS", "0 ohm cm2").positive, oxidation_onset=4.5, oxidation_current=0.1, tafel_slope=0.1)
    made = simulate(replace(lithium, positive=steel), protocols.LSV("5.2 V", "1 mV/s", start="2.5 V"))
    report = analyse(made)
    assert report.method == "window"
    onsets = report.tables["onsets"]
    found = float(onsets[onsets["criterion"] == "10 uA/cm2"]["potential / V"].iloc[0])
    assert 4.5 + 0.5e-3 < found < 4.5 + 1.5e-3
    tenfold = float(onsets[onsets["criterion"] == "100 uA/cm2"]["potential / V"].iloc[0])
    assert tenfold - found == pytest.approx(0.1 + 0.9 * 6e-3, abs=3e-3)


def test_a_scan_ends_when_its_current_rises_to_a_limit():
    """At 10 uA/cm2 the potential is the onset that was put in and j R; the charging at the start is larger."""
    lithium = cell()
    steel = replace(cell("SS", "0 ohm cm2").positive, oxidation_onset=4.5, oxidation_current=0.1, tafel_slope=0.1)
    cut = Protocol("cut", "scan", ("Scan from 2.5 V to 5.2 V at 1 mV/s until current rises above 10 uA/cm2",))
    done = run(replace(lithium, positive=steel), cut)
    made = done.measurements[0]
    assert done.outcome.completed
    assert abs(made.current[-1]) / AREA == pytest.approx(0.1, rel=1e-6)
    assert (np.abs(made.current[1:-1]) < np.abs(made.current[-1])).all()
    assert 4.5 + 0.5e-3 < made.voltage[-1] < 4.5 + 1.5e-3


def test_a_hold_whose_current_falls_does_not_end_by_a_rise():
    """The first current is twice the last, so it passes the limit, but downward."""
    texts = ("Hold at 10 mV for 12 h", "Hold at 10 mV for 12 h or until current rises above 90 uA/cm2")
    whole, watched = (run(cell(), Protocol("hold", "hold", (text,))) for text in texts)
    level = np.abs(whole.measurements[0].current) / AREA
    assert level[0] > 0.9 > level[-1]
    np.testing.assert_array_equal(watched.measurements[0].current, whole.measurements[0].current)


def test_a_ramp_ends_at_the_limiting_current_and_names_the_place():
    plus, minus = laws.nernst_einstein_diffusivities(SIGMA, 0.35, SALT, T)
    limit = 2.0 * FARADAY * float(laws.ambipolar_diffusivity(plus, minus)) * SALT / (0.65 * L)
    assert 5.0 < limit < 10.0, "the ramp below passes it between its first two currents"
    done = run(cell(), protocols.CriticalCurrent("0.5 mA/cm2", "5 mA/cm2", "0.5 mA/cm2", time="1 h"))
    assert done.outcome.name == "salt depleted"
    assert "0 um from the negative electrode" in done.outcome.sentence
    assert "in film" in done.outcome.sentence
    assert "in step 3 of 20" in done.outcome.sentence
    assert done.measurements[0].warnings == (done.outcome.sentence,)
    assert done.measurements[0].details["outcome"] == "salt depleted"
    assert abs(done.balance["salt"]) < 1e-10
    assert abs(done.balance["lithium"]) < 1e-10


PROTOCOLS = {
    "spectrum": protocols.EIS("1 MHz", "1 Hz"),
    "bruce_vincent": protocols.BruceVincent("2 h"),
    "plating": protocols.PlatingStripping("0.1 mA/cm2", cycles=2, time="30 min"),
    "steps": protocols.DCR("10 s"),
}
INSTRUMENT = Instrument.from_text(
    voltage_noise="20 uV",
    current_noise_relative="0.01 %",
    impedance_noise_relative="0.1 %",
    voltage_resolution="5 uV",
)


@pytest.mark.parametrize("suffix", [".bdf.csv", ".mpt"])
@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("noisy", [False, True])
def test_written_and_read_back_it_is_the_same_experiment(name, suffix, noisy, tmp_path):
    protocol = replace(PROTOCOLS[name], instrument=INSTRUMENT if noisy else None)
    made = list(run(cell(), protocol, seed=7).measurements)
    write = write_eclab_text if suffix == ".mpt" else write_bdf
    paths = [write(m, tmp_path / f"{k}{suffix}") for k, m in enumerate(made)]
    about = {"thickness": "200 um", "temperature": "30 degC", "electrodes": "Li | Li"} if suffix == ".mpt" else {}
    back = [read(path, **about) for path in paths]
    exact = 1e-6 if suffix == ".mpt" else 0.0  # EC-Lab text prints 8 digits
    for one, other in zip(made, back, strict=True):
        assert other.area.value == pytest.approx(one.area.value, rel=1e-9)
        for label in other.columns:
            if label in one.columns:
                scale = float(np.max(np.abs(one.columns[label]))) or 1.0
                assert np.allclose(other.columns[label], one.columns[label], rtol=exact, atol=exact * scale), label
    subject = (made, back) if len(made) > 1 else (made[0], back[0])
    reports = [analyse(x) for x in subject]
    assert reports[0].method == reports[1].method
    for result in reports[0].results:
        other = reports[1].result(result.quantity)
        spread = result.standard_uncertainty or 0.0
        assert other.value == pytest.approx(result.value, rel=1e-4 if exact else 1e-9, abs=0.1 * spread)


def test_noise_is_covered_by_the_error_bars_and_follows_the_seed(tmp_path):
    protocol = replace(PROTOCOLS["spectrum"], instrument=INSTRUMENT)
    texts, deviations = [], []
    for seed in (1, 1, 2, 3, 4, 5):
        (made,) = run(cell(), protocol, seed=seed).measurements
        path = write_eclab_text(made, tmp_path / f"{len(texts)}.mpt")
        texts.append(path.read_text(encoding="latin-1"))
        (back,) = read_all(path, thickness="200 um")
        sigma = analyse(back).result("ionic_conductivity")
        deviations.append((sigma.value - SIGMA) / sigma.standard_uncertainty)
    assert texts[0] == texts[1] != texts[2]
    assert max(abs(x) for x in deviations) < 4.0
    assert np.std(deviations[1:]) > 0.1, "error bars that are far too wide say nothing"


def test_plating_between_spectra_is_no_polarisation():
    measurements = simulate(cell(), protocols.OneWayPlating("0.1 mA/cm2", "0.1 mAh/cm2", spectra=1))
    assert len(measurements) == 3
    with pytest.raises(InputError, match="analyse them one by one"):
        analyse(measurements)


def test_a_foil_has_no_c_rate():
    with pytest.raises(InputError, match="what 1C refers to"):
        simulate(cell(), Protocol("x", "cycling", ("Charge at C/2 for 1 h",)))
