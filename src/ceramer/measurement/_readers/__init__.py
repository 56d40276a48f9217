"""One file per vendor: each recognises its format by the first bytes and reads it into tables."""

from __future__ import annotations
