"""The morning of `morning_seed` with all its figures counted: what the documentation's pictures show. One argument: the day."""

from huifang.app.services import indicator_days
from tests.browser import morning_seed

indicator_days.keep(morning_seed.day - indicator_days.KEPT, morning_seed.now)
