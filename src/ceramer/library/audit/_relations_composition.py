"""Relations of recipes: sums, shares, what is missing a number, what thermogravimetry leaves, volumes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from ceramer import laws, units
from ceramer.formulation import molar_mass_of
from ceramer.library.audit._document import Context, Record
from ceramer.library.audit._relation import Equation, Finding, Rule, Verdict, Way, evaluate, finding, total

__all__ = ["RELATIONS"]


def _percent(value: float) -> str:
    return f"{value * 100:.4g} wt%"


def _parts(context: Context) -> tuple[list[Record], list[Record]]:
    recipe = context.records.get("recipe", ())
    return [r for r in recipe if not r.texts.get("on_top")], [r for r in recipe if r.texts.get("on_top")]


def _recipe_sum(rule: Rule, context: Context) -> Iterator[Finding]:
    """Mass fractions add up to 100 %; a component without a number may have it beside another one."""
    inside, on_top = _parts(context)
    if len(inside) < 2 or any("mass" in record.readings for record in inside):
        return
    bare = [record for record in inside if "mass_fraction" not in record.readings]
    crowded = [record for record in (*inside, *on_top) if len(record.readings.get("mass_fraction", ())) > 1]
    given = [record.readings["mass_fraction"] for record in inside if "mass_fraction" in record.readings]
    if not bare:
        numbers = [readings[0] for readings in given]
        whole = total(numbers)
        agree = whole.low - 1e-9 <= 1.0 <= whole.high + 1e-9
        sentence = f"The {len(numbers)} mass fractions add up to {_percent(whole.value)}."
        yield finding(context, rule, Verdict.AGREE if agree else Verdict.DISAGREE, sentence, numbers)
        return
    if len(bare) != 1 or not crowded:
        missing = " and ".join(record.name for record in bare)
        sentence = f"The sum of the recipe cannot be checked because the mass fraction of {missing} is missing."
        yield finding(context, rule, Verdict.UNCHECKED, sentence, [n for readings in given for n in readings])
        return
    keeper = crowded[0]
    others = [record.readings["mass_fraction"][0] for record in inside if record not in (*bare, keeper)]
    for moved, rest in itertools.permutations(keeper.readings["mass_fraction"], 2):
        numbers = [*others, moved, *([] if keeper in on_top else [rest])]
        whole = total(numbers)
        if whole.low - 1e-9 <= 1.0 <= whole.high + 1e-9:
            given_back = f"{moved.text} belongs" if keeper in on_top else "one of them belongs"
            sentence = (
                f"{bare[0].name} has no number and {keeper.name} has two ({moved.text} and {rest.text}): {given_back} "
                f"to {bare[0].name}, then the recipe adds up to {_percent(whole.value)}"
                f"{f' with {rest.text} of {keeper.name} on top' if keeper in on_top else ''}."
            )
            yield finding(context, rule, Verdict.DISAGREE, sentence, [*numbers, rest])
            return
    sentence = f"{bare[0].name} has no number, {keeper.name} has two, and neither completes the recipe to 100 %."
    yield finding(context, rule, Verdict.DISAGREE, sentence, [n for readings in given for n in readings])


def _share(rule: Rule, context: Context) -> Iterator[Finding]:
    """A printed mass fraction against the masses: of the total, or of the rest."""
    inside, _on_top = _parts(context)
    masses = {record.name: mass for record in inside if (mass := record.number("mass")) is not None}
    if len(masses) < 2 or len(masses) != len(inside):
        return
    for record in inside:
        printed = record.number("mass_fraction")
        if printed is None:
            continue
        part, others = masses[record.name], [mass for name, mass in masses.items() if name != record.name]
        of_total = evaluate(lambda part, others: part / (part + sum(others)), {"part": part, "others": others})
        of_rest = evaluate(lambda part, others: part / sum(others), {"part": part, "others": others})
        as_total, as_rest = (printed.overlaps(p.low, p.high) for p in (of_total, of_rest))
        sentence = (
            f"{part.text} of {record.name} is {_percent(of_total.value)} of the total and {_percent(of_rest.value)} of "
            f"the rest; printed {_percent(printed.value)}"
        )
        if as_total or as_rest:
            sentence += f", so it is meant as a share of the {'total' if as_total else 'rest'}."
        else:
            sentence += ", which is neither."
        verdict = Verdict.AGREE if as_total or as_rest else Verdict.DISAGREE
        yield finding(context, rule, verdict, sentence, [printed, part, *others], printed=printed, computed=of_total)


def _loss(rule: Rule, context: Context) -> Iterator[Finding]:
    """A weight loss cannot exceed the share of the components that it is blamed on."""
    loss, blamed = context.number("weight_loss"), context.texts.get("blamed")
    shares = {
        record.name: record.readings["mass_fraction"][0]
        for record in context.records.get("recipe", ())
        if "mass_fraction" in record.readings
    }
    if loss is None or not isinstance(blamed, list) or not all(name in shares for name in blamed):
        return
    parts = [shares[name] for name in blamed]
    share = total(parts)
    names = " and ".join(blamed)
    if loss.low <= share.high:
        sentence = f"A loss of {loss.text} is within the {_percent(share.value)} of {names}."
        yield finding(context, rule, Verdict.AGREE, sentence, [loss, *parts])
        return
    enough = [name for name, n in shares.items() if name not in blamed and n.high >= loss.low]
    sentence = (
        f"A loss of {loss.text} is blamed on {names}, which are only {_percent(share.value)} of the film: impossible."
    )
    if enough:
        listed = " or ".join(f"{name} ({_percent(shares[name].value)})" for name in enough)
        sentence += f" {listed} is large enough."
    yield finding(context, rule, Verdict.IMPOSSIBLE, sentence, [loss, *parts])


def _volume(rule: Rule, context: Context) -> Iterator[Finding]:
    """What is injected into a film against the film's whole volume."""
    roles = ("injected_volume", "thickness", "area")
    values = {role: number for role in roles if (number := context.number(role)) is not None}
    if len(values) < 3:
        return
    count = context.number("injection_count")
    film = evaluate(lambda thickness, area: thickness * area, {k: values[k] for k in ("thickness", "area")})
    injected = values["injected_volume"].value * (count.value if count else 1.0)
    text = units.show(injected, "uL")
    inside = injected <= film.high
    numbers = [*values.values(), *([count] if count else [])]
    if inside:
        sentence = f"{text} fit into a film of {units.show(film.value, 'uL', digits=3)}."
    else:
        sentence = (
            f"{text} are injected into a film of {units.show(film.value, 'uL', digits=3)} (pores and solid together): "
            f"at least {units.show(injected - film.high, 'uL', digits=2)} stay outside."
        )
    yield finding(context, rule, Verdict.AGREE if inside else Verdict.IMPOSSIBLE, sentence, numbers)


def _ether_ratio(rule: Rule, context: Context) -> Iterator[Finding]:
    """Repeat units per lithium from the masses of polymer and salt."""
    printed = context.printed("eo_li_ratio")
    polymer, salt = context.number("polymer_mass"), context.number("salt_mass")
    unit, formula = context.texts.get("repeat_unit"), context.texts.get("salt")
    if printed is None or polymer is None or salt is None or not unit or not formula:
        return
    ratio = evaluate(
        lambda polymer, salt: (polymer / molar_mass_of(str(unit))) / (salt / molar_mass_of(str(formula))),
        {"polymer": polymer, "salt": salt},
    )
    agree = printed.overlaps(ratio.low, ratio.high)
    sentence = (
        f"{polymer.text} of ({unit})n and {salt.text} of {formula} are {ratio.value:.4g} repeat units per lithium; "
        f"printed {printed.text}."
    )
    yield finding(
        context,
        rule,
        Verdict.AGREE if agree else Verdict.DISAGREE,
        sentence,
        [printed, polymer, salt],
        printed=printed,
        computed=ratio,
    )


def _tga(balance: laws.TgaBalance) -> Way:
    def compute(weight_loss: float, ceramic_weight_loss: float) -> float:
        return float(laws.ceramic_fraction_from_tga(weight_loss, ceramic_weight_loss, balance))

    if balance == "strict":
        return Way("(1 - (weight_loss)) / (1 - (ceramic_weight_loss))", compute, "strict balance")
    text = "1 - (weight_loss - ceramic_weight_loss)"
    return Way(text, compute, "the simple difference, which takes the whole sample as ceramic", accepted=False)


RELATIONS = (
    Equation(
        "ceramic content by thermogravimetry",
        "ceramic_mass_fraction",
        ("weight_loss", "ceramic_weight_loss"),
        (_tga("strict"), _tga("simple")),
    ),
    Rule("sum of a recipe", "sum of mass fractions = 100 %", _recipe_sum),
    Rule("mass fraction of a part", "m_i / sum(m), or m_i / (sum(m) - m_i)", _share),
    Rule("weight loss against what is blamed", "weight_loss ≤ sum of blamed mass fractions", _loss),
    Rule("injected volume against film volume", "injected_volume * injection_count ≤ thickness * area", _volume),
    Rule("repeat units per lithium", "(m_polymer / M_unit) / (m_salt / M_salt)", _ether_ratio),
)
