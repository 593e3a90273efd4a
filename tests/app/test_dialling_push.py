"""Rows are pushed to a dialler on this machine: signed, once in the end, and never where the gate says no by now."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.conf import settings

from huifang.app.configuration import Configuration
from huifang.app.jobs import schedule, worker
from huifang.app.records.models import Attempt, ChannelSetting, DiallingList, DiallingRow, FollowUp, Job
from huifang.app.services import channels, consents, dialling_lists, dialling_push, dialling_results, webhook_targets
from huifang.domain.errors import Invalid
from tests.app.cast import NOW, Cast, planned
from tests.app.dialler import by_file, by_http, told
from tests.channels.provider import Provider, Request, running

MINUTE = timedelta(minutes=1)


@pytest.fixture
def phones() -> Iterator[Provider]:
    """A dialler that takes what it is given."""
    with running(Provider(lambda request: (201, {"id": f"L-{request.json['number'][-1]}"}))) as provider:
        yield provider


@pytest.fixture
def made(cast: Cast, phones: Provider, settings) -> DiallingList:
    settings.HUIFANG = replace(settings.HUIFANG, webhook_hosts=frozenset({phones.url.removeprefix("http://")}))
    by_http(f"{phones.url}/rows")
    for who in cast.customers:
        planned(cast, who, cast.chen)
    return dialling_lists.hand_over(cast.tao, NOW)


def states(made: DiallingList) -> list[str]:
    return list(made.rows.order_by("pk").values_list("state", flat=True))


def test_what_is_handed_over_is_pushed_within_the_minute(cast: Cast, made: DiallingList, phones: Provider) -> None:
    assert states(made) == ["waiting"] * 3
    schedule.due(NOW)
    Job.objects.exclude(kind="dialler").delete()
    assert worker.once(NOW)
    assert states(made) == ["out"] * 3
    assert [request.json["number"] for request in phones.taken] == ["13800000001", "13800000002", "13800000003"]
    first = phones.taken[0].json
    assert (first["customer"], first["script"], first["agent"]) == ("雷华", "次日满意度回访", "CHEN")
    assert (first["call_from"], first["call_until"]) == ("2026-11-20T10:00:00+08:00", "2026-11-20T12:00:00+08:00")
    assert {request.json["key"] for request in phones.taken} == {str(key) for key in Attempt.objects.values_list("ticket", flat=True)}
    assert dialling_push.push_due(NOW + MINUTE) == 0
    assert not dialling_push.anything_due(NOW + MINUTE)


@pytest.mark.parametrize("fault", ["500", "drop"])
def test_an_answer_that_is_lost_is_asked_for_again_with_the_same_key(cast: Cast, made: DiallingList, phones: Provider, fault: str) -> None:
    phones.faults[:] = [fault]
    assert dialling_push.push_due(NOW) == 2
    assert states(made) == ["waiting", "out", "out"]
    assert made.rows.order_by("pk")[0].maybe
    assert dialling_push.push_due(NOW + timedelta(seconds=30)) == 0
    assert dialling_push.push_due(NOW + MINUTE) == 1
    assert states(made) == ["out"] * 3
    assert len({request.json["key"] for request in phones.taken}) == 3
    assert len(phones.taken) == 4


def test_one_that_is_refused_for_good_is_on_the_list_again_with_the_reason(cast: Cast, made: DiallingList, phones: Provider) -> None:
    phones.answers = _refusing("13800000002")
    assert dialling_push.push_due(NOW) == 2
    assert states(made) == ["out", "returned", "out"]
    row = made.rows.order_by("pk")[1]
    assert "do-not-call" in row.words["en"]
    assert (FollowUp.objects.get(pk=row.followup_id).state, row.attempt) == ("open", None)


def _refusing(number: str) -> Callable[[Request], tuple[int, object]]:
    return lambda request: (422, {"code": "do-not-call"}) if request.json["number"] == number else (200, {})


def test_one_the_dialler_may_have_is_never_given_back_by_itself(cast: Cast, made: DiallingList, phones: Provider) -> None:
    phones.faults[:] = ["500", "500", "500"]
    dialling_push.push_due(NOW)
    phones.answers = _refusing("13800000001")
    dialling_push.push_due(NOW + MINUTE)
    assert states(made) == ["waiting", "out", "out"], "refused now, but the first answer was lost"
    consents.opt_out(None, cast.customers[0], "any", "any", "reply", NOW)
    dialling_push.push_due(NOW + 10 * MINUTE)
    assert states(made)[0] == "unknown"
    assert len([request for request in phones.taken if request.json["number"] == "13800000001"]) == 2
    assert "refused" in made.rows.order_by("pk")[0].words["en"]


def test_whom_the_gate_refuses_by_now_does_not_leave(cast: Cast, made: DiallingList, phones: Provider) -> None:
    consents.opt_out(None, cast.customers[0], "any", "any", "reply", NOW)
    assert dialling_push.push_due(NOW) == 2
    assert states(made) == ["returned", "out", "out"]
    assert "13800000001" not in [request.json["number"] for request in phones.taken]


def test_what_could_not_be_pushed_in_time_is_on_the_list_again(cast: Cast, made: DiallingList, monkeypatch: pytest.MonkeyPatch) -> None:
    by_http("http://127.0.0.1:9/rows")
    monkeypatch.setattr(settings, "HUIFANG", replace(settings.HUIFANG, webhook_hosts=frozenset({"127.0.0.1:9"})))
    assert dialling_push.push_due(NOW) == 0
    assert states(made) == ["waiting"] * 3
    assert made.rows.first().words["en"] == "The dialler could not be reached."
    dialling_push.push_due(NOW + timedelta(hours=3))
    assert states(made) == ["returned"] * 3
    assert set(FollowUp.objects.values_list("state", flat=True)) == {"open"}


def test_a_dialler_that_does_not_answer_in_time_is_not_waited_for(cast: Cast, made: DiallingList, phones: Provider, monkeypatch) -> None:
    monkeypatch.setattr(dialling_push, "PATIENCE", 0.2)
    phones.faults[:] = ["hang"]
    assert dialling_push.push_due(NOW) == 2
    assert made.rows.order_by("pk")[0].words["en"].startswith("It was pushed")


INNER = ("https://127.0.0.1/rows", "http://10.0.0.1/rows", "https://[::1]/rows", "https://169.254.169.254/", "ftp://x")


@pytest.mark.parametrize("address", INNER)
def test_an_address_of_the_inner_network_is_refused_when_it_is_saved_and_when_it_is_used(cast: Cast, address: str) -> None:
    with pytest.raises(Invalid):
        channels.save(cast.an, "phone", "dialler-http", {"address": address, "secret": "s"}, NOW)
    assert not ChannelSetting.objects.filter(driver="dialler-http").exists()
    by_http(address)
    planned(cast, cast.customers[0], cast.chen)
    made = dialling_lists.hand_over(cast.tao, NOW)
    assert dialling_push.push_due(NOW) == 0
    assert states(made) == ["waiting"]


def test_a_public_address_is_saved_with_its_secret_sealed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook_targets, "resolved", lambda _host, _port: ["93.184.215.14"])
    monkeypatch.setattr(webhook_targets.check, "__defaults__", ((), lambda _host, _port: ["93.184.215.14"]))
    row = channels.save(cast.an, "phone", "dialler-http", {"address": "https://dialler.example.com/rows", "secret": "s"}, NOW)
    assert json.loads(row.values)["secret"] == "s"
    found = dialling_lists.dialler()
    assert found is not None
    assert found.name == "dialler-http"


def test_by_file_or_in_a_demo_nothing_is_pushed(cast: Cast, made: DiallingList, phones: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "HUIFANG", Configuration.read({"HUIFANG_DEMO": "1", "HUIFANG_DATA": str(settings.HUIFANG.data)}))
    assert dialling_push.push_due(NOW) == 0
    by_file()
    assert dialling_push.push_due(NOW) == 0
    assert phones.taken == []


def test_two_workers_push_a_row_once(cast: Cast, made: DiallingList, phones: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = dialling_push._begin

    def other_first(number: int, now: datetime) -> DiallingRow | None:
        begin(number, now)
        return begin(number, now)

    monkeypatch.setattr(dialling_push, "_begin", other_first)
    assert dialling_push.push_due(NOW) == 0
    assert phones.taken == []


def test_a_result_that_is_quicker_than_the_pushs_answer_is_taken(cast: Cast, made: DiallingList, phones: Provider) -> None:
    phones.faults[:] = ["500"]
    dialling_push.push_due(NOW)
    row = made.rows.order_by("pk")[0]
    assert dialling_results.take(cast.tao, told(row, after=MINUTE, seconds=20), NOW + 2 * MINUTE) == "taken"
    dialling_push.push_due(NOW + 2 * MINUTE)
    assert states(made) == ["done", "out", "out"]
    assert len(phones.taken) == 3
