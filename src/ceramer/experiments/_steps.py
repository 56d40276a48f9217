"""Steps of a protocol as the user states them, immutable: what is imposed, until when, and how it is sampled."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Final, Literal, TypeAlias, final

from ceramer.errors import InputError, UnknownNameError

__all__ = [
    "ACTIONS",
    "CHARGES",
    "CURRENTS",
    "ENDS",
    "Action",
    "Amount",
    "Current",
    "CurrentScan",
    "Direction",
    "Impedance",
    "Rest",
    "Scan",
    "Step",
    "Until",
    "Voltage",
]

Direction: TypeAlias = Literal["charge", "discharge"]

AMOUNTS: Final = {
    "current": "A",
    "current_density": "A/m2",
    "c_rate": "1/s",
    "charge": "C",
    "areal_capacity": "C/m2",
    "specific_capacity": "C/kg",
    "capacity_fraction": "1",
    "current_rate": "A/s",
    "current_density_rate": "A/m2/s",
}
CURRENTS: Final = ("current_density", "current", "c_rate")
CHARGES: Final = ("areal_capacity", "charge", "capacity_fraction")
_LONGEST_LABEL: Final = 80
_RATE_OF: Final = {"current": "current_rate", "current_density": "current_density_rate"}


@final
@dataclass(frozen=True, slots=True)
class Amount:
    """A current, charge or rate on the basis on which it was stated; area and capacity come in when it is resolved.

    `value` is in the SI unit of `of`: "current" [A], "current_density" [A/m2], "c_rate" [1/s], "charge" [C],
    "areal_capacity" [C/m2], "specific_capacity" [C/kg], "capacity_fraction" [1] of the capacity that 1C refers to,
    "current_rate" [A/s], "current_density_rate" [A/m2/s].
    """

    value: float
    of: str

    def __post_init__(self) -> None:
        if self.of not in AMOUNTS:
            raise UnknownNameError("basis of an amount", self.of, AMOUNTS)
        if not (math.isfinite(self.value) and self.value >= 0.0):
            raise InputError(
                f"An amount of {self.of.replace('_', ' ')} is 0 or more [{AMOUNTS[self.of]}], not {self.value!r}; the "
                "direction is said by 'charge' or 'discharge'."
            )


@final
@dataclass(frozen=True, slots=True)
class Until:
    """When a step ends: as soon as one of these is met (None: not asked for).

    `duration` [s], `voltage_above` and `voltage_below` [V], `current_below` (magnitude), `charge` (moved in the step),
    `current_above` (magnitude, when it rises to that; the fall after a jump of the voltage does not count).
    """

    duration: float | None = None
    voltage_above: float | None = None
    voltage_below: float | None = None
    current_below: Amount | None = None
    charge: Amount | None = None
    current_above: Amount | None = None

    def __post_init__(self) -> None:
        if self.duration is not None and not (math.isfinite(self.duration) and self.duration > 0.0):
            raise InputError(f"The duration of a step is finite and above 0 s, not {self.duration!r}.")
        for volts in (self.voltage_above, self.voltage_below):
            if volts is not None and not math.isfinite(volts):
                raise InputError(f"The voltage at which a step ends is finite, not {volts!r}.")
        currents = ((self.current_below, CURRENTS), (self.current_above, CURRENTS))
        for amount, kinds in (*currents, (self.charge, CHARGES)):
            if amount is not None:
                _of(amount, kinds, "the end of a step", strict=True)

    def names(self) -> tuple[str, ...]:
        """Return the names of the conditions that are set."""
        return tuple(f.name for f in fields(self) if getattr(self, f.name) is not None)


@final
@dataclass(frozen=True, slots=True)
class Current:
    """A constant current; `level` is a current, a current density or a C-rate."""

    direction: Direction
    level: Amount

    def __post_init__(self) -> None:
        _direction(self.direction)
        _of(self.level, CURRENTS, "the current of a charge or discharge", strict=True)


@final
@dataclass(frozen=True, slots=True)
class CurrentScan:
    """A current that moves from `start` to `end` at `rate`, all on one basis (current or current density)."""

    direction: Direction
    start: Amount
    end: Amount
    rate: Amount

    def __post_init__(self) -> None:
        _direction(self.direction)
        for amount in (self.start, self.end):
            _of(amount, tuple(_RATE_OF), "a scan of the current")
        _of(self.rate, tuple(_RATE_OF.values()), "the rate of a scan of the current", strict=True)
        if self.start.of != self.end.of or _RATE_OF[self.end.of] != self.rate.of:
            raise InputError("A scan of the current states start, end and rate on one basis, all in mA/cm2 or in mA.")
        if self.start.value == self.end.value:
            raise InputError("A scan of the current ends where it starts; write a constant current for that.")


@final
@dataclass(frozen=True, slots=True)
class Voltage:
    """A held voltage, `value` [V]; None holds the voltage that the cell has when the step begins."""

    value: float | None = None

    def __post_init__(self) -> None:
        _finite(self.value, "held voltage")


@final
@dataclass(frozen=True, slots=True)
class Rest:
    """No current."""


@final
@dataclass(frozen=True, slots=True)
class Scan:
    """A voltage that moves to `end` [V] at `rate` [V/s, above 0] from `start` [V] (None: from the present voltage)."""

    end: float
    rate: float
    start: float | None = None

    def __post_init__(self) -> None:
        _finite(self.start, "start of a scan")
        _finite(self.end, "end of a scan")
        if not (math.isfinite(self.rate) and self.rate > 0.0):
            raise InputError(f"A scan rate is above 0 V/s, not {self.rate!r}; its direction follows from its end.")
        if self.start == self.end:
            raise InputError("A scan ends where it starts; write a hold for that.")


@final
@dataclass(frozen=True, slots=True)
class Impedance:
    """An impedance sweep at the present state: `f_max` down to `f_min` [Hz], `amplitude` [V]."""

    f_max: float
    f_min: float
    points_per_decade: int
    amplitude: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.f_max) and 0.0 < self.f_min < self.f_max):
            raise InputError(
                f"An impedance sweep runs from a higher to a lower frequency above 0 Hz, not from {self.f_max!r} to "
                f"{self.f_min!r} Hz."
            )
        if not 1 <= self.points_per_decade <= 1000:
            raise InputError(f"An impedance sweep has 1 to 1000 points per decade, not {self.points_per_decade!r}.")
        if not (math.isfinite(self.amplitude) and self.amplitude > 0.0):
            raise InputError(f"The amplitude of an impedance sweep is above 0 V, not {self.amplitude!r}.")

    @property
    def frequencies(self) -> tuple[float, ...]:
        """The frequencies [Hz], evenly spaced in the logarithm, both ends included."""
        count = max(2, 1 + round(self.points_per_decade * math.log10(self.f_max / self.f_min)))
        ratio = math.log(self.f_min / self.f_max) / (count - 1)
        inner = tuple(self.f_max * math.exp(ratio * k) for k in range(1, count - 1))
        return (self.f_max, *inner, self.f_min)


Action: TypeAlias = Current | CurrentScan | Voltage | Rest | Scan | Impedance

# Which ends make sense for what is imposed, and which of them suffice to end it.
ENDS: Final = {
    Current: ("duration", "voltage_above", "voltage_below", "charge"),
    CurrentScan: ("duration", "voltage_above", "voltage_below", "charge"),
    Voltage: ("duration", "current_below", "current_above", "charge"),
    Rest: ("duration", "voltage_above", "voltage_below"),
    Scan: ("duration", "current_above", "charge"),
    Impedance: (),
}
ACTIONS: Final = tuple(ENDS)
_SELF_ENDING: Final = (Scan, CurrentScan, Impedance)


@final
@dataclass(frozen=True, slots=True)
class Step:
    """One step of a protocol: an action, when it ends, how it is sampled, and a free label.

    Parameters
    ----------
    action : Current, CurrentScan, Voltage, Rest, Scan or Impedance
    until : Until
        Any one of its conditions ends the step.
    period : float, optional
        Sampling interval [s]; None: the protocol's.
    voltage_resolution : float, optional
        A row as well whenever the voltage has moved by this much [V].
    label : str

    Raises
    ------
    InputError
        An end that the action cannot have, or no end at all.

    Examples
    --------
    >>> print(Step(Current("charge", Amount(5.0, "current_density")), Until(duration=3600.0)))
    Charge at 0.5 mA/cm2 for 1 h
    """

    action: Action
    until: Until = Until()
    period: float | None = None
    voltage_resolution: float | None = None
    label: str = ""

    def __post_init__(self) -> None:
        kind = type(self.action)
        if kind not in ENDS:
            raise InputError(f"A step imposes one of {', '.join(a.__name__ for a in ACTIONS)}, not {self.action!r}.")
        allowed = ENDS[kind]
        name = kind.__name__.lower()
        for end in self.until.names():
            if end not in allowed:
                may = f"it may end by {', '.join(allowed)}" if allowed else "it ends by itself"
                raise InputError(f"A step of kind {name} cannot end by {end}; {may}.".replace("_", " "))
        if not self.until.names() and kind not in _SELF_ENDING:
            raise InputError(f"The step of kind {name} has no end; add 'for 1 h' or another end.")
        for what, number in (("sampling interval", self.period), ("voltage resolution", self.voltage_resolution)):
            if number is not None and not (math.isfinite(number) and number > 0.0):
                raise InputError(f"The {what} of a step is above 0, not {number!r}.")
            if number is not None and kind is Impedance:
                raise InputError(f"An impedance sweep has no {what}; it gives one row for each frequency.")
        plain = self.label == " ".join(self.label.split()) and not {"[", "]"} & set(self.label)
        if not plain or len(self.label) > _LONGEST_LABEL:
            raise InputError(
                f"The label {self.label[:_LONGEST_LABEL]!r} must be one line of at most {_LONGEST_LABEL} characters, "
                "without brackets and double spaces."
            )

    def __str__(self) -> str:
        from ceramer.experiments._text import step_text

        return step_text(self)


def _direction(direction: str) -> None:
    if direction not in ("charge", "discharge"):
        raise UnknownNameError("direction", str(direction), ("charge", "discharge"))


def _finite(value: float | None, what: str) -> None:
    if value is not None and not math.isfinite(value):
        raise InputError(f"The {what} is finite [V], not {value!r}.")


def _of(amount: Amount, kinds: tuple[str, ...], what: str, *, strict: bool = False) -> None:
    if amount.of not in kinds:
        raise UnknownNameError(f"basis for {what}", amount.of, kinds)
    if strict and amount.value == 0.0:
        raise InputError(f"An amount of 0 cannot be {what}; write 'Rest' for no current.")
