"""澜溪市仁和医院: departments with their doctors' work: who comes, with what, for how long, with which operation.

Three kinds of first contact are followed up: patients discharged from a ward, first visits to a special clinic
(特色专科), first visits to a
basic department (基础科室).
"""

from __future__ import annotations

from dataclasses import dataclass

INPATIENT, SPECIAL, BASIC = "visit.discharged", "visit.special_first", "visit.basic_first"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was treated and with which operation (may be empty); whom it befalls: 男, 女 or anybody, from an age on."""

    name: str
    surgery: str
    gender: str
    from_age: int

    def befalls(self, gender: str, age: float) -> bool:
        """Whether somebody of that sex and age can have it."""
        return self.gender in {"", gender} and age >= self.from_age


@dataclass(frozen=True, slots=True)
class Department:
    """One department: share of patients, age and its spread, limits of age, share of women, doctors, diagnoses with
    an operation or none.
    """

    name: str
    kind: str
    share: float
    age: tuple[float, float]
    limits: tuple[int, int]
    women: float
    doctors: int
    diagnoses: tuple[Diagnosis, ...]
    stay: tuple[int, int] = (0, 0)
    """Shortest and longest stay in days; wards only."""
    cost: tuple[int, int] = (120, 900)
    group: str = "local"
    """Which words its patients use (`hospital_words`); an operation has its own."""


def _pairs(text: str) -> tuple[Diagnosis, ...]:
    """``前列腺增生:男50/经尿道前列腺电切术`` for each diagnosis: name, then sex and age from which on, then the
    operation.
    """
    found = []
    for entry in text.split():
        head, _, surgery = entry.partition("/")
        name, _, whom = head.partition(":")
        gender = whom[:1] if whom[:1] in {"男", "女"} else ""
        found.append(Diagnosis(name, surgery, gender, int(whom.removeprefix(gender) or 0)))
    return tuple(found)


DEPARTMENTS = (
    Department("普外科", INPATIENT, 9, (54, 15), (16, 90), 0.48, 6, _pairs(
        "胆囊结石伴慢性胆囊炎/腹腔镜胆囊切除术 急性阑尾炎/腹腔镜阑尾切除术 腹股沟疝/无张力疝修补术 "
        "甲状腺结节/甲状腺腺叶切除术 乳腺纤维腺瘤:女/乳腺肿物切除术 肠梗阻"),
        (3, 10), (6000, 22000), "inner"),
    Department("骨科", INPATIENT, 9, (57, 17), (10, 92), 0.5, 6, _pairs(
        "桡骨远端骨折/切开复位内固定术 股骨颈骨折:62/人工股骨头置换术 腰椎间盘突出症:25 "
        "膝关节骨性关节炎:56/全膝关节置换术 踝关节骨折/切开复位内固定术 肩袖损伤:35/关节镜下肩袖修补术"),
        (5, 16), (9000, 46000), "local"),
    Department("妇产科", INPATIENT, 9, (32, 7), (20, 62), 1, 6, _pairs(
        "足月顺产 剖宫产/子宫下段剖宫产术 子宫肌瘤:30/腹腔镜子宫肌瘤剔除术 卵巢囊肿/腹腔镜卵巢囊肿剥除术 先兆流产"),
        (3, 7), (4500, 16000), "birth"),
    Department("心血管内科", INPATIENT, 8, (67, 11), (35, 93), 0.46, 5, _pairs(
        "冠心病:45/冠状动脉支架植入术 高血压病3级 心房颤动/射频消融术 慢性心力衰竭:50 急性心肌梗死:40/急诊PCI术"),
        (4, 12), (7000, 42000), "inner"),
    Department("呼吸内科", INPATIENT, 6, (64, 15), (16, 93), 0.42, 4,
    _pairs("社区获得性肺炎 慢性阻塞性肺疾病急性加重:45 支气管哮喘 支气管扩张"), (5, 12), (5000, 15000), "lungs"),
    Department("神经内科", INPATIENT, 6, (67, 12), (25, 93), 0.45, 4,
    _pairs("脑梗死:45 短暂性脑缺血发作 后循环缺血 偏头痛 帕金森病:55"), (6, 15), (7000, 21000), "inner"),
    Department("消化内科", INPATIENT, 5, (55, 15), (16, 90), 0.45, 4, _pairs(
        "结肠息肉:30/内镜下息肉切除术 十二指肠溃疡 急性胰腺炎 胃食管反流病 肝硬化:40"), (3, 9), (4500, 16000), "inner"),
    Department("儿科病区", INPATIENT, 5, (5, 3), (0, 13), 0.45, 4,
    _pairs("支气管肺炎 手足口病 急性胃肠炎 热性惊厥 川崎病"), (3, 8), (2500, 7500), "child"),
    Department("泌尿外科", INPATIENT, 4, (56, 14), (18, 90), 0.22, 3, _pairs(
        "输尿管结石/输尿管软镜碎石术 前列腺增生:男55/经尿道前列腺电切术 肾结石/经皮肾镜碎石术 "
        "精索静脉曲张:男/精索静脉结扎术"), (3, 8), (7000, 21000), "inner"),
    Department("肛肠科", SPECIAL, 5, (44, 13), (18, 80), 0.45, 3, _pairs("混合痔 肛裂 肛周脓肿 便秘")),
    Department("疼痛科", SPECIAL, 4, (58, 13), (22, 88), 0.58, 3,
    _pairs("带状疱疹后神经痛:45 颈椎病 肩周炎:40 膝关节痛")),
    Department("眼科", SPECIAL, 5, (52, 22), (6, 90), 0.52, 3,
    _pairs("老年性白内障:55 干眼症 青光眼:40 屈光不正 翼状胬肉:35")),
    Department("康复医学科", SPECIAL, 3, (60, 15), (18, 90), 0.48, 3,
    _pairs("脑卒中后遗症:48 骨折术后功能障碍 颈肩腰腿痛 面神经炎")),
    Department("甲状腺专科", SPECIAL, 3, (45, 13), (18, 78), 0.78, 2,
    _pairs("甲状腺功能亢进症 甲状腺功能减退症 甲状腺结节 亚急性甲状腺炎")),
    Department("内科门诊", BASIC, 6, (52, 16), (15, 90), 0.5, 5,
    _pairs("高血压病:30 2型糖尿病:32 慢性胃炎 上呼吸道感染 高脂血症:30"), group="inner"),
    Department("儿科门诊", BASIC, 4, (5, 3), (0, 13), 0.46, 4, _pairs("上呼吸道感染 急性支气管炎 腹泻病 过敏性鼻炎"),
    group="child"),
    Department("皮肤科", BASIC, 4, (37, 16), (3, 85), 0.55, 3, _pairs("湿疹 荨麻疹 痤疮:12 带状疱疹 足癣")),
    Department("口腔科", BASIC, 4, (42, 18), (5, 85), 0.53, 4, _pairs("龋病 慢性牙周炎:25 智齿冠周炎:18 牙体缺损")),
    Department("耳鼻喉科", BASIC, 4, (42, 18), (5, 85), 0.48, 3, _pairs("慢性鼻窦炎 中耳炎 慢性咽炎 突发性耳聋:25")),
)  # fmt: skip
TITLES = ("主任医师", "副主任医师", "主治医师", "主治医师", "住院医师", "住院医师")
