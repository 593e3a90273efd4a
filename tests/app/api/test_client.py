"""The Python client: made from the description as it is, and working against the real server."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.browser.server import running

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def client() -> ModuleType:
    """The client as a user has it."""
    found = importlib.util.spec_from_file_location("huifang_client_made", ROOT / "clients/python/huifang_client/client.py")
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[found.name] = module
    found.loader.exec_module(module)
    return module


def test_the_client_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "scripts/make_client.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0, "run python scripts/make_client.py"


def test_a_program_reads_writes_and_is_told_what_is_wrong(client: ModuleType, tmp_path: Path) -> None:
    kept = tmp_path / "key"
    with running(tmp_path, ("tests.app.api.client_seed", str(kept))) as address, client.Huifang(address, kept.read_text()) as shop:
        assert shop.read_key()["name"] == "DMS"
        event = {"customer": "KH1", "kind": "job.settled", "code": "W-1", "at": "2026-11-19T16:40:00+08:00", "amount": "580.00"}
        assert [shop.add_event(event, idempotency_key="e-1") for _time in range(2)] == [{"outcome": "created", "unnamed_kinds": []}] * 2
        assert shop.add_event({**event, "kind": "job.setled"}) == {"outcome": "created", "unnamed_kinds": ["job.setled"]}
        assert shop.add_event(event)["outcome"] == "unchanged"
        assert shop.put_customer("新 客", {"name": "周新", "branch": "LX"}) == {"outcome": "created"}
        assert shop.read_customer("新 客")["name"] == "周新"
        assert [each["code"] for each in shop.all_customers(limit=1)] == ["KH1", "KH2", "KH3", "新 客"]
        with pytest.raises(client.Problem) as refused:
            shop.read_customer("nobody")
        assert (refused.value.status, refused.value.code) == (404, "customer.missing")
