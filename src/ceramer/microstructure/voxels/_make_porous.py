"""Frameworks around templated pores, and blobs of any number of phases."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure.voxels._image import Length3, Mask, VoxelImage, shape_of, spacing_of
from ceramer.microstructure.voxels._make_field import Canvas, ball, check_fraction, count_of, lowest
from ceramer.microstructure.voxels._make_packing import pack
from ceramer.microstructure.voxels._make_particles import paint_spheres, scale_of
from ceramer.microstructure.voxels._make_sizes import Diameter, Sizes, draw_diameters, sizes_of
from ceramer.microstructure.voxels._measure_connectivity import label_clusters
from ceramer.units import show_length

__all__ = ["blobs", "porous_framework", "sprinkle"]

_PACKED = 0.55  # volume fraction of the hard cores of packed pores
_ROUNDS = 20


def porous_framework(
    shape: int | Sequence[int],
    voxel_size: Length3,
    porosity: float,
    pore_diameter: Diameter,
    *,
    seed: int,
    arrangement: Literal["packed", "random"] = "packed",
    names: tuple[str, str] = ("pore", "framework"),
) -> VoxelImage:
    """A self-supported framework around burnt-out spherical template grains (starch), periodic.

    "packed": template grains touch as in a dried tape, hard cores of equal share packed without overlap and grown
    until the porosity is met, so that windows open between pores. "random": grains anywhere, overlapping at will.
    Pieces of framework that hang on nothing are removed, and the porosity is met with the rest in one piece.

    Parameters
    ----------
    shape : voxels (z, y, x), or one number for a cube
    voxel_size : voxel edge [m]
    porosity : volume fraction of the pores
    pore_diameter : of the template grains [m], one or a `Sizes`
    seed : of the random numbers
    names : of pores (label 0) and framework (label 1)

    Raises
    ------
    InputError
        Pores below two voxels or too large for the box, or a framework that falls apart at this porosity; the
        sentence gives the largest porosity that was reached in one piece.
    """
    size, spacing, porosity = shape_of(shape), spacing_of(voxel_size), check_fraction(porosity, "porosity")
    sizes = sizes_of(pore_diameter, spacing, "pore")
    rng = np.random.default_rng(seed)
    canvas = Canvas(size, spacing, (True, True, True))
    if arrangement == "packed":
        drawn = draw_diameters(sizes, porosity * float(np.prod(canvas.box)), 1.0, rng, "pores")
        cores = 0.5 * drawn * min(1.0, _PACKED / porosity) ** (1.0 / 3.0)
        paint_spheres(canvas, pack(cores, canvas.box, rng), 0.5 * drawn)
        scale_of(canvas, lowest(canvas.value, count_of(porosity, canvas.value.size)), porosity)
        number = drawn.size
    elif arrangement == "random":
        number = sprinkle(canvas, np.ones(size, dtype=bool), porosity, sizes, rng)
    else:
        raise UnknownNameError("arrangement", str(arrangement), ("packed", "random"))
    return VoxelImage(
        labels=_one_piece(canvas, porosity).astype(np.uint8),
        voxel_size=spacing,
        phases={0: names[0], 1: names[1]},
        provenance=f"porous_framework: porosity {porosity:g}, pores {sizes.text}, {arrangement}, seed {seed}; "
        f"{number} pores",
        periodic=canvas.periodic,
    )


def blobs(
    shape: int | Sequence[int],
    voxel_size: Length3,
    fractions: Mapping[str, float],
    length: float,
    *,
    seed: int,
) -> VoxelImage:
    """Blobs of any number of phases: smoothed white noise, cut at the levels that give the fractions; periodic.

    Parameters
    ----------
    shape : voxels (z, y, x), or one number for a cube
    voxel_size : voxel edge [m]
    fractions : phase name -> volume fraction, summing to 1; labels 0, 1, ... in this order, each phase touching
        mostly the next
    length : standard deviation of the Gaussian that smooths the noise [m]
    seed : of the random numbers

    Raises
    ------
    InputError
        Fractions that do not sum to 1, or no length.
    """
    from scipy.ndimage import gaussian_filter

    size, spacing = shape_of(shape), spacing_of(voxel_size)
    shares = list(fractions.values())
    if not shares or min(shares) < 0.0 or abs(math.fsum(shares) - 1.0) > 1e-6 or len(shares) > 256:
        raise InputError(f"The fractions {dict(fractions)} are not from 0 to 1 with the sum 1.")
    if not length > 0.0:
        raise InputError(f"length is {show_length(length)}; the size of blobs is a positive length.")
    noise = np.random.default_rng(seed).standard_normal(size, dtype=np.float32)
    field = gaussian_filter(noise, [length / h for h in spacing], mode="wrap")
    labels = np.zeros(size, dtype=np.uint8)
    for cut in np.cumsum(shares)[:-1]:
        labels[~lowest(field, count_of(float(cut), field.size))] += 1
    return VoxelImage(
        labels=labels,
        voxel_size=spacing,
        phases=dict(enumerate(fractions)),
        provenance=f"blobs: {', '.join(f'{k} {v:g}' for k, v in fractions.items())}, length {show_length(length)}, "
        f"seed {seed}",
        periodic=(True, True, True),
    )


def sprinkle(canvas: Canvas, where: Mask, fraction: float, sizes: Sizes, rng: np.random.Generator) -> int:
    """Paint spheres at random centres in `where` until they cover `fraction` of it all there; return how many."""
    places, spacing = np.flatnonzero(where), np.asarray(canvas.spacing)
    goal = count_of(fraction, where.size)
    if goal > places.size:
        raise InputError(
            f"{fraction:.3f} of the volume is asked for, and the phases that may be replaced fill "
            f"{places.size / where.size:.3f} of it."
        )
    number = 0
    while (missing := goal - int((where & (canvas.value < 1.0)).sum())) > 0:
        batch = max(1, int(0.3 * missing * float(np.prod(spacing)) / sizes.mean_volume))
        for diameter in sizes.by_number(rng.random(batch)):
            at = np.asarray(np.unravel_index(places[rng.integers(places.size)], canvas.shape))
            canvas.paint(number, (at + rng.random(3)) * spacing, np.full(3, 0.6 * diameter), ball(0.5 * diameter))
            number += 1
    return number


def _one_piece(canvas: Canvas, porosity: float) -> Mask:
    """Cut the field so that the largest piece of solid alone leaves the porosity."""
    solid_count = canvas.value.size - count_of(porosity, canvas.value.size)
    extra, best = 0, 0.0
    for _ in range(_ROUNDS):
        solid = ~lowest(canvas.value, canvas.value.size - solid_count - extra)
        clusters, count = label_clusters(solid, canvas.periodic)
        sizes = np.bincount(clusters.ravel(), minlength=2)[1:]
        kept = int(sizes.max(initial=0))
        best = max(best, kept / canvas.value.size)
        if abs(kept - solid_count) <= max(1, 1e-4 * solid_count):
            return np.asarray(clusters == int(sizes.argmax()) + 1)
        if count == 0 or kept < 0.5 * solid_count:
            break
        extra += solid_count - kept
    raise InputError(
        f"At porosity {porosity:.3f} the framework falls apart: its largest piece leaves {1.0 - best:.3f}; "
        "ask for a lower porosity, or for larger pores on finer voxels."
    )
