"""A small generated repair shop with this morning's plan, in the database that HUIFANG_DATA names. One argument: the day.

The supervisor gives one follow-up of every programme to the same agent, so that one morning meets them all.
"""

import sys
from datetime import date, time

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402 - only once Django is ready
from django.db.models import Count  # noqa: E402

from huifang.app.business_time import business_moment  # noqa: E402
from huifang.app.demo_load import load  # noqa: E402
from huifang.app.records.models import FollowUp, Staff  # noqa: E402
from huifang.app.services.followups import reassign  # noqa: E402
from huifang.app.services.planning import plan_day  # noqa: E402
from huifang.demo.repair_shop import repair_shop  # noqa: E402
from huifang.playbooks import library  # noqa: E402
from tests.browser.server import PASSWORD  # noqa: E402

day = date.fromisoformat(sys.argv[1])
now = business_moment(day, time(8, 30))
load(repair_shop(day, customers=2500), now)
Staff.objects.exclude(role="none").update(password=make_password(PASSWORD))
plan_day(day, now)

supervisor = Staff.objects.filter(role="supervisor").get()
worker = Staff.objects.get(sign_in_name="hf01")
for programme in library.read("repair-shop").playbook.programmes:
    found = FollowUp.objects.filter(day=day, programme=programme, channel="phone", occurrences__isnull=False)
    alone = found.annotate(reasons=Count("occurrences")).filter(reasons=1).order_by("position").first()
    if alone is not None:
        reassign(supervisor, alone.pk, worker.pk, now)
