"""Which circuit do the data ask for: a search over arcs, ends and tails by evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ceramer.analysis.impedance._circuit import Plan, circuit_of
from ceramer.analysis.impedance._data import Data
from ceramer.analysis.impedance._fit import finish, misfit_chance
from ceramer.analysis.impedance._solver import bounds, criterion, minimise, residuals, seen
from ceramer.analysis.impedance._start import Landmarks, landmarks, starts

__all__ = ["Candidate", "Selection", "Shape", "select"]

Array = NDArray[np.float64]
DIFFUSION = ("W", "Wo", "Ws")
_SLANTED, _CLOSE, _SHARP, _MISFIT = 0.75, float(np.log(8.0)), 0.04, 0.01


@dataclass(frozen=True, slots=True)
class Shape:
    """A circuit of the family [L1-][R0-]arcs[-tail]; `nested`: the tail stands behind the resistor of the last arc."""

    arcs: int
    resistor: bool
    inductor: bool
    tail: str
    nested: bool = False

    def holds(self, other: Shape) -> bool:
        """Whether the other circuit is a special case of this one."""
        return (
            self.arcs >= other.arcs
            and self.resistor >= other.resistor
            and self.inductor >= other.inductor
            and self.nested == other.nested
            and (self.tail == other.tail or (self.tail == "CPE" and other.tail in ("", "C", "W")))
        )


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
        """Fit one shape (None where the data have too few points for it, or it is hopeless)."""
        if shape in self.table:
            return self.table[shape]
        self.table[shape] = None
        if not 0 <= shape.arcs <= self.most or not (shape.arcs or shape.resistor or shape.tail):
            return None
        if shape.nested and not (shape.arcs and shape.tail in DIFFUSION):
            return None
        circuit = circuit_of(
            shape.arcs, inductor=shape.inductor, resistor=shape.resistor, tail=shape.tail, nested=shape.nested
        )
        plan = circuit.plan(float(self.data.log_omega.mean()))
        if plan.size > self.data.size or self._hopeless(shape, plan):
            return None
        seen = self.landmarks(shape.resistor, shape.inductor, shape.tail)
        begin = starts(plan, seen, self.data)
        derived = self._derived(shape, plan, begin[0])
        if derived is not None:
            begin = np.vstack([begin, derived])
        box = bounds(plan, self.data)
        options = {"tolerance": 1e-3, "hopeless": 2.0, "target": self._target(plan)}
        # where diffusion overlaps with charge transfer, the right start may be slow at first
        patience = 15 if shape.nested else 5
        found = minimise(plan, begin, self.data, box, iterations=40, patience=patience, **options)
        theta, cost = found.theta[found.best], float(found.cost.min())
        self.table[shape] = self.judged(shape, plan, theta, cost)
        return self.table[shape]

    def _target(self, plan: Plan) -> float:
        """Cost above which a circuit has no share in the evidence."""
        n, ranked = 2 * self.data.size, self.ranked()
        return n * float(np.exp((ranked[0].bic + 12.0 - plan.size * np.log(n)) / n)) if ranked else np.inf

    def _hopeless(self, shape: Shape, plan: Plan) -> bool:
        """Whether a circuit that holds this one as a special case, soundly fitted, is far out of the running."""
        limit, fitted = 10.0 * self._target(plan), [c for c in self.table.values() if c is not None]
        return any(
            c.cost > limit
            and c.shape.holds(shape)
            and not any(
                (o.cost < c.cost and c.shape.holds(o.shape)) or (o.cost > c.cost and o.shape.holds(c.shape))
                for o in fitted
            )
            for c in fitted
        )

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
            gain, cost = self._probe(found)[0], (3 if shape.resistor == found.shape.resistor else 2) * np.log(n)
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
        return bool(-n * np.log(max(1.0 - 2.0 * gain / seen(found.cost, n), 1e-3)) > cost - 4.0)

    def _derived(self, shape: Shape, plan: Plan, base: Array) -> Array | None:
        """A start from the best candidate so far: its arcs and ends, what differs taken from `base`."""
        now = self.current
        if now is None:
            return None
        old, more = now.plan, shape.arcs - now.shape.arcs
        arcs = np.stack([now.theta[old.arc_r], now.theta[old.arc_q], now.theta[old.arc_q + 1]], axis=1)
        plain = arcs.shape[0] - now.shape.nested
        arcs[:plain] = arcs[np.argsort(arcs[:plain, 1])]
        theta = base.copy()
        for name, value in zip(old.names, now.theta, strict=True):
            if name in ("R0", "L1") and name in plan.names:
                theta[plan.names.index(name)] = value
        tail = _tail_columns(shape, plan)
        if shape.tail == now.shape.tail:
            theta[tail] = now.theta[_tail_columns(now.shape, old)]
        if now.shape.resistor and not shape.resistor and arcs.size:  # R0 goes into the fastest arc, same flank
            total = np.logaddexp(arcs[0, 0], now.theta[old.names.index("R0")])
            arcs[0, 1] += (arcs[0, 0] - total) / arcs[0, 2]
            arcs[0, 0] = total
        if more == 1 and now.shape.tail == "CPE" and not shape.tail:  # the tail as an arc that ends below the window
            modulus, alpha, low = now.theta[-2], now.theta[-1], self.data.log_omega.min()
            beyond = min(5.0, 6.5 * alpha)
            arcs = np.vstack([arcs, [modulus - alpha * (low - old.reference) + beyond, beyond / alpha - low, alpha]])
        elif more == 1:
            where = self._probe(now)[1]
            if where is None:
                return None
            arcs = np.insert(arcs, arcs.shape[0] - now.shape.nested, where, axis=0)
        elif more < 0 and shape.resistor and not now.shape.resistor:
            theta[plan.names.index("R0")] = arcs[0, 0]
            arcs = arcs[1:]
        elif more < 0 and shape.tail in ("Wo", "Ws") and shape.tail != now.shape.tail:
            theta[tail] = arcs[more:, 0].max(), arcs[more, 1] + 0.9
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


def _tail_columns(shape: Shape, plan: Plan) -> list[int]:
    """Positions of the parameters of the tail."""
    if shape.tail in DIFFUSION:
        return [k for k, name in enumerate(plan.names) if name.startswith(f"{shape.tail}1")]
    return list(range(plan.size - {"CPE": 2, "C": 1}.get(shape.tail, 0), plan.size))


def _smaller(now: Shape) -> list[Shape]:
    """Shapes with one element less, or a resistor in place of an arc."""
    out = [replace(now, arcs=now.arcs - 1)]
    if now.resistor:
        out.append(replace(now, resistor=False))
    else:
        out.append(replace(now, arcs=now.arcs - 1, resistor=True))
    if now.inductor:
        out.append(replace(now, inductor=False))
    if now.nested:
        out.append(replace(now, nested=False))
    return out


def _other(selection: Selection, now: Candidate, inductor: bool) -> Iterator[Shape]:
    """Shapes with one element more where that may pay, and other tails with as few arcs as fit."""
    shape, more = now.shape, now.shape.arcs + 1
    bigger = [replace(shape, arcs=more)]
    bigger.append(replace(shape, arcs=more, resistor=False) if shape.resistor else replace(shape, resistor=True))
    if inductor and not shape.inductor:
        bigger.append(replace(shape, inductor=True))
    yield from (larger for larger in bigger if selection.promises(now, larger))
    if shape.tail in ("CPE", "Wo", "Ws"):
        yield replace(shape, arcs=more, tail="", nested=False)
    _nested(selection, now)
    tails = {"", "CPE", "Wo", "Ws"}
    if shape.tail == "CPE":
        alpha = now.theta[-1]
        tails |= {"W"} if 0.35 < alpha < 0.65 else {"C"} if alpha > 0.97 else set()
    elif shape.tail:
        tails |= {"W"}
    for tail in sorted(tails - {shape.tail}):
        _retail(selection, now, tail)


def _nested(selection: Selection, now: Candidate) -> None:
    """Fit diffusion behind the slowest charge transfer, with as many arcs, one less, or from one upward where many."""
    shape = now.shape
    if not _doubtful(selection, now):
        return
    if shape.nested:
        for tail in DIFFUSION:
            selection.fit(replace(shape, tail=tail))
        return
    few = shape.arcs if shape.tail in DIFFUSION else max(shape.arcs - 1, 1)
    for tail in (shape.tail,) if shape.tail in DIFFUSION and shape.arcs < 4 else DIFFUSION:
        for arcs in range(1 if shape.arcs > 3 else few, shape.arcs + 1):
            found = selection.fit(replace(shape, arcs=arcs, tail=tail, nested=True))
            if found is not None and found.cost <= 1.3 * seen(now.cost, 2 * selection.data.size):
                break


def _doubtful(selection: Selection, now: Candidate) -> bool:
    """Whether the best so far may stand for diffusion behind an arc; arcs and a steep CPE, sharply seen, do not.

    Such diffusion leaves a slant, a tail other than a CPE, arcs too close to each other or too many of them, a
    resistance that is not determined, or a misfit.
    """
    shape, theta, plan, data = now.shape, now.theta, now.plan, selection.data
    if shape.tail != "CPE" or theta[-1] < _SLANTED or not 0 < shape.arcs < 4:
        return True
    if theta[plan.arc_q + 1].min() < _SLANTED or np.diff(np.sort(theta[plan.arc_q])).min(initial=np.inf) < _CLOSE:
        return True
    fit = finish(plan, theta, data)
    index = [k for k, name in enumerate(plan.names) if name.startswith("R")]
    errors = fit.standard_errors[index] / fit.values[index]
    return not (errors < _SHARP).all() or misfit_chance(now.cost, 2 * data.size - plan.size, data.linear) < _MISFIT


def _retail(selection: Selection, now: Candidate, tail: str) -> None:
    """Fit another tail with as few arcs as follow the data about as well.

    Downward, until two numbers of arcs in a row do worse (one fit may miss its minimum); more than three arcs may
    themselves stand for a tail, so there upward.
    """
    many, misses = now.shape.arcs > 3, 0
    for arcs in range(now.shape.arcs + 1) if many else range(now.shape.arcs, -1, -1):
        found = selection.fit(replace(now.shape, arcs=arcs, tail=tail, nested=False))
        good = found is not None and found.cost <= 1.3 * seen(now.cost, 2 * selection.data.size)
        misses = 0 if good else misses + 1
        if (many and good) or (not many and misses == 2):
            return


def select(data: Data, most: int = 6) -> Selection:
    """Search by the Bayesian information criterion: forward in arcs, then the neighbours of the best."""
    selection, log_omega, z, linear = Selection(data, most), data.log_omega, data.z, data.linear
    seen = selection.landmarks(True, True, "CPE")[0]
    high = int(np.argmax(log_omega))
    inductor = bool(seen.inductance * np.exp(log_omega[high]) > 0.5 * linear.noise * abs(z[high]))
    for arcs in range(1, most + 1):
        found = selection.fit(Shape(arcs, True, inductor, "CPE"))
        if found is None:
            break
        selection.current = found
        if not selection.promises(found, replace(found.shape, arcs=arcs + 1)):
            break
    while True:
        best = selection.current = selection.ranked()[0]
        for shape in _smaller(best.shape):
            selection.fit(shape)
        if selection.ranked()[0] is best:
            for shape in _other(selection, best, inductor):
                selection.fit(shape)
            if selection.ranked()[0] is best:
                return selection
