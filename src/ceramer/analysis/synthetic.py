"""Synthetic measurements whose truth is known: noise, drift, lead resistance and limited windows on request.

Each generator returns a `Synthetic`: arrays to pass to the method, and the `truth` (SI units) it should find.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ceramer import laws
from ceramer.analysis._bruce_vincent import polarisation_current
from ceramer.analysis._rate_test import capacity_at_rate
from ceramer.analysis._uncertain import Array
from ceramer.errors import UnknownNameError
from ceramer.units import BOLTZMANN, ELECTRONVOLT, Value

__all__ = [
    "Synthetic",
    "arrhenius",
    "bruce_vincent",
    "conductivity",
    "critical_current_density",
    "cycling",
    "dc_resistance",
    "electronic_conductivity",
    "fade",
    "healing",
    "plating_stripping",
    "rate_test",
    "void_images",
    "window",
]


@dataclass(frozen=True)
class Synthetic:
    """`data` are keyword arguments of the method, `truth` the numbers behind them (SI)."""

    data: Mapping[str, Any]
    truth: Mapping[str, float]
    remark: str = field(default="")


def _measured(rng: np.random.Generator, truth: float, relative: float) -> Value:
    """A value read off by an instrument of known relative uncertainty."""
    spread = abs(truth) * relative
    return Value(truth + spread * rng.standard_normal(), spread)


def conductivity(
    rng: np.random.Generator,
    *,
    sigma: float = 0.05,
    thickness: float = 350e-6,
    area: float = 1.13e-4,
    lead: float = 0.8,
) -> Synthetic:
    """A resistance with leads in series, a thickness and an area, each with its own uncertainty."""
    layer = thickness / (sigma * area)
    return Synthetic(
        {
            "resistance": _measured(rng, layer + lead, 0.01),
            "thickness": _measured(rng, thickness, 0.03),
            "area": _measured(rng, area, 0.02),
            "lead_resistance": _measured(rng, lead, 0.05),
        },
        {"ionic_conductivity": sigma, "area_specific_resistance": layer * area},
    )


def arrhenius(
    rng: np.random.Generator,
    *,
    form: str = "sigma",
    energy: float = 0.3,
    prefactor: float = 5e3,
    vtf_b: float = 900.0,
    vtf_t0: float = 190.0,
    noise: float = 0.02,
    low: float = 293.15,
    high: float = 363.15,
    points: int = 10,
    kink: float = 0.0,
    ageing: float = 0.0,
    return_sweep: bool = False,
) -> Synthetic:
    """Conductivity against temperature; `energy` in eV.

    `kink` adds that much slope [eV] below the middle temperature; `ageing` is the relative change per point with time.
    """
    t = np.linspace(low, high, points)
    if return_sweep:
        t = np.concatenate([t, t[::-1]])
    if form == "vtf":
        s = np.asarray(laws.vtf(t, prefactor, vtf_b, vtf_t0))
    elif form == "sigma_T":
        s = np.asarray(laws.arrhenius_over_temperature(t, prefactor, energy * ELECTRONVOLT))
    elif form == "sigma":
        s = np.asarray(laws.arrhenius(t, prefactor, energy * ELECTRONVOLT))
    else:
        raise UnknownNameError("form of the Arrhenius law", form, ("sigma", "sigma_T", "vtf"))
    middle = 0.5 * (low + high)
    s = s * np.exp(-kink * ELECTRONVOLT / BOLTZMANN * np.maximum(1.0 / t - 1.0 / middle, 0.0))
    s = s * np.exp(ageing * np.arange(t.size)) * np.exp(noise * rng.standard_normal(t.size))
    truth = {"activation_energy": energy * ELECTRONVOLT}
    if form == "vtf":
        centre = 2.0 / (1.0 / low + 1.0 / high)
        local = float(laws.apparent_activation_energy_vtf(centre, vtf_b, vtf_t0))
        truth = {"activation_energy": local, "vtf_b": vtf_b, "vtf_t0": vtf_t0}
    return Synthetic({"temperature": t, "conductivity": s}, truth)


def bruce_vincent(
    rng: np.random.Generator,
    *,
    transference_number: float = 0.4,
    bulk: float = 120.0,
    interface: float = 150.0,
    voltage_step: float = 0.010,
    diffusion_time: float = 600.0,
    hold: float = 8.0,
    points: int = 2000,
    first_sample: float = 1.0,
    lead: float = 1.0,
    noise: float = 2e-3,
    interface_growth: float = 0.0,
    spike: float = 0.0,
) -> Synthetic:
    """A polarisation to the steady state.

    Parameters
    ----------
    bulk, interface, lead : [ohm]
    hold : in units of the diffusion time
    noise : relative to I_0
    interface_growth : relative growth of the interfaces over the hold (linear in time)
    spike : double-layer charging over I_0
    """
    q = transference_number
    initial = voltage_step / (bulk + interface + lead)
    steady = voltage_step / (bulk / q + interface + lead)
    end = hold * diffusion_time
    t = np.concatenate([np.geomspace(first_sample, 0.02 * end, points // 4), np.linspace(0.021 * end, end, points)])
    current = polarisation_current(t, initial=initial, steady=steady, diffusion_time=diffusion_time)
    if interface_growth:
        later = interface * (1.0 + interface_growth * t / end)
        # Slow against diffusion: the current follows the total resistance of the moment.
        now = voltage_step / current
        current = voltage_step / (now + later - interface)
    current = current + spike * initial * np.exp(-t / (5.0 * first_sample))
    current = current + noise * initial * rng.standard_normal(t.size)
    after = interface * (1.0 + interface_growth)
    return Synthetic(
        {
            "time": t,
            "current": current,
            "voltage_step": _measured(rng, voltage_step, 0.002),
            "resistance_before": _measured(rng, interface, 0.02),
            "resistance_after": _measured(rng, after, 0.02),
            "lead_resistance": _measured(rng, lead, 0.1),
        },
        {
            "transference_number": q,
            "initial_current": initial,
            "steady_current": steady,
            "diffusion_time": diffusion_time,
        },
    )


def electronic_conductivity(
    rng: np.random.Generator,
    *,
    sigma: float = 1e-7,
    thickness: float = 400e-6,
    area: float = 1.13e-4,
    voltage: float = 0.15,
    decay: float = 600.0,
    hold: float = 7200.0,
    interval: float = 5.0,
    ionic: float = 30.0,
    noise: float = 0.02,
    slow: float = 0.0,
) -> Synthetic:
    """A blocking-electrode transient; `ionic` and `noise` relative to the electronic current.

    `slow` adds a decay (relative amplitude) with the time constant of the hold itself.
    """
    t = np.arange(interval, hold + 0.5 * interval, interval)
    steady = sigma * voltage * area / thickness
    current = steady * (1.0 + ionic * np.exp(-t / decay) + slow * np.exp(-t / hold))
    current = current + noise * steady * rng.standard_normal(t.size)
    return Synthetic(
        {
            "time": t,
            "current": current,
            "voltage": _measured(rng, voltage, 0.002),
            "thickness": _measured(rng, thickness, 0.02),
            "area": _measured(rng, area, 0.02),
        },
        {"electronic_conductivity": sigma},
    )


def window(
    rng: np.random.Generator,
    *,
    oxidation: float = 4.6,
    reduction: float = 0.6,
    slope: float = 0.06,
    area: float = 2.0e-4,
    scan_rate: float = 1e-4,
    capacitance: float = 0.2,
    leak: float = 2e-3,
    noise: float = 2e-3,
    start: float = 2.8,
    top: float = 5.2,
    bottom: float = -0.1,
    short_at: float | None = None,
) -> Synthetic:
    """A sweep from `start` up to `top` and down to `bottom` with Tafel currents.

    Parameters
    ----------
    oxidation, reduction : potentials at which the decomposition current is 0.5 A/m2 (50 uA/cm2), [V]
    slope : of ln j against E, [V per e-fold]
    capacitance : [F/m2]
    leak : [S/m2]
    noise : [A/m2]
    short_at : potential on the way up at which the cell shorts, [V]
    """
    n_up, n_down = int((top - start) / 0.002), int((top - bottom) / 0.002)
    e = np.concatenate([np.linspace(start, top, n_up), np.linspace(top, bottom, n_down)[1:]])
    up = np.concatenate([np.ones(n_up), -np.ones(n_down - 1)])
    j = up * capacitance * scan_rate + leak * (e - start)
    j = (
        j
        + 0.5 * np.exp(np.minimum((e - oxidation) / slope, 8.0))
        - 0.5 * np.exp(np.minimum((reduction - e) / slope, 8.0))
    )
    if short_at is not None:
        row = int(np.argmax(e >= short_at))
        j[row:] = 40.0 * e[row:] * (1.0 + 0.02 * rng.standard_normal(e.size - row))
    j = j + noise * rng.standard_normal(e.size)
    time = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(e)) / scan_rate)])
    return Synthetic(
        {"potential": e, "current": j * area, "area": area, "time": time},
        {"oxidation_potential": oxidation, "reduction_potential": reduction},
    )


def dc_resistance(
    rng: np.random.Generator,
    *,
    resistance: float = 350.0,
    offset: float = 0.24e-3,
    noise: float = 2e-5,
    cubic: float = 0.0,
    drift: float = 0.0,
) -> Synthetic:
    """Steps of current up and down; `cubic` is the relative curvature at the largest step, `drift` [V] over the run."""
    up = np.array([0.1, 1.0, 2.0, 4.0, 6.0, 8.0, 10.0, 20.0, 50.0]) * 1e-6
    i = np.concatenate([up, up[::-1]])
    x = i / i.max()
    v = offset + resistance * i * (1.0 - cubic * x**2) + drift * np.linspace(0.0, 1.0, i.size)
    return Synthetic(
        {"current": i, "voltage": v + noise * rng.standard_normal(i.size)},
        {"dc_resistance": resistance, "voltage_offset": offset},
    )


def plating_stripping(
    rng: np.random.Generator,
    *,
    current_density: float = 2.0,
    half_cycle: float = 3600.0,
    cycles: int = 30,
    area: float = 1.13e-4,
    asr: float = 0.01,
    drift: float = 0.0,
    arcing: float = 0.05,
    nucleation: float = 0.0,
    noise: float = 1e-3,
    cell_noise: float = 0.003,
    interval: float = 60.0,
    failure: str = "none",
    failure_at: float = 0.6,
    depth: float = 0.4,
) -> Synthetic:
    """A Li | electrolyte | Li record at constant current.

    Parameters
    ----------
    current_density : [A/m2]
    asr : [ohm m2] at the start
    drift : relative growth of ASR over the run
    arcing : relative excess of |V| at the ends of a half-cycle
    nucleation : relative height of a peak at the start of each half-cycle, gone after a tenth of it
    noise : [V] relative to the overpotential, sample by sample
    cell_noise : relative scatter from half-cycle to half-cycle
    failure : "none", "soft" (a drop by `depth` that lasts), "dip" (one that recovers), "hard", or "wetting" (a
        slow fall)
    failure_at : when, as a fraction of the run
    """
    per = round(half_cycle / interval)
    n = 2 * cycles
    t = np.arange(n * per + 1) * interval
    k = np.minimum((np.arange(t.size)) // per, n - 1)
    sign = np.where(k % 2 == 0, 1.0, -1.0)
    i = sign * current_density * area
    x = (t - k * half_cycle) / half_cycle
    growth = 1.0 + drift * t / t[-1]
    if failure == "wetting":
        growth = growth * (1.0 - depth * (1.0 / (1.0 + np.exp(-(t / t[-1] - failure_at) * 12.0))))
    scatter = 1.0 + cell_noise * rng.standard_normal(n)
    eta = (
        current_density
        * asr
        * growth
        * scatter[k]
        * (1.0 + arcing * (2.0 * x - 1.0) ** 4 + nucleation * np.exp(-x / 0.05))
    )
    when = math.nan
    if failure in ("soft", "hard", "dip"):
        at = int(failure_at * n) + 0.2 + 0.6 * rng.random()
        when = at * half_cycle
        gone = t >= when
        if failure == "hard":
            eta = np.where(gone, 0.02 * eta, eta)
        elif failure == "soft":
            eta = np.where(gone, (1.0 - depth) * eta, eta)
        else:
            eta = np.where(gone & (t < when + 0.1 * half_cycle), (1.0 - depth) * eta, eta)
    elif failure not in ("none", "wetting"):
        raise UnknownNameError("failure", failure, ("none", "soft", "dip", "hard", "wetting"))
    v = sign * eta + noise * current_density * asr * rng.standard_normal(t.size)
    hours = t[-1]
    truth = {
        "area_specific_resistance": asr,
        "area_specific_resistance_drift": asr * drift / hours,
        "accumulated_areal_capacity": current_density * hours,
        "short_time": when,
    }
    return Synthetic({"time": t, "current": i, "voltage": v, "area": area}, truth, failure)


def critical_current_density(
    rng: np.random.Generator,
    *,
    critical: float = 11.0,
    first: float = 1.0,
    step: float = 1.0,
    steps: int = 15,
    protocol: str = "fixed_time",
    half_cycle: float = 1800.0,
    capacity: float = 1800.0,
    area: float = 1.13e-4,
    asr: float = 0.01,
    noise: float = 5e-3,
    interval: float = 10.0,
    kind: str = "hard",
) -> Synthetic:
    """A staircase of current densities [A/m2] that shorts in the first step at or above `critical`.

    `protocol` is "fixed_time" (half_cycle [s]), "fixed_capacity" (capacity [C/m2]) or "mixed"; `kind` "hard" or "soft".
    """
    levels = first + step * np.arange(steps)
    times, currents, volts = [], [], []
    clock, broken = 0.0, False
    for number_, level in enumerate(levels):
        duration = {
            "fixed_time": half_cycle,
            "fixed_capacity": capacity / level,
            "mixed": half_cycle * (1.0 + 0.6 * (number_ % 2)),
        }[protocol]
        points = max(int(duration / interval), 20)
        for half in range(4):
            t = np.linspace(0.0, duration, points, endpoint=False)
            eta = level * asr * (1.0 + 0.03 * (2.0 * t / duration - 1.0) ** 4)
            if broken:
                eta = eta * (0.02 if kind == "hard" else 0.5)
            elif level >= critical and half == 1:
                broken = True
                eta = np.where(t > 0.4 * duration, (0.02 if kind == "hard" else 0.5) * eta, eta)
            sign = 1.0 if half % 2 == 0 else -1.0
            times.append(clock + t)
            currents.append(np.full(points, sign * level * area))
            volts.append(sign * eta + noise * level * asr * rng.standard_normal(points))
            clock += duration
        if broken and level >= critical + 2.0 * step:
            break
    borne = levels[levels < critical]
    failed = levels[levels >= critical]
    truth = {
        "critical_current_density": float(borne.max()) if borne.size else math.nan,
        "failed": float(failed.min()) if failed.size else math.nan,
    }
    data = {
        "time": np.concatenate(times),
        "current": np.concatenate(currents),
        "voltage": np.concatenate(volts),
        "area": area,
    }
    return Synthetic(data, truth, protocol)


def rate_test(
    rng: np.random.Generator,
    *,
    capacity: float = 160.0 * 3600.0,
    time_constant: float = 700.0,
    exponent: float = 0.9,
    rates: tuple[float, ...] = (0.1, 0.2, 0.5, 1.0, 2.0, 0.1),
    cycles: int = 6,
    noise: float = 2e-3,
    fade: float = 0.0,
) -> Synthetic:
    """Capacities [C/kg] of a rate test; `rates` in C (1C = `capacity` in an hour), `fade` relative per cycle."""
    r = np.repeat(rates, cycles)
    current = r * capacity / 3600.0
    q = np.full(r.size, capacity)
    for _ in range(200):
        q = 0.5 * q + 0.5 * capacity_at_rate(current / q, capacity, time_constant, exponent)
    clean = q * (1.0 - fade) ** np.arange(r.size)
    first = float(q[0])
    top = float(q[int(np.argmax(r))])
    return Synthetic(
        {"current": current, "capacity": clean * (1.0 + noise * rng.standard_normal(r.size))},
        {"initial_capacity": first, "rate_capability": top / first, "rate_time_constant": time_constant},
    )


def fade(
    rng: np.random.Generator,
    *,
    cycles: int = 400,
    first: float = 150.0 * 3600.0,
    per_cycle: float = 4e-4,
    knee: float | None = None,
    steeper: float = 5.0,
    noise: float = 2e-3,
    power: float = 1.0,
) -> Synthetic:
    """Capacity [C/kg] against cycle: a straight line, a power law (`power`), or a line with a knee."""
    n = np.arange(1.0, cycles + 1.0)
    x = n - 1.0
    loss = per_cycle * (cycles - 1.0) * (x / (cycles - 1.0)) ** power
    if knee is not None:
        loss = loss + per_cycle * (steeper - 1.0) * np.maximum(n - knee, 0.0)
    q = first * (1.0 - loss)
    truth = {
        "capacity_retention": float(q[-1] / q[0]),
        "capacity_fade_per_cycle": float((1.0 - q[-1] / q[0]) / (cycles - 1.0)),
        "fitted_fade_per_cycle": per_cycle,
        "knee_cycle": math.nan if knee is None else knee,
    }
    return Synthetic({"cycle": n, "capacity": q + noise * first * rng.standard_normal(cycles)}, truth)


def cycling(
    rng: np.random.Generator,
    *,
    cycles: int = 100,
    rows_per_cycle: int = 1000,
    capacity: float = 3.6,
    fade_per_cycle: float = 1e-3,
    coulombic_efficiency: float = 0.998,
    polarisation: float = 0.05,
    noise: float = 1e-3,
    charge_noise: float = 5e-4,
    cut: bool = False,
) -> Synthetic:
    """A cycler record of a cell with a sloping plateau at 3.4 V, C/2; `capacity` [C].

    `charge_noise` is the relative scatter of a half-cycle's charge; `cut` stops within the last discharge.
    """
    half = rows_per_cycle // 2
    k = np.repeat(np.arange(cycles), 2 * half)
    x = np.tile(np.linspace(0.0, 1.0, half), 2 * cycles)
    charging = np.tile(np.repeat([True, False], half), cycles)
    out = capacity * (1.0 - fade_per_cycle * k)
    scatter = np.repeat(1.0 + charge_noise * rng.standard_normal(2 * cycles), half)
    moved = np.where(charging, out / coulombic_efficiency, out) * scatter
    level = capacity / 7200.0
    # The half-cycle's length fixes its charge; one row apart at both ends.
    step = moved / level / (half - 1)
    first_row = np.concatenate([[True], np.diff(charging.astype(int)) != 0])
    time = np.cumsum(np.where(first_row, 1.0, step))
    plateau = (
        3.4 + 0.1 * (np.where(charging, x, 1.0 - x) - 0.5) + 0.02 * np.tanh((np.where(charging, x, 1.0 - x) - 0.5) * 20)
    )
    voltage = plateau + np.where(charging, polarisation, -polarisation) + noise * rng.standard_normal(x.size)
    data = {
        "time": time,
        "current": np.where(charging, level, -level),
        "voltage": voltage,
        "cycle": k + 1.0,
    }
    if cut:
        stop = x.size - half - half // 2
        data = {name: column[:stop] for name, column in data.items()}
    last = cycles - 1 - (1 if cut else 0)
    return Synthetic(
        data,
        {
            "coulombic_efficiency": coulombic_efficiency,
            "initial_capacity": capacity,
            "capacity_retention": 1.0 - fade_per_cycle * last,
            "energy_efficiency": coulombic_efficiency * (3.4 - polarisation) / (3.4 + polarisation),
        },
    )


def healing(
    rng: np.random.Generator,
    *,
    law: str = "n=3",
    initial: float = 282e-6,
    closure: float = 20.6 * 3600.0,
    induction: float = 0.0,
    frames: int = 10,
    last: float = 0.9,
    noise: float = 2e-6,
) -> Synthetic:
    """Sizes of a closing void at even times up to `last` closure times; a size below twice the noise reads 0."""
    t = np.linspace(0.0, last * (closure + induction), frames)
    if law == "exponential":
        rate = 3.0 / closure
        clean = np.asarray(laws.exponential_void_size(t, initial, rate, induction))
    else:
        n = float(law[2:])
        rate = initial**n / closure
        clean = np.asarray(laws.void_size(t, initial, rate, n, induction))
    seen = clean + noise * rng.standard_normal(frames)
    size = np.where(seen > 2.0 * noise, seen, 0.0)
    return Synthetic(
        {"time": t, "size": size, "size_uncertainty": noise},
        {f"rate_{law.replace('=', '')}": rate, "induction_time": induction},
    )


def void_images(
    rng: np.random.Generator,
    *,
    sizes: tuple[float, ...] = (282e-6, 226e-6, 0.0),
    pixel_size: float = 8e-6,
    pixels: int = 64,
    blur: float = 1.0,
    counts: float = 200.0,
    contrast: float = 0.8,
) -> Synthetic:
    """Fluorescence maps of a round dark void (area = size squared) with beam blur [pixels] and Poisson counts."""
    from scipy.ndimage import gaussian_filter

    fine = 4
    axis = (np.arange(pixels * fine) + 0.5) / fine - 0.5 * pixels
    radius2 = (axis[:, None] ** 2 + axis[None, :] ** 2) * pixel_size**2
    frames: list[Array] = []
    for size in sizes:
        inside = (radius2 < size**2 / math.pi).astype(float)
        coarse = inside.reshape(pixels, fine, pixels, fine).mean(axis=(1, 3))
        mean = counts * (1.0 - contrast * gaussian_filter(coarse, blur))
        frames.append(rng.poisson(mean).astype(float))
    return Synthetic(
        {"images": np.stack(frames), "pixel_size": pixel_size}, {f"size_{k}": s for k, s in enumerate(sizes)}
    )
