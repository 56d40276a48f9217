"""What the isotope experiments of the papers should show: 6Li of the foils mixed into every lithium of the electrolyte.

Gain = enrichment after over before for a population of constant size. After 160 h the mixing is complete: the tracer
model (`ceramer.physics.exchange_isotopes`) needs a day or two for it, which a test holds.
"""

from __future__ import annotations

from ceramer import laws, materials
from ceramer.formulation import lithium_per_formula
from ceramer.library._registry import finding, open_prediction, predict
from ceramer.library._systems import FORMULATIONS, load_stack
from ceramer.provenance import Ledger

__all__ = ["electrolyte_lithium", "foil_lithium"]


def electrolyte_lithium(ledger: Ledger) -> tuple[float, float]:
    """Return the lithium of PCE per area in its polymer and in its ceramic [mol/m2]."""
    thickness = load_stack("PCE", ledger).thickness
    ceramic = FORMULATIONS.volume_fraction("PCE", "LATP", ledger)
    latp = materials.load("LATP", ledger)
    sites = lithium_per_formula(latp.formula or "") * latp.density() / latp.molar_mass()
    salt = FORMULATIONS.salt_concentration("SH-SPE", ledger)
    return (1.0 - ceramic) * thickness * salt, ceramic * thickness * sites


def foil_lithium(ledger: Ledger) -> float:
    """Return the lithium of both foils per area [mol/m2]."""
    lithium = materials.load("Li", ledger)
    return 2.0 * ledger("6Li-foil.thickness") * lithium.density() / lithium.molar_mass()


def _enrichment(ledger: Ledger) -> float:
    natural = ledger("Li.natural_6Li_abundance")
    amounts = [foil_lithium(ledger), *electrolyte_lithium(ledger)]
    return float(laws.equilibrium_enrichment(amounts, [ledger("6Li-foil.enrichment"), natural, natural]))


_MIXED = "complete mixing of foils, polymer and ceramic: y = sum n y / sum n over its natural start"


@predict(
    "A0063",
    _MIXED,
    misfit="mixing is complete within two days in the tracer model, so a gain below it says that less foil takes part "
    "than is there (plated skin, native film), or that the population of the peak changed",
)
def _pce_gain(ledger: Ledger) -> float:
    return _enrichment(ledger) / ledger("Li.natural_6Li_abundance")


open_prediction(
    "PCE:isotope gain of LATP after 160 h",
    "isotope_gain",
    "1",
    _MIXED + "; polymer and ceramic end alike, whatever share of the current each carried",
)(_pce_gain)


@finding(
    "PCE:6Li fraction behind the printed gain",
    "isotope_fraction",
    "1",
    "gain times natural abundance: enrichment alone, if the population of the peak did not change",
    needs="A0063",
)
def _printed_enrichment(ledger: Ledger) -> float:
    return ledger("A0063") * ledger("Li.natural_6Li_abundance")


@finding(
    "PCE:lithium of each foil that the printed gain lets take part",
    "thickness",
    "um",
    "n_foil = n_electrolyte (y - y_0)/(y_foil - y), as a thickness of lithium on each side",
    needs="A0063",
)
def _foil_that_takes_part(ledger: Ledger) -> float:
    natural, feed = ledger("Li.natural_6Li_abundance"), ledger("6Li-foil.enrichment")
    reached = ledger("A0063") * natural
    amount = sum(electrolyte_lithium(ledger)) * (reached - natural) / (feed - reached)
    lithium = materials.load("Li", ledger)
    return 0.5 * amount * lithium.molar_mass() / lithium.density()
