"""Maps of potential and current, and the files that hold them."""

from __future__ import annotations

import re

import numpy as np
import pytest

pytest.importorskip("numba")

from ceramer.cli import main
from ceramer.errors import InputError, MissingExtraError
from ceramer.microstructure.voxels import VoxelImage, effective_conductivity, to_vtk, to_xarray

TIGHT = {"tolerance": 1e-12, "precision": "float64", "keep_maps": True}
SIZES = {"UInt8": np.uint8, "UInt16": np.uint16, "Float32": np.float32, "Float64": np.float64}


def laminate(periodic=(False, False, False), **more):
    """Two thirds of "slow" and then a third of "fast" along z; 3 x 4 voxels across, no edge like another."""
    labels = np.zeros((6, 3, 4), np.uint8)
    labels[4:] = 1
    return VoxelImage(labels, (1e-6, 2e-6, 5e-7), {0: "slow", 1: 'fast & "hot"'}, "a <laminate>", periodic, **more)


SIGMA = {"slow": 1.0, 'fast & "hot"': 4.0}


def read_vti(path):
    """Read back what a VTK reader would: spacing, extent and cell arrays in the order z, y, x."""
    head, _, data = path.read_bytes().partition(b'<AppendedData encoding="raw">_')
    text = head.decode()
    extent = [int(n) for n in re.search(r'WholeExtent="([\d ]+)"', text)[1].split()]
    spacing = [float(x) for x in re.search(r'Spacing="([^"]+)"', text)[1].split()]
    shape = extent[5], extent[3], extent[1]
    arrays = {}
    for tag in re.findall(r"<DataArray [^>]+>", text):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        at = int(said["offset"])
        count = int(np.frombuffer(data, "<u8", 1, at)[0])
        kind = np.dtype(SIZES[said["type"]])
        values = np.frombuffer(data, kind, count // kind.itemsize, at + 8)
        parts = int(said.get("NumberOfComponents", 1))
        arrays[said["Name"]] = values.reshape((*shape, parts) if parts > 1 else shape)
    return spacing, arrays, text


def test_the_potential_of_layers_falls_as_their_resistance():
    result = effective_conductivity(laminate(), SIGMA, **TIGHT)
    field = 6e-6 / (4e-6 / 1.0 + 2e-6 / 4.0)  # current per unit mean field [S/m]
    drop = -field * np.array([0.5e-6, 1.5e-6, 2.5e-6, 3.5e-6, 4e-6 + 0.125e-6, 4e-6 + 0.375e-6])
    np.testing.assert_allclose(result.potential["z"], np.broadcast_to(drop[:, None, None], (6, 3, 4)), rtol=1e-6)
    np.testing.assert_allclose(result.flux["z"][..., 0], field, rtol=1e-6)
    along = -2e-6 * (np.arange(3) + 0.5)
    np.testing.assert_allclose(result.potential["y"], np.broadcast_to(along[:, None], (6, 3, 4)), rtol=1e-6)


def test_insulators_have_no_potential_and_a_plane_has_two_axes():
    labels = np.array([[0, 0, 0, 0], [1, 0, 1, 0]])
    result = effective_conductivity(labels, {0: 2.0, 1: 0.0}, voxel_size=1e-6, **TIGHT)
    assert result.potential["x"].shape == (2, 4)
    assert result.flux["x"].shape == (2, 4, 2)
    np.testing.assert_array_equal(np.isnan(result.potential["x"]), labels == 1)


def test_a_file_gives_back_every_field_with_its_axes(tmp_path):
    image = laminate(grains=np.arange(72).reshape(6, 3, 4))
    result = effective_conductivity(image, SIGMA, **TIGHT)
    spacing, arrays, text = read_vti(to_vtk(tmp_path / "maps.vti", image, result))
    assert spacing == [5e-7, 2e-6, 1e-6]
    np.testing.assert_array_equal(arrays["phase"], image.labels)
    np.testing.assert_array_equal(arrays["grain"], image.grains)
    np.testing.assert_array_equal(arrays["potential_z"], result.potential["z"])
    np.testing.assert_array_equal(arrays["current_y"], result.flux["y"][..., ::-1])  # x, y, z
    assert "&amp;" in text
    assert "&lt;laminate" in text
    from xml.etree import ElementTree

    ElementTree.fromstring(text.split("<AppendedData")[0] + "</VTKFile>")  # its head is well-formed


def test_complex_fields_are_written_in_two_parts(tmp_path):
    image = laminate()
    result = effective_conductivity(image, {"slow": 1.0, 'fast & "hot"': 4.0 + 1j}, directions="z", keep_maps=True)
    _, arrays, _ = read_vti(to_vtk(tmp_path / "maps.vti", image, result))
    whole = arrays["current_z_real"] + 1j * arrays["current_z_imaginary"]
    np.testing.assert_array_equal(whole, result.flux["z"][..., ::-1])
    assert np.abs(arrays["potential_z_imaginary"]).max() > 0.0


def test_an_image_alone_and_what_does_not_fit(tmp_path):
    image = laminate()
    _, arrays, _ = read_vti(to_vtk(tmp_path / "image.vti", image))
    assert list(arrays) == ["phase"]
    with pytest.raises(InputError, match=r"ends in \.vti"):
        to_vtk(tmp_path / "image.vtk", image)
    with pytest.raises(InputError, match="keep_maps"):
        to_vtk(tmp_path / "image.vti", image, effective_conductivity(image, SIGMA))
    with pytest.raises(InputError, match="belong together"):
        to_vtk(tmp_path / "image.vti", image.crop(z=slice(0, 2)), effective_conductivity(image, SIGMA, **TIGHT))
    with pytest.raises(InputError, match="cannot be written"):
        to_vtk(tmp_path / "nowhere" / "image.vti", image)


def test_a_dataset_has_coordinates_and_units():
    pytest.importorskip("xarray")
    image = laminate()
    result = effective_conductivity(image, SIGMA, **TIGHT)
    data = to_xarray(image, result)
    assert dict(data.sizes) == {"z": 6, "y": 3, "x": 4, "component": 3}
    assert data.z.values[0] == pytest.approx(0.5e-6)
    assert data.potential_z.attrs["units"] == "m"
    assert float(data.current_x.sel(component="x").mean()) == pytest.approx(result.along("x"))


def test_a_missing_reader_of_datasets_is_said(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "xarray", None)
    with pytest.raises(MissingExtraError, match=r"ceramer\[images\]"):
        to_xarray(laminate())


def test_the_command_writes_maps(tmp_path, capsys):
    image = tmp_path / "layers.npy"
    np.save(image, laminate().labels)
    words = ["homogenise", str(image), "--voxel-size", "1 um", "--phase", "label 0=1 S/m", "--phase", "label 1=4 S/m"]
    assert main([*words, "--direction", "z", "--maps", str(tmp_path / "out.vti")]) == 0
    _, arrays, _ = read_vti(tmp_path / "out.vti")
    np.testing.assert_allclose(arrays["current_z"][..., 2], 4 / 3, rtol=0.02)
    assert main([*words, "--direction", "z", "--maps", str(tmp_path / "out.svg")]) == 0
    assert "with the mean field along z (downwards)" in (tmp_path / "out.svg").read_text(encoding="utf-8")
    assert main([*words, "--maps", "out.xyz"]) == 2
    assert "ends in .vti" in capsys.readouterr().err
