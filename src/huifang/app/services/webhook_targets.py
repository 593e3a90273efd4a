"""Where a webhook may go: public addresses only, resolved once and connected to as resolved; no redirect is followed.

Every address the name resolves to must be public; IPv6 addresses that carry an IPv4 address within (mapped, 6to4, NAT64, Teredo) are
refused whatever they carry. Hosts that the installation names in HUIFANG_WEBHOOK_HOSTS (``host:port``) may be internal and need no HTTPS.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from time import monotonic
from urllib.parse import urlsplit

import httpx

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

Resolve = Callable[[str, int], Collection[str]]
PATIENCE = 10.0
"""Seconds for each step of a delivery."""
_RELAY = IPv4Network("192.88.99.0/24")
_UNICAST, _SIX_TO_FOUR = IPv6Network("2000::/3"), IPv6Network("2002::/16")


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: `url` as it was given, `address` to connect to, `host` to name."""

    url: str
    scheme: str
    host: str
    port: int
    address: str
    path: str


def resolved(host: str, port: int) -> Collection[str]:
    """The addresses of a name, by the system's resolver."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def check(url: str, allowed: Collection[str] = (), resolve: Resolve = resolved) -> Target:
    """The target of a webhook's address. Raises Invalid for one that is no HTTPS address or does not lead to the public network."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Invalid(_unreadable()) from None
    named = f"{host}:{port}" in allowed
    plain = url.isascii() and url.isprintable() and "\\" not in url and " " not in url
    if not plain or not host or parts.username is not None or parts.scheme not in (("https", "http") if named else ("https",)):
        raise Invalid(_unreadable())
    try:
        found = list(resolve(host, port))
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise Invalid(_unknown(host))
    if not named and not all(map(public, found)):
        raise Invalid(_internal(host))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(url, parts.scheme, host, port, found[0], path)


def public(address: str) -> bool:
    """Whether an IP address is one of the public network.

    >>> public("8.8.8.8"), public("10.0.0.1"), public("::ffff:127.0.0.1"), public("64:ff9b::7f00:1")
    (True, False, False, False)
    """
    try:
        found = ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    if isinstance(found, IPv4Address):
        return found.is_global and not found.is_multicast and not found.is_reserved and found not in _RELAY
    return found in _UNICAST and found.is_global and found not in _SIX_TO_FOUR


def pinned(target: Target) -> tuple[str, str]:
    """The address to connect to as it was resolved, and the ``Host`` to name."""
    shown = f"[{target.address}]" if ":" in target.address else target.address
    usual = {"https": 443, "http": 80}[target.scheme]
    named = f"[{target.host}]" if ":" in target.host else target.host
    host = named if target.port == usual else f"{named}:{target.port}"
    return f"{target.scheme}://{shown}:{target.port}{target.path}", host


def post(target: Target, body: bytes, headers: dict[str, str]) -> int:
    """Send `body` to the checked address and give the answer's status; of its body nothing is read. Raises httpx.HTTPError."""
    return exchange(target, body, headers, PATIENCE, 0)[0]


def exchange(target: Target, body: bytes, headers: dict[str, str], patience: float, most: int) -> tuple[int, bytes]:
    """Send `body` to the checked address and give the answer's status and body, as it comes over the wire.

    Raises httpx.HTTPError, also where the answer takes longer than `patience` seconds in all or has more than `most` bytes; of none (0)
    nothing is read.
    """
    until = monotonic() + patience
    url, host = pinned(target)
    with httpx.Client(timeout=patience, follow_redirects=False, trust_env=False) as client:
        request = client.build_request(
            "POST", url, content=body, headers={**headers, "Host": host}, extensions={"sni_hostname": target.host}
        )  # fmt: skip
        answer = client.send(request, stream=True)
        try:
            return answer.status_code, _body(answer, until, most) if most else b""
        finally:
            answer.close()


def _body(answer: httpx.Response, until: float, most: int) -> bytes:
    content = b""
    for piece in answer.iter_raw():
        content += piece
        if len(content) > most:
            raise httpx.DecodingError("the answer is too long")
        if monotonic() > until:
            raise httpx.ReadTimeout("the answer takes too long")
    return content


def _unreadable() -> Problem:
    return Problem(
        "webhook.address",
        Words("这不是可用的 HTTPS 地址。", "This is not an HTTPS address that can be used."),
        Words(
            "请填写 https:// 开头、不含用户名和密码的完整地址。", "Enter a whole address with https:// and without user name and password."
        ),
    )


def _unknown(host: str) -> Problem:
    return Problem(
        "webhook.unknown-host",
        Words(f"找不到主机“{host[:80]}”。", f"The host “{host[:80]}” is not known."),
        Words("请核对地址。", "Check the address."),
    )


def _internal(host: str) -> Problem:
    return Problem(
        "webhook.internal",
        Words(f"主机“{host[:80]}”在内部网络。", f"The host “{host[:80]}” lies in an internal network."),
        Words(
            "推送只发往公网；确需内网时请运维在 HUIFANG_WEBHOOK_HOSTS 里写明。",
            "Webhooks go to the public network only; for an internal host, name it in HUIFANG_WEBHOOK_HOSTS.",
        ),
    )
