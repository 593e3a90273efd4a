"""A business with nobody in it but its own people, in the database that HUIFANG_DATA names: what every page shows on the first day."""

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402 - only once Django is ready

from huifang.app.records.models import Branch, Staff  # noqa: E402
from tests.browser.server import PASSWORD  # noqa: E402

branch, password = Branch.objects.create(code="NS", name="安达汽修南山店"), make_password(PASSWORD)
for code, name, role in (
    ("a01", "陈晓", "agent"),
    ("s01", "周敏", "supervisor"),
    ("m01", "郑国平", "manager"),
    ("x01", "管理员", "administrator"),
):
    Staff.objects.create(
        code=code, name=name, sign_in_name=code, role=role, branch=branch, password=password, capacity=40 * (role == "agent"),
        all_branches=role in ("manager", "administrator"),
    )  # fmt: skip
