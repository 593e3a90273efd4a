"""The reach of a person's import, found in the register."""

from __future__ import annotations

from huifang.app.access import branches_for, staff_for
from huifang.app.records.models import Branch, Staff
from huifang.app.services.register.reach import Scope


def of(by: Staff | None, branch: Branch | None) -> Scope:
    """The scope of a person, narrowed to one branch where the import is; without a person (the command line) everything."""
    visible = Branch.objects.all() if by is None else branches_for(by)
    if branch is not None:
        visible = visible.filter(pk=branch.pk)
    found = list(visible.filter(active=True).values_list("pk", "code", "name"))
    branches = {name.casefold(): pk for pk, _, name in found} | {code.casefold(): pk for pk, code, _ in found}
    everywhere = branch is None and (by is None or by.all_branches)
    default = branch.pk if branch else (by.branch_id if by is not None and not by.all_branches else None)
    return Scope(branches, _staff(by), default if default is None or any(default == pk for pk, _, _ in found) else None, everywhere)


def _staff(by: Staff | None) -> dict[str, int]:
    people = list((Staff.objects.filter(is_active=True) if by is None else staff_for(by)).values_list("pk", "code", "name"))
    names = [name for _, _, name in people]
    return {name.casefold(): pk for pk, _, name in people if names.count(name) == 1} | {code.casefold(): pk for pk, code, _ in people}
