"""Recipes as files, and what they make: fractions, densities, salt and lithium, residue, conversion.

>>> from ceramer.materials import catalogue
>>> recipe = load_recipe({"name": "film", "components": [
...     {"name": "PEO", "material": "PEO", "mass": "0.25 g"},
...     {"name": "LiTFSI", "material": "LiTFSI", "mass": "0.15 g"}]})
>>> film = evaluate(recipe, catalogue().ledger())
>>> film.ether_oxygen_to_lithium
10.86
"""

from __future__ import annotations

from ceramer.formulation._chemistry import lithium_per_formula, molar_mass_of
from ceramer.formulation._evaluate import evaluate
from ceramer.formulation._formulation import RETAINED, Filling, Formulation, Kinetics, Part
from ceramer.formulation._model import (
    AMOUNTS,
    SOLID_ROLES,
    Component,
    Cure,
    Group,
    Infiltration,
    ObservedConversion,
    Recipe,
    Removed,
    TgaFraction,
    WeightLoss,
    load_recipe,
)
from ceramer.formulation._template import template
from ceramer.formulation._ternary import ternary

__all__ = [
    "AMOUNTS",
    "RETAINED",
    "SOLID_ROLES",
    "Component",
    "Cure",
    "Filling",
    "Formulation",
    "Group",
    "Infiltration",
    "Kinetics",
    "ObservedConversion",
    "Part",
    "Recipe",
    "Removed",
    "TgaFraction",
    "WeightLoss",
    "evaluate",
    "lithium_per_formula",
    "load_recipe",
    "molar_mass_of",
    "template",
    "ternary",
]
