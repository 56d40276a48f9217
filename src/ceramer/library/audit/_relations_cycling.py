"""Relations of cycled cells: retention, fade, charge, C-rate, N/P, lithium, energy, leak."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

from ceramer import laws, units
from ceramer.formulation import molar_mass_of
from ceramer.library.audit._document import Context
from ceramer.library.audit._numbers import Number
from ceramer.library.audit._relation import (
    Equation,
    Finding,
    Prediction,
    Rule,
    Verdict,
    Way,
    compare,
    evaluate,
    finding,
    interval,
)
from ceramer.materials import catalogue

__all__ = ["RELATIONS"]


def _lithium() -> tuple[float, float]:
    """Molar mass [kg/mol] and density [kg/m3] of lithium from the catalogue."""
    return molar_mass_of("Li"), catalogue()["Li.density"].value


def _impossible_fade(rule: Rule, context: Context) -> Iterator[Finding]:
    """A fade per cycle that would take more than everything."""
    fade, cycles = context.printed("fade_per_cycle"), context.number("cycles")
    if fade is None or cycles is None:
        return
    total = evaluate(lambda f, n: f * n, {"f": fade, "n": cycles})
    if total.low <= 1.0:
        return
    percent = units.convert(fade.value, "%")
    sentence = (
        f"A fade of {percent:.3g} % per cycle over {cycles.value:.0f} cycles would take {total.value * 100:.4g} % "
        "of the capacity: impossible."
    )
    numbers: list[Number] = [fade, cycles]
    last, first = context.number("final_capacity"), context.number("initial_capacity")
    # The digits of a percentage read as a fraction of 1 mAh/g: 1.78 % is 0.0178.
    absolute = units.to_si_of(fade.value, "mAh/g")
    if last is not None:
        numbers.append(last)
        start = last.value + absolute * cycles.value
        reading = (
            f" Read as {fade.value:.3g} mAh/g per cycle, the cell started at {units.show(start, 'mAh/g')} and kept "
            f"{last.value / start * 100:.3g} %"
        )
        if first is not None:
            numbers.append(first)
            fits = abs(start - first.value) <= 0.01 * first.value
            reading += f", which {'fits' if fits else 'does not fit'} the printed start of {first.text}"
        sentence += f"{reading}."
        kept = 1.0 - fade.value * 0.01 * cycles.value
        if kept > 0.0:
            begun = units.show(last.value / kept, "mAh/g")
            sentence += f" Read as {fade.value:.3g} % per cycle, it started at {begun}."
    yield finding(context, rule, Verdict.IMPOSSIBLE, sentence, numbers, printed=fade)


def _growing(rule: Rule, context: Context) -> Iterator[Finding]:
    """A retention above 100 % beside a fade, or a negative one."""
    retention, fade = context.number("capacity_retention"), context.printed("fade_per_cycle")
    if retention is not None and fade is not None and retention.low > 1.0 and fade.low > 0.0:
        sentence = f"The retention is {retention.text}, yet a fade of {fade.text} per cycle is printed."
        yield finding(context, rule, Verdict.DISAGREE, sentence, [retention, fade])


def _one_c(rule: Rule, context: Context) -> Iterator[Finding]:
    """Cells of one cathode must share one 1C capacity."""
    cells = []
    for cell in context.records.get("cells", ()):
        numbers = [cell.number(role) for role in ("current_density", "c_rate", "loading")]
        if all(number is not None for number in numbers):
            cells.append((cell.name, [n for n in numbers if n is not None]))
    if len(cells) < 2:
        return
    implied = [
        (name, numbers, evaluate(lambda j, c, m: j / (c * m), dict(zip("jcm", numbers, strict=True))))
        for name, numbers in cells
    ]
    low, high = max(p.low for *_, p in implied), min(p.high for *_, p in implied)
    listed = ", ".join(f"{units.show(p.value, 'mAh/g', digits=4)} ({name})" for name, _, p in implied)
    values = [p.value for *_, p in implied]
    span = f"{units.convert(min(values), 'mAh/g'):.0f} to {units.show(max(values), 'mAh/g', digits=3)}"
    agree = low <= high
    sentence = f"1C implied by current, rate and loading: {listed}; "
    sentence += "one cathode." if agree else f"{span} for one cathode, more than the rounding allows."
    used = [n for _, ns, _ in implied for n in ns]
    yield finding(context, rule, Verdict.AGREE if agree else Verdict.DISAGREE, sentence, used)


def _np(context: Context, target: Number, prediction: Prediction) -> str:
    anode, cathode = context.number("areal_capacity_anode"), context.number("areal_capacity_cathode")
    if anode is None or cathode is None:
        return ""
    with_lithium, plated = (
        float(laws.np_ratio(anode.value, cathode.value, counts_cathode_lithium=counts)) for counts in (True, False)
    )
    return f"Counting the lithium of the cathode it is {with_lithium:.3g}; plated lithium over cathode is {plated:.3g}."


def _directions(_context: Context, target: Number, _prediction: Prediction) -> str:
    half = units.show(0.5 * target.value, target.unit)
    return f"Both directions are counted; one electrode is plated with half, {half}."


def _leak(electronic_conductivity: float, mean_voltage: float, thickness: float, current_density: float) -> float:
    leak = laws.leak_current_density(electronic_conductivity, mean_voltage, thickness)
    return float(laws.leak_limited_coulombic_efficiency(leak, current_density))


def _efficiency(rule: Rule, context: Context) -> Iterator[Finding]:
    """Leak-limited coulombic efficiency, with or without a printed one."""
    roles = ("electronic_conductivity", "mean_voltage", "thickness", "current_density")
    values = {role: number for role in roles if (number := context.number(role)) is not None}
    if len(values) < len(roles):
        return
    limit = evaluate(_leak, values)
    printed = context.printed("coulombic_efficiency")
    text = interval(limit, "%")
    if printed is None:
        sentence = f"The electronic leak alone limits the coulombic efficiency to {text}."
        yield finding(context, rule, Verdict.NOTE, sentence, list(values.values()))
    elif printed.low > limit.high:
        sentence = f"The coulombic efficiency {printed.text} is above the {text} that the electronic leak leaves."
        yield finding(
            context, rule, Verdict.IMPOSSIBLE, sentence, [printed, *values.values()], printed=printed, computed=limit
        )
    else:
        sentence = (
            f"The coulombic efficiency {printed.text} is consistent with the limit {text} of the electronic leak."
        )
        if not compare(printed, limit):
            sentence = f"The coulombic efficiency {printed.text} is below the limit {text} of the electronic leak."
        yield finding(
            context, rule, Verdict.AGREE, sentence, [printed, *values.values()], printed=printed, computed=limit
        )


def _energy(rule: Rule, context: Context) -> Iterator[Finding]:
    """Wh/kg against the masses that are named."""
    energy = context.printed("specific_energy")
    roles = ("areal_capacity", "mean_voltage", "loading")
    values = {role: number for role in roles if (number := context.number(role)) is not None}
    if energy is None or len(values) < len(roles):
        return
    for role in ("lithium_thickness", "electrolyte_areal_mass", "other_areal_mass"):
        number = context.number(role)
        if number is not None:
            values[role] = number

    def named(
        loading: float,
        lithium_thickness: float = 0.0,
        electrolyte_areal_mass: float = 0.0,
        other_areal_mass: float = 0.0,
    ) -> float:
        return loading + lithium_thickness * _lithium()[1] + electrolyte_areal_mass + other_areal_mass

    def best(areal_capacity: float, mean_voltage: float, **masses: float) -> float:
        return float(laws.specific_energy(areal_capacity, mean_voltage, named(**masses)))

    bound = evaluate(best, values)
    capacity, voltage = values["areal_capacity"].value, values["mean_voltage"].value
    mass = named(**{k: v.value for k, v in values.items() if k not in ("areal_capacity", "mean_voltage")})
    spare = capacity * voltage / energy.value - mass
    numbers = [energy, *values.values()]
    if energy.low > bound.high:
        sentence = f"{energy.text} is more than the named masses alone allow, {interval(bound, 'Wh/kg')}."
        yield finding(context, rule, Verdict.IMPOSSIBLE, sentence, numbers, printed=energy, computed=bound)
    else:
        sentence = (
            f"{energy.text} is possible: the named masses ({units.show(mass, 'mg/cm2')}) alone would give "
            f"{interval(bound, 'Wh/kg')}, so {units.show(spare, 'mg/cm2')} are left for all that is not named; one of "
            "several readings."
        )
        yield finding(context, rule, Verdict.AGREE, sentence, numbers, printed=energy, computed=bound)


def _overpotentials(rule: Rule, context: Context) -> Iterator[Finding]:
    """Two tests of one cell at one current must give one area-specific resistance."""
    points = []
    for record in context.records.get("polarisation", ()):
        current, voltage = record.number("current_density"), record.number("overpotential")
        if current is not None and voltage is not None:
            points.append((record.name, current, voltage))
    for (name_a, ja, va), (name_b, jb, vb) in itertools.combinations(points, 2):
        if ja.value != jb.value:
            continue
        a, b = (evaluate(lambda v, j: v / j, {"v": v, "j": j}) for v, j in ((va, ja), (vb, jb)))
        agree = va.overlaps(vb.low, vb.high)
        sentence = (
            f"At {ja.text} the {name_a} test gives {units.show(a.value, 'ohm cm2')} and the {name_b} test "
            f"{units.show(b.value, 'ohm cm2')}"
        )
        sentence += "." if agree else f": off by {abs(a.value / b.value - 1) * 100:.2g} %."
        yield finding(context, rule, Verdict.AGREE if agree else Verdict.DISAGREE, sentence, [ja, va, jb, vb])


def _of_a_cell(name: str, target: str, size: str, law: Callable[[float, float, float], Any]) -> tuple[Equation, ...]:
    """Return energy over mass or volume of a whole cell, from its capacity and voltage and from its energy."""
    return (
        Equation(
            name,
            target,
            ("cell_capacity", "mean_voltage", size),
            (
                Way(
                    f"cell_capacity * mean_voltage / {size}",
                    lambda cell_capacity, mean_voltage, **whole: float(law(cell_capacity, mean_voltage, whole[size])),
                ),
            ),
        ),
        Equation(
            f"{name}, from its energy",
            target,
            ("cell_energy", size),
            (Way(f"cell_energy / {size}", lambda cell_energy, **whole: cell_energy / whole[size]),),
        ),
    )


RELATIONS: tuple[Equation | Rule, ...] = (
    Equation(
        "capacity retention",
        "capacity_retention",
        ("final_capacity", "initial_capacity"),
        (
            Way(
                "final_capacity / initial_capacity",
                lambda final_capacity, initial_capacity: float(laws.retention(initial_capacity, final_capacity)),
            ),
        ),
    ),
    Equation(
        "fade per cycle",
        "fade_per_cycle",
        ("capacity_retention", "cycles"),
        (
            Way(
                "(1 - capacity_retention) / cycles",
                lambda capacity_retention, cycles: float(laws.linear_fade(capacity_retention, cycles)),
                "linear",
            ),
            Way(
                "1 - capacity_retention^(1/cycles)",
                lambda capacity_retention, cycles: float(laws.geometric_fade(capacity_retention, cycles)),
                "geometric",
            ),
        ),
    ),
    Equation(
        "accumulated areal capacity",
        "accumulated_areal_capacity",
        ("current_density", "duration"),
        (
            Way(
                "current_density * duration",
                lambda current_density, duration: float(laws.accumulated_areal_capacity(current_density, duration)),
            ),
        ),
        explain=_directions,
        explain_always=True,
    ),
    Equation(
        "areal capacity of a half cycle",
        "areal_capacity",
        ("current_density", "half_cycle_time"),
        (
            Way(
                "current_density * half_cycle_time",
                lambda current_density, half_cycle_time: float(
                    laws.accumulated_areal_capacity(current_density, half_cycle_time)
                ),
            ),
        ),
    ),
    Equation(
        "current density of a C-rate",
        "current_density",
        ("c_rate", "specific_capacity_1C", "loading"),
        (
            Way(
                "c_rate * specific_capacity_1C * loading",
                lambda c_rate, specific_capacity_1C, loading: float(
                    laws.current_density_from_c_rate(c_rate, specific_capacity_1C, loading)
                ),
            ),
        ),
    ),
    Equation(
        "areal capacity of a cathode",
        "areal_capacity_cathode",
        ("loading", "specific_capacity"),
        (Way("loading * specific_capacity", lambda loading, specific_capacity: loading * specific_capacity),),
    ),
    Equation(
        "N/P ratio",
        "np_ratio",
        ("areal_capacity_anode", "areal_capacity_cathode"),
        (
            Way(
                "(areal_capacity_anode + areal_capacity_cathode) / areal_capacity_cathode",
                lambda areal_capacity_anode, areal_capacity_cathode: float(
                    laws.np_ratio(areal_capacity_anode, areal_capacity_cathode, counts_cathode_lithium=True)
                ),
                "the lithium of the cathode counted",
            ),
            Way(
                "areal_capacity_anode / areal_capacity_cathode",
                lambda areal_capacity_anode, areal_capacity_cathode: float(
                    laws.np_ratio(areal_capacity_anode, areal_capacity_cathode, counts_cathode_lithium=False)
                ),
                "plated lithium over cathode",
            ),
        ),
        explain=_np,
        explain_always=True,
    ),
    Equation(
        "thickness of plated lithium",
        "plated_thickness",
        ("areal_capacity",),
        (
            Way(
                "areal_capacity M/(F rho)",
                lambda areal_capacity: float(laws.lithium_thickness(areal_capacity, *_lithium())),
            ),
        ),
    ),
    Equation(
        "speed of plating",
        "plating_speed",
        ("current_density",),
        (
            Way(
                "current_density M/(F rho)",
                lambda current_density: float(laws.plating_rate(current_density, *_lithium())),
            ),
        ),
    ),
    Equation(
        "energy of a cell",
        "cell_energy",
        ("cell_capacity", "mean_voltage"),
        (Way("cell_capacity * mean_voltage", lambda cell_capacity, mean_voltage: cell_capacity * mean_voltage),),
    ),
    *_of_a_cell("specific energy of a cell", "specific_energy", "cell_mass", laws.specific_energy),
    *_of_a_cell("energy density of a cell", "energy_density", "cell_volume", laws.energy_density),
    Rule("fade that takes everything", "fade_per_cycle * cycles ≤ 100 %", _impossible_fade),
    Rule("retention against fade", "fade_per_cycle > 0 needs capacity_retention < 100 %", _growing),
    Rule("one 1C for one cathode", "current_density / (c_rate * loading)", _one_c),
    Rule("leak-limited coulombic efficiency", "(j - j_leak)/(j + j_leak), j_leak = sigma_e V / d", _efficiency),
    Rule("specific energy against masses", "areal_capacity * mean_voltage / named masses", _energy),
    Rule("one resistance at one current", "overpotential / current_density", _overpotentials),
)
