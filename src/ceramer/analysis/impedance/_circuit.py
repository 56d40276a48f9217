"""Equivalent circuits: read in either notation, written in one, evaluated with exact derivatives."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.analysis.impedance import _elements as elements
from ceramer.analysis.impedance._checks import check_frequency
from ceramer.errors import InputError, UnknownNameError, nearest

__all__ = ["Circuit", "Plan"]

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class _Kind:
    """An element: how its parameters are called, their units, and whether the exponent alpha is among them."""

    name: str
    parameters: tuple[str, ...]
    units: tuple[str, ...]
    law: Callable[..., tuple[Complex, tuple[Complex, ...]]]


_KINDS: Final[Mapping[str, _Kind]] = {
    "R": _Kind("resistor", ("",), ("ohm",), elements.resistor),
    "C": _Kind("capacitor", ("",), ("F",), elements.capacitor),
    "L": _Kind("inductor", ("",), ("H",), elements.inductor),
    "CPE": _Kind("constant phase element", ("_Q", "_alpha"), ("s^alpha/ohm", "1"), elements.constant_phase_element),
    "W": _Kind("semi-infinite diffusion", ("_sigma",), ("ohm s^-1/2",), elements.warburg),
    "Wo": _Kind("diffusion to a blocking end", ("_R", "_tau"), ("ohm", "s"), elements.warburg_open),
    "Ws": _Kind("diffusion to a reservoir", ("_R", "_tau"), ("ohm", "s"), elements.warburg_short),
    "G": _Kind("Gerischer element", ("_R", "_tau"), ("ohm", "s"), elements.gerischer),
}
_SHORT: Final[Mapping[str, str]] = {"Q": "CPE", "O": "Ws", "T": "Wo"}
_DIFFUSION: Final = ("W", "Wo", "Ws")
_LABEL = re.compile(r"(CPE|Wo|Ws|[RCLWG])(\d+)")
_CODE = re.compile(r"Wo|Ws|[RCLQWOTG]")
_MAX_TEXT = 400
_MAX_DEPTH = 20


@dataclass(frozen=True, slots=True)
class _Leaf:
    kind: str
    label: str

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, slots=True)
class _Branch:
    series: bool
    parts: tuple[_Leaf | _Branch, ...]

    def __str__(self) -> str:
        if self.series:
            return "-".join(str(part) for part in self.parts)
        return "p(" + ",".join(str(part) for part in self.parts) + ")"


def _join(series: bool, parts: list[_Leaf | _Branch]) -> _Leaf | _Branch:
    flat: list[_Leaf | _Branch] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, _Branch) and part.series is series else [part])
    return flat[0] if len(flat) == 1 else _Branch(series, tuple(flat))


class _Reader:
    """Recursive descent over the text; every complaint names the place."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def fail(self, why: str) -> InputError:
        return InputError(
            f"Circuit {self.text!r}, character {self.at + 1}: {why}; "
            "write it like 'R0-p(R1,CPE1)-CPE2' or, in the other notation, 'R(RQ)Q'."
        )

    def peek(self, token: str) -> bool:
        return self.text.startswith(token, self.at)

    def take(self, token: str) -> bool:
        found = self.peek(token)
        self.at += len(token) if found else 0
        return found

    def need(self, token: str) -> None:
        if not self.take(token):
            raise self.fail(f"expected {token!r}")

    def labelled_series(self, depth: int = 0) -> _Leaf | _Branch:
        if depth > _MAX_DEPTH:
            raise self.fail(f"nested deeper than {_MAX_DEPTH}")
        parts = [self.labelled_item(depth)]
        while self.take("-"):
            parts.append(self.labelled_item(depth))
        return _join(True, parts)

    def labelled_item(self, depth: int) -> _Leaf | _Branch:
        if self.take("p("):
            parts = [self.labelled_series(depth + 1)]
            while self.take(","):
                parts.append(self.labelled_series(depth + 1))
            self.need(")")
            if len(parts) < 2:
                raise self.fail("a parallel group p(...) needs two branches")
            return _join(False, parts)
        match = _LABEL.match(self.text, self.at)
        if match is None:
            word = re.match(r"[A-Za-z]*", self.text[self.at :])
            name = word[0] if word else ""
            if name in _KINDS:
                raise self.fail(f"element {name!r} needs a number, such as {name + '1'!r}")
            close = nearest(name, _KINDS, 1, 0.4) if name else []
            raise self.fail(
                (f"unknown element {name!r}" if name else "expected an element")
                + (f", did you mean {close[0]!r}" if close else f" (known: {', '.join(_KINDS)})")
            )
        self.at = match.end()
        return _Leaf(match[1], match[0])

    def coded(self, series: bool, stop: str, depth: int = 0) -> _Leaf | _Branch:
        if depth > _MAX_DEPTH:
            raise self.fail(f"nested deeper than {_MAX_DEPTH}")
        parts: list[_Leaf | _Branch] = []
        while self.at < len(self.text) and not (stop and self.peek(stop)):
            if self.take("("):
                parts.append(self.coded(False, ")", depth + 1))
                self.need(")")
            elif self.take("["):
                parts.append(self.coded(True, "]", depth + 1))
                self.need("]")
            else:
                match = _CODE.match(self.text, self.at)
                if match is None:
                    raise self.fail(f"unknown element {self.text[self.at]!r} (known: R, C, L, Q, W, Wo, Ws, G)")
                self.at = match.end()
                parts.append(_Leaf(_SHORT.get(match[0], match[0]), ""))
        if not parts:
            raise self.fail("expected an element")
        if not series and len(parts) < 2:
            raise self.fail("a parallel group (...) needs two elements")
        return _join(series, parts)


def _number(root: _Leaf | _Branch) -> _Leaf | _Branch:
    """Label the elements of the short notation: the first resistor in series with all is R0, the rest counts from 1."""
    counts: dict[str, int] = {}

    def label(node: _Leaf | _Branch) -> _Leaf | _Branch:
        if isinstance(node, _Branch):
            return _Branch(node.series, tuple(label(part) for part in node.parts))
        counts[node.kind] = counts.get(node.kind, 0) + 1
        return _Leaf(node.kind, f"{node.kind}{counts[node.kind]}")

    parts = list(_series(root))
    lone = next((k for k, part in enumerate(parts) if isinstance(part, _Leaf) and part.kind == "R"), None)
    labelled = [_Leaf("R", "R0") if k == lone else label(part) for k, part in enumerate(parts)]
    return _join(True, labelled)


def _leaves(node: _Leaf | _Branch) -> list[_Leaf]:
    return [node] if isinstance(node, _Leaf) else [leaf for part in node.parts for leaf in _leaves(part)]


@dataclass(frozen=True, slots=True)
class Circuit:
    """An equivalent circuit. Build it with `Circuit.parse`; equal circuits compare equal in either notation.

    Elements and parameters: R [ohm], C [F], L [H], CPE (Q [s^alpha/ohm], alpha), W (sigma [ohm s^-1/2]),
    Wo and Ws (finite diffusion to a blocking end and to a reservoir: R [ohm], tau [s]), G (Gerischer: R, tau).

    >>> circuit = Circuit.parse("R(RQ)Q")
    >>> str(circuit), circuit == Circuit.parse("R0-p(R1,CPE1)-CPE2")
    ('R0-p(R1,CPE1)-CPE2', True)
    >>> circuit.parameters
    ('R0', 'R1', 'CPE1_Q', 'CPE1_alpha', 'CPE2_Q', 'CPE2_alpha')
    """

    root: _Leaf | _Branch

    @classmethod
    def parse(cls, text: str) -> Circuit:
        """Read ``"R0-p(R1,CPE1)-CPE2"`` (labels, ``p(,)`` parallel) or ``"R(RQ)Q"`` (``()`` parallel, ``[]`` series).

        Raises
        ------
        InputError
            The text is not a circuit; the sentence names the place and the nearest element.
        """
        if not isinstance(text, str) or not text.strip():
            raise InputError("Circuit: expected a text such as 'R0-p(R1,CPE1)-CPE2' or 'R(RQ)Q'.")
        bare = "".join(text.split())
        if len(bare) > _MAX_TEXT:
            raise InputError(f"Circuit: the text is longer than {_MAX_TEXT} characters.")
        reader = _Reader(bare)
        if re.search(r"[0-9\-,p]", bare):
            root = reader.labelled_series()
            if reader.at != len(bare):
                raise reader.fail(f"unexpected {bare[reader.at]!r}")
            labels = [leaf.label for leaf in _leaves(root)]
            twice = sorted({label for label in labels if labels.count(label) > 1})
            if twice:
                raise InputError(f"Circuit {bare!r}: the label {twice[0]!r} is used twice; number the elements apart.")
        else:
            root = _number(reader.coded(True, ""))
            if reader.at != len(bare):
                raise reader.fail(f"unexpected {bare[reader.at]!r}")
        return cls(root)

    def __str__(self) -> str:
        return str(self.root)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the parameters, in the order of the circuit."""
        return tuple(leaf.label + part for leaf in _leaves(self.root) for part in _KINDS[leaf.kind].parameters)

    @property
    def units(self) -> tuple[str, ...]:
        """Units of the parameters."""
        return tuple(unit for leaf in _leaves(self.root) for unit in _KINDS[leaf.kind].units)

    @property
    def arcs(self) -> tuple[tuple[str, str], ...]:
        """The (resistor, CPE or capacitor) label pairs of the arcs in series: p(R, CPE) or p(R, C).

        An arc may have diffusion behind its resistor: p(R-W, CPE), with W, Wo or Ws.
        """
        return tuple((arc[0].label, arc[1].label) for arc in map(_as_arc, _series(self.root)) if arc)

    def vector(self, params: Mapping[str, float] | ArrayLike) -> Array:
        """The parameters as an array in the order of `parameters`, checked (positive; alpha at most 1)."""
        names = self.parameters
        if isinstance(params, Mapping):
            for name in params:
                if name not in names:
                    raise UnknownNameError(f"parameter of {self}", name, names)
            missing = [name for name in names if name not in params]
            if missing:
                raise InputError(f"Circuit {self}: no value for {', '.join(missing)}.")
            values = np.array([float(params[name]) for name in names])
        else:
            values = np.asarray(params, dtype=float)
            if values.shape != (len(names),):
                raise InputError(f"Circuit {self} has {len(names)} parameters ({', '.join(names)}), got {values.size}.")
        for name, value in zip(names, values, strict=True):
            if not (np.isfinite(value) and value > 0.0 and (value <= 1.0 or not name.endswith("_alpha"))):
                bound = "between 0 and 1" if name.endswith("_alpha") else "positive and finite"
                raise InputError(f"Circuit {self}: {name} must be {bound}, got {value:g}.")
        return values

    def impedance(self, params: Mapping[str, float] | ArrayLike, frequency: ArrayLike) -> Complex:
        """Impedance [ohm] at `frequency` [Hz], shape (N,); `params` by name or in the order of `parameters`."""
        f = check_frequency(frequency)
        plan = self.plan(0.0)
        total, _ = plan.evaluate(plan.internal(self.vector(params))[None], np.log(2.0 * np.pi * f))
        return np.asarray(total[0])

    def jacobian(self, params: Mapping[str, float] | ArrayLike, frequency: ArrayLike) -> Complex:
        """Derivatives dZ/dp [ohm per unit of p], shape (N, P), exact."""
        f = check_frequency(frequency)
        values = self.vector(params)
        plan = self.plan(0.0)
        theta = plan.internal(values)
        derivative = plan.evaluate(theta[None], np.log(2.0 * np.pi * f))[1][0]
        return np.asarray(np.linalg.solve(plan.chain(theta).T, derivative)).T

    def plan(self, log_omega_reference: float) -> Plan:
        """The circuit in the variables that are fitted (see `Plan`)."""
        return _plan(self, round(float(log_omega_reference), 6))


def _series(node: _Leaf | _Branch) -> tuple[_Leaf | _Branch, ...]:
    return node.parts if isinstance(node, _Branch) and node.series else (node,)


def _as_arc(node: _Leaf | _Branch) -> tuple[_Leaf, _Leaf, _Leaf | None] | None:
    """Resistor, CPE or capacitor, and the diffusion behind the resistor (None: none) of an arc."""
    if not isinstance(node, _Branch) or node.series or len(node.parts) != 2:
        return None
    for one, other in (node.parts, node.parts[::-1]):
        if not isinstance(other, _Leaf) or other.kind not in ("CPE", "C"):
            continue
        if isinstance(one, _Leaf):
            return (one, other, None) if one.kind == "R" else None
        leaves = {leaf.kind: leaf for leaf in one.parts if isinstance(leaf, _Leaf)}
        load = next((leaves[kind] for kind in _DIFFUSION if kind in leaves), None)
        if len(one.parts) == len(leaves) == 2 and "R" in leaves and load is not None:
            return leaves["R"], other, load
    return None


class Plan:
    """A circuit in fitted variables theta, which make the least-squares problem well scaled.

    Positive parameters enter by their logarithm, exponents alpha as they are. The CPE or capacitor of an arc is
    replaced by ln tau, tau = (R Q)^(1/alpha), and a lone CPE by the logarithm of its modulus at the reference
    frequency, because Q and alpha are all but collinear. Arrays are batches: theta (S, P), Z (S, N),
    derivatives (S, P, N).
    """

    def __init__(self, circuit: Circuit, log_omega_reference: float) -> None:
        self.circuit, self.reference = circuit, log_omega_reference
        self.names = circuit.parameters
        self.size = len(self.names)
        place, first = {}, 0
        for leaf in _leaves(circuit.root):
            place[leaf.label] = first
            first += len(_KINDS[leaf.kind].parameters)
        self.place: Mapping[str, int] = place
        self.is_alpha = np.array([name.endswith("_alpha") for name in self.names])
        parts = _series(circuit.root)
        arcs = [arc for arc in map(_as_arc, parts) if arc]
        self.arc_r = np.array([place[r.label] for r, _, _ in arcs], dtype=int)
        self.arc_q = np.array([place[q.label] for _, q, _ in arcs], dtype=int)
        self.arc_ideal = np.array([q.kind == "C" for _, q, _ in arcs], dtype=bool)
        self.arc_loaded = np.array([load is not None for _, _, load in arcs], dtype=bool)
        self.loads = tuple((k, load) for k, (_, _, load) in enumerate(arcs) if load is not None)
        self._arc_alphas = np.minimum(self.arc_q + 1, self.size - 1)
        self._bare = np.flatnonzero(~self.arc_loaded)
        self.others = tuple(part for part in parts if _as_arc(part) is None)
        taken = {q.label for _, q, _ in arcs}
        self.cpe = np.array(
            [place[leaf.label] for leaf in _leaves(circuit.root) if leaf.kind == "CPE" and leaf.label not in taken],
            dtype=int,
        )

    def internal(self, values: Array) -> Array:
        """Theta of the parameters `values` (P,) or (S, P)."""
        theta = np.where(self.is_alpha, values, np.log(np.where(self.is_alpha, 1.0, values)))
        log_r, log_q = theta[..., self.arc_r], theta[..., self.arc_q]
        theta[..., self.arc_q] = (log_r + log_q) / self._arc_alpha(theta)
        theta[..., self.cpe] = -theta[..., self.cpe] - theta[..., self.cpe + 1] * self.reference
        return theta

    def external(self, theta: Array) -> Array:
        """Parameters of theta (P,) or (S, P)."""
        theta = np.array(theta, dtype=float)
        theta[..., self.arc_q] = self._arc_alpha(theta) * theta[..., self.arc_q] - theta[..., self.arc_r]
        theta[..., self.cpe] = -theta[..., self.cpe] - theta[..., self.cpe + 1] * self.reference
        with np.errstate(over="ignore"):
            return np.where(self.is_alpha, theta, np.exp(np.where(self.is_alpha, 0.0, theta)))

    def chain(self, theta: Array) -> Array:
        """d(parameters)/d(theta), shape (P, P)."""
        values, alpha = self.external(theta), self._arc_alpha(theta)
        out = np.diag(np.where(self.is_alpha, 1.0, values))
        for k, (r, q) in enumerate(zip(self.arc_r, self.arc_q, strict=True)):
            out[q, q], out[q, r] = alpha[k] * values[q], -values[q]
            if not self.arc_ideal[k]:
                out[q, q + 1] = values[q] * theta[q]
        for q in self.cpe:
            out[q, q], out[q, q + 1] = -values[q], -values[q] * self.reference
        return out

    def evaluate(self, theta: Array, log_omega: Array) -> tuple[Complex, Complex]:
        """Impedance (S, N) and dZ/dtheta (S, P, N) of a batch theta (S, P) at ln(omega) (N,)."""
        batch, points = theta.shape[0], log_omega.size
        derivative = np.zeros((batch, self.size, points), dtype=complex)
        total = np.zeros((batch, points), dtype=complex)
        alphas = self._arc_alpha(theta)
        if self._bare.size:
            bare_r, bare_q, ideal = self.arc_r[self._bare], self.arc_q[self._bare], self.arc_ideal[self._bare]
            r = np.exp(theta[:, bare_r])[..., None]
            z, (d_r, d_tau, d_alpha) = elements.arc(log_omega, r, theta[:, bare_q, None], alphas[:, self._bare, None])
            total += z.sum(axis=1)
            derivative[:, bare_r] = d_r
            derivative[:, bare_q] = d_tau
            bent = bare_q[~ideal]
            derivative[:, bent + 1] = d_alpha if bent.size == bare_q.size else d_alpha[:, ~ideal]
        for k, leaf in self.loads:
            load, slopes = self._leaf(leaf, theta, log_omega)
            one, q = self.arc_r[k], self.arc_q[k]
            r = np.exp(theta[:, one])[:, None]
            z, (d_r, d_tau, d_alpha, inner) = elements.loaded_arc(
                log_omega, r, theta[:, q, None], alphas[:, k, None], load
            )
            total += z
            derivative[:, one], derivative[:, q] = d_r, d_tau
            if not self.arc_ideal[k]:
                derivative[:, q + 1] = d_alpha
            for index, slope in slopes:
                derivative[:, index] = inner * slope
        for part in self.others:
            z, slopes = self._walk(part, theta, log_omega)
            total += z
            for index, slope in slopes:
                derivative[:, index] = slope
        return total, derivative

    def _walk(self, node: _Leaf | _Branch, theta: Array, log_omega: Array) -> tuple[Complex, list[tuple[int, Complex]]]:
        if isinstance(node, _Leaf):
            return self._leaf(node, theta, log_omega)
        walked = [self._walk(part, theta, log_omega) for part in node.parts]
        impedances = np.array([z for z, _ in walked])
        if node.series:
            return impedances.sum(axis=0), [item for _, slopes in walked for item in slopes]
        total = 1.0 / (1.0 / impedances).sum(axis=0)
        return total, [(i, (total / z) ** 2 * slope) for z, slopes in walked for i, slope in slopes]

    def _leaf(self, leaf: _Leaf, theta: Array, log_omega: Array) -> tuple[Complex, list[tuple[int, Complex]]]:
        kind, first = _KINDS[leaf.kind], self.place[leaf.label]
        if leaf.kind == "CPE":
            modulus, alpha = theta[:, first, None], theta[:, first + 1, None]
            log_s = log_omega - self.reference + 0.5j * np.pi
            z = np.exp(modulus - alpha * log_s)
            return z, [(first, z), (first + 1, -z * log_s)]
        columns = range(first, first + len(kind.parameters))
        z, slopes = kind.law(np.exp(log_omega), *(np.exp(theta[:, column, None]) for column in columns))
        return z, list(zip(columns, slopes, strict=True))

    def _arc_alpha(self, theta: Array) -> Array:
        alpha = theta[..., self._arc_alphas]
        return np.where(self.arc_ideal, 1.0, alpha) if self.arc_ideal.any() else alpha


@functools.lru_cache(maxsize=256)
def _plan(circuit: Circuit, log_omega_reference: float) -> Plan:
    return Plan(circuit, log_omega_reference)


def circuit_of(
    arcs: int, *, inductor: bool = False, resistor: bool = True, tail: str = "", nested: bool = False
) -> Circuit:
    """The series circuit [L1-][R0-]p(R1,CPE1)-...-tail; `tail` is "", "CPE", "W", "Wo" or "Ws".

    `nested`: the diffusion W, Wo or Ws stands behind the resistor of the last arc, p(Rn-W1,CPEn).
    """
    last = f"p(R{arcs}-{tail}1,CPE{arcs})"
    parts: Sequence[str] = [
        *(["L1"] if inductor else []),
        *(["R0"] if resistor else []),
        *(f"p(R{k},CPE{k})" for k in range(1, arcs + (not nested))),
        *([last] if nested else [f"{tail}{arcs + 1 if tail == 'CPE' else 1}"] if tail else []),
    ]
    return _parsed("-".join(parts))


@functools.lru_cache(maxsize=256)
def _parsed(text: str) -> Circuit:
    return Circuit.parse(text)
