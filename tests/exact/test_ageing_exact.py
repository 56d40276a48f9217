"""Losses of a full cell against closed forms: contact, voids, oxidation in the cathode, a ceramic that is reduced."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from ceramer import laws
from ceramer.errors import InputError
from ceramer.numerics.chain import Step
from ceramer.physics import (
    ActiveMaterial,
    CellModel,
    Ceramic,
    InsertionLaws,
    Metal,
    Polymer,
    PorousCathode,
    Simulation,
    TwoPhase,
    Voids,
    cycle,
    failure,
    film_lithium,
    interphase_growth,
)
from ceramer.physics._slow import Slope, SlowStates, rate_of, relaxed
from ceramer.units import FARADAY

pytest.importorskip("numba")
RADIUS, SITES, FRACTION, THICKNESS, POROSITY = 4e-6, 50000.0, 0.5, 40e-6, 0.4
INTERPHASE = {
    "ionic_conductivity": 1e-5,
    "electronic_conductivity": 1e-11,
    "voltage": 2.17,
    "molar_volume": 1.3e-4,
    "lithium": 2.0,
}
VOLUME = 1.345e-10  # of lithium, m3/C
FIRST_FILM = 1e-3  # ohm m2
VOIDS = Voids(borne_current_density=1e9, roughness=2e-6, refilled_share=0.8, closure_rate=0.0, volume_per_charge=VOLUME)


def potential(x):
    return 4.4 - 1.2 * x


def exchange_current(c, x):
    return 4.0 * np.sqrt(c / 1000.0 * x * (1.0 - x))


def diffusivity(x):
    return 1e-14 + 0.0 * x


def growth(film, j, drop):
    return 0.0 * film


LAWS = InsertionLaws(potential, exchange_current, diffusivity, growth)
FILM = interphase_growth(**INTERPHASE)


def cell(
    *, contact_loss: float = 1e-12, oxidation: float = 1e-30, exchange_factor: float = 1.0, film: float = 1e-2,
    voids: Voids = VOIDS, lithium_exchange: float = 20.0, lithium_film: float = FIRST_FILM, bound: float = 0.0,
    thickness: float = THICKNESS, tolerance: float = 1e-6,
) -> Simulation:  # fmt: skip
    """Return Li | polymer | cathode of which every loss is there, most of them too small to matter."""
    active = ActiveMaterial(
        laws=LAWS,
        radius=RADIUS,
        volume_fraction=FRACTION,
        maximum_concentration=SITES,
        stoichiometry=0.5,
        exchange_factor=exchange_factor,
        film_resistance=film,
        contact_loss=contact_loss,
        oxidation_current=oxidation,
        oxidation_onset=4.0,
        tafel_slope=0.1,
    )
    polymer = {
        "conductivity": 0.1,
        "salt_concentration": 1000.0,
        "transference_number": 0.3,
        "salt_diffusivity": 2e-11,
        "cells": 4,
    }
    cathode = PorousCathode(
        name="cathode", thickness=thickness, porosity=POROSITY, electronic_conductivity=100.0, materials=(active,),
        **polymer,
    )  # fmt: skip
    negative = Metal.lithium(lithium_exchange, 1e6, film_resistance=lithium_film)
    model = CellModel(
        layers=[Polymer(name="separator", thickness=20e-6, **polymer), cathode],
        negative=replace(negative, film_law=FILM, film_lithium=bound, voids=voids),
        positive=Metal.collector(1e-4),
        temperature=298.15,
    )
    return model.simulation(relative_tolerance=tolerance)


def cccv(current: float) -> list[Step]:
    return [
        Step("current", current, 1e6, voltage_below=3.4, record=False),
        Step("current", -current, 1e6, voltage_above=4.2, record=False),
        Step("voltage", 4.2, 1e6, current_below=0.1 * current, record=False),
    ]


def surface(simulation: Simulation, name: str) -> np.ndarray:
    (group,) = simulation.chain.particles
    return simulation.chain.y[group.places(f"{name}_0")]


def pulse(simulation: Simulation, current: float = 20.0) -> float:
    """Voltage just after the current is switched on."""
    return float(simulation.chain.run([Step("current", current, 1e-3, record=False)]).summary[-1, 6])


def volumes(simulation: Simulation) -> np.ndarray:
    """Share of the cathode that each of its nodes stands for."""
    (group,) = simulation.chain.particles
    kind = simulation.chain.nodes[group.node].kind
    column = kind.parameters.index("area_0")
    nodes = simulation.chain.nodes[group.node : group.node + group.shells.shape[1]]
    area = np.array([n.parameters[column] for n in nodes])
    return area / area.sum()


@pytest.mark.parametrize("share", [0.7, 0.2])
def test_particles_out_of_contact_are_slower_and_their_film_thicker(share: float) -> None:
    """With the share a in contact, kinetics and film are those of a i0 and R/a."""
    losing = cell(contact_loss=0.1)
    (group,) = losing.chain.particles
    losing.chain.y[group.places("breathed_0")] = -np.log(share) / 0.1
    assert pulse(losing) == pytest.approx(pulse(cell(exchange_factor=share, film=1e-2 / share)), abs=1e-6)
    assert abs(pulse(cell()) - pulse(cell(exchange_factor=share, film=1e-2 / share))) > 2e-3


@pytest.mark.parametrize("share", [0.7, 0.2])
def test_lithium_out_of_contact_likewise(share: float) -> None:
    losing = cell()
    losing.chain.y[losing.chain.unknown(0, "void")] = -0.25 * VOIDS.roughness * np.log(share)
    losing.chain.y[losing.chain.unknown(0, "closed_void")] = -0.75 * VOIDS.roughness * np.log(share)
    expected = pulse(cell(lithium_exchange=20.0 * share, lithium_film=FIRST_FILM / share))
    assert pulse(losing) == pytest.approx(expected, abs=5e-6)
    assert abs(pulse(cell()) - expected) > 5e-3


def test_what_particles_breathe_is_the_charge_that_passes() -> None:
    """Either way, over the charge of all sites; contact falls exponentially with it."""
    simulation = cell(contact_loss=0.05)
    done = cycle(simulation, cccv(5.0), 4)
    passed = (done.charge.sum() + done.discharge.sum()) / (FARADAY * SITES * FRACTION * THICKNESS)
    assert passed > 3.0
    breathed = surface(simulation, "breathed")
    assert volumes(simulation) @ breathed == pytest.approx(passed, rel=1e-4)
    assert done.contact[-1] == pytest.approx(volumes(simulation) @ np.exp(-0.05 * breathed), rel=1e-12)
    assert np.ptp(breathed) > 1e-3


@pytest.mark.parametrize("rest", [1e5, 1e6])
def test_oxidation_discharges_a_cell_at_rest_and_takes_its_salt(rest: float) -> None:
    """Beside the equations of a well mixed cell: electrons from the electrolyte put lithium into the particles."""
    reference = 2e-5
    simulation = cell(oxidation=reference, tolerance=1e-7)
    amounts = {name: simulation.amount(name) for name in ("lithium", "salt")}
    salt = simulation.amount("salt")
    area = 3.0 * FRACTION / RADIUS * THICKNESS

    def mixed(_, y):
        x, oxidised = y
        left = 1.0 - area * oxidised / FARADAY / salt
        rate = reference * left * 10.0 ** ((potential(x) - 4.0) / 0.1)
        return [3.0 * rate / (FARADAY * SITES * RADIUS), rate]

    expected = solve_ivp(mixed, (0.0, rest), [0.5, 0.0], rtol=1e-10, atol=1e-12).y[:, -1]
    # at the start the potential is 3.8 V, 0.2 V below the onset: a hundredth of the reference
    run = simulation.chain.run([Step("current", 0.0, rest, record=False)])
    assert surface(simulation, "oxidised").mean() == pytest.approx(expected[1], rel=2e-4)
    assert run.summary[-1, 6] == pytest.approx(potential(expected[0]), abs=1e-6)
    assert potential(0.5) - potential(expected[0]) > (1e-7 if rest < 1e6 else 1e-6)
    for name, amount in amounts.items():
        assert simulation.amount(name) == pytest.approx(amount, rel=1e-12)
    gone = salt - sum(
        simulation.chain.y[p] * w
        for p, w in zip(*simulation.conserved["salt"], strict=True)
        if p < simulation.chain.offset[-1]
    )
    assert gone == pytest.approx(area * expected[1] / FARADAY, rel=2e-4)


def test_nothing_is_oxidised_out_of_contact() -> None:
    touching, lost = (cell(contact_loss=0.1, oxidation=1e-5) for _ in range(2))
    (group,) = lost.chain.particles
    lost.chain.y[group.places("breathed_0")] = -np.log(0.3) / 0.1
    for simulation in (touching, lost):
        simulation.chain.run([Step("current", 0.0, 1e4, record=False)])
    assert surface(lost, "oxidised") == pytest.approx(0.3 * surface(touching, "oxidised"), rel=1e-4)


def test_oxidation_is_what_is_missing_in_the_discharge() -> None:
    """Charge less discharge is the oxidised charge and what the particles have not taken back, to round-off."""
    simulation = cell(oxidation=1e-4)
    (group,) = simulation.chain.particles
    held = FARADAY * SITES * FRACTION * THICKNESS * volumes(simulation)
    share = group.volume / group.volume.sum()

    def inside() -> float:
        return float(share @ simulation.chain.y[group.shells] @ held)

    before = inside()
    done = cycle(simulation, cccv(10.0), 5)
    missing = done.charge.sum() - done.discharge.sum()
    assert done.oxidised[-1] > 0.001 * done.discharge[-1]
    assert missing == pytest.approx(done.oxidised[-1] + before - inside(), abs=1e-9 * held.sum())
    assert done.coulombic_efficiency[-1] < 0.999


def test_stripping_opens_voids_and_plating_closes_a_share_of_them() -> None:
    """The depth is ``v (j - j_s) t``; then what long plating leaves is the share that is not filled."""
    voids = replace(VOIDS, borne_current_density=5.0)
    simulation = cell(voids=voids, thickness=4.0 * THICKNESS)
    chain = simulation.chain
    opened, closed = chain.unknown(0, "void"), chain.unknown(0, "closed_void")
    chain.run([Step("current", 20.0, 600.0, record=False)])
    depth = chain.y[opened]
    assert depth == pytest.approx(VOLUME * 15.0 * 600.0, rel=1e-6)
    assert depth == pytest.approx(failure.stripped_void(20.0, 5.0, 600.0, VOLUME), rel=1e-6)
    assert chain.y[closed] == 0.0
    # plating: dw/dt = -v j (1 - exp(-w/w_r)), so exp(w/w_r) - 1 falls as exp(-v j t/w_r)
    time = 1200.0
    chain.run([Step("current", -20.0, time, record=False)])
    rest = VOIDS.roughness * np.log1p(
        np.expm1(depth / VOIDS.roughness) * np.exp(-VOLUME * 20.0 * time / VOIDS.roughness)
    )
    assert chain.y[opened] == pytest.approx(rest, rel=1e-4)
    assert chain.y[closed] == pytest.approx(0.2 * (depth - rest), rel=1e-4)


def test_two_foils_age_alike() -> None:
    """The current the other way round, the right foil is the left one: voids, films, dead lithium, voltage."""
    voids = replace(VOIDS, borne_current_density=5.0, closure_rate=1e-5)
    foil = replace(
        Metal.lithium(20.0, 1e5, film_resistance=FIRST_FILM),
        film_law=FILM, film_lithium=1e5, dead_lithium=0.01, voids=voids,
    )  # fmt: skip
    plate = Ceramic(thickness=1e-5, conductivity=0.1)
    model = CellModel(layers=[plate], negative=foil, positive=foil, temperature=298.15)
    cells = [model.simulation(relative_tolerance=1e-6) for _ in range(2)]
    currents = np.array([20.0, -20.0, 12.0])
    runs = [
        simulation.chain.run([Step("current", sign * i, 900.0, record=False) for i in currents]).summary
        for sign, simulation in zip((1.0, -1.0), cells, strict=True)
    ]
    assert runs[0][:, 6] == pytest.approx(-runs[1][:, 6], rel=1e-6)
    one, other = (simulation.chain for simulation in cells)
    right = len(one.nodes) - 2
    for name in ("void", "closed_void", "film", "lost", "inventory"):
        assert one.y[one.unknown(0, name)] == pytest.approx(other.y[other.unknown(right, name)], rel=1e-6), name
        assert one.y[one.unknown(right, name)] == pytest.approx(other.y[other.unknown(0, name)], rel=1e-6), name
    assert one.y[one.unknown(0, "void")] > 1.1 * one.y[one.unknown(right, "void")] > 0.0
    for simulation in cells:
        assert simulation.amount("lithium") == pytest.approx(2e5, rel=1e-14)


def test_creep_closes_voids_at_its_rate() -> None:
    simulation = cell(voids=replace(VOIDS, closure_rate=1e-4))
    chain = simulation.chain
    places = [chain.unknown(0, "void"), chain.unknown(0, "closed_void")]
    chain.y[places] = [1e-6, 3e-6]
    chain.run([Step("current", 0.0, 2e4, record=False)])
    assert chain.y[places] == pytest.approx(np.array([1e-6, 3e-6]) * np.exp(-2.0), rel=1e-5)


@pytest.mark.parametrize("current", [0.0, 5.0])
def test_a_reduced_ceramic_grows_with_the_root_of_time(current: float) -> None:
    """``L**2 = L0**2 + 2 K t``, and the lithium in it is missing from the foil."""
    simulation = cell(bound=film_lithium(INTERPHASE["ionic_conductivity"], 1.3e-4, 2.0))
    chain = simulation.chain
    chain.run([Step("current", current, 3600.0, record=False)])
    sigma = INTERPHASE["ionic_conductivity"]
    first = FIRST_FILM * sigma
    ambipolar = sigma * 1e-11 / (sigma + 1e-11)
    constant = 1.3e-4 / (2.0 * FARADAY) * ambipolar * 2.17
    thickness = np.sqrt(first**2 + 2.0 * constant * 3600.0)
    assert chain.y[chain.unknown(0, "film")] * sigma == pytest.approx(thickness, rel=1e-5)
    assert thickness > 1.3 * first
    lost = laws.lithium_in_film(thickness - first, 1.3e-4, 2.0)
    assert chain.y[chain.unknown(0, "lost")] == pytest.approx(lost, rel=1e-5)


def test_every_loss_at_once_in_balance_and_jumps_land_where_all_cycles_do() -> None:
    voids = Voids(
        borne_current_density=8.0, roughness=2e-6, refilled_share=0.9, closure_rate=1e-4, volume_per_charge=VOLUME
    )

    def make() -> Simulation:
        return cell(contact_loss=2e-4, oxidation=1e-6, voids=voids, bound=1.0, tolerance=1e-5)

    def drift(simulation: Simulation, before: dict[str, float]) -> list[float]:
        return [abs(simulation.amount(name) / amount - 1.0) for name, amount in before.items()]

    one, other = make(), make()
    before = {name: one.amount(name) for name in ("lithium", "salt")}
    every = cycle(one, cccv(10.0), 150, active_loss=1e-4)
    jumped = cycle(other, cccv(10.0), 150, jump=True, active_loss=1e-4)
    assert max(drift(one, before) + drift(other, before)) < 1e-12
    assert len(jumped.number) < 100
    at = jumped.number - 1
    for name, within in (("discharge", 5e-4), ("contact", 1e-3), ("lithium_contact", 2e-3), ("oxidised", 5e-3)):
        exact = getattr(every, name)[at]
        assert getattr(jumped, name) == pytest.approx(exact, rel=within, abs=1e-9), name
    assert np.max(np.abs(jumped.discharge - every.discharge[at])) < jumped.error * every.discharge[0]
    assert every.contact[-1] < 0.99
    assert every.lithium_contact[-1] < 0.99


def with_materials(*materials: ActiveMaterial, between: tuple[Ceramic, ...] = ()) -> Simulation:
    """Return the cell with other particles, and with a ceramic before its cathode."""
    model = cell().model
    separator, cathode = model.layers
    return replace(model, layers=[separator, *between, replace(cathode, materials=materials)]).simulation()


def test_contact_is_that_of_the_surface_of_all_particles() -> None:
    """One class of two loses it: 3 eps/R of each is its surface."""
    (losing,) = cell(contact_loss=0.1).model.layers[-1].materials
    other = replace(losing, radius=0.5 * RADIUS, volume_fraction=0.2, contact_loss=0.0, oxidation_current=0.0)
    losing = replace(losing, volume_fraction=0.3)
    for materials in ((losing, other), (other, losing)):
        simulation = with_materials(*materials)
        number = materials.index(losing)
        group = simulation.chain.particles[number]
        simulation.chain.y[group.places(f"breathed_{number}")] = -np.log(0.4) / 0.1
        assert SlowStates(simulation).contact() == pytest.approx(1.0 - 0.6 * 0.3 / (0.3 + 2.0 * 0.2), rel=1e-12)


def test_particles_that_are_equal_are_counted_one_by_one() -> None:
    (whole,) = cell().model.layers[-1].materials
    half = replace(whole, volume_fraction=0.5 * FRACTION, film_lithium=1e3)
    two = with_materials(half, half)
    before = two.amount("lithium")
    assert before == pytest.approx(with_materials(replace(whole, film_lithium=1e3)).amount("lithium"), rel=1e-12)
    for number, group in enumerate(two.chain.particles):
        two.chain.y[group.places(f"cei_{number}")] += 1e-2
    bound = 1e3 * 1e-2 * 3.0 * FRACTION / RADIUS * THICKNESS
    assert two.amount("lithium") - before == pytest.approx(bound, rel=1e-6)


@pytest.mark.parametrize("parted", [True, False])
def test_salt_is_taken_from_where_it_is_consumed(parted: bool) -> None:
    """Over jumps too: a ceramic keeps the salt beside the lithium where it is."""
    materials = cell(oxidation=1e-5).model.layers[-1].materials
    between = (Ceramic(name="plate", thickness=1e-5, conductivity=0.1),) if parted else ()
    simulation = with_materials(*materials, between=between)
    salt = simulation.amount("salt")
    slow = SlowStates(simulation)
    values = slow.read()
    (group,) = simulation.chain.particles
    values[np.isin(slow.places, group.places("oxidised_0"))] += 10.0
    slow.write(values)
    position, concentration = simulation.profile("concentration")
    beside_lithium = concentration[position < 20e-6]
    assert np.all(beside_lithium == 1000.0) if parted else np.all(beside_lithium < 990.0)
    assert concentration[-1] < 990.0
    assert simulation.amount("salt") == pytest.approx(salt, rel=1e-14)
    area = 3.0 * FRACTION / RADIUS * THICKNESS
    assert slow.consumed() == pytest.approx(10.0 * area, rel=1e-12)


@pytest.mark.parametrize("k", [1e-3, 0.3, 1.5])
def test_what_relaxes_is_carried_exactly(k: float) -> None:
    """``S`` a cycle later is ``S_0 + (S - S_0) exp(-k)``; slopes are known from whole cycles alone."""

    def after(n: float) -> np.ndarray:
        return np.array([3.0 - 2.0 * np.exp(-k * n)])

    slopes = [Slope(0.5 * (after(n) + after(n + 1)), after(n + 1) - after(n), 1.0) for n in (0, 7)]
    which = slice(0, 1)
    rate = rate_of(*slopes, which)
    assert rate == pytest.approx([k], rel=1e-9)
    assert relaxed(after(1), slopes[0], rate, 5, which) == pytest.approx(after(6), rel=1e-12)


def random_losses(seed: int) -> tuple[dict, float, float]:
    """Return a cell that loses all it can, its current and its loss of active material per cycle."""
    rng = np.random.default_rng(seed)

    def between(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(np.log(low), np.log(high))))

    voids = Voids(
        borne_current_density=rng.uniform(0.0, 15.0), roughness=between(1e-6, 1e-5),
        refilled_share=rng.uniform(0.3, 1.0), closure_rate=between(1e-6, 1e-3), volume_per_charge=VOLUME,
    )  # fmt: skip
    losses = {
        "contact_loss": between(1e-5, 3e-3),
        "oxidation": between(1e-8, 3e-5),
        "bound": between(1.0, 1e5),
        "voids": voids,
        "tolerance": 1e-5,
    }
    return losses, rng.uniform(4.0, 20.0), between(1e-5, 1e-3)


@pytest.mark.parametrize("seed", [6, 12, 13, 21])
def test_error_of_jumps_is_estimated_from_above(seed: int) -> None:
    """Contact lost to half, salt to a few percent: while a tenth of the capacity is left."""
    losses, current, active_loss = random_losses(seed)
    every, jumped = (cycle(cell(**losses), cccv(current), 120, jump=j, active_loss=active_loss) for j in (False, True))
    wrong = np.abs(jumped.discharge - every.discharge[jumped.number - 1]) / every.discharge[0]
    assert len(jumped.number) < 120
    assert every.discharge.min() > 0.1 * every.discharge.max()
    assert wrong.max() < jumped.error


def test_a_life_that_ends_does_so_in_the_same_cycle_with_jumps() -> None:
    model = cell().model
    thin = replace(model, negative=replace(model.negative, inventory=1e5, dead_lithium=0.05))
    lives = [cycle(thin.simulation(), cccv(10.0), 100, jump=jump) for jump in (False, True)]
    assert [life.outcome for life in lives] == ["lithium exhausted"] * 2
    assert lives[0].number[-1] == lives[1].number[-1] > 20
    assert len(lives[1].number) < 20


def test_jumps_carry_no_positive_metal_that_ages() -> None:
    foil = Metal.lithium(20.0, 1e5)
    model = CellModel(
        layers=[Ceramic(thickness=1e-5, conductivity=0.1)],
        negative=foil,
        positive=replace(foil, voids=VOIDS),
        temperature=298.15,
    )
    with pytest.raises(InputError, match=r"the positive one \(lithium\) ages too"):
        cycle(model.simulation(), [Step("current", 1.0, 60.0), Step("current", -1.0, 60.0)], 10, jump=True)


def oxidising(**more: float) -> ActiveMaterial:
    numbers = {"oxidation_current": 1e-5, "oxidation_onset": 4.0, "tafel_slope": 0.1, **more}
    return replace(cell().model.layers[-1].materials[0], **numbers)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: replace(VOIDS, refilled_share=1.2), "refilled_share is 1.2"),
        (lambda: replace(VOIDS, roughness=0.0), "roughness is 0"),
        (lambda: cell(contact_loss=-0.1), "contact_loss is -0.1"),
        (lambda: cell(contact_loss=5.0), "divide a percentage by 100"),
        (lambda: Metal(dead_lithium=5.0), "divide a percentage by 100"),
        (lambda: cell(oxidation=-1.0), "oxidation_current is -1"),
        (lambda: oxidising(tafel_slope=100.0), "tafel_slope 100 V per decade"),
        (lambda: oxidising(oxidation_onset=4000.0), "oxidation_onset is 4000 V"),
        (lambda: oxidising(oxidation_onset=0.0), "oxidation_onset is 0 V"),
        (
            lambda: CellModel(
                layers=[
                    TwoPhase(
                        thickness=1e-5, conductivity=0.1, salt_concentration=1000.0, transference_number=0.3,
                        salt_diffusivity=1e-12, ceramic_conductivity=0.1, exchange_conductance=1e6, name="composite",
                    ),
                    Ceramic(thickness=1e-5, conductivity=0.1),
                ],
                negative=Metal(voids=VOIDS),
                positive=Metal(),
                temperature=298.15,
            ).simulation(),
            "two skeletons",
        ),
    ],
)  # fmt: skip
def test_losses_that_cannot_be(make, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        make()
