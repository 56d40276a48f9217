"""Plain text tables: any delimiter, a header that says what the columns are, or a user's column map."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from ceramer.errors import InputError
from ceramer.measurement._clock import clock_seconds
from ceramer.measurement._labels import Recognised, recognise
from ceramer.measurement._readers._cyclers import sign_current
from ceramer.measurement._readers._format import ColumnMap, Format, say_columns
from ceramer.measurement._source import Source
from ceramer.measurement._table import Rows, Table, numbers, recognise_all, require_rows, rows_of, split, table_of

__all__ = ["FORMAT", "notes_on_meanings"]

_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d{1,3})?|nan|NaN|")
_CLOCK: Final = re.compile(r"(?:\d+d\s*)?\d+:\d\d:\d\d(?:[.,]\d+)?")
_SCANNED: Final = 300
_WANTED: Final = ("Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm")
_STATES: Final = ("State", "Md", "Step Type", "step_name")


def _sniff(head: bytes) -> bool:
    return bool(re.search(rb"\d", head))


def _is_data(fields: Sequence[str]) -> bool:
    """Whether most fields of a line are numbers (a state letter or a date among them does not matter)."""
    filled = [text.strip().strip('"') for text in fields if text.strip()]
    count = sum(_NUMBER.fullmatch(text) is not None or _CLOCK.fullmatch(text) is not None for text in filled)
    return len(filled) >= 2 and count >= 2 and 2 * count >= len(filled)


def _find_table(lines: Sequence[str]) -> tuple[int, str | None] | None:
    """Return the first line of numbers and the separator: the one that gives most columns on two lines running."""
    for i in range(min(len(lines), _SCANNED)):
        if not lines[i].strip():
            continue
        following = next((line for line in lines[i + 1 : i + 3] if line.strip()), lines[i])
        for separator in ("\t", ";", ",", None):
            fields = split(lines[i].strip("\n"), separator)
            if len(fields) < 2 or not _is_data(fields):
                continue
            if len(split(following, separator)) == len(fields) or separator is None:
                return i, separator
    return None


def _titles(lines: Sequence[str], at: int, separator: str | None, width: int) -> list[str] | None:
    """Return the titles above the first line of numbers, joined with a line of units where there is one."""
    above = [line for line in lines[max(0, at - 4) : at] if line.strip()]
    if not above:
        return None
    last = _fitted(above[-1], separator, width)
    if last is None:
        return None
    if len(above) > 1 and sum(recognise(title) is not None for title in last) < 2:
        names = _fitted(above[-2], separator, width)
        if names is not None and sum(recognise(name) is not None for name in names) >= 2:
            units = [re.sub(r"^[\[(](.*)[\])]$", r"\1", unit.strip()) for unit in last]
            return [f"{name.strip()} ({unit})" if unit else name for name, unit in zip(names, units, strict=True)]
    return last


def _fitted(line: str, separator: str | None, width: int) -> list[str] | None:
    for fields in (
        split(line.lstrip("#% "), separator),
        split(line, separator),
        re.split(r"\s{2,}", line.strip().lstrip("# ")),
        line.lstrip("# ").split(),
    ):
        whole = fields[:-1] if len(fields) == width + 1 and not fields[-1].strip() else fields
        if len(whole) == width:
            return [field.strip() for field in whole]
    return None


def _read(source: Source, columns: ColumnMap) -> list[Table]:
    lines = source.lines
    found = _find_table(lines)
    if found is None:
        raise InputError(
            f"{source.name}: no table of numbers was found, and the file is of no known format; "
            "`ceramer analyse --help` lists what is read."
        )
    at, separator = found
    width = len(split(lines[at], separator))
    if separator is not None and width > 2 and not split(lines[at], separator)[-1].strip():
        width -= 1
    titles = _titles(lines, at, separator, width)
    named = titles is not None
    if titles is None or not any(not _NUMBER.fullmatch(title) for title in titles):
        titles, named = [str(i + 1) for i in range(width)], False
    rows = rows_of(lines[at:], titles, separator, ends=lines[-1] == "", optional_tail=separator is not None)
    if not named and not columns:
        return [require_rows(_headerless(rows, source.name), source.name)]
    meanings, unread = recognise_all(titles, columns)
    clock = _clock_position(rows, meanings)
    if len(meanings) < 2:
        told = [titles[i] for i in meanings]
        labels = _WANTED[1:] if any(meaning.label == _WANTED[0] for meaning in meanings.values()) else _WANTED
        first = next(title for title in titles if title not in told)
        raise InputError(
            f"{source.name}: of the columns {', '.join(repr(title) for title in titles[:12])} "
            f"{'only ' + repr(told[0]) if told else 'none'} could be told; "
            f"{say_columns(**{first: labels[0]})}, such as {', '.join(repr(label) for label in labels)} or "
            "'Test Time / s', 'Voltage / V', 'Current / A' (any unit of that kind, '-' before it turns the sign)."
        )
    table = table_of(rows, {i: meaning for i, meaning in meanings.items() if i != clock}, unread)
    if clock is not None:
        table.columns["Test Time / s"] = clock_seconds(rows.text_column(titles[clock]))
    for state in _STATES:
        if state in titles:
            sign_current(table, rows.text_column(state))
    table.warnings += notes_on_meanings(table, titles, meanings, set(columns))
    return [require_rows(table, source.name)]


def notes_on_meanings(
    table: Table, titles: Sequence[str], meanings: dict[int, Recognised], given: set[str]
) -> list[str]:
    """Say which units were assumed, and when Z'' looks as if it were printed as -Z''."""
    out = []
    assumed = [
        f"{titles[i]!r} in {meaning.label.rpartition(' / ')[2]}"
        for i, meaning in meanings.items()
        if meaning.assumed_unit and titles[i] not in given
    ]
    if assumed:
        out.append(f"These columns name no unit and were taken as {', '.join(assumed)}.")
    imaginary = table.columns.get("Imaginary Impedance / ohm")
    imaginary_title = next((titles[i] for i, m in meanings.items() if m.label == "Imaginary Impedance / ohm"), "Z''")
    sure = any(titles[i] in given or meaning.factor < 0.0 for i, meaning in meanings.items())
    if imaginary is not None and not sure and imaginary.size and np.mean(imaginary > 0.0) > 0.9:
        out.append(
            "Nearly all Z'' are positive; if the file prints -Z'' without saying so, "
            f"{say_columns(**{imaginary_title: '-Imaginary Impedance / ohm'})}."
        )
    return out


def _clock_position(rows: Rows, meanings: dict[int, Recognised]) -> int | None:
    """Return the position of the test time where it is printed as 00:01:30."""
    position = next((i for i, meaning in meanings.items() if meaning.label == "Test Time / s"), None)
    if position is None or not rows.lines:
        return None
    first = split(rows.lines[0], rows.separator)[position].strip().strip('"')
    return position if _CLOCK.fullmatch(first) else None


def _headerless(rows: Rows, name: str) -> Table:
    """Take three columns without titles as f, Z', Z'' when the first can be a frequency; anything else raises."""
    width = len(rows.header)
    mend = f"{say_columns(**{'1': 'Frequency / Hz'})} (columns are counted from 1)"
    if width == 3 and rows.lines:
        values, _ = numbers(rows, range(3))
        first = values[0]
        steps = np.diff(first)
        if bool(np.all(first > 0.0)) and (bool(np.all(steps > 0.0)) or bool(np.all(steps < 0.0))) and first.size > 2:
            labels = ("Frequency / Hz", "Real Impedance / ohm", "Imaginary Impedance / ohm")
            table = table_of(rows, {i: Recognised(label) for i, label in enumerate(labels)})
            table.warnings.append(
                f"The columns have no titles and were taken as f / Hz, Z' / ohm, Z'' / ohm; else {mend}."
            )
            return table
    raise InputError(f"{name}: the {width} columns have no titles; {mend}.")


FORMAT: Final = Format("plain text table", _sniff, _read, takes_columns=True)
