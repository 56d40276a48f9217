"""The porous cathode against closed forms: a sphere in a flux, capacity from the potential, films, balances."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from ceramer.errors import InputError
from ceramer.numerics.chain import Step
from ceramer.physics import (
    ActiveMaterial,
    CellModel,
    InsertionLaws,
    Metal,
    Polymer,
    PorousCathode,
    Simulation,
    cycle,
)
from ceramer.units import FARADAY

pytest.importorskip("numba")
RADIUS, DIFFUSIVITY, SITES, FRACTION, THICKNESS = 4e-6, 1e-14, 50000.0, 0.5, 40e-6
GROWTH = 1e-9  # of the film on the particles, ohm2 m4/s


def potential(x):
    return 4.4 - 1.2 * x


def exchange_current(c, x):
    return 4.0 * np.sqrt(c / 1000.0 * x * (1.0 - x))


def diffusivity(x):
    return DIFFUSIVITY + 0.0 * x


def growth(film, j, drop):
    return GROWTH / film


LAWS = InsertionLaws(potential, exchange_current, diffusivity, growth)
POLYMER = {
    "conductivity": 0.1,
    "salt_concentration": 1000.0,
    "transference_number": 0.3,
    "salt_diffusivity": 2e-11,
}


def cell(
    *, cells: int = 4, shells: int = 12, grading: float = 4.0, stoichiometry: float = 0.5, electronic: float = 100.0,
    negative: Metal | None = None, materials: int = 1, capacitance: float = 0.0, binding: float = 0.0,
) -> Simulation:  # fmt: skip
    active = ActiveMaterial(
        laws=LAWS,
        radius=RADIUS,
        volume_fraction=FRACTION / materials,
        maximum_concentration=SITES,
        stoichiometry=stoichiometry,
        shells=shells,
        shell_grading=grading,
        film_resistance=1e-2,
        film_lithium=binding,
        capacitance=capacitance,
    )
    model = CellModel(
        layers=[
            Polymer(name="separator", thickness=20e-6, cells=cells, **POLYMER),
            PorousCathode(
                name="cathode",
                thickness=THICKNESS,
                cells=cells,
                porosity=0.4,
                electronic_conductivity=electronic,
                materials=tuple(replace(active, radius=RADIUS * (1 + k)) for k in range(materials)),
                **POLYMER,
            ),
        ],
        negative=negative or Metal.lithium(20.0, 1e6, film_resistance=1e-3, film_lithium=1.0),
        positive=Metal.collector(1e-4),
        temperature=298.15,
    )
    return model.simulation(relative_tolerance=1e-5)


def cccv(current: float, cycles: int = 1) -> list[Step]:
    steps = [
        Step("current", current, 1e6, voltage_below=3.4, record=False),
        Step("current", -current, 1e6, voltage_above=4.2, record=False),
        Step("voltage", 4.2, 1e6, current_below=0.1 * current, record=False),
    ]
    return steps * cycles


def sphere(tau: float) -> tuple[float, float]:
    """Surface and centre of a sphere after a constant flux, in units of flux times R/D; tau = D t/R2."""
    roots = np.array([brentq(lambda v: np.sin(v) - v * np.cos(v), k * np.pi, (k + 0.5) * np.pi) for k in range(1, 200)])
    decay = np.exp(-(roots**2) * tau)
    surface = 3.0 * tau + 0.2 - 2.0 * np.sum(decay / roots**2)
    centre = 3.0 * tau - 0.3 - 2.0 * np.sum(decay / (roots * np.sin(roots)))
    return float(surface), float(centre)


@pytest.mark.parametrize("tau", [0.02, 0.1, 0.6])
def test_sphere_in_a_constant_flux(tau: float) -> None:
    """A thin cathode: every particle takes the same flux from the first moment on."""
    simulation = cell(shells=80, cells=2)
    layer = simulation.model.layers[-1]
    layer = replace(layer, thickness=1e-7)
    model = replace(simulation.model, layers=[simulation.model.layers[0], layer])
    simulation = model.simulation(relative_tolerance=1e-7)
    chain, group = simulation.chain, simulation.chain.particles[0]
    j = -1e-2 * DIFFUSIVITY / RADIUS * FARADAY * SITES  # out of the particle: it takes lithium in
    chain.run([Step("current", -j * 3.0 * FRACTION / RADIUS * 1e-7, tau * RADIUS**2 / DIFFUSIVITY, record=False)])
    x = chain.y[group.shells].mean(axis=1)
    w = chain.model[0][5][1][0][:2]
    surface, centre = sphere(tau)
    assert (w[0] * x[-1] + w[1] * x[-2] - 0.5) / 1e-2 == pytest.approx(surface, rel=2e-3)
    assert (x[0] - 0.5) / 1e-2 == pytest.approx(centre, rel=5e-3, abs=1e-3)
    held = (group.volume @ x) / group.volume.sum()
    assert (held - 0.5) / 1e-2 == pytest.approx(3.0 * tau, rel=1e-5)


@pytest.mark.parametrize(("shells", "within"), [(15, 0.02), (60, 2e-3)])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_surface_that_fills_or_empties_ends_the_run(sign: float, shells: int, within: float) -> None:
    """When it is full, by the closed form, though the outermost shell is not; the sentence names class and place."""
    simulation = cell(shells=shells, grading=1.0, cells=2)
    layer = replace(simulation.model.layers[-1], thickness=1e-7)
    model = replace(simulation.model, layers=[simulation.model.layers[0], layer])
    simulation = model.simulation(relative_tolerance=1e-6)
    tau = 0.05
    flux = 0.5 / sphere(tau)[0] * DIFFUSIVITY / RADIUS  # fills the half of the sites that is left at the surface
    current = sign * flux * FARADAY * SITES * 3.0 * FRACTION / RADIUS * 1e-7
    run = simulation.chain.run([Step("current", current, 1e6, record=False)])
    outcome, sentence = simulation.guards[run.code - 10]
    assert outcome == ("particles full" if sign > 0.0 else "particles empty")
    assert "active material of 4 um" in sentence
    assert re.search(r"20(\.1)? um from the negative electrode, in cathode", sentence)
    assert run.summary[0, 2] == pytest.approx(tau * RADIUS**2 / DIFFUSIVITY, rel=within)
    chain, group = simulation.chain, simulation.chain.particles[0]
    x = chain.y[group.shells[-2:]]
    w = chain.model[0][5][1][0][:2]
    limit = 1.0 - 1e-6 if sign > 0.0 else 1e-6
    assert (w[0] * x[1] + w[1] * x[0])[0] == pytest.approx(limit, abs=1e-6)
    assert 1e-3 < abs(x[1, 0] - limit) < 0.1  # of the outermost shell


def test_capacity_is_that_of_the_potential_at_low_rate() -> None:
    """C/1000 between two voltages: F c_max eps L times the difference of the stoichiometries, less tiny drops."""
    simulation = cell(stoichiometry=0.3)
    current = simulation.model.layers[-1].sites / 3.6e6
    chain = simulation.chain
    chain.run([Step("current", -current, 1e8, voltage_above=4.2, record=False)])
    run = chain.run([Step("current", current, 1e8, voltage_below=3.6, record=False)])
    expected = simulation.model.layers[-1].sites * (4.2 - 3.6) / 1.2
    assert run.summary[0, 3] == pytest.approx(expected, rel=5e-3)
    assert run.summary[0, 3] < expected


def test_film_on_the_particles_is_parabolic() -> None:
    simulation = cell()
    chain, seconds = simulation.chain, 1e6
    chain.run([Step("current", 0.0, seconds, record=False)])
    film = chain.y[chain.particles[0].surface[1]]
    assert film == pytest.approx(np.sqrt(1e-4 + 2.0 * GROWTH * seconds), rel=1e-5)


def test_film_raises_the_overpotential_by_its_drop() -> None:
    """j R at the surface: the same state with twice the film, against the resistance j/a of both."""
    simulation = cell(electronic=1e6)
    chain, group = simulation.chain, simulation.chain.particles[0]
    chain.settle("current", 1.0)
    low, j = chain.voltage, np.trapezoid(chain.y[group.surface[0]]) / 4.0  # the end nodes stand for half a cell
    chain.y[group.surface[1]] += 1e-2
    chain.settle("current", 1.0)
    assert low - chain.voltage == pytest.approx(-1e-2 * j, rel=0.05)
    assert j == pytest.approx(-RADIUS / (3.0 * FRACTION * THICKNESS), rel=1e-6)


def test_charge_and_salt_over_hundreds_of_cycles() -> None:
    """Lithium of foil, films, dead metal and particles, and salt, to 1e-10 after 200 cycles with every loss."""
    foil = Metal.lithium(20.0, 1e6, film_resistance=1e-2, film_growth=1e-10, film_lithium=1e4, dead_lithium=1e-3)
    simulation = cell(negative=foil, binding=5e3)
    before = simulation.amount("salt"), simulation.amount("lithium")
    result = cycle(simulation, cccv(20.0), 200, active_loss=1e-4)
    assert result.outcome == "complete"
    assert simulation.amount("salt") == pytest.approx(before[0], rel=1e-10)
    assert simulation.amount("lithium") == pytest.approx(before[1], rel=1e-10)
    assert result.lost[-1] > 100.0
    assert result.active[-1] == pytest.approx((1.0 - 1e-4) ** 199)
    assert result.discharge[-1] < result.discharge[1]
    plated = result.charge.sum()
    film = 1e4 * (result.film[-1] - 1e-2)
    assert result.lost[-1] == pytest.approx(1e-3 * plated + film, rel=1e-6)
    assert result.bound[-1] > 100.0


def test_lithium_in_the_film_of_the_cathode_is_missing_elsewhere() -> None:
    """lambda times what the film grew, on all the surface; the next discharge takes it from the foil."""
    binding, inventory = 2e4, 1e5
    simulation = cell(binding=binding, negative=Metal.lithium(20.0, inventory, film_resistance=1e-3))
    result = cycle(simulation, cccv(20.0), 20)
    surface = 3.0 * FRACTION / RADIUS * THICKNESS
    assert result.bound == pytest.approx(binding * surface * (result.cei - 1e-2), rel=1e-3)
    bound, emptied = np.diff(result.bound), np.diff(result.inventory)
    assert emptied[1:] == pytest.approx(-bound[1:], rel=0.05)
    assert (result.coulombic_efficiency[1:] > 1.0).all()  # lithium enough: what the film took is filled up
    assert (result.discharge - result.charge)[2:] == pytest.approx(bound[1:], rel=0.05)


def test_a_cell_short_of_lithium_fades_by_what_its_film_binds() -> None:
    """All lithium is in the cathode and the foil gives out first: each discharge is what the charge before left."""
    metal = Metal.copper(20.0, film_resistance=1e-3, stripping_reserve=10.0)
    simulation = cell(binding=2e4, negative=metal, stoichiometry=0.6)
    charge, hold, discharge = (cccv(20.0)[k] for k in (1, 2, 0))
    result = cycle(simulation, [charge, hold, discharge], 20)
    assert result.outcome == "complete"
    assert np.diff(result.discharge)[2:] == pytest.approx(-np.diff(result.bound)[2:], rel=0.1)


@pytest.mark.parametrize("reserve", [0.1, 1.0])
def test_copper_gives_back_what_was_plated(reserve: float) -> None:
    """A time step across the end of the lithium, whose trial may not even be a number, is never accepted."""
    metal = Metal.copper(20.0, film_resistance=1e-3, stripping_reserve=reserve)
    chain = cell(negative=metal, stoichiometry=0.6).chain
    plated = chain.run([Step("current", -10.0, 3600.0, voltage_above=4.3)])
    stripped = chain.run([Step("current", 10.0, 36000.0, voltage_below=2.8)])
    assert np.isfinite(stripped.rows).all()
    assert stripped.code == 2
    assert stripped.summary[-1, 3] == pytest.approx(-plated.summary[-1, 3], rel=1e-6)


def test_binding_needs_a_film_that_grows() -> None:
    active = cell().model.layers[-1].materials[0]
    with pytest.raises(InputError, match="no film grows"):
        replace(active, laws=InsertionLaws(potential, exchange_current, diffusivity), film_lithium=1.0)


def test_jacobian_is_that_of_differences() -> None:
    simulation = cell(shells=5, cells=3, materials=2, capacitance=0.2, binding=1e5)
    chain = simulation.chain
    chain.run([Step("current", 15.0, 300.0, record=False)])
    _, jacobian = chain.matrices()
    y, n = chain.y, chain.y.size
    numeric = np.zeros((n, n))
    for k in range(n):
        h = 1e-6 * max(1e-2, abs(y[k]))
        up, down = y.copy(), y.copy()
        up[k] += h
        down[k] -= h
        numeric[:, k] = (chain.residual(up) - chain.residual(down)) / (2.0 * h)
    scale = np.abs(numeric).max(axis=1, keepdims=True) + 1e-12
    assert np.abs((jacobian - numeric) / scale).max() < 1e-6


def test_impedance_is_that_of_a_dense_solve() -> None:
    """Two sizes of particles, double layers, state under current: every entry of the elimination counts."""
    simulation = cell(shells=5, cells=3, materials=2, capacitance=0.2, binding=1e5)
    chain = simulation.chain
    chain.run([Step("current", 15.0, 300.0, record=False)])
    mass, jacobian = chain.matrices()
    v, i = int(chain.terminal[0]), int(chain.terminal[1])
    right = np.zeros(chain.y.size)
    right[v] = -1.0
    frequencies = np.logspace(-4, 5, 10)
    expected = []
    for f in frequencies:
        system = 2j * np.pi * f * mass - jacobian
        scale = 1.0 / np.abs(system).max(axis=1)  # rows of charge, salt and shells differ by many decades
        x = np.linalg.solve(scale[:, None] * system, scale * right)
        expected.append(-x[v] / x[i])
    assert chain.impedance(frequencies) == pytest.approx(np.array(expected), rel=1e-9)


def test_two_equal_halves_are_one_whole() -> None:
    """A class of particles split in two equal ones is the same cell."""
    one = cell(materials=1)
    layer = one.model.layers[-1]
    half = replace(layer.materials[0], volume_fraction=0.5 * FRACTION)
    model = replace(one.model, layers=[one.model.layers[0], replace(layer, materials=(half, half))])
    two = model.simulation(relative_tolerance=1e-5)
    steps = cccv(25.0)[:1]
    assert two.chain.run(steps).summary[0, 2] == pytest.approx(one.chain.run(steps).summary[0, 2], rel=1e-6)


def test_jumps_land_where_all_cycles_do() -> None:
    foil = Metal.lithium(20.0, 1e6, film_resistance=2e-3, film_growth=2e-11, film_lithium=1e4)
    every, some = (cell(negative=foil, shells=6, binding=1e3) for _ in range(2))
    lithium = some.amount("lithium")
    full = cycle(every, cccv(20.0), 300)
    jumped = cycle(some, cccv(20.0), 300, jump=True)
    assert len(jumped.number) < 40
    assert jumped.number[-1] == 300
    assert jumped.discharge == pytest.approx(full.discharge[jumped.number - 1], rel=1e-4)
    assert jumped.film[-1] == pytest.approx(full.film[-1], rel=1e-3)
    assert jumped.cei[-1] == pytest.approx(full.cei[-1], rel=1e-3)
    assert jumped.lost[-1] == pytest.approx(full.lost[-1], rel=1e-3)
    assert full.discharge[-1] < 0.98 * full.discharge[1]
    assert some.amount("lithium") == pytest.approx(lithium, rel=1e-10)
    assert jumped.at([150])[0] == pytest.approx(full.discharge[149], rel=1e-3)
