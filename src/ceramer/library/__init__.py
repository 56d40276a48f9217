"""The published systems and their claims as data, and what compares them with our own numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ceramer.library._describe import cell_results, stack_results
from ceramer.library._facts import PAPERS, Fact, assumption_book, claims, fact, fact_book, facts
from ceramer.library._systems import (
    SystemSpec,
    book,
    build_cell,
    build_stack,
    load,
    load_cell,
    load_medium,
    load_microstructure,
    load_recipe,
    load_stack,
    recipes,
    system,
    systems,
)
from ceramer.library.audit import AuditReport, audit, audit_paper

if TYPE_CHECKING:
    from ceramer.library._reproduce import (
        Alternative,
        FindingRow,
        Reproduction,
        Row,
        audit_system,
        printed_uncertainty,
        relation_of,
        reproduce,
    )

__all__ = [
    "PAPERS",
    "Alternative",
    "AuditReport",
    "Fact",
    "FindingRow",
    "Reproduction",
    "Row",
    "SystemSpec",
    "assumption_book",
    "audit",
    "audit_paper",
    "audit_system",
    "book",
    "build_cell",
    "build_stack",
    "cell_results",
    "claims",
    "fact",
    "fact_book",
    "facts",
    "load",
    "load_cell",
    "load_medium",
    "load_microstructure",
    "load_recipe",
    "load_stack",
    "printed_uncertainty",
    "recipes",
    "relation_of",
    "reproduce",
    "stack_results",
    "system",
    "systems",
]


def __getattr__(name: str) -> Any:
    """Return what compares claims with our numbers: it brings every model along, so it is imported when used."""
    if name in __all__:
        from ceramer.library import _reproduce

        return getattr(_reproduce, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
