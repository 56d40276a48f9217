"""Relations of signals and tests: NMR areas and shifts, DC steps, voids, critical currents."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ceramer import laws, units
from ceramer.library.audit._document import Context
from ceramer.library.audit._numbers import Number
from ceramer.library.audit._relation import Finding, Rule, Verdict, evaluate, finding, interval, total

__all__ = ["RELATIONS"]

_SHIFT = 0.1e-6


def _area_sums(rule: Rule, context: Context) -> Iterator[Finding]:
    """Areas of a deconvolution add up to 100 %."""
    for role in ("area_before", "area_after"):
        numbers = [record.number(role) for record in context.records.get("nmr", ())]
        present = [n for n in numbers if n is not None]
        if len(present) < 2 or len(present) != len(numbers):
            continue
        whole = total(present)
        agree = whole.low - 1e-9 <= 1.0 <= whole.high + 1e-9
        sentence = f"The areas {role.removeprefix('area_')} add up to {whole.value * 100:.4g} %."
        yield finding(context, rule, Verdict.AGREE if agree else Verdict.DISAGREE, sentence, present)


def _increase(rule: Rule, context: Context) -> Iterator[Finding]:
    """Factors against areas (one total growth T), and against the ceiling 1/abundance."""
    rows = []
    for record in context.records.get("nmr", ()):
        before, after = record.number("area_before"), record.number("area_after")
        if before is not None and after is not None:
            rows.append((record.name, before, after, record.number("increase_factor")))
    growths = [
        (name, factor, evaluate(lambda f, b, a: f * b / a, {"f": factor, "b": before, "a": after}))
        for name, before, after, factor in rows
        if factor is not None
    ]
    if not growths:
        return
    low, high = max(p.low for *_, p in growths), min(p.high for *_, p in growths)
    numbers = [n for _, b, a, f in rows for n in (b, a, f) if n is not None]
    if low > high * (1.0 + 1e-9):
        listed = ", ".join(f"{p.value:.4g} ({name})" for name, _, p in growths)
        sentence = f"F = T a_after / a_before needs one total growth T for all phases, but the areas give {listed}."
        yield finding(context, rule, Verdict.DISAGREE, sentence, numbers)
        return
    growth = sum(p.value for *_, p in growths) / len(growths)
    listed = ", ".join(f"{name} {float(laws.increase_factor(growth, b.value, a.value)):.3g}" for name, b, a, _ in rows)
    sentence = (
        f"One total growth T = {growth:.3g} gives every factor F = T a_after / a_before ({listed}): the factors say no "
        "more than the areas and T."
    )
    yield finding(context, rule, Verdict.AGREE, sentence, numbers)
    abundance = context.number("isotope_abundance")
    if abundance is None:
        return
    ceiling = evaluate(lambda x: float(laws.ceiling(x)), {"x": abundance})
    for name, before, after, _ in rows:
        grown = evaluate(lambda b, a: float(laws.increase_factor(growth, b, a)), {"b": before, "a": after})
        if grown.low > ceiling.high:
            sentence = (
                f"The factor of the {name}, {grown.value:.3g}, is above 1/{abundance.text} = {ceiling.value:.3g}, the "
                f"most that a fixed population can show: its population must have grown at least "
                f"{grown.value / ceiling.value:.2g}-fold."
            )
            yield finding(context, rule, Verdict.IMPOSSIBLE, sentence, [*numbers, abundance])


def _shifts(rule: Rule, context: Context) -> Iterator[Finding]:
    """Shifts in ppm of two isotopes of one phase agree within 0.1 ppm."""
    six, seven = context.number("shift_6Li"), context.number("shift_7Li")
    if six is None or seven is None:
        return
    gap = abs(six.value - seven.value)
    agree = gap <= _SHIFT + (six.high - six.low + seven.high - seven.low) / 2.0
    sentence = f"The 6Li and 7Li shifts of one phase, {six.text} and {seven.text}, differ by {gap * 1e6:.2f} ppm"
    sentence += "." if agree else "; isotopes of one element agree within 0.1 ppm: a reference or a label is wrong."
    yield finding(context, rule, Verdict.AGREE if agree else Verdict.DISAGREE, sentence, [six, seven])


def _slopes(rule: Rule, context: Context) -> Iterator[Finding]:
    """Every printed step resistance is dV/dI; V/I carries the offset of the voltage."""
    steps = [(s.name, s.number("current"), s.number("voltage"), s.number("step_resistance")) for s in
             context.records.get("steps", ())]  # fmt: skip
    points = [(name, i, v, r) for name, i, v, r in steps if i is not None and v is not None]
    if len(points) < 2:
        return
    slopes = []
    for (_, ia, va, _), (name, ib, vb, printed) in itertools.pairwise(points):
        # dV is rounded in each voltage; the currents are set.
        slope = evaluate(_slope, {"va": va, "vb": vb, "ia": ia, "ib": ib})
        slopes.append(slope.value)
        if printed is not None:
            agree = printed.overlaps(slope.low, slope.high)
            sentence = f"Step to {ib.text}: dV/dI = {interval(slope, 'ohm')}, printed {printed.text}."
            yield finding(
                context, rule, Verdict.AGREE if agree else Verdict.DISAGREE, sentence, [ia, va, ib, vb, printed],
                printed=printed, computed=slope, equation=f"{rule.equation} ({name})",
            )  # fmt: skip
    middle = sorted(slopes)[len(slopes) // 2]
    _, current, voltage, _ = min(points, key=lambda p: abs(p[1].value))
    if current.value == 0.0:
        return
    offset, ratio = voltage.value - middle * current.value, voltage.value / current.value
    if abs(offset) > (voltage.high - voltage.low) and abs(ratio / middle - 1.0) > 0.05:
        sentence = (
            f"V/I at {current.text} is {units.show(ratio, 'ohm')}, {ratio / middle:.3g} times the slope: the voltage "
            f"carries an offset of {units.show(offset, 'mV', digits=2)}, so the resistance is the slope, never V/I."
        )
        yield finding(context, rule, Verdict.NOTE, sentence, [current, voltage])


def _slope(va: float, vb: float, ia: float, ib: float) -> float:
    return (vb - va) / (ib - ia)


def _closing(rule: Rule, context: Context) -> Iterator[Finding]:
    """Healing rates from void sizes; the last interval ends at an unseen size 0."""
    frames = [
        (r.name, r.number("void_size"), r.number("interval"), r.number("healing_rate"))
        for r in context.records.get("voids", ())
    ]
    if any(size is None for _, size, *_ in frames) or not frames:
        return
    seen: list[tuple[Number, Number | None, Number]] = []
    for index, (_, size, step, printed) in enumerate(frames):
        after = frames[index + 1][1] if index + 1 < len(frames) else None
        if size is None or step is None:
            continue
        seen.append((size, after, step))
        values = {"before": size, "step": step, **({"after": after} if after else {})}
        rate = evaluate(lambda before, step, after=0.0: float(laws.rate_from_interval(before, after, step, 1)), values)
        numbers = [size, step, *([after] if after else []), *([printed] if printed else [])]
        text = f"({size.text} - {after.text if after else '0'}) / {step.text} = {interval(rate, 'um/h')}"
        agree = printed is None or printed.overlaps(rate.low, rate.high)
        if printed is not None:
            sentence = (
                f"The healing rate {printed.text} {'is' if agree else 'is not'} {text}, a mean over the interval."
            )
            verdict = Verdict.AGREE if agree else Verdict.DISAGREE
            yield finding(context, rule, verdict, sentence, numbers, printed=printed, computed=rate)
        if after is None:
            sentence = (
                f"The interval from {size.text} ends at size 0, which was reached at an unknown time within "
                f"{step.text}: {units.show(rate.value, 'um/h')} is a lower bound (censored)."
            )
            yield finding(context, rule, Verdict.NOTE, sentence, numbers)
    if len(seen) == 2 and seen[0][1] is not None:
        yield from _laws_that_fit(rule, context, seen)


def _laws_that_fit(rule: Rule, context: Context, seen: list[tuple[Number, Number | None, Number]]) -> Iterator[Finding]:
    (first, middle, step), (last, _, final) = seen
    assert middle is not None  # checked by the caller
    listed = []
    for n in (1, 2, 3):
        early = float(laws.rate_from_interval(first.value, middle.value, step.value, n))
        late = float(laws.rate_from_interval(last.value, 0.0, final.value, n))
        wait = step.value * (1.0 - early / late)
        fits = "without induction" if abs(wait) < 0.1 * step.value else f"with {wait / 3600:.2g} h of induction"
        if wait >= -0.1 * step.value:
            listed.append(f"d(L^{n})/dt constant {fits}")
    sentence = (
        f"Two intervals do not settle the law: {'; '.join(listed)} all fit. Exponent, rate and induction time need a "
        "joint fit with interval censoring."
    )
    yield finding(context, rule, Verdict.NOTE, sentence, [first, middle, step, final])


def _protocols(rule: Rule, context: Context) -> Iterator[Finding]:
    """Critical current densities at fixed capacity and at fixed time do not compare."""
    tests = context.records.get("critical_currents", ())
    by_charge = [(t.number("critical_current_density"), t.number("areal_capacity")) for t in tests]
    by_time = [(t.number("critical_current_density"), t.number("half_cycle_time")) for t in tests]
    for (ja, charge), (jb, time) in itertools.product(by_charge, by_time):
        if ja is None or jb is None or charge is None or time is None or ja is jb:
            continue
        passed = float(laws.accumulated_areal_capacity(jb.value, time.value))
        sentence = (
            f"{ja.text} at a fixed {charge.text} and {jb.text} at a fixed {time.text} are not comparable: at "
            f"{units.show(jb.value, jb.unit)} the second passes {units.show(passed, 'mAh/cm2')}, "
            f"{passed / charge.value:.3g} times the charge of the first."
        )
        yield finding(context, rule, Verdict.NOTE, sentence, [ja, charge, jb, time])


RELATIONS = (
    Rule("areas of a deconvolution", "sum of areas = 100 %", _area_sums),
    Rule("isotope increase factors", "F = T a_after / a_before ≤ 1/abundance", _increase),
    Rule("shifts of two isotopes", "|shift_6Li - shift_7Li| ≤ 0.1 ppm", _shifts),
    Rule("resistance of DC steps", "dV/dI", _slopes),
    Rule("healing of voids", "(L_0 - L_1) / dt", _closing),
    Rule("protocols of critical currents", "fixed capacity or fixed time", _protocols),
)
