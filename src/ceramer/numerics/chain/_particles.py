"""Source of the particles of a node: their shells are eliminated node by node before the chain is.

Per particle the unknowns are the shells x, the surface unknowns z and the node's u. With W = a M - J, T the tridiagonal
part of the shells, s the weights of the value at the surface and v the flux out of the last shell:

    T dx + e_last v'(dx_s, dz, du) = b_x,   z and u rows linear in dx_s = s.dx, dz, du.

One elimination of T gives dx_s = sigma - w v', w = s.T^-1 e_last, so that two scalars per particle stand for all its
shells; z is then eliminated, and what is left is added to the block of the node. All loops run over the particles of a
class in one run of nodes, which lie next to each other: [shell][particle].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ceramer.errors import CeramerError
from ceramer.numerics.chain._emit import Tables, lines_of
from ceramer.numerics.chain._kinds import NodeKind, Particles
from ceramer.numerics.chain._sides import Sides, fast
from ceramer.numerics.chain._symbol import Graph, Symbol, differentiate, trace

__all__ = ["columns", "particle_classes", "particle_functions", "surface_partials"]

Place = tuple[int, int]


def particle_classes(nodes: Sequence[NodeKind]) -> list[tuple[NodeKind, Particles]]:
    """Return every class of particles of these kinds; its place is its number."""
    return [(kind, particles) for kind in nodes for particles in kind.particles]


def _surface(kind: NodeKind, particles: Particles) -> tuple[list[Symbol], list[Any]]:
    names = [f"a{j}" for j in range(len(kind.unknowns))] + ["xs"]
    names += [f"z{r}" for r in range(len(particles.surface))]
    names += [f"p{j}" for j in range(len(particles.parameters))]
    symbols, outputs = trace(particles.reaction, names)
    expected = 1 + len(particles.surface) + len(particles.rows)
    if len(outputs) != expected:
        raise CeramerError(
            f"The reaction of the particles {particles.name} returns {len(outputs)} of {expected} values."
        )
    return symbols, outputs


def surface_partials(kind: NodeKind, particles: Particles) -> dict[Place, Any]:
    """Return the non-zero partial derivatives of the reaction: (value, input), inputs u, x_s, z in this order."""
    symbols, outputs = _surface(kind, particles)
    inputs = symbols[: len(kind.unknowns) + 1 + len(particles.surface)]
    found = {(o, j): differentiate(e, x) for o, e in enumerate(outputs) for j, x in enumerate(inputs)}
    return {place: e for place, e in found.items() if isinstance(e, Symbol) or e != 0.0}


def _inputs_of(expressions: Sequence[Any]) -> set[str]:
    seen: set[int] = set()
    names: set[str] = set()
    stack = [e for e in expressions if isinstance(e, Symbol)]
    while stack:
        e = stack.pop()
        if e.number in seen:
            continue
        seen.add(e.number)
        if e.operation == "input":
            names.add(str(e.arguments[0]))
        stack += [a for a in e.arguments if isinstance(a, Symbol)]
    return names


_UNPACK: Final = [
    "groups, H, areas, closeness, parameters, space = shape[5]",
    "k0, n, N, x0, z0 = groups[g, 1], groups[g, 2], groups[g, 3], groups[g, 4], groups[g, 5]",
    "w0, j0, t0, l0, stride = groups[g, 6], groups[g, 7], groups[g, 8], groups[g, 9], groups[g, 10]",
    "M = (N - 1) * n",
]


def _read_surface(kind: NodeKind, particles: Particles, used: set[str], first: str) -> tuple[list[str], list[str], int]:
    """Return the lines that lay out what a surface law reads, those that read it in a loop, and the columns taken."""
    head, inside = ["e1, e2 = H[g, 0], H[g, 1]"], []
    column = 0
    for j in range(len(kind.unknowns)):
        if f"a{j}" in used:
            head += [
                f"c{j} = space[{first} + {column} * n : {first} + {column + 1} * n]",
                "for i in range(n):",
                f"    c{j}[i] = y[((l0 + i * stride) & PLACE) + {j}]",
            ]
            inside.append(f"a{j} = c{j}[i]")
            column += 1
    head += ["last_x = y[x0 + M : x0 + M + n]", "last_but_one_x = y[x0 + M - n : x0 + M]"]
    inside.append("xs = e1 * last_x[i] + e2 * last_but_one_x[i]")
    for r in range(len(particles.surface)):
        head.append(f"surface_{r} = y[z0 + {r} * n : z0 + {r + 1} * n]")
        inside.append(f"z{r} = surface_{r}[i]")
    for j, name in enumerate(particles.parameters):
        if f"p{j}" in used:
            head.append(f"q{j} = parameters[{kind.parameters.index(name)}][k0 : k0 + n]")
            inside.append(f"p{j} = q{j}[i]")
    return head, inside, column


def _indented(lines: Sequence[str]) -> list[str]:
    return ["    " + line for line in lines]


def _flux(particles: Particles) -> tuple[list[Symbol], Any]:
    names = ["xi", "xo", "near"] + [f"h{j}" for j in range(len(particles.flux_parameters))]
    symbols, outputs = trace(particles.flux, names)
    return symbols, outputs[0]


def _shell_loop(particles: Particles, outputs: Sequence[Any], targets: Sequence[str], tables: Tables) -> list[str]:
    """Return the loop over all faces between shells that writes area times each output into its target."""
    uniform = [f"h{j}" for j in range(len(particles.flux_parameters))]
    sides = Sides(outputs, ["xi"], ["xo"], uniform)
    count = len(sides.columns)
    lines = [
        "inner = y[x0 : x0 + M]",
        "outer = y[x0 + n : x0 + n + M]",
        "area = areas[w0 : w0 + M]",
        "close = closeness[w0 : w0 + M]",
        *(f"{h} = H[g, {2 + j}]" for j, h in enumerate(uniform)),
    ]
    if count:
        body, names = sides.column_lines(tables)
        whole = [f"K_{k} = space[M + {k} * (M + n) : M + {k + 1} * (M + n)]" for k in range(count)]
        inside = ["xi = every[i]", *body, *(f"K_{k}[i] = {name}" for k, name in enumerate(names))]
        lines += [*whole, "every = y[x0 : x0 + M + n]", "for i in range(M + n):", *_indented(inside)]
        lines += [line for k in range(count) for line in (f"A_{k} = K_{k}[0:M]", f"B_{k} = K_{k}[n : M + n]")]
    body, names = sides.lines(tables)
    inside = ["xi = inner[i]", "xo = outer[i]", "near = close[i]"]
    inside += [f"{s}_{k} = {s.upper()}_{k}[i]" for k in range(count) for s in "ab"]
    inside += [*body, *(f"{target}[i] = area[i] * ({name})" for target, name in zip(targets, names, strict=True))]
    return [*lines, "for i in range(M):", *_indented(inside)]


def _values(kind: NodeKind, particles: Particles, tables: Tables) -> list[str]:
    _, flux = _flux(particles)
    lines = ["shape = model[0]", *_UNPACK, "q = space[:M]", *_shell_loop(particles, [flux], ["q"], tables)]
    lines += [
        "innermost = f[x0 : x0 + n]",
        "for i in range(n):",
        "    innermost[i] = -q[i]",
        "between = f[x0 + n : x0 + M]",
        "next_q = space[n:M]",
        "for i in range(M - n):",
        "    between[i] = q[i] - next_q[i]",
        "outermost = f[x0 + M : x0 + M + n]",
        "last_q = space[M - n : M]",
    ]
    _, outputs = _surface(kind, particles)
    head, inside, column = _read_surface(kind, particles, _inputs_of(outputs), "M")
    body, names = lines_of(outputs, tables)
    count = len(particles.surface)
    lines += head
    lines += [f"rate_{r} = f[z0 + {r} * n : z0 + {r + 1} * n]" for r in range(count)]
    lines += [f"row_{k} = space[M + {column + k} * n : M + {column + k + 1} * n]" for k in range(len(particles.rows))]
    inside = [*inside, *fast(body), f"outermost[i] = last_q[i] - ({names[0]})"]
    inside += [f"rate_{r}[i] = {names[1 + r]}" for r in range(count)]
    inside += [f"row_{k}[i] = {names[1 + count + k]}" for k in range(len(particles.rows))]
    lines += ["for i in range(n):", *_indented(inside), "for i in range(n):"]
    return (
        lines
        + [f"    f[((l0 + i * stride) & PLACE) + {row}] += row_{k}[i]" for k, row in enumerate(particles.rows)]
        + ["    pass"]
    )


def _partials(kind: NodeKind, particles: Particles, tables: Tables) -> list[str]:
    symbols, flux = _flux(particles)
    slopes = [differentiate(flux, symbols[0]), differentiate(flux, symbols[1])]
    lines = ["shape = model[0]", *_UNPACK, "boff = shape[3]", "JB = blocks[1]", "J = blocks[3]"]
    lines += [
        "ql = J[j0 : j0 + M]",
        "qr = J[j0 + M : j0 + 2 * M]",
        *_shell_loop(particles, slopes, ["ql", "qr"], tables),
    ]
    places = surface_partials(kind, particles)
    head, inside, _ = _read_surface(kind, particles, _inputs_of(list(places.values())), "M")
    body, names = lines_of(list(places.values()), tables)
    lines += head
    lines += [f"d{s} = J[j0 + 2 * M + {s} * n : j0 + 2 * M + {s + 1} * n]" for s in range(len(places))]
    inside = [*inside, *fast(body), *(f"d{s}[i] = {name}" for s, name in enumerate(names))]
    lines += ["for i in range(n):", *_indented(inside)]
    count, width = len(particles.surface), len(kind.unknowns)
    direct = [
        f"JB[ob + {particles.rows[o - 1 - count] * width + j}] += d{s}[i]"
        for s, (o, j) in enumerate(places)
        if o > count and j < width
    ]
    return lines + (
        ["for i in range(n):", "    ob = boff[(k0 + i) & PLACE] & PLACE", *_indented(direct)] if direct else []
    )


class _Elimination:
    """The algebra of the module's docstring for one class, done on symbols: zeros fall out by themselves."""

    def __init__(self, kind: NodeKind, particles: Particles) -> None:
        graph = Graph()
        self.graph = graph
        self.places = surface_partials(kind, particles)
        self.unknowns, self.surface, self.rows = len(kind.unknowns), len(particles.surface), particles.rows
        slots = {place: graph.symbol(f"d{s}") for s, place in enumerate(self.places)}
        nu, m = self.unknowns, self.surface

        def partial(value: int, argument: int) -> Any:
            place = (value, argument)
            known = self.places.get(place, 0.0)
            return slots[place] if isinstance(known, Symbol) else known

        a, last, before, above = (graph.symbol(name) for name in ("a", "last", "before", "above"))
        e1, e2 = graph.symbol("e1"), graph.symbol("e2")
        w = e1 * last - e2 * above * last * before
        loss_s = partial(0, nu)
        share = 1.0 / (1.0 + w * loss_s)
        of_z = [-share * w * partial(0, nu + 1 + q) for q in range(m)]
        of_u = [-share * w * partial(0, j) for j in range(nu)]
        block = [
            [
                (a * graph.symbol(f"m{r}") if r == q else 0.0)
                - partial(1 + r, nu + 1 + q)
                - partial(1 + r, nu) * of_z[q]
                for q in range(m)
            ]
            for r in range(m)
        ]
        inverse = self._invert(block)
        couple = [[partial(1 + r, j) + partial(1 + r, nu) * of_u[j] for j in range(nu)] for r in range(m)]
        self.saved: dict[str, Any] = {}
        for q in range(m):
            self.saved[f"k{q}"] = partial(1 + q, nu) * share
            for p in range(m):
                self.saved[f"i{q}{p}"] = inverse[q][p]
            for j in range(nu):
                self.saved[f"z{q}{j}"] = _sum(inverse[q][p] * couple[p][j] for p in range(m))
        self.corrections: list[tuple[int, int, Any]] = []
        for k, row in enumerate(particles.rows):
            rs = partial(1 + m + k, nu)
            self.saved[f"rs{k}"] = rs * share
            weights = [partial(1 + m + k, nu + 1 + q) + rs * of_z[q] for q in range(m)]
            for q in range(m):
                self.saved[f"rz{k}{q}"] = weights[q]
            for j in range(nu):
                e = rs * of_u[j] + _sum(weights[q] * self.saved[f"z{q}{j}"] for q in range(m))
                if isinstance(e, Symbol) or e != 0.0:
                    self.corrections.append((row, j, e))
        self.saved["vs"] = loss_s * share
        for q in range(m):
            self.saved[f"vz{q}"] = partial(0, nu + 1 + q) + loss_s * of_z[q]
        for j in range(nu):
            self.saved[f"vu{j}"] = partial(0, j) + loss_s * of_u[j]

    @staticmethod
    def _invert(block: list[list[Any]]) -> list[list[Any]]:
        """Invert a block; three unknowns and more by the Schur complement of the first two."""
        if not block:
            return []
        if len(block) == 1:
            return [[1.0 / block[0][0]]]
        if len(block) == 2:
            (b00, b01), (b10, b11) = block
            d = 1.0 / (b00 * b11 - b01 * b10)
            return [[b11 * d, -b01 * d], [-b10 * d, b00 * d]]
        first = _Elimination._invert([row[:2] for row in block[:2]])
        above, left, rest = (
            [row[2:] for row in block[:2]],
            [row[:2] for row in block[2:]],
            [row[2:] for row in block[2:]],
        )
        across, down = _product(first, above), _product(left, first)
        last = _Elimination._invert(_difference(rest, _product(left, across)))
        right, below = _product(across, last), _product(last, down)
        top = _difference(first, [[-e for e in row] for row in _product(right, down)])
        return [
            *(a + [-e for e in b] for a, b in zip(top, right, strict=True)),
            *([-e for e in a] + b for a, b in zip(below, last, strict=True)),
        ]

    @property
    def slots(self) -> list[str]:
        """What is kept per particle from the factorisation to the solves."""
        return [name for name, e in self.saved.items() if isinstance(e, Symbol)]

    def symbol(self, name: str) -> Any:
        """Return a saved coefficient as a solve sees it: a number where it is one."""
        e = self.saved[name]
        return self.graph.symbol(name) if isinstance(e, Symbol) else e


def _product(left: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
    columns = list(zip(*right, strict=True))
    return [[_sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def _difference(left: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
    return [[a - b for a, b in zip(row, taken, strict=True)] for row, taken in zip(left, right, strict=True)]


def _sum(terms: Any) -> Any:
    total: Any = 0.0
    for term in terms:
        total = total + term
    return total


def columns(kind: NodeKind, particles: Particles) -> tuple[int, int, int]:
    """Return how many numbers per particle, beside those of the shells, the solver keeps and the laws of the surface
    borrow, and how many per shell those of the flux."""
    algebra = _Elimination(kind, particles)
    borrowed = max(len(kind.unknowns), len(particles.rows), len(algebra.corrections))
    symbols, flux = _flux(particles)
    slopes = [flux, differentiate(flux, symbols[0]), differentiate(flux, symbols[1])]
    per_shell = len(Sides(slopes, ["xi"], ["xo"], [f"h{j}" for j in range(len(particles.flux_parameters))]).columns)
    return len(algebra.slots) + 1 + borrowed, len(kind.unknowns) + len(particles.rows), per_shell


_TRIDIAGONAL: Final = [
    "T = work[3]",
    "low = T[t0 : t0 + M]",
    "inverse = T[t0 + M : t0 + 2 * M + n]",
    "up = T[t0 + 2 * M + n : t0 + 3 * M + n]",
    "t1 = t0 + 3 * M + n",
]


def _slots(names: Sequence[str]) -> list[str]:
    return [f"s_{name} = T[t1 + {s} * n : t1 + {s + 1} * n]" for s, name in enumerate(names)]


def _factor(kind: NodeKind, particles: Particles, tables: Tables) -> list[str]:
    algebra = _Elimination(kind, particles)
    lines = [
        "shape = model[0]",
        *_UNPACK,
        *_TRIDIAGONAL,
        "J = blocks[3]",
        "storage = mass[x0 : x0 + M + n]",
        "left = J[j0 : j0 + M]",
        "right = J[j0 + M : j0 + 2 * M]",
        "for i in range(n):",
        "    inverse[i] = 1.0 / (a * storage[i] + left[i])",
        "for s in range(1, N):",
        "    o = s * n",
        "    p = o - n",
        "    ql = left[p:o]",
        "    qr = right[p:o]",
        "    before_d = inverse[p:o]",
        "    here_d = inverse[o : o + n]",
        "    here_low = low[p:o]",
        "    here_up = up[p:o]",
        "    here_m = storage[o : o + n]",
        "    if s < N - 1:",
        "        out = left[o : o + n]",
        "        for i in range(n):",
        "            v = ql[i] * before_d[i]",
        "            here_low[i] = -v",
        "            here_up[i] = qr[i]",
        "            here_d[i] = 1.0 / (a * here_m[i] - qr[i] + out[i] + v * qr[i])",
        "    else:",
        "        for i in range(n):",
        "            v = ql[i] * before_d[i]",
        "            here_low[i] = -v",
        "            here_up[i] = qr[i]",
        "            here_d[i] = 1.0 / (a * here_m[i] - qr[i] + v * qr[i])",
        "e1, e2 = H[g, 0], H[g, 1]",
    ]
    kept = algebra.slots
    outputs = [algebra.saved[name] for name in kept] + [e for _, _, e in algebra.corrections]
    used = _inputs_of(outputs)
    body, names = lines_of(outputs, tables)
    read = {
        "last": ("last_d = inverse[M : M + n]", "last = last_d[i]"),
        "before": ("before_last = inverse[M - n : M]", "before = before_last[i]"),
        "above": ("last_up = up[M - n : M]", "above = last_up[i]"),
    }
    head, inside = [], []
    for name, (layout, get) in read.items():
        if name in used:
            head.append(layout)
            inside.append(get)
    for r in range(algebra.surface):
        if f"m{r}" in used:
            head.append(f"mass_{r} = mass[z0 + {r} * n : z0 + {r + 1} * n]")
            inside.append(f"m{r} = mass_{r}[i]")
    for s in range(len(algebra.places)):
        if f"d{s}" in used:
            head.append(f"D{s} = J[j0 + 2 * M + {s} * n : j0 + 2 * M + {s + 1} * n]")
            inside.append(f"d{s} = D{s}[i]")
    lines += head + _slots(kept)
    total = len(kept)
    lines += [f"E{c} = T[t1 + {total + c} * n : t1 + {total + c + 1} * n]" for c in range(len(algebra.corrections))]
    inside = [*inside, *body]
    inside += [f"s_{name}[i] = {text}" for name, text in zip(kept, names, strict=False)]
    inside += [f"E{c}[i] = {text}" for c, text in enumerate(names[total:])]
    lines += ["for i in range(n):", *_indented(inside)]
    if algebra.corrections:
        lines += ["E = work[1]", "boff = shape[3]", "for i in range(n):", "    ob = boff[(k0 + i) & PLACE] & PLACE"]
        lines += [
            f"    E[ob + {row * algebra.unknowns + j}] -= E{c}[i]" for c, (row, j, _) in enumerate(algebra.corrections)
        ]
    return lines


def _forward(kind: NodeKind, particles: Particles, tables: Tables) -> list[str]:
    algebra = _Elimination(kind, particles)
    m = algebra.surface
    lines = [
        *_UNPACK,
        *_TRIDIAGONAL,
        "for s in range(1, N):",
        "    o = s * n",
        "    before = b[x0 + o - n : x0 + o]",
        "    here = b[x0 + o : x0 + o + n]",
        "    here_low = low[o - n : o]",
        "    for i in range(n):",
        "        here[i] -= here_low[i] * before[i]",
        "e1, e2 = H[g, 0], H[g, 1]",
        "last_b = b[x0 + M : x0 + M + n]",
        "before_b = b[x0 + M - n : x0 + M]",
        "last_d = inverse[M : M + n]",
        "before_d = inverse[M - n : M]",
        "last_up = up[M - n : M]",
    ]
    graph = algebra.graph
    sigma = graph.symbol("sigma")
    rhs = [graph.symbol(f"b{q}") + algebra.symbol(f"k{q}") * sigma for q in range(m)]
    z = [_sum(algebra.symbol(f"i{q}{p}") * rhs[p] for p in range(m)) for q in range(m)]
    rows = [
        algebra.symbol(f"rs{k}") * sigma + _sum(algebra.symbol(f"rz{k}{q}") * z[q] for q in range(m))
        for k in range(len(algebra.rows))
    ]
    used = _inputs_of([*z, *rows])
    body, names = lines_of([*z, *rows], tables)
    kept = algebra.slots
    lines += [line for line, name in zip(_slots(kept), kept, strict=True) if name in used]
    lines += [f"surface_{q} = b[z0 + {q} * n : z0 + {q + 1} * n]" for q in range(m)]
    lines.append(f"s_sigma = T[t1 + {len(kept)} * n : t1 + {len(kept) + 1} * n]")
    first = len(kept) + 1
    lines += [f"row_{k} = T[t1 + {first + k} * n : t1 + {first + k + 1} * n]" for k in range(len(rows))]
    inside = [
        "top = last_b[i] * last_d[i]",
        "sigma = e1 * top + e2 * (before_b[i] - last_up[i] * top) * before_d[i]",
        "s_sigma[i] = sigma",
        *(f"{name} = s_{name}[i]" for name in kept if name in used),
        *(f"b{q} = surface_{q}[i]" for q in range(m)),
        *body,
        *(f"surface_{q}[i] = {name}" for q, name in enumerate(names[:m])),
        *(f"row_{k}[i] = {name}" for k, name in enumerate(names[m:])),
    ]
    lines += ["for i in range(n):", *_indented(inside)]
    if rows:
        lines.append("for i in range(n):")
        lines += [f"    b[((l0 + i * stride) & PLACE) + {row}] += row_{k}[i]" for k, row in enumerate(algebra.rows)]
    return lines


def _backward(kind: NodeKind, particles: Particles, tables: Tables) -> list[str]:
    algebra = _Elimination(kind, particles)
    m, nu = algebra.surface, algebra.unknowns
    graph = algebra.graph
    du = [graph.symbol(f"u{j}") for j in range(nu)]
    z = [graph.symbol(f"b{q}") + _sum(algebra.symbol(f"z{q}{j}") * du[j] for j in range(nu)) for q in range(m)]
    loss = algebra.symbol("vs") * graph.symbol("sigma")
    loss = loss + _sum(algebra.symbol(f"vz{q}") * z[q] for q in range(m))
    loss = loss + _sum(algebra.symbol(f"vu{j}") * du[j] for j in range(nu))
    used = _inputs_of([*z, loss])
    body, names = lines_of([*z, loss], tables)
    kept = algebra.slots
    lines = [*_UNPACK, *_TRIDIAGONAL]
    lines += [line for line, name in zip(_slots(kept), kept, strict=True) if name in used]
    lines += [f"surface_{q} = b[z0 + {q} * n : z0 + {q + 1} * n]" for q in range(m)]
    lines.append(f"s_sigma = T[t1 + {len(kept)} * n : t1 + {len(kept) + 1} * n]")
    lines += ["last_b = b[x0 + M : x0 + M + n]", "last_d = inverse[M : M + n]"]
    inside = [f"{name} = s_{name}[i]" for name in kept if name in used]
    inside += ["sigma = s_sigma[i]"] if "sigma" in used else []
    inside += [f"b{q} = surface_{q}[i]" for q in range(m)]
    for j in range(nu):
        if f"u{j}" in used:
            at = f"T[t1 + {len(kept) + 1 + j} * n : t1 + {len(kept) + 2 + j} * n]"
            lines += [f"c{j} = {at}", "for i in range(n):", f"    c{j}[i] = b[((l0 + i * stride) & PLACE) + {j}]"]
            inside.append(f"u{j} = c{j}[i]")
    inside += [*body, *(f"surface_{q}[i] = {name}" for q, name in enumerate(names[:m]))]
    inside.append(f"last_b[i] = (last_b[i] - ({names[m]})) * last_d[i]")
    lines += ["for i in range(n):", *_indented(inside)]
    return [
        *lines,
        "for s in range(N - 2, -1, -1):",
        "    o = s * n",
        "    beyond = b[x0 + o + n : x0 + o + 2 * n]",
        "    here = b[x0 + o : x0 + o + n]",
        "    here_up = up[o : o + n]",
        "    here_d = inverse[o : o + n]",
        "    for i in range(n):",
        "        here[i] = (here[i] - here_up[i] * beyond[i]) * here_d[i]",
    ]


def particle_functions(nodes: Sequence[NodeKind], tables: Tables, function: Callable[[str, list[str]], str]) -> str:
    """Return the source of the five functions that the residual, the Jacobian and the solver call."""
    classes = particle_classes(nodes)
    parts = {
        "values": ("y, f, {}model", _values),
        "partials": ("y, blocks, {}model", _partials),
        "factor": ("a, mass, {}model, blocks, work", _factor),
        "forward": ("b, {}shape, work", _forward),
        "backward": ("b, {}shape, work", _backward),
    }
    text = ""
    for name, (signature, write) in parts.items():
        for number, (kind, particles) in enumerate(classes):
            head = f"def particle_{name}_{number}({signature.format('g, ')}):"
            text += function(head, write(kind, particles, tables))
        lines = []
        where = "shape" if "shape" in signature else "model[0]"
        for number in range(len(classes)):
            call = f"particle_{name}_{number}({signature.format('g, ')})"
            lines += [f"    if groups[g, 0] == {number}:", f"        {call}"]
        body = [f"groups = {where}[5][0]", "for g in range(groups.shape[0]):", *lines] if classes else ["pass"]
        text += function(f"def particle_{name}({signature.format('')}):", body)
    return text
