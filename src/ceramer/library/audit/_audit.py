"""Check every number of a document against every relation that links it to another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ceramer.library._facts import PAPERS
from ceramer.library.audit import (
    _relations_composition,
    _relations_consistency,
    _relations_cycling,
    _relations_signals,
    _relations_stack,
    _relations_transport,
)
from ceramer.library.audit._document import AuditDocument, load_audit, numbers_of, paper_audit, parse_audit
from ceramer.library.audit._relation import Equation, Finding, Rule, Verdict
from ceramer.provenance import Book

__all__ = ["AuditReport", "audit", "audit_paper", "audited_claims", "relations"]

_ORDER = (Verdict.IMPOSSIBLE, Verdict.DISAGREE, Verdict.NOTE, Verdict.AGREE, Verdict.UNCHECKED)


@dataclass(frozen=True)
class AuditReport:
    """What an audit found.

    `findings` are the relations that were checked, `unchecked` those that lack a number (and what it would have to
    be), `unlinked` the ids of the numbers that no relation links to another: nobody can check those.
    """

    title: str
    findings: tuple[Finding, ...]
    unchecked: tuple[Finding, ...]
    unlinked: tuple[str, ...] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many findings have which verdict."""
        tally = Counter(str(item.verdict) for item in (*self.findings, *self.unchecked))
        return {str(verdict): tally.get(str(verdict), 0) for verdict in _ORDER}

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """The findings where numbers contradict one another."""
        return tuple(item for item in self.findings if item.is_alarm)

    def rows(self) -> list[tuple[str, str, str, str, str]]:
        """Rows (verdict, context, relation, sentence, ids) for a table, contradictions first."""
        every = sorted((*self.findings, *self.unchecked), key=lambda item: _ORDER.index(item.verdict))
        return [(str(f.verdict), f.context, f.relation, f.sentence, ", ".join(f.facts)) for f in every]

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary."""
        return {
            "schema_version": 1,
            "title": self.title,
            "counts": dict(self.counts),
            "findings": [item.to_dict() for item in self.findings],
            "unchecked": [item.to_dict() for item in self.unchecked],
            "unlinked": list(self.unlinked),
        }

    def __str__(self) -> str:
        lines = [self.title, ", ".join(f"{count} {verdict}" for verdict, count in self.counts.items())]
        for verdict, context, _, sentence, ids in self.rows():
            lines.append(f"{verdict:>10}  {context}: {sentence}{f' [{ids}]' if ids else ''}")
        if self.unlinked:
            lines.append(f"linked to nothing: {', '.join(self.unlinked)}")
        return "\n".join(lines)


def relations() -> tuple[Equation | Rule, ...]:
    """Every relation that an audit knows."""
    return (
        *_relations_consistency.RELATIONS,
        *_relations_transport.RELATIONS,
        *_relations_stack.RELATIONS,
        *_relations_cycling.RELATIONS,
        *_relations_composition.RELATIONS,
        *_relations_signals.RELATIONS,
    )


def audit(document: AuditDocument | Mapping[str, Any] | str | Path, book: Book | None = None) -> AuditReport:
    """Check a document (or a mapping of its form, or the path of its file) against every relation.

    A printed number stands for the interval that its digits leave; a relation is evaluated over the box of these
    intervals and disagrees only where the two intervals do not meet.

    Parameters
    ----------
    document : AuditDocument, mapping, or path of a TOML file
        Contexts with roles, as ``ceramer new audit`` writes them.
    book : Book, optional
        Resolves ``{ catalogue = ... }``; the catalogue of materials where none is given.

    Raises
    ------
    InputError
        If the document is malformed, in one sentence.
    """
    if isinstance(document, (str, Path)):
        document = load_audit(document, book)
    elif isinstance(document, Mapping):
        document = parse_audit(document, book=book)
    found = [item for context in document.contexts for relation in relations() for item in relation.check(context)]
    unchecked = tuple(item for item in found if item.verdict is Verdict.UNCHECKED)
    checked = tuple(item for item in found if item.verdict is not Verdict.UNCHECKED)
    used = {source for item in found for source in item.facts}
    given = dict.fromkeys(n.sources for context in document.contexts for n in numbers_of(context))
    unlinked = tuple(dict.fromkeys(source for sources in given for source in sources if source not in used))
    return AuditReport(document.title, checked, unchecked, unlinked)


def audited_claims() -> Mapping[str, Finding]:
    """Return, for every printed number of the papers that is arithmetic on others, what an audit says of it.

    Where several relations check one number, the one that contradicts it is returned.
    """
    found: dict[str, Finding] = {}
    for paper in PAPERS:
        for item in audit_paper(paper).findings:
            checked = item.value is not None or item.is_alarm
            if item.claim and checked and (item.claim not in found or item.is_alarm > found[item.claim].is_alarm):
                found[item.claim] = item
    return found


def audit_paper(name: str) -> AuditReport:
    """Audit one of the four papers from its printed numbers alone."""
    return audit(paper_audit(name))
