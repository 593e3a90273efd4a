"""Which branches and staff the rows of one import may name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from huifang.app.access import branches_for, staff_for
from huifang.app.records.models import Branch, Staff
from huifang.app.services.register.rows import Unreadable
from huifang.domain.words import Words


@dataclass(frozen=True, slots=True)
class Scope:
    """Branches by code and name, staff by code and unambiguous name; `default` is the branch of rows that name none.

    `everywhere`: the importer sees all branches, and customers without one.
    """

    branches: Mapping[str, int]
    staff: Mapping[str, int]
    default: int | None
    everywhere: bool

    def branch(self, said: str) -> int | None:
        """Id of the branch a row names. Raises `Unreadable` for one that is unknown or not the importer's."""
        if not said:
            return self.default
        found = self.branches.get(said.casefold())
        if found is None:
            raise Unreadable(
                "branch.unknown",
                Words(
                    f"没有“{said[:40]}”这个门店，或它不在您的范围内；请核对名称，或请管理员先添加。",
                    f"There is no branch “{said[:40]}” in your scope; check its name or ask the administrator to add it.",
                ),
            )
        return found

    def reaches(self, branch_id: int | None) -> bool:
        """Whether the importer may write to records of this branch."""
        return self.everywhere or (branch_id is not None and branch_id in self.branches.values())


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
