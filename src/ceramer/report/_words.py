"""Numbers and verdicts as words: what the terminal and the page both print."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from ceramer import units
from ceramer.library import FindingRow, Row
from ceramer.provenance import Datum, Kind

__all__ = [
    "GAPS",
    "KINDS",
    "VERDICTS",
    "Word",
    "deviation",
    "fold",
    "interval",
    "number",
    "ours",
    "plain",
    "printed",
    "tell",
    "unit_text",
    "verdict_word",
]

_FACTOR = 10.0  # a deviation larger than this reads better as a factor
_SMALL, _LARGE = 1e-3, 1e5


@dataclass(frozen=True, slots=True)
class Word:
    """A verdict or kind as a reader meets it: a word, a sign, a terminal style, and one sentence that explains it."""

    word: str
    sign: str
    style: str
    meaning: str


VERDICTS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "agree": Word("agree", "✔", "green", "within two combined standard uncertainties of the printed number"),
        "disagree": Word("disagree", "✘", "bold red", "further away than two combined standard uncertainties"),
        "uninformative": Word("uninformative", "?", "yellow", "the 95 % interval is wider than a factor of 3"),
        "not_checked": Word("not checked", "·", "dim", "no value of ours to compare"),
        "impossible": Word("impossible", "✘", "bold red", "no values within the rounding can satisfy the relation"),
        "note": Word("note", "i", "cyan", "no contradiction, but something that the numbers say"),
        "unchecked": Word("unchecked", "·", "dim", "a number is missing that the relation needs"),
    }
)
"""Verdicts of `reproduce` and of the audit. Colour never stands alone: word and sign say the same."""

KINDS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "predicted": Word("predicted", "", "", "computed from inputs that do not include the printed number"),
        "calibrated": Word("calibrated", "", "", "a parameter was fitted to this very number: agreement shows nothing"),
        "audit": Word("audit", "", "", "arithmetic on other printed numbers of the same paper"),
        "inferred": Word("inferred", "", "", "what a printed value would need, if the model holds"),
        "input": Word(
            "input", "", "dim", "a printed number that other rows are computed from, or that was set, seen or counted"
        ),
        "not_yet": Word("no value", "", "dim", "no value of ours: what is missing is said beside it"),
        "measured": Word("measured", "", "", "read from an instrument file"),
    }
)
"""How a number was obtained."""


GAPS: Final[Mapping[str, Word]] = MappingProxyType(
    {
        "needs_curve": Word(
            "needs curve", "", "dim", "one end point fixes one rate and tests no law: the points between are needed"
        ),
        "not_identifiable": Word(
            "not identifiable", "", "dim", "too few failures were seen to say how cells of this kind fail"
        ),
        "no_model": Word("no model", "", "dim", "spectra, molecules, decomposition, rupture: no model here is of them"),
        "not_yet": Word("not yet", "", "dim", "could be computed here, and is not yet"),
    }
)
"""What a claim lacks; a claim may be answered and still need its curve."""


def verdict_word(verdict: str, *, signs: bool = True) -> str:
    """Return the word of a verdict, with its sign in front."""
    word = VERDICTS[verdict]
    return f"{word.sign} {word.word}" if signs else word.word


def plain(name: str) -> str:
    """Return a quantity's name with spaces ("ionic conductivity")."""
    return name.replace("_", " ")


def unit_text(unit: str) -> str:
    """Return a unit as it follows a number ("" for pure numbers)."""
    return "" if unit in ("1", "") else f" {unit.replace('*', ' ')}"


def number(value: float, uncertainty: float | None = None) -> str:
    """Return a number, to two digits of its standard uncertainty where it has one.

    >>> number(1.8144, 0.659), number(6.95e-8, 1.3e-7), number(919.2, 808.1), number(0.24678)
    ('1.81 ± 0.66', '(7 ± 13)e-8', '920 ± 810', '0.2468')
    """
    if not uncertainty or not math.isfinite(uncertainty):
        return _tidy(f"{value:.4g}")
    size = max(abs(value), uncertainty)
    power = 0 if _SMALL <= size < _LARGE else math.floor(math.log10(abs(value) or uncertainty))
    value, uncertainty = value * 10.0**-power, uncertainty * 10.0**-power
    digits = 1 - math.floor(math.log10(uncertainty))
    decimals = max(0, digits)
    text = f"{round(value, digits):.{decimals}f} ± {round(uncertainty, digits):.{decimals}f}"
    return f"({text})e{power}" if power else text


def _tidy(text: str) -> str:
    mantissa, _, power = text.partition("e")
    return f"{mantissa}e{int(power)}" if power else text


def printed(row: Row) -> str:
    """Return the printed number as the paper means it: "> 5 mA/cm2", "~ 12 h", "0.75 mS/cm", "PMI < PLS"."""
    if row.relation == "order":
        return row.printed_text
    mark = "" if row.relation == "=" else f"{row.relation} "
    return f"{mark}{row.printed_text}{unit_text(row.unit)}"


def ours(row: Row | FindingRow) -> str:
    """Return our value with its uncertainty and unit ("" without one); of an order, its probability."""
    if isinstance(row, Row) and row.relation == "order":
        return "" if row.value is None else f"probability {row.value:.2g}"
    return "" if row.value is None else number(row.value, row.uncertainty) + unit_text(row.unit)


def interval(ends: tuple[float, float] | None) -> str:
    """Return a 95 % interval ("" without one)."""
    return "" if ends is None else f"{_short(ends[0])} to {_short(ends[1])}"


def _short(value: float) -> str:
    return f"{value:.0f}" if 1e3 <= abs(value) < _LARGE else _tidy(f"{value:.3g}")


def deviation(share: float | None) -> str:
    """Return ours / printed - 1 in per cent, or as a factor where it is large.

    >>> deviation(-0.49), deviation(1.42), deviation(76.0), deviation(-0.984), deviation(0.00001)
    ('-49 %', '+142 %', 'x 77', 'x 0.016', '0.0 %')
    """
    if share is None:
        return ""
    if share >= _FACTOR - 1.0 or -1.0 < share <= 1.0 / _FACTOR - 1.0:
        return f"x {1.0 + share:.2g}"
    digits = 0 if abs(share) >= 0.1 else 1
    text = f"{100.0 * share:+.{digits}f} %"
    return text[1:] if text[1:] == "0.0 %" else text


def fold(rows: Iterable[Row], kind: Kind, gap: str | None = None) -> list[tuple[str, int]]:
    """Return the reasons of the rows of this kind (and gap) with their counts, most frequent first."""
    counts: dict[str, int] = {}
    for row in rows:
        if row.kind is kind and gap in (None, row.gap):
            counts[row.reason] = counts.get(row.reason, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def tell(datum: Datum) -> str:
    """Return a datum's value, with its range or uncertainty, in its own unit."""
    text = number(
        units.convert(datum.value, datum.unit),
        datum.standard_uncertainty / units.si_scale(datum.unit) if datum.standard_uncertainty else None,
    )
    text += unit_text(datum.unit)
    if datum.low is not None and datum.high is not None:
        low, high = (units.convert(end, datum.unit) for end in (datum.low, datum.high))
        text += f" ({_tidy(f'{low:.4g}')} to {_tidy(f'{high:.4g}')})"
    return text
