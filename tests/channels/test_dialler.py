"""Diallers: their settings, and pushing one number to a server on this machine that speaks the documented protocol."""

from __future__ import annotations

import hmac
import json
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from huifang.channels.dialler import FILE_FIELDS, FileDialler, HttpDialler, setup
from huifang.channels.dialler.fields import NUMBERS
from huifang.channels.driver import Message, Receipt, ReceiptState, Ticket
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid
from huifang.domain.words import Words
from tests.channels.provider import Provider, Request, running

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
TICKET = Ticket(uuid.UUID("8e03978e-40d5-43dd-bc93-6894a57f9324"), "a" * 64, Channel.PHONE, NOW)
BESIDE = (("customer", "王丽华"), ("call_until", "2026-11-20T12:00:00+08:00"))
MESSAGE = Message("+8613800002046", "满意度话术", "", "zh", content="day-after", values=BESIDE)
GIVEN = {"address": "http://127.0.0.1:9", "secret": "s3cret", "codes": "SALE = completed"}


def plain(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    answer = httpx.post(url, content=body, headers=headers, trust_env=False, timeout=5)
    return answer.status_code, answer.content


def pushed(status: int, said: Any) -> tuple[Receipt, list[Request]]:
    with running(Provider(lambda _request: (status, said))) as provider:
        driver = HttpDialler(GIVEN | {"address": f"{provider.url}/rows"}, lambda: NOW, plain)
        return driver.send(TICKET, MESSAGE), provider.taken


def test_a_number_is_pushed_signed_with_its_key_and_what_is_said_beside_it() -> None:
    receipt, (request,) = pushed(201, {"id": "L-7"})
    assert (receipt.state, receipt.reference) == (ReceiptState.SENT, "L-7")
    assert request.json == {
        "key": str(TICKET.attempt), "number": "13800002046", "script": "满意度话术", "programme": "day-after", "language": "zh",
        "customer": "王丽华", "call_until": "2026-11-20T12:00:00+08:00",
    }  # fmt: skip
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert headers["idempotency-key"] == str(TICKET.attempt)
    seconds, signed = (part.split("=")[1] for part in headers["huifang-signature"].split(","))
    assert int(seconds) == NOW.timestamp()
    assert signed == hmac.new(b"s3cret", f"{seconds}.".encode() + request.body, "sha256").hexdigest()


@pytest.mark.parametrize(
    ("status", "said", "state", "permanent"),
    [
        (200, [], ReceiptState.SENT, False),
        (400, {"code": "bad-number"}, ReceiptState.FAILED, True),
        (408, {}, ReceiptState.FAILED, False),
        (429, {}, ReceiptState.FAILED, False),
        (302, {}, ReceiptState.FAILED, False),
        (503, {}, ReceiptState.UNKNOWN, False),
    ],
)
def test_what_the_dialler_answers_is_what_becomes_of_it(status: int, said: Any, state: ReceiptState, permanent: bool) -> None:
    receipt, _taken = pushed(status, said)
    assert (receipt.state, receipt.permanent) == (state, permanent)
    if status == 400:
        assert "bad-number" in receipt.words.en


def test_trouble_on_the_way_is_what_the_way_says_and_rubbish_is_no_answer() -> None:
    trouble = Receipt(ReceiptState.UNKNOWN, words=Words("断了", "lost"))
    assert HttpDialler(GIVEN, lambda: NOW, lambda *_about: trouble).send(TICKET, MESSAGE) is trouble
    assert HttpDialler(GIVEN, lambda: NOW, lambda *_about: (200, b"<html>")).send(TICKET, MESSAGE).reference == ""
    assert HttpDialler(GIVEN, lambda: NOW).send(TICKET, MESSAGE).state is ReceiptState.FAILED


def test_by_file_nothing_leaves() -> None:
    assert FileDialler({}, lambda: NOW).send(TICKET, MESSAGE).state is ReceiptState.SENT


def test_a_setting_is_read_with_its_defaults() -> None:
    found = setup(FILE_FIELDS, {})
    assert found.holds == timedelta(hours=2)
    assert list(found.columns) == ["customer", "number", "key", "call_from", "call_until", "script", "agent"]
    assert (found.number("+8613800002046"), found.number("+4420")) == ("13800002046", "+4420")
    assert found.codes["noanswer"].code == "no_answer"
    other = setup(FILE_FIELDS, {"number": "e164", "columns": "key = 编号\nnumber = 电话\nagent =", "results": "outcome = 结果"})
    assert (other.columns, other.results["outcome"], other.results["key"]) == ({"key": "编号", "number": "电话"}, "结果", "key")
    assert other.number("+8613800002046") == "+8613800002046"


@pytest.mark.parametrize(
    ("written", "mobile", "landline", "hotline"),
    [
        ("national", "13800138000", "075526000000", "4008001234"),
        ("bare", "13800138000", "75526000000", "4008001234"),
        ("e164", "+8613800138000", "+8675526000000", "+864008001234"),
    ],
)
def test_numbers_are_written_as_the_examples_of_the_choice_say(written: str, mobile: str, landline: str, hotline: str) -> None:
    found = setup(FILE_FIELDS, {"number": written})
    given = ("+8613800138000", "+8675526000000", "+864008001234", "+493012345678")
    assert [found.number(each) for each in given] == [mobile, landline, hotline, "+493012345678"]
    words = dict(NUMBERS)[written]
    assert mobile in words.en and landline in words.en and mobile in words.zh and landline in words.zh


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"minutes": "4"}, "dialler.minutes"), ({"minutes": "zwei"}, "dialler.minutes"), ({"minutes": "721"}, "dialler.minutes"),
        ({"number": "short"}, "channel.field-choice"),
        ({"columns": "key = k"}, "dialler.columns"), ({"columns": "name = n"}, "dialler.columns"),
        ({"results": "when = w"}, "dialler.columns"), ({"codes": "A = nothing"}, "dialler.outcome"),
    ],
)  # fmt: skip
def test_a_setting_that_cannot_be_read_says_what(given: dict[str, str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        setup(FILE_FIELDS, given)
    assert refused.value.problems[0].code == code


def test_words_of_rows_are_json() -> None:
    seen: list[bytes] = []
    HttpDialler(GIVEN, lambda: NOW, lambda _url, body, _headers: (seen.append(body), (204, b""))[1]).send(TICKET, MESSAGE)
    assert json.loads(seen[0])["customer"] == "王丽华"
