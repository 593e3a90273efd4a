"""The page behind a link: fetching it leaves no trace, its button leads where the playbook says and nowhere else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

from huifang.app import business_clock
from huifang.app.records.models import MessageLink, RateCount, Staff
from huifang.app.services import delivery, message_links, playbooks
from tests.app.messages import DAY, NOW, Business, Provider, business
from tests.app.test_message_links import LINKED, ONCE

pytestmark = pytest.mark.django_db
TARGET = "https://help.example.com/start?from=mail"


@pytest.fixture
def firm(settings, monkeypatch) -> Business:
    settings.HUIFANG = replace(settings.HUIFANG, public_url="https://care.example.com")
    assert get_resolver().url_patterns, "views that take the clock by its name are loaded before it is set"
    monkeypatch.setattr(business_clock, "now", lambda: NOW)
    firm = business()
    firm.version = playbooks.activate(None, playbooks.add_version(None, LINKED, "after-care.yaml", NOW), NOW)
    firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    return firm


@pytest.fixture
def url(firm: Business) -> str:
    return f"/l/{MessageLink.objects.get().token}/"


def seen(staff: Staff, address: str) -> str:
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(address).content.decode()


def test_fetching_it_shows_the_host_and_writes_nothing(url, client):
    with CaptureQueriesContext(connection) as caught:
        page = client.get(url)
        client.head(url)
    assert not [one["sql"] for one in caught if not one["sql"].startswith("SELECT")]
    words = page.content.decode()
    assert "help.example.com" in words
    assert "使用指南" in words
    assert "start?from=mail" not in words
    assert "<script" not in words.split("<main", 1)[-1]
    assert "https://help.example.com" in page.headers["Content-Security-Policy"].split("form-action", 1)[1].split(";")[0]
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert not page.cookies
    assert MessageLink.objects.get().clicked_at is None


def test_the_button_counts_once_and_leads_there(url, client, firm):
    for _ in range(2):
        answer = client.post(url + "?next=https://evil.example/", {"to": "https://evil.example/", "next": "https://evil.example/"})
        assert (answer.status_code, answer.headers["Location"]) == (302, TARGET)
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    link = MessageLink.objects.select_related("followup").get()
    assert link.clicked_at == NOW
    timeline = seen(firm.supervisor, f"/customers/{link.followup.customer_id}/")
    assert timeline.count("打开了链接：使用指南") == 1
    outbox = seen(firm.supervisor, f"/outbox/?day={DAY.isoformat()}")
    assert "1 条中 1 条" in outbox


def test_it_reads_in_the_customers_language(url, client):
    link = MessageLink.objects.select_related("followup__customer").get()
    link.followup.customer.language = "en"
    link.followup.customer.save()
    assert b"Go there" in client.get(url).content
    assert b"Nothing is kept before that" in client.get(url).content


def test_what_was_never_made_leads_nowhere(firm, client):
    for _ in range(30):
        assert client.post("/l/never-made/").status_code == 410
    assert client.get("/l/never-made/").status_code == 429
    assert "请十分钟后再打开链接" in client.get("/l/never-made/").content.decode()


def test_after_its_time_it_leads_nowhere(url, client):
    MessageLink.objects.update(until=NOW.date() - timedelta(days=1))
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 410
        assert "链接已过期" in answer.content.decode()
    assert MessageLink.objects.get().clicked_at is None


@pytest.fixture
def once(firm: Business) -> str:
    """The address of a single-use link."""
    MessageLink.objects.all().delete()
    firm.version = playbooks.activate(None, playbooks.add_version(None, ONCE, "after-care.yaml", NOW), NOW)
    firm.follow_up()
    delivery.deliver_due(NOW, drivers=Provider().drivers)
    return f"/l/{MessageLink.objects.get().token}/"


def test_a_single_use_link_says_that_it_has_been_used_and_no_scanner_can_use_it_up(once, client):
    url = once
    for _ in range(3):
        page = client.get(url)
        client.head(url)
    assert page.status_code == 200
    assert "此链接只能使用一次" in page.content.decode()
    assert MessageLink.objects.get().used == 0
    assert client.post(url).headers["Location"] == TARGET
    for answer in (client.get(url), client.post(url)):
        assert answer.status_code == 410
        assert "此链接已使用过" in answer.content.decode()
        assert "help.example.com" not in answer.headers["Content-Security-Policy"]
    assert MessageLink.objects.get().used == 1


def test_of_two_open_pages_the_second_button_says_so(once, client, monkeypatch):
    monkeypatch.setattr(message_links, "click", lambda _link, _now: False)
    answer = client.post(once)
    assert answer.status_code == 410
    assert "此链接已使用过" in answer.content.decode()


def test_pressed_again_and_again_it_stops(url, client):
    client.post(url)
    RateCount.objects.update(count=600)
    assert client.post(url).status_code == 429
