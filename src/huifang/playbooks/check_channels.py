"""Whether every channel that a programme names can do what is asked of it: content, questionnaire, people, fallback, costs."""

from __future__ import annotations

from collections.abc import Iterator

from huifang.domain.contact import CHANNEL_WORDS, Channel
from huifang.domain.words import Words
from huifang.playbooks.findings import Findings
from huifang.playbooks.schema import Playbook, Programme
from huifang.playbooks.yaml_tree import Path

MESSAGES = frozenset({Channel.SMS, Channel.EMAIL, Channel.WECOM, Channel.DINGTALK, Channel.FEISHU, Channel.IN_APP, Channel.LETTER})
PEOPLE = frozenset({Channel.PHONE, Channel.VISIT})


def check_channels(playbook: Playbook, findings: Findings, at: Path, programme: Programme) -> None:
    """The channels of one programme, at the place `at`."""
    _sendable(playbook, findings, at, programme)
    _coverage(findings, at, programme)
    _fallback(findings, at, programme)
    _priced(playbook, findings, at, programme)


def _named(at: Path, programme: Programme) -> Iterator[tuple[Path, Channel]]:
    """Every channel with its place."""
    for index, channel in enumerate(programme.through):
        yield (*at, "through", index), channel
    for index, channel in enumerate(programme.fallback.then if programme.fallback else ()):
        yield (*at, "fallback", "then", index), channel


def _sendable(playbook: Playbook, findings: Findings, at: Path, programme: Programme) -> None:
    sent = {playbook.content[key].channel for key in programme.send if key in playbook.content}
    for place, channel in _named(at, programme):
        if channel in MESSAGES and channel not in sent:
            what = Words(
                f"用{channel.value}联络，却没有这个渠道的内容。", f"It goes through {channel.value}, and there is no content for it."
            )
            remedy = Words("请在 send 里写上这个渠道的内容模板。", "Name content for this channel under send.")
            findings.error(place, "check.no-content", what, remedy)
        if channel is Channel.SURVEY and programme.ask is None:
            what = Words("要发问卷链接，却没有问卷。", "A survey link is sent, and there is no questionnaire.")
            findings.error(place, "check.no-questionnaire", what, Words("请用 ask 指定问卷。", "Name a questionnaire under ask."))
        elif channel is Channel.SURVEY and not playbook.link_carriers(programme):
            what = Words("问卷链接要由消息带出，却没有哪条消息写着 {survey}。", "A message carries a survey link, and none says {survey}.")
            remedy = Words(
                "请在 send 里写上一条带 {survey} 的短信、邮件或聊天消息。", "Name an SMS, mail or chat message with {survey} under send."
            )
            findings.error(place, "check.no-link", what, remedy)


def _coverage(findings: Findings, at: Path, programme: Programme) -> None:
    if programme.coverage is not None and programme.coverage > 0.5 and not PEOPLE & set(programme.through):
        findings.warn(
            (*at, "coverage"),
            "check.coverage",
            Words(
                "覆盖率目标要有人去完成，这里只有消息渠道。",
                "A coverage target needs somebody to meet it, and there are only messages here.",
            ),
            Words("请在 through 里加上 phone 或 visit，或去掉 coverage。", "Add phone or visit to through, or take coverage out."),
        )


def _fallback(findings: Findings, at: Path, programme: Programme) -> None:
    rule, here = programme.fallback, (*at, "fallback")
    if rule is None:
        return
    if not PEOPLE & set(programme.through):
        findings.error(
            here,
            "check.fallback-nobody",
            Words("fallback 接在有人尝试之后，这里没有电话或上门。", "A fallback follows a person's tries, and nobody tries here."),
            Words("请在 through 里加上 phone 或 visit，或去掉 fallback。", "Add phone or visit to through, or take fallback out."),
        )
    for index, channel in enumerate(rule.then):
        if channel in PEOPLE or channel in (Channel.LETTER, Channel.SURVEY):
            named = CHANNEL_WORDS[channel]
            findings.error(
                (*here, "then", index),
                "check.fallback-by-hand",
                Words(f"{named.zh}不能自动发出。", f"{named.en} does not go out by itself."),
                Words("请改用 sms、email、wecom 等消息渠道。", "Use sms, email, wecom or another channel of messages."),
            )
    if rule.not_reached > programme.attempts.at_most:
        findings.error(
            (*here, "not reached"),
            "check.fallback-late",
            Words(
                f"最多只试 {programme.attempts.at_most} 次，永远到不了第 {rule.not_reached} 次。",
                f"It is tried {programme.attempts.at_most} times at most, and never {rule.not_reached} times.",
            ),
            Words("请把 attempts 的 at most 改大，或把 not reached 改小。", "Raise at most under attempts, or lower not reached."),
        )


def _priced(playbook: Playbook, findings: Findings, at: Path, programme: Programme) -> None:
    """Choosing by cost, and a budget, need to know what contacts cost; the settings of an installation may say so too."""
    missing = [channel for _, channel in _named(at, programme) if channel not in playbook.costs]
    for key, wanted in (("choose", programme.choose == "cheapest"), ("budget", programme.budget is not None)):
        if wanted and missing:
            names = list(dict.fromkeys(CHANNEL_WORDS[channel] for channel in missing))
            findings.warn(
                (*at, key),
                "check.no-cost",
                Words(
                    f"没有写明{'、'.join(one.zh for one in names)}一次要多少钱。",
                    f"It is not said what a contact by {', '.join(one.en for one in names)} costs.",
                ),
                Words("请写在方案的 costs 里，或在“渠道”设置里填写。", "Write it under costs, or enter it in the settings of channels."),
            )
