from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from huifang.app.queries.cases import clock_of
from huifang.app.records.models import Case

NUMBER = "G20260820-003"


def _act(client, deed, **more):
    return client.post(reverse("case-act", args=[NUMBER]), {"deed": deed} | more)


def test_a_case_goes_from_open_to_closed_with_its_answer(scene, signed_in):
    client = signed_in(scene.supervisor)
    assert NUMBER in client.get(reverse("cases")).content.decode()
    assert _act(client, "comment", words="已联系车间").status_code == 302
    assert _act(client, "close", words="").status_code == 409
    assert _act(client, "answer", words="").status_code == 422
    assert _act(client, "answer", words="已致歉").status_code == 302
    assert _act(client, "solve", words="免费复检", cause="排队").status_code == 302
    assert _act(client, "close", words="客户满意").status_code == 302
    case = Case.objects.get(number=NUMBER)
    assert (case.state, case.cause, case.solution) == ("closed", "排队", "免费复检")
    assert NUMBER in client.get(reverse("cases"), {"show": "closed"}).content.decode()
    assert _act(client, "reopen", words="又响了").status_code == 302
    assert "又响了" in client.get(reverse("case", args=[NUMBER])).content.decode()


def test_a_case_is_handed_to_a_colleague(scene, signed_in):
    assert _act(signed_in(scene.supervisor), "assign", to=str(scene.colleague.pk)).status_code == 302
    assert Case.objects.get(number=NUMBER).owner == scene.colleague
    assert NUMBER in signed_in(scene.colleague).get(reverse("cases"), {"show": "mine"}).content.decode()


def test_cases_of_another_branch_do_not_exist(scene, signed_in):
    client = signed_in(scene.stranger)
    assert client.get(reverse("case", args=[NUMBER])).status_code == 404
    assert _act(client, "comment", words="x").status_code == 404
    assert "No open cases" in client.get(reverse("cases")).content.decode()
    assert _act(signed_in(scene.agent), "explode").status_code == 400


def test_the_clock_that_runs_is_the_one_that_is_shown():
    now = timezone.now()
    soon, later = now + timedelta(minutes=80), now + timedelta(days=2)
    assert clock_of("open", soon, later, now, "en") == ("1 h 20 min left", False)
    assert clock_of("answered", soon, later, now, "zh-hans") == ("还剩 2 天", False)
    assert clock_of("open", now - timedelta(hours=3), later, now, "zh-hans") == ("已超 3 小时", True)
    assert clock_of("solved", soon, later, now, "en") == ("", False)
