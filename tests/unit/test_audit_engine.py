from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from ceramer.errors import InputError, UnknownNameError
from ceramer.library.audit import (
    RECORDS,
    ROLES,
    Equation,
    Verdict,
    Way,
    audit,
    audit_paper,
    load_audit,
    parse_audit,
    read_number,
    relations,
    schema,
    template,
)
from ceramer.library.audit._relation import evaluate


def context(**roles: Any) -> dict[str, Any]:
    return {"kind": "audit", "context": {"c": roles}}


def product(a: float, b: float) -> float:
    return a * b


def test_the_box_takes_every_corner() -> None:
    a, b = (
        read_number({"value": v, "low": lo, "high": hi}, "ratio", v)
        for v, lo, hi in (("1", "-1", "2"), ("3", "-4", "5"))
    )
    prediction = evaluate(product, {"a": a, "b": b})
    assert (prediction.low, prediction.value, prediction.high) == (-8.0, 3.0, 10.0)


def test_many_numbers_follow_their_slopes() -> None:
    parts = [read_number(f"{k}.0 um", "length", str(k)) for k in range(1, 12)]
    one = read_number("2.0 um", "length", "one")

    def function(parts: list[float], one: float) -> float:
        return sum(parts) / one

    prediction = evaluate(function, {"parts": parts, "one": one})
    assert prediction.low == pytest.approx((66 - 0.05 * 11) / 2.05, rel=1e-2)
    assert prediction.high == pytest.approx((66 + 0.05 * 11) / 1.95, rel=1e-2)
    assert prediction.low < prediction.value < prediction.high


def test_an_equation_without_its_target_says_nothing() -> None:
    report = audit(context(thickness="100 um", resistance="5.0 ohm", area="1.00 cm2"))
    assert report.findings == report.unchecked == ()


def test_one_missing_number_is_named_and_solved_for() -> None:
    (item,) = audit(context(ionic_conductivity="2.00 mS/cm", thickness="100 um", resistance="5.0 ohm")).unchecked
    assert "the area is missing" in item.sentence
    assert "the area = 1 cm2 (a disc of 11.28 mm)" in item.sentence


def test_two_missing_numbers_are_not_listed() -> None:
    assert audit(context(ionic_conductivity="2.00 mS/cm", thickness="100 um")).unchecked == ()


def test_a_diameter_settles_the_area() -> None:
    report = audit(
        context(ionic_conductivity="1.99 mS/cm", thickness="100 um", resistance="5.0 ohm", diameter="11.32 mm")
    )
    assert [item.verdict for item in report.findings] == [Verdict.AGREE]


def test_a_wrong_way_explains_and_does_not_excuse() -> None:
    wrong = Equation(
        "double",
        "thickness",
        ("void_size",),
        (
            Way("2 * void_size", lambda void_size: 2 * void_size),
            Way("void_size", lambda void_size: void_size, "the single size", accepted=False),
        ),
    )
    document = parse_audit(context(thickness="100 um", void_size="100 um"))
    (item,) = wrong.check(document.contexts[0])
    assert item.verdict is Verdict.DISAGREE
    assert "the printed number is the single size" in item.sentence
    assert item.deviation == pytest.approx(1.0)


@pytest.mark.parametrize(("bound", "verdict"), [("<=", Verdict.IMPOSSIBLE), (">=", Verdict.AGREE)])
def test_bounds_have_a_direction(bound: str, verdict: Verdict) -> None:
    relation = Equation(
        "bound", "thickness", ("void_size",), (Way("void_size", lambda void_size: void_size),), bound=bound
    )
    (item,) = relation.check(parse_audit(context(thickness="200 um", void_size="100 um")).contexts[0])
    assert item.verdict is verdict


def test_arguments_that_physics_refuses_are_impossible() -> None:
    report = audit(
        context(
            transference_number="0.5",
            polarisation_voltage="10.0 mV",
            initial_current="100 uA",
            steady_current="20 uA",
            initial_resistance="200 ohm",
            steady_resistance="200 ohm",
        )
    )
    assert [item.verdict for item in report.alarms] == [Verdict.IMPOSSIBLE]
    assert "interfaces take the whole voltage" in report.alarms[0].sentence


def test_zero_does_not_crash() -> None:
    report = audit(context(ratio="2", numerator="1 S/cm", denominator="0 S/cm", capacity_retention="50 %",
                           initial_capacity="0 mAh/g", final_capacity="0 mAh/g"))  # fmt: skip
    assert all("no finite result" in item.sentence or item.is_alarm for item in (*report.findings, *report.unchecked))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"kind": "cell"}, "not 'audit'"),
        ({"kind": "audit"}, "no context"),
        ({"kind": "audit", "schema_version": 9, "context": {"a": {}}}, "schema_version"),
        ({"kind": "audit", "contexts": {"a": {}}}, "'context'"),
        ({"kind": "audit", "context": {"a": 3}}, "table of roles"),
        (context(thicknes="1 um"), "'thickness'"),
        (context(layer=[]), "'layers'"),
        (context(layers="1 um"), "list of tables"),
        (context(layers=[{"thickness": "1 um", "loading": "1 mg/cm2"}]), "role in"),
        (context(thickness=[]), "empty list"),
        (context(thickness="1 S/cm"), "not a length"),
        (context(on_top="yes"), "true or false"),
        (context(blamed="SN"), "list of names"),
    ],
)
def test_bad_documents_are_explained(data: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_audit(data, "mine.toml")
    assert words in str(caught.value)
    assert "mine.toml" in str(caught.value)


def test_an_unknown_paper_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="He2024"):
        audit_paper("He2042")


def test_the_report_counts_sorts_and_serialises() -> None:
    report = audit_paper("Zou-SI")
    assert sum(report.counts.values()) == len(report.findings) + len(report.unchecked) == len(report.rows())
    assert report.rows()[0][0] == "impossible"
    assert {row[0] for row in report.rows()} == {"impossible", "disagree", "note", "agree", "unchecked"}
    assert all(len(row) == 5 for row in report.rows())
    assert json.loads(json.dumps(report.to_dict()))["counts"] == dict(report.counts)
    assert report.title in str(report)
    assert len(str(report).splitlines()) == 2 + len(report.rows()) + bool(report.unlinked)


def test_assumed_numbers_are_named() -> None:
    items = [item for item in audit_paper("Nguyen2024").findings if item.context == "bulk-arc"]
    assert items[0].assumed == ("bulk-arc.relative_permittivity",)


def test_the_template_runs_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(template(), encoding="utf-8")
    report = audit(load_audit(path))
    assert {item.context for item in report.alarms} == {"leakage-claim", "sandwich"}
    assert "duration = 1000 h" in report.unchecked[0].sentence
    assert audit(str(path)).counts == report.counts
    assert report.unlinked == ("recipe.recipe.3.mass_fraction",)  # what comes on top is in no sum


def test_the_template_names_every_role() -> None:
    comments = " ".join(line for line in template().splitlines() if line.startswith("#"))
    assert set(ROLES) | set(RECORDS) <= set(re.findall(r"\w+", comments))


def test_the_schema_knows_every_role() -> None:
    context = schema()["properties"]["context"]["additionalProperties"]
    assert set(ROLES) | set(RECORDS) <= set(context["properties"])
    assert set(context["properties"]["layers"]["items"]["properties"]) >= set(RECORDS["layers"])
    assert json.loads(json.dumps(schema())) == schema()


def test_a_range_too_wide_confirms_nothing() -> None:
    wide = {"value": "1 mA/cm2", "low": "0.2 mA/cm2", "high": "2 mA/cm2"}
    report = audit(context(current_density=wide, duration="10.0 h", accumulated_areal_capacity="10.0 mAh/cm2"))
    assert report.findings == ()
    assert "too wide" in report.unchecked[0].sentence


def test_numbers_that_nothing_links_are_listed() -> None:
    report = audit(context(thickness="100 um", density="1.2 g/cm3"))
    assert report.unlinked == ("c.thickness", "c.density")
    assert "linked to nothing: c.thickness, c.density" in str(report)


def test_roles_of_relations_and_records_exist() -> None:
    for relation in relations():
        if isinstance(relation, Equation):
            for need in (relation.target, *relation.needs):
                group, _, role = need.rpartition(".")
                assert role in ROLES
                assert not group or role in RECORDS[group]
    assert all(role in ROLES for roles in RECORDS.values() for role in roles)
    assert len({relation.name for relation in relations()}) == len(relations())
