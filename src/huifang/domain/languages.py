"""Languages of customers by their BCP 47 tags: ``ja``, ``zh-Hant``, ``pt-BR``; which one fits somebody, and which way it is written.

A tag is a language of two or three letters, then perhaps a script and a region (RFC 5646, section 2.2.1 to 2.2.4); variants and extensions
are not read. Which one fits is looked up as in RFC 4647, section 3.4: the whole tag, then what is left when its end is cut off. Chinese of
Taiwan, Hong Kong and Macao is written in traditional characters (CLDR, likely subtags).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

TAG = r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?"
CHINESE, ENGLISH = "zh-Hans", "en"
"""What every playbook is written in."""
NAMES = {
    "zh-Hans": "简体中文", "en": "English", "zh-Hant": "繁體中文", "ar": "العربية", "de": "Deutsch", "es": "Español", "fa": "فارسی",
    "fr": "Français", "he": "עברית", "hi": "हिन्दी", "id": "Bahasa Indonesia", "it": "Italiano", "ja": "日本語", "kk": "Қазақша",
    "km": "ខ្មែរ", "ko": "한국어", "lo": "ລາວ", "mn": "Монгол", "ms": "Bahasa Melayu", "my": "မြန်မာ", "nl": "Nederlands",
    "pl": "Polski", "pt": "Português", "ru": "Русский", "th": "ไทย", "tr": "Türkçe", "ug": "ئۇيغۇرچە", "uk": "Українська",
    "ur": "اردو", "vi": "Tiếng Việt",
}  # fmt: skip
"""What people call their own language."""
COUNTRIES = {"cn": "zh", "hk": "zh-Hant", "jp": "ja", "kr": "ko", "vn": "vi", "ua": "uk", "cz": "cs", "dk": "da", "gr": "el"}
"""Countries that are taken for languages; none of them is the tag of one."""
_TRADITIONAL = frozenset({"tw", "hk", "mo"})
_FROM_THE_RIGHT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "syr", "ug", "ur", "yi"})
_SCRIPTS_FROM_THE_RIGHT = frozenset({"Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Rohg", "Adlm"})


def tag_of(text: str) -> str | None:
    """A tag in its usual letters; None where the text is none, or names a country.

    >>> tag_of("ZH_hant"), tag_of("pt-br"), tag_of("Japanese"), tag_of("jp")
    ('zh-Hant', 'pt-BR', None, None)
    """
    text = text.strip().replace("_", "-")
    if not re.fullmatch(TAG, text) or text.lower() in COUNTRIES:
        return None
    language, *others = text.split("-")
    return "-".join([language.lower(), *(part.title() if len(part) == 4 else part.upper() for part in others)])


def ways(language: str) -> Iterator[str]:
    """The tags under which words for somebody may stand, in lower case, the closest first.

    >>> list(ways("zh-TW")), list(ways("pt-BR")), list(ways("zh-hans"))
    (['zh-tw', 'zh-hant', 'zh'], ['pt-br', 'pt'], ['zh-hans', 'zh'])
    """
    parts = language.lower().replace("_", "-").split("-")
    traditional = parts[0] == "zh" and parts[1:] and parts[1] in _TRADITIONAL
    for end in range(len(parts), 1, -1):
        yield "-".join(parts[:end])
    if traditional:
        yield "zh-hant"
    yield parts[0]


def fitting(language: str, offered: Iterable[str]) -> str | None:
    """The one of those offered that fits a language best; None where none does.

    >>> fitting("zh-HK", ["zh-Hans", "en", "zh-Hant"]), fitting("zh", ["zh-Hans", "en"]), fitting("fr", ["zh-Hans", "en"])
    ('zh-Hant', 'zh-Hans', None)
    """
    known = {("zh" if tag == CHINESE else tag.lower()): tag for tag in offered}
    return next((known[way] for way in ways(language) if way in known), None)


def accepted(header: str) -> list[str]:
    """The languages of a browser's ``Accept-Language``, the dearest first; what cannot be read is left out (RFC 9110, section 12.5.4).

    >>> accepted("en;q=0.7, zh-TW, *;q=0.1, ja;q=nonsense")
    ['zh-TW', 'en']
    """
    found = []
    for place, item in enumerate(header[:500].split(",")):
        tag, _semicolon, weight = item.strip().partition(";")
        quality = re.fullmatch(r"\s*q=(0(?:\.\d{1,3})?|1(?:\.0{1,3})?)\s*", weight) if weight else None
        if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", tag.strip()) and (quality or not weight):
            found.append((-(float(quality[1]) if quality else 1.0), place, tag.strip()))
    return [tag for weight, _place, tag in sorted(found) if weight < 0]


def direction(language: str) -> str:
    """``rtl`` for a language that is written from right to left, else ``ltr``.

    >>> direction("ar-EG"), direction("az-Arab"), direction("ja"), direction("ur-Latn")
    ('rtl', 'rtl', 'ltr', 'ltr')
    """
    first, *others = language.replace("_", "-").split("-")
    script = next((part.title() for part in others if len(part) == 4), "")
    right = script in _SCRIPTS_FROM_THE_RIGHT if script else first.lower() in _FROM_THE_RIGHT
    return "rtl" if right else "ltr"


def name_of(language: str) -> str:
    """What a language is called by those who speak it; the tag where that is not known.

    >>> name_of("zh-hant"), name_of("es-MX"), name_of("tlh")
    ('繁體中文', 'Español', 'tlh')
    """
    tag = fitting(language, NAMES)
    return NAMES[tag] if tag else language
