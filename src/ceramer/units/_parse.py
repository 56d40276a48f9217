"""Text to SI and back. Number and unit are read apart; the unit is read token by token, never evaluated."""

from __future__ import annotations

import difflib
import functools
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ceramer.errors import InputError, UnknownNameError
from ceramer.units._constants import ZERO_CELSIUS

if TYPE_CHECKING:
    import pint

__all__ = [
    "DIMENSIONS",
    "Dimension",
    "Value",
    "convert",
    "dimension",
    "parse",
    "show",
    "show_length",
    "si_factor",
    "si_scale",
    "to_quantity",
    "to_si",
    "to_si_of",
]


@dataclass(frozen=True, slots=True)
class Value:
    """A number in SI units with its standard uncertainty (None when none was given)."""

    value: float
    standard_uncertainty: float | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """A physical dimension as users name it: its SI unit, an example to show in messages, and its sign rule.

    `minimum` is the smallest physical value [SI] (None: any sign), `strict` forbids the minimum itself.
    """

    name: str
    si: str
    example: str
    minimum: float | None = 0.0
    strict: bool = False


def _table(*rows: tuple[Any, ...]) -> dict[str, Dimension]:
    return {row[0]: Dimension(*row) for row in rows}


DIMENSIONS: Final[Mapping[str, Dimension]] = _table(
    ("length", "m", "350 um", 0.0, True),
    ("area", "m2", "1.131 cm2", 0.0, True),
    ("volume", "m3", "60 uL", 0.0, True),
    ("mass", "kg", "0.35 g"),
    ("time", "s", "2 h"),
    ("temperature", "K", "30 degC", 0.0, True),
    ("temperature_difference", "K", "5 K", None),
    ("conductivity", "S/m", "0.75 mS/cm"),
    ("conductance", "S", "2 mS"),
    ("sheet_conductance", "S", "2 nS"),
    ("areal_conductance", "S/m2", "83 mS/cm2"),
    ("resistance", "ohm", "55 ohm"),
    ("area_specific_resistance", "ohm m2", "46.7 ohm cm2"),
    ("resistivity", "ohm m", "1 kohm cm"),
    ("current", "A", "10 uA", None),
    ("current_density", "A/m2", "0.2 mA/cm2", None),
    ("specific_current", "A/kg", "200 mA/g"),
    ("voltage", "V", "10 mV", None),
    ("charge", "C", "1.6 mAh"),
    ("areal_capacity", "C/m2", "1.6 mAh/cm2"),
    ("specific_capacity", "C/kg", "200 mAh/g"),
    ("areal_mass", "kg/m2", "7.4 mg/cm2"),
    ("density", "kg/m3", "2.92 g/cm3", 0.0, True),
    ("molar_mass", "kg/mol", "287.08 g/mol", 0.0, True),
    ("amount", "mol", "1 mmol"),
    ("concentration", "mol/m3", "1.2 mol/L"),
    ("molar_volume", "m3/mol", "13 cm3/mol", 0.0, True),
    ("molar_energy", "J/mol", "30 kJ/mol", None),
    ("energy", "J", "0.3 eV", None),
    ("specific_energy", "J/kg", "344 Wh/kg"),
    ("energy_density", "J/m3", "700 Wh/L"),
    ("areal_energy", "J/m2", "12 mWh/cm2"),
    ("pressure", "Pa", "0.1 MPa", None),
    ("diffusivity", "m2/s", "8e-12 m2/s"),
    ("frequency", "Hz", "1 MHz"),
    ("rate_constant", "1/s", "2e-3 1/s"),
    ("second_order_rate_constant", "m3/mol/s", "650 L/mol/s"),
    ("velocity", "m/s", "22.6 um/h", None),
    ("areal_rate", "m2/s", "2550 um2/h", None),
    ("volume_rate", "m3/s", "1e6 um3/h", None),
    ("scan_rate", "V/s", "1 mV/s", None),
    ("heating_rate", "K/s", "3 K/min", None),
    ("capacitance", "F", "1 uF"),
    ("areal_capacitance", "F/m2", "20 uF/cm2"),
    ("inductance", "H", "1 uH"),
    ("wavenumber", "1/m", "1636 1/cm"),
    ("inverse_length", "1/m", "1e6 1/m"),
    ("specific_area", "m2/kg", "62 m2/g"),
    ("specific_heat", "J/kg/K", "897 J/kg/K"),
    ("thermal_conductivity", "W/m/K", "237 W/m/K"),
    ("surface_energy", "J/m2", "0.5 J/m2"),
    ("viscosity", "Pa s", "10 mPa s"),
    ("fracture_toughness", "Pa m0.5", "1.1 MPa m0.5"),
    ("angle", "rad", "28.5 deg", None),
    ("magnetic_field", "T", "9.4 T"),
    ("acceleration_voltage", "V", "200 kV"),
    ("fraction", "1", "0.51 or 51 vol% or 70 wt%"),
    ("ratio", "1", "0.74", None),
    ("c_rate", "1/s", "0.5C or C/2"),
)
"""Every dimension that can be asked for by name; quantities (`ionic_conductivity`) map to one of these."""

# Names of units that users write, with what pint calls them where it differs. A C-rate is a type of its own
# ("0.5C" is not 0.5 coulomb); "cycles" and "fold" are counts.
_ALIASES: Final[Mapping[str, str]] = {
    "1": "dimensionless",
    "%": "percent",
    "wt%": "percent",
    "vol%": "percent",
    "mol%": "percent",
    "at%": "percent",
    "fold": "dimensionless",
    "cycle": "dimensionless",
    "cycles": "dimensionless",
    "Ω": "ohm",
    "Ohm": "ohm",
    "kΩ": "kohm",
    "mΩ": "mohm",
    "MΩ": "Mohm",
    "kOhm": "kohm",
    "Å": "angstrom",
    "A°": "angstrom",
    "°C": "degC",
    "℃": "degC",
    "deg": "degree",
    "°": "degree",
    "l": "L",
    "ul": "uL",
    "ml": "mL",
    "d": "day",
    "month": "month",
    "months": "month",
    "r": "revolution",
    "rpm": "revolutions_per_minute",
    "M": "molar",
    "mM": "millimolar",
    "Ry": "rydberg_energy",
    "Bohr": "bohr",
}
_TOKENS: Final = (
    "m cm mm um nm pm angstrom kg g mg ug s ms us min h day month K degC delta_degC S mS uS nS pS ohm mohm kohm Mohm "
    "A mA uA nA pA V mV uV kV C mC Ah mAh uAh W mW kW Wh mWh kWh J mJ kJ eV meV keV mol mmol umol L mL uL Pa kPa MPa "
    "GPa mPa Hz kHz MHz GHz F mF uF nF pF H mH uH nH N mN mol M mM T deg rad rpm % wt% vol% mol% at% 1 cycles fold ppm "
    "Ry bohr"
).split()

_PREFIXES: Final = {"G": 1e9, "M": 1e6, "k": 1e3, "": 1.0, "c": 1e-2, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12}
_BASES: Final = ("[length]", "[mass]", "[time]", "[current]", "[temperature]", "[substance]")
# The units of the field, so that most files are read without a registry of all units there are (0.2 s). Each row: name,
# factor to SI, powers of `_BASES`, prefixes besides none.
_COMMON_ROWS: Final = (
    ("m", 1.0, (1, 0, 0, 0, 0, 0), "kcmunp"),
    ("g", 1e-3, (0, 1, 0, 0, 0, 0), "kmun"),
    ("s", 1.0, (0, 0, 1, 0, 0, 0), "munp"),
    ("min", 60.0, (0, 0, 1, 0, 0, 0), ""),
    ("h", 3600.0, (0, 0, 1, 0, 0, 0), ""),
    ("day", 86400.0, (0, 0, 1, 0, 0, 0), ""),
    ("K", 1.0, (0, 0, 0, 0, 1, 0), "m"),
    ("A", 1.0, (0, 0, 0, 1, 0, 0), "kmunp"),
    ("mol", 1.0, (0, 0, 0, 0, 0, 1), "mun"),
    ("S", 1.0, (-2, -1, 3, 2, 0, 0), "kmunp"),
    ("ohm", 1.0, (2, 1, -3, -2, 0, 0), "GMkmu"),
    ("V", 1.0, (2, 1, -3, -1, 0, 0), "kmun"),
    ("C", 1.0, (0, 0, 1, 1, 0, 0), "kmun"),
    ("Ah", 3600.0, (0, 0, 1, 1, 0, 0), "kmu"),
    ("W", 1.0, (2, 1, -3, 0, 0, 0), "Mkmu"),
    ("J", 1.0, (2, 1, -2, 0, 0, 0), "GMkmu"),
    ("Wh", 3600.0, (2, 1, -2, 0, 0, 0), "Mkm"),
    ("eV", 1.602176634e-19, (2, 1, -2, 0, 0, 0), "Mkm"),
    ("L", 1e-3, (3, 0, 0, 0, 0, 0), "mu"),
    ("Pa", 1.0, (-1, 1, -2, 0, 0, 0), "GMkm"),
    ("Hz", 1.0, (0, 0, -1, 0, 0, 0), "GMkmu"),
    ("F", 1.0, (-2, -1, 4, 2, 0, 0), "munp"),
    ("H", 1.0, (2, 1, -2, -2, 0, 0), "munp"),
    ("N", 1.0, (1, 1, -2, 0, 0, 0), "kmu"),
    ("M", 1e3, (-3, 0, 0, 0, 0, 1), "mu"),
    ("T", 1.0, (0, 1, -2, -1, 0, 0), "m"),
    ("rad", 1.0, (0, 0, 0, 0, 0, 0), "m"),
    ("degree", math.pi / 180.0, (0, 0, 0, 0, 0, 0), ""),
    ("revolution", 2.0 * math.pi, (0, 0, 0, 0, 0, 0), ""),
    ("revolutions_per_minute", math.pi / 30.0, (0, 0, -1, 0, 0, 0), ""),
    ("rydberg_energy", 13.605693122990 * 1.602176634e-19, (2, 1, -2, 0, 0, 0), ""),  # CODATA 2022, as the next
    ("bohr", 5.29177210544e-11, (1, 0, 0, 0, 0, 0), ""),
    ("percent", 1e-2, (0, 0, 0, 0, 0, 0), ""),
    ("ppm", 1e-6, (0, 0, 0, 0, 0, 0), ""),
    ("angstrom", 1e-10, (1, 0, 0, 0, 0, 0), ""),
    ("month", 2629800.0, (0, 0, 1, 0, 0, 0), ""),
    ("dimensionless", 1.0, (0, 0, 0, 0, 0, 0), ""),
)
_COMMON: Final[Mapping[str, tuple[float, Mapping[str, float]]]] = {
    prefix + name: (
        _PREFIXES[prefix] * factor,
        {base: float(power) for base, power in zip(_BASES, powers, strict=True) if power},
    )
    for name, factor, powers, prefixes in _COMMON_ROWS
    for prefix in ("", *prefixes)
}
_NUMBER = re.compile(
    r"\s*(?P<mantissa>[+-]?(?:\d+(?:\.\d*)?|\.\d+))"
    r"(?:[eE](?P<early>[+-]?\d{1,3})(?=\())?"
    r"(?:\((?P<short>\d+(?:\.\d+)?)\))?"
    r"(?:\s*(?:\+/-|\+-|±)\s*(?P<plusminus>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?))?"
    r"(?:[eE](?P<exponent>[+-]?\d{1,3}))?"
    r"\s*(?P<unit>.*)$",
    re.DOTALL,
)
_UNIT_TOKEN = re.compile(r"(?P<name>wt%|vol%|mol%|at%|%|°C?|℃|[A-Za-zµμΩÅ_]+|1)(?:\^|\*\*)?(?P<power>-?\d(?:\.5)?)?")
_MAX_TEXT = 120
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@functools.cache
def _registry() -> pint.UnitRegistry[float]:
    import pint

    registry: pint.UnitRegistry[float] = pint.UnitRegistry(autoconvert_offset_to_baseunit=True, cache_folder=None)
    registry.define("rydberg_energy = 13.605693122990 * electron_volt")  # CODATA 2022
    return registry


def _where(what: str) -> str:
    return f"{what}: " if what else ""


@functools.lru_cache(maxsize=4096)
def _unit(text: str, what: str = "") -> tuple[float, float, Mapping[str, float]]:
    """Return (factor, offset, base dimensions) of a unit text, with ``SI = factor * number + offset``."""
    cleaned = text.strip().translate(_SUPERSCRIPTS).replace("·", "*").replace("µ", "u").replace("μ", "u")
    if cleaned in ("degC", "°C", "℃"):
        return 1.0, ZERO_CELSIUS, {"[temperature]": 1.0}
    for phrase in (" vs Li/Li+", " vs. Li/Li+", " vs Li", " vs. Li", " of original length"):
        cleaned = cleaned.removesuffix(phrase)
    if len(cleaned) > _MAX_TEXT:
        raise InputError(f"{_where(what)}the unit text is longer than {_MAX_TEXT} characters.")
    factor, dims, position, sign = 1.0, {}, 0, 1  # type: tuple[Any, dict[str, float], int, int]
    first = True
    while position < len(cleaned):
        char = cleaned[position]
        if char in " *":
            if char == "*" and cleaned[position : position + 2] == "**":
                raise InputError(f"{_where(what)}cannot read the unit {text!r}; write it like 'mS/cm' or 'ohm cm2'.")
            position += 1
            continue
        if char == "/":
            sign = -1
            position += 1
            continue
        match = _UNIT_TOKEN.match(cleaned, position)
        if match is None:
            raise InputError(f"{_where(what)}cannot read the unit {text!r}; write it like 'mS/cm' or 'ohm cm2'.")
        name, power = match["name"], sign * float(match["power"] or 1)
        scale, token_dims = _token(name, text, what)
        factor *= scale**power
        for key, exponent in token_dims.items():
            dims[key] = dims.get(key, 0.0) + exponent * power
        position, sign, first = match.end(), 1, False
    if first and cleaned:
        raise InputError(f"{_where(what)}cannot read the unit {text!r}; write it like 'mS/cm' or 'ohm cm2'.")
    return factor, 0.0, {key: exponent for key, exponent in dims.items() if exponent}


@functools.lru_cache(maxsize=1024)
def _token(name: str, text: str, what: str) -> tuple[float, Mapping[str, float]]:
    pint_name = _ALIASES.get(name, name)
    if pint_name in ("degC", "delta_degC"):
        return 1.0, {"[temperature]": 1.0}
    if pint_name in _COMMON:
        return _COMMON[pint_name]
    import pint

    try:
        base: Any = _registry().Quantity(1.0, pint_name).to_base_units()
    except (pint.errors.UndefinedUnitError, pint.errors.DefinitionSyntaxError, AttributeError, ValueError):
        raise _UnknownUnitError(name, text, what) from None
    return float(base.magnitude), {str(key): float(power) for key, power in base.dimensionality.items()}


def _likeness(typed: str, token: str) -> float:
    ratio = difflib.SequenceMatcher(None, typed.casefold(), token.casefold()).ratio()
    return ratio + 0.3 * (typed[0].casefold() == token[0].casefold())


class _UnknownUnitError(InputError):
    """An unknown unit name; the nearest spelling is one that has the dimension asked for, if any has."""

    def __init__(self, name: str, text: str, what: str, wanted: Mapping[str, float] | None = None) -> None:
        candidates = sorted(_TOKENS, key=lambda token: -_likeness(name, token))[:8]
        candidates = [token for token in candidates if _likeness(name, token) > 0.5]
        spellings = [re.sub(rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])", token, text) for token in candidates]
        fitting = [s for s in spellings if wanted is None or dict(_unit(s)[2]) == dict(wanted)] or spellings
        mend = f"the nearest valid spelling is {fitting[0]!r}" if fitting else "write it like 'mS/cm'"
        super().__init__(f"{_where(what)}unknown unit {name!r} in {text!r}; {mend}.")
        self.unit, self.text = name, text


@functools.cache
def _dims_of(si: str) -> Mapping[str, float]:
    return _unit(si)[2]


def dimension(name: str) -> Dimension:
    """Return the dimension called `name`; an unknown one raises with the nearest name."""
    try:
        return DIMENSIONS[name]
    except KeyError:
        raise UnknownNameError("dimension", name, DIMENSIONS) from None


def _name_of(dims: Mapping[str, float]) -> str:
    for candidate in DIMENSIONS.values():
        if dict(_dims_of(candidate.si)) == dict(dims) and candidate.name not in (
            "c_rate",
            "temperature_difference",
        ):
            article = "an" if candidate.name[0] in "aeiou" else "a"
            return f"{article} {candidate.name.replace('_', ' ')}"
    return "another quantity"


def _c_rate(text: str, what: str) -> Value:
    for pattern in (r"(?P<n>\d+(?:\.\d*)?|\.\d+)\s*-?C", r"C\s*/\s*(?P<d>\d+(?:\.\d*)?)", r"C"):
        match = re.fullmatch(pattern, text.strip())
        if match:
            groups = match.groupdict()
            rate = float(groups["n"]) if groups.get("n") else 1.0 / float(groups["d"]) if groups.get("d") else 1.0
            return Value(rate / 3600.0)
    raise InputError(f"{_where(what)}{text!r} is not a C-rate; write '0.5C' or 'C/2'.")


def parse(text: str | float | pint.Quantity[float], expected: str | Dimension, what: str = "") -> Value:
    """Read `text` ("350(10) um") as a quantity of the `expected` dimension and return it in SI units.

    Parameters
    ----------
    text : str, float or pint.Quantity
        "350 um", "350(10) um", "350 +/- 10 um", "30 degC", "70 wt%", "0.5C". A bare number is accepted for
        dimensionless quantities only.
    expected : str or Dimension
        A name in `DIMENSIONS` ("length", "conductivity", ...).
    what : str
        What is being read, for the message ("thickness of layer PCE").

    Raises
    ------
    InputError
        Missing unit, unknown unit, wrong dimension, or a value below the physical minimum, in one sentence.
    """
    dim = expected if isinstance(expected, Dimension) else dimension(expected)
    if isinstance(text, str) and dim.name == "c_rate" and "/h" not in text and "/s" not in text:
        return _c_rate(text, what)
    dimensionless = not _dims_of(dim.si)
    if isinstance(text, bool) or text is None:
        raise InputError(f"{_where(what)}expected {dim.name.replace('_', ' ')} such as {dim.example!r}, got {text!r}.")
    if isinstance(text, (int, float)):
        if not dimensionless:
            raise InputError(f"{_where(what)}{text!r} has no unit; write it like {dim.example!r}.")
        return _checked(Value(float(text)), dim, str(text), what)
    if not isinstance(text, str):
        if hasattr(text, "magnitude") and hasattr(text, "units"):
            magnitude = text.magnitude
            number = f"{getattr(magnitude, 'nominal_value', magnitude)!r}"
            spread = getattr(magnitude, "std_dev", None)
            pm = f" +/- {spread!r}" if spread else ""
            return parse(f"{number}{pm} {text.units:~}", dim, what)
        raise InputError(f"{_where(what)}expected text such as {dim.example!r}, got {type(text).__name__}.")
    if len(text) > _MAX_TEXT:
        raise InputError(
            f"{_where(what)}the text is longer than {_MAX_TEXT} characters; write it like {dim.example!r}."
        )
    match = _NUMBER.match(text)
    if match is None:
        raise InputError(f"{_where(what)}no number in {text!r}; write it like {dim.example!r}.")
    mantissa, spread = _numbers(match)
    unit_text = match["unit"].strip()
    if re.match(r",\d", unit_text):
        pointed = text.strip().replace(",", ".", 1)
        raise InputError(f"{_where(what)}{text!r} has a comma in its number; the decimal sign is a point, {pointed!r}.")
    if not unit_text and not dimensionless:
        raise InputError(f"{_where(what)}{text!r} has no unit; write it like {dim.example!r}.")
    try:
        factor, offset, dims = _unit(unit_text, what) if unit_text else (1.0, 0.0, {})
    except _UnknownUnitError as error:
        raise _UnknownUnitError(error.unit, error.text, what, _dims_of(dim.si)) from None
    if dim.name == "temperature_difference" and offset:
        raise InputError(f"{_where(what)}{text!r} is an absolute temperature; write a difference like {dim.example!r}.")
    if dict(dims) != dict(_dims_of(dim.si)):
        raise InputError(
            f"{_where(what)}{text!r} is {_name_of(dims)}, not {_name_of(_dims_of(dim.si))}; "
            f"write it like {dim.example!r}."
        )
    value = Value(mantissa * factor + offset, None if spread is None else spread * factor)
    return _checked(value, dim, text, what)


def _numbers(match: re.Match[str]) -> tuple[float, float | None]:
    power = match["exponent"] or match["early"]
    exponent = f"e{power}" if power else ""
    number = float(match["mantissa"] + exponent)
    if match["short"] is not None:
        from uncertainties import ufloat_fromstr

        # 350(10) is 350 +/- 10 and 0.750(12) is 0.750 +/- 0.012: the digits in brackets sit on the last digits.
        both = ufloat_fromstr(f"{match['mantissa']}({match['short']}){exponent}")
        return float(both.nominal_value), float(both.std_dev)
    if match["plusminus"] is not None:
        return number, float(match["plusminus"]) * (float(f"1{exponent}") if exponent else 1.0)
    return number, None


def _checked(value: Value, dim: Dimension, text: str, what: str) -> Value:
    if not math.isfinite(value.value):
        raise InputError(f"{_where(what)}{text!r} is not a finite number.")
    low = dim.minimum
    if low is not None and (value.value < low or (dim.strict and value.value == low)):
        must = "be positive" if dim.strict else "not be negative"
        raise InputError(f"{_where(what)}{text!r} must {must}; write it like {dim.example!r}.")
    return value


def to_si(text: str | float | pint.Quantity[float], expected: str | Dimension, what: str = "") -> float:
    """Like `parse`, but return only the SI value."""
    return parse(text, expected, what).value


def si_factor(unit: str) -> float:
    """Return how many SI units one `unit` is ("mS/cm" -> 0.1); absolute temperatures have no factor."""
    factor, offset, _ = _unit(unit)
    if offset:
        raise InputError(f"{unit!r} is an absolute temperature scale and has no factor.")
    return factor


def si_scale(unit: str) -> float:
    """Return how many SI units a *difference* of one `unit` is (1 for "degC", 0.1 for "mS/cm")."""
    return _unit(unit)[0]


def to_si_of(number: float, unit: str) -> float:
    """Return `number` of `unit` in SI units, whatever its dimension (``to_si_of(30, "degC")`` is 303.15)."""
    factor, offset, _ = _unit(unit)
    return number * factor + offset


def convert(si_value: float, unit: str) -> float:
    """Return an SI value as a number of `unit` (``convert(303.15, "degC")`` is 30)."""
    factor, offset, _ = _unit(unit)
    return (si_value - offset) / factor


_ROUNDING: Final = 1e-12
"""Share of a number below which its standard uncertainty is the rounding of a computer."""


def show(si_value: float, unit: str, standard_uncertainty: float | None = None, digits: int = 4) -> str:
    """Return an SI value as text in `unit`, with its uncertainty in brackets when there is one."""
    number = convert(si_value, unit)
    suffix = "" if unit in ("1", "") else f" {unit}"
    if standard_uncertainty:
        from uncertainties import ufloat

        spread = abs(standard_uncertainty / _unit(unit)[0])
        if spread < _ROUNDING * abs(number):  # nothing was measured to such a share: it is rounding
            return f"{number:.{digits}g}{suffix}"
        return f"{ufloat(number, spread):.2uS}{suffix}"
    return f"{number:.{digits}g}{suffix}"


def show_length(metres: float, digits: int = 4) -> str:
    """Return a length as text in the unit that reads best: nm below 0.1 um, um below 1 mm, mm below 1 m.

    >>> show_length(5e-7), show_length(0.02e-6), show_length(0.0)
    ('0.5 um', '20 nm', '0 um')
    """
    size = abs(metres)
    unit = "um" if size == 0.0 or 1e-7 <= size < 1e-3 else "nm" if size < 1e-7 else "mm" if size < 1.0 else "m"
    return show(metres, unit, digits=digits)


def to_quantity(value: float, unit: str, standard_uncertainty: float | None = None) -> pint.Quantity[Any]:
    """Return an SI value as a pint quantity in `unit`, its magnitude a ufloat when an uncertainty is given."""
    from uncertainties import ufloat

    registry = _registry()
    names = (
        re.sub(r"(?<=[A-Za-z%])(-?\d)", r"**\1", unit.replace(" ", "*")) if unit not in ("", "1") else "dimensionless"
    )
    number = convert(value, unit)
    magnitude = ufloat(number, standard_uncertainty / _unit(unit)[0]) if standard_uncertainty else number
    return registry.Quantity(magnitude, names)
