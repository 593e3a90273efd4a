"""A small generated hospital with this morning's plan, in the database that HUIFANG_DATA names. Arguments: day, patients.

The supervisor gives two follow-ups of every programme to one agent, so that a morning meets them all.
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
from huifang.demo.hospital import hospital  # noqa: E402
from huifang.playbooks import library  # noqa: E402
from tests.browser.server import PASSWORD  # noqa: E402

day, patients = date.fromisoformat(sys.argv[1]), int(sys.argv[2])
now = business_moment(day, time(8, 30))
load(hospital(day, patients=patients), now)
Staff.objects.exclude(sign_in_name=None).update(password=make_password(PASSWORD))
plan_day(day, now)

supervisor = Staff.objects.get(role="supervisor")
worker = Staff.objects.filter(role="agent").order_by("code").first()
assert worker is not None
for programme in library.read("hospital").playbook.programmes:
    found = FollowUp.objects.filter(day=day, programme=programme, channel="phone", occurrences__isnull=False)
    for each in found.annotate(reasons=Count("occurrences")).filter(reasons=1).exclude(staff=worker).order_by("position")[:2]:
        reassign(supervisor, each.pk, worker.pk, now)
