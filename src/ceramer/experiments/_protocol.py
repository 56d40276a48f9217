"""A protocol: steps and repeats with their header; read from TOML, and resolved to what the engine takes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, final

from pydantic import BaseModel, ConfigDict, Field

from ceramer.errors import InputError
from ceramer.experiments._realism import Instrument, InstrumentSpec
from ceramer.experiments._setting import TimeSetting, VoltageSetting
from ceramer.experiments._steps import (
    Amount,
    Current,
    CurrentScan,
    Impedance,
    Rest,
    Scan,
    Step,
    Voltage,
)
from ceramer.experiments._text import amount_text, parse_amount, parse_step, quantity_text
from ceramer.provenance import read_toml, validate

__all__ = [
    "Protocol",
    "ProtocolSpec",
    "Repeat",
    "RepeatSpec",
    "ResolvedStep",
    "SafetySpec",
    "Scheduled",
    "load_protocol",
    "protocol_of",
    "resolve",
]

_MOST_STEPS: Final = 1_000_000
_DEEPEST: Final = 8
_CAPACITIES: Final = ("areal_capacity", "charge", "specific_capacity")


@final
@dataclass(frozen=True, slots=True)
class Repeat:
    """Steps that run `count` times; each pass of an innermost repeat is one cycle. Sentences are read as steps."""

    count: int
    steps: tuple[Step | Repeat, ...]

    def __post_init__(self) -> None:
        if isinstance(self.count, bool) or not isinstance(self.count, int) or self.count < 1:
            raise InputError(f"A repeat runs a whole number of times, 1 or more, not {self.count!r}.")
        object.__setattr__(self, "steps", _steps_of(self.steps, "A repeat"))


@final
@dataclass(frozen=True, slots=True)
class Scheduled:
    """One step as it runs: `step_index` counts the steps of the protocol as written, `cycle` the passes, both from 1.

    A step outside the innermost repeats belongs to the cycle before it; what comes before every cycle, to the first.
    """

    step: Step
    step_index: int
    cycle: int


@final
@dataclass(frozen=True, slots=True)
class Protocol:
    """What is done to a cell, whatever the cell.

    Parameters
    ----------
    name : str
    technique : str
        What the measurement will say that it is.
    steps : sequence of Step, Repeat or str
        Sentences are read by `parse_step`.
    title, source : str
    notes : sequence of str
    period : float, optional
        Sampling interval [s] of the steps that give none; None: the solver's own points.
    c_rate_capacity : Amount, optional
        What 1C and "50 % of capacity" refer to: an areal capacity, a charge, or a specific capacity of the active
        material. Papers differ, so it is never guessed.
    safety : (float or None, float or None)
        Voltages [V] below and above which the run ends.
    instrument : Instrument, optional
        What the instrument adds (`observe`).
    separate : bool
        Each step becomes a measurement of its own.

    Examples
    --------
    >>> protocol = Protocol("formation", "cycling", (Repeat(2, ("Charge at C/10 until 4.2 V",
    ...                     "Discharge at C/10 until 3 V")),), c_rate_capacity=Amount(5400.0, "areal_capacity"))
    >>> [(s.step_index, s.cycle) for s in protocol.schedule()]
    [(1, 1), (2, 1), (1, 2), (2, 2)]
    >>> print(protocol)
    formation: cycling, 1C is of 0.15 mAh/cm2
      2 times:
        Charge at C/10 until 4.2 V
        Discharge at C/10 until 3 V
    """

    name: str
    technique: str
    steps: tuple[Step | Repeat, ...]
    title: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    period: float | None = None
    c_rate_capacity: Amount | None = None
    safety: tuple[float | None, float | None] = (None, None)
    instrument: Instrument | None = None
    separate: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", _steps_of(self.steps, f"The protocol {self.name!r}"))
        object.__setattr__(self, "notes", tuple(self.notes))
        if self.period is not None and not (math.isfinite(self.period) and self.period > 0.0):
            raise InputError(f"The period of the protocol {self.name!r} is above 0 s, not {self.period!r}.")
        if self.c_rate_capacity is not None and (
            self.c_rate_capacity.of not in _CAPACITIES or self.c_rate_capacity.value == 0.0
        ):
            raise InputError(
                f"The c_rate_capacity of the protocol {self.name!r} is a capacity above 0 such as '1.5 mAh/cm2', "
                "'2 mAh' or '200 mAh/g'."
            )
        low, high = self.safety
        if low is not None and high is not None and not low < high:
            raise InputError(
                f"The safety voltages of the protocol {self.name!r} rise from the lower to the higher, not from {low} "
                f"to {high} V."
            )
        if _count(self.steps) > _MOST_STEPS:
            raise InputError(f"The protocol {self.name!r} runs more than {_MOST_STEPS} steps; repeat less.")

    def schedule(self) -> tuple[Scheduled, ...]:
        """Return the steps in the order in which they run, with their index and cycle."""
        numbered = _numbered(self.steps)
        found: list[tuple[Step, int, int | None]] = []
        clock = [0]
        for item in numbered:
            found.extend(_unfold(item, clock))
        out: list[Scheduled] = []
        now = 1
        for step, index, cycle in found:
            now = now if cycle is None else cycle
            out.append(Scheduled(step, index, now))
        return tuple(out)

    def __str__(self) -> str:
        head = [self.technique]
        if self.c_rate_capacity is not None:
            head.append(f"1C is of {amount_text(self.c_rate_capacity)}")
        if self.period is not None:
            head.append(f"a row every {quantity_text(self.period, 'time')}")
        for side, volts in zip(("below", "above"), self.safety, strict=True):
            if volts is not None:
                head.append(f"ends {side} {quantity_text(volts, 'voltage')}")
        return "\n".join([f"{self.name}: {', '.join(head)}", *_lines(self.steps, "  ")])


def protocol_of(given: Any) -> Protocol:
    """Return a protocol as it is, and sentences ("Rest for 1 h") as one whose technique follows from what they do.

    Examples
    --------
    >>> protocol_of("Hold at 10 mV for 2 h").technique, protocol_of(["Scan from 3 V to 4 V at 0.1 mV/s"]).technique
    ('time series', 'voltammetry')
    """
    if isinstance(given, Protocol):
        return given
    if not isinstance(given, (str, Step, Repeat, Sequence)):
        called = f"; call it, as in protocols.{given.__name__}(...)" if callable(given) else ""
        raise InputError(
            f"A protocol is one of ceramer.protocols, a file (load_protocol) or sentences such as 'Rest for 1 h', not "
            f"{getattr(given, '__name__', type(given).__name__)}{called}."
        )
    steps = _steps_of(given, "A protocol")
    actions = [step.action for step in steps if isinstance(step, Step)]
    technique = "time series"
    if len(actions) == len(steps) and all(isinstance(action, Impedance) for action in actions):
        technique = "impedance"
    elif any(isinstance(action, Scan) for action in actions):
        technique = "voltammetry"
    return Protocol("steps", technique, steps)


def _steps_of(given: Any, what: str) -> tuple[Step | Repeat, ...]:
    if isinstance(given, (str, Step, Repeat)):
        given = (given,)
    steps = tuple(parse_step(s, f"step {k}") if isinstance(s, str) else s for k, s in enumerate(given, 1))
    for step in steps:
        if not isinstance(step, (Step, Repeat)):
            raise InputError(f"{what} holds steps and repeats, not {step!r}.")
    if not steps:
        raise InputError(f"{what} has no steps; write at least one, such as 'Rest for 1 h'.")
    return steps


def _count(steps: tuple[Step | Repeat, ...], depth: int = 0) -> int:
    if depth > _DEEPEST:
        raise InputError(f"Repeats stand more than {_DEEPEST} deep in each other; write them flatter.")
    return sum(s.count * _count(s.steps, depth + 1) if isinstance(s, Repeat) else 1 for s in steps)


def _lines(steps: tuple[Step | Repeat, ...], indent: str) -> Iterator[str]:
    for step in steps:
        if isinstance(step, Repeat):
            yield f"{indent}{step.count} times:"
            yield from _lines(step.steps, indent + "  ")
        else:
            yield f"{indent}{step}"


_Numbered = tuple[Step, int] | tuple[Repeat, tuple[Any, ...]]


def _numbered(steps: tuple[Step | Repeat, ...], counter: list[int] | None = None) -> tuple[_Numbered, ...]:
    """Number the steps as they are written, depth first."""
    counter = [0] if counter is None else counter
    out: list[_Numbered] = []
    for step in steps:
        if isinstance(step, Repeat):
            out.append((step, _numbered(step.steps, counter)))
        else:
            counter[0] += 1
            out.append((step, counter[0]))
    return tuple(out)


def _unfold(item: Any, clock: list[int]) -> Iterator[tuple[Step, int, int | None]]:
    """Yield (step, index, cycle) of one entry; None where no repeat counts a cycle."""
    step, inside = item
    if isinstance(step, Step):
        yield step, inside, None
        return
    innermost = not any(isinstance(inner[0], Repeat) for inner in inside)
    for _ in range(step.count):
        if innermost:
            clock[0] += 1
            for one, index in inside:
                yield one, index, clock[0]
        else:
            for inner in inside:
                yield from _unfold(inner, clock)


@final
@dataclass(frozen=True, slots=True)
class ResolvedStep:
    """A step in what the engine takes: per area, SI, current positive in discharge.

    `control` is "current", "voltage" or "impedance". `value` [A/m2 or V] is what is imposed at the start (None: what
    the cell has then). A ramp has a `target` and a signed `rate` [A/m2/s or V/s]; while `value` is None the rate is a
    magnitude, and `started_at` gives it its sign. The step ends after `duration` [s] (inf: not by time), at
    `voltage_above` or `voltage_below` [V], when the magnitude of the current falls below `current_below` or rises
    to `current_above` [A/m2], or when it has moved `charge` [C/m2]. The run ends outside `safety` [V].
    `frequencies` [Hz] and `amplitude` [V] are those of an impedance sweep. Rows are `period` [s] apart (None: the
    solver's own points), and also `voltage_resolution` [V] where that is given.
    """

    control: Literal["current", "voltage", "impedance"]
    value: float | None = 0.0
    rate: float = 0.0
    target: float | None = None
    duration: float = math.inf
    voltage_above: float = math.inf
    voltage_below: float = -math.inf
    current_below: float = 0.0
    charge: float = math.inf
    period: float | None = None
    voltage_resolution: float | None = None
    cycle: int = 1
    step_index: int = 1
    label: str = ""
    frequencies: tuple[float, ...] = ()
    amplitude: float = 0.0
    safety: tuple[float, float] = (-math.inf, math.inf)
    current_above: float = math.inf

    def started_at(self, present: float) -> ResolvedStep:
        """Return the step with `value` set to the `present` voltage [V] where it was None, and a ramp's sign and time.

        A ramp that begins at its target has nothing to do: its rate and duration are 0.
        """
        if self.value is not None:
            return self
        if self.target is None:
            return dataclasses.replace(self, value=present)
        way = self.target - present
        time = abs(way) / self.rate
        rate = math.copysign(self.rate, way) if way else 0.0
        return dataclasses.replace(self, value=present, rate=rate, duration=min(self.duration, time))


def resolve(
    protocol: Protocol,
    area: float | None = None,
    areal_capacity: float | None = None,
    *,
    loading: float | None = None,
) -> tuple[ResolvedStep, ...]:
    """Return the steps of a protocol as the engine takes them, in the order in which they run.

    Parameters
    ----------
    protocol : Protocol
    area : float, optional
        Of the electrodes [m2]; needed by currents in A and charges in Ah.
    areal_capacity : float, optional
        What 1C refers to [C/m2], where the protocol does not say it itself.
    loading : float, optional
        Active material [kg/m2]; needed by a `c_rate_capacity` in mAh/g.

    Returns
    -------
    tuple of ResolvedStep

    Raises
    ------
    InputError
        A C-rate without a capacity, a current in A without an area.

    Examples
    --------
    >>> one = Protocol("x", "hold", ("Discharge at 10 uA for 1 h",))
    >>> resolve(one, area=1e-4)[0].value
    0.1
    """
    basis = _Basis(protocol, area, areal_capacity, loading)
    made: dict[int, ResolvedStep] = {}
    out = []
    for entry in protocol.schedule():
        if entry.step_index not in made:
            made[entry.step_index] = _resolved(entry.step, protocol, basis)
        base = made[entry.step_index]
        out.append(dataclasses.replace(base, cycle=entry.cycle, step_index=entry.step_index))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class _Basis:
    """Area and capacity that turn amounts into amounts per area."""

    protocol: Protocol
    area: float | None
    areal_capacity: float | None
    loading: float | None

    def per_area(self, amount: Amount) -> float:
        """Return [A/m2], [C/m2] or [A/m2/s]."""
        if amount.of in ("current_density", "areal_capacity", "current_density_rate"):
            return amount.value
        if amount.of in ("current", "charge", "current_rate"):
            return amount.value / self._area(amount)
        if amount.of == "specific_capacity":
            if not self.loading:
                raise InputError(
                    f"The protocol {self.protocol.name!r} refers 1C to {amount_text(amount)}, which needs the loading "
                    "of the active material; give the positive electrode a loading, or c_rate_capacity in mAh/cm2."
                )
            return amount.value * self.loading
        return amount.value * self._capacity(amount)

    def _area(self, amount: Amount) -> float:
        if not self.area:
            raise InputError(
                f"The protocol {self.protocol.name!r} states {amount_text(amount)}, and the cell has no area; give the "
                "cell an area, or write the amount per cm2."
            )
        return self.area

    def _capacity(self, amount: Amount) -> float:
        stated = self.protocol.c_rate_capacity
        if stated is not None:
            return self.per_area(stated)
        if not self.areal_capacity:
            raise InputError(
                f"The protocol {self.protocol.name!r} states {amount_text(amount)}, but not what 1C refers to; add "
                "c_rate_capacity = '1.5 mAh/cm2' (or in mAh, or in mAh/g)."
            )
        return self.areal_capacity


def _resolved(step: Step, protocol: Protocol, basis: _Basis) -> ResolvedStep:
    action, until = step.action, step.until
    low, high = protocol.safety
    duration = math.inf if until.duration is None else until.duration
    common: dict[str, Any] = {
        "voltage_above": math.inf if until.voltage_above is None else until.voltage_above,
        "voltage_below": -math.inf if until.voltage_below is None else until.voltage_below,
        "current_below": 0.0 if until.current_below is None else basis.per_area(until.current_below),
        "current_above": math.inf if until.current_above is None else basis.per_area(until.current_above),
        "charge": math.inf if until.charge is None else basis.per_area(until.charge),
        "period": protocol.period if step.period is None else step.period,
        "voltage_resolution": step.voltage_resolution,
        "label": step.label,
        "safety": (-math.inf if low is None else low, math.inf if high is None else high),
    }
    match action:
        case Rest():
            return ResolvedStep("current", duration=duration, **common)
        case Current():
            sign = 1.0 if action.direction == "discharge" else -1.0
            return ResolvedStep("current", sign * basis.per_area(action.level), duration=duration, **common)
        case CurrentScan():
            sign = 1.0 if action.direction == "discharge" else -1.0
            start, end = sign * basis.per_area(action.start), sign * basis.per_area(action.end)
            rate = basis.per_area(action.rate)
            return _ramp("current", start=start, end=end, rate=rate, duration=duration, common=common)
        case Voltage():
            return ResolvedStep("voltage", action.value, duration=duration, **common)
        case Scan():
            return _ramp(
                "voltage", start=action.start, end=action.end, rate=action.rate, duration=duration, common=common
            )
        case Impedance():
            common |= {"period": None, "frequencies": action.frequencies, "amplitude": action.amplitude}
            return ResolvedStep("impedance", None, duration=0.0, **common)


def _ramp(
    control: Literal["current", "voltage"],
    *,
    start: float | None,
    end: float,
    rate: float,
    duration: float,
    common: dict[str, Any],
) -> ResolvedStep:
    if start is None:
        return ResolvedStep(control, None, rate, end, duration, **common)
    time = abs(end - start) / rate
    return ResolvedStep(control, start, math.copysign(rate, end - start), end, min(duration, time), **common)


_STRICT = ConfigDict(frozen=True, extra="forbid")


class RepeatSpec(BaseModel):
    """Steps that run several times."""

    model_config = _STRICT
    repeat: int = Field(ge=1)
    steps: tuple[str | RepeatSpec, ...] = Field(min_length=1)


class SafetySpec(BaseModel):
    """Voltages outside which the run ends."""

    model_config = _STRICT
    voltage_below: VoltageSetting | None = None
    voltage_above: VoltageSetting | None = None


class ProtocolSpec(BaseModel):
    """A protocol as a file gives it."""

    model_config = _STRICT
    kind: Literal["protocol"] = "protocol"
    schema_version: Literal[1] = 1
    name: str
    title: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    technique: str = "time series"
    period: TimeSetting | None = None
    c_rate_capacity: str | None = None
    separate: bool = False
    steps: tuple[str | RepeatSpec, ...] = Field(min_length=1)
    safety: SafetySpec = SafetySpec()
    instrument: InstrumentSpec | None = None

    def build(self, where: str = "") -> Protocol:
        """Read the sentences and return the protocol."""
        capacity = None
        if self.c_rate_capacity is not None:
            capacity = parse_amount(self.c_rate_capacity, _CAPACITIES, f"{where or self.name}: c_rate_capacity")
        return Protocol(
            self.name,
            self.technique,
            _built(self.steps, where or self.name, ""),
            self.title,
            self.source,
            self.notes,
            self.period,
            capacity,
            (self.safety.voltage_below, self.safety.voltage_above),
            None if self.instrument is None else self.instrument.build(),
            self.separate,
        )


def _built(steps: tuple[str | RepeatSpec, ...], where: str, before: str, depth: int = 0) -> tuple[Step | Repeat, ...]:
    if depth > _DEEPEST:
        raise InputError(f"{where}: repeats stand more than {_DEEPEST} deep in each other; write them flatter.")
    out: list[Step | Repeat] = []
    for k, step in enumerate(steps, 1):
        if isinstance(step, str):
            out.append(parse_step(step, f"{where}, step {before}{k}"))
        else:
            out.append(Repeat(step.repeat, _built(step.steps, where, f"{before}{k}.", depth + 1)))
    return tuple(out)


def load_protocol(path: str | Path) -> Protocol:
    """Return the protocol in a TOML file of kind "protocol"; what is wrong in it is said in one sentence."""
    data = read_toml(path)
    if data.get("kind") != "protocol":
        raise InputError(f'{path}: expected kind = "protocol", found {data.get("kind")!r}.')
    return validate(ProtocolSpec, data, str(path)).build(str(path))
