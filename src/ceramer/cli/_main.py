"""Parse the command line, run one command, turn what went wrong into one sentence and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from ceramer import __version__
from ceramer.cli._output import add_output_options
from ceramer.errors import CeramerError, InputError, UnknownNameError

__all__ = ["main"]

Command = Callable[[argparse.Namespace], int]

_EXIT = "exit codes: 0 ran, 1 --strict and something disagrees, 2 bad input, 3 not converged"


class _Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one sentence."""

    more: Callable[[], str] | None = None
    """What stands below the options; made only where the help is asked for."""

    def format_help(self) -> str:
        """Return the help, and below it what `more` lists."""
        text = super().format_help()
        return f"{text}\n{self.more()}\n" if self.more is not None else text

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message[0].upper()}{message[1:].rstrip('.')}; see `{self.prog} --help`.")


def _parser() -> tuple[_Parser, dict[str, Command]]:
    from ceramer.cli import _analyse, _audit, _cycle, _homogenise, _library, _new, _simulate

    parser = _Parser(
        prog="ceramer",
        description="A virtual laboratory for composite solid electrolytes and lithium-metal cells.",
        epilog=_EXIT,
    )
    parser.add_argument("--version", action="version", version=f"ceramer {__version__}")
    parser.add_argument("--traceback", action="store_true", help=argparse.SUPPRESS)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    table: dict[str, Command] = {}

    def add(name: str, run: Command, text: str, *, html: bool = True) -> _Parser:
        sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", epilog=_EXIT)
        add_output_options(sub, html=html)
        table[name] = run
        return sub

    sub = add("reproduce", _library.reproduce, "compare every claim of the papers with our own numbers")
    sub.add_argument("names", nargs="*", metavar="SYSTEM", help="published systems (default: all)")
    sub.add_argument("--all", action="store_true", help="list the claims that are not answered yet, too")
    sub.add_argument("--strict", action="store_true", help="exit 1 if a prediction disagrees")
    sub.add_argument("--no-voxels", action="store_true", help="closed forms only, no solves on voxel images")
    sub = add("systems", _library.systems, "list the published systems", html=False)
    sub = add("show", _library.show, "show a system, a material or a file, with its sources", html=False)
    sub.add_argument(
        "name",
        metavar="NAME",
        help="a system, a material, or a file (stack, cell, recipe, protocol)",
    )
    sub = add("audit", _audit.audit, "check printed numbers against every relation that links them")
    sub.add_argument("name", nargs="?", metavar="SYSTEM|FILE.toml", help="a paper, a system or your own file")
    sub.add_argument("--strict", action="store_true", help="exit 1 if numbers contradict one another")
    sub = add("new", _new.new, "write a commented file that runs as it is", html=False)
    sub.add_argument("kind", metavar="KIND", help="cell, stack, recipe, protocol, audit, microstructure or spectrum")
    sub.add_argument("--out", metavar="FILE", help="where to write it (default: my_KIND.toml; '-': standard output)")
    sub.add_argument("--force", action="store_true", help="replace an existing file")
    sub = add("simulate", _simulate.simulate, "carry out a protocol on a cell and record what an instrument would")
    _simulate.add_options(sub)
    sub = add("cycle", _cycle.cycle, "repeat one cycle of a protocol for the life of a cell, and say what ends it")
    _cycle.add_options(sub)
    sub = add("analyse", _analyse.analyse, "turn instrument files into numbers with uncertainties")
    _analyse.add_options(sub)
    sub.more = _analyse.lists
    sub = add("homogenise", _homogenise.homogenise, "effective conductivity of a voxel image or recipe", html=False)
    _homogenise.add_options(sub)
    return parser, table


def _not_understood(word: str, command: str | None, parser: _Parser) -> InputError:
    """Return the complaint about a word that no option of a command takes."""
    choices = next(a.choices for a in parser._actions if isinstance(a, argparse._SubParsersAction))
    owner = choices[command] if command else parser
    see = f"See `{owner.prog} --help`."
    if Path(word).exists() or Path(word).suffix in (".toml", ".csv", ".txt", ".mpt"):
        return InputError(f"{word!r} stands apart: name all files together, before the options. {see}")
    if not word.startswith("-"):
        return InputError(
            f"`{owner.prog}` does not know what to do with {word!r}; put a value with its unit in quotes, such as "
            f"--area '1.3 cm2'. {see}"
        )
    return UnknownNameError(f"option of `{owner.prog}`", word, owner._option_string_actions, see)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    show_traceback = "--traceback" in arguments
    try:
        parser, table = _parser()
        words = [word for word in arguments if not word.startswith("-")]
        if words and words[0] not in table:
            raise UnknownNameError("command", words[0], table, "See `ceramer --help`.")
        parsed, strange = parser.parse_known_args(arguments)
        if strange:
            raise _not_understood(strange[0], parsed.command, parser)
        if parsed.command is None:
            parser.print_help()
            return 0
        return table[parsed.command](parsed)
    except CeramerError as error:
        if show_traceback:
            raise
        print(f"ceramer: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # the reader of our output has gone, for example `ceramer systems | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("ceramer: interrupted.", file=sys.stderr)
        return 130
