"""An import that is killed in the middle of its work goes on with nothing lost and nothing doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = """
import io, json, os, random, signal, sys
import django
django.setup()
from django.core.management import call_command
from django.utils import timezone
from huifang.app.records.models import ContactPoint, Customer, Event, ImportBatch
from huifang.app.services.imports import apply, prepare, run, second_process
rows, step = int(sys.argv[1]), int(sys.argv[2])
apply.ROWS = min(rows // 12, apply.ROWS)
second_process.WORTH_IT = 10**9 if step % 2 else 0
if step == 0:
    call_command("migrate", verbosity=0)
    lines = ["工单号,结算日期,客户姓名,手机,金额"]
    lines += [f"J{n},2025-07-{n % 28 + 1:02},客户{n % (rows // 2)},13{n % (rows // 2):09},{n}.50" for n in range(rows)]
    batch = prepare.upload(None, io.BytesIO("\\n".join(lines).encode()), "a.csv", timezone.now())
    prepare.confirm(None, batch, timezone.now())
batch = ImportBatch.objects.get()
if step < 9:
    left = [(step + 1) * (rows // 12 // apply.ROWS)]
    saved = ImportBatch.save
    def dying(self, **options):
        saved(self, **options)
        left[0] -= "done_rows" in options["update_fields"]
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
    ImportBatch.save = dying
batch = run.run(batch.pk, timezone.now())
print(json.dumps([batch.state, batch.rows, batch.created, batch.rejected, Event.objects.count(), Customer.objects.count(),
                  ContactPoint.objects.count()]))
"""


def bring(folder: Path, rows: int, step: int) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "HUIFANG_DATA": str(folder),
        "HUIFANG_DATABASE": "",
        "DJANGO_SETTINGS_MODULE": "huifang.app.settings",
        "PYTHONPATH": str(ROOT / "src"),
    }
    return subprocess.run(
        [sys.executable, "-c", SCRIPT, str(rows), str(step)], env=environment, capture_output=True, text=True, check=False, timeout=3600
    )


@pytest.mark.parametrize("rows", [2_400, pytest.param(1_000_000, marks=pytest.mark.full)])
def test_killed_again_and_again_an_import_ends_as_if_nothing_had_happened(rows: int, tmp_path: Path) -> None:
    for step in range(4):
        killed = bring(tmp_path, rows, step)
        assert killed.returncode == -9, killed.stderr
    done = bring(tmp_path, rows, 9)
    assert json.loads(done.stdout) == ["done", rows, rows, 0, rows, rows // 2, rows // 2], done.stderr
