"""Compiled loops of the multigrid solver.

Arrays carry one ghost cell on every side: cell (i, j, k) of the grid is entry (i+1, j+1, k+1). ``gx[i, j, k]`` is the
conductance of the face between cells i-1 and i (likewise ``gy``, ``gz``). Along a periodic axis the ghosts repeat the
cells of the other end; elsewhere they stay zero, which is an electrode where the outer face conducts and an insulated
wall where it does not. Axes x, y, z are array axes 0, 1, 2; `wrap` has bit 1, 2, 4 set where they are periodic.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer.numerics.jit import jit

Array = Any  # a padded array; Numba knows the rest

__all__ = [
    "apply_operator",
    "coarsen_faces",
    "combine",
    "invert_diagonal",
    "products",
    "refresh",
    "refresh_ends",
    "relax",
    "restrict_residual",
    "step",
]


@jit
def refresh_plane(u: Array, i: int, wrap: int) -> None:
    """Renew the periodic ghosts of plane i in y and z."""
    ny, nz = u.shape[1] - 2, u.shape[2] - 2
    if wrap & 4:
        for j in range(1, ny + 1):
            u[i, j, 0] = u[i, j, nz]
            u[i, j, nz + 1] = u[i, j, 1]
    if wrap & 2:
        for k in range(nz + 2):
            u[i, 0, k] = u[i, ny, k]
            u[i, ny + 1, k] = u[i, 1, k]


@jit
def refresh_ends(u: Array, wrap: int) -> None:
    """Renew the periodic ghost planes in x."""
    nx = u.shape[0] - 2
    if wrap & 1:
        for j in range(u.shape[1]):
            for k in range(u.shape[2]):
                u[0, j, k] = u[nx, j, k]
                u[nx + 1, j, k] = u[1, j, k]


@jit
def refresh(u: Array, wrap: int) -> None:
    """Renew every periodic ghost."""
    for i in range(1, u.shape[0] - 1):
        refresh_plane(u, i, wrap)
    refresh_ends(u, wrap)


@jit
def _work(u: Array) -> Array:
    """Row buffer and the two masks that pick every other cell of a row."""
    work = np.zeros((3, u.shape[2]), u.dtype)
    work[1, 1::2] = 1
    work[2, 0::2] = 1
    return work


@jit
def _close_row(
    u: Array, b: Array, gx: Array, gy: Array, gz: Array, inverse: Array, i: int, j: int, mask: Array, wrap: int
) -> None:
    """Renew the periodic ghosts of a row; across the seam of an odd axis a colour meets itself, one after the other."""
    ny, nz = u.shape[1] - 2, u.shape[2] - 2
    here = u[i, j]
    if wrap & 4:
        here[nz + 1] = here[1]
        if nz & 1 and mask[nz] != 0:
            here[nz] = (
                b[i, j, nz]
                + gx[i, j, nz] * u[i - 1, j, nz]
                + gx[i + 1, j, nz] * u[i + 1, j, nz]
                + gy[i, j, nz] * u[i, j - 1, nz]
                + gy[i, j + 1, nz] * u[i, j + 1, nz]
                + gz[i, j, nz] * here[nz - 1]
                + gz[i, j, nz + 1] * here[nz + 1]
            ) * inverse[i, j, nz]
        here[0] = here[nz]
    if wrap & 2 and j == 1:
        for k in range(nz + 2):
            u[i, ny + 1, k] = here[k]
    if wrap & 2 and j == ny:
        for k in range(nz + 2):
            u[i, 0, k] = here[k]


@jit
def _relax_plane(
    u: Array, b: Array, gx: Array, gy: Array, gz: Array, inverse: Array, i: int, colour: int, work: Array, wrap: int
) -> None:
    """One Gauss-Seidel half sweep over the cells of plane i that have i + j + k even (colour 0) or odd (colour 1)."""
    ny, nz = u.shape[1] - 2, u.shape[2] - 2
    change = work[0]
    for j in range(1, ny + 1):
        here, west, east, south, north = u[i, j], u[i - 1, j], u[i + 1, j], u[i, j - 1], u[i, j + 1]
        g_west, g_east, g_south, g_north, g_z = gx[i, j], gx[i + 1, j], gy[i, j], gy[i, j + 1], gz[i, j]
        source, over = b[i, j], inverse[i, j]
        mask = work[1 + ((i + j + colour) & 1)]
        for k in range(1, nz + 1):
            change[k] = (
                (
                    source[k]
                    + g_west[k] * west[k]
                    + g_east[k] * east[k]
                    + g_south[k] * south[k]
                    + g_north[k] * north[k]
                    + g_z[k] * here[k - 1]
                    + g_z[k + 1] * here[k + 1]
                )
                * over[k]
                - here[k]
            ) * mask[k]
        for k in range(1, nz + 1):
            here[k] += change[k]
        if wrap:
            _close_row(u, b, gx, gy, gz, inverse, i, j, mask, wrap)


@jit
def _first_plane(u: Array, b: Array, inverse: Array, i: int, wrap: int) -> None:
    """Colour 0 from a zero guess (colour 1 is overwritten later)."""
    for j in range(1, u.shape[1] - 1):
        here, source, over = u[i, j], b[i, j], inverse[i, j]
        for k in range(1, u.shape[2] - 1):
            here[k] = source[k] * over[k]
    refresh_plane(u, i, wrap)


@jit
def _prolong_plane(u: Array, coarse: Array, shift: Array, i: int, wrap: int) -> None:
    """Add the coarse correction, constant over the cells of each coarse cell, to plane i."""
    nz = u.shape[2] - 2
    for j in range(1, u.shape[1] - 1):
        here, block = u[i, j], coarse[((i - 1) >> shift[0]) + 1, ((j - 1) >> shift[1]) + 1]
        if shift[2]:
            for k in range(1, (nz >> 1) + 1):
                here[2 * k - 1] += block[k]
                here[2 * k] += block[k]
            if nz & 1:
                here[nz] += block[(nz + 1) >> 1]
        else:
            for k in range(1, nz + 1):
                here[k] += block[k]
    refresh_plane(u, i, wrap)


@jit
def relax(
    first: int,
    end: int,
    stage: int,
    repeats: int,
    u: Array,
    b: Array,
    gx: Array,
    gy: Array,
    gz: Array,
    inverse: Array,
    wrap: int,
    mode: int,
    coarse: Array,
    shift: Array,
) -> None:
    """Red-black sweep over planes first to end - 1, fused so that a plane is touched while it is warm.

    Stage 0 adds the coarse correction to the first and last plane of the slab; stage 1 corrects the others, sweeps the
    first colour, and the second but for those two planes; stage 2 finishes them. Between stages, when every slab is
    done, the ghost planes are renewed. Stage 3 does it all for a single slab, `repeats` times to and fro.
    Modes: 0 colours 0, 1 from a zero guess; 1 colours 0, 1; 2 colours 1, 0; 3 colours 1, 0 after the coarse correction.
    """
    work = _work(u)
    for repeat in range(repeats):
        now = mode if repeat == 0 else 1 + (repeat & 1)
        for step_ in range(3):
            if (stage < 3 and step_ != stage) or (step_ == 0 and now != 3):
                continue
            for number in range(end - first if step_ == 1 else min(2, end - first)):
                i = first + number if step_ == 1 or number == 0 else end - 1
                at = i + 1 if step_ == 1 else i
                if now == 3 and (step_ == 0 or (step_ == 1 and at < end - 1)):
                    _prolong_plane(u, coarse, shift, at, wrap)
                for half in range(2):
                    at = i - half if step_ == 1 else i
                    if step_ == 0 or (half == 0 and step_ == 2) or (half == 1 and step_ == 1 and at <= first):
                        continue
                    if half == 0 and now == 0:
                        _first_plane(u, b, inverse, i, wrap)
                    else:
                        colour = half if now < 2 else 1 - half
                        _relax_plane(u, b, gx, gy, gz, inverse, at, colour, work, wrap)
                    if stage == 3 and wrap & 1 and at == 1 and end & 1 == 0:
                        for j in range(u.shape[1]):
                            for k in range(u.shape[2]):
                                u[end, j, k] = u[1, j, k]
            if stage == 3:
                refresh_ends(u, wrap)


@jit
def restrict_residual(
    first: int, end: int, coarse: Array, u: Array, b: Array, gx: Array, gy: Array, gz: Array, shift: Any
) -> None:
    """Sum the residual b - A u over the cells of each coarse cell, for coarse planes first to end - 1."""
    nx, ny, nz = u.shape[0] - 2, u.shape[1] - 2, u.shape[2] - 2
    total = np.zeros(nz + 4, u.dtype)
    for ci in range(first, end):
        i0 = ((ci - 1) << shift[0]) + 1
        i1 = min(i0 + shift[0], nx)
        for cj in range(1, coarse.shape[1] - 1):
            j0 = ((cj - 1) << shift[1]) + 1
            j1 = min(j0 + shift[1], ny)
            total[:] = 0
            for i in range(i0, i1 + 1):
                for j in range(j0, j1 + 1):
                    here, west, east, south, north = u[i, j], u[i - 1, j], u[i + 1, j], u[i, j - 1], u[i, j + 1]
                    g_west, g_east, g_south, g_north, g_z = gx[i, j], gx[i + 1, j], gy[i, j], gy[i, j + 1], gz[i, j]
                    source = b[i, j]
                    for k in range(1, nz + 1):
                        x = here[k]
                        total[k] += (
                            source[k]
                            + g_west[k] * (west[k] - x)
                            + g_east[k] * (east[k] - x)
                            + g_south[k] * (south[k] - x)
                            + g_north[k] * (north[k] - x)
                            + g_z[k] * (here[k - 1] - x)
                            + g_z[k + 1] * (here[k + 1] - x)
                        )
            out = coarse[ci, cj]
            if shift[2]:
                for ck in range(1, coarse.shape[2] - 1):
                    out[ck] = total[2 * ck - 1] + total[2 * ck]
            else:
                for ck in range(1, nz + 1):
                    out[ck] = total[ck]


@jit
def apply_operator(first: int, end: int, u: Array, gx: Array, gy: Array, gz: Array, out: Array) -> Any:
    """Write A u into `out` for planes first to end - 1 and return their part of u . A u."""
    ny, nz = u.shape[1] - 2, u.shape[2] - 2
    energy = 0.0 * (1.0 * u[0, 0, 0])
    for i in range(first, end):
        for j in range(1, ny + 1):
            here, west, east, south, north = u[i, j], u[i - 1, j], u[i + 1, j], u[i, j - 1], u[i, j + 1]
            g_west, g_east, g_south, g_north, g_z = gx[i, j], gx[i + 1, j], gy[i, j], gy[i, j + 1], gz[i, j]
            row = out[i, j]
            part = u.dtype.type(0)
            for k in range(1, nz + 1):
                x = here[k]
                value = (
                    g_west[k] * (x - west[k])
                    + g_east[k] * (x - east[k])
                    + g_south[k] * (x - south[k])
                    + g_north[k] * (x - north[k])
                    + g_z[k] * (x - here[k - 1])
                    + g_z[k + 1] * (x - here[k + 1])
                )
                row[k] = value
                part += value * x
            energy += part
    return energy


@jit
def combine(first: int, end: int, p: Array, z: Array, beta: Any) -> None:
    """p = z + beta p on whole padded planes (the ghosts of z are fresh, so those of p stay so)."""
    if first == 1:
        first = 0
    if end == p.shape[0] - 1:
        end = p.shape[0]
    for i in range(first, end):
        for j in range(p.shape[1]):
            to, source = p[i, j], z[i, j]
            for k in range(p.shape[2]):
                to[k] = source[k] + beta * to[k]


@jit
def step(first: int, end: int, x: Array, r: Array, p: Array, ap: Array, alpha: Any) -> None:
    """x += alpha p and r -= alpha A p (the ghosts of x are left behind)."""
    for i in range(first, end):
        for j in range(1, x.shape[1] - 1):
            to, direction, rest, image = x[i, j], p[i, j], r[i, j], ap[i, j]
            for k in range(1, x.shape[2] - 1):
                to[k] += alpha * direction[k]
                rest[k] -= alpha * image[k]


@jit
def products(first: int, end: int, z: Array, r: Array, ap: Array) -> tuple[Any, Any]:
    """Return z . r and z . ap (bilinear: no complex conjugate)."""
    zr = 0.0 * (1.0 * z[0, 0, 0])
    za = zr
    for i in range(first, end):
        for j in range(1, z.shape[1] - 1):
            a, b, c = z[i, j], r[i, j], ap[i, j]
            part_b = z.dtype.type(0)
            part_c = z.dtype.type(0)
            for k in range(1, z.shape[2] - 1):
                part_b += a[k] * b[k]
                part_c += a[k] * c[k]
            zr += part_b
            za += part_c
    return zr, za


@jit
def invert_diagonal(first: int, end: int, gx: Array, gy: Array, gz: Array, inverse: Array) -> None:
    """One over the sum of the six faces of every cell; zero for a cell that nothing connects."""
    ny, nz = inverse.shape[1] - 2, inverse.shape[2] - 2
    for i in range(first, end):
        for j in range(1, ny + 1):
            for k in range(1, nz + 1):
                total = gx[i, j, k] + gx[i + 1, j, k] + gy[i, j, k] + gy[i, j + 1, k] + gz[i, j, k] + gz[i, j, k + 1]
                inverse[i, j, k] = 1 / total if total != 0 else 0 * total


@jit
def coarsen_faces(
    first: int,
    end: int,
    gx: Array,
    gy: Array,
    gz: Array,
    coarse_x: Array,
    coarse_y: Array,
    coarse_z: Array,
    shift: Any,
    factor: Any,
) -> None:
    """Coarse faces: the sum of the fine faces they hold, times `factor` (1/2 along a coarsened axis: twice as far)."""
    nx, ny, nz = gx.shape[0] - 2, gx.shape[1] - 2, gx.shape[2] - 2
    cx, cy, cz = coarse_x.shape[0] - 2, coarse_x.shape[1] - 2, coarse_x.shape[2] - 2
    sx, sy, sz = shift[0], shift[1], shift[2]
    if end == cx + 1:
        end = cx + 2
    for ci in range(first, end):
        i0 = min(((ci - 1) << sx) + 1, nx + 1)
        for cj in range(1, cy + 2):
            j0 = min(((cj - 1) << sy) + 1, ny + 1)
            for ck in range(1, cz + 2):
                k0 = min(((ck - 1) << sz) + 1, nz + 1)
                if cj <= cy and ck <= cz:
                    total = 0 * gx[0, 0, 0]
                    for j in range(j0, min(j0 + sy, ny) + 1):
                        for k in range(k0, min(k0 + sz, nz) + 1):
                            total += gx[i0, j, k]
                    coarse_x[ci, cj, ck] = factor[0] * total
                if ci <= cx and ck <= cz:
                    total = 0 * gx[0, 0, 0]
                    for i in range(i0, min(i0 + sx, nx) + 1):
                        for k in range(k0, min(k0 + sz, nz) + 1):
                            total += gy[i, j0, k]
                    coarse_y[ci, cj, ck] = factor[1] * total
                if ci <= cx and cj <= cy:
                    total = 0 * gx[0, 0, 0]
                    for i in range(i0, min(i0 + sx, nx) + 1):
                        for j in range(j0, min(j0 + sy, ny) + 1):
                            total += gz[i, j, k0]
                    coarse_z[ci, cj, ck] = factor[2] * total
