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

from ceramer import units
from ceramer.errors import InputError
from ceramer.library._experiments._virtual import SAMPLES, bench
from ceramer.library._registry import predict
from ceramer.provenance import Ledger

if TYPE_CHECKING:
    from ceramer.physics import CellModel

__all__: list[str] = []

_T22 = units.ZERO_CELSIUS + 22.0
_HALF_HOUR = 1800.0
_PRINTED_CHARGE = 0.5 * units.si_factor("mAh/cm2")
_SMALL = 1e-3  # A/m2: profiles are in proportion to it


@functools.lru_cache(maxsize=1 << 8)
def _response(model: CellModel, longest: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times [s] after rest and the largest relative loss of salt anywhere, per current density [m2/A]."""
    from ceramer.experiments import Protocol, parse_step, run

    steps = (
        parse_step(f"Rest for {longest!r} s, every {longest!r} s"),
        parse_step(f"Charge at {_SMALL} A/m2 for {longest!r} s, every {longest / 200.0!r} s"),
    )
    done = run(model, Protocol("response", "plating", steps), area=1.0, profiles=True, relative_tolerance=1e-6)
    profiles = done.profiles
    assert profiles is not None  # asked for
    late = profiles.time > longest * (1.0 + 1e-12)
    salt = profiles.values["concentration"]
    rest = salt[~late][-1]
    loss = np.maximum.accumulate(((rest - salt[late]) / rest).max(axis=1)) / _SMALL
    return profiles.time[late] - longest, loss


def _borne_for(duration: float, cell: str, ledger: Ledger) -> float:
    """Return the current density [A/m2] at which the salt is used up somewhere after a time [s]."""
    times, loss = _response(bench(cell, ledger, _T22).model, duration)
    return float(1.0 / np.interp(duration, times, loss))


def _borne_charge(charge: float, cell: str, ledger: Ledger) -> float:
    """Return the current density [A/m2] at which the salt is used up somewhere just after a charge [C/m2]."""
    longest = 3600.0
    for _ in range(8):
        times, loss = _response(bench(cell, ledger, _T22).model, longest)
        passed = times / loss  # at the current that uses up the salt at that time
        if passed[-1] >= charge:
            return float(np.interp(charge, passed, 1.0 / loss))
        longest *= 4.0
    raise InputError(f"{cell}: no current uses up the salt within {charge:.4g} C/m2.")


_METHOD = "largest current at which the salt of the layers lasts {}, linear in the current: a bound whatever shorts do"
_MISFIT = (
    "at the printed current the salt of these layers is used up within seconds: far more salt moves than conductivity "
    "and transference number say, or soft shorts carried a part of the current"
)
for _claim, _cell in (("A0352", "Li|UVEA-LATP-UVEA|Li"), ("A0353", "Li|UVEA-LTO-UVEA|Li")):
    predict(_claim, _METHOD.format("0.5 h"), misfit=_MISFIT, samples=SAMPLES, gap="not_identifiable")(
        partial(_borne_for, _HALF_HOUR, _cell)
    )
predict("A0414", _METHOD.format("0.5 mAh/cm2"), misfit=_MISFIT, samples=SAMPLES, gap="not_identifiable")(
    partial(_borne_charge, _PRINTED_CHARGE, "Li|UVEA-LATP-UVEA|Li")
)


@predict("A0350", _METHOD.format("0.5 mAh/cm2"), misfit=_MISFIT, samples=SAMPLES, gap="not_identifiable")
def _lvo(ledger: Ledger) -> float:
    return _borne_charge(ledger("A0351"), "Li|UVEA-LVO-UVEA|Li", ledger)


@predict(
    "A0111",
    _METHOD.format("the 0.5 mAh/cm2 of the cycles at 20 mA/cm2") + "; the charge of the test is not in the text",
    misfit=_MISFIT,
    samples=SAMPLES,
    gap="not_identifiable",
)
def _hierarchical(ledger: Ledger) -> float:
    return _borne_charge(ledger("A0118"), "Li|H-SSE|Li", ledger)
