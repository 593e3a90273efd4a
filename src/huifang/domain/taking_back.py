"""Taking a saved record back: for a short time, and only where nobody has built on it.

What was done stays done: the attempt is not unmade. What follows from the record (a case, a promise, the next date) is taken back with it
as long as nobody has acted on it; otherwise whoever wants to correct something is told what stands, and how to put it right by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from huifang.domain.errors import Problem
from huifang.domain.words import Words

TIME = timedelta(minutes=10)
"""How long after saving a record may be taken back. Ours: long enough to notice a slip, short enough that little has come of it."""

_NOTE = Words("请在客户页面给同事留言，说明哪里填错了。", "Leave a note for colleagues on the customer's page that says what is wrong.")


@dataclass(frozen=True, slots=True)
class Since:
    """What has happened since a record was saved."""

    passed: timedelta
    signed: bool = False
    """The day was closed."""
    reviewed: bool = False
    """It was drawn or chosen for review."""
    taken: bool = False
    """The follow-up was opened, handed over, planned anew or withdrawn."""
    sent: bool = False
    """The message that took over was made ready."""
    forbidden: bool = False
    """The customer's word or status forbids the follow-up."""
    worked_on: tuple[str, ...] = ()
    """Numbers of cases it opened, on which somebody has worked."""
    told: tuple[str, ...] = ()
    """Numbers of cases that were there before and to which it brought something."""
    decided: bool = False
    """Somebody else has decided what the customer's statements are."""
    planned: bool = False
    """A follow-up that an answer asked for was planned."""


def obstacles(since: Since) -> tuple[Problem, ...]:
    """Everything that keeps a record from being taken back, each with the way to put it right by hand; none: it may be taken back."""
    minutes, own, there = int(TIME.total_seconds()) // 60, _numbers(since.worked_on), _numbers(since.told)
    told = Words("请告诉接手的同事哪里填错了。", "Tell the colleague who has it what is wrong.")
    in_case = Words("请在工单里写明哪里填错了。", "Write in the case what is wrong.")
    found = (
        (since.passed > TIME, "late", Words(f"保存已超过 {minutes} 分钟。", f"It was saved more than {minutes} minutes ago."), _NOTE),
        (
            since.signed, "signed", Words("当天已经日结。", "The day has been closed."),
            Words("请主管先重新打开当天。", "Ask the supervisor to open the day again."),
        ),
        (
            since.reviewed, "reviewed", Words("这条记录已进入质检。", "The record is under review."),
            Words("请告诉质检人哪里填错了。", "Tell the reviewer what is wrong."),
        ),
        (
            since.taken, "taken",
            Words("这个回访任务已被接手、改派或重新安排。", "The follow-up has been taken by somebody, handed over or planned anew."), told,
        ),
        (since.sent, "sent", Words("接替的消息已经发出或正在发送。", "The message that took over has left or is being sent."), _NOTE),
        (
            since.forbidden, "forbidden",
            Words("客户已拒绝联络，或不再联络。", "The customer has refused contact or is no longer contacted."),
            Words("如果不对，请在客户页面更正。", "If that is wrong, correct it on the customer's page."),
        ),
        (bool(own.zh), "case", Words(f"已有人在处理工单 {own.zh}。", f"Somebody has worked on case {own.en}."), in_case),
        (
            bool(there.zh), "told",
            Words(f"客户的话已记入原有工单 {there.zh}。", f"What the customer said stands in case {there.en}, which was there before."),
            in_case,
        ),
        (
            since.decided, "decided", Words("同事已判定客户的反馈。", "A colleague has decided what the customer's feedback is."),
            Words("请在客户反馈里更正。", "Correct it on the page of feedback."),
        ),
        (
            since.planned, "planned", Words("由这条记录引出的回访已经排好。", "The follow-up that an answer asked for has been planned."),
            Words("如不需要，请主管撤回那个任务。", "Where it is not needed, ask the supervisor to withdraw it."),
        ),
    )  # fmt: skip
    return tuple(Problem(f"take-back.{code}", what, remedy) for holds, code, what, remedy in found if holds)


def _numbers(cases: tuple[str, ...]) -> Words:
    return Words("、".join(cases), ", ".join(cases))


def not_last() -> Problem:
    """One's own last record is another one."""
    return Problem("take-back.not-last", Words("只能撤销自己最后保存的一条。", "Only what you saved last can be undone."), _NOTE)
