"""`reproduce`: every claim of the papers beside our own value, its kind, its inputs and a verdict."""

from __future__ import annotations

import contextlib
import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Literal

from ceramer import units
from ceramer.errors import InputError, MissingExtraError, NotConvergedError, UnknownNameError
from ceramer.library import _experiments, _full_cells, _isotopes, _lives, _orders, _pouch  # noqa: F401 - they register their answers
from ceramer.library._facts import PAPERS, Fact, OrdinalClaim, claims, fact, facts, ordinal_claims
from ceramer.library._fade import NEEDS_CURVE, NEEDS_CURVE_REASON
from ceramer.library._failures import LIVES, not_identifiable
from ceramer.library._predictions import FINDINGS, OPEN, PREDICTIONS, Finding, Prediction
from ceramer.library._registry import EXPERIMENTS, ORDERS, Gap
from ceramer.library._systems import book, system, systems
from ceramer.library.audit import AuditReport, audit_paper, audited_claims
from ceramer.library.audit import Finding as AuditFinding
from ceramer.provenance import Book, Estimate, Kind, agrees, estimate, estimate_order, rounding_uncertainty

__all__ = [
    "Alternative",
    "FindingRow",
    "Reproduction",
    "Row",
    "audit_system",
    "printed_uncertainty",
    "relation_of",
    "reproduce",
]

Verdict = Literal["agree", "disagree", "uninformative", "not_checked"]
_ABOUT = 0.05  # standard uncertainty of a number printed as "about", relative
_WIDE = 3.0  # an interval wider than this factor says nothing


@dataclass(frozen=True, slots=True)
class Alternative:
    """The same claim by another model, in the printed unit."""

    model: str
    value: float
    uncertainty: float | None


@dataclass(frozen=True, slots=True)
class Row:
    """One claim. `value`, `uncertainty` and `interval` are in the printed `unit`.

    An ordinal claim has the relation "order": its value is the probability that the order holds, and 1 is printed.
    `gap` says what a full answer lacks: "needs_curve" and "not_identifiable" (the printed data do not tell),
    "no_model" (nothing here is a model of it), "not_yet", or "".
    """

    id: str
    system: str
    paper: str
    quantity: str
    conditions: str
    printed: float
    printed_text: str
    relation: str
    unit: str
    value: float | None
    uncertainty: float | None
    interval: tuple[float, float] | None
    kind: Kind
    inputs: tuple[str, ...]
    assumed: tuple[str, ...]
    deviation: float | None
    verdict: Verdict
    reason: str
    method: str = ""
    alternatives: tuple[Alternative, ...] = ()
    gap: Gap = ""

    @property
    def answered(self) -> bool:
        """Whether the row carries a value of ours."""
        return self.kind in (Kind.PREDICTED, Kind.CALIBRATED, Kind.AUDIT)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A number beside the claims, in `unit`: what a printed value would need, or an open prediction.

    `value` is None where the nominal inputs give no answer; the `warning` says why.
    """

    id: str
    system: str
    quantity: str
    unit: str
    value: float | None
    uncertainty: float | None
    interval: tuple[float, float] | None
    kind: Kind
    inputs: tuple[str, ...]
    assumed: tuple[str, ...]
    method: str
    warning: str = ""


@dataclass(frozen=True)
class Reproduction:
    """Everything that `ceramer reproduce` knows."""

    rows: tuple[Row, ...]
    inferred: tuple[FindingRow, ...]
    open_predictions: tuple[FindingRow, ...]

    def count(self, kind: Kind | None = None, verdict: str | None = None, gap: str | None = None) -> int:
        """Return how many rows have this kind, this verdict and this gap."""
        return sum(kind in (None, r.kind) and verdict in (None, r.verdict) and gap in (None, r.gap) for r in self.rows)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document (schema_version 1)."""
        from importlib.metadata import version

        def clean(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: clean(item) for key, item in value.items()}
            if isinstance(value, (list, tuple)):
                return [clean(item) for item in value]
            return str(value) if isinstance(value, Kind) else value

        return {
            "schema_version": 1,
            "ceramer": version("ceramer"),
            "rows": [clean(asdict(row)) for row in self.rows],
            "inferred": [clean(asdict(row)) for row in self.inferred],
            "open_predictions": [clean(asdict(row)) for row in self.open_predictions],
        }


def relation_of(claim: Fact) -> str:
    """Return how a number is meant: "=", ">" (lower bound), "<" (upper bound) or "~" (about)."""
    if claim.id in LIVES and LIVES[claim.id].meaning != "observed":
        return ">" if LIVES[claim.id].meaning == "longer" else "<"
    text = f"{claim.note} ; {claim.conditions}".casefold()
    if "lower bound" in text or "up to" in text:
        return ">"
    if "upper bound" in text or "less than" in text:
        return "<"
    if re.search(r"\b(approx|about|nominal|order of magnitude|largely)\b|'~|approximately|near quantitative", text):
        return "~"
    return "="


_OBSERVED: tuple[tuple[str, str], ...] = (
    (r"^cycles$", "how long a test was run: a setting, and the end of what it shows"),
    (r"void_size|xrf_frame", "a starting state or a frame of an image: what the laws of healing start from"),
    (r"thickness|particle_size|areal_density|loading", "a measured dimension: what a model starts from"),
    (
        r"component_count|fragment_count|stage_count|path_count|species_count",
        "what the authors counted or assigned: an observation, no quantity of a law",
    ),
    (r"wyckoff|coordination", "an assignment of a refinement: a count, no quantity of a law"),
    (r"lifted_mass", "a demonstration: the width of its strip is not printed"),
)
"""Printed numbers that no law gives, because they were set, seen or counted."""

_NO_ANSWER: tuple[tuple[str, Gap, str], ...] = (
    (r"nmr|chemical_hardness|ftir", "no_model", "needs quantum chemistry of the species: no model here gives it"),
    (r"xas|xps|tofsims", "no_model", "needs the species of interphases and their spectra: no model here has them"),
    (r"xrd", "not_yet", "needs the lattice of this phase, which the catalogue does not have"),
    (r"glass_transition", "no_model", "needs the glass transition of the neat polymer, which is not known here"),
    (r"shrinkage", "no_model", "needs the softening of the web under its own stress, for which no data are printed"),
    (
        r"tga|weight_loss|decomposition|thermal|water",
        "no_model",
        "needs rates of evaporation and decomposition of every component, which the text does not give",
    ),
    (
        r"stretch|tensile",
        "no_model",
        "needs mechanics at large strain: cross-links, entanglements or the drawing of the web",
    ),
    (r"conversion", "no_model", "needs propagation and termination constants of this monomer mixture"),
    (r"healing", "no_model", "needs the size of the crack, which the text does not give"),
)


def _without_answer(claim: Fact) -> tuple[Kind, Gap, str]:
    """Return the kind of a claim that nothing here computes, what it lacks, and the sentence why."""
    if claim.id in LIVES or claim.quantity == "critical_current_density":
        return Kind.NOT_YET, "not_identifiable", not_identifiable(claim.id, book().ledger())
    if claim.id in NEEDS_CURVE:
        return Kind.NOT_YET, "needs_curve", NEEDS_CURVE_REASON
    for pattern, reason in _OBSERVED:
        if re.search(pattern, claim.quantity):
            return Kind.INPUT, "", reason
    for pattern, gap, reason in _NO_ANSWER:
        if re.search(pattern, claim.quantity):
            return Kind.NOT_YET, gap, reason
    return Kind.NOT_YET, "not_yet", "not modelled yet"


def printed_uncertainty(claim: Fact, relation: str) -> float:
    """Return the standard uncertainty of a printed number in its unit: rounding, or 5 % where it says "about"."""
    rounding = rounding_uncertainty(claim.value)
    return max(rounding, _ABOUT * abs(float(claim.value))) if relation == "~" else rounding


def _verdict(claim: Fact, relation: str, got: Estimate, value: float, uncertainty: float | None) -> Verdict:
    if got.spread > _WIDE and float(claim.value) != 0.0:  # a ratio says nothing about 0
        return "uninformative"
    printed, slack = float(claim.value), printed_uncertainty(claim, relation)
    if agrees(value, uncertainty, printed, slack):
        return "agree"
    if (relation == ">" and value > printed) or (relation == "<" and value < printed):
        return "agree"
    return "disagree"


def _shown(got: Estimate, unit: str) -> tuple[float, float | None, tuple[float, float] | None]:
    value = units.convert(got.value, unit)
    if got.standard_uncertainty is None or got.low is None or got.high is None:
        return value, None, None
    interval = (units.convert(got.low, unit), units.convert(got.high, unit))
    return value, got.standard_uncertainty / units.si_scale(unit), interval


def _on_voxels(claim: Fact, data: Book) -> list[Alternative]:
    from ceramer.library._voxels import VOXELS

    found = []
    for model in VOXELS.get(claim.id, ()):
        value, error = model.run(data.ledger())
        scale = units.si_scale(claim.unit)
        found.append(Alternative(model.picture, units.convert(value, claim.unit), error / scale))
    return found


def _experimented(claim: Fact, data: Book) -> list[Alternative]:
    """Return what simulated experiments give from the nominal inputs; none of them without the engine."""
    found = []
    for label, calculate in EXPERIMENTS.get(claim.id, ()):
        try:
            found.append(Alternative(label, units.convert(calculate(data.ledger()), claim.unit), None))
        except (MissingExtraError, NotConvergedError, InputError):
            continue
    return found


_KEPT: dict[tuple[str, str], Any] = {}


def _once(data: Book, what: str, key: str, calculate: Callable[[], Any]) -> Any:
    """Return `calculate()`, done once a process from the library's own book: it never changes, nor does the seed."""
    if data is not book():
        return calculate()
    if (what, key) not in _KEPT:
        _KEPT[what, key] = calculate()
    return _KEPT[what, key]


def _answered(claim: Fact, prediction: Prediction, data: Book) -> Row:
    relation = relation_of(claim)
    try:
        got = estimate(prediction.calculate, data, samples=prediction.samples)
    except (MissingExtraError, NotConvergedError, InputError) as error:
        return replace(_unanswered(claim), kind=Kind.NOT_YET, value=None, gap="not_yet", reason=str(error))
    value, uncertainty, interval = _shown(got, claim.unit)
    verdict = _verdict(claim, relation, got, value, uncertainty)
    alternatives = []
    for model, calculate in prediction.alternatives:
        other = estimate(calculate, data, samples=min(64, max(16, prediction.samples // 2)), find_inputs=False)
        other_value, other_uncertainty, _ = _shown(other, claim.unit)
        alternatives.append(Alternative(model, other_value, other_uncertainty))
    alternatives += _experimented(claim, data)
    reason = prediction.misfit if verdict == "disagree" else ""
    if prediction.kind is Kind.CALIBRATED:
        reason = f"calibrated to {', '.join(prediction.calibrated_to)}"
    elif verdict == "uninformative":
        span = f"spans a factor {got.spread:.3g}" if math.isfinite(got.spread) else "reaches zero"
        wide = f"the 95 % interval {span}: too wide to test anything"
        if got.low is not None and got.high is not None and not got.low <= claim.si <= got.high:
            wide += ", and the printed value lies outside it"
        reason = "; ".join(part for part in (wide, prediction.misfit) if part)
    elif verdict == "disagree" and not reason:
        reason = "no reason is known"
    base = _unanswered(claim)
    if prediction.gap:
        reason = "; ".join(part for part in (reason, base.reason.rstrip(".")) if part)
    return replace(
        base,
        relation=relation,
        value=value,
        uncertainty=uncertainty,
        interval=interval,
        kind=prediction.kind,
        inputs=got.inputs,
        assumed=got.assumed,
        deviation=value / base.printed - 1.0 if base.printed else None,
        verdict=verdict,
        reason=reason,
        method=prediction.method,
        alternatives=tuple(alternatives),
        gap=prediction.gap,
    )


def _unanswered(claim: Fact) -> Row:
    kind, gap, reason = _without_answer(claim)
    return Row(
        id=claim.id,
        system=claim.system,
        paper=claim.paper,
        quantity=claim.quantity,
        conditions=claim.conditions,
        printed=float(claim.value),
        printed_text=claim.value,
        relation=relation_of(claim),
        unit=claim.unit,
        value=float(claim.value) if kind is Kind.INPUT else None,
        uncertainty=None,
        interval=None,
        kind=kind,
        inputs=(),
        assumed=(),
        deviation=None,
        verdict="not_checked",
        reason=reason,
        gap=gap,
    )


def _finding_rows(chosen: Iterable[Finding], data: Book) -> Iterator[FindingRow]:
    """Yield a row for each, with the reason where it has no answer: not those that need an engine that is missing."""
    for finding in chosen:
        with contextlib.suppress(MissingExtraError):
            yield _once(data, "finding", finding.id, partial(_finding_row, finding, data))


def _finding_row(finding: Finding, data: Book) -> FindingRow:
    try:
        got = estimate(finding.calculate, data, samples=finding.samples, may_fail=0.9)
    except (NotConvergedError, InputError) as error:
        return FindingRow(
            finding.id, finding.system, finding.quantity, finding.unit, None, None, None, finding.kind, (), (),
            finding.method, f"no answer: {error}",
        )  # fmt: skip
    value, uncertainty, interval = _shown(got, finding.unit)
    return FindingRow(
        finding.id,
        finding.system,
        finding.quantity,
        finding.unit,
        value,
        uncertainty,
        interval,
        finding.kind,
        got.inputs,
        got.assumed,
        finding.method,
        f"no answer on {100 * got.failed:.0f} % of the assumed ranges" if got.failed else "",
    )


def _found_on_voxels(data: Book, labels: set[str]) -> list[FindingRow]:
    """Return what printed values would need, on images; the uncertainty is what the voxels cost."""
    from ceramer.library._voxels import VOXEL_FINDINGS

    rows = []
    for finding in VOXEL_FINDINGS:
        if labels and finding.system not in labels:
            continue
        value, error = finding.model.run(data.ledger())
        reads = estimate(finding.reads, data, samples=2, may_fail=1.0)
        rows.append(
            FindingRow(
                finding.id,
                finding.system,
                finding.quantity,
                finding.unit,
                units.convert(value, finding.unit),
                error / units.si_scale(finding.unit),
                None,
                Kind.INFERRED,
                reads.inputs,
                reads.assumed,
                finding.method,
                "the uncertainty is that of the voxels; for that of the inputs see the closed form",
            )
        )
    return rows


def _audited() -> Mapping[str, Row]:
    """Return a row for every claim that is arithmetic on other printed numbers."""
    rows = {}
    for key, finding in audited_claims().items():
        if key not in claims():
            continue
        base = _unanswered(fact(key))
        value = None if finding.value is None else units.convert(finding.value, base.unit)
        rows[key] = replace(
            base,
            value=value,
            kind=Kind.AUDIT,
            inputs=tuple(name for name in finding.facts if name != key),
            assumed=finding.assumed,
            gap="",
            deviation=finding.deviation,
            verdict="disagree" if finding.is_alarm else "agree",
            reason=finding.sentence if finding.is_alarm else "",
            method=finding.equation,
        )
    return rows


_SURE = 0.95
"""Probability from which an order is said to hold; 1 less this, and it is said not to."""


def _ordered(claim: OrdinalClaim, data: Book) -> Row:
    """Return the row of an ordinal claim: the probability that the order holds over the ranges of all inputs."""
    base = Row(
        id=claim.id, system=claim.system, paper=claim.paper, quantity=claim.quantity, conditions=claim.conditions,
        printed=1.0, printed_text=claim.text, relation="order", unit="1", value=None, uncertainty=None, interval=None,
        kind=Kind.NOT_YET, inputs=(), assumed=(), deviation=None, verdict="not_checked", reason="not modelled yet",
        gap="not_yet",
    )  # fmt: skip
    if claim.id not in ORDERS:
        return base
    prediction = ORDERS[claim.id]
    try:
        got = estimate_order(prediction.members, data, samples=prediction.samples)
    except (MissingExtraError, NotConvergedError, InputError) as error:
        return replace(base, reason=str(error))
    chance = got.probability
    verdict: Verdict = "agree" if chance >= _SURE else "disagree" if chance <= 1.0 - _SURE else "uninformative"
    reason = "" if verdict == "agree" else prediction.misfit
    if verdict == "uninformative":
        reason = "; ".join(part for part in ("over the ranges of its inputs either order occurs", reason) if part)
    pairs = zip(itertools.pairwise(claim.members), got.steps, strict=True)
    return replace(
        base,
        value=chance,
        kind=prediction.kind,
        inputs=got.inputs,
        assumed=got.assumed,
        verdict=verdict,
        reason=reason,
        method=prediction.method,
        alternatives=tuple(Alternative(f"{small} < {large} alone", share, None) for (small, large), share in pairs),
        gap="",
    )


def audit_system(name: str) -> AuditReport:
    """Audit a paper ("He2024"), or what a paper prints of one system ("PCE")."""
    papers = {paper.casefold(): paper for paper in PAPERS}
    if name.casefold() in papers:
        return audit_paper(papers[name.casefold()])
    if name.casefold() not in {key.casefold() for key in systems()}:
        raise UnknownNameError("paper or system", name, [*PAPERS, *systems()], "A file of yours ends in .toml.")
    spec = system(name)
    report = audit_paper(spec.paper)

    def concerns(finding: AuditFinding) -> bool:
        return any(key in facts() and facts()[key].system in spec.claims for key in finding.facts)

    return replace(
        report,
        title=f"{spec.name}: {report.title}",
        findings=tuple(filter(concerns, report.findings)),
        unchecked=tuple(filter(concerns, report.unchecked)),
    )


def reproduce(
    names: Iterable[str] = (),
    *,
    data: Book | None = None,
    voxels: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
) -> Reproduction:
    """Compare every claim of the papers, or those about the systems in `names`, with our own numbers.

    Parameters
    ----------
    names : iterable of str
        Published systems ("PCE"); empty for all.
    data : Book
        The numbers to compute from (default: the library's own).
    voxels : bool
        Also solve generated images of the composites and list the answers as alternatives (needs the extra "engine");
        their uncertainty is what the voxels cost.
    progress : callable
        ``progress(label, done, total)``, called as rows are finished.

    Notes
    -----
    Simulated experiments need the extra "engine" and compile on their first run; without it, the claims that only they
    answer say so, and open predictions that rest on them are left out.

    Raises
    ------
    UnknownNameError
        For a name that is no published system.
    """
    data = data or book()
    chosen = [system(name) for name in names]
    wanted = {c.id for spec in chosen for c in spec.printed()} if chosen else set(claims())
    labels = {spec.name for spec in chosen} | {label for spec in chosen for label in spec.claims}
    audited = _audited()
    rows: dict[str, Row] = {}
    total = len(wanted)
    for key, claim in claims().items():
        if key not in wanted:
            continue
        if key in PREDICTIONS:
            rows[key] = _once(data, "row", key, partial(_answered, claim, PREDICTIONS[key], data))
            if voxels:
                more = _on_voxels(claim, data)
                rows[key] = replace(rows[key], alternatives=(*rows[key].alternatives, *more))
        elif key in audited:
            rows[key] = audited[key]
        else:
            rows[key] = _unanswered(claim)
        if progress:
            progress(f"{claim.system}: {claim.quantity}", len(rows), total)
    used = _once(data, "used", "", partial(_used_as_input, data))
    for key, row in rows.items():
        if row.kind in (Kind.NOT_YET, Kind.INPUT) and key in used:
            rows[key] = replace(
                row, kind=Kind.INPUT, value=row.printed, gap="", reason="used as an input of other rows"
            )
    for key, order in ordinal_claims().items():
        if not chosen or any(order.paper == spec.paper and order.system in spec.claims for spec in chosen):
            rows[key] = _once(data, "order", key, partial(_ordered, order, data))
    inferred = [f for f in FINDINGS.values() if not chosen or f.system in labels]
    opened = [f for f in OPEN.values() if not chosen or f.system in labels]
    return Reproduction(
        tuple(rows.values()),
        (*_finding_rows(inferred, data), *(_found_on_voxels(data, labels) if voxels else ())),
        tuple(_finding_rows(opened, data)),
    )


def _used_as_input(data: Book) -> set[str]:
    """Return the ids of printed numbers that some calculation reads."""
    used: set[str] = set()
    for calculate in [p.calculate for p in PREDICTIONS.values()] + [f.calculate for f in OPEN.values()]:
        ledger = data.ledger()
        try:
            calculate(ledger)
        except (InputError, MissingExtraError, NotConvergedError):
            continue
        used.update(key for key, datum in ledger.read.items() if math.isfinite(datum.value))
    return used
