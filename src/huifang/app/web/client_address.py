"""Whose request it is, behind a proxy: the address that the nearest proxy one trusts has seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

Network = IPv4Network | IPv6Network
_MOST = 2_000


class ClientAddressMiddleware:
    """Puts the client's address in the place of the proxy's, for all that counts by address: sign-in, survey links."""

    def __init__(self, respond: Callable[[HttpRequest], HttpResponse]) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Before everything that asks for the address."""
        proxies = settings.HUIFANG.proxies
        if proxies:
            said = request.META.get("HTTP_X_FORWARDED_FOR", "")
            request.META["REMOTE_ADDR"] = client_address(request.META.get("REMOTE_ADDR", ""), said, proxies)
        return self.respond(request)


def client_address(peer: str, forwarded: str, proxies: Sequence[Network]) -> str:
    """The last address of the way here that is no proxy of ours. What a client writes itself stands before it and counts for nothing.

    `forwarded` is an X-Forwarded-For header: each proxy adds the address it was called from at the end.

    >>> from ipaddress import ip_network
    >>> client_address("10.0.0.2", "6.6.6.6, 203.0.113.9, 10.0.0.1", [ip_network("10.0.0.0/8")])
    '203.0.113.9'
    """
    found = peer
    for one in reversed(forwarded[-_MOST:].split(",") if forwarded else []):
        if not _is_ours(found, proxies):
            break
        said = one.strip()
        try:
            ip_address(said)
        except ValueError:
            break
        found = said
    return found


def _is_ours(address: str, proxies: Sequence[Network]) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in proxies)
