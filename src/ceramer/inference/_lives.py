"""Lives of cells as they are known: observed, longer than, shorter than, or between."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ceramer.errors import InputError

__all__ = ["Life", "LifeData"]

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Life:
    """One cell: it failed between `earliest` and `latest` [s] at a current density [A/m2].

    `observed` has both equal, `longer_than` no latest, `shorter_than` an earliest of 0.
    """

    current_density: float
    earliest: float
    latest: float
    name: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.current_density) and self.current_density > 0.0):
            raise InputError(
                f"The current density of life {self.name!r} must be above 0, not {self.current_density!r}."
            )
        if not (0.0 <= self.earliest <= self.latest and self.latest > 0.0 and math.isfinite(self.earliest)):
            raise InputError(
                f"Life {self.name!r} needs 0 <= earliest <= latest, not {self.earliest!r} and {self.latest!r}."
            )

    @classmethod
    def observed(cls, time: float, current_density: float, name: str = "") -> Life:
        """A failure seen at `time` [s]."""
        return cls(current_density, time, time, name)

    @classmethod
    def longer_than(cls, time: float, current_density: float, name: str = "") -> Life:
        """No failure until `time` [s], when the test ended (right-censored)."""
        return cls(current_density, time, math.inf, name)

    @classmethod
    def shorter_than(cls, time: float, current_density: float, name: str = "") -> Life:
        """A failure some time before `time` [s] (left-censored)."""
        return cls(current_density, 0.0, time, name)

    @property
    def is_observed(self) -> bool:
        """Whether the moment of failure is known."""
        return self.earliest == self.latest


class LifeData:
    """A set of lives as arrays.

    Attributes
    ----------
    lives : tuple of Life
    current_density, earliest, latest : shape (n,), [A/m2], [s], [s]
    observed : shape (n,), bool
    """

    def __init__(self, lives: Iterable[Life]) -> None:
        self.lives = tuple(lives)
        if not self.lives:
            raise InputError("There is no life to fit; give at least one.")
        self.current_density = np.array([life.current_density for life in self.lives])
        self.earliest = np.array([life.earliest for life in self.lives])
        self.latest = np.array([life.latest for life in self.lives])
        self.observed = self.earliest == self.latest

    def __len__(self) -> int:
        return len(self.lives)

    @property
    def shorts(self) -> int:
        """Number of failures whose moment is known."""
        return int(self.observed.sum())

    def without(self, name: str) -> LifeData:
        """Return the set without the lives called `name`."""
        return LifeData(life for life in self.lives if life.name != name)

    def census(self) -> str:
        """Say what the set holds ("2 observed shorts, 3 lower bounds")."""
        lower = int(np.isinf(self.latest).sum())
        upper = len(self) - self.shorts - lower
        parts = [(self.shorts, "observed short"), (lower, "lower bound"), (upper, "upper bound")]
        return ", ".join(f"{n} {what}{'' if n == 1 else 's'}" for n, what in parts if n or what == "observed short")
