"""A team at work: latency, CPU and errors of the real server while agents go through their morning.

    python benchmarks/load.py [seconds] [customers]                                     20 agents, SQLite
    python scripts/with_postgresql.py python benchmarks/load.py [seconds] [customers]   50 agents, PostgreSQL

The business is the demo repair shop on a working morning after a busy day, so that nobody runs out of work: at least 40 follow-ups for
each agent, dealt evenly. Each agent takes the next follow-up, reads it, asks the gate for leave, keeps drafts while the customer answers,
looks at the customer's page or searches the register now and then, saves and goes on, with a few seconds of thought between. As in a
browser, what a button of the list asks for is put into the page that is open, a page asks for its own parts (comments, recordings, what was
said), and the list asks every 30 seconds how it stands. Server, clients and database share the machine, so clients take no more of it than
they must: the standard library's plain connection, and what a page says is read after its time is taken.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from http.cookies import SimpleCookie
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode, urlsplit

from goals import goal
from processes import cpu_named, cpu_of

if TYPE_CHECKING:
    from huifang.app.records.models import Branch

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
THOUGHT = 3.0
"""Mean seconds of thought between two requests, from half of it to one and a half times."""
EACH = 40
"""Follow-ups that each agent has at least, and an agent's capacity."""
P95_GOAL, CPU_GOAL = 60, 15
BUTTON = {"HX-Request": "true", "HX-Boosted": "true", "HX-Target": "today"}
"""What the browser sends along when a button of the open page is pressed."""
POLL = 30.0
"""Seconds between two looks of the open list for what has changed, as in `list.js`."""
PARTS = re.compile(r'hx-get="([^"]+)"(?=[^>]*hx-trigger="load)')
"""What a page asks for once it stands."""
BEGINNING = 10.0
"""Seconds in which everybody opens the list and takes a first follow-up at once, as no morning does; they are told apart, and the goal is
for the time after them.
"""


class Page(NamedTuple):
    """What came back."""

    status_code: int
    text: str
    location: str = ""


class Browser:
    """One person's connection, kept open."""

    def __init__(self, address: str, session: str = "") -> None:
        where = urlsplit(address)
        self.connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        self.cookies = {"sessionid": session}

    def ask(self, method: str, path: str, data: dict[str, str] | None, headers: dict[str, str]) -> tuple[Page, float]:
        """The page, and how many milliseconds it took until its last byte was here. Raises OSError and HTTPException."""
        body = None if data is None else urlencode(data)
        sent = {**headers, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        answer, read = self._exchange(method, path, body, sent)
        took = (time.perf_counter() - began) * 1000
        for line in answer.headers.get_all("Set-Cookie", ()):
            self.cookies |= {name: each.value for name, each in SimpleCookie(line).items()}
        return Page(answer.status, read.decode(), answer.headers.get("Location", "")), took

    def _exchange(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> tuple[http.client.HTTPResponse, bytes]:
        """What came; a connection that the server has let go while nobody spoke is opened again once, as browsers do."""
        for fresh in (self.connection.sock is None, True):
            try:
                self.connection.request(method, path, body, headers)
                answer = self.connection.getresponse()
                return answer, answer.read()
            except (OSError, http.client.HTTPException):
                self.connection.close()
                if fresh:
                    raise
        raise AssertionError


class Agent(threading.Thread):
    """One person's browser; when each request began (`time.monotonic`) and how many milliseconds it took is in `took` by page,
    what went wrong in `faults`.
    """

    def __init__(self, address: str, session: str, searches: list[str], until: float, number: int) -> None:
        super().__init__(daemon=True)
        self.browser = Browser(address, session)
        self.searches, self.until, self.rng = searches, until, Random(number)
        self.took: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.faults: Counter[str] = Counter()
        self.polled = time.monotonic() + self.rng.random() * POLL
        self.open = ""

    def run(self) -> None:
        """Work until the time is over."""
        time.sleep(self.rng.random() * THOUGHT)
        while time.monotonic() < self.until:
            page = self.ask("list", "GET", "/today/")
            while time.monotonic() < self.until and (page := self.next_of(page)):
                page = self.follow_up(page)

    def press(self, name: str, path: str, data: dict[str, str], fine: tuple[int, ...] = (200,)) -> Page:
        """A button of the open page."""
        return self.ask(name, "POST", path, data, fine, BUTTON)

    def ask(
        self,
        name: str,
        method: str,
        path: str,
        data: dict[str, str] | None = None,
        fine: tuple[int, ...] = (200,),
        headers: dict[str, str] | None = None,
    ) -> Page:
        """One request, timed; thought afterwards. Where the page sends on, the next page is asked for as one of its own."""
        answer = self.timed(name, method, path, data, headers)
        if answer.status_code in (302, 303):
            target = answer.location
            return self.ask("follow-up" if re.search(r"/today/\d+/$", target) else "list", "GET", target, headers=headers)
        if answer.status_code not in fine:
            self.faults[f"{name} {answer.status_code}"] += 1
        for part in dict.fromkeys(PARTS.findall(answer.text)):
            self.part("part", part)
        if where := re.search(r'action="/today/(\d+)/save/"', answer.text):
            self.open = where[1]
        time.sleep(THOUGHT * (0.5 + self.rng.random()))
        if time.monotonic() > self.polled:
            self.polled = time.monotonic() + POLL
            self.part("poll", f"/today/list/?open={self.open}")
        return answer

    def part(self, name: str, path: str) -> None:
        """What the browser fetches by itself."""
        answer = self.timed(name, "GET", path, None, {"HX-Request": "true", "X-Part": "1"})
        if answer.status_code not in (200, 204):
            self.faults[f"{name} {answer.status_code}"] += 1

    def timed(self, name: str, method: str, path: str, data: dict[str, str] | None, headers: dict[str, str] | None) -> Page:
        """One request and how long it took; 599 where there was no answer."""
        began = time.monotonic()
        try:
            answer, took = self.browser.ask(method, path, data, headers or {})
        except (OSError, http.client.HTTPException) as error:
            self.faults[f"{name} {type(error).__name__}"] += 1
            return Page(599, "")
        self.took[name].append((began, took))
        return answer

    def next_of(self, page: Page) -> Page | None:
        """The next follow-up in hand: the page itself where it is one; nothing where the list is empty."""
        if 'name="fence"' in page.text:
            return page
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        page = self.press("next", "/today/next/", {"csrfmiddlewaretoken": token[1] if token else ""})
        return page if 'name="fence"' in page.text else None

    def follow_up(self, page: Page) -> Page:
        """Call, note, look something up, save; the page that comes then."""
        where, form = re.search(r'action="(/today/\d+/)save/"', page.text), fields(page.text)
        assert where is not None
        path, reached = where[1], self.rng.random() < 0.6
        point = re.search(r'name="contact_point" value="(\d+)"', page.text)
        if point:
            page = self.press("call", path + "call/", form | {"contact_point": point[1]}, (200, 422))
            form = fields(page.text) or form
        if reached:
            form |= answers(page.text) | {"outcome": "completed", "words": "师傅手艺好，等得久了一点。"}
            for _part in range(2):
                self.ask("draft", "POST", path + "draft/", form, (204,))
            if self.rng.random() < 0.4:
                found = re.search(r'href="(/customers/\d+/)"', page.text)
                self.ask("customer", "GET", found[1] if found else "/customers/")
            if self.rng.random() < 0.3:
                self.ask("search", "GET", f"/customers/?{urlencode({'q': self.rng.choice(self.searches)})}")
        else:
            form |= {"outcome": "no_answer"}
        return self.press("save", path + "save/", form)


def fields(html: str) -> dict[str, str]:
    """What every form of the page sends along."""
    names = ("csrfmiddlewaretoken", "fence", "token")
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', html) for name in names}
    return {name: each[1] for name, each in found.items() if each}


def answers(html: str) -> dict[str, str]:
    """The last choice of every question: the best mark."""
    return dict(re.findall(r'type="radio" id="[^"]*" name="(q\.[^"]+)" value="([^"]*)"', html))


def fill(agents: int, customers: int) -> None:
    """In a process of its own: enter the business, plan its day, deal it to so many agents; prints sessions and names to search for."""
    import django

    django.setup()
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from huifang.app import business_clock
    from huifang.app.business_time import business_day
    from huifang.app.demo_load import load
    from huifang.app.records.models import Customer, FollowUp, Staff
    from huifang.app.services.planning import plan_day
    from huifang.demo.repair_shop import repair_shop

    call_command("migrate", verbosity=0)
    now = business_clock.now()
    day = business_day(now)
    load(repair_shop(day, customers=customers), now)
    model = Staff.objects.filter(role="agent").first()
    assert model is not None
    team = [
        Staff.objects.create(
            code=f"L{number:03d}",
            name=f"坐席{number}",
            sign_in_name=f"l{number:03d}",
            role="agent",
            branch=model.branch,
            all_branches=True,
            capacity=2 * EACH,
            password="!",
        )
        for number in range(agents)
    ]
    busy_day(day - timedelta(days=1), agents * EACH, model.branch)
    plan_day(day, now)
    followups = list(FollowUp.objects.filter(day=day, state="open", channel="phone").order_by("position", "pk"))
    if len(followups) < agents * EACH:
        raise SystemExit(f"only {len(followups)} follow-ups for {agents} agents: ask for more customers")
    for place, followup in enumerate(followups):
        followup.staff = team[place % agents]
    FollowUp.objects.bulk_update(followups, ["staff"], batch_size=500)
    print("followups", len(followups))
    for staff in team:
        session = SessionStore()
        session["_auth_user_id"], session["_auth_user_backend"] = str(staff.pk), "django.contrib.auth.backends.ModelBackend"
        session["_auth_user_hash"] = staff.get_session_auth_hash()
        session.create()
        print("session", session.session_key)
    for customer in Customer.objects.order_by("pk")[:50]:
        print("search", customer.name)


def busy_day(day: date, jobs: int, branch: Branch) -> None:
    """Twice so many jobs more were settled on a day, of customers who had not come for two months; not all of them may be called."""
    from django.db.models import Max

    from huifang.app.business_time import business_moment
    from huifang.app.records.models import Event

    settled = Event.objects.filter(kind="job.settled")
    long_ago = settled.values("customer").annotate(last=Max("day")).filter(last__lt=day - timedelta(days=60))
    at = business_moment(day, clock(16, 40))
    Event.objects.bulk_create(
        Event(customer_id=customer, kind="job.settled", code=f"BUSY{customer}", at=at, day=day, amount=380, branch=branch,
              attributes={"plate": f"粤B{customer:05d}", "vehicle": "轩逸 1.6L", "work": "更换机油机滤"})
        for customer in long_ago.order_by("customer").values_list("customer", flat=True)[: 2 * jobs]
    )  # fmt: skip


def main(seconds: int, customers: int) -> None:
    """Make the business, serve it, let the agents work, print the table."""
    from tests.browser.server import free_port

    from huifang.app.commands.demo import environment

    database = os.environ.get("HUIFANG_DATABASE", "")
    agents, store = (50, "PostgreSQL") if database else (20, "SQLite")
    with tempfile.TemporaryDirectory() as folder:
        paths = {"HUIFANG_DATABASE": database, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        own = environment(Path(folder), "repair-shop", datetime.now(UTC), 8000) | paths
        Path(own["HUIFANG_DATA"]).mkdir(parents=True)
        command = [sys.executable, __file__, "--fill", str(agents), str(customers)]
        told = subprocess.run(command, env=own, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        pairs = list(zip(told[::2], told[1::2], strict=True))
        said = {wanted: [value for key, value in pairs if key == wanted] for wanted in ("session", "search", "followups")}
        port = free_port()
        serve = f"from huifang.app.commands.serve import run; raise SystemExit(run(['--no-worker', '--port', '{port}'], 'en'))"
        with subprocess.Popen([sys.executable, "-c", serve], env=own, stdout=subprocess.DEVNULL) as server:
            try:
                report(*work(f"http://127.0.0.1:{port}", server.pid, said["session"], said["search"], seconds), store, *said["followups"])
            finally:
                server.terminate()


def work(address: str, server: int, sessions: list[str], searches: list[str], seconds: int) -> tuple[list[Agent], float, float, int]:
    """Let every agent work; the agents, CPU seconds of the server and of its database where that is another process, and the seconds."""
    for _try in range(300):
        try:
            Browser(address).ask("GET", "/sign-in/", None, {})
            break
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
    for session in sessions[:8]:  # warm: one look by each of some threads
        Browser(address, session).ask("GET", "/today/", None, {})
    began, stored, until = cpu_of(server), cpu_named("postgres"), time.monotonic() + seconds
    team = [Agent(address, session, searches, until, number) for number, session in enumerate(sessions)]
    for one in team:
        one.start()
    for one in team:
        one.join(seconds + 60)
    return team, cpu_of(server) - began, cpu_named("postgres") - stored, seconds


def report(team: list[Agent], spent: float, stored: float, seconds: int, store: str, followups: str) -> None:
    """The table of pages, then the CPU of a request and the errors."""
    took: dict[str, list[float]] = defaultdict(list)
    beginning: list[float] = []
    first = min(began for one in team for values in one.took.values() for began, _took in values)
    for one in team:
        for name, values in one.took.items():
            took[name] += [took for began, took in values if began >= first + BEGINNING]
            beginning += [took for began, took in values if began < first + BEGINNING]
    every = [value for values in took.values() for value in values]
    number = len(every) + len(beginning)
    machine = f"{len(os.sched_getaffinity(0))} cores, load {os.getloadavg()[0]:.1f}"
    print(f"\n{datetime.now(UTC):%Y-%m-%d}, {store}, {len(team)} agents with {followups} follow-ups, {seconds} s, {machine}\n")
    print(f"| page | requests | p50 ms | p95 ms (goal {P95_GOAL}) | p99 ms |\n|---|---|---|---|---|")
    shown = {**{name: took[name] for name in sorted(took) if took[name]}, "all": every, f"the first {BEGINNING:.0f} s": beginning}
    for name, values in shown.items():
        cut = statistics.quantiles(values, n=100, method="inclusive") if len(values) > 1 else values * 99
        print(f"| {name} | {len(values)} | {cut[49]:.0f} | {cut[94]:.0f} | {cut[98]:.0f} |")
    faults = sum((one.faults for one in team), Counter())
    print(f"\nServer: {spent * 1000 / number:.1f} ms CPU a request (goal {CPU_GOAL}), {number / seconds:.1f} requests/s; ", end="")
    print(f"PostgreSQL {stored * 1000 / number:.1f} ms; " if store == "PostgreSQL" else "", end="")
    print(f"the agents' browsers {time.process_time() * 1000 / number:.1f} ms; ", end="")
    print(f"errors {faults.total()}{': ' + str(dict(faults)) if faults else ''}")
    goal(f"{len(team)} agents, {store}: p95 in ms", statistics.quantiles(every, n=100, method="inclusive")[94], at_most=P95_GOAL)
    goal(f"{len(team)} agents, {store}: CPU ms a request", spent * 1000 / number, at_most=CPU_GOAL)


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:] if each.isdigit()]
    if "--fill" in sys.argv:
        fill(*numbers)
    else:
        main(*(numbers + [60, 20_000][len(numbers) :]))
