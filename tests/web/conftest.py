"""The pages' tests: a repair shop's day, and browsers signed in as its people."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.utils import timezone, translation

from huifang.app.business_time import business_day
from huifang.app.records.models import Staff
from tests.web import scene as scenes
from tests.web.scene import Scene

SignIn = Callable[[Staff], Client]


@pytest.fixture
def scene(db: None) -> Scene:
    now = timezone.now()
    return scenes.build(12, business_day(now), now)


@pytest.fixture
def signed_in() -> SignIn:
    def client_of(staff: Staff, language: str = "en") -> Client:
        Staff.objects.filter(pk=staff.pk).update(language=language)
        client = Client()
        client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return client_of


@pytest.fixture(autouse=True)
def _one_language() -> Iterator[None]:
    with translation.override("en"):
        yield
