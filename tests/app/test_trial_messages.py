"""A message seen before it is sent: as real customers would read it, and in one's own hands."""

from __future__ import annotations

from datetime import date

import pytest

from huifang.app.queries.playbooks import in_force, playbook_of
from huifang.app.records.models import AuditEntry, Customer, Event, Message, Occurrence, Staff, StaffAddress, SurveyInvitation
from huifang.app.services import trial_messages
from huifang.app.services.message_previews import ground, previews
from huifang.channels.driver import ReceiptState
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, NotAllowed
from huifang.playbooks.loader import loads
from huifang.playbooks.schema import Playbook
from tests.app.messages import NOW, PLAYBOOK, Business, Provider, business

pytestmark = pytest.mark.django_db
ASKING = PLAYBOOK.replace(
    'text: {zh: "{customer}您好，爱车{customer.plate}还好吗？", en: "Dear {customer}, how is {customer.plate}?"}',
    'text: {zh: "{customer}：{today}，{survey}，{due}，{event.work}{event.staff}", en: "{customer}: {survey}"}',
)
CHATTING = PLAYBOOK.replace(
    "content:",
    "content:\n  chat: {title: {zh: 微信, en: Chat}, channel: wecom, text: {zh: 你好, en: Hello}}"
    "\n  app: {title: {zh: 应用, en: App}, channel: in-app, text: {zh: 你好, en: Hello}}",
)


@pytest.fixture
def firm() -> Business:
    return business()


@pytest.fixture
def manager(firm: Business) -> Staff:
    return Staff.objects.create(code="M1", name="郑经理", sign_in_name="m1", role="manager", all_branches=True, language="zh-hans")


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    found = Provider()
    monkeypatch.setattr(trial_messages, "senders", lambda: found.drivers)
    return found


def book(firm: Business) -> Playbook:
    return playbook_of(firm.version)


def test_those_it_was_last_due_for_are_the_examples(firm: Business, manager: Staff) -> None:
    for _ in range(4):
        firm.follow_up()
    found = previews(manager, book(firm), "thanks", "", NOW)
    assert [one.customer for one in found] == ["王丽华4", "王丽华3", "王丽华2"]
    assert found[0].text == "【安达南山店】王丽华4您好，11月23日 周一的四轮定位还满意吗？"
    assert (found[0].fits, found[0].problem, found[0].language) == (True, None, "zh-hans")
    assert "0004" in found[0].to
    assert "138000" not in found[0].to


def test_another_customer_by_name_within_one_s_branches(firm: Business, manager: Staff) -> None:
    firm.follow_up()
    firm.follow_up(branch=firm.there)
    code = Customer.objects.get(branch=firm.there).code
    assert [one.customer for one in previews(manager, book(firm), "thanks", code, NOW)] == ["王丽华2"]
    assert previews(firm.supervisor, book(firm), "thanks", code, NOW) == []
    assert [one.customer for one in previews(firm.supervisor, book(firm), "thanks", "", NOW)] == ["王丽华1"]


def test_whose_condition_does_not_hold_and_what_is_missing_are_said(firm: Business, manager: Staff) -> None:
    firm.follow_up()
    (often,) = previews(manager, book(firm), "thanks-often", "", NOW)
    assert (often.fits, often.text) == (False, "王丽华1您好，感谢您第1次光临。")
    (due,) = previews(manager, book(firm), "insurance", "", NOW)
    assert due.problem is not None
    assert "{agreement.ends}" in due.problem.zh


def test_a_customer_it_was_never_due_for_reads_of_their_last_event(firm: Business, manager: Staff) -> None:
    followup = firm.follow_up(name="李建军 13800138000")
    Occurrence.objects.all().delete()
    Event.objects.update(staff=firm.agent)
    said = ground(loads(ASKING, "").playbook, "letter", followup.customer, NOW)
    (one,) = previews(manager, loads(ASKING, "").playbook, "letter", "", NOW)
    assert said.leading is not None
    assert said.leading.day == date(2026, 11, 24)
    assert one.text == "李建军 138****8000：11月24日 周二，（发送时生成的问卷链接），11月24日 周二，四轮定位陈晓"
    assert not SurveyInvitation.objects.exists()
    Event.objects.all().delete()
    (one,) = previews(manager, loads(ASKING, "").playbook, "letter", "", NOW)
    assert one.problem is not None
    alone = loads(PLAYBOOK.replace("send: [letter, thanks]", "send: [thanks]").replace("[email, sms]", "[sms]"), "").playbook
    assert previews(manager, alone, "letter", "", NOW)[0].text == "李建军 138****8000您好，爱车粤B00001还好吗？"


def test_a_cause_with_its_event_comes_from_the_plan(firm: Business, manager: Staff) -> None:
    firm.follow_up("after-mail", "email")
    Event.objects.update(staff=firm.agent)
    assert previews(manager, loads(ASKING, "").playbook, "letter", "", NOW)[0].text.endswith("四轮定位陈晓")
    Event.objects.update(staff=None)
    assert previews(manager, loads(ASKING, "").playbook, "letter", "", NOW)[0].problem is not None


def test_a_trial_goes_to_oneself_and_is_written_down(firm: Business, manager: Staff, provider: Provider) -> None:
    customer = firm.follow_up("after-mail", "email").customer
    receipt = trial_messages.send(manager, ground(book(firm), "letter", customer, NOW), "letter", " boss@example.com ", NOW)
    assert receipt.state is ReceiptState.SENT
    ((_, said),) = provider.got
    assert (said.to, said.subject, said.text) == ("boss@example.com", "【测试】王丽华1，谢谢您", "王丽华1您好，爱车粤B00001还好吗？")
    assert trial_messages.address_of(manager, Channel.EMAIL) == "boss@example.com"
    assert str(StaffAddress.objects.get()) == f"{manager.pk} email"
    entry = AuditEntry.objects.get(action="content.tested")
    assert (entry.by, entry.detail["content"]) == (manager, "letter")
    assert not Message.objects.exists()
    trial_messages.send(manager, ground(book(firm), "thanks", customer, NOW), "thanks", "139 0000 1111", NOW)
    assert (provider.got[1][1].to, provider.got[1][1].subject) == ("+8613900001111", "")
    assert provider.got[1][1].text.startswith("【测试】【安达南山店】")


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("letter", "user1@example.com"),
        ("letter", "a@example.com\nBcc: all@example.com"),
        ("letter", ""),
        ("thanks", "13800000001"),
        ("thanks", "+86 138 0000 0001"),
        ("thanks", "no number"),
        ("thanks", "0755-26000000"),
        ("thanks", ""),
        ("chat", "one|another"),
        ("chat", " "),
        ("app", "C-7"),
    ],
)
def test_never_to_a_customer_or_to_what_is_no_address(firm: Business, manager: Staff, provider: Provider, key: str, address: str) -> None:
    customer = firm.follow_up("after-mail", "email").customer
    with pytest.raises(Invalid) as refused:
        trial_messages.send(manager, ground(loads(CHATTING, "").playbook, key, customer, NOW), key, address, NOW)
    assert refused.value.say("zh") != refused.value.say("en")
    assert provider.got == []
    assert not AuditEntry.objects.filter(action="content.tested").exists()


def test_a_trial_goes_to_one_s_own_id_in_a_chat_program(firm: Business, manager: Staff, provider: Provider) -> None:
    provider.channels = frozenset({Channel.WECOM})
    customer = firm.follow_up().customer
    trial_messages.send(manager, ground(loads(CHATTING, "").playbook, "chat", customer, NOW), "chat", " BossLi ", NOW)
    ((_, said),) = provider.got
    assert (said.to, said.subject, said.text) == ("bossli", "", "【测试】你好")


def test_only_those_who_make_messages_try_them(firm: Business, provider: Provider) -> None:
    customer = firm.follow_up().customer
    with pytest.raises(NotAllowed):
        trial_messages.send(firm.agent, ground(book(firm), "thanks", customer, NOW), "thanks", "13900001111", NOW)
    assert in_force()
