"""The published systems: one file each with recipe, architecture, thickness, preparation and source."""

from __future__ import annotations

import contextlib
import functools
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from ceramer import formulation, materials
from ceramer.cell import Cell, CellSpec, ElectrodeSpec, Stack, StackSpec
from ceramer.errors import InputError, UnknownNameError
from ceramer.library._facts import Fact, assumption_book, claims, fact_book
from ceramer.microstructure import Medium, MediumSpec, build_medium
from ceramer.provenance import Book, Ledger, kind_of, read_toml, validate

if TYPE_CHECKING:
    from ceramer.microstructure.voxels import MicrostructureSpec

__all__ = [
    "FORMULATIONS",
    "SystemSpec",
    "book",
    "build_cell",
    "build_stack",
    "cell_spec",
    "find_medium",
    "load",
    "load_cell",
    "load_medium",
    "load_microstructure",
    "load_recipe",
    "load_stack",
    "recipes",
    "stack_spec",
    "system",
    "systems",
]


class SystemSpec(BaseModel):
    """A published system. `claims` are the names under which the paper's numbers list it (default: its own name)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["system"] = "system"
    schema_version: Literal[1] = 1
    name: str
    title: str
    paper: str
    key: str
    about: str
    claims: tuple[str, ...] = ()
    recipe: str | None = None
    preparation: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    medium: MediumSpec | None = None
    media: dict[str, MediumSpec] = {}
    stack: StackSpec | None = None
    cells: dict[str, CellSpec] = {}
    electrodes: dict[str, ElectrodeSpec] = {}

    @model_validator(mode="before")
    @classmethod
    def _inherit_name(cls, data: Any) -> Any:
        if isinstance(data, dict):
            data = dict(data)
            data.setdefault("claims", [data.get("name")])
            if isinstance(data.get("stack"), dict):
                data["stack"] = {"name": data.get("name"), "title": data.get("title", ""), **data["stack"]}
        return data

    def printed(self) -> tuple[Fact, ...]:
        """Return the claims of the paper about this system."""
        return tuple(c for c in claims().values() if c.paper == self.paper and c.system in self.claims)


@functools.cache
def _by_file() -> Mapping[str, SystemSpec]:
    found: dict[str, SystemSpec] = {}
    for entry in sorted(files("ceramer.library").joinpath("data/systems").iterdir(), key=lambda e: e.name):
        found[entry.name] = validate(SystemSpec, tomllib.loads(entry.read_text(encoding="utf-8")), entry.name)
    return MappingProxyType(found)


@functools.cache
def systems() -> Mapping[str, SystemSpec]:
    """Return every published system by name."""
    found: dict[str, SystemSpec] = {}
    for entry, spec in _by_file().items():
        if spec.name in found:
            raise InputError(f"{entry}: a system called {spec.name!r} exists already.")
        found[spec.name] = spec
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: item[1].key)))


def system(name: str) -> SystemSpec:
    """Return the published system called `name` (case ignored); an unknown one raises with the nearest name."""
    by_fold = {key.casefold(): spec for key, spec in systems().items()}
    if name.casefold() in by_fold:
        return by_fold[name.casefold()]
    raise UnknownNameError("system", name, systems(), "List them with `ceramer systems`; a file ends in .toml.")


@functools.cache
def book() -> Book:
    """Return everything that is known: printed numbers, the catalogue of materials, and what is assumed of samples."""
    return fact_book() | assumption_book() | materials.catalogue()


@functools.cache
def _media() -> Mapping[str, MediumSpec]:
    found: dict[str, MediumSpec] = {}
    for spec in systems().values():
        if spec.medium is not None:
            found[spec.name] = spec.medium
        found.update(spec.media)
    return found


def find_medium(name: str) -> MediumSpec | None:
    """Return the medium that a published system defines under `name`, or None."""
    return _media().get(name)


@functools.cache
def recipes() -> Mapping[str, formulation.Recipe]:
    """Return the recipes of the papers by name."""
    folder = files("ceramer.library").joinpath("data/recipes")
    found = [formulation.load_recipe(Path(str(entry))) for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return MappingProxyType({recipe.name: recipe for recipe in sorted(found, key=lambda recipe: recipe.name)})


def load_recipe(name: str | Path) -> formulation.Recipe:
    """Return a published recipe by name, or the recipe in a TOML file."""
    if isinstance(name, Path) or str(name).endswith(".toml"):
        return formulation.load_recipe(name)
    try:
        return recipes()[str(name)]
    except KeyError:
        raise UnknownNameError("recipe", str(name), recipes()) from None


def load_microstructure(name: str | Path) -> MicrostructureSpec:
    """Return the recipe of a voxel image: a published one by name ("CSE_framework"), or that in a TOML file."""
    from ceramer.microstructure.voxels import MicrostructureSpec

    if _is_path(name):
        data = read_toml(name)
        if data.get("kind") != "microstructure":
            raise InputError(f'{name}: expected kind = "microstructure", found {data.get("kind")!r}.')
        return validate(MicrostructureSpec, data, str(name))
    folder = files("ceramer.library").joinpath("data/microstructures")
    known = {entry.name.removesuffix(".toml"): entry for entry in folder.iterdir() if entry.name.endswith(".toml")}
    if name not in known:
        raise UnknownNameError("microstructure", str(name), known, "A file of yours ends in .toml.")
    return validate(MicrostructureSpec, tomllib.loads(known[str(name)].read_text(encoding="utf-8")), str(name))


class _Formulations:
    """Recipes seen from the rooms below: what a composite's volume fractions and a medium's density come from."""

    def volume_fraction(self, recipe: str, component: str, ledger: Ledger) -> float:
        return self._evaluated(recipe, ledger).volume_fraction(component)

    def density(self, recipe: str, ledger: Ledger) -> float:
        return self._evaluated(recipe, ledger).density

    def salt_concentration(self, recipe: str, ledger: Ledger) -> float:
        return self._evaluated(recipe, ledger).salt_concentration

    def microstructure(self, name: str) -> MicrostructureSpec:
        return load_microstructure(name)

    def _evaluated(self, recipe: str, ledger: Ledger) -> formulation.Formulation:
        key = ("recipe", recipe)
        if key not in ledger.memo:
            ledger.memo[key] = formulation.evaluate(load_recipe(recipe), ledger)
        made: formulation.Formulation = ledger.memo[key]
        return made


FORMULATIONS = _Formulations()


def load_medium(name: str, ledger: Ledger | None = None) -> Medium:
    """Return a medium by name: of a published system, or a catalogue material."""
    return build_medium(name, find_medium, ledger or book().ledger(), FORMULATIONS)


def _is_path(name: str | Path) -> bool:
    return isinstance(name, Path) or str(name).endswith(".toml")


def stack_spec(name: str | Path) -> StackSpec:
    """Return the description of a stack: a published system, or a TOML file of kind "stack"."""
    if _is_path(name):
        data = read_toml(name)
        if data.get("kind") != "stack":
            raise InputError(f'{name}: expected kind = "stack", found {data.get("kind")!r}.')
        return validate(StackSpec, data, str(name))
    spec = system(str(name))
    if spec.stack is None:
        with_stack = [key for key, value in systems().items() if value.stack is not None]
        raise InputError(f"The system {spec.name!r} has no layered stack; these have: {', '.join(with_stack)}.")
    return spec.stack


@contextlib.contextmanager
def _told_of(name: str | Path) -> Iterator[None]:
    """Put the name of a file before what is wrong in it, where the sentence does not have it."""
    try:
        yield
    except InputError as error:
        if _is_path(name) and str(name) not in str(error):
            error.args = (f"{name}: {error}",)
        raise


def build_stack(spec: StackSpec, ledger: Ledger) -> Stack:
    """Return the stack that `spec` describes, every number read through `ledger`."""
    return spec.build(ledger, find_medium, FORMULATIONS)


def load_stack(name: str | Path, ledger: Ledger | None = None) -> Stack:
    """Return a stack: a published system by name ("PCE"), or the stack in a TOML file ("my_stack.toml").

    >>> load_stack("PCE").thickness
    0.00035
    """
    with _told_of(name):
        return build_stack(stack_spec(name), ledger or book().ledger())


def build_cell(spec: CellSpec, ledger: Ledger) -> Cell:
    """Return the cell that `spec` describes, every number read through `ledger`."""
    layers = stack_spec(spec.stack) if isinstance(spec.stack, str) else spec.stack
    return spec.build(ledger, build_stack(layers, ledger), find_medium, FORMULATIONS)


def cell_spec(name: str | Path) -> CellSpec:
    """Return the description of a cell: a published one by name, or a TOML file of kind "cell"."""
    if _is_path(name):
        data = read_toml(name)
        if data.get("kind") != "cell":
            raise InputError(f'{name}: expected kind = "cell", found {data.get("kind")!r}.')
        return validate(CellSpec, data, str(name))
    found = _cells()
    if str(name) not in found:
        stacks = {key.casefold(): key for key, entry in systems().items() if entry.stack is not None}
        hint = "A file ends in .toml."
        if str(name).casefold() in stacks:
            stack = stacks[str(name).casefold()]
            hint = (
                f"{stack} is a stack: put it between electrodes with Cell.symmetric('Li', load_stack({stack!r}), ...)."
            )
        raise UnknownNameError("cell", str(name), found, hint)
    return found[str(name)]


@functools.cache
def _cells() -> Mapping[str, CellSpec]:
    """Return every published cell by name; two of one name are an error."""
    return one_of_each((entry, spec.cells.values()) for entry, spec in _by_file().items())


def one_of_each(files_with_cells: Iterable[tuple[str, Iterable[CellSpec]]]) -> Mapping[str, CellSpec]:
    """Return cells by name; `InputError` names both files where two have one name."""
    found: dict[str, CellSpec] = {}
    where: dict[str, str] = {}
    for entry, cells in files_with_cells:
        for cell in cells:
            if cell.name in found:
                raise InputError(
                    f"{entry}: a cell called {cell.name!r} exists already in {where[cell.name]}; rename one of them."
                )
            found[cell.name], where[cell.name] = cell, entry
    return MappingProxyType(found)


def load_cell(name: str | Path, ledger: Ledger | None = None) -> Cell:
    """Return a cell: a published one by name ("Li|CSE|Li"), or the cell in a TOML file."""
    with _told_of(name):
        return build_cell(cell_spec(name), ledger or book().ledger())


def load(name: str | Path) -> Any:
    """Return whatever `name` is: a published system (its spec), or the stack, cell, recipe or protocol of a file."""
    if not _is_path(name):
        return system(str(name))
    from ceramer.experiments import load_protocol

    loaders: dict[str, Callable[[str | Path], Any]] = {
        "stack": load_stack,
        "cell": load_cell,
        "recipe": load_recipe,
        "protocol": load_protocol,
    }
    return loaders[kind_of(name, loaders)](name)
