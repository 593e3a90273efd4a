"""The emotional account and the guard hold at the gate, in the plan and on the customer's page, whatever makes a contact due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huifang.app import snapshot
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.playbooks import playbook_of
from huifang.app.queries.why_next import why_next
from huifang.app.records.models import Attempt, ContactPolicy, Customer, Feedback, Occurrence, PlaybookVersion, Promise
from huifang.app.services import consents, gate
from huifang.app.services.gate import ContactRefused
from huifang.app.services.planning import plan_day
from huifang.app.services.playbooks import activate, add_version
from huifang.engine.stages import inputs
from tests.app.cast import DAY, NOW, PLAYBOOK, Cast, in_hand, settled

MONDAY_MORNING = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def cast(cast: Cast) -> Cast:
    """There is a gap of five days."""
    text = PLAYBOOK.replace("limits:", "limits:\n  gap: 5 days")
    activate(None, add_version(None, text, "small-shop.yaml", NOW), NOW)
    cast.version = PlaybookVersion.objects.get(state="active")
    return cast


def learned(who: Customer, **more: object) -> None:
    """What the night has learned."""
    about = {
        "index": 1.0, "at_once": 1.0, "plans_ahead": False, "reliability": 0.0, "engaged": True, "observations": 1, "cluster": "c",
        "balance": 0, "slowed": 1.0, "paused": False, "as_of": DAY, "reasons": "",
    }  # fmt: skip
    ContactPolicy.objects.create(customer=who, **{**about, **more})


def told(cast: Cast, who: Customer, days: int, purpose: str = "marketing") -> Attempt:
    """The customer was reached so many days ago."""
    at = NOW - timedelta(days=days)
    return Attempt.objects.create(
        ticket=f"00000000-0000-0000-0000-{days:012}", key=f"{who.pk}-{days}", customer=who, branch=who.branch, channel="phone",
        purpose=purpose,        programme="offer", state=Attempt.State.ENDED, at=at, day=at.date(), reached=True, counted=True,
    )  # fmt: skip


def offer(cast: Cast, **more: object) -> tuple[int, int]:
    """An offer in hand to a customer who has agreed to offers."""
    who = cast.customers[0]
    consents.opt_in(cast.chen, who, "marketing", "phone", "agent", NOW, "电话里说愿意收到优惠")
    learned(who, **more)
    followup, fence = in_hand(cast, programme="offer", purpose="marketing")
    return followup.pk, fence


def refusal(cast: Cast, followup: int, fence: int, now: datetime = NOW) -> ContactRefused:
    with pytest.raises(ContactRefused) as refused:
        gate.allow(cast.chen, followup, fence, "phone", None, now)
    return refused.value


def test_an_overdrawn_account_stops_offers_until_it_is_a_year_old(cast: Cast) -> None:
    """The account of the moment decides, not that of the night."""
    told(cast, cast.customers[0], 100)
    followup, fence = offer(cast, balance=9)
    answer = refusal(cast, followup, fence)
    assert answer.rule == "account.overdrawn"
    assert answer.next_allowed is not None
    free = DAY + timedelta(days=265)
    assert (answer.next_allowed - datetime(free.year, free.month, free.day, tzinfo=UTC)) < timedelta(days=3)
    assert "-2" in answer.say("zh")
    for number in range(2):
        settled(cast.customers[0], f"W{number}", DAY - timedelta(days=number))
    assert gate.allow(cast.chen, followup, fence, "phone", None, NOW)


def test_who_says_today_that_the_calls_annoy_is_not_made_an_offer_today(cast: Cast) -> None:
    followup, fence = offer(cast)
    Feedback.objects.create(customer=cast.customers[0], words="别再打了", kind="complaint", topic="calls", at=NOW, state="decided")
    assert refusal(cast, followup, fence).rule == "account.overdrawn"


def test_a_class_that_rests_is_asked_again_the_next_day(cast: Cast) -> None:
    followup, fence = offer(cast, paused=True)
    answer = refusal(cast, followup, fence)
    assert (answer.rule, answer.next_allowed) == ("class.rests", MONDAY_MORNING)


def test_a_class_that_is_slowed_down_has_longer_gaps(cast: Cast) -> None:
    who = cast.customers[0]
    for number in range(3):
        settled(who, f"W{number}", DAY - timedelta(days=30))
    told(cast, who, 6)
    followup, fence = offer(cast, slowed=1.7)
    answer = refusal(cast, followup, fence)
    assert (answer.rule, answer.next_allowed) == ("class.slowed", MONDAY_MORNING)
    assert "9" in answer.say("en")
    ContactPolicy.objects.update(slowed=1.0)
    assert gate.allow(cast.chen, followup, fence, "phone", None, NOW)


@pytest.mark.parametrize(("programme", "purpose"), [("day-after", "service"), ("thanks", "relationship")])
def test_service_and_what_the_customer_asked_for_go_on(cast: Cast, programme: str, purpose: str) -> None:
    told(cast, cast.customers[0], 100)
    learned(cast.customers[0], paused=True, slowed=4.0)
    followup, fence = in_hand(cast, programme=programme, purpose=purpose)
    with CaptureQueriesContext(connection) as asked:
        assert gate.allow(cast.chen, followup.pk, fence, "phone", None, NOW)
    assert not any("contactpolicy" in each["sql"] for each in asked.captured_queries)


def test_a_promise_goes_on(cast: Cast) -> None:
    followup, fence = offer(cast, paused=True)
    Promise.objects.create(
        customer=cast.customers[0], occurrence=Occurrence.objects.get(followup=followup), opens_at=NOW, closes_at=NOW + timedelta(hours=1),
        day=DAY, made_at=NOW,
    )  # fmt: skip
    assert gate.allow(cast.chen, followup, fence, "phone", None, NOW)


def test_where_nothing_was_learned_nobody_rests(cast: Cast) -> None:
    told(cast, cast.customers[0], 100)
    followup, fence = offer(cast)
    ContactPolicy.objects.all().delete()
    assert gate.allow(cast.chen, followup, fence, "phone", None, NOW)


def test_the_plan_and_the_customers_page_say_why_and_when_next(cast: Cast) -> None:
    for who in cast.customers:
        settled(who, f"W{who.pk}", datetime(2026, 5, 20).date())
        consents.opt_in(cast.chen, who, "marketing", "phone", "agent", NOW, "电话里说愿意收到优惠")
    first, second, _third = cast.customers
    learned(first, balance=-3)
    learned(second, paused=True)
    plan_day(DAY, NOW)
    decided = dict(Occurrence.objects.filter(programme="offer").values_list("customer", "rule"))
    assert [decided[who.pk] for who in cast.customers] == ["deferred.account-overdrawn", "deferred.class-rests", "planned.first"]
    said = why_next(cast.tao, CustomerRows(first), (playbook_of(cast.version),), DAY, DAY, "zh")
    [line] = [one for one in said.lines if one.programme == "优惠通知"]
    assert line.decision == "顺延"
    assert "情感账户 -3" in line.why
    assert line.next_day == datetime(2026, 11, 23).date()


def test_where_every_programme_is_service_nobodys_account_is_read(cast: Cast) -> None:
    playbook = playbook_of(cast.version)
    service = {key: rule for key, rule in playbook.programmes.items() if rule.purpose == "service"}
    only = playbook.model_copy(update={"programmes": service})
    with CaptureQueriesContext(connection) as asked:
        tables = snapshot.load(snapshot.connect(), (only,), DAY)
    assert "contact_policy" not in tables
    assert not inputs(tables).policy_given
    assert not any("contactpolicy" in each["sql"] for each in asked.captured_queries)
