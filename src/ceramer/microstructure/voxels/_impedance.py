"""Impedance of a voxel image: one complex solve a frequency."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ceramer.errors import InputError, NotConvergedError
from ceramer.measurement import Measurement
from ceramer.microstructure.voxels._result import Path
from ceramer.microstructure.voxels._solve import SolveMemory, effective_conductivity
from ceramer.units import VACUUM_PERMITTIVITY, to_si

__all__ = ["EffectiveImpedance", "effective_impedance"]

Number = float | str


@dataclass(frozen=True, eq=False)
class EffectiveImpedance:
    """Spectrum of a slab of the microstructure between ideal electrodes.

    Attributes
    ----------
    frequency : array, [Hz]
    conductivity : complex array, [S/m]
        Effective sigma + i omega epsilon, one a frequency.
    thickness, area : of the slab [m], [m2]
    error_estimate : array, estimated relative error of each solve
    power_shares : path -> complex array
        Share of each phase, contact and sheet, :math:`\\partial\\ln\\sigma^*/\\partial\\ln s_k`; they sum to 1.
    """

    frequency: NDArray[np.float64]
    conductivity: NDArray[np.complex128]
    thickness: float
    area: float
    error_estimate: NDArray[np.float64]
    power_shares: Mapping[Path, NDArray[np.complex128]] = field(repr=False)

    @property
    def impedance(self) -> NDArray[np.complex128]:
        """Z = L/(A sigma*) [ohm], imaginary part negative for a capacitor."""
        return self.thickness / (self.area * self.conductivity)

    def measurement(self) -> Measurement:
        """Return the spectrum as a `Measurement`, which every analysis reads."""
        z = self.impedance
        return Measurement(
            {"Frequency / Hz": self.frequency, "Real Impedance / ohm": z.real, "Imaginary Impedance / ohm": z.imag},
            area=f"{self.area!r} m2",  # type: ignore[arg-type]
            thickness=f"{self.thickness!r} m",  # type: ignore[arg-type]
            technique="EIS",
            source="solved on a voxel image",
        )


def effective_impedance(
    labels: Any,
    phases: Mapping[Any, tuple[Number, Number]],
    frequencies: ArrayLike,
    *,
    interfaces: Mapping[tuple[Any, Any], tuple[Number, Number]] | None = None,
    thickness: Number = 1.0,
    area: Number = 1.0,
    direction: str = "z",
    tolerance: float = 1e-6,
    progress: Callable[[str, int, float], object] | None = None,
    **more: Any,
) -> EffectiveImpedance:
    r"""Impedance spectrum of an image of conducting dielectrics and of R||C contacts.

    Solves :math:`\nabla\cdot(s\nabla\varphi) = 0` at each frequency with

    .. math:: s_k = \sigma_k + i\omega\varepsilon_0\varepsilon_{r,k}, \qquad G_{ab}(\omega) = G_{ab} + i\omega C_{ab}.

    Parameters
    ----------
    labels : array or VoxelImage
        As for `effective_conductivity`.
    phases : label or phase name -> (conductivity [S/m], relative permittivity [-])
        Numbers, or text with a unit.
    frequencies : array, [Hz]
        Above 0.
    interfaces : pair -> (areal conductance [S/m2], areal capacitance [F/m2]), optional
        A contact or, with the grains of an image, a grain boundary (a, a): conductance and capacitance in parallel.
    thickness, area : of the slab [m], [m2]
        Only scale the impedance: the image stands for the material, not for the slab.
    direction : axis
    tolerance : relative error of each solve
    progress : callable, optional
        Called with ("f of n", iteration, estimated relative error).
    **more
        Further arguments of `effective_conductivity` (voxel_size, grains, smooth, periodic, sheets, device).

    Returns
    -------
    EffectiveImpedance

    Raises
    ------
    InputError
        Frequencies that are not positive, pairs that are not two numbers, or what `effective_conductivity` refuses.
    NotConvergedError
        A solve that stopped before its tolerance.

    Notes
    -----
    From the highest frequency downwards, each solve starts from the best combination of the last four: most of the low
    frequencies cost an iteration or two. 64 bytes a voxel for it, beside the 166 of a complex solve.

    Electrodes are ideal: double layers and charge transfer are the cell's. Valid below the frequencies where waves
    matter, with properties that do not depend on frequency. A grain of 0.3 S/m and permittivity 15 relaxes near
    0.4 GHz: instruments that stop at some MHz see its resistance only, and the arcs of its boundaries.
    """
    f = np.atleast_1d(np.asarray(frequencies, dtype=float))
    if f.ndim != 1 or f.size == 0 or not np.isfinite(f).all() or (f <= 0.0).any():
        raise InputError("frequencies must be a list of finite numbers above 0 [Hz]; take the DC value from 1 Hz.")
    bulk = {key: _pair(key, pair, ("conductivity", "ratio"), "phases") for key, pair in phases.items()}
    contacts = {
        key: _pair(key, pair, ("areal_conductance", "areal_capacitance"), "interfaces")
        for key, pair in (interfaces or {}).items()
    }
    slab = [_positive(given, name) for given, name in ((thickness, "length"), (area, "area"))]
    values, errors = np.zeros(f.size, complex), np.zeros(f.size)
    shares: dict[Path, NDArray[np.complex128]] = {}
    memory = SolveMemory()
    for done, n in enumerate(np.argsort(-f, kind="stable")):
        omega = 2.0 * math.pi * f[n]
        result = effective_conductivity(
            labels,
            {key: complex(sigma, omega * VACUUM_PERMITTIVITY * kappa) for key, (sigma, kappa) in bulk.items()},
            interfaces={key: complex(g, omega * c) if c else g for key, (g, c) in contacts.items()},
            directions=direction,
            tolerance=tolerance,
            memory=memory,
            progress=None if progress is None else _named(progress, f"{done + 1} of {f.size}"),
            **more,
        )
        if not result.converged:
            raise NotConvergedError(f"The solve at {f[n]:g} Hz did not reach {tolerance:g}: {result}.")
        values[n], errors[n] = result.along(direction), result.error_estimate[direction]
        for path, share in result.power_shares[direction].items():
            shares.setdefault(path, np.zeros(f.size, complex))[n] = share
    if (values == 0.0).any():
        raise InputError(
            f"Nothing that conducts reaches through the image along {direction}; its impedance is infinite."
        )
    return EffectiveImpedance(f, values, slab[0], slab[1], errors, shares)


def _pair(key: Any, given: Any, dimensions: Sequence[str], where: str) -> tuple[float, float]:
    if isinstance(given, str) or np.ndim(given) != 1 or len(given) != 2:
        raise InputError(f"{where} gives {given!r} for {key}; give two numbers ({' and '.join(dimensions)}).")
    one, other = (
        to_si(x, dimension, f"{where} {key}") if isinstance(x, str) else float(x)
        for x, dimension in zip(given, dimensions, strict=True)
    )
    if not (one >= 0.0 and other >= 0.0 and math.isfinite(other)):
        raise InputError(f"{where} gives ({one:g}, {other:g}) for {key}; both are 0 or more.")
    return one, other


def _positive(given: Number, dimension: str) -> float:
    value = to_si(given, dimension) if isinstance(given, str) else float(given)
    if not (math.isfinite(value) and value > 0.0):
        raise InputError(f"the {dimension} of the slab is {value:g}; it must be above 0.")
    return value


def _named(progress: Callable[[str, int, float], object], name: str) -> Callable[[str, int, float], object]:
    return lambda _, iteration, error: progress(name, iteration, error)
