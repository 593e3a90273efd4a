"""What a person reads before a contact: who it is by the facts, what they wanted lately, what was promised, the material."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from huifang.app.queries.behind import behind
from huifang.app.queries.customer import Standing, standing
from huifang.app.queries.customer_rows import CustomerRows
from huifang.app.queries.knowledge import Found, material
from huifang.app.queries.playbooks import playbook_of
from huifang.app.records.models import FollowUp, Promise, Staff
from huifang.playbooks.schema import Playbook

_NEEDS = 5


@dataclass(frozen=True, slots=True)
class Need:
    """Something the customer said or asked; `kind` is praise, suggestion, complaint or asked."""

    kind: str
    words: str
    reply: str
    at: datetime | date | None


@dataclass(frozen=True, slots=True)
class Preparation:
    """The pack for one follow-up."""

    classes: tuple[str, ...]
    facts: tuple[Standing, ...]
    needs: tuple[Need, ...]
    promises: tuple[datetime, ...]
    material: tuple[Found, ...]


def preparation(staff: Staff, followup: FollowUp, playbooks: tuple[Playbook, ...], day: date, language: str) -> Preparation:
    """The pack for a follow-up that `queries.followup.find` has found."""
    rows = CustomerRows(followup.customer)
    classes, facts = standing(rows, playbooks, day, language)
    playbook = playbook_of(followup.playbook_version)
    keys = {row["programme"] for row in behind(followup.pk)} | {followup.programme}
    titles = {words for key in keys & set(playbook.programmes) for words in _titles(playbook, key)}
    open_ones = Promise.objects.filter(customer=followup.customer_id, open=True).order_by("opens_at").values_list("opens_at", flat=True)
    return Preparation(tuple(classes), tuple(facts), _needs(rows), tuple(open_ones), material(staff, keys | titles))


def _titles(playbook: Playbook, key: str) -> Iterable[str]:
    title = playbook.programmes[key].title
    return (title.zh, title.en)


def _needs(rows: CustomerRows) -> tuple[Need, ...]:
    """What was asked in the newest talks, then suggestions and complaints, the newest first."""
    when = {row["id"]: row["at"] for row in rows.attempts}
    asked = [Need("asked", row["asked"], row["replied"], when.get(row["attempt_id"])) for row in rows.records if row["asked"]]
    said = [Need(row["kind"], row["words"], "", row["at"]) for row in rows.feedback if row["kind"] != "praise"]
    return tuple(asked[:_NEEDS] + said[:_NEEDS])
