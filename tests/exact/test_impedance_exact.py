"""Impedance against closed forms: limits of the elements, brick layer, and fits of noise-free spectra."""

import numpy as np
import pytest

from ceramer.analysis.impedance import (
    Circuit,
    brick_layer_grain_boundary_conductivity,
    conductivity,
    drt,
    effective_capacitance,
    fit_arcs,
    fit_circuit,
    kramers_kronig,
)

F = np.logspace(6, -1, 71)


def at(text, values, omega):
    return Circuit.parse(text).impedance(values, [omega / (2 * np.pi)])[0]


def test_lumped_elements():
    assert at("R1", [3.0], 7.0) == pytest.approx(3.0)
    assert at("C1", [0.5], 4.0) == pytest.approx(-0.5j)
    assert at("L1", [0.5], 4.0) == pytest.approx(2.0j)
    assert at("CPE1", [0.5, 1.0], 4.0) == pytest.approx(-0.5j)
    assert at("CPE1", [2.0, 0.5], 9.0) == pytest.approx((1 - 1j) / np.sqrt(2) / 6.0)
    assert at("W1", [6.0], 9.0) == pytest.approx(2.0 - 2.0j)


def test_arc_at_its_peak():
    assert at("p(R1,C1)", [10.0, 0.1], 1.0) == pytest.approx(5.0 - 5.0j)
    r, q, alpha = 10.0, 0.02, 0.8
    tau = (r * q) ** (1 / alpha)
    angle = np.pi * alpha / 2
    assert at("p(R1,CPE1)", [r, q, alpha], 1 / tau) == pytest.approx(r / (1 + np.exp(1j * angle)))


def test_finite_diffusion_has_its_two_limits():
    r, tau = 12.0, 5.0
    slow, fast = 1e-6, 1e7
    steep = r * (1 - 1j) / np.sqrt(2 * fast * tau)
    for text in ("Wo1", "Ws1"):
        assert at(text, [r, tau], fast) == pytest.approx(steep, rel=1e-9)
    assert at("Ws1", [r, tau], slow) == pytest.approx(r, rel=1e-5)
    open_end = at("Wo1", [r, tau], slow)
    assert open_end.real == pytest.approx(r / 3, rel=1e-6)
    assert open_end.imag == pytest.approx(-r / (slow * tau), rel=1e-6)
    assert at("G1", [r, tau], slow) == pytest.approx(r, rel=1e-5)
    assert at("G1", [r, tau], fast) == pytest.approx(steep, rel=1e-6)


def test_series_and_parallel():
    z = at("R0-p(R1-Wo1,C1)", [1.0, 2.0, 3.0, 4.0, 0.5], 2.0)
    inner = 2.0 + at("Wo1", [3.0, 4.0], 2.0)
    assert z == pytest.approx(1.0 + 1.0 / (1.0 / inner + 1.0j))


def test_effective_capacitance_and_brick_layer():
    # a boundary of 1/100 of the grain with the same permittivity has 100 times the capacitance of the bulk
    assert float(effective_capacitance(1e4, 1e-9, 0.9)) == pytest.approx(1e-9 ** (1 / 0.9) * 1e4 ** (1 / 0.9 - 1))
    length, area, sigma_boundary = 1e-3, 1e-4, 2e-4
    r_boundary = length / 100 / (area * sigma_boundary)
    apparent = conductivity(length, area, r_boundary)
    assert apparent == pytest.approx(100 * sigma_boundary)
    assert brick_layer_grain_boundary_conductivity(apparent, 1e-12, 1e-10) == pytest.approx(sigma_boundary)


@pytest.mark.parametrize(
    ("text", "values", "load"),
    [
        ("R0-p(R1-W1,CPE1)", [10, 50, 30, 1e-5, 0.85], lambda w: 30 * (1 - 1j) / np.sqrt(w)),
        (
            "R0-p(R1-Ws1,CPE1)",
            [10, 50, 80, 3.0, 1e-5, 0.85],
            lambda w: 80 * np.tanh(np.sqrt(3j * w)) / np.sqrt(3j * w),
        ),
        ("R0-p(R1-Wo1,C1)", [10, 50, 80, 3.0, 1e-5], lambda w: 80 / np.tanh(np.sqrt(3j * w)) / np.sqrt(3j * w)),
    ],
)
def test_randles_circuit_is_its_closed_form_with_exact_derivatives(text, values, load):
    circuit, f = Circuit.parse(text), np.logspace(5, -2, 40)
    values, w = np.array(values, dtype=float), 2 * np.pi * f
    q, alpha = (values[-2], values[-1]) if text.endswith("CPE1)") else (values[-1], 1.0)
    z = 10 + 1 / (1 / (50 + load(w)) + q * (1j * w) ** alpha)
    np.testing.assert_allclose(circuit.impedance(values, f), z, rtol=1e-12)
    exact = circuit.jacobian(values, f)
    for k in range(values.size):
        step = 1e-6 * values[k] * (np.arange(values.size) == k)
        slope = (circuit.impedance(values + step, f) - circuit.impedance(values - step, f)) / (2e-6 * values[k])
        np.testing.assert_allclose(exact[:, k], slope, atol=2e-8 * np.abs(slope).max())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("R0-p(R1,CPE1)-p(R2,CPE2)-W1", [50, 800, 1e-8, 0.92, 400, 2e-6, 0.85, 200]),
        ("p(R1,CPE1)-p(R2,CPE2)-p(R3,CPE3)-CPE4", [2e3, 1e-10, 0.97, 4e3, 8e-9, 0.9, 3e3, 6e-7, 0.85, 4e-5, 0.9]),
        ("L1-R0-p(R1,C1)", [1e-6, 20, 300, 1e-7]),
        ("R0-p(R1,CPE1)-Wo1", [20, 300, 1e-6, 0.9, 100, 0.3]),
        ("R0-p(R1,CPE1)-Ws1", [20, 300, 1e-6, 0.9, 100, 0.3]),
        ("R0-p(R1-W1,CPE1)", [20, 300, 60, 1e-6, 0.9]),
        ("R0-p(R1-Wo1,C1)", [20, 300, 100, 0.3, 1e-6]),
    ],
)
def test_fit_returns_the_parameters_of_a_noise_free_spectrum(text, values):
    z = Circuit.parse(text).impedance(values, F)
    fit = fit_circuit(F, z, text)
    np.testing.assert_allclose(fit.values, values, rtol=2e-4)


def test_automatic_choice_on_a_noise_free_spectrum():
    values = [1e4, 2e-11, 0.95, 3e4, 2e-9, 0.9, 1e-6, 0.85]
    z = Circuit.parse("(RQ)(RQ)Q").impedance(values, F)
    arcs = fit_arcs(F, z).arcs
    assert [arc.resistance for arc in arcs] == pytest.approx([1e4, 3e4], rel=1e-3)
    assert [arc.capacitance for arc in arcs] == pytest.approx(
        [float(effective_capacitance(*values[:3])), float(effective_capacitance(*values[3:6]))], rel=1e-2
    )


def test_distribution_carries_the_resistances():
    z = Circuit.parse("R(RC)(RC)").impedance([10, 100, 1e-7, 200, 1e-4], F)
    rng = np.random.default_rng(0)
    z = z * (1 + 1e-3 * rng.normal(size=F.size)) + 1e-3j * np.abs(z) * rng.normal(size=F.size)
    view = drt(F, z)
    large = [peak for peak in view.peaks if peak.resistance > 15]
    assert [peak.resistance for peak in large] == pytest.approx([100, 200], rel=0.03)
    assert np.log([peak.tau for peak in large]) == pytest.approx(np.log([1e-5, 2e-2]), abs=0.25)
    assert view.resistance == pytest.approx(10, rel=0.1)
    assert view.polarisation == pytest.approx(300, rel=0.02)


def test_kramers_kronig_passes_what_is_causal_and_stops_what_is_not():
    z = Circuit.parse("R(RQ)(RQ)Q").impedance([10, 100, 1e-7, 0.9, 200, 1e-4, 0.85, 1e-2, 0.9], F)
    rng = np.random.default_rng(1)
    noisy = z + 1e-3 * np.abs(z) * (rng.normal(size=F.size) + 1j * rng.normal(size=F.size))
    test = kramers_kronig(F, noisy)
    assert test.valid_range == (F.min(), F.max())
    assert test.noise == pytest.approx(1e-3, rel=0.3)
    assert not test.warnings
    mirrored = kramers_kronig(F, np.conj(z))  # a positive imaginary part throughout: not causal
    assert mirrored.inductive.all()
    assert mirrored.noise > 0.05 or mirrored.flagged.any()
