"""What cycler exports have in common: a step type that says the direction of an unsigned current."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from ceramer.measurement._table import Table

__all__ = ["sign_current"]

_DISCHARGE: Final = re.compile(r"^D$|DCHG|DISCH|DCHARGE", re.IGNORECASE)


def sign_current(table: Table, steps: Sequence[str]) -> None:
    """Make the current negative in discharge steps where the file prints magnitudes only.

    `steps` is the step type of each row as text; where the file has lost it, that is said.
    """
    current = table.columns.get("Current / A")
    if current is None or not current.size or bool(np.any(current < 0.0)):
        return
    if not steps:
        table.warnings.append("The file has no column of step types, so the sign of the current is as printed.")
        return
    kinds = {step: _DISCHARGE.search(step.strip()) is not None for step in set(steps)}
    discharge = np.array([kinds[step] for step in steps])
    table.columns["Current / A"] = np.where(discharge, 0.0 - current, current)
