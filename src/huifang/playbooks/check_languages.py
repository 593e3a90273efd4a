"""Further languages of customers: no text has one that the playbook does not name, and in those it names nothing is missing."""

from __future__ import annotations

from collections import Counter

from huifang.domain.languages import name_of
from huifang.domain.words import Words
from huifang.playbooks.check_texts import texts
from huifang.playbooks.findings import Findings
from huifang.playbooks.nearest import nearest
from huifang.playbooks.schema import Playbook
from huifang.playbooks.yaml_tree import Path

_READ: dict[str, frozenset[str]] = {"content": frozenset({"subject", "text"}), "questionnaires": frozenset(), "value reports": frozenset()}
"""What customers read, and which parts of it where they do not read all."""


def check_languages(playbook: Playbook, findings: Findings) -> None:
    """Every text of the playbook."""
    missing: Counter[tuple[Path, str]] = Counter()
    for at, words in texts(playbook, ()):
        said = dict(words.further)
        for tag, text in said.items():
            _known(playbook, findings, at, tag)
            if not text.strip():
                what = Words(f"{name_of(tag)}的文字是空的。", f"The words are empty in {tag}.")
                findings.error((*at, tag), "check.empty-words", what, Words("请补全或删去。", "Write them or take them out."))
        if str(at[0]) in _READ and (not _READ[str(at[0])] or _READ[str(at[0])] & {str(step) for step in at}):
            missing.update(((at[0], at[1]), tag) for tag in playbook.languages if tag not in said)
    for (at, tag), number in missing.items():
        instead = Words("中文", "Chinese") if tag.startswith("zh") else Words("英文", "English")
        what = Words(f"有 {number} 处没有 {tag}（{name_of(tag)}）。", f"{number} texts have no {tag} ({name_of(tag)}).")
        remedy = Words(f"请补上；在此之前客户读到的是{instead.zh}。", f"Add them; until then customers read {instead.en}.")
        findings.warn(at, "check.language-missing", what, remedy)


def _known(playbook: Playbook, findings: Findings, at: Path, tag: str) -> None:
    if tag in playbook.languages:
        return
    what = Words(f"方案的 languages 里没有“{tag}”。", f"“{tag}” is not among the playbook's languages.")
    meant = nearest(tag, playbook.languages)
    add = ", ".join([*playbook.languages, tag])
    remedy = (
        Words(f"要写“{meant}”吗？", f"Is “{meant}” meant?") if meant else Words(f"请写 languages: [{add}]。", f"Write languages: [{add}].")
    )
    findings.error((*at, tag), "check.language-unknown", what, remedy)
