"""Lives, shorts and critical currents of the papers: what the observed shorts can say about the others.

Most published lives are lower bounds. A population is what is taken to fail by one law; within it each claim is
predicted from the others, or it is said that they cannot.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass

from ceramer import units
from ceramer.errors import InputError, UnknownNameError
from ceramer.inference import Life, LifeData, LifeFit, NotIdentifiable, fit_lives
from ceramer.library._facts import fact
from ceramer.provenance import Datum, Ledger

__all__ = [
    "BLOCKING",
    "CALIBRATED",
    "LIFE_METHOD",
    "LIFE_MISFITS",
    "LIVES",
    "PREDICTED",
    "UNBLOCKED",
    "Durability",
    "PrintedLife",
    "PublishedLife",
    "blocked_share_needed",
    "calibrated_life",
    "critical_current_reason",
    "durability",
    "implied_current_density",
    "life_answer",
    "life_as_peo",
    "life_data",
    "not_identifiable",
    "predicted_life",
    "unblocked_life",
]

_MA_PER_CM2 = units.si_factor("mA/cm2")
_LAW = "weibull"
_SAMPLES = 2**11


@dataclass(frozen=True, slots=True)
class PublishedLife:
    """How a printed life is meant.

    Attributes
    ----------
    claim : id of the fact
    population : what is taken to fail by one law
    meaning : "observed", "longer" (no short until then) or "shorter" (a short before)
    current_density : [mA/cm2], or the id of the fact that gives it; None where the text gives none
    charge : whether the fact is an accumulated areal capacity instead of a time
    """

    claim: str
    population: str
    meaning: str
    current_density: float | str | None
    charge: bool = False


_POLYMER = "polymers without ceramic"
_ROWS = (
    PublishedLife("F001-158", _POLYMER, "observed", 0.1),
    PublishedLife("A0080", _POLYMER, "observed", "A0082"),
    PublishedLife("A0126", _POLYMER, "shorter", 1.0),
    PublishedLife("A0127", _POLYMER, "shorter", 2.0),
    PublishedLife("F003-030", "PEO", "observed", None),
    PublishedLife("F003-031", "PEO-PE", "longer", None),
    PublishedLife("F001-157", "first instability of SPE", "observed", 0.1),
    PublishedLife("A0079", "LATP pellet", "shorter", "A0081"),
    PublishedLife("A0001", "PCE", "longer", 1.0),
    PublishedLife("A0021", "PCE", "longer", 1.0),
    PublishedLife("A0128", "PCE", "longer", 1.0),
    PublishedLife("A0083", "PCE", "longer", 0.2),
    PublishedLife("A0112", "H-SSE", "longer", "A0121"),
    PublishedLife("A0114", "H-SSE", "longer", "A0122", charge=True),
    PublishedLife("A0120", "H-SSE", "longer", "A0124", charge=True),
    PublishedLife("A0119", "H-SSE", "longer", "A0125", charge=True),
    PublishedLife("F001-155", "CSE", "longer", 0.1),
    PublishedLife("F001-160", "CSE", "longer", 0.5),
    PublishedLife("F003-032", "PMI", "longer", None),
    PublishedLife("F003-033", "PMI", "longer", "F003-034"),
    PublishedLife("A0415", "UVEA-LATP-UVEA", "longer", 0.5),
    PublishedLife("A0416", "UVEA-LATP-UVEA", "longer", 0.1),
)
LIVES: Mapping[str, PublishedLife] = {row.claim: row for row in _ROWS}
"""Published lives of symmetric lithium cells by claim."""

_CRITICAL = {"A0111": "H-SSE", "A0350": "UVEA-LVO-UVEA", "A0352": "UVEA-LATP-UVEA", "A0353": "UVEA-LTO-UVEA",
             "A0414": "UVEA-LATP-UVEA"}  # fmt: skip

CALIBRATED = ("F001-158", "A0080")
"""The two observed shorts whose current is known: the law of polymers without ceramic stands on them."""
PREDICTED = ("A0126", "A0127")
"""Claims that the law of polymers without ceramic predicts."""
UNBLOCKED = tuple(
    row.claim
    for row in _ROWS
    if row.population in ("PCE", "H-SSE", "CSE", "PMI", "UVEA-LATP-UVEA") and row.current_density is not None
)
"""Lives of electrolytes with ceramic or a framework, set beside the law of polymers as if it stopped nothing."""
BLOCKING = {
    "PCE": "A0001",
    "H-SSE": "A0112",
    "CSE": "F001-160",
    "PMI": "F003-033",
    "UVEA-LATP-UVEA": "A0415",
}
"""For each layer that bore more: its most demanding life."""
LIFE_METHOD = (
    "Weibull lives in proportion to 1/j (growth of a filament follows the charge), censored likelihood of the other "
    "lives of polymers without ceramic; two of them are observed shorts"
)
LIFE_MISFITS: Mapping[str, str] = {
    "A0126": "the only other life of the same polymer is a short long before the law, so that little is left to say",
    "A0127": "the law of two other polymers gives it twice the charge that it bore: at this current it fails sooner "
    "than charge alone says, or its film is weaker",
}

_QUANTILE = "polymer.life_quantile"
_EXPONENT = Datum(
    "polymer.current_exponent",
    "ratio",
    1.0,
    "1",
    "assumed",
    note="filaments grow with the charge; healing would raise it, and two shorts cannot tell",
)


def _published(claim: str) -> PublishedLife:
    try:
        return LIVES[claim]
    except KeyError:
        raise UnknownNameError("published life", claim, LIVES) from None


def _current(ledger: Ledger, life: PublishedLife) -> float | None:
    if isinstance(life.current_density, str):
        return ledger(life.current_density)
    return None if life.current_density is None else life.current_density * _MA_PER_CM2


def _life(ledger: Ledger, life: PublishedLife) -> Life | None:
    current = _current(ledger, life)
    if current is None:
        return None
    time = ledger(life.claim) / (current if life.charge else 1.0)
    make = {"observed": Life.observed, "longer": Life.longer_than, "shorter": Life.shorter_than}[life.meaning]
    return make(time, current, life.claim)


def life_data(ledger: Ledger, population: str, without: str = "") -> LifeData | NotIdentifiable:
    """Return the lives of a population as printed, leaving one claim out and those whose current is not known.

    Restatements of one life (same population, current and value) count once.
    """
    rows = [row for row in _ROWS if row.population == population and row.claim != without]
    left_out = {(_current(ledger, LIVES[without]), fact(without).si)} if without else set()
    lives: dict[tuple[float | None, float], Life] = {}
    for row in rows:
        life = _life(ledger, row)
        key = (_current(ledger, row), fact(row.claim).si)
        if life is not None and key not in lives and key not in left_out:
            lives[key] = life
    if not lives:
        return NotIdentifiable(f"no other life of {population} is published with its current density.")
    return LifeData(lives.values())


def _fit(ledger: Ledger, without: str) -> LifeFit | NotIdentifiable:
    row = _published(without)
    if row.current_density is None:
        return NotIdentifiable("the current density is not in the text.")
    data = life_data(ledger, row.population, without)
    if isinstance(data, NotIdentifiable):
        return data
    return fit_lives(data, law=_LAW, exponent=ledger(_EXPONENT), samples=_SAMPLES)


def _of_polymers(ledger: Ledger, only_shorts: bool = False, without: str = "") -> LifeFit:
    data = life_data(ledger, _POLYMER, without)
    assert isinstance(data, LifeData)  # two shorts are always there
    return _fitted(tuple(x for x in data.lives if x.is_observed or not only_shorts), ledger(_EXPONENT))


@functools.lru_cache(maxsize=1 << 10)
def _fitted(lives: tuple[Life, ...], exponent: float) -> LifeFit:
    fit = fit_lives(LifeData(lives), law=_LAW, exponent=exponent, samples=_SAMPLES)
    if isinstance(fit, NotIdentifiable):
        raise InputError(str(fit))
    return fit


def predicted_life(claim: str, ledger: Ledger) -> float:
    """Return the life [s] of a claim by the other lives of its population, as a quantile read from the ledger.

    The nominal quantile is the median; over its range 0 to 1 the whole distribution of a new cell is met.
    """
    row = _published(claim)
    fit = _fit(ledger, claim)
    current = _current(ledger, row)
    if isinstance(fit, NotIdentifiable) or current is None:
        raise InputError(f"{claim}: {fit}")
    return fit.quantile(ledger(_QUANTILE), current)


def calibrated_life(claim: str, ledger: Ledger) -> float:
    """Return the median life [s] by the law fitted to both observed shorts, at the current of one of them."""
    row = _published(claim)
    current = _current(ledger, row)
    if current is None:
        raise InputError(f"{claim}: the current density is not in the text.")
    return _of_polymers(ledger, only_shorts=True).quantile(0.5, current)


def unblocked_life(claim: str, ledger: Ledger) -> float:
    """Return the life [s], or the charge [C/m2], of a claim by the law of polymers without ceramic.

    As if the ceramic of its electrolyte stopped nothing: what a printed life exceeds it by is the work of the ceramic.
    """
    row = _published(claim)
    current = _current(ledger, row)
    if current is None:
        raise InputError(f"{claim}: the current density is not in the text.")
    life = _of_polymers(ledger, only_shorts=True).quantile(ledger(_QUANTILE), current)
    return life * current if row.charge else life


def life_as_peo(ledger: Ledger) -> float:
    """Return the life [s] of a cell that is run and shorts as that of PEO, at a current that is not printed.

    The law of polymers without ceramic gives the scatter between two such cells.
    """
    fit = _of_polymers(ledger, only_shorts=True)
    scatter = fit.quantile(ledger(_QUANTILE), _MA_PER_CM2) / fit.quantile(0.5, _MA_PER_CM2)
    return ledger("F003-030") * scatter


def implied_current_density(ledger: Ledger) -> float:
    """Return the current density [A/m2] at which PEO would live as printed, by the law of polymers without ceramic."""
    reference = _MA_PER_CM2
    life = _of_polymers(ledger, only_shorts=True).quantile(ledger(_QUANTILE), reference)
    return float(reference * (life / ledger("F003-030")) ** (1.0 / ledger(_EXPONENT)))


def blocked_share_needed(system: str, ledger: Ledger) -> float:
    """Return the least share of the growth that a layer must stop to bear what it bore, ``1 - T_polymer/T``.

    T_polymer is the life of a polymer without ceramic at the same current. Below 0 nothing needs to be stopped.
    """
    if system not in BLOCKING:
        raise UnknownNameError("layer with a published life", system, BLOCKING)
    row = _published(BLOCKING[system])
    borne = _life(ledger, row)
    assert borne is not None  # their currents are printed
    life = _of_polymers(ledger, only_shorts=True).quantile(ledger(_QUANTILE), borne.current_density)
    return 1.0 - life / borne.earliest


def not_identifiable(claim: str, ledger: Ledger) -> str:
    """Return the sentence why the other lives cannot predict a claim, "" where they can."""
    if claim in _CRITICAL:
        return critical_current_reason(claim)
    fit = _fit(ledger, claim)
    return str(fit) if isinstance(fit, NotIdentifiable) else ""


def critical_current_reason(claim: str) -> str:
    """Return why a critical current density cannot be predicted: no cell of its kind was seen to short."""
    if claim not in _CRITICAL:
        raise UnknownNameError("critical current density", claim, _CRITICAL)
    system = _CRITICAL[claim]
    shorts = sum(row.population == system and row.meaning == "observed" for row in _ROWS)
    return f"not identifiable: fewer than two shorts were observed ({shorts} of {system}); every step was borne."


def life_answer(claim: str, ledger: Ledger) -> str:
    """Return one line: the prediction with its interval, or why there is none."""
    reason = not_identifiable(claim, ledger)
    if reason:
        return reason
    row = _published(claim)
    fit, current = _fit(ledger, claim), _current(ledger, row)
    assert isinstance(fit, LifeFit) and current is not None  # else there would be a reason
    result = fit.predict(current)
    low, high = (units.show(end, "h") for end in result.interval or (result.value, result.value))
    return f"{units.show(result.value, 'h')} (95 % of new cells: {low} to {high}), from {', '.join(result.inputs)}"


@dataclass(frozen=True, slots=True)
class PrintedLife:
    """A printed life as the charge [C/m2] that had passed each area: the claim, its population, how it is meant."""

    claim: str
    population: str
    meaning: str
    charge: float


@dataclass(frozen=True)
class Durability:
    """Printed lives of lithium cells, and the law that the observed shorts of one population carry."""

    population: str
    lives: tuple[PrintedLife, ...]
    _fit: LifeFit

    def survival(self, charge: float) -> float:
        """Return the share of new cells of the population without a short after a charge [C/m2]."""
        return self._fit.survival(charge / _MA_PER_CM2, _MA_PER_CM2)  # lives go with 1/j: any current does

    def quantile(self, share: float) -> float:
        """Return the charge [C/m2] after which a share of the cells has shorted."""
        return self._fit.quantile(share, _MA_PER_CM2) * _MA_PER_CM2


def durability() -> Durability:
    """Return every printed life whose current density is known, and the law of polymers without ceramic."""
    from ceramer.library._systems import book

    ledger = book().ledger()
    lives = []
    for row in _ROWS:
        current = _current(ledger, row)
        if current is not None:
            charge = ledger(row.claim) * (1.0 if row.charge else current)
            lives.append(PrintedLife(row.claim, row.population, row.meaning, charge))
    return Durability(_POLYMER, tuple(lives), _of_polymers(ledger, only_shorts=True))
