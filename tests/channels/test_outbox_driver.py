"""The outbox: real mails and readable sheets in a folder, each once."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from huifang.channels.driver import Message, ReceiptState, Ticket
from huifang.channels.outbox import Outbox
from huifang.domain.contact import Channel

MOMENT = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)


def ticket(channel: Channel = Channel.EMAIL, key: str = "ab" * 32) -> Ticket:
    return Ticket(uuid.UUID(int=7), key, channel, MOMENT)


def test_an_email_is_a_mail_that_any_program_opens(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    receipt = box.send(ticket(), Message("li@example.com", "王丽华，谢谢您", "您好，\n还满意吗？", "zh-hans", "https://example.com/u/1"))
    mail = message_from_bytes((tmp_path / "email" / "2026-11-24" / receipt.reference).read_bytes(), policy=policy.default)
    assert receipt.state is ReceiptState.SENT
    assert (mail["To"], mail["Subject"], mail["Content-Language"]) == ("l***@example.com", "王丽华，谢谢您", "zh-Hans")
    assert mail["Date"].datetime == MOMENT
    assert mail["Message-ID"] == f"<{'ab' * 20}@huifang.invalid>"
    assert mail["List-Unsubscribe"] == "<https://example.com/u/1>, <mailto:outbox@huifang.invalid?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content().splitlines() == ["您好，", "还满意吗？"]


def test_a_text_message_is_a_sheet_that_people_can_read(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.send(ticket(Channel.SMS), Message("+8613800002046", "", "您好", "zh"))
    text = box.path_of(ticket(Channel.SMS)).read_text(encoding="utf-8")
    assert "您好" in text
    assert json.loads(text)["to"] == "138****2046"


def test_no_number_or_address_stands_in_the_folder_in_full(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    for channel, to in (
        (Channel.SMS, "+8613800002046"), (Channel.EMAIL, "li@example.com"), (Channel.WECOM, "zhangsan"),
    ):  # fmt: skip
        box.send(ticket(channel, "cd" * 32), Message(to, "", "您好", "zh"))
        assert to not in box.path_of(ticket(channel, "cd" * 32)).read_text(encoding="utf-8")
        box.path_of(ticket(channel, "cd" * 32)).unlink()


def test_the_same_ticket_is_one_message_however_often_it_is_sent(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda n: box.send(ticket(Channel.SMS), Message("+8613800002046", "", f"{n}", "zh")), range(40)))
    assert {receipt.state for receipt in receipts} == {ReceiptState.SENT}
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["ab" * 32 + ".json"]


def test_of_two_who_write_the_same_ticket_at_once_the_first_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Outbox(tmp_path)
    box.send(ticket(Channel.SMS), Message("+8613800002046", "", "first", "zh"))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "exists", lambda _: False)  # not there yet when the second looked
        assert box.send(ticket(Channel.SMS), Message("+8613800002046", "", "second", "zh")).state is ReceiptState.SENT
    assert "first" in box.path_of(ticket(Channel.SMS)).read_text(encoding="utf-8")
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_line_break_in_a_name_cannot_begin_another_header(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    box.send(ticket(), Message("li@example.com", "您好\r\nBcc: all@example.com", "文", "zh"))
    mail = message_from_bytes(box.path_of(ticket()).read_bytes(), policy=policy.default)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "您好 Bcc: all@example.com"


def test_a_wrong_address_is_refused_for_good(tmp_path: Path) -> None:
    for address in ("", "nobody", "a b@example.com", "a@b", "a@example.com\r\nBcc: x@y.zz", "x" * 250 + "@example.com", "李@example.com"):
        receipt = Outbox(tmp_path).send(ticket(), Message(address, "", "文", "zh"))
        assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, True)
    assert not list(tmp_path.rglob("*.eml"))


def test_a_folder_that_cannot_be_written_leaves_it_unknown_and_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "sms").write_text("in the way")
    receipt = Outbox(tmp_path).send(ticket(Channel.SMS), Message("+8613800002046", "", "您好", "zh"))
    assert receipt.state is ReceiptState.UNKNOWN
    (tmp_path / "sms").unlink()
    assert Outbox(tmp_path).send(ticket(Channel.SMS), Message("+8613800002046", "", "您好", "zh")).state is ReceiptState.SENT
