"""The week's schedule on screen and on paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from huifang.app.business_time import business_day
from huifang.app.records.models import Absence, ScheduledContact, WeekSchedule
from huifang.domain.week_schedule import week_after
from tests.web.conftest import SignIn
from tests.web.scene import NOW, Scene

DAY = timedelta(days=1)


@pytest.fixture
def week(scene: Scene) -> WeekSchedule:
    from django.utils import timezone

    first = week_after(business_day(timezone.now()))
    made = WeekSchedule.objects.create(branch=scene.here, first_day=first, state="draft", asked_by=scene.supervisor, asked_at=NOW)
    also = [["repair-shop", "service-due", "1"]]
    for place, followup in enumerate(scene.followups[:6]):
        ScheduledContact.objects.create(
            schedule=made, customer=followup.customer, playbook="repair-shop", programme=followup.programme, cause=str(place),
            because=followup.because, channel="phone", promised=place == 5, due=first - DAY, deadline=first,
            expires=first + 6 * DAY, day=first,
            staff=scene.agent, proposed_day=first, proposed_staff=scene.agent, bundled=[] if place else also,
        )  # fmt: skip
    return made


def test_a_week_without_a_schedule_can_be_asked_for(scene: Scene, signed_in: SignIn) -> None:
    client = signed_in(scene.supervisor)
    assert b"No schedule for this week yet" in client.get("/schedule/").content
    made = client.post("/schedule/propose/", {"branch": scene.here.pk, "week": "never"})
    found = WeekSchedule.objects.get()
    assert made["Location"] == reverse("schedule-one", args=[found.pk])
    assert b"The week is being proposed" in client.get(made["Location"]).content
    WeekSchedule.objects.update(state="failed", error="日历没有 2028 年。")
    assert "日历没有 2028 年。".encode() in client.get(made["Location"]).content
    assert b"This week was not scheduled" in client.get("/schedule/?week=2020-01-01").content
    assert client.post("/schedule/propose/", {"branch": "x", "week": "2020-01-01"}).status_code == 409


def test_the_board_shows_people_days_and_the_contacts_of_a_cell(scene: Scene, week: WeekSchedule, signed_in: SignIn) -> None:
    Absence.objects.create(staff=scene.colleague, first_day=week.first_day, last_day=week.first_day)
    scene.agent.capacity = 4
    scene.agent.save()
    client = signed_in(scene.supervisor)
    text = client.get("/schedule/").content.decode()
    assert "1 cell over capacity" in text
    assert "+ 3" in text
    assert "Away" in text
    cell = f"{scene.agent.pk}_{week.first_day}"
    opened = client.get(f"/schedule/{week.pk}/?cell={cell}").content.decode()
    assert "Over capacity" in opened
    assert "+ 1" in opened
    assert 'id="opened"' in opened
    assert 'id="opened"' not in client.get(f"/schedule/{week.pk}/?cell=9_9").content.decode()
    assert 'id="opened"' not in client.get(f"/schedule/{week.pk}/?cell=99999_{week.first_day}").content.decode()
    assert client.get("/schedule/99999/").status_code == 404


def test_moving_needs_no_script_and_the_open_cell_stays_open(scene: Scene, week: WeekSchedule, signed_in: SignIn) -> None:
    client = signed_in(scene.supervisor)
    one = week.contacts.order_by("pk")[0]
    cell = f"{scene.agent.pk}_{week.first_day}"
    to = {"contact": [one.pk, "x"], "staff": scene.colleague.pk, "day": str(week.first_day + DAY), "cell": cell}
    moved = client.post(f"/schedule/{week.pk}/move/", to)
    assert moved["Location"].endswith(f"?cell={cell}")
    one.refresh_from_db()
    assert (one.staff, one.day) == (scene.colleague, week.first_day + DAY)
    assert b"1 moved to" in client.get(moved["Location"]).content
    assert client.post(f"/schedule/{week.pk}/move/", to | {"cell": "?"})["Location"] == f"/schedule/{week.pk}/"
    refused = client.post(f"/schedule/{week.pk}/move/", to | {"day": "gone"})
    assert refused.status_code == 422
    toast = client.post(f"/schedule/{week.pk}/move/", to | {"staff": ""}, headers={"HX-Request": "true"})
    assert toast.status_code == 422
    assert b"toast" in toast.content


def test_it_is_submitted_returned_approved_and_taken_back(scene: Scene, week: WeekSchedule, signed_in: SignIn) -> None:
    supervisor, manager = signed_in(scene.supervisor), signed_in(scene.manager)
    page = f"/schedule/{week.pk}/"
    supervisor.post(f"{page}submit/")
    assert b"Return" not in supervisor.get(page).content
    assert b"Approve" in manager.get(page).content
    manager.post(f"{page}decide/", {"decision": "return", "remark": "周一太满"})
    assert "周一太满" in supervisor.get(page).content.decode()
    supervisor.post(f"{page}submit/")
    manager.post(f"{page}decide/", {"decision": "approve"})
    said = manager.get(page).content.decode()
    assert "plans follow it" in said
    assert "Move what is chosen" not in said
    assert f"/schedule/{week.pk}/" in manager.get("/notices/").content.decode() + supervisor.get("/notices/").content.decode()
    manager.post(f"{page}take-back/", {"why": "有人请假"})
    week.refresh_from_db()
    assert week.state == "draft"


def test_on_paper_it_has_lines_to_sign(scene: Scene, week: WeekSchedule, signed_in: SignIn) -> None:
    client = signed_in(scene.supervisor, "zh-hans")
    text = client.get(f"/schedule/{week.pk}/sheet/").content.decode()
    assert "排期表" in text
    assert "审批" in text
    assert scene.first.customer.name in text
    week.contacts.all().delete()
    assert "本周没有安排" in client.get(f"/schedule/{week.pk}/sheet/").content.decode()


def test_who_has_no_branch_is_told_so(scene: Scene, signed_in: SignIn) -> None:
    scene.supervisor.branch = None
    scene.supervisor.save()
    assert b"No branch of yours" in signed_in(scene.supervisor).get("/schedule/").content
