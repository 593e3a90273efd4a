"""Where webhooks may go: every spelling of an inner address is refused, and what was checked is what is connected to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Collection
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from huifang.app.services.webhook_targets import check, post, public
from huifang.domain.errors import Invalid

# fmt: off
NAMES = {
    "example.com": ["93.184.215.14"], "six.example.com": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c"], "localhost": ["127.0.0.1", "::1"],
    "inner.example.com": ["10.0.0.5"], "half.example.com": ["93.184.215.14", "192.168.1.1"],
    "metadata.google.internal": ["169.254.169.254"],

    "127.0.0.1.nip.io": ["127.0.0.1"], "localtest.me": ["::1"], "mapped.example.com": ["::ffff:10.0.0.1"], "db": ["172.16.0.9"],
}
HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1",
    "0177.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "10.1", "0xa000001", "012.0.0.1", "167772161", "172.16.0.1",
    "172.31.255.255", "2886729729", "192.168.0.1", "192.168.257", "3232235521", "0xc0a80001", "169.254.169.254", "2852039166", "0xa9fea9fe",
    "169.254.43518",
    "0251.0376.0251.0376", "100.64.0.1", "100.127.255.255", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1",
    "203.0.113.9", "192.88.99.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.1]", "[::ffff:8.8.8.8]", "[::127.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::a00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[2001:0:7f00:1::1]", "[fe80::1]", "[fec0::1]", "[fc00::1]",
    "[fd12:3456::1]",
    "[ff02::1]", "[2001:db8::1]", "[100::1]", "localhost", "LOCALHOST", "localhost.", "inner.example.com", "half.example.com",
    "metadata.google.internal", "127.0.0.1.nip.io", "localtest.me", "mapped.example.com", "db", "127.0.0.1.",
]
UNREADABLE = [
    "http://example.com/", "ftp://example.com/", "file:///etc/passwd", "gopher://127.0.0.1:25/", "https://", "https:///x", "//example.com/",
    "https://user:pass@example.com/", "https://@example.com/", "https://example.com\\@127.0.0.1/", "https://example.com /",
    "javascript:alert(1)",
    "https://example.com:99999/", "https://[::1/", "https://①②⑦.⓪.⓪.①/",
    "https://exa\nmple.com/", "",
]


# fmt: on


def names(host: str, port: int) -> Collection[str]:
    """As the system's resolver does for numbers in any spelling, and from a table for names."""
    if host in NAMES:
        return NAMES[host]
    if ":" in host:
        return [host]
    return [socket.inet_ntoa(socket.inet_aton(host))]


@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_an_inner_address_is_taken(host: str) -> None:
    for url in (f"https://{host}/hook", f"https://{host}:8443/hook?x=1"):
        with pytest.raises(Invalid) as refused:
            check(url, (), names)
        assert refused.value.problems[0].code in ("webhook.internal", "webhook.unknown-host")


@pytest.mark.parametrize("url", UNREADABLE)
def test_what_is_no_https_address_is_refused(url: str) -> None:
    with pytest.raises(Invalid, match="HTTPS"):
        check(url, (), names)


def test_a_public_address_is_pinned_as_it_was_resolved() -> None:
    found = check("https://example.com/hook?a=1", (), names)
    assert (found.address, found.host, found.port, found.path) == ("93.184.215.14", "example.com", 443, "/hook?a=1")
    assert public(check("https://six.example.com", (), names).address)
    assert not public("no address")
    with pytest.raises(Invalid, match="not known"):
        check("https://nobody.example.com/", (), lambda host, port: [])


SEEN: list[tuple[str, str, bytes]] = []


class _Inner(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        SEEN.append((self.path, self.headers["Host"], body))
        self.send_response(302)
        self.send_header("Location", "http://127.0.0.1:1/elsewhere")
        self.end_headers()

    def log_message(self, *_said: object) -> None:
        """Quiet."""


def test_what_was_resolved_is_connected_to_and_a_redirect_is_not_followed() -> None:
    server = HTTPServer(("127.0.0.1", 0), _Inner)
    threading.Thread(target=server.handle_request, daemon=True).start()
    port, asked = server.server_port, []

    def once(host: str, _port: int) -> Collection[str]:
        asked.append(host)
        return ["127.0.0.1"]

    target = check(f"http://hooks.inner:{port}/in", [f"hooks.inner:{port}"], once)
    assert post(target, b"{}", {"Content-Type": "application/json"}) == 302
    server.server_close()
    assert (SEEN, asked) == ([("/in", f"hooks.inner:{port}", b"{}")], ["hooks.inner"])
