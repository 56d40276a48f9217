"""Records of a run: signs and labels, recognised by `analyse` without options, written and read back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ceramer import protocols
from ceramer.analysis import analyse, detect_method, polarisation_current
from ceramer.errors import InputError
from ceramer.experiments import Protocol, pack, pack_impedance, pack_series, resolve
from ceramer.measurement import Measurement, read, read_all, write_bdf, write_eclab_text

AREA = 1.131e-4
ABOUT = {"area": AREA, "temperature": 303.15, "thickness": 350e-6, "cell": "Li|CSE|Li"}


def run(protocol: Protocol, *, asr: float, ocv: float = 0.0, slope: float = 0.0, **about: object) -> list[Measurement]:
    """A cell of one resistance [ohm m2] whose voltage falls by `slope` [V m2/C]: V = ocv - slope q - asr j.

    Charge q and current density j are positive in discharge. Exact at the ends of constant-current steps.
    """
    steps = resolve(protocol, AREA)
    rows: list[tuple[float, float, float, int]] = []
    spectra = {}
    t, q, v_now = 0.0, 0.0, ocv
    for k, planned in enumerate(steps):
        if planned.control == "impedance":
            rows.append((t, v_now, 0.0, k))
            f = np.array(planned.frequencies)
            spectra[k] = 0.3 * asr / (1.0 + 2j * np.pi * f * 1e-9) + 0.7 * asr / (1.0 + 2j * np.pi * f * 1e-3)
            continue
        step = planned.started_at(v_now)
        period = step.period or 60.0
        if step.control == "current":
            j = step.value
            ends = [step.duration, step.charge / abs(j) if j else math.inf]
            stops = [x for x in (step.voltage_above, step.voltage_below) if slope and j and math.isfinite(x)]
            ends += [(ocv - slope * q - asr * j - stop) / (slope * j) for stop in stops]
            end = min(ends)
            times = np.unique(np.append(np.arange(0.0, end, period), end))
            current = np.full(times.size, j)
            charge = q + j * times
            volts = ocv - slope * charge - asr * current
            q = float(charge[-1])
        elif slope:  # a hold: the current decays with asr / slope
            start, tau = (ocv - slope * q - step.value) / asr, asr / slope
            end = min(step.duration, tau * math.log(abs(start) / step.current_below))
            times = np.unique(np.append(np.arange(0.0, end, period), end))
            current, volts = start * np.exp(-times / tau), np.full(times.size, step.value)
            q += tau * float(current[0] - current[-1])
        else:
            times = np.unique(np.append(np.arange(0.0, step.duration, period), step.duration))
            volts = step.value + step.rate * times
            current = (ocv - volts) / asr
        rows.extend(zip(t + times, volts, current, np.full(times.size, k), strict=True))
        t, v_now = t + float(times[-1]), float(volts[-1])
    time, voltage, density, position = (np.array(column) for column in zip(*rows, strict=True))
    return pack(
        protocol,
        steps,
        time=time,
        voltage=voltage,
        current_density=density,
        position=position,
        spectra=spectra,
        **(ABOUT | about),  # type: ignore[arg-type]
    )


def test_current_is_positive_on_charge_and_charge_counts_within_steps() -> None:
    protocol = Protocol("x", "cycling", ("Charge at 1 mA/cm2 for 1 h", "Rest for 1 h", "Discharge at 2 mA/cm2 for 1 h"))
    (m,) = run(protocol, asr=0.01)
    step = m.column("Step Count / 1")
    assert set(m.current[step == 1]) == {10.0 * AREA}
    assert set(m.voltage[step == 1]) == {0.1}
    assert set(m.current[step == 3]) == {-20.0 * AREA}
    assert set(m.voltage[step == 3]) == {-0.2}
    assert m.column("Step Capacity / Ah")[step == 3][-1] == pytest.approx(20.0 * AREA)
    assert m.column("Step Capacity / Ah")[step == 3][0] == 0.0
    assert m.column("Net Capacity / Ah")[-1] == pytest.approx(-10.0 * AREA)
    assert m.column("Step Time / s")[step == 2][-1] == pytest.approx(3600.0)
    assert m.column("Step Index / 1").tolist() == step.tolist()
    assert (m.area.value, m.temperature.value, m.thickness.value) == (AREA, 303.15, 350e-6)  # type: ignore[union-attr]
    assert dict(m.details) == {"origin": "simulated", "protocol": "x", "cell": "Li|CSE|Li"}
    assert (m.technique, m.source) == ("cycling", "Li|CSE|Li / x")


def test_step_index_returns_and_step_count_runs_on() -> None:
    (m,) = run(protocols.PlatingStripping("1 mA/cm2", cycles=3, time="1 h"), asr=0.01)
    starts = np.flatnonzero(np.diff(m.column("Step Count / 1"), prepend=0.0))
    assert m.column("Step Count / 1")[starts].tolist() == [1, 2, 3, 4, 5, 6]
    assert m.column("Step Index / 1")[starts].tolist() == [1, 2, 1, 2, 1, 2]
    assert m.column("Cycle Count / 1")[starts].tolist() == [1, 1, 2, 2, 3, 3]
    assert m.column("Net Capacity / Ah")[-1] == pytest.approx(0.0, abs=1e-15)


def test_impedance_is_divided_by_the_area_and_knows_its_state() -> None:
    m = pack_impedance(
        [1e3, 1e2], [2e-3 - 1e-3j, 3e-3], area=1e-4, time=5.0, voltage=0.01, current_density=-2.0, cycle=3
    )
    assert m.impedance.tolist() == [20.0 - 10.0j, 30.0]
    assert m.current.tolist() == [2e-4, 2e-4]
    assert m.column("Cycle Count / 1").tolist() == [3.0, 3.0]


def test_spectra_cut_the_series_and_separate_steps_stand_alone() -> None:
    found = run(protocols.OneWayPlating(spectra=2), asr=0.01)
    assert [m.technique for m in found] == ["impedance", "plating", "impedance", "plating", "impedance"]
    assert found[2].time[0] == pytest.approx(15.0 * 3600.0)
    assert found[3].time[0] == pytest.approx(15.0 * 3600.0)
    assert found[3].time[-1] == pytest.approx(30.0 * 3600.0)
    separate = run(protocols.DCPolarisation("1 h", ["0.1 V", "0.2 V"]), asr=1e4)
    assert [float(m.voltage[0]) for m in separate] == [0.1, 0.2]


def test_a_run_that_ended_early_gives_what_was_reached() -> None:
    steps = resolve(Protocol("x", "y", ("Rest for 1 h", "Impedance from 1 kHz to 1 Hz, 5 points per decade, 5 mV")))
    (only,) = pack(
        Protocol("x", "y", ("Rest for 1 h",)),
        steps,
        time=[0.0, 1.0],
        voltage=[0.0, 0.0],
        current_density=[0.0, 0.0],
        position=[0, 0],
        area=1e-4,
    )
    assert len(only) == 2


def test_no_charge_is_counted_from_one_step_to_the_next() -> None:
    m = pack_series(
        [0.0, 10.0, 20.0, 30.0], np.zeros(4), np.full(4, -1.0), area=1.0, position=[0, 0, 1, 1]
    )  # fmt: skip
    assert m.column("Net Capacity / Ah").tolist() == pytest.approx([0.0, 10.0 / 3600.0, 10.0 / 3600.0, 20.0 / 3600.0])
    assert m.column("Step Time / s").tolist() == [0.0, 10.0, 0.0, 10.0]


def test_what_cannot_be_packed_is_said() -> None:
    with pytest.raises(InputError, match="area"):
        pack_series([0.0], [0.0], [0.0], area=None)
    with pytest.raises(InputError, match="one length"):
        pack_series([0.0], [0.0, 1.0], [0.0], area=1e-4)


def test_plating_and_stripping_is_recognised() -> None:
    (m,) = run(protocols.PlatingStripping("0.5 mA/cm2", cycles=10, time="1 h"), asr=0.01)
    report = analyse(m)
    assert report.method == "plating_stripping"
    assert report.result("area_specific_resistance").value == pytest.approx(0.01, rel=1e-9)
    assert report.result("overpotential").value == pytest.approx(0.05, rel=1e-9)


def test_critical_current_is_recognised_with_its_protocol() -> None:
    fixed = {"time": "0.5 h"}, {"capacity": "0.5 mAh/cm2"}
    for given, name in zip(fixed, ("fixed_time", "fixed_capacity"), strict=True):
        ramp = protocols.CriticalCurrent("1 mA/cm2", "6 mA/cm2", "1 mA/cm2", **given)  # type: ignore[arg-type]
        (m,) = run(ramp, asr=0.01)
        report = analyse(m)
        assert report.method == "critical_current_density"
        bound = report.result(f"critical_current_density_{name}_lower_bound")
        assert bound.value == pytest.approx(60.0, rel=1e-6)


def test_current_steps_are_recognised() -> None:
    (m,) = run(protocols.DCR("60 s"), asr=0.0396)
    report = analyse(m)
    assert report.method == "dc_resistance"
    assert report.result("dc_resistance").value == pytest.approx(0.0396 / AREA, rel=1e-6)


def test_cycling_and_rate_test_are_recognised() -> None:
    capacity = 5400.0
    (m,) = run(
        protocols.CCCV("C/2", upper="4.2 V", lower="3 V", cycles=6, c_rate_capacity="1.5 mAh/cm2"),
        asr=0.01, ocv=3.0, slope=1.2 / capacity,
    )  # fmt: skip
    report = analyse(m)
    assert report.method == "cycling"
    assert report.result("coulombic_efficiency").value == pytest.approx(1.0, rel=1e-6)
    # both cut-offs cost the ohmic drop
    expected = capacity * (1.2 - 2.0 * 0.01 * 7.5) / 1.2
    assert report.result("final_capacity").value == pytest.approx(expected, rel=1e-6)
    (m,) = run(
        protocols.CCCV("C/2", upper="4.2 V", lower="3 V", cycles=6, taper="C/20", c_rate_capacity="1.5 mAh/cm2"),
        asr=0.05, ocv=3.0, slope=1.2 / capacity,
    )  # fmt: skip
    report = analyse(m)
    assert report.method == "cycling"
    expected = capacity * (1.2 - 0.05 * (0.75 + 7.5)) / 1.2
    assert report.result("final_capacity").value == pytest.approx(expected, rel=1e-6)
    assert report.result("coulombic_efficiency").value == pytest.approx(1.0, rel=5e-3)
    rates = ["0.1C", "0.5C", "1C", "2C", "0.1C"]
    (m,) = run(
        protocols.RateTest(rates, 3, upper="4.2 V", lower="3 V", c_rate_capacity="1.5 mAh/cm2"),
        asr=0.01, ocv=3.0, slope=1.2 / capacity,
    )  # fmt: skip
    assert analyse(m).method == "rate_test"


def test_a_sweep_is_recognised_with_its_rate() -> None:
    protocol = protocols.CV(start="2.8 V")
    found = run(protocol, asr=30.0, ocv=2.8)
    (m,) = found
    assert detect_method(m) == "window"
    legs = m.voltage[np.flatnonzero(np.diff(m.column("Step Count / 1"), append=9.0))]
    assert legs == pytest.approx([4.6, -0.3])
    assert "1 mV/s" in analyse(m).verdict


def test_bruce_vincent_is_recognised_and_gives_its_number() -> None:
    protocol = protocols.BruceVincent("10 h")
    steps = resolve(protocol)
    # 0.01 ohm m2 of electrolyte of which a fraction 0.4 stays, and 0.004 ohm m2 of interfaces
    bulk, interface, fraction = 0.006, 0.004, 0.5
    initial, steady = 0.01 / (bulk + interface), 0.01 / (bulk / fraction + interface)
    times = [np.append(np.arange(0.0, s.duration, s.period), s.duration) for s in steps[1:3]]
    time = np.concatenate([times[0], 60.0 + times[1]])
    current = polarisation_current(np.maximum(time, 1e-3), initial=initial, steady=steady, diffusion_time=600.0)
    position = np.repeat([1, 2], [t.size for t in times])
    f = np.array(steps[0].frequencies)
    z = bulk / (1.0 + 2j * np.pi * f * bulk * 2e-7) + interface / (1.0 + 2j * np.pi * f * interface * 0.2)
    found = pack(
        protocol,
        steps,
        time=time,
        voltage=np.full(time.size, 0.01),
        current_density=-current,
        position=position,
        spectra={0: z, 3: z},
        electrodes="Li | Li",
        **ABOUT,  # type: ignore[arg-type]
    )
    assert [m.has("Frequency / Hz") for m in found] == [True, False, True]
    report = analyse(found)
    assert report.method == "bruce_vincent"
    assert report.result("transference_number").value == pytest.approx(fraction, rel=0.02)


def test_electronic_conductivity_is_recognised_between_blocking_electrodes() -> None:
    protocol = protocols.DCPolarisation("10 h")
    (step,) = resolve(protocol)
    time = np.arange(0.0, step.duration, step.period)
    sigma = 1e-8
    steady = sigma * 0.15 / 350e-6
    (m,) = pack(
        protocol,
        [step],
        time=time,
        voltage=np.full(time.size, 0.15),
        current_density=-steady * (1.0 + 20.0 * np.exp(-time / 900.0)),
        position=np.zeros(time.size, dtype=int),
        electrodes="SS | SS",
        **ABOUT,  # type: ignore[arg-type]
    )
    report = analyse(m)
    assert report.method == "electronic_conductivity"
    assert report.result("electronic_conductivity").value == pytest.approx(sigma, rel=1e-3)


def blocking_sweep() -> list[Measurement]:
    protocol = protocols.EIS("10 MHz", "1 Hz")
    (step,) = resolve(protocol)
    f = np.array(step.frequencies)
    asr = 350e-6 / 0.05
    z = asr / (1.0 + 2j * np.pi * f * asr * 1e-6) + 1.0 / (1e-2 * (2j * np.pi * f) ** 0.9)
    return pack(
        protocol,
        [step],
        time=[],
        voltage=[],
        current_density=[],
        position=[],
        spectra={0: z},
        **ABOUT,  # type: ignore[arg-type]
    )


def test_conductivity_is_recognised() -> None:
    report = analyse(blocking_sweep()[0])
    assert report.method == "conductivity"
    assert report.result("ionic_conductivity").value == pytest.approx(0.05, rel=1e-3)


def test_records_survive_the_formats_of_instruments(tmp_path) -> None:  # type: ignore[no-untyped-def]
    (series,) = run(protocols.PlatingStripping("0.5 mA/cm2", cycles=3, time="1 h"), asr=0.01)
    (sweep,) = blocking_sweep()
    for k, m in enumerate((series, sweep)):
        assert read(write_bdf(m, tmp_path / f"{k}.bdf.csv")) == m
        again = read(write_eclab_text(m, tmp_path / f"{k}.mpt"), thickness="350 um", temperature="303.15 K")
        shared = [label for label in again.columns if m.has(label)]
        assert {"Voltage / V", "Current / A", "Test Time / s"} <= set(shared) or "Frequency / Hz" in shared
        for label in shared:
            np.testing.assert_allclose(again.column(label), m.column(label), rtol=6e-8, atol=1e-15, err_msg=label)
        assert analyse(again).method == analyse(m).method
        first, second = analyse(m).results[0], analyse(again).results[0]
        assert second.value == pytest.approx(first.value, rel=1e-5)
    assert len(read_all(tmp_path / "0.mpt")) == 1
