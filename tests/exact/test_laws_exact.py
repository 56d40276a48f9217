"""Laws against exact solutions and against numbers worked out elsewhere."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ceramer import laws
from ceramer.units import BOLTZMANN, ELECTRONVOLT, FARADAY, GAS_CONSTANT

SPHERE = (0.3 * 3.0 / (4.0 * math.pi)) ** (1.0 / 3.0)  # radius of one sphere of f = 0.3 in a unit cell


def test_two_phase_laminate():
    assert laws.series([10.0, 1.0], [1 / 3, 2 / 3]) == pytest.approx(1.428571, rel=1e-6, abs=0.0)
    assert laws.parallel([10.0, 1.0], [1 / 3, 2 / 3]) == pytest.approx(4.0, rel=1e-14, abs=0.0)


def test_maxwell_is_the_dilute_law_of_spheres():
    for a in (0.0, 0.1, 10.0, 1e6):
        slope = (laws.maxwell(1.0, [a], [1e-7]) - 1.0) / 1e-7
        assert slope == pytest.approx(3.0 * (a - 1.0) / (a + 2.0), rel=1e-5, abs=0.0)


def test_maxwell_limits_of_contrast():
    assert laws.maxwell(1.0, [math.inf], [0.1]) == pytest.approx(1.2 / 0.9, rel=1e-14, abs=0.0)
    assert laws.maxwell(1.0, [0.0], [0.1]) == pytest.approx(0.9 / 1.05, rel=1e-14, abs=0.0)
    # close to the multipole series of simple-cubic spheres at f = 0.1
    assert laws.maxwell(1.0, [10.0], [0.1]) == pytest.approx(1.243339, rel=1e-3, abs=0.0)
    assert laws.maxwell(1.0, [0.1], [0.1]) == pytest.approx(0.876693, rel=1e-3, abs=0.0)


def test_maxwell_equals_the_hashin_shtrikman_bounds():
    assert laws.maxwell(1.0, [10.0], [0.3]) == pytest.approx(laws.hashin_shtrikman_lower([10.0, 1.0], [0.3, 0.7]))
    assert laws.maxwell(10.0, [1.0], [0.7]) == pytest.approx(laws.hashin_shtrikman_upper([10.0, 1.0], [0.3, 0.7]))


def test_hashin_shtrikman_as_first_published():
    s1, s2, f1, f2 = 1.0, 10.0, 0.7, 0.3
    lower = s1 + f2 / (1 / (s2 - s1) + f1 / (3 * s1))
    upper = s2 + f1 / (1 / (s1 - s2) + f2 / (3 * s2))
    assert laws.hashin_shtrikman_lower([s1, s2], [f1, f2]) == pytest.approx(lower, rel=1e-13, abs=0.0)
    assert laws.hashin_shtrikman_upper([s1, s2], [f1, f2]) == pytest.approx(upper, rel=1e-13, abs=0.0)


def test_bruggeman_threshold_is_one_third():
    assert laws.bruggeman_symmetric([1.0, 0.0], [1 / 3, 2 / 3]) == 0.0
    assert laws.bruggeman_symmetric([1.0, 0.0], [0.2, 0.8]) == 0.0
    for f in (1 / 3 + 1e-9, 0.34, 0.5, 0.9, 1.0):
        assert laws.bruggeman_symmetric([1.0, 0.0], [f, 1.0 - f]) == pytest.approx((3 * f - 1) / 2, rel=1e-6, abs=1e-15)


def test_bruggeman_two_phases_closed_form():
    for s1, s2, f in (
        (10.0, 1.0, 0.3),
        (1e12, 1.0, 1 / 3),
        (1.0, 1e-10, 0.3),
        (2 + 3j, 1.0, 0.6),
        (1 + 1e4j, 5e3 + 1j, 0.4),
    ):
        b = s1 * (3 * f - 1) + s2 * (3 * (1 - f) - 1)
        root = np.sqrt(complex(b * b + 8 * s1 * s2))
        expected = max(((b + root) / 4, (b - root) / 4), key=lambda z: z.real)
        assert laws.bruggeman_symmetric([s1, s2], [f, 1 - f]) == pytest.approx(expected, rel=1e-8, abs=0.0)


def test_bruggeman_complex_three_phases_solves_its_equation_in_the_cone():
    frequency = np.logspace(0, 12, 49)
    sigma = [laws.complex_conductivity(s, frequency, e) for s, e in ((1e-1, 60.0), (1e-5, 8.0), (0.0, 4.0))]
    part = [0.35, 0.4, 0.25]
    root = laws.bruggeman_symmetric(sigma, part)
    terms = np.array([f * (s - root) / (s + 2 * root) for f, s in zip(part, sigma, strict=True)])
    assert np.abs(terms.sum(axis=0)).max() < 1e-12
    angles = np.angle(np.array(sigma))
    assert (np.angle(root) >= angles.min(axis=0) - 1e-12).all()
    assert (np.angle(root) <= angles.max(axis=0) + 1e-12).all()
    dc = laws.bruggeman_symmetric([1e-1, 1e-5, 0.0], part)
    assert root[0].real == pytest.approx(dc, rel=1e-3, abs=0.0)


def test_neutral_inclusions():
    assert laws.maxwell(1.0, [laws.sphere_with_interface(10.0, SPHERE, 2.675551)], [0.3]) == pytest.approx(
        1.0, abs=1e-7
    )
    assert laws.maxwell(1.0, [laws.sphere_with_surface_sheet(0.1, SPHERE, 0.1868774)], [0.3]) == pytest.approx(
        1.0, abs=1e-7
    )
    contact = 10.0 / (9.0 * SPHERE)
    assert laws.maxwell(1.0, [laws.sphere_with_interface(10.0, SPHERE, contact)], [0.3]) == pytest.approx(
        1.0, abs=1e-14
    )
    coated = laws.coated_sphere(0.01, 2.0, 0.6)
    assert laws.maxwell(coated, [coated], [0.4]) == pytest.approx(coated, rel=1e-14, abs=0.0)


def test_interface_of_spheres_near_the_multipole_series():
    for contact, expected in ((1.0, 0.7894964), (100.0, 1.8118832)):
        equivalent = laws.sphere_with_interface(10.0, SPHERE, contact)
        assert laws.maxwell(1.0, [equivalent], [0.3]) == pytest.approx(expected, rel=0.01, abs=0.0)
    equivalent = laws.sphere_with_surface_sheet(0.1, SPHERE, 0.05)
    assert laws.maxwell(1.0, [equivalent], [0.3]) == pytest.approx(0.7659799, rel=0.01, abs=0.0)


def test_sheet_conductance_implies_a_conductivity():
    # 10 nS in 5 nm is 2 S/m
    assert laws.sheet_thickness_conductivity(1e-8, 5e-9) == pytest.approx(2.0)


def test_thin_coatings_are_the_interface_laws():
    radius, thickness = 1.0, 1e-6
    core_part = ((radius - thickness) / radius) ** 3
    poor = laws.coated_sphere(10.0, 3.0 * thickness, core_part)
    assert poor == pytest.approx(laws.sphere_with_interface(10.0, radius, 3.0), rel=1e-5, abs=0.0)
    good = laws.coated_sphere(0.1, 0.05 / thickness, core_part)
    assert good == pytest.approx(laws.sphere_with_surface_sheet(0.1, radius, 0.05), rel=1e-5, abs=0.0)


def test_brick_layer_limits():
    assert laws.brick_layer_infiltrated(0.3, 5.0, 1e-6, 0.0) == pytest.approx(0.3, rel=1e-14, abs=0.0)
    assert laws.brick_layer_infiltrated(0.3, 0.3, 1e-6, 1e-7) == pytest.approx(0.3, rel=1e-14, abs=0.0)
    d, t = 1e-6, 1e-13
    poor = laws.brick_layer_infiltrated(0.1, 1e-8, d, t)
    assert poor == pytest.approx(laws.brick_layer_total(0.1, d, t / 1e-8), rel=1e-5, abs=0.0)
    added = laws.brick_layer_infiltrated(0.1, 1e5, d, t) - 0.1
    assert added == pytest.approx(laws.isotropic_sheet_contribution(3 / d, 1e5 * t), rel=1e-4, abs=0.0)
    assert laws.brick_layer_infiltrated(0.1, 0.0, d, 1e-8) == 0.0


def test_brick_layer_specific_boundary_conductivity_undoes_the_series():
    d, delta, boundary, permittivity = 1e-6, 1e-9, 1e-4, 1e-10
    apparent = boundary * d / delta  # all boundaries of the sample, referred to its whole length
    found = laws.brick_layer_specific_boundary_conductivity(apparent, permittivity, permittivity * d / delta)
    assert found == pytest.approx(boundary, rel=1e-12, abs=0.0)


def test_brick_layer_impedance_has_the_two_plateaus():
    grain, capacitance, resistance, size = 0.1, 1e-2, 1e-4, 1e-6

    def total(frequency: float) -> complex:
        areal = resistance / (1 + 2j * math.pi * frequency * resistance * capacitance)
        return laws.brick_layer_total(grain, size, areal)

    assert total(1e-3).real == pytest.approx(laws.brick_layer_total(grain, size, resistance), rel=1e-6, abs=0.0)
    assert total(1e12).real == pytest.approx(grain, rel=1e-3, abs=0.0)


def test_infiltrated_pores():
    assert laws.infiltrated_pores(0.1, 5.0, 0.0, 1.0) == pytest.approx(0.1)
    assert laws.infiltrated_pores(0.1, 5.0, 0.2, 0.0) == pytest.approx(0.07)
    assert laws.infiltrated_pores(0.1, 0.1, 0.3, 1.0) == pytest.approx(0.1)
    assert laws.infiltrated_pores(0.0, 1.0, 0.6, 1.0) == pytest.approx(0.4)


def test_shares_of_series_and_parallel():
    sigma, part = [3.0, 0.5, 7.0], [0.2, 0.5, 0.3]
    shares = laws.path_shares(lambda s: laws.parallel(s, part), sigma)
    assert shares == pytest.approx(np.multiply(sigma, part) / np.dot(sigma, part), rel=1e-13, abs=0.0)
    shares = laws.path_shares(lambda s: laws.series(s, part), sigma)
    assert shares == pytest.approx(np.divide(part, sigma) / np.sum(np.divide(part, sigma)), rel=1e-13, abs=0.0)


def test_share_of_a_tiny_path_keeps_its_digits():
    shares = laws.path_shares(lambda s: laws.bruggeman_symmetric(s, [0.8, 0.2]), [1.0, 1e-14])
    # near an insulator H = (3 f - 1)/2 + s dH/ds with dH/ds = 9 f (1 - f) / (2 (3 f - 1)), from the implicit equation
    slope = (0.2 * 3 * 0.7 / (2 * 0.7) ** 2) / (0.8 * 3 / (1 + 1.4) ** 2)
    assert shares[1] == pytest.approx(1e-14 * slope / 0.7, rel=1e-9, abs=0.0)


def test_effective_activation_energy_is_the_slope_of_the_composite():
    energies = np.array([0.2, 0.45]) * ELECTRONVOLT

    def phase(temperature: float) -> list[float]:
        return [laws.arrhenius(temperature, a, e) for a, e in zip((1e2, 1e6), energies, strict=True)]

    def composite(s: list[float]) -> float:
        return laws.bruggeman_symmetric(s, [0.4, 0.6])

    t, h = 303.15, 1e-3
    slope = math.log(composite(phase(t + h)) / composite(phase(t - h))) / (1 / (t - h) - 1 / (t + h)) * BOLTZMANN
    predicted = laws.effective_activation_energy(laws.path_shares(composite, phase(t)), energies)
    assert predicted == pytest.approx(slope, rel=1e-6, abs=0.0)
    assert energies[0] < predicted < energies[1]


def test_arrhenius_forms():
    ev = ELECTRONVOLT
    assert laws.two_point_activation_energy(303.15, 0.75, 373.15, 5.09) / ev == pytest.approx(0.267, abs=5e-4)
    assert laws.two_point_activation_energy(303.15, 0.75, 373.15, 5.09, "sigma_T") / ev == pytest.approx(
        0.296, abs=5e-4
    )
    for form, law in (("sigma", laws.arrhenius), ("sigma_T", laws.arrhenius_over_temperature)):
        cold, hot = law(290.0, 7.0, 0.4 * ev), law(350.0, 7.0, 0.4 * ev)
        assert laws.two_point_activation_energy(290.0, cold, 350.0, hot, form) == pytest.approx(
            0.4 * ev, rel=1e-12, abs=0.0
        )
        assert laws.rescale_arrhenius(cold, 290.0, 350.0, 0.4 * ev, form) == pytest.approx(hot, rel=1e-12, abs=0.0)


def test_vtf_slope_is_its_apparent_energy():
    t, h, b, t0 = 320.0, 1e-3, 744.0, 190.0
    slope = laws.two_point_activation_energy(t - h, laws.vtf(t - h, 1.0, b, t0), t + h, laws.vtf(t + h, 1.0, b, t0))
    assert laws.apparent_activation_energy_vtf(t, b, t0) == pytest.approx(slope, rel=1e-6, abs=0.0)


def test_stack():
    # 350 um at 0.75 mS/cm and 120 um at 1 mS/cm: 46.667 + 12 ohm cm2
    assert laws.series_area_specific_resistance([350e-6, 120e-6], [0.075, 0.1]) * 1e4 == pytest.approx(
        58.6667, rel=1e-6, abs=0.0
    )
    total = laws.series_conductivity([350e-6, 120e-6], [0.075, 0.1])
    assert total == pytest.approx(470e-6 / 58.66667e-4, rel=1e-6, abs=0.0)
    assert laws.implied_layer_conductivity(total, 120e-6, [350e-6], [0.075]) == pytest.approx(0.1, rel=1e-12, abs=0.0)
    assert laws.series_area_specific_resistance([1e-6, 1e-6], [0.1, 0.0]) == math.inf
    assert laws.series_area_specific_resistance([1.0], [2.0], [0.25, 0.5]) == pytest.approx(1.25)
    assert laws.series_area_specific_resistance([1e-4], [0.1 + 0.1j]) == pytest.approx(1e-4 / (0.1 + 0.1j))


def test_edge_bypass():
    common = {
        "inner_thickness": 4e-4,
        "inner_conductivity": 0.02,
        "film_thickness": 6.8e-4,
        "film_conductivity": 0.2,
        "rim_conductivity": 0.2,
    }
    disc = math.pi * 0.008**2
    none = laws.edge_bypass(inner_area=disc, outer_area=disc, reference_area=disc, **common)
    assert none == pytest.approx(laws.series_conductivity([4e-4, 6.8e-4], [0.02, 0.2]), rel=1e-12, abs=0.0)
    small = math.pi * 0.0065**2
    low = laws.edge_bypass(inner_area=small, outer_area=disc, reference_area=small, **common)
    high = laws.edge_bypass(inner_area=small, outer_area=disc, reference_area=small, lateral="perfect", **common)
    assert none < low < high
    gap = common | {"rim_conductivity": 0.0}
    assert laws.edge_bypass(inner_area=small, outer_area=disc, reference_area=small, **gap) == pytest.approx(none)
    same = common | {"rim_conductivity": 0.02}
    for lateral in ("blocked", "perfect"):
        whole = laws.edge_bypass(inner_area=small, outer_area=disc, reference_area=disc, lateral=lateral, **same)
        assert whole == pytest.approx(none, rel=1e-12, abs=0.0)


def test_bruce_vincent_recovers_a_known_current_fraction():
    fraction_, bulk, interface, voltage = 0.3, 500.0, 80.0, 10e-3
    first, last = voltage / (bulk + interface), voltage / (bulk / fraction_ + interface)
    assert laws.bruce_vincent(first, last, voltage, interface, interface) == pytest.approx(
        fraction_, rel=1e-12, abs=0.0
    )


def test_current_fraction_of_an_ideal_binary_salt_is_its_transference_number():
    d_plus, d_minus, c, t = 2e-12, 6e-12, 1000.0, 333.15
    state = laws.tethered_anion_transport(c, 0.0, d_plus, d_minus, t)
    share = state.anion_transference
    ne = 2 * GAS_CONSTANT * t * state.conductivity * share**2 / (FARADAY**2 * state.ambipolar_diffusivity * c)
    assert laws.current_fraction(ne) == pytest.approx(1 - share, rel=1e-12, abs=0.0)
    assert laws.newman_number_from_current_fraction(laws.current_fraction(ne)) == pytest.approx(ne, rel=1e-12, abs=0.0)


def test_tethered_anions_without_tether_are_the_binary_law():
    state = laws.tethered_anion_transport(800.0, 0.0, 2e-12, 6e-12, 303.15)
    assert state.ambipolar_diffusivity == pytest.approx(2 * 2e-12 * 6e-12 / 8e-12, rel=1e-14, abs=0.0)
    assert state.anion_transference == pytest.approx(0.75, rel=1e-14, abs=0.0)
    assert state.conductivity == pytest.approx(FARADAY**2 * 800.0 * 8e-12 / (GAS_CONSTANT * 303.15), rel=1e-14, abs=0.0)


def test_tethered_anions_against_nernst_planck():
    c_minus, c_fixed, d_plus, d_minus, t = 400.0, 900.0, 2e-12, 5e-12, 320.0
    grad_c, grad_phi = 3e6, -2e3
    c_plus, f = c_minus + c_fixed, FARADAY / (GAS_CONSTANT * t)
    flux_plus = -d_plus * (grad_c + c_plus * f * grad_phi)
    flux_minus = -d_minus * (grad_c - c_minus * f * grad_phi)
    current = FARADAY * (flux_plus - flux_minus)
    state = laws.tethered_anion_transport(c_minus, c_fixed, d_plus, d_minus, t)
    assert flux_minus == pytest.approx(
        -state.ambipolar_diffusivity * grad_c - state.anion_transference * current / FARADAY, rel=1e-12, abs=0.0
    )
    grad_li = grad_phi + grad_c / (c_plus * f)  # potential of a lithium reference
    source = state.conductivity / f * state.anion_transference * (1 / c_plus + 1 / c_minus) * grad_c
    assert current == pytest.approx(-state.conductivity * grad_li + source, rel=1e-12, abs=0.0)


def test_composite_current_fraction_of_a_laminate():
    def laminate(s):
        return laws.series(s, [0.5, 0.5])

    # resistances 1/s_p + 1/s_c before and 1/(s_p rho) + 1/s_c after
    found = laws.composite_current_fraction(laminate, 0.05, 0.02, 0.2)
    assert found == pytest.approx((1 / 0.05 + 1 / 0.02) / (1 / 0.01 + 1 / 0.02), rel=1e-12, abs=0.0)
    assert laws.polymer_current_fraction_needed(laminate, 0.05, 0.02, found) == pytest.approx(0.2, rel=1e-10, abs=0.0)


def test_faraday():
    assert laws.plating_rate(10.0, 6.941e-3, 534.0) * 3.6e9 == pytest.approx(4.849, abs=2e-3)
    q = laws.areal_capacity_of_foil(40e-6, 6.94e-3, 534.0)
    assert laws.lithium_thickness(q, 6.94e-3, 534.0) == pytest.approx(40e-6, rel=1e-14, abs=0.0)
    assert laws.theoretical_specific_capacity(6.94e-3, 1) / 3600 == pytest.approx(3861.8, rel=1e-4, abs=0.0)


def test_sand_time_and_limiting_current():
    assert laws.sand_time(8e-12, 1000.0, 0.2, 10.0) == pytest.approx(914.0, abs=0.1)
    assert laws.limiting_current(8e-12, 1000.0, 0.2, 100e-6) == pytest.approx(19.3, abs=0.01)
    tau = laws.sand_time(8e-12, 1000.0, 0.2, 10.0)
    drop = 2 * 10.0 * 0.8 / FARADAY * math.sqrt(tau / (math.pi * 8e-12))  # at the surface, constant flux
    assert drop == pytest.approx(1000.0, rel=1e-12, abs=0.0)


def test_butler_volmer_slope_is_the_charge_transfer_resistance():
    resistance = laws.charge_transfer_resistance(12.0, 303.15)
    h = 1e-7
    slope = (laws.butler_volmer(h, 12.0, 0.3, 0.7, 303.15) - laws.butler_volmer(-h, 12.0, 0.3, 0.7, 303.15)) / (2 * h)
    assert 1 / slope == pytest.approx(resistance, rel=1e-8, abs=0.0)
    assert laws.exchange_current_density(resistance, 303.15) == pytest.approx(12.0, rel=1e-14, abs=0.0)
    assert laws.butler_volmer(0.2, 1.0, 0.3, 0.7, 303.15) == pytest.approx(math.exp(0.06 * 38.2795), rel=0.01, abs=0.0)
    assert laws.butler_volmer(-0.2, 1.0, 0.3, 0.7, 303.15) == pytest.approx(
        -math.exp(0.14 * 38.2795), rel=0.01, abs=0.0
    )


def test_void_closure():
    # 282 um to 226 um in 10 h, then to nothing
    rate = laws.rate_from_interval(282.0, 226.0, 10.0, 3.0)
    assert rate == pytest.approx(1.09e6, rel=2e-3, abs=0.0)
    assert laws.void_size(10.0, 282.0, rate, 3.0) == pytest.approx(226.0, rel=1e-12, abs=0.0)
    assert laws.closure_time(282.0, 1.09e6, 3.0) == pytest.approx(20.6, abs=0.03)
    closed = laws.closure_time(282.0, 5.1e3, 2.0, 4.4)
    assert laws.void_size([0.0, 4.4, closed, 99.0], 282.0, 5.1e3, 2.0, 4.4) == pytest.approx(
        [282.0, 282.0, 0.0, 0.0], abs=1e-3
    )


def test_void_closure_tends_to_the_exponential():
    n, k = 1e-6, 0.3
    power = laws.void_size(2.0, 100.0, n * k * 100.0**n, n)
    assert power == pytest.approx(laws.exponential_void_size(2.0, 100.0, k), rel=1e-5, abs=0.0)


def test_viscous_closure_is_consistent():
    gamma, eta, radius = 0.03, 1e6, 1e-5
    volume_rate = laws.pressure_closure_rate(laws.capillary_pressure(gamma, radius), eta)
    assert volume_rate * radius / 3 == pytest.approx(laws.viscous_sintering_rate(gamma, eta), rel=1e-14, abs=0.0)
    # viscous flow round a sphere: radial stress 4 eta R'/R balances the pressure
    speed = 2e3 * radius / (4 * eta)
    assert laws.pressure_closure_rate(2e3, eta) == pytest.approx(3 * speed / radius, rel=1e-14, abs=0.0)


def test_radical_conversion_against_the_rate_equations():
    kd, kp, kt, f, i0 = 1.5e-4, 2.0, 1e4, 0.6, 20.0

    def rates(_t, y):
        return [-kd * y[0], -kp * y[1] * math.sqrt(2 * f * kd * y[0] / kt)]

    end = 20000.0
    solved = solve_ivp(rates, (0, end), [i0, 1.0], rtol=1e-10, atol=1e-14, method="LSODA").y[:, -1]
    exact = laws.radical_conversion(
        end, initiator0=i0, decomposition_rate=kd, efficiency=f, propagation_rate=kp, termination_rate=kt
    )
    assert exact == pytest.approx(1 - solved[1], rel=1e-7, abs=0.0)
    assert laws.initiator_left(end, kd) == pytest.approx(solved[0] / i0, rel=1e-7, abs=0.0)


def test_early_cure_is_first_order():
    kd, kp, kt, f, i0 = 1.5e-4, 2.0, 1e4, 0.6, 20.0
    early = laws.radical_conversion(
        1.0, initiator0=i0, decomposition_rate=kd, efficiency=f, propagation_rate=kp, termination_rate=kt
    )
    expected = kp * math.sqrt(2 * f * kd * i0 / kt)
    assert laws.apparent_rate_from_conversion(early, 1.0) == pytest.approx(expected, rel=1e-4, abs=0.0)
    assert laws.apparent_rate_from_conversion(0.9992, 3600.0) == pytest.approx(1.98e-3, abs=5e-6)


def test_thermogravimetric_balances():
    assert laws.ceramic_fraction_from_tga(0.4576, 0.0221) == pytest.approx(0.5547, abs=5e-5)
    assert laws.ceramic_fraction_from_tga(0.4576, 0.0221, "simple") == pytest.approx(0.5645, abs=1e-12)
    residue = laws.tga_residue(0.6, 0.02, 0.05)
    assert laws.ceramic_fraction_from_tga(1 - residue, 0.02, organic_residue=0.05) == pytest.approx(
        0.6, rel=1e-12, abs=0.0
    )


def test_fractions_of_a_known_mixture():
    # 3 cm3 at 2 g/cm3 with 1 cm3 at 4 g/cm3: 10 g in 4 cm3
    assert laws.mass_to_volume_fractions([0.6, 0.4], [2000.0, 4000.0]) == pytest.approx([0.75, 0.25])
    assert laws.volume_to_mass_fractions([0.75, 0.25], [2000.0, 4000.0]) == pytest.approx([0.6, 0.4])
    assert laws.rule_of_mixtures_density([0.6, 0.4], [2000.0, 4000.0]) == pytest.approx(2500.0)


def test_crystals():
    assert laws.cell_volume_cubic(3.0) == pytest.approx(27.0)
    assert laws.cell_volume_hexagonal(8.51e-10, 20.84e-10) == pytest.approx(1307.0e-30, rel=1e-3, abs=0.0)
    assert laws.xray_density(6.94e-3, 2, laws.cell_volume_cubic(3.51e-10)) == pytest.approx(533.0, abs=0.2)
    assert laws.bragg_spacing(math.radians(28.5), 1.5406e-10) == pytest.approx(3.129e-10, rel=3e-4, abs=0.0)
    assert laws.two_theta(laws.bragg_spacing(0.5, 1.54e-10), 1.54e-10) == pytest.approx(0.5, rel=1e-13, abs=0.0)
    assert laws.cubic_spacing(3.51e-10, 1, 1, 0) == pytest.approx(0.248e-9, rel=1e-3, abs=0.0)
    assert laws.cubic_spacing(1.0, 2, 1, 3) == pytest.approx(1 / math.sqrt(14))


def test_elastic_bounds_as_first_published():
    k1, g1, k2, g2, f1, f2 = 3e9, 1e9, 100e9, 45e9, 0.6, 0.4

    def bulk(ka, ga, kb, fa, fb):
        return ka + fb / (1 / (kb - ka) + 3 * fa / (3 * ka + 4 * ga))

    def shear(ka, ga, gb, fa, fb):
        return ga + fb / (1 / (gb - ga) + 6 * (ka + 2 * ga) * fa / (5 * ga * (3 * ka + 4 * ga)))

    found = laws.hashin_shtrikman_bulk([k1, k2], [g1, g2], [f1, f2])
    assert found == pytest.approx((bulk(k1, g1, k2, f1, f2), bulk(k2, g2, k1, f2, f1)), rel=1e-12, abs=0.0)
    found = laws.hashin_shtrikman_shear([k1, k2], [g1, g2], [f1, f2])
    assert found == pytest.approx((shear(k1, g1, g2, f1, f2), shear(k2, g2, g1, f2, f1)), rel=1e-12, abs=0.0)


def test_filled_polymers_start_with_einstein():
    phi = 1e-6
    assert (laws.krieger_dougherty(1.0, phi, 0.64) - 1) / phi == pytest.approx(2.5, rel=1e-4, abs=0.0)
    assert (laws.guth(1.0, phi) - 1) / phi == pytest.approx(2.5, rel=1e-4, abs=0.0)
    assert laws.guth(1.0, 0.2) == pytest.approx(1 + 0.5 + 0.564)
    assert laws.force_per_width(165.9e6, 12.6e-6) == pytest.approx(2090.0, abs=1.0)


def test_isotopes():
    growth = 9.29
    assert laws.increase_factor(growth, 0.7679, 0.5679) == pytest.approx(6.87, abs=0.005)
    assert laws.ceiling(0.0759) == pytest.approx(13.2, abs=0.03)
    assert laws.equilibrium_enrichment([1.0, 1.0], [0.95, 0.05]) == pytest.approx(0.5)
    h = 1e-3
    early = laws.well_mixed_enrichment(h, 2.0, 0.1, 0.9)
    assert (early - 0.1) / h == pytest.approx(0.8 / (2.0 * FARADAY), rel=1e-6, abs=0.0)
    assert laws.well_mixed_enrichment(1e9, 2.0, 0.1, 0.9) == pytest.approx(0.9)


def test_cycling():
    assert laws.retention(163.1, 116.3) == pytest.approx(0.713, abs=5e-4)
    kept = 0.9**10
    assert laws.geometric_fade(kept, 10) == pytest.approx(0.1, rel=1e-12, abs=0.0)
    assert laws.linear_fade(kept, 10) == pytest.approx((1 - kept) / 10, rel=1e-12, abs=0.0)
    assert laws.np_ratio(5.0, 4.0, counts_cathode_lithium=True) == pytest.approx(2.25)
    assert laws.np_ratio(5.0, 4.0, counts_cathode_lithium=False) == pytest.approx(1.25)
    assert laws.accumulated_areal_capacity(-2.0, 10.0) == pytest.approx(20.0)
    # 5.2 mg/cm2 at 0.5C of 200 mAh/g is 0.52 mA/cm2
    assert laws.current_density_from_c_rate(0.5 / 3600, 720e3, 0.052) == pytest.approx(5.2, rel=1e-12, abs=0.0)
    # 3.19 mAh/cm2, 3.8 V, 35.2 mg/cm2: 344 Wh/kg
    assert laws.specific_energy(3.19 * 3.6e4, 3.8, 0.352) / 3600 == pytest.approx(344.4, abs=0.1)
    assert laws.energy_density(3.6e4, 3.6, 50e-6) / 3.6e6 == pytest.approx(720.0)


def test_electrons():
    assert laws.electronic_transference(3.0, 1.0) == pytest.approx(0.25)
    leak = laws.leak_current_density(2.3e-7, 4.0, 470e-6)
    assert leak == pytest.approx(2.3e-7 * 4.0 / 470e-6, rel=1e-14, abs=0.0)
    assert laws.leak_limited_coulombic_efficiency(0.1, 1.0) == pytest.approx(0.9 / 1.1, rel=1e-14, abs=0.0)


def test_complex_conductivity_of_a_leaky_capacitor():
    omega = 2 * math.pi * 50.0
    assert laws.complex_conductivity(2.0, 50.0, 7.0) == pytest.approx(
        2.0 + 1j * omega * 8.8541878188e-12 * 7.0, rel=1e-14, abs=0.0
    )


def test_porous_and_percolating():
    assert laws.bruggeman_porous(2.0, 0.25) == pytest.approx(0.25)
    assert laws.percolation(3.0, [0.1, 0.3, 1.0], 0.3, 2.0) == pytest.approx([0.0, 0.0, 3.0])
    assert laws.percolation(1.0, 0.475, 0.3, 1.5) == pytest.approx(0.25**1.5)
