"""The recipe file: components with their amounts, groups, sub-recipes, curing, removal, infiltration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from ceramer.errors import InputError, UnknownNameError
from ceramer.provenance import (
    SCHEMA_VERSION,
    Density,
    Energy,
    Fraction,
    Given,
    Ledger,
    Length,
    Mass,
    MolarMass,
    RateConstant,
    SecondOrderRateConstant,
    Temperature,
    Time,
    Volume,
    read_toml,
    validate,
)

__all__ = [
    "AMOUNTS",
    "SOLID_ROLES",
    "Component",
    "Cure",
    "Group",
    "Infiltration",
    "ObservedConversion",
    "Recipe",
    "Removed",
    "TgaFraction",
    "WeightLoss",
    "load_recipe",
]


AMOUNTS = (
    "mass",
    "volume",
    "mass_parts",
    "molar_parts",
    "volume_parts",
    "mass_fraction",
    "volume_fraction",
    "mass_fraction_from_tga",
    "balance",
)
"""The ways to say how much of a component there is; each component says it in exactly one of them."""

SOLID_ROLES = ("ceramic", "inert", "active_material", "carbon", "metal")
"""Roles that are not part of the polymer (or liquid) phase."""

Role = Literal[
    "ceramic",
    "inert",
    "active_material",
    "carbon",
    "metal",
    "polymer",
    "monomer",
    "plasticiser",
    "additive",
    "salt",
    "initiator",
    "binder",
    "solvent",
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TgaFraction(_Strict):
    """A ceramic's mass fraction read from weight losses: of the composite, and of the bare ceramic.

    `organic_residue` is the share of the organics that stays (none given: they leave completely).
    """

    composite_loss: Fraction
    ceramic_loss: Fraction
    organic_residue: Fraction | None = None


class Entry(_Strict):
    """A name and one amount: what components and groups have in common."""

    name: str = Field(min_length=1, pattern=r"^[^/]+$")
    mass: Mass | None = None
    volume: Volume | None = None
    mass_parts: Fraction | None = None
    molar_parts: Fraction | None = None
    volume_parts: Fraction | None = None
    mass_fraction: Fraction | None = None
    volume_fraction: Fraction | None = None
    mass_fraction_from_tga: TgaFraction | None = None
    balance: bool = False
    of: str | None = None
    printed_mass_fraction: Fraction | None = None
    group: str | None = None

    @property
    def kind(self) -> str | None:
        """Which of `AMOUNTS` the entry gives (None for a group that is only a label)."""
        return next((key for key in AMOUNTS if getattr(self, key)), None)

    @model_validator(mode="after")
    def _one_amount(self) -> Entry:
        given = [key for key in AMOUNTS if getattr(self, key)]
        if len(given) > 1:
            raise ValueError(f"{self.name!r} gives its amount as {' and '.join(given)}; give one of them")
        if self.of is not None and not (given and given[0] in ("mass_fraction", "volume_fraction")):
            raise ValueError(f"{self.name!r}: 'of' says what a percentage is of, but no percentage is given")
        if self.of == self.name:
            raise ValueError(f"{self.name!r} is a percentage of itself; say of = 'total' or of = 'rest'")
        return self


class Group(Entry):
    """Components that share one amount ("salts = 20 parts, split 19:1 by mole"), or only a common name."""


class Component(Entry):
    """One line of a recipe.

    `material` names an entry of the catalogue, `recipe` another recipe. `cured_material` is what a monomer has
    become in the finished film: its density is used for the volumes there. `formula`, `density` and `molar_mass`
    override (or replace) the catalogue; `groups` counts functional groups per formula unit where ceramer
    does not know them.
    """

    material: str | None = None
    recipe: str | None = Field(default=None, pattern=r"^[\w. ()+-]+$")
    role: Role | None = None
    printed_as: str | None = None
    cured_material: str | None = None
    formula: str | None = None
    density: Density | None = None
    molar_mass: MolarMass | None = None
    groups: dict[Literal["ether_oxygen", "nitrile", "tethered_anion"], float] = {}
    note: str = ""

    @model_validator(mode="after")
    def _something(self) -> Component:
        if self.kind is None:
            raise ValueError(f"{self.name!r} has no amount; give one of {', '.join(AMOUNTS)}")
        if self.recipe is not None and self.material is not None:
            raise ValueError(f"{self.name!r} is both a material and a recipe; give one of them")
        if self.recipe is None and self.material is None and (self.density is None or self.role is None):
            raise ValueError(f"{self.name!r} needs a material of the catalogue, a recipe, or its own density and role")
        return self


class ObservedConversion(_Strict):
    """A measured conversion after a time: fixes the ratio of propagation to termination."""

    conversion: Fraction
    time: Time
    temperature: Temperature


class Cure(_Strict):
    """Free-radical cure. Either `decomposition_rate` (light, or one temperature) or its Arrhenius pair."""

    initiator: str
    temperature: Temperature
    time: Time | None = None
    wavelength: Length | None = None
    decomposition_rate: RateConstant | None = None
    decomposition_prefactor: RateConstant | None = None
    decomposition_activation_energy: Energy | None = None
    efficiency: Fraction
    propagation: SecondOrderRateConstant
    termination: SecondOrderRateConstant
    observed: ObservedConversion | None = None
    note: str = ""

    @model_validator(mode="after")
    def _one_rate(self) -> Cure:
        pair = (self.decomposition_prefactor, self.decomposition_activation_energy)
        if (self.decomposition_rate is None) == (None in pair) or (self.decomposition_rate and any(pair)):
            raise ValueError(
                "give either decomposition_rate, or decomposition_prefactor and decomposition_activation_energy"
            )
        return self


class Removed(_Strict):
    """Components that are mixed in but gone in the product: dried off, or burnt out during sintering."""

    dried: tuple[str, ...] = ()
    burnt_out: tuple[str, ...] = ()


class Infiltration(_Strict):
    """A liquid put into a porous film; without `porosity` the pores are what the recipe's solids leave free."""

    volume: Volume
    count: Fraction
    film_diameter: Length
    film_thickness: Length
    porosity: Fraction | None = None


class WeightLoss(_Strict):
    """A loss printed for the finished product and the components it was attributed to."""

    loss: Fraction
    attributed_to: tuple[str, ...] = Field(min_length=1)
    from_temperature: Temperature | None = None
    to_temperature: Temperature | None = None


class Recipe(_Strict):
    """A recipe as a file states it: weighed masses, parts, percentages of something, sub-recipes."""

    kind: Literal["recipe"] = "recipe"
    schema_version: int = SCHEMA_VERSION
    name: str = Field(min_length=1)
    title: str = ""
    source: str = ""
    notes: str = ""
    thickness: Length | None = None
    linear_shrinkage: Fraction | None = None
    components: tuple[Component, ...]
    groups: tuple[Group, ...] = ()
    cure: Cure | None = None
    removed: Removed = Removed()
    infiltration: Infiltration | None = None
    weight_losses: tuple[WeightLoss, ...] = ()
    recipes: dict[str, Recipe] = {}

    @field_validator("groups", "components")
    @classmethod
    def _unique(cls, entries: tuple[Any, ...], info: ValidationInfo) -> tuple[Any, ...]:
        names = [entry.name for entry in entries]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two {info.field_name} are called {name!r}; give each its own name")
        return entries

    @model_validator(mode="after")
    def _names_exist(self) -> Recipe:
        if not self.components:
            raise ValueError("the recipe has no components; add a [[components]] table")
        groups = [group.name for group in self.groups]
        names = [component.name for component in self.components]
        for entry in (*self.components, *self.groups):
            if entry.group is not None and entry.group not in groups:
                raise UnknownNameError("group", entry.group, groups, f"It is named by {entry.name!r}.")
        above = {group.name: group.group for group in self.groups}
        for group in self.groups:
            if group.name in names:
                raise ValueError(f"{group.name!r} is both a component and a group; rename one")
            parent, seen = group.group, {group.name}
            while parent is not None:
                if parent in seen:
                    raise ValueError(f"the group {group.name!r} contains itself; take it out of {parent!r}")
                seen.add(parent)
                parent = above[parent]
        gone = (*self.removed.dried, *self.removed.burnt_out)
        losers = tuple(name for loss in self.weight_losses for name in loss.attributed_to)
        for name in (*gone, *losers, *((self.cure.initiator,) if self.cure else ())):
            if name not in names and name not in groups:
                raise UnknownNameError("component", name, [*names, *groups])
        return self

    def givens(self) -> Iterator[Given]:
        """Yield every number of the recipe and of its sub-recipes."""
        yield from _givens(self)


def _givens(item: Any) -> Iterator[Given]:
    if isinstance(item, Given):
        yield item
    elif isinstance(item, BaseModel):
        for name in type(item).model_fields:
            yield from _givens(getattr(item, name))
    elif isinstance(item, (tuple, list)):
        for child in item:
            yield from _givens(child)
    elif isinstance(item, dict):
        for child in item.values():
            yield from _givens(child)


def load_recipe(source: str | Path | Mapping[str, Any], ledger: Ledger | None = None) -> Recipe:
    """Read a recipe from a TOML file or a mapping.

    A sub-recipe is looked up among the inline ``[recipes.NAME]`` tables, then as ``NAME.toml`` beside the file.

    Parameters
    ----------
    source : str, Path or mapping
        Path of a TOML file, or its content.
    ledger : Ledger, optional
        When given, every reference to a printed number or a catalogue value is checked to exist.

    Raises
    ------
    InputError
        One sentence: what is wrong, in which file and field, and the nearest valid name.
    """
    recipe = _load(source, ())
    if ledger is not None:
        for given in recipe.givens():
            if given.reference is not None:
                ledger.book[given.reference]
    return recipe


def _load(source: str | Path | Mapping[str, Any], above: tuple[Path, ...]) -> Recipe:
    if isinstance(source, Mapping):
        data, where, folder = dict(source), str(source.get("name", "recipe")), None
    else:
        path = Path(source)
        if path.resolve() in above:
            raise InputError(f"{path}: the recipe contains itself.")
        above = (*above, path.resolve())
        data, where, folder = read_toml(path), str(path), path.parent
    if data.get("kind", "recipe") != "recipe":
        raise InputError(f"{where}: kind is {data['kind']!r}, not 'recipe'.")
    recipe = validate(Recipe, data, where)
    found = dict(recipe.recipes)
    for component in recipe.components:
        name = component.recipe
        if name is None or name in found:
            continue
        beside = folder / f"{name}.toml" if folder is not None else None
        if beside is None or not beside.is_file():
            known = [*found, *(sorted(p.stem for p in folder.glob("*.toml")) if folder else [])]
            raise UnknownNameError("recipe", name, known, f"It is named by {component.name!r} of {where}.")
        found[name] = _load(beside, above)
    return recipe.model_copy(update={"recipes": found})
