from __future__ import annotations

import pytest

from ceramer.errors import InputError, UnknownNameError
from ceramer.library.audit import read_number


def relative(text: object, dimension: str = "length", **more: str) -> float:
    number = read_number(text, dimension, "x", **more)
    return (number.high - number.low) / 2 / number.value


def test_a_printed_number_moves_by_half_its_last_digit() -> None:
    number = read_number("0.75 mS/cm", "conductivity", "sigma")
    assert number.value == pytest.approx(0.075)
    assert (number.low, number.high) == pytest.approx((0.0745, 0.0755))


def test_trailing_zeros_and_powers_count() -> None:
    assert relative("3.50e2 um") == pytest.approx(0.5 / 350)
    assert relative("350 um") == pytest.approx(0.5 / 350)
    assert relative("5.70e-8 S/cm", "conductivity") == pytest.approx(0.005 / 5.70)


def test_one_digit_is_no_rounding_by_half() -> None:
    assert relative("1 mA/cm2", "current_density") == pytest.approx(0.05)


def test_uncertainty_is_two_standard_deviations() -> None:
    assert relative("350(10) um") == pytest.approx(20 / 350)
    assert relative("350 +/- 10 um") == pytest.approx(20 / 350)


def test_settings_are_exact_and_weighed_amounts_move_by_one_percent() -> None:
    assert relative("30 min", "time", nature="setting") == 0.0
    assert relative("1 g", "mass", nature="weighed") == pytest.approx(0.01)
    assert relative("0.3500 g", "mass", nature="weighed") == pytest.approx(0.00005 / 0.35)
    assert relative({"value": "1 mA/cm2", "exact": True}, "current_density") == 0.0


def test_c_rates_are_rates_not_coulombs() -> None:
    assert read_number("C/2", "c_rate", "rate").value == pytest.approx(0.5 / 3600)
    assert read_number({"fact": "A0085"}, "c_rate", "rate").value == pytest.approx(0.5 / 3600)
    assert read_number({"fact": "F003-077"}, "c_rate", "rate").text == "0.5C"


@pytest.mark.parametrize("text", ["about 400 um", "~400 um", "~ 400 um", "approx. 400 um", "approximately 400 um"])
def test_approximate_numbers(text: str) -> None:
    number = read_number(text, "length", "x")
    assert number.relation == "~"
    assert (number.low, number.high) == pytest.approx((380e-6, 420e-6))


def test_bounds() -> None:
    more, less = read_number("> 2000 h", "time", "x"), read_number("< 0.1 MPa", "pressure", "x")
    assert (more.relation, more.low) == (">", 2000 * 3600.0)
    assert more.high > 1e6 * more.low
    assert (less.relation, less.low, less.high) == ("<", 0.0, pytest.approx(1e5))


@pytest.mark.parametrize(
    ("key", "dimension", "relation"),
    [
        ("A0001", "time", ">"),
        ("A0033", "time", "<"),
        ("A0014", "pressure", "<"),
        ("A0065", "resistance", "~"),
        ("A0105", "length", "~"),
        ("A0282", "length", "~"),
        ("A0414", "current_density", ">"),
        ("F001-106", "fraction", "<"),
        ("F001-154", "voltage", "~"),
        ("F003-005", "length", "~"),
        ("F001-026", "length", "~"),
        ("F003-059", "areal_mass", "~"),
        ("F001-035", "ratio", "="),
        ("A0213", "pressure", "="),
        ("A0067", "conductivity", "="),
        ("A0140", "fraction", "="),
        ("A0020", "ratio", "="),
    ],
)
def test_the_words_beside_a_fact_are_read(key: str, dimension: str, relation: str) -> None:
    assert read_number({"fact": key}, dimension, "x").relation == relation


def test_a_tolerance_beside_a_fact_is_read() -> None:
    number = read_number({"fact": "F001-024"}, "length", "x")
    assert (number.low, number.high) == pytest.approx((95e-6, 105e-6))


def test_protocol_facts_are_settings_unless_told() -> None:
    assert relative({"fact": "A0101"}, "current_density") == 0.0
    assert relative({"fact": "A0101", "exact": False}, "current_density") == pytest.approx(0.005 / 0.23)


def test_temperature_of_a_fact_and_its_ambiguity() -> None:
    assert read_number({"fact": "A0019"}, "conductivity", "x").temperature == pytest.approx(303.15)
    assert read_number({"fact": "A0015"}, "conductivity", "x").temperature is None


@pytest.mark.parametrize(
    ("key", "condition", "dimension", "value"),
    [
        ("A0132", "c_rate", "c_rate", 3 / 3600),
        ("A0131", "c_rate", "c_rate", 0.5 / 3600),
        ("A0159", "n", "ratio", 1650),
        ("A0106", "T", "temperature", 295.15),
        ("A0423", "j", "current_density", 100.0),
        ("A0131", "loading", "areal_mass", 0.0195),
    ],
)
def test_conditions_of_a_fact(key: str, condition: str, dimension: str, value: float) -> None:
    number = read_number({"fact": key, "condition": condition}, dimension, "x")
    assert number.value == pytest.approx(value)
    assert number.low == number.high


def test_sums_and_differences_add_their_intervals() -> None:
    whole = read_number({"sum": ["350 um", "120.0 um"]}, "length", "x")
    rest = read_number({"difference": ["12.6 um", "2.7 um", "2.8 um"]}, "length", "x")
    assert (whole.low, whole.high) == pytest.approx((469.45e-6, 470.55e-6))
    assert (rest.value, rest.low, rest.high) == pytest.approx((7.1e-6, 6.95e-6, 7.25e-6))
    assert read_number({"sum": [{"fact": "A0028"}, {"fact": "A0105"}]}, "length", "x").sources == ("A0028", "A0105")


def test_catalogue_values_keep_their_range() -> None:
    number = read_number({"catalogue": "LATP.grain_conductivity"}, "conductivity", "x")
    assert number.assumed
    assert number.low < number.value < number.high


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("350", "no unit"),
        ("350 S/cm", "not a length"),
        ({"fact": "A9999"}, "did you mean"),
        ({"fact": "A0067"}, "conductivity"),
        ({"facts": "A0028"}, "'fact'"),
        ({"value": "1 um", "fact": "A0028"}, "exactly one"),
        ({}, "exactly one"),
        ({"value": "1 um", "low": "2 um", "high": "3 um"}, "outside its range"),
        ({"value": "1 um", "low": "0.5 um"}, "both ends"),
        ({"value": "1 um", "assumed": True}, "range"),
        ({"value": "1 um", "relation": "!="}, "not one of"),
        ({"difference": ["1 um"]}, "two or more"),
        ({"fact": "A0028", "condition": "T"}, "name no T"),
        ({"value": "1 um", "condition": "T"}, "fact"),
        (["1 um"], "list"),
        (None, "None"),
        (True, "True"),
    ],
)
def test_bad_numbers_are_explained_in_one_sentence(raw: object, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_number(raw, "length", "thickness")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_fact_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError):
        read_number({"fact": "A00288"}, "length", "thickness")
