"""A customer's value report: their own figures and months, as the playbook says, made when the message goes and attached to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from huifang.app.attributes import typed
from huifang.app.formats import chinese, money
from huifang.app.queries.place_values import said_of
from huifang.app.reports.value_report_pdf import Bars, ValueDocument, value_report_pdf
from huifang.app.services.message_ground import Ground
from huifang.app.services.rendering import Unwritable, filled_text
from huifang.channels.driver import File
from huifang.domain.errors import Problem
from huifang.domain.masking import mask_text
from huifang.domain.months import full_months
from huifang.domain.words import Words
from huifang.playbooks.schema import ReportChart

MOST_BYTES = 5 * 1024**2
"""The largest attachment: mail servers take 10 MB and more, and base64 makes four bytes of three."""
_UNKNOWN = "–"


def files_of(ground: Ground, content: str) -> tuple[File, ...]:
    """What is attached to a message of a content. Raises `Unwritable` where a place is not known or the file would be too large."""
    if not ground.playbook.content[content].attach:
        return ()
    return (report_file(ground, content),)


def trial_files(ground: Ground, content: str) -> tuple[File, ...]:
    """What is attached to a trial: as `files_of`, numbers in values masked."""
    if not ground.playbook.content[content].attach:
        return ()
    return (report_file(replace(ground, followup=None, cause=ground.leading), content, mask_text),)


def report_file(ground: Ground, content: str, shown: Callable[[str], str] = str) -> File:
    """The report attached to `content`, which attaches one, as PDF. Raises `Unwritable`."""
    made = document(ground, content, shown)
    pdf, title = value_report_pdf(made), ground.playbook.value_reports[ground.playbook.content[content].attach or ""].title
    if len(pdf) > MOST_BYTES:
        size, most = f"{len(pdf) / 1024**2:.1f} MB", f"{MOST_BYTES / 1024**2:g} MB"
        raise Unwritable(
            Problem(
                "message.attachment-large",
                Words(f"附件“{title.zh}”有 {size}，超过 {most}。", f"The attachment “{title.en}” has {size}, more than {most}."),
                Words("请在方案的 value reports 里减少图表或文字。", "Take charts or words out of it under value reports."),
            )
        )
    return File(f"{made.title}.pdf", pdf, "application/pdf")


def document(ground: Ground, content: str, shown: Callable[[str], str] = str) -> ValueDocument:
    """Words, figures and months of one customer; what is not known of them is a dash. Raises `Unwritable` for a hole in the words."""
    playbook, language = ground.playbook, ground.language
    report = playbook.value_reports[playbook.content[content].attach or ""]
    firsts = full_months(ground.day, report.months)
    money_facts = ground.facts.in_money()
    figures = []
    for name in report.figures:
        value = ground.facts.get(name)
        text = money(float(str(value))) if value is not None and name in money_facts else said_of(value, language)
        title = playbook.facts[name].title
        figures.append((title.say(language) if title else name, text or _UNKNOWN))
    return ValueDocument(
        title=report.title.say(language),
        business=playbook.title.say(language),
        customer=shown(ground.customer.name),
        period=f"{firsts[0]:%Y-%m} – {firsts[-1]:%Y-%m}",
        opening=filled_text(ground, report.opening, shown),
        figures=tuple(figures),
        charts=tuple(_bars(ground, chart, firsts) for chart in report.charts),
        closing=filled_text(ground, report.closing, shown) if report.closing else "",
        language="zh" if chinese(language) else "en",
    )


def _bars(ground: Ground, chart: ReportChart, firsts: list[date]) -> Bars:
    sums = dict.fromkeys(firsts, 0.0)
    for row in ground.rows.events:
        month = row["day"].replace(day=1)
        if row["kind"] == chart.event and month in sums:
            sums[month] += _number(row, chart.sum)
    labels = tuple(f"{month.month}月" if chinese(ground.language) else f"{month:%b}" for month in firsts)
    put = money if chart.sum == "amount" else _plain
    return Bars(chart.title.say(ground.language), labels, tuple(sums.values()), tuple(put(one) for one in sums.values()))


def _number(row: dict[str, object], name: str | None) -> float:
    if name is None:
        return 1.0
    attributes = row["attributes"]
    value = row["amount"] if name == "amount" else attributes.get(name) if isinstance(attributes, dict) else None
    number = typed(value, "number")
    return number if isinstance(number, float) else 0.0


def _plain(number: float) -> str:
    return f"{number:,.1f}".removesuffix(".0")
