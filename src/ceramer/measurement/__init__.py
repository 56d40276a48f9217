"""Measurements: one immutable table with its metadata, readers for instrument files, and writers.

Column labels are those of the Battery Data Format; the columns for impedance, thermogravimetry and NMR are our
extension of it (`EXTENSION_LABELS`).
"""

from __future__ import annotations

from ceramer.measurement._labels import EXTENSION_LABELS, LABELS
from ceramer.measurement._measurement import Measurement
from ceramer.measurement._read import FORMATS, read, read_all
from ceramer.measurement._write import write_bdf, write_eclab_text

__all__ = ["EXTENSION_LABELS", "FORMATS", "LABELS", "Measurement", "read", "read_all", "write_bdf", "write_eclab_text"]
