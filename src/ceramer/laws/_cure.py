"""Free-radical curing with a decaying initiator."""

from __future__ import annotations

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Numeric, fraction, not_negative, plain, positive

__all__ = ["apparent_rate_from_conversion", "initiator_left", "radical_conversion"]


def initiator_left(time: Numeric, decomposition_rate: Numeric) -> Numeric:
    """Return the fraction of initiator left, ``[I]/[I]0 = exp(-kd t)``.

    Parameters
    ----------
    time : t, [s]
    decomposition_rate : kd, [1/s]

    Returns
    -------
    fraction left, [-]

    Raises
    ------
    InputError
        If an argument is negative.

    References
    ----------
    .. [1] G. Odian, Principles of Polymerization, 4th ed., Wiley (2004), doi:10.1002/047147875X

    Examples
    --------
    >>> initiator_left(12 * 3600, 1.5e-4)
    0.00153
    """
    return plain(np.exp(-not_negative(decomposition_rate, "kd") * not_negative(time, "The time")))


def radical_conversion(
    time: Numeric,
    *,
    initiator0: Numeric,
    decomposition_rate: Numeric,
    efficiency: Numeric,
    propagation_rate: Numeric,
    termination_rate: Numeric,
) -> Numeric:
    """Return the monomer conversion of a radical cure, the exact solution of its rate equations.

    ``d[I]/dt = -kd [I]``, ``d[M]/dt = -kp [M] sqrt(2 f kd [I] / kt)``, hence
    ``X = 1 - exp(-(2 kp/kd) sqrt(2 f kd [I]0 / kt) (1 - exp(-kd t/2)))``

    Parameters
    ----------
    time : t, [s]
    initiator0 : [I]0, [mol/m3]
    decomposition_rate : kd, [1/s], above 0
    efficiency : f, share of the radicals that start a chain, [-]
    propagation_rate : kp, [m3/mol/s]
    termination_rate : kt, [m3/mol/s], of ``d[R]/dt = -kt [R]**2`` (twice the kt of the other convention)

    Returns
    -------
    X, [-]; below 1 for ever where the initiator runs out first

    Raises
    ------
    InputError
        If kd or kt is not above 0, f is outside 0..1, or another argument is negative.

    Notes
    -----
    Steady state of radicals, constant kp and kt: no gel effect, no vitrification, no inhibition by oxygen. Rate
    constants at temperature come from `arrhenius`-like laws of the caller.

    References
    ----------
    .. [1] G. Odian, Principles of Polymerization, 4th ed., Wiley (2004), doi:10.1002/047147875X

    Examples
    --------
    >>> radical_conversion(
    ...     600.0, initiator0=20.0, decomposition_rate=1.5e-4, efficiency=0.6, propagation_rate=1.0,
    ...     termination_rate=1e4,
    ... )
    0.296734
    """
    kd = positive(decomposition_rate, "kd")
    radicals = 2.0 * fraction(efficiency, "The initiator efficiency") * kd * not_negative(initiator0, "[I]0")
    speed = not_negative(propagation_rate, "kp") * np.sqrt(radicals / positive(termination_rate, "kt"))
    dose = -2.0 / kd * np.expm1(-kd * not_negative(time, "The time") / 2.0)
    return plain(-np.expm1(-speed * dose))


def apparent_rate_from_conversion(conversion: Numeric, time: Numeric) -> Numeric:
    """Return the apparent first-order rate of a conversion, ``k = -ln(1 - X) / t``.

    Parameters
    ----------
    conversion : X, [-], below 1
    time : t, [s]

    Returns
    -------
    k, [1/s]

    Raises
    ------
    InputError
        If X is outside 0..1 or equal to 1, or t is not above 0.

    Notes
    -----
    A mean over 0..t; equals kp [R] only while the initiator hardly decays.

    References
    ----------
    .. [1] G. Odian, Principles of Polymerization, 4th ed., Wiley (2004), doi:10.1002/047147875X

    Examples
    --------
    >>> apparent_rate_from_conversion(0.9992, 3600.0)
    0.001981
    """
    reached = fraction(conversion, "The conversion")
    if (reached >= 1).any():
        raise InputError("A conversion of 1 needs an infinite rate; pass the detection limit, such as 0.9992.")
    return plain(-np.log1p(-reached) / positive(time, "The time"))
