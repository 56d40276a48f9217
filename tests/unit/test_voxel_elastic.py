"""Arguments, refusals and the result of the elastic solve."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ceramer.errors import InputError, UnknownNameError
from ceramer.laws import hashin_shtrikman_bulk, hashin_shtrikman_shear
from ceramer.microstructure.voxels import VoxelImage, _elastic
from ceramer.microstructure.voxels._elastic import bulk_and_shear_modulus, effective_elasticity
from ceramer.microstructure.voxels._result import Ending

MODULI = {0: (3e9, 1e9), 1: (100e9, 45e9)}


def blobs(n: int, seed: int = 0) -> np.ndarray:
    noise = np.fft.rfftn(np.random.default_rng(seed).normal(size=(n, n, n)))
    k = np.meshgrid(*[np.fft.fftfreq(n)] * 2, np.fft.rfftfreq(n), indexing="ij")
    smooth = np.fft.irfftn(noise * np.exp(-60.0 * sum(a**2 for a in k)), s=(n, n, n), axes=(0, 1, 2))
    return (smooth > 0).astype(np.uint8)


IMAGE = blobs(12)


@pytest.mark.parametrize(
    ("labels", "moduli", "more", "said"),
    [
        (IMAGE, {0: (1.0, 1.0)}, {}, "label 1 occurs in the image and has no moduli"),
        (IMAGE, {}, {}, "moduli holds nothing"),
        (IMAGE, {**MODULI, 1: (-1.0, 1.0)}, {}, "the bulk modulus of 1 is -1 Pa"),
        (IMAGE, {**MODULI, 1: (1.0, -2.0)}, {}, "the shear modulus of 1 is -2 Pa"),
        (IMAGE, {**MODULI, 1: (math.nan, 1.0)}, {}, "the bulk modulus of 1 is nan Pa"),
        (IMAGE, {**MODULI, 1: (1.0, math.inf)}, {}, "the shear modulus of 1 is inf Pa"),
        (IMAGE, {**MODULI, 1: (1.0, None)}, {}, "the shear modulus of 1 is None"),
        (IMAGE, {**MODULI, 1: 5.0}, {}, "give \\(bulk modulus, shear modulus\\)"),
        (IMAGE, {**MODULI, 1: (1.0, 2.0, 3.0)}, {}, "give \\(bulk modulus, shear modulus\\)"),
        (IMAGE, {**MODULI, 1: ("3 GPa", "2 um")}, {}, "um"),
        (IMAGE, {**MODULI, "ceramic": (1.0, 1.0)}, {}, "Unknown phase 'ceramic'"),
        (IMAGE[0], MODULI, {}, "labels have 2 axes"),
        (IMAGE[None], MODULI, {}, "labels have shape"),
        (np.where(IMAGE, np.nan, 0.0), MODULI, {}, "NaN"),
        (IMAGE + 0.5, MODULI, {}, "fractions"),
        (IMAGE, MODULI, {"tolerance": 0.0}, "tolerance is 0.0"),
        (IMAGE, MODULI, {"tolerance": math.nan}, "tolerance is nan"),
        (IMAGE, MODULI, {"directions": "zq"}, "Unknown direction 'zq'"),
        (IMAGE, MODULI, {"directions": []}, "directions is empty"),
        (IMAGE, MODULI, {"directions": "zz", "isotropic": True}, "isotropic solves two loads of its own"),
        (IMAGE, MODULI, {"precision": "float16"}, "Unknown precision 'float16'"),
        (IMAGE, MODULI, {"voxel_size": [1.0, 1.0]}, "voxel_size has 2 entries"),
    ],
)
def test_refused_in_one_sentence(labels, moduli, more, said):
    with pytest.raises(InputError, match=said) as caught:
        effective_elasticity(labels, moduli, **more)
    assert "\n" not in str(caught.value)


def test_young_modulus_and_poisson_ratio():
    bulk, shear = bulk_and_shear_modulus(2.5, 0.25)
    assert (bulk, shear) == (pytest.approx(2.5 / 1.5), pytest.approx(1.0))
    for young, poisson in [(-1.0, 0.3), (math.inf, 0.3), (1.0, 0.5), (1.0, -1.0), (1.0, math.nan)]:
        with pytest.raises(InputError):
            bulk_and_shear_modulus(young, poisson)


def test_an_image_with_names_sizes_and_units():
    image = VoxelImage(IMAGE, ["0.5 um", "1 um", "1 um"], {0: "polymer", 1: "ceramic"})
    named = effective_elasticity(
        image, {"polymer": ("3 GPa", "1 GPa"), "ceramic": ("100 GPa", 45e9)}, isotropic=True, tolerance=1e-6
    )
    plain = effective_elasticity(IMAGE, MODULI, voxel_size=[1.0, 2.0, 2.0], isotropic=True, tolerance=1e-6)
    assert named.bulk_modulus == pytest.approx(plain.bulk_modulus, rel=1e-9)
    cubes = effective_elasticity(IMAGE, MODULI, isotropic=True, tolerance=1e-6)
    assert cubes.bulk_modulus != pytest.approx(plain.bulk_modulus, rel=1e-3)


def test_flat_voxels_in_place_of_cubes():
    cubes = effective_elasticity(blobs(16), MODULI, directions=["zz", "zy", "yy"], tolerance=1e-5)
    flat = effective_elasticity(
        blobs(16).repeat(2, 0), MODULI, directions=["zz", "zy", "yy"], tolerance=1e-5, voxel_size=[0.5, 1.0, 1.0]
    )
    for name in ("zz", "yy", "zy"):
        assert flat.component(name, name) == pytest.approx(cubes.component(name, name), rel=0.05)


def test_labels_of_any_number():
    far = np.where(IMAGE, 70_000, -3)
    found = effective_elasticity(far, {-3: MODULI[0], 70_000: MODULI[1], 5: (1.0, 1.0)}, isotropic=True)
    assert found.bulk_modulus == effective_elasticity(IMAGE, MODULI, isotropic=True).bulk_modulus
    assert set(found.volume_fractions) == {-3, 70_000}


def test_only_some_directions():
    whole = effective_elasticity(IMAGE, MODULI, tolerance=1e-8)
    some = effective_elasticity(IMAGE, MODULI, tolerance=1e-8, directions=["xz", "zz"])
    assert some.loads == ("zz", "zx")
    assert some.component("zz", "zz") == pytest.approx(whole.component("zz", "zz"))
    assert some.component("zz", "xz") == pytest.approx(whole.component("zx", "zz"))
    assert np.isnan(some.stiffness).sum() == 32
    assert math.isnan(some.bulk_modulus)
    assert math.isnan(some.anisotropy)
    assert math.isnan(some.poisson_ratio)
    np.testing.assert_allclose(some.phase_strain[1][:, 1], whole.phase_strain[1][:, 4], atol=1e-4)
    with pytest.raises(UnknownNameError):
        some.component("zz", "ww")


def test_single_precision_agrees():
    double = effective_elasticity(IMAGE, MODULI)
    single = effective_elasticity(IMAGE, MODULI, precision="float32")
    np.testing.assert_allclose(single.stiffness, double.stiffness, atol=1e-5 * double.stiffness.max())
    assert single.stiffness.dtype == np.float64


def test_too_much_asked_of_single_precision():
    result = effective_elasticity(
        blobs(16), {0: (1.0, 0.5), 1: (1e5, 5e4)}, isotropic=True, precision="float32", tolerance=1e-9
    )
    assert not result.converged
    assert Ending.ROUNDING in result.ending.values()
    assert "rounding" in str(result)


def test_the_error_estimate_covers_the_error():
    for inclusion in [(30e9, 10e9), (3e13, 1e13), (3e5, 1e5), (0.0, 0.0)]:
        moduli = {0: (3e9, 1e9), 1: inclusion}
        exact = effective_elasticity(blobs(20), moduli, isotropic=True, tolerance=1e-9)
        for tolerance in (1e-2, 1e-3):
            found = effective_elasticity(blobs(20), moduli, isotropic=True, tolerance=tolerance)
            assert found.converged
            for value, true, load in [
                (found.bulk_modulus, exact.bulk_modulus, "hydrostatic"),
                (found.shear_modulus, exact.shear_modulus, "shear"),
            ]:
                assert -1e-8 < value / true - 1 <= found.error_estimate[load] <= 2 * tolerance


@pytest.mark.parametrize("contrast", [1e2, 1e4])
@pytest.mark.parametrize("kind", ["rubber", "rigid", "noise", "pores"])
def test_no_less_is_claimed_than_is_missing_at_any_moment(contrast, kind):
    """Along the whole iteration: weakly coupled modes (rubber between stiff grains) deceive the last iterations."""
    n = 16
    x = np.arange(n) + 0.5 - n / 2
    image = {
        "rubber": blobs(n),
        "rigid": (x[:, None, None] ** 2 + x[:, None] ** 2 + x**2 < 36.0).astype(int),
        "noise": np.random.default_rng(0).integers(0, 2, (n, n, n)),
        "pores": blobs(n) + 2 * (np.random.default_rng(1).random((n, n, n)) < 0.1),
    }[kind]
    moduli = {0: (1e3, 1.0) if kind == "rubber" else (3.0, 1.0), 1: (contrast, contrast)} | {
        2: (0.0, 0.0),
        3: (0.0, 0.0),
    }
    exact = effective_elasticity(image, moduli, directions="zz", tolerance=1e-12).component("zz", "zz")
    for tolerance in 10.0 ** -np.arange(0.5, 5.1, 0.5):
        found = effective_elasticity(image, moduli, directions="zz", tolerance=tolerance)
        missing = found.component("zz", "zz") / exact - 1.0
        assert -1e-9 < missing <= found.error_estimate["zz"] + 1e-9


def test_weak_inclusions_become_pores():
    image, matrix = blobs(16), (3.0, 1.0)
    pore = effective_elasticity(image, {0: matrix, 1: (0.0, 0.0)}, isotropic=True, tolerance=1e-5)
    weak = effective_elasticity(image, {0: matrix, 1: (3e-5, 1e-5)}, isotropic=True, tolerance=1e-5)
    assert 0.0 < pore.bulk_modulus < 1.0
    assert weak.bulk_modulus == pytest.approx(pore.bulk_modulus, rel=5e-3)
    assert weak.shear_modulus == pytest.approx(pore.shear_modulus, rel=5e-3)


def test_nearly_incompressible_matrix_does_not_lock():
    # rubber with 1 % of rigid grains: Einstein's 1 + 2.5 f within the discreteness of a small sphere
    n = 24
    x = np.arange(n) + 0.5 - n / 2
    image = (x[:, None, None] ** 2 + x[:, None] ** 2 + x**2 < 4.0**2).astype(int)
    part = image.mean()
    result = effective_elasticity(image, {0: (1e9, 1e5), 1: (1e11, 1e11)}, isotropic=True, tolerance=1e-4)
    assert (result.shear_modulus / 1e5 - 1) / part == pytest.approx(2.5, rel=0.25)


def test_nothing_bears():
    islands = np.zeros((8, 8, 8), int)
    islands[2:5, 2:5, 2:5] = 1
    result = effective_elasticity(islands, {0: (0.0, 0.0), 1: (1e9, 1e9)})
    np.testing.assert_allclose(result.stiffness, 0.0, atol=1e-2)
    assert result.converged
    void = effective_elasticity(islands, {0: (0.0, 0.0), 1: (0.0, 0.0)})
    np.testing.assert_array_equal(void.stiffness, 0.0)
    assert void.young_modulus == 0.0
    assert math.isnan(void.poisson_ratio)
    assert math.isnan(void.anisotropy)


def test_fluids_share_a_pressure():
    # no shear stiffness anywhere: the bulk modulus is the harmonic mean
    image = blobs(9)
    part = image.mean()
    result = effective_elasticity(image, {0: (1.0, 0.0), 1: (4.0, 0.0)}, tolerance=1e-10)
    assert result.bulk_modulus == pytest.approx(1 / ((1 - part) + part / 4), rel=1e-6)
    assert result.shear_modulus == pytest.approx(0.0, abs=1e-9)


def test_bounds_beside_the_result():
    result = effective_elasticity(IMAGE, MODULI, isotropic=True)
    parts = [result.volume_fractions[0], result.volume_fractions[1]]
    assert parts == pytest.approx([1 - IMAGE.mean(), IMAGE.mean()])
    assert result.bulk_bounds == hashin_shtrikman_bulk([3e9, 100e9], [1e9, 45e9], parts)
    assert result.shear_bounds == hashin_shtrikman_shear([3e9, 100e9], [1e9, 45e9], parts)
    porous = effective_elasticity(IMAGE, {0: (0.0, 0.0), 1: MODULI[1]}, isotropic=True)
    assert porous.bulk_bounds[0] < 1.0 < porous.bulk_modulus < porous.bulk_bounds[1]


def test_isotropic_constants():
    result = effective_elasticity(IMAGE, MODULI, isotropic=True)
    again = bulk_and_shear_modulus(result.young_modulus, result.poisson_ratio)
    assert again == pytest.approx((result.bulk_modulus, result.shear_modulus))
    assert np.isnan(result.stiffness).all()
    assert result.loads == ("hydrostatic", "shear")
    assert "Hashin-Shtrikman" in str(result)


def test_progress_is_told():
    told = []
    result = effective_elasticity(IMAGE, MODULI, directions="zz", progress=lambda *news: told.append(news))
    assert [load for load, _, _ in told] == ["zz"] * result.iterations["zz"]
    assert told[-1][2] <= 1e-3 < told[0][2]


def test_iterations_run_out(monkeypatch):
    monkeypatch.setattr(_elastic, "_MOST_ITERATIONS", 2)
    result = effective_elasticity(IMAGE, MODULI, isotropic=True, tolerance=1e-8)
    assert not result.converged
    assert result.ending["shear"] is Ending.NOT_CONVERGED
    assert result.error_estimate["shear"] > 1e-8
