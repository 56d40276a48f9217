"""`ceramer analyse FILE...`: instrument files in, numbers with uncertainties out."""

from __future__ import annotations

import argparse

__all__ = ["add_options", "analyse"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `analyse`."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="instrument files")
    parser.add_argument("--method", metavar="M", help="analysis to run (default: picked from the data)")
    parser.add_argument("--thickness", metavar="T", help="such as '350(10) um'")
    parser.add_argument("--area", metavar="A", help="such as '1.131 cm2'")
    parser.add_argument("--temperature", metavar="T", help="such as '30 degC'")


def analyse(arguments: argparse.Namespace) -> int:
    """Analyse instrument files."""
    raise NotImplementedError
