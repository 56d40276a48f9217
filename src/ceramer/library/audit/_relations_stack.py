"""Relations of layers on top of one another."""

from __future__ import annotations

from collections.abc import Iterator

from ceramer import laws, units
from ceramer.errors import InputError
from ceramer.library.audit._document import Context
from ceramer.library.audit._numbers import Number
from ceramer.library.audit._relation import Equation, Finding, Prediction, Rule, Verdict, Way, evaluate, finding

__all__ = ["RELATIONS"]

_LIQUID = 1.0  # S/m; what liquid carbonate electrolytes reach at room temperature, and hardly any solid layer


def _resistance(thickness: float, conductivity: float) -> float:
    return float(laws.series_area_specific_resistance([thickness], [conductivity]))


def _ohm_cm2(value: float) -> str:
    number = units.convert(value, "ohm cm2")
    return f"{number:.3g} ohm cm2" if number < 1000.0 else f"{number:.0f} ohm cm2"


def _series_impossible(rule: Rule, context: Context) -> Iterator[Finding]:
    """The whole stack cannot resist less than the layers that are known."""
    total, layers = context.printed("ionic_conductivity"), context.records.get("layers", ())
    thick = [layer.number("thickness") for layer in layers]
    if total is None or len(layers) < 2 or any(t is None for t in thick):
        return
    thicknesses = [t for t in thick if t is not None]
    known = [
        (layer, thickness, sigma)
        for layer, thickness in zip(layers, thicknesses, strict=True)
        if (sigma := layer.number("ionic_conductivity")) is not None
    ]
    if not known:
        return
    complete = len(known) == len(layers)
    whole = evaluate(lambda t, s: sum(t) / s, {"t": thicknesses, "s": total})
    numbers = [total, *thicknesses, *(sigma for *_, sigma in known)]
    for layer, thickness, sigma in known:
        # One layer at a time: the contradiction is plainest where a single layer outweighs the stack.
        given = {"t": thicknesses, "s": total, "one": thickness, "k": sigma}
        rest = evaluate(lambda t, s, one, k: sum(t) / s - _resistance(one, k), given)
        one = _resistance(thickness.value, sigma.value)
        others = [t for t in thicknesses if t is not thickness]
        least = sum(t.low for t in others) / rest.high if rest.high > 0.0 else float("inf")
        limit = context.number("conductivity_limit")
        ceiling = max(limit.high if limit else _LIQUID, 3.0 * max(s.high for *_, s in known))
        if rest.high > 0.0 and (complete or least <= ceiling):
            continue
        sentence = (
            f"The stack at {total.text} has {_ohm_cm2(whole.value)}, its layer {layer.name} alone {_ohm_cm2(one)}: "
            "impossible in series"
        )
        if rest.high > 0.0:
            sentence += (
                f"; even at the ends of the rounding the rest would need {units.show(least, 'mS/cm')}, above the "
                f"{units.show(ceiling, 'mS/cm')} taken as the limit of a solid layer"
            )
        else:
            sentence += f" by a factor {one / whole.value:.3g}" if one > 1.5 * whole.value else ""
        sentence += ". The layer was thinner, of another batch or area, or something by-passes it."
        yield finding(context, rule, Verdict.IMPOSSIBLE, sentence, numbers)


def _candidates(context: Context, target: Number, prediction: Prediction) -> str:
    """Say what the slowest layer would have to be, and what could make it so."""
    layers = context.records.get("layers", ())
    parts = [(layer, layer.number("thickness"), layer.number("ionic_conductivity")) for layer in layers]
    known = [(layer, t.value, s.value) for layer, t, s in parts if t is not None and s is not None]
    slow = max(known, key=lambda part: _resistance(part[1], part[2]))
    others = [part for part in known if part is not slow]
    ratio = target.value / prediction.value
    text = f"Measured over series model: {ratio:.3g}"
    try:
        implied = laws.implied_layer_conductivity(target.value, slow[1], [o[1] for o in others], [o[2] for o in others])
    except InputError:
        return f"{text}; the other layers alone resist more than the stack, so no conductivity of {slow[0].name} fits."
    text += (
        f"; {slow[0].name} would need {units.show(implied, 'S/cm', digits=3)} inside the stack, "
        f"{implied / slow[2]:.3g} times its own"
    )
    if ratio > 1.0:
        text += ". Candidates: a soft layer enters its pores, or by-passes it at the edge, or the geometry is wrong"
    return text + "."


def _electronic(context: Context, target: Number, prediction: Prediction) -> str:
    ratio = prediction.value / target.value
    return f"The stack is printed {ratio:.3g} times less leaky than its layers in series." if ratio > 1.0 else ""


RELATIONS = (
    Equation(
        "layers in series",
        "ionic_conductivity",
        ("layers.thickness", "layers.ionic_conductivity"),
        (
            Way(
                "sum(d) / sum(d/sigma) with d = layers.thickness and sigma = layers.ionic_conductivity",
                lambda layers_thickness, layers_ionic_conductivity: float(
                    laws.series_conductivity(layers_thickness, layers_ionic_conductivity)
                ),
            ),
        ),
        explain=_candidates,
    ),
    Equation(
        "electronic conductivity of layers in series",
        "electronic_conductivity",
        ("layers.thickness", "layers.electronic_conductivity"),
        (
            Way(
                "sum(d) / sum(d/sigma_e) with d = layers.thickness and sigma_e = layers.electronic_conductivity",
                lambda layers_thickness, layers_electronic_conductivity: float(
                    laws.series_conductivity(layers_thickness, layers_electronic_conductivity)
                ),
            ),
        ),
        explain=_electronic,
    ),
    Rule("a stack resists at least as much as each layer", "sum(d)/sigma ≥ d_i/sigma_i", _series_impossible),
)
