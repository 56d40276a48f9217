"""How phases share a volume, and the effective properties that follow from it."""

from __future__ import annotations

from ceramer.microstructure._composite import STRUCTURES, Composite
from ceramer.microstructure._on_voxels import VoxelComposite
from ceramer.microstructure._phase import Medium, Phase, Property
from ceramer.microstructure._spec import (
    Find,
    Formulations,
    InterphaseSpec,
    MediumSpec,
    PhaseSpec,
    PropertySpec,
    VoxelsSpec,
    build_medium,
)

__all__ = [
    "STRUCTURES",
    "Composite",
    "Find",
    "Formulations",
    "InterphaseSpec",
    "Medium",
    "MediumSpec",
    "Phase",
    "PhaseSpec",
    "Property",
    "PropertySpec",
    "VoxelComposite",
    "VoxelsSpec",
    "build_medium",
]
