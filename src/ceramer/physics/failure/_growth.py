"""One filament at one hot spot: focusing, growth, healing, crossing, and the current at which growth beats healing."""

from __future__ import annotations

import numpy as np

from ceramer.errors import InputError
from ceramer.laws import Numeric
from ceramer.physics.failure._numbers import plain

__all__ = [
    "critical_current_fixed_capacity",
    "critical_current_fixed_time",
    "crossing_cycles",
    "current_focusing",
    "cycle_map",
    "focusing_length",
    "grown_depth",
    "largest_harmless_depth",
    "wagner_length",
]


def wagner_length(ionic_conductivity: Numeric, interface_resistance: Numeric) -> Numeric:
    """Return the length below which kinetics level the current, ``lambda = sigma R_i``.

    Parameters
    ----------
    ionic_conductivity : sigma of the electrolyte, [S/m]
    interface_resistance : R_i of one lithium interface, [ohm m2]

    Returns
    -------
    lambda, [m]

    References
    ----------
    .. [1] C. Wagner, J. Electrochem. Soc. 98, 116 (1951), doi:10.1149/1.2778113

    Examples
    --------
    >>> wagner_length(0.1, 20e-4) * 1e6  # um
    200.0
    """
    return plain(np.multiply(ionic_conductivity, interface_resistance))


def focusing_length(half_width: Numeric, spreading: Numeric, wagner: Numeric) -> Numeric:
    """Return the depth at which the current at a tip has doubled, ``l = b / c + lambda``.

    The tip taps the extra potential E h of the field E that it crosses, through the spreading resistance b/(c sigma)
    of its shape in series with the kinetics of its surface.

    Parameters
    ----------
    half_width : b of the filament, [m]
    spreading : c, [-]: 1 for a ridge (grain boundary, crack), 2 for a boss (void)
    wagner : lambda, [m]

    Returns
    -------
    l, [m]
    """
    return plain(np.divide(half_width, spreading) + wagner)


def current_focusing(depth: Numeric, length: Numeric) -> Numeric:
    """Return the current density at the tip over the mean one, ``beta = 1 + h / l``.

    Parameters
    ----------
    depth : h of the filament, [m]
    length : l of `focusing_length`, [m]

    Returns
    -------
    beta, [-]

    Notes
    -----
    Exact without kinetics for a half-elliptic ridge of height h and half-width b on a flat electrode (1 + h/b), and for
    a hemispherical boss (3); an interpolation with kinetics or for other bosses. Ohmic electrolyte, counter-electrode
    far away: near it the tip sees more.

    Examples
    --------
    >>> current_focusing(10e-6, focusing_length(2e-6, 1.0, 0.0))  # a ridge five times as high as half-wide
    6.0
    >>> current_focusing(5e-6, focusing_length(5e-6, 2.0, 0.0))  # a hemisphere
    3.0
    """
    return plain(1.0 + np.divide(depth, length))


def grown_depth(depth: Numeric, speed: Numeric, length: Numeric, duration: Numeric) -> Numeric:
    """Return the depth after plating, ``dh/dt = v (1 + h/l)``: ``h = (h0 + l) exp(v t / l) - l``.

    Parameters
    ----------
    depth : h0, [m]
    speed : v on the flat electrode, [m/s]
    length : l, [m]
    duration : t, [s]

    Returns
    -------
    h, [m]

    Examples
    --------
    >>> grown_depth(5e-6, 1e-9, 1e6, 3600.0) * 1e6  # no focusing: 5 um + 3.6 um
    8.6
    """
    return plain(np.asarray(depth) + (np.asarray(depth) + length) * np.expm1(np.asarray(speed) * duration / length))


def cycle_map(
    speed: Numeric, length: Numeric, duration: Numeric, irreversible_share: Numeric, healing_rate: Numeric
) -> tuple[Numeric, Numeric]:
    """Return (a, c) of one whole cycle, ``h -> a h + c``, for healing at constant speed (n = 1).

    Plating for t grows the tip, stripping takes all but the share u of it back, healing takes K for 2 t:
    ``a = 1 + u (exp(v t / l) - 1)``, ``c = (a - 1) l - 2 K t``.

    Parameters
    ----------
    speed : v, [m/s]
    length : l, [m]
    duration : t of a half-cycle, [s]
    irreversible_share : u, [-]
    healing_rate : K, [m/s]

    Returns
    -------
    (a, c), [-] and [m]
    """
    gain = np.multiply(irreversible_share, np.expm1(np.asarray(speed) * duration / length))
    return 1.0 + gain, gain * length - 2.0 * np.multiply(healing_rate, duration)


def crossing_cycles(
    depth: Numeric,
    thickness: Numeric,
    speed: Numeric,
    length: Numeric,
    duration: Numeric,
    irreversible_share: Numeric,
    healing_rate: Numeric = 0.0,
) -> Numeric:
    """Return the number of whole cycles before the one that shorts (not rounded), or infinity.

    The filament crosses while plating, so it must reach ``H = (D + l) exp(-v t / l) - l`` by whole cycles:
    ``N = ln[(H + g)/(h0 + g)] / ln a`` with ``g = c/(a - 1)``.

    Parameters
    ----------
    depth : h0, [m]
    thickness : D of the layer that must be crossed, [m]
    speed, length, duration, irreversible_share, healing_rate
        As in `cycle_map`.

    Returns
    -------
    N, [-]; 0 if the first plating crosses, infinity if healing wins.

    Examples
    --------
    >>> crossing_cycles(1e-6, 100e-6, 1e-9, 1e6, 3600.0, 0.01)  # no focusing: (99 - 3.6)/0.036
    2650.0
    """
    a, c = cycle_map(speed, length, duration, irreversible_share, healing_rate)
    goal = (np.asarray(thickness) + length) * np.exp(-np.asarray(speed) * duration / length) - length
    with np.errstate(divide="ignore", invalid="ignore"):
        log_a = np.log1p(np.asarray(a) - 1.0)
        step = np.multiply(np.asarray(a) - 1.0, depth) + c
        count = np.log1p((np.asarray(a) - 1.0) * (goal - depth) / step) / log_a
    count = np.where(step > 0.0, count, np.inf)
    return plain(np.where(np.asarray(depth) >= goal, 0.0, count))


def largest_harmless_depth(
    cycles: Numeric,
    thickness: Numeric,
    speed: Numeric,
    length: Numeric,
    duration: Numeric,
    irreversible_share: Numeric,
    healing_rate: Numeric = 0.0,
) -> Numeric:
    """Return the depth h0 of the defect that shorts after exactly N cycles, the inverse of `crossing_cycles`.

    ``h0 = (H + g) a**-N - g``: every deeper defect has shorted before, every shallower one has not.

    Parameters
    ----------
    cycles : N, [-]
    thickness, speed, length, duration, irreversible_share, healing_rate
        As in `crossing_cycles`.

    Returns
    -------
    h0, [m]; not above D, and below 0 where even a flat electrode has shorted.
    """
    a, c = cycle_map(speed, length, duration, irreversible_share, healing_rate)
    goal = (np.asarray(thickness) + length) * np.exp(-np.asarray(speed) * duration / length) - length
    rate = np.log1p(np.asarray(a) - 1.0)
    # (a**-N - 1)/(a - 1) stays finite where nothing grows
    drop = -np.expm1(-rate * cycles)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(rate > 0.0, drop / (np.asarray(a) - 1.0), np.asarray(cycles, dtype=float))
    return plain(goal * (1.0 - drop) - c * weight)


def _growth(q: Numeric, blocked: Numeric, lithium: Numeric, length: Numeric) -> Numeric:
    return np.asarray(q) * (1.0 - np.asarray(blocked)) * lithium / length


def critical_current_fixed_capacity(
    depth: Numeric,
    capacity: Numeric,
    length: Numeric,
    lithium_per_charge: Numeric,
    irreversible_share: Numeric,
    healing_rate: Numeric,
    healing_exponent: Numeric = 1.0,
    blocked_share: Numeric = 0.0,
) -> Numeric:
    """Return the current density above which a defect grows, the charge of a half-cycle being fixed.

    Growth of a cycle ``u (exp(x) - 1)(h + l)`` with ``x = (1 - b) w q / l`` against healing ``2 K t / (n h**(n-1))``
    with ``t = q/j``: ``j = 2 K q / [n h**(n-1) u (exp(x) - 1)(h + l)]``.

    Parameters
    ----------
    depth : h, [m]
    capacity : q of a half-cycle, [C/m2]
    length : l of `focusing_length`, [m]
    lithium_per_charge : w = M/(F rho), [m3/C]
    irreversible_share : u, [-]
    healing_rate : K, [m**n/s]
    healing_exponent : n, [-]
    blocked_share : b of the growth that ceramic stops, [-]

    Returns
    -------
    j, [A/m2]
    """
    gain = np.expm1(_growth(capacity, blocked_share, lithium_per_charge, length))
    shape = np.asarray(healing_exponent) * np.asarray(depth) ** (np.asarray(healing_exponent) - 1.0)
    return (
        2.0 * np.multiply(healing_rate, capacity) / (shape * irreversible_share * gain * (np.asarray(depth) + length))
    )


def critical_current_fixed_time(
    depth: Numeric,
    duration: Numeric,
    length: Numeric,
    lithium_per_charge: Numeric,
    irreversible_share: Numeric,
    healing_rate: Numeric,
    healing_exponent: Numeric = 1.0,
    blocked_share: Numeric = 0.0,
) -> Numeric:
    """Return the current density above which a defect grows, the time of a half-cycle being fixed.

    The balance of `critical_current_fixed_capacity` with ``q = j t`` and t given:
    ``j = l / ((1 - b) w t) ln[1 + 2 K t / (n h**(n-1) u (h + l))]``.

    Parameters
    ----------
    duration : t of a half-cycle, [s]
    depth, length, lithium_per_charge, irreversible_share, healing_rate, healing_exponent, blocked_share
        As in `critical_current_fixed_capacity`.

    Returns
    -------
    j, [A/m2]
    """
    if np.any(np.asarray(blocked_share) >= 1.0):
        raise InputError("The blocked share must stay below 1: what blocks everything has no critical current.")
    shape = np.asarray(healing_exponent) * np.asarray(depth) ** (np.asarray(healing_exponent) - 1.0)
    ratio = 2.0 * np.multiply(healing_rate, duration) / (shape * irreversible_share * (np.asarray(depth) + length))
    return plain(np.log1p(ratio) / _growth(duration, blocked_share, lithium_per_charge, length))
