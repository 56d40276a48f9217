"""Kramers-Kronig test of a spectrum (lin-KK) with the points and the range that fail it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.analysis.impedance._checks import check_spectrum
from ceramer.analysis.impedance._noise import LinearFit, linear_fit, relaxation_basis
from ceramer.errors import InputError

__all__ = ["KramersKronig", "kramers_kronig"]

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
_FLOOR = 1e-3
_TAIL = 4.5
_SUSPECT = 3.3
_PER_DECADE = 4.5
_MARGIN = 1.0
"""ln of how far relaxation times reach beyond the window: without it, the flank of an arc or of a blocking electrode
just outside is followed to 1 % only, and a clean spectrum fails; wider, the ends would follow a drift as well."""
_INDUCTIVE = 4.0
_PLAIN = 0.1
_SPARSE = (4.4, 2.2)
"""Largest relative residual a exp(-b d) of clean spectra at d relaxations per decade: arcs with and without constant
phase, half a decade beyond the window at most, 4 to 8 decades, 1.5 to 5 points per decade."""


@dataclass(frozen=True)
class KramersKronig:
    """Result of `kramers_kronig`; all arrays are in the order of the data.

    Attributes
    ----------
    frequency : ndarray (N,)
        [Hz].
    residuals : ndarray (N,), complex
        (Z - Z_KK)/|Z|.
    count : int
        Number of relaxations used.
    mu : float
        1 - (sum of negative)/(sum of positive) amounts; near 1 under-fitted, near 0 over-fitted.
    noise : float
        Standard deviation of one relative residual where the spectrum is valid.
    valid_range : (low, high)
        [Hz] range within which no end point departs from consistency.
    flagged : ndarray (N,), bool
        Points whose residual stands out (beyond 4.5 standard deviations and `floor`): artefacts and inconsistent ends.
    inductive : ndarray (N,), bool
        Points with a positive imaginary part, in runs that rise above the noise (4 standard deviations) somewhere.
    floor : float
        Relative residual below which nothing is flagged: 0.1 %, and more where the points lie too far apart for the
        relaxations to follow a clean spectrum as closely.
    warnings : tuple of str
        Plain sentences.
    """

    frequency: Array
    residuals: NDArray[np.complex128]
    count: int
    mu: float
    noise: float
    valid_range: tuple[float, float]
    flagged: Flags
    inductive: Flags
    floor: float
    warnings: tuple[str, ...]

    @property
    def valid(self) -> Flags:
        """Points inside the valid range that are not flagged (N,)."""
        low, high = self.valid_range
        return (self.frequency >= low) & (self.frequency <= high) & ~self.flagged

    def __str__(self) -> str:
        low, high = self.valid_range
        lines = [
            f"[[Kramers-Kronig test]] {self.count} relaxations, mu = {self.mu:.2f}, rms residual {self.noise:.2g}",
            f"    consistent from {low:.4g} to {high:.4g} Hz; {int(self.flagged.sum())} points stand out, "
            f"{int(self.inductive.sum())} are inductive",
        ]
        return "\n".join([*lines, *(f"##  Warning: {text}" for text in self.warnings)])


def kramers_kronig(frequency: ArrayLike, impedance: ArrayLike, *, limit: float = 0.85) -> KramersKronig:
    r"""Test a spectrum against the Kramers-Kronig relations without a circuit.

    Fits :math:`R + j\omega L + 1/(j\omega C) + \sum_k R_k/(1 + j\omega\tau_k)` with fixed
    :math:`\tau_k` by linear least squares; they reach a factor e beyond the window at either end, and their number
    grows, from 4.5 per decade, until mu falls below `limit`. A slow drift of the cell may pass as a slow relaxation.

    Parameters
    ----------
    frequency : array_like (N,)
        [Hz], any order, at least 8 points.
    impedance : array_like (N,), complex
        [ohm].
    limit : float
        Value of mu at which the number of relaxations is right.

    References
    ----------
    Schoenleber, M.; Klotz, D.; Ivers-Tiffee, E. Electrochim. Acta 2014, 131, 20, doi:10.1016/j.electacta.2014.01.034.
    """
    f, z = check_spectrum(frequency, impedance, 8)
    if not 0.0 < limit < 1.0:
        raise InputError(f"kramers_kronig: limit must lie between 0 and 1, got {limit}.")
    log_omega, scale = np.log(2.0 * np.pi * f), 1.0 / np.abs(z)
    spikes, floor = np.zeros(f.size, dtype=bool), _FLOOR
    for _ in range(1 + max(2, f.size // 10)):
        fit, mu = _grown(log_omega, z, np.where(spikes, 0.0, scale), limit)
        basis = relaxation_basis(log_omega, fit.taus)
        residuals = (z - fit.amounts @ basis) * scale
        size = np.abs(residuals)
        floor = max(_FLOOR, _SPARSE[0] * float(np.exp(-_SPARSE[1] * fit.taus.size / _decades(log_omega))))
        # The median of a Rayleigh distribution is 1.1774 sigma; the fit has taken up some of the noise.
        kept = 2 * int((~spikes).sum())
        share = max(fit.freedom - 2 * int(spikes.sum()), 1) / kept
        sigma = float(np.median(size[~spikes])) / 1.1774 / share**0.5
        spike = _spike(np.where(spikes, 0.0, size)[np.argsort(f)], max(_TAIL * sigma, floor))
        if spike is None:
            break
        spikes[np.argsort(f)[spike]] = True  # an artefact: fit again without it, so that its neighbours are clean
    flagged = size > max(_TAIL * sigma, floor)
    order = np.argsort(f)
    low, high = _range((size > max(_SUSPECT * sigma, floor))[order])
    valid_range = (float(f[order][low]), float(f[order][high]))
    inductive = np.zeros(f.size, dtype=bool)
    inductive[order] = _runs(z.imag[order] > 0.0, (z.imag * scale)[order] > min(_INDUCTIVE * sigma, _PLAIN))
    warnings = []
    if floor > 5.0 * _FLOOR:
        density = (f.size - 1) / float(np.log10(f.max() / f.min()))
        warnings.append(
            f"with {density:.2g} points per decade the Kramers-Kronig test sees departures above {100 * floor:.2g} % "
            "only, and arcs close to each other look like one; measure 5 or more per decade."
        )
    if valid_range != (float(f.min()), float(f.max())):
        warnings.append(
            f"not Kramers-Kronig consistent outside {valid_range[0]:.3g} to {valid_range[1]:.3g} Hz; "
            "look for drift, leads or the limit of the instrument."
        )
    inner = flagged & (f > valid_range[0]) & (f < valid_range[1])
    if inner.any():
        warnings.append(f"artefacts at {', '.join(f'{x:.3g}' for x in f[inner][:6])} Hz.")
    if inductive.any():
        span = f[inductive]
        warnings.append(
            f"{span.size} inductive points ({span.min():.3g} to {span.max():.3g} Hz), which arcs do not have: "
            "leads at high frequency, drift at low."
        )
    return KramersKronig(
        f, residuals, fit.taus.size, mu, sigma, valid_range, flagged, inductive, floor, tuple(warnings)
    )


def _decades(log_omega: Array) -> float:
    """Decades over which the relaxation times lie."""
    return (float(np.ptp(log_omega)) + 2.0 * _MARGIN) / float(np.log(10.0))


def _grown(log_omega: Array, z: NDArray[np.complex128], scale: Array, limit: float) -> tuple[LinearFit, float]:
    """Add relaxations until mu says enough, or nothing is left.

    An artefact lowers mu early, so the number starts where smooth spectra are followed.
    """
    most = max(3, min(z.size - 2, 120))
    least = min(most, max(3, round(_PER_DECADE * _decades(log_omega))))
    for count in range(least, most + 1):
        fit = linear_fit(log_omega, z, scale, count, _MARGIN)
        amounts = fit.amounts[:count]
        positive = float(amounts[amounts > 0.0].sum())
        mu = 1.0 + float(amounts[amounts < 0.0].sum()) / positive if positive > 0.0 else 0.0
        if mu < limit or fit.noise < 1e-3 * _FLOOR:
            break
    return fit, mu


def _spike(size: Array, limit: float) -> int | None:
    """Index of a lone inner point that stands above its neighbours, or None."""
    top = int(np.argmax(size))
    if size[top] <= limit or not 3 <= top < size.size - 3:
        return None
    around = np.r_[size[top - 3 : top], size[top + 1 : top + 4]]
    return top if size[top] > 2.5 * around.max() else None


def _runs(some: Flags, sure: Flags) -> Flags:
    """Runs of neighbours in `some` that hold at least one of `sure`."""
    number = np.cumsum(np.diff(some, prepend=False))
    return some & np.isin(number, np.unique(number[some & sure]))


def _range(suspect: Flags) -> tuple[int, int]:
    """First and last index such that at neither end the outermost point, or two of the outermost six, are suspect."""

    def inward(bad: Flags) -> int:
        start = 0
        while start < bad.size - 8 and (bad[start] or bad[start : start + 6].sum() > 1):
            start += 1
        return start

    return inward(suspect), suspect.size - 1 - inward(suspect[::-1])
