"""Enter a repair shop with coupons and a batch that waits for a second person into the database that HUIFANG_DATA names."""

import django

django.setup()

from django.utils import timezone  # noqa: E402 - only once Django is ready

from huifang.app.business_time import business_day  # noqa: E402
from huifang.app.records.models import FollowUp, MessageLink  # noqa: E402
from huifang.app.services import coupons, mass_sending, playbooks  # noqa: E402
from huifang.app.services.survey_links import hash_of  # noqa: E402
from huifang.playbooks import library  # noqa: E402
from tests.web import scene as scenes  # noqa: E402

COUPONS = """coupons:
  oil: {title: {zh: 机油抵扣券, en: Oil voucher}, valid: 1 month}
  wash: {title: {zh: 精洗券, en: Car wash}, valid: 2 weeks, codes: brought in}
links:
  guide: {title: {zh: 新车主保养指南, en: Care guide for new owners}, to: "https://www.example.com/guide"}
content:
"""
now = timezone.now()
scene = scenes.build(24, business_day(now), now)
text = library.text("repair-shop").replace("content:\n", COUPONS, 1)
version = playbooks.activate(None, playbooks.add_version(None, text, "repair-shop.yaml", now), now)
book = playbooks.playbook_of(version)
coupons.bring_in(scene.manager, "repair-shop", "wash", "\n".join(f"WASH-{number:04d}" for number in range(12)))
for place, followup in enumerate(scene.followups[:11]):
    given = coupons.give("repair-shop", "wash", book.coupons["wash"], followup, followup.customer, now)
    if place < 4:
        coupons.take_in(scene.agent, given.code, now)
FollowUp.objects.filter(pk__in=[one.pk for one in scene.followups[12:20]]).update(
    staff=None, channel="sms", programme="service-due", state="open", playbook_version=version
)
mass_sending.ask(now)
FollowUp.objects.filter(pk=scene.followups[21].pk).update(playbook_version=version)
TOKEN = "a" * 32
MessageLink.objects.create(followup=scene.followups[21], link="guide", token=TOKEN, token_hash=hash_of(TOKEN), until=business_day(now))
