"""The audit file: contexts, each a set of numbers that belong to one sample, cell or claim."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from ceramer import laws
from ceramer.errors import InputError, UnknownNameError
from ceramer.library._facts import PAPERS
from ceramer.library.audit._numbers import Number, read_number
from ceramer.library.audit._roles import RECORDS, ROLES, TEXTS
from ceramer.provenance import SCHEMA_VERSION, Book, read_toml

__all__ = [
    "AuditDocument",
    "Context",
    "Record",
    "load_audit",
    "numbers_of",
    "paper_audit",
    "parse_audit",
    "schema",
    "template",
]


@dataclass(frozen=True)
class Record:
    """One table of a list (a layer, a part, a step): its name and its numbers by role."""

    name: str
    readings: Mapping[str, tuple[Number, ...]]
    texts: Mapping[str, Any] = field(default_factory=dict)

    def number(self, role: str) -> Number | None:
        """The number that plays `role` here (the first, where several are printed).

        The conductivity of a layer with a porosity is that of its filled pores, ``sigma * porosity**1.5``.
        """
        found = self.readings.get(role)
        if not found:
            return None
        if role == "ionic_conductivity" and "porosity" in self.readings:
            return _porous(found[0], self.readings["porosity"][0])
        return found[0]


@dataclass(frozen=True)
class Context(Record):
    """Numbers that belong together; `records` holds the lists (layers, recipe, steps, ...)."""

    records: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)

    def printed(self, role: str) -> Number | None:
        """The number as the file gives it, nothing derived."""
        return super().number(role)

    def number(self, role: str) -> Number | None:
        """The number that plays `role`, derived where another role settles it (an area from a diameter)."""
        return super().number(role) or self._derived(role)

    def _derived(self, role: str) -> Number | None:
        if role == "area" and (diameter := super().number("diameter")):
            return _map(diameter, lambda d: math.pi * d * d / 4.0, "area", "cm2")
        if role in ("temperature_1", "temperature_2", "grain_boundary_temperature"):
            of = "grain_boundary_conductivity" if role.startswith("grain") else f"ionic_conductivity{role[-2:]}"
            conductivity = super().number(of)
            if conductivity is not None and conductivity.temperature is not None:
                t = conductivity.temperature
                return replace(conductivity, dimension="temperature", value=t, low=t, high=t, unit="degC", relation="=")
        if role == "capacity_retention":
            first, last = super().number("initial_capacity"), super().number("final_capacity")
            if first and last and first.low > 0.0:
                sources = (*last.sources, *first.sources)
                return Number(
                    "capacity_retention", "fraction", last.value / first.value, last.low / first.high,
                    last.high / first.low, "%", sources=sources,
                )  # fmt: skip
        return None


@dataclass(frozen=True)
class AuditDocument:
    """An audit file, read."""

    title: str
    contexts: tuple[Context, ...]
    note: str = ""


def load_audit(path: str | Path, book: Book | None = None) -> AuditDocument:
    """Read an audit file; `book` resolves ``{ catalogue = ... }`` references.

    Raises
    ------
    InputError
        In one sentence: a missing or malformed file, an unknown role (with the nearest name), a wrong unit.
    """
    return parse_audit(read_toml(path), str(path), book)


def paper_audit(name: str) -> AuditDocument:
    """Return the audit of one of the four papers (the keys are those of `ceramer.library.PAPERS`)."""
    if name not in PAPERS:
        raise UnknownNameError("paper", name, PAPERS)
    text = files("ceramer.library").joinpath(f"data/audits/{name}.toml").read_text(encoding="utf-8")
    return parse_audit(tomllib.loads(text), f"{name}.toml")


def template() -> str:
    """Return a commented audit file that runs as it is."""
    return files("ceramer.library").joinpath("data/templates/audit.toml").read_text(encoding="utf-8")


def schema() -> dict[str, Any]:
    """Return the JSON schema of an audit file, for the completion of an editor."""
    number = {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "object"}, {"type": "array"}]}
    plain = {str: {"type": "string"}, bool: {"type": "boolean"}, list: {"type": "array", "items": {"type": "string"}}}
    texts = {name: plain[kind] for name, kind in TEXTS.items()}
    roles = {
        name: {**number, "description": f"{role.dimension}, such as in {role.unit}"} for name, role in ROLES.items()
    }
    tables = {
        group: {"type": "array", "items": _object({**{role: roles[role] for role in members}, **texts})}
        for group, members in RECORDS.items()
    }
    fields = {
        "kind": {"const": "audit"},
        "schema_version": {"const": SCHEMA_VERSION},
        "title": {"type": "string"},
        "note": {"type": "string"},
        "context": {"type": "object", "additionalProperties": _object({**roles, **tables, **texts})},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "required": ["kind", "context"],
        **_object(fields),
    }


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": dict(properties), "additionalProperties": False}


def parse_audit(data: Mapping[str, Any], where: str = "audit", book: Book | None = None) -> AuditDocument:
    """Build a document from a mapping of the form of an audit file."""
    if data.get("kind") != "audit":
        raise InputError(f"{where}: kind is {data.get('kind')!r}, not 'audit'.")
    version = data.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise InputError(f"{where}: schema_version {version!r} is not known; this ceramer reads {SCHEMA_VERSION}.")
    known = ("kind", "schema_version", "title", "note", "context")
    for key in data:
        if key not in known:
            raise UnknownNameError(f"field in {where}", str(key), known)
    tables = data.get("context")
    if not isinstance(tables, Mapping) or not tables:
        raise InputError(f"{where}: no context; write a table [context.NAME] with the numbers that belong together.")
    contexts = tuple(_context(str(name), table, where, book) for name, table in tables.items())
    return AuditDocument(str(data.get("title", where)), contexts, str(data.get("note", "")))


def numbers_of(context: Context) -> Iterator[Number]:
    """Every number that a context gives."""
    for record in (context, *(item for group in context.records.values() for item in group)):
        for readings in record.readings.values():
            yield from readings


def _context(name: str, table: Any, where: str, book: Book | None) -> Context:
    if not isinstance(table, Mapping):
        raise InputError(f"{where}: context.{name} must be a table of roles.")
    records = {}
    plain = {}
    for key, raw in table.items():
        if key not in RECORDS:
            plain[key] = raw
            continue
        if not isinstance(raw, list) or not all(isinstance(item, Mapping) for item in raw):
            raise InputError(f"{where}: {name}.{key} must be a list of tables.")
        records[key] = tuple(
            _record(f"{name}.{key}.{i}", item, where, book, RECORDS[key]) for i, item in enumerate(raw)
        )
    base = _record(name, plain, where, book, tuple(ROLES))
    return Context(name, base.readings, base.texts, records)


def _record(path: str, table: Mapping[str, Any], where: str, book: Book | None, roles: tuple[str, ...]) -> Record:
    readings: dict[str, tuple[Number, ...]] = {}
    texts = {}
    for key, raw in table.items():
        if key in TEXTS:
            texts[key] = _text(raw, TEXTS[key], f"{where}: {path}.{key}")
        elif key in roles:
            role = ROLES[key]
            values = raw if isinstance(raw, list) else [raw]
            if not values:
                raise InputError(f"{where}: {path}.{key} is an empty list.")
            try:
                readings[key] = tuple(
                    read_number(value, role.dimension, f"{path}.{key}", nature=role.nature, book=book)
                    for value in values
                )
            except InputError as error:
                raise InputError(f"{where}: {error}") from None
            if key == "porosity" and readings[key][0].value > 1.0:
                raise InputError(f"{where}: {path}.porosity is {readings[key][0].text}, more than everything.")
        else:
            more = tuple(RECORDS) if "." not in path else ()
            raise UnknownNameError(f"role in {where}, {path}:", str(key), (*roles, *more, *TEXTS))
    return Record(str(table.get("name", path.rpartition(".")[2])), readings, texts)


def _text(raw: Any, kind: type, what: str) -> Any:
    if not isinstance(raw, kind) or (isinstance(raw, list) and not all(isinstance(item, str) for item in raw)):
        wanted = {str: "text", bool: "true or false", list: "a list of names"}[kind]
        raise InputError(f"{what} must be {wanted}, not {raw!r}.")
    return raw


def _porous(filler: Number, porosity: Number) -> Number:
    low, value, high = (
        float(laws.bruggeman_porous(sigma, min(part, 1.0)))
        for sigma, part in (
            (filler.low, porosity.low), (filler.value, porosity.value), (filler.high, porosity.high)
        )
    )  # fmt: skip
    return replace(
        filler, value=value, low=low, high=high, assumed=filler.assumed or porosity.assumed,
        sources=(*filler.sources, *porosity.sources),
    )  # fmt: skip


def _map(number: Number, function: Any, dimension: str, unit: str) -> Number:
    low, value, high = (function(x) for x in (number.low, number.value, number.high))
    return replace(number, dimension=dimension, value=value, low=low, high=high, unit=unit)
