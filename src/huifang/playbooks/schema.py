"""Playbook format v1: what a playbook file may say, key by key.

The classes here are the parsed file; `loader` reads text into them with errors that name the line, `checks` looks at what the shape
alone cannot show (names that do not exist, conditions whose types do not fit). Keys in the file are words with spaces
(``first answer``); the attribute has an underscore. Every title is ``{zh: …, en: …}``; a plain string stands for both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from huifang.domain.contact import Channel, Purpose
from huifang.domain.errors import Invalid
from huifang.domain.fallback import FallbackRule, cheapest_first
from huifang.domain.spans import Span, Unit, shift
from huifang.domain.words import Words

FORMAT = "huifang/1"
_KEY = r"^[a-z][a-z0-9_]*(-[a-z0-9_]+)*$"
_NAME = r"^[a-z][a-z0-9_]*$"
_ADDRESS = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{2,5})?/[^\s{}\\<>\"]*")
"""https, a host in plain letters (no account before it, no look-alikes), and a path."""
_KIND = r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$"

Key = Annotated[str, Field(pattern=_KEY, max_length=60)]
"""A programme, questionnaire, register...: lower case, words joined by hyphens."""
Name = Annotated[str, Field(pattern=_NAME, max_length=60)]
"""Something conditions can name: lower case with underscores."""
Kind = Annotated[str, Field(pattern=_KIND, max_length=60)]
"""An event or agreement kind: names joined by dots, ``job.settled``."""
Condition = Annotated[str, Field(min_length=1, max_length=2000)]
"""Text in the expression language (`expressions`)."""


def refused(what: Words, remedy: Words) -> PydanticCustomError:
    """A validation error that carries its words in both languages."""
    context = {"what_zh": what.zh, "what_en": what.en, "remedy_zh": remedy.zh, "remedy_en": remedy.en}
    return PydanticCustomError("words", "{what_en} {remedy_en}", context)


def _span(value: object) -> Span:
    if isinstance(value, Span):
        return value
    try:
        return Span.parse(str(value))
    except Invalid as error:
        raise refused(error.problems[0].what, error.problems[0].remedy) from error


def _share(value: object) -> float:
    text = str(value).strip()
    try:
        share = float(text.rstrip("% ")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise refused(
            Words(f"“{text}”不是 0 % 到 100 % 之间的比例。", f"“{text}” is not a share between 0 % and 100 %."),
            Words("请写成 95 %。", "Write it as 95 %."),
        )
    return share


def _words(value: object) -> object:
    if isinstance(value, str):
        return Words(value, value)
    if isinstance(value, dict) and set(value) == {"zh", "en"} and all(isinstance(said, str) for said in value.values()):
        return Words(value["zh"], value["en"])
    if isinstance(value, Words):
        return value
    raise refused(
        Words("这里要有中英文两种文字。", "The words are needed in Chinese and in English."),
        Words("请写成 {zh: 中文, en: English}。", "Write {zh: 中文, en: English}."),
    )


_SPAN_SHOWN = {"type": "string", "description": "1 day, 3 working days, 2 h, 6 months"}
SpanText = Annotated[Span, BeforeValidator(_span), WithJsonSchema(_SPAN_SHOWN)]
Share = Annotated[float, BeforeValidator(_share), WithJsonSchema({"type": ["string", "number"], "description": "95 %"})]
"""A share from 0 to 1, written ``95 %``."""
CutText = Annotated[str, Field(pattern=r"^(top (100|[1-9]?\d(\.\d+)?) ?%|\d+(\.\d+)?)$", max_length=20)]
"""A cut: ``top 20 %`` of the customers, or a number that must be reached."""
_SAID: dict[str, Any] = {"type": "string"}
Title = Annotated[
    Words,
    BeforeValidator(_words),
    WithJsonSchema(
        {
            "anyOf": [
                _SAID,
                {"type": "object", "properties": {"zh": _SAID, "en": _SAID}, "required": ["zh", "en"], "additionalProperties": False},
            ]
        }
    ),
]
HoursText = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
"""A stretch of the day, ``09:00-12:00``; the end is not included."""
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EVENT_STAFF = "event staff"
Role = Literal["agent", "supervisor", "reviewer", "manager", "administrator"]


class Part(BaseModel):
    """A part of a playbook: unknown keys are errors, keys are written with spaces."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, populate_by_name=True, coerce_numbers_to_str=True,
        alias_generator=lambda name: name.rstrip("_").replace("_", " "),
    )  # fmt: skip


class CalendarRule(Part):
    """When this plan may contact people: country of the day table, hours and days in the customer's local time."""

    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "CN"
    hours: tuple[HoursText, ...] = ("09:00-12:00", "14:00-18:00")
    days: Literal["working", "every"] | tuple[Weekday, ...] = "working"


class Limit(Part):
    """A cap on contacts with one customer over all programmes and channels (or the named ones): at most so many in so long."""

    at_most: Annotated[int, Field(ge=0)]
    per: SpanText
    purposes: tuple[Purpose, ...] = tuple(Purpose)
    channels: tuple[Channel, ...] = tuple(Channel)


class Limits(Part):
    """All caps of a playbook; with several active playbooks every cap of each holds (the strictest wins)."""

    caps: tuple[Limit, ...] = ()
    gap: SpanText | None = None
    """Days that must lie between two contacts of relationship or marketing purpose."""
    gap_purposes: tuple[Purpose, ...] = (Purpose.RELATIONSHIP, Purpose.MARKETING)


class Attribute(Part):
    """A typed fact that comes with a customer, an event or an agreement."""

    title: Title
    type: Literal["text", "number", "date", "boolean"] = "text"
    sensitive: bool = False


class EventKind(Part):
    """A kind of event the playbook speaks of, and what its rows carry beyond date, amount, branch and person."""

    title: Title
    attributes: dict[Name, Attribute] = {}


class AgreementKind(Part):
    """A kind of agreement: contract, policy, warranty, membership."""

    title: Title
    attributes: dict[Name, Attribute] = {}


class FactRule(Part):
    """One fact: an aggregate (``count(job.settled, 12 months)``) or an expression over other facts."""

    value: str
    title: Title | None = None
    where: Condition | None = None
    """A condition on the rows that are aggregated: `amount`, the event's attributes."""


class ClassRule(Part):
    """A named group of customers: those for whom the condition holds."""

    when: Condition
    title: Title


class Step(Part):
    """One step of a ladder."""

    when: Condition
    """A condition, or the word ``else``."""
    title: Title


class Ladder(Part):
    """Tiers that exclude each other: the first step whose condition holds; ``else`` takes the rest. The ladder's name is a text fact."""

    title: Title
    steps: dict[Name, Step]


class ValueRule(Part):
    """What customer value is learned from, and the cut rules of recency, frequency and money; each list of cuts has the best first."""

    purchases: tuple[Kind, ...] = ()
    """Events that are purchases; several on one day are one."""
    contracts: tuple[Kind, ...] = ()
    """Agreements that are renewed or not."""
    model: Literal["bg-nbd", "pareto-nbd", "rule"] = "bg-nbd"
    active_for: SpanText = Span.parse("180 days")
    """The rule in place of a model: a customer is active for so long after the last purchase."""
    window: SpanText = Span.parse("12 months")
    """Frequency and money count the purchases of this time."""
    recency: tuple[SpanText, ...] = ()
    frequency: tuple[CutText, ...] = ()
    money: tuple[CutText, ...] = ()

    @model_validator(mode="after")
    def _from_something(self) -> ValueRule:
        if not self.purchases and not self.contracts:
            raise refused(
                Words("没有写明从什么学习。", "It does not say what to learn from."),
                Words("请写 purchases（业务事件）或 contracts（合约）。", "Name purchases (events) or contracts (agreements)."),
            )
        return self


class Question(Part):
    """One question. `key` names its answer in conditions, registers and facts."""

    key: Name
    ask: Title
    type: Literal[
        "single", "multiple", "scale", "yes-no", "nps", "csat", "ces", "matrix", "number", "date", "text", "signature", "file"
    ] = "single"
    options: dict[Name, Title] = {}
    scores: dict[Name, float] = {}
    """Points of an option; a scale scores itself."""
    scale: tuple[int, int] = (1, 5)
    ends: tuple[Title, Title] | None = None
    """What the lowest and the highest point mean."""
    rows: dict[Name, Title] = {}
    """Lines of a matrix."""
    required: bool = False
    if_: Condition | None = None
    """Asked only when this holds over the answers given so far."""
    dimension: Name | None = None
    side: Literal["expectation", "perception"] | None = None
    """For SERVQUAL: what the customer expects of the dimension, or what they found."""
    random: bool = False
    """Its options are shown in an order drawn for each person."""
    hint: Title | None = None


class Reminder(Part):
    """Those who have not answered a link are asked again so long after it went out, at most so often, within the caps."""

    wait: SpanText
    at_most: Annotated[int, Field(ge=1, le=3)] = 1


class Questionnaire(Part):
    """A versioned set of questions."""

    title: Title
    version: int = 1
    intro: Title | None = None
    thanks: Title | None = None
    """Shown when a link has been answered."""
    anonymous: bool = False
    random: bool = False
    """Questions come in an order drawn for each person; one that depends on another still follows it."""
    per_page: Annotated[int, Field(ge=1, le=50)] = 5
    """Questions on one page of a link."""
    open_for: SpanText = Span(30, Unit.DAY)
    """How long a link can be answered."""
    remind: Reminder | None = None
    questions: tuple[Question, ...] = Field(min_length=1)
    satisfied: Condition | None = None
    """When an answered questionnaire counts as satisfied; without it: every score is at least 3 of 5."""


class Branch(Part):
    """What to say when the customer answers or behaves so."""

    title: Title
    say: Title
    tip: Title | None = None
    if_: Condition | None = None


class ScriptStep(Part):
    """One step of a call: what to say (with ``{customer}``, ``{agent}``, ``{organisation}``, ``{event.day}``... filled in), branches."""

    title: Title
    say: Title | None = None
    tip: Title | None = None
    if_: Condition | None = None
    ask: bool = False
    """The questionnaire is asked here."""
    branches: tuple[Branch, ...] = ()


class Script(Part):
    """A call script, step by step."""

    title: Title
    steps: tuple[ScriptStep, ...] = Field(min_length=1)
    never: tuple[Title, ...] = ()
    """What must never be said or promised."""


class Content(Part):
    """A message template for a channel, by language, optionally by class."""

    title: Title
    channel: Channel
    subject: Title | None = None
    text: Title
    for_: Condition | None = None
    coupon: Key | None = None
    """Whose code stands at ``{coupon}``."""
    attach: Key | None = None
    """The value report that goes with the mail."""


class CouponRule(Part):
    """A coupon: how long a code holds after it was given, and whether its codes are made here or brought in by a manager."""

    title: Title
    valid: SpanText
    codes: Literal["made", "brought in"] = "made"

    @model_validator(mode="after")
    def _whole_days(self) -> CouponRule:
        if self.valid.unit not in {Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR}:
            raise refused(
                Words("券的有效期要用天、周、月或年。", "A coupon is valid for days, weeks, months or years."),
                Words("请写成 2 weeks。", "Write 2 weeks."),
            )
        return self


class LinkRule(Part):
    """A page that messages lead to; a click is known to be the customer's. `to` is the only address the link ever leads to."""

    title: Title
    to: Annotated[str, Field(max_length=500)]
    open_for: SpanText = Span(3, Unit.MONTH)

    @model_validator(mode="after")
    def _safe(self) -> LinkRule:
        if not _ADDRESS.fullmatch(self.to):
            raise refused(
                Words(
                    "链接的去处要是完整的 https 地址，不带占位和账号。",
                    "A link leads to a whole https address without places or an account.",
                ),
                Words("请写成 https://www.example.com/guide。", "Write https://www.example.com/guide."),
            )
        if self.open_for.unit not in {Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR}:
            raise refused(
                Words("链接的有效期要用天、周、月或年。", "A link is open for days, weeks, months or years."),
                Words("请写成 3 months。", "Write 3 months."),
            )
        return self

    @property
    def host(self) -> str:
        """Whose page it is: the name between ``https://`` and the path, with its port."""
        return self.to.split("/")[2]


class ReportChart(Part):
    """A bar for each month: how many events there were or, with `sum`, what they add up to (``amount`` or one of their numbers)."""

    title: Title
    event: Kind
    sum: Name | None = None


class ValueReport(Part):
    """A customer's own figures over the last full months, as a PDF that is made when a message is sent and goes with it."""

    title: Title
    months: Annotated[int, Field(ge=1, le=24)] = 6
    opening: Title
    figures: Annotated[tuple[Name, ...], Field(max_length=12)] = ()
    """Facts, each with its title."""
    charts: Annotated[tuple[ReportChart, ...], Field(max_length=8)] = ()
    closing: Title | None = None


class AfterEvent(Part):
    """Due so long after each event of a kind."""

    after: Kind
    wait: SpanText
    where: Condition | None = None
    """A condition on the event: `amount`, its attributes, `nth` (1 for the customer's first of this kind)."""


class BeforeDate(Part):
    """Due so long before a date that recurs or ends.

    ``agreement.warranty.ends``, ``birthday``, ``attribute.next_service``, ``attribute.job.settled.next_service``.
    """

    before: Annotated[str, Field(pattern=r"^(birthday|agreement\.[a-z0-9_.]+\.(starts|ends)|attribute\.[a-z0-9_.]+)$")]
    by: SpanText


class Lapse(Part):
    """Due when exactly so long has passed since the last event of a kind, once per lapse."""

    lapse: Kind
    exactly: SpanText


class Cadence(Part):
    """Due every so often, counted from the customer's first event of `since` (or first seen) and from the last contact of the programme."""

    every: SpanText
    since: Kind | None = None
    wait: SpanText | None = None
    """The first one comes so long after `since`; without it, after one period."""
    times: Annotated[int, Field(ge=1)] | None = None
    """Only so many."""


class Festival(Part):
    """Due at a festival by name (``mid-autumn``, ``spring``, ``dragon-boat``, ``national``...), so long before or after it."""

    festival: Key
    after: SpanText | None = None
    before: SpanText | None = None


class Becomes(Part):
    """Due when a condition over the customer's facts begins to hold (class change, score), once per beginning."""

    becomes: Condition
    wait: SpanText | None = None


class OnAnswer(Part):
    """Due only when an answer or a closed case asks for it (`then` of another programme, `revisit` of a case)."""

    on: Literal["request"]
    wait: SpanText


class Adaptive(Part):
    """Due when a contact is worth most, by the learned index of the table `contact_policy`, within bounds.

    On one day at most the share `adaptive` of the programme's customers is chosen, those with the largest index above 0; the share
    `explore` of these places goes to others by a keyed draw, so that learning goes on. Whoever waited `no_later_than` is due whatever the
    index.
    """

    adaptive: Share
    no_sooner_than: SpanText
    no_later_than: SpanText | None = None
    explore: Share = 0.02

    @model_validator(mode="after")
    def _whole_days(self) -> Adaptive:
        """Bounds are days, weeks, months or years, and in their order."""
        latest = self.no_later_than or self.no_sooner_than
        if not {self.no_sooner_than.unit, latest.unit} <= {Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.YEAR}:
            raise refused(
                Words("adaptive 的间隔要用天、周、月或年。", "The bounds of adaptive are days, weeks, months or years."),
                Words("请写成 30 days。", "Write 30 days."),
            )
        if shift(_SOME_DAY, latest) < shift(_SOME_DAY, self.no_sooner_than):
            raise refused(
                Words("no later than 比 no sooner than 还短。", "no later than is shorter than no sooner than."),
                Words("请把 no later than 改长。", "Make no later than longer."),
            )
        return self


_SOME_DAY = date(2026, 1, 1)

_TRIGGERS: dict[str, type[Part]] = {
    "lapse": Lapse, "every": Cadence, "festival": Festival, "becomes": Becomes, "adaptive": Adaptive, "on": OnAnswer,
    "after": AfterEvent, "before": BeforeDate,
}  # fmt: skip
"""Which key tells which trigger; a festival may have `after` and `before` too, so these two come last."""


TRIGGER_KEYS = tuple(_TRIGGERS)


def _trigger_of(value: object) -> str | None:
    if isinstance(value, Part):
        return type(value).__name__
    return next((kind.__name__ for key, kind in _TRIGGERS.items() if isinstance(value, dict) and key in value), None)


Trigger = Annotated[
    Annotated[AfterEvent, Tag("AfterEvent")]
    | Annotated[BeforeDate, Tag("BeforeDate")]
    | Annotated[Lapse, Tag("Lapse")]
    | Annotated[Cadence, Tag("Cadence")]
    | Annotated[Festival, Tag("Festival")]
    | Annotated[Becomes, Tag("Becomes")]
    | Annotated[Adaptive, Tag("Adaptive")]
    | Annotated[OnAnswer, Tag("OnAnswer")],
    Discriminator(_trigger_of),
]


class Attempts(Part):
    """How often a follow-up is tried. `retry` overrides, by outcome, how long to wait (default: `domain.outcomes`)."""

    at_most: Annotated[int, Field(ge=1, le=20)] = 3
    retry: dict[Name, SpanText] = {}
    day_parts: Annotated[int, Field(ge=1, le=4)] = 1


class Fallback(Part):
    """What goes out when a person has tried in vain: so often, over at least so many parts of the day, then the first of these channels
    that reaches the customer.
    """

    not_reached: Annotated[int, Field(ge=1, le=20)]
    day_parts: Annotated[int, Field(ge=1, le=4)] = 1
    then: tuple[Channel, ...] = Field(min_length=1)

    @property
    def rule(self) -> FallbackRule:
        """The rule itself."""
        return FallbackRule(self.not_reached, self.day_parts, self.then)


class Reaction(Part):
    """What an answer leads to: the first key says when, the others what."""

    if_: Condition
    """Over the record: answers by key, `min_score`, `mean_score`, `satisfied`, `feedback` (praise | suggestion | complaint), `attitude`,
    `outcome`; behind them the attributes of the event that made it due and the customer's facts."""
    open_case: Key | None = None
    follow_up: Key | None = None
    """Ask another programme (its trigger is ``on: request``)."""
    call_back: SpanText | None = None
    tell: tuple[Role | Literal["event staff"], ...] = ()
    """Told at once: everybody of a role in the branch, or who handled the event that is asked about."""


class Programme(Part):
    """One rule of the plan: for whom, when, through what, how, until when."""

    title: Title
    about: Title | None = None
    purpose: Purpose
    when: Trigger
    for_: Condition | None = None
    still: Condition | None = None
    """Still relevant? Over facts; checked on the morning and again at the moment of contact."""
    within: SpanText
    """To be done in so long from the due day (the due day counts as the first)."""
    expires: SpanText | None = None
    """Given up so long after the due day; without it, with `within`."""
    coverage: Share | None = None
    through: tuple[Channel, ...] = Field(min_length=1)
    hours: tuple[HoursText, ...] | None = None
    days: Literal["working", "every"] | tuple[Weekday, ...] | None = None
    choose: Literal["in order", "cheapest"] = "in order"
    """`cheapest`: of the channels that reach the customer the one that costs least (`costs`), not the first."""
    attempts: Attempts = Attempts()
    fallback: Fallback | None = None
    script: Key | None = None
    ask: Key | None = None
    send: tuple[Key, ...] = ()
    hold_out: Share = 0.0
    owner: Literal["customer owner", "event staff", "anyone"] = "anyone"
    """Who does it first of all; where that person is away or full, a colleague of the branch."""
    skills: tuple[Name, ...] = ()
    bundle: bool = True
    again: Literal["each cause", "once"] = "each cause"
    value: Condition | None = None
    """A number over facts that ranks equal deadlines; without it, the amount of the cause."""
    on_answer: tuple[Reaction, ...] = ()
    on_reply: Literal["go on", "stop"] = "go on"
    """What becomes of this programme's messages that still wait when the customer writes back."""
    sequence: Key | None = None
    """Programmes that name the same sequence are its steps about one cause; a reply to one of them stops those that `on reply` stops."""
    registers: tuple[Key, ...] = ()
    budget: Annotated[float, Field(gt=0)] | None = None
    """Money for this programme's contacts in a calendar month; once it is used up, contacts wait for the first of the next."""

    def ways(self, costs: Mapping[Channel, float]) -> tuple[Channel, ...]:
        """Its channels in the order in which they are looked at, given what a contact on each costs."""
        return cheapest_first(self.through, costs) if self.choose == "cheapest" else self.through


class Escalation(Part):
    """Who is called when a case is still unanswered or unsolved so much working time after its round began: one level."""

    after: SpanText
    to: Role
    still: Literal["unanswered", "unsolved"] = "unsolved"
    again: SpanText | None = None
    """Called again every so often in working time; without it, once."""
    hand_over: bool = False
    """The case goes to the person who is called."""


class Reopened(Part):
    """A case that is reopened so many times goes at once to somebody higher."""

    times: Annotated[int, Field(ge=1, le=9)]
    to: Role


class CaseState(Part):
    """A state of work between opening and solution; `pauses`: the solution's clock stands still in it."""

    title: Title
    pauses: bool = False


class FastLane(Part):
    """Shorter clocks for some customers; their cases stand first in the list and are counted apart."""

    for_: Condition
    first_answer: SpanText
    solve: SpanText


class Compensation(Part):
    """What may be given. A second person approves: `limits` says up to how much each role may, for all of a case together."""

    kinds: dict[Name, Title] = Field(min_length=1)
    free: Annotated[float, Field(ge=0)] = 0
    """Up to this nobody need approve."""
    limits: dict[Role, Annotated[float, Field(gt=0)]] = Field(min_length=1)


class Cause(Part):
    """A cause of complaints, with the causes under it."""

    title: Title
    causes: dict[Name, Title] = {}


class CaseKind(Part):
    """A kind of case: its clocks in working time, who gets it, who is told, what it needs, who asks again afterwards."""

    title: Title
    first_answer: SpanText
    solve: SpanText
    hours: tuple[HoursText, ...] | None = None
    days: Literal["working", "every"] | tuple[Weekday, ...] | None = None
    """When the clocks run; without `hours` and `days`, as the playbook's calendar says."""
    owner: Literal["supervisor", "customer owner", "event staff", "branch manager"] = "supervisor"
    fast_lane: FastLane | None = None
    states: dict[Name, CaseState] = {}
    escalate: tuple[Escalation, ...] = ()
    reopened: Reopened | None = None
    compensation: Compensation | None = None
    to_close: tuple[Literal["cause", "measure"], ...] = ("cause", "measure")
    """Needed beside the answer to the customer and the solution."""
    revisit: Key | None = None


class RegisterColumn(Part):
    """One column of a register: a known value (`registers` documents them) such as ``customer.name``, ``event.plate``, ``answer.speed``."""

    value: str
    title: Title
    width: float = 1.0


class Register(Part):
    """A named form: exactly this title, these columns, in this order, with these signature lines."""

    title: Title
    period: Literal["day", "week", "month", "quarter"] = "day"
    rows: Literal["done", "due", "customers", "cases"] = "done"
    """`done`: follow-ups with an attempt in the period; `due`: everything that was due in it, done or not; `customers`: each customer of
    those once, as they stood last; `cases`: cases opened in it."""
    programmes: tuple[Key, ...] = ()
    columns: tuple[RegisterColumn, ...] = Field(min_length=1)
    layout: Literal["table", "card"] = "table"
    """`card`: one form a follow-up, as for 《客户回访记录表》."""
    signatures: tuple[Title, ...] = ()
    note: Title | None = None


class Report(Part):
    """A recurring report over indicators."""

    title: Title
    period: Literal["day", "week", "month", "quarter", "half-year", "year"]
    programmes: tuple[Key, ...] = ()
    indicators: tuple[Name, ...] = ()
    to: tuple[Role, ...] = ()


class Target(Part):
    """An indicator with the value it should reach."""

    title: Title
    indicator: Name
    programme: Key | None = None
    at_least: float | None = None
    at_most: float | None = None
    unit: Literal["share", "points", "number", "hours"] = "share"
    period: Literal["day", "week", "month", "quarter", "year"] = "month"


class Review(Part):
    """How records are looked at by a second person."""

    sample: Share = 0.05
    risk: bool = True
    by: Role = "supervisor"
    due: SpanText | None = None


class Playbook(Part):
    """A whole follow-up plan."""

    format: Literal["huifang/1"]
    playbook: Key
    version: Annotated[str, Field(max_length=20)] = "1"
    status: Literal["ready", "draft"] = "ready"
    plan: str | None = None
    trade: Key = "general"
    title: Title
    about: Title
    subjects: tuple[Literal["person", "organisation", "household", "staff"], ...] = ("person", "organisation")
    time_zone: str = "Asia/Shanghai"
    calendar: CalendarRule = CalendarRule()
    limits: Limits = Limits()
    sensitive: bool = False
    """Health or similar data: separate consent, larger minimum groups."""
    attributes: dict[Name, Attribute] = {}
    events: dict[Kind, EventKind] = {}
    agreements: dict[Kind, AgreementKind] = {}
    facts: dict[Name, FactRule] = {}
    classes: dict[Name, ClassRule] = {}
    ladders: dict[Name, Ladder] = {}
    value: ValueRule | None = None
    questionnaires: dict[Key, Questionnaire] = {}
    scripts: dict[Key, Script] = {}
    content: dict[Key, Content] = {}
    coupons: dict[Key, CouponRule] = {}
    links: dict[Key, LinkRule] = {}
    value_reports: dict[Key, ValueReport] = {}
    programmes: dict[Key, Programme] = Field(min_length=1)
    cases: dict[Key, CaseKind] = {}
    causes: dict[Name, Cause] = {}
    """The causes a case can have; without any, they are written freely."""
    registers: dict[Key, Register] = {}
    reports: dict[Key, Report] = {}
    targets: dict[Key, Target] = {}
    costs: dict[Channel, Annotated[float, Field(ge=0)]] = {}
    """What one contact on a channel costs, in the money of the amounts; needed to tell cost and return."""
    review: Review = Review()

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, data: Any) -> Any:
        """``name: expression`` stands for ``name: {value: expression}`` in facts."""
        if isinstance(data, dict) and isinstance(data.get("facts"), dict):
            facts = {name: {"value": rule} if isinstance(rule, str) else rule for name, rule in data["facts"].items()}
            return {**data, "facts": facts}
        return data
