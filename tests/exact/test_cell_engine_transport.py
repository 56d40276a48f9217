"""Layered cells in time against closed forms: depletion, polarisation, contacts, electrodes."""

import math
from dataclasses import replace

import numpy as np
import pytest
from engine_cells import BINARY, CERAMIC, NEWMAN, POLYMER, T

from ceramer import laws
from ceramer.numerics.chain import Step
from ceramer.physics import (
    CellModel,
    Contact,
    Metal,
    MixedConductor,
    Polymer,
    TetheredPolymer,
    TwoPhase,
)
from ceramer.units import FARADAY, GAS_CONSTANT

THERMAL = GAS_CONSTANT * T / FARADAY
FOREVER = 1e7


pytestmark = pytest.mark.usefixtures("one_program")


def foil(i0=20.0, **more):
    return Metal.lithium(i0, 1e9, ceramic_exchange_current_density=i0, **more)


def cell(layers, negative=None, positive=None, *, contacts=(), tolerance=1e-6, leak=0.0):
    negative = negative or foil()
    model = CellModel(
        layers=layers,
        negative=negative,
        positive=positive or negative,
        contacts=contacts,
        temperature=T,
        leak_conductance=leak,
    )
    return model.simulation(relative_tolerance=tolerance)


def current(value, duration=FOREVER, **more):
    return Step("current", value, duration, **more)


def voltage(value, duration=FOREVER, **more):
    return Step("voltage", value, duration, **more)


# --- a binary salt ----------------------------------------------------------------------------------------------------


def test_sand_time():
    """914.0 s at 10 A/m2, second order in the cells; the guard ends the run at 1e-4 of the mean concentration."""
    exact = laws.sand_time(8e-12, 1000.0, 0.2, 10.0)
    assert exact == pytest.approx(914.0, abs=0.1)
    times = []
    for cells in (50, 100, 200):
        sim = cell([replace(POLYMER, thickness=1e-3, cells=cells, grading=20.0)], tolerance=1e-7)
        run = sim.chain.run([current(10.0)])
        assert sim.guards[run.code - 10][0] == "salt depleted"
        assert "1e+03 um from the negative electrode, in polymer" in sim.guards[run.code - 10][1]
        times.append(run.summary[0, 2])
    richardson = (4.0 * times[2] - times[1]) / 3.0
    assert richardson == pytest.approx(exact, rel=5e-4)
    assert richardson == pytest.approx(exact * (1.0 - 1e-4) ** 2, rel=2e-6)
    assert (times[1] - times[0]) / (times[2] - times[1]) == pytest.approx(4.0, rel=0.02)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_steady_profile_is_linear(sign):
    sim = cell([POLYMER])
    run = sim.chain.run([current(sign * 9.65)])
    x, c = sim.profile("concentration")
    exact = laws.steady_concentration(
        x, sign * 9.65, 8e-12, 0.2, concentration=1000.0, thickness=100e-6
    )  # discharge strips the left foil: salt gathers there
    assert run.code == 0
    np.testing.assert_allclose(c, exact, rtol=1e-5)
    drop = 9.65 * 1e-4 / 0.1 * NEWMAN
    assert run.rows[-1, 1] * sign < -drop  # beyond the ohmic and the linear diffusion part


def test_limiting_current():
    """19.3 A/m2 at 100 um: below it the steady state is reached, above it the salt is depleted at the plating foil."""
    limit = laws.limiting_current(8e-12, 1000.0, 0.2, 100e-6)
    assert limit == pytest.approx(19.3, abs=0.05)
    below, above = cell([POLYMER]), cell([POLYMER])
    assert below.chain.run([current(0.999 * limit)]).code == 0
    assert below.profile("concentration")[1][-1] == pytest.approx(1.0, rel=1e-3)
    run = above.chain.run([current(-1.001 * limit)])
    assert above.guards[run.code - 10][0] == "salt depleted"
    assert "0 um from the negative electrode" in above.guards[run.code - 10][1]


def test_potential_of_a_concentration_cell():
    """``U = (2 R T/F)(1 - t+) Tf ln(c_right/c_left)`` whatever the profile and the exponent of sigma(c)."""
    layer = replace(POLYMER, thermodynamic_factor=1.7, conductivity_exponent=0.4)
    sim = cell([layer])
    places = sim.chain.all_unknowns("concentration")
    sim.chain.y[places] = np.linspace(500.0, 1500.0, len(places)) ** 1.0
    sim.chain.settle()
    # the metals' potentials against each other, measured at rest: right minus left
    expected = laws.diffusion_potential(500.0, 1500.0, 0.2, T, 1.7)
    assert sim.chain.voltage == pytest.approx(expected, rel=1e-9)


def hold(layers, tolerance=1e-8, drive=1e-4, **more):
    """Bruce and Vincent: currents at first and at last under a small voltage, and the resistance of the interfaces."""
    i0 = more.pop("i0", 20.0)
    sim = cell(layers, foil(i0), tolerance=tolerance, **more)
    run = sim.chain.run([voltage(-drive)])
    assert run.code == 0
    _, _, duration, _, _, _, _, first, last = run.summary[0, :9]
    assert duration == FOREVER
    interfaces = 2.0 * THERMAL / i0
    return first, last, laws.bruce_vincent(first, last, drive, interfaces, interfaces)


def test_bruce_vincent_returns_the_input_of_an_ideal_dilute_salt():
    d_plus, d_minus = laws.nernst_einstein_diffusivities(0.1, 0.2, 1000.0, T)
    ideal = replace(POLYMER, salt_diffusivity=laws.ambipolar_diffusivity(d_plus, d_minus))
    assert hold([ideal])[2] == pytest.approx(0.2, abs=1e-4)
    assert abs(hold([ideal], drive=0.05)[2] - 0.2) > 1e-4  # 50 mV is no longer small


def test_bruce_vincent_of_a_concentrated_salt_is_the_current_fraction():
    first, last, fraction = hold([POLYMER])
    assert first == pytest.approx(1e-4 / (1e-3 + 2 * THERMAL / 20.0), rel=1e-6)
    assert last == pytest.approx(1e-4 / (1e-3 * (1.0 + NEWMAN) + 2 * THERMAL / 20.0), rel=1e-5)
    assert fraction == pytest.approx(laws.current_fraction(NEWMAN), abs=1e-4)
    assert fraction < 0.2 - 0.02  # the bias of the method


# --- composites -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("exchange", [0.0, 1e8, 1e13])
def test_bruce_vincent_of_two_skeletons(exchange):
    """``t = H[s_p f, s_c]/H[s_p, s_c]``, H the parallel sum: both potentials are linear, so nothing is exchanged."""
    layer = TwoPhase(thickness=60e-6, ceramic_conductivity=0.05, exchange_conductance=exchange, **BINARY)
    first, last, _ = hold([layer], i0=1e7)
    fraction = laws.current_fraction(NEWMAN)
    expected = laws.composite_current_fraction(lambda s: s[0] + s[1], 0.1, 0.05, fraction)
    assert last / first == pytest.approx(expected, abs=1e-4)
    mean = (0.1 * 0.2 + 0.05) / 0.15
    assert abs(expected - mean) > 0.01  # a mean of the transference numbers is something else


def test_interfaces_make_skeletons_exchange():
    """Where the ceramic has a poor contact with the metal, exchange lets the current in through the polymer."""
    layer = TwoPhase(thickness=60e-6, ceramic_conductivity=0.05, exchange_conductance=0.0, **BINARY)
    metal = replace(foil(1e7), ceramic_exchange_current_density=1e-3)
    ends = []
    for exchange in (0.0, 1e16):
        sim = cell([replace(layer, exchange_conductance=exchange)], metal)
        sim.chain.run([voltage(-1e-4)])
        ends.append(float(sim.chain.y[sim.chain.terminal[1]]))
    fraction = laws.current_fraction(NEWMAN)
    assert ends[0] == pytest.approx(1e-4 / 60e-6 * 0.1 * fraction, rel=1e-3)
    assert ends[1] == pytest.approx(1e-4 / 60e-6 * (0.1 * fraction + 0.05), rel=1e-3)


def test_polymers_around_two_skeletons_feed_both():
    """A perfect contact feeds both; a blocked one leaves the ceramic to what the polymer inside hands over."""
    inner = TwoPhase(thickness=60e-6, ceramic_conductivity=0.05, exchange_conductance=1e3, **BINARY)
    outer = replace(POLYMER, thickness=10e-6)
    fraction = laws.current_fraction(NEWMAN)
    polymers = 20e-6 / (0.1 * fraction)
    for resistance, conductivity in ((0.0, 0.1 * fraction + 0.05), (math.inf, 0.1 * fraction)):
        contact = Contact(ceramic_resistance=resistance)
        sim = cell([outer, inner, outer], foil(1e7), contacts=[contact, contact])
        sim.chain.run([voltage(-1e-4)])
        found = 1e-4 / float(sim.chain.y[sim.chain.terminal[1]])
        assert found == pytest.approx(polymers + 60e-6 / conductivity, rel=1e-3)


def test_no_tethered_anion_leaves_a_binary_salt():
    """n = 1 and c_f = 0: the same voltages up to depletion."""
    d_plus, d_minus = 5e-12, 9e-12
    tethered = TetheredPolymer(
        thickness=50e-6,
        anion_concentration=600.0,
        tethered_concentration=0.0,
        cation_diffusivity=d_plus,
        anion_diffusivity=d_minus,
    )
    binary = Polymer(
        thickness=50e-6,
        conductivity=FARADAY**2 * 600.0 * (d_plus + d_minus) / (GAS_CONSTANT * T),
        salt_concentration=600.0,
        transference_number=d_plus / (d_plus + d_minus),
        salt_diffusivity=laws.ambipolar_diffusivity(d_plus, d_minus),
    )
    ends = [cell([layer]).chain.run([current(20.0, 200.0), current(-30.0)]) for layer in (tethered, binary)]
    assert ends[0].code == ends[1].code >= 10
    np.testing.assert_allclose(ends[0].summary[:, :-1], ends[1].summary[:, :-1], rtol=1e-6)


# --- mixed conductors -------------------------------------------------------------------------------------------------

MIXED = MixedConductor(
    thickness=20e-6,
    ionic_conductivity=1e-5,
    electronic_conductivity=4e-6,
    maximum_concentration=2e4,
    slope=0.3,
    cells=80,
)


def test_hebb_wagner_polarisation_in_time():
    """A small current between electrodes that block ions: the whole relaxation as a series, at nine times."""
    slope = 0.3 + 4.0 * THERMAL
    chemical = 1e-5 * 4e-6 / 1.4e-5 * slope / (FARADAY * 2e4)
    sigma, length, i = 1.4e-5, 20e-6, 1e-4
    tau = length**2 / (math.pi**2 * chemical)
    sim = cell([MIXED], Metal.blocking(0.0), tolerance=1e-7)
    rows = sim.chain.run([current(i, 4.0 * tau, period=tau / 2)]).rows
    odd = np.arange(1, 4001, 2)
    for t, v in rows[rows[:, 0] > 0, :2]:
        left = 8.0 / math.pi**2 * np.sum(np.exp(-(odd**2) * t / tau) / odd**2)
        exact = i * length * (1.0 / sigma + (1.0 / 4e-6 - 1.0 / sigma) * (1.0 - left))
        assert -v == pytest.approx(exact, rel=3e-4)


@pytest.mark.parametrize("v", [0.01, 0.4])
def test_steady_electronic_current_is_ohmic(v):
    """Blocked ions stand still (phi is flat), electrons carry ``sigma_e V/L`` also far from equilibrium."""
    sim = cell([MIXED], Metal.blocking(0.0))
    assert sim.chain.run([voltage(v)]).code == 0
    assert -float(sim.chain.y[sim.chain.terminal[1]]) == pytest.approx(4e-6 * v / 20e-6, rel=1e-6)
    potential = sim.profile("potential")[1]
    assert np.ptp(potential) < 1e-6 * v
    x = sim.profile("stoichiometry")[1]
    exact = [laws.lattice_gas_potential(s, 0.0, 0.3, 0.5, T) for s in x[[0, -1]]]
    assert exact[1] - exact[0] == pytest.approx(v, rel=1e-6)


def test_leak_beside_blocked_ions():
    sim = cell([CERAMIC], Metal.blocking(0.1), leak=1e-3)
    sim.chain.run([voltage(2.0)])
    assert -float(sim.chain.y[sim.chain.terminal[1]]) == pytest.approx(2e-3, rel=1e-9)


# --- contacts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("partition", [1.0, 2.5])
def test_salt_of_two_polymers_comes_to_its_partition(partition):
    left, right = POLYMER, replace(POLYMER, thickness=40e-6, salt_concentration=300.0, salt_volume_fraction=0.6)
    sim = cell([left, right], contacts=[Contact(partition=partition)])
    amount = 1000.0 * 100e-6 + 300.0 * 40e-6 * 0.6
    assert sim.amount("salt") == pytest.approx(amount, rel=1e-12)
    sim.chain.run([current(0.0)])
    c = sim.profile("concentration")[1]
    c_right = amount / (partition * 100e-6 + 0.6 * 40e-6)
    np.testing.assert_allclose(c[:21], partition * c_right, rtol=1e-6)
    np.testing.assert_allclose(c[21:], c_right, rtol=1e-6)
    assert sim.amount("salt") == pytest.approx(amount, rel=1e-12)
    assert abs(sim.chain.voltage) < 1e-9


def test_donnan_equilibrium_of_tethered_anions():
    """c- (c- + c_f) on one side is c**2 on the other."""
    tethered = TetheredPolymer(
        thickness=50e-6,
        cells=20,
        anion_concentration=500.0,
        tethered_concentration=800.0,
        cation_diffusivity=5e-12,
        anion_diffusivity=9e-12,
    )
    sim = cell([tethered, POLYMER])
    before = sim.amount("salt")
    sim.chain.run([current(0.0)])
    c = sim.profile("concentration")[1]
    np.testing.assert_allclose(c[:21] * (c[:21] + 800.0), c[21:].mean() ** 2, rtol=1e-6)
    assert sim.amount("salt") == pytest.approx(before, rel=1e-12)


def test_contact_that_blocks_salt_keeps_each_layer_its_own():
    layers = [POLYMER, replace(POLYMER, salt_concentration=300.0)]
    sim = cell(layers, contacts=[Contact(blocks_salt=True, resistance=1e-3)])
    sim.chain.run([current(3.0)])
    x, c = sim.profile("concentration")
    for part, mean in ((slice(0, 21), 1000.0), (slice(21, 42), 300.0)):
        assert np.trapezoid(c[part], x[part]) / 100e-6 == pytest.approx(mean, rel=1e-9)
        assert c[part][0] > c[part][-1]


def test_contact_charges_like_a_resistor_and_a_capacitor():
    contact = Contact(resistance=2e-2, capacitance=50.0, series_resistance=1e-3)  # tau 1 s
    sim = cell([CERAMIC, CERAMIC], foil(1e7), contacts=[contact], tolerance=1e-8)
    rows = sim.chain.run([current(5.0, 4.0, period=0.25)]).rows
    exact = 5.0 * (2 * 50e-6 / 0.02 + 1e-3 + 2e-2 * (1.0 - np.exp(-rows[:, 0])))
    np.testing.assert_allclose(-rows[:, 1], exact, rtol=1e-6)


# --- electrodes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("i", [0.1, -40.0, 400.0])
def test_butler_and_volmer(i):
    """alpha 1/2: ``V = i L/sigma + 2 (2RT/F) asinh(i/2 i0)``; a charge (i < 0) plates the left foil and V > 0."""
    sim = cell([CERAMIC])
    run = sim.chain.run([current(i, 10.0)])
    exact = i * 50e-6 / 0.02 + 4.0 * THERMAL * math.asinh(i / 40.0)
    assert -run.rows[-1, 1] == pytest.approx(exact, rel=1e-9)
    inventories = sim.chain.y[sim.chain.all_unknowns("inventory")]
    np.testing.assert_allclose(inventories - 1e9, [-10.0 * i, 10.0 * i], rtol=1e-6)


def test_unequal_alphas_and_order_in_the_salt():
    """Left foil against the law at its own surface concentration, by hand."""
    metal = replace(foil(5.0), alpha_a=0.3, alpha_c=0.6, order=0.7)
    sim = cell([POLYMER], metal, tolerance=1e-7)
    sim.chain.run([current(9.0)])
    eta = sim.chain.y[sim.chain.unknown(0, "overpotential")]
    c = sim.profile("concentration")[1][0]
    i0 = 5.0 * (c / 1000.0) ** 0.7
    assert laws.butler_volmer(eta, i0, 0.3, 0.6, T) == pytest.approx(9.0, rel=1e-6)


def test_double_layer_charges():
    """Blocking: ``V = -I (R + 2 t/C)``."""
    sim = cell([CERAMIC], Metal.blocking(0.1), tolerance=1e-8)
    rows = sim.chain.run([current(-0.5, 1.0, period=0.1)]).rows
    np.testing.assert_allclose(rows[:, 1], 0.5 * (50e-6 / 0.02 + 2.0 * rows[:, 0] / 0.1), rtol=1e-7)


def test_oxidation_has_the_slope_of_tafel():
    """Lithium | ceramic | steel at rising voltage: the steel oxidises the electrolyte, lithium is plated."""
    steel = Metal.blocking(0.0, oxidation_current=0.01, oxidation_onset=4.3, tafel_slope=0.12)
    sim = cell([replace(CERAMIC, thickness=1e-9)], foil(1e7), steel)
    for v in (4.0, 4.3, 4.6):
        sim.chain.settle("voltage", v)
        expected = laws.tafel_oxidation_current(v, 4.3, 0.01, 0.12)
        assert -float(sim.chain.y[sim.chain.terminal[1]]) == pytest.approx(expected, rel=1e-5)


def test_film_grows_with_the_root_of_time():
    """``dR/dt = k/R``: R**2 - R0**2 = 2 k t, and the voltage shows it."""
    metal = foil(1e7, film_resistance=1e-4, film_growth=1e-11)
    sim = cell([CERAMIC], metal, tolerance=1e-8)
    rows = sim.chain.run([current(2.0, 1e5, period=1e4)], [sim.chain.unknown(0, "film")]).rows
    exact = np.sqrt(1e-8 + 2e-11 * rows[:, 0])
    np.testing.assert_allclose(rows[:, 6], exact, rtol=1e-7)
    np.testing.assert_allclose(-rows[:, 1], 2.0 * (50e-6 / 0.02 + 2.0 * exact + 2.0 * THERMAL / 1e7), rtol=1e-7)


def test_copper_needs_to_nucleate_and_is_stripped_until_none_is_left():
    """A charge against the left: the copper stands left and plates first."""
    copper = Metal.copper(10.0, nucleation_overpotential=0.05, nucleation_charge=20.0, stripping_reserve=0.5)
    sim = cell([replace(CERAMIC, thickness=1e-9)], copper, foil(1e7))
    first = sim.chain.run([current(-10.0, 360.0, period=0.0)])
    # at q = 0 nothing strips: i = i0 exp(-alpha_c F (eta + eta_n)/RT) with i = i0
    assert first.rows[0, 1] == pytest.approx(0.05, abs=1e-5)
    assert first.rows[-1, 1] == pytest.approx(2.0 * THERMAL * math.asinh(0.5), rel=1e-3)
    assert sim.chain.y[sim.chain.unknown(0, "inventory")] == pytest.approx(3600.0, rel=1e-9)
    second = sim.chain.run([current(10.0, 1e4, voltage_below=-1.0)])
    assert second.code == 2
    left = float(sim.chain.y[sim.chain.unknown(0, "inventory")])
    assert 0.0 < left < 0.01
    assert second.summary[0, 3] == pytest.approx(3600.0 - left, rel=1e-9)


def test_a_foil_is_exhausted():
    thin = Metal.lithium(20.0, 100.0)
    sim = cell([CERAMIC], foil(), thin)
    run = sim.chain.run([current(-1.0, 1e4)])
    assert sim.guards[run.code - 10] == (
        "lithium exhausted",
        "The positive electrode has no lithium left; use a thicker foil.",
    )
    assert run.summary[0, 2] == pytest.approx(100.0, rel=1e-4)
