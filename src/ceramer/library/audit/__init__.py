"""The audit: do the numbers of a paper, or a user's own, agree with one another?

>>> report = audit({"kind": "audit", "context": {"claim": {
...     "numerator": "1.5e-6 S/cm", "denominator": "5.7e-8 S/cm", "ratio": "32"}}})
>>> print(report.findings[0].sentence)
The ratio is printed as 32, but 1.5e-06 S/cm / 5.7e-08 S/cm = 26.32 (25.22 to 27.43): off by 22 %.
"""

from __future__ import annotations

from ceramer.library.audit._audit import AuditReport, audit, audit_paper, audited_claims, relations
from ceramer.library.audit._document import (
    AuditDocument,
    Context,
    Record,
    load_audit,
    paper_audit,
    parse_audit,
    schema,
    template,
)
from ceramer.library.audit._numbers import Number, read_number
from ceramer.library.audit._relation import Equation, Finding, Prediction, Rule, Verdict, Way
from ceramer.library.audit._roles import RECORDS, ROLES, Role

__all__ = [
    "RECORDS",
    "ROLES",
    "AuditDocument",
    "AuditReport",
    "Context",
    "Equation",
    "Finding",
    "Number",
    "Prediction",
    "Record",
    "Role",
    "Rule",
    "Verdict",
    "Way",
    "audit",
    "audit_paper",
    "audited_claims",
    "load_audit",
    "paper_audit",
    "parse_audit",
    "read_number",
    "relations",
    "schema",
    "template",
]
