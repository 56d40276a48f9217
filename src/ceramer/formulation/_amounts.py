"""Amounts of one level of a recipe (parts, percentages of something, masses, volumes) to masses."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ceramer.errors import InputError, UnknownNameError

__all__ = ["Amount", "Level", "resolve"]

WHOLE_TOLERANCE = 5e-4
"""Percentages whose sum is within this of 1 make a whole (the rounding of a few printed percentages)."""

_ABSOLUTE = ("mass", "volume")
_PARTS = ("mass_parts", "molar_parts", "volume_parts")
_FRACTIONS = ("mass_fraction", "volume_fraction")


@dataclass(frozen=True, slots=True)
class Amount:
    """One entry of a level: a value [SI] of a kind; `nominal` is the value before any change of an input.

    Decisions (do the percentages make a whole?) are taken from `nominal`, so that the reading of a recipe does
    not jump when an input is varied. `density` and `molar_mass` are called only where they are needed.
    """

    name: str
    kind: str
    value: float
    nominal: float
    of: str | None
    density: Callable[[], float]
    molar_mass: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Level:
    """Masses [kg] by name; where nothing absolute is given they are per kg of what the percentages make."""

    masses: Mapping[str, float]
    absolute: bool
    findings: tuple[str, ...]


def resolve(amounts: Sequence[Amount], where: str) -> Level:
    """Turn the amounts of one level into masses.

    "total" is the mixture with the component but without what is added on top; "rest" is everything that is not
    itself a percentage of the rest. A percentage without basis is of the total where the percentages make a
    whole; otherwise it is added on top, and the finding gives both readings.

    Raises
    ------
    InputError
        Mixed kinds that have no common meaning, fractions above 1, a percentage of something unknown.
    """
    _check_kinds(amounts, where)
    on_top, unclear = _on_top(amounts)
    findings: list[str] = []
    masses = _masses(amounts, on_top, {}, where, findings)
    for amount in amounts:
        if amount.name in unclear:
            readings = []
            for as_total in (True, False):
                other = _masses(amounts, on_top, {amount.name: as_total}, where, [])
                readings.append(100.0 * other[amount.name] / sum(other.values()))
            findings.append(
                f"{where}: {amount.name} is {100.0 * amount.value:.4g} % of something that is not said: of the total "
                f"it is {readings[0]:.4g} wt% of the mixture, of the rest {readings[1]:.4g} wt%; read as of the rest."
            )
    return Level(masses, any(a.kind in _ABSOLUTE for a in amounts), tuple(findings))


def _check_kinds(amounts: Sequence[Amount], where: str) -> None:
    kinds = {a.kind for a in amounts}
    if not amounts:
        raise InputError(f"{where}: there are no components.")
    parts = sorted(kinds & set(_PARTS))
    absolute = sorted(kinds & set(_ABSOLUTE))
    if len(parts) > 1:
        raise InputError(f"{where}: {' and '.join(parts)} cannot stand beside each other; put one kind into a group.")
    if parts and absolute:
        raise InputError(f"{where}: {parts[0]} beside a {absolute[0]} has no scale; put the parts into a group.")
    totals = {a.kind for a in amounts if a.kind in _FRACTIONS and a.of in (None, "total")}
    if len(totals) > 1:
        raise InputError(f"{where}: mass and volume fractions of one total are mixed; put one kind into a group.")
    names = [a.name for a in amounts]
    for amount in amounts:
        if amount.kind in _FRACTIONS and amount.nominal > 1.0:
            raise InputError(
                f"{where}: the fraction of {amount.name!r} is {amount.nominal:.4g}, above 1; write percent as '5 wt%'."
            )
        if amount.of not in (None, "total", "rest") and amount.of not in names:
            raise UnknownNameError(
                f"basis of a percentage in {where}", str(amount.of), ["total", "rest", *names], f"({amount.name})"
            )
    if "balance" in kinds:
        if sum(a.kind == "balance" for a in amounts) > 1:
            raise InputError(f"{where}: only one component can be the balance.")
        if parts or absolute:
            raise InputError(f"{where}: a balance needs the others as percentages of the total.")


def _on_top(amounts: Sequence[Amount]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that are added on top of the whole, and those among them whose basis is not said."""
    explicit = frozenset(a.name for a in amounts if a.of == "rest")
    unsaid = [a for a in amounts if a.kind in _FRACTIONS and a.of is None]
    if any(a.kind in (*_ABSOLUTE, *_PARTS) for a in amounts):
        names = frozenset(a.name for a in unsaid)
        return explicit | names, names
    if any(a.kind == "balance" for a in amounts):
        return explicit, frozenset()
    said = sum(a.nominal for a in amounts if a.kind in _FRACTIONS and a.of == "total")
    for count in range(len(unsaid)):
        for left_out in itertools.combinations(sorted(unsaid, key=lambda a: a.nominal), count):
            total = said + sum(a.nominal for a in unsaid if a not in left_out)
            if abs(total - 1.0) <= WHOLE_TOLERANCE:
                names = frozenset(a.name for a in left_out)
                return explicit | names, names
    return explicit, frozenset()


def _masses(
    amounts: Sequence[Amount],
    on_top: frozenset[str],
    of_total: Mapping[str, bool],
    where: str,
    findings: list[str],
) -> dict[str, float]:
    masses: dict[str, float] = {}
    for a in amounts:
        if a.kind in ("mass", "mass_parts"):
            masses[a.name] = a.value
        elif a.kind in ("volume", "volume_parts"):
            masses[a.name] = a.value * a.density()
        elif a.kind == "molar_parts":
            masses[a.name] = a.value * a.molar_mass()
    totals = [a for a in amounts if a.kind in _FRACTIONS and a.of in (None, "total") and a.name not in on_top]
    balance = [a for a in amounts if a.kind == "balance"]
    if totals or balance:
        _add_totals(masses, amounts, totals=totals, balance=balance, where=where, findings=findings)
    whole = sum(masses.values())
    if whole <= 0.0:
        raise InputError(f"{where}: the amounts add up to nothing; give at least one component a mass, part or share.")
    volume: float | None = None
    for a in amounts:
        if a.name not in on_top:
            continue
        ratio = a.value / (1.0 - a.value) if of_total.get(a.name) else a.value
        if a.kind == "volume_fraction":
            volume = _volume(masses, amounts) if volume is None else volume
            masses[a.name] = ratio * volume * a.density()
        else:
            masses[a.name] = ratio * whole
    waiting = [a for a in amounts if a.name not in masses]
    while waiting:
        ready = [a for a in waiting if a.of in masses]
        if not ready:
            raise InputError(f"{where}: {' and '.join(a.name for a in waiting)} are percentages of each other.")
        for a in ready:
            base = masses[str(a.of)]
            if a.kind == "volume_fraction":
                other = next(b for b in amounts if b.name == a.of)
                base *= a.density() / other.density()
            masses[a.name] = a.value * base
        waiting = [a for a in waiting if a not in ready]
    return {a.name: masses[a.name] for a in amounts}


def _volume(masses: Mapping[str, float], amounts: Sequence[Amount]) -> float:
    return sum(masses[a.name] / a.density() for a in amounts if a.name in masses)


def _add_totals(
    masses: dict[str, float],
    amounts: Sequence[Amount],
    *,
    totals: Sequence[Amount],
    balance: Sequence[Amount],
    where: str,
    findings: list[str],
) -> None:
    """Add the fractions of the total (and the balance) to `masses`, whose sum is the part not in percent."""
    by_volume = any(a.kind == "volume_fraction" for a in totals)
    shares = {a.name: a.value for a in totals}
    nominal = sum(a.nominal for a in totals)
    share = sum(shares.values())
    if masses:
        if share >= 1.0:
            raise InputError(
                f"{where}: the percentages of the total add up to {100.0 * share:.4g} %, which leaves nothing for "
                f"{', '.join(masses)}; say of = 'rest' where a percentage is added on top."
            )
        whole = (_volume(masses, amounts) if by_volume else sum(masses.values())) / (1.0 - share)
    else:
        whole = 1.0
        if balance:
            if share > 1.0:
                raise InputError(f"{where}: the percentages add up to {100.0 * share:.4g} %, which leaves no balance.")
            shares[balance[0].name] = 1.0 - share
        else:
            if abs(nominal - 1.0) > 1e-9:
                findings.append(
                    f"{where}: the percentages of {', '.join(shares)} add up to {100.0 * share:.5g} %, not 100 %; "
                    "scaled to 100 %."
                )
            whole = 1.0 / share if share else 0.0
    for a in (*totals, *balance):
        masses[a.name] = shares[a.name] * whole * (a.density() if by_volume else 1.0)
