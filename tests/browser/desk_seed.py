"""A shop in which something stands on every page, in the database that HUIFANG_DATA names, for the pictures of pages and states.

What a page needs to know of it (numbers and tokens in addresses) is written to ``places.json`` there. One argument: the day.
"""

import json
import os
import sys
from datetime import date, time
from pathlib import Path

import django

django.setup()

from huifang.app.business_time import business_moment  # noqa: E402 - only once Django is ready
from tests.browser.desk_deeds import handed_out, managed, reviewed, sent  # noqa: E402
from tests.browser.desk_more import brought_in, connected, extreme, faults, known, revised, solved  # noqa: E402
from tests.web import scene as scenes  # noqa: E402

day = date.fromisoformat(sys.argv[1])
now = business_moment(day, time(9, 20))
scene = scenes.build(40, day, now)
places: dict[str, object] = {}
for enter in (sent, reviewed, managed, handed_out, known, solved, revised, connected, brought_in, extreme, faults):
    places |= enter(scene, now)
(Path(os.environ["HUIFANG_DATA"]) / "places.json").write_text(json.dumps(places))
