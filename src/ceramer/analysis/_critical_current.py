"""Critical current density: the highest current of a staircase without a short, its protocol stored with it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ceramer.analysis._half_cycles import HalfCycles, half_cycles
from ceramer.analysis._report import AnalysisReport, stated
from ceramer.analysis._short import ShortVerdict, judge_shorts
from ceramer.analysis._uncertain import Array, Number, number, series_of
from ceramer.errors import InputError
from ceramer.provenance import Result

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["critical_current_density"]

_EQUAL = 0.03


def critical_current_density(
    time: object,
    current: object,
    voltage: object,
    *,
    area: Number,
    temperature: Number | None = None,
) -> AnalysisReport:
    """Return the highest current density of a staircase that a cell bore without a short.

    The protocol is read from the data: *fixed capacity* when the charge of a half-cycle is the same in every step,
    *fixed time* when its duration is. The two are not comparable, so the protocol is part of the name of the result.

    Parameters
    ----------
    time, current, voltage : shape (n,), [s], [A], [V]
    area : S of the electrode, [m2]
    temperature : [K], reported with the result

    Returns
    -------
    AnalysisReport
        critical_current_density_fixed_capacity or ..._fixed_time [A/m2] with the interval (last step borne, step
        that failed); ..._lower_bound where nothing failed. A table of steps.

    Raises
    ------
    InputError
        Fewer than two current levels.

    Notes
    -----
    A property of cell, protocol, pressure and temperature, not of the electrolyte alone. Known only to the width of a
    step.
    """
    s = number(area, "area", positive=True, example="1.131e-4")
    t, i, v = series_of(time=time, current=current, voltage=voltage, at_least=16)
    halves = half_cycles(t, i, v)
    step = _steps(np.abs(halves.current))
    count = int(step[-1]) + 1
    if count < 2:
        raise InputError(
            "Only one current level was found, which is no critical-current test; use plating_stripping for it."
        )
    verdict = judge_shorts(t, i, v, halves)
    verdict = _collapse(halves, verdict, step)
    failed = _failed_step(halves, step, verdict)
    table = _table(halves, step, count, s.value, failed)
    level = np.array(table["current density / mA/cm2"]) * 10.0
    warnings: list[str] = []
    notes: list[str] = []
    protocol, sentence = _protocol(halves, step, count, failed)
    if protocol == "mixed":
        warnings.append(sentence)
    else:
        notes.append(sentence)
    if (np.diff(level) <= 0.0).any():
        warnings.append(
            "The current does not rise from step to step: a lower step after a higher one meets an aged cell."
        )
    name = "critical_current_density" + ("" if protocol == "mixed" else f"_{protocol}")
    if failed is None:
        warnings.append(f"Nothing failed up to {level.max() * 0.1:.4g} mA/cm2: the value is a lower bound.")
        result = Result(
            f"{name}_lower_bound", float(level.max()), "mA/cm2", method="highest step borne; no step failed"
        )
        headline = f"No short up to {level.max() * 0.1:.4g} mA/cm2."
    elif failed == 0:
        warnings.append("The cell failed in the first step: the value is an upper bound.")
        result = Result(
            f"{name}_upper_bound", float(level[0]), "mA/cm2", method="the first step already failed", interval=None
        )
        headline = f"{verdict.headline} The first step already failed."
    else:
        below = float(level[:failed].max())
        bad = float(level[failed])
        result = Result(
            name,
            below,
            "mA/cm2",
            interval=(below, bad),
            method="highest step borne; the interval ends at the step that failed",
        )
        headline = f"{verdict.headline} It fell in the step of {bad * 0.1:.4g} mA/cm2."
        if bad / below > 1.5:
            warnings.append(
                f"The steps are coarse: the true value lies anywhere from {below * 0.1:.4g} to {bad * 0.1:.4g} mA/cm2."
            )
        repeats = int(table["half-cycles"][:failed].min())
        if repeats < 2:
            warnings.append("A step lasted less than one whole cycle: the electrode was not both plated and stripped.")
    if verdict.kind == "soft":
        warnings.append(f"The failure is a soft short: {' '.join(verdict.evidence)}")
    elif verdict.kind == "hard":
        notes.extend(verdict.evidence)
    return AnalysisReport(
        "critical_current_density",
        (result,),
        verdict=headline,
        warnings=tuple(warnings),
        notes=tuple(notes),
        inputs=(
            stated("area", s, "cm2"),
            *(() if temperature is None else (stated("temperature", temperature, "degC"),)),
        ),
        tables={"steps": table},
        series={"time": t, "voltage": v, "current_density": i / s.value},
    )


def _steps(level: Array) -> Array:
    """Number the runs of half-cycles that share a current."""
    change = np.abs(np.diff(np.log(level))) > math.log1p(_EQUAL)
    return np.concatenate([[0], np.cumsum(change)])


def _failed_step(halves: HalfCycles, step: Array, verdict: ShortVerdict) -> int | None:
    if verdict.time is None:
        return None
    at = int(np.searchsorted(halves.start, verdict.time, side="right")) - 1
    return int(step[max(at, 0)])


def _collapse(halves: HalfCycles, verdict: ShortVerdict, step: Array) -> ShortVerdict:
    """A voltage that no longer rises with the current: the resistance of a whole step below half of the one before."""
    medians = np.array([np.median(halves.resistance[step == k]) for k in range(int(step[-1]) + 1)])
    fall = np.flatnonzero(medians[1:] < 0.5 * medians[:-1]) + 1
    if fall.size == 0:
        return verdict
    first = int(np.argmax(step == fall[0]))
    when = float(halves.start[first])
    if verdict.time is not None and verdict.time <= when:
        return verdict
    text = f"|V|/|I| fell from {medians[fall[0] - 1]:.4g} to {medians[fall[0]]:.4g} ohm with the step of the current."
    kind = "hard" if medians[fall[0]] < 0.2 * medians[fall[0] - 1] else "soft"
    return ShortVerdict(kind, when, (when, when), (text,))


def _protocol(halves: HalfCycles, step: Array, count: int, failed: int | None) -> tuple[str, str]:
    last = count if failed is None else failed + 1
    whole = [np.median(halves.charge[step == k]) for k in range(max(last - (failed is not None), 2))]
    times = [np.median(halves.duration[step == k]) for k in range(max(last - (failed is not None), 2))]
    spread_q, spread_t = (float(np.ptp(x) / np.mean(x)) for x in (whole, times))
    if spread_q < 0.08 and spread_t >= 0.08:
        return "fixed_capacity", "Protocol: fixed capacity per half-cycle; not comparable with fixed time."
    if spread_t < 0.08 and spread_q >= 0.08:
        return "fixed_time", (
            f"Protocol: fixed time, {np.mean(times) / 3600.0:.3g} h per half-cycle, "
            "so the capacity grows with the current; "
            "not comparable with fixed capacity."
        )
    return "mixed", (
        "Neither the capacity nor the time of a half-cycle is constant over the steps: "
        "the protocol is neither fixed capacity nor fixed time, and the value compares with no other."
    )


def _table(halves: HalfCycles, step: Array, count: int, area: float, failed: int | None) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for k in range(count):
        mine = step == k
        rows.append(
            {
                "step": k + 1,
                "current density / mA/cm2": float(np.median(np.abs(halves.current[mine]))) / area * 0.1,
                "half-cycles": int(mine.sum()),
                "time per half-cycle / h": float(np.median(halves.duration[mine])) / 3600.0,
                "areal capacity / mAh/cm2": float(np.median(halves.charge[mine])) / area / 3.6e4,
                "overpotential / mV": float(np.median(halves.eta_mid[mine])) * 1e3,
                "area specific resistance / ohm cm2": float(np.median(halves.resistance[mine])) * area * 1e4,
                "outcome": "borne" if failed is None or k < failed else "failed" if k == failed else "after failure",
            }
        )
    return pd.DataFrame(rows)
