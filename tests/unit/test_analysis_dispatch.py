"""The right method is picked from the data, said with its reason, and asked for what it lacks."""

from __future__ import annotations

import numpy as np
import pytest

from ceramer import analysis
from ceramer.analysis import METHODS, analyse, detect_method, impedance, synthetic
from ceramer.errors import InputError, UnknownNameError
from ceramer.measurement import Measurement
from ceramer.units import ELECTRONVOLT, Value


def series(data: dict[str, object], **metadata: object) -> Measurement:
    names = {
        "time": "Test Time / s",
        "current": "Current / A",
        "voltage": "Voltage / V",
        "potential": "Voltage / V",
        "cycle": "Cycle Count / 1",
    }
    return Measurement({names[k]: v for k, v in data.items() if k in names}, **metadata)  # type: ignore[arg-type, misc]


def rng() -> np.random.Generator:
    return np.random.default_rng(11)


def spectrum(resistance: float = 500.0, **metadata: object) -> Measurement:
    """A grain arc and a blocking tail with 0.1 % noise."""
    f = np.logspace(7, 1, 61)
    w = 2j * np.pi * f
    z = resistance / (1.0 + resistance * 1e-11 * w) + 1.0 / (1e-6 * w**0.9)
    noise = 1e-3 * np.abs(z) * (rng().standard_normal(f.size) + 1j * rng().standard_normal(f.size))
    return Measurement(
        {
            "Frequency / Hz": f,
            "Real Impedance / ohm": (z + noise).real,
            "Imaginary Impedance / ohm": (z + noise).imag,
        },
        **metadata,  # type: ignore[arg-type]
    )


def polarisation(voltage: float, current: np.ndarray, time: np.ndarray, **metadata: object) -> Measurement:
    held = np.full(time.size, voltage) * (1.0 + 1e-4 * rng().standard_normal(time.size))
    return series({"time": time, "current": current, "voltage": held}, **metadata)


CELL = {"area": "1.13(2) cm2", "thickness": "350(7) um"}


def test_series_of_every_kind_are_told_apart() -> None:
    bv = synthetic.bruce_vincent(rng()).data
    leak = synthetic.electronic_conductivity(rng()).data
    cell = synthetic.cycling(rng(), cycles=10, rows_per_cycle=100).data
    expected = {
        "bruce_vincent": polarisation(0.01, bv["current"], bv["time"]),
        "electronic_conductivity": polarisation(0.15, leak["current"], leak["time"]),
        "window": series(dict(synthetic.window(rng()).data)),
        "plating_stripping": series(dict(synthetic.plating_stripping(rng()).data)),
        "critical_current_density": series(dict(synthetic.critical_current_density(rng()).data)),
        "cycling": series(dict(cell)),
        "conductivity": spectrum(**CELL),
        "impedance": spectrum(),
    }
    for name, measurement in expected.items():
        assert detect_method(measurement) == name


def test_electrodes_decide_between_ions_and_electrons() -> None:
    leak = synthetic.electronic_conductivity(rng()).data
    small = polarisation(0.01, leak["current"], leak["time"])
    assert detect_method(small) == "bruce_vincent"
    assert detect_method(small.with_metadata(electrodes="SS | SS")) == "electronic_conductivity"
    large = polarisation(0.15, leak["current"], leak["time"], electrodes="Li | Li")
    assert detect_method(large) == "bruce_vincent"


def holds(*volts: float, hours: float = 2.0, **metadata: object) -> list[Measurement]:
    """Leak of 50 Mohm beside an offset of 0.1 nA and a polarisation that fades away; noise of 1 pA."""
    t, noise = np.arange(1.0, 3600.0 * hours, 10.0), rng()
    currents = [u * (2e-8 + 1e-6 * np.exp(-t / 300.0)) + 1e-10 + 1e-12 * noise.standard_normal(t.size) for u in volts]
    said = {**CELL, "electrodes": "SS | SS", **metadata}
    return [polarisation(u, i, t, **said) for u, i in zip(volts, currents, strict=True)]


def test_several_held_voltages_give_one_electronic_conductivity() -> None:
    several = holds(0.05, 0.1, 0.15)
    report = analyse(several)
    assert report.method == "electronic_conductivity"
    assert any("3 held voltages between blocking electrodes" in note for note in report.notes)
    sigma = report.result("electronic_conductivity")
    truth = 2e-8 * 350e-6 / 1.13e-4
    assert sigma.standard_uncertainty is not None
    # Geometry alone is 2.7 %, and the offset of 0.1 nA, 10 % of the smallest current, is no conductivity.
    assert sigma.standard_uncertainty / sigma.value == pytest.approx(0.027, rel=0.1)
    assert sigma.value == pytest.approx(truth, rel=2e-3)
    assert report.result("current_offset").value == pytest.approx(1e-10, rel=0.05)
    assert not report.warnings
    assert analyse(holds(0.05, 0.1, hours=0.1)).warns("At 0.05 V: The hold was too short")
    single = report.tables["voltages"]["I L / (U S) / S/cm"].to_numpy()
    assert single == pytest.approx(1e-2 * truth * (1.0 + 5e-3 / np.array([0.05, 0.1, 0.15])), rel=5e-3)


def test_holds_that_give_no_slope_are_refused() -> None:
    with pytest.raises(InputError, match="All voltages"):
        analyse(holds(0.1, 0.1))
    with pytest.raises(InputError, match="have not one thickness"):
        analyse([*holds(0.1), *holds(0.2, thickness="100 um")])
    with pytest.raises(InputError, match="voltage= belongs to one hold"):
        analyse(holds(0.1, 0.2), voltage=0.1)


def test_current_steps_give_a_dc_resistance() -> None:
    i = np.repeat([1e-6, 2e-6, 4e-6, 8e-6], 50)
    m = series({"time": np.arange(200.0), "current": i, "voltage": 2e-4 + 350.0 * i})
    assert detect_method(m) == "dc_resistance"
    assert analyse(m).result("dc_resistance").value == pytest.approx(350.0)


def test_a_rate_test_is_seen_in_the_record() -> None:
    t, i, v, n = [0.0], [], [], []
    for cycle, rate in enumerate(np.repeat([1.0, 2.0, 5.0, 1.0], 3), start=1):
        for sign in (1.0, -1.0):
            leg = np.linspace(0.0, 3600.0 / rate * (1.0 - 0.05 * rate), 40)
            t.extend(t[-1] + leg + 1.0)
            i.extend(np.full(40, sign * rate * 1e-3))
            v.extend(np.full(40, 3.4 + sign * 0.05 * rate))
            n.extend(np.full(40, float(cycle)))
    m = series({"time": np.array(t[1:]), "current": np.array(i), "voltage": np.array(v), "cycle": np.array(n)})
    report = analyse(m)
    assert report.method == "rate_test"
    assert report.result("rate_capability").value == pytest.approx(0.75 / 0.95, rel=1e-3)


def test_the_report_says_which_method_and_why() -> None:
    report = analyse(series(dict(synthetic.plating_stripping(rng()).data), area="1.13 cm2"))
    assert any("plating_stripping, because" in note for note in report.notes)
    told = analyse(series(dict(synthetic.plating_stripping(rng()).data), area="1.13 cm2"), "shorts")
    assert told.method == "shorts"
    assert not any("because" in note for note in told.notes)


def test_conductivity_from_a_spectrum_with_its_geometry() -> None:
    report = analyse(spectrum(**CELL))
    sigma = report.result("ionic_conductivity")
    truth = 350e-6 / (500.0 * 1.13e-4)
    assert sigma.standard_uncertainty is not None
    # 2 % of thickness and 1.8 % of area dominate the fit.
    assert sigma.standard_uncertainty / sigma.value == pytest.approx(0.027, rel=0.3)
    assert sigma.value == pytest.approx(truth, rel=0.02)


def test_area_or_thickness_that_nobody_gave_is_asked_for() -> None:
    with pytest.raises(InputError, match="area="):
        analyse(series(dict(synthetic.plating_stripping(rng()).data)))
    with pytest.raises(InputError, match="thickness="):
        analyse(spectrum(), "conductivity")
    given = analyse(spectrum(), "conductivity", thickness=350e-6, area=Value(1.13e-4))
    assert given.result("ionic_conductivity").value > 0.0


def test_spectra_at_several_temperatures_give_an_activation_energy() -> None:
    kelvin = np.array([303.15, 313.15, 323.15, 333.15, 343.15])
    ohms = 500.0 * np.exp(0.3 * ELECTRONVOLT / 1.380649e-23 * (1.0 / kelvin - 1.0 / 303.15))
    spectra = [spectrum(r, temperature=Value(t), **CELL) for r, t in zip(ohms, kelvin, strict=True)]
    report = analyse(spectra, form="sigma")
    assert report.method == "arrhenius"
    assert report.result("activation_energy").value / ELECTRONVOLT == pytest.approx(0.3, abs=0.01)
    with pytest.raises(InputError, match="temperature"):
        analyse([spectrum(**CELL), spectrum(**CELL)])


def test_a_polarisation_needs_its_resistances_and_reads_its_step() -> None:
    case = synthetic.bruce_vincent(rng())
    m = polarisation(0.01, case.data["current"], case.data["time"])
    with pytest.raises(InputError, match="resistance_before="):
        analyse(m)
    ohms = {k: case.data[k] for k in ("resistance_before", "resistance_after", "lead_resistance")}
    report = analyse(m, **ohms)
    t_plus = report.result("transference_number")
    assert t_plus.standard_uncertainty is not None
    assert abs(t_plus.value - 0.4) < 4.0 * t_plus.standard_uncertainty
    assert any("voltage_step was read from the data" in note for note in report.notes)


def lithium_spectrum(interface: float) -> Measurement:
    """Bulk arc of 120 ohm, an interface arc, 0.1 % noise."""
    f = np.logspace(7, 0, 71)
    w = 2j * np.pi * f
    z = 120.0 / (1.0 + 120.0 * 2e-11 * w) + interface / (1.0 + interface * 2e-6 * w)
    noise = 1e-3 * np.abs(z) * (rng().standard_normal(f.size) + 1j * rng().standard_normal(f.size))
    columns = ("Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm")
    return Measurement(dict(zip(columns, (f, (z + noise).real, (z + noise).imag), strict=True)))


def test_a_spectrum_a_polarisation_and_a_spectrum_give_the_transference_number() -> None:
    case = synthetic.bruce_vincent(rng(), bulk=120.0, interface=150.0, lead=0.0, transference_number=0.4)
    middle = polarisation(0.01, case.data["current"], case.data["time"])
    report = analyse([lithium_spectrum(150.0), middle, lithium_spectrum(150.0)])
    assert report.method == "bruce_vincent"
    assert report.result("transference_number").value == pytest.approx(0.4, abs=0.02)
    assert any("R of the interfaces" in note for note in report.notes)
    grown = analyse([lithium_spectrum(150.0), middle, lithium_spectrum(190.0)])
    assert grown.warns("interface resistance changed")


def test_rest_before_the_step_is_cut_off() -> None:
    case = synthetic.bruce_vincent(rng())
    t, i = case.data["time"], case.data["current"]
    rest = np.linspace(0.0, 100.0, 10)
    m = series(
        {
            "time": np.concatenate([rest, 100.0 + t]),
            "current": np.concatenate([np.zeros(10), i]),
            "voltage": np.concatenate([np.full(10, 1e-5), np.full(t.size, 0.01)]),
        }
    )
    ohms = {k: case.data[k] for k in ("resistance_before", "resistance_after", "lead_resistance")}
    cut = analyse(m, "bruce_vincent", **ohms).result("initial_current").value
    assert cut == pytest.approx(case.truth["initial_current"], rel=0.03)


def test_missing_rows_are_left_out_and_said() -> None:
    data = dict(synthetic.plating_stripping(rng()).data)
    data["voltage"] = data["voltage"].copy()
    data["voltage"][100:105] = np.nan
    report = analyse(series(data, area="1.13 cm2"))
    assert report.warns("5 of 3601 rows hold no number")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"method": "conductvity"}, "conductivity"),
        ({"method": "impedance", "area": 1e-4}, "Unknown option"),
        ({"method": "cycling"}, "needs the column"),
    ],
)
def test_wrong_calls_are_one_sentence(call: dict[str, object], words: str) -> None:
    with pytest.raises((InputError, UnknownNameError), match=words):
        analyse(spectrum(**CELL), **call)  # type: ignore[arg-type]


def test_measurements_of_mixed_kinds_are_refused() -> None:
    cell = series(dict(synthetic.plating_stripping(rng()).data))
    with pytest.raises(InputError, match="different kinds"):
        analyse([cell, cell, spectrum()])
    with pytest.raises(InputError, match="Nothing to analyse"):
        analyse()


def test_no_current_fits_no_method() -> None:
    m = series({"time": np.arange(50.0), "current": np.zeros(50), "voltage": np.ones(50)})
    with pytest.raises(InputError, match="current is 0"):
        analyse(m)


def test_every_method_has_options_and_a_description() -> None:
    names = (
        "conductivity impedance arrhenius bruce_vincent electronic_conductivity window dc_resistance plating_stripping "
        "shorts critical_current_density rate_test cycling void_healing"
    ).split()
    assert list(METHODS) == names
    assert all(method.gives and callable(method.run) for method in METHODS.values())
    assert "form" in METHODS["arrhenius"].options


def test_void_healing_takes_images() -> None:
    case = synthetic.void_images(rng())
    report = analyse(None, "void_healing", time=[0.0, 36000.0, 72000.0], **case.data)
    assert report.method == "void_healing"


def test_impedance_reports_every_arc() -> None:
    report = analyse(spectrum())
    assert isinstance(report, analysis.AnalysisReport)
    assert report.result("arc_1_resistance").value == pytest.approx(500.0, rel=0.03)
    assert impedance is not None


def test_a_path_is_not_a_measurement() -> None:
    for wrong in ("cell.mpt", ["cell.mpt"]):
        with pytest.raises(InputError, match=r"analyse\(read\('cell.mpt'\)\)"):
            analyse(wrong)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="not a ndarray"):
        analyse(np.zeros(3))  # type: ignore[arg-type]


def test_what_is_lacking_is_said_with_the_method_that_lacks_it() -> None:
    cell = series(dict(synthetic.plating_stripping(rng()).data))
    with pytest.raises(InputError, match=r"--area .*\(for plating_stripping, chosen because a symmetric cell"):
        analyse(cell)


def test_pulses_both_ways_on_a_full_cell_are_no_held_voltage() -> None:
    t = np.linspace(0.0, 50.0, 2001)
    i = np.where(np.sin(2 * np.pi * t / 5.0) > 0.0, 8e-6, -8e-6)
    m = Measurement({"Test Time / s": t, "Voltage / V": 2.92 + 1000.0 * i, "Current / A": i})
    assert detect_method(m) == "dc_resistance"
