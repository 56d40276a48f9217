"""Failure of symmetric lithium cells: hot spots, filaments, bridges, voids."""

from __future__ import annotations

from ceramer.physics.failure._assumptions import assumed_cell, assumptions, failure_book, lithium
from ceramer.physics.failure._bridge import LORENZ_NUMBER, bridge_resistance, burn_out_voltage
from ceramer.physics.failure._cell import (
    BrittleLayer,
    Contact,
    Filament,
    Lithium,
    SoftLayer,
    SymmetricLithiumCell,
)
from ceramer.physics.failure._critical import levels_borne, threshold_currents
from ceramer.physics.failure._defects import SPREADING, Defects
from ceramer.physics.failure._growth import (
    critical_current_fixed_capacity,
    critical_current_fixed_time,
    crossing_cycles,
    current_focusing,
    cycle_map,
    focusing_length,
    grown_depth,
    largest_harmless_depth,
    wagner_length,
)
from ceramer.physics.failure._schedule import Schedule, constant_current, staircase
from ceramer.physics.failure._simulate import HARD_VOLTAGE, Bridge, Lives, simulate_lives, void_history
from ceramer.physics.failure._survival import short_free_share
from ceramer.physics.failure._trace import Trace, voltage_trace
from ceramer.physics.failure._voids import contact_loss, creep_closure_rate, stripped_void

__all__ = [
    "HARD_VOLTAGE",
    "LORENZ_NUMBER",
    "SPREADING",
    "Bridge",
    "BrittleLayer",
    "Contact",
    "Defects",
    "Filament",
    "Lithium",
    "Lives",
    "Schedule",
    "SoftLayer",
    "SymmetricLithiumCell",
    "Trace",
    "assumed_cell",
    "assumptions",
    "bridge_resistance",
    "burn_out_voltage",
    "constant_current",
    "contact_loss",
    "creep_closure_rate",
    "critical_current_fixed_capacity",
    "critical_current_fixed_time",
    "crossing_cycles",
    "current_focusing",
    "cycle_map",
    "failure_book",
    "focusing_length",
    "grown_depth",
    "largest_harmless_depth",
    "levels_borne",
    "lithium",
    "short_free_share",
    "simulate_lives",
    "staircase",
    "stripped_void",
    "threshold_currents",
    "void_history",
    "voltage_trace",
    "wagner_length",
]
