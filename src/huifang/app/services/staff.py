"""Members of staff who sign in: added, changed, given a password."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override

from huifang.app.access import MANAGE_STAFF, require
from huifang.app.records.models import Branch, Role, Staff
from huifang.app.services import audit
from huifang.domain import shifts
from huifang.domain.errors import Conflict, Invalid, NotAllowed, Problem
from huifang.domain.words import Words

CHANGEABLE = ("name", "role", "branch", "department", "all_branches", "capacity", "hours", "skills", "is_active", "sign_in_name")
OWN = ("language", "theme")


def add(
    by: Staff | None,
    code: str,
    name: str,
    role: str,
    now: datetime,  # noqa: ARG001
    *,
    branch: Branch | None = None,
    sign_in_name: str | None = None,
    password: str | None = None,
    capacity: int = 0,
    hours: str = "",
    all_branches: bool = False,
    department: str = "",
    must_change_password: bool = False,
) -> Staff:
    """A new member of staff; with a sign-in name and a password they can sign in. Raises Conflict where code or sign-in name is taken,
    Invalid where the shift cannot be read or the capacity is below 0.
    """
    _require(by)
    shifts.parse(hours)
    _check_capacity(capacity)
    person = Staff(
        code=code, name=name, role=role, branch=branch, sign_in_name=sign_in_name or None, capacity=capacity, hours=hours,
        all_branches=all_branches, department=department.strip(), must_change_password=must_change_password,
    )  # fmt: skip
    if password is not None:
        _check_password(password, person)
        person.set_password(password)
    else:
        person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save()
            audit.write(by, "staff.added", f"staff:{person.pk}", role=role)
    except IntegrityError:
        raise Conflict(_taken()) from None
    return person


def set_password(by: Staff | None, person: Staff, password: str, now: datetime) -> None:  # noqa: ARG001
    """A new password: one's own, or by an administrator for somebody who must then change it."""
    own = by is not None and by.pk == person.pk
    if not own:
        _require(by)
    _check_password(password, person)
    with transaction.atomic():
        person.set_password(password)
        person.must_change_password = by is not None and not own
        person.save(update_fields=["password", "must_change_password"])
        audit.write(by, "staff.password", f"staff:{person.pk}")


def change(by: Staff, person: Staff, values: dict[str, object], now: datetime) -> Staff:  # noqa: ARG001
    """Change some of `CHANGEABLE` (administrators), or one's own language and theme. The last administrator stays one.

    Raises Invalid for what is not theirs to change, a shift that cannot be read, or a capacity below 0.
    """
    unknown = sorted(set(values) - set(CHANGEABLE) - set(OWN))
    if unknown:
        raise Invalid(
            Problem(
                "staff.unknown-value",
                Words(f"人员资料里没有“{', '.join(unknown)}”。", f"A member of staff has no “{', '.join(unknown)}”."),
                Words("请刷新页面后重试。", "Reload the page and try again."),
            )
        )
    if by.pk != person.pk or not set(values) <= set(OWN):
        _require(by)
    shifts.parse(str(values.get("hours", "")))
    _check_capacity(values.get("capacity"))
    try:
        with transaction.atomic():
            held = Staff.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
            for name, value in values.items():
                setattr(held, name, value)
            held.save()
            _keep_an_administrator()
            audit.write(by, "staff.changed", f"staff:{held.pk}", fields=sorted(values))
    except IntegrityError:
        raise Conflict(_taken()) from None
    return held


def _check_capacity(capacity: object) -> None:
    if isinstance(capacity, int) and capacity < 0:
        raise Invalid(
            Problem(
                "staff.capacity",
                Words(f"每日回访量不能是 {capacity}。", f"The follow-ups a day cannot be {capacity}."),
                Words("请写 0 或更大的整数；0 表示不分配。", "Write 0 or more; 0 is somebody who gets nothing."),
            )
        )


def _require(by: Staff | None) -> None:
    if by is not None:
        require(by, MANAGE_STAFF)


def _keep_an_administrator() -> None:
    if not Staff.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exists():
        raise NotAllowed(
            Problem(
                "staff.last-administrator",
                Words("至少要保留一名管理员。", "One administrator must remain."),
                Words("请先指定另一名管理员。", "Name another administrator first."),
            )
        )


def _check_password(password: str, person: Staff) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid(_weak(error)) from None


def _weak(error: ValidationError) -> Problem:
    with override("zh-hans"):
        chinese = "".join(str(message) for message in error.messages)
    with override("en"):
        english = " ".join(str(message) for message in error.messages)
    return Problem(
        "staff.password-weak",
        Words(f"密码不合要求：{chinese}", f"The password will not do: {english}"),
        Words("请用 10 个以上字符，不要用姓名或常见密码。", "Use 10 characters and more, no name, no common password."),
    )


def _taken() -> Problem:
    return Problem(
        "staff.taken",
        Words("工号或登录名已有人使用。", "The code or sign-in name is taken."),
        Words("请换一个。", "Choose another."),
    )
