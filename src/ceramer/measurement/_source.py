"""A file in memory: its bytes, its hash and its text, read once and never more than a known size."""

from __future__ import annotations

import functools
import hashlib
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ceramer.errors import InputError

__all__ = ["HEAD_BYTES", "MAX_BYTES", "Source", "check_size", "check_zip", "load"]

MAX_BYTES: Final = 512 * 2**20
"""Largest file that is read in one go."""
HEAD_BYTES: Final = 65536
"""How many of the first bytes a format is recognised by."""
_TEXT_HOLES: Final = b"\x00\x01\x02\x03\x04\x05\x06\x07"


@dataclass(frozen=True)
class Source:
    """One file to be read; `path` is where it lies (a zip member lies in its archive)."""

    path: Path
    data: bytes
    name: str

    @property
    def head(self) -> bytes:
        """The first bytes, by which the format is recognised."""
        return self.data[:HEAD_BYTES]

    @functools.cached_property
    def sha256(self) -> str:
        """Hash of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @functools.cached_property
    def text(self) -> str:
        """The bytes as text with newlines only: UTF-16 or UTF-8 where that is valid, else Windows-1252/Latin-1."""
        if self.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = self.data.decode("utf-16", errors="replace")
        else:
            try:
                text = self.data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = self.data.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
        text = text.replace("\x00", "\ufffd")
        text = text.replace("\r\n", "\n")
        return re.sub(r"\r+\n?", "\n", text) if "\r" in text else text

    @functools.cached_property
    def lines(self) -> list[str]:
        """The lines of `text`; the last one is empty when the file ends with a line end."""
        return self.text.split("\n")

    @property
    def is_binary(self) -> bool:
        """Whether the first bytes hold characters that no text has."""
        if self.data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return False
        head = self.head
        holes = sum(head.count(bytes([hole])) for hole in _TEXT_HOLES)
        return holes > len(head) // 100


def check_size(count: int, name: str) -> None:
    """Raise when a file is too large to be read in one go."""
    if count > MAX_BYTES:
        raise InputError(
            f"{name}: the file is {count / 2**20:.0f} MB, more than the {MAX_BYTES / 2**20:.0f} MB that are read "
            "in one go; split it or export fewer rows."
        )


def check_zip(archive: zipfile.ZipFile, name: str) -> None:
    """Raise when the files in an archive are together too large."""
    check_size(sum(member.file_size for member in archive.infolist()), name)


def load(path: Path) -> Source:
    """Read a file; a missing, empty or oversized one raises in one sentence."""
    try:
        check_size(path.stat().st_size, path.name)
        data = path.read_bytes()
    except FileNotFoundError:
        near = _nearest_file(path)
        raise InputError(f"{path}: no such file{near}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}).") from None
    if not data.strip():
        raise InputError(f"{path.name}: the file is empty; export it again from the instrument.")
    return Source(path, data, path.name)


def _nearest_file(path: Path) -> str:
    from ceramer.errors import nearest

    try:
        names = [entry.name for entry in path.parent.iterdir()][:10000]
    except OSError:
        return "."
    close = nearest(path.name, names, 1)
    return f"; did you mean {close[0]!r}?" if close else "."
