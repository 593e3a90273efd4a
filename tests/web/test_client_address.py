"""Behind a proxy every client has an address of its own; what a client writes itself counts for nothing."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import ip_network

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from huifang.app import business_clock
from huifang.app.configuration import Configuration
from huifang.app.web import client_address as module
from huifang.app.web.client_address import client_address
from huifang.app.web.views import survey

OURS = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def test_the_example_in_the_text_holds():
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("203.0.113.9", "6.6.6.6", "203.0.113.9"),  # called directly: the header is the client's own
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "203.0.113.9,10.0.0.7", "203.0.113.9"),
        ("10.0.0.1", "10.0.0.7", "10.0.0.7"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, <script>", "10.0.0.1"),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("", "203.0.113.9", ""),
    ],
)
def test_the_last_address_that_is_no_proxy_of_ours_is_the_clients(peer: str, forwarded: str, found: str):
    assert client_address(peer, forwarded, OURS) == found


@given(st.text(max_size=60))
def test_whatever_a_client_writes_the_address_is_what_our_proxy_saw(written: str):
    assert client_address("10.0.0.1", f"{written}, 203.0.113.9", OURS) == "203.0.113.9"


def test_networks_are_read_from_the_environment():
    assert Configuration.read({"HUIFANG_PROXIES": "10.0.0.0/8, 127.0.0.1"}).proxies == (OURS[0], ip_network("127.0.0.1"))
    with pytest.raises(ValueError, match="10"):
        Configuration.read({"HUIFANG_PROXIES": "10.0.0.300"})


def test_one_visitors_many_tries_do_not_shut_out_another_behind_the_same_proxy(db, settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(business_clock, "now", lambda: datetime(2026, 11, 24, 2, 20, tzinfo=UTC))
    monkeypatch.setattr(survey, "MISSES", 3)
    settings.HUIFANG = replace(settings.HUIFANG, proxies=(ip_network("127.0.0.1"),))

    def tried(address: str) -> int:
        return Client().get("/s/no-such-token/", headers={"X-Forwarded-For": f"6.6.6.6, {address}"}).status_code

    assert [tried("203.0.113.9") for _time in range(4)] == [404, 404, 404, 429]
    assert tried("203.0.113.10") == 404
    settings.HUIFANG = replace(settings.HUIFANG, proxies=())
    assert [tried(f"203.0.113.{number}") for number in range(4)] == [404, 404, 404, 429]
