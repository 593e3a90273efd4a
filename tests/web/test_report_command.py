"""``huifang report``: a register as a file."""

from __future__ import annotations

import io

import pytest

from huifang.app.records.models import AuditEntry
from huifang.app.report_command import report_command


@pytest.mark.parametrize(("ending", "begins"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_a_register_is_written_and_noted(scene, tmp_path, ending, begins):
    path, out = tmp_path / f"台账.{ending}", io.StringIO()
    given = ["repair-shop/daily-satisfaction", "--day", str(scene.run.day), "--branch", scene.here.code, "--out", str(path)]
    assert report_command(given, out) == 0
    assert path.read_bytes().startswith(begins)
    assert str(path) in out.getvalue()
    assert AuditEntry.objects.get(action="register.exported").by is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["none/x", "--out", "a.pdf"], "There is no register"),
        (["repair-shop/daily-due", "--branch", "??", "--out", "a.pdf"], "There is no branch"),
        (["repair-shop/daily-due", "--out", "a.doc"], "cannot be"),
    ],
)
def test_what_there_is_not_is_told(scene, given, said):
    out = io.StringIO()
    assert report_command(given, out) == 2
    assert said in out.getvalue()
