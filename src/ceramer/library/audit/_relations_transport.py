"""Relations of one electrolyte: conductivity and geometry, activation energy, transference, composites."""

from __future__ import annotations

import math
from collections.abc import Iterator

from ceramer import laws, units
from ceramer.library.audit._document import Context
from ceramer.library.audit._numbers import Number
from ceramer.library.audit._relation import (
    Equation,
    Finding,
    Prediction,
    Rule,
    Verdict,
    Way,
    evaluate,
    finding,
    interval,
)

__all__ = ["RELATIONS"]

_MIXED = 0.1


def _conductivity(thickness: float, resistance: float, area: float) -> float:
    return thickness / (resistance * area)


def _parallel(phases_ionic_conductivity: list[float], phases_volume_fraction: list[float]) -> float:
    total = sum(phases_volume_fraction)
    return float(laws.parallel(phases_ionic_conductivity, [part / total for part in phases_volume_fraction]))


def _activation_energy(form: laws.ArrheniusForm) -> Way:
    def compute(
        temperature_1: float, ionic_conductivity_1: float, temperature_2: float, ionic_conductivity_2: float
    ) -> float:
        return float(
            laws.two_point_activation_energy(
                temperature_1, ionic_conductivity_1, temperature_2, ionic_conductivity_2, form
            )
        )

    of = "" if form == "sigma" else "T "
    return Way(
        f"k_B ln({of}ionic_conductivity_2 / {of}ionic_conductivity_1) / (1/(temperature_1) - 1/(temperature_2))",
        compute,
        "sigma = A exp(-Ea/kT)" if form == "sigma" else "sigma T = A exp(-Ea/kT)",
    )


def _below_total(rule: Rule, context: Context) -> Iterator[Finding]:
    """A grain-boundary conductivity (by the sample's own d/S) can only exceed the total one."""
    total = context.number("ionic_conductivity")
    values = {role: context.number(role) for role in ("thickness", "area")}
    values["resistance"] = context.number("grain_boundary_resistance")
    given = {key: value for key, value in values.items() if value is not None}
    boundary = context.printed("grain_boundary_conductivity")
    if total is None:
        return
    candidates: list[tuple[str, Prediction, list[Number]]] = []
    if boundary is not None:
        candidates.append(("printed", Prediction(boundary.value, boundary.low, boundary.high), [boundary]))
    if len(given) == 3:
        prediction = evaluate(_conductivity, given)
        candidates.append(("from d/(R S)", prediction, list(given.values())))
    for label, prediction, numbers in candidates:
        if prediction.high < total.low:
            sentence = (
                f"The grain boundaries {label} conduct {interval(prediction, 'mS/cm')}, less than the whole sample "
                f"({total.text}), of which they are a part in series: thickness, area or resistance is wrong."
            )
            yield finding(context, rule, Verdict.IMPOSSIBLE, sentence, [total, *numbers])


def _implied_bulk(rule: Rule, context: Context) -> Iterator[Finding]:
    """1/bulk = 1/total - 1/grain boundary, against what a bulk can conduct."""
    boundary, bound = context.printed("grain_boundary_conductivity"), context.printed("bulk_conductivity_bound")
    if boundary is None or bound is None:
        return
    total = context.number("ionic_conductivity")
    if total is not None:
        resistivity = evaluate(lambda t, g: 1.0 / t - 1.0 / g, {"t": total, "g": boundary})
        if resistivity.high <= 0.0:
            return  # the grain boundaries conduct less than the whole: a rule of its own
        least = 1.0 / resistivity.high
        text = units.show(1.0 / resistivity.value, "mS/cm") if resistivity.value > 0.0 else "no resistance at all"
        sentence = (
            f"A total of {total.text} with grain boundaries of {boundary.text} leaves the bulk {text} (at least "
            f"{units.show(least, 'mS/cm')} within the rounding); "
        )
        wrong = least > bound.high
        sentence += (
            f"more than the {units.show(bound.high, 'mS/cm')} that this bulk can be expected to have."
            if wrong
            else f"within the {units.show(bound.high, 'mS/cm')} it can be expected to have."
        )
        verdict = Verdict.DISAGREE if wrong else Verdict.AGREE
        yield finding(context, rule, verdict, sentence, [total, boundary, bound])
    roles = ("ionic_conductivity_1", "temperature_1", "ionic_conductivity_2", "temperature_2")
    values = {role: number for role in roles if (number := context.number(role)) is not None}
    at = context.number("grain_boundary_temperature")
    if len(values) == 4 and at is not None:

        def shifted(**given: float) -> float:
            energy = laws.two_point_activation_energy(
                given["temperature_1"],
                given["ionic_conductivity_1"],
                given["temperature_2"],
                given["ionic_conductivity_2"],
            )
            total = laws.rescale_arrhenius(given["ionic_conductivity_1"], given["temperature_1"], given["at"], energy)
            return 1.0 / (1.0 / float(total) - 1.0 / given["boundary"])

        bulk = evaluate(shifted, {**values, "at": at, "boundary": boundary})
        sentence = (
            f"Read at {at.text}, where the total is lower, the grain boundaries of {boundary.text} leave the bulk "
            f"{units.show(bulk.value, 'mS/cm')}."
        )
        yield finding(context, rule, Verdict.NOTE, sentence, [*values.values(), boundary, at])


def _same_geometry(rule: Rule, context: Context) -> Iterator[Finding]:
    """Conductivities of two samples of one geometry go as the inverse of their resistances."""
    roles = ("numerator", "denominator", "resistance_numerator", "resistance_denominator")
    n, d, rn, rd = (context.number(role) for role in roles)
    if n is None or d is None or rn is None or rd is None:
        return
    geometry = evaluate(lambda n, d, rn, rd: (rn / rd) / (n / d), {"n": n, "d": d, "rn": rn, "rd": rd})
    ratio, resistances = n.value / d.value, rn.value / rd.value
    same = geometry.low <= 1.0 <= geometry.high
    sentence = f"The conductivities differ {ratio:.3g}-fold and the resistances {resistances:.3g}-fold: "
    sentence += (
        "the two cells have one geometry."
        if same
        else f"the two cells must differ in thickness over area by a factor {geometry.value:.3g}."
    )
    yield finding(context, rule, Verdict.AGREE if same else Verdict.DISAGREE, sentence, [n, d, rn, rd])


def _anions(rule: Rule, context: Context) -> Iterator[Finding]:
    """Anion conductivity (1 - t+) sigma of two electrolytes: does t+ rise because anions stop?"""
    roles = ("ionic_conductivity_1", "transference_number_1", "ionic_conductivity_2", "transference_number_2")
    values = {role: number for role in roles if (number := context.number(role)) is not None}
    if len(values) < 4:
        return
    s1, t1, s2, t2 = values.values()
    ratio = evaluate(lambda s1, t1, s2, t2: (1 - t2) * s2 / ((1 - t1) * s1), {"s1": s1, "t1": t1, "s2": s2, "t2": t2})
    if t2.low > t1.high and ratio.low > 1.0:
        before, after = (1 - t1.value) * s1.value, (1 - t2.value) * s2.value
        sentence = (
            f"The anions conduct (1 - t+) sigma = {units.show(after, s2.unit)} against {units.show(before, s1.unit)} "
            f"in the reference, {ratio.value:.3g} times as much: t+ rises because lithium moves "
            f"{t2.value * s2.value / (t1.value * s1.value):.3g} times as well, not because the anions stop."
        )
        yield finding(context, rule, Verdict.NOTE, sentence, list(values.values()))


def _mixed(rule: Rule, context: Context) -> Iterator[Finding]:
    """Flag a mixed conductor."""
    ionic, electronic = context.number("ionic_conductivity"), context.number("electronic_conductivity")
    if ionic is None or electronic is None or ionic.dimension != electronic.dimension:
        return
    share = evaluate(lambda i, e: float(laws.electronic_transference(i, e)), {"i": ionic, "e": electronic})
    verdict = Verdict.NOTE if share.low > _MIXED else Verdict.AGREE
    sentence = f"Electrons carry {share.value * 100:.2g} % of the current (t_e = {share.value:.3g})"
    sentence += ": a mixed conductor, not a separator by itself." if verdict is Verdict.NOTE else "."
    yield finding(context, rule, verdict, sentence, [ionic, electronic])


def _phase_bound(rule: Rule, context: Context) -> Iterator[Finding]:
    """Whatever the volume fractions, a mixture conducts no more than its best phase and no less than its worst."""
    total, phases = context.printed("ionic_conductivity"), context.records.get("phases", ())
    sigmas = [number for phase in phases if (number := phase.number("ionic_conductivity"))]
    if total is None or not sigmas or len(sigmas) != len(phases):
        return
    best, worst = max(n.high for n in sigmas), min(n.low for n in sigmas)
    if total.low > best or total.high < worst:
        side = f"more than its best phase ({units.show(best, total.unit)})"
        if total.high < worst:
            side = f"less than its worst phase ({units.show(worst, total.unit)})"
        sentence = f"The composite conducts {total.text}, {side}: its phases alone cannot, in any geometry."
        yield finding(context, rule, Verdict.IMPOSSIBLE, sentence, [total, *sigmas])


def _energy_bound(rule: Rule, context: Context) -> Iterator[Finding]:
    """Ea of a mixture is the mean of its phases weighted by dissipation, so it lies between theirs."""
    total, phases = context.printed("activation_energy"), context.records.get("phases", ())
    energies = [number for phase in phases if (number := phase.number("activation_energy"))]
    if total is None or not energies or len(energies) != len(phases):
        return
    low, high = min(n.low for n in energies), max(n.high for n in energies)
    if total.high < low or total.low > high:
        side = "below every phase" if total.high < low else "above every phase"
        sentence = (
            f"Ea = {total.text} of the composite lies {side} ({', '.join(n.text for n in energies)}): the effective "
            "value is their mean weighted by dissipation, so no geometry of these phases alone gives it; a further "
            "path with a lower barrier, or a series resistance of lead and contact, would."
        )
        yield finding(context, rule, Verdict.IMPOSSIBLE, sentence, [total, *energies])
    else:
        sentence = f"Ea = {total.text} lies between those of the phases."
        yield finding(context, rule, Verdict.AGREE, sentence, [total, *energies])


def _parallel_excess(context: Context, target: Number, prediction: Prediction) -> str:
    return (
        f"It is {target.value / prediction.value:.2g} times the bound: the bulk phases alone cannot give it; a faster "
        "interphase or a phase that is faster inside the composite than alone would."
    )


def _window(rule: Rule, context: Context) -> Iterator[Finding]:
    """The bulk arc lies at sigma / (2 pi eps0 eps_r), whatever the thickness."""
    sigma, permittivity = context.number("ionic_conductivity"), context.number("relative_permittivity")
    top = context.number("frequency_max")
    if sigma is None or permittivity is None or top is None:
        return
    arc = evaluate(
        lambda s, e: s / (2.0 * math.pi * units.VACUUM_PERMITTIVITY * e), {"s": sigma, "e": permittivity}
    )  # fmt: skip
    inside = arc.low <= top.value
    sentence = f"The bulk arc of {sigma.text} lies at {arc.low / 1e6:.3g} to {arc.high / 1e6:.3g} MHz, "
    sentence += (
        f"within the window up to {top.text}."
        if inside
        else f"above the window, which ends at {top.text}: only its intercept is seen, so contact and lead add in."
    )
    yield finding(context, rule, Verdict.AGREE if inside else Verdict.NOTE, sentence, [sigma, permittivity, top])


RELATIONS = (
    Equation(
        "conductivity from a resistance",
        "ionic_conductivity",
        ("thickness", "resistance", "area"),
        (Way("thickness / (resistance * area)", _conductivity),),
    ),
    Equation(
        "grain-boundary conductivity from a resistance",
        "grain_boundary_conductivity",
        ("thickness", "grain_boundary_resistance", "area"),
        (
            Way(
                "thickness / (grain_boundary_resistance * area)",
                lambda grain_boundary_resistance, **given: _conductivity(resistance=grain_boundary_resistance, **given),
            ),
        ),
    ),
    Equation(
        "area-specific resistance of a sample",
        "area_specific_resistance",
        ("resistance", "area"),
        (Way("resistance * area", lambda resistance, area: resistance * area),),
    ),
    Equation(
        "area-specific resistance of a layer",
        "area_specific_resistance",
        ("thickness", "ionic_conductivity"),
        (
            Way(
                "thickness / ionic_conductivity",
                lambda thickness, ionic_conductivity: float(
                    laws.series_area_specific_resistance([thickness], [ionic_conductivity])
                ),
            ),
        ),
    ),
    Equation(
        "electronic conductivity from a leakage current",
        "electronic_conductivity",
        ("leakage_current", "thickness", "polarisation_voltage", "area"),
        (
            Way(
                "leakage_current * thickness / (polarisation_voltage * area)",
                lambda leakage_current, thickness, polarisation_voltage, area: (
                    leakage_current * thickness / (polarisation_voltage * area)
                ),
            ),
        ),
    ),
    Equation(
        "activation energy from two temperatures",
        "activation_energy",
        ("ionic_conductivity_1", "temperature_1", "ionic_conductivity_2", "temperature_2"),
        (_activation_energy("sigma"), _activation_energy("sigma_T")),
    ),
    Equation(
        "transference number by Bruce and Vincent",
        "transference_number",
        ("initial_current", "steady_current", "polarisation_voltage", "initial_resistance", "steady_resistance"),
        (
            Way(
                "steady_current (polarisation_voltage - initial_current initial_resistance) / "
                "(initial_current (polarisation_voltage - steady_current steady_resistance))",
                lambda polarisation_voltage, **given: float(laws.bruce_vincent(voltage=polarisation_voltage, **given)),
            ),
        ),
    ),
    Equation(
        "electronic transference",
        "electronic_transference",
        ("ionic_conductivity", "electronic_conductivity"),
        (
            Way(
                "electronic_conductivity / (ionic_conductivity + electronic_conductivity)",
                lambda ionic_conductivity, electronic_conductivity: float(
                    laws.electronic_transference(ionic_conductivity, electronic_conductivity)
                ),
            ),
        ),
    ),
    Equation(
        "bulk and grain boundaries in series",
        "ionic_conductivity",
        ("bulk_conductivity", "grain_boundary_conductivity"),
        (
            Way(
                "1 / (1/(bulk_conductivity) + 1/(grain_boundary_conductivity))",
                lambda bulk_conductivity, grain_boundary_conductivity: (
                    1.0 / (1.0 / bulk_conductivity + 1.0 / grain_boundary_conductivity)
                ),
            ),
        ),
    ),
    Equation(
        "upper bound of a composite",
        "ionic_conductivity",
        ("phases.ionic_conductivity", "phases.volume_fraction"),
        (
            Way(
                "sum of phases.volume_fraction * phases.ionic_conductivity",
                _parallel,
            ),
        ),
        bound="<=",
        explain=_parallel_excess,
    ),
    Rule("grain boundaries against the whole", "grain_boundary_conductivity ≥ ionic_conductivity", _below_total),
    Rule("bulk that is left", "1/bulk = 1/ionic_conductivity - 1/grain_boundary_conductivity", _implied_bulk),
    Rule("one geometry for two cells", "R_2 / R_1 = sigma_1 / sigma_2", _same_geometry),
    Rule("anion conductivity", "(1 - transference_number) * ionic_conductivity", _anions),
    Rule("mixed conductor", "t_e = sigma_e / (sigma_e + sigma_ion)", _mixed),
    Rule("conductivity within the phases", "min sigma_i ≤ sigma ≤ max sigma_i", _phase_bound),
    Rule("activation energy within the phases", "min Ea_i ≤ Ea ≤ max Ea_i", _energy_bound),
    Rule("bulk arc within the window", "f = sigma / (2 pi eps0 eps_r)", _window),
)
