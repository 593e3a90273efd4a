"""The value report: a customer's own figures and months as PDF with the mail; one that is too large stops its message and no other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from huifang.app.business_time import business_moment
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Agreement, Event, FollowUp, Message, Staff
from huifang.app.services import delivery, playbooks, trial_messages, value_reports
from huifang.app.services.message_ground import of_followup
from huifang.app.services.message_previews import ground, previews
from huifang.app.services.rendering import Unwritable
from huifang.channels.driver import Delivery, ReceiptState, Ticket
from huifang.channels.mail import compose
from huifang.domain.contact import Channel
from huifang.playbooks.checks import check_loaded
from huifang.playbooks.loader import loads
from tests.app.messages import DAY, NOW, PLAYBOOK, Business, Provider, business
from tests.app.test_delivery import crash_during, lease_runs_out

pytestmark = pytest.mark.django_db(transaction=True)
REPORT = """value reports:
  half-year:
    title: {zh: 半年价值报告, en: Half-yearly value report}
    months: 3
    opening: {zh: "{customer}的爱车{customer.plate}", en: "{customer}, your {customer.plate}"}
    figures: [jobs, spent, ends, last_seen]
    charts:
      - {title: {zh: 每月到店, en: Visits each month}, event: job.settled}
      - {title: {zh: 每月金额, en: Money each month}, event: job.settled, sum: amount}
      - {title: {zh: 每月工时, en: Hours each month}, event: job.settled, sum: hours}
    closing: {zh: "{if jobs >= 2}常客。{else}再来。{end}", en: "{if jobs >= 2}A regular.{else}Come again.{end}"}
content:
"""
REPORTING = (
    PLAYBOOK.replace("content:\n", REPORT, 1)
    .replace("facts:\n", "facts:\n  spent: {value: sum(job.settled.amount), title: {zh: 消费, en: Spent}}\n"
             "  last_seen: last(contact.reached)\n"
             "  ends: {value: next(agreement.insurance.ends), title: {zh: 车险到期, en: Insurance ends}}\n", 1)
    .replace("attributes: {work:", "attributes: {hours: {title: {zh: 工时, en: Hours}, type: number}, work:", 1)
    .replace("    channel: email\n", "    channel: email\n    attach: half-year\n", 1)
)  # fmt: skip


@pytest.fixture
def firm(transactional_db: None) -> Business:
    firm = business()
    firm.version = playbooks.activate(None, playbooks.add_version(None, REPORTING, "after-care.yaml", NOW), NOW)
    Staff.objects.create(code="M1", name="郑经理", sign_in_name="m1", role="manager", all_branches=True)
    return firm


def mail(firm: Business, name: str = "") -> FollowUp:
    """A customer with one job in each of September and October, and a mail that is due."""
    followup = firm.follow_up("after-mail", "email", name=name)
    for number, (month, hours) in enumerate(((8, None), (9, 2.5), (10, 4), (10, ""))):
        at = business_moment(date(2026, month, 5), NOW.time())
        kept = {"hours": hours} if hours is not None else {}
        Event.objects.create(
            customer=followup.customer,
            kind="job.settled",
            code=f"{followup.pk}-{number}",
            at=at,
            day=at.date(),
            amount=320,
            attributes=kept,
        )
    return followup


def test_the_mail_carries_the_customers_own_figures_and_months(firm: Business) -> None:
    followup, provider = mail(firm), Provider()
    Agreement.objects.create(
        customer=followup.customer, kind="insurance", code="I1", starts=DAY, ends=DAY + timedelta(days=30), status="active", attributes={}
    )
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    (file,) = provider.got[0][1].files
    assert (file.name, file.kind, file.content[:5]) == ("半年价值报告.pdf", "application/pdf", b"%PDF-")
    book = playbook_of(firm.version)
    made = value_reports.document(of_followup(followup, followup.customer, Channel.EMAIL, book, NOW), "letter")
    assert (made.title, made.business, made.customer, made.period) == ("半年价值报告", "安达汽修", "王丽华1", "2026-08 – 2026-10")
    assert (made.opening, made.closing) == ("王丽华1的爱车粤B00001", "常客。")
    assert made.figures == (("jobs", "5"), ("消费", "¥1,280.00"), ("车险到期", "12月24日 周四"), ("last_seen", "–"))
    visits, spent, hours = made.charts
    assert (visits.labels, visits.values, visits.said) == (("8月", "9月", "10月"), (1, 1, 2), ("1", "1", "2"))
    assert spent.said == ("¥320.00", "¥320.00", "¥640.00")
    assert hours.said == ("0", "2.5", "4")


@pytest.mark.parametrize("hours", ["两小时", "nan", "1e999", 10**400, ""])
def test_a_number_that_is_none_counts_nothing_and_stops_no_report(firm: Business, hours: object) -> None:
    followup = mail(firm)
    Event.objects.filter(customer=followup.customer, attributes__hours=4).update(attributes={"hours": hours})
    made = value_reports.document(of_followup(followup, followup.customer, Channel.EMAIL, playbook_of(firm.version), NOW), "letter")
    assert made.charts[2].said == ("0", "2.5", "0")


def test_it_reads_in_the_customers_language(firm: Business) -> None:
    followup = mail(firm)
    followup.customer.language = "en"
    book = playbook_of(firm.version)
    made = value_reports.document(of_followup(followup, followup.customer, Channel.EMAIL, book, NOW), "letter")
    assert (made.title, made.opening, made.language) == ("Half-yearly value report", "王丽华1, your 粤B00001", "en")
    assert made.charts[0].labels == ("Aug", "Sep", "Oct")


def test_the_same_ticket_gives_the_same_mail_with_its_file_to_the_letter(firm: Business) -> None:
    mail(firm)
    provider = Provider()
    delivery.deliver_due(NOW, drivers=provider.drivers)
    key, message = provider.got[0]
    ticket = Ticket(Message.objects.get().attempt.ticket, key, Channel.EMAIL, NOW)
    written = compose(ticket, message, "care@example.com")
    assert written.as_bytes() == compose(ticket, message, "care@example.com").as_bytes()
    (attached,) = written.iter_attachments()
    assert (attached.get_filename(), attached.get_content_type()) == ("半年价值报告.pdf", "application/pdf")
    assert attached.get_content() == message.files[0].content


def test_a_file_that_is_too_large_stops_its_message_and_no_other(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    mail(firm, name="长" * 60)
    mail(firm)
    sizes = iter([b"%PDF-" + b"x" * 6_000_000, b"%PDF-small"])
    monkeypatch.setattr(value_reports, "value_report_pdf", lambda _document: next(sizes))
    provider = Provider()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1, "blocked": 1}
    assert provider.got[0][1].files[0].content == b"%PDF-small"
    stopped = Message.objects.get(attempt=None)
    assert stopped.rule == "message.attachment-large"
    assert stopped.words == {
        "zh": "附件“半年价值报告”有 5.7 MB，超过 5 MB。", "en": "The attachment “Half-yearly value report” has 5.7 MB, more than 5 MB.",
    }  # fmt: skip


def test_after_a_crash_it_goes_again_with_its_file(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    mail(firm)
    provider = Provider(Delivery.DEDUPES)
    crash_during(provider, after_accept=False)
    lease_runs_out()
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"sent": 1}
    assert len(provider.got[0][1].files) == 1
    mail(firm)
    crash_during(provider, after_accept=False)
    lease_runs_out()
    monkeypatch.setattr(value_reports, "MOST_BYTES", 100)
    assert delivery.deliver_due(NOW, drivers=provider.drivers) == {"unknown": 1}


def test_a_preview_says_what_is_attached_and_a_trial_carries_it(firm: Business, monkeypatch: pytest.MonkeyPatch) -> None:
    followup, manager = mail(firm), Staff.objects.get(code="M1")
    book = playbook_of(firm.version)
    (one,) = previews(manager, book, "letter", "", NOW)
    assert one.attached is not None
    assert one.attached.en == "Half-yearly value report"
    provider = Provider()
    monkeypatch.setattr(trial_messages, "senders", lambda: provider.drivers)
    receipt = trial_messages.send(manager, ground(book, "letter", followup.customer, NOW), "letter", "me@example.org", NOW)
    assert receipt.state is ReceiptState.SENT
    assert len(provider.got[0][1].files) == 1
    assert value_reports.trial_files(ground(book, "thanks", followup.customer, NOW), "thanks") == ()


def test_words_of_the_report_have_no_holes(firm: Business) -> None:
    followup = mail(firm)
    followup.customer.attributes = {}
    book = playbook_of(firm.version)
    with pytest.raises(Unwritable, match=r"customer\.plate"):
        value_reports.document(of_followup(followup, followup.customer, Channel.EMAIL, book, NOW), "letter")


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("attach: half-year", "attach: half-yaer", "check.unknown-name"),
        ("    channel: sms\n    for: jobs >= 2", "    channel: sms\n    attach: half-year\n    for: jobs >= 2", "check.attach"),
        ("figures: [jobs,", "figures: [jbos,", "check.unknown-name"),
        ("sum: hours", "sum: work", "check.unknown-name"),
        ("each month}, event: job.settled}", "each month}, event: job.seen}", "check.unknown-name"),
        ("{customer}的爱车{customer.plate}", "{customer}{survey}", "check.placeholder"),
        ("{if jobs >= 2}常客。", "{if jobs}常客。", "condition.type"),
    ],
)
def test_a_report_that_cannot_be_made_is_an_error_of_the_file(old: str, new: str, code: str) -> None:
    assert check_loaded(loads(REPORTING)) == []
    assert REPORTING.replace(old, new, 1) != REPORTING
    assert {problem.code for problem in check_loaded(loads(REPORTING.replace(old, new, 1)))} == {code}


def test_a_report_can_be_words_alone() -> None:
    alone = REPORTING[: REPORTING.index("    figures:")] + REPORTING[REPORTING.index("content:\n") :]
    assert check_loaded(loads(alone)) == []
