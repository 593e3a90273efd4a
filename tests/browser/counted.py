"""The worker counts what indicators say, as it does every quarter of an hour. One argument: the moment."""

import sys
from datetime import datetime

import django

django.setup()

from huifang.app.services import indicator_days  # noqa: E402 - only once Django is ready

now = datetime.fromisoformat(sys.argv[1])
indicator_days.keep(now.date(), now)
