"""A dialler that speaks the interface: it asks right before a call, and tells what came of many, each taken by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huifang.app import business_clock
from huifang.app.records.models import AuditEntry, DiallingRow, FollowUp, Record, Recording
from huifang.app.services import consents, dialling_lists
from tests.app.api.caller import Caller, key
from tests.app.cast import NOW, Cast, planned
from tests.app.dialler import by_file

LATER = NOW + timedelta(minutes=30)


@pytest.fixture
def rows(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> list[DiallingRow]:
    by_file()
    for who in cast.customers:
        planned(cast, who, cast.chen)
    made = dialling_lists.hand_over(cast.tao, NOW)
    monkeypatch.setattr(business_clock, "now", lambda: LATER)
    return list(made.rows.order_by("pk"))


def call(row: DiallingRow, outcome: str = "SALE", **more: object) -> dict[str, object]:
    return {"key": str(row.key), "outcome": outcome, "began": "2026-11-20T10:10:00+08:00", "seconds": 60, **more}


def test_right_before_a_call_the_gate_is_asked(cast: Cast, rows: list[DiallingRow]) -> None:
    system = key(cast.an, "calls:write")
    assert system.get(f"calls/{rows[0].key}") == {"allowed": True, "until": "2026-11-20T04:00:00Z", "why": None}
    consents.opt_out(None, cast.customers[0], "any", "any", "reply", LATER)
    said = system.get(f"calls/{rows[0].key}")
    assert (said["allowed"], "refused" in said["why"]["en"]) == (False, True)
    dialling_lists.take_back(cast.tao, rows[1].list_id, [str(rows[1].key)], LATER)
    assert system.get(f"calls/{rows[1].key}")["why"]["en"] == "This row is no longer in the dialler's hand."
    assert system("GET", "calls/nobody").status_code == 422


def test_each_call_of_a_list_is_taken_by_itself_and_the_key_is_named_in_the_trail(cast: Cast, rows: list[DiallingRow]) -> None:
    system = key(cast.an, "calls:write")
    first = call(rows[0], recording="https://pbx.example/1", agent="LIN", words="很好")
    body = {"calls": [
        first, call(rows[1], "??"),
        call(rows[2], "CB", callback="2026-11-20T15:00:00+08:00"), first, call(rows[0], "NA"),
    ]}  # fmt: skip
    answer = system("POST", "calls", body)
    assert answer.status_code == 201
    items = answer.json()["items"]
    assert [each["state"] for each in items] == ["taken", "refused", "taken", "known", "refused"]
    assert [each["code"] for item in items for each in item["problems"]] == ["dialler.code", "dialler.another"]
    assert (Record.objects.count(), Recording.objects.get().link) == (2, "https://pbx.example/1")
    assert FollowUp.objects.get(pk=rows[2].followup_id).next_at is not None
    assert AuditEntry.objects.filter(action="dialler.told").first().by.role == "service"


def test_the_same_list_again_is_answered_as_the_first_time(cast: Cast, rows: list[DiallingRow]) -> None:
    system = key(cast.an, "calls:write")
    first, again = (system("POST", "calls", {"calls": [call(rows[0])]}, token="n-1") for _ in range(2))
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_key_without_the_scope_or_of_another_branch_reaches_nothing(cast: Cast, rows: list[DiallingRow]) -> None:
    assert key(cast.an, "records:read")("POST", "calls", {"calls": [call(rows[0])]}).status_code == 403
    far = key(cast.an, "calls:write", branches=[cast.other_branch])
    assert far("POST", "calls", {"calls": [call(rows[0])]}).json()["items"][0]["problems"][0]["code"] == "dialler.unknown-key"
    assert far("GET", f"calls/{rows[0].key}").status_code == 422
    assert not Record.objects.exists()


def test_what_is_no_call_is_refused_whole(cast: Cast, rows: list[DiallingRow]) -> None:
    system: Caller = key(cast.an, "calls:write")
    for wrong in ({"seconds": -1}, {"began": "2026-11-20T10:10:00"}, {"number": "13800000001"}, {"words": "x" * 4001}):
        assert system("POST", "calls", {"calls": [call(rows[0]) | wrong]}).status_code == 422
    assert system("POST", "calls", {"calls": []}).status_code == 422
    assert system("POST", "calls", {"calls": [call(rows[0])] * 501}).status_code == 422
    assert not Record.objects.exists()
