"""What people read: both languages are there, and every place to fill in is known."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import BaseModel

from huifang.domain.words import Words
from huifang.playbooks.findings import Findings
from huifang.playbooks.nearest import suggestion
from huifang.playbooks.placeholders import known_places, places_in, without_places
from huifang.playbooks.schema import Playbook
from huifang.playbooks.yaml_tree import Path


def check_texts(playbook: Playbook, findings: Findings) -> None:
    """Every pair of words in the playbook."""
    known = known_places(playbook)
    for at, words in _texts(playbook, ()):
        if not words.zh.strip() or not words.en.strip():
            what = Words("有一种语言的文字是空的。", "The words are empty in one language.")
            findings.error(at, "check.empty-words", what, Words("请补全中文和英文。", "Give both Chinese and English."))
        elif words.zh == words.en and not _alike(without_places(words.zh)):
            what = Words("中英文是同一段文字。", "Chinese and English are the same text.")
            findings.warn(at, "check.one-language", what, Words("请写成 {zh: …, en: …}。", "Write {zh: …, en: …}."))
        if at[0] not in {"scripts", "content"}:
            continue
        for name in dict.fromkeys(places_in(words.zh) + places_in(words.en)):
            if name not in known:
                what = Words(f"不认识占位“{{{name}}}”。", f"“{{{name}}}” is not known.")
                findings.error(at, "check.placeholder", what, suggestion(name, known))


def _alike(text: str) -> bool:
    """Figures and short codes read the same in both languages."""
    return len(text) <= 6 and text.isascii()


def _texts(value: object, at: Path) -> Iterator[tuple[Path, Words]]:
    if isinstance(value, Words):
        yield at, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _texts(getattr(value, name), (*at, str(field.alias)))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _texts(one, (*at, key))
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from _texts(one, (*at, index))
