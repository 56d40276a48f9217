"""A stack is as good as its worst layer: your own films and a pellet, in series.

Two soft films of 340 um at 0.773 mS/cm on a dry pellet of 400 um at 0.0358 mS/cm.
"""

from ceramer import Cell, Layer, Stack
from ceramer.microstructure import Phase, Property

film = Phase("film", {"ionic_conductivity": Property(0.0773), "density": Property(1200.0)})
pellet = Phase("pellet", {"ionic_conductivity": Property(0.00358), "density": Property(2900.0)})
stack = Stack("sandwich", (Layer("film", 340e-6, film), Layer("pellet", 400e-6, pellet), Layer("film", 340e-6, film)))

resistance = stack.area_specific_resistance(295.15)
print(f"{1e4 * resistance:.0f} ohm cm2, {10 * stack.ionic_conductivity(295.15):.4f} mS/cm")

cell = Cell.symmetric("Li", stack, area="2 cm2", temperature="22 degC", interface_resistance="20 ohm cm2")
print(f"overpotential at 0.1 mA/cm2: {1e3 * cell.overpotential('0.1 mA/cm2'):.0f} mV")

by_hand = 2 * 340e-6 / 0.0773 + 400e-6 / 0.00358
assert abs(resistance / by_hand - 1) < 1e-12
assert abs(cell.overpotential("0.1 mA/cm2") - 1.0 * (by_hand + 40e-4)) < 1e-12
# the pellet is a third of the thickness and 93 % of the resistance
assert stack.layers[1].area_specific_resistance(295.15) / resistance > 0.92
