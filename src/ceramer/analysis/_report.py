"""What a method hands back: results worth printing, the inputs they rest on, and what a reader must know."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ceramer import units
from ceramer.analysis._uncertain import Array, Number
from ceramer.errors import UnknownNameError
from ceramer.provenance import Result
from ceramer.units import Value

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["AnalysisReport", "Input", "stated"]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of an analysis: SI value, the unit to show it in, its standard uncertainty, and where it came from."""

    name: str
    value: float
    unit: str = "1"
    standard_uncertainty: float | None = None
    source: str = "given"

    @property
    def text(self) -> str:
        """Value with its uncertainty in the unit of the field."""
        return units.show(self.value, self.unit, self.standard_uncertainty)


def stated(name: str, given: Number, unit: str, source: str = "given") -> Input:
    """Return `given` as an `Input`."""
    value = given if isinstance(given, Value) else Value(float(given))
    return Input(name, value.value, unit, value.standard_uncertainty, source)


def _frozen(mapping: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping if isinstance(mapping, MappingProxyType) else MappingProxyType(dict(mapping))


@dataclass(frozen=True)
class AnalysisReport:
    """The outcome of one method.

    Attributes
    ----------
    method : str
        Name in `METHODS` ("bruce_vincent").
    results : tuple of Result
        Values in SI units with their standard uncertainties; the leading one first.
    verdict : str
        One plain sentence.
    warnings : tuple of str
        What spoils or limits the numbers, in plain sentences.
    notes : tuple of str
        What was assumed or chosen; nothing is wrong with it.
    inputs : tuple of Input
        What went in, and from where.
    tables : mapping of str to pandas.DataFrame
        Per cycle, per criterion...; column names carry their units.
    series : mapping of str to array
        What a figure needs, SI units.
    """

    method: str
    results: tuple[Result, ...]
    verdict: str = ""
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    series: Mapping[str, Array] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = tuple(given.name for given in self.inputs)
        results = tuple(r if r.inputs else replace(r, inputs=names) for r in self.results)
        object.__setattr__(self, "results", results)
        object.__setattr__(self, "tables", _frozen(self.tables))
        object.__setattr__(self, "series", _frozen(self.series))

    def result(self, quantity: str) -> Result:
        """Return the result called `quantity`; an unknown one raises with the nearest name."""
        for result in self.results:
            if result.quantity == quantity:
                return result
        raise UnknownNameError("result", quantity, [result.quantity for result in self.results])

    def __contains__(self, quantity: object) -> bool:
        return any(result.quantity == quantity for result in self.results)

    def warns(self, words: str) -> bool:
        """Whether some warning contains `words`."""
        return any(words in warning for warning in self.warnings)

    def __str__(self) -> str:
        width = max((len(r.quantity) for r in self.results), default=0)
        lines = [f"[[{self.method.replace('_', ' ').capitalize()}]]"]
        if self.verdict:
            lines.append(f"    {self.verdict}")
        if self.results:
            lines.append("[[Results]]")
        for r in self.results:
            spread = "" if r.standard_uncertainty is not None else "  (no error bar)" if r.interval is None else ""
            if r.interval is not None:
                low, high = (units.show(x, r.unit) for x in r.interval)
                spread = f"  (95 % interval {low} to {high})"
            percent = ""
            if r.standard_uncertainty and r.value and r.unit != "degC":
                percent = f"  ({abs(r.standard_uncertainty / r.value):.2%})"
            lines.append(f"    {r.quantity:<{width}} = {r.text}{percent}{spread}")
            if r.method:
                lines.append(f"    {'':<{width}}   {r.method}")
            lines.extend(f"    {'':<{width}}   ! {w}" for w in r.warnings)
        if self.inputs:
            lines.append("[[Inputs]]")
            longest = max(len(i.name) for i in self.inputs)
            lines.extend(f"    {i.name:<{longest}} : {i.text}  [{i.source}]" for i in self.inputs)
        for title, sentences, mark in (("Warnings", self.warnings, "!"), ("Notes", self.notes, "-")):
            if sentences:
                lines.append(f"[[{title}]]")
                lines.extend(f"    {mark} {sentence}" for sentence in sentences)
        for name, table in self.tables.items():
            lines.append(f"[[Table {name}: {len(table)} rows]]")
            text = table.head(8).to_string(index=False, float_format=lambda x: f"{x:.4g}")
            lines.extend(f"    {line}" for line in text.splitlines())
            if len(table) > 8:
                lines.append("    ...")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary: results in the unit of the field, tables as lists of rows (no series)."""
        return {
            "method": self.method,
            "verdict": self.verdict,
            "results": [result.to_dict() for result in self.results],
            "warnings": list(self.warnings),
            "notes": list(self.notes),
            "inputs": [
                {
                    "name": i.name,
                    "value": units.convert(i.value, i.unit),
                    "unit": i.unit,
                    "standard_uncertainty": None
                    if i.standard_uncertainty is None
                    else i.standard_uncertainty / units.si_scale(i.unit),
                    "source": i.source,
                }
                for i in self.inputs
            ],
            "tables": {name: _rows(table) for name, table in self.tables.items()},
        }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): _plain(v) for k, v in record.items()} for record in table.to_dict(orient="records")]


def _plain(value: Any) -> Any:
    """Return a JSON number, text or None (a number that is not finite is missing)."""
    item = value.item() if hasattr(value, "item") else value
    return None if isinstance(item, float) and not math.isfinite(item) else item
