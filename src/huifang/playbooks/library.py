"""The playbooks that come with the product."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from huifang.playbooks.loader import LoadedPlaybook, loads

_SUFFIX = ".yaml"


@cache
def names() -> tuple[str, ...]:
    """Names of the playbooks, in alphabetical order: ``"repair-shop"``."""
    found = files("huifang.playbooks").joinpath("library").iterdir()
    return tuple(sorted(one.name.removesuffix(_SUFFIX) for one in found if one.name.endswith(_SUFFIX)))


def read(name: str) -> LoadedPlaybook:
    """A playbook of the library; raises KeyError for a name that is not in `names`."""
    if name not in names():
        raise KeyError(name)
    return loads(text(name), name + _SUFFIX)


def text(name: str) -> str:
    """The text of a playbook of the library, for somebody to begin with."""
    return files("huifang.playbooks").joinpath("library", name + _SUFFIX).read_text("utf-8")
