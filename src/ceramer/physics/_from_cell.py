"""From a `Cell` to the model that the engine runs, with a note of everything that was taken for granted."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ceramer import laws, materials
from ceramer.cell import Ageing, Cell, Electrode, FilmGrowth, Interface
from ceramer.cell import Layer as StackLayer
from ceramer.errors import InputError, UnknownNameError
from ceramer.microstructure import Composite, Medium, Phase, Property
from ceramer.physics._ageing import film_growth, film_lithium, interphase_growth
from ceramer.physics._electrode_materials import active_material
from ceramer.physics._growth import GrowthLaw
from ceramer.physics._layers import (
    ActiveMaterial,
    Ceramic,
    Contact,
    Layer,
    Metal,
    MixedConductor,
    Polymer,
    PorousCathode,
    TetheredPolymer,
    TwoPhase,
    Voids,
)
from ceramer.physics._model import CellModel
from ceramer.provenance import Ledger
from ceramer.units import FARADAY, GAS_CONSTANT

__all__ = ["Blanks", "cathode_model", "cell_model", "layer_model", "metal_model"]

_POLYMER: Final = "any-polymer"
_METAL: Final = "any-metal"
_CATHODE: Final = "any-cathode"
"""Materials of the catalogue that stand for one of which nobody says more."""
_SEPARATOR: Final[dict[str, Any]] = {"cells": 20, "grading": 8.0}
"""The grid of an electrolyte beside a cathode: such cells cycle thousands of times."""
_ANY_TEMPERATURE: Final = "the constants of ageing are taken as given, at whatever temperature"
_NEARLY_ONE = 0.999  # a current fraction above it is a ceramic's


@dataclass(frozen=True)
class Blanks:
    """What a cell leaves blank is read from the catalogue through `ledger`, and said in `notes`, a sentence each."""

    ledger: Ledger = field(default_factory=lambda: materials.catalogue().ledger())
    notes: list[str] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        """Note what was taken for granted."""
        self.notes.append(sentence)

    def of(self, stand_in: str, prop: str) -> float:
        """Return a property of a material that stands for any other of its kind."""
        return materials.load(stand_in, self.ledger).get(prop)

    def metal(self, name: str, prop: str) -> float:
        """Return a property of a metal by name, or that of any metal where its own is not known."""
        try:
            own = materials.load(name, self.ledger)
        except UnknownNameError:
            return self.of(_METAL, prop)
        return own.get(prop) if own.has(prop) else self.of(_METAL, prop)


def layer_model(layer: StackLayer, temperature: float, blanks: Blanks | None = None) -> Layer:
    """Return one layer for the engine; `blanks` fills what was not given, and says so.

    A phase whose current fraction is 1 is a ceramic; one with `mixed` is a mixed conductor; every other phase is a
    binary polymer electrolyte, whose transference number is its current fraction and whose salt diffuses as in an ideal
    dilute solution unless the medium says otherwise. A composite is one medium with the initial conductivity
    H[s_p, s_c], the steady current fraction H[s_p f, s_c]/H[s_p, s_c] and the salt's diffusivity H[1, 0] D_p, or two
    skeletons where it has an exchange.
    """
    blanks = blanks or Blanks()
    medium = layer.medium
    mixed = getattr(medium, "mixed", None)
    if mixed is not None:
        return MixedConductor(
            name=layer.name,
            thickness=layer.thickness,
            ionic_conductivity=medium.ionic_conductivity(temperature),
            electronic_conductivity=medium.electronic_conductivity(temperature),
            maximum_concentration=mixed.maximum_concentration,
            stoichiometry=mixed.stoichiometry,
            equilibrium_potential=mixed.equilibrium_potential,
            slope=mixed.slope,
        )
    medium = _completed(medium, temperature, blanks)
    layer = replace(layer, medium=medium)
    if isinstance(medium, Composite) and medium.exchange_conductance is not None:
        return _two_phase(layer, medium, temperature, blanks)
    if medium.current_fraction(temperature) > _NEARLY_ONE:
        return _ceramic(layer, temperature)
    if isinstance(medium, Phase):
        return _polymer(layer, medium, temperature, blanks)
    return _one_medium(layer, temperature, blanks)


def _completed(medium: Any, temperature: float, blanks: Blanks) -> Any:
    """Return a medium whose conducting phases have a current fraction: where none is given, that of any polymer."""
    if hasattr(medium, "phases"):
        phases = tuple(
            (_completed(phase, temperature, blanks) if phase.ionic_conductivity(temperature) > 0.0 else phase, share)
            for phase, share in medium.phases
        )
        same = all(new is old for (new, _), (old, _) in zip(phases, medium.phases, strict=True))
        return medium if same else replace(medium, phases=phases)
    if not isinstance(medium, Phase):
        return medium
    try:
        medium.current_fraction(temperature)
    except InputError:
        fraction = blanks.of(_POLYMER, "current_fraction")
        blanks.say(f"{medium.name}: current fraction not given, {fraction:g} assumed")
        return replace(medium, properties={**medium.properties, "current_fraction": Property(fraction)})
    return medium


def _find(medium: Medium, prop: str, temperature: float) -> float | None:
    return medium.find(prop, temperature) if isinstance(medium, Phase) else None


def _ceramic(layer: StackLayer, temperature: float) -> Ceramic:
    total = layer.medium.ionic_conductivity(temperature)
    grain = _find(layer.medium, "grain_conductivity", temperature) if isinstance(layer.medium, Phase) else None
    boundaries = 0.0
    if grain is not None and "grain_conductivity" in layer.medium.properties:  # type: ignore[attr-defined]
        if grain < total:
            raise InputError(
                f"{layer.name}: its grains conduct {grain:.3g} S/m, less than grains and boundaries together "
                f"({total:.3g} S/m); exchange the two."
            )
        boundaries = layer.thickness / total - layer.thickness / grain
    return Ceramic(
        name=layer.name,
        thickness=layer.thickness,
        conductivity=total if not boundaries else float(grain or total),
        permittivity=_find(layer.medium, "relative_permittivity", temperature) or 0.0,
        boundary_resistance=boundaries,
        boundary_capacitance=(_find(layer.medium, "grain_boundary_capacitance", temperature) or 0.0)
        if boundaries
        else 0.0,
    )


def _salt(phase: Medium, conductivity: float, temperature: float, blanks: Blanks) -> tuple[float, float, float]:
    """Return concentration [mol/m3], transference number and salt diffusivity [m2/s] of a polymer."""
    concentration = _find(phase, "salt_concentration", temperature)
    if concentration is None:
        concentration = blanks.of(_POLYMER, "salt_concentration")
        blanks.say(
            f"{phase.name}: salt concentration not given, {concentration / 1000.0:g} mol/L assumed (it sets how long "
            "gradients take)"
        )
    transference = _find(phase, "transference_number", temperature)
    if transference is None or "transference_number" not in getattr(phase, "properties", {}):
        transference = phase.current_fraction(temperature)
        blanks.say(f"{phase.name}: transference number taken equal to the current fraction (ideal dilute solution)")
    diffusivity = _find(phase, "salt_diffusivity", temperature)
    if diffusivity is None:
        plus, minus = laws.nernst_einstein_diffusivities(conductivity, transference, concentration, temperature)
        diffusivity = float(laws.ambipolar_diffusivity(plus, minus))
        blanks.say(f"{phase.name}: salt diffusivity of an ideal dilute solution (Nernst-Einstein)")
    return concentration, transference, diffusivity


def _polymer(layer: StackLayer, medium: Phase, temperature: float, blanks: Blanks) -> Layer:
    conductivity = medium.ionic_conductivity(temperature)
    concentration, transference, diffusivity = _salt(medium, conductivity, temperature, blanks)
    tethered = _find(medium, "tethered_concentration", temperature)
    if tethered:
        # sigma = F^2 (D+ (c + c_f) + D- c)/(R T); t+ is of the same ions
        total = conductivity * GAS_CONSTANT * temperature / FARADAY**2
        return TetheredPolymer(
            name=layer.name,
            thickness=layer.thickness,
            anion_concentration=concentration,
            tethered_concentration=tethered,
            cation_diffusivity=transference * total / (concentration + tethered),
            anion_diffusivity=(1.0 - transference) * total / concentration,
            permittivity=_find(medium, "relative_permittivity", temperature) or 0.0,
        )
    fraction = medium.current_fraction(temperature)
    factor = 1.0
    if "salt_diffusivity" in medium.properties or "transference_number" in medium.properties:
        newman = float(
            laws.newman_number(
                conductivity, diffusivity, transference, concentration=concentration, temperature=temperature
            )
        )
        factor = (1.0 / fraction - 1.0) / newman if newman > 0.0 and fraction < 1.0 else 1.0
        blanks.say(f"{medium.name}: thermodynamic factor {factor:.3g} from its current fraction")
    return Polymer(
        name=layer.name,
        thickness=layer.thickness,
        conductivity=conductivity,
        salt_concentration=concentration,
        transference_number=transference,
        salt_diffusivity=diffusivity,
        thermodynamic_factor=factor,
        permittivity=_find(medium, "relative_permittivity", temperature) or 0.0,
    )


def _salty(medium: Medium, temperature: float) -> list[tuple[int, Medium, float]]:
    """Return the phases of a composite in which anions move: number, phase, volume fraction."""
    phases: tuple[tuple[Medium, float], ...] = medium.phases  # type: ignore[attr-defined]
    found = []
    for k, (phase, fraction) in enumerate(phases):
        if phase.ionic_conductivity(temperature) > 0.0 and phase.current_fraction(temperature) <= _NEARLY_ONE:
            found.append((k, phase, fraction))
    return found


def _one_medium(layer: StackLayer, temperature: float, blanks: Blanks) -> Layer:
    medium = layer.medium
    salty = _salty(medium, temperature)
    count = len(medium.phases)  # type: ignore[attr-defined]
    open_share = float(
        medium.mix([1.0 if any(k == j for j, _, _ in salty) else 0.0 for k in range(count)])  # type: ignore[attr-defined]
    )
    if not salty:
        return _ceramic(layer, temperature)
    if open_share <= 0.0:  # a bound that puts the polymer inside the ceramic: for the salt, the grains are apart
        grains = 1.0 - sum(part for _, _, part in salty)
        open_share = float(laws.maxwell(1.0, [0.0], [grains]))
    _, phase, _ = salty[0]
    conductivity = medium.ionic_conductivity(temperature)
    concentration, _, diffusivity = _salt(phase, phase.ionic_conductivity(temperature), temperature, blanks)
    fraction = medium.current_fraction(temperature)
    effective = open_share * diffusivity
    newman = 1.0 / fraction - 1.0
    share = math.sqrt(
        newman * FARADAY**2 * effective * concentration / (2.0 * GAS_CONSTANT * temperature * conductivity)
    )
    blanks.say(
        f"{medium.name}: one medium; the ceramic only lengthens the path of the salt, and nothing resists between "
        "ceramic and polymer"
    )
    return Polymer(
        name=layer.name,
        thickness=layer.thickness,
        conductivity=conductivity,
        salt_concentration=concentration,
        transference_number=1.0 - share,
        salt_diffusivity=effective,
        salt_volume_fraction=sum(part for _, _, part in salty),
    )


def _two_phase(layer: StackLayer, medium: Composite, temperature: float, blanks: Blanks) -> Layer:
    salty = _salty(medium, temperature)
    if len(medium.phases) != 2 or len(salty) != 1:
        raise InputError(f"{medium.name}: two skeletons are one polymer and one ceramic; describe it with two phases.")
    number, phase, part = salty[0]
    alone = [0.0, 0.0]
    alone[number] = 1.0
    polymer_share, ceramic_share = medium.mix(alone), medium.mix([1.0 - x for x in alone])
    if not (polymer_share > 0.0 and ceramic_share > 0.0):
        raise InputError(
            f"{medium.name}: an exchange needs two percolating phases, and the structure {medium.structure} leaves one "
            "of them apart; leave `exchange` out, or choose another structure."
        )
    own = phase.ionic_conductivity(temperature)
    concentration, transference, diffusivity = _salt(phase, own, temperature, blanks)
    other = medium.phases[1 - number][0]
    return TwoPhase(
        name=layer.name,
        thickness=layer.thickness,
        conductivity=own * polymer_share,
        salt_concentration=concentration,
        transference_number=transference,
        salt_diffusivity=diffusivity * polymer_share,
        salt_volume_fraction=part,
        ceramic_conductivity=other.ionic_conductivity(temperature) * ceramic_share,
        exchange_conductance=medium.exchange_conductance or 0.0,
    )


def _oxidation(electrode: Electrode, blanks: Blanks) -> dict[str, Any]:
    """Return how an electrode oxidises what it touches; nothing where no current is given."""
    if electrode.oxidation_current <= 0.0:
        return {}
    slope = electrode.tafel_slope
    if slope is None:
        slope = blanks.of(_METAL, "tafel_slope")
        blanks.say(f"{electrode.material}: oxidation grows tenfold in {slope:g} V (assumed)")
    return {
        "oxidation_current": electrode.oxidation_current,
        "oxidation_onset": electrode.oxidation_onset,
        "tafel_slope": slope,
    }


def _ageing(ageing: Ageing, blanks: Blanks) -> dict[str, Any]:
    """Return how a metal ages; nothing where nothing is given.

    The law of a film whose growth is 0 is kept where lithium or contact is lost without one, so that all films by this
    law run in one compiled module.
    """
    if not ageing.given:
        return {}
    blanks.say(_ANY_TEMPERATURE)
    found: dict[str, Any] = {"dead_lithium": ageing.dead_lithium}
    film, interphase, voids = ageing.film, ageing.interphase, ageing.voids
    if film is not None:
        found["film_law"] = _film_law(film)
        found["film_lithium"] = film_lithium(film.conductivity, film.molar_volume, film.lithium)
    elif interphase is not None:
        found["film_law"] = interphase_growth(
            interphase.ionic_conductivity,
            interphase.electronic_conductivity,
            interphase.voltage,
            interphase.molar_volume,
            interphase.lithium,
        )
        found["film_lithium"] = film_lithium(interphase.ionic_conductivity, interphase.molar_volume, interphase.lithium)
    else:
        found["film_law"] = film_growth(1.0, 1.0, 1.0, 1.0, 1.0).stopped()
    if voids is not None:
        lithium = materials.load("Li", blanks.ledger)
        found["voids"] = Voids(
            borne_current_density=voids.borne_current_density,
            roughness=voids.roughness,
            refilled_share=voids.refilled_share,
            closure_rate=voids.closure_rate,
            volume_per_charge=lithium.molar_mass() / (FARADAY * lithium.density()),
        )
    return found


def _film_law(film: FilmGrowth) -> GrowthLaw:
    return film_growth(film.conductivity, film.rate_constant, film.diffusivity, film.molar_volume, film.concentration)


def metal_model(electrode: Electrode, temperature: float, blanks: Blanks | None = None) -> Metal:
    """Return one electrode for the engine; `blanks` fills what was not given, and says so."""
    blanks = blanks or Blanks()
    capacitance = electrode.double_layer_capacitance
    if capacitance is None:
        capacitance = blanks.metal(electrode.material, "double_layer_capacitance")
        blanks.say(
            f"{electrode.material}: double layer of {capacitance * 100.0:g} uF/cm2 assumed (it sets how fast a "
            "surface charges)"
        )
    more = _oxidation(electrode, blanks) | _ageing(electrode.ageing, blanks)
    if electrode.type == "blocking":
        metal = Metal.blocking(capacitance, name=electrode.material, **more)
        if electrode.interface_resistance > 0.0:
            metal = replace(metal, series_resistance=electrode.interface_resistance)
        return metal
    if electrode.type == "porous":
        raise InputError(f"The porous electrode {electrode.material} is not a metal.")
    transfer = electrode.interface_resistance - electrode.film_resistance
    if transfer < 0.0:
        raise InputError(
            f"The film of {electrode.material} resists more than the whole interface "
            f"({electrode.film_resistance:.3g} against {electrode.interface_resistance:.3g} ohm m2)."
        )
    if transfer > 0.0:
        exchange = float(laws.exchange_current_density(transfer, temperature))
    else:
        exchange = blanks.of(_METAL, "exchange_current_density")
        blanks.say(f"{electrode.material}: no interface resistance given, none assumed")
    if electrode.type == "plating":
        return Metal.copper(
            exchange,
            name=electrode.material,
            film_resistance=electrode.film_resistance,
            capacitance=capacitance,
            nucleation_overpotential=electrode.nucleation_overpotential,
            nucleation_charge=blanks.of(_METAL, "nucleation_charge"),
            **more,
        )
    return Metal(
        name=electrode.material,
        exchange_current_density=exchange,
        ceramic_exchange_current_density=exchange,
        film_resistance=electrode.film_resistance,
        capacitance=capacitance,
        inventory=electrode.areal_capacity,
        **more,
    )


def _growing(particles: ActiveMaterial, film: FilmGrowth) -> dict[str, Any]:
    """Return what makes the film on particles grow."""
    return {
        "laws": replace(particles.laws, cei_growth=_film_law(film)),
        "film_lithium": film_lithium(film.conductivity, film.molar_volume, film.lithium),
    }


def cathode_model(cell: Cell, temperature: float, separator: Layer, blanks: Blanks | None = None) -> PorousCathode:
    """Return the porous positive electrode of a cell for the engine.

    Its pores hold `pore_medium`, or, where none is given, the polymer of the layer that it touches; the effective
    properties follow from the porosity and the tortuosity, or Bruggeman's rule with the exponent of any cathode in the
    catalogue. The coating conducts electrons as the catalogue's does.
    """
    blanks = blanks or Blanks()
    electrode = cell.positive
    if electrode.pore_medium is not None:
        filled: Layer = layer_model(
            StackLayer("pores", electrode.thickness, electrode.pore_medium), temperature, blanks
        )
    else:
        filled = separator
        blanks.say(f"{electrode.material}: pores filled with what {separator.name} is made of")
    if not isinstance(filled, Polymer):
        raise InputError(
            f"The pores of {electrode.material} need an electrolyte with a salt: give pore_medium under [positive], "
            f"since {filled.name} has none."
        )
    particles = active_material(electrode, temperature, blanks.notes)
    film = electrode.ageing.film
    if electrode.ageing.given:
        blanks.say(_ANY_TEMPERATURE)
    particles = replace(
        particles,
        contact_loss=electrode.ageing.contact_loss,
        **_oxidation(electrode, blanks),
        **({} if film is None else _growing(particles, film)),
    )
    electronic = electrode.electronic_conductivity
    if electronic is None and electrode.active is not None:
        electronic = electrode.active.at("coating_electronic_conductivity", temperature)
        blanks.say(f"{electrode.material}: the coating conducts {electronic:.2g} S/m of electrons (catalogue)")
    tortuosity = electrode.tortuosity
    if tortuosity is None:
        tortuosity = electrode.porosity ** (1.0 - blanks.of(_CATHODE, "bruggeman_exponent"))
        blanks.say(f"{electrode.material}: tortuosity factor of the pores {tortuosity:.3g} (Bruggeman)")
    return PorousCathode(
        name=electrode.material,
        thickness=electrode.thickness,
        conductivity=filled.conductivity,
        salt_concentration=filled.salt_concentration,
        transference_number=filled.transference_number,
        salt_diffusivity=filled.salt_diffusivity,
        thermodynamic_factor=filled.thermodynamic_factor,
        conductivity_exponent=filled.conductivity_exponent,
        salt_volume_fraction=filled.salt_volume_fraction,
        porosity=electrode.porosity,
        tortuosity=tortuosity,
        electronic_conductivity=float(electronic or 0.0),
        materials=(particles,),
    )


def _contact(interface: Interface | None) -> Contact:
    if interface is None:
        return Contact()
    return Contact(
        resistance=interface.area_specific_resistance,
        capacitance=interface.capacitance,
        blocks_salt=interface.blocks_salt,
    )


def cell_model(
    cell: Cell, temperature: float | None = None, ledger: Ledger | None = None
) -> tuple[CellModel, tuple[str, ...]]:
    """Return the engine's model of a cell, and what was assumed for it, one sentence each.

    Parameters
    ----------
    cell : Cell
    temperature : float, optional
        [K]; the cell's own where None.
    ledger : Ledger, optional
        One whose book holds the catalogue: what the cell leaves blank is read through it from the materials
        "any-polymer" and "any-metal" (a double layer from the metal's own row). A fresh one on the catalogue when left
        out.

    Raises
    ------
    InputError
        For a part that the engine does not know, or a property that a medium lacks.
    """
    blanks = Blanks() if ledger is None else Blanks(ledger)
    at = cell.temperature if temperature is None else temperature
    layers = [layer_model(layer, at, blanks) for layer in cell.stack.layers]
    contacts = []
    for left, right in zip(cell.stack.layers, cell.stack.layers[1:], strict=False):
        names = {left.name, right.name}
        contacts.append(_contact(next((i for i in cell.stack.interfaces if set(i.between) == names), None)))
    try:
        leak = cell.stack.electronic_conductivity(at) / cell.stack.thickness
    except InputError:
        leak = 0.0
        blanks.say("no electronic leak: the electronic conductivity of a layer is not known")
    if any(isinstance(layer, MixedConductor) for layer in layers):
        leak = 0.0  # electrons have their own path in the model
    if cell.positive.type == "porous":
        # the contact resistance of the cathode lies between its pores and the electrolyte
        contacts.append(Contact(resistance=cell.positive.interface_resistance))
        layers = [replace(layer, **_SEPARATOR) if layer.cells > 1 else layer for layer in layers]
        layers.append(cathode_model(cell, at, layers[-1], blanks))
        positive = Metal(name=cell.positive.material)
    else:
        positive = metal_model(cell.positive, at, blanks)
    model = CellModel(
        name=cell.name or cell.stack.name,
        layers=tuple(layers),
        contacts=tuple(contacts),
        negative=metal_model(cell.negative, at, blanks),
        positive=positive,
        temperature=at,
        leak_conductance=leak,
    )
    return model, tuple(dict.fromkeys(blanks.notes))
