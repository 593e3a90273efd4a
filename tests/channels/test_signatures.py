"""The signatures that providers publish with their results."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from huifang.channels.dingtalk.application import sign as dingtalk_sign
from huifang.channels.feishu.application import sign as feishu_sign
from huifang.channels.feishu.events import unseal
from huifang.channels.sms_aliyun.signature import Asked, signed_headers
from huifang.channels.sms_tencent.signature import authorization
from huifang.channels.wecom.crypt import Crypt, field_of
from huifang.domain.errors import Invalid, NotAllowed

CRYPT = Crypt("QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7")
MESSAGE = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUkSUXxaccAS0qhxchrRYt6"
    "6wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+Kq"
    "CKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3f"
    "VKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="
)


def test_aliyun_s_published_example() -> None:
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    at = datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC)
    asked = Asked("ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", query, "3156853299f313e23d1673dc12e1703d", at)
    said = signed_headers(asked, "YourAccessKeyId", "YourAccessKeySecret")["Authorization"]
    assert said == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencent_s_published_example() -> None:
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    at = datetime.fromtimestamp(1551113065, UTC)
    said = authorization(
        "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", "cvm", "cvm.tencentcloudapi.com", body, at
    )
    assert said.startswith("TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, ")
    assert said.endswith("Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168")


def test_wecom_s_published_check_of_an_address() -> None:
    echo = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
    query = {"msg_signature": "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "timestamp": "1409659589", "nonce": "263014780"}
    assert CRYPT.open(query, echo) == "1616140317555161061"


def test_wecom_s_published_message() -> None:
    query = {"msg_signature": "477715d11cdb4164915debcba66cb864d751f3e6", "timestamp": "1409659813", "nonce": "1372623149"}
    xml = f"<xml><ToUserName><![CDATA[wx5823bf96d3bd56c7]]></ToUserName><Encrypt><![CDATA[{MESSAGE}]]></Encrypt></xml>"
    said = CRYPT.open(query, field_of(xml, "Encrypt"))
    assert [field_of(said, name) for name in ("FromUserName", "MsgType", "Content", "MsgId")] == [
        "mycreate", "text", "hello", "4561255354251345929",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("crypt", "signature"),
    [
        (CRYPT, "477715d11cdb4164915debcba66cb864d751f3e7"),
        (Crypt("", "", ""), "477715d11cdb4164915debcba66cb864d751f3e6"),
        (Crypt(CRYPT.token, CRYPT.aes_key, "another"), "477715d11cdb4164915debcba66cb864d751f3e6"),
    ],
)
def test_wecom_s_message_with_another_signature_or_for_somebody_else_is_refused(crypt: Crypt, signature: str) -> None:
    with pytest.raises(NotAllowed):
        crypt.open({"msg_signature": signature, "timestamp": "1409659813", "nonce": "1372623149"}, MESSAGE)


def test_what_does_not_open_is_told() -> None:
    with pytest.raises(Invalid):
        Crypt(CRYPT.token, "short", "x").open(
            {"msg_signature": "477715d11cdb4164915debcba66cb864d751f3e6", "timestamp": "1409659813", "nonce": "1372623149"}, MESSAGE
        )
    with pytest.raises(Invalid):
        unseal("no base64!", "key")


def test_feishu_s_published_sealed_text() -> None:
    assert unseal("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "test key") == b"hello world"


def test_robots_sign_time_and_secret_each_in_its_own_way() -> None:
    assert dingtalk_sign("1577262236757", "SECtest") != feishu_sign("1577262236757", "SECtest")
    assert len(dingtalk_sign("1577262236757", "SECtest")) == len(feishu_sign("1599360473", "demo")) == 44
