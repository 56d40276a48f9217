"""Layers, stacks, electrodes and cells, and what follows from them in closed form."""

from __future__ import annotations

from ceramer.cell._ageing import Ageing, FilmGrowth, InterphaseGrowth, VoidGrowth
from ceramer.cell._cell import Cell
from ceramer.cell._electrode import Collector, Electrode
from ceramer.cell._energy import BASES, BillOfMaterials, Item, bill_of_materials, specific_energy_elasticities
from ceramer.cell._spec import (
    AgeingSpec,
    CellSpec,
    CollectorSpec,
    ElectrodeSpec,
    FilmGrowthSpec,
    InterfaceSpec,
    InterphaseGrowthSpec,
    LayerSpec,
    StackSpec,
    VoidGrowthSpec,
)
from ceramer.cell._stack import Interface, Layer, Stack

__all__ = [
    "BASES",
    "Ageing",
    "AgeingSpec",
    "BillOfMaterials",
    "Cell",
    "CellSpec",
    "Collector",
    "CollectorSpec",
    "Electrode",
    "ElectrodeSpec",
    "FilmGrowth",
    "FilmGrowthSpec",
    "Interface",
    "InterfaceSpec",
    "InterphaseGrowth",
    "InterphaseGrowthSpec",
    "Item",
    "Layer",
    "LayerSpec",
    "Stack",
    "StackSpec",
    "VoidGrowth",
    "VoidGrowthSpec",
    "bill_of_materials",
    "specific_energy_elasticities",
]
