"""Measurements and arrays in, reports worth printing out: one method a file, all of them listed in `METHODS`.

>>> from ceramer.units import Value
>>> print(conductivity(resistance=Value(55.0, 1.0), thickness=Value(350e-6, 1e-5), area=1.131e-4).result(
...     "ionic_conductivity").text)
0.563(19) mS/cm
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
