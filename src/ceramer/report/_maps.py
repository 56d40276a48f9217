"""Pictures of a solve on a voxel image: phases, potential and current on one cut."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ceramer.errors import InputError
from ceramer.report._figures import _canvas

if TYPE_CHECKING:
    from ceramer.microstructure.voxels import EffectiveConductivity, VoxelImage

__all__ = ["PICTURES", "maps_picture"]

PICTURES = (".png", ".svg", ".pdf")


def maps_picture(path: str | Path, image: VoxelImage, result: EffectiveConductivity) -> Path:
    """Draw a cut along the current through the middle of the image: phases, potential, magnitude of the current.

    Parameters
    ----------
    path : ends in .png, .svg or .pdf
    image : VoxelImage
    result : EffectiveConductivity, solved with ``keep_maps=True``

    Raises
    ------
    InputError
        Another ending, or a result without maps.
    MissingExtraError
        Without matplotlib.
    """
    where = Path(path)
    if where.suffix not in PICTURES:
        raise InputError(f"{where}: a picture ends in {', '.join(PICTURES)}.")
    if not result.potential:
        raise InputError("This result holds no maps; solve with keep_maps=True, along an axis that percolates.")
    axis, potential = next(iter(result.potential.items()))
    current = np.sqrt((np.abs(result.flux[axis]) ** 2).sum(axis=-1))
    # the cut holds the current's axis (downwards) and another one
    across = {"z": 1, "y": 0, "x": 0}[axis]
    down = "zyx".index(axis)

    def cut(field: Any) -> Any:
        plane = np.take(np.asarray(field), field.shape[across] // 2, axis=across)
        left = [k for k in range(3) if k != across]
        return plane if left.index(down) == 0 else plane.T

    parts = (
        ("phase", cut(image.labels), "cividis", "label"),
        ("potential", cut(np.real(potential)), "viridis", "over the mean field / m"),
        ("current", cut(current), "magma", "over the mean field / S m⁻¹"),
    )

    def paint(figure: Any) -> None:
        for place, (name, field, colours, unit) in zip(figure.subplots(1, 3), parts, strict=True):
            shown = place.imshow(field, cmap=colours, interpolation="nearest")
            place.set_title(f"{name}, field along {axis}")
            place.set_axis_off()
            figure.colorbar(shown, ax=place, shrink=0.7, label=unit)

    description = (
        f"Three cuts through the middle of an image of {' x '.join(map(str, image.shape))} voxels: phases, potential "
        f"and magnitude of the current with the mean field along {axis} (downwards)."
    )
    _canvas.write(where, "Maps of a voxel solve", description, (10.0, 3.4), paint)
    return where
