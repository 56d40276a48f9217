"""Bruker NMR: an experiment folder, or the same folder zipped, through nmrglue."""

from __future__ import annotations

import functools
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np

from ceramer.errors import InputError, MissingExtraError
from ceramer.measurement._readers._format import guarded
from ceramer.measurement._table import Table
from ceramer.units import Value

__all__ = ["is_experiment", "read_folder", "read_zip"]

_WANTED: Final = ("acqus", "fid", "procs", "1r", "1i", "title")


def is_experiment(names: list[str]) -> bool:
    """Whether a list of file names is that of a Bruker experiment."""
    return any(PurePosixPath(name).name == "acqus" for name in names)


def read_zip(archive: zipfile.ZipFile, name: str) -> list[Table]:
    """Read a zipped experiment; only the files that are needed are unpacked, and none outside the folder."""
    members = [m for m in archive.namelist() if not m.startswith("__MACOSX/")]
    acquisitions = sorted(m for m in members if PurePosixPath(m).name == "acqus")
    if len(acquisitions) > 1:
        raise InputError(
            f"{name}: the archive holds {len(acquisitions)} NMR experiments; unpack it and read one folder."
        )
    root = PurePosixPath(acquisitions[0]).parent
    with tempfile.TemporaryDirectory() as folder:
        for member in members:
            path = PurePosixPath(member)
            if path.name not in _WANTED or ".." in path.parts or not path.is_relative_to(root):
                continue
            target = Path(folder) / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(guarded("zip", name, functools.partial(archive.read, member)))
        return read_folder(Path(folder), name)


def read_folder(folder: Path, name: str) -> list[Table]:
    """Read the first processed spectrum of an experiment folder against its chemical shift."""
    try:
        import nmrglue
    except ImportError:
        raise MissingExtraError("Reading Bruker NMR", "nmr", "export the spectrum as csv (ppm, intensity)") from None
    spectra = sorted(folder.glob("pdata/*/1r"))
    if not spectra:
        raise InputError(f"{name}: the experiment has no processed spectrum (pdata/1/1r); process it in TopSpin first.")
    processed: Any = guarded(
        "Bruker", name, lambda: nmrglue.bruker.read_pdata(str(spectra[0].parent), all_components=True)
    )
    parameters, components = processed
    if (folder / "acqus").is_file():
        acquired: Any = guarded("Bruker", name, lambda: nmrglue.bruker.read_jcamp(str(folder / "acqus")))
    else:
        acquired = {}
    components = components if isinstance(components, list) else [components]
    try:
        procs = parameters["procs"]
        size, width = int(procs["SI"]), float(procs["SW_p"])
        spectrometer, left = float(procs["SF"]), float(procs["OFFSET"])
    except (KeyError, TypeError, ValueError):
        raise InputError(f"{name}: procs lacks SI, SW_p, SF or OFFSET, so there is no chemical shift.") from None
    real = np.asarray(components[0], dtype=np.float64).ravel()
    if size < 1 or not (width > 0.0 and spectrometer > 0.0):
        raise InputError(f"{name}: SI, SW_p or SF in procs is not positive.")
    # The leftmost point is at OFFSET; the spectral width [Hz] over the spectrometer frequency [MHz] is in ppm.
    shift = left - np.arange(real.size) * (width / spectrometer) / size
    table = Table({"Chemical Shift / ppm": shift, "Intensity / 1": real}, technique="NMR", instrument="Bruker")
    if real.size < size:
        table.warnings.append(f"The header announces {size} points and {real.size} were read; the file is cut short.")
    if len(components) > 1 and np.size(components[1]) == real.size:
        table.columns["Imaginary Intensity / 1"] = np.asarray(components[1], dtype=np.float64).ravel()
    for key, said in (
        ("NUC1", "nucleus"),
        ("SFO1", "frequency / MHz"),
        ("MASR", "spinning / Hz"),
        ("PULPROG", "pulse program"),
    ):
        if acquired.get(key) not in (None, ""):
            table.details[said] = str(acquired[key])
    kelvin = acquired.get("TE")
    if isinstance(kelvin, (int, float)) and kelvin > 0.0:
        table.temperature = Value(float(kelvin))
    return [table]
