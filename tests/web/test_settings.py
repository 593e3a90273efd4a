"""Settings, plan and audit trail."""

from __future__ import annotations

import html
import re
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huifang.app import business_clock
from huifang.app.records.models import Absence, AuditEntry, Branch, CalendarOverride, Job, Staff
from huifang.app.services import audit
from huifang.app.web.views import audit as audit_view
from tests.web import worked

FORM = {"code": "A77", "name": "新同事", "sign_in_name": "a77", "role": "agent", "capacity": "30", "is_active": "on"}


@pytest.fixture
def desk(scene, signed_in):
    return signed_in(scene.administrator)


def test_a_new_colleague_gets_a_password_once_and_signs_in_with_it(scene, desk):
    page = desk.post("/settings/staff/new/", FORM | {"branch": scene.here.pk}).content.decode()
    password = re.search(r'class="secret">([^<]+)<', page)[1]
    added = Staff.objects.get(code="A77")
    assert added.must_change_password
    assert added.check_password(password)
    assert password not in desk.get(f"/settings/staff/{added.pk}/").content.decode()
    client = Client()
    assert client.post("/sign-in/", {"username": "a77", "password": password}).status_code == 302


def test_somebody_without_a_sign_in_name_gets_no_password(desk):
    assert desk.post("/settings/staff/new/", FORM | {"sign_in_name": "", "role": "none"}).status_code == 302
    assert not Staff.objects.get(code="A77").has_usable_password()


def test_a_code_that_is_taken_is_told(desk):
    assert desk.post("/settings/staff/new/", FORM | {"code": "A01"}).status_code == 422


def test_a_department_is_written_renamed_and_joined(scene, desk):
    assert "No departments yet" in desk.get("/settings/departments/").content.decode()
    assert desk.post("/settings/staff/new/", FORM | {"branch": scene.here.pk, "department": "售后部"}).status_code == 200
    Staff.objects.filter(pk=scene.colleague.pk).update(department="客服")
    Staff.objects.filter(pk=scene.manager.pk).update(branch=None, department="客服")
    page = desk.get("/settings/departments/").content.decode()
    assert page.index("售后部") < page.index("新同事")
    assert 'value="售后部"' in desk.get(f"/settings/staff/{scene.agent.pk}/").content.decode(), "offered for others"
    asked = {"branch": scene.here.code, "name": "客服", "new": " 售后部 "}
    answer = desk.post("/settings/departments/", asked, follow=True).content.decode()
    assert "1 person is in it." in answer
    assert Staff.objects.filter(branch=scene.here, department="售后部").count() == 2, "two that are called alike are one"
    assert Staff.objects.get(pk=scene.manager.pk).department == "客服", "another branch's keeps its name"
    assert AuditEntry.objects.filter(action="department.renamed").exists()


@pytest.mark.parametrize(("name", "new"), [("客服", " "), ("客服", "部" * 61), ("没有", "售后部"), ("", "售后部")])
def test_a_department_is_not_renamed_to_nothing_or_from_nowhere(scene, desk, name, new):
    Staff.objects.filter(pk=scene.colleague.pk).update(department="客服")
    assert desk.post("/settings/departments/", {"branch": scene.here.code, "name": name, "new": new}).status_code == 422
    assert not Staff.objects.filter(department="售后部").exists()


def test_role_and_branch_are_changed_and_noted(scene, desk):
    who = scene.colleague
    given = {
        "code": who.code,
        "name": who.name,
        "sign_in_name": "a02",
        "role": "supervisor",
        "branch": scene.there.pk,
        "capacity": "10",
        "is_active": "on",
    }
    assert desk.post(f"/settings/staff/{who.pk}/", given).status_code == 302
    who.refresh_from_db()
    assert (who.role, who.branch, who.capacity) == ("supervisor", scene.there, 10)
    assert AuditEntry.objects.filter(action="staff.changed").exists()


def test_the_last_administrator_stays(scene, desk):
    me = scene.administrator
    answer = desk.post(
        f"/settings/staff/{me.pk}/",
        {"code": me.code, "name": me.name, "sign_in_name": "x01", "role": "agent", "capacity": "1", "is_active": "on"},
    )
    assert answer.status_code == 422
    me.refresh_from_db()
    assert me.role == "administrator"


def test_a_password_that_is_reset_is_shown_once(scene, desk):
    page = desk.post(f"/settings/staff/{scene.colleague.pk}/password/").content.decode()
    scene.colleague.refresh_from_db()
    assert scene.colleague.check_password(re.search(r'class="secret">([^<]+)<', page)[1])
    assert scene.colleague.must_change_password


def test_branches_are_added_and_a_zone_that_is_none_is_refused(desk):
    given = {"code": "FT", "name": "福田店", "time_zone": "Asia/Urumqi", "calendar": "CN", "active": "on"}
    assert desk.post("/settings/branches/", given).status_code == 302
    assert desk.post("/settings/branches/", given | {"code": "BA", "time_zone": "Mars/Base"}).status_code == 422
    branch = Branch.objects.get(code="FT")
    assert desk.post(f"/settings/branches/{branch.pk}/", given | {"name": "福田旗舰店"}).status_code == 302
    assert Branch.objects.get(code="FT").name == "福田旗舰店"


def test_absences_with_a_substitute(scene, desk):
    given = {
        "person": scene.agent.pk,
        "first_day": "2099-01-05",
        "last_day": "2099-01-09",
        "substitute": scene.colleague.pk,
        "reason": "年假",
    }
    assert desk.post("/settings/absences/", given).status_code == 302
    assert scene.colleague.name in desk.get("/settings/absences/").content.decode()
    assert desk.post("/settings/absences/", given | {"last_day": "2099-01-01"}).status_code == 422
    assert desk.post("/settings/absences/", given | {"substitute": scene.agent.pk}).status_code == 422
    desk.post(f"/settings/absences/{Absence.objects.get().pk}/remove/")
    assert not Absence.objects.exists()


@pytest.mark.parametrize(("month", "warned"), [(10, False), (11, True)])
def test_from_november_on_it_is_said_that_next_year_is_not_final(desk, monkeypatch, month, warned):
    moment = datetime.fromisoformat(f"2026-{month}-05T02:00:00+00:00")
    monkeypatch.setattr(business_clock, "now", lambda: moment)
    assert ("2027 are not final" in desk.get("/settings/calendar/").content.decode()) is warned


def test_days_of_ones_own(desk):
    desk.post("/settings/calendar/", {"day": "2099-05-09", "working": "yes", "calendar": "CN", "label": "补班"})
    row = CalendarOverride.objects.get()
    assert row.working
    assert "补班" in desk.get("/settings/calendar/").content.decode()
    desk.post(f"/settings/calendar/{row.pk}/clear/")
    assert not CalendarOverride.objects.exists()


def test_the_trail_is_listed_filtered_and_checked(scene, desk):
    audit.write(scene.manager, "plan.asked", "job:1", day="2026-11-20")
    audit.write(None, "demo.loaded")
    assert "plan.asked" in desk.get(f"/audit/?action=plan.asked&by={scene.manager.pk}").content.decode()
    told = desk.get("/audit/?action=plan").content.decode()
    assert "job:1" in told and "demo.loaded" not in told
    assert "Every action" in told
    assert "The chain is whole" in desk.get("/audit/?check=1").content.decode()
    AuditEntry.objects.filter(action="plan.asked").update(subject="job:2")
    assert "tampered" in desk.get("/audit/?check=1").content.decode()


def test_the_trail_is_read_to_its_beginning_at_the_same_cost(desk, monkeypatch):
    monkeypatch.setattr(audit_view, "PAGE", 4)
    for number in range(9):
        audit.write(None, "demo.loaded", f"part:{number}")
    seen, address, costs = [], "/audit/?action=demo", []
    while address:
        with CaptureQueriesContext(connection) as caught:
            page = desk.get(address).content.decode()
        costs.append(len(caught))
        seen += re.findall(r"part:\d", page)
        more = re.search(r'href="(\?[^"]*before=\d+)" rel="next"', page)
        address = f"/audit/{html.unescape(more[1])}" if more else ""
        assert ("To the beginning" in page) == (len(costs) > 1)
    assert seen == [f"part:{number}" for number in reversed(range(9))]
    assert len({*costs[1:]}) == 1


def test_planning_is_asked_for_once(scene, signed_in):
    client = signed_in(scene.supervisor)
    assert client.post("/plan/start/").status_code == 302
    assert client.post("/plan/start/").status_code == 409
    assert Job.objects.filter(kind="plan").count() == 1
    assert "every 3s" in client.get("/plan/").content.decode()


def test_decisions_are_counted_filtered_and_said_in_words(scene, signed_in):
    worked.kept_back(scene, scene.first.customer, "suppressed", "suppressed.no-consent")
    client = signed_in(scene.supervisor)
    page = client.get(f"/plan/?day={scene.run.day}&decision=suppressed&programme=insurance-due").content.decode()
    assert "No consent to marketing" in page
    assert scene.first.customer.name in page
    assert "No decisions on this day" in client.get("/plan/?day=2020-01-01").content.decode()
