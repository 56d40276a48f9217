"""Images whose effective conductivity is known in closed form or by a converged series (matrix 1, cell 1)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from ceramer.microstructure.voxels._solve import effective_conductivity

TIGHT = {"tolerance": 1e-12, "precision": "float64"}


def sphere(n: int, fraction: float) -> np.ndarray:
    radius = (3.0 * fraction / (4.0 * np.pi)) ** (1 / 3) * n
    x = np.arange(n) + 0.5 - n / 2
    return (x[:, None, None] ** 2 + x[:, None] ** 2 + x**2 < radius**2).astype(np.uint8)


def layers(along: int, count: int, width: int = 3) -> np.ndarray:
    """Two materials in a third and two thirds of `count` voxels along one axis."""
    line = np.ones(count, int)
    line[: count // 3] = 0
    shape = [1, 1, 1]
    shape[along] = count
    return np.broadcast_to(line.reshape(shape), [count if a == along else width for a in range(3)]).copy()


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("periodic", [True, False])
def test_layers_conduct_in_series_and_in_parallel(axis, periodic):
    result = effective_conductivity(layers(axis, 12), {0: 10.0, 1: 1.0}, periodic=periodic, **TIGHT)
    expected = np.full(3, 4.0)
    expected[axis] = float(1 / (Fraction(1, 3) / 10 + Fraction(2, 3)))
    np.testing.assert_allclose(np.diag(result.tensor), expected, rtol=1e-11)
    if periodic:
        np.testing.assert_allclose(result.tensor - np.diag(expected), 0.0, atol=1e-11)
    else:
        assert np.isnan(result.tensor[0, 1])


@pytest.mark.parametrize("axis", ["z", "y", "x"])
def test_two_contacts_in_series_with_the_layers(axis):
    # 16/1 + 8/10 + 2/0.05 = 56.8 for 24 voxels of edge 1
    image = layers("zyx".index(axis), 24, 2)
    result = effective_conductivity(
        image, {0: 10.0, 1: 1.0}, interfaces={(1, 0): 0.05}, voxel_size=1.0, directions=axis, **TIGHT
    )
    assert result.along(axis) == pytest.approx(24 / 56.8, rel=1e-11)
    shares = result.power_shares[axis]
    assert shares[0] == pytest.approx(0.8 / 56.8, rel=1e-6)
    assert shares[1] == pytest.approx(16 / 56.8, rel=1e-6)
    assert shares[(0, 1)] == pytest.approx(40 / 56.8, rel=1e-6)


def test_lengths_in_metres_and_anisotropic_voxels():
    # two 3 um layers of 0.1 S/m and 0.4 S/m and two contacts of 1e5 S/m2; the other edges do not matter
    image = layers(0, 12, 3)
    image[:6], image[6:] = 0, 1
    result = effective_conductivity(
        image,
        {0: "1 mS/cm", 1: 0.4},
        interfaces={(0, 1): 1e5},
        voxel_size=["0.5 um", 2e-6, 3e-7],
        directions=["z", "x"],
        **TIGHT,
    )
    resistance = 3e-6 / 0.1 + 3e-6 / 0.4 + 2 / 1e5
    assert result.along("z") == pytest.approx(6e-6 / resistance, rel=1e-11)
    assert result.along("x") == pytest.approx(0.25, rel=1e-11)


def test_one_layer_thin_as_a_voxel_with_its_contacts():
    image = np.ones((9, 4, 4), int)
    image[4] = 0
    result = effective_conductivity(image, {0: 0.01, 1: 1.0}, interfaces={(0, 1): 3.0}, voxel_size=0.5, **TIGHT)
    assert result.along("z") == pytest.approx(4.5 / (8 * 0.5 + 0.5 / 0.01 + 2 / 3.0), rel=1e-11)
    assert result.along("x") == pytest.approx((8 + 0.01) / 9, rel=1e-11)


def test_sheets_on_flat_layers_add_their_conductance_along_them_only():
    # two surfaces of S in a period of 12 x 0.5: sigma_parallel + 2 S / 6
    result = effective_conductivity(layers(1, 12, 4), {0: 10.0, 1: 1.0}, sheets={(0, 1): 0.9}, voxel_size=0.5, **TIGHT)
    assert result.along("y") == pytest.approx(1.0 / (1 / 30 + 2 / 3), rel=1e-10)
    for axis in ("z", "x"):
        assert result.along(axis) == pytest.approx(4.0 + 2 * 0.9 / 6.0, rel=1e-10)
        assert result.power_shares[axis][(0, 1)] == pytest.approx(0.3 / 4.3, rel=1e-9)
        assert result.current_shares[axis][(0, 1)] == pytest.approx(0.3 / 4.3, rel=1e-9)


def test_sheets_on_a_layer_of_one_voxel_keep_both_surfaces():
    image = np.ones((10, 4, 4), int)
    image[5] = 0
    result = effective_conductivity(image, {0: 1.0, 1: 1.0}, sheets={(0, 1): 0.25}, voxel_size=1.0, **TIGHT)
    assert result.along("x") == pytest.approx(1.0 + 2 * 0.25 / 10, rel=1e-10)
    assert result.along("z") == pytest.approx(1.0, rel=1e-10)


def test_complex_layers_are_exact():
    omega, farad = 2e5, 8.854e-12
    a, b = 1e-3 + 1j * omega * 40 * farad, 2e-5 + 1j * omega * 1e4 * farad
    image = layers(2, 9, 3)
    result = effective_conductivity(image, {0: a, 1: b}, tolerance=1e-12)
    assert result.along("x") == pytest.approx(1 / ((1 / a + 2 / b) / 3), rel=1e-11)
    assert result.along("z") == pytest.approx((a + 2 * b) / 3, rel=1e-11)
    assert sum(result.power_shares["x"].values()) == pytest.approx(1.0, rel=1e-10)


def test_brick_layer_with_contacts_on_box_faces():
    # cubes of edge d with G on every face: 1/s = 1/s_g + 1/(G d) (voxel faces are the true surface)
    n, size = 4, 2
    grains = (np.indices((n * size,) * 3) // n).sum(axis=0) % 2 + 2 * (np.indices((n * size,) * 3)[0] // n)
    kinds = sorted({int(g) for g in grains.ravel()})
    pairs = {(a, b): 3.0 for a in kinds for b in kinds if a < b}
    result = effective_conductivity(
        grains, dict.fromkeys(kinds, 2.0), interfaces=pairs, voxel_size=0.25, smooth=False, **TIGHT
    )
    expected = 1 / (1 / 2.0 + 1 / (3.0 * 1.0))
    np.testing.assert_allclose(np.diag(result.tensor), expected, rtol=1e-10)


def test_grain_boundaries_inside_one_phase_are_those_contacts():
    n = 4
    grains = ((np.indices((8, 8, 8)) // n) * np.array([4, 2, 1]).reshape(3, 1, 1, 1)).sum(axis=0)
    result = effective_conductivity(
        np.zeros((8, 8, 8), int),
        {0: 2.0},
        interfaces={(0, 0): 3.0},
        grains=grains,
        voxel_size=0.25,
        smooth=False,
        **TIGHT,
    )
    np.testing.assert_allclose(np.diag(result.tensor), 1 / (1 / 2.0 + 1 / 3.0), rtol=1e-10)


def test_planar_duality():
    # in the plane, H(1/s) = H(s) / det H(s), for a random symmetric checkerboard turned by a quarter: here layers
    rng = np.random.default_rng(3)
    board = np.kron(rng.integers(0, 2, (6, 6)), np.ones((8, 8), int))
    sigma = {0: 1.0, 1: 4.0}
    first = effective_conductivity(board, sigma, **TIGHT).tensor
    inverse = effective_conductivity(board, {k: 1.0 / v for k, v in sigma.items()}, **TIGHT).tensor
    # exact for the continuum; the lattice of 8 voxels a square meets it to a few per cent
    np.testing.assert_allclose(inverse, first / np.linalg.det(first), rtol=0.04, atol=0.01)


# Tolerances leave room for the resolution, and none for a wrong sign or the staircase's 1.5 times area.
SPHERES = [
    # fraction, sphere, extra, exact, allowed
    (0.1, 10.0, {}, 1.243339, 0.005),
    (0.1, 0.1, {}, 0.876693, 0.011),
    (0.1, 0.0, {}, 0.857112, 0.015),
    (0.3, 10.0, {}, 1.887740, 0.004),
    (0.3, 0.1, {}, 0.656290, 0.015),
    (0.3, 0.0, {}, 0.605661, 0.025),
    (0.3, 1e6, {}, 2.332885, 0.010),
    (0.3, 10.0, {"interfaces": {(0, 1): 1.0}}, 0.7894964, 0.020),
    (0.3, 10.0, {"interfaces": {(0, 1): 100.0}}, 1.8118832, 0.010),
    (0.3, 10.0, {"interfaces": {(0, 1): 2.675551}}, 1.0, 0.016),
    (0.3, 0.1, {"sheets": {(0, 1): 0.05}}, 0.7659799, 0.020),
    (0.3, 0.1, {"sheets": {(0, 1): 0.1868774}}, 1.0, 0.028),
]


@pytest.mark.parametrize(("fraction", "inner", "extra", "exact", "allowed"), SPHERES)
def test_cubic_spheres_at_32_voxels(fraction, inner, extra, exact, allowed):
    result = effective_conductivity(
        sphere(32, fraction),
        {0: 1.0, 1: inner},
        voxel_size=1 / 32,
        directions="z",
        tolerance=1e-6,
        precision="float64",
        **extra,
    )
    assert result.converged
    assert result.along("z") == pytest.approx(exact, rel=allowed)


@pytest.mark.full
@pytest.mark.parametrize(("fraction", "inner", "extra", "exact", "_allowed"), SPHERES)
def test_cubic_spheres_within_one_per_cent_at_128_voxels(fraction, inner, extra, exact, _allowed):
    result = effective_conductivity(
        sphere(128, fraction), {0: 1.0, 1: inner}, voxel_size=1 / 128, directions="z", tolerance=1e-5, **extra
    )
    assert result.along("z") == pytest.approx(exact, rel=0.01)


def test_sheets_on_an_image_with_walls_and_electrodes():
    # one flat surface of S in 6 x 0.5 across y, insulated walls: sigma_parallel + S / 3; nothing along y
    image = layers(1, 6, 4)
    result = effective_conductivity(
        image, {0: 10.0, 1: 1.0}, sheets={(0, 1): 0.9}, voxel_size=0.5, periodic=False, keep_maps=True, **TIGHT
    )
    assert result.along("y") == pytest.approx(1.0 / (1 / 30 + 2 / 3), rel=1e-10)
    for axis in ("z", "x"):
        assert result.along(axis) == pytest.approx(4.0 + 0.9 / 3.0, rel=1e-10)
        assert result.power_shares[axis][(0, 1)] == pytest.approx(0.3 / 4.3, rel=1e-9)
    assert np.isnan(result.tensor[0, 2])
    assert result.potential["x"].shape == image.shape
    assert result.flux["x"].shape == (*image.shape, 3)


def test_an_image_and_its_mirror_image_conduct_alike():
    # with walls, electrodes and a contact; the sheet is so small that it only makes the image be mirrored
    image = np.random.default_rng(5).integers(0, 3, (5, 6, 4))
    sigma, contacts = {0: 1.0, 1: 7.0, 2: 0.0}, {(0, 1): 3.0}
    for periodic in (False, (True, False, True)):
        more = {"interfaces": contacts, "voxel_size": 0.5, "periodic": periodic, "smooth": False, **TIGHT}
        plain = effective_conductivity(image, sigma, **more)
        mirrored = effective_conductivity(image, sigma, sheets={(1, 2): 1e-13}, **more)
        np.testing.assert_allclose(mirrored.tensor, plain.tensor, rtol=1e-9, atol=1e-10)
        assert mirrored.volume_fractions == plain.volume_fractions
        for axis in "zyx":
            assert mirrored.percolates[axis] == plain.percolates[axis]
            assert mirrored.current_shares[axis][1] == pytest.approx(plain.current_shares[axis][1], rel=1e-4)
