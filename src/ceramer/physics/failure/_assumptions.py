"""What nobody has measured for a given cell, with ranges; and cells built from it."""

from __future__ import annotations

import csv
import functools
import io
import tomllib
from collections.abc import Mapping
from importlib.resources import files

from ceramer import materials, units
from ceramer.errors import UnknownNameError
from ceramer.physics.failure._cell import BrittleLayer, Contact, Filament, Lithium, SoftLayer, SymmetricLithiumCell
from ceramer.physics.failure._defects import SPREADING, Defects
from ceramer.provenance import Book, Datum, Ledger, Source

__all__ = ["assumed_cell", "assumptions", "failure_book", "lithium"]


def _text(name: str) -> str:
    return files("ceramer.physics.failure").joinpath("data", name).read_text(encoding="utf-8")


def _datum(row: Mapping[str, str]) -> Datum:
    value, low, high = (units.to_si_of(float(row[name]), row["unit"]) for name in ("value", "low", "high"))
    source = row["source"]
    return Datum(
        row["id"],
        row["quantity"],
        value,
        row["unit"],
        source,
        low=low,
        high=high,
        assumed=source == "assumed",
        note=row["note"],
    )


@functools.cache
def assumptions() -> Book:
    """Return what the failure model assumes or calibrates, each number with its range and source."""
    table = csv.DictReader(io.StringIO(_text("assumptions.tsv")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return Book(
        map(_datum, table), [Source(key, **fields) for key, fields in tomllib.loads(_text("sources.toml")).items()]
    )


@functools.cache
def failure_book() -> Book:
    """Return the numbers of `assumptions` and the catalogue of materials."""
    return assumptions() | materials.catalogue()


def lithium(ledger: Ledger) -> Lithium:
    """Return lithium metal from the catalogue of materials."""
    return Lithium(
        materials.load("Li", ledger).molar_mass(),
        ledger("Li.density"),
        1.0 / ledger("Li.electronic_conductivity"),
        ledger("Li.melting_temperature"),
        ledger("Li.shear_modulus"),
        ledger("Li.poisson_ratio"),
        ledger("Li.surface_energy"),
    )


def assumed_cell(
    ledger: Ledger,
    *,
    thickness: float,
    area: float,
    ionic_conductivity: float,
    interface_resistance: float,
    temperature: float,
    electrolyte_resistance: float | None = None,
    electronic_conductivity: float = 0.0,
    kinds: tuple[str, ...] = ("void",),
    fracture_toughness: float | None = None,
) -> SymmetricLithiumCell:
    """Return a cell whose hot spots are the assumed ones of `failure_book`; SI units throughout.

    Parameters
    ----------
    ledger : of `failure_book`, with what is calibrated as overrides
    thickness : [m]; area : [m2]; ionic_conductivity, electronic_conductivity : [S/m]; interface_resistance : [ohm m2];
    temperature : [K]
    electrolyte_resistance : [ohm m2]; None: thickness over conductivity
    kinds : of defects
    fracture_toughness : K_IC of a ceramic, [Pa m0.5]; None: a polymer

    Raises
    ------
    InputError
        An unknown kind of defect.
    """
    defects = []
    for kind in kinds:
        if kind not in SPREADING:
            raise UnknownNameError("kind of defect", kind, SPREADING)
        density, scale, half_width = (ledger(f"{kind}.{name}") for name in ("density", "scale", "half_width"))
        defects.append(Defects(kind, density, scale, half_width))
    return SymmetricLithiumCell(
        thickness=thickness,
        area=area,
        ionic_conductivity=ionic_conductivity,
        electrolyte_resistance=(
            thickness / ionic_conductivity if electrolyte_resistance is None else electrolyte_resistance
        ),
        interface_resistance=interface_resistance,
        film_growth=ledger("cell.film_growth"),
        electronic_conductivity=electronic_conductivity,
        temperature=temperature,
        defects=tuple(defects),
        filament=Filament(
            ledger("filament.irreversible_share"),
            ledger("filament.blocked_share"),
            ledger("filament.healing_rate"),
            ledger("filament.healing_exponent"),
            ledger("filament.bridge_radius"),
            ledger("filament.bridge_spread"),
            ledger("filament.arc_duration"),
            ledger("filament.recession"),
        ),
        lithium=lithium(ledger),
        contact=Contact(
            ledger("contact.borne_current_density"),
            ledger("contact.roughness"),
            ledger("contact.refilled_share"),
            ledger("contact.pressure"),
            ledger("lithium.creep_rate"),
            ledger("lithium.creep_stress"),
            ledger("lithium.creep_exponent"),
        ),
        layer=(
            BrittleLayer(fracture_toughness)
            if fracture_toughness is not None
            else SoftLayer(
                ledger("polymer.shear_modulus"), ledger("polymer.poisson_ratio"), ledger("polymer.ion_molar_volume")
            )
        ),
    )
