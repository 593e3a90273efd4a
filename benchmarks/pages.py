"""What the pages of a working day cost: CPU milliseconds and queries of a request, beside a plain Django page in the same run.

    python benchmarks/pages.py [requests] [folder of the demo]

The business is the demo repair shop with its 20,000 customers; it is made on the first run and used again on the same day. Every request is
rolled back, so nothing is left behind. The rival is what a first Django tutorial ends with: 50 rows of a model, a form made from the model,
the same middleware and the same sealed names, no scope, no plan, no words in two languages.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from goals import goal

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]
GOAL = 15.0
"""CPU milliseconds of a request on a warm process."""
TEMPLATE = """<!doctype html><title>Customers</title>
<form method="post">{% csrf_token %}{{ form.as_p }}<button>Save</button></form>
<table>{% for row in rows %}<tr><td><a href="/{{ row.pk }}/">{{ row.name }}</a></td><td>{{ row.code }}</td>
<td>{{ row.get_status_display }}</td>
<td>{{ row.branch }}</td><td>{{ row.first_seen }}</td><td>{{ row.birthday }}</td></tr>{% endfor %}</table>"""
Send = Callable[[], Any]


def main() -> None:
    """Make the business where it is not there, measure in this process, print the table."""
    from huifang.app.commands import demo

    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "var" / "pages"
    environment = demo.environment(folder, "repair-shop", datetime.now(UTC), 8000)
    os.environ.update(environment)
    paths = {**environment, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-m", "huifang.app.commands.demo", "repair-shop"], env=paths, check=True)
    import django

    django.setup()
    measured = _measure(times)
    cores = len(os.sched_getaffinity(0))
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {cores} cores, {times} requests each, warm, SQLite, load {os.getloadavg()[0]:.1f}\n")
    print("| page | CPU ms | p95 ms | goal ms | ratio | queries |\n|---|---|---|---|---|---|")
    rival = measured["plain Django page"][0]
    for name, (middle, slow, queries) in measured.items():
        asked = "" if name == "plain Django page" else f"{GOAL:.0f}"
        print(f"| {name} | {middle:.1f} | {slow:.1f} | {asked} | {middle / rival:.2f} | {queries} |")
    for name, (middle, _slow, _queries) in measured.items():
        if name != "plain Django page":
            goal(f"page, {name}: CPU ms", middle, at_most=GOAL)


def _measure(times: int) -> dict[str, tuple[float, float, int]]:
    from django.conf import settings
    from django.test import Client
    from django.urls import path

    import huifang.app.web.urls as urls
    from huifang.app import business_clock
    from huifang.app.business_time import business_day
    from huifang.app.records.models import FollowUp, Staff
    from huifang.app.services import followups

    settings.ALLOWED_HOSTS = ["testserver"]
    urls.urlpatterns.append(path("plain/", _plain()))
    now = business_clock.now()
    agent = Staff.objects.get(sign_in_name="hf01")
    mine = FollowUp.objects.filter(staff=agent, day=business_day(now), state=FollowUp.State.OPEN).order_by("position")
    works = list(mine.filter(programme="day-after")[:20])  # those that ask the ten questions of `repair-ten`
    others = list(mine.exclude(programme="day-after")[:20])
    assert works, "the day has no satisfaction calls"
    assert others, "the day has no other calls"
    client = Client()
    client.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    turn = iter(range(1_000_000))
    answers = {f"q.{question}": "5" for question in _questions()}

    def opened(among: list[FollowUp] = works) -> str:
        work = among[next(turn) % len(among)]
        fence = followups.claim(agent, work.pk, now)
        return f"{work.pk} {fence}"

    def save(found: str) -> Any:
        number, fence = found.split()
        form = {"fence": fence, "token": f"t{next(turn)}", "outcome": "completed", "words": "都好，谢谢。", "attitude": "friendly"}
        return client.post(f"/today/{number}/save/", form | answers)

    pages: dict[str, tuple[Callable[[], str], Callable[[str], Any]]] = {
        "plain Django page": (str, lambda _found: client.get("/plain/")),
        f"list ({mine.count()} follow-ups)": (str, lambda _found: client.get("/today/")),
        "follow-up": (partial(opened, others), lambda found: client.get(f"/today/{found.split()[0]}/")),
        "follow-up with ten questions": (opened, lambda found: client.get(f"/today/{found.split()[0]}/")),
        "customer": (str, lambda _found: client.get(f"/customers/{works[next(turn) % len(works)].customer_id}/")),
        "ten answers, save and next": (opened, save),
    }
    return {name: _cost(times, before, send) for name, (before, send) in pages.items()}


def _cost(times: int, before: Callable[[], str], send: Callable[[str], Any]) -> tuple[float, float, int]:
    """Median and 95th percentile of CPU milliseconds, and queries, of requests that are rolled back."""
    from django.db import connection, transaction
    from django.test.utils import CaptureQueriesContext

    spent, queries = [], 0
    for place in range(times + 20):
        with transaction.atomic():
            found = before()
            if place == 10:
                with CaptureQueriesContext(connection) as caught:
                    send(found)
                queries = sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in caught)
            else:
                began = time.process_time()
                answer = send(found)
                spent.append((time.process_time() - began) * 1000)
                assert answer.status_code in (200, 302), answer.status_code
            transaction.set_rollback(True)
    warm = sorted(spent[19:])
    return statistics.median(warm), warm[int(len(warm) * 0.95)], queries


def _questions() -> list[str]:
    from huifang.playbooks import library
    from huifang.playbooks.loader import loads

    asked = loads(library.text("repair-shop"), "repair-shop.yaml").playbook.questionnaires["repair-ten"].questions
    return [question.key for question in asked if question.type == "scale"]


def _plain() -> Callable[[Any], Any]:
    from django.forms import modelform_factory
    from django.http import HttpResponse
    from django.template import engines

    from huifang.app.records.models import Customer

    template = engines["django"].from_string(TEMPLATE)
    form = modelform_factory(Customer, fields=["name", "code", "status", "birthday", "notes"])

    def page(request: Any) -> HttpResponse:
        rows = Customer.objects.select_related("branch").order_by("code")[:50]
        return HttpResponse(template.render({"rows": rows, "form": form()}, request))

    return page


if __name__ == "__main__":
    main()
