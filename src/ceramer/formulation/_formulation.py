"""What a recipe makes: fractions, concentrations, inventories, residue, conversion - SI floats."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ceramer import laws
from ceramer.errors import InputError, UnknownNameError
from ceramer.formulation._model import SOLID_ROLES

__all__ = ["RETAINED", "Filling", "Formulation", "Kinetics", "Part"]

RETAINED: Final[Mapping[str, float]] = MappingProxyType(dict.fromkeys(SOLID_ROLES, 1.0))
"""Share of each role that stays in a thermogravimetric run to the end of the organics (others: 0)."""


@dataclass(frozen=True, slots=True)
class Part:
    """One component as it stands in the mixture.

    Attributes
    ----------
    name : str
        Its name in the recipe ("SH-SPE/LiTFSI" where two recipes have the same name for it).
    within : tuple of str
        The groups and sub-recipes it belongs to, outermost first.
    material, role : str
        Catalogue name ("" without one) and role.
    mass : float
        [kg]
    density, mixed_density : float or None
        [kg/m3] in the finished product, and before curing (None: not known).
    molar_mass : float or None
        [kg/mol] of the formula (repeat) unit.
    lithium_count, ether_oxygen_count, nitrile_count, tethered_anion_count : float
        Li atoms and functional groups per formula unit.
    """

    name: str
    within: tuple[str, ...]
    material: str
    role: str
    mass: float
    density: float | None
    mixed_density: float | None
    molar_mass: float | None
    lithium_count: float = 0.0
    ether_oxygen_count: float = 0.0
    nitrile_count: float = 0.0
    tethered_anion_count: float = 0.0

    @property
    def amount(self) -> float:
        """Moles of formula (repeat) units [mol]."""
        if self.molar_mass is None:
            raise InputError(f"The molar mass of {self.name!r} is not known; give `molar_mass` in the recipe.")
        return self.mass / self.molar_mass

    @property
    def known_density(self) -> float:
        """Density in the finished product [kg/m3]; not knowing it is an error."""
        if self.density is None:
            raise InputError(f"The density of {self.name!r} is not known; give `density` in the recipe.")
        return self.density

    @property
    def volume(self) -> float:
        """Volume in the finished product [m3]."""
        return self.mass / self.known_density

    @property
    def mixed_volume(self) -> float:
        """Volume before curing [m3]."""
        if self.mixed_density is None:
            raise InputError(f"The density of {self.name!r} is not known; give `density` in the recipe.")
        return self.mass / self.mixed_density

    def count(self, what: str) -> float:
        """Moles of "lithium", "ether_oxygen", "nitrile" or "tethered_anion" [mol]."""
        number: float = getattr(self, f"{what}_count")
        return number * self.amount if number else 0.0

    @property
    def is_solid(self) -> bool:
        """Whether it is a phase of its own (ceramic, inert, active material, carbon, metal)."""
        return self.role in SOLID_ROLES


@dataclass(frozen=True, slots=True)
class Kinetics:
    """Rate constants of a radical cure at hand [SI], and the initiator concentration [mol/m3] they act on."""

    initiator_concentration: float
    temperature: float
    efficiency: float
    propagation: float
    termination: float
    decomposition_rate: float | None
    decomposition_prefactor: float | None
    decomposition_activation_energy: float | None

    def decomposition(self, temperature: float) -> float:
        """Rate of decomposition of the initiator [1/s] at `temperature` [K]."""
        if self.decomposition_prefactor is not None and self.decomposition_activation_energy is not None:
            a, energy = self.decomposition_prefactor, self.decomposition_activation_energy
            return float(laws.arrhenius(temperature, a, energy))
        if self.decomposition_rate is None:
            raise InputError("The cure gives neither a decomposition rate nor its Arrhenius pair; give one.")
        if not math.isclose(temperature, self.temperature):
            raise InputError(
                "The rate of initiation is given at one temperature only; give decomposition_prefactor and "
                "decomposition_activation_energy to use another."
            )
        return self.decomposition_rate

    def conversion(self, time: float, temperature: float) -> float:
        """Conversion after `time` [s] at `temperature` [K]; see `ceramer.laws.radical_conversion`."""
        return float(
            laws.radical_conversion(
                time,
                initiator0=self.initiator_concentration,
                decomposition_rate=self.decomposition(temperature),
                efficiency=self.efficiency,
                propagation_rate=self.propagation,
                termination_rate=self.termination,
            )
        )


@dataclass(frozen=True, slots=True)
class Filling:
    """A liquid put into a porous film: volumes [m3], the share of the pores it fills, the skin [m] it leaves."""

    injected: float
    film: float
    pores: float
    filled_fraction: float
    overflow: float
    skin_thickness: float


@dataclass(frozen=True, slots=True)
class Formulation:
    """A recipe evaluated: SI floats.

    Volumes are additive: no excess volume, and no shrinkage on curing beyond what the densities of the cured
    materials say. `parts` are what stays in the product, `dried` and `burnt_out` what was mixed in and is gone.
    """

    name: str
    parts: tuple[Part, ...]
    dried: tuple[Part, ...]
    burnt_out: tuple[Part, ...]
    findings: tuple[str, ...]
    thickness: float | None = None
    linear_shrinkage: float | None = None
    kinetics: Kinetics | None = None
    cure_time: float | None = None
    filling: Filling | None = None

    # --- masses and volumes -------------------------------------------------------------------------------------

    @property
    def mass(self) -> float:
        """Mass of the product as weighed [kg] (1 kg where the recipe gives only shares)."""
        return sum(part.mass for part in self.parts)

    @property
    def volume(self) -> float:
        """Sum of the volumes of the parts [m3]."""
        return _volume(self.parts)

    @property
    def density(self) -> float:
        """Density of the pore-free product [kg/m3]."""
        densities = [part.known_density for part in self.parts]
        return float(laws.rule_of_mixtures_density(list(self.mass_fractions.values()), densities))

    @property
    def mass_fractions(self) -> Mapping[str, float]:
        """Mass fraction of each part in the product."""
        return {part.name: part.mass / self.mass for part in self.parts}

    @property
    def volume_fractions(self) -> Mapping[str, float]:
        """Volume fraction of each part in the pore-free product."""
        densities = [part.known_density for part in self.parts]
        values = laws.mass_to_volume_fractions(list(self.mass_fractions.values()), densities)
        return {part.name: float(value) for part, value in zip(self.parts, values, strict=True)}

    @property
    def mixed_mass_fractions(self) -> Mapping[str, float]:
        """Mass fraction of each part in the mixture before anything is dried off or burnt out."""
        everything = (*self.parts, *self.dried, *self.burnt_out)
        whole = sum(part.mass for part in everything)
        return {part.name: part.mass / whole for part in everything}

    def mass_fraction(self, name: str) -> float:
        """Mass fraction of a component, group, sub-recipe, material or role in the product."""
        return sum(part.mass for part in self._called(name)) / self.mass

    def volume_fraction(self, name: str) -> float:
        """Volume fraction of a component, group, sub-recipe, material or role in the product."""
        return _volume(self._called(name)) / self.volume

    @property
    def solid_volume_fraction(self) -> float:
        """Volume fraction of all solid phases (ceramic, inert, active material, carbon, metal)."""
        return _volume(part for part in self.parts if part.is_solid) / self.volume

    def areal_density(self, thickness: float | None = None) -> float:
        """Mass per area of a pore-free layer [kg/m2]; `thickness` [m], default the recipe's own."""
        return self.density * self._thickness(thickness)

    # --- salt, lithium, functional groups -----------------------------------------------------------------------

    @property
    def salt_concentration(self) -> float:
        """Dissolved salt per volume of the polymer (liquid) phase [mol/m3]; a tethered anion is not a salt."""
        return self._divide(self._salt, _volume(self._polymer_phase), "there is no polymer phase")

    @property
    def salt_concentration_of_total(self) -> float:
        """Dissolved salt per volume of the whole product [mol/m3]."""
        return self._salt / self.volume

    @property
    def salt_molality(self) -> float:
        """Dissolved salt per mass of the rest of the polymer phase [mol/kg]."""
        solvent = sum(part.mass for part in self._polymer_phase if part.role != "salt")
        return self._divide(self._salt, solvent, "nothing dissolves the salt")

    @property
    def tethered_anion_concentration(self) -> float:
        """Anions bound to the chain per volume of the polymer phase [mol/m3]."""
        return self._divide(self._count("tethered_anion"), _volume(self._polymer_phase), "there is no polymer phase")

    @property
    def ether_oxygen_to_lithium(self) -> float:
        """EO:Li: ether oxygens per Li of the polymer phase (dissolved and tethered salt)."""
        return self._divide(
            self._count("ether_oxygen"), self._polymer_lithium, "there is no lithium in the polymer phase"
        )

    @property
    def nitrile_to_lithium(self) -> float:
        """Nitrile groups per Li of the polymer phase (dissolved and tethered salt)."""
        return self._divide(self._count("nitrile"), self._polymer_lithium, "there is no lithium in the polymer phase")

    @property
    def lithium(self) -> float:
        """Lithium of all phases, lattice included, per mass of product [mol/kg]."""
        return self._count("lithium") / self.mass

    @property
    def lithium_concentration(self) -> float:
        """Lithium of all phases per volume of product [mol/m3]."""
        return self._count("lithium") / self.volume

    def lithium_per_area(self, thickness: float | None = None) -> float:
        """Lithium of all phases in a pore-free layer [mol/m2]; `thickness` [m], default the recipe's own."""
        return self.lithium_concentration * self._thickness(thickness)

    # --- heating and curing -------------------------------------------------------------------------------------

    def tga_residue(self, retained: Mapping[str, float] = RETAINED) -> float:
        """Expected residue of a thermogravimetric run as a fraction of the product.

        Parameters
        ----------
        retained : mapping
            Share that stays, by component, material or role (the component wins over the material, it over the
            role; what is not named leaves).
        """
        for name, share in retained.items():
            if not 0.0 <= share <= 1.0:
                raise InputError(f"{self.name}: the retained share of {name!r} is {share:.4g}, not between 0 and 1.")
        stays = 0.0
        for part in self.parts:
            keys = (part.name, part.material, part.role)
            stays += part.mass * next((retained[key] for key in keys if key in retained), 0.0)
        return stays / self.mass

    def polymer_yield(self, conversion: float) -> float:
        """Mass fraction of the product that is polymer formed from its monomers at a `conversion` (0 to 1)."""
        if not 0.0 <= conversion <= 1.0:
            raise InputError(f"{self.name}: a conversion of {conversion:.4g} is not between 0 and 1.")
        return conversion * sum(part.mass for part in self.parts if part.role == "monomer") / self.mass

    def conversion(self, time: float | None = None, temperature: float | None = None) -> float:
        """Conversion of the monomers after `time` [s] at `temperature` [K] (default: those of the recipe).

        Propagation and termination keep their values at the cure temperature; only the decomposition of the
        initiator follows the temperature, so stay within some 30 K of it.
        """
        k = self.kinetics
        if k is None:
            raise InputError(f"{self.name}: the recipe has no [cure] block, so no conversion can be computed.")
        time = self.cure_time if time is None else time
        if time is None:
            raise InputError(f"{self.name}: the recipe gives no cure time; pass one.")
        temperature = k.temperature if temperature is None else temperature
        return k.conversion(time, temperature)

    def sintered_porosity(self, linear_shrinkage: float | None = None) -> float:
        """Porosity after burn-out and sintering: 1 - V_solid / (V_green (1 - s)^3).

        V_green is the dried tape (solids and all that burns out, no air, no solvent), `s` the linear shrinkage
        (default the recipe's own), the same in all directions.
        """
        s = self.linear_shrinkage if linear_shrinkage is None else linear_shrinkage
        if s is None:
            raise InputError(f"{self.name}: the linear shrinkage is not given; pass one (0 to 1).")
        if not 0.0 <= s < 1.0:
            raise InputError(f"{self.name}: a linear shrinkage of {s:.4g} is not between 0 and 1.")
        solid = self.volume
        film = (solid + _volume(self.burnt_out)) * (1.0 - s) ** 3
        if film < solid:
            most = 1.0 - (solid / (film / (1.0 - s) ** 3)) ** (1.0 / 3.0)
            raise InputError(f"{self.name}: {s:.4g} is more than the {most:.4g} at which all pores are closed.")
        return 1.0 - solid / film

    # --- sums and lookups ----------------------------------------------------------------------------------------

    @property
    def _polymer_phase(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if not part.is_solid)

    @property
    def _salt(self) -> float:
        return sum(part.amount for part in self.parts if part.role == "salt")

    def _count(self, what: str) -> float:
        return sum(part.count(what) for part in self.parts)

    @property
    def _polymer_lithium(self) -> float:
        return sum(part.count("lithium") for part in self._polymer_phase)

    def _divide(self, a: float, b: float, why: str) -> float:
        if b == 0.0:
            raise InputError(f"{self.name}: {why}, so this has no value.")
        return a / b

    def _thickness(self, thickness: float | None) -> float:
        found = self.thickness if thickness is None else thickness
        if found is None:
            raise InputError(f"{self.name}: the recipe gives no thickness; pass one.")
        if not found > 0.0:
            raise InputError(f"{self.name}: a thickness of {found:.4g} m is not positive.")
        return found

    def _called(self, name: str) -> tuple[Part, ...]:
        for matches in (
            lambda p: p.name == name,
            lambda p: name in p.within,
            lambda p: p.material == name,
            lambda p: p.role == name,
        ):
            found = tuple(part for part in self.parts if matches(part))
            if found:
                return found
        choices = {x for p in self.parts for x in (p.name, p.material, p.role, *p.within) if x}
        raise UnknownNameError(f"part of {self.name}", name, choices)


def _volume(parts: Iterable[Part]) -> float:
    return sum(part.volume for part in parts)
