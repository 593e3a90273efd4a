"""Mails that come back: bounces, complaints, refusals, answers; and the mailbox they are read from."""

from __future__ import annotations

import base64
import mailbox
import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huifang.channels.driver import Message, Ticket
from huifang.channels.email import FIELDS, SmtpDriver, from_fields, read_mail, read_new
from huifang.channels.email.mailbox import AT_A_TIME
from huifang.channels.inbound import Reply, Taken
from huifang.channels.mail import compose
from huifang.domain.contact import Channel
from huifang.domain.errors import Invalid

MOMENT = datetime(2026, 11, 24, 2, 20, tzinfo=UTC)
KEY = "cd" * 32
OURS = compose(
    Ticket(uuid.UUID(int=7), KEY, Channel.EMAIL, MOMENT), Message("li@example.com", "谢谢", "您好", "zh"), "care@example.com"
).as_bytes()


def bounce(action: str, status: str) -> bytes:
    """A delivery status notification as RFC 3464 shows it, our mail attached."""
    return (
        b"From: MAILER-DAEMON@mx.example.com\r\nTo: care@example.com\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"\r\n\r\n'
        b"--b1\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n--b1\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: rfc822; li@example.com\r\nAction: " + action.encode() + b"\r\n"
        b"Status: " + status.encode() + b"\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\n" + OURS + b"\r\n--b1--\r\n"
    )


COMPLAINT = (
    b"From: <abusedesk@example.com>\r\nTo: care@example.com\r\nMessage-ID: <arf1@example.com>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/report; report-type=feedback-report; boundary="b1"\r\n\r\n'
    b"--b1\r\nContent-Type: text/plain\r\n\r\nAn abuse report.\r\n--b1\r\nContent-Type: message/feedback-report\r\n\r\n"
    b"Feedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: <li@example.com>\r\n--b1\r\nContent-Type: message/rfc822\r\n\r\n"
    + OURS + b"\r\n--b1--\r\n"
)  # fmt: skip


def written(body: str, subject: str = "Re: 谢谢", kind: str = "plain", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return (
        f"From: =?utf-8?b?5p2O?= <li@example.com>\r\nMessage-ID: <a1@example.com>\r\nIn-Reply-To: <{KEY[:40]}@example.com>\r\n"
        f"Subject: {subject}\r\n{more}Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}"
    ).encode()


@pytest.mark.parametrize(
    ("status", "permanent"), [("5.1.1", True), ("5.1.10", True), ("5.2.1", True), ("5.2.2", False), ("5.7.1", False), ("4.4.7", False)]
)
def test_a_bounce_names_the_message_and_tells_a_wrong_address_from_a_full_mailbox(status: str, permanent: bool) -> None:
    report = read_mail(bounce("failed", status)).reports[0]
    assert (report.arrived, report.key, report.permanent) == (False, KEY[:40], permanent)
    assert status in report.words.zh
    assert "li@example.com" not in report.words.zh + report.words.en


def test_a_delivery_is_one_and_a_delay_is_nothing_yet() -> None:
    assert read_mail(bounce("delivered", "2.0.0")).reports[0].arrived
    assert read_mail(bounce("delayed", "4.4.7")) == Taken()
    assert read_mail(bounce("failed", "5.1.1").replace(KEY[:40].encode(), b"other")) == Taken()


def test_a_complaint_names_the_customer_and_the_message() -> None:
    assert read_mail(COMPLAINT).replies == (Reply("<arf1@example.com>", "li@example.com", "", complaint=True, about=KEY[:40]),)
    hidden = COMPLAINT.replace(b"Original-Rcpt-To: <li@example.com>\r\n", b"")
    assert read_mail(hidden).replies[0].about == KEY[:40]
    assert read_mail(hidden.replace(KEY[:40].encode(), b"other")) == Taken()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("退订", "退订"),
        ("退订\r\n\r\n> 您好\r\n> 谢谢", "退订"),
        ("周五可以\r\nOn Tue, Nov 24, 2026 at 10:20 AM care wrote:\r\n> 您好", "周五可以"),
        ("好的\r\n在 2026年11月24日 10:20，care@example.com 写道：\r\n您好", "好的"),
        ("好的\r\n-----原始邮件-----\r\n发件人: x", "好的"),
        ("好的\r\n\r\n-----邮件原件-----\r\n发件人: x", "好的"),
        ("好的\r\n\r\n---- 回复的原邮件 ----\r\n| 发件人 | x |", "好的"),
        ("好的\r\n------------------ Original ------------------\r\n您好", "好的"),
        ("ok\r\n________________________________\r\nVon: care", "ok"),
        ("ok\r\n\r\nOn Tue, Nov 24, 2026 at 10:20 AM Anda Repairs Nanshan Customer Care\r\n<care@example.com> wrote:\r\n\r\n> hi", "ok"),
        ("On Friday I can come, as you wrote to me", "On Friday I can come, as you wrote to me"),
        ("在门口等\r\n周五下午三点", "在门口等\n周五下午三点"),
    ],
)
def test_an_answer_is_the_writer_s_own_words_without_what_is_quoted(body: str, text: str) -> None:
    assert read_mail(written(body)).replies == (Reply("<a1@example.com>", "li@example.com", text, about=KEY[:40]),)


def test_an_answer_in_markup_and_a_request_by_subject() -> None:
    assert read_mail(written("<p>退订</p><blockquote>您好</blockquote>", kind="html")).replies[0].text == "退订"
    lines = (
        "<div>周五&nbsp;可以</div><div>谢谢&amp;再见<br/>李</div><div>------------------ 原始邮件 ------------------</div><div>您好</div>"
    )
    assert read_mail(written(lines, kind="html")).replies[0].text == "周五\xa0可以\n谢谢&再见\n李"
    assert read_mail(written("sent by my phone", "Re: unsubscribe")).replies[0].text == "unsubscribe"
    assert read_mail(written("", "退订")).replies[0].text == "退订"
    assert read_mail(written("", "")) == Taken()


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "auto-replied"}, {"Precedence": "bulk"}, {"X_Autoreply": "yes"}, {"Return_Path": "<>"}]
)
def test_what_a_machine_answers_is_no_customer_s_word(headers: dict[str, str]) -> None:
    assert read_mail(written("I am away until Monday, please stop", **headers)) == Taken()


@pytest.mark.parametrize(
    "subject", ["自动回复：谢谢您", "Automatic reply: thanks", "Out of Office: thanks", "休假自动回复", "AutoReply: x"]
)
def test_an_answer_that_only_its_subject_calls_automatic_is_none_either(subject: str) -> None:
    assert read_mail(written("我在休假，12月1日回来", subject)) == Taken()
    assert read_mail(broken(written("I am away", subject))) == Taken()


@pytest.mark.parametrize("subject", ["=?klingon?b?6Ieq?=", "=?utf-8?b?6Ie?=", "=?utf-8?q?=FF=FE?=", "=?utf-8?b?6Ieq5Yqo?= <["])
def test_a_subject_that_cannot_be_read_keeps_no_mail_from_being_heard(subject: str) -> None:
    assert read_mail(broken(written("退订", subject))).replies[0].text == "退订"
    assert read_mail(written("退订", subject)).replies[0].text == "退订"


@pytest.mark.parametrize("subject", ["自动回复功能怎么用", "Automatic gearbox", "Re: Automatic reply: thanks", "Out of office chairs"])
def test_a_question_about_such_a_thing_is_a_customer_s_word(subject: str) -> None:
    assert read_mail(written("周五来看看", subject)).replies[0].text == "周五来看看"


@pytest.mark.parametrize(
    ("words", "permanent"),
    [
        ("host mx said: 550 5.1.1 no such user", True), ("550 User not found", False), ("552 5.2.2 mailbox full", False),
        ("收件人邮件地址不存在，550 5.1.1", True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
def test_a_mail_server_that_tells_a_bounce_in_its_own_words_is_understood_and_is_no_customer(
    words: str, permanent: bool, whole: bool
) -> None:
    raw = written(words, "Undelivered").replace(b"<li@example.com>", b"Mail Delivery System <MAILER-DAEMON@mx.example.com>")
    taken = read_mail(raw if whole else broken(raw))
    assert taken.replies == ()
    assert [(each.arrived, each.key, each.permanent) for each in taken.reports] == [(False, KEY[:40], permanent)]


@pytest.mark.parametrize(
    "words", ["Your mail is delayed by 4.4.7, we try for 24 hours", "postmaster here: our new IP is 5.5.5.5, port 5500"]
)
def test_what_else_a_mail_server_writes_says_nothing(words: str) -> None:
    assert read_mail(written(words).replace(b"<li@example.com>", b"<postmaster@mx.example.com>")) == Taken()


def test_an_unknown_alphabet_is_nothing_and_breaks_nothing() -> None:
    raw = written("退订").replace(b"charset=utf-8", b"charset=klingon")
    assert isinstance(read_mail(raw), Taken)


BREAKING = "<["
"""A Message-ID that the standard library cannot read."""


def broken(raw: bytes) -> bytes:
    return raw.replace(b"Message-ID: <a", b"Message-ID: " + BREAKING.encode() + b"\r\nX-Was: <a", 1)


@pytest.mark.parametrize("body", ["退订", "周五可以吗\n> 您好"])
@pytest.mark.parametrize("coded", [False, True])
def test_of_a_mail_with_a_broken_heading_who_wrote_and_what_is_heard(body: str, coded: bool) -> None:
    raw = broken(written(body))
    if coded:
        head, _, said = raw.partition(b"\r\n\r\n")
        raw = head.replace(b"8bit", b"base64") + b"\r\n\r\n" + base64.b64encode(said)
    [reply] = read_mail(raw).replies
    assert (reply.sender, reply.text, reply.about) == ("li@example.com", body.partition("\n")[0], KEY[:40])
    assert read_mail(raw).replies == (reply,), "the same mail again has the same id"


def test_a_broken_heading_hides_no_bounce_no_complaint_and_no_machine() -> None:
    assert read_mail(b"Message-ID: <[\r\n" + bounce("failed", "5.1.1")) == read_mail(bounce("failed", "5.1.1"))
    for complaint in (COMPLAINT, COMPLAINT.replace(b"Original-Rcpt-To", b"X")):
        [heard], [expected] = read_mail(broken(complaint)).replies, read_mail(complaint).replies
        assert (heard.sender, heard.complaint, heard.about) == (expected.sender, True, expected.about)
    assert read_mail(broken(written("I am away, please stop", Auto_Submitted="auto-replied"))) == Taken()
    assert read_mail(b'From: "\r\nSubject: nobody\r\n\r\nSTOP') == Taken()
    assert read_mail(broken(written(""))).replies[0].text == "[其他消息 other]"
    assert read_mail(broken(written("???")).replace(b"8bit", b"base64")).replies[0].text


PIECES = st.sampled_from(
    [b"<", b">", b'"', b"[", b"(", b";", b":", b"@", b"=?utf-8?b?", b"?=", b"\r\n ", b"\x00", b"\xff", b"Message-ID: <[\r\n"]
)


@given(
    raw=st.sampled_from([written("退订"), bounce("failed", "5.1.1"), COMPLAINT]),
    cuts=st.lists(st.tuples(st.integers(0, 300), PIECES), max_size=4),
)
def test_a_mail_with_anything_put_into_its_headings_breaks_nothing(raw: bytes, cuts: list[tuple[int, bytes]]) -> None:
    for at, piece in cuts:
        raw = raw[:at] + piece + raw[at:]
    assert isinstance(read_mail(raw), Taken)


@given(raw=st.binary(max_size=400))
def test_whatever_comes_in_a_mail_breaks_nothing(raw: bytes) -> None:
    for before in (b"", b"From: a@b.cc\r\n", b'From: a@b.cc\r\nContent-Type: multipart/report; report-type="delivery-status"\r\n\r\n'):
        assert isinstance(read_mail(before + raw), Taken)


class Imap:
    """A small IMAP4rev1 server for one connection at a time (RFC 3501): LOGIN, SELECT, UID SEARCH/FETCH/STORE, LOGOUT."""

    def __init__(self, mails: list[bytes], password: str = "geheim!") -> None:
        self.mails: dict[int, bytes | None] = dict(enumerate(mails, 1))
        self.password, self.seen = password, set[int]()

    def serve(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                stream.write(b"* OK ready\r\n")
                stream.flush()
                for line in stream:
                    tag, _, command = line.decode().strip().partition(" ")
                    stream.write(self.answer(tag, command))
                    stream.flush()
                    if command == "LOGOUT":
                        break

    def answer(self, tag: str, command: str) -> bytes:
        match command.split():
            case ["LOGIN", _, password] if password.strip('"') != self.password:
                return f"{tag} NO [AUTHENTICATIONFAILED] no\r\n".encode()
            case ["UID", "SEARCH", *_]:
                return f"* SEARCH {' '.join(str(n) for n in self.mails if n not in self.seen)}\r\n{tag} OK done\r\n".encode()
            case ["UID", "FETCH", number, *_]:
                mail = self.mails[int(number)]
                if mail is None:
                    return f"{tag} OK done\r\n".encode()
                return f"* {number} FETCH (UID {number} BODY[] {{{len(mail)}}}\r\n".encode() + mail + f")\r\n{tag} OK done\r\n".encode()
            case ["UID", "STORE", number, *_]:
                self.seen.add(int(number))
            case ["CAPABILITY"]:
                return f"* CAPABILITY IMAP4rev1\r\n{tag} OK done\r\n".encode()
            case ["SELECT", _]:
                return f"* {len(self.mails)} EXISTS\r\n{tag} OK [READ-WRITE] done\r\n".encode()
        return f"{tag} OK done\r\n".encode()


@contextmanager
def imap(server: Imap) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=server.serve, args=(listening,), daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def test_new_mails_are_handed_over_once_and_marked_as_seen() -> None:
    server, got = Imap([b"Subject: 1\r\n\r\none", b"Subject: 2\r\n\r\ntwo"]), list[bytes]()
    with imap(server) as where:
        address = f"imap://care:geheim%21@{where}/INBOX"
        assert read_new(address, got.append) == 2
        assert read_new(address, got.append) == 0
    assert got == [b"Subject: 1\r\n\r\none", b"Subject: 2\r\n\r\ntwo"]


def test_a_mail_that_could_not_be_taken_stays_new_and_keeps_no_other_from_being_heard(tmp_path: Path) -> None:
    box, got = mailbox.Maildir(tmp_path / "mail"), list[bytes]()

    def take(raw: bytes) -> None:
        if b"poison" in raw:
            raise ValueError("broken")
        got.append(raw)

    for said in (b"poison", b"STOP"):
        box.add(b"Subject: x\n\n" + said)
    server = Imap([b"a", b"poison", b"c"])
    with imap(server) as where:
        assert read_new(f"imap://care:geheim%21@{where}", take) == 2
        assert server.seen == {1, 3}
    assert read_new(f"maildir:{tmp_path}/mail", take) == 1
    assert read_new(f"maildir:{tmp_path}/mail", take) == 0
    assert got == [b"a", b"c", b"Subject: x\n\nSTOP"]


def test_what_was_seen_and_what_cannot_be_taken_hides_nothing_new(tmp_path: Path) -> None:
    box, got = mailbox.Maildir(tmp_path / "mail"), list[bytes]()
    for number in range(1_100):
        (tmp_path / "mail/cur" / f"1000000{number:04}.seen:2,RS").write_bytes(b"old")
    for number in range(AT_A_TIME + 10):
        (tmp_path / "mail/new" / f"1000001{number:03}.bad").write_bytes(b"poison")
    box.add(b"STOP")
    (tmp_path / "mail/cur/9000000000.other:2,F").write_bytes(b"flagged by another program, not read")

    def take(raw: bytes) -> None:
        if raw == b"poison":
            raise ValueError("broken")
        got.append(raw)

    assert read_new(f"maildir:{tmp_path}/mail", take) == 2
    assert got == [b"STOP", b"flagged by another program, not read"]
    assert (tmp_path / "mail/cur/9000000000.other:2,FS").exists()
    server = Imap([*[b"poison"] * (AT_A_TIME + 10), b"STOP"])
    with imap(server) as where:
        assert read_new(f"imap://care:geheim%21@{where}", take) == 1
    assert server.seen == {AT_A_TIME + 11}


def test_only_so_many_are_taken_at_a_time_and_the_others_the_next_time(tmp_path: Path) -> None:
    box, got = mailbox.Maildir(tmp_path / "mail"), list[bytes]()
    for number in range(AT_A_TIME + 1):
        box.add(f"mail {number}")
    assert [read_new(f"maildir:{tmp_path}/mail", got.append) for _ in range(3)] == [AT_A_TIME, 1, 0]
    assert len(set(got)) == AT_A_TIME + 1


def test_a_mail_that_another_program_takes_meanwhile_is_left_to_it(tmp_path: Path) -> None:
    box, got = mailbox.Maildir(tmp_path / "mail"), list[bytes]()
    box.add(b"one")
    box.add(b"two")

    def take(raw: bytes) -> None:
        got.append(raw)
        for mail in (tmp_path / "mail/new").iterdir():
            if mail.read_bytes() != raw:
                mail.unlink()

    assert read_new(f"maildir:{tmp_path}/mail", take) == 1
    assert len(got) == 1
    gone = Imap([b"one", b"two"])
    gone.mails[1] = None  # expunged after the search
    with imap(gone) as where:
        assert read_new(f"imap://care:geheim%21@{where}", take) == 1
    assert gone.seen == {2}


def test_a_wrong_password_and_no_server_are_told_without_the_password() -> None:
    with imap(Imap([])) as where, pytest.raises(OSError, match="refused") as told:
        read_new(f"imap://care:falsch@{where}/INBOX", print)
    assert "falsch" not in str(told.value)
    with pytest.raises(ConnectionError):
        read_new("imap://care:x@127.0.0.1:9/INBOX", print)
    with pytest.raises(ConnectionError):
        read_new("imaps://care:x@127.0.0.1:9/INBOX", print)


def test_a_maildir_on_this_machine(tmp_path: Path) -> None:
    box, got = mailbox.Maildir(tmp_path / "mail"), list[bytes]()
    box.add(b"Subject: 1\n\none")
    assert read_new(f"maildir:{tmp_path}/mail", got.append) == 1
    assert read_new(f"maildir:{tmp_path}/mail", got.append) == 0
    assert got == [b"Subject: 1\n\none"]


@pytest.mark.parametrize(
    ("box", "good"),
    [("", True), ("imaps://u:p@host/INBOX", True), ("maildir:/var/mail", True), ("pop3://x", False), ("imap://host", False)],
)
def test_a_mailbox_s_address_is_checked_when_it_is_set(box: str, good: bool) -> None:
    given = {"address": "smtp://127.0.0.1:9?from=care@example.com", "mailbox": box}
    assert {field.name for field in FIELDS} == set(given)
    if good:
        assert isinstance(from_fields(given, lambda: MOMENT), SmtpDriver)
    else:
        with pytest.raises(Invalid):
            from_fields(given, lambda: MOMENT)
