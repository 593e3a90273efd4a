"""What the reader begins with: sentences of many trades, written for the product. No collected data set is in them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from huifang.playbooks.yaml_tree import read_tree


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """Pairs of text and kind."""
    said: dict[str, str] = read_tree(files("huifang.analytics.feedback").joinpath("examples.yaml").read_text("utf-8"), "examples.yaml").data
    return tuple((line, kind) for kind, lines in said.items() for line in lines.splitlines())
