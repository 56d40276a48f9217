"""Zhang2024: PLM, PLS, PMI and the PEO reference film."""

from __future__ import annotations

from functools import partial

from ceramer import units
from ceramer.library._experiments._scans import limit, onset_behind
from ceramer.library._experiments._virtual import SAMPLES, bench, limiting_current_density
from ceramer.library._registry import experiment, open_prediction, predict
from ceramer.provenance import Kind, Ledger

__all__: list[str] = []

_UA_PER_CM2 = 1e-3 * units.si_factor("mA/cm2")

experiment("F003-025", "virtual impedance, 1 MHz to 1 Hz, analysed")(  # no window and no step are printed
    lambda g: bench("SS|PLM|SS", g).conductivity(1e6, 1.0)
)
experiment("F003-028", "virtual Bruce-Vincent experiment, 10 mV for 20 h, analysed")(
    lambda g: bench("Li|PLM|Li", g).transference(0.01)
)

# --- windows ---------------------------------------------------------------------------------------------------------

_SCAN = "simulated scan at 1 mV/s; onset of the layer on the steel"
for _claim, _cell, _layer in (("F003-065", "Li|PLS|SS", "LLZO"), ("F003-067", "Li|PMI|SS", "MOF")):
    predict(
        _claim,
        f"{_SCAN} ({_layer} layer) calibrated, criterion assumed",
        kind=Kind.CALIBRATED,
        calibrated_to=(_claim,),
        samples=SAMPLES,
    )(
        lambda g, cell=_cell, claim=_claim: limit(cell, onset_behind(cell, claim, g), g)  # type: ignore[misc]
    )


@predict(
    "F003-066",
    f"{_SCAN} (LLZO layer) as in PLS",
    misfit="PLM and PLS show the same layer to the steel, so that onsets per layer cannot order them: the other layer, "
    "or the scatter between cells, makes the difference",
    samples=SAMPLES,
)
def _plm_window(ledger: Ledger) -> float:
    return limit("Li|PLM|SS", onset_behind("Li|PLS|SS", "F003-065", ledger), ledger)


# --- concentration and potential, pristine to steady (Fig. 3d shows no numbers) ---------------------------------------

_DRY = "ideal dilute salt; every layer with the polymer of the PEO reference film"


def _settling(cell: str, ledger: Ledger) -> float:
    return bench(cell, ledger).gradients().settling_time


def _drop(cell: str, ledger: Ledger) -> float:
    return bench(cell, ledger).gradients().drop * _UA_PER_CM2


def _polarisation(cell: str, ledger: Ledger) -> float:
    return bench(cell, ledger).gradients().polarisation


def _depletion(cell: str, ledger: Ledger) -> float:
    return bench(cell, ledger).depletion_time(ledger("F003-034"))


for _system, _cell in (("PEO", "Li|PEO film|Li"), ("PMI", "Li|PMI|Li"), ("PLM", "Li|PLM|Li")):
    open_prediction(
        f"{_system}:limiting current density",
        "limiting_current_density",
        "uA/cm2",
        f"steady salt profile scaled until its least concentration is 0; {_DRY}",
        samples=SAMPLES,
    )(partial(limiting_current_density, _cell))
for _system, _cell in (("PEO", "Li|PEO film|Li"), ("PMI", "Li|PMI|Li")):
    for _what, _quantity, _unit, _how, _calculate in (
        ("time to 90 % of the steady gradient", "time", "h", "constant current from rest", _settling),
        ("salt difference between the electrodes at 1 uA/cm2", "relative_difference", "%", "steady state", _drop),
        ("steady over first overpotential", "ratio", "1", "constant small current, interfaces included", _polarisation),
        ("time until the salt is used up at 0.5 mA/cm2", "time", "s", "constant current", _depletion),
    ):
        open_prediction(f"{_system}:{_what}", _quantity, _unit, f"{_how}; {_DRY}", samples=SAMPLES)(
            partial(_calculate, _cell)
        )
