"""ceramer: a virtual laboratory for composite solid electrolytes and lithium-metal cells."""
