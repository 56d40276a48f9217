"""Sentences, protocol files, ready protocols, and what the engine gets from them."""

import itertools
import math
import re
from pathlib import Path

import pytest

import ceramer
from ceramer import protocols
from ceramer.cli import main
from ceramer.errors import InputError, UnknownNameError
from ceramer.experiments import (
    Amount,
    Current,
    Impedance,
    Protocol,
    Repeat,
    Rest,
    Scan,
    Step,
    Until,
    Voltage,
    load_protocol,
    parse_step,
    protocol_of,
    resolve,
)
from ceramer.experiments._text import FORMS
from ceramer.units import to_si

DOCS = Path(__file__).parents[2] / "docs"
HEAD = 'kind = "protocol"\nschema_version = 1\nname = "x"\n'


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("Rest for 1 h", Step(Rest(), Until(3600.0))),
        ("Charge at 0.5 mA/cm2 for 1 h", Step(Current("charge", Amount(5.0, "current_density")), Until(3600.0))),
        (
            "charge AT 10 uA For 2 min",
            Step(Current("charge", Amount(to_si("10 uA", "current"), "current")), Until(120.0)),
        ),
        (
            "Discharge at C/2 until 3.0 V",
            Step(Current("discharge", Amount(0.5 / 3600.0, "c_rate")), Until(voltage_below=3.0)),
        ),
        (
            "Charge at 0.5C until 4.2 V",
            Step(Current("charge", Amount(0.5 / 3600.0, "c_rate")), Until(voltage_above=4.2)),
        ),
        (
            "Hold at 10 mV for 4 h or until 1 uA/cm2",
            Step(
                Voltage(0.01),
                Until(14400.0, current_below=Amount(to_si("1 uA/cm2", "current_density"), "current_density")),
            ),
        ),
        (
            "Hold at 3 V for 10 h or until current rises above 1 uA/cm2",
            Step(
                Voltage(3.0),
                Until(36000.0, current_above=Amount(to_si("1 uA/cm2", "current_density"), "current_density")),
            ),
        ),
        (
            "Scan from 3 V to 6 V at 1 mV/s until above 10 uA",
            Step(Scan(6.0, 1e-3, 3.0), Until(current_above=Amount(to_si("10 uA", "current"), "current"))),
        ),
        (
            "Hold at 10 mV until current falls below 1 uA",
            Step(Voltage(0.01), Until(current_below=Amount(to_si("1 uA", "current"), "current"))),
        ),
        ("Hold at 4.2 V until C/20", Step(Voltage(4.2), Until(current_below=Amount(0.05 / 3600.0, "c_rate")))),
        ("Scan from 3 V to 5 V at 0.1 mV/s", Step(Scan(5.0, 1e-4, 3.0))),
        ("Scan to -0.3 V at 1 mV/s, every 1 s", Step(Scan(-0.3, 1e-3), period=1.0)),
        (
            "Impedance from 1 MHz to 1 Hz, 10 points per decade, 5 mV",
            Step(Impedance(1e6, 1.0, 10, 5e-3)),
        ),
        (
            "Charge at 1 mA for 50 % of capacity or until above 1 V, every 10 s or 5 mV [first one]",
            Step(
                Current("charge", Amount(1e-3, "current")),
                Until(voltage_above=1.0, charge=Amount(0.5, "capacity_fraction")),
                10.0,
                5e-3,
                "first one",
            ),
        ),
        ("Rest for 1 h or until below 2 V", Step(Rest(), Until(3600.0, voltage_below=2.0))),
        (
            "Discharge at 1 mA/cm2 for 2 mAh",
            Step(Current("discharge", Amount(10.0, "current_density")), Until(charge=Amount(7.2, "charge"))),
        ),
    ],
)
def test_sentences(text, step):
    assert parse_step(text) == step


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Chagre at 1 mA for 1 h", r"'Chagre' is no kind of step; did you mean 'Charge'"),
        ("Wait for 1 h", r"'Wait' is no kind of step; a step begins with"),
        ("Charge 1 mA for 1 h", r"'1' is where 'at' or 'from' is expected; write it like 'Charge at"),
        ("Charge at 5 V for 1 h", r"'5 V' is a voltage, not a current density"),
        ("Charge at 1 mA/cmm2 for 1 h", r"unknown unit 'cmm'.*nearest valid spelling is 'mA/cm2'"),
        ("Charge at -1 mA for 1 h", r"'-1 mA' is negative; the direction is said"),
        ("Charge at 1 mA", r"has no end; add 'for 1 h'"),
        ("Charge at 0 mA for 1 h", r"write 'Rest'"),
        ("Charge at 1 mA until C/20", r"cannot end by current below"),
        ("Hold at 3 V until 4 V", r"'4 V' is a voltage, which cannot end this step"),
        ("Rest for 1 h or until 3 V", r"write 'until above 3 V' or 'until below 3 V'"),
        ("Rest for 1 h or for 2 h", r"duration is given twice"),
        ("Rest for 1(1) h", r"a setting is a plain number"),
        ("Rest for 5 s, evry 1 s", r"'evry' is where 'every' is expected"),
        ("Scan from 3 V to 3 V at 1 mV/s", r"ends where it starts; write a hold"),
        ("Scan from 3 V to 4 V", r"the end is where 'at' is expected"),
        ("Impedance from 1 Hz to 1 MHz, 10 points per decade, 5 mV", r"from a higher to a lower frequency"),
        ("Impedance from 1 MHz to 1 Hz, many points per decade, 5 mV", r"'many points per decade' is not a number of"),
        ("Impedance from 1 MHz to 1 Hz, 10 points per decade, 5 mV for 1 h", r"'for' is not understood here"),
        ("Charge from 0 mA to 1 mA/cm2 at 1 mA/s", r"on one basis"),
        ("Charge at 1C till 4.2 V", r"'till' is no word of a step; did you mean 'until'"),
        ("", r"a step is a sentence such as"),
        ("Rest for 1 h " + 300 * "x", r"at most 300 characters"),
    ],
)
def test_wrong_sentences_are_explained_in_one(text, says):
    with pytest.raises(InputError, match=says) as error:
        parse_step(text, "p.toml, step 2")
    assert str(error.value).startswith("p.toml, step 2: ")
    assert str(error.value).endswith((".", "?")) and "\n" not in str(error.value)


def test_sentences_of_the_documentation_are_valid():
    page = (DOCS / "formats/protocol.md").read_text(encoding="utf-8")
    found = [text for text in re.findall(r"`([^`]+)`", page) if text.split(" ", 1)[0] in FORMS and " " in text]
    assert len(found) >= 12
    for text in found:
        assert parse_step(str(parse_step(text))) == parse_step(text)


def test_the_file_of_the_documentation_runs(tmp_path, monkeypatch):
    page = (DOCS / "formats/protocol.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "shown.toml").write_text(shown, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["new", "protocol", "--out", "new.toml"]) == 0
    protocol = load_protocol("shown.toml")
    assert protocol == load_protocol("new.toml")
    steps = resolve(protocol, area=1e-4)
    assert len(steps) == 2 + 2 * 4 + 3 * 2 + 1
    assert steps[-2].cycle == 5
    # C/10 of 0.9 mAh/cm2 is 0.9 A/m2, and a charge is negative in the engine
    assert (steps[2].value, steps[2].voltage_above, steps[2].period) == (pytest.approx(-0.9, rel=1e-12), 4.2, 60.0)
    assert steps[3].current_below == pytest.approx(0.18, rel=1e-12)
    assert steps[0].safety == (-1.0, 5.5)
    assert protocol.instrument.contact_resistance == pytest.approx(1e-5, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('steps = ["Rest for 1 h", "Rset for 1 h"]', r"p.toml, step 2: in 'Rset for 1 h'.*did you mean 'Rest'"),
        ('steps = [{ repeat = 2, steps = ["Rest"] }]', r"p.toml, step 1.1: in 'Rest', .* has no end"),
        ("steps = []", r"steps"),
        ('steps = ["Rest for 1 h"]\nperoid = "1 s"', r"unknown field 'peroid': did you mean 'period'"),
        ('steps = ["Rest for 1 h"]\nperiod = "1 V"', r"period: '1 V' is a voltage, not a time"),
        ('steps = ["Rest for 1 h"]\nperiod = 1', r"period: 1 has no unit"),
        ('steps = ["Rest for 1 h"]\nc_rate_capacity = "1 V"', r"c_rate_capacity: '1 V' is a voltage"),
        ('steps = ["Rest for 1 h"]\n[safety]\nvoltage_above = "1 V"\nvoltage_below = "2 V"', r"safety voltages"),
        ('steps = ["Rest for 1 h"]\n[instrument]\nlead_resistence = "1 ohm"', r"did you mean 'lead_resistance'"),
        ('steps = [{ repeat = 2000000, steps = ["Rest for 1 h"] }]', r"more than 1000000 steps"),
        ('steps = ["Rest for 1 h"]\nschema_version = 2', r"schema_version"),
    ],
)
def test_wrong_files_are_explained_in_one_sentence(text, says, tmp_path):
    path = tmp_path / "p.toml"
    head = HEAD.replace("schema_version = 1\n", "") if "schema_version" in text else HEAD
    path.write_text(head + text, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        load_protocol(path)


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text('kind = "cell"\n', encoding="utf-8")
    with pytest.raises(InputError, match='expected kind = "protocol"'):
        load_protocol(path)


def test_cycles_count_passes_and_lone_steps_follow_the_cycle_before():
    protocol = Protocol(
        "x",
        "cycling",
        (
            "Rest for 1 h",
            Repeat(2, (Repeat(2, ("Charge at 1 mA for 1 h", "Discharge at 1 mA for 1 h")), "Rest for 2 h")),
            "Rest for 3 h",
        ),
    )
    assert [(s.step_index, s.cycle) for s in protocol.schedule()] == [
        *[(1, 1), (2, 1), (3, 1), (2, 2), (3, 2), (4, 2)],
        *[(2, 3), (3, 3), (2, 4), (3, 4), (4, 4), (5, 4)],
    ]


def test_what_1c_is_of_is_explicit():
    text = "Discharge at C/2 until 3 V"

    def level(capacity, area=2e-4, **given):
        return resolve(Protocol("x", "c", (text,), c_rate_capacity=capacity), area, **given)[0].value

    assert level(Amount(54.0, "areal_capacity")) == pytest.approx(54.0 / 7200.0)
    assert level(Amount(7.2, "charge")) == pytest.approx(7.2 / 2e-4 / 7200.0)
    assert level(Amount(720e3, "specific_capacity"), loading=0.05) == pytest.approx(720e3 * 0.05 / 7200.0)
    assert level(None, areal_capacity=3600.0) == pytest.approx(0.5)
    assert level(Amount(54.0, "areal_capacity"), areal_capacity=3600.0) == pytest.approx(54.0 / 7200.0)
    with pytest.raises(InputError, match="c_rate_capacity"):
        level(None)
    with pytest.raises(InputError, match="loading"):
        level(Amount(720e3, "specific_capacity"))


def test_ramps_know_their_end_and_sign():
    down, up, current = resolve(
        Protocol(
            "x",
            "cv",
            (
                "Scan from 4 V to 1 V at 1 mV/s",
                "Scan to 2 V at 1 mV/s",
                "Charge from 1 mA/cm2 to 3 mA/cm2 at 0.01 mA/cm2/s",
            ),
        )
    )
    assert (down.control, down.value, down.rate, down.target) == ("voltage", 4.0, -1e-3, 1.0)
    assert down.duration == pytest.approx(3000.0)
    assert up.value is None and up.rate == 1e-3 and math.isinf(up.duration)
    for present, sign in ((1.0, 1.0), (3.0, -1.0)):
        started = up.started_at(present)
        assert (started.value, started.rate, started.duration) == (present, sign * 1e-3, pytest.approx(1000.0))
    assert up.started_at(2.0).duration == 0.0
    assert down.started_at(7.0) == down
    assert (current.control, current.value, current.target) == ("current", pytest.approx(-10.0), pytest.approx(-30.0))
    assert current.rate == pytest.approx(-0.1)
    assert current.duration == pytest.approx(200.0)
    (short, present) = resolve(
        Protocol("x", "cv", ("Scan from 4 V to 1 V at 1 mV/s for 1 min", "Scan to 1 V at 1 mV/s for 1 min"))
    )
    assert short.duration == present.started_at(4.0).duration == 60.0
    (hold,) = resolve(Protocol("x", "hold", ("Hold for 1 h",)))
    assert hold.value is None and hold.started_at(1.5).value == 1.5


def test_impedance_frequencies_run_down_evenly_and_hold_both_ends():
    (step,) = resolve(protocols.EIS("1 MHz", "1 Hz", points_per_decade=10, amplitude="5 mV"))
    f = step.frequencies
    assert (step.control, step.amplitude, f[0], f[-1], len(f)) == ("impedance", 5e-3, 1e6, 1.0, 61)
    assert [math.log10(a / b) for a, b in itertools.pairwise(f)] == pytest.approx([0.1] * 60, rel=1e-9)


def test_defaults_are_what_the_papers_state():
    def stated(*ids):
        return pytest.approx([ceramer.library.fact(name).si for name in ids], rel=1e-12)

    eis = protocols.EIS().steps[0].action
    assert [eis.f_max, eis.f_min, eis.amplitude] == stated("A0244", "A0245", "A0246")
    first, second = (step.action for step in protocols.CV().steps[0].steps)
    assert [first.end, second.end, first.rate] == stated("A0248", "A0249", "A0247")
    assert [protocols.BruceVincent("10 h").steps[1].action.value] == stated("F001-058")
    assert [protocols.DCPolarisation("10 h").steps[0].action.value] == stated("A0174")
    assert [protocols.LSV().steps[0].action.rate] == stated("F001-057")
    assert [s.action.level.value for s in protocols.DCR("60 s").steps] == stated(
        *(f"A0{k}" for k in range(375, 393, 2))
    )
    plating = protocols.OneWayPlating().steps[0]
    assert plating.action.direction == "charge"
    assert [plating.action.level.value] == stated("A0072")
    assert [plating.until.charge.value / plating.action.level.value] == stated("A0077")
    assert [protocols.IsotopeExchange().steps[0].until.duration] == stated("A0259")


def test_order_of_the_legs_is_kept():
    ends = [s.step.action.end for s in protocols.CV(("-0.3 V", "4.6 V"), "0.1 mV/s", cycles=2).schedule()]
    assert ends == [-0.3, 4.6, -0.3, 4.6]


def test_critical_current_steps_by_time_or_by_capacity():
    by_time = protocols.CriticalCurrent("1 mA/cm2", "5 mA/cm2", "1 mA/cm2", time="0.5 h")
    assert [s.value for s in resolve(by_time)][::2] == pytest.approx([-10.0, -20.0, -30.0, -40.0, -50.0])
    assert {s.duration for s in resolve(by_time)} == {1800.0}
    by_charge = protocols.CriticalCurrent("0.1 mA/cm2", "0.3 mA/cm2", "0.1 mA/cm2", capacity="0.5 mAh/cm2")
    assert {round(s.charge, 9) for s in resolve(by_charge)} == {18000.0}
    assert [s.cycle for s in resolve(by_charge)] == [1, 1, 2, 2, 3, 3]
    for given in ({}, {"time": "1 h", "capacity": "1 mAh/cm2"}):
        with pytest.raises(InputError, match="exactly one"):
            protocols.CriticalCurrent("1 mA/cm2", "5 mA/cm2", "1 mA/cm2", **given)
    with pytest.raises(InputError, match="whole steps"):
        protocols.CriticalCurrent("1 mA/cm2", "5 mA/cm2", "3 mA/cm2", time="1 h")


def test_cccv_and_rate_test():
    protocol = protocols.CCCV(
        "C/2",
        upper="4.3 V",
        lower="2.5 V",
        cycles=3,
        taper="C/20",
        c_rate_capacity="200 mAh/g",
        formation="0.1C",
        formation_cycles=5,
    )
    steps = resolve(protocol, loading=to_si("1.5 mg/cm2", "areal_mass"))
    assert [s.control for s in steps[:3]] == ["current", "voltage", "current"]
    # 0.1C of 200 mAh/g at 1.5 mg/cm2 is 0.03 mA/cm2
    assert steps[0].value == pytest.approx(-0.3, rel=1e-9)
    assert steps[-1].value == pytest.approx(1.5, rel=1e-9)
    assert (steps[-1].cycle, steps[1].current_below) == (8, pytest.approx(0.15, rel=1e-9))
    rates = protocols.RateTest(["0.1C", "1C"], 2, upper="4.3 V", lower="2.5 V", c_rate_capacity="1 mAh/cm2")
    assert [s.value for s in resolve(rates)] == pytest.approx([-1.0, 1.0, -1.0, 1.0, -10.0, 10.0, -10.0, 10.0])
    with pytest.raises(InputError, match="not below"):
        protocols.CCCV("1C", upper="2 V", lower="3 V")


def test_other_ready_protocols():
    assert len(protocols.OneWayPlating(spectra=3).steps) == 7
    cycled = protocols.IsotopeExchange("10 h", "0.1 mA/cm2", half_cycle="1 h")
    assert [s.cycle for s in resolve(cycled)][-1] == 5
    with pytest.raises(InputError, match="whole number of cycles"):
        protocols.IsotopeExchange("11 h", "0.1 mA/cm2", half_cycle="1 h")
    conditioned = protocols.BruceVincent("1 h", conditioning_current="0.2 mA/cm2", conditioning_capacity="0.2 mAh/cm2")
    kinds = [type(s.action).__name__ for s in conditioned.steps]
    assert kinds == ["Current", "Current", "Impedance", "Voltage", "Voltage", "Impedance"]
    assert sum(s.until.duration for s in conditioned.steps[3:5]) == 3600.0
    plating = protocols.PlatingStripping("0.5 mA/cm2", cycles=2, time="1 h", rest="5 min", first="discharge")
    assert [s.value for s in resolve(plating)] == [5.0, 0.0, -5.0, 0.0] * 2
    assert resolve(protocols.Hold("10 mV", "1 h", until_current="1 uA/cm2"))[0].current_below == pytest.approx(0.01)
    assert resolve(protocols.Rest("1 h"))[0].value == 0.0


@pytest.mark.parametrize("name", protocols.__all__)
def test_every_ready_protocol_is_documented_and_prints_as_sentences(name):
    made = {
        "CCCV": lambda: protocols.CCCV(
            "C/2", upper="4 V", lower="3 V", taper="C/20", rest="1 h", voltage_resolution="5 mV"
        ),
        "RateTest": lambda: protocols.RateTest(["C/2", "1C"], 3, upper="4 V", lower="3 V"),
        "CriticalCurrent": lambda: protocols.CriticalCurrent("1 mA/cm2", "3 mA/cm2", "1 mA/cm2", time="1 h"),
        "PlatingStripping": lambda: protocols.PlatingStripping("1 mA/cm2", cycles=2, capacity="1 mAh/cm2"),
        "Hold": lambda: protocols.Hold("1 V", "1 h"),
    }.get(
        name,
        lambda: getattr(protocols, name)(
            *(["1 h"] if name in ("Rest", "DCR", "DCPolarisation", "BruceVincent") else [])
        ),
    )()
    assert getattr(protocols, name).__doc__
    for line in str(made).splitlines()[1:]:
        text = line.strip()
        assert text.endswith(" times:") or str(parse_step(text)) == text


def test_sampling_of_a_step_goes_before_that_of_the_protocol():
    texts = ("Rest for 1 h", "Rest for 1 h, every 5 s", "Impedance from 1 kHz to 1 Hz, 5 points per decade, 5 mV")
    assert [s.period for s in resolve(Protocol("x", "y", texts, period=60.0))] == [60.0, 5.0, None]


def test_immutable_and_checked():
    step = parse_step("Rest for 1 h")
    with pytest.raises(AttributeError):
        step.period = 1.0
    assert hash(step) == hash(parse_step("Rest for 60 min"))
    with pytest.raises(InputError, match="no steps"):
        Protocol("x", "y", ())
    with pytest.raises(InputError, match="whole number of times"):
        Repeat(0, (step,))
    with pytest.raises(InputError, match="cannot end by"):
        Step(Impedance(1e3, 1.0, 5, 0.01), Until(1.0))
    with pytest.raises(InputError, match="0 or more"):
        Amount(-1.0, "current")
    with pytest.raises(UnknownNameError):
        Amount(1.0, "curent")
    with pytest.raises(InputError, match="brackets"):
        Step(Rest(), Until(1.0), label="a]")


def test_sentences_are_a_protocol():
    assert protocol_of("Rest for 1 h").technique == "time series"
    assert protocol_of(("Impedance from 1 MHz to 1 Hz, 10 points per decade, 5 mV",)).technique == "impedance"
    assert protocol_of(["Scan from 3 V to 4 V at 0.1 mV/s"]).technique == "voltammetry"
    ready = protocols.EIS("1 MHz", "1 Hz")
    assert protocol_of(ready) is ready
    with pytest.raises(InputError, match=r"protocols\.EIS\(\.\.\.\)"):
        protocol_of(protocols.EIS)
    with pytest.raises(InputError, match="not int"):
        protocol_of(3)
    with pytest.raises(InputError, match=r"step 2: .*Chagre"):
        protocol_of(["Rest for 1 h", "Chagre at 1 mA for 1 h"])


def test_a_stack_is_not_a_cell():
    with pytest.raises(InputError, match="not a Stack"):
        ceramer.simulate(ceramer.load_stack("PCE"), "Rest for 1 h")
    with pytest.raises(UnknownNameError, match=r"PCE is a stack.*Cell\.symmetric"):
        ceramer.load_cell("PCE")
