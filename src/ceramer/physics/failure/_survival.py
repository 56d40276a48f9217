"""The share of cells that has not shorted, in closed form."""

from __future__ import annotations

import math

import numpy as np

from ceramer.errors import InputError
from ceramer.laws import Numeric
from ceramer.physics.failure._cell import BrittleLayer, SymmetricLithiumCell
from ceramer.physics.failure._growth import focusing_length, largest_harmless_depth
from ceramer.physics.failure._numbers import plain

__all__ = ["short_free_share"]


def short_free_share(
    cell: SymmetricLithiumCell, time: Numeric, current_density: Numeric, half_cycle: Numeric
) -> Numeric:
    """Return the share of cells without a short at a time, ``exp(-2 A sum_k N_k S_k(L_k(t)))``.

    L_k is the depth of the defect of kind k that crosses at that time (`largest_harmless_depth`); a cell is alive as
    long as neither of its interfaces holds a deeper one.

    Parameters
    ----------
    cell : SymmetricLithiumCell
        Healing at constant speed (n = 1), no growing film, no brittle layer, no electronic leak, contact kept.
    time : [s]
    current_density : [A/m2], the same in every half-cycle
    half_cycle : [s]

    Returns
    -------
    share, [-]; true to within one cycle of time

    Raises
    ------
    InputError
        If the cell has what the closed form leaves out; `simulate_lives` has it all.
    """
    covered = (
        cell.filament.healing_exponent == 1.0
        and cell.film_growth == 0.0
        and cell.electronic_conductivity == 0.0
        and not isinstance(cell.layer, BrittleLayer)
        and bool(np.all(np.asarray(current_density) <= cell.contact.borne_current_density))
    )
    if not covered:
        raise InputError(
            "The closed form needs healing with n = 1, no film growth, no leak, no brittle layer and no voids; "
            "use simulate_lives."
        )
    speed = (1.0 - cell.filament.blocked_share) * cell.lithium.volume_per_charge * np.asarray(current_density)
    cycles = np.clip(np.asarray(time, dtype=float) / half_cycle - 1.0, 0.0, None) / 2.0
    expected = np.zeros(np.broadcast(cycles, speed).shape)
    for defects in cell.defects:
        if not cell.grows(defects.half_width):
            continue
        length = focusing_length(defects.half_width, defects.spreading, cell.wagner_length())
        harmless = largest_harmless_depth(
            cycles,
            cell.thickness,
            speed,
            length,
            half_cycle,
            cell.filament.irreversible_share,
            cell.filament.healing_rate,
        )
        # a defect that heals faster than it grows never crosses
        a_minus_1 = cell.filament.irreversible_share * np.expm1(speed * half_cycle / length)
        healing = 2.0 * cell.filament.healing_rate * half_cycle
        with np.errstate(divide="ignore"):
            resting = np.where(a_minus_1 > 0.0, healing / a_minus_1 - length, math.inf)
        deepest = np.where(cycles > 0.0, np.maximum(harmless, resting), harmless)
        expected = expected + 2.0 * cell.area * defects.density * defects.exceedance(np.maximum(deepest, 0.0))
    return plain(np.exp(-expected))
