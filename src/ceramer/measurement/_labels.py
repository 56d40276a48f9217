"""Column labels of the Battery Data Format, our extension of them, and how vendors spell the same things."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ceramer import units
from ceramer.errors import InputError, UnknownNameError

__all__ = ["EXTENSION_LABELS", "LABELS", "Recognised", "column_map_entry", "machine_name", "recognise"]

_BDF: Final[Mapping[str, str]] = {
    "Test Time / s": "test_time_second",
    "Voltage / V": "voltage_volt",
    "Current / A": "current_ampere",
    "Unix Time / s": "unix_time_second",
    "Cycle Count / 1": "cycle_count",
    "Step Count / 1": "step_count",
    "Step Index / 1": "step_index",
    "Step Time / s": "step_time_second",
    "Ambient Temperature / degC": "ambient_temperature_celsius",
    "Charging Capacity / Ah": "charging_capacity_ah",
    "Discharging Capacity / Ah": "discharging_capacity_ah",
    "Step Capacity / Ah": "step_capacity_ah",
    "Net Capacity / Ah": "net_capacity_ah",
    "Cumulative Capacity / Ah": "cumulative_capacity_ah",
    "Charging Energy / Wh": "charging_energy_wh",
    "Discharging Energy / Wh": "discharging_energy_wh",
    "Step Energy / Wh": "step_energy_wh",
    "Net Energy / Wh": "net_energy_wh",
    "Cumulative Energy / Wh": "cumulative_energy_wh",
    "Power / W": "power_watt",
    "Internal Resistance / ohm": "internal_resistance_ohm",
    "Ambient Pressure / Pa": "ambient_pressure_pa",
    "Applied Pressure / Pa": "applied_pressure_pa",
    "Surface Temperature T1 / degC": "temperature_t1_celsius",
    "Surface Temperature T2 / degC": "temperature_t2_celsius",
    "Surface Temperature T3 / degC": "temperature_t3_celsius",
    "Surface Temperature T4 / degC": "temperature_t4_celsius",
    "Surface Temperature T5 / degC": "temperature_t5_celsius",
}

_EXTENSION: Final[Mapping[str, str]] = {
    "Frequency / Hz": "frequency_hertz",
    "Real Impedance / ohm": "real_impedance_ohm",
    "Imaginary Impedance / ohm": "imaginary_impedance_ohm",
    "Sample Temperature / degC": "sample_temperature_celsius",
    "Program Temperature / degC": "program_temperature_celsius",
    "Mass / mg": "mass_milligram",
    "Chemical Shift / ppm": "chemical_shift_ppm",
    "Intensity / 1": "intensity",
    "Imaginary Intensity / 1": "imaginary_intensity",
}

LABELS: Final[Mapping[str, str]] = {**_BDF, **_EXTENSION}
"""Every label a measurement may carry, with its machine-readable name."""

EXTENSION_LABELS: Final = frozenset(_EXTENSION)
"""Labels that are ours: the Battery Data Format has no columns for impedance, thermogravimetry or NMR."""

_FROM_MACHINE: Final = {machine: label for label, machine in LABELS.items()}

# Intermediate columns: read, used to derive a column of `LABELS`, and not kept.
MODULUS: Final = "|Z| / ohm"
PHASE: Final = "Phase / deg"

_TARGETS: Final = (*LABELS, MODULUS, PHASE)

# Names of quantities, folded by `_fold`, that mean one of the labels. A leading "-" turns the sign.
_SPELLINGS: Final[Mapping[str, str]] = {
    "Test Time / s": "test time|time|elapsed time|cumulative time|total time|testtime|program duration|seconds|t|"
    "time since start|runtime|test",
    "Step Time / s": "step time|steptime|relative time",
    "Voltage / V": "voltage|volt|volts|u|v|e|ewe|ecell|cell voltage|potential|vf|ewe-ece|volt|working electrode|vdc",
    "Current / A": "current|amps|i|im|cell current|idc|curr",
    "Unix Time / s": "unix time|uts",
    "Cycle Count / 1": "cycle count|cycle|cycle index|cycle number|cycle no|cycle c|loop index|cycleid|cycle id",
    "Step Count / 1": "step count",
    "Step Index / 1": "step index|step|ns|step number|step no|step id",
    "Ambient Temperature / degC": "ambient temperature|chamber temperature|env temp|temperature|temp",
    "Surface Temperature T1 / degC": "surface temperature t1|t1|temperature 1|temperature t1",
    "Surface Temperature T2 / degC": "surface temperature t2|t2|temperature 2|temperature t2",
    "Surface Temperature T3 / degC": "surface temperature t3|t3|temperature 3|temperature t3",
    "Charging Capacity / Ah": "charging capacity|charge capacity|chg cap|q charge|capacity charge|chg capacity",
    "Discharging Capacity / Ah": "discharging capacity|discharge capacity|dchg cap|q discharge|capacity discharge|"
    "dchg capacity",
    "Step Capacity / Ah": "step capacity|capacity|cap|step net capacity|ah",
    "Net Capacity / Ah": "net capacity|q-qo",
    "Charging Energy / Wh": "charging energy|charge energy|chg energy|energy charge|chg eng",
    "Discharging Energy / Wh": "discharging energy|discharge energy|dchg energy|energy discharge|dchg eng",
    "Step Energy / Wh": "step energy|energy|ener|step net energy|wh",
    "Power / W": "power|p",
    "Internal Resistance / ohm": "internal resistance|dcir|acr",
    "Applied Pressure / Pa": "applied pressure|pressure|stack pressure",
    "Frequency / Hz": "frequency|freq|f",
    "Real Impedance / ohm": "real impedance|re z|z re|z'|zreal|zre|real|re|z real|real z|zs'|z' a|r z",
    "Imaginary Impedance / ohm": "imaginary impedance|im z|z im|z''|zimag|zim|zimg|imag|im|z imag|imag z|zs''|z'' b|"
    "imaginary",
    MODULUS: "z|zmod|impedance|abs z|mod z|modulus",
    PHASE: "phase|phase z|zphz|theta|phase angle|theta z",
    "Mass / mg": "mass|weight|sample weight",
    "Sample Temperature / degC": "sample temperature|ts",
    "Program Temperature / degC": "program temperature|tr",
    "Chemical Shift / ppm": "chemical shift|shift",
    "Intensity / 1": "intensity",
}


def _fold(name: str) -> str:
    """Return a name in the spelling of the table: lower case, no brackets or averages, single spaces."""
    folded = name.strip().casefold().replace('"', "''").replace("″", "''").replace("′", "'")
    folded = re.sub(r"[<>|()\[\]._]", " ", folded)
    return re.sub(r"\s+", " ", folded).strip(" :,")


_BY_SPELLING: Final = {_fold(s): label for label, all_ in _SPELLINGS.items() for s in all_.split("|")}
# Bare words whose unit is their name.
_UNIT_NAMES: Final = {"seconds": "s", "amps": "A", "volts": "V", "volt": "V", "ah": "Ah", "wh": "Wh"}
# Units as vendors write them, by their lower case.
_UNIT_SPELLINGS: Final = {
    "ohms": "ohm",
    "mo": "mohm",
    "sec": "s",
    "seconds": "s",
    "hr": "h",
    "hrs": "h",
    "hours": "h",
    "minutes": "min",
    "volts": "V",
    "volt": "V",
    "amps": "A",
    "amp": "A",
    "ampere": "A",
    "c": "degC",
    "deg c": "degC",
    "celsius": "degC",
    "k": "K",
    "degree": "deg",
    "°": "deg",
    "psi": "psi",
    "second": "s",
    "hz": "Hz",
    "khz": "kHz",
    "ohm": "ohm",
    "ma": "mA",
    "ua": "uA",
    "mv": "mV",
    "v": "V",
    "a": "A",
    "mah": "mAh",
    "ah": "Ah",
    "wh": "Wh",
    "mwh": "mWh",
    "w": "W",
    "mw": "mW",
    "ω": "ohm",
}
_DIMENSIONS: Final = {
    "s": "time",
    "V": "voltage",
    "A": "current",
    "Ah": "charge",
    "Wh": "energy",
    "ohm": "resistance",
    "Pa": "pressure",
    "Hz": "frequency",
    "mg": "mass",
    "deg": "angle",
}
# Units that the unit rim does not name.
_SMALL: Final = {"W": {"mW": 1e-3, "kW": 1e3, "uW": 1e-6}, "Pa": {"psi": 6894.757293168}}
_SPLIT: Final = (
    re.compile(r"^(?P<name>.+?)\s*\[(?P<unit>[^\[\]]*)\]\s*$"),
    re.compile(r"^(?P<name>.+?\S)\s+/\s*(?P<unit>[^/]+(?:/[^/]+)?)$"),
    re.compile(r"^(?P<name>[^/]+)/\s*(?P<unit>[^/\s]+(?:/\S+)?)$"),
    re.compile(r"^(?P<name>.+?)\s*\((?P<unit>[^()]*)\)\s*$"),
    re.compile(r"^(?P<name>.+)_(?P<unit>s|min|h|A|mA|V|mV|Ah|mAh|Wh|C|Hz|Psi|ohm)$"),
    re.compile(r"^(?P<name>.+)$"),
)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a column of a file means: ``value in the unit of label = factor * number + offset``."""

    label: str
    factor: float = 1.0
    offset: float = 0.0
    assumed_unit: bool = False


def machine_name(label: str) -> str:
    """Return the machine-readable name of a label ("Voltage / V" -> "voltage_volt")."""
    try:
        return LABELS[label]
    except KeyError:
        raise UnknownNameError("column", label, LABELS) from None


def _conversion(unit: str, label: str) -> tuple[float, float] | None:
    """Return (factor, offset) from `unit` to the unit of `label`, or None when they do not match."""
    target = label.rpartition(" / ")[2]
    cleaned = unit.strip().replace("·", "").replace("mA.h", "mAh").replace("W.h", "Wh").replace("A.h", "Ah")
    cleaned = cleaned.replace("°C", "degC").replace("℃", "degC").replace("Ohm", "ohm").replace("Ω", "ohm")
    if not cleaned.startswith("M") and (cleaned not in ("mHz", "C") or target == "degC"):
        cleaned = _UNIT_SPELLINGS.get(cleaned.casefold(), cleaned)
    if cleaned == target:
        return 1.0, 0.0
    if target == "degC":
        return (1.0, -units.ZERO_CELSIUS) if cleaned == "K" else None
    if cleaned.split(" ", 1)[0] != cleaned and target == "V":  # "V vs. Ref."
        cleaned = cleaned.split(" ", 1)[0]
        if cleaned == "V":
            return 1.0, 0.0
    if target in _SMALL and cleaned in _SMALL[target]:
        return _SMALL[target][cleaned], 0.0
    dimension = _DIMENSIONS.get(target)
    if dimension is None or not re.fullmatch(r"[A-Za-zµμΩ]{1,6}", cleaned):
        return None
    try:
        return units.to_si(f"1 {cleaned}", dimension) / units.si_factor(target), 0.0
    except InputError:
        return None


@functools.lru_cache(maxsize=4096)
def recognise(header: str) -> Recognised | None:
    """Return what the column header of a file means ("-Z''/Ohm", "I (mA)", "test_time_s"), or None.

    Examples
    --------
    >>> recognise("-Im(Z)/Ohm")
    Recognised(label='Imaginary Impedance / ohm', factor=-1.0, offset=0.0, assumed_unit=False)
    >>> recognise("<I>/mA").factor
    0.001
    >>> recognise("smell") is None
    True
    """
    text = header.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    if text in LABELS:
        return Recognised(text)
    if text in _FROM_MACHINE:
        return Recognised(_FROM_MACHINE[text])
    sign = 1.0
    if re.match(r"\|(?!Z)", text, re.IGNORECASE):
        return None  # |Ewe|, |I|: amplitudes, not the quantity itself
    if text.startswith(("-", "−", "–")):
        sign, text = -1.0, text[1:]
    for pattern in _SPLIT:
        match = pattern.match(text)
        if match is None:
            continue
        label = _BY_SPELLING.get(_fold(match["name"]))
        if label is None:
            continue
        unit = match.groupdict().get("unit")
        if unit is None or unit.strip() in ("a", "b") or not unit.strip():
            unit = _UNIT_NAMES.get(_fold(match["name"]))
            if unit is None:
                return Recognised(label, sign, 0.0, not label.endswith(" / 1"))
        conversion = _conversion(unit, label)
        if conversion is not None:
            return Recognised(label, sign * conversion[0], sign * conversion[1])
    return None


def column_map_entry(meaning: str) -> Recognised:
    """Read one value of a user's column map: "Current / mA", "-Imaginary Impedance / ohm", "voltage_volt"."""
    text = meaning.strip()
    sign = -1.0 if text.startswith("-") else 1.0
    text = text.lstrip("-").strip()
    if text in _FROM_MACHINE:
        return Recognised(_FROM_MACHINE[text], sign)
    name, slash, unit = text.rpartition(" / ")
    for label in _TARGETS:
        if label.rpartition(" / ")[0] == (name if slash else text):
            if not slash:
                return Recognised(label, sign)
            conversion = _conversion(unit, label)
            if conversion is None:
                raise InputError(f"columns: {meaning!r} does not fit {label!r}; write a unit of the same kind.")
            return Recognised(label, sign * conversion[0], sign * conversion[1])
    raise UnknownNameError("column", text, LABELS)
