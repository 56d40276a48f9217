"""The fast tier draws the same examples every time, so that a red run is a change; the long tier draws new ones."""

import os

import pytest
from hypothesis import settings

settings.register_profile("fast", derandomize=True, deadline=None)
settings.register_profile("full", deadline=None, print_blob=True)
settings.load_profile("full" if os.environ.get("CERAMER_FULL") else "fast")


@pytest.fixture(scope="module")
def one_program():
    """All cells of a module share one compiled program, which knows every kind of layer and surface."""
    from engine_cells import all_kinds

    from ceramer.physics import _model

    kinds = all_kinds()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_model, "standard_kinds", lambda: kinds)
        yield
