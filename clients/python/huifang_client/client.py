"""Client of Huifang's interface. Made by scripts/make_client.py from the description; not to be edited."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType
from typing import Any, Literal, NotRequired, Self, TypedDict, cast
from urllib.parse import quote

import httpx


class Problem(Exception):
    """What was wrong with a request: `status`, `code` for programs, `problems` with words in Chinese and English."""

    def __init__(self, answer: httpx.Response) -> None:
        body = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        super().__init__(body.get("detail") or f"HTTP {answer.status_code}")
        self.status = answer.status_code
        self.code = str(body.get("code", ""))
        self.problems: list[dict[str, Any]] = body.get("problems", [])
        self.retry_after = int(answer.headers.get("retry-after", "0"))


class AgreementIn(TypedDict):
    """Something with an end: contract, policy, warranty, membership."""

    kind: str
    code: NotRequired[str]
    starts: NotRequired[str | None]
    ends: NotRequired[str | None]
    status: NotRequired[Literal["", "active", "ended", "cancelled"]]
    amount: NotRequired[float | str | None]
    attributes: NotRequired[dict[str, Any]]


class AnswerOut(TypedDict):
    """One answer to one question."""

    id: int
    record: int
    question: str
    value: str
    text: str
    score: float | None


class AnswerPage(TypedDict):
    """A page of answers."""

    items: list[AnswerOut]
    next: str


class CallIn(TypedDict):
    """What came of one call."""

    key: str
    outcome: str
    began: str
    seconds: NotRequired[int]
    agent: NotRequired[str]
    recording: NotRequired[str]
    callback: NotRequired[str | None]
    words: NotRequired[str]


class CallTaken(TypedDict):
    """What became of one call of the list, in its order."""

    key: str
    state: Literal["taken", "known", "recording", "refused"]
    problems: list[ProblemPart]


class CallsIn(TypedDict):
    """Up to 500 calls; each is taken by itself."""

    calls: list[CallIn]


class CallsTaken(TypedDict):
    """What became of each."""

    items: list[CallTaken]


class CaseIn(TypedDict):
    """A matter of a customer."""

    customer: str
    kind: str
    title: str


class CaseOut(TypedDict):
    """Something that must be solved."""

    number: str
    kind: str
    customer: str
    branch: str
    owner: str
    state: str
    title: str
    opened_at: str
    first_answer_due: str | None
    solve_due: str | None
    answered_at: str | None
    solved_at: str | None
    closed_at: str | None
    cause: str
    solution: str


class CasePage(TypedDict):
    """A page of cases."""

    items: list[CaseOut]
    next: str


class ConsentIn(TypedDict):
    """A statement of the customer. A refusal holds from the moment it is answered."""

    allowed: bool
    purpose: NotRequired[Literal["any", "service", "relationship", "marketing", "sensitive"] | None]
    channel: NotRequired[Literal["any", "phone", "sms", "email", "wecom", "dingtalk", "feishu", "letter", "visit", "survey"]]
    proof: NotRequired[str | None]


class CustomerIn(TypedDict):
    """What is said of a customer; what is left out stays as it is."""

    name: str
    kind: NotRequired[Literal["person", "organisation", "household", "staff"] | None]
    branch: NotRequired[str]
    owner: NotRequired[str]
    time_zone: NotRequired[str]
    birthday: NotRequired[str | None]
    birthday_lunar: NotRequired[bool | None]
    first_seen: NotRequired[str | None]
    language: NotRequired[str]
    notes: NotRequired[str]
    attributes: NotRequired[dict[str, Any]]
    contact_points: NotRequired[list[PointIn]]
    agreements: NotRequired[list[AgreementIn]]


class CustomerOut(TypedDict):
    """A customer."""

    code: str
    kind: Literal["person", "organisation", "household", "staff"]
    status: Literal["active", "deceased", "closed"]
    name: str
    branch: str
    owner: str
    time_zone: str
    birthday: str | None
    birthday_lunar: bool
    language: str
    attributes: dict[str, Any]
    first_seen: str | None
    contact_points: list[PointOut]
    updated_at: str


class CustomerPage(TypedDict):
    """A page of customers."""

    items: list[CustomerOut]
    next: str


class Done(TypedDict):
    """It is done."""

    done: NotRequired[bool]


class EventIn(TypedDict):
    """A dated fact of a customer who is known. Its kind is one that a playbook names; kind and number together are known once."""

    customer: str
    kind: str
    code: NotRequired[str]
    at: str
    amount: NotRequired[float | str | None]
    staff: NotRequired[str]
    attributes: NotRequired[dict[str, Any]]


class EventOut(TypedDict):
    """A dated fact."""

    id: int
    customer: str
    kind: str
    code: str
    at: str
    day: str
    amount: str | None
    branch: str
    attributes: dict[str, Any]


class EventPage(TypedDict):
    """A page of events."""

    items: list[EventOut]
    next: str


class EventTaken(TypedDict):
    """What became of it."""

    outcome: Literal["created", "updated", "unchanged"]
    unnamed_kinds: list[str]


class EventsIn(TypedDict):
    """Events that are taken together or not at all."""

    events: list[EventIn]


class EventsTaken(TypedDict):
    """What became of each, in order."""

    outcomes: list[str]
    unnamed_kinds: list[str]


class FeedbackOut(TypedDict):
    """One statement of a customer."""

    id: int
    customer: str
    words: str
    at: str
    state: str
    kind: str
    topic: str
    urgency: int
    sentiment: float | None
    confidence: float | None
    reader: str


class FeedbackPage(TypedDict):
    """A page of statements."""

    items: list[FeedbackOut]
    next: str


class FollowUpOut(TypedDict):
    """Planned work: one contact with one customer."""

    id: int
    customer: str
    branch: str
    staff: str
    channel: str
    purpose: str
    programme: str
    because: Said
    day: str
    opens_at: str
    closes_at: str
    deadline: str
    promised: bool
    state: Literal["open", "claimed", "done", "withdrawn"]
    outcome: str
    attempts_made: int


class FollowUpPage(TypedDict):
    """A page of follow-ups."""

    items: list[FollowUpOut]
    next: str


class KeyOut(TypedDict):
    """A key: what it may do and which branches it reaches."""

    name: str
    scopes: list[str]
    branches: list[str]
    expires_at: str | None


class MayCall(TypedDict):
    """The gate's word at this moment."""

    allowed: bool
    until: str
    why: Said | None


class Outcome(TypedDict):
    """What became of it."""

    outcome: Literal["created", "updated", "unchanged"]


class PointIn(TypedDict):
    """A number or address."""

    kind: Literal["phone", "email", "wecom", "dingtalk", "feishu", "address"]
    value: str
    label: NotRequired[str]


class PointOut(TypedDict):
    """A number or address. Masked unless the key has `numbers:read`."""

    kind: str
    value: str
    label: str
    primary: bool
    usable: bool


class ProblemAnswer(TypedDict):
    """What was wrong with a request (RFC 9457, `application/problem+json`)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    problems: list[ProblemPart]


class ProblemPart(TypedDict):
    """One thing that is wrong."""

    code: str
    what: Said
    remedy: Said
    where: NotRequired[str]
    row: NotRequired[int | None]


class ReassignIn(TypedDict):
    """To whom."""

    staff: NotRequired[str]


class RecordOut(TypedDict):
    """What was learned in one attempt."""

    id: int
    followup: int | None
    customer: str
    staff: str
    branch: str
    programme: str
    channel: str
    outcome: str
    reached: bool
    questionnaire: str
    day: str
    saved_at: str
    words: str
    remark: str
    mean_score: float | None
    min_score: float | None
    satisfied: bool | None
    next_step: str
    next_on: str | None
    answers: list[AnswerOut]


class RecordPage(TypedDict):
    """A page of records."""

    items: list[RecordOut]
    next: str


class Said(TypedDict):
    """The same words in Chinese and English."""

    zh: str
    en: str


class StatementIn(TypedDict):
    """What a customer has said elsewhere: in a shop's review, a chat, a telephone system."""

    customer: str
    words: str
    at: str
    reference: str


class StatusIn(TypedDict):
    """Whether they still are a customer."""

    status: Literal["active", "deceased", "closed"]


class StepIn(TypedDict):
    """What is done: a comment, an answer to the customer, the solution, closing, reopening."""

    what: Literal["comment", "answer", "solve", "close", "reopen"]
    words: str
    cause: NotRequired[str]


class WebhookChange(TypedDict):
    """What is to be different; what is left out stays."""

    name: NotRequired[str | None]
    url: NotRequired[str | None]
    events: NotRequired[
        list[
            Literal[
                "record.saved",
                "record.corrected",
                "record.taken-back",
                "case.opened",
                "case.answered",
                "case.solved",
                "case.closed",
                "case.reopened",
                "consent.refused",
                "consent.given",
                "customer.status",
                "followup.withdrawn",
            ]
        ]
        | None
    ]
    active: NotRequired[bool | None]


class WebhookIn(TypedDict):
    """Where to tell, of what."""

    name: str
    url: str
    events: list[
        Literal[
            "record.saved",
            "record.corrected",
            "record.taken-back",
            "case.opened",
            "case.answered",
            "case.solved",
            "case.closed",
            "case.reopened",
            "consent.refused",
            "consent.given",
            "customer.status",
            "followup.withdrawn",
        ]
    ]
    branches: NotRequired[list[str] | None]


class WebhookMade(TypedDict):
    """A new subscription and its secret."""

    id: int
    name: str
    url: str
    events: list[str]
    branches: list[str]
    active: bool
    failures: int
    created_at: str
    secret: str


class WebhookOut(TypedDict):
    """A subscription of this key."""

    id: int
    name: str
    url: str
    events: list[str]
    branches: list[str]
    active: bool
    failures: int
    created_at: str


class WebhookPage(TypedDict):
    """A page of subscriptions."""

    items: list[WebhookOut]
    next: str


class WebhookRemoved(TypedDict):
    """A subscription that is gone."""

    removed: int


class WithdrawIn(TypedDict):
    """Why."""

    reason: str


class Huifang:
    """One installation, reached with a key. Use as a context manager, or call `close`."""

    def __init__(self, address: str, key: str, *, timeout: float = 30.0, language: str = "zh") -> None:
        headers = {"Authorization": f"Bearer {key}", "Accept-Language": language}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let the connection go."""
        self._http.close()

    def _send(self, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None, token: str | None = None) -> Any:
        asked = {name: value for name, value in (query or {}).items() if value is not None}
        headers = {"Idempotency-Key": token} if token else {}
        answer = self._http.request(method, path, params=asked, json=body, headers=headers)
        if answer.is_error:
            raise Problem(answer)
        return answer.json()

    def list_customers(
        self, *, limit: int | None = None, cursor: str | None = None, phone: str | None = None, branch: str | None = None
    ) -> CustomerPage:
        """Customers of the key's branches in the order of their numbers."""
        return cast(
            "CustomerPage",
            self._send("GET", "api/v1/customers", {"limit": limit, "cursor": cursor, "phone": phone, "branch": branch}, None, None),
        )

    def all_customers(self, *, limit: int | None = None, phone: str | None = None, branch: str | None = None) -> Iterator[CustomerOut]:
        """The same through all pages."""
        cursor = ""
        while True:
            page = self.list_customers(cursor=cursor, limit=limit, phone=phone, branch=branch)
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def read_customer(self, code: str) -> CustomerOut:
        """One customer by number."""
        return cast("CustomerOut", self._send("GET", f"api/v1/customers/{quote(str(code), safe='')}", None, None, None))

    def put_customer(self, code: str, body: CustomerIn, *, idempotency_key: str | None = None) -> Outcome:
        """The customer with this number, with contact points and agreements, as an import of one row would bring them."""
        return cast("Outcome", self._send("PUT", f"api/v1/customers/{quote(str(code), safe='')}", None, body, idempotency_key))

    def set_customer_status(self, code: str, body: StatusIn, *, idempotency_key: str | None = None) -> Done:
        """Whoever is not active is not contacted from now on; what was due for them is closed."""
        return cast("Done", self._send("PUT", f"api/v1/customers/{quote(str(code), safe='')}/status", None, body, idempotency_key))

    def add_consent(self, code: str, body: ConsentIn, *, idempotency_key: str | None = None) -> Done:
        """In force at once on every channel it names; a refusal also clings to the customer's numbers."""
        return cast("Done", self._send("POST", f"api/v1/customers/{quote(str(code), safe='')}/consents", None, body, idempotency_key))

    def add_event(self, body: EventIn, *, idempotency_key: str | None = None) -> EventTaken:
        """The event reaches today's plan: with the morning's plan where that is still to come, else with a planning within minutes."""
        return cast("EventTaken", self._send("POST", "api/v1/events", None, body, idempotency_key))

    def list_events(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        customer: str | None = None,
        kind: str | None = None,
        since: str | None = None,
    ) -> EventPage:
        """Events of customers of the key's branches, in the order in which they were entered."""
        return cast(
            "EventPage",
            self._send(
                "GET", "api/v1/events", {"limit": limit, "cursor": cursor, "customer": customer, "kind": kind, "since": since}, None, None
            ),
        )

    def all_events(
        self, *, limit: int | None = None, customer: str | None = None, kind: str | None = None, since: str | None = None
    ) -> Iterator[EventOut]:
        """The same through all pages."""
        cursor = ""
        while True:
            page = self.list_events(cursor=cursor, limit=limit, customer=customer, kind=kind, since=since)
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def add_events(self, body: EventsIn, *, idempotency_key: str | None = None) -> EventsTaken:
        """Up to 500 events in one transaction: all are taken, or none, and the answer says what is wrong with which row."""
        return cast("EventsTaken", self._send("POST", "api/v1/events/batch", None, body, idempotency_key))

    def list_followups(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        day: str | None = None,
        state: Literal["open", "claimed", "done", "withdrawn"] | None = None,
        customer: str | None = None,
        staff: str | None = None,
    ) -> FollowUpPage:
        """Follow-ups of the key's branches, in the order in which they were planned."""
        return cast(
            "FollowUpPage",
            self._send(
                "GET",
                "api/v1/follow-ups",
                {"limit": limit, "cursor": cursor, "day": day, "state": state, "customer": customer, "staff": staff},
                None,
                None,
            ),
        )

    def all_followups(
        self,
        *,
        limit: int | None = None,
        day: str | None = None,
        state: Literal["open", "claimed", "done", "withdrawn"] | None = None,
        customer: str | None = None,
        staff: str | None = None,
    ) -> Iterator[FollowUpOut]:
        """The same through all pages."""
        cursor = ""
        while True:
            page = self.list_followups(cursor=cursor, limit=limit, day=day, state=state, customer=customer, staff=staff)
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def read_followup(self, number: int) -> FollowUpOut:
        """One follow-up."""
        return cast("FollowUpOut", self._send("GET", f"api/v1/follow-ups/{quote(str(number), safe='')}", None, None, None))

    def reassign_followup(self, number: int, body: ReassignIn, *, idempotency_key: str | None = None) -> Done:
        """To a colleague, or to whoever is free first; whoever has it in hand loses it."""
        return cast("Done", self._send("POST", f"api/v1/follow-ups/{quote(str(number), safe='')}/reassign", None, body, idempotency_key))

    def withdraw_followup(self, number: int, body: WithdrawIn, *, idempotency_key: str | None = None) -> Done:
        """Off the plan for good, with what it was planned for."""
        return cast("Done", self._send("POST", f"api/v1/follow-ups/{quote(str(number), safe='')}/withdraw", None, body, idempotency_key))

    def list_records(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        customer: str | None = None,
        programme: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> RecordPage:
        """Records made in the key's branches, oldest first."""
        return cast(
            "RecordPage",
            self._send(
                "GET",
                "api/v1/records",
                {"limit": limit, "cursor": cursor, "customer": customer, "programme": programme, "since": since, "until": until},
                None,
                None,
            ),
        )

    def all_records(
        self,
        *,
        limit: int | None = None,
        customer: str | None = None,
        programme: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> Iterator[RecordOut]:
        """The same through all pages."""
        cursor = ""
        while True:
            page = self.list_records(cursor=cursor, limit=limit, customer=customer, programme=programme, since=since, until=until)
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def read_record(self, number: int) -> RecordOut:
        """One record with its answers."""
        return cast("RecordOut", self._send("GET", f"api/v1/records/{quote(str(number), safe='')}", None, None, None))

    def list_answers(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        question: str | None = None,
        since: str | None = None,
        until: str | None = None,
    ) -> AnswerPage:
        """Answers in records of the key's branches, oldest first."""
        return cast(
            "AnswerPage",
            self._send(
                "GET",
                "api/v1/answers",
                {"limit": limit, "cursor": cursor, "question": question, "since": since, "until": until},
                None,
                None,
            ),
        )

    def all_answers(
        self, *, limit: int | None = None, question: str | None = None, since: str | None = None, until: str | None = None
    ) -> Iterator[AnswerOut]:
        """The same through all pages."""
        cursor = ""
        while True:
            page = self.list_answers(cursor=cursor, limit=limit, question=question, since=since, until=until)
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def list_cases(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        state: Literal["open", "answered", "solved", "closed"] | None = None,
        customer: str | None = None,
    ) -> CasePage:
        """Cases of the key's branches, oldest first."""
        return cast(
            "CasePage",
            self._send("GET", "api/v1/cases", {"limit": limit, "cursor": cursor, "state": state, "customer": customer}, None, None),
        )

    def all_cases(
        self, *, limit: int | None = None, state: Literal["open", "answered", "solved", "closed"] | None = None, customer: str | None = None
    ) -> Iterator[CaseOut]:
        """The same through all pages."""
        cursor = ""
        while True:
            page = self.list_cases(cursor=cursor, limit=limit, state=state, customer=customer)
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def open_case(self, body: CaseIn, *, idempotency_key: str | None = None) -> CaseOut:
        """With clocks and owner by the rule of its kind in the playbook in force; its owner is told."""
        return cast("CaseOut", self._send("POST", "api/v1/cases", None, body, idempotency_key))

    def read_case(self, number: str) -> CaseOut:
        """One case by number."""
        return cast("CaseOut", self._send("GET", f"api/v1/cases/{quote(str(number), safe='')}", None, None, None))

    def step_case(self, number: str, body: StepIn, *, idempotency_key: str | None = None) -> CaseOut:
        """The same rules as on the case's page: none is closed before the customer was answered and the matter solved."""
        return cast("CaseOut", self._send("POST", f"api/v1/cases/{quote(str(number), safe='')}/steps", None, body, idempotency_key))

    def list_feedback(
        self,
        *,
        limit: int | None = None,
        cursor: str | None = None,
        customer: str | None = None,
        kind: Literal["praise", "suggestion", "complaint"] | None = None,
        state: Literal["read", "unsure", "decided", "nothing"] | None = None,
    ) -> FeedbackPage:
        """Statements of customers of the key's branches, oldest first."""
        return cast(
            "FeedbackPage",
            self._send(
                "GET", "api/v1/feedback", {"limit": limit, "cursor": cursor, "customer": customer, "kind": kind, "state": state}, None, None
            ),
        )

    def all_feedback(
        self,
        *,
        limit: int | None = None,
        customer: str | None = None,
        kind: Literal["praise", "suggestion", "complaint"] | None = None,
        state: Literal["read", "unsure", "decided", "nothing"] | None = None,
    ) -> Iterator[FeedbackOut]:
        """The same through all pages."""
        cursor = ""
        while True:
            page = self.list_feedback(cursor=cursor, limit=limit, customer=customer, kind=kind, state=state)
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def send_feedback(self, body: StatementIn, *, idempotency_key: str | None = None) -> FeedbackOut:
        """It is kept at once and read within the minute; what the reader is unsure of is put before a person."""
        return cast("FeedbackOut", self._send("POST", "api/v1/feedback", None, body, idempotency_key))

    def read_feedback(self, number: int) -> FeedbackOut:
        """One statement, as it is understood now."""
        return cast("FeedbackOut", self._send("GET", f"api/v1/feedback/{quote(str(number), safe='')}", None, None, None))

    def may_call(self, key: str) -> MayCall:
        """Ask right before dialling: a customer may have refused since the hand-over. Writes nothing."""
        return cast("MayCall", self._send("GET", f"api/v1/calls/{quote(str(key), safe='')}", None, None, None))

    def tell_calls(self, body: CallsIn, *, idempotency_key: str | None = None) -> CallsTaken:
        """Each becomes its attempt's outcome, with the same retry rules as any call, once. The first result of a key counts."""
        return cast("CallsTaken", self._send("POST", "api/v1/calls", None, body, idempotency_key))

    def list_webhooks(self, *, limit: int | None = None, cursor: str | None = None) -> WebhookPage:
        """The key's own subscriptions, in the order in which they were made; without their secrets."""
        return cast("WebhookPage", self._send("GET", "api/v1/webhooks", {"limit": limit, "cursor": cursor}, None, None))

    def all_webhooks(self, *, limit: int | None = None) -> Iterator[WebhookOut]:
        """The same through all pages."""
        cursor = ""
        while True:
            page = self.list_webhooks(cursor=cursor, limit=limit)
            yield from page["items"]
            cursor = page["next"]
            if not cursor:
                return

    def add_webhook(self, body: WebhookIn, *, idempotency_key: str | None = None) -> WebhookMade:
        """It hears of what happens from now on. An address that is not public HTTPS is refused with 422."""
        return cast("WebhookMade", self._send("POST", "api/v1/webhooks", None, body, idempotency_key))

    def read_webhook(self, number: int) -> WebhookOut:
        """One of the key's own subscriptions."""
        return cast("WebhookOut", self._send("GET", f"api/v1/webhooks/{quote(str(number), safe='')}", None, None, None))

    def change_webhook(self, number: int, body: WebhookChange, *, idempotency_key: str | None = None) -> WebhookOut:
        """Another name, address or events; off or on. The secret stays."""
        return cast("WebhookOut", self._send("PUT", f"api/v1/webhooks/{quote(str(number), safe='')}", None, body, idempotency_key))

    def remove_webhook(self, number: int, *, idempotency_key: str | None = None) -> WebhookRemoved:
        """Nothing is told any more, and what still waited is not sent."""
        return cast("WebhookRemoved", self._send("DELETE", f"api/v1/webhooks/{quote(str(number), safe='')}", None, None, idempotency_key))

    def read_key(self) -> KeyOut:
        """What the key that is sent may do. Any key may ask."""
        return cast("KeyOut", self._send("GET", "api/v1/key", None, None, None))
