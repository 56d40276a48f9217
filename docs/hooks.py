"""Build hooks: the API pages list what a package exports, and no page loads anything from outside."""

import ast
import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError

SOURCE = Path(__file__).parents[1] / "src"
EXPORTS = re.compile(r"^::: exports of ([\w.]+)$", re.MULTILINE)
OUTSIDE = re.compile(
    r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\bsrc=[\"']?(?:https?:)?//[^\s\"'>]+"
    r"|<link\b(?=[^>]*\brel=[\"']?(?:stylesheet|preload|preconnect|icon|modulepreload))[^>]*\bhref=[\"']?(?:https?:)?//[^\s\"'>]+"
    r"|@import\s+(?:url\()?[\"']?(?:https?:)?//[^\s\"')]+"
)


def exports(package: str) -> list[str]:
    """Return the public names of a package: its `__all__`, or what its stub re-exports (lazy packages)."""
    folder = SOURCE.joinpath(*package.split("."))
    stub = folder / "__init__.pyi"
    if stub.exists():
        tree = ast.parse(stub.read_text(encoding="utf-8"))
        found = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        return [alias.asname or alias.name for node in found if node.module for alias in node.names]
    for node in ast.parse((folder / "__init__.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return list(ast.literal_eval(node.value))
    raise PluginError(f"{package} has no __all__.")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Replace "::: exports of PACKAGE" by one entry for each public name."""

    def entries(match: re.Match[str]) -> str:
        return "\n\n".join(f"::: {match[1]}.{name}" for name in exports(match[1]))

    return EXPORTS.sub(entries, markdown)


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """Fail the build where a page would load something from outside."""
    found = OUTSIDE.search(output)
    if found:
        raise PluginError(f"{page.file.src_uri} loads something from outside: {found[0][:120]}")
    return output
