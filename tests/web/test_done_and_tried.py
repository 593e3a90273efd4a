"""Done is told apart from tried: what nobody answered comes back and is not counted as done, on the list and on the wall."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Q
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.queries import settled
from huifang.app.queries import today as queries
from huifang.app.records.models import FollowUp, Occurrence
from huifang.app.services import contact_records, followups
from huifang.app.services.contact_records import RecordForm
from huifang.domain.outcomes import IN_VAIN, OUTCOMES
from tests.web import scene as scenes


@pytest.fixture
def scene(db, monkeypatch):
    """A Tuesday morning, whenever this runs."""
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    return scenes.build(12)


def save(scene, followup: FollowUp, outcome: str, **form: object) -> FollowUp:
    fence = followups.claim(scene.agent, followup.pk, scenes.NOW)
    contact_records.save(scene.agent, followup.pk, fence, RecordForm(outcome, **form), scenes.NOW)
    followup.refresh_from_db()
    return followup


def day_of(scene, *, most: int = 400) -> queries.Day:
    return queries.day_of(scene.agent, scenes.DAY, scenes.NOW, "en")


def group(scene, followup: FollowUp) -> tuple[str, queries.Line]:
    [found] = [(each.key, line) for each in day_of(scene).groups for line in each.lines if line.id == followup.pk]
    return found


def test_nobody_answered_and_the_next_day_was_chosen_is_tried_and_says_when_it_comes_back(scene):
    before = day_of(scene)
    later = scenes.DAY + timedelta(days=2)
    followup = save(scene, scene.first, "no_answer", next_on=later)
    assert followup.state == "done"
    found, line = group(scene, followup)
    assert (found, line.time) == ("tried", "again 26 Nov")
    after = day_of(scene)
    assert (after.done, after.tried, after.left) == (before.done, before.tried + 1, before.left - 1)
    Occurrence.objects.filter(followup=followup).update(followup=None)  # planned anew
    found, line = group(scene, followup)
    assert (found, line.time) == ("tried", "comes back")


def test_what_was_reached_or_given_up_is_done(scene):
    reached = save(scene, scene.followups[1], "completed", answers={"quality": 5})
    given_up = scene.followups[3]
    save(scene, given_up, "no_answer", next_on=scenes.DAY + timedelta(days=2))
    Occurrence.objects.filter(followup=given_up).update(open=False, closed_as="given-up")
    assert {group(scene, each)[0] for each in (reached, given_up)} == {"done"}


def test_a_long_list_counts_them_alike(scene, monkeypatch):
    save(scene, scene.first, "no_answer", next_on=scenes.DAY + timedelta(days=2))
    whole = day_of(scene)
    monkeypatch.setattr(queries, "MOST", 3)
    queries._LIST._made.clear()
    short = day_of(scene)
    queries._LIST._made.clear()
    assert short.beyond
    assert (short.done, short.tried, short.total) == (whole.done, whole.tried, whole.total)


def test_the_head_of_today_and_the_wall_tell_them_apart_and_every_number_opens_its_rows(scene, signed_in):
    save(scene, scene.first, "no_answer", next_on=scenes.DAY + timedelta(days=2))
    assert "1 tried" in signed_in(scene.agent).get(reverse("today")).content.decode()
    client = signed_in(scene.supervisor)
    wall = client.get(reverse("day")).context["found"].all
    assert wall.again == 1
    assert wall.left == wall.due - wall.done - wall.again
    for what in ("done", "again"):
        assert client.get(reverse("day-rows", args=[what])).context["found"].total == getattr(wall, what)
    assert "Tried, not reached" in client.get(reverse("closing")).content.decode()


def test_the_rule_over_rows_is_the_rule_of_the_list(scene):
    for place, followup in enumerate(scene.followups):
        code = sorted(OUTCOMES)[place % len(OUTCOMES)]
        FollowUp.objects.filter(pk=followup.pk).update(state="done", outcome=code)
        Occurrence.objects.filter(followup=followup).update(closed_as=("", "done", "given-up", "expired")[place % 4])
    rows = settled.with_settled(FollowUp.objects.filter(Q(staff=scene.agent) | Q(staff=None)))
    listed = {line.id: each.key for each in day_of(scene).groups for line in each.lines}
    assert {pk for pk, key in listed.items() if key == "tried"} == set(rows.filter(settled.AGAIN).values_list("pk", flat=True))
    assert {pk for pk, key in listed.items() if key == "done"} == set(rows.filter(settled.DONE).values_list("pk", flat=True))
    assert "no_answer" in IN_VAIN
    assert "completed" not in IN_VAIN


def test_what_is_not_due_yet_says_from_when_it_may_be_called(scene, signed_in):
    later = scenes.NOW + timedelta(hours=3)
    first, second = scene.followups[0], scene.followups[3]
    FollowUp.objects.filter(pk=first.pk).update(opens_at=later)
    FollowUp.objects.filter(pk=second.pk).update(next_at=later, attempts_made=1, outcome="busy", deadline=scenes.DAY)
    assert group(scene, first)[1].waits == "Not due yet: may be called from 13:20"
    assert group(scene, second)[1].waits == "Not reached; again from 13:20"
    text = signed_in(scene.agent).get(reverse("today")).content.decode()
    assert "Not due yet: may be called from 13:20" in text
    assert not any(line.waits for each in day_of(scene).groups if each.key != "later" for line in each.lines)
