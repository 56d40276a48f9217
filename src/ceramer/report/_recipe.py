"""A recipe as a table: what is printed, and the shares by weight and volume that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ceramer import formulation, units
from ceramer.errors import InputError
from ceramer.formulation import Component, Recipe
from ceramer.library import book, load_recipe
from ceramer.provenance import Given, Ledger
from ceramer.report import _words as words

__all__ = ["RecipeTable", "recipe_table"]

_PERCENT = ("mass_fraction", "volume_fraction")
_UNITS = {"mass": "g", "volume": "mL"}


@dataclass(frozen=True, slots=True)
class RecipeTable:
    """`lines` are (component, amount as printed, wt%, vol%); `findings` what an evaluation noticed."""

    name: str
    title: str
    lines: tuple[tuple[str, str, str, str], ...]
    findings: tuple[str, ...]


def recipe_table(name: str | Path) -> RecipeTable:
    """Evaluate a published recipe, or the recipe in a file, and return it as a table."""
    recipe, ledger = load_recipe(name), book().ledger()
    made = formulation.evaluate(recipe, ledger)
    amounts = dict(_amounts(recipe, ledger))
    volumes: Mapping[str, float]
    try:
        volumes = made.volume_fractions
    except InputError:
        volumes = {}
    lines = []
    for part in made.parts:
        key = next((k for k in (part.name, part.name.rpartition("/")[2]) if k in amounts), "")
        volume = f"{100 * volumes[part.name]:.1f}" if part.name in volumes else "not known"
        inside = f" (in {', '.join(part.within)})" if part.within else ""
        lines.append((part.name + inside, amounts.get(key, ""), f"{100 * made.mass_fractions[part.name]:.1f}", volume))
    lines.extend(
        (part.name, amounts.get(part.name, ""), gone, gone)
        for gone, parts in (("dried off", made.dried), ("burnt out", made.burnt_out))
        for part in parts
    )
    return RecipeTable(recipe.name, recipe.title, tuple(lines), made.findings)


def _amounts(recipe: Recipe, ledger: Ledger) -> list[tuple[str, str]]:
    found = [(component.name, _amount(component, ledger)) for component in recipe.components]
    for inner in recipe.recipes.values():
        found.extend(_amounts(inner, ledger))
    return found


def _amount(component: Component, ledger: Ledger) -> str:
    kind = component.kind
    given = getattr(component, kind) if kind else None
    if kind == "balance":
        return "the rest"
    if not isinstance(given, Given):
        return words.plain(kind or "")
    value = given.read(ledger)
    if kind in _PERCENT:
        share = "wt%" if kind == "mass_fraction" else "vol%"
        of = f" of {component.of}" if component.of else ""
        return f"{words.number(100.0 * value)} {share}{of}"
    if kind in _UNITS:
        return units.show(value, _UNITS[kind])
    return f"{words.number(value)} {words.plain(kind or '')}"
