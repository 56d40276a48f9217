"""Where output goes: a terminal, a JSON file, an HTML page."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ceramer.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from ceramer.units import Value

__all__ = [
    "Progress",
    "add_area_options",
    "add_output_options",
    "console",
    "electrode_area",
    "progress",
    "write_json",
    "write_text",
]

Progress = Callable[[str, int, int], None]
_REFRESH = 0.1  # s


def add_output_options(parser: argparse.ArgumentParser, *, html: bool = True) -> None:
    """Add --json, --html and --quiet."""
    parser.add_argument("--json", metavar="FILE", help="write the result as JSON ('-': to standard output)")
    if html:
        parser.add_argument("--html", metavar="FILE", help="write one self-contained HTML page")
    parser.add_argument("--quiet", action="store_true", help="print nothing but what was asked for")


def add_area_options(parser: argparse.ArgumentParser | argparse._ArgumentGroup) -> None:
    """Add --area and --diameter."""
    parser.add_argument("--area", metavar="A", help="of the electrodes, such as '1.131 cm2'")
    parser.add_argument("--diameter", metavar="D", help="of round electrodes, instead of their area, such as '12 mm'")


def electrode_area(arguments: argparse.Namespace) -> Value | None:
    """Return the area of --area or --diameter [m2], or None where neither is given."""
    from ceramer import units

    if arguments.area and arguments.diameter:
        raise InputError("Give --area or --diameter, not both.")
    if not arguments.diameter:
        return units.parse(arguments.area, "area", "--area") if arguments.area else None
    d = units.parse(arguments.diameter, "length", "--diameter")
    spread = None if d.standard_uncertainty is None else 0.5 * math.pi * d.value * d.standard_uncertainty
    return units.Value(0.25 * math.pi * d.value**2, spread)


def console(arguments: argparse.Namespace) -> Console:
    """Return the console for tables: silent when --quiet or when JSON goes to standard output."""
    from rich.console import Console

    return Console(quiet=bool(arguments.quiet or getattr(arguments, "json", None) == "-"))


def write_text(path: str, text: str) -> None:
    """Write a file, making its folder; '-' is standard output."""
    if path == "-":
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        return
    target = Path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); name a file in a folder of yours.") from None


def write_json(path: str, document: Any) -> None:
    """Write JSON; numbers that are not finite are not allowed to slip in."""
    write_text(path, json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


@contextmanager
def progress(arguments: argparse.Namespace, what: str) -> Iterator[Progress | None]:
    """Show a progress bar on a terminal, and nothing elsewhere."""
    if arguments.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)

        shown = 0.0

        def advance(label: str, done: int, total: int) -> None:
            nonlocal shown
            now = time.monotonic()
            due = now - shown > _REFRESH  # compiled code leaves the bar's own thread no time to draw
            shown = now if due else shown
            bar.update(task, description=label[:44].ljust(44), completed=done, total=total, refresh=due)

        yield advance
