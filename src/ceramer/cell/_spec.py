"""Stacks and cells as files give them, and how a ledger turns them into objects."""

from __future__ import annotations

import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ceramer import laws, materials
from ceramer.cell._ageing import Ageing, FilmGrowth, InterphaseGrowth, VoidGrowth
from ceramer.cell._cell import Cell
from ceramer.cell._electrode import Collector, Electrode
from ceramer.cell._stack import Interface, Layer, Stack
from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure import DescriptionSpec, Find, Formulations, MediumSpec, build_medium
from ceramer.provenance import (
    Area,
    ArealCapacitance,
    ArealCapacity,
    ArealMass,
    AreaSpecificResistance,
    Concentration,
    Conductivity,
    CurrentDensity,
    Diffusivity,
    Fraction,
    Given,
    Ledger,
    Length,
    MolarVolume,
    Pressure,
    RateConstant,
    Ratio,
    SpecificCapacity,
    Temperature,
    Velocity,
    Voltage,
)

__all__ = [
    "AgeingSpec",
    "CellSpec",
    "CollectorSpec",
    "ElectrodeSpec",
    "FilmGrowthSpec",
    "InterfaceSpec",
    "InterphaseGrowthSpec",
    "LayerSpec",
    "StackSpec",
    "VoidGrowthSpec",
]

_STRICT = ConfigDict(frozen=True, extra="forbid")


class LayerSpec(BaseModel):
    """One layer: what it is made of (`medium`, default its name) and how thick it is."""

    model_config = _STRICT
    name: str
    thickness: Length
    medium: str | None = None
    diameter: Length | None = None
    """Where it differs from the electrode's (a 13 mm pellet between 16 mm films)."""


class InterfaceSpec(BaseModel):
    """A contact between two layers."""

    model_config = _STRICT
    between: tuple[str, str]
    area_specific_resistance: AreaSpecificResistance
    capacitance: ArealCapacitance | None = None
    blocks_salt: bool = False


class StackSpec(DescriptionSpec):
    """A layered electrolyte, from the negative to the positive electrode."""

    kind: Literal["stack"] = "stack"
    layers: tuple[LayerSpec, ...] = Field(min_length=1)
    interfaces: tuple[InterfaceSpec, ...] = ()
    media: dict[str, MediumSpec] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _interfaces_exist(self) -> StackSpec:
        names = [layer.name for layer in self.layers]
        for interface in self.interfaces:
            for name in interface.between:
                if name not in names:
                    raise UnknownNameError("layer in an interface", name, names)
        return self

    def build(self, ledger: Ledger, find: Find, formulations: Formulations) -> Stack:
        """Read every number and return the stack."""

        def find_here(name: str) -> MediumSpec | None:
            return self.media.get(name) or find(name)

        layers = tuple(
            Layer(
                layer.name,
                layer.thickness.read(ledger),
                build_medium(layer.medium or layer.name, find_here, ledger, formulations),
            )
            for layer in self.layers
        )
        interfaces = tuple(
            Interface(
                i.between,
                i.area_specific_resistance.read(ledger),
                i.capacitance.read(ledger) if i.capacitance else 0.0,
                i.blocks_salt,
            )
            for i in self.interfaces
        )
        return Stack(self.name, layers, interfaces, self.title)


class CollectorSpec(BaseModel):
    """A foil: catalogue material, thickness, and whether two electrodes share it."""

    model_config = _STRICT
    material: str
    thickness: Length
    shared: bool = False

    def build(self, ledger: Ledger) -> Collector:
        """Read the numbers."""
        density = materials.load(self.material, ledger).density()
        return Collector(self.material, self.thickness.read(ledger), density, self.shared)


class FilmGrowthSpec(BaseModel):
    """A film that grows by a reaction under it, fed by diffusion through it."""

    model_config = _STRICT
    conductivity: Conductivity
    molar_volume: MolarVolume
    lithium: Ratio
    rate_constant: Velocity
    diffusivity: Diffusivity
    concentration: Concentration


class InterphaseGrowthSpec(BaseModel):
    """A ceramic that lithium reduces to a conductor of ions and electrons."""

    model_config = _STRICT
    ionic_conductivity: Conductivity
    electronic_conductivity: Conductivity
    voltage: Voltage
    molar_volume: MolarVolume
    lithium: Ratio


class VoidGrowthSpec(BaseModel):
    """Voids that stripping leaves under lithium."""

    model_config = _STRICT
    borne_current_density: CurrentDensity
    roughness: Length
    refilled_share: Fraction
    closure_rate: RateConstant


class AgeingSpec(BaseModel):
    """How an electrode ages; what is left out does not."""

    model_config = _STRICT
    film: FilmGrowthSpec | None = None
    interphase: InterphaseGrowthSpec | None = None
    dead_lithium: Fraction | None = None
    voids: VoidGrowthSpec | None = None
    contact_loss: Ratio | None = None
    active_material_loss: Fraction | None = None

    def build(self, ledger: Ledger) -> Ageing:
        """Read the numbers."""

        def read(model: BaseModel) -> dict[str, float]:
            return {name: getattr(model, name).read(ledger) for name in type(model).model_fields}

        def share(given: Given | None) -> float:
            return 0.0 if given is None else given.read(ledger)

        return Ageing(
            None if self.film is None else FilmGrowth(**read(self.film)),
            None if self.interphase is None else InterphaseGrowth(**read(self.interphase)),
            share(self.dead_lithium),
            None if self.voids is None else VoidGrowth(**read(self.voids)),
            share(self.contact_loss),
            share(self.active_material_loss),
        )


class ElectrodeSpec(BaseModel):
    """Lithium foil (`thickness`), blocking metal, bare metal to plate on, or porous cathode (`loading`, porosity)."""

    model_config = _STRICT
    type: Literal["lithium", "blocking", "plating", "porous"]
    material: str
    recipe: str | None = None
    thickness: Length | None = None
    loading: ArealMass | None = None
    active_fraction: Fraction | None = None
    specific_capacity: SpecificCapacity | None = None
    areal_capacity: ArealCapacity | None = None
    mean_voltage: Voltage | None = None
    porosity: Fraction | None = None
    tortuosity: Ratio | None = None
    """Factor of its pores: they conduct porosity/tortuosity times what fills them."""
    pore_medium: str | None = None
    interface_resistance: AreaSpecificResistance | None = None
    film_resistance: AreaSpecificResistance | None = None
    """The part of interface_resistance that is a film; the rest is charge transfer."""
    double_layer_capacitance: ArealCapacitance | None = None
    oxidation_onset: Voltage | None = None
    oxidation_current: CurrentDensity | None = None
    """At the onset; without it nothing is oxidised."""
    tafel_slope: Voltage | None = None
    nucleation_overpotential: Voltage | None = None
    """Of lithium on bare metal (type plating)."""
    particle_radius: Length | None = None
    lithium_diffusivity: Diffusivity | None = None
    exchange_current_density: CurrentDensity | None = None
    """Of the half full active material beside 1 mol/L."""
    electronic_conductivity: Conductivity | None = None
    """Of the whole coating."""
    stoichiometry: Fraction | None = None
    """Lithium per site of the active material as assembled."""
    collector: CollectorSpec | None = None
    ageing: AgeingSpec | None = None

    def build(self, ledger: Ledger, find: Find, formulations: Formulations) -> Electrode:
        """Read the numbers; the coating thickness follows from loading, densities and porosity where not given."""

        def read(name: str) -> float:
            given = getattr(self, name)
            return 0.0 if given is None else float(given.read(ledger))

        collector = self.collector.build(ledger) if self.collector else None
        surface: dict[str, Any] = {
            "ageing": self.ageing.build(ledger) if self.ageing else Ageing(),
            "interface_resistance": read("interface_resistance"),
            "film_resistance": read("film_resistance"),
            "double_layer_capacitance": None
            if self.double_layer_capacitance is None
            else read("double_layer_capacitance"),
            "oxidation_onset": read("oxidation_onset"),
            "oxidation_current": read("oxidation_current"),
            "tafel_slope": read("tafel_slope") or None,
            "nucleation_overpotential": read("nucleation_overpotential"),
        }
        material = materials.load(self.material, ledger)
        capacity = read("areal_capacity")
        if self.type == "lithium":
            if self.thickness is None and self.areal_capacity is None:
                raise InputError("A lithium electrode needs a thickness ('250 um') or an areal_capacity ('2 mAh/cm2').")
            density = material.density()
            molar_mass = material.molar_mass()
            thickness = read("thickness") or float(laws.lithium_thickness(capacity, molar_mass, density))
            capacity = capacity or float(laws.areal_capacity_of_foil(thickness, molar_mass, density))
            return Electrode(
                "lithium",
                self.material,
                capacity,
                thickness=thickness,
                density=density,
                collector=collector,
                **surface,
            )
        if self.type in ("blocking", "plating"):
            return Electrode(
                self.type,
                self.material,
                thickness=read("thickness"),
                density=material.density(),
                collector=collector,
                **surface,
            )
        if self.loading is None or self.active_fraction is None:
            raise InputError(f"The porous electrode {self.material} needs a loading and an active_fraction.")
        loading, fraction = read("loading"), read("active_fraction")
        if not capacity and self.specific_capacity is not None:
            capacity = loading * read("specific_capacity")
        solid = loading / fraction / material.density()  # the few per cent of carbon and binder counted as active
        porosity = read("porosity")
        thickness = read("thickness") or solid / (1.0 - porosity)
        pore_mass = 0.0
        medium = None
        if self.pore_medium is not None:
            medium = build_medium(self.pore_medium, find, ledger, formulations)
            pore_mass = porosity * thickness * medium.density()
        return Electrode(
            "porous",
            self.material,
            capacity,
            loading,
            fraction,
            thickness,
            pore_areal_mass=pore_mass,
            mean_voltage=read("mean_voltage"),
            collector=collector,
            active=material,
            porosity=porosity,
            tortuosity=read("tortuosity") or None,
            pore_medium=medium,
            particle_radius=read("particle_radius") or None,
            lithium_diffusivity=read("lithium_diffusivity") or None,
            exchange_current_density=read("exchange_current_density") or None,
            electronic_conductivity=read("electronic_conductivity") or None,
            stoichiometry=read("stoichiometry") or None,
            **surface,
        )


class CellSpec(DescriptionSpec):
    """A cell: a stack (by name, or written out), two electrodes, and the geometry of a disc, tube or pouch."""

    kind: Literal["cell"] = "cell"
    format: Literal["coin", "tube", "pouch"] = "coin"
    stack: str | StackSpec
    negative: ElectrodeSpec
    positive: ElectrodeSpec
    area: Area | None = None
    diameter: Length | None = None
    temperature: Temperature
    stack_pressure: Pressure | None = None
    packaging_areal_mass: ArealMass | None = None
    packaging_thickness: Length | None = None
    media: dict[str, MediumSpec] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _area_or_diameter(self) -> CellSpec:
        if (self.packaging_areal_mass is None) != (self.packaging_thickness is None):
            raise InputError("give both packaging_areal_mass and packaging_thickness, or neither.")
        if self.area is not None and self.diameter is not None:
            raise InputError("give area or diameter, not both.")
        return self

    def build(self, ledger: Ledger, stack: Stack, find: Find, formulations: Formulations) -> Cell:
        """Read every number and return the cell around a stack already built."""

        def find_here(name: str) -> MediumSpec | None:
            return self.media.get(name) or find(name)

        area: float | None
        if self.area is not None:
            area = self.area.read(ledger)
        elif self.diameter is not None:
            area = math.pi / 4.0 * self.diameter.read(ledger) ** 2
        else:
            area = None
        return Cell(
            stack,
            self.negative.build(ledger, find_here, formulations),
            self.positive.build(ledger, find_here, formulations),
            area,
            self.temperature.read(ledger),
            self.name,
            self.packaging_areal_mass.read(ledger) if self.packaging_areal_mass else 0.0,
            self.packaging_thickness.read(ledger) if self.packaging_thickness else 0.0,
        )
