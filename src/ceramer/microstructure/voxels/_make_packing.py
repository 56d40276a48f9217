"""Random packings of spheres that do not overlap: overlaps are pushed apart until none is left."""

from __future__ import annotations

import numpy as np

from ceramer.errors import InputError
from ceramer.microstructure.voxels._make_sizes import Floats
from ceramer.units import show_length

__all__ = ["pack", "relax"]

_SWEEPS = 1500
_HOPELESS = 0.75  # volume fraction that no random packing of particles of like sizes reaches
_SHRINK = 0.9933  # of all radii (2 % in volume) when a packing cannot be relaxed
_STALLED = 0.95  # remaining share of the overlaps over 50 sweeps that tells a jammed packing
_TOLERANCE = 0.01  # overlap that is left, as a share of the smallest radius


def pack(radii: Floats, box: Floats, rng: np.random.Generator, *, walls: bool = False) -> Floats:
    """Place spheres at random so that none overlaps by more than 1 % of the smallest radius.

    Parameters
    ----------
    radii : shape (n,), [m]
    box : edges (z, y, x) [m], periodic
    walls : the z faces are walls, which no sphere crosses; otherwise z is periodic too

    Returns
    -------
    Floats
        Centres, shape (n, 3), [m], in the order of `radii`.

    Raises
    ------
    InputError
        Spheres too large for the box, or too dense (random packings of equal spheres end near 0.64); the sentence
        gives the largest fraction reached.
    """
    largest = 2.0 * float(radii.max())
    if largest > float(box.min()):
        raise InputError(
            f"The largest sphere, {show_length(largest)}, does not fit into an image of "
            f"{' x '.join(show_length(edge) for edge in box)}; enlarge the shape or cut the distribution."
        )
    start = rng.random((radii.size, 3)) * box
    asked = float((radii**3).sum()) * 4.0 / 3.0 * np.pi / float(np.prod(box))
    scale = min(1.0, (_HOPELESS / asked) ** (1.0 / 3.0))
    centres, done = relax(start, radii * scale, box, walls=walls)
    if done and scale == 1.0:
        return centres
    while not done and scale > 0.5:
        scale *= _SHRINK
        centres, done = relax(centres, radii * scale, box, walls=walls)
    raise InputError(
        f"Spheres of this size distribution were packed without overlap up to a volume fraction of "
        f"{asked * scale**3:.3f} (gaps included), and {asked:.3f} was asked for; ask for less, allow contacts with a "
        "negative gap, or use polycrystal or pressed_pellet."
    )


def relax(centres: Floats, radii: Floats, box: Floats, *, walls: bool) -> tuple[Floats, bool]:
    """Push overlapping spheres apart; return the centres and whether no overlap is left.

    Each pair moves apart along its centre line by its overlap, the smaller sphere further (in proportion to the
    other's radius); the step is heavy-ball (momentum), which carries dense packings.
    """
    from scipy.spatial import cKDTree

    low = radii if walls else np.zeros(radii.size)
    x = np.mod(centres, box)
    speed = np.zeros_like(x)
    limit = _TOLERANCE * float(radii.min())
    bounds = np.array([0.0 if walls else box[0], box[1], box[2]])
    reach = 2.0 * float(radii.max())
    before = np.inf
    for sweep in range(_SWEEPS):
        if walls:
            x[:, 0] = np.clip(x[:, 0], low, box[0] - low)
        pairs = cKDTree(x, boxsize=bounds).query_pairs(reach, output_type="ndarray")
        i, j = pairs[:, 0], pairs[:, 1]
        apart = x[i] - x[j]
        wrap = np.round(apart / box) * box
        if walls:
            wrap[:, 0] = 0.0
        apart -= wrap
        distance = np.sqrt((apart**2).sum(axis=1))
        overlap = radii[i] + radii[j] - distance
        touching = overlap > 0.0
        if not touching.any() or float(overlap.max()) <= limit:
            return x, True
        i, j, overlap = i[touching], j[touching], overlap[touching]
        if sweep % 50 == 49:
            total = float((overlap**2).sum())
            if total > _STALLED * before:
                return x, False
            before = total
        share = overlap / ((radii[i] + radii[j]) * np.maximum(distance[touching], 1e-30))
        away = apart[touching] * share[:, None]
        push = np.zeros_like(x)
        for k in range(3):
            push[:, k] = np.bincount(i, away[:, k] * radii[j], radii.size) - np.bincount(
                j, away[:, k] * radii[i], radii.size
            )
        speed = 0.6 * speed + push
        x = x + speed
        first = 1 if walls else 0
        x[:, first:] = np.mod(x[:, first:], box[first:])
        x[:, first:][x[:, first:] >= box[first:]] = 0.0  # np.mod of a tiny negative number
    return x, False
