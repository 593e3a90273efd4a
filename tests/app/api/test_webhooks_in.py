"""Events of other systems in their own words: signed, mapped, taken once, and on today's list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from huifang.app.records.models import Customer, Event, EventSource, Job
from huifang.app.services import event_sources
from huifang.app.services.planning import plan_day
from huifang.app.services.webhooks import signature
from huifang.domain.errors import Invalid, NotAllowed
from tests.app.cast import DAY, NOW, Cast

MAPPING = {
    "kind": "=job.settled", "code": "data.no", "at": "data.time", "customer": "data.buyer.id", "name": "data.buyer.name",
    "phone": "data.buyer.tel", "amount": "data.total", "attributes": {"plate": "data.lines.0.plate"},
}  # fmt: skip


def message(**data: Any) -> dict[str, Any]:
    buyer = {"id": "S-1", "name": "周新", "tel": "138 0000 0009"}
    return {"data": {"no": "T1", "time": "2026-11-19 16:40", "buyer": buyer, "total": 580, "lines": [{"plate": "浙A1"}], **data}}


@pytest.fixture
def source(cast: Cast) -> tuple[EventSource, str]:
    return event_sources.add(cast.an, "收银", MAPPING, [cast.branch], NOW)


def send(source: tuple[EventSource, str], body: object, at: int = 0, signed: str = "") -> HttpResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    held, secret = source
    signed = signed or signature(secret, int(NOW.timestamp()) + at, data)
    return Client().post(f"/in/{held.hook}/", data, "application/json", headers={"Huifang-Signature": signed})


def test_an_event_comes_in_with_its_customer_and_reaches_todays_plan(cast: Cast, source: tuple[EventSource, str]) -> None:
    plan_day(DAY, NOW)
    assert [send(source, message()).json()["outcome"] for _time in range(2)] == ["created", "unchanged"]
    event, who = Event.objects.get(), Customer.objects.get(code="S-1")
    assert (event.customer, event.code, str(event.amount), event.attributes) == (who, "T1", "580.00", {"plate": "浙A1"})
    assert (who.name, who.contact_points.get().value, event.at.isoformat()) == ("周新", "+8613800000009", "2026-11-19T08:40:00+00:00")
    assert Job.objects.filter(key__contains=":facts:").exists()
    held = EventSource.objects.get()
    assert (held.taken, held.refused) == (2, 0)


def test_a_kind_that_no_playbook_in_force_names_is_kept_and_said(cast: Cast, source: tuple[EventSource, str]) -> None:
    assert send(source, message()).json() == {"outcome": "created", "unnamed_kinds": []}
    other = event_sources.add(cast.an, "论坛", {**MAPPING, "kind": "=post.written"}, [cast.branch], NOW)
    assert send(other, message()).json() == {"outcome": "created", "unnamed_kinds": ["post.written"]}
    assert Event.objects.filter(kind="post.written").exists()


def test_what_no_database_keeps_of_a_text_is_left_out_and_the_event_taken(cast: Cast, source: tuple[EventSource, str]) -> None:
    said = message(no="T\ud83d1", buyer={"id": "S-1", "name": "周\0新\ud83d"}, lines=[{"plate": "浙\0A\ude00"}])
    assert send(source, said).json()["outcome"] == "created"
    event = Event.objects.get()
    assert (event.code, event.customer.name, event.attributes) == ("T?1", "周新?", {"plate": "浙A?"})


def test_another_method_than_post_is_told_as_any_other_fault(source: tuple[EventSource, str]) -> None:
    answer = Client().get(f"/in/{source[0].hook}/")
    assert (answer.status_code, answer.headers["Allow"], answer.json()["code"]) == (405, "POST", "api.method")


@pytest.mark.parametrize(("at", "signed"), [(-301, ""), (301, ""), (0, "t=1,v1=00"), (0, "x"), (0, "t=99999999999999,v1=0")])
def test_a_wrong_or_stale_signature_opens_nothing(cast: Cast, source: tuple[EventSource, str], at: int, signed: str) -> None:
    assert send(source, message(), at, signed).status_code == 403
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "source.unreadable"),
        (message(no="T2", time=""), "source.missing-value"),
        (message(no="T2", time="gestern"), "date.unreadable"),
        (message(no="T2", time="2026-11-19"), "date.unreadable"),
        *((message(no="T2", time=slip), "date.unreadable") for slip in (9999999999, "9999999999999", "2286-11-20T17:46:39Z")),
        (message(no="T2", total="viel"), "amount.unreadable"),
        (message(buyer={"id": "S-9"}), "customer.unknown"),
        (message(buyer={"id": "S-9", "name": "周新", "tel": "12"}), "phone.unreadable"),
        ([], "source.missing-value"),
        (b'{"data": NaN}', "source.unreadable"),
        (message(no="T2", lines=[{"plate": 10**400}]), "number.unreadable"),
        (json.dumps(message(no="T2", lines=[{"plate": 1}])).replace('"plate": 1', '"plate": -1e999').encode(), "number.unreadable"),
    ],
)
def test_what_cannot_be_read_is_answered_and_noted(cast: Cast, source: tuple[EventSource, str], body: object, code: str) -> None:
    answer = send(source, body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    held = EventSource.objects.get()
    assert (held.taken, held.refused, bool(held.last_problem["zh"])) == (0, 1, True)


def test_a_message_says_when_a_known_customer_was_born_and_when_what_was_agreed_ends(cast: Cast) -> None:
    more = {
        "time_zone": "zone", "birthday": "born", "birthday_lunar": "lunar", "agreement": "=insurance", "agreement_code": "no",
        "agreement_ends": "until",
        "customer_attributes": {"level": "level", "none": "nothing"},
    }  # fmt: skip
    source = event_sources.add(cast.an, "保单", {"kind": "=policy.signed", "at": "at", "customer": "id", **more}, [cast.branch], NOW)
    said = {
        "id": "KH1",
        "at": "2026-11-19 09:00",
        "born": "1985-11-23",
        "lunar": True,
        "no": "P1",
        "until": "2026-12-20",
        "level": "gold",
        "zone": "西五区",
    }
    assert send(source, said).json()["outcome"] == "created"
    who = Customer.objects.get(code="KH1")
    assert (str(who.birthday), who.birthday_lunar, who.attributes["level"], who.name, who.time_zone) == (
        "1985-11-23",
        True,
        "gold",
        "雷华",
        "Etc/GMT+5",
    )
    assert [(each.kind, each.code, str(each.ends)) for each in who.agreements.all()] == [("insurance", "P1", "2026-12-20")]
    for wrong in ({"born": "gestern"}, {"lunar": "vielleicht"}, {"until": "bald"}, {"zone": "CST"}):
        assert send(source, {**said, **wrong}).status_code == 422


def test_somebody_first_heard_of_by_a_message_can_be_written_to_by_mail_and_chat(cast: Cast) -> None:
    mapping = {**MAPPING, "email": "data.buyer.mail", "wecom": "data.buyer.wx", "dingtalk": "data.buyer.dd", "feishu": "data.buyer.fs"}
    source = event_sources.add(cast.an, "官网", mapping, [cast.branch], NOW)
    buyer = {"id": "S-2", "name": "吴试", "mail": "Wu@Example.com", "wx": "WuShi", "dd": "u1", "fs": "ou_1"}
    assert send(source, message(no="T5", buyer=buyer)).json()["outcome"] == "created"
    kept = dict(Customer.objects.get(code="S-2").contact_points.values_list("kind", "value"))
    assert kept == {"email": "wu@example.com", "wecom": "wushi", "dingtalk": "u1", "feishu": "ou_1"}
    answer = send(source, message(no="T6", buyer=buyer | {"id": "S-3", "mail": "nobody"}))
    assert (answer.status_code, answer.json()["code"]) == (422, "email.unreadable")
    assert not Customer.objects.filter(code="S-3").exists()


def test_times_come_as_seconds_milliseconds_or_text_with_a_zone(cast: Cast, source: tuple[EventSource, str]) -> None:
    seconds = int(NOW.timestamp())
    for number, said in enumerate((seconds, seconds * 1000, NOW.isoformat())):
        assert send(source, message(no=f"N{number}", time=said)).status_code == 200
    assert set(Event.objects.values_list("at", flat=True)) == {NOW}


def test_a_source_that_is_off_or_too_large_a_message_is_not_taken(cast: Cast, source: tuple[EventSource, str]) -> None:
    assert send(source, b"x" * 1_000_001).status_code == 413
    event_sources.switch(cast.an, source[0].pk, NOW, active=False)
    assert send(source, message()).status_code == 404


def test_a_mapping_must_say_what_is_needed(cast: Cast) -> None:
    for mapping in (
        {},
        {**MAPPING, "colour": "x"},
        {**MAPPING, "at": ""},
        {**MAPPING, "at": 5},
        {**MAPPING, "attributes": {"a": 1}},
        {**MAPPING, "customer_attributes": "x"},
    ):
        with pytest.raises(Invalid):
            event_sources.add(cast.an, "收银", mapping, None, NOW)
    with pytest.raises(NotAllowed):
        event_sources.add(cast.tao, "收银", MAPPING, None, NOW)
