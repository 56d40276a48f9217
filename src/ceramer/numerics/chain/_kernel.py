"""The solver of every chain, before it is compiled: what follows the mark is copied into each generated module.

A chain is a row of nodes with a few unknowns each, which touch their neighbours only:  M y' = f(y), M and df/dy block
tridiagonal. `residual` and `jacobian` are generated for the kinds of nodes and faces of a program; everything here is
the same for all. Arrays live in tuples, so that a run allocates nothing:

- shape = (off, size, aoff, boff, coff, particles, spans): first unknown, number of unknowns and first block entry of
  each node, the tables of the particles (whose unknowns come after those of all nodes), and spans of faces between
  nodes of 2 or of 3 unknowns and without capacity (first face, the one after the last, unknowns; 0: any other);
- model = (shape, node parameters, face parameters, node runs, face runs, mass, face capacity, its unknown left, right,
  capacity inside a node, its two unknowns);
- blocks (A, B, C, particles): entry of row r and column c of a block of node k at offset[k] + r * columns + c.
"""

from __future__ import annotations

import math
from typing import Any

__all__: list[str] = []


def jit(function: Any) -> Any:
    """Stand in for the compiler; the generated module has the real one."""
    return function


inner = inlined = jit  # what only compiled code calls, and what is pasted into its only caller


def residual(y: Any, f: Any, model: Any) -> None:
    """Stand in for the generated function: f <- f(y)."""


def jacobian(y: Any, blocks: Any, model: Any) -> None:
    """Stand in for the generated function: blocks <- df/dy."""


def less(z: Any, x: Any, y: Any) -> Any:
    """Stand in for the compiled function: z - x y, fused where the machine can."""
    return z - x * y


def particle_factor(a: Any, mass: Any, model: Any, blocks: Any, work: Any) -> None:
    """Stand in for the generated function: eliminate the particles, correct the diagonal blocks in `work`."""


def particle_forward(b: Any, shape: Any, work: Any) -> None:
    """Stand in for the generated function: what the particles' right-hand sides add to their nodes'."""


def particle_backward(b: Any, shape: Any, work: Any) -> None:
    """Stand in for the generated function: the particles, once their nodes are known."""


# --- kernel: copied from here ---

PLACE = 0x3FFFFFFF  # masks places in arrays, so that the compiler knows them not to be negative


@jit
def evaluate(y, f, model):
    """Call `residual` from Python."""
    residual(y, f, model)


@jit
def linearise(y, blocks, model):
    """Call `jacobian` from Python."""
    jacobian(y, blocks, model)


@inner
def invert(E, o, m, pivots):
    """Invert the m x m block at E[o:] in place (Gauss-Jordan with row pivots); False if it is singular."""
    for p in range(m):
        best = p
        size = abs(E[o + p * m + p])
        for r in range(p + 1, m):
            if abs(E[o + r * m + p]) > size:
                best = r
                size = abs(E[o + r * m + p])
        if not size > 0.0:
            return False
        pivots[p] = best
        if best != p:
            for c in range(m):
                E[o + p * m + c], E[o + best * m + c] = E[o + best * m + c], E[o + p * m + c]
        d = 1.0 / E[o + p * m + p]
        E[o + p * m + p] = 1.0
        for c in range(m):
            E[o + p * m + c] *= d
        for r in range(m):
            if r != p:
                q = E[o + r * m + p]
                E[o + r * m + p] = 0.0
                for c in range(m):
                    E[o + r * m + c] -= q * E[o + p * m + c]
    for p in range(m - 1, -1, -1):
        best = pivots[p]
        if best != p:
            for r in range(m):
                E[o + r * m + p], E[o + r * m + best] = E[o + r * m + best], E[o + r * m + p]
    return True


@inner
def inverse(E, o, m, pivots):
    """Invert the m x m block at E[o:] in place; False if it is singular."""
    if m == 1:
        E[o] = 1.0 / E[o]
        return abs(E[o]) < 1e300
    if m == 2:
        b0, b1, b2, b3 = E[o], E[o + 1], E[o + 2], E[o + 3]
        d = 1.0 / (b0 * b3 - b1 * b2)
        E[o], E[o + 1], E[o + 2], E[o + 3] = b3 * d, -b1 * d, -b2 * d, b0 * d
        return abs(d) < 1e300
    if m == 3:
        b0, b1, b2, b3, b4 = E[o], E[o + 1], E[o + 2], E[o + 3], E[o + 4]
        b5, b6, b7, b8 = E[o + 5], E[o + 6], E[o + 7], E[o + 8]
        c0, c3, c6 = b4 * b8 - b5 * b7, b5 * b6 - b3 * b8, b3 * b7 - b4 * b6
        d = 1.0 / (b0 * c0 + b1 * c3 + b2 * c6)
        E[o], E[o + 1], E[o + 2] = c0 * d, (b2 * b7 - b1 * b8) * d, (b1 * b5 - b2 * b4) * d
        E[o + 3], E[o + 4], E[o + 5] = c3 * d, (b0 * b8 - b2 * b6) * d, (b2 * b3 - b0 * b5) * d
        E[o + 6], E[o + 7], E[o + 8] = c6 * d, (b1 * b6 - b0 * b7) * d, (b0 * b4 - b1 * b3) * d
        return abs(d) < 1e300
    return invert(E, o, m, pivots)


HELD = 1e20  # 1/s, the rate at which masses do not change at all
STIFF = 1e12  # 1/s, as stiff as a capacity between two nodes may be: beyond, the sum of their rows is lost to round-off
STIFF_INSIDE = 1e11  # 1/s, the same inside a node


@inner
def soft(a):
    """Return the rate for capacities between two nodes."""
    return a * (STIFF / abs(a)) if abs(a) >= HELD else a


@inner
def store(a, k, mass, model, E):
    """Add a M to the diagonal block of node k."""
    off, size, _, boff = model[0][:4]
    capacity, left, right = model[6], model[7], model[8]
    inside, one, other = model[9], model[10], model[11]
    m = size[k] & PLACE
    o = boff[k] & PLACE
    here = off[k] & PLACE
    for r in range(m):
        E[o + r * m + r] += a * mass[here + r]
    if k > 0 and capacity[k - 1] != 0.0:
        E[o + right[k - 1] * (m + 1)] += soft(a) * capacity[k - 1]
    if capacity[k] != 0.0:
        E[o + left[k] * (m + 1)] += soft(a) * capacity[k]
    if inside[k] != 0.0:
        r = one[k]
        c = other[k]
        held = a * inside[k]
        if abs(a) > STIFF_INSIDE:
            held = held * (STIFF_INSIDE / abs(a))
        E[o + r * m + r] += held
        E[o + c * m + c] += held
        E[o + r * m + c] -= held
        E[o + c * m + r] -= held


@inner
def factor(a, mass, model, blocks, work, pivots):
    """Factorise W = a M - J by block elimination from the first node to the last; False if it is singular.

    With A, B, C the blocks of a row: E = (B - A G_before)^-1, G = E C and L = A E_before, which `solve` needs.
    """
    shape = model[0]
    off, size, aoff, boff, coff = shape[:5]
    spans = shape[6]
    capacity, left, right = model[6], model[7], model[8]
    JA, JB, JC = blocks[:3]
    L, E, G = work[:3]
    for j in range(JB.size):
        E[j] = -JB[j]
    particle_factor(a, mass, model, blocks, work)
    store(a, 0, mass, model, E)
    if not inverse(E, boff[0] & PLACE, size[0] & PLACE, pivots):
        return False
    for s in range(spans.shape[0]):
        first, stop, like = spans[s, 0], spans[s, 1], spans[s, 2]
        if like == 2:
            here = off[first] & PLACE
            o = boff[first] & PLACE
            oa = aoff[first + 1] & PLACE
            oc = coff[first] & PLACE
            p0, p1, p2, p3 = E[o], E[o + 1], E[o + 2], E[o + 3]
            q0, q1, q2, q3 = p0, p1, p2, p3  # p = q d, and q is known before the division is done
            d = 1.0
            for _ in range(first, stop):
                c0, c1, c2, c3 = JC[oc], JC[oc + 1], JC[oc + 2], JC[oc + 3]
                a0, a1, a2, a3 = JA[oa], JA[oa + 1], JA[oa + 2], JA[oa + 3]
                g0 = (q0 * c0 + q1 * c2) * -d
                g1 = (q0 * c1 + q1 * c3) * -d
                g2 = (q2 * c0 + q3 * c2) * -d
                g3 = (q2 * c1 + q3 * c3) * -d
                G[oc], G[oc + 1], G[oc + 2], G[oc + 3] = g0, g1, g2, g3
                L[oa], L[oa + 1] = -(a0 * p0 + a1 * p2), -(a0 * p1 + a1 * p3)
                L[oa + 2], L[oa + 3] = -(a2 * p0 + a3 * p2), -(a2 * p1 + a3 * p3)
                here = (here + 2) & PLACE
                o = (o + 4) & PLACE
                b0 = less(less(E[o] + a * mass[here], -a0, g0), -a1, g2)
                b1 = less(less(E[o + 1], -a0, g1), -a1, g3)
                b2 = less(less(E[o + 2], -a2, g0), -a3, g2)
                b3 = less(less(E[o + 3] + a * mass[here + 1], -a2, g1), -a3, g3)
                d = 1.0 / (b0 * b3 - b1 * b2)
                if not abs(d) < 1e300:
                    return False
                q0, q1, q2, q3 = b3, -b1, -b2, b0
                p0, p1, p2, p3 = b3 * d, -b1 * d, -b2 * d, b0 * d
                E[o], E[o + 1], E[o + 2], E[o + 3] = p0, p1, p2, p3
                oa = (oa + 4) & PLACE
                oc = (oc + 4) & PLACE
            continue
        for face in range(first, stop):
            k = face & PLACE
            q = size[k] & PLACE
            m = size[k + 1] & PLACE
            op = boff[k] & PLACE
            o = boff[k + 1] & PLACE
            og = coff[k] & PLACE
            oa = aoff[k + 1] & PLACE
            store(a, k + 1, mass, model, E)
            if like == 3:
                for r in range(0, 9, 3):
                    v0, v1, v2 = E[op + r], E[op + r + 1], E[op + r + 2]
                    G[og + r] = -(v0 * JC[og] + v1 * JC[og + 3] + v2 * JC[og + 6])
                    G[og + r + 1] = -(v0 * JC[og + 1] + v1 * JC[og + 4] + v2 * JC[og + 7])
                    G[og + r + 2] = -(v0 * JC[og + 2] + v1 * JC[og + 5] + v2 * JC[og + 8])
                for r in range(0, 9, 3):
                    v0, v1, v2 = -JA[oa + r], -JA[oa + r + 1], -JA[oa + r + 2]
                    L[oa + r] = v0 * E[op] + v1 * E[op + 3] + v2 * E[op + 6]
                    L[oa + r + 1] = v0 * E[op + 1] + v1 * E[op + 4] + v2 * E[op + 7]
                    L[oa + r + 2] = v0 * E[op + 2] + v1 * E[op + 5] + v2 * E[op + 8]
                    E[o + r] -= v0 * G[og] + v1 * G[og + 3] + v2 * G[og + 6]
                    E[o + r + 1] -= v0 * G[og + 1] + v1 * G[og + 4] + v2 * G[og + 7]
                    E[o + r + 2] -= v0 * G[og + 2] + v1 * G[og + 5] + v2 * G[og + 8]
            else:
                held = capacity[k] != 0.0
                for j in range(q * m):
                    G[og + j] = 0.0
                    L[oa + j] = 0.0
                for j in range(q):
                    for c in range(m):
                        v = a * 0.0 - JC[og + j * m + c]
                        if held and j == left[k] and c == right[k]:
                            v = v - soft(a) * capacity[k]
                        if v != 0.0:
                            for r in range(q):
                                G[og + r * m + c] += E[op + r * q + j] * v
                for r in range(m):
                    for j in range(q):
                        v = a * 0.0 - JA[oa + r * q + j]
                        if held and j == left[k] and r == right[k]:
                            v = v - soft(a) * capacity[k]
                        if v != 0.0:
                            for c in range(m):
                                E[o + r * m + c] -= v * G[og + j * m + c]
                            for c in range(q):
                                L[oa + r * q + c] += v * E[op + j * q + c]
            if not inverse(E, o, m, pivots):
                return False
    return True


@inner
def multiply(E, e, b, o, m, scratch):
    """Replace the m numbers at b[o:] by the m x m block at E[e:] times them."""
    for r in range(m):
        v = E[e + r * m] * b[o]
        for c in range(1, m):
            v += E[e + r * m + c] * b[o + c]
        scratch[r] = v
    for r in range(m):
        b[o + r] = scratch[r]


@inner
def solve(b, shape, work, scratch):
    """Replace b by W^-1 b."""
    off, size, aoff, boff, coff = shape[:5]
    spans = shape[6]
    L, E, G = work[:3]
    n = size.size
    particle_forward(b, shape, work)
    for s in range(spans.shape[0]):
        first, stop, like = spans[s, 0], spans[s, 1], spans[s, 2]
        o = off[first] & PLACE
        oa = aoff[first + 1] & PLACE
        if like == 2:
            x0, x1 = b[o], b[o + 1]
            for _ in range(first, stop):
                o = (o + 2) & PLACE
                r0 = less(less(b[o], L[oa], x0), L[oa + 1], x1)
                x1 = less(less(b[o + 1], L[oa + 2], x0), L[oa + 3], x1)
                x0 = r0
                b[o] = x0
                b[o + 1] = x1
                oa = (oa + 4) & PLACE
        elif like == 3:
            x0, x1, x2 = b[o], b[o + 1], b[o + 2]
            for _ in range(first, stop):
                o = (o + 3) & PLACE
                r0 = b[o] - L[oa] * x0 - L[oa + 1] * x1 - L[oa + 2] * x2
                r1 = b[o + 1] - L[oa + 3] * x0 - L[oa + 4] * x1 - L[oa + 5] * x2
                x2 = b[o + 2] - L[oa + 6] * x0 - L[oa + 7] * x1 - L[oa + 8] * x2
                x0 = r0
                x1 = r1
                b[o] = x0
                b[o + 1] = x1
                b[o + 2] = x2
                oa = (oa + 9) & PLACE
        else:
            for face in range(first, stop):
                k = (face + 1) & PLACE
                m = size[k] & PLACE
                q = size[face] & PLACE
                o = off[k] & PLACE
                p = off[face] & PLACE
                oa = aoff[k] & PLACE
                for r in range(m):
                    v = b[o + r]
                    for c in range(q):
                        v -= L[oa + r * q + c] * b[p + c]
                    b[o + r] = v
    multiply(E, boff[n - 1] & PLACE, b, off[n - 1] & PLACE, size[n - 1], scratch)
    for s in range(spans.shape[0] - 1, -1, -1):
        first, stop, like = spans[s, 0], spans[s, 1], spans[s, 2]
        o = off[stop] & PLACE
        e = boff[stop - 1] & PLACE
        g = coff[stop - 1] & PLACE
        if like == 2:
            x0, x1 = b[o], b[o + 1]
            for _ in range(first, stop):
                o = (o - 2) & PLACE
                b0, b1 = b[o], b[o + 1]
                r0 = less(less(E[e] * b0 + E[e + 1] * b1, G[g], x0), G[g + 1], x1)
                x1 = less(less(E[e + 2] * b0 + E[e + 3] * b1, G[g + 2], x0), G[g + 3], x1)
                x0 = r0
                b[o] = x0
                b[o + 1] = x1
                e = (e - 4) & PLACE
                g = (g - 4) & PLACE
        elif like == 3:
            x0, x1, x2 = b[o], b[o + 1], b[o + 2]
            for _ in range(first, stop):
                o = (o - 3) & PLACE
                b0, b1, b2 = b[o], b[o + 1], b[o + 2]
                r0 = (E[e] * b0 + E[e + 1] * b1 + E[e + 2] * b2) - G[g] * x0 - G[g + 1] * x1 - G[g + 2] * x2
                r1 = (E[e + 3] * b0 + E[e + 4] * b1 + E[e + 5] * b2) - G[g + 3] * x0 - G[g + 4] * x1 - G[g + 5] * x2
                x2 = (E[e + 6] * b0 + E[e + 7] * b1 + E[e + 8] * b2) - G[g + 6] * x0 - G[g + 7] * x1 - G[g + 8] * x2
                x0 = r0
                x1 = r1
                b[o] = x0
                b[o + 1] = x1
                b[o + 2] = x2
                e = (e - 9) & PLACE
                g = (g - 9) & PLACE
        else:
            for face in range(stop - 1, first - 1, -1):
                k = face & PLACE
                m = size[k] & PLACE
                q = size[k + 1] & PLACE
                o = off[k] & PLACE
                p = off[k + 1] & PLACE
                g = coff[k] & PLACE
                multiply(E, boff[k] & PLACE, b, o, m, scratch)
                for r in range(m):
                    for c in range(q):
                        b[o + r] -= G[g + r * q + c] * b[p + c]
    particle_backward(b, shape, work)


@jit
def spectrum(y, frequencies, exponents, terminal, model, blocks, work, pivots, masses, b, scratch, z):
    """Impedance -dV/dI [ohm m2] at each frequency: the same factorisation in complex numbers; False if singular.

    `exponents` makes constant-phase elements of chosen masses: i w M becomes (i w)^alpha M.
    """
    jacobian(y, blocks, model)
    mass = model[5]
    for q in range(frequencies.size):
        w = 2j * math.pi * frequencies[q]
        for k in range(mass.size):
            masses[k] = mass[k] if exponents[k] == 1.0 else mass[k] * w ** (exponents[k] - 1.0)
        if not factor(w, masses, model, blocks, work, pivots):
            return False
        for k in range(b.size):
            b[k] = 0.0
        b[terminal[0]] = -1.0
        solve(b, model[0], work, scratch)
        z[q] = -b[terminal[0]] / b[terminal[1]]
    return True


@inner
def norm(e, y, z, atol, rtol, group, sums, counts):
    """Return the largest root-mean-square over the groups of unknowns."""
    of, spans = group
    for g in range(sums.size):
        sums[g] = 0.0
    for k in range(of.size):
        q = e[k] / (atol[k] + rtol * max(abs(y[k]), abs(z[k])))
        sums[of[k] & PLACE] += q * q
    for s in range(spans.shape[0]):
        first, stop = spans[s, 0], spans[s, 1]
        e_s, y_s, z_s, atol_s = e[first:stop], y[first:stop], z[first:stop], atol[first:stop]
        v = 0.0
        for k in range(stop - first):
            q = e_s[k] / (atol_s[k] + rtol * max(abs(y_s[k]), abs(z_s[k])))
            v += q * q
        sums[spans[s, 2]] += v
    top = 0.0
    for g in range(sums.size):
        q = sums[g] / counts[g]
        if not q < math.inf:
            return math.inf
        top = max(top, q)
    return math.sqrt(top)


@inner
def worst_of(e, y, z, atol, rtol):
    """Return the unknown with the largest weighted error, or the first that is not a number."""
    worst = 0.0
    at = 0
    for k in range(e.size):
        q = abs(e[k]) / (atol[k] + rtol * max(abs(y[k]), abs(z[k])))
        if math.isnan(q):
            return k
        if q > worst:
            worst = q
            at = k
    return at


@inner
def displace(b, change, rate, inside_rate, model):
    """Add what the capacities between two unknowns take up where the unknowns change at `rate` times `change`."""
    off, size = model[0][:2]
    capacity, left, right = model[6], model[7], model[8]
    inside, one, other = model[9], model[10], model[11]
    for k in range(size.size):
        if capacity[k] != 0.0:
            here = off[k] + left[k]
            there = off[k + 1] + right[k]
            drop = capacity[k] * rate * (change[here] - change[there])
            b[here] += drop
            b[there] -= drop
        if inside[k] != 0.0:
            here = off[k] + one[k]
            there = off[k] + other[k]
            drop = inside[k] * inside_rate * (change[here] - change[there])
            b[here] += drop
            b[there] -= drop


@inner
def unbalanced(y, start, f, scratch, differential, held, model):
    """Write to f what the algebraic rows lack; capacities between two unknowns are taken a picosecond on from start."""
    residual(y, f, model)
    if held:
        for k in range(y.size):
            scratch[k] = start[k] - y[k]
        displace(f, scratch, STIFF, STIFF_INSIDE, model)
    for k in range(y.size):
        if differential[k]:
            f[k] = 0.0


@inlined
def initialise(
    y, start, held, model, blocks, work, pivots, scratch, differential, atol, group, sums, counts, f, d, trial
):
    """Find consistent algebraic unknowns (damped Newton), the differential ones kept; the iterations, or -1."""
    shape = model[0]
    unbalanced(y, start, f, scratch, differential, held, model)
    for iteration in range(80):
        jacobian(y, blocks, model)
        if not factor(HELD, model[5], model, blocks, work, pivots):
            return -1
        for k in range(y.size):
            d[k] = f[k]
        solve(d, shape, work, scratch)
        before = norm(d, y, y, atol, 1e-8, group, sums, counts)
        if not before < 1e300:
            return -1
        damping = 1.0
        while True:
            for k in range(y.size):
                trial[k] = y[k] if differential[k] else y[k] + damping * d[k]
            unbalanced(trial, start, f, scratch, differential, held, model)
            for k in range(y.size):
                scratch[k] = f[k]
            solve(scratch[: y.size], shape, work, scratch[y.size :])
            after = norm(scratch[: y.size], y, y, atol, 1e-8, group, sums, counts)
            if after <= (1.0 - 0.25 * damping) * before or after <= 1e-3:
                break
            damping *= 0.5
            if damping < 1e-6:
                return iteration + 1 if before < 1.0 else -1  # round-off leaves no better one
        for k in range(y.size):
            y[k] = trial[k]
        if before < 1e-3 or after <= 1e-3:
            return iteration + 1
    return -1


@inner
def combine(out, y, share, weights, U, count):
    """out <- share y + sum_j weights[j] U[j] over the first `count` rows of U (in one pass where there are few)."""
    n = y.size
    w0 = weights[0]
    u0 = U[0]
    done = min(count, 5)
    if done == 1:
        for k in range(n):
            out[k] = share * y[k] + w0 * u0[k]
    elif done == 2:
        w1 = weights[1]
        u1 = U[1]
        for k in range(n):
            out[k] = share * y[k] + w0 * u0[k] + w1 * u1[k]
    elif done == 3:
        w1, w2 = weights[1], weights[2]
        u1, u2 = U[1], U[2]
        for k in range(n):
            out[k] = share * y[k] + w0 * u0[k] + w1 * u1[k] + w2 * u2[k]
    elif done == 4:
        w1, w2, w3 = weights[1], weights[2], weights[3]
        u1, u2, u3 = U[1], U[2], U[3]
        for k in range(n):
            out[k] = share * y[k] + w0 * u0[k] + w1 * u1[k] + w2 * u2[k] + w3 * u3[k]
    else:
        w1, w2, w3, w4 = weights[1], weights[2], weights[3], weights[4]
        u1, u2, u3, u4 = U[1], U[2], U[3], U[4]
        for k in range(n):
            out[k] = share * y[k] + w0 * u0[k] + w1 * u1[k] + w2 * u2[k] + w3 * u3[k] + w4 * u4[k]
    for j in range(done, count):
        w1 = weights[j]
        u1 = U[j]
        for k in range(n):
            out[k] += w1 * u1[k]


@inner
def dense(y0, y1, U, H, k, theta):
    """Return unknown k at the fraction theta of the step just taken."""
    k1 = 0.0
    k2 = 0.0
    k3 = 0.0
    for j in range(H.shape[1]):
        u = U[j, k]
        k1 += H[0, j] * u
        k2 += H[1, j] * u
        k3 += H[2, j] * u
    return (1.0 - theta) * y0[k] + theta * (y1[k] + (1.0 - theta) * (k1 + theta * (k2 + theta * k3)))


@inner
def crossed(step, v, i, q, before, watch, limits, signs, values):
    """Return the code of the first condition that holds: 1 V above, 2 V below, 3 |I| below, 4 charge, 10+k guard k.

    5: |I| has risen to its limit from `before`, where it was smaller; a current that falls from a jump has not.
    """
    if v >= step[4]:
        return 1
    if v <= step[5]:
        return 2
    if abs(i) <= step[6]:
        return 3
    if abs(q) >= step[7]:
        return 4
    if abs(i) >= step[15] and abs(before) < step[15]:
        return 5
    for g in range(watch.size):
        if signs[g] * (values[g] - limits[g]) <= 0.0:
            return 10 + g
    return 0


@inner
def record(rows, cursor, t, cycle, terminal, y0, y1, U, H, theta, probes):
    """Write one row at the fraction theta of the step just taken from y0 to y1; theta < 0: what y1 holds."""
    at = cursor[2]
    rows[at, 0] = t
    for p in range(3):
        k = terminal[p if p < 2 else 3]
        rows[at, 1 + p] = y1[k] if theta < 0.0 else dense(y0, y1, U, H, k, theta)
    rows[at, 4] = cursor[0]
    rows[at, 5] = cycle
    for p in range(probes.size):
        rows[at, 6 + p] = y1[probes[p]] if theta < 0.0 else dense(y0, y1, U, H, probes[p], theta)
    cursor[2] += 1


@inner
def first_step(y, f, rtol, atol, model):
    """Return a time step [s] in which no unknown changes by more than about a per cent of its size."""
    mass = model[5]
    off = model[0][0]
    capacity, left = model[6], model[7]
    inside, one = model[9], model[10]
    fastest = 0.0
    for k in range(y.size):
        if mass[k] != 0.0:
            fastest = max(fastest, abs(f[k]) / (mass[k] * (atol[k] + rtol * abs(y[k]))))
    for k in range(off.size - 1):
        if capacity[k] != 0.0:
            at = off[k] + left[k]
            fastest = max(fastest, abs(f[at]) / (capacity[k] * (atol[at] + rtol * abs(y[at]))))
        if inside[k] != 0.0:
            at = off[k] + one[k]
            fastest = max(fastest, abs(f[at]) / (inside[k] * (atol[at] + rtol * abs(y[at]))))
    return min(1.0, max(1e-7, 0.1 * rtol**-0.75 / max(fastest, 1e-30)))


@jit
def run(y, steps, cursor, clock, rows, probes, summary, tableau, control, guards, model, space):
    """Carry out a protocol; see `ceramer.numerics.chain.Chain.run` for the tables.

    Returns 0 at the end, 1 when `rows` is full, 2 after control[3] steps, 3 before a step that asks for a pause, 4 when
    the run cannot go on (the reason is in the summary).
    """
    gamma, a, c, H, order = tableau
    rtol, atol, differential, terminal, group, counts, hmemory, limits_i = control
    watch, limits, signs, beside, beyond = guards
    U, f, yt, blocks, work, pivots, scratch, sums, values, y1, start = space
    shape, P = model[0], model[1]
    mass = model[5]
    held = False  # whether there are capacities between two unknowns
    for k in range(shape[1].size):
        held = held or model[6][k] != 0.0 or model[9][k] != 0.0
    iV, iI, iS, iQ, iW, node, pmode, prate = (
        terminal[0],
        terminal[1],
        terminal[2],
        terminal[3],
        terminal[4],
        terminal[5],
        terminal[6],
        terminal[7],
    )
    n = y.size
    stages = a.shape[0]
    max_steps = limits_i[0]
    slice_steps = limits_i[1]
    taken = 0
    while cursor[0] < steps.shape[0]:
        s = cursor[0]
        step = steps[s]
        if cursor[1] == 0:
            if step[12] > 0.0 and cursor[3] == 0:
                cursor[3] = 1
                return 3
            cursor[3] = 0
            P[node, pmode] = step[0]
            P[node, prate] = step[2]
            if step[0] == 0.0:
                y[iS] = step[1] if step[1] == step[1] else y[iI]
            else:
                y[iS] = step[1] if step[1] == step[1] else y[iV]
            if step[0] == 0.0:
                y[iI] = y[iS]
            else:
                y[iV] = y[iS]
            for k in range(n):
                start[k] = y[k]
            ok = initialise(
                y,
                start,
                held,
                model,
                blocks,
                work,
                pivots,
                scratch,
                differential,
                atol,
                group,
                sums,
                counts,
                f,
                yt,
                y1,
            )
            row = summary[s]
            row[0] = 0.0
            row[1] = clock[0]
            row[2] = 0.0
            row[3] = 0.0
            row[4] = 0.0
            row[11] = s
            row[12] = step[11]
            row[13] = 0.0
            if ok < 0:
                for k in range(n):
                    y[k] = start[k]
                row[0] = -1.0
                return 4
            row[5] = y[iV]
            row[7] = y[iI]
            row[6] = y[iV]
            row[8] = y[iI]
            row[9] = y[iV]
            row[10] = y[iV]
            clock[1] = 0.0
            clock[2] = hmemory[int(step[10])]
            if clock[2] == 0.0:
                residual(y, f, model)
                clock[2] = first_step(y, f, rtol, atol, model)
            clock[3] = step[9]  # next sample, time in the step
            clock[4] = step[9]  # interval
            clock[5] = y[iQ]
            clock[6] = y[iW]
            cursor[1] = 1
            cursor[4] = 0  # steps taken in this step of the protocol
            cursor[5] = 0
            for g in range(watch.size):
                values[g] = y[watch[g]] + beyond[g] * (y[watch[g]] - y[beside[g]])
            code = crossed(step, y[iV], y[iI], 0.0, y[iI], watch, limits, signs, values)
            if step[13] > 0.0:
                if cursor[2] >= rows.shape[0]:
                    cursor[6] = code
                    cursor[1] = 4
                    return 1
                record(rows, cursor, clock[0], step[11], terminal, y, y, U, H, -1.0, probes)
            if code > 0:
                cursor[6] = code
                cursor[1] = 3
        if cursor[1] == 4:  # the first row of this step still has to be written
            code = cursor[6]
            record(rows, cursor, clock[0], step[11], terminal, y, y, U, H, -1.0, probes)
            cursor[1] = 3 if code > 0 else 1
        first = cursor[5] == 0
        redo = 0 if first else cursor[9]
        accepted_h = clock[2] if first else clock[10]
        accepted_e = 1.0 if first else clock[11]
        h = clock[2]
        theta_end = clock[8]
        while cursor[1] == 1 or cursor[1] == 2:
            if cursor[1] == 1:
                left_over = step[3] - clock[1]
                if left_over <= 0.0 or (step[3] < 1e300 and left_over <= 1e-12 * step[3]):
                    cursor[6] = 0
                    cursor[1] = 3
                    break
                if cursor[4] >= max_steps:
                    summary[s, 0] = -3.0
                    return 4
                if taken >= slice_steps:
                    clock[2] = h
                    return 2
                last = False
                if h >= left_over:
                    h = left_over
                    last = True
                elif h > 0.5 * left_over:
                    h = 0.5 * left_over
                jacobian(y, blocks, model)
                rate = 1.0 / h
                good = factor(rate / gamma, mass, model, blocks, work, pivots)
                for i in range(stages):
                    if not good:
                        break
                    b = U[i]
                    if i == 0:
                        residual(y, b, model)
                    else:
                        more = a[i, i - 1] == 1.0 and i > 1
                        for j in range(i - 1):
                            more = more and a[i, j] == a[i - 1, j]
                        if more:
                            before = U[i - 1]
                            for k in range(n):
                                yt[k] += before[k]
                        else:
                            combine(yt, y, 1.0, a[i], U, i)
                        residual(yt, b, model)
                        combine(scratch, y, 0.0, c[i], U, i)
                        for k in range(n):
                            b[k] += mass[k] * (scratch[k] * rate)
                        if held:
                            displace(b, scratch, rate, rate, model)
                    solve(b, shape, work, scratch)
                e = U[stages - 1]
                err = 1e4
                if good:
                    for k in range(n):
                        y1[k] = yt[k] + e[k]
                    err = norm(e, y, y1, atol, rtol, group, sums, counts)
                if not err < 1e10:
                    err = 1e4
                err = max(err, 1e-8)
                widest = 50.0 if cursor[4] < 4 else 8.0  # a first time step is far too short on purpose
                fac = max(0.15, min(widest, 0.9 * err ** (-1.0 / order)))
                if err > 1.0:
                    h *= min(fac, 0.8)
                    if h < 1e-11 or h < 1e-15 * clock[0]:
                        summary[s, 0] = -2.0
                        summary[s, 13] = worst_of(e, y, y1, atol, rtol)
                        clock[7] = h
                        return 4
                    continue
                for g in range(watch.size):
                    values[g] = y1[watch[g]] + beyond[g] * (y1[watch[g]] - y1[beside[g]])
                code = crossed(step, y1[iV], y1[iI], y1[iQ] - clock[5], y[iI], watch, limits, signs, values)
                theta_end = 1.0
                if code > 0:
                    low = 0.0
                    high = 1.0
                    guarded = 0  # guards matter inside the step only where one has fallen at its end
                    for g in range(watch.size):
                        if signs[g] * (values[g] - limits[g]) <= 0.0:
                            guarded = watch.size
                    for _ in range(60):
                        theta = 0.5 * (low + high)
                        for g in range(guarded):
                            values[g] = dense(y, y1, U, H, watch[g], theta)
                            values[g] += beyond[g] * (values[g] - dense(y, y1, U, H, beside[g], theta))
                        hit = crossed(
                            step,
                            dense(y, y1, U, H, iV, theta),
                            dense(y, y1, U, H, iI, theta),
                            dense(y, y1, U, H, iQ, theta) - clock[5],
                            y[iI],
                            watch[:guarded],
                            limits,
                            signs,
                            values,
                        )
                        if hit > 0:
                            high = theta
                            code = hit
                        else:
                            low = theta
                    theta_end = high
                    if redo < 3 and theta_end < 0.97 and h * theta_end > 1e-10:
                        redo += 1
                        h *= theta_end
                        continue
                cursor[4] += 1
                taken += 1
                if first:
                    hmemory[int(step[10])] = 0.8 * h * fac  # where the next step like this one starts
                    first = False
                    cursor[5] = 1
                else:
                    predicted = 0.9 * h / accepted_h * (accepted_e / (err * err)) ** (1.0 / order)
                    fac = max(0.15, min(fac, predicted))
                accepted_h = h
                accepted_e = max(err, 1e-2)
                cursor[9] = redo
                clock[10] = accepted_h
                clock[11] = accepted_e
                clock[2] = h
                clock[8] = theta_end
                clock[9] = h * fac
                cursor[7] = code
                cursor[8] = 1 if last else 0
                cursor[1] = 2
            # samples inside the step just taken (also where a full table was emptied in between)
            end = clock[1] + theta_end * clock[2]
            if step[13] > 0.0:
                if step[8] == 0.0:
                    clock[3] = end * (1.0 + 1e-12)
                while clock[3] <= end * (1.0 - 1e-12):
                    if cursor[2] >= rows.shape[0]:
                        return 1
                    theta = (clock[3] - clock[1]) / clock[2]
                    now = clock[0] + clock[3] - clock[1]
                    record(rows, cursor, now, step[11], terminal, y, y1, U, H, theta, probes)
                    clock[4] = min(step[8], clock[4] * step[14])
                    clock[3] += clock[4]
            if theta_end < 1.0:
                for k in range(n):
                    yt[k] = dense(y, y1, U, H, k, theta_end)
                for k in range(n):
                    y[k] = yt[k]
            else:
                for k in range(n):
                    y[k] = y1[k]
            clock[0] += theta_end * clock[2]
            clock[1] = step[3] if cursor[8] == 1 and theta_end == 1.0 else end
            h = clock[9]
            clock[2] = h
            row = summary[s]
            row[9] = min(row[9], y[iV])
            row[10] = max(row[10], y[iV])
            code = cursor[7]
            cursor[6] = code
            cursor[1] = 3 if code > 0 or (cursor[8] == 1 and theta_end == 1.0) else 1
            if cursor[1] == 1 and step[13] > 0.0 and step[8] == 0.0:
                if cursor[2] >= rows.shape[0]:
                    cursor[1] = 5
                    return 1
                record(rows, cursor, clock[0], step[11], terminal, y, y, U, H, -1.0, probes)
        if cursor[1] == 5:
            record(rows, cursor, clock[0], step[11], terminal, y, y, U, H, -1.0, probes)
            cursor[1] = 1
            continue
        # the end of a step of the protocol
        if step[13] > 0.0 and clock[1] > 0.0:
            if cursor[2] >= rows.shape[0]:
                return 1
            record(rows, cursor, clock[0], step[11], terminal, y, y, U, H, -1.0, probes)
        row = summary[s]
        row[0] = cursor[6]
        row[2] = clock[1]
        row[3] = y[iQ] - clock[5]
        row[4] = y[iW] - clock[6]
        row[6] = y[iV]
        row[8] = y[iI]
        row[13] = cursor[4]
        cursor[0] += 1
        cursor[1] = 0
        if cursor[6] >= 10:
            return 4
    return 0
