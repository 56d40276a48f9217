"""Hot spots against what can be said in closed form: tips, single defects, populations, bridges, voids."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad

from ceramer import laws
from ceramer.physics import failure
from ceramer.units import FARADAY

GEOMETRY = {
    "thickness": 100e-6,
    "area": 1.131e-4,
    "ionic_conductivity": 0.05,
    "interface_resistance": 1e-4,
    "temperature": 295.15,
}


def cell(thickness: float = 100e-6, **over: float) -> failure.SymmetricLithiumCell:
    values = {key.replace("__", "."): value for key, value in over.items()}
    return failure.assumed_cell(failure.failure_book().ledger(values), **{**GEOMETRY, "thickness": thickness})


def speed(one: failure.SymmetricLithiumCell, j: float) -> float:
    return (1.0 - one.filament.blocked_share) * one.lithium.volume_per_charge * j


# --- one tip ---------------------------------------------------------------------------------------------------------


def test_focusing_of_a_ridge_and_of_a_hemisphere():
    """Conformal map of a half-ellipse: 1 + h/b. A conducting sphere in a uniform field: 3 (1/depolarisation factor)."""
    assert failure.current_focusing(7e-6, failure.focusing_length(2e-6, 1.0, 0.0)) == pytest.approx(4.5)
    assert failure.current_focusing(5e-6, failure.focusing_length(5e-6, 2.0, 0.0)) == pytest.approx(3.0)


def test_focusing_of_a_ridge_solved_as_a_field():
    """The plane above a half-ellipse (half-axes b, h) is z = w + (b**2 - h**2)/(4 w) of the plane above a half-disk.

    There the potential is Im(w + r**2/w), r = (b + h)/2; its field at the tip over the one far away is 1 + h/b.
    """
    h, b = 6e-6, 1.5e-6
    r = 0.5 * (h + b)

    def gradient(w: complex) -> complex:
        step = 1e-6j * abs(w)
        flow, place = [
            f(w + step) - f(w - step) for f in (lambda u: u + r**2 / u, lambda u: u + (b**2 - h**2) / (4.0 * u))
        ]
        return flow / place

    found = gradient(1j * r) / gradient(1e5j * r)
    assert abs(found) == pytest.approx(failure.current_focusing(h, failure.focusing_length(b, 1.0, 0.0)), rel=1e-6)


def test_kinetics_level_the_current():
    """With slow kinetics a tip of height h gains E h = j h/sigma over R_i: beta - 1 = h/(sigma R_i) for any shape."""
    wagner = failure.wagner_length(0.05, 1.0)
    for spreading in (1.0, 2.0):
        length = failure.focusing_length(1e-6, spreading, wagner)
        assert failure.current_focusing(3e-6, length) - 1.0 == pytest.approx(3e-6 / 0.05, rel=1e-4)


# --- one defect through its life -------------------------------------------------------------------------------------


def one_defect(one: failure.SymmetricLithiumCell, depth: float) -> failure.SymmetricLithiumCell:
    """A population so steep that its deepest defect has this depth to 1e-6."""
    kind = replace(one.defects[0], scale=depth, shape=1e7, density=1e6)
    return replace(one, defects=(kind,))


@pytest.mark.parametrize("healing", [0.0, 2e-12, 1e-11])
@pytest.mark.parametrize("share", [0.003, 0.05, 1.0])
def test_a_single_defect_crosses_when_the_closed_form_says(share, healing):
    """On the left electrode, plated first: the life is 2 N t_h and the part of a half-cycle that is still needed."""
    j, half = 10.0, 3600.0
    one = one_defect(cell(filament__irreversible_share=share, filament__healing_rate=healing), 8e-6)
    length = failure.focusing_length(one.defects[0].half_width, 2.0, one.wagner_length())
    count = failure.crossing_cycles(8e-6, one.thickness, speed(one, j), length, half, share, healing)
    lives = failure.simulate_lives(one, failure.constant_current(j, half, 4000), 3, seed=1)
    if math.isinf(count):
        assert lives.censored.all()
        return
    a, c = failure.cycle_map(speed(one, j), length, half, share, healing)
    whole = math.ceil(count - 1e-9)
    depth = a**whole * 8e-6 + c * (a**whole - 1.0) / (a - 1.0)
    wait = length / speed(one, j) * math.log((one.thickness + length) / (depth + length))
    assert lives.short_time == pytest.approx(np.full(3, 2.0 * half * whole + wait), rel=1e-5, abs=1.0)


def test_plain_faraday_without_focusing_and_healing():
    """Slow kinetics, everything irreversible: the filament is as thick as the lithium plated, D - h = w q."""
    base = cell(filament__irreversible_share=1.0, filament__healing_rate=0.0)
    one = one_defect(replace(base, interface_resistance=1e4), 5e-6)
    j, half = 10.0, 600.0
    lives = failure.simulate_lives(one, failure.constant_current(j, half, 2000), 1, seed=3)
    plated = laws.lithium_thickness(j * half, one.lithium.molar_mass, one.lithium.density)
    half_cycles = (one.thickness - 5e-6) / plated  # plating half-cycles, every second one
    whole = math.floor(half_cycles)
    assert lives.short_time[0] == pytest.approx(half * (2 * whole + half_cycles - whole), rel=1e-4)


def test_blocking_and_current_enter_as_a_product():
    """Blocking b at j is no blocking at (1 - b) j: in the number of cycles, not in anything else."""
    half, depth, length = 3600.0, 5e-6, 20e-6
    one = cell(filament__irreversible_share=0.02)
    free = failure.crossing_cycles(depth, 1e-4, speed(one, 2.0), length, half, 0.02)
    blocked = replace(one, filament=replace(one.filament, blocked_share=0.8))
    assert failure.crossing_cycles(depth, 1e-4, speed(blocked, 10.0), length, half, 0.02) == pytest.approx(free)


def test_life_at_small_steps_follows_the_charge():
    """Without healing, with small steps the life is (2 l/(u w j)) ln[(D + l)/(h + l)]: inverse in j, in u and in w."""
    depth, length, half = 5e-6, 20e-6, 1.0
    w = cell().lithium.volume_per_charge
    for j, share in ((1.0, 0.01), (7.0, 0.01), (1.0, 0.2)):
        count = failure.crossing_cycles(depth, 1e-4, w * j, length, half, share)
        expected = 2.0 * length / (share * w * j) * math.log((1e-4 + length) / (depth + length))
        assert 2.0 * half * count == pytest.approx(expected, rel=1e-3)


def test_the_harmless_depth_is_the_inverse_of_the_crossing():
    for healing in (0.0, 1e-12, 3e-12):
        options = (1e-4, 1.35e-9, 15e-6, 3600.0, 0.02, healing)
        count = failure.crossing_cycles(9e-6, *options)
        assert failure.largest_harmless_depth(count, *options) == pytest.approx(9e-6, rel=1e-9)


# --- when growth beats healing ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", ["time", "capacity"])
def test_below_the_critical_current_a_defect_heals_and_above_it_crosses(protocol):
    share, healing, depth = 0.02, 2e-11, 8e-6
    one = one_defect(cell(filament__irreversible_share=share, filament__healing_rate=healing), depth)
    length = failure.focusing_length(one.defects[0].half_width, 2.0, one.wagner_length())
    w = one.lithium.volume_per_charge
    if protocol == "time":
        critical = failure.critical_current_fixed_time(depth, 1800.0, length, w, share, healing)
    else:
        critical = failure.critical_current_fixed_capacity(depth, 5400.0, length, w, share, healing)
    for factor, grows in ((0.93, False), (1.07, True)):
        j = factor * critical
        half = 1800.0 if protocol == "time" else 5400.0 / j
        lives = failure.simulate_lives(one, failure.constant_current(j, half, 3500), 1, seed=2, deepest=1)
        assert np.isfinite(lives.short_time).all() == grows
        if not grows:
            assert (lives.depth == 0.0).all(), "a defect below the critical current closes"


def test_both_critical_currents_agree_at_the_same_charge():
    """At its own critical current, fixed time t and fixed capacity j t are the same experiment."""
    numbers = (12e-6, 1.3e-10, 0.02, 4e-12)
    depth, w, share, healing = numbers
    j = failure.critical_current_fixed_time(depth, 1800.0, 40e-6, w, share, healing, 2.0, 0.3)
    again = failure.critical_current_fixed_capacity(depth, j * 1800.0, 40e-6, w, share, healing, 2.0, 0.3)
    assert again == pytest.approx(j, rel=1e-12)


def test_small_steps_make_the_protocols_one():
    """Both tend to j = 2 K l / [(1 - b) w u (h + l)] where the growth of a half-cycle is small beside l."""
    depth, length, w, share, healing, b = 5e-6, 30e-6, 1.35e-10, 0.03, 1e-13, 0.4
    limit = 2.0 * healing * length / ((1.0 - b) * w * share * (depth + length))
    for value in (
        failure.critical_current_fixed_time(depth, 1.0, length, w, share, healing, blocked_share=b),
        failure.critical_current_fixed_capacity(depth, 1.0, length, w, share, healing, blocked_share=b),
    ):
        assert value == pytest.approx(limit, rel=1e-4)


@pytest.mark.parametrize("protocol", ["time", "capacity"])
def test_critical_currents_of_cells_follow_their_deepest_defect(protocol):
    """P(j_c > j) = exp(-2 A N S(h)), h the depth at which healing 2 K t balances u (exp(x) - 1)(h + l)."""
    share, healing, half, charge = 0.02, 2e-11, 1800.0, 9000.0
    one = cell(filament__irreversible_share=share, filament__healing_rate=healing)
    kind, w = one.defects[0], one.lithium.volume_per_charge
    length = failure.focusing_length(kind.half_width, 2.0, one.wagner_length())
    options = {"half_cycle": half} if protocol == "time" else {"capacity": charge}
    found = failure.threshold_currents(one, 8000, seed=4, **options)
    for q in (0.05, 0.5, 0.95):
        j = float(np.quantile(found, q))
        t = half if protocol == "time" else charge / j
        depth = 2.0 * healing * t / (share * math.expm1(w * j * t / length)) - length
        alive = math.exp(-2.0 * one.area * kind.density * kind.exceedance(depth))
        assert alive == pytest.approx(1.0 - q, abs=0.012)


def test_a_staircase_bears_more_than_for_ever_and_less_at_fixed_time():
    """Each level lasts 4 cycles: fixed time moves ever more charge, fixed capacity the same at each level."""
    one = cell(filament__irreversible_share=0.2, filament__healing_rate=1e-12)
    levels, q = np.arange(5.0, 101.0, 5.0), 5.0 * 3600.0
    by_time, by_capacity = (
        failure.levels_borne(failure.simulate_lives(one, schedule, 300, seed=2), schedule)
        for schedule in (
            failure.staircase(levels, cycles=4, half_cycle=3600.0),
            failure.staircase(levels, cycles=4, capacity=q),
        )
    )
    for_ever = failure.threshold_currents(one, 300, seed=2, half_cycle=3600.0)
    assert np.median(for_ever) < np.median(by_time) < np.median(by_capacity)
    assert by_time.min() < by_time.max(), "a distribution, not a number"
    assert set(by_time) <= {0.0, *levels}


def test_a_brittle_layer_cracks_at_griffith_and_not_before():
    toughness, depth = 1.1e6, 8e-6
    base = replace(cell(filament__irreversible_share=1.0), interface_resistance=50e-4)
    one = one_defect(replace(base, layer=failure.BrittleLayer(toughness)), depth)
    length = failure.focusing_length(one.defects[0].half_width, 2.0, one.wagner_length())
    needed = toughness / (1.12 * math.sqrt(math.pi * depth)) * one.lithium.molar_volume / FARADAY
    critical = needed / (one.interface_resistance * failure.current_focusing(depth, length))
    for factor, cracks in ((0.99, False), (1.01, True)):
        schedule = failure.constant_current(factor * critical, 3600.0, 400)
        lives = failure.simulate_lives(one, schedule, 2, seed=5)
        assert np.isfinite(lives.short_time).all() == cracks


def test_what_cracks_a_brittle_layer_bounds_its_critical_current_from_below():
    """Without healing any current grows in a soft layer; a ceramic asks for eta_c/(beta R_i)."""
    one = one_defect(cell(filament__healing_rate=0.0), 8e-6)
    assert failure.threshold_currents(one, 3, seed=0, half_cycle=3600.0) == pytest.approx([0.0] * 3)
    brittle = replace(one, layer=failure.BrittleLayer(1.1e6), interface_resistance=50e-4)
    length = failure.focusing_length(one.defects[0].half_width, 2.0, brittle.wagner_length())
    eta = laws.griffith_overpotential(1.1e6, 8e-6, one.lithium.molar_volume)
    expected = eta / (brittle.interface_resistance * (1.0 + 8e-6 / length))
    assert failure.threshold_currents(brittle, 3, seed=0, half_cycle=3600.0) == pytest.approx([expected] * 3, rel=1e-4)
    stiff = replace(one, layer=failure.SoftLayer(3e11, 0.33, 7e-5))
    assert np.isinf(failure.threshold_currents(stiff, 3, seed=0, capacity=3600.0)).all()


def test_a_stiff_separator_stops_what_monroe_and_newman_stop():
    soft, stiff = (replace(cell(polymer__shear_modulus=1e6), layer=layer) for layer in (
        failure.SoftLayer(1e6, 0.33, 7e-5), failure.SoftLayer(3e11, 0.33, 7e-5)))  # fmt: skip
    assert soft.grows(5e-6)
    assert not stiff.grows(5e-6)
    lives = failure.simulate_lives(stiff, failure.constant_current(100.0, 3600.0, 100), 20, seed=0)
    assert lives.censored.all()


# --- populations -----------------------------------------------------------------------------------------------------


def test_the_deepest_defects_are_those_of_a_whole_population():
    """Against drawing every defect: number per cell and the distribution of the deepest and of the second."""
    defects = failure.Defects("void", 2e5, 5e-6, 5e-6, shape=1.4)
    area, cells = 1e-4, 6000
    rng = np.random.default_rng(0)
    fast = defects.deepest(area, cells, 2, rng)
    slow = np.zeros((cells, 2))
    for k in range(cells):
        depths = 5e-6 * rng.weibull(1.4, rng.poisson(20.0))
        slow[k, : min(2, depths.size)] = np.sort(depths)[::-1][:2]
    for column in (0, 1):
        a, b = np.sort(fast[:, column]), np.sort(slow[:, column])
        assert np.abs(a / b - 1.0)[100:-100].max() < 0.05
    assert (fast[:, 0] >= fast[:, 1]).all()


@pytest.mark.parametrize("tail", ["weibull", "pareto"])
def test_the_deepest_follows_the_poisson_law(tail):
    """P(deepest < x) = exp(-n A S(x))."""
    defects = failure.Defects("crack", 1e5, 2e-6, 1e-7, shape=2.5, tail=tail)
    deepest = defects.deepest(1e-4, 20000, 1, np.random.default_rng(1))[:, 0]
    for q in (0.1, 0.5, 0.9):
        x = float(np.quantile(deepest, q))
        assert math.exp(-1e5 * 1e-4 * defects.exceedance(x)) == pytest.approx(q, abs=0.012)


@pytest.mark.parametrize(("healing", "j"), [(0.0, 10.0), (5e-11, 5.0)])
def test_the_share_that_lives_is_the_closed_form(healing, j):
    """2500 simulated cells against exp(-2 A N S(L(t))), also where healing saves some for ever."""
    one = cell(300e-6, filament__irreversible_share=0.05, filament__healing_rate=healing)
    lives = failure.simulate_lives(one, failure.constant_current(j, 3600.0, 700), 2500, seed=1, deepest=1)
    times = np.quantile(lives.short_time[~lives.censored], [0.05, 0.25, 0.5, 0.75, 0.95])
    for time in times:
        found = float((lives.short_time > time).mean())
        earlier, later = (failure.short_free_share(one, time + d * 7200.0, j, 3600.0) for d in (-1.0, 1.0))
        assert later - 0.025 <= found <= earlier + 0.025
    for_ever = failure.short_free_share(one, lives.end, j, 3600.0)
    assert float(lives.censored.mean()) == pytest.approx(for_ever, abs=0.025)
    assert (for_ever > 0.05) == (healing > 0.0)


def test_twice_the_area_is_both_of_two_cells():
    """Weakest link: S(2 A) = S(A)**2."""
    one = cell(filament__irreversible_share=0.02)
    time = 300.0 * 3600.0
    single = failure.short_free_share(one, time, 5.0, 3600.0)
    double = failure.short_free_share(replace(one, area=2.0 * one.area), time, 5.0, 3600.0)
    assert 0.05 < single < 0.95
    assert double == pytest.approx(single**2, rel=1e-12)


# --- bridges and voids -----------------------------------------------------------------------------------------------


def test_a_bridge_melts_at_a_tenth_of_a_volt():
    """Kohlrausch: V**2 = 4 L (T_m**2 - T**2), L = 2.443e-8 V2/K2."""
    assert pytest.approx(2.443e-8, rel=1e-3) == failure.LORENZ_NUMBER
    expected = math.sqrt(4.0 * 2.443e-8 * (453.65**2 - 295.15**2))
    assert failure.burn_out_voltage(453.65, 295.15) == pytest.approx(expected, rel=1e-3)


def test_a_wire_and_its_neck():
    """rho D/A for a long wire; Maxwell's rho/(2 r) for a hole in a wall."""
    rho = 9.28e-8
    assert failure.bridge_resistance(1e-3, 1e-6, rho) == pytest.approx(rho * 1e-3 / (math.pi * 1e-12), rel=2e-3)
    assert failure.bridge_resistance(0.0, 1e-6, rho) == pytest.approx(rho / 2e-6)


def test_linear_creep_is_a_newtonian_liquid():
    """n = 1 with s0/e0 = 3 eta: -dlnV/dt = 3 p/(4 eta)."""
    eta = 4e9
    assert failure.creep_closure_rate(2e5, 1.0, 3.0 * eta, 1.0) == pytest.approx(laws.pressure_closure_rate(2e5, eta))


@pytest.mark.parametrize("exponent", [1.0, 3.0, 1.0 / 0.18])
def test_creep_closes_a_void_as_the_flow_around_it_says(exponent):
    """v = A/r2 around a void of radius a: the stress that its strain rate needs, integrated, is the pressure."""
    radius, flow, rate, stress = 2e-6, 3e-22, 0.05, 2e6

    def slope(logarithm):  # 2 s/r dr
        return 2.0 * stress * (2.0 * flow / (rate * math.exp(3.0 * logarithm))) ** (1.0 / exponent)

    pressure = quad(slope, math.log(radius), math.log(radius) + 12.0 * exponent, epsabs=0.0, epsrel=1e-10)[0]
    closing = failure.creep_closure_rate(pressure, rate, stress, exponent)
    assert closing == pytest.approx(3.0 * flow / radius**3, rel=1e-8)


@pytest.mark.parametrize("neck", [1.0, 0.01])
def test_a_wire_melts_at_one_voltage_whatever_its_neck(neck):
    """Joule heat in slices of a wire whose section varies, its heat conductivity L sigma T: the hottest one melts."""
    count, hot, cold = 600, 453.65, 295.15
    volts = failure.burn_out_voltage(hot, cold)
    x = (np.arange(count) + 0.5) / count
    conductance = neck + (1.0 - neck) * (2.0 * x - 1.0) ** 2 + 0.3 * neck * x  # sigma A, without symmetry
    drop = volts / conductance / (1.0 / conductance).sum()
    heat = np.append(drop, 0.0) * conductance[0] * drop[0] / 2.0 + np.append(0.0, drop) * conductance[0] * drop[0] / 2.0
    flow = failure.LORENZ_NUMBER * conductance  # of T**2/2 between neighbours
    matrix = np.diag(flow[:-1] + flow[1:]) - np.diag(flow[1:-1], 1) - np.diag(flow[1:-1], -1)
    source = heat[1:-1].copy()
    source[0] += flow[0] * cold**2 / 2.0
    source[-1] += flow[-1] * cold**2 / 2.0
    hottest = math.sqrt(2.0 * np.linalg.solve(matrix, source).max())
    assert hottest == pytest.approx(hot, rel=1e-4)


def test_voids_open_by_faraday_and_close_by_pressure():
    one = cell(contact__borne_current_density=2.0, contact__refilled_share=0.0, contact__pressure=0.0)
    schedule = failure.constant_current(5.0, 3600.0, 3)
    void = failure.void_history(one, schedule)
    missing = laws.lithium_thickness(3.0 * 3600.0, one.lithium.molar_mass, one.lithium.density)
    assert void[:, 1] == pytest.approx(missing * np.array([0, 1, 1, 2, 2, 3]))
    assert void[:, 0] == pytest.approx(missing * np.array([0, 0, 1, 1, 2, 2]))
    pressed = replace(one, contact=replace(one.contact, pressure=3e6))
    rate = failure.creep_closure_rate(3e6, 0.05, 2e6, 1.0 / 0.18) / 3.0
    assert failure.void_history(pressed, schedule)[1, 1] == pytest.approx(missing * math.exp(-rate * 3600.0))


def test_contact_is_lost_one_e_fold_at_a_time():
    assert failure.contact_loss(0.0, 2e-6) == 0.0
    assert failure.contact_loss(2e-6, 2e-6) == pytest.approx(1.0 - math.exp(-1.0))
