"""TOML documents: read, validated by a pydantic model, and wrong ones explained in one sentence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ceramer.errors import InputError, UnknownNameError, nearest
from ceramer.provenance._given import label_given

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["SCHEMA_VERSION", "kind_of", "read_toml", "validate"]

SCHEMA_VERSION = 1
_MAX_BYTES = 4_000_000
_WITH_EXAMPLE = ("audit", "cell", "microstructure", "protocol", "recipe", "stack")

M = TypeVar("M", bound="BaseModel")


def read_toml(path: str | Path) -> dict[str, Any]:
    """Return the content of a TOML file; a missing, huge or malformed one raises `InputError`."""
    path = Path(path)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(f"{path}: larger than {_MAX_BYTES // 1_000_000} MB, which no ceramer file is.")
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as text ({error}).") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not valid TOML: {error}.") from None


def kind_of(path: str | Path, known: Iterable[str], hint: str = "") -> str:
    """Return what a TOML file says it is, one of the `known` kinds, or say what to write."""
    known, kind = tuple(known), read_toml(path).get("kind")
    if kind is None:
        kinds = " or ".join(f'"{name}"' for name in known)
        raise InputError(f"{path}: it does not say what it is; write kind = {kinds} as its first line.")
    if kind not in known:
        raise UnknownNameError(f"kind in {path}", str(kind), known, hint)
    return str(kind)


def validate(model: type[M], data: Mapping[str, Any], where: str) -> M:
    """Build `model` from `data`, give its inline numbers ids that start with `where`, or say what is wrong."""
    from pydantic import ValidationError

    version = data.get("schema_version", SCHEMA_VERSION)
    if version != SCHEMA_VERSION:
        raise InputError(f"{where}: schema_version {version!r} is not known; this ceramer reads {SCHEMA_VERSION}.")
    try:
        document = model.model_validate(dict(data))
    except ValidationError as error:
        raise InputError(_sentence(error, model, where)) from None
    label_given(document, Path(where).stem)
    return document


def _sentence(error: Any, model: type[BaseModel], where: str) -> str:
    problems = sorted(error.errors(include_url=False), key=lambda p: p["type"] != "extra_forbidden")
    first = problems[0]
    place = ".".join(str(part) for part in first["loc"])
    more = f" ({len(problems) - 1} more like it)" if len(problems) > 1 else ""
    if first["type"] == "extra_forbidden":
        fields = _fields_at(model, first["loc"][:-1])
        close = nearest(str(first["loc"][-1]), fields)
        mend = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(sorted(fields))}."
        return f"{where}: unknown field {place!r}: {mend}{more}"
    if first["type"] == "missing":
        absent = [".".join(map(str, p["loc"])) for p in problems if p["type"] == "missing"]
        those = f"field {place!r} is" if len(absent) == 1 else f"fields {', '.join(map(repr, absent))} are"
        kind = getattr(model.model_fields.get("kind"), "default", None)
        example = f"; `ceramer new {kind}` writes a file that has all it needs" if kind in _WITH_EXAMPLE else ""
        return f"{where}: the {those} missing{example}."
    if first["type"] == "literal_error":
        given, choices = first["input"], re.findall(r"'([^']*)'", first["ctx"]["expected"])
        close = nearest(str(given), choices)
        mend = f"did you mean {close[0]!r}?" if close else f"known here: {', '.join(choices)}."
        return f"{where}: {place} is {given!r}: {mend}{more}"
    message = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
    if place:  # a rule on the whole document has no place
        field = str(first["loc"][-1])
        message = f"{place}: {message.removeprefix(field + ': ')}"
    return f"{where}: {message}{more}{'' if message.endswith('?') else '.'}"


def _fields_at(model: Any, location: tuple[Any, ...]) -> list[str]:
    """Return the field names of the model nested at `location`, looking through lists, dicts and unions."""
    from typing import get_args

    from pydantic import BaseModel

    candidates: list[Any] = [model]
    for part in location:
        found: list[Any] = []
        for candidate in candidates:
            if isinstance(candidate, type) and issubclass(candidate, BaseModel):
                if part in candidate.model_fields:
                    found.append(candidate.model_fields[part].annotation)
                else:
                    found.append(candidate)
            else:
                found.extend(get_args(candidate))
        candidates = []
        while found:
            item = found.pop()
            if isinstance(item, type):
                candidates.append(item)
            else:
                found.extend(get_args(item))
    return [f for c in candidates if isinstance(c, type) and issubclass(c, BaseModel) for f in c.model_fields]
