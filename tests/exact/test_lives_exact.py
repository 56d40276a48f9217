"""Lives of a full cell in a file: what is known beforehand, and jumps against every cycle."""

from __future__ import annotations

import numpy as np
import pytest
from life_cells import FILM, text, write

from ceramer import library
from ceramer.errors import InputError
from ceramer.experiments import Protocol, Repeat, cycle, protocols, run, spread

pytest.importorskip("numba")

AGEING = "[negative.ageing]\ndead_lithium = 1e-4\n" + FILM
PARTICLES = "[positive.ageing]\ncontact_loss = 1e-3\nactive_material_loss = 2e-4\n"


def cell(folder, negative="", positive="", **more):
    return library.load_cell(write(folder, negative, positive, **more))


def cccv(rate="C/2", **more):
    return protocols.CCCV(rate, upper="4.2 V", lower="3 V", **more)


def test_a_share_that_drops_out_of_every_cycle_leaves_its_power(tmp_path):
    """At a low rate the capacity is that of the active material that is left, (1 - b)^(N - 1)."""
    b, cycles = 5e-4, 400
    done = cycle(cell(tmp_path), cccv("C/100"), cycles, active_material_loss=b, end_of_life=0.9)
    assert done.outcome.completed
    assert done.number[-1] == cycles
    assert len(done.number) < 100
    assert done.retention == pytest.approx((1.0 - b) ** (done.number - 1.0), rel=2e-3)
    assert done.end_of_life == pytest.approx(1.0 + np.log(0.9) / np.log(1.0 - b), rel=1e-2)
    assert max(abs(x) for x in done.balance.values()) < 1e-10


def test_one_mechanism_costs_all_that_is_lost(tmp_path):
    done = cycle(cell(tmp_path), cccv(), 300, active_material_loss=5e-4)
    (only,) = done.mechanisms()
    lost = done.capacity[0] - done.capacity[-1]
    assert only.name == "loss of active material"
    assert only.regained == pytest.approx(lost, rel=5e-3)
    assert only.share == pytest.approx(lost / done.capacity[0], rel=5e-3)
    assert only.cycles == 300


def test_nothing_ages_that_is_not_given(tmp_path):
    done = cycle(cell(tmp_path), cccv(), 200)
    assert done.mechanisms_given == ()
    assert done.mechanisms() == ()
    assert any("nothing ages" in note for note in done.assumed)
    assert done.retention[-1] == pytest.approx(1.0, abs=2e-4)


def test_a_life_is_what_run_says_of_its_first_cycles(tmp_path):
    """One code resolves the protocol of both: rates, cut-offs, formation."""
    aged = cell(tmp_path)
    protocol = cccv(cycles=2, formation="C/5", formation_cycles=1, taper="C/20")
    done = cycle(aged, protocol, 2, jump=False)
    table = run(aged, protocol, series=False).summary
    discharges = table["charge"][table["charge"] > 0.0]
    assert done.capacity == pytest.approx(discharges[1:], rel=1e-6)
    assert done.columns()["specific discharge capacity / mAh/g"] == pytest.approx(
        discharges[1:] / 0.05 / 3600.0, rel=1e-6
    )


@pytest.fixture(scope="module")
def lives(tmp_path_factory):
    """The same life by jumps and cycle by cycle."""
    aged = cell(tmp_path_factory.mktemp("life"), AGEING, PARTICLES)
    return [cycle(aged, cccv(), 600, jump=jump, end_of_life=0.8) for jump in (True, False)]


def test_jumps_agree_with_every_cycle_within_their_error(lives):
    jumped, whole = lives
    assert jumped.mechanisms_given == (
        "film on Li", "dead lithium on Li", "loss of contact of the particles", "loss of active material"
    )  # fmt: skip
    assert len(jumped.number) < 0.25 * len(whole.number) == 150
    assert whole.retention[-1] < 0.9
    off = np.abs(jumped.at(whole.number) - whole.capacity).max() / whole.first_capacity
    assert off < jumped.error < 2e-3
    assert jumped.end_of_life == pytest.approx(whole.end_of_life, rel=5e-3)
    for name in ("film", "lost", "contact", "active"):
        ours, true = getattr(jumped.cycling, name)[-1], getattr(whole.cycling, name)[-1]
        assert ours == pytest.approx(true, rel=2e-3), name
    for done in lives:
        assert max(abs(x) for x in done.balance.values()) < 1e-10


def test_lithium_that_is_lost_is_what_the_charges_say(lives):
    """Dead lithium is its share of all that was plated; the rest of what is lost lies in the film."""
    whole = lives[1]
    c = whole.cycling
    film = (c.film - 5e-4) * 2 * 96485.33212 * 5e-6 / 96e-6
    assert c.lost[-1] == pytest.approx(1e-4 * c.charge.sum() + film[-1], rel=1e-3)


def test_what_costs_most_comes_first(lives):
    jumped = lives[0]
    found = jumped.mechanisms()
    assert {m.name for m in found} == set(jumped.mechanisms_given)
    regained = [m.regained for m in found]
    assert regained == sorted(regained, reverse=True)
    assert found[-1].name == "dead lithium on Li", "an excess of lithium hides what is lost of it"
    assert found[-1].regained == pytest.approx(0.0, abs=1e-3 * jumped.capacity[0])
    assert found[0].regained < jumped.capacity[0] - jumped.capacity[-1] < 1.5 * sum(regained)
    assert all(m.end_of_life is None or m.end_of_life >= jumped.end_of_life for m in found[:2])


def test_a_thin_foil_ends_the_life(tmp_path):
    """Without excess the lithium that dies ends the life, and leaving it out gives the life back."""
    thin = AGEING.replace("1e-4", "0.01", 1)
    write(tmp_path, thin, PARTICLES)
    path = tmp_path / "thin.toml"
    path.write_text((tmp_path / "life.toml").read_text().replace('thickness = "20 um"', 'thickness = "2 um"'))
    done = cycle(library.load_cell(str(path)), cccv(), 600)
    assert done.outcome.name == "lithium exhausted"
    assert 20 < done.last < 200
    assert "Stopped after" in done.sentence
    worst = done.mechanisms()[0]
    assert worst.name == "dead lithium on Li"
    assert worst.cycles > done.last


@pytest.mark.full
def test_without_a_foil_dead_lithium_is_what_the_efficiency_lacks(tmp_path):
    """Lithium comes from the cathode alone: each cycle leaves 1 - theta of it, and a film binds what it says."""
    theta = 5e-3
    foil = text(f"[negative.ageing]\ndead_lithium = {theta}\n" + FILM)
    path = tmp_path / "copper.toml"
    path.write_text(
        foil.replace('type = "lithium"\nmaterial = "Li"\nthickness = "20 um"', 'type = "plating"\nmaterial = "Cu"')
    )
    done = cycle(library.load_cell(str(path)), cccv("C/5"), 100)
    c = done.cycling
    assert c.inventory.min() > -0.1, "what is not there cannot be lost"
    film = np.diff((c.film - c.film[0]) * 2 * 96485.33212 * 5e-6 / 96e-6)
    assert np.diff(c.lost) == pytest.approx(theta * c.charge[1:] + film, rel=1e-3)
    assert c.charge[2:] == pytest.approx(c.charge[1:-1] - np.diff(c.lost)[:-1], rel=2e-3)
    assert max(abs(x) for x in done.balance.values()) < 1e-10


def test_a_formation_that_fails_is_said(tmp_path):
    steps = ("Discharge at 500 mA/cm2 for 1 h", Repeat(1, ("Charge at C/2 until 4.2 V", "Discharge at C/2 until 3 V")))
    with pytest.raises(InputError, match="did not go through its formation"):
        cycle(cell(tmp_path), Protocol("x", "cycling", steps), 10)


def test_the_spread_of_one_uncertain_loss(tmp_path):
    """With one number uncertain the ends of the interval are the lives of its ends."""
    loss = '[positive.ageing]\nactive_material_loss = { value = "0.02 %", low = "0.01 %", high = "0.03 %" }\n'
    path = write(tmp_path, "", loss)
    book = library.book()

    def build(drawn):
        return library.load_cell(path, drawn)

    found = spread(build, book, cccv("C/20"), 300, samples=16, end_of_life=0.95)
    assert "life.positive.ageing.active_material_loss" in found.drawn
    assert not found.failed
    low, _, high = found.interval("retention")
    assert low == pytest.approx((1.0 - 3e-4) ** 299, abs=0.01)
    assert high == pytest.approx((1.0 - 1e-4) ** 299, abs=0.01)
    assert next(iter(found.correlation)) == "life.positive.ageing.active_material_loss"
    assert found.nominal.retention[-1] == pytest.approx((1.0 - 2e-4) ** 299, abs=3e-3)
