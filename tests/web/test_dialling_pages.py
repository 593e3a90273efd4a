"""The dialler's pages: hand over, take the file, bring the results, see what is wrong, take rows back."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client

from huifang.app import business_clock
from huifang.app.records.models import ChannelSetting, DiallingList, DiallingResults, FollowUp, Notice, Record
from huifang.app.services import dialling_lists
from tests.app.cast import NOW, Cast, enter, planned
from tests.app.dialler import by_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    cast = enter()
    for who in cast.customers:
        planned(cast, who, cast.chen)
    return cast


@pytest.fixture
def tao(cast: Cast, signed_in) -> Client:
    return signed_in(cast.tao)


def upload(client: Client, text: str) -> str:
    file = BytesIO(text.encode())
    file.name = "results.csv"
    return client.post("/dialler/results/", {"file": file}).headers["Location"]


def test_without_a_dialler_the_page_says_who_sets_one_up(cast, tao, signed_in):
    page = tao.get("/dialler/").content.decode()
    assert "No dialler is set up" in page
    assert "An administrator sets a dialler up" in page
    assert "Hand over now" not in page
    answer = tao.post("/dialler/hand-over/", follow=True).content.decode()
    assert "No dialler is set up" in answer


def test_a_supervisor_hands_over_takes_the_file_and_brings_the_results(cast, tao):
    by_file()
    page = tao.get("/dialler/").content.decode()
    assert "<b>3</b> calls of today are free" in page
    assert "No list yet" in page
    where = tao.post("/dialler/hand-over/", {"staff": str(cast.chen.pk)}).headers["Location"]
    page = tao.get(where).content.decode()
    assert "雷华" in page and "138****0001" in page
    assert "13800000001" not in page
    file = tao.post(f"{where}file.csv")
    assert file.headers["Content-Disposition"] == f'attachment; filename="dialling-2026-11-20-{DiallingList.objects.get().pk}.csv"'
    assert file.headers["Cache-Control"] == "no-store"
    assert b"13800000001" in file.content
    assert tao.post(f"{where}file.xlsx").content.startswith(b"PK")
    assert tao.post(f"{where}file.exe").status_code == 404
    assert tao.get(f"{where}file.csv").status_code == 405
    assert "Taken first at 10:00" in tao.get(where).content.decode()
    one, two, three = DiallingList.objects.get().rows.order_by("pk").values_list("key", flat=True)
    results = upload(tao, f"key,outcome,began,seconds\n{one},SALE,2026-11-20 10:01,30\n{two},??,2026-11-20 10:01,\n")
    page = tao.get(results).content.decode()
    assert "Take 1 result" in page and "“??” is not known" in page and "Nothing has been taken yet" in page
    assert not Record.objects.exists()
    answer = tao.post(f"{results}take/", follow=True).content.decode()
    assert "1 taken, 0 known before, 1 not taken." in answer
    assert "Taken at 10:00." in answer
    page = tao.get(where).content.decode()
    assert "Completed" in page and "Result taken" in page
    again = upload(tao, f"key,outcome,began,seconds\n{one},SALE,2026-11-20 10:01,30\n")
    assert "There is nothing new to take" in tao.get(again).content.decode()
    late = upload(tao, f"key,outcome,began,seconds,recording\n{one},SALE,2026-11-20 10:01,30,https://pbx.example/1\n")
    assert "bring a recording" in tao.get(late).content.decode()
    tao.post(f"{late}take/")
    assert "Recording" in tao.get(where).content.decode()
    answer = tao.post(f"{where}take-back/", {"key": [str(three), "no key"]}, follow=True).content.decode()
    assert "1 follow-up is on the list again." in answer
    assert "Choose the rows" in tao.post(f"{where}take-back/", {"key": "no key"}, follow=True).content.decode()
    assert "1 follow-up is on the list again." in tao.post(f"{where}take-back/", {"all": "yes"}, follow=True).content.decode()
    lists = tao.get("/dialler/").content.decode()
    assert "陶主管" in lists


def test_a_list_past_its_time_says_what_is_to_be_done_and_its_notice_is_read(cast, tao, monkeypatch):
    by_file()
    made = dialling_lists.hand_over(cast.tao, NOW)
    later = NOW + 2 * (made.until - NOW)
    dialling_lists.end(later)
    monkeypatch.setattr(business_clock, "now", lambda: later)
    page = tao.get(f"/dialler/{made.pk}/").content.decode()
    assert "3 numbers have no result" in page
    assert "Carry it over" not in page
    assert not Notice.objects.filter(to=cast.tao, read_at=None).exists()
    assert "past its time" in tao.post(f"/dialler/{made.pk}/file.csv", follow=True).content.decode()


@pytest.mark.parametrize("hours", [0, 6])
def test_an_agent_sees_who_has_it_in_hand_however_late_it_is(cast, signed_in, monkeypatch, hours):
    by_file()
    made = dialling_lists.hand_over(cast.tao, NOW)
    monkeypatch.setattr(business_clock, "now", lambda: NOW + timedelta(hours=hours))
    client = signed_in(cast.chen)
    row = made.rows.order_by("pk")[0]
    assert "The dialler" in client.get(f"/today/{row.followup_id}/").content.decode()
    assert "The dialler" in client.get("/today/list/").content.decode()


def test_a_list_that_the_gate_left_empty_says_why(cast, tao):
    by_file()
    for who in cast.customers:
        who.status = "deceased"
        who.save()
    page = tao.post("/dialler/hand-over/", follow=True).content.decode()
    assert "Left out by the gate" in page
    assert "Nothing on this list" in page
    assert FollowUp.objects.filter(state="withdrawn").count() == 3


def test_what_is_no_file_of_results_is_said(cast, tao, signed_in):
    by_file()
    assert "Choose the file of results" in tao.post("/dialler/results/", follow=True).content.decode()
    page = tao.get(upload(tao, "a,b\n1,2\n")).content.decode()
    assert "lacks columns: key, outcome, began" in page
    empty = upload(tao, "key,outcome,began\n")
    assert "The file has no rows" in tao.get(empty).content.decode()
    kept = DiallingResults.objects.get()
    assert signed_in(cast.wang).get(f"/dialler/results/{kept.pk}/").status_code == 403
    assert tao.get("/dialler/99999/").status_code == 404


def test_the_administrator_sets_the_dialler_up_beside_the_other_channels(cast, signed_in):
    client = signed_in(cast.an)
    assert "Called by people" in client.get("/settings/channels/").content.decode()
    page = client.get("/settings/channels/phone/?driver=dialler-file").content.decode()
    assert '<option value="national" selected>13800138000, 075526000000 (at home; landlines with 0)</option>' in page
    assert "One a line: the dialler" in page and "How it goes" in page and "Send a test message" not in page
    wrong = client.post("/settings/channels/phone/", {"driver": "dialler-file", "codes": "SALE = sold", "minutes": "60", "number": "e164"})
    assert wrong.status_code == 422
    assert "a call has no outcome" in wrong.content.decode()
    client.post("/settings/channels/phone/", {"driver": "dialler-file", "codes": "SALE = completed", "minutes": "60", "number": "e164"})
    assert "Dialler, by file" in client.get("/settings/channels/").content.decode()
    assert '<option value="e164" selected>' in client.get("/settings/channels/phone/").content.decode()
    assert client.post("/settings/channels/phone/test/", {"to": "1"}).status_code == 404
    client.post("/settings/channels/phone/state/", {"state": "stopped"})
    assert ChannelSetting.objects.get(channel="phone").state == "stopped"
    client.post("/settings/channels/phone/", {"driver": ""})
    assert "Colleagues call from their lists" in client.get("/settings/channels/phone/").content.decode()
