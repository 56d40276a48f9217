"""The measurement itself: immutable, equal by content, and honest about what it lacks."""

import copy
import json
import pickle

import numpy as np
import pytest

from ceramer.errors import InputError, MissingExtraError, UnknownNameError
from ceramer.measurement import EXTENSION_LABELS, Measurement, read, write_bdf, write_eclab_text
from ceramer.measurement._labels import recognise
from ceramer.units import Value

SWEEP = {
    "Frequency / Hz": [1e3, 1e2, 1e1],
    "Real Impedance / ohm": [5.0, 6.0, 7.0],
    "Imaginary Impedance / ohm": [-1.0, -2.0, 0.25],
}
SERIES = {"Test Time / s": [0.0, 1.0, 2.0], "Voltage / V": [0.1, 0.2, 0.3], "Current / A": [1e-3, -1e-3, 0.0]}


@pytest.fixture
def sweep():
    return Measurement(SWEEP, area="1.131(5) cm2", thickness="350(10) um", temperature="30 degC", electrodes="SS | SS")


def test_columns_cannot_be_changed_and_the_frame_is_a_copy(sweep):
    with pytest.raises(ValueError, match="read-only"):
        sweep.column("Frequency / Hz")[0] = 2.0
    with pytest.raises(TypeError):
        sweep.columns["Frequency / Hz"] = np.zeros(3)
    with pytest.raises(AttributeError):
        sweep.area = None
    given = np.array([1.0, 2.0, 3.0])
    series = Measurement({"Test Time / s": given})
    given[0] = 99.0
    assert series.time[0] == 1.0
    frame = sweep.frame
    frame.loc[0, "Frequency / Hz"] = -1.0
    assert sweep.frequency[0] == 1e3
    assert list(frame) == list(SWEEP)


def test_metadata_are_si_with_uncertainty(sweep):
    assert sweep.area == Value(pytest.approx(1.131e-4), pytest.approx(5e-7))
    assert sweep.thickness == Value(pytest.approx(3.5e-4), pytest.approx(1e-5))
    assert sweep.temperature == Value(303.15)
    assert sweep.pressure is None
    with pytest.raises(InputError, match="has no unit"):
        Measurement(SWEEP, area=1.131)
    with pytest.raises(InputError, match="not an area"):
        Measurement(SWEEP, area="350 um")


def test_require_says_how_to_give_it(sweep):
    assert sweep.require("area") is sweep.area
    with pytest.raises(InputError, match=r'pass pressure="0.1 MPa" in Python or --pressure "0.1 MPa" on the command'):
        sweep.require("pressure")
    with pytest.raises(UnknownNameError, match="'thickness'"):
        sweep.require("thicknes")


def test_wrong_labels_and_lengths_raise(sweep):
    with pytest.raises(UnknownNameError, match="'Frequency / Hz'"):
        sweep.column("Frequency / hz")
    with pytest.raises(UnknownNameError, match="'Voltage / V'"):
        Measurement({"Voltage / v": [1.0]})
    with pytest.raises(InputError, match="differ in length"):
        Measurement({"Test Time / s": [0.0, 1.0], "Voltage / V": [1.0]})
    with pytest.raises(InputError, match="flat columns"):
        Measurement({"Test Time / s": [[0.0]]})
    with pytest.raises(InputError, match="at least one column"):
        Measurement({})


def test_equal_by_content(sweep):
    assert sweep == Measurement(
        SWEEP, area="1.131(5) cm2", thickness="350(10) um", temperature="30 degC", electrodes="SS | SS"
    )
    assert sweep != sweep.with_metadata(electrodes="Li | Li")
    changed = {**SWEEP, "Real Impedance / ohm": [5.0, 6.0, 7.0000001]}
    assert Measurement(SWEEP) != Measurement(changed)
    assert Measurement({"Test Time / s": [np.nan]}) == Measurement({"Test Time / s": [np.nan]})
    assert sweep == sweep.with_warnings("a note")
    assert sweep != 3
    assert hash(sweep) == hash(copy.deepcopy(sweep))


def test_pickle_and_copy_keep_it_immutable(sweep):
    for twin in (pickle.loads(pickle.dumps(sweep)), copy.deepcopy(sweep)):
        assert twin == sweep
        with pytest.raises(ValueError, match="read-only"):
            twin.frequency[0] = 1.0


def test_with_metadata_returns_another_and_notes_contradictions(sweep):
    other = sweep.with_metadata(area="2 cm2")
    assert sweep.area.value == pytest.approx(1.131e-4)
    assert other.area.value == pytest.approx(2e-4)
    assert "contradicts 0.0001131 m2" in other.warnings[0]
    assert not sweep.with_metadata(area="1.135 cm2").warnings
    with pytest.raises(UnknownNameError, match="'area'"):
        sweep.with_metadata(aera="2 cm2")


def test_to_dict_is_json(sweep):
    text = json.dumps(sweep.to_dict(), allow_nan=False)
    assert json.loads(text)["metadata"]["area"]["unit"] == "m2"
    assert json.dumps(Measurement({"Test Time / s": [np.nan]}).to_dict(), allow_nan=False).count("null")
    assert "3 rows" in repr(sweep)


def test_rows_select(sweep):
    assert sweep.rows(sweep.frequency > 50.0).frequency == pytest.approx([1e3, 1e2])
    assert sweep.rows(slice(1, 2)).area == sweep.area


def test_bdf_csv_holds_labels_and_metadata(sweep, tmp_path):
    path = write_bdf(sweep, tmp_path / "a.bdf.csv")
    assert path.read_text().splitlines()[0] == ",".join(SWEEP)
    beside = json.loads((tmp_path / "a.bdf.csv.metadata.json").read_text(encoding="utf-8"))
    assert beside["extension_columns"] == list(SWEEP)
    assert set(beside["extension_columns"]) <= EXTENSION_LABELS
    assert beside["rows"] == 3
    assert read(path) == sweep
    with pytest.raises(InputError, match=r"NAME\.bdf\.csv or NAME\.bdf\.parquet"):
        write_bdf(sweep, tmp_path / "a.xls")


def test_bdf_parquet_and_the_missing_extra(sweep, tmp_path, monkeypatch):
    pytest.importorskip("pyarrow")
    path = write_bdf(sweep, tmp_path / "a.bdf.parquet")
    assert read(path) == sweep
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'ceramer\[parquet\]'; without it, write NAME.bdf.csv"):
        write_bdf(sweep, tmp_path / "b.bdf.parquet")
    with pytest.raises(MissingExtraError, match="parquet"):
        read(path)


def test_a_table_changed_behind_its_metadata_is_noticed(sweep, tmp_path):
    path = write_bdf(sweep, tmp_path / "a.bdf.csv")
    path.write_text(path.read_text().replace("5.0", "5.1"))
    changed = read(path)
    assert changed.column("Real Impedance / ohm")[0] == 5.1
    assert changed.area == sweep.area
    assert "changed after its metadata file was written" in changed.warnings[0]
    (tmp_path / "a.bdf.csv.metadata.json").write_text("{")
    assert "is damaged or of another form" in read(path).warnings[0]


@pytest.mark.parametrize("columns", [SWEEP, {**SWEEP, **SERIES}, SERIES])
def test_eclab_text_is_read_back_by_the_mpt_reader(columns, tmp_path):
    written = Measurement(columns, area="1.131 cm2", started="05/15/2025 01:18:45")
    path = write_eclab_text(written, tmp_path / "a.mpt")
    again = read(path)
    assert again.instrument == "BioLogic"
    assert again.area.value == pytest.approx(1.131e-4, rel=1e-8)
    assert again.started == written.started
    assert set(again.columns) == set(columns)
    for label in columns:
        assert again.column(label) == pytest.approx(written.column(label), rel=1e-7, abs=1e-300)
    assert not again.warnings
    assert b"E+003" in path.read_bytes() or "Frequency / Hz" not in columns


def test_eclab_text_without_area_reads_back_without_area(tmp_path):
    path = write_eclab_text(Measurement(SWEEP), tmp_path / "a.mpt")
    assert b"0.001 cm" in path.read_bytes()
    assert read(path).area is None
    with pytest.raises(InputError, match="has neither"):
        write_eclab_text(Measurement({"Mass / mg": [1.0]}), tmp_path / "b.mpt")


@pytest.mark.parametrize(
    ("title", "label", "factor"),
    [
        ("freq/Hz", "Frequency / Hz", 1.0),
        ("Freq(MHz)", "Frequency / Hz", 1e6),
        ("-Im(Z)/Ohm", "Imaginary Impedance / ohm", -1.0),
        ("-Z'' (Ω)", "Imaginary Impedance / ohm", -1.0),
        ('Z"/ohm', "Imaginary Impedance / ohm", 1.0),
        ("Z'/kOhm", "Real Impedance / ohm", 1e3),
        ("<I>/mA", "Current / A", 1e-3),
        ("Current(uA)", "Current / A", 1e-6),
        ("Ewe/V", "Voltage / V", 1.0),
        ("Voltage [mV]", "Voltage / V", 1e-3),
        ("Time (h)", "Test Time / s", 3600.0),
        ("Test_Time(s)", "Test Time / s", 1.0),
        ("test_time_second", "Test Time / s", 1.0),
        ("Charge_Capacity(Ah)", "Charging Capacity / Ah", 1.0),
        ("(Q-Qo)/C", "Net Capacity / Ah", 1.0 / 3600.0),
        ("temperature_1_C", "Surface Temperature T1 / degC", 1.0),
    ],
)
def test_titles_are_recognised_with_their_units(title, label, factor):
    meaning = recognise(title)
    assert meaning.label == label
    assert meaning.factor == pytest.approx(factor)


def test_kelvin_and_amplitudes():
    assert recognise("Temperature/K").offset == pytest.approx(-273.15)
    assert recognise("|Ewe|/V") is None
    assert recognise("I Range") is None
    assert recognise("Voltage / ohm") is None
