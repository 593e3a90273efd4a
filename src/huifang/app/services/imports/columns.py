"""Which column means what: guessed from headers in Chinese and English and from what stands in the column, or remembered.

A mapping is ``{"0": "customer.name", "3": "phone", …}``: column from 0 → target. Targets are those of `TARGETS`, ``attribute.<name>``
(of the customer, and of the event of the same row), ``event.attribute.<name>``, ``agreement.attribute.<name>``,
``agreement.<kind>.ends`` and ``.starts`` (an agreement kept with the customer's other data). A column without a target is not imported.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence

from huifang.app.services.imports.phones import phones
from huifang.app.services.imports.reading import Cell
from huifang.app.services.imports.values import text
from huifang.app.services.register.rows import Unreadable
from huifang.domain.words import Words

TARGETS: dict[str, Words] = {
    "customer.code": Words("客户编号", "Customer number"),
    "customer.name": Words("客户姓名", "Customer name"),
    "customer.kind": Words("客户类型", "Kind of customer"),
    "phone": Words("电话", "Phone"),
    "email": Words("邮箱", "E-mail"),
    "wecom": Words("微信", "WeChat"),
    "address": Words("地址", "Address"),
    "branch": Words("门店", "Branch"),
    "owner": Words("负责人", "Person in charge"),
    "birthday": Words("生日", "Birthday"),
    "birthday_lunar": Words("农历生日", "Lunar birthday"),
    "first_seen": Words("建档日期", "First seen"),
    "notes": Words("备注", "Notes"),
    "event.kind": Words("业务类型", "Kind of event"),
    "event.code": Words("单号", "Number of the event"),
    "event.at": Words("业务日期", "Date of the event"),
    "event.amount": Words("金额", "Amount"),
    "event.staff": Words("经办人", "Handled by"),
    "agreement.kind": Words("合约类型", "Kind of agreement"),
    "agreement.code": Words("合约编号", "Number of the agreement"),
    "agreement.starts": Words("开始日期", "Starts"),
    "agreement.ends": Words("到期日期", "Ends"),
    "agreement.status": Words("合约状态", "State of the agreement"),
    "agreement.amount": Words("合约金额", "Amount of the agreement"),
    "staff.code": Words("工号", "Staff number"),
    "staff.name": Words("员工姓名", "Name of staff"),
    "staff.capacity": Words("每日回访量", "Follow-ups a day"),
    "staff.skills": Words("技能", "Skills"),
    "branch.code": Words("门店编号", "Branch number"),
    "branch.name": Words("门店名称", "Name of branch"),
    "branch.time_zone": Words("时区", "Time zone"),
}
ATTRIBUTE_TYPES = {"next_service": "date", "mileage": "number", "quantity": "number", "price": "number"}
"""Attributes that are not text."""

_CUSTOMER = {
    "customer.code": "客户编号 客户代码 客户号 客户id 会员号 会员卡号 会员编号 卡号 病案号 病历号 患者id 档案号 顾客编号 customerid customerno customercode clientid 编号",
    "customer.name": "客户名称 客户姓名 姓名 客户 联系人 联系人姓名 患者姓名 病人姓名 会员姓名 车主 车主姓名 业主姓名 顾客姓名 收货人 送修人 名字 "
    "name customer customername fullname contact contactname patientname",
    "customer.kind": "客户类型 类型 customertype",
    "phone": "手机 手机号 手机号码 客户手机号 客户手机 移动电话 电话 电话号码 联系电话 联系方式 固定电话 座机 联系人电话 客户电话 车主电话 备用电话 家庭电话 "
    "单位电话 办公电话 联系手机 送修人电话 电话1 电话2 手机1 手机2 phone mobile tel telephone cell cellphone phonenumber mobilephone",
    "email": "邮箱 电子邮箱 电子邮件 邮件 email e-mail mail",
    "wecom": "微信 微信号 wechat",
    "address": "地址 详细地址 客户地址 联系地址 家庭住址 住址 通讯地址 收货地址 省市区 所在地区 地区 address city",
    "branch": "门店 店名称 分店 所属门店 机构 院区 网点 分公司 所属机构 branch store shop",
    "owner": "负责人 客户经理 业务员 跟进人 领取客户的人 最终归属 归属人 专属顾问 owner accountmanager",
    "birthday": "生日 出生日期 出生年月日 出生年月 birthday birthdate dateofbirth dob",
    "birthday_lunar": "农历生日 是否农历 农历",
    "first_seen": "建档日期 创建日期 创建时间 注册日期 注册时间 登记日期 首次到店 createdat createddate",
    "notes": "备注 客户备注 说明 备注信息 跟进日志 留言 remark remarks note notes comment comments",
    "attribute.organisation": "公司 公司名称 单位名称 工作单位 店名 店铺名称 商户名称 企业名称 company companyname organisation organization",
    "attribute.gender": "性别 gender sex",
    "attribute.level": "会员等级 客户等级 客户级别 等级 客户标签 标签 level tier",
    "attribute.plate": "车牌号 车牌 车牌号码 号牌 号牌号码 plate plateno licenseplate",
    "attribute.vehicle": "车型 品牌车型 车辆型号 车系 品牌 vehicle model",
    "attribute.vin": "车架号 vin vin码 底盘号",
    "attribute.next_service": "下次保养日期 下次保养时间 下次保养 保养到期 保养到期日 预计下次保养 nextservice nextservicedate",
    "agreement.insurance.ends": "保险到期 保险到期日 保险到期日期 交强险到期 商业险到期 保险止期 insuranceend insuranceexpiry",
    "agreement.warranty.ends": "质保到期 质保到期日 保修到期 保修到期日 质保截止 warrantyend warrantyexpiry",
    "agreement.membership.ends": "会员到期 会员到期日 会员有效期 membershipend",
    "agreement.inspection.ends": "年检到期 年检到期日 年审到期 年检日期",
}
_EVENT = {
    "event.code": "工单号 结算单号 单号 委托书号 维修单号 施工单号 订单号 订单编号 流水号 住院号 就诊号 门诊号 单据编号 单据号 交易号 invoiceno invoice orderno orderid "
    "ordernumber jobno transactionid",
    "event.at": "结算日期 结算时间 出厂日期 出厂时间 完工日期 交车日期 出院日期 出院时间 就诊日期 就诊时间 下单时间 下单日期 订单日期 订单时间 交易日期 交易时间 消费日期 消费时间 业务日期 "
    "日期 时间 购买日期 成交日期 到店日期 date datetime time invoicedate orderdate settledon settleddate dischargedate visitdate",
    "event.kind": "业务类型 业务类别 事件类型 eventkind eventtype",
    "event.amount": "金额 结算金额 总金额 订单金额 消费金额 应收金额 实收金额 实收 合计 总计 费用 总费用 价税合计 amount total price revenue",
    "event.staff": "服务顾问 接待人 经办人 主治医生 主管医生 责任护士 技师 销售顾问 接车人 staff advisor doctor handledby",
    "attribute.department": "科室 出院科室 就诊科室 病区 部门 department ward",
    "event.attribute.diagnosis": "诊断 出院诊断 主要诊断 diagnosis",
    "event.attribute.items": "维修项目 项目 服务项目 维修类型 维修类别 施工项目 商品 商品名称 产品 产品名称 description product item",
    "event.attribute.mileage": "里程 进厂里程 行驶里程 公里数 mileage",
    "event.attribute.quantity": "数量 quantity qty",
    "event.attribute.price": "单价 unitprice",
}
_AGREEMENT = {
    "agreement.code": "合同号 合同编号 保单号 合约编号 协议编号 contractno policyno agreementno",
    "agreement.kind": "合同类型 合约类型 险种 保单类型 contracttype agreementkind policytype",
    "agreement.starts": "开始日期 起始日期 生效日期 起保日期 签订日期 签约日期 startdate starts effectivedate",
    "agreement.ends": "到期日期 到期日 终止日期 结束日期 截止日期 终保日期 失效日期 有效期至 enddate ends expirydate",
    "agreement.status": "合同状态 状态 status",
    "agreement.amount": "合同金额 保费 金额 premium amount",
}
_STAFF = {
    "staff.code": "工号 员工编号 编号 code staffno employeeid",
    "staff.name": "姓名 员工姓名 名称 name",
    "branch": "门店 部门 所属门店 机构 branch store",
    "staff.capacity": "每日回访量 日回访量 容量 capacity",
    "staff.skills": "技能 skills",
}
_BRANCH = {
    "branch.code": "门店编号 编号 代码 机构代码 code branchcode",
    "branch.name": "门店名称 门店 名称 机构名称 name branchname",
    "branch.time_zone": "时区 timezone",
}
_BY_KIND = {
    "customers": (_CUSTOMER,), "events": (_EVENT, _CUSTOMER), "agreements": (_AGREEMENT, _CUSTOMER), "staff": (_STAFF,), "branches": (_BRANCH,),
    "": (_CUSTOMER, _EVENT, _AGREEMENT),
}  # fmt: skip
_WHOLE = frozenset(
    [
        "日期",
        "时间",
        "编号",
        "代码",
        "名称",
        "名字",
        "说明",
        "状态",
        "类型",
        "等级",
        "标签",
        "品牌",
        "项目",
        "产品",
        "商品",
        "客户",
        "姓名",
        "金额",
        "费用",
        "合计",
        "部门",
        "机构",
        "amount",
        "price",
        "total",
        "product",
        "model",
        "state",
    ]
)
"""Words that mean something only when they are the whole header."""
_MANY = frozenset({"phone", "notes", "address"})
"""Targets that several columns may share."""
_EVENT_KINDS = (
    ("结算", "job.settled"),
    ("工单", "job.settled"),
    ("出院", "visit.discharged"),
    ("就诊", "visit.outpatient"),
    ("订单", "order"),
    ("下单", "order"),
)


_NAMED = re.compile(r"((event\.|agreement\.)?attribute\.[^\W\d]\w{0,59}|agreement\.[a-z][a-z0-9_.]{0,59}\.(starts|ends))")


def is_named(target: str) -> bool:
    """Whether a target is an attribute or the end of an agreement, under any name."""
    return bool(_NAMED.fullmatch(target))


def plain(header: str) -> str:
    """A header as it is compared: half width, lower case, without spaces, marks, brackets and what stands in them."""
    half = unicodedata.normalize("NFKC", header).lower()
    return re.sub(r"[\s*:_\-./()\[\]【】'\"]", "", re.sub(r"[(\[【].*?[)\]】]", "", half)) or re.sub(r"\s", "", half)


def known_words(kind: str) -> dict[str, str]:
    """Plain header → target for a kind of import; ``""`` for any kind."""
    words: dict[str, str] = {}
    for group in _BY_KIND[kind]:
        for target, said in group.items():
            for word in said.split():
                words.setdefault(plain(word), target)
    return words


def guess(names: Sequence[str], sample: Sequence[Sequence[Cell]], kind: str = "") -> dict[str, str]:
    """A mapping for headers `names` with some rows beneath them."""
    words = known_words(kind)
    found: dict[str, str] = {}
    for exact in (True, False):
        for number, name in enumerate(names):
            target = "" if str(number) in found else _match(plain(name), words, exact=exact)
            if target and (target in _MANY or target not in found.values()):
                found[str(number)] = target
    if "phone" not in found.values() and kind not in ("staff", "branches"):
        found.update({str(column): "phone" for column in range(len(names)) if str(column) not in found and _is_phones(sample, column)})
    return _named(found, dict(sorted(found.items(), key=lambda item: int(item[0]))))


def _named(found: Mapping[str, str], ordered: dict[str, str]) -> dict[str, str]:
    """A list of shops or companies without people's names: the organisation is the customer."""
    if "customer.name" not in found.values() and "staff.name" not in found.values():
        for column, target in ordered.items():
            if target == "attribute.organisation":
                ordered[column] = "customer.name"
                break
    return ordered


def _match(header: str, words: Mapping[str, str], *, exact: bool) -> str:
    if exact or len(header) < 3:
        return words.get(header, "")
    inside = [word for word in words if word not in _WHOLE and len(word) >= (5 if word.isascii() else 2) and header.endswith(word)]
    return words[max(inside, key=len)] if inside else ""


def _is_phones(sample: Sequence[Sequence[Cell]], column: int) -> bool:
    cells = [row[column] for row in sample if column < len(row) and text(row[column])]
    good = 0
    for cell in cells:
        try:
            good += any(phone.mobile for phone in phones(cell))
        except Unreadable:
            continue
    return bool(cells) and good * 5 >= len(cells) * 4


def guess_kind(mapping: Mapping[str, str], names: Sequence[str]) -> tuple[str, str]:
    """Kind of import and, for events, kind of event that a mapping made for any kind speaks of."""
    targets = set(mapping.values())
    if targets & {"event.at", "event.code"}:
        headers = "".join(names)
        return "events", next((kind for word, kind in _EVENT_KINDS if word in headers), "order")
    return ("agreements", "") if "agreement.code" in targets else ("customers", "")


REASONS = (Words("【原行号】", "[line]"), Words("【问题列】", "[column]"), Words("【原因】", "[reason]"))
"""Headers of the columns that a file of rejected rows has besides its own."""


def is_reason(name: str) -> bool:
    """Whether a column was added to tell why a row was rejected."""
    return any(name in (words.zh, words.en) for words in REASONS)


def header_hash(names: Sequence[str]) -> str:
    """What a remembered mapping is found by; the same for a file of rejected rows."""
    return hashlib.sha256("\x1f".join(plain(name) for name in names if not is_reason(name)).encode()).hexdigest()
