"""A law of growth whose constants are numbers of a node: other constants need no other compiled module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

__all__ = ["GrowthLaw", "no_growth", "split"]

Number = Any


@dataclass(frozen=True, slots=True)
class GrowthLaw:
    """``dR/dt = speed f(R, j, *constants)`` [ohm m2/s] of a film's resistance R [ohm m2] and current density j [A/m2].

    Attributes
    ----------
    rate : callable
        f, a plain function of a module (its code is compiled, once for all constants).
    constants : tuple of float
    what : str
        What grows, in a word or two.
    speed : float
        1; 0 for a film that stays as it is.
    """

    rate: Callable[..., Number]
    constants: tuple[float, ...]
    what: str = "film"
    speed: float = 1.0

    def __call__(self, resistance: Number, current: Number = 0.0, *_: Number) -> Number:
        """Return the rate of growth; what else a surface has to say does not enter."""
        return scaled(self.rate)(resistance, current, self.speed, *self.constants)

    @property
    def grows(self) -> bool:
        """Whether it has any speed."""
        return self.speed != 0.0

    def stopped(self) -> GrowthLaw:
        """Return the law of a film that stays as it is."""
        return replace(self, speed=0.0)


@dataclass(frozen=True, slots=True)
class scaled:
    """``speed f(R, j, *constants)`` as a function of them all; equal for equal f."""

    rate: Callable[..., Number]

    def __call__(self, resistance: Number, current: Number, speed: Number, *constants: Number) -> Number:
        return speed * self.rate(resistance, current, *constants)


def split(law: Any) -> tuple[Any, tuple[float, ...]]:
    """Return a law of growth as code, ``(R, j, *numbers) -> dR/dt``, and its numbers; any other law as it is."""
    if isinstance(law, GrowthLaw):
        return scaled(law.rate), (law.speed, *law.constants)
    return law, ()


def no_growth(resistance: Number, *_: Number) -> Number:
    """Return 0: the law of a film that stays as it is."""
    return 0.0 * resistance
