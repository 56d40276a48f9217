"""Self-contained pages: one HTML file, readable offline, without scripts, on paper, on a phone, in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ceramer.errors import MissingExtraError
from ceramer.library import FindingRow, Reproduction, Row, SystemSpec, book, build_cell, claims, load_stack, systems
from ceramer.library.audit import AuditReport
from ceramer.provenance import Book, Datum, Kind
from ceramer.report import _words as words
from ceramer.report._drawing import Slab, slabs
from ceramer.report._recipe import RecipeTable, recipe_table

if TYPE_CHECKING:
    from jinja2 import Environment

    from ceramer.report._figures import Figure

__all__ = ["Section", "audit_html", "reproduce_html", "result_html"]

_NO_FIGURES = "Figures are left out because matplotlib is not installed: pip install 'ceramer[figures]' adds them."


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a page of results.

    `paragraphs` are plain text; `columns` and `rows` make a table; `figures` are pairs of SVG text (with its own title
    and description) and a caption.
    """

    heading: str
    paragraphs: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    figures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _SystemPart:
    """A system as the page shows it: `spec` is None for rows that no published system claims."""

    anchor: str
    title: str
    paper: str
    answered: tuple[Row, ...]
    others: tuple[Row, ...]
    spec: SystemSpec | None = None
    layers: tuple[Slab, ...] = ()
    recipe: RecipeTable | None = None


@dataclass
class _Lookup:
    """Every number by id, numbers written into the system files included."""

    book: Book
    data: dict[str, Datum] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ledger = self.book.ledger()
        for name, spec in systems().items():
            if spec.stack is not None:
                for layer in load_stack(name, ledger).layers:
                    _touch(layer.medium)
            for cell in spec.cells.values():
                build_cell(cell, ledger)
        self.data = {**self.book, **ledger.read}

    def about(self, key: str) -> str:
        """Return everything known about one input, in one line."""
        datum = self.data.get(key)
        if datum is None:
            return key
        source = self.book.sources.get(datum.source)
        parts = (
            f"{words.plain(datum.quantity)}: {words.tell(datum)}",
            source.citation if source else datum.source,
            datum.note,
        )
        return "; ".join(part for part in parts if part)


def _touch(medium: object) -> None:
    """Read the density of a medium where it has one, so that the ledger meets the numbers behind it."""
    from ceramer.errors import InputError

    try:
        medium.density()  # type: ignore[attr-defined]
    except InputError:
        return


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    made = Environment(
        loader=PackageLoader("ceramer.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters.update(
        plain=words.plain,
        ours=words.ours,
        printed=words.printed,
        interval=words.interval,
        deviation=words.deviation,
        unit=words.unit_text,
        number=lambda value, uncertainty=None: words.number(value, uncertainty),
        slug=slug,
        svg=Markup,  # our own drawings, built by matplotlib with escaped text
    )
    made.globals.update(verdicts=words.VERDICTS, kinds=words.KINDS, gaps_of=words.GAPS, version=_version())
    return made


def _version() -> str:
    from importlib.metadata import version

    return version("ceramer")


def slug(text: str) -> str:
    """Return text as an anchor ("UVEA-LTO-UVEA:ionic" -> "uvea-lto-uvea-ionic")."""
    return re.sub(r"[^a-z0-9]+", "-", text.casefold().replace("+", " plus ")).strip("-")


def reproduce_html(reproduction: Reproduction, *, audit_reports: Sequence[AuditReport] = ()) -> str:
    """Return the page of a reproduction: one HTML document that needs nothing else.

    Parameters
    ----------
    reproduction : Reproduction
    audit_reports : sequence of AuditReport
        Audits of the papers, shown in a section of their own.
    """
    data = book()
    lookup = _Lookup(data)
    figures, missing = _figures(reproduction)
    page = _environment().get_template("reproduce.html")
    return page.render(
        title="Published claims beside our own numbers",
        reproduction=reproduction,
        counts=_counts(reproduction),
        figures=figures,
        missing=missing,
        papers=_papers(reproduction, data),
        gaps=[
            (word, reasons)
            for gap, word in words.GAPS.items()
            if (reasons := words.fold(reproduction.rows, Kind.NOT_YET, gap))
        ],
        lookup=lookup,
        assumptions=_assumptions(reproduction, lookup),
        sources=_sources(reproduction, lookup),
        audit_reports=audit_reports,
    )


def audit_html(audit_reports: Sequence[AuditReport]) -> str:
    """Return a page of audits: every finding with its verdict, contradictions first."""
    title = audit_reports[0].title if len(audit_reports) == 1 else "Do the numbers agree with one another?"
    return _environment().get_template("audit.html").render(title=title, audit_reports=audit_reports)


def result_html(title: str, sections: Iterable[Section]) -> str:
    """Return a page of results: paragraphs, tables and figures under headings."""
    return _environment().get_template("result.html").render(title=title, sections=list(sections))


def _figures(reproduction: Reproduction) -> tuple[tuple[Figure, ...], str]:
    from ceramer.report._figures import figures

    try:
        return figures(reproduction), ""
    except MissingExtraError:
        return (), _NO_FIGURES


def _counts(reproduction: Reproduction) -> list[tuple[str, str, int]]:
    """Return (word, css class, count): predictions and audit by verdict, then the other kinds."""
    tally = [
        (f"{kind}, {words.VERDICTS[verdict].word}", verdict, count)
        for kind in (Kind.PREDICTED, Kind.AUDIT)
        for verdict in ("agree", "disagree", "uninformative")
        if (count := reproduction.count(kind, verdict)) or kind is Kind.PREDICTED
    ]
    kinds = [(words.KINDS[str(kind)].word, "plain", reproduction.count(kind)) for kind in (Kind.CALIBRATED, Kind.INPUT)]
    gaps = [(word.word, "plain", reproduction.count(Kind.NOT_YET, gap=gap)) for gap, word in words.GAPS.items()]
    return tally + kinds + [tile for tile in gaps if tile[2]]


def _papers(reproduction: Reproduction, data: Book) -> list[tuple[str, str, list[_SystemPart]]]:
    """Return (paper, citation, systems): every row in exactly one system."""

    def owned(spec: SystemSpec) -> set[tuple[str, str]]:
        return {(spec.paper, label) for label in spec.claims}

    whole = len(reproduction.rows) >= len(claims())
    left = {row.id: row for row in reproduction.rows}
    parts: dict[str, list[_SystemPart]] = {}
    for name, spec in systems().items():
        rows = [left.pop(fact.id) for fact in spec.printed() if fact.id in left]
        orders = [row.id for row in left.values() if row.relation == "order" and (row.paper, row.system) in owned(spec)]
        rows += [left.pop(key) for key in orders]
        if rows or (whole and (spec.stack or spec.recipe)):
            layers = slabs(load_stack(name)) if spec.stack else ()
            recipe = recipe_table(spec.recipe) if spec.recipe else None
            parts.setdefault(spec.paper, []).append(
                _SystemPart(f"system-{slug(name)}", name, spec.paper, *_split(rows), spec, layers, recipe)
            )
    rest: dict[tuple[str, str], list[Row]] = {}
    for row in left.values():
        rest.setdefault((row.paper, row.system), []).append(row)
    for (paper, label), rows in rest.items():
        anchor = f"other-{slug(paper)}-{slug(label)}"
        parts.setdefault(paper, []).append(_SystemPart(anchor, label, paper, *_split(rows)))
    return [(paper, data.sources[paper].citation, found) for paper, found in sorted(parts.items())]


def _split(rows: Sequence[Row]) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    return tuple(row for row in rows if row.answered), tuple(row for row in rows if not row.answered)


def _all_rows(reproduction: Reproduction) -> tuple[Row | FindingRow, ...]:
    return (*reproduction.rows, *reproduction.inferred, *reproduction.open_predictions)


def _assumptions(reproduction: Reproduction, lookup: _Lookup) -> list[tuple[str, str, int]]:
    """Return (id, what is known of it, how many rows it moves), the most used first."""
    used: dict[str, int] = {}
    for row in _all_rows(reproduction):
        for key in row.assumed:
            used[key] = used.get(key, 0) + 1
    ordered = sorted(used.items(), key=lambda item: (-item[1], item[0]))
    return [(key, lookup.about(key), count) for key, count in ordered]


def _sources(reproduction: Reproduction, lookup: _Lookup) -> list[tuple[str, str, str]]:
    """Return (key, citation, DOI or "") of the papers and of everything that a row was computed from."""
    keys = {row.paper for row in reproduction.rows}
    for row in _all_rows(reproduction):
        keys |= {lookup.data[key].source for key in row.inputs if key in lookup.data}
    known = lookup.book.sources
    return [(key, known[key].citation, known[key].doi or "") for key in sorted(keys) if key in known]
