"""What holds for the effective stiffness of every image."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer.microstructure.voxels._elastic import effective_elasticity

few = settings(max_examples=15, deadline=None)
sizes = st.tuples(*[st.integers(1, 6)] * 3)
seeds = st.integers(0, 10_000)
modulus = st.floats(0.01, 100.0)
moduli = st.lists(st.tuples(modulus, modulus), min_size=3, max_size=3)


def image_of(size, seed):
    return np.random.default_rng(seed).integers(0, 3, size)


def phase(bulk, shear):
    out = np.diag([2 * shear] * 3 + [shear] * 3)
    out[:3, :3] += bulk - 2 * shear / 3
    return out


def solve(image, moduli, **more):
    return effective_elasticity(image, dict(enumerate(moduli)), tolerance=1e-9, **more)


@few
@given(sizes, seeds, moduli)
def test_between_reuss_and_voigt(size, seed, moduli):
    image = image_of(size, seed)
    parts = np.bincount(image.ravel(), minlength=3) / image.size
    result = solve(image, moduli)
    c = result.stiffness
    tensors = [phase(*pair) for pair in moduli]
    voigt = sum(f * t for f, t in zip(parts, tensors, strict=True))
    reuss = np.linalg.inv(sum(f * np.linalg.inv(t) for f, t in zip(parts, tensors, strict=True)))
    slack = 1e-4 * np.abs(voigt).max()
    np.testing.assert_allclose(c, c.T, rtol=0, atol=1e-12 * np.abs(c).max())
    assert np.linalg.eigvalsh(c).min() > 0
    assert np.linalg.eigvalsh(voigt - c).min() > -slack
    assert np.linalg.eigvalsh(c - reuss).min() > -1e-9 * np.abs(voigt).max()
    assert result.anisotropy > -1e-4


@few
@given(sizes, seeds, moduli)
def test_phases_share_strain_and_stress(size, seed, moduli):
    result = solve(image_of(size, seed), moduli)
    parts = result.volume_fractions
    strain = sum(parts[k] * result.phase_strain[k] for k in parts)
    np.testing.assert_allclose(strain, np.eye(6), atol=1e-9)
    stress = sum(parts[k] * result.phase_stress[k] for k in parts)
    np.testing.assert_allclose(stress, result.stiffness, atol=1e-3 * np.abs(result.stiffness).max())


@few
@given(sizes, seeds, moduli, st.floats(1e-9, 1e12))
def test_proportional_to_the_moduli(size, seed, moduli, factor):
    image = image_of(size, seed)
    one = solve(image, moduli).stiffness
    other = solve(image, [(factor * k, factor * g) for k, g in moduli]).stiffness
    np.testing.assert_allclose(other / factor, one, rtol=1e-6, atol=1e-6 * np.abs(one).max())


@few
@given(sizes, seeds, moduli, st.permutations(range(3)))
def test_axes_may_be_exchanged(size, seed, moduli, order):
    image, edges = image_of(size, seed), np.array([1.0, 1.5, 0.8])
    one = solve(image, moduli, voxel_size=edges).stiffness
    other = solve(image.transpose(order), moduli, voxel_size=edges[order]).stiffness
    turned = [*order, *[3 + a for a in order]]
    np.testing.assert_allclose(other, one[np.ix_(turned, turned)], atol=1e-4 * np.abs(one).max())


@few
@given(sizes, seeds, moduli, st.tuples(*[st.integers(0, 5)] * 3))
def test_the_origin_does_not_matter(size, seed, moduli, shift):
    image = image_of(size, seed)
    one = solve(image, moduli).stiffness
    other = solve(np.roll(image, shift, (0, 1, 2)), moduli).stiffness
    np.testing.assert_allclose(other, one, atol=1e-4 * np.abs(one).max())


@few
@given(sizes, seeds, moduli, st.integers(0, 2))
def test_a_stiffer_phase_never_softens(size, seed, moduli, which):
    image = image_of(size, seed)
    soft = solve(image, moduli).stiffness
    stiffer = list(moduli)
    stiffer[which] = (2 * moduli[which][0], 3 * moduli[which][1])
    stiff = solve(image, stiffer).stiffness
    assert np.linalg.eigvalsh(stiff - soft).min() > -1e-4 * np.abs(stiff).max()


@few
@given(sizes, seeds, modulus, modulus)
def test_pores_and_fluids_end(size, seed, bulk, shear):
    result = solve(image_of(size, seed), [(0.0, 0.0), (bulk, shear), (bulk, 0.0)])
    top = max(bulk, shear)
    assert np.isfinite(result.stiffness).all()
    assert np.linalg.eigvalsh(result.stiffness).min() > -1e-8 * top
    assert 0.0 <= result.bulk_modulus <= bulk * (1 + 1e-9)
