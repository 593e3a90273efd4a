"""Coupon codes: each given to one customer once, whoever asks at the same moment; the same for a message that is tried again."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connections

from huifang.app.queries.coupons import lines
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import AuditEntry, Coupon, CouponPool, Customer, FollowUp, Message, Notice, Staff
from huifang.app.services import coupons, delivery, playbooks, rendering
from huifang.app.services.coupons import NoneLeft, bring_in, give, take_in
from huifang.app.services.message_ground import of_followup
from huifang.app.services.message_previews import previews
from huifang.domain.contact import Channel
from huifang.domain.errors import Conflict, Invalid, NotAllowed
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from tests.app.messages import DAY, FAILED, NOW, PLAYBOOK, Business, Provider, business

pytestmark = pytest.mark.django_db(transaction=True)
GIVING = PLAYBOOK.replace(
    "content:\n",
    "coupons:\n  oil: {title: {zh: 机油券, en: Oil}, valid: 2 weeks}\n"
    "  wash: {title: {zh: 洗车券, en: Wash}, valid: 1 month, codes: brought in}\ncontent:\n",
).replace(
    '    text:\n      zh: "【{organisation}】{customer}您好，{event.day}的{event.work}还满意吗？"',
    '    coupon: oil\n    text:\n      zh: "{customer}，送您{coupon}，{coupon.until}前有效。"',
)  # fmt: skip
WASHING = GIVING.replace("    coupon: oil\n", "    coupon: wash\n")


def firm_with(text: str) -> Business:
    firm = business()
    firm.version = playbooks.activate(None, playbooks.add_version(None, text, "after-care.yaml", NOW), NOW)
    Staff.objects.create(code="M1", name="郑经理", sign_in_name="m1", role="manager", all_branches=True)
    return firm


@pytest.fixture
def firm(transactional_db: None) -> Business:
    return firm_with(GIVING)


def manager() -> Staff:
    return Staff.objects.get(code="M1")


def given(followup: FollowUp, key: str = "oil") -> Coupon:
    book = playbook_of(followup.playbook_version)
    return give("after-care", key, book.coupons[key], followup, followup.customer, NOW)


def test_a_message_gives_a_code_and_says_until_when(firm: Business) -> None:
    followup, provider = firm.follow_up(), Provider()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    coupon = Coupon.objects.get()
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}", coupon.code)
    assert provider.got[0][1].text == f"王丽华1，送您{coupon.code}，12月8日 周二前有效。"
    assert (coupon.followup, coupon.customer, coupon.given_at, coupon.until) == (followup, followup.customer, NOW, date(2026, 12, 8))


def test_tried_again_it_is_the_same_code(firm: Business) -> None:
    followup = firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider(behaves=lambda _ticket, _message: FAILED).drivers)
    book = playbook_of(followup.playbook_version)
    again = rendering.write(of_followup(followup, followup.customer, Channel.SMS, book, NOW + timedelta(hours=2)))
    assert again.text == Message.objects.get().text
    assert Coupon.objects.get().followup == followup


def test_seen_beforehand_no_code_is_given(firm: Business) -> None:
    firm.follow_up()
    (one,) = previews(manager(), playbook_of(firm.version), "thanks", "", NOW)
    assert one.text == "王丽华1，送您（发送时发放的券码），12月8日 周二前有效。"
    assert not Coupon.objects.exists()


def test_a_message_that_does_not_say_the_code_gives_none(transactional_db: None) -> None:
    firm = firm_with(GIVING.replace("{customer}，送您{coupon}，{coupon.until}前有效。", "{customer}，您好。"))
    firm.follow_up()
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"sent": 1}
    assert not Coupon.objects.exists()


def test_what_was_never_tried_hands_its_code_on(firm: Business) -> None:
    followup = firm.follow_up()
    first = given(followup)
    again = firm.again(followup.customer, "after-sms", "sms")
    assert given(again).pk == first.pk
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    assert given(firm.again(followup.customer, "after-sms", "sms")).pk != first.pk, "that one has left the house"


def together(count: int, act: object) -> list[object]:
    """`act` in so many threads, begun at the same moment."""
    line = threading.Barrier(count)

    def one(number: int) -> object:
        try:
            line.wait(timeout=30)
            return act(number)  # type: ignore[operator]  # any function of a number
        except Invalid as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_many_hands_and_few_codes_give_each_code_once(transactional_db: None) -> None:
    firm = firm_with(WASHING)
    bring_in(manager(), "after-care", "wash", "\n".join(f"WASH-{number:04d}" for number in range(6)))
    work = [firm.follow_up() for _ in range(8)]
    found = together(8, lambda number: given(work[number], "wash").pk)
    codes = [one for one in found if isinstance(one, int)]
    assert len(set(codes)) == len(codes)
    for each in work:  # who was turned away because of a neighbour's lock gets what is left
        try:
            codes.append(given(each, "wash").pk)
        except NoneLeft:
            continue
    assert Coupon.objects.filter(given_at__isnull=False).count() == 6
    assert len(set(codes)) == 6


def test_many_hands_on_one_message_give_one_code(firm: Business) -> None:
    followup = firm.follow_up()
    assert len(set(together(6, lambda _: given(followup).code))) == 1
    assert Coupon.objects.filter(given_at__isnull=False).count() == 1


def test_without_a_code_left_nothing_goes_out_and_the_manager_hears(transactional_db: None) -> None:
    firm = firm_with(WASHING)
    bring_in(manager(), "after-care", "wash", "WASH-0001")
    firm.follow_up(), firm.follow_up()
    provider = Provider()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1, "blocked": 1}
    assert [message.text for _, message in provider.got] == ["王丽华1，送您WASH-0001，12月24日 周四前有效。"]
    assert Message.objects.get(attempt=None).rule == "coupon.none-left"
    assert Notice.objects.filter(to=manager(), subject__startswith="coupons:").count() == 1


def test_what_else_is_missing_costs_no_code(firm: Business) -> None:
    followup = firm.follow_up(name=" ")
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    assert Message.objects.get().rule == "message.no-value"
    assert "{customer}" in Message.objects.get().words["zh"]
    assert "{coupon}" not in Message.objects.get().words["zh"]
    assert not Coupon.objects.filter(followup=followup).exists()


def test_codes_are_brought_in_once(firm: Business) -> None:
    found = bring_in(manager(), "after-care", "wash", "AB-1001\n ab1001 \n\nAB-1002\n")
    assert (found.added, found.known) == (2, 1)
    assert bring_in(manager(), "after-care", "wash", "ab 1001\nAB-1003").added == 1
    assert AuditEntry.objects.filter(action="coupons.brought-in").count() == 2
    (oil, wash) = lines([playbook_of(firm.version)])
    assert (oil.left, oil.low, wash.left, wash.given, wash.used, wash.low) == (None, False, 3, 0, 0, False)
    given(firm.follow_up(), "wash")
    (_, wash) = lines([playbook_of(firm.version)])
    assert (wash.left, wash.given) == (2, 1)


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("wash", "AB-1001\nAB\n", "Line 2"),
        ("wash", "A" * 65, "Line 1"),
        ("wash", "\n" * 100_001, "At most"),
        ("oil", "AB-1001", "no such coupon"),
        ("none", "AB-1001", "no such coupon"),
    ],
)
def test_what_is_no_code_adds_nothing(firm: Business, key: str, text: str, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        bring_in(manager(), "after-care", key, text)
    assert not Coupon.objects.exists()
    with pytest.raises(NotAllowed):
        bring_in(firm.supervisor, "after-care", "wash", "AB-1001")


def test_a_code_is_taken_in_once_and_in_time(firm: Business) -> None:
    code = given(firm.follow_up()).code
    assert take_in(firm.agent, f" {code.lower().replace('-', ' ')} ", NOW).used_by == firm.agent
    with pytest.raises(Conflict, match="has been used"):
        take_in(firm.agent, code, NOW)
    late = given(firm.follow_up()).code
    with pytest.raises(Conflict, match="past its time"):
        take_in(firm.agent, late, NOW + timedelta(days=15))
    Coupon.objects.filter(followup__isnull=False, used_at=None).update(until=None)
    assert take_in(firm.agent, late, NOW + timedelta(days=15)).used_at
    with pytest.raises(Invalid):
        take_in(firm.agent, "ABCD-ABCD-ABCD", NOW)
    bring_in(manager(), "after-care", "wash", "WASH-0001")
    with pytest.raises(Invalid):
        take_in(firm.agent, "WASH-0001", NOW)
    assert AuditEntry.objects.filter(action="coupon.taken-in").count() == 2
    assert coupons.rule_of("other", "oil") is None


def test_codes_cannot_be_read_in_the_database(firm: Business) -> None:
    coupon = given(firm.follow_up())
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT code, code_index FROM records_coupon")
        assert coupon.code.encode() not in bytes(cursor.fetchone()[0])
    assert str(CouponPool.objects.get()) == "after-care/oil"
    assert str(coupon) == f"{coupon.pool_id} {coupon.pk}"
    assert Customer.objects.get().coupons.count() == 1
    assert coupon.until is not None
    assert coupon.until > DAY


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("    coupon: oil\n", "", "check.no-coupon"),
        ("    coupon: oil\n", "    coupon: oli\n", "check.unknown-name"),
    ],
)
def test_a_coupon_nobody_declared_is_an_error(old: str, new: str, code: str) -> None:
    assert check_loaded(loads(GIVING)) == []
    assert code in {problem.code for problem in check_loaded(loads(GIVING.replace(old, new)))}


def test_a_coupon_is_valid_for_whole_days() -> None:
    with pytest.raises(Exception, match="days, weeks, months or years"):
        loads(GIVING.replace("valid: 2 weeks", "valid: 2 h"))
