"""What supervisors of a generated business have written: remarks to records, articles to know, measures."""

from __future__ import annotations

from dataclasses import dataclass

REMARK = "客户说了不满意，原话只记了一半，请听录音补全；下次先致歉，再问具体是哪一处。"
ANSWER = "已听录音补全，客户说的是等候时间，没有别的意见。以后当场复述一遍再挂断。"
LEFT = "当天来不及，顺延到下一个工作日。"
"""Why a line of a signed day stayed open."""
PRAISE = "复述清楚，客户的原话记得完整，可以给同事听。"


@dataclass(frozen=True, slots=True)
class Article:
    """An article of the knowledge base; `required` of agents."""

    title: str
    words: str
    tags: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure against the commonest cause of cases; what was done at each stage that has ended."""

    title: str
    evidence: tuple[str, ...]


ARTICLES = {
    "repair-shop": (
        Article(
            "客户说不满意时怎么办",
            "先听完，不解释、不争辩。复述一遍客户的话，问清是哪台车、哪一次、哪一处。\n"
            "致歉，告诉客户会有主管回电，并说明大约什么时候。\n"
            "原话照录，当场建工单。不要答应赔偿，不要说“这不归我管”。",
            ("投诉", "不满意"), required=True,
        ),
        Article(
            "多久保养一次",
            "以车辆保养手册为准。手册不在手边时：矿物机油约五千公里或半年，半合成约七千五百公里，全合成约一万公里或一年，先到为准。\n"
            "客户里程不确定时，请他看仪表盘总里程，再和上次进厂的里程相减。",
            ("保养", "机油"),
        ),
        Article(
            "车险到期前要准备什么",
            "行驶证、被保险人身份证、上年保单。出过险的先查理赔次数，保费会变。\n不要替客户估价，只说由保险专员报价后回电。",
            ("保险", "续保"),
        ),
        Article(
            "刹车异响的几种常见说法",
            "尖叫：多半是刹车片见底或有沙石。沉闷：可能是刹车盘变形。只在早晨第一脚响：多为浮锈，踩几脚就好。\n"
            "电话里只作记录，不下结论；请客户尽早回厂检查，异响明显时不要再开。",
            ("刹车", "异响"),
        ),
    ),
    "hospital": (
        Article(
            "随访电话的保密要求",
            "先核对本人：姓名加就诊日期。不是本人，不说科室、诊断和用药，只请转告回电。\n"
            "不在公共场合外放通话。患者问检查结果，请其到门诊或线上查询，不在电话里念。",
            ("保密", "核对"), required=True,
        ),
        Article(
            "患者说病情有变化怎么办",
            "发热、出血、胸痛、呼吸困难、意识不清：请立即就近急诊或拨打120，挂断后马上报告主管医生。\n"
            "一般不适：记录症状、开始时间和用药，当场建工单，由经管医生在半小时内回电。随访员不作诊断，不改医嘱。",
            ("病情", "急诊"),
        ),
        Article(
            "复查前要注意什么",
            "需空腹的项目：抽血、腹部超声、胃镜，前一晚十点后不进食。\n带上出院小结和正在服用的药。改期请提前一天来电。",
            ("复查",),
        ),
    ),
}  # fmt: skip
MEASURES = {
    "repair-shop": (
        Measure("交车前由服务顾问带客户看一遍更换下来的旧件", ("各店张贴流程，上月起执行。", "抽查四十台，三十七台做到。")),
        Measure("预约高峰前一天核对工位，超时一小时主动告知客户", ("排班表加一列预计完工时间。",)),
        Measure("结算单上的项目用客户听得懂的话写", ()),
    ),
    "hospital": (
        Measure("出院当天由责任护士用一页纸讲清用药和复查日期", ("设计一页纸，六个病区试用。", "试用病区来电询问减少。")),
        Measure("随访中发现病情变化，三十分钟内医生回电", ("医务科下发通知，随访系统直接建工单。",)),
    ),
}
