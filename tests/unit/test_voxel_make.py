"""Generators of voxel images: fractions, sizes, structure, and what they refuse."""

import re

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure.voxels import (
    FilledLayer,
    Sizes,
    VoxelImage,
    add_cracks,
    add_voids,
    blobs,
    chord_lengths,
    coated_particles,
    connectivity,
    fibre_web,
    interface_area,
    layered_web,
    octahedra,
    particle_sizes,
    particles,
    polycrystal,
    porous_framework,
    pressed_pellet,
    stack,
)

H = 0.25e-6
SPREAD = Sizes.between(1e-6, 4e-6)


def base():
    return particles(48, H, 0.45, SPREAD, seed=7)


GENERATORS = {
    "particles": (lambda seed: particles(48, H, 0.51, SPREAD, seed=seed), {"particle": 0.51}),
    "necks": (lambda seed: particles(48, H, 0.6, SPREAD, seed=seed, gap=-0.3e-6), {"particle": 0.6}),
    "dilute": (lambda seed: particles(48, H, 0.05, SPREAD, seed=seed), {"particle": 0.05}),
    "walls": (lambda seed: particles((40, 48, 56), H, 0.4, SPREAD, seed=seed, walls=True), {"particle": 0.4}),
    "flat voxels": (lambda seed: particles((24, 48, 48), (2 * H, H, H), 0.4, 4e-6, seed=seed), {"particle": 0.4}),
    "coated": (lambda seed: coated_particles(48, H, 0.3, SPREAD, 0.25e-6, seed=seed), {"particle": 0.3}),
    "octahedra": (lambda seed: octahedra(48, H, 0.22, 4e-6, seed=seed), {"particle": 0.22}),
    "polycrystal": (lambda seed: polycrystal(48, H, SPREAD, seed=seed), {"grain": 1.0}),
    "filmed": (
        lambda seed: polycrystal(48, H, 4e-6, seed=seed, film_fraction=0.3),
        {"grain": 0.7, "film": 0.3},
    ),
    "pressed": (
        lambda seed: pressed_pellet(48, H, 0.85, SPREAD, seed=seed, flattening=1.5, film_fraction=0.3),
        {"pore": 0.15, "grain": 0.55, "film": 0.3},
    ),
    "framework": (lambda seed: porous_framework(48, H, 0.75, SPREAD, seed=seed), {"pore": 0.75}),
    "random framework": (
        lambda seed: porous_framework(48, H, 0.7, SPREAD, seed=seed, arrangement="random"),
        {"pore": 0.7},
    ),
    "fibres": (lambda seed: fibre_web((24, 48, 48), H, 0.45, 1e-6, seed=seed), {"fibre": 0.45}),
    "blobs": (
        lambda seed: blobs(48, H, {"a": 0.2, "b": 0.3, "c": 0.5}, 0.8e-6, seed=seed),
        {"a": 0.2, "b": 0.3, "c": 0.5},
    ),
    "voids": (lambda seed: add_voids(base(), 0.03, 2e-6, seed=seed), {"void": 0.03}),
    "cracks": (lambda seed: add_cracks(base(), 0.03, 5e-6, 0.5e-6, seed=seed), {"crack": 0.03}),
}


@pytest.mark.parametrize("name", GENERATORS)
def test_fractions_are_hit_and_seeds_decide_everything(name):
    make, fractions = GENERATORS[name]
    image = make(3)
    for phase, fraction in fractions.items():
        assert image.fractions()[phase] == pytest.approx(fraction, abs=3e-4)
    assert sum(image.fractions().values()) == pytest.approx(1.0, abs=1e-12)
    again, other = make(3), make(4)
    assert (image.labels == again.labels).all()
    assert image.provenance == again.provenance
    if image.grains is not None:
        assert (image.grains == again.grains).all()
        assert not np.array_equal(image.grains, other.grains)
    else:
        assert (image.labels != other.labels).any()
    assert "seed 3" in image.provenance
    assert not re.search(r"\d m\b", image.provenance), "lengths are told in a unit that fits them"
    assert not image.labels.flags.writeable


def test_a_gap_keeps_particles_apart():
    gap = 4 * H
    image = particles(64, H, 0.25, 4e-6, seed=1, gap=gap)
    for grain in range(1, 5):
        distance = distance_transform_edt(image.grains != grain, sampling=H)
        others = (image.grains > 0) & (image.grains != grain)
        # centres of surface voxels lie up to half a diagonal inside either sphere
        assert distance[others].min() > gap - H


def test_necks_join_particles_and_a_gap_parts_them():
    apart = particles(48, H, 0.25, 3e-6, seed=1, gap=3 * H)
    joined = particles(48, H, 0.55, 3e-6, seed=1, gap=-2 * H)
    assert connectivity(apart, "particle").clusters == apart.grains.max()
    assert connectivity(joined, "particle").clusters < 0.2 * joined.grains.max()


def test_drawn_sizes_are_those_asked_for():
    image = particles(96, H, 0.4, Sizes.between(2e-6, 6e-6), seed=5, gap=H)
    found = particle_sizes(image, "particle")
    assert found.mean == pytest.approx(4e-6, rel=0.03)
    assert found.standard_deviation == pytest.approx(4e-6 / 12**0.5, rel=0.06)
    assert found.quantile(0.25) == pytest.approx(3e-6, rel=0.05)


def test_volume_weighted_sizes_are_weighted_by_volume():
    sizes = Sizes.between(2e-6, 6e-6, "volume")
    found = particle_sizes(particles(96, H, 0.4, sizes, seed=5, gap=H), "particle")
    weights = found.shares * found.values**3
    assert weights @ found.values / weights.sum() == pytest.approx(4e-6, rel=0.03)
    assert found.mean < 3.3e-6


def test_lognormal_and_table_sizes():
    log = Sizes.lognormal(2e-6, 1.5)
    assert np.median(log.quantiles) == pytest.approx(2e-6, rel=1e-3)
    assert np.log(log.quantiles).std() == pytest.approx(np.log(1.5), rel=0.01)
    # mean volume of a lognormal: pi/6 exp(3 mu + 4.5 s^2)
    assert log.mean_volume == pytest.approx(np.pi / 6 * 8e-18 * np.exp(4.5 * np.log(1.5) ** 2), rel=0.03)
    table = Sizes.table([1e-6, 3e-6], [0.0, 1.0], "number")
    assert table.quantiles == pytest.approx(Sizes.between(1e-6, 3e-6).quantiles)


def test_walls_hold_particles_in():
    image = particles((40, 48, 48), H, 0.4, 3e-6, seed=1, walls=True)
    assert image.periodic == (False, True, True)
    sizes = np.bincount(image.grains.ravel())[1:]
    assert sizes.min() > 0.93 * sizes.max()  # no sphere is cut
    assert not (set(np.unique(image.grains[0])) & set(np.unique(image.grains[-1])) - {0})


def test_particles_continue_across_periodic_faces():
    image = particles(48, H, 0.5, 4e-6, seed=2)
    whole = connectivity(image, "particle")
    cut = connectivity(VoxelImage(image.labels, H, image.phases), "particle")
    assert cut.clusters > whole.clusters
    assert np.bincount(image.grains.ravel())[1:].std() / np.bincount(image.grains.ravel())[1:].mean() < 0.03


def test_a_coating_has_its_thickness_and_keeps_cores_apart():
    coating = 3 * H
    image = coated_particles(72, H, 0.2, 5e-6, coating, seed=1)
    volume = np.bincount(image.grains.ravel())[1:] * H**3
    radius = np.cbrt(volume * 0.75 / np.pi)
    shells = (4 / 3 * np.pi * ((radius + coating) ** 3 - radius**3)).sum() / image.volume
    assert image.fractions()["coating"] == pytest.approx(shells, rel=0.02)
    assert interface_area(image, "particle", "matrix").staircase == 0.0


def test_octahedra_have_their_shape():
    d = 10e-6
    image = octahedra(80, H, 0.05, d, seed=1)
    count = int(image.grains.max())
    assert image.mask("particle").sum() * H**3 / count == pytest.approx(d**3 / 6, rel=0.13)  # whole numbers of them
    volume = image.mask("particle").sum() * H**3 / count
    actual = (6 * volume) ** (1 / 3)
    # surface sqrt(3) d^2; the Gaussian rounds the edges
    assert interface_area(image, "particle").area / count == pytest.approx(3**0.5 * actual**2, rel=0.04)


def test_polycrystal_grains_fill_space_with_their_mean_volume():
    image = polycrystal(64, H, 4e-6, seed=1)
    assert (image.grains > 0).all()
    volume = np.bincount(image.grains.ravel())[1:] * H**3
    assert volume.mean() == pytest.approx(np.pi / 6 * 64e-18, rel=0.02)
    assert volume.std() / volume.mean() < 0.25
    wide = polycrystal(64, H, Sizes.between(2e-6, 6e-6), seed=1)
    spread = np.bincount(wide.grains.ravel())[1:]
    assert spread.std() / spread.mean() > 0.5


def test_a_film_is_as_thick_as_told_along_all_boundaries():
    image = polycrystal(80, H, 6e-6, seed=2, film_fraction=0.3)
    told = 1e-6 * float(image.provenance.split("(")[1].split(" um thick")[0])
    area = 0.5 * interface_area(image, "grain", "film").specific  # both sides
    assert told * area == pytest.approx(0.3, rel=0.15)
    # 2 t >= sqrt(3) h: no two grains touch
    assert told > 3**0.5 * H
    assert connectivity(image, "grain").clusters == image.grains.max()


def test_a_pressed_pellet_is_flat_and_joined():
    flat = pressed_pellet(64, H, 0.8, 3e-6, seed=1, flattening=2.0)
    z, x = (chord_lengths(flat, "pore", axis).mean for axis in "zx")
    assert 1.6 < x / z < 2.4
    assert connectivity(flat, "grain").largest > 0.999
    one = flat.grains == 1
    spans = [np.flatnonzero(one.any(axis=axes)).size for axes in ((1, 2), (0, 2))]
    assert spans[1] > 1.3 * spans[0] or min(spans) > 40  # the grain may wrap around the edge


@pytest.mark.parametrize("porosity", [0.7, 0.8])
@pytest.mark.parametrize("arrangement", ["packed", "random"])
def test_a_framework_is_one_piece_and_its_pores_percolate(porosity, arrangement):
    image = porous_framework(64, H, porosity, Sizes.between(2e-6, 5e-6), seed=2, arrangement=arrangement)
    solid, pore = connectivity(image, "framework"), connectivity(image, "pore")
    assert solid.clusters == 1
    assert all(solid.percolates.values())
    assert all(pore.percolates.values())
    assert image.fractions()["pore"] == pytest.approx(porosity, abs=3e-4)


def test_random_pores_have_the_surface_of_the_boolean_model():
    """Overlapping spheres of radius R at porosity p = 1 - exp(-n): the surface per volume is (3 n/R) exp(-n)."""
    d, porosity = 5e-6, 0.6
    image = porous_framework(96, H, porosity, d, seed=1, arrangement="random")
    n = -np.log(1 - porosity)
    assert interface_area(image, "pore").specific == pytest.approx(6 * n / d * np.exp(-n), rel=0.06)


def test_a_web_lies_across_z():
    web = fibre_web((64, 64, 64), H, 0.4, 1.2e-6, seed=1)
    z, x = (chord_lengths(web, "fibre", axis).mean for axis in "zx")
    assert x > 1.25 * z


def test_a_layered_web_has_its_layers():
    image = layered_web(
        40,
        0.1e-6,
        lower=FilledLayer(2.7e-6, "mof", 0.2, 0.61e-6, "octahedron"),
        web_thickness=3.0e-6,
        web_fraction=0.5,
        fibre_diameter=0.4e-6,
        upper=FilledLayer(2.8e-6, "oxide", 0.06, 0.41e-6),
        seed=1,
    )
    assert image.shape == (27 + 30 + 28, 40, 40)
    profile = {name: image.mask(name).mean(axis=(1, 2)) for name in ("mof", "web", "oxide")}
    assert profile["mof"][:27].mean() == pytest.approx(0.2, abs=1e-3)
    assert profile["mof"][27:].sum() == 0
    assert profile["web"][27:57].mean() == pytest.approx(0.5, abs=1e-3)
    assert profile["web"][:27].sum() == profile["web"][57:].sum() == 0
    assert profile["oxide"][57:].mean() == pytest.approx(0.06, abs=1e-3)
    assert image.periodic == (False, True, True)
    plain = layered_web(
        24,
        0.1e-6,
        lower=FilledLayer(0.5e-6, "mof", 0.0, 1e-6),
        web_thickness=1e-6,
        web_fraction=0.4,
        fibre_diameter=0.3e-6,
        upper=FilledLayer(0.5e-6, "mof", 0.0, 1e-6),
        seed=1,
    )
    assert set(plain.fractions()) == {"polymer", "web"}


def test_stack_keeps_grains_apart_and_joins_names():
    one = particles((16, 32, 32), H, 0.2, 2e-6, seed=1)
    two = particles((24, 32, 32), H, 0.2, 2e-6, seed=2, names=("matrix", "other"))
    both = stack([one, two])
    assert both.shape == (40, 32, 32)
    assert set(both.phases.values()) == {"matrix", "particle", "other"}
    assert both.grains.max() == int(one.grains.max()) + int(two.grains.max())
    with pytest.raises(InputError, match="image 1 of the stack has 16 x 16 voxels"):
        stack([one, particles(16, H, 0.2, 1e-6, seed=1)])


def test_voids_replace_only_what_they_may():
    image = base()
    holed = add_voids(image, 0.05, 1.5e-6, seed=1, phases="matrix")
    assert holed.fractions()["particle"] == image.fractions()["particle"]
    assert holed.fractions()["matrix"] == pytest.approx(image.fractions()["matrix"] - 0.05, abs=1e-4)
    anywhere = add_voids(image, 0.05, 1.5e-6, seed=1)
    assert (anywhere.grains[anywhere.mask("void")] == 0).all()
    with pytest.raises(InputError, match=r"the phases to be replaced fill 0\.550"):
        add_voids(image, 0.54, 1.5e-6, seed=1, phases="matrix")
    with pytest.raises(InputError, match="phase 'matrix' already"):
        add_voids(image, 0.05, 1.5e-6, seed=1, name="matrix")
    assert "void" not in holed.relabel({"void": "matrix"}).fractions()


def test_cracks_lie_across_their_normal_and_do_not_leak():
    solid = VoxelImage(np.zeros((48, 48, 48), dtype=np.uint8), H, {0: "solid"})
    flat = add_cracks(solid, 0.01, 6e-6, 2 * H, seed=1, normal="z")
    z, x = (chord_lengths(flat, "crack", axis).mean for axis in "zx")
    assert z == pytest.approx(2 * H, rel=0.1)
    assert x > 3 * z
    # a crack wider than the image cuts it in two, whatever its direction
    for seed in range(4):
        cut = add_cracks(solid, 0.1, 60e-6, 1.8 * H, seed=seed)
        assert connectivity(cut, "solid").clusters >= 2


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: particles(24, H, 0.3, 0.3e-6, seed=1), r"1\.2 voxels across; take voxels of at most"),
        (lambda: particles(24, H, 0.3, 20e-6, seed=1), "does not fit|less than half of one"),
        (lambda: particles(24, H, 1.2, 2e-6, seed=1), "fraction is 1.2; a volume fraction lies between 0 and 1"),
        (lambda: particles((24, 24), H, 0.2, 2e-6, seed=1), "one or three whole numbers"),
        (lambda: particles(24, 0.0, 0.2, 2e-6, seed=1), "voxel_size is 0 m"),
        (lambda: particles(24, 0.5, 0.2, 2e-6, seed=1), "lengths are in metres"),
        (lambda: particles(24, H, 0.2, 2e-6, seed=1, gap=-2e-6), "an overlap stays below half"),
        (lambda: coated_particles(24, H, 0.2, 2e-6, 0.1e-6, seed=1), "thinner than a voxel.*contact conductance"),
        (lambda: polycrystal(32, H, 3e-6, seed=1, film_fraction=0.02), "thinner than a voxel.*contact conductance"),
        (lambda: pressed_pellet(24, H, 0.5, 2e-6, seed=1, film_fraction=0.6), "leaves no grains"),
        (lambda: porous_framework(32, H, 0.995, 3e-6, seed=1), "falls apart|overlap so much"),
        (lambda: porous_framework(32, H, 0.7, 3e-6, seed=1, arrangement="pakced"), "did you mean 'packed'"),
        (lambda: blobs(16, H, {"a": 0.5, "b": 0.4}, H, seed=1), "with the sum 1"),
        (lambda: fibre_web(24, H, 0.3, 1e-6, seed=1, length=9e-6), "Fibres of 9 um do not fit"),
        (lambda: add_cracks(base(), 0.02, 4e-6, 0.1e-6, seed=1), "below a voxel"),
        (lambda: add_cracks(base(), 0.02, 4e-6, H, seed=1, normal="q"), "Unknown axis 'q'"),
        (lambda: Sizes.between(2.0, 1.0), "0 < low <= high"),
        (lambda: Sizes.lognormal(1e-6, 0.5), "geometric deviation of at least 1"),
        (lambda: Sizes.table([1, 2], [0.5, 0.2]), "ascending shares"),
    ],
)
def test_what_cannot_be_made_is_said_in_one_sentence(make, message):
    with pytest.raises(InputError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_too_dense_tells_the_largest_fraction_reached():
    with pytest.raises(InputError, match="packed without overlap up to a volume fraction of") as caught:
        particles(32, H, 0.75, 2e-6, seed=1)
    reached = float(str(caught.value).split("volume fraction of ")[1].split(" ")[0])
    assert 0.55 < reached < 0.7
    image = particles(32, H, reached - 0.02, 2e-6, seed=1)
    assert image.fractions()["particle"] == pytest.approx(reached - 0.02, abs=1e-3)


def test_images_check_themselves():
    labels = np.zeros((3, 4, 5), dtype=int)
    image = VoxelImage(labels, "0.5 um", {0: "a", 7: "b"})
    assert image.spacing == (5e-7, 5e-7, 5e-7)
    assert image.lengths == pytest.approx((1.5e-6, 2e-6, 2.5e-6))
    assert image.labels.dtype == np.uint8
    labels[0] = 7  # a copy was taken
    assert image.fractions() == {"a": 1.0, "b": 0.0}
    with pytest.raises(UnknownNameError, match="Unknown phase 'c'"):
        image.mask("c")
    with pytest.raises(ValueError, match="read-only"):
        image.labels[0] = 1
    for bad, message in (
        (np.zeros((3, 3)), "an image has three axes"),
        (np.full((3, 3, 3), 300), "from 300 to 300"),
        (np.full((3, 3, 3), 0.5), "whole numbers"),
        (np.full((3, 3, 3), np.nan), "27 NaN"),
        (np.full((3, 3, 3), 4), "label 4 occurs"),
        (np.full((3, 3, 3), "x"), "whole numbers"),
    ):
        with pytest.raises(InputError, match=message):
            VoxelImage(bad, 1e-6, {0: "a"})
    with pytest.raises(InputError, match="share a phase name"):
        VoxelImage(labels, 1e-6, {0: "a", 7: "a"})
    with pytest.raises(InputError, match="grains have shape"):
        VoxelImage(labels, 1e-6, {0: "a", 7: "b"}, grains=np.zeros((2, 2, 2)))
    with pytest.raises(InputError, match="has 2 lengths"):
        VoxelImage(labels, (1e-6, 1e-6), {0: "a", 7: "b"})


def test_crop_flip_and_relabel():
    image = blobs(16, 1e-6, {"a": 0.2, "b": 0.3, "c": 0.5}, 2e-6, seed=1)
    part = image.crop(slice(2, 10))
    assert part.shape == (8, 16, 16)
    assert part.periodic == (False, True, True)
    assert (image.flip("x").labels[:, :, ::-1] == image.labels).all()
    merged = image.relabel({"c": "a"})
    assert merged.fractions() == pytest.approx({"a": 0.7, "b": 0.3}, abs=1e-3)
    swapped = image.relabel({"a": "b", "b": "a"})
    assert swapped.fractions()["a"] == image.fractions()["b"]
