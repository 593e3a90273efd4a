"""A firm with two contracts that end in a month, its mail server and mailbox, in the database that HUIFANG_DATA names.

Arguments: the address of the mail server, and the folder of the mailbox.
"""

import json
import sys
from datetime import date

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402 - only once Django is ready

from huifang.app.indexes import name_index, value_index  # noqa: E402
from huifang.app.records.models import Agreement, Branch, ChannelSetting, ContactPoint, Customer, Event, Role, Staff  # noqa: E402
from huifang.app.services import playbooks  # noqa: E402
from huifang.playbooks import library  # noqa: E402
from tests.browser.server import PASSWORD  # noqa: E402
from tests.browser.test_a_renewal import ENDS, at  # noqa: E402

branch = Branch.objects.create(code="SZ", name="明远软件深圳")
owner = Staff.objects.create(
    code="A1", name="陈晓", sign_in_name="chen", role=Role.AGENT, branch=branch, capacity=40, password=make_password(PASSWORD)
)
for number, name in enumerate(("蓝海物流", "晨光包装"), 1):
    customer = Customer.objects.create(
        code=f"K{number}", name=name, name_index=name_index(name), kind="organisation", branch=branch, owner=owner,
        first_seen=date(2025, 12, 23),
    )  # fmt: skip
    Agreement.objects.create(customer=customer, kind="contract", code=f"HT{number}", starts=date(2025, 12, 23), ends=ENDS, amount=12000)
    for day in (at(13, 10), at(20, 10)):
        Event.objects.create(
            customer=customer, kind="product.used", code=f"U{number}-{day.day}", at=day, day=day.date(), attributes={"hours": 6}
        )
    for kind, value in (("email", f"office{number}@example.com"), ("phone", f"+861380000000{number}")):
        ContactPoint.objects.create(
            customer=customer, kind=kind, value=value, value_index=value_index(value), primary=True, mobile=kind == "phone"
        )
given = {"address": f"smtp://{sys.argv[1]}?from=care@example.com&name=明远软件&tls=off", "mailbox": f"maildir:{sys.argv[2]}"}
ChannelSetting.objects.create(channel="email", driver="email", values=json.dumps(given))
now = at(20, 8)
playbooks.activate(None, playbooks.add_version(None, library.text("relationship"), "relationship.yaml", now), now)
