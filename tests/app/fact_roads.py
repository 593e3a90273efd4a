"""The roads by which facts of other systems come in: the HTTP interface, a signed webhook, a file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.test import Client

from huifang.app.services import event_sources
from huifang.app.services.imports import prepare
from huifang.app.services.imports.run import run
from huifang.app.services.webhooks import signature
from tests.app.api.caller import key
from tests.app.cast import Cast
from tests.app.imports.import_files import csv


@dataclass(frozen=True)
class Fact:
    """What another system knows of a customer; `at` with the zone of Shanghai."""

    code: str
    name: str
    kind: str = ""
    at: str = ""
    born: str = ""
    lunar: bool = False
    agreement: str = ""
    ends: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    number: str = "1"

    @property
    def event(self) -> str:
        """The number of what happened."""
        return f"{self.code}-{self.number}"

    @property
    def phone(self) -> str:
        """A mobile number of one's own."""
        return f"1380001{int.from_bytes(self.code.encode()) % 9973:04}"


def by_interface(cast: Cast, facts: Sequence[Fact], now: datetime) -> None:
    """Customers one by one, then what happened to them."""
    call = key(cast.an, branches=[cast.branch])
    for fact in facts:
        said = {
            "name": fact.name, "contact_points": [{"kind": "phone", "value": fact.phone}], "attributes": dict(fact.attributes),
            "birthday": fact.born or None, "birthday_lunar": fact.lunar or None,
            "agreements": [{"kind": fact.agreement, "ends": fact.ends}] if fact.agreement else [],
        }  # fmt: skip
        answer = call("PUT", f"customers/{fact.code}", said)
        assert answer.status_code == 200, answer.content.decode()
        if fact.kind:
            answer = call("POST", "events", {"customer": fact.code, "kind": fact.kind, "at": fact.at, "code": fact.event})
            assert answer.status_code == 201, answer.content.decode()


MAPPING = {
    "kind": "what", "code": "no", "at": "when", "customer": "who.id", "name": "who.name", "phone": "who.tel", "birthday": "who.born",
    "birthday_lunar": "who.lunar", "agreement": "paper.kind", "agreement_ends": "paper.until",
    "customer_attributes": {"greeted": "who.greeted"},
}  # fmt: skip


def by_webhook(cast: Cast, facts: Sequence[Fact], now: datetime) -> None:
    """Messages in the sender's own words; what only tells of the customer is a change of the profile."""
    held, secret = event_sources.add(cast.an, f"官网 {now:%d}", MAPPING, [cast.branch], now)
    for fact in facts:
        who = {"id": fact.code, "name": fact.name, "tel": fact.phone, "born": fact.born, "lunar": fact.lunar, **fact.attributes}
        paper = {"kind": fact.agreement, "until": fact.ends}
        message = {"what": fact.kind or "profile.changed", "no": fact.event, "when": fact.at or now.isoformat(), "who": who, "paper": paper}
        body = json.dumps(message).encode()
        signed = {"Huifang-Signature": signature(secret, int(now.timestamp()), body)}
        answer = Client().post(f"/in/{held.hook}/", body, "application/json", headers=signed)
        assert answer.status_code == 200, answer.content.decode()


def by_file(cast: Cast, facts: Sequence[Fact], now: datetime) -> None:
    """A file of customers with their agreements, and a file of what happened."""
    head = ["客户编号", "姓名", "手机号", "生日", "农历生日", "问候", "试用到期", "合同到期"]
    targets = [
        "customer.code", "customer.name", "phone", "birthday", "birthday_lunar", "attribute.greeted", "agreement.trial.ends",
        "agreement.contract.ends",
    ]  # fmt: skip
    rows = [
        [
            fact.code, fact.name, fact.phone, fact.born, "是" if fact.lunar else "", fact.attributes.get("greeted", ""),
            *(fact.ends if fact.agreement == kind else "" for kind in ("trial", "contract")),
        ]
        for fact in facts
    ]  # fmt: skip
    _bring(cast, "customers", [head, *rows], targets, now)
    head = ["流水号", "客户编号", "姓名", "事件类型", "时间"]
    targets = ["event.code", "customer.code", "customer.name", "event.kind", "event.at"]
    rows = [[fact.event, fact.code, fact.name, fact.kind, _clock(fact.at)] for fact in facts if fact.kind]
    if rows:
        _bring(cast, "events", [head, *rows], targets, now)


def _clock(at: str) -> str:
    return datetime.fromisoformat(at).strftime("%Y-%m-%d %H:%M")


def _bring(cast: Cast, kind: str, rows: list[list[str]], targets: list[str], now: datetime) -> None:
    batch = prepare.upload(None, io.BytesIO(csv(rows)), f"{kind}.csv", now, branch=cast.branch, kind=kind)
    batch = prepare.choose(None, batch, mapping={str(number): target for number, target in enumerate(targets)})
    done = run(prepare.confirm(None, batch, now).pk, now)
    assert (done.state, done.rejected, done.rows) == ("done", 0, len(rows) - 1), list(done.rejected_rows.values("code", "reason"))


ROADS: dict[str, Callable[[Cast, Sequence[Fact], datetime], None]] = {"interface": by_interface, "webhook": by_webhook, "file": by_file}
