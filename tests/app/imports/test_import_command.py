"""``huifang import`` from the command line, and imports as pages see them."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from huifang.app.queries import imports as queries
from huifang.app.records.models import Branch, Customer, ImportBatch, Role, Staff
from huifang.app.services.imports import prepare
from huifang.app.services.imports.run import run
from huifang.cli import main
from tests.app.imports.import_files import xlsx

pytestmark = pytest.mark.django_db
Capture = pytest.CaptureFixture[str]
NOW = datetime(2025, 7, 21, 1, tzinfo=UTC)


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    path = tmp_path / "客户.xlsx"
    path.write_bytes(xlsx([["姓名", "电话", "来源"], ["王芳", "13800002046", "广告"], ["李强", "1", "门店"]]))
    return path


def test_a_file_is_brought_in_and_rejected_rows_are_written(file: Path, tmp_path: Path, capsys: Capture) -> None:
    code = main(["import", str(file), "--kind", "customers", "--map", "来源=attribute.source", "--rejected", str(tmp_path / "r.csv")])
    assert code == 1
    assert "rows 2 = created 1 + updated 0 + unchanged 0 + rejected 1" in capsys.readouterr().out
    assert Customer.objects.get().attributes == {"source": "广告"}
    assert "李强" in (tmp_path / "r.csv").read_text("utf-8-sig")


def test_a_dry_run_writes_nothing(file: Path, capsys: Capture) -> None:
    assert main(["import", str(file), "--kind", "customers", "--dry-run"]) == 1
    assert "rows 2  accepted 1  rejected 1" in capsys.readouterr().out
    assert (Customer.objects.count(), ImportBatch.objects.count()) == (0, 0)


@pytest.mark.parametrize("wrong", [["--branch", "nowhere"], ["--map", "没有=phone"], ["--map", "姓名=password"]])
def test_what_cannot_be_done_is_said(file: Path, capsys: Capture, wrong: list[str]) -> None:
    assert main(["import", str(file), "--kind", "customers", *wrong, "--language", "en"]) == 2
    assert capsys.readouterr().err.strip()


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    assert main(["import", str(tmp_path / "none.xlsx")]) == 2


def test_pages_see_only_the_imports_of_their_branch(file: Path) -> None:
    branch = Branch.objects.create(code="b", name="东店")
    own, foreign = (
        Staff.objects.create(code=code, name=code, role=Role.SUPERVISOR, branch=place)
        for code, place in (("o", branch), ("f", Branch.objects.create(code="c", name="西店")))
    )
    batch = prepare.upload(own, io.BytesIO(file.read_bytes()), "客户.xlsx", NOW, branch=branch, kind="customers")
    run(prepare.confirm(own, batch, NOW).pk, NOW)
    assert [(line.file_name, line.share, line.rejected) for line in queries.imports(own)] == [("客户.xlsx", 100, 1)]
    assert queries.imports(foreign) == []
    assert queries.detail(foreign, batch.pk) is None
    seen = queries.detail(own, batch.pk)
    assert seen is not None
    assert (seen.can_undo, seen.can_run, seen.rejections[0].line, seen.names) == (True, False, 3, ("姓名", "电话", "来源"))
