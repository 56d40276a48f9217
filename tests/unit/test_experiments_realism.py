"""What an instrument adds, one thing at a time, against what it must be exactly."""

from __future__ import annotations

import numpy as np
import pytest

from ceramer.analysis import analyse
from ceramer.errors import InputError, UnknownNameError
from ceramer.experiments import Instrument, observe, pack_series, parse_step, resolve
from ceramer.experiments import Protocol as _Protocol
from ceramer.measurement import Measurement

AREA = 1.131e-4


def record(rows: int = 4000) -> Measurement:
    t = np.arange(rows, dtype=float)
    sign = np.where(t < rows // 2, 1.0, -1.0)
    steps = resolve(_Protocol("x", "y", tuple(parse_step(f"{w} at 1 mA/cm2 for 1 h") for w in ("Charge", "Discharge"))))
    position = (t >= rows // 2).astype(int)
    return pack_series(t, 0.1 * sign, -10.0 * sign, area=AREA, position=position, steps=steps)


def spectrum(asr: float = 350e-6 / 0.05, decades: int = 6) -> Measurement:
    f = np.logspace(decades, 0, 10 * decades + 1)
    z = asr / (1.0 + 2j * np.pi * f * asr * 1e-6) + 1.0 / (1e-2 * (2j * np.pi * f) ** 0.9)
    return Measurement(
        {"Frequency / Hz": f, "Real Impedance / ohm": z.real / AREA, "Imaginary Impedance / ohm": z.imag / AREA},
        area="1.131 cm2",
        thickness="350 um",
    )


def test_an_ideal_instrument_changes_nothing() -> None:
    for m in (record(), spectrum()):
        assert observe(m, Instrument()) == m
        assert observe(m, Instrument(), seed=3) == m


def test_leads_and_contact_add_in_series() -> None:
    m = spectrum()
    seen = observe(m, Instrument(lead_resistance=0.5, contact_resistance=2e-5, lead_inductance=1e-6))
    series = 0.5 + 2e-5 / AREA
    np.testing.assert_allclose(seen.impedance.real - m.impedance.real, series, rtol=1e-9)
    np.testing.assert_allclose(seen.impedance.imag - m.impedance.imag, 2.0 * np.pi * m.frequency * 1e-6, atol=1e-9)
    long = record()
    seen = observe(long, Instrument(lead_resistance=10.0, lead_inductance=1e-6))
    # a charging current raises the voltage at the far end of the leads
    np.testing.assert_allclose(seen.voltage - long.voltage, 10.0 * long.current, rtol=1e-12)
    assert seen.voltage[0] > long.voltage[0] and seen.voltage[-1] < long.voltage[-1]
    np.testing.assert_array_equal(seen.current, long.current)


def test_a_conductivity_sees_the_contact_resistance_where_the_bulk_arc_is_outside_the_window() -> None:
    low = Instrument(frequency_max=1e5, frequency_min=1.0)
    plain = analyse(observe(spectrum(), low)).result("ionic_conductivity").value
    contact = 0.1 * 350e-6 / 0.05
    with_contact = Instrument(frequency_max=1e5, frequency_min=1.0, contact_resistance=contact)
    seen = analyse(observe(spectrum(), with_contact)).result("ionic_conductivity").value
    assert plain == pytest.approx(0.05, rel=2e-3)
    assert seen / plain == pytest.approx(1.0 / 1.1, rel=2e-3)


def test_the_window_keeps_its_ends() -> None:
    seen = observe(spectrum(), Instrument(frequency_min=10.0, frequency_max=1e5))
    assert (seen.frequency.min(), seen.frequency.max(), len(seen)) == (pytest.approx(10.0), pytest.approx(1e5), 41)
    with pytest.raises(InputError, match="window"):
        observe(spectrum(), Instrument(frequency_min=1e7))


def test_noise_has_the_spread_that_was_asked_for() -> None:
    m = record(40000)
    noisy = Instrument(voltage_noise=3e-4, voltage_noise_relative=4e-3, current_noise=1e-6, current_noise_relative=0.01)
    seen = observe(m, noisy, seed=5)
    sigma = 1.0 / np.sqrt(2.0 * len(m))  # relative standard error of a standard deviation
    assert np.std(seen.voltage - m.voltage) == pytest.approx(np.hypot(3e-4, 4e-4), rel=4.0 * sigma)
    expected = np.hypot(1e-6, 0.01 * 10.0 * AREA)
    assert np.std(seen.current - m.current) == pytest.approx(expected, rel=4.0 * sigma)
    assert abs(np.mean(seen.voltage - m.voltage)) < 4.0 * 5e-4 / np.sqrt(len(m))
    np.testing.assert_array_equal(seen.time, m.time)


def test_noise_of_an_impedance_is_on_both_parts() -> None:
    z = np.full(20000, 30.0 - 40.0j)
    flat = Measurement(
        {
            "Frequency / Hz": np.logspace(6, 0, z.size),
            "Real Impedance / ohm": z.real,
            "Imaginary Impedance / ohm": z.imag,
        }
    )
    seen = observe(flat, Instrument(impedance_noise=0.3, impedance_noise_relative=0.008), seed=1)
    for part in (seen.impedance.real - 30.0, seen.impedance.imag + 40.0):
        assert np.std(part) == pytest.approx(0.5, rel=0.02)
    assert abs(np.corrcoef(seen.impedance.real, seen.impedance.imag)[0, 1]) < 0.03


def test_the_same_seed_gives_the_same_record() -> None:
    noisy = Instrument(voltage_noise=1e-4)
    assert observe(record(), noisy, seed=2) == observe(record(), noisy, seed=2)
    assert observe(record(), noisy, seed=2) != observe(record(), noisy, seed=3)
    with pytest.raises(InputError, match="seed=1"):
        observe(record(), noisy)


def test_resolution_gives_multiples_after_the_noise() -> None:
    coarse = Instrument(voltage_noise=1e-3, current_noise=1e-6, voltage_resolution=2e-4, current_resolution=5e-7)
    seen = observe(record(), coarse, seed=4)
    for values, step in ((seen.voltage, 2e-4), (seen.current, 5e-7)):
        counts = values / step
        np.testing.assert_allclose(counts, np.round(counts), atol=1e-7)
        assert np.unique(np.round(counts)).size > 5
    exact = observe(record(), Instrument(voltage_resolution=0.03))
    assert set(np.round(exact.voltage, 12)) == {0.09, -0.09}


def test_sampling_thins_within_steps_and_keeps_their_ends() -> None:
    m = record(100)
    seen = observe(m, Instrument(period=20.0))
    assert seen.time.tolist() == [0.0, 20.0, 40.0, 49.0, 50.0, 70.0, 90.0, 99.0]


def test_the_record_says_what_was_applied() -> None:
    seen = observe(
        record().with_metadata(details={"origin": "simulated"}),
        Instrument.from_text(name="bench 3", voltage_noise="50 uV", lead_resistance="0.1 ohm"),
        seed=9,
    )
    assert seen.instrument == "bench 3"
    assert dict(seen.details) == {
        "origin": "simulated",
        "instrument voltage noise": "5e-05 V",
        "instrument lead resistance": "0.1 ohm",
        "instrument seed": "9",
    }


def test_instruments_are_read_from_text_and_checked() -> None:
    made = Instrument.from_text(contact_resistance="1 ohm cm2", current_noise_relative="0.1 %", lead_inductance="1 uH")
    assert (made.contact_resistance, made.current_noise_relative) == (pytest.approx(1e-4), pytest.approx(1e-3))
    assert made.lead_inductance == pytest.approx(1e-6)
    for wrong, says in (
        ({"lead_resistence": "1 ohm"}, "did you mean 'lead_resistance'"),
        ({"lead_resistance": "1 V"}, "is a voltage, not a resistance"),
        ({"voltage_noise": 1e-3}, "has no unit"),
        ({"voltage_noise": "-1 mV"}, "0 or more"),
        ({"frequency_min": "1 kHz", "frequency_max": "1 Hz"}, "from a lower to a higher"),
    ):
        with pytest.raises(InputError, match=says):
            Instrument.from_text(**wrong)
    with pytest.raises(InputError, match="area"):
        observe(
            Measurement({"Test Time / s": [0.0], "Voltage / V": [0.0], "Current / A": [0.0]}),
            Instrument(contact_resistance=1e-4),
        )
    with pytest.raises(UnknownNameError):
        observe(record(), Instrument()).column("Voltage")
