"""Capacities of the full cells of the papers: what the engine gives from the catalogue, and after a small calibration.

A calibration changes two numbers of a cell at most (`Adjusted`) and is made on low rates only. Nothing ages: a capacity
that returns after a rate test is the first one again.
"""

from __future__ import annotations

import functools
import math
from functools import partial

from ceramer import laws, units
from ceramer.library._discharge import Adjusted, Fit, FullCell, fit_cell, full_cell
from ceramer.library._registry import open_prediction, predict
from ceramer.library._systems import book
from ceramer.provenance import Kind, Ledger

__all__ = ["cse_cell", "fitted_cse", "fitted_plm_lfp", "plm_lfp_cell", "zero_strain_cell"]

_SAMPLES = 32
_HOUR = 3600.0
_T0, _T60 = (units.ZERO_CELSIUS + t for t in (0.0, 60.0))


def _current(c_rate: float, specific_capacity: float, cell: FullCell) -> float:
    """Return the current density [A/m2] of a C-rate [1/h] on the printed active mass."""
    return float(laws.current_density_from_c_rate(c_rate / _HOUR, specific_capacity, cell.loading))


# --- Nguyen2024: Li | CSE | NCM811 -----------------------------------------------------------------------------------

_CSE = "Li|CSE|NCM811"
_CSE_POINTS = (("F001-161", 0.1), ("F001-162", 0.2), ("F001-163", 0.5))
_CSE_TO = tuple(claim for claim, _ in _CSE_POINTS)
_NEWMAN = "porous-electrode model with lithium diffusion in the particles"
_CSE_METHOD = f"{_NEWMAN}; share of sites and lithium diffusivity fitted to 0.1C, 0.2C and 0.5C"
_CATALOGUE = "from the catalogue alone, nothing fitted"
_ONE_DIFFUSIVITY = (
    "one diffusivity for every stoichiometry and one size of particles: fitted to the fall from 0.1C to 0.5C it falls "
    "on too steeply, where a spread of sizes would not; the catalogue alone comes nearer"
)


def cse_cell(ledger: Ledger, name: str = _CSE) -> FullCell:
    """Return a cell of CSE and NCM811 from the catalogue, with the printed cut-offs."""
    return full_cell(name, ledger, ledger("F001-078"), ledger("F001-079"))


def _fit_cse(ledger: Ledger, near: Fit | None) -> Fit:
    cell, nominal = cse_cell(ledger), ledger("F001-080")
    points = [(_current(rate, nominal, cell), ledger(claim)) for claim, rate in _CSE_POINTS]
    return fit_cell(cell, points, near=near)


@functools.cache
def _usual_cse() -> Fit:
    return _fit_cse(book().ledger(), None)


def fitted_cse(ledger: Ledger) -> Adjusted:
    """Return what the capacities at 0.1C, 0.2C and 0.5C make of Li|CSE|NCM811."""
    return _fit_cse(ledger, _usual_cse()).change


def _cse(ledger: Ledger, c_rate: float, name: str = _CSE, fitted: bool = True) -> float:
    cell = cse_cell(ledger, name)
    tried = cell.adjusted(fitted_cse(ledger)) if fitted else cell
    return tried.specific_capacity(_current(c_rate, ledger("F001-080"), cell))


def _register_cse(claim: str, c_rate: float, name: str = _CSE, method: str = _CSE_METHOD, misfit: str = "") -> None:
    predict(
        claim,
        method,
        kind=Kind.CALIBRATED if claim in _CSE_TO else Kind.PREDICTED,
        calibrated_to=_CSE_TO if claim in _CSE_TO else (),
        misfit=misfit,
        alternatives=((_CATALOGUE, lambda ledger: _cse(ledger, c_rate, name, fitted=False)),),
        samples=_SAMPLES,
    )(lambda ledger: _cse(ledger, c_rate, name))


for _claim, _rate in _CSE_POINTS:
    _register_cse(_claim, _rate)
_register_cse("F001-164", 1.0, misfit=_ONE_DIFFUSIVITY)
_RETURN = _CSE_METHOD + "; a cell that does not age returns to its first capacity"
_register_cse("F001-167", 0.1, method=_RETURN)
_register_cse("F001-168", 0.5, method=_RETURN, misfit="printed above the first value at this rate: the cell improved")
_register_cse("F001-173", 0.5, method=_CSE_METHOD + "; another cell")
_register_cse("F001-178", 0.5, "Li|CSE|NCM811 5.2 mg/cm2", _CSE_METHOD + " on 1.5 mg/cm2; this loading without refit")
_register_cse(
    "F001-185",
    0.5,
    "Li|CSE|NCM811 pouch",
    _CSE_METHOD + " on 1.5 mg/cm2; loading of the pouch assumed",
    "whether the first or the 150th cycle is printed is not clear, and the loading is not stated",
)


@predict(
    "F001-169",
    _CSE_METHOD + "; the rate at which a tenth (assumed) of the capacity at 0.1C is left, between 1C and 16C",
    samples=16,
)
def _cse_fastest(ledger: Ledger) -> float:
    least = ledger("rate-test.least_share") * _cse(ledger, 0.1)
    slow, left = 1.0, _cse(ledger, 1.0)
    for rate in (2.0, 4.0, 8.0, 16.0):
        now = _cse(ledger, rate)
        if now < least:
            # the capacity falls as a power of the rate between two neighbours
            part = math.log(left / least) / math.log(left / max(now, 1e-3 * least))
            return float(slow * (rate / slow) ** part / _HOUR)
        slow, left = rate, now
    return slow / _HOUR


for _rate in (2.0, 5.0):
    open_prediction(
        f"Li|CSE|NCM811:capacity at {_rate:g}C", "specific_capacity_discharge", "mAh/g", _CSE_METHOD, _SAMPLES
    )(partial(_cse, c_rate=_rate))
open_prediction(
    "Li|CSE|NCM811:capacity of 10.7 mg/cm2 at 0.5C",
    "specific_capacity_discharge",
    "mAh/g",
    _CSE_METHOD + " on 1.5 mg/cm2",
    _SAMPLES,
)(lambda ledger: _cse(ledger, 0.5, "Li|CSE|NCM811 10.7 mg/cm2"))


# --- Zhang2024: LFP | PLM | Li ---------------------------------------------------------------------------------------

_PLM = "LFP|PLM|Li"
_PLM_POINTS = (("F003-050", 0.1), ("F003-051", 0.2))
_PLM_TO = tuple(claim for claim, _ in _PLM_POINTS)
_PLM_METHOD = (
    f"{_NEWMAN}; share of sites and lithium diffusivity fitted to 0.1C and 0.2C at 25 degC; loading and cut-offs "
    "assumed"
)
_PLM_HOT = (
    "heat frees sites that the calibration at 25 degC counts as lost for good: what is missing at 25 degC is not sites "
    "but their reach"
)
_PLM_FAST_HOT = (
    "diffusion quickens so much with heat that the rate no longer matters here; the printed loss at 2C must lie "
    "elsewhere, in the contacts or the electrolyte"
)


def plm_lfp_cell(ledger: Ledger, temperature: float | None = None, name: str = _PLM) -> FullCell:
    """Return a cell of PLM and LFP from the catalogue; cut-offs assumed."""
    window = ledger("LFP-cells.lower_cutoff_voltage"), ledger("LFP-cells.upper_cutoff_voltage")
    return full_cell(name, ledger, *window, temperature)


def _fit_plm_lfp(ledger: Ledger, near: Fit | None) -> Fit:
    cell, nominal = plm_lfp_cell(ledger), ledger("LFP-cells.specific_capacity_1C")
    points = [(_current(rate, nominal, cell), ledger(claim)) for claim, rate in _PLM_POINTS]
    return fit_cell(cell, points, near=near)


@functools.cache
def _usual_plm_lfp() -> Fit:
    return _fit_plm_lfp(book().ledger(), None)


def fitted_plm_lfp(ledger: Ledger) -> Adjusted:
    """Return what the capacities at 0.1C and 0.2C, 25 degC make of LFP|PLM|Li."""
    return _fit_plm_lfp(ledger, _usual_plm_lfp()).change


def _plm(
    ledger: Ledger, c_rate: float, temperature: float | None = None, name: str = _PLM, fitted: bool = True
) -> float:
    cell = plm_lfp_cell(ledger, temperature, name)
    tried = cell.adjusted(fitted_plm_lfp(ledger)) if fitted else cell
    return tried.specific_capacity(_current(c_rate, ledger("LFP-cells.specific_capacity_1C"), cell))


def _plm_at(given: tuple[float, float | None, str], ledger: Ledger) -> float:
    return _plm(ledger, *given)


def _register_plm(claim: str, c_rate: float, temperature: float | None = None, misfit: str = "") -> None:
    predict(
        claim,
        _PLM_METHOD,
        kind=Kind.CALIBRATED if claim in _PLM_TO else Kind.PREDICTED,
        calibrated_to=_PLM_TO if claim in _PLM_TO else (),
        misfit=misfit,
        alternatives=((_CATALOGUE, lambda ledger: _plm(ledger, c_rate, temperature, fitted=False)),),
        samples=_SAMPLES,
    )(lambda ledger: _plm(ledger, c_rate, temperature))


for _claim, _rate in _PLM_POINTS:
    _register_plm(_claim, _rate)
_register_plm("F003-052", 0.5, misfit="fitted to two low rates, the fall with the rate is a little too steep")
_register_plm("F003-054", 0.1, misfit="printed a little below the first value: the cell aged, or its mean moved")
_register_plm("F003-040", 2.0, _T60, _PLM_FAST_HOT)
_register_plm("F003-041", 0.1, _T60, _PLM_HOT)
for _what, _arguments in {
    "capacity at 0.2C, 0 degC": (0.2, _T0, _PLM),
    "capacity at 1C, 25 degC": (1.0, None, _PLM),
    "capacity at 1C, 60 degC": (1.0, _T60, _PLM),
    "capacity of 10.5 mg/cm2 at 0.1C, 25 degC": (0.1, None, "LFP|PLM|Li high loading"),
}.items():
    open_prediction(f"LFP|PLM|Li:{_what}", "specific_capacity_discharge", "mAh/g", _PLM_METHOD, _SAMPLES)(
        partial(_plm_at, _arguments)
    )


@open_prediction(
    "NCM811|X|Li:first capacity with PLM at 0.2C, 25 degC",
    "specific_capacity_discharge",
    "mAh/g",
    f"{_NEWMAN}, {_CATALOGUE}; loading and cut-offs assumed",
    _SAMPLES,
)
def _nmc_plm(ledger: Ledger) -> float:
    window = ledger("NMC-cells.lower_cutoff_voltage"), ledger("NMC-cells.upper_cutoff_voltage")
    cell = full_cell("NCM811|PLM|Li", ledger, *window)
    return cell.specific_capacity(_current(0.2, ledger("NMC-cells.specific_capacity_1C"), cell))


# --- He2024 ----------------------------------------------------------------------------------------------------------

_FROM_CATALOGUE = f"{_NEWMAN}, {_CATALOGUE}; printed current and loading, cut-offs assumed"
_ZS_METHOD = (
    f"{_NEWMAN}; lithium diffusivity of the zero-strain cathode fitted to H-SSE at 1C, 50 degC, all else from the "
    "catalogue"
)


def _lfp_window(ledger: Ledger) -> tuple[float, float]:
    return ledger("LFP-cells.lower_cutoff_voltage"), ledger("LFP-cells.upper_cutoff_voltage")


def _he_lfp(current: str, name: str, ledger: Ledger) -> float:
    return full_cell(name, ledger, *_lfp_window(ledger)).specific_capacity(ledger(current))


predict(
    "A0129",
    _FROM_CATALOGUE,
    misfit="all of the LFP takes part in the model; without catholyte, part of the dry cathode does not",
    samples=_SAMPLES,
)(partial(_he_lfp, "A0131", "Li|H-SSE|LFP"))
for _what, _current_of, _cell in (
    ("capacity with LFP at 3C, 50 degC", "A0132", "Li|H-SSE|LFP"),
    ("capacity with LFP at 2C, 50 degC", "A0133", "Li|H-SSE|LFP"),
    ("capacity with 4.48 mg/cm2 LFP at C/2, 22 degC", "A0138", "Li|H-SSE|LFP 4.48 mg/cm2"),
):
    open_prediction(f"He2024 full cells:H-SSE, {_what}", "capacity", "mAh/g", _FROM_CATALOGUE, _SAMPLES)(
        partial(_he_lfp, _current_of, _cell)
    )
open_prediction(
    "He2024 full cells:PCE, capacity with LFP at C/2, 22 degC", "capacity", "mAh/g", _FROM_CATALOGUE, _SAMPLES
)(partial(_he_lfp, "A0084", "Li|PCE|LFP"))


@predict(
    "A0148",
    _FROM_CATALOGUE,
    misfit="electrolyte and diffusion take little at this rate: what is missing are particles that the polymer does "
    "not reach in a commercial sheet without catholyte",
    samples=_SAMPLES,
)
def _he_nmc(ledger: Ledger) -> float:
    window = ledger("NMC-cells.lower_cutoff_voltage"), ledger("NMC-cells.upper_cutoff_voltage")
    return full_cell("Li|H-SSE|NMC811", ledger, *window).specific_capacity(ledger("A0146"))


def zero_strain_cell(name: str, ledger: Ledger) -> FullCell:
    """Return a cell with the zero-strain cathode from the catalogue; lower cut-off assumed, upper 4.2 or 4.3 V."""
    return full_cell(name, ledger, ledger("NMC-cells.lower_cutoff_voltage"), ledger("ZS-cells.upper_cutoff_voltage"))


def _fit_zero_strain(ledger: Ledger, near: Fit | None) -> Fit:
    cell = zero_strain_cell("Li|H-SSE|ZS", ledger)
    return fit_cell(cell, [(ledger("A0157"), ledger("A0156"))], ("diffusion",), near)


@functools.cache
def _usual_zero_strain() -> Fit:
    return _fit_zero_strain(book().ledger(), None)


def _zero_strain(name: str, current: str, ledger: Ledger, fitted: bool = True) -> float:
    cell = zero_strain_cell(name, ledger)
    if fitted:
        cell = cell.adjusted(_fit_zero_strain(ledger, _usual_zero_strain()).change)
    return cell.specific_capacity(ledger(current))


for _claim, _cell, _current_of, _misfit in (
    ("A0156", "Li|H-SSE|ZS", "A0157", ""),
    ("A0163", "Li|PA-SPE|ZS", "A0157", ""),
    ("A0168", "Li|H-SSE|ZS pouch", "A0169", ""),
    ("A0098", "Li|PCE|ZS", "A0101", "printed above the value at 50 degC and 1C"),
):
    predict(
        _claim,
        _ZS_METHOD,
        kind=Kind.CALIBRATED if _claim == "A0156" else Kind.PREDICTED,
        calibrated_to=("A0156",) if _claim == "A0156" else (),
        misfit=_misfit,
        alternatives=((_CATALOGUE, partial(_zero_strain, _cell, _current_of, fitted=False)),),
        samples=_SAMPLES,
    )(partial(_zero_strain, _cell, _current_of))


@predict(
    "A0158",
    "cycles times twice the discharge, from first capacity, loading and current, with the linear fade to 80 % at 1650",
)
def _months(ledger: Ledger) -> float:
    cycles = ledger("A0023")
    fade = float(laws.linear_fade(ledger("A0159"), 1650.0))
    mean = 1.0 - 0.5 * fade * cycles  # over all cycles of a straight line
    return cycles * 2.0 * mean * ledger("A0156") * ledger("A0161") / ledger("A0157")


# --- Zou-SI ----------------------------------------------------------------------------------------------------------


def _zou(name: str, lower: str, upper: str, ledger: Ledger) -> float:
    cell = full_cell(name, ledger, ledger(lower), ledger(upper))
    return cell.specific_capacity(_current(0.2, ledger("A0318"), cell))


for _what, _cell, _lower, _upper in (
    ("LVO, capacity at 0.2C", "Li|UVEA-LVO-UVEA|NMC811", "A0365", "A0366"),
    ("LATP, capacity at 0.2C", "Li|UVEA-LATP-UVEA|NMC811", "A0369", "A0370"),
    ("LATP and low N/P, first capacity at 0.2C", "Li(Cu)|UVEA-LATP-UVEA|NMC811", "A0369", "A0370"),
):
    open_prediction(
        f"Zou-SI full cells:{_what}",
        "capacity",
        "mAh/g",
        f"{_NEWMAN}, {_CATALOGUE}; layers in series, printed cut-offs",
        _SAMPLES,
    )(partial(_zou, _cell, _lower, _upper))
