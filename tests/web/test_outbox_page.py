"""The outbox's page: what was sent, waits, failed or was stopped, without a number or an address in full."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from huifang.app.queries import outbox
from huifang.app.records.models import FollowUp, Message, Staff
from huifang.app.services import consents, delivery
from huifang.app.web.views import outbox as views
from tests.app.messages import DAY, FAILED, NOW, SENT, UNKNOWN, Business, Provider, business

pytestmark = pytest.mark.django_db
PAGE = f"/outbox/?day={DAY.isoformat()}"


@pytest.fixture
def firm() -> Business:
    """One message of each kind: sent, waiting, unknown, blocked; and one of another branch."""
    firm = business()
    firm.follow_up(name="赵发出")
    open_one, gone, refused = firm.follow_up(name="钱等待"), firm.follow_up(name="孙不明"), firm.follow_up(name="李拒绝")
    firm.follow_up(branch=firm.there, name="周外店")
    consents.opt_out(None, refused.customer, "any", "any", "reply", NOW)
    answers = {open_one.customer.name: FAILED, gone.customer.name: UNKNOWN}
    provider = Provider(behaves=lambda _, said: next((receipt for name, receipt in answers.items() if name in said.text), SENT))
    delivery.deliver_due(NOW, drivers=provider.drivers)
    return firm


def page(staff: Staff, address: str = PAGE) -> str:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_message_of_the_branch_with_its_state_and_the_account_on_top(firm: Business) -> None:
    seen = page(firm.supervisor)
    assert "计划 4 = 已发送 1 + 失败 0 + 结果不明 1 + 已拦截 1 + 待发送 1" in seen
    assert "【安达南山店】赵发出您好" in seen
    assert "opted-out" in seen
    assert "客户已拒绝此类联络。" in seen
    assert "周外店" not in seen
    assert "数目对不上" not in seen


def test_a_day_of_more_messages_than_are_counted_is_counted_when_asked(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (outbox, views):
        monkeypatch.setattr(module, "COUNTED", 3)
    seen = page(firm.supervisor)
    assert "当天消息超过 3 条" in seen
    assert "计划 4" not in seen
    assert "赵发出" in seen
    assert f"?{PAGE.partition('?')[2]}&amp;show=&count=all" in seen
    assert "计划 4 = 已发送 1" in page(firm.supervisor, f"{PAGE}&count=all")
    monkeypatch.setattr(outbox, "COUNTED", 4)
    assert "计划 4 = 已发送 1" in page(firm.supervisor)


def test_numbers_are_masked(firm: Business) -> None:
    seen = page(firm.supervisor)
    assert "138****0001" in seen
    assert "13800000001" not in seen


@pytest.mark.parametrize(
    ("show", "names"), [("sent", "赵发出"), ("pending", "钱等待"), ("unknown", "孙不明"), ("blocked", "李拒绝"), ("failed", "没有消息")]
)
def test_one_state_at_a_time(firm: Business, show: str, names: str) -> None:
    seen = page(firm.supervisor, f"{PAGE}&show={show}")
    assert names in seen
    assert sum(name in seen for name in ("赵发出", "钱等待", "孙不明", "李拒绝")) == (show != "failed")


def test_a_message_that_nobody_knows_of_is_settled_once(firm: Business) -> None:
    number = Message.objects.get(attempt__state="unknown").pk
    client = Client()
    client.force_login(firm.supervisor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/outbox/{number}/settle/").status_code == 400
    client.post(f"/outbox/{number}/settle/", {"arrived": "yes"})
    assert FollowUp.objects.get(messages=number).outcome == "delivered"
    assert "已经核实过" in client.post(f"/outbox/{number}/settle/", {"arrived": "no"}, follow=True).content.decode()
    assert "已发送 2" in page(firm.supervisor)


def test_a_customer_s_name_is_shown_letter_by_letter(firm: Business) -> None:
    firm.follow_up(name="<script>alert(1)</script>")
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    seen = page(firm.supervisor)
    assert "<script>alert(1)" not in seen
    assert "&lt;script&gt;alert(1)" in seen


def test_the_number_of_queries_does_not_grow_with_the_list(firm: Business) -> None:
    with CaptureQueriesContext(connection) as few:
        page(firm.supervisor)
    for _ in range(20):
        firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    with CaptureQueriesContext(connection) as many:
        page(firm.supervisor)
    assert len(many) <= len(few)


def test_in_english_and_on_an_empty_day(firm: Business) -> None:
    Staff.objects.update(language="en")
    firm.supervisor.refresh_from_db()
    assert "Planned 4 = sent 1 + failed 0 + not known 1 + blocked 1 + waiting 1" in page(firm.supervisor)
    assert "No messages" in page(firm.supervisor, "/outbox/?day=2020-01-01")
    assert "Outbox" in page(firm.supervisor, "/outbox/?day=nonsense&from=x")
