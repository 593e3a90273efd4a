"""What patients and their families say on the telephone a week after they went home."""

from __future__ import annotations

from random import Random

from huifang.analytics.feedback.cleaning import clean
from huifang.analytics.feedback.topics import tree_of

_RECOVERY = {  # by what was treated, then by how it goes
    "operation": {
        "good": ("伤口已经长好了", "拆完线了，没什么感觉", "能自己下楼走走了", "现在基本不疼了",
        "恢复得挺好，饭量也上来了", "洗澡都没问题了"),
        "slow": ("刀口边上有点痒", "走多了还有点酸", "阴天刀口有点胀", "没什么力气，慢慢养着", "晚上翻身还会疼醒",
        "胃口还没全恢复"),
        "worse": ("伤口红肿，有点渗水", "疼得比出院时还厉害", "这两天又发烧了，三十八度多"),
    },
    "inner": {
        "good": ("恢复得挺好", "精神好多了", "血压这几天都正常", "睡觉也踏实了", "指标复查都正常了",
        "胸口不闷了，能出去散步", "胃口也开了"),
        "slow": ("还有点乏力", "晚上睡不太好", "走快了还有点喘", "头偶尔还晕一下", "药吃了好一点，停了又不舒服",
        "血压早上还是偏高"),
        "worse": ("血压一直降不下来", "头晕，站不稳", "吃了药起疹子了", "昨晚又难受了一次，差点打120"),
    },
    "lungs": {
        "good": ("咳嗽好了，胃口也开了", "烧早就退了", "痰少了，喘气顺多了", "精神好多了", "晚上不咳了"),
        "slow": ("早晚还咳几声", "痰还有一点", "上楼还有点喘", "没什么力气，在家歇着"),
        "worse": ("昨晚又烧起来了", "喘得比出院时厉害", "咳得整夜睡不着"),
    },
    "child": {
        "good": ("已经活蹦乱跳了", "吃饭睡觉都正常了", "烧退了没再反复", "都好了，已经去上学了",
        "咳嗽好了，胃口也开了"),
        "slow": ("早上起来还咳两声", "胃口还差一点", "鼻子还有点塞", "大便还没完全正常"),
        "worse": ("昨晚又烧到三十九度", "又吐了两次，没精神", "吃了药身上起疹子了"),
    },
    "birth": {
        "good": ("伤口长好了，宝宝也好", "奶水够了，恶露也干净了", "月子里都挺顺的", "复查都正常"),
        "slow": ("奶水还不太够", "腰还是酸", "伤口有点痒", "晚上睡不够，人没力气"),
        "worse": ("乳房胀痛，有点发烧", "伤口那里红了，碰着疼", "出血又多起来了"),
    },
    "local": {
        "good": ("好多了", "用了药第三天就好了", "已经没感觉了", "不影响上班了", "比去之前舒服多了"),
        "slow": ("好一点，还没断根", "时好时坏", "用药的时候好，停了又有点", "还有一点不舒服"),
        "worse": ("反而比去之前厉害了", "用了药更难受，不敢再用了", "疼得吃不下饭"),
    },
}  # fmt: skip
_EVERYWHERE = {
    "praise": (
        "{doctor}医生耐心，问什么都讲得明白", "你们还打电话来问，很暖心", "检查当天就做完了，没让人来回跑",
        "导诊的小姑娘很热情，一路带过去的", "{doctor}医生看得仔细，也不乱开药",
        "怎么吃药怎么忌口都写得清清楚楚", "{department}的护士态度好", "邻居介绍来的，果然没来错",
    ),
    "suggestion": (
        "希望检查能集中安排在一个上午", "门诊取药排队时间长", "停车太难，转了半个小时",
        "药的用法最好写大一点，老人看不清", "B超预约要等三天，能不能快点", "手机上看不到化验单",
        "希望能约到{doctor}医生的复诊号", "缴费窗口中午只开一个", "指示牌不清楚，找{department}绕了半天",
    ),
    "complaint": (
        "{doctor}医生说话太快，没听明白就让走了", "多收了一次检查费，问了两个窗口都说不清",
        "打{department}电话一直没人接", "等了三个小时，看了三分钟", "分诊台态度不好，问一句顶一句",
        "约的是上午的号，看上已经下午了",
    ),
}  # fmt: skip
_WARD = {
    "praise": ("{doctor}医生查房很仔细", "护士打针轻，夜里也常来看", "病房干净，夜里也安静",
    "食堂送饭到床边，很方便", "护士长还专门来教怎么护理", "出院手续一个上午就办好了"),
    "suggestion": ("陪护床太窄，能不能换一换", "病房热水供应时间能长一点就好", "探视时间管得松一点，我们下班赶不上",
    "出院结算能不能在病区办", "空调夜里有点冷"),
    "complaint": ("按铃十几分钟才有人来", "护士扎了三针才扎上，态度还不好", "等床等了一个礼拜，没人给个准话",
    "出院带药少了一种，又跑了一趟", "隔壁床半夜看电视，没人管"),
}  # fmt: skip
_ENDS = ("", "", "。", "，谢谢", "，谢谢你们", "，辛苦了", "，麻烦你们了", "，没别的了")


def words(rng: Random, group: str, recovery: str, feedback: str, patient: str, *, ward: bool, doctor: str, department: str) -> str:
    """One statement: how it goes, then praise, suggestion or complaint.

    `group` is what was treated (operation, inner, lungs, child, birth, local), `recovery` good, slow or worse,
    `feedback` may be empty,
    `patient` is what the speaker calls the patient (empty for oneself), `doctor` a surname.
    """
    said = [patient + rng.choice(_RECOVERY[group][recovery])]
    if feedback:
        matters = _EVERYWHERE[feedback] + (_WARD[feedback] if ward else ())
        said.append(rng.choice(matters).format(doctor=doctor, department=department))
        if feedback != "complaint" and rng.random() < 0.12:
            said.reverse()
    elif rng.random() < 0.35:
        said.append(rng.choice(_RECOVERY[group][recovery]))
    plain = list(dict.fromkeys(said)) if not patient or said[-1] != said[0].removeprefix(patient) else said[:1]
    return "，".join(plain) + rng.choice(_ENDS)


def topic(said: str) -> str:
    """What a statement is about, by the words of the trade's tree of topics; how the patient is counts where nothing else is said."""
    tree = tree_of("hospital")
    told = dict(zip(tree.keys, tree.scores(clean(said)), strict=True))
    recovery = told.pop("recovery")
    most = max(told, key=told.__getitem__)
    return most if told[most] else ("recovery" if recovery else "")
