"""Enter the cast and a key of all scopes into the server's database: `python -m tests.app.api.client_seed <file for the key>`."""

from __future__ import annotations

import sys
from pathlib import Path

import django

django.setup()

from huifang.app.services.api_keys import SCOPES, make  # noqa: E402 - Django first
from tests.app import cast  # noqa: E402

Path(sys.argv[1]).write_text(make(cast.enter().an, "DMS", list(SCOPES), None, cast.NOW)[1])
