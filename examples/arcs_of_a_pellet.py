"""The impedance arcs of a ceramic pellet, from its grains and their boundaries.

Grains of LATP as a voxel image; the boundaries get the conductance that the printed grain-boundary conductivity needs
and the capacitance of a film of 5 nm. The spectrum is then fitted like a measured one. Takes a few seconds.
"""

import numpy as np

from ceramer import library
from ceramer.analysis import impedance
from ceramer.microstructure.voxels import Mixture, Sizes, effective_impedance, polycrystal
from ceramer.units import VACUUM_PERMITTIVITY

grain = library.book()["LATP.grain_conductivity"].low  # [S/m], where the bulk arc is largest
permittivity = library.book()["LATP.relative_permittivity"].value
printed = library.fact("A0016").si  # grain-boundary conductivity of LATP [S/m]
image = polycrystal(18, "0.4 um", Sizes.between(2e-6, 5e-6), seed=1)

# 1/H = 1/sigma_grain + 1/sigma_gb, as an impedance plot tells them apart
total = 1 / (1 / grain + 1 / printed)
boundary = Mixture(image, "z").contact_needed({"grain": grain}, ("grain", "grain"), total)
capacitance = VACUUM_PERMITTIVITY * permittivity / 5e-9
print(f"a boundary conducts {1e-4 * boundary:.3f} S/cm2 and holds {1e2 * capacitance:.2f} uF/cm2")

spectrum = effective_impedance(
    image,
    {"grain": (grain, permittivity)},
    np.logspace(9.5, 2.5, 18),
    interfaces={("grain", "grain"): (boundary, capacitance)},
    thickness="500 um",
    area="1 cm2",
)
fit = impedance.fit_circuit(spectrum.frequency, spectrum.impedance, "p(R1,CPE1)-p(R2,CPE2)").params
bulk, gb = sorted((fit["R1"], fit["R2"]))
sigma_bulk, sigma_gb = (5e-4 / (1e-4 * r) for r in (bulk, gb))
print(f"from the arcs: bulk {10 * sigma_bulk:.3f} mS/cm, grain boundaries {10 * sigma_gb:.4f} mS/cm")
print(f"a pellet whose boundary arc is the printed 5000 ohm shows {5000 * bulk / gb:.0f} ohm of bulk")

assert abs(sigma_gb / printed - 1) < 0.05
assert abs(sigma_bulk / grain - 1) < 0.25  # boundaries between grains of unlike size take a little of it
# the boundary arc lies at G/(2 pi C), whatever the grains: inside the window of an instrument, unlike the bulk arc
assert 1e3 < boundary / (2 * np.pi * capacitance) < 1e5
assert grain / (2 * np.pi * VACUUM_PERMITTIVITY * permittivity) > 1e7
