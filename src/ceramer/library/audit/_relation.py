"""What links printed numbers: relations, how they are evaluated over the rounding, and what is found."""

from __future__ import annotations

import contextlib
import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from ceramer import units
from ceramer.errors import CeramerError, InputError
from ceramer.library.audit._document import Context
from ceramer.library.audit._numbers import Number
from ceramer.library.audit._roles import ROLES, label

__all__ = [
    "Equation",
    "Finding",
    "Prediction",
    "Rule",
    "Verdict",
    "Way",
    "compare",
    "evaluate",
    "finding",
    "interval",
    "total",
]

_CORNERS = 7
_WIDE = 3.0


class Verdict(StrEnum):
    """What an audit says: `note` is no contradiction, but something the numbers say and the reader must know."""

    AGREE = "agree"
    DISAGREE = "disagree"
    IMPOSSIBLE = "impossible"
    NOTE = "note"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class Prediction:
    """A computed number and the interval that the rounding of its inputs leaves it; SI units."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Finding:
    """One relation applied to one context.

    `printed` and `computed` are texts with units, `deviation` is computed / printed - 1, `facts` the ids of the
    numbers that went in. Where one printed number is compared with an equation (not a bound), `claim` is its id and
    `value` what the equation gives, in SI units.
    """

    context: str
    relation: str
    equation: str
    verdict: Verdict
    sentence: str
    printed: str = ""
    computed: str = ""
    deviation: float | None = None
    facts: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    claim: str = ""
    value: float | None = None

    @property
    def is_alarm(self) -> bool:
        """Whether numbers contradict one another."""
        return self.verdict in (Verdict.DISAGREE, Verdict.IMPOSSIBLE)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {
            "context": self.context,
            "relation": self.relation,
            "equation": self.equation,
            "verdict": str(self.verdict),
            "sentence": self.sentence,
            "printed": self.printed,
            "computed": self.computed,
            "deviation": self.deviation,
            "facts": list(self.facts),
            "assumed": list(self.assumed),
        }


@dataclass(frozen=True)
class Way:
    """One reading of an equation: its name, its text with the roles as words, and the function (SI in, SI out).

    A way that is not `accepted` explains where a wrong number comes from, and does not excuse it.
    """

    text: str
    compute: Callable[..., float]
    label: str = ""
    accepted: bool = True


@dataclass(frozen=True)
class Equation:
    """``target = f(needs)``, or a bound on the target; checked in every context that has all the roles.

    Parameters
    ----------
    name : str
        What the relation is called in a report.
    target : str
        Role that is compared.
    needs : tuple of str
        Roles that go in; "layers.thickness" is a list of them.
    ways : tuple of Way
        Readings of the equation; the printed number agrees when it agrees with an accepted one.
    bound : {"=", "<=", ">="}
        What the target must be to the computed number; a violated bound is `impossible`.
    explain : callable, optional
        ``explain(context, target, prediction) -> str``: a sentence that is added to a finding.
    explain_always : bool
        Whether it is added when the numbers agree, too.
    """

    name: str
    target: str
    needs: tuple[str, ...]
    ways: tuple[Way, ...]
    bound: str = "="
    explain: Callable[[Context, Number, Prediction], str] | None = None
    explain_always: bool = False

    @property
    def equation(self) -> str:
        """The first way, as text."""
        sign = {"=": "=", "<=": "≤", ">=": "≥"}[self.bound]
        return f"{self.target} {sign} {self.ways[0].text}"

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield what this equation finds in `context` (nothing where its target is not printed)."""
        target = context.printed(self.target)
        if target is None:
            return
        gathered = {need: _gather(context, need) for need in self.needs}
        missing = [need for need, value in gathered.items() if value is None or _holes(value)]
        if not missing:
            yield self._compared(context, target, {key: value for key, value in gathered.items() if value is not None})
        elif len(missing) == 1 and len(self.needs) > 1 and _only_hole(gathered[missing[0]]):
            yield self._unchecked(context, target, gathered, missing[0])

    def _compared(self, context: Context, target: Number, values: Mapping[str, Any]) -> Finding:
        outcomes = []
        for way in self.ways:
            try:
                prediction = evaluate(way.compute, {_keyword(k): v for k, v in values.items()})
            except InputError as error:
                numbers = [target, *_leaves(values)]
                sentence = f"The {label(self.target)} cannot follow from these numbers: {str(error).rstrip('.')}."
                return finding(context, self, Verdict.IMPOSSIBLE, sentence, numbers, printed=target)
            except ArithmeticError:
                sentence = f"{self.name} cannot be evaluated: these numbers give no finite result."
                return finding(context, self, Verdict.UNCHECKED, sentence, [target, *_leaves(values)], printed=target)
            outcomes.append((way, prediction, self._holds(target, prediction)))
        held = [outcome for outcome in outcomes if outcome[2] and outcome[0].accepted]
        way, prediction, holds = held[0] if held else outcomes[0]
        excuse = next((w for w, _, ok in outcomes if ok and not w.accepted), None) if not held else None
        equation = f"{_put(way.text, values)} = {interval(prediction, target.unit)}"
        name = label(self.target)
        if holds and self.bound == "=" and _is_wide(prediction):
            verdict = Verdict.UNCHECKED
            sentence = f"The printed {name} {target.text} is compatible with {equation}, too wide a range to confirm it"
        elif holds:
            verdict = Verdict.AGREE
            sentence = f"The printed {name} {target.text} agrees with {equation}"
            if self.bound != "=":
                sentence = f"The printed {name} {target.text} keeps the bound {equation}"
            if way.label and len(self.ways) > 1:
                sentence += f" ({way.label})"
        elif self.bound == "=":
            verdict = Verdict.DISAGREE
            sentence = f"The {name} is printed as {target.text}, but {equation}: {_gap(target.value, prediction.value)}"
            others = [f"{w.label} gives {units.show(p.value, target.unit)}" for w, p, _ in outcomes[1:] if w.accepted]
            if others:
                sentence += f" ({way.label}; {'; '.join(others)})"
            if excuse:
                sentence += f"; the printed number is {excuse.label}"
        else:
            verdict = Verdict.IMPOSSIBLE
            side = "above the upper" if self.bound == "<=" else "below the lower"
            sentence = f"The {name} {target.text} lies {side} bound {equation}"
        sentence += "."
        if self.explain and (self.explain_always or not holds):
            with contextlib.suppress(InputError, ArithmeticError):  # zeros: the finding stands without its comment
                sentence += f" {self.explain(context, target, prediction)}".rstrip()
        numbers = [target, *_leaves(values)]
        return finding(
            context, self, verdict, sentence, numbers, printed=target, computed=prediction,
            equation=f"{target.text} : {equation}",
        )  # fmt: skip

    def _holds(self, target: Number, prediction: Prediction) -> bool:
        slack = 1e-9 * abs(prediction.value)
        if self.bound == "<=":
            return target.low <= prediction.high + slack
        if self.bound == ">=":
            return target.high >= prediction.low - slack
        return target.overlaps(prediction.low, prediction.high)

    def _unchecked(self, context: Context, target: Number, gathered: Mapping[str, Any], missing: str) -> Finding:
        sentence = f"{self.name} cannot be checked because {_words(missing)} is missing"
        if self.bound == "=":
            implied = _implied(self.ways[0].compute, gathered, missing, target.value)
            role = ROLES[missing.rpartition(".")[2]]
            if implied is not None:
                shown = f"{implied * 3600:.3g}C" if role.dimension == "c_rate" else units.show(implied, role.unit)
                sentence += f"; the printed numbers would need {_words(missing)} = {shown}"
                if missing == "area":
                    sentence += f" (a disc of {units.show(2.0 * math.sqrt(implied / math.pi), 'mm')})"
            else:
                sentence += "; no positive value would fit the printed numbers"
        numbers = [target, *_leaves({k: v for k, v in gathered.items() if v is not None})]
        return finding(context, self, Verdict.UNCHECKED, sentence + ".", numbers, printed=target)


@dataclass(frozen=True)
class Rule:
    """A check that is no single equation: `inspect(context)` yields findings."""

    name: str
    equation: str
    inspect: Callable[[Rule, Context], Iterator[Finding]]

    def check(self, context: Context) -> Iterator[Finding]:
        """Yield what this rule finds in `context`."""
        try:
            yield from self.inspect(self, context)
        except (InputError, ArithmeticError) as error:
            why = str(error).rstrip(".") if isinstance(error, InputError) else "these numbers give no finite result"
            sentence = f"{self.name} cannot be evaluated: {why}."
            yield finding(context, self, Verdict.UNCHECKED, sentence)


def finding(
    context: Context,
    relation: Equation | Rule,
    verdict: Verdict,
    sentence: str,
    numbers: Sequence[Number] = (),
    *,
    printed: Number | None = None,
    computed: Prediction | None = None,
    equation: str = "",
) -> Finding:
    """Build a finding from the numbers that went in."""
    is_bound = isinstance(relation, Equation) and relation.bound != "="
    claim = printed.sources[0] if printed and len(printed.sources) == 1 and not is_bound else ""
    return Finding(
        context=context.name,
        relation=relation.name,
        equation=equation or relation.equation,
        verdict=verdict,
        sentence=sentence,
        printed=printed.text if printed else "",
        computed=interval(computed, printed.unit) if computed and printed else "",
        deviation=computed.value / printed.value - 1.0 if computed and printed and printed.value else None,
        facts=tuple(dict.fromkeys(source for n in numbers for source in n.sources)),
        assumed=tuple(dict.fromkeys(n.id for n in numbers if n.assumed)),
        claim=claim,
        value=computed.value if computed and claim else None,
    )


def total(parts: Sequence[Number]) -> Prediction:
    """Return the sum of numbers and its interval."""
    return Prediction(sum(n.value for n in parts), sum(n.low for n in parts), sum(n.high for n in parts))


def compare(printed: Number, prediction: Prediction) -> bool:
    """Whether the printed interval and the computed one meet."""
    return printed.overlaps(prediction.low, prediction.high)


def evaluate(compute: Callable[..., float], arguments: Mapping[str, Any]) -> Prediction:
    """Evaluate ``compute(**arguments)`` at the printed numbers and over the box of their intervals.

    `arguments` holds `Number` or lists of them. Up to seven uncertain numbers, every corner of the box is taken;
    beyond that the corner that the sign of each slope points to, which is exact where `compute` is monotone.
    """
    leaves = [n for n in _leaves(arguments) if n.high > n.low]

    def at(values: Mapping[int, float]) -> float:
        return float(compute(**{key: _filled(value, values) for key, value in arguments.items()}))

    with np.errstate(all="ignore"):
        return _over_box(at, leaves)


def _over_box(at: Callable[[Mapping[int, float]], float], leaves: Sequence[Number]) -> Prediction:
    ids = [id(n) for n in leaves]

    def attempt(values: Mapping[int, float]) -> float:
        try:
            return at(values)
        except (CeramerError, ArithmeticError, ValueError):
            return math.nan

    nominal = at({})
    if not math.isfinite(nominal):
        raise ArithmeticError
    if len(leaves) <= _CORNERS:
        corners = itertools.product(*((n.low, n.high) for n in leaves))
        outcomes = [attempt(dict(zip(ids, corner, strict=True))) for corner in corners]
    else:
        rises = [attempt({id(n): n.high}) >= attempt({id(n): n.low}) for n in leaves]
        tops = {id(n): n.high if up else n.low for n, up in zip(leaves, rises, strict=True)}
        bottoms = {id(n): n.low if up else n.high for n, up in zip(leaves, rises, strict=True)}
        outcomes = [attempt(tops), attempt(bottoms)]
    finite = [nominal, *(x for x in outcomes if math.isfinite(x))]
    return Prediction(nominal, min(finite), max(finite))


def interval(prediction: Prediction, unit: str) -> str:
    """Return a prediction as text: '26.32 (25.22 to 27.43)'."""
    value = units.show(prediction.value, unit)
    low, high = (f"{units.convert(x, unit):.4g}" for x in (prediction.low, prediction.high))
    if low == high:
        return value
    if abs(prediction.high) > 1e6 * abs(prediction.value):
        return f"{value} (at least {low})" if prediction.low > 0.0 else f"{value} (not bounded)"
    return f"{value} ({low} to {high})"


def _is_wide(prediction: Prediction) -> bool:
    """Whether an interval spans zero or more than a factor 3, so that agreement says nothing."""
    low, high = sorted((abs(prediction.low), abs(prediction.high)))
    return prediction.low < prediction.high and (prediction.low * prediction.high <= 0.0 or high > _WIDE * low)


def _gap(printed: float, computed: float) -> str:
    """Say how far a printed number is from the computed one."""
    if computed == 0.0 or printed * computed <= 0.0:
        return "not the same sign or size"
    ratio = printed / computed
    if 0.5 < ratio < 2.0:
        return f"off by {abs(ratio - 1.0) * 100.0:.2g} %"
    return f"off by a factor {ratio if ratio > 1.0 else 1.0 / ratio:.3g}"


def _gather(context: Context, need: str) -> Any:
    """Return the number(s) that play `need`; a list may hold None where a record lacks the role."""
    group, _, role = need.rpartition(".")
    if not group:
        return context.number(role)
    records = context.records.get(group)
    return [record.number(role) for record in records] if records else None


def _holes(value: Any) -> bool:
    return isinstance(value, list) and any(item is None for item in value)


def _only_hole(value: Any) -> bool:
    return value is None or sum(item is None for item in value) == 1


def _leaves(value: Any) -> list[Number]:
    if isinstance(value, Number):
        return [value]
    if isinstance(value, Mapping):
        return [leaf for item in value.values() for leaf in _leaves(item)]
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in _leaves(item)]
    return []


def _filled(value: Any, values: Mapping[int, float]) -> Any:
    if isinstance(value, Number):
        return values.get(id(value), value.value)
    if isinstance(value, list):
        return [_filled(item, values) for item in value]
    return value


def _keyword(need: str) -> str:
    return need.replace(".", "_")


def _words(need: str) -> str:
    group, _, role = need.rpartition(".")
    return f"the {label(role)} of one of the {group}" if group else f"the {label(role)}"


def _put(text: str, values: Mapping[str, Any]) -> str:
    """Return an equation text with the numbers in the place of the role names."""
    shown = {}
    for key, value in values.items():
        leaves = _leaves(value)
        shown[key] = leaves[0].text if isinstance(value, Number) else "(" + ", ".join(n.text for n in leaves) + ")"
    pattern = "|".join(sorted((re.escape(key) for key in shown), key=len, reverse=True))
    return re.sub(rf"(?<![\w.])(?:{pattern})(?![\w.])", lambda match: shown[match[0]], text) if shown else text


def _implied(compute: Callable[..., float], gathered: Mapping[str, Any], missing: str, target: float) -> float | None:
    """Solve ``compute = target`` for the one missing number, or return None where nothing positive does it."""
    from scipy.optimize import brentq

    def residual(exponent: float) -> float:
        x = 10.0**exponent
        hole = Number(missing, "ratio", x, x, x, "1")
        arguments = {}
        for key, value in gathered.items():
            filled = value
            if key == missing:
                filled = hole if value is None else [hole if item is None else item for item in value]
            arguments[_keyword(key)] = _filled(filled, {})
        try:
            return float(compute(**arguments)) - target
        except (CeramerError, ArithmeticError, ValueError):
            return math.nan

    grid = [0.5 * k for k in range(-36, 37)]
    values = [residual(x) for x in grid]
    for (a, fa), (b, fb) in itertools.pairwise(zip(grid, values, strict=True)):
        if math.isfinite(fa) and math.isfinite(fb) and fa * fb <= 0.0 and fa != fb:
            return float(10.0 ** brentq(residual, a, b, xtol=1e-12))
    return None
