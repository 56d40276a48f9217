"""He2024: PCE, H-SSE and LATP between steel and between lithium."""

from __future__ import annotations

import dataclasses
from functools import partial

from ceramer import units
from ceramer.library._experiments._scans import predict_window
from ceramer.library._experiments._virtual import SAMPLES, Bench, bench, limiting_current_density
from ceramer.library._registry import experiment, finding, open_prediction, predict
from ceramer.library._systems import load_medium, load_stack
from ceramer.provenance import Kind, Ledger

__all__: list[str] = []

_T22 = units.ZERO_CELSIUS + 22.0
_EIS = "virtual impedance, 1 MHz to 1 Hz, analysed"

# --- conductivity, transference, electrons: beside the closed forms --------------------------------------------------


def _window(ledger: Ledger) -> tuple[float, float]:
    """Return the highest and the lowest frequency of the instrument [Hz]."""
    return ledger("A0244"), ledger("A0245")


def _conductivity(cell: str, claim: str, ledger: Ledger) -> float:
    return bench(cell, ledger, ledger(f"{claim}.temperature")).conductivity(*_window(ledger))


for _claim, _cell in (("A0067", "SS|PCE|SS"), ("A0068", "SS|PCE|SS"), ("A0108", "SS|H-SSE|SS")):
    experiment(_claim, _EIS)(partial(_conductivity, _cell, _claim))
experiment(
    "A0069", "virtual Bruce-Vincent experiment, 10 mV for 20 h, analysed"
)(  # no step and no temperature are printed
    lambda g: bench("Li|PCE|Li", g, g("A0067.temperature")).transference(0.01)
)


def _electronic(cell: str, hold: str, ledger: Ledger) -> float:
    return bench(cell, ledger, ledger("A0174.temperature")).electronic_conductivity(ledger("A0174"), hold)


for _claim, _cell in (("A0018", "SS|PCE|SS"), ("A0106", "SS|H-SSE|SS")):
    for _hold in ("1 h", "24 h"):
        experiment(_claim, f"virtual polarisation, 150 mV, read after {_hold}")(partial(_electronic, _cell, _hold))

# --- grain boundaries ------------------------------------------------------------------------------------------------

_ARC = "R = (L/S)/sigma_gb; the disc is 12 mm in Methods, 10 mm by the printed arc"


def _latp(medium: str, ledger: Ledger) -> float:
    return load_medium(medium, ledger).ionic_conductivity(ledger("A0016.temperature"))


def _latp_missing(ledger: Ledger) -> float:
    """1/sigma_gb of LATP [ohm m]: what its total resistance has over its grains."""
    return 1.0 / _latp("LATP", ledger) - 1.0 / _latp("LATP grain", ledger)


_BEST_PELLET = "the catalogue's pellet is a well sintered one: the printed pellet has about ten times its boundaries"


@predict("A0016", "1/sigma_gb = 1/sigma_total - 1/sigma_grain, both of the catalogue", misfit=_BEST_PELLET)
def _latp_boundaries(ledger: Ledger) -> float:
    return 1.0 / _latp_missing(ledger)


def _pellet_with_boundaries(ledger: Ledger) -> Bench:
    from ceramer.physics import Ceramic

    pellet = bench("SS|LATP|SS", ledger)
    layer = pellet.model.layers[0]
    grain = 0.5 * (ledger("A0185") + ledger("A0186"))
    ceramic = Ceramic(
        name="LATP",
        thickness=layer.thickness,
        conductivity=_latp("LATP grain", ledger),
        permittivity=ledger("LATP.relative_permittivity"),
        boundary_resistance=layer.thickness * _latp_missing(ledger),
        boundary_capacitance=ledger("LATP.specific_grain_boundary_capacitance") * grain / layer.thickness,
    )
    return dataclasses.replace(pellet, model=dataclasses.replace(pellet.model, layers=(ceramic,)))


def _arc(ledger: Ledger) -> float:
    """The arc that an analysis of the pellet's spectrum calls grain boundary [ohm]."""
    from ceramer.analysis import analyse

    arcs = analyse(_pellet_with_boundaries(ledger).spectrum(*_window(ledger)), "impedance").tables["arcs"]
    return float(arcs.loc[arcs["likely"] == "grain boundary", "resistance / ohm"].sum())


@experiment("A0016", "virtual impedance of a pellet with boundary capacitance, its middle arc")
def _latp_arc(ledger: Ledger) -> float:
    pellet = _pellet_with_boundaries(ledger)
    return pellet.model.layers[0].thickness / (_arc(ledger) * pellet.area)


experiment("A0066", _EIS + ": the middle arc")(_arc)


@predict("A0066", _ARC + "; sigma_gb of the catalogue's LATP, thickness assumed", misfit=_BEST_PELLET)
def _latp_arc_resistance(ledger: Ledger) -> float:
    pellet = bench("SS|LATP|SS", ledger)
    return pellet.model.layers[0].thickness * _latp_missing(ledger) / pellet.area


@predict(
    "A0065",
    _ARC + "; 1/sigma_gb = 1/(printed total) - 1/H",
    misfit="the same misfit as the printed boundary conductivity, which the printed total does not leave room for",
)
def _pce_arc_resistance(ledger: Ledger) -> float:
    cell = bench("SS|PCE|SS", ledger)
    missing = 1.0 / ledger("A0067") - 1.0 / load_stack("PCE", ledger).ionic_conductivity(ledger("A0067.temperature"))
    return cell.model.layers[0].thickness * missing / cell.area


# --- charge transfer -------------------------------------------------------------------------------------------------

_RCT = "Butler-Volmer with the exchange current of the printed resistance, read back from the low end of the arc"


def _charge_transfer(cell: str, low: float, ledger: Ledger) -> float:
    ends = bench(cell, ledger).impedance([ledger("A0244"), low])
    return 0.5 * float(ends[1].real - ends[0].real)


predict("A0070", _RCT, kind=Kind.CALIBRATED, calibrated_to=("A0070",), samples=SAMPLES)(
    partial(_charge_transfer, "Li|PCE|Li", 10.0)
)
predict("A0071", _RCT, kind=Kind.CALIBRATED, calibrated_to=("A0071",), samples=SAMPLES)(
    partial(_charge_transfer, "Li|LATP|Li", 1e-4)
)


@finding(
    "LATP:share of the charge-transfer arc above 1 Hz",
    "fraction",
    "%",
    "real part of a Butler-Volmer interface with the usual double layer: most of so large a resistance lies below the "
    "window of the instrument, and is extrapolated",
    needs="A0071",
    samples=SAMPLES,
)
def _share_seen(ledger: Ledger) -> float:
    return _charge_transfer("Li|LATP|Li", ledger("A0245"), ledger) / ledger("A0071")


# --- plating ---------------------------------------------------------------------------------------------------------


@open_prediction(
    "PCE:overpotential at 0.2 mA/cm2, first moment",
    "overpotential",
    "mV",
    "Li|PCE|Li at 50 degC with the printed charge-transfer resistance",
    samples=SAMPLES,
)
def _pce_start(ledger: Ledger) -> float:
    current = ledger("A0072")
    return bench("Li|PCE|Li", ledger).overpotential(current, current * 1.0)


@open_prediction(
    "PCE:overpotential at the end of 6 mAh/cm2 one way",
    "overpotential",
    "mV",
    "the same cell after 30 h: gradients of salt have built up, nothing else changes in the model",
    samples=SAMPLES,
)
def _pce_end(ledger: Ledger) -> float:
    return bench("Li|PCE|Li", ledger).overpotential(ledger("A0072"), ledger("A0075"))


@open_prediction(
    "LATP:overpotential at 0.05 mA/cm2",
    "overpotential",
    "V",
    "Li|LATP|Li at 50 degC, Butler-Volmer with the printed resistance: the ohmic law would need 5 V",
    samples=SAMPLES,
)
def _latp_overpotential(ledger: Ledger) -> float:
    current = ledger("A0073")
    return bench("Li|LATP|Li", ledger).overpotential(current, current * 3600.0)


_LIMITING = "steady salt profile of an ideal dilute salt, scaled until its least concentration is 0"


for _system, _cell in (("PCE", "Li|PCE|Li"), ("H-SSE", "Li|H-SSE|Li"), ("SH-SPE", "Li|SH-SPE|Li")):
    open_prediction(
        f"{_system}:limiting current density, 22 degC",
        "limiting_current_density",
        "mA/cm2",
        _LIMITING,
        samples=SAMPLES,
    )(partial(limiting_current_density, _cell, temperature=_T22))


@open_prediction(
    "H-SSE:time until the salt is used up at 20 mA/cm2",
    "time",
    "s",
    "the simulated cell at constant current, 22 degC; printed half-cycles at this current last 90 s",
    samples=SAMPLES // 2,
)
def _hsse_depletion(ledger: Ledger) -> float:
    return bench("Li|H-SSE|Li", ledger).depletion_time(ledger("A0125"))


# --- windows ---------------------------------------------------------------------------------------------------------

predict_window("Li|H-SSE|SS", "A0247", ("A0249", "A0248"), lower="A0109", upper="A0110")
