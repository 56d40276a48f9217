"""`ceramer new KIND`: a commented file that runs as it is."""

from __future__ import annotations

import argparse
from importlib.resources import files
from pathlib import Path

from ceramer.cli._output import console, write_json, write_text
from ceramer.errors import InputError, UnknownNameError

__all__ = ["KINDS", "new"]

KINDS = {
    "cell": ("cell.toml", "ceramer show {}"),
    "stack": ("stack.toml", "ceramer show {}"),
    "recipe": ("recipe.toml", "ceramer show {}"),
    "audit": ("audit.toml", "ceramer audit {}"),
    "protocol": ("protocol.toml", "ceramer simulate my_cell.toml --protocol {}"),
    "microstructure": ("microstructure.toml", "ceramer homogenise {}"),
    "spectrum": ("spectrum.csv", "ceramer analyse {} --thickness '350(10) um' --area '1.131 cm2'"),
}


def _text(template: str) -> str:
    if template == "recipe.toml":
        from ceramer.formulation import template as recipe

        return recipe()
    return files("ceramer.library").joinpath(f"data/templates/{template}").read_text(encoding="utf-8")


def new(arguments: argparse.Namespace) -> int:
    """Write the template of a kind of file and say what to do with it."""
    if arguments.kind not in KINDS:
        raise UnknownNameError("kind of file", arguments.kind, KINDS)
    template, command = KINDS[arguments.kind]
    text = _text(template)
    target = arguments.out or f"my_{template}"
    if target != "-" and Path(target).exists() and not arguments.force:
        raise InputError(f"{target} exists already; give --force to replace it, or --out another file.")
    write_text(target, text)
    if target != "-":
        console(arguments).print(
            f"Wrote {target}. Try: {command.format(target)}", markup=False, highlight=False, soft_wrap=True
        )
    if arguments.json:
        write_json(arguments.json, {"kind": arguments.kind, "file": target})
    return 0
