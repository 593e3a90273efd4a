"""Headings of a report's parts, the same in every file and on the page, and how its file is named."""

from __future__ import annotations

import re

from huifang.app.queries.reports import FilledReport
from huifang.domain.indicators import Standing
from huifang.domain.words import Words

HEADS = {
    "summary": Words("概要", "Summary"),
    "figures": Words("指标", "Figures"),
    "indicator": Words("指标", "Indicator"),
    "value": Words("本期", "This period"),
    "goal": Words("目标", "Target"),
    "met": Words("达标", "Met"),
    "before": Words("上期", "Before"),
    "change": Words("变化", "Change"),
    "trend": Words("趋势", "Trend"),
    "compared": Words("对比", "Compared"),
    "opinions": Words("客户意见", "Opinions"),
    "praise": Words("表扬", "Praise"),
    "suggestion": Words("建议", "Suggestions"),
    "complaint": Words("投诉", "Complaints"),
    "problems": Words("共性问题", "Common problems"),
    "problem": Words("问题", "Problem"),
    "times": Words("次数", "Times"),
    "low": Words("评分最低的问题", "Questions rated lowest"),
    "question": Words("问题", "Question"),
    "mean": Words("平均分（满分 5）", "Mean of 5"),
    "answers": Words("作答数", "Answers"),
    "voices": Words("客户原话", "In their own words"),
    "effect": Words("回访效果（对照组比较）", "Effect against the hold-out"),
    "everywhere": Words("全部门店", "All branches"),
    "period": Words("期间", "Period"),
    "so-far": Words("本期未结束", "not over yet"),
    "yes": Words("是", "Yes"),
    "no": Words("否", "No"),
    "nothing": Words("本期没有。", "None in this period."),
}
STANDING = {Standing.MET: "yes", Standing.MISSED: "no"}


def head(key: str, language: str) -> str:
    """A heading."""
    return HEADS[key].say(language)


def met(standing: Standing, language: str) -> str:
    """Yes, no, or nothing without a target."""
    return head(STANDING[standing], language) if standing in STANDING else ""


def about(filled: FilledReport, language: str) -> str:
    """The line under the title: which of its kind, playbook, branch, period."""
    first, last = filled.period.first.isoformat(), filled.period.last.isoformat()
    days = first if first == last else f"{first} – {last}"
    parts = [*([filled.of] if filled.of else []), filled.about, filled.branch or head("everywhere", language), days]
    return " · ".join(parts if filled.over else [*parts, head("so-far", language)])


def report_file_name(filled: FilledReport, ending: str) -> str:
    """Title, branch and period, without what file systems refuse."""
    parts = [filled.title, filled.branch, filled.label]
    return re.sub(r'[\\/:*?"<>|\s\x00-\x1f]+', "_", "-".join(part for part in parts if part)) + f".{ending}"
