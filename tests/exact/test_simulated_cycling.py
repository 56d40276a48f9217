"""Cycles of a simulated full cell: what `cycle` says and what `analyse` finds in the measurement are one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ceramer import analysis, laws, library
from ceramer.experiments import Protocol, Repeat, run
from ceramer.library._discharge import full_cell
from ceramer.numerics.chain import Step
from ceramer.physics import cycle

pytest.importorskip("numba")
LOWER, UPPER, CURRENT, CYCLES = 2.8, 3.9, 2.0, 6


def cell(leak: float):
    """LFP|PLM|Li with far more lithium than its cathode takes, and a leak beside the ions [S/m2]."""
    return replace(full_cell("LFP|PLM|Li", library.book().ledger(), LOWER, UPPER).model, leak_conductance=leak)


def counted(leak: float):
    steps = [
        Step("current", -CURRENT, 1e7, voltage_above=UPPER, record=False),
        Step("current", CURRENT, 1e7, voltage_below=LOWER, record=False),
    ]
    return cycle(cell(leak).simulation(relative_tolerance=1e-6), steps, CYCLES)


def test_a_leak_leaves_its_coulombic_efficiency():
    """On a plateau the leak is the same in charge and discharge: (1 - i_e/j)/(1 + i_e/j)."""
    leak = 5e-3
    done = counted(leak)
    assert done.outcome == "complete"
    volts = 0.5 * (done.discharge_energy / done.discharge + done.charge_energy / done.charge)
    expected = [laws.leak_limited_coulombic_efficiency(leak * v, CURRENT) for v in volts]
    assert done.coulombic_efficiency[1:] == pytest.approx(expected[1:], abs=1e-4)
    assert counted(0.0).coulombic_efficiency[1:] == pytest.approx(np.ones(CYCLES - 1), abs=1e-5)


def test_analyse_finds_the_efficiency_of_simulated_cycles():
    leak = 5e-3
    steps = (f"Charge at {CURRENT} A until {UPPER} V", f"Discharge at {CURRENT} A until {LOWER} V")
    done = run(cell(leak), Protocol("cycles", "cycling", (Repeat(CYCLES, steps),)), area=1.0, relative_tolerance=1e-6)
    assert done.outcome.completed
    (measured,) = done.measurements
    report = analysis.analyse(measured)
    efficiency = counted(leak).coulombic_efficiency
    assert report.result("coulombic_efficiency").value == pytest.approx(np.median(efficiency[1:]), abs=2e-5)
    assert report.result("capacity_retention").value == pytest.approx(1.0, abs=0.02)
