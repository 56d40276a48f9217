"""Laws on symbols: what is traced, what is refused, and exact partial derivatives of every law there is."""

import dataclasses
import importlib
import inspect
import math
import pkgutil

import numpy as np
import pytest
from engine_cells import all_kinds
from scipy.interpolate import CubicSpline

import ceramer.physics
from ceramer import laws
from ceramer.errors import CeramerError, InputError
from ceramer.numerics.chain import (
    TERMINAL,
    FaceKind,
    NodeKind,
    Symbol,
    differentiate,
    partials_source,
    spline,
    trace,
    where,
)
from ceramer.physics import BinaryLaws
from ceramer.physics._model import standard_kinds
from ceramer.physics._transport import polymer_face

TOLERANCE = 1e-10
STEP = 1e-200


def compiled(law, names):
    """Return the generated function of a law, run by Python instead of the compiler."""
    source, name = partials_source(law, names)
    source = source.replace("import numba\n", "").replace("jit = numba.njit(", "jit = (lambda **_: lambda f: f)(")
    scope = {}
    exec(source, scope)
    return scope[name]


def flat(values):
    return [*values] if isinstance(values, (tuple, list)) else [values]


def hold_beside_complex_step(law, points):
    """Generated values and partials of a law at `points` against the law itself, one imaginary step per argument."""
    points = np.asarray(points, float)
    names = [f"x{k}" for k in range(points.shape[1])]
    generated = compiled(law, names)
    for point in points:
        found = np.array(generated(*point.tolist()))
        values = np.array([float(np.real(v)) for v in flat(law(*map(np.float64, point)))])
        count = len(values)
        np.testing.assert_allclose(found[:count], values, rtol=1e-11, atol=1e-11 * np.abs(values).max())
        partials = found[count:].reshape(count, -1)
        for k in range(point.size):
            moved = point.astype(complex)
            moved[k] += 1j * STEP
            exact = np.array([complex(v).imag for v in flat(law(*moved))]) / STEP
            # a partial is as exact as the terms it is made of: those of the value over the argument
            scale = np.maximum(np.abs(exact), np.abs(values) / max(abs(point[k]), 1e-30))
            scale = np.where(scale > 0.0, scale, 1.0)
            worst = np.abs(partials[:, k] - exact) / scale
            assert worst.max() < TOLERANCE, (names[k], k, partials[:, k], exact)


# --- every kind of node and face --------------------------------------------------------------------------------------

SCALES = {
    "concentration": (200.0, 2000.0),
    "stoichiometry": (0.1, 0.9),
    "potential": (-0.2, 0.2),
    "ceramic_potential": (-0.2, 0.2),
    "overpotential": (-0.15, 0.15),
    "ceramic_overpotential": (-0.15, 0.15),
    "inventory": (1.0, 1e4),
    "film": (1e-4, 1e-2),
    "void": (1e-8, 2e-6),
    "closed_void": (1e-8, 2e-6),
}
"""Domains of unknowns; any other is drawn from -2 to 2 times its scale."""
PARAMETERS = {
    "width": (1e-7, 1e-5),
    "conductivity": (1e-4, 1.0),
    "ceramic_conductivity": (1e-4, 1.0),
    "exponent": (0.0, 1.5),
    "reference_concentration": (500.0, 1500.0),
    "diffusivity": (1e-13, 1e-10),
    "cation_diffusivity": (1e-13, 1e-11),
    "anion_diffusivity": (1e-13, 1e-11),
    "tethered": (0.0, 1000.0),
    "transference_number": (0.05, 0.9),
    "thermodynamic_factor": (1.0, 3.0),
    "temperature": (260.0, 380.0),
    "ionic": (1e-8, 1e-4),
    "electronic": (1e-8, 1e-4),
    "x_0": (0.2, 0.8),
    "u_0": (0.0, 3.0),
    "exchange_current_density": (0.1, 50.0),
    "alpha_a": (0.3, 0.7),
    "alpha_c": (0.3, 0.7),
    "nucleation_overpotential": (0.01, 0.1),
    "nucleation_charge": (10.0, 1000.0),
    "stripping_reserve": (0.1, 10.0),
    "oxidation_onset": (0.0, 0.3),
    "tafel_slope": (0.05, 0.2),
    "roughness": (1e-6, 5e-6),
    "volume_per_charge": (1e-10, 2e-10),
}
"""Domains of parameters by name; any other is drawn from 0.1 to 1."""


def kinds_in_physics():
    """Return every kind that a module of physics (or the chain itself) holds, also inside tables, by name."""
    found = {TERMINAL: "terminal"}
    modules = [importlib.import_module("ceramer.physics")]
    modules += [
        importlib.import_module(module.name)
        for module in pkgutil.walk_packages(ceramer.physics.__path__, "ceramer.physics.")
    ]

    def look(value):
        if isinstance(value, (NodeKind, FaceKind)):
            found.setdefault(value, value.name)
        elif isinstance(value, dict):
            for part in (*value, *value.values()):
                look(part)
        elif isinstance(value, (tuple, list)):
            for part in value:
                look(part)

    for module in modules:
        for value in list(vars(module).values()):
            look(value)
    for kinds in (*standard_kinds(), *all_kinds()):
        look(kinds)
    return found


KINDS = kinds_in_physics()


def unknown_domain(unknown):
    return SCALES.get(unknown.name, (-2.0 * unknown.scale, 2.0 * unknown.scale))


def draw(domains, seed, count=5):
    low, high = np.array(domains, float).reshape(-1, 2).T
    return low + (high - low) * np.random.default_rng(seed).random((count, len(low)))


def parameter_domains(kind):
    return [PARAMETERS.get(name, (0.1, 1.0)) for name in kind.parameters]


def neighbours(kind):
    """Return the domains of what a face reads: of the nodes beside it in a cell, or 0.1 to 0.9 where none was built."""
    sides = []
    if kind not in FITS:
        return [(0.1, 0.9)] * (len(kind.left) + len(kind.right))
    for reads, other in ((kind.left, "left"), (kind.right, "right")):
        fitting = FITS[kind][other]
        sides += [unknown_domain(fitting.unknowns[j]) for j in reads]
    return sides


def _fits():
    """Return which nodes stand left and right of each face: seen in the chains of small cells of every kind."""
    from ceramer.physics import (
        CellModel,
        Ceramic,
        Metal,
        MixedConductor,
        Polymer,
        TetheredPolymer,
        TwoPhase,
        Voids,
        interphase_growth,
    )

    binary = {"conductivity": 0.1, "salt_concentration": 1000.0, "transference_number": 0.2}
    binary |= {"salt_diffusivity": 8e-12, "thickness": 1e-5, "cells": 2}
    polymer = Polymer(**binary)
    tethered = TetheredPolymer(
        thickness=1e-5,
        cells=2,
        anion_concentration=500.0,
        tethered_concentration=500.0,
        cation_diffusivity=1e-12,
        anion_diffusivity=2e-12,
    )
    ceramic = Ceramic(thickness=1e-5, conductivity=0.01, boundary_resistance=1e-3)
    two = TwoPhase(**binary, ceramic_conductivity=0.01, exchange_conductance=1e8)
    mixed = MixedConductor(
        thickness=1e-5, cells=2, ionic_conductivity=1e-5, electronic_conductivity=1e-5, maximum_concentration=2e4
    )
    metal = Metal.lithium(10.0, 1e4)
    stacks = [
        [polymer, polymer, ceramic, polymer],
        [ceramic, tethered, ceramic],
        [tethered],
        [two],
        [polymer, two, polymer],
        [mixed],
        [ceramic, mixed, ceramic],
    ]
    ageing = Metal.lithium(10.0, 1e4, film_resistance=1e-4, film_law=lambda r, i: 1e-13 / r + 1e-9 * where(-i, -i, 0.0))
    voids = Voids(
        borne_current_density=0.5, roughness=2e-6, refilled_share=0.7, closure_rate=1e-4, volume_per_charge=1.3e-10
    )
    losing = Metal.lithium(10.0, 1e4, film_resistance=1e-4)
    losing = dataclasses.replace(losing, film_law=interphase_growth(1e-5, 1e-9, 2.2, 1e-4, 2.0), voids=voids)
    aged = (([polymer], ageing), ([polymer], losing), ([ceramic], losing))
    found = {}
    for stack, foil in [*((stack, metal) for stack in stacks), *aged]:
        chain = CellModel(layers=stack, negative=foil, positive=foil, temperature=300.0).simulation().chain
        KINDS.update({node.kind: node.kind.name for node in chain.nodes})
        for k, face in enumerate(chain.faces):
            found.setdefault(face.kind, {"left": chain.nodes[k].kind, "right": chain.nodes[k + 1].kind})
    return found


FITS = _fits()
KINDS.update({kind: kind.name for kind in FITS})
NODES = [kind for kind in KINDS if isinstance(kind, NodeKind)]
FACES = [kind for kind in KINDS if isinstance(kind, FaceKind)]


@pytest.mark.parametrize("kind", NODES, ids=lambda k: k.name)
def test_partials_of_every_source(kind):
    if kind.source is None:
        return
    domains = [unknown_domain(u) for u in kind.unknowns] + parameter_domains(kind)
    hold_beside_complex_step(kind.source, draw(domains, 1))


@pytest.mark.parametrize("kind", FACES, ids=lambda k: k.name)
def test_partials_of_every_face(kind):
    domains = neighbours(kind) + parameter_domains(kind)
    hold_beside_complex_step(kind.law, draw(domains, 2))


def test_partials_of_a_polymer_with_laws_of_its_own():
    knots = np.linspace(100.0, 2500.0, 9)
    table = CubicSpline(knots, 1e-2 + 1e-4 * knots * np.exp(-knots / 800.0))
    kind = polymer_face(
        BinaryLaws(
            conductivity=lambda c: spline(c, knots, table.c),
            diffusivity=lambda c: 8e-12 * np.exp(-c / 3000.0),
            transference_number=lambda c: where(c - 1000.0, 0.2, 0.2 + 1e-4 * (1000.0 - c)),
            thermodynamic_factor=lambda c: 1.0 + 0.5 * np.sqrt(c / 1000.0),
        )
    )
    domains = [SCALES["concentration"], SCALES["potential"]] * 2 + parameter_domains(kind)
    hold_beside_complex_step(kind.law, draw(domains, 3, 20))


# --- every pure law ---------------------------------------------------------------------------------------------------

VALUES = {
    "a": 1.3e-9,
    "activation_energy": 4.8e-20,
    "alpha_a": 0.5,
    "alpha_c": 0.4,
    "amount": 5e-5,
    "apparent_gb_conductivity": 1e-4,
    "area_after": 0.3,
    "area_before": 0.2,
    "areal_capacity": 36.0,
    "areal_mass": 0.5,
    "areal_resistance": 1e-3,
    "b": 742.0,
    "boundary_areal_resistance": 1e-5,
    "bulk_capacitance": 1e-8,
    "c": 2e-9,
    "c_fixed": 400.0,
    "c_left": 500.0,
    "c_minus": 500.0,
    "c_rate": 1e-4,
    "c_right": 1500.0,
    "cell_volume": 1.3e-27,
    "ceramic_fraction": 0.7,
    "ceramic_loss": 0.02,
    "charge": 2.0,
    "concentration": 1000.0,
    "condition_value": 0.5,
    "conductivity": 0.1,
    "crack_length": 1e-6,
    "current_density": 10.0,
    "cycles": 100.0,
    "d_minus": 3e-12,
    "d_plus": 1e-12,
    "decay_charge": 36.0,
    "decomposition_rate": 1e-5,
    "density": 2000.0,
    "diffusivity": 8e-12,
    "efficiency": 0.6,
    "electrolyte": 1000.0,
    "electronic": 1e-3,
    "electronic_conductivity": 1e-7,
    "electrons": 1.0,
    "exchange_current": 10.0,
    "exchange_current_density": 10.0,
    "exponent": 2.0,
    "exposure": 1e-6,
    "feed": 0.95,
    "filler_fraction": 0.2,
    "formula_mass": 1.3e-24,
    "formula_units": 8.0,
    "fraction_of_current": 0.2,
    "fracture_toughness": 1.1e6,
    "gb_capacitance": 1e-6,
    "geometry": 1.12,
    "grain_conductivity": 0.1,
    "grain_size": 1e-6,
    "h": 1.0,
    "haven_ratio": 0.5,
    "if_not": 3.0,
    "if_positive": 2.0,
    "induction_time": 60.0,
    "initial": 0.05,
    "initial_current": 1e-3,
    "initial_resistance": 20.0,
    "initial_size": 1e-5,
    "initiator0": 10.0,
    "intrinsic": 2.5,
    "ion_molar_volume": 7e-5,
    "ionic": 1e-5,
    "k": 1.0,
    "l": 2.0,
    "leak_current_density": 0.1,
    "lithium": 2.0,
    "loading": 200.0,
    "loss_per_cycle": 1e-3,
    "maximum": 2e4,
    "maximum_concentration": 5e4,
    "metal_molar_volume": 1.3e-5,
    "metal_poisson": 0.42,
    "metal_shear_modulus": 3.4e9,
    "modulus": 1e6,
    "molar_mass": 0.2,
    "molar_volume": 9.585e-5,
    "natural_abundance": 0.076,
    "newman_number": 3.0,
    "onset": 4.5,
    "organic_residue": 0.02,
    "overpotential": 0.02,
    "plateau": 1.55,
    "plated_charge": 30.0,
    "position": 3e-5,
    "potential": 2.6,
    "potential_slope": -1e-4,
    "prefactor": 14.7,
    "pressure": 1e5,
    "propagation_rate": 1.0,
    "radius": 1e-6,
    "rate": 1e-13,
    "rate_constant": 1e-12,
    "reference": 0.5,
    "reference_current": 0.01,
    "reference_temperature": 300.0,
    "conversion": 0.5,
    "retained": 0.8,
    "scale": 2e-6,
    "s1": 1e-3,
    "s2": 1e-2,
    "separator_poisson": 0.33,
    "separator_shear_modulus": 1e9,
    "sheet_conductance": 1e-9,
    "sites": 1.0,
    "size_after": 5e-6,
    "size_before": 1e-5,
    "first": 150.0,
    "last": 140.0,
    "slope": 0.12,
    "specific_area": 1e6,
    "specific_capacity": 600.0,
    "steady_current": 3e-4,
    "steady_resistance": 25.0,
    "stoichiometry": 0.4,
    "strength": 1e6,
    "stripping_current_density": 10.0,
    "borne_current_density": 2.0,
    "volume_per_charge": 1.345e-10,
    "surface": 5e3,
    "surface_energy": 0.03,
    "surface_tension": 0.5,
    "t0": 200.0,
    "t1": 300.0,
    "t2": 330.0,
    "temperature": 333.15,
    "termination_rate": 1e4,
    "thermodynamic_factor": 1.5,
    "thickness": 1e-4,
    "time": 3600.0,
    "total_growth": 2.0,
    "transference_number": 0.2,
    "viscosity": 1e5,
    "voltage": 3.8,
    "volume_ratio": 5.0,
    "wavenumber": 1e7,
    "duration": 600.0,
    "loss_ceramic": 0.02,
    "loss_total": 0.3,
}
"""A value inside the domain of every argument, by name."""
OF_A_LAW = {
    ("bruce_vincent", "voltage"): 0.05,
    ("tafel_oxidation_current", "potential"): 4.6,
    ("specific_energy", "voltage"): 3.8,
    ("lattice_gas_potential", "slope"): 0.3,
    ("film_growth_diffusion_limited", "thickness"): 5e-9,
    ("film_growth_mixed", "thickness"): 5e-9,
    ("film_thickness", "initial"): 5e-9,
    ("film_thickness", "diffusivity"): 2e-18,
    ("film_growth_mixed", "diffusivity"): 2e-18,
    ("film_growth_diffusion_limited", "diffusivity"): 2e-18,
    ("insertion_exchange_current", "rate_constant"): 1e-11,
    ("rate_from_interval", "exponent"): 2.0,
    ("limiting_current", "current_density"): 5.0,
    ("interphase_growth", "ionic_conductivity"): 1e-5,
}
NOT_TRACED = {
    "apparent_rate_from_conversion": "an analysis of data: it checks its range by comparison",
    "bragg_spacing": "an analysis of data: it checks its angle by comparison",
    "brick_layer_infiltrated": "makes arrays of several phases",
    "bruggeman_porous": "checks its exponent by comparison",
    "ceramic_fraction_from_tga": "an analysis of data: it checks its range by comparison",
    "coated_sphere": "checks its fraction by comparison",
    "complex_conductivity": "complex: of a frequency, not of a state",
    "constant_phase_impedance": "complex: of a frequency, not of a state",
    "edge_bypass": "branches at a blocked rim by comparison",
    "exponential_void_size": "branches at its induction time by comparison",
    "infiltrated_pores": "makes arrays of several phases",
    "krieger_dougherty": "checks its fraction by comparison",
    "leak_limited_coulombic_efficiency": "checks its currents by comparison",
    "percolation": "branches at its threshold by comparison",
    "sphere_with_interface": "branches at an infinite conductance by comparison",
    "symmetric_cell_impedance": "complex: of a frequency, not of a state",
    "two_point_activation_energy": "an analysis of data: it refuses equal temperatures",
    "two_theta": "an analysis of data: it checks its angle by comparison",
    "void_size": "branches at its induction time by comparison",
}
"""Laws of plain numbers that no engine can compile, each with its reason."""
MAGNITUDES = {("accumulated_areal_capacity", "current_density")}
"""Arguments of which a law takes the magnitude, which no complex step can follow."""


def laws_of_numbers():
    """Return the laws all of whose arguments are plain numbers, or have a default where they are choices."""
    found = {}
    for name in laws.__all__:
        law = getattr(laws, name)
        if not inspect.isfunction(law):
            continue
        arguments = inspect.signature(law).parameters.values()
        numeric = [a for a in arguments if a.annotation == "Numeric"]
        if all(a.annotation == "Numeric" or a.default is not a.empty for a in arguments):
            found[name] = [a.name for a in numeric]
    return found


def positional(name):
    law, names = getattr(laws, name), laws_of_numbers()[name]

    def with_numbers(*values):
        result = law(**dict(zip(names, values, strict=True)))
        if hasattr(result, "__dataclass_fields__"):
            return tuple(getattr(result, field) for field in result.__dataclass_fields__)
        return result

    return with_numbers, names


@pytest.mark.parametrize("name", [n for n in laws_of_numbers() if n not in NOT_TRACED])
def test_partials_of_every_law(name):
    law, names = positional(name)
    unknown = [n for n in names if (name, n) not in OF_A_LAW and n not in VALUES]
    assert not unknown, f"{name}: give a value for {unknown} in VALUES, or name the law in NOT_TRACED with the reason"
    middle = np.array([OF_A_LAW.get((name, n), VALUES.get(n)) for n in names])
    points = middle * (1.0 + 0.05 * np.random.default_rng(4).uniform(-1.0, 1.0, (3, len(names))))
    generated = compiled(law, [f"x{k}" for k in range(len(names))])
    for point in points:
        values = np.array(flat(law(*point)), float)
        found = np.array(generated(*point))
        np.testing.assert_allclose(found[: len(values)], values, rtol=1e-11, atol=1e-12 * np.abs(values).max())
        partials = found[len(values) :].reshape(len(values), -1)
        for k in range(point.size):
            if (name, names[k]) in MAGNITUDES:
                continue
            moved = point.astype(complex)
            moved[k] += 1j * STEP * abs(point[k])
            try:
                stepped = flat(law(*moved))
            except InputError as error:
                assert "complex" in str(error)  # a fraction, which is checked as a real number
                continue
            exact = np.array([complex(v).imag for v in stepped]) / STEP / abs(point[k])
            scale = np.maximum(np.abs(exact), np.abs(values) / abs(point[k])) + 1e-300
            assert (np.abs(partials[:, k] - exact) / scale).max() < TOLERANCE, (names[k], partials[:, k], exact)


@pytest.mark.parametrize("name", NOT_TRACED)
def test_an_exception_is_still_one(name):
    law, names = positional(name)
    with pytest.raises((CeramerError, TypeError)):
        trace(law, names)


# --- the tracer itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "what"),
    [
        (lambda x: 1.0 if x else 0.0, "if"),
        (lambda x: x and 1.0, "if"),
        (lambda x: 1.0 if x == 1.0 else 0.0, "=="),
        (lambda x: 1.0 if x != 1.0 else 0.0, "!="),
        (lambda x: 1.0 if x < 1.0 else 0.0, "<"),
        (lambda x: 1.0 if x <= 1.0 else 0.0, "<="),
        (lambda x: max(0.0, x), ">"),
        (lambda x: 1.0 if x >= 1.0 else 0.0, ">="),
        (float, "float"),
        (math.exp, "float"),
        (int, "int"),
        (lambda x: [1.0, 2.0][x], "int"),
        (list, "iteration"),
        (np.sin, "numpy.sin"),
        (lambda x: np.maximum(x, 0.0), "numpy.maximum"),
        (np.add.reduce, "numpy.add"),
    ],
)
def test_what_a_law_may_not_do(law, what):
    with pytest.raises(CeramerError, match="cannot branch on its arguments") as error:
        trace(law, ["x"])
    assert f"({what})" in str(error.value)
    assert "where(x, if_positive, if_not)" in str(error.value)


def test_where_takes_the_slope_of_its_side():
    law = compiled(lambda x, y: where(x - 1.0, x**2 * y, np.exp(x) + y), ["x", "y"])
    assert law(2.0, 3.0) == (12.0, 12.0, 4.0)
    assert law(1.0, 3.0) == pytest.approx((math.e + 3.0, math.e, 1.0), rel=1e-15)  # at 0 the second holds
    assert compiled(abs, ["x"])(-2.0) == (2.0, -1.0)


def test_spline_and_its_slope_are_those_of_scipy():
    knots = np.array([0.0, 0.3, 0.7, 1.5, 2.0])
    table = CubicSpline(knots, np.sin(3.0 * knots))
    law = compiled(lambda x: spline(x**2, knots, table.c), ["x"])
    for x in (0.1, math.sqrt(0.3), 0.7, 1.0, 1.3, 1.4142, 1.6):  # the last one is beyond the last knot
        value, slope = law(x)
        assert value == pytest.approx(float(table(x * x)), rel=1e-13)
        assert slope == pytest.approx(float(table(x * x, 1)) * 2.0 * x, rel=1e-12)


FUNCTIONS = [np.exp, np.log, np.log10, np.sqrt, np.tanh, np.sinh, np.cosh, np.arcsinh, np.arctan, np.expm1, np.log1p]
FUNCTIONS += [
    np.square,
    np.reciprocal,
    np.positive,
    np.negative,
    np.absolute,
    np.fabs,
    lambda x: x**-3,
    lambda x: x**0.5,
]
FUNCTIONS += [lambda x: x**2.7, lambda x: 1.7**x, lambda x: x**x, lambda x: np.power(x, 12), lambda x: +x - 3 / x]


@pytest.mark.parametrize("number", range(len(FUNCTIONS)))
def test_every_elementary_function(number):
    function = FUNCTIONS[number]
    if function in (np.absolute, np.fabs):
        assert compiled(function, ["x"])(1.3) == (1.3, 1.0)
    else:
        hold_beside_complex_step(lambda x, y: function(x) * y + function(x * y), [[0.7, 1.3], [1.9, 0.4]])


def test_equal_expressions_are_one_node():
    (x, y), (one, two) = trace(lambda x, y: (x * y + y, y + y * x), ["x", "y"])
    assert one is two
    assert x * 0.0 == 0.0
    assert (-x).__neg__() is x
    assert 1.0 / (1.0 / x) is x
    assert isinstance(differentiate(one, y), Symbol)
    assert differentiate(x, y) == 0.0


def test_a_number_alone_is_a_law_too():
    assert compiled(lambda x: (2.0, 0.0 * x, x), ["x"])(3.0) == (2.0, 0.0, 3.0, 0.0, 0.0, 1.0)


def test_arities_are_checked():
    with pytest.raises(CeramerError, match="takes 1 arguments, but its face gives 3"):
        FaceKind("odd", (0,), (0,), ("width",), lambda x: x, ((0, 0),))
