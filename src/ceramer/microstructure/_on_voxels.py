"""Composites on a voxel image: the same questions as a closed form answers, answered by solves."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure._phase import Medium
from ceramer.provenance import Ledger

if TYPE_CHECKING:
    from ceramer.microstructure.voxels import Mixture, VoxelImage
    from ceramer.microstructure.voxels._recipe import MicrostructureSpec

__all__ = ["VoxelComposite", "load_mixtures", "match_phases"]

_NEAR = 0.005  # how far a stated volume fraction may be from that of the image


@dataclass(frozen=True, slots=True, eq=False)
class VoxelComposite:
    """Media that share a volume as a voxel image says, with effective properties from solves on it.

    Attributes
    ----------
    name : str
    phases : tuple of (Medium, volume fraction in the image)
    image_phases : tuple of str
        Their names in the image, in the same order.
    ions : Mixture
        The image with its contacts and sheets. Both belong to lithium and do not change with temperature.
    electrons : Mixture
        The image alone.
    """

    name: str
    phases: tuple[tuple[Medium, float], ...]
    image_phases: tuple[str, ...]
    ions: Mixture = field(repr=False)
    electrons: Mixture = field(repr=False)

    @property
    def fractions(self) -> tuple[float, ...]:
        """Volume fractions in the order of the phases."""
        return tuple(fraction for _, fraction in self.phases)

    @property
    def provenance(self) -> str:
        """Which image stands behind every number, in one line."""
        return self.ions.provenance

    def _named(self, values: Sequence[float]) -> dict[str, float]:
        return dict(zip(self.image_phases, values, strict=True))

    def _ionic(self, temperature: float) -> list[float]:
        return [medium.ionic_conductivity(temperature) for medium, _ in self.phases]

    def mix(self, conductivities: Sequence[float]) -> float:
        """Effective conductivity H[s_1, s_2, ...] of the image alone, without contacts and sheets."""
        return self.electrons(self._named(conductivities))

    def ionic_conductivity(self, temperature: float) -> float:
        """Effective ionic conductivity [S/m] at `temperature` [K].

        Raises
        ------
        InputError
            Nothing that conducts ions reaches through the image.
        """
        value = self.ions(self._named(self._ionic(temperature)))
        if value == 0.0:
            raise InputError(
                f"No phase of {self.name} that conducts ions reaches through its image ({self.provenance}); choose "
                "another direction, another image, or a layer without it."
            )
        return value

    def electronic_conductivity(self, temperature: float) -> float:
        """Effective electronic conductivity [S/m]; contacts and sheets are left out."""
        values = [medium.electronic_conductivity(temperature) for medium, _ in self.phases]
        return self.electrons(self._named(values))

    def density(self) -> float:
        """Mass density [kg/m3], volumes additive."""
        return sum(fraction * medium.density() for medium, fraction in self.phases)

    def current_fraction(self, temperature: float) -> float:
        r"""Bruce-Vincent ratio by two solves: :math:`t_{BV} = H[\sigma_k f_k]/H[\sigma_k]`, f_k that of each phase.

        Valid where the ceramic blocks anions, so that their flux is 0 everywhere at steady state.
        """
        sigmas = self._ionic(temperature)
        steady = [
            s * medium.current_fraction(temperature) if s else 0.0
            for s, (medium, _) in zip(sigmas, self.phases, strict=True)
        ]
        return self.ions(self._named(steady)) / self.ions(self._named(sigmas))

    def path_shares(self, temperature: float) -> dict[str, float]:
        """Share of the dissipation in each path: phases by their names in the image, "a|b" for a contact or sheet."""
        return self.ions.shares(self._named(self._ionic(temperature)))

    def discretisation_error(self, temperature: float) -> float:
        """Return the relative change of the ionic conductivity when the image is halved in resolution."""
        return self.ions.discretisation_error(self._named(self._ionic(temperature)))


def load_mixtures(
    source: MicrostructureSpec | Path,
    ledger: Ledger,
    *,
    fractions: Mapping[str, float],
    voxel_size: float | None,
    direction: Literal["z", "y", "x", "mean"],
) -> tuple[Mixture, Mixture]:
    """Return what a recipe or an image file conducts: ions (with contacts and sheets) and electrons (without).

    Parameters
    ----------
    source : MicrostructureSpec or Path
        A recipe is made with the volume fraction of `fractions` where its generator has one to set, once for each.
    ledger : Ledger
        Where sheet conductances are read. The geometry of a recipe is a choice and not an uncertain number: its
        voxel size is read from the book behind the ledger.
    """
    from ceramer import units

    if isinstance(source, Path):
        if not source.exists():
            raise InputError(f"There is no image {source}.")
        stamp = source.stat().st_mtime_ns
        mixture = _kept(_Key(("file", str(source), stamp, voxel_size), lambda: _read(source, voxel_size)), direction)
        return mixture, mixture
    if voxel_size is not None:
        raise InputError(f"{source.name}: a recipe holds its own voxel_size; leave it out beside the file.")
    rounded = {name: round(value, 4) for name, value in fractions.items()}
    spec = source.with_fraction(rounded)
    book = ledger.book
    key = repr((spec.generator, spec.shape, spec.voxel_size.read(book.ledger()), spec.seed, spec.parameters))
    bare_key = _Key(("recipe", key), lambda: spec.make(book.ledger()))
    bare = _kept(bare_key, direction)
    contacts = {
        c.between: units.to_si(c.areal_conductance, "areal_conductance", f"{spec.name}: interface")
        for c in spec.interfaces
    }
    sheets = {s.between: s.sheet_conductance.read(ledger) for s in spec.sheets}
    if not contacts and not sheets:
        return bare, bare
    return _kept(bare_key, direction, tuple(contacts.items()), tuple(sheets.items())), bare


class _Key:
    """A cache key that carries the way to make what it stands for."""

    def __init__(self, key: Any, make: Any) -> None:
        self.key, self.make = key, make

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.key == self.key


@functools.lru_cache(maxsize=8)
def _image(key: _Key) -> VoxelImage:
    image: VoxelImage = key.make()
    return image


_Pairs = tuple[tuple[tuple[str, str], float], ...]


@functools.lru_cache(maxsize=64)
def _kept(key: _Key, direction: Literal["z", "y", "x", "mean"], contacts: _Pairs = (), sheets: _Pairs = ()) -> Mixture:
    from ceramer.microstructure.voxels import Mixture

    return Mixture(_image(key), direction, dict(contacts), dict(sheets))


def _read(path: Path, voxel_size: float | None) -> VoxelImage:
    from ceramer.microstructure.voxels import read_image

    return read_image(path, voxel_size)


def match_phases(name: str, image: VoxelImage, given: Mapping[str, float | None]) -> tuple[float, ...]:
    """Return the volume fraction in the image of every phase in `given`, or say what does not fit.

    Parameters
    ----------
    given : name in the image -> volume fraction stated, or None where the image decides
    """
    found = {phase: share for phase, share in image.fractions().items() if share > 0.0}
    for phase in given:
        if phase not in image.phases.values():
            raise UnknownNameError(f"phase in the image of {name}", phase, image.phases.values(), "(image_phase)")
    for phase in found:
        if phase not in given:
            raise InputError(
                f"{name}: the phase {phase!r} of the image has no medium; add one to phases with this image_phase."
            )
    for phase, stated in given.items():
        share = found.get(phase, 0.0)
        if stated is not None and abs(share - stated) > _NEAR:
            raise InputError(
                f"{name}: {phase!r} fills {100 * share:.1f} % of the image and {100 * stated:.1f} % is stated; write "
                'volume_fraction = "image", or take an image of that fraction.'
            )
    return tuple(found.get(phase, 0.0) for phase in given)
