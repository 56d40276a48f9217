"""Simulated experiments behind the claims: cells of the papers run as their methods say, one file per paper."""

from __future__ import annotations

from ceramer.library._experiments import _critical, _he2024, _nguyen2024, _zhang2024, _zou
from ceramer.library._experiments._virtual import Bench, Gradients, bench

__all__ = ["Bench", "Gradients", "bench"]

PAPERS = (_he2024, _nguyen2024, _zhang2024, _zou, _critical)
"""Imported for what they register."""
