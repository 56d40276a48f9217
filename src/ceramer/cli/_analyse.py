"""`ceramer analyse FILE|FOLDER...`: instrument files in, numbers with uncertainties out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ceramer.cli._output import add_area_options, console, electrode_area, write_json, write_text
from ceramer.errors import InputError, UnknownNameError

if TYPE_CHECKING:
    from ceramer.analysis import AnalysisReport, Campaign
    from ceramer.measurement import Measurement

__all__ = ["add_options", "analyse"]

_DIMENSIONS = {
    "voltage_step": "voltage",
    "voltage": "voltage",
    "resistance": "resistance",
    "resistance_before": "resistance",
    "resistance_after": "resistance",
    "bulk_resistance": "resistance",
    "lead_resistance": "resistance",
    "active_mass": "mass",
    "nominal_capacity": "charge",
    "scan_rate": "scan_rate",
    "noise_floor": "current",
    "impedance_time": "time",
}
_PLAIN = ("scan_rate", "noise_floor", "impedance_time", "nominal_capacity")  # options that take no uncertainty


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `analyse`."""
    parser.add_argument("files", nargs="+", metavar="FILE|FOLDER", help="instrument files, or a folder with its sheet")
    parser.add_argument("--method", metavar="M", help="analysis to run (default: picked from the data, and said)")
    parser.add_argument("--thickness", metavar="T", help="of the electrolyte, such as '350(10) um'")
    add_area_options(parser)
    parser.add_argument("--temperature", metavar="T", nargs="+", action="extend", help="'30 degC', one for each file")
    parser.add_argument("--pressure", metavar="P", help="such as '0.1 MPa'")
    parser.add_argument("--electrodes", metavar="E", help="such as 'SS|SS' or 'Li|Li'")
    parser.add_argument("--circuit", metavar="C", help="equivalent circuit, such as 'R0-p(R1,CPE1)-CPE2' or 'R(RQ)Q'")
    parser.add_argument("--frequency", metavar="F", nargs=2, help="fit window, such as --frequency '1 Hz' '1 MHz'")
    parser.add_argument("--sweep", metavar="N", type=int, help="which sweep of a file that holds several")
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="another option of the method")
    parser.add_argument("--sheet", metavar="SHEET", help="sheet of a folder (default: sheet.csv or sheet.xlsx in it)")
    parser.add_argument("--out", metavar="TABLE", help="write the table of a folder as .csv or .xlsx")


def analyse(arguments: argparse.Namespace) -> int:
    """Analyse instrument files, or a folder of them."""
    folders = [name for name in arguments.files if Path(name).is_dir() and not _is_one_measurement(Path(name))]
    if folders:
        if len(arguments.files) > 1:
            raise InputError(f"Give one folder alone, or files; {folders[0]} is a folder.")
        return _folder(folders[0], arguments)
    groups = _grouped(arguments)
    reports = [_one(group, arguments) for group in groups]
    out = console(arguments)
    for report in reports:
        out.print(str(report), markup=False, highlight=False, soft_wrap=True)
    _write(arguments, reports, reports[0].to_dict() if len(reports) == 1 else [report.to_dict() for report in reports])
    return 0


def _is_one_measurement(folder: Path) -> bool:
    return any((folder / name).exists() for name in ("fid", "ser", "acqus"))  # a Bruker experiment is a folder


def _folder(folder: str, arguments: argparse.Namespace) -> int:
    from ceramer.analysis import campaign

    result: Campaign = campaign(folder, arguments.sheet)
    console(arguments).print(str(result), markup=False, highlight=False, soft_wrap=True)
    if arguments.out:
        result.write(arguments.out)
    document = {
        "reports": {name: report.to_dict() for name, report in result.reports.items()},
        "problems": list(result.problems),
    }
    _write(arguments, list(result.reports.values()), document)
    return 0


def _write(arguments: argparse.Namespace, reports: list[AnalysisReport], document: Any) -> None:
    if arguments.json:
        write_json(arguments.json, document)
    if arguments.html:
        from ceramer import report

        write_text(arguments.html, report.analysis_html(reports))


def _grouped(arguments: argparse.Namespace) -> list[list[Measurement]]:
    """Return the measurements that are analysed together: several spectra with temperatures, or one by one."""
    from ceramer.measurement import read, read_all

    temperatures: list[str | None] = list(arguments.temperature or [None])
    if len(temperatures) == 1:
        temperatures = temperatures * len(arguments.files)
    if len(temperatures) != len(arguments.files):
        raise InputError(
            f"{len(arguments.files)} files and {len(temperatures)} temperatures: "
            "give one temperature, or one for each file."
        )
    common: dict[str, Any] = {"area": electrode_area(arguments)}
    common |= {name: getattr(arguments, name) for name in ("thickness", "pressure", "electrodes")}
    common = {name: given for name, given in common.items() if given is not None}
    found: list[list[Measurement]] = []
    for name, temperature in zip(arguments.files, temperatures, strict=True):
        given = {**common, **({"temperature": temperature} if temperature else {})}
        if arguments.sweep is not None:
            found.append([read(name, sweep=arguments.sweep, **given)])
        else:
            found.append(read_all(name, **given))
    flat = [measurement for group in found for measurement in group]
    if arguments.method in ("arrhenius", "bruce_vincent") or _is_temperature_series(flat):
        return [flat]
    return [[measurement] for measurement in flat]


def _is_temperature_series(measurements: list[Measurement]) -> bool:
    temperatures = {m.temperature.value for m in measurements if m.temperature is not None}
    return len(temperatures) >= 3 and all(m.has("Frequency / Hz") for m in measurements)


def _one(group: list[Measurement], arguments: argparse.Namespace) -> AnalysisReport:
    from ceramer.analysis import METHODS, analyse, detect_method

    subject = group if len(group) > 1 else group[0]
    if arguments.method is not None and arguments.method not in METHODS:
        raise UnknownNameError("method", arguments.method, METHODS)
    name = arguments.method or detect_method(subject)
    return analyse(subject, arguments.method, **_options(arguments, name, METHODS[name].options))


def _options(arguments: argparse.Namespace, method: str, known: tuple[str, ...]) -> dict[str, Any]:
    from ceramer import units

    options: dict[str, Any] = {}
    if arguments.circuit:
        options["circuit"] = arguments.circuit
    if arguments.frequency:
        options["frequency_range"] = tuple(units.to_si(f, "frequency", "--frequency") for f in arguments.frequency)
    for text in arguments.set:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"--set {text!r}: write it as NAME=VALUE, such as --set voltage_step='10 mV'.")
        options[name.strip()] = _value(name.strip(), value.strip())
    for name in options:
        if name not in known:
            raise UnknownNameError(f"option of {method}", name, known)
    return options


def _value(name: str, text: str) -> Any:
    from ceramer import units

    if name in _DIMENSIONS:
        value = units.parse(text, _DIMENSIONS[name], f"--set {name}")
        return value.value if name in _PLAIN else value
    try:
        return float(text)
    except ValueError:
        return text
