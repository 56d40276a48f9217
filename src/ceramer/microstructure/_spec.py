"""Media as files give them, and how a ledger turns them into numbers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from pydantic import BaseModel, ConfigDict, model_validator

from ceramer import materials
from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure._composite import STRUCTURES, Composite
from ceramer.microstructure._on_voxels import VoxelComposite, load_mixtures, match_phases
from ceramer.microstructure._phase import Medium, MixedContent, Phase, Property
from ceramer.provenance import (
    ArealCapacitance,
    AreaSpecificResistance,
    Concentration,
    Conductivity,
    Density,
    Diffusivity,
    Energy,
    Fraction,
    Given,
    Ledger,
    Length,
    Ratio,
    SheetConductance,
    Temperature,
    Voltage,
)

if TYPE_CHECKING:
    from ceramer.microstructure.voxels import MicrostructureSpec

__all__ = [
    "DescriptionSpec",
    "ExchangeSpec",
    "Find",
    "Formulations",
    "InterphaseSpec",
    "MediumSpec",
    "MixedSpec",
    "PhaseSpec",
    "PropertySpec",
    "VoxelsSpec",
    "build_medium",
]

_STRICT = ConfigDict(frozen=True, extra="forbid")
_PLAIN = (
    "density",
    "current_fraction",
    "salt_concentration",
    "transference_number",
    "salt_diffusivity",
    "tethered_concentration",
    "relative_permittivity",
    "grain_boundary_capacitance",
)


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
    volume_fraction: Fraction | Literal["rest", "recipe", "image"]
    component: str | None = None
    """Its name in the recipe, where that is another."""
    image_phase: str | None = None
    """Its name in the voxel image of the medium, where that is another."""


class MixedSpec(BaseModel):
    """A conductor of ions and electrons whose lithium content varies."""

    model_config = _STRICT
    maximum_concentration: Concentration
    stoichiometry: Fraction
    """Share of the sites that hold lithium at the start."""
    equilibrium_potential: Voltage
    """Against lithium at that stoichiometry; its slope is that of a lattice gas, plus `slope`."""
    slope: Voltage | None = None


class ExchangeSpec(BaseModel):
    """Lithium exchange between a polymer and a ceramic that both percolate: areal resistance and where it lies."""

    model_config = _STRICT
    area_specific_resistance: AreaSpecificResistance
    sphere_diameter: Length
    """Of spheres of the last phase, whose surface this is: a = 6 phi / d."""


class InterphaseSpec(BaseModel):
    """A fast path along the internal interface: sheet conductance, and the interface's area per volume."""

    model_config = _STRICT
    sheet_conductance: SheetConductance
    sphere_diameter: Length
    """Of spheres of the last phase, whose surface this is: a = 6 phi / d."""


class VoxelsSpec(BaseModel):
    """The voxel image that takes the place of a closed form."""

    model_config = _STRICT
    file: str
    """A microstructure recipe (a published name, or a path that ends in .toml), or a segmented image."""
    voxel_size: Length | None = None
    """Of an image that does not say."""
    direction: Literal["z", "y", "x", "mean"] = "z"
    """Of the current: z is through the layer; "mean" of the three where the image has no direction of its own."""


class DescriptionSpec(BaseModel):
    """What stands at the head of every description of a medium, a stack or a cell."""

    model_config = _STRICT
    kind: str
    schema_version: Literal[1] = 1
    name: str
    title: str = ""
    source: str = ""
    system: str = ""
    notes: tuple[str, ...] = ()
    preparation: tuple[str, ...] = ()


class MediumSpec(DescriptionSpec):
    """What fills a layer: a catalogue `material`, own properties, or `phases` with a `structure`."""

    kind: Literal["medium"] = "medium"
    name: str = ""
    recipe: str | None = None
    material: str | None = None
    ionic_conductivity: PropertySpec | None = None
    electronic_conductivity: PropertySpec | None = None
    density: Density | None = None
    current_fraction: Fraction | None = None
    salt_concentration: Concentration | None = None
    """Of the conducting volume (default: the recipe's dissolved salt)."""
    transference_number: Fraction | None = None
    """Of lithium (default: the current fraction, as in an ideal dilute solution)."""
    salt_diffusivity: Diffusivity | None = None
    """Default: that of an ideal dilute salt with this conductivity, transference number and concentration."""
    tethered_concentration: Concentration | None = None
    """Anions fixed to the polymer (default: the recipe's)."""
    relative_permittivity: Ratio | None = None
    grain_conductivity: PropertySpec | None = None
    """Of a ceramic without its grain boundaries; the rest of its resistance is theirs."""
    grain_boundary_capacitance: ArealCapacitance | None = None
    """Of all boundaries across the layer."""
    mixed: MixedSpec | None = None
    exchange: ExchangeSpec | None = None
    """Gives a composite two potentials, one of each skeleton."""
    phases: tuple[PhaseSpec, ...] = ()
    structure: str = "bruggeman"
    structure_weight: Fraction | None = None
    tortuosity: Ratio | None = None
    interphase: InterphaseSpec | None = None
    microstructure: str | VoxelsSpec | None = None
    """A voxel image in place of `structure`: its file alone, or a table with `file`."""

    @model_validator(mode="after")
    def _known_structure(self) -> MediumSpec:
        if self.structure not in STRUCTURES:
            raise UnknownNameError("structure", self.structure, STRUCTURES)
        if self.microstructure is None:
            return self
        beside = {"structure", "structure_weight", "tortuosity", "interphase"} & self.model_fields_set
        if beside:
            raise InputError(
                f"microstructure and {min(beside)} exclude each other (a fast path is a sheet of the microstructure)."
            )
        if not self.phases:
            raise InputError("a microstructure needs phases, one for each phase of the image.")
        return self


Find = Callable[[str], "MediumSpec | None"]


class Formulations(Protocol):
    """Where recipes are looked up by name."""

    def volume_fraction(self, recipe: str, component: str, ledger: Ledger) -> float:
        """Volume fraction of one component."""

    def density(self, recipe: str, ledger: Ledger) -> float:
        """Mass density [kg/m3]."""

    def salt_concentration(self, recipe: str, ledger: Ledger) -> float:
        """Dissolved salt per volume of the polymer phase [mol/m3]."""

    def microstructure(self, name: str) -> MicrostructureSpec:
        """Recipe of a voxel image."""


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
        try:
            return Phase(name, material=materials.load(name, ledger))
        except UnknownNameError as error:
            error.args = (f"{error} A medium of your own is described under [media].",)
            raise
    if not spec.phases:
        properties: dict[str, Property] = {}
        for prop in ("ionic_conductivity", "electronic_conductivity", "grain_conductivity"):
            given: PropertySpec | None = getattr(spec, prop)
            if given is not None:
                properties[prop] = given.build(ledger)
        for prop in _PLAIN:
            number: Given | None = getattr(spec, prop)
            if number is not None:
                properties[prop] = Property(number.read(ledger))
        recipe = spec.recipe
        return Phase(
            name,
            properties,
            materials.load(spec.material, ledger) if spec.material else None,
            (lambda: formulations.density(recipe, ledger)) if recipe is not None else None,
            (lambda: formulations.salt_concentration(recipe, ledger)) if recipe is not None else None,
            _mixed(spec.mixed, ledger) if spec.mixed is not None else None,
        )
    fractions = _fractions(name, spec, ledger, formulations)
    phases: tuple[tuple[Medium, float], ...] = tuple(
        (build_medium(p.medium, find, ledger, formulations, (*_inside, name)), fraction)
        for p, fraction in zip(spec.phases, fractions, strict=True)
    )
    if spec.microstructure is not None:
        return _on_voxels(name, spec, phases, ledger, formulations)
    area = sheet = 0.0
    if spec.interphase is not None:
        sheet = spec.interphase.sheet_conductance.read(ledger)
        area = 6.0 * fractions[-1] / spec.interphase.sphere_diameter.read(ledger)
    weight = spec.structure_weight.read(ledger) if spec.structure_weight else 0.5
    tortuosity = spec.tortuosity.read(ledger) if spec.tortuosity else None
    exchange = None
    if spec.exchange is not None:
        surface = 6.0 * fractions[-1] / spec.exchange.sphere_diameter.read(ledger)
        exchange = surface / spec.exchange.area_specific_resistance.read(ledger)
    return Composite(name, phases, spec.structure, weight, tortuosity, area, sheet, exchange)


def _mixed(spec: MixedSpec, ledger: Ledger) -> MixedContent:
    return MixedContent(
        spec.maximum_concentration.read(ledger),
        spec.stoichiometry.read(ledger),
        spec.equilibrium_potential.read(ledger),
        spec.slope.read(ledger) if spec.slope else 0.0,
    )


def _on_voxels(
    name: str,
    spec: MediumSpec,
    phases: tuple[tuple[Medium, float], ...],
    ledger: Ledger,
    formulations: Formulations,
) -> VoxelComposite:
    given = spec.microstructure
    link = VoxelsSpec(file=given) if isinstance(given, str) else given
    assert link is not None  # the caller asks for media with an image
    in_image = tuple(p.image_phase or p.medium for p in spec.phases)
    by_image = spec.phases[0].volume_fraction == "image"
    stated = {} if by_image else dict(zip(in_image, (fraction for _, fraction in phases), strict=True))
    is_image = not link.file.endswith(".toml") and (Path(link.file).suffix != "" or Path(link.file).is_dir())
    ions, electrons = load_mixtures(
        Path(link.file) if is_image else formulations.microstructure(link.file),
        ledger,
        fractions=stated,
        voxel_size=link.voxel_size.read(ledger) if link.voxel_size else None,
        direction=link.direction,
    )
    fractions = match_phases(name, ions.image, {phase: stated.get(phase) for phase in in_image})
    media = tuple((medium, share) for (medium, _), share in zip(phases, fractions, strict=True))
    return VoxelComposite(name, media, in_image, ions, electrons)


def _fractions(name: str, spec: MediumSpec, ledger: Ledger, formulations: Formulations) -> list[float]:
    values: list[float | None] = []
    by_image = [p.volume_fraction == "image" for p in spec.phases]
    if any(by_image):
        if spec.microstructure is None or not all(by_image):
            raise InputError(f'{name}: volume_fraction = "image" needs a microstructure, and holds for all phases.')
        return [0.0] * len(by_image)  # the image says
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
