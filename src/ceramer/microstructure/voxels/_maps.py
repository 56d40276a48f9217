"""Maps of phases, potential and current: as a VTK file (ParaView), or as an xarray dataset."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import quoteattr

import numpy as np
from numpy.typing import NDArray

from ceramer.errors import InputError, MissingExtraError
from ceramer.microstructure.voxels._image import VoxelImage
from ceramer.microstructure.voxels._result import EffectiveConductivity

if TYPE_CHECKING:
    import xarray

__all__ = ["to_vtk", "to_xarray"]

_KINDS: Final = {"uint8": "UInt8", "uint16": "UInt16", "float32": "Float32", "float64": "Float64"}


def to_vtk(path: str | Path, image: VoxelImage, result: EffectiveConductivity | None = None) -> Path:
    """Write an image, and the fields of a solve on it, as VTK ImageData (.vti, binary).

    Cell data: "phase" (label), "grain" where the image has them, and of a `result` with maps, for each axis solved,
    "potential_z" (per unit mean field [m]) and "current_z" (vector x, y, z; per unit mean field [S/m]); of complex
    fields "_real" and "_imaginary" parts. Potentials of voxels that carry nothing are NaN.

    Parameters
    ----------
    path : ends in .vti
    image : VoxelImage
    result : EffectiveConductivity, solved with ``keep_maps=True``

    Raises
    ------
    InputError
        Another ending, or a result without maps or of another image.
    """
    where = Path(path)
    if where.suffix != ".vti":
        raise InputError(f"{where}: a VTK image ends in .vti.")
    arrays: dict[str, NDArray[Any]] = {"phase": image.labels}
    if image.grains is not None:
        arrays["grain"] = image.grains
    for name, field in _fields(image, result).items():
        values = field[..., ::-1] if field.ndim == 4 else field  # a vector is x, y, z there
        if np.iscomplexobj(values):
            arrays[f"{name}_real"], arrays[f"{name}_imaginary"] = values.real, values.imag
        else:
            arrays[name] = values
    nz, ny, nx = image.shape
    dz, dy, dx = image.spacing
    extent = f'"0 {nx} 0 {ny} 0 {nz}"'
    lines, offset, blocks = [], 0, []
    for name, values in arrays.items():
        block = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
        parts = f' NumberOfComponents="{values.shape[3]}"' if values.ndim == 4 else ""
        lines.append(
            f'<DataArray type="{_KINDS[values.dtype.name]}" Name="{name}"{parts} format="appended" offset="{offset}"/>'
        )
        offset += 8 + block.nbytes
        blocks.append(block)
    names = ", ".join(f"{label} {name}" for label, name in image.phases.items())
    head = "\n".join(
        [
            '<?xml version="1.0"?>',
            '<VTKFile type="ImageData" version="1.0" byte_order="LittleEndian" header_type="UInt64">',
            f'<ImageData WholeExtent={extent} Origin="0 0 0" Spacing="{dx!r} {dy!r} {dz!r}">',
            f"<Piece Extent={extent}><CellData>",
            *lines,
            "</CellData></Piece></ImageData>",
            f"<UserData phases={quoteattr(names)} provenance={quoteattr(image.provenance)}/>",
            '<AppendedData encoding="raw">_',
        ]
    )
    try:
        with where.open("wb") as file:
            file.write(head.encode())
            for block in blocks:
                file.write(np.uint64(block.nbytes).astype("<u8").tobytes())
                file.write(block.data)
            file.write(b"\n</AppendedData>\n</VTKFile>\n")
    except OSError as error:
        raise InputError(f"{where}: cannot be written ({error.strerror}).") from None
    return where


def to_xarray(image: VoxelImage, result: EffectiveConductivity | None = None) -> xarray.Dataset:
    """Return the same fields as an xarray dataset with coordinates z, y, x [m] (voxel centres).

    Raises
    ------
    MissingExtraError
        xarray is not installed.
    InputError
        As `to_vtk`.
    """
    try:
        import xarray as xr
    except ImportError as error:
        raise MissingExtraError("A dataset of maps", "images", "use to_vtk, or the arrays of the result") from error
    axes = ("z", "y", "x")
    centres = {
        axis: (np.arange(count) + 0.5) * edge
        for axis, count, edge in zip(axes, image.shape, image.spacing, strict=True)
    }
    data: dict[str, Any] = {"phase": (axes, image.labels, {"phases": str(dict(image.phases))})}
    if image.grains is not None:
        data["grain"] = (axes, image.grains)
    units = {"potential": "m", "current": "S/m"}
    for name, field in _fields(image, result).items():
        dims = (*axes, "component") if field.ndim == 4 else axes
        data[name] = (dims, field, {"units": units[name.split("_", maxsplit=1)[0]]})
    coords = {**centres, "component": list(axes)} if any("component" in v[0] for v in data.values()) else centres
    return xr.Dataset(data, coords=coords, attrs={"provenance": image.provenance})


def _fields(image: VoxelImage, result: EffectiveConductivity | None) -> Mapping[str, NDArray[Any]]:
    if result is None:
        return {}
    if not result.potential:
        raise InputError("This result holds no maps; solve with keep_maps=True, along an axis that percolates.")
    found: dict[str, NDArray[Any]] = {}
    for axis in result.potential:
        if result.potential[axis].shape != image.shape:
            raise InputError(
                f"The maps have shape {result.potential[axis].shape} and the image {image.shape}; they belong together."
            )
        found[f"potential_{axis}"] = result.potential[axis]
        found[f"current_{axis}"] = result.flux[axis]
    return found
