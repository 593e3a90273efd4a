"""The e-mail channel's mailbox: bounces mend the ledger, complaints and refusals stop contact, answers stand before people."""

from __future__ import annotations

import json
import mailbox
from datetime import timedelta
from pathlib import Path

import pytest

from huifang.app.jobs import schedule
from huifang.app.jobs.handlers import HANDLERS
from huifang.app.records.models import Attempt, ChannelSetting, Consent, ContactPoint, Incoming, Job
from huifang.app.services import delivery
from huifang.app.services import mailbox as service
from tests.app.messages import NOW, Provider, business
from tests.channels.test_incoming_mail import COMPLAINT, KEY, bounce, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(tmp_path: Path) -> mailbox.Maildir:
    given = {"address": "smtp://127.0.0.1:9?from=care@example.com", "mailbox": f"maildir:{tmp_path}/mail"}
    ChannelSetting.objects.create(channel="email", driver="email", values=json.dumps(given))
    return mailbox.Maildir(tmp_path / "mail")


@pytest.fixture
def key(db: None) -> bytes:
    """The first digits of the key of a mail that has been sent."""
    business().follow_up("after-mail", "email")
    delivery.deliver_due(NOW, drivers=Provider(name="email").drivers)
    return Attempt.objects.get().key[:40].encode()


def test_a_bounce_marks_the_address_and_leaves_another_channel_to_tomorrow(box: mailbox.Maildir, key: bytes) -> None:
    box.add(bounce("failed", "5.1.1").replace(KEY[:40].encode(), key))
    assert service.read(NOW) == 1
    assert Attempt.objects.get().outcome == "bounced"
    assert not ContactPoint.objects.get(kind="email").usable
    assert service.read(NOW) == 0


def test_a_complaint_stops_contact_though_it_names_nobody(box: mailbox.Maildir, key: bytes) -> None:
    box.add(COMPLAINT.replace(b"Original-Rcpt-To: <li@example.com>\r\n", b"").replace(KEY[:40].encode(), key))
    service.read(NOW)
    assert Incoming.objects.get().kind == "complaint"
    assert not Consent.objects.get().allowed


def test_an_answer_from_another_address_is_known_by_the_mail_it_answers(box: mailbox.Maildir, key: bytes) -> None:
    box.add(written("周五可以吗").replace(KEY[:40].encode(), key))
    service.read(NOW)
    taken = Incoming.objects.get()
    assert (taken.kind, taken.text, taken.sender) == ("reply", "周五可以吗", "li@example.com")
    assert taken.customer == Attempt.objects.get().customer


def test_a_refusal_above_a_name_and_a_device_s_footer_is_heard_at_once(box: mailbox.Maildir, key: bytes) -> None:
    box.add(written("您好：\n请退订，谢谢！\n\n王丽华\n发自我的iPhone").replace(KEY[:40].encode(), key))
    service.read(NOW)
    assert Incoming.objects.get().kind == "refusal"
    assert not Consent.objects.get().allowed


def test_the_mailbox_is_read_every_minute_and_old_jobs_are_cleared_away(box: mailbox.Maildir) -> None:
    for moment in (NOW, NOW + timedelta(seconds=5), NOW + timedelta(minutes=1)):
        schedule.due(moment)
    assert Job.objects.filter(kind="mailbox").count() == 2
    Job.objects.filter(kind="mailbox").update(state="done", finished_at=NOW - timedelta(days=2))
    box.add(written("退订"))
    HANDLERS["mailbox"].run({}, NOW)
    assert Incoming.objects.get().kind == "refusal"
    assert not Job.objects.filter(kind="mailbox").exists()


def test_without_a_mailbox_nothing_is_read(db: None) -> None:
    assert service.read(NOW) == 0
    schedule.due(NOW)
    assert not Job.objects.filter(kind="mailbox").exists()
