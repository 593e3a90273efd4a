"""Which branches and staff the rows of one import may name: plain values, which go to the process that prepares rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
