"""What nobody has measured for a given cell, with ranges; and cells built from it."""

from __future__ import annotations

import functools

from ceramer import materials
from ceramer.errors import UnknownNameError
from ceramer.physics.failure._cell import BrittleLayer, Contact, Filament, Lithium, SoftLayer, SymmetricLithiumCell
from ceramer.physics.failure._defects import SPREADING, Defects
from ceramer.provenance import Book, Datum, Ledger, Source

__all__ = ["ASSUMED", "assumed_cell", "failure_book", "lithium"]

_ROWS: tuple[tuple[str, str, float, str, float, float, str, str], ...] = (
    # id, quantity, value, unit, low, high, source, note
    ("filament.irreversible_share", "fraction", 0.01, "1", 1e-4, 0.3, "assumed", "to be calibrated to lives"),
    ("filament.blocked_share", "fraction", 0.0, "1", 0.0, 0.0, "assumed", "no ceramic in the way"),
    ("filament.healing_rate", "velocity", 2e-13, "m/s", 0.0, 1e-10, "assumed", "to be calibrated to lives; n = 1"),
    ("filament.healing_exponent", "ratio", 1.0, "1", 1.0, 3.0, "assumed", "1 capillarity, 2 diffusion, 3 volume"),
    ("filament.bridge_radius", "length", 2e-6, "um", 0.3e-6, 5e-6, "assumed", "filaments in micrographs"),
    ("filament.bridge_spread", "ratio", 0.7, "1", 0.3, 1.0, "assumed", "a factor 2 either way"),
    ("filament.arc_duration", "time", 300.0, "s", 30.0, 1800.0, "assumed", "until the gap has opened"),
    ("filament.recession", "fraction", 0.05, "1", 0.01, 0.3, "assumed", "how far a broken bridge draws back"),
    ("void.density", "inverse_area", 1e5, "1/m2", 1e4, 1e7, "assumed", "1 to 1000 on a square centimetre"),
    ("void.scale", "length", 5e-6, "um", 1e-6, 20e-6, "assumed", "bubbles and dents of a cast film"),
    ("void.half_width", "length", 5e-6, "um", 1e-6, 20e-6, "assumed", "as wide as deep"),
    ("grain_boundary.density", "inverse_area", 1e8, "1/m2", 1e6, 1e10, "assumed", "grains of 10 um to 1 mm"),
    ("grain_boundary.scale", "length", 1e-6, "um", 0.2e-6, 5e-6, "assumed", "depth of an open groove"),
    ("grain_boundary.half_width", "length", 0.1e-6, "um", 0.01e-6, 1e-6, "assumed", "width of an open groove"),
    ("crack.density", "inverse_area", 1e5, "1/m2", 1e3, 1e7, "assumed", "from pressing and polishing"),
    ("crack.scale", "length", 3e-6, "um", 0.5e-6, 20e-6, "assumed", "scratches of polishing"),
    ("crack.half_width", "length", 0.2e-6, "um", 0.01e-6, 1e-6, "assumed", "opening of a crack"),
    (
        "contact.borne_current_density",
        "current_density",
        50.0,
        "mA/cm2",
        2.0,
        1e3,
        "assumed",
        "2 A/m2 for a rigid ceramic at 3 MPa (Kasemchainan2019, sulfide); more under a soft film that follows",
    ),
    ("contact.roughness", "length", 2e-6, "um", 0.5e-6, 10e-6, "assumed", "rolled foil"),
    ("contact.refilled_share", "fraction", 0.9, "1", 0.5, 1.0, "assumed", "the rest is closed over"),
    ("contact.pressure", "pressure", 1e5, "MPa", 0.0, 1e6, "assumed", "spring of a coin cell"),
    ("lithium.creep_rate", "frequency", 0.05, "1/s", 0.05, 0.05, "Narayan2018", "reference rate of the set"),
    (
        "lithium.creep_stress",
        "pressure",
        2e6,
        "MPa",
        2e6,
        10e6,
        "Narayan2018",
        "initial 2 MPa; hardens, small ones more",
    ),
    ("lithium.creep_exponent", "ratio", 1.0 / 0.18, "1", 5.0, 7.0, "Narayan2018", "1/0.18; 6.6 recalled, not re-read"),
    ("polymer.shear_modulus", "pressure", 1e6, "MPa", 1e4, 3e8, "assumed", "plasticised gel to filled network"),
    ("polymer.poisson_ratio", "ratio", 0.45, "1", 0.33, 0.499, "assumed", "a rubber"),
    ("polymer.ion_molar_volume", "molar_volume", 1e-4, "cm3/mol", 0.3e-4, 1.4e-4, "assumed", "t- V of LiTFSI"),
    ("cell.film_growth", "ratio", 0.0, "ohm2 m4/s", 0.0, 1e-10, "assumed", "no film unless spectra show it"),
)
ASSUMED: tuple[str, ...] = tuple(row[0] for row in _ROWS)
"""Ids of the numbers that the failure model assumes or calibrates."""


@functools.cache
def failure_book() -> Book:
    """Return what the failure model assumes, each with its range and source, and the catalogue of materials."""
    data = [
        Datum(key, quantity, value, unit, source, low=low, high=high, assumed=source == "assumed", note=note)
        for key, quantity, value, unit, low, high, source, note in _ROWS
    ]
    sources = [
        Source("Kasemchainan2019", "Kasemchainan et al., Nat. Mater. 18 (2019) 1105", "10.1038/s41563-019-0438-9")
    ]
    return Book(data, sources) | materials.catalogue()


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
