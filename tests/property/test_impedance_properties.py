"""Impedance: derivatives, notations and symmetries for random circuits and spectra."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer.analysis.impedance import Circuit, Role, assign_arcs, fit_circuit, kramers_kronig

ELEMENTS = ("R", "C", "L", "Q", "W", "Wo", "Ws", "G")
F = np.logspace(-1.5, 1.5, 13)


def branches(inner):
    several = st.lists(inner, min_size=2, max_size=3)
    return several.map(lambda parts: "(" + "".join(parts) + ")") | several.map(lambda parts: "[" + "".join(parts) + "]")


CODES = st.lists(st.recursive(st.sampled_from(ELEMENTS), branches, max_leaves=5), min_size=1, max_size=4).map("".join)


def values_of(circuit, seed):
    rng = np.random.default_rng(seed)
    return np.array(
        [rng.uniform(0.5, 0.95) if n.endswith("_alpha") else 10 ** rng.uniform(-0.5, 0.5) for n in circuit.parameters]
    )


@settings(max_examples=25, deadline=None)
@given(CODES, st.integers(0, 99))
def test_derivatives_are_those_of_the_impedance(code, seed):
    circuit = Circuit.parse(code)
    values = values_of(circuit, seed)
    exact = circuit.jacobian(values, F)
    assert exact.shape == (F.size, values.size)
    for k, value in enumerate(values):
        step = 1e-5 * value
        up, down = values.copy(), values.copy()
        up[k] += step
        down[k] -= step
        rough = (circuit.impedance(up, F) - circuit.impedance(down, F)) / (2 * step)
        floor = 1e-9 * np.abs(circuit.impedance(values, F)).max() / step
        np.testing.assert_allclose(exact[:, k], rough, rtol=1e-5, atol=1e-7 * np.abs(exact[:, k]).max() + 1e-6 * floor)


@settings(max_examples=25, deadline=None)
@given(CODES)
def test_what_is_written_is_read_back(code):
    circuit = Circuit.parse(code)
    assert Circuit.parse(str(circuit)) == circuit


@settings(max_examples=25, deadline=None)
@given(CODES, st.integers(0, 99))
def test_passive_circuits_dissipate(code, seed):
    circuit = Circuit.parse(code)
    assert (circuit.impedance(values_of(circuit, seed), F).real > -1e-9).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(1e-3, 1e3), st.floats(1e-2, 1e2))
def test_fit_follows_the_units_of_impedance_and_frequency(seed, ohms, hertz):
    rng = np.random.default_rng(seed)
    circuit = Circuit.parse("R(RC)(RC)")
    f = np.logspace(5, -1, 50)
    values = np.array([10.0, 100.0, 1e-6, 200.0, 1e-3])
    z = circuit.impedance(values, f)
    z = z * (1 + 1e-3 * (rng.normal(size=f.size) + 1j * rng.normal(size=f.size)))
    one = fit_circuit(f, z, circuit)
    order = rng.permutation(f.size)
    other = fit_circuit(hertz * f[order], ohms * z[order], circuit)
    factors = np.array([ohms, ohms, 1 / (ohms * hertz), ohms, 1 / (ohms * hertz)])
    np.testing.assert_allclose(other.values, one.values * factors, rtol=1e-5)
    np.testing.assert_allclose(other.standard_errors, one.standard_errors * factors, rtol=1e-3)
    assert other.reduced_chi2 == pytest.approx(one.reduced_chi2, rel=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.05, 0.5))
def test_a_spike_is_flagged_where_it_stands(seed, height):
    rng = np.random.default_rng(seed)
    f = np.logspace(5, -1, 60)
    z = Circuit.parse("R(RQ)(RQ)").impedance([10, 100, 1e-6, 0.9, 200, 1e-3, 0.85], f)
    z = z * (1 + 1e-3 * (rng.normal(size=f.size) + 1j * rng.normal(size=f.size)))
    where = int(rng.integers(5, 55))
    z[where] *= 1 + height
    test = kramers_kronig(f, z)
    assert test.flagged[where]
    assert test.flagged.sum() <= 3


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(-13, -2), min_size=1, max_size=4))
def test_roles_never_go_back(logs):
    roles = assign_arcs([10**x for x in logs], thickness=1e-3, area=1e-5)
    order = [list(Role).index(role) for role in roles]
    assert order == sorted(order)
    assert len(roles) == len(logs)
