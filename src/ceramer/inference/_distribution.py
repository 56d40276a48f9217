"""Standard distributions of the logarithm of a life: its shape once location and scale are taken away."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any, final

import numpy as np

from ceramer.errors import UnknownNameError

__all__ = ["FAMILIES", "Family", "Lognormal", "Weibull", "family"]

Array = np.ndarray[Any, np.dtype[Any]]


class Family(ABC):
    """Distribution of ``z = (ln T - mu) / s``."""

    name: str

    @abstractmethod
    def log_density(self, z: Array) -> Array:
        """Return ln f(z)."""

    @abstractmethod
    def log_survival(self, z: Array) -> Array:
        """Return ln S(z), 0 at z = -inf."""

    @abstractmethod
    def log_failed(self, z: Array) -> Array:
        """Return ln F(z), F = 1 - S, 0 at z = inf."""

    @abstractmethod
    def quantile(self, probability: Array) -> Array:
        """Return z with F(z) = probability."""


@final
class Weibull(Family):
    """The weakest of many hot spots: ``S = exp(-exp z)``, T Weibull with shape 1/s and characteristic life exp(mu)."""

    name = "weibull"

    def log_density(self, z: Array) -> Array:
        """Return z - exp z."""
        return np.asarray(z - np.exp(z))

    def log_survival(self, z: Array) -> Array:
        """Return -exp z."""
        return np.asarray(-np.exp(z))

    def log_failed(self, z: Array) -> Array:
        """Return ln(1 - exp(-exp z))."""
        with np.errstate(divide="ignore"):
            return np.asarray(np.log(-np.expm1(-np.exp(z))))

    def quantile(self, probability: Array) -> Array:
        """Return ln(-ln(1 - p))."""
        return np.asarray(np.log(-np.log1p(-np.asarray(probability))))


@final
class Lognormal(Family):
    """Many small factors: z standard normal, exp(mu) the median life."""

    name = "lognormal"

    def log_density(self, z: Array) -> Array:
        """Return -z**2/2 - ln(2 pi)/2."""
        return np.asarray(-0.5 * z**2 - 0.5 * math.log(2.0 * math.pi))

    def log_survival(self, z: Array) -> Array:
        """Return ln Phi(-z)."""
        from scipy.special import log_ndtr

        return np.asarray(log_ndtr(-np.asarray(z)))

    def log_failed(self, z: Array) -> Array:
        """Return ln Phi(z)."""
        from scipy.special import log_ndtr

        return np.asarray(log_ndtr(np.asarray(z)))

    def quantile(self, probability: Array) -> Array:
        """Return the normal quantile."""
        from scipy.special import ndtri

        return np.asarray(ndtri(probability))


FAMILIES: dict[str, Family] = {"weibull": Weibull(), "lognormal": Lognormal()}


def family(name: str) -> Family:
    """Return the family called `name`."""
    try:
        return FAMILIES[name]
    except KeyError:
        raise UnknownNameError("family of lives", name, FAMILIES) from None
