"""What the playbook editor's templates ask of an entry."""

from __future__ import annotations

from django import template

from huifang.app.web.playbook_editor import Look
from huifang.domain.languages import CHINESE, name_of
from huifang.playbooks.form_values import CONDITIONS
from huifang.playbooks.forms import Entry

register = template.Library()


@register.filter
def held(entry: Entry) -> list[str]:
    """Everything the entry's first field holds."""
    return entry.values[""]


@register.filter
def in_languages(entry: Entry) -> list[tuple[str, str, str, str]]:
    """Words in each language: the entry's own key, the text, the language's tag, and what it is called."""
    known = {"zh": (CHINESE, "中文")}
    return [(key, said[0], *known.get(key, (key, name_of(key)))) for key, said in entry.values.items()]


@register.filter
def ranks(entry: Entry) -> list[str]:
    """The chosen ones by rank, and an empty place for one more."""
    return [*entry.values[""], ""]


@register.filter
def is_condition(entry: Entry) -> bool:
    """Whether the entry is a condition."""
    return entry.field.kind in CONDITIONS


@register.filter
def condition_rows(entry: Entry) -> list[tuple[str, str, str]]:
    """The rows of a condition: name, operator, value."""
    values = entry.values
    return list(zip(values["name"], values["op"], values["value"], strict=True))


@register.filter
def name_keys(look: Look) -> frozenset[str]:
    """Names that conditions can speak of."""
    return frozenset(key for key, _words in look.names)
