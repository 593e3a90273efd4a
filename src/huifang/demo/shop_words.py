"""What a repair shop's customers say, put together from openings, matters and endings so that it seldom repeats.

The matters go with the ten questions of the satisfaction call.
"""

from __future__ import annotations

from datetime import date
from random import Random

QUESTIONS = (
    "explained",
    "reception",
    "quality",
    "bill",
    "handover",
    "total_time",
    "listening",
    "payment",
    "cleanliness",
    "waiting_room",
)
"""The ten questions, in the order they are asked."""

_PRAISE = {
    "explained": ("{adviser}把要换什么、为什么换讲得很清楚", "旧件都拿给我看了，讲得明明白白",
    "做之前先报价再动手，我放心", "没有乱推荐项目，能不换的就说不用换"),
    "reception": ("一进门就有人迎上来", "预约过来基本没等就开进去了", "{adviser}很热情，还记得我的车",
    "接车登记快，几分钟就办好了"),
    "quality": ("{work}做完以后开着顺多了", "之前的异响没有了", "{technician}手艺好，一次就修好",
    "跑了一百多公里都正常", "{vehicle}开了几年一直在你们这里弄，没出过问题"),
    "bill": ("单子一项一项列得很清楚", "最后价格和先前说的一样", "收费比4S店实在", "工时和材料分开写，看得懂"),
    "handover": ("取车的时候陪我绕车看了一圈", "做完马上打电话叫我来拿", "交车很快，还告诉我下次什么时候来"),
    "total_time": ("说好{hours}就是{hours}", "比预计的还早弄好", "中午来的，下午就开走了",
    "时间安排得紧凑，不耽误上班"),
    "listening": ("我说的毛病他们都记下来了", "我反映方向有点偏，特意去试了车", "问得仔细，听得也耐心"),
    "payment": ("付款有人带着，发票当场就给了", "会员卡怎么用讲得清楚", "结账不用排队"),
    "cleanliness": ("车子里外洗得干干净净", "脚垫座套都套好了，没弄脏", "洗得比外面洗车店还仔细"),
    "waiting_room": ("休息室有茶有水果，小孩也坐得住", "休息区隔着玻璃能看到自己的车",
    "等的时候还有充电的地方，空调也足"),
}  # fmt: skip
_SUGGEST = {
    "explained": ("换下来的旧件最好主动给客户看一下", "检查出来的问题拍个照片发给我更好",
    "保养套餐之间有什么区别最好写在墙上"),
    "reception": ("周末人多，能不能分时段预约", "早上八点前能开门就好了，我们要上班",
    "登记的时候老客户就不要重复填电话了"),
    "quality": ("修完最好带客户一起试一下车", "做完{work}过几天能提醒我回来复查就好", "配件能不能标明是原厂还是副厂"),
    "bill": ("结算单的字太小，老人家看不清", "能提前把大概价格发到手机上就好", "工时费能不能写清楚怎么算的"),
    "handover": ("交车时下次保养的公里数最好贴在车里", "好了以后发个短信，我电话有时接不到"),
    "total_time": ("能不能在手机上看到修到哪一步了", "中午休息那段时间最好也留人做", "快修和大修分开排队会快一点"),
    "listening": ("我在微信上先说过的毛病，到店就不用再讲一遍了", "希望接待和师傅之间多通个气"),
    "payment": ("希望可以开电子发票", "积分能抵多少最好结账时提醒一下", "收银只有一个人，忙的时候要排队"),
    "cleanliness": ("雨天就不用洗车了，省点时间", "车里的烟灰缸顺手倒一下就好了"),
    "waiting_room": ("休息室的电视声音太大，能不能放个安静的角落", "休息区多放几个插座",
    "最好提供接送，送到公交站也行", "儿童区的玩具该换换了"),
}  # fmt: skip
_COMPLAIN = {
    "explained": ("换了什么都没跟我讲，单子上才看到", "一上来就推荐一堆项目，也不说为什么要做",
    "电话里说的和到店说的不一样"),
    "reception": ("在前台站了十几分钟没人理", "明明预约了{hour}点，到了还是排在后面", "打了三次电话都没人接"),
    "quality": ("{work}做完没两天又有声音", "同一个毛病来了两次还没修好", "机油盖没拧紧，回去发现机舱里都是油",
    "方向盘装回去是歪的", "漆面有色差，太阳底下一看就出来了"),
    "bill": ("结账比说好的多了{extra}块，没人提前讲", "材料费比网上贵出一截", "检测费说好不收的，最后还是算进去了"),
    "handover": ("说好了打电话，结果我自己来问才知道早做完了", "钥匙找了二十分钟才找到", "交车的人说不清楚做了哪些"),
    "total_time": ("说{hours}，结果等了快一天", "等了三个多小时，前面只有两台车",
    "一个简单的活拖了大半天，下午请假都白请了", "配件没到也不提前说，让我白跑一趟"),
    "listening": ("我说了有异响，师傅说正常，根本没上车听", "讲了两遍的毛病还是没记到单子上",
    "提意见时接待的人一直在看手机"),
    "payment": ("发票拖到现在还没给", "会员价没有用上，要我自己提出来才改", "刷卡机坏了，让我去外面取钱"),
    "cleanliness": ("座椅上有油手印，擦不掉", "车没洗，脚垫也湿的就放回去了", "修完车里一股烟味"),
    "waiting_room": ("休息室有人抽烟，小孩呛得不行", "水都没有，空调也不开", "等的人多，连坐的地方都没有"),
}  # fmt: skip
_MATTERS = {"praise": _PRAISE, "suggestion": _SUGGEST, "complaint": _COMPLAIN}
_OPEN = {
    "praise": (
        "",
        "",
        "挺好的，",
        "满意，",
        "不错，",
        "没什么意见，",
        "这次还可以，",
        "蛮好，",
        "还行吧，",
        "都挺好，",
        "比上次强，",
        "说实话，",
        "我觉得",
    ),
    "suggestion": (
        "",
        "",
        "总体可以，就是",
        "别的没什么，",
        "提个小建议，",
        "都还好，",
        "修得没问题，",
        "我就说一点，",
        "有个想法，",
        "要说的话，",
    ),
    "complaint": (
        "",
        "",
        "不太满意，",
        "说实话很失望，",
        "这次不行，",
        "我正想打电话给你们，",
        "别的不说，",
        "有点生气，",
        "要投诉一下，",
        "老客户了还这样，",
    ),
}
_CLOSE = {
    "praise": ("", "", "，下次还来", "，谢谢你们", "，会介绍朋友来", "，辛苦了", "，继续保持", "，放心",
    "，一直在你们这里做", "，就这样"),
    "suggestion": ("", "", "，希望改进", "，供你们参考", "，这样更方便", "，其他都好", "，别的没了",
    "，跟你们店长说一下", "，能做到就更好了"),
    "complaint": ("", "，你们要给个说法", "，希望尽快处理", "，这样我下次不敢来了", "，叫你们负责人给我回个电话",
    "，不是钱的问题", "，太耽误事了", "，下次注意点", "，麻烦给我解决一下"),
}  # fmt: skip
_LOST = {
    "搬家或工作变动": (
        "搬到{place}去了，开过来要四十分钟",
        "换单位了，现在在{place}那边上班，就近做了",
        "人在外地，车放着没怎么开",
    ),
    "价格": ("网上买好机油找人换，便宜不少", "{place}那家新店搞活动，才{price}块一次", "同样的保养别家便宜一百多"),
    "换车": ("车卖了，换了新车在4S店做首保", "{vehicle}已经给儿子开了，他在外地", "换了电车，不用换机油了"),
    "对服务不满意": ("上次修了两回没修好，就没再来", "上次等太久，后来就去别家了", "上回多收了钱没讲清楚，心里不舒服"),
    "用车减少": ("今年开得少，公里数还没到", "现在坐公交上下班，车一个礼拜动一次", "退休了，很少开"),
    "忘记了": ("忙忘了，你不打电话我都不记得", "一直想来，周末没空", "最近事情多，下周抽空过来"),
}
LOST_ANSWERS = {
    "搬家或工作变动": ("distance",), "价格": ("price", "price", "dealer"), "换车": ("sold",), "对服务不满意": ("quality", "service"),
    "用车减少": ("not_needed",), "忘记了": ("not_needed", "other"),
}  # fmt: skip
"""Options of the question for the reason, by the reason's name."""
BOOKED = frozenset({"已预约到店", "有意向，转续保顾问"})
"""Next steps of a reminder with which something was agreed."""
_REPLIES = {  # next step, weight, lines
    "service-due": (
        ("已预约到店", 38, (
            "{when}{part}过来，帮我留个位", "那就约{when}{part}吧", "正好要做了，{when}来",
            "{when}{part}有空，先帮我登记上", "行，{when}下班以后来得及吗", "可以，{when}我让家里人开过来",
        )),
        ("客户自行安排", 44, (
            "公里数还没到，过阵子再说", "知道了，到时候自己过来", "最近忙，{when}以后再看",
            "这个月开得少，才跑了{km}公里", "人在外地，回来再做", "先不约，到了再打电话给你们",
        )),
        ("已在别处保养", 18, ("上周在外地做过了", "在单位附近做掉了", "4S店送了一次，做过了", "朋友店里顺手换掉了",
        "前几天灯亮了，就近做了")),
    ),
    "inspection-due": (
        ("已预约到店", 45, (
            "{when}{part}开过来一起弄", "你们代办多少钱？那就{when}吧", "行，{when}我把行驶证带上", "{when}{part}有空，帮我约一下")),
        ("客户自行安排", 38, ("我自己去检测站就行", "知道了，月底前去", "在手机上约好了", "单位统一去办")),
        ("已办理年检", 17, ("上个礼拜刚检过", "已经检好了，标都贴上了", "六年免检的，网上领了标")),
    ),
    "insurance-due": (
        ("有意向，转续保顾问", 34, ("你报个价给我看看", "可以的，算一下多少钱，微信发我",
        "在你们这儿买送保养吗，送就买", "去年{price}多，今年能便宜点吗", "三者想加到三百万，帮我算算")),
        ("已在别处投保", 36, ("已经续好了", "朋友做保险的，在他那里买了", "网上直接续了", "单位统一买的",
        "保险公司先打过来，就续了")),
        ("到期前再联系", 30, ("还早，下个月再打给我", "先不急，我比较一下", "家里人在管，晚点问问",
        "{when}以后再打给我", "等出险记录查清楚再说")),
    ),
}  # fmt: skip
_WEEKDAYS = "一二三四五六日"
_PLACES = ("高新区", "湖东", "青塘", "城北", "开发区", "机场路", "大学城")


def words(rng: Random, feedback: str, topic: str, **facts: str) -> str:
    """One statement: `feedback` is praise, suggestion or complaint, `topic` a question; `facts` fill vehicle, work,
    adviser, technician.
    """
    matters = _MATTERS[feedback]
    said = [rng.choice(matters[topic])]
    if feedback == "praise" and rng.random() < 0.45:
        other = rng.choice(QUESTIONS)
        if other != topic:
            said.append(rng.choice(matters[other]))
    filled = "，".join(said).format(
        hours=rng.choice(("一个小时", "两个小时", "半天", "一个半小时", "四十分钟")), hour=rng.choice("九十") ,
        extra=rng.choice((50, 80, 120, 160, 200, 260)), **facts,
    )  # fmt: skip
    ending = rng.choice(_CLOSE[feedback])
    text = rng.choice(_OPEN[feedback]) + filled + ("" if ending[1:] in filled else ending)
    return text + ("。" if rng.random() < 0.7 else "")


def lost_reason(rng: Random, vehicle: str) -> tuple[str, str]:
    """Why a lost customer has not come back: the reason's name and the words."""
    reason = rng.choices(tuple(_LOST), (18, 22, 12, 10, 20, 18))[0]
    said = rng.choice(_LOST[reason]).format(place=rng.choice(_PLACES), price=rng.choice((99, 128, 158, 168, 199)), vehicle=vehicle)
    return reason, said + rng.choice(("", "。", "，有需要再联系", "，谢谢", "，以后再说吧", "。"))


def reply(rng: Random, programme: str, when: date) -> tuple[str, str]:
    """What a customer answers to a reminder (``service-due``, ``insurance-due``): the next step and the words;
    `when` is the day spoken of.
    """
    choices = _REPLIES[programme]
    step, _, lines = rng.choices(choices, [weight for _, weight, _ in choices])[0]
    day = rng.choice((f"{when.day}号", f"周{_WEEKDAYS[when.weekday()]}", f"{when.month}月{when.day}号"))
    said = rng.choice(lines).format(
        when=day,
        part=rng.choice(("上午", "下午", "一早", "")),
        km=rng.randint(11, 48) * 100,
        price=rng.randint(21, 58) * 100,
    )
    return step, rng.choice(("", "", "", "嗯，", "哦，", "好的，", "你好，")) + said + rng.choice(
        ("", "", "。", "，谢谢提醒", "，谢谢", "。")
    )
