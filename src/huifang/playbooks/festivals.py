"""Festivals that a programme can name; the calendar says on which day each falls."""

from __future__ import annotations

from huifang.domain.words import Words

FESTIVALS: dict[str, Words] = {
    "new-year": Words("元旦", "New Year's Day"),
    "laba": Words("腊八", "Laba"),
    "little-new-year": Words("小年", "Little New Year"),
    "new-year-eve": Words("除夕", "Chinese New Year's Eve"),
    "spring": Words("春节", "Spring Festival"),
    "lantern": Words("元宵节", "Lantern Festival"),
    "women": Words("妇女节", "Women's Day"),
    "dragon-head": Words("龙抬头", "Dragon Head Day"),
    "valentine": Words("情人节", "Valentine's Day"),
    "qingming": Words("清明", "Qingming"),
    "labour": Words("劳动节", "Labour Day"),
    "youth": Words("青年节", "Youth Day"),
    "children": Words("儿童节", "Children's Day"),
    "dragon-boat": Words("端午节", "Dragon Boat Festival"),
    "qixi": Words("七夕", "Qixi"),
    "ghost": Words("中元节", "Ghost Festival"),
    "teachers": Words("教师节", "Teachers' Day"),
    "mid-autumn": Words("中秋节", "Mid-Autumn Festival"),
    "national": Words("国庆节", "National Day"),
    "double-ninth": Words("重阳节", "Double Ninth"),
    "winter-solstice": Words("冬至", "Winter Solstice"),
    "christmas-eve": Words("平安夜", "Christmas Eve"),
    "christmas": Words("圣诞节", "Christmas"),
}
