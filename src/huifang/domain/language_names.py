"""Languages as people write them: a tag, or a usual name in Chinese or English."""

from __future__ import annotations

from huifang.domain.errors import Invalid, Problem
from huifang.domain.languages import COUNTRIES, tag_of
from huifang.domain.words import Words

_USUAL = {
    "中文": "zh", "汉语": "zh", "国语": "zh", "粤语": "zh",
    "普通话": "zh", "简体中文": "zh", "繁体中文": "zh-Hant", "繁體中文": "zh-Hant", "英语": "en", "英文": "en",
    "日语": "ja", "日文": "ja", "韩语": "ko", "韩文": "ko", "西班牙语": "es", "法语": "fr", "德语": "de", "俄语": "ru", "阿拉伯语": "ar",
    "泰语": "th", "越南语": "vi", "葡萄牙语": "pt", "意大利语": "it", "维吾尔语": "ug", "哈萨克语": "kk", "蒙古语": "mn",
    "chinese": "zh", "english": "en", "japanese": "ja", "korean": "ko", "spanish": "es", "french": "fr", "german": "de", "russian": "ru",
    "arabic": "ar", "thai": "th", "vietnamese": "vi", "portuguese": "pt", "italian": "it",
}  # fmt: skip
"""What people write for a language, in small letters."""


def read(text: str) -> str:
    """The tag of what somebody wrote, a tag or a usual name; an empty text stays empty. Raises `Invalid` with what is understood.

    >>> read("日语"), read("English"), read("pt-br"), read(" ")
    ('ja', 'en', 'pt-BR', '')
    """
    said = text.strip()
    found = _USUAL.get(said.lower()) or tag_of(said) if said else ""
    if found is None:
        meant = COUNTRIES.get(said.lower(), "ja")
        raise Invalid(
            Problem(
                "language.unknown",
                Words(f"“{said[:40]}”不是语言。", f"“{said[:40]}” is no language."),
                Words(f"请写 {meant} 这样的标签。", f"Write a tag such as {meant}."),
            )
        )
    return found
