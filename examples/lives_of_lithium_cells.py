"""Cells that short, the voltage they leave behind, and what six of them say about a current nobody tested.

A polymer film of 100 um between lithium foils. Hot spots are assumed (see `failure_book`); only the share of the growth
that stripping leaves behind is chosen here, and then found again from the lives.
"""

import math

import numpy as np

from ceramer import analysis
from ceramer.inference import Life, LifeData, fit_hot_spots
from ceramer.physics import failure

HOUR = 3600.0


def film(irreversible_share):
    ledger = failure.failure_book().ledger(
        {"filament.irreversible_share": irreversible_share, "filament.healing_rate": 0.0}
    )
    return failure.assumed_cell(
        ledger,
        thickness=100e-6,
        area=1.131e-4,
        ionic_conductivity=0.05,
        interface_resistance=10e-4,
        temperature=298.15,
    )


# what a cycler would see: a short, found by the same code that reads real files
truth = film(0.02)
trace = failure.voltage_trace(truth, failure.constant_current(10.0, HOUR, 400), seed=3, noise=1e-5)
record = trace.measurement
report = analysis.shorts(record.time, record.current, record.voltage)
print(report.verdict)
assert f"A {trace.kind} short" in report.verdict
assert abs(report.result("short_time").value - trace.short_time) < HOUR

# three cells each at 0.5 and 1 mA/cm2; the tests end after 1300 and 660 h
lives = []
for current_density, hours in ((5.0, 1300), (10.0, 660)):
    schedule = failure.constant_current(current_density, HOUR, hours // 2)
    got = failure.simulate_lives(truth, schedule, 3, seed=11)
    lives += [
        Life.observed(t, current_density) if math.isfinite(t) else Life.longer_than(got.end, current_density)
        for t in got.short_time
    ]
data = LifeData(lives)
print(data.census())
assert not fit_hot_spots(LifeData(life for life in lives if not life.is_observed), film(0.1), HOUR)

fit = fit_hot_spots(data, film(0.1), HOUR)
low, high = fit.results[0].interval
print(f"irreversible share {fit.results[0].value:.4f}, 95 % interval {low:.4f} to {high:.4f}")
assert low < 0.02 < high

# 0.2 mA/cm2 takes months: predicted, then simulated
predicted = fit.predict(2.0)
real = failure.simulate_lives(truth, failure.constant_current(2.0, HOUR, 3000), 500, seed=12).short_time
print(f"0.2 mA/cm2: {predicted.value / HOUR:.0f} h predicted, {np.median(real) / HOUR:.0f} h simulated")
inside = np.mean((real > predicted.interval[0]) & (real < predicted.interval[1]))
assert inside > 0.85
