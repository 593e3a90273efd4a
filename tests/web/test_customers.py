import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huifang.app.business_time import business_day
from huifang.app.indexes import tail_index, tail_indexes
from huifang.app.queries import customers as customers_query
from huifang.app.queries.customers import search
from huifang.app.queries.timeline import Names
from huifang.app.records.models import AuditEntry, Consent, Customer, OptOut
from huifang.playbooks import library
from tests.web import scene as scenes


def test_a_customer_is_found_by_any_of_their_whole_values(scene):
    wanted = scene.first.customer
    phone = wanted.contact_points.get(kind="phone").value
    plate = wanted.attributes["plate"]
    for text in (
        wanted.name,
        f" {wanted.name[0]} {wanted.name[1:]} ",
        phone,
        phone.removeprefix("+86"),
        phone[-4:],
        wanted.code.lower(),
        plate,
        plate.replace("·", ""),
    ):
        assert [row.id for row in search(scene.agent, text).rows] == [wanted.pk], text
    assert search(scene.agent, wanted.name[0]).rows == ()
    assert [row.id for row in search(scene.agent, "user1@example.com").rows] == [scene.followups[1].customer_id]
    assert search(scene.agent, "12345678901234567890").rows == ()


@pytest.mark.parametrize("phone", ["+8613800001234", "+861380000123;ext=4", "13800001234", "1234", "0000", "+1234"])
def test_four_digits_alone_have_the_index_of_the_phone_they_end(phone):
    tail = phone.split(";")[0][-4:]
    assert tail_index(phone) == tail_index(tail) == tail_indexes([phone])[0] != ""


def test_nothing_of_another_branch_is_found(scene):
    foreign = scenes.customer_of(500, scene.there)
    for text in (foreign.name, foreign.code, foreign.contact_points.first().value):
        assert search(scene.agent, text).rows == ()
    assert [row.id for row in search(scene.stranger, foreign.code).rows] == [foreign.pk]


def test_pages_follow_each_other_without_gap_or_repeat(scene, monkeypatch):
    monkeypatch.setattr(customers_query, "PAGE", 5)
    seen, after = [], ""
    while True:
        page = search(scene.agent, "", after)
        seen += [row.code for row in page.rows]
        if not (after := page.after):
            break
    assert seen == sorted(Customer.objects.values_list("code", flat=True))


def test_the_list_shows_masked_numbers_and_says_when_nobody_is_found(scene, signed_in):
    client = signed_in(scene.agent)
    text = client.get(reverse("customers")).content.decode()
    assert "138****" in text
    assert "Nobody found" in client.get(reverse("customers"), {"q": "没有这个人"}).content.decode()
    Customer.objects.update(branch=scene.there)
    assert "No customers yet" in client.get(reverse("customers")).content.decode()


def test_a_customers_page_tells_everything_with_the_reason_why_not(scene, signed_in):
    text = signed_in(scene.supervisor, "zh-hans").get(reverse("customer", args=[scene.first.customer_id])).content.decode()
    for words in (
        "等了三个多小时",
        "没有营销同意",
        "G20260820-003",
        "保险到期提醒",
        "车牌号",
        "到店后接待得及时吗？",
    ):
        assert words in text
    assert "+8613" not in text


def test_facts_that_are_amounts_are_shown_as_money_and_counts_are_not(scene, signed_in):
    html = signed_in(scene.agent).get(reverse("customer", args=[scene.first.customer_id])).content.decode()
    assert re.search(r"<dt>Spent in 12 months</dt>\s*<dd class=\"number\">¥380.00</dd>", html)
    assert re.search(r"<dt>Jobs in 12 months</dt>\s*<dd class=\"number\">1</dd>", html)


def test_an_attribute_that_is_true_or_false_is_shown_in_words(scene):
    names = Names((library.read("hospital").playbook,), "en")
    assert names.attributes("visit.discharged", {"surgery": True, "department": "骨科"}) == ("Department: 骨科", "Operated on: Yes")
    assert names.attributes("visit.discharged", {"surgery": False}) == ("Operated on: No",)


def test_calling_up_a_number_is_for_customers_in_hand_and_noted(scene, signed_in):
    point = scene.first.customer.contact_points.get(kind="phone")
    url = reverse("customer-reveal", args=[scene.first.customer_id, point.pk])
    agent = signed_in(scene.agent)
    assert agent.post(url).status_code == 403
    agent.post(reverse("followup-take", args=[scene.first.pk]))
    response = agent.post(url)
    assert response.status_code == 200
    assert "138 1000 0000" in response.content.decode()
    assert AuditEntry.objects.filter(action="contact_point.revealed", by=scene.agent).count() == 1
    assert signed_in(scene.reviewer).post(url).status_code == 403


def test_a_refusal_holds_at_once_and_can_be_lifted_by_the_customer(scene, signed_in):
    client = signed_in(scene.agent)
    url = reverse("customer-consent", args=[scene.first.customer_id])
    assert client.post(url, {"what": "all", "allowed": "0"}).status_code == 302
    assert Consent.objects.filter(customer=scene.first.customer, purpose="any", channel="any", allowed=False).exists()
    assert OptOut.objects.filter(purpose="any", channel="any").exists()
    client.post(url, {"what": "phone", "allowed": "1"})
    assert Consent.objects.order_by("-id").first().allowed
    assert client.post(url, {"what": "everything"}).status_code == 400


@pytest.mark.parametrize("name", ["customers", "customer"])
def test_the_number_of_queries_does_not_grow_with_the_register(db, signed_in, name):
    now = timezone.now()
    made = scenes.build(3, business_day(now), now)
    client = signed_in(made.supervisor)
    args = [made.first.customer_id] if name == "customer" else []
    client.get(reverse(name, args=args))
    counts = []
    for more in (0, 20):
        for place in range(3, 3 + more):
            scenes._followup(made, place, business_day(now), now)
            scenes._job(made, made.first.customer, 900 + place, business_day(now))
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse(name, args=args)).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert counts[0] <= (8 if name == "customers" else 36)


def test_many_numbers_are_folded_after_the_fifth_and_open_when_one_is_shown(scene, signed_in):
    customer = scene.first.customer
    for number in range(6):
        customer.contact_points.create(kind="phone", value=f"+86139000{number:05d}", value_index=str(number), mobile=True)
    client, address = signed_in(scene.supervisor), reverse("customer", args=[customer.pk])
    count = customer.contact_points.count()
    page = client.get(address).content.decode()
    assert f"All {count} numbers and addresses" in page
    assert '<details class="more">' in page
    last = customer.contact_points.order_by("-pk").values_list("pk", flat=True)[0]
    shown = client.post(reverse("customer-reveal", args=[customer.pk, last]), follow=True).content.decode()
    assert '<details class="more" open>' in shown
