"""Laws that the cell engine stands on, against exact identities, limits and direct numerical solutions."""

import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ceramer import laws
from ceramer.units import BOLTZMANN, ELECTRONVOLT, FARADAY, GAS_CONSTANT

SALT = {"concentration": 1000.0, "temperature": 333.15}
LENGTH, SIGMA, DIFFUSIVITY = 100e-6, 0.1, 8e-12


# --- binary electrolyte ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("t_plus", [0.05, 0.3, 0.8])
def test_an_ideal_dilute_salt_has_its_transference_number_as_current_fraction(t_plus):
    plus, minus = laws.nernst_einstein_diffusivities(SIGMA, t_plus, 1000.0, 333.15)
    assert (plus + minus) * FARADAY**2 * 1000.0 / (GAS_CONSTANT * 333.15) == pytest.approx(SIGMA, rel=1e-13)
    assert plus / (plus + minus) == pytest.approx(t_plus, rel=1e-13)
    salt = laws.ambipolar_diffusivity(plus, minus)
    newman = laws.newman_number(SIGMA, salt, t_plus, **SALT)
    assert newman == pytest.approx(minus / plus, rel=1e-12)
    assert laws.current_fraction(newman) == pytest.approx(t_plus, rel=1e-12)
    factor = laws.thermodynamic_factor_from_current_fraction(t_plus, SIGMA, salt, t_plus, **SALT)
    assert factor == pytest.approx(1.0, rel=1e-12)


def test_ambipolar_diffusivity_is_that_of_the_law_without_tethered_anions():
    found = laws.tethered_anion_transport(700.0, 0.0, 1e-12, 4e-12, 333.15)
    assert laws.ambipolar_diffusivity(1e-12, 4e-12) == pytest.approx(found.ambipolar_diffusivity, rel=1e-13)


def test_thermodynamic_factor_inverts_the_newman_number():
    newman = laws.newman_number(SIGMA, DIFFUSIVITY, -0.3, thermodynamic_factor=4.2, **SALT)
    back = laws.thermodynamic_factor_from_current_fraction(1 / (1 + newman), SIGMA, DIFFUSIVITY, -0.3, **SALT)
    assert back == pytest.approx(4.2, rel=1e-12)


def test_steady_profile_balances_the_anions_and_keeps_the_salt():
    x = np.linspace(0.0, LENGTH, 11)
    c = laws.steady_concentration(x, 12.0, DIFFUSIVITY, 0.2, concentration=1000.0, thickness=LENGTH)
    anions = -DIFFUSIVITY * np.diff(c) / np.diff(x) - 0.8 * 12.0 / FARADAY
    np.testing.assert_allclose(anions, 0.0, atol=1e-12 * 12.0 / FARADAY * 1e3)
    assert np.trapezoid(c, x) / LENGTH == pytest.approx(1000.0, rel=1e-13)
    assert c[0] > c[-1]  # salt heaps up where lithium is stripped


def test_the_limiting_current_empties_one_side():
    limit = laws.limiting_current(DIFFUSIVITY, 1000.0, 0.2, LENGTH)
    assert limit == pytest.approx(19.30, rel=1e-3)
    given = {"concentration": 1000.0, "thickness": LENGTH}
    c = laws.steady_concentration([0.0, LENGTH], limit * (1 - 1e-12), DIFFUSIVITY, 0.2, **given)
    assert c[0] == pytest.approx(2000.0) and c[1] == pytest.approx(0.0, abs=1e-6)
    c = laws.steady_concentration([0.0, LENGTH], -limit * (1 - 1e-12), DIFFUSIVITY, 0.2, **given)
    assert c[1] == pytest.approx(2000.0)


def test_steady_resistance_is_ohmic_and_diffusion_potential_together():
    current, t_plus, factor = 1e-3, 0.2, 2.5
    ends = laws.steady_concentration(
        [0.0, LENGTH], current, DIFFUSIVITY, t_plus, concentration=1000.0, thickness=LENGTH
    )
    potential = laws.diffusion_potential(ends[1], ends[0], t_plus, 333.15, factor)  # against the drop
    newman = laws.newman_number(SIGMA, DIFFUSIVITY, t_plus, thermodynamic_factor=factor, **SALT)
    assert current * LENGTH / SIGMA + potential == pytest.approx(current * LENGTH / SIGMA * (1 + newman), rel=1e-6)


def test_diffusion_potential_changes_sign_with_the_sides():
    one = laws.diffusion_potential(500.0, 1500.0, 0.2, 333.15)
    assert one > 0
    assert laws.diffusion_potential(1500.0, 500.0, 0.2, 333.15) == pytest.approx(-one)
    assert laws.diffusion_potential(500.0, 1500.0, 1.0, 333.15) == 0.0


def test_impedance_of_the_cell_ends_at_its_two_resistances():
    ohmic = LENGTH / SIGMA
    z = laws.symmetric_cell_impedance([0.0, 1e-9, 1e9], LENGTH, SIGMA, DIFFUSIVITY, 3.0)
    assert z[0] == pytest.approx(4 * ohmic)
    assert z[1] == pytest.approx(4 * ohmic, rel=1e-4)
    assert z[2] == pytest.approx(ohmic, rel=1e-4)
    between = laws.symmetric_cell_impedance(np.logspace(-6, 4, 60), LENGTH, SIGMA, DIFFUSIVITY, 3.0)
    assert (between.imag < 0).all() and (np.diff(between.real) < 0).all()


def test_impedance_of_the_cell_has_no_step_where_its_series_takes_over():
    # Im Z = -(L/sigma) Ne |s|**2/3 at low frequency; |s| = 1e-4 lies at about 5e-12 Hz
    f = np.array([1e-14, 1e-12, 4e-12, 6e-12, 1e-10])
    z = laws.symmetric_cell_impedance(f, LENGTH, SIGMA, DIFFUSIVITY, 3.0)
    square = (LENGTH / 2) ** 2 * 2 * np.pi * f / DIFFUSIVITY
    assert square[2] < 1e-8 < square[3]
    np.testing.assert_allclose(z.imag, -LENGTH / SIGMA * 3.0 * square / 3.0, rtol=1e-6)


def test_impedance_of_the_cell_is_that_of_a_finite_difference_cell():
    cells, frequency, t_minus = 400, 2e-3, 0.8
    h = LENGTH / cells
    newman = laws.newman_number(SIGMA, DIFFUSIVITY, 1 - t_minus, **SALT)
    # i omega c = D c'' with -D c' = t- i/F at both electrodes, i = 1 A/m2
    matrix = np.zeros((cells, cells), dtype=complex)
    for k in range(cells):
        for other in (k - 1, k + 1):
            if 0 <= other < cells:
                matrix[k, k] += DIFFUSIVITY / h**2
                matrix[k, other] -= DIFFUSIVITY / h**2
    matrix += 2j * np.pi * frequency * np.eye(cells)
    source = np.zeros(cells, dtype=complex)
    source[0], source[-1] = t_minus / FARADAY / h, -t_minus / FARADAY / h
    c = np.linalg.solve(matrix, source)
    ends = (c[0] + t_minus / (FARADAY * DIFFUSIVITY) * h / 2) - (c[-1] - t_minus / (FARADAY * DIFFUSIVITY) * h / 2)
    expected = LENGTH / SIGMA + 2 * GAS_CONSTANT * 333.15 / FARADAY * t_minus * ends / 1000.0
    z = laws.symmetric_cell_impedance(frequency, LENGTH, SIGMA, DIFFUSIVITY, newman)
    assert z == pytest.approx(expected, rel=3e-5)


def test_impedance_at_high_frequency_is_a_warburg_element():
    f = 10.0
    z = laws.symmetric_cell_impedance(f, LENGTH, SIGMA, DIFFUSIVITY, 3.0) - LENGTH / SIGMA
    assert z.real == pytest.approx(-z.imag, rel=1e-9)
    s = LENGTH / 2 * math.sqrt(2 * math.pi * f / DIFFUSIVITY)
    assert abs(z) == pytest.approx(LENGTH / SIGMA * 3.0 / s, rel=1e-9)


# --- composites ------------------------------------------------------------------------------------------------------


def in_parallel(s):
    return laws.parallel(s, [0.3, 0.7])


def in_series(s):
    return laws.series(s, [0.3, 0.7])


def mixed(s):
    return laws.bruggeman_symmetric(s, [0.6, 0.4])


FIRST = np.array([[2.0, -0.7], [-0.7, 1.0]])
SECOND = np.array([[3.0, 0.4], [0.4, 0.5]])


def test_coupled_conduction_of_laminates():
    np.testing.assert_allclose(
        laws.coupled_conductivity(in_parallel, FIRST, SECOND), 0.3 * FIRST + 0.7 * SECOND, rtol=1e-12
    )
    resisted = np.linalg.inv(0.3 * np.linalg.inv(FIRST) + 0.7 * np.linalg.inv(SECOND))
    np.testing.assert_allclose(laws.coupled_conductivity(in_series, FIRST, SECOND), resisted, rtol=1e-12)


def test_coupled_conduction_without_coupling_and_of_equal_phases():
    diagonal = laws.coupled_conductivity(mixed, np.diag([1.0, 2.0]), np.diag([5.0, 0.1]))
    np.testing.assert_allclose(np.diag(diagonal), [mixed([1.0, 5.0]), mixed([2.0, 0.1])], rtol=1e-12)
    assert abs(diagonal[0, 1]) < 1e-12
    np.testing.assert_allclose(laws.coupled_conductivity(mixed, FIRST, FIRST), FIRST, rtol=1e-12)


def salt_matrix(sigma, anion, salt):
    """Fluxes (i, F N-) over forces (-grad phi, -grad mu_salt/F)."""
    return np.array([[sigma, -sigma * anion], [-sigma * anion, sigma * anion**2 + salt]])


POLYMER = {"polymer_diffusivity": DIFFUSIVITY, "polymer_transference": 0.2}


@pytest.mark.parametrize("geometry", [in_parallel, mixed, lambda s: laws.maxwell(s[0], [s[1]], [0.5])])
@pytest.mark.parametrize("ceramic", [0.0, 0.02, 3.0])
def test_salt_through_a_composite_is_coupled_conduction(geometry, ceramic):
    newman = laws.newman_number(SIGMA, DIFFUSIVITY, 0.2, thermodynamic_factor=1.7, **SALT)
    scale = 2 * GAS_CONSTANT * 333.15 * 1.7 / (FARADAY**2 * 1000.0)  # D = scale * salt conductivity
    exact = laws.coupled_conductivity(
        geometry, salt_matrix(SIGMA, 0.8, DIFFUSIVITY / scale), np.array([[ceramic, 0.0], [0.0, 0.0]])
    )
    found = laws.composite_salt_transport(geometry, SIGMA, ceramic, 1 / (1 + newman), **POLYMER)
    mine = salt_matrix(found.conductivity, found.anion_transference, found.diffusivity / scale)
    np.testing.assert_allclose(mine, exact, rtol=1e-9, atol=1e-12 * SIGMA)
    steady = geometry([SIGMA / (1 + newman), ceramic])
    assert found.current_fraction * found.conductivity == pytest.approx(steady, rel=1e-12)
    own = found.conductivity * found.anion_transference**2 / (found.diffusivity / scale)
    assert 1 / (1 + own) == pytest.approx(found.current_fraction, rel=1e-9)


@pytest.mark.parametrize("law", [laws.composite_salt_transport, laws.composite_salt_closure])
def test_a_composite_of_polymer_alone_is_the_polymer(law):
    found = law(lambda s: s[0], SIGMA, 0.0, 0.15, **POLYMER)
    assert (found.conductivity, found.diffusivity) == (pytest.approx(SIGMA), pytest.approx(DIFFUSIVITY))
    assert found.anion_transference == pytest.approx(0.8)
    assert found.current_fraction == pytest.approx(0.15)


@pytest.mark.parametrize("law", [laws.composite_salt_transport, laws.composite_salt_closure])
def test_insulating_grains_only_lengthen_the_way(law):
    found = law(mixed, SIGMA, 0.0, 0.15, **POLYMER)
    g = mixed([1.0, 0.0])
    assert found.conductivity == pytest.approx(g * SIGMA)
    assert found.diffusivity == pytest.approx(g * DIFFUSIVITY)
    assert found.anion_transference == pytest.approx(0.8)
    assert found.current_fraction == pytest.approx(0.15)


def test_the_simple_closure_keeps_both_resistances():
    rho, ceramic = 0.15, 0.3
    found = laws.composite_salt_closure(mixed, SIGMA, ceramic, rho, **POLYMER)
    assert found.conductivity == pytest.approx(mixed([SIGMA, ceramic]))
    expected = laws.composite_current_fraction(mixed, SIGMA, ceramic, rho)
    # Ne from its own coefficients: K sigma t-**2/D with K fixed by the polymer
    constant = (1 / rho - 1) * DIFFUSIVITY / (SIGMA * 0.8**2)
    own = constant * found.conductivity * found.anion_transference**2 / found.diffusivity
    assert 1 / (1 + own) == pytest.approx(expected, rel=1e-12)
    exact = laws.composite_salt_transport(mixed, SIGMA, ceramic, rho, **POLYMER)
    assert exact.diffusivity > found.diffusivity
    assert exact.conductivity <= found.conductivity


# --- insertion electrodes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "low", "high"),
    [
        (laws.lfp_potential, 0.0, 1.0),
        (laws.nmc811_potential, 0.2661, 0.9084),
        (laws.nmc811_slow_potential, 0.0, 1.0),
        (laws.lto_potential, 0.005, 0.995),
    ],
)
def test_a_stable_electrode_has_a_falling_potential(law, low, high):
    x = np.linspace(low, high, 2001)
    assert (np.diff(law(x)) < 1e-12).all()


def test_potentials_at_known_points():
    assert laws.lfp_potential(0.5) == pytest.approx(3.4077 - 0.0101345, abs=1e-6)
    assert laws.nmc811_potential([0.2661, 0.9084]) == pytest.approx([4.285, 3.561], abs=1e-3)
    assert laws.lto_potential(0.5) == 1.55


def test_the_table_of_nmc811():
    """Points of the source that the law does not hold, its end, and the other fit, which has no end."""
    x = np.array([0.255685, 0.370685, 0.510685, 0.610685, 0.740685, 0.850685, 0.960685, 0.9988, 0.9996])
    u = [4.209522, 4.105803, 3.930925, 3.807385, 3.714170, 3.626430, 3.556606, 3.493390, 3.370132]
    assert laws.nmc811_slow_potential(0.999 * x) == pytest.approx(u, abs=1e-3)
    assert laws.nmc811_slow_potential(0.999) == pytest.approx(3.0236, abs=1e-4)
    assert laws.nmc811_slow_potential(1.0) < 2.0
    both = np.linspace(0.3, 0.9, 50)
    assert laws.nmc811_potential(both) == pytest.approx(laws.nmc811_slow_potential(both), abs=0.05)


def test_titanate_obeys_the_common_tangent():
    left, right = 0.1186100244522095, 0.8482373952865601
    for edge in (left, right):  # continuous: both ends of the gap lie on the plateau
        assert laws.lto_potential([edge - 1e-9, edge + 1e-9]) == pytest.approx(1.55, abs=2e-4)
    from ceramer.laws import _insertion

    x = np.linspace(left, right, 20001)
    loop = _insertion._lto_branch(x) - _insertion._LTO_PLATEAU
    assert np.abs(loop).max() > 500.0
    # Maxwell's equal areas inside the gap
    assert np.trapezoid(loop, x) == pytest.approx(0.0, abs=0.01 * np.trapezoid(np.abs(loop), x))


def test_titanate_plateau_moves_the_whole_curve():
    x = np.array([0.05, 0.5, 0.9])
    assert laws.lto_potential(x, 1.6) - laws.lto_potential(x) == pytest.approx(0.05)


def test_lattice_gas_is_nernstian_and_goes_through_its_reference():
    assert laws.lattice_gas_potential(0.37, 2.6, 0.8, 0.37, 300.0) == 2.6
    step = laws.lattice_gas_potential(0.5, 0.0, 0.0, 0.5, 300.0) - laws.lattice_gas_potential(0.9, 0, 0.0, 0.5, 300.0)
    assert step == pytest.approx(GAS_CONSTANT * 300.0 / FARADAY * math.log(9.0), rel=1e-12)
    slope = (
        laws.lattice_gas_potential(0.51, 0, 0.8, 0.5, 300.0) - laws.lattice_gas_potential(0.49, 0, 0.8, 0.5, 300.0)
    ) / 0.02
    assert slope == pytest.approx(-0.8 - 4 * GAS_CONSTANT * 300.0 / FARADAY, rel=1e-3)


def test_exchange_current_is_greatest_half_full_and_zero_at_the_ends():
    i0 = laws.insertion_exchange_current(1e-11, 1000.0, np.linspace(0, 20000.0, 41), 20000.0)
    assert i0[0] == i0[-1] == 0.0 and np.argmax(i0) == 20
    assert i0[20] == pytest.approx(FARADAY * 1e-11 * math.sqrt(1000.0) * 10000.0)


def test_diffusivity_of_nmc_has_its_activation_energy_and_its_dips():
    ratio = laws.nmc811_diffusivity(0.6, 333.15) / laws.nmc811_diffusivity(0.6, 298.15)
    assert ratio == pytest.approx(math.exp(1449.0 * (1 / 298.15 - 1 / 333.15)), rel=1e-12)
    # O'Regan's fit written out at x = 0.3216
    power = -13.96 - 0.9231 - 0.4066 * math.exp(-(0.1316**2) / 0.003926) - 0.993 * math.exp(-(0.4882**2) / 0.09924)
    assert laws.nmc811_diffusivity(0.3216, 298.15) == pytest.approx(2.7 * 10.0**power, rel=1e-10)


def test_maximum_concentration_gives_the_capacity_back():
    c = laws.maximum_concentration(3600.0, 0.157757)
    assert c * FARADAY / 3600.0 == pytest.approx(laws.theoretical_specific_capacity(0.157757, 1), rel=1e-12)


def test_chemical_diffusivity_of_an_ideal_lattice_gas_with_fast_electrons_is_its_tracer_diffusivity():
    temperature, c_max, x, tracer = 300.0, 20000.0, 0.3, 1e-16
    # Nernst-Einstein for vacancy-mediated ions: sigma = F**2 D c (1 - x)/(R T), dU/dc = -R T/(F c_max x (1 - x))
    sigma = FARADAY**2 * tracer * c_max * x * (1 - x) / (GAS_CONSTANT * temperature)
    slope = -GAS_CONSTANT * temperature / (FARADAY * c_max * x * (1 - x))
    assert laws.chemical_diffusivity(sigma, 1e9, slope) == pytest.approx(tracer, rel=1e-6)
    assert laws.chemical_diffusivity(sigma, sigma, slope) == pytest.approx(tracer / 2, rel=1e-12)


# --- kinetics and ageing ---------------------------------------------------------------------------------------------


def test_tafel_gains_a_decade_for_each_slope():
    assert laws.tafel_oxidation_current(4.5, 4.5, 0.01, 0.12) == 0.01
    assert laws.tafel_oxidation_current(4.74, 4.5, 0.01, 0.12) == pytest.approx(1.0)
    assert laws.tafel_oxidation_current(4.38, 4.5, 0.01, 0.12) == pytest.approx(0.001)


def test_nucleation_dies_away():
    q = np.linspace(0.0, 300.0, 31)
    eta = laws.nucleation_overpotential(q, 0.06, 40.0)
    assert eta[0] == 0.06
    assert eta[4] == pytest.approx(0.06 / math.e)
    assert np.trapezoid(eta, q) == pytest.approx(0.06 * 40.0, rel=0.01)


def test_constant_phase_element_between_resistor_and_capacitor():
    f = np.logspace(-2, 5, 8)
    assert laws.constant_phase_impedance(f, 5.0, 0.0) == pytest.approx(np.full(8, 0.2 + 0j))
    assert laws.constant_phase_impedance(f, 5.0, 1.0) == pytest.approx(1 / (2j * np.pi * f * 5.0))
    z = laws.constant_phase_impedance(f, 5.0, 0.8)
    np.testing.assert_allclose(np.angle(z), -0.8 * np.pi / 2, rtol=1e-12)
    assert z == pytest.approx(1 / (5.0 * (2j * np.pi * f) ** 0.8))


FILM = {"molar_volume": 9.585e-5, "concentration": 4541.0}


def test_film_between_reaction_and_diffusion():
    k, d = 1e-12, 2e-18
    assert laws.film_growth_mixed(0.0, k, d, **FILM) == laws.film_growth_reaction_limited(k, **FILM)
    thick = 1e-3
    assert laws.film_growth_mixed(thick, k, d, **FILM) == pytest.approx(
        laws.film_growth_diffusion_limited(thick, d, **FILM), rel=3e-3
    )
    both = 1 / laws.film_growth_reaction_limited(k, **FILM) + 1 / laws.film_growth_diffusion_limited(1e-6, d, **FILM)
    assert laws.film_growth_mixed(1e-6, k, d, **FILM) == pytest.approx(1 / both, rel=1e-12)


def test_film_thickness_integrates_its_own_rate():
    k, d, start = 1e-12, 2e-18, 5e-9
    span = 3e7
    run = solve_ivp(
        lambda _, y: [laws.film_growth_mixed(y[0], k, d, **FILM)], (0, span), [start], rtol=1e-10, atol=1e-16
    )
    assert laws.film_thickness(span, k, d, initial=start, **FILM) == pytest.approx(run.y[0, -1], rel=1e-8)
    parabola = laws.film_thickness([1e12, 4e12], k, d, **FILM)
    assert parabola[1] / parabola[0] == pytest.approx(2.0, rel=0.01)
    linear = laws.film_thickness(1.0, k, d, **FILM)
    assert linear == pytest.approx(laws.film_growth_reaction_limited(k, **FILM), rel=1e-6)


def test_film_binds_the_lithium_of_its_moles():
    assert laws.lithium_in_film(9.585e-5, 9.585e-5, 2.0) == pytest.approx(2 * FARADAY)


def test_active_material_never_falls_below_nothing():
    assert laws.active_material_left([0, 10, 1000], 0.01) == pytest.approx([1.0, 0.9, 0.0])


def test_a_rate_is_rescaled_as_a_conductivity_is():
    ratio = laws.rescale_arrhenius(1.0, 298.15, 333.15, 0.4 * ELECTRONVOLT)
    assert ratio == pytest.approx(math.exp(0.4 * ELECTRONVOLT / BOLTZMANN * (1 / 298.15 - 1 / 333.15)), rel=1e-12)
