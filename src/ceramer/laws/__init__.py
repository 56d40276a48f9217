"""Every equation that is a pure function: one law, one function, SI floats or NumPy arrays in and out.

Temperatures are kelvin, energies of activation joules per particle, fractions 0..1, frequencies hertz. Values with
units are parsed by `ceramer.units` before they come here.

>>> path_shares(lambda s: hashin_shtrikman_lower(s, [0.3, 0.7]), [10.0, 1.0])
array([0.166852, 0.833148])
"""

from __future__ import annotations

from ceramer.laws._common import Numeric, where
from ceramer.laws._composition import (
    TgaBalance,
    cell_volume_cubic,
    cell_volume_hexagonal,
    ceramic_fraction_from_tga,
    mass_to_volume_fractions,
    rule_of_mixtures_density,
    tga_residue,
    volume_to_mass_fractions,
    xray_density,
)
from ceramer.laws._cure import (
    apparent_rate_from_conversion,
    initiator_left,
    radical_conversion,
)
from ceramer.laws._cycling import (
    accumulated_areal_capacity,
    current_density_from_c_rate,
    energy_density,
    geometric_fade,
    linear_fade,
    np_ratio,
    retention,
    specific_energy,
)
from ceramer.laws._electronic import (
    leak_current_density,
    leak_limited_coulombic_efficiency,
)
from ceramer.laws._faraday import (
    areal_capacity_of_foil,
    limiting_current,
    lithium_thickness,
    plating_rate,
    sand_time,
    theoretical_specific_capacity,
)
from ceramer.laws._healing import (
    capillary_pressure,
    closure_time,
    exponential_void_size,
    pressure_closure_rate,
    rate_from_interval,
    viscous_sintering_rate,
    void_size,
)
from ceramer.laws._interphase import (
    brick_layer_infiltrated,
    brick_layer_specific_boundary_conductivity,
    brick_layer_total,
    coated_sphere,
    infiltrated_pores,
    isotropic_sheet_contribution,
    sheet_thickness_conductivity,
    sphere_with_interface,
    sphere_with_surface_sheet,
)
from ceramer.laws._isotope import (
    ceiling,
    equilibrium_enrichment,
    increase_factor,
    well_mixed_enrichment,
)
from ceramer.laws._kinetics import (
    butler_volmer,
    charge_transfer_resistance,
    exchange_current_density,
)
from ceramer.laws._mechanics import (
    force_per_width,
    guth,
    hashin_shtrikman_bulk,
    hashin_shtrikman_shear,
    krieger_dougherty,
)
from ceramer.laws._mixing import (
    bruggeman_porous,
    bruggeman_symmetric,
    complex_conductivity,
    effective_activation_energy,
    hashin_shtrikman_lower,
    hashin_shtrikman_upper,
    maxwell,
    parallel,
    path_shares,
    percolation,
    series,
)
from ceramer.laws._penetration import (
    griffith_overpotential,
    monroe_newman_critical_ratio,
    monroe_newman_stability,
)
from ceramer.laws._stack import (
    LateralConduction,
    edge_bypass,
    implied_layer_conductivity,
    series_area_specific_resistance,
    series_conductivity,
)
from ceramer.laws._temperature import (
    ArrheniusForm,
    apparent_activation_energy_vtf,
    arrhenius,
    arrhenius_over_temperature,
    rescale_arrhenius,
    two_point_activation_energy,
    vtf,
)
from ceramer.laws._transference import (
    TetheredAnionTransport,
    bruce_vincent,
    composite_current_fraction,
    current_fraction,
    electronic_transference,
    newman_number_from_current_fraction,
    polymer_current_fraction_needed,
    tethered_anion_transport,
)
from ceramer.laws._xray import (
    bragg_spacing,
    cubic_spacing,
    two_theta,
)

__all__ = [
    "ArrheniusForm",
    "LateralConduction",
    "Numeric",
    "TetheredAnionTransport",
    "TgaBalance",
    "accumulated_areal_capacity",
    "apparent_activation_energy_vtf",
    "apparent_rate_from_conversion",
    "areal_capacity_of_foil",
    "arrhenius",
    "arrhenius_over_temperature",
    "bragg_spacing",
    "brick_layer_infiltrated",
    "brick_layer_specific_boundary_conductivity",
    "brick_layer_total",
    "bruce_vincent",
    "bruggeman_porous",
    "bruggeman_symmetric",
    "butler_volmer",
    "capillary_pressure",
    "ceiling",
    "cell_volume_cubic",
    "cell_volume_hexagonal",
    "ceramic_fraction_from_tga",
    "charge_transfer_resistance",
    "closure_time",
    "coated_sphere",
    "complex_conductivity",
    "composite_current_fraction",
    "cubic_spacing",
    "current_density_from_c_rate",
    "current_fraction",
    "edge_bypass",
    "effective_activation_energy",
    "electronic_transference",
    "energy_density",
    "equilibrium_enrichment",
    "exchange_current_density",
    "exponential_void_size",
    "force_per_width",
    "geometric_fade",
    "griffith_overpotential",
    "guth",
    "hashin_shtrikman_bulk",
    "hashin_shtrikman_lower",
    "hashin_shtrikman_shear",
    "hashin_shtrikman_upper",
    "implied_layer_conductivity",
    "increase_factor",
    "infiltrated_pores",
    "initiator_left",
    "isotropic_sheet_contribution",
    "krieger_dougherty",
    "leak_current_density",
    "leak_limited_coulombic_efficiency",
    "limiting_current",
    "linear_fade",
    "lithium_thickness",
    "mass_to_volume_fractions",
    "maxwell",
    "monroe_newman_critical_ratio",
    "monroe_newman_stability",
    "newman_number_from_current_fraction",
    "np_ratio",
    "parallel",
    "path_shares",
    "percolation",
    "plating_rate",
    "polymer_current_fraction_needed",
    "pressure_closure_rate",
    "radical_conversion",
    "rate_from_interval",
    "rescale_arrhenius",
    "retention",
    "rule_of_mixtures_density",
    "sand_time",
    "series",
    "series_area_specific_resistance",
    "series_conductivity",
    "sheet_thickness_conductivity",
    "specific_energy",
    "sphere_with_interface",
    "sphere_with_surface_sheet",
    "tethered_anion_transport",
    "tga_residue",
    "theoretical_specific_capacity",
    "two_point_activation_energy",
    "two_theta",
    "viscous_sintering_rate",
    "void_size",
    "volume_to_mass_fractions",
    "vtf",
    "well_mixed_enrichment",
    "where",
    "xray_density",
]
