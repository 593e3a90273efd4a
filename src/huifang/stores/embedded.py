"""The embedded store: DuckDB in this process, without network and without extensions that would have to be fetched."""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path
from typing import Any
from weakref import WeakSet

import ibis

from huifang.stores import duckdb_alone

_open: WeakSet[Any] = WeakSet()


def connect(memory_limit: str | None = None, threads: int | None = None, spill: Path | None = None) -> Any:
    """An ibis connection to a fresh DuckDB in memory.

    `memory_limit` is DuckDB's, such as ``"2GB"`` (default: 80 % of the machine); `threads` default to the cores this process may use;
    `spill` is the folder for what does not fit in memory (default: a folder of the system's temporary directory, removed by DuckDB).
    Sessions count in UTC.
    """
    folder = spill or Path(tempfile.gettempdir()) / f"huifang-{os.getpid()}"
    settings: dict[str, Any] = {
        "temp_directory": str(folder),
        "threads": threads or len(os.sched_getaffinity(0)),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "preserve_insertion_order": "false",
    }
    if memory_limit is not None:
        settings["memory_limit"] = memory_limit
    duckdb_alone.load()
    connection = ibis.duckdb.connect(**settings)
    _open.add(connection.con)
    return connection


@atexit.register
def _close() -> None:
    """At the process's end, a quick one too, what was spilled is removed."""
    for each in list(_open):
        each.close()
