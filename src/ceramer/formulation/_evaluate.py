"""A recipe and a ledger to a formulation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ceramer import laws, materials
from ceramer.errors import InputError, UnknownNameError
from ceramer.formulation._amounts import Amount, resolve
from ceramer.formulation._chemistry import FUNCTIONAL_GROUPS, lithium_per_formula, molar_mass_of
from ceramer.formulation._formulation import Filling, Formulation, Kinetics, Part
from ceramer.formulation._model import Component, Cure, Entry, Group, Recipe, TgaFraction
from ceramer.provenance import Given, Ledger

__all__ = ["evaluate"]

PRINTED_TOLERANCE = 0.01
"""A printed percentage agrees with the weighed one within this relative difference."""


def evaluate(recipe: Recipe, ledger: Ledger) -> Formulation:
    """Compute what a recipe makes.

    Every number is read through `ledger`, so ``provenance.estimate(lambda ledger: evaluate(recipe,
    ledger).salt_concentration, book)`` gives the uncertainty and the inputs; the book must hold the printed
    numbers and the catalogue values that the recipe refers to.

    Returns
    -------
    Formulation
        SI floats, and `findings`: sentences on sums that differ from 100 %, percentages without a basis, masses
        that contradict printed percentages, names read differently from the print, losses greater than the
        share of what they are blamed on, and liquids that do not fit into their film.

    Raises
    ------
    InputError
        Unknown materials, contradictory or impossible amounts, in one sentence.
    """
    return _evaluate(recipe, ledger, {})


def _evaluate(recipe: Recipe, ledger: Ledger, outer: Mapping[str, Recipe]) -> Formulation:
    recipes = {**outer, **recipe.recipes}
    findings: list[str] = []
    mixed, _ = _level(recipe, None, recipes, ledger, findings)
    findings += _misprints(recipe, mixed)
    findings += _uncounted(recipe, mixed)
    dried, burnt, kept = _sorted(recipe, mixed)
    formulation = Formulation(
        name=recipe.name,
        parts=kept,
        dried=dried,
        burnt_out=burnt,
        findings=(),
        thickness=_read(recipe.thickness, ledger),
        linear_shrinkage=_read(recipe.linear_shrinkage, ledger),
        kinetics=None if recipe.cure is None else _kinetics(recipe, recipe.cure, mixed, ledger),
        cure_time=None if recipe.cure is None else _read(recipe.cure.time, ledger),
    )
    filling = _filling(recipe, formulation, ledger, findings)
    findings += _losses(recipe, formulation, ledger)
    return replace(formulation, findings=tuple(dict.fromkeys(findings)), filling=filling)


def _read(given: Given | None, ledger: Ledger) -> float | None:
    return None if given is None else given.read(ledger)


def _nominal(given: Given, ledger: Ledger) -> float:
    """Return the value before any override: decisions about how a recipe reads are taken from it."""
    if given.reference is not None:
        return ledger.book[given.reference].value
    assert given.datum is not None  # one of the two is always set
    return given.datum.value


# --- the tree of groups and sub-recipes -> parts ------------------------------------------------------------------


def _level(
    recipe: Recipe, group: str | None, recipes: Mapping[str, Recipe], ledger: Ledger, findings: list[str]
) -> tuple[list[Part], bool]:
    """Return the parts of one group (None: of the whole recipe), and whether their masses are absolute."""
    where = recipe.name if group is None else f"{recipe.name}, {group}"
    contents: dict[str, list[Part]] = {}
    amounts: list[Amount] = []
    entries: list[Entry] = [e for e in (*recipe.components, *recipe.groups) if e.group == group]
    for entry in entries:
        absolute = False
        if isinstance(entry, Component):
            if entry.recipe is None:
                inside = [_part(entry, recipe.name, ledger)]
            else:
                inside = _sub_recipe(entry, recipe, recipes, ledger, findings)
        elif isinstance(entry, Group):
            inside, absolute = _level(recipe, entry.name, recipes, ledger, findings)
            inside = [replace(part, within=(entry.name, *part.within)) for part in inside]
            if entry.kind is None and not absolute:
                raise InputError(
                    f"{recipe.name}: the group {entry.name!r} has no amount and no masses in it; give it one."
                )
        contents[entry.name] = inside
        amounts.append(_amount(entry, inside, where, ledger))
    level = resolve(amounts, where)
    findings += level.findings
    parts = []
    for entry in entries:
        factor = level.masses[entry.name] / sum(part.mass for part in contents[entry.name])
        parts += [replace(part, mass=part.mass * factor) for part in contents[entry.name]]
    findings += _printed_fractions(entries, level.masses, where, ledger)
    return _distinct(parts), level.absolute


def _sub_recipe(
    entry: Component, recipe: Recipe, recipes: Mapping[str, Recipe], ledger: Ledger, findings: list[str]
) -> list[Part]:
    name = str(entry.recipe)
    if name not in recipes:
        raise UnknownNameError("recipe", name, recipes, f"It is named by {entry.name!r} of {recipe.name}.")
    others = {key: value for key, value in recipes.items() if key != name}  # no recipe inside itself
    inner = _evaluate(recipes[name], ledger, others)
    findings += inner.findings
    return [replace(part, within=(entry.name, *part.within)) for part in inner.parts]


def _distinct(parts: Sequence[Part]) -> list[Part]:
    names = [part.name for part in parts]
    return [
        replace(part, name="/".join((*part.within, part.name))) if names.count(part.name) > 1 else part
        for part in parts
    ]


def _part(component: Component, where: str, ledger: Ledger) -> Part:
    """Return 1 kg of a component."""
    material = None if component.material is None else materials.load(component.material, ledger)
    role = component.role or (material.role if material else "")
    formula = component.formula or (material.formula if material else None)
    density = _read(component.density, ledger)
    if density is None and material is not None and material.has("density"):
        density = material.density()
    finished = density
    if component.cured_material is not None:
        finished = materials.load(component.cured_material, ledger).density()
    molar_mass = _read(component.molar_mass, ledger)
    if molar_mass is None and component.formula is not None:
        molar_mass = molar_mass_of(component.formula)
    if molar_mass is None and material is not None and (material.formula or material.has("molar_mass")):
        molar_mass = material.molar_mass()
    groups = component.groups or FUNCTIONAL_GROUPS.get(material.name if material else "", {})
    if role == "salt" and formula is None:
        raise InputError(f"{where}: the lithium in the salt {component.name!r} is not known; give `formula`.")
    return Part(
        name=component.name,
        within=(),
        material=material.name if material else "",
        role=role,
        mass=1.0,
        density=finished,
        mixed_density=density,
        molar_mass=molar_mass,
        lithium_count=lithium_per_formula(formula) if formula else 0.0,
        **{f"{key}_count": number for key, number in groups.items()},
    )


def _amount(entry: Entry, inside: Sequence[Part], where: str, ledger: Ledger) -> Amount:
    mass = sum(part.mass for part in inside)

    def density() -> float:
        return mass / sum(part.mixed_volume for part in inside)

    def molar_mass() -> float:
        if len(inside) != 1:
            raise InputError(f"{where}: {entry.name!r} is a mixture and has no molar mass; give its parts by mass.")
        return mass / inside[0].amount

    kind = entry.kind
    raw = getattr(entry, kind) if kind else None
    if isinstance(raw, Given):
        value, nominal = raw.read(ledger), _nominal(raw, ledger)
    elif isinstance(raw, TgaFraction):
        value, nominal = _tga_fraction(raw, ledger), _tga_fraction(raw, Ledger(ledger.book))
        return Amount(entry.name, "mass_fraction", value, nominal, "total", density, molar_mass)
    elif kind == "balance":
        value = nominal = 0.0
    else:  # a group that only names what is weighed one by one
        kind, value, nominal = "mass", mass, mass
    return Amount(entry.name, str(kind), value, nominal, entry.of, density, molar_mass)


def _tga_fraction(item: TgaFraction, ledger: Ledger) -> float:
    char = _read(item.organic_residue, ledger) or 0.0
    return float(
        laws.ceramic_fraction_from_tga(
            item.composite_loss.read(ledger), item.ceramic_loss.read(ledger), "strict", organic_residue=char
        )
    )


def _sorted(recipe: Recipe, parts: Sequence[Part]) -> tuple[tuple[Part, ...], tuple[Part, ...], tuple[Part, ...]]:
    def pick(names: tuple[str, ...]) -> tuple[Part, ...]:
        return tuple(p for p in parts if _is_called(p, names))

    dried, burnt = pick(recipe.removed.dried), pick(recipe.removed.burnt_out)
    kept = tuple(part for part in parts if part not in dried and part not in burnt)
    if not kept:
        raise InputError(f"{recipe.name}: everything is removed; nothing is left of the recipe.")
    return dried, burnt, kept


def _is_called(part: Part, names: Sequence[str]) -> bool:
    return part.name in names or part.name.rsplit("/", 1)[-1] in names or any(name in names for name in part.within)


# --- curing -------------------------------------------------------------------------------------------------------


def _kinetics(recipe: Recipe, cure: Cure, parts: Sequence[Part], ledger: Ledger) -> Kinetics:
    initiator = [part for part in parts if _is_called(part, (cure.initiator,))]
    volume = sum(part.mixed_volume for part in parts if not part.is_solid and part.role != "solvent")
    amount = sum(part.amount for part in initiator)
    kinetics = Kinetics(
        initiator_concentration=amount / volume,
        temperature=cure.temperature.read(ledger),
        efficiency=cure.efficiency.read(ledger),
        propagation=cure.propagation.read(ledger),
        termination=cure.termination.read(ledger),
        decomposition_rate=_read(cure.decomposition_rate, ledger),
        decomposition_prefactor=_read(cure.decomposition_prefactor, ledger),
        decomposition_activation_energy=_read(cure.decomposition_activation_energy, ledger),
    )
    if cure.observed is None:
        return kinetics
    conversion = cure.observed.conversion.read(ledger)
    if not 0.0 < conversion < 1.0:
        raise InputError(
            f"{recipe.name}: an observed conversion of {conversion:.4g} fixes no rate; it must lie in 0..1."
        )
    time, temperature = cure.observed.time.read(ledger), cure.observed.temperature.read(ledger)
    # -ln(1 - X) is proportional to the propagation constant, so one evaluation of the law calibrates it.
    trial = kinetics
    reached = trial.conversion(time, temperature)
    if not reached > 0.0:
        raise InputError(f"{recipe.name}: with these rate constants nothing cures, so no observation can scale them.")
    while reached > 0.9:
        trial = replace(trial, propagation=0.1 * trial.propagation)
        reached = trial.conversion(time, temperature)
    return replace(trial, propagation=trial.propagation * math.log1p(-conversion) / math.log1p(-reached))


# --- findings -----------------------------------------------------------------------------------------------------


def _percent(value: float) -> str:
    return f"{100.0 * value:.4g} wt%"


def _printed_fractions(entries: Sequence[Entry], masses: Mapping[str, float], where: str, ledger: Ledger) -> list[str]:
    findings = []
    whole = sum(masses.values())
    for entry in entries:
        if entry.printed_mass_fraction is None:
            continue
        printed = entry.printed_mass_fraction.read(ledger)
        mass = masses[entry.name]
        readings = {"total": mass / whole}
        if mass < whole - mass:
            readings["rest"] = mass / (whole - mass)
        right = [basis for basis, value in readings.items() if abs(value - printed) <= PRINTED_TOLERANCE * printed]
        both = " and ".join(f"{_percent(value)} of the {basis}" for basis, value in readings.items())
        if not right:
            datum = entry.printed_mass_fraction.datum or ledger.book[entry.printed_mass_fraction.key]
            half_digit = math.sqrt(3.0) * (datum.standard_uncertainty or 0.0)
            rounds = any(abs(value - printed) <= half_digit for value in readings.values())
            findings.append(
                f"{where}: {entry.name} is printed as {_percent(printed)}, but its amount makes {both}"
                f"{' (the print may be rounded)' if rounds else ''}."
            )
        elif right == ["rest"]:
            findings.append(
                f"{where}: the printed {_percent(printed)} of {entry.name} is of the rest: it makes {both}."
            )
    return findings


def _misprints(recipe: Recipe, parts: Sequence[Part]) -> list[str]:
    findings = []
    whole = sum(part.mass for part in parts)
    for component in recipe.components:
        if component.printed_as is None:
            continue
        own = [part for part in parts if _is_called(part, (component.name,))]
        mass = sum(part.mass for part in own)
        said = f"{recipe.name}: {component.name} is printed as {component.printed_as!r}"
        namesakes = [part for part in parts if component.printed_as in (part.name, part.material)]
        if namesakes:
            taken = mass + sum(part.mass for part in namesakes)
            findings.append(
                f"{said}; taken literally, {component.printed_as} would make {_percent(taken / whole)} and "
                f"{component.name} would be absent; read as {_percent(mass / whole)} of {component.name}."
            )
        else:
            title = materials.entries()[own[0].material].title if own and own[0].material else component.name
            findings.append(f"{said}; read as {title}.")
    return findings


def _uncounted(recipe: Recipe, parts: Sequence[Part]) -> list[str]:
    catalogue = materials.entries()
    own = {c.name: c for c in recipe.components}
    return [
        f"{recipe.name}: {part.name} has no formula, so lithium and functional groups in it are not counted."
        for part in parts
        if part.name in own and own[part.name].formula is None and not own[part.name].groups
        if not part.material or catalogue[part.material].formula is None
    ]


def _losses(recipe: Recipe, formulation: Formulation, ledger: Ledger) -> list[str]:
    findings = []
    for item in recipe.weight_losses:
        loss = item.loss.read(ledger)
        blamed = [part for part in formulation.parts if _is_called(part, item.attributed_to)]
        share = sum(part.mass for part in blamed) / formulation.mass
        if loss <= share * (1.0 + PRINTED_TOLERANCE):
            continue
        others = [p for p in formulation.parts if p not in blamed and p.mass / formulation.mass >= loss - share]
        able = ", ".join(f"{p.name} ({_percent(p.mass / formulation.mass)})" for p in others)
        mend = f"; large enough for the difference: {able}" if able else ""
        findings.append(
            f"{recipe.name}: a loss of {_percent(loss)} is attributed to {' and '.join(item.attributed_to)}, "
            f"which is {_percent(share)} of the product{mend}."
        )
    return findings


def _filling(recipe: Recipe, formulation: Formulation, ledger: Ledger, findings: list[str]) -> Filling | None:
    item = recipe.infiltration
    if item is None:
        return None
    injected = item.volume.read(ledger) * item.count.read(ledger)
    area = 0.25 * math.pi * item.film_diameter.read(ledger) ** 2
    film = area * item.film_thickness.read(ledger)
    porosity = _read(item.porosity, ledger)
    if porosity is None:
        porosity = 1.0 - formulation.solid_volume_fraction
    pores = porosity * film
    if not 0.0 < pores <= film:
        raise InputError(f"{recipe.name}: a porosity of {porosity:.4g} leaves no pores to fill; it must lie in 0..1.")
    overflow = max(0.0, injected - pores)
    if overflow > 0.0:
        more = " (more than the whole film)" if injected > film else ""
        findings.append(
            f"{recipe.name}: {1e9 * injected:.3g} uL are put into a film of {1e9 * film:.3g} uL{more} whose pores "
            f"hold {1e9 * pores:.3g} uL: {1e9 * overflow:.3g} uL stay outside ({1e6 * overflow / area:.3g} um high)."
        )
    return Filling(injected, film, pores, min(1.0, injected / pores), overflow, overflow / area)
