"""Another system that calls the interface with a key."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from huifang.app.records.models import Branch, Staff
from huifang.app.services import api_keys
from huifang.app.services.api_keys import SCOPES
from tests.app.cast import NOW

ALL = tuple(SCOPES)


class Caller:
    """Calls with one key."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.client = Client(raise_request_exception=True)

    def __call__(self, method: str, path: str, body: object = None, token: str = "", **headers: str) -> HttpResponse:
        more = {"Authorization": f"Bearer {self.text}", **headers}
        if token:
            more["Idempotency-Key"] = token
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.generic(method, f"/api/v1/{path}", data, "application/json", headers=more)

    def get(self, path: str, **about: object) -> Any:
        answer = self.client.get(f"/api/v1/{path}", about, headers={"Authorization": f"Bearer {self.text}"})
        assert answer.status_code == 200, answer.content.decode()
        return answer.json()


def key(by: Staff, *scopes: str, branches: list[Branch] | None = None) -> Caller:
    """A caller with a new key."""
    return Caller(api_keys.make(by, "DMS", scopes or ALL, branches, NOW)[1])
