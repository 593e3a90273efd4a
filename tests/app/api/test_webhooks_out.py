"""Other systems are told what was done: signed, of their branches, until it has arrived or been given up."""

from __future__ import annotations

import hmac
import json
from datetime import timedelta

import httpx
import pytest

from huifang.app.jobs import schedule, worker
from huifang.app.records.models import AuditEntry, Notice, Subscription, WebhookDelivery
from huifang.app.services import consents, webhook_targets, webhooks
from huifang.app.services.cases import answer, close, open_case, solve
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.correcting import CorrectionForm, correct
from huifang.app.services.webhook_targets import Target
from huifang.domain.errors import Invalid
from tests.app.cast import NOW, Cast, customer, in_hand


class Receiver:
    """Another system; `status` is what it answers, an error what the network does."""

    def __init__(self, status: int | Exception = 204) -> None:
        self.status = status
        self.got: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, target: Target, body: bytes, headers: dict[str, str]) -> int:
        self.got.append((target.host, body, headers))
        if isinstance(self.status, Exception):
            raise self.status
        return self.status


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    def check(url: str, allowed: object) -> Target:
        return Target(url, "https", "hooks.example.com", 443, "93.184.215.14", "/in")

    monkeypatch.setattr(webhook_targets, "check", check)


def subscribed(cast: Cast, *events: str, branches: list | None = None) -> tuple[Subscription, str]:
    return webhooks.subscribe(cast.an, "DMS", "https://hooks.example.com/in", events or list(webhooks.EVENTS), branches, NOW)


def test_what_happens_is_told_signed_and_without_personal_data(cast: Cast) -> None:
    _subscription, secret = subscribed(cast)
    receiver = Receiver()
    case = open_case(cast.tao, cast.customers[0], "dissatisfied", "空调不制冷", NOW)
    consents.opt_out(cast.chen, cast.customers[0], "any", "any", "agent", NOW)
    assert webhooks.anything_due(NOW)
    assert webhooks.deliver_due(NOW, receiver) == 2
    assert not webhooks.anything_due(NOW)
    opened, refused = (json.loads(body) for _host, body, _headers in receiver.got)
    assert (opened["type"], opened["data"]["case"], opened["data"]["customer"]) == ("case.opened", case.number, "KH1")
    assert (refused["type"], refused["data"]) == (
        "consent.refused",
        {"customer": "KH1", "purpose": "any", "channel": "any", "road": "agent"},
    )
    _host, body, headers = receiver.got[0]
    stamp, signed = (part.split("=", 1)[1] for part in headers["Huifang-Signature"].split(","))
    assert signed == hmac.new(secret.encode(), stamp.encode() + b"." + body, "sha256").hexdigest()
    assert "空调".encode() not in body and "雷华".encode() not in body
    assert set(WebhookDelivery.objects.values_list("state", "status")) == {("delivered", 204)}
    assert secret not in str(list(Subscription.objects.values("name", "events")))


def test_a_correction_is_told_with_the_record_and_what_changed_and_no_words(cast: Cast) -> None:
    subscribed(cast, "record.saved", "record.corrected")
    followup, fence = in_hand(cast)
    record = save(cast.chen, followup.pk, fence, RecordForm("completed", answers={"quality": 5, "wish": "早点打来"}, words="挺好"), NOW)
    correct(cast.chen, record.record_id, CorrectionForm("打错", answers={"quality": 2, "wish": "晚点打来"}, words="不好"), NOW)
    receiver = Receiver()
    webhooks.deliver_due(NOW, receiver)
    told = [json.loads(body) for _host, body, _headers in receiver.got]
    assert [each["type"] for each in told] == ["record.saved", "record.corrected"]
    data = told[1]["data"]
    assert (data["record"], data["followup"], data["customer"]) == (record.record_id, followup.pk, followup.customer.code)
    assert (data["min_score"], data["changed"]) == (2.0, ["answer.quality", "answer.wish", "words"])
    assert not any(word in receiver.got[1][1].decode() for word in ("点打来", "不好", "挺好", "打错"))


def test_only_the_events_and_branches_asked_for_are_told(cast: Cast) -> None:
    open_case(cast.tao, cast.customers[0], "dissatisfied", "之前的事", NOW)
    subscribed(cast, "case.opened", branches=[cast.branch])
    foreign = customer(cast, "GX1", "外店客户", "+8613900000001", cast.other_branch)
    open_case(None, foreign, "dissatisfied", "外店工单", NOW)
    case = open_case(cast.tao, cast.customers[1], "dissatisfied", "这一件", NOW)
    answer(cast.tao, case.pk, "已答复", NOW)
    receiver = Receiver()
    assert webhooks.deliver_due(NOW, receiver) == 1
    assert json.loads(receiver.got[0][1])["data"]["customer"] == "KH2"


def test_what_was_rolled_back_is_never_told(cast: Cast) -> None:
    from django.db import transaction

    subscribed(cast)
    with transaction.atomic():
        open_case(cast.tao, cast.customers[0], "dissatisfied", "撤回", NOW)
        transaction.set_rollback(True)
    assert webhooks.deliver_due(NOW, Receiver()) == 0


def test_a_failure_is_tried_again_ever_later_and_then_given_up(cast: Cast) -> None:
    subscribed(cast, "case.opened")
    open_case(cast.tao, cast.customers[0], "dissatisfied", "空调不制冷", NOW)
    at, receiver = NOW, Receiver(httpx.ConnectTimeout("slow"))
    for wait in webhooks.WAITS:
        assert webhooks.deliver_due(at, receiver) == 1
        assert webhooks.deliver_due(at + wait - timedelta(seconds=1), receiver) == 0
        at += wait
    receiver.status = 500
    assert webhooks.deliver_due(at, receiver) == 1
    delivery = WebhookDelivery.objects.get()
    assert (delivery.state, delivery.status, delivery.tries) == ("failed", 500, 8)
    assert webhooks.deliver_due(at + timedelta(days=9), receiver) == 0
    assert Subscription.objects.get().active


def test_a_receiver_that_keeps_failing_is_switched_off_and_administrators_are_told(cast: Cast) -> None:
    subscription, _secret = subscribed(cast, "case.opened")
    Subscription.objects.update(failures=webhooks.GIVE_UP - 1)
    open_case(cast.tao, cast.customers[0], "dissatisfied", "空调不制冷", NOW)
    WebhookDelivery.objects.update(tries=7)
    webhooks.collect(NOW)
    WebhookDelivery.objects.update(tries=7)
    webhooks.deliver_due(NOW, Receiver(500))
    assert not Subscription.objects.get().active
    assert Notice.objects.get(to=cast.an).words["zh"].startswith("推送订阅“DMS”")
    open_case(cast.tao, cast.customers[1], "dissatisfied", "停用时的事", NOW)
    assert not webhooks.anything_due(NOW)
    webhooks.switch(cast.an, subscription.pk, NOW, active=True)
    webhooks.switch(cast.an, subscription.pk, NOW, active=True)
    assert webhooks.deliver_due(NOW, Receiver()) == 0
    webhooks.switch(cast.an, subscription.pk, NOW, active=False)
    assert not Subscription.objects.get().active


def test_gone_means_gone(cast: Cast) -> None:
    subscribed(cast, "case.opened")
    open_case(cast.tao, cast.customers[0], "dissatisfied", "空调不制冷", NOW)
    webhooks.deliver_due(NOW, Receiver(410))
    assert not Subscription.objects.get().active


def test_an_address_that_became_internal_is_not_called(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(cast, "case.opened")
    open_case(cast.tao, cast.customers[0], "dissatisfied", "空调不制冷", NOW)
    monkeypatch.undo()
    monkeypatch.setattr(webhook_targets.socket, "getaddrinfo", lambda *_about, **_more: [(2, 1, 6, "", ("10.0.0.5", 443))])
    receiver = Receiver()
    webhooks.deliver_due(NOW, receiver)
    assert (receiver.got, WebhookDelivery.objects.get().error) == ([], "webhook.internal")


def test_the_worker_delivers_within_its_round(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    subscribed(cast, "case.closed", "case.solved")
    case = open_case(cast.tao, cast.customers[0], "dissatisfied", "空调不制冷", NOW)
    answer(cast.tao, case.pk, "已致歉", NOW)
    solve(cast.tao, case.pk, "漏氟", "加氟", NOW)
    close(cast.tao, case.pk, "客户满意", NOW)
    receiver = Receiver()
    monkeypatch.setattr(webhooks.deliver_due, "__defaults__", (receiver,))
    schedule.due(NOW)
    while worker.once(NOW):
        pass
    assert [headers["Huifang-Event"] for _host, _body, headers in receiver.got] == ["case.solved", "case.closed"]


def test_a_subscription_needs_a_name_and_events_that_there_are(cast: Cast) -> None:
    for name, events in (("", ["case.opened"]), ("DMS", []), ("DMS", ["nothing"])):
        with pytest.raises(Invalid):
            webhooks.subscribe(cast.an, name, "https://hooks.example.com/in", events, None, NOW)
    assert not AuditEntry.objects.filter(action="webhook.subscribed").exists()
