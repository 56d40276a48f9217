"""How much the voxels themselves cost: the same image at half the resolution, and what that says of the limit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ceramer.errors import InputError
from ceramer.microstructure.voxels._image import VoxelImage

__all__ = ["Discretisation", "coarsened", "discretisation"]


@dataclass(frozen=True, slots=True)
class Discretisation:
    """Richardson estimate from an image and its half: values in [S/m] along one axis.

    With an error of first order in the voxel edge, H = H_fine + (H_fine - H_coarse); `error` is the size of that step.
    """

    fine: float
    coarse: float

    @property
    def extrapolated(self) -> float:
        """Value at vanishing voxel size, if the error is of first order [S/m]."""
        return 2.0 * self.fine - self.coarse

    @property
    def error(self) -> float:
        """Estimated error of the fine value [S/m]."""
        return abs(self.fine - self.coarse)


def coarsened(image: VoxelImage) -> VoxelImage:
    """Return the image with every 2 x 2 x 2 voxels replaced by the label most of them carry (the lowest, in a tie).

    Odd edges lose their last plane. Grain numbers are taken from the first voxel of each block that carries the label.
    """
    nz, ny, nx = (n // 2 for n in image.shape)
    if min(nz, ny, nx) < 2:
        raise InputError(
            f"An image of {image.shape} voxels is too small to be halved; it needs at least 4 along each axis."
        )
    blocks = image.labels[: 2 * nz, : 2 * ny, : 2 * nx].reshape(nz, 2, ny, 2, nx, 2).transpose(0, 2, 4, 1, 3, 5)
    flat = blocks.reshape(nz, ny, nx, 8)
    best = np.zeros((nz, ny, nx), dtype=np.int8)
    labels = np.zeros((nz, ny, nx), dtype=np.uint8)
    for label in sorted(image.phases):
        count = (flat == label).sum(axis=3, dtype=np.int8)
        better = count > best
        labels[better], best[better] = label, count[better]
    grains = None
    if image.grains is not None:
        numbers = image.grains[: 2 * nz, : 2 * ny, : 2 * nx].reshape(nz, 2, ny, 2, nx, 2).transpose(0, 2, 4, 1, 3, 5)
        at = (flat == labels[..., np.newaxis]).argmax(axis=3)
        grains = np.take_along_axis(numbers.reshape(nz, ny, nx, 8), at[..., np.newaxis], axis=3)[..., 0]
    return VoxelImage(
        labels,
        tuple(2.0 * edge for edge in image.spacing),
        {label: name for label, name in image.phases.items() if (labels == label).any()},
        f"{image.provenance}, halved",
        image.periodic,
        grains,
    )


def discretisation(
    image: VoxelImage, solve: Any, axis: str, fine: float, conductivities: Mapping[str, Any]
) -> Discretisation:
    """Solve the halved image along one axis and compare it with the `fine` value [S/m].

    Parameters
    ----------
    solve : callable
        ``solve(image, conductivities, directions=axis) -> EffectiveConductivity``.
    """
    half = coarsened(image)
    present = {name: value for name, value in conductivities.items() if name in half.phases.values()}
    return Discretisation(fine, float(np.real(solve(half, present, directions=axis).along(axis))))
