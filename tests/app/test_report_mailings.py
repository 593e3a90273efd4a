"""Reports by mail: once, to whom it was said, with what they may see, and never twice whatever happens in between."""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage

import pytest
from django.conf import settings
from docx import Document
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from huifang.app.jobs import schedule
from huifang.app.jobs.handlers import HANDLERS
from huifang.app.records.models import AuditEntry, Job, PlaybookVersion, ReportMailing, Role, Staff
from huifang.app.services import report_mailings, report_subscriptions
from huifang.app.services.report_mailings import anything_due, send_due
from huifang.app.services.report_subscriptions import Wanted, subscribe
from huifang.channels.driver import File, Receipt, ReceiptState
from huifang.channels.email import SmtpDriver, SmtpServer
from huifang.channels.mail import compose_note
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid, NotAllowed
from huifang.domain.words import Words
from huifang.playbooks import library
from tests.app.cast import NOW

NEXT = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)
"""Half past eight in the morning of the first of December."""
MONTHLY = ("small-shop", "follow-up-month", "pdf")


def wanted(to, form="pdf", **more):
    return Wanted("small-shop", "follow-up-month", form, to.pk, " boss@example.com ", **more)


@pytest.fixture
def outbox(tmp_path, settings):
    """Mails that were put down because no server is set."""
    settings.HUIFANG = replace(settings.HUIFANG, data=tmp_path)
    return tmp_path / "outbox" / "reports"


def mails(folder):
    read = (email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in sorted(folder.glob("*.eml")))
    return list(read)


def test_a_report_goes_out_once_when_its_month_is_over(cast, outbox):
    one = subscribe(cast.wang, wanted(cast.tao), NOW)
    assert one.address == "boss@example.com"
    assert not anything_due(NOW)
    assert not anything_due(NEXT - timedelta(hours=2)), "not before seven"
    assert send_due(NEXT) == {"sent": 1}
    assert send_due(NEXT + timedelta(hours=1)) == {}
    mail = mails(outbox)[0]
    assert mail["To"] == "boss@example.com"
    assert "2026-11" in mail["Subject"]
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/pdf"]
    assert next(mail.iter_attachments()).get_content().startswith(b"%PDF")
    sent = ReportMailing.objects.get()
    assert (sent.first, sent.last, sent.state) == (date(2026, 11, 1), date(2026, 11, 30), "sent")
    assert AuditEntry.objects.filter(action="report.mailed").count() == 1


@pytest.mark.parametrize("form", ["docx", "xlsx"])
def test_the_file_has_the_form_that_was_asked_for(cast, outbox, form):
    subscribe(cast.wang, wanted(cast.tao, form, branch=cast.branch), NOW)
    send_due(NEXT)
    attached = next(mails(outbox)[0].iter_attachments())
    assert attached.get_filename().endswith(f".{form}")
    assert attached.get_content().startswith(b"PK")


def _text_of(form, content):
    """What a reader sees of a report's file, line by line."""
    match form:
        case "docx":
            return [one.text for one in Document(io.BytesIO(content)).paragraphs]
        case "xlsx":
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
            return [str(cell) for row in sheet for cell in row if cell]
        case _:
            return [line for page in PdfReader(io.BytesIO(content)).pages for line in page.extract_text().split("\n")]


@pytest.mark.parametrize("form", ["pdf", "docx", "xlsx"])
@pytest.mark.parametrize(
    ("report", "of", "label", "now"),
    [
        ("follow-up-week", "周报", "2026-W47", datetime(2026, 11, 23, 0, 30, tzinfo=UTC)),
        ("follow-up-month", "月报", "2026-11", NEXT),
        ("follow-up-quarter", "季报", "2026-Q4", datetime(2027, 1, 1, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_follow_up_report_has_its_title_and_its_signatures_wherever_it_goes(cast, outbox, form, report, of, label, now):
    Staff.objects.filter(pk=cast.tao.pk).update(language="zh-hans")
    subscribe(cast.wang, replace(wanted(cast.tao, form), report=report), NOW)
    assert send_due(now) == {"sent": 1}
    mail = mails(outbox)[0]
    assert mail["Subject"] == f"客户回访报告 {of} {label}"
    written = mail.get_body(("plain",)).get_content().splitlines()
    assert written[0] == "客户回访报告"
    assert of in written[1]
    attached = next(mail.iter_attachments())
    assert attached.get_filename().startswith("客户回访报告-")
    text = _text_of(form, attached.get_content())
    assert text[0].strip() == "客户回访报告"
    signed = [line for line in text if line.startswith(("报告人：", "主管批示：")) or "报告人：" in line]
    assert "报告人：" in "".join(signed)
    assert "主管批示：" in "".join(signed)
    assert of in text[1]


def test_a_report_of_a_playbook_is_signed_as_it_says(cast, outbox, monkeypatch):
    text = library.text("company-policy")
    about = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "state": "active", "activated_at": NOW}
    PlaybookVersion.objects.create(playbook="company-policy", number=1, text=text, **about)
    Staff.objects.filter(pk=cast.tao.pk).update(language="zh-hans")
    subscribe(cast.wang, Wanted("company-policy", "monthly", "docx", cast.tao.pk, "boss@example.com"), NOW)
    send_due(NEXT)
    mail = mails(outbox)[0]
    assert mail["Subject"] == "客户回访月报 2026-11"
    lines = _text_of("docx", next(mail.iter_attachments()).get_content())
    assert lines[0] == "客户回访月报"
    assert [line.split("：")[0] for line in lines if "____" in line] == ["报告人", "领导审阅"]


def test_no_words_of_a_customer_leave_the_house(cast, outbox, monkeypatch):
    asked = []
    real = report_mailings.report

    def report(*arguments, **more):
        asked.append(more["voices"])
        return real(*arguments, **more)

    monkeypatch.setattr(report_mailings, "report", report)
    subscribe(cast.wang, wanted(cast.tao), NOW)
    send_due(NEXT)
    assert asked == [False]


def test_periods_before_the_order_are_not_sent_and_a_stopped_one_is_not_either(cast, outbox):
    one = subscribe(cast.wang, wanted(cast.tao), NEXT)
    assert not anything_due(NEXT)
    report_subscriptions.stop(cast.wang, one.pk)
    assert not anything_due(NEXT + timedelta(days=31))
    with pytest.raises(NotAllowed):
        report_subscriptions.stop(cast.wang, one.pk)


def test_somebody_who_may_not_see_reports_any_more_gets_none(cast, outbox):
    subscribe(cast.wang, wanted(cast.tao), NOW)
    Staff.objects.filter(pk=cast.tao.pk).update(role=Role.AGENT)
    assert not anything_due(NEXT)
    Staff.objects.filter(pk=cast.tao.pk).update(role=Role.MANAGER, is_active=False)
    assert not anything_due(NEXT)


def test_what_failed_is_tried_three_times_an_hour_apart(cast, outbox, monkeypatch):
    def broken(*_arguments):
        raise RuntimeError

    monkeypatch.setattr(report_mailings, "report_bytes", broken)
    subscribe(cast.wang, wanted(cast.tao), NOW)
    states = [send_due(NEXT + timedelta(minutes=61 * hour)) for hour in range(5)]
    assert states == [{"failed": 1}, {"failed": 1}, {"failed": 1}, {}, {}]
    assert send_due(NEXT) == {}
    assert not outbox.exists()


def test_what_was_cut_off_is_unknown_and_goes_again_only_by_hand(cast, outbox):
    one = subscribe(cast.wang, wanted(cast.tao), NOW)
    mailing = ReportMailing.objects.create(subscription=one, first=date(2026, 11, 1), last=date(2026, 11, 30), at=NEXT - timedelta(hours=1))
    assert anything_due(NEXT)
    assert send_due(NEXT) == {}
    mailing.refresh_from_db()
    assert mailing.state == "unknown"
    with pytest.raises(NotAllowed):
        report_mailings.again(cast.tao, mailing.pk, NEXT)
    with pytest.raises(NotAllowed):
        report_mailings.again(cast.wang, mailing.pk + 1, NEXT)
    assert report_mailings.again(cast.wang, mailing.pk, NEXT) == "sent"
    assert len(mails(outbox)) == 1


def test_two_workers_send_one_mail(cast, outbox):
    one = subscribe(cast.wang, wanted(cast.tao), NOW)
    ((_, period),) = report_mailings._due(NEXT)
    assert report_mailings.send(one, period, NEXT) == "sent"
    assert report_mailings.send(one, period, NEXT) == ""
    assert len(mails(outbox)) == 1


def test_the_mail_server_that_is_set_gets_it_and_its_refusal_is_kept(cast, outbox, monkeypatch):
    handed = []

    class Refusing(SmtpDriver):
        def hand_over(self, mail: EmailMessage, to: str) -> Receipt:
            handed.append((mail["From"], to))
            return Receipt(ReceiptState.FAILED, words=Words("拒收", "Refused"))

    driver = Refusing(SmtpServer("127.0.0.1", 25, "", "", "care@example.com", "安达"))
    monkeypatch.setattr(report_mailings, "senders", lambda: {Channel.EMAIL: driver})
    subscribe(cast.wang, wanted(cast.tao), NOW)
    assert send_due(NEXT) == {"failed": 1}
    assert handed == [("安达 <care@example.com>", "boss@example.com")]
    assert ReportMailing.objects.get().words == {"zh": "拒收", "en": "Refused"}


def test_a_report_that_is_no_more_is_told_as_failed(cast, outbox, monkeypatch):
    one = subscribe(cast.wang, wanted(cast.tao), NOW)
    ((_, period),) = report_mailings._due(NEXT)
    one.report = "gone"
    assert report_mailings.send(one, period, NEXT) == "failed"
    type(one).objects.update(report="gone")
    assert not anything_due(NEXT)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"report": "none"}, Invalid), ({"form": "exe"}, Invalid), ({"address": "boss"}, Invalid),
        ({"address": "a@b.c\r\nBcc: x@y.z"}, Invalid),
        ({"to": 0}, NotAllowed),
    ],
)  # fmt: skip
def test_what_cannot_be_sent_is_refused_with_a_reason(cast, change, fault):
    with pytest.raises(fault):
        subscribe(cast.wang, replace(wanted(cast.tao), **change), NOW)


def test_only_a_manager_says_who_gets_reports_and_only_people_and_branches_in_sight(cast):
    for by in (cast.tao, cast.chen, cast.an):
        with pytest.raises(NotAllowed):
            subscribe(by, wanted(cast.wang), NOW)
    with pytest.raises(NotAllowed):
        subscribe(cast.wang, wanted(cast.stranger), NOW)
    with pytest.raises(NotAllowed):
        subscribe(cast.wang, wanted(cast.tao, branch=cast.other_branch), NOW)
    with pytest.raises(Invalid, match="may not see reports"):
        subscribe(cast.wang, wanted(cast.chen), NOW)


def test_the_schedule_queues_counting_and_mailing(cast, outbox):
    subscribe(cast.wang, wanted(cast.tao), NOW)
    schedule.due(NEXT)
    assert {"indicators", "report-mailings"} <= set(Job.objects.values_list("kind", flat=True))
    HANDLERS["report-mailings"].run({}, NEXT)
    assert len(mails(outbox)) == 1


def test_the_same_key_gives_the_same_mail_to_the_letter():
    file = File("报告.pdf", b"%PDF", "application/pdf")
    first, second = (compose_note("a@example.com", "安达", "b@example.com", "题目", "正文", "report-1", NOW, (file,)) for _ in range(2))
    assert first.as_bytes() == second.as_bytes()
    assert next(first.iter_attachments()).get_filename() == "报告.pdf"


def test_the_outbox_is_below_the_data_folder(cast, outbox):
    assert outbox.is_relative_to(settings.HUIFANG.data)
