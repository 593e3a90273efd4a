"""A shop that asks by link, in the database that HUIFANG_DATA names; the links are written to ``links.json`` there."""

import json
import os
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.contrib.auth.hashers import make_password  # noqa: E402 - only once Django is ready
from django.utils import timezone  # noqa: E402

from huifang.app.queries.playbooks import playbook_of  # noqa: E402
from huifang.app.records.models import Staff  # noqa: E402
from huifang.app.services import playbooks, survey_promises  # noqa: E402
from tests.app.surveys.asked import shop  # noqa: E402
from tests.app.surveys.test_files_given import ASKS  # noqa: E402
from tests.app.surveys.test_results import anonymous  # noqa: E402
from tests.browser.server import PASSWORD  # noqa: E402

now = timezone.now()
place = shop()
Staff.objects.update(password=make_password(PASSWORD))
for points, number in (("5", 14), ("4", 9), ("2", 3)):
    anonymous(place, place.here, number, points, (now - timedelta(days=40)).date(), "多一点茶水，等候区太冷。")
anonymous(place, place.there, 9, "3", (now - timedelta(days=40)).date())
survey_promises.survey_of("link-shop", "quarterly", playbook_of(place.version).questionnaires["quarterly"])
links = {name: place.link(key, kind, now).token for name, key, kind in (
    ("scripted", "after-job", "personal"),
    ("plain", "after-job", "personal"), ("open", "quarterly", "open"), ("measured", "after-job", "personal"),
)}  # fmt: skip
playbooks.activate(None, playbooks.add_version(None, ASKS, "link-shop.yaml", now), now)
links["photo"] = place.link("after-job", "personal", now).token
(Path(os.environ["HUIFANG_DATA"]) / "links.json").write_text(json.dumps(links))
