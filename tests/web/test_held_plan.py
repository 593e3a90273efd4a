"""A morning's plan that would contact nearly everybody is not made until somebody with the right to says the number."""

from __future__ import annotations

import uuid
from datetime import time, timedelta

import pytest

from huifang.app import business_clock
from huifang.app.business_time import business_day, business_moment
from huifang.app.jobs import worker
from huifang.app.queries.playbooks import in_force
from huifang.app.records.models import Attempt, AuditEntry, ContactPoint, Customer, FollowUp, Job, Notice, PlanRun
from huifang.app.services import background, playbooks
from huifang.app.services.held_plans import held
from huifang.app.services.planning import plan_day
from huifang.cli import main
from huifang.domain.errors import Conflict, NotAllowed
from huifang.domain.everyone import EveryoneContacted
from tests.web.test_activation import EVERYBODY


def people(first: int, last: int) -> None:
    for number in range(first, last):
        customer = Customer.objects.create(code=f"all-{number}", name=f"客户{number}")
        ContactPoint.objects.create(customer=customer, kind="phone", value=f"+861390000{number:04}", value_index=str(number), mobile=True)


@pytest.fixture
def everybody(scene) -> PlanRun:
    """A playbook that contacts everybody is in force without a number; the scene's own plan is of another day."""
    PlanRun.objects.all().update(day=scene.run.day - timedelta(days=400))
    Customer.objects.exclude(followups=None).update(status="closed")
    people(0, 30)
    now = business_clock.now()
    playbooks.activate(None, playbooks.add_version(None, EVERYBODY, "everybody.yaml", now), now)
    Job.objects.all().delete()
    Notice.objects.all().delete()
    return plan_day(business_day(now), now)


def today() -> FollowUp:
    return FollowUp.objects.filter(programme="all")


def test_nothing_is_made_and_the_managers_are_told_the_number(scene, everybody):
    assert (everybody.state, everybody.counts["wanted"]) == ("held", 30)
    assert not today().exists()
    notice = Notice.objects.get(to=scene.manager)
    assert f"30 of {everybody.counts['of']} customers" in notice.words["en"]
    assert notice.subject == "plan"
    assert AuditEntry.objects.filter(action="plan.held").count() == 1
    plan_day(everybody.day, business_clock.now())
    assert Notice.objects.filter(to=scene.manager).count() == 1


def test_the_page_asks_for_the_number_and_takes_only_the_right_one(scene, signed_in, everybody):
    client = signed_in(scene.manager, "zh-hans")
    assert "今天的计划等待确认人数" in client.get("/plan/").content.decode()
    wrong = client.post("/plan/confirm/", {"confirmed": "29"}, follow=True).content.decode()
    assert "请确认人数 30" in wrong
    assert "“29”不是上面的人数" in wrong
    for typed in ("all of them", "", "<b>"):
        answer = client.post("/plan/confirm/", {"confirmed": typed})
        assert (answer.status_code, "<b>”" in answer.content.decode()) == (422, False)
    assert not Job.objects.filter(kind="plan").exists()
    client.post("/plan/confirm/", {"confirmed": "30"})
    while worker.once(business_clock.now()):
        pass
    assert today().count() == 30
    assert held(everybody.day) is None
    assert "等待确认" not in client.get("/plan/").content.decode()


def test_what_was_confirmed_holds_for_the_day_and_no_further(scene, everybody):
    now = business_clock.now()
    assert plan_day(everybody.day, now, confirmed=30).state == "done"
    assert plan_day(everybody.day, now).state == "done"
    people(30, 33)
    again = plan_day(everybody.day, now)
    assert (again.state, again.counts["wanted"], today().count()) == ("held", 33, 30)
    assert plan_day(everybody.day, now, confirmed=40).state == "done"


def test_a_number_confirmed_with_the_playbook_holds_for_its_mornings(scene, everybody):
    now = business_clock.now()
    version = in_force()[-1].version
    playbooks.activate(None, version, now, 30)
    assert plan_day(everybody.day, now).state == "done"


def test_who_may_not_put_playbooks_in_force_may_not_confirm(scene, signed_in, everybody):
    client = signed_in(scene.supervisor)
    assert "A manager confirms it here." in client.get("/plan/").content.decode()
    with pytest.raises(NotAllowed):
        background.confirm_plan(scene.supervisor, everybody.day, 30, business_clock.now())


def test_where_nothing_is_held_there_is_nothing_to_confirm(scene):
    with pytest.raises(Conflict, match="does not wait"):
        background.confirm_plan(scene.manager, scene.run.day, 30, business_clock.now())


def test_lists_say_why_they_are_empty(scene, signed_in, everybody):
    FollowUp.objects.all().delete()
    assert "a manager confirms the number" in signed_in(scene.supervisor).get("/day/").content.decode()
    assert "a manager confirms it first" in signed_in(scene.agent).get("/today/").content.decode()


def test_the_command_says_the_number_and_takes_it(scene, everybody, capsys, monkeypatch):
    monkeypatch.setattr("huifang.app.commands.morning.start", lambda: None)
    assert main(["morning", "--language", "en"]) == 2
    assert "confirm the number 30" in capsys.readouterr().err
    assert main(["morning", "--confirm", "30", "--language", "en"]) == 0
    assert "30 follow-ups" in capsys.readouterr().out


def test_on_a_day_without_work_the_next_one_counts(scene, everybody):
    text = EVERYBODY.replace("{days: every}", "{days: [mon]}")
    now = business_clock.now()
    saturday = business_day(now) + timedelta(days=(5 - business_day(now).weekday()) % 7)
    playbooks.activate(None, playbooks.add_version(None, text, "everybody.yaml", now), now)
    run = plan_day(saturday, now)
    assert (run.state, run.counts["wanted"], run.counts["on"]) == ("held", 30, (saturday + timedelta(days=2)).isoformat())
    assert isinstance(held(saturday), EveryoneContacted)


def test_who_must_not_be_contacted_on_the_next_day_either_does_not_count(scene, everybody):
    """Most have been called on Friday: on Monday the gap holds them back, so the plan of Saturday needs nobody's word."""
    now = business_clock.now()
    saturday = business_day(now) + timedelta(days=(5 - business_day(now).weekday()) % 7)
    text = EVERYBODY.replace("{days: every}", "{days: [mon]}").replace(
        "programmes:", "limits: {gap: 14 days, gap purposes: [service, relationship, marketing]}\nprogrammes:", 1
    )
    playbooks.activate(None, playbooks.add_version(None, text, "everybody.yaml", now), now)
    friday = saturday - timedelta(days=1)
    for customer in Customer.objects.filter(code__startswith="all-").order_by("pk")[5:]:
        Attempt.objects.create(
            ticket=uuid.uuid4(), key=f"friday-{customer.pk}", customer=customer, channel="phone", purpose="service", programme="all",
            state=Attempt.State.ENDED, at=business_moment(friday, time(10)), day=friday, local_day=friday, reached=True, counted=True,
        )  # fmt: skip
    assert plan_day(saturday, now).state == "done"
