"""Compiled loops on labels: face conductances, surface normals, and where power and current go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.numerics.jit import jit

__all__ = ["REACH", "contact_power", "fill_faces", "phase_counts", "phase_power", "surface_faces", "widened"]

REACH: Final = 4
"""Voxels that the estimate looks at on each side of a face."""
_WIDTH: Final = 1.2
"""Standard deviation of the Gaussian window [voxels]; its tail ends at 3.3 standard deviations."""
_ACROSS: Final = np.exp(-0.5 * (np.arange(-REACH, REACH + 1) / _WIDTH) ** 2)
_ALONG: Final = np.exp(-0.5 * (np.arange(-REACH + 0.5, REACH) / _WIDTH) ** 2)
_LEAST: Final = 0.02


def widened(image: NDArray[Any], periodic: Sequence[bool]) -> NDArray[Any]:
    """Return `image` with `REACH` more voxels on every side: wrapped around, or mirrored at a wall."""
    for axis, wraps in enumerate(periodic):
        count = image.shape[axis]
        at = np.arange(-REACH, count + REACH)
        if wraps:
            at %= count
        else:
            at %= 2 * count
            at = np.where(at < count, at, 2 * count - 1 - at)
        image = np.take(image, at, axis=axis)
    return image


@jit
def staircase(wide: Any, axis: int, i: int, j: int, k: int, spacing: Any, normal: Any) -> float:
    r"""Estimate the unit normal of the surface at the face below voxel (i, j, k) along `axis`, pointing up.

    The normal is the gradient of the indicator (+1 in the region above, -1 in the one below, 0 in third ones) under a
    Gaussian of 1.2 voxels. Returned is :math:`|n_0| + |n_1| + |n_2|`, the area of the staircase over that of the
    smooth surface it stands for; 1 where no direction can be told (tips and crowded corners).

    Notes
    -----
    Over random planes the area comes out within 0.7 % (0.2 % standard deviation, no bias); on a sphere of radius R
    voxels it is 0.3 (4/R)^2 too small.
    """
    d0, d1, d2 = int(axis == 0), int(axis == 1), int(axis == 2)
    high = wide[i + REACH, j + REACH, k + REACH]
    low = wide[i + REACH - d0, j + REACH - d1, k + REACH - d2]
    m0, m1, m2 = 0.0, 0.0, 0.0
    for o0 in range(2 * REACH + 1 - d0):
        h0 = o0 - REACH + 0.5 * d0
        w0 = _ALONG[o0] if d0 else _ACROSS[o0]
        for o1 in range(2 * REACH + 1 - d1):
            h1 = o1 - REACH + 0.5 * d1
            w1 = w0 * (_ALONG[o1] if d1 else _ACROSS[o1])
            row = wide[i + o0, j + o1, k : k + 2 * REACH + 1]
            net, moment = 0.0, 0.0
            for o2 in range(2 * REACH + 1 - d2):
                sign = int(row[o2] == high) - int(row[o2] == low)
                weight = sign * (_ALONG[o2] if d2 else _ACROSS[o2])
                net += weight
                moment += weight * (o2 - REACH + 0.5 * d2)
            m0 += w1 * net * h0
            m1 += w1 * net * h1
            m2 += w1 * moment
    m0, m1, m2 = m0 / spacing[0], m1 / spacing[1], m2 / spacing[2]
    length = np.sqrt(m0 * m0 + m1 * m1 + m2 * m2)
    along = d0 * m0 + d1 * m1 + d2 * m2
    if not along > _LEAST * length:
        normal[0], normal[1], normal[2] = float(d0), float(d1), float(d2)
        return 1.0
    normal[0], normal[1], normal[2] = m0 / length, m1 / length, m2 / length
    return float((abs(m0) + abs(m1) + abs(m2)) / length)


@jit
def phase_counts(labels: Any, counts: Any) -> None:
    """Add the number of voxels of every label to `counts`; a negative label or one beyond it goes to the last entry."""
    flat = labels.ravel()
    for n in range(flat.size):
        at = flat[n]
        if at < 0 or at >= counts.size - 1:
            at = counts.size - 1
        counts[at] += 1


@jit
def fill_faces(
    first: int,
    end: int,
    labels: Any,
    grains: Any,
    wide_labels: Any,
    wide_grains: Any,
    bulk: Any,
    contact: Any,
    kind: Any,
    area: Any,
    spacing: Any,
    periodic: Any,
    gx: Any,
    gy: Any,
    gz: Any,
) -> None:
    """Write the conductance of the lower faces of voxels in planes first to end - 1; outer faces of open axes stay 0.

    ``bulk[d, a, b]`` is the conductance of a face between phases a and b in full contact, ``contact[a, b]`` the
    resistance of a unit area of their interface (a = b: between grains), ``kind[a, b]`` 0 for none, 1 for
    the area of the voxel face, 2 for that of the smooth surface, 3 for an interface that nothing crosses.
    """
    n0, n1, n2 = labels.shape
    normal = np.zeros(3)
    for i in range(first - 1, end - 1):
        for j in range(n1):
            for k in range(n2):
                b = labels[i, j, k]
                for axis in range(3):
                    if axis == 0:
                        at, count = i, n0
                    elif axis == 1:
                        at, count = j, n1
                    else:
                        at, count = k, n2
                    if at == 0 and not periodic[axis]:
                        continue
                    below = at - 1 if at > 0 else count - 1
                    p = below if axis == 0 else i
                    q = below if axis == 1 else j
                    r = below if axis == 2 else k
                    a = labels[p, q, r]
                    value = bulk[axis, a, b]
                    law = kind[a, b]
                    if law != 0 and a == b and grains[p, q, r] == grains[i, j, k]:
                        law = 0
                    if law == 3:
                        value = 0 * value
                    elif law != 0 and value != 0:
                        steps = 1.0
                        if law == 2 and a != b:
                            steps = staircase(wide_labels, axis, i, j, k, spacing, normal)
                        elif law == 2:
                            steps = staircase(wide_grains, axis, i, j, k, spacing, normal)
                        value = area[axis] / (area[axis] / value + contact[a, b] * steps)
                    if axis == 0:
                        gx[i + 1, j + 1, k + 1] = value
                    elif axis == 1:
                        gy[i + 1, j + 1, k + 1] = value
                        if j == 0:
                            gy[i + 1, n1 + 1, k + 1] = value
                    else:
                        gz[i + 1, j + 1, k + 1] = value
                        if k == 0:
                            gz[i + 1, j + 1, n2 + 1] = value


@jit
def surface_faces(
    labels: Any, wide_labels: Any, sheet: Any, area: Any, spacing: Any, periodic: Any, places: Any, values: Any
) -> int:
    """List the faces that carry a sheet: (axis, i, j, k, label, label), and (smooth area, normal) where there is room.

    Returned is their number: call with empty lists first, then with lists of that length.
    """
    n0, n1, n2 = labels.shape
    normal = np.zeros(3)
    found = 0
    for i in range(n0):
        for j in range(n1):
            for k in range(n2):
                b = labels[i, j, k]
                for axis in range(3):
                    at = i if axis == 0 else (j if axis == 1 else k)
                    count = n0 if axis == 0 else (n1 if axis == 1 else n2)
                    if at == 0 and not periodic[axis]:
                        continue
                    below = at - 1 if at > 0 else count - 1
                    a = labels[below if axis == 0 else i, below if axis == 1 else j, below if axis == 2 else k]
                    if sheet[a, b] == 0:
                        continue
                    if found < places.shape[0]:
                        steps = staircase(wide_labels, axis, i, j, k, spacing, normal)
                        places[found, 0] = axis
                        places[found, 1] = i
                        places[found, 2] = j
                        places[found, 3] = k
                        places[found, 4] = a
                        places[found, 5] = b
                        values[found, 0] = area[axis] / steps
                        values[found, 1] = normal[0]
                        values[found, 2] = normal[1]
                        values[found, 3] = normal[2]
                    found += 1
    return found


@jit
def phase_power(
    first: int,
    end: int,
    labels: Any,
    u: Any,
    gx: Any,
    gy: Any,
    gz: Any,
    resistivity: Any,
    driven: int,
    periodic: Any,
    spacing: Any,
    power: Any,
    current: Any,
    flux: Any,
) -> None:
    """Add power and current (times length) of planes first to end - 1 by phase, and the flux through upper faces by layer.

    A voxel dissipates the square of the current through each of its six half faces times half a voxel's resistance.
    """
    n0, n1, n2 = labels.shape
    area = spacing[0] * spacing[1] * spacing[2] / spacing
    heat = np.zeros(n2, current.dtype)
    flow = np.zeros(n2, current.dtype)
    up = np.zeros(n2, current.dtype)
    drop = np.zeros((3, 2))
    for i in range(first - 1, end - 1):
        for j in range(n1):
            drop[:] = 0.0
            drop[driven] = spacing[driven]
            if not periodic[driven]:
                if driven == 0 and i == 0 or driven == 1 and j == 0:
                    drop[driven, 0] *= 0.5
                if driven == 0 and i == n0 - 1 or driven == 1 and j == n1 - 1:
                    drop[driven, 1] *= 0.5
            here = u[i + 1, j + 1]
            west, east, south, north = u[i, j + 1], u[i + 2, j + 1], u[i + 1, j], u[i + 1, j + 2]
            g_west, g_east, g_south, g_north = gx[i + 1, j + 1], gx[i + 2, j + 1], gy[i + 1, j + 1], gy[i + 1, j + 2]
            g_z = gz[i + 1, j + 1]
            w0, w1, w2 = 0.5 * spacing[0] / area[0], 0.5 * spacing[1] / area[1], 0.5 * spacing[2] / area[2]
            for k in range(n2):
                x = 1.0 * here[k + 1]
                a = g_west[k + 1] * (west[k + 1] - x + drop[0, 0])
                b = g_east[k + 1] * (x - east[k + 1] + drop[0, 1])
                c = g_south[k + 1] * (south[k + 1] - x + drop[1, 0])
                d = g_north[k + 1] * (x - north[k + 1] + drop[1, 1])
                e = g_z[k + 1] * (here[k] - x + drop[2, 0])
                f = g_z[k + 2] * (x - here[k + 2] + drop[2, 1])
                if driven == 2 and not periodic[2]:
                    if k == 0:
                        e = g_z[k + 1] * (here[k] - x + 0.5 * drop[2, 0])
                    if k == n2 - 1:
                        f = g_z[k + 2] * (x - here[k + 2] + 0.5 * drop[2, 1])
                heat[k] = w0 * (a * a + b * b) + w1 * (c * c + d * d) + w2 * (e * e + f * f)
                flow[k] = a + b if driven == 0 else (c + d if driven == 1 else e + f)
                up[k] = b if driven == 0 else (d if driven == 1 else f)
            for k in range(n2):
                at = labels[i, j, k]
                power[at] += heat[k] * resistivity[at]
                current[at] += flow[k] * (0.5 * spacing[driven])
            if driven == 2:
                for k in range(n2):
                    flux[k] += up[k]
            else:
                flux[i if driven == 0 else j] += up.sum()


@jit
def contact_power(
    first: int,
    end: int,
    labels: Any,
    kind: Any,
    bulk: Any,
    u: Any,
    gx: Any,
    gy: Any,
    gz: Any,
    driven: int,
    periodic: Any,
    spacing: Any,
    power: Any,
) -> None:
    """Add the power in the interfaces of pairs (a, b) of phases to ``power[min, max]``."""
    n0, n1, n2 = labels.shape
    for i in range(first - 1, end - 1):
        for j in range(n1):
            for k in range(n2):
                b = labels[i, j, k]
                for axis in range(3):
                    at = i if axis == 0 else (j if axis == 1 else k)
                    count = n0 if axis == 0 else (n1 if axis == 1 else n2)
                    if at == 0 and not periodic[axis]:
                        continue
                    below = at - 1 if at > 0 else count - 1
                    a = labels[below if axis == 0 else i, below if axis == 1 else j, below if axis == 2 else k]
                    if kind[a, b] == 0:
                        continue
                    x = 1.0 * u[i + 1, j + 1, k + 1]
                    if axis == 0:
                        g, fall = gx[i + 1, j + 1, k + 1], u[i, j + 1, k + 1] - x
                    elif axis == 1:
                        g, fall = gy[i + 1, j + 1, k + 1], u[i + 1, j, k + 1] - x
                    else:
                        g, fall = gz[i + 1, j + 1, k + 1], u[i + 1, j + 1, k] - x
                    if axis == driven:
                        fall += spacing[axis]
                    if g != 0:
                        power[min(a, b), max(a, b)] += g * fall * fall * (1.0 - g / bulk[axis, a, b])
