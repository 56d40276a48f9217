"""Impedance of layered cells against closed forms, and the fast solver against dense matrices."""

from dataclasses import replace

import numpy as np
import pytest
from engine_cells import BINARY, CERAMIC, NEWMAN, POLYMER, TETHERED, T

from ceramer import laws
from ceramer.errors import NotConvergedError
from ceramer.numerics.chain import Step
from ceramer.physics import (
    CellModel,
    Ceramic,
    Contact,
    Metal,
    MixedConductor,
    Polymer,
    TetheredPolymer,
    TwoPhase,
)
from ceramer.units import FARADAY, GAS_CONSTANT, VACUUM_PERMITTIVITY

FIXED_ANIONS = TetheredPolymer(thickness=50e-6, **TETHERED)
GRID = {"cells": 20, "grading": 8.0}
TWO_PHASE = TwoPhase(thickness=60e-6, ceramic_conductivity=0.05, exchange_conductance=3e8, **GRID, **BINARY)
MIXED = MixedConductor(
    thickness=20e-6, ionic_conductivity=1e-5, electronic_conductivity=4e-6, maximum_concentration=2e4, slope=0.3
)


pytestmark = pytest.mark.usefixtures("one_program")


def foil(i0=20.0, **more):
    return Metal.lithium(i0, 1e5, ceramic_exchange_current_density=7.0, **more)


def settled(layers, negative=None, positive=None, contacts=(), **more):
    negative = negative or foil()
    model = CellModel(
        layers=layers, negative=negative, positive=positive or negative, contacts=contacts, temperature=T, **more
    )
    sim = model.simulation()
    sim.chain.settle()
    return sim


def impedance(layers, frequencies, *args, **more):
    return settled(layers, *args, **more).chain.impedance(np.atleast_1d(frequencies))


def charge_transfer(i0):
    return GAS_CONSTANT * T / (FARADAY * i0)


def finite_warburg(f, length, diffusivity):
    s = np.sqrt(2j * np.pi * f * length**2 / (4.0 * diffusivity))
    return np.tanh(s) / s


def arc(f, resistance, capacitance, exponent=1.0):
    return 1.0 / (1.0 / resistance + capacitance * (2j * np.pi * f) ** exponent)


# --- limits -----------------------------------------------------------------------------------------------------------


def test_limits_of_a_stack():
    """From L/sigma at high to Newman's resistance at zero frequency, with every series resistance in its place."""
    contacts = [Contact(resistance=3e-4, capacitance=1e-2, series_resistance=1e-4), Contact(resistance=5e-4)]
    metal = foil(20.0, capacitance=0.02, film_resistance=2e-4, series_resistance=3e-4)
    layers = [POLYMER, CERAMIC, replace(POLYMER, thickness=30e-6, transference_number=0.4)]
    z = impedance(layers, [1e-9, 1e9], metal, contacts=contacts)
    other = laws.newman_number(0.1, 8e-12, 0.4, concentration=1000.0, temperature=T)
    ohmic = 100e-6 / 0.1 + 50e-6 / 0.02 + 30e-6 / 0.1
    always = ohmic + 1e-4 + 5e-4 + 2 * (2e-4 + 3e-4)
    direct = always + 2 * charge_transfer(20.0) + 3e-4 + 100e-6 / 0.1 * NEWMAN + 30e-6 / 0.1 * other
    assert z[0].real == pytest.approx(direct, rel=2e-6)
    assert z[1].real == pytest.approx(always, rel=1e-6)
    assert abs(z.imag).max() < 1e-5 * always


def test_finite_warburg_element_of_a_binary_electrolyte():
    """``Z = L/sigma + 2 R_ct + (L/sigma) Ne tanh(s)/s``, order 2 in the cells at a given frequency."""
    f = np.logspace(-5, 0, 16)
    exact = laws.symmetric_cell_impedance(f, 100e-6, 0.1, 8e-12, NEWMAN) + 2 * charge_transfer(20.0)
    own = 1e-3 * (1.0 + NEWMAN * finite_warburg(f, 100e-6, 8e-12)) + 2 * charge_transfer(20.0)
    np.testing.assert_allclose(exact, own, rtol=1e-12)
    errors = [np.abs(impedance([replace(POLYMER, cells=n)], f) - own) / np.abs(own) for n in (40, 80, 160)]
    assert errors[2].max() < 1e-4
    assert errors[0].max() / errors[1].max() == pytest.approx(4.0, rel=0.1)
    assert errors[1].max() / errors[2].max() == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize("factor", [1.0, 2.5])
def test_thermodynamic_factor_and_exponent_at_a_uniform_state(factor):
    """The factor scales Ne; the exponent of sigma(c) does nothing to a small signal about a uniform state."""
    layer = replace(POLYMER, thermodynamic_factor=factor, conductivity_exponent=0.3)
    z = impedance([layer], 1e-9)[0]
    assert z.real == pytest.approx(1e-3 * (1.0 + factor * NEWMAN) + 2 * charge_transfer(20.0), rel=1e-6)


def test_stored_volume_slows_diffusion_alone():
    fast = impedance([POLYMER], [1e-4, 1e-2])
    slow = impedance([replace(POLYMER, salt_volume_fraction=0.5)], [2e-4, 2e-2])
    np.testing.assert_allclose(slow, fast, rtol=1e-10)


# --- interfaces -------------------------------------------------------------------------------------------------------


def test_semicircle_of_a_double_layer():
    f = np.logspace(-2, 6, 30)
    z = impedance([CERAMIC], f, foil(20.0, capacitance=0.02), foil(5.0, capacitance=0.5))
    exact = 50e-6 / 0.02 + arc(f, charge_transfer(20.0), 0.02) + arc(f, charge_transfer(5.0), 0.5)
    np.testing.assert_allclose(z, exact, rtol=1e-8)  # a foil without film has 1e-12 ohm m2


def test_constant_phase_elements():
    f = np.logspace(-2, 6, 30)
    contact = Contact(resistance=1e-3, capacitance=0.3, exponent=0.7)
    z = impedance([CERAMIC, CERAMIC], f, foil(20.0, capacitance=0.02, exponent=0.85), contacts=[contact])
    exact = 100e-6 / 0.02 + 2 * arc(f, charge_transfer(20.0), 0.02, 0.85) + arc(f, 1e-3, 0.3, 0.7)
    np.testing.assert_allclose(z, exact, rtol=1e-8)
    steel = Metal.blocking(0.1, exponent=0.9)
    blocked = impedance([CERAMIC], f, steel)
    np.testing.assert_allclose(blocked, 50e-6 / 0.02 + 2 / (0.1 * (2j * np.pi * f) ** 0.9), rtol=1e-8)


def test_brick_layer_has_two_arcs():
    """Grains R || C by their permittivity, boundaries R || C (or CPE) in series."""
    f = np.logspace(0, 9, 40)
    grains = Ceramic(thickness=50e-6, conductivity=1e-3, permittivity=40.0, cells=5, grading=3.0)
    for exponent in (1.0, 0.8):
        layer = replace(
            grains,
            boundary_resistance=0.2,
            boundary_capacitance=1e-5 * 1e3 ** (1 - exponent),
            boundary_exponent=exponent,
        )
        z = impedance([layer], f)
        geometric = 40.0 * VACUUM_PERMITTIVITY / 50e-6
        boundary = arc(f, 0.2, layer.boundary_capacitance, exponent)
        exact = arc(f, 0.05, geometric) + boundary + 2 * charge_transfer(20.0)
        np.testing.assert_allclose(z, exact, rtol=1e-8)


def test_displacement_current_of_a_polymer():
    """Far above the dielectric relaxation the layer is its geometric capacitance; without it, its resistance."""
    f = np.array([1e12])
    layer = replace(POLYMER, permittivity=10.0)
    capacitance = 10.0 * VACUUM_PERMITTIVITY / 100e-6
    z = impedance([layer], f)[0] - 2 * charge_transfer(20.0)
    assert z == pytest.approx(arc(f, 1e-3, capacitance)[0], rel=1e-4)
    off = impedance([layer], f, displacement=False)[0] - 2 * charge_transfer(20.0)
    assert off.real == pytest.approx(1e-3, rel=1e-4)


def test_electronic_leak_is_parallel():
    f = np.logspace(-3, 5, 9)
    plain = impedance([POLYMER], f)
    leaky = impedance([POLYMER], f, leak_conductance=30.0)
    np.testing.assert_allclose(leaky, 1 / (1 / plain + 30.0), rtol=1e-10)


def test_nothing_that_connects_the_electrodes():
    sim = settled([CERAMIC])
    steel = Metal.blocking(0.0)
    with pytest.raises(NotConvergedError, match="No consistent start"):
        settled([CERAMIC], steel).chain.impedance([1.0])
    assert np.isfinite(sim.chain.impedance([1.0])).all()


# --- composites, tethered anions, mixed conductors --------------------------------------------------------------------


def test_skeletons_that_do_not_exchange_are_two_cells():
    f = np.logspace(-5, 5, 21)
    metal = foil(20.0, capacitance=0.02)
    z = impedance([replace(TWO_PHASE, exchange_conductance=0.0)], f, metal)
    polymer = impedance([replace(POLYMER, thickness=60e-6)], f, metal)
    ceramic = impedance([replace(CERAMIC, thickness=60e-6, conductivity=0.05)], f, foil(7.0, capacitance=0.02))
    np.testing.assert_allclose(z, 1 / (1 / polymer + 1 / ceramic), rtol=1e-9)


def test_skeletons_that_exchange_fast_are_one_medium():
    """Their impedance is that of one medium with the parallel sum and the exact salt transport of a composite."""
    f = np.logspace(-5, 0, 11)
    layer = replace(TWO_PHASE, exchange_conductance=1e16, cells=60)
    metal = foil(1e6, capacitance=0.0)
    fraction = laws.current_fraction(NEWMAN)
    both = laws.composite_salt_transport(
        lambda s: s[0] + s[1], 0.1, 0.05, fraction, polymer_diffusivity=8e-12, polymer_transference=0.2
    )
    length = 60e-6
    steady = length / (0.1 * fraction + 0.05)
    fast = length / (0.1 + 0.05)
    assert both.conductivity == pytest.approx(0.15)
    exact = fast + (steady - fast) * finite_warburg(f, length, both.diffusivity)
    np.testing.assert_allclose(impedance([layer], f, metal), exact, rtol=5e-4)


def test_no_tethered_anion_leaves_a_binary_salt():
    """At c_f = 0 the two laws are one, so the impedance is the same number at every frequency."""
    f = np.logspace(-5, 5, 21)
    d_plus, d_minus = 5e-12, 9e-12
    tethered = replace(FIXED_ANIONS, tethered_concentration=0.0)
    binary = Polymer(
        thickness=50e-6,
        conductivity=FARADAY**2 * 600.0 * (d_plus + d_minus) / (GAS_CONSTANT * T),
        salt_concentration=600.0,
        transference_number=d_plus / (d_plus + d_minus),
        salt_diffusivity=laws.ambipolar_diffusivity(d_plus, d_minus),
    )
    np.testing.assert_allclose(impedance([tethered], f), impedance([binary], f), rtol=1e-10)


def test_tethered_anions_raise_the_current_fraction():
    """DC resistance from the law's own coefficients: no anion flux, so L/sigma times 1 + t- gradient term."""
    p = laws.tethered_anion_transport(600.0, 400.0, 5e-12, 9e-12, T)
    drive = GAS_CONSTANT * T / FARADAY**2 * p.conductivity * p.anion_transference**2
    newman = drive * (1.0 / 1000.0 + 1.0 / 600.0) / p.ambipolar_diffusivity
    f = np.logspace(-6, -1, 6)
    exact = 50e-6 / p.conductivity * (1.0 + newman * finite_warburg(f, 50e-6, p.ambipolar_diffusivity))
    z = impedance([replace(FIXED_ANIONS, cells=120)], f) - 2 * charge_transfer(20.0)
    np.testing.assert_allclose(z, exact, rtol=2e-4)


def test_hebb_wagner_impedance_of_a_mixed_conductor():
    """Between electrodes that block ions: all carriers at high, electrons alone at zero frequency."""
    slope = 0.3 + GAS_CONSTANT * T / FARADAY * 4.0  # -dU/dx at x = 1/2
    chemical = 1e-5 * 4e-6 / 1.4e-5 * slope / (FARADAY * 2e4)
    assert chemical == pytest.approx(laws.chemical_diffusivity(1e-5, 4e-6, -slope / (FARADAY * 2e4)), rel=1e-12)
    f = np.logspace(-6, -2, 9)
    length = 20e-6
    exact = length / 1.4e-5 + length * (1 / 4e-6 - 1 / 1.4e-5) * finite_warburg(f, length, chemical)
    z = impedance([replace(MIXED, cells=400)], f, Metal.blocking(0.0))
    np.testing.assert_allclose(z, exact, rtol=1e-4)
    assert impedance([MIXED], 1e-9, Metal.blocking(0.0))[0].real == pytest.approx(length / 4e-6, rel=1e-6)


# --- the fast solver against dense matrices ---------------------------------------------------------------------------

STACKS = {
    "polymer": ([POLYMER], []),
    "ceramic": ([replace(CERAMIC, permittivity=30.0, boundary_resistance=1e-2, boundary_capacitance=1e-4)], []),
    "sandwich": (
        [replace(POLYMER, permittivity=8.0), CERAMIC, replace(POLYMER, permittivity=8.0)],
        [Contact(resistance=1e-3, capacitance=1e-3, exponent=0.9), Contact(series_resistance=1e-4)],
    ),
    "two polymers": ([POLYMER, replace(POLYMER, salt_concentration=500.0)], [Contact(partition=2.0, resistance=1e-4)]),
    "tethered": ([FIXED_ANIONS, POLYMER, CERAMIC], [Contact(partition=0.8), Contact(resistance=1e-3)]),
    "two phases": ([POLYMER, TWO_PHASE, POLYMER], [Contact(), Contact(ceramic_resistance=1e-3)]),
    "two phases alone": ([TWO_PHASE], []),
    "mixed": ([MIXED], []),
    "mixed inside": ([CERAMIC, MIXED, CERAMIC], [Contact(resistance=1e-3, capacitance=1e-2), Contact()]),
}


@pytest.mark.parametrize("stack", STACKS)
def test_fast_impedance_is_the_dense_solve(stack):
    layers, contacts = STACKS[stack]
    metal = foil(20.0, capacitance=0.05, exponent=0.9, film_resistance=1e-4, film_growth=1e-14, series_resistance=1e-4)
    sim = settled(layers, metal, contacts=contacts, leak_conductance=1e-3)
    chain = sim.chain
    sign = -1.0 if "mixed" in stack else 1.0
    assert chain.run([Step("current", sign * 0.5, 60.0)]).code == 0  # about a state with gradients
    f = np.logspace(-4, 6, 11)
    fast = chain.impedance(f)
    chain.set_parameter(-1, "mode", 0.0)
    mass, jacobian = chain.matrices()
    last = chain.unknown(-1, "voltage")
    right = np.zeros(chain.y.size)
    right[last] = -1.0  # of the row that sets the current
    for frequency, found in zip(f, fast, strict=True):
        w = 2j * np.pi * frequency
        power = np.where(chain.exponents == 1.0, w, w**chain.exponents)
        full = w * (mass - np.diag(chain.mass)) + np.diag(power * chain.mass) - jacobian
        scale = np.abs(full).max(axis=1)
        scale[scale == 0.0] = 1.0
        answer = np.linalg.solve(full / scale[:, None], right / scale)
        assert found == pytest.approx(-answer[last] / answer[last + 1], rel=1e-8)


def equations(chain, y):
    """Assemble f(y) from the laws themselves, face by face and node by node, also for complex y."""
    f = np.zeros(y.size, complex)
    width = [len(kind.parameters) for kind in (face.kind for face in chain.faces)]
    for k, face in enumerate(chain.faces):
        left, right = chain.offset[k], chain.offset[k + 1]
        reads = [*(y[left + j] for j in face.kind.left), *(y[right + j] for j in face.kind.right)]
        values = face.kind.law(*reads, *map(np.float64, chain.model[2][k, : width[k]]))
        values = values if isinstance(values, (tuple, list)) else [values]
        for value, (row_left, row_right) in zip(values, face.kind.rows, strict=True):
            if row_left is not None:
                f[left + row_left] -= value
            if row_right is not None:
                f[right + row_right] += value
    for k, node in enumerate(chain.nodes):
        if node.kind.source is not None:
            at, count = chain.offset[k], len(node.kind.unknowns)
            parameters = chain.model[1][k, : len(node.kind.parameters)]
            f[at : at + count] += np.array(node.kind.source(*y[at : at + count], *map(np.float64, parameters)))
    return f


@pytest.mark.parametrize("stack", STACKS)
def test_compiled_equations_are_the_laws(stack):
    """Residual and Jacobian as they are compiled, against the laws and their complex step, column by column."""
    layers, contacts = STACKS[stack]
    metal = foil(20.0, capacitance=0.05, film_resistance=1e-4, film_growth=1e-14, order=0.5, oxidation_current=1e-3)
    chain = settled(layers, metal, contacts=contacts, leak_conductance=1e-3).chain
    chain.run([Step("current", 0.1, 10.0)])
    y = chain.y.copy()
    exact = equations(chain, y.astype(complex)).real
    sizes = np.abs(chain.matrices()[1]) @ np.abs(y) + 1e-300  # what the rows are sums of
    assert np.max(np.abs(chain.residual() - exact) / sizes) < 1e-12
    _, jacobian = chain.matrices()
    for k in range(y.size):
        moved = y.astype(complex)
        moved[k] += 1e-100j
        column = equations(chain, moved).imag / 1e-100
        round_off = 1e-14 * sizes.max() / max(abs(y[k]), 1e-6)  # where terms cancel, as d/dq of q/(q + 0)
        assert np.abs(jacobian[:, k] - column).max() <= 1e-10 * np.abs(column).max() + round_off
