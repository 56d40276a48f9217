"""Compiled loops of the elastic solver: forces at nodes, the inverse of a uniform medium, averages.

A displacement stands on the corners of the voxels, a strain at their centres: a difference along one axis is the mean
over the four edges along it (the rotated scheme). Arrays are (component, z, y, x), components in the order z, y, x;
strains are (zz, yy, xx, 2 yx, 2 zx, 2 zy). Node (k, j, i) is the lowest corner of voxel (k, j, i), and everything is
periodic. Planes are counted from 1. `grid` is a quarter over the spacing (3), the stiffness of four twists over the
shear modulus, and 1/2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ceramer.numerics.jit import jit

__all__ = ["dot", "forces", "invert_uniform", "pair_energy", "phase_strain", "step", "turn"]


@jit
def row_strain(k: int, j: int, u: Any, mean: Any, grid: Any, lines: Any, strain: Any) -> None:
    """Put what the voxels of row (k, j) suffer into `strain` (18, nx); `lines` (12, nx + 1) is room to work.

    Rows 0 to 5 are the strain at the centre; 6 + 4 c + (0, 1, 2, 3) how component c twists: its part that goes with
    y x, z x, z y and z y x, in coordinates from -1/2 to 1/2.
    """
    _, nz, ny, nx = u.shape
    k1, j1 = (k + 1) % nz, (j + 1) % ny
    for c in range(3):
        for i in range(nx):
            a, b, d, e = u[c, k, j, i], u[c, k, j1, i], u[c, k1, j, i], u[c, k1, j1, i]
            lines[4 * c, i] = (d + e) - (a + b)
            lines[4 * c + 1, i] = (b + e) - (a + d)
            lines[4 * c + 2, i] = (a + b) + (d + e)
            lines[4 * c + 3, i] = (a + e) - (b + d)
        for m in range(4):
            lines[4 * c + m, nx] = lines[4 * c + m, 0]
    hz, hy, hx = grid[0], grid[1], grid[2]
    for i in range(nx):
        strain[0, i] = mean[0] + hz * (lines[0, i] + lines[0, i + 1])
        strain[1, i] = mean[1] + hy * (lines[5, i] + lines[5, i + 1])
        strain[2, i] = mean[2] + hx * (lines[10, i + 1] - lines[10, i])
        strain[3, i] = mean[3] + hx * (lines[6, i + 1] - lines[6, i]) + hy * (lines[9, i] + lines[9, i + 1])
        strain[4, i] = mean[4] + hx * (lines[2, i + 1] - lines[2, i]) + hz * (lines[8, i] + lines[8, i + 1])
        strain[5, i] = mean[5] + hy * (lines[1, i] + lines[1, i + 1]) + hz * (lines[4, i] + lines[4, i + 1])
    half = grid[7]
    for c in range(3):
        for i in range(nx):
            strain[4 * c + 6, i] = half * (lines[4 * c + 1, i + 1] - lines[4 * c + 1, i])
            strain[4 * c + 7, i] = half * (lines[4 * c, i + 1] - lines[4 * c, i])
            strain[4 * c + 8, i] = half * (lines[4 * c + 3, i + 1] + lines[4 * c + 3, i])
            strain[4 * c + 9, i] = lines[4 * c + 3, i + 1] - lines[4 * c + 3, i]


@jit
def plane_stress(k: int, codes: Any, lame: Any, u: Any, mean: Any, grid: Any, lines: Any, stress: Any) -> None:
    """Put the stresses of the voxels of plane k, and what resists the twists, into `stress` (18, ny, nx)."""
    ny, nx = codes.shape[1], codes.shape[2]
    for j in range(ny):
        row = stress[:, j]
        row_strain(k, j, u, mean, grid, lines, row)
        for i in range(nx):
            first, shear = lame[codes[k, j, i], 0], lame[codes[k, j, i], 1]
            trace = first * (row[0, i] + row[1, i] + row[2, i])
            row[0, i] = trace + 2 * shear * row[0, i]
            row[1, i] = trace + 2 * shear * row[1, i]
            row[2, i] = trace + 2 * shear * row[2, i]
            row[3, i] *= shear
            row[4, i] *= shear
            row[5, i] *= shear
            for m in range(6, 18, 4):
                row[m, i] *= shear * grid[3]
                row[m + 1, i] *= shear * grid[4]
                row[m + 2, i] *= shear * grid[5]
                row[m + 3, i] *= shear * grid[6]


@jit
def forces(first: int, end: int, codes: Any, lame: Any, u: Any, mean: Any, grid: Any, out: Any) -> float:
    """Put the forces on the nodes of planes first - 1 to end - 2 into `out`, and return their work on `u`.

    `mean` is the mean strain (6), `lame` the two Lame constants of each code (codes, 2). Forces are the transpose
    of the strain operator applied to the stress, per volume of a voxel.
    """
    nz, ny, nx = codes.shape
    lines = np.empty((12, nx + 1), u.dtype)
    straight = np.empty(nx + 1, u.dtype)
    across = np.empty(nx + 1, u.dtype)
    below = np.empty((18, ny, nx), u.dtype)
    here = np.empty((18, ny, nx), u.dtype)
    parts = np.array([[0, 5, 4], [5, 1, 3], [4, 3, 2]])
    hz, hy, hx, half = grid[0], grid[1], grid[2], grid[7]
    work = 0.0
    plane_stress((first - 2) % nz, codes, lame, u, mean, grid, lines, below)
    for k in range(first - 1, end - 1):
        plane_stress(k, codes, lame, u, mean, grid, lines, here)
        for j in range(ny):
            before = (j - 1) % ny
            for c in range(3):
                pz, py, px = parts[c, 0], parts[c, 1], parts[c, 2]
                for i in range(nx):
                    a, b = below[pz, before, i] + below[pz, j, i], here[pz, before, i] + here[pz, j, i]
                    d, e = below[py, before, i] + here[py, before, i], below[py, j, i] + here[py, j, i]
                    straight[i + 1] = hz * (a - b) + hy * (d - e)
                    across[i + 1] = hx * (
                        (below[px, before, i] + below[px, j, i]) + (here[px, before, i] + here[px, j, i])
                    )
                at = 4 * c + 6
                for i in range(nx):
                    a, b = below[at, before, i] - below[at, j, i], here[at, before, i] - here[at, j, i]
                    d = below[at + 1, before, i] + below[at + 1, j, i] - here[at + 1, before, i] - here[at + 1, j, i]
                    e = below[at + 2, before, i] - below[at + 2, j, i] - here[at + 2, before, i] + here[at + 2, j, i]
                    g = below[at + 3, before, i] - below[at + 3, j, i] - here[at + 3, before, i] + here[at + 3, j, i]
                    straight[i + 1] += half * e
                    across[i + 1] += half * (a + b + d) + g
                straight[0], across[0] = straight[nx], across[nx]
                total = 0.0
                for i in range(nx):
                    value = straight[i] + straight[i + 1] + across[i] - across[i + 1]
                    out[c, k, j, i] = value
                    total += float(value) * float(u[c, k, j, i])
                work += total
        below, here = here, below
    return work


@jit
def invert_uniform(first: int, end: int, spectrum: Any, sine: Any, cosine: Any, grid: Any, lame: Any) -> None:
    r"""Apply the inverse for a uniform medium, :math:`N = (\lambda+\mu) k k^T + \mu (|k|^2 + t)`, in place.

    t is what resists twists. `sine` and `cosine` hold sin and cos of half the phase for each axis, shape (3, most
    frequencies); the mean becomes 0.
    """
    _, _, ny, nx = spectrum.shape
    both = lame[0] + lame[1]
    for k in range(first - 1, end - 1):
        sz, cz = sine[0, k], cosine[0, k]
        for j in range(ny):
            sy, cy = sine[1, j], cosine[1, j]
            for i in range(nx):
                sx, cx = sine[2, i], cosine[2, i]
                z, y, x = 8 * grid[0] * sz * cy * cx, 8 * grid[1] * cz * sy * cx, 8 * grid[2] * cz * cy * sx
                square = z * z + y * y + x * x
                yx, zx, zy = sy * sx, sz * sx, sz * sy
                pairs = grid[3] * (cz * yx) ** 2 + grid[4] * (cy * zx) ** 2 + grid[5] * (cx * zy) ** 2
                stiff = lame[1] * (square + 16 * pairs + 64 * grid[6] * (sz * yx) ** 2)
                scale = 1 / stiff if stiff > 0 else 0 * stiff
                weight = both / (stiff + both * square) if stiff > 0 else 0 * stiff
                f, g, h = spectrum[0, k, j, i], spectrum[1, k, j, i], spectrum[2, k, j, i]
                along = weight * (z * f + y * g + x * h)
                spectrum[0, k, j, i] = scale * (f - along * z)
                spectrum[1, k, j, i] = scale * (g - along * y)
                spectrum[2, k, j, i] = scale * (h - along * x)


@jit
def step(first: int, end: int, u: Any, p: Any, r: Any, q: Any, length: Any) -> None:
    """Go on: u += length p and r -= length q."""
    _, _, ny, nx = u.shape
    for c in range(3):
        for k in range(first - 1, end - 1):
            for j in range(ny):
                for i in range(nx):
                    u[c, k, j, i] += length * p[c, k, j, i]
                    r[c, k, j, i] -= length * q[c, k, j, i]


@jit
def turn(first: int, end: int, p: Any, z: Any, share: Any) -> None:
    """Turn: p = z + share p."""
    _, _, ny, nx = p.shape
    for c in range(3):
        for k in range(first - 1, end - 1):
            for j in range(ny):
                for i in range(nx):
                    p[c, k, j, i] = z[c, k, j, i] + share * p[c, k, j, i]


@jit
def dot(first: int, end: int, a: Any, b: Any) -> float:
    """Return the scalar product of two fields, summed in float64."""
    _, _, ny, nx = a.shape
    total = 0.0
    for c in range(3):
        for k in range(first - 1, end - 1):
            for j in range(ny):
                line = 0.0
                for i in range(nx):
                    line += float(a[c, k, j, i]) * float(b[c, k, j, i])
                total += line
    return total


@jit
def pair_energy(
    first: int, end: int, codes: Any, lame: Any, u: Any, mean: Any, v: Any, mean_v: Any, grid: Any
) -> float:
    """Return the sum over voxels of the stress of (u, mean) times the strain of (v, mean_v)."""
    _, ny, nx = codes.shape
    lines = np.empty((12, nx + 1), u.dtype)
    s, t = np.empty((18, nx), u.dtype), np.empty((18, nx), u.dtype)
    total = 0.0
    for k in range(first - 1, end - 1):
        for j in range(ny):
            row_strain(k, j, u, mean, grid, lines, s)
            row_strain(k, j, v, mean_v, grid, lines, t)
            line = 0.0
            for i in range(nx):
                one, shear = float(lame[codes[k, j, i], 0]), float(lame[codes[k, j, i], 1])
                volume = (s[0, i] + s[1, i] + s[2, i]) * (t[0, i] + t[1, i] + t[2, i])
                normal = s[0, i] * t[0, i] + s[1, i] * t[1, i] + s[2, i] * t[2, i]
                tangent = s[3, i] * t[3, i] + s[4, i] * t[4, i] + s[5, i] * t[5, i]
                twist = 0.0
                for m in range(6, 18, 4):
                    twist += grid[3] * s[m, i] * t[m, i] + grid[4] * s[m + 1, i] * t[m + 1, i]
                    twist += grid[5] * s[m + 2, i] * t[m + 2, i] + grid[6] * s[m + 3, i] * t[m + 3, i]
                line += one * volume + shear * (2 * normal + tangent + twist)
            total += line
    return total


@jit
def phase_strain(first: int, end: int, codes: Any, kinds: int, u: Any, mean: Any, grid: Any) -> Any:
    """Return the sum of the strain over the voxels of each code, shape (codes, 6)."""
    _, ny, nx = codes.shape
    lines, strain = np.empty((12, nx + 1), u.dtype), np.empty((18, nx), u.dtype)
    total = np.zeros((kinds, 6))
    for k in range(first - 1, end - 1):
        for j in range(ny):
            row_strain(k, j, u, mean, grid, lines, strain)
            for i in range(nx):
                for c in range(6):
                    total[codes[k, j, i], c] += strain[c, i]
    return total
