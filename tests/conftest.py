"""The fast tier draws the same examples every time, so that a red run is a change; the long tier draws new ones."""

import os

from hypothesis import settings

settings.register_profile("fast", derandomize=True, deadline=None)
settings.register_profile("full", deadline=None, print_blob=True)
settings.load_profile("full" if os.environ.get("CERAMER_FULL") else "fast")
