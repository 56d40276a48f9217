"""What the audit finds in the four papers from their printed numbers alone, and what it must leave in peace."""

from __future__ import annotations

import functools
import re
from importlib.resources import files

import pytest

from ceramer.library import PAPERS, facts
from ceramer.library.audit import AuditReport, Finding, Verdict, audit_paper, paper_audit
from ceramer.library.audit._roles import ROLES

IMPOSSIBLE, DISAGREE, NOTE, AGREE, UNCHECKED = (
    Verdict.IMPOSSIBLE,
    Verdict.DISAGREE,
    Verdict.NOTE,
    Verdict.AGREE,
    Verdict.UNCHECKED,
)

# What does not add up: key, paper, context, verdict, and numbers that the sentence must contain.
KNOWN = [
    ("32-fold", "He2024", "electronic-LATP-over-PCE", DISAGREE, ("32 fold", "26.32")),
    ("652-fold mixes temperatures", "He2024", "electronic-LATP-over-H-SSE", DISAGREE, ("30 degC", "22 degC")),
    (
        "grain boundaries, two geometries",
        "He2024",
        "grain-boundaries-PCE-over-LATP",
        DISAGREE,
        ("33.3", "90.9", "2.73"),
    ),
    ("area that 55 ohm needs", "He2024", "grain-boundary-cell", UNCHECKED, ("0.7955 cm2", "10.06 mm")),
    ("12 mm discs", "He2024", "grain-boundary-cell-12-mm", DISAGREE, ("0.8 mS/cm", "0.5627 mS/cm")),
    ("12 mm discs, below the total", "He2024", "grain-boundary-cell-12-mm", IMPOSSIBLE, ("0.5627", "0.75 mS/cm")),
    ("H-SSE in series", "He2024", "H-SSE", IMPOSSIBLE, ("46.5 ohm cm2", "46.7 ohm cm2")),
    ("H-SSE expected", "He2024", "H-SSE-with-UVEA-for-PA-SPE", DISAGREE, ("1.01 mS/cm", "0.7557 mS/cm")),
    ("H-SSE implies a PA-SPE", "He2024", "H-SSE", UNCHECKED, ("6.054e-10 S/cm",)),
    ("H-SSE, electrons", "He2024", "H-SSE-with-UVEA-for-PA-SPE", DISAGREE, ("2.3e-09 S/cm", "1.943e-08 S/cm")),
    ("FEC of SH-SPE", "He2024", "recipe-of-SH-SPE", DISAGREE, ("4.564 wt%", "5 wt%")),
    ("plating speed", "He2024", "plating-speed", DISAGREE, ("4.82 um/h", "4.848 um/h")),
    ("censored healing rate", "He2024", "voids", NOTE, ("22.6 um/h", "lower bound")),
    ("closure laws", "He2024", "voids", NOTE, ("L^3)/dt constant without induction", "L^2)/dt constant with 4.4 h")),
    ("zero-strain cut-off", "He2024", "ZS-cut-off", DISAGREE, ("4.2 V", "4.3 V")),
    ("one electrode gets half", "He2024", "symmetric-1-mA", AGREE, ("2900 mAh/cm2", "1450 mAh/cm2")),
    ("1C of LFP", "He2024", "one-C-of-LFP", DISAGREE, ("158 to 177 mAh/g",)),
    ("1C of ZS", "He2024", "one-C-of-ZS", AGREE, ("187.8 mAh/g", "190.3 mAh/g")),
    ("1C of NMC811", "He2024", "NMC811-rate", UNCHECKED, ("194.6 mAh/g",)),
    ("NMC811 delivers", "He2024", "NMC811-nominal-and-delivered", DISAGREE, ("1.6 mAh/cm2", "0.9613 mAh/cm2")),
    ("bulk that is left", "He2024", "bulk-of-PCE", DISAGREE, ("12 mS/cm",)),
    ("bulk at 22 degC", "He2024", "bulk-of-PCE-at-22-degC", NOTE, ("1.967 mS/cm",)),
    ("leak of H-SSE", "He2024", "leak-of-the-H-SSE-pouch", AGREE, ("99.94 %", "99.93 %")),
    ("leak of PCE", "He2024", "leak-of-a-PCE-cell", NOTE, ("94.49 %",)),
    ("fade of ZS", "He2024", "H-SSE-ZS", DISAGREE, ("0.01 %/cycle", "0.01212 %/cycle")),
    ("strict thermogravimetry", "Nguyen2024", "thermogravimetry", DISAGREE, ("56.45", "55.47", "simple difference")),
    ("parallel bound", "Nguyen2024", "conductivity-of-the-composite", IMPOSSIBLE, ("1.117 mS/cm", "1.9 times")),
    ("energy below both", "Nguyen2024", "activation-energy-of-the-composite", IMPOSSIBLE, ("0.161 eV", "0.283 eV")),
    ("one total growth", "Nguyen2024", "isotope-exchange", AGREE, ("T = 9.29",)),
    ("isotope ceiling", "Nguyen2024", "isotope-exchange", IMPOSSIBLE, ("interface", "31.2", "13.3")),
    ("6Li and 7Li", "Nguyen2024", "shifts-of-LLZT", DISAGREE, ("2.99 ppm",)),
    ("retention at 5.2 mg", "Nguyen2024", "cell-5p2-mg", DISAGREE, ("69.6 %", "71.31 %")),
    ("injected volume", "Nguyen2024", "injection", IMPOSSIBLE, ("60 uL", "27.2 uL")),
    ("anions of CSE", "Nguyen2024", "anions", NOTE, ("0.4166 mS/cm", "0.3545 mS/cm")),
    ("rate and long test", "Nguyen2024", "symmetric-cells", DISAGREE, ("65 ohm cm2", "50 ohm cm2")),
    ("bulk arc", "Nguyen2024", "bulk-arc", NOTE, ("1e+05 Hz", "intercept")),
    ("1.78 % per cycle", "Zhang2024", "LFP-1C-60-degC", IMPOSSIBLE, ("2848 %", "0.0178 mAh/g", "145.4 mAh/g", "163.5")),
    ("0.5C or 0.2C", "Zhang2024", "NCM811-500-cycles", DISAGREE, ("0.5C", "0.2C")),
    ("EO:Li", "Zhang2024", "ether-oxygen-of-control-and-layers", DISAGREE, ("15", "10.86")),
    ("PEO in the pores, at best", "Zhang2024", "separator-filled-with-PEO", IMPOSSIBLE, ("126 ohm cm2", "10.5")),
    ("PEO in usual pores", "Zhang2024", "separator-of-usual-porosity", IMPOSSIBLE, ("34.8",)),
    ("anions of PLM", "Zhang2024", "anions", NOTE, ("8.87 times",)),
    ("pouch energy", "Zhang2024", "pouch", AGREE, ("344 Wh/kg", "11.1", "one of several readings")),
    (
        "misplaced number",
        "Zou-SI",
        "recipe-of-UVEA",
        DISAGREE,
        ("47.62 wt% belongs to SN", "100 wt%", "0.5 wt% of PPO"),
    ),
    ("LATP sandwich", "Zou-SI", "UVEA-LATP-UVEA", DISAGREE, ("7.24", "14.2 times", "by-passes")),
    ("LVO sandwich", "Zou-SI", "UVEA-LVO-UVEA", DISAGREE, ("7.08", "12.3 times")),
    ("sandwich against its pellet", "Zou-SI", "UVEA-LATP-UVEA", IMPOSSIBLE, ("166 ohm cm2", "LATP")),
    ("critical currents", "Zou-SI", "critical-current-of-UVEA-LATP-UVEA", NOTE, (">14", ">5", "not comparable")),
    ("45 wt% loss", "Zou-SI", "weight-loss-of-UVEA", IMPOSSIBLE, ("45 wt%", "19.04 wt%", "SN (47.62 wt%)")),
    ("N/P", "Zou-SI", "lithium-poor-cell", AGREE, ("2.25", "1.25")),
    ("mixed conductor", "Zou-SI", "LVO-cell", NOTE, ("0.192",)),
    ("pellet thickness", "Zou-SI", "LATP-pellet", DISAGREE, ("0.5 mm", "400 um")),
    ("V/I offset", "Zou-SI", "DC-steps-of-UVEA", NOTE, ("2780 ohm", "0.24 mV")),
]

# What is printed consistently: paper and contexts that must raise no alarm at all.
CONSISTENT = {
    "He2024": (
        "fade-PA-SPE-over-H-SSE", "grain-boundary-cell", "recipe-of-PA-SPE", "recipe-of-PCE", "plating-of-6-mAh",
        "symmetric-1-mA", "symmetric-2-mA", "PCE-LFP", "PCE-ZS", "H-SSE-LFP-2C", "H-SSE-LFP-22-degC", "PA-SPE-ZS",
        "one-C-of-ZS", "NMC811-rate", "leak-of-the-H-SSE-pouch", "leak-of-a-PCE-cell", "voids",
    ),
    "Nguyen2024": ("cathode-slurry", "cell-1p5-mg", "anions", "bulk-arc"),
    "Zhang2024": ("symmetric-PMI", "NCM811-100-cycles", "anions", "pouch"),
    "Zou-SI": (
        "cathode-slurry", "pellet-area", "LATP-cell", "LVO-cell", "LTO-cell", "cathode", "lithium-poor-cell",
        "DC-steps-of-UVEA", "critical-current-of-UVEA-LATP-UVEA",
    ),
}  # fmt: skip


@functools.cache
def report(paper: str) -> AuditReport:
    return audit_paper(paper)


def findings(paper: str, context: str) -> list[Finding]:
    found = report(paper)
    return [item for item in (*found.findings, *found.unchecked) if item.context == context]


@pytest.mark.parametrize(("key", "paper", "context", "verdict", "texts"), KNOWN, ids=[row[0] for row in KNOWN])
def test_known_issue_is_found(key: str, paper: str, context: str, verdict: Verdict, texts: tuple[str, ...]) -> None:
    candidates = findings(paper, context)
    assert any(item.verdict is verdict and all(text in item.sentence for text in texts) for item in candidates), [
        f"{item.verdict}: {item.sentence}" for item in candidates
    ]


@pytest.mark.parametrize("paper", PAPERS)
def test_consistent_arithmetic_is_left_in_peace(paper: str) -> None:
    known = {context.name for context in paper_audit(paper).contexts}
    expected = (*CONSISTENT[paper], *(name for name in known if name.startswith("table-S3")))
    assert set(expected) <= known
    for context in expected:
        assert not [item.sentence for item in findings(paper, context) if item.is_alarm]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_alarm_is_a_known_one(paper: str) -> None:
    """No context raises an alarm that nobody has looked at."""
    looked_at = {(p, context) for _, p, context, verdict, _ in KNOWN if verdict in (DISAGREE, IMPOSSIBLE)}
    looked_at |= {("Nguyen2024", "shifts-of-SPE"), ("He2024", "H-SSE-NMC811")}
    assert {(paper, item.context) for item in report(paper).alarms} <= looked_at


def test_the_step_resistances_agree_to_the_printed_digit() -> None:
    rows = [item for item in findings("Zou-SI", "DC-steps-of-UVEA") if item.verdict is AGREE]
    assert len(rows) == 8


def test_accumulated_capacities_of_the_table_agree() -> None:
    rows = [item for item in report("Zou-SI").findings if item.context.startswith("table-S3")]
    assert len(rows) == 13
    assert all(item.verdict is AGREE for item in rows)


@pytest.mark.parametrize("paper", PAPERS)
def test_findings_rest_on_facts(paper: str) -> None:
    for item in report(paper).findings:
        assert any(name in facts() for name in item.facts), item


@pytest.mark.parametrize("paper", PAPERS)
def test_the_file_types_no_printed_number(paper: str) -> None:
    """A number of an audit of a paper is a fact, a catalogue value, or an assumed range that says so."""
    text = files("ceramer.library").joinpath(f"data/audits/{paper}.toml").read_text(encoding="utf-8")
    body = "\n".join(line for line in text.splitlines() if not line.startswith(("#", "note", "title", "[", "blamed")))
    roles = "|".join(sorted(ROLES, key=len, reverse=True))
    for role, value in re.findall(rf"\b({roles}) = (\{{[^}}]*\}}|\[.|[^,\n]+)", body):
        typed = "value =" in value or value.startswith(('"', "'")) or value[0].isdigit()
        assert not typed or "assumed = true" in value, f"{role} = {value}"
