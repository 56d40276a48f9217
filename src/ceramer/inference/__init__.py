"""Parameters and lifetimes estimated from data, with what the data cannot say."""

from __future__ import annotations

from ceramer.inference._distribution import FAMILIES, Family, Lognormal, Weibull, family
from ceramer.inference._fit_hot_spots import HotSpotFit, fit_hot_spots
from ceramer.inference._fit_lives import LifeFit, NotIdentifiable, fit_lives, log_likelihood
from ceramer.inference._lives import Life, LifeData

__all__ = [
    "FAMILIES",
    "Family",
    "HotSpotFit",
    "Life",
    "LifeData",
    "LifeFit",
    "Lognormal",
    "NotIdentifiable",
    "Weibull",
    "family",
    "fit_hot_spots",
    "fit_lives",
    "log_likelihood",
]
