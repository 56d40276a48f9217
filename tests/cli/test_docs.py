"""The documentation tells the truth: its commands run, its code prints what stands below it, its tables are fresh.

In a page of tutorials or theory, a TOML block with a title is a file, a console block is run as a session, and a Python
block is executed; what is printed must hold the lines shown under it, in order ("..." stands for lines left out).
"""

import contextlib
import inspect
import io
import re
import runpy
import shlex
from pathlib import Path

import pytest

from ceramer import laws
from ceramer.cli import main

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGES = sorted([*DOCS.glob("*.md"), *DOCS.glob("tutorials/*.md"), *DOCS.glob("theory/*.md")])
RUN = [page for page in PAGES if re.search(r"^```(?:python|console)", page.read_text(encoding="utf-8"), re.MULTILINE)]


def _words(line):
    return " ".join(line.split())


def _must_hold(printed, shown, where):
    lines = iter([_words(line) for line in printed.splitlines()])
    for line in map(_words, shown):
        if line and line != "...":
            assert line in lines, f"{where}: {line!r} is not printed (any more), or not in this place:\n{printed}"


def _run(function):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = function()
    return code, out.getvalue()


def _session(text, where):
    """Run a console block: commands after "$ ", each followed by lines of what it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *shown = part.splitlines()
        wanted = int(found[1]) if (found := re.search(r"# exit code (\d)", command)) else 0
        words = shlex.split(command, comments=True)
        if words[0] != "ceramer":
            continue  # make and pip: their targets are checked below
        code, printed = _run(lambda words=words: main(words[1:]))
        assert code == wanted, f"{where}: {command}\n{printed}"
        _must_hold(printed, shown, f"{where}: {command}")


@pytest.mark.parametrize("page", RUN, ids=lambda p: p.stem)
def test_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    scope, printed = {}, ""
    for kind, title, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "toml" and title:
            (tmp_path / title).write_text(text, encoding="utf-8")
        elif kind == "console":
            _session(text, page.name)
        elif kind == "python":
            code = compile(text, page.name, "exec")
            _, printed = _run(lambda code=code: exec(code, scope))
        elif kind == "text" and title == "output":
            _must_hold(printed, text.splitlines(), page.name)


def test_tutorials_and_the_two_exact_laws_are_run():
    assert {page.stem for page in DOCS.glob("tutorials/*.md")} | {"exact-laws"} <= {page.stem for page in RUN}


def test_make_targets_exist():
    makefile = (DOCS.parent / "Makefile").read_text(encoding="utf-8")
    for page in PAGES:
        for target in re.findall(r"(?:`|^\$ )make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE):
            assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), f"{page.name}: make {target}"


@pytest.mark.parametrize("script", ["formats.py", "catalogue.py"])
def test_generated_pages_are_fresh(script):
    pages = runpy.run_path(str(DOCS / script))["pages"]()
    assert pages
    for name, text in pages.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, f"run: python docs/{script} --write"


def test_every_law_stands_on_one_page_of_the_theory():
    functions = [n for n in laws.__all__ if inspect.isfunction(getattr(laws, n)) or inspect.isclass(getattr(laws, n))]
    named = [
        name
        for page in DOCS.glob("theory/*.md")
        for name in re.findall(r"^::: ceramer\.laws\.(\w+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert sorted(named) == sorted(n for n in functions if n not in ("Numeric",))


def test_links_between_pages_lead_somewhere():
    for page in DOCS.rglob("*.md"):
        for target in re.findall(r"\]\(([^)#:]+\.(?:md|svg|png))\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_nav_names_every_page():
    nav = (DOCS.parent / "mkdocs.yml").read_text(encoding="utf-8")
    for page in DOCS.rglob("*.md"):
        assert f"{page.relative_to(DOCS).as_posix()}\n" in nav
