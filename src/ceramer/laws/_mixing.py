"""Mixing laws: the effective conductivity H of a composite from those of its phases.

Every law is homogeneous of degree 1 in the conductivities, which makes the shares of `path_shares` sum to 1, and
accepts complex conductivities (`complex_conductivity`), which turns a DC law into an impedance. Lists run over the
phases; each entry is a float or an array (a frequency sweep, a composition sweep), and entries broadcast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from ceramer.errors import InputError, NotConvergedError
from ceramer.laws._common import SUM_TOLERANCE, Array, Numeric, fraction, not_negative, numbers, phases, plain
from ceramer.laws._common import fractions as check_fractions
from ceramer.units import VACUUM_PERMITTIVITY

__all__ = [
    "bruggeman_porous",
    "bruggeman_symmetric",
    "complex_conductivity",
    "effective_activation_energy",
    "hashin_shtrikman_lower",
    "hashin_shtrikman_upper",
    "maxwell",
    "parallel",
    "path_shares",
    "percolation",
    "series",
]

_MAX_ITERATIONS: Final = 500


def complex_conductivity(conductivity: Numeric, frequency: Numeric, relative_permittivity: Numeric) -> Numeric:
    """Return ``sigma + i omega eps0 eps_r`` with ``omega = 2 pi f``.

    Parameters
    ----------
    conductivity : sigma, [S/m]
    frequency : f, [Hz]
    relative_permittivity : eps_r, [-]

    Returns
    -------
    complex conductivity, [S/m]

    Raises
    ------
    InputError
        If an argument is negative.

    References
    ----------
    .. [1] J. C. Maxwell, A Treatise on Electricity and Magnetism, Clarendon (1873), reprinted Cambridge (2010),
       doi:10.1017/CBO9780511709333

    Examples
    --------
    >>> complex_conductivity(1e-3, 1e6, 10.0)
    (0.001+0.000556325j)
    """
    omega = 2.0 * np.pi * not_negative(frequency, "The frequency")
    permittivity = VACUUM_PERMITTIVITY * not_negative(relative_permittivity, "The relative permittivity")
    return plain(not_negative(conductivity, "The conductivity") + 1j * omega * permittivity)


def series(conductivities: Sequence[Numeric], fractions: Sequence[Numeric]) -> Numeric:
    """Return the conductivity across a laminate, ``1/H = sum_k f_k / sigma_k`` (Reuss, the lower bound).

    Parameters
    ----------
    conductivities : sigma_k, [S/m], one entry for each phase
    fractions : f_k, volume fractions, [-], summing to 1

    Returns
    -------
    H, [S/m]; 0 where a phase that is present insulates

    Raises
    ------
    InputError
        If the fractions do not sum to 1 or a conductivity is negative.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> series([10.0, 1.0], [1 / 3, 2 / 3])
    1.428571
    """
    sigma, part = phases(conductivities, fractions)
    return plain(_harmonic(sigma, part))


def _harmonic(sigma: Array, part: Array) -> Array:
    present = part > 0
    blocked = (present & (sigma == 0)).any(axis=0)
    resistivity = np.divide(part, sigma, out=np.zeros_like(sigma), where=present & (sigma != 0)).sum(axis=0)
    return np.asarray(np.divide(1.0, resistivity, out=np.zeros_like(resistivity), where=~blocked & (resistivity != 0)))


def parallel(conductivities: Sequence[Numeric], fractions: Sequence[Numeric]) -> Numeric:
    """Return the conductivity along a laminate, ``H = sum_k f_k sigma_k`` (Voigt, the upper bound).

    Parameters
    ----------
    conductivities : sigma_k, [S/m], one entry for each phase
    fractions : f_k, volume fractions, [-], summing to 1

    Returns
    -------
    H, [S/m]

    Raises
    ------
    InputError
        If the fractions do not sum to 1 or a conductivity is negative.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> parallel([10.0, 1.0], [1 / 3, 2 / 3])
    4.0
    """
    sigma, part = phases(conductivities, fractions)
    return plain((sigma * part).sum(axis=0))


def _around(sigma: Array, part: Array, host: Array) -> Array:
    """Return ``(sum f / (sigma + 2 host))**-1 - 2 host`` without its cancellation (3D)."""
    total = sigma + 2.0 * host
    usable = (part > 0) & (total != 0) & ~np.isinf(sigma)
    weight = np.divide(part, total, out=np.zeros_like(total), where=usable)
    unlimited = np.where(np.isinf(sigma), part, 0.0).sum(axis=0)
    top = np.where(usable, weight * np.where(np.isinf(sigma), 0.0, sigma), 0.0).sum(axis=0) + unlimited
    below = weight.sum(axis=0)
    blocked = ((part > 0) & (total == 0)).any(axis=0)
    if (~blocked & (below == 0)).any():
        raise InputError("Every phase present conducts without limit; give one of them a finite conductivity.")
    return np.asarray(np.divide(top, below, out=np.zeros_like(top * below), where=~blocked))


def hashin_shtrikman_lower(conductivities: Sequence[Numeric], fractions: Sequence[Numeric]) -> Numeric:
    """Return the Hashin-Shtrikman lower bound in 3D, the least conducting phase as the matrix.

    ``H = [sum_k f_k / (sigma_k + 2 sigma_min)]^-1 - 2 sigma_min``

    Parameters
    ----------
    conductivities : sigma_k, [S/m], one entry for each phase
    fractions : f_k, volume fractions, [-], summing to 1

    Returns
    -------
    H, [S/m]

    Raises
    ------
    InputError
        If the fractions do not sum to 1 or a conductivity is negative.

    Notes
    -----
    A bound for real values and statistically isotropic composites. For complex values it is a formula (coated
    spheres), with the phase of least modulus outside. A phase with f = 0 does not count.

    References
    ----------
    .. [1] Z. Hashin, S. Shtrikman, J. Appl. Phys. 33, 3125 (1962), doi:10.1063/1.1728579

    Examples
    --------
    >>> hashin_shtrikman_lower([10.0, 1.0], [0.3, 0.7])
    1.870968
    """
    return plain(_hashin_shtrikman(conductivities, fractions, upper=False))


def hashin_shtrikman_upper(conductivities: Sequence[Numeric], fractions: Sequence[Numeric]) -> Numeric:
    """Return the Hashin-Shtrikman upper bound in 3D, the best conducting phase as the matrix.

    ``H = [sum_k f_k / (sigma_k + 2 sigma_max)]^-1 - 2 sigma_max``

    Parameters
    ----------
    conductivities : sigma_k, [S/m], one entry for each phase
    fractions : f_k, volume fractions, [-], summing to 1

    Returns
    -------
    H, [S/m]

    Raises
    ------
    InputError
        If the fractions do not sum to 1 or a conductivity is negative.

    Notes
    -----
    A bound for real values and statistically isotropic composites. For complex values it is a formula (coated
    spheres), with the phase of greatest modulus outside. A phase with f = 0 does not count.

    References
    ----------
    .. [1] Z. Hashin, S. Shtrikman, J. Appl. Phys. 33, 3125 (1962), doi:10.1063/1.1728579

    Examples
    --------
    >>> hashin_shtrikman_upper([10.0, 1.0], [0.3, 0.7])
    3.076923
    """
    return plain(_hashin_shtrikman(conductivities, fractions, upper=True))


def _hashin_shtrikman(conductivities: Sequence[Numeric], fractions: Sequence[Numeric], upper: bool) -> Array:
    sigma, part = phases(conductivities, fractions)
    size = np.where(part > 0, np.abs(sigma), -np.inf if upper else np.inf)
    index = size.argmax(axis=0) if upper else size.argmin(axis=0)
    host = np.take_along_axis(sigma, index[np.newaxis], axis=0)[0]
    return _around(sigma, part, host)


def maxwell(matrix: Numeric, inclusions: Sequence[Numeric], fractions: Sequence[Numeric]) -> Numeric:
    """Return Maxwell's conductivity of spheres in a matrix.

    ``(H - m)/(H + 2 m) = sum_k f_k (a_k - m)/(a_k + 2 m)``

    Parameters
    ----------
    matrix : m, conductivity of the matrix, [S/m]
    inclusions : a_k, conductivities of the spheres, [S/m], one entry for each kind; ``inf`` is allowed
    fractions : f_k, volume fractions of the kinds, [-], summing to at most 1

    Returns
    -------
    H, [S/m]

    Raises
    ------
    InputError
        If a fraction is outside 0..1, their sum exceeds 1, or a conductivity is negative.

    Notes
    -----
    Exact to first order in f; for one kind equal to a Hashin-Shtrikman bound. Dense or clustered spheres
    deviate (simple cubic at f = 0.3, a = 10 m: 1.8878 against 1.8710).

    References
    ----------
    .. [1] J. C. Maxwell Garnett, Phil. Trans. R. Soc. A 203, 385 (1904), doi:10.1098/rsta.1904.0024

    Examples
    --------
    >>> maxwell(1.0, [10.0], [0.3])
    1.870968
    """
    kinds = [fraction(value, "The volume fraction of an inclusion") for value in fractions]
    rest = 1.0 - sum(kinds)
    if (np.asarray(rest) < -1e-9).any():
        raise InputError(
            f"The inclusions fill {1.0 - np.min(rest):.6g} of the volume; their fractions must sum to at most 1."
        )
    rest = np.clip(rest, 0.0, 1.0)
    sigma, part = phases([matrix, *inclusions], [rest, *kinds])
    return plain(_around(sigma, part, sigma[0]))


def bruggeman_symmetric(conductivities: Sequence[Numeric], fractions: Sequence[Numeric]) -> Numeric:
    """Return Bruggeman's symmetric effective-medium conductivity in 3D.

    ``sum_k f_k (sigma_k - H)/(sigma_k + 2 H) = 0``, the root inside the half-plane that holds all sigma_k.

    Parameters
    ----------
    conductivities : sigma_k, [S/m], one entry for each phase, real part >= 0
    fractions : f_k, volume fractions, [-], summing to 1

    Returns
    -------
    H, [S/m]; exactly 0 where the conducting phases together fill 1/3 or less among insulators

    Raises
    ------
    InputError
        If the fractions do not sum to 1 or a conductivity is negative.

    Notes
    -----
    A self-consistent estimate that treats all phases alike; it lies between the Hashin-Shtrikman bounds. Real
    values: safeguarded Newton on a convex function from a rigorous lower bound. Complex values: that half-plane
    holds exactly one root, so a root found there is the physical one.

    References
    ----------
    .. [1] D. A. G. Bruggeman, Ann. Phys. 416, 636 (1935), doi:10.1002/andp.19354160705

    Examples
    --------
    >>> bruggeman_symmetric([1.0, 0.0], [0.6, 0.4])
    0.4
    >>> bruggeman_symmetric([10.0, 1.0], [0.3, 0.7])
    2.261208
    """
    sigma, part = phases(conductivities, fractions)
    if not np.isfinite(sigma).all():
        raise InputError("Bruggeman's law needs finite conductivities; give a large finite one instead of inf.")
    return plain(_bruggeman(sigma, part))


def _bruggeman(sigma: Array, part: Array) -> Array:
    live = (part > 0) & (sigma != 0)
    weight = np.where(live, part, 0.0)
    filled = weight.sum(axis=0)
    dead = part.sum(axis=0) - filled
    size = np.where(live, np.abs(sigma), 0.0)
    # Insulating all phases below the k-th in size leaves a true lower bound: sigma_k (3 F_k - 1)/2.
    start = np.zeros_like(filled)
    for k in range(len(sigma)):
        above = np.where(size >= size[k], weight, 0.0).sum(axis=0)
        start = np.maximum(start, size[k] * (3.0 * above - filled - dead) / (2.0 * (filled + dead)))
    conducts = (2.0 * filled - dead > 0) & (start > 0)
    angle = np.where(live, np.angle(sigma), np.nan)
    high = np.where(live, angle, -np.inf).max(axis=0)
    low = np.where(live, angle, np.inf).min(axis=0)
    tilt = np.where(conducts, (np.where(conducts, high, 0.0) + np.where(conducts, low, 0.0)) / 2.0, 0.0)
    turn = np.exp(1j * tilt) if np.iscomplexobj(sigma) else np.ones_like(filled)
    one = np.where(live, sigma, 1.0)
    root = np.where(conducts, start, 1.0) * turn
    settled = 0
    for iteration in range(_MAX_ITERATIONS):
        total = one + 2.0 * root
        misfit = (weight * (one - root) / total).sum(axis=0) - dead / 2.0
        slope = -(3.0 * (weight / total) * (one / total)).sum(axis=0)
        newton = root - misfit / np.where(conducts, slope, 1.0)
        inside = (newton * np.conj(turn)).real > 0
        use_newton = inside & (not np.iscomplexobj(sigma) or iteration % 6 != 5 or settled > 0)
        # The contraction 1/<1/(sigma + 2H)> - 2H keeps to the half-plane and cannot leave the physical root.
        mean = (weight / total).sum(axis=0) + dead / (2.0 * root)
        following = np.where(use_newton, newton, (weight * one / total).sum(axis=0) / mean)
        following = np.where(conducts, following, root)
        change = np.abs(following - root) / np.abs(following)
        root = following
        done = ~conducts | (change < 1e-13) | (np.abs(misfit) < 4e-16 * len(sigma))
        settled = settled + 1 if done.all() else 0
        if settled == 3:
            return np.where(conducts, root, 0.0)
    raise NotConvergedError(
        f"Bruggeman's equation was not solved in {_MAX_ITERATIONS} steps; check for phases whose conductivities "
        "point in opposite directions of the complex plane."
    )


def bruggeman_porous(conductivity: Numeric, porosity: Numeric, exponent: Numeric = 1.5) -> Numeric:
    """Return the conductivity of a fluid filling pores, ``H = sigma eps**exponent``.

    Parameters
    ----------
    conductivity : sigma of the filling, [S/m]
    porosity : eps, its volume fraction, [-]
    exponent : [-], at least 1; 1.5 is Bruggeman's value for insulating spheres

    Returns
    -------
    H, [S/m]

    Raises
    ------
    InputError
        If the porosity is outside 0..1, the exponent below 1, or sigma negative.

    Notes
    -----
    Insulating spheres of very wide size distribution; flakes and fibres need a measured exponent.

    References
    ----------
    .. [1] D. A. G. Bruggeman, Ann. Phys. 416, 636 (1935), doi:10.1002/andp.19354160705
    .. [2] B. Tjaden et al., Curr. Opin. Chem. Eng. 12, 44 (2016), doi:10.1016/j.coche.2016.02.006

    Examples
    --------
    >>> bruggeman_porous(0.1, 0.25)
    0.0125
    """
    power = numbers(exponent, "The Bruggeman exponent")
    if (power < 1).any():
        raise InputError("The Bruggeman exponent must be 1 or more (straight pores); give, for example, 1.5.")
    return plain(not_negative(conductivity, "The conductivity") * fraction(porosity, "The porosity") ** power)


def percolation(conductivity: Numeric, fraction_conducting: Numeric, threshold: Numeric, exponent: Numeric) -> Numeric:
    """Return the percolation power law ``H = sigma ((f - f_c)/(1 - f_c))**t`` above f_c, 0 below.

    Parameters
    ----------
    conductivity : sigma of the conducting phase, [S/m]
    fraction_conducting : f, its volume fraction, [-]
    threshold : f_c, [-], below 1
    exponent : t, [-], above 0; about 2.0 near a threshold in 3D

    Returns
    -------
    H, [S/m], equal to sigma at f = 1

    Raises
    ------
    InputError
        If a fraction is outside 0..1, the threshold is 1, or the exponent is not above 0.

    Notes
    -----
    Universal only near f_c; the normalisation to sigma at f = 1 is a convention. The other phase insulates.

    References
    ----------
    .. [1] S. Kirkpatrick, Rev. Mod. Phys. 45, 574 (1973), doi:10.1103/RevModPhys.45.574

    Examples
    --------
    >>> percolation(1.0, 0.65, 0.3, 2.0)
    0.25
    """
    part, limit = fraction(fraction_conducting, "The fraction"), fraction(threshold, "The percolation threshold")
    power = numbers(exponent, "The percolation exponent")
    if (limit >= 1).any() or (power <= 0).any():
        raise InputError("The percolation threshold must be below 1 and the exponent above 0; take 0.16 and 2 in 3D.")
    return plain(
        not_negative(conductivity, "The conductivity") * np.clip((part - limit) / (1 - limit), 0, None) ** power
    )


def path_shares(
    mixing_law: Callable[[Sequence[Numeric]], Numeric], conductivities: Sequence[Numeric]
) -> np.ndarray[tuple[int, ...], np.dtype[np.inexact]]:
    """Return the share of the dissipation that falls in each phase, ``p_k = (sigma_k / H) dH/dsigma_k``.

    Parameters
    ----------
    mixing_law : H, function of the list of conductivities at fixed geometry, such as
        ``lambda s: series(s, [0.3, 0.7])``; homogeneous of degree 1, and able to take complex values
    conductivities : sigma_k, [S/m], one entry for each path

    Returns
    -------
    shares, [-], paths along axis 0; they sum to 1 (Euler's theorem). Complex for complex conductivities

    Raises
    ------
    InputError
        If H is 0 (nothing flows), or the law takes no complex values.

    Notes
    -----
    Real values: the complex step, free of truncation and cancellation. Complex values: the mean of H over a small
    circle around sigma_k (Cauchy's integral), good to about 1e-13. Where two equal phases compete for the place of
    the matrix (Hashin-Shtrikman bounds) the shares are those of one side of the kink.

    References
    ----------
    .. [1] W. Squire, G. Trapp, SIAM Rev. 40, 110 (1998), doi:10.1137/S003614459631241X
    .. [2] L. N. Trefethen, J. A. C. Weideman, SIAM Rev. 56, 385 (2014), doi:10.1137/130932132

    Examples
    --------
    >>> path_shares(lambda s: series(s, [0.3, 0.7]), [10.0, 1.0])
    array([0.0411, 0.9589])
    """
    values = [not_negative(value, "A conductivity") for value in conductivities]
    if any(np.iscomplexobj(value) for value in values):
        # Turning all values by one angle leaves the shares as they are and keeps the circle off the left half-plane.
        angles = np.stack(np.broadcast_arrays(*(np.angle(value) for value in values)))
        turn = np.exp(-0.5j * (angles.max(axis=0) + angles.min(axis=0)))
        values = [np.asarray(value * turn) for value in values]
    whole = np.asarray(mixing_law(values))
    if (whole == 0).any():
        raise InputError("The composite does not conduct, so its path shares are undefined; add a conducting path.")
    shares = []
    for k in range(len(values)):

        def scaled(factor: complex, k: int = k) -> Array:
            return np.asarray(mixing_law([*values[:k], values[k] * factor, *values[k + 1 :]]))

        if not np.iscomplexobj(whole):
            bumped = scaled(1.0 + 1e-20j)
            if not np.iscomplexobj(bumped):
                raise InputError("The mixing law drops complex values; build it from the laws of ceramer.laws.")
            shares.append(bumped.imag / (1e-20 * whole))
        else:
            circle = 0.05 * np.exp(2j * np.pi * np.arange(16) / 16)
            shares.append(sum(scaled(1.0 + point) / point for point in circle) / (16 * whole))
    return np.stack(np.broadcast_arrays(*shares))


def effective_activation_energy(shares: Sequence[Numeric], energies: Sequence[Numeric]) -> Numeric:
    """Return the activation energy of a composite, ``Ea = sum_k p_k Ea_k``.

    Parameters
    ----------
    shares : p_k, dissipation shares of the paths at the temperature of interest, [-], summing to 1
    energies : Ea_k, [J] per particle, all of one Arrhenius form

    Returns
    -------
    Ea = -k d(ln H)/d(1/T), [J] per particle, never below the lowest nor above the highest Ea_k

    Raises
    ------
    InputError
        If the shares are outside 0..1 or do not sum to 1.

    Notes
    -----
    Exact for every mixing law of degree 1 whose geometry does not change with temperature.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> effective_activation_energy([0.25, 0.75], [0.2, 0.4])
    0.35
    """
    near = [numbers(share, "A path share") for share in shares]
    exact = [np.where(np.abs(share - share.clip(0, 1)) < SUM_TOLERANCE, share.clip(0, 1), share) for share in near]
    part = check_fractions(exact, "The path shares", len(energies))
    levels = [numbers(energy, "An activation energy") for energy in energies]
    return plain(sum(p * level for p, level in zip(part, levels, strict=True)))
