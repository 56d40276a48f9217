"""Capacities of the full cells of the papers: what the engine gives from the catalogue, and after a small calibration.

A calibration changes two numbers of a cell at most (`Adjusted`) and is made on low rates only. Nothing ages: a capacity
that returns after a rate test is the first one again.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from ceramer import laws, units
from ceramer.library._discharge import Adjusted, Fit, FullCell, fit_cell, full_cell
from ceramer.library._registry import open_prediction, predict
from ceramer.library._systems import book
from ceramer.provenance import Kind, Ledger

__all__ = ["CSE", "PLM_LFP"]

_SAMPLES = 32
_HOUR = 3600.0
_T0, _T60 = (units.ZERO_CELSIUS + t for t in (0.0, 60.0))
_NEWMAN = "porous-electrode model with lithium diffusion in the particles"
_CATALOGUE = "from the catalogue alone, nothing fitted"


def _current(c_rate: float, specific_capacity: float, cell: FullCell) -> float:
    """Return the current density [A/m2] of a C-rate [1/h] on the printed active mass."""
    return float(laws.current_density_from_c_rate(c_rate / _HOUR, specific_capacity, cell.loading))


@dataclass(frozen=True)
class _Series:
    """Cells of one chemistry, of which one (`name`) is fitted to its low rates and answers for all others.

    `build` makes a cell from the catalogue by name and temperature, `nominal` is the id of what 1C refers to, `points`
    are the claims fitted to, with their C-rates.
    """

    name: str
    build: Callable[[Ledger, str, float | None], FullCell]
    nominal: str
    points: tuple[tuple[str, float], ...]
    method: str

    @property
    def claims(self) -> tuple[str, ...]:
        return tuple(claim for claim, _ in self.points)

    def fit(self, ledger: Ledger, near: Fit | None) -> Fit:
        cell, nominal = self.build(ledger, self.name, None), ledger(self.nominal)
        points = [(_current(rate, nominal, cell), ledger(claim)) for claim, rate in self.points]
        return fit_cell(cell, points, near=near)

    def fitted(self, ledger: Ledger) -> Adjusted:
        """Return what the low rates make of the cell."""
        return self.fit(ledger, _usual(self)).change

    def capacity(
        self,
        ledger: Ledger,
        c_rate: float,
        name: str | None = None,
        temperature: float | None = None,
        fitted: bool = True,
    ) -> float:
        """Return the specific capacity [C/kg] of a discharge, as fitted or from the catalogue alone."""
        cell = self.build(ledger, name or self.name, temperature)
        tried = cell.adjusted(self.fitted(ledger)) if fitted else cell
        return tried.specific_capacity(_current(c_rate, ledger(self.nominal), cell))

    def cell(self, ledger: Ledger, temperature: float | None = None) -> FullCell:
        """Return the cell as fitted."""
        return self.build(ledger, self.name, temperature).adjusted(self.fitted(ledger))

    def current_density(self, ledger: Ledger, c_rate: float, cell: FullCell) -> float:
        """Return the current density [A/m2] of a C-rate [1/h]."""
        return _current(c_rate, ledger(self.nominal), cell)

    def register(
        self,
        claim: str,
        c_rate: float,
        name: str | None = None,
        temperature: float | None = None,
        *,
        more: str = "",
        misfit: str = "",
    ) -> None:
        """Answer a printed capacity; `more` is added to the method."""
        fitted_to = claim in self.claims
        predict(
            claim,
            self.method + more,
            kind=Kind.CALIBRATED if fitted_to else Kind.PREDICTED,
            calibrated_to=self.claims if fitted_to else (),
            misfit=misfit,
            alternatives=((_CATALOGUE, lambda ledger: self.capacity(ledger, c_rate, name, temperature, False)),),
            samples=_SAMPLES,
        )(lambda ledger: self.capacity(ledger, c_rate, name, temperature))

    def open(
        self, what: str, c_rate: float, name: str | None = None, temperature: float | None = None, more: str = ""
    ) -> None:
        """Say a capacity that nobody printed."""
        open_prediction(f"{self.name}:{what}", "specific_capacity_discharge", "mAh/g", self.method + more, _SAMPLES)(
            lambda ledger: self.capacity(ledger, c_rate, name, temperature)
        )


@functools.cache
def _usual(series: _Series) -> Fit:
    return series.fit(book().ledger(), None)


def _lfp_window(ledger: Ledger) -> tuple[float, float]:
    return ledger("LFP-cells.lower_cutoff_voltage"), ledger("LFP-cells.upper_cutoff_voltage")


def _nmc_window(ledger: Ledger) -> tuple[float, float]:
    return ledger("NMC-cells.lower_cutoff_voltage"), ledger("NMC-cells.upper_cutoff_voltage")


# --- Nguyen2024: Li | CSE | NCM811 -----------------------------------------------------------------------------------

_ONE_DIFFUSIVITY = (
    "one diffusivity for every stoichiometry and one size of particles: fitted to the fall from 0.1C to 0.5C it falls "
    "on too steeply, where a spread of sizes would not; the catalogue alone errs as far the other way"
)


def _cse_cell(ledger: Ledger, name: str = "Li|CSE|NCM811", temperature: float | None = None) -> FullCell:
    """Return a cell of CSE and NCM811 from the catalogue, with the printed cut-offs."""
    return full_cell(name, ledger, ledger("F001-078"), ledger("F001-079"), temperature)


CSE: Final = _Series(
    "Li|CSE|NCM811",
    _cse_cell,
    "F001-080",
    (("F001-161", 0.1), ("F001-162", 0.2), ("F001-163", 0.5)),
    f"{_NEWMAN}; share of sites and lithium diffusivity fitted to 0.1C, 0.2C and 0.5C",
)
"""Its low rates are fitted."""

for _claim, _rate in CSE.points:
    CSE.register(_claim, _rate)
CSE.register("F001-164", 1.0, misfit=_ONE_DIFFUSIVITY)
_RETURN = "; a cell that does not age returns to its first capacity"
CSE.register("F001-167", 0.1, more=_RETURN)
CSE.register("F001-168", 0.5, more=_RETURN, misfit="printed above the first value at this rate: the cell improved")
CSE.register("F001-173", 0.5, more="; another cell")
CSE.register("F001-178", 0.5, "Li|CSE|NCM811 5.2 mg/cm2", more=" on 1.5 mg/cm2; this loading without refit")
CSE.register(
    "F001-185",
    0.5,
    "Li|CSE|NCM811 pouch",
    more=" on 1.5 mg/cm2; loading of the pouch assumed",
    misfit="whether the first or the 150th cycle is printed is not clear, and the loading is not stated",
)


@predict(
    "F001-169",
    CSE.method + "; the rate at which a tenth (assumed) of the capacity at 0.1C is left, between 1C and 16C",
    samples=16,
)
def _cse_fastest(ledger: Ledger) -> float:
    least = ledger("rate-test.least_share") * CSE.capacity(ledger, 0.1)
    slow, left = 1.0, CSE.capacity(ledger, 1.0)
    for rate in (2.0, 4.0, 8.0, 16.0):
        now = CSE.capacity(ledger, rate)
        if now < least:
            # the capacity falls as a power of the rate between two neighbours
            part = math.log(left / least) / math.log(left / max(now, 1e-3 * least))
            return float(slow * (rate / slow) ** part / _HOUR)
        slow, left = rate, now
    return slow / _HOUR


for _rate in (2.0, 5.0):
    CSE.open(f"capacity at {_rate:g}C", _rate)
CSE.open("capacity of 10.7 mg/cm2 at 0.5C", 0.5, "Li|CSE|NCM811 10.7 mg/cm2", more=" on 1.5 mg/cm2")


# --- Zhang2024: LFP | PLM | Li ---------------------------------------------------------------------------------------

_PLM_HOT = (
    "heat frees sites that the calibration at 25 degC counts as lost for good: what is missing at 25 degC is not sites "
    "but their reach"
)
_PLM_FAST_HOT = (
    "diffusion quickens so much with heat that the rate no longer matters here; the printed loss at 2C must lie "
    "elsewhere, in the contacts or the electrolyte"
)


def _plm_lfp_cell(ledger: Ledger, name: str = "LFP|PLM|Li", temperature: float | None = None) -> FullCell:
    """Return a cell of PLM and LFP from the catalogue; cut-offs assumed."""
    return full_cell(name, ledger, *_lfp_window(ledger), temperature)


PLM_LFP: Final = _Series(
    "LFP|PLM|Li",
    _plm_lfp_cell,
    "LFP-cells.specific_capacity_1C",
    (("F003-050", 0.1), ("F003-051", 0.2)),
    f"{_NEWMAN}; share of sites and lithium diffusivity fitted to 0.1C and 0.2C at 25 degC; loading and cut-offs "
    "assumed",
)
"""Its low rates at 25 degC are fitted."""

for _claim, _rate in PLM_LFP.points:
    PLM_LFP.register(_claim, _rate)
PLM_LFP.register("F003-052", 0.5, misfit="fitted to two low rates, the fall with the rate is a little too steep")
PLM_LFP.register("F003-054", 0.1, misfit="printed a little below the first value: the cell aged, or its mean moved")
PLM_LFP.register("F003-040", 2.0, temperature=_T60, misfit=_PLM_FAST_HOT)
PLM_LFP.register("F003-041", 0.1, temperature=_T60, misfit=_PLM_HOT)
PLM_LFP.open("capacity at 0.2C, 0 degC", 0.2, temperature=_T0)
PLM_LFP.open("capacity at 1C, 25 degC", 1.0)
PLM_LFP.open("capacity at 1C, 60 degC", 1.0, temperature=_T60)
PLM_LFP.open("capacity of 10.5 mg/cm2 at 0.1C, 25 degC", 0.1, "LFP|PLM|Li high loading")


@open_prediction(
    "NCM811|X|Li:first capacity with PLM at 0.2C, 25 degC",
    "specific_capacity_discharge",
    "mAh/g",
    f"{_NEWMAN}, {_CATALOGUE}; loading and cut-offs assumed",
    _SAMPLES,
)
def _nmc_plm(ledger: Ledger) -> float:
    cell = full_cell("NCM811|PLM|Li", ledger, *_nmc_window(ledger))
    return cell.specific_capacity(_current(0.2, ledger("NMC-cells.specific_capacity_1C"), cell))


# --- He2024 ----------------------------------------------------------------------------------------------------------

_FROM_CATALOGUE = f"{_NEWMAN}, {_CATALOGUE}; printed current and loading, cut-offs assumed"
_ZS_METHOD = (
    f"{_NEWMAN}; lithium diffusivity of the zero-strain cathode fitted to H-SSE at 1C, 50 degC, all else from the "
    "catalogue"
)


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
    return full_cell("Li|H-SSE|NMC811", ledger, *_nmc_window(ledger)).specific_capacity(ledger("A0146"))


def _zero_strain_cell(name: str, ledger: Ledger) -> FullCell:
    """Return a cell with the zero-strain cathode from the catalogue; lower cut-off assumed, upper 4.2 or 4.3 V."""
    return full_cell(name, ledger, ledger("NMC-cells.lower_cutoff_voltage"), ledger("ZS-cells.upper_cutoff_voltage"))


def _fit_zero_strain(ledger: Ledger, near: Fit | None) -> Fit:
    cell = _zero_strain_cell("Li|H-SSE|ZS", ledger)
    return fit_cell(cell, [(ledger("A0157"), ledger("A0156"))], ("diffusion",), near)


@functools.cache
def _usual_zero_strain() -> Fit:
    return _fit_zero_strain(book().ledger(), None)


def _zero_strain(name: str, current: str, ledger: Ledger, fitted: bool = True) -> float:
    cell = _zero_strain_cell(name, ledger)
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
    "cycles times twice the discharge, from first capacity, loading and current, with the printed linear fade",
)
def _months(ledger: Ledger) -> float:
    cycles = ledger("A0023")
    fade = float(laws.linear_fade(ledger("A0159"), ledger("A0159.n")))
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
