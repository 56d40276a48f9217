"""A book of numbers by id, and a ledger that remembers which of them a calculation read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ceramer.errors import InputError, UnknownNameError

__all__ = ["Book", "Datum", "Ledger", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """A citation: short key, text, DOI (or None) and the licence under which the value may be shipped."""

    key: str
    citation: str
    doi: str | None = None
    licence: str = "fact"


@dataclass(frozen=True, slots=True)
class Datum:
    """One number with everything that must be said about it.

    Attributes
    ----------
    id : str
        Unique name: "A0067" (a printed number) or "LATP.density" (a catalogue value).
    quantity : str
        Field's term, spelled out ("ionic_conductivity").
    value : float
        SI units.
    unit : str
        Unit to show it in ("mS/cm").
    standard_uncertainty : float or None
        SI units; for a printed number without one, a rectangular distribution over the last printed digit.
    low, high : float or None
        SI range of an assumed value (both or neither).
    assumed : bool
        True where nobody measured it for this system; everything computed from it says so.
    source : str
        Key of a `Source`.
    temperature : float or None
        [K], where it matters.
    note : str
        What a reader should know.
    """

    id: str
    quantity: str
    value: float
    unit: str
    source: str
    standard_uncertainty: float | None = None
    low: float | None = None
    high: float | None = None
    assumed: bool = False
    temperature: float | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise InputError(f"{self.id}: a range needs both ends.")
        if self.low is not None and self.high is not None and not self.low <= self.value <= self.high:
            raise InputError(f"{self.id}: {self.value} lies outside its range {self.low} to {self.high}.")
        if self.assumed and self.low is None:
            raise InputError(f"{self.id}: an assumed value needs a range.")
        if not self.source:
            raise InputError(f"{self.id}: a value needs a source.")


class Book(Mapping[str, Datum]):
    """Immutable map from id to `Datum`. A second datum with the same id is an error, never an overwrite."""

    def __init__(self, data: Iterable[Datum] = (), sources: Iterable[Source] = ()) -> None:
        entries: dict[str, Datum] = {}
        for datum in data:
            if datum.id in entries:
                raise InputError(f"Two data have the id {datum.id!r}.")
            entries[datum.id] = datum
        self._data = MappingProxyType(entries)
        self.sources: Mapping[str, Source] = MappingProxyType({source.key: source for source in sources})

    def __getitem__(self, key: str) -> Datum:
        try:
            return self._data[key]
        except KeyError:
            raise UnknownNameError("datum", key, self._data) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __contains__(self, key: object) -> bool:
        return key in self._data

    def __or__(self, other: Book) -> Book:
        return Book([*self.values(), *other.values()], [*self.sources.values(), *other.sources.values()])

    def ledger(self, override: Mapping[str, float] | None = None) -> Ledger:
        """Open a fresh ledger on this book; `override` replaces SI values by id."""
        return Ledger(self, override or {})


@dataclass(slots=True)
class Ledger:
    """Reads SI values from a book and remembers the ids in reading order.

    >>> book = Book([Datum("L", "thickness", 350e-6, "um", "example")])
    >>> ledger = book.ledger()
    >>> ledger("L"), list(ledger.read)
    (0.00035, ['L'])
    """

    book: Book
    override: Mapping[str, float] = field(default_factory=dict)
    read: dict[str, Datum] = field(default_factory=dict)
    memo: dict[object, Any] = field(default_factory=dict, repr=False)
    """Results that follow from this ledger alone, kept by whoever computes them twice."""

    def __call__(self, key: str | Datum) -> float:
        """Return the SI value of a datum (or of the datum called `key`) and note that it was read."""
        datum = self.book[key] if isinstance(key, str) else key
        self.read[datum.id] = datum
        return self.override.get(datum.id, datum.value)

    def __contains__(self, key: object) -> bool:
        return key in self.book
