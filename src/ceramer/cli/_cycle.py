"""`ceramer cycle CELL --protocol P --cycles N`: the life of a cell, what ends it, and how far such cells differ."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ceramer.cli._cell import PLOTS, add_cell_options, check_files, read_cell, where, writing
from ceramer.cli._output import console, progress, write_json, write_text
from ceramer.cli._protocol import read_protocol
from ceramer.errors import InputError, NotConvergedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ceramer.cli._output import Progress
    from ceramer.experiments import Life, Mechanism, Protocol, Spread

__all__ = ["add_options", "cycle"]

_FAILED: Final = ("time step underflow", "too many time steps")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `cycle`."""
    add_cell_options(parser)
    parser.add_argument(
        "--protocol", metavar="P", help="P.toml, or 'CCCV(C/2, upper=4.2 V, lower=3 V)'; what is repeated"
    )
    parser.add_argument(
        "--step", metavar="S", action="append", default=[], help="one sentence of a cycle; can be repeated"
    )
    parser.add_argument("--cycles", metavar="N", type=int, required=True, help="how many, after a formation")
    parser.add_argument("--every", action="store_true", help="simulate every cycle instead of jumping over most")
    parser.add_argument(
        "--end-of-life", metavar="S", help="share of the first capacity to find, such as 0.8 or '80 %%'"
    )
    parser.add_argument("--mechanisms", action="store_true", help="live again without each mechanism of ageing")
    parser.add_argument(
        "--samples", metavar="N", type=int, help="draw N cells (32, 64, ...) from the uncertain numbers"
    )
    parser.add_argument("--out", metavar="FILE", help="write the table of cycles, .csv")
    parser.add_argument("--plot", metavar="FILE", help="write a figure: .svg, .png or .pdf")


def cycle(arguments: argparse.Namespace) -> int:
    """Live a cell's life, write what was asked for, and say what ended it."""
    from ceramer import experiments, library, report, units

    check_files(arguments, {"out": (".csv",), "plot": PLOTS})
    if arguments.cycles < 1:
        raise InputError(f"--cycles {arguments.cycles}: a life has 1 cycle or more.")
    protocol = read_protocol(arguments.protocol, arguments.step)
    share = arguments.end_of_life
    options: dict[str, Any] = {
        "jump": not arguments.every,
        "end_of_life": None if share is None else units.to_si(share, "fraction", "--end-of-life"),
    }
    book = library.book()
    ledger = book.ledger()
    cell = read_cell(arguments, ledger)
    out = console(arguments)

    def say(text: str) -> None:
        out.print(text, markup=False, highlight=False, soft_wrap=True)

    say(f"{where(cell)}: {protocol.name}, {arguments.cycles} {'cycle' if arguments.cycles == 1 else 'cycles'}.")
    began = time.perf_counter()
    with progress(arguments, "cycle") as advance:
        life = experiments.cycle(
            cell, protocol, arguments.cycles, ledger=ledger, progress=_counting(advance, "cycle"), **options
        )
    took = time.perf_counter() - began
    for assumed in life.assumed:
        say(f"  assumed: {assumed}")
    if life.mechanisms_given:
        say(f"  ages by: {', '.join(life.mechanisms_given)}")
    out.print(report.life_table(life))
    say(life.sentence)
    say(_totals(life, took))
    mechanisms: tuple[Mechanism, ...] = ()
    if arguments.mechanisms and life.last:
        mechanisms = _mechanisms(arguments, life)
        say(_verdict(life, mechanisms))
        if mechanisms:
            out.print(report.mechanism_table(life, mechanisms))
    spread: Spread | None = None
    if arguments.samples is not None and life.last:
        with progress(arguments, "samples") as advance:
            spread = experiments.spread(
                lambda drawn: read_cell(arguments, drawn),
                book,
                protocol,
                arguments.cycles,
                samples=arguments.samples,
                progress=_counting(advance, "cell"),
                **options,
            )
        for line in report.spread_lines(spread):
            say(line)
    _write(arguments, cell.name or cell.stack.name, life, protocol, mechanisms, spread)
    if life.outcome.name in _FAILED:
        raise NotConvergedError(life.outcome.sentence)
    if not life.last:
        raise InputError(life.sentence)
    return 0


def _counting(advance: Progress | None, word: str) -> Callable[[int, int], None] | None:
    return None if advance is None else lambda n, total: advance(f"{word} {n}", n, total)


def _totals(life: Life, took: float) -> str:
    count = len(life.number)
    how = (
        "Every cycle simulated"
        if count == life.last
        else f"{count} cycles simulated, estimated error of the jumps {life.error:.0e}"
    )
    kept = ", ".join(f"{name} {abs(value):.0e}" for name, value in life.balance.items() if value)
    return f"{how}, {took:.2g} s here{'; kept within: ' + kept if kept else ''}."


def _mechanisms(arguments: argparse.Namespace, life: Life) -> tuple[Mechanism, ...]:
    with progress(arguments, "mechanisms") as advance:
        return life.mechanisms(progress=_counting(advance, "cycle"))


def _verdict(life: Life, mechanisms: tuple[Mechanism, ...]) -> str:
    """Return which mechanism costs most, in one sentence."""
    if not mechanisms:
        return (
            "Nothing ages in this cell, so there is nothing to leave out: see [negative.ageing] in `ceramer new cell`."
        )
    worst = mechanisms[0]
    lost = life.first_capacity - float(life.capacity[-1])
    if worst.cycles > life.last:
        return f"What ends this life is {worst.name}: without it the cell goes on after cycle {life.last}."
    if lost <= 0.0 or worst.regained <= 0.0:
        return "Nothing is lost that a mechanism would give back."
    part = 100.0 * worst.regained / lost
    return (
        f"{worst.name[0].upper()}{worst.name[1:]} costs most: without it {part:.2g} % of what is lost would be there."
    )


def _write(
    arguments: argparse.Namespace,
    name: str,
    life: Life,
    protocol: Protocol,
    mechanisms: tuple[Mechanism, ...],
    spread: Spread | None,
) -> None:
    from ceramer import report

    if arguments.out:
        with writing(Path(arguments.out)):
            life.to_dataframe().to_csv(arguments.out, index=False)
    if arguments.plot:
        with writing(Path(arguments.plot)):
            report.life_plot(life, arguments.plot)
    if arguments.html:
        title = f"Life of {name}"
        write_text(arguments.html, report.life_html(life, protocol, mechanisms=mechanisms, spread=spread, title=title))
    if arguments.json:
        document = {"cell": name, **life.to_dict(), "protocol": str(protocol)}
        if mechanisms:
            document["mechanisms"] = [m.to_dict() for m in mechanisms]
        if spread is not None:
            document["spread"] = spread.to_dict()
        write_json(arguments.json, document)
