"""Personal data taken out of a text before it leaves the house: numbers, addresses, plates, names that are known or announced."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦"
    "邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文"
)
_CALLED = "先生|女士|小姐|师傅|经理|医生|主任|护士|老师|阿姨|总"
_HAN, _HOUSE = "[\u4e00-\u9fff]", "栋|幢|座|单元|室"
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}"), "[mail]"),
    (re.compile(r"(?:https?://|www\.)\S{1,300}", re.IGNORECASE), "[link]"),
    (re.compile(rf"[{_PROVINCES}][A-Za-z][·.\s-]?[A-Za-z0-9]{{4,5}}[A-Za-z0-9挂学警]"), "[plate]"),
    (re.compile(r"(?:微信|微信号|wechat|vx|qq)[号:是\s]{0,3}[A-Za-z0-9_-]{5,20}", re.IGNORECASE), "[chat]"),
    (re.compile(r"\d[\d\s.·•()（）–—-]{4,24}[\dXx]"), "[number]"),
    (re.compile(r"[零〇一二三四五六七八九幺两]{7,}"), "[number]"),
    (
        re.compile(
            rf"{_HAN}{{1,10}}(?:路|街|大道|巷|弄)\s?[\d一二三四五六七八九十百]{{1,6}}\s?(?:号|弄)?(?:[\d\w-]{{0,6}}(?:{_HOUSE}|楼))*"
        ),
        "[address]",
    ),
    (re.compile(rf"\d{{1,4}}\s?(?:{_HOUSE}|号楼)(?:\s?[\dA-Za-z-]{{1,6}}\s?(?:单元|室|号)?)*"), "[address]"),
    (re.compile(rf"(?<=我叫){_HAN}{{2,4}}|(?<=我是){_HAN}{{2,3}}(?=[,，。.!！ ])|(?<=名字是){_HAN}{{2,4}}"), "[name]"),
    (re.compile(rf"(?:[小老]?[{_SURNAMES}])(?:{_CALLED})"), "[name]"),
)


def hide(text: str, names: Iterable[str] = ()) -> str:
    """`text` without what tells who it is about; `names` are those known of the customer and the staff, of at least two characters.

    >>> hide("我是王芳，电话13800001234，车牌苏E12345，找李师傅", ["王芳"])
    '我是[name]，电话[number]，车牌[plate]，找[name]'
    """
    for name in sorted({each.strip() for each in names}, key=len, reverse=True):
        if len(name) >= 2:
            text = re.sub(re.escape(name), "[name]", text, flags=re.IGNORECASE)
    for pattern, put in _PATTERNS:
        text = pattern.sub(put, text)
    return text
