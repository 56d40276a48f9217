"""Critical currents by salt: the largest current that the salt of a stack bears over a printed half-cycle.

An upper bound on every critical current, whatever shorts do. Whether and where a cell shorts before it cannot be said:
no cell of these kinds was seen to short.
"""

from __future__ import annotations

import functools
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError
from ceramer.library._experiments._virtual import SAMPLES, answer, bench
from ceramer.library._registry import predict
from ceramer.provenance import Ledger

if TYPE_CHECKING:
    from ceramer.physics import CellModel

__all__: list[str] = []


@functools.lru_cache(maxsize=1 << 8)
def _response(model: CellModel, longest: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times [s] after rest and the largest relative loss of salt anywhere, per current density [m2/A]."""
    seen = answer(model, longest, 200)
    return seen.time, np.maximum.accumulate((-seen.change / seen.rest).max(axis=1))


def _borne_for(duration: float, model: CellModel) -> float:
    """Return the current density [A/m2] at which the salt is used up somewhere after a time [s]."""
    times, loss = _response(model, duration)
    return float(1.0 / np.interp(duration, times, loss))


def _borne_charge(charge: float, model: CellModel) -> float:
    """Return the current density [A/m2] at which the salt is used up somewhere just after a charge [C/m2]."""
    longest = 3600.0
    for _ in range(8):
        times, loss = _response(model, longest)
        passed = times / loss  # at the current that uses up the salt at that time
        if passed[-1] >= charge:
            return float(np.interp(charge, passed, 1.0 / loss))
        longest *= 4.0
    raise InputError(f"No current uses up the salt within {charge:.4g} C/m2.")


def _for_time(claim: str, cell: str, ledger: Ledger) -> float:
    time, temperature = ledger(f"{claim}.time"), ledger(f"{claim}.temperature")
    return _borne_for(time, bench(cell, ledger, temperature).model)


def _for_charge(charge: str, temperature: str, cell: str, ledger: Ledger) -> float:
    return _borne_charge(ledger(charge), bench(cell, ledger, ledger(temperature)).model)


_METHOD = "largest current at which the salt of the layers lasts {}, linear in the current: a bound whatever shorts do"
_MISFIT = (
    "at the printed current the salt of these layers is used up within seconds: far more salt moves than conductivity "
    "and transference number say, or soft shorts carried a part of the current"
)
for _claim, _cell in (("A0352", "Li|UVEA-LATP-UVEA|Li"), ("A0353", "Li|UVEA-LTO-UVEA|Li")):
    predict(_claim, _METHOD.format("0.5 h"), misfit=_MISFIT, samples=SAMPLES, gap="not_identifiable")(
        partial(_for_time, _claim, _cell)
    )
predict("A0414", _METHOD.format("0.5 mAh/cm2"), misfit=_MISFIT, samples=SAMPLES, gap="not_identifiable")(
    partial(_for_charge, "A0414.areal_capacity", "A0352.temperature", "Li|UVEA-LATP-UVEA|Li")
)
predict("A0350", _METHOD.format("0.5 mAh/cm2"), misfit=_MISFIT, samples=SAMPLES, gap="not_identifiable")(
    partial(_for_charge, "A0351", "A0350.temperature", "Li|UVEA-LVO-UVEA|Li")
)
predict(
    "A0111",
    _METHOD.format("the 0.5 mAh/cm2 of the cycles at 20 mA/cm2") + "; the charge of the test is not in the text",
    misfit=_MISFIT,
    samples=SAMPLES,
    gap="not_identifiable",
)(partial(_for_charge, "A0118", "A0106.temperature", "Li|H-SSE|Li"))
