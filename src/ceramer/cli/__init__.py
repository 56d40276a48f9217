"""The command line: every command answers in its exit code, and bad input in one sentence."""

from __future__ import annotations

from ceramer.cli._main import main

__all__ = ["main"]
