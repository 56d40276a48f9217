"""Salt and current through a composite as through one medium: coupled conduction decoupled, exactly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ceramer.errors import InputError
from ceramer.laws._common import Array, Numeric, fraction, not_negative, numbers, plain, positive

__all__ = [
    "CompositeTransport",
    "composite_salt_closure",
    "composite_salt_transport",
    "coupled_conductivity",
]

MixingLaw = Callable[[Sequence[Numeric]], Numeric]


@dataclass(frozen=True, slots=True)
class CompositeTransport:
    """One medium in place of a composite (see `composite_salt_transport`), per area of the composite.

    ``N- = -D grad c - t- i/F``, ``i = -sigma grad phi + sigma (2 R T/F) Tf t- grad ln c``, with phi measured by a
    lithium electrode; the salt is stored in the polymer alone, ``d(f_p c)/dt = -div N-``.
    """

    conductivity: Numeric
    """sigma at uniform concentration on the scale of the layer, [S/m]."""
    anion_transference: Numeric
    """t- = 1 - t+, [-]."""
    diffusivity: Numeric
    """D, [m2/s]."""
    current_fraction: Numeric
    """I_ss / I_0 of this medium, ``1/(1 + Ne)``, [-]."""


def _symmetric(value: Numeric, name: str) -> Array:
    matrix = numbers(value, name)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise InputError(f"{name} must be a square matrix, but has the shape {matrix.shape}.")
    if np.iscomplexobj(matrix) or not np.allclose(matrix, matrix.T, rtol=1e-9, atol=0.0):
        raise InputError(f"{name} must be real and symmetric (Onsager); choose the conjugate forces.")
    return matrix


def coupled_conductivity(mixing_law: MixingLaw, first: Numeric, second: Numeric) -> Numeric:
    """Return the effective matrix of coupled conduction in two phases, ``L = W diag(H[1, l_k]) W.T``.

    W turns both phases into independent conductors at once: ``L_1 = W W.T``, ``L_2 = W diag(l_k) W.T``.

    Parameters
    ----------
    mixing_law : H, function of ``[s_1, s_2]`` at fixed geometry, homogeneous of degree 1
    first : L_1, symmetric positive definite matrix of the first phase, in the units of the fluxes over the forces
    second : L_2 of the second phase, symmetric, positive semidefinite

    Returns
    -------
    L, matrix in the same units [as L_1 and L_2]

    Raises
    ------
    InputError
        If a matrix is not square, symmetric and definite as stated, or the shapes differ.

    Notes
    -----
    Exact for any geometry of two isotropic phases in contact without interface resistance, steady fields.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357

    Examples
    --------
    >>> from ceramer.laws import series
    >>> coupled_conductivity(lambda s: series(s, [0.5, 0.5]), [[1.0, 0.0], [0.0, 2.0]], [[3.0, 0.0], [0.0, 2.0]])
    array([[1.5, 0. ], [0. , 2. ]])
    """
    one, two = _symmetric(first, "The matrix of the first phase"), _symmetric(second, "The matrix of the second phase")
    if one.shape != two.shape:
        raise InputError(f"The matrices must have one shape, but are {one.shape} and {two.shape}.")
    try:
        root = np.linalg.cholesky(one)
    except np.linalg.LinAlgError:
        raise InputError("The matrix of the first phase must be positive definite; exchange the phases.") from None
    inverse = np.linalg.inv(root)
    ratios, rotation = np.linalg.eigh(inverse @ two @ inverse.T)
    if (ratios < -1e-12 * np.abs(ratios).max()).any():
        raise InputError("The matrix of the second phase must be positive semidefinite; check its signs.")
    basis = root @ rotation
    return (basis * [mixing_law([1.0, max(float(ratio), 0.0)]) for ratio in ratios]) @ basis.T


def _checked(
    mixing_law: MixingLaw, polymer: Numeric, ceramic: Numeric, rho: Numeric, diffusivity: Numeric
) -> tuple[Numeric, Numeric, Numeric, Numeric, Numeric]:
    rho = positive(fraction(rho, "The current fraction of the polymer"), "The current fraction of the polymer")
    polymer = positive(polymer, "The conductivity of the polymer")
    ceramic = not_negative(ceramic, "The conductivity of the ceramic")
    open_share = positive(mixing_law([1.0, 0.0]), "H[1, 0]", "the polymer must percolate, or no salt moves at all")
    return polymer, ceramic, rho, positive(diffusivity, "The diffusivity"), open_share


def composite_salt_transport(
    mixing_law: MixingLaw,
    polymer_conductivity: Numeric,
    ceramic_conductivity: Numeric,
    polymer_current_fraction: Numeric,
    *,
    polymer_diffusivity: Numeric,
    polymer_transference: Numeric,
) -> CompositeTransport:
    """Return the one medium that a polymer with grains of a single-ion conductor is on the scale of the layer.

    ``sigma = H[s_p rho, s_c] + g s_p (1 - rho)``, ``t- = g s_p (1 - t+)/sigma``,
    ``D = g D_p [1 + (1/rho - 1) (1 - g s_p/sigma)]`` with ``g = H[1, 0]``

    Parameters
    ----------
    mixing_law : H, function of ``[s_p, s_c]`` at fixed geometry, homogeneous of degree 1
    polymer_conductivity : s_p, [S/m]
    ceramic_conductivity : s_c, [S/m]
    polymer_current_fraction : rho = 1/(1 + Ne) of the polymer, [-], above 0
    polymer_diffusivity : D_p of the salt, [m2/s]
    polymer_transference : t+ of the polymer, [-]; may be negative

    Returns
    -------
    CompositeTransport, with [units] on its fields

    Raises
    ------
    InputError
        If rho is 0 or outside 0..1, a conductivity is negative, t+ is above 1, or the polymer does not percolate.

    Notes
    -----
    Exact for any geometry (`coupled_conductivity` of the pair charge and salt) once the salt inside a grain's
    neighbourhood is steady, after about the square of the grain size over D_p; small signals, no resistance between
    grains and polymer. Before, at the highest frequencies, the composite conducts H[s_p, s_c], which is not less.
    Current that goes round through the ceramic lets salt diffuse faster than g D_p.

    References
    ----------
    .. [1] G. W. Milton, The Theory of Composites, Cambridge (2002), doi:10.1017/CBO9780511613357
    .. [2] N. P. Balsara, J. Newman, J. Electrochem. Soc. 162, A2720 (2015), doi:10.1149/2.0651514jes

    Examples
    --------
    >>> from ceramer.laws import parallel
    >>> composite_salt_transport(
    ...     lambda s: parallel(s, [0.5, 0.5]), 1.0, 1.0, 0.25, polymer_diffusivity=8e-12, polymer_transference=0.2
    ... )
    CompositeTransport(conductivity=1.0, anion_transference=0.4, diffusivity=1e-11, current_fraction=0.625)
    """
    s_p, s_c, rho, d_p, g = _checked(
        mixing_law, polymer_conductivity, ceramic_conductivity, polymer_current_fraction, polymer_diffusivity
    )
    anion = not_negative(1.0 - numbers(polymer_transference, "The transference number"), "1 - t+")
    blocked = positive(mixing_law([s_p * rho, s_c]), "The conductivity of the composite")
    sigma = blocked + g * s_p * (1.0 - rho)
    share = g * s_p / sigma
    return CompositeTransport(
        conductivity=plain(sigma),
        anion_transference=plain(share * anion),
        diffusivity=plain(g * d_p * (1.0 + (1.0 / rho - 1.0) * (1.0 - share))),
        current_fraction=plain(blocked / sigma),
    )


def composite_salt_closure(
    mixing_law: MixingLaw,
    polymer_conductivity: Numeric,
    ceramic_conductivity: Numeric,
    polymer_current_fraction: Numeric,
    *,
    polymer_diffusivity: Numeric,
    polymer_transference: Numeric,
) -> CompositeTransport:
    """Return the simplest one medium with the initial and the steady conductivity of a composite.

    ``sigma = H[s_p, s_c]``, ``D = H[1, 0] D_p``,
    ``t- = (1 - t+) sqrt[(Ne/Ne_p) H[1, 0] s_p/sigma]`` with ``Ne = H[s_p, s_c]/H[s_p rho, s_c] - 1``

    Parameters
    ----------
    mixing_law : H, function of ``[s_p, s_c]`` at fixed geometry, homogeneous of degree 1
    polymer_conductivity : s_p, [S/m]
    ceramic_conductivity : s_c, [S/m]
    polymer_current_fraction : rho = 1/(1 + Ne_p) of the polymer, [-], above 0 and below 1
    polymer_diffusivity : D_p of the salt, [m2/s]
    polymer_transference : t+ of the polymer, [-]; may be negative

    Returns
    -------
    CompositeTransport, with [units] on its fields

    Raises
    ------
    InputError
        If rho is 0, 1 or outside 0..1, a conductivity is negative, t+ is above 1, or the polymer does not percolate.

    Notes
    -----
    An assumption: grains only lengthen the path of the salt. Initial and steady resistance are those of
    `composite_current_fraction`; the steady gradient and the time to reach it are not exact, since D is too small (see
    `composite_salt_transport`).

    References
    ----------
    .. [1] N. P. Balsara, J. Newman, J. Electrochem. Soc. 162, A2720 (2015), doi:10.1149/2.0651514jes

    Examples
    --------
    >>> from ceramer.laws import parallel
    >>> composite_salt_closure(
    ...     lambda s: parallel(s, [0.5, 0.5]), 1.0, 1.0, 0.25, polymer_diffusivity=8e-12, polymer_transference=0.2
    ... )
    CompositeTransport(conductivity=1.0, anion_transference=0.2529822, diffusivity=4e-12, current_fraction=0.625)
    """
    s_p, s_c, rho, d_p, g = _checked(
        mixing_law, polymer_conductivity, ceramic_conductivity, polymer_current_fraction, polymer_diffusivity
    )
    anion = not_negative(1.0 - numbers(polymer_transference, "The transference number"), "1 - t+")
    newman = positive(1.0 / rho - 1.0, "The Newman number", "a current fraction of 1 leaves no gradient of salt")
    sigma = positive(mixing_law([s_p, s_c]), "The conductivity of the composite")
    blocked = positive(mixing_law([s_p * rho, s_c]), "The conductivity of the composite")
    ratio = (sigma / blocked - 1.0) / newman * g * s_p / sigma
    return CompositeTransport(
        conductivity=plain(sigma),
        anion_transference=plain(anion * np.sqrt(not_negative(ratio, "The ratio of Newman numbers"))),
        diffusivity=plain(g * d_p),
        current_fraction=plain(blocked / sigma),
    )
