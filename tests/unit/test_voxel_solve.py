"""Effective conductivity of voxel images: edge cases, what the result says, and sentences for bad input."""

from __future__ import annotations

import numpy as np
import pytest

from ceramer.errors import InputError
from ceramer.microstructure.voxels._image import VoxelImage
from ceramer.microstructure.voxels._result import Ending
from ceramer.microstructure.voxels._solve import SolveMemory, effective_conductivity

TIGHT = {"tolerance": 1e-10, "precision": "float64"}


def random_image(shape, share, seed=0):
    return (np.random.default_rng(seed).random(shape) < share).astype(np.uint8)


def test_a_single_voxel_conducts_like_its_phase():
    for periodic in (True, False):
        result = effective_conductivity(np.array([[[7]]]), {7: 0.25}, periodic=periodic, **TIGHT)
        np.testing.assert_allclose(np.diag(result.tensor), 0.25)
        assert result.power_shares["z"] == {7: pytest.approx(1.0)}


@pytest.mark.parametrize("shape", [(5,), (4, 7), (1, 6, 1), (2, 3, 5), (31, 1, 17)])
@pytest.mark.parametrize("periodic", [True, False])
def test_one_phase_of_any_shape(shape, periodic):
    result = effective_conductivity(np.zeros(shape, int), {0: 3.0}, periodic=periodic, voxel_size=2e-7, **TIGHT)
    assert result.axes == ("z", "y", "x")[-len(shape) :]
    np.testing.assert_allclose(np.diag(result.tensor), 3.0, rtol=1e-12)
    assert result.converged
    assert result.mean == pytest.approx(3.0)


def test_labels_of_any_kind_and_conductivities_that_do_not_occur():
    image = np.array([[0, 1], [1, 0], [0, 0]])
    expected = effective_conductivity(image, {0: 1.0, 1: 5.0}, **TIGHT).tensor
    for relabelled, names in (
        (image.astype(bool), (False, True)),
        (image * 70000 - 3, (-3, 69997)),
        (image * 2.0, (0, 2)),
    ):
        found = effective_conductivity(relabelled, {names[0]: 1.0, names[1]: 5.0, 99: 8.0}, **TIGHT)
        np.testing.assert_allclose(found.tensor, expected, rtol=1e-12)


def test_nothing_that_percolates_is_exactly_zero_and_says_so():
    image = np.zeros((6, 6, 6), int)
    image[2:4, 2:4, 2:4] = 1
    image[0, 0, 0] = 1
    result = effective_conductivity(image, {0: 0.0, 1: 1.0}, periodic=False)
    np.testing.assert_array_equal(np.diag(result.tensor), 0.0)
    assert set(result.ending.values()) == {Ending.NOT_PERCOLATING}
    assert (result.clusters, result.floating_clusters) == (2, 2)
    assert result.floating_fraction == pytest.approx(9 / 216)
    assert "exactly 0" in str(result)


def test_percolation_follows_the_periodic_image():
    # a diagonal staircase that meets itself one period on along both axes, and a bar that only touches both ends
    image = np.zeros((4, 4), int)
    for k in range(4):
        image[k, k] = image[k, (k + 1) % 4] = 1
    result = effective_conductivity(image, {0: 0.0, 1: 1.0}, **TIGHT)
    assert result.percolates == {"y": True, "x": True}
    np.testing.assert_allclose(result.tensor, result.tensor.T, atol=1e-12)
    assert result.tensor[0, 1] == pytest.approx(result.along("y"), rel=1e-9)  # one path: both components of one vector
    broken = np.zeros((4, 4), int)
    broken[0, 0] = broken[1, 0] = broken[3, 2] = broken[2, 2] = 1
    assert not any(effective_conductivity(broken, {0: 0.0, 1: 1.0}).percolates.values())


def test_floating_clusters_change_nothing():
    image = random_image((16, 14, 12), 0.45, seed=4)
    result = effective_conductivity(image, {0: 0.0, 1: 1.0}, directions="x", **TIGHT)
    assert result.floating_clusters > 5
    from scipy.ndimage import label

    marked = np.array(label(np.pad(image, 0))[0])
    small = [k for k in range(1, marked.max() + 1) if (marked == k).sum() == 1]
    cleaned = np.where(np.isin(marked, small) & (marked > 0), 0, image)
    again = effective_conductivity(cleaned, {0: 0.0, 1: 1.0}, directions="x", **TIGHT)
    # single voxels at the rim may join across the seam, so only inner ones are sure to float
    assert again.along("x") <= result.along("x") * (1 + 1e-9)


def test_a_blocking_interface_is_an_insulated_surface():
    image = np.zeros((6, 6, 6), int)
    image[2:4, 2:4, 2:4] = 1
    blocked = effective_conductivity(image, {0: 1.0, 1: 9.0}, interfaces={(0, 1): 0.0}, voxel_size=1.0, **TIGHT)
    hollow = effective_conductivity(image, {0: 1.0, 1: 0.0}, **TIGHT)
    np.testing.assert_allclose(blocked.tensor, hollow.tensor, rtol=1e-9, atol=1e-12)
    assert blocked.power_shares["z"][1] == pytest.approx(0.0, abs=1e-12)
    open_ = effective_conductivity(image, {0: 1.0, 1: 9.0}, interfaces={(0, 1): np.inf}, voxel_size=1.0, **TIGHT)
    np.testing.assert_allclose(
        open_.tensor, effective_conductivity(image, {0: 1.0, 1: 9.0}, **TIGHT).tensor, rtol=1e-9, atol=1e-12
    )


def test_grains_whose_boundaries_block_do_not_percolate():
    grains = np.repeat([1, 2, 3, 4], 2)[:, None, None] * np.ones((8, 3, 3), int)
    result = effective_conductivity(
        np.zeros((8, 3, 3), int), {0: 1.0}, interfaces={(0, 0): 0.0}, grains=grains, voxel_size=1e-6, **TIGHT
    )
    assert result.along("z") == 0.0
    assert result.ending["z"] is Ending.NOT_PERCOLATING
    assert result.along("x") == pytest.approx(1.0)


@pytest.mark.parametrize("contrast", [1e6, 1e-6])
def test_contrast_of_a_million(contrast):
    # slabs with a random image between insulating guides: exact on the slab part, bounded for the rest
    image = random_image((12, 12, 12), 0.2, seed=1)
    for precision in ("float32", "float64"):
        result = effective_conductivity(
            image, {0: 1.0, 1: contrast}, tolerance=1e-4, precision=precision, directions="z"
        )
        assert result.converged
        if precision == "float32":
            single = result.along("z")
    assert single == pytest.approx(result.along("z"), rel=1e-3)


def test_weak_grain_boundaries_call_for_aggregation_and_meet_the_dense_answer():
    rng = np.random.default_rng(2)
    n = 16
    points = rng.random((12, 3)) * n
    at = np.stack(np.meshgrid(*[np.arange(n) + 0.5] * 3, indexing="ij"), -1)
    grains = ((at[..., None, :] - points) ** 2).sum(-1).argmin(-1)
    result = effective_conductivity(
        np.zeros((n,) * 3, np.uint8),
        {0: 1.0},
        interfaces={(0, 0): 1e-5},
        grains=grains,
        voxel_size=1.0,
        smooth=False,
        directions="z",
        periodic=False,
        **TIGHT,
    )
    assert result.aggregated["z"]
    assert result.along("z") == pytest.approx(dense(grains, 1e-5), rel=1e-8)
    assert result.flux_imbalance["z"] < 1e-3


def dense(grains, contact):
    """Electrodes on axis 0, unit voxels of conductivity 1, contacts in series between grains: sparse direct solve."""
    from scipy import sparse
    from scipy.sparse.linalg import spsolve

    index = np.arange(grains.size).reshape(grains.shape)
    rows, columns, values = [], [], []
    for axis in range(3):
        a, b = np.moveaxis(index, axis, 0)[:-1].ravel(), np.moveaxis(index, axis, 0)[1:].ravel()
        g = np.where(grains.ravel()[a] == grains.ravel()[b], 1.0, 1.0 / (1.0 + 1.0 / contact))
        rows += [a, b, a, b]
        columns += [b, a, a, b]
        values += [-g, -g, g, g]
    low, high = index[0].ravel(), index[-1].ravel()
    rows += [low, high]
    columns += [low, high]
    values += [np.full(low.size, 2.0)] * 2
    size = grains.size
    matrix = sparse.csr_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), (size, size))
    source = np.zeros(size)
    source[low] = 2.0
    potential = spsolve(matrix.tocsc(), source)
    return float((2.0 * (1.0 - potential[low])).sum()) * grains.shape[0] / low.size


def test_shares_and_flux_maps_of_a_layered_image():
    image = np.zeros((4, 3, 6), int)
    image[..., 4:] = 1
    result = effective_conductivity(image, {0: 1.0, 1: 3.0}, keep_maps=True, **TIGHT)
    assert result.volume_fractions == {0: pytest.approx(2 / 3), 1: pytest.approx(1 / 3)}
    assert result.current_shares["z"] == {0: pytest.approx(2 / 5), 1: pytest.approx(3 / 5)}
    assert result.current_shares["x"] == {0: pytest.approx(2 / 3, rel=1e-4), 1: pytest.approx(1 / 3, rel=1e-4)}
    assert result.power_shares["x"] == {0: pytest.approx(6 / 7, rel=1e-4), 1: pytest.approx(1 / 7, rel=1e-4)}
    flux = result.flux["z"]
    assert flux.shape == (4, 3, 6, 3)
    np.testing.assert_allclose(flux[..., 0], np.where(image == 0, 1.0, 3.0), rtol=1e-6)
    np.testing.assert_allclose(flux[..., 1:], 0.0, atol=1e-9)
    assert result.flux["x"][..., 2].mean() == pytest.approx(result.along("x"), rel=1e-5)


def test_progress_is_told_and_directions_are_obeyed():
    seen = []
    result = effective_conductivity(
        random_image((8, 8, 8), 0.5), {0: 1.0, 1: 4.0}, directions=["x", "z"], progress=lambda *a: seen.append(a)
    )
    assert {axis for axis, _, _ in seen} == {"z", "x"}
    assert set(result.ending) == {"z", "x"}
    assert np.isnan(result.tensor[1, 1])
    assert np.isnan(result.mean)
    assert np.isfinite(result.tensor[0, 2])


def test_a_voxel_image_brings_names_size_and_periodicity():
    image = VoxelImage(random_image((6, 6, 6), 0.5), 5e-7, {0: "polymer", 1: "LATP"}, periodic=(True, True, True))
    named = effective_conductivity(
        image, {"polymer": "0.01 mS/cm", "LATP": 0.1}, interfaces={("polymer", "LATP"): 1e4}, **TIGHT
    )
    plain = effective_conductivity(image.labels, {0: 1e-3, 1: 0.1}, interfaces={(0, 1): 1e4}, voxel_size=5e-7, **TIGHT)
    np.testing.assert_allclose(named.tensor, plain.tensor, rtol=1e-12)
    with pytest.raises(InputError, match="did you mean 'polymer'"):
        effective_conductivity(image, {"polymr": 1.0, "LATP": 1.0})


OK = np.array([[0, 1], [1, 0]])


@pytest.mark.parametrize(
    ("labels", "sigma", "options", "said"),
    [
        (np.array([[0.0, np.nan]]), {0: 1.0}, {}, "1 NaN or infinite"),
        (np.array([0.5, 1.0]), {0: 1.0}, {}, "fractions such as 0.5"),
        (np.zeros((2, 2, 2, 2)), {0: 1.0}, {}, "one to three axes"),
        (np.zeros((0, 3)), {0: 1.0}, {}, "none of them empty"),
        (np.array(["a", "b"]), {0: 1.0}, {}, "must be whole numbers"),
        (OK, {0: 1.0}, {}, "label 1 occurs in the image and has no conductivity"),
        (OK, {0: 1.0, 1: -2.0}, {}, "must be a finite number, 0 or more"),
        (OK, {0: 1.0, 1: np.nan}, {}, "must be a finite number, 0 or more"),
        (OK, {0: 1.0, 1: None}, {}, "give a number in SI units"),
        (OK, {0: 1.0, 1: -1.0 + 2j}, {}, "real part is 0 or more"),
        (OK, {0: 1.0, 1: 2.0}, {"interfaces": {(0, 1): 1.0}}, "voxel_size is missing"),
        (OK, {0: 1.0, 1: 2.0}, {"interfaces": {(0, 5): 1.0}, "voxel_size": 1.0}, "names label 5"),
        (OK, {0: 1.0, 1: 2.0}, {"interfaces": {0: 1.0}, "voxel_size": 1.0}, "keys are pairs"),
        (OK, {0: 1.0, 1: 2.0}, {"interfaces": {(0, 1): 1.0, (1, 0): 2.0}, "voxel_size": 1.0}, "two values"),
        (OK, {0: 1.0, 1: 2.0}, {"interfaces": {(1, 1): 1.0}, "voxel_size": 1.0}, "give grains"),
        (OK, {0: 1.0, 1: 2.0}, {"interfaces": {(1, 1): 1.0}, "voxel_size": 1.0, "grains": [1, 2]}, "grains have shape"),
        (
            OK,
            {0: 1.0, 1: 2.0},
            {"interfaces": {(0, 1): 1.0}, "sheets": {(0, 1): 1.0}, "voxel_size": 1.0},
            "both an interface and a sheet",
        ),
        (OK, {0: 1.0, 1: 2.0}, {"sheets": {(1, 1): 1.0}, "voxel_size": 1.0}, "joins a label with itself"),
        (OK, {0: 1.0, 1: 2.0}, {"voxel_size": [1.0, 2.0, 3.0]}, "the image has 2 axes"),
        (OK, {0: 1.0, 1: 2.0}, {"voxel_size": 0.0}, "positive length"),
        (OK, {0: 1.0, 1: 2.0}, {"voxel_size": "3 kg"}, "kg"),
        (OK, {0: 1.0, 1: 2.0}, {"directions": "z"}, "Unknown direction 'z'"),
        (OK, {0: 1.0, 1: 2.0}, {"precision": "float16"}, "Unknown precision"),
        (OK, {0: 1.0, 1: 2.0}, {"tolerance": 0.0}, "between 0 and 1"),
        (OK, {0: 1.0, 1: 2.0}, {"periodic": [True]}, "periodic has 1 entries"),
    ],
)
def test_bad_input_gets_one_sentence(labels, sigma, options, said):
    with pytest.raises(InputError, match=said) as caught:
        effective_conductivity(labels, sigma, **options)
    assert "\n" not in str(caught.value)


def test_a_sweep_of_temperatures_starts_from_the_solves_before():
    image = np.random.default_rng(8).integers(0, 2, (14, 15, 16))
    memory, ratios = SolveMemory(most=3), np.geomspace(3.0, 30.0, 8)
    options = {"tolerance": 1e-7, "precision": "float64"}
    counts = {"with": 0, "without": 0}
    for ratio in ratios:
        known = effective_conductivity(image, {0: 1.0, 1: ratio}, memory=memory, **options)
        alone = effective_conductivity(image, {0: 1.0, 1: ratio}, **options)
        np.testing.assert_allclose(np.diag(known.tensor), np.diag(alone.tensor), rtol=5e-7)
        counts["with"] += sum(known.iterations.values())
        counts["without"] += sum(alone.iterations.values())
    assert counts["with"] < 0.7 * counts["without"]
    other = effective_conductivity(image[:10], {0: 1.0, 1: 2.0j + 1.0}, memory=memory, tolerance=1e-7)
    assert other.converged  # another size: what was kept is forgotten
    real = effective_conductivity(image[:10], {0: 1.0, 1: 2.0}, memory=memory, tolerance=1e-4)
    assert real.tensor.dtype == float


def test_a_sweep_through_a_uniform_medium_goes_on():
    """Its field is 0 and no direction to start along."""
    image, memory = np.random.default_rng(8).integers(0, 2, (9, 10, 11)), SolveMemory()
    for ratio in np.exp(0.5 * np.arange(-2, 5)):
        known = effective_conductivity(image, {0: 1.0, 1: ratio}, memory=memory, tolerance=1e-5)
        alone = effective_conductivity(image, {0: 1.0, 1: ratio}, tolerance=1e-6, precision="float64")
        np.testing.assert_allclose(np.diag(known.tensor), np.diag(alone.tensor), rtol=2e-5)


@pytest.mark.parametrize(("precision", "second"), [("float32", 2.0), ("float64", 2.0), ("float64", 2.0 + 1.0j)])
def test_a_start_that_is_the_answer_is_left_alone(precision, second):
    image, memory = np.random.default_rng(8).integers(0, 2, (9, 10, 11)), SolveMemory()
    values = []
    for _ in range(4):
        result = effective_conductivity(
            image, {0: 1.0, 1: second}, memory=memory, tolerance=1e-5, precision=precision, directions="z"
        )
        assert result.converged
        values.append(result.along("z"))
    np.testing.assert_allclose(values, values[0], rtol=1e-5)
    layers = np.repeat([0, 1, 1, 0], 2).reshape(8, 1, 1)
    for _ in range(3):
        exact = effective_conductivity(
            layers, {0: 1.0, 1: second}, memory=memory, tolerance=1e-5, precision=precision, directions="z"
        )
        assert exact.along("z") == pytest.approx(2.0 / (1.0 + 1.0 / second), rel=1e-5)
