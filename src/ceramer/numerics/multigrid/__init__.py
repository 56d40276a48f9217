"""Multigrid-preconditioned conjugate gradients for face conductances on regular grids; no chemistry.

The modules need Numba and are loaded when first used.
"""

from __future__ import annotations

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
