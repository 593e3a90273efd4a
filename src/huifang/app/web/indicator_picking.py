"""Which ground a request asks for, and how it is written into a link. What cannot be read is as if it were not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import get_args
from urllib.parse import urlencode

from django.http import HttpRequest

from huifang.app import business_clock
from huifang.app.access import staff_for
from huifang.app.queries.indicator_figures import NONE, By, Ground
from huifang.app.queries.playbooks import in_force
from huifang.app.queries.report_plans import report_plan
from huifang.app.records.models import Branch, Staff
from huifang.app.web import picking
from huifang.app.web.guard import person
from huifang.domain.periods import Kind, Stretch, stretch

PERIODS: tuple[Kind, ...] = ("week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Asked:
    """A ground with what the page offers beside it."""

    period: Stretch
    ground: Ground
    branches: list[Branch]
    branch: Branch | None
    programmes: list[tuple[str, str]]
    person_name: str
    department: str = ""
    report: str = ""
    """``playbook/key`` of the report whose programmes are looked at; empty for all programmes."""
    report_title: str = ""

    @property
    def after(self) -> date | None:
        """A day of the next period; None where it lies ahead."""
        following = self.period.after.first
        return following if following <= business_clock.today() else None

    def query(self, **more: object) -> str:
        """The ground as the query of a link, with changes; empty ones are left out."""
        ground = self.ground
        values: dict[str, object] = {
            "period": self.period.kind, "day": self.period.first, "branch": ground.branch, "programme": ground.programme,
            "person": ground.person, "department": self.department,
            "class": ground.group, "report": self.report,
        }  # fmt: skip
        return urlencode({name: value for name, value in (values | more).items() if value is not None and value != ""})


def asked(request: HttpRequest, language: str) -> Asked:
    """Read the request: ``?period=month&day=…&branch=…&programme=…&person=…&department=…&class=…&report=…``."""
    kind: Kind = next((one for one in PERIODS if one == request.GET.get("period")), "month")
    period = stretch(kind, min(picking.day_of(request), business_clock.today()))
    choice = picking.branches(person(request))
    branch = picking.branch_of(request, choice)
    titles = {key: one.title.say(language) for book in in_force() for key, one in book.playbook.programmes.items()}
    programme = request.GET.get("programme", "")
    who = picking.number_of(request, "person")
    name = staff_for(person(request)).filter(pk=who).values_list("name", flat=True).first() if who else ""
    department = "" if who is not None else request.GET.get("department", "")[:60]
    people = _people(person(request), department) if department else None
    group = "" if who is not None or department else request.GET.get("class", "")[:200]
    programme = programme if programme in titles else ""
    report = request.GET.get("report", "")
    plan = report_plan(*report.split("/")) if report.count("/") == 1 else None
    only = plan.programmes if plan else ()
    ground = Ground(period.first, period.last, branch.pk if branch else None, programme, who, group, only, people)
    told = (report, plan.title.say(language)) if plan else ("", "")
    return Asked(period, ground, choice, branch, list(titles.items()), name or "", department, *told)


def _people(staff: Staff, department: str) -> tuple[int, ...]:
    """Who is in a department; for those without one, 0 stands for nobody."""
    name = "" if department == NONE else department
    return (*staff_for(staff).filter(department=name).values_list("pk", flat=True), *([] if name else [0]))


def by_of(request: HttpRequest, ground: Ground) -> By:
    """``?by=person``; persons and classes are not split again, departments only into their people."""
    wanted = request.GET.get("by", "")
    allowed: tuple[By, ...] = get_args(By) if ground.person is None and not ground.group else ("branch", "programme")
    if ground.people is not None:
        allowed = ("branch", "programme", "person")
    return next((one for one in allowed if one == wanted), "programme")
