"""What the key is."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from huifang.app.access import branches_for
from huifang.app.api.door import Key, caller, key_of

router = Router(tags=["The key"])


class KeyOut(Schema):
    """A key: what it may do and which branches it reaches."""

    name: str
    scopes: list[str] = Field(examples=[["customers:read", "events:write"]])
    branches: list[str] = Field(description="Codes of the branches it reaches.")
    expires_at: datetime | None


@router.get("/key", response=KeyOut, summary="Read about the key", operation_id="read_key", auth=Key())
def read_key(request: HttpRequest) -> KeyOut:
    """What the key that is sent may do. Any key may ask."""
    key = key_of(request)
    branches = list(branches_for(caller(request)).values_list("code", flat=True))
    return KeyOut(name=key.name, scopes=key.scopes, branches=branches, expires_at=key.expires_at)
