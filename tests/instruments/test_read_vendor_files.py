"""Real files, recorded by instruments and published by others (`$CERAMER_TEST_DATA`)."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ceramer.measurement import read, read_all, write_bdf
from ceramer.units import Value

ROOT = Path(os.environ.get("CERAMER_TEST_DATA", ""))

pytestmark = [
    pytest.mark.instruments,
    pytest.mark.skipif("CERAMER_TEST_DATA" not in os.environ, reason="CERAMER_TEST_DATA is not set"),
]

# rows, first and last frequency [Hz] and impedance at the first row [ohm], as printed in the file.
NINE = {
    "exampleDataZPlot.z": (21, 3.0e5, 3.0e3, 147.77 - 11.335j),
    "exampleDataGamry.DTA": (72, None, 0.0158898, None),
    "exampleDataBioLogic.mpt": (43, 1000.3201, 1.689554e-2, 65.470886 - 0.38998979j),
    "exampleDataAutolab.txt": (41, 1e4, 0.1, 0.013785863964281 + 0.007191946305823j),
    "exampleDataParstat.txt": (31, 1e4, 10.0, -0.00049816280376104 + 0.0175143479976367j),
    "exampleDataPowersuite.txt": (30, 0.1, 2e6, 423929.46 - 49014.063j),
    "exampleDataVersaStudio.par": (61, 1e5, 0.02154435, 55.31571 + 4.575431j),
    "exampleDataCHInstruments.txt": (73, 9.961e4, 0.1, 98.91 - 2.748j),
    "exampleData.csv": (66, 3.1623e-3, 1e4, 4.949989776405060160e-02 - 2.043869854441892481e-02j),
}


@pytest.mark.parametrize("name", NINE)
def test_nine_vendors(name):
    rows, first, last, impedance = NINE[name]
    measured = read(ROOT / "impedance_py" / name)
    assert len(measured) == rows
    assert measured.frequency[-1] == pytest.approx(last, rel=1e-12)
    if first is not None:
        assert measured.frequency[0] == pytest.approx(first, rel=1e-12)
        assert measured.impedance[0] == pytest.approx(impedance, rel=1e-12)
    assert np.isfinite(measured.impedance).all()


def test_eclabs_default_area_is_missing_and_rests_are_dropped():
    assert read(ROOT / "impedance_py" / "exampleDataBioLogic.mpt").area is None
    assert "781 of 812 rows" in read(ROOT / "impedance_py" / "exampleDataParstat.txt").warnings[0]
    cut = read(ROOT / "impedance_py" / "exampleDataZPlot.z")
    assert "announces 56 rows and 21 were read" in cut.warnings[0]


def test_three_formats_of_one_spectrum_agree():
    folder = ROOT / "lpscl_hybrid-drt"
    text = read(folder / "PEIS_LPSCl_IonBlocking_-25C.txt")
    binary = read(folder / "PEIS_LPSCl_IonBlocking_-25C.mpr")
    relaxis = read(folder / "PEIS_LPSCl_IonBlocking_-25C_RelaxIS.txt")
    assert len(text) == len(binary) == len(relaxis) == 79
    for other in (binary, relaxis.rows(slice(None, None, -1))):
        assert other.frequency == pytest.approx(text.frequency, rel=1e-7)
        assert other.impedance == pytest.approx(text.impedance, rel=1e-6)
    assert binary.current == pytest.approx(text.current, rel=1e-6)
    assert binary.voltage == pytest.approx(text.voltage, rel=1e-6)
    assert text.area is binary.area is None


def test_sweeps_of_a_battery_at_rest():
    sweeps = read_all(ROOT / "lpscl_hybrid-drt" / "Sample2_PEIS_AtRest.csv")
    assert [len(sweep) for sweep in sweeps] == [89] * 10
    assert "10 of 900 rows" in sweeps[0].warnings[0]
    # Ten repeats of one cell at rest agree, and |Z| and phase of the first row are those printed.
    assert abs(sweeps[0].impedance[0]) == pytest.approx(50.752583, rel=1e-9)
    assert np.angle(sweeps[0].impedance[0], deg=True) == pytest.approx(-20.75998, rel=1e-9)
    assert sweeps[9].impedance[20] == pytest.approx(sweeps[0].impedance[20], rel=0.05)


@pytest.mark.parametrize(
    "name", ["PEIS_SSB.mpr", "Sample1_PEIS_EndOfDischarge.mpr", "CP_SSB.mpr", "EISGALV_EISTest3.DTA"]
)
def test_other_files_of_that_folder(name):
    measured = read(ROOT / "lpscl_hybrid-drt" / name)
    assert len(measured) == {"PEIS_SSB.mpr": 89, "CP_SSB.mpr": 30208, "EISGALV_EISTest3.DTA": 71}.get(name, 86)
    if name.endswith(".DTA"):
        assert measured.impedance[0] == pytest.approx(0.04711733 + 0.1695821j)


@pytest.mark.parametrize("name", ["PEIS_SSB.mpr", "CP_SSB.mpr"])
def test_a_cut_mpr_gives_the_exact_prefix_and_a_warning(name, tmp_path):
    data = (ROOT / "lpscl_hybrid-drt" / name).read_bytes()
    whole = read(ROOT / "lpscl_hybrid-drt" / name)
    path = tmp_path / "cut"
    lengths = []
    for stop in np.linspace(9000, len(data) - 1, 12).astype(int):
        path.write_bytes(data[:stop])
        cut = read(path)
        lengths.append(len(cut))
        assert cut.frame.equals(whole.frame.iloc[: len(cut)])
        assert "cut short" in cut.warnings[0]
    assert lengths == sorted(lengths)
    assert 0 < lengths[0] < lengths[-1] == len(whole)


@pytest.mark.parametrize("name", ["21_10_7_85.ndax", "nw4-120-1-6-53.ndax", "nda_v22.nda.zip", "nda_v22.nda"])
def test_neware_equals_the_reference(name, tmp_path):
    folder = ROOT / "neware_fastnda"
    path = folder / name
    if name.endswith(".nda"):
        zipfile.ZipFile(folder / "nda_v22.nda.zip").extract(name, tmp_path)
        path = tmp_path / name
    measured = read(path)
    expected = pd.read_parquet(folder / f"{name.split('.')[0]}.parquet")
    assert len(measured) == len(expected)
    # The reference is printed to 0.1 mV and 1 uA; time, cycle and step are exact.
    assert measured.voltage == pytest.approx(1e-3 * expected["Voltage(mV)"].to_numpy(), abs=5.5e-5)
    assert measured.current == pytest.approx(1e-6 * expected["Current(uA)"].to_numpy(), abs=5.5e-7)
    assert np.array_equal(measured.time, expected["Total Time"].to_numpy())
    assert np.array_equal(measured.column("Step Time / s"), expected["Time"].to_numpy())
    assert np.array_equal(measured.column("Cycle Count / 1"), expected["Cycle Index"].to_numpy())
    assert np.array_equal(measured.column("Step Index / 1"), expected["Step Index"].to_numpy())
    assert not measured.warnings


def test_landt_equals_the_reference_conversion():
    measured = read(ROOT / "bdf" / "SINTEF__LiGrR2032__2024-04-30__25degC__Landt.csv")
    reference = read(ROOT / "bdf" / "SINTEF__LiGrR2032__2024-04-30__25degC__Landt.bdf.csv")
    assert len(measured) == len(reference) == 25162
    for label in reference.columns:
        assert np.array_equal(measured.column(label), reference.column(label)), label
    assert measured.instrument == "Landt"


def test_the_time_bug_is_reported():
    measured = read(next((ROOT / "bdf").glob("*Time_Bug*")))
    assert any("test time runs backwards" in sentence for sentence in measured.warnings)


def test_neware_csv_maccor_and_arbin():
    neware = read(ROOT / "cellpy" / "neware_uio.csv")
    assert len(neware) == 9065
    assert neware.time[-1] == 144 * 3600 + 2 * 60 + 18
    assert neware.current.min() < 0.0 < neware.current.max()
    maccor = read(ROOT / "cellpy" / "maccor_002.txt")
    assert len(maccor) == 7446
    assert maccor.time[-1] == pytest.approx(60.0 * 3809.841833)
    assert maccor.current[-1] == pytest.approx(-0.00016037)  # the last row is a discharge
    assert maccor.current.max() > 0.0
    arbin = read(ROOT / "navani" / "bs542_004_gr_li_50ua_50mv_1v_191020_Channel_11.xlsx")
    assert len(arbin) == 4526
    assert arbin.voltage[0] == 2.637298583984375
    pulses = read(ROOT / "ampworks" / "hppc_discharge.csv")
    assert pulses.current.min() == pytest.approx(-0.0032)


def test_solid_electrolyte_pellets():
    spectra = [read(ROOT / "eisfitpython" / f"s04147-{t}deg.txt") for t in range(140, 201, 10)]
    assert [len(spectrum) for spectrum in spectra] == [42, 42, 42, 41, 41, 41, 40]
    assert spectra[0].impedance[0] == pytest.approx(2.21423e4 - 5.43115e4j)
    real = [spectrum.impedance.real[10] for spectrum in spectra]
    assert real == sorted(real, reverse=True)  # hotter conducts better
    disc = read(ROOT / "eisfitpython" / "Example2a.txt")
    assert disc.area == Value(pytest.approx(np.pi / 4 * 0.013**2))
    assert disc.thickness == Value(pytest.approx(7.5e-4))
    assert len(read(ROOT / "eisfitpython" / "CSV_Example.csv")) == 50


@pytest.mark.parametrize(
    ("name", "rows"),
    [("pydrttools/1ZARC_synthetic.csv", 81), ("pydrttools/LIB_data.txt", 107), ("autoeis/test_data.txt", 67)],
)
def test_plain_tables(name, rows):
    measured = read(ROOT / name)
    assert len(measured) == rows
    low = np.argmin(measured.frequency)
    assert measured.impedance.imag[low] < 1.0


def test_thermogravimetry_and_nmr():
    tga = read(ROOT / "datalab" / "tga_mp2028_281122_LNO+C.txt")
    assert len(tga) == 4051
    assert tga.column("Mass / mg")[0] == 4.17537
    assert tga.column("Sample Temperature / degC")[-1] == 691.76
    assert not tga.warnings
    nmr = read(ROOT / "datalab" / "nmr_solid_71.zip")
    shift, intensity = nmr.column("Chemical Shift / ppm"), nmr.column("Intensity / 1")
    assert len(nmr) == 16384
    assert shift[0] == 6467.549
    # procs: F1P, F2P bound the region with the 7Li signal, YMAX_p 435007602 with NC_proc -4 is the largest point.
    assert -501.2 < shift[np.argmax(intensity)] < 465.9
    assert intensity.max() == pytest.approx(435007602 * 2.0**-4)


def test_every_file_survives_bdf(tmp_path):
    for name in ("impedance_py/exampleDataGamry.DTA", "cellpy/maccor_002.txt", "eisfitpython/Example2a.txt"):
        measured = read(ROOT / name)
        for suffix in ("csv", "parquet"):
            again = read(write_bdf(measured, tmp_path / f"x.bdf.{suffix}"))
            assert again == measured
            assert again.warnings == measured.warnings
