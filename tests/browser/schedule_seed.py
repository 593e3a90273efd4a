"""Enter a repair shop's next week, as proposed, into the database that HUIFANG_DATA names."""

import django

django.setup()

from datetime import timedelta  # noqa: E402 - only once Django is ready

from django.utils import timezone  # noqa: E402

from huifang.app.business_time import business_day  # noqa: E402
from huifang.app.records.models import ScheduledContact, WeekSchedule  # noqa: E402
from huifang.domain.week_schedule import week_after  # noqa: E402
from tests.web import scene as scenes  # noqa: E402

now = timezone.now()
scene = scenes.build(12, business_day(now), now)
first = week_after(business_day(now))
week = WeekSchedule.objects.create(branch=scene.here, first_day=first, state="draft", asked_by=scene.supervisor, asked_at=now)
for place, followup in enumerate(scene.followups):
    day = first + timedelta(days=place % 5)
    ScheduledContact.objects.create(
        schedule=week, customer=followup.customer, playbook="repair-shop", programme=followup.programme, cause=str(place),
        because=followup.because, channel="phone", promised=place == 1, due=first - timedelta(days=1),
        deadline=first + timedelta(days=2), expires=first + timedelta(days=6),
        day=day, staff=scene.agent, proposed_day=day, proposed_staff=scene.agent,
    )  # fmt: skip
