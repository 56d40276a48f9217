"""From weighed grams to a conductivity: 3.5 g of LATP and 1.5 g of a soft polymer, how well can it conduct?

The recipe gives volume fractions, the phases give conductivities, the structure (do the grains touch?) gives a range.
Everything uncertain or assumed goes into the interval, and is named.
"""

from ceramer import library
from ceramer.provenance import estimate

book = library.book()

# 1. grams -> volume fractions
fraction = estimate(lambda ledger: library.load_medium("PCE", ledger).fractions[1], book)
print(f"LATP: {100 * fraction.value:.1f} vol% (95 %: {100 * fraction.low:.1f} to {100 * fraction.high:.1f})")

# 2. phases and structure -> conductivity at 30 degC
sigma = estimate(lambda ledger: library.load_stack("PCE", ledger).ionic_conductivity(303.15), book)
print(f"PCE: {10 * sigma.value:.2f} mS/cm (95 %: {10 * sigma.low:.2f} to {10 * sigma.high:.2f})")
print("assumed:", ", ".join(sigma.assumed))

# The arithmetic of the paper's authors with round densities (2.9 and 1.3 g/cm3) is 51 vol%.
assert fraction.low < 0.51 < fraction.high
# The range is wide because nobody printed the conductivity of the polymer or of the grains: ceramer says so.
assert "SH-SPE.ionic_conductivity" in sigma.assumed
assert "LATP.grain_conductivity" in sigma.assumed
assert sigma.high / sigma.low > 2
