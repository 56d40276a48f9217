"""Hot spots: what is refused, what a seed fixes, how parts of the model answer to what feeds them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ceramer import analysis
from ceramer.errors import InputError, UnknownNameError
from ceramer.measurement import Measurement
from ceramer.physics import failure

GEOMETRY = {
    "thickness": 350e-6,
    "area": 1.131e-4,
    "ionic_conductivity": 0.1,
    "interface_resistance": 15e-4,
    "temperature": 295.15,
}


def cell(**over):
    values = {key.replace("__", "."): value for key, value in over.items()}
    return failure.assumed_cell(failure.failure_book().ledger(values), **GEOMETRY)


def median_life(one, schedule, seed=0):
    return float(np.median(failure.simulate_lives(one, schedule, 100, seed=seed).short_time))


SCHEDULE = failure.constant_current(20.0, 3600.0, 600)
QUICK = {"filament__irreversible_share": 0.1}


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: failure.constant_current(0.0, 3600.0, 3), "above 0"),
        (lambda: failure.constant_current(1.0, 3600.0, 0), "at least one cycle"),
        (lambda: failure.staircase([1.0], cycles=2), "half_cycle"),
        (lambda: failure.staircase([1.0], cycles=2, half_cycle=1.0, capacity=1.0), "either"),
        (lambda: failure.Schedule(np.ones(3), np.ones(2)), "one duration"),
        (lambda: failure.Defects("void", -1.0, 1e-6, 1e-6), "density"),
        (lambda: replace(cell(), defects=()), "no hot spot"),
        (lambda: replace(cell(), area=0.0), "area"),
        (lambda: replace(cell(), thickness=float("nan")), "thickness"),
        (lambda: cell(filament__blocked_share=1.5), "between 0 and 1"),
        (lambda: failure.simulate_lives(cell(), SCHEDULE, 0, seed=1), "at least one cell"),
        (lambda: failure.voltage_trace(cell(), SCHEDULE, seed=1, points=2), "4 points"),
        (lambda: failure.burn_out_voltage(300.0, 400.0), "melting"),
        (lambda: failure.creep_closure_rate(-1.0, 1.0, 1.0, 1.0), "pressure"),
        (lambda: failure.short_free_share(cell(filament__healing_exponent=2.0), 1.0, 1.0, 1.0), "closed form"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(make, words):
    with pytest.raises(InputError, match=words) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_names_are_offered():
    with pytest.raises(UnknownNameError, match="'void'"):
        failure.Defects("viod", 1.0, 1.0, 1.0)
    with pytest.raises(UnknownNameError, match="weibull"):
        failure.Defects("void", 1.0, 1.0, 1.0, tail="weibul")
    with pytest.raises(UnknownNameError, match="crack"):
        failure.assumed_cell(failure.failure_book().ledger(), **GEOMETRY, kinds=("crak",))


# --- every number has a source ---------------------------------------------------------------------------------------


def test_every_assumed_number_is_read_and_has_a_range_and_a_source():
    book = failure.failure_book()
    ledger = book.ledger()
    failure.assumed_cell(ledger, **GEOMETRY, kinds=("void", "grain_boundary", "crack"))
    own = failure.assumptions()
    assert set(own) <= set(ledger.read), "a number that nothing reads does not belong in the book"
    for datum in own.values():
        assert datum.low is not None and datum.high is not None
        assert datum.source == "assumed" or datum.source in book.sources


def test_assumed_numbers_are_in_si_units():
    own = failure.assumptions()
    assert own["filament.bridge_radius"].value == pytest.approx(2e-6)  # m
    assert own["contact.borne_current_density"].high == pytest.approx(1e3)  # A/m2
    assert own["lithium.creep_stress"].value == pytest.approx(2e6)  # Pa
    assert own["polymer.ion_molar_volume"].low == pytest.approx(0.3e-4)  # m3/mol


def test_each_thing_that_matters_moves_the_life():
    """A dropped term would leave the life where it was; the sign is checked by the direction."""
    base = cell(**QUICK)
    life = median_life(base, SCHEDULE)
    assert np.isfinite(life)
    shorter = {
        "irreversible share": cell(filament__irreversible_share=0.12),
        "more defects": cell(**QUICK, void__density=1e7),
        "deeper defects": cell(**QUICK, void__scale=10e-6),
        "narrower defects": cell(**QUICK, void__half_width=1e-6),
        "thinner": replace(base, thickness=300e-6),
        "faster kinetics": replace(base, interface_resistance=5e-4),
        "electronic leak": replace(base, electronic_conductivity=1e-5),
        "lost contact": cell(**QUICK, contact__borne_current_density=10.0, contact__refilled_share=0.9),
        "larger": replace(base, area=3.0 * base.area),
    }
    longer = {
        "healing": cell(**QUICK, filament__healing_rate=5e-11),
        "blocking": cell(**QUICK, filament__blocked_share=0.3),
        "growing film": cell(**QUICK, cell__film_growth=1e-11),
        "worse conductor at the tip": replace(base, ionic_conductivity=0.2),
    }
    for name, other in shorter.items():
        assert median_life(other, SCHEDULE) < 0.997 * life, name
    for name, other in longer.items():
        assert median_life(other, SCHEDULE) > 1.003 * life, name


def test_pressure_closes_voids_and_so_lengthens_the_life():
    loses = {"contact__borne_current_density": 10.0, "contact__refilled_share": 0.5, **QUICK}
    lives = [median_life(cell(**loses, contact__pressure=p), SCHEDULE) for p in (1e4, 1e6, 2e6)]
    assert lives[0] < lives[1] < lives[2]


# --- draws -----------------------------------------------------------------------------------------------------------


def test_a_seed_fixes_the_cells():
    one = cell(**QUICK)
    first, again, other = (failure.simulate_lives(one, SCHEDULE, 50, seed=seed) for seed in (4, 4, 5))
    assert np.array_equal(first.short_time, again.short_time)
    assert np.array_equal(first.kind, again.kind)
    assert not np.array_equal(first.short_time, other.short_time)
    trace, same = (failure.voltage_trace(one, failure.constant_current(20.0, 3600.0, 60), seed=4, noise=1e-4)
                   for _ in range(2))  # fmt: skip
    assert trace.measurement == same.measurement


def test_following_more_defects_does_not_change_the_first_short():
    """The deepest one crosses first, so the others only matter after it."""
    lives = [failure.simulate_lives(cell(**QUICK), SCHEDULE, 300, seed=1, deepest=n) for n in (1, 4)]
    medians = [np.median(x.short_time) for x in lives]
    assert medians[0] == pytest.approx(medians[1], rel=0.01)


def test_lives_scatter_and_say_where_they_began():
    """Never one number: and with cracks beside voids, either may be the first."""
    mixed = failure.assumed_cell(
        failure.failure_book().ledger({"filament.irreversible_share": 0.1, "crack.scale": 5e-6}),
        **{**GEOMETRY, "interface_resistance": 2e-4},
        kinds=("void", "crack"),
    )
    lives = failure.simulate_lives(mixed, SCHEDULE, 400, seed=0)
    assert set(lives.origin) == {"void", "crack"}
    assert np.quantile(lives.short_time, 0.95) > 1.05 * np.quantile(lives.short_time, 0.05)


def test_a_cell_without_shorts_says_so():
    lives = failure.simulate_lives(cell(), failure.constant_current(1.0, 3600.0, 10), 5, seed=0)
    assert lives.censored.all()
    assert set(lives.kind) == {"none"}
    assert set(lives.origin) == {""}


# --- traces ----------------------------------------------------------------------------------------------------------


def trace(one, j=20.0, half=3600.0, cycles=300, seed=0, **options):
    return failure.voltage_trace(one, failure.constant_current(j, half, cycles), seed=seed, **options)


def shape_of(record: Measurement) -> str:
    halves = analysis.plating_stripping(record.time, record.current, record.voltage, area=record.area)
    table = halves.tables["half-cycles"]
    return str(table["shape"].iloc[: len(table) // 4].mode()[0])


def test_the_voltage_is_ohms_law_and_its_sign_that_of_the_left_electrode():
    one = cell()
    record = trace(one, cycles=2).measurement
    total = one.electrolyte_resistance + 2.0 * one.interface_resistance
    assert np.allclose(record.voltage, record.current / one.area * total)
    assert record.current[0] > 0.0
    assert record.current[60] < 0.0
    assert record.area.value == pytest.approx(one.area)


def test_shapes_of_the_papers():
    """Square; rising with polarisation; an arc where contact is lost and won back."""
    assert shape_of(trace(cell(), cycles=8).measurement) == "square"
    rising = trace(cell(), cycles=8, polarisation_resistance=20e-4, polarisation_time=2000.0)
    assert shape_of(rising.measurement) == "rising"
    loses = replace(
        cell(contact__borne_current_density=2.0, contact__roughness=1e-6, contact__refilled_share=1.0),
        interface_resistance=100e-4,
    )
    assert shape_of(trace(loses, j=5.0, cycles=8).measurement) == "arcing"


def test_a_thick_bridge_is_a_sudden_drop_to_nothing():
    one = cell(**QUICK, filament__bridge_radius=5e-6, filament__bridge_spread=0.0)
    got = trace(one)
    assert got.kind == "hard"
    t, r = got.measurement.time, got.measurement.voltage / got.measurement.current
    assert r[t > got.short_time].max() < 0.2 * r[t < got.short_time].min()


def test_a_thin_bridge_is_a_sawtooth():
    """It drops at once, recovers slowly as healing thins the wire, and falls again."""
    one = cell(**QUICK, filament__bridge_radius=0.6e-6, filament__bridge_spread=0.0, filament__healing_rate=3e-12)
    got = trace(one, deepest=1)
    assert got.kind == "soft"
    assert len(got.bridges) >= 3
    assert not any(bridge.melted for bridge in got.bridges)
    t, r = got.measurement.time, got.measurement.voltage / got.measurement.current
    steps = np.diff(r[t >= got.short_time]) / r[0]
    falls = steps < -0.05
    assert falls.sum() >= 3
    assert (steps[~falls] >= -1e-12).all(), "between two falls a wire that thins resists more and more"
    assert steps[~falls].sum() > 0.8, "what is lost comes back"


def test_a_bridge_that_bears_a_tenth_of_a_volt_arcs():
    """High overpotential: it melts at once, the voltage comes back, and it bridges again and again."""
    one = cell(**QUICK, filament__bridge_radius=0.3e-6, filament__bridge_spread=0.0)
    got = trace(one, j=60.0, cycles=150)
    assert got.kind == "soft"
    assert all(bridge.melted for bridge in got.bridges)
    assert len(got.bridges) > 10
    lasts = [bridge.stop - bridge.start for bridge in got.bridges]
    assert lasts == pytest.approx([300.0] * len(lasts))


# --- the detector finds what was simulated ---------------------------------------------------------------------------


def found(got, half):
    record = got.measurement
    report = analysis.shorts(record.time, record.current, record.voltage)
    kind = next(word for word in ("No", "soft", "hard") if word in report.verdict)
    kind = {"No": "none"}.get(kind, kind)
    if kind != got.kind:
        return False
    return kind == "none" or abs(report.result("short_time").value - got.short_time) <= half


def visible(got, one):
    """Whether the first bridge takes at least a third of the voltage for three samples or more."""
    if not got.bridges:
        return True
    first = got.bridges[0]
    own = (one.electrolyte_resistance + 2.0 * one.interface_resistance) / one.area
    wire = failure.bridge_resistance(one.thickness, first.radius, one.lithium.resistivity)
    return wire / (wire + own) < 0.67 and not first.melted


CASES = {
    "hard": ({"filament__irreversible_share": 0.3}, 20.0, 150),
    "soft, then hard": ({"filament__irreversible_share": 0.3, "filament__bridge_radius": 1e-6}, 20.0, 150),
    "sawtooth": (
        {"filament__irreversible_share": 0.3, "filament__bridge_radius": 0.6e-6, "filament__healing_rate": 3e-12},
        20.0,
        150,
    ),
    "none": ({}, 5.0, 100),
}


def agreement(name, seeds):
    over, j, cycles = CASES[name]
    one = cell(**over)
    every = [trace(one, j=j, cycles=cycles, seed=seed, noise=2e-5) for seed in range(seeds)]
    seen = [got for got in every if visible(got, one)]
    return sum(found(got, 3600.0) for got in seen), len(seen), len(every)


@pytest.mark.parametrize("name", CASES)
def test_the_short_detector_finds_time_and_kind(name):
    """Of the shorts whose first bridge can be seen, 19 in 20 agree in kind, and in time to a half-cycle."""
    right, seen, every = agreement(name, 10)
    assert seen >= 0.5 * every
    assert right >= 0.95 * seen


@pytest.mark.full
@pytest.mark.parametrize("name", CASES)
def test_the_short_detector_finds_time_and_kind_of_two_hundred(name):
    right, seen, every = agreement(name, 200)
    assert seen >= 0.5 * every
    assert right >= 0.95 * seen


def test_a_staircase_and_its_critical_current():
    """The step at which the analysis says that the cell failed is the one in which it bridged."""
    levels = np.arange(10.0, 101.0, 10.0)
    one = cell(filament__irreversible_share=0.3, filament__bridge_radius=5e-6, filament__bridge_spread=0.2)
    thin = replace(one, thickness=100e-6, electrolyte_resistance=100e-6 / 0.1)
    for options in ({"half_cycle": 1800.0}, {"capacity": 18000.0}):
        schedule = failure.staircase(levels, cycles=12, **options)
        hit = 0
        for seed in range(6):
            got = failure.voltage_trace(thin, schedule, seed=seed, noise=2e-5)
            record = got.measurement
            report = analysis.critical_current_density(record.time, record.current, record.voltage, area=record.area)
            step = int(np.searchsorted(schedule.start, got.short_time, side="right")) - 1
            failed = schedule.current_density[step]
            result = report.result(report.results[0].quantity)
            assert "fixed_time" in result.quantity or "fixed_capacity" in result.quantity
            hit += result.interval is not None and abs(result.interval[1] - failed) < 1.0
        assert hit >= 5
