"""A microstructure as a file: which generator, how large, which seed, and what conducts in it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from ceramer import units
from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure.voxels import _make_layers, _make_particles, _make_pellets, _make_porous
from ceramer.microstructure.voxels._image import VoxelImage
from ceramer.microstructure.voxels._make_layers import FilledLayer
from ceramer.microstructure.voxels._make_sizes import Sizes
from ceramer.provenance import ArealCapacitance, Conductivity, Length, Ratio, SheetConductance

__all__ = ["GENERATORS", "ContactSpec", "MicrostructureSpec", "SheetSpec"]

GENERATORS: Final[Mapping[str, Callable[..., VoxelImage]]] = {
    function.__name__: function
    for function in (
        _make_particles.particles,
        _make_particles.coated_particles,
        _make_particles.octahedra,
        _make_porous.porous_framework,
        _make_porous.blobs,
        _make_pellets.polycrystal,
        _make_pellets.pressed_pellet,
        _make_layers.fibre_web,
        _make_layers.layered_web,
    )
}
"""Generators by the name they have in a file."""

_LENGTHS: Final = {
    "diameter",
    "pore_diameter",
    "grain_diameter",
    "fibre_diameter",
    "coating",
    "gap",
    "length",
    "thickness",
    "web_thickness",
}
_FRACTIONS: Final = {"fraction", "porosity", "relative_density", "film_fraction", "web_fraction"}
_FRACTION_OF: Final = {
    "particles": ("fraction", 1),
    "octahedra": ("fraction", 1),
    "porous_framework": ("porosity", 0),
    "pressed_pellet": ("relative_density", 1),
    "fibre_web": ("fraction", 1),
}
"""Of generators of two phases: the parameter that sets a volume fraction, and the place of that phase in `names`."""
_STRICT = ConfigDict(frozen=True, extra="forbid")


class ContactSpec(BaseModel):
    """A contact between two phases (or the grains of one): conductance per area, such as "10 S/cm2"; 0 blocks.

    `areal_capacitance` is that of the same area, for impedance.
    """

    model_config = _STRICT
    between: tuple[str, str]
    areal_conductance: str
    areal_capacitance: ArealCapacitance | None = None


class SheetSpec(BaseModel):
    """A fast path along the surface between two phases: sheet conductance, such as "5 nS"."""

    model_config = _STRICT
    between: tuple[str, str]
    sheet_conductance: SheetConductance


class MicrostructureSpec(BaseModel):
    """A generated microstructure and the conductivities of its phases."""

    model_config = _STRICT
    kind: Literal["microstructure"] = "microstructure"
    schema_version: Literal[1] = 1
    name: str
    title: str = ""
    notes: tuple[str, ...] = ()
    generator: str
    shape: int | tuple[int, int, int]
    voxel_size: Length
    seed: int = 1
    parameters: dict[str, Any]
    phases: dict[str, Conductivity] = Field(default_factory=dict)
    """Phase -> conductivity."""
    permittivities: dict[str, Ratio] = Field(default_factory=dict)
    """Phase -> relative permittivity, for impedance."""
    interfaces: tuple[ContactSpec, ...] = ()
    sheets: tuple[SheetSpec, ...] = ()

    def with_fraction(self, fractions: Mapping[str, float]) -> MicrostructureSpec:
        """Return the recipe with the volume fraction that `fractions` gives for the phase its generator sets.

        Of generators without one such parameter (several layers, coatings), the recipe itself.
        """
        if self.generator not in _FRACTION_OF or "film_fraction" in self.parameters:
            return self
        parameter, place = _FRACTION_OF[self.generator]
        default = inspect.signature(GENERATORS[self.generator]).parameters["names"].default
        phase = self.parameters.get("names", default)[place]
        if phase not in fractions:
            return self
        return self.model_copy(update={"parameters": {**self.parameters, parameter: fractions[phase]}})

    def make(self, ledger: Any) -> VoxelImage:
        """Run the generator.

        Raises
        ------
        InputError
            An unknown generator or parameter, a missing one, or a value that is no length or fraction.
        """
        if self.generator not in GENERATORS:
            raise UnknownNameError("generator", self.generator, GENERATORS)
        function = GENERATORS[self.generator]
        known = [name for name in inspect.signature(function).parameters if name not in ("shape", "voxel_size", "seed")]
        for name in self.parameters:
            if name not in known:
                raise UnknownNameError(f"parameter of {self.generator}", name, known)
        needed = [
            name
            for name, p in inspect.signature(function).parameters.items()
            if p.default is p.empty and name in known and name not in self.parameters
        ]
        if needed:
            raise InputError(f"{self.name}: {self.generator} also needs {', '.join(needed)} under [parameters].")
        arguments = {name: _argument(name, value) for name, value in self.parameters.items()}
        return function(self.shape, self.voxel_size.read(ledger), **arguments, seed=self.seed)


def _argument(name: str, value: Any) -> Any:
    if name in _LENGTHS:
        return _length(name, value)
    if name in _FRACTIONS:
        return units.to_si(value, "fraction", name)
    if name == "fractions" and isinstance(value, Mapping):
        return {phase: units.to_si(share, "fraction", phase) for phase, share in value.items()}
    if name in ("lower", "upper") and isinstance(value, Mapping):
        return FilledLayer(**{key: _argument(key, item) for key, item in value.items()})
    return tuple(value) if isinstance(value, list) else value


def _length(name: str, value: Any) -> float | Sizes:
    if not isinstance(value, Mapping):
        return units.to_si(value, "length", name)
    if set(value) <= {"low", "high", "weight"} and {"low", "high"} <= set(value):
        low, high = (units.to_si(value[end], "length", f"{name}.{end}") for end in ("low", "high"))
        return Sizes.between(low, high, weight=value.get("weight", "number"))
    raise InputError(f"{name}: write one length ('5 um') or a range ({{ low = '1 um', high = '5 um' }}).")
