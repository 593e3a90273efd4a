"""A questionnaire that is asked differently has another version, so that an answer always knows what was asked."""

from __future__ import annotations

from typing import Any

from huifang.playbooks.rewriting import rewrite, same, values


def raised(text: str, before: str) -> str:
    """The playbook's text with the version of every questionnaire raised by one that differs from that of the text `before`, where nobody
    has given it another version already. Every other line stays as it is.
    """
    now, then = values(text), _questionnaires(values(before))
    asked = {key: _next(one, then.get(key)) for key, one in _questionnaires(now).items()}
    return rewrite(text, {**now, "questionnaires": asked}) if asked else text


def _next(one: Any, before: Any) -> Any:
    if not isinstance(one, dict) or not isinstance(before, dict) or same(one, before):
        return one
    version = before.get("version", 1)
    if one.get("version", 1) != version or not isinstance(version, int):
        return one
    if "version" in one:
        return {**one, "version": version + 1}
    pairs = list(one.items())
    return dict([*pairs[:1], ("version", version + 1), *pairs[1:]])


def _questionnaires(data: Any) -> dict[str, Any]:
    found = data.get("questionnaires") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}
