"""Ageing in cell files, what a protocol must be for a life, and what a life says of its cycles: without an engine."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from life_cells import FILM, text, write

from ceramer import library, units
from ceramer.errors import InputError
from ceramer.experiments import Life, Outcome, Protocol, Repeat, _life, cycle, first_crossing, protocols, spread
from ceramer.physics import Cycling, GrowthLaw, cell_model, film_growth, film_lithium, interphase_growth
from ceramer.provenance import Book, Datum, draws

PARTICLES = """
[positive.ageing]
contact_loss = 1e-3
active_material_loss = "0.02(1) %"
"""


def load(folder, negative="", positive="", ledger=None):
    return library.load_cell(write(folder, negative, positive), ledger)


# --- files ------------------------------------------------------------------------------------------------------------


def test_what_a_file_says_reaches_the_engine(tmp_path):
    voids = """
[negative.ageing]
dead_lithium = "0.1 %"
voids = { borne_current_density = "0.1 mA/cm2", roughness = "2 um", refilled_share = 0.5, closure_rate = "1e-5 1/s" }
"""
    porous = """
film_resistance = "1 ohm cm2"
oxidation_current = "1 uA/cm2"
oxidation_onset = "4.5 V"
tafel_slope = "120 mV"
[positive.ageing]
contact_loss = 1e-3
film = { conductivity = "1e-7 S/cm", molar_volume = "50 cm3/mol", lithium = 1, rate_constant = "2e-13 m/s",
         diffusivity = "1e-20 m2/s", concentration = "1 mol/L" }
"""
    model, notes = cell_model(load(tmp_path, voids + FILM, porous.replace(",\n        ", ",")))
    metal, (particles,) = model.negative, model.layers[-1].materials
    assert metal.dead_lithium == pytest.approx(1e-3)
    assert metal.film_resistance == pytest.approx(5e-4)
    assert metal.film_law.constants == pytest.approx(film_growth(5e-6, 1e-13, 2e-20, 96e-6, 4500.0).constants)
    assert metal.film_lithium == pytest.approx(film_lithium(5e-6, 96e-6, 2.0))
    v = metal.voids
    assert (v.borne_current_density, v.roughness, v.refilled_share, v.closure_rate) == pytest.approx(
        (1, 2e-6, 0.5, 1e-5)
    )
    assert v.volume_per_charge == pytest.approx(6.94e-3 / 534.0 / units.FARADAY, rel=2e-3)
    assert particles.contact_loss == 1e-3
    assert particles.laws.cei_growth.constants == pytest.approx((1e-5, 2e-13, 1e-20, 50e-6, 1000.0))
    assert particles.film_resistance == pytest.approx(1e-4)
    assert (particles.oxidation_current, particles.oxidation_onset, particles.tafel_slope) == pytest.approx(
        (0.01, 4.5, 0.12)
    )
    assert not any("film" in note and "assumed" in note for note in notes)


def test_a_ceramic_that_is_reduced(tmp_path):
    table = """
[negative.ageing.interphase]
ionic_conductivity = "1e-6 S/cm"
electronic_conductivity = "1e-9 S/cm"
voltage = "2.17 V"
molar_volume = "130 cm3/mol"
lithium = 2
"""
    metal = cell_model(load(tmp_path, table))[0].negative
    assert metal.film_law.constants == pytest.approx((1e-4, 1e-7, 2.17, 1.3e-4, 2.0))
    assert metal.film_law.rate == interphase_growth(1.0, 1.0, 1.0, 1.0, 1.0).rate
    assert metal.film_law.what == "interphase"
    assert metal.film_lithium == pytest.approx(film_lithium(1e-4, 1.3e-4, 2.0))


@pytest.mark.parametrize(
    ("negative", "positive", "message"),
    [
        ("[negative.ageing]\ndead_litium = 0.1", "", "did you mean 'dead_lithium'"),
        ("[negative.ageing]\ncontact_loss = 0.1", "", "The lithium electrode Li cannot have ageing.contact_loss"),
        ("", "[positive.ageing]\ndead_lithium = 0.1", "The porous electrode NMC811 cannot have ageing.dead_lithium"),
        (FILM.replace("5e-8 S/cm", "5e-8 m"), "", "a length, not a conductivity"),
        (FILM.replace('diffusivity = "2e-20 m2/s"\n', ""), "", "'negative.ageing.film.diffusivity' is missing"),
        ("[negative.ageing]\ndead_lithium = 1.5", "", "dead_lithium is 1.5; it must be between 0 and 1"),
        (FILM.replace("1e-13 m/s", "-1e-13 m/s"), "", "rate_constant is -1e-13; it must be 0 or more"),
        ("", "[positive.ageing]\n" + FILM.partition("\n[")[2].join(("[", "")).replace("negative", "positive"),
         "nothing to grow from; give film_resistance"),
    ],
)  # fmt: skip
def test_what_a_type_cannot_have_gets_one_sentence(tmp_path, negative, positive, message):
    with pytest.raises(InputError, match=r"\w") as caught:
        load(tmp_path, negative, positive)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_blocking_metal_does_not_age(tmp_path):
    cell = load(tmp_path, "[negative.ageing]\ndead_lithium = 0.1")
    with pytest.raises(InputError, match=r"Li cannot have ageing\.dead_lithium; such an electrode does not age"):
        replace(cell.negative, type="blocking")


def test_a_film_and_an_interphase_exclude_each_other(tmp_path):
    both = (
        FILM
        + """
[negative.ageing.interphase]
ionic_conductivity = "1e-6 S/cm"
electronic_conductivity = "1e-9 S/cm"
voltage = "2 V"
molar_volume = "130 cm3/mol"
lithium = 2
"""
    )
    with pytest.raises(InputError, match="a film or an interphase, not both"):
        load(tmp_path, both)


def test_uncertain_ageing_is_read_through_the_ledger(tmp_path):
    ledger = library.book().ledger()
    load(tmp_path, FILM, PARTICLES, ledger)
    datum = ledger.read["life.positive.ageing.active_material_loss"]
    assert (datum.value, datum.standard_uncertainty) == pytest.approx((2e-4, 1e-4))
    assert "life.negative.ageing.film.rate_constant" in ledger.read


def test_no_double_layer_on_particles_is_said(tmp_path):
    said = "no double layer on the particles"
    assert not any(said in note for note in cell_model(load(tmp_path))[1])
    path = tmp_path / "bare.toml"
    path.write_text(text().replace('double_layer_capacitance = "0 uF/cm2"\n', ""), encoding="utf-8")
    assert any(said in note for note in cell_model(library.load_cell(str(path)))[1])


# --- laws of growth ---------------------------------------------------------------------------------------------------


def test_a_law_of_growth_is_its_rate_at_its_speed():
    law = film_growth(5e-6, 1e-13, 2e-20, 96e-6, 4500.0)
    assert isinstance(law, GrowthLaw)
    thickness = 1e-2 * 5e-6
    assert law(1e-2, 0.0) == pytest.approx(96e-6 * 1e-13 * 4500.0 / (1.0 + 1e-13 * thickness / 2e-20) / 5e-6)
    assert law.stopped()(1e-2, 0.0) == 0.0
    assert law.grows
    assert not law.stopped().grows
    law = interphase_growth(1e-4, 1e-7, 2.17, 1.3e-4, 2.0)
    ambipolar = 1e-4 * 1e-7 / (1e-4 + 1e-7)
    assert law(1e-2, 0.0) == pytest.approx(1.3e-4 / (2 * units.FARADAY) * ambipolar * 2.17 / (1e-2 * 1e-4) / 1e-4)


def test_other_constants_are_the_same_code(tmp_path):
    """So that a sample of cells, or a cell without a mechanism, compiles nothing."""
    from ceramer.physics import _ageing, _model

    def kinds(model):
        return [node.kind for node in _nodes(_model, model)]

    first = cell_model(load(tmp_path, FILM, PARTICLES))[0]
    other = cell_model(load(tmp_path, FILM.replace("1e-13", "3e-13").replace("2e-20", "5e-20"), PARTICLES))[0]
    assert kinds(first) == kinds(other)
    for name, (changed, _) in _life._ways_without(first, 2e-4).items():
        assert kinds(changed) == kinds(first), name
    assert _ageing.ageing_metal is not None


def test_a_film_on_bare_metal_stops_where_no_lithium_is_left():
    """Else it would bind lithium that is not there, and the metal would hold less than none."""
    from ceramer.physics._ageing import ageing_metal
    from ceramer.physics._growth import split

    law, numbers = split(film_growth(5e-6, 1e-13, 2e-20, 96e-6, 4500.0))
    foil, bare = (ageing_metal(law, numbers=len(numbers), bare=b).source for b in (False, True))

    def rates(source, inventory, *more):
        return source(0.0, 0.0, inventory, 1e-3, 0.0, 1.0, 0.0, 0.0, 1e6, 0.0, *numbers, *more)[2:]

    whole = rates(foil, 100.0)
    assert whole[0] == -whole[2] < 0.0
    assert whole[1] == pytest.approx(film_growth(5e-6, 1e-13, 2e-20, 96e-6, 4500.0)(1e-3))
    assert rates(bare, 0.1, 0.1, 0.0) == pytest.approx(np.array(whole) / 2.0)
    assert rates(bare, -0.5, 0.1, 0.0) == pytest.approx((0.0, 0.0, 0.0), abs=1e-30)


def test_symmetric_cells_age_on_both_sides_cycle_by_cycle(tmp_path):
    """A jump carries the negative electrode; so that the positive one is not forgotten, there is none."""
    aged = load(tmp_path, "[negative.ageing]\ndead_lithium = 1e-4\n" + FILM)
    both = cell_model(replace(aged, positive=aged.negative))[0]
    assert list(_life._ways_without(both, 0.0)) == [
        "film on Li", "dead lithium on Li", "film on Li, positive electrode", "dead lithium on Li, positive electrode"
    ]  # fmt: skip
    assert not _life._can_jump(both)
    assert _life._can_jump(cell_model(aged)[0])


def _nodes(module, model):
    assembly = module._Assembly(model)
    taken = []
    assembly._finish = lambda *_: taken.extend(assembly.nodes)
    assembly.simulation("rodas4", 1e-4, None, 10)
    return taken


# --- protocols --------------------------------------------------------------------------------------------------------


def cccv(**more):
    return protocols.CCCV("C/2", upper="4.2 V", lower="3 V", **more)


def test_the_last_repeat_is_the_cycle_and_what_stands_before_runs_once():
    before, repeated = _life._parts(cccv(cycles=7, formation="C/10", formation_cycles=2))
    assert len(before.schedule()) == 4
    assert len(repeated.schedule()) == 2
    before, repeated = _life._parts(cccv())
    assert before is None
    before, repeated = _life._parts(
        Protocol("x", "cycling", ("Charge at C/2 until 4.2 V", "Discharge at C/2 until 3 V"))
    )
    assert before is None
    assert len(repeated.schedule()) == 2


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (("Impedance from 1 MHz to 1 Hz, 10 points per decade, 5 mV", "Rest for 1 h"), "a life records none"),
        ((Repeat(2, ("Rest for 1 h",)), "Rest for 2 h"), "goes on after its last repeat with 'Rest for 2 h'"),
        (("Scan to 4.2 V at 1 mV/s",), "say where the scan starts"),
    ],
)
def test_what_cannot_be_repeated_is_refused(tmp_path, steps, message):
    with pytest.raises(InputError, match=message):
        cycle(load(tmp_path), Protocol("x", "cycling", steps), 10)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"cycles": 0}, "a whole number of cycles, 1 or more, not 0"),
        ({"cycles": 2.5}, "not 2.5"),
        ({"cycles": 10, "end_of_life": 1.2}, "a share of the first capacity between 0 and 1, not 1.2"),
    ],
)
def test_a_life_wants_cycles_and_a_share(tmp_path, options, message):
    with pytest.raises(InputError, match=message):
        cycle(load(tmp_path), cccv(), **options)


# --- what a life says -------------------------------------------------------------------------------------------------


def life(number, discharge, *, outcome="completed", cycles=None, charge_first=True, **more):
    number = np.asarray(number)
    discharge = np.asarray(discharge, float)
    one, none = np.ones_like(discharge), np.zeros_like(discharge)
    cycling = Cycling(
        number=number, discharge=discharge, charge=discharge / 0.99, discharge_energy=3.8 * discharge,
        charge_energy=4.0 * discharge / 0.99, durations=3600.0 * np.ones((len(number), 2)),
        end_voltages=np.ones((len(number), 2)), film=1e-3 * one, cei=none, inventory=1e5 * one, lost=none, active=one,
        bound=none, contact=one, lithium_contact=one, oxidised=none, outcome="complete", sentence="",
        charge_first=charge_first,
    )  # fmt: skip
    said = Outcome(outcome, "The negative electrode has no lithium left; use a thicker foil.")
    return Life(cycling, said, cycles or int(number[-1]), (), {"salt": 0.0}, (), **more)


def test_capacities_in_their_units():
    one = life([1, 2, 3], [36e3, 35e3, 34e3], loading=0.05)
    table = one.columns()
    assert table["discharge capacity / mAh/cm2"] == pytest.approx([1.0, 35 / 36, 34 / 36])
    assert table["specific discharge capacity / mAh/g"] == pytest.approx(np.array([36e3, 35e3, 34e3]) / 0.05 / 3600.0)
    assert table["retention"] == pytest.approx([1.0, 35 / 36, 34 / 36])
    assert table["coulombic efficiency"] == pytest.approx(0.99)
    assert table["mean discharge voltage / V"] == pytest.approx(3.8)
    assert table["energy efficiency"] == pytest.approx(0.99 * 3.8 / 4.0)
    assert table["film / ohm cm2"] == pytest.approx(10.0)
    assert table["duration / h"] == pytest.approx(2.0)
    assert "contact of the particles" not in table
    assert "specific discharge capacity / mAh/g" not in life([1, 2], [2.0, 1.0]).columns()
    frame = one.to_dataframe()
    assert list(frame["cycle"]) == [1, 2, 3]
    assert frame["cycle"].dtype.kind == "i"


def test_the_end_of_a_life_lies_between_simulated_cycles():
    line = life([1, 101, 201, 401], [100.0, 90.0, 80.0, 60.0], end_share=0.85)
    assert line.end_of_life == pytest.approx(151.0)
    assert line.falls_to(0.6) == pytest.approx(401.0)
    assert line.falls_to(0.5) is None
    assert first_crossing([1, 2, 3], [1.0, 0.4, 0.9], 0.5) == pytest.approx(1.8, abs=0.2)
    assert line.at([151, 301]) == pytest.approx([85.0, 70.0])
    with pytest.raises(InputError, match="1 to 401"):
        line.at([402])


def test_a_life_in_one_sentence_and_as_json():
    line = life([1, 101, 201], [100.0, 90.0, 80.0], end_share=0.85)
    assert line.sentence == (
        "All 201 cycles were carried out; 80 % of the first capacity is left; it falls to 85 % at cycle 151."
    )
    short = life([1, 101], [100.0, 90.0], end_share=0.5, outcome="lithium exhausted", cycles=500)
    assert short.sentence.startswith("Stopped after 101 of 500 cycles; 90 % of the first capacity is left; it does not")
    assert short.sentence.endswith("to 50 %: the negative electrode has no lithium left; use a thicker foil.")
    document = json.loads(json.dumps(line.to_dict(), allow_nan=False))
    assert document["end_of_life"] == {"share": 0.85, "cycle": pytest.approx(151.0)}
    assert document["columns"]["cycle"] == [1, 101, 201]


def test_the_first_discharge_of_a_cell_as_assembled_is_no_reference():
    started = life([1, 2, 3], [1.0, 100.0, 90.0], charge_first=False, end_share=0.95)
    assert started.first_capacity == 100.0
    assert started.retention[-1] == pytest.approx(0.9)
    assert started.end_of_life == pytest.approx(2.5, abs=0.01)
    formed = life([1, 2, 3], [101.0, 100.0, 90.0], charge_first=False, formed=True)
    assert formed.first_capacity == 101.0
    alone = life([1], [1.0], charge_first=False)
    assert "no first capacity" in alone.sentence
    assert json.loads(json.dumps(alone.to_dict(), allow_nan=False))["retention"] is None


def test_a_life_of_elsewhere_cannot_be_lived_again():
    with pytest.raises(InputError, match="made by `cycle`"):
        life([1, 2], [1.0, 1.0]).mechanisms()


# --- samples ----------------------------------------------------------------------------------------------------------


def test_draws_are_what_each_number_says():
    data = [
        Datum("n", "x", 5.0, "1", "s", standard_uncertainty=0.5),
        Datum("u", "x", 2.0, "1", "s", low=1.0, high=2.5),
        Datum("l", "x", 1e-3, "1", "s", low=1e-4, high=1e-2),
        Datum("exact", "x", 7.0, "1", "s"),
    ]
    found = draws(data, 256)
    assert len(found) == 256
    assert set(found[0]) == {"n", "u", "l"}
    n, u, decades = (np.array([d[k] for d in found]) for k in "nul")
    assert (n.mean(), n.std()) == pytest.approx((5.0, 0.5), rel=2e-2)
    assert (u.min(), u.mean(), u.max()) == pytest.approx((1.0, 1.75, 2.5), abs=0.02)
    assert np.median(np.log10(decades)) == pytest.approx(-3.0, abs=0.02)
    assert draws([data[-1]], 8) == []


def test_a_sample_is_a_power_of_two_of_uncertain_cells(tmp_path, monkeypatch):
    from ceramer.experiments import _spread

    lives = []

    def lived(cell, protocol, cycles, *, ledger, **options):
        loss = ledger("loss") if "loss" in ledger else 0.1
        lives.append(loss)
        if loss > 0.3:
            raise InputError("no such cell.")
        kept = 1.0 - loss
        return life([1, cycles], [100.0, 100.0 * kept], end_share=options.get("end_of_life"), cycles=cycles)

    monkeypatch.setattr(_spread, "cycle", lived)
    book = Book([Datum("loss", "x", 0.2, "1", "s", low=0.1, high=0.32)])
    found = spread(lambda ledger: ledger("loss"), book, cccv(), 101, samples=64, end_of_life=0.85)
    assert (len(lives), len(found.outcomes) + len(found.failed)) == (65, 64)
    assert found.drawn == ("loss",)
    low, middle, high = found.interval("retention")
    assert 0.7 < low < middle < high < 0.9
    assert found.interval("end_of_life")[2] == np.inf, "some never fall to 85 %"
    assert found.correlation["loss"] == pytest.approx(-1.0, abs=1e-6)
    assert "no such cell." in found.failed
    json.dumps(found.to_dict(), allow_nan=False)
    with pytest.raises(InputError, match="a power of two"):
        spread(lambda ledger: ledger("loss"), book, cccv(), 101, samples=50)
    with pytest.raises(InputError, match="No number of this cell is uncertain"):
        spread(lambda ledger: None, Book(), cccv(), 101, samples=8)


def test_what_goes_together_by_chance_decides_nothing():
    """Only one of two numbers that were drawn alike moves the outcome, and only that one is named."""
    from ceramer.experiments._spread import _correlations

    rng = np.random.default_rng(3)
    cause = rng.normal(size=64)
    other = cause + 0.5 * rng.normal(size=64)
    used = [{"cause": a, "other": b, "idle": c} for a, b, c in zip(cause, other, rng.normal(size=64), strict=True)]
    assert np.corrcoef(cause, other)[0, 1] > 0.8
    found = _correlations(used, -cause + 0.1 * rng.normal(size=64))
    assert list(found) == ["cause"]
    assert found["cause"] < -0.9
    assert _correlations(used[:8], -cause[:8]) == {}, "too few to tell"
