"""Impossible arguments are refused in one sentence; results have the type and shape of the arguments."""

import subprocess
import sys

import numpy as np
import pytest

from ceramer import laws
from ceramer.errors import InputError, UnknownNameError

EV = 1.602176634e-19
EDGE = dict.fromkeys(
    ("inner_area", "outer_area", "inner_thickness", "inner_conductivity", "film_thickness", "film_conductivity"), 1.0
) | {"rim_conductivity": 1.0, "reference_area": 1.0}
INTERFACE = {"metal_poisson": 0.4, "separator_poisson": 0.3, "surface_tension": 0.5} | dict.fromkeys(
    ("metal_molar_volume", "ion_molar_volume"), 1.3e-5
)
SALT = {"concentration": 1000.0, "temperature": 333.15}
POLYMER = {"polymer_diffusivity": 8e-12, "polymer_transference": 0.2}
CURE = {
    "initiator0": 1.0,
    "decomposition_rate": 1e-4,
    "efficiency": 0.6,
    "propagation_rate": 1.0,
    "termination_rate": 1.0,
}


def insulator(s):
    return laws.series(s, [0.5, 0.5])


def parallel_half(s):
    return laws.parallel(s, [0.5, 0.5])


REFUSED = [
    (laws.exchange_rates, (1.0, -1.0), {}),
    (laws.exchange_rates, (float("nan"), 1.0), {}),
    (laws.tracer_conductance, (-1.0, 303.15, 1.0), {}),
    (laws.tracer_conductance, (1.0, -30.0, 1.0), {}),
    (laws.tracer_conductance, (1.0, 303.15, 0.0), {}),
    (laws.arrhenius, (-5.0, 1.0, 0.3 * EV), {}),
    (laws.arrhenius, (0.0, 1.0, 0.3 * EV), {}),
    (laws.arrhenius, ("300 K", 1.0, 0.3 * EV), {}),
    (laws.arrhenius, (300.0, -1.0, 0.3 * EV), {}),
    (laws.arrhenius, (300.0, 1.0, 30e3), {}),  # J/mol
    (laws.arrhenius, (float("nan"), 1.0, 0.3 * EV), {}),
    (laws.arrhenius_over_temperature, ([300.0, -1.0], 1.0, 0.3 * EV), {}),
    (laws.vtf, (170.0, 1.0, 800.0, 170.0), {}),
    (laws.vtf, (300.0, 1.0, -800.0, 170.0), {}),
    (laws.apparent_activation_energy_vtf, (160.0, 800.0, 170.0), {}),
    (laws.rescale_arrhenius, (1.0, 300.0, 310.0, 0.3 * EV, "sigma*T"), {}),
    (laws.two_point_activation_energy, (300.0, 1.0, 300.0, 2.0), {}),
    (laws.two_point_activation_energy, (300.0, 0.0, 310.0, 2.0), {}),
    (laws.series, ([1.0, 2.0], [0.5, 0.6]), {}),
    (laws.series, ([1.0, 2.0], [1.5, -0.5]), {}),
    (laws.parallel, ([1.0, -2.0], [0.5, 0.5]), {}),
    (laws.parallel, ([1.0, 2.0, 3.0], [0.5, 0.5]), {}),
    (laws.parallel, ([], []), {}),
    (laws.parallel, (1.0, 1.0), {}),
    (laws.hashin_shtrikman_lower, ([-1.0, 2.0], [0.5, 0.5]), {}),
    (laws.hashin_shtrikman_upper, ([1.0, 2.0], [50.0, 50.0]), {}),
    (laws.maxwell, (1.0, [2.0, 3.0], [0.6, 0.6]), {}),
    (laws.maxwell, (1.0, [float("inf")], [1.0]), {}),
    (laws.bruggeman_symmetric, ([1.0, 2.0], [0.3, 0.3]), {}),
    (laws.bruggeman_symmetric, ([float("inf"), 2.0], [0.3, 0.7]), {}),
    (laws.bruggeman_porous, (1.0, 1.2), {}),
    (laws.bruggeman_porous, (1.0, 0.2, 0.5), {}),
    (laws.percolation, (1.0, 0.5, 1.0, 2.0), {}),
    (laws.percolation, (1.0, 0.5, 0.3, 0.0), {}),
    (laws.path_shares, (insulator, [0.0, 1.0]), {}),
    (laws.path_shares, (lambda s: np.abs(np.real(s[0])), [1.0, 1.0]), {}),
    (laws.effective_activation_energy, ([0.5, 0.6], [1.0, 2.0]), {}),
    (laws.effective_activation_energy, ([0.5 + 0.1j, 0.5 - 0.1j], [1.0, 2.0]), {}),
    (laws.effective_activation_energy, ([0.5, 0.5], [1.0]), {}),
    (laws.complex_conductivity, (1.0, -1.0, 5.0), {}),
    (laws.coated_sphere, (1.0, 1.0, 1.1), {}),
    (laws.sphere_with_interface, (1.0, 0.0, 1.0), {}),
    (laws.sphere_with_interface, (1.0, 1.0, -1.0), {}),
    (laws.sphere_with_surface_sheet, (1.0, 1.0, -1.0), {}),
    (laws.isotropic_sheet_contribution, (-1.0, 1.0), {}),
    (laws.sheet_thickness_conductivity, (1.0, 0.0), {}),
    (laws.infiltrated_pores, (1.0, 1.0, 1.2, 1.0), {}),
    (laws.brick_layer_total, (1.0, 0.0, 1.0), {}),
    (laws.brick_layer_infiltrated, (1.0, 1.0, 1.0, -1.0), {}),
    (laws.brick_layer_specific_boundary_conductivity, (1.0, 0.0, 1.0), {}),
    (laws.series_area_specific_resistance, ([1.0], [1.0, 2.0]), {}),
    (laws.series_area_specific_resistance, ([1.0], [1.0], [-1.0]), {}),
    (laws.series_conductivity, ([0.0], [1.0]), {}),
    (laws.implied_layer_conductivity, (1.0, 1.0, [1.0], [0.1]), {}),
    (laws.implied_layer_conductivity, (1.0, 1.0, [1.0], [0.5]), {}),  # equal: only inf would do
    (laws.edge_bypass, (), EDGE | {"outer_area": 0.5}),
    (laws.edge_bypass, (), EDGE | {"lateral": "some"}),
    (laws.bruce_vincent, (1.0, 0.5, 0.01, 1.0, 1.0), {}),
    (laws.bruce_vincent, (0.0, 0.5, 0.01, 1.0, 1.0), {}),
    (laws.current_fraction, (-0.1,), {}),
    (laws.newman_number_from_current_fraction, (0.0,), {}),
    (laws.newman_number_from_current_fraction, (1.1,), {}),
    (laws.composite_current_fraction, (insulator, 1.0, 0.0, 0.5), {}),
    (laws.composite_current_fraction, (insulator, 1.0, 1.0, 1.5), {}),
    (laws.electronic_transference, (0.0, 0.0), {}),
    (laws.tethered_anion_transport, (0.0, 0.0, 1.0, 1.0, 300.0), {}),
    (laws.tethered_anion_transport, (-1.0, 5.0, 1.0, 1.0, 300.0), {}),
    (laws.tethered_anion_transport, (1.0, 5.0, 1.0, 1.0, 0.0), {}),
    (laws.leak_current_density, (-1.0, 1.0, 1.0), {}),
    (laws.leak_limited_coulombic_efficiency, (1.0, 1.0), {}),
    (laws.lithium_thickness, (1.0, 0.0, 534.0), {}),
    (laws.areal_capacity_of_foil, (-1.0, 1.0, 534.0), {}),
    (laws.plating_rate, (1.0, 1.0, 0.0), {}),
    (laws.theoretical_specific_capacity, (1.0, 0), {}),
    (laws.sand_time, (1.0, 1.0, 1.0, 1.0), {}),
    (laws.limiting_current, (1.0, 1.0, 0.2, 0.0), {}),
    (laws.butler_volmer, (0.1, 0.0, 0.5, 0.5, 300.0), {}),
    (laws.butler_volmer, (0.1, 1.0, 0.5, -0.5, 300.0), {}),
    (laws.charge_transfer_resistance, (0.0, 300.0), {}),
    (laws.exchange_current_density, (1.0, -1.0), {}),
    (laws.void_size, (1.0, 1.0, 1.0, 0.0), {}),
    (laws.void_size, (1.0, -1.0, 1.0, 1.0), {}),
    (laws.closure_time, (1.0, 0.0, 1.0), {}),
    (laws.rate_from_interval, (1.0, 0.5, 0.0, 1.0), {}),
    (laws.capillary_pressure, (1.0, 0.0), {}),
    (laws.exponential_void_size, (1.0, 1.0, -1.0), {}),
    (laws.pressure_closure_rate, (1.0, 0.0), {}),
    (laws.viscous_sintering_rate, (-1.0, 1.0), {}),
    (laws.radical_conversion, (1.0,), CURE | {"efficiency": 1.2}),
    (laws.radical_conversion, (1.0,), CURE | {"decomposition_rate": 0.0}),
    (laws.radical_conversion, (-1.0,), CURE),
    (laws.apparent_rate_from_conversion, (1.0, 1.0), {}),
    (laws.initiator_left, (-1.0, 1.0), {}),
    (laws.mass_to_volume_fractions, ([0.5, 0.5], [1000.0]), {}),
    (laws.volume_to_mass_fractions, ([0.5, 0.4], [1000.0, 2000.0]), {}),
    (laws.rule_of_mixtures_density, ([0.5, 0.5], [1000.0, 0.0]), {}),
    (laws.tga_residue, (0.5, 2.21, 0.0), {}),
    (laws.ceramic_fraction_from_tga, (0.01, 0.02), {}),
    (laws.ceramic_fraction_from_tga, (0.4, 0.02, "other"), {}),
    (laws.ceramic_fraction_from_tga, (0.4, 0.5, "strict", 0.6), {}),
    (laws.xray_density, (1.0, 0, 1.0), {}),
    (laws.cell_volume_cubic, (0.0,), {}),
    (laws.cell_volume_hexagonal, (1.0, -1.0), {}),
    (laws.krieger_dougherty, (1.0, 0.64, 0.64), {}),
    (laws.guth, (1.0, -0.1), {}),
    (laws.hashin_shtrikman_bulk, ([1.0], [1.0, 2.0], [1.0]), {}),
    (laws.hashin_shtrikman_shear, ([0.0, 1.0], [1.0, 2.0], [0.5, 0.5]), {}),
    (laws.force_per_width, (1.0, 0.0), {}),
    (laws.increase_factor, (1.0, 0.0, 0.5), {}),
    (laws.ceiling, (0.0,), {}),
    (laws.equilibrium_enrichment, ([1.0], [0.5, 0.5]), {}),
    (laws.equilibrium_enrichment, ([0.0, 0.0], [0.5, 0.5]), {}),
    (laws.well_mixed_enrichment, (1.0, 0.0, 0.1, 0.9), {}),
    (laws.retention, (0.0, 1.0), {}),
    (laws.linear_fade, (0.9, 0), {}),
    (laws.geometric_fade, (-0.9, 5), {}),
    (laws.accumulated_areal_capacity, (1.0, -1.0), {}),
    (laws.current_density_from_c_rate, (-1.0, 1.0, 1.0), {}),
    (laws.np_ratio, (1.0, 0.0, True), {}),
    (laws.specific_energy, (1.0, 1.0, 0.0), {}),
    (laws.energy_density, (1.0, 1.0, 0.0), {}),
    (laws.griffith_overpotential, (1e6, 0.0, 1.3e-5), {}),
    (laws.monroe_newman_stability, (1.0, 1.0, 1.0), INTERFACE | {"separator_poisson": 0.6}),
    (laws.monroe_newman_stability, (0.0, 1.0, 1.0), INTERFACE),
    (laws.monroe_newman_critical_ratio, (0.4, 0.3, 1.0), {}),
    (laws.nernst_einstein_diffusivities, (0.1, 1.2, 1000.0, 300.0), {}),
    (laws.ambipolar_diffusivity, (0.0, 0.0), {}),
    (laws.newman_number, (0.1, 8e-12, 1.2), SALT),
    (laws.newman_number, (0.1, 0.0, 0.2), SALT),
    (laws.thermodynamic_factor_from_current_fraction, (0.0, 0.1, 8e-12, 0.2), SALT),
    (laws.thermodynamic_factor_from_current_fraction, (0.2, 0.1, 8e-12, 1.0), SALT),
    (laws.steady_concentration, (2e-4, 1.0, 8e-12, 0.2), {"concentration": 1000.0, "thickness": 1e-4}),
    (laws.steady_concentration, (0.0, 20.0, 8e-12, 0.2), {"concentration": 1000.0, "thickness": 1e-4}),
    (laws.steady_concentration, (0.0, -20.0, 8e-12, 0.2), {"concentration": 1000.0, "thickness": 1e-4}),
    (laws.diffusion_potential, (0.0, 1.0, 0.2, 300.0), {}),
    (laws.symmetric_cell_impedance, (-1.0, 1e-4, 0.1, 8e-12, 3.0), {}),
    (laws.coupled_conductivity, (insulator, [[1.0, 0.5], [0.4, 1.0]], [[1.0, 0.0], [0.0, 1.0]]), {}),
    (laws.coupled_conductivity, (insulator, [[0.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]), {}),
    (laws.coupled_conductivity, (insulator, [[1.0, 0.0], [0.0, 1.0]], [[-1.0, 0.0], [0.0, 1.0]]), {}),
    (laws.coupled_conductivity, (insulator, [[1.0, 0.0], [0.0, 1.0]], [[1.0]]), {}),
    (laws.composite_salt_transport, (insulator, 1.0, 1.0, 0.25), POLYMER),  # no way for the salt
    (laws.composite_salt_transport, (parallel_half, 1.0, 1.0, 0.0), POLYMER),
    (laws.composite_salt_closure, (parallel_half, 1.0, 1.0, 1.0), POLYMER),
    (laws.maximum_concentration, (0.0, 0.1), {}),
    (laws.lfp_potential, (1.1,), {}),
    (laws.nmc811_potential, (-0.1,), {}),
    (laws.nmc811_slow_potential, (1.1,), {}),
    (laws.lto_potential, (0.0,), {}),
    (laws.lattice_gas_potential, (1.0, 2.6, 0.5, 0.5, 300.0), {}),
    (laws.nmc811_diffusivity, (0.5, 0.0), {}),
    (laws.insertion_exchange_current, (1e-11, 1000.0, 2.1e4, 2e4), {}),
    (laws.chemical_diffusivity, (1.0, 1.0, 1e-4), {}),
    (laws.tafel_oxidation_current, (4.5, 4.0, 0.01, 0.0), {}),
    (laws.nucleation_overpotential, (-1.0, 0.1, 1.0), {}),
    (laws.constant_phase_impedance, (0.0, 1.0, 0.9), {}),
    (laws.constant_phase_impedance, (1.0, 1.0, 1.9), {}),
    (laws.film_growth_reaction_limited, (-1.0, 1e-4, 1000.0), {}),
    (laws.film_growth_diffusion_limited, (0.0, 1e-18, 1e-4, 1000.0), {}),
    (laws.film_growth_mixed, (-1e-9, 1e-12, 1e-18, 1e-4, 1000.0), {}),
    (laws.film_thickness, (1.0, 0.0, 1e-18), {"molar_volume": 1e-4, "concentration": 1000.0}),
    (laws.lithium_in_film, (1e-9, 0.0, 2.0), {}),
    (laws.interphase_growth, (0.0, 1e-5, 1e-8, 2.17, 1e-4, 2.0), {}),
    (laws.interphase_growth, (1e-6, 0.0, 0.0, 2.17, 1e-4, 2.0), {}),
    (laws.interphase_growth, (1e-6, 1e-5, 1e-8, -2.17, 1e-4, 2.0), {}),
    (laws.interphase_growth, (1e-6, 1e-5, 1e-8, 2.17, 1e-4, 0.0), {}),
    (laws.void_opening_rate, (10.0, -2.0, 1e-10), {}),
    (laws.contact_kept, (-1e-6, 1e-6), {}),
    (laws.contact_kept, (1e-6, 0.0), {}),
    (laws.breathing_rate, (1.0, 5e4, 0.0), {}),
    (laws.active_material_left, (10, 1.5), {}),
    (laws.where, ("x", 1.0, 0.0), {}),
    (laws.bragg_spacing, (28.5, 1.5406e-10), {}),  # degrees
    (laws.two_theta, (0.5, 1.5), {}),
    (laws.cubic_spacing, (1.0, 0, 0, 0), {}),
]


@pytest.mark.parametrize(("law", "args", "options"), REFUSED, ids=lambda v: getattr(v, "__name__", ""))
def test_impossible_arguments_are_refused_in_one_sentence(law, args, options):
    with pytest.raises(InputError) as caught:
        law(*args, **options)
    text = str(caught.value)
    assert "\n" not in text
    assert len(text) < 260
    assert text[0].isupper() or text[0].isdigit() or text.startswith(("kd", "kp", "kt", "h**2", "1 - l_c"))


def test_every_law_is_refused_something():
    functions = {name for name in laws.__all__ if callable(getattr(laws, name)) and name.islower()}
    assert functions - {law.__name__ for law, _, _ in REFUSED} == {"polymer_current_fraction_needed"}


@pytest.mark.parametrize("name", [name for name in laws.__all__ if name.islower()])
def test_every_law_states_equation_units_errors_source_and_example(name):
    text = getattr(laws, name).__doc__
    for part in ("``", "[", "Parameters", "Returns", "Raises", "References", ">>>"):
        assert part in text, part


def test_unreachable_current_fraction_states_the_range():
    with pytest.raises(InputError, match=r"from 0\.3333 to 1"):
        laws.polymer_current_fraction_needed(lambda s: laws.parallel(s, [0.5, 0.5]), 1.0, 0.5, 0.2)
    with pytest.raises(InputError, match="does not depend"):
        laws.polymer_current_fraction_needed(lambda s: s[1], 1.0, 0.5, 0.2)


def test_unknown_names_offer_the_nearest():
    with pytest.raises(UnknownNameError, match="strict"):
        laws.ceramic_fraction_from_tga(0.4, 0.02, "strickt")
    with pytest.raises(UnknownNameError, match="sigma_T"):
        laws.rescale_arrhenius(1.0, 300.0, 310.0, 0.3 * EV, "sigmaT")


def test_scalars_in_scalars_out_and_arrays_broadcast():
    assert type(laws.arrhenius(300, 1, 0.3 * EV)) is float
    assert type(laws.series([1, 2], [0.5, 0.5])) is float
    assert type(laws.series([1 + 1j, 2], [0.5, 0.5])) is complex
    grid = laws.arrhenius(np.array([[300.0], [310.0]]), np.array([1.0, 2.0, 3.0]), 0.3 * EV)
    assert grid.shape == (2, 3)
    composition = np.linspace(0, 1, 5)
    assert laws.bruggeman_symmetric([1.0, 0.0], [composition, 1 - composition]).shape == (5,)
    sweep = laws.bruggeman_symmetric([np.ones((4, 1)), 2.0], [composition, 1 - composition])
    assert sweep.shape == (4, 5)
    assert laws.path_shares(lambda s: laws.parallel(s, [0.5, 0.5]), [np.ones(3), 2.0]).shape == (2, 3)


def test_arguments_are_left_untouched():
    values = np.array([1.0, 2.0])
    laws.series([values, 1.0], [0.5, 0.5])
    laws.void_size(values, 1.0, 0.1, 2.0)
    assert values.tolist() == [1.0, 2.0]


def test_round_off_in_path_shares_is_forgiven_but_not_more():
    assert laws.effective_activation_energy([1.0 + 4e-16, -4e-16], [2.0, 1.0]) == pytest.approx(2.0)
    with pytest.raises(InputError, match="between 0 and 1"):
        laws.effective_activation_energy([1.1, -0.1], [2.0, 1.0])


def test_rounded_fractions_are_not_silently_normalised():
    assert laws.parallel([1.0, 1.0], [0.3333333, 0.6666667]) == pytest.approx(1.0)
    with pytest.raises(InputError, match=r"sum to 0\.999"):
        laws.parallel([1.0, 1.0], [0.333, 0.666])


def test_import_is_light():
    code = "import sys, ceramer.laws; print([m for m in ('scipy', 'pandas', 'pint') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
