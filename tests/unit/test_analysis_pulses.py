"""Trains of current pulses, as of a hybrid pulse power characterisation: recognised, and read from rest to pulse."""

import numpy as np
import pytest

from ceramer.analysis import analyse, detect_method
from ceramer.measurement import Measurement

OHMIC, SLOW, TAU = 50.0, 20.0, 5.0  # ohm, ohm, s
CAPACITY = 7.2  # C


def train(levels, *, open_circuit=3.8, slope=0.8, discharge=0.0, pulse=10.0, rest=60.0, noise=2e-5):
    """A cell of two resistances, one behind a capacitor, whose voltage at rest falls with the charge taken."""
    rng = np.random.default_rng(0)
    rows, state = [], {"t": 0.0, "u": 0.0, "q": 0.0}

    def run(current, duration, dt):
        for _ in range(round(duration / dt)):
            state["t"] += dt
            state["u"] += (current * SLOW - state["u"]) * (1.0 - np.exp(-dt / TAU))
            state["q"] += current * dt
            level = open_circuit + slope * state["q"] / CAPACITY
            rows.append((state["t"], current, level + current * OHMIC + state["u"] + noise * rng.normal()))

    run(0.0, rest, 1.0)
    for k, level in enumerate(levels):
        run(level, pulse, 1.0)
        run(0.0, rest, 1.0)
        if discharge and k % 2:
            run(-3e-4, discharge / 3e-4, 30.0)
            run(0.0, 600.0, 30.0)
    t, i, v = np.array(rows).T
    return Measurement(columns={"Test Time / s": t, "Current / A": i, "Voltage / V": v})


# 0.9 of the rows of the pulse, which begin 1 s after its edge; the charge of the pulse moves the voltage, too
AT_THE_END = OHMIC + SLOW * (1.0 - np.exp(-9.1 / TAU)) + 0.8 * 9.1 / CAPACITY


@pytest.mark.parametrize("discharge", [0.0, 0.72])
def test_pulses_between_discharges_give_the_resistance_after_their_time(discharge):
    m = train([-1e-3, 0.75e-3] * 6, discharge=discharge)
    report = analyse(m)
    assert report.method == "dc_resistance"
    assert report.result("dc_resistance").value == pytest.approx(AT_THE_END, rel=5e-3)
    assert abs(report.result("voltage_offset").value) < 1e-4
    table = report.tables["pulses"]
    assert len(table) == 12
    assert table["resistance at the end / ohm"].to_numpy() == pytest.approx(np.full(12, AT_THE_END), rel=0.01)
    assert table["resistance of the first row / ohm"].to_numpy() == pytest.approx(
        np.full(12, OHMIC + SLOW * (1.0 - np.exp(-1.0 / TAU)) + 0.8 / CAPACITY), rel=0.01
    )
    fall = table["voltage before / mV"].iloc[0] - table["voltage before / mV"].iloc[-1]
    assert fall == pytest.approx(1e3 * 0.8 * (5 * discharge + 0.0025 * 5 + 0.01) / CAPACITY, abs=1.0)
    assert any("12 pulses of 9 s" in note for note in report.notes)


def test_pulses_of_one_level_give_a_mean():
    report = analyse(train([-1e-3] * 8))
    assert report.method == "dc_resistance"
    found = report.result("dc_resistance")
    assert found.value == pytest.approx(AT_THE_END, rel=5e-3)
    assert 0.0 < found.standard_uncertainty < 0.1


@pytest.mark.parametrize(
    ("levels", "options", "method"),
    [
        ([1e-3, -1e-3] * 5, {"pulse": 3000.0, "slope": 1.0, "noise": 0.0}, "cycling"),  # the voltage does not come back
        ([1e-3, -1e-3] * 5, {"open_circuit": 0.0, "slope": 0.0}, "plating_stripping"),
    ],
)
def test_cycles_with_rests_are_no_pulses(levels, options, method):
    assert detect_method(train(levels, **options)) == method
