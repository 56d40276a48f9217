"""`reproduce`: every claim of the papers beside our own value, its kind, its inputs and a verdict."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any, Literal

from ceramer import units
from ceramer.errors import InputError, MissingExtraError, NotConvergedError, UnknownNameError
from ceramer.library import _experiments, _full_cells, _isotopes, _lives, _pouch  # noqa: F401 - they register their answers
from ceramer.library._facts import PAPERS, Fact, claims, fact, facts
from ceramer.library._fade import NEEDS_CURVE, NEEDS_CURVE_REASON
from ceramer.library._failures import LIVES, not_identifiable
from ceramer.library._predictions import FINDINGS, OPEN, PREDICTIONS, Finding, Prediction
from ceramer.library._registry import EXPERIMENTS
from ceramer.library._systems import book, system, systems
from ceramer.library.audit import AuditReport, audit_paper, audited_claims
from ceramer.library.audit import Finding as AuditFinding
from ceramer.provenance import Book, Estimate, Kind, agrees, estimate, rounding_uncertainty

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
    """One claim. `value`, `uncertainty` and `interval` are in the printed `unit`."""

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

    @property
    def answered(self) -> bool:
        """Whether the row carries a value of ours."""
        return self.kind in (Kind.PREDICTED, Kind.CALIBRATED, Kind.AUDIT)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A number beside the claims, in `unit`: what a printed value would need, or an open prediction."""

    id: str
    system: str
    quantity: str
    unit: str
    value: float
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

    def count(self, kind: Kind | None = None, verdict: str | None = None) -> int:
        """Return how many rows have this kind and this verdict."""
        return sum((kind is None or r.kind == kind) and (verdict is None or r.verdict == verdict) for r in self.rows)

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
    text = f"{claim.note} ; {claim.conditions}".casefold()
    if "lower bound" in text or "up to" in text:
        return ">"
    if "upper bound" in text or "less than" in text:
        return "<"
    if re.search(r"\b(approx|about|nominal|order of magnitude|largely)\b|'~|approximately|near quantitative", text):
        return "~"
    return "="


_NOT_YET: tuple[tuple[str, str], ...] = (
    (r"^cycles$|cycle_life|cycling_duration|rate_max", "how long, or how fast, a test was run; its end was not seen"),
    (r"retention|fade", "needs ageing laws of this cell, for which the text gives one number"),
    (r"coulombic", "needs the side reactions of this cell, whose rates the text does not give"),
    (r"capacity", "needs a simulated full cell: cut-off voltages, loading and history as far as they are printed"),
    (r"nmr|chemical_hardness|ftir", "needs quantum chemistry of the species: no model here gives lines or orbitals"),
    (r"xas|xps|tofsims|sei_species", "needs the species of interphases and their spectra: no model here has them"),
    (r"xrd", "needs the lattice of this phase, which the catalogue does not have"),
    (r"wyckoff|coordination|count$", "a count or an assignment, not a quantity that a model here predicts"),
    (r"isotope|increase_factor", "needs the isotope tracer model"),
    (r"glass_transition", "needs the glass transition of the neat polymer, which is not known here"),
    (r"shrinkage", "needs the softening of the web under its own stress, for which no data are printed"),
    (
        r"tga|weight_loss|decomposition|thermal|water",
        "needs rates of evaporation and decomposition of every component, which the text does not give",
    ),
    (
        r"stretch|tensile|lifted",
        "needs mechanics at large strain: cross-links, entanglements or the drawing of the web",
    ),
    (r"modulus", "mechanics of the neat polymer is measured, and an input wherever it is used"),
    (r"conversion|initiator", "needs propagation and termination constants of this monomer mixture"),
    (r"void_size|xrf_frame", "a starting state or a frame of an image: what the laws of healing start from"),
    (r"void|healing|infiltration", "needs the times of the frames of this void, or the field model of healing"),
    (r"thickness|particle_size|areal_density|loading", "a measured dimension; an input wherever it is used"),
    (r"lifetime|short|instability|critical_current", "needs the failure model of lithium cells"),
    (r"conductivity|transference|activation_energy", "measured on this material alone: an input wherever it is used"),
)


def _why_not_yet(claim: Fact) -> str:
    if claim.id in LIVES or claim.quantity == "critical_current_density":
        return not_identifiable(claim.id, book().ledger())
    if claim.id in NEEDS_CURVE:
        return NEEDS_CURVE_REASON
    for pattern, reason in _NOT_YET:
        if re.search(pattern, claim.quantity):
            return reason
    return "not modelled yet"


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
        return replace(_unanswered(claim), reason=str(error))
    value, uncertainty, interval = _shown(got, claim.unit)
    verdict = _verdict(claim, relation, got, value, uncertainty)
    alternatives = []
    for model, calculate in prediction.alternatives:
        other = estimate(calculate, data, samples=min(64, prediction.samples))
        other_value, other_uncertainty, _ = _shown(other, claim.unit)
        alternatives.append(Alternative(model, other_value, other_uncertainty))
    alternatives += _experimented(claim, data)
    reason = prediction.misfit if verdict == "disagree" else ""
    if prediction.kind is Kind.CALIBRATED:
        reason = f"calibrated to {', '.join(prediction.calibrated_to)}"
    elif verdict == "uninformative":
        wide = f"the 95 % interval spans a factor {got.spread:.3g}: too wide to test anything"
        if got.low is not None and got.high is not None and not got.low <= claim.si <= got.high:
            wide += ", and the printed value lies outside it"
        reason = "; ".join(part for part in (wide, prediction.misfit) if part)
    elif verdict == "disagree" and not reason:
        reason = "no reason is known"
    base = _unanswered(claim)
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
    )


def _unanswered(claim: Fact) -> Row:
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
        value=None,
        uncertainty=None,
        interval=None,
        kind=Kind.NOT_YET,
        inputs=(),
        assumed=(),
        deviation=None,
        verdict="not_checked",
        reason=_why_not_yet(claim),
    )


def _finding_rows(chosen: Iterable[Finding], data: Book) -> Iterator[FindingRow]:
    """Yield a row for each that has an answer: not those that need the engine where it is missing."""
    for finding in chosen:
        with contextlib.suppress(MissingExtraError, NotConvergedError, InputError):
            yield _once(data, "finding", finding.id, partial(_finding_row, finding, data))


def _finding_row(finding: Finding, data: Book) -> FindingRow:
    got = estimate(finding.calculate, data, samples=finding.samples, may_fail=0.9)
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
            deviation=finding.deviation,
            verdict="disagree" if finding.is_alarm else "agree",
            reason=finding.sentence if finding.is_alarm else "",
            method=finding.equation,
        )
    return rows


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
        if row.kind is Kind.NOT_YET and key in used:
            rows[key] = replace(row, kind=Kind.INPUT, value=row.printed, reason="used as an input of other rows")
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
