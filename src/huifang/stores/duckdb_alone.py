"""Loads what ibis needs to write SQL for DuckDB, without what it has for nineteen other databases: that takes 0.07 s of each command.

ibis imports all of its compilers by importing the package they lie in. Here the package is put in place without being run, and the
compiler for DuckDB is imported from it. Whoever asks the package for another one makes it run as ever.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_COMPILERS = "ibis.backends.sql.compilers"


class _NotRun(ModuleType):
    """The package before it is run."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        self.__class__ = ModuleType  # type: ignore[assignment]
        assert self.__loader__ is not None  # noqa: S101 - put there by `load`
        self.__loader__.exec_module(self)  # type: ignore[attr-defined]
        return getattr(self, name)


def load() -> None:
    """The compiler for DuckDB. Nothing is done where the package was imported already."""
    if _COMPILERS in sys.modules:
        return
    spec = find_spec(_COMPILERS)
    assert spec is not None  # noqa: S101 - ibis has it
    package = module_from_spec(spec)
    package.__class__ = _NotRun
    sys.modules[_COMPILERS] = package
    sys.modules[_COMPILERS.rpartition(".")[0]].compilers = package  # type: ignore[attr-defined]
    import_module(f"{_COMPILERS}.duckdb")
