"""The real application against its own description: whatever is asked, the answers are the ones described, and none is a 500."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS

from huifang.app.api.routes import openapi
from huifang.app.services.cases import open_case
from huifang.app.wsgi import application
from tests.app.api.caller import key
from tests.app.cast import DAY, NOW, Cast, planned, settled

schema = schemathesis.openapi.from_dict(openapi())
schema.app = application
OPERATIONS = [found.ok() for found in schema.get_all_operations()]
_NOT = {"unsupported_method", "positive_data_acceptance", "use_after_free", "ignored_auth", "ensure_resource_availability"}
"""A body that fits may still name a customer there is not; what is put need not be there for the next case; every case has the key."""


@pytest.fixture
def text(cast: Cast) -> Iterator[str]:
    """The text of a key that may do everything, in a shop with one of each; the test's database stays open between requests."""
    settled(cast.customers[0], "W1", DAY)
    open_case(None, cast.customers[0], "dissatisfied", "空调不制冷", NOW)
    planned(cast, cast.customers[1])
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield key(cast.an).text
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: found.label)
def test_every_answer_is_as_described(operation: Any, text: str) -> None:
    wanted = [check for name, check in ((each.__name__, each) for each in CHECKS.get_all()) if name not in _NOT]

    @given(case=operation.as_strategy())
    @settings(max_examples=12, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True)
    def run(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {text}"})
        case.validate_response(answer, checks=wanted)

    run()
