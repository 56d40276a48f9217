"""Materials with sources: a catalogue of cited values, and `Material`, which reads them through a ledger.

>>> lithium = load("Li")
>>> lithium.density()
534.1
>>> lithium.theoretical_capacity() / 3600.0  # mAh/g
3861.9
>>> load("LATP").ionic_conductivity(303.15)
0.0310
"""

from __future__ import annotations

from ceramer.materials._catalogue import PROPERTIES, Entry, Row, catalogue, entries, names, rows
from ceramer.materials._composition import CompositionPolymer, fox_glass_transition
from ceramer.materials._material import ROLES, Material, load

__all__ = [
    "PROPERTIES",
    "ROLES",
    "CompositionPolymer",
    "Entry",
    "Material",
    "Row",
    "catalogue",
    "entries",
    "fox_glass_transition",
    "load",
    "names",
    "rows",
]
