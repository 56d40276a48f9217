"""Layers: images stacked along z, fibre webs, and a polymer film on a porous web."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure.voxels._image import Length3, VoxelImage, shape_of, spacing_of
from ceramer.microstructure.voxels._make_field import Canvas, Gauge, check_fraction, count_of, lowest
from ceramer.microstructure.voxels._make_particles import octahedra, particles
from ceramer.microstructure.voxels._make_sizes import Diameter, Floats, sizes_of
from ceramer.units import show_length

__all__ = ["FilledLayer", "fibre_web", "layered_web", "stack"]


@dataclass(frozen=True, slots=True)
class FilledLayer:
    """A polymer layer filled with particles.

    Attributes
    ----------
    thickness : [m]
    name : of the particles' phase
    fraction : volume fraction of the particles (0: none)
    diameter : one [m], or a `Sizes` (tip to tip for octahedra)
    kind : "sphere" or "octahedron"
    """

    thickness: float
    name: str
    fraction: float
    diameter: Diameter
    kind: Literal["sphere", "octahedron"] = "sphere"


def stack(images: Sequence[VoxelImage]) -> VoxelImage:
    """Lay images on top of each other along z, the first at z = 0; phases of one name become one phase.

    Parameters
    ----------
    images : of equal voxel size and equal shape along y and x

    Raises
    ------
    InputError
        Images that do not fit together, or more than 256 phases.
    """
    if not images:
        raise InputError("stack needs at least one image.")
    base = images[0]
    labels, grains, offset = [], [], 0
    names: dict[str, int] = {}
    for k, image in enumerate(images):
        if image.shape[1:] != base.shape[1:] or not np.allclose(image.spacing, base.spacing, rtol=1e-6):
            raise InputError(
                f"image {k} of the stack has {image.shape[1]} x {image.shape[2]} voxels of {image.spacing} m across z, "
                f"and the first has {base.shape[1]} x {base.shape[2]} of {base.spacing} m; make them equal."
            )
        table = np.zeros(256, dtype=np.uint8)
        for label, name in image.phases.items():
            if names.setdefault(name, len(names)) > 255:
                raise InputError("The stack has more than 256 phases; give some of them one name with relabel.")
            table[label] = names[name]
        labels.append(table[image.labels])
        own = np.zeros(image.shape, dtype=np.int64) if image.grains is None else image.grains.astype(np.int64)
        grains.append(np.where(own > 0, own + offset, 0))
        offset += int(own.max())
    if offset > np.iinfo(np.uint16).max:
        raise InputError(f"The stack has {offset} grains, more than 65535; stack fewer images.")
    across = [all(image.periodic[axis] for image in images) for axis in (1, 2)]
    return VoxelImage(
        labels=np.concatenate(labels),
        voxel_size=base.spacing,
        phases={label: name for name, label in names.items()},
        provenance="stack of " + " | ".join(f"({image.provenance})" for image in images),
        periodic=(False, across[0], across[1]),
        grains=np.concatenate(grains).astype(np.uint16) if offset else None,
    )


def fibre_web(
    shape: int | Sequence[int],
    voxel_size: Length3,
    fraction: float,
    diameter: float,
    *,
    seed: int,
    length: float | None = None,
    names: tuple[str, str] = ("pore", "fibre"),
) -> VoxelImage:
    """Straight fibres in random directions across z, overlapping where they cross: a porous polyethylene web.

    Parameters
    ----------
    shape : voxels (z, y, x), or one number for a cube; periodic along y and x
    voxel_size : voxel edge [m]
    fraction : volume fraction of the fibres
    diameter : of a fibre [m]
    seed : of the random numbers
    length : of a fibre [m]; None: the shorter of the y and x edges, less a diameter
    names : of pores (label 0) and fibres (label 1)

    Raises
    ------
    InputError
        Fibres below two voxels, or longer than the image.
    """
    size, spacing, fraction = shape_of(shape), spacing_of(voxel_size), check_fraction(fraction, "fraction")
    sizes_of(diameter, spacing, "fibre diameter")
    canvas = Canvas(size, spacing, (False, True, True))
    longest = float(canvas.box[1:].min()) - diameter
    span = longest if length is None else float(length)
    if not 0.0 < span <= longest * (1.0 + 1e-9):
        raise InputError(
            f"Fibres of {show_length(span)} do not fit an image of {show_length(canvas.box[1])} x "
            f"{show_length(canvas.box[2])} across z; take at most {show_length(max(longest, 0.0))}, or a larger shape."
        )
    rng = np.random.default_rng(seed)
    goal, number, radius = count_of(fraction, canvas.value.size), 0, 0.5 * diameter
    volume = np.pi * radius**2 * (span + diameter) / float(np.prod(spacing))  # of a fibre, in voxels, from above
    while (missing := goal - int((canvas.value < 1.0).sum())) > 0:
        for _ in range(max(1, int(0.3 * missing / volume))):
            angle = rng.random() * np.pi
            reach = np.array([0.0, abs(np.sin(angle)), abs(np.cos(angle))]) * 0.5 * span + radius
            canvas.paint(number, rng.random(3) * canvas.box, reach, _rod(angle, span, radius))
            number += 1
    return VoxelImage(
        labels=lowest(canvas.value, goal).astype(np.uint8),
        voxel_size=spacing,
        phases={0: names[0], 1: names[1]},
        provenance=f"fibre_web: fraction {fraction:g}, diameter {show_length(diameter)}, length {show_length(span)}, "
        f"seed {seed}; "
        f"{number} fibres",
        periodic=canvas.periodic,
    )


def layered_web(
    shape: int | Sequence[int],
    voxel_size: Length3,
    *,
    lower: FilledLayer,
    web_thickness: float,
    web_fraction: float,
    fibre_diameter: float,
    upper: FilledLayer,
    seed: int,
    matrix: str = "polymer",
    web: str = "web",
) -> VoxelImage:
    """A polymer film on both faces of a porous web whose pores the polymer fills (a PLM).

    Parameters
    ----------
    shape : voxels (y, x) across the film, or one number; z follows from the thicknesses, each rounded to whole voxels
    voxel_size : voxel edge [m]
    lower, upper : the filled layers at z = 0 and at the top
    web_thickness : [m]
    web_fraction : volume fraction of the fibres in the web
    fibre_diameter : [m]
    seed : of the random numbers
    matrix, web : names of the polymer and of the fibres

    Raises
    ------
    InputError
        A layer thinner than one voxel, or one that cannot be filled as asked (see `particles`, `octahedra`).
    """
    across = [shape, shape] if isinstance(shape, (int, np.integer)) else list(shape)
    if len(across) != 2:
        raise InputError(f"shape is {shape}; a layered web takes two counts (y, x), z follows from the thicknesses.")
    spacing = spacing_of(voxel_size)
    seeds = [int(s) for s in np.random.SeedSequence(seed).generate_state(3)]
    layers = []
    for k, part in enumerate((lower, upper)):
        size = (_voxels(part.thickness, spacing[0], part.name), *across)
        if part.fraction == 0.0:
            layers.append(
                VoxelImage(np.zeros(size, dtype=np.uint8), spacing, {0: matrix}, "plain layer", (False, True, True))
            )
        elif part.kind in ("sphere", "octahedron"):
            make = particles if part.kind == "sphere" else octahedra
            layers.append(
                make(size, spacing, part.fraction, part.diameter, seed=seeds[k], walls=True, names=(matrix, part.name))
            )
        else:
            raise UnknownNameError("kind of particle", str(part.kind), ("sphere", "octahedron"))
    middle = fibre_web(
        (_voxels(web_thickness, spacing[0], web), *across),
        spacing,
        web_fraction,
        fibre_diameter,
        seed=seeds[2],
        names=(matrix, web),
    )
    return stack([layers[0], middle, layers[1]])


def _rod(angle: float, span: float, radius: float) -> Gauge:
    """Gauge of a rod with round ends, at an angle to x in the plane across z."""
    dy, dx = np.sin(angle), np.cos(angle)

    def gauge(_: int, z: Floats, y: Floats, x: Floats) -> Floats:
        along = np.clip(y * dy + x * dx, -0.5 * span, 0.5 * span)
        return np.asarray(np.sqrt(z * z + (y - along * dy) ** 2 + (x - along * dx) ** 2) / radius)

    return gauge


def _voxels(thickness: float, edge: float, what: str) -> int:
    """Whole voxels of a thickness."""
    if not thickness >= 0.5 * edge:
        raise InputError(
            f"The layer of {what}, {show_length(thickness)}, is thinner than a voxel ({show_length(edge)})."
        )
    return round(thickness / edge)
