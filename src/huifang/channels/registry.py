"""Every driver there is, by name: what it must be told, what makes it, and which of them serves a channel in an installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from huifang.channels import dialler, dingtalk, email, feishu, in_app, sms_aliyun, sms_http, sms_tencent, wecom
from huifang.channels.driver import Driver
from huifang.channels.email import SmtpDriver, SmtpServer
from huifang.channels.fields import Field
from huifang.channels.outbox import Outbox
from huifang.domain.contact import Channel
from huifang.domain.words import Words

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Settings:
    """What drivers are made from: the folder of the outbox, and one address for each provider that is set (`smtp`)."""

    outbox: Path
    providers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """A driver that may be chosen for `channels`: its fields, and what makes it from them and a clock (UTC).

    `make` raises `Invalid` for settings that cannot be read. `calls_back`: its provider has a hook to be told of.
    """

    name: str
    title: Words
    channels: frozenset[Channel]
    fields: tuple[Field, ...]
    make: Callable[[Mapping[str, str], Clock], Driver]
    calls_back: bool = True


_NO_HOOK = False
_PHONE = frozenset({Channel.PHONE})
SENT_CHANNELS = Outbox.channels
"""Channels that send by themselves: with a provider where one is set, else to the outbox."""
BUILDERS: dict[str, Callable[[str], Driver]] = {"smtp": lambda address: SmtpDriver(SmtpServer.parse(address))}
"""Name of a provider's setting in the environment → the driver made from its address."""
KINDS = {
    kind.name: kind
    for kind in (
        Kind("sms-aliyun", Words("阿里云短信", "Aliyun SMS"), frozenset({Channel.SMS}), sms_aliyun.FIELDS, sms_aliyun.AliyunSms),
        Kind("sms-tencent", Words("腾讯云短信", "Tencent Cloud SMS"), frozenset({Channel.SMS}), sms_tencent.FIELDS, sms_tencent.TencentSms),
        Kind("sms-http", Words("自有短信网关", "SMS gateway of one's own"), frozenset({Channel.SMS}), sms_http.FIELDS, sms_http.SmsGateway),
        Kind("email", Words("邮件服务器", "Mail server"), frozenset({Channel.EMAIL}), email.FIELDS, email.from_fields, calls_back=False),
        Kind("wecom", Words("企业微信", "WeCom"), frozenset({Channel.WECOM}), wecom.FIELDS, wecom.WecomDriver),
        Kind("dingtalk", Words("钉钉", "DingTalk"), frozenset({Channel.DINGTALK}), dingtalk.FIELDS, dingtalk.DingtalkDriver),
        Kind("feishu", Words("飞书", "Feishu"), frozenset({Channel.FEISHU}), feishu.FIELDS, feishu.FeishuDriver),
        Kind("in-app", Words("自有应用或小程序", "App of one's own"), frozenset({Channel.IN_APP}), in_app.FIELDS, in_app.AppGateway),
        Kind("dialler-file", Words("外呼系统（文件）", "Dialler, by file"), _PHONE, dialler.FILE_FIELDS, dialler.FileDialler, _NO_HOOK),
        Kind("dialler-http", Words("外呼系统（接口）", "Dialler, by HTTP"), _PHONE, dialler.HTTP_FIELDS, dialler.HttpDialler, _NO_HOOK),
    )
}  # fmt: skip
"""Drivers that may be chosen on the settings page, by name."""
SET_CHANNELS = SENT_CHANNELS | _PHONE
"""Channels that are set up on the settings page: those that send by themselves, and the phone, whose calls a dialler may make."""


def drivers(settings: Settings) -> dict[Channel, Driver]:
    """The driver of each channel: the provider that is set, else the outbox. Raises `Invalid` for an address that cannot be read."""
    found: dict[Channel, Driver] = dict.fromkeys(SENT_CHANNELS, Outbox(settings.outbox))
    for name, address in settings.providers.items():
        if address:
            driver = BUILDERS[name](address)
            found |= dict.fromkeys(driver.channels, driver)
    return found


def kinds_for(channel: Channel) -> tuple[Kind, ...]:
    """The drivers that may be chosen for a channel."""
    return tuple(kind for kind in KINDS.values() if channel in kind.channels)
