"""Real conversations with a mail server on this machine."""

from __future__ import annotations

import socket
import ssl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from huifang.channels.driver import Message, ReceiptState, Ticket
from huifang.channels.email import SmtpDriver, SmtpServer
from huifang.domain.contact import Channel

TICKET = Ticket(uuid.UUID(int=7), "cd" * 32, Channel.EMAIL, datetime(2026, 11, 24, 2, 20, tzinfo=UTC))
MESSAGE = Message("li@example.com", "王丽华，谢谢您", "您好，还满意吗？", "zh")


class Handler:
    """Takes mail, or answers what the test wants at a step."""

    def __init__(self, rcpt: str = "", data: str = "", mail: str = "") -> None:
        self.answers = {"rcpt": rcpt, "data": data, "mail": mail}
        self.taken: list[Envelope] = []

    async def handle_MAIL(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.answers["mail"] or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if self.answers["rcpt"]:
            return self.answers["rcpt"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append(envelope)
        if self.answers["data"] == "hang up":
            server.transport.abort()
        return self.answers["data"] or "250 2.0.0 queued as 4711"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextmanager
def mail_server(handler: Handler, **options: Any) -> Iterator[str]:
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield f"127.0.0.1:{controller.port}"
    finally:
        controller.stop()


def driver(where: str, user: str = "", **more: Any) -> SmtpDriver:
    return SmtpDriver(SmtpServer.parse(f"smtp://{user}{where}?from=care@example.com&name=安达汽修&tls=off"), **more)


def test_a_mail_arrives_with_its_words_its_number_and_a_way_to_unsubscribe() -> None:
    handler = Handler()
    with mail_server(handler) as where:
        receipt = driver(where).send(TICKET, MESSAGE)
    mail = message_from_bytes(bytes(handler.taken[0].content or b""), policy=policy.default)
    assert (receipt.state, receipt.reference) == (ReceiptState.SENT, "2.0.0 queued as 4711")
    assert (handler.taken[0].mail_from, handler.taken[0].rcpt_tos) == ("care@example.com", ["li@example.com"])
    assert (mail["Subject"], mail["From"], mail["Message-ID"]) == (
        "王丽华，谢谢您",
        "安达汽修 <care@example.com>",
        f"<{'cd' * 20}@example.com>",
    )
    assert mail["List-Unsubscribe"] == "<mailto:care@example.com?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] is None
    assert mail.get_content().strip() == "您好，还满意吗？"


LINK = "https://huifang.example.com/u/abc/"


@pytest.mark.parametrize(
    ("language", "text", "seen"),
    [
        ("zh", "夏季优惠。", f"夏季优惠。\n\n退订：{LINK}"), ("en", "Summer offer.", f"Summer offer.\n\nUnsubscribe: {LINK}"),
        ("en", f"Stop here: {LINK} .", f"Stop here: {LINK} ."),
    ],
)  # fmt: skip
def test_a_mail_that_must_show_it_has_the_address_to_unsubscribe_in_its_words_and_its_header(language: str, text: str, seen: str) -> None:
    handler = Handler()
    with mail_server(handler) as where:
        driver(where).send(TICKET, Message("li@example.com", "x", text, language, unsubscribe=LINK, link_shown=True))
        driver(where).send(TICKET, Message("li@example.com", "x", text, language, unsubscribe=LINK))
        driver(where).send(TICKET, Message("li@example.com", "x", text, language, link_shown=True))
    shown, hidden, without = (message_from_bytes(bytes(each.content or b""), policy=policy.default) for each in handler.taken)
    assert shown.get_content().strip().replace("\r\n", "\n") == seen
    assert hidden.get_content().strip() == without.get_content().strip() == text
    assert shown["List-Unsubscribe"].startswith(f"<{LINK}>")
    assert shown["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("rcpt", "permanent"),
    [
        ("550 5.1.1 no such user li@example.com", True), ("550 no such user", True), ("550 5.2.1 mailbox disabled", True),
        ("550 5.7.1 blocked", False), ("452 4.2.2 mailbox full", False), ("451 try later", False), ("552 5.2.2 mailbox full", False),
    ],
)  # fmt: skip
def test_a_wrong_address_is_told_apart_from_a_refusal_and_from_a_moment_s_trouble(rcpt: str, permanent: bool) -> None:
    handler = Handler(rcpt=rcpt)
    with mail_server(handler) as where:
        receipt = driver(where).send(TICKET, MESSAGE)
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, permanent)
    assert "li@example.com" not in receipt.words.zh + receipt.words.en + receipt.reference
    assert not handler.taken


@pytest.mark.parametrize(
    "answers", [{"mail": "553 5.1.8 sender refused"}, {"data": "554 5.7.1 looks like spam"}, {"data": "451 4.3.0 disk"}]
)
def test_a_refusal_of_sender_or_text_says_nothing_about_the_customer_s_address(answers: dict[str, str]) -> None:
    with mail_server(Handler(**answers)) as where:
        receipt = driver(where).send(TICKET, MESSAGE)
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, False)


def test_a_connection_lost_after_the_text_leaves_it_unknown() -> None:
    with mail_server(Handler(data="hang up")) as where:
        assert driver(where).send(TICKET, MESSAGE).state is ReceiptState.UNKNOWN


def test_no_server_is_a_failure_that_can_be_tried_again() -> None:
    receipt = driver(f"127.0.0.1:{free_port()}").send(TICKET, MESSAGE)
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, False)


def test_a_server_without_encryption_is_not_given_the_mail() -> None:
    handler = Handler()
    with mail_server(handler) as where:
        receipt = SmtpDriver(SmtpServer.parse(f"smtp://{where}?from=care@example.com")).send(TICKET, MESSAGE)
    assert receipt.state is ReceiptState.FAILED
    assert not handler.taken


def check(password: bytes) -> Callable[..., AuthResult]:
    def authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=isinstance(data, LoginPassword) and data.password == password, handled=False)

    return authenticate


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine and its key, made now, good for an hour."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(minutes=5), now + timedelta(hours=1)
    )
    signed = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(signed.public_bytes(Encoding.PEM) + private)
    return path


def contexts(certificate: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    return server, ssl.create_default_context(cafile=str(certificate))


@pytest.mark.parametrize(
    ("password", "state", "said"), [("right%21", ReceiptState.SENT, ""), ("wrong", ReceiptState.FAILED, "sign-in (535")]
)
def test_signing_in_over_starttls(certificate: Path, password: str, state: ReceiptState, said: str) -> None:
    theirs, ours = contexts(certificate)
    options = {"tls_context": theirs, "require_starttls": True, "authenticator": check(b"right!"), "auth_required": True}
    with mail_server(Handler(), **options) as where:
        address = SmtpServer.parse(f"smtp://care:{password}@{where}?from=care@example.com")
        receipt = SmtpDriver(address, ours).send(TICKET, MESSAGE)
    assert (receipt.state, receipt.permanent) == (state, False)
    assert said in receipt.words.en


@pytest.mark.parametrize(("trusted", "state"), [(True, ReceiptState.SENT), (False, ReceiptState.FAILED)])
def test_encryption_from_the_first_byte_and_no_stranger_s_certificate(certificate: Path, trusted: bool, state: ReceiptState) -> None:
    theirs, ours = contexts(certificate)
    handler = Handler()
    with mail_server(handler, ssl_context=theirs) as where:
        address = SmtpServer.parse(f"smtps://{where}?from=care@example.com")
        receipt = SmtpDriver(address, ours if trusted else None).send(TICKET, MESSAGE)
    assert receipt.state is state
    assert bool(handler.taken) is trusted


def test_a_wrong_address_never_reaches_the_server() -> None:
    receipt = driver("127.0.0.1:9").send(TICKET, Message("li@example.com>\r\nRCPT TO:<x@y.zz", "", "文", "zh"))
    assert (receipt.state, receipt.permanent) == (ReceiptState.FAILED, True)
