"""A number as a file gives it: text with a unit, or a reference to a datum, and always with its provenance."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from ceramer import units
from ceramer.errors import InputError, UnknownNameError
from ceramer.provenance._book import Datum, Ledger

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = [
    "Area",
    "AreaSpecificResistance",
    "ArealCapacitance",
    "ArealCapacity",
    "ArealMass",
    "CRate",
    "Concentration",
    "Conductivity",
    "CurrentDensity",
    "Density",
    "Diffusivity",
    "Energy",
    "Fraction",
    "Given",
    "Length",
    "Mass",
    "MolarMass",
    "MolarVolume",
    "Pressure",
    "RateConstant",
    "Ratio",
    "Resistance",
    "SecondOrderRateConstant",
    "SheetConductance",
    "SpecificCapacity",
    "Temperature",
    "Time",
    "Velocity",
    "Voltage",
    "Volume",
    "label_given",
    "rounding_uncertainty",
]

_KEYS = ("value", "minus", "fact", "catalogue", "low", "high", "assumed", "source", "note", "temperature")


@dataclass(frozen=True)
class Given:
    """One number of a recipe, stack, cell or audit file.

    In a file it is text (``"350(10) um"``) or a table::

        { value = "96 um", low = "91 um", high = "101 um", source = "SEM", note = "..." }
        { value = "0.4", low = "0.3", high = "0.6", assumed = true, source = "assumed: pressed powder" }
        { fact = "A0028" }                                          # a printed number
        { fact = "F003-001", minus = ["F003-003", "F003-004"] }     # a difference of printed numbers
        { catalogue = "LATP.density" }
    """

    dimension: str
    reference: str | None = None
    datum: Datum | None = None
    minus: tuple[str, ...] = ()

    def read(self, ledger: Ledger) -> float:
        """Return the SI value, and let the ledger note that it was read."""
        if self.reference is not None:
            return ledger(self.reference) - sum(ledger(key) for key in self.minus)
        assert self.datum is not None  # one of the two is always set
        return ledger(self.datum)

    @property
    def key(self) -> str:
        """The id under which a ledger records this number."""
        return self.reference or (self.datum.id if self.datum else "")

    @classmethod
    def parse(cls, raw: object, dimension: str, what: str = "") -> Given:
        """Read `raw` (text, number, table, pint quantity or Given) as a number of `dimension`."""
        if isinstance(raw, Given):
            return raw
        if not isinstance(raw, Mapping):
            value = units.parse(raw, dimension, what)  # type: ignore[arg-type]
            return cls(dimension, datum=_datum(dimension, value, source="given", unit=_unit_of(raw, dimension)))
        for key in raw:
            if key not in _KEYS:
                raise UnknownNameError(f"key in {what or dimension}", str(key), _KEYS)
        references = [str(raw[k]) for k in ("fact", "catalogue") if k in raw]
        if len(references) + ("value" in raw) != 1:
            raise InputError(f"{what or dimension}: give exactly one of value, fact or catalogue.")
        if references:
            return cls(dimension, reference=references[0], minus=tuple(str(key) for key in raw.get("minus", ())))
        value = units.parse(raw["value"], dimension, what)
        ends = {k: units.to_si(raw[k], dimension, f"{what} {k}") for k in ("low", "high") if k in raw}
        datum = _datum(
            dimension,
            value,
            source=str(raw.get("source", "given")),
            unit=_unit_of(raw["value"], dimension),
            low=ends.get("low"),
            high=ends.get("high"),
            assumed=bool(raw.get("assumed", False)),
            temperature=units.to_si(raw["temperature"], "temperature", what) if "temperature" in raw else None,
            note=str(raw.get("note", "")),
        )
        return cls(dimension, datum=datum)

    def named(self, key: str) -> Given:
        """Return a copy whose inline number carries the id `key` (a reference keeps its own)."""
        return self if self.datum is None else replace(self, datum=replace(self.datum, id=key))


def _unit_of(raw: object, dimension: str) -> str:
    if isinstance(raw, str):
        match = re.search(r"[A-Za-z%µμΩÅ°℃].*$", re.sub(r"[eE][+-]?\d", "", raw))
        if match and dimension != "c_rate":
            return match[0]
    return units.dimension(dimension).si


def _datum(dimension: str, value: units.Value, **more: Any) -> Datum:
    return Datum(
        id=dimension,
        quantity=dimension,
        value=value.value,
        standard_uncertainty=value.standard_uncertainty,
        **more,
    )


class _Rim:
    """Pydantic marker: parse a field as a `Given` of one dimension."""

    def __init__(self, dimension: str) -> None:
        self.dimension = dimension

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> Any:
        from pydantic_core import core_schema

        def validate(raw: object, info: Any) -> Given:
            return Given.parse(raw, self.dimension, getattr(info, "field_name", None) or "")

        return core_schema.with_info_plain_validator_function(validate)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        text = {"type": "string", "examples": [units.dimension(self.dimension).example]}
        table = {"type": "object", "properties": {key: {} for key in _KEYS}, "additionalProperties": False}
        return {"anyOf": [text, {"type": "number"}, table], "title": self.dimension}


Length = Annotated[Given, _Rim("length")]
Area = Annotated[Given, _Rim("area")]
Volume = Annotated[Given, _Rim("volume")]
Mass = Annotated[Given, _Rim("mass")]
Time = Annotated[Given, _Rim("time")]
Temperature = Annotated[Given, _Rim("temperature")]
Conductivity = Annotated[Given, _Rim("conductivity")]
Concentration = Annotated[Given, _Rim("concentration")]
Diffusivity = Annotated[Given, _Rim("diffusivity")]
ArealCapacitance = Annotated[Given, _Rim("areal_capacitance")]
SheetConductance = Annotated[Given, _Rim("sheet_conductance")]
Resistance = Annotated[Given, _Rim("resistance")]
AreaSpecificResistance = Annotated[Given, _Rim("area_specific_resistance")]
CurrentDensity = Annotated[Given, _Rim("current_density")]
Voltage = Annotated[Given, _Rim("voltage")]
ArealCapacity = Annotated[Given, _Rim("areal_capacity")]
SpecificCapacity = Annotated[Given, _Rim("specific_capacity")]
ArealMass = Annotated[Given, _Rim("areal_mass")]
Density = Annotated[Given, _Rim("density")]
MolarMass = Annotated[Given, _Rim("molar_mass")]
MolarVolume = Annotated[Given, _Rim("molar_volume")]
Velocity = Annotated[Given, _Rim("velocity")]
Energy = Annotated[Given, _Rim("energy")]
Pressure = Annotated[Given, _Rim("pressure")]
Fraction = Annotated[Given, _Rim("fraction")]
Ratio = Annotated[Given, _Rim("ratio")]
CRate = Annotated[Given, _Rim("c_rate")]
RateConstant = Annotated[Given, _Rim("rate_constant")]
SecondOrderRateConstant = Annotated[Given, _Rim("second_order_rate_constant")]


def label_given(model: BaseModel, prefix: str) -> None:
    """Give every inline number of `model` an id made of `prefix` and its path ("my_cell.layers.0.thickness")."""
    for name in type(model).model_fields:
        child = getattr(model, name)
        relabelled = _labelled(child, f"{prefix}.{name}")
        if relabelled is not child:
            object.__setattr__(model, name, relabelled)


def _labelled(child: Any, path: str) -> Any:
    from pydantic import BaseModel

    if isinstance(child, Given):
        return child.named(path)
    if isinstance(child, BaseModel):
        label_given(child, path)
    elif isinstance(child, (list, tuple)):
        return type(child)(
            _labelled(item, f"{path}.{getattr(item, 'name', None) or i}") for i, item in enumerate(child)
        )
    elif isinstance(child, dict):
        return {key: _labelled(item, f"{path}.{key}") for key, item in child.items()}
    return child


def rounding_uncertainty(printed: str) -> float:
    """Standard uncertainty of a printed number that gives none: half a unit of the last digit, rectangular.

    >>> round(rounding_uncertainty("0.75"), 6), round(rounding_uncertainty("5.7e-8"), 12)
    (0.002887, 0.0)
    """
    match = re.fullmatch(r"\s*[+-]?(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*", printed)
    if match is None:
        raise InputError(f"{printed!r} is not a plain number.")
    decimals = len(match[2] or "")
    return float(0.5 * 10.0 ** (int(match[3] or 0) - decimals) / math.sqrt(3.0))
