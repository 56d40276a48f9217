"""`reproduce` on the real content of the papers: nothing leaks, nothing is absent, misfits stand."""

import csv
import math
from pathlib import Path

import pytest

from ceramer import library, units
from ceramer.errors import InputError
from ceramer.library import _reproduce, _systems
from ceramer.library._facts import ordinal_claims
from ceramer.library._predictions import FINDINGS, OPEN, PREDICTIONS
from ceramer.library._registry import ORDERS, Finding
from ceramer.library._systems import one_of_each
from ceramer.provenance import Kind, estimate

ARITHMETIC = Path(__file__).parent / "data" / "arithmetic.tsv"
CALCULATIONS = {**PREDICTIONS, **OPEN, **FINDINGS}


@pytest.fixture(scope="module")
def result():
    return library.reproduce()


@pytest.fixture(scope="module")
def rows(result):
    return {row.id: row for row in result.rows}


def computed_here():
    with ARITHMETIC.open(encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}


# --- the leak test ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", sorted(CALCULATIONS))
def test_a_row_moves_with_its_inputs_and_with_nothing_else(key):
    calculate, book = CALCULATIONS[key].calculate, library.book()
    ledger = book.ledger()
    value = calculate(ledger)
    inputs = estimate(calculate, book, samples=2, may_fail=1.0).inputs
    assert inputs

    def with_one_changed(name, factor):
        try:
            return calculate(book.ledger({name: ledger.read[name].value * factor}))
        except InputError:  # out of what is possible on this side; the other side must do
            return value

    for name in inputs:
        moved = any(with_one_changed(name, factor) != value for factor in (1.01, 0.99))
        assert moved or ledger.read[name].value == 0.0, f"{key} lists {name} and does not move with it"
    others = {name: d.value * 0.999 for name, d in {**book, **ledger.read}.items() if name not in inputs}
    # a leak that carries 1e-12 of the current moves the last digit of a solver
    unmoved = pytest.approx(value, rel=1e-9, abs=0.0)
    assert calculate(book.ledger(others)) == unmoved, f"{key} moves with something that it does not list"


@pytest.mark.parametrize("key", sorted(PREDICTIONS))
def test_only_a_calibrated_row_reads_its_own_claim(key):
    prediction = PREDICTIONS[key]
    inputs = estimate(prediction.calculate, library.book(), samples=2, may_fail=1.0).inputs
    assert (key in inputs) == (prediction.kind is Kind.CALIBRATED)
    if prediction.kind is Kind.CALIBRATED:
        assert key in prediction.calibrated_to
        assert set(prediction.calibrated_to) <= set(inputs)


@pytest.mark.parametrize("key", sorted(FINDINGS))
def test_an_inferred_number_reads_the_claim_that_it_explains(key):
    finding = FINDINGS[key]
    assert finding.needs in estimate(finding.calculate, library.book(), samples=2, may_fail=1.0).inputs


# --- completeness and honesty ----------------------------------------------------------------------------------------


def test_every_claim_has_a_row_and_no_other(rows):
    assert set(rows) == {*library.claims(), *ordinal_claims()}
    assert len(library.claims()) == 289


def test_every_row_says_what_it_is(rows):
    for row in rows.values():
        if row.kind is Kind.NOT_YET:
            assert row.value is None
            assert row.reason
            assert row.gap
        if row.gap in ("needs_curve", "not_identifiable"):
            assert row.gap.replace("_", " ") in row.reason
        if row.kind in (Kind.PREDICTED, Kind.CALIBRATED):
            assert row.method
            assert row.inputs
        if row.verdict == "disagree":
            assert row.reason
        if row.kind is Kind.PREDICTED:
            assert set(row.assumed) <= set(row.inputs)
    kinds = {row.kind for row in rows.values()}
    assert {Kind.PREDICTED, Kind.CALIBRATED, Kind.AUDIT, Kind.INPUT, Kind.NOT_YET} <= kinds


def test_nothing_that_could_be_computed_is_left(rows):
    """What has no value of ours lacks data or a model, and says which; settings and observations are inputs."""
    reflections = {"F001-091", "F003-018", "F003-019"}  # lattices that the catalogue does not have
    assert {row.id for row in rows.values() if row.gap == "not_yet"} == reflections
    words = ("capacity", "retention", "coulombic", "fade", "cycle_life", "critical_current", "energy_density")
    wanted = [row for row in rows.values() if any(word in row.quantity for word in words)]
    assert {row.kind for row in wanted} <= {Kind.PREDICTED, Kind.CALIBRATED, Kind.AUDIT, Kind.INPUT}
    silent = {row.id for row in rows.values() if row.gap == "not_identifiable" and row.value is None}
    assert silent == {"A0079", "F001-157"}
    assert rows["F003-016"].kind is Kind.INPUT and rows["F003-016"].value == 410.0


def test_an_order_is_as_sure_as_its_inputs(rows):
    assert set(ORDERS) == set(ordinal_claims())
    for key, claim in ordinal_claims().items():
        row = rows[key]
        assert row.relation == "order" and row.printed_text == " < ".join(claim.members)
        assert 0.0 <= row.value <= 1.0 and row.inputs
        assert len(row.alternatives) == len(claim.members) - 1
        assert row.value <= min(step.value for step in row.alternatives) + 1e-12
        assert row.verdict == ("agree" if row.value >= 0.95 else "disagree" if row.value <= 0.05 else "uninformative")
    peo = rows["O003-1"].alternatives[1]
    assert peo.model == "PLS < PEO alone" and peo.value > 0.85
    windows = {step.model: step.value for step in rows["O003-2"].alternatives}
    assert windows == {"PMI < PLS alone": 1.0, "PLS < PLM alone": 0.0}
    assert rows["O000-1"].kind is Kind.AUDIT and rows["O000-1"].verdict == "disagree"  # 5.2 times, not six


def test_a_verdict_follows_the_rule(rows):
    for row in rows.values():
        if row.kind is not Kind.PREDICTED or row.relation != "=" or row.interval is None:
            continue
        low, high = row.interval
        if row.verdict == "uninformative":
            assert low <= 0 < high or high / low > 3
        elif row.verdict == "agree":
            slack = abs(0.5 * row.printed) or 0.5  # a printed 0 is rounded, too
            assert abs(row.value - row.printed) <= 2 * (row.uncertainty + slack) + 1e-9
        if row.printed:
            assert row.deviation == pytest.approx(row.value / row.printed - 1)


def test_each_system_answers_for_its_own_claims(rows):
    assert {spec.name for spec in library.systems().values() if not spec.printed()} >= {"XRF tube cell"}
    covered = {claim.id for spec in library.systems().values() for claim in spec.printed()}
    for claim in ordinal_claims().values():
        specs = [s for s in library.systems().values() if s.paper == claim.paper and claim.system in s.claims]
        assert len(specs) == 1
        covered.add(claim.id)
    assert covered == set(rows), sorted(set(rows) - covered)
    only = library.reproduce(["H-SSE"])
    assert {row.system for row in only.rows} == {"H-SSE"}
    assert all(finding.system == "H-SSE" for finding in only.inferred)


def test_every_system_of_the_papers_has_its_file():
    keys = {spec.key for spec in library.systems().values()}
    he = {f"000-{k}" for k in range(1, 10)}
    nguyen = {f"001-{k}" for k in "ABCDEFGHI"}
    zhang = {f"003-{k}" for k in "ABCDEFGHIJKLM"}
    zou = {f"004-{k}" for k in range(1, 10)}
    assert keys == he | nguyen | zhang | zou


def test_every_stack_and_cell_can_be_built():
    for name, spec in library.systems().items():
        if spec.stack is not None:
            assert library.load_stack(name).thickness > 0
        for cell in spec.cells.values():
            assert library.load_cell(cell.name).temperature > 200


def test_the_relation_is_read_from_the_paper_words(rows):
    assert rows["A0001"].relation == ">"
    assert rows["A0033"].relation == "<"
    assert rows["A0070"].relation == "~"
    assert rows["A0067"].relation == "="


# --- against arithmetic done by hand --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "key"), [("UVEA-LATP-UVEA", "A0514"), ("UVEA-LVO-UVEA", "A0515"), ("UVEA-LTO-UVEA", "A0516")]
)
def test_sandwiches_in_series(name, key):
    hand = float(computed_here()[key]["value"]) * 100.0
    assert library.load_stack(name).ionic_conductivity(295.15) == pytest.approx(hand, rel=2e-3)


def test_what_the_pellets_would_need(result):
    inferred = {row.id: row.value for row in result.inferred}
    for name, key in (("UVEA-LATP-UVEA", "A0517"), ("UVEA-LVO-UVEA", "A0518")):
        hand = float(computed_here()[key]["value"])
        assert inferred[f"{name}:conductivity of the pellet inside"] == pytest.approx(hand, rel=2e-3)


def test_faraday_and_closure_as_by_hand(rows):
    hand = computed_here()
    assert rows["A0039"].value == pytest.approx(float(hand["A0482"]["value"]), rel=2e-4)
    assert rows["A0076"].value == pytest.approx(29.09, abs=0.01)
    assert rows["A0033"].value == pytest.approx(20.6, abs=0.05)


def test_nuclear_factors_follow_from_the_areas(result):
    opened = {row.id: row.value for row in result.open_predictions}
    growth = 6.87 * 76.79 / 56.79
    assert growth == pytest.approx(9.29, abs=0.005)
    assert opened["CSE:increase_factor polymer"] == pytest.approx(growth * 16.47 / 15.24)
    assert opened["CSE:increase_factor interface"] == pytest.approx(growth * 26.74 / 7.97)


def test_one_resistance_gives_every_overpotential(result):
    opened = {row.id: row.value for row in result.open_predictions}
    assert opened["CSE:overpotential at 0.5 mA/cm2"] == pytest.approx(32.5)
    assert opened["CSE:overpotential at 1 mA/cm2"] == pytest.approx(65.0)
    stack = library.load_stack("CSE")
    assert stack.thickness == pytest.approx(96e-6)


def test_the_composite_cannot_reach_its_printed_conductivity(rows):
    row = rows["F001-118"]
    assert row.verdict == "disagree"
    bounds = {a.model: a.value for a in row.alternatives}
    assert row.value <= bounds["parallel (upper) bound"] < 0.65 * row.printed
    assert bounds["series (lower) bound"] <= row.value


def test_the_activation_energy_lies_between_its_phases(rows):
    row = rows["F001-120"]
    assert 0.283 <= row.value <= 0.33
    assert row.verdict == "disagree"


def test_the_leak_limited_efficiency_is_a_prediction_from_the_leak(rows):
    row = rows["A0172"]
    leak = 2.3e-9 * 100 * 3.8 / 470e-6
    current = 0.58 * 10
    assert row.value == pytest.approx(100 * (1 - leak / current) / (1 + leak / current), rel=1e-6)


def test_dc_steps_to_the_printed_digit(rows):
    for key in (f"A{n:04d}" for n in range(393, 401)):
        row = rows[key]
        assert row.kind is Kind.AUDIT
        assert row.verdict == "agree"
        assert math.isclose(row.value, row.printed, abs_tol=0.00051)


@pytest.mark.parametrize("key", ["A0020", "F001-104", "F001-182", "A0162"])
def test_arithmetic_that_does_not_hold_is_found(rows, key):
    assert rows[key].kind is Kind.AUDIT
    assert rows[key].verdict == "disagree"


def test_the_json_document_has_the_agreed_fields(result):
    document = result.to_dict()
    assert document["schema_version"] == 1
    fields = (
        "id system quantity conditions printed relation unit value uncertainty kind inputs assumed deviation "
        "verdict reason"
    ).split()
    for row in document["rows"]:
        assert set(fields) <= set(row)
        assert row["relation"] in ("=", ">", "<", "~", "order")
        assert row["kind"] in ("input", "calibrated", "predicted", "audit", "not_yet")
        assert row["verdict"] in ("agree", "disagree", "uninformative", "not_checked")


def test_facts_are_those_of_the_papers():
    assert len(library.facts()) == 747
    assert library.fact("A0067").si == pytest.approx(0.075)
    assert library.fact("F001-107").si == pytest.approx(units.ZERO_CELSIUS - 54.49)
    assert library.fact_book()["A0067"].standard_uncertainty == pytest.approx(0.0005 / math.sqrt(3))


def test_what_conditions_set_are_exact_numbers_beside_a_fact():
    wanted = {
        "A0068.temperature": 373.15,  # T=100 degC
        "A0016.temperature": 303.15,  # T=30 degC (caption Fig 4f) or room temperature (text)
        "F001-150.current_density": 2.0,  # j=0.2 mA/cm2; T=30 degC; rate test
        "A0352.time": 1800.0,  # T=22 degC; constant 0.5 h
        "A0414.areal_capacity": 18000.0,  # 0.5 mAh/cm2
        "A0109.scan_rate": 1e-3,  # 1 mV/s
        "F001-123.voltage": 0.01,  # T=30 degC; dV=10 mV
    }
    book = library.fact_book()
    for key, value in wanted.items():
        assert book[key].value == pytest.approx(value)
        assert book[key].standard_uncertainty is None and book[key].source in library.PAPERS
    assert library.fact("F001-120").settings == {}, "a range of temperatures is no setting"


def test_an_open_prediction_without_an_answer_says_why():
    def fails(ledger):
        raise InputError("The salt is not used up at 1 A/m2: it lasts.")

    broken = Finding("PCE:nothing", "PCE", "time", "s", fails, "a run", Kind.PREDICTED)
    (row,) = _reproduce._finding_rows([broken], library.fact_book())
    assert row.value is None and row.inputs == ()
    assert row.warning == "no answer: The salt is not used up at 1 A/m2: it lasts."
    assert library.Reproduction((), (), (row,)).to_dict()["open_predictions"][0]["value"] is None


def test_two_cells_of_one_name_are_an_error_that_names_both_files():
    spec = _systems.cell_spec("Li|CSE|Li")
    assert one_of_each([("a.toml", [spec])]) == {"Li|CSE|Li": spec}
    with pytest.raises(InputError, match=r"b\.toml: a cell called 'Li\|CSE\|Li' exists already in a\.toml"):
        one_of_each([("a.toml", [spec]), ("b.toml", [spec])])


def test_a_void_at_a_quarter_of_the_current_closes_by_the_same_law(rows):
    """By hand: (282^3 - 226^3)/10 um^3/h closes 142 um in 2.63 h."""
    rate = (282.0**3 - 226.0**3) / 10.0
    assert rows["A0044"].value == pytest.approx(142.0 / (142.0**3 / rate), rel=1e-4)
