"""The worker at one moment: what is due is queued, and what is queued is done. One argument: the moment."""

import sys
from datetime import datetime

import django

django.setup()

from huifang.app.jobs import schedule, worker  # noqa: E402 - only once Django is ready

now = datetime.fromisoformat(sys.argv[1])
schedule.due(now)
while worker.once(now):
    pass
