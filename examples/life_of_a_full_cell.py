"""What ends a full cell: a published cell that ages in two ways, a thousand cycles, and what each way costs.

How fast it ages is made up here, so that the answer can be told: a ten-thousandth of the active material drops out in
each cycle, and its particles lose contact as they breathe.
"""

from dataclasses import replace

import ceramer
from ceramer import experiments, protocols
from ceramer.cell import Ageing

cell = ceramer.load_cell("Li|CSE|NCM811")
drops_out = 1e-4
cell = replace(cell, positive=replace(cell.positive, ageing=Ageing(contact_loss=1e-3, active_material_loss=drops_out)))
protocol = protocols.CCCV("C/10", upper="4.3 V", lower="2.8 V", c_rate_capacity="170 mAh/g")
life = experiments.cycle(cell, protocol, 1000, end_of_life=0.95)

print(life.sentence)
print(f"{len(life.number)} cycles simulated, jumps err by {100 * life.error:.2g} % at most")
costs = {mechanism.name: mechanism.share for mechanism in life.mechanisms()}
for name, share in costs.items():
    print(f"without {name}: {100 * share:.1f} % of the first capacity more")

# at a tenth of an hourly rate contact hardly matters: what is left is what takes part
left = (1.0 - drops_out) ** (life.number - life.number[0])
assert abs(life.retention / left - 1.0).max() < 0.02
assert costs["loss of active material"] > 10 * abs(costs["loss of contact of the particles"])
assert max(map(abs, life.balance.values())) < 1e-10
