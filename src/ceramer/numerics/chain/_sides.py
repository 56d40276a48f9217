"""What a law between like neighbours computes from one of them alone: done once per neighbour, not once per side."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from ceramer.numerics.chain._emit import Tables, lines_of
from ceramer.numerics.chain._symbol import Symbol

__all__ = ["Sides", "fast"]

_DEAR: Final = {"exp", "log", "sqrt", "tanh", "sinh", "cosh", "asinh", "atan", "power", "reciprocal", "spline"}


def fast(lines: Sequence[str]) -> list[str]:
    """Return lines with the elementary functions that loops of numbers can be vectorised with."""
    return [re.sub(r"math\.(exp|log|tanh|sinh|cosh|asinh)\(", r"fast_\1(", line) for line in lines]


class Sides:
    """Outputs of a law split into what belongs to one neighbour (`columns` of values, one per neighbour) and the rest.

    `left` and `right` name the inputs of either side, in the same order; `uniform` inputs are the same everywhere.
    """

    def __init__(
        self, outputs: Sequence[Any], left: Sequence[str], right: Sequence[str], uniform: Sequence[str] = ()
    ) -> None:
        self.outputs = list(outputs)
        self.left, self.right, self.uniform = list(left), list(right), set(uniform)
        self.side: dict[int, int] = {}
        self.dear: dict[int, bool] = {}
        self.known: dict[int, str] = {}
        self.columns: list[Symbol] = []
        self._keys: dict[int, Any] = {}
        self._numbers: dict[Any, int] = {}
        for e in self.outputs:
            self._classify(e)
        for e in self.outputs:
            self._collect(e)

    def _classify(self, top: Any) -> None:
        """Find of every expression which inputs it needs: 1 left, 2 right, 4 others, as a sum."""
        stack = [(top, False)]
        while stack:
            e, ready = stack.pop()
            if not isinstance(e, Symbol) or e.number in self.side:
                continue
            parts = [a for a in e.arguments if isinstance(a, Symbol)]
            if not ready:
                stack += [(e, True), *((a, False) for a in parts)]
                continue
            if e.operation == "input":
                name = str(e.arguments[0])
                given = 1 if name in self.left else 2 if name in self.right else 0 if name in self.uniform else 4
                self.side[e.number], self.dear[e.number] = given, False
                continue
            self.side[e.number] = 0
            for a in parts:
                self.side[e.number] |= self.side[a.number]
            self.dear[e.number] = e.operation in _DEAR or any(self.dear[a.number] for a in parts)

    def _key(self, e: Any) -> Any:
        """Return what an expression is apart from its side."""
        if not isinstance(e, Symbol):
            return e
        if e.number not in self._keys:
            if e.operation == "input":
                name = str(e.arguments[0])
                for names in (self.left, self.right):
                    if name in names:
                        name = f"#{names.index(name)}"
                key: Any = name
            else:
                key = (e.operation, *(self._key(a) for a in e.arguments))
            self._keys[e.number] = self._numbers.setdefault(key, len(self._numbers))
        return ("e", self._keys[e.number])

    def _collect(self, top: Any) -> None:
        stack, seen = [top], set()
        places = {self._key(e): k for k, e in enumerate(self.columns)}
        while stack:
            e = stack.pop()
            if not isinstance(e, Symbol) or e.number in seen or e.number in self.known:
                continue
            seen.add(e.number)
            if self.side[e.number] in (1, 2) and self.dear[e.number]:
                key = self._key(e)
                if key not in places:
                    places[key] = len(self.columns)
                    self.columns.append(e)
                self.known[e.number] = f"{'ab'[self.side[e.number] - 1]}_{places[key]}"
                continue
            stack += list(e.arguments)

    def column_lines(self, tables: Tables) -> tuple[list[str], list[str]]:
        """Return the lines, in terms of the left inputs, that compute the columns, and their names."""
        lines: list[str] = []
        names: list[str] = []
        for on_right in (False, True):
            chosen = [k for k, e in enumerate(self.columns) if (self.side[e.number] == 2) is on_right]
            body, texts = lines_of([self.columns[k] for k in chosen], tables, "r" if on_right else "t")
            if on_right:
                for a, b in zip(self.left, self.right, strict=True):
                    body = [re.sub(rf"\b{b}\b", a, line) for line in body]
                    texts = [re.sub(rf"\b{b}\b", a, text) for text in texts]
            lines += body
            names += [f"{k}:{text}" for k, text in zip(chosen, texts, strict=True)]
        order = sorted((int(n.split(":")[0]), n.split(":")[1]) for n in names)
        return fast(lines), [text for _, text in order]

    def lines(self, tables: Tables) -> tuple[list[str], list[str]]:
        """Return the lines that compute the outputs from the inputs and the columns of both sides."""
        body, names = lines_of(self.outputs, tables, known=self.known)
        return fast(body), names

    def used(self, names: Sequence[str]) -> list[str]:
        """Return those of the inputs that the outputs read directly, not only through columns."""
        found: set[str] = set()
        stack, seen = list(self.outputs), set()
        while stack:
            e = stack.pop()
            if not isinstance(e, Symbol) or e.number in seen or e.number in self.known:
                continue
            seen.add(e.number)
            if e.operation == "input":
                found.add(str(e.arguments[0]))
            stack += list(e.arguments)
        return [name for name in names if name in found]
