"""Small files in every vendor's format, made here, and what reading them must give."""

import io
import sys
import zipfile
from collections.abc import Callable

import numpy as np
import pytest

from ceramer.errors import InputError, MissingExtraError
from ceramer.measurement import read, read_all
from ceramer.units import Value

F = np.array([1e5, 1e4, 1e3, 1e2, 1e1])
Z = 50.0 + 200.0 / (1.0 + 2j * np.pi * F * 200.0 * 1e-6)
T = np.array([0.5, 1.0, 1.7, 2.9, 5.25])
E = np.array([3.1, 3.2, 3.3, 3.2, 3.1])
I = np.array([0.0, 1e-3, 1e-3, -2e-3, -2e-3])  # noqa: E741


def lines(*rows: str, end: str = "\n") -> bytes:
    return (end.join(rows) + end).encode("latin-1")


def eclab(*, comma: bool = False, sweeps: int = 1, area: str = "0.785 cm²", zero_rows: bool = False) -> bytes:
    titles = "freq/Hz\tRe(Z)/Ohm\t-Im(Z)/Ohm\t|Z|/Ohm\tPhase(Z)/deg\ttime/s\t<Ewe>/V\t<I>/mA\tcycle number\t"
    head = ["EC-Lab ASCII FILE", "Nb header lines : 8", "", "Potentio Electrochemical Impedance Spectroscopy", ""]
    head += [f"Electrode surface area : {area}", "Acquisition started on : 05/15/2025 01:18:45.867", titles]
    body = []
    for sweep in range(sweeps):
        rest = [f"0.0\t0.0\t0.0\t0.0\t0.0\t{sweep}\t3.0\t0.0\t{sweep + 1}"] if zero_rows else []
        body += rest + [
            f"{f:.7E}\t{z.real:.7E}\t{-z.imag:.7E}\t{abs(z):.7E}\t{np.angle(z, deg=True):.7E}\t"
            f"{t + 10 * sweep:.15E}\t{e:.7E}\t{1e3 * i:.7E}\t{sweep + 1:.15E}"
            for f, z, t, e, i in zip(F, Z, T, E, I, strict=True)
        ]
    if comma:
        head[5] = head[5].replace(".", ",")
        body = [row.replace(".", ",") for row in body]
    return lines(*head, *body, end="\r\n")


def eclab_series() -> bytes:
    head = ["EC-Lab ASCII FILE", "Nb header lines : 5", "", "Galvanostatic Cycling with Potential Limitation"]
    titles = "mode\tNs\ttime/s\tEwe/V\tI/mA\t(Q-Qo)/mA.h\tcycle number"
    body = [f"1\t{k}\t{t}\t{e}\t{1e3 * i}\t{k * 0.5}\t1" for k, (t, e, i) in enumerate(zip(T, E, I, strict=True))]
    return lines(*head, titles, *body)


def zplot() -> bytes:
    head = ["ZPLOT2 ASCII", "  Date:    10-12-2018", "  Time:     11:04:34", "    Surface Area:             1"]
    head += [
        "  Data Points:         5",
        "  Freq(Hz)\tAmpl\tBias\tTime(Sec)\tZ'(a)\tZ''(b)\tGD\tErr\tRange",
        "End Comments",
    ]
    body = [
        f"{f:.6E}\t0.01\t0.0\t{t:.6E}\t{z.real:.6E}\t{z.imag:.6E}\t0.0\t0\t3" for f, t, z in zip(F, T, Z, strict=True)
    ]
    return lines(*head, *body)


def autolab() -> bytes:
    head = ['"Z60W Data File: Version 1.1"', '""', "0,2,0,1,0.1,10000", "5"]
    head += ["\"  Freq (Hz)    Ampl     Bias   Time(Sec)   Z'(a)    Z''(b)    GD   Err   Range\""]
    body = [f"{f:g},0,0,{t},{z.real:.10f},{z.imag:.10f},0,0,0" for f, t, z in zip(F, T, Z, strict=True)]
    return b"\xef\xbb\xbf" + lines(*head, *body)


def gamry() -> bytes:
    head = [
        "EXPLAIN",
        "TAG\tEISPOT",
        "TITLE\tLABEL\tPotentiostatic EIS\tTest &Identifier",
        "DATE\tLABEL\t4/23/2018\tDate",
    ]
    head += ["TIME\tLABEL\t16:43:15\tTime", "AREA\tQUANT\t7.85E-001\t&Area (cm^2)", "OCVCURVE\tTABLE\t2"]
    head += ["\tPt\tT\tVf", "\t#\ts\tV vs. Ref.", "\t0\t0.25\t3.1", "\t1\t0.50\t3.1", "ZCURVE\tTABLE"]
    head += ["\tPt\tTime\tFreq\tZreal\tZimag\tZsig\tZmod\tZphz\tIdc\tVdc\tIERange"]
    head += ["\t#\ts\tHz\tohm\tohm\tV\tohm\t°\tA\tV\t#"]
    body = [
        f"\t{k}\t{t}\t{f:g}\t{z.real:.7g}\t{z.imag:.7g}\t1\t{abs(z):.7g}\t{np.angle(z, deg=True):.7g}\t{i}\t{e}\t7"
        for k, (t, f, z, i, e) in enumerate(zip(T, F, Z, I, E, strict=True))
    ]
    return lines(*head, *body, end="\r\n")


def versastudio() -> bytes:
    head = ["<Application>", "Name=VersaStudio", "</Application>", "<Action0>", "Working Electrode Area (cm2)=0.785"]
    head += ["</Action0>", "<Action1>", "Name=Potentiostatic EIS", "</Action1>", "<Segment1>", "Type=2"]
    head += [
        "Definition=Segment #, Point #, E(V), I(A), Elapsed Time(s), Frequency(Hz), Z Real, Z Imag, AC Amplitude, 0"
    ]
    body = [
        f"0,{k},{e},{i},{t},{f:g},{z.real:.7g},{z.imag:.7g},0.02"
        for k, (e, i, t, f, z) in enumerate(zip(E, I, T, F, Z, strict=True))
    ]
    return lines(*head, *body, "</Segment1>", "<Graph1>", "Analysis=0", "</Graph1>")


def parstat() -> bytes:
    head = (
        "Potential (V)\tCurrent (A)\tElapsed Time (s)\tFrequency (Hz)\tZre (ohms)\tZim (ohms)\t|Vac| (V)\t|Iac| (A)\t"
    )
    rest = [f"3.4\t-0.15\t{k * 0.1}\t0\t0\t0\t0\t0\t" for k in range(3)]
    body = [
        f"{e}\t{i}\t{t}\t{f:g}\t{z.real:.9g}\t{z.imag:.9g}\t0.001\t0.1\t"
        for e, i, t, f, z in zip(E, I, T, F, Z, strict=True)
    ]
    return lines(head, *rest, *body)


def powersuite() -> bytes:
    body = [f"{f:g}\t {z.real:.8g}\t {z.imag:.8g}" for f, z in zip(F, Z, strict=True)]
    return lines("Frequency\t Zre\t Zimg", *body, end="\r\r\n")


def chi() -> bytes:
    head = ["Feb. 20, 2020   15:55:08", "A.C. Impedance", "Instrument Model:  CHI660E", "", "Init E (V) = 0", ""]
    head += ["Freq/Hz, Z'/ohm, Z\"/ohm, Z/ohm, Phase/deg", ""]
    body = [
        f"{f:.3e}, {z.real:.3e}, {z.imag:.3e}, {abs(z):.3e}, {np.angle(z, deg=True):.1f}"
        for f, z in zip(F, Z, strict=True)
    ]
    return lines(*head, *body)


def novocontrol() -> bytes:
    head = [
        "pellet 25deg, 26.02.2025",
        "Diameter[mm]: 1.300e+01  Thickness[mm]: 7.500e-01  Electrode Thickness[mm]: 4.0",
    ]
    head += [
        "Fixed value(s) :  Temp. [°C]=2.500e+01 AC Volt  [Vrms]=7.1e-03",
        "     Freq.[Hz]\t      Zs'[ohm]\t     Zs''[ohm]",
    ]
    return lines(*head, *[f" {f:.7e}\t {z.real:.7e}\t{z.imag:.7e}" for f, z in zip(F, Z, strict=True)])


def relaxis() -> bytes:
    head = [
        "RelaxIS 3.0 Spectrum export",
        "Date: 12/16/2025 2:29:15 PM",
        "Data: Frequency\tData: Z'\tData: Z''",
        "DC=0\t\t",
    ]
    return lines(*head, *[f"{f!r}\t{z.real!r}\t{z.imag!r}" for f, z in zip(F.tolist(), Z.tolist(), strict=True)])


def plain_polar() -> bytes:
    body = [
        f"{f!r};{abs(z)!r};{float(np.angle(z, deg=True))!r};{t!r}"
        for f, z, t in zip(F.tolist(), Z.tolist(), T.tolist(), strict=True)
    ]
    return lines("Frequency (Hz);|Z| (Ω);Phase (deg);Time (s)".replace("Ω", "Ohm"), *body)


def plain_negative() -> bytes:
    body = [f"{f / 1e3!r},{z.real!r},{-z.imag!r}" for f, z in zip(F.tolist(), Z.tolist(), strict=True)]
    return lines("freq/kHz,Z'/Ohm,-Z''/Ohm", *body)


IMPEDANCE: dict[str, Callable[[], bytes]] = {
    "eclab": eclab,
    "eclab_comma": lambda: eclab(comma=True),
    "zplot": zplot,
    "autolab": autolab,
    "gamry": gamry,
    "versastudio": versastudio,
    "parstat": parstat,
    "powersuite": powersuite,
    "chi": chi,
    "novocontrol": novocontrol,
    "relaxis": relaxis,
    "plain_polar": plain_polar,
    "plain_negative": plain_negative,
}


def neware() -> bytes:
    titles = "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(mA),Voltage(V),Chg. Cap.(mAh),Date"
    kinds = ["Rest", "CC Chg", "CC Chg", "CC DChg", "CC DChg"]
    body = [
        f"{k + 1},1,{k},{kind},00:00:{t:05.2f},100:00:{t:05.2f},{1e3 * i},{e},{k},2022-05-18 16:27:0{k}"
        for k, (kind, t, i, e) in enumerate(zip(kinds, T, I, E, strict=True))
    ]
    return lines(titles, *body)


def maccor() -> bytes:
    titles = "Rec\tCycle P\tCycle C\tStep\tTestTime\tStepTime\tCap. [Ah]\tCurrent [A]\tVoltage [V]\tMd\tES\tDPT Time"
    head = ["Name:\tcell 7", "Tester\tMaccor #4", "Started\t5/11/2021 3:40:24 PM", "", titles, ""]
    body = [
        f"{k + 1}\t0\t1\t{k}\t{k}.000000\t{k}.0\t0.0\t{abs(i):.8f}\t{e}\t{md}\t1\t5/11/2021 3:4{k}:24 PM\t"
        for k, (i, e, md) in enumerate(zip(I, E, "RCCDD", strict=True))
    ]
    return lines(*head, *body)


def landt() -> bytes:
    titles = "channel_index,cycle_index,step_index,date_time_iso_string,test_time_s,step_time_s,current_A,voltage_V,"
    titles += "discharge_capacity_Ah,charge_capacity_Ah,Pressure_Psi,temperature_1_C,step_name"
    body = [
        f"{k},1,{k},04/30/2024 14:33:1{k},{t},{t},{i},{e},0,0,1.0,25.5,step,"
        for k, (t, i, e) in enumerate(zip(T, I, E, strict=True))
    ]
    return lines("cell id: X7,,,,,,,,,,,,", titles, *body)


def bdf() -> bytes:
    body = [f"{t!r},{e!r},{i!r}" for t, e, i in zip(T.tolist(), E.tolist(), I.tolist(), strict=True)]
    return lines("test_time_second,voltage_volt,current_ampere", *body)


def plain_series() -> bytes:
    body = [f"{t / 60!r}\t{1e3 * e!r}\t{1e6 * i!r}" for t, e, i in zip(T.tolist(), E.tolist(), I.tolist(), strict=True)]
    return lines("time\tEwe\tI", "min\tmV\tuA", *body)


SERIES: dict[str, Callable[[], bytes]] = {
    "eclab_series": eclab_series,
    "neware": neware,
    "maccor": maccor,
    "landt": landt,
    "bdf": bdf,
    "plain_series": plain_series,
}


def mettler() -> bytes:
    head = ["Title          28.11.2022 15:28", "____", "", "Curve Name:", "  LNO, 28.11.2022 14:59:27"]
    head += ["  Performed 28.11.2022 14:59:26", "  Sample Weight", "Curve Values:"]
    head += ["      Index      t      Ts      Tr      Value", "            [min]    [°C]    [°C]      [mg]"]
    body = [f"      {k}      {k}.5    {21 + k}.25     {25 + k}    {4.2 - 0.1 * k:.5f}" for k in range(5)]
    return lines(*head, *body, "", "", "Results:", "Sample:", "  LNO, 4.1752 mg", "", end="\r\n")


@pytest.fixture
def put(tmp_path):
    def write(data: bytes, name: str = "file"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


@pytest.mark.parametrize("name", IMPEDANCE)
def test_impedance_of_every_vendor_has_true_signs(put, name):
    measured = read(put(IMPEDANCE[name]()))
    assert measured.frequency == pytest.approx(F, rel=1e-6)
    assert measured.impedance == pytest.approx(Z, rel=6e-4 if name == "chi" else 1e-6)
    assert (measured.column("Imaginary Impedance / ohm") < 0.0).all()
    assert len(measured.sha256) == 64
    if measured.has("Current / A"):
        assert measured.current == pytest.approx(I)
        assert measured.voltage == pytest.approx(E)
    if measured.has("Test Time / s"):
        assert measured.time == pytest.approx(T)


@pytest.mark.parametrize("name", SERIES)
def test_series_of_every_vendor_charge_with_positive_current(put, name):
    measured = read(put(SERIES[name]()))
    assert measured.current == pytest.approx(I)
    assert measured.voltage == pytest.approx(E)
    start = {"maccor": None, "neware": 360000.0}.get(name, 0.0)
    expected = 60.0 * np.arange(5) if start is None else T + start
    assert measured.time == pytest.approx(expected)
    assert not measured.warnings


def test_suffix_does_not_matter_and_units_reach_si(put):
    assert read(put(plain_series(), "x.mpr")) == read(put(plain_series(), "y.DTA")).with_metadata(source="x.mpr")
    landed = read(put(landt()))
    assert landed.column("Applied Pressure / Pa") == pytest.approx(6894.757)
    assert landed.column("Ambient Temperature / degC") == pytest.approx(25.5)
    assert read(put(neware())).column("Charging Capacity / Ah") == pytest.approx(1e-3 * np.arange(5))
    assert read(put(eclab_series())).column("Net Capacity / Ah") == pytest.approx(5e-4 * np.arange(5))


def test_header_metadata(put):
    assert read(put(eclab())).area == Value(pytest.approx(7.85e-5))
    assert read(put(eclab(comma=True))).area == Value(pytest.approx(7.85e-5))
    assert read(put(eclab(area="0.001 cm²"))).area is None
    assert read(put(eclab())).started == "05/15/2025 01:18:45.867"
    disc = read(put(novocontrol()))
    assert disc.area.value == pytest.approx(np.pi / 4 * 0.013**2)
    assert disc.thickness.value == pytest.approx(7.5e-4)
    assert disc.temperature.value == pytest.approx(298.15)
    default = read(put(zplot()))
    assert default.area.value == pytest.approx(1e-4)
    assert any("default of ZPlot" in sentence for sentence in default.warnings)
    assert not read(put(zplot()), area="1 cm2").warnings
    assert read(put(gamry())).technique == "Potentiostatic EIS"
    assert read(put(versastudio())).area.value == pytest.approx(7.85e-5)


def test_a_header_area_that_contradicts_the_users_is_reported(put):
    measured = read(put(eclab()), area="1.131 cm2", thickness="350(10) um", electrodes="SS | SS")
    assert measured.area == Value(pytest.approx(1.131e-4))
    assert measured.thickness == Value(pytest.approx(3.5e-4), pytest.approx(1e-5))
    assert [s for s in measured.warnings if "contradicts 7.85e-05 m2" in s]
    assert not read(put(eclab()), area="0.785 cm2").warnings


def test_sweeps_are_split_and_rests_dropped(put):
    path = put(eclab(sweeps=3, zero_rows=True))
    sweeps = read_all(path)
    assert [len(sweep) for sweep in sweeps] == [5, 5, 5]
    assert [sweep.time[0] for sweep in sweeps] == pytest.approx([0.5, 10.5, 20.5])
    assert sweeps[1].details["sweep"] == "2 of 3"
    assert "3 of 18 rows have no positive frequency" in sweeps[0].warnings[0]
    with pytest.raises(InputError, match=r"holds 3 sweeps; take one with sweep=1 to 3, or all with read_all"):
        read(path)
    assert read(path, sweep=3) == sweeps[2]
    with pytest.raises(InputError, match="no sweep 4"):
        read(path, sweep=4)


def test_sweeps_split_by_frequency_where_no_counter_tells(put):
    body = [f"{f!r},{z.real!r},{z.imag!r}" for _ in range(2) for f, z in zip(F.tolist(), Z.tolist(), strict=True)]
    assert [len(m) for m in read_all(put(lines("f/Hz,Z'/ohm,Z''/ohm", *body)))] == [5, 5]


def test_column_map(put):
    body = [f"{f / 1e3!r},{z.real!r},{-z.imag!r}" for f, z in zip(F.tolist(), Z.tolist(), strict=True)]
    path = put(lines("a,b,c", *body))
    with pytest.raises(InputError, match=r"none could be told; give columns=\{'a': 'Frequency / Hz'"):
        read(path)
    meaning = {"a": "Frequency / kHz", "b": "Real Impedance", "c": "-Imaginary Impedance / ohm"}
    mapped = read(path, columns=meaning)
    assert mapped.frequency == pytest.approx(F)
    assert mapped.impedance == pytest.approx(Z)
    with pytest.raises(InputError, match="did you mean"):
        read(path, columns={"a": "Frequncy / kHz"})
    with pytest.raises(InputError, match="Unknown column in the file 'd'"):
        read(path, columns={"d": "Frequency / kHz"})
    with pytest.raises(InputError, match="does not fit"):
        read(path, columns={"a": "Frequency / V"})
    with pytest.raises(InputError, match="whose columns are known"):
        read(put(gamry()), columns=meaning)
    numbered = read(
        put(lines(*body)), columns={"1": "Frequency / kHz", "2": "Real Impedance", "3": "-Imaginary Impedance"}
    )
    assert numbered.impedance == pytest.approx(Z)


def test_what_was_assumed_is_said(put):
    body = [f"{f!r}\t{z.real!r}\t{-z.imag!r}" for f, z in zip(F.tolist(), Z.tolist(), strict=True)]
    bare = read(put(lines(*body)))
    assert "have no titles" in bare.warnings[0]
    titled = read(put(lines("Freq\tReal\tImag", *body)))
    assert "'Freq' in Hz" in titled.warnings[0]
    assert "Nearly all Z'' are positive" in titled.warnings[1]
    with pytest.raises(InputError, match="2 columns have no titles"):
        read(put(lines("1,2", "2,3", "3,4")))


def test_mettler(put):
    measured = read(put(mettler()))
    assert measured.time == pytest.approx(60.0 * (np.arange(5) + 0.5))
    assert measured.column("Mass / mg") == pytest.approx(4.2 - 0.1 * np.arange(5))
    assert measured.column("Sample Temperature / degC") == pytest.approx(21.25 + np.arange(5))
    assert measured.technique == "thermogravimetry"
    assert not measured.warnings


def test_excel_of_arbin_and_of_others(put, tmp_path):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Global_Info"
    sheet = book.create_sheet("Channel_11_1")
    sheet.append(["Date_Time", "Test_Time(s)", "Cycle_Index", "Voltage(V)", "Current(A)"])
    for row in zip(T.tolist(), E.tolist(), I.tolist(), strict=True):
        sheet.append([None, row[0], 1, row[1], row[2]])
    book.save(tmp_path / "arbin")
    measured = read(tmp_path / "arbin")
    assert measured.instrument == "Arbin"
    assert measured.time == pytest.approx(T)
    assert measured.current == pytest.approx(I)
    plain = openpyxl.Workbook()
    plain.active.append(["frequency / kHz", "Z' / ohm", "-Z'' / ohm"])
    for f, z in zip(F.tolist(), Z.tolist(), strict=True):
        plain.active.append([f / 1e3, z.real, -z.imag])
    plain.save(tmp_path / "plain.xlsx")
    assert read(tmp_path / "plain.xlsx").impedance == pytest.approx(Z)


def test_bruker_folder_and_zip(tmp_path):
    pytest.importorskip("nmrglue")
    root = tmp_path / "71"
    (root / "pdata" / "1").mkdir(parents=True)
    size, field, width, left = 64, 77.78, 7778.0, 60.0
    spectrum = np.zeros(size, dtype="<i4")
    spectrum[10] = 1000
    (root / "pdata" / "1" / "1r").write_bytes(spectrum.tobytes())
    (root / "pdata" / "1" / "1i").write_bytes(spectrum.tobytes())
    procs = {"BYTORDP": 0, "DTYPP": 0, "NC_proc": 0, "OFFSET": left, "SF": field, "SI": size, "SW_p": width}
    acqus = {"NUC1": "<7Li>", "SFO1": field, "TE": 303, "BYTORDA": 0, "TD": 8, "NS": 4}
    for path, entries in ((root / "pdata" / "1" / "procs", procs), (root / "acqus", acqus)):
        body = "".join(f"##${key}= {value}\n" for key, value in entries.items())
        path.write_text(f"##TITLE= Parameter file\n##JCAMPDX= 5.0\n{body}##END=\n")
    folder = read(root)
    shift = folder.column("Chemical Shift / ppm")
    assert shift[0] == pytest.approx(left)
    assert shift[np.argmax(folder.column("Intensity / 1"))] == pytest.approx(left - 10 * width / field / size)
    assert folder.temperature == Value(303.0)
    assert folder.details["nucleus"] == "7Li"
    archive = tmp_path / "nmr"
    with zipfile.ZipFile(archive, "w") as target:
        for path in root.rglob("*"):
            target.write(path, path.relative_to(tmp_path))
    assert np.array_equal(read(archive).column("Intensity / 1"), folder.column("Intensity / 1"))


def test_zip_of_one_file_and_of_several(put):
    def packed(**files: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return buffer.getvalue()

    assert read(put(packed(a=gamry()))).frequency == pytest.approx(F)
    with pytest.raises(InputError, match="holds 2 files; unpack it"):
        read(put(packed(a=gamry(), b=zplot())))
    with pytest.raises(InputError, match="archive is damaged"):
        read(put(packed(a=gamry())[:200]))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "the file is empty"),
        (b" \r\n ", "the file is empty"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "no known format"),
        (b"Dear editor,\nwe submit 1 paper.\nYours\n", "no table of numbers"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "old Excel"),
        (eclab()[:150], "ends before its column titles"),
        (b"EXPLAIN\nTAG\tEISPOT\n", "holds no curve"),
        (b"BIO-LOGIC MODULAR FILE\x1a" + bytes(300), "damaged or of an unknown version"),
        (b"NEWARE" + bytes(300), "damaged or of an unknown version"),
        (b"PAR1" + bytes(300), "damaged or of an unknown version"),
    ],
)
def test_foreign_empty_and_truncated_files_raise_one_sentence(put, data, sentence):
    with pytest.raises(InputError, match=sentence) as error:
        read(put(data, "odd.dat"))
    assert "odd.dat" in str(error.value)
    assert "\n" not in str(error.value)


def test_missing_and_oversized_files(put, monkeypatch):
    path = put(gamry(), "cell7.DTA")
    with pytest.raises(InputError, match=r"no such file; did you mean 'cell7.DTA'"):
        read(path.with_name("cel7.DTA"))
    monkeypatch.setattr("ceramer.measurement._source.MAX_BYTES", 100)
    with pytest.raises(InputError, match="read in one go; split it"):
        read(path)
    with pytest.raises(InputError, match="only when it is a Bruker experiment"):
        read(path.parent)


def test_a_lost_column_a_bad_value_and_a_clock_that_runs_back_are_reported(put):
    data = bdf().replace(b"voltage_volt", b"voltoge_vult").replace(b"0.001", b"0.0x1").replace(b"1.7,", b"0.7,")
    measured = read(put(data))
    assert "2 of 5 values of 'current_ampere' are missing or not numbers" in measured.warnings[0]
    assert "no column for Voltage / V" in measured.warnings[1]
    assert "runs backwards 1 times, first after row 2" in measured.warnings[2]
    assert measured.details["columns not read"] == "voltoge_vult"
    assert np.isnan(measured.current[1:3]).all()


def test_a_short_row_is_left_out_and_reported(put):
    rows = bdf().splitlines()
    rows[3] = b"1.7,3.3"
    measured = read(put(b"\n".join(rows) + b"\n"))
    assert measured.time == pytest.approx(T[[0, 1, 3, 4]])
    assert "1 of 5 rows do not have 3 fields and were left out (the first after row 2)" in measured.warnings[0]


@pytest.mark.parametrize(
    ("module", "data", "sentence"),
    [
        ("yadg.extractors", b"BIO-LOGIC MODULAR FILE\x1a", r"'ceramer\[biologic\]'; without it, export .* \(.mpt\)"),
        ("fastnda", b"NEWARE", r"'ceramer\[neware\]'; without it, export csv"),
        ("pyarrow.parquet", b"PAR1", r"'ceramer\[parquet\]'"),
    ],
)
def test_a_missing_extra_names_the_pip_command_and_the_way_round(put, monkeypatch, module, data, sentence):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingExtraError, match=sentence):
        read(put(data))


def test_neware_without_a_total_clock_uses_the_dates_else_sums_the_steps(put):
    dated = neware().replace(b"Total Time", b"Remark")
    assert read(put(dated)).time == pytest.approx(np.arange(5.0))
    steps = lines(
        "Step Type,Time,Current(A),Voltage(V)",
        *[f"CC Chg,00:00:{s:02d},1.0,3.0" for s in (0, 10, 20)],
        *[f"CC DChg,00:00:{s:02d},1.0,3.0" for s in (0, 5)],
    )
    measured = read(put(steps))
    assert measured.time == pytest.approx([0.0, 10.0, 20.0, 20.0, 25.0])
    assert measured.column("Step Time / s") == pytest.approx([0.0, 10.0, 20.0, 0.0, 5.0])
    assert measured.current == pytest.approx([1.0, 1.0, 1.0, -1.0, -1.0])


def test_maccor_clock_and_unknown_unit(put):
    clock = maccor()
    for k in range(5):
        clock = clock.replace(f"\t{k}.000000\t".encode(), f"\t0d 0{k}:00:00.50\t".encode())
    assert read(put(clock)).time == pytest.approx(3600.0 * np.arange(5) + 0.5)
    undated = read(put(maccor().replace(b"DPT Time", b"Remark")))
    assert undated.time == pytest.approx(np.arange(5.0))
    assert "s was assumed" in undated.warnings[0]


def test_eclab_with_absolute_time_and_cell_voltage(put):
    titles = "time/s\tEwe/V\tEwe-Ece/V\tI/mA"
    body = [f"05/15/2025 01:00:0{k}.500\t1.0\t{e}\t{1e3 * i}" for k, (e, i) in enumerate(zip(E, I, strict=True))]
    measured = read(put(lines("EC-Lab ASCII FILE", "Nb header lines : 4", "", titles, *body)))
    assert measured.time == pytest.approx(np.arange(5.0))
    assert measured.voltage == pytest.approx(E)
    assert not measured.warnings


def test_utf16_and_a_byte_order_mark(put):
    text = plain_series().decode()
    for codec in ("utf-16", "utf-8-sig"):
        assert read(put(text.encode(codec))).current == pytest.approx(I)
