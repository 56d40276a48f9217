"""Where every number comes from: sources, data with their uncertainty, and estimates that know their inputs."""

from __future__ import annotations

from ceramer.provenance._book import Book, Datum, Ledger, Source
from ceramer.provenance._estimate import Estimate, estimate
from ceramer.provenance._result import Kind, Result, agrees

__all__ = ["Book", "Datum", "Estimate", "Kind", "Ledger", "Result", "Source", "agrees", "estimate"]
