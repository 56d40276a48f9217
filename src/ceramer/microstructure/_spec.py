"""Media as files give them, and how a ledger turns them into numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, model_validator

from ceramer import materials
from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure._composite import STRUCTURES, Composite
from ceramer.microstructure._phase import Medium, Phase, Property
from ceramer.provenance import (
    Conductivity,
    Density,
    Energy,
    Fraction,
    Given,
    Ledger,
    Length,
    Ratio,
    SheetConductance,
    Temperature,
)

__all__ = ["Find", "Formulations", "InterphaseSpec", "MediumSpec", "PhaseSpec", "PropertySpec", "build_medium"]

_STRICT = ConfigDict(frozen=True, extra="forbid")


class PropertySpec(BaseModel):
    """A conductivity at a temperature: `value`, `temperature`, and an `activation_energy` where one is known."""

    model_config = _STRICT
    value: Conductivity
    temperature: Temperature
    activation_energy: Energy | None = None

    def build(self, ledger: Ledger) -> Property:
        """Read the numbers."""
        energy = self.activation_energy.read(ledger) if self.activation_energy else None
        return Property(self.value.read(ledger), self.temperature.read(ledger), energy)


class PhaseSpec(BaseModel):
    """One phase of a composite: the medium that it is made of and its share of the volume."""

    model_config = _STRICT
    medium: str
    volume_fraction: Fraction | Literal["rest", "recipe"]
    component: str | None = None
    """Its name in the recipe, where that is another."""


class InterphaseSpec(BaseModel):
    """A fast path along the internal interface: sheet conductance, and the interface's area per volume."""

    model_config = _STRICT
    sheet_conductance: SheetConductance
    sphere_diameter: Length
    """Of spheres of the last phase, whose surface this is: a = 6 phi / d."""


class MediumSpec(BaseModel):
    """What fills a layer: a catalogue `material`, own properties, or `phases` with a `structure`."""

    model_config = _STRICT
    kind: Literal["medium"] = "medium"
    schema_version: Literal[1] = 1
    name: str = ""
    title: str = ""
    source: str = ""
    system: str = ""
    notes: tuple[str, ...] = ()
    preparation: tuple[str, ...] = ()
    recipe: str | None = None
    material: str | None = None
    ionic_conductivity: PropertySpec | None = None
    electronic_conductivity: PropertySpec | None = None
    density: Density | None = None
    current_fraction: Fraction | None = None
    phases: tuple[PhaseSpec, ...] = ()
    structure: str = "bruggeman"
    structure_weight: Fraction | None = None
    tortuosity: Ratio | None = None
    interphase: InterphaseSpec | None = None

    @model_validator(mode="after")
    def _known_structure(self) -> MediumSpec:
        if self.structure not in STRUCTURES:
            raise UnknownNameError("structure", self.structure, STRUCTURES)
        return self


Find = Callable[[str], "MediumSpec | None"]


class Formulations(Protocol):
    """Where recipes are looked up by name."""

    def volume_fraction(self, recipe: str, component: str, ledger: Ledger) -> float:
        """Volume fraction of one component."""

    def density(self, recipe: str, ledger: Ledger) -> float:
        """Mass density [kg/m3]."""


def build_medium(
    name: str, find: Find, ledger: Ledger, formulations: Formulations, _inside: tuple[str, ...] = ()
) -> Medium:
    """Return the medium called `name`: one that `find` knows, or else a catalogue material.

    Parameters
    ----------
    find : callable
        ``find(name) -> MediumSpec | None``.
    ledger : Ledger
        Where every number is read.
    formulations : Formulations
        Gives the share of phases whose volume fraction is "recipe", and the density of media that name one.
    """
    if name in _inside:
        raise InputError(f"The medium {name!r} is made of itself ({' > '.join((*_inside, name))}).")
    spec = find(name)
    if spec is None:
        return Phase(name, material=materials.load(name, ledger))
    if not spec.phases:
        properties: dict[str, Property] = {}
        for prop in ("ionic_conductivity", "electronic_conductivity"):
            given: PropertySpec | None = getattr(spec, prop)
            if given is not None:
                properties[prop] = given.build(ledger)
        for prop in ("density", "current_fraction"):
            number: Given | None = getattr(spec, prop)
            if number is not None:
                properties[prop] = Property(number.read(ledger))
        recipe = spec.recipe
        return Phase(
            name,
            properties,
            materials.load(spec.material, ledger) if spec.material else None,
            (lambda: formulations.density(recipe, ledger)) if recipe is not None else None,
        )
    fractions = _fractions(name, spec, ledger, formulations)
    phases = tuple(
        (build_medium(p.medium, find, ledger, formulations, (*_inside, name)), fraction)
        for p, fraction in zip(spec.phases, fractions, strict=True)
    )
    area = sheet = 0.0
    if spec.interphase is not None:
        sheet = spec.interphase.sheet_conductance.read(ledger)
        area = 6.0 * fractions[-1] / spec.interphase.sphere_diameter.read(ledger)
    weight = spec.structure_weight.read(ledger) if spec.structure_weight else 0.5
    tortuosity = spec.tortuosity.read(ledger) if spec.tortuosity else None
    return Composite(name, phases, spec.structure, weight, tortuosity, area, sheet)


def _fractions(name: str, spec: MediumSpec, ledger: Ledger, formulations: Formulations) -> list[float]:
    values: list[float | None] = []
    for p in spec.phases:
        if isinstance(p.volume_fraction, Given):
            values.append(p.volume_fraction.read(ledger))
        elif p.volume_fraction == "recipe":
            if spec.recipe is None:
                raise InputError(f"{name}: a volume_fraction is to come from the recipe, but no recipe is named.")
            values.append(formulations.volume_fraction(spec.recipe, p.component or p.medium, ledger))
        else:
            values.append(None)
    known = sum(v for v in values if v is not None)
    missing = sum(v is None for v in values)
    if missing > 1:
        raise InputError(f"{name}: only one phase can take the rest of the volume.")
    if missing and known > 1.0:
        raise InputError(f"{name}: the volume fractions already sum to {known:.3f}; nothing is left for the rest.")
    return [1.0 - known if v is None else v for v in values]
