"""Damaged files: a cut gives the exact prefix of rows and a warning; anything else gives no traceback."""

import importlib.util
import random
from pathlib import Path

import numpy as np
import pytest

from ceramer.errors import CeramerError
from ceramer.measurement import Measurement, read_all, write_bdf, write_eclab_text

_SPEC = importlib.util.spec_from_file_location(
    "measurement_files", Path(__file__).parents[1] / "unit" / "test_measurement_files.py"
)
files = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(files)

BUILDERS = {**files.IMPEDANCE, **files.SERIES, "mettler": files.mettler}
FORMATS = sorted(BUILDERS)


WHERE: dict[str, Path] = {}


@pytest.fixture(scope="module", autouse=True)
def one_path(tmp_path_factory):
    WHERE["file"] = tmp_path_factory.mktemp("damage") / "file"


def attempt(data: bytes) -> list[Measurement] | str:
    """Read; a refusal comes back as its sentence. Any other exception is the failure that is looked for."""
    WHERE["file"].write_bytes(data)
    try:
        found = read_all(WHERE["file"])
    except CeramerError as error:
        assert "\n" not in str(error)
        return str(error)
    for measurement in found:
        assert all(len(values) == len(measurement) for values in measurement.columns.values())
    return found


def whole(name: str) -> Measurement:
    (measurement,) = attempt(BUILDERS[name]())
    return measurement


@pytest.mark.parametrize("name", FORMATS)
def test_a_cut_anywhere_gives_the_exact_prefix_and_a_warning(name):
    data, reference = BUILDERS[name](), whole(name)
    warned = set(reference.warnings)
    lengths = set()
    for stop in range(len(data) - 1, 0, -1):
        found = attempt(data[:stop])
        if isinstance(found, str):
            continue
        (measurement,) = found
        if any("read as a time series" in s or "only an open-circuit record" in s for s in measurement.warnings):
            continue  # cut before the sweep: only the rest before it is there
        rows = len(measurement)
        lengths.add(rows)
        for label, values in measurement.columns.items():
            assert label in reference.columns, (stop, label)
            np.testing.assert_array_equal(values, reference.column(label)[:rows], err_msg=f"{name} {stop} {label}")
        rest_of_the_line = data[stop:].split(b"\n")[0]
        at_a_line_end = data[stop - 1 : stop] in (b"\n", b"\r") or not rest_of_the_line.strip(b"\r\t ,")
        if rows < len(reference) and not at_a_line_end:
            assert set(measurement.warnings) - warned, (name, stop, data[:stop][-40:])
    assert max(lengths) >= len(reference) - 1
    assert min(lengths) <= 3


def test_a_cut_bdf_file_with_its_metadata_always_warns(tmp_path):
    measured = Measurement(
        {"Test Time / s": [0.0, 1.0, 2.5], "Voltage / V": [1.25, 1.5, 1.75], "Current / A": [1.0] * 3}
    )
    path = write_bdf(measured, tmp_path / "x.bdf.csv")
    data = path.read_bytes()
    for stop in range(len(data) - 1, 50, -1):
        path.write_bytes(data[:stop])
        try:
            (cut,) = read_all(path)
        except CeramerError:
            continue
        assert any("changed after its metadata file was written (3 rows then)" in s for s in cut.warnings)
        assert cut.frame.equals(measured.frame.iloc[: len(cut)])


def damaged(rng: random.Random, data: bytes) -> bytes:
    """One random damage: flipped bytes, a lost or doubled line, a lost column, a lost block, or inserted noise."""
    kind = rng.randrange(7)
    if kind == 0:
        out = bytearray(data)
        for _ in range(rng.randint(1, 20)):
            out[rng.randrange(len(out))] ^= 1 << rng.randrange(8)
        return bytes(out)
    if kind == 1:
        start = rng.randrange(len(data))
        return data[:start] + data[start + rng.randint(1, 200) :]
    if kind == 2:
        at = rng.randrange(len(data))
        return data[:at] + rng.randbytes(rng.randint(1, 50)) + data[at:]
    rows = data.split(b"\n")
    at = rng.randrange(len(rows))
    if kind == 3:
        del rows[at]
    elif kind == 4:
        rows.insert(rng.randrange(len(rows)), rows[at])
    elif kind == 5:
        separator = rng.choice([b"\t", b",", b";"])
        column = rng.randrange(6)
        rows = [separator.join(p for i, p in enumerate(row.split(separator)) if i != column) for row in rows]
    else:
        rng.shuffle(rows)
    return b"\n".join(rows)


def bombard(seed: int, count: int) -> None:
    rng = random.Random(seed)
    for _ in range(count):
        attempt(damaged(rng, BUILDERS[rng.choice(FORMATS)]()))


def test_two_hundred_damaged_files_raise_no_traceback():
    bombard(1, 200)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_damaged_files_raise_no_traceback(seed):
    bombard(100 + seed, 1000)


@pytest.mark.parametrize("name", ["bdf", "landt", "eclab", "gamry"])
def test_a_lost_line_or_a_lost_value_is_reported(name):
    reference = whole(name)
    rows = BUILDERS[name]().split(b"\n")
    first = next(i for i, row in enumerate(rows) if b"3.2" in row)
    separator = b"\t" if b"\t" in rows[first] else b","
    fields = rows[first].split(separator)
    short = [*rows[:first], separator.join(fields[:-2]), *rows[first + 1 :]]
    (measurement,) = attempt(b"\n".join(short))
    assert len(measurement) == len(reference) - 1
    assert "1 of 5 rows" in " ".join(measurement.warnings)
    position = next(i for i, text in enumerate(fields) if b"3.2" in text)
    fields[position] = b"3.#2"
    (measurement,) = attempt(b"\n".join([*rows[:first], separator.join(fields), *rows[first + 1 :]]))
    assert len(measurement) == len(reference)
    assert np.isnan(measurement.voltage).sum() == 1
    assert "1 of 5 values" in " ".join(measurement.warnings)


def test_a_cut_binary_or_packed_file_is_refused_or_read(tmp_path):
    pytest.importorskip("pyarrow")
    measured = Measurement({"Test Time / s": np.arange(50.0), "Voltage / V": np.arange(50.0)})
    data = write_bdf(measured, tmp_path / "x.bdf.parquet").read_bytes()
    rng = random.Random(3)
    for stop in range(4, len(data), 97):
        attempt(data[:stop])
    for _ in range(30):
        out = bytearray(data)
        out[rng.randrange(4, len(out))] ^= 1 << rng.randrange(8)
        attempt(bytes(out))


def test_the_text_of_simulated_experiments_survives_damage(tmp_path):
    measured = Measurement(
        {"Test Time / s": np.arange(9.0), "Voltage / V": np.linspace(3, 4, 9), "Current / A": [1e-3] * 9}
    )
    data = write_eclab_text(measured, tmp_path / "x.mpt").read_bytes()
    rng = random.Random(5)
    for _ in range(40):
        attempt(damaged(rng, data))
