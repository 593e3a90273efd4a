"""The repair shop's playbook with coupons and a link, in force, and some of its coupons given: what pages about messages show."""

from __future__ import annotations

from datetime import datetime

from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import PlaybookVersion
from huifang.app.services import coupons, playbooks
from huifang.playbooks import library
from tests.web.scene import Scene

_MORE = """coupons:
  oil: {title: {zh: 机油抵扣券, en: Oil voucher}, valid: 1 month}
  wash: {title: {zh: 精洗券, en: Car wash}, valid: 2 weeks, codes: brought in}
links:
  guide: {title: {zh: 新车主保养指南, en: Care guide for new owners}, to: "https://www.example.com/guide"}
content:
"""


def in_force(scene: Scene, now: datetime) -> PlaybookVersion:
    """The version; eleven car washes are given, four of them taken in."""
    text = library.text("repair-shop").replace("content:\n", _MORE, 1)
    version = playbooks.activate(None, playbooks.add_version(None, text, "repair-shop.yaml", now), now)
    wash = playbook_of(version).coupons["wash"]
    coupons.bring_in(scene.manager, "repair-shop", "wash", "\n".join(f"WASH-{number:04d}" for number in range(12)))
    for place, followup in enumerate(scene.followups[:11]):
        given = coupons.give("repair-shop", "wash", wash, followup, followup.customer, now)
        if place < 4:
            coupons.take_in(scene.agent, given.code, now)
    return version
