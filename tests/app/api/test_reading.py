"""What a key reads: its scopes, its branches, pages without gaps, and no more of a number than it may see."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client

from huifang.app.api import door
from huifang.app.api.limits import Buckets
from huifang.app.records.models import ApiKey, FollowUp
from huifang.app.services import api_keys, gate
from huifang.app.services.cases import open_case
from huifang.app.services.contact_records import RecordForm, save
from tests.app.api.caller import key
from tests.app.cast import DAY, NOW, Cast, customer, in_hand, planned, settled


def test_without_a_key_nothing_opens_and_the_answer_says_so_in_both_languages(cast: Cast) -> None:
    answer = Client().get("/api/v1/customers", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    body = answer.json()
    assert body["code"] == "api.key"
    assert body["detail"].startswith("There is no valid key.")
    assert body["problems"][0]["what"]["zh"] == "没有有效的接口密钥。"


def test_a_key_is_kept_as_a_hash_and_opens_nothing_once_revoked_or_expired(cast: Cast) -> None:
    held, text = api_keys.make(cast.an, "DMS", ["customers:read"], None, NOW, NOW + timedelta(days=1))
    assert text not in str(list(ApiKey.objects.values()))
    assert api_keys.find(text, NOW) == held
    assert ApiKey.objects.get().last_used_on == DAY
    assert api_keys.find(text, NOW + timedelta(days=1)) is None
    api_keys.revoke(cast.an, held.pk, NOW)
    api_keys.revoke(cast.an, held.pk, NOW)
    assert api_keys.find(text, NOW) is None


def test_a_key_without_the_scope_is_refused_with_its_name(cast: Cast) -> None:
    answer = key(cast.an, "events:read")("GET", "customers")
    assert (answer.status_code, answer.json()["code"]) == (403, "api.scope")
    assert "customers:read" in answer.json()["detail"]


def test_numbers_are_masked_unless_the_key_may_see_them(cast: Cast) -> None:
    code = cast.customers[0].code
    assert key(cast.an, "customers:read").get(f"customers/{code}")["contact_points"][0]["value"] == "138****0001"
    assert key(cast.an, "customers:read", "numbers:read").get(f"customers/{code}")["contact_points"][0]["value"] == "+8613800000001"


def test_a_key_of_one_branch_sees_nothing_of_another(cast: Cast) -> None:
    foreign = customer(cast, "GX1", "外店客户", "+8613900000001", cast.other_branch)
    settled(foreign, "GX-1", DAY)
    case = open_case(None, foreign, "dissatisfied", "外店工单", NOW)
    followup = planned(cast, foreign)
    here = key(cast.an, branches=[cast.branch])
    for path in ("customers", "events", "follow-ups", "records", "answers", "cases"):
        assert "GX" not in str(here.get(path)), path
    for path in ("customers/GX1", f"cases/{case.number}", f"follow-ups/{followup.pk}", "records/1"):
        assert here("GET", path).status_code == 404, path
    assert here.get("key") == {"name": "DMS", "scopes": sorted(api_keys.SCOPES), "branches": ["LX"], "expires_at": None}


def test_pages_follow_each_other_without_gap_or_double(cast: Cast) -> None:
    system, codes, cursor = key(cast.an, "customers:read"), [], ""
    while True:
        found = system.get("customers", limit=2, cursor=cursor)
        codes += [each["code"] for each in found["items"]]
        cursor = found["next"]
        if not cursor:
            break
    assert codes == ["KH1", "KH2", "KH3"]
    for broken in ("x", "IjEi!", "MTIzNA", "eyJ9", "Ilx1MDAwMCI"):
        answer = system("GET", f"customers?cursor={broken}")
        assert (answer.status_code, answer.json()["code"]) == (422, "api.cursor"), broken


def test_customers_are_found_by_phone_and_branch(cast: Cast) -> None:
    system = key(cast.an, "customers:read")
    assert [each["code"] for each in system.get("customers", phone="138 0000 0002")["items"]] == ["KH2"]
    assert system.get("customers", branch="GX")["items"] == []
    assert system("GET", "customers?phone=12").status_code == 422


def test_what_was_learned_is_read_with_its_answers(cast: Cast) -> None:
    followup, fence = in_hand(cast)
    gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 5, "wish": "再便宜些"}, words="很满意"), NOW)
    system = key(cast.an, "records:read", "followups:read", "events:read")
    [record] = system.get("records", customer="KH1", since=DAY, until=DAY)["items"]
    assert (record["outcome"], record["words"], record["staff"]) == ("completed", "很满意", "CHEN")
    assert system.get(f"records/{record['id']}") == record
    assert {each["question"] for each in record["answers"]} == {"quality", "wish"}
    assert [each["text"] for each in system.get("answers", question="wish")["items"]] == ["再便宜些"]
    assert [each["state"] for each in system.get("follow-ups", day=DAY, staff="CHEN")["items"]] == ["done"]
    assert system.get(f"follow-ups/{FollowUp.objects.get().pk}")["because"] == {"zh": "测试", "en": "Test"}
    settled(cast.customers[1], "W1", DAY)
    assert [each["code"] for each in system.get("events", customer="KH2", kind="job.settled", since=DAY)["items"]] == ["W1"]


def test_who_asks_too_often_is_told_when_to_go_on(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(door, "buckets", Buckets(1))
    system = key(cast.an)
    assert system("GET", "key").status_code == 200
    answer = system("GET", "key")
    assert (answer.status_code, answer.json()["code"]) == (429, "api.too-many")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_an_address_without_anything_is_answered_as_a_problem(cast: Cast) -> None:
    assert key(cast.an)("GET", "nowhere/at/all").json()["code"] == "api.nothing-here"
    assert key(cast.an)("GET", "customers?nme=x").json()["code"] == "api.unknown-field"
