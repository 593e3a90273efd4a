"""``huifang report``: a register as a file."""

from __future__ import annotations

import pytest

from huifang.app.records.models import AuditEntry
from huifang.cli import main


@pytest.mark.parametrize(("ending", "begins"), [("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_a_register_is_written_and_noted(scene, tmp_path, capsys, ending, begins):
    path = tmp_path / f"台账.{ending}"
    given = ["repair-shop/daily-satisfaction", "--day", str(scene.run.day), "--branch", scene.here.code, "--out", str(path)]
    assert main(["report", *given]) == 0
    assert path.read_bytes().startswith(begins)
    assert str(path) in capsys.readouterr().out
    assert AuditEntry.objects.get(action="register.exported").by is None


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["none/x", "--out", "a.pdf"], "There is no register"),
        (["repair-shop/daily-due", "--branch", "??", "--out", "a.pdf"], "There is no branch"),
        (["repair-shop/daily-due", "--out", "a.doc"], "cannot be"),
    ],
)
def test_what_there_is_not_is_told(scene, capsys, given, said):
    assert main(["report", *given, "--language", "en"]) == 2
    assert said in capsys.readouterr().err
