"""Experiments: protocols, what an instrument adds, and `simulate(cell, protocol) -> Measurement`."""
