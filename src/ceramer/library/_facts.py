"""The printed numbers of the papers, as data: recipes, geometries, protocols, results."""

from __future__ import annotations

import csv
import functools
import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from ceramer import units
from ceramer.errors import UnknownNameError
from ceramer.provenance import Book, Datum, Source, rounding_uncertainty

__all__ = [
    "PAPERS",
    "Fact",
    "OrdinalClaim",
    "assumption_book",
    "claims",
    "fact",
    "fact_book",
    "facts",
    "ordinal_claims",
]

PAPERS = ("He2024", "Nguyen2024", "Zhang2024", "Zou-SI")
_SETTING = re.compile(r"(?:(?:T|j|U|dV|t)=|constant )?(?P<number>-?\d+(?:\.\d+)?(?:e-?\d+)?) (?P<unit>[^ ]+)(?: \(.*)?")
_SETTINGS = {
    "degC": "temperature",
    "mA/cm2": "current_density",
    "mV": "voltage",
    "V": "voltage",
    "h": "time",
    "mAh/cm2": "areal_capacity",
    "mV/s": "scan_rate",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One printed number: where it stands, of which system and cell, under which conditions.

    `kind` is recipe, geometry, protocol, measured, derived or literature. `value` is the number as printed, so
    its digits say how far it was rounded; `si` is the same in SI units.
    """

    id: str
    paper: str
    system: str
    cell: str
    quantity: str
    value: str
    unit: str
    conditions: str
    kind: str
    where: str
    note: str

    @property
    def si(self) -> float:
        """The printed number in SI units ("0.5 C" of a rate is 0.5 per hour, not half a coulomb)."""
        if self.quantity == "c_rate":
            return units.to_si(f"{self.value}{self.unit}", "c_rate")
        return units.to_si_of(float(self.value), self.unit)

    @property
    def cycle(self) -> int | None:
        """The cycle to which the number belongs, as its conditions say ("n=1650", "cycle 400"), or None."""
        found = re.search(r"\b(?:n=|cycle )(\d+)", self.conditions)
        return int(found[1]) if found else None

    @property
    def settings(self) -> dict[str, tuple[float, str]]:
        """What the conditions set, in SI units and the printed one: "T=30 degC; j=0.1 mA/cm2" or "constant 0.5 h"."""
        found: dict[str, tuple[float, str]] = {}
        for part in self.conditions.split("; "):
            match = _SETTING.fullmatch(part)
            if match and match["unit"] in _SETTINGS:
                unit = match["unit"]
                found.setdefault(_SETTINGS[unit], (units.to_si_of(float(match["number"]), unit), unit))
        return found

    @property
    def is_claim(self) -> bool:
        """Whether the paper measured or derived it (so that it can be compared)."""
        return self.kind in ("measured", "derived")


@functools.cache
def facts() -> Mapping[str, Fact]:
    """Return every printed number by id."""
    found: dict[str, Fact] = {}
    for paper in PAPERS:
        text = files("ceramer.library").joinpath(f"data/facts/{paper}.tsv").read_text(encoding="utf-8")
        for row in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
            found[row["id"]] = Fact(paper=paper, **row)
    return MappingProxyType(found)


def fact(key: str) -> Fact:
    """Return the printed number with id `key`."""
    try:
        return facts()[key]
    except KeyError:
        raise UnknownNameError("fact", key, facts()) from None


def claims() -> Mapping[str, Fact]:
    """Return the printed numbers that were measured or derived: what `reproduce` answers."""
    return {key: value for key, value in facts().items() if value.is_claim}


@dataclass(frozen=True, slots=True)
class OrdinalClaim:
    """A printed order: `members` from the smallest `quantity` to the largest."""

    id: str
    paper: str
    system: str
    quantity: str
    members: tuple[str, ...]
    conditions: str
    where: str

    @property
    def text(self) -> str:
        """The order as one line: "PMI < PLS < PEO"."""
        return " < ".join(self.members)


@functools.cache
def ordinal_claims() -> Mapping[str, OrdinalClaim]:
    """Return the orders that the papers print, by id."""
    raw = tomllib.loads(files("ceramer.library").joinpath("data/orders.toml").read_text(encoding="utf-8"))
    found = {key: OrdinalClaim(key, **{**row, "members": tuple(row["members"])}) for key, row in raw.items()}
    return MappingProxyType(found)


@functools.cache
def assumption_book() -> Book:
    """Return what is assumed about particular samples, each with its range."""
    raw = tomllib.loads(files("ceramer.library").joinpath("data/assumptions.toml").read_text(encoding="utf-8"))
    data = []
    for key, row in raw.items():
        value, low, high = (units.to_si(row[end], row["dimension"], key) for end in ("value", "low", "high"))
        si = units.dimension(row["dimension"]).si
        data.append(
            Datum(key, key.split(".")[1], value, si, "assumed", low=low, high=high, assumed=True, note=row["note"])
        )
    return Book(data)


@functools.cache
def fact_book() -> Book:
    """Return the printed numbers as a book.

    Each is uncertain by the rounding of its last printed digit; what a protocol sets (a current, a voltage) is exact.
    What the conditions of a number set are exact numbers beside it ("A0068.temperature", "F001-150.current_density"),
    and so is the cycle to which it belongs ("A0159.n").
    """
    data = []
    for item in facts().values():
        factor = units.si_scale(item.unit)
        data.append(
            Datum(
                id=item.id,
                quantity=item.quantity,
                value=item.si,
                unit=item.unit,
                standard_uncertainty=None if item.kind == "protocol" else rounding_uncertainty(item.value) * factor,
                source=item.paper,
                note="; ".join(part for part in (item.conditions, item.note) if part),
            )
        )
        for setting, (value, unit) in item.settings.items():
            data.append(Datum(f"{item.id}.{setting}", setting, value, unit, item.paper, note=item.conditions))
        if item.cycle is not None:
            data.append(Datum(f"{item.id}.n", "cycles", float(item.cycle), "1", item.paper, note=item.conditions))
    raw = tomllib.loads(files("ceramer.library").joinpath("data/sources.toml").read_text(encoding="utf-8"))
    return Book(data, [Source(key, **fields) for key, fields in raw.items()])
