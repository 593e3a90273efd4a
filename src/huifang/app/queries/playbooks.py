"""Playbooks as they were read: of a version, and those in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from huifang.app.records.models import PlaybookVersion
from huifang.app.records.prepared import Prepared, instance
from huifang.playbooks.loader import loads
from huifang.playbooks.schema import Playbook

_IN_FORCE = Prepared(
    lambda: (
        PlaybookVersion.objects.filter(state=PlaybookVersion.State.ACTIVE)
        .order_by("playbook")
        .values("id", "playbook", "number", "sha256", "state", "created_at", "created_by_id", "activated_at")
    )
)


@dataclass(frozen=True, slots=True)
class InForce:
    """A playbook that is in force, with the version's row (without its text)."""

    version: PlaybookVersion
    playbook: Playbook


def in_force() -> tuple[InForce, ...]:
    """Every playbook in force, by key. One query; texts are read and checked once for each version."""
    versions = [instance(PlaybookVersion, row) for row in _IN_FORCE()]
    return tuple(InForce(version, playbook_of(version)) for version in versions)


def unnamed(kinds: Iterable[str]) -> list[str]:
    """Those kinds of events that no playbook in force names, in order: such events are kept, and nothing follows from them. One query."""
    named = {kind for used in in_force() for kind in used.playbook.events}
    return sorted(set(kinds) - named)


def playbook_of(version: PlaybookVersion) -> Playbook:
    """The playbook of a version, whatever its state."""
    return _loaded(version.sha256, version.pk)


@lru_cache(maxsize=64)
def _loaded(sha256: str, version_id: int) -> Playbook:  # noqa: ARG001
    version = PlaybookVersion.objects.get(pk=version_id)
    return loads(version.text, f"{version.playbook}.yaml").playbook
