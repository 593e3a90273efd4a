"""A small generated business with this morning's plan, in the database that HUIFANG_DATA names. One argument: which.

The supervisor gives two follow-ups of every programme to one agent, so that a morning meets them all; whom the cap of a day still keeps
from being called goes to a colleague.
"""

import sys
from datetime import time, timedelta

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402 - only once Django is ready
from django.db.models import Count  # noqa: E402

from huifang.app.business_time import business_moment  # noqa: E402
from huifang.app.demo_load import load  # noqa: E402
from huifang.app.records.models import Attempt, FollowUp, Staff  # noqa: E402
from huifang.app.services.followups import reassign  # noqa: E402
from huifang.app.services.planning import plan_day  # noqa: E402
from tests.browser.businesses import DAY, SCENES  # noqa: E402
from tests.browser.server import PASSWORD  # noqa: E402

scene = SCENES[sys.argv[1]]
now = business_moment(DAY, time(8, 30))
load(scene.make(), now)
Staff.objects.exclude(sign_in_name=None).update(password=make_password(PASSWORD))
plan_day(DAY, now)

supervisor = Staff.objects.get(role="supervisor")
worker, colleague = Staff.objects.get(sign_in_name=scene.agent), Staff.objects.filter(role="agent").order_by("code")[1]
lately = list(Attempt.objects.filter(at__gt=now - timedelta(days=1)).values_list("customer", flat=True))
for each in FollowUp.objects.filter(day=DAY, staff=worker, customer__in=lately):
    reassign(supervisor, each.pk, colleague.pk, now)
for programme in scene.playbook.programmes:
    found = FollowUp.objects.filter(day=DAY, programme=programme, channel="phone", occurrences__isnull=False).exclude(customer__in=lately)
    for each in found.annotate(reasons=Count("occurrences")).filter(reasons=1).exclude(staff=worker).order_by("position")[:2]:
        reassign(supervisor, each.pk, worker.pk, now)
