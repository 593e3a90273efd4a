"""Links in messages: a customer's own, the same when tried again; only the pressed button counts, and leads where the playbook says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from huifang.app.queries.link_clicks import link_lines
from huifang.app.queries.playbooks import playbook_of
from huifang.app.queries.timeline import Names
from huifang.app.records.models import AuditEntry, FollowUp, Message, MessageLink, Staff
from huifang.app.services import delivery, message_links, playbooks, rendering
from huifang.app.services.message_ground import of_followup
from huifang.app.services.message_previews import previews
from huifang.domain.contact import Channel
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from tests.app.messages import FAILED, NOW, PLAYBOOK, Business, Provider, business

pytestmark = pytest.mark.django_db(transaction=True)
LINKED = PLAYBOOK.replace(
    "content:\n",
    'links:\n  guide: {title: {zh: 使用指南, en: Guide}, to: "https://help.example.com/start?from=mail", open for: 2 weeks}\ncontent:\n',
    1,
).replace("{event.work}还满意吗？", "{event.work}请看{link.guide}")  # fmt: skip

ONCE = LINKED.replace("open for: 2 weeks", "open for: 2 weeks, uses: 1")


@pytest.fixture
def firm(transactional_db: None, settings) -> Business:
    settings.HUIFANG = replace(settings.HUIFANG, public_url="https://care.example.com")
    firm = business()
    firm.version = playbooks.activate(None, playbooks.add_version(None, LINKED, "after-care.yaml", NOW), NOW)
    Staff.objects.create(code="M1", name="郑经理", sign_in_name="m1", role="manager", all_branches=True)
    return firm


def sent(firm: Business) -> tuple[FollowUp, str]:
    """A message that has gone out, and the token in it."""
    followup, provider = firm.follow_up(), Provider()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    token = MessageLink.objects.get(followup=followup).token
    assert provider.got[0][1].text.endswith(f"四轮定位请看https://care.example.com/l/{token}/")
    return followup, token


def test_each_message_has_a_link_of_its_own_that_nobody_guesses(firm: Business) -> None:
    tokens = {sent(firm)[1] for _ in range(3)}
    assert len(tokens) == 3
    assert {len(token) for token in tokens} == {32}, "24 bytes, 192 bits"
    row = MessageLink.objects.first()
    assert row is not None
    assert row.until == NOW.date() + timedelta(weeks=2)
    assert str(row) == f"{row.followup_id} guide"
    assert row.token not in row.token_hash


def test_tried_again_it_is_the_same_link(firm: Business) -> None:
    followup = firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider(behaves=lambda _ticket, _message: FAILED).drivers)
    book = playbook_of(followup.playbook_version)
    again = rendering.write(of_followup(followup, followup.customer, Channel.SMS, book, NOW + timedelta(hours=2)))
    assert again.text == Message.objects.get().text
    assert MessageLink.objects.count() == 1


def test_seen_beforehand_no_link_is_made(firm: Business) -> None:
    firm.follow_up()
    (one,) = previews(Staff.objects.get(code="M1"), playbook_of(firm.version), "thanks", "", NOW)
    assert one.text.endswith("请看（发送时生成的专属链接）")
    assert not MessageLink.objects.exists()


def test_without_an_address_for_customers_nothing_goes_out(firm: Business, settings) -> None:
    settings.HUIFANG = replace(settings.HUIFANG, public_url="")
    followup = firm.follow_up()
    assert message_links.address_for(followup, "guide", playbook_of(firm.version).links["guide"], NOW) == ""
    assert delivery.deliver_due(NOW, drivers=Provider().drivers) == {"blocked": 1}
    assert "{link.guide}" in Message.objects.get().words["zh"]
    assert not MessageLink.objects.exists()


def test_a_click_counts_once(firm: Business) -> None:
    followup, token = sent(firm)
    sent(firm)
    firm.follow_up()
    names = Names((playbook_of(firm.version),), "en")
    link = message_links.find(token, NOW)
    assert link is not None
    message_links.click(link, NOW)
    message_links.click(link, NOW + timedelta(hours=1))
    assert MessageLink.objects.get(followup=followup).clicked_at == NOW
    assert AuditEntry.objects.filter(action="link.clicked").count() == 1
    (line,) = link_lines(FollowUp.objects.all(), names)
    assert (line.title, line.sent, line.clicked) == ("Guide", 2, 1)


def test_what_was_not_sent_is_not_counted(firm: Business) -> None:
    firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider(behaves=lambda _ticket, _message: FAILED).drivers)
    assert MessageLink.objects.count() == 1
    assert link_lines(FollowUp.objects.all(), Names((), "en")) == []


def test_a_link_ends_with_its_last_day(firm: Business) -> None:
    _, token = sent(firm)
    for days, opened in ((14, True), (15, False)):
        link = message_links.find(token, NOW + timedelta(days=days))
        assert link is not None
        assert link.open is opened
    assert message_links.find("x" * 32, NOW) is None


@pytest.mark.parametrize(
    "to",
    [
        "http://help.example.com/", "https://help.example.com", "javascript:alert(1)", "https://user:word@help.example.com/",
        "https://help.example.com/{customer}", "//help.example.com/", "https://хелп.example.com/", "https://localhost/",
        "https://help.example.com\\\\@evil.example/", "https://help.example.com/ x",
    ],
)  # fmt: skip
def test_a_link_that_is_no_whole_https_address_is_an_error_with_its_place(to: str) -> None:
    with pytest.raises(Exception, match="leads to a whole https address") as caught:
        loads(LINKED.replace("https://help.example.com/start?from=mail", to), "after-care.yaml")
    (problem,) = caught.value.problems
    assert problem.place.line == LINKED[: LINKED.index("links:")].count("\n") + 2
    assert "https://www.example.com/guide" in problem.remedy.en


def test_a_single_use_link_leads_on_once_whoever_presses_at_the_same_moment(firm: Business) -> None:
    firm.version = playbooks.activate(None, playbooks.add_version(None, ONCE, "after-care.yaml", NOW), NOW)
    followup, token = sent(firm)
    first, second = message_links.find(token, NOW), message_links.find(token, NOW)
    assert first is not None
    assert second is not None
    assert not (first.used or second.used), "both have seen the page with its button"
    assert [message_links.click(each, NOW) for each in (first, second)] == [True, False]
    again = message_links.find(token, NOW + timedelta(hours=1))
    assert again is not None
    assert (again.open, again.used) == (True, True)
    assert MessageLink.objects.get(followup=followup).clicked_at == NOW
    assert AuditEntry.objects.filter(action="link.clicked").count() == 1


def test_a_link_may_be_for_a_few_uses(firm: Business) -> None:
    text = ONCE.replace("uses: 1", "uses: 3")
    firm.version = playbooks.activate(None, playbooks.add_version(None, text, "after-care.yaml", NOW), NOW)
    _, token = sent(firm)
    link = message_links.find(token, NOW)
    assert link is not None
    assert [message_links.click(link, NOW) for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize("uses", ["0", "101", "once", "1.5"])
def test_how_often_a_link_works_is_a_whole_number(uses: str) -> None:
    with pytest.raises(Exception, match="uses") as caught:
        loads(ONCE.replace("uses: 1", f"uses: {uses}"), "after-care.yaml")
    assert caught.value.problems[0].place.line == ONCE[: ONCE.index("links:")].count("\n") + 2


def test_a_link_is_open_for_whole_days() -> None:
    with pytest.raises(Exception, match="days, weeks, months or years"):
        loads(LINKED.replace("open for: 2 weeks", "open for: 2 h"))


SPOKEN = """scripts:
  call:
    title: {zh: 电话, en: Call}
    steps:
      - {title: {zh: 看, en: See}, say: {zh: "看{link.guide}", en: "see {link.guide}"}}
programmes:
"""


@pytest.mark.parametrize(("old", "new"), [("{link.guide}", "{link.guied}"), ("programmes:\n", SPOKEN)])
def test_a_link_nobody_declared_or_that_is_spoken_is_an_error(old: str, new: str) -> None:
    assert check_loaded(loads(LINKED)) == []
    found = check_loaded(loads(LINKED.replace(old, new, 1)))
    assert {problem.code for problem in found} == {"check.placeholder"}
