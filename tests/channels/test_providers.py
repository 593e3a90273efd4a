"""Every provider over HTTP: taken, refused, and all the ways of not answering."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huifang.channels import web
from huifang.channels.driver import Delivery, ReceiptState, delivery_to
from huifang.channels.tokens import Token, Tokens
from huifang.domain.errors import Invalid
from tests.channels.protocols import CASES, MOMENT, Case
from tests.channels.provider import Answer, Provider, Request, running

EVERY = pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
CHATS = pytest.mark.parametrize("case", [CASES["wecom"], CASES["dingtalk"], CASES["feishu"]], ids=["wecom", "dingtalk", "feishu"])


@EVERY
def test_a_message_is_taken_and_the_provider_s_number_is_kept(case: Case) -> None:
    with running(Provider(case.answers)) as provider:
        receipt = case.driver(provider).send(case.ticket(), case.message())
    assert (receipt.state, receipt.reference) == (ReceiptState.SENT, case.reference)
    assert len(provider.to(case.path)) == 1


@EVERY
def test_a_wrong_number_or_member_is_told_apart_from_a_limit(case: Case) -> None:
    with running(Provider(case.answers)) as provider:
        wrong = case.driver(provider).send(case.ticket(), case.message(case.wrong))
        limit = "ou_4711" if case.name == "feishu" else "+4711" if case.channel in ("sms", "in-app") else "4711"
        full = case.driver(provider).send(case.ticket(), case.message(limit))
    assert (wrong.state, wrong.permanent) == (ReceiptState.FAILED, True)
    assert (full.state, full.permanent) == (ReceiptState.FAILED, False)
    assert case.wrong not in wrong.words.zh


@EVERY
@pytest.mark.parametrize("fault", ["hang", "500", "drop", "garbage", "long"])
def test_what_was_accepted_and_not_answered_is_unknown(case: Case, fault: str) -> None:
    with running(Provider(case.answers, [fault], case.path)) as provider:
        receipt = case.driver(provider).send(case.ticket(), case.message())
    assert receipt.state is ReceiptState.UNKNOWN
    assert len(provider.to(case.path)) == 1, "an unknown message is not sent a second time by the driver"


@EVERY
@pytest.mark.parametrize("fault", ["429", "403"])
def test_what_was_turned_away_at_the_door_has_failed(case: Case, fault: str) -> None:
    with running(Provider(case.answers, [fault], case.path)) as provider:
        receipt = case.driver(provider).send(case.ticket(), case.message())
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, False)


@EVERY
def test_no_provider_is_a_failure_that_can_be_tried_again(case: Case) -> None:
    provider = Provider(case.answers, url="http://127.0.0.1:9")
    receipt = case.driver(provider).send(case.ticket(), case.message())
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, False)


@EVERY
def test_a_wrong_secret_is_not_the_customer_s_fault(case: Case) -> None:
    secret = {"sms-aliyun": "key_secret", "sms-tencent": "secret_key", "sms-http": "token", "in-app": "token"}.get(case.name, "secret")
    with running(Provider(case.answers)) as provider:
        receipt = case.driver(provider, **{secret: "wrong"}).send(case.ticket(), case.message())
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, False)
    assert "wrong" not in receipt.words.en


@EVERY
def test_settings_that_are_missing_are_named_and_secrets_not_repeated(case: Case) -> None:
    required = next(name for name in case.settings if name != "token")
    with pytest.raises(Invalid), running(Provider(case.answers)) as provider:
        case.driver(provider, **({"address": "http://example.com"} if case.name in ("sms-http", "in-app") else {required: " "}))


@pytest.mark.parametrize("to", ["zhangsan", "robot:K1"])
def test_what_wecom_would_cut_off_is_not_sent_and_the_reason_is_told(to: str) -> None:
    case = CASES["wecom"]
    with running(Provider(case.answers)) as provider:
        driver = case.driver(provider)
        fits, long = (driver.send(case.ticket(), replace(case.message(to), text=text)) for text in ("访" * 682, "访" * 683))
        assert len([each for each in provider.taken if "send" in each.path]) == 1
    assert fits.state is ReceiptState.SENT
    assert (long.state, long.permanent) == (ReceiptState.FAILED, False)
    assert "2048" in long.words.zh


@pytest.mark.parametrize("name", ["sms-aliyun", "sms-tencent", "sms-http", "in-app"])
def test_the_provider_s_own_trouble_is_unknown(name: str) -> None:
    case = CASES[name]
    with running(Provider(case.answers)) as provider:
        assert case.driver(provider).send(case.ticket(), case.message("+4712")).state is ReceiptState.UNKNOWN


@pytest.mark.parametrize("said", [{}, {"Response": {}}, {"Response": {"SendStatusSet": []}}])
def test_an_answer_that_says_nothing_is_unknown(said: object) -> None:
    case = CASES["sms-tencent"]
    with running(Provider(lambda _: (200, said))) as provider:
        assert case.driver(provider).send(case.ticket(), case.message()).state is ReceiptState.UNKNOWN


SAYING_YES = {
    "errcode": 0, "code": 0, "Code": "OK", "access_token": "T", "tenant_access_token": "T", "expires_in": 7200, "expire": 7200,
    "Response": {"SendStatusSet": [{"Code": "Ok", "SerialNo": "1"}]}, "data": {"message_id": "1"},
}  # fmt: skip
OTHER_KEYS = ("id", "BizId", "msgid", "task_id", "invaliduser", "permanent", "Error", "SerialNo", "SendStatusSet", "message_id")
ODD = st.recursive(
    st.sampled_from([None, True, 42001, 99991663, 2**70, -1, float("nan"), float("inf"), "", "OK", "7200", "\ud800"]) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*SAYING_YES, *OTHER_KEYS]), inner, max_size=3),
    max_leaves=4,
)
ANYTHING = ODD | st.builds(
    lambda odd, without: {key: value for key, value in (SAYING_YES | odd).items() if key not in without},
    st.dictionaries(st.sampled_from([*SAYING_YES, *OTHER_KEYS]), ODD, max_size=2),
    st.sets(st.sampled_from(list(SAYING_YES)), max_size=1),
)


@EVERY
@settings(max_examples=150)
@given(status=st.sampled_from([200, 200, 202, 400, 429, 500, 503]), said=ANYTHING)
def test_whatever_a_provider_answers_comes_to_a_receipt(case: Case, status: int, said: object) -> None:
    """Also where a code is a list and a number of seconds a word."""
    transport = httpx.MockTransport(lambda _: httpx.Response(status, content=json.dumps(said)))
    receipt = case.over(web.client(transport)).send(case.ticket(), case.message())
    assert receipt.state in set(ReceiptState)
    assert receipt.state is not ReceiptState.SENT or status < 300


@pytest.mark.parametrize("name", ["sms-aliyun", "sms-tencent"])
def test_a_template_is_filled_from_the_content_s_places(name: str) -> None:
    case = CASES[name]
    with running(Provider(case.answers)) as provider:
        case.driver(provider).send(case.ticket(), case.message())
        said = case.driver(provider, templates="other = 1").send(case.ticket(), case.message())
    request = provider.taken[0]
    if name == "sms-aliyun":
        assert request.query["TemplateParam"] == '{"customer": "王丽华", "event_day": "11月23日"}'
        assert (request.query["TemplateCode"], request.query["OutId"]) == ("SMS_154950909", "ab" * 32)
    else:
        assert request.json["TemplateParamSet"] == ["王丽华", "11月23日"]
    assert len(provider.taken) == 1, "without a template nothing goes out"
    assert said.state is ReceiptState.FAILED


def test_a_clock_that_is_wrong_fails_and_does_not_mark_the_number() -> None:
    case = CASES["sms-aliyun"]
    with running(Provider(case.answers)) as provider:
        receipt = case.driver(provider, clock=lambda: MOMENT - timedelta(days=365)).send(case.ticket(), case.message())
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, False)


def test_a_gateway_dedupes_only_where_it_promises_to() -> None:
    case = CASES["sms-http"]
    with running(Provider(case.answers)) as provider:
        assert case.driver(provider).delivery is Delivery.BLIND
        assert case.driver(provider, dedupes="yes").delivery is Delivery.DEDUPES


@CHATS
def test_a_token_is_fetched_once_and_again_when_it_has_gone_stale(case: Case) -> None:
    now = [MOMENT]
    with running(Provider(case.answers)) as provider:
        driver = case.driver(provider, clock=lambda: now[0])
        for moment in (0, 60, 7000, -3600):
            now[0] = MOMENT + timedelta(seconds=moment)
            assert driver.send(case.ticket(), case.message()).state is ReceiptState.SENT
        fetched = len(provider.taken) - len(provider.to(case.path))
        driver._tokens._value = "taken back"  # type: ignore[attr-defined]
        assert driver.send(case.ticket(), case.message()).state is ReceiptState.SENT
    assert fetched == 3, "at first, five minutes before its end, and after the clock was set back"
    assert len(provider.to(case.path)) == 6


@CHATS
@pytest.mark.parametrize("fault", ["hang", "500", "garbage"])
def test_trouble_while_fetching_a_token_has_sent_nothing(case: Case, fault: str) -> None:
    with running(Provider(case.answers, [fault])) as provider:
        receipt = case.driver(provider).send(case.ticket(), case.message())
    assert receipt.state is ReceiptState.FAILED
    assert not provider.to(case.path)


@CHATS
def test_trouble_while_fetching_a_second_token_has_sent_nothing(case: Case) -> None:
    with running(Provider(case.answers)) as provider:
        driver = case.driver(provider)
        driver.send(case.ticket(), case.message())
        driver._tokens._value = "taken back"  # type: ignore[attr-defined]
        provider.faults, provider.only = ["500"], provider.taken[0].path
        assert driver.send(case.ticket(), case.message()).state is ReceiptState.FAILED


@CHATS
@pytest.mark.parametrize(("robot", "state", "permanent"), [("K1:SEC1", "sent", False), ("gone:SEC1", "failed", True)])
def test_a_group_s_robot_is_an_address(case: Case, robot: str, state: str, permanent: bool) -> None:
    key = robot if case.name != "wecom" else robot.partition(":")[0]
    with running(Provider(case.answers)) as provider:
        driver = case.driver(provider)
        receipt = driver.send(case.ticket(), case.message(f"robot:{key}"))
    assert (receipt.state, receipt.permanent) == (state, permanent)
    assert delivery_to(driver, f"robot:{key}") is Delivery.BLIND


@pytest.mark.parametrize("name", ["wecom", "dingtalk"])
@pytest.mark.parametrize("to", ["@all", "zhangsan|lisi", "u1,u2", "u1\nu2", "", "张三"])
def test_an_address_that_would_be_read_as_several_people_or_everybody_is_nobody_s(name: str, to: str) -> None:
    case = CASES[name]
    with running(Provider(case.answers)) as provider:
        driver = case.driver(provider)
        receipt = driver.send(case.ticket(), replace(case.message(), to=to))
        assert driver.send(case.ticket(), case.message("u1")).state is ReceiptState.SENT
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, True)
    assert len(provider.to(case.path)) == 1, "nothing went out for the first"


def test_dingtalk_says_behind_a_code_of_its_own_why_it_refuses() -> None:
    case = CASES["dingtalk"]
    for sub_code, permanent in (("60011", False), ("33012", True), ("", False), ("nine", False)):
        said = {"errcode": 88, "sub_code": sub_code}

        def answers(request: Request, said: object = said) -> Answer:
            return case.answers(request) if request.path == "/gettoken" else (200, said)

        with running(Provider(answers)) as provider:
            receipt = case.driver(provider).send(case.ticket(), case.message())
        assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, permanent)
        assert (sub_code if sub_code.isdecimal() else "88") in receipt.words.en


@pytest.mark.parametrize("name", ["dingtalk", "feishu"])
def test_a_robot_without_a_secret_is_not_signed_and_a_wrong_one_is_refused(name: str) -> None:
    case = CASES[name]
    with running(Provider(case.answers)) as provider:
        driver = case.driver(provider)
        assert driver.send(case.ticket(), case.message("robot:open")).state is ReceiptState.SENT
        wrong = driver.send(case.ticket(), case.message("robot:K1:other"))
    assert (wrong.state, wrong.permanent) == (ReceiptState.FAILED, False)


def test_a_member_that_is_not_there_is_told_even_when_the_answer_says_ok() -> None:
    case = CASES["wecom"]
    with running(Provider(case.answers)) as provider:
        receipt = case.driver(provider).send(case.ticket(), case.message("half"))
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, True)


def test_feishu_is_given_the_same_key_every_time_and_people_by_the_kind_of_their_id() -> None:
    case = CASES["feishu"]
    with running(Provider(case.answers)) as provider:
        driver = case.driver(provider)
        for _ in range(2):
            driver.send(case.ticket(), case.message())
    sent = provider.to(case.path)
    assert sent[0].json["uuid"] == sent[1].json["uuid"]
    assert sent[0].query == {"receive_id_type": "open_id"}
    assert delivery_to(driver, "ou_1") is Delivery.DEDUPES


@CHATS
def test_trouble_of_the_provider_that_is_said_in_its_own_format_is_unknown(case: Case) -> None:
    def answers(request: object) -> tuple[int, object]:
        return case.answers(request) if request.path != case.path else (503, {"message": "down"})  # type: ignore[attr-defined,arg-type]

    with running(Provider(answers)) as provider:
        assert case.driver(provider).send(case.ticket(), case.message()).state is ReceiptState.UNKNOWN


def test_a_token_that_somebody_has_renewed_already_is_not_thrown_away() -> None:
    tokens = Tokens(lambda: Token("new", 7200), lambda: MOMENT)
    assert tokens.get() == "new"
    tokens.forget("old")
    assert tokens._value == "new"
