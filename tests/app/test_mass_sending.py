"""Many messages at once wait for a second person, who sees them first, and can stop them for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from huifang.app.queries.accounting import account
from huifang.app.queries.mass_sendings import of_day, page_of
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.timeline import Names
from huifang.app.records.models import AuditEntry, FollowUp, MassSending, Message, Notice, Occurrence, PlaybookVersion, Staff
from huifang.app.services import delivery, mass_sending
from huifang.app.services.message_previews import of_messages
from huifang.domain.errors import Conflict, NotAllowed
from tests.app.messages import DAY, NOW, Business, Provider, business

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(settings: Any) -> Business:
    settings.HUIFANG = replace(settings.HUIFANG, mass_over=2)
    firm = business()
    for code, name in (("M1", "郑经理"), ("M2", "王经理")):
        Staff.objects.create(code=code, name=name, sign_in_name=code, role="manager", all_branches=True)
    return firm


def manager(code: str = "M1") -> Staff:
    return Staff.objects.get(code=code)


def sent() -> dict[str, int]:
    return delivery.deliver_due(NOW, drivers=Provider().drivers)


def waiting() -> MassSending:
    return MassSending.objects.get(state="waiting")


def test_few_messages_ask_nobody(firm: Business) -> None:
    firm.follow_up(), firm.follow_up()
    assert not mass_sending.anything_to_ask(NOW)
    assert sent() == {"sent": 2}
    assert not MassSending.objects.exists()


def test_no_limit_asks_nobody(firm: Business, settings: Any) -> None:
    settings.HUIFANG = replace(settings.HUIFANG, mass_over=0)
    [firm.follow_up() for _ in range(3)]
    assert sent() == {"sent": 3}


def test_many_wait_until_somebody_else_lets_them_go(firm: Business) -> None:
    [firm.follow_up() for _ in range(3)]
    firm.follow_up("after-mail", "email")
    assert delivery.anything_due(NOW)
    assert sent() == {"sent": 1}, "another programme does not wait"
    row = waiting()
    assert str(row) == "after-care/after-sms 2026-11-24 waiting"
    assert (row.playbook, row.programme, row.day, row.number) == ("after-care", "after-sms", DAY, 3)
    assert set(Notice.objects.values_list("to__code", "subject")) == {("M1", f"mass:{row.pk}"), ("M2", f"mass:{row.pk}")}
    assert sent() == {}
    assert not delivery.anything_due(NOW)
    assert delivery.deliver([FollowUp.objects.filter(state="open")[0].pk], NOW, Provider().drivers) == {"held back": 1}
    mass_sending.decide(manager(), row.pk, 3, NOW, allowed=True)
    assert sent() == {"sent": 3}
    assert list(AuditEntry.objects.filter(action__startswith="sending.").order_by("number").values_list("action", "by__code")) == [
        ("sending.asked", None), ("sending.allowed", "M1"),
    ]  # fmt: skip


def test_what_is_stopped_is_never_sent_and_adds_up(firm: Business) -> None:
    followups = [firm.follow_up() for _ in range(3)]
    sent()
    mass_sending.decide(manager(), waiting().pk, 3, NOW, allowed=False)
    assert sent() == {"blocked": 3}
    assert set(Message.objects.values_list("rule", "attempt")) == {("mass.stopped", None)}
    assert set(Occurrence.objects.values_list("open", "closed_as")) == {(False, "stopped")}
    found = account(FollowUp.objects.filter(pk__in=[one.pk for one in followups]), DAY)
    assert found.balanced
    assert found.blocked == 3
    firm.follow_up()
    assert sent() == {"blocked": 1}, "what is planned later in the day is of the same batch"


def test_what_was_let_go_can_still_be_stopped_and_not_the_other_way(firm: Business) -> None:
    [firm.follow_up() for _ in range(3)]
    sent()
    row = waiting()
    mass_sending.decide(manager(), row.pk, 3, NOW, allowed=True)
    mass_sending.decide(manager("M2"), row.pk, 0, NOW, allowed=False)
    with pytest.raises(Conflict):
        mass_sending.decide(manager(), row.pk, 3, NOW, allowed=True)


def test_a_batch_that_has_grown_is_looked_at_again(firm: Business) -> None:
    [firm.follow_up() for _ in range(3)]
    sent()
    firm.follow_up()
    with pytest.raises(Conflict):
        mass_sending.decide(manager(), waiting().pk, 3, NOW, allowed=True)
    mass_sending.decide(manager(), waiting().pk, 4, NOW, allowed=True)
    [firm.follow_up() for _ in range(2)]
    assert sent() == {"sent": 6}, "two more than were seen"
    firm.follow_up()
    assert sent() == {}
    assert waiting().number == 7


def test_who_decides(firm: Business) -> None:
    [firm.follow_up() for _ in range(2)]
    firm.follow_up(branch=firm.there)
    sent()
    row = waiting()
    with pytest.raises(NotAllowed):
        mass_sending.decide(firm.supervisor, row.pk, 3, NOW, allowed=True)
    near = Staff.objects.create(code="M3", name="分店经理", sign_in_name="m3", role="manager", branch=firm.here)
    with pytest.raises(NotAllowed, match="not all of it"):
        mass_sending.decide(near, row.pk, 3, NOW, allowed=True)
    with pytest.raises(NotAllowed):
        mass_sending.decide(manager(), row.pk + 1, 3, NOW, allowed=True)
    PlaybookVersion.objects.update(created_by=manager())
    assert not mass_sending.may_decide(manager(), row)
    assert mass_sending.may_decide(manager("M2"), row)
    with pytest.raises(NotAllowed, match="made this version"):
        mass_sending.decide(manager(), row.pk, 3, NOW, allowed=True)
    Staff.objects.filter(code="M2").update(is_active=False)
    assert mass_sending.decide(manager(), row.pk, 3, NOW, allowed=True).state == "allowed", "nobody else could"


def test_the_page_shows_the_number_and_three_examples_without_writing_anything(firm: Business) -> None:
    [firm.follow_up() for _ in range(5)]
    firm.follow_up(branch=firm.there, name="外店13800138000")
    sent()
    page = page_of(manager(), waiting(), "zh")
    examples = of_messages(page.examples, NOW)
    assert (page.number, page.channels) == (6, [("短信", 6)])
    assert page.branches == [("安达南山店", 5), ("安达龙岗店", 1)]
    assert [one.customer for one in examples] == ["王丽华1", "王丽华3", "外店13800138000"]
    assert "138****8000" in examples[2].text
    assert examples[0].to.endswith("0001")
    assert "*" in examples[0].to
    names = Names(tuple(each.playbook for each in in_force()), "zh")
    assert [(line.title, line.number) for line in of_day(firm.supervisor, names, DAY)] == [("短信回访", 6)]
    assert len(page_of(firm.stranger, waiting(), "zh").examples) == 1
    assert not Message.objects.exists()
