"""Griffe extension: the house style of docstrings as Markdown.

Laws write ``temperature : T, [K]``, a symbol with its unit where numpydoc has a type; it is moved into the description.
References become a numbered list, and DOIs become links.
"""

import re
from typing import Any

import griffe

_SECTION = re.compile(r"^(Parameters|Returns)\n-+\n(.*?)(?=^\w[^\n]*\n-{3,}$|\Z)", re.MULTILINE | re.DOTALL)
_ENTRY = re.compile(r"^(?P<names>\w[\w, ]*?) : (?P<text>.*(?:\n[ ]{4,}.*)*)", re.MULTILINE)
_SYMBOLS = ("ceramer.laws.", "ceramer.physics.failure.")  # packages that write symbols and units where types stand
_DOI = re.compile(r"(?<![\w/\[])doi:(10\.\d{4,}/[^\s,;)]+?(?:\(\d+\)[^\s,;)]*)?)(?=[.]?(?:[\s,;)]|$))")


def _indented(text: str) -> str:
    return "    " + " ".join(line.strip() for line in text.strip().splitlines())


def _described(section: re.Match[str], returns: str) -> str:
    """Return a section of a law with its texts as descriptions."""
    title, body = section[1], section[2]
    if title == "Returns":
        return f"Returns\n-------\n{returns}\n{_indented(body)}\n\n"
    entries = _ENTRY.sub(lambda match: f"{match['names']}\n{_indented(match['text'])}", body)
    return f"Parameters\n----------\n{entries}"


class HouseStyle(griffe.Extension):
    """Rewrites docstrings before they are parsed."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        """Rewrite the docstring of one object."""
        if obj.is_alias or obj.docstring is None:
            return
        text = re.sub(r"^(\s*)\.\. \[(\d+)\] ", r"\1\2. ", obj.docstring.value, flags=re.MULTILINE)
        text = _DOI.sub(r"[doi:\1](https://doi.org/\1)", text)
        if obj.path.startswith(_SYMBOLS) and (obj.is_function or obj.is_class):
            returns = str(getattr(obj, "returns", None) or "Numeric")
            text = _SECTION.sub(lambda match: _described(match, returns), text)
        obj.docstring.value = text
