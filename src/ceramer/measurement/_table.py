"""Delimited text to numbers, row by row: what cannot be read is left out and said, never guessed."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.measurement._labels import MODULUS, PHASE, Recognised, recognise
from ceramer.units import Value

__all__ = ["Rows", "Table", "decimal_comma", "numbers", "recognise_all", "rows_of", "split", "table_of"]

FloatArray = NDArray[np.float64]

_TOTAL_TIME: Final = re.compile(r"(total|test|cumulative|elapsed)[ _]?time", re.IGNORECASE)
_BARE_TIME: Final = re.compile(r"\s*time\b(?![ _]?/)", re.IGNORECASE)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?\d+,\d+(?:[eE][+-]?\d+)?")


@dataclass
class Table:
    """What a reader hands over: columns by label, what the header says, and what a user must know."""

    columns: dict[str, FloatArray]
    technique: str = ""
    instrument: str = ""
    area: Value | None = None
    area_note: str = ""
    thickness: Value | None = None
    temperature: Value | None = None
    pressure: Value | None = None
    electrodes: str | None = None
    started: str | None = None
    details: dict[str, str] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass
class Rows:
    """Whole rows of text (each with the same number of fields), in file order, and what was left out."""

    header: Sequence[str]
    separator: str | None
    lines: list[str]
    warnings: list[str]
    quoted: bool = False

    def text_column(self, name: str) -> list[str]:
        """Return one column as text (nothing where there is no such column)."""
        if name not in self.header:
            return []
        position = list(self.header).index(name)
        if self.quoted:
            return [row[position] for row in csv.reader(self.lines, delimiter=self.separator or ",")]
        return [line.split(self.separator)[position] for line in self.lines]


def split(line: str, separator: str | None) -> list[str]:
    """Split one line (None: at white space), honouring quotes."""
    if separator is not None and '"' in line:
        return next(csv.reader([line], delimiter=separator), [])
    return line.split(separator)


def rows_of(
    lines: Sequence[str], header: Sequence[str], separator: str | None, *, ends: bool, optional_tail: bool = False
) -> Rows:
    """Keep the lines that have as many fields as the header.

    Parameters
    ----------
    lines : sequence of str
        The data lines, without line ends.
    header : sequence of str
        Names of the columns.
    separator : str or None
        None splits at white space.
    ends : bool
        Whether the last line ended with a line end; if not, the file may be cut inside its last field and the
        last row is kept only when its last field is provably whole (`_last_is_whole`).
    optional_tail : bool
        A separator at the end of a line does not count (EC-Lab and Maccor write one or not).
    """
    warnings: list[str] = []
    width = len(header)
    kept = [line for line in lines if line.strip()]
    last, tail_lost = kept[-1] if kept else "", False
    counts: list[int] = []
    if separator is not None and any('"' in line for line in kept[:50]):
        counts = _quoted_counts(kept, separator)
    quoted = bool(counts) and len(counts) == len(kept)  # a quote that never closes swallows lines
    if separator is None:
        counts = [len(line.split()) for line in kept]
    elif not quoted:
        if optional_tail:
            tail_lost = len(kept) > 1 and kept[-2].endswith(separator) and not kept[-1].endswith(separator)
            kept = [line.removesuffix(separator) for line in kept]
        counts = [line.count(separator) + 1 for line in kept]
    whole = [line for line, count in zip(kept, counts, strict=True) if count == width]
    lost = len(kept) - len(whole)
    if kept and not ends and counts[-1] == width and (tail_lost or not _last_is_whole(whole, separator)):
        whole.pop()
        warnings.append(
            "The last line has no line end, so the file may be cut short: that row was left out "
            "(end the file with a line end to keep it)."
        )
    elif kept and counts[-1] < width:
        lost -= 1
        warnings.append(f"The file is cut short: its last row, {last.strip()[:40]!r}, is not whole and was left out.")
    elif whole and lines[-1] and not lines[-1].strip() and whole[-1].startswith(lines[-1]):
        warnings.append("The file is cut short: its last row is empty and was left out.")
    if lost:
        first = next(i for i, count in enumerate(counts) if count != width)
        warnings.append(
            f"{lost} of {len(kept)} rows do not have {width} fields and were left out (the first after row {first})."
        )
    return Rows(header, separator, whole, warnings, quoted)


def _quoted_counts(lines: Sequence[str], separator: str) -> list[int]:
    try:
        return [len(row) for row in csv.reader(lines, delimiter=separator)]
    except csv.Error:
        return []


def _last_is_whole(lines: Sequence[str], separator: str | None) -> bool:
    """Whether the last field of the last line cannot be the beginning of a longer number.

    True when it is an integer or a word equal to the one above it (a counter, a state), or when the last fields
    of all rows are printed with one fixed number of decimals, three or more (``-1.5082122e+05``).
    """
    if len(lines) < 2:
        return False
    fields = [split(line, separator)[-1].strip() for line in lines[-200:]]
    if fields[-1].isdecimal() or math.isnan(_number(fields[-1].replace(",", "."))):
        return fields[-1] == fields[-2]
    shapes = {re.sub(r"[+-]", "s", re.sub(r"\d", "d", text.lstrip("+-"))) for text in fields}
    return len(shapes) == 1 and len(set(fields)) > 1 and re.search(r"[.,]ddd", shapes.pop()) is not None


def decimal_comma(lines: Sequence[str], separator: str | None) -> bool:
    """Whether numbers are written 1,5 (only where the comma does not part the columns)."""
    if separator == ",":
        return False
    fields = [text.strip() for line in lines[:20] for text in split(line, separator)]
    return sum(1 for text in fields if _DECIMAL_COMMA.fullmatch(text)) > sum(1 for text in fields if "." in text)


def numbers(rows: Rows, wanted: Sequence[int]) -> tuple[dict[int, FloatArray], dict[int, int]]:
    """Read the columns at the `wanted` positions as floats; also return how many entries are not finite numbers."""
    lines = rows.lines
    if decimal_comma(lines, rows.separator):
        lines = [line.replace(",", ".") for line in lines]
    wanted = list(wanted)
    if not lines or not wanted:
        return {position: np.empty(0) for position in wanted}, {}
    try:
        block = np.loadtxt(
            lines,
            delimiter=rows.separator,
            usecols=wanted,
            comments=None,
            quotechar='"' if rows.quoted else None,
            ndmin=2,
        )
    except ValueError:  # something is not a number: find out what, entry by entry
        if rows.quoted:
            fields = list(csv.reader(lines, delimiter=rows.separator or ","))
        else:
            fields = [line.split(rows.separator) for line in lines]
        block = np.array([[_number(row[position]) for position in wanted] for row in fields])
    columns = {position: np.ascontiguousarray(block[:, i]) for i, position in enumerate(wanted)}
    lost = {position: int(array.size - np.isfinite(array).sum()) for position, array in columns.items()}
    return columns, {position: count for position, count in lost.items() if count}


def _number(text: str) -> float:
    try:
        return math.nan if "_" in text else float(text)
    except ValueError:
        return math.nan


def recognise_all(
    header: Sequence[str], columns: Mapping[str, Recognised] | None = None
) -> tuple[dict[int, Recognised], list[str]]:
    """Return which position of a header means what (the first of two equal ones wins) and the names not read."""
    chosen: dict[int, Recognised] = {}
    unread: list[str] = []
    taken: set[str] = set()
    given = {name.strip(): meaning for name, meaning in (columns or {}).items()}
    for name in given:
        if name not in [title.strip() for title in header]:
            from ceramer.errors import UnknownNameError

            raise UnknownNameError("column in the file", name, [title.strip() for title in header])
    given_labels = {meaning.label for meaning in given.values()}
    has_total_time = any(_TOTAL_TIME.match(title.strip()) for title in header)
    for position, title in enumerate(header):
        meaning = given.get(title.strip())
        if meaning is None:
            meaning = recognise(title)
            if meaning is not None and meaning.label in given_labels:
                meaning = None
            if meaning is not None and meaning.label == "Test Time / s" and has_total_time and _BARE_TIME.match(title):
                meaning = replace(meaning, label="Step Time / s")  # Neware's "Time" beside "Total Time"
        if meaning is None or meaning.label in taken:
            if title.strip():
                unread.append(title.strip())
            continue
        taken.add(meaning.label)
        chosen[position] = meaning
    return chosen, unread


def table_of(rows: Rows, meanings: Mapping[int, Recognised], unread: Sequence[str] = ()) -> Table:
    """Read the recognised columns of `rows` into a table, in the units of their labels."""
    values, bad = numbers(rows, sorted(meanings))
    table = Table({}, warnings=list(rows.warnings))
    for position in sorted(meanings):
        meaning = meanings[position]
        array = values[position]
        if array.size and bad.get(position, 0) == array.size:
            table.warnings.append(f"The column {rows.header[position].strip()!r} holds no number and was left out.")
            continue
        if bad.get(position):
            table.warnings.append(
                f"{bad[position]} of {array.size} values of {rows.header[position].strip()!r} are missing or not "
                "numbers and became NaN."
            )
            array = np.where(np.isfinite(array), array, np.nan)
        table.columns[meaning.label] = scaled(array, meaning)
    if unread:
        table.details["columns not read"] = ", ".join(unread)
    return polar_to_cartesian(table)


def scaled(array: FloatArray, meaning: Recognised) -> FloatArray:
    """Convert to the unit of the label; a factor of one leaves every bit as it is."""
    if meaning.factor != 1.0:
        array = array * meaning.factor
    return array + meaning.offset if meaning.offset else array


def polar_to_cartesian(table: Table) -> Table:
    """Turn |Z| and phase into Z' = |Z| cos(phase) and Z'' = |Z| sin(phase) where those were not in the file."""
    modulus, phase = table.columns.pop(MODULUS, None), table.columns.pop(PHASE, None)
    if modulus is not None and phase is not None:
        angle = np.deg2rad(phase)
        table.columns.setdefault("Real Impedance / ohm", modulus * np.cos(angle))
        table.columns.setdefault("Imaginary Impedance / ohm", modulus * np.sin(angle))
    return table


def require_rows(table: Table, what: str) -> Table:
    """Raise when nothing is left to read."""
    if not table.columns or not len(next(iter(table.columns.values()))):
        raise InputError(f"{what}: no whole row of numbers was found; the file may be cut short or damaged.")
    return table
