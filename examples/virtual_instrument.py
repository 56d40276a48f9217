"""What an instrument makes of a cell: a film of known conductivity, seen through leads and noise.

A polymer film between lithium foils is simulated, recorded with the leads and the noise of an instrument, written as
EC-Lab text, read back and analysed. The leads count as electrolyte; measured apart, they are taken out again.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

import ceramer
from ceramer import Cell, Layer, Stack, protocols
from ceramer.experiments import Instrument, simulate
from ceramer.measurement import write_eclab_text
from ceramer.microstructure import Phase, Property

sigma, thickness, area, leads = 0.05, 100e-6, 1e-4, 2.0  # S/m, m, m2, ohm
values = {"ionic_conductivity": sigma, "current_fraction": 0.3, "salt_concentration": 1200.0}
film = Phase("film", {name: Property(value) for name, value in values.items()})
cell = Cell.symmetric(
    "Li",
    Stack("film", (Layer("film", thickness, film),)),
    area="1 cm2",
    temperature="25 degC",
    interface_resistance="40 ohm cm2",
)
instrument = Instrument.from_text(lead_resistance="2 ohm", impedance_noise_relative="0.1 %", name="the lab's")
protocol = replace(protocols.EIS("1 MHz", "1 Hz"), instrument=instrument)

with tempfile.TemporaryDirectory() as folder:
    file = write_eclab_text(simulate(cell, protocol, seed=1), Path(folder) / "cell.mpt")
    spectrum = ceramer.read(file, thickness="100 um", temperature="25 degC", electrodes="Li | Li")

plain = ceramer.analyse(spectrum).result("ionic_conductivity")
mended = ceramer.analyse(spectrum, lead_resistance=leads).result("ionic_conductivity")
for what, found in (("as recorded", plain), ("leads taken out", mended)):
    print(f"{what}: {10 * found.value:.3f} mS/cm, put in {10 * sigma:.3f} mS/cm")

seen = thickness / area / (thickness / (sigma * area) + leads)
assert abs(plain.value / seen - 1) < 3e-3
assert abs(mended.value / sigma - 1) < 3e-3
assert plain.value < 0.92 * sigma
