"""Which circuit do the data ask for: a search over arcs, ends and tails by evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ceramer.analysis.impedance._circuit import Plan, circuit_of
from ceramer.analysis.impedance._data import Data
from ceramer.analysis.impedance._solver import bounds, criterion, minimise, residuals
from ceramer.analysis.impedance._start import Landmarks, landmarks, starts

__all__ = ["Candidate", "Selection", "Shape", "select"]

Array = NDArray[np.float64]
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

    def __init__(self, data: Data, most: int) -> None:
        self.data, self.most = data, most
        self.current: Candidate | None = None
        self.table: dict[Shape, Candidate | None] = {}
        self._probes: dict[Shape, tuple[float, Array | None]] = {}
        self._seen: dict[tuple[bool, bool, str], list[Landmarks]] = {}

    def landmarks(self, resistor: bool, inductor: bool, tail: str) -> list[Landmarks]:
        """Landmarks for a kind of circuit, computed once."""
        kind = "CPE" if tail == "C" else tail
        key = (resistor, inductor, kind)
        if key not in self._seen:
            self._seen[key] = landmarks(self.data, resistor=resistor, inductor=inductor, tail=kind)
        return self._seen[key]

    def fit(self, shape: Shape) -> Candidate | None:
        """Fit one shape (None where the data have too few points for it)."""
        if shape in self.table:
            return self.table[shape]
        self.table[shape] = None
        if not 0 <= shape.arcs <= self.most or not (shape.arcs or shape.resistor or shape.tail):
            return None
        circuit = circuit_of(shape.arcs, inductor=shape.inductor, resistor=shape.resistor, tail=shape.tail)
        plan = circuit.plan(float(self.data.log_omega.mean()))
        if plan.size > self.data.size:
            return None
        seen = self.landmarks(shape.resistor, shape.inductor, shape.tail)
        begin = starts(plan, seen, self.data)
        derived = self._derived(shape, plan, begin[0])
        if derived is not None:
            begin = np.vstack([begin, derived])
        box = bounds(plan, self.data)
        options = {"tolerance": 3e-4, "hopeless": 2.0, "target": self._target(plan)}
        found = minimise(plan, begin, self.data, box, iterations=40, patience=5, **options)
        theta, cost = found.theta[found.best], float(found.cost.min())
        self.table[shape] = self.judged(shape, plan, theta, cost)
        return self.table[shape]

    def _target(self, plan: Plan) -> float:
        """Cost above which a circuit has no share in the evidence."""
        n, ranked = 2 * self.data.size, self.ranked()
        return n * float(np.exp((ranked[0].bic + 12.0 - plan.size * np.log(n)) / n)) if ranked else np.inf

    def judged(self, shape: Shape, plan: Plan, theta: Array, cost: float) -> Candidate:
        """A candidate with its criterion."""
        return Candidate(shape, plan, theta, cost, criterion(cost, 2 * self.data.size, plan.size))

    def _probe(self, found: Candidate) -> tuple[float, Array | None]:
        """Linearised gain in cost of one more arc (ln tau, ln R, the new arc where the residual asks for it)."""
        if found.shape not in self._probes:
            left, q = self._tangent(found)
            taus = np.linspace(-self.data.log_omega.max() - 0.5, -self.data.log_omega.min() + 0.5, 28)
            waves = 1.0 / (1.0 + np.exp(0.92 * (self.data.log_omega + taus[:, None]) + 0.46j * np.pi)) * self.data.scale
            columns = np.concatenate([waves.real, waves.imag], axis=1)
            columns = columns - (columns @ q) @ q.T
            amount = columns @ left / np.maximum((columns**2).sum(axis=1), 1e-300)
            gain = np.where(amount > 0.0, amount * (columns @ left), 0.0)
            best = int(np.argmax(gain))
            where = np.array([np.log(amount[best]), taus[best], 0.92]) if gain[best] > 0.0 else None
            self._probes[found.shape] = (float(gain[best]), where)
        return self._probes[found.shape]

    def _tangent(self, found: Candidate) -> tuple[Array, Array]:
        r, j = residuals(found.plan, found.theta[None], self.data)
        q, _ = np.linalg.qr(j[0].T)
        left = -r[0]
        return left - q @ (q.T @ left), q

    def promises(self, found: Candidate, shape: Shape) -> bool:
        """Whether `shape`, which adds one element to `found`, may pay for its parameters, judged by linearisation."""
        n = 2 * self.data.size
        if shape.arcs == found.shape.arcs + 1:
            gain, cost = self._probe(found)[0], 3 * np.log(n)
        else:
            extra = (
                self.data.scale + 0j
                if shape.resistor != found.shape.resistor
                else 1j * self.data.scale * np.exp(self.data.log_omega - self.data.log_omega.max())
            )
            left, q = self._tangent(found)
            column = np.concatenate([extra.real, extra.imag])
            column = column - q @ (q.T @ column)
            gain = max(0.0, float(column @ left)) ** 2 / max(float(column @ column), 1e-300)
            cost = np.log(n)
        return bool(-n * np.log(max(1.0 - 2.0 * gain / max(found.cost, 1e-300), 1e-3)) > cost - 4.0)

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
            width = (
                plan.size - 1 - int(plan.arc_q[-1]) - 1 if shape.arcs else plan.size - shape.resistor - shape.inductor
            )
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
            level = self.data.log_modulus(-arcs[:, 1])
            arcs = np.delete(arcs, int(np.argmin(arcs[:, 0] - level)), axis=0)
        if arcs.shape[0] != shape.arcs:
            return None
        theta[plan.arc_r], theta[plan.arc_q], theta[plan.arc_q + 1] = arcs[:, 0], arcs[:, 1], arcs[:, 2]
        return theta[None]

    def ranked(self) -> list[Candidate]:
        """All candidates so far, best first."""
        return sorted((c for c in self.table.values() if c is not None), key=lambda c: c.bic)


def _neighbours(selection: Selection, now: Candidate, inductor: bool) -> list[Shape]:
    k, res, ind, t = now.shape.arcs, now.shape.resistor, now.shape.inductor, now.shape.tail
    out = [Shape(k - 1, res, ind, t)]
    bigger = [Shape(k + 1, res, ind, t)]
    if res:
        out += [Shape(k, False, ind, t), Shape(k + 1, False, ind, t)]
    else:
        bigger += [Shape(k, True, ind, t)]
        out += [Shape(k - 1, True, ind, t)]
    if ind:
        out += [Shape(k, res, False, t)]
    elif inductor:
        bigger += [Shape(k, res, True, t)]
    out += [shape for shape in bigger if selection.promises(now, shape)]
    tails: tuple[str, ...] = ("", "CPE", "Wo", "Ws")
    if t == "CPE":
        alpha = now.theta[-1]
        tails += ("W",) if 0.35 < alpha < 0.65 else ("C",) if alpha > 0.97 else ()
    elif t:
        tails += ("W",)
    if t in ("CPE", "Wo", "Ws"):
        out += [Shape(k + 1, res, ind, "")]
    for tail in tails:
        if tail == t:
            continue
        for arcs in range(k, max(k - 3, -1), -1):
            found = selection.fit(Shape(arcs, res, ind, tail))
            if found is None or found.cost > 1.3 * now.cost:
                break
    return out


def select(data: Data, most: int = 6) -> Selection:
    """Search the family by the Bayesian information criterion: forward in arcs, then the neighbours of the best."""
    selection, log_omega, z, linear = Selection(data, most), data.log_omega, data.z, data.linear
    seen = selection.landmarks(True, True, "CPE")[0]
    high = int(np.argmax(log_omega))
    inductor = bool(seen.inductance * np.exp(log_omega[high]) > 0.5 * linear.noise * abs(z[high]))
    inner = Shape(0, True, inductor, "CPE")
    for arcs in range(most + 1):
        found = selection.fit(replace(inner, arcs=arcs))
        if found is None:
            break
        selection.current = found
        inner = found.shape
        if not selection.promises(found, replace(inner, arcs=arcs + 1)):
            break
    goal = 1.3 * (selection.current.cost if selection.current else np.inf)
    for tail in ("Wo", "Ws"):  # downward: fewer arcs can only do worse
        for arcs in range(inner.arcs, -1, -1):
            found = selection.fit(replace(inner, arcs=arcs, tail=tail))
            if found is not None and found.cost > goal:
                break
    selection.current = None
    while True:
        ranked = selection.ranked()
        if ranked[0] is selection.current:
            return selection
        selection.current = ranked[0]
        for shape in _neighbours(selection, ranked[0], inductor):
            selection.fit(shape)
