"""What `--protocol` and `--step` say: a file, a sentence, or a ready protocol such as ``BruceVincent(2 h)``."""

from __future__ import annotations

import inspect
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ceramer.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from ceramer.experiments import Protocol

__all__ = ["read_protocol"]

_CALL: Final = re.compile(r"\s*(?P<name>[A-Za-z]\w*)\s*(?:\((?P<arguments>.*)\))?\s*", re.DOTALL)


def read_protocol(text: str | None, steps: Sequence[str]) -> Protocol:
    """Return the protocol that the two options describe; exactly one of them is given."""
    from ceramer.experiments import load_protocol, protocol_of, protocols

    if text is not None and steps:
        raise InputError("Give --protocol or --step, not both; --step can be repeated.")
    if steps:
        return protocol_of(steps)
    if text is None:
        raise InputError(
            "Say what is done to the cell: --protocol FILE.toml, --protocol 'EIS(1 MHz, 1 Hz)', or --step 'Charge at "
            "0.5 mA/cm2 for 1 h'."
        )
    if text.endswith(".toml"):
        return load_protocol(text)
    call = _CALL.fullmatch(text)
    if call is None:
        return protocol_of(text)
    names = {name.casefold(): name for name in protocols.__all__}
    if call["name"].casefold() not in names:
        raise UnknownNameError(
            "protocol", call["name"], protocols.__all__, "A file ends in .toml; a sentence is like 'Rest for 1 h'."
        )
    return _ready(names[call["name"].casefold()], call["arguments"] or "")


def _ready(name: str, text: str) -> Protocol:
    """Call a function of `ceramer.protocols` with arguments written as text."""
    from ceramer.experiments import Protocol, protocols

    function = getattr(protocols, name)
    signature = inspect.signature(function)
    given: list[Any] = []
    named: dict[str, Any] = {}
    parameters = list(signature.parameters.values())
    for part in _split(text):
        key, equals, value = part.partition("=")
        if equals:
            key = key.strip()
            if key not in signature.parameters:
                raise UnknownNameError(f"argument of {name}", key, signature.parameters)
            named[key] = _value(value, signature.parameters[key], name)
        elif named:
            raise InputError(f"{name}: {part.strip()!r} stands after an argument with a name; name it too.")
        elif len(given) == len(parameters):
            raise InputError(f"{name}: {part.strip()!r} is one argument too many; {_usage(name, signature)}")
        else:
            given.append(_value(part, parameters[len(given)], name))
    try:
        bound = signature.bind(*given, **named)
    except TypeError as error:
        raise InputError(f"{name}: {error}; {_usage(name, signature)}") from None
    try:
        made = function(*bound.args, **bound.kwargs)
    except InputError as error:
        raise InputError(f"{name}: {str(error).rstrip('.')}; {_usage(name, signature)}") from None
    assert isinstance(made, Protocol)
    return made


def _usage(name: str, signature: inspect.Signature) -> str:
    first: list[str] = []
    more: list[str] = []
    for p in signature.parameters.values():
        if p.default is p.empty:
            first.append(f"{p.name}=..." if p.kind is p.KEYWORD_ONLY else p.name)
        else:
            optional = p.name if p.default is None else f"{p.name}={_shown(p.default)}"
            (more if p.kind is p.KEYWORD_ONLY else first).append(optional)
    written = f"write it as {name}({', '.join(first)})"
    return f"{written}; it also takes {', '.join(more)}." if more else f"{written}."


def _shown(default: Any) -> str:
    return f"[{', '.join(str(x) for x in default)}]" if isinstance(default, tuple) else str(default)


def _split(text: str) -> list[str]:
    """Split at commas that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for k, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append(text[start:k])
            start = k + 1
    parts.append(text[start:])
    return [] if parts == [""] else parts


def _value(text: str, parameter: inspect.Parameter, name: str) -> Any:
    """Read one argument by the annotation of its parameter: an integer, a list of texts, or text with a unit."""
    text = text.strip().strip("'\"").strip()
    kind = str(parameter.annotation)
    if not text:
        raise InputError(f"{name}: the argument {parameter.name} is empty; leave it out, or give it a value.")
    if kind == "int":
        try:
            return int(text)
        except ValueError:
            raise InputError(f"{name}: {parameter.name} is a whole number, not {text!r}.") from None
    if text.startswith("[") and text.endswith("]"):
        if "Sequence" not in kind and "tuple" not in kind:
            raise InputError(f"{name}: {parameter.name} is one value, not the list {text}.")
        items = [item.strip().strip("'\"") for item in _split(text[1:-1])]
        return tuple(None if item in ("", "none") else item for item in items)
    if "Sequence" in kind and "str | Sequence" not in kind:
        return (text,)
    return text
