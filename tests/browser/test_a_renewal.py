"""A renewal's whole way on the real server: a contract that ends, a mail that really goes out, the answer, and the steps it stops."""

from __future__ import annotations

import mailbox
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import barriers
from tests.browser.server import ROOT, running
from tests.browser.walking import sign_in
from tests.channels.test_smtp import Handler, mail_server

ENDS = date(2026, 12, 23)
ANSWER = "续约没问题，请把合同发过来。"
GUIDE, CALL = "续约方案", "到期续约"


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Shanghai"))


@dataclass(frozen=True, slots=True)
class Firm:
    """Its pages' address, its data, its mail server and its mailbox."""

    address: str
    data: Path
    mails: Handler
    box: mailbox.Maildir

    def worker(self, moment: datetime) -> None:
        """What the worker does at a moment."""
        environment = os.environ | {
            "HUIFANG_DATA": str(self.data),
            "DJANGO_SETTINGS_MODULE": "huifang.app.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }
        environment.pop("HUIFANG_DATABASE", None)
        command = [sys.executable, "-m", "tests.browser.worker_at", moment.isoformat()]
        subprocess.run(command, env=environment, cwd=ROOT, check=True)

    def sent_to(self, address: str) -> EmailMessage:
        """The one mail that this address has got."""
        (raw,) = (each.content for each in self.mails.taken if each.rcpt_tos == [address])
        return message_from_bytes(bytes(raw or b""), policy=policy.default)

    def answer(self, mail: EmailMessage, text: str) -> None:
        """Write back, as a mail program does."""
        reply = EmailMessage()
        reply["From"], reply["To"], reply["Subject"] = str(mail["To"]), str(mail["From"]), f"Re: {mail['Subject']}"
        reply["Message-ID"], reply["In-Reply-To"] = "<answer-1@example.com>", str(mail["Message-ID"])
        reply.set_content(f"{text}\n\n> {mail.get_content().splitlines()[0]}\n")
        self.box.add(reply)


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Firm]:
    handler, folder = Handler(), tmp_path / "mail"
    box = mailbox.Maildir(folder)
    offset = int((at(23, 10, 30).astimezone(UTC) - datetime.now(UTC)).total_seconds())
    with mail_server(handler) as where:
        seed = ("tests.browser.renewal_seed", where, str(folder))
        with running(tmp_path / "data", seed, HUIFANG_DEMO="1", HUIFANG_DEMO_CLOCK=str(offset)) as address:
            yield Firm(address, tmp_path / "data", handler, box)


def file_of(page: Page, name: str) -> None:
    page.goto(f"/customers/?q={name}")
    page.locator("#found a.row-link").click()
    expect(page.locator("#h-timeline")).to_be_visible()


def mails(page: Page) -> list[str]:
    """The moments of the timeline that are mails, newest first."""
    return [said for said in page.locator(".moment-head b").all_inner_texts() if said.startswith("邮件")]


def decided(page: Page) -> dict[str, str]:
    """Programme → decision and rule, as the page says."""
    rows = page.locator("section[aria-labelledby=h-why] tbody tr")
    return {row.locator("td").first.inner_text(): row.inner_text() for row in rows.all()}


def test_a_reply_to_the_renewal_guide_reaches_the_owner_and_stops_what_was_to_come(firm: Firm, browser: Browser) -> None:
    firm.worker(at(23, 6, 5))
    assert not firm.mails.taken
    firm.worker(at(23, 9, 30))
    mail = firm.sent_to("office1@example.com")
    assert mail["Subject"] == "您的服务合同将于12月23日 周三到期"
    assert len(firm.mails.taken) == 2

    firm.answer(mail, ANSWER)
    firm.worker(at(23, 10))
    page = sign_in(browser, firm.address, "chen")
    page.goto("/replies/")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(ANSWER)

    firm.worker(at(24, 6, 5))
    firm.worker(at(2, 6, 5, month=12))
    assert len(firm.mails.taken) == 2
    file_of(page, "蓝海物流")
    assert mails(page) == ["邮件 · 回复", "邮件 · 已发送"]
    story = page.locator(".timeline").inner_text()
    for said in (ANSWER, f"后续停止：{CALL}", GUIDE, "您的服务合同将于12月23日 周三到期", "续约方案和老客户优惠已为您备好"):
        assert said in story
    assert "客户已回复，后续步骤不再进行" in decided(page)[CALL]
    assert not barriers(page)

    file_of(page, "晨光包装")
    assert mails(page) == ["邮件 · 已发送"]
    assert "已安排" in decided(page)[CALL]


def test_the_sequence_s_steps_are_nine_days_apart() -> None:
    assert ENDS - timedelta(days=30) == at(23, 0).date()
    assert ENDS - timedelta(days=21) == at(2, 0, month=12).date()
