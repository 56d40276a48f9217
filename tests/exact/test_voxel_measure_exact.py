"""Measures of voxel images against bodies whose area, chords, thickness and paths are known."""

import math

import numpy as np
import pytest

from ceramer.microstructure.voxels import (
    Sizes,
    VoxelImage,
    blobs,
    chord_lengths,
    coated_particles,
    connectivity,
    geometric_tortuosity,
    interface_area,
    local_thickness,
    particle_sizes,
    particles,
    representative_volume,
    thickness_map,
)

UM = 1e-6
TWO = {0: "out", 1: "in"}


def grid(shape, spacing=(1.0, 1.0, 1.0)):
    """Voxel centres, the origin in the middle of the image."""
    axes = [(np.arange(n) + 0.5 - 0.5 * n) * h for n, h in zip(shape, spacing, strict=True)]
    return np.meshgrid(*axes, indexing="ij")


def sphere(radius, shift=(0.0, 0.0, 0.0), spacing=(1.0, 1.0, 1.0)):
    shape = [int((2 * radius + 10) / h) + 1 for h in spacing]
    z, y, x = (a - s for a, s in zip(grid(shape, spacing), shift, strict=True))
    return VoxelImage(z * z + y * y + x * x < radius**2, [h * UM for h in spacing], TWO)


def halves(normal, shift, n=40):
    z, y, x = grid((n, n, n))
    return VoxelImage(normal[0] * z + normal[1] * y + normal[2] * x > shift, UM, TWO)


def true_area(image):
    """Area of a digital plane, from its projections: the faces across axis k add up to A |n_k|."""
    projections = [np.diff(image.labels.astype(int), axis=k).sum() for k in range(3)]
    return float(np.linalg.norm(projections)) * UM**2


@pytest.mark.parametrize("radius", [8, 12, 16, 24])
def test_a_sphere_has_four_pi_r_squared(radius):
    shifts = np.random.default_rng(radius).uniform(-0.5, 0.5, (4, 3))
    found = [interface_area(sphere(radius, s), "in") for s in shifts]
    exact = 4 * math.pi * (radius * UM) ** 2
    errors = np.array([f.area / exact - 1 for f in found])
    assert np.abs(errors).max() < 0.011
    assert abs(errors.mean()) < 0.006
    # the plain sum of faces is half too large, and stays so
    assert all(f.staircase / exact == pytest.approx(1.5, abs=0.02) for f in found)


def test_the_area_converges_when_the_smoothing_grows_with_the_radius():
    errors = []
    for radius, smoothing in ((6, 1.5), (12, 2.5), (30, 4.5)):
        shifts = np.random.default_rng(1).uniform(-0.5, 0.5, (4, 3))
        exact = 4 * math.pi * (radius * UM) ** 2
        found = [interface_area(sphere(radius, s), "in", smoothing=smoothing).area for s in shifts]
        errors.append(np.mean(np.abs(np.array(found) / exact - 1)))
    assert errors[0] > errors[1] > errors[2]
    assert errors[2] < 2e-3


@pytest.mark.parametrize("spacing", [(2.0, 1.0, 1.0), (1.0, 1.5, 2.0)])
def test_a_sphere_in_flat_voxels(spacing):
    found = interface_area(sphere(14, spacing=spacing), "in", smoothing=3.0)
    assert found.area == pytest.approx(4 * math.pi * (14 * UM) ** 2, rel=0.015)


def test_tilted_planes():
    rng = np.random.default_rng(2)
    worst = 0.0
    for _ in range(20):
        normal = rng.standard_normal(3)
        image = halves(normal / np.linalg.norm(normal), rng.uniform(-0.5, 0.5))
        found = interface_area(image, "in")
        worst = max(worst, abs(found.area / true_area(image) - 1))
    assert worst < 0.012
    diagonal = interface_area(halves(np.array([1.0, 1.0, 0.0]), 0.3), "in")
    assert diagonal.staircase / diagonal.area == pytest.approx(math.sqrt(2), rel=0.01)
    straight = interface_area(halves(np.array([1.0, 0.0, 0.0]), 0.3), "in")
    assert straight.area == straight.staircase == pytest.approx(1600 * UM**2, rel=1e-12)


def test_periodic_faces_count_once():
    labels = np.zeros((20, 6, 6), dtype=np.uint8)
    labels[:8] = 1
    for periodic, faces in ((False, 1), (True, 2)):
        image = VoxelImage(labels, UM, TWO, periodic=(periodic,) * 3)
        assert interface_area(image, "in").area == pytest.approx(faces * 36 * UM**2, rel=1e-12)
        assert interface_area(image, "in").specific == pytest.approx(faces / (20 * UM), rel=1e-12)


def test_areas_between_pairs_of_three_phases():
    """A thin shell: each of its two faces is told from the other; and they add up."""
    image = coated_particles(72, 0.25 * UM, 0.2, 6 * UM, 0.5 * UM, seed=1)
    volumes = np.bincount(image.grains.ravel())[1:] * (0.25 * UM) ** 3
    radii = np.cbrt(0.75 / math.pi * volumes)
    inner = interface_area(image, "particle", "coating").area
    outer = interface_area(image, "coating", "matrix").area
    assert inner == pytest.approx(4 * math.pi * (radii**2).sum(), rel=0.01)
    assert outer == pytest.approx(4 * math.pi * ((radii + 0.5 * UM) ** 2).sum(), rel=0.015)
    assert interface_area(image, "coating").area == pytest.approx(inner + outer, rel=0.02)
    assert interface_area(image, "particle", "matrix").area == 0.0


def test_a_dense_packing_of_spheres():
    image = particles(96, 0.25 * UM, 0.5, Sizes.between(1.5 * UM, 5 * UM), seed=1, gap=0.25 * UM)
    volumes = np.bincount(image.grains.ravel())[1:] * (0.25 * UM) ** 3
    exact = (math.pi ** (1 / 3) * (6 * volumes) ** (2 / 3)).sum()
    assert interface_area(image, "particle").area == pytest.approx(exact, rel=0.015)


def test_chords_of_a_sphere_and_the_mean_chord_rule():
    found = chord_lengths(sphere(24, (0.2, -0.3, 0.4)), "in", "x")
    assert found.mean == pytest.approx(4 / 3 * 24 * UM, rel=0.01)
    # chords l of a sphere have the density l/(2 r^2): variance r^2 (2 - 16/9)
    assert found.standard_deviation == pytest.approx(24 * UM * math.sqrt(2 - 16 / 9), rel=0.02)
    assert found.share_below(24 * UM) == pytest.approx(0.25, abs=0.02)
    image = particles(96, 0.25 * UM, 0.5, Sizes.between(1.5 * UM, 5 * UM), seed=1)
    for phase in ("particle", "matrix"):
        rule = 4 * image.fractions()[phase] / interface_area(image, phase).specific
        for axis in "zyx":
            assert chord_lengths(image, phase, axis).mean == pytest.approx(rule, rel=0.025)


def test_chords_of_slabs_at_the_edge():
    labels = np.zeros((20, 3, 3), dtype=np.uint8)
    labels[:3] = labels[-4:] = labels[8:10] = 1
    cut = chord_lengths(VoxelImage(labels, UM, TWO), "in", "z")
    assert cut.values == pytest.approx([2 * UM])
    assert cut.left_out == pytest.approx(7 / 9)
    joined = chord_lengths(VoxelImage(labels, UM, TWO, periodic=(True,) * 3), "in", "z")
    assert joined.values == pytest.approx([2 * UM, 7 * UM])
    assert joined.shares == pytest.approx([0.5, 0.5])
    assert joined.left_out == 0.0
    gap = chord_lengths(VoxelImage(labels, UM, TWO, periodic=(True,) * 3), "out", "z")
    assert gap.values == pytest.approx([5 * UM, 6 * UM])


@pytest.mark.parametrize("width", [2, 3, 6, 9])
@pytest.mark.parametrize("axis", [0, 2])
def test_slabs_are_as_thick_as_they_are(width, axis):
    labels = np.zeros((24, 24, 24), dtype=np.uint8)
    np.moveaxis(labels, axis, 0)[5 : 5 + width] = 1
    image = VoxelImage(labels, UM, TWO)
    coarse, fine = local_thickness(image, "in"), local_thickness(image, "in", refinement=2)
    assert coarse.values == pytest.approx([coarse.mean])
    assert coarse.mean == pytest.approx(width * UM, abs=0.501 * UM)
    assert fine.mean == pytest.approx(width * UM, abs=0.251 * UM)
    wrapped = VoxelImage(np.roll(labels, -8, axis), UM, TWO, periodic=(True,) * 3)
    assert local_thickness(wrapped, "in").mean == pytest.approx(coarse.mean, rel=1e-6)


def test_a_sphere_is_as_thick_as_its_diameter():
    for radius in (8, 14):
        image = sphere(radius, (0.1, 0.3, -0.2))
        coarse, fine = (local_thickness(image, "in", refinement=n).quantile(0.5) for n in (1, 2))
        assert coarse == pytest.approx(2 * radius * UM, abs=2.0 * UM)
        assert fine == pytest.approx(2 * radius * UM, abs=1.5 * UM)


def test_two_spheres_are_told_apart_by_thickness():
    z, y, x = grid((30, 30, 60))
    big, small = z**2 + y**2 + (x + 12) ** 2 < 12**2, z**2 + y**2 + (x - 14) ** 2 < 6**2
    image = VoxelImage(big | small, UM, TWO)
    found = thickness_map(image, "in")
    assert np.median(found[big]) == pytest.approx(24 * UM, abs=2.5 * UM)
    assert np.median(found[small]) == pytest.approx(12 * UM, abs=2.5 * UM)
    assert (found[~(big | small)] == 0).all()
    sizes = particle_sizes(VoxelImage(big | small, UM, TWO), "in")
    assert sizes.values == pytest.approx([12 * UM, 24 * UM], rel=0.02)


def channel(n, width, periodic=False):
    """A channel at 45 degrees in the z-x plane."""
    z, _, x = np.meshgrid(np.arange(n), np.arange(2), np.arange(2 * n), indexing="ij")
    inside = (x - z) % n < width if periodic else (x - z >= 0) & (x - z < width)
    sides = (False, True, True) if periodic else (False,) * 3
    return VoxelImage(inside, UM, TWO, periodic=sides)


@pytest.mark.parametrize(("n", "tolerance"), [(24, 0.02), (64, 0.01)])
def test_a_channel_at_45_degrees_is_longer(n, tolerance):
    narrow = geometric_tortuosity(channel(n, 2), "in", "z")
    # every path goes down the diagonal, but for the channel's own width
    assert narrow.mean == pytest.approx(math.sqrt(2), rel=2.5 / n)
    width = n // 4
    wide = geometric_tortuosity(channel(n, width), "in", "z")
    ends = np.linspace(0, width, 1000)
    exact = np.sqrt(1 + (np.maximum(n + ends - width, 0) / n) ** 2)
    assert wide.mean == pytest.approx(exact.mean(), rel=0.5 * tolerance)
    assert wide.shortest == pytest.approx(exact.min(), rel=tolerance)


@pytest.mark.parametrize("spacing", [1e-6, (1e-6, 2e-6, 3e-6)])
@pytest.mark.parametrize("axis", ["z", "y", "x"])
def test_a_straight_channel_has_tortuosity_one(spacing, axis):
    labels = np.zeros((24, 24, 24), dtype=np.uint8)
    np.moveaxis(labels, "zyx".index(axis), 0)[:, 6:9, 5:10] = 1
    found = geometric_tortuosity(VoxelImage(labels, spacing, TWO), "in", axis)
    assert found.mean == found.shortest == pytest.approx(1.0, rel=1e-12)
    assert found.standard_deviation == pytest.approx(0.0, abs=1e-12)


def test_paths_at_any_angle():
    """From a slit across a free space: straight lines to every voxel of the far face."""
    n, m = 60, 121
    labels = np.ones((n, 1, m), dtype=np.uint8)
    labels[0] = 0
    labels[0, :, m // 2] = 1
    image = VoxelImage(labels, UM, TWO)
    found = geometric_tortuosity(image, "in", "z")
    x = np.arange(m) - m // 2
    out = np.sqrt(1 + (x / (n - 1)) ** 2)
    assert found.shortest == pytest.approx(1.0, rel=2e-3)
    # forwards to all of the far face; backwards to the slit, where the straight path is the shortest
    exact = np.append(out, 1.0).mean()
    assert found.mean == pytest.approx(exact, rel=0.02)


def test_paths_cross_periodic_sides_but_no_edge_contacts():
    assert geometric_tortuosity(channel(40, 10, periodic=True), "in", "z").percolates
    steps = np.zeros((8, 1, 8), dtype=np.uint8)
    steps[np.arange(8), 0, np.arange(8)] = 1  # voxels that meet in edges only
    found = geometric_tortuosity(VoxelImage(steps, UM, TWO), "in", "z")
    assert not found.percolates
    assert found.mean == math.inf


def test_flat_voxels_make_the_same_lengths():
    z, _, x = np.meshgrid(np.arange(32), np.arange(2), np.arange(128), indexing="ij")
    inside = (x - 2 * z >= 0) & (x - 2 * z < 16)
    found = geometric_tortuosity(VoxelImage(inside, (2e-6, 1e-6, 1e-6), TWO), "in", "z")
    ends = np.linspace(0, 16, 1000)
    exact = np.sqrt(1 + (np.maximum(64 + ends - 16, 0) / 64) ** 2)
    assert found.mean == pytest.approx(exact.mean(), rel=0.06)


def test_connectivity_of_known_clusters():
    labels = np.zeros((10, 10, 10), dtype=np.uint8)
    labels[:, 2, 2] = 1  # 10 voxels from face to face
    labels[:4, 5, 5] = 1  # a dead end of 4
    labels[4:6, 8, 8] = 1  # floating, 2
    labels[6, 7, 7] = 1  # meets the last one in a corner only: floating, 1
    found = connectivity(VoxelImage(labels, UM, TWO), "in")
    assert found.clusters == 4
    assert found.fraction == pytest.approx(0.017)
    assert found.largest == pytest.approx(10 / 17)
    assert found.percolates == {"z": True, "y": False, "x": False}
    assert found.percolating["z"] == pytest.approx(10 / 17)
    assert found.dead_end["z"] == pytest.approx(4 / 17)
    assert found.floating["z"] == pytest.approx(3 / 17)
    assert found.floating["x"] == 1.0


def test_periodic_sides_join_clusters_across_but_not_along():
    labels = np.zeros((6, 6, 6), dtype=np.uint8)
    labels[:3, 0, 0] = 1
    labels[3:, 5, 0] = 1  # joined to it only through the y side, at z = 2 | 3: not a face contact
    labels[2, 5, 0] = 1
    for periodic, through in ((False, False), (True, True)):
        image = VoxelImage(labels, UM, TWO, periodic=(periodic,) * 3)
        assert connectivity(image, "in").percolates["z"] is through
    half = np.zeros((6, 6, 6), dtype=np.uint8)
    half[:2] = half[4:] = 1  # one slab across the periodic z side reaches both faces, yet nothing passes
    found = connectivity(VoxelImage(half, UM, TWO, periodic=(True,) * 3), "in")
    assert found.clusters == 1
    assert found.percolates["z"] is False


@pytest.mark.full
@pytest.mark.parametrize("length", [1.0, 2.0, 3.0])
def test_the_uncertainty_of_an_image_is_the_scatter_between_images(length):
    values, told = [], []
    for seed in range(6):
        whole = blobs(128, UM, {"out": 0.5, "in": 0.5}, length * UM, seed=seed)
        for place in np.ndindex(2, 2, 2):
            part = whole.crop(*(slice(64 * k, 64 * k + 48) for k in place))
            found = representative_volume(part, lambda box: box.fractions()["in"])
            values.append(found.value)
            told.append(found.standard_uncertainty)
    assert np.sqrt(np.mean(np.square(told))) == pytest.approx(np.std(values), rel=0.3)


def test_scatter_of_white_noise():
    """Independent voxels: the fraction in N voxels has the standard deviation sqrt(p (1 - p)/N)."""
    ratios = []
    for seed in range(6):
        labels = np.random.default_rng(seed).random((36, 36, 36)) < 0.3
        found = representative_volume(VoxelImage(labels, UM, TWO), lambda part: part.fractions()["in"])
        ratios.append(found.standard_uncertainty / math.sqrt(0.21 / 36**3))
        assert found.exponent == pytest.approx(0.5, abs=0.2)
        assert found.volume_for(found.standard_uncertainty / 2) == pytest.approx(4 * (36 * UM) ** 3)
        assert abs(found.value - 0.3) < 4 * found.standard_uncertainty
        assert abs(found.size_bias) < 1e-9
        assert [d.parts for d in found.divisions] == [8, 27, 64]
    assert 0.9 < np.mean(ratios) < 1.3
