"""Time zones as people write them: an IANA name, a place or zone by its usual name in Chinese or English, or an offset from UTC.

Abbreviations that mean two zones (CST: China's and Central America's) are not guessed at.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from huifang.domain.errors import Invalid, Problem
from huifang.domain.words import Words

_USUAL = """
Asia/Shanghai|北京时间|Beijing|中国 中国时间 中国标准时间 北京 上海 china shanghai chinastandardtime
Asia/Urumqi|新疆时间|Urumqi|乌鲁木齐 乌鲁木齐时间
Asia/Hong_Kong|香港时间|Hong Kong|香港
Asia/Macau|澳门时间|Macau|澳门 macao
Asia/Taipei|台北时间|Taipei|台北 台湾 taiwan
Asia/Tokyo|东京时间|Tokyo|东京 日本 日本时间 japan jst
Asia/Seoul|首尔时间|Seoul|首尔 韩国 韩国时间 korea kst
Asia/Singapore|新加坡时间|Singapore|新加坡
Asia/Kuala_Lumpur|吉隆坡时间|Kuala Lumpur|吉隆坡 马来西亚 malaysia
Asia/Bangkok|曼谷时间|Bangkok|曼谷 泰国 thailand
Asia/Ho_Chi_Minh|胡志明市时间|Ho Chi Minh City|胡志明市 越南 vietnam
Asia/Jakarta|雅加达时间|Jakarta|雅加达
Asia/Manila|马尼拉时间|Manila|马尼拉 菲律宾 philippines
Asia/Kolkata|印度时间|India|印度 新德里 孟买 delhi mumbai
Asia/Dubai|迪拜时间|Dubai|迪拜 阿联酋
Europe/Moscow|莫斯科时间|Moscow|莫斯科
Europe/London|伦敦时间|London|伦敦 英国 英国时间 uk bst
Europe/Paris|巴黎时间|Paris|巴黎 法国 france
Europe/Berlin|柏林时间|Berlin|柏林 德国 germany 欧洲中部时间 centraleuropeantime cet cest
Europe/Athens|雅典时间|Athens|雅典 希腊 greece
Africa/Johannesburg|约翰内斯堡时间|Johannesburg|约翰内斯堡 南非 southafrica
Australia/Sydney|悉尼时间|Sydney|悉尼
Australia/Brisbane|布里斯班时间|Brisbane|布里斯班
Australia/Perth|珀斯时间|Perth|珀斯
Pacific/Auckland|奥克兰时间|Auckland|奥克兰 新西兰 newzealand
America/New_York|美国东部时间|US Eastern|纽约 纽约时间 newyork eastern easterntime useasterntime et est edt
America/Chicago|美国中部时间|US Central|芝加哥 chicago central centraltime uscentraltime ct cdt
America/Denver|美国山地时间|US Mountain|丹佛 denver mountain mountaintime usmountaintime mt mst mdt
America/Phoenix|亚利桑那时间|Arizona|凤凰城 phoenix
America/Los_Angeles|美国太平洋时间|US Pacific|美国西部时间 洛杉矶 洛杉矶时间 losangeles pacific pacifictime uspacifictime pt pst pdt
America/Anchorage|阿拉斯加时间|Alaska|安克雷奇
Pacific/Honolulu|夏威夷时间|Hawaii|火奴鲁鲁 檀香山 hst
America/Toronto|多伦多时间|Toronto|多伦多
America/Vancouver|温哥华时间|Vancouver|温哥华
America/Sao_Paulo|圣保罗时间|São Paulo|圣保罗 saopaulo
UTC|协调世界时|UTC|世界时 gmt z
"""
"""IANA name, its usual name in Chinese and in English, and other words for it."""
_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?(\d{2}))?")
_NUMERALS = {word: number for number, word in enumerate((*"一二三四五六七八九十", "十一", "十二"), 1)}
_STEADY = {480: "Asia/Shanghai", 330: "Asia/Kolkata", 345: "Asia/Kathmandu", 570: "Australia/Darwin", 390: "Asia/Yangon", 270: "Asia/Kabul"}
"""Minutes east of UTC → a zone that has had just this offset all year; whole hours have zones of their own."""
_WEST, _EAST = -12, 14


def read(text: str) -> str:
    """The IANA name of what somebody wrote; an empty text stays empty. Raises `Invalid` with the forms that are understood.

    >>> [read(said) for said in ("北京时间", "utc+8", "asia/tokyo", "东九区", "UTC-3", " ")]
    ['Asia/Shanghai', 'Asia/Shanghai', 'Asia/Tokyo', 'Etc/GMT-9', 'Etc/GMT+3', '']
    """
    said = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"[\s_.]", "", said).casefold().replace("−", "-").replace("±", "+")
    if not plain:
        return ""
    found = _known().get(plain) or _by_offset(plain)
    if found is None:
        raise Invalid(
            Problem(
                "zone.unknown",
                Words(f"没有时区“{said[:40]}”。", f"There is no time zone “{said[:40]}”."),
                Words("请写成“北京时间”“Asia/Shanghai”或“UTC+8”。", "Write it like “US Eastern”, “America/New_York” or “UTC-5”."),
            )
        )
    return found


def title(name: str) -> Words:
    """An IANA name as people say it, with itself: ``北京时间（Asia/Shanghai）``; the name alone where it has no usual one."""
    usual = usual_zones().get(name)
    return Words(f"{usual.zh}（{name}）", f"{usual.en} ({name})") if usual and name != "UTC" else Words(name, name)


@cache
def usual_zones() -> dict[str, Words]:
    """IANA name → usual name, of the zones that are offered first."""
    rows = (line.split("|") for line in _USUAL.split("\n") if line)
    return {name: Words(zh, en) for name, zh, en, _others in rows}


@cache
def _known() -> dict[str, str]:
    """What is written, without blanks and capitals → IANA name. Only names with a place in them: ``EST`` and its like are no clocks."""
    found = {name.replace("_", "").casefold(): name for name in sorted(available_timezones()) if "/" in name}
    for line in filter(None, _USUAL.split("\n")):
        name, zh, en, others = line.split("|")
        found |= dict.fromkeys((zh, en.replace(" ", "").casefold(), *others.split()), name)
    return found | {"utc": "UTC"}


def _by_offset(plain: str) -> str | None:
    """The zone of ``utc+8``, ``+08:00`` or ``东八区``."""
    if (east := re.fullmatch(r"([东西])(.{1,2})区", plain)) is not None and east[2] in _NUMERALS:
        minutes = _NUMERALS[east[2]] * (60 if east[1] == "东" else -60)
    elif (found := _OFFSET.fullmatch(plain)) is not None and int(found[3] or 0) < 60:
        minutes = (int(found[2]) * 60 + int(found[3] or 0)) * (1 if found[1] == "+" else -1)
    else:
        return None
    if minutes in _STEADY or minutes == 0:
        return _STEADY.get(minutes, "UTC")
    hours, rest = divmod(minutes, 60)
    return None if rest or not _WEST <= hours <= _EAST else ZoneInfo(f"Etc/GMT{-hours:+d}").key
