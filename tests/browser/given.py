"""The supervisor gives a waiting follow-up to somebody. Arguments: their sign-in name, the moment."""

import sys
from datetime import datetime

import django

django.setup()

from huifang.app.records.models import FollowUp, Staff  # noqa: E402 - only once Django is ready
from huifang.app.services.followups import reassign  # noqa: E402
from tests.browser.businesses import DAY  # noqa: E402

now, to = datetime.fromisoformat(sys.argv[2]), Staff.objects.get(sign_in_name=sys.argv[1])
waiting = FollowUp.objects.filter(day=DAY, state="open", channel="phone", promised=False, next_at=None, attempts_made=0)
found = waiting.filter(branch=to.branch).order_by("-position").first() or waiting.order_by("-position")[0]
FollowUp.objects.filter(pk=found.pk).update(branch=to.branch)
reassign(Staff.objects.get(role="supervisor"), found.pk, to.pk, now)
