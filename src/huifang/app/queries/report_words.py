"""A report's first lines: what its figures say, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from huifang.app.queries.indicator_figures import Figure
from huifang.app.queries.indicator_words import change, said
from huifang.app.queries.report_findings import Findings
from huifang.domain.indicators import Standing
from huifang.domain.words import Words


def sentences(figures: Sequence[Figure], heard: Findings, language: str) -> list[Words]:
    """Work, satisfaction, targets missed, opinions and problems; one sentence each, none for what was not counted."""
    first = {one.indicator.key: one for one in reversed(figures)}
    found = [_work(first.get("coverage")), _satisfied(first.get("satisfaction"), language), _targets(figures), _opinions(heard)]
    kept = [one for one in found if one is not None]
    return kept or [Words("本期没有回访记录。", "Nothing was contacted or recorded in this period.")]


def _work(coverage: Figure | None) -> Words | None:
    if coverage is None or coverage.value is None:
        return None
    due, covered = int(coverage.counts["due"]), int(coverage.counts.get("covered", 0))
    share = said(coverage.indicator, coverage.value, "en")
    return Words(
        f"应访 {due:,} 件，已联络 {covered:,} 件，覆盖率 {share}。", f"{due:,} fell due, {covered:,} were contacted: coverage {share}."
    )


def _satisfied(one: Figure | None, language: str) -> Words | None:
    if one is None or one.value is None:
        return None
    share, rated = said(one.indicator, one.value, language), one.counted
    zh, en = change(one.indicator, one.value, one.before, "zh"), change(one.indicator, one.value, one.before, "en")
    return Words(
        f"{rated:,} 位客户给出评价，满意率 {share}" + (f"，比上期 {zh}。" if zh else "。"),
        f"{rated:,} customers gave a rating; {share} were satisfied" + (f", {en} against the period before." if en else "."),
    )


def _targets(figures: Sequence[Figure]) -> Words | None:
    aimed = [one for one in figures if one.standing is not Standing.NONE]
    if not aimed:
        return None
    missed = [one.title for one in aimed if one.standing is Standing.MISSED]
    if not missed:
        return Words(f"{len(aimed)} 项目标全部达到。", f"All {len(aimed)} targets were met.")
    return Words(
        f"{len(aimed)} 项目标中 {len(missed)} 项未达到：{'、'.join(one.zh for one in missed)}。",
        f"{len(missed)} of {len(aimed)} targets were missed: {', '.join(one.en for one in missed)}.",
    )


def _opinions(heard: Findings) -> Words | None:
    if not heard.kinds:
        return None
    praise, wish, complaint = (heard.kinds.get(kind, 0) for kind in ("praise", "suggestion", "complaint"))
    top = heard.problems[0] if heard.problems else None
    return Words(
        f"听到表扬 {praise} 条、建议 {wish} 条、投诉 {complaint} 条" + (f"；最常见的问题是“{top[0]}”（{top[1]} 次）。" if top else "。"),
        f"Told: {praise} praise, {wish} suggestions, {complaint} complaints"
        + (f"; the commonest problem was “{top[0]}” ({top[1]} times)." if top else "."),
    )
