"""Critical current densities of many cells: where the worst hot spot outgrows its healing; what a staircase shows."""

from __future__ import annotations

import numpy as np

from ceramer import laws
from ceramer.errors import InputError
from ceramer.physics.failure._cell import BrittleLayer, SymmetricLithiumCell
from ceramer.physics.failure._growth import (
    critical_current_fixed_capacity,
    critical_current_fixed_time,
    current_focusing,
    focusing_length,
)
from ceramer.physics.failure._numbers import Array
from ceramer.physics.failure._schedule import Schedule
from ceramer.physics.failure._simulate import Lives

__all__ = ["levels_borne", "threshold_currents"]


def threshold_currents(
    cell: SymmetricLithiumCell,
    cells: int,
    *,
    seed: int,
    half_cycle: float | None = None,
    capacity: float | None = None,
) -> Array:
    """Return, for each of many cells, the current density above which its worst fresh defect grows.

    The least over kinds and interfaces of `critical_current_fixed_time` or `critical_current_fixed_capacity` at the
    deepest defect; in a brittle layer not less than what cracks it, ``j = eta_c/(beta R_i)``; infinite where nothing
    grows (a layer that Monroe and Newman call stable, a cell without a defect).

    Parameters
    ----------
    cell : SymmetricLithiumCell
    cells : int
    seed : int
    half_cycle : [s], for fixed time
    capacity : [C/m2] of a half-cycle, for fixed capacity

    Returns
    -------
    j, shape (cells,), [A/m2]

    Raises
    ------
    InputError
        Unless exactly one of half_cycle and capacity is given, and cells is 1 or more.

    Notes
    -----
    What a cell bears for ever; a test of finite length bears more (`levels_borne`). A film at its initial resistance,
    contact kept.
    """
    if (half_cycle is None) == (capacity is None):
        raise InputError("Give either half_cycle (fixed time) or capacity (fixed capacity).")
    if cells < 1:
        raise InputError("Give at least one cell.")
    rng = np.random.default_rng(seed)
    filament, w = cell.filament, cell.lithium.volume_per_charge
    least = np.full(cells, np.inf)
    for _ in range(2):
        for defects in cell.defects:
            depth = np.minimum(defects.deepest(cell.area, cells, 1, rng)[:, 0], cell.thickness)
            if not cell.grows(defects.half_width) or filament.blocked_share >= 1.0:
                continue
            deep = np.maximum(depth, 1e-12)
            length = focusing_length(defects.half_width, defects.spreading, cell.wagner_length())
            healing = (filament.irreversible_share, filament.healing_rate, filament.healing_exponent)
            if half_cycle is not None:
                j = critical_current_fixed_time(deep, half_cycle, length, w, *healing, filament.blocked_share)
            else:
                j = critical_current_fixed_capacity(deep, capacity, length, w, *healing, filament.blocked_share)
            if isinstance(cell.layer, BrittleLayer):
                eta = laws.griffith_overpotential(cell.layer.fracture_toughness, deep, cell.lithium.molar_volume)
                j = np.maximum(j, eta / (current_focusing(deep, length) * cell.interface_resistance))
            least = np.minimum(least, np.where(depth > 0.0, j, np.inf))
    return least


def levels_borne(lives: Lives, schedule: Schedule) -> Array:
    """Return the highest current density of a staircase that each cell bore to the end of its level.

    Parameters
    ----------
    lives : of `simulate_lives` on the staircase
    schedule : of `staircase`, levels rising

    Returns
    -------
    j, shape (cells,), [A/m2]; 0 where the first level failed, the last level where nothing did (a lower bound)
    """
    j, end = schedule.current_density, schedule.start + schedule.duration
    last = np.flatnonzero(np.append(np.diff(j) != 0.0, True))
    level, until = np.concatenate([[0.0], j[last]]), np.concatenate([[0.0], end[last]])
    return np.asarray(level[np.searchsorted(until, lives.short_time, side="right") - 1])
