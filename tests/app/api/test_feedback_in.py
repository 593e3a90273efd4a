"""Statements from other systems: kept once, in the customer's words, read like all others, within the key's branches."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huifang.app import business_clock
from huifang.app.jobs import worker
from huifang.app.records.models import AuditEntry, Feedback, Job, Notice
from huifang.app.services import feedback, feedback_reading, feedback_taking
from tests.app.api.caller import Caller, key
from tests.app.cast import NOW, Cast, customer

SAID = {"customer": "KH1", "words": "刹车失灵，太差了，马上处理", "at": "2026-11-20T08:30:00+08:00", "reference": "review-1"}


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)


@pytest.fixture
def system(cast: Cast) -> Caller:
    return key(cast.an)


def work_off() -> None:
    while worker.once(NOW):
        pass
    assert not Job.objects.exclude(state=Job.State.DONE).exists()


def test_a_statement_is_kept_at_once_read_and_told_where_it_cannot_wait(cast: Cast, system: Caller) -> None:
    made = system("POST", "feedback", SAID)
    assert (made.status_code, made.json()["state"], made.json()["words"]) == (201, "unsure", SAID["words"])
    work_off()
    row = system.get(f"feedback/{made.json()['id']}")
    assert (row["kind"], row["state"], row["urgency"], row["reader"], row["customer"]) == ("complaint", "read", 2, "local", "KH1")
    assert Notice.objects.filter(subject=f"feedback:{row['id']}").exists()
    assert set(AuditEntry.objects.filter(action__startswith="feedback.").values_list("action", flat=True)) == {
        "feedback.taken", "feedback.read",
    }  # fmt: skip
    assert [one["id"] for one in system.get("feedback", kind="complaint")["items"]] == [row["id"]]
    assert system.get("feedback", kind="praise")["items"] == []


def test_the_same_reference_is_one_statement_and_other_words_are_refused(cast: Cast, system: Caller) -> None:
    first, again = system("POST", "feedback", SAID).json(), system("POST", "feedback", SAID).json()
    assert first["id"] == again["id"]
    assert system("POST", "feedback", {**SAID, "words": "很好"}).status_code == 409
    assert Feedback.objects.count() == 1
    assert key(cast.an)("POST", "feedback", SAID).json()["id"] != first["id"]  # another system's own numbers


@pytest.mark.parametrize(
    "wrong",
    [
        {"words": ""}, {"words": " \u3000"}, {"words": "字" * 4001}, {"words": "\x00"}, {"at": "2026-11-21T08:30:00+08:00"},
        {"at": "2026-11-20T08:30:00"}, {"reference": ""}, {"customer": "KH99"}, {"kind": "praise"},
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_and_nothing_is_kept(cast: Cast, system: Caller, wrong: dict[str, str]) -> None:
    assert system("POST", "feedback", {**SAID, **wrong}).status_code in (404, 422)
    assert not Feedback.objects.exists()


def test_a_key_reaches_its_branches_and_its_scopes_only(cast: Cast, system: Caller) -> None:
    customer(cast, "KH9", "远客", "+8613900000009", cast.other_branch)
    number = system("POST", "feedback", {**SAID, "customer": "KH9"}).json()["id"]
    here = key(cast.an, branches=[cast.branch])
    assert here("GET", f"feedback/{number}").status_code == 404
    assert here.get("feedback")["items"] == []
    assert here("POST", "feedback", {**SAID, "customer": "KH9"}).status_code == 404
    assert key(cast.an, "feedback:read")("POST", "feedback", SAID).status_code == 403


def test_what_a_person_decides_before_it_is_read_stays(cast: Cast, system: Caller) -> None:
    number = system("POST", "feedback", SAID).json()["id"]
    feedback.decide(cast.tao, number, "suggestion", "", NOW)
    work_off()
    row = Feedback.objects.get(pk=number)
    assert (row.kind, row.state, row.read_kind, row.decided_by) == ("suggestion", "decided", "", cast.tao)


def test_marks_alone_stay_with_the_people_and_without_a_reader_nothing_is_queued(
    cast: Cast, system: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    system("POST", "feedback", {**SAID, "words": "。。。"})
    work_off()
    assert Feedback.objects.get().read_kind == ""
    monkeypatch.setattr(feedback_taking, "find_spec", lambda _name: None)
    system("POST", "feedback", {**SAID, "reference": "review-2"})
    assert not Job.objects.exclude(state=Job.State.DONE).exists()
    assert Feedback.objects.filter(state="unsure").count() == 2


def test_two_workers_read_a_statement_once(cast: Cast, system: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    number = system("POST", "feedback", SAID).json()["id"]
    real = feedback_reading._read_as

    def meanwhile(*given: object) -> dict[str, object]:
        found = real(*given)
        feedback.decide(cast.tao, number, "praise", "", NOW + timedelta(seconds=1))
        return found

    monkeypatch.setattr(feedback_reading, "_read_as", meanwhile)
    feedback_reading.read("api", number, NOW)
    assert Feedback.objects.get().kind == "praise"
    assert not AuditEntry.objects.filter(action="feedback.read").exists()
