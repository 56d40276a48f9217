"""The statistics that the benchmark prints, on its generator: a small sample here, the large one in the long tier."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from ceramer.analysis.impedance import fit_arcs, fit_circuit

_PATH = Path(__file__).parents[2] / "benchmarks" / "eis.py"
_SPEC = importlib.util.spec_from_file_location("benchmark_eis", _PATH)
eis = importlib.util.module_from_spec(_SPEC)
sys.modules["benchmark_eis"] = eis
_SPEC.loader.exec_module(eis)


def told(count):
    share = {}
    for which in "AB":
        found = [(t, fit_circuit(t.frequency, t.impedance, t.circuit)) for t in eis.made(which, count, 1e-3)]
        whole = np.mean([eis.within(fit.values, t.values) for t, fit in found])
        only_r = np.mean([eis.within(eis.only_resistances(t.circuit, fit.values), t.resistances()) for t, fit in found])
        share[which] = (whole, only_r)
    return share


def untold(truths):
    rows = []
    for truth in truths:
        fit = fit_arcs(truth.frequency, truth.impedance)
        rows.append((*eis.judged(fit, truth), eis.resolvable(truth)))
    right, unresolved, warned, clear = np.array(rows).T
    return np.mean(right | unresolved), np.mean(~right & ~warned), np.mean(unresolved[clear])


def test_a_few_spectra_of_the_benchmark():
    share = told(15)
    assert share["A"][1] == share["B"][1] == 1.0
    assert share["A"][0] >= 0.9
    assert share["B"][0] >= 0.8
    for truths in (eis.made("B", 8, 1e-3), eis.mixed(16, 0), eis.randles(16, 0)):
        good, silent, refused = untold(truths)
        assert good >= 0.87
        assert silent == 0.0
        assert refused <= 0.2


@pytest.mark.full
def test_two_hundred_spectra_reach_the_identifiability_limit():
    share = told(200)
    assert share["A"][0] >= 0.99
    assert share["A"][1] == 1.0
    assert share["B"][0] >= 0.90
    assert share["B"][1] == 1.0


@pytest.mark.full
@pytest.mark.parametrize("seed", range(5))
def test_the_choice_of_circuit_is_right_or_says_that_it_is_not(seed):
    truths = [*eis.made("A", 40, 1e-3, seed), *eis.made("B", 40, 1e-3, seed), *eis.mixed(120, seed)]
    good, silent, refused = untold(truths)
    assert good >= 0.95
    assert silent <= 0.01
    assert refused <= 0.10


@pytest.mark.full
def test_intervals_cover_on_a_thousand_fits():
    hits = []
    for which, noise in (("A", 1e-3), ("A", 1e-2), ("B", 1e-3), ("B", 5e-3)):
        for truth in eis.made(which, 250, noise, 77):
            fit = fit_circuit(truth.frequency, truth.impedance, truth.circuit)
            known = np.isfinite(fit.standard_errors)
            hits += list((np.abs(fit.values - truth.values) < fit.standard_errors)[known])
    assert 0.60 <= np.mean(hits) <= 0.76
