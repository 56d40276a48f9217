"""A printed number as an interval: how far its digits, and the words around it, let it move."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ceramer import units
from ceramer.errors import InputError, UnknownNameError
from ceramer.library._facts import Fact, fact
from ceramer.materials import catalogue
from ceramer.provenance import Book, Datum

__all__ = ["ANY", "Number", "read_number"]

ANY: Final = "any"
"""Dimension of a role that accepts every unit (the two sides of a ratio)."""

_LARGEST_ROUNDING = 0.05
_WEIGHING = 0.01
_APPROXIMATE = 0.05
_FAR = 1e9
_KEYS = (
    "value",
    "fact",
    "catalogue",
    "difference",
    "sum",
    "condition",
    "relation",
    "exact",
    "low",
    "high",
    "assumed",
    "source",
    "note",
    "temperature",
)
_PRINTED = re.compile(r"\s*(?P<digits>[+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:[eE](?P<power>[+-]?\d{1,3}))?\s*(?P<unit>.*)$")
_WORDS = (
    (">", r">=?(?=\s*\d)|\b(?:at least|more than|lower bound|longer than)\b"),
    ("<", r"<=?(?=\s*\d)|\b(?:at most|less than|upper bound|within)\b"),
    ("~", r"[~≈](?=\s*\d)|\b(?:about|approx(?:imately)?|around|nominal|order of magnitude|mainly)\b\.?"),
)


@dataclass(frozen=True, slots=True)
class Number:
    """One number with the interval it may stand for; SI units.

    `relation` is "=" (printed), "~" (printed as approximate), ">" or "<" (a bound). `temperature` [K] is the one it
    was measured at, where that is known. `unit` is the unit to show it in.
    """

    id: str
    dimension: str
    value: float
    low: float
    high: float
    unit: str
    relation: str = "="
    temperature: float | None = None
    assumed: bool = False
    sources: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The number in its own unit, with a sign where it is a bound or approximate."""
        sign = "" if self.relation == "=" else f"{self.relation}"
        if self.dimension == "c_rate":
            return f"{sign}{self.value * 3600.0:.4g}C"
        return f"{sign}{units.show(self.value, self.unit)}"

    def overlaps(self, low: float, high: float) -> bool:
        """Whether the interval meets [low, high] (within one part in 10^9)."""
        slack = 1e-9 * max(abs(self.value), abs(low) if math.isfinite(low) else 0.0)
        return self.low <= high + slack and low <= self.high + slack


def read_number(raw: object, dimension: str, what: str, *, nature: str = "rounded", book: Book | None = None) -> Number:
    """Read a number of an audit file.

    Parameters
    ----------
    raw : str, float or table
        ``"350 um"``, ``"350(10) um"``, ``"> 2000 h"``, ``"about 400 um"``, ``{ fact = "A0028" }``,
        ``{ catalogue = "LATP.density" }``, ``{ value = "1 mA/cm2", exact = true }``, ``{ fact = "A0132", condition =
        "c_rate" }`` (a setting among the conditions of a fact), ``{ difference = [a, b] }`` or ``{ sum = [a, b] }``.
    dimension : str
        A name in `units.DIMENSIONS`, or "any".
    what : str
        What is being read; it becomes the id of a number that is no fact.
    nature : {"rounded", "setting", "weighed"}
        A rounded number moves by half its last digit (at most 5 %), a setting is exact, a weighed or nominal amount
        moves by 1 % at most.
    book : Book, optional
        Where `catalogue` references are looked up; the catalogue of materials by default.

    Raises
    ------
    InputError
        In one sentence, if the text, the unit or the keys are wrong.
    """
    if isinstance(raw, Number):
        return raw
    if not isinstance(raw, Mapping):
        return _from_text(raw, dimension, what, nature)
    for key in raw:
        if key not in _KEYS:
            raise UnknownNameError(f"key in {what}", str(key), _KEYS)
    given = [key for key in ("value", "fact", "catalogue", "difference", "sum") if key in raw]
    if len(given) != 1:
        raise InputError(f"{what}: give exactly one of value, fact, catalogue, difference or sum.")
    if "condition" in raw and given != ["fact"]:
        raise InputError(f"{what}: a condition is read from a fact; name the fact.")
    if given == ["fact"]:
        item = fact(str(raw["fact"]))
        number = (
            _from_condition(item, str(raw["condition"]), dimension, what)
            if "condition" in raw
            else _from_fact(item, dimension, what, rounded=raw.get("exact") is False)
        )
    elif given == ["catalogue"]:
        shelf = catalogue() if book is None else book
        number = _from_datum(shelf[str(raw["catalogue"])], dimension)
    elif given in (["difference"], ["sum"]):
        parts = raw[given[0]]
        if not isinstance(parts, list) or len(parts) < 2:
            raise InputError(f"{what}: a {given[0]} needs a list of two or more numbers.")
        terms = [read_number(part, dimension, what, nature=nature, book=book) for part in parts]
        number = _combined(terms, -1.0 if given == ["difference"] else 1.0, what)
    else:
        number = _from_text(raw["value"], dimension, what, nature)
    return _changed(number, raw, dimension, what)


def _combined(numbers: Sequence[Number], sign: float, what: str) -> Number:
    """Return the first number plus `sign` times the others."""
    first, *others = numbers
    spread = sum(n.high - n.low for n in others) / 2.0
    middle = sign * sum((n.high + n.low) / 2.0 for n in others)
    return replace(
        first,
        id=what,
        value=first.value + sign * sum(n.value for n in others),
        low=first.low + middle - spread,
        high=first.high + middle + spread,
        sources=tuple(dict.fromkeys(source for n in numbers for source in n.sources)),
    )


def _changed(number: Number, raw: Mapping[str, object], dimension: str, what: str) -> Number:
    if "temperature" in raw:
        number = replace(number, temperature=units.to_si(str(raw["temperature"]), "temperature", what))
    if "relation" in raw:
        relation = str(raw["relation"])
        if relation not in ("=", ">", "<", "~"):
            raise InputError(f"{what}: the relation {relation!r} is not one of =, >, < and ~.")
        centre = replace(number, relation="=", low=number.value, high=number.value)
        number = centre if relation == "=" else _stretched(centre, relation, 0.0)
    if raw.get("exact"):
        number = replace(number, low=number.value, high=number.value)
    if ("low" in raw) != ("high" in raw):
        raise InputError(f"{what}: a range needs both ends.")
    if "low" in raw:
        low, high = (_parse(raw[end], dimension, f"{what} {end}")[0].value for end in ("low", "high"))
        if not low <= number.value <= high:
            raise InputError(f"{what}: {number.text} lies outside its range.")
        number = replace(number, low=low, high=high)
    if raw.get("assumed"):
        if "low" not in raw:
            raise InputError(f"{what}: an assumed value needs a range (low and high).")
        number = replace(number, assumed=True)
    return number


def _from_text(raw: object, dimension: str, what: str, nature: str) -> Number:
    relation = "="
    text = raw
    if isinstance(raw, str):
        for sign, words in _WORDS:
            match = re.match(rf"\s*(?:{words})\s*(?=[\d.+-])", raw, re.IGNORECASE)
            if match:
                relation, text = sign, raw[match.end() :]
    value, unit = _parse(text, dimension, what)
    if value.standard_uncertainty is not None:
        half = 2.0 * value.standard_uncertainty
    else:
        half = _half_width(str(text), value.value, dimension, unit, nature)
    number = Number(what, dimension, value.value, value.value, value.value, unit, sources=(what,))
    return _stretched(number, relation, half)


def _from_fact(item: Fact, dimension: str, what: str, *, rounded: bool = False) -> Number:
    text = f"{item.value} {item.unit}" if item.unit not in ("1", "") else item.value
    value, unit = _parse(text, dimension, f"{what} ({item.id})")
    nature = "rounded" if rounded else {"protocol": "setting", "recipe": "weighed"}.get(item.kind, "rounded")
    half = _half_width(text, value.value, dimension, unit, nature)
    words = f"{item.conditions}; {item.note}"
    tolerance = re.search(r"\+/-\s*([\d.]+)", words)
    if tolerance:
        half = float(tolerance[1]) * units.si_scale(item.unit)
    number = Number(
        item.id,
        dimension,
        value.value,
        value.value,
        value.value,
        unit,
        temperature=_temperature(words),
        sources=(item.id,),
    )
    return _stretched(number, _relation(item.note), half)


def _from_condition(item: Fact, name: str, dimension: str, what: str) -> Number:
    """Read a setting out of the conditions of a fact: "T", "j", "n", "U", "loading" or "c_rate"."""
    if name == "c_rate":
        found = re.search(r"(?<![\w.])(\d+(?:\.\d+)?C|C/\d+)(?!\w)", item.conditions)
    else:
        found = re.search(rf"(?<!\w){re.escape(name)}(?:\s*=\s*|\s+)(-?[\d.][^;(]*)", item.conditions)
    if found is None:
        raise InputError(f"{what}: the conditions of {item.id} ({item.conditions!r}) name no {name}.")
    text = found[1].strip()
    value, unit = _parse(text, dimension, what)
    return Number(item.id, dimension, value.value, value.value, value.value, unit, sources=(item.id,))


def _from_datum(datum: Datum, dimension: str) -> Number:
    units.parse(f"{units.convert(datum.value, datum.unit):.17g} {datum.unit}", dimension, datum.id)
    spread = 2.0 * (datum.standard_uncertainty or 0.0)
    low = datum.low if datum.low is not None else datum.value - spread
    high = datum.high if datum.high is not None else datum.value + spread
    return Number(
        datum.id, dimension, datum.value, low, high, datum.unit, "=", datum.temperature, datum.assumed, (datum.id,)
    )


def _parse(text: object, dimension: str, what: str) -> tuple[units.Value, str]:
    """Return the SI value and the unit to show it in."""
    if dimension == ANY:
        match = _PRINTED.match(str(text))
        if match is None:
            raise InputError(f"{what}: no number in {text!r}; write it like '1.5e-6 S/cm'.")
        number = float(f"{match['digits']}e{match['power'] or 0}")
        unit = match["unit"].strip() or "1"
        return units.Value(units.to_si_of(number, unit)), unit
    value = units.parse(text, dimension, what)  # type: ignore[arg-type]
    if dimension == "c_rate":
        return value, "1/h"
    match = _PRINTED.match(re.sub(r"\(\d+(?:\.\d+)?\)|(?:\+/-|\+-|±)\s*[\d.]+", "", str(text)))
    unit = (match["unit"].strip() if match else "") or units.dimension(dimension).si
    return value, unit


def _half_width(text: str, value: float, dimension: str, unit: str, nature: str) -> float:
    """Half the interval a printed number stands for, by what kind of number it is."""
    match = _PRINTED.match(text)
    if nature == "setting" or dimension == "c_rate" or match is None:
        return 0.0
    decimals = len(match["digits"].partition(".")[2])
    half = float(0.5 * 10.0 ** (int(match["power"] or 0) - decimals) * units.si_scale(unit))
    return min(half, (_WEIGHING if nature == "weighed" else _LARGEST_ROUNDING) * abs(value)) if value else half


def _stretched(number: Number, relation: str, half: float) -> Number:
    value = number.value
    low, high = value - half, value + half
    if relation == "~":
        half = max(half, _APPROXIMATE * abs(value))
        low, high = value - half, value + half
    elif relation == ">":
        low = value
        high = value + _FAR * max(abs(value), 1.0)
    elif relation == "<":
        high = value
        low = 0.0 if value >= 0.0 else value - _FAR * abs(value)
    floor = None if number.dimension == ANY else units.dimension(number.dimension).minimum
    if floor is not None:
        low = max(low, floor)
    return replace(number, relation=relation, low=low, high=high)


def _relation(note: str) -> str:
    """Read a bound or an approximation out of the words beside a printed number."""
    start = note.split(";", maxsplit=1)[0].replace("->", " ")
    return next((sign for sign, words in _WORDS if re.search(words, start, re.IGNORECASE)), "=")


def _temperature(conditions: str) -> float | None:
    found = re.findall(r"T\s*=\s*(-?\d+(?:\.\d+)?)\s*degC(?!\s*\()", conditions)
    return units.to_si(f"{found[0]} degC", "temperature") if found else None
