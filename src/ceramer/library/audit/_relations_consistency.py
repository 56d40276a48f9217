"""Relations of any numbers: fold claims, one quantity printed in two places, geometry given twice."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

from ceramer import units
from ceramer.library.audit._document import Context
from ceramer.library.audit._relation import Equation, Finding, Rule, Verdict, Way, finding
from ceramer.library.audit._roles import label

__all__ = ["RELATIONS"]


def _same(rule: Rule, context: Context) -> Iterator[Finding]:
    """A role with several values: one quantity, printed in several places."""
    groups = [(context.name, context.readings)]
    for records in context.records.values():
        groups += [(record.name, record.readings) for record in records if "mass_fraction" not in record.readings]
    for where, group in groups:
        for role, readings in group.items():
            if len(readings) < 2:
                continue
            clash = next(
                ((a, b) for a, b in itertools.combinations(readings, 2) if not a.overlaps(b.low, b.high)), None
            )
            texts = " and ".join(n.text for n in readings)
            name = f"{label(role)} of {where}"
            sentence = f"The {name} is printed as {texts}"
            sentence += ", the same within the rounding." if clash is None else "."
            verdict = Verdict.AGREE if clash is None else Verdict.DISAGREE
            yield finding(context, rule, verdict, sentence, readings)


def _temperatures(rule: Rule, context: Context) -> Iterator[Finding]:
    """Both sides of a ratio must be taken at one temperature."""
    above, below = context.number("numerator"), context.number("denominator")
    if above is None or below is None or above.temperature is None or below.temperature is None:
        return
    if abs(above.temperature - below.temperature) > 0.5:
        texts = [units.show(t, "degC") for t in (above.temperature, below.temperature)]
        sentence = f"The ratio mixes two temperatures: {above.text} at {texts[0]} over {below.text} at {texts[1]}."
        yield finding(context, rule, Verdict.DISAGREE, sentence, [above, below])


def _ranges(rule: Rule, context: Context) -> Iterator[Finding]:
    """Numbers that cannot be, whatever they are compared with."""
    for role, high in (("transference_number", 1.0), ("capacity_retention", 1.2), ("coulombic_efficiency", 1.0),
                       ("electronic_transference", 1.0)):  # fmt: skip
        number = context.printed(role)
        if number is not None and number.low > high:
            sentence = f"A {label(role)} of {number.text} is above {high:g}."
            yield finding(context, rule, Verdict.IMPOSSIBLE, sentence, [number], printed=number)


RELATIONS = (
    Equation(
        "ratio of two numbers",
        "ratio",
        ("numerator", "denominator"),
        (Way("numerator / denominator", lambda numerator, denominator: numerator / denominator),),
    ),
    Equation(
        "area of a disc",
        "area",
        ("diameter",),
        (Way("pi diameter^2 / 4", lambda diameter: math.pi * diameter * diameter / 4.0),),
    ),
    Rule("one quantity in several places", "a = b", _same),
    Rule("one temperature in a ratio", "T_1 = T_2", _temperatures),
    Rule("numbers that cannot be", "0 ≤ x ≤ 1", _ranges),
)
