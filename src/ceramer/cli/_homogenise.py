"""`ceramer homogenise IMAGE|RECIPE.toml`: the effective conductivity of a voxel image."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, NamedTuple

from ceramer.cli._output import add_area_options, console, electrode_area, progress, write_json
from ceramer.errors import InputError, NotConvergedError, UnknownNameError

if TYPE_CHECKING:
    from ceramer.microstructure.voxels import VoxelImage

__all__ = ["add_options", "homogenise"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `homogenise`."""
    parser.add_argument("image", metavar="IMAGE|RECIPE.toml", help="segmented image, or a microstructure file")
    parser.add_argument(
        "--phase", metavar="NAME=SIGMA", action="append", default=[], help="'grain=3 mS/cm'; 0 insulates"
    )
    parser.add_argument(
        "--interface", metavar="A|B=G", action="append", default=[], help="contact: 'matrix|grain=10 S/cm2'"
    )
    parser.add_argument("--sheet", metavar="A|B=S", action="append", default=[], help="fast path: 'matrix|grain=5 nS'")
    parser.add_argument("--voxel-size", metavar="H", help="edge of a voxel, where the image does not say: '0.5 um'")
    parser.add_argument("--direction", metavar="AXIS", choices=("z", "y", "x", "all"), default="all")
    parser.add_argument("--tolerance", metavar="T", type=float, help="relative error (default 1e-3; of spectra 1e-6)")
    parser.add_argument(
        "--device", choices=("cpu", "cuda", "auto"), default="cpu", help="cuda: iterate on a GPU (PyTorch or CuPy)"
    )
    parser.add_argument("--precision", choices=("float32", "float64"), default="float32")
    parser.add_argument(
        "--maps",
        metavar="FILE",
        help="phases, potential and current: .vti for ParaView (VTK), .png, .svg or .pdf a picture",
    )
    parser.add_argument("--no-halving", action="store_true", help="skip the estimate of the discretisation error")
    spectrum = parser.add_argument_group("impedance")
    spectrum.add_argument("--frequencies", metavar="FROM:TO:COUNT", help="a spectrum: '1 MHz:1 Hz:13'")
    spectrum.add_argument(
        "--permittivity", metavar="NAME=K", action="append", default=[], help="relative: 'grain=15'; 0 leaves it out"
    )
    spectrum.add_argument(
        "--capacitance", metavar="A|B=C", action="append", default=[], help="of a contact: 'grain|grain=6 uF/cm2'"
    )
    spectrum.add_argument("--thickness", metavar="L", default="500 um", help="of the slab (default '500 um')")
    add_area_options(spectrum)
    spectrum.add_argument("--out", metavar="FILE", help="write the spectrum: .csv, .parquet, or EC-Lab text (.mpt)")


def homogenise(arguments: argparse.Namespace) -> int:
    """Solve an image along the axes asked for, and once more at half the resolution."""
    from functools import partial

    from ceramer.microstructure import voxels

    if arguments.maps:
        from ceramer.report import PICTURES, maps_picture

        if not arguments.maps.endswith((".vti", *PICTURES)):
            raise InputError(
                f"--maps {arguments.maps!r}: a VTK image ends in .vti, a picture in {', '.join(PICTURES)}."
            )
    problem = _problem(arguments)
    image, sigma, contacts, sheets = problem.image, problem.sigma, problem.contacts, problem.sheets
    for name in image.phases.values():
        if name not in sigma:
            raise InputError(
                f"The phase {name!r} has no conductivity: give --phase '{name}=0.75 mS/cm' (0 S/m insulates)."
            )
    for name in sigma:
        if name not in image.phases.values():
            raise UnknownNameError("phase", name, image.phases.values())
    if arguments.frequencies is not None:
        return _spectrum(arguments, problem)
    for option in ("permittivity", "capacitance", "out"):
        if getattr(arguments, option):
            raise InputError(f"--{option} belongs to a spectrum: say which --frequencies, such as '1 MHz:1 Hz:13'.")
    tolerance = 1e-3 if arguments.tolerance is None else arguments.tolerance
    solve = partial(
        voxels.effective_conductivity,
        interfaces=contacts,
        sheets=sheets,
        tolerance=tolerance,
        precision=arguments.precision,
        device=arguments.device,
    )
    with progress(arguments, "homogenise") as advance:
        report = (
            None if advance is None else (lambda axis, k, error: advance(f"{axis}: error {error:.1e}", k, max(k, 20)))
        )
        result = solve(
            image, sigma, directions=arguments.direction, progress=report, keep_maps=arguments.maps is not None
        )
    axes = [axis for axis in result.axes if axis in result.ending]
    halves = {}
    if not arguments.no_halving and min(image.shape) >= 8:
        for axis in axes:
            halves[axis] = voxels.discretisation(image, solve, axis, float(result.along(axis).real), sigma)
    _print(arguments, image, result, axes, halves)
    if arguments.maps and arguments.maps.endswith(".vti"):
        voxels.to_vtk(arguments.maps, image, result if result.potential else None)
    elif arguments.maps:
        maps_picture(arguments.maps, image, result)
    if arguments.json:
        write_json(arguments.json, _document(image, result, axes, halves))
    if not result.converged:
        raise NotConvergedError(
            f"The solve did not reach {tolerance:g}; ask for a larger --tolerance, or --precision float64."
        )
    return 0


class _Problem(NamedTuple):
    """An image and what is in it, in SI units."""

    image: VoxelImage
    sigma: dict[str, float]
    contacts: dict[tuple[str, str], float]
    sheets: dict[tuple[str, str], float]
    permittivity: dict[str, float]
    capacitance: dict[tuple[str, str], float]


def _problem(arguments: argparse.Namespace) -> _Problem:
    from ceramer import units
    from ceramer.library import book
    from ceramer.microstructure import voxels
    from ceramer.provenance import read_toml, validate

    sigma: dict[str, Any] = {}
    contacts: dict[Any, Any] = {}
    sheets: dict[Any, Any] = {}
    permittivity: dict[str, float] = {}
    capacitance: dict[Any, float] = {}
    if arguments.image.endswith(".toml"):
        ledger = book().ledger()
        spec = validate(voxels.MicrostructureSpec, read_toml(arguments.image), arguments.image)
        image = spec.make(ledger)
        sigma = {name: given.read(ledger) for name, given in spec.phases.items()}
        contacts = {
            c.between: units.to_si(c.areal_conductance, "areal_conductance", "interface") for c in spec.interfaces
        }
        sheets = {s.between: s.sheet_conductance.read(ledger) for s in spec.sheets}
        permittivity = {name: given.read(ledger) for name, given in spec.permittivities.items()}
        capacitance = {c.between: c.areal_capacitance.read(ledger) for c in spec.interfaces if c.areal_capacitance}
    else:
        image = voxels.read_image(arguments.image, arguments.voxel_size)
    for name, value in _pairs(arguments.phase, "--phase", "grain=3 mS/cm"):
        sigma[name] = units.to_si(value, "conductivity", f"--phase {name}")
    for name, value in _pairs(arguments.interface, "--interface", "matrix|grain=10 S/cm2"):
        contacts[_two(name)] = units.to_si(value, "areal_conductance", f"--interface {name}")
    for name, value in _pairs(arguments.sheet, "--sheet", "matrix|grain=5 nS"):
        sheets[_two(name)] = units.to_si(value, "sheet_conductance", f"--sheet {name}")
    for name, value in _pairs(arguments.permittivity, "--permittivity", "grain=15"):
        permittivity[name] = units.to_si(value, "ratio", f"--permittivity {name}")
    for name, value in _pairs(arguments.capacitance, "--capacitance", "grain|grain=6 uF/cm2"):
        capacitance[_two(name)] = units.to_si(value, "areal_capacitance", f"--capacitance {name}")
    return _Problem(image, sigma, contacts, sheets, permittivity, capacitance)


def _frequencies(text: str) -> Any:
    """Read '1 MHz:1 Hz:13', spaced evenly in the logarithm."""
    import numpy as np

    from ceramer import units

    parts = [part.strip() for part in text.split(":")]
    if len(parts) != 3 or not parts[2].isdigit() or int(parts[2]) < 2:
        raise InputError(f"--frequencies {text!r}: write FROM:TO:COUNT, such as '1 MHz:1 Hz:13'.")
    ends = [units.to_si(part, "frequency", "--frequencies") for part in parts[:2]]
    if min(ends) <= 0.0:
        raise InputError(f"--frequencies {text!r}: both ends are above 0.")
    return np.geomspace(ends[0], ends[1], int(parts[2]))


def _spectrum(arguments: argparse.Namespace, problem: _Problem) -> int:
    """Solve one complex problem a frequency, and write what an instrument would have."""
    from pathlib import Path

    from ceramer import units
    from ceramer.measurement import write_bdf, write_eclab_text
    from ceramer.microstructure import voxels

    frequencies = _frequencies(arguments.frequencies)
    if arguments.out and not arguments.out.endswith((".csv", ".parquet", ".mpt")):
        raise InputError(f"--out {arguments.out!r}: a spectrum ends in .csv, .parquet or .mpt.")
    if arguments.direction == "all":
        raise InputError("A spectrum is taken along one axis: add --direction z (or y, or x).")
    if arguments.maps:
        raise InputError("--maps shows one solve: leave it away, or leave --frequencies away.")
    for name in problem.image.phases.values():
        if name not in problem.permittivity:
            raise InputError(
                f"The phase {name!r} has no permittivity: give --permittivity '{name}=15' (0 leaves it out)."
            )
    for name in problem.permittivity:
        if name not in problem.image.phases.values():
            raise UnknownNameError("phase", name, problem.image.phases.values())
    contacts = {pair: (value, _of_pair(problem.capacitance, pair)) for pair, value in problem.contacts.items()}
    for pair in problem.capacitance:
        if pair not in contacts and pair[::-1] not in contacts:
            raise InputError(
                f"The contact {'|'.join(pair)} has a capacitance and no conductance: give --interface too (0 blocks)."
            )
    area = electrode_area(arguments)
    with progress(arguments, "homogenise") as advance:
        result = voxels.effective_impedance(
            problem.image,
            {name: (value, problem.permittivity[name]) for name, value in problem.sigma.items()},
            frequencies,
            interfaces=contacts,
            sheets=problem.sheets,
            thickness=arguments.thickness,
            area=1e-4 if area is None else area.value,
            direction=arguments.direction,
            tolerance=1e-6 if arguments.tolerance is None else arguments.tolerance,
            device=arguments.device,
            progress=None
            if advance is None
            else (lambda name, k, error: advance(f"{name}: error {error:.1e}", k, max(k, 20))),
        )
    measurement = result.measurement()
    if arguments.out:
        (write_eclab_text if arguments.out.endswith(".mpt") else write_bdf)(measurement, Path(arguments.out))
    out = console(arguments)
    out.print(f"{'frequency':>12s} {'Re Z / ohm':>12s} {'Im Z / ohm':>12s}  effective conductivity", highlight=False)
    for f, z, s in zip(result.frequency, result.impedance, result.conductivity, strict=True):
        text = f"{units.show(f, 'Hz'):>12s} {z.real:12.5g} {z.imag:12.5g}  {units.show(s.real, 'mS/cm')}"
        out.print(text, markup=False, highlight=False)
    if arguments.json:
        write_json(arguments.json, _spectrum_document(problem.image, result))
    return 0


def _of_pair(values: dict[tuple[str, str], float], pair: tuple[str, str]) -> float:
    return values.get(pair, values.get(pair[::-1], 0.0))


def _spectrum_document(image: VoxelImage, result: Any) -> dict[str, Any]:
    return {
        "schema_version": 1,
        "image": {"shape": list(image.shape), "voxel_size_m": list(image.spacing), "provenance": image.provenance},
        "thickness_m": result.thickness,
        "area_m2": result.area,
        "frequency_Hz": result.frequency.tolist(),
        "real_impedance_ohm": result.impedance.real.tolist(),
        "imaginary_impedance_ohm": result.impedance.imag.tolist(),
        "real_conductivity_S_per_m": result.conductivity.real.tolist(),
        "imaginary_conductivity_S_per_m": result.conductivity.imag.tolist(),
        "solver_error": result.error_estimate.tolist(),
    }


def _pairs(texts: list[str], option: str, example: str) -> list[tuple[str, str]]:
    pairs = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise InputError(f"{option} {text!r}: write it like '{example}'.")
        pairs.append((name.strip(), value.strip()))
    return pairs


def _two(name: str) -> tuple[str, str]:
    parts = [part.strip() for part in name.split("|")]
    if len(parts) != 2:
        raise InputError(f"{name!r} must name two phases, like 'matrix|grain'.")
    return parts[0], parts[1]


def _path(key: Any, names: dict[int, str]) -> str:
    return "|".join(names[k] for k in key) if isinstance(key, tuple) else names[key]


def _print(
    arguments: argparse.Namespace, image: VoxelImage, result: Any, axes: list[str], halves: dict[str, Any]
) -> None:
    from ceramer import units

    out = console(arguments)
    names = dict(image.phases)
    lines = [f"{' x '.join(map(str, image.shape))} voxels; {image.provenance}"]
    lines += [f"  {name}: {100 * image.fractions()[name]:.2f} vol%" for name in names.values()]
    for axis in axes:
        value = units.show(float(result.along(axis).real), "mS/cm")
        lines.append(f"{axis}: {value}  (solver error {result.error_estimate[axis]:.0e}; {result.ending[axis].value})")
        if axis in halves:
            half = halves[axis]
            share = half.error / half.fine if half.fine else 0.0
            lines.append(
                f"   voxels cost about {100 * share:.1f} %: {units.show(half.coarse, 'mS/cm')} at half the resolution, "
                f"{units.show(half.extrapolated, 'mS/cm')} extrapolated"
            )
        shares = ", ".join(f"{_path(k, names)} {100 * p.real:.1f} %" for k, p in result.power_shares[axis].items())
        lines.append(f"   dissipation: {shares}")
    if result.floating_clusters:
        lines.append(
            f"{result.floating_clusters} clusters carry nothing ({100 * result.floating_fraction:.2f} % of the volume)"
        )
    for line in lines:
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def _document(image: VoxelImage, result: Any, axes: list[str], halves: dict[str, Any]) -> dict[str, Any]:
    import numpy as np

    names = dict(image.phases)
    tensor = np.real(result.tensor)
    return {
        "schema_version": 1,
        "image": {"shape": list(image.shape), "voxel_size_m": list(image.spacing), "provenance": image.provenance},
        "volume_fractions": image.fractions(),
        "axes": list(result.axes),
        "conductivity_tensor_S_per_m": [[float(x) if np.isfinite(x) else None for x in row] for row in tensor],
        "directions": {
            axis: {
                "conductivity_S_per_m": float(result.along(axis).real),
                "solver_error": float(result.error_estimate[axis]),
                "ending": result.ending[axis].name.lower(),
                "percolates": bool(result.percolates[axis]),
                "iterations": int(result.iterations[axis]),
                "flux_imbalance": float(result.flux_imbalance[axis]),
                "dissipation_shares": {_path(k, names): float(p.real) for k, p in result.power_shares[axis].items()},
                "current_shares": {_path(k, names): float(p.real) for k, p in result.current_shares[axis].items()},
                "half_resolution_S_per_m": halves[axis].coarse if axis in halves else None,
                "extrapolated_S_per_m": halves[axis].extrapolated if axis in halves else None,
            }
            for axis in axes
        },
        "floating_clusters": int(result.floating_clusters),
        "floating_fraction": float(result.floating_fraction),
    }
