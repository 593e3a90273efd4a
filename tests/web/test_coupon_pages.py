"""Coupons on the page: a code is taken in once, and managers bring codes in."""

from __future__ import annotations

import pytest

from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import Coupon
from huifang.app.services import coupons, playbooks

KEYS = """coupons:
  oil: {title: {zh: 机油券, en: Oil voucher}, valid: 2 weeks, codes: brought in}
  wash: {title: {zh: 洗车券, en: Wash}, valid: 1 week}
content:
"""


@pytest.fixture
def giving(scene):
    from huifang.app.business_clock import now
    from huifang.playbooks import library

    text = library.text("repair-shop").replace("content:\n", KEYS, 1)
    scene.version = playbooks.activate(None, playbooks.add_version(None, text, "repair-shop.yaml", now()), now())
    return scene


def test_without_coupons_the_page_says_how_they_come_to_whoever_can_do_it(scene, signed_in):
    agent, manager = (signed_in(each).get("/coupons/").content.decode() for each in (scene.agent, scene.manager))
    assert "No coupons yet" in agent and "No coupons yet" in manager
    assert "as soon as a manager has set up coupons" in agent
    assert "{coupon}" not in agent
    assert "where it says {coupon}" in manager


def test_codes_are_brought_in_given_and_taken_in(giving, signed_in):
    from huifang.app.business_clock import now

    client = signed_in(giving.manager)
    answer = client.post("/coupons/repair-shop/oil/", {"codes": "OIL-0001\nOIL-0002"}, follow=True).content
    assert b"2 codes are new." in answer
    assert (
        b"1 code is new. 1 was there already."
        in client.post("/coupons/repair-shop/oil/", {"codes": "oil0002\nOIL-0003"}, follow=True).content
    )
    wrong = client.post("/coupons/repair-shop/oil/", {"codes": "OIL-0004\n?"})
    assert (wrong.status_code, b"Line 2 is no code" in wrong.content, b"OIL-0004" in wrong.content) == (422, True, True)
    coupons.give("repair-shop", "oil", playbook_of(giving.version).coupons["oil"], giving.first, giving.first.customer, now())
    page = signed_in(giving.agent).get("/coupons/").content.decode()
    assert "Oil voucher" in page
    assert "Made as needed" in page
    assert "OIL-000" not in page
    assert "Bring in codes" not in page
    assert b"Oil voucher: taken in." in client.post("/coupons/take-in/", {"code": "oil 0001"}, follow=True).content
    again = client.post("/coupons/take-in/", {"code": "oil 0001"})
    assert (again.status_code, b"has been used" in again.content) == (422, True)
    assert client.post("/coupons/take-in/", {}).status_code == 422


def test_a_coupon_that_no_playbook_declares_any_more_is_still_taken_in(giving, signed_in):
    from huifang.app.business_clock import now

    given = coupons.give("repair-shop", "wash", playbook_of(giving.version).coupons["wash"], giving.first, giving.first.customer, now())
    playbooks.retire(None, giving.version, now())
    assert b"wash: taken in." in signed_in(giving.manager).post("/coupons/take-in/", {"code": given.code}, follow=True).content
    assert Coupon.objects.get().used_by == giving.manager
