"""What is written reads back: to the last bit as Battery Data Format, to the printed digits as EC-Lab text."""

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ceramer.measurement import LABELS, Measurement, read, write_bdf, write_eclab_text
from ceramer.units import Value

FLOATS = st.floats(allow_nan=True, allow_infinity=True, width=64)
POSITIVE = st.floats(min_value=1e-12, max_value=1e12)
TEXT = st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@st.composite
def measurements(draw):
    rows = draw(st.integers(1, 12))
    labels = draw(st.lists(st.sampled_from(sorted(LABELS)), min_size=1, max_size=5, unique=True))
    columns = {label: draw(arrays.arrays(np.float64, rows, elements=FLOATS)) for label in labels}
    value = st.none() | st.builds(Value, POSITIVE, st.none() | POSITIVE)
    return Measurement(
        columns,
        area=draw(value),
        thickness=draw(value),
        electrodes=draw(TEXT),
        source=draw(TEXT),
        details=draw(st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)),
        warnings=tuple(draw(st.lists(st.text(max_size=9), max_size=2))),
    )


@given(measured=measurements(), suffix=st.sampled_from(["csv", "parquet"]))
@settings(max_examples=25, deadline=None)
def test_bdf_round_trip_is_exact(measured, suffix):
    if suffix == "parquet":
        pytest.importorskip("pyarrow")
    with tempfile.TemporaryDirectory() as folder:
        again = read(write_bdf(measured, Path(folder) / f"x.bdf.{suffix}"))
    assert again == measured
    assert again.warnings == measured.warnings
    for label, values in measured.columns.items():
        known = ~np.isnan(values)
        assert values[known].tobytes() == again.column(label)[known].tobytes()  # -0.0 and the last bit as well


@given(
    values=arrays.arrays(np.float64, (7, 5), elements=st.floats(-1e9, 1e9).map(lambda x: x if abs(x) > 1e-9 else 1.0)),
    decades=st.floats(0.2, 1.0),
)
@settings(max_examples=25, deadline=None)
def test_eclab_text_round_trip_to_the_printed_digits(values, decades):
    columns = {
        "Frequency / Hz": 10.0 ** (6.0 - decades * np.arange(7)),
        "Real Impedance / ohm": values[:, 0],
        "Imaginary Impedance / ohm": values[:, 1],
        "Test Time / s": np.sort(values[:, 2]),
        "Voltage / V": values[:, 3],
        "Current / A": values[:, 4],
    }
    with tempfile.TemporaryDirectory() as folder:
        again = read(write_eclab_text(Measurement(columns), Path(folder) / "x.mpt"))
    for label, written in columns.items():
        np.testing.assert_allclose(again.column(label), written, rtol=6e-8, err_msg=label)
    assert not again.warnings
