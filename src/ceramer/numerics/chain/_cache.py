"""Generated modules on disk: one folder per content, so that a change of any law is a new module.

Those that nobody has used for two months are removed when a new one is written.
"""

from __future__ import annotations

import contextlib
import gc
import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from ceramer.errors import MissingExtraError

__all__ = ["compiled_before", "folder_of", "load", "mark_compiled", "quick_compiler"]

_GENERATOR: Final = "1"
_KEPT: Final = 60


def folder_of(source: str) -> Path:
    """Return the folder of a module: named by the hash of its source, the generator and the compilers."""
    try:
        import llvmlite
        import numba
    except ImportError as error:  # pragma: no cover - the extra is there wherever the tests run
        raise MissingExtraError(
            "Simulating a cell", "engine", "use the closed forms of Cell and Stack for steady answers"
        ) from error
    import numpy
    import platformdirs

    versions = f"{_GENERATOR}|{numba.__version__}|{llvmlite.__version__}|{numpy.__version__}|{sys.version_info[:2]}"
    digest = hashlib.sha256((versions + "\n" + source).encode()).hexdigest()[:20]
    root = os.environ.get("CERAMER_CACHE_DIR") or platformdirs.user_cache_dir("ceramer")
    return Path(root) / "engine" / digest


def load(source: str) -> ModuleType:
    """Write the module if it is new (by one atomic rename) and import it."""
    folder = folder_of(source)
    path = folder / "chain.py"
    if path.exists() and path.read_text(encoding="utf-8") == source:
        with contextlib.suppress(OSError):  # a cache that can only be read serves as well
            os.utime(folder)
    else:
        _prune(folder.parent)
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(source)
        os.replace(name, path)  # noqa: PTH105 - atomic on every platform
    name = f"_ceramer_chain_{folder.name}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def quick_compiler() -> Iterator[None]:
    """Compile a quarter faster: no garbage collection, and flags of the compiler compared by what is set in them.

    Numba compares two sets of flags for every operator and every overload that it has, by reading all options of both;
    the options that are set say the same. Where its insides have changed, they are left alone.
    """
    from numba.core import targetconfig

    flags: Any = targetconfig.TargetConfig
    compare, digest = flags.__eq__, flags.__hash__

    def same(self: Any, other: Any) -> Any:
        if type(self) is type(other) and self._values == other._values:
            return True
        return compare(self, other)

    known = hasattr(flags(), "_values")
    collected = gc.isenabled()
    gc.disable()
    if known:
        flags.__eq__, flags.__hash__ = same, lambda self: hash(type(self))
    try:
        yield
    finally:
        flags.__eq__, flags.__hash__ = compare, digest
        if collected:
            gc.enable()


def _prune(root: Path) -> None:
    """Remove the modules that nobody has used for `_KEPT` days: those of laws and versions that have gone."""
    oldest = time.time() - 86400.0 * _KEPT
    for folder in root.glob("[0-9a-f]" * 20):
        with contextlib.suppress(OSError):
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder)


def compiled_before(source: str) -> bool:
    """Whether this module has run on this machine before, so that its machine code is cached."""
    return (folder_of(source) / "compiled").exists()


def mark_compiled(source: str) -> None:
    """Note that the machine code of this module is cached."""
    (folder_of(source) / "compiled").touch()
