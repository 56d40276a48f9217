"""Pellets: grains that fill space, pressed grains with pores between them, and films along their boundaries."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ceramer.errors import InputError
from ceramer.microstructure.voxels._image import Length3, VoxelImage, shape_of, spacing_of
from ceramer.microstructure.voxels._make_field import Canvas, check_fraction, count_of, lowest, renumber
from ceramer.microstructure.voxels._make_packing import pack
from ceramer.microstructure.voxels._make_sizes import Diameter, Floats, draw_diameters, sizes_of
from ceramer.units import show_length

__all__ = ["polycrystal", "pressed_pellet"]

_SEED_PACKING = 0.5  # volume fraction of the spheres that grains grow from
_FIRST_REACH = 1.6  # of the mean radius


def polycrystal(
    shape: int | Sequence[int],
    voxel_size: Length3,
    grain_diameter: Diameter,
    *,
    seed: int,
    film_fraction: float = 0.0,
    names: tuple[str, str] = ("grain", "film"),
) -> VoxelImage:
    r"""Grains that fill space (a dense sintered ceramic), periodic, with a film along their boundaries on request.

    The grains are Laguerre cells, :math:`\{x: |x-c_i|^2 - r_i^2 \text{ is least for } i\}`, of packed spheres; the
    film is where the plane between two cells is nearer than half its thickness, found from `film_fraction`.
    Without a film the boundaries are the voxel faces between different `grains`.

    Parameters
    ----------
    shape : voxels (z, y, x), or one number for a cube
    voxel_size : voxel edge [m]
    grain_diameter : of the spheres of equal volume [m], one or a `Sizes`; exact in the mean volume, near in the spread
    seed : of the random numbers
    film_fraction : volume fraction of the film (0: none)
    names : of grains (label 1) and film (label 2)

    Returns
    -------
    VoxelImage
        With the grain of every voxel as `grains` (0 in the film).

    Raises
    ------
    InputError
        Grains below two voxels or too large for the image, more than 65535 of them, or a film thinner than a voxel.
    """
    return _pellet(
        shape,
        voxel_size,
        1.0,
        grain_diameter,
        seed=seed,
        film_fraction=film_fraction,
        flattening=1.0,
        names=("", *names),
    )


def pressed_pellet(
    shape: int | Sequence[int],
    voxel_size: Length3,
    relative_density: float,
    diameter: Diameter,
    *,
    seed: int,
    film_fraction: float = 0.0,
    flattening: float = 1.0,
    names: tuple[str, str, str] = ("pore", "grain", "film"),
) -> VoxelImage:
    r"""Grains pressed together until they fill a given share of the volume, pores left at their junctions; periodic.

    Packed spheres grow alike in :math:`|x-c_i|^2 - r_i^2 < t`, so that contacts are flat, until the relative density
    is met (cold-pressed near 0.6-0.85, sintered near 0.9-0.99).

    Parameters
    ----------
    shape, voxel_size, seed
        As in `polycrystal`.
    relative_density : volume fraction of grains and film together (1 - porosity)
    diameter : of the grains [m], one or a `Sizes` (equal-volume spheres, exact in the mean)
    film_fraction : volume fraction of a film along the grain contacts (infiltrated boundaries), taken from the grains
    flattening : grain width over height; above 1 the grains lie flat across z, the pressing direction
    names : of pores (label 0), grains (1) and film (2)

    Returns
    -------
    VoxelImage
        With the grain of every voxel as `grains` (0 in pores and film).

    Raises
    ------
    InputError
        As `polycrystal`.
    """
    density = check_fraction(relative_density, "relative_density")
    if not 0.1 <= flattening <= 10.0:
        raise InputError(f"flattening is {flattening}; grain width over height lies between 0.1 and 10.")
    return _pellet(
        shape, voxel_size, density, diameter, seed=seed, film_fraction=film_fraction, flattening=flattening, names=names
    )


def _pellet(
    shape: int | Sequence[int],
    voxel_size: Length3,
    density: float,
    diameter: Diameter,
    *,
    seed: int,
    film_fraction: float,
    flattening: float,
    names: tuple[str, str, str],
) -> VoxelImage:
    """Build either pellet; lengths along z are stretched by the flattening while the grains are round."""
    size, spacing = shape_of(shape), spacing_of(voxel_size)
    if film_fraction:
        check_fraction(film_fraction, "film_fraction")
    if film_fraction >= density:
        raise InputError(f"film_fraction {film_fraction:g} leaves no grains in a relative density of {density:g}.")
    sizes = sizes_of(diameter, spacing, "grain")
    rng = np.random.default_rng(seed)
    edge = np.asarray(spacing) * (flattening ** (2.0 / 3.0), *(flattening ** (-1.0 / 3.0),) * 2)  # of equal volume
    canvas = Canvas(size, (edge[0], edge[1], edge[2]), (True, True, True), with_second=bool(film_fraction))
    drawn = draw_diameters(sizes, density * float(np.prod(canvas.box)), 1.0, rng, "grains")
    radii = 0.5 * drawn * (min(_SEED_PACKING, density) / density) ** (1.0 / 3.0)
    centres = pack(radii, canvas.box, rng)
    _grow(canvas, centres, radii)
    solid = lowest(canvas.value, count_of(density, canvas.value.size))
    labels = solid.astype(np.uint8)
    text = ""
    if film_fraction:
        distance = _to_boundary(canvas, centres, np.asarray(spacing))
        film = lowest(np.where(solid, distance, np.inf), count_of(film_fraction, labels.size))
        thickness = 2.0 * float(distance[film].max())
        if not thickness >= max(spacing):
            raise InputError(
                f"A film of {film_fraction:g} is {show_length(thickness)} thick, thinner than a voxel "
                f"({show_length(max(spacing))}); take smaller voxels, or no film and a contact conductance on "
                "the faces between grains."
            )
        if not np.isfinite(thickness):
            raise InputError(f"A film of {film_fraction:g} does not fit along the grain contacts; ask for less.")
        labels[film] = 2
        text = f", film {film_fraction:g} ({show_length(thickness)} thick)"
    kind = f"pressed_pellet: relative density {density:g}" if density < 1.0 else "polycrystal"
    first = 0 if density < 1.0 else 1
    return VoxelImage(
        labels=labels,
        voxel_size=spacing,
        phases={k: name for k, name in enumerate(names) if k >= first and (k < 2 or film_fraction)},
        provenance=f"{kind}, diameter {sizes.text}, flattening {flattening:g}{text}, seed {seed}; {drawn.size} grains",
        periodic=canvas.periodic,
        grains=renumber(canvas.owner, labels == 1),
    )


def _grow(canvas: Canvas, centres: Floats, radii: Floats) -> None:
    """Paint |x - c_i|^2 - r_i^2 up to a level that every voxel is below."""

    def gauge(i: int, z: Floats, y: Floats, x: Floats) -> Floats:
        return np.asarray(z * z + y * y + x * x - radii[i] ** 2)

    level = (_FIRST_REACH * float(np.cbrt((radii**3).mean()))) ** 2
    while True:
        canvas.__post_init__()
        for i in range(radii.size):
            canvas.paint(i, centres[i], np.full(3, np.sqrt(radii[i] ** 2 + level)), gauge)
        if float(canvas.value.max()) <= level or level > float((canvas.box**2).sum()):
            return
        level *= 1.5


def _to_boundary(canvas: Canvas, centres: Floats, spacing: Floats) -> Floats:
    """Distance [m] of each voxel to the plane between its cell and the next nearest one (infinite where unknown)."""
    known = np.isfinite(canvas.second)
    one, two = canvas.owner[known], canvas.next_owner[known]
    apart = centres[two] - centres[one]
    apart -= np.round(apart / canvas.box) * canvas.box
    slope = 2.0 * np.sqrt(((apart * canvas.spacing / spacing) ** 2).sum(axis=1))  # of the difference, in true lengths
    out = np.full(canvas.shape, np.inf)
    out[known] = (canvas.second[known].astype(float) - canvas.value[known]) / np.maximum(slope, 1e-300)
    return out
