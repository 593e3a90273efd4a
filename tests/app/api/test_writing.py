"""What a key writes: through the same rules as people, once, and in today's plan."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from huifang.app.jobs import worker
from huifang.app.records.models import AnsweredRequest, AuditEntry, Case, Consent, Customer, Event, FollowUp, Job, OptOut
from huifang.app.services import audit, duplicates
from huifang.app.services.planning import plan_day
from tests.app.api.caller import Caller, key
from tests.app.cast import DAY, NOW, Cast, customer, planned

EVENT = {"customer": "KH1", "kind": "job.settled", "code": "W-9", "at": "2026-11-19T16:40:00+08:00", "amount": "580.00", "staff": "CHEN"}

NO_NUMBERS = [
    json.dumps(EVENT | {"attributes": {"a": 0}}).replace('{"a": 0}', f'{{"a": {number}}}').encode()
    for number in ("NaN", "-Infinity", "1e999", "9" * 400)
]


@pytest.fixture
def system(cast: Cast) -> Caller:
    return key(cast.an)


def test_an_event_that_comes_after_the_mornings_plan_is_on_todays_list(cast: Cast, system: Caller) -> None:
    plan_day(DAY, NOW)
    assert not FollowUp.objects.exists()
    assert system("POST", "events", EVENT).json() == {"outcome": "created", "unnamed_kinds": []}
    assert system("POST", "events", {**EVENT, "customer": "KH2", "code": "W-10"}).status_code == 201
    [job] = Job.objects.filter(key__contains=":facts:")
    Job.objects.exclude(pk=job.pk).delete()
    assert NOW < job.run_at <= NOW + timedelta(minutes=5)
    assert worker.once(job.run_at)
    assert set(FollowUp.objects.values_list("customer__code", "programme", "day")) == {("KH1", "day-after", DAY), ("KH2", "day-after", DAY)}


def test_before_the_mornings_plan_nothing_is_queued(cast: Cast, system: Caller) -> None:
    system("POST", "events", EVENT)
    assert not Job.objects.filter(key__contains=":facts:").exists()
    plan_day(DAY, NOW)
    assert FollowUp.objects.get().customer.code == "KH1"


def test_the_same_event_again_changes_nothing(cast: Cast, system: Caller) -> None:
    assert [system("POST", "events", EVENT).json()["outcome"] for _time in range(2)] == ["created", "unchanged"]
    assert system("POST", "events", {**EVENT, "amount": "600.00"}).json() == {"outcome": "updated", "unnamed_kinds": []}
    event = Event.objects.get()
    assert (event.day.isoformat(), str(event.amount), event.staff) == ("2026-11-19", "600.00", cast.chen)


def test_a_batch_is_taken_whole_or_not_at_all_and_says_which_row_is_wrong(cast: Cast, system: Caller) -> None:
    rows = [EVENT, {**EVENT, "customer": "KH99", "code": "W-10"}]
    answer = system("POST", "events/batch", {"events": rows})
    assert (answer.status_code, answer.json()["problems"][0]["row"], Event.objects.count()) == (422, 2, 0)
    other = {**EVENT, "customer": "KH2"}
    answer = system("POST", "events/batch", {"events": [EVENT, other]})
    assert (answer.status_code, Event.objects.count()) == (422, 0)
    answer = system("POST", "events/batch", {"events": [EVENT, {**other, "code": "W-10"}]})
    assert answer.json() == {"outcomes": ["created", "created"], "unnamed_kinds": []}


def test_a_kind_that_no_playbook_in_force_names_is_kept_and_said(system: Caller) -> None:
    assert system("POST", "events", {**EVENT, "kind": "job.setled"}).json() == {"outcome": "created", "unnamed_kinds": ["job.setled"]}
    rows = [EVENT, *({**EVENT, "kind": kind, "code": kind} for kind in ("visit", "call", "visit"))]
    assert system("POST", "events/batch", {"events": rows}).json()["unnamed_kinds"] == ["call", "visit"]
    assert Event.objects.filter(kind__in=("job.setled", "visit", "call")).count() == 3


def test_the_same_idempotency_key_is_answered_as_the_first_time(cast: Cast, system: Caller) -> None:
    body = {"customer": "KH1", "kind": "dissatisfied", "title": "空调不制冷"}
    first, again = (system("POST", "cases", body, token="t-1") for _time in range(2))
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert (again.headers["Idempotency-Replayed"], Case.objects.count()) == ("true", 1)


def test_an_idempotency_key_with_another_content_is_refused_by_name(cast: Cast, system: Caller) -> None:
    system("POST", "events", EVENT, token="order-7")
    answer = system("POST", "events", {**EVENT, "code": "W-11"}, token="order-7")
    assert (answer.status_code, answer.json()["code"]) == (422, "api.idempotency-conflict")
    assert "order-7" in answer.json()["detail"]
    assert system("POST", "events", EVENT, token="x" * 121).json()["code"] == "api.idempotency-key"
    assert system("POST", "events", EVENT, token="two words").json()["code"] == "api.idempotency-key"


def test_a_write_that_failed_can_be_sent_again_under_its_key(cast: Cast, system: Caller) -> None:
    assert system("POST", "events", {**EVENT, "customer": "NEW"}, token="t").status_code == 422
    assert not AnsweredRequest.objects.exists()
    assert system("PUT", "customers/NEW", {"name": "周新", "branch": "LX"}).json() == {"outcome": "created"}
    assert system("POST", "events", {**EVENT, "customer": "NEW"}, token="t").status_code == 201


def test_a_customer_is_entered_as_an_import_would_and_stays_unasked_after_a_refusal(cast: Cast, system: Caller) -> None:
    body = {
        "name": "周新", "branch": "LX", "owner": "CHEN", "attributes": {"plate": "浙A1"}, "birthday": "1980-02-29",
        "contact_points": [{"kind": "phone", "value": "138 0000 0009"}, {"kind": "email", "value": "A@Example.com"}],
        "agreements": [{"kind": "insurance", "ends": "2026-12-20"}],
    }  # fmt: skip
    assert system("PUT", "customers/KH9", body).json() == {"outcome": "created"}
    assert system("POST", "customers/KH9/consents", {"allowed": False, "proof": "官网"}).status_code == 200
    assert system("PUT", "customers/KH9", body).json() == {"outcome": "unchanged"}
    made = Customer.objects.get(code="KH9")
    assert (made.owner, made.agreements.get().kind, made.contact_points.count()) == (cast.chen, "insurance", 2)
    assert Consent.objects.filter(customer=made).values_list("allowed", "road").get() == (False, "api")
    assert OptOut.objects.count() == 2
    assert system("POST", "customers/KH9/consents", {"allowed": True}).status_code == 200
    assert OptOut.objects.count() == 2, "consent that names no purpose is to service, and lifts nothing else"
    assert Consent.objects.order_by("-pk").values_list("purpose", "proof").first() == ("service", "")
    assert system("POST", "customers/KH9/consents", {"allowed": True, "purpose": "any"}).status_code == 200
    assert not OptOut.objects.exists()
    assert system("POST", "customers/KH9/consents", {"allowed": True, "purpose": "marketing"}).json()["code"] == "consent.proof"
    said = {"allowed": True, "purpose": "marketing", "channel": "sms", "proof": "2026-11-20 电话里对小陈说愿意收优惠短信"}
    assert system("POST", "customers/KH9/consents", said).status_code == 200
    assert system("PUT", "customers/KH9/status", {"status": "closed"}).json() == {"done": True}
    assert system.get("customers/KH9")["status"] == "closed"


@pytest.mark.parametrize(
    ("path", "body", "code", "where"),
    [
        ("events", {**EVENT, "amout": 1}, "api.unknown-field", "body.amout"),
        ("events", {**EVENT, "at": "2026-11-19T16:40:00"}, "api.value-error", "body.at"),
        ("events", {**EVENT, "at": "0001-01-01T00:00:00+00:00"}, "api.value-error", "body.at"),
        ("events", {**EVENT, "attributes": {"a": "\0"}}, "api.string-pattern-mismatch", "body.attributes.a.constrained-str"),
        *(("events", raw, "api.value-error", "body.attributes.a") for raw in NO_NUMBERS),
        ("events/batch", {"events": []}, "api.too-short", "body.events"),
        ("events", b"{", "api.unreadable", ""),
        ("cases", {"customer": "KH1", "kind": "x", "title": ""}, "api.string-too-short", "body.title"),
    ],
)
def test_what_cannot_be_taken_is_named(cast: Cast, system: Caller, path: str, body: object, code: str, where: str) -> None:
    answer = system("POST", path, body)
    assert answer.status_code == (400 if code == "api.unreadable" else 422)
    assert (answer.json()["code"], answer.json()["problems"][0]["where"]) == (code, where)
    assert not Event.objects.exists()


@pytest.mark.parametrize(("method", "path", "others"), [
    ("HEAD", "customers", "GET"), ("PATCH", "events", "GET, POST"),
    ("DELETE", "customers/KH1", "GET, PUT"), ("OPTIONS", "cases", "GET, POST"),
])  # fmt: skip
def test_a_method_that_there_is_not_is_told_as_any_other_fault(system: Caller, method: str, path: str, others: str) -> None:
    answer = system(method, path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (405, "application/problem+json")
    assert answer.headers["Allow"] == others
    assert method == "HEAD" or others in answer.json()["problems"][0]["remedy"]["en"]


def test_what_is_left_out_of_a_customer_stays_as_it_is(cast: Cast, system: Caller) -> None:
    said = {
        "name": "安达公司", "kind": "organisation", "branch": "GX", "owner": "CHEN", "time_zone": "Asia/Urumqi", "birthday": "2000-02-29",
        "birthday_lunar": True, "first_seen": "2020-01-01", "language": "ja", "notes": "老客户", "attributes": {"plate": "粤B1"},
        "contact_points": [{"kind": "phone", "value": "13800009999"}],
    }  # fmt: skip
    assert system("PUT", "customers/KH8", said).json() == {"outcome": "created"}
    before = system.get("customers/KH8")
    assert (before["kind"], before["branch"], before["owner"]) == ("organisation", "GX", "CHEN")
    assert system("PUT", "customers/KH8", {"name": "安达公司"}).json() == {"outcome": "unchanged"}
    assert system.get("customers/KH8") == before
    assert system("PUT", "customers/KH7", {"name": "周新"}).json() == {"outcome": "created"}
    assert system.get("customers/KH7")["kind"] == "person"


def test_a_customers_language_is_entered_kept_and_checked(cast: Cast, system: Caller) -> None:
    assert system("PUT", "customers/KH9", {"name": "周新", "language": "zh_hant"}).json() == {"outcome": "created"}
    assert system("PUT", "customers/KH9", {"name": "周新"}).json() == {"outcome": "unchanged"}
    assert system.get("customers/KH9")["language"] == "zh-Hant"
    assert system("PUT", "customers/KH9", {"name": "周新", "language": "ja"}).json() == {"outcome": "updated"}
    assert Customer.objects.get(code="KH9").language == "ja"
    answer = system("PUT", "customers/KH9", {"name": "周新", "language": "jp"})
    assert (answer.status_code, answer.json()["problems"][0]["where"]) == (422, "body.language")


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "12"), ("email", "nobody"), ("email", "a@example.com\r\nBcc: b@example.com"), ("email", "a@example.com, b@example.com"),
        ("wecom", "@all"), ("wecom", "zhangsan|lisi"), ("dingtalk", "u1,u2"), ("feishu", "ou_1\nou_2"),
    ],
)  # fmt: skip
def test_an_address_that_is_none_or_several_is_named_and_nobody_is_entered(cast: Cast, system: Caller, kind: str, value: str) -> None:
    good = {"kind": "phone", "value": "138 0000 0009"}
    answer = system("PUT", "customers/KH9", {"name": "周新", "contact_points": [good, {"kind": kind, "value": value}]})
    assert (answer.status_code, answer.json()["problems"][0]["where"]) == (422, "contact_points[1].value")
    assert not Customer.objects.filter(code="KH9").exists()


def test_an_address_of_any_kind_is_kept_as_it_will_be_found(cast: Cast, system: Caller) -> None:
    said = {
        "phone": " 138 0000 0009 ", "email": "A@Example.com", "wecom": "WangLi", "dingtalk": "manager4220", "feishu": "ou_7D8a",
        "address": "人民路 1 号",
    }  # fmt: skip
    points = [{"kind": kind, "value": value, "label": "公司"} for kind, value in said.items()]
    assert system("PUT", "customers/KH9", {"name": "周新", "contact_points": points}).json() == {"outcome": "created"}
    kept = dict(Customer.objects.get(code="KH9").contact_points.values_list("kind", "value"))
    assert kept == said | {"phone": "+8613800000009", "email": "a@example.com", "wecom": "wangli"}
    assert set(Customer.objects.get(code="KH9").contact_points.values_list("label", flat=True)) == {"公司"}


def test_too_large_a_request_is_refused_before_it_is_read(cast: Cast, system: Caller) -> None:
    answer = system("POST", "events", b" " * 1_000_001)
    assert (answer.status_code, answer.json()["code"]) == (413, "api.too-large")


def test_a_case_goes_its_way_under_the_same_rules_as_on_its_page(cast: Cast, system: Caller) -> None:
    number = system("POST", "cases", {"customer": "KH1", "kind": "dissatisfied", "title": "空调不制冷"}).json()["number"]
    early = system("POST", f"cases/{number}/steps", {"what": "close", "words": "好了"})
    assert (early.status_code, Case.objects.get().state) == (409, "open")
    codes = {}
    for what in ("comment", "answer", "solve", "close", "reopen"):
        answer = system("POST", f"cases/{number}/steps", {"what": what, "words": "已处理", "cause": "漏氟"})
        codes[what] = answer.json().get("code", answer.status_code)
    assert codes == {"comment": 200, "answer": 200, "solve": 200, "close": "case.no-measure", "reopen": 200}
    assert [each["number"] for each in system.get("cases", state="open", customer="KH1")["items"]] == [number]


def test_follow_ups_are_handed_over_and_withdrawn(cast: Cast, system: Caller) -> None:
    followup = planned(cast, cast.customers[0], cast.chen)
    path = f"follow-ups/{followup.pk}"
    assert system("POST", f"{path}/reassign", {"staff": "LIN"}).status_code == 200
    assert system.get(path)["staff"] == "LIN"
    assert system("POST", f"{path}/reassign", {}).status_code == 200
    assert system("POST", f"{path}/reassign", {"staff": "NOBODY"}).status_code == 404
    assert system("POST", f"{path}/withdraw", {"reason": "已在店处理"}).status_code == 200
    assert system("POST", f"{path}/withdraw", {"reason": "再一次"}).status_code == 409


def test_a_key_writes_to_nobody_of_another_branch(cast: Cast) -> None:
    foreign = customer(cast, "GX1", "外店客户", "+8613900000001", cast.other_branch)
    here = key(cast.an, branches=[cast.branch])
    assert here("POST", "events", {**EVENT, "customer": "GX1"}).status_code == 422
    assert here("PUT", "customers/GX1", {"name": "改名"}).status_code == 422
    assert here("POST", "customers/GX1/consents", {"allowed": False}).status_code == 404
    assert here("PUT", "customers/NEW", {"name": "新", "branch": "GX"}).status_code == 422
    foreign.refresh_from_db()
    assert (foreign.name, Event.objects.count(), Consent.objects.count()) == ("外店客户", 0, 0)


def test_the_audit_trail_says_which_system_wrote(cast: Cast, system: Caller) -> None:
    system("POST", "events", EVENT)
    entry = AuditEntry.objects.get(action="facts.received")
    assert (entry.by.name, entry.detail) == ("DMS", {"changed": 1, "events": ["job.settled"]})
    assert audit.faults() == []


def test_by_the_old_number_of_somebody_merged_whoever_they_became_is_meant(cast: Cast, system: Caller) -> None:
    gone, kept = Customer.objects.get(code="KH1"), Customer.objects.get(code="KH2")
    duplicates.merge(cast.an, kept, gone, NOW)
    assert system("POST", "customers/KH1/consents", {"allowed": False}).status_code == 200
    assert Consent.objects.get().customer == kept
    assert system("GET", "customers/KH1").json()["code"] == "KH2"
    assert system("PUT", "customers/KH1/status", {"status": "deceased"}).status_code == 200
    kept.refresh_from_db()
    assert kept.status == "deceased"
