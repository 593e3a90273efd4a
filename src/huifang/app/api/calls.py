"""Calls of a dialler: may this one be made at this moment, and what came of those that were."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from huifang.app import business_clock
from huifang.app.access import dialling_rows_for
from huifang.app.api.door import caller, needs
from huifang.app.api.once import once
from huifang.app.api.paging import Taken
from huifang.app.api.problems import ProblemPart, Said
from huifang.app.api.values import Code, KeyInPath, Moment
from huifang.app.records.models import DiallingRow
from huifang.app.services import dialling_lists, dialling_results
from huifang.domain.dialler import LONGEST, Told
from huifang.domain.errors import HuifangError
from huifang.domain.words import Words

router = Router(tags=["Calls"])
Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
Word = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00]*$")]
Line = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]


class MayCall(Schema):
    """The gate's word at this moment."""

    allowed: bool
    until: datetime = Field(description="Not later than this.")
    why: Said | None = Field(description="Why not.")


class CallIn(Taken):
    """What came of one call."""

    key: Code = Field(description="The key that was handed over.", examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"])
    outcome: Word = Field(description="The dialler's own word, read by the table in the channel's settings.", examples=["ANSWERED"])
    began: Moment = Field(description="When it was dialled.")
    seconds: int = Field(0, ge=0, le=LONGEST, description="How long they talked.")
    agent: Line = Field("", description="Code of the colleague who spoke.")
    recording: Line = Field("", description="Address of the recording; may be told later, with the rest as before.")
    callback: Moment | None = Field(None, description="The agreed moment, where the outcome is a call back.")
    words: Text = Field("", description="What the customer said.")


class CallsIn(Taken):
    """Up to 500 calls; each is taken by itself."""

    calls: list[CallIn] = Field(min_length=1, max_length=500)


class CallTaken(Schema):
    """What became of one call of the list, in its order."""

    key: str
    state: Literal["taken", "known", "recording", "refused"] = Field(description="`known`: it was taken before, nothing changes.")
    problems: list[ProblemPart]


class CallsTaken(Schema):
    """What became of each."""

    items: list[CallTaken]


@router.get("/{key}", response=MayCall, summary="Ask before a call", operation_id="may_call", **needs("calls:write"))
def may_call(request: HttpRequest, key: KeyInPath) -> MayCall:
    """Ask right before dialling: a customer may have refused since the hand-over. Writes nothing."""
    rows = dialling_rows_for(caller(request)).select_related("followup__customer__branch", "followup__playbook_version", "attempt")
    row: DiallingRow = dialling_results.found(rows, key)
    why = dialling_lists.still_allowed(row, business_clock.now())
    return MayCall(allowed=why is None, until=row.until, why=Said(zh=why.zh, en=why.en) if why else None)


@router.post("", response={201: CallsTaken}, summary="Tell what came of calls", operation_id="tell_calls", **needs("calls:write"))
@once(201)
def tell_calls(request: HttpRequest, data: CallsIn) -> CallsTaken:
    """Each becomes its attempt's outcome, with the same retry rules as any call, once. The first result of a key counts."""
    return CallsTaken(items=[_taken(request, call) for call in data.calls])


def _taken(request: HttpRequest, call: CallIn) -> CallTaken:
    callback = call.callback.astimezone(UTC) if call.callback else None
    told = Told(
        call.key, call.outcome, call.began.astimezone(UTC), call.seconds, call.agent, call.recording, callback, call.words
    )  # fmt: skip
    try:
        return CallTaken(key=call.key, state=dialling_results.take(caller(request), told, business_clock.now()), problems=[])
    except HuifangError as error:
        return CallTaken(key=call.key, state="refused", problems=[_part(each.code, each.what, each.remedy) for each in error.problems])


def _part(code: str, what: Words, remedy: Words) -> ProblemPart:
    return ProblemPart(code=code, what=Said(zh=what.zh, en=what.en), remedy=Said(zh=remedy.zh, en=remedy.en))
