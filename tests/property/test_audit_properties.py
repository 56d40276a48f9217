from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer.errors import CeramerError
from ceramer.library.audit import RECORDS, ROLES, AuditReport, audit, read_number
from ceramer.library.audit._relation import evaluate

GARBAGE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(allow_nan=True),
    st.text(max_size=12),
    st.sampled_from(
        ["1 um", "0 um", "-1 um", "1e9 S/cm", "0 S/cm", "0.5C", "> 3 h", "30 degC", "0", "1", "-2", "120 %"]
    ),
    st.fixed_dictionaries(
        {}, optional={"fact": st.sampled_from(["A0028", "A0067", "x"]), "value": st.text(max_size=5)}
    ),
)
RECORD = st.dictionaries(st.sampled_from([*ROLES, "name", "typo"]), GARBAGE, max_size=4)
CONTEXT = st.dictionaries(
    st.sampled_from([*ROLES, *RECORDS, "note", "blamed", "typo"]),
    st.one_of(GARBAGE, st.lists(GARBAGE, max_size=3), st.lists(RECORD, max_size=3)),
    max_size=6,
)


@settings(max_examples=25, deadline=None)
@given(st.dictionaries(st.text(max_size=5), CONTEXT, min_size=1, max_size=3))
def test_nonsense_gets_a_sentence_or_a_report(contexts: dict[str, Any]) -> None:
    try:
        report = audit({"kind": "audit", "context": contexts})
    except CeramerError as error:
        assert "\n" not in str(error)
    else:
        assert isinstance(report, AuditReport)


def acceptable(name: str) -> list[str]:
    """Texts that the role accepts: zeros, small, large, negative and approximate numbers where physics allows them."""
    role = ROLES[name]
    texts = []
    for number in ("0", "1", "2.5", "1e-9", "1e9", "-1", "> 3", "< 3", "about 7"):
        text = f"{number} {role.unit}".removesuffix(" 1")
        try:
            audit({"kind": "audit", "context": {"c": {name: text}}})
        except CeramerError:
            continue
        texts.append(text)
    return texts


TEXTS_OF = {name: acceptable(name) for name in ROLES}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_numbers_under_any_roles_give_a_report(data: st.DataObject) -> None:
    """Whatever the numbers are, they are audited, without a traceback."""
    names = data.draw(st.sets(st.sampled_from(sorted(ROLES)), min_size=20, max_size=60))
    roles: dict[str, Any] = {name: data.draw(st.sampled_from(TEXTS_OF[name])) for name in sorted(names)}
    for group, members in RECORDS.items():
        roles[group] = [{m: data.draw(st.sampled_from(TEXTS_OF[m])) for m in members} for _ in range(2)]
    report = audit({"kind": "audit", "context": {"c": roles}})
    assert len(str(report).splitlines()) == 2 + len(report.rows()) + bool(report.unlinked)


@settings(max_examples=25, deadline=None)
@given(
    st.floats(1.0, 999.0), st.floats(1.0, 999.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(0, 3)
)  # fmt: skip
def test_the_interval_holds_what_the_rounding_hides(a: float, b: float, u: float, v: float, digits: int) -> None:
    """Any value that prints as the number does gives a result inside the interval."""
    first, second = (read_number(f"{x:.{digits}f} um", "length", "x") for x in (a, b))

    def ratio(p: float, q: float) -> float:
        return p / q

    prediction = evaluate(ratio, {"p": first, "q": second})
    inner = ratio(first.low + u * (first.high - first.low), second.low + v * (second.high - second.low))
    assert prediction.low * (1 - 1e-12) <= inner <= prediction.high * (1 + 1e-12)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.02, 50.0), st.sampled_from(["um", "mm", "cm"]), st.sampled_from(["S/cm", "mS/cm", "uS/cm"]))
def test_the_verdict_does_not_depend_on_units(factor: float, length: str, unit: str) -> None:
    metres = {"um": 1e-6, "mm": 1e-3, "cm": 1e-2}[length]
    siemens = {"S/cm": 100.0, "mS/cm": 0.1, "uS/cm": 1e-4}[unit]
    sigma = 100e-6 / (5.0 * 1e-4) * factor
    report = audit({"kind": "audit", "context": {"c": {
        "thickness": f"{100e-6 / metres:.4e} {length}", "resistance": "5.000 ohm", "area": "1.000 cm2",
        "ionic_conductivity": f"{sigma / siemens:.3e} {unit}"}}})  # fmt: skip
    assert bool(report.alarms) == (abs(factor - 1.0) > 2e-3) or abs(abs(factor - 1.0) - 1.5e-3) < 1.5e-3
    assert report.findings[0].deviation == pytest.approx(1.0 / factor - 1.0, rel=1e-2, abs=2e-3)
