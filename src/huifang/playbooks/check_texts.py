"""What people read: both languages are there, every place to fill in is known, and so is what a message's conditions name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pydantic import BaseModel

from huifang.domain.errors import PlaybookError
from huifang.domain.words import Words
from huifang.playbooks.expressions import ValueType, infer, parse
from huifang.playbooks.findings import Findings
from huifang.playbooks.nearest import suggestion
from huifang.playbooks.placeholders import ONLY_SENT, known_places, places_in, without_places
from huifang.playbooks.schema import Playbook
from huifang.playbooks.templates import about, template
from huifang.playbooks.vocabulary import vocabulary
from huifang.playbooks.yaml_tree import Path


def check_texts(playbook: Playbook, findings: Findings) -> None:
    """Every pair of words in the playbook."""
    known = known_places(playbook)
    spoken = frozenset(name for name in known - ONLY_SENT if not name.startswith("link."))  # nobody can press what is said
    for at, words in texts(playbook, ()):
        if not words.zh.strip() or not words.en.strip():
            what = Words("有一种语言的文字是空的。", "The words are empty in one language.")
            findings.error(at, "check.empty-words", what, Words("请补全中文和英文。", "Give both Chinese and English."))
        elif words.zh == words.en and not _alike(without_places(words.zh)):
            what = Words("中英文是同一段文字。", "Chinese and English are the same text.")
            findings.warn(at, "check.one-language", what, Words("请写成 {zh: …, en: …}。", "Write {zh: …, en: …}."))
        if at[0] == "scripts":
            _places(findings, at, places_in(words.zh) + places_in(words.en), spoken)
    types = vocabulary(playbook).customer
    for key, content in playbook.content.items():
        couponed = bool(content.coupon) or "coupon" in playbook.attributes
        written = {"text": content.text} | ({"subject": content.subject} if content.subject else {})
        for name, said in written.items():
            for language, text in said.each():
                _template(findings, ("content", key, name), language, text, known, types, couponed)
    _reports(playbook, findings, spoken, types)


def _reports(playbook: Playbook, findings: Findings, spoken: frozenset[str], types: Mapping[str, ValueType]) -> None:
    """The words of value reports: what is made with the message itself stays there."""
    for key, report in playbook.value_reports.items():
        words = {"opening": report.opening} | ({"closing": report.closing} if report.closing else {})
        for name, said in words.items():
            for language, text in said.each():
                _template(findings, ("value reports", key, name), language, text, spoken, types, couponed=True)


def _template(
    findings: Findings, at: Path, language: str, text: str, known: frozenset[str], types: Mapping[str, ValueType], couponed: bool
) -> None:
    """A message's words in one language; told at the language's own line where the file has one."""
    at = (*at, language) if (*at, language) in findings.lines else at
    try:
        read = template(text)
    except PlaybookError as error:
        findings.put(at, error.problems)
        return
    _places(findings, at, read.names(), known)
    if not couponed and {"coupon", "coupon.until"} & set(read.names()):
        what = Words("写了券码，却没有说是哪种优惠券。", "It gives a code and does not say of which coupon.")
        findings.error(
            at, "check.no-coupon", what, Words("请写 coupon: 并在 coupons 里声明。", "Write coupon: and declare it under coupons.")
        )
    for branch in read.conditions():
        said = f"{{if {branch.text}}}"
        try:
            found = infer(parse(branch.text), types)
        except PlaybookError as error:
            findings.put(at, [about(said, problem) for problem in error.problems])
            continue
        if found is not ValueType.BOOLEAN:
            what = Words(f"“{said}”里要的是是或否。", f"“{said}” needs yes or no.")
            findings.error(at, "condition.type", what, Words("例如 {if jobs_12m >= 4}。", "As in {if jobs_12m >= 4}."))


def _places(findings: Findings, at: Path, names: Iterable[str], known: frozenset[str]) -> None:
    for name in dict.fromkeys(names):
        if name not in known:
            what = Words(f"不认识占位“{{{name}}}”。", f"“{{{name}}}” is not known.")
            findings.error(at, "check.placeholder", what, suggestion(name, known))


def _alike(text: str) -> bool:
    """Figures and short codes read the same in both languages."""
    return len(text) <= 6 and text.isascii()


def texts(value: object, at: Path) -> Iterator[tuple[Path, Words]]:
    """All words in a part of a playbook, with their places below `at`."""
    if isinstance(value, Words):
        yield at, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from texts(getattr(value, name), (*at, str(field.alias)))
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from texts(one, (*at, key))
    elif isinstance(value, tuple):
        for index, one in enumerate(value):
            yield from texts(one, (*at, index))
