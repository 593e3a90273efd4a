"""An export of many rows needs a second person: one asks, another allows, and the link works once and not for long."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from huifang.app.access import exports_for
from huifang.app.records.models import AuditEntry, Branch, ExportRequest, Notice, Staff
from huifang.app.services import export_requests as service
from huifang.app.services import exports
from huifang.domain.errors import Conflict, Invalid, NotAllowed

PLACE = "/registers/repair-shop/daily-satisfaction/"


@pytest.fixture(autouse=True)
def _few_rows_are_many(monkeypatch):
    monkeypatch.setattr(exports, "ALONE", 3)
    monkeypatch.setattr(service, "ALONE", 3)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def far(scene):
    """A manager of another branch only."""
    return Staff.objects.create(code="M09", name="外店经理", role="manager", branch=scene.there)


def wanted(scene, branch=None, form="xlsx"):
    return service.Wanted("repair-shop", "daily-satisfaction", scene.run.day, scene.run.day, branch, form)


def asked(scene, now):
    return service.ask(scene.supervisor, wanted(scene), 1200, now)


def told():
    return list(AuditEntry.objects.filter(action__startswith="export.").order_by("number").values_list("action", "by__code"))


def test_asking_allowing_and_taking_on_the_pages(scene, signed_in):
    url = f"{PLACE}?day={scene.run.day}"
    agent = signed_in(scene.supervisor)
    assert agent.get(f"{PLACE}file.xlsx?day={scene.run.day}").status_code == 403
    assert b"Ask for this file" in agent.get(url).content
    answer = agent.post(f"{PLACE}ask.xlsx?day={scene.run.day}", follow=True)
    assert b"Waiting for a second person" in answer.content
    assert agent.post(f"{PLACE}ask.doc?day={scene.run.day}").status_code == 404
    request = ExportRequest.objects.get()
    assert request.rows > 3
    page = signed_in(scene.manager).get("/exports/").content.decode()
    assert scene.supervisor.name in page
    assert "Waiting for your word" in page
    assert signed_in(scene.manager).post(f"/exports/{request.pk}/decide/").status_code == 400
    assert signed_in(scene.manager).post(f"/exports/{request.pk}/decide/", {"allowed": "yes"}).status_code == 302
    again = signed_in(scene.manager).post(f"/exports/{request.pk}/decide/", {"allowed": "no"}, follow=True)
    assert b"was decided" in again.content
    request.refresh_from_db()
    link = f"/exports/{request.pk}/{request.token}/"
    page = agent.get(url).content.decode()
    assert link in page
    assert "until tomorrow" in page.lower()
    assert link in agent.get("/exports/").content.decode()
    assert agent.get(link).status_code == 405
    file = agent.post(link)
    assert CalamineWorkbook.from_filelike(io.BytesIO(file.content)).get_sheet_by_index(0).to_python()[0][0]
    spent = agent.post(link, follow=True)
    assert b"past its time" in spent.content
    assert "attachment" not in spent.headers.get("Content-Disposition", "")
    assert b"Taken out" in agent.get("/exports/").content
    assert told() == [("export.asked", "S01"), ("export.allowed", "M01"), ("export.taken", "S01")]
    assert sorted(Notice.objects.filter(subject=f"export:{request.pk}").values_list("to__code", flat=True)) == ["M01", "M01", "S01", "X01"]


def test_few_rows_are_taken_out_at_once(scene, signed_in, monkeypatch):
    monkeypatch.setattr(service, "ALONE", 1000)
    monkeypatch.setattr(exports, "ALONE", 1000)
    client = signed_in(scene.supervisor)
    assert client.get(f"{PLACE}file.xlsx?day={scene.run.day}").status_code == 200
    assert b"Ask for this file" not in client.get(f"{PLACE}?day={scene.run.day}").content
    assert b"Download the file" in client.post(f"{PLACE}ask.xlsx?day={scene.run.day}", follow=True).content
    with pytest.raises(Invalid):
        service.ask(scene.supervisor, wanted(scene), 1000, timezone.now())


def test_asking_again_is_the_same_request(scene, now):
    assert asked(scene, now) == asked(scene, now)
    assert asked(scene, now) != asked(scene, now + service.WAITS)
    assert service.ask(scene.supervisor, wanted(scene, form="pdf"), 1200, now).form == "pdf"


def test_nobody_allows_their_own_request(scene, now):
    request = service.ask(scene.manager, wanted(scene), 1200, now)
    before = list(ExportRequest.objects.values())
    with pytest.raises(NotAllowed, match="own"):
        service.decide(scene.manager, request.pk, now, allowed=True)
    with pytest.raises(NotAllowed):
        service.decide(scene.supervisor, request.pk, now, allowed=True)
    assert list(ExportRequest.objects.values()) == before
    assert told() == [("export.asked", "M01")]
    assert service.decide(scene.administrator, request.pk, now, allowed=False).state == "refused"
    with pytest.raises(NotAllowed):
        service.find(scene.manager, request.pk, "", now)


def test_a_foreign_branch_neither_sees_nor_decides_it(scene, far, now, signed_in):
    request = asked(scene, now)
    assert not exports_for(far).exists()
    assert scene.supervisor.name not in signed_in(far).get("/exports/").content.decode()
    assert signed_in(far).post(f"/exports/{request.pk}/decide/", {"allowed": "yes"}).status_code == 403
    assert not Notice.objects.filter(to=far).exists()
    with pytest.raises(NotAllowed):
        service.ask(far, wanted(scene, scene.here), 1200, now)
    everything = service.ask(scene.manager, wanted(scene), 1200, now)
    assert not exports_for(far).filter(pk=everything.pk).exists()
    mine = service.ask(far, wanted(scene, scene.there), 1200, now)
    assert list(exports_for(far)) == [mine]
    request.refresh_from_db()
    assert request.state == "waiting"


def test_a_manager_of_the_branch_alone_decides_what_lies_in_it(scene, now):
    near = Staff.objects.create(code="M02", name="本店经理", role="manager", branch=scene.here)
    request = asked(scene, now)
    assert Notice.objects.filter(to=near).exists()
    assert service.decide(near, request.pk, now, allowed=True).decided_by == near


def test_the_link_works_once_for_the_asker_and_for_a_day(scene, now):
    request = asked(scene, now)
    with pytest.raises(NotAllowed):
        service.find(scene.supervisor, request.pk, "", now)
    allowed = service.decide(scene.manager, request.pk, now, allowed=True)
    assert allowed.until - now == timedelta(hours=24)
    assert len(allowed.token) >= 32
    for person, token in ((scene.manager, allowed.token), (scene.supervisor, "wrong")):
        with pytest.raises(NotAllowed):
            service.find(person, request.pk, token, now)
    with pytest.raises(Conflict):
        service.find(scene.supervisor, request.pk, allowed.token, now + service.OPEN)
    found = service.find(scene.supervisor, request.pk, allowed.token, now + timedelta(hours=23))
    service.take(scene.supervisor, found, 1200, now)
    with pytest.raises(Conflict):
        service.take(scene.supervisor, found, 1200, now)
    with pytest.raises(Conflict):
        service.find(scene.supervisor, request.pk, allowed.token, now)
    assert [action for action, _ in told()] == ["export.asked", "export.allowed", "export.taken"]


def test_what_waits_too_long_is_past(scene, now, signed_in):
    request = service.ask(scene.supervisor, wanted(scene), 1200, now - service.WAITS)
    with pytest.raises(Conflict):
        service.decide(scene.manager, request.pk, now, allowed=True)
    assert b"Past its time" in signed_in(scene.supervisor).get("/exports/").content
    assert b"Nothing waits for you" in signed_in(scene.manager).get("/exports/").content


def test_branches_gained_since_need_a_new_request(scene, now):
    request = service.decide(scene.manager, asked(scene, now).pk, now, allowed=True)
    scene.supervisor.scope.add(Branch.objects.create(code="new", name="新店"))
    with pytest.raises(Conflict, match="branches"):
        service.find(scene.supervisor, request.pk, request.token, now)


def test_what_was_allowed_stays_allowed_when_the_second_person_is_gone(scene, now):
    near = Staff.objects.create(code="M02", name="本店经理", role="manager", branch=scene.here)
    request = service.decide(near, asked(scene, now).pk, now, allowed=True)
    assert str(request) == "repair-shop/daily-satisfaction allowed"
    ExportRequest.objects.filter(pk=request.pk).update(decided_by=None)
    found = service.find(scene.supervisor, request.pk, request.token, now)
    service.take(scene.supervisor, found, 1200, now)
    assert told()[-1] == ("export.taken", "S01")


def test_a_request_of_a_playbook_that_is_gone_is_still_shown(scene, signed_in, now):
    one = asked(scene, now)
    ExportRequest.objects.filter(pk=one.pk).update(playbook="gone")
    assert "daily-satisfaction" in signed_in(scene.supervisor).get("/exports/").content.decode()
