"""Thousands of cells through thousands of half-cycles: when and how each of them shorts."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ceramer import laws
from ceramer.errors import InputError
from ceramer.physics.failure._bridge import bridge_resistance
from ceramer.physics.failure._cell import BrittleLayer, SymmetricLithiumCell
from ceramer.physics.failure._growth import focusing_length, grown_depth
from ceramer.physics.failure._numbers import Array
from ceramer.physics.failure._schedule import Schedule
from ceramer.physics.failure._voids import contact_loss, stripped_void

__all__ = ["HARD_VOLTAGE", "Bridge", "Lives", "simulate_lives", "void_history"]

HARD_VOLTAGE = 0.2
"""A short that leaves less than this share of the voltage is hard."""


@dataclass(frozen=True)
class Bridge:
    """One bridging of one filament: from, until [s], its first radius [m], and whether melting ended it."""

    start: float
    stop: float
    radius: float
    melted: bool


@dataclass(frozen=True, eq=False)
class Lives:
    """What became of the cells. Times are infinite where nothing happened before the end.

    Attributes
    ----------
    short_time : shape (cells,), [s]; the first bridge of whatever resistance
    hard_time : shape (cells,), [s]; from then to the end of the schedule less than a fifth of the voltage is left
    kind : shape (cells,); "none", "soft" or "hard", judged over the whole schedule
    origin : shape (cells,); kind of the defect that bridged first, or ""
    depth : shape (cells,), [m]; deepest filament at the end (of the cell's life)
    end : time at which the schedule ends, [s]
    bridges : events of each cell, where they were asked for
    """

    short_time: Array
    hard_time: Array
    kind: Array
    origin: Array
    depth: Array
    end: float
    bridges: tuple[tuple[Bridge, ...], ...] = ()

    @property
    def censored(self) -> Array:
        """Which cells had not shorted at the end, shape (cells,)."""
        return ~np.isfinite(self.short_time)


def void_history(cell: SymmetricLithiumCell, schedule: Schedule) -> Array:
    """Return the mean depth of missing lithium on both electrodes as each half-cycle begins.

    Stripping takes ``w (j - j_s) t``, plating gives the share that it refills back, creep under the stack pressure
    closes what is left.

    Returns
    -------
    depth, shape (half-cycles, 2), [m]
    """
    contact, w = cell.contact, cell.lithium.volume_per_charge
    void, history = [0.0, 0.0], np.zeros((len(schedule), 2))
    opened = stripped_void(schedule.current_density, contact.borne_current_density, schedule.duration, w)
    plated = w * schedule.current_density * schedule.duration
    kept = np.exp(-contact.closure_rate * schedule.duration)
    for k in range(len(schedule)):
        history[k] = void
        side = k % 2
        void[side] -= contact.refilled_share * min(void[side], plated[k])
        void[1 - side] += opened[k]
        void = [depth * kept[k] for depth in void]
    return history


class _Population:
    """The defects of all living cells: one row a cell, one column a defect. Columns know their electrode and kind."""

    def __init__(self, cell: SymmetricLithiumCell, cells: int, deepest: int, rng: np.random.Generator) -> None:
        depth, electrode, kind = [], [], []
        for side in (0, 1):
            for number, defects in enumerate(cell.defects):
                depth.append(defects.deepest(cell.area, cells, deepest, rng))
                electrode += [side] * deepest
                kind += [number] * deepest
        self.depth = np.minimum(np.concatenate(depth, axis=1), cell.thickness * (1.0 - 1e-9))
        self.electrode = np.array(electrode)
        self.kind = np.array(kind)
        self.gained = np.zeros_like(self.depth)  # what stripping may take back
        self.until = np.full_like(self.depth, -np.inf)  # bridged until
        self.radius = np.zeros_like(self.depth)
        self.melts = np.zeros(self.depth.shape, dtype=bool)
        self.row = np.arange(cells)

    def keep(self, rows: Array) -> None:
        for name in ("depth", "gained", "until", "radius", "melts", "row"):
            setattr(self, name, getattr(self, name)[rows])


def simulate_lives(
    cell: SymmetricLithiumCell,
    schedule: Schedule,
    cells: int,
    *,
    seed: int,
    deepest: int = 2,
    every_bridge: bool = False,
) -> Lives:
    """Run `cells` cells that differ only in their defects and in the luck of their bridges.

    In each half-cycle, at the electrode that is plated,
    ``dh/dt = [(1 - b) w j/(1 - theta) + w i_e] (1 + h/l)``, ``l = b_w/c + sigma R_i(t)``,
    where the layer lets it (`SymmetricLithiumCell.grows`, Griffith); a filament that reaches D bridges. At the
    electrode that is stripped all but the share u is taken back, and voids open where j exceeds what lithium replaces.
    Both heal by ``d(h**n)/dt = -K`` and the creep of lithium under pressure. A bridge melts where it bears the burn-out
    voltage, otherwise it thins by the same healing law until it breaks; broken ones draw back and grow again.

    Parameters
    ----------
    cell : SymmetricLithiumCell
    schedule : Schedule
    cells : int
    seed : int
        The same seed gives the same cells.
    deepest : how many defects of each kind and electrode are followed; the deepest, which are the first to cross
    every_bridge : follow cells to the end and keep every event

    Returns
    -------
    Lives

    Raises
    ------
    InputError
        If cells or deepest is below 1.

    Notes
    -----
    Split per half-cycle: growth exactly, then healing exactly. Filaments do not shade one another. A filament bridges
    at most once in a half-cycle. Defects that have healed (h = 0) stay healed.
    """
    if cells < 1 or deepest < 1:
        raise InputError("Give at least one cell and one defect of each kind to follow.")
    rng = np.random.default_rng(seed)
    crowd = _Population(cell, cells, deepest, rng)
    out = Lives(
        np.full(cells, np.inf),
        np.full(cells, np.inf),
        np.full(cells, "none", dtype="<U4"),
        np.full(cells, "", dtype="<U16"),
        crowd.depth.max(axis=1),
        schedule.end,
    )
    events: list[list[Bridge]] = [[] for _ in range(cells)]
    start, void = schedule.start, void_history(cell, schedule)
    for k in range(len(schedule)):
        theta = float(contact_loss(void[k, k % 2], cell.contact.roughness))
        crossed = _half_cycle(cell, crowd, (start[k], schedule.duration[k], schedule.current_density[k], k % 2), theta)
        if crossed is not None:
            _bridge(cell, crowd, crossed, schedule.current_density[k], rng, out, events if every_bridge else None)
            if not every_bridge:
                done = np.isfinite(out.hard_time[crowd.row])
                if done.any():
                    _store(out, crowd, done)
                    crowd.keep(~done)
                    if crowd.row.size == 0:
                        break
    _store(out, crowd, np.ones(crowd.row.size, dtype=bool))
    out.kind[np.isfinite(out.short_time)] = "soft"
    out.kind[np.isfinite(out.hard_time)] = "hard"
    for values in (out.short_time, out.hard_time, out.kind, out.origin, out.depth):
        values.setflags(write=False)
    if not every_bridge:
        return out
    return replace(out, bridges=tuple(tuple(sorted(own, key=lambda bridge: bridge.start)) for own in events))


def _store(out: Lives, crowd: _Population, rows: Array) -> None:
    out.depth[crowd.row[rows]] = crowd.depth[rows].max(axis=1)


def _half_cycle(
    cell: SymmetricLithiumCell, crowd: _Population, step: tuple[float, float, float, int], theta: float
) -> Array | None:
    """Advance everything by one half-cycle; return the times at which filaments crossed (inf: not), or None."""
    start, duration, j, plated = step
    filament = cell.filament
    w = cell.lithium.volume_per_charge
    resistance = cell.film_resistance(start + 0.5 * duration)
    half_width = np.array([d.half_width for d in cell.defects])[crowd.kind]
    spreading = np.array([d.spreading for d in cell.defects])[crowd.kind]
    length = np.asarray(focusing_length(half_width, spreading, cell.ionic_conductivity * resistance))
    plates = crowd.electrode == plated

    ionic = j * _ionic_share(cell, crowd, start, resistance)
    local = ionic[:, None] / (1.0 - min(theta, 0.99))
    voltage = j * (cell.electrolyte_resistance + 2.0 * resistance)
    leak = w * laws.leak_current_density(cell.electronic_conductivity, voltage, cell.thickness)
    pushed = (1.0 - filament.blocked_share) * w * local * plates * _allowed(cell, crowd, local, length, resistance)
    speed = pushed + leak
    free = (start >= crowd.until) & (crowd.depth > 0.0)
    speed = np.where(free, speed, 0.0)

    grown = grown_depth(crowd.depth, speed, length, duration)
    crossing = plates & (grown >= cell.thickness)
    times = None
    if crossing.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            wait = length / speed * np.log((cell.thickness + length) / (crowd.depth + length))
        times = np.where(crossing, start + np.minimum(wait, duration), np.inf)
    gain = grown - crowd.depth
    own = np.divide(pushed, speed, out=np.zeros_like(speed), where=speed > 0.0)
    # stripping takes back what was plated by this electrode's last half-cycle, not what the leak left
    depth = np.where(plates, grown, grown - (1.0 - filament.irreversible_share) * crowd.gained)
    crowd.gained = np.where(plates, gain * own, 0.0)
    # far below the current that it heals at, a filament is closed for good
    held = start < crowd.until
    healed = laws.void_size(duration, np.maximum(depth, 0.0), filament.healing_rate, filament.healing_exponent)
    crowd.depth = np.where(held, crowd.depth, np.minimum(healed, cell.thickness * (1.0 - 1e-9)))
    return times


def _wires(cell: SymmetricLithiumCell, crowd: _Population, rows: Array, time: Array | float) -> Array:
    """Return the conductance of every bridge of these cells at a time [s] (one a cell), 0 where none is, [1/ohm].

    A wire that heals closes at `until`, so its radius now follows from the time left to it.
    """
    remaining = crowd.until[rows] - np.asarray(time).reshape(-1, 1)
    radius = crowd.radius[rows]
    rate, power = cell.filament.healing_rate, 1.0 / cell.filament.healing_exponent
    if rate > 0.0:
        thin = (rate * np.clip(remaining, 0.0, None)) ** power
        radius = np.where(crowd.melts[rows], radius, np.minimum(radius, thin))
    open_ = (remaining > 0.0) & (radius > 0.0)
    resistance = bridge_resistance(cell.thickness, np.where(open_, radius, 1.0), cell.lithium.resistivity)
    return np.where(open_, 1.0 / np.asarray(resistance), 0.0)


def _ionic_share(cell: SymmetricLithiumCell, crowd: _Population, start: float, resistance: float) -> Array:
    """Share of the current of each cell that still goes through the electrolyte, beside its bridges."""
    share = np.ones(crowd.row.size)
    rows = np.flatnonzero((crowd.until > start).any(axis=1))
    if rows.size:
        own = (cell.electrolyte_resistance + 2.0 * resistance) / cell.area
        share[rows] = 1.0 / (1.0 + own * _wires(cell, crowd, rows, start).sum(axis=1))
    return share


def _allowed(cell: SymmetricLithiumCell, crowd: _Population, local: Array, length: Array, resistance: float) -> Array:
    """Where the layer lets lithium in, as 0 or 1."""
    if not isinstance(cell.layer, BrittleLayer):
        grows = np.array([cell.grows(d.half_width) for d in cell.defects], dtype=float)
        return np.asarray(grows[crowd.kind])
    deep = np.maximum(crowd.depth, 1e-12)
    needed = laws.griffith_overpotential(cell.layer.fracture_toughness, deep, cell.lithium.molar_volume)
    return np.asarray((1.0 + crowd.depth / length) * local * resistance >= needed, dtype=float)


def _bridge(
    cell: SymmetricLithiumCell,
    crowd: _Population,
    times: Array,
    j: float,
    rng: np.random.Generator,
    out: Lives,
    events: list[list[Bridge]] | None,
) -> None:
    """Let the filaments that crossed bridge, melt, stay or harden."""
    filament = cell.filament
    rows, columns = np.nonzero(np.isfinite(times))
    start, who = times[rows, columns], crowd.row[rows]
    radius = filament.bridge_radius * np.exp(filament.bridge_spread * rng.standard_normal(rows.size))
    wire = np.asarray(bridge_resistance(cell.thickness, radius, cell.lithium.resistivity))
    beside = _wires(cell, crowd, rows, start).sum(axis=1)
    own, final = (
        (cell.electrolyte_resistance + 2.0 * cell.film_resistance(when)) / cell.area
        for when in (float(start.min()), out.end)
    )
    left = 1.0 / (1.0 + own * (1.0 / wire + beside))
    melted = left * own * j * cell.area >= cell.burn_out_voltage
    stays = np.full(rows.size, math.inf)
    if filament.healing_rate > 0.0:
        stays = np.asarray(laws.closure_time(radius, filament.healing_rate, filament.healing_exponent))
    stop = start + np.where(melted, filament.arc_duration, stays)

    crowd.radius[rows, columns], crowd.until[rows, columns], crowd.melts[rows, columns] = radius, stop, melted
    crowd.depth[rows, columns] = cell.thickness * (1.0 - filament.recession)
    crowd.gained[rows, columns] = 0.0
    last = 1.0 / (1.0 + final * _wires(cell, crowd, rows, out.end).sum(axis=1))
    hard = ~melted & (left < HARD_VOLTAGE) & (last < HARD_VOLTAGE)
    for k in np.argsort(start, kind="stable"):
        if not math.isfinite(out.short_time[who[k]]):
            out.short_time[who[k]] = start[k]
            out.origin[who[k]] = cell.defects[crowd.kind[columns[k]]].kind
        if hard[k]:
            out.hard_time[who[k]] = min(out.hard_time[who[k]], start[k])
        if events is not None:
            events[who[k]].append(Bridge(float(start[k]), float(stop[k]), float(radius[k]), bool(melted[k])))
