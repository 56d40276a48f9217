"""The README tells the truth: its table is what `reproduce` says, its code runs, its commands exist."""

import re
import runpy
import shlex
from pathlib import Path

import pytest

from ceramer.cli import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_is_what_reproduce_says():
    script = runpy.run_path(str(ROOT / "docs" / "readme.py"))
    assert script["written"](README) == README, "run: python docs/readme.py --write"


@pytest.mark.parametrize(
    ("code", "said"),
    list(
        zip(
            re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL),
            (("96 um", "ionic_conductivity"), ("transference_number = 0.66",)),
            strict=True,
        )
    ),
)
def test_the_python_runs(code, said, capsys):
    exec(compile(code, "README.md", "exec"), {})
    out = capsys.readouterr().out
    for words in said:
        assert words in out


def test_the_commands_run(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first_minute = README.split("## The first minute")[1].split("```console\n")[1].split("```")[0]
    for line in first_minute.strip().splitlines():
        for command in line.removeprefix("$ ").split("#")[0].split("&&"):
            words = shlex.split(command)
            assert words[0] == "ceramer"
            assert main(words[1:]) == 0, command
            assert capsys.readouterr().out


def test_the_make_targets_exist():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\$ make (\w+)", README):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)
