"""Laws that hold for the effective conductivity of every image."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ceramer.microstructure.voxels._solve import effective_conductivity

SIGMA = st.floats(1e-2, 1e2)
TIGHT = {"tolerance": 1e-11, "precision": "float64"}
images = st.tuples(*[st.integers(1, 7)] * 3).flatmap(lambda shape: arrays(np.uint8, shape, elements=st.integers(0, 2)))


@settings(max_examples=25, deadline=None)
@given(images, st.tuples(SIGMA, SIGMA, SIGMA), st.booleans())
def test_wiener_bounds_symmetry_and_shares(image, sigma, periodic):
    values = dict(enumerate(sigma))
    result = effective_conductivity(image, values, periodic=periodic, **TIGHT)
    local = np.array(sigma)[image]
    upper, lower = local.mean(), 1.0 / (1.0 / local).mean()
    assert result.converged
    if periodic:
        np.testing.assert_array_equal(result.tensor, result.tensor.T)
        eigen = np.linalg.eigvalsh(result.tensor)
        assert eigen.min() >= lower * (1 - 1e-7)
        assert eigen.max() <= upper * (1 + 1e-7)
    for axis in "zyx":
        assert lower * (1 - 1e-7) <= result.along(axis) <= upper * (1 + 1e-7)
        assert abs(sum(result.power_shares[axis].values()) - 1.0) < 1e-9
        assert abs(sum(result.current_shares[axis].values()) - 1.0) < 1e-6
        assert result.flux_imbalance[axis] < 1e-3


@settings(max_examples=10, deadline=None)
@given(images, st.tuples(SIGMA, SIGMA, SIGMA), st.floats(1e-3, 1e3))
def test_homogeneous_of_degree_one_contacts_included(image, sigma, factor):
    values = dict(enumerate(sigma))
    contacts = {(0, 1): 0.7, (1, 2): 30.0}
    first = effective_conductivity(image, values, interfaces=contacts, voxel_size=0.3, directions="z", **TIGHT)
    scaled = effective_conductivity(
        image,
        {k: factor * v for k, v in values.items()},
        interfaces={k: factor * v for k, v in contacts.items()},
        voxel_size=0.3,
        directions="z",
        **TIGHT,
    )
    np.testing.assert_allclose(scaled.along("z"), factor * first.along("z"), rtol=1e-8)


@settings(max_examples=10, deadline=None)
@given(images, st.tuples(SIGMA, SIGMA, SIGMA), st.integers(0, 2))
def test_power_shares_are_logarithmic_derivatives(image, sigma, moved):
    """p_k = d ln H / d ln sigma_k, so Ea of the whole is the share-weighted mean of the paths' Ea."""
    values, step = dict(enumerate(sigma)), 1e-4
    contacts = {(0, 1): 2.0}
    fixed = {"interfaces": contacts, "voxel_size": 1.0, "directions": "x", **TIGHT}
    shares = effective_conductivity(image, values, **fixed).power_shares["x"]
    up = effective_conductivity(image, {**values, moved: values[moved] * np.exp(step)}, **fixed).along("x")
    down = effective_conductivity(image, {**values, moved: values[moved] * np.exp(-step)}, **fixed).along("x")
    assert abs(np.log(up / down) / (2 * step) - shares.get(moved, 0.0)) < 1e-5


@settings(max_examples=10, deadline=None)
@given(images, st.tuples(SIGMA, SIGMA, SIGMA))
def test_turning_the_image_turns_the_tensor(image, sigma):
    values = dict(enumerate(sigma))
    first = effective_conductivity(image, values, **TIGHT).tensor
    turned = effective_conductivity(np.ascontiguousarray(image.transpose(2, 0, 1)), values, **TIGHT).tensor
    np.testing.assert_allclose(turned, first[np.ix_([2, 0, 1], [2, 0, 1])], rtol=1e-6, atol=1e-8 * np.trace(first))


@settings(max_examples=10, deadline=None)
@given(images, st.tuples(st.just(0.0), SIGMA, SIGMA), st.booleans())
def test_insulators_never_break_a_solve(image, sigma, periodic):
    result = effective_conductivity(image, dict(enumerate(sigma)), periodic=periodic)
    local = np.array(sigma)[image]
    for axis in "zyx":
        assert np.isfinite(result.along(axis))
        assert 0.0 <= result.along(axis) <= local.mean() * (1 + 1e-5)
        assert (result.along(axis) > 0.0) == result.percolates[axis]
    assert result.converged


ENERGY = st.floats(0.1, 0.6)


@settings(max_examples=10, deadline=None)
@given(images, st.tuples(SIGMA, SIGMA, SIGMA), st.tuples(ENERGY, ENERGY, ENERGY, ENERGY, ENERGY), st.booleans())
def test_the_activation_energy_is_the_share_weighted_mean_of_all_paths(image, sigma, energies, periodic):
    """Ea_eff = sum p_k Ea_k over phases, contacts and sheets, against the slope of ln H in 1/kT."""
    kt = 0.025  # [eV]

    def at(beta):
        """Everything at 1/kT = beta, given at 1/kt."""
        factor = np.exp(-np.array(energies) * (beta - 1.0 / kt))
        return effective_conductivity(
            image,
            {k: s * factor[k] for k, s in enumerate(sigma)},
            interfaces={(0, 1): 2.0 * factor[3]},
            sheets={(1, 2): 0.3 * factor[4]},
            voxel_size=1.0,
            periodic=periodic,
            directions="y",
            **TIGHT,
        )

    step = 1e-3 / kt
    slope = -np.log(at(1.0 / kt + step).along("y") / at(1.0 / kt - step).along("y")) / (2.0 * step)
    shares = at(1.0 / kt).power_shares["y"]
    assert abs(sum(shares.values()) - 1.0) < 1e-9
    energy = {0: energies[0], 1: energies[1], 2: energies[2], (0, 1): energies[3], (1, 2): energies[4]}
    assert abs(sum(p * energy[path] for path, p in shares.items()) - slope) < 1e-4 * max(energies)


@settings(max_examples=10, deadline=None)
@given(images, st.tuples(SIGMA, SIGMA, SIGMA))
def test_reciprocity_of_the_currents_themselves(image, sigma):
    """The mean current along e under a field along d is that along d under a field along e."""
    result = effective_conductivity(image, dict(enumerate(sigma)), keep_maps=True, **TIGHT)
    mean = np.array([result.flux[axis].mean(axis=(0, 1, 2)) for axis in "zyx"])
    size = np.trace(result.tensor)
    np.testing.assert_allclose(mean, mean.T, atol=1e-4 * size)
    np.testing.assert_allclose(mean, result.tensor, atol=1e-4 * size)
