"""Every example runs and asserts its own answer; every template runs as it is."""

import runpy
from pathlib import Path

import pytest

from ceramer.cli import main

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.stem)
def test_example(path, capsys):
    source = path.read_text(encoding="utf-8")
    assert "assert " in source, "an example carries its own answer"
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out


def test_there_are_examples():
    assert len(EXAMPLES) >= 4


@pytest.mark.parametrize(
    ("kind", "then"),
    [
        ("stack", ["show", "{}"]),
        ("cell", ["show", "{}"]),
        ("recipe", ["show", "{}"]),
        ("protocol", ["show", "{}"]),
        ("audit", ["audit", "{}"]),
        ("microstructure", ["homogenise", "{}", "--direction", "z"]),
        ("spectrum", ["analyse", "{}", "--thickness", "350(10) um", "--area", "1.131 cm2"]),
    ],
)
def test_a_new_file_runs_as_it_is(kind, then, tmp_path, capsys):
    target = tmp_path / f"mine.{'csv' if kind == 'spectrum' else 'toml'}"
    assert main(["new", kind, "--out", str(target)]) == 0
    assert str(target) in capsys.readouterr().out.replace("\n", "")
    assert main([word.format(target) for word in then]) == 0
    assert capsys.readouterr().out
    assert main(["new", kind, "--out", str(target)]) == 2, "an existing file is never overwritten silently"
    assert "--force" in capsys.readouterr().err
