"""More current, more defects, more area: never a longer life; whatever the numbers, the outcome is one of three."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer.physics import failure

logs = st.floats(0.0, 1.0)
FEW = settings(max_examples=25, deadline=None)


def between(u: float, low: float, high: float) -> float:
    return float(low * (high / low) ** u)


@st.composite
def cells(draw):
    values = {
        "filament.irreversible_share": between(draw(logs), 1e-3, 0.3),
        "filament.healing_rate": draw(st.sampled_from([0.0, 1e-13, 1e-11])),
        "filament.bridge_radius": between(draw(logs), 0.3e-6, 5e-6),
        "void.scale": between(draw(logs), 1e-6, 20e-6),
        "void.half_width": between(draw(logs), 1e-6, 20e-6),
        "void.density": between(draw(logs), 1e4, 1e7),
    }
    return failure.assumed_cell(
        failure.failure_book().ledger(values),
        thickness=between(draw(logs), 20e-6, 500e-6),
        area=1e-4,
        ionic_conductivity=between(draw(logs), 1e-3, 1.0),
        interface_resistance=between(draw(logs), 1e-4, 1e-1),
        temperature=300.0,
    )


@FEW
@given(cells(), logs, st.floats(1.05, 5.0), logs)
def test_more_current_is_a_shorter_life(one, u, factor, v):
    """Fixed time: at any moment no more cells are alive."""
    j, time = between(u, 0.5, 10.0), between(v, 1e4, 1e7)
    slow, fast = (failure.short_free_share(one, time, x, 3600.0) for x in (j, factor * j))
    assert fast <= slow + 1e-12
    assert 0.0 <= fast <= 1.0


@FEW
@given(cells(), logs, st.floats(1.05, 3.0), logs)
def test_each_thing_orders_the_lives(one, u, factor, v):
    j, time = between(u, 0.5, 10.0), between(v, 1e4, 1e7)

    def alive(changed):
        return failure.short_free_share(changed, time, j, 3600.0)

    here = alive(one)
    kind = one.defects[0]
    assert alive(replace(one, area=factor * one.area)) <= here + 1e-12
    assert alive(replace(one, defects=(replace(kind, scale=factor * kind.scale),))) <= here + 1e-12
    assert alive(replace(one, thickness=factor * one.thickness)) >= here - 1e-12
    healing = replace(one.filament, healing_rate=factor * one.filament.healing_rate)
    assert alive(replace(one, filament=healing)) >= here - 1e-12
    blocked = replace(one.filament, blocked_share=0.5)
    assert alive(replace(one, filament=blocked)) >= here - 1e-12


@FEW
@given(cells(), logs)
def test_the_share_alive_falls_from_one(one, u):
    j = between(u, 0.5, 20.0)
    times = np.geomspace(7200.0, 1e9, 40)
    shares = failure.short_free_share(one, times, j, 3600.0)
    assert (np.diff(shares) <= 1e-12).all()
    assert (shares >= 0.0).all() and (shares <= 1.0).all()


@FEW
@given(cells(), logs, st.integers(0, 10**6))
def test_every_cell_ends_in_one_of_three_ways(one, u, seed):
    lives = failure.simulate_lives(one, failure.constant_current(between(u, 1.0, 100.0), 3600.0, 25), 8, seed=seed)
    assert set(lives.kind) <= {"none", "soft", "hard"}
    assert ((lives.kind == "none") == lives.censored).all()
    assert (np.isfinite(lives.hard_time) == (lives.kind == "hard")).all()
    assert (lives.hard_time >= lives.short_time).all()
    assert (lives.short_time[~lives.censored] >= 0.0).all()
    assert (lives.short_time[~lives.censored] <= lives.end).all()
    assert (lives.depth >= 0.0).all() and (lives.depth < one.thickness).all()


@FEW
@given(cells(), logs, st.floats(1.2, 20.0))
def test_fixed_time_is_the_harder_test_above_its_own_capacity(one, u, factor):
    """A half-cycle of fixed time moves more charge than one of fixed capacity as soon as j t exceeds q."""
    length = failure.focusing_length(one.defects[0].half_width, 2.0, one.wagner_length())
    w, depth = one.lithium.volume_per_charge, 5e-6
    share, healing = one.filament.irreversible_share, max(one.filament.healing_rate, 1e-13)
    duration = between(u, 300.0, 7200.0)
    j = failure.critical_current_fixed_time(depth, duration, length, w, share, healing)
    smaller = failure.critical_current_fixed_capacity(depth, j * duration / factor, length, w, share, healing)
    assert smaller >= j * (1.0 - 1e-9)
