"""What every reader is: a name, a test of the first bytes, and a function from a file to tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ceramer.errors import InputError
from ceramer.measurement._labels import Recognised
from ceramer.measurement._source import Source
from ceramer.measurement._table import Table
from ceramer.units import Value

__all__ = ["Format", "count_note", "find_line", "guarded", "head_text", "header_area", "number_after", "say_columns"]

ColumnMap = Mapping[str, Recognised]


@dataclass(frozen=True)
class Format:
    """One file format.

    `sniff` gets the first bytes and says whether the file is of this format; `read` returns its tables. `columns`
    is the user's column map; only formats with `takes_columns` heed it.
    """

    name: str
    sniff: Callable[[bytes], bool]
    read: Callable[[Source, ColumnMap], list[Table]]
    takes_columns: bool = False


def say_columns(**example: str) -> str:
    """Return how a user says what columns mean, in Python and on the command line."""
    title, meaning = next(iter(example.items()))
    return f"give columns={{{title!r}: {meaning!r}, ...}} in Python or --column {title + '=' + meaning!r} for each"


def head_text(head: bytes) -> str:
    """The first bytes as text for a `sniff` (Latin-1, without a byte-order mark)."""
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")


def find_line(lines: list[str], test: Callable[[str], bool], start: int = 0, limit: int = 2000) -> int | None:
    """Return the position of the first line that passes, or None."""
    for i in range(start, min(len(lines), start + limit)):
        if test(lines[i]):
            return i
    return None


def number_after(lines: list[str], pattern: str) -> float | None:
    """Return the first number after a header text (a regular expression), decimal comma or point, or None."""
    search = re.compile(pattern + r"\s*([+-]?\d+(?:[.,]\d*)?(?:[eE][+-]?\d{1,3})?)")
    for line in lines:
        match = search.search(line)
        if match is not None:
            return float(match[1].replace(",", "."))
    return None


def header_area(table: Table, square_centimetres: float | None, default: float, vendor: str) -> None:
    """Take the area from a header, and say so where it equals the vendor's default (nobody may have set it)."""
    if square_centimetres is None or not 0.0 < square_centimetres < 1e6:
        return
    table.area = Value(square_centimetres * 1e-4)
    if square_centimetres == default:
        table.area_note = (
            f"The area of {default:g} cm2 is from the file's header, where it is also the default of {vendor}; "
            "give the area if it was not set."
        )


def count_note(table: Table, said: int | None) -> None:
    """Warn when the header announces more rows than were read."""
    read = len(next(iter(table.columns.values()))) if table.columns else 0
    if said is not None and read < said:
        table.warnings.append(f"The header announces {said} rows and {read} were read; the file may be cut short.")


def guarded(what: str, name: str, call: Callable[[], Any]) -> Any:
    """Run a third-party decoder; whatever it raises on a damaged file becomes one sentence."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return call()
    except (KeyboardInterrupt, SystemExit, MemoryError, InputError):
        raise
    except BaseException as error:  # decoders written in Rust panic with a BaseException
        reason = str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__
        raise InputError(f"{name}: the {what} file is damaged or of an unknown version ({reason}).") from None
