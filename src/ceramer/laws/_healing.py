"""Voids that close: power laws of size against time, capillary pressure, viscous closure."""

from __future__ import annotations

import numpy as np

from ceramer.laws._common import Numeric, not_negative, numbers, plain, positive

__all__ = [
    "capillary_pressure",
    "closure_time",
    "exponential_void_size",
    "pressure_closure_rate",
    "rate_from_interval",
    "viscous_sintering_rate",
    "void_size",
]


def _elapsed(time: Numeric, induction_time: Numeric) -> Numeric:
    waited = numbers(time, "The time") - not_negative(induction_time, "The induction time")
    return np.clip(waited, 0.0, None)


def _exponent(exponent: Numeric) -> Numeric:
    return positive(exponent, "The exponent n", "an exponential decay is exponential_void_size")


def void_size(
    time: Numeric, initial_size: Numeric, rate: Numeric, exponent: Numeric, induction_time: Numeric = 0.0
) -> Numeric:
    """Return the size of a closing void, ``d(L**n)/dt = -K`` after an induction time.

    ``L = (L0**n - K (t - t_i))**(1/n)``, L0 before t_i, 0 once closed

    Parameters
    ----------
    time : t, [s]
    initial_size : L0, [m]
    rate : K, [m**n/s], 0 or more
    exponent : n, [-], above 0: 1 viscous sintering, 2 diffusion, 3 constant volume rate
    induction_time : t_i, [s]

    Returns
    -------
    L, [m]

    Raises
    ------
    InputError
        If n is not above 0, or L0, K or t_i is negative.

    References
    ----------
    .. [1] J. K. Mackenzie, R. Shuttleworth, Proc. Phys. Soc. B 62, 833 (1949), doi:10.1088/0370-1301/62/12/310

    Examples
    --------
    >>> void_size(10.0, 282.0, 1.09e6, 3.0)  # here in um and h
    225.9
    """
    power = _exponent(exponent)
    start = not_negative(initial_size, "The initial size") ** power
    left = start - not_negative(rate, "The closure rate K") * _elapsed(time, induction_time)
    return plain(np.clip(left, 0.0, None) ** (1.0 / power))


def exponential_void_size(
    time: Numeric, initial_size: Numeric, rate: Numeric, induction_time: Numeric = 0.0
) -> Numeric:
    """Return the size of a void closed by pressure, ``dL/dt = -k L``: ``L = L0 exp(-k (t - t_i))``.

    Parameters
    ----------
    time : t, [s]
    initial_size : L0, [m]
    rate : k of the length, [1/s]; a third of the volume rate of `pressure_closure_rate`
    induction_time : t_i, [s]

    Returns
    -------
    L, [m]; the limit n -> 0 of `void_size`; never exactly 0

    Raises
    ------
    InputError
        If L0, k or t_i is negative.

    References
    ----------
    .. [1] J. K. Mackenzie, R. Shuttleworth, Proc. Phys. Soc. B 62, 833 (1949), doi:10.1088/0370-1301/62/12/310

    Examples
    --------
    >>> exponential_void_size(2.0, 100.0, 0.5)
    36.788
    """
    decay = np.exp(-not_negative(rate, "The closure rate") * _elapsed(time, induction_time))
    return plain(not_negative(initial_size, "The initial size") * decay)


def closure_time(initial_size: Numeric, rate: Numeric, exponent: Numeric, induction_time: Numeric = 0.0) -> Numeric:
    """Return the time at which a void is closed, ``t = t_i + L0**n / K``.

    Parameters
    ----------
    initial_size : L0, [m]
    rate : K, [m**n/s], above 0
    exponent : n, [-], above 0
    induction_time : t_i, [s]

    Returns
    -------
    t, [s]

    Raises
    ------
    InputError
        If n or K is not above 0, or L0 or t_i is negative.

    References
    ----------
    .. [1] J. K. Mackenzie, R. Shuttleworth, Proc. Phys. Soc. B 62, 833 (1949), doi:10.1088/0370-1301/62/12/310

    Examples
    --------
    >>> closure_time(282.0, 1.09e6, 3.0)  # here in um and h
    20.574
    """
    volume = not_negative(initial_size, "The initial size") ** _exponent(exponent)
    return plain(not_negative(induction_time, "The induction time") + volume / positive(rate, "The closure rate K"))


def rate_from_interval(size_before: Numeric, size_after: Numeric, duration: Numeric, exponent: Numeric) -> Numeric:
    """Return the mean closure rate over an interval, ``K = (L0**n - L1**n) / dt``.

    Parameters
    ----------
    size_before, size_after : L0 and L1, [m]
    duration : dt, [s]
    exponent : n, [-], above 0

    Returns
    -------
    K, [m**n/s], negative for a void that grows

    Raises
    ------
    InputError
        If n or dt is not above 0, or a size is negative.

    Notes
    -----
    With ``L1 = 0`` the void may have closed earlier: K is then a lower bound (censored).

    References
    ----------
    .. [1] J. K. Mackenzie, R. Shuttleworth, Proc. Phys. Soc. B 62, 833 (1949), doi:10.1088/0370-1301/62/12/310

    Examples
    --------
    >>> rate_from_interval(282.0, 226.0, 10.0, 3.0)  # here in um and h
    1088259.2
    """
    power = _exponent(exponent)
    lost = not_negative(size_before, "The size before") ** power - not_negative(size_after, "The size after") ** power
    return plain(lost / positive(duration, "The duration"))


def capillary_pressure(surface_energy: Numeric, radius: Numeric) -> Numeric:
    """Return the Laplace pressure that closes a spherical void, ``p = 2 gamma / R``.

    Parameters
    ----------
    surface_energy : gamma, [J/m2]
    radius : R, [m]

    Returns
    -------
    p, [Pa]

    Raises
    ------
    InputError
        If gamma is negative or R is not above 0.

    Notes
    -----
    Compare with the storage modulus: a void in a solid with G' >> p does not close by capillarity.

    References
    ----------
    .. [1] P. S. de Laplace, Traite de mecanique celeste, supplement to the tenth book (1806)

    Examples
    --------
    >>> capillary_pressure(0.03, 141e-6)
    425.53
    """
    return plain(2.0 * not_negative(surface_energy, "The surface energy") / positive(radius, "The radius"))


def pressure_closure_rate(pressure: Numeric, viscosity: Numeric) -> Numeric:
    """Return the relative volume rate of a void in a viscous liquid under pressure, ``-dlnV/dt = 3 p / (4 eta)``.

    Parameters
    ----------
    pressure : p outside minus inside, [Pa]
    viscosity : eta, [Pa s]

    Returns
    -------
    rate of lnV, [1/s]; divide by 3 for the rate of the length in `exponential_void_size`

    Raises
    ------
    InputError
        If the viscosity is not above 0.

    Notes
    -----
    One spherical void in an unbounded Newtonian liquid; no surface energy, no elasticity.

    References
    ----------
    .. [1] J. K. Mackenzie, R. Shuttleworth, Proc. Phys. Soc. B 62, 833 (1949), doi:10.1088/0370-1301/62/12/310

    Examples
    --------
    >>> pressure_closure_rate(1e5, 1e9)
    7.5e-05
    """
    return plain(0.75 * numbers(pressure, "The pressure") / positive(viscosity, "The viscosity"))


def viscous_sintering_rate(surface_energy: Numeric, viscosity: Numeric) -> Numeric:
    """Return the speed at which a void's radius shrinks by capillarity in a viscous liquid, ``K = gamma / (2 eta)``.

    Parameters
    ----------
    surface_energy : gamma, [J/m2]
    viscosity : eta, [Pa s]

    Returns
    -------
    K = -dR/dt, [m/s], the rate of `void_size` for the radius with n = 1

    Raises
    ------
    InputError
        If gamma is negative or the viscosity is not above 0.

    Notes
    -----
    `pressure_closure_rate` at the pressure of `capillary_pressure`.

    References
    ----------
    .. [1] J. K. Mackenzie, R. Shuttleworth, Proc. Phys. Soc. B 62, 833 (1949), doi:10.1088/0370-1301/62/12/310

    Examples
    --------
    >>> viscous_sintering_rate(0.03, 1e6)
    1.5e-08
    """
    return plain(not_negative(surface_energy, "The surface energy") / (2.0 * positive(viscosity, "The viscosity")))
