"""Measures: sums to one, symmetries, units, and bounds, on random images."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer.errors import InputError
from ceramer.microstructure.voxels import (
    VoxelImage,
    blobs,
    chord_lengths,
    connectivity,
    diffusive_tortuosity,
    geometric_tortuosity,
    interface_area,
    local_thickness,
    particle_sizes,
)

SEEDS = st.integers(0, 2**32 - 1)
AXES = st.sampled_from(["z", "y", "x"])
NAMES = ("a", "b", "c")


@st.composite
def images(draw, side=14):
    """Blobs of three phases, periodic or not, in voxels of any shape."""
    shape = [draw(st.integers(8, side)) for _ in range(3)]
    parts = np.array([draw(st.floats(0.2, 1.0)) for _ in NAMES])
    shares = dict(zip(NAMES, parts / parts.sum(), strict=True))
    image = blobs(shape, 1e-6, shares, draw(st.floats(0.5, 3.0)) * 1e-6, seed=draw(SEEDS))
    size = tuple(draw(st.sampled_from([0.5e-6, 1e-6, 2e-6])) for _ in range(3))
    sides = tuple(draw(st.booleans()) for _ in range(3))
    return VoxelImage(image.labels, size, image.phases, periodic=sides)


def quantities(image, phase):
    """What does not depend on the direction that an axis is counted in."""
    joined = connectivity(image, phase)
    out = [
        image.fractions()[phase],
        interface_area(image, phase).area,
        interface_area(image, phase).staircase,
        joined.clusters,
        joined.largest,
        *joined.percolating.values(),
        *joined.dead_end.values(),
        local_thickness(image, phase).mean,
    ]
    for axis in "zyx":
        out.append(geometric_tortuosity(image, phase, axis).mean)
        try:
            out.append(chord_lengths(image, phase, axis).mean)
        except InputError:
            out.append(-1.0)
    return np.array(out)


@settings(max_examples=8, deadline=None)
@given(images(), AXES)
def test_flips_change_nothing(image, axis):
    before, after = (quantities(i, "b") for i in (image, image.flip(axis)))
    assert after == pytest.approx(before, rel=1e-5)


@settings(max_examples=15, deadline=None)
@given(images(), st.permutations(range(3)))
def test_labels_are_names_only(image, order):
    table = np.array([10 * k + 5 for k in order], dtype=np.uint8)
    other = VoxelImage(
        table[image.labels],
        image.spacing,
        {int(table[k]): name for k, name in image.phases.items()},
        periodic=image.periodic,
    )
    for phase in NAMES:
        assert other.fractions()[phase] == image.fractions()[phase]
        assert connectivity(other, phase) == connectivity(image, phase)
        assert interface_area(other, phase) == interface_area(image, phase)


@settings(max_examples=8, deadline=None)
@given(images(), st.floats(1e-3, 1e3))
def test_lengths_scale_and_ratios_do_not(image, factor):
    scaled = VoxelImage(image.labels, [h * factor * 1e-3 for h in image.spacing], image.phases, periodic=image.periodic)
    factor *= 1e-3
    for phase in NAMES[:2]:
        one, two = interface_area(image, phase), interface_area(scaled, phase)
        assert two.area == pytest.approx(factor**2 * one.area, rel=1e-5)
        assert two.specific == pytest.approx(one.specific / factor, rel=1e-5)
        assert local_thickness(scaled, phase).mean == pytest.approx(
            factor * local_thickness(image, phase).mean, rel=1e-4
        )
        assert particle_sizes_or_none(scaled, phase) == pytest.approx(factor * particle_sizes_or_none(image, phase))
        assert geometric_tortuosity(scaled, phase, "z").mean == pytest.approx(
            geometric_tortuosity(image, phase, "z").mean, rel=1e-5
        )


def particle_sizes_or_none(image, phase):
    try:
        return particle_sizes(image, phase).mean
    except InputError:
        return 0.0


@settings(max_examples=20, deadline=None)
@given(images())
def test_areas_are_symmetric_and_below_the_staircase(image):
    for one in NAMES:
        for two in NAMES:
            if one != two:
                pair, back = interface_area(image, one, two), interface_area(image, two, one)
                assert pair.area == pytest.approx(back.area, rel=1e-4)
                assert pair.staircase == back.staircase
                assert pair.staircase / 3**0.5 * (1 - 1e-6) <= pair.area <= pair.staircase * (1 + 1e-6)
    faces = [interface_area(image, n).staircase for n in NAMES]
    pairs = [interface_area(image, a, b).staircase for a, b in (("a", "b"), ("a", "c"), ("b", "c"))]
    assert sum(faces) == pytest.approx(2 * sum(pairs))


@settings(max_examples=20, deadline=None)
@given(images(), st.sampled_from(NAMES), AXES)
def test_shares_sum_to_one_and_paths_are_no_shorter_than_straight(image, phase, axis):
    found = connectivity(image, phase)
    for k in "zyx":
        assert found.percolating[k] + found.dead_end[k] + found.floating[k] == pytest.approx(1.0)
    assert 0.0 < found.largest <= 1.0
    paths = geometric_tortuosity(image, phase, axis)
    assert paths.percolates == found.percolates[axis]
    assert paths.percolates == bool(np.isfinite(paths.mean))
    if paths.percolates:
        assert 1.0 - 1e-9 <= paths.shortest <= paths.mean * (1 + 1e-9)


@settings(max_examples=20, deadline=None)
@given(images(), st.sampled_from(NAMES), AXES)
def test_more_phases_join_more(image, phase, axis):
    others = [n for n in NAMES if n != phase]
    alone, both, all_ = (connectivity(image, p) for p in (phase, [phase, others[0]], list(NAMES)))
    assert both.percolating[axis] * both.fraction >= alone.percolating[axis] * alone.fraction - 1e-12
    assert all_.clusters == 1
    assert all_.percolates[axis]
    one, two = (geometric_tortuosity(image, p, axis).shortest for p in (phase, [phase, others[0]]))
    assert two <= one * (1 + 1e-6)


@settings(max_examples=20, deadline=None)
@given(images(), st.sampled_from(NAMES), AXES)
def test_diffusive_tortuosity_is_fraction_over_conductivity(image, phase, axis):
    calls = []

    def solver(given_image, conductivities, direction):
        calls.append((conductivities, direction))
        return 0.25 * given_image.fractions()[phase]

    found = diffusive_tortuosity(image, phase, axis, solver)
    if found.percolates:
        assert calls == [({name: float(name == phase) for name in NAMES}, axis)]
        assert found.tortuosity_factor == pytest.approx(4.0)
    else:
        assert not calls
        assert found.tortuosity_factor == np.inf
        assert found.relative_conductivity == 0.0


@settings(max_examples=15, deadline=None)
@given(images(), st.sampled_from(NAMES), AXES)
def test_chords_fill_the_phase(image, phase, axis):
    try:
        found = chord_lengths(image, phase, axis)
    except InputError:
        return
    k = "zyx".index(axis)
    assert found.shares.sum() == pytest.approx(1.0)
    assert (np.diff(found.values) > 0).all()
    assert found.quantile(0.0) == found.values[0]
    assert found.quantile(1.0) == found.values[-1]
    assert image.spacing[k] * 0.999 <= found.mean <= image.lengths[k]
    assert -1e-12 <= found.left_out < 1.0
