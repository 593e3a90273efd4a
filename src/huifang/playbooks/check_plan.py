"""Whether the plan can be carried out as written: times, zones, channels, requests, coverage."""

from __future__ import annotations

from zoneinfo import available_timezones

from huifang.domain.spans import Span, Unit
from huifang.domain.words import Words
from huifang.playbooks.check_channels import check_channels
from huifang.playbooks.findings import Findings
from huifang.playbooks.nearest import suggestion
from huifang.playbooks.schema import AfterEvent, BeforeDate, CalendarRule, OnAnswer, Playbook, Programme
from huifang.playbooks.yaml_tree import Path

_HOURS = {
    Unit.MINUTE: 1 / 60, Unit.HOUR: 1.0, Unit.DAY: 24.0, Unit.WORKING_DAY: 24.0, Unit.WEEK: 168.0, Unit.MONTH: 720.0, Unit.YEAR: 8760.0,
}  # fmt: skip


def check_plan(playbook: Playbook, findings: Findings) -> None:
    """Time zone, hours, and each programme."""
    if playbook.time_zone not in available_timezones():
        what = Words(f"没有时区“{playbook.time_zone}”。", f"There is no time zone “{playbook.time_zone}”.")
        findings.error(("time zone",), "check.time-zone", what, suggestion(playbook.time_zone, available_timezones()))
    elif playbook.calendar.country != CalendarRule().country and "time_zone" not in playbook.model_fields_set:
        findings.error(("calendar", "country"), "check.time-zone-unsaid", *_zone_unsaid(playbook))
    _hours(findings, ("calendar", "hours"), playbook.calendar.hours)
    _sequences(playbook, findings)
    requested = _requested(playbook)
    for key, programme in playbook.programmes.items():
        at: Path = ("programmes", key)
        _hours(findings, (*at, "hours"), programme.hours or ())
        _times(findings, at, programme)
        check_channels(playbook, findings, at, programme)
        if isinstance(programme.when, OnAnswer) and key not in requested:
            findings.warn(
                (*at, "when"),
                "check.never-requested",
                Words(f"没有任何回答或工单会触发“{key}”。", f"No answer and no case ever asks for “{key}”."),
                Words(
                    "请在 on answer 的 follow up 或工单的 revisit 里写上它。",
                    "Name it in a follow up of on answer, or in a case's revisit.",
                ),
            )


def _zone_unsaid(playbook: Playbook) -> tuple[Words, Words]:
    country, zone = playbook.calendar.country, playbook.time_zone
    return (
        Words(
            f"国家是 {country}，却没有写时区，会按 {zone} 联络。",
            f"The country is {country}, but no time zone is said: {zone} would be used.",
        ),
        Words("请写上 time zone，例如 America/New_York。", "State the time zone, as America/New_York."),
    )


def _sequences(playbook: Playbook, findings: Findings) -> None:
    """The steps of a sequence speak of one cause: they count from the same kind of event, or before the same date."""
    first: dict[str, str] = {}
    for key, programme in playbook.programmes.items():
        if programme.sequence is None:
            continue
        lead = first.setdefault(programme.sequence, key)
        if _source(programme) is None or _source(programme) != _source(playbook.programmes[lead]):
            findings.error(
                ("programmes", key, "sequence"),
                "check.sequence-source",
                Words(
                    f"“{key}”与序列“{programme.sequence}”的其他步骤不是从同一事件或日期算起。",
                    f"“{key}” does not count from the same event or date as the other steps of “{programme.sequence}”.",
                ),
                Words(
                    "同一序列的步骤请都写 after 同一事件，或 before 同一日期。",
                    "Let every step of a sequence be after the same event, or before the same date.",
                ),
            )


def _source(programme: Programme) -> str | None:
    match programme.when:
        case AfterEvent(after=kind):
            return f"after {kind}"
        case BeforeDate(before=date):
            return f"before {date}"
    return None


def _requested(playbook: Playbook) -> set[str]:
    asked = {reaction.follow_up for one in playbook.programmes.values() for reaction in one.on_answer if reaction.follow_up}
    return asked | {case.revisit for case in playbook.cases.values() if case.revisit}


def _hours(findings: Findings, at: Path, hours: tuple[str, ...]) -> None:
    last = ""
    for stretch in sorted(hours):
        start, _, end = stretch.partition("-")
        here: Path = (*at, hours.index(stretch))
        if start >= end:
            what = Words(f"时段“{stretch}”的结束不晚于开始。", f"“{stretch}” ends before it begins.")
            findings.error(here, "check.hours-reversed", what, Words("请把较早的时间写在前面。", "Write the earlier time first."))
        elif start < last:
            what = Words(f"时段“{stretch}”与前一段重叠。", f"“{stretch}” overlaps the stretch before it.")
            findings.error(here, "check.hours-overlap", what, Words("请合并或错开这两段。", "Join the two or move them apart."))
        last = max(last, end)


def about_hours(span: Span) -> float:
    """About how many hours a span is, for telling which of two is longer."""
    return span.amount * _HOURS[span.unit]


def _times(findings: Findings, at: Path, programme: Programme) -> None:
    if programme.expires is not None and about_hours(programme.within) > about_hours(programme.expires):
        what = Words("期限 within 比放弃时间 expires 还长。", "within is longer than expires.")
        findings.error(
            (*at, "expires"), "check.expires-first", what, Words("请把 expires 改为不短于 within。", "Make expires at least as long.")
        )
