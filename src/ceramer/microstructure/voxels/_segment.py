"""Grey volumes into phases: levels given or found, partial-volume rims closed, specks removed."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError, MissingExtraError, UnknownNameError
from ceramer.microstructure.voxels._image import Length3, VoxelImage, spacing_of
from ceramer.microstructure.voxels._measure_connectivity import label_clusters
from ceramer.microstructure.voxels._read import Volume

__all__ = ["segment"]


def segment(
    volume: Volume | NDArray[Any],
    names: Sequence[str],
    voxel_size: Length3 | None = None,
    *,
    levels: Sequence[float] | Literal["otsu"] = "otsu",
    boundaries: Literal["level", "watershed"] = "level",
    median: int = 1,
    smallest: int = 1,
) -> VoxelImage:
    """Cut a grey volume into phases by brightness.

    Parameters
    ----------
    volume : from `read_volume`, or an array of shape (z, y, x)
    names : of the phases, from dark to bright
    voxel_size : edges [m]; None: the volume's own
    levels : grey values between the phases, one fewer than names; "otsu": those that make the variance between the
        phases largest (multi-Otsu)
    boundaries : "level" cuts at the levels; "watershed" takes only voxels of even surroundings from the levels and
        lets them grow to where the grey changes fastest, which keeps the blur between a dark and a bright phase from
        being taken for a phase between them
    median : edge of the median filter beforehand, in voxels (odd; 1: none)
    smallest : clusters of fewer voxels go to the phase of the nearest other voxel (1: none)

    Returns
    -------
    VoxelImage
        Its provenance gives the levels and the share of the grey variance that they explain.

    Raises
    ------
    InputError
        No voxel size, grey values that do not separate into so many phases, or levels that do not fit.
    MissingExtraError
        "otsu" and "watershed" need scikit-image.
    """
    given = volume if isinstance(volume, Volume) else _volume_of(volume)
    size = spacing_of(voxel_size) if voxel_size is not None else given.voxel_size
    if size is None:
        raise InputError(f'{given.source} does not say how large its voxels are; pass voxel_size, such as "0.5 um".')
    if not 2 <= len(names) <= 256 or len(set(names)) != len(names):
        raise InputError(f"{len(names)} names are given; segmenting needs 2 to 256 different ones, dark to bright.")
    if median < 1 or median % 2 == 0:
        raise InputError(f"median is {median}; the edge of the filter is an odd number of voxels, 1 for none.")
    grey = given.values
    if median > 1:
        from scipy.ndimage import median_filter

        grey = median_filter(grey, size=median)
    cuts = _levels(grey, levels, len(names), given.source)
    labels = np.digitize(grey, cuts).astype(np.uint8)
    if boundaries == "watershed":
        labels = _watershed(grey, labels)
    elif boundaries != "level":
        raise UnknownNameError("kind of boundaries", str(boundaries), ("level", "watershed"))
    empty = [name for k, name in enumerate(names) if not (labels == k).any()]
    if empty:
        raise InputError(
            f"No voxel of {given.source} falls to {empty[0]!r} between the levels {_said(cuts)}; check them."
        )
    if smallest > 1:
        labels = _without_specks(labels, len(names), smallest)
    steps = f"levels {_said(cuts)} ({levels if isinstance(levels, str) else 'given'}), boundaries {boundaries}"
    return VoxelImage(
        labels,
        size,
        dict(enumerate(names)),
        f"segmented from {given.source}: {steps}, median {median}, smallest {smallest}; "
        f"{_explained(grey, labels):.3f} of the grey variance explained",
    )


def _volume_of(values: NDArray[Any]) -> Volume:
    """Check an array as a file's values are checked."""
    array = np.asarray(values)
    if array.ndim != 3 or array.size == 0:
        raise InputError(f"The grey volume has the shape {array.shape}; it needs three axes (z, y, x), none empty.")
    if array.dtype.kind not in "buif" or not np.isfinite(array).all():
        raise InputError("The grey volume holds NaN, infinite or non-numeric values; fill them first.")
    return Volume(array.astype(np.uint8) if array.dtype.kind == "b" else array, None, "array")


def _levels(grey: NDArray[Any], levels: Sequence[float] | str, count: int, source: str) -> list[float]:
    """The levels between phases, ascending."""
    if isinstance(levels, str):
        if levels != "otsu":
            raise UnknownNameError("way to find levels", levels, ("otsu",), "Or give the levels themselves.")
        if float(grey.min()) == float(grey.max()):
            raise InputError(f"{source} has one grey value only, {grey.flat[0]:g}, and nothing to segment.")
        try:
            from skimage.filters import threshold_multiotsu
        except ImportError:
            raise MissingExtraError("Finding the levels", "images", "pass the levels themselves") from None
        try:
            found = threshold_multiotsu(grey, classes=count)
        except ValueError:
            raise InputError(f"{source} has fewer than {count} different grey values; name fewer phases.") from None
        # each is the middle of the brightest of the 256 bins (grey values, for integers) of its darker phase
        bin_width = 1.0 if grey.dtype.kind in "ui" else (float(grey.max()) - float(grey.min())) / 256.0
        return [float(level) + 0.5 * bin_width for level in found]
    cuts = [float(level) for level in levels]
    if len(cuts) != count - 1 or not np.isfinite(cuts).all() or any(a >= b for a, b in itertools.pairwise(cuts)):
        raise InputError(f"levels are {_said(cuts)}; {count} phases need {count - 1} ascending levels between them.")
    return cuts


def _watershed(grey: NDArray[Any], labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grow the voxels of below-median gradient over the rest, steepest last."""
    from scipy.ndimage import gaussian_gradient_magnitude

    try:
        from skimage.segmentation import watershed
    except ImportError:
        raise MissingExtraError("The watershed", "images", 'use boundaries="level"') from None
    slope = gaussian_gradient_magnitude(grey.astype(np.float32), 1.0)
    markers = np.where(slope <= np.median(slope), labels.astype(np.int32) + 1, 0)
    return np.asarray(watershed(slope, markers) - 1, dtype=np.uint8)


def _without_specks(labels: NDArray[np.uint8], count: int, smallest: int) -> NDArray[np.uint8]:
    """Give small clusters to the nearest voxel that is not in one."""
    from scipy.ndimage import distance_transform_edt

    specks = np.zeros(labels.shape, dtype=bool)
    for k in range(count):
        clusters, _ = label_clusters(labels == k)
        small = np.bincount(clusters.ravel()) < smallest
        small[0] = False
        specks |= small[clusters]
    if specks.all() or not specks.any():
        return labels
    nearest = distance_transform_edt(specks, return_distances=False, return_indices=True)
    return np.asarray(labels[tuple(nearest)])


def _explained(grey: NDArray[Any], labels: NDArray[np.uint8]) -> float:
    """Share of the grey variance that lies between the phases."""
    flat, counts = labels.ravel(), np.bincount(labels.ravel())
    means = np.bincount(flat, grey.ravel().astype(float)) / np.maximum(counts, 1)
    total = float(grey.astype(float).var())
    return float((counts * (means - float(grey.mean(dtype=float))) ** 2).sum() / grey.size / total) if total else 0.0


def _said(cuts: Sequence[float]) -> str:
    """Levels as text."""
    return ", ".join(f"{c:.6g}" for c in cuts) or "none"
