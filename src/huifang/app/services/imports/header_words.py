"""The words that headers are known by, in Chinese and English: target → words divided by spaces, for each kind of import."""

CUSTOMER = {
    "customer.code": (
        "客户编号 客户代码 客户号 客户id 会员号 会员卡号 会员编号 卡号 病案号 病历号 患者id 档案号 顾客编号 customerid "
        "customerno customercode clientid 编号"
    ),
    "customer.name": (
        "客户名称 客户姓名 姓名 客户 联系人 联系人姓名 患者姓名 病人姓名 会员姓名 车主 车主姓名 业主姓名 顾客姓名 收货人 "
        "送修人 名字 name customer customername fullname contact contactname patientname"
    ),
    "customer.kind": "客户类型 类型 customertype",
    "phone": (
        "手机 手机号 手机号码 客户手机号 客户手机 移动电话 电话 电话号码 联系电话 联系方式 固定电话 座机 联系人电话 "
        "客户电话 车主电话 备用电话 家庭电话 单位电话 办公电话 联系手机 送修人电话 电话1 电话2 手机1 手机2 phone mobile "
        "tel telephone cell cellphone phonenumber mobilephone"
    ),
    "email": "邮箱 电子邮箱 电子邮件 邮件 email e-mail mail",
    "wecom": "微信 微信号 企业微信 企业微信号 wechat wecom",
    "dingtalk": "钉钉 钉钉号 dingtalk",
    "feishu": "飞书 飞书号 feishu lark",
    "address": "地址 详细地址 客户地址 联系地址 家庭住址 住址 通讯地址 收货地址 省市区 所在地区 地区 address city",
    "branch": "门店 店名称 分店 所属门店 机构 院区 网点 分公司 所属机构 branch store shop",
    "owner": "负责人 客户经理 业务员 跟进人 领取客户的人 最终归属 归属人 专属顾问 owner accountmanager",
    "time_zone": "客户时区 所在时区 时区 customertimezone timezone tz",
    "birthday": "生日 出生日期 出生年月日 出生年月 birthday birthdate dateofbirth dob",
    "birthday_lunar": "农历生日 是否农历 农历",
    "first_seen": "建档日期 创建日期 创建时间 注册日期 注册时间 登记日期 首次到店 createdat createddate",
    "language": "语言 语种 首选语言 沟通语言 language locale preferredlanguage",
    "notes": "备注 客户备注 说明 备注信息 跟进日志 留言 remark remarks note notes comment comments",
    "attribute.organisation": "公司 公司名称 单位名称 工作单位 店名 店铺名称 商户名称 企业名称 company companyname organization",
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
EVENT = {
    "event.code": (
        "工单号 结算单号 单号 委托书号 维修单号 施工单号 订单号 订单编号 流水号 住院号 就诊号 门诊号 单据编号 单据号 "
        "交易号 invoiceno invoice orderno orderid ordernumber jobno transactionid"
    ),
    "event.at": (
        "结算日期 结算时间 出厂日期 出厂时间 完工日期 交车日期 出院日期 出院时间 就诊日期 就诊时间 下单时间 下单日期 "
        "订单日期 订单时间 交易日期 交易时间 消费日期 消费时间 业务日期 日期 时间 购买日期 成交日期 到店日期 date "
        "datetime time invoicedate orderdate settledon settleddate dischargedate visitdate"
    ),
    "event.kind": "业务类型 业务类别 事件类型 eventkind eventtype",
    "event.amount": (
        "金额 结算金额 总金额 订单金额 消费金额 应收金额 实收金额 实收 合计 总计 费用 总费用 价税合计 amount total price revenue"
    ),
    "event.staff": "服务顾问 接待人 经办人 主治医生 主管医生 责任护士 技师 销售顾问 接车人 staff advisor doctor handledby",
    "attribute.department": "科室 出院科室 就诊科室 病区 部门 department ward",
    "event.attribute.diagnosis": "诊断 出院诊断 主要诊断 diagnosis",
    "event.attribute.items": "维修项目 项目 服务项目 维修类型 维修类别 施工项目 商品 商品名称 产品 产品名称 description product item",
    "event.attribute.mileage": "里程 进厂里程 行驶里程 公里数 mileage",
    "event.attribute.quantity": "数量 quantity qty",
    "event.attribute.price": "单价 unitprice",
}
AGREEMENT = {
    "agreement.code": "合同号 合同编号 保单号 合约编号 协议编号 contractno policyno agreementno",
    "agreement.kind": "合同类型 合约类型 险种 保单类型 contracttype agreementkind policytype",
    "agreement.starts": "开始日期 起始日期 生效日期 起保日期 签订日期 签约日期 startdate starts effectivedate",
    "agreement.ends": "到期日期 到期日 终止日期 结束日期 截止日期 终保日期 失效日期 有效期至 enddate ends expirydate",
    "agreement.status": "合同状态 状态 status",
    "agreement.amount": "合同金额 保费 金额 premium amount",
}
STAFF = {
    "staff.code": "工号 员工编号 编号 code staffno employeeid",
    "staff.name": "姓名 员工姓名 名称 name",
    "branch": "门店 所属门店 机构 branch store",
    "staff.department": "部门 科室 所属部门 department",
    "staff.capacity": "每日回访量 日回访量 容量 capacity",
    "staff.hours": "班次 上班时间 工作时间 shift hours",
    "staff.skills": "技能 skills",
}
BRANCH = {
    "branch.code": "门店编号 编号 代码 机构代码 code branchcode",
    "branch.name": "门店名称 门店 名称 机构名称 name branchname",
    "branch.time_zone": "时区 timezone",
}
