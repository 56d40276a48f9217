"""The array backend beside the compiled kernels: the same answers on NumPy, and on PyTorch where it is there."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from ceramer.errors import InputError, MissingExtraError, UnknownNameError
from ceramer.microstructure.voxels import effective_conductivity, polycrystal
from ceramer.numerics.multigrid import ArrayBackend, array_backend
from ceramer.numerics.multigrid import _arrays as arrays

NUMPY = ArrayBackend(np)


@pytest.fixture(params=["numpy", "torch"])
def backend(request):
    library = pytest.importorskip(request.param)
    return ArrayBackend(library, "cpu" if request.param == "torch" else None)


def blobs(shape, labels, seed):
    """Random blocks of two voxels an edge, so that phases percolate and sizes need not be even."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, labels, [(n + 1) // 2 for n in shape])
    for axis in range(len(shape)):
        coarse = np.repeat(coarse, 2, axis)
    return coarse[tuple(slice(0, n) for n in shape)]


def both(backend, *arguments, **options):
    options = {"tolerance": 1e-8, "precision": "float64", **options}
    one = effective_conductivity(*arguments, **options)
    other = effective_conductivity(*arguments, device=backend, **options)
    assert one.converged
    assert other.converged
    return one, other


def agree(one, other, rtol=1e-7):
    np.testing.assert_allclose(other.tensor, one.tensor, rtol=rtol, atol=rtol * np.nanmax(np.abs(one.tensor)))
    for axis, shares in one.power_shares.items():
        assert list(shares) == list(other.power_shares[axis])
        np.testing.assert_allclose(list(other.power_shares[axis].values()), list(shares.values()), atol=1e-4)


@pytest.mark.parametrize("shape", [(13, 10, 15), (1, 18, 21), (24, 5, 3), (17, 17, 17)])
@pytest.mark.parametrize("periodic", [True, False])
def test_images_with_insulators_and_contacts_of_any_size(backend, shape, periodic):
    image = blobs(shape, 3, seed=sum(shape))
    one, other = both(
        backend,
        image,
        {0: 1.0, 1: 20.0, 2: 0.0},
        interfaces={(0, 1): 3.0},
        voxel_size=0.3,
        periodic=periodic,
    )
    agree(one, other)
    assert all(other.iterations[axis] <= one.iterations[axis] + 2 for axis in one.iterations)


def test_planes_and_lines(backend):
    agree(*both(backend, blobs((14, 11), 2, seed=4), {0: 1.0, 1: 30.0}))
    agree(*both(backend, [0, 1, 1, 0, 1], {0: 1.0, 1: 30.0}, periodic=False))


def test_complex_conductivities_and_capacitive_boundaries(backend):
    image = polycrystal(17, 0.3e-6, 1.5e-6, seed=2)
    agree(
        *both(
            backend,
            image,
            {"grain": 0.3 + 1e-3j},
            interfaces={("grain", "grain"): 1e5 + 2e5j},
            directions="z",
        )
    )


def test_long_voxels_and_blocked_faces(backend):
    image = blobs((12, 9, 20), 2, seed=9)
    agree(*both(backend, image, {0: 1.0, 1: 5.0}, voxel_size=(1.0, 2.5, 0.4), interfaces={(0, 1): 0.0}))


def test_single_precision_reaches_its_tolerance(backend):
    image = blobs((21, 22, 23), 2, seed=6)
    exact = effective_conductivity(image, {0: 1.0, 1: 100.0}, tolerance=1e-10, precision="float64")
    found = effective_conductivity(image, {0: 1.0, 1: 100.0}, tolerance=1e-4, device=backend)
    assert found.converged
    np.testing.assert_allclose(np.diag(found.tensor), np.diag(exact.tensor), rtol=1e-4)


def test_what_stalls_goes_on_with_aggregation():
    rng = np.random.default_rng(3)
    image = (rng.random((20, 20, 20)) < 0.36).astype(int)  # sites near percolation
    one, other = both(NUMPY, image, {1: 1.0, 0: 0.0}, directions="z", periodic=False)
    agree(one, other)
    assert other.aggregated["z"]


@settings(max_examples=15)
@given(
    shape=st.tuples(*[st.integers(1, 12)] * 3),
    periodic=st.tuples(*[st.booleans()] * 3),
    contrast=st.floats(1e-3, 1e3),
    contact=st.one_of(st.none(), st.floats(1e-2, 1e2)),
    seed=st.integers(0, 1000),
)
def test_random_images_agree(shape, periodic, contrast, contact, seed):
    image = np.random.default_rng(seed).integers(0, 2, shape)
    contacts = {} if contact is None else {(0, 1): contact}
    agree(
        *both(NUMPY, image, {0: 1.0, 1: contrast}, interfaces=contacts, periodic=periodic, voxel_size=1.0),
        rtol=1e-6,
    )


def test_sheets_stay_on_the_cpu():
    image = blobs((8, 8, 8), 2, seed=1)
    with pytest.raises(InputError, match="sheets are solved on the CPU"):
        effective_conductivity(image, {0: 1.0, 1: 2.0}, sheets={(0, 1): 0.1}, voxel_size=1.0, device=NUMPY)
    effective_conductivity(image, {0: 1.0, 1: 2.0}, sheets={(0, 1): 0.1}, voxel_size=1.0, device="auto")


def test_which_library_a_device_means(monkeypatch):
    def installed(**there):
        """Pretend that these libraries are installed: name -> whether it sees a GPU."""
        for name in ("torch", "cupy"):
            module = None
            if name in there:
                module = types.ModuleType(name)
                module.cuda = types.SimpleNamespace(is_available=lambda seen=there[name]: seen)
                module.is_available = lambda seen=there[name]: seen
            monkeypatch.setitem(sys.modules, name, module)
        monkeypatch.setattr(arrays, "find_spec", lambda name: name in there or None)

    assert array_backend("cpu") is None
    with pytest.raises(UnknownNameError, match="did you mean 'cuda'"):
        array_backend("cudaa")
    installed()
    assert array_backend("auto") is None
    with pytest.raises(MissingExtraError, match=r"pip install 'ceramer\[gpu\]'"):
        array_backend("cuda")
    installed(torch=False)
    assert array_backend("auto") is None
    with pytest.raises(InputError, match="torch sees no GPU"):
        array_backend("cuda")
    installed(torch=False, cupy=True)
    assert array_backend("cuda").namespace is sys.modules["cupy"]
    installed(torch=True, cupy=True)
    chosen = array_backend("auto")
    assert chosen.namespace is sys.modules["torch"]
    assert chosen.device == "cuda"
