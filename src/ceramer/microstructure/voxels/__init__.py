"""Voxel images of microstructures: made from a seed or read from files, and measured.

>>> from ceramer.microstructure.voxels import Sizes, connectivity, particles
>>> image = particles((32, 32, 32), 0.5e-6, 0.3, Sizes.single(5e-6), seed=1)
>>> round(image.fractions()["particle"], 4)
0.3
>>> connectivity(image, "matrix").percolates
{'z': True, 'y': True, 'x': True}
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
