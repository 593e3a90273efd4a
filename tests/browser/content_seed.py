"""Enter a repair shop with coupons and a batch that waits for a second person into the database that HUIFANG_DATA names."""

import django

django.setup()

from django.utils import timezone  # noqa: E402 - only once Django is ready

from huifang.app.business_time import business_day  # noqa: E402
from huifang.app.records.models import FollowUp, MessageLink  # noqa: E402
from huifang.app.services import mass_sending  # noqa: E402
from huifang.app.services.survey_links import hash_of  # noqa: E402
from tests.browser import coupon_plan  # noqa: E402
from tests.web import scene as scenes  # noqa: E402

now = timezone.now()
scene = scenes.build(24, business_day(now), now)
version = coupon_plan.in_force(scene, now)
FollowUp.objects.filter(pk__in=[one.pk for one in scene.followups[12:20]]).update(
    staff=None, channel="sms", programme="service-due", state="open", playbook_version=version
)
mass_sending.ask(now)
FollowUp.objects.filter(pk=scene.followups[21].pk).update(playbook_version=version)
TOKEN = "a" * 32
MessageLink.objects.create(followup=scene.followups[21], link="guide", token=TOKEN, token_hash=hash_of(TOKEN), until=business_day(now))
