"""Enter a day that was worked, with reviews in every state, into the database that HUIFANG_DATA names."""

import django

django.setup()

from django.utils import timezone  # noqa: E402 - only once Django is ready

from huifang.app.business_time import business_day  # noqa: E402
from huifang.app.services import reviews  # noqa: E402
from huifang.domain.score_cards import ITEMS  # noqa: E402
from tests.web import scene as scenes  # noqa: E402
from tests.web import worked  # noqa: E402

now = timezone.now()
scene = scenes.build(40, business_day(now), now)
made = [
    worked.contact(scene, followup, words="等了三个多小时。", satisfied=place % 4 > 0)
    for place, followup in enumerate(scene.followups[:16])
]
worked.promised(scene, worked.kept_back(scene, scene.followups[20].customer, "deferred", "deferred.cap"))
reviews.draw(scene.supervisor, scene.run.day, scene.here, now)
points = {item.code: item.most - 1 for item in ITEMS}
for place in (0, 1, 2, 3):
    chosen = reviews.choose(scene.reviewer, made[place].pk, now)
    reviews.assess(scene.reviewer, chosen.pk, points, "原话要记全，日期也要写清楚。", place > 0, now)
    if place == 3:
        reviews.answer(scene.agent, chosen.pk, "已补记，下次注意。", now)
