"""People who do not exist: names, sexes, birthdays.

Surnames follow the shares of the Ministry of Public Security's yearly name reports (the hundred commonest cover
about 85 %); given names
follow the fashions of the decade of birth: 建国 and 秀英 of the fifties, 伟 and 丽 of the seventies, 浩然 and 欣怡
of the two-thousands.
"""

from __future__ import annotations

from bisect import bisect
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from random import Random

_SHARES_OF_SURNAMES = (
    "王 72 李 71 张 68 刘 54 陈 46 杨 31 黄 22 赵 21 吴 20 周 20 徐 14 孙 14 马 13 朱 13 "
    "胡 12 林 12 郭 11 何 11 高 10 罗 10 郑 9 梁 9 谢 8 宋 8 唐 8 许 7 邓 7 冯 7 韩 7 曹 7 "
    "曾 7 彭 7 萧 2 蔡 6 潘 6 田 6 董 6 袁 6 于 6 余 5 叶 5 蒋 5 杜 5 苏 5 魏 5 程 5 吕 5 丁 5 "
    "沈 5 任 5 姚 4 卢 4 傅 4 钟 4 姜 4 崔 4 谭 4 廖 4 范 4 汪 4 陆 4 金 4 石 3 戴 3 贾 3 韦 3 "
    "夏 3 邱 3 方 3 侯 3 邹 3 熊 3 孟 3 秦 3 白 3 江 3 阎 2 薛 3 尹 3 段 2 雷 2 黎 2 史 2 龙 2 "
    "陶 2 贺 2 顾 2 毛 2 郝 2 龚 2 邵 2 万 2 钱 2 严 2 覃 2 武 2 戚 1 莫 1 孔 1 向 1 常 1 汤 1 "
    "康 1 施 1 洪 1 欧阳 1"
)
_ENTRIES = _SHARES_OF_SURNAMES.split()
_NAMES = tuple(_ENTRIES[::2])
_WEIGHTS = tuple(accumulate(int(weight) for weight in _ENTRIES[1::2]))

_GIVEN = {
    ("M", 1940): "德明 国栋 树林 福生 建华 文忠 志华 永福 金生 长根 玉林 德胜 宝根 阿根 志明 国强 福根 云龙 水根 正荣 "
    "光明 荣生 炳荣 明德",
    ("M", 1950): "建国 国平 建华 志强 卫国 国庆 建平 永强 国强 建军 志明 金龙 国华 德华 新华 建中 跃进 援朝 爱国 利民 "
    "根荣 明华 水根 和平",
    ("M", 1960): "建军 卫东 建平 国平 志刚 红卫 永军 建明 国良 志强 卫明 伟国 军 勇 建新 晓东 文革 向东 国荣 建忠 "
    "春生 永明 海根 立新",
    ("M", 1970): "勇 军 伟 强 刚 斌 建峰 晓东 海波 志勇 永刚 文斌 国锋 建伟 俊 涛 辉 卫星 利军 春雷 海明 晓军 志伟 "
    "剑锋 小平 明辉",
    ("M", 1980): "伟 磊 鹏 超 杰 涛 斌 凯 飞 亮 俊杰 晓峰 海涛 志鹏 建波 文杰 鑫 博 浩 旭东 立伟 振华 宇 峰 佳伟 晨 "
    "永亮 学文",
    ("M", 1990): "浩 鑫 俊杰 文博 嘉豪 天宇 凯 一鸣 子豪 志豪 宇航 泽宇 晨 阳 家豪 佳明 思远 梓豪 昊 振宇 俊 明轩 "
    "逸飞 成龙 伟杰 云飞",
    ("M", 2000): "浩然 子轩 宇轩 浩宇 梓涵 一诺 博文 俊熙 子涵 奕辰 宇辰 浩轩 睿 沐宸 铭泽 辰逸 梓睿 子墨 亦辰 景行 "
    "嘉懿 承泽",
    ("F", 1940): "秀英 桂英 玉兰 桂珍 秀珍 凤英 素珍 兰英 玉珍 桂兰 月英 秀兰 彩英 水仙 阿英 素英 菊英 金花 凤仙 翠英",
    ("F", 1950): "秀英 玉兰 桂英 秀兰 玉英 秀珍 凤英 爱珍 淑芬 玉珍 桂芳 建英 美英 凤珍 彩娣 素琴 菊芳 爱华 月娥 美琴",
    ("F", 1960): "丽华 秀华 红 爱萍 美华 玉梅 桂芳 秀芳 淑珍 丽萍 建芬 玉芬 小红 亚萍 敏 卫红 美珍 秋英 雪珍 萍 惠芳 "
    "雅琴 月琴",
    ("F", 1970): "丽 艳 敏 芳 静 燕 红梅 丽娜 海燕 晓燕 春梅 丽君 霞 萍 红 小英 雪梅 玲 建芳 利萍 晓红 美娟 慧 琴 "
    "文娟 旭红",
    ("F", 1980): "静 婷 娜 丽娜 燕 倩 雪 莉 颖 玲 丹 晶 欢 佳 敏 洁 璐 媛 雯 艳 丽丽 婷婷 晓琳 海燕 佳佳 园园 文静 露",
    ("F", 1990): "婷 雨欣 佳怡 欣 梦婷 慧敏 雪婷 思琪 诗雨 晓彤 佳琪 梦洁 倩 雅婷 文静 梦瑶 若琳 怡 婉婷 嘉欣 琳 雨晴 "
    "紫薇 丹丹 露 欣悦",
    ("F", 2000): "欣怡 梓涵 诗涵 雨桐 一诺 可欣 子涵 思彤 依诺 雨萱 语桐 梓萱 若汐 芷若 诗琪 佳怡 悦 苡沫 沐瑶 语嫣 "
    "书瑶 安琪",
}  # fmt: skip
_POOLS = {key: tuple(names.split()) for key, names in _GIVEN.items()}


@dataclass(frozen=True, slots=True)
class Person:
    """A name with what belongs to it. `gender` is 男 or 女."""

    name: str
    gender: str
    birthday: date


def surname(rng: Random) -> str:
    """A surname by its share of the population."""
    return _NAMES[bisect(_WEIGHTS, rng.random() * _WEIGHTS[-1])]


def family_name(name: str) -> str:
    """The surname in a full name.

    >>> family_name("欧阳静")
    '欧阳'
    """
    return name[:2] if name.startswith("欧阳") else name[0]


def given_name(rng: Random, gender: str, born: int) -> str:
    """A given name of the fashion of the decade `born` (a year)."""
    decade = min(max(born // 10 * 10, 1940), 2000)
    sex = "M" if gender == "男" else "F"
    pool = _POOLS[sex, decade]
    if decade >= 1970 and rng.random() < 0.3:  # two characters of two neighbours, as parents do
        neighbour = _POOLS[sex, max(decade - 10, 1960) if rng.random() < 0.5 else min(decade + 10, 2000)]
        return _joined(rng.choice(pool), rng.choice(neighbour))
    return rng.choice(pool)


def _joined(first: str, second: str) -> str:
    return first[0] + second[-1] if first[0] != second[-1] else first


def person(rng: Random, gender: str, birthday: date) -> Person:
    """Somebody of that sex, born on that day."""
    return Person(surname(rng) + given_name(rng, gender, birthday.year), gender, birthday)


def born(rng: Random, as_of: date, age: float, spread: float, youngest: int, oldest: int) -> date:
    """A birthday: ages normal around `age`, between `youngest` and `oldest` years on `as_of`."""
    years = min(max(rng.gauss(age, spread), youngest + 0.01), oldest)
    return as_of - timedelta(days=int(years * 365.25))


def keeps_lunar(rng: Random, birthday: date) -> bool:
    """Whether the birthday is kept by the lunar calendar: usual for those born before 1970, rare after 1990."""
    share = 0.45 if birthday.year < 1965 else (0.25 if birthday.year < 1980 else 0.05)
    return rng.random() < share
