"""The morning of `morning_seed` with all its figures counted: what the documentation's pictures show. One argument: the day."""

import django

django.setup()

from huifang.app.services import indicator_days  # noqa: E402 - only once Django is ready
from tests.browser import morning_seed  # noqa: E402

indicator_days.keep(morning_seed.day - indicator_days.KEPT, morning_seed.now)
