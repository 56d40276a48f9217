"""The conservation laws of a cell, from electrode to electrode, and how its parts fail."""

from __future__ import annotations

from ceramer.physics._ageing import film_growth, film_lithium, interphase_growth
from ceramer.physics._cathode import InsertionLaws
from ceramer.physics._cycling import Cycling, cycle
from ceramer.physics._from_cell import Blanks, cell_model, layer_model, metal_model
from ceramer.physics._growth import GrowthLaw, no_growth
from ceramer.physics._layers import (
    ActiveMaterial,
    Ceramic,
    Contact,
    Layer,
    Metal,
    MixedConductor,
    Polymer,
    PorousCathode,
    TetheredPolymer,
    TwoPhase,
    Voids,
)
from ceramer.physics._model import CellModel
from ceramer.physics._simulation import Simulation
from ceramer.physics._tracer import NATURAL_LITHIUM_6, Foil, IsotopeResult, Population, exchange_isotopes
from ceramer.physics._transport import BinaryLaws

__all__ = [
    "NATURAL_LITHIUM_6",
    "ActiveMaterial",
    "BinaryLaws",
    "Blanks",
    "CellModel",
    "Ceramic",
    "Contact",
    "Cycling",
    "Foil",
    "GrowthLaw",
    "InsertionLaws",
    "IsotopeResult",
    "Layer",
    "Metal",
    "MixedConductor",
    "Polymer",
    "Population",
    "PorousCathode",
    "Simulation",
    "TetheredPolymer",
    "TwoPhase",
    "Voids",
    "cell_model",
    "cycle",
    "exchange_isotopes",
    "film_growth",
    "film_lithium",
    "interphase_growth",
    "layer_model",
    "metal_model",
    "no_growth",
]
