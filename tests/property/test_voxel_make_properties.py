"""Generators: whatever is asked for is hit, or refused in one sentence."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer.errors import InputError
from ceramer.microstructure.voxels import (
    Sizes,
    add_cracks,
    add_voids,
    blobs,
    connectivity,
    particles,
    polycrystal,
    porous_framework,
    pressed_pellet,
)

H = 0.5e-6
N = 20
SEEDS = st.integers(0, 2**32 - 1)
SHAPES = st.tuples(st.integers(12, 24), st.integers(12, 24), st.integers(12, 24))
FRACTIONS = st.floats(0.02, 0.98)
SIZES = st.builds(
    lambda low, ratio, weight: Sizes.between(low * H, low * H * ratio, weight),
    st.floats(2.0, 4.0),
    st.floats(1.0, 2.0),
    st.sampled_from(["number", "volume"]),
)


def hit(make, phase, fraction):
    """The image, with the fraction to a voxel or two; or None and one sentence."""
    try:
        image = make()
    except InputError as error:
        assert "\n" not in str(error)
        assert len(str(error)) < 400
        return None
    size = image.labels.size
    assert abs(image.fractions()[phase] - fraction) * size <= max(1.0, 2e-4 * size)
    assert abs(sum(image.fractions().values()) - 1.0) < 1e-12
    assert (make().labels == image.labels).all()
    return image


@settings(max_examples=12, deadline=None)
@given(SHAPES, FRACTIONS, SIZES, SEEDS, st.floats(-0.4, 1.0), st.booleans())
def test_particles(shape, fraction, sizes, seed, gap, walls):
    image = hit(lambda: particles(shape, H, fraction, sizes, seed=seed, gap=gap * H, walls=walls), "particle", fraction)
    if image is not None:
        assert ((image.grains > 0) == image.mask("particle")).all()


@settings(max_examples=10, deadline=None)
@given(SHAPES, FRACTIONS, SIZES, SEEDS, st.floats(0.5, 2.5))
def test_pellets(shape, density, sizes, seed, flattening):
    hit(lambda: pressed_pellet(shape, H, density, sizes, seed=seed, flattening=flattening), "grain", density)
    full = hit(lambda: polycrystal(shape, H, sizes, seed=seed), "grain", 1.0)
    assert full is None or full.grains.min() > 0


@settings(max_examples=15, deadline=None)
@given(FRACTIONS, SIZES, SEEDS, st.sampled_from(["packed", "random"]))
def test_frameworks_are_one_piece(porosity, sizes, seed, arrangement):
    image = hit(lambda: porous_framework(N, H, porosity, sizes, seed=seed, arrangement=arrangement), "pore", porosity)
    if image is not None:
        assert connectivity(image, "framework").clusters == 1


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.01, 1.0), min_size=1, max_size=6), SEEDS, st.floats(0.3, 4.0))
def test_blobs(parts, seed, length):
    shares = {f"p{k}": part / sum(parts) for k, part in enumerate(parts)}
    image = blobs(N, H, shares, length * H, seed=seed)
    for name, share in shares.items():
        assert abs(image.fractions()[name] - share) * image.labels.size <= 1.0


@settings(max_examples=15, deadline=None)
@given(st.floats(0.01, 0.6), st.floats(0.01, 0.6), SIZES, SEEDS)
def test_defects_leave_the_rest_alone(first, second, sizes, seed):
    base = blobs(N, H, {"a": 0.5, "b": 0.5}, H, seed=1)
    voids = hit(lambda: add_voids(base, first, sizes, seed=seed, phases="a"), "void", first)
    image = base if voids is None else voids
    cracks = hit(lambda: add_cracks(image, second, sizes, 1.5 * H, seed=seed), "crack", second)
    if cracks is not None:
        same = ~cracks.mask("crack")
        assert (cracks.labels[same] == image.labels[same]).all()
    if voids is not None:
        assert (voids.mask("b") == base.mask("b")).all()


@settings(max_examples=25)
@given(SIZES, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_quantiles_rise_and_keep_their_weight(sizes, p, q):
    low, high = sizes.by_number(np.sort([p, q]))
    assert low <= high
    assert sizes.quantiles[0] <= low
    assert high <= sizes.quantiles[-1]
    # the mean volume is that of the sizes by number
    drawn = sizes.by_number((np.arange(4000) + 0.5) / 4000)
    assert abs((drawn**3).mean() * np.pi / 6 / sizes.mean_volume - 1) < 0.01
