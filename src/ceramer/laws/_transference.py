"""Transference numbers: the steady-current method, composites, electronic leaks, tethered anions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Numeric, fraction, not_negative, plain, positive
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = [
    "TetheredAnionTransport",
    "bruce_vincent",
    "composite_current_fraction",
    "current_fraction",
    "electronic_transference",
    "newman_number_from_current_fraction",
    "polymer_current_fraction_needed",
    "tethered_anion_transport",
]


def bruce_vincent(
    initial_current: Numeric,
    steady_current: Numeric,
    voltage: Numeric,
    initial_resistance: Numeric,
    steady_resistance: Numeric,
) -> Numeric:
    """Return the current fraction of a symmetric cell, ``t = I_ss (V - I_0 R_0) / (I_0 (V - I_ss R_ss))``.

    Parameters
    ----------
    initial_current : I_0, [A] (or [A/m2], with the resistances in [ohm m2])
    steady_current : I_ss, in the unit of I_0
    voltage : V applied, [V]
    initial_resistance : R_0 of the electrode interfaces at the start, [ohm]
    steady_resistance : R_ss of the interfaces at the steady state, [ohm]

    Returns
    -------
    t, [-]

    Raises
    ------
    InputError
        If a current or V is not above 0, a resistance is negative, or the interfaces alone take the whole voltage.

    Notes
    -----
    The transference number only of an ideal dilute electrolyte; in general the current fraction 1/(1 + Ne).
    V must be small against R T/F (25 mV).

    References
    ----------
    .. [1] J. Evans, C. A. Vincent, P. G. Bruce, Polymer 28, 2324 (1987), doi:10.1016/0032-3861(87)90394-6
    .. [2] P. G. Bruce, C. A. Vincent, J. Electroanal. Chem. 225, 1 (1987), doi:10.1016/0022-0728(87)80001-3

    Examples
    --------
    >>> bruce_vincent(10e-6, 6e-6, 10e-3, 200.0, 220.0)
    0.552995
    """
    first, last = positive(initial_current, "The initial current"), positive(steady_current, "The steady current")
    applied = positive(voltage, "The applied voltage")
    hint = "the interfaces take the whole voltage: check the units of current and resistance"
    before = positive(applied - first * not_negative(initial_resistance, "The initial resistance"), "V - I_0 R_0", hint)
    after = positive(applied - last * not_negative(steady_resistance, "The steady resistance"), "V - I_ss R_ss", hint)
    return plain(last * before / (first * after))


def current_fraction(newman_number: Numeric) -> Numeric:
    """Return the ratio of steady to initial current, ``I_ss / I_0 = 1 / (1 + Ne)``.

    Parameters
    ----------
    newman_number : Ne, [-], 0 or more

    Returns
    -------
    current fraction, [-]

    Raises
    ------
    InputError
        If Ne is negative.

    Notes
    -----
    For a binary electrolyte ``Ne = 2 R T sigma (1 - t+)**2 (1 + dlnf/dlnc) / (F**2 D c)``.

    References
    ----------
    .. [1] N. P. Balsara, J. Newman, J. Electrochem. Soc. 162, A2720 (2015), doi:10.1149/2.0651514jes

    Examples
    --------
    >>> current_fraction(3.0)
    0.25
    """
    return plain(1.0 / (1.0 + not_negative(newman_number, "The Newman number")))


def newman_number_from_current_fraction(fraction_of_current: Numeric) -> Numeric:
    """Return the Newman number behind a current fraction, ``Ne = I_0 / I_ss - 1``.

    Parameters
    ----------
    fraction_of_current : I_ss / I_0, corrected for the interfaces, [-], above 0

    Returns
    -------
    Ne, [-]

    Raises
    ------
    InputError
        If the fraction is 0 or outside 0..1.

    References
    ----------
    .. [1] N. P. Balsara, J. Newman, J. Electrochem. Soc. 162, A2720 (2015), doi:10.1149/2.0651514jes

    Examples
    --------
    >>> newman_number_from_current_fraction(0.25)
    3.0
    """
    rho = positive(fraction(fraction_of_current, "The current fraction"), "The current fraction")
    return plain(1.0 / rho - 1.0)


def composite_current_fraction(
    mixing_law: Callable[[Sequence[Numeric]], Numeric],
    polymer_conductivity: Numeric,
    ceramic_conductivity: Numeric,
    polymer_current_fraction: Numeric,
) -> Numeric:
    """Return the current fraction of a composite whose ceramic conducts lithium ions alone.

    ``t = H[s_p rho, s_c] / H[s_p, s_c]`` with ``rho = 1/(1 + Ne)`` the polymer's own current fraction

    Parameters
    ----------
    mixing_law : H, function of ``[s_p, s_c]`` at fixed geometry, homogeneous of degree 1
    polymer_conductivity : s_p, [S/m]
    ceramic_conductivity : s_c, [S/m]
    polymer_current_fraction : rho, [-]

    Returns
    -------
    t, [-], at least rho

    Raises
    ------
    InputError
        If rho is outside 0..1, a conductivity is negative, or H is 0.

    Notes
    -----
    Exact for any geometry when the anions meet no exit: their flux vanishes everywhere at the steady state, so the
    polymer acts as a conductor of s_p rho. A phase-weighted mean of transference numbers is not this. Small
    signals; contacts between the phases belong into H.

    References
    ----------
    .. [1] N. P. Balsara, J. Newman, J. Electrochem. Soc. 162, A2720 (2015), doi:10.1149/2.0651514jes
    .. [2] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> from ceramer.laws import series
    >>> composite_current_fraction(lambda s: series(s, [0.5, 0.5]), 1.0, 1.0, 0.25)
    0.4
    """
    rho = fraction(polymer_current_fraction, "The current fraction of the polymer")
    polymer = not_negative(polymer_conductivity, "The conductivity of the polymer")
    ceramic = not_negative(ceramic_conductivity, "The conductivity of the ceramic")
    whole = positive(mixing_law([polymer, ceramic]), "The conductivity of the composite", "add a conducting path")
    return plain(np.asarray(mixing_law([polymer * rho, ceramic])) / whole)


def polymer_current_fraction_needed(
    mixing_law: Callable[[Sequence[Numeric]], Numeric],
    polymer_conductivity: float,
    ceramic_conductivity: float,
    composite_fraction: float,
) -> float:
    """Return the current fraction that the polymer must have, the inverse of `composite_current_fraction`.

    Solves ``H[s_p rho, s_c] = t H[s_p, s_c]`` for rho by Brent's method.

    Parameters
    ----------
    mixing_law : H, function of ``[s_p, s_c]`` at fixed geometry
    polymer_conductivity : s_p, [S/m]
    ceramic_conductivity : s_c, [S/m]
    composite_fraction : t of the composite, [-]

    Returns
    -------
    rho of the polymer, [-]

    Raises
    ------
    InputError
        If no rho in 0..1 gives t (the sentence states the range that can be reached), or the composite does not
        depend on the polymer.

    References
    ----------
    .. [1] R. P. Brent, Algorithms for Minimization without Derivatives, Prentice-Hall (1973), ISBN 0-13-022335-2

    Examples
    --------
    >>> from ceramer.laws import parallel
    >>> polymer_current_fraction_needed(lambda s: parallel(s, [0.5, 0.5]), 1.0, 1.0, 0.6)
    0.2
    """
    from scipy.optimize import brentq

    target = float(fraction(composite_fraction, "The current fraction of the composite"))

    def misfit(rho: float) -> float:
        return float(composite_current_fraction(mixing_law, polymer_conductivity, ceramic_conductivity, rho)) - target

    low, high = misfit(0.0), misfit(1.0)
    if high - low <= 0.0:
        raise InputError("The composite's current fraction does not depend on the polymer; nothing can be inferred.")
    if low > 0.0 or high < 0.0:
        raise InputError(
            f"A current fraction of {target:.4g} cannot be reached in this composite: with 0 to 1 for the polymer "
            f"it runs from {low + target:.4g} to {high + target:.4g}; check the geometry and the phase conductivities."
        )
    return float(brentq(misfit, 0.0, 1.0, xtol=1e-14, rtol=1e-13))


def electronic_transference(ionic: Numeric, electronic: Numeric) -> Numeric:
    """Return the electronic transference number, ``t_e = sigma_e / (sigma_i + sigma_e)``.

    Parameters
    ----------
    ionic : sigma_i, [S/m]
    electronic : sigma_e, [S/m]

    Returns
    -------
    t_e, [-]

    Raises
    ------
    InputError
        If a conductivity is negative or both are 0.

    References
    ----------
    .. [1] C. Wagner, Z. Phys. Chem. B 21, 25 (1933)

    Examples
    --------
    >>> electronic_transference(0.81, 0.19)
    0.19
    """
    leak = not_negative(electronic, "The electronic conductivity")
    total = positive(not_negative(ionic, "The ionic conductivity") + leak, "The total conductivity")
    return plain(leak / total)


@dataclass(frozen=True, slots=True)
class TetheredAnionTransport:
    """Transport of an ideal dilute electrolyte with fixed anions (see `tethered_anion_transport`)."""

    conductivity: Numeric
    """sigma, [S/m]."""
    anion_transference: Numeric
    """t-, of the mobile anion, [-]."""
    ambipolar_diffusivity: Numeric
    """D_a, [m2/s]."""


def tethered_anion_transport(
    c_minus: Numeric, c_fixed: Numeric, d_plus: Numeric, d_minus: Numeric, temperature: Numeric
) -> TetheredAnionTransport:
    """Return conductivity, anion transference and ambipolar diffusivity where some anions are tethered.

    ``c+ = c- + c_f``, ``S = D+ c+ + D- c-``, ``sigma = F**2 S / (R T)``, ``t- = D- c- / S``,
    ``D_a = D+ D- (c+ + c-) / S``, for use in

    - ``N- = -D_a grad c- - t- i/F``
    - ``i = -sigma grad phi_Li + (R T sigma/F) t- (1/c+ + 1/c-) grad c-``

    Parameters
    ----------
    c_minus : c-, mobile anions, [mol/m3]
    c_fixed : c_f, tethered anions, [mol/m3]
    d_plus, d_minus : D+ and D- of lithium ion and mobile anion, [m2/s]
    temperature : T, [K]

    Returns
    -------
    TetheredAnionTransport

    Raises
    ------
    InputError
        If a concentration or diffusivity is negative, T is not above 0, or nothing can move.

    Notes
    -----
    Ideal and dilute: no ion pairs, no friction between ions. ``c_f = 0`` is the binary electrolyte,
    ``D_a = 2 D+ D-/(D+ + D-)``, ``t- = D-/(D+ + D-)``.

    References
    ----------
    .. [1] J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed., Wiley (2004), ISBN 978-0-471-47756-3

    Examples
    --------
    >>> tethered_anion_transport(500.0, 500.0, 1e-12, 3e-12, 303.15)
    TetheredAnionTransport(conductivity=0.009233, anion_transference=0.6, ambipolar_diffusivity=1.8e-12)
    """
    anions = not_negative(c_minus, "The concentration of mobile anions")
    cations = anions + not_negative(c_fixed, "The concentration of tethered anions")
    plus, minus = not_negative(d_plus, "D+"), not_negative(d_minus, "D-")
    mobile = positive(plus * cations + minus * anions, "S = D+ c+ + D- c-", "some ion must be present and move")
    thermal = GAS_CONSTANT * positive(temperature, "The temperature", "pass kelvin, such as 303.15 for 30 degC")
    return TetheredAnionTransport(
        conductivity=plain(FARADAY**2 * mobile / thermal),
        anion_transference=plain(minus * anions / mobile),
        ambipolar_diffusivity=plain(plus * minus * (cations + anions) / mobile),
    )
