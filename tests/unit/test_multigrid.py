"""The solver under the voxels: multigrid, conjugate gradients and aggregation on bare face conductances."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from ceramer.numerics.jit import over_planes
from ceramer.numerics.multigrid import (
    Aggregation,
    Deflation,
    Faces,
    Hierarchy,
    Outcome,
    cross_energy,
    padded,
    solve_mean_field,
)
from ceramer.numerics.multigrid import _kernels as kernels
from ceramer.numerics.multigrid._mean_field import plane_flux

UNIT = (1.0, 1.0, 1.0)


def random_faces(shape, periodic, spread=1.0, seed=0):
    """Log-normal faces; electrodes on open ends of axis 0."""
    rng = np.random.default_rng(seed)
    faces = Faces(*(padded(shape, np.float64) for _ in range(3)), periodic)
    for axis, g in enumerate(faces):
        inner = np.moveaxis(g, axis, 0)[:, 1:-1, 1:-1]
        inner[1:] = np.exp(spread * rng.normal(size=inner[1:].shape))
        if periodic[axis]:
            inner[-1] = inner[1] if inner.shape[0] > 3 else 0.0
            if inner.shape[0] == 3:
                inner[:] = 0.0
        elif axis != 0:
            inner[1] = inner[-1] = 0.0
    return faces


def matrix_of(faces):
    """The operator, assembled face by face."""
    shape = faces.shape
    index = np.arange(np.prod(shape)).reshape(shape)
    total = sparse.lil_matrix((index.size, index.size), dtype=faces.x.dtype)
    for axis, g in enumerate(faces):
        inner = np.moveaxis(g, axis, 0)[:, 1:-1, 1:-1]
        cells = np.moveaxis(index, axis, 0)
        for face in range(1, shape[axis] + 2):
            low = cells[face - 2] if face > 1 else (cells[-1] if faces.periodic[axis] else None)
            high = cells[face - 1] if face <= shape[axis] else None
            if high is None and faces.periodic[axis]:
                continue  # the same face as the first
            for a, b in ((low, high), (high, low)):
                if a is None:
                    continue
                for n, value in enumerate(inner[face].ravel()):
                    total[a.ravel()[n], a.ravel()[n]] += value
                    if b is not None:
                        total[a.ravel()[n], b.ravel()[n]] -= value
    return total.tocsr()


@pytest.mark.parametrize("shape", [(6, 5, 7), (9, 4, 3), (1, 8, 5)])
@pytest.mark.parametrize("periodic", [(True, True, True), (False, True, False)])
def test_the_operator_is_the_assembled_matrix(shape, periodic):
    faces = random_faces(shape, periodic)
    field = padded(shape, np.float64)
    inner = (slice(1, -1),) * 3
    field[inner] = np.random.default_rng(1).normal(size=shape)
    kernels.refresh(field, faces.wrap)
    out = padded(shape, np.float64)
    energy = sum(over_planes(kernels.apply_operator, shape[0], field.size, field, *faces, out))
    expected = matrix_of(faces) @ field[inner].ravel()
    np.testing.assert_allclose(out[inner].ravel(), expected, atol=1e-12)
    assert energy == pytest.approx(field[inner].ravel() @ expected)


@pytest.mark.parametrize("shape", [(12, 10, 14), (13, 7, 9), (32, 3, 5)])
@pytest.mark.parametrize("periodic", [(True, True, True), (False, False, False)])
def test_a_cycle_reduces_the_error_of_any_size(shape, periodic):
    faces = random_faces(shape, periodic)
    hierarchy = Hierarchy(faces)
    inner = (slice(1, -1),) * 3
    exact = np.random.default_rng(2).normal(size=shape)
    exact -= exact.mean()
    source = matrix_of(faces) @ exact.ravel()
    hierarchy.b[0][inner] = source.reshape(shape)
    hierarchy.cycle()
    error = exact - hierarchy.u[0][inner]
    operator = matrix_of(faces)
    assert error.ravel() @ (operator @ error.ravel()) < 0.1 * (exact.ravel() @ source)


def test_odd_periodic_axes_with_one_strong_direction():
    """Cells of one colour meet across the seam of an odd axis; relaxed at once, strong pairs would never settle."""
    faces = random_faces((5, 9, 5), (True, True, True), spread=0.1)
    faces.z[...] *= 1e4
    solution, aggregated = solve_mean_field(faces, 0, (1.0, 1.0, 0.01), tolerance=1e-10)
    assert solution.outcome is Outcome.CONVERGED
    assert not aggregated
    assert solution.iterations < 12


def test_coarse_axes_wait_for_near_ones():
    faces = random_faces((16, 16, 16), (True, True, True), spread=0.0)
    assert Hierarchy(faces, (1.0, 4.0, 4.0)).shifts[0] == (1, 0, 0)
    assert Hierarchy(faces, (1.0, 1.0, 1.0)).shifts[0] == (1, 1, 1)


@pytest.mark.parametrize("periodic", [(True, True, True), (False, True, False)])
def test_the_solution_and_its_estimate(periodic):
    shape = (12, 9, 10)
    faces = random_faces(shape, periodic, spread=1.5)
    solution, aggregated = solve_mean_field(faces, 0, UNIT, tolerance=1e-12)
    exact = cross_energy(faces, solution.u, solution.u, 0, 0, UNIT)
    assert not aggregated
    assert solution.energy == pytest.approx(exact, rel=1e-9)
    flux = plane_flux(faces, solution.u, 0, UNIT)
    np.testing.assert_allclose(flux, flux[0], rtol=1e-4)
    assert flux.mean() * shape[0] == pytest.approx(exact, rel=1e-5)
    for tolerance in (1e-2, 1e-4, 1e-6):
        rough, _ = solve_mean_field(faces, 0, UNIT, tolerance=tolerance)
        assert rough.outcome is Outcome.CONVERGED
        assert -1e-12 <= rough.energy / exact - 1.0 < tolerance
        assert rough.energy / exact - 1.0 < 2.0 * rough.error


def test_aggregation_solves_where_blocks_mislead():
    """Columns joined by faces a million times weaker, staggered against the blocks of two."""
    shape = (12, 12, 12)
    faces = random_faces(shape, (False, False, False), spread=0.0)
    faces.y[1:-1, 2::3, 1:-1] *= 1e-6
    faces.z[1:-1, 1:-1, 2::3] *= 1e-6
    faces.x[3:-3:4, 1:-1, 1:-1] *= np.where(np.arange(12) // 3 % 2, 1e-6, 1.0)[:, None]
    hierarchy = Hierarchy(faces)
    inner = (slice(1, -1),) * 3
    exact = np.random.default_rng(5).normal(size=shape)
    operator = matrix_of(faces)
    source = operator @ exact.ravel()
    aggregation = Aggregation(hierarchy)
    field = np.zeros(shape)
    for _ in range(12):
        aggregation.residual[inner] = (source - operator @ field.ravel()).reshape(shape)
        field += aggregation.apply()[inner]
    error = (exact - field).ravel()
    assert error @ (operator @ error) < 1e-6 * (exact.ravel() @ source)


def cells_behind_walls(periodic, weak):
    """Blocks of 6 cells an edge, off the grid of powers of two, joined by weak faces; complex where `weak` is."""
    faces = random_faces((12, 12, 12), periodic, spread=0.1)
    if isinstance(weak, complex):
        faces = Faces(*(g.astype(complex) for g in faces), periodic)
    for axis, g in enumerate(faces):
        np.moveaxis(g, axis, 0)[4:12:6] *= weak
    return faces


@pytest.mark.parametrize("periodic", [(True, True, True), (False, True, False)])
@pytest.mark.parametrize("weak", [1e-4, 1e-7, 1e-5 + 3e-5j])
def test_parts_behind_weak_faces_cost_no_iterations(periodic, weak):
    faces = cells_behind_walls(periodic, weak)
    solution, _ = solve_mean_field(faces, 0, UNIT, tolerance=1e-8, limit=60)
    assert solution.outcome is Outcome.CONVERGED
    assert solution.iterations < 45
    flux = plane_flux(faces, solution.u, 0, UNIT)
    np.testing.assert_allclose(flux, flux[0], rtol=1e-2)
    exact = cross_energy(faces, solution.u, solution.u, 0, 0, UNIT)
    assert abs(flux.mean() * 12 / exact - 1.0) < 1e-4


@pytest.mark.parametrize("periodic", [(True, True, True), (False, True, False)])
@pytest.mark.parametrize("weak", [1e-6, 1e-6 - 1e-6j])
def test_deflation_leaves_no_current_into_any_part(periodic, weak):
    faces = cells_behind_walls(periodic, weak)
    deflation = Deflation.of(Hierarchy(faces))
    inner = (slice(1, -1),) * 3
    part = np.zeros(faces.shape, int)
    for axis in range(3):
        along = (np.indices(faces.shape)[axis] + 3) // 6
        part = 3 * part + (along % 2 if periodic[axis] else along)
    operator = matrix_of(faces)
    source = operator @ np.random.default_rng(7).normal(size=part.size)
    deflation.residual[inner] = source.reshape(faces.shape)
    rest = source - operator @ deflation.apply()[inner].ravel()
    into = [np.abs(rest[part.ravel() == p].sum()) for p in np.unique(part)]
    assert len(into) == (8 if all(periodic) else 18)
    assert max(into) < 1e-9 * np.abs(source).sum()


def test_noise_has_no_parts():
    assert Deflation.of(Hierarchy(random_faces((10, 10, 10), (True, True, True), spread=4.0))) is None
    assert Deflation.of(Hierarchy(random_faces((10, 10, 10), (True, True, True), spread=0.1))) is None
