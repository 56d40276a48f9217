"""Media: what fills a layer. A `Phase` is homogeneous; a `Composite` (next file) is made of media."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from ceramer import laws
from ceramer.errors import InputError
from ceramer.materials import PROPERTIES, Material

__all__ = ["Medium", "MixedContent", "Phase", "Property"]

_NEAR = 10.0  # [K] how far a value without activation energy may be carried


class Medium(Protocol):
    """Anything that fills a layer: SI floats at an absolute temperature [K]."""

    @property
    def name(self) -> str:
        """Name to print."""

    def ionic_conductivity(self, temperature: float) -> float:
        """Ionic conductivity [S/m]."""

    def electronic_conductivity(self, temperature: float) -> float:
        """Electronic conductivity [S/m]."""

    def density(self) -> float:
        """Mass density [kg/m3]."""

    def current_fraction(self, temperature: float) -> float:
        """Steady over initial current I_ss/I_0 of the medium between lithium electrodes (1: single-ion conductor)."""


_COLDEST = 100.0
"""[K] No ion is measured below; a smaller number is degrees Celsius taken for kelvin."""


def check_kelvin(temperature: object) -> None:
    """Raise where a temperature is no number in kelvin: text with a unit, or degrees Celsius."""
    if isinstance(temperature, str):
        raise InputError(f"The temperature is a number in kelvin here, 303.15 for 30 degC, and not {temperature!r}.")
    if isinstance(temperature, (int, float)) and temperature < _COLDEST:
        raise InputError(
            f"The temperature of {temperature:g} K is below {_COLDEST:g} K; it is in kelvin here: 30 degC is 303.15."
        )


@dataclass(frozen=True, slots=True)
class Property:
    """A value at a temperature, with an activation energy [J] where one is known (Arrhenius, sigma form)."""

    value: float
    temperature: float | None = None
    activation_energy: float | None = None

    def at(self, temperature: float, what: str) -> float:
        """Return the value at `temperature` [K], or say that it cannot be carried that far."""
        check_kelvin(temperature)
        if self.temperature is None:
            return self.value
        if self.activation_energy is not None:
            return float(
                laws.rescale_arrhenius(self.value, self.temperature, temperature, self.activation_energy, form="sigma")
            )
        if abs(temperature - self.temperature) > _NEAR:
            raise InputError(
                f"{what} is known at {self.temperature - 273.15:.0f} degC only and {temperature - 273.15:.0f} degC was "
                f"asked for: give an activation_energy, or stay within {_NEAR:.0f} K."
            )
        return self.value


@dataclass(frozen=True, slots=True)
class MixedContent:
    """Lithium in a mixed conductor: most it holds [mol/m3], share of it at the start, potential [V] there and slope."""

    maximum_concentration: float
    stoichiometry: float
    equilibrium_potential: float
    slope: float = 0.0


@dataclass(frozen=True, slots=True)
class Phase:
    """A homogeneous medium: its own properties first, then its recipe's density, then the catalogue's."""

    name: str
    properties: dict[str, Property] = field(default_factory=dict)
    material: Material | None = None
    recipe_density: Callable[[], float] | None = None
    recipe_salt: Callable[[], float] | None = None
    mixed: MixedContent | None = None

    def __repr__(self) -> str:
        return f"<Phase {self.name}>"

    def find(self, prop: str, temperature: float) -> float | None:
        """Return a property [SI] that not every medium has, or None: its own first, then the catalogue's."""
        if prop in self.properties:
            return self.properties[prop].at(temperature, f"{prop} of {self.name}")
        if prop == "salt_concentration" and self.recipe_salt is not None:
            return self.recipe_salt() or None
        if self.material is not None and prop in PROPERTIES and self.material.has(prop):
            return self.material.at(prop, temperature) if self._has_law(prop) else self.material.get(prop)
        return None

    def _has_law(self, prop: str) -> bool:
        name = f"{prop}_activation_energy"
        return self.material is not None and name in PROPERTIES and self.material.has(name)

    def _get(self, prop: str, temperature: float) -> float:
        check_kelvin(temperature)
        if prop in self.properties:
            return self.properties[prop].at(temperature, f"{prop} of {self.name}")
        if self.material is not None:
            return float(getattr(self.material, prop)(temperature))
        raise InputError(f"{self.name} has no {prop}: give it under [media.{self.name}], or name a catalogue material.")

    def ionic_conductivity(self, temperature: float) -> float:
        """Ionic conductivity [S/m] at `temperature` [K]."""
        return self._get("ionic_conductivity", temperature)

    def electronic_conductivity(self, temperature: float) -> float:
        """Electronic conductivity [S/m] at `temperature` [K]."""
        return self._get("electronic_conductivity", temperature)

    def density(self) -> float:
        """Mass density [kg/m3]."""
        if "density" in self.properties:
            return self.properties["density"].value
        if self.recipe_density is not None:
            return self.recipe_density()
        if self.material is not None:
            return self.material.density()
        raise InputError(
            f"{self.name} has no density: give it under [media.{self.name}], or name a catalogue material."
        )

    def current_fraction(self, temperature: float) -> float:
        """Steady over initial current between lithium electrodes, taken as constant; 1 for a ceramic."""
        if "current_fraction" in self.properties:
            return self.properties["current_fraction"].value
        if self.material is not None:
            # a Bruce-Vincent transference number is I_ss/I_0
            return 1.0 if self.material.role == "ceramic" else self.material.get("transference_number")
        raise InputError(f"{self.name} has no current_fraction: give it under [media.{self.name}].")
