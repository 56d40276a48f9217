"""Isotope exchange on a cell: 6Li foils, a protocol, and the 6Li of each lithium population afterwards."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ceramer.errors import InputError
from ceramer.experiments._protocol import Protocol, resolve
from ceramer.units import FARADAY

if TYPE_CHECKING:
    from ceramer.cell import Cell, Electrode
    from ceramer.physics import Foil, IsotopeResult, Population

__all__ = ["simulate_isotopes"]


def _ceramic_lithium(medium: Any) -> float:
    """Lithium per volume of a ceramic phase from its formula [mol/m3]."""
    from ceramer.formulation import lithium_per_formula

    material = medium.material
    if material is None or material.formula is None:
        raise InputError(
            f"{medium.name}: its lithium content is not known; name a catalogue material that has a formula."
        )
    return float(lithium_per_formula(material.formula) * material.density() / material.molar_mass())


def _populations(cell: Cell, haven_ratio: float, surface: float) -> list[Population]:
    """Return one population for each phase of the only layer that conducts lithium."""
    from ceramer.physics import Polymer, Population, TetheredPolymer, layer_model

    layer = cell.stack.layers[0]
    medium: Any = layer.medium
    temperature = cell.temperature
    phases = medium.phases if hasattr(medium, "phases") else ((medium, 1.0),)
    found = []
    for k, (phase, fraction) in enumerate(phases):
        if not phase.ionic_conductivity(temperature) > 0.0:
            continue
        alone = [0.0] * len(phases)
        alone[k] = 1.0
        share = float(medium.mix(alone)) if hasattr(medium, "mix") else 1.0
        model = layer_model(type(layer)(phase.name, layer.thickness, phase), temperature)
        if isinstance(model, TetheredPolymer):
            lithium = model.anion_concentration + model.tethered_concentration
        else:
            lithium = model.salt_concentration if isinstance(model, Polymer) else _ceramic_lithium(phase)
        found.append(
            Population(
                name=phase.name,
                concentration=lithium * fraction,
                # a phase that does not percolate by itself still mixes along the other one
                conductivity=phase.ionic_conductivity(temperature) * (share or fraction**1.5),
                haven_ratio=haven_ratio,
                exchange_current_density=surface * fraction,
            )
        )
    return found


def _foil(electrode: Electrode, enrichment: float) -> Foil:
    from ceramer.physics import Foil

    if electrode.type != "lithium":
        raise InputError(f"Isotopes come from lithium foils, and {electrode.material} is none.")
    return Foil(amount=electrode.areal_capacity / FARADAY, enrichment=enrichment)


def simulate_isotopes(
    cell: Cell,
    protocol: Protocol,
    *,
    enrichment: float = 0.95,
    haven_ratio: float = 1.0,
    exchange_time: float = math.inf,
) -> IsotopeResult:
    """Follow the 6Li of two enriched foils into a single layer.

    Parameters
    ----------
    cell : Cell
        Lithium on both sides of one layer; its foils' thickness says how much 6Li there is, and its interface
        resistance how fast they exchange at rest (i0 = R T/(F R)).
    protocol : Protocol
        Rests and constant currents, such as ``protocols.IsotopeExchange("160 h")``.
    enrichment : float
        6Li fraction of the foils.
    haven_ratio : float
        Tracer over conductivity diffusivity of every population.
    exchange_time : float
        Within which the first two populations equalise [s]; infinity keeps them apart inside the layer.

    Returns
    -------
    IsotopeResult
        Its ``increase_factor(name)`` is 6Li after over before, at constant population.

    Raises
    ------
    InputError
        For more than one layer, an electrode that is not lithium, or a step other than a rest or a constant current.
    """
    from ceramer.physics import exchange_isotopes, metal_model

    if len(cell.stack.layers) != 1:
        raise InputError(f"Isotopes are followed in one layer, and {cell.stack.name} has {len(cell.stack.layers)}.")
    if not exchange_time > 0.0:
        raise InputError(f"The exchange time is {exchange_time:.4g} s; it must be above 0.")
    foils = (_foil(cell.negative, enrichment), _foil(cell.positive, enrichment))
    # lithium exchanges through a film as through the charge transfer
    surface = metal_model(replace(cell.negative, film_resistance=0.0), cell.temperature).exchange_current_density
    populations = _populations(cell, haven_ratio, surface)
    schedule = []
    for step in resolve(protocol, cell.area):
        if step.control != "current" or step.rate != 0.0 or not math.isfinite(step.duration):
            raise InputError("Isotopes are followed through rests and constant currents of stated duration only.")
        schedule.append((float(step.value or 0.0), step.duration))
    exchange: Mapping[tuple[str, str], float] = {}
    if len(populations) > 1 and math.isfinite(exchange_time):
        one, other = populations[:2]
        rate = 1.0 / (exchange_time * (1.0 / one.concentration + 1.0 / other.concentration))
        exchange = {(one.name, other.name): rate}
    return exchange_isotopes(
        populations,
        cell.stack.thickness,
        foils,
        schedule,
        cell.temperature,
        exchange=dict(exchange),
    )
