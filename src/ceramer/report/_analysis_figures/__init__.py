"""Figures of analyses, drawn from the series and tables of a report (needs the extra `figures`)."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from ceramer.analysis import AnalysisReport
from ceramer.report._analysis_figures._arrhenius import arrhenius
from ceramer.report._analysis_figures._cycler import capacity, incremental, rates
from ceramer.report._analysis_figures._healing import healing
from ceramer.report._analysis_figures._lines import dc_line, electronic_line, sweep
from ceramer.report._analysis_figures._spectra import bode, nyquist
from ceramer.report._analysis_figures._symmetric import cell_voltage, half_cycle_trends, staircase
from ceramer.report._analysis_figures._tools import Painter
from ceramer.report._analysis_figures._transients import electronic_current, polarisation, spectra_before_and_after
from ceramer.report._figures import Figure

__all__ = ["PAINTERS", "analysis_figures"]

PAINTERS: Final = MappingProxyType[str, tuple[Painter, ...]](
    {
        "impedance": (nyquist, bode),
        "conductivity": (nyquist, bode),
        "arrhenius": (arrhenius,),
        "bruce_vincent": (polarisation, spectra_before_and_after),
        "electronic_conductivity": (electronic_current, electronic_line),
        "window": (sweep,),
        "dc_resistance": (dc_line,),
        "plating_stripping": (cell_voltage, half_cycle_trends),
        "shorts": (cell_voltage, half_cycle_trends),
        "critical_current_density": (staircase,),
        "rate_test": (rates,),
        "cycling": (capacity, incremental),
        "retention_and_fade": (capacity,),
        "void_healing": (healing,),
    }
)
"""The figures of every method, in the order of the page."""


def analysis_figures(report: AnalysisReport, *, prefix: str = "") -> tuple[Figure, ...]:
    """Return every figure that the series of a report allow; one whose series are missing is left out.

    Parameters
    ----------
    report : AnalysisReport
    prefix : str
        Put before the name of each figure, so that those of several reports can stand in one page.

    Raises
    ------
    MissingExtraError
        Without matplotlib.
    """
    drawn = (paint(report, prefix) for paint in PAINTERS.get(report.method, ()))
    return tuple(figure for figure in drawn if figure is not None)
