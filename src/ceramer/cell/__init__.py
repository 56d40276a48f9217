"""Layers, stacks, electrodes and cells, and what follows from them in closed form."""

from __future__ import annotations

from ceramer.cell._cell import Cell
from ceramer.cell._electrode import Collector, Electrode
from ceramer.cell._energy import BASES, BillOfMaterials, Item, bill_of_materials, specific_energy_elasticities
from ceramer.cell._spec import CellSpec, CollectorSpec, ElectrodeSpec, InterfaceSpec, LayerSpec, StackSpec
from ceramer.cell._stack import Interface, Layer, Stack

__all__ = [
    "BASES",
    "BillOfMaterials",
    "Cell",
    "CellSpec",
    "Collector",
    "CollectorSpec",
    "Electrode",
    "ElectrodeSpec",
    "Interface",
    "InterfaceSpec",
    "Item",
    "Layer",
    "LayerSpec",
    "Stack",
    "StackSpec",
    "bill_of_materials",
    "specific_energy_elasticities",
]
