"""Isotope exchange: NMR increase factors, their ceiling, enrichment of a well-mixed phase."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Array, Numeric, fraction, not_negative, numbers, plain, positive
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = [
    "ceiling",
    "equilibrium_enrichment",
    "exchange_rates",
    "increase_factor",
    "tracer_conductance",
    "well_mixed_enrichment",
]


def increase_factor(total_growth: Numeric, area_before: Numeric, area_after: Numeric) -> Numeric:
    """Return by how much the isotope in one phase grew, ``F = T a_after / a_before``.

    Parameters
    ----------
    total_growth : T, total signal after over before, [-]
    area_before, area_after : shares of the phase in the total signal, [-]

    Returns
    -------
    F, amount of the isotope in the phase after over before, [-]: population times enrichment, not apart

    Raises
    ------
    InputError
        If T or area_before is not above 0, or a share is outside 0..1.

    References
    ----------
    .. [1] Balance: the signal of the phase is the total times its share, before and after.

    Examples
    --------
    >>> increase_factor(9.29, 0.7679, 0.5679)
    6.870
    """
    before = positive(fraction(area_before, "The share before"), "The share before")
    after = fraction(area_after, "The share after")
    return plain(positive(total_growth, "The total growth") * after / before)


def ceiling(natural_abundance: Numeric) -> Numeric:
    """Return the greatest increase factor that a fixed population can show, ``1 / x``.

    Parameters
    ----------
    natural_abundance : x of the isotope at the start, [-]

    Returns
    -------
    ceiling, [-]

    Raises
    ------
    InputError
        If x is 0 or outside 0..1.

    Notes
    -----
    A factor above it proves that the population of the site grew.

    References
    ----------
    .. [1] J. Meija et al., Pure Appl. Chem. 88, 293 (2016), doi:10.1515/pac-2015-0503

    Examples
    --------
    >>> ceiling(0.075)
    13.333
    """
    return plain(1.0 / positive(fraction(natural_abundance, "The natural abundance"), "The natural abundance"))


def equilibrium_enrichment(amounts: Sequence[Numeric], enrichments: Sequence[Numeric]) -> Numeric:
    """Return the isotope fraction after complete exchange, ``y = sum_k n_k y_k / sum_k n_k``.

    Parameters
    ----------
    amounts : n_k of lithium in the pools (foils, phases), [mol] or [mol/m2]
    enrichments : y_k, isotope fractions at the start, [-]

    Returns
    -------
    y, common to all pools, [-]

    Raises
    ------
    InputError
        If an amount is negative, all are 0, a fraction is outside 0..1, or the lists differ in length.

    References
    ----------
    .. [1] J. Crank, The Mathematics of Diffusion, 2nd ed., Oxford (1975), ISBN 978-0-19-853411-2

    Examples
    --------
    >>> equilibrium_enrichment([3.0, 1.0], [0.95, 0.0759])
    0.731475
    """
    if len(amounts) != len(enrichments):
        raise InputError(f"{len(amounts)} amounts stand beside {len(enrichments)} isotope fractions; give one of each.")
    pools: list[Array] = [not_negative(amount, "An amount of lithium") for amount in amounts]
    levels = [fraction(level, "An isotope fraction") for level in enrichments]
    total = positive(sum(pools), "The total amount of lithium")
    return plain(sum(n * y for n, y in zip(pools, levels, strict=True)) / total)


def well_mixed_enrichment(charge: Numeric, amount: Numeric, initial: Numeric, feed: Numeric) -> Numeric:
    """Return the isotope fraction of a well-mixed phase that current flushes, ``y = y_f + (y_0 - y_f) exp(-q/(F n))``.

    Parameters
    ----------
    charge : q passed in one direction, [C] (or [C/m2] with n in [mol/m2]), carried by lithium ions
    amount : n of lithium in the phase, constant, [mol]
    initial : y_0, [-]
    feed : y_f of the lithium that enters, [-]

    Returns
    -------
    y, [-]

    Raises
    ------
    InputError
        If q is negative, n is not above 0, or a fraction is outside 0..1.

    Notes
    -----
    Mixing within the phase is much faster than its renewal; the feed does not deplete. Exchange without current
    comes on top.

    References
    ----------
    .. [1] J. Crank, The Mathematics of Diffusion, 2nd ed., Oxford (1975), ISBN 978-0-19-853411-2

    Examples
    --------
    >>> well_mixed_enrichment(96485.0, 1.0, 0.0759, 0.95)
    0.6284
    """
    renewals = not_negative(charge, "The charge") / (FARADAY * positive(amount, "The amount of lithium"))
    start = fraction(initial, "The isotope fraction at the start")
    entering = fraction(feed, "The isotope fraction of the feed")
    return plain(entering + (start - entering) * np.exp(-renewals))


def exchange_rates(current_density: Numeric, exchange_current_density: Numeric) -> tuple[Numeric, Numeric]:
    """Return the one-way rates over a surface, ``r+ - r- = i/F`` and ``r+ r- = (i0/F)**2``.

    Parameters
    ----------
    current_density : i, net, positive forward, [A/m2]
    exchange_current_density : i0, [A/m2]

    Returns
    -------
    (r+, r-), forward and backward, [mol/(m2 s)]

    Raises
    ------
    InputError
        If i0 is negative.

    Notes
    -----
    Butler-Volmer kinetics with both transfer coefficients 1/2: ``r+- = (i0/F) exp(+-F eta/(2 R T))``. At i = 0 both are
    i0/F: isotopes exchange without a current.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3

    Examples
    --------
    >>> exchange_rates(0.0, 9.6485)
    (0.0001, 0.0001)
    """
    net = numbers(current_density, "The current density") / FARADAY
    own = not_negative(exchange_current_density, "The exchange current density") / FARADAY
    mean = np.sqrt(own * own + 0.25 * net * net)
    return plain(mean + 0.5 * net), plain(mean - 0.5 * net)


def tracer_conductance(conductivity: Numeric, temperature: Numeric, haven_ratio: Numeric) -> Numeric:
    """Return concentration times tracer diffusivity, ``c D* = H_R sigma R T/F**2``.

    Parameters
    ----------
    conductivity : sigma of lithium ions, [S/m]
    temperature : T, [K]
    haven_ratio : H_R = D*/D_sigma, [-]

    Returns
    -------
    c D*, [mol/(m s)]

    Raises
    ------
    InputError
        If sigma is negative, or T or H_R is not above 0.

    Notes
    -----
    The tracer flux without a current is ``-c D* grad y`` with y the isotope fraction.

    References
    ----------
    .. [1] G. E. Murch, Solid State Ionics 7, 177 (1982), doi:10.1016/0167-2738(82)90050-9

    Examples
    --------
    >>> tracer_conductance(0.1, 303.15, 0.5)  # mol/(m s)
    1.35376e-08
    """
    thermal = GAS_CONSTANT * positive(temperature, "The temperature", "pass kelvin, such as 303.15 for 30 degC")
    return plain(
        positive(haven_ratio, "The Haven ratio") * not_negative(conductivity, "The conductivity") * thermal / FARADAY**2
    )
