"""The catalogue as data: rows with unit, temperature, range, status and source, and the book made of them."""

from __future__ import annotations

import csv
import functools
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from ceramer import units
from ceramer.errors import InputError, UnknownNameError
from ceramer.provenance import Book, Datum, Source

__all__ = ["PROPERTIES", "STATUSES", "Entry", "Row", "catalogue", "dimension_of", "entries", "entry", "names", "rows"]

STATUSES: Final = ("measured", "computed", "assumed", "convention")

_BY_DIMENSION: Final[Mapping[str, str]] = {
    "conductivity": "ionic_conductivity grain_conductivity framework_conductivity electronic_conductivity "
    "vtf_prefactor conductivity_prefactor coating_electronic_conductivity",
    "energy": "ionic_conductivity_activation_energy grain_conductivity_activation_energy "
    "framework_conductivity_activation_energy electronic_conductivity_activation_energy "
    "decomposition_activation_energy propagation_activation_energy termination_activation_energy migration_barrier "
    "coating_electronic_conductivity_activation_energy lithium_diffusivity_activation_energy "
    "salt_diffusivity_activation_energy exchange_current_density_activation_energy film_growth_activation_energy",
    "temperature": "melting_temperature glass_transition_temperature plastic_transition_temperature vtf_t0 "
    "vtf_temperature_low vtf_temperature_high polymer_glass_transition_temperature "
    "plasticiser_glass_transition_temperature salt_glass_transition_temperature",
    "temperature_difference": "vtf_b t0_below_glass_transition",
    "density": "density",
    "molar_mass": "molar_mass",
    "molar_volume": "partial_molar_volume",
    "molar_energy": "enthalpy_of_fusion",
    "length": "lattice_a lattice_b lattice_c foil_thickness particle_radius film_thickness",
    "pressure": "youngs_modulus shear_modulus bulk_modulus storage_modulus hardness yield_strength "
    "elastic_constant_c11 elastic_constant_c12 elastic_constant_c44",
    "fracture_toughness": "fracture_toughness",
    "surface_energy": "surface_energy",
    "specific_area": "specific_area",
    "rate_constant": "decomposition_prefactor",
    "second_order_rate_constant": "propagation_prefactor termination_prefactor",
    "diffusivity": "lithium_diffusivity salt_diffusivity film_diffusivity",
    "voltage": "mean_voltage equilibrium_mean_voltage potential_slope tafel_slope",
    "fraction": "porosity cathode_porosity volume_fraction initiator_efficiency dissociation_constant",
    "ratio": "transference_number tortuosity poisson_ratio relative_permittivity electrons_per_formula "
    "dissociation_plasticiser_exponent bruggeman_exponent current_fraction thermodynamic_factor lithium_per_formula",
    "concentration": "salt_concentration film_species_concentration",
    "current_density": "exchange_current_density",
    "areal_capacity": "nucleation_charge",
    "area_specific_resistance": "film_resistance",
    "resistivity": "film_resistivity",
    "areal_capacitance": "double_layer_capacitance specific_grain_boundary_capacitance",
    "velocity": "film_rate_constant",
}

PROPERTIES: Final[Mapping[str, str]] = MappingProxyType(
    {name: dimension for dimension, text in _BY_DIMENSION.items() for name in text.split()}
)
"""Property -> name of its dimension in `ceramer.units.DIMENSIONS`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One value of the catalogue; `number` and its range are in `unit`, `key` is empty for the default value.

    `status` is measured, computed, assumed or convention; `licence` says under which terms the value may be shipped.
    """

    material: str
    quantity: str
    key: str
    number: float
    unit: str
    temperature: float | None
    standard_uncertainty: float | None
    low: float | None
    high: float | None
    status: str
    source: str
    licence: str
    note: str

    @property
    def id(self) -> str:
        """Id in the book: "LATP.density", or "LLZTO.ionic_conductivity@Hu" for another value of the same property."""
        return f"{self.material}.{self.quantity}" + (f"@{self.key}" if self.key else "")

    def datum(self) -> Datum:
        """Return the row in SI units."""
        scale = units.si_scale(self.unit)
        return Datum(
            id=self.id,
            quantity=self.quantity,
            value=units.to_si_of(self.number, self.unit),
            unit=self.unit,
            source=self.source,
            standard_uncertainty=None if self.standard_uncertainty is None else self.standard_uncertainty * scale,
            low=None if self.low is None else units.to_si_of(self.low, self.unit),
            high=None if self.high is None else units.to_si_of(self.high, self.unit),
            assumed=self.status == "assumed",
            temperature=self.temperature,
            note=self.note,
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """Who a material is: name, title, role, formula (or None) and its other names."""

    name: str
    title: str
    role: str
    formula: str | None
    aliases: tuple[str, ...]


def dimension_of(name: str) -> str:
    """Return the dimension of a property; an unknown one raises with the nearest name."""
    try:
        return PROPERTIES[name]
    except KeyError:
        raise UnknownNameError("property of a material", name, PROPERTIES) from None


def _text(name: str) -> str:
    return files("ceramer.materials").joinpath("data", name).read_text(encoding="utf-8")


def _number(text: str) -> float | None:
    return float(text) if text else None


def _row(cells: Mapping[str, str]) -> Row:
    name, _, key = cells["property"].partition("@")
    return Row(
        material=cells["material"],
        quantity=name,
        key=key,
        number=float(cells["value"]),
        unit=cells["unit"],
        temperature=units.to_si(cells["temperature"], "temperature") if cells["temperature"] else None,
        standard_uncertainty=_number(cells["standard_uncertainty"]),
        low=_number(cells["low"]),
        high=_number(cells["high"]),
        status=cells["status"],
        source=cells["source"],
        licence=cells["licence"],
        note=cells["note"],
    )


@functools.cache
def rows() -> tuple[Row, ...]:
    """Return every row of the catalogue, in file order."""
    table = csv.DictReader(io.StringIO(_text("catalogue.tsv")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return tuple(_row(cells) for cells in table)


@functools.cache
def catalogue() -> Book:
    """Return the catalogue as a `provenance.Book`; ids are "material.property" or "material.property@key"."""
    sources = tomllib.loads(_text("sources.toml"))
    return Book(
        [row.datum() for row in rows()],
        [Source(key, text["citation"], text.get("doi"), text.get("licence", "fact")) for key, text in sources.items()],
    )


@functools.cache
def entries() -> Mapping[str, Entry]:
    """Return every material by name."""
    return MappingProxyType(
        {
            name: Entry(name, data["title"], data["role"], data.get("formula"), tuple(data.get("aliases", ())))
            for name, data in tomllib.loads(_text("materials.toml")).items()
        }
    )


@functools.cache
def _aliases() -> Mapping[str, str]:
    return {spelling.casefold(): item.name for item in entries().values() for spelling in (item.name, *item.aliases)}


def entry(name: str) -> Entry:
    """Return the material called `name` (or one of its other names, in any case)."""
    known = _aliases()
    if not isinstance(name, str):
        raise InputError(f"The name of a material is text such as 'LATP', not {name!r}.")
    if name.casefold() not in known:
        spellings = [text for item in entries().values() for text in (item.name, *item.aliases)]
        raise UnknownNameError("material", name, spellings)
    return entries()[known[name.casefold()]]


def names() -> list[str]:
    """Return the names of all materials, sorted."""
    return sorted(entries())
