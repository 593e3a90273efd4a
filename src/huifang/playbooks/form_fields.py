# ruff: noqa: E501 - a table of fields reads best one field a line
"""What the forms of a playbook ask for, part by part: the key in the file, the kind of entry, the words beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from huifang.domain.contact import CHANNEL_WORDS, PURPOSE_WORDS
from huifang.domain.spans import Unit
from huifang.domain.words import Words
from huifang.playbooks.festivals import FESTIVALS

Kind = Literal[
    "title", "words", "line", "condition", "event condition", "record condition", "span", "share", "number", "whole", "choice", "choices",
    "order", "hours", "days", "flag", "ref", "refs", "names", "trigger", "key", "type", "titles", "ends", "points", "range",
]  # fmt: skip
"""`title`: words on one line; `words`: on several; `order`: choices by rank; `ref`, `refs`: keys of another section of the file.

Of questions: `key` names it, its `type` says which other fields there are; `titles`: a key with its words on each line; `ends`: the words of
two ends on two lines; `points`: a key with its number on each line; `range`: ``1-5``."""
Options = tuple[tuple[str, Words], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """One entry. `key` is the way to it below its part, ``attempts/at most``; `section` is where a `ref` looks."""

    key: str
    kind: Kind
    label: Words
    hint: Words | None = None
    options: Options = ()
    needed: bool = False
    section: str = ""
    normally: bool = False
    """Of a `flag`: what holds where the file is silent."""
    to_customers: bool = False
    """Of words: customers read them, in every language of the playbook."""
    of: tuple[str, ...] = ()
    """The types of question that have it; empty for all. It is shown as well where the file has it all the same."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Entries that repeat: items of a list, or of a mapping by key. A field with the key ``""`` is the item itself."""

    key: str
    label: Words
    one: Words
    fields: tuple[Field, ...]
    inner: tuple[Rows, ...] = ()
    keyed: bool = False
    folds: bool = False
    """Long ones: one is open at a time, of the others only the title is shown."""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading."""

    label: Words
    fields: tuple[Field, ...] = ()
    rows: tuple[Rows, ...] = ()


def _options(words: Mapping[Any, Words]) -> Options:
    return tuple((str(key), said) for key, said in words.items())


def _of(*pairs: tuple[str, str, str]) -> Options:
    return tuple((key, Words(zh, en)) for key, zh, en in pairs)


UNITS = _of(
    (Unit.MINUTE, "分钟", "minutes"), (Unit.HOUR, "小时", "hours"), (Unit.DAY, "天", "days"), (Unit.WORKING_DAY, "个工作日", "working days"),
    (Unit.WEEK, "周", "weeks"), (Unit.MONTH, "个月", "months"), (Unit.YEAR, "年", "years"),
)  # fmt: skip
WEEKDAYS = _of(
    ("mon", "周一", "Mon"), ("tue", "周二", "Tue"), ("wed", "周三", "Wed"), ("thu", "周四", "Thu"), ("fri", "周五", "Fri"),
    ("sat", "周六", "Sat"), ("sun", "周日", "Sun"),
)  # fmt: skip
DAYS = _of(("working", "工作日", "Working days"), ("every", "每天", "Every day"), ("own", "指定星期几", "Certain weekdays"))
CHANNELS, PURPOSES = _options(CHANNEL_WORDS), _options(PURPOSE_WORDS)
ROLES = _of(
    ("agent", "回访员", "Agent"), ("supervisor", "主管", "Supervisor"), ("reviewer", "质检员", "Quality reviewer"),
    ("manager", "经理", "Manager"), ("administrator", "管理员", "Administrator"),
)  # fmt: skip
ASSESSORS = tuple((key, said) for key, said in ROLES if key in ("supervisor", "reviewer", "manager"))
OWNERS = _of(
    ("anyone", "门店任一回访员", "Any agent of the branch"), ("customer owner", "客户的负责人", "The customer's owner"),
    ("event staff", "业务经办人", "Whoever handled it"),
)  # fmt: skip
CASE_OWNERS = _of(
    ("supervisor", "主管", "Supervisor"), ("branch manager", "门店经理", "Branch manager"), ("customer owner", "客户的负责人", "The customer's owner"),
    ("event staff", "业务经办人", "Whoever handled it"),
)  # fmt: skip
ROWS = _of(
    ("done", "已联络的", "Those contacted"), ("due", "所有应访的", "All that were due"), ("planned", "计划要联络的", "What is planned"),
    ("customers", "所有客户", "All customers"), ("cases", "工单", "Cases"),
)  # fmt: skip
PERIODS = _of(
    ("day", "每日", "Day"), ("week", "每周", "Week"), ("month", "每月", "Month"), ("quarter", "每季", "Quarter"), ("year", "每年", "Year")
)
TRIGGERS = _of(
    ("after", "某项业务之后", "After an event"), ("before", "某个日期之前", "Before a date"), ("lapse", "久未发生某项业务", "Long without an event"),
    ("every", "定期", "Every so often"), ("festival", "节日", "A festival"), ("becomes", "条件开始成立时", "When a condition begins to hold"),
    ("adaptive", "由系统选择时机", "When it is worth most"), ("on", "由回答或工单发起", "When an answer asks for it"),
)  # fmt: skip
ATTRIBUTE_TYPES = _of(("text", "文字", "Text"), ("number", "数字", "Number"), ("date", "日期", "Date"), ("boolean", "是/否", "Yes or no"))

TITLE = Field("title", "title", Words("名称", "Name"), needed=True)
_WAIT = Field("when/wait", "span", Words("隔多久", "How long after"), needed=True)

TRIGGER_FIELDS: dict[str, tuple[Field, ...]] = {
    "after": (
        Field("when/after", "ref", Words("哪项业务", "Which event"), needed=True, section="events"), _WAIT,
        Field("when/where", "event condition", Words("只限这样的业务", "Only such events"),
              Words("例如 amount >= 500；nth = 1 表示客户的第一次", "Such as amount >= 500; nth = 1 is the customer's first")),
    ),
    "before": (
        Field("when/before", "line", Words("哪个日期", "Which date"), Words("birthday、agreement.保险.ends 等", "birthday, agreement.insurance.ends..."), needed=True),
        Field("when/by", "span", Words("提前多久", "How long before"), needed=True),
    ),
    "lapse": (
        Field("when/lapse", "ref", Words("没有发生哪项业务", "Without which event"), needed=True, section="events"),
        Field("when/exactly", "span", Words("满多久", "For how long"), needed=True),
    ),
    "every": (
        Field("when/every", "span", Words("每隔多久", "How often"), needed=True),
        Field("when/since", "ref", Words("从哪项业务算起", "Counted from"), section="events"),
        Field("when/wait", "span", Words("首次隔多久", "The first one after")),
        Field("when/times", "whole", Words("一共几次", "How many in all")),
    ),
    "festival": (
        Field("when/festival", "choice", Words("哪个节日", "Which festival"), options=_options(FESTIVALS), needed=True),
        Field("when/before", "span", Words("提前", "Before it by")), Field("when/after", "span", Words("之后", "After it by")),
    ),
    "becomes": (
        Field("when/becomes", "condition", Words("什么条件", "Which condition"), needed=True), Field("when/wait", "span", Words("再隔多久", "And then after")),
    ),
    "adaptive": (
        Field("when/adaptive", "share", Words("每天至多选多少客户", "At most this share a day"), needed=True),
        Field("when/no sooner than", "span", Words("两次至少相隔", "At least apart"), needed=True),
        Field("when/no later than", "span", Words("最迟", "At the latest")), Field("when/explore", "share", Words("随机试探的比例", "Share drawn at random")),
    ),
    "on": (_WAIT,),
}  # fmt: skip

_REACTIONS = Rows(
    "on answer", Words("回答之后", "After an answer"), Words("一条规则", "a rule"),
    (
        Field("if", "record condition", Words("如果", "If"), needed=True),
        Field("open case", "ref", Words("立工单", "Open a case"), section="cases"),
        Field("follow up", "ref", Words("安排另一回访项目", "Ask for another programme"), section="programmes"),
        Field("call back", "span", Words("再联络，隔", "Contact again after")), Field("tell", "choices", Words("通知", "Tell"), options=ROLES),
    ),
)  # fmt: skip
_BRANCHES = Rows(
    "branches", Words("客户的反应", "What the customer may do"), Words("一种反应", "one more"),
    (
        TITLE, Field("say", "words", Words("怎么说", "What to say"), needed=True), Field("tip", "words", Words("提示", "Tip")),
        Field("if", "record condition", Words("何时显示", "Shown if")),
    ),
)  # fmt: skip
_ATTRIBUTES = Rows(
    "attributes", Words("附带资料", "What comes with it"), Words("一项资料", "one more"),
    (TITLE, Field("type", "choice", Words("类型", "Type"), options=ATTRIBUTE_TYPES)), keyed=True,
)  # fmt: skip
_NEVER = Rows("never", Words("绝不能说", "Never say"), Words("一条", "one more"), (Field("", "title", Words("内容", "What"), needed=True),))
_SIGNATURES = Rows(
    "signatures", Words("签字栏", "Signature lines"), Words("一栏", "one more"), (Field("", "title", Words("谁", "Who"), needed=True),)
)

_VISIT_SIGNATURES = Rows(
    "visit signatures", Words("只有上门才签的栏", "Signature lines of visits only"), Words("一栏", "one more"),
    (Field("", "title", Words("谁", "Who"), needed=True),),
)  # fmt: skip

QUESTION_TYPES = _of(
    ("csat", "满意度（CSAT）", "Satisfaction (CSAT)"), ("single", "单选", "One of several"), ("multiple", "多选", "Several of many"),
    ("scale", "量表", "Scale"), ("yes-no", "是或否", "Yes or no"), ("nps", "推荐意愿（NPS）", "Recommendation (NPS)"),
    ("ces", "费力程度（CES）", "Effort (CES)"), ("matrix", "矩阵", "Matrix"), ("number", "数字", "Number"), ("date", "日期", "Date"),
    ("text", "文字", "Free words"), ("signature", "签名", "Signature"), ("file", "文件", "File"),
)  # fmt: skip
SIDES = _of(("expectation", "期望", "Expected"), ("perception", "实际", "Found"))
_POINTED = ("scale", "csat", "ces", "nps", "matrix")
_QUESTIONS = Rows(
    "questions", Words("问题", "Questions"), Words("一个问题", "a question"),
    (
        Field("key", "key", Words("键", "Key"), Words("条件和登记表用它指这道题：小写字母、数字、下划线", "Conditions and registers name it so: lower case, digits, underscores"), needed=True),
        Field("ask", "title", Words("怎么问", "Question"), needed=True, to_customers=True),
        Field("type", "type", Words("题型", "Type"), options=QUESTION_TYPES, needed=True),
        Field("hint", "title", Words("提示", "Hint"), to_customers=True),
        Field("options", "titles", Words("选项，每行一个", "Options, one a line"), Words("键 | 中文 | English；也可以只写文字", "key | Chinese | English; or only the words"), of=("single", "multiple")),
        Field("rows", "titles", Words("矩阵的行，每行一个", "Rows of the matrix, one a line"), Words("键 | 中文 | English；也可以只写文字", "key | Chinese | English; or only the words"), of=("matrix",)),
        Field("scores", "points", Words("得分，每行一个", "Points, one a line"), Words("例如 good | 5；是否题用 yes 和 no", "Such as good | 5; yes and no where it is a yes or no"), of=("single", "multiple", "yes-no")),
        Field("scale", "range", Words("从几到几", "From and to"), Words("例如 1-5", "Such as 1-5"), of=_POINTED),
        Field("ends", "ends", Words("两端的含义", "What both ends mean"), Words("两行：最低、最高，每行 中文 | English", "Two lines, the lowest and the highest: Chinese | English"), of=_POINTED),
        Field("required", "flag", Words("必答", "Must be answered")),
        Field("random", "flag", Words("选项随机排序", "Options in random order"), of=("single", "multiple")),
        Field("if", "record condition", Words("何时才问", "Asked only if"), Words("例如 quality <= 2", "Such as quality <= 2")),
        Field("dimension", "line", Words("维度（SERVQUAL）", "Dimension (SERVQUAL)"), of=("scale",)),
        Field("side", "choice", Words("期望还是实际", "Expected or found"), options=SIDES, of=("scale",)),
    ),
    folds=True,
)  # fmt: skip

GENERAL = (
    Group(Words("方案", "The playbook"), (TITLE, Field("about", "words", Words("说明", "About"), needed=True))),
    Group(
        Words("联络时间", "Hours"),
        (
            Field("calendar/hours", "hours", Words("时段", "Hours"), Words("例如 09:00-12:00, 14:00-18:00，按客户当地时间", "As 09:00-12:00, 14:00-18:00, in the customer's local time")),
            Field("calendar/days", "days", Words("哪些日子", "Days")),
            Field("calendar/country", "line", Words("节假日按哪国", "Holidays of"), Words("两个字母，如 CN", "Two letters, as CN")),
            Field("time zone", "line", Words("时区", "Time zone")),
        ),
    ),
    Group(Words("资料", "Data"), (
        Field("languages", "names", Words("客户的其他语言", "Further languages of customers"), Words("例如 zh-Hant, ja；中文和英文总有", "Such as zh-Hant, ja; Chinese and English are always there")),
        Field("sensitive", "flag", Words("含健康等敏感信息", "Health or similar data")),
    )),
)  # fmt: skip
_LIMITS = (
    Group(
        Words("联络上限", "Caps"), (Field("gap", "span", Words("两次非服务联络至少相隔", "At least between two contacts that are no service")),),
        (
            Rows("caps", Words("上限", "Caps"), Words("一条上限", "a cap"), (
                Field("at most", "whole", Words("最多几次", "At most"), needed=True), Field("per", "span", Words("在多久之内", "In"), needed=True),
                Field("purposes", "choices", Words("只算这些目的", "Only of these purposes"), options=PURPOSES),
                Field("channels", "choices", Words("只算这些渠道", "Only by these channels"), options=CHANNELS),
            )),
        ),
    ),
)  # fmt: skip
_REVIEW = (
    Group(
        Words("质检", "Review"),
        (Field("sample", "share", Words("抽查比例", "Share that is looked at")), Field("by", "choice", Words("由谁", "By whom"), options=ASSESSORS),
         Field("risk", "flag", Words("有风险的优先", "Risky records too"), normally=True), Field("due", "span", Words("多久之内", "Within"))),
        (
            Rows("items", Words("评分项目，空着用通用的评分表", "Items of the score card; none: the general card"), Words("一个评分项目", "an item"), (
                TITLE, Field("looks for", "title", Words("看什么", "What is looked for"), needed=True), Field("most", "whole", Words("满分", "Most points")),
            ), keyed=True),
        ),
    ),
)  # fmt: skip
WHOLE: dict[str, tuple[Words, tuple[Group, ...]]] = {
    "limits": (Words("联络上限", "Caps"), _LIMITS),
    "review": (Words("质检", "Review"), _REVIEW),
}
"""Parts that are there once, each with a form of its own."""
_PROGRAMME = (
    Group(Words("项目", "The programme"), (
        TITLE, Field("about", "words", Words("说明", "About")), Field("purpose", "choice", Words("目的", "Purpose"), options=PURPOSES, needed=True),
    )),
    Group(Words("何时", "When"), (Field("when", "trigger", Words("什么时候到期", "Falls due"), options=TRIGGERS, needed=True),)),
    Group(Words("对谁", "For whom"), (
        Field("for", "condition", Words("哪些客户", "Which customers"), Words("空着就是所有客户", "Empty: every customer")),
        Field("still", "condition", Words("联络时仍须满足", "Still only if"), Words("不再满足就不联络", "Not contacted once it fails")),
    )),
    Group(Words("多久之内", "Until"), (
        Field("within", "span", Words("多久内完成", "Done within"), needed=True), Field("expires", "span", Words("多久后放弃", "Given up after")),
        Field("coverage", "share", Words("覆盖目标", "Coverage target")),
    )),
    Group(Words("怎么联络", "How"), (
        Field("through", "order", Words("渠道，按先后", "Channels, in this order"), options=CHANNELS, needed=True),
        Field("owner", "choice", Words("谁来做", "Done by"), options=OWNERS),
        Field("attempts/at most", "whole", Words("最多试几次", "Tried at most")), Field("attempts/day parts", "whole", Words("分几个时段", "In parts of the day")),
        Field("choose", "choice", Words("用哪个渠道", "Which channel"), options=_of(("in order", "第一个能联系上的", "The first that reaches"), ("cheapest", "最省钱的", "The cheapest that reaches"))),
        Field("fallback/not reached", "whole", Words("几次未联系上后改发消息", "A message after so many tries in vain")), Field("fallback/day parts", "whole", Words("这几次分几个时段", "Tries in parts of the day")),
        Field("fallback/then", "order", Words("改发哪个渠道", "Message through"), options=CHANNELS),
        Field("budget", "number", Words("每月预算", "Budget a month"), Words("用完后到下月一号再联络", "Once used up, contacts wait for the first of next month")),
        Field("attempts/retry/busy", "span", Words("占线后隔", "Busy: again after")), Field("attempts/retry/no_answer", "span", Words("无人接听后隔", "No answer: again after")),
        Field("hours", "hours", Words("另定时段", "Hours of its own")), Field("days", "days", Words("另定日子", "Days of its own")),
    )),
    Group(Words("说什么、问什么", "What is said and asked"), (
        Field("script", "ref", Words("话术", "Script"), section="scripts"), Field("ask", "ref", Words("问卷", "Questionnaire"), section="questionnaires"),
        Field("send", "refs", Words("消息", "Messages"), section="content"), Field("registers", "refs", Words("登记表", "Registers"), section="registers"),
    )),
    Group(Words("回答之后", "After an answer"), rows=(_REACTIONS,)),
    Group(Words("其他", "More"), (
        Field("hold out", "share", Words("对照组", "Hold-out"), Words("留出的客户不联络，用来衡量效果", "Customers kept out, so that the effect can be measured")),
        Field("bundle", "flag", Words("可与其他项目合并成一次联络", "May be one contact with others"), normally=True),
        Field("again", "choice", Words("同一客户", "The same customer"), options=_of(("each cause", "每次到期都联络", "Each time it falls due"), ("once", "只联络一次", "Once only"))),
        Field("value", "line", Words("同样紧急时按什么排先后", "What ranks equal deadlines"), Words("一个数，例如 spent_12m", "A number, as spent_12m")),
    )),
)  # fmt: skip
SECTIONS: dict[str, tuple[Words, tuple[Group, ...]]] = {
    "programmes": (Words("回访项目", "Programmes"), _PROGRAMME),
    "classes": (Words("客户分类", "Classes"), (
        Group(Words("分类", "The class"), (TITLE, Field("when", "condition", Words("满足什么条件", "Customers for whom"), needed=True))),
    )),
    "ladders": (Words("客户等级", "Ladders"), (
        Group(Words("等级", "The ladder"), (TITLE,), (
            Rows("steps", Words("各级，从上往下第一个成立的算", "Steps: the first that holds counts"), Words("一级", "a step"),
                 (TITLE, Field("when", "condition", Words("条件", "Condition"), Words("else 表示其余客户", "else takes the rest"), needed=True)), keyed=True),
        )),
    )),
    "facts": (Words("客户事实", "Facts"), (
        Group(Words("事实", "The fact"), (
            Field("title", "title", Words("名称", "Name")),
            Field("value", "line", Words("怎么算", "How it is computed"), Words("例如 count(job.settled, 12 months)", "Such as count(job.settled, 12 months)"), needed=True),
            Field("where", "event condition", Words("只算这样的", "Only such rows")),
        )),
    )),
    "questionnaires": (Words("问卷", "Questionnaires"), (
        Group(Words("问卷", "The questionnaire"), (
            replace(TITLE, to_customers=True), Field("intro", "words", Words("开头的话", "Introduction"), to_customers=True),
            Field("thanks", "title", Words("答完后的感谢", "Thanks"), to_customers=True),
            Field("anonymous", "flag", Words("匿名", "Anonymous")), Field("random", "flag", Words("题目随机排序", "Questions in random order")),
            Field("per page", "whole", Words("每页几题", "Questions on one page")),
            Field("satisfied", "record condition", Words("怎样算满意", "Satisfied when"), Words("空着：每项得分都在 3 以上", "Empty: every score is at least 3")),
            Field("open for", "span", Words("链接多久内可答", "A link can be answered for")),
            Field("remind/wait", "span", Words("未答者隔多久再提醒", "Who has not answered is asked again after")),
            Field("remind/at most", "whole", Words("最多提醒几次", "At most so many times")),
        )),
        Group(Words("问题", "Questions"), rows=(_QUESTIONS,)),
    )),
    "scripts": (Words("话术", "Scripts"), (
        Group(Words("话术", "The script"), (TITLE,), (
            Rows("steps", Words("步骤", "Steps"), Words("一步", "a step"), (
                TITLE, Field("say", "words", Words("怎么说", "What to say")), Field("tip", "words", Words("提示", "Tip")),
                Field("if", "record condition", Words("何时显示", "Shown if")), Field("ask", "flag", Words("在这一步问问卷", "The questionnaire is asked here")),
            ), (_BRANCHES,), folds=True), _NEVER,
        )),
    )),
    "content": (Words("消息", "Messages"), (
        Group(Words("消息", "The message"), (
            TITLE, Field("channel", "choice", Words("渠道", "Channel"), options=CHANNELS, needed=True), Field("subject", "title", Words("主题", "Subject"), to_customers=True),
            Field("text", "words", Words("内容", "Text"), needed=True, to_customers=True), Field("for", "condition", Words("只发给", "Only to")),
            Field("coupon", "ref", Words("给哪种优惠券", "Gives the coupon"), section="coupons"),
            Field("attach", "ref", Words("附上哪份价值报告", "Attaches the value report"), section="value reports"),
        )),
    )),
    "coupons": (Words("优惠券", "Coupons"), (
        Group(Words("优惠券", "The coupon"), (
            TITLE, Field("valid", "span", Words("有效期", "Valid for"), needed=True),
            Field("codes", "choice", Words("券码", "Codes"), options=_of(("made", "自动生成", "Made as needed"), ("brought in", "由经理导入", "Brought in by a manager"))),
        )),
    )),
    "links": (Words("链接", "Links"), (
        Group(Words("链接", "The link"), (
            TITLE, Field("to", "line", Words("通向哪个网址", "Leads to"), Words("https:// 开头的完整网址", "A whole address that begins with https://"), needed=True),
            Field("open for", "span", Words("多久内可以打开", "Open for")),
            Field("uses", "whole", Words("能打开几次", "Works how often"), Words("1 为一次性链接；空着不限", "1: once only; empty: as often as they like")),
        )),
    )),
    "value reports": (Words("价值报告", "Value reports"), (
        Group(Words("价值报告", "The value report"), (
            TITLE, Field("months", "number", Words("最近几个整月", "Full months")), Field("opening", "words", Words("开头的话", "Opening words"), needed=True, to_customers=True),
            Field("figures", "names", Words("客户事实", "Facts"), Words("用逗号分开", "Divided by commas")), Field("closing", "words", Words("结尾的话", "Closing words"), to_customers=True),
        ), (
            Rows("charts", Words("按月的图", "Charts by month"), Words("一张图", "a chart"), (
                TITLE, Field("event", "line", Words("哪种业务", "Events"), needed=True),
                Field("sum", "line", Words("加总什么", "Adds up"), Words("空着则数次数；amount 为金额", "Empty counts them; amount is their money")),
            )),
        )),
    )),
    "cases": (Words("工单", "Cases"), (
        Group(Words("工单", "The kind of case"), (
            TITLE, Field("first answer", "span", Words("多久内首次答复", "First answer within"), needed=True),
            Field("solve", "span", Words("多久内解决", "Solved within"), needed=True), Field("owner", "choice", Words("由谁处理", "Goes to"), options=CASE_OWNERS),
            Field("revisit", "ref", Words("解决后再回访", "Asked again by"), section="programmes"),
        ), (
            Rows("escalate", Words("超时上报", "Told when still open"), Words("一级上报", "one more"), (
                Field("after", "span", Words("隔多久", "After"), needed=True), Field("to", "choice", Words("告诉谁", "Tell"), options=ROLES, needed=True),
            )),
        )),
    )),
    "registers": (Words("登记表", "Registers"), (
        Group(Words("登记表", "The register"), (
            TITLE, Field("period", "choice", Words("周期", "Period"), options=PERIODS[:4]),
            Field("rows", "choice", Words("收哪些", "Rows"), options=ROWS),
            Field("programmes", "refs", Words("哪些项目", "Programmes"), section="programmes"),
            Field("layout", "choice", Words("样式", "Layout"), options=_of(("table", "表格", "Table"), ("card", "一访一表", "One form each"))),
            Field("note", "title", Words("表下说明", "Note below")),
        ), (
            Rows("columns", Words("栏目", "Columns"), Words("一栏", "a column"), (
                TITLE, Field("value", "line", Words("内容", "Value"), needed=True), Field("width", "number", Words("宽度", "Width")),
            ), folds=True), _SIGNATURES, _VISIT_SIGNATURES,
        )),
    )),
    "reports": (Words("报告", "Reports"), (
        Group(Words("报告", "The report"), (
            TITLE, Field("period", "choice", Words("周期", "Period"), options=(*PERIODS[:4], ("half-year", Words("每半年", "Half-year")), PERIODS[4]), needed=True),
            Field("programmes", "refs", Words("哪些项目", "Programmes"), section="programmes"),
            Field("indicators", "names", Words("指标", "Indicators"), Words("用逗号分开", "Divided by commas")), Field("to", "choices", Words("给谁", "To"), options=ROLES),
        ), (_SIGNATURES,)),
    )),
    "targets": (Words("目标", "Targets"), (
        Group(Words("目标", "The target"), (
            TITLE, Field("indicator", "line", Words("指标", "Indicator"), needed=True), Field("programme", "ref", Words("哪个项目", "Programme"), section="programmes"),
            Field("at least", "number", Words("至少", "At least")), Field("at most", "number", Words("至多", "At most")),
            Field("unit", "choice", Words("单位", "Unit"), options=_of(("share", "比例（0 到 1）", "Share (0 to 1)"), ("points", "分", "Points"), ("number", "个", "Number"), ("hours", "小时", "Hours"))),
            Field("period", "choice", Words("周期", "Period"), options=PERIODS),
        )),
    )),
    "events": (Words("业务", "Events"), (Group(Words("业务", "The event"), (TITLE,), (_ATTRIBUTES,)),)),
    "agreements": (Words("合约", "Agreements"), (Group(Words("合约", "The agreement"), (TITLE,), (_ATTRIBUTES,)),)),
}  # fmt: skip
"""Sections whose entries have a form each, in the order they are shown."""


def groups_of(part: tuple[str, ...]) -> tuple[Group, ...]:
    """The form of a part: ``()`` is the playbook in general, ``("limits",)`` or ``("review",)`` one that is there once, ``("programmes", "day-after")`` an entry."""
    if not part:
        return GENERAL
    return WHOLE[part[0]][1] if part[0] in WHOLE else SECTIONS[part[0]][1]


def order_of(groups: tuple[Group, ...]) -> list[str]:
    """The first words of all keys of a form, in order: where a new key goes."""
    keys = [each.key for group in groups for each in group.fields] + [each.key for group in groups for each in group.rows]
    return list(dict.fromkeys(key.split("/")[0] for key in keys))
