"""Ready protocols, named as one names them at the bench; every argument is text with its unit.

A default is what the papers state (the docstring says which paper); what no paper states has to be given.

>>> print(EIS("1 MHz", "1 Hz", amplitude="5 mV"))
EIS: impedance
  Impedance from 1 MHz to 1 Hz, 10 points per decade, 5 mV
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ceramer import units
from ceramer.errors import InputError
from ceramer.experiments._protocol import Protocol, Repeat
from ceramer.experiments._steps import (
    CHARGES,
    CURRENTS,
    Amount,
    Current,
    Direction,
    Impedance,
    Scan,
    Step,
    Until,
    Voltage,
)
from ceramer.experiments._steps import Rest as _Rest
from ceramer.experiments._text import amount_text, parse_amount, quantity_text

__all__ = [
    "CCCV",
    "CV",
    "DCR",
    "EIS",
    "LSV",
    "BruceVincent",
    "CriticalCurrent",
    "DCPolarisation",
    "Hold",
    "IsotopeExchange",
    "OneWayPlating",
    "PlatingStripping",
    "RateTest",
    "Rest",
]

_ROWS = 200
_EARLY, _EARLY_PERIOD = 60.0, 0.1
_SCAN_ROW = 1e-3
_DCR_CURRENTS = ("0.1 uA", "1 uA", "2 uA", "4 uA", "6 uA", "8 uA", "10 uA", "20 uA", "50 uA")


def EIS(f_max: str = "1 MHz", f_min: str = "1 Hz", *, points_per_decade: int = 10, amplitude: str = "5 mV") -> Protocol:
    """Impedance sweep at the present state.

    The defaults are the window and amplitude of He2024; Nguyen2024 sweeps 100 kHz to 1 Hz with 10 mV, and the
    supporting information of Zou 3 MHz to 1 Hz without stating an amplitude. The response is linear: the amplitude is
    recorded, not used.

    Parameters
    ----------
    f_max, f_min : str
        First and last frequency.
    points_per_decade : int
    amplitude : str
    """
    return Protocol("EIS", "impedance", (_sweep(f_max, f_min, points_per_decade, amplitude),))


def Rest(duration: str, *, period: str | None = None) -> Protocol:
    """No current for a time."""
    return Protocol("Rest", "rest", (Step(_Rest(), Until(_time(duration, "duration"))),), period=_period(period))


def Hold(
    voltage: str,
    duration: str,
    *,
    until_current: str | None = None,
    until_current_above: str | None = None,
    period: str | None = None,
) -> Protocol:
    """Held voltage for a time, or until the current has fallen below `until_current` ("1 uA/cm2", "C/50").

    Or until it has risen to `until_current_above`, as it does when a cell begins to leak or a component to oxidise; the
    charging at the start, which falls, does not count.
    """
    below = None if until_current is None else parse_amount(until_current, CURRENTS, "until_current")
    above = None if until_current_above is None else parse_amount(until_current_above, CURRENTS, "until_current_above")
    until = Until(_time(duration, "duration"), current_below=below, current_above=above)
    return Protocol("Hold", "chronoamperometry", (Step(Voltage(_volts(voltage)), until),), period=_period(period))


def BruceVincent(
    duration: str,
    voltage: str = "10 mV",
    *,
    f_max: str = "1 MHz",
    f_min: str = "1 Hz",
    points_per_decade: int = 10,
    amplitude: str = "5 mV",
    conditioning_current: str | None = None,
    conditioning_capacity: str | None = None,
    period: str = "10 s",
) -> Protocol:
    """Spectrum, small held voltage until the current is steady, spectrum.

    The step of 10 mV is that of Nguyen2024; no paper states how long it is held. The spectra have the window and
    amplitude of He2024. The supporting information of Zou first plates and strips 0.2 mAh/cm2 at 0.2 mA/cm2, so that
    the interfaces no longer change: give both `conditioning_` arguments for that (a measurement of its own, before the
    first spectrum).

    Parameters
    ----------
    duration : str
        Of the hold.
    voltage : str
    f_max, f_min, points_per_decade, amplitude
        Of both spectra.
    conditioning_current, conditioning_capacity : str, optional
        One cycle before.
    period : str
        Sampling of the hold after its first minute, which has ten rows a second.
    """
    sweep = _sweep(f_max, f_min, points_per_decade, amplitude)
    total, held = _time(duration, "duration"), Voltage(_volts(voltage))
    rows = units.to_si(period, "time", "period")
    early = Step(held, Until(min(_EARLY, total)), min(_EARLY_PERIOD, rows))
    late = (Step(held, Until(total - _EARLY), rows),) if total > _EARLY else ()
    before: tuple[Step | Repeat, ...] = ()
    if (conditioning_current is None) != (conditioning_capacity is None):
        raise InputError("BruceVincent: give both conditioning_current and conditioning_capacity, or neither.")
    if conditioning_current is not None and conditioning_capacity is not None:
        j = parse_amount(conditioning_current, CURRENTS, "conditioning_current")
        q = parse_amount(conditioning_capacity, CHARGES, "conditioning_capacity")
        before = tuple(Step(Current(way, j), Until(charge=q), label="conditioning") for way in _both("charge"))
    return Protocol("BruceVincent", "polarisation", (*before, sweep, early, *late, sweep))


def DCPolarisation(
    duration: str, voltages: str | Sequence[str] = ("150 mV",), *, period: str | None = None
) -> Protocol:
    """Held voltages between blocking electrodes, one after the other: the electronic current is what stays.

    150 mV is what He2024 and, for the polymer UVEA, the supporting information of Zou apply; the latter apply 3 V to
    pellets. Several voltages show whether the steady current is ohmic. No paper states the time. Each voltage becomes a
    measurement of its own.
    """
    texts = (voltages,) if isinstance(voltages, str) else tuple(voltages)
    time = _time(duration, "duration")
    rows = time / (10 * _ROWS) if period is None else _period(period)
    steps = tuple(Step(Voltage(_volts(v)), Until(time)) for v in texts)
    return Protocol("DCPolarisation", "polarisation", steps, period=rows, separate=True)


def LSV(to: str = "6 V", rate: str = "1 mV/s", *, start: str | None = None, period: str | None = None) -> Protocol:
    """Linear sweep from the open-circuit voltage (or `start`) to a voltage; 1 mV/s to 6 V as in Nguyen2024.

    A row every 1 mV where no `period` is given.
    """
    speed = units.to_si(rate, "scan_rate", "rate")
    scan = Step(Scan(_volts(to), speed, None if start is None else _volts(start)))
    rows = _SCAN_ROW / speed if period is None else _period(period)
    return Protocol("LSV", "linear sweep voltammetry", (scan,), period=rows)


def CV(
    legs: Sequence[str] = ("4.6 V", "-0.3 V"),
    rate: str = "1 mV/s",
    *,
    start: str | None = None,
    cycles: int = 1,
    period: str | None = None,
) -> Protocol:
    """Cyclic voltammogram: from the open-circuit voltage (or `start`) along `legs` in the order given.

    The order matters: He2024 goes up to 4.6 V first and then down to -0.3 V at 1 mV/s (the default), the supporting
    information of Zou down to -0.3 V first and then up to 4.6 V at 0.1 mV/s. A row every 1 mV where no `period` is
    given.
    """
    if isinstance(legs, str) or len(legs) < 1:
        raise InputError("CV: legs is a list of voltages in the order of the scan, such as ['4.6 V', '-0.3 V'].")
    speed = units.to_si(rate, "scan_rate", "rate")
    ends = [_volts(leg) for leg in legs]
    # only the first leg may jump to its start; each further leg, and each further cycle, goes on from where it is
    steps: list[Step | Repeat] = [Step(Scan(ends[0], speed, None if start is None else _volts(start)))]
    steps += [Step(Scan(end, speed)) for end in ends[1:]]
    whole: tuple[Step | Repeat, ...] = (Repeat(1, tuple(steps)),)
    if cycles > 1:
        whole += (Repeat(cycles - 1, tuple(Step(Scan(end, speed)) for end in ends)),)
    rows = _SCAN_ROW / speed if period is None else _period(period)
    return Protocol("CV", "cyclic voltammetry", whole, period=rows)


def DCR(
    duration: str,
    currents: Sequence[str] = _DCR_CURRENTS,
    *,
    direction: Direction = "charge",
    rest: str | None = None,
    period: str | None = None,
) -> Protocol:
    """Small currents stepped up one after the other: the slope of voltage against current is the resistance.

    The nine currents are those of the UVEA series in the supporting information of Zou (0.1 to 50 uA); the time of a
    step is not stated there.

    Parameters
    ----------
    duration : str
        Of each step.
    currents : sequence of str
        Currents, or current densities.
    direction : "charge" or "discharge"
    rest : str, optional
        Between two steps.
    period : str, optional
        Sampling; default: 200 rows a step.
    """
    time = _time(duration, "duration")
    pause = () if rest is None else (Step(_Rest(), Until(_time(rest, "rest"))),)
    steps: list[Step] = []
    for text in currents:
        steps += [*(pause if steps else ()), Step(Current(direction, _current(text)), Until(time))]
    rows = time / _ROWS if period is None else _period(period)
    return Protocol("DCR", "current steps", tuple(steps), period=rows)


def PlatingStripping(
    current_density: str,
    *,
    cycles: int,
    time: str | None = None,
    capacity: str | None = None,
    first: Direction = "charge",
    rest: str | None = None,
    safety: tuple[str | None, str | None] = (None, None),
    period: str | None = None,
) -> Protocol:
    """Plate and strip at constant current; a half-cycle has a `time` or a `capacity`, and a cycle has two.

    The papers run very different ones (0.05 to 20 mA/cm2, 0.1 to 2 mAh/cm2 or 0.5 to 2 h), so nothing is a default.
    "charge" plates the negative electrode.

    Parameters
    ----------
    current_density : str
    cycles : int
    time, capacity : str
        Of a half-cycle: exactly one of them.
    first : "charge" or "discharge"
    rest : str, optional
        After each half-cycle.
    safety : (str or None, str or None)
        Voltages below and above which the run ends.
    period : str, optional
        Sampling; default: 200 rows a half-cycle.
    """
    level = _current(current_density)
    until, rows = _half_cycle("PlatingStripping", level, time, capacity, period)
    return Protocol(
        "PlatingStripping",
        "plating and stripping",
        (Repeat(cycles, _cycle(level, until, first, rest)),),
        period=rows,
        safety=_safety(safety),
    )


def CriticalCurrent(
    first: str,
    last: str,
    increment: str,
    *,
    time: str | None = None,
    capacity: str | None = None,
    cycles_per_step: int = 1,
    rest: str | None = None,
    safety: tuple[str | None, str | None] = (None, None),
    period: str | None = None,
) -> Protocol:
    """Ramp of current densities; each half-cycle has a fixed `time` or a fixed `capacity`, which do not compare.

    The supporting information of Zou uses 0.5 mAh/cm2 (LVO) and 0.5 h (LATP, LTO); Nguyen2024 steps from 0.1 to
    1.0 mA/cm2 with ten cycles each.

    Parameters
    ----------
    first, last, increment : str
        Current densities (or currents).
    time, capacity : str
        Of a half-cycle: exactly one of them.
    cycles_per_step : int
    rest, safety, period
        As in `PlatingStripping`.
    """
    low, high, step = (_current(text) for text in (first, last, increment))
    if len({low.of, high.of, step.of}) != 1:
        raise InputError("CriticalCurrent: first, last and increment are all current densities, or all currents.")
    count = (high.value - low.value) / step.value if step.value else math.nan
    if not math.isfinite(count) or count < -1e-9 or abs(count - round(count)) > 1e-6:
        raise InputError(
            f"CriticalCurrent: {last!r} is not reached from {first!r} in whole steps of {increment!r}; change one."
        )
    blocks = []
    longest: float | None = None
    for k in range(round(count) + 1):
        # the current as one writes it: 0.1 + 2 * 0.1 is 0.3, not 0.30000000000000004
        level = Amount(float(f"{low.value + k * step.value:.12g}"), low.of)
        until, rows = _half_cycle("CriticalCurrent", level, time, capacity, period)
        longest = rows if longest is None else min(longest, rows)
        blocks.append(Repeat(cycles_per_step, _cycle(level, until, "charge", rest)))
    return Protocol(
        "CriticalCurrent", "critical current density", tuple(blocks), period=longest, safety=_safety(safety)
    )


def OneWayPlating(
    current_density: str = "0.2 mA/cm2", capacity: str = "6 mAh/cm2", *, spectra: int = 0, period: str | None = None
) -> Protocol:
    """Lithium plated in one direction; 6 mAh/cm2 at 0.2 mA/cm2 (30 h) as in He2024.

    With `spectra` > 0 the plating is cut into that many equal parts, and a sweep (1 MHz to 1 Hz, 5 mV, as in He2024)
    stands before the first and after each.
    """
    level, total = _current(current_density), parse_amount(capacity, CHARGES, "capacity")
    if spectra < 0:
        raise InputError(f"OneWayPlating: spectra is 0 or more, not {spectra}.")
    parts = max(spectra, 1)
    until, rows = _half_cycle("OneWayPlating", level, None, capacity, period)
    plating = Step(Current("charge", level), Until(charge=Amount(total.value / parts, total.of)))
    sweep = _sweep("1 MHz", "1 Hz", 10, "5 mV")
    if not spectra:
        return Protocol("OneWayPlating", "plating", (Step(plating.action, until),), period=rows)
    return Protocol("OneWayPlating", "plating", (sweep, *((plating, sweep) * parts)), period=rows)


def IsotopeExchange(
    duration: str = "160 h",
    current_density: str | None = None,
    *,
    half_cycle: str | None = None,
    period: str | None = None,
) -> Protocol:
    """Time for the isotopes of foil and electrolyte to mix: at rest, or while plating and stripping.

    He2024 cycles a 6Li cell for 160 h; neither paper states current or half-cycle. Without a `current_density` the cell
    rests; with one, give the `half_cycle` too.
    """
    total = _time(duration, "duration")
    if current_density is None:
        rows = total / _ROWS if period is None else _period(period)
        return Protocol("IsotopeExchange", "isotope exchange", (Step(_Rest(), Until(total)),), period=rows)
    if half_cycle is None:
        raise InputError("IsotopeExchange: a current_density needs the half_cycle as well, such as half_cycle='1 h'.")
    half = _time(half_cycle, "half_cycle")
    cycles = round(total / (2.0 * half))
    if cycles < 1 or abs(total / (2.0 * half) - cycles) > 1e-6:
        raise InputError(
            f"IsotopeExchange: {quantity_text(total, 'time')} is not a whole number of cycles of twice "
            f"{quantity_text(half, 'time')}; change one."
        )
    level = _current(current_density)
    rows = half / _ROWS if period is None else _period(period)
    block = Repeat(cycles, _cycle(level, Until(half), "charge", None))
    return Protocol("IsotopeExchange", "isotope exchange", (block,), period=rows)


def CCCV(
    charge: str,
    discharge: str | None = None,
    *,
    upper: str,
    lower: str,
    cycles: int = 1,
    taper: str | None = None,
    c_rate_capacity: str | None = None,
    formation: str | None = None,
    formation_cycles: int = 0,
    first: Direction = "charge",
    rest: str | None = None,
    period: str = "60 s",
    voltage_resolution: str | None = None,
) -> Protocol:
    """Cycles between two voltages, with a constant-voltage end of charge where `taper` is given.

    The papers state no constant-voltage step. Cut-offs they state: 2.5 to 4.3 V (NCM811, Nguyen2024, after five cycles
    of formation at 0.1C), 2.7 to 4.2 V and 2.7 to 4.4 V (NMC811, supporting information of Zou). 1C is 200 mAh/g in
    Nguyen2024 and 210 mAh/g in Zou; in He2024 current and rate imply 158 to 195 mAh/g.

    Parameters
    ----------
    charge, discharge : str
        C-rate ("0.5C", "C/2") or current density; `discharge` is as `charge` where not given.
    upper, lower : str
        Cut-off voltages.
    cycles : int
    taper : str, optional
        Hold `upper` until the current has fallen below this ("C/20").
    c_rate_capacity : str, optional
        What 1C refers to: "1.5 mAh/cm2", "2 mAh" or "200 mAh/g".
    formation : str, optional
        Rate of `formation_cycles` cycles before.
    first : "charge" or "discharge"
    rest : str, optional
        After each half-cycle.
    period, voltage_resolution : str
        Sampling.
    """
    if (formation is None) != (formation_cycles == 0):
        raise InputError("CCCV: give both formation and formation_cycles, or neither.")
    window = _Window(lower, upper, taper, rest, voltage_resolution)
    blocks = []
    if formation is not None:
        blocks.append(Repeat(formation_cycles, window.cycle(formation, formation, first)))
    blocks.append(Repeat(cycles, window.cycle(charge, discharge or charge, first)))
    return Protocol(
        "CCCV", "cycling", tuple(blocks), period=_period(period), c_rate_capacity=_capacity(c_rate_capacity)
    )


def RateTest(
    rates: Sequence[str],
    cycles: int,
    *,
    upper: str,
    lower: str,
    charge: str | None = None,
    taper: str | None = None,
    c_rate_capacity: str | None = None,
    rest: str | None = None,
    period: str = "60 s",
    voltage_resolution: str | None = None,
) -> Protocol:
    """Some cycles at each of several rates; end with the first rate to tell fade from rate.

    Nguyen2024 names 0.1, 0.2, 0.5, 1 and 5C and a return to 0.1C and 0.5C between 2.5 and 4.3 V at 200 mAh/g; no paper
    states the cycles at each rate.

    Parameters
    ----------
    rates : sequence of str
        C-rates or current densities of discharge, and of charge where `charge` is not given.
    cycles : int
        At each rate.
    upper, lower, taper, c_rate_capacity, rest, period, voltage_resolution
        As in `CCCV`.
    charge : str, optional
        One rate for every charge.
    """
    if isinstance(rates, str) or len(rates) < 1:
        raise InputError("RateTest: rates is a list such as ['0.1C', '0.5C', '1C', '0.1C'].")
    window = _Window(lower, upper, taper, rest, voltage_resolution)
    blocks = tuple(Repeat(cycles, window.cycle(charge or rate, rate)) for rate in rates)
    return Protocol("RateTest", "rate test", blocks, period=_period(period), c_rate_capacity=_capacity(c_rate_capacity))


def _both(first: Direction) -> tuple[Direction, Direction]:
    return ("charge", "discharge") if first == "charge" else ("discharge", "charge")


def _time(text: str, what: str) -> float:
    return units.to_si(text, "time", what)


def _volts(text: str, what: str = "voltage") -> float:
    return units.to_si(text, "voltage", what)


def _period(text: str | None) -> float | None:
    return None if text is None else units.to_si(text, "time", "period")


def _current(text: str) -> Amount:
    return parse_amount(text, ("current_density", "current"), "current")


def _capacity(text: str | None) -> Amount | None:
    return (
        None
        if text is None
        else parse_amount(text, ("areal_capacity", "charge", "specific_capacity"), "c_rate_capacity")
    )


def _safety(pair: tuple[str | None, str | None]) -> tuple[float | None, float | None]:
    low, high = pair
    return None if low is None else _volts(low), None if high is None else _volts(high)


def _sweep(f_max: str, f_min: str, points_per_decade: int, amplitude: str) -> Step:
    high, low = (units.to_si(text, "frequency", name) for text, name in ((f_max, "f_max"), (f_min, "f_min")))
    return Step(Impedance(high, low, points_per_decade, units.to_si(amplitude, "voltage", "amplitude")))


def _half_cycle(
    what: str, level: Amount, time: str | None, capacity: str | None, period: str | None
) -> tuple[Until, float]:
    """Return the end of a half-cycle and its sampling interval [s]."""
    if (time is None) == (capacity is None):
        raise InputError(f"{what}: give the time or the capacity of a half-cycle, exactly one, such as time='1 h'.")
    if time is not None:
        until = Until(_time(time, "time"))
        seconds = until.duration
    else:
        until = Until(charge=parse_amount(str(capacity), ("areal_capacity", "charge"), "capacity"))
        fitting = {"current_density": "areal_capacity", "current": "charge"}[level.of]
        charge: Any = until.charge
        if charge.of != fitting and period is None:
            raise InputError(
                f"{what}: {amount_text(level)} and {amount_text(charge)} are on different bases; give both per cm2, or "
                "the period as well."
            )
        seconds = charge.value / level.value if charge.of == fitting and level.value else None
    rows = seconds / _ROWS if period is None and seconds is not None else _period(period)
    if rows is None:
        raise InputError(f"{what}: the current is 0; give one above 0, such as '0.5 mA/cm2'.")
    return until, rows


def _cycle(level: Amount, until: Until, first: Direction, rest: str | None) -> tuple[Step, ...]:
    pause = () if rest is None else (Step(_Rest(), Until(_time(rest, "rest"))),)
    one, other = _both(first)
    return (Step(Current(one, level), until), *pause, Step(Current(other, level), until), *pause)


@dataclass(frozen=True, slots=True)
class _Window:
    """Cut-offs, taper, rest and sampling that the cycles of a cell share."""

    lower: str
    upper: str
    taper: str | None
    rest: str | None
    voltage_resolution: str | None

    def cycle(self, charge: str, discharge: str, first: Direction = "charge") -> tuple[Step, ...]:
        """Return the steps of one cycle at these rates."""
        high, low = _volts(self.upper, "upper"), _volts(self.lower, "lower")
        if not low < high:
            raise InputError(f"The lower cut-off {self.lower!r} is not below the upper one {self.upper!r}.")
        resolution = None if self.voltage_resolution is None else _volts(self.voltage_resolution)
        pause = () if self.rest is None else (Step(_Rest(), Until(_time(self.rest, "rest"))),)
        rate = Current("charge", parse_amount(charge, CURRENTS, "charge"))
        up = [Step(rate, Until(voltage_above=high), voltage_resolution=resolution)]
        if self.taper is not None:
            up.append(Step(Voltage(high), Until(current_below=parse_amount(self.taper, CURRENTS, "taper"))))
        rate = Current("discharge", parse_amount(discharge, CURRENTS, "discharge"))
        down = Step(rate, Until(voltage_below=low), voltage_resolution=resolution)
        halves = ((*up, *pause), (down, *pause))
        return (*halves[0], *halves[1]) if first == "charge" else (*halves[1], *halves[0])
