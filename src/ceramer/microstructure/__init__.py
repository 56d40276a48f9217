"""How phases share a volume, and the effective properties that follow from it."""

from __future__ import annotations

from ceramer.microstructure._composite import STRUCTURES, Composite
from ceramer.microstructure._on_voxels import VoxelComposite
from ceramer.microstructure._phase import Medium, MixedContent, Phase, Property
from ceramer.microstructure._spec import (
    DescriptionSpec,
    ExchangeSpec,
    Find,
    Formulations,
    InterphaseSpec,
    MediumSpec,
    MixedSpec,
    PhaseSpec,
    PropertySpec,
    VoxelsSpec,
    build_medium,
)

__all__ = [
    "STRUCTURES",
    "Composite",
    "DescriptionSpec",
    "ExchangeSpec",
    "Find",
    "Formulations",
    "InterphaseSpec",
    "Medium",
    "MediumSpec",
    "MixedContent",
    "MixedSpec",
    "Phase",
    "PhaseSpec",
    "Property",
    "PropertySpec",
    "VoxelComposite",
    "VoxelsSpec",
    "build_medium",
]
