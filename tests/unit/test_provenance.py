"""Numbers that know where they come from."""

import math

import pytest
from pydantic import BaseModel, ConfigDict

from ceramer.errors import InputError, UnknownNameError
from ceramer.provenance import (
    Book,
    Datum,
    Given,
    Kind,
    Length,
    Result,
    agrees,
    estimate,
    estimate_order,
    read_toml,
    rounding_uncertainty,
    validate,
)


def book() -> Book:
    return Book(
        [
            Datum("L", "thickness", 350e-6, "um", "here", standard_uncertainty=10e-6),
            Datum("s", "ionic_conductivity", 0.075, "mS/cm", "here"),
            Datum("a", "ionic_conductivity", 0.1, "mS/cm", "here", low=0.02, high=0.5, assumed=True),
            Datum("unused", "thickness", 1.0, "m", "here", standard_uncertainty=1.0),
        ]
    )


def test_linear_propagation_is_recovered():
    got = estimate(lambda ledger: ledger("L") / ledger("s"), book())
    assert got.value == pytest.approx(350e-6 / 0.075)
    assert got.standard_uncertainty == pytest.approx(10e-6 / 0.075, rel=0.02)
    assert got.inputs == ("L", "s")
    assert got.assumed == ()
    assert (got.high - got.low) == pytest.approx(2 * 1.96 * 10e-6 / 0.075, rel=0.05)


def test_inputs_are_those_that_move_the_result_and_no_others():
    def calculation(ledger):
        ledger("unused")  # read, but without effect
        return ledger("L") + 0.0 * ledger("s")

    assert estimate(calculation, book()).inputs == ("L",)


def test_an_assumed_range_is_sampled_on_a_logarithm_and_said():
    got = estimate(lambda ledger: ledger("a"), book(), samples=1024)
    assert got.assumed == ("a",)
    low, high = math.log(0.02), math.log(0.5)
    assert math.log(got.low) == pytest.approx(low + 0.025 * (high - low), abs=0.02)
    assert got.spread == pytest.approx(25**0.95, rel=0.05)


def test_round_off_is_no_input():
    def calculation(ledger):
        return math.sqrt(ledger("y") * ledger("x")) ** 2 / ledger("x")  # y on paper, but not to the last digit

    one = Book([Datum("x", "length", 0.3, "m", "test"), Datum("y", "length", 0.1, "m", "test")])
    assert calculation(one.ledger()) != calculation(one.ledger({"x": 0.3 * 1.01}))
    assert estimate(calculation, one).inputs == ("y",)


def test_a_calculation_without_uncertain_inputs_has_no_error_bar():
    got = estimate(lambda ledger: 2 * ledger("s"), book())
    assert got.standard_uncertainty is None
    assert got.spread == 1.0


def test_a_calculation_that_fails_on_its_range_says_so():
    def calculation(ledger):
        if ledger("a") > 0.2:
            raise InputError("too good")
        return ledger("a")

    with pytest.raises(InputError, match=r"no answer on \d+ %"):
        estimate(calculation, book())
    assert 0.2 < estimate(calculation, book(), may_fail=0.9).failed < 0.4


def test_a_book_refuses_two_data_with_one_id_and_names_the_nearest():
    with pytest.raises(InputError, match="Two data"):
        Book([*book().values(), *book().values()])
    with pytest.raises(UnknownNameError, match="unused"):
        book()["unusd"]


@pytest.mark.parametrize(
    "fields",
    [
        {"low": 1.0},
        {"low": 2.0, "high": 3.0},
        {"assumed": True},
        {"source": ""},
    ],
)
def test_a_datum_without_honest_provenance_is_refused(fields):
    with pytest.raises(InputError):
        Datum(**{"id": "x", "quantity": "q", "value": 1.0, "unit": "1", "source": "here", **fields})


@pytest.mark.parametrize(
    ("printed", "half"), [("0.75", 0.005), ("5.7e-8", 0.05e-8), ("350", 0.5), ("1.0", 0.05), ("-0.27", 0.005)]
)
def test_rounding_is_half_a_last_digit_rectangular(printed, half):
    assert rounding_uncertainty(printed) == pytest.approx(half / math.sqrt(3))


def test_given_reads_text_tables_facts_and_differences():
    ledger = book().ledger()
    assert Given.parse("350 um", "length").read(ledger) == pytest.approx(350e-6)
    assert Given.parse({"fact": "L"}, "length").read(ledger) == pytest.approx(350e-6)
    assert Given.parse({"fact": "unused", "minus": ["L"]}, "length").read(ledger) == pytest.approx(1 - 350e-6)
    table = Given.parse({"value": "0.4", "low": "0.3", "high": "0.6", "assumed": True, "source": "pressed"}, "fraction")
    assert table.datum is not None
    assert (table.datum.low, table.datum.high, table.datum.assumed) == (0.3, 0.6, True)
    with pytest.raises(UnknownNameError, match="'low'"):
        Given.parse({"value": "0.4", "lo": "0.3"}, "fraction")
    with pytest.raises(InputError, match="exactly one"):
        Given.parse({"value": "0.4", "fact": "L"}, "fraction")


class Sheet(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    thickness: Length


class Pile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    sheets: tuple[Sheet, ...]


def test_inline_numbers_get_the_id_of_their_place():
    pile = validate(Pile, {"sheets": [{"name": "film", "thickness": "12(1) um"}]}, "folder/my.toml")
    got = estimate(pile.sheets[0].thickness.read, Book())
    assert got.inputs == ("my.sheets.film.thickness",)
    assert got.standard_uncertainty == pytest.approx(1e-6, rel=0.02)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"sheets": [{"name": "a", "thicknes": "3 um"}]}, "did you mean 'thickness'"),
        ({"sheet": []}, "did you mean 'sheets'"),
        ({"sheets": [{"name": "a"}]}, "'sheets.0.thickness' is missing"),
        ({"sheets": [{"name": "a", "thickness": "3 mS"}]}, "a conductance, not a length"),
        ({"sheets": [{"name": "a", "thickness": "3 um"}], "schema_version": 9}, "schema_version 9"),
    ],
)
def test_a_wrong_document_is_explained_in_one_sentence(data, words):
    with pytest.raises(InputError) as error:
        validate(Pile, data, "my.toml")
    assert words in str(error.value)
    assert str(error.value).startswith("my.toml: ")
    assert "\n" not in str(error.value)


def test_unreadable_toml_is_explained(tmp_path):
    broken = tmp_path / "broken.toml"
    broken.write_text("kind = ")
    with pytest.raises(InputError, match="not valid TOML"):
        read_toml(broken)
    with pytest.raises(InputError, match="no such file"):
        read_toml(tmp_path / "none.toml")
    broken.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="cannot be read as text"):
        read_toml(broken)


def test_agreement_is_two_combined_standard_uncertainties():
    assert agrees(1.0, 0.03, 1.099, 0.04)
    assert not agrees(1.0, 0.03, 1.101, 0.04)
    assert not agrees(1.0, None, 1.1, None)


def test_a_result_prints_in_the_units_of_the_field():
    result = Result("ionic_conductivity", 0.075, "mS/cm", 0.0012, kind=Kind.PREDICTED, assumed=("x",))
    assert str(result) == "ionic_conductivity = 0.750(12) mS/cm (predicted; assumes x)"
    document = result.to_dict()
    assert document["value"] == pytest.approx(0.75)
    assert document["standard_uncertainty"] == pytest.approx(0.012)
    assert result.ufloat.nominal_value == 0.075
    assert f"{result.to_quantity().units:~}" == "mS / cm"


# --- orders ----------------------------------------------------------------------------------------------------------


def two_lengths():
    return Book(
        [
            Datum("a", "length", 1.0, "m", "s", standard_uncertainty=0.1),
            Datum("b", "length", 1.1, "m", "s", standard_uncertainty=0.1),
            Datum("c", "length", 5.0, "m", "s", low=4.0, high=6.0, assumed=True),
        ]
    )


def test_the_probability_of_an_order_is_that_of_the_difference():
    """b - a = 0.1 +- 0.1 sqrt 2: above 0 with Phi(1/sqrt 2) = 0.7602; a common factor changes nothing."""
    for factor in (lambda ledger: 1.0, lambda ledger: ledger("c")):
        members = [lambda ledger, key=key, f=factor: ledger(key) * f(ledger) for key in "ab"]
        got = estimate_order(members, two_lengths(), samples=4096)
        assert got.probability == pytest.approx(0.7602, abs=0.01)
        assert got.steps == (got.probability,)
    assert got.inputs == ("a", "c", "b") and got.assumed == ("c",) and got.values == (5.0, 5.5)


def test_an_order_of_three_needs_both_steps_and_a_tie_counts_half():
    book = two_lengths()
    got = estimate_order([lambda g: g("a"), lambda g: g("c"), lambda g: g("b")], book)
    assert got.steps == (1.0, 0.0) and got.probability == 0.0
    assert estimate_order([lambda g: g("a"), lambda g: g("a")], book).probability == 0.5
    with pytest.raises(InputError, match="two calculations"):
        estimate_order([lambda g: g("a")], book)
    with pytest.raises(InputError, match="not finite"):
        estimate_order([lambda g: g("a"), lambda g: math.nan], book)


def test_a_sample_alone_names_no_inputs():
    quick = estimate(lambda g: g("a") + g("c"), two_lengths(), find_inputs=False)
    full = estimate(lambda g: g("a") + g("c"), two_lengths())
    assert quick.inputs == () and quick.assumed == () and full.inputs == ("a", "c")
    assert (quick.value, quick.standard_uncertainty, quick.low) == (full.value, full.standard_uncertainty, full.low)
