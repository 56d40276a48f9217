"""Fade of the published cells: extrapolated where three points are printed, `needs curve` where only the end is.

A first and a last capacity fix one rate of fade and test nothing. One cell has three points: NCM811|PLM|Li
after 100 and 500 cycles.
"""

from __future__ import annotations

from ceramer import laws
from ceramer.library._registry import predict
from ceramer.provenance import Ledger

__all__ = ["NEEDS_CURVE", "NEEDS_CURVE_REASON"]

NEEDS_CURVE = frozenset(
    "A0087 A0099 A0100 A0136 A0140 A0149 A0150 A0159 A0164 A0171 A0419 F001-174 F001-176 F001-180 F001-182 F003-042 "
    "F003-043 F003-044 F003-055 F003-056 F003-069 F003-070 F003-071 F003-072 F003-073 F003-074".split()
)
NEEDS_CURVE_REASON = (
    "needs curve: only the end of the fade is printed; with the first cycle it fixes one rate and tests no law"
)


def _faded(ledger: Ledger, power: float) -> float:
    """Capacity after 500 cycles [C/kg]: the loss of 100 cycles grown as a power of their number."""
    first = ledger("F003-069") / ledger("F003-072")
    lost = 1.0 - float(laws.retention(first, ledger("F003-069")))
    ratio = ledger("F003-080") / ledger("F003-075")
    return first * float(laws.active_material_left(ratio**power, lost))


predict(
    "F003-079",
    "loss of the first 100 cycles in proportion to the cycles: contact or active material lost one after another",
    misfit="the cell loses faster after the first 100 cycles, or ran at 0.5C as the text says and not at 0.2C as the "
    "caption does: a higher rate alone lowers it",
    alternatives=(
        ("loss as the square root of the cycles: a film that stops its own growth", lambda ledger: _faded(ledger, 0.5)),
    ),
)(lambda ledger: _faded(ledger, 1.0))
