"""The value report beside a message: of real customers, before anything is sent."""

from __future__ import annotations

import pytest

from huifang.app.records.models import Customer, PlaybookVersion, Staff
from huifang.app.services import playbooks
from tests.app.messages import NOW, business
from tests.app.test_value_reports import REPORTING

pytestmark = pytest.mark.django_db


@pytest.fixture
def url() -> str:
    firm = business()
    playbooks.activate(None, playbooks.add_version(None, REPORTING, "after-care.yaml", NOW), NOW)
    firm.follow_up("after-mail", "email")
    Staff.objects.create(code="M1", name="郑经理", sign_in_name="m1", role="manager", all_branches=True)
    return f"/playbooks/{PlaybookVersion.objects.get(state='active').pk}/messages/"


def test_it_opens_from_the_message_as_pdf(url, client):
    client.force_login(Staff.objects.get(code="M1"), backend="django.contrib.auth.backends.ModelBackend")
    customer = Customer.objects.get()
    there = f"{url}letter/report/{customer.pk}/"
    page = client.get(f"{url}letter/").content.decode()
    assert there in page
    assert "半年价值报告.pdf" in page
    answer = client.get(there)
    assert (answer.status_code, answer.headers["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert client.get(f"{url}thanks/report/{customer.pk}/").status_code == 422
    assert client.get(f"{url}letter/report/{customer.pk + 1}/").status_code == 404
    Customer.objects.update(attributes={})
    hole = client.get(there)
    assert hole.status_code == 422
    assert "{customer.plate}" in hole.content.decode()
    assert there not in client.get(f"{url}letter/").content.decode()


def test_of_another_branch_there_is_none(url, client):
    client.force_login(Staff.objects.get(code="S2"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{url}letter/report/{Customer.objects.get().pk}/").status_code == 404
