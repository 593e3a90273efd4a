"""The day is signed with what is missing said, and opened again only with a reason."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huifang.app.queries import closing as queries
from huifang.app.records.models import Attempt, AuditEntry, Case, DayClosing, Draft, FollowUp, Review
from huifang.app.services import closing, followups
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from tests.web import scene as scenes
from tests.web import worked


@pytest.fixture
def busy(scene):
    worked.contact(scene, scene.followups[0], words="等太久了", satisfied=False)
    worked.contact(scene, scene.followups[1])
    worked.promised(scene, worked.kept_back(scene, scene.followups[3].customer, "deferred", "deferred.cap"))
    return scene


def _reasons(scene):
    return dict.fromkeys(queries.counts(scene.supervisor, scene.run.day, scene.here), "明日补访")


def _sign(scene, reasons=None, by=None):
    return closing.sign(
        by or scene.supervisor, scene.here.pk, scene.run.day, _reasons(scene) if reasons is None else reasons, timezone.now()
    )


def test_every_line_counts_what_is_open(busy):
    day, now = busy.run.day, timezone.now()
    followup = busy.followups[2]
    Draft.objects.create(followup=followup, staff=busy.agent, content="{}", saved_at=now)
    Attempt.objects.create(
        ticket=uuid.uuid4(), key="x", followup=followup, customer=followup.customer, channel="phone", purpose="service",
        programme="day-after", staff=busy.agent, branch=busy.here, at=now, day=day,
    )  # fmt: skip
    worked.contact(busy, busy.followups[8], "no_answer")
    Case.objects.update(first_answer_due=now - timezone.timedelta(days=1))
    found = queries.counts(busy.supervisor, day, busy.here)
    left = FollowUp.objects.filter(day=day).exclude(state="done").count()
    assert found == {"calls": 1, "drafts": 1, "untouched": left - 1, "overdue": 1, "promises": 1, "no-case": 1, "answers": 1}
    assert [line.count for line in queries.checklist(busy.supervisor, day, busy.here, {})] == list(found.values())


def test_what_nobody_can_save_any_more_does_not_keep_the_day_open(busy):
    followup, now = busy.followups[2], timezone.now()
    Draft.objects.create(followup=followup, staff=busy.agent, content="{}", saved_at=now)

    def left():
        return queries.counts(busy.supervisor, busy.run.day, busy.here)["drafts"]

    assert left() == 1
    followups.reassign(busy.supervisor, followup.pk, busy.colleague.pk, now)
    assert left() == 1  # it has gone to the colleague
    Draft.objects.create(followup=followup, staff=busy.agent, content="{}", saved_at=now)
    assert left() == 1  # what was typed too late is kept to read
    Draft.objects.filter(staff=busy.colleague).delete()
    assert left() == 0
    followups.claim(busy.supervisor, followup.pk, now)
    Draft.objects.create(followup=followup, staff=busy.supervisor, content="{}", saved_at=now)
    assert left() == 1
    followups.reassign(busy.supervisor, followup.pk, None, now)
    assert left() == 2  # whoever is free first may be either of them
    followups.withdraw(busy.supervisor, followup.pk, "twice", now)
    assert left() == 0


def test_a_day_is_signed_once_what_was_typed_is_thrown_away(busy):
    followups.claim(busy.agent, busy.followups[2].pk, timezone.now())
    followups.save_draft(busy.agent, busy.followups[2].pk, {"words": "半句"}, timezone.now())
    with pytest.raises(Conflict, match="typed and not saved"):
        _sign(busy)
    followups.throw_away(busy.agent, busy.followups[2].pk)
    assert _sign(busy).left["untouched"]


def test_a_signed_day_keeps_its_figures_its_reasons_and_its_sample(busy):
    signed = _sign(busy)
    assert signed.figures["due"] == FollowUp.objects.filter(day=busy.run.day).count()
    assert signed.left["promises"] == 1
    assert set(queries.reasons_of(signed)) == set(signed.left)
    assert AuditEntry.objects.filter(action="day.signed").exists()
    assert Review.objects.filter(road="random").count() == 1
    assert Review.objects.get(road="risk").record.satisfied in (True, False)


def test_nothing_is_signed_twice_or_without_its_reasons(busy):
    with pytest.raises(Invalid):
        _sign(busy, {})
    assert not DayClosing.objects.exists()
    _sign(busy)
    with pytest.raises(Conflict):
        _sign(busy)


def test_a_day_that_was_opened_again_keeps_its_history_and_its_sample(busy):
    _sign(busy)
    drawn = set(Review.objects.values_list("record", flat=True))
    with pytest.raises(Invalid):
        closing.reopen(busy.supervisor, busy.here.pk, busy.run.day, " ", timezone.now())
    closing.reopen(busy.supervisor, busy.here.pk, busy.run.day, "漏记一通电话", timezone.now())
    with pytest.raises(Conflict):
        closing.reopen(busy.supervisor, busy.here.pk, busy.run.day, "再来一次", timezone.now())
    _sign(busy, by=busy.manager)
    assert drawn == set(Review.objects.values_list("record", flat=True))
    assert [one.reopened_because for one in queries.reopened(busy.supervisor, busy.run.day, busy.here)] == ["漏记一通电话"]


def test_another_branch_is_not_signed(busy):
    with pytest.raises(NotAllowed):
        closing.sign(busy.supervisor, busy.there.pk, busy.run.day, {}, timezone.now())
    with pytest.raises(NotAllowed):
        closing.sign(busy.reviewer, busy.here.pk, busy.run.day, {}, timezone.now())


def test_on_the_page_reasons_are_asked_kept_and_shown(busy, signed_in):
    client, day = signed_in(busy.supervisor), busy.run.day
    page = client.get(f"/closing/?day={day}").content.decode()
    assert "Were due and were not contacted" in page
    assert "Sign the day" in page
    form = {"day": day, "branch": busy.here.pk, "reason.promises": "客户改期到周一"}
    answer = client.post("/closing/sign/", form)
    assert answer.status_code == 422
    assert "客户改期到周一" in answer.content.decode()
    assert client.post("/closing/sign/", form | {f"reason.{code}": "明日补访" for code in _reasons(busy)}).status_code == 302
    assert client.post("/closing/sign/", form).status_code == 409
    page = client.get(f"/closing/?day={day}&branch={busy.here.pk}").content.decode()
    assert "明日补访" in page
    assert "Sign the day" not in page
    assert client.post("/closing/reopen/", {"day": day, "branch": busy.here.pk}).status_code == 422
    assert client.post("/closing/reopen/", {"day": day, "branch": busy.here.pk, "why": "漏记"}).status_code == 302
    assert client.post("/closing/reopen/", {"day": "nonsense", "branch": "x", "why": "漏记"}).status_code == 409
    assert "漏记" in client.get(f"/closing/?day={day}").content.decode()


def test_a_reviewer_reads_and_signs_nothing(busy, signed_in):
    page = signed_in(busy.reviewer).get(f"/closing/?day={busy.run.day}").content.decode()
    assert "Checklist" in page
    assert "Sign the day" not in page


def test_a_branch_outside_is_not_there_and_nobody_without_a_branch_is_lost(busy, signed_in):
    assert signed_in(busy.supervisor).get(f"/closing/?branch={busy.there.pk}").status_code == 404
    assert busy.here.name in signed_in(busy.administrator).get(f"/closing/?branch={busy.here.pk}").content.decode()
    busy.supervisor.branch = None
    busy.supervisor.save()
    assert "No branch of yours" in signed_in(busy.supervisor).get("/closing/").content.decode()


def test_a_clear_day_says_so(db, signed_in):
    scene = scenes.build(0)
    page = signed_in(scene.supervisor).get(f"/closing/?day={scene.run.day}").content.decode()
    assert "All clear" in page
    assert _sign_ok(scene)
    assert "Nothing was left open." in signed_in(scene.supervisor).get(f"/closing/?day={scene.run.day}").content.decode()


def _sign_ok(scene):
    return closing.sign(scene.supervisor, scene.here.pk, scene.run.day, {}, scene.run.finished_at + timezone.timedelta(days=3)).left == {}


def test_the_number_of_queries_does_not_grow(busy, signed_in):
    client = signed_in(busy.supervisor)

    def queries_of():
        with CaptureQueriesContext(connection) as found:
            assert client.get(f"/closing/?day={busy.run.day}").status_code == 200
        return len(found)

    queries_of()  # the first one reads the playbook's text
    few = queries_of()
    for place in range(12, 30):
        worked.contact(busy, scenes._followup(busy, place, busy.run.day, timezone.now()), satisfied=False)
    assert queries_of() == few
