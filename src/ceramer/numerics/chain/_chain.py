"""A chain of nodes: what it is made of, its state, and how it is run, linearised and recorded."""

from __future__ import annotations

import itertools
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import CeramerError, NotConvergedError
from ceramer.numerics.chain import _cache
from ceramer.numerics.chain._generate import source_of, wide_columns
from ceramer.numerics.chain._kinds import FaceKind, NodeKind, Particles, Unknown
from ceramer.numerics.chain._particles import columns, particle_classes, surface_partials
from ceramer.numerics.chain._shells import Filling
from ceramer.numerics.chain._tableau import tableau

__all__ = ["TERMINAL", "Chain", "Face", "Node", "Program", "Run", "Step", "program"]

Array = NDArray[np.float64]
Guard = tuple[int, float, float] | tuple[int, float, float, int, float]
_RETRIES: Final = 2
_UNDERFLOW: Final = -2
_COMPILE: Final = 20  # s, of the largest programs
_LOG: Final = logging.getLogger("ceramer")
COLUMNS: Final = ("time", "voltage", "current", "charge", "step", "cycle")
SUMMARY: Final = (
    "code",
    "start",
    "duration",
    "charge",
    "energy",
    "first_voltage",
    "last_voltage",
    "first_current",
    "last_current",
    "lowest_voltage",
    "highest_voltage",
    "step",
    "cycle",
    "steps_taken",
)


def _terminal(
    voltage: Any, current: Any, target: Any, charge: Any, energy: Any, mode: Any, rate: Any, leak: Any
) -> tuple[Any, ...]:
    control = (1.0 - mode) * (current - target) + mode * (voltage - target)
    return control, -current - leak * voltage, rate, current, voltage * current


TERMINAL: Final = NodeKind(
    "terminal",
    (
        Unknown("voltage", 1.0),
        Unknown("current", 1.0),
        Unknown("target", 1.0),
        Unknown("charge", 1e3),
        Unknown("energy", 1e3),
    ),
    ("mode", "rate", "leak"),
    _terminal,
)
"""The last node: voltage [V] and current density [A/m2] of the cell, what is asked of them, charge [C/m2] and energy.

The chain adds the current that arrives to its second row and reads the voltage; `leak` [S/m2] conducts beside it.
"""


@dataclass(frozen=True, slots=True)
class Node:
    """One node: values of its kind's parameters, mass (storage) and initial value of each unknown."""

    kind: NodeKind
    initial: tuple[float, ...]
    mass: tuple[float, ...]
    parameters: tuple[float, ...] = ()
    exponents: tuple[float, ...] = ()
    """Of constant-phase elements, one per unknown (1: an ordinary storage); only the impedance sees them."""
    fillings: tuple[Filling, ...] = ()
    """One per class of particles of its kind."""
    capacity: float = 0.0
    """Between two of its unknowns, as a double layer between two potentials."""
    capacity_unknowns: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Face:
    """One face: values of its kind's parameters, and a capacity between one unknown of each side (0: none)."""

    kind: FaceKind
    parameters: tuple[float, ...] = ()
    capacity: float = 0.0
    capacity_unknowns: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a protocol as the solver takes it; current density [A/m2] positive to the right.

    `value` NaN keeps the present one; `rate` per second makes a ramp; `period` 0 records every step of the solver and
    infinity only the two ends; sampling starts with `first_interval`, and each interval is `widening` times the one
    before until it is `period`.
    """

    control: str
    value: float
    duration: float
    rate: float = 0.0
    voltage_above: float = math.inf
    voltage_below: float = -math.inf
    current_below: float = -1.0
    charge: float = math.inf
    period: float = math.inf
    first_interval: float = math.inf
    cycle: int = 0
    widening: float = 1.2
    record: bool = True
    pause: bool = False
    """Stop before this step (an impedance is to be measured) and wait for the next call of `run`."""
    current_above: float = math.inf
    """Ends the step when the magnitude of the current rises to it; a fall from a jump at the start does not."""

    def like(self) -> tuple[Any, ...]:
        """Return what steps share that may start with the same time step."""
        return self.control, self.value, self.rate, self.voltage_above, self.voltage_below, self.current_below


@dataclass(frozen=True, slots=True)
class Run:
    """What a run left: recorded rows (`COLUMNS`, then the probes), a summary row per step (`SUMMARY`), how it ended.

    `code` is that of the last step: 0 time, 1 voltage above, 2 below, 3 current below, 4 charge, 5 current risen,
    10 + k guard k;
    -1 no consistent start, -2 time step underflow, -3 too many steps. `worst` is the unknown that limited the step.
    """

    rows: Array
    summary: Array
    code: int
    worst: int = -1


class Program:
    """The compiled code of a set of kinds."""

    def __init__(self, nodes: Sequence[NodeKind], faces: Sequence[FaceKind]) -> None:
        self.nodes, self.faces = tuple(nodes), tuple(faces)
        self.node_number = {kind: i for i, kind in enumerate(self.nodes)}
        self.face_number = {kind: i for i, kind in enumerate(self.faces)}
        self.classes = particle_classes(self.nodes)
        self.wide_columns = tuple(wide_columns(kind) for kind in self.faces)

    @cached_property
    def source(self) -> str:
        """The generated module."""
        return source_of(self.nodes, self.faces)

    @cached_property
    def module(self) -> ModuleType:
        """The imported module (its functions compile on their first call, and are cached on disk)."""
        return _cache.load(self.source)

    @property
    def compiled(self) -> bool:
        """Whether its machine code is on disk already."""
        return _cache.compiled_before(self.source)

    @cached_property
    def _announced(self) -> bool:
        """Whether it was compiled before this process; where it was not, this has been said."""
        if not self.compiled:
            _LOG.warning("ceramer: compiling once, about %d s (more on a busy machine).", _COMPILE)
            return False
        return True

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a function of the module; its first call of a process may compile it, which is said once."""
        function = getattr(self.module, name)
        if function.overloads:
            return function(*arguments)
        self._announced  # noqa: B018 - computed once
        with _cache.quick_compiler():
            return function(*arguments)

    def note_compiled(self) -> None:
        """Note that a first run has ended, so that its machine code is on disk."""
        if not self._announced:
            _cache.mark_compiled(self.source)
            self._announced = True


_PROGRAMS: dict[tuple[tuple[NodeKind, ...], tuple[FaceKind, ...]], Program] = {}


def program(nodes: Sequence[NodeKind], faces: Sequence[FaceKind]) -> Program:
    """Return the program of these kinds, made once per process."""
    key = (tuple(nodes), tuple(faces))
    if key not in _PROGRAMS:
        _PROGRAMS[key] = Program(*key)
    return _PROGRAMS[key]


def _padded(rows: Sequence[tuple[float, ...]]) -> Array:
    width = max(1, *(len(row) for row in rows))
    table = np.zeros((len(rows), width), order="F")
    for k, row in enumerate(rows):
        table[k, : len(row)] = row
    return table


def _runs(numbers: Sequence[int]) -> NDArray[np.int64]:
    runs: list[list[int]] = []
    for k, number in enumerate(numbers):
        if runs and runs[-1][0] == number and runs[-1][2] == k:
            runs[-1][2] = k + 1
        else:
            runs.append([number, k, k + 1])
    return np.array(runs, np.int64).reshape(-1, 3)


@dataclass(frozen=True, slots=True)
class ParticleGroup:
    """One class of particles in neighbouring nodes: where their unknowns lie.

    `shells` are places in `y`, shape (shells, nodes), from the centre to the surface; `surface` those of the surface
    unknowns, shape (unknowns, nodes); `volume` is that of each shell per area of the surface [m].
    """

    particles: Particles
    node: int
    shells: NDArray[np.int64]
    surface: NDArray[np.int64]
    volume: Array
    partials: int = 0
    """First place among the partial derivatives."""

    def places(self, name: str) -> NDArray[np.int64]:
        """Return the places in `y` of an unknown of the surface, one per node; none where it has no such unknown."""
        found = [places for u, places in zip(self.particles.surface, self.surface, strict=True) if u.name == name]
        return found[0] if found else np.empty(0, np.int64)


@dataclass
class Chain:
    """Nodes in a row, the last one a `TERMINAL`, and one face between each two; the state advances in place.

    Parameters
    ----------
    nodes, faces : sequences of Node and Face
    guards : sequence of (unknown, limit, sign) or (unknown, limit, sign, beside, beyond)
        The run ends when ``sign * (v - limit)`` falls to 0, with ``v = y[unknown]``, or extrapolated away from another
        unknown, ``v = y[unknown] + beyond * (y[unknown] - y[beside])``.
    kinds : (node kinds, face kinds), optional
        More kinds than this chain uses, so that several chains share one program.
    """

    nodes: Sequence[Node]
    faces: Sequence[Face]
    guards: Sequence[Guard] = ()
    kinds: tuple[tuple[NodeKind, ...], tuple[FaceKind, ...]] | None = None
    method: str = "rodas4"
    relative_tolerance: float = 1e-4
    absolute_tolerance: float | None = None
    """Relative to the scale of each unknown; 1e-2 of `relative_tolerance` where None."""
    max_steps: int = 200_000
    y: Array = field(init=False)
    time: float = field(init=False, default=0.0)
    _memory: Array = field(init=False, default_factory=lambda: np.zeros(0))
    _complex: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        nodes, faces = list(self.nodes), list(self.faces)
        if len(faces) != len(nodes) - 1 or nodes[-1].kind is not TERMINAL:
            raise CeramerError("A chain needs one face between each two nodes and a terminal at its end.")
        for node in nodes:
            count = len(node.kind.unknowns)
            if {len(node.initial), len(node.mass)} != {count} or len(node.parameters) != len(node.kind.parameters):
                raise CeramerError(f"A node of kind {node.kind.name} lacks initial values, masses or parameters.")
        kinds = self.kinds or (
            tuple(dict.fromkeys(n.kind for n in nodes)),
            tuple(dict.fromkeys(f.kind for f in faces)),
        )
        self.program = program(*kinds)
        size = np.array([len(n.kind.unknowns) for n in nodes], np.int64)
        self.offset = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        self.y = np.array([v for n in nodes for v in n.initial], float)
        between = size[:-1] * size[1:]
        aoff = np.concatenate([[0, 0], np.cumsum(between)])[: len(nodes)].astype(np.int64)
        boff = np.concatenate([[0], np.cumsum(size * size)])[: len(nodes)].astype(np.int64)
        coff = np.concatenate([[0], np.cumsum(between), [0]])[: len(nodes)].astype(np.int64)
        self._size = size
        self.mass = np.array([v for n in nodes for v in n.mass], float)
        self.exponents = np.array([v for n in nodes for v in (n.exponents or (1.0,) * len(n.initial))], float)
        face_numbers = [self.program.face_number[f.kind] for f in faces]
        node_numbers = [self.program.node_number[n.kind] for n in nodes]
        node_runs = _runs(node_numbers)
        parameters = _padded([n.parameters for n in nodes])
        face_runs = _runs(face_numbers)
        space = max((int(b - a + 1) * self.program.wide_columns[k] for k, a, b in face_runs), default=0)
        onwards = [*(face.capacity for face in faces[1:]), 0.0]  # the node after a face holds that of the next one, too
        held = [face.capacity or node.capacity or c for face, node, c in zip(faces, nodes[1:], onwards, strict=True)]
        like = [
            int(a) if a == b and a in (2, 3) and not capacity else 0
            for (a, b), capacity in zip(itertools.pairwise(size), held, strict=True)
        ]
        particles, kept, borrowed = self._add_particles(nodes, node_runs, parameters, space)
        self.model = (
            (self.offset, size, aoff, boff, coff, particles, _runs(like)[:, [1, 2, 0]]),
            parameters,
            _padded([f.parameters for f in faces]),
            node_runs,
            face_runs,
            self.mass,
            np.array([*(f.capacity for f in faces), 0.0]),
            np.array([*(f.capacity_unknowns[0] for f in faces), 0], np.int64),
            np.array([*(f.capacity_unknowns[1] for f in faces), 0], np.int64),
            np.array([n.capacity for n in nodes]),
            np.array([n.capacity_unknowns[0] for n in nodes], np.int64),
            np.array([n.capacity_unknowns[1] for n in nodes], np.int64),
        )
        last = int(self.offset[-2])
        self.terminal = np.array([last, last + 1, last + 2, last + 3, last + 4, len(nodes) - 1, 0, 1], np.int64)
        scales = [u.scale for n in nodes for u in n.kind.unknowns]
        names = [u.name for n in nodes for u in n.kind.unknowns]
        for g in self.particles:
            for unknown, places in [(g.particles.unknown, g.shells), *zip(g.particles.surface, g.surface, strict=True)]:
                scales += [unknown.scale] * places.size
                names += [unknown.name] * places.size
        groups = list(dict.fromkeys(names))
        atol = self.absolute_tolerance if self.absolute_tolerance is not None else 1e-2 * self.relative_tolerance
        group = np.array([groups.index(name) for name in names], np.int64)
        n = self.y.size
        self._differential = (self.mass != 0.0).astype(np.int64)
        self._atol = atol * np.array(scales)
        core = int(self.offset[-1])
        spans = [
            (int(part.min()), int(part.max()) + 1, int(group[part.min()]))
            for g in self.particles
            for part in (g.shells, *g.surface)
        ]
        self._group = (group[:core], np.array(spans, np.int64).reshape(-1, 3))
        self._counts = np.bincount(group).astype(float)
        self._tableau = tableau(self.method)
        a, b = int(between.sum()), int((size * size).sum())
        self._lengths = (a, b, a, kept)
        blocks = (np.zeros(a), np.zeros(b), np.zeros(a), np.zeros(borrowed))
        work = tuple(np.zeros(x) for x in self._lengths)
        stages = self._tableau.a.shape[0]
        pivots = np.zeros(int(size.max()), np.int64)
        self._space = (
            np.zeros((stages, n)),
            np.zeros(n),
            np.zeros(n),
            blocks,
            work,
            pivots,
            np.zeros(n + int(size.max())),
            np.zeros(len(groups)),
            np.zeros(0),
            np.zeros(n),
            np.zeros(n),
        )
        self.guard(self.guards)

    def guard(self, guards: Sequence[Guard]) -> None:
        """Set the guards."""
        self.guards = tuple(guards)
        self._guards = (
            np.array([g[0] for g in self.guards], np.int64),
            np.array([g[1] for g in self.guards], float),
            np.array([g[2] for g in self.guards], float),
            np.array([g[3] if len(g) > 3 else g[0] for g in self.guards], np.int64),
            np.array([g[4] if len(g) > 3 else 0.0 for g in self.guards], float),
        )
        self._space = (*self._space[:8], np.zeros(len(self.guards)), *self._space[9:])

    def _add_particles(
        self, nodes: Sequence[Node], runs: NDArray[np.int64], parameters: Array, space: int
    ) -> tuple[tuple[Any, ...], int, int]:
        """Append the unknowns of all particles; return the solver's tables and the lengths of its two stores."""
        groups: list[list[int]] = []
        numbers: list[list[float]] = []
        areas: list[Array] = []
        closeness: list[Array] = []
        y, mass = [self.y], [self.mass]
        at, faces, kept, borrowed, space = self.y.size, 0, 0, 0, max(space, 1)
        self.particles: list[ParticleGroup] = []
        for _, first, stop in runs:
            kind, n = nodes[first].kind, int(stop - first)
            for c, particles in enumerate(kind.particles):
                row = [nodes[k].fillings for k in range(first, stop)]
                if any(len(fillings) != len(kind.particles) for fillings in row):
                    raise CeramerError(f"A node of kind {kind.name} lacks the filling of its particles.")
                fillings = [f[c] for f in row]
                shells, given, m = fillings[0].shells, fillings[0].flux_parameters, len(particles.surface)
                if any((f.shells, f.flux_parameters) != (shells, given) for f in fillings):
                    raise CeramerError(f"The particles {particles.name} of neighbouring nodes have unlike shells.")
                if len(given) != len(particles.flux_parameters):
                    raise CeramerError(f"The particles {particles.name} lack parameters of their flux.")
                if any({len(f.surface_initial), len(f.surface_mass)} != {m} for f in fillings):
                    raise CeramerError(f"The particles {particles.name} lack first values of their surface.")
                count = len(shells.volume)
                inside = (count - 1) * n
                number = next(i for i, known in enumerate(self.program.classes) if known == (kind, particles))
                stride = len(kind.unknowns)
                surface_at = at + count * n
                group = [number, first, n, count, at, surface_at, faces, borrowed, kept]
                groups.append([*map(int, group), int(self.offset[first]), stride])
                numbers.append([*shells.surface, *given])
                areas.append(np.repeat(shells.area, n))
                closeness.append(np.repeat(shells.closeness, n))
                y += [np.tile([f.initial for f in fillings], count)]
                y += [np.array([f.surface_initial[r] for f in fillings]) for r in range(m)]
                mass += [np.repeat(shells.volume, n)]
                mass += [np.array([f.surface_mass[r] for f in fillings]) for r in range(m)]
                self.particles.append(
                    ParticleGroup(
                        particles,
                        int(first),
                        np.arange(at, surface_at).reshape(count, n),
                        np.arange(surface_at, surface_at + m * n).reshape(m, n),
                        np.array(shells.volume),
                        borrowed,
                    )
                )
                solver, laws, per_shell = columns(kind, particles)
                at = surface_at + m * n
                faces += inside
                borrowed += 2 * inside + len(surface_partials(kind, particles)) * n
                kept += 3 * inside + n + solver * n
                space = max(space, inside + laws * n, inside + per_shell * (inside + n))
        self.y, self.mass = np.concatenate(y), np.concatenate(mass)
        self.exponents = np.concatenate([self.exponents, np.ones(self.y.size - self.exponents.size)])
        tables = (
            np.array(groups, np.int64).reshape(-1, 11),
            np.ascontiguousarray(_padded([tuple(row) for row in numbers] or [(0.0, 0.0)])),
            np.concatenate([*areas, np.zeros(0)]),
            np.concatenate([*closeness, np.zeros(0)]),
            parameters.T,
            np.zeros(space),
        )
        return tables, kept, borrowed

    def _particle_matrix(self, g: ParticleGroup, partials: Array, jacobian: Array) -> None:
        """Add the derivatives of and by the particles of a group to a dense Jacobian."""
        kind = self.nodes[g.node].kind
        count, n = g.shells.shape
        inside = (count - 1) * n
        ql, qr = (partials[g.partials + j * inside : g.partials + (j + 1) * inside].reshape(-1, n) for j in (0, 1))
        lower, upper = g.shells[:-1], g.shells[1:]
        for row, sign in ((lower, -1.0), (upper, 1.0)):
            jacobian[row, lower] += sign * ql
            jacobian[row, upper] += sign * qr
        w = next(t for i, t in enumerate(self.model[0][5][1]) if self.particles[i] is g)[:2]
        node = self.offset[g.node : g.node + n]
        m, width = len(g.surface), len(kind.unknowns)
        for s, (value, argument) in enumerate(surface_partials(kind, g.particles)):
            at = g.partials + 2 * inside + s * n
            d = partials[at : at + n]
            if value == 0:
                row, sign = g.shells[-1], -1.0
            elif value <= m:
                row, sign = g.surface[value - 1], 1.0
            else:
                row, sign = node + g.particles.rows[value - 1 - m], 1.0
            if argument < width:
                if value <= m:  # the rows of the node are in its block already
                    jacobian[row, node + argument] += sign * d
            elif argument == width:
                jacobian[row, g.shells[-1]] += sign * w[0] * d
                jacobian[row, g.shells[-2]] += sign * w[1] * d
            else:
                jacobian[row, g.surface[argument - width - 1]] += sign * d

    # --- access ------------------------------------------------------------------------------------------------------

    def unknown(self, node: int, name: str) -> int:
        """Return the place of an unknown of a node in `y`."""
        node %= len(self.nodes)
        return int(self.offset[node]) + self.nodes[node].kind.index(name)

    def all_unknowns(self, name: str, kind: NodeKind | None = None) -> NDArray[np.int64]:
        """Return the places of an unknown in every node (of a kind) that has it."""
        found = [
            self.unknown(k, name)
            for k, node in enumerate(self.nodes)
            if (kind is None or node.kind is kind) and any(u.name == name for u in node.kind.unknowns)
        ]
        return np.array(found, np.int64)

    @property
    def voltage(self) -> float:
        """Voltage of the terminal [V]."""
        return float(self.y[self.terminal[0]])

    @property
    def current(self) -> float:
        """Current density of the terminal [A/m2], positive to the right."""
        return float(self.y[self.terminal[1]])

    def set_parameter(self, node: int, name: str, value: float) -> None:
        """Change a parameter of one node."""
        node %= len(self.nodes)
        self.model[1][node, self.nodes[node].kind.parameters.index(name)] = value

    # --- equations as they are ---------------------------------------------------------------------------------------

    def residual(self, y: Array | None = None) -> Array:
        """Return f(y) of M y' = f(y)."""
        f = np.zeros(self.y.size)
        self.program.module.evaluate(self.y if y is None else y, f, self.model)
        return f

    def matrices(self, y: Array | None = None) -> tuple[Array, Array]:
        """Return M and df/dy as dense arrays (for tests and small studies)."""
        blocks = tuple(np.zeros_like(b) for b in self._space[3])
        self.program.module.linearise(self.y if y is None else y, blocks, self.model)
        off, size, aoff, boff, coff = self.model[0][:5]
        n = self.y.size
        jacobian, mass = np.zeros((n, n)), np.diag(self.mass)
        for k in range(len(self.nodes)):
            m, o = size[k], off[k]
            jacobian[o : o + m, o : o + m] = blocks[1][boff[k] : boff[k] + m * m].reshape(m, m)
            if k > 0:
                q, p = size[k - 1], off[k - 1]
                jacobian[o : o + m, p : p + q] = blocks[0][aoff[k] : aoff[k] + m * q].reshape(m, q)
            if k < len(self.nodes) - 1:
                q, p = size[k + 1], off[k + 1]
                jacobian[o : o + m, p : p + q] = blocks[2][coff[k] : coff[k] + m * q].reshape(m, q)
                c = self.model[6][k]
                if c:
                    left, right = o + self.model[7][k], p + self.model[8][k]
                    mass[left, left] += c
                    mass[right, right] += c
                    mass[left, right] -= c
                    mass[right, left] -= c
            c = self.model[9][k]
            if c:
                one, other = o + self.model[10][k], o + self.model[11][k]
                mass[one, one] += c
                mass[other, other] += c
                mass[one, other] -= c
                mass[other, one] -= c
        for g in self.particles:
            self._particle_matrix(g, blocks[3], jacobian)
        return mass, jacobian

    # --- running -----------------------------------------------------------------------------------------------------

    def _control(self, slots: int, slice_steps: int) -> tuple[Any, ...]:
        if len(self._memory) < slots:
            self._memory = np.zeros(slots)
        return (
            self.relative_tolerance,
            self._atol,
            self._differential,
            self.terminal,
            self._group,
            self._counts,
            self._memory,
            np.array([self.max_steps, slice_steps], np.int64),
        )

    def run(
        self,
        steps: Sequence[Step],
        probes: Sequence[int] = (),
        *,
        on_pause: Callable[[int], None] | None = None,
        progress: Callable[[float, float, int, int], None] | None = None,
        buffer: int = 4096,
        on_rows: Callable[[Array], None] | None = None,
    ) -> Run:
        """Carry out `steps` from the present state.

        Parameters
        ----------
        steps : sequence of Step
        probes : sequence of int
            Unknowns to record beside time, voltage, current, charge, step and cycle.
        on_pause : callable
            ``on_pause(step)`` before a step with `pause`; the state is consistent and may be linearised.
        progress : callable
            ``progress(time, voltage, step, steps)`` now and then.
        on_rows : callable
            Takes the rows as they come, so that memory stays constant; without it they are returned.

        Notes
        -----
        Where the time step falls to nothing, the steps are carried out again from their start at a tenth of the
        tolerance, and once more at a hundredth (not with `on_rows`, whose rows are gone): what is algebraic drifts
        less.
        """
        start, before = self.y.copy(), self.time
        tolerances = self.relative_tolerance, self._atol
        try:
            for _ in range(_RETRIES):
                found = self._carry_out(steps, probes, on_pause, progress, buffer, on_rows)
                if found.code != _UNDERFLOW or on_rows is not None:
                    break
                self.y[:] = start
                self.time = before
                self._memory[:] = 0.0
                self.relative_tolerance, self._atol = 0.1 * self.relative_tolerance, 0.1 * self._atol
            else:
                found = self._carry_out(steps, probes, on_pause, progress, buffer, on_rows)
        finally:
            self.relative_tolerance, self._atol = tolerances
        return found

    def _carry_out(
        self,
        steps: Sequence[Step],
        probes: Sequence[int],
        on_pause: Callable[[int], None] | None,
        progress: Callable[[float, float, int, int], None] | None,
        buffer: int,
        on_rows: Callable[[Array], None] | None,
    ) -> Run:
        slots: dict[Any, int] = {}
        table = np.array(
            [
                [
                    1.0 if s.control == "voltage" else 0.0,
                    s.value,
                    s.rate,
                    s.duration,
                    s.voltage_above,
                    s.voltage_below,
                    s.current_below,
                    s.charge,
                    s.period,
                    min(s.first_interval, s.period),
                    slots.setdefault(s.like(), len(slots)),
                    s.cycle,
                    1.0 if s.pause else 0.0,
                    1.0 if s.record else 0.0,
                    s.widening,
                    s.current_above,
                ]
                for s in steps
            ]
        )
        chosen = np.asarray(probes, np.int64)
        rows = np.empty((max(buffer, 2), len(COLUMNS) + len(chosen)))
        summary = np.zeros((len(steps), len(SUMMARY)))
        cursor, clock = np.zeros(10, np.int64), np.zeros(12)
        clock[0] = self.time
        kept: list[Array] = []

        def empty() -> None:
            block = rows[: cursor[2]].copy()
            cursor[2] = 0
            if len(block):
                on_rows(block) if on_rows else kept.append(block)

        slice_steps = 2000 if progress else 1 << 40
        control = self._control(max(1, len(slots)), slice_steps)
        arguments = (rows, chosen, summary, self._tableau.arrays(), control, self._guards, self.model, self._space)
        status = 0
        while len(steps):
            status = self.program.call("run", self.y, table, cursor, clock, *arguments)
            if status in (1, 4):
                empty()
            if status == 3 and on_pause:
                on_pause(int(cursor[0]))
            if progress:
                progress(float(clock[0]), self.voltage, int(cursor[0]), len(steps))
            if status in (0, 4):
                break
        self.program.note_compiled()
        empty()
        self.time = float(clock[0])
        done = int(cursor[0]) + (1 if status == 4 and cursor[1] != 0 else 0)
        if status == 4 and cursor[1] == 0 and not (done and summary[done - 1, 0] >= 10):
            done += 1
        summary = summary[:done]
        code = int(summary[-1, 0]) if len(summary) else 0
        worst = int(summary[-1, 13]) if code == -2 else -1
        width = rows.shape[1]
        return Run(np.concatenate(kept) if kept else np.zeros((0, width)), summary, code, worst)

    def settle(self, control: str = "current", value: float = 0.0) -> None:
        """Make the algebraic unknowns consistent under a control, without letting time pass."""
        run = self.run([Step(control, value, 0.0, record=False)])
        if run.code == -1:
            raise NotConvergedError(
                "No consistent start was found: the cell cannot carry the current or take the voltage that is asked; "
                "start from a smaller one."
            )

    def impedance(self, frequencies: Sequence[float] | Array) -> NDArray[np.complex128]:
        """Return the impedance -dV/dI [ohm m2] about the present state at `frequencies` [Hz], shape (f,)."""
        f = np.asarray(frequencies, float)
        z = np.zeros(f.size, complex)
        n = self.y.size
        if self._complex is None:
            self._complex = (
                tuple(np.zeros(x, complex) for x in self._lengths),
                np.zeros(n, complex),
                np.zeros(n, complex),
                np.zeros(int(self._size.max()), complex),
            )
        work, masses, right, scratch = self._complex
        last = self.terminal[5]
        mode = self.model[1][last, 0]
        self.model[1][last, 0] = 0.0
        good = self.program.call(
            "spectrum",
            self.y,
            f,
            self.exponents,
            self.terminal,
            self.model,
            self._space[3],
            work,
            self._space[5],
            masses,
            right,
            scratch,
            z,
        )
        self.model[1][last, 0] = mode
        if not good:
            raise NotConvergedError("The impedance is infinite: nothing connects the two electrodes at this frequency.")
        return z
