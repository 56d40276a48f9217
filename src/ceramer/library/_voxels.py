"""The voxel answer beside the closed form: the same phases and fractions on a generated image, solved.

Geometry comes from the files in ``data/microstructures``; volume fractions and conductivities are read through the
ledger like everywhere else. The error is that of the voxels: the difference to the same image at half the resolution.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files

from ceramer import laws, units
from ceramer.library._systems import load_medium, load_stack
from ceramer.microstructure import Composite
from ceramer.microstructure.voxels import MicrostructureSpec, VoxelImage, coarsened, effective_conductivity
from ceramer.provenance import Book, Ledger, validate

__all__ = ["VOXELS", "VoxelModel"]

_T22, _T30 = units.ZERO_CELSIUS + 22.0, units.ZERO_CELSIUS + 30.0
_TOLERANCE = 1e-4


@dataclass(frozen=True, slots=True)
class VoxelModel:
    """One claim on an image: `calculate(ledger, image)` in SI units, run on the image and on its half."""

    picture: str
    structure: str
    share: Callable[[Ledger], float]
    calculate: Callable[[Ledger, VoxelImage], float]

    def run(self, ledger: Ledger) -> tuple[float, float]:
        """Return the value and what the voxels cost it."""
        fine, half = _images(self.structure, round(self.share(ledger), 4))
        value = self.calculate(ledger, fine)
        return value, abs(value - self.calculate(ledger, half))


@functools.lru_cache(maxsize=16)
def _images(structure: str, share: float) -> tuple[VoxelImage, VoxelImage]:
    """Return an image with the given share in its first named parameter, and the image at half the resolution."""
    text = files("ceramer.library").joinpath(f"data/microstructures/{structure}.toml").read_text(encoding="utf-8")
    spec = validate(MicrostructureSpec, tomllib.loads(text), structure)
    varied = next(name for name in ("fraction", "porosity", "relative_density") if name in spec.parameters)
    image = spec.model_copy(update={"parameters": {**spec.parameters, varied: share}}).make(Book().ledger())
    return image, coarsened(image)


def _mix(image: VoxelImage, conductivities: Mapping[str, float]) -> float:
    largest = max(conductivities.values())
    scaled = {name: value / largest for name, value in conductivities.items()}  # homogeneous of degree 1
    return largest * float(effective_conductivity(image, scaled, tolerance=_TOLERANCE).mean)


def _composite(name: str, ledger: Ledger) -> Composite:
    medium = load_medium(name, ledger)
    assert isinstance(medium, Composite)
    return medium


def _ionic(name: str, phases: tuple[str, str], ledger: Ledger, image: VoxelImage) -> float:
    values = [medium.ionic_conductivity(_T30) for medium, _ in _composite(name, ledger).phases]
    return _mix(image, dict(zip(phases, values, strict=True)))


def _electronic(name: str, phases: tuple[str, str], ledger: Ledger, image: VoxelImage) -> float:
    values = [medium.electronic_conductivity(_T30) for medium, _ in _composite(name, ledger).phases]
    return _mix(image, dict(zip(phases, values, strict=True)))


def _transference(name: str, phases: tuple[str, str], ledger: Ledger, image: VoxelImage) -> float:
    """Two solves: t_BV = H[f s_p, s_c] / H[s_p, s_c]."""
    (polymer, _), (ceramic, _) = _composite(name, ledger).phases
    soft, hard = polymer.ionic_conductivity(_T30), ceramic.ionic_conductivity(_T30)
    start = _mix(image, {phases[0]: soft, phases[1]: hard})
    return _mix(image, {phases[0]: soft * polymer.current_fraction(_T30), phases[1]: hard}) / start


def _sandwich(name: str, ledger: Ledger, image: VoxelImage) -> float:
    stack = load_stack(name, ledger)
    film, pellet = stack.layers[0], stack.layers[1]
    soft, hard = film.medium.ionic_conductivity(_T22), pellet.medium.ionic_conductivity(_T22)
    wet = _mix(image, {"pore": soft, "grain": hard})
    both = stack.thickness - pellet.thickness
    return float(laws.series_conductivity([both, pellet.thickness], [soft, wet]))


def _fraction(name: str, phase: int, ledger: Ledger) -> float:
    return _composite(name, ledger).fractions[phase]


_PCE, _CSE = ("matrix", "particle"), ("pore", "framework")
_Calculation = Callable[[str, tuple[str, str], Ledger, VoxelImage], float]


def _pce(calculate: _Calculation) -> tuple[VoxelModel, ...]:
    return tuple(
        VoxelModel(
            f"voxels: {picture}",
            structure,
            functools.partial(_fraction, "PCE", 1),
            functools.partial(calculate, "PCE", _PCE),
        )
        for picture, structure in (("spheres kept apart", "PCE_coated"), ("spheres that may touch", "PCE_touching"))
    )


def _cse(calculate: _Calculation) -> tuple[VoxelModel, ...]:
    share = functools.partial(_fraction, "CSE", 0)
    return (VoxelModel("voxels: filled framework", "CSE_framework", share, functools.partial(calculate, "CSE", _CSE)),)


def _pellet(name: str, porosity: str) -> tuple[VoxelModel, ...]:
    def density(ledger: Ledger) -> float:
        return 1.0 - ledger(porosity)

    return (
        VoxelModel(
            "voxels: every pore of the pellet filled", "pressed_pellet", density, functools.partial(_sandwich, name)
        ),
    )


VOXELS: Mapping[str, tuple[VoxelModel, ...]] = {
    "A0067": _pce(_ionic),
    "A0018": _pce(_electronic),
    "A0069": _pce(_transference),
    "F001-118": _cse(_ionic),
    "F001-123": _cse(_transference),
    "A0409": _pellet("UVEA-LATP-UVEA", "pellet.porosity_sintered"),
    "A0410": _pellet("UVEA-LVO-UVEA", "pellet.porosity_cold_pressed"),
}
"""Voxel models by the claim that they answer."""
