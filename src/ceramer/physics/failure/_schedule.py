"""What the cycler does to a symmetric cell: half-cycles of constant current, one way and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ceramer.errors import InputError
from ceramer.physics.failure._numbers import Array

__all__ = ["Schedule", "constant_current", "staircase"]


@dataclass(frozen=True, eq=False)
class Schedule:
    """Half-cycles in order; the left electrode is plated first, then the right one, and so on.

    Parameters
    ----------
    current_density : shape (n,), [A/m2], above 0
    duration : shape (n,), [s], above 0
    """

    current_density: Array
    duration: Array

    def __post_init__(self) -> None:
        j, t = (np.array(x, dtype=float) for x in (self.current_density, self.duration))
        if j.ndim != 1 or j.shape != t.shape or j.size == 0:
            raise InputError("A schedule needs one current density and one duration for each half-cycle.")
        if not (np.isfinite(j).all() and np.isfinite(t).all() and (j > 0.0).all() and (t > 0.0).all()):
            raise InputError("Current densities and durations of half-cycles must be above 0; the sign alternates.")
        for name, values in (("current_density", j), ("duration", t)):
            values.setflags(write=False)
            object.__setattr__(self, name, values)

    def __len__(self) -> int:
        return self.duration.size

    @property
    def start(self) -> Array:
        """Times at which the half-cycles begin, shape (n,), [s]."""
        return np.concatenate([[0.0], np.cumsum(self.duration)[:-1]])

    @property
    def end(self) -> float:
        """Time at which the last half-cycle ends, [s]."""
        return float(self.duration.sum())


def constant_current(current_density: float, half_cycle: float, cycles: int) -> Schedule:
    """Return `cycles` whole cycles at j [A/m2] with half-cycles of `half_cycle` [s]."""
    if cycles < 1:
        raise InputError("A schedule needs at least one cycle.")
    return Schedule(np.full(2 * cycles, float(current_density)), np.full(2 * cycles, float(half_cycle)))


def staircase(
    levels: Sequence[float], *, cycles: int, half_cycle: float | None = None, capacity: float | None = None
) -> Schedule:
    """Return a critical-current test: `cycles` whole cycles at each level of current density.

    Parameters
    ----------
    levels : [A/m2]
    cycles : at each level
    half_cycle : [s], for fixed time
    capacity : [C/m2] of each half-cycle, for fixed capacity

    Raises
    ------
    InputError
        Unless exactly one of half_cycle and capacity is given.
    """
    if (half_cycle is None) == (capacity is None):
        raise InputError("Give either half_cycle (fixed time) or capacity (fixed capacity) of a staircase.")
    if cycles < 1 or len(levels) == 0:
        raise InputError("A staircase needs at least one level and one cycle at each.")
    j = np.repeat(np.asarray(levels, dtype=float), 2 * cycles)
    t = np.full(j.size, half_cycle) if half_cycle is not None else np.divide(float(capacity or 0.0), j)
    return Schedule(j, np.asarray(t, dtype=float))
