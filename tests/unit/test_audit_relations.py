"""Every relation on numbers that fit, and on the same numbers with one made wrong."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ceramer.library.audit import Finding, Verdict, audit, relations

AGREE, DISAGREE, IMPOSSIBLE, NOTE, SILENT = (
    Verdict.AGREE, Verdict.DISAGREE, Verdict.IMPOSSIBLE, Verdict.NOTE, None,
)  # fmt: skip

LAYERS = [
    {
        "name": "a",
        "thickness": "350 um",
        "ionic_conductivity": "0.750 mS/cm",
        "electronic_conductivity": "5.70e-8 S/cm",
    },
    {
        "name": "b",
        "thickness": "120 um",
        "ionic_conductivity": "1.000 mS/cm",
        "electronic_conductivity": "6.00e-9 S/cm",
    },
]
PHASES = [
    {"name": "a", "ionic_conductivity": "1.00 mS/cm", "volume_fraction": "25.0 vol%", "activation_energy": "0.350 eV"},
    {"name": "b", "ionic_conductivity": "0.40 mS/cm", "volume_fraction": "75.0 vol%", "activation_energy": "0.280 eV"},
]
NMR = [
    {"name": "a", "area_before": "70.0 %", "area_after": "60.0 %", "increase_factor": "6.86"},
    {"name": "b", "area_before": "30.0 %", "area_after": "40.0 %", "increase_factor": "10.67"},
]
RECIPE = [
    {"name": "A", "mass": "0.200 g", "mass_fraction": "20.0 wt%"},
    {"name": "B", "mass": "0.800 g", "mass_fraction": "80.0 wt%"},
]
SHARES = [{"name": "A", "mass_fraction": "20.0 wt%"}, {"name": "B", "mass_fraction": "80.0 wt%"}]
CELLS = [
    {"current_density": "0.300 mA/cm2", "c_rate": "1C", "loading": "2.00 mg/cm2"},
    {"current_density": "0.750 mA/cm2", "c_rate": "C/2", "loading": "10.0 mg/cm2"},
]
STEPS = [
    {"current": {"value": "1 uA", "exact": True}, "voltage": "0.400 mV"},
    {"current": {"value": "3 uA", "exact": True}, "voltage": "1.200 mV", "step_resistance": "400 ohm"},
]
VOIDS = [
    {"void_size": "300 um", "interval": "10.0 h", "healing_rate": "10.0 um/h"},
    {"void_size": "200 um", "interval": "10.0 h", "healing_rate": "20.0 um/h"},
]
POLARISATION = [
    {"name": "rate", "current_density": {"value": "0.1 mA/cm2", "exact": True}, "overpotential": "6.50 mV"},
    {"name": "long", "current_density": {"value": "0.1 mA/cm2", "exact": True}, "overpotential": "6.50 mV"},
]

# relation, roles, verdict on them; what is changed, verdict then (None: the relation says nothing)
CASES: list[tuple[str, dict[str, Any], Verdict | None, dict[str, Any], Verdict | None]] = [
    (
        "ratio of two numbers",
        {"numerator": "6.00 S", "denominator": "2.00 S", "ratio": "3.00"},
        AGREE,
        {"ratio": "0.333"},
        DISAGREE,
    ),
    ("area of a disc", {"area": "1.131 cm2", "diameter": "12.0 mm"}, AGREE, {"diameter": "6.0 mm"}, DISAGREE),
    (
        "one quantity in several places",
        {"loading": ["4.5 mg/cm2", "4.48 mg/cm2"]},
        AGREE,
        {"loading": ["4.5 mg/cm2", "4.38 mg/cm2"]},
        DISAGREE,
    ),
    (
        "one temperature in a ratio",
        {
            "numerator": {"value": "2 S/cm", "temperature": "30 degC"},
            "denominator": {"value": "1 S/cm", "temperature": "30 degC"},
        },
        SILENT,
        {"denominator": {"value": "1 S/cm", "temperature": "22 degC"}},
        DISAGREE,
    ),
    ("numbers that cannot be", {"transference_number": "0.74"}, SILENT, {"transference_number": "1.74"}, IMPOSSIBLE),
    (
        "conductivity from a resistance",
        {"thickness": "100.0 um", "resistance": "5.00 ohm", "area": "1.00 cm2", "ionic_conductivity": "2.00 mS/cm"},
        AGREE,
        {"resistance": "6.00 ohm"},
        DISAGREE,
    ),
    (
        "grain-boundary conductivity from a resistance",
        {
            "thickness": "350.0 um",
            "grain_boundary_resistance": "55.0 ohm",
            "area": "0.795 cm2",
            "grain_boundary_conductivity": "0.800 mS/cm",
        },
        AGREE,
        {"area": "1.131 cm2"},
        DISAGREE,
    ),
    (
        "area-specific resistance of a sample",
        {"resistance": "23.35 ohm", "area": "2.00 cm2", "area_specific_resistance": "46.7 ohm cm2"},
        AGREE,
        {"area": "0.50 cm2"},
        DISAGREE,
    ),
    (
        "area-specific resistance of a layer",
        {"thickness": "350.0 um", "ionic_conductivity": "0.750 mS/cm", "area_specific_resistance": "46.7 ohm cm2"},
        AGREE,
        {"ionic_conductivity": "7.50 mS/cm"},
        DISAGREE,
    ),
    (
        "electronic conductivity from a leakage current",
        {
            "leakage_current": "58.7 nA",
            "thickness": "340.0 um",
            "polarisation_voltage": "150.0 mV",
            "area": "2.00 cm2",
            "electronic_conductivity": "6.65e-9 S/cm",
        },
        AGREE,
        {"leakage_current": "58.7 uA"},
        DISAGREE,
    ),
    (
        "activation energy from two temperatures",
        {
            "ionic_conductivity_1": "0.7500 mS/cm",
            "temperature_1": "30.0 degC",
            "ionic_conductivity_2": "5.090 mS/cm",
            "temperature_2": "100.0 degC",
            "activation_energy": "0.267 eV",
        },
        AGREE,
        {"activation_energy": "0.28 eV"},
        DISAGREE,
    ),
    (
        "transference number by Bruce and Vincent",
        {
            "initial_current": "10.00 uA",
            "steady_current": "6.000 uA",
            "polarisation_voltage": "10.00 mV",
            "initial_resistance": "200.0 ohm",
            "steady_resistance": "220.0 ohm",
            "transference_number": "0.553",
        },
        AGREE,
        {"steady_resistance": "120.0 ohm"},
        DISAGREE,
    ),
    (
        "electronic transference",
        {
            "ionic_conductivity": "3.18e-5 S/cm",
            "electronic_conductivity": "7.54e-6 S/cm",
            "electronic_transference": "0.192",
        },
        AGREE,
        {"electronic_transference": "0.237"},
        DISAGREE,
    ),
    (
        "bulk and grain boundaries in series",
        {
            "bulk_conductivity": "3.00 mS/cm",
            "grain_boundary_conductivity": "1.50 mS/cm",
            "ionic_conductivity": "1.00 mS/cm",
        },
        AGREE,
        {"ionic_conductivity": "4.50 mS/cm"},
        DISAGREE,
    ),
    (
        "upper bound of a composite",
        {"phases": PHASES, "ionic_conductivity": "0.55 mS/cm"},
        AGREE,
        {"ionic_conductivity": "0.70 mS/cm"},
        IMPOSSIBLE,
    ),
    (
        "conductivity within the phases",
        {"phases": PHASES, "ionic_conductivity": "0.55 mS/cm"},
        SILENT,
        {"ionic_conductivity": "0.30 mS/cm"},
        IMPOSSIBLE,
    ),
    (
        "activation energy within the phases",
        {"phases": PHASES, "activation_energy": "0.300 eV"},
        AGREE,
        {"activation_energy": "0.161 eV"},
        IMPOSSIBLE,
    ),
    (
        "grain boundaries against the whole",
        {"ionic_conductivity": "0.75 mS/cm", "grain_boundary_conductivity": "0.80 mS/cm"},
        SILENT,
        {"grain_boundary_conductivity": "0.60 mS/cm"},
        IMPOSSIBLE,
    ),
    (
        "bulk that is left",
        {
            "ionic_conductivity": "0.500 mS/cm",
            "grain_boundary_conductivity": "0.800 mS/cm",
            "bulk_conductivity_bound": "5 mS/cm",
        },
        AGREE,
        {"ionic_conductivity": "0.780 mS/cm"},
        DISAGREE,
    ),
    (
        "one geometry for two cells",
        {
            "numerator": "0.80 mS/cm",
            "denominator": "0.020 mS/cm",
            "resistance_numerator": "5000 ohm",
            "resistance_denominator": "125 ohm",
        },
        AGREE,
        {"resistance_denominator": "55 ohm"},
        DISAGREE,
    ),
    (
        "anion conductivity",
        {
            "ionic_conductivity_1": "0.464 mS/cm",
            "transference_number_1": "0.236",
            "ionic_conductivity_2": "0.464 mS/cm",
            "transference_number_2": "0.627",
        },
        SILENT,
        {"ionic_conductivity_2": "1.117 mS/cm"},
        NOTE,
    ),
    (
        "mixed conductor",
        {"ionic_conductivity": "3.0e-5 S/cm", "electronic_conductivity": "1.0e-8 S/cm"},
        AGREE,
        {"electronic_conductivity": "7.5e-6 S/cm"},
        NOTE,
    ),
    (
        "bulk arc within the window",
        {"ionic_conductivity": "1.0e-6 S/cm", "relative_permittivity": "30", "frequency_max": "1 MHz"},
        AGREE,
        {"ionic_conductivity": "1.0e-3 S/cm"},
        NOTE,
    ),
    (
        "layers in series",
        {"layers": LAYERS, "ionic_conductivity": "0.801 mS/cm"},
        AGREE,
        {"ionic_conductivity": "0.833 mS/cm"},
        DISAGREE,
    ),
    (
        "electronic conductivity of layers in series",
        {"layers": LAYERS, "electronic_conductivity": "1.80e-8 S/cm"},
        AGREE,
        {"electronic_conductivity": "4.40e-8 S/cm"},
        DISAGREE,
    ),
    (
        "a stack resists at least as much as each layer",
        {"layers": LAYERS, "ionic_conductivity": "0.801 mS/cm"},
        SILENT,
        {"ionic_conductivity": "2.01 mS/cm"},
        IMPOSSIBLE,
    ),
    (
        "capacity retention",
        {"initial_capacity": "152.0 mAh/g", "final_capacity": "123.0 mAh/g", "capacity_retention": "80.9 %"},
        AGREE,
        {"final_capacity": "132.0 mAh/g"},
        DISAGREE,
    ),
    (
        "fade per cycle",
        {"capacity_retention": "92.0 %", "cycles": "1300", "fade_per_cycle": "0.0062 %"},
        AGREE,
        {"cycles": "130"},
        DISAGREE,
    ),
    (
        "fade that takes everything",
        {"fade_per_cycle": "0.0178 %", "cycles": "1600", "final_capacity": "116.9 mAh/g"},
        SILENT,
        {"fade_per_cycle": "1.78 %"},
        IMPOSSIBLE,
    ),
    (
        "retention against fade",
        {"capacity_retention": "92.0 %", "fade_per_cycle": "0.0062 %"},
        SILENT,
        {"capacity_retention": "108 %"},
        DISAGREE,
    ),
    (
        "accumulated areal capacity",
        {"current_density": "2.00 mA/cm2", "duration": "1000 h", "accumulated_areal_capacity": "2000 mAh/cm2"},
        AGREE,
        {"duration": "500 h"},
        DISAGREE,
    ),
    (
        "areal capacity of a half cycle",
        {"current_density": "0.500 mA/cm2", "half_cycle_time": "2.00 h", "areal_capacity": "1.00 mAh/cm2"},
        AGREE,
        {"half_cycle_time": "1.00 h"},
        DISAGREE,
    ),
    (
        "current density of a C-rate",
        {
            "c_rate": "C/2",
            "loading": "7.40 mg/cm2",
            "specific_capacity_1C": "200 mAh/g",
            "current_density": "0.740 mA/cm2",
        },
        AGREE,
        {"c_rate": "1C"},
        DISAGREE,
    ),
    (
        "areal capacity of a cathode",
        {"loading": "7.40 mg/cm2", "specific_capacity": "210 mAh/g", "areal_capacity_cathode": "1.55 mAh/cm2"},
        AGREE,
        {"specific_capacity": "130 mAh/g"},
        DISAGREE,
    ),
    (
        "N/P ratio",
        {"areal_capacity_anode": "2.00 mAh/cm2", "areal_capacity_cathode": "1.60 mAh/cm2", "np_ratio": "1.25"},
        AGREE,
        {"np_ratio": "1.60"},
        DISAGREE,
    ),
    (
        "thickness of plated lithium",
        {"areal_capacity": "6.000 mAh/cm2", "plated_thickness": "29.1 um"},
        AGREE,
        {"plated_thickness": "27.0 um"},
        DISAGREE,
    ),
    (
        "speed of plating",
        {"current_density": "1.000 mA/cm2", "plating_speed": "4.85 um/h"},
        AGREE,
        {"plating_speed": "4.82 um/h"},
        DISAGREE,
    ),
    (
        "one 1C for one cathode",
        {"cells": CELLS},
        AGREE,
        {"cells": [CELLS[0], {**CELLS[1], "loading": "9.0 mg/cm2"}]},
        DISAGREE,
    ),
    (
        "leak-limited coulombic efficiency",
        {
            "electronic_conductivity": "2.3e-9 S/cm",
            "thickness": "470 um",
            "mean_voltage": "4.00 V",
            "current_density": "0.58 mA/cm2",
            "coulombic_efficiency": "99.90 %",
        },
        AGREE,
        {"electronic_conductivity": "5.7e-8 S/cm"},
        IMPOSSIBLE,
    ),
    (
        "specific energy against masses",
        {
            "areal_capacity": "3.19 mAh/cm2",
            "mean_voltage": "3.80 V",
            "loading": "20.3 mg/cm2",
            "lithium_thickness": "40 um",
            "specific_energy": "344 Wh/kg",
        },
        AGREE,
        {"specific_energy": "644 Wh/kg"},
        IMPOSSIBLE,
    ),
    (
        "energy of a cell",
        {"cell_capacity": "5.0 Ah", "mean_voltage": "3.80 V", "cell_energy": "19.0 Wh"},
        AGREE,
        {"cell_energy": "20.0 Wh"},
        DISAGREE,
    ),
    (
        "specific energy of a cell",
        {"cell_capacity": "5.0 Ah", "mean_voltage": "3.80 V", "cell_mass": "50.0 g", "specific_energy": "380 Wh/kg"},
        AGREE,
        {"specific_energy": "400 Wh/kg"},
        DISAGREE,
    ),
    (
        "specific energy of a cell, from its energy",
        {"cell_energy": "19.0 Wh", "cell_mass": "50.0 g", "specific_energy": "380 Wh/kg"},
        AGREE,
        {"cell_mass": "60.0 g"},
        DISAGREE,
    ),
    (
        "energy density of a cell",
        {"cell_capacity": "5.0 Ah", "mean_voltage": "3.80 V", "cell_volume": "25.0 cm3", "energy_density": "760 Wh/L"},
        AGREE,
        {"cell_volume": "20.0 cm3"},
        DISAGREE,
    ),
    (
        "energy density of a cell, from its energy",
        {"cell_energy": "19.0 Wh", "cell_volume": "25.0 cm3", "energy_density": "760 Wh/L"},
        AGREE,
        {"energy_density": "850 Wh/L"},
        DISAGREE,
    ),
    (
        "one resistance at one current",
        {"polarisation": POLARISATION},
        AGREE,
        {"polarisation": [POLARISATION[0], {**POLARISATION[1], "overpotential": "5.00 mV"}]},
        DISAGREE,
    ),
    (
        "ceramic content by thermogravimetry",
        {"weight_loss": "45.76 wt%", "ceramic_weight_loss": "2.21 wt%", "ceramic_mass_fraction": "55.47 wt%"},
        AGREE,
        {"ceramic_mass_fraction": "56.45 wt%"},
        DISAGREE,
    ),
    (
        "sum of a recipe",
        {"recipe": SHARES},
        AGREE,
        {"recipe": [SHARES[0], {"name": "B", "mass_fraction": "75.0 wt%"}]},
        DISAGREE,
    ),
    (
        "mass fraction of a part",
        {"recipe": RECIPE},
        AGREE,
        {"recipe": [{**RECIPE[0], "mass_fraction": "22.0 wt%"}, RECIPE[1]]},
        DISAGREE,
    ),
    (
        "weight loss against what is blamed",
        {"recipe": SHARES, "blamed": ["A"], "weight_loss": "18.0 wt%"},
        AGREE,
        {"weight_loss": "45 wt%"},
        IMPOSSIBLE,
    ),
    (
        "injected volume against film volume",
        {"injected_volume": "5 uL", "injection_count": "3", "thickness": "96 um", "diameter": "19.0 mm"},
        AGREE,
        {"injected_volume": "20 uL"},
        IMPOSSIBLE,
    ),
    (
        "repeat units per lithium",
        {
            "repeat_unit": "C2H4O",
            "salt": "LiC2F6NO4S2",
            "polymer_mass": "0.250 g",
            "salt_mass": "0.150 g",
            "eo_li_ratio": "10.9",
        },
        AGREE,
        {"eo_li_ratio": "15.0"},
        DISAGREE,
    ),
    ("areas of a deconvolution", {"nmr": NMR}, AGREE, {"nmr": [NMR[0], {**NMR[1], "area_after": "45.0 %"}]}, DISAGREE),
    (
        "isotope increase factors",
        {"nmr": NMR, "isotope_abundance": "7.5 %"},
        AGREE,
        {"nmr": [NMR[0], {**NMR[1], "increase_factor": "7.0"}]},
        DISAGREE,
    ),
    (
        "shifts of two isotopes",
        {"shift_6Li": "-0.25 ppm", "shift_7Li": "-0.27 ppm"},
        AGREE,
        {"shift_6Li": "2.72 ppm"},
        DISAGREE,
    ),
    (
        "resistance of DC steps",
        {"steps": STEPS},
        AGREE,
        {"steps": [STEPS[0], {**STEPS[1], "step_resistance": "430 ohm"}]},
        DISAGREE,
    ),
    (
        "healing of voids",
        {"voids": VOIDS},
        AGREE,
        {"voids": [VOIDS[0], {**VOIDS[1], "healing_rate": "25.0 um/h"}]},
        DISAGREE,
    ),
    (
        "protocols of critical currents",
        {"critical_currents": [{"critical_current_density": "> 5 mA/cm2", "half_cycle_time": "0.5 h"}]},
        SILENT,
        {
            "critical_currents": [
                {"critical_current_density": "> 14 mA/cm2", "areal_capacity": "0.5 mAh/cm2"},
                {"critical_current_density": "> 5 mA/cm2", "half_cycle_time": "0.5 h"},
            ]
        },
        NOTE,
    ),
]


def found(relation: str, roles: dict[str, Any]) -> list[Finding]:
    report = audit({"kind": "audit", "context": {"c": roles}})
    return [item for item in report.findings if item.relation == relation]


@pytest.mark.parametrize(("relation", "roles", "fits", "change", "breaks"), CASES, ids=[case[0] for case in CASES])
def test_relation(
    relation: str, roles: dict[str, Any], fits: Verdict | None, change: dict[str, Any], breaks: Verdict | None
) -> None:
    before = {item.verdict for item in found(relation, copy.deepcopy(roles))}
    assert fits in before if fits else not before
    assert not {item for item in before if item in (DISAGREE, IMPOSSIBLE)}
    after = {item.verdict for item in found(relation, {**roles, **change})}
    assert breaks in after if breaks else not after


def test_every_relation_has_a_case() -> None:
    assert {case[0] for case in CASES} == {relation.name for relation in relations()}


def test_a_fold_claim_is_named_with_its_factor() -> None:
    (item,) = found("ratio of two numbers", {"numerator": "1.5e-6 S/cm", "denominator": "5.7e-8 S/cm", "ratio": "32"})
    assert item.deviation == pytest.approx(26.3158 / 32 - 1, rel=1e-4)
    assert item.computed.startswith("26.32")
    assert item.equation == "32 : 1.5e-06 S/cm / 5.7e-08 S/cm = 26.32 (25.22 to 27.43)"


def test_both_bases_of_np_agree_and_are_named() -> None:
    for printed, label in (("2.25", "lithium of the cathode counted"), ("1.25", "plated lithium over cathode")):
        capacities = {"areal_capacity_anode": "2.00 mAh/cm2", "areal_capacity_cathode": "1.60 mAh/cm2"}
        (item,) = found("N/P ratio", {**capacities, "np_ratio": printed})
        assert f"{label})" in item.sentence


def test_an_area_below_the_ceiling_is_left_in_peace() -> None:
    assert not [
        item for item in found("isotope increase factors", {"nmr": NMR, "isotope_abundance": "7.5 %"}) if item.is_alarm
    ]
    high = [{**NMR[0], "increase_factor": "17.14"}, {**NMR[1], "increase_factor": "26.67"}]
    names = [
        item.sentence
        for item in found("isotope increase factors", {"nmr": high, "isotope_abundance": "7.5 %"})
        if item.is_alarm
    ]
    assert len(names) == 2
    assert "2-fold" in names[1]


def test_a_missing_and_a_misplaced_number_find_each_other() -> None:
    inside = [
        {"name": "A", "mass_fraction": "20.0 wt%"},
        {"name": "B"},
        {"name": "C", "mass_fraction": ["70.0 wt%", "10.0 wt%"]},
    ]
    (item,) = found("sum of a recipe", {"recipe": inside})
    assert "one of them belongs to B" in item.sentence
    on_top = [
        {"name": "A", "mass_fraction": "20.0 wt%"},
        {"name": "B"},
        {"name": "C", "mass_fraction": ["0.5 wt%", "80.0 wt%"], "on_top": True},
    ]
    (item,) = found("sum of a recipe", {"recipe": on_top})
    assert "80 wt% belongs to B" in item.sentence
    assert "0.5 wt% of C on top" in item.sentence
    on_top[2]["mass_fraction"] = ["0.5 wt%", "60.0 wt%"]
    (item,) = found("sum of a recipe", {"recipe": on_top})
    assert "neither completes the recipe" in item.sentence


def test_a_layer_with_a_porosity_conducts_through_its_pores() -> None:
    layers = [{"name": "web", "thickness": "10.0 um", "ionic_conductivity": "1.000 mS/cm", "porosity": "25.0 vol%"},
              {"name": "skin", "thickness": "10.0 um", "ionic_conductivity": "0.125 mS/cm"}]  # fmt: skip
    (item,) = found("layers in series", {"layers": layers, "ionic_conductivity": "0.125 mS/cm"})
    assert item.verdict is AGREE


def test_a_bulk_arc_scales_with_conductivity_over_permittivity() -> None:
    roles = {
        "ionic_conductivity": "1.0e-3 S/cm",
        "relative_permittivity": {"value": "30", "exact": True},
        "frequency_max": "1 MHz",
    }
    (item,) = found("bulk arc within the window", roles)
    assert "56.9 to 62.9 MHz" in item.sentence  # 59.9 MHz, and 5 % for the two digits


def test_closure_laws_know_the_induction_time() -> None:
    sizes = [
        {"void_size": "282.0 um", "interval": "10.0 h"},
        {"void_size": "226.0 um", "interval": "10.0 h"},
    ]
    texts = " ".join(item.sentence for item in found("healing of voids", {"voids": sizes}))
    assert "d(L^2)/dt constant with 4.4 h of induction" in texts
    assert "d(L^3)/dt constant without induction" in texts


def test_a_thin_unknown_layer_within_the_rounding_is_left_in_peace() -> None:
    layers = [
        {"name": "a", "thickness": "350 um", "ionic_conductivity": "0.750 mS/cm"},
        {"name": "b", "thickness": "20.0 um"},
    ]
    relation = "a stack resists at least as much as each layer"
    assert not found(relation, {"layers": layers, "ionic_conductivity": "0.79 mS/cm"})
    (item,) = found(relation, {"layers": layers, "ionic_conductivity": "0.85 mS/cm"})
    assert item.verdict is IMPOSSIBLE


def test_a_retention_from_capacities_keeps_their_rounding() -> None:
    roles = {"initial_capacity": "144 mAh/g", "final_capacity": "80.5 mAh/g", "cycles": "700"}
    (item,) = found("fade per cycle", {**roles, "fade_per_cycle": "0.0630 %"})
    assert item.computed == "0.063 % (0.06267 to 0.06332)"


def test_grain_boundaries_below_the_total_leave_no_bulk() -> None:
    roles = {"ionic_conductivity": "0.75 mS/cm", "grain_boundary_conductivity": "0.60 mS/cm"}
    assert not found("bulk that is left", {**roles, "bulk_conductivity_bound": "5 mS/cm"})


def test_an_area_resistance_is_voltage_over_current() -> None:
    twice = {"value": "0.2 mA/cm2", "exact": True}
    rows = [{**row, "current_density": twice} for row in POLARISATION]
    (item,) = found("one resistance at one current", {"polarisation": rows})
    assert "32.5 ohm cm2" in item.sentence
