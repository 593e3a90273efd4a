"""How fast rows come in, the CPU of the process that writes and of those beside it, and the peak memory
of all together; then pandas and bulk_create alone.

    python benchmarks/import_rows.py 100000

The rival keeps names and phones sealed too, but checks nothing, finds no one again, keeps no way back and cannot be resumed.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from goals import goal


def lines(rows: int) -> bytes:
    """A settlement file: half as many customers as rows."""
    said = ["工单号,结算日期,客户姓名,手机,车牌号,金额,备注"]
    said += [
        f"J{number:08},2025-0{number % 9 + 1}-1{number % 10},客户{number % (rows // 2)},13{number % (rows // 2):09},"
        f"粤A{number % 99999:05},{number % 5000}.50,无"
        for number in range(rows)
    ]
    return "\n".join(said).encode()


def ours(data: bytes) -> None:
    from django.utils import timezone

    from huifang.app.services.imports import prepare, run

    batch = prepare.confirm(None, prepare.upload(None, io.BytesIO(data), "rows.csv", timezone.now()), timezone.now())
    done = run.run(batch.pk, timezone.now())
    assert done.created + done.updated + done.unchanged == done.rows, done.error


def rival(data: bytes) -> None:
    import pandas as pd
    from django.utils import timezone

    from huifang.app.records.models import Customer, Event

    frame = pd.read_csv(io.BytesIO(data), dtype=str)
    people = frame.drop_duplicates("手机")
    customers = [Customer(code=phone, name=name, notes=phone) for phone, name in zip(people["手机"], people["客户姓名"], strict=True)]
    Customer.objects.bulk_create(customers, batch_size=2000)
    known = {one.code: one for one in customers}
    now = timezone.now()
    Event.objects.bulk_create(
        [
            Event(customer=known[phone], kind="job.settled", code=code, at=now, day=day, amount=amount)
            for code, day, phone, amount in zip(frame["工单号"], frame["结算日期"], frame["手机"], frame["金额"], strict=True)
        ],
        batch_size=2000,
    )


def measure(name: str, rows: int) -> None:
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    data = lines(rows)
    before = time.process_time()
    began = time.perf_counter()
    {"ours": ours, "rival": rival}[name](data)
    seconds = time.perf_counter() - began
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    writing, beside = own.ru_utime + own.ru_stime - before, children.ru_utime + children.ru_stime
    cpu = f"{writing + beside:8.1f} CPU-s ({writing:.1f} writing, {beside:.1f} beside)"
    print(f"{name:6} {rows:>9,} rows  {seconds:8.1f} s  {cpu}  {rows / seconds:9,.0f} rows/s")
    if name == "ours":
        goal(f"import of {rows:,} rows: rows a second", rows / seconds, at_least=25_000)


def watched(process: subprocess.Popen[bytes]) -> float:
    """Megabytes that a process and those it started hold together at most, seen five times a second; what they share counts for each."""
    peak = 0
    while process.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            first = psutil.Process(process.pid)
            peak = max(peak, sum(one.memory_info().rss for one in (first, *first.children(recursive=True))))
        time.sleep(0.2)
    return peak / 2**20


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    if len(sys.argv) > 2:
        measure(sys.argv[2], rows)
        return
    for name in ("ours", "rival"):
        with tempfile.TemporaryDirectory() as folder:
            source = str(Path(__file__).resolve().parent.parent / "src")
            environment = {**os.environ, "HUIFANG_DATA": folder, "DJANGO_SETTINGS_MODULE": "huifang.app.settings", "PYTHONPATH": source}
            with subprocess.Popen([sys.executable, __file__, str(rows), name], env=environment) as process:
                peak = watched(process)
            if process.returncode:
                sys.exit(process.returncode)
            print(f"{name:6} {peak:6.0f} MB at most, all processes together")
            if name == "ours":
                goal(f"import of {rows:,} rows: MB", peak, at_most=1_000)


if __name__ == "__main__":
    main()
