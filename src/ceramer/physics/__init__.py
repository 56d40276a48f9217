"""The conservation laws of a cell, from electrode to electrode, and how its parts fail."""

from __future__ import annotations

from ceramer.physics._from_cell import cell_model, layer_model, metal_model
from ceramer.physics._layers import (
    Ceramic,
    Contact,
    Layer,
    Metal,
    MixedConductor,
    Polymer,
    TetheredPolymer,
    TwoPhase,
)
from ceramer.physics._model import CellModel, Simulation
from ceramer.physics._transport import BinaryLaws

__all__ = [
    "BinaryLaws",
    "CellModel",
    "Ceramic",
    "Contact",
    "Layer",
    "Metal",
    "MixedConductor",
    "Polymer",
    "Simulation",
    "TetheredPolymer",
    "TwoPhase",
    "cell_model",
    "layer_model",
    "metal_model",
]
