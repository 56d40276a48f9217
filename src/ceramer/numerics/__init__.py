"""Grids and solvers without chemistry: compiled loops (`jit`) and multigrid on voxel faces (`multigrid`)."""
