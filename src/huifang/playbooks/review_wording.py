"""How records are reviewed, in sentences a manager reads."""

from __future__ import annotations

from huifang.domain.words import Words
from huifang.playbooks.form_fields import ASSESSORS
from huifang.playbooks.schema import Review

_BY = dict(ASSESSORS)


def review(rule: Review) -> tuple[Words, ...]:
    """Which records are looked at, by whom and until when; then one sentence for each item of the playbook's own score card."""
    zh, en = f"随机抽查 {rule.sample:.0%} 的记录", f"{rule.sample:.0%} of the records at random"
    if rule.risk:
        zh, en = f"{zh}，外加有风险的", f"{en} and those at risk"
    by = _BY[rule.by]
    zh, en = f"{zh}，由{by.zh}评分", f"{en}, assessed by the {by.en.lower()}"
    if rule.due:
        span = rule.due.in_words()
        zh, en = f"{zh}，{span.zh}内完成", f"{en} within {span.en}"
    return Words(zh, en), *(
        Words(f"{one.title.zh}（满分 {one.most}）：{one.looks_for.zh}", f"{one.title.en} (at most {one.most}): {one.looks_for.en}")
        for one in rule.items.values()
    )
