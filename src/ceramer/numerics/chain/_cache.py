"""Generated modules on disk: one folder per content, so that a change of any law is a new module."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import tempfile
from pathlib import Path
from types import ModuleType

from ceramer.errors import MissingExtraError

__all__ = ["compiled_before", "folder_of", "load", "mark_compiled"]

_GENERATOR = "1"


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
    if not path.exists() or path.read_text(encoding="utf-8") != source:
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


def compiled_before(source: str) -> bool:
    """Whether this module has run on this machine before, so that its machine code is cached."""
    return (folder_of(source) / "compiled").exists()


def mark_compiled(source: str) -> None:
    """Note that the machine code of this module is cached."""
    (folder_of(source) / "compiled").touch()
