"""No message begins to leave after the customer's stop was written, wherever the two meet."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.faults.installation import run


def holds(stops: int, senders: int, folder: Path) -> None:
    found = run("stops", stops, senders, 20261124, folder, seconds=120 + stops)
    assert (found["late"], found["doubled"]) == (0, 0), found
    assert found["kept"] + found["before"] == found["stops"] >= stops
    assert found["caught"] >= stops // 20, "some were said when the message was already in hand"


def test_forty_stops(tmp_path: Path) -> None:
    holds(40, 2, tmp_path)


@pytest.mark.full
@pytest.mark.parametrize("senders", [1, 2])
def test_ten_thousand_stops(senders: int, tmp_path: Path) -> None:
    holds(10_000, senders, tmp_path)
