"""What an erasure leaves of each table: rows that count stay as shells, words and numbers that name somebody go.

A table that hangs on a customer stands here, by the way that leads to the customer. Every other table is searched for the person's values,
but for those that hold nothing of customers. A new table that hangs on a customer and stands nowhere fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, Model, Q, TextField, Value
from django.db.models.functions import Cast, Concat

from huifang.app.records import models as m

_SHELL = Concat(Value("erased-"), Cast(F("pk"), CharField()))
"""What stands where a unique number or address stood."""
_NO_WORDS = {"zh": "", "en": ""}


@dataclass(frozen=True, slots=True)
class Hanging:
    """A table that hangs on a customer. `ways`: lookups that lead there. Without `gone` the rows stay, with `emptied` in their columns."""

    model: type[Model]
    ways: Sequence[str]
    emptied: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False

    def theirs(self, people: Sequence[int]) -> Q:
        """The condition of these customers' rows."""
        condition = Q()
        for way in self.ways:
            condition |= Q(**{f"{way}__in": people})
        return condition


def _gone(model: type[Model], *ways: str) -> Hanging:
    return Hanging(model, ways, gone=True)


def _stays(model: type[Model], way: str, **emptied: Any) -> Hanging:
    return Hanging(model, (way,), emptied)


HANGING = (
    _gone(m.Draft, "followup__customer"),
    _gone(m.LastSaved, "followup__customer"),
    _gone(m.Correction, "record__customer"),
    _gone(m.AnswerFile, "record__customer", "followup__customer", "part__invitation__customer", "response__record__customer"),
    _gone(m.Recording, "attempt__customer"),
    _gone(m.SurveyPart, "invitation__customer"),
    _gone(m.Comment, "customer"),
    _gone(m.LearnedNumber, "customer"),
    _gone(m.OutlookChange, "customer"),
    _gone(m.ContactPoint, "customer"),
    _gone(m.ContactPolicy, "customer"),
    _stays(m.Event, "customer", code=_SHELL, attributes={}),
    _stays(m.Agreement, "customer", code=_SHELL, attributes={}),
    _stays(m.Consent, "customer", proof=""),
    _stays(m.FollowUp, "customer", because=_NO_WORDS),
    _stays(m.Occurrence, "customer"),
    _stays(m.Decision, "occurrence__customer"),
    _stays(m.Request, "customer"),
    _stays(m.Promise, "customer"),
    _stays(m.Attempt, "customer"),
    _stays(m.Record, "customer", words="", remark="", asked="", replied=""),
    _stays(m.Answer, "record__customer", text=""),
    _stays(m.Review, "record__customer"),
    _stays(m.ReviewRemark, "review__record__customer", words=""),
    _stays(m.Case, "customer", title="", solution=""),
    _stays(m.CaseStep, "case__customer", words=""),
    _stays(m.CaseCall, "case__customer"),
    _stays(m.CaseCompensation, "case__customer", words=""),
    _stays(m.CasePromise, "case__customer", words=""),
    _stays(m.Feedback, "customer", words=""),
    _stays(m.Message, "followup__customer", subject="", text="", words={}, reference=""),
    _stays(m.MessageLink, "followup__customer", token="", token_hash=_SHELL),
    _stays(m.Incoming, "customer", sender="", text="", key=_SHELL),
    _stays(m.SurveyInvitation, "customer", token="", token_hash=_SHELL, state=m.SurveyInvitation.State.CLOSED),
    _stays(m.SurveyResponse, "record__customer", fingerprint=""),
    _stays(m.SurveyAnswer, "response__record__customer", text=""),
    _stays(m.ClassSpell, "customer", reason_zh="", reason_en=""),
    _stays(m.Coupon, "customer"),
    _stays(m.DiallingRow, "followup__customer", words={}),
    _stays(m.HandedItem, "customer"),
    _stays(m.ScheduledContact, "customer", because=_NO_WORDS),
    _stays(m.DuplicateDecision, "kept"),
    _stays(m.ErasedIdentity, "customer"),
)  # fmt: skip
"""Those whose files lie beside the records come first: the file goes with its row."""
LOOKED_THROUGH: dict[type[Model], tuple[str, ...]] = {
    m.Answer: ("value",), m.SurveyAnswer: ("value",), m.Case: ("cause",), m.Feedback: ("topic", "read_topic"),
    m.Occurrence: ("detail",), m.Decision: ("detail",), m.CaseStep: ("detail",),
}  # fmt: skip
"""Columns of shells that hold codes or figures, and words where somebody wrote some: the person's values are taken out of them."""
NOTHING_OF_CUSTOMERS = (
    m.Customer,  # the person, emptied by itself
    m.AuditEntry, m.AuditHead, m.ImportChange, m.FeedbackModel,  # cleaned in their own way
    m.OptOut,  # a keyed hash that outlives the person
    m.Staff, m.Branch, m.CalendarOverride, m.StaffAddress, m.NoticeChoice, m.NoticeRobot, m.ApiKey, m.CalendarFeed,
    m.Subscription, m.EventSource, m.ChannelSetting, m.LanguageModel, m.ReportSubscription, m.Training, m.TrainingRecord,
    m.PlaybookVersion, m.PlaybookDraft, m.TopicTreeVersion, m.RememberedMapping, m.IndicatorDay, m.IndicatorState, m.PolicyLearning,
    m.RateCount, m.Survey, m.CouponPool, m.LostSend,
)  # fmt: skip


def searched() -> list[tuple[type[Model], list[str]]]:
    """Tables that hang on nobody and may quote somebody, with the columns that can: text, sealed or not, and JSON."""
    from django.apps import apps

    known = {each.model for each in HANGING} | set(NOTHING_OF_CUSTOMERS)
    others = [model for model in apps.get_app_config("records").get_models() if model not in known]
    return [(model, wordy(model)) for model in others if wordy(model)]


def wordy(model: type[Model]) -> list[str]:
    """The columns of a table in which words can stand."""
    return [one.name for one in model._meta.concrete_fields if _wordy(one)]


def _wordy(one: Any) -> bool:
    if one.choices or one.primary_key or one.is_relation:
        return False
    return isinstance(one, CharField | TextField) or one.get_internal_type() in ("JSONField", "BinaryField")
