"""Refining the voxels brings the smooth answer, at an observed rate."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ceramer.laws import hashin_shtrikman_lower, hashin_shtrikman_upper
from ceramer.microstructure.voxels import blobs, coarsened, effective_conductivity


def sphere(n: int, fraction: float) -> np.ndarray:
    radius = (3.0 * fraction / (4.0 * np.pi)) ** (1 / 3) * n
    x = np.arange(n) + 0.5 - n / 2
    return (x[:, None, None] ** 2 + x[:, None] ** 2 + x**2 < radius**2).astype(np.uint8)


def checkerboard(n: int) -> np.ndarray:
    return np.kron([[0, 1], [1, 0]], np.ones((n, n), int))


def test_checkerboard_reaches_the_geometric_mean():
    """H = sqrt(s1 s2) in the plane; singular corners bring the rate below 1, the more the higher the contrast."""
    values = {
        n: effective_conductivity(
            checkerboard(n), {0: 10.0, 1: 1.0}, directions="y", tolerance=1e-7, precision="float64"
        ).along("y")
        for n in (16, 32, 64, 128)
    }
    errors = [1.0 - values[n] / np.sqrt(10.0) for n in (16, 32, 64, 128)]
    assert all(e > 0.0 for e in errors)
    rates = [np.log2(a / b) for a, b in pairwise(errors)]
    assert all(0.65 < r < 0.9 for r in rates), rates
    limit = values[128] + (values[128] - values[64]) / (2.0 ** rates[-1] - 1.0)
    assert limit == pytest.approx(np.sqrt(10.0), rel=2e-3)


@pytest.mark.parametrize(
    ("inner", "extra", "exact"),
    [
        (0.0, {}, 0.605661),
        (10.0, {"interfaces": {(0, 1): 2.675551}}, 1.0),
        (0.1, {"sheets": {(0, 1): 0.1868774}}, 1.0),
    ],
)
def test_spheres_converge_with_contacts_and_sheets(inner, extra, exact):
    errors = []
    for n in (24, 48):
        value = effective_conductivity(
            sphere(n, 0.3),
            {0: 1.0, 1: inner},
            voxel_size=1 / n,
            directions="x",
            tolerance=1e-5,
            precision="float64",
            **extra,
        ).along("x")
        errors.append(abs(value / exact - 1.0))
    assert errors[1] < 0.65 * errors[0]
    assert errors[1] < 0.022


def test_staircase_area_would_not_converge():
    """Voxel faces taken for the surface overestimate a contact by half its area, and refining does not help."""
    for n in (24, 48):
        value = effective_conductivity(
            sphere(n, 0.3),
            {0: 1.0, 1: 10.0},
            interfaces={(0, 1): 2.675551},
            voxel_size=1 / n,
            directions="x",
            tolerance=1e-5,
            precision="float64",
            smooth=False,
        ).along("x")
        assert value > 1.05


def test_planar_duality_converges_under_refinement():
    """H(1/s) = H(s) / det H(s) in the plane of the continuum; the lattice comes to it as its voxels shrink."""
    board = np.random.default_rng(3).integers(0, 2, (6, 6))
    errors = []
    for n in (4, 8, 16, 32):
        image = np.kron(board, np.ones((n, n), int))
        first, inverse = (
            effective_conductivity(image, {0: 1.0, 1: 5.0**sign}, tolerance=1e-9, precision="float64").tensor
            for sign in (1, -1)
        )
        errors.append(np.abs(inverse - first / np.linalg.det(first)).max())
    rates = [np.log2(a / b) for a, b in pairwise(errors)]
    assert all(r > 0.6 for r in rates), rates
    assert errors[-1] < 0.01


@pytest.mark.parametrize("contrast", [10.0, 100.0])
def test_isotropic_ensembles_keep_the_hashin_shtrikman_bounds_after_extrapolation(contrast):
    """Means over images and axes, extrapolated from an image and its half; Wiener's bounds are twice as wide."""
    fine, coarse = [], []
    for seed in range(4):
        image = blobs(40, 1e-6, {"slow": 0.6, "fast": 0.4}, 10e-6, seed=seed)
        sigma = {"slow": 1.0, "fast": contrast}
        fine.append(effective_conductivity(image, sigma, tolerance=1e-4).mean)
        coarse.append(effective_conductivity(coarsened(image), sigma, tolerance=1e-4).mean)
    limit = 2.0 * np.mean(fine) - np.mean(coarse)
    scatter = np.std(fine, ddof=1) / 2.0
    fractions = ([1.0, contrast], [0.6, 0.4])
    assert (
        hashin_shtrikman_lower(*fractions) - 2.0 * scatter < limit < hashin_shtrikman_upper(*fractions) + 2.0 * scatter
    )
    assert scatter < 0.1 * limit
