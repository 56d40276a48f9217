"""Expression graphs as lines of Python that Numba compiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ceramer.numerics.chain._symbol import Symbol

__all__ = ["Tables", "lines_of"]

_FORMATS: Final = {
    "add": "{} + {}",
    "subtract": "{} - {}",
    "negative": "-{}",
    "multiply": "{} * {}",
    "reciprocal": "1.0 / {}",
    "power": "{} ** {}",
    "where": "{1} if {0} > 0.0 else {2}",
}


class Tables:
    """The spline tables that a module holds, each once."""

    def __init__(self) -> None:
        self.known: dict[Any, int] = {}

    def number(self, table: Any) -> int:
        """Return the number of a table, adding it when it is new."""
        return self.known.setdefault(table, len(self.known))

    def source(self) -> str:
        """Return the lines that define the tables."""
        return "".join(
            f"TABLE_{k}_X = np.array({list(knots)!r})\nTABLE_{k}_C = np.array({[list(row) for row in pieces]!r})\n"
            for (knots, pieces), k in self.known.items()
        )


def lines_of(
    outputs: Sequence[Any], tables: Tables, prefix: str = "t", known: Mapping[int, str] | None = None
) -> tuple[list[str], list[str]]:
    """Return the assignments that compute `outputs`, and the text that names each output.

    Inputs are written under their own names; every other node becomes one variable, in the order of the graph, save
    those that are `known` under a name.
    """
    known = known or {}
    needed: dict[int, Symbol] = {}
    stack = [e for e in outputs if isinstance(e, Symbol)]
    while stack:
        e = stack.pop()
        if e.number not in needed:
            needed[e.number] = e
            if e.number in known:
                continue
            stack += [a for a in e.arguments if isinstance(a, Symbol)]

    def name(e: Any) -> str:
        if not isinstance(e, Symbol):
            return repr(float(e))
        if e.number in known:
            return known[e.number]
        return str(e.arguments[0]) if e.operation == "input" else f"{prefix}{e.number}"

    lines = []
    for number in sorted(needed):
        e = needed[number]
        if e.operation == "input" or number in known:
            continue
        if e.operation == "spline":
            k = tables.number(e.arguments[1])
            text = f"spline_{e.arguments[2]}({name(e.arguments[0])}, TABLE_{k}_X, TABLE_{k}_C)"
        elif e.operation in _FORMATS:
            text = _FORMATS[e.operation].format(*map(name, e.arguments))
        else:
            text = f"math.{e.operation}({name(e.arguments[0])})"
        lines.append(f"{prefix}{number} = {text}")
    return lines, [name(e) for e in outputs]
