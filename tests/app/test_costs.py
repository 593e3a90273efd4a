"""What contacts cost, and what happens when a programme's month has no money left: the plan, the gate and a message all say so and wait."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.queries import costs
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Attempt, AuditEntry, ChannelSetting, FollowUp, Message, Occurrence
from huifang.app.services import channels, delivery, gate, playbooks
from huifang.app.services.contact_records import RecordForm, save
from huifang.app.services.planning import plan_day
from huifang.domain.budget import Price
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, NotAllowed
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, in_hand, planned, settled
from tests.app.messages import Provider

BUDGET = """\
    attempts: {at most: 3}
    budget: 10
"""
NEXT_MONTH = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
"""Nine in the morning of the first."""


@pytest.fixture
def shop(cast: Cast) -> Cast:
    text = (
        PLAYBOOK.replace("    attempts: {at most: 3}\n", BUDGET).replace("expires: 5 working days", "expires: 30 days")
        + "costs: {phone: 3.5}\n"
    )
    cast.version = playbooks.activate(None, playbooks.add_version(None, text, "small-shop.yaml", NOW), NOW)
    return cast


def contacts(shop: Cast, number: int, day: date = DAY, programme: str = "day-after") -> None:
    """So many past calls of the programme, each of a follow-up of its own."""
    for _ in range(number):
        followup = planned(shop, shop.customers[2], shop.lin, programme)
        made = FollowUp.objects.filter(customer=shop.customers[2]).count()
        Attempt.objects.create(
            ticket=f"00000000-0000-0000-0000-{made:012}", key=f"k{made}", followup=followup, customer=shop.customers[2], channel="phone",
            purpose="service", programme=programme, state=Attempt.State.ENDED, outcome="no_answer", counted=False, at=NOW, day=day,
        )  # fmt: skip


def test_with_money_left_the_contact_is_allowed_and_the_next_one_waits_for_the_first_of_the_month(shop: Cast) -> None:
    contacts(shop, 1)
    followup, fence = in_hand(shop)
    gate.allow(shop.chen, followup.pk, fence, "phone", None, NOW)
    save(shop.chen, followup.pk, fence, RecordForm(outcome="no_answer", token="1"), NOW)
    other, fence = in_hand(shop, shop.customers[1])
    with pytest.raises(gate.ContactRefused) as refused:
        gate.allow(shop.chen, other.pk, fence, "phone", None, NOW)
    assert (refused.value.rule, refused.value.next_allowed) == ("budget", NEXT_MONTH)
    assert "10.00" in refused.value.say("zh")
    assert AuditEntry.objects.filter(action="contact.refused", detail__rule="budget").exists()


def test_another_month_and_another_programme_are_not_counted(shop: Cast) -> None:
    contacts(shop, 3, date(2026, 10, 31))
    contacts(shop, 3, DAY, "thanks")
    followup, fence = in_hand(shop)
    assert gate.allow(shop.chen, followup.pk, fence, "phone", None, NOW)


def test_the_settings_come_before_the_playbook_and_minutes_are_charged(shop: Cast) -> None:
    assert costs.prices(playbook_of(shop.version)) == {Channel.PHONE: Price(3.5)}
    channels.set_costs(shop.an, {"phone": ("0.5", "1.2"), "sms": ("0.05", ""), "telepathy": ("1", "1")})
    known = costs.prices(playbook_of(shop.version))
    assert known == {Channel.PHONE: Price(0.5, 1.2), Channel.SMS: Price(0.05)}
    followup, fence = in_hand(shop)
    gate.allow(shop.chen, followup.pk, fence, "phone", None, NOW)
    save(shop.chen, followup.pk, fence, RecordForm(outcome="no_answer", token="1", seconds=150), NOW)
    assert costs.cost_of(Attempt.objects.all(), known) == (1, pytest.approx(0.5 + 2.5 * 1.2))
    assert costs.usual_costs(playbook_of(shop.version), DAY)[Channel.PHONE] == pytest.approx(3.5)
    (spent,) = costs.spending([playbook_of(shop.version)], DAY)
    assert (spent.budget, spent.spent, spent.left) == (10, pytest.approx(3.5), pytest.approx(6.5))
    assert costs.Spending(spent.title, 10, 12).left == 0


def test_the_plan_gives_the_money_out_in_order_and_defers_the_rest(shop: Cast) -> None:
    for number, who in enumerate(shop.customers):
        settled(who, f"J{number}", DAY - timedelta(days=1))
    plan_day(DAY, NOW)
    assert FollowUp.objects.count() == 2
    assert Occurrence.objects.values_list("rule", "until").get(decision="deferred") == ("deferred.budget", date(2026, 12, 1))
    channels.set_costs(shop.an, {"phone": ("1", "")})
    plan_day(DAY, NOW)
    assert FollowUp.objects.count() == 3


def test_a_message_without_money_is_blocked_and_planned_again_next_month(shop: Cast) -> None:
    text = shop.version.text.replace("through: [phone]\n    attempts", "through: [sms]\n    send: [hello]\n    attempts")
    text = text.replace("programmes:\n", 'content: {hello: {title: 短信, channel: sms, text: "您好"}}\nprogrammes:\n').replace(
        "phone: 3.5", "sms: 11"
    )
    shop.version = playbooks.activate(None, playbooks.add_version(None, text, "small-shop.yaml", NOW), NOW)
    followup = planned(shop, shop.customers[0])
    FollowUp.objects.filter(pk=followup.pk).update(channel="sms")
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"blocked": 1}
    assert Message.objects.get().rule == "budget"
    assert Occurrence.objects.get().next_on == date(2026, 12, 1)


def test_what_is_no_amount_of_money_changes_nothing(shop: Cast) -> None:
    for text in ("-1", "free", "100000", "NaN"):
        with pytest.raises(Invalid):
            channels.set_costs(shop.an, {"sms": ("0.05", ""), "phone": (text, "")})
    assert not ChannelSetting.objects.exists()
    with pytest.raises(NotAllowed):
        channels.set_costs(shop.chen, {"sms": ("1", "")})


def test_the_page_shows_costs_and_budgets_and_takes_new_ones(shop: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    contacts(shop, 2)
    client, address = Client(), reverse("channel-costs")
    client.force_login(shop.an, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(address).content.decode()
    for said in ("¥3.50", "¥10.00", "¥7.00", "¥3.00", "次日满意度回访"):
        assert said in page
    assert client.post(address, {"phone.contact": "¥1,000.50", "sms.contact": ""}).status_code == 302
    assert list(ChannelSetting.objects.values_list("channel", "contact_cost")) == [("phone", Decimal("1000.5"))]
    assert client.post(address, {"phone.contact": "1000.5"}).status_code == 302
    assert AuditEntry.objects.filter(action="channel.priced").count() == 1
    assert 'value="1000.5"' in client.get(address).content.decode()
    wrong = client.post(address, {"phone.contact": "abc"})
    assert (wrong.status_code, "abc" in wrong.content.decode()) == (422, True)
    assert client.post(address, {"phone.contact": "20"}).status_code == 302
    assert 'value="20"' in client.get(address).content.decode()
    assert client.post(address, {}).status_code == 302
    assert costs.set_prices() == {}
