"""Shorts in a symmetric cell: none, soft or hard, when, and on what evidence."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ceramer.analysis._half_cycles import HalfCycles, half_cycles
from ceramer.analysis._report import AnalysisReport, stated
from ceramer.analysis._statistics import noise_of
from ceramer.analysis._uncertain import Array, Number, Rows, series_of
from ceramer.errors import InputError
from ceramer.provenance import Result

__all__ = ["ShortVerdict", "judge_shorts", "shorts"]

_HARD = 0.2
_SOFT = 0.85
_NOISE = 6.0
_PHASES = 25


@dataclass(frozen=True)
class ShortVerdict:
    """`kind` is "none", "soft" or "hard"; `time` [s] and `interval` say when; `evidence` holds plain sentences."""

    kind: str
    time: float | None
    interval: tuple[float, float] | None
    evidence: tuple[str, ...]
    against: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """One sentence."""
        if self.kind == "none":
            return "No short was found."
        when = "" if self.time is None else f" at {self.time / 3600.0:.4g} h"
        return f"A {self.kind} short{when}."

    def sentences(self) -> tuple[str, ...]:
        """The headline with its evidence, as warnings (empty for none)."""
        return () if self.kind == "none" else (f"{self.headline} {' '.join(self.evidence)}",)


def shorts(
    time: object,
    current: object,
    voltage: object,
    *,
    impedance_time: object | None = None,
    bulk_resistance: object | None = None,
    bulk_resistance_uncertainty: object | None = None,
    area: Number | None = None,
) -> AnalysisReport:
    """Tell no, soft and hard shorts apart from V(t) of a galvanostatic symmetric cell, better with impedance.

    The resistance r = |V|/|I| of every sample is compared with the median of the half-cycles before. *hard*: r falls
    below 20 % of it and stays there to the end. *soft*: r drops abruptly by more than 15 % and six times the noise
    within a half-cycle at constant current, whether it recovers or not. A slow decline is conditioning, not a short.
    With
    impedance, a bulk resistance that falls with the voltage confirms, one that stays contradicts.

    Parameters
    ----------
    time, current, voltage : shape (n,), [s], [A], [V]
    impedance_time, bulk_resistance, bulk_resistance_uncertainty : shape (m,), [s], [ohm], [ohm]
        High-frequency (bulk) resistance of spectra taken during the run.
    area : [m2], reported only

    Returns
    -------
    AnalysisReport
        short_time [s] with its interval where there is one; the verdict in `verdict`, the evidence in `warnings`.

    Raises
    ------
    InputError
        Columns that do not fit together.

    Notes
    -----
    V(t) alone cannot tell a soft short from an interface that suddenly wets; the report says so without impedance.
    """
    t, i, v = series_of(time=time, current=current, voltage=voltage, at_least=8)
    halves = half_cycles(t, i, v)
    spectra: tuple[Array, Array, Array | None] | None = None
    if (impedance_time is None) != (bulk_resistance is None):
        raise InputError("impedance_time and bulk_resistance belong together; give both.")
    if impedance_time is not None:
        if bulk_resistance_uncertainty is None:
            a, b = series_of(impedance_time=impedance_time, bulk_resistance=bulk_resistance)
            spectra = (a, b, None)
        else:
            a, b, c = series_of(
                impedance_time=impedance_time, bulk_resistance=bulk_resistance, uncertainty=bulk_resistance_uncertainty
            )
            spectra = (a, b, c)
    verdict = judge_shorts(t, i, v, halves, spectra)
    notes = list(verdict.against)
    if spectra is None:
        notes.append(
            "Judged from the voltage alone: a sudden fall may also be an interface that wets, and a cell that was "
            "shorted from its first minute shows no fall; impedance spectra would decide."
        )
    results: tuple[Result, ...] = ()
    if verdict.time is not None:
        results = (
            Result(
                "short_time", verdict.time, "h", interval=verdict.interval, method="first drop of |V|/|I| that counts"
            ),
        )
    return AnalysisReport(
        "shorts",
        results,
        verdict=verdict.headline,
        warnings=verdict.sentences(),
        notes=tuple(notes),
        inputs=() if area is None else (stated("area", area, "cm2"),),
        tables={"half-cycles": halves.frame(None)},
        series={"time": t, "voltage": v, "current": i},
    )


def judge_shorts(
    t: Array,
    i: Array,
    v: Array,
    halves: HalfCycles,
    spectra: tuple[Array, Array, Array | None] | None = None,
) -> ShortVerdict:
    """Return the verdict on arrays that have been checked."""
    inside, member = _members(t, i, halves)
    r = v[inside] / i[inside]
    when = t[inside]
    reference = _reference(r, member, len(halves))
    soft = _soft(when, r, member, halves, reference)
    hard = _hard(when, r, member, halves, reference, math.inf if soft is None else soft[0])
    restless = _fluctuates(when, r, member) if soft is None else None
    candidates = [found for found in (hard, soft, restless) if found is not None]
    verdict = ShortVerdict("none", None, None, (), _decline(halves))
    if candidates:
        kind = "hard" if hard is not None else "soft"
        first = min(candidates, key=lambda found: found[0])
        sentences = [found[2] for found in candidates]
        verdict = ShortVerdict(kind, first[0], first[1], tuple(sentences))
    return verdict if spectra is None else _with_impedance(verdict, spectra)


def _members(t: Array, i: Array, halves: HalfCycles) -> tuple[Rows, Rows]:
    """Rows that lie inside half-cycles (their first 3 % left out: charging of the double layer) and whose they are."""
    flags = np.zeros(t.size + 1)
    flags[halves.start_row] += 1.0
    flags[halves.stop_row] -= 1.0
    index = np.zeros(t.size + 1)
    index[halves.start_row] = 1.0
    owner = np.cumsum(index[:-1]).astype(int) - 1
    inside = (np.cumsum(flags[:-1]) > 0.5) & (i != 0.0)
    owner_safe = np.clip(owner, 0, len(halves) - 1)
    late = t - halves.start[owner_safe] >= 0.03 * halves.duration[owner_safe]
    rows = np.flatnonzero(inside & late)
    return rows, owner[rows]


def _edges(member: Rows) -> tuple[Rows, Rows, Rows]:
    first = np.flatnonzero(np.concatenate([[True], np.diff(member) != 0]))
    last = np.concatenate([first[1:], [member.size]])
    return first, last, member[first]


def _reference(r: Array, member: Rows, count: int) -> Array:
    """For each half-cycle the median resistance of up to five before it (its own opening for the first)."""
    first, last, who = _edges(member)
    medians = np.full(count, np.nan)
    opening = np.full(count, np.nan)
    for a, b, k in zip(first, last, who, strict=True):
        medians[k] = np.median(r[a:b])
        opening[k] = np.median(r[a : a + max(3, (b - a) // 10)])
    reference = np.empty(count)
    for k in range(count):
        before = medians[max(0, k - 5) : k]
        before = before[np.isfinite(before) & (before > 0.0)]
        reference[k] = (
            np.median(before) if before.size >= 2 else max(opening[k], medians[k], 0.0) if k == 0 else opening[0]
        )
    return reference


def _hard(
    when: Array, r: Array, member: Rows, halves: HalfCycles, reference: Array, soft_from: float
) -> tuple[float, tuple[float, float], str] | None:
    """The moment after which the resistance stays below a fifth of what it was; a soft short may have come before."""
    peak = np.maximum.accumulate(np.nan_to_num(reference, nan=0.0))
    # The level before the fall: references that already saw the collapse must not excuse it.
    low = r < _HARD * peak[member]
    if not low[-1]:
        return None
    tail = low[max(0, low.size - 3) :]
    if not tail.all() or low.size < 4:
        return None
    high = np.flatnonzero(~low)
    if high.size == 0:
        return None
    # Single spikes after the collapse do not count as recovery.
    allowed = max(1, int(0.02 * (low.size - high[0])))
    after = np.cumsum((~low)[::-1])[::-1]
    start = int(np.argmax(after <= allowed)) if (after <= allowed).any() else int(high[-1]) + 1
    start = max(start, 1)
    while start < low.size and not low[start]:
        start += 1
    if start >= low.size - 1:
        return None
    before = r[max(0, start - 20) : start]
    level = float(np.median(before)) if before.size else float(peak[member[start]])
    remaining = float(np.median(r[start:]))
    # The collapse must be abrupt: a slow decline over many half-cycles is not a short (steps of a soft one are).
    early = when < min(when[start] - 3.0 * float(np.median(halves.duration)), soft_from)
    if early.any():
        past = float(np.median(r[early][-max(20, int(0.02 * r.size)) :]))
        if past < 2.0 * _HARD * float(peak[member[start]]):
            return None
    text = (
        f"|V|/|I| fell from {max(level, past if early.any() else level):.4g} to {remaining:.3g} ohm "
        "and stayed there to the end of the record."
    )
    return float(when[start]), (float(when[start - 1]), float(when[start])), text


def _soft(
    when: Array, r: Array, member: Rows, halves: HalfCycles, reference: Array
) -> tuple[float, tuple[float, float], str] | None:
    """The first abrupt drop within a half-cycle (by 15 %, by six times the noise, and not seen in every one), or one
    between two half-cycles that came before.
    """
    edges = _edges(member)
    inside, between = _within(when, r, edges, reference), _between(halves, edges, r, when)
    if inside is None or between is None:
        return inside or between
    # A drop early in a half-cycle lowers its median, too: its own moment is the better one.
    return between if between[0] + float(np.median(halves.duration)) < inside[0] else inside


def _within(
    when: Array, r: Array, edges: tuple[Rows, Rows, Rows], reference: Array
) -> tuple[float, tuple[float, float], str] | None:
    first, last, who = edges
    drops: dict[int, tuple[Array, int, float]] = {}
    profile = np.zeros((first.size, _PHASES))
    for row, (a, b, k) in enumerate(zip(first, last, who, strict=True)):
        n = int(b - a)
        width = max(2, min(5, n // 8))
        if n < max(8, 3 * width + 2):
            continue
        segment = r[a:b]
        means = np.convolve(segment, np.ones(width) / width, mode="valid")
        drop = means[: -width - 1] - means[width + 1 :]
        level = float(np.median(segment[: max(3, n // 10)]))
        level = max(level, float(reference[k]) if math.isfinite(reference[k]) else 0.0, 1e-300)
        drops[row] = (drop, width, level)
        phase = np.minimum(np.arange(drop.size) * _PHASES // drop.size, _PHASES - 1)
        np.maximum.at(profile[row], phase, drop / level)
    if not drops:
        return None
    # Nucleation peaks and the like recur at the same phase of every half-cycle; a short does not.
    usual = np.median(profile[list(drops)], axis=0) if len(drops) > 3 else np.zeros(_PHASES)
    usual = np.maximum(usual, np.maximum(np.roll(usual, 1), np.roll(usual, -1)))
    for row, (drop, width, level) in drops.items():
        a, b, k = int(first[row]), int(last[row]), int(who[row])
        segment = r[a:b]
        noise = noise_of(segment)
        phase = np.minimum(np.arange(drop.size) * _PHASES // drop.size, _PHASES - 1)
        excess = drop - 2.0 * usual[phase] * level
        at = int(np.argmax(excess))
        limit = max(
            (1.0 - _SOFT) * level, _NOISE * noise * math.sqrt(2.0 / width), 6.0 * float(np.median(np.abs(drop)))
        )
        if excess[at] > limit:
            fall = segment[at : at + 2 * width + 1]
            step = a + at + int(np.argmin(np.diff(fall))) + 1
            recovered = float(np.median(segment[-max(2, segment.size // 10) :])) > _SOFT * level
            text = (
                f"|V|/|I| dropped abruptly by {drop[at] / level:.0%} within half-cycle {k + 1} at constant current"
                f"{' and recovered' if recovered else ''}."
            )
            return float(when[step]), (float(when[step - 1]), float(when[step])), text
    return None


def _fluctuates(when: Array, r: Array, member: Rows) -> tuple[float, tuple[float, float], str] | None:
    """The first of two half-cycles in a row whose scatter is eight times the quiet one and 5 % of the level."""
    first, last, _ = _edges(member)
    long = last - first >= 12
    if long.sum() < 4:
        return None
    first, last = first[long], last[long]
    scatter = np.empty(first.size)
    level = np.empty(first.size)
    for k, (a, b) in enumerate(zip(first, last, strict=True)):
        segment = r[a:b]
        # The 90th percentile: one stray sample spoils three differences and must not count.
        scatter[k] = np.quantile(np.abs(segment[2:] - 2.0 * segment[1:-1] + segment[:-2]), 0.9)
        level[k] = abs(float(np.median(segment)))
    quiet = float(np.quantile(scatter, 0.25))
    loud = (scatter > 8.0 * quiet) & (scatter > 0.05 * level)
    pair = np.flatnonzero(loud[1:] & loud[:-1])
    if pair.size == 0:
        return None
    row = int(first[pair[0]])
    text = (
        f"From {when[row] / 3600.0:.4g} h on |V|/|I| fluctuates "
        f"{scatter[pair[0]] / max(quiet, 1e-300):.0f} times as much as "
        "before at constant current: contacts form and break."
    )
    return float(when[row]), (float(when[max(row - 1, 0)]), float(when[row])), text


def _decline(halves: HalfCycles) -> tuple[str, ...]:
    """A fall of the resistance over a few half-cycles that no jump explains; said, not judged."""
    same = np.abs(np.abs(halves.current) / np.median(np.abs(halves.current)) - 1.0) < 0.03
    resistance = halves.resistance[same]
    if resistance.size < 8:
        return ()
    ratio = resistance[5:] / resistance[:-5]
    k = int(np.argmin(ratio))
    if ratio[k] > 0.75:
        return ()
    return (
        f"|V|/|I| fell by {1.0 - ratio[k]:.0%} within five half-cycles without "
        "a jump: an interface that wets, or a short "
        "that grows slowly; impedance spectra would decide.",
    )


def _between(
    halves: HalfCycles, edges: tuple[Rows, Rows, Rows], r: Array, when: Array
) -> tuple[float, tuple[float, float], str] | None:
    """A drop that happened between two half-cycles of the same current and lasted."""
    first, last, who = edges
    medians = np.array([np.median(r[a:b]) for a, b in zip(first, last, strict=True)])
    level = np.abs(halves.current[who])
    if medians.size < 6:
        return None
    scatter = 1.4826 * float(np.median(np.abs(np.diff(medians) - np.median(np.diff(medians))))) / math.sqrt(2.0)
    for k in range(3, medians.size - 1):
        past, next_ = medians[max(0, k - 4) : k], medians[k : k + 2]
        if abs(level[k] / level[k - 1] - 1.0) > 0.03:
            continue
        base = float(np.median(past))
        if next_.max() < 0.75 * base and past.min() > 0.9 * base and base - next_.max() > _NOISE * scatter:
            a = int(first[k])
            text = f"|V|/|I| fell by {1.0 - next_.max() / base:.0%} from one half-cycle to the next and stayed lower."
            return float(when[a]), (float(when[a - 1]), float(when[a])), text
    return None


def _with_impedance(verdict: ShortVerdict, spectra: tuple[Array, Array, Array | None]) -> ShortVerdict:
    times, bulk, spread = spectra
    if bulk.size < 2:
        return verdict
    noise = float(np.median(spread)) if spread is not None else max(noise_of(bulk), 0.01 * float(np.median(bulk)))
    base = float(np.median(bulk[: max(1, bulk.size // 3)]))
    cut = verdict.time if verdict.time is not None else math.inf
    after = bulk[times > cut]
    before = bulk[times <= cut]
    if verdict.kind != "none" and after.size and before.size:
        fall = 1.0 - float(np.median(after)) / float(np.median(before))
        if fall > max(0.05, 3.0 * noise / base):
            text = f"The bulk resistance fell by {fall:.0%} as well."
            return ShortVerdict(verdict.kind, verdict.time, verdict.interval, (*verdict.evidence, text))
        if verdict.kind == "soft":
            text = (
                f"The voltage dropped at {cut / 3600.0:.4g} h, but the bulk resistance stayed "
                f"({fall:+.1%} lower): an interface improved, no short."
            )
            return ShortVerdict("none", None, None, (), (text,))
        return verdict
    low = np.flatnonzero(bulk < base - max(0.15 * base, 5.0 * noise))
    if verdict.kind == "none" and low.size and low[-1] == bulk.size - 1:
        start = int(low[np.argmax(low >= bulk.size - low.size)]) if low.size else 0
        span = (float(times[max(start - 1, 0)]), float(times[start]))
        text = f"The bulk resistance fell from {base:.4g} to {bulk[-1]:.4g} ohm, although the voltage shows no jump."
        return ShortVerdict("soft", float(times[start]), span, (text,))
    return verdict
