"""Composites in closed form: media, volume fractions and a structure that says how they touch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ceramer import laws
from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure._phase import Medium

__all__ = ["STRUCTURES", "Composite"]

STRUCTURES: Final[Mapping[str, str]] = {
    "series": "sheets across the current",
    "parallel": "sheets along the current",
    "hashin_shtrikman_lower": "grains coated by the worst phase",
    "hashin_shtrikman_upper": "grains coated by the best phase",
    "between_bounds": "between the two, by a weight from 0 (lower) to 1 (upper)",
    "maxwell": "separate spheres in the first phase",
    "bruggeman": "grains of every phase, mixed at random",
    "filled_pores": "an insulating first phase whose pores the second fills, with a tortuosity",
}
"""Structures by name, and the picture that each stands for."""

_SIMPLE: Final[Mapping[str, Callable[[Sequence[float], Sequence[float]], object]]] = {
    "series": laws.series,
    "parallel": laws.parallel,
    "hashin_shtrikman_lower": laws.hashin_shtrikman_lower,
    "hashin_shtrikman_upper": laws.hashin_shtrikman_upper,
    "maxwell": lambda sigmas, fractions: laws.maxwell(sigmas[0], sigmas[1:], fractions[1:]),
    "bruggeman": laws.bruggeman_symmetric,
}


@dataclass(frozen=True, slots=True)
class Composite:
    """Media that share a volume, with effective properties from one mixing law.

    Attributes
    ----------
    name : str
    phases : tuple of (Medium, volume fraction)
        The first phase is the matrix where the structure has one.
    structure : str
        A key of `STRUCTURES`.
    weight : float
        For "between_bounds": 0 is the lower Hashin-Shtrikman bound (coated grains), 1 the upper.
    tortuosity : float or None
        For "filled_pores": sigma = sigma_pore eps / tau (default: Bruggeman's eps^-0.5).
    specific_interface_area : float
        Area of the internal interface per volume [1/m].
    interphase_sheet_conductance : float
        Sheet conductance of the fast path along it [S]; its most is (2/3) a S (isotropic surface).
    exchange_conductance : float or None
        Between two skeletons [S/m3]; None where the phases share one potential.
    """

    name: str
    phases: tuple[tuple[Medium, float], ...]
    structure: str = "bruggeman"
    weight: float = 0.5
    tortuosity: float | None = None
    specific_interface_area: float = 0.0
    interphase_sheet_conductance: float = 0.0
    exchange_conductance: float | None = None

    def __post_init__(self) -> None:
        total = sum(fraction for _, fraction in self.phases)
        if abs(total - 1.0) > 1e-6:
            raise InputError(f"The volume fractions of {self.name} sum to {total:.4f}, not 1.")
        if any(fraction < 0.0 for _, fraction in self.phases):
            raise InputError(f"A volume fraction of {self.name} is negative.")
        if self.structure not in STRUCTURES:
            raise UnknownNameError("structure", self.structure, STRUCTURES)
        if self.structure == "filled_pores" and len(self.phases) != 2:
            raise InputError(f"The structure filled_pores of {self.name} needs two phases: the host, then the filling.")
        if not 0.0 <= self.weight <= 1.0:
            raise InputError(f"The structure weight of {self.name} is {self.weight}; it lies between 0 and 1.")

    def __repr__(self) -> str:
        phases = ", ".join(f"{medium.name} {100.0 * fraction:.4g} vol%" for medium, fraction in self.phases)
        return f"<Composite {self.name}: {phases}; {self.structure}>"

    @property
    def fractions(self) -> tuple[float, ...]:
        """Volume fractions in the order of the phases."""
        return tuple(fraction for _, fraction in self.phases)

    def mix(self, conductivities: Sequence[float]) -> float:
        r"""Effective conductivity H[s_1, s_2, ...] of this geometry, without its interphase.

        "between_bounds" is :math:`H = H_-^{1-w} H_+^{w}`, homogeneous of degree 1 like its ends.
        """
        sigmas, fractions = list(conductivities), list(self.fractions)
        if self.structure == "filled_pores":
            tortuosity = self.tortuosity if self.tortuosity is not None else fractions[1] ** -0.5
            if sigmas[0] != 0.0:
                raise InputError(f"The host of {self.name} conducts, so filled_pores does not apply; use bruggeman.")
            return sigmas[1] * fractions[1] / tortuosity
        if self.structure == "between_bounds":
            low = float(laws.hashin_shtrikman_lower(sigmas, fractions))
            high = float(laws.hashin_shtrikman_upper(sigmas, fractions))
            return float(low ** (1.0 - self.weight) * high**self.weight)
        return float(_SIMPLE[self.structure](sigmas, fractions))  # type: ignore[arg-type]

    def ionic_conductivity(self, temperature: float) -> float:
        """Effective ionic conductivity [S/m] at `temperature` [K], interphase path added in parallel."""
        bulk = self.mix([medium.ionic_conductivity(temperature) for medium, _ in self.phases])
        if not self.interphase_sheet_conductance:
            return bulk
        return bulk + float(
            laws.isotropic_sheet_contribution(self.specific_interface_area, self.interphase_sheet_conductance)
        )

    def electronic_conductivity(self, temperature: float) -> float:
        """Effective electronic conductivity [S/m] of the same geometry."""
        return self.mix([medium.electronic_conductivity(temperature) for medium, _ in self.phases])

    def density(self) -> float:
        """Mass density [kg/m3], volumes additive."""
        return sum(fraction * medium.density() for medium, fraction in self.phases)

    def current_fraction(self, temperature: float) -> float:
        r"""Bruce-Vincent ratio of the composite at `temperature` [K].

        Where the ceramic blocks anions, N- = 0 everywhere at steady state, so every phase conducts with
        sigma_k/(1+Ne_k): :math:`t_{BV} = H[\sigma_k f_k] / H[\sigma_k]` with f_k the phases' own current fractions.
        """
        sigmas = [medium.ionic_conductivity(temperature) for medium, _ in self.phases]
        steady = [
            s * medium.current_fraction(temperature) if s else 0.0
            for s, (medium, _) in zip(sigmas, self.phases, strict=True)
        ]
        return self.mix(steady) / self.mix(sigmas)

    def path_shares(self, temperature: float) -> tuple[float, ...]:
        """Share of the dissipation (of the current paths) in each phase; they sum to 1."""
        sigmas = [medium.ionic_conductivity(temperature) for medium, _ in self.phases]
        total = self.mix(sigmas)
        shares = []
        for k, sigma in enumerate(sigmas):
            step = 1e-5 * sigma
            up, down = [*sigmas], [*sigmas]
            up[k], down[k] = sigma + step, sigma - step
            shares.append(sigma * (self.mix(up) - self.mix(down)) / (2.0 * step * total) if sigma else 0.0)
        return tuple(shares)
