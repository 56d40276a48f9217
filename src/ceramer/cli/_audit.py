"""`ceramer audit [SYSTEM | FILE.toml]`."""

from __future__ import annotations

import argparse

from ceramer.cli._output import console, write_json, write_text

__all__ = ["audit"]


def audit(arguments: argparse.Namespace) -> int:
    """Audit the papers, one paper, one system, or a user's own numbers."""
    from ceramer import library, report

    name = arguments.name
    if name is None:
        reports = [library.audit_paper(paper) for paper in library.PAPERS]
    elif name.endswith(".toml"):
        reports = [library.audit(name)]
    else:
        reports = [library.audit_system(name)]
    out = console(arguments)
    for item in reports:
        out.print(report.audit_table(item))
    if arguments.json:
        documents = [item.to_dict() for item in reports]
        write_json(arguments.json, documents[0] if len(documents) == 1 else documents)
    if arguments.html:
        write_text(arguments.html, report.audit_html(reports))
    return int(arguments.strict and any(item.alarms for item in reports))
