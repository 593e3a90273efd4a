"""The page of absences: noted, handed over, given back, on paper."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from huifang.app.business_time import business_day
from huifang.app.records.models import Absence, FollowUp, HandedItem, Occurrence, Promise
from tests.web.conftest import SignIn
from tests.web.scene import Scene


@pytest.fixture
def away(scene: Scene) -> Absence:
    today = business_day(timezone.now())
    occurrence = Occurrence.objects.filter(followup=scene.followups[2]).get()
    FollowUp.objects.filter(pk=scene.followups[2].pk).update(promised=True)
    opens = timezone.now() + timedelta(minutes=1)
    Promise.objects.create(
        customer=occurrence.customer, occurrence=occurrence, staff=scene.agent, day=today, opens_at=opens, closes_at=opens, made_at=opens
    )
    return Absence.objects.create(staff=scene.agent, first_day=today, last_day=today, substitute=scene.colleague, reason="年假")


def test_an_absence_is_noted_and_leads_to_its_hand_over(scene: Scene, signed_in: SignIn) -> None:
    client, today = signed_in(scene.supervisor), business_day(timezone.now())
    assert b"Nobody is away" in client.get("/absences/").content
    given = {"person": scene.agent.pk, "first_day": today, "last_day": today - timedelta(days=1), "substitute": scene.colleague.pk}
    assert client.post("/absences/new/", given).status_code == 422
    assert client.post("/absences/new/", given | {"person": scene.stranger.pk}).status_code == 422
    made = client.post("/absences/new/", given | {"last_day": today})
    assert made["Location"] == f"/absences/{Absence.objects.get().pk}/"
    assert b"Not handed over" in client.get("/absences/").content


def test_the_work_goes_where_it_is_sent_and_says_so_on_the_list(scene: Scene, away: Absence, signed_in: SignIn) -> None:
    client = signed_in(scene.supervisor)
    page = f"/absences/{away.pk}/"
    text = client.get(page).content.decode()
    assert text.index("Appointment") < text.index("Follow-up")
    names = [part.split('"')[0] for part in text.split('name="to.')[1:]]
    refused = client.post(f"{page}hand-over/", {f"to.{name}": scene.colleague.pk for name in names if "promise" not in name})
    assert refused.status_code == 422
    assert "Appointments without anybody" in refused.content.decode()
    assert client.post(f"{page}hand-over/", {f"to.{name}": scene.colleague.pk for name in names} | {"to.x": "y"}).status_code == 302
    assert HandedItem.objects.count() == len(names)
    after = client.get(page).content.decode()
    assert "Nothing is open" in after
    assert "handed over; the colleagues have been told" in after
    assert b"handed over" in client.get("/absences/").content
    colleague = signed_in(scene.colleague)
    assert scene.agent.name in colleague.get("/today/").content.decode()
    assert f'href="{page}"' not in colleague.get("/notices/").content.decode()  # a page that is not theirs
    assert "工作交接单" in signed_in(scene.supervisor, "zh-hans").get(f"{page}sheet/").content.decode()
    assert client.post(f"{page}give-back/").status_code == 302
    assert "came back" in signed_in(scene.supervisor).get(page).content.decode()


def test_somebody_elses_absence_is_not_there(scene: Scene, away: Absence, signed_in: SignIn) -> None:
    strange = Absence.objects.create(staff=scene.stranger, first_day=away.first_day, last_day=away.last_day)
    client = signed_in(scene.supervisor)
    assert client.get(f"/absences/{strange.pk}/").status_code == 404
    Absence.objects.filter(pk=away.pk).update(last_day=away.last_day - timedelta(days=2), first_day=away.first_day - timedelta(days=2))
    assert b"Back" in client.get("/absences/").content
    assert "尚未交接" in signed_in(scene.supervisor, "zh-hans").get(f"/absences/{away.pk}/sheet/").content.decode()
