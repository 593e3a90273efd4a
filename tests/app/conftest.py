"""Tests of the application: Django is set up once, with the data folder that `tests/conftest.py` has made."""

from __future__ import annotations

import django

django.setup()
