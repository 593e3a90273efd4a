"""Where in the file something is: the line of the deepest key that is there."""

from __future__ import annotations

from collections.abc import Mapping

from huifang.domain.errors import Place
from huifang.playbooks.yaml_tree import Path, say_path


def place_of(path: Path, lines: Mapping[Path, int], file: str = "") -> Place:
    """The place of `path`; a key that is not in the file is told with the line of the part that should hold it."""
    shown = path
    while path and path not in lines:
        path = path[:-1]
    return Place(file, lines.get(path), None, say_path(shown))
