"""The unit rim: what it reads, and the one sentence it says when it cannot."""

import math

import pytest

from ceramer import units
from ceramer.errors import InputError, UnknownNameError
from ceramer.units import _parse


@pytest.mark.parametrize(
    ("text", "dimension", "si"),
    [
        ("350 um", "length", 350e-6),
        ("350 µm", "length", 350e-6),
        ("12.6um", "length", 12.6e-6),
        ("0.75 mS/cm", "conductivity", 0.075),
        ("7.73e-4 S/cm", "conductivity", 7.73e-2),
        ("5.7E-8 S/cm", "conductivity", 5.7e-6),
        ("46.7 ohm cm2", "area_specific_resistance", 46.7e-4),
        ("46.7 ohm*cm2", "area_specific_resistance", 46.7e-4),
        ("46.7 Ω cm²", "area_specific_resistance", 46.7e-4),
        ("1.131 cm^2", "area", 1.131e-4),
        ("30 degC", "temperature", 303.15),
        ("30 °C", "temperature", 303.15),
        ("303.15 K", "temperature", 303.15),
        ("5 K", "temperature_difference", 5.0),
        ("3 degC/min", "heating_rate", 0.05),
        ("0.2 mA/cm2", "current_density", 2.0),
        ("200 mAh/g", "specific_capacity", 720e3),
        ("1.6 mAh/cm2", "areal_capacity", 57600.0),
        ("7.4 mg/cm2", "areal_mass", 0.074),
        ("344 Wh/kg", "specific_energy", 344 * 3600.0),
        ("0.3 eV", "energy", 0.3 * 1.602176634e-19),
        ("70 wt%", "fraction", 0.7),
        ("51 vol%", "fraction", 0.51),
        ("0.51", "fraction", 0.51),
        (0.51, "fraction", 0.51),
        ("20 uL", "volume", 20e-9),
        ("1 mol/L", "concentration", 1000.0),
        ("0.5C", "c_rate", 0.5 / 3600),
        ("C/2", "c_rate", 0.5 / 3600),
        ("1C", "c_rate", 1 / 3600),
        ("1.1 MPa m0.5", "fracture_toughness", 1.1e6),
        ("4.2 V vs Li/Li+", "voltage", 4.2),
        ("1636 1/cm", "wavenumber", 163600.0),
        ("13.6 eV", "energy", 13.6 * 1.602176634e-19),
    ],
)
def test_reads_what_users_write(text, dimension, si):
    assert units.to_si(text, dimension) == pytest.approx(si, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("text", "value", "spread"),
    [
        ("350(10) um", 350e-6, 10e-6),
        ("0.750(12) mm", 0.75e-3, 0.012e-3),
        ("350 +/- 10 um", 350e-6, 10e-6),
        ("350±10 um", 350e-6, 10e-6),
        ("1.5(2)e-3 m", 1.5e-3, 0.2e-3),
        ("1.5e-3(2) m", 1.5e-3, 0.2e-3),
        ("12.0(1.5) um", 12e-6, 1.5e-6),
    ],
)
def test_reads_uncertainty_by_its_digits(text, value, spread):
    got = units.parse(text, "length")
    assert got.value == pytest.approx(value, rel=1e-12, abs=0.0)
    assert got.standard_uncertainty == pytest.approx(spread, rel=1e-12, abs=0.0)


@pytest.mark.parametrize(
    ("text", "dimension", "words"),
    [
        ("350", "length", ["no unit", "350 um"]),
        (350, "length", ["no unit"]),
        ("350 ummm", "length", ["unknown unit 'ummm'", "'um'"]),
        ("0.75 mS/cn", "conductivity", ["'mS/cm'"]),
        ("5 Om cm2", "area_specific_resistance", ["'ohm cm2'"]),
        ("350 mS", "length", ["a conductance, not a length"]),
        ("0.5 C", "voltage", ["a charge, not a voltage"]),
        ("-3 um", "length", ["must be positive"]),
        ("0 um", "length", ["must be positive"]),
        ("-300 degC", "temperature", ["must be positive"]),
        ("abc", "length", ["no number"]),
        ("nan um", "length", ["no number"]),
        ("1e999 m", "length", ["not a finite number"]),
        ("9**9**9 m", "length", ["cannot read"]),
        ("1 m**9**9", "length", ["cannot read"]),
        ("30 degC", "temperature_difference", ["absolute temperature"]),
        ("half", "c_rate", ["not a C-rate"]),
        ("1 " + "m" * 200, "length", ["longer than"]),
        (True, "fraction", ["expected fraction"]),
        (None, "length", ["expected length"]),
    ],
)
def test_says_in_one_sentence_what_is_wrong(text, dimension, words):
    with pytest.raises(InputError) as error:
        units.parse(text, dimension, "thickness")
    message = str(error.value)
    assert message.startswith("thickness: ")
    assert "\n" not in message
    for word in words:
        assert word in message


def test_unknown_dimension_names_the_nearest():
    with pytest.raises(UnknownNameError, match="'length'"):
        units.parse("3 um", "lenght")


def test_shows_uncertainty_in_brackets_and_converts_back():
    assert units.show(0.075, "mS/cm", 0.0012) == "0.750(12) mS/cm"
    assert units.show(0.74, "1") == "0.74"
    assert units.convert(303.15, "degC") == pytest.approx(30.0)
    assert units.to_si_of(30, "degC") == pytest.approx(303.15)
    assert units.si_scale("degC") == 1.0


def test_pint_quantities_cross_the_rim_both_ways():
    quantity = units.to_quantity(0.075, "mS/cm", 0.002)
    assert quantity.magnitude.std_dev == pytest.approx(0.02)
    back = units.parse(quantity, "conductivity")
    assert back.value == pytest.approx(0.075)
    assert back.standard_uncertainty == pytest.approx(0.002)


def test_constants_are_those_of_the_si():
    assert math.isclose(units.FARADAY, 96485.33212, rel_tol=1e-9)
    assert math.isclose(units.GAS_CONSTANT, 8.314462618, rel_tol=1e-9)


@pytest.mark.parametrize("name", sorted(_parse._COMMON))
def test_common_units_are_those_of_the_registry(name):
    factor, dimensions = _parse._COMMON[name]
    base = _parse._registry().Quantity(1.0, name).to_base_units()
    assert factor == pytest.approx(float(base.magnitude), rel=1e-12, abs=0.0)
    assert dimensions == {str(key): float(power) for key, power in base.dimensionality.items()}


def test_every_unit_that_is_offered_can_be_read():
    for token in _parse._TOKENS:
        _parse._unit(token)


def test_a_decimal_comma_is_answered_with_the_point() -> None:
    with pytest.raises(InputError, match=r"area: '1,131 cm2' has a comma in its number.*'1.131 cm2'"):
        units.parse("1,131 cm2", "area", "area")


def test_rounding_is_not_shown_as_an_uncertainty() -> None:
    assert units.show(0.01, "mV", 1e-17) == "10 mV"
    assert units.show(0.01, "mV", 1e-5) == "10.000(10) mV"
