"""A demo opens on a working morning, whatever the hour it is started at, and its rows refer to each other."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from huifang.app.commands.demo import environment, opening, welcome
from huifang.app.commands.processes import port_is_free, port_taken
from huifang.app.demo_load import PASSWORD, load
from huifang.app.demo_morning import begin
from huifang.app.demo_supervising import load_supervising
from huifang.app.records.models import (
    Answer,
    Article,
    Attempt,
    Case,
    DayClosing,
    FollowUp,
    IndicatorDay,
    Job,
    Measure,
    Message,
    Occurrence,
    Record,
    Request,
    Review,
    Staff,
    TrainingRecord,
)  # fmt: skip
from huifang.app.services import audit, delivery
from huifang.app.services.job_queue import enqueue
from huifang.channels.outbox import Outbox
from huifang.channels.registry import SENT_CHANNELS
from huifang.demo import business as made
from huifang.demo.hospital import hospital
from huifang.demo.repair_shop import repair_shop

FRIDAY = datetime(2026, 11, 20, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("real", "shown"),
    [
        (datetime(2026, 11, 20, 2, 30, tzinfo=UTC), datetime(2026, 11, 20, 2, 30, tzinfo=UTC)),
        (datetime(2026, 11, 22, 3, 0, tzinfo=UTC), FRIDAY),
        (datetime(2026, 11, 20, 15, 0, tzinfo=UTC), FRIDAY),
        (datetime(2026, 11, 19, 17, 0, tzinfo=UTC), FRIDAY),
        (datetime(2026, 10, 3, 2, 0, tzinfo=UTC), datetime(2026, 9, 30, 1, 5, tzinfo=UTC)),
    ],
)
def test_it_is_a_working_morning(real: datetime, shown: datetime) -> None:
    assert opening(real, "repair-shop") == shown


@pytest.mark.parametrize(("make", "people"), [(repair_shop, {"customers": 300}), (hospital, {"patients": 300})])
def test_its_supervisors_have_looked_after_the_days_before(db: None, make: Any, people: dict[str, int]) -> None:
    business = make(date(2026, 11, 20), seed=3, **people)
    load(business, FRIDAY)
    load_supervising(business.key, date(2026, 11, 20))
    last = Record.objects.filter(day__lt=date(2026, 11, 20)).latest("day").day
    states = set(Review.objects.values_list("state", flat=True))
    assert states >= {"waiting", "settled"}
    assert set(Review.objects.filter(state="waiting").values_list("day", flat=True)) == {last}
    assert all(50 <= one.score <= 100 for one in Review.objects.exclude(state="waiting"))
    assert not Review.objects.filter(reviewed_at__gte=FRIDAY).exists()
    assert set(DayClosing.objects.values_list("day", "branch__code")) == {(last, one.code) for one in business.branches}
    assert all(set(json.loads(one.reasons or "{}")) == set(one.left) for one in DayClosing.objects.all())
    assert {stage for (stage,) in Measure.objects.values_list("stage")} >= {"do", "check"}
    agents = Staff.objects.filter(role="agent")
    assert TrainingRecord.objects.filter(confirmed_at__isnull=False).count() == agents.count() - 1
    assert Article.objects.count() > 2


def test_a_business_without_a_past_has_nothing_looked_after(db: None) -> None:
    shop = replace(repair_shop(date(2026, 11, 20), seed=3, customers=20), contacts=[], records=[], answers=[], cases=[], promises=[])
    load(replace(shop, occurrences=[], requests=[]), FRIDAY)
    load_supervising(shop.key, date(2026, 11, 20))
    assert not Review.objects.exists()


def test_a_demo_writes_to_those_who_do_not_want_to_be_called_and_its_links_lead_to_itself(
    transactional_db: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HUIFANG_PUBLIC_URL", "HUIFANG_PHONE"):
        monkeypatch.delenv(name, raising=False)
    given = environment(tmp_path, "repair-shop", FRIDAY, 8123)
    settings.HUIFANG = replace(settings.HUIFANG, public_url=given["HUIFANG_PUBLIC_URL"], phone=given["HUIFANG_PHONE"])
    shop = repair_shop(date(2026, 11, 20), seed=3, customers=300)
    asked = {one.customer for one in shop.consents}
    everybody = [made.Consent(one.code, "any", "phone", False, date(2026, 11, 1), "") for one in shop.customers if one.code not in asked]
    load(replace(shop, consents=[*shop.consents, *everybody]), FRIDAY)
    begin(date(2026, 11, 20), FRIDAY)
    counts = delivery.deliver_due(FRIDAY, drivers=dict.fromkeys(SENT_CHANNELS, Outbox(tmp_path)))
    assert counts["sent"] == len(list(tmp_path.rglob("*.json"))) == Message.objects.filter(attempt__outcome="sent").count() > 0
    assert set(counts) == {"sent"}, "nothing is held up for want of a telephone number or an address"
    assert any("http://127.0.0.1:8123/s/" in said.text for said in Message.objects.all())
    assert "0599-555" in "".join(said.text for said in Message.objects.all())


def test_a_small_shop_is_loaded_and_planned(db: None) -> None:
    business = repair_shop(date(2026, 11, 20), seed=3, customers=300)
    load(business, FRIDAY)
    assert Staff.objects.get(sign_in_name="hf01").check_password(PASSWORD)
    aside = set(Occurrence.objects.filter(decision="held-out").values_list("programme", "customer__code"))
    assert aside
    contacts = {one.code for one in business.contacts if (one.programme, one.customer) not in aside}
    records = {one.code for one in business.records if one.contact in contacts}
    assert Attempt.objects.count() == len(contacts) < len(business.contacts)
    assert Record.objects.count() == len(records)
    assert Answer.objects.count() == sum(one.record in records for one in business.answers)
    assert Case.objects.count() == sum(not one.record or one.record in records for one in business.cases)
    assert Occurrence.objects.count() == len(business.occurrences)
    sources = Request.objects.filter(source__startswith="case:").values_list("source", flat=True)
    behind = {int(each.split(":")[1]) for each in sources}
    assert behind
    assert behind <= set(Case.objects.values_list("pk", flat=True))  # saving the call that asks again finds the case
    assert not Request.objects.filter(source="").exists()  # each is known by what asked for it
    enqueue("plan", "plan:asked", {"day": "2026-11-20"}, FRIDAY)  # as putting a playbook in force does
    run = begin(date(2026, 11, 20), FRIDAY)
    assert not Job.objects.filter(kind="plan").exists()  # nobody plans the same morning again
    assert IndicatorDay.objects.filter(day__gte=date(2026, 11, 1)).exists()  # the board is full from the first click
    assert run.counts["followups"] == FollowUp.objects.filter(state="open").count() > 0
    assert audit.faults() == []


def test_a_port_in_use_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert not port_is_free("127.0.0.1", number)
        assert str(number) in port_taken(number).zh
    assert port_is_free("127.0.0.1", number)


def test_addresses_and_logins_are_told_once_the_pages_are_there(capsys):
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        place = found.getsockname()[1]
    opened: list[ThreadingHTTPServer] = []

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """At first it has too much to read."""
            self.send_error(503) if next(busy) else self.send_response(200)
            self.end_headers()

        def log_message(self, *_said: object) -> None:
            """Nothing."""

    def serve() -> None:
        opened.append(ThreadingHTTPServer(("127.0.0.1", place), Page))
        opened[0].serve_forever()

    busy, later = iter((True, True, False)), Timer(0.3, serve)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as server:
        later.start()
        welcome([server], {"hospital": place})
        assert list(busy) == []
        said = capsys.readouterr().out
        assert f"http://127.0.0.1:{place}/" in said
        assert "sf01 / huifang-demo" in said
        opened[0].shutdown()
        opened[0].server_close()
    welcome([server], {"hospital": place})
    assert capsys.readouterr().out == ""
