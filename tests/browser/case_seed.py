"""A repair shop with one customer, for the walk of a complaint. Arguments: a moment with its zone, then more of them.

The first time everything is entered, and the day is planned. At each moment the worker looks after the cases; with ``plan:`` before it,
the day is planned as well. The customer's link is written to ``link.txt`` beside the database.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402 - only once Django is ready

from huifang.app.business_time import business_day  # noqa: E402
from huifang.app.indexes import name_index, tail_index, value_index  # noqa: E402
from huifang.app.jobs import worker  # noqa: E402
from huifang.app.records.models import Branch, ContactPoint, Customer, Event, Staff  # noqa: E402
from huifang.app.services import case_watch, survey_links  # noqa: E402
from huifang.app.services.job_queue import enqueue  # noqa: E402
from huifang.app.services.playbooks import activate, add_version  # noqa: E402
from huifang.playbooks import library  # noqa: E402
from tests.browser.server import PASSWORD  # noqa: E402

PHONE = "+8613800002046"


def enter(now: datetime) -> None:
    """The branch, its people, its customer and yesterday's job."""
    branch = Branch.objects.create(code="LX", name="澜溪店")
    people = {
        code: Staff.objects.create(
            code=code,
            name=name,
            sign_in_name=code,
            role=role,
            branch=branch,
            capacity=20 * (role == "agent"),
            password=make_password(PASSWORD),
        )
        for code, name, role in (("hf01", "陈晓", "agent"), ("kf01", "周敏", "supervisor"), ("dz01", "郑国平", "manager"))
    }
    who = Customer.objects.create(code="KH1", name="雷华", name_index=name_index("雷华"), branch=branch, first_seen=business_day(now))
    ContactPoint.objects.create(
        customer=who, kind="phone", value=PHONE, value_index=value_index(PHONE), tail_index=tail_index(PHONE), primary=True, mobile=True
    )
    at = now - timedelta(days=1)
    details = {"plate": "粤B·A1234", "vehicle": "帕萨特", "mileage": 41200, "work": "前刹车片更换", "technician": "小李"}
    Event.objects.create(
        customer=who,
        kind="job.settled",
        code="W1",
        at=at,
        day=business_day(at),
        amount=860,
        branch=branch,
        staff=people["kf01"],
        attributes=details,
    )
    activate(None, add_version(None, library.text("repair-shop"), "repair-shop.yaml", now), now)
    link = survey_links.hand_out(people["hf01"], "repair-shop", "repair-ten", "personal", now, customer_code=who.code)
    (Path(os.environ["HUIFANG_DATA"]) / "link.txt").write_text(link.token)


for text in sys.argv[1:]:
    planning, moment = text.startswith("plan:"), datetime.fromisoformat(text.removeprefix("plan:")).astimezone(UTC)
    if not Staff.objects.exists():
        enter(moment)
    if case_watch.anything_due(moment):
        enqueue("cases", f"cases:{text}", {}, moment)
    if planning:
        enqueue("plan", f"plan:{text}", {"day": business_day(moment).isoformat()}, moment)
    while worker.once(moment):
        pass
