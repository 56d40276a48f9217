"""The published systems and their claims as data, and what compares them with our own numbers."""

from __future__ import annotations

from ceramer.library._facts import PAPERS, Fact, claims, fact, fact_book, facts

__all__ = ["PAPERS", "Fact", "claims", "fact", "fact_book", "facts"]
