"""The audit trail's actions in words: ``playbook.activated`` is read "Playbook: activated" and “回访方案：启用”.

An action is ``thing.what``; English says what stands there, Chinese has a word for each half. A half nobody has a word for stays as it is.
"""

from __future__ import annotations

import re

from huifang.domain.words import Words

THINGS = {
    "absence": "休假", "answer-file": "答卷文件", "api-key": "接口密钥", "article": "知识", "branch": "门店", "calendar": "工作日历",
    "calendar-feed": "日历订阅", "case": "工单", "channel": "渠道", "consent": "联络意愿", "contact": "联络",
    "contact-point": "联系方式", "contact_point": "联系方式", "content": "消息内容", "coupon": "优惠券", "coupons": "优惠券",
    "customer": "客户", "day": "日清日结", "demo": "演示数据", "department": "部门", "dialler": "外呼", "event-source": "事件来源",
    "export": "大批量导出", "facts": "外部数据", "feedback": "客户反馈", "followup": "回访任务", "import": "数据导入",
    "incoming": "客户来信", "language-model": "语言模型", "learn": "模型学习", "letters": "信函", "link": "链接", "measure": "改进措施",
    "message": "消息", "notices": "通知方式", "plan": "回访计划", "playbook": "回访方案", "policy": "联络策略", "promise": "约定",
    "record": "回访记录", "recording": "录音", "refusals": "禁止联络名单", "register": "登记表", "reply": "客户回复", "report": "报告",
    "review": "质检", "robot": "群机器人", "schedule": "排期表", "sending": "批量发送", "staff": "员工", "survey": "问卷",
    "topics": "主题树", "training": "培训", "webhook": "推送", "work": "工作交接",
}  # fmt: skip
"""First halves."""
DEEDS = {
    "activated": "启用", "added": "添加", "again": "重新发送", "allowed": "放行", "answered": "答复",
    "approval.asked": "申请批准", "approved": "批准", "asked": "申请",
    "assigned": "转交", "begun": "开始", "brought-in": "入库", "case": "立案", "changed": "修改", "chosen": "选定", "cleared": "清除",
    "clicked": "点击", "closed": "办结", "comment": "留言", "confirmed": "确认", "content": "客户满意", "corrected": "更正",
    "decided": "判定",
    "different": "判为不同客户", "done": "完成", "draft.begun": "开始草稿", "draft.thrown-away": "丢弃草稿", "dry-run": "试算",
    "erased": "删除个人信息", "escalated": "升级", "exported": "导出", "failed": "失败",
    "given": "同意", "given-back": "交回", "given-up": "放弃", "handed": "交出", "handed-over": "交接", "heard": "收听", "held": "等待确认",
    "joined": "合并", "kept": "保存", "learned": "学习",
    "let-return": "允许重新登记", "link-closed": "关闭链接", "link-made": "生成链接", "loaded": "载入",
    "made": "生成", "mailed": "邮件发送", "marked": "标记", "measure": "关联措施", "merged": "合并", "moved": "移动", "off": "停用",
    "on": "启用", "opened": "打开", "outlook": "推演", "outlook-stopped": "停止推演", "outside": "外部联络", "password": "重置密码",
    "paused": "暂停计时", "priced": "设定费用", "printed": "打印", "promised": "承诺客户", "proposed": "申请补偿", "read": "阅读",
    "reassigned": "改派", "received": "接收", "reconciled": "对账", "refused": "拦截", "reminded": "提醒", "removed": "移除",
    "renamed": "改名", "reopened": "重新打开", "reported": "报告", "restored": "恢复", "results-taken": "收取结果",
    "resumed": "恢复计时", "retired": "停用", "returned": "退回", "returned-to": "回到旧版本", "revealed": "查看完整号码",
    "revoked": "吊销", "saved": "保存", "set": "设定", "settled": "核实", "signed": "签字", "solved": "解决", "split": "拆分",
    "status": "变更状态", "stop-asked": "要求停止", "stopped": "停止", "submitted": "提交", "subscribed": "订阅", "taken": "取走",
    "taken-apart": "拆开", "taken-back": "收回", "taken-in": "核销", "taken-out": "取走", "tested": "试发", "told": "告知结果",
    "undone": "撤销", "uploaded": "上传", "withdrawn": "撤回", "words-taken": "取出意见原话", "written": "编写",
}  # fmt: skip
"""Second halves."""
_REFUSED = Words("联络意愿：拒绝", "Consent: refused")
"""The customer refuses; elsewhere what is refused is a contact, by the gate."""


def deed_words(action: str) -> Words:
    """What is told by an action of the audit trail.

    >>> deed_words("contact_point.revealed").say("en"), deed_words("playbook.activated").say("zh")
    ('Contact point: revealed', '回访方案：启用')
    """
    if action == "consent.refused":
        return _REFUSED
    thing, _dot, what = action.partition(".")
    named = _thing(thing)
    return Words(f"{named.zh}：{DEEDS.get(what, what)}", f"{named.en}: {re.sub('[.-]', ' ', what)}")


def _thing(thing: str) -> Words:
    return Words(THINGS.get(thing, thing), re.sub("[_-]", " ", thing).capitalize())


def things() -> list[tuple[str, Words]]:
    """First halves with their words, as the trail can be narrowed to."""
    return [(thing, _thing(thing)) for thing in THINGS]
