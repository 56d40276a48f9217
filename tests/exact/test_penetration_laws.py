"""Cracks and the stability of interfaces: against an elastic problem solved here, and against what was published."""

import math

import numpy as np
import pytest

from ceramer import laws
from ceramer.units import FARADAY

LITHIUM = 1.3e-5  # m3/mol
ELASTIC = {"metal_poisson": 0.42, "separator_poisson": 0.33}
VOLUMES = {"metal_molar_volume": LITHIUM, "ion_molar_volume": 7e-5}


def test_griffith_pressure_balances_the_toughness():
    eta = laws.griffith_overpotential(1.1e6, 2e-6, LITHIUM)
    assert 1.12 * (FARADAY * eta / LITHIUM) * math.sqrt(math.pi * 2e-6) == pytest.approx(1.1e6, rel=1e-12)


def test_griffith_scaling():
    one = laws.griffith_overpotential(1e6, 1e-6, LITHIUM)
    assert laws.griffith_overpotential(2e6, 1e-6, LITHIUM) == pytest.approx(2 * one)
    assert laws.griffith_overpotential(1e6, 4e-6, LITHIUM) == pytest.approx(one / 2)
    assert laws.griffith_overpotential(1e6, 1e-6, LITHIUM, 1.0) == pytest.approx(1.12 * one)


def half_space(shear, poisson, side):
    """Surface rows (normal displacement, tangential, shear traction, mean pressure, deviatoric) per pair of modes.

    u_x = (p + q |y|) exp(-k|y|) sin kx, u_y = side (r + s |y|) exp(-k|y|) cos kx at k = 1, y = side |y|; equilibrium
    is imposed on p, q, r, s by differentiating by hand.
    """
    lame = 2 * shear * poisson / (1 - 2 * poisson)
    # unknowns p, q, r, s; div sigma = 0 in x and y at |y| = 0 and at order |y|
    # dilatation: theta = (p + q Y) + (s - r - s Y) = (p - r + s) + (q - s) Y, times exp(-Y) cos x
    # x: (lame + G) d theta/dx + G laplace u_x ; laplace of (p + q Y) exp(-Y) sin x = -2 q exp(-Y) sin x
    m = lame + shear
    rows = np.array(
        [
            [-m, -2 * shear, m, -m],  # -m (p - r + s) - 2 G q = 0
            [0.0, -m, 0.0, m],  # -m (q - s) = 0, from order Y
        ]
    )
    _, _, v = np.linalg.svd(rows)
    modes = v[2:].T  # two admissible combinations
    p, q, r, s = modes
    theta = p - r + s
    strain_yy = s - r
    shear_traction = side * shear * (q - p - r)  # G (d u_x/dy + d u_y/dx)
    normal = lame * theta + 2 * shear * strain_yy
    parallel = lame * theta + 2 * shear * p
    pressure = -(normal + parallel) / 2
    return np.array([side * r, p, shear_traction, pressure, normal + pressure])


@pytest.mark.parametrize(
    ("metal", "separator", "nu_e", "nu_s"), [(1.0, 1.0, 0.3, 0.3), (1.0, 4.0, 0.42, 0.2), (3.0, 1.0, 0.1, 0.45)]
)
def test_monroe_newman_solves_the_elastic_problem(metal, separator, nu_e, nu_s):
    above, below = half_space(separator, nu_s, 1.0), half_space(metal, nu_e, -1.0)
    conditions = np.zeros((4, 4))
    conditions[0, :2] = above[0]  # u_y = 1 in the separator
    conditions[1, 2:] = below[0]  # u_y = 1 in the metal
    conditions[2, :2], conditions[2, 2:] = above[1], -below[1]
    conditions[3, :2], conditions[3, 2:] = above[2], -below[2]
    modes = np.linalg.solve(conditions, [1.0, 1.0, 0.0, 0.0])
    pressures = above[3] @ modes[:2] + below[3] @ modes[2:]
    jump = below[4] @ modes[2:] - above[4] @ modes[:2]
    # v = 1 leaves the deviatoric jump, V_+ = 0 both
    shared = {"metal_poisson": nu_e, "separator_poisson": nu_s, "surface_tension": 0.0, "metal_molar_volume": 1.0}
    only_jump = laws.monroe_newman_stability(1.0, metal, separator, ion_molar_volume=1.0, **shared)
    both = laws.monroe_newman_stability(1.0, metal, separator, ion_molar_volume=0.0, **shared)
    assert only_jump == pytest.approx(jump, rel=1e-12)
    assert both == pytest.approx((jump + pressures) / 2, rel=1e-12)


def test_surface_tension_alone():
    soft = laws.monroe_newman_stability(1e9, 1e-6, 1e-6, surface_tension=0.5, **ELASTIC, **VOLUMES)
    assert soft == pytest.approx(-0.5 * (LITHIUM + 7e-5) * 1e18 / 2, rel=1e-9)


def test_critical_ratio_is_where_the_elastic_part_vanishes():
    for volume_ratio in (0.1, 0.9, 3.0, 10.0):
        ratio = laws.monroe_newman_critical_ratio(0.42, 0.33, volume_ratio)
        volumes = {"metal_molar_volume": LITHIUM, "ion_molar_volume": volume_ratio * LITHIUM}

        def chi(factor, volumes=volumes, ratio=ratio):
            return laws.monroe_newman_stability(1.0, 1.0, factor * ratio, surface_tension=0.0, **ELASTIC, **volumes)

        assert chi(1.0) == pytest.approx(0.0, abs=1e-12 * abs(chi(2.0)))
        stable_when_stiff = chi(2.0) < 0 < chi(0.5)
        assert stable_when_stiff == (volume_ratio > 1.0)


def test_a_polymer_must_be_about_twice_as_stiff_as_lithium():
    # the conclusion of Monroe and Newman (2005), V_+ several times V_M
    assert laws.monroe_newman_critical_ratio(0.42, 0.33, 5.0) == pytest.approx(2.0, rel=0.15)
