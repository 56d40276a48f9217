"""Analyses as one self-contained page: verdict, numbers, warnings, figures, inputs and tables."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ceramer import units
from ceramer.analysis import AnalysisReport, Input
from ceramer.errors import MissingExtraError
from ceramer.report import _words as words
from ceramer.report._analysis_figures import analysis_figures
from ceramer.report._analysis_figures._tools import interval_text, value_text
from ceramer.report._figures import Figure
from ceramer.report._page import _NO_FIGURES, _environment

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["analysis_html"]

_NAMES: Final = {
    "impedance": "Impedance spectrum",
    "conductivity": "Ionic conductivity",
    "arrhenius": "Activation energy",
    "bruce_vincent": "Transference number (Bruce-Vincent)",
    "electronic_conductivity": "Electronic conductivity",
    "window": "Stability window",
    "dc_resistance": "Direct-current resistance",
    "plating_stripping": "Plating and stripping",
    "shorts": "Short circuits",
    "critical_current_density": "Critical current density",
    "rate_test": "Rate test",
    "cycling": "Cycling",
    "void_healing": "Void healing",
}
_FIRST_ROWS = 8
_CELLS = 20_000  # cells of one table that a page holds


@dataclass(frozen=True, slots=True)
class _Table:
    """A table as the page shows it: the first rows, the rest folded away, and what is left out."""

    name: str
    columns: tuple[str, ...]
    first: list[tuple[str, ...]]
    rest: list[tuple[str, ...]]
    summary: str
    omitted: str


@dataclass(frozen=True, slots=True)
class _Part:
    anchor: str
    heading: str
    report: AnalysisReport
    results: list[tuple[str, str, str, str, tuple[str, ...]]]
    inputs: list[tuple[str, str, str]]
    figures: tuple[Figure, ...]
    tables: list[_Table]


def analysis_html(reports: Sequence[AnalysisReport], *, title: str = "Analysis of measurements") -> str:
    """Return a page of analyses: one HTML document that needs nothing else.

    Parameters
    ----------
    reports : sequence of AnalysisReport
    title : str
        Heading of the page.
    """
    names = [_NAMES.get(report.method, words.plain(report.method).capitalize()) for report in reports]
    numbered = len(set(names)) < len(names)
    missing = ""
    parts = []
    for k, (report, name) in enumerate(zip(reports, names, strict=True), start=1):
        try:
            figures = analysis_figures(report, prefix=f"analysis-{k}-")
        except MissingExtraError:
            figures, missing = (), _NO_FIGURES
        parts.append(
            _Part(
                f"analysis-{k}",
                f"{k}. {name}{_file(report)}" if numbered else name,
                report,
                [
                    (words.plain(r.quantity), value_text(r), interval_text(r), r.method, r.warnings)
                    for r in report.results
                ],
                [(words.plain(item.name), _input_text(item), item.source) for item in report.inputs],
                figures,
                [_table(key, frame) for key, frame in report.tables.items()],
            )
        )
    return _environment().get_template("analysis.html").render(title=title, parts=parts, missing=missing)


def _file(report: AnalysisReport) -> str:
    """Return ", file" as the last note names it ("" where the data came from no file)."""
    told = next((note for note in report.notes if note.startswith("Data: ")), "")
    return f", {told.removeprefix('Data: ').removesuffix('.').partition(' (sha256')[0]}" if told else ""


def _input_text(item: Input) -> str:
    spread = item.standard_uncertainty
    scale = units.si_scale(item.unit)
    return words.number(
        units.convert(item.value, item.unit), None if spread is None else spread / scale
    ) + words.unit_text(item.unit)


def _table(name: str, frame: pd.DataFrame) -> _Table:
    columns = tuple(str(column) for column in frame.columns)
    most = max(_CELLS // max(len(columns), 1), _FIRST_ROWS)
    rows = [tuple(_cell(value) for value in row) for row in frame.head(most).itertuples(index=False, name=None)]
    more = len(frame) - len(rows)
    omitted = f"{more} further rows are left out of this page; the JSON document holds them." if more else ""
    rest = rows[_FIRST_ROWS:]
    summary = f"{len(rest)} more rows" if not more else f"{len(rest)} more of {len(frame)} rows"
    return _Table(name, columns, rows[:_FIRST_ROWS], rest, summary, omitted)


def _cell(value: Any) -> str:
    item = value.item() if hasattr(value, "item") else value
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, float):
        return "" if math.isnan(item) else words.number(item)
    return str(item)
