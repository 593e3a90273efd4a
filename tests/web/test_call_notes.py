"""What each outcome leads to before it is chosen, how the customer took it, and what was asked and answered."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from huifang.app import business_clock
from huifang.app.queries.behind import behind
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.followup import find, work_of
from huifang.app.queries.register_cells import shown
from huifang.app.queries.timeline import Names, timeline
from huifang.app.records.models import ContactPoint, Feedback, FollowUp, Occurrence, Record
from huifang.app.services import contact_records, followups, gate
from huifang.app.services.contact_records import RecordForm
from huifang.app.services.feedback_topics import tree_in_force
from huifang.domain.errors import Invalid
from tests.web import scene as scenes


@pytest.fixture
def scene(db, monkeypatch):
    """A Tuesday morning, whenever this runs."""
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    return scenes.build(6)


def _leads(scene, followup, language="en"):
    found = find(scene.agent, followup.pk)
    work = work_of(scene.agent, found, CustomerRows(found.customer), Names((), language), scenes.NOW, scenes.DAY, language)
    return {choice.code: choice.leads for choice in (*work.reached, *work.missed)}


def _tried(followup, times):
    FollowUp.objects.filter(pk=followup.pk).update(attempts_made=times)
    Occurrence.objects.filter(followup=followup).update(attempts=times)
    return followup


def _called(scene, followup):
    fence = followups.claim(scene.agent, followup.pk, scenes.NOW)
    point = followup.customer.contact_points.get(kind="phone")
    gate.allow(scene.agent, followup.pk, fence, "phone", point.pk, scenes.NOW)
    return fence


def test_every_outcome_says_what_it_leads_to(scene):
    _called(scene, scene.first)
    leads = _leads(scene, scene.first)
    assert all(leads.values())
    assert leads["completed"] == leads["refused"] == "this ends the follow-up"
    assert leads["busy"] == "again at 14:00"  # another part of the day
    assert leads["never_again"] == "refused on every channel, at once"
    assert leads["deceased"] == "nobody contacts them again"
    assert leads["callback"] == "at the agreed time, before all else"
    assert leads["language"].startswith("to a colleague")


@pytest.mark.parametrize("code", ["no_answer", "busy", "switched_off", "partly", "hung_up", "left_message", "completed", "wrong_person"])
def test_what_is_said_is_what_happens(scene, code):
    fence = _called(scene, scene.first)
    said = _leads(scene, scene.first)[code]
    saved = contact_records.save(scene.agent, scene.first.pk, fence, RecordForm(code, {"quality": 5}, token=code), scenes.NOW)
    if saved.next_at is not None:
        assert f"{saved.next_at.astimezone(timezone.get_current_timezone()):%H:%M}" in said
    elif saved.next_on is not None:
        assert "tomorrow" in said or f"{saved.next_on.day}" in said
    else:
        assert said.endswith(("this ends the follow-up", "no more attempts"))


def test_the_last_attempt_says_that_it_is_the_last(scene):
    last = next(each for each in scene.followups if each.programme == "six-months")
    _called(scene, _tried(last, 9))
    leads = _leads(scene, last)
    assert leads["no_answer"] == "no more attempts"
    assert leads["wrong_person"] == "number marked as wrong; no more attempts"


def test_the_last_attempt_says_through_what_it_goes_on(scene):
    _called(scene, _tried(scene.first, 9))
    assert _leads(scene, scene.first)["no_answer"] == "then a message by SMS"


def test_a_wrong_number_says_which_way_is_next(scene):
    _called(scene, scene.first)
    assert _leads(scene, scene.first)["wrong_person"] == "number marked as wrong; again tomorrow"
    ContactPoint.objects.create(customer=scene.first.customer, kind="phone", value="+8613900000001", value_index="x", mobile=True)
    assert _leads(scene, scene.first)["wrong_person"] == "number marked as wrong; then another number"


def test_before_a_call_a_wrong_number_is_the_one_that_would_be_called(scene):
    followups.claim(scene.agent, scene.first.pk, scenes.NOW)
    assert _leads(scene, scene.first)["wrong_person"] == "number marked as wrong; again tomorrow"
    ContactPoint.objects.filter(customer=scene.first.customer).delete()
    assert _leads(scene, scene.first)["wrong_person"] == "again tomorrow"


def test_a_wait_in_working_days_counts_working_days(scene, monkeypatch):
    from huifang.app.queries import ahead
    from huifang.domain.spans import Span, Unit

    found = find(scene.agent, scene.first.pk)
    rows = CustomerRows(found.customer)
    playbook = work_of(scene.agent, found, rows, Names((), "en"), scenes.NOW, scenes.DAY, "en").playbook
    key = found.programme
    attempts = playbook.programmes[key].attempts.model_copy(update={"retry": {"busy": Span(2, Unit.WORKING_DAY)}})
    programmes = {**playbook.programmes, key: playbook.programmes[key].model_copy(update={"attempts": attempts})}
    slow = playbook.model_copy(update={"programmes": programmes})
    outcomes = [ahead.Outcome("busy", ahead.CHANNEL_WORDS[ahead.Channel.PHONE], frozenset())]
    said = ahead.ahead(outcomes, found, rows, behind(found.pk), slow, scenes.NOW, "en")
    assert "26" in said["busy"]


def test_outcomes_lead_nowhere_for_those_who_only_read(scene):
    assert not any(_leads(scene, scene.first).values())


def test_the_page_says_it_beside_the_outcome_in_chinese(scene, signed_in):
    _called(scene, scene.first)
    text = signed_in(scene.agent, "zh-hans").get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert re.search(r'占线 <kbd>\d</kbd><small class="leads">14:00 再试</small>', text)


def test_question_answer_and_attitude_are_kept_and_stand_in_the_timeline(scene, signed_in):
    client = signed_in(scene.agent)
    fence = _called(scene, scene.first)
    notes = {
        "asked": "几点关门？ 🌙",
        "replied": "晚上八点",
        "attitude": "busy",
        "outcome": "not_now",
        "fence": fence,
        "token": "t",
        "stay": "1",
    }
    assert client.post(reverse("followup-save", args=[scene.first.pk]), notes).status_code == 302
    record = Record.objects.get(followup=scene.first)
    assert (record.asked, record.replied, record.attitude) == ("几点关门？ 🌙", "晚上八点", "busy")
    moment = next(each for each in timeline(CustomerRows(scene.first.customer), Names((), "en"), "en", str) if each.notes)
    assert moment.notes == (("Asked", "几点关门？ 🌙"), ("Reply", "晚上八点"))
    assert moment.lines[-1] == "Busy"
    assert "How" not in moment.title
    assert {"attitude", "asked", "replied"} <= shown()
    Feedback.objects.create(
        customer=record.customer, record=record, words="别再打了", kind="complaint", topic="calls", at=scenes.NOW, state="decided"
    )
    text = client.get(reverse("customer", args=[scene.first.customer_id])).content.decode()
    assert "Reply: 晚上八点" in text
    assert f"Complaint · {tree_in_force().title_of('calls', 'en')}" in text


def test_an_attitude_nobody_knows_is_refused(scene):
    fence = _called(scene, scene.first)
    with pytest.raises(Invalid, match="attitude"):
        contact_records.save(scene.agent, scene.first.pk, fence, RecordForm("not_now", attitude="furious", token="t"), scenes.NOW)


def test_a_handed_over_follow_up_says_from_whom(scene, signed_in):
    followup = scene.followups[1]
    followups.reassign(scene.supervisor, followup.pk, scene.colleague.pk, scenes.NOW)
    text = signed_in(scene.colleague).post(reverse("followup-take", args=[followup.pk]), follow=True).content.decode()
    assert text.count("From 陈晓") == 2  # in the list and over the follow-up
    assert "Callback" in text
    assert "From 陈晓" not in signed_in(scene.agent).get(reverse("today")).content.decode()


def test_who_spoke_with_the_customer_last_is_named_where_it_was_somebody_else(scene, signed_in):
    Occurrence.objects.filter(followup=scene.first).update(last_staff=scene.colleague)
    text = signed_in(scene.agent).get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert text.count("From 刘芳") == 2
