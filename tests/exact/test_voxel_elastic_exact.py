"""Images whose effective stiffness is known in closed form, or to first order in the volume fraction."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ceramer.microstructure.voxels._elastic import STRAINS, bulk_and_shear_modulus, effective_elasticity

SOFT, STIFF = (3.0, 0.7), (20.0, 15.0)
PORE = (0.0, 0.0)


def sphere(n: int, fraction: float) -> np.ndarray:
    radius = (3.0 * fraction / (4.0 * np.pi)) ** (1 / 3) * n
    x = np.arange(n) + 0.5 - n / 2
    return (x[:, None, None] ** 2 + x[:, None] ** 2 + x**2 < radius**2).astype(np.uint8)


def uniform_stiffness(bulk: float, shear: float) -> np.ndarray:
    out = np.diag([2 * shear] * 3 + [shear] * 3)
    out[:3, :3] += bulk - 2 * shear / 3
    return out


def laminate_stiffness(axis: int, moduli: list[tuple[float, float]], parts: list[float]) -> np.ndarray:
    """Backus' average of isotropic layers normal to `axis`."""
    bulk, shear = np.array(moduli).T
    lame = bulk - 2 * shear / 3
    stiff = lame + 2 * shear
    mean = lambda values: float(np.dot(parts, values))  # noqa: E731
    normal = 1 / mean(1 / stiff)
    mixed = mean(lame / stiff) * normal
    along = mean(stiff - lame**2 / stiff) + mixed**2 / normal
    between = mean(lame - lame**2 / stiff) + mixed**2 / normal
    out = np.zeros((6, 6))
    others = [a for a in range(3) if a != axis]
    out[axis, axis] = normal
    for a in others:
        out[a, a], out[a, axis], out[axis, a] = along, mixed, mixed
        out[a + 3, a + 3] = 1 / mean(1 / shear)  # component a + 3 is the shear of the two axes other than a
    out[others[0], others[1]] = out[others[1], others[0]] = between
    out[axis + 3, axis + 3] = mean(shear)
    return out


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("count", [9, 12])
def test_laminate(axis, count):
    shape, reach = [1, 1, 1], [4, 3, 2]
    shape[axis] = reach[axis] = count
    line = (np.arange(count) >= count // 3).astype(int).reshape(shape)
    image = np.broadcast_to(line, reach)
    result = effective_elasticity(image, {0: SOFT, 1: STIFF}, tolerance=1e-12)
    np.testing.assert_allclose(
        result.stiffness, laminate_stiffness(axis, [SOFT, STIFF], [1 / 3, 2 / 3]), rtol=1e-9, atol=1e-9
    )
    assert result.converged


def test_three_layers_of_contrast_10000():
    moduli = [(1.0, 1.0), (1e4, 2e3), (30.0, 0.5)]
    image = np.repeat([0, 1, 2], [3, 2, 5]).reshape(10, 1, 1) * np.ones((1, 2, 3), int)
    result = effective_elasticity(image, dict(enumerate(moduli)), tolerance=1e-10)
    np.testing.assert_allclose(result.stiffness, laminate_stiffness(0, moduli, [0.3, 0.2, 0.5]), rtol=1e-6, atol=1e-6)


def test_homogeneous():
    bulk, shear = bulk_and_shear_modulus(150e9, 0.26)
    image = np.random.default_rng(0).integers(0, 3, (4, 5, 6))
    result = effective_elasticity(image, dict.fromkeys(range(3), (bulk, shear)))
    np.testing.assert_allclose(result.stiffness, uniform_stiffness(bulk, shear), rtol=1e-12, atol=1e-3)
    assert result.young_modulus == pytest.approx(150e9)
    assert result.poisson_ratio == pytest.approx(0.26)
    assert result.anisotropy == pytest.approx(0.0, abs=1e-9)
    assert set(result.iterations.values()) == {0}


@pytest.mark.parametrize("isotropic", [True, False])
def test_equal_shear_moduli_fix_the_bulk_modulus(isotropic):
    # Hill: 1/(K + 4 G/3) = sum f_i/(K_i + 4 G/3), whatever the arrangement; odd sizes have a strain for every mode
    bulks, shear = np.array([1.0, 8.0, 40.0]), 2.5
    image = np.random.default_rng(3).integers(0, 3, (7, 9, 5))
    parts = np.bincount(image.ravel()) / image.size
    expected = 1 / np.sum(parts / (bulks + 4 / 3 * shear)) - 4 / 3 * shear
    result = effective_elasticity(
        image,
        {i: (b, shear) for i, b in enumerate(bulks)},
        isotropic=isotropic,
        tolerance=1e-12,
        voxel_size=[1.0, 2.0, 0.7],
    )
    assert result.bulk_modulus == pytest.approx(expected, rel=1e-9)
    assert result.shear_modulus == pytest.approx(shear, rel=1e-12)


@pytest.mark.parametrize(("inclusion", "within"), [(PORE, 0.05), ((30.0, 18.0), 0.05), ((0.01, 0.006), 0.05)])
def test_dilute_spheres(inclusion, within):
    """Eshelby's first order: K = K0 + f (K1 - K0) (3 K0 + 4 G0)/(3 K1 + 4 G0), and alike for G."""
    (bulk, shear), n, fraction = (3.0, 1.8), 48, 0.01
    image = sphere(n, fraction)
    part = image.mean()
    result = effective_elasticity(image, {0: (bulk, shear), 1: inclusion}, isotropic=True, tolerance=1e-6)
    around = shear / 6 * (9 * bulk + 8 * shear) / (bulk + 2 * shear)
    slope_bulk = (inclusion[0] - bulk) * (3 * bulk + 4 * shear) / (3 * inclusion[0] + 4 * shear)
    slope_shear = (inclusion[1] - shear) * (shear + around) / (inclusion[1] + around)
    assert (result.bulk_modulus - bulk) / part == pytest.approx(slope_bulk, rel=within)
    assert (result.shear_modulus - shear) / part == pytest.approx(slope_shear, rel=within)


@pytest.mark.parametrize("inclusion", [PORE, (1e4, 1e4), (30.0, 18.0)])
def test_simple_cubic_spheres(inclusion):
    result = effective_elasticity(sphere(20, 0.25), {0: (3.0, 1.8), 1: inclusion}, tolerance=1e-7)
    c = result.stiffness
    expected = np.diag([c[0, 0] - c[0, 1]] * 3 + [c[3, 3]] * 3)
    expected[:3, :3] += c[0, 1]
    np.testing.assert_allclose(c, expected, rtol=1e-3, atol=1e-4 * c[0, 0])
    zener = 2 * c[3, 3] / (c[0, 0] - c[0, 1])
    assert abs(zener - 1) > 0.02
    assert result.anisotropy == pytest.approx(6 / 5 * (math.sqrt(zener) - 1 / math.sqrt(zener)) ** 2, rel=1e-2)
    two = effective_elasticity(sphere(20, 0.25), {0: (3.0, 1.8), 1: inclusion}, isotropic=True, tolerance=1e-7)
    assert two.bulk_modulus == pytest.approx(result.bulk_modulus, rel=1e-3)
    assert two.shear_modulus == pytest.approx(result.shear_modulus, rel=1e-3)
    assert result.bulk_bounds[0] * (1 - 1e-6) <= result.bulk_modulus <= result.bulk_bounds[1] * (1 + 1e-6)


def test_a_stack_of_columns_bears_along_them_only():
    # struts in a void: Young's modulus times their share, and nothing else
    image = np.zeros((5, 6, 6), int)
    image[:, 1:4, 1:4] = 1
    result = effective_elasticity(image, {0: PORE, 1: (1.0, 0.6)}, tolerance=1e-9)
    young = 9 * 0.6 / (3 + 0.6)
    assert result.component("zz", "zz") == pytest.approx(0.25 * young, rel=1e-8)
    rest = result.stiffness.copy()
    rest[0, 0] = 0.0
    np.testing.assert_allclose(rest, 0.0, atol=1e-9)
    assert result.converged


def test_plane_strain():
    # one voxel along z: a laminate along y
    image = np.repeat([0, 1], 4).reshape(1, 8, 1) * np.ones((1, 1, 3), int)
    result = effective_elasticity(image, {0: SOFT, 1: STIFF}, tolerance=1e-12)
    np.testing.assert_allclose(
        result.stiffness, laminate_stiffness(1, [SOFT, STIFF], [0.5, 0.5]), rtol=1e-9, atol=1e-9
    )


def test_names_of_the_components():
    assert STRAINS == ("zz", "yy", "xx", "yx", "zx", "zy")
