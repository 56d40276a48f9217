"""Volumes from files, and grey into phases: the right answer, or one clear sentence."""

import importlib.util
import sys
import types

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from ceramer.errors import InputError, MissingExtraError, UnknownNameError
from ceramer.microstructure.voxels import (
    Volume,
    VoxelImage,
    add_voids,
    blobs,
    particles,
    read_image,
    read_volume,
    segment,
    to_image,
)

LABELS = np.random.default_rng(0).integers(0, 3, (5, 6, 7)).astype(np.uint8)
tifffile = pytest.importorskip("tifffile")
skimage_io = pytest.importorskip("skimage.io")


def save(path, values, **options):
    if path.suffix == ".npy":
        np.save(path, values, allow_pickle=True)
    elif path.suffix == ".tif":
        tifffile.imwrite(path, values, **options)
    else:
        path.mkdir()
        for k, plane in enumerate(values):
            skimage_io.imsave(path / f"slice{k}.png", plane, check_contrast=False)
    return path


@pytest.mark.parametrize("name", ["a.npy", "a.tif", "slices", "wrong.dat"])
def test_a_volume_comes_back_whatever_the_file_is_called(tmp_path, name):
    if name == "wrong.dat":
        path = save(tmp_path / "a.tif", LABELS).rename(tmp_path / name)
    else:
        path = save(tmp_path / name, LABELS)
    volume = read_volume(path, "0.5 um")
    assert (volume.values == LABELS).all()
    assert volume.voxel_size == (5e-7, 5e-7, 5e-7)
    image = read_image(path, (1e-6, 2e-6, 3e-6), {0: "pore", 1: "polymer", 2: "ceramic"})
    assert (image.labels == LABELS).all()
    assert image.spacing == (1e-6, 2e-6, 3e-6)
    assert image.fractions()["ceramic"] == pytest.approx((LABELS == 2).mean())
    assert path.name in image.provenance
    assert "sha256" in image.provenance


@pytest.mark.parametrize("kind", ["<u2", ">i4", "f8", "i8", "?"])
def test_values_of_any_type(tmp_path, kind):
    values = (LABELS > 0 if kind == "?" else LABELS).astype(kind)
    image = read_image(save(tmp_path / "a.npy", values), 1e-6)
    assert (image.labels == values).all()


def test_slices_are_taken_in_the_order_of_their_numbers(tmp_path):
    save(tmp_path / "slices", np.arange(12, dtype=np.uint8)[:, None, None] * np.ones((1, 4, 5), dtype=np.uint8))
    (tmp_path / "slices" / "notes.txt").write_text("not a slice")
    (tmp_path / "slices" / ".hidden.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert list(read_volume(tmp_path / "slices").values[:, 0, 0]) == list(range(12))


def test_values_far_apart_become_labels(tmp_path):
    path = save(tmp_path / "a.npy", LABELS.astype(np.int32) * 30000 - 7)
    image = read_image(path, 1e-6, {-7: "a", 29993: "b", 59993: "a"})
    assert image.phases == {0: "a", 1: "b"}
    assert (image.mask("b") == (LABELS == 1)).all()
    assert read_image(path, 1e-6).phases == {0: "label -7", 1: "label 29993", 2: "label 59993"}


def test_voxel_sizes_of_microscopes(tmp_path):
    tifffile.imwrite(
        tmp_path / "ij.tif",
        LABELS,
        imagej=True,
        resolution=(1 / 0.5, 1 / 0.25),
        metadata={"spacing": 2.0, "unit": "um", "axes": "ZYX"},
    )
    assert read_volume(tmp_path / "ij.tif").voxel_size == pytest.approx((2e-6, 0.25e-6, 0.5e-6))
    ome = {"axes": "ZYX", "PhysicalSizeX": 0.5, "PhysicalSizeY": 0.25, "PhysicalSizeZ": 300, "PhysicalSizeZUnit": "nm"}
    tifffile.imwrite(tmp_path / "a.ome.tif", LABELS, metadata=ome)
    assert read_volume(tmp_path / "a.ome.tif").voxel_size == pytest.approx((0.3e-6, 0.25e-6, 0.5e-6))
    assert read_volume(tmp_path / "a.ome.tif", "1 um").voxel_size == (1e-6, 1e-6, 1e-6)
    tifffile.imwrite(tmp_path / "plain.tif", LABELS, resolution=(72, 72))  # a printer's default is not believed
    assert read_volume(tmp_path / "plain.tif").voxel_size is None
    with pytest.raises(InputError, match="does not say how large its voxels are"):
        read_image(tmp_path / "plain.tif")


def test_colour(tmp_path):
    grey = np.stack([LABELS] * 3, axis=-1)
    colour = np.stack([LABELS, 2 * LABELS, LABELS], axis=-1)
    for name, options in (("{}.npy", {}), ("{}.tif", {"photometric": "rgb"}), ("{}", {})):
        same = save(tmp_path / name.format("same"), grey, **options)
        unlike = save(tmp_path / name.format("unlike"), colour, **options)
        assert (read_volume(same).values == LABELS).all()
        assert (read_volume(unlike, channel=1).values == 2 * LABELS).all()
        with pytest.raises(InputError, match="is a colour image: its 3 channels differ; pass channel"):
            read_volume(unlike)
        with pytest.raises(InputError, match="has channels 0 to 2, and 3 was asked for"):
            read_volume(unlike, channel=3)
    see_through = np.concatenate([grey, np.full((*LABELS.shape, 1), 255, dtype=np.uint8)], axis=-1)
    assert (read_volume(save(tmp_path / "alpha", see_through)).values == LABELS).all()
    with pytest.raises(InputError, match="has no channels"):
        read_volume(save(tmp_path / "plain.npy", LABELS), channel=0)


def test_nan_is_refused_or_filled(tmp_path):
    path = save(tmp_path / "a.npy", np.where(LABELS == 1, np.nan, LABELS))
    count = int((LABELS == 1).sum())
    with pytest.raises(InputError, match=f"holds {count} NaN or infinite values of 210; pass fill"):
        read_volume(path)
    assert (read_volume(path, fill=1.0).values == LABELS).all()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((4, 5)), r"has the shape \(4, 5\), 2 axes instead of three"),
        (np.zeros((2, 3, 4, 5, 6)), "5 axes instead of three.*save one volume"),
        (np.zeros((0, 2, 2)), "holds no voxel"),
        (LABELS + 0.5, "values that are not whole, such as 0.5; segment it first"),
        (LABELS + 1j, "of type complex128"),
        (np.array([None]), "could not be read"),
        (np.arange(1000).reshape(10, 10, 10), "1000 different values, which looks like a grey image"),
    ],
)
def test_what_is_no_label_image_is_said(tmp_path, values, message):
    with pytest.raises(InputError, match=message) as caught:
        read_image(save(tmp_path / "a.npy", values), 1e-6)
    assert "\n" not in str(caught.value)


def test_an_axis_of_one_is_dropped_and_one_slice_may_stand_alone(tmp_path):
    assert read_volume(save(tmp_path / "a.npy", LABELS[None])).values.shape == (5, 6, 7)
    assert read_volume(save(tmp_path / "b.npy", LABELS[:1])).values.shape == (1, 6, 7)


def test_too_large_is_refused_before_it_is_read(tmp_path):
    for name in ("a.npy", "a.tif", "slices"):
        with pytest.raises(InputError, match="has 210 values, more than the 100 that are read at once"):
            read_volume(save(tmp_path / name, LABELS), max_voxels=100)
    head = b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (99999, 99999, 99999), }"
    (tmp_path / "huge.npy").write_bytes(head.ljust(127) + b"\n")
    with pytest.raises(InputError):
        read_volume(tmp_path / "huge.npy")


def test_what_is_no_volume_is_said(tmp_path):
    cases = {
        "a.txt": (b"hello", "is of no kind that is read here; give a TIFF stack"),
        "empty": (b"", "is empty; give"),
        "a.zip": (b"PK\x03\x04....", "is a zip archive"),
        "one.png": (b"\x89PNG\r\n\x1a\n....", "is a single PNG slice; give the folder"),
    }
    for name, (content, message) in cases.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match=message):
            read_volume(tmp_path / name)
    with pytest.raises(InputError, match="There is no file or folder"):
        read_volume(tmp_path / "nothing")
    with pytest.raises(InputError, match="holds 1 PNG or TIFF slices; a volume needs at least two"):
        read_volume(tmp_path)
    save(tmp_path / "slices", LABELS)
    skimage_io.imsave(tmp_path / "slices" / "z.png", np.zeros((6, 8), np.uint8), check_contrast=False)
    with pytest.raises(InputError, match=r"z\.png has the shape \(6, 8\) and the first slice \(6, 7\)"):
        read_volume(tmp_path / "slices")
    tifffile.imwrite(tmp_path / "two.tif", LABELS[0])
    tifffile.imwrite(tmp_path / "two.tif", LABELS[0, :3], append=True)
    with pytest.raises(InputError, match="several images of unlike shapes"):
        read_volume(tmp_path / "two.tif")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", ["a.npy", "a.tif"])
def test_damaged_files_end_in_a_sentence(tmp_path, name):
    whole = save(tmp_path / name, LABELS).read_bytes()
    rng = np.random.default_rng(0)
    for cut in (9, 40, 150, 300, len(whole) // 2 if name == "a.npy" else 400):
        (tmp_path / "cut").write_bytes(whole[:cut])
        with pytest.raises(InputError) as caught:
            read_volume(tmp_path / "cut")
        assert "\n" not in str(caught.value)
    for _ in range(40):
        bent = bytearray(whole)
        for at in rng.integers(0, min(len(bent), 200), 3):
            bent[at] = rng.integers(256)
        (tmp_path / "bent").write_bytes(bent)
        try:
            assert read_volume(tmp_path / "bent", fill=0.0).values.ndim == 3
        except InputError as error:
            assert "\n" not in str(error)


def test_a_stack_that_lost_its_last_slices_is_not_taken_for_a_shorter_one(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((6, 40, 40), np.uint8), metadata=None, contiguous=False)
    whole = (tmp_path / "a.tif").read_bytes()
    for cut in (len(whole) // 2, len(whole) - 100, len(whole) - 1700):
        (tmp_path / "cut.tif").write_bytes(whole[:cut])
        with pytest.raises(InputError, match="could not be read"):
            read_volume(tmp_path / "cut.tif")


class FakeArray:
    """An array of an HDF5 file, as far as the reader looks."""

    def __init__(self, values, **attrs):
        self.values, self.shape, self.attrs = values, values.shape, attrs

    def __getitem__(self, _):
        return self.values


class FakeFile(dict):
    """An HDF5 file, as far as the reader looks."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def visititems(self, visit):
        for name, item in self.items():
            visit(name, item)


def test_datasets_of_a_store_are_chosen_by_name(tmp_path, monkeypatch):
    content = FakeFile({"g/data": FakeArray(LABELS, element_size_um=[2.0, 1.0, 0.5]), "time": FakeArray(np.arange(3))})
    fake = types.ModuleType("h5py")
    fake.File = lambda _, mode: content
    monkeypatch.setitem(sys.modules, "h5py", fake)
    path = tmp_path / "a.h5"
    path.write_bytes(b"\x89HDF\r\n\x1a\n")
    image = read_image(path)
    assert (image.labels == LABELS).all()
    assert image.spacing == pytest.approx((2e-6, 1e-6, 0.5e-6))
    content["more"] = FakeArray(LABELS)
    with pytest.raises(InputError, match=r"holds 2 arrays of three axes; name one as dataset \(there: g/data"):
        read_image(path)
    assert read_image(path, dataset="/g/data").shape == (5, 6, 7)
    with pytest.raises(UnknownNameError, match="did you mean 'g/data'"):
        read_image(path, dataset="g/dat")
    with pytest.raises(InputError, match="has 210 values, more than the 100"):
        read_image(path, dataset="more", max_voxels=100)


@pytest.mark.parametrize("module", ["h5py", "zarr"])
def test_real_stores_or_the_sentence_that_names_the_extra(tmp_path, module):
    path = tmp_path / "store"
    if importlib.util.find_spec(module) is None:
        if module == "h5py":
            path.write_bytes(b"\x89HDF\r\n\x1a\n")
        else:
            path.mkdir()
            (path / "zarr.json").write_text("{}")
        with pytest.raises(MissingExtraError, match="pip install 'ceramer"):
            read_volume(path)
    elif module == "h5py":
        with importlib.import_module(module).File(path, "w") as file:
            file["labels"] = LABELS
        assert (read_volume(path).values == LABELS).all()
    else:
        store = importlib.import_module(module).open(str(path), mode="w", shape=LABELS.shape, dtype="u1")
        store[...] = LABELS
        assert (read_volume(path).values == LABELS).all()


def test_missing_readers_name_the_extra(tmp_path, monkeypatch):
    stack, slices = save(tmp_path / "a.tif", LABELS), save(tmp_path / "slices", LABELS)
    for module in ("tifffile", "skimage.io", "skimage.filters", "skimage.segmentation"):
        monkeypatch.setitem(sys.modules, module, None)
    for what in (stack, slices):
        with pytest.raises(MissingExtraError, match=r"pip install 'ceramer\[images\]'"):
            read_volume(what)
    with pytest.raises(MissingExtraError, match="pass the levels themselves"):
        segment(LABELS, ["a", "b"], 1e-6)
    assert segment(LABELS, ["a", "b"], 1e-6, levels=[1]).fractions()["a"] == pytest.approx((LABELS < 1).mean())


def grey_of(image, greys, blur=0.0, noise=0.0):
    values = np.choose(image.labels, greys).astype(float)
    values = gaussian_filter(values, blur, mode="wrap") if blur else values
    return values + noise * np.random.default_rng(0).standard_normal(values.shape)


def test_sharp_grey_is_segmented_exactly():
    truth = blobs(24, 1e-6, {"pore": 0.2, "polymer": 0.3, "ceramic": 0.5}, 2e-6, seed=1)
    for kind in (float, np.uint8, np.uint16):
        grey = grey_of(truth, [20, 90, 200]).astype(kind)
        found = segment(grey, ["pore", "polymer", "ceramic"], "1 um")
        assert (found.labels == truth.labels).all()
        assert found.fractions() == truth.fractions()
    assert "1.000 of the grey variance explained" in found.provenance
    given = segment(grey, ["pore", "polymer", "ceramic"], "1 um", levels=[50, 150])
    assert (given.labels == truth.labels).all()
    assert "levels 50, 150 (given)" in given.provenance


def test_a_voxel_on_a_level_is_the_brighter_phase():
    grey = np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)
    assert list(segment(grey, ["a", "b"], 1e-6, levels=[2.0]).labels.ravel()) == [0, 1, 1]


def test_noise_is_taken_out():
    truth = blobs(32, 1e-6, {"a": 0.5, "b": 0.5}, 3e-6, seed=1)
    grey = grey_of(truth, [50, 150], noise=40.0)
    wrong = [
        (segment(grey, ["a", "b"], 1e-6, median=m, smallest=s).labels != truth.labels).mean()
        for m, s in ((1, 1), (1, 30), (3, 30))
    ]
    assert wrong[0] > wrong[1] > wrong[2]
    assert wrong[2] < 0.03


def test_a_watershed_does_not_take_blur_for_a_phase():
    """Between dark and bright the blur passes through the middle grey, which a level takes for the middle phase."""
    dark = particles(40, 1e-6, 0.3, 14e-6, seed=2, names=("dark", "bright"))
    labels = np.where(dark.labels == 1, 2, 0)
    labels[:10] = 1
    truth = VoxelImage(labels, 1e-6, {0: "dark", 1: "middle", 2: "bright"})
    grey = grey_of(truth, [20, 110, 200], blur=1.2, noise=3.0)
    errors = {}
    for way in ("level", "watershed"):
        found = segment(grey, ["dark", "middle", "bright"], 1e-6, boundaries=way, median=3)
        errors[way] = found.fractions()["middle"] - 0.25
    assert errors["level"] > 0.08
    assert abs(errors["watershed"]) < 0.5 * errors["level"]


def test_specks_go_to_their_surroundings():
    image = add_voids(VoxelImage(np.zeros((24, 24, 24), np.uint8), 1e-6, {0: "a"}), 0.004, 2.5e-6, seed=1)
    grey = image.labels.astype(float)
    grey[12:] += 2.0
    found = segment(grey, ["a", "b"], 1e-6, levels=[0.5], smallest=1000)
    assert (found.labels[:11] == 0).all()
    assert (found.labels[12:] == 1).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"voxel_size": None}, "pass voxel_size"),
        ({"names": ["a"]}, "needs 2 to 256 different ones"),
        ({"levels": [3, 1]}, "2 phases need 1 ascending levels"),
        ({"levels": [99]}, "No voxel of array falls to 'b'"),
        ({"levels": "otus"}, "did you mean 'otsu'"),
        ({"boundaries": "sharp"}, "Unknown kind of boundaries"),
        ({"median": 2}, "odd number of voxels"),
        ({"volume": np.zeros((4, 4))}, "needs three axes"),
        ({"volume": np.zeros((4, 4, 4))}, "one grey value only, 0, and nothing to segment"),
        ({"volume": LABELS > 0, "names": ["a", "b", "c"]}, "fewer than 3 different grey values"),
        ({"volume": np.full((2, 2, 2), np.nan)}, "NaN"),
    ],
)
def test_what_cannot_be_segmented_is_said(options, message):
    given = {"volume": LABELS, "names": ["a", "b"], "voxel_size": 1e-6, **options}
    with pytest.raises(InputError, match=message) as caught:
        segment(**given)
    assert "\n" not in str(caught.value)


def test_a_volume_in_memory_becomes_an_image():
    image = to_image(Volume(LABELS, (1e-6, 1e-6, 1e-6), "memory"), {0: "a", 1: "b", 2: "b"})
    assert image.fractions()["b"] == pytest.approx((LABELS > 0).mean())
    with pytest.raises(InputError, match=r"holds the value 1, which phases does not name \(it names \[0\]\)"):
        to_image(Volume(LABELS, (1e-6, 1e-6, 1e-6), "memory"), {0: "a"})
