"""`ceramer simulate CELL --protocol P`: a cell, what is done to it, and what an instrument would have recorded."""

from __future__ import annotations

import argparse
import contextlib
import math
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ceramer.cli._cell import PLOTS, add_cell_options, check_files, read_cell, span, where, writing
from ceramer.cli._output import console, progress, write_json, write_text
from ceramer.cli._protocol import read_protocol
from ceramer.errors import InputError, NotConvergedError

if TYPE_CHECKING:
    from ceramer.analysis import AnalysisReport
    from ceramer.cell import Cell
    from ceramer.experiments import Experiment, Profiles, Protocol
    from ceramer.measurement import Measurement

__all__ = ["add_options", "simulate"]

_FAILED: Final = ("no consistent state", "time step underflow", "too many time steps")
_TABLES: Final = (".bdf.csv", ".bdf.parquet", ".csv", ".parquet", ".mpt")
_PROFILES: Final = (".csv", ".npz")
_PROFILE_STEPS: Final = 200  # steps up to which profiles are kept without being asked for


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `simulate`."""
    add_cell_options(parser)
    parser.add_argument("--protocol", metavar="P", help="P.toml, 'BruceVincent(2 h)', or 'Hold at 10 mV for 2 h'")
    parser.add_argument("--step", metavar="S", action="append", default=[], help="one sentence; can be repeated")
    parser.add_argument("--out", metavar="FILE", help="write .bdf.csv, .bdf.parquet, or EC-Lab text (.mpt)")
    parser.add_argument("--plot", metavar="FILE", help="write a figure: .svg, .png or .pdf")
    parser.add_argument("--profiles", metavar="FILE", help="write what the layers hold over place and time: .csv, .npz")
    parser.add_argument("--analyse", action="store_true", help="analyse what was recorded, as `ceramer analyse` does")
    parser.add_argument("--seed", metavar="N", type=int, default=1, help="of the noise of an instrument (default 1)")


def simulate(arguments: argparse.Namespace) -> int:
    """Run a protocol on a cell, write what was asked for, and say how it ended."""
    from ceramer import experiments

    check_files(arguments, {"out": _TABLES, "plot": PLOTS, "profiles": _PROFILES})
    cell = read_cell(arguments)
    protocol = read_protocol(arguments.protocol, arguments.step)
    out = console(arguments)

    def say(text: str) -> None:
        out.print(text, markup=False, highlight=False, soft_wrap=True)

    count = len(protocol.schedule())
    say(f"{where(cell)}: {protocol.name}, {count} {'step' if count == 1 else 'steps'}.")
    began = time.perf_counter()
    with progress(arguments, "simulate") as advance:
        experiment = experiments.run(
            cell,
            protocol,
            seed=arguments.seed,
            profiles=_wants_profiles(arguments, protocol),
            progress=None if advance is None else lambda t, v, k, n: advance(f"{span(t)}, {v:.4f} V", k, n),
        )
    took = time.perf_counter() - began
    for note in experiment.assumed:
        say(f"  assumed: {note}")
    for measurement in experiment.measurements:
        say(f"  {_described(measurement)}")
    say(f"{experiment.outcome.sentence} {_totals(experiment, took)}")
    files = _write_measurements(arguments.out, experiment.measurements) if arguments.out else []
    for name, measurement in files:
        say(f"Wrote {name}: {measurement.technique}, {len(measurement)} rows.")
    if any(name.endswith(".mpt") for name, _ in files):
        say(f"EC-Lab text holds no thickness, temperature or electrodes; {_hint(experiment.measurements)}")
    reports, problems = _analyses(experiment.measurements) if arguments.analyse else ([], [])
    for report in reports:
        say(str(report))
    for problem in problems:
        say(problem)
    if arguments.profiles and experiment.profiles is not None:
        _write_profiles(arguments.profiles, experiment.profiles)
    _write_pages(arguments, experiment, protocol, reports)
    if arguments.json:
        write_json(arguments.json, _document(cell, protocol, experiment, reports, [name for name, _ in files]))
    if experiment.outcome.name in _FAILED:
        raise NotConvergedError(experiment.outcome.sentence)
    if problems and not reports:
        raise InputError(problems[0])
    return 0


def _wants_profiles(arguments: argparse.Namespace, protocol: Protocol) -> bool:
    if arguments.profiles:
        return True
    return bool(arguments.plot or arguments.html) and len(protocol.schedule()) <= _PROFILE_STEPS


def _described(measurement: Measurement) -> str:
    """Return what a measurement holds, in one line."""
    import numpy as np

    if measurement.has("Frequency / Hz"):
        z, f = np.abs(measurement.impedance), measurement.frequency
        return (
            f"impedance: {len(measurement)} points from {f.max():.3g} to {f.min():.3g} Hz, |Z| {z.min():.4g} to "
            f"{z.max():.4g} ohm"
        )
    v, i = measurement.voltage, measurement.current
    return (
        f"{measurement.technique}: {len(measurement)} rows over {span(float(np.ptp(measurement.time)))}, "
        f"{v.min():.4g} to {v.max():.4g} V, {1e3 * i.min():.4g} to {1e3 * i.max():.4g} mA"
    )


def _totals(experiment: Experiment, took: float) -> str:
    steps = len(experiment.summary["duration"])
    inside = float(sum(experiment.summary["duration"]))
    kept = ", ".join(f"{name} {abs(value):.0e}" for name, value in experiment.balance.items() if value)
    return (
        f"({steps} {'step' if steps == 1 else 'steps'}, {span(inside)} in the cell, {took:.2g} s here"
        f"{'; kept within: ' + kept if kept else ''}.)"
    )


def _write_measurements(target: str, measurements: tuple[Measurement, ...]) -> list[tuple[str, Measurement]]:
    """Write each measurement; several get numbers before the suffix."""
    from ceramer.measurement import write_bdf, write_eclab_text

    suffix = next(s for s in _TABLES if target.endswith(s))
    stem = target.removesuffix(suffix)
    written = []
    for k, measurement in enumerate(measurements, 1):
        path = Path(f"{stem}{f'-{k}' if len(measurements) > 1 else ''}{suffix}")
        with writing(path):
            (write_eclab_text if suffix == ".mpt" else write_bdf)(measurement, path)
        written.append((str(path), measurement))
    return written


def _hint(measurements: tuple[Measurement, ...]) -> str:
    from ceramer import units

    first = measurements[0]
    words = []
    if first.thickness is not None:
        words.append(f"--thickness '{1e6 * first.thickness.value:.6g} um'")
    if first.temperature is not None:
        words.append(f"--temperature '{first.temperature.value - units.ZERO_CELSIUS:.4g} degC'")
    if first.electrodes:
        words.append(f"--electrodes '{first.electrodes}'")
    return f"give `ceramer analyse` {' '.join(words)}."


def _analyses(measurements: tuple[Measurement, ...]) -> tuple[list[AnalysisReport], list[str]]:
    """Analyse all measurements as one experiment where a method takes them together, else one by one."""
    from ceramer.analysis import analyse, detect_method

    whole = list(measurements)
    spectra = [m.has("Frequency / Hz") for m in whole]
    if len(whole) > 1 and not all(spectra):
        with contextlib.suppress(InputError):
            return [analyse(whole, detect_method(whole))], []
    reports, problems = [], []
    for k, measurement in enumerate(whole, 1):
        try:
            reports.append(analyse(measurement))
        except InputError as error:
            problems.append(f"Measurement {k} ({measurement.technique}) is not analysed: {error}")
    return reports, problems


def _write_profiles(target: str, profiles: Profiles) -> None:
    """Write every profile: .npz holds arrays, .csv one row for each time, place and quantity."""
    import numpy as np
    import pandas as pd

    with writing(Path(target)):
        if target.endswith(".npz"):
            arrays = {f"{name}_position": profiles.position[name] for name in profiles.position}
            np.savez_compressed(target, time=profiles.time, **arrays, **profiles.values)  # type: ignore[arg-type]
            return
        blocks = []
        for name, values in profiles.values.items():
            x = profiles.position[name]
            blocks.append(
                pd.DataFrame(
                    {
                        "time / s": np.repeat(profiles.time, x.size),
                        "position / m": np.tile(x, profiles.time.size),
                        "quantity": name,
                        "value": values.ravel(),
                    }
                )
            )
        table = pd.concat(blocks) if blocks else pd.DataFrame(columns=["time / s", "position / m", "quantity", "value"])
        table.to_csv(target, index=False)


def _write_pages(
    arguments: argparse.Namespace, experiment: Experiment, protocol: Protocol, reports: list[AnalysisReport]
) -> None:
    if not (arguments.plot or arguments.html):
        return
    from ceramer import report

    if arguments.plot:
        with writing(Path(arguments.plot)):
            report.simulation_plot(experiment, arguments.plot)
    if arguments.html:
        write_text(arguments.html, report.simulation_html(experiment, protocol, reports=reports))


def _document(
    cell: Cell, protocol: Protocol, experiment: Experiment, reports: list[AnalysisReport], files: list[str]
) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "cell": cell.name or cell.stack.name,
        "area_m2": cell.area,
        "temperature_K": cell.temperature,
        "protocol": str(protocol),
        "outcome": {"name": experiment.outcome.name, "sentence": experiment.outcome.sentence},
        "balance": dict(experiment.balance),
        "assumed": list(experiment.assumed),
        "steps": {
            name: [x if math.isfinite(x) else None for x in values.tolist()]
            for name, values in experiment.summary.items()
        },
        "measurements": [measurement.to_dict() for measurement in experiment.measurements],
        "analyses": [report.to_dict() for report in reports],
        "files": files,
    }
