"""Distribution of relaxation times: a second view of a spectrum that names no circuit."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.analysis.impedance._checks import check_spectrum
from ceramer.analysis.impedance._noise import linear_fit
from ceramer.errors import InputError

__all__ = ["DRT", "Peak", "drt"]

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Peak:
    """A peak: relaxation time [s], its resistance [ohm] (area between the valleys), peak frequency [Hz]."""

    tau: float
    resistance: float
    frequency: float


@dataclass(frozen=True)
class DRT:
    """Distribution gamma(ln tau) [ohm] on `tau` [s] (M,), with what stands outside it and its peaks by rising tau.

    `resistance` is R0 [ohm], `inductance` L [H], `capacitance` the series capacitance of a blocking end [F] (inf
    where none is needed), `penalty` the weight of the smoothness, `residuals` (Z_model - Z)/|Z| (N,).
    """

    tau: Array
    gamma: Array
    resistance: float
    inductance: float
    capacitance: float
    penalty: float
    residuals: NDArray[np.complex128]
    peaks: tuple[Peak, ...]

    @property
    def polarisation(self) -> float:
        """Sum of the distribution [ohm]."""
        return float(self.gamma.sum() * np.log(self.tau[1] / self.tau[0]))


def drt(frequency: ArrayLike, impedance: ArrayLike, *, penalty: float | None = None, density: int = 10) -> DRT:
    r"""Non-negative Tikhonov solution of

    .. math:: Z = R_0 + j\omega L + 1/(j\omega C) + \int \gamma(\ln\tau) / (1 + j\omega\tau)\, d\ln\tau.

    Curvature of gamma is penalised; without a given `penalty` it is as large as the noise of the spectrum (from a
    linear Kramers-Kronig fit) allows, so no more structure is shown than the data carry.

    Parameters
    ----------
    frequency : array_like (N,)
        [Hz], at least 8 points.
    impedance : array_like (N,), complex
        [ohm].
    penalty : float, optional
        Weight of the squared curvature relative to the misfit.
    density : int
        Relaxation times per decade.
    """
    from scipy.optimize import nnls

    f, z = check_spectrum(frequency, impedance, 8)
    if penalty is not None and not penalty > 0.0:
        raise InputError(f"drt: penalty must be positive, got {penalty}.")
    if not 3 <= density <= 40:
        raise InputError(f"drt: density must lie between 3 and 40 per decade, got {density}.")
    scale, log_omega = 1.0 / np.abs(z), np.log(2.0 * np.pi * f)
    lowest, highest = log_omega.min(), log_omega.max()
    count = max(8, round((highest - lowest + 4.6) / np.log(10.0) * density))
    log_tau = np.linspace(-highest - 2.3, -lowest + 2.3, count)
    step = log_tau[1] - log_tau[0]
    kernel = step / (1.0 + 1j * np.exp(log_omega + log_tau[:, None]))
    ends = np.stack([1.0 + 0j * log_omega, 1j * np.exp(log_omega - highest), -1j * np.exp(lowest - log_omega)])
    weighted = np.vstack([kernel, ends]) * scale
    matrix = np.concatenate([weighted.real, weighted.imag], axis=1).T
    target = np.concatenate([(z * scale).real, (z * scale).imag])
    size = float(np.median(np.abs(z)))
    norm = np.full(count + 3, size)
    curvature = np.zeros((count, count + 3))
    for k in range(count):  # beyond both ends gamma is zero
        for shift, amount in ((-1, 1.0), (0, -2.0), (1, 1.0)):
            if 0 <= k + shift < count:
                curvature[k, k + shift] = amount / step**1.5
    noise = linear_fit(log_omega, z, scale).noise
    goal = 1.1 * 2.0 * z.size * noise**2

    def solve(weight: float) -> tuple[Array, float]:
        stacked = np.vstack([matrix * norm, np.sqrt(weight) * curvature])
        amounts = nnls(stacked, np.concatenate([target, np.zeros(count)]), maxiter=60 * stacked.shape[1])[0] * norm
        rest = matrix @ amounts - target
        return amounts, float(rest @ rest)

    if penalty is None:
        low, high = -12.0, 2.0
        for _ in range(9):
            middle = 0.5 * (low + high)
            if solve(10.0**middle)[1] > goal:
                high = middle
            else:
                low = middle
        penalty = 10.0**low
    amounts, _ = solve(penalty)
    rest = matrix @ amounts - target
    gamma = amounts[:count]
    capacitance = np.exp(-lowest) / amounts[-1] if amounts[-1] > 0.0 else np.inf
    return DRT(
        np.exp(log_tau),
        gamma,
        float(amounts[count]),
        float(amounts[count + 1] * np.exp(-highest)),
        float(capacitance),
        penalty,
        rest[: z.size] + 1j * rest[z.size :],
        _peaks(log_tau, gamma, step),
    )


def _peaks(log_tau: Array, gamma: Array, step: float) -> tuple[Peak, ...]:
    inside = np.flatnonzero((gamma[1:-1] > gamma[:-2]) & (gamma[1:-1] >= gamma[2:]) & (gamma[1:-1] > 0.0)) + 1
    if not inside.size:
        return ()
    total = gamma.sum() * step
    edges = [
        0,
        *(int(a + np.argmin(gamma[a : b + 1])) for a, b in itertools.pairwise(inside)),
        gamma.size,
    ]
    found = []
    for k, (top, a, b) in enumerate(zip(inside, edges[:-1], edges[1:], strict=True)):
        area = float(gamma[a + (k > 0) : b + 1].sum() * step)
        if area > 1e-3 * total:
            tau = float(np.exp(log_tau[top]))
            found.append(Peak(tau, area, 1.0 / (2.0 * np.pi * tau)))
    return tuple(found)
