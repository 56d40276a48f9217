"""One folder, one sheet, one table: repeats, spread from cell to cell, and files that fail."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ceramer.analysis import campaign, synthetic
from ceramer.errors import InputError, UnknownNameError


def write_cell(path: Path, seed: int, asr: float) -> None:
    data = synthetic.plating_stripping(np.random.default_rng(seed), cycles=6, asr=asr, area=1e-4).data
    pd.DataFrame(
        {"test_time_second": data["time"], "current_ampere": data["current"], "voltage_volt": data["voltage"]}
    ).to_csv(path, index=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for k, asr in enumerate((0.010, 0.012, 0.014, 0.030)):
        write_cell(tmp_path / f"cell{k}.bdf.csv", k, asr)
    (tmp_path / "sheet.csv").write_text(
        "file,sample,electrode area / cm2,electrolyte_area,thickness,thickness_pressure,temperature,"
        "electrodes,protocol\n"
        "cell0.bdf.csv,PCE,1.0,2.0 cm2,350(10) um,0.1 MPa,22 degC,Li|Li,plating_stripping\n"
        "cell1.bdf.csv,PCE,1.0,2.0 cm2,350(10) um,0.1 MPa,22 degC,Li|Li,plating_stripping\n"
        "cell2.bdf.csv,PCE,1.0,2.0 cm2,350(10) um,0.1 MPa,22 degC,Li|Li,\n"
        "cell3.bdf.csv,LATP,1.0,2.0 cm2,,,22 degC,Li|Li,plating_stripping\n"
        "cell9.bdf.csv,LATP,1.0,2.0 cm2,,,22 degC,Li|Li,plating_stripping\n",
        encoding="utf-8",
    )
    return tmp_path


def test_repeats_make_a_mean_and_a_spread(folder: Path) -> None:
    done = campaign(folder)
    row = done.summary.query("sample == 'PCE' and quantity == 'area_specific_resistance'").iloc[0]
    assert row["cells"] == 3
    assert row["unit"] == "ohm cm2"
    assert row["mean"] == pytest.approx(120.0, rel=0.02)
    assert row["cell-to-cell standard deviation"] == pytest.approx(20.0, rel=0.1)
    # Student's factor for two degrees of freedom is 1.32.
    assert row["standard uncertainty of the mean"] == pytest.approx(20.0 / np.sqrt(3) * 1.321, rel=0.1)
    assert "times what one measurement is uncertain by" in row["remark"]
    assert set(done.reports) == {f"cell{k}.bdf.csv" for k in range(4)}


def test_one_cell_has_no_spread(folder: Path) -> None:
    row = campaign(folder).summary.query("sample == 'LATP'").iloc[0]
    assert row["cells"] == 1
    assert np.isnan(row["cell-to-cell standard deviation"])
    assert "no spread" in row["remark"]


def test_a_file_that_fails_is_listed_and_stops_nothing(folder: Path) -> None:
    done = campaign(folder)
    assert len(done.problems) == 1
    assert "row 6" in done.problems[0]
    assert "did you mean" in done.problems[0]
    assert "1 problems" in str(done)


def test_a_file_without_a_number_is_listed_too(folder: Path) -> None:
    change(folder, "22 degC,Li|Li,plating_stripping\ncell9", "22 degC,Li|Li,shorts\ncell9")
    problems = campaign(folder).problems
    assert any("no number came out: No short was found" in problem for problem in problems)


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_results_are_written(folder: Path, name: str) -> None:
    done = campaign(folder)
    done.write(folder / name)
    back = pd.read_csv(folder / name) if name.endswith("csv") else pd.read_excel(folder / name, sheet_name="summary")
    assert back["mean"].to_numpy() == pytest.approx(done.summary["mean"].to_numpy())
    with pytest.raises(InputError, match=r"\.csv or \.xlsx"):
        done.write(folder / "out.pdf")


def test_the_sheet_may_be_excel(folder: Path) -> None:
    table = pd.read_csv(folder / "sheet.csv", dtype=str)
    table.to_excel(folder / "plan.xlsx", index=False)
    assert len(campaign(folder, "plan.xlsx").reports) == 4


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "sheet.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_misspelt_column_is_named(folder: Path) -> None:
    change(folder, "thickness,", "thicknes,")
    with pytest.raises(UnknownNameError, match="thickness"):
        campaign(folder)


def test_a_missing_column_is_named(folder: Path) -> None:
    change(folder, "file,sample", "file,who")
    with pytest.raises(InputError, match="'sample' is missing"):
        campaign(folder)


def test_a_cell_without_a_unit_is_a_problem_of_its_row(folder: Path) -> None:
    change(folder, "cell0.bdf.csv,PCE,1.0,2.0 cm2", "cell0.bdf.csv,PCE,1.0,2.0")
    problems = campaign(folder).problems
    assert any("row 2" in p and "has no unit" in p for p in problems)


def test_a_file_outside_the_folder_is_refused(folder: Path) -> None:
    change(folder, "cell9.bdf.csv", "../cell9.bdf.csv")
    assert any("outside the folder" in p for p in campaign(folder).problems)


def test_no_sheet_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"sheet\.csv"):
        campaign(tmp_path)
    with pytest.raises(InputError, match="no such folder"):
        campaign(tmp_path / "nowhere")
