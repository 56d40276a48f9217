"""The noise of a spectrum without a circuit: residuals of a linear Kramers-Kronig-consistent fit."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LinearFit", "linear_fit", "relaxation_basis"]

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True, slots=True)
class LinearFit:
    """Relative residuals (N,), amounts of the elements, the relaxation times [s], rss and degrees of freedom."""

    residuals: Complex
    amounts: Array
    taus: Array
    rss: float
    freedom: int

    @property
    def noise(self) -> float:
        """Standard deviation of one relative residual."""
        return float(np.sqrt(self.rss / max(self.freedom, 1)))


def relaxation_basis(log_omega: Array, taus: Array) -> Complex:
    """Rows 1/(1 + j omega tau) (M, N), then a resistor, an inductor and a capacitor scaled to the window."""
    lowest, highest = log_omega.min(), log_omega.max()
    relaxations = 1.0 / (1.0 + 1j * np.exp(log_omega + np.log(taus)[:, None]))
    ones = np.ones_like(log_omega) + 0j
    return np.vstack([relaxations, ones, 1j * np.exp(log_omega - highest), -1j * np.exp(lowest - log_omega)])


@functools.lru_cache(maxsize=64)
def _cached(key: bytes, count: int, margin: float) -> tuple[Array, Complex]:
    log_omega = np.frombuffer(key)
    log_taus = np.linspace(-log_omega.max() - margin, -log_omega.min() + margin, count)
    taus = np.exp(log_taus)
    return taus, relaxation_basis(log_omega, taus)


def linear_fit(log_omega: Array, z: Complex, scale: Array, count: int | None = None, margin: float = 2.3) -> LinearFit:
    """Fit `z` (N,) by `count` relaxations with R, L and C by linear least squares, signs free.

    By default five relaxations per decade, enough to follow any spectrum made of relaxations to 1e-6.
    """
    points = z.size
    if count is None:
        decades = (np.ptp(log_omega) + 2.0 * margin) / np.log(10.0)
        count = int(np.clip(round(5.0 * decades), 2, max(2, points - 4)))
    taus, basis = _cached(np.ascontiguousarray(log_omega).tobytes(), count, margin)
    weighted = basis * scale
    matrix = np.concatenate([weighted.real, weighted.imag], axis=1).T
    target = np.concatenate([(z * scale).real, (z * scale).imag])
    norm = np.sqrt((matrix**2).sum(axis=0))
    # Orthogonalised once; columns that the window cannot tell apart are dropped by the truncated inverse.
    u, s, vt = np.linalg.svd(matrix / norm, full_matrices=False)
    rank = int((s > 1e-9 * s[0]).sum())
    inner = u[:, :rank].T @ target
    amounts = (vt[:rank].T @ (inner / s[:rank])) / norm
    rest = target - u[:, :rank] @ inner
    rss = float(rest @ rest)
    return LinearFit(rest[:points] + 1j * rest[points:], amounts, taus, rss, 2 * points - rank)
