"""The embedded store: DuckDB in this process, without network and without extensions that would have to be fetched."""

from __future__ import annotations

import os
import tempfile
import weakref
from pathlib import Path
from typing import Any

import ibis


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
    connection = ibis.duckdb.connect(**settings)
    weakref.finalize(connection, connection.con.close)  # also at the process's quick end: what was spilled is removed
    return connection
