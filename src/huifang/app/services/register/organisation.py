"""Staff and branches, many at once. No import gives anybody a sign-in."""

from __future__ import annotations

from collections.abc import Sequence

from huifang.app.records.models import Branch, ImportBatch, Staff
from huifang.app.services.register import changes
from huifang.app.services.register.changed import Changed
from huifang.app.services.register.reach import Scope
from huifang.app.services.register.rows import Outcome, Rejection, Row, Unreadable


def write_staff(rows: Sequence[Row], scope: Scope, batch: ImportBatch | None) -> list[Outcome | Rejection]:
    """Create or change staff, known by their number; outcomes in the order of rows."""
    changed = Changed()
    known = {one.code: one for one in Staff.objects.filter(code__in=[row.staff.code for row in rows if row.staff])}
    outcomes = [_one_staff(row, scope, changed, known) for row in rows]
    changes.write("staff", changed, batch)
    return outcomes


def _one_staff(row: Row, scope: Scope, changed: Changed, known: dict[str, Staff]) -> Outcome | Rejection:
    said = row.staff
    assert said is not None  # noqa: S101 - rows of this kind carry staff
    try:
        branch = scope.branch(said.branch)
    except Unreadable as error:
        return Rejection(row.line, "", error.code, error.words)
    found = known.get(said.code)
    if found is None:
        found = Staff(
            code=said.code, name=said.name, branch_id=branch, department=said.department, capacity=said.capacity or 0,
            hours=said.hours, skills=list(said.skills),
        )  # fmt: skip
        found.set_unusable_password()
        known[said.code] = found
        changed.created.append(found)
        return "created"
    skills = list(said.skills) or None
    values = {
        "name": said.name, "branch_id": branch if said.branch else None, "department": said.department or None,
        "capacity": said.capacity, "hours": said.hours or None, "skills": skills,
    }  # fmt: skip
    put = [changed.put(found, name, value) for name, value in values.items() if value is not None]
    return "updated" if any(put) else "unchanged"


def write_branches(rows: Sequence[Row], batch: ImportBatch | None) -> list[Outcome | Rejection]:
    """Create or change branches, known by their number; outcomes in the order of rows."""
    changed = Changed()
    known = {one.code: one for one in Branch.objects.filter(code__in=[row.branch.code for row in rows if row.branch])}
    outcomes: list[Outcome | Rejection] = []
    for row in rows:
        said = row.branch
        assert said is not None  # noqa: S101 - rows of this kind carry a branch
        found = known.get(said.code)
        if found is None:
            found = Branch(code=said.code, name=said.name, time_zone=said.time_zone or "Asia/Shanghai")
            known[said.code] = found
            changed.created.append(found)
            outcomes.append("created")
        else:
            values = {"name": said.name, "time_zone": said.time_zone or found.time_zone}
            put = [changed.put(found, name, value) for name, value in values.items()]
            outcomes.append("updated" if any(put) else "unchanged")
    changes.write("branch", changed, batch)
    return outcomes
