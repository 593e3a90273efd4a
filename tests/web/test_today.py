import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from huifang.app.business_time import business_day, business_zone
from huifang.app.queries import today as today_query
from huifang.app.queries.followup import AT_HAND, fill
from huifang.app.queries.today import day_of
from huifang.app.records.models import Draft, FollowUp, Occurrence, PlanRun, Record
from huifang.app.services import contact_records, followups, gate
from huifang.domain.contact import Channel
from huifang.domain.contact_rules import Refused
from huifang.domain.errors import Conflict, Problem
from huifang.domain.outcomes import OUTCOMES, outcomes_for
from huifang.domain.words import Words
from tests.web import scene as scenes


def _open(client, followup):
    assert client.post(reverse("followup-take", args=[followup.pk])).status_code == 302
    followup.refresh_from_db()
    return {"fence": str(followup.fence), "token": "one"}


def test_the_list_stands_in_groups_with_reason_and_time(scene):
    now = timezone.now()
    day = day_of(scene.agent, business_day(now), now, "zh-hans")
    keys = [group.key for group in day.groups]
    assert keys == [key for key in ("promised", "must", "overdue", "today", "later", "done") if key in keys]
    assert day.total == 12
    assert day.left == day.total - day.done
    first = next(line for group in day.groups for line in group.lines if line.id == scene.first.pk)
    assert first.reason.startswith("昨日结算")
    assert first.tier == "金牌客户"
    assert first.more == 1


def test_a_list_that_is_longer_than_the_page_says_so_and_counts_all(scene, signed_in, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(today_query, "MOST", 12)
    client, now = signed_in(scene.agent), timezone.now()
    assert "are shown" not in client.get(reverse("today")).content.decode()
    monkeypatch.setattr(today_query, "MOST", 10)
    with django_assert_num_queries(3):
        day = day_of(scene.agent, business_day(now), now, "en")
    lines = [line for group in day.groups for line in group.lines]
    assert (len(lines), day.total, day.shown, day.beyond) == (10, 12, 10, 2)
    done = FollowUp.objects.filter(staff=scene.agent, state="done").count()
    assert day.done == done > 0
    assert sum(line.group == "done" for line in lines) == max(0, done - 2)
    assert "10 of 12 are shown" in client.get(reverse("today")).content.decode()


def test_the_page_says_so_when_nothing_is_planned_being_planned_or_done(scene, signed_in):
    client = signed_in(scene.agent)
    FollowUp.objects.update(state="done", done_at=timezone.now())
    assert "All done for today" in client.get(reverse("today")).content.decode()
    FollowUp.objects.update(state="withdrawn")
    for state, words in (("done", "No follow-ups today"), ("failed", "plan could not be made"), ("running", "is being planned")):
        scene.run.state = state
        scene.run.save()
        assert words in client.get(reverse("today")).content.decode().replace("&#x27;", "'")


def test_what_must_be_done_today_stands_before_what_is_overdue(scene):
    now = scenes.NOW
    day, waiting, last_day, late = business_day(now), *scene.followups[1:4]
    FollowUp.objects.update(
        day=day, deadline=day + timedelta(days=2), promised=False, state="open", next_at=None, opens_at=now - timedelta(hours=1),
        closes_at=now + timedelta(hours=4),
    )  # fmt: skip
    FollowUp.objects.filter(pk=scene.first.pk).update(deadline=day)
    FollowUp.objects.filter(pk__in=[last_day.pk, late.pk]).update(deadline=day - timedelta(days=3))
    FollowUp.objects.filter(pk=waiting.pk).update(deadline=day, next_at=now + timedelta(hours=1))
    Occurrence.objects.update(deadline=day + timedelta(days=2), expires=day + timedelta(days=5))
    last_day.occurrences.update(deadline=day - timedelta(days=3), expires=day)
    found = {group.key: [line.id for line in group.lines] for group in day_of(scene.agent, day, now, "en").groups}
    assert list(found) == ["must", "overdue", "today", "later"]
    assert found["must"] == [scene.first.pk, last_day.pk]
    assert found["overdue"] == [late.pk]
    assert found["later"] == [waiting.pk]


def test_an_appointment_says_its_time_and_that_it_is_past(scene):
    now = scenes.NOW
    coming, gone = scene.followups[1:3]
    FollowUp.objects.filter(pk__in=[coming.pk, gone.pk]).update(
        promised=True, state="open", next_at=None, opens_at=now + timedelta(minutes=20), closes_at=now + timedelta(hours=4)
    )
    FollowUp.objects.filter(pk=gone.pk).update(opens_at=now - timedelta(minutes=20))
    with override("zh-hans"):
        lines = {line.id: line for group in day_of(scene.agent, business_day(now), now, "zh-hans").groups for line in group.lines}
    clocks = [f"{moment.astimezone(business_zone()):%H:%M}" for moment in (now + timedelta(minutes=20), now - timedelta(minutes=20))]
    assert (lines[coming.pk].time, lines[coming.pk].tone) == (f"约定 {clocks[0]}", "accent")
    assert (lines[gone.pk].time, lines[gone.pk].tone) == (f"{clocks[1]} 已过", "bad")


def test_a_supervisor_without_work_of_their_own_is_shown_to_the_day(scene, signed_in):
    FollowUp.objects.update(staff=scene.agent)
    for states in (("done",), ("done", "running"), ("done", "failed")):
        PlanRun.objects.all().delete()
        for state in states:
            PlanRun.objects.create(day=scene.first.day, state=state, started_at=timezone.now())
        text = signed_in(scene.supervisor).get(reverse("today")).content.decode()
        assert "No follow-ups of your own today" in text
        assert f'href="{reverse("day")}"' in text
        assert "is being planned" not in text


def test_opening_a_line_takes_it_in_hand_and_shows_script_and_questions(scene, signed_in):
    client = signed_in(scene.agent, "zh-hans")
    _open(client, scene.first)
    text = client.get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert "您好，请问是" in text
    assert scene.agent.name in text
    assert 'name="q.quality"' in text
    assert "138****" in text
    assert "+8613" not in text


def test_a_button_of_the_open_page_gets_the_list_and_the_work_alone(scene, signed_in):
    client, address = signed_in(scene.agent), reverse("followup", args=[scene.first.pk])
    whole = client.get(address).content.decode()
    part = client.get(address, headers={"HX-Request": "true", "HX-Target": "today"}).content.decode()
    start, end = whole.index('<div class="page today-page"'), whole.index('<nav class="bar"')
    hidden = re.compile(r'value="[\w-]{12,}"|data-since="\d+"')
    assert hidden.sub("", whole[start:end].strip()) in hidden.sub("", part)
    assert re.search("<title>.*</title>", part)[0] in whole
    assert 'id="toasts"' in part
    assert 'class="side"' in whole
    assert 'class="side"' not in part


def test_only_one_follow_up_is_in_hand_at_a_time(scene, signed_in):
    client = signed_in(scene.agent)
    _open(client, scene.first)
    _open(client, scene.followups[1])
    scene.first.refresh_from_db()
    assert scene.first.state == "open"


def test_what_a_colleague_has_open_can_be_read_and_not_taken(scene, signed_in):
    followup = FollowUp.objects.filter(staff=None).first()
    followups.claim(scene.colleague, followup.pk, timezone.now())
    for staff in (scene.agent, scene.supervisor):
        response = signed_in(staff).post(reverse("followup-take", args=[followup.pk]))
        assert response.status_code == 409
    assert "刘芳 has this follow-up open" in response.content.decode()


def test_a_draft_comes_back(scene, signed_in):
    client = signed_in(scene.agent)
    form = _open(client, scene.first)
    typed = form | {"words": "等了很久", "q.quality": "4", "feedback.complaint": "on", "outcome": "completed"}
    assert client.post(reverse("followup-draft", args=[scene.first.pk]), typed).status_code == 204
    text = client.get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert "等了很久" in text
    assert 'value="4" data-digit="4" checked' in text
    assert Draft.objects.count() == 1


def test_a_draft_of_what_is_no_longer_in_hand_is_kept_and_told(scene, signed_in):
    client = signed_in(scene.agent)
    form = _open(client, scene.first)
    FollowUp.objects.filter(pk=scene.first.pk).update(state="open", claimed_by=None)
    assert client.post(reverse("followup-draft", args=[scene.first.pk]), form | {"words": "x"}).status_code == 409
    assert Draft.objects.count() == 1


def test_a_draft_that_arrives_after_its_form_was_saved_does_not_keep_the_day_open(scene, signed_in):
    client = signed_in(scene.agent)
    form = _open(client, scene.first) | {"outcome": "no_answer", "words": "没人接"}
    assert client.post(reverse("followup-save", args=[scene.first.pk]), form).status_code == 302
    assert client.post(reverse("followup-draft", args=[scene.first.pk]), form).status_code == 204
    assert not Draft.objects.exists()


def test_saving_records_the_answers_and_goes_on_to_the_next(scene, signed_in):
    client = signed_in(scene.agent)
    form = _open(client, scene.first) | {
        "outcome": "completed", "q.quality": "2", "q.reception": "5", "words": "还有异响", "feedback.complaint": "on",
        "feedback.complaint.topic": "维修质量", "attitude": "neutral", "seconds": "95",
    }  # fmt: skip
    response = client.post(reverse("followup-save", args=[scene.first.pk]), form)
    assert response.status_code == 302
    assert response.url != reverse("followup", args=[scene.first.pk])
    record = Record.objects.get(followup=scene.first)
    assert (record.words, record.min_score, record.seconds) == ("还有异响", 2.0, 95)
    assert record.feedback.get().topic == "维修质量"
    assert client.post(reverse("followup-save", args=[scene.first.pk]), form).status_code == 302  # the same form again is one record
    assert Record.objects.filter(followup=scene.first).count() == 1


def test_a_missing_answer_is_told_beside_the_question_and_nothing_typed_is_lost(scene, signed_in):
    client = signed_in(scene.agent)
    form = _open(client, scene.first) | {"outcome": "completed", "words": "记下的话"}
    response = client.post(reverse("followup-save", args=[scene.first.pk]), form)
    assert response.status_code == 422
    text = response.content.decode()
    assert 'id="w-quality"' in text
    assert "记下的话" in text


def test_without_an_outcome_the_choice_says_so_and_the_page_has_its_own_address(scene, signed_in):
    client = signed_in(scene.agent)
    form = _open(client, scene.first)
    answer = client.post(reverse("followup-save", args=[scene.first.pk]), form | {"outcome": ""})
    assert "Choose an outcome, then save." in answer.content.decode()
    assert answer["HX-Replace-Url"] == reverse("followup", args=[scene.first.pk])
    opened = client.get(answer["HX-Replace-Url"])
    assert "HX-Replace-Url" not in opened.headers
    assert "Choose an outcome, then save." not in opened.content.decode()


def test_several_jobs_behind_one_contact_are_told_apart(scene, signed_in):
    client = signed_in(scene.agent)
    _open(client, scene.first)
    page = client.get(reverse("followup", args=[scene.first.pk])).content.decode()
    reasons = re.search(r'<ul class="reasons">(.*?)</ul>', page, re.DOTALL)[1]
    assert "Plate: " in reasons


def test_saving_what_is_no_longer_in_hand_keeps_the_words(scene, signed_in):
    client = signed_in(scene.agent)
    form = _open(client, scene.first) | {"outcome": "no_answer", "words": "仍在"}
    FollowUp.objects.filter(pk=scene.first.pk).update(fence=99)
    response = client.post(reverse("followup-save", args=[scene.first.pk]), form)
    assert response.status_code == 409
    assert "仍在" in response.content.decode()


@pytest.mark.parametrize("taken_away", ["handed", "withdrawn", "taken"])
@pytest.mark.parametrize("address", ["save", "draft", "questions", "call"])
def test_what_was_typed_is_never_lost_with_what_leaves_ones_hand_in_mid_call(scene, signed_in, taken_away, address):
    client, now = signed_in(scene.agent), timezone.now()
    form = _open(client, scene.first) | {"outcome": "no_answer", "words": "仍在的话"}
    match taken_away:
        case "handed":
            followups.reassign(scene.supervisor, scene.first.pk, scene.colleague.pk, now)
            words = "This follow-up has been handed to 刘芳"
        case "withdrawn":
            followups.withdraw(scene.supervisor, scene.first.pk, "重复", now)
            words = "This follow-up has been withdrawn"
        case _:
            FollowUp.objects.filter(pk=scene.first.pk).update(staff=None, claimed_by=scene.colleague, fence=99)
            words = "刘芳 has this follow-up open"
    answer = client.post(reverse(f"followup-{address}", args=[scene.first.pk]), form)
    assert answer.status_code == (200 if address == "questions" else 409)
    page = client.get(reverse("followup", args=[scene.first.pk])).content.decode()
    for said in (page,) if address == "draft" else (answer.content.decode(), page):
        assert words in said
        assert "仍在的话" in said
    assert "Take it" not in page
    listed = [line.id for group in day_of(scene.agent, scene.run.day, now, "en").groups for line in group.lines]
    assert (scene.first.pk in listed) == (taken_away == "taken")


def test_the_gates_no_names_the_rule_and_the_next_time(scene, signed_in, monkeypatch):
    def refuse(*_args, **_named):
        raise gate.ContactRefused(Refused("hours", Words("不在联络时段。", "Outside the hours."), timezone.now() + timedelta(hours=20)))

    monkeypatch.setattr(gate, "allow", refuse)
    client = signed_in(scene.agent)
    response = client.post(reverse("followup-call", args=[scene.first.pk]), _open(client, scene.first))
    assert response.status_code == 422
    assert "Outside the hours." in response.content.decode()
    assert "Contact is allowed from" in response.content.decode()


def test_leave_to_call_shows_the_number(scene, signed_in, monkeypatch):
    monkeypatch.setattr(gate, "verdict_on", lambda *_args, **_named: None)
    client = signed_in(scene.agent)
    point = scene.first.customer.contact_points.get(kind="phone")
    response = client.post(reverse("followup-call", args=[scene.first.pk]), _open(client, scene.first) | {"contact_point": str(point.pk)})
    assert response.status_code == 302
    text = client.get(response.url).content.decode()
    assert f"tel:{point.value}" in text


def test_questions_appear_after_the_answer_they_depend_on(scene, signed_in):
    lapsed = next(each for each in scene.followups if each.programme == "six-months" and each.state == "open" and each.staff_id)
    client = signed_in(scene.agent)
    form = _open(client, lapsed)
    assert "q.elsewhere" not in client.get(reverse("followup", args=[lapsed.pk])).content.decode()
    assert "q.elsewhere" in client.post(reverse("followup-questions", args=[lapsed.pk]), form | {"q.reason": "price"}).content.decode()


def test_next_takes_promises_first_and_ends_on_the_list(scene, signed_in):
    client = signed_in(scene.agent)
    FollowUp.objects.update(opens_at=timezone.now() - timedelta(minutes=1))  # at any hour of the day
    assert client.post(reverse("following")).url == reverse("followup", args=[scene.followups[1].pk])
    FollowUp.objects.update(state="done")
    assert client.post(reverse("following")).url == reverse("today")


def test_put_back_returns_it_to_the_list_with_its_draft(scene, signed_in):
    client = signed_in(scene.agent)
    client.post(reverse("followup-give-back", args=[scene.first.pk]), _open(client, scene.first) | {"words": "半句"})
    scene.first.refresh_from_db()
    assert scene.first.state == "open"
    assert Draft.objects.filter(followup=scene.first).exists()
    assert "what you typed stands there when you open it again" in client.get(reverse("today")).content.decode()


def test_put_back_says_nothing_of_a_draft_where_nothing_was_typed(scene, signed_in):
    client = signed_in(scene.agent)
    client.post(reverse("followup-give-back", args=[scene.first.pk]), _open(client, scene.first))
    assert "what you typed" not in client.get(reverse("today")).content.decode()


def test_what_was_typed_can_be_thrown_away_and_the_follow_up_is_back_on_the_list(scene, signed_in):
    client = signed_in(scene.agent)
    form = _open(client, scene.first) | {"words": "打错人了"}
    client.post(reverse("followup-draft", args=[scene.first.pk]), form)
    Draft.objects.create(followup=scene.first, staff=scene.colleague, content="{}", saved_at=timezone.now())
    client.post(reverse("followup-give-back", args=[scene.first.pk]), form | {"throw_away": "1"})
    scene.first.refresh_from_db()
    assert scene.first.state == "open"
    assert [draft.staff for draft in Draft.objects.filter(followup=scene.first)] == [scene.colleague]
    assert "what was typed is thrown away" in client.get(reverse("today")).content.decode()


@pytest.mark.parametrize("name", ["today", "followup"])
def test_the_number_of_queries_does_not_grow_with_the_list(db, signed_in, name, django_db_blocker):
    counts = []
    now = timezone.now()
    made = scenes.build(4, business_day(now), now)
    client = signed_in(made.agent)
    args = [made.first.pk] if name == "followup" else []
    client.get(reverse(name, args=args))
    for more in (0, 24):
        for place in range(4, 4 + more):
            scenes._followup(made, place, business_day(now), now)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(reverse(name, args=args)).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[0] <= (6 if name == "today" else 30)


def test_a_key_means_one_thing_and_every_outcome_has_its_number_among_those_it_stands_with(scene, signed_in):
    client = signed_in(scene.agent)
    _open(client, scene.first)
    page = client.get(reverse("followup", args=[scene.first.pk]))
    shown, work = page.content.decode(), page.context["work"]
    helped = re.findall(r"<kbd>([A-Z])</kbd>", shown[shown.index('id="keys"') :])
    assert len(helped) == len(set(helped))
    assert set(re.findall(r"<kbd>([A-Z])</kbd>", shown)) <= set(helped)
    for choices in (work.reached, work.missed):
        keys = [choice.key for choice in choices if choice.key]
        assert keys == [str(place) for place in range(1, len(choices) + 1)]
    assert {choice.code for choice in (*work.reached, *work.missed)} == {each.code for each in outcomes_for(Channel.PHONE)} - {"unknown"}


@pytest.mark.parametrize("channel", ["phone", "visit", "letter", "wecom"])
def test_the_most_frequent_outcomes_are_at_hand_beside_saving(scene, signed_in, channel):
    client = signed_in(scene.agent)
    FollowUp.objects.filter(pk=scene.first.pk).update(channel=channel)
    _open(client, scene.first)
    page = client.get(reverse("followup", args=[scene.first.pk]))
    work, foot = page.context["work"], page.content.decode().partition('class="work-foot"')[2]
    assert 1 < len(work.at_hand) <= 4
    for choice in work.at_hand:
        assert f'for="outcome-{choice.code}"' in foot
        assert f'id="outcome-{choice.code}"' in page.content.decode()
    assert set(AT_HAND) <= set(OUTCOMES)


def test_a_script_never_shows_an_empty_place():
    assert fill("{customer}您好，{unheard}", {"customer": "王丽华"}) == "王丽华您好，……"


def _bundled(scene, signed_in):
    """The first follow-up: a satisfaction call with a reminder bundled into it."""
    client = signed_in(scene.agent)
    return client, _open(client, scene.first)


def test_a_bundled_follow_up_asks_every_programmes_questions(scene, signed_in):
    client, _form = _bundled(scene, signed_in)
    text = client.get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert 'name="q.quality"' in text
    assert 'name="q.books"' in text
    assert "Reminder record" in text


def test_a_bundled_follow_up_keeps_all_answers_and_closes_every_reason(scene, signed_in):
    client, form = _bundled(scene, signed_in)
    answered = {"outcome": "completed", "q.quality": "5", "q.books": "yes", "q.day": "2026-12-20"}
    assert client.post(reverse("followup-save", args=[scene.first.pk]), form | answered).status_code == 302
    record = Record.objects.get(followup=scene.first)
    assert dict(record.answers.values_list("question", "value")) == {"quality": "5", "books": "yes", "day": "2026-12-20"}
    assert not scene.first.occurrences.filter(open=True).exists()
    assert scene.first.occurrences.count() == 2
    assert "Shall I book it for you now?" in client.get(reverse("customer", args=[scene.first.customer_id])).content.decode()


def test_the_question_behind_a_yes_appears_after_the_yes(scene, signed_in):
    client, form = _bundled(scene, signed_in)
    address = reverse("followup-questions", args=[scene.first.pk])
    assert 'name="q.day"' not in client.post(address, form | {"q.books": "no"}).content.decode()
    assert 'name="q.day"' in client.post(address, form | {"q.books": "yes"}).content.decode()


@pytest.mark.parametrize(("points", "opened"), [("5", "Satisfied"), ("1", "Dissatisfied")])
def test_the_script_opens_what_fits_the_answers(scene, signed_in, points, opened):
    client, form = _bundled(scene, signed_in)
    text = client.post(reverse("followup-questions", args=[scene.first.pk]), form | {"q.quality": points}).content.decode()
    branches = {title: bool(is_open) for is_open, title in re.findall(r'<details class="branch"( open)?><summary>([^<]+)<', text)}
    assert branches["Satisfied"] is (opened == "Satisfied")
    assert branches["Dissatisfied"] is (opened == "Dissatisfied")


@pytest.mark.parametrize(
    ("became", "said"),
    [
        ({"next_at": scenes.NOW.replace(hour=6, minute=40)}, "Saved. To be tried again at 14:40."),
        ({"next_on": "tomorrow"}, "Saved. To be tried again tomorrow"),
        ({"next_at": scenes.NOW, "message": "sms"}, "Saved. Not reached: a message goes out (SMS)."),
        ({"next_at": scenes.NOW.replace(hour=7, minute=0), "agreed": scenes.NOW.replace(hour=7, minute=0)}, "Saved. Agreed: "),
        ({"left_in_peace": "王丽华"}, "Saved. Nobody contacts 王丽华 any more."),
        ({}, "Saved."),
    ],
)
def test_saving_says_when_the_customer_is_tried_again(scene, signed_in, monkeypatch, became, said):
    client = signed_in(scene.agent)
    form = _open(client, scene.first)
    if "next_on" in became:
        became = {"next_on": business_day(timezone.now()) + timedelta(days=1)}
    monkeypatch.setattr(contact_records, "save", lambda *_: contact_records.Saved(1, "open", "retry", **became))
    page = client.post(reverse("followup-save", args=[scene.first.pk]), form | {"outcome": "no_answer", "stay": "1"}, follow=True)
    assert said in page.content.decode()


def test_a_customer_who_was_not_reached_is_tried_again(scene, signed_in):
    client = signed_in(scene.agent, "zh-hans")
    form = _open(client, scene.first)
    page = client.post(reverse("followup-save", args=[scene.first.pk]), form | {"outcome": "no_answer", "stay": "1"}, follow=True)
    assert re.search(r"已保存。 ?\S+再联络。|已保存。 \d\d:\d\d 再联络。", page.content.decode())


@pytest.mark.parametrize("quicker", [1, 5])
def test_next_goes_on_to_another_where_a_colleague_was_quicker(scene, signed_in, monkeypatch, quicker):
    claim, lost = followups.claim, []

    def claimed(staff, number, now):
        if len(lost) < quicker:
            lost.append(number)
            raise Conflict(Problem("followup.taken", Words("同事已接。", "A colleague has it."), Words("", "")))
        return claim(staff, number, now)

    monkeypatch.setattr(followups, "claim", claimed)
    FollowUp.objects.update(opens_at=timezone.now() - timedelta(minutes=1))  # at any hour of the day
    url = signed_in(scene.agent).post(reverse("following")).url
    assert url == (reverse("today") if quicker == 5 else reverse("followup", args=[scene.followups[1].pk]))


def test_a_visit_asks_the_gates_leave_too(scene, signed_in):
    FollowUp.objects.filter(pk=scene.first.pk).update(channel="visit")
    client = signed_in(scene.agent)
    _open(client, scene.first)
    assert reverse("followup-call", args=[scene.first.pk]) in client.get(reverse("followup", args=[scene.first.pk])).content.decode()


def test_what_keeps_a_record_from_being_saved_names_its_question(scene, signed_in):
    client = signed_in(scene.agent)
    form = _open(client, scene.first) | {"outcome": "completed"}
    answer = client.post(reverse("followup-save", args=[scene.first.pk]), form)
    assert answer.status_code == 422
    notice = answer.content.decode().partition('id="problems"')[2].partition("</div>")[0]
    assert "Was the work done right?" in notice


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_script_speaks_of_a_day_as_its_sentence_asks(scene, signed_in, language):
    client = signed_in(scene.agent, language)
    _open(client, scene.first)
    said = client.get(reverse("followup", args=[scene.first.pk])).context["steps"][0].say
    assert ("昨天" in said) == (language == "zh-hans")
    assert "yesterday" not in said
