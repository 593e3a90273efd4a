"""What every test may use. The application's data folder is a temporary one, set before Django reads its settings."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings as hypothesis_settings

if TYPE_CHECKING:
    from pytest_django import DjangoDbBlocker

hypothesis_settings.register_profile("huifang", deadline=None, derandomize=os.environ.get("CI") == "true")
hypothesis_settings.load_profile("huifang")

ROOT = Path(__file__).resolve().parent.parent


def _data_folder() -> Path:
    """A folder of this run, or of this worker where several run side by side: each is an installation of its own."""
    folder = Path(tempfile.mkdtemp(prefix="huifang-tests-"))
    os.environ["HUIFANG_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "huifang.app.settings"
    return folder


DATA = _data_folder()
(DATA / "static").mkdir(exist_ok=True)
if find_spec("django"):  # the engine's own tests run without it
    import django

    django.setup()


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(DATA, ignore_errors=True)


@pytest.fixture(autouse=True)
def _nothing_has_left_the_house() -> None:
    """What an earlier test's database sent is not known to this one's."""
    if find_spec("django"):
        from huifang.app.services.handed_over import folder

        shutil.rmtree(folder(), ignore_errors=True)


@pytest.fixture(autouse=True)
def _nothing_kept_in_memory() -> None:
    """What the application keeps by the numbers of rows is another test's: numbers begin again with each."""
    for module, kept in (("feedback_reader", "_reader"), ("feedback_topics", "_own")):
        loaded = sys.modules.get(f"huifang.app.services.{module}")
        if loaded:
            getattr(loaded, kept).cache_clear()


@pytest.fixture(autouse=True)
def _read_without_the_embedding_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests are the same with and without the extra `embed`; those that are about it say so."""
    monkeypatch.setattr("huifang.analytics.feedback.extra._PROCESSOR", DATA / "no-processor")


@pytest.fixture(scope="session")
def reference() -> Callable[[str], Path]:
    """A file or folder of the reference data, which lie beside the repository or its worktrees, or where HUIFANG_REFERENCE_DATA says.

    Where it is missing the test is skipped and says so; with CI=true it fails, so that nobody takes it for passed.
    """
    given = os.environ.get("HUIFANG_REFERENCE_DATA", "")
    places = [Path(given)] if given else [ROOT.parent / "shared" / "data", ROOT.parent.parent / "shared" / "data"]

    def found(name: str) -> Path:
        path = next((place / name for place in places if (place / name).exists()), None)
        if path is None:
            missing = f"The reference data {name} are not there: looked in {', '.join(map(str, places))}; set HUIFANG_REFERENCE_DATA."
            pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
        return path

    return found


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """SQLite in a file as in service: threads and processes of a test meet there. PostgreSQL gets a database for each worker."""
    from django.conf import settings

    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    test = settings.DATABASES["default"].setdefault("TEST", {})
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    test["NAME"] = DATA / f"test-{worker}.sqlite3" if sqlite else f"huifang_test_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The numbers of each table's rows begin somewhere else: a number taken for another table's finds nothing, and none is certain."""
    from django.apps import apps
    from django.db import connection
    from django.db.models import BigAutoField

    numbered = (model._meta for model in apps.get_models(include_auto_created=True) if isinstance(model._meta.pk, BigAutoField))
    tables = sorted({meta.db_table for meta in numbered})
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for place, table in enumerate(tables, 1):
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, 1000 * place])
            else:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [f'"{table}"', 1000 * place])
