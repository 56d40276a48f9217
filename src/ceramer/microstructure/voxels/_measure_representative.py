"""Whether an image is large enough: how a property scatters between parts of it, and what that says of the whole."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ceramer.errors import InputError
from ceramer.microstructure.voxels._image import VoxelImage

__all__ = ["Division", "RepresentativeVolume", "representative_volume"]

_FEWEST_VOXELS = 8  # along an edge of a part


@dataclass(frozen=True, slots=True)
class Division:
    """One division of the image into equal boxes.

    Attributes
    ----------
    parts : number of boxes
    volume : of a box [m3]
    mean : of the property over the boxes
    standard_deviation : of the property between the boxes
    """

    parts: int
    volume: float
    mean: float
    standard_deviation: float


@dataclass(frozen=True, slots=True)
class RepresentativeVolume:
    r"""A mean property of an image with the uncertainty that its finite size leaves.

    The scatter between boxes of volume V is fitted as :math:`\sigma = s V^{-b}` and extrapolated to the image, with
    b at most 1/2, which boxes reach that are larger than the correlation length.

    Attributes
    ----------
    value : of the whole image
    standard_uncertainty : of `value` as an estimate for the material
    volume : of the image [m3]
    exponent : b as fitted, before it is held to 1/2; well below 1/2 the boxes are too small, and the uncertainty is an
        upper estimate; NaN with a single division or without scatter (1/2 is taken then)
    size_bias : mean over the smallest boxes less `value`: what small boxes get wrong on average (edges)
    divisions : the boxes, coarsest first
    """

    value: float
    standard_uncertainty: float
    volume: float
    exponent: float
    size_bias: float
    divisions: tuple[Division, ...]

    def volume_for(self, standard_uncertainty: float) -> float:
        """Volume [m3] (of one image, or of several together) whose mean has this standard uncertainty."""
        if not standard_uncertainty > 0.0:
            raise InputError(f"standard_uncertainty is {standard_uncertainty}; it is a positive number.")
        return self.volume * (self.standard_uncertainty / standard_uncertainty) ** 2


def representative_volume(
    image: VoxelImage, measure: Callable[[VoxelImage], float], *, cuts: Sequence[int] = (2, 3, 4)
) -> RepresentativeVolume:
    """Cut an image into boxes, measure each, and infer the uncertainty of the whole image's value.

    Parameters
    ----------
    image : VoxelImage
    measure : property of an image, such as ``lambda part: part.fractions()["particle"]`` or an effective conductivity;
        it must be finite
    cuts : into how many slabs along each axis, for each division (n gives n^3 boxes); axes of fewer than 16 voxels are
        not cut

    Returns
    -------
    RepresentativeVolume

    Raises
    ------
    InputError
        Boxes of fewer than 8 voxels along an edge, a division that leaves fewer than 4 boxes, or a property that is
        not finite.

    Notes
    -----
    The uncertainty is for a property that averages over volume, and is itself known to some 30 %; long paths
    (percolation near the threshold) are not seen by small boxes, which `size_bias` shows.
    """
    if not cuts:
        raise InputError("cuts is empty; give at least one number of slabs, such as (2, 3, 4).")
    value = _finite(measure(image), "the whole image")
    divisions = []
    for cut in sorted({int(c) for c in cuts}):
        if cut < 2:
            raise InputError(f"cuts holds {cut}; an image is cut into two or more slabs along an axis.")
        counts = [cut if n >= 2 * _FEWEST_VOXELS else 1 for n in image.shape]
        sizes = [n // c for n, c in zip(image.shape, counts, strict=True)]
        if any(s < _FEWEST_VOXELS for s, c in zip(sizes, counts, strict=True) if c > 1):
            raise InputError(
                f"{cut} cuts leave boxes of {sizes} voxels, fewer than {_FEWEST_VOXELS} along an edge; cut less."
            )
        values = np.asarray(
            [
                _finite(measure(_box(image, sizes, place)), f"box {place} of {cut} cuts")
                for place in np.ndindex(counts[0], counts[1], counts[2])
            ]
        )
        if values.size < 4:
            raise InputError(f"{cut} cuts give {values.size} boxes, fewer than 4; cut more, or take a larger image.")
        volume = float(np.prod(sizes)) * float(np.prod(image.spacing))
        divisions.append(Division(values.size, volume, float(values.mean()), float(values.std(ddof=1))))
    scatter = [d for d in divisions if d.standard_deviation > 0.0]
    exponent = math.nan
    if len(scatter) > 1:
        slope = np.polyfit(
            [math.log(d.volume) for d in scatter],
            [math.log(d.standard_deviation) for d in scatter],
            1,
            w=[math.sqrt(d.parts - 1) for d in scatter],
        )[0]
        exponent = -float(slope)
    held = 0.5 if math.isnan(exponent) else min(max(exponent, 0.0), 0.5)
    freedom = sum(d.parts - 1 for d in divisions)
    variance = sum(
        (d.parts - 1) * d.standard_deviation**2 * (d.volume / image.volume) ** (2.0 * held) for d in divisions
    )
    return RepresentativeVolume(
        value=value,
        standard_uncertainty=math.sqrt(variance / freedom),
        volume=image.volume,
        exponent=exponent,
        size_bias=divisions[-1].mean - value,
        divisions=tuple(divisions),
    )


def _box(image: VoxelImage, sizes: Sequence[int], place: Sequence[int]) -> VoxelImage:
    """Box number `place` of the given sizes."""
    z, y, x = (slice(k * n, (k + 1) * n) for k, n in zip(place, sizes, strict=True))
    return image.crop(z, y, x)


def _finite(value: float, where: str) -> float:
    """Return a finite number."""
    if not math.isfinite(value):
        raise InputError(f"The property of {where} is {value}; take fewer cuts, or a property that is finite there.")
    return float(value)
