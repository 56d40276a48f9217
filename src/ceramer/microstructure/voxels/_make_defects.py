"""Defects put into an image: round voids, and flat cracks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ceramer.errors import InputError
from ceramer.microstructure.voxels._image import Axis, Mask, Phases, VoxelImage, axis_index
from ceramer.microstructure.voxels._make_field import Canvas, Gauge, check_fraction, count_of, lowest
from ceramer.microstructure.voxels._make_porous import sprinkle
from ceramer.microstructure.voxels._make_sizes import Diameter, Floats, sizes_of
from ceramer.units import show_length

__all__ = ["add_cracks", "add_voids"]

_MOST_CRACKS = 100_000


def add_voids(
    image: VoxelImage,
    fraction: float,
    diameter: Diameter,
    *,
    seed: int,
    phases: Phases | None = None,
    name: str = "void",
) -> VoxelImage:
    """Put round voids at random places into an image, overlapping at will.

    Parameters
    ----------
    image : VoxelImage
    fraction : volume fraction of the voids in the whole image
    diameter : one [m], or a `Sizes`
    seed : of the random numbers
    phases : the phases that voids lie in and replace; None: all
    name : of the new phase

    Raises
    ------
    InputError
        More voids than there is of the phases they may replace, voids below two voxels, or a name already taken.
    """
    fraction, sizes = check_fraction(fraction, "fraction"), sizes_of(diameter, image.spacing, "void")
    where = _replaceable(image, fraction, phases)
    canvas = Canvas(image.shape, image.spacing, image.periodic)
    number = sprinkle(canvas, where, fraction, sizes, np.random.default_rng(seed))
    void = lowest(np.where(where, canvas.value, np.inf), count_of(fraction, where.size))
    return _with(
        image, void, name, f"add_voids: fraction {fraction:g}, diameter {sizes.text}, seed {seed}; {number} voids"
    )


def add_cracks(
    image: VoxelImage,
    fraction: float,
    diameter: Diameter,
    width: float,
    *,
    seed: int,
    normal: Axis | None = None,
    phases: Phases | None = None,
    name: str = "crack",
) -> VoxelImage:
    """Put flat round cracks (pennies) at random places into an image; the last one is cut to meet the fraction.

    Parameters
    ----------
    image : VoxelImage
    fraction : volume fraction of the cracks in the whole image
    diameter : of the pennies, one [m] or a `Sizes`
    width : opening [m], at least one voxel; from sqrt(3) voxels on a crack of any direction has no diagonal leaks
    seed : of the random numbers
    normal : axis that cracks are perpendicular to; None: random directions
    phases : the phases that cracks run through and replace; None: all
    name : of the new phase

    Raises
    ------
    InputError
        More cracks than there is of the phases, a width below one voxel, or a name already taken.
    """
    fraction, sizes = check_fraction(fraction, "fraction"), sizes_of(diameter, image.spacing, "crack")
    if not width >= max(image.spacing) * (1.0 - 1e-9):
        raise InputError(
            f"The crack width, {show_length(width)}, is below a voxel ({show_length(max(image.spacing))}); take "
            "smaller voxels, or give the faces along the crack a contact conductance."
        )
    where = _replaceable(image, fraction, phases)
    goal, places = count_of(fraction, where.size), np.flatnonzero(where)
    canvas = Canvas(image.shape, image.spacing, image.periodic)
    rng = np.random.default_rng(seed)
    number = 0
    while number % 8 or int((where & np.isfinite(canvas.value)).sum()) < goal:
        if number >= _MOST_CRACKS:
            raise InputError(f"{_MOST_CRACKS} cracks do not fill {fraction:g}; ask for less, or for larger ones.")
        across = rng.standard_normal(3) if normal is None else np.eye(3)[axis_index(normal)]
        across = across / np.linalg.norm(across)
        radius = 0.5 * float(sizes.by_number(rng.random(1))[0])
        at = np.asarray(np.unravel_index(places[rng.integers(places.size)], image.shape))
        reach = radius * np.sqrt(1.0 - across**2) + 0.5 * width * np.abs(across) + np.asarray(image.spacing)

        canvas.paint(number, (at + rng.random(3)) * np.asarray(image.spacing), reach, _penny(across, radius, width))
        number += 1
    crack = lowest(np.where(where, canvas.value, np.inf), goal)
    used = int(canvas.owner[crack].max()) + 1
    text = f"add_cracks: fraction {fraction:g}, diameter {sizes.text}, width {show_length(width)}, "
    text += f"normal {normal or 'random'}"
    return _with(image, crack, name, f"{text}, seed {seed}; {used} cracks")


def _penny(across: Floats, radius: float, width: float) -> Gauge:
    """Gauge of penny i: its number, so that earlier ones come first, and within it the distance from its middle."""

    def gauge(i: int, z: Floats, y: Floats, x: Floats) -> Floats:
        height = across[0] * z + across[1] * y + across[2] * x
        share = np.sqrt(np.maximum(z * z + y * y + x * x - height**2, 0.0)) / radius
        inside = (np.abs(height) <= 0.5 * width) & (share <= 1.0)
        return np.where(inside, i + 0.999 * share, np.inf)

    return gauge


def _replaceable(image: VoxelImage, fraction: float, phases: Phases | None) -> Mask:
    """Where a defect may lie; refuse more than there is."""
    where = np.ones(image.shape, dtype=bool) if phases is None else image.mask(phases)
    if count_of(fraction, where.size) > 0.9 * int(where.sum()):
        raise InputError(
            f"A fraction of {fraction:.3f} is asked for and the phases to be replaced fill {where.mean():.3f}; defects "
            f"may take up to nine tenths of them, {0.9 * where.mean():.3f}."
        )
    return where


def _with(image: VoxelImage, new: Mask, name: str, text: str) -> VoxelImage:
    """The image with a new phase in `new`."""
    if name in image.phases.values():
        raise InputError(f"The image has a phase {name!r} already; give the defects another name, then relabel.")
    label = next((k for k in range(256) if k not in image.phases), None)
    if label is None:
        raise InputError("The image has 256 phases already; merge some with relabel first.")
    labels = np.where(new, np.uint8(label), image.labels)
    grains = None if image.grains is None else np.where(new, np.uint16(0), image.grains)
    return replace(
        image,
        labels=labels,
        grains=grains,
        phases={**image.phases, label: name},
        provenance=f"{image.provenance}; {text}",
    )
