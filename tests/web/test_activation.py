"""A version that would contact nearly everybody today is put in force only with their number."""

from __future__ import annotations

import pytest

from huifang.app.records.models import ContactPoint, Customer, PlaybookVersion
from huifang.app.services import playbooks

EVERYBODY = """
format: huifang/1
playbook: everybody
title: {zh: 联络所有人, en: Everybody}
about: {zh: 联络所有人, en: Everybody}
calendar: {days: every}
programmes:
  all:
    title: {zh: 联络所有人, en: Everybody}
    purpose: service
    when: {becomes: contacts_30d >= 0}
    within: 5 days
    through: [phone]
"""


@pytest.fixture
def version(scene) -> PlaybookVersion:
    from huifang.app import business_clock

    for number in range(30):
        customer = Customer.objects.create(code=f"all-{number}", name=f"客户{number}")
        ContactPoint.objects.create(customer=customer, kind="phone", value=f"+861390000{number:04}", value_index=str(number), mobile=True)
    return playbooks.add_version(scene.manager, EVERYBODY, "everybody.yaml", business_clock.now())


def test_the_number_is_asked_for_and_only_the_right_one_is_taken(scene, signed_in, version):
    client = signed_in(scene.manager, "zh-hans")
    where = f"/playbooks/{version.pk}/activate/"
    asked = client.post(where)
    assert asked.status_code == 409
    assert "几乎所有客户都会被联络" in asked.content.decode()
    number = next(int(word) for word in asked.content.decode().split("确认人数 ")[1].replace("；", " ").split() if word.isdecimal())
    assert number >= 30
    assert client.post(where, {"confirmed": str(number - 1)}).status_code == 409
    version.refresh_from_db()
    assert version.state == "draft"
    assert client.post(where, {"confirmed": str(number)}).status_code == 302
    version.refresh_from_db()
    assert version.state == "active"
