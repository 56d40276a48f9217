"""Commands over the library: reproduce, systems, show."""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from typing import Any

from ceramer.cli._output import console, progress, write_json, write_text

__all__ = ["reproduce", "show", "systems"]


def reproduce(arguments: argparse.Namespace) -> int:
    """`ceramer reproduce [SYSTEM ...]`."""
    from ceramer import library, report

    voxels = not arguments.no_voxels and find_spec("numba") is not None
    with progress(arguments, "reproduce") as advance:
        result = library.reproduce(arguments.names, voxels=voxels, progress=advance)
    console(arguments).print(report.reproduce_table(result, everything=arguments.all))
    if arguments.json:
        write_json(arguments.json, result.to_dict())
    if arguments.html:
        audits = [library.audit_paper(paper) for paper in library.PAPERS] if not arguments.names else []
        write_text(arguments.html, report.reproduce_html(result, audit_reports=audits))
        console(arguments).print(f"Report: {arguments.html}")
    return int(arguments.strict and result.count(verdict="disagree") > 0)


def systems(arguments: argparse.Namespace) -> int:
    """`ceramer systems`."""
    from ceramer import library, report

    found = library.systems()
    console(arguments).print(report.systems_table(found))
    if arguments.json:
        write_json(
            arguments.json,
            [
                {"name": s.name, "title": s.title, "paper": s.paper, "key": s.key, "claims": len(s.printed())}
                for s in found.values()
            ],
        )
    return 0


def _in_catalogue(name: str) -> bool:
    from ceramer import materials

    spellings = (text for item in materials.entries().values() for text in (item.name, *item.aliases))
    return name.casefold() in {text.casefold() for text in spellings}


def show(arguments: argparse.Namespace) -> int:
    """`ceramer show NAME`."""
    from ceramer import library, report

    out = console(arguments)
    document: Any
    if str(arguments.name).endswith(".toml"):
        shown, document = report.show_file(arguments.name)
        out.print(shown)
    elif _in_catalogue(arguments.name) and arguments.name.casefold() not in map(str.casefold, library.systems()):
        shown, document = report.show_material(arguments.name)
        out.print(shown)
    else:
        spec = library.system(arguments.name)
        out.print(report.show_system(spec))
        if _in_catalogue(arguments.name):  # a pellet of a material that the catalogue knows
            out.print(report.show_material(arguments.name)[0])
        document = {
            "name": spec.name,
            "title": spec.title,
            "paper": spec.paper,
            "about": spec.about,
            "recipe": spec.recipe,
            "preparation": list(spec.preparation),
            "notes": list(spec.notes),
            "layers": [layer.name for layer in spec.stack.layers] if spec.stack else [],
            "claims": [claim.id for claim in spec.printed()],
        }
    if arguments.json:
        write_json(arguments.json, document)
    return 0
