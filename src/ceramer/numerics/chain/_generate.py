"""From kinds to the source of one module: residual, Jacobian with exact partial derivatives, and the solver."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from ceramer.errors import CeramerError
from ceramer.numerics.chain._emit import Tables, lines_of
from ceramer.numerics.chain._fast import FAST
from ceramer.numerics.chain._kinds import FaceKind, NodeKind, Rearranged
from ceramer.numerics.chain._particles import particle_functions
from ceramer.numerics.chain._sides import Sides
from ceramer.numerics.chain._symbol import Symbol, differentiate, trace

__all__ = ["partials_source", "source_of", "wide_columns"]

_MARK: Final = "# --- kernel: copied from here ---"

_HEAD: Final = '''"""Generated: do not edit."""
import math

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, overload

FAST_MATH = {"contract", "reassoc", "arcp", "nsz"}
jit = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=FAST_MATH, _nrt=False)


@jit
def locate(x, knots):
    low = 0
    high = knots.size - 2
    while low < high:
        middle = (low + high + 1) // 2
        if x >= knots[middle]:
            low = middle
        else:
            high = middle - 1
    return low


@jit
def spline_0(x, knots, c):
    k = locate(x, knots)
    d = x - knots[k]
    return ((c[0, k] * d + c[1, k]) * d + c[2, k]) * d + c[3, k]


@jit
def spline_1(x, knots, c):
    k = locate(x, knots)
    d = x - knots[k]
    return (3.0 * c[0, k] * d + 2.0 * c[1, k]) * d + c[2, k]

'''

_INNER: Final = """
options = {"nogil": True, "error_model": "numpy", "fastmath": FAST_MATH, "_nrt": False}
inner = numba.njit(cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options)
inlined = numba.njit(inline="always", **options)


"""


def _inputs(kind: FaceKind) -> list[str]:
    left = [f"a{j}" for j in range(len(kind.left))]
    right = [f"b{j}" for j in range(len(kind.right))]
    return [*left, *right, *(f"p{j}" for j in range(len(kind.parameters)))]


def _traced_face(kind: FaceKind) -> tuple[list[Symbol], list[Any]]:
    symbols, outputs = trace(kind.law, _inputs(kind))
    if len(outputs) != len(kind.rows):
        raise CeramerError(f"The law of the face {kind.name} returns {len(outputs)} values for {len(kind.rows)} rows.")
    return symbols, outputs


def _read(lines: Sequence[str], used: Sequence[str]) -> list[str]:
    """Return those of the assignments `lines` whose names occur in `used`: what is not there need not be compiled."""
    names = set(re.findall(r"\w+", " ".join(used)))
    return [line for line in lines if line.split(" ", 1)[0] in names]


def _read_face(kind: FaceKind, used: Sequence[str]) -> list[str]:
    lines = [f"a{j} = y[l + {u}]" for j, u in enumerate(kind.left)]
    lines += [f"b{j} = y[r + {u}]" for j, u in enumerate(kind.right)]
    lines += [f"p{j} = Q[k, {j}]" for j in range(len(kind.parameters))]
    return ["l = off[k] & PLACE", "r = off[k + 1] & PLACE", *_read(lines, used)]


def _face_values(kind: FaceKind, tables: Tables) -> list[str]:
    _, outputs = _traced_face(kind)
    body, names = lines_of(outputs, tables)
    lines = _read_face(kind, [*body, *names]) + body
    for name, (left, right) in zip(names, kind.rows, strict=True):
        if left is not None:
            lines.append(f"f[l + {left}] -= {name}")
        if right is not None:
            lines.append(f"f[r + {right}] += {name}")
    return lines


# --- faces between like nodes: loops over columns of numbers, which the compiler vectorises --------------------------


def _is_wide(kind: FaceKind) -> bool:
    """Whether both sides of a face hold the same unknowns, as inside a layer."""
    return kind.left == kind.right and all(left == right for left, right in kind.rows)


def _partials_of(kind: FaceKind) -> dict[tuple[int, int], Any]:
    symbols, outputs = _traced_face(kind)
    inputs = symbols[: 2 * len(kind.left)]
    found = {(o, j): differentiate(e, x) for o, e in enumerate(outputs) for j, x in enumerate(inputs)}
    return {place: e for place, e in found.items() if isinstance(e, Symbol) or e != 0.0}


def wide_columns(kind: FaceKind) -> int:
    """Return how many columns, of one number per node each, the loops of a face borrow."""
    if not _is_wide(kind):
        return 0
    _, values = _traced_face(kind)
    width = len(kind.left)
    names = [f"a{j}" for j in range(width)], [f"b{j}" for j in range(width)]
    partials = list(_partials_of(kind).values())
    return width + max(len(out) + len(Sides(out, *names).columns) for out in (values, partials))


def _wide_loops(kind: FaceKind, outputs: Sequence[Any], tables: Tables) -> list[str]:
    """Return the lines that compute the outputs of the faces `first` to `stop` into columns O_0, O_1, ..."""
    width = len(kind.left)
    left, right = [f"a{j}" for j in range(width)], [f"b{j}" for j in range(width)]
    sides = Sides(outputs, left, right)
    count = len(sides.columns)
    at = 0
    lines = ["n = stop - first", "n1 = n + 1", "space = model[0][5][5]"]

    def column(name: str, size: str) -> str:
        nonlocal at
        at += 1
        return f"{name} = space[{at - 1} * n1 : {at - 1} * n1 + {size}]"

    lines += [column(f"Y_{j}", "n1") for j in range(width)]
    lines += ["for i in range(n1):", "    l = off[(first + i) & PLACE] & PLACE"]
    lines += [f"    Y_{j}[i] = y[l + {u}]" for j, u in enumerate(kind.left)]
    if count:
        lines += [column(f"K_{k}", "n1") for k in range(count)]
        body, names = sides.column_lines(tables)
        inside = [f"a{j} = Y_{j}[i]" for j in range(width)]
        inside += [*body, *(f"K_{k}[i] = {name}" for k, name in enumerate(names))]
        lines += ["for i in range(n1):", *("    " + line for line in inside)]
    lines += [column(f"O_{k}", "n") for k in range(len(outputs))]
    body, names = sides.lines(tables)
    parameters = sides.used([f"p{j}" for j in range(len(kind.parameters))])
    lines += ["QT = Q.T"] + [f"Q_{p} = QT[{p[1:]}][first:stop]" for p in parameters]
    inside = [f"a{j} = Y_{j}[i]" for j in range(width)] + [f"b{j} = Y_{j}[i + 1]" for j in range(width)]
    inside += [line for k in range(count) for line in (f"a_{k} = K_{k}[i]", f"b_{k} = K_{k}[i + 1]")]
    inside += [f"{p} = Q_{p}[i]" for p in parameters]
    inside += [*body, *(f"O_{k}[i] = {name}" for k, name in enumerate(names))]
    return [*lines, "for i in range(n):", *("    " + line for line in inside)]


def _wide_values(kind: FaceKind, tables: Tables) -> list[str]:
    _, outputs = _traced_face(kind)
    rows = [(k, row) for k, (row, _) in enumerate(kind.rows) if row is not None]
    lines = [*_wide_loops(kind, outputs, tables), "l = off[first]", "r = off[stop]"]
    lines += [line for k, row in rows for line in (f"f[l + {row}] -= O_{k}[0]", f"f[r + {row}] += O_{k}[n - 1]")]
    lines += ["for i in range(1, n):", "    l = off[(first + i) & PLACE] & PLACE"]
    return lines + [f"    f[l + {row}] += O_{k}[i - 1] - O_{k}[i]" for k, row in rows]


def _wide_partials(kind: FaceKind, tables: Tables) -> list[str]:
    places = _partials_of(kind)
    lines = [*_wide_loops(kind, list(places.values()), tables), "for i in range(n):", "    k = (first + i) & PLACE"]
    lines += ["    ml = size[k] & PLACE", "    mr = size[k + 1] & PLACE", "    ob = boff[k] & PLACE"]
    lines += ["    oc = coff[k] & PLACE", "    oa = aoff[k + 1] & PLACE", "    od = boff[k + 1] & PLACE"]
    width = len(kind.left)
    for s, (o, j) in enumerate(places):
        row, _ = kind.rows[o]
        if row is None:
            continue
        column = kind.left[j % width]
        lines.append(f"    d = O_{s}[i]")
        if j < width:
            lines += [f"    JB[ob + {row} * ml + {column}] -= d", f"    JA[oa + {row} * ml + {column}] = d"]
        else:
            lines += [f"    JC[oc + {row} * mr + {column}] = -d", f"    JB[od + {row} * mr + {column}] += d"]
    return lines


def _add_all(terms: Sequence[Any]) -> Any:
    total: Any = 0.0
    for term in terms:
        total = total + term
    return total


def _entries(
    places: dict[tuple[str, int, int], list[Any]], tables: Tables
) -> tuple[list[str], list[tuple[tuple[str, int, int], str]]]:
    sums = {place: _add_all(terms) for place, terms in places.items()}
    kept = {place: e for place, e in sums.items() if isinstance(e, Symbol) or e != 0.0}
    body, names = lines_of(list(kept.values()), tables)
    return body, list(zip(kept, names, strict=True))


_PLACES: Final = [
    "ml = size[k] & PLACE",
    "mr = size[k + 1] & PLACE",
    "ob = boff[k] & PLACE",
    "oc = coff[k] & PLACE",
    "oa = aoff[k + 1] & PLACE",
    "od = boff[k + 1] & PLACE",
]
_BLOCKS: Final = {
    "A": "JA[oa + {} * ml + {}] =",
    "B": "JB[ob + {} * ml + {}] +=",
    "C": "JC[oc + {} * mr + {}] =",
    "D": "JB[od + {} * mr + {}] +=",
}


def _scatter(entries: Sequence[tuple[tuple[str, int, int], str]]) -> list[str]:
    """Return the lines that put partial derivatives into their places: (block, row, column) and text of each."""
    return [f"{_BLOCKS[block].format(row, column)} {text}" for (block, row, column), text in entries]


def _face_partials(kind: FaceKind, tables: Tables) -> list[str]:
    symbols, outputs = _traced_face(kind)
    nl, nr = len(kind.left), len(kind.right)
    places: dict[tuple[str, int, int], list[Any]] = {}
    for output, (left, right) in zip(outputs, kind.rows, strict=True):
        for j in range(nl + nr):
            d = differentiate(output, symbols[j])
            column = kind.left[j] if j < nl else kind.right[j - nl]
            if left is not None:
                places.setdefault(("B" if j < nl else "C", left, column), []).append(-d)
            if right is not None:
                places.setdefault(("A" if j < nl else "D", right, column), []).append(d)
    body, entries = _entries(places, tables)
    sums = _scatter(entries)
    return [*_read_face(kind, [*body, *sums]), *body, *_read(_PLACES, sums), *sums]


# --- laws that several faces share: functions of numbers, compiled once ----------------------------------------------


class _Body:
    """The body of `Rearranged` laws as two functions, of its values and of their partial derivatives."""

    def __init__(self, law: Rearranged, number: int, tables: Tables) -> None:
        width = len(law.order)
        self.unknowns = [f"u{k}" for k in range(width)]
        self.parameters = [f"p{k}" for k in range(law.parameters)]
        symbols, outputs = trace(lambda *v: law.body(*v[:width], v[width:]), [*self.unknowns, *self.parameters])
        partials = {(o, j): differentiate(e, symbols[j]) for o, e in enumerate(outputs) for j in range(width)}
        self.places = [place for place, e in partials.items() if isinstance(e, Symbol) or e != 0.0]
        self.values = self._compiled(f"body_values_{number}", outputs, tables)
        self.partials = self._compiled(f"body_partials_{number}", [partials[place] for place in self.places], tables)

    def _compiled(self, name: str, outputs: Sequence[Any], tables: Tables) -> tuple[str, str, list[str], list[str]]:
        """Return the source, the name, the names that it returns, and the text of each output."""
        body, texts = lines_of(outputs, tables)
        returned = list(dict.fromkeys(text for text in texts if text[0] in "tp"))
        lines = _read([f"{name} = Q[k, {name[1:]}]" for name in self.parameters], [*body, *returned])
        head = f"def {name}({', '.join(self.unknowns)}, Q, k):"
        return _function(head, [*lines, *body, f"return ({', '.join(returned)},)"]), name, returned, texts

    def _call(self, kind: FaceKind, part: tuple[str, str, list[str], list[str]]) -> tuple[list[str], list[str]]:
        """Return the lines that read a face and call the function, and the text of each output there."""
        assert isinstance(kind.law, Rearranged)
        _, name, returned, texts = part
        sides = [f"a{j}" for j in range(len(kind.left))] + [f"b{j}" for j in range(len(kind.right))]
        given = [sides[k] for k in kind.law.order]
        here = dict(zip(self.unknowns, given, strict=True))
        call = [f"{', '.join(returned)}, = {name}({', '.join(given)}, Q, k)"] if returned else []
        return [*_read_face(kind, given), *call], [here.get(text, text) for text in texts]

    def face_values(self, kind: FaceKind) -> list[str]:
        """Return the lines that add the values of a face."""
        assert isinstance(kind.law, Rearranged)
        lines, texts = self._call(kind, self.values)
        for text, sign, (left, right) in zip(texts, kind.law.signs, kind.rows, strict=True):
            lines += [] if left is None else [f"f[l + {left}] {'-+'[sign < 0.0]}= {text}"]
            lines += [] if right is None else [f"f[r + {right}] {'+-'[sign < 0.0]}= {text}"]
        return lines

    def face_partials(self, kind: FaceKind) -> list[str]:
        """Return the lines that add the partial derivatives of a face."""
        assert isinstance(kind.law, Rearranged)
        lines, texts = self._call(kind, self.partials)
        places: dict[tuple[str, int, int], list[str]] = {}
        width = len(kind.left)
        for text, (o, j) in zip(texts, self.places, strict=True):
            left, right = kind.rows[o]
            at = kind.law.order[j]
            column = kind.left[at] if at < width else kind.right[at - width]
            positive = kind.law.signs[o] > 0.0
            if left is not None:
                places.setdefault(("B" if at < width else "C", left, column), []).append("+-"[positive] + text)
            if right is not None:
                places.setdefault(("A" if at < width else "D", right, column), []).append("-+"[positive] + text)
        return [*lines, *_PLACES, *_scatter([(place, " ".join(terms)) for place, terms in places.items()])]


def _bodies(faces: Sequence[FaceKind], tables: Tables) -> dict[int, _Body]:
    """Return the body of each face that shares it with another, by the number of the face."""
    laws = {n: kind.law for n, kind in enumerate(faces) if isinstance(kind.law, Rearranged) and not _is_wide(kind)}
    counts = Counter(law.body for law in laws.values())
    made: dict[Any, _Body] = {}
    for law in laws.values():
        if counts[law.body] > 1 and law.body not in made:
            made[law.body] = _Body(law, len(made), tables)
    return {n: made[law.body] for n, law in laws.items() if law.body in made}


def _traced_source(kind: NodeKind) -> tuple[list[Symbol], list[Any]]:
    assert kind.source is not None
    count = len(kind.unknowns)
    symbols, outputs = trace(
        kind.source, [f"a{j}" for j in range(count)] + [f"p{j}" for j in range(len(kind.parameters))]
    )
    if len(outputs) != count:
        raise CeramerError(f"The source of the node {kind.name} returns {len(outputs)} values for {count} unknowns.")
    return symbols, outputs


def _read_node(kind: NodeKind, used: Sequence[str]) -> list[str]:
    lines = [f"a{j} = y[l + {j}]" for j in range(len(kind.unknowns))]
    lines += [f"p{j} = P[k, {j}]" for j in range(len(kind.parameters))]
    return ["l = off[k] & PLACE", *_read(lines, used)]


def _node_values(kind: NodeKind, tables: Tables) -> list[str]:
    _, outputs = _traced_source(kind)
    body, names = lines_of(outputs, tables)
    lines = [*_read_node(kind, [*body, *names]), *body]
    return lines + [f"f[l + {r}] += {name}" for r, name in enumerate(names) if name != "0.0"]


def _node_partials(kind: NodeKind, tables: Tables) -> list[str]:
    symbols, outputs = _traced_source(kind)
    count = len(kind.unknowns)
    places = {("B", r, c): [differentiate(outputs[r], symbols[c])] for r in range(count) for c in range(count)}
    body, entries = _entries(places, tables)
    sums = [f"JB[ob + {row * count + column}] += {name}" for (_, row, column), name in entries]
    return [*_read_node(kind, [*body, *sums]), *body, "ob = boff[k] & PLACE", *sums]


_LOCAL: Final = re.compile(r"\b([abpt]\d+|[klr]|m[lr]|o[abcd])\b")


def _dispatch(runs: str, bodies: Sequence[list[str]], calls: Mapping[int, str] | None = None) -> list[str]:
    """Return loops over the runs of each kind, with names of its own: fewer versions of each for the compiler."""
    lines = [f"for run in range({runs}.shape[0]):", f"    kind = {runs}[run, 0]"]
    word = "if"
    for number, body in enumerate(bodies):
        call = (calls or {}).get(number)
        if call:
            lines += [f"    {word} kind == {number}:", f"        {call}"]
        elif body:
            loop = [f"for k in range({runs}[run, 1], {runs}[run, 2]):", "    k = k & PLACE"]
            loop += ["    " + line for line in body]
            lines.append(f"    {word} kind == {number}:")
            lines += ["        " + _LOCAL.sub(rf"\1_{runs[0]}{number}", line) for line in loop]
        else:
            continue
        word = "elif"
    return lines if word == "elif" else []


def _function(head: str, lines: Sequence[str], decorator: str = "inner") -> str:
    return "\n".join([f"@{decorator}", head, *("    " + line for line in lines), "", "", ""])


def source_of(nodes: Sequence[NodeKind], faces: Sequence[FaceKind]) -> str:
    """Return the source of the module for these kinds."""
    tables = Tables()
    unpack = ["off, size, aoff, boff, coff = model[0][:5]", "P, Q, node_runs, face_runs = model[1:5]"]
    wide = {number: kind for number, kind in enumerate(faces) if _is_wide(kind)}
    loops = ""
    for number, kind in wide.items():
        loops += _function(
            f"def wide_values_{number}(y, f, first, stop, model):", [*unpack, *_wide_values(kind, tables)]
        )
        lines = [*unpack, "JA, JB, JC, JP = blocks", *_wide_partials(kind, tables)]
        loops += _function(f"def wide_partials_{number}(y, blocks, first, stop, model):", lines)
    shared = _bodies(faces, tables)
    for body in dict.fromkeys(shared.values()):
        loops += body.values[0] + body.partials[0]

    def values_of(number: int, kind: FaceKind) -> list[str]:
        if number in wide:
            return []
        return shared[number].face_values(kind) if number in shared else _face_values(kind, tables)

    def partials_of(number: int, kind: FaceKind) -> list[str]:
        if number in wide:
            return []
        return shared[number].face_partials(kind) if number in shared else _face_partials(kind, tables)

    span = "face_runs[run, 1], face_runs[run, 2], model)"
    value_lines = [
        *unpack,
        "for k in range(off[size.size]):",
        "    f[k] = 0.0",
        *_dispatch(
            "face_runs",
            [values_of(number, kind) for number, kind in enumerate(faces)],
            {number: f"wide_values_{number}(y, f, {span}" for number in wide},
        ),
        *_dispatch("node_runs", [_node_values(kind, tables) if kind.source else [] for kind in nodes]),
        "particle_values(y, f, model)",
    ]
    partial_lines = [
        *unpack,
        "JA, JB, JC, JP = blocks",
        "JB[:] = 0.0",
        *_dispatch(
            "face_runs",
            [partials_of(number, kind) for number, kind in enumerate(faces)],
            {number: f"wide_partials_{number}(y, blocks, {span}" for number in wide},
        ),
        *_dispatch("node_runs", [_node_partials(kind, tables) if kind.source else [] for kind in nodes]),
        "particle_partials(y, blocks, model)",
    ]
    particles = particle_functions(nodes, tables, _function)
    kernel = files("ceramer.numerics.chain").joinpath("_kernel.py").read_text(encoding="utf-8").split(_MARK)[1]
    text = _function("def residual(y, f, model):", value_lines)
    text += _function("def jacobian(y, blocks, model):", partial_lines) + kernel.lstrip()
    if any(kind.particles for kind in nodes):
        text = particles + text
    else:
        text = re.sub(r"(?m)^ +particle_\w+\(.*\)\n", "", text)
    return _HEAD + _INNER + tables.source() + "PLACE = 0x3FFFFFFF\n" + FAST + "\n\n" + loops + text


def partials_source(law: Any, names: Sequence[str]) -> tuple[str, str]:
    """Return the source of one law as a module, and the name of its function: values, then partials row by row.

    It is what a chain compiles for this law alone, so that a test can hold it beside the law itself.
    """
    tables = Tables()
    symbols, outputs = trace(law, names)
    partials = [differentiate(output, symbol) for output in outputs for symbol in symbols]
    body, texts = lines_of([*outputs, *partials], tables)
    text = _function(f"def law({', '.join(names)}):", [*body, f"return ({', '.join(texts)},)"], "jit")
    return _HEAD + tables.source() + "\n\n" + text, "law"
