"""A population of defects: how deep, how many, and the deepest ones of a cell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ceramer.errors import InputError, UnknownNameError
from ceramer.laws import Numeric

__all__ = ["SPREADING", "Defects"]

SPREADING = {"void": 2.0, "grain_boundary": 1.0, "crack": 1.0}
"""Spreading number c of `focusing_length`: a boss for a void, a ridge for what runs along a line."""
_TAILS = ("weibull", "pareto")


@dataclass(frozen=True)
class Defects:
    """Defects of one kind, scattered at random (Poisson) over each lithium interface.

    Their depth L exceeds x with probability ``S(x) = exp(-(x/L_0)**k)`` ("weibull", exponential for k = 1) or
    ``S(x) = (x/L_0)**-k`` above L_0 ("pareto").

    Parameters
    ----------
    kind : "void", "grain_boundary" or "crack"
    density : mean number on an interface, [1/m2]
    scale : L_0, [m]
    shape : k, [-]
    half_width : b of the filament that a defect guides, [m]; the same for all depths
    tail : "weibull" or "pareto"
    """

    kind: str
    density: float
    scale: float
    half_width: float
    shape: float = 1.0
    tail: str = "weibull"

    def __post_init__(self) -> None:
        if self.kind not in SPREADING:
            raise UnknownNameError("kind of defect", self.kind, SPREADING)
        if self.tail not in _TAILS:
            raise UnknownNameError("tail of the sizes", self.tail, _TAILS)
        for name in ("density", "scale", "half_width", "shape"):
            if not (math.isfinite(getattr(self, name)) and getattr(self, name) > 0.0):
                raise InputError(f"The {name} of defects must be a number above 0, not {getattr(self, name)!r}.")

    @property
    def spreading(self) -> float:
        """c, [-]."""
        return SPREADING[self.kind]

    def exceedance(self, depth: Numeric) -> Numeric:
        """Return S(x), the share of defects deeper than x [m]; 1 for x <= 0."""
        relative = np.clip(np.divide(depth, self.scale), 0.0, None)
        if self.tail == "weibull":
            return np.exp(-(relative**self.shape))
        return np.clip(relative, 1.0, None) ** -self.shape

    def depth(self, exceedance: Numeric) -> Numeric:
        """Return the depth [m] that the share S of the defects exceeds; the inverse of `exceedance`, 0 for S > 1."""
        share = np.asarray(exceedance, dtype=float)
        if self.tail == "weibull":
            return self.scale * np.clip(-np.log(np.minimum(share, 1.0)), 0.0, None) ** (1.0 / self.shape)
        return np.where(share <= 1.0, self.scale * np.minimum(share, 1.0) ** (-1.0 / self.shape), 0.0)

    def deepest(self, area: float, cells: int, count: int, rng: np.random.Generator) -> np.ndarray[Any, Any]:
        """Draw the `count` deepest defects of each of `cells` interfaces, without drawing the others.

        The expected number deeper than the i-th is the i-th arrival of a unit Poisson process:
        ``density area S(L_i) = G_i``, ``G_i = E_1 + ... + E_i`` with E exponential.

        Parameters
        ----------
        area : [m2]

        Returns
        -------
        depths, shape (cells, count), [m], deepest first; 0 where a cell has fewer defects
        """
        arrivals = np.cumsum(rng.standard_exponential((cells, count)), axis=1)
        return np.asarray(self.depth(arrivals / (self.density * area)))
