"""A checked spectrum with its weights, and the circuit-free fit that tells its noise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.analysis.impedance._checks import check_spectrum
from ceramer.analysis.impedance._noise import LinearFit, linear_fit
from ceramer.errors import UnknownNameError

__all__ = ["Data"]

WEIGHTINGS = ("modulus", "unit")


@dataclass(frozen=True)
class Data:
    """Frequency [Hz], impedance z [ohm], the weight of each point [1/ohm] and ln(omega), all (N,)."""

    frequency: NDArray[np.float64]
    z: NDArray[np.complex128]
    scale: NDArray[np.float64]
    log_omega: NDArray[np.float64]
    weighting: str

    @classmethod
    def of(cls, frequency: ArrayLike, impedance: ArrayLike, weighting: str = "modulus", minimum: int = 3) -> Data:
        """Check a spectrum; weights are 1/|Z| ("modulus") or 1/median|Z| ("unit")."""
        f, z = check_spectrum(frequency, impedance, minimum)
        if weighting == "modulus":
            scale = 1.0 / np.abs(z)
        elif weighting == "unit":
            scale = np.full(z.size, 1.0 / float(np.median(np.abs(z))))
        else:
            raise UnknownNameError("weighting", str(weighting), WEIGHTINGS)
        return cls(f, z, scale, np.log(2.0 * np.pi * f), weighting)

    @property
    def size(self) -> int:
        """Number of points."""
        return self.z.size

    @cached_property
    def linear(self) -> LinearFit:
        """Circuit-free Kramers-Kronig-consistent fit."""
        return linear_fit(self.log_omega, self.z, self.scale)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """Indices by rising frequency."""
        return np.argsort(self.log_omega)

    @cached_property
    def window(self) -> tuple[float, float]:
        """Lowest and highest ln(omega)."""
        return float(self.log_omega.min()), float(self.log_omega.max())

    @cached_property
    def log_range(self) -> tuple[float, float, float]:
        """ln of the least, the median and the largest |Z|."""
        size = np.abs(self.z)
        return float(np.log(size.min())), float(np.log(np.median(size))), float(np.log(size.max()))

    @cached_property
    def _profile(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self.log_omega[self.order], np.log(np.abs(self.z))[self.order]

    def log_modulus(self, log_omega: NDArray[np.float64]) -> NDArray[np.float64]:
        """ln|Z| at other angular frequencies, interpolated, constant outside the window."""
        return np.interp(log_omega, *self._profile)
