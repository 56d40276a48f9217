"""What ceramer computes for the published claims: one small calculation per claim, reading its inputs by id.

A calculation never reads its own claim; a *calibrated* one does and says so. Misfits are left standing, with the reason
where one is known. Temperatures and currents that define a claim ("at 30 degC", "at 0.2 mA/cm2") are written with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from ceramer import laws, materials, units
from ceramer.cell import Stack
from ceramer.library._registry import FINDINGS, OPEN, PREDICTIONS, Calculation, Finding, Prediction
from ceramer.library._registry import finding as _finding
from ceramer.library._registry import open_prediction as _open
from ceramer.library._registry import predict as _predict
from ceramer.library._systems import FORMULATIONS, build_cell, load_medium, load_stack, systems
from ceramer.microstructure import Composite
from ceramer.provenance import Kind, Ledger

__all__ = ["FINDINGS", "OPEN", "PREDICTIONS", "Finding", "Prediction"]

_T22, _T25, _T30, _T100 = (units.ZERO_CELSIUS + t for t in (22.0, 25.0, 30.0, 100.0))
_MA_PER_CM2 = units.si_factor("mA/cm2")
_OHM_CM2 = units.si_factor("ohm cm2")


# --- He2024: PCE -----------------------------------------------------------------------------------------------------

_COATED = "coated grains (lower Hashin-Shtrikman bound)"
_TOUCHING = "touching grains (upper Hashin-Shtrikman bound)"


def _pce(ledger: Ledger, weight: float | None = None) -> Composite:
    medium = load_medium("PCE", ledger)
    assert isinstance(medium, Composite)
    return medium if weight is None else Composite("PCE", medium.phases, "between_bounds", weight)


_PCE_INPUTS = "LATP grains in SH-SPE between the Hashin-Shtrikman bounds; volume fractions from the weighed grams"
_PCE_HIGH = (
    "grain interiors of LATP are taken at their literature range; a resistance between polymer and ceramic, which is "
    "not known and left out, would lower it"
)


def _pce_bricks(ledger: Ledger) -> float:
    (film, _), (grain, share) = _pce(ledger).phases
    film_over_grain = share ** (-1.0 / 3.0) - 1.0  # (d / (d + t))^3 is the volume fraction of the grains
    return float(
        laws.brick_layer_infiltrated(
            grain.ionic_conductivity(_T30), film.ionic_conductivity(_T30), 1.0, film_over_grain
        )
    )


@_predict(
    "A0067",
    _PCE_INPUTS,
    misfit=_PCE_HIGH,
    alternatives=(
        (_COATED, lambda ledger: _pce(ledger, 0.0).ionic_conductivity(_T30)),
        (_TOUCHING, lambda ledger: _pce(ledger, 1.0).ionic_conductivity(_T30)),
        ("brick-layer estimate: cubes in a continuous film of the same volume", _pce_bricks),
    ),
)
def _pce_30(ledger: Ledger) -> float:
    return load_stack("PCE", ledger).ionic_conductivity(_T30)


@_predict("A0068", _PCE_INPUTS + ", each phase at its own activation energy", misfit=_PCE_HIGH)
def _pce_100(ledger: Ledger) -> float:
    return load_stack("PCE", ledger).ionic_conductivity(_T100)


@_predict(
    "A0018",
    "the same geometry for electrons: LATP as measured alone, SH-SPE assumed",
    alternatives=(
        (_COATED, lambda ledger: _pce(ledger, 0.0).electronic_conductivity(_T30)),
        (_TOUCHING, lambda ledger: _pce(ledger, 1.0).electronic_conductivity(_T30)),
    ),
)
def _pce_electronic(ledger: Ledger) -> float:
    return _pce(ledger).electronic_conductivity(_T30)


@_predict(
    "A0069",
    "t_BV = H[f s_p, s_c] / H[s_p, s_c]: the ceramic blocks anions, f is the polymer's own I_ss/I_0 (assumed)",
    alternatives=(
        (_COATED, lambda ledger: _pce(ledger, 0.0).current_fraction(_T30)),
        (_TOUCHING, lambda ledger: _pce(ledger, 1.0).current_fraction(_T30)),
    ),
)
def _pce_transference(ledger: Ledger) -> float:
    return _pce(ledger).current_fraction(_T30)


@_open("PCE:activation_energy", "activation_energy", "eV", "Ea_eff = sum p_k Ea_k of LATP grains and SH-SPE at 30 degC")
def _pce_energy(ledger: Ledger) -> float:
    energies = [
        ledger("SH-SPE.ionic_conductivity_activation_energy"),
        ledger("LATP.grain_conductivity_activation_energy"),
    ]
    return float(laws.effective_activation_energy(_pce(ledger).path_shares(_T30), energies))


@_finding(
    "PCE:activation energy of the printed conductivities",
    "activation_energy",
    "eV",
    "two points, 30 and 100 degC, form sigma = A exp(-Ea/kT)",
    needs="A0068",
)
def _pce_printed_energy(ledger: Ledger) -> float:
    return float(laws.two_point_activation_energy(_T30, ledger("A0067"), _T100, ledger("A0068"), form="sigma"))


def _stiffened(matrix: str, ledger: Ledger) -> float:
    fraction = FORMULATIONS.volume_fraction("PCE", "LATP", ledger)
    return float(laws.krieger_dougherty(ledger(matrix), fraction, ledger("suspension.maximum_packing_fraction")))


_STIFFER = "the ceramic also reinforces by contacts between grains, which a suspension law leaves out"
_predict("A0215", "Krieger-Dougherty: hard grains in SH-SPE", misfit=_STIFFER)(partial(_stiffened, "A0213"))
_predict("A0216", "Krieger-Dougherty: hard grains in SH-SPE", misfit=_STIFFER)(partial(_stiffened, "A0214"))


@_predict(
    "A0057",
    "d = a / sqrt(2) for bcc lithium near 78 K, where the image was taken",
    misfit="the image is smaller than crystallography: most likely the length scale of the microscope",
)
def _lithium_110(ledger: Ledger) -> float:
    return float(laws.cubic_spacing(ledger("Li.lattice_a"), 1, 1, 0))


@_predict("A0039", "Faraday: j M / (F rho) at 1 mA/cm2", misfit="printed with a slightly larger lithium density")
def _plating(ledger: Ledger) -> float:
    lithium = materials.load("Li", ledger)
    return float(laws.plating_rate(_MA_PER_CM2, lithium.molar_mass(), lithium.density()))


@_predict("A0076", "Faraday: q M / (F rho)")
def _plated(ledger: Ledger) -> float:
    lithium = materials.load("Li", ledger)
    return float(laws.lithium_thickness(ledger("A0075"), lithium.molar_mass(), lithium.density()))


@_predict("A0033", "d(L^3)/dt constant: rate from the first frame interval, closure of the same void")
def _closure(ledger: Ledger) -> float:
    rate = laws.rate_from_interval(ledger("A0035"), ledger("A0036"), ledger("A0034"), 3.0)
    return float(laws.closure_time(ledger("A0035"), rate, 3.0))


@_predict(
    "A0031",
    "the same law for a void of 1 mm",
    misfit="a void of millimetres is an order of magnitude and 'largely healed' no closure; constant volume rate of a "
    "300 um void does not carry over to it",
)
def _closure_mm(ledger: Ledger) -> float:
    rate = laws.rate_from_interval(ledger("A0035"), ledger("A0036"), ledger("A0034"), 3.0)
    return float(laws.closure_time(ledger("A0029"), rate, 3.0))


def _mean_rate(ledger: Ledger, exponent: float = 3.0) -> float:
    rate = laws.rate_from_interval(ledger("A0035"), ledger("A0036"), ledger("A0034"), exponent)
    return float(ledger("A0042") / laws.closure_time(ledger("A0042"), rate, exponent))


_predict(
    "A0044",
    "size over closing time by d(L^3)/dt constant, its rate from the first frames of the 282 um void at four times the "
    "current",
    misfit="the printed rate is a mean over a frame interval at whose end the void was gone: a lower bound; and one "
    "frame interval does not tell the exponent, see the alternatives",
    alternatives=(
        ("d(L^2)/dt constant", partial(_mean_rate, exponent=2.0)),
        ("dL/dt constant", partial(_mean_rate, exponent=1.0)),
    ),
)(_mean_rate)


@_predict("A0053", "size over the printed infiltration rate", kind=Kind.AUDIT)
def _infiltrated(ledger: Ledger) -> float:
    return ledger("A0052") / ledger("A0054")


# --- He2024: H-SSE ---------------------------------------------------------------------------------------------------


def _hsse_from_pce(ledger: Ledger, conductivity: str, buffer: float) -> float:
    thicknesses = [ledger("A0105"), ledger("A0028")]
    return float(laws.series_conductivity(thicknesses, [buffer, ledger(conductivity)]))


@_predict(
    "A0108",
    "series: PA-SPE (assumed) on PCE as printed",
    misfit="no positive PA-SPE resistance can give it: its area resistance is below that of the PCE layer alone. "
    "The PCE inside H-SSE must have been thinner, or another batch or area",
)
def _hsse(ledger: Ledger) -> float:
    return _hsse_from_pce(ledger, "A0067", load_medium("PA-SPE", ledger).ionic_conductivity(_T30))


@_predict(
    "A0106",
    "electronic series: PA-SPE (assumed, at most UVEA's) on PCE as printed",
    alternatives=(("with UVEA's measured value", lambda g: _hsse_from_pce(g, "A0018", g("A0402"))),),
)
def _hsse_electronic(ledger: Ledger) -> float:
    return _hsse_from_pce(ledger, "A0018", load_medium("PA-SPE", ledger).electronic_conductivity(_T22))


@_predict(
    "A0172",
    "leak-limited: (1 - i_e/j) / (1 + i_e/j), i_e = sigma_e V / L",
    misfit="a consistency, not a proof: side reactions also cost lithium",
)
def _hsse_efficiency(ledger: Ledger) -> float:
    thickness = ledger("A0105") + ledger("A0028")
    leak = laws.leak_current_density(ledger("A0106"), ledger("ZS-NMC.mean_voltage"), thickness)
    return float(laws.leak_limited_coulombic_efficiency(leak, ledger("A0169")))


# --- Nguyen2024: CSE -------------------------------------------------------------------------------------------------

_CSE_BOUND = (
    "bulk phases alone cannot reach it in any geometry (parallel bound shown): an interphase path, or a faster polymer "
    "in the pores, is needed"
)


def _cse(ledger: Ledger, structure: str = "bruggeman") -> Composite:
    medium = load_medium("CSE", ledger)
    assert isinstance(medium, Composite)
    return Composite("CSE", medium.phases, structure)


@_predict(
    "F001-118",
    "LLZTO skeleton and SPE as measured in glass fibre, symmetric Bruggeman",
    misfit=_CSE_BOUND,
    alternatives=(
        ("parallel (upper) bound", lambda ledger: _cse(ledger, "parallel").ionic_conductivity(_T30)),
        (_TOUCHING, lambda ledger: _cse(ledger, "hashin_shtrikman_upper").ionic_conductivity(_T30)),
        ("series (lower) bound", lambda ledger: _cse(ledger, "series").ionic_conductivity(_T30)),
    ),
)
def _cse_30(ledger: Ledger) -> float:
    return _cse(ledger).ionic_conductivity(_T30)


@_predict("F001-103", "weight loss of CSE less that of bare LLZT, as the paper takes it", kind=Kind.AUDIT)
def _organics(ledger: Ledger) -> float:
    return ledger("F001-101") - ledger("F001-102")


@_predict(
    "F001-120",
    "Ea_eff = sum p_k Ea_k, p_k the dissipation shares of LLZTO and SPE",
    misfit="the mean of two numbers cannot lie below both: no geometry of these phases has it. A series resistance "
    "of the cell (about 1 ohm) or a path with a lower activation energy would",
)
def _cse_energy(ledger: Ledger) -> float:
    composite = _cse(ledger)
    energies = [ledger("F001-121"), ledger("LLZTO.grain_conductivity_activation_energy")]
    return float(laws.effective_activation_energy(composite.path_shares(_T30), energies))


@_predict(
    "F001-123",
    "t_BV = H[f s_p, s_c] / H[s_p, s_c] with the SPE's own printed f",
    misfit="LLZTO carries too little of the current to raise it so far: the third path must be lithium's",
)
def _cse_transference(ledger: Ledger) -> float:
    return _cse(ledger).current_fraction(_T30)


def _cse_area_resistance(ledger: Ledger) -> float:
    return ledger("F001-149") / (0.1 * _MA_PER_CM2)


def _cse_overpotential(current_density: float, ledger: Ledger) -> float:
    return current_density * _cse_area_resistance(ledger)


_ONE_ASR = "eta = j R with one area resistance, that of the rate test at 0.1 mA/cm2"
_TESTS_DIFFER = "rate test and long test print different resistances for one current: other cells"
_predict("F001-149", _ONE_ASR, kind=Kind.CALIBRATED, calibrated_to=("F001-149",))(
    partial(_cse_overpotential, 0.1 * _MA_PER_CM2)
)
_predict("F001-150", _ONE_ASR, misfit="the printed resistance falls a little with current: not quite ohmic")(
    partial(_cse_overpotential, 0.2 * _MA_PER_CM2)
)
_predict("F001-154", _ONE_ASR, misfit=_TESTS_DIFFER)(partial(_cse_overpotential, 0.1 * _MA_PER_CM2))
_predict("F001-159", _ONE_ASR, misfit=_TESTS_DIFFER)(partial(_cse_overpotential, 0.5 * _MA_PER_CM2))
for _current in (0.5, 1.0):
    _open(f"CSE:overpotential at {_current:g} mA/cm2", "overpotential", "mV", _ONE_ASR + "; rate test, 30 degC")(
        partial(_cse_overpotential, _current * _MA_PER_CM2)
    )


def _growth(ledger: Ledger) -> float:
    return ledger("F001-141") * ledger("F001-135") / ledger("F001-138")


_NMR = "F_i = T a_i(after) / a_i(before), one total growth T"
_predict("F001-141", _NMR, kind=Kind.CALIBRATED, calibrated_to=("F001-141",))(
    lambda g: float(laws.increase_factor(_growth(g), g("F001-135"), g("F001-138")))
)
_open("CSE:increase_factor polymer", "increase_factor", "1", _NMR)(
    lambda g: float(laws.increase_factor(_growth(g), g("F001-136"), g("F001-139")))
)
_open("CSE:increase_factor interface", "increase_factor", "1", _NMR)(
    lambda g: float(laws.increase_factor(_growth(g), g("F001-137"), g("F001-140")))
)


@_predict(
    "F001-115",
    "time until AIBN falls below what NMR can see (assumed share) at 80 degC, first order with its cited rate",
)
def _initiator_gone(ledger: Ledger) -> float:
    rate = laws.arrhenius(
        ledger("F001-036"), ledger("AIBN.decomposition_prefactor"), ledger("AIBN.decomposition_activation_energy")
    )
    return -math.log(ledger("nmr.detection_limit")) / float(rate)


# --- Zhang2024: PLM --------------------------------------------------------------------------------------------------

_DRY_PEO = (
    "PEO of the reference film in every layer and in the web is tens of times too resistive: succinonitrile, ionic "
    "liquid or the trace of liquid electrolyte must carry the current"
)


@_predict("F003-002", "thicknesses times densities of the recipes; web porosity and several densities assumed")
def _plm_mass(ledger: Ledger) -> float:
    return load_stack("PLM", ledger).areal_mass()


@_predict("F003-025", "series of the three layers, the polymer as in the PEO reference film", misfit=_DRY_PEO)
def _plm_conductivity(ledger: Ledger) -> float:
    return load_stack("PLM", ledger).ionic_conductivity(_T25)


@_predict("F003-028", "L/sigma over L/(sigma f), layer by layer, f of the PEO reference film", misfit=_DRY_PEO)
def _plm_transference(ledger: Ledger) -> float:
    stack = load_stack("PLM", ledger)
    return stack.area_specific_resistance(_T25) / stack.steady_resistance(_T25)


@_open("PLM:area_specific_resistance", "area_specific_resistance", "ohm cm2", "L / sigma of the printed values")
def _plm_resistance(ledger: Ledger) -> float:
    return ledger("F003-001") / ledger("F003-025")


_POUCH = "areal capacity (printed) times mean voltage over the mass of electrodes, electrolyte and shared foils"


def _pouch(ledger: Ledger, basis: str) -> float:
    cell = build_cell(systems()["PLM pouch"].cells["pouch"], ledger)
    return cell.specific_energy(basis)


_predict(
    "F003-084",
    _POUCH + "; no packaging",
    alternatives=(
        ("active material and lithium only", lambda ledger: _pouch(ledger, "active")),
        ("without foils", lambda ledger: _pouch(ledger, "layers")),
    ),
)(lambda ledger: _pouch(ledger, "foils"))


# --- Zou-SI: sandwiches and DCR --------------------------------------------------------------------------------------

_SANDWICH = "the software cannot tell infiltration, edge by-pass and geometry apart from this number: all are shown"


def _film_pellet(ledger: Ledger, name: str) -> tuple[Stack, float, float, float]:
    stack = load_stack(name, ledger)
    film, pellet = stack.layers[0], stack.layers[1]
    return stack, film.medium.ionic_conductivity(_T22), pellet.medium.ionic_conductivity(_T22), pellet.thickness


def _infiltrated_sandwich(ledger: Ledger, name: str, porosity: str) -> float:
    stack, film, pellet, thickness = _film_pellet(ledger, name)
    wet = laws.infiltrated_pores(pellet, film, ledger(porosity), ledger("pellet.open_pore_share"))
    both = stack.thickness - thickness
    return float(laws.series_conductivity([both, thickness], [film, float(wet)]))


def _bypassed_sandwich(ledger: Ledger, name: str, lateral: str) -> float:
    stack, film, pellet, thickness = _film_pellet(ledger, name)
    return float(
        laws.edge_bypass(
            inner_area=ledger("A0342"),
            outer_area=ledger("A0334"),
            inner_thickness=thickness,
            inner_conductivity=pellet,
            film_thickness=stack.thickness - thickness,
            film_conductivity=film,
            rim_conductivity=film,
            reference_area=ledger("A0342"),
            lateral=lateral,  # type: ignore[arg-type]
        )
    )


def _sandwich_models(name: str, porosity: str) -> tuple[tuple[str, Calculation], ...]:
    return (
        ("pores of the pellet filled by UVEA", lambda g: _infiltrated_sandwich(g, name, porosity)),
        ("UVEA rim round the pellet, no sideways current", lambda g: _bypassed_sandwich(g, name, "blocked")),
        ("UVEA rim round the pellet, films equipotential", lambda g: _bypassed_sandwich(g, name, "perfect")),
    )


def _series_sandwich(name: str, ledger: Ledger) -> float:
    return load_stack(name, ledger).ionic_conductivity(_T22)


_SERIES = "series of two films and a dry pellet"
for _claim, _name, _porosity in (
    ("A0409", "UVEA-LATP-UVEA", "pellet.porosity_sintered"),
    ("A0410", "UVEA-LVO-UVEA", "pellet.porosity_cold_pressed"),
):
    _predict(_claim, _SERIES, misfit=_SANDWICH, alternatives=_sandwich_models(_name, _porosity))(
        partial(_series_sandwich, _name)
    )
_open("UVEA-LTO-UVEA:ionic_conductivity, series", "ionic_conductivity", "S/cm", _SERIES)(
    partial(_series_sandwich, "UVEA-LTO-UVEA")
)
for _label, _model in _sandwich_models("UVEA-LTO-UVEA", "pellet.porosity_cold_pressed"):
    _open(f"UVEA-LTO-UVEA:ionic_conductivity, {_label}", "ionic_conductivity", "S/cm", _label)(_model)

_DCR_STEPS = [(f"A{375 + 2 * k:04d}", f"A{376 + 2 * k:04d}") for k in range(9)]


def _dcr_line(ledger: Ledger) -> tuple[float, float]:
    (i1, v1), (i9, v9) = _DCR_STEPS[0], _DCR_STEPS[-1]
    slope = (ledger(v9) - ledger(v1)) / (ledger(i9) - ledger(i1))
    return slope, ledger(v1) - slope * ledger(i1)


def _dcr_voltage(current: str, ledger: Ledger) -> float:
    slope, offset = _dcr_line(ledger)
    return offset + slope * ledger(current)


_BENT = "the slope of the steps falls with current: not ohmic to the printed microvolt"
_OHM = "V = V_offset + R I through the first and the last step"
for _step, (_i, _v) in enumerate(_DCR_STEPS):
    if _step in (0, 8):
        _predict(_v, _OHM, kind=Kind.CALIBRATED, calibrated_to=(_v,))(partial(_dcr_voltage, _i))
    else:
        _predict(
            _v,
            _OHM,
            misfit=_BENT,
        )(partial(_dcr_voltage, _i))


# --- What printed values would need ----------------------------------------------------------------------------------


@_finding(
    "CSE:in-pore polymer conductivity",
    "ionic_conductivity",
    "mS/cm",
    "parallel bound solved for the polymer: the least that the pores must have if no interphase conducts",
    needs="F001-118",
)
def _pore_polymer(ledger: Ledger) -> float:
    phases = _cse(ledger).phases
    (_, pores), (ceramic, skeleton) = phases
    return (ledger("F001-118") - skeleton * ceramic.ionic_conductivity(_T30)) / pores


def _sheet_needed(ledger: Ledger) -> float:
    missing = ledger("F001-118") - _cse(ledger).ionic_conductivity(_T30)
    return 1.5 * missing / ledger("LLZT-framework.specific_interface_area")


_finding(
    "CSE:interphase sheet conductance",
    "sheet_conductance",
    "nS",
    "S = (3/2) (sigma - H) / a: the least that the interface must have if it carries what the bulk cannot",
    needs="F001-118",
)(_sheet_needed)


def _interphase_conductivity(thickness: float, ledger: Ledger) -> float:
    return float(laws.sheet_thickness_conductivity(_sheet_needed(ledger), thickness))


for _nm in (1, 10, 100):
    _finding(
        f"CSE:interphase conductivity if {_nm} nm thick",
        "ionic_conductivity",
        "S/cm",
        "sheet conductance over thickness",
        needs="F001-118",
    )(partial(_interphase_conductivity, 1e-9 * _nm))


@_finding(
    "CSE:interface resistance on lithium",
    "area_specific_resistance",
    "ohm cm2",
    "(R - L/(sigma t+)) / 2 from the rate test at 0.1 mA/cm2 and the printed conductivity and transference number",
    needs="F001-149",
)
def _cse_interface(ledger: Ledger) -> float:
    bulk = ledger("F001-026") / (ledger("F001-118") * ledger("F001-123"))
    return 0.5 * (_cse_area_resistance(ledger) - bulk)


def _fraction_needed(ledger: Ledger, weight: float) -> float:
    composite = _pce(ledger, weight)
    polymer, ceramic = (medium.ionic_conductivity(_T30) for medium, _ in composite.phases)
    return float(laws.polymer_current_fraction_needed(composite.mix, polymer, ceramic, ledger("A0069")))


_finding(
    "PCE:polymer current fraction, coated grains",
    "transference_number",
    "1",
    "H[f s_p, s_c] / H[s_p, s_c] = printed t+, solved for f, lower Hashin-Shtrikman bound",
    needs="A0069",
)(lambda g: _fraction_needed(g, 0.0))
_finding(
    "PCE:polymer current fraction, touching grains",
    "transference_number",
    "1",
    "the same at the upper Hashin-Shtrikman bound",
    needs="A0069",
)(lambda g: _fraction_needed(g, 1.0))


@_finding(
    "H-SSE:thickness of PCE inside",
    "thickness",
    "um",
    "the PCE thickness at which PA-SPE (assumed) and PCE (printed) in series have the printed conductivity",
    needs="A0108",
)
def _hsse_thickness(ledger: Ledger) -> float:
    buffer, pce, both = load_medium("PA-SPE", ledger).ionic_conductivity(_T30), ledger("A0067"), ledger("A0108")
    thickness = ledger("A0105")
    # (L + t)/sigma = L/sigma_b + t/sigma_p, solved for t; negative where no thickness does it
    return thickness * (1.0 / buffer - 1.0 / both) / (1.0 / both - 1.0 / pce)


def _pellet_needed(name: str, claim: str, ledger: Ledger) -> float:
    stack, film, _, thickness = _film_pellet(ledger, name)
    rest = (stack.thickness - thickness) / film
    return thickness / (stack.thickness / ledger(claim) - rest)


for _claim, _name in (("A0409", "UVEA-LATP-UVEA"), ("A0410", "UVEA-LVO-UVEA")):
    _finding(
        f"{_name}:conductivity of the pellet inside",
        "ionic_conductivity",
        "S/cm",
        "what the pellet must have for the printed conductivity of the sandwich, films as measured alone",
        needs=_claim,
    )(partial(_pellet_needed, _name, _claim))


# --- Contacts inside composites; `_voxels` has the same on images -----------------------------------------------------


@_finding(
    "PCE:area resistance of polymer|LATP",
    "area_specific_resistance",
    "ohm cm2",
    "coated grains of the mean printed size: the sphere a/(1 + a/(G R)) that the printed conductivity needs, R = 1/G",
    needs="A0067",
)
def _pce_contact(ledger: Ledger) -> float:
    (polymer, _), (ceramic, share) = _pce(ledger).phases
    film, grain = polymer.ionic_conductivity(_T30), ceramic.ionic_conductivity(_T30)
    radius = 0.25 * (ledger("A0185") + ledger("A0186"))
    sphere = (ledger("A0067") - film) / (ledger("A0067") + 2.0 * film) / share
    return radius * ((1.0 - sphere) / (film * (1.0 + 2.0 * sphere)) - 1.0 / grain)


@_finding(
    "LATP:areal conductance of its grain boundaries",
    "areal_conductance",
    "S/cm2",
    "brick layer: printed grain-boundary conductivity over the mean printed grain size",
    needs="A0016",
)
def _latp_boundary(ledger: Ledger) -> float:
    return ledger("A0016") / (0.5 * (ledger("A0185") + ledger("A0186")))


def _arc_of(ledger: Ledger, weight: float | None) -> float:
    return 1.0 / (1.0 / ledger("A0067") - 1.0 / _pce(ledger, weight).ionic_conductivity(_T30))


@_predict(
    "A0015",
    "1/sigma_gb = 1/(printed total) - 1/H of the phases alone: all that is missing lies in contacts that an arc shows",
    misfit="the printed total and this arc leave more for the rest than any grain of LATP conducts: the arcs are not "
    "bulk and contact",
    alternatives=(
        (_COATED, lambda ledger: _arc_of(ledger, 0.0)),
        (_TOUCHING, lambda ledger: _arc_of(ledger, 1.0)),
    ),
)
def _pce_arc(ledger: Ledger) -> float:
    return _arc_of(ledger, None)


def _structure_weight(ledger: Ledger, claim: str, value: Callable[[Composite], float]) -> float:
    """Return w of H = H_lower^(1 - w) H_upper^w: the logarithm of any ratio of such H is linear in w."""
    coated, touching = (math.log(value(_pce(ledger, weight))) for weight in (0.0, 1.0))
    return (math.log(ledger(claim)) - coated) / (touching - coated)


_JUDGED = "0: grains coated by polymer, 1: grains in contact; where {} puts PCE between the Hashin-Shtrikman bounds"
_finding(
    "PCE:contact between grains, by electrons",
    "fraction",
    "1",
    _JUDGED.format("the printed electronic conductivity"),
    needs="A0018",
)(lambda g: _structure_weight(g, "A0018", lambda medium: medium.electronic_conductivity(_T30)))
_finding(
    "PCE:contact between grains, by ions",
    "fraction",
    "1",
    _JUDGED.format("the printed transference number (and the assumed one of the polymer)"),
    needs="A0069",
)(lambda g: _structure_weight(g, "A0069", lambda medium: medium.current_fraction(_T30)))
