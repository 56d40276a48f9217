"""The conservation laws of a cell, from electrode to electrode, and how its parts fail."""
