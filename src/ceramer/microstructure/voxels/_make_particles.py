"""Particles in a matrix: separate, touching, coated, or octahedral."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ceramer.errors import InputError
from ceramer.microstructure.voxels._image import Length3, Mask, VoxelImage, shape_of, spacing_of
from ceramer.microstructure.voxels._make_field import Canvas, Gauge, ball, check_fraction, count_of, lowest, renumber
from ceramer.microstructure.voxels._make_packing import pack
from ceramer.microstructure.voxels._make_sizes import Diameter, Floats, draw_diameters, sizes_of
from ceramer.units import show_length

__all__ = ["coated_particles", "octahedra", "paint_spheres", "particles", "scale_of"]

_REACH = 1.5  # gauge up to which a particle is painted: room for the threshold
_SCALES = (0.8, 1.25)  # how far the threshold may scale the drawn sizes


def particles(
    shape: int | Sequence[int],
    voxel_size: Length3,
    fraction: float,
    diameter: Diameter,
    *,
    seed: int,
    gap: float = 0.0,
    walls: bool = False,
    names: tuple[str, str] = ("matrix", "particle"),
) -> VoxelImage:
    r"""Spheres in a matrix at a volume fraction, packed at random in a periodic box.

    The packing keeps surfaces `gap` apart; the fraction is then made exact by one scale s on all diameters,
    :math:`\{x: \min_i |x - x_i|/r_i < s\}` (1 within a few percent, told in the provenance).

    Parameters
    ----------
    shape : voxels (z, y, x), or one number for a cube
    voxel_size : voxel edge [m]
    fraction : volume fraction of the particles
    diameter : one [m], or a `Sizes`
    seed : of the random numbers
    gap : least distance between surfaces [m]; 0 lets particles touch, a negative gap lets them overlap by up to
        that depth, so that they meet in flat necks
    walls : the z faces are walls that no particle crosses, and z is not periodic (a film)
    names : of the matrix (label 0) and of the particles (label 1)

    Returns
    -------
    VoxelImage
        With the particle of every voxel as `grains`.

    Raises
    ------
    InputError
        Particles below two voxels, too large for the box, or too dense (the sentence gives what was reached).
    """
    image, _, _ = _pack_spheres(shape, voxel_size, fraction, diameter, seed=seed, gap=gap, walls=walls, names=names)
    return image


def coated_particles(
    shape: int | Sequence[int],
    voxel_size: Length3,
    fraction: float,
    diameter: Diameter,
    coating: float,
    *,
    seed: int,
    separate: bool = True,
    walls: bool = False,
    names: tuple[str, str, str] = ("matrix", "particle", "coating"),
) -> VoxelImage:
    r"""Spheres of a volume fraction, each in a shell of one thickness: the film on the grains of a plastic ceramic.

    Parameters
    ----------
    shape, voxel_size, fraction, diameter, seed, walls
        As in `particles`; `fraction` is that of the cores.
    coating : thickness of the shell [m], at least one voxel (a thinner film belongs on the voxel faces, as a contact
        conductance)
    separate : keep the cores two coatings apart, so that no two touch; otherwise cores may touch and share a shell
    names : of matrix (0), core (1) and shell (2)

    Returns
    -------
    VoxelImage
        With the particle of every core voxel as `grains`.

    Raises
    ------
    InputError
        As `particles`, and a coating thinner than a voxel.
    """
    spacing = spacing_of(voxel_size)
    if not coating >= max(spacing) * (1.0 - 1e-9):
        raise InputError(
            f"The coating, {show_length(coating)}, is thinner than a voxel ({show_length(max(spacing))}); take smaller "
            "voxels, or leave it out here and give the faces of the particles a contact conductance."
        )
    gap = 2.0 * coating if separate else 0.0
    core, centres, radii = _pack_spheres(
        shape, spacing, fraction, diameter, seed=seed, gap=gap, walls=walls, names=names[:2]
    )
    canvas = Canvas(core.shape, spacing, core.periodic)
    for i, radius in enumerate(radii):
        reach = radius + coating
        canvas.paint(i, centres[i], np.full(3, reach), _shell(float(radius)))
    labels = core.labels.copy()
    labels[(labels == 0) & (canvas.value <= coating)] = 2
    return VoxelImage(
        labels=labels,
        voxel_size=spacing,
        phases=dict(enumerate(names)),
        provenance=f"coated_{core.provenance}; coating {show_length(coating)}",
        periodic=core.periodic,
        grains=core.grains,
    )


def octahedra(
    shape: int | Sequence[int],
    voxel_size: Length3,
    fraction: float,
    diameter: Diameter,
    *,
    seed: int,
    walls: bool = False,
    names: tuple[str, str] = ("matrix", "particle"),
) -> VoxelImage:
    r"""Regular octahedra (metal-organic framework crystals) in random orientations in a matrix.

    With u the coordinates along an octahedron's own axes and d its tip-to-tip diameter, it is
    :math:`|u_1| + |u_2| + |u_3| \le s d/2`, volume :math:`d^3/6`. Centres are packed as spheres between the
    inscribed and the circumscribed one, as large as fits; where tips still overlap, the two meet in a flat cut.

    Parameters
    ----------
    shape, voxel_size, fraction, seed, walls, names
        As in `particles`; with walls, tips may be cut by the z faces.
    diameter : tip to tip [m] (the edge times sqrt 2), one or a `Sizes`

    Returns
    -------
    VoxelImage
        With the crystal of every voxel as `grains`.

    Raises
    ------
    InputError
        As `particles`; too dense is when the inscribed spheres cannot be packed, or overlaps eat the fraction.
    """
    from scipy.spatial.transform import Rotation

    size, spacing, fraction = shape_of(shape), spacing_of(voxel_size), check_fraction(fraction, "fraction")
    sizes = sizes_of(diameter, spacing)
    rng = np.random.default_rng(seed)
    canvas = Canvas(size, spacing, (not walls, True, True))
    volume = float(np.prod(canvas.box))
    drawn = draw_diameters(sizes, fraction * volume, 1.0 / math.pi, rng, "octahedra")
    dense = math.pi * fraction  # volume fraction of the circumscribed spheres
    centres = pack(0.5 * drawn * min(1.0, (0.55 / dense) ** (1.0 / 3.0)), canvas.box, rng, walls=walls)
    turns = Rotation.random(drawn.size, rng=rng).as_matrix()

    def gauge(i: int, z: Floats, y: Floats, x: Floats) -> Floats:
        total = sum(abs(row[0] * z + row[1] * y + row[2] * x) for row in turns[i])
        return np.asarray(total / (0.5 * drawn[i]))

    for i in range(drawn.size):
        canvas.paint(i, centres[i], np.full(3, _SCALES[1] * 0.5 * drawn[i]), gauge)
    inside = lowest(canvas.value, count_of(fraction, canvas.value.size))
    scale = scale_of(canvas, inside, fraction)
    return VoxelImage(
        labels=inside.astype(np.uint8),
        voxel_size=spacing,
        phases={0: names[0], 1: names[1]},
        provenance=f"octahedra: fraction {fraction:g}, tip to tip {sizes.text}, walls {walls}, seed {seed}; "
        f"{drawn.size} crystals scaled by {scale:.4f}",
        periodic=canvas.periodic,
        grains=renumber(canvas.owner, inside),
    )


def _pack_spheres(
    shape: int | Sequence[int],
    voxel_size: Length3,
    fraction: float,
    diameter: Diameter,
    *,
    seed: int,
    gap: float,
    walls: bool,
    names: tuple[str, str],
) -> tuple[VoxelImage, Floats, Floats]:
    """Build `particles`; return the centres and the radii as well [m]."""
    size, spacing, fraction = shape_of(shape), spacing_of(voxel_size), check_fraction(fraction, "fraction")
    sizes = sizes_of(diameter, spacing)
    rng = np.random.default_rng(seed)
    canvas = Canvas(size, spacing, (not walls, True, True))
    drawn = draw_diameters(sizes, fraction * float(np.prod(canvas.box)), 1.0, rng, "particles")
    radii = _hard_radii(0.5 * drawn, gap, sizes.quantiles[0])
    centres = pack(radii, canvas.box, rng, walls=walls)
    paint_spheres(canvas, centres, 0.5 * drawn)
    inside = lowest(canvas.value, count_of(fraction, canvas.value.size))
    scale = scale_of(canvas, inside, fraction)
    image = VoxelImage(
        labels=inside.astype(np.uint8),
        voxel_size=spacing,
        phases={0: names[0], 1: names[1]},
        provenance=f"particles: fraction {fraction:g}, diameter {sizes.text}, gap {show_length(gap)}, walls {walls}, "
        f"seed {seed}; {drawn.size} spheres scaled by {scale:.4f}",
        periodic=canvas.periodic,
        grains=renumber(canvas.owner, inside),
    )
    return image, centres, 0.5 * scale * drawn


def _shell(radius: float) -> Gauge:
    """Distance from the surface of a sphere [m]."""
    return lambda _, z, y, x: np.asarray(np.sqrt(z * z + y * y + x * x) - radius)


def _hard_radii(radii: Floats, gap: float, smallest: float) -> Floats:
    """Radii that the packing keeps apart."""
    if not gap > -0.5 * smallest:
        raise InputError(
            f"gap is {show_length(gap)}; an overlap stays below half of the smallest diameter "
            f"({show_length(0.5 * smallest)})."
        )
    return np.maximum(radii + 0.5 * gap, 0.25 * radii)


def paint_spheres(canvas: Canvas, centres: Floats, radii: Floats) -> None:
    """Paint |x - x_i| / r_i of every sphere."""
    for i, radius in enumerate(radii):
        canvas.paint(i, centres[i], np.full(3, _REACH * radius), ball(radius))


def scale_of(canvas: Canvas, inside: Mask, fraction: float) -> float:
    """Return the threshold that gave the fraction; refuse one that changes the sizes."""
    scale = float(canvas.value[inside].max())
    low, high = _SCALES
    if not low < scale < high:
        reached = float((canvas.value < high).mean())
        raise InputError(
            f"The particles overlap so much that {fraction:.3f} of the volume would need diameters scaled by more "
            f"than {high}; at that scale they fill {reached:.3f}: ask for less, or raise the gap."
        )
    return scale
