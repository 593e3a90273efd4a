"""A case knows which thing it is about: the page, the list and the customer's page tell the contacts of one customer apart."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huifang.app import business_clock
from huifang.app.records.models import AuditEntry, Case, Event, Feedback, FollowUp, Occurrence, Record
from huifang.app.services import cases, contact_records, followups
from huifang.app.services.contact_records import RecordForm
from tests.web import scene as scenes

UNHAPPY: dict[str, object] = {"quality": 2, "reception": 4}


@pytest.fixture
def scene(db, monkeypatch):
    """A Tuesday morning, whenever this runs."""
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    return scenes.build(12)


def second_car(scene, followup: FollowUp, plate: str) -> Event:
    """Another job of the same customer, spoken of in the same contact."""
    first = followup.occurrences.exclude(event=None).get()
    event = Event.objects.create(
        customer=followup.customer, kind="job.settled", code=f"W-{plate}", at=first.event.at, day=first.event.day,
        branch=scene.here, attributes={"work": "四轮定位", "plate": plate},
    )  # fmt: skip
    Occurrence.objects.create(
        playbook="repair-shop", programme="day-after", customer=followup.customer, cause=event.code, event=event, cause_day=event.day,
        purpose="service", due=first.due, deadline=first.deadline, expires=first.expires, decision="bundled", rule="bundled.same-person",
        decided_on=first.decided_on, followup=followup,
    )  # fmt: skip
    return event


def complain(scene, followup: FollowUp, **more: object) -> Case:
    said = [{"kind": "complaint", "topic": "quality", "words": "刹车还响"}]
    form = RecordForm(**{"outcome": "completed", "answers": UNHAPPY, "words": "刹车还响", "feedback": said} | more)
    fence = followups.claim(scene.agent, followup.pk, scenes.NOW)
    saved = contact_records.save(scene.agent, followup.pk, fence, form, scenes.NOW)
    return Case.objects.get(number=saved.cases[0])


def text(answer) -> str:
    return answer.content.decode()


def test_the_page_of_a_case_shows_the_job_the_scores_what_was_said_and_the_masked_number(scene, signed_in):
    case = complain(scene, scene.first)
    client = signed_in(scene.supervisor)
    answer = client.get(reverse("case", args=[case.number]))
    about = answer.context["about"]
    job = scene.first.occurrences.exclude(event=None).get().event
    assert [each.title for each in about.occasions] == ["Job settled · yesterday"]
    assert about.occasions[0].facts[0] == f"Plate: {job.attributes['plate']}"
    assert {each.answer: each.low for each in about.scores} == {"2": True, "4": False}
    assert [(tone, kind) for tone, kind, _topic in about.said] == [("bad", "Complaint")]
    [point] = answer.context["phones"]
    assert "****" in point.shown
    assert point.shown in text(answer)
    assert job.attributes["plate"] in text(answer)


def test_the_topic_stands_there_by_its_title(scene, signed_in):
    case = complain(scene, scene.first)
    Feedback.objects.filter(record=case.record).update(topic="explained")
    page = signed_in(scene.supervisor).get(reverse("case", args=[case.number]))
    [(_tone, _kind, topic)] = page.context["about"].said
    assert topic == "Explanation of the work"


def test_two_cars_in_one_contact_are_both_named_and_other_cars_are_not(scene, signed_in):
    second_car(scene, scene.first, "粤B·00002")
    case = complain(scene, scene.first)
    job = scene.first.occurrences.exclude(event=None).exclude(event__code="W-粤B·00002").get().event
    client = signed_in(scene.supervisor)
    wanted = f"Plate: {job.attributes['plate']} · Plate: 粤B·00002"
    row = next(each for each in client.get(reverse("cases")).context["page"].rows if each.number == case.number)
    assert row.about == wanted
    lines = client.get(reverse("customer", args=[case.customer_id])).context["glance"].cases
    assert [line.about for line in lines if line.number == case.number] == [wanted]


def test_a_case_still_knows_its_job_when_the_occurrence_has_gone_on_to_another_follow_up(scene, signed_in):
    case = complain(scene, scene.first)
    Occurrence.objects.filter(followup=scene.first).update(followup=scene.followups[1])
    page = signed_in(scene.supervisor).get(reverse("case", args=[case.number]))
    assert len(page.context["about"].occasions) == 1


def test_an_event_of_which_the_playbook_shows_nothing_is_named_by_its_number(scene, signed_in):
    job = scene.first.occurrences.exclude(event=None).get().event
    Event.objects.filter(pk=job.pk).update(attributes={})
    case = complain(scene, scene.first)
    rows = signed_in(scene.supervisor).get(reverse("cases")).context["page"].rows
    assert [row.about for row in rows if row.number == case.number] == [f"Job settled {job.code}"]


def test_a_case_without_a_contact_shows_nothing_of_one(scene, signed_in):
    case = cases.open_case(scene.agent, scene.first.customer, "dissatisfied", "路过说的", timezone.now(), version=scene.version)
    client = signed_in(scene.supervisor)
    page = client.get(reverse("case", args=[case.number]))
    assert page.context["about"] is None
    assert 'id="h-about"' not in text(page)
    assert [row.about for row in client.get(reverse("cases")).context["page"].rows if row.number == case.number] == [""]


def test_a_number_is_shown_on_the_case_s_page_by_the_customer_s_rule_and_can_be_dialled(scene, signed_in):
    case = complain(scene, scene.followups[1])
    point = case.customer.contact_points.get(kind="phone")
    address = reverse("case-reveal", args=[case.number, point.pk])
    assert signed_in(scene.agent).post(address).status_code == 403  # neither the customer nor the case is theirs
    page = signed_in(scene.supervisor).post(address)
    assert f"tel:{point.value}" in text(page)
    assert AuditEntry.objects.filter(action="contact_point.revealed", subject=f"customer:{case.customer_id}").count() == 1
    assert signed_in(scene.stranger).post(address).status_code == 404
    customer = signed_in(scene.supervisor).post(reverse("customer-reveal", args=[case.customer_id, point.pk]))
    assert f"tel:{point.value}" in text(customer)


def test_the_number_of_queries_does_not_grow_with_the_cases_nor_with_what_they_are_about(scene, signed_in):
    client = signed_in(scene.supervisor)
    case = complain(scene, scene.first)
    pages = (reverse("cases"), reverse("case", args=[case.number]), reverse("customer", args=[case.customer_id]))
    before = [_queries(client, page) for page in pages]
    event = second_car(scene, scene.first, "粤B·00003")
    Record.events.through.objects.create(record=case.record, event=event)
    for number in range(8):
        Case.objects.create(
            number=f"B{number}", kind="dissatisfied", customer=case.customer, branch=scene.here, title="又一件", opened_at=scenes.NOW,
            record=case.record,
        )  # fmt: skip
    assert [_queries(client, page) for page in pages] == before


def _queries(client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(page).status_code == 200
    return len(caught)
