"""ceramer: a virtual laboratory for composite solid electrolytes and lithium-metal cells.

>>> import ceramer
>>> ceramer.load_stack("PCE").thickness
0.00035
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

__version__ = "0.1.0"
