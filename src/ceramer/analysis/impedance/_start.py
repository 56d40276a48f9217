"""Starting points without a guess: relaxation times seen by a non-negative fit, and seeded random ones."""

from __future__ import annotations

import functools
import itertools

import numpy as np
from numpy.typing import NDArray

from ceramer.analysis.impedance import _elements as elements
from ceramer.analysis.impedance._circuit import Plan
from ceramer.analysis.impedance._data import Data

__all__ = ["Landmarks", "landmarks", "random_starts", "starts"]

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
_ALPHA = 0.92
_DIFFUSION_TIMES = np.array([-5.0, -2.5, -0.5, 1.5])
_TAIL_ALPHAS = np.array([0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0])


class Landmarks:
    """What a non-negative fit of fixed elements sees.

    R0 [ohm], L [H], arcs (rows of ln tau, R, weight) and the tail (amount, exponent or ln tau).
    """

    def __init__(self, resistance: float, inductance: float, arcs: Array, tail: tuple[float, float]) -> None:
        self.resistance, self.inductance, self.arcs, self.tail = resistance, inductance, arcs, tail


@functools.lru_cache(maxsize=64)
def _columns(key: bytes, tail: str) -> tuple[Array, Complex]:
    log_omega = np.frombuffer(key)
    lowest, highest = log_omega.min(), log_omega.max()
    taus = np.arange(-highest - 2.0, -lowest + 2.0, 0.45)
    arcs, _ = elements.arc(log_omega, np.ones((taus.size, 1)), taus[:, None], _ALPHA)
    if tail in ("Wo", "Ws"):
        law = elements.warburg_open if tail == "Wo" else elements.warburg_short
        tails = [law(np.exp(log_omega), 1.0, np.exp(shift - lowest))[0] for shift in _DIFFUSION_TIMES]
    else:
        tails = [np.exp(-a * (log_omega - lowest + 0.5j * np.pi)) for a in _TAIL_ALPHAS]
    ones = np.ones_like(log_omega) + 0j
    return taus, np.vstack([arcs, ones, 1j * np.exp(log_omega - highest), *tails])


def landmarks(data: Data, *, resistor: bool = True, inductor: bool = True, tail: str = "CPE") -> list[Landmarks]:
    """Fit `z` (N,) by non-negative amounts of fixed arcs, a resistor, an inductor and a tail; weights `scale` (N,).

    One set of landmarks, or for a finite diffusion tail one for each of a few diffusion times.
    """
    log_omega = data.log_omega
    taus, basis = _columns(np.ascontiguousarray(log_omega).tobytes(), tail)
    keep = np.ones(basis.shape[0], dtype=bool)
    keep[taus.size], keep[taus.size + 1] = resistor, inductor
    if tail not in ("Wo", "Ws"):
        keep[taus.size + 2 :] = {"": False, "W": _TAIL_ALPHAS == 0.5, "C": _TAIL_ALPHAS == 1.0}.get(tail, True)
        if tail:  # an arc below the window would be taken for the tail
            keep[: taus.size] = taus < -log_omega.min() - 0.5
        return [_landmarks(data, (taus, basis), keep, _TAIL_ALPHAS)]
    out = []
    times = _DIFFUSION_TIMES - log_omega.min()
    for k, time in enumerate(times):
        keep[: taus.size] = taus < min(time - 1.5, -log_omega.min() - 0.5)
        keep[taus.size + 2 :] = np.arange(times.size) == k
        out.append(_landmarks(data, (taus, basis), keep, np.full(times.size, time)))
    return out


def _landmarks(data: Data, columns: tuple[Array, Complex], keep: NDArray[np.bool_], second: Array) -> Landmarks:
    from scipy.optimize import nnls

    taus, basis = columns
    weighted = basis[keep] * data.scale
    matrix = np.concatenate([weighted.real, weighted.imag], axis=1).T
    target = data.z * data.scale
    norm = np.sqrt((matrix**2).sum(axis=0))
    try:
        found = nnls(matrix / norm, np.concatenate([target.real, target.imag]), maxiter=10 * matrix.shape[1])[0] / norm
    except RuntimeError:
        found = np.zeros(matrix.shape[1])
    amount = np.zeros(basis.shape[0])
    amount[keep] = found
    r = amount[: taus.size]
    nearest = np.exp(data.log_modulus(-taus))
    used = r > 1e-4 * nearest
    arcs = np.stack([taus[used], r[used], r[used] / nearest[used]], axis=1)
    amounts = amount[taus.size + 2 :]
    strongest = float(amounts.sum())
    alpha = float(amounts @ second / strongest) if strongest > 0.0 else float(second[-1])
    return Landmarks(
        float(amount[taus.size]), float(amount[taus.size + 1] * np.exp(-data.log_omega.max())), arcs, (strongest, alpha)
    )


def _cluster(arcs: Array, count: int) -> list[tuple[float, float]]:
    """Merge neighbouring arcs (ln tau, R, weight) until `count` stand; returns (ln tau, R) by increasing tau."""
    groups = [tuple(row) for row in arcs]
    while len(groups) > count:
        costs = [a[2] * b[2] / (a[2] + b[2]) * (b[0] - a[0]) ** 2 for a, b in itertools.pairwise(groups)]
        alone = [g[2] * 2.0 for g in groups]
        if min(alone) < min(costs, default=np.inf):
            groups.pop(int(np.argmin(alone)))
            continue
        k = int(np.argmin(costs))
        a, b = groups[k], groups[k + 1]
        weight = a[2] + b[2]
        groups[k : k + 2] = [((a[0] * a[2] + b[0] * b[2]) / weight, a[1] + b[1], weight)]
    return [(g[0], g[1]) for g in groups]


def starts(plan: Plan, seen: list[Landmarks], data: Data) -> Array:
    """Starts (S, P) of a circuit that is a series of arcs, R, L and tails, one from each set of landmarks."""
    return np.array([_start(plan, one, data) for one in seen])


def _start(plan: Plan, seen: Landmarks, data: Data) -> Array:
    (low, high), (smallest, middle, _) = data.window, data.log_range
    count, least, end = plan.arc_r.size, np.exp(smallest), float(np.exp(data.log_modulus(np.array(low))))
    groups = _cluster(seen.arcs, count)
    while len(groups) < count:  # more arcs asked for than seen: stand one in the widest gap
        edges = [-high, *(g[0] for g in groups), -low]
        gaps = np.diff(edges)
        k = int(np.argmax(gaps))
        groups.insert(k, (0.5 * (edges[k] + edges[k + 1]), 0.1 * np.exp(middle)))
    theta = np.zeros(plan.size)
    for k, name in enumerate(plan.names):
        if name.startswith("R") and k not in plan.arc_r:
            theta[k] = np.log(max(seen.resistance, 0.05 * least))
        elif name.startswith("L"):
            theta[k] = np.log(max(seen.inductance, 1e-3 * least * np.exp(-high)))
        elif name.endswith("_alpha"):
            theta[k] = 0.9
        elif name.endswith("_tau"):
            theta[k] = seen.tail[1]
        elif name.startswith("W"):
            theta[k] = np.log(max(seen.tail[0], 0.05 * end))
            if name.endswith("_sigma"):
                theta[k] += 0.5 * low - 0.35
        elif name.startswith("C") and "_" not in name and k not in plan.arc_q:
            theta[k] = -np.log(max(seen.tail[0], 0.05 * end)) - low
        elif name.endswith("_R"):
            theta[k] = np.log(0.3 * end)
    for k in plan.cpe:
        alpha = min(max(seen.tail[1], 0.4), 1.0)
        theta[k] = np.log(max(seen.tail[0], 0.05 * end)) - alpha * (plan.reference - low)
        theta[k + 1] = alpha
    for (log_tau, r), i, q in zip(groups, plan.arc_r, plan.arc_q, strict=True):
        theta[i], theta[q] = np.log(r), log_tau
    return theta


def random_starts(plan: Plan, count: int, data: Data, rng: np.random.Generator) -> Array:
    """`count` seeded random starts (count, P) that know only the window of frequency and |Z|."""
    log_omega = data.log_omega
    theta = np.zeros((count, plan.size))
    smallest, middle, largest = data.log_range
    for k, name in enumerate(plan.names):
        at = rng.uniform(log_omega.min(), log_omega.max(), count)
        level = data.log_modulus(at)
        if name.endswith("_alpha"):
            theta[:, k] = rng.uniform(0.6, 1.0, count)
        elif name.endswith("_tau"):
            theta[:, k] = -at
        elif name.startswith("R") or name.endswith("_R"):
            theta[:, k] = rng.uniform(smallest, largest, count)
        elif name.startswith("L"):
            theta[:, k] = smallest - log_omega.max() + rng.normal(-1.0, 1.0, count)
        elif name.endswith("_sigma"):
            theta[:, k] = level + 0.5 * at
        else:
            theta[:, k] = -level - at  # capacitor
    for k in plan.cpe:
        at = rng.uniform(log_omega.min(), log_omega.max(), count)
        level = data.log_modulus(at)
        theta[:, k] = level + theta[:, k + 1] * (at - plan.reference)
    if plan.arc_r.size:
        taus = np.sort(rng.uniform(-log_omega.max(), -log_omega.min(), (count, plan.arc_r.size)), axis=1)
        theta[:, plan.arc_q] = taus
        theta[:, plan.arc_r] = middle - np.log(plan.arc_r.size) + rng.normal(0.0, 0.7, (count, plan.arc_r.size))
    return theta
