"""The cell of a command line, and what all commands that simulate one say and write alike."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ceramer.cli._output import add_area_options, electrode_area
from ceramer.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from ceramer.cell import Cell
    from ceramer.provenance import Ledger
    from ceramer.units import Value

__all__ = ["PLOTS", "add_cell_options", "check_files", "read_cell", "span", "where", "writing"]

PLOTS: Final = (".svg", ".png", ".pdf")
_QUANTITIES: Final = {
    "temperature": "temperature",
    "interface_resistance": "area_specific_resistance",
}


def add_cell_options(parser: argparse.ArgumentParser) -> None:
    """Add the cell, and what can be said of it instead of in its file."""
    parser.add_argument("cell", metavar="CELL.toml|NAME", help="a cell, or a stack with --between; a file or published")
    parser.add_argument("--between", metavar="METAL", help="Li, SS or Cu on both sides of a stack")
    parser.add_argument("--interface-resistance", metavar="R", help="of one interface, with --between: '50 ohm cm2'")
    add_area_options(parser)
    parser.add_argument("--temperature", metavar="T", help="instead of the cell's, such as '60 degC'")


def check_files(arguments: argparse.Namespace, options: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse a suffix that nothing is written for before anything runs."""
    for option, suffixes in options.items():
        name = getattr(arguments, option)
        if name and not name.endswith(suffixes):
            *others, last = suffixes
            raise InputError(
                f"--{option} {name!r}: the name ends in {', '.join(others) + ' or ' if others else ''}{last}."
            )


def read_cell(arguments: argparse.Namespace, ledger: Ledger | None = None) -> Cell:
    """Return the cell of the command line, with the area and the temperature that were given.

    Its numbers are read through `ledger` where one is given.
    """
    import dataclasses

    from ceramer import library, units
    from ceramer.provenance import kind_of

    for option, dimension in _QUANTITIES.items():
        if getattr(arguments, option):
            units.to_si(getattr(arguments, option), dimension, f"--{option.replace('_', '-')}")
    area = electrode_area(arguments)
    name = arguments.cell
    cells = {c.name.casefold(): c.name for s in library.systems().values() for c in s.cells.values()}
    stacks = {key.casefold() for key, s in library.systems().items() if s.stack is not None}
    kind = None
    if name.endswith(".toml"):
        kind = kind_of(name, ("cell", "stack"), "A cell or a stack can be simulated.")
    if kind == "cell" or name.casefold() in cells:
        if arguments.between or arguments.interface_resistance:
            raise InputError(f"{name} is a cell and has its electrodes; --between is for a stack.")
        cell = library.load_cell(name if kind else cells[name.casefold()], ledger)
    elif kind == "stack" or name.casefold() in stacks:
        cell = _symmetric(arguments, area, ledger)
    else:
        known = [*cells.values(), *(s for s in library.systems() if s.casefold() in stacks)]
        raise UnknownNameError("cell or stack", name, known, "A file ends in .toml.")
    if area is not None:
        cell = dataclasses.replace(cell, area=area.value)
    if arguments.temperature:
        kelvin = units.to_si(arguments.temperature, "temperature", "--temperature")
        cell = dataclasses.replace(cell, temperature=kelvin)
    if cell.area is None:
        raise InputError(
            f"The cell {cell.name} has no area, which its paper does not state: give --area '1 cm2' or --diameter "
            "'12 mm'."
        )
    return cell


def _symmetric(arguments: argparse.Namespace, area: Value | None, ledger: Ledger | None) -> Cell:
    from ceramer import Cell, library

    if not arguments.between:
        raise InputError(f"{arguments.cell} is a stack: say what it stands between, --between Li (or SS, Cu).")
    if area is None:
        raise InputError("A stack has no area: give that of the electrodes, --area '1 cm2' or --diameter '12 mm'.")
    name = arguments.cell if arguments.cell.endswith(".toml") else library.system(arguments.cell).name
    return Cell.symmetric(
        arguments.between,
        library.load_stack(name, ledger),
        area=f"{area.value!r} m2",
        temperature=arguments.temperature or "25 degC",
        interface_resistance=arguments.interface_resistance or "0 ohm cm2",
    )


def where(cell: Cell) -> str:
    """Return a cell's name, area and temperature in a few words."""
    from ceramer import units

    area = f"{1e4 * float(cell.area or 0.0):.6g} cm2"
    return f"{cell.name or cell.stack.name}, {area}, {cell.temperature - units.ZERO_CELSIUS:.4g} degC"


def span(seconds: float) -> str:
    """Return a time in the unit that reads best."""
    for unit, size in (("h", 3600.0), ("min", 60.0)):
        if seconds >= 2.0 * size:
            return f"{seconds / size:.4g} {unit}"
    return f"{seconds:.4g} s"


@contextlib.contextmanager
def writing(path: Path) -> Iterator[None]:
    """Make the folder of a file that is written here, and say in one sentence why it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); name a file in a folder of yours.") from None
