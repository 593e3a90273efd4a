"""The forms of a playbook over its plain values: what each shows, what was changed in it, entries added, moved and taken out.

A form and the text are always the same, because a form is drawn from the text and what is changed in it is written there (`rewriting`).
Entries are named by their way below the part, as ``on answer/0/if``; fields of one entry by a dot behind it, ``within.unit``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from huifang.domain.words import Words
from huifang.playbooks.form_fields import TRIGGER_FIELDS, Field, Group, Options, Rows, groups_of, order_of
from huifang.playbooks.form_values import Shown, read, shown

Part = tuple[str, ...]
Posted = Mapping[str, list[str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is shown."""

    field: Field
    name: str
    values: Shown
    options: Options = ()

    @property
    def id(self) -> str:
        """A name for the page, without blanks."""
        return "e-" + re.sub("[^a-z0-9]+", "-", self.name)

    @property
    def value(self) -> str:
        """What its first field holds."""
        return (self.values[""] or [""])[0]


@dataclass(frozen=True, slots=True)
class Item:
    """One of the entries that repeat. A folded one has a title, and nothing of it is shown or sent."""

    name: str
    entries: tuple[Entry, ...]
    inner: tuple[Repeated, ...]
    folded: Words | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """Entries that repeat, as they are shown."""

    rows: Rows
    name: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it."""

    label: Words
    entries: tuple[Entry, ...]
    repeated: tuple[Repeated, ...]


def part_data(data: Any, part: Part) -> Any:
    """What the file says of a part: a mapping, empty where it says nothing or something else."""
    for key in part:
        data = data.get(key) if isinstance(data, dict) else None
    if part[:1] == ("facts",) and isinstance(data, str):
        return {"value": data}
    return data if isinstance(data, dict) else {}


def show(data: Any, part: Part, opened: str | None = None) -> tuple[Section, ...]:
    """The form of a part. `opened`: the entry that is open among those that fold, ``questions/3``; None: all of them are."""
    own = part_data(data, part)
    return tuple(
        Section(
            group.label, tuple(_entries(data, own, group.fields, "")),
            tuple(_folded(_repeated(data, own, rows, ""), own, opened) for rows in group.rows),
        )
        for group in groups_of(part)
    )  # fmt: skip


def place_of(opened: str, count: int) -> int:
    """Which of so many entries is open: the first where none is named, the last where there are not so many.

    >>> place_of("questions/3", 9), place_of("", 9), place_of("questions/3", 2)
    (3, 0, 1)
    """
    _rows, _slash, place = opened.partition("/")
    return min(int(place), count - 1) if place.isdecimal() and len(place) < 6 else 0


def opened_by(do: str, opened: str) -> str:
    """Which entry is open after a button: ``open:questions/3``, the one that was added, or the one that was moved."""
    what, _colon, name = do.partition(":")
    rows, _slash, place = name.partition("/")
    if what == "add" and not place:
        return f"{rows}/99999"
    if what in ("up", "down") and place.isdecimal() and len(place) < 6:
        return f"{rows}/{max(0, int(place) + (1 if what == 'down' else -1))}"
    return name if what == "open" else opened


def change(data: Any, part: Part, posted: Posted) -> Any:
    """The values with what was changed in the form of a part; the very same where nothing was."""
    own = part_data(data, part)
    new = _changed(own, _flat(groups_of(part), own), posted)
    return data if new is own else _put(data, part, _short(new, part, data))


def act(data: Any, part: Part, do: str) -> Any:
    """``add:on answer``, ``remove:on answer/0``, ``up:…``, ``down:…``: an entry that repeats added, taken out, moved."""
    what, _, name = do.partition(":")
    keys, own = name.split("/"), part_data(data, part)
    new = _acted(own, groups_of(part), what, keys)
    return data if new is own else _put(data, part, new)


def touched(data: Any, part: Part, posted: Posted) -> dict[str, list[str]]:
    """What was sent of the entries that differ from what the form showed of `data`."""
    found: dict[str, list[str]] = {}
    for entry in _every(show(data, part)):
        said = _said(posted, entry.name)
        if _is_posted(posted, entry.name) and any(said.get(name, []) != value for name, value in entry.values.items()):
            found[f"at:{entry.name}"] = ["1"]
            found |= {name: value for name, value in posted.items() if name == entry.name or name.startswith(f"{entry.name}.")}
    return found


def _every(sections: Iterable[Section]) -> Iterator[Entry]:
    for section in sections:
        yield from section.entries
        yield from _of_items(section.repeated)


def _of_items(repeated: Iterable[Repeated]) -> Iterator[Entry]:
    for each in repeated:
        for item in each.items:
            yield from item.entries
            yield from _of_items(item.inner)


def words_of(value: Any, fallback: str) -> Words:
    """The title of an entry of a section, for lists to choose from."""
    title = value.get("title") if isinstance(value, dict) else None
    if isinstance(title, dict):
        return Words(str(title.get("zh", fallback)), str(title.get("en", fallback)))
    return Words(title, title) if isinstance(title, str) else Words(fallback, fallback)


def _entries(data: Any, own: Mapping[str, Any], fields: Iterable[Field], before: str) -> Iterator[Entry]:
    for field in _of_its_type(_with_trigger(fields, own), own):
        value = _trigger(own) if field.kind == "trigger" else _get(own, field.key)
        name = before + field.key if field.kind != "trigger" else before + "when/"
        values = shown(field, value, _languages(data))
        yield Entry(field, name.rstrip("/") if not field.key else name, values, _options(data, field, value))


def _languages(data: Any) -> tuple[str, ...]:
    """The further languages that a playbook names."""
    named = data.get("languages") if isinstance(data, dict) else None
    return tuple(str(tag) for tag in named) if isinstance(named, list) else ()


def _of_its_type(fields: Iterable[Field], own: Mapping[str, Any]) -> Iterator[Field]:
    """The fields that a question of its type has, and those that stand in the file."""
    kind = own.get("type") or "single"
    return (field for field in fields if not field.of or kind in field.of or field.key in own)


def _with_trigger(fields: Iterable[Field], own: Mapping[str, Any]) -> Iterator[Field]:
    for field in fields:
        yield field
        if field.kind == "trigger":
            yield from TRIGGER_FIELDS.get(_trigger(own) or "", ())


def _trigger(own: Mapping[str, Any]) -> str | None:
    when = own.get("when")
    order = ("lapse", "every", "festival", "becomes", "adaptive", "on", "after", "before")
    return next((kind for kind in order if isinstance(when, dict) and kind in when), None)


def _options(data: Any, field: Field, value: Any) -> Options:
    options = field.options
    if field.section:
        found = data.get(field.section) if isinstance(data, dict) else None
        options = tuple((key, words_of(each, key)) for key, each in found.items()) if isinstance(found, dict) else ()
    known = {key for key, _words in options}
    given = value if isinstance(value, list) else [value]
    if field.kind in {"choice", "type", "ref", "refs", "choices", "order"}:
        options += tuple((str(each), Words(str(each), str(each))) for each in given if each is not None and str(each) not in known)
    return options


def _repeated(data: Any, own: Mapping[str, Any], rows: Rows, before: str) -> Repeated:
    name = before + rows.key
    items = []
    for key, each in _items(own.get(rows.key), rows):
        inside = each if isinstance(each, dict) else {"": each}
        entries = tuple(_entries(data, inside, rows.fields, f"{name}/{key}/"))
        items.append(Item(f"{name}/{key}", entries, tuple(_repeated(data, inside, inner, f"{name}/{key}/") for inner in rows.inner)))
    return Repeated(rows, name, tuple(items))


def _folded(repeated: Repeated, own: Mapping[str, Any], opened: str | None) -> Repeated:
    """Only one open, where they fold."""
    if opened is None or not repeated.rows.folds:
        return repeated
    at, values = place_of(opened, len(repeated.items)), [each for _key, each in _items(own.get(repeated.rows.key), repeated.rows)]
    items = (
        item if place == at else Item(item.name, (), (), _said_in(repeated.rows, values[place], str(place + 1)))
        for place, item in enumerate(repeated.items)
    )
    return Repeated(repeated.rows, repeated.name, tuple(items))


def _said_in(rows: Rows, value: Any, fallback: str) -> Words:
    """The first words of an entry."""
    key = next(field.key for field in rows.fields if field.kind == "title")
    return words_of({"title": value.get(key) or value.get("key")} if isinstance(value, dict) else None, fallback)


def _items(value: Any, rows: Rows) -> list[tuple[str, Any]]:
    if rows.keyed:
        return list(value.items()) if isinstance(value, dict) else []
    titles = bool(rows.fields) and not rows.fields[0].key
    return [(str(place), {"": each} if titles else each) for place, each in enumerate(value)] if isinstance(value, list) else []


def _flat(groups: Iterable[Group], own: Mapping[str, Any]) -> list[Field | Rows]:
    every: list[Field | Rows] = []
    for group in groups:
        every += [*_with_trigger(group.fields, own), *group.rows]
    return every


def _changed(own: dict[str, Any], every: list[Field | Rows], posted: Posted, before: str = "") -> dict[str, Any]:
    """The entries of one mapping as the form says them; the same mapping where nothing was touched."""
    new = own
    order = list(dict.fromkeys(each.key.split("/")[0] for each in every))
    for each in every:
        if isinstance(each, Rows):
            value: Any = _rows_changed(own.get(each.key), each, posted, before)
            new = new if value is own.get(each.key) else _set(new, [each.key], value, order)
        elif each.kind == "trigger":
            kind = (posted.get(f"{before}when/") or [""])[0]
            if kind in TRIGGER_FIELDS and kind != _trigger(own):
                return _set(new, ["when"], _first_trigger(kind), order)
        else:
            old = _get(own, each.key)
            value = read(each, _said(posted, before + each.key), old) if _is_posted(posted, before + each.key) else old
            new = new if value is old else _set(new, each.key.split("/"), value, order)
    return new


def _first_trigger(kind: str) -> dict[str, Any]:
    """What a trigger says when it has just been chosen; what is still to be filled in is empty."""
    first: dict[str, Any] = {
        "after": {"after": "", "wait": "1 day"}, "before": {"before": "birthday", "by": "3 days"},
        "lapse": {"lapse": "", "exactly": "3 months"},
        "every": {"every": "1 month"}, "festival": {"festival": "spring", "before": "3 days"},
        "becomes": {"becomes": ""},
        "adaptive": {"adaptive": "5 %", "no sooner than": "30 days"}, "on": {"on": "request", "wait": "1 day"},
    }  # fmt: skip
    return dict(first[kind])


def _rows_changed(value: Any, rows: Rows, posted: Posted, before: str) -> Any:
    found = _items(value, rows)
    changed = {
        key: _changed(each, [*rows.fields, *rows.inner], posted, f"{before}{rows.key}/{key}/") if isinstance(each, dict) else each
        for key, each in found
    }
    if all(changed[key] is each for key, each in found):
        return value
    if rows.keyed:
        return changed
    return [each.get("", "") if isinstance(each, dict) and list(each) in ([""], []) else each for each in changed.values()]


def _is_posted(posted: Posted, name: str) -> bool:
    return f"at:{name}" in posted


def _said(posted: Posted, name: str) -> dict[str, list[str]]:
    return {
        key[len(name) + 1 :] if key != name else "": value for key, value in posted.items() if key == name or key.startswith(f"{name}.")
    }


def _get(own: Mapping[str, Any], key: str) -> Any:
    value: Any = own
    for step in key.split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _set(own: dict[str, Any], keys: list[str], value: Any, order: list[str]) -> dict[str, Any]:
    """A copy with the value put in (None takes it out); a new key goes behind those that come before it in `order`."""
    if len(keys) > 1:
        inside = own.get(keys[0])
        value = _set(dict(inside) if isinstance(inside, dict) else {}, keys[1:], value, []) or None
    if value in (None, []):
        return {key: each for key, each in own.items() if key != keys[0]}
    if keys[0] in own or keys[0] not in order:
        return {**own, keys[0]: value}
    earlier = set(order[: order.index(keys[0])])
    at = max((place for place, key in enumerate(own, 1) if key in earlier), default=0)
    pairs = list(own.items())
    return dict([*pairs[:at], (keys[0], value), *pairs[at:]])


def _put(data: Any, part: Part, new: Any) -> Any:
    if not part:
        return new
    inside = data.get(part[0]) if isinstance(data, dict) else None
    return {**data, part[0]: _put(inside if isinstance(inside, dict) else {}, part[1:], new)}


def _short(new: dict[str, Any], part: Part, data: Any) -> Any:
    """A fact that was written as its expression alone stays so."""
    if part[:1] == ("facts",) and list(new) == ["value"] and isinstance(data["facts"].get(part[1]), str):
        return new["value"]
    return new


def _acted(own: dict[str, Any], groups: tuple[Group, ...], what: str, keys: list[str]) -> dict[str, Any]:
    rows = next((each for group in groups for each in group.rows if each.key == keys[0]), None)
    return own if rows is None else _acted_rows(own, rows, what, keys, order_of(groups))


def _acted_rows(own: dict[str, Any], rows: Rows, what: str, keys: list[str], order: list[str]) -> dict[str, Any]:
    found = _items(own.get(rows.key), rows)
    if len(keys) == 1 and what == "add":
        found = [*found, (_free([key for key, _each in found], rows.key), _blank(rows, [each for _key, each in found]))]
    else:
        at = next((place for place, (key, _each) in enumerate(found) if len(keys) > 1 and key == keys[1]), None)
        if at is None:
            return own
        if len(keys) > 2:
            found = _acted_inside(found, at, rows, what, keys[2:])
        elif what == "remove":
            found = found[:at] + found[at + 1 :]
        elif (to := at + {"up": -1, "down": 1}.get(what, 0)) in range(len(found)):
            found[at], found[to] = found[to], found[at]
    value: Any = (
        dict(found) if rows.keyed else [each[""] if isinstance(each, dict) and list(each) == [""] else each for _key, each in found]
    )
    return _set(own, [rows.key], value or None, order)


def _acted_inside(found: list[tuple[str, Any]], at: int, rows: Rows, what: str, keys: list[str]) -> list[tuple[str, Any]]:
    inner = next((each for each in rows.inner if each.key == keys[0]), None)
    key, each = found[at]
    new = _acted_rows(each, inner, what, keys, []) if inner and isinstance(each, dict) else each
    return [*found[:at], (key, new), *found[at + 1 :]]


def _free(keys: Sequence[Any], word: str) -> str:
    return next(name for name in (f"{word.rstrip('s')}_{number}" for number in range(1, 10_000)) if name not in keys)


def _blank(rows: Rows, others: Sequence[Any]) -> dict[str, Any]:
    """A new entry: what it needs, still to be filled in; a name that none of the others has."""
    first: dict[str, Any] = {
        "title": {"zh": "新的一项", "en": "New"},
        "": {"zh": "新的一项", "en": "New"},
        "span": "1 day",
        "condition": "",
        "whole": 1,
    }
    blank = {field.key: first.get(field.key, first.get(field.kind, "")) for field in rows.fields if field.needed}
    for field in rows.fields:
        if field.kind == "key":
            blank[field.key] = _free([each.get(field.key) for each in others if isinstance(each, dict)], rows.key)
        elif field.needed and field.kind in ("choice", "type"):
            blank[field.key] = field.options[0][0]
        elif field.needed and field.kind == "words":
            blank[field.key] = {"zh": "……", "en": "..."}
    return blank or {rows.fields[0].key: ""}
