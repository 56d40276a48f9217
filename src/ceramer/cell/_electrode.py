"""Electrodes: what the cell engine and the bill of materials must know of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ceramer.cell._ageing import Ageing
from ceramer.errors import InputError
from ceramer.materials import Material
from ceramer.microstructure import Medium

__all__ = ["Collector", "Electrode", "ElectrodeType"]

ElectrodeType = Literal["lithium", "blocking", "plating", "porous"]


@dataclass(frozen=True, slots=True)
class Collector:
    """A metal foil: `thickness` [m], `density` [kg/m3], shared by two electrodes when coated on both sides."""

    material: str
    thickness: float
    density: float
    shared: bool = False

    def areal_mass(self) -> float:
        """Mass that one electrode carries per area [kg/m2]."""
        return self.thickness * self.density * (0.5 if self.shared else 1.0)

    def areal_thickness(self) -> float:
        """Thickness that one electrode carries [m]."""
        return self.thickness * (0.5 if self.shared else 1.0)


@dataclass(frozen=True, slots=True)
class Electrode:
    """Lithium foil, blocking metal, bare metal to plate on, or porous cathode.

    Attributes
    ----------
    loading : float
        Active material per area [kg/m2] (porous).
    active_fraction : float
        Mass fraction of active material in the dry coating.
    areal_capacity : float
        Reversible capacity [C/m2]: of the active material, or of the lithium foil.
    thickness : float
        Coating or foil thickness [m].
    pore_areal_mass : float
        Electrolyte in the pores [kg/m2].
    mean_voltage : float
        Mean discharge voltage against lithium [V].
    interface_resistance : float
        Resistance of the electrode | electrolyte interface, charge transfer and film together [ohm m2].
    film_resistance : float
        The part of it that is a film (SEI) [ohm m2]; the rest is charge transfer.
    double_layer_capacitance : float or None
        [F/m2]; None where nobody said.
    oxidation_onset, oxidation_current, tafel_slope : float
        Oxidation of the electrolyte on this metal, or on the particles of a porous electrode: potential against
        lithium [V] where its current is `oxidation_current` [A/m2 of the metal or of the particles' surface], and volts
        per decade (the catalogue's where None); no oxidation where the current is 0.
    nucleation_overpotential : float
        Of lithium on the bare metal [V] (plating).
    active : Material or None
        The active material with its data (porous).
    porosity, tortuosity : float, float or None
        Volume fraction of the pores (porous), and their tortuosity factor; by Bruggeman's rule where None.
    pore_medium : Medium or None
        What fills them.
    particle_radius, lithium_diffusivity, exchange_current_density : float or None
        Of the particles [m], [m2/s], [A/m2] (half full, beside 1 mol/L); the catalogue's where None.
    electronic_conductivity, stoichiometry : float or None
        Of the coating [S/m], and lithium per site as assembled.
    ageing : Ageing
        Films that grow, contact and material that are lost; nothing where it is left out.
    """

    type: ElectrodeType
    material: str
    areal_capacity: float = 0.0
    loading: float = 0.0
    active_fraction: float = 1.0
    thickness: float = 0.0
    density: float = 0.0
    pore_areal_mass: float = 0.0
    mean_voltage: float = 0.0
    interface_resistance: float = 0.0
    collector: Collector | None = None
    film_resistance: float = 0.0
    double_layer_capacitance: float | None = None
    oxidation_onset: float = 0.0
    oxidation_current: float = 0.0
    tafel_slope: float | None = None
    nucleation_overpotential: float = 0.0
    active: Material | None = None
    porosity: float = 0.0
    tortuosity: float | None = None
    pore_medium: Medium | None = None
    particle_radius: float | None = None
    lithium_diffusivity: float | None = None
    exchange_current_density: float | None = None
    electronic_conductivity: float | None = None
    stoichiometry: float | None = None
    ageing: Ageing = field(default_factory=Ageing)

    def __post_init__(self) -> None:
        if self.type == "porous":
            self._check_coating()
        self.ageing.check(self.type, self.material, self.film_resistance)

    def _check_coating(self) -> None:
        """Refuse what no coating can be."""
        full = "" if self.stoichiometry is None else "0 to 1"
        for name, value, good, range_ in (
            ("loading", self.loading, self.loading > 0.0, "above 0"),
            ("active_fraction", self.active_fraction, 0.0 < self.active_fraction <= 1.0, "above 0 and 1 at most"),
            ("porosity", self.porosity, 0.0 <= self.porosity < 1.0, "0 or more and below 1"),
            ("stoichiometry", self.stoichiometry, not full or 0.0 <= (self.stoichiometry or 0.0) <= 1.0, full),
        ):
            if not good:
                percent = "; write a percentage with its sign" if name in ("active_fraction", "porosity") else ""
                raise InputError(
                    f"The {name} of the porous electrode {self.material} is {value:.4g}; it must be {range_}{percent}."
                )

    def coating_areal_mass(self) -> float:
        """Mass of the dry coating, or of the lithium foil, per area [kg/m2]."""
        if self.type == "porous":
            return self.loading / self.active_fraction
        return self.thickness * self.density
