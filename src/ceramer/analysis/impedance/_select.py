"""Which circuit do the data ask for: a search over arcs, ends and tails by evidence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ceramer.analysis.impedance._circuit import Plan, circuit_of
from ceramer.analysis.impedance._noise import LinearFit
from ceramer.analysis.impedance._solver import bounds, minimise, residuals
from ceramer.analysis.impedance._start import Landmarks, landmarks, starts

__all__ = ["Candidate", "Selection", "Shape", "select"]

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]
TAILS = ("", "CPE", "C", "W", "Wo", "Ws")


@dataclass(frozen=True, slots=True)
class Shape:
    """A circuit of the family [L1-][R0-]arcs[-tail]."""

    arcs: int
    resistor: bool
    inductor: bool
    tail: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A fitted shape: theta (P,), the weighted sum of squares and the Bayesian information criterion."""

    shape: Shape
    plan: Plan
    theta: Array
    cost: float
    bic: float


class Selection:
    """Lazy table of candidates for one spectrum."""

    def __init__(self, log_omega: Array, z: Complex, scale: Array, linear: LinearFit, most: int) -> None:
        self.log_omega, self.z, self.scale, self.linear, self.most = log_omega, z, scale, linear, most
        self.current: Candidate | None = None
        self.fits = self.iterations = 0
        self.table: dict[Shape, Candidate | None] = {}
        self._probes: dict[Shape, tuple[float, Array | None]] = {}
        self._seen: dict[tuple[bool, bool, str], list[Landmarks]] = {}

    def landmarks(self, resistor: bool, inductor: bool, tail: str) -> list[Landmarks]:
        """Landmarks for a kind of circuit, computed once."""
        kind = "CPE" if tail == "C" else tail
        key = (resistor, inductor, kind)
        if key not in self._seen:
            self._seen[key] = landmarks(
                self.log_omega, self.z, self.scale, resistor=resistor, inductor=inductor, tail=kind
            )
        return self._seen[key]

    def fit(self, shape: Shape) -> Candidate | None:
        """Fit one shape (None where the data have too few points for it)."""
        if shape in self.table:
            return self.table[shape]
        self.table[shape] = None
        if not 0 <= shape.arcs <= self.most or not (shape.arcs or shape.resistor or shape.tail):
            return None
        circuit = circuit_of(shape.arcs, inductor=shape.inductor, resistor=shape.resistor, tail=shape.tail)
        plan = circuit.plan(float(self.log_omega.mean()))
        if plan.size > self.z.size:
            return None
        seen = self.landmarks(shape.resistor, shape.inductor, shape.tail)
        self.fits += 1
        begin = starts(plan, seen, self.log_omega, self.z)
        derived = self._derived(shape, plan, begin[0])
        if derived is not None:
            begin = np.vstack([begin, derived])
        box = bounds(plan, self.log_omega, self.z)
        found = minimise(plan, begin, self.log_omega, self.z, self.scale, box, iterations=40, tolerance=1e-4, patience=6)
        self.iterations += found.iterations
        theta, cost = found.theta[found.best], float(found.cost.min())
        self.table[shape] = self.judged(shape, plan, theta, cost)
        return self.table[shape]

    def judged(self, shape: Shape, plan: Plan, theta: Array, cost: float) -> Candidate:
        """A candidate with its criterion."""
        n = 2 * self.z.size
        return Candidate(shape, plan, theta, cost, n * np.log(max(cost, 1e-300) / n) + plan.size * np.log(n))

    def _probe(self, found: Candidate) -> tuple[float, Array | None]:
        """Linearised gain in cost of one more arc (ln tau, ln R, the new arc where the residual asks for it)."""
        if found.shape not in self._probes:
            j, left, q = self._tangent(found)
            taus = np.linspace(-self.log_omega.max() - 0.5, -self.log_omega.min() + 0.5, 28)
            waves = 1.0 / (1.0 + np.exp(0.92 * (self.log_omega + taus[:, None]) + 0.46j * np.pi)) * self.scale
            columns = np.concatenate([waves.real, waves.imag], axis=1)
            columns = columns - (columns @ q) @ q.T
            amount = columns @ left / np.maximum((columns**2).sum(axis=1), 1e-300)
            gain = np.where(amount > 0.0, amount * (columns @ left), 0.0)
            best = int(np.argmax(gain))
            where = np.array([np.log(amount[best]), taus[best], 0.92]) if gain[best] > 0.0 else None
            self._probes[found.shape] = (float(gain[best]), where)
        return self._probes[found.shape]

    def _tangent(self, found: Candidate) -> tuple[Array, Array, Array]:
        r, j = residuals(found.plan, found.theta[None], self.log_omega, self.z, self.scale)
        q, _ = np.linalg.qr(j[0].T)
        left = -r[0]
        return j[0], left - q @ (q.T @ left), q

    def promises(self, found: Candidate, shape: Shape) -> bool:
        """Whether `shape`, which adds one element to `found`, may pay for its parameters, judged by linearisation."""
        n = 2 * self.z.size
        if shape.arcs == found.shape.arcs + 1:
            gain, cost = self._probe(found)[0], 3 * np.log(n)
        else:
            extra = self.scale + 0j if shape.resistor != found.shape.resistor else 1j * self.scale * np.exp(
                self.log_omega - self.log_omega.max()
            )
            _, left, q = self._tangent(found)
            column = np.concatenate([extra.real, extra.imag])
            column = column - q @ (q.T @ column)
            gain = max(0.0, float(column @ left)) ** 2 / max(float(column @ column), 1e-300)
            cost = np.log(n)
        return bool(-n * np.log(max(1.0 - 2.0 * gain / found.cost, 1e-3)) > cost - 4.0)

    def _derived(self, shape: Shape, plan: Plan, base: Array) -> Array | None:
        """A start from the best candidate so far: its arcs and ends, what differs taken from `base`."""
        now = self.current
        if now is None:
            return None
        old, more = now.plan, shape.arcs - now.shape.arcs
        arcs = np.stack([now.theta[old.arc_r], now.theta[old.arc_q], now.theta[old.arc_q + 1]], axis=1)
        arcs = arcs[np.argsort(arcs[:, 1])]
        theta = base.copy()
        for name, value in zip(old.names, now.theta, strict=True):
            if name in ("R0", "L1") and name in plan.names:
                theta[plan.names.index(name)] = value
        if shape.tail == now.shape.tail and shape.tail:
            width = plan.size - 1 - int(plan.arc_q[-1]) - 1 if shape.arcs else plan.size - shape.resistor - shape.inductor
            theta[-width:] = now.theta[-width:]
        if more == 1:
            where = self._probe(now)[1]
            if where is None:
                return None
            arcs = np.vstack([arcs, where])
        elif more < 0 and shape.resistor and not now.shape.resistor:
            theta[plan.names.index("R0")] = arcs[0, 0]
            arcs = arcs[1:]
        elif more < 0 and shape.tail in ("Wo", "Ws") and shape.tail != now.shape.tail:
            theta[-2:] = arcs[more:, 0].max(), arcs[more, 1] + 0.9
            arcs = arcs[:more]
        while arcs.shape[0] > shape.arcs:
            level = np.interp(-arcs[:, 1], np.sort(self.log_omega), np.log(np.abs(self.z))[np.argsort(self.log_omega)])
            arcs = np.delete(arcs, int(np.argmin(arcs[:, 0] - level)), axis=0)
        if arcs.shape[0] != shape.arcs:
            return None
        theta[plan.arc_r], theta[plan.arc_q], theta[plan.arc_q + 1] = arcs[:, 0], arcs[:, 1], arcs[:, 2]
        return theta[None]

    def ranked(self) -> list[Candidate]:
        """All candidates so far, best first."""
        return sorted((c for c in self.table.values() if c is not None), key=lambda c: c.bic)


def _neighbours(selection: Selection, now: Candidate, inductor: bool) -> list[Shape]:
    k, r, l, t = now.shape.arcs, now.shape.resistor, now.shape.inductor, now.shape.tail
    out = [Shape(k - 1, r, l, t)]
    bigger = [Shape(k + 1, r, l, t)]
    if r:
        out += [Shape(k, False, l, t), Shape(k + 1, False, l, t)]
    else:
        bigger += [Shape(k, True, l, t)]
        out += [Shape(k - 1, True, l, t)]
    if l:
        out += [Shape(k, r, False, t)]
    elif inductor:
        bigger += [Shape(k, r, True, t)]
    out += [shape for shape in bigger if selection.promises(now, shape)]
    tails: tuple[str, ...] = ("", "CPE", "Wo", "Ws")
    if t == "CPE":
        alpha = now.theta[-1]
        tails += ("W",) if 0.35 < alpha < 0.65 else ("C",) if alpha > 0.97 else ()
    elif t:
        tails += ("W",)
    out += [Shape(k, r, l, tail) for tail in tails if tail != t]
    out += [Shape(k - 1, r, l, tail) for tail in tails if tail not in (t, "")]
    if not t:
        out += [Shape(k - 2, r, l, "Ws"), Shape(k-2,r,l,"Wo")]
    return out


def select(log_omega: Array, z: Complex, scale: Array, linear: LinearFit, most: int = 6) -> Selection:
    """Search the family by the Bayesian information criterion: forward in arcs, then the neighbours of the best."""
    selection = Selection(log_omega, z, scale, linear, most)
    seen = selection.landmarks(True, True, "CPE")[0]
    high = int(np.argmax(log_omega))
    inductor = bool(seen.inductance * np.exp(log_omega[high]) > 0.5 * linear.noise * abs(z[high]))
    goal = 1.15 * linear.noise**2
    last = 0
    for tail in ("CPE", "Wo", "Ws"):
        selection.current = None
        for arcs in range(most + 1 if tail == "CPE" else last + 1):
            found = selection.fit(Shape(arcs, True, inductor, tail))
            if found is None:
                break
            selection.current = found
            if tail == "CPE":
                last = arcs
                if not selection.promises(found, Shape(arcs + 1, True, inductor, tail)):
                    break
            elif found.cost < goal * (2 * z.size - found.plan.size):
                break
    selection.current = None
    while True:
        ranked = selection.ranked()
        if ranked[0] is selection.current:
            return selection
        selection.current = ranked[0]
        for shape in _neighbours(selection, ranked[0], inductor):
            selection.fit(shape)
