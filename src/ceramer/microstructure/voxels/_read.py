"""Volumes from files: TIFF stacks, NPY, HDF5, Zarr and folders of slices, each recognised by its content."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import CeramerError, InputError, MissingExtraError, UnknownNameError
from ceramer.microstructure.voxels._image import Length3, VoxelImage, spacing_of
from ceramer.units import to_si

__all__ = ["Volume", "read_image", "read_volume", "to_image"]

MAX_VOXELS: Final = 2**30
"""Most voxels that are read into memory unless `max_voxels` says more."""
_MOST_LABELS = 32  # distinct values that still look like labels rather than like grey
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_PNG, _NPY, _HDF5 = b"\x89PNG\r\n\x1a\n", b"\x93NUMPY", b"\x89HDF\r\n\x1a\n"
_ZARR = (".zarray", ".zgroup", "zarr.json")
_MICRON = {"micron", "microns", "micrometer", "micrometre", "\u00b5m", "\u03bcm", "\\u00B5m"}


@dataclass(frozen=True, eq=False)
class Volume:
    """Grey values, or labels not yet named, on a grid of voxels.

    Attributes
    ----------
    values : array, shape (z, y, x), finite numbers
    voxel_size : edges (z, y, x) [m], or None where nothing gives them
    source : file, kind and hash
    """

    values: NDArray[Any]
    voxel_size: tuple[float, float, float] | None
    source: str


def read_volume(
    path: str | Path,
    voxel_size: Length3 | None = None,
    *,
    dataset: str | None = None,
    channel: int | None = None,
    fill: float | None = None,
    max_voxels: int = MAX_VOXELS,
) -> Volume:
    """Read a three-dimensional image.

    Parameters
    ----------
    path : a TIFF stack, NPY or HDF5 file, a Zarr store, or a folder of PNG or TIFF slices, taken in the order of the
        numbers in their names along z
    voxel_size : edges [m], one or three (z, y, x), floats or text ("0.5 um"); None: what the file says (ImageJ and OME
        metadata, the HDF5 and Zarr attribute element_size_um), or else none
    dataset : which array of an HDF5 file or Zarr group; needed where there are several of three axes
    channel : which channel of a colour image; None: the channels must be equal
    fill : value put in place of NaN and infinities; None: they are refused
    max_voxels : refuse more

    Raises
    ------
    InputError
        A file that is not one of these kinds, damaged, not three-dimensional, coloured, not finite or too large.
    MissingExtraError
        The reader of this kind is not installed.
    """
    where = Path(path)
    if not where.exists():
        raise InputError(f"There is no file or folder {where}.")
    kind, reader = _kind_of(where)
    try:
        values, said = reader(where, dataset, channel, max_voxels)
    except CeramerError:
        raise
    except Exception as error:  # whatever a damaged file makes a reader raise
        text = re.sub(r"\s+", " ", str(error)).strip().rstrip(".")
        raise InputError(
            f"{where.name}: this {kind} could not be read ({type(error).__name__}: {text[:160]}); write it again, "
            "uncompressed, or as .npy."
        ) from error
    values = _plain(values, where.name, fill)
    size = spacing_of(voxel_size) if voxel_size is not None else said
    return Volume(values, size, f"{where.name} ({kind}, sha256 {_hash(where)[:16]})")


def read_image(
    path: str | Path,
    voxel_size: Length3 | None = None,
    phases: Mapping[int, str] | None = None,
    *,
    dataset: str | None = None,
    channel: int | None = None,
    max_voxels: int = MAX_VOXELS,
) -> VoxelImage:
    """Read an image that is segmented already.

    Parameters
    ----------
    path, voxel_size, dataset, channel, max_voxels
        As in `read_volume`.
    phases : value in the file -> name; None: phases are called "label 0", ... after their values

    Raises
    ------
    InputError
        As `read_volume`; no voxel size, values that are not labels (a grey image: use `segment`), or without a name.
    """
    volume = read_volume(path, voxel_size, dataset=dataset, channel=channel, max_voxels=max_voxels)
    return to_image(volume, phases)


def to_image(volume: Volume, phases: Mapping[int, str] | None = None) -> VoxelImage:
    """Turn a volume of labels into an image; arguments and errors as `read_image`."""
    name = volume.source
    if volume.voxel_size is None:
        raise InputError(f'{name} does not say how large its voxels are; pass voxel_size, such as "0.5 um".')
    found = np.unique(volume.values)
    if (found != np.floor(found)).any():
        raise InputError(f"{name} holds values that are not whole, such as {_odd(found):g}; segment it first.")
    if phases is None and found.size > _MOST_LABELS:
        raise InputError(
            f"{name} holds {found.size} different values, which looks like a grey image: use segment, or name every "
            "label in phases."
        )
    names = {int(v): f"label {int(v)}" for v in found} if phases is None else {int(k): n for k, n in phases.items()}
    unnamed = [int(v) for v in found if int(v) not in names]
    if unnamed:
        raise InputError(
            f"{name} holds the value {unnamed[0]}, which phases does not name (it names {sorted(names)}); add it, or "
            "use segment if this is a grey image."
        )
    unlike = sorted(set(names.values()))
    if len(unlike) > 256:
        raise InputError(f"{name} has {len(unlike)} phases, more than 256; give some of them one name.")
    order = list(dict.fromkeys(names[k] for k in sorted(names)))
    label = np.asarray([order.index(names[int(v)]) for v in found], dtype=np.uint8)
    labels = label[np.searchsorted(found, volume.values)]
    return VoxelImage(labels, volume.voxel_size, dict(enumerate(order)), f"read from {name}")


Reader = Callable[[Path, "str | None", "int | None", int], "tuple[NDArray[Any], tuple[float, float, float] | None]"]


def _kind_of(where: Path) -> tuple[str, Reader]:
    """Recognise what lies at a path."""
    if where.is_dir():
        if any((where / mark).exists() for mark in _ZARR):
            return "Zarr store", _read_zarr
        return "folder of slices", _read_slices
    with where.open("rb") as file:
        head = file.read(16)
    if head.startswith(_TIFF):
        return "TIFF stack", _read_tiff
    if head.startswith(_NPY):
        return "NPY file", _read_npy
    if head.startswith(_HDF5):
        return "HDF5 file", _read_hdf5
    if head.startswith(_PNG):
        raise InputError(f"{where.name} is a single PNG slice; give the folder that holds all slices.")
    if head.startswith(b"PK"):
        raise InputError(f"{where.name} is a zip archive (.npz is one too); unpack it, and give one .npy file.")
    known = "a TIFF stack, NPY, HDF5, a Zarr store, or a folder of PNG or TIFF slices"
    said = "is empty" if not head else "is of no kind that is read here"
    raise InputError(f"{where.name} {said}; give {known}.")


def _read_npy(
    where: Path, _: str | None, channel: int | None, most: int
) -> tuple[NDArray[Any], tuple[float, float, float] | None]:
    values = np.load(where, mmap_mode="r", allow_pickle=False)
    _check_size(values.shape, most, where.name)
    return np.array(_three_axes(values, "", channel, most, where.name)), None


def _read_tiff(
    where: Path, _: str | None, channel: int | None, most: int
) -> tuple[NDArray[Any], tuple[float, float, float] | None]:
    tifffile = _need("tifffile", "Reading TIFF", "save the stack as .npy")
    with _complaints("tifffile") as said, tifffile.TiffFile(where) as tif:
        series = tif.series[0]
        others = {tuple(s.shape) for s in tif.series[1:]} - {tuple(series.shape)}
        if others:
            raise InputError(
                f"{where.name} holds several images of unlike shapes, {tuple(series.shape)} and {others.pop()}; save "
                "the one that is meant as a file of its own."
            )
        _check_size(series.shape, most, where.name)
        values = series.asarray() if len(tif.series) == 1 else np.stack([s.asarray() for s in tif.series])
        axes = series.axes if len(tif.series) == 1 else "Z" + series.axes
        lost = [text for text in said if re.search("page offset|corrupt|missing", text)]
        if lost:  # it goes on without the slices that it cannot find
            raise ValueError(lost[0])
        return _three_axes(values, axes, channel, most, where.name), _tiff_voxel(tif)


@contextlib.contextmanager
def _complaints(name: str) -> Iterator[list[str]]:
    """Collect what a logger warns of, instead of printing it."""
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger(name)
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def _tiff_voxel(tif: Any) -> tuple[float, float, float] | None:
    """Voxel edges from ImageJ or OME metadata; a plain resolution tag is most often a default, and not believed."""
    text = tif.ome_metadata or ""
    found = dict(re.findall(r"PhysicalSize([XYZ](?:Unit)?)=\"([^\"]+)\"", text))
    if {"X", "Y", "Z"} <= set(found):
        return _edges(*((found[k], found.get(f"{k}Unit", "um")) for k in "ZYX"))
    about = tif.imagej_metadata or {}
    tags = tif.pages[0].tags
    if "spacing" in about and "unit" in about and "XResolution" in tags and "YResolution" in tags:
        per_unit = [tags[name].value for name in ("YResolution", "XResolution")]
        y, x = (den / num if num else 0.0 for num, den in per_unit)
        return _edges(*((str(float(v)), str(about["unit"])) for v in (about["spacing"], y, x)))
    return None


def _edges(*given: tuple[str, str]) -> tuple[float, float, float] | None:
    """Three lengths [m] from numbers and units as microscopes write them; None where they are no lengths."""
    try:
        return spacing_of([to_si(f"{number} {'um' if unit in _MICRON else unit}", "length") for number, unit in given])
    except InputError:
        return None


def _read_hdf5(
    where: Path, dataset: str | None, channel: int | None, most: int
) -> tuple[NDArray[Any], tuple[float, float, float] | None]:
    h5py = _need("h5py", "Reading HDF5", "save the volume as .npy or as a TIFF stack")
    with h5py.File(where, "r") as file:
        found: dict[str, Any] = {}
        file.visititems(lambda name, item: found.update({name: item}) if hasattr(item, "shape") else None)
        return _from_store(found, dataset, channel, most, where.name)


def _read_zarr(
    where: Path, dataset: str | None, channel: int | None, most: int
) -> tuple[NDArray[Any], tuple[float, float, float] | None]:
    zarr = _need("zarr", "Reading Zarr", "save the volume as .npy or as a TIFF stack")
    store = zarr.open(str(where), mode="r")
    return _from_store({"/": store} if hasattr(store, "shape") else _arrays(store), dataset, channel, most, where.name)


def _arrays(group: Any, prefix: str = "") -> dict[str, Any]:
    """All arrays of a Zarr group, by path."""
    out = {f"{prefix}{name}": array for name, array in group.arrays()}
    for name, inner in group.groups():
        out |= _arrays(inner, f"{prefix}{name}/")
    return out


def _from_store(
    found: Mapping[str, Any], dataset: str | None, channel: int | None, most: int, name: str
) -> tuple[NDArray[Any], tuple[float, float, float] | None]:
    """Take one array of a store: the one named, or the only one of three axes or more."""
    images = {key: item for key, item in found.items() if len(item.shape) >= 3}
    if dataset is not None:
        key = dataset.strip("/") or "/"
        if key not in found:
            raise UnknownNameError("dataset", dataset, found)
    elif len(images) == 1:
        key = next(iter(images))
    else:
        listed = ", ".join(f"{key} {tuple(item.shape)}" for key, item in list(found.items())[:8]) or "none"
        raise InputError(f"{name} holds {len(images)} arrays of three axes; name one as dataset (there: {listed}).")
    item = found[key]
    _check_size(item.shape, most, name)
    size = item.attrs.get("element_size_um")
    edges = None if size is None else _edges(*((str(float(v)), "um") for v in np.broadcast_to(size, 3)))
    return _three_axes(np.asarray(item[...]), "", channel, most, name), edges


def _read_slices(
    where: Path, _: str | None, channel: int | None, most: int
) -> tuple[NDArray[Any], tuple[float, float, float] | None]:
    files = []
    for file in where.iterdir():
        if file.is_file() and not file.name.startswith("."):
            with file.open("rb") as opened:
                head = opened.read(8)
            if head.startswith((_PNG, *_TIFF)):
                files.append((file, head.startswith(_PNG)))
    if len(files) < 2:
        raise InputError(f"The folder {where.name} holds {len(files)} PNG or TIFF slices; a volume needs at least two.")
    files.sort(key=lambda pair: _natural(pair[0].name))
    slices: list[NDArray[Any]] = []
    for file, is_png in files:
        if is_png:
            plane = np.asarray(_need("skimage.io", "Reading PNG", "save the volume as .npy").imread(file))
        else:
            plane = np.asarray(_need("tifffile", "Reading TIFF", "save the volume as .npy").imread(file))
        if plane.ndim not in (2, 3) or (plane.ndim == 3 and plane.shape[-1] not in (2, 3, 4)):
            raise InputError(f"{where.name}/{file.name} has the shape {plane.shape}; a slice has two axes (y, x).")
        if slices and plane.shape != slices[0].shape:
            raise InputError(
                f"{where.name}/{file.name} has the shape {plane.shape} and the first slice {slices[0].shape}; slices "
                "of one volume are equal (is another image in the folder?)."
            )
        if not slices:
            _check_size((len(files), *plane.shape), most, where.name)
        slices.append(plane)
    axes = "ZYX" if slices[0].ndim == 2 else "ZYXS"
    return _three_axes(np.stack(slices), axes, channel, most, where.name), None


def _natural(name: str) -> list[tuple[int, int | str]]:
    """Sort key by which slice10 comes after slice9."""
    return [(1, int(part)) if part.isdigit() else (0, part.casefold()) for part in re.findall(r"[0-9]+|[^0-9]+", name)]


def _three_axes(values: NDArray[Any], axes: str, channel: int | None, most: int, name: str) -> NDArray[Any]:
    """Return values on three axes: channels resolved, extra axes of one entry dropped."""
    shape = values.shape
    at = next((k for k, letter in enumerate(axes) if letter in "SC" and shape[k] > 1), None)
    if at is None and not axes and values.ndim == 4 and 1 < shape[-1] <= 4:
        at = 3
    if at is not None:
        values = _one_channel(np.moveaxis(np.asarray(values), at, -1), channel, name)
    elif channel is not None:
        raise InputError(f"{name} has no channels, shape {shape}; leave channel out.")
    while values.ndim > 3 and 1 in values.shape:
        values = values.reshape([n for k, n in enumerate(values.shape) if k != values.shape.index(1)])
    if values.ndim != 3:
        hint = "give the folder of slices or a stack" if values.ndim < 3 else "save one volume (z, y, x) of it"
        raise InputError(f"{name} has the shape {shape}, {values.ndim} axes instead of three (z, y, x); {hint}.")
    if 0 in values.shape:
        raise InputError(f"{name} has the shape {shape}, which holds no voxel.")
    _check_size(values.shape, most, name)
    return np.asarray(values)


def _one_channel(values: NDArray[Any], channel: int | None, name: str) -> NDArray[Any]:
    """Take one of the channels on the last axis, or the grey that they agree on."""
    count = values.shape[-1]
    if channel is not None:
        if not 0 <= channel < count:
            raise InputError(f"{name} has channels 0 to {count - 1}, and {channel} was asked for.")
        return values[..., channel]
    colours = values[..., :-1] if count in (2, 4) and (values[..., -1] == values[..., -1].flat[0]).all() else values
    if (colours == colours[..., :1]).all():
        return colours[..., 0]
    raise InputError(
        f"{name} is a colour image: its {count} channels differ; pass channel (0 to {count - 1}), or save it as grey."
    )


def _check_size(shape: tuple[int, ...], most: int, name: str) -> None:
    """Refuse what does not fit."""
    count = int(np.prod([float(n) for n in shape]))
    if count > most:
        raise InputError(
            f"{name} has {count} values, more than the {most} that are read at once; cut a part out, or raise "
            "max_voxels."
        )


def _plain(values: NDArray[Any], name: str, fill: float | None) -> NDArray[Any]:
    """Return finite numbers in native byte order."""
    if values.dtype.kind not in "buif":
        raise InputError(f"{name} holds values of type {values.dtype}; a volume holds numbers.")
    if values.dtype.kind == "f":
        bad = ~np.isfinite(values)
        count = int(bad.sum())
        if count and fill is None:
            raise InputError(
                f"{name} holds {count} NaN or infinite values of {values.size}; pass fill, the value to put there."
            )
        if count:
            values = np.where(bad, values.dtype.type(fill), values)
    if values.dtype.kind == "b":
        return values.astype(np.uint8)
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))


def _need(module: str, what: str, otherwise: str) -> Any:
    """Import a reader, or say which extra brings it."""
    try:
        return importlib.import_module(module)
    except ImportError:
        raise MissingExtraError(what, "images", otherwise) from None


def _odd(found: NDArray[Any]) -> float:
    """First value that is not whole."""
    return float(found[found != np.floor(found)][0])


def _hash(where: Path) -> str:
    """Hash of a file, or of the names and contents of all files of a folder."""
    total = hashlib.sha256()
    for file in sorted(p for p in where.rglob("*") if p.is_file()) if where.is_dir() else [where]:
        total.update(file.name.encode())
        with file.open("rb") as opened:
            while part := opened.read(2**20):
                total.update(part)
    return total.hexdigest()
