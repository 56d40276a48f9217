"""A commented recipe to start from."""

from __future__ import annotations

from importlib.resources import files

__all__ = ["template"]


def template() -> str:
    """Return the text of a commented recipe file that runs as it is."""
    return files("ceramer.formulation").joinpath("data/recipe_template.toml").read_text(encoding="utf-8")
