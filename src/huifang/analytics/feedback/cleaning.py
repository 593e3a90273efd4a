"""What a person typed or said, made equal where it means the same: widths, case, traditional characters, digits, stretched letters."""

from __future__ import annotations

import re
import unicodedata

HEAD, TAIL = 1_500, 500
"""Of a longer text the beginning and the end are read: what it is about, and what is wanted."""
_MARKUP = re.compile(r"<(script|style)\b.{0,2000}?</\1\s*>|<[a-z/!][^<>]{0,300}>", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"(?:https?://|www\.)[\x21-\x7e]{1,300}", re.IGNORECASE)
_DIGITS = re.compile(r"\d+")
_STRETCHED = re.compile(r"(.)\1{3,}", re.DOTALL)
_BLANK = re.compile(r"\s+")
_PAIRS = (
    "們们個个這这來来時时會会對对說说過过還还沒没後后點点樣样經经師师間间問问題题務务態态價价錢钱費费員员電电話话車车買买賣卖質质單单發发"
    "實实應应該该開开關关無无與与為为見见壞坏髒脏亂乱貴贵慢慢難难謝谢讚赞議议訴诉處处理理解解決决結结帳账賬账號号碼码門门診诊醫医護护"
    "藥药傷伤復复術术隊队長长漲涨漏漏樓楼電电梯梯場场園园區区網网頁页機机壓压聲声響响異异動动慮虑覺觉讓让給给請请認认識识記记訂订"
    "預预約约換换維维養养檢检測测試试驗验種种類类別别準准備备鐘钟歡欢樂乐愛爱親亲熱热靜静乾干淨净濕湿涼凉飯饭館馆飲饮體体頭头腳脚"
    "麼么嗎吗邊边裡里裏里從从進进遠远運运輸输遲迟險险陽阳陰阴隨随雖虽雙双歲岁滿满漸渐灣湾煩烦燈灯爛烂狀状獨独獎奖產产畫画盡尽"
    "確确禮礼積积穩稳窗窗筆笔節节範范簡简簽签糧粮紅红級级紙纸細细終终組组絕绝統统綠绿線线練练總总織织續续繼继罵骂義义習习聯联職职"
    "舊旧蓋盖補补裝装規规視视計计訊讯設设許许詢询誠诚誤误調调談谈論论講讲證证譯译責责貨货貼贴費费資资賠赔賓宾賴赖贈赠趕赶軟软較较輕轻輛辆"
    "輪轮轉转辦办農农遊游適适選选鄰邻銀银鎖锁錯错鐵铁鑰钥閉闭閒闲陳陈陸陆雜杂離离雞鸡雲云霧雾靈灵靠靠項项順顺須须預预領领頓顿顏颜願愿類类"
    "顧顾顯显風风飛飞餐餐驚惊髮发鬆松鬧闹魚鱼鮮鲜麗丽麥麦黃黄齊齐齒齿龍龙廁厕廚厨廠厂廣广張张強强彈弹當当從从徑径後后恥耻惡恶惱恼懶懒懷怀戶户"
    "擔担擠挤據据擾扰擺摆敗败數数斷断書书條条極极構构標标橋桥歸归殘残氣气溫温滅灭滾滚漢汉潔洁災灾爐炉牆墙"
)  # fmt: skip
_SIMPLE = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))


def clean(text: str) -> str:
    """The text to read: at most `HEAD` + `TAIL` characters, one blank between words, every number a 0. Never shown, never kept.

    >>> clean("等了３個小時！！！！！<b>太慢</b>")
    '等了0个小时!!! 太慢 '
    """
    if len(text) > 4 * (HEAD + TAIL):
        text = text[: 3 * HEAD] + "\n" + text[-3 * TAIL :]
    text = unicodedata.normalize("NFKC", text).lower().translate(_SIMPLE)
    text = _LINK.sub(" ", _MARKUP.sub(" ", text))
    text = "".join(each if unicodedata.category(each)[0] != "C" else " " if each in "\t\n\r" else "" for each in text)
    text = _BLANK.sub(" ", _STRETCHED.sub(r"\1\1\1", _DIGITS.sub("0", text)))
    return text if len(text) <= HEAD + TAIL else text[:HEAD] + " " + text[-TAIL:]


def says_something(text: str) -> bool:
    """Whether there is a letter, a character or a picture in a text: only then it is a statement.

    >>> says_something("。。。？"), says_something("👍"), says_something("ok")
    (False, True, True)
    """
    return any(unicodedata.category(each) in {"Lo", "Ll", "Lu", "Lt", "So"} for each in text)
