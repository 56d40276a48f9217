"""Real files through `analyse`: published answers where there are some, sentences instead of tracebacks elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ceramer.analysis import analyse, cycle_table
from ceramer.errors import CeramerError, InputError
from ceramer.measurement import read, read_all
from ceramer.units import ELECTRONVOLT

ROOT = Path(os.environ.get("CERAMER_TEST_DATA", ""))

pytestmark = [
    pytest.mark.instruments,
    pytest.mark.skipif("CERAMER_TEST_DATA" not in os.environ, reason="CERAMER_TEST_DATA is not set"),
]


def test_activation_energy_of_a_published_pellet() -> None:
    """Total Ea 0.8555(6) eV from ln(sigma T), doi:10.1039/d3ta06237f; no circuit is told here."""
    spectra = [
        read(
            ROOT / f"eisfitpython/s04147-{t}deg.txt",
            thickness="0.21 cm",
            area="0.5027 cm2",
            temperature=f"{t} degC",
        )
        for t in range(140, 201, 10)
    ]
    report = analyse(spectra, form="sigma_T")
    # The choice of circuit moves single spectra by a few per cent, which the scatter about the line does not hold.
    assert report.result("activation_energy").value / ELECTRONVOLT == pytest.approx(0.8555, rel=0.02)
    published = np.array([1.936e-7, 3.338e-7, 5.594e-7, 9.201e-7, 1.477e-6, 2.320e-6, 3.556e-6]) * 1e3
    found = report.tables["conductivities"]["ionic conductivity / mS/cm"].to_numpy()
    assert found == pytest.approx(published, rel=0.07)


@pytest.mark.parametrize(
    ("name", "label", "column"),
    [
        ("cellpy/neware_uio.csv", "Charging Capacity / Ah", "charge / C"),
        ("cellpy/neware_uio.csv", "Discharging Capacity / Ah", "discharge / C"),
        ("navani/bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx", "Charging Capacity / Ah", "charge / C"),
        ("navani/bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx", "Discharging Capacity / Ah", "discharge / C"),
    ],
)
def test_our_integral_is_the_cyclers_own_counter(name: str, label: str, column: str) -> None:
    m = read(ROOT / name)
    cycle, counter = m.column("Cycle Count / 1"), m.column(label) * 3600.0
    table = cycle_table(m.time, m.current, m.voltage, cycle, m.column("Step Index / 1"))
    rise = np.maximum(np.diff(counter), 0.0)
    inside = cycle[1:] == cycle[:-1]
    theirs = [rise[inside & (cycle[1:] == n)].sum() for n in table["cycle"]]
    assert table[column].to_numpy() == pytest.approx(np.array(theirs), rel=2e-3)


def test_a_maccor_cell_is_cycled() -> None:
    report = analyse(read(ROOT / "cellpy/maccor_002.txt"))
    assert report.method == "cycling"
    # The file prints 2.4421 mAh in and 2.2510 mAh out in its first cycle.
    table = report.tables["cycles"]
    assert table["charge / mAh"].iloc[0] == pytest.approx(2.4421, rel=1e-3)
    assert report.result("coulombic_efficiency").value == pytest.approx(0.956, abs=0.04)


def test_time_that_runs_backwards_is_said() -> None:
    (path,) = (ROOT / "bdf").glob("*Time_Bug*.csv")
    with pytest.raises(InputError, match="backwards at row"):
        analyse(read(path))


def test_a_blocking_spectrum_needs_its_thickness() -> None:
    m = read(ROOT / "lpscl_hybrid-drt/PEIS_LPSCl_IonBlocking_-25C.mpr")
    with pytest.raises(InputError, match="thickness="):
        analyse(m, "conductivity", area=1e-4)
    sigma = analyse(m, "conductivity", area=1e-4, thickness=1e-3).result("ionic_conductivity")
    assert sigma.value > 0.0


def _files() -> list[Path]:
    if "CERAMER_TEST_DATA" not in os.environ:
        return []
    kinds = {".csv", ".mpr", ".txt", ".DTA", ".z", ".mpt", ".par", ".xlsx", ".ndax", ".parquet"}
    return sorted(
        p for p in ROOT.rglob("*") if p.suffix in kinds and "expected" not in p.parts and "sample_info" not in p.name
    )


@pytest.mark.full
@pytest.mark.parametrize("path", _files(), ids=lambda p: p.name)
def test_every_file_ends_in_a_report_or_a_sentence(path: Path) -> None:
    try:
        measurements = read_all(path)
    except CeramerError as error:
        assert len(str(error)) > 20
        return
    for m in measurements[:2]:
        try:
            report = analyse(m)
        except CeramerError as error:
            assert len(str(error)) > 20
        else:
            assert report.method in str(report).casefold().replace(" ", "_")
