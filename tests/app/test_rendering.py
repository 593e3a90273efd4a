"""What a customer reads: the fitting words in their language, and nothing that a value could smuggle in."""

from __future__ import annotations

from datetime import date

import pytest

from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Agreement, Case, Customer, Event, FollowUp, Occurrence, Request
from huifang.app.services import playbooks
from huifang.app.services.message_ground import of_followup
from huifang.app.services.rendering import Unwritable, Written, preview, write
from huifang.domain.contact import Channel
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from tests.app.messages import DAY, EVERYBODY, NOW, PLAYBOOK, Business, business


@pytest.fixture
def firm(db: None) -> Business:
    return business()


def written(followup: FollowUp) -> Written:
    customer = Customer.objects.select_related("branch", "owner").get(pk=followup.customer_id)
    return write(of_followup(followup, customer, Channel(followup.channel), playbook_of(followup.playbook_version), NOW))


def test_in_the_customer_s_language(firm: Business) -> None:
    followup = firm.follow_up()
    Customer.objects.update(language="en")
    assert written(followup).text == "安达南山店: 王丽华1, how is 四轮定位 of Mon 23 Nov?"


def test_the_content_whose_condition_holds_comes_first(firm: Business) -> None:
    followup = firm.follow_up()
    assert written(followup).content == "thanks"
    Event.objects.create(customer=followup.customer, kind="job.settled", code="2", at=NOW, day=date(2026, 11, 20), attributes={})
    said = written(followup)
    assert (said.content, said.language, said.subject, said.text) == ("thanks-often", "zh-hans", "", "王丽华1您好，感谢您第2次光临。")
    assert said.values == (("customer", "王丽华1"), ("fact.jobs", "2"))


def test_a_mail_has_a_subject(firm: Business) -> None:
    said = written(firm.follow_up("after-mail", "email"))
    assert (said.content, said.language) == ("letter", "zh-hans")
    assert (said.subject, said.text) == ("王丽华1，谢谢您", "王丽华1您好，爱车粤B00001还好吗？")


def test_an_agreement_and_the_way_to_refuse(firm: Business) -> None:
    followup = firm.follow_up("insurance-due")
    Agreement.objects.create(customer=followup.customer, kind="insurance", code="P1", ends=date(2026, 12, 20))
    assert written(followup).text == "您的车险将于12月20日 周日到期。退订回T"


def test_every_message_but_a_service_one_says_how_to_refuse(firm: Business) -> None:
    followup = firm.follow_up()
    followup.purpose = "relationship"
    assert written(followup).text.endswith("还满意吗？ 退订回T")
    followup = firm.follow_up("after-mail", "email")
    followup.purpose = "marketing"
    assert written(followup).text.endswith("\n\n如不想再收到此类邮件，请回复“退订”。")


def test_nothing_goes_out_with_a_hole_in_it(firm: Business) -> None:
    followup = firm.follow_up("insurance-due")
    with pytest.raises(Unwritable) as refused:
        written(followup)
    assert "{agreement.ends}" in refused.value.say("zh")
    with pytest.raises(Unwritable, match="no content"):
        written(firm.follow_up("insurance-due", "email"))


def test_a_place_nobody_knows_is_an_error_of_the_playbook() -> None:
    assert check_loaded(loads(PLAYBOOK, "after-care.yaml")) == []
    broken = check_loaded(loads(PLAYBOOK.replace("{customer.plate}", "{customer.wealth}"), "after-care.yaml"))
    assert {(problem.code, problem.severity) for problem in broken} == {("check.placeholder", "error")}
    assert "customer.wealth" in broken[0].say("zh")


INJECTIONS = (
    "{agent}", "{0.__class__}", "{customer.__init__.__globals__}", "%(name)s", "${7*7}", "{{7*7}}", "{% debug %}", "#{7*7}",
    "<script>alert(1)</script>",
    "'; DROP TABLE customer; --", "{organisation}{organisation}", "\\u007bagent\\u007d", "{event.day!r:>99999999}",
    "__import__('os')", "{", "}", "{}",
)  # fmt: skip


@pytest.mark.parametrize("name", INJECTIONS)
def test_a_name_appears_letter_by_letter(firm: Business, name: str) -> None:
    assert written(firm.follow_up(name=name)).text == f"【安达南山店】{name}您好，11月23日 周一的四轮定位还满意吗？"


def test_a_name_stays_on_its_line(firm: Business) -> None:
    assert "\n" not in written(firm.follow_up("after-mail", "email", name="王\r\nBcc: all@example.com\x00")).subject


def changed(firm: Business, old: str, new: str) -> None:
    """A version in force whose text differs in one place."""
    version = playbooks.add_version(None, PLAYBOOK.replace(old, new), "after-care.yaml", NOW)
    firm.version = playbooks.activate(None, version, NOW)


def test_a_condition_decides_what_is_said_and_what_must_be_known(firm: Business) -> None:
    changed(firm, "爱车{customer.plate}还好吗？", "{if plate is not null}爱车{customer.plate}{else}一切{end}还好吗？")
    followup = firm.follow_up("after-mail", "email")
    assert written(followup).text == "王丽华1您好，爱车粤B00001还好吗？"
    Customer.objects.update(attributes={})
    said = written(followup)
    assert (said.text, said.values) == ("王丽华1您好，一切还好吗？", (("customer", "王丽华1"),))


def test_a_template_that_cannot_be_read_stops_the_message_with_its_words(firm: Business) -> None:
    changed(firm, "爱车{customer.plate}", "{if plate is}爱车")
    with pytest.raises(Unwritable) as refused:
        written(firm.follow_up("after-mail", "email"))
    assert "{if plate is}" in refused.value.say("zh")


def test_values_are_said_as_people_write_them(firm: Business) -> None:
    """Days, whole and broken figures, money; what only looks like a day stays as it is."""
    changed(firm, "爱车{customer.plate}还好吗？", "{customer.plate}|{fact.jobs}|{event.amount}|{event.staff}|{today}|{due}")
    followup = firm.follow_up("after-mail", "email")
    Event.objects.update(amount=1280, staff=firm.agent)
    for plate, said in (("2026-12-20", "12月20日 周日"), ("2026-13-45", "2026-13-45"), (3.5, "3.5"), (4.0, "4")):
        Customer.objects.update(attributes={"plate": plate})
        assert written(followup).text == f"王丽华1您好，{said}|1|¥1,280.00|陈晓|11月24日 周二|11月24日 周二"


def test_the_day_that_is_meant_before_a_date_is_that_date(firm: Business) -> None:
    changed(firm, "将于{agreement.ends}到期。", "将于{due}到期，{branch}。")
    followup = firm.follow_up("insurance-due")
    Agreement.objects.create(customer=followup.customer, kind="insurance", code="P1", ends=date(2026, 12, 20))
    Occurrence.objects.update(cause_day=date(2026, 12, 20), event=None)
    assert written(followup).text == "您的车险将于12月20日 周日到期，安达南山店。退订回T"
    Occurrence.objects.all().delete()
    assert written(followup).text == "您的车险将于11月24日 周二到期，安达南山店。退订回T"
    FollowUp.objects.update(branch=None)
    with pytest.raises(Unwritable, match="branch"):
        written(FollowUp.objects.get())


def test_what_was_done_in_the_case_is_told_where_it_is_asked_about_again(firm: Business) -> None:
    text = PLAYBOOK.replace("when: {after: job.settled, wait: 1 day}", "when: {on: request, wait: 2 working days}", 1)
    text = text.replace("，{event.day}的{event.work}还满意吗？", "，已{case.result}，还满意吗？")
    firm.version = playbooks.activate(None, playbooks.add_version(None, text, "after-care.yaml", NOW), NOW, EVERYBODY)
    followup = firm.follow_up()
    with pytest.raises(Unwritable) as refused:
        written(followup)
    assert "{case.result}" in refused.value.say("zh")
    case = Case.objects.create(
        number="G1", kind="problem", customer=followup.customer, branch=firm.here, owner=firm.supervisor, title="要处理", opened_at=NOW,
        solution="换了新件\n并致歉",
    )  # fmt: skip
    asked = Request.objects.create(
        customer=followup.customer, playbook="after-care", programme="after-sms", day=DAY, source=f"case:{case.pk}"
    )
    Occurrence.objects.update(cause=str(asked.pk))
    assert written(followup).text == "【安达南山店】王丽华1您好，已换了新件 并致歉，还满意吗？"
    customer = Customer.objects.get(pk=followup.customer_id)
    ground = of_followup(followup, customer, Channel.SMS, playbook_of(firm.version), NOW)
    assert "工单的处理结果" in preview(ground, "thanks").text


def test_a_link_to_no_questionnaire_stops_the_message(firm: Business) -> None:
    changed(firm, "爱车{customer.plate}还好吗？", "{survey}")
    with pytest.raises(Unwritable, match="survey"):
        written(firm.follow_up("after-mail", "email"))
