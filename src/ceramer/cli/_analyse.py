"""`ceramer analyse FILE|FOLDER...`: instrument files in, numbers with uncertainties out."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ceramer.cli._output import add_area_options, console, electrode_area, write_json, write_text
from ceramer.errors import InputError, MissingExtraError, UnknownNameError

if TYPE_CHECKING:
    from ceramer.analysis import AnalysisReport, Campaign, Input
    from ceramer.measurement import Measurement

__all__ = ["add_options", "analyse", "lists"]

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
_TOGETHER = ("arrhenius", "bruce_vincent", "electronic_conductivity")  # methods that take several measurements
_PLAIN = ("scan_rate", "noise_floor", "impedance_time", "nominal_capacity")  # options that take no uncertainty


_OWN_OPTIONS = ("area", "thickness", "circuit", "frequency_range")  # of the command line, not behind --set


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
    parser.add_argument(
        "--column",
        metavar="TITLE=MEANING",
        action="append",
        default=[],
        help="what a column of a plain table or sheet means, such as 'Zi=-Imaginary Impedance / kohm'",
    )
    parser.add_argument("--set", metavar="NAME=VALUE", action="append", default=[], help="another option of the method")
    parser.add_argument("--sheet", metavar="SHEET", help="sheet of a folder (default: sheet.csv or sheet.xlsx in it)")
    parser.add_argument("--out", metavar="TABLE", help="write the table of a folder as .csv or .xlsx")


def lists() -> str:
    """Return the methods with what they give and take, and the formats that are read, for the end of the help."""
    from ceramer.analysis import METHODS
    from ceramer.measurement import FORMATS

    out = ["methods (--method), and what --set takes for each:"]
    for method in METHODS.values():
        if not method.columns:  # needs an image stack: Python only
            continue
        takes = [name for name in method.options if name not in _OWN_OPTIONS]
        out += _filled(f"{method.name}: {method.gives}{'; ' + ', '.join(takes) if takes else ''}")
    return "\n".join([*out, "", "files that are read:", *_filled(", ".join(FORMATS))])


def _filled(text: str) -> list[str]:
    return textwrap.wrap(text, 78, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def analyse(arguments: argparse.Namespace) -> int:
    """Analyse instrument files, or a folder of them."""
    folders = [name for name in arguments.files if Path(name).is_dir() and not _is_one_measurement(Path(name))]
    if folders:
        if len(arguments.files) > 1:
            raise InputError(f"Give one folder alone, or files; {folders[0]} is a folder.")
        return _folder(folders[0], arguments)
    _check_method(arguments.method)
    groups, problems = _grouped(arguments)
    reports = []
    for group in groups:
        try:
            reports.append(_one(group, arguments))
        except InputError as error:
            if len(groups) + len(problems) == 1:
                raise
            problems.append(f"{', '.join(str(m.source) for m in group)}: {error}")
    if not reports:
        raise InputError(" ".join(problems))
    out = console(arguments)
    for report in reports:
        out.print(str(report), markup=False, highlight=False, soft_wrap=True)
    _write(arguments, reports, reports[0].to_dict() if len(reports) == 1 else [report.to_dict() for report in reports])
    for problem in problems:
        print(f"ceramer: {problem}", file=sys.stderr)
    return InputError.exit_code if problems else 0


def _check_method(name: str | None) -> None:
    from ceramer.analysis import METHODS

    if name is not None and name not in METHODS:
        raise UnknownNameError("method", name, METHODS, "`ceramer analyse --help` lists them.")


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


def _grouped(arguments: argparse.Namespace) -> tuple[list[list[Measurement]], list[str]]:
    """Return the measurements that are analysed together, and why others of several files could not be read."""
    from ceramer.measurement import read, read_all

    temperatures: list[str | None] = list(arguments.temperature or [None])
    if len(temperatures) == 1:
        temperatures = temperatures * len(arguments.files)
    if len(temperatures) != len(arguments.files):
        raise InputError(
            f"{len(arguments.files)} files and {len(temperatures)} temperatures: give one temperature, or one for each "
            "file, each in quotes, such as '30 degC'."
        )
    common: dict[str, Any] = {"area": electrode_area(arguments)}
    common |= {name: getattr(arguments, name) for name in ("thickness", "pressure", "electrodes")}
    common["columns"] = _columns(arguments.column)
    common = {name: given for name, given in common.items() if given is not None}
    flat: list[Measurement] = []
    problems = []
    for name, temperature in zip(arguments.files, temperatures, strict=True):
        given = {**common, **({"temperature": temperature} if temperature else {})}
        try:
            flat += [read(name, sweep=arguments.sweep, **given)] if arguments.sweep else read_all(name, **given)
        except (InputError, MissingExtraError) as error:
            if len(arguments.files) == 1:
                raise
            problems.append(str(error))
    if arguments.method in _TOGETHER or _is_temperature_series(flat) or _is_polarisation(flat):
        if problems:  # one result of all of them: none without one of them
            raise InputError(" ".join(problems))
        return [flat], problems
    return [[measurement] for measurement in flat], problems


def _columns(given: list[str]) -> dict[str, str] | None:
    pairs = [text.partition("=") for text in given]
    for text, (title, _, meaning) in zip(given, pairs, strict=True):
        if not title.strip() or not meaning.strip():
            raise InputError(f"--column {text!r}: write it as TITLE=MEANING, such as --column 'X=Frequency / kHz'.")
    return {title.strip(): meaning.strip() for title, _, meaning in pairs} or None


def _is_polarisation(measurements: list[Measurement]) -> bool:
    """Whether a spectrum, a held small voltage and perhaps a spectrum follow one another: Bruce and Vincent."""
    from ceramer.analysis import detect_method

    spectra = [m.has("Frequency / Hz") for m in measurements]
    if spectra not in ([True, False], [True, False, True]):
        return False
    with contextlib.suppress(InputError):
        return detect_method(measurements[1]) == "bruce_vincent"
    return False


def _is_temperature_series(measurements: list[Measurement]) -> bool:
    temperatures = {m.temperature.value for m in measurements if m.temperature is not None}
    return len(temperatures) >= 3 and all(m.has("Frequency / Hz") for m in measurements)


def _one(group: list[Measurement], arguments: argparse.Namespace) -> AnalysisReport:
    from ceramer.analysis import METHODS, analyse, detect_method

    subject = group if len(group) > 1 else group[0]
    name = arguments.method or detect_method(subject)
    report = analyse(subject, arguments.method, **_options(arguments, name, METHODS[name].options))
    return dataclasses.replace(report, inputs=tuple(_told(given, arguments) for given in report.inputs))


def _told(given: Input, arguments: argparse.Namespace) -> Input:
    """Say of a quantity of the measurement whether the command line or the file told it."""
    if given.source != "measurement":
        return given
    said = getattr(arguments, given.name) or (given.name == "area" and arguments.diameter)
    return dataclasses.replace(given, source="given" if said else "file")


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
