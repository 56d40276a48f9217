"""Cells in numbers: fade, C-rate, accumulated capacity, N/P, energy."""

from __future__ import annotations

from ceramer.laws._common import Numeric, not_negative, numbers, plain, positive

__all__ = [
    "accumulated_areal_capacity",
    "current_density_from_c_rate",
    "energy_density",
    "geometric_fade",
    "linear_fade",
    "np_ratio",
    "retention",
    "specific_energy",
]


def retention(first: Numeric, last: Numeric) -> Numeric:
    """Return the capacity retention, ``r = Q_n / Q_1``.

    Parameters
    ----------
    first : Q_1, [C/kg] or any unit of capacity
    last : Q_n, in the unit of Q_1

    Returns
    -------
    r, [-]; above 1 where the capacity rose

    Raises
    ------
    InputError
        If Q_1 is not above 0 or Q_n is negative.

    References
    ----------
    .. [1] Definition; state which cycle counts as the first.

    Examples
    --------
    >>> retention(163.1, 116.3)
    0.71306
    """
    return plain(not_negative(last, "The last capacity") / positive(first, "The first capacity"))


def linear_fade(retained: Numeric, cycles: Numeric) -> Numeric:
    """Return the fade per cycle on a straight line, ``(1 - r) / n``.

    Parameters
    ----------
    retained : r, retention, [-]
    cycles : n, [-]

    Returns
    -------
    fade as a fraction of the first capacity, [-]; negative where the capacity rose

    Raises
    ------
    InputError
        If r is negative or n is not above 0.

    References
    ----------
    .. [1] Definition; for small fade it equals `geometric_fade`.

    Examples
    --------
    >>> linear_fade(0.8, 500)
    0.0004
    """
    return plain((1.0 - not_negative(retained, "The retention")) / positive(cycles, "The number of cycles"))


def geometric_fade(retained: Numeric, cycles: Numeric) -> Numeric:
    """Return the fade per cycle of a geometric series, ``1 - r**(1/n)``.

    Parameters
    ----------
    retained : r, retention, [-]
    cycles : n, [-]

    Returns
    -------
    fade as a fraction of the capacity one cycle before, [-]

    Raises
    ------
    InputError
        If r is negative or n is not above 0.

    References
    ----------
    .. [1] Definition; for small fade it equals `linear_fade`.

    Examples
    --------
    >>> geometric_fade(0.8, 500)
    0.00044619
    """
    return plain(1.0 - not_negative(retained, "The retention") ** (1.0 / positive(cycles, "The number of cycles")))


def accumulated_areal_capacity(current_density: Numeric, time: Numeric) -> Numeric:
    """Return the accumulated areal capacity of a cycled cell, ``q = |j| t``, both directions counted.

    Parameters
    ----------
    current_density : j, [A/m2]
    time : t under current, [s]

    Returns
    -------
    q, [C/m2]; one electrode receives half of it

    Raises
    ------
    InputError
        If t is negative.

    References
    ----------
    .. [1] Definition; papers differ in counting one or both directions.

    Examples
    --------
    >>> accumulated_areal_capacity(2.0, 2900 * 3600.0) / 3.6e4  # mAh/cm2
    580.0
    """
    return plain(abs(numbers(current_density, "The current density")) * not_negative(time, "The time"))


def current_density_from_c_rate(c_rate: Numeric, specific_capacity: Numeric, loading: Numeric) -> Numeric:
    """Return the current density of a C-rate, ``j = C q m``.

    Parameters
    ----------
    c_rate : C, [1/s] (1C is 1/3600 1/s)
    specific_capacity : q that 1C refers to, [C/kg]
    loading : m, active mass in an area, [kg/m2]

    Returns
    -------
    j, [A/m2]

    Raises
    ------
    InputError
        If an argument is negative.

    References
    ----------
    .. [1] Definition; the capacity of 1C is the author's choice and must be stated.

    Examples
    --------
    >>> current_density_from_c_rate(0.5 / 3600, 200 * 3600, 0.052)  # 5.2 mg/cm2
    5.2
    """
    theory = not_negative(specific_capacity, "The specific capacity") * not_negative(loading, "The loading")
    return plain(not_negative(c_rate, "The C-rate", "pass 1/s, 1/3600 for 1C") * theory)


def np_ratio(anode: Numeric, cathode: Numeric, counts_cathode_lithium: bool) -> Numeric:
    """Return the negative-to-positive capacity ratio, ``a/p``, or ``(a + p)/p`` with the cathode's lithium.

    Parameters
    ----------
    anode : a, areal capacity of the lithium on the anode as assembled, [C/m2]
    cathode : p, areal capacity of the cathode, [C/m2]
    counts_cathode_lithium : whether the lithium that the cathode brings counts as negative capacity

    Returns
    -------
    N/P, [-]

    Raises
    ------
    InputError
        If a is negative or p is not above 0.

    References
    ----------
    .. [1] Definition; the two conventions differ by exactly 1.

    Examples
    --------
    >>> np_ratio(2.0, 1.6, False), np_ratio(2.0, 1.6, True)
    (1.25, 2.25)
    """
    ratio = not_negative(anode, "The capacity of the anode") / positive(cathode, "The capacity of the cathode")
    return plain(ratio + 1.0 if counts_cathode_lithium else ratio)


def specific_energy(areal_capacity: Numeric, voltage: Numeric, areal_mass: Numeric) -> Numeric:
    """Return the specific energy of a cell, ``E = q V / m``.

    Parameters
    ----------
    areal_capacity : q delivered, [C/m2]
    voltage : V, mean on discharge, [V]
    areal_mass : m of everything that is counted, [kg/m2]

    Returns
    -------
    E, [J/kg]

    Raises
    ------
    InputError
        If q or V is negative, or m is not above 0.

    References
    ----------
    .. [1] Definition; state which foils and packaging m holds.

    Examples
    --------
    >>> specific_energy(36000.0, 3.6, 0.12) / 3600  # Wh/kg
    300.0
    """
    energy = not_negative(areal_capacity, "The areal capacity") * not_negative(voltage, "The mean voltage")
    return plain(energy / positive(areal_mass, "The areal mass"))


def energy_density(areal_capacity: Numeric, voltage: Numeric, thickness: Numeric) -> Numeric:
    """Return the energy density of a cell, ``E = q V / h``.

    Parameters
    ----------
    areal_capacity : q delivered, [C/m2]
    voltage : V, mean on discharge, [V]
    thickness : h of everything that is counted, [m]

    Returns
    -------
    E, [J/m3]

    Raises
    ------
    InputError
        If q or V is negative, or h is not above 0.

    References
    ----------
    .. [1] Definition; state whether h is that of the charged or the discharged cell.

    Examples
    --------
    >>> energy_density(36000.0, 3.6, 50e-6) / 3.6e6  # Wh/L
    720.0
    """
    energy = not_negative(areal_capacity, "The areal capacity") * not_negative(voltage, "The mean voltage")
    return plain(energy / positive(thickness, "The thickness"))
