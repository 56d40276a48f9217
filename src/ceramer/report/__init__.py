"""Tables for the terminal and self-contained pages: what is printed, what we compute, and how far they are apart."""

from __future__ import annotations

from ceramer.report._analysis import analysis_html
from ceramer.report._analysis_figures import analysis_figures
from ceramer.report._audit import audit_table
from ceramer.report._files import results_table, show_file
from ceramer.report._life import life_figures, life_html, life_plot, life_table, mechanism_table, spread_lines
from ceramer.report._maps import PICTURES, maps_picture
from ceramer.report._material import show_material
from ceramer.report._page import Section, audit_html, reproduce_html, result_html
from ceramer.report._simulation import simulation_figures, simulation_html, simulation_plot
from ceramer.report._systems import show_stack, show_system, systems_table
from ceramer.report._terminal import reproduce_table

__all__ = [
    "PICTURES",
    "Section",
    "analysis_figures",
    "analysis_html",
    "audit_html",
    "audit_table",
    "life_figures",
    "life_html",
    "life_plot",
    "life_table",
    "maps_picture",
    "mechanism_table",
    "reproduce_html",
    "reproduce_table",
    "result_html",
    "results_table",
    "show_file",
    "show_material",
    "show_stack",
    "show_system",
    "simulation_figures",
    "simulation_html",
    "simulation_plot",
    "spread_lines",
    "systems_table",
]
