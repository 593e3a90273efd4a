"""The vocabulary of contacting: purposes, channels, outcomes, decisions. Codes are stored; words are shown."""

from __future__ import annotations

from enum import StrEnum

from huifang.domain.words import Words


class Purpose(StrEnum):
    """Why a customer is contacted; order of strength, strongest first."""

    SERVICE = "service"
    RELATIONSHIP = "relationship"
    MARKETING = "marketing"


PURPOSE_WORDS = {
    Purpose.SERVICE: Words("服务", "Service"),
    Purpose.RELATIONSHIP: Words("关系维护", "Relationship"),
    Purpose.MARKETING: Words("营销", "Marketing"),
}


class Channel(StrEnum):
    """A way to reach a customer."""

    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    SURVEY = "survey"
    LETTER = "letter"
    VISIT = "visit"
    IN_APP = "in-app"


CHANNEL_WORDS = {
    Channel.PHONE: Words("电话", "Phone"),
    Channel.SMS: Words("短信", "SMS"),
    Channel.EMAIL: Words("邮件", "E-mail"),
    Channel.WECOM: Words("企业微信", "WeCom"),
    Channel.DINGTALK: Words("钉钉", "DingTalk"),
    Channel.FEISHU: Words("飞书", "Feishu"),
    Channel.SURVEY: Words("问卷链接", "Survey link"),
    Channel.LETTER: Words("信函", "Letter"),
    Channel.VISIT: Words("上门", "Visit"),
    Channel.IN_APP: Words("应用内", "In-app"),
}


class DecisionKind(StrEnum):
    """What the plan did with an occurrence."""

    PLANNED = "planned"
    BUNDLED = "bundled"
    DEFERRED = "deferred"
    HELD_OUT = "held-out"
    SUPPRESSED = "suppressed"
    EXPIRED = "expired"


DECISION_WORDS = {
    DecisionKind.PLANNED: Words("已安排", "Planned"),
    DecisionKind.BUNDLED: Words("合并联络", "Bundled"),
    DecisionKind.DEFERRED: Words("顺延", "Deferred"),
    DecisionKind.HELD_OUT: Words("对照组", "Held out"),
    DecisionKind.SUPPRESSED: Words("不联络", "Suppressed"),
    DecisionKind.EXPIRED: Words("已过期", "Expired"),
}
