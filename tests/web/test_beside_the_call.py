"""The pack that prepares a contact, what colleagues say, and the number that dials."""

from dataclasses import replace

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from huifang.app import business_clock
from huifang.app.records.models import Comment, Promise, Record
from huifang.app.services import followups, gate, notices
from huifang.app.services.knowledge import ArticleForm, write
from huifang.domain.words import Words
from tests.web import scene as scenes

PART = {"HX-Request": "true"}


@pytest.fixture
def scene(db, monkeypatch):
    """A Tuesday morning, whenever this runs."""
    monkeypatch.setattr(business_clock, "now", lambda: scenes.NOW)
    return scenes.build(3)


def test_the_pack_shows_facts_needs_promises_and_material(scene, signed_in):
    write(scene.supervisor, None, ArticleForm("新车保养手册", "首保五千公里。", ("day-after",)), scenes.NOW)
    write(scene.supervisor, None, ArticleForm("Other", "Not for this.", ("something",)), scenes.NOW)
    Record.objects.update(asked="有没有代步车？", replied="有，请提前一天预约。")
    occurrence = scene.first.occurrences.first()
    Promise.objects.create(
        customer=scene.first.customer, occurrence=occurrence, opens_at=scenes.NOW, closes_at=scenes.NOW, day=scenes.DAY, made_at=scenes.NOW
    )
    client, address = signed_in(scene.agent), reverse("followup-preparation", args=[scene.first.pk])
    part = client.get(address, headers=PART).content.decode()
    assert "<html" not in part
    for said in (
        "有没有代步车？",
        "有，请提前一天预约。",
        "等了三个多小时",
        "新车保养手册",
        "首保五千公里",
        "Promised:",
        '<dl class="facts">',
    ):
        assert said in part
    assert "Not for this" not in part
    assert "<html" in client.get(address).content.decode()
    assert signed_in(scene.stranger).get(address).status_code == 404


def test_a_pack_with_nothing_in_it_says_so(scene, signed_in):
    part = signed_in(scene.agent).get(reverse("followup-preparation", args=[scene.followups[2].pk]), headers=PART).content.decode()
    assert "No wish or complaint is known." in part
    assert "No article of the knowledge" in part


def test_colleagues_speak_on_the_customers_page_and_in_the_workbench(scene, signed_in):
    client, customer = signed_in(scene.agent), scene.first.customer_id
    say, page = reverse("customer-comment", args=[customer]), reverse("customer-comments", args=[customer])
    assert page in client.get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert page in client.get(reverse("customer", args=[customer])).content.decode()
    assert client.post(say, {"words": "@刘芳 <b>请看</b>"}).headers["Location"] == page
    part = client.post(say, {"words": "再说一句"}, headers=PART).content.decode()
    assert "&lt;b&gt;请看&lt;/b&gt;" in part
    assert "<html" not in part
    assert "@刘芳" in part
    assert Comment.objects.count() == 2
    told = signed_in(scene.colleague).get(reverse("notices")).content.decode()
    assert "陈晓 mentions you" in told
    assert reverse("customer", args=[customer]) in told


def test_a_comment_that_cannot_be_kept_stays_in_the_field(scene, signed_in):
    answer = signed_in(scene.agent).post(reverse("customer-comment", args=[scene.first.customer_id]), {"words": "字" * 4001}, headers=PART)
    assert answer.status_code == 422
    assert "字" * 4001 in answer.content.decode()
    assert signed_in(scene.stranger).get(reverse("customer-comments", args=[scene.first.customer_id])).status_code == 404


def test_who_may_only_read_sees_no_form(scene, signed_in):
    text = signed_in(scene.reviewer).get(reverse("customer-comments", args=[scene.first.customer_id])).content.decode()
    assert "Nobody has said anything yet." in text
    assert "<textarea" not in text


def test_a_notice_about_a_follow_up_leads_to_it(scene, signed_in):
    notices.tell([scene.agent], Words("请看", "Look"), f"followup:{scene.first.pk}", scenes.NOW)
    assert reverse("followup", args=[scene.first.pk]) in signed_in(scene.agent).get(reverse("notices")).content.decode()


def test_the_number_opens_the_telephone_system_of_the_installation(scene, signed_in, monkeypatch):
    monkeypatch.setattr(django_settings, "HUIFANG", replace(django_settings.HUIFANG, dial="https://pbx.example/dial?to={local}"))
    fence = followups.claim(scene.agent, scene.first.pk, scenes.NOW)
    gate.allow(scene.agent, scene.first.pk, fence, "phone", scene.first.customer.contact_points.get(kind="phone").pk, scenes.NOW)
    text = signed_in(scene.agent).get(reverse("followup", args=[scene.first.pk])).content.decode()
    assert 'href="https://pbx.example/dial?to=138' in text
    assert 'target="_blank" rel="noopener noreferrer"' in text
