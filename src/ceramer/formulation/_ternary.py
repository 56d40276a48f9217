"""The same recipe at another composition of its main parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ceramer.errors import InputError, UnknownNameError
from ceramer.formulation._amounts import WHOLE_TOLERANCE
from ceramer.formulation._model import AMOUNTS, Recipe
from ceramer.provenance import Given

__all__ = ["ternary"]


def ternary(recipe: Recipe, composition: Mapping[str, float]) -> Recipe:
    """Return `recipe` with its main parts at another composition by mass (``{"MEMA": 0.4, "SN": 0.4, "salts": 0.2}``).

    The parts are components or groups that stand on the top level in parts, masses or percentages of the total;
    every one of them must be named, and what is added on top (initiator, additives in percent) keeps its rule.
    Nothing hinders two or four parts. A part at 0 stays in the recipe with no mass.

    Parameters
    ----------
    recipe : Recipe
    composition : mapping
        Mass fraction [1] of each part; they sum to 1.

    Raises
    ------
    InputError
        Unknown or missing parts, a negative fraction, or a sum other than 1.
    """
    top = [entry for entry in (*recipe.components, *recipe.groups) if entry.group is None]
    fractions = ("mass_fraction", "volume_fraction")
    if all(entry.kind in fractions for entry in top) and any(entry.of is None for entry in top):
        raise InputError(
            f"{recipe.name}: all amounts are percentages and some do not say of what; say of = 'total' for the parts "
            "to vary and of = 'rest' for what is added on top."
        )
    main = [e.name for e in top if e.kind not in fractions or e.of == "total"]
    for name, value in composition.items():
        if name not in [entry.name for entry in top]:
            raise UnknownNameError(f"part of {recipe.name}", name, main)
        if not 0.0 <= value <= 1.0:
            raise InputError(f"{recipe.name}: the mass fraction of {name!r} is {value:.4g}, not between 0 and 1.")
    missing = [name for name in main if name not in composition]
    if missing:
        raise InputError(f"{recipe.name}: the composition does not say how much {' and '.join(missing)}; give it.")
    total = sum(composition.values())
    if abs(total - 1.0) > WHOLE_TOLERANCE:
        raise InputError(f"{recipe.name}: the composition adds up to {total:.5g}, not 1; divide each by the sum.")

    def changed(entry: Any) -> Any:
        if entry.group is not None or entry.name not in composition:
            return entry
        part = Given.parse(float(composition[entry.name]), "fraction").named(f"{recipe.name}.composition.{entry.name}")
        cleared = {key: (False if key == "balance" else None) for key in AMOUNTS}
        return entry.model_copy(
            update={**cleared, "of": None, "printed_mass_fraction": None, "mass_parts": part},
        )

    return recipe.model_copy(
        update={
            "components": tuple(changed(c) for c in recipe.components),
            "groups": tuple(changed(g) for g in recipe.groups),
        }
    )
