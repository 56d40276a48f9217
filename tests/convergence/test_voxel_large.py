"""134 million voxels on a machine of 24 GiB."""

from __future__ import annotations

import os

import numpy as np
import pytest

pytest.importorskip("numba")

from ceramer.microstructure.voxels import blobs, effective_conductivity


def _memory() -> float:
    """Physical memory [B], or infinite where the system does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return np.inf


@pytest.mark.full
@pytest.mark.skipif(_memory() < 12e9, reason="takes 6 GB")
def test_a_cube_of_512_voxels_conducts_like_the_tile_it_is_made_of():
    tile = blobs(128, 1e-6, {"solid": 0.5, "pore": 0.5}, 12e-6, seed=1)
    sigma = {"solid": 1.0, "pore": 0.0}
    one = effective_conductivity(tile, sigma, directions="z", tolerance=1e-6, precision="float64")
    labels = np.tile(tile.labels, (4, 4, 4))
    many = effective_conductivity(
        labels, {tile.label_of(name): value for name, value in sigma.items()}, directions="z", tolerance=1e-3
    )
    assert many.converged
    assert many.along("z") == pytest.approx(one.along("z"), rel=1e-3)
    assert many.floating_clusters == 64 * one.floating_clusters
