"""What stands beside a call of the customer's agreements: what is in force, and of each kind what ended last."""

from __future__ import annotations

from datetime import timedelta

from huifang.app.records.models import Agreement


def test_of_many_agreements_those_in_force_are_shown_and_the_last_one_that_ended(scene, signed_in):
    customer, today = scene.first.customer, scene.run.day
    Agreement.objects.filter(customer=customer).delete()
    for code, days in {"A": -10, "B": -40, "C": 20, "D": 5, "E": None}.items():
        ends = None if days is None else today + timedelta(days=days)
        Agreement.objects.create(customer=customer, kind="insurance", code=code, ends=ends)
    Agreement.objects.create(customer=customer, kind="warranty", code="F", ends=today - timedelta(days=100))
    Agreement.objects.create(customer=customer, kind="warranty", code="G", ends=today + timedelta(days=9), status="cancelled")
    page = signed_in(scene.agent).get(f"/customers/{customer.pk}/")
    assert [one.code for one in page.context["glance"].agreements] == ["D", "C", "E", "A"]
