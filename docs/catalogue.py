# ruff: noqa: E501 (tables of prose)
"""Write the page of the materials catalogue from the catalogue itself.

python docs/catalogue.py --write
"""

import sys
from collections import defaultdict
from pathlib import Path

from ceramer import materials
from ceramer.units import ZERO_CELSIUS

DOCS = Path(__file__).parent

HEAD = """<!-- written by docs/catalogue.py -->
# Materials catalogue

{count} values of {materials} materials, each with its unit, temperature, status and source. The table is written from
`src/ceramer/materials/data/catalogue.tsv`; the same values are `ceramer.materials.load("LATP")` in Python and
`{{ catalogue = "LATP.density" }}` in a file.

*Status*: **measured**, **computed** (from measured values, as the note says), **assumed** (nobody measured it for this
material, or it was recalled and not re-read: it carries a range and everything computed from it says so), **convention**
(a definition or a limit of validity). In brackets stands the whole range of an assumed or widely scattered value, after ± a
standard uncertainty. A property with `@` is another value of the same property; the plain name is the default. Molar masses and
theoretical capacities are computed from the formula.

"""


def _shown(row: materials.Row) -> str:
    text = f"{row.number:g}"
    if row.standard_uncertainty is not None:
        text += f" ± {row.standard_uncertainty:g}"
    if row.low is not None:
        text += f" ({row.low:g} to {row.high:g})"
    text += "" if row.unit == "1" else f" {row.unit}"
    return text if row.temperature is None else f"{text}, {row.temperature - ZERO_CELSIUS:g} °C"


def _origin(row: materials.Row) -> str:
    if row.status == row.source:
        return row.status
    return f"{row.status}, [{row.source}](#{row.source.lower()})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("*", "\\*")


def pages() -> dict[str, str]:
    """Return the page as Markdown, by its name."""
    by_material = defaultdict(list)
    for row in materials.rows():
        by_material[row.material].append(row)
    lines = []
    for name, rows in by_material.items():
        entry = materials.entries()[name]
        also = f"; also {', '.join(entry.aliases)}" if entry.aliases else ""
        formula = f", {entry.formula}" if entry.formula else ""
        lines += [f"## {name}", "", f"{entry.title[0].upper()}{entry.title[1:]} ({entry.role}{formula}{also}).", ""]
        lines += ["| property | value | status, source | note |", "|---|---|---|---|"]
        for row in rows:
            cells = (f"`{row.id.removeprefix(row.material)[1:]}`", _shown(row), _origin(row), row.note)
            lines.append("| " + " | ".join(map(_cell, cells)) + " |")
        lines.append("")
    lines += ["## Sources", ""]
    for key, source in materials.catalogue().sources.items():
        link = f" [doi:{source.doi}](https://doi.org/{source.doi})" if source.doi else ""
        lines.append(f'- <a id="{key.lower()}"></a>**{key}**: {source.citation}.{link} ({source.licence})')
    head = HEAD.format(count=len(materials.rows()), materials=len(by_material))
    return {"materials.md": head + "\n".join(lines) + "\n"}


if __name__ == "__main__":
    for name, text in pages().items():
        if "--write" in sys.argv:
            (DOCS / name).write_text(text, encoding="utf-8")
        else:
            print(text)
