"""The roles that a number of an audit file can play, in the field's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ceramer.library.audit._numbers import ANY

__all__ = ["RECORDS", "ROLES", "TEXTS", "Role", "label"]


@dataclass(frozen=True, slots=True)
class Role:
    """What a number is: its dimension, the unit to show it in, and whether it is rounded, set or weighed."""

    name: str
    dimension: str
    unit: str
    nature: str = "rounded"


def _roles(*rows: tuple[str, ...]) -> Mapping[str, Role]:
    return MappingProxyType({name: Role(name, *rest) for names, *rest in rows for name in names.split()})


ROLES: Final = _roles(
    ("thickness plated_thickness void_size", "length", "um"),
    ("diameter", "length", "mm"),
    ("area", "area", "cm2"),
    ("resistance grain_boundary_resistance initial_resistance steady_resistance step_resistance", "resistance", "ohm"),
    ("area_specific_resistance charge_transfer_resistance", "area_specific_resistance", "ohm cm2"),
    ("ionic_conductivity ionic_conductivity_1 ionic_conductivity_2 bulk_conductivity", "conductivity", "mS/cm"),
    ("grain_boundary_conductivity bulk_conductivity_bound", "conductivity", "mS/cm"),
    ("conductivity_limit electronic_conductivity", "conductivity", "S/cm"),
    ("relative_permittivity", "ratio", "1"),
    ("frequency_max", "frequency", "Hz", "setting"),
    ("temperature temperature_1 temperature_2 grain_boundary_temperature", "temperature", "degC"),
    ("activation_energy", "energy", "eV"),
    ("transference_number transference_number_1 transference_number_2", "ratio", "1"),
    ("electronic_transference", "ratio", "1"),
    ("polarisation_voltage", "voltage", "mV"),
    ("leakage_current initial_current steady_current current", "current", "uA"),
    ("voltage mean_voltage overpotential", "voltage", "V"),
    ("upper_cutoff_voltage lower_cutoff_voltage", "voltage", "V", "setting"),
    ("current_density critical_current_density", "current_density", "mA/cm2"),
    ("duration half_cycle_time lifetime interval healing_time", "time", "h"),
    ("accumulated_areal_capacity areal_capacity", "areal_capacity", "mAh/cm2"),
    ("areal_capacity_anode areal_capacity_cathode", "areal_capacity", "mAh/cm2"),
    ("specific_capacity specific_capacity_1C initial_capacity final_capacity", "specific_capacity", "mAh/g"),
    ("c_rate", "c_rate", "1/h", "setting"),
    ("loading electrolyte_areal_mass other_areal_mass", "areal_mass", "mg/cm2"),
    ("cycles", "ratio", "cycles", "setting"),
    ("capacity_retention coulombic_efficiency", "fraction", "%"),
    ("fade_per_cycle", "ratio", "%"),
    ("np_ratio ratio eo_li_ratio", "ratio", "1"),
    ("numerator denominator", ANY, "1"),
    ("resistance_numerator resistance_denominator", "resistance", "ohm"),
    ("plating_speed healing_rate", "velocity", "um/h"),
    ("lithium_thickness", "length", "um"),
    ("specific_energy", "specific_energy", "Wh/kg"),
    ("cell_capacity", "charge", "Ah"),
    ("cell_energy", "energy", "Wh"),
    ("cell_mass", "mass", "g"),
    ("cell_volume", "volume", "cm3"),
    ("energy_density", "energy_density", "Wh/L"),
    ("mass polymer_mass salt_mass", "mass", "g", "weighed"),
    ("mass_fraction", "fraction", "wt%", "weighed"),
    ("volume_fraction porosity", "fraction", "vol%"),
    ("weight_loss ceramic_weight_loss ceramic_mass_fraction organic_mass_fraction", "fraction", "wt%"),
    ("injected_volume", "volume", "uL", "setting"),
    ("injection_count", "ratio", "1", "setting"),
    ("area_before area_after isotope_abundance", "fraction", "%"),
    ("increase_factor", "ratio", "1"),
    ("shift_6Li shift_7Li", "ratio", "ppm"),
    ("density", "density", "g/cm3"),
)
"""Every role by name; a list of values for one role means that it is printed in several places."""

RECORDS: Final = MappingProxyType(
    {
        "layers": ("thickness", "ionic_conductivity", "electronic_conductivity", "porosity"),
        "phases": ("volume_fraction", "ionic_conductivity", "activation_energy"),
        "recipe": ("mass", "mass_fraction"),
        "steps": ("current", "voltage", "step_resistance"),
        "cells": ("current_density", "c_rate", "loading"),
        "polarisation": ("current_density", "overpotential"),
        "critical_currents": ("critical_current_density", "areal_capacity", "half_cycle_time"),
        "nmr": ("area_before", "area_after", "increase_factor"),
        "voids": ("void_size", "interval", "healing_rate"),
    }
)
"""Lists of tables: layers of a stack, phases of a composite, parts of a recipe, steps of a test, and so on."""

TEXTS: Final = MappingProxyType(
    {"note": str, "name": str, "repeat_unit": str, "salt": str, "blamed": list, "on_top": bool}
)
"""Fields that are no numbers: formulas, the parts that a loss is blamed on, a part on top of the 100 %."""

_LABELS = {
    "np_ratio": "N/P ratio",
    "c_rate": "C-rate",
    "specific_capacity_1C": "1C capacity",
    "areal_capacity_cathode": "areal capacity of the cathode",
    "areal_capacity_anode": "areal capacity of the anode",
    "fade_per_cycle": "fade per cycle",
    "eo_li_ratio": "EO:Li ratio",
    "shift_6Li": "6Li shift",
    "shift_7Li": "7Li shift",
}


def label(role: str) -> str:
    """Return a role in words: "area_specific_resistance" is "area specific resistance"."""
    return _LABELS.get(role, role.replace("_", " "))
