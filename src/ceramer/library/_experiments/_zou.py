"""Zou-SI: UVEA, pellets, and pellets between films of UVEA."""

from __future__ import annotations

from functools import partial

import numpy as np

from ceramer import laws
from ceramer.library._experiments._scans import predict_window
from ceramer.library._experiments._virtual import SAMPLES, bench, limiting_current_density
from ceramer.library._registry import experiment, open_prediction
from ceramer.provenance import Ledger

__all__: list[str] = []

_STEPS = ("A0376", "A0378", "A0380", "A0382", "A0384", "A0386", "A0388", "A0390", "A0392")
_CURRENTS = ("A0375", "A0377", "A0379", "A0381", "A0383", "A0385", "A0387", "A0389", "A0391")

# --- sandwiches: the series model as the instrument sees it ----------------------------------------------------------


def _sandwich(pellet: str, ledger: Ledger) -> float:
    return bench(f"SS|UVEA-{pellet}-UVEA|SS", ledger).conductivity(ledger("A0297"), ledger("A0298"))


for _claim, _pellet in (("A0409", "LATP"), ("A0410", "LVO")):
    experiment(_claim, "virtual impedance, 3 MHz to 1 Hz, analysed")(partial(_sandwich, _pellet))

# --- stepped current -------------------------------------------------------------------------------------------------


def _stepped(ledger: Ledger) -> dict[str, float]:
    """Voltage [V] after 60 s at each step: interfaces from the slope of the whole series, offset from its start."""
    from ceramer.experiments import protocols

    first, last = ledger(_STEPS[0]), ledger(_STEPS[-1])
    currents = [ledger(key) for key in _CURRENTS]
    cell = bench("Li|UVEA|Li", ledger)
    film = cell.model.layers[0]
    slope = (last - first) / (currents[-1] - currents[0]) * cell.area
    bulk = film.thickness / film.conductivity  # type: ignore[attr-defined]
    exchange = float(laws.exchange_current_density(0.5 * (slope - bulk), cell.model.temperature))
    metal = {"exchange_current_density": exchange}
    done = cell.changed(metal, metal).run(protocols.DCR("60 s", [f"{i!r} A" for i in currents])).measurements[0]
    step = np.asarray(done.column("Step Count / 1"))
    ends = [float(done.voltage[step == k][-1]) for k in np.unique(step)]
    offset = first - ends[0]
    return {claim: offset + end for claim, end in zip(_STEPS, ends, strict=True)}


for _claim in _STEPS[1:-1]:
    experiment(_claim, "simulated steps of 60 s: Butler-Volmer interfaces from the whole series, salt gradients begin")(
        lambda g, claim=_claim: _stepped(g)[claim]  # type: ignore[misc]
    )

# --- windows ---------------------------------------------------------------------------------------------------------

predict_window("Li|UVEA-LATP-UVEA|SS", "A0305", ("A0303", "A0304"), lower="A0412", upper="A0413")


# --- what nobody printed ---------------------------------------------------------------------------------------------


def _depletion(cell: str, ledger: Ledger) -> float:
    return bench(cell, ledger).depletion_time(ledger("A0414"))


_SALT = "steady salt profile of an ideal dilute salt at 22 degC, scaled until its least concentration is 0"
for _system in ("UVEA", "UVEA-LATP-UVEA"):
    open_prediction(
        f"{_system}:limiting current density",
        "limiting_current_density",
        "mA/cm2",
        _SALT,
        samples=SAMPLES,
    )(partial(limiting_current_density, f"Li|{_system}|Li"))
open_prediction(
    "UVEA-LATP-UVEA:time until the salt is used up at 14 mA/cm2",
    "time",
    "s",
    "the simulated cell at constant current; the printed half-cycle of 0.5 mAh/cm2 lasts 129 s",
    samples=SAMPLES // 2,
)(partial(_depletion, "Li|UVEA-LATP-UVEA|Li"))


def _apparent(pellet: str, voltage: str, ledger: Ledger) -> float:
    return bench(f"SS|Ag|{pellet}|Ag|SS", ledger).electronic_conductivity(ledger(voltage), "1 h")


for _pellet, _voltage, _text in (("LVO", "A0347", "3 V"), ("LVO", "A0299", "150 mV"), ("LTO", "A0299", "150 mV")):
    open_prediction(
        f"{_pellet}:apparent electronic conductivity, {_text} for 1 h",
        "electronic_conductivity",
        "S/cm",
        "Hebb-Wagner polarisation of a mixed conductor with the printed conductivities: ions still carry current while "
        "lithium moves through the pellet",
        samples=SAMPLES,
    )(partial(_apparent, _pellet, _voltage))
