"""Whatever is shown can be read again, and no unit changes a value."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ceramer import units
from ceramer.errors import InputError

SAME = {
    "length": ["m", "cm", "mm", "um", "nm"],
    "conductivity": ["S/m", "S/cm", "mS/cm", "uS/cm"],
    "area_specific_resistance": ["ohm m2", "ohm cm2", "kohm*cm2"],
    "current_density": ["A/m2", "mA/cm2", "uA/cm2"],
    "areal_capacity": ["C/m2", "mAh/cm2", "Ah/m2"],
    "specific_energy": ["J/kg", "Wh/kg"],
}


@settings(max_examples=25)
@given(st.data(), st.floats(1e-6, 1e6))
def test_a_value_survives_every_unit_of_its_dimension(data, value):
    dimension = data.draw(st.sampled_from(sorted(SAME)))
    unit = data.draw(st.sampled_from(SAME[dimension]))
    text = f"{units.convert(value, unit)!r} {unit}"
    assert units.to_si(text, dimension) == pytest.approx(value, rel=1e-12, abs=0.0)


@settings(max_examples=25)
@given(st.text(alphabet=string.printable, max_size=40))
def test_any_text_is_a_number_or_one_sentence(text):
    try:
        units.parse(text, "length")
    except InputError as error:
        assert "Traceback" not in str(error)
