"""All records, a file for each area."""

from huifang.app.records.models.answer_file import AnswerFile
from huifang.app.records.models.case import FAR, Case, CaseCall, CaseCompensation, CasePromise, CaseStep
from huifang.app.records.models.channel import ChannelSetting, DeliveryReport, Incoming, LostSend
from huifang.app.records.models.comment import Comment
from huifang.app.records.models.contact import Answer, Attempt, Correction, Draft, LastSaved, Record
from huifang.app.records.models.contact_policy import ContactPolicy, PolicyLearning
from huifang.app.records.models.content import Coupon, CouponPool, MassSending, StaffAddress
from huifang.app.records.models.customer import Agreement, Consent, ContactPoint, Customer, DuplicateDecision, Event, OptOut
from huifang.app.records.models.dialling import DiallingList, DiallingResults, DiallingRow
from huifang.app.records.models.erased import ErasedIdentity
from huifang.app.records.models.export import ExportRequest
from huifang.app.records.models.feedback import Feedback, FeedbackGroup, FeedbackModel, TopicTreeVersion
from huifang.app.records.models.hand_over import HandedItem, HandOver
from huifang.app.records.models.imports import ImportBatch, ImportChange, RejectedRow, RememberedMapping
from huifang.app.records.models.indicator import IndicatorDay, IndicatorState
from huifang.app.records.models.interface import AnsweredRequest, ApiKey, CalendarFeed, EventSource, Subscription, WebhookDelivery
from huifang.app.records.models.knowledge import Article, ArticleTerm
from huifang.app.records.models.language_model import LanguageModel
from huifang.app.records.models.learned import ClassSpell, LearnedNumber
from huifang.app.records.models.machinery import AuditEntry, AuditHead, Job, Notice
from huifang.app.records.models.measure import Measure, MeasureStep
from huifang.app.records.models.message import Message
from huifang.app.records.models.message_link import MessageLink
from huifang.app.records.models.notice_way import NoticeChoice, NoticeDelivery, NoticeRobot
from huifang.app.records.models.organisation import Absence, Branch, CalendarOverride, Role, Staff
from huifang.app.records.models.outlook import Outlook, OutlookChange
from huifang.app.records.models.plan import Decision, FollowUp, Occurrence, PlanRun, PlaybookVersion, Promise, Request
from huifang.app.records.models.playbook_work import DryRun, PlaybookDraft, PlaybookReview
from huifang.app.records.models.recording import Recording
from huifang.app.records.models.report import ReportMailing, ReportSubscription
from huifang.app.records.models.review import DayClosing, Review, ReviewRemark
from huifang.app.records.models.schedule import ScheduledContact, WeekSchedule
from huifang.app.records.models.survey import RateCount, Survey, SurveyAnswer, SurveyInvitation, SurveyPart, SurveyResponse
from huifang.app.records.models.training import Training, TrainingRecord

__all__ = [
    "FAR",
    "Absence",
    "Agreement",
    "Answer",
    "AnswerFile",
    "AnsweredRequest",
    "ApiKey",
    "Article",
    "ArticleTerm",
    "Attempt",
    "AuditEntry",
    "AuditHead",
    "Branch",
    "CalendarFeed",
    "CalendarOverride",
    "Case",
    "CaseCall",
    "CaseCompensation",
    "CasePromise",
    "CaseStep",
    "ChannelSetting",
    "ClassSpell",
    "Comment",
    "Consent",
    "ContactPoint",
    "ContactPolicy",
    "Correction",
    "Coupon",
    "CouponPool",
    "Customer",
    "DayClosing",
    "Decision",
    "DeliveryReport",
    "DiallingList",
    "DiallingResults",
    "DiallingRow",
    "Draft",
    "DryRun",
    "DuplicateDecision",
    "ErasedIdentity",
    "Event",
    "EventSource",
    "ExportRequest",
    "Feedback",
    "FeedbackGroup",
    "FeedbackModel",
    "FollowUp",
    "HandOver",
    "HandedItem",
    "ImportBatch",
    "ImportChange",
    "Incoming",
    "IndicatorDay",
    "IndicatorState",
    "Job",
    "LanguageModel",
    "LastSaved",
    "LearnedNumber",
    "LostSend",
    "MassSending",
    "Measure",
    "MeasureStep",
    "Message",
    "MessageLink",
    "Notice",
    "NoticeChoice",
    "NoticeDelivery",
    "NoticeRobot",
    "Occurrence",
    "OptOut",
    "Outlook",
    "OutlookChange",
    "PlanRun",
    "PlaybookDraft",
    "PlaybookReview",
    "PlaybookVersion",
    "PolicyLearning",
    "Promise",
    "RateCount",
    "Record",
    "Recording",
    "RejectedRow",
    "RememberedMapping",
    "ReportMailing",
    "ReportSubscription",
    "Request",
    "Review",
    "ReviewRemark",
    "Role",
    "ScheduledContact",
    "Staff",
    "StaffAddress",
    "Subscription",
    "Survey",
    "SurveyAnswer",
    "SurveyInvitation",
    "SurveyPart",
    "SurveyResponse",
    "TopicTreeVersion",
    "Training",
    "TrainingRecord",
    "WebhookDelivery",
    "WeekSchedule",
]
