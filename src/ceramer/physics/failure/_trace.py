"""The voltage that a cycler would have recorded while a simulated cell lived and shorted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ceramer import laws
from ceramer.errors import InputError
from ceramer.measurement import Measurement
from ceramer.physics.failure._bridge import bridge_resistance
from ceramer.physics.failure._cell import SymmetricLithiumCell
from ceramer.physics.failure._schedule import Schedule
from ceramer.physics.failure._simulate import Bridge, simulate_lives, void_history
from ceramer.physics.failure._voids import contact_loss, stripped_void
from ceramer.units import Value

__all__ = ["Trace", "voltage_trace"]


@dataclass(frozen=True)
class Trace:
    """A record and what really happened.

    Attributes
    ----------
    measurement : Measurement
    kind : "none", "soft" or "hard"
    short_time : of the first bridge, [s]; infinite without one
    bridges : every event
    """

    measurement: Measurement
    kind: str
    short_time: float
    bridges: tuple[Bridge, ...]


def voltage_trace(
    cell: SymmetricLithiumCell,
    schedule: Schedule,
    *,
    seed: int,
    points: int = 60,
    noise: float = 0.0,
    polarisation_resistance: float = 0.0,
    polarisation_time: float = 600.0,
    deepest: int = 2,
) -> Trace:
    """Return V(t) of one cell of `simulate_lives`, with the wires that cross it in parallel.

    ``V = j [R_e + R_i(t)/(1 - theta_plated) + R_i(t)/(1 - theta_stripped(t)) + R_p (1 - exp(-t'/tau))] R_b/(R_b + R)``

    Square without voids and polarisation; rising with polarisation; an arc where stripping costs contact; a sudden drop
    with a thick bridge; a sawtooth where thin bridges form, thin out by healing and break; spikes where they melt.

    Parameters
    ----------
    seed : int
        The cell and its noise.
    points : samples of each half-cycle, at equal times from its start
    noise : standard deviation of the voltage, [V]
    polarisation_resistance : R_p, [ohm m2]
    polarisation_time : tau after each reversal, [s]
    deepest : as in `simulate_lives`

    Returns
    -------
    Trace
        Time, voltage and current, positive while the left electrode is plated.

    Raises
    ------
    InputError
        If points is below 4 or polarisation_time not above 0.
    """
    if points < 4 or not polarisation_time > 0.0:
        raise InputError("A trace needs at least 4 points for each half-cycle and a polarisation time above 0.")
    lives = simulate_lives(cell, schedule, 1, seed=seed, deepest=deepest, every_bridge=True)
    count = len(schedule)
    within = np.tile(np.arange(points) / points, (count, 1)) * schedule.duration[:, None]
    time = schedule.start[:, None] + within
    j = schedule.current_density[:, None]
    sign = np.where(np.arange(count) % 2 == 0, 1.0, -1.0)[:, None]

    void, contact, w = void_history(cell, schedule), cell.contact, cell.lithium.volume_per_charge
    half = np.arange(count)
    plated, stripped = void[half, half % 2][:, None], void[half, 1 - half % 2][:, None]
    plated = plated - contact.refilled_share * np.minimum(plated, w * j * within)
    stripped = stripped + np.asarray(stripped_void(j, contact.borne_current_density, within, w))
    keep_plated, keep_stripped = (
        1.0 - np.minimum(contact_loss(depth, contact.roughness), 0.99) for depth in (plated, stripped)
    )
    film = cell.interface_resistance + np.sqrt(cell.film_growth * time)
    relaxing = polarisation_resistance * -np.expm1(-within / polarisation_time)
    resistance = cell.electrolyte_resistance + film / keep_plated + film / keep_stripped + relaxing  # ohm m2

    conductance = np.zeros_like(time)  # of all bridges, 1/ohm
    for bridge in lives.bridges[0]:
        open_ = (time >= bridge.start) & (time < bridge.stop)
        radius = np.full(int(open_.sum()), bridge.radius)
        if not bridge.melted:
            elapsed = time[open_] - bridge.start
            rate, exponent = cell.filament.healing_rate, cell.filament.healing_exponent
            radius = np.maximum(np.asarray(laws.void_size(elapsed, bridge.radius, rate, exponent)), 1e-12)
        conductance[open_] += 1.0 / bridge_resistance(cell.thickness, radius, cell.lithium.resistivity)
    voltage = sign * j * resistance / (1.0 + resistance / cell.area * conductance)
    if noise > 0.0:
        voltage = voltage + noise * np.random.default_rng([seed, 1]).standard_normal(voltage.shape)
    current = np.broadcast_to(sign * j * cell.area, time.shape)
    measurement = Measurement(
        {
            "Test Time / s": time.ravel(),
            "Voltage / V": voltage.ravel(),
            "Current / A": current.ravel(),
            "Cycle Count / 1": np.repeat(half // 2 + 1, points).astype(float),
        },
        area=Value(cell.area),
        temperature=Value(cell.temperature),
        electrodes="Li | Li",
        technique="galvanostatic cycling",
        source="simulated",
    )
    return Trace(measurement, str(lives.kind[0]), float(lives.short_time[0]), lives.bridges[0])
