"""A number worth printing: value, uncertainty, how it was obtained, and what a reader must know."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ceramer import units

if TYPE_CHECKING:
    import pint

__all__ = ["Kind", "Result", "agrees"]


class Kind(StrEnum):
    """How a number was obtained."""

    INPUT = "input"
    CALIBRATED = "calibrated"
    PREDICTED = "predicted"
    AUDIT = "audit"
    INFERRED = "inferred"
    MEASURED = "measured"
    NOT_YET = "not_yet"


@dataclass(frozen=True)
class Result:
    """One quantity with its standard uncertainty, method, inputs and warnings. Numbers are SI floats inside.

    Parameters
    ----------
    quantity : str
        Field's term, spelled out ("ionic_conductivity").
    value : float
        SI units.
    unit : str
        Unit to show it in ("mS/cm").
    standard_uncertainty : float or None
        SI units; None when none can be given honestly (the reason belongs in `warnings`).
    interval : (low, high) or None
        95 % interval in SI units, where it is not symmetric.
    kind : Kind
        input, calibrated, predicted, inferred, measured or audit.
    method : str
        One line: the equation or procedure.
    inputs, assumed : tuple of str
        Ids or descriptions of what went in; `assumed` are those nobody measured.
    warnings : tuple of str
        Plain sentences.
    """

    quantity: str
    value: float
    unit: str = "1"
    standard_uncertainty: float | None = None
    interval: tuple[float, float] | None = None
    kind: Kind = Kind.MEASURED
    method: str = ""
    inputs: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        text = f"{self.quantity} = {self.text} ({self.kind}"
        if self.assumed:
            text += f"; assumes {', '.join(self.assumed)}"
        return text + ")"

    @property
    def text(self) -> str:
        """Value and uncertainty in the unit of the field, such as '0.750(12) mS/cm'."""
        return units.show(self.value, self.unit, self.standard_uncertainty)

    @property
    def ufloat(self) -> Any:
        """The value as an `uncertainties.ufloat` in SI units (a fresh one: two ufloats are never equal)."""
        from uncertainties import ufloat

        return ufloat(self.value, self.standard_uncertainty if self.standard_uncertainty is not None else math.nan)

    def to_quantity(self) -> pint.Quantity[Any]:
        """The value as a pint quantity in its own unit."""
        return units.to_quantity(self.value, self.unit, self.standard_uncertainty)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-ready dictionary, numbers in the unit of the field."""
        factor = 1.0 if self.unit == "degC" else units.si_factor(self.unit)
        return {
            "quantity": self.quantity,
            "value": units.convert(self.value, self.unit),
            "unit": self.unit,
            "standard_uncertainty": None if self.standard_uncertainty is None else self.standard_uncertainty / factor,
            "interval": None if self.interval is None else [units.convert(x, self.unit) for x in self.interval],
            "kind": str(self.kind),
            "method": self.method,
            "inputs": list(self.inputs),
            "assumed": list(self.assumed),
            "warnings": list(self.warnings),
        }


def agrees(value: float, uncertainty: float | None, printed: float, printed_uncertainty: float | None) -> bool:
    """Whether two numbers differ by no more than two combined standard uncertainties."""
    combined = math.hypot(uncertainty or 0.0, printed_uncertainty or 0.0)
    return abs(value - printed) <= 2.0 * combined
