"""A questionnaire changed by a form, written back into the playbook's text: every other line stays as it is, comments included.

Only the lines of the one questionnaire are read and written again; inside them, what was not changed keeps its form and its comments.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from huifang.domain.errors import Place, PlaybookError, Problem
from huifang.domain.words import Words
from huifang.playbooks.loader import loads
from huifang.playbooks.schema import Question, Questionnaire


@dataclass(frozen=True, slots=True)
class EditedQuestion:
    """One question of the form. `was` is the key under which it stands in the text, empty for a new one.

    `values` are plain, by the file's own key (``ask``, ``type``, ``if``...); None, False or nothing takes the key out.
    """

    was: str
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EditedQuestionnaire:
    """The whole form: the questionnaire's own `values`, its questions in their new order."""

    values: dict[str, Any]
    questions: tuple[EditedQuestion, ...]

    def as_data(self) -> dict[str, Any]:
        """As it would stand in the file."""
        return {**_full(self.values), "questions": [_full(one.values) for one in self.questions]}


def edit(text: str, key: str, edited: EditedQuestionnaire) -> str:
    """The playbook's text with questionnaire `key` as edited and its version raised by one; the same text where nothing changed.

    Raises `PlaybookError` where the questionnaire does not stand on lines of its own.
    """
    first, last, indent = _lines_of(text, key)
    lines = text.splitlines(keepends=True)
    yaml = _yaml()
    node = yaml.load("".join(line[indent:] if line.strip() else line for line in lines[first:last]))
    if not _apply(node[key], edited):
        return text
    _raise_version(node[key])
    out = StringIO()
    yaml.dump(node, out)
    written = [" " * indent + line if line.strip() else line for line in out.getvalue().splitlines(keepends=True)]
    return "".join([*lines[:first], *written, *lines[last:]])


def form_of(questionnaire: Questionnaire) -> EditedQuestionnaire:
    """A questionnaire as the form that shows it."""
    own = {name: getattr(questionnaire, name.replace(" ", "_")) for name in ("anonymous", "random", "per page")}
    own |= {name: _plain(getattr(questionnaire, name)) for name in ("title", "intro", "thanks", "satisfied")}
    own["open for"] = str(questionnaire.open_for) if "open_for" in questionnaire.model_fields_set else None
    asked_again = questionnaire.remind
    own["remind"] = {"wait": str(asked_again.wait), "at most": asked_again.at_most} if asked_again else None
    return EditedQuestionnaire(own, tuple(EditedQuestion(one.key, _question_values(one)) for one in questionnaire.questions))


def as_questionnaire(edited: EditedQuestionnaire) -> Questionnaire:
    """What the form would ask; raises pydantic's ValidationError where it is not one yet."""
    return Questionnaire.model_validate(edited.as_data())


def _question_values(question: Question) -> dict[str, Any]:
    stated = question.model_fields_set
    return {
        "key": question.key, "ask": _plain(question.ask), "type": question.type, "required": question.required, "random": question.random,
        "if": question.if_, "hint": _plain(question.hint), "dimension": question.dimension, "side": question.side,
        "options": {name: _plain(title) for name, title in question.options.items()}, "scores": dict(question.scores),
        "rows": {name: _plain(title) for name, title in question.rows.items()},
        "scale": list(question.scale) if "scale" in stated else None,
        "ends": [_plain(end) for end in question.ends] if question.ends else None,
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return {"zh": value.zh, "en": value.en} if isinstance(value, Words) else value


def _full(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, False, "", {}, [])}


def _lines_of(text: str, key: str) -> tuple[int, int, int]:
    """From which line (0-based) to before which, and how far the questionnaire is indented."""
    found = loads(text).lines.get(("questionnaires", key))
    lines = text.splitlines()
    line = lines[found - 1] if found else ""
    indent = len(line) - len(line.lstrip())
    if found is None or not indent or not line.strip().rstrip().endswith(":"):
        raise PlaybookError(
            Problem(
                "edit.one-line",
                Words("这份问卷写在一行里，不能用表单修改。", "This questionnaire is written on one line; the form cannot edit it."),
                Words("请在方案文本里把它分行写。", "Write it on lines of its own in the text."), Place(line=found, key=key),
            )
        )  # fmt: skip
    last = found
    while last < len(lines) and (not lines[last].strip() or lines[last].startswith(" " * (indent + 1))):
        last += 1
    while not lines[last - 1].strip():
        last -= 1
    return found - 1, last, indent


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes, yaml.width = True, 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _apply(node: CommentedMap, edited: EditedQuestionnaire) -> bool:
    before = loads_questionnaire(node)
    now = form_of(before)
    changed = _set(node, now.values, edited.values, ("title",))
    known = {item["key"]: (item, old.values) for item, old in zip(node["questions"], now.questions, strict=True)}
    order: list[Any] = []
    for one in edited.questions:
        item, old = known.get(one.was, (None, {}))
        fresh = item is None
        item = CommentedMap() if item is None else item
        changed |= _set(item, old, one.values, ("key", "ask"), fresh=fresh)
        order.append(item)
    if [id(item) for item in order] != [id(item) for item in node["questions"]]:
        changed = True
        _reorder(node["questions"], order)
    return changed


def loads_questionnaire(node: Any) -> Questionnaire:
    """A node of the text as a questionnaire; it has been read before, so it is one."""
    out = StringIO()
    _yaml().dump(node, out)
    return Questionnaire.model_validate(YAML(typ="safe", pure=True).load(out.getvalue()))


def _reorder(sequence: CommentedSeq, order: Iterable[Any]) -> None:
    """Comments of an item go with it: those of its inside are its own, those that stand behind it in the sequence are moved."""
    behind = {id(item): sequence.ca.items.get(place) for place, item in enumerate(sequence)}
    sequence.ca.items.clear()
    sequence[:] = list(order)
    for place, item in enumerate(sequence):
        if behind.get(id(item)) is not None:
            sequence.ca.items[place] = behind[id(item)]


def _set(node: CommentedMap, old: dict[str, Any], new: dict[str, Any], first: tuple[str, ...], *, fresh: bool = False) -> bool:
    changed = fresh
    for name, value in new.items():
        if old.get(name) == value and not fresh:
            continue
        if value in (None, False, "", {}, []):
            changed |= node.pop(name, None) is not None
            continue
        node[name] = _node(value)
        changed = True
    for name in reversed(first):
        if fresh and name in node:
            node.move_to_end(name, last=False)
    return changed


def _node(value: Any) -> Any:
    """A value as it is written: titles and lists on one line."""
    if isinstance(value, dict):
        made = CommentedMap((name, _node(each)) for name, each in value.items())
        made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        line = CommentedSeq(_node(each) for each in value)
        line.fa.set_flow_style()
        return line
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _raise_version(node: CommentedMap) -> None:
    if "version" in node:
        node["version"] = int(node["version"]) + 1
    else:
        node.insert(1, "version", 2)
