"""A playbook of one's own from one of the library by five answers: whose, when, which programmes, through what, how many a day.

The answers change the text as the forms do (`rewriting`): everything they do not speak of stays as the library has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from huifang.playbooks.rewriting import rewrite, values


@dataclass(frozen=True, slots=True)
class Answers:
    """What the guide asked. `days` is ``working``, ``every`` or weekdays; `programmes` and `channels` are keys."""

    business: str
    hours: tuple[str, ...]
    days: str | tuple[str, ...]
    programmes: tuple[str, ...]
    channels: tuple[str, ...]


def write(text: str, answers: Answers) -> str:
    """The text of the library's playbook with the answers in it; raises `PlaybookError` where it cannot be read."""
    data = values(text)
    if answers.business:
        data["title"] = {language: f"{answers.business} · {said}" for language, said in _both(data["title"]).items()}
    calendar = {**data.get("calendar", {"country": "CN"}), "hours": list(answers.hours)}
    data["calendar"] = {**calendar, "days": answers.days if isinstance(answers.days, str) else list(answers.days)}
    data["status"] = "ready"
    was = data["programmes"]
    gone = [key for key in was if key not in answers.programmes]
    data["programmes"] = {key: _through(one, answers.channels) for key, one in was.items() if key not in gone}
    scripts = {_script(one) for one in data["programmes"].values()}
    unused = {_script(was[key]) for key in gone} - scripts
    if "scripts" in data:
        data["scripts"] = {key: one for key, one in data["scripts"].items() if key not in unused}
    return rewrite(text, _without(data, gone))


def channels_of(data: Any) -> tuple[str, ...]:
    """The channels that a playbook's programmes use, in the order they are first named."""
    return tuple(dict.fromkeys(channel for one in data["programmes"].values() for channel in one["through"]))


def _script(one: dict[str, Any]) -> str:
    return str(one.get("script", ""))


def _both(title: Any) -> dict[str, str]:
    return title if isinstance(title, dict) else {"zh": title, "en": title}


def _through(one: dict[str, Any], channels: tuple[str, ...]) -> dict[str, Any]:
    """The programme by the channels there are; where it uses none of them, it stays as the library has it."""
    kept = [channel for channel in one["through"] if channel in channels] or one["through"]
    return {**one, "through": kept}


def _without(data: dict[str, Any], gone: Iterable[str]) -> dict[str, Any]:
    """Nothing speaks any more of programmes that were not chosen."""
    out = set(gone)
    data["programmes"] = {key: _unasked(one, out) for key, one in data["programmes"].items()}
    for section in ("registers", "reports"):
        kept = {key: _fewer(one, out) for key, one in data.get(section, {}).items() if not _only(one, out)}
        data = {**data, section: kept} if section in data else data
    if "targets" in data:
        data["targets"] = {key: one for key, one in data["targets"].items() if one.get("programme") not in out}
    if "cases" in data:
        data["cases"] = {key: _dropped(one, "revisit", out) for key, one in data["cases"].items()}
    left = data.get("registers", {})
    data["programmes"] = {key: _registers(one, left) for key, one in data["programmes"].items()}
    return {key: value for key, value in data.items() if value != {} or key in {"limits", "calendar"}}


def _only(one: dict[str, Any], out: set[str]) -> bool:
    named = one.get("programmes", [])
    return bool(named) and set(named) <= out


def _fewer(one: dict[str, Any], out: set[str]) -> dict[str, Any]:
    return {**one, "programmes": [key for key in one["programmes"] if key not in out]} if "programmes" in one else one


def _dropped(one: dict[str, Any], key: str, out: set[str]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != key or value not in out}


def _unasked(one: dict[str, Any], out: set[str]) -> dict[str, Any]:
    if "on answer" not in one:
        return one
    rules = [_dropped(rule, "follow up", out) for rule in one["on answer"]]
    kept = [rule for rule in rules if len(rule) > 1]
    return {**one, "on answer": kept} if kept else {key: value for key, value in one.items() if key != "on answer"}


def _registers(one: dict[str, Any], left: dict[str, Any]) -> dict[str, Any]:
    if "registers" not in one:
        return one
    kept = [key for key in one["registers"] if key in left]
    return {**one, "registers": kept} if kept else {key: value for key, value in one.items() if key != "registers"}
