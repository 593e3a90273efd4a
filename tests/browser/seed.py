"""Enter the repair shop's day into the database that HUIFANG_DATA names."""

import django

django.setup()

from django.utils import timezone  # noqa: E402 - only once Django is ready

from huifang.app.business_time import business_day  # noqa: E402
from tests.web import scene  # noqa: E402

now = timezone.now()
scene.build(40, business_day(now), now)
