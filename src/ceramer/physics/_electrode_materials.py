"""Active materials of the papers as the engine takes them: their open-circuit potential and insertion kinetics."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from ceramer import laws
from ceramer.cell import Electrode
from ceramer.errors import InputError, UnknownNameError
from ceramer.physics._cathode import InsertionLaws
from ceramer.physics._layers import ActiveMaterial
from ceramer.units import FARADAY

__all__ = ["INSERTION", "Insertion", "active_material"]


def _square_root(c: Any, x: Any) -> Any:
    """Return sqrt(c x (1 - x)), the part of `laws.insertion_exchange_current` that varies."""
    return np.sqrt(c * x * (1.0 - x))


def _one(x: Any) -> Any:
    return 1.0 + 0.0 * x


def _lfp(x: Any) -> Any:
    """Return the potential of LFP, closed by 0.6 V at both ends, where the fit stops at 3.91 V and 2.49 V.

    Between 2.5 V and 3.8 V that moves an end by less than 0.3 % of the sites.
    """
    return laws.lfp_potential(x) + 0.6 * np.exp(-1500.0 * x) - 0.6 * np.exp(1500.0 * (x - 0.999))


@dataclass(frozen=True)
class Insertion:
    """Laws of one active material, its lithium as assembled, the stoichiometries between which they hold, and what of
    them is assumed."""

    laws: InsertionLaws
    assembled: float
    window: tuple[float, float]
    assumed: str = ""


_NMC: Final = Insertion(InsertionLaws(laws.nmc811_slow_potential, _square_root, _one), 0.99, (0.02, 1.0))
_WALLS: Final = "its potential is closed by a wall below 2.49 V and above 3.91 V (assumed; 0.3 % of the sites at most)"
INSERTION: Final = {
    "LFP": Insertion(InsertionLaws(_lfp, _square_root, _one), 0.98, (0.0, 1.0), _WALLS),
    "NMC811": _NMC,
    "ZS-NMC": replace(_NMC, assumed="its potential is that of NMC811 (assumed)"),
}
"""By the name of the catalogue; the potential of ZS-NMC is taken as that of NMC811."""


def active_material(electrode: Electrode, temperature: float, said: list[str]) -> ActiveMaterial:
    """Return the particles of a porous electrode; what had to be assumed is added to `said`."""
    material = electrode.active
    if material is None or electrode.material not in INSERTION:
        raise UnknownNameError(
            "active material with an open-circuit potential",
            electrode.material,
            INSERTION,
            "Give your own as a PorousCathode of ceramer.physics.",
        )
    insertion = INSERTION[electrode.material]
    if not electrode.thickness > 0.0 or not 0.0 < electrode.porosity < 1.0:
        raise InputError(f"The electrode {electrode.material} needs a porosity between 0 and 1 to be simulated.")
    if insertion.assumed:
        said.append(f"{electrode.material}: {insertion.assumed}")
    if electrode.stoichiometry is None:
        said.append(f"{electrode.material}: {insertion.assembled:g} of its sites are filled as assembled (assumed)")
    maximum = material.maximum_concentration()
    half_full = float(laws.insertion_exchange_current(1.0, 1000.0, 0.5, 1.0)) * maximum
    exchange = electrode.exchange_current_density
    rate = exchange / half_full if exchange is not None else material.insertion_rate_constant(temperature)
    radius = electrode.particle_radius
    if radius is None:
        radius = material.get("particle_radius")
        said.append(f"{electrode.material}: particles of {radius * 1e6:.3g} um radius (catalogue)")
    diffusivity = electrode.lithium_diffusivity
    if diffusivity is None:
        diffusivity = material.at("lithium_diffusivity", temperature)
        said.append(f"{electrode.material}: lithium diffuses with {diffusivity:.2g} m2/s (catalogue)")
    capacitance = electrode.double_layer_capacitance
    if capacitance is None:
        said.append(f"{electrode.material}: no double layer on the particles (it would smooth the first instants)")
    return ActiveMaterial(
        name=electrode.material,
        laws=insertion.laws,
        radius=radius,
        volume_fraction=electrode.loading / material.density() / electrode.thickness,
        maximum_concentration=maximum,
        stoichiometry=electrode.stoichiometry or insertion.assembled,
        diffusivity_factor=diffusivity,
        exchange_factor=FARADAY * rate * maximum,
        film_resistance=electrode.film_resistance,
        capacitance=capacitance or 0.0,
        window=insertion.window,
    )
