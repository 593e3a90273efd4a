"""Recognising an opt-out in a reply, by whatever word: TD, T, R, STOP, 退订, unsubscribe...

The whole reply must be such a word or a short phrase of refusal; an ordinary sentence that has the word in it
(“请在周五 stop by”, “退订流程怎么办？”) is not one. A reply that is not recognised is read by a person.
"""

from __future__ import annotations

import re
import unicodedata

_ENGLISH = {
    "r", "t", "td", "stop", "stop all", "stopall", "quit", "end", "cancel", "revoke", "unsubscribe", "unsub", "remove", "remove me",
    "opt out", "optout", "stop calling", "stop texting", "stop messaging", "do not call", "don't call", "do not contact", "unsubscribe me",
    "stop calling me", "do not call me", "don't call me", "do not contact me", "take me off", "take me off your list", "no more messages",
}  # fmt: skip
_CHINESE = {
    "退订", "退定", "退訂", "取消订阅", "取消訂閱", "拒收", "拒收短信", "停止", "停止发送", "停止發送", "停发", "退订短信",
    "勿扰", "请勿打扰", "不要打扰",
    "拒绝接收", "拒絕接收",
}  # fmt: skip
_NEVER = re.compile(
    r"(?:请|請|麻烦|以后|今后|你们|您们)*(?:不要|别|別|勿|不想)(?:再|给我|再给我|再给我们|再次)*(?:发|發|打|联系|聯繫|联络|骚扰|打扰|推送|收到)"
    r"(?:送)?(?:我)?(?:短信|信息|消息|电话|電話|广告|邮件|微信)*(?:了|啦|吧)?"
)
_PIECES = re.compile(r"[a-z0-9']+|[㐀-鿿]+")
_POLITE_ZH = re.compile(r"^(?:我要|我想|要求|申请|请|請|请帮我|帮我|回复|回|麻烦)+|(?:谢谢|謝謝|了|吧|啊|呀|！)+$")
_POLITE_EN = re.compile(r"^(?:please|pls|reply|i want to)\s+|\s+(?:please|pls|thanks|thank you|now)$")
_GREETING = re.compile(
    r"(?:(?:您好|你好|(?:hello|hi|hey)(?: there| all| team)?|(?:dear|尊敬的)[^\n,，:：]{1,30})(?=\W|$)[\s,，。.!！:：~]*)+", re.IGNORECASE
)
_EDGES = " \t\r\n.,;:!?…~-—_'\"“”‘’()[]{}<>《》【】「」。，、；：！？·*#"


def is_opt_out(reply: str) -> bool:
    """Whether a reply says that no more contact is wanted.

    Full-width letters, case, quotation marks, punctuation, spaces around and politeness do not matter: ``ＴＤ。``,
    ``“stop!”``, ``请退订，谢谢``.
    """
    text = " ".join(unicodedata.normalize("NFKC", reply).lower().replace("’", "'").split())
    if text.endswith("?"):
        return False
    text = text.strip(_EDGES)
    plain = _POLITE_EN.sub("", _POLITE_EN.sub("", text)).strip(_EDGES)
    if plain in _ENGLISH or plain.replace("-", " ") in _ENGLISH:
        return True
    return any(_refuses(form) for form in (text, _POLITE_ZH.sub("", _POLITE_ZH.sub("", text)).strip(_EDGES)))


def mail_opts_out(mail: str) -> bool:
    r"""Whether a mail says so: as a whole, or in its first line that is no greeting; below it stand thanks, a name, a device's footer.

    >>> mail_opts_out("您好：\n请退订，谢谢！\n\n王丽华\n发自我的iPhone")
    True
    """
    text = mail.strip()
    greeting = _GREETING.match(text)
    said = text[greeting.end() if greeting else 0 :]
    first = next((line for line in said.splitlines() if line.strip(_EDGES)), "")
    return is_opt_out(mail) or is_opt_out(first)


def _refuses(text: str) -> bool:
    """Every word of the reply is one of refusal: ``td退订``, ``退订 td``, ``退订，不要再发了``; not letters alone, as in ``T_T``."""
    pieces = _PIECES.findall(text)
    known = all(piece in _ENGLISH or piece in _CHINESE or _NEVER.fullmatch(piece) for piece in pieces)
    return known and any(len(piece) > 1 for piece in pieces)
