"""Every step prints as a sentence that reads back to the same step; a schedule holds every pass once."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer.errors import InputError
from ceramer.experiments import (
    Amount,
    Current,
    CurrentScan,
    Impedance,
    Protocol,
    Repeat,
    Rest,
    Scan,
    Step,
    Until,
    Voltage,
    parse_step,
    resolve,
)

POSITIVE = st.floats(1e-12, 1e12) | st.sampled_from([1.0, 0.5, 60.0, 3600.0, 1e-3, 2.5e-4, 1.0 / 3.0 / 3600.0])
VOLTS = st.floats(-10.0, 10.0)
CURRENTS = ("current", "current_density", "c_rate")
CHARGES = ("charge", "areal_capacity", "capacity_fraction")
WORDS = (
    "Charge Discharge Rest Hold Scan Impedance at for until from to or every above below , [ ] 1 h 5 mV C/2 0.5 mA/cm2"
)
LABEL = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="[]", categories=["L", "N", "P"]), min_size=1))


def amounts(kinds):
    return st.builds(Amount, POSITIVE, st.sampled_from(kinds))


@st.composite
def steps(draw):
    direction = draw(st.sampled_from(["charge", "discharge"]))
    kind = draw(st.sampled_from([Current, CurrentScan, Voltage, Rest, Scan, Impedance]))
    if kind is Impedance:
        low = draw(st.floats(1e-6, 1e3))
        sweep = Impedance(low * draw(st.floats(1.5, 1e7)), low, draw(st.integers(1, 50)), draw(st.floats(1e-6, 1.0)))
        return Step(sweep, label=" ".join(" ".join(draw(LABEL)).split())[:80].strip())
    values = draw(st.lists(VOLTS, min_size=2, max_size=2, unique=True))
    basis = draw(st.sampled_from(["current", "current_density"]))
    ends = [draw(POSITIVE), draw(POSITIVE)]
    ends[1] += ends[0] if ends[0] == ends[1] else 0.0
    action = {
        Current: lambda: Current(direction, draw(amounts(CURRENTS))),
        CurrentScan: lambda: CurrentScan(
            direction, Amount(ends[0], basis), Amount(ends[1], basis), Amount(draw(POSITIVE), f"{basis}_rate")
        ),
        Voltage: lambda: Voltage(draw(st.none() | VOLTS)),
        Rest: Rest,
        Scan: lambda: Scan(values[0], draw(POSITIVE), draw(st.none() | st.just(values[1]))),
    }[kind]()
    chosen = {"duration": draw(POSITIVE)}
    if kind is not Scan and kind is not Voltage:
        chosen |= {"voltage_above": draw(st.none() | VOLTS), "voltage_below": draw(st.none() | VOLTS)}
    if kind is not Rest:
        chosen["charge"] = draw(st.none() | amounts(CHARGES))
    if kind is Voltage:
        chosen["current_below"] = draw(st.none() | amounts(CURRENTS))
    if kind in (Voltage, Scan):
        chosen["current_above"] = draw(st.none() | amounts(CURRENTS))
    label = " ".join(" ".join(draw(LABEL)).split())[:80].strip()
    return Step(action, Until(**chosen), draw(st.none() | POSITIVE), draw(st.none() | POSITIVE), label)


@given(step=steps())
@settings(max_examples=25)
def test_a_step_reads_back_from_its_sentence(step):
    assert parse_step(str(step)) == step
    assert str(parse_step(str(step))) == str(step)


@given(
    text=st.text(max_size=60)
    | st.lists(
        st.sampled_from(WORDS.split()),
        max_size=12,
    ).map(" ".join)
)
@settings(max_examples=25)
def test_any_text_is_a_step_or_one_sentence(text):
    try:
        assert parse_step(str(parse_step(text))) == parse_step(text)
    except InputError as error:
        assert "\n" not in str(error) and str(error).endswith((".", "?"))


@st.composite
def nested(draw, depth=0):
    count = draw(st.integers(1, 3))
    items = []
    for _ in range(count):
        if depth < 2 and draw(st.booleans()):
            items.append(Repeat(draw(st.integers(1, 4)), tuple(draw(nested(depth + 1)))))
        else:
            items.append(parse_step("Charge at 1 mA/cm2 for 1 h"))
    return items


def _runs(items):
    return sum(item.count * _runs(item.steps) if isinstance(item, Repeat) else 1 for item in items)


def _passes(items):
    def of(item):
        if not isinstance(item, Repeat):
            return 0
        inner = sum(map(of, item.steps))
        return item.count * (inner or 1)

    return sum(map(of, items))


@given(items=nested())
@settings(max_examples=25)
def test_a_schedule_runs_everything_and_counts_every_pass(items):
    protocol = Protocol("x", "cycling", tuple(items))
    schedule = protocol.schedule()
    assert len(schedule) == _runs(items) == len(resolve(protocol))
    cycles = [entry.cycle for entry in schedule]
    assert cycles == sorted(cycles) and cycles[0] == 1
    assert max(cycles) == max(_passes(items), 1)
    assert sorted({entry.step_index for entry in schedule}) == list(range(1, 1 + len({e.step_index for e in schedule})))


@given(value=POSITIVE, area=st.floats(1e-6, 1.0), capacity=st.floats(1.0, 1e6), kind=st.sampled_from(CURRENTS))
@settings(max_examples=25)
def test_resolved_currents_are_per_area_and_positive_in_discharge(value, area, capacity, kind):
    expected = {"current": value / area, "current_density": value, "c_rate": value * capacity}[kind]
    for way, sign in (("charge", -1.0), ("discharge", 1.0)):
        step = Step(Current(way, Amount(value, kind)), Until(duration=1.0))
        (resolved,) = resolve(Protocol("x", "cycling", (step,)), area, capacity)
        assert math.isclose(resolved.value, sign * expected, rel_tol=1e-12)


def test_nothing_is_guessed():
    for text, needs in (("Charge at C/2 for 1 h", "c_rate_capacity"), ("Charge at 1 mA for 1 h", "area")):
        with pytest.raises(InputError, match=needs):
            resolve(Protocol("x", "cycling", (text,)))
