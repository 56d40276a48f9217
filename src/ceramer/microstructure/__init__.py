"""How phases share a volume, and the effective properties that follow from it."""

from __future__ import annotations

from ceramer.microstructure._composite import STRUCTURES, Composite, Structure
from ceramer.microstructure._phase import Medium, Phase, Property
from ceramer.microstructure._spec import InterphaseSpec, MediumSpec, PhaseSpec, PropertySpec, build_medium

__all__ = [
    "STRUCTURES",
    "Composite",
    "InterphaseSpec",
    "Medium",
    "MediumSpec",
    "Phase",
    "PhaseSpec",
    "Property",
    "PropertySpec",
    "Structure",
    "build_medium",
]
