"""``huifang demo``: two generated businesses on this machine, each an installation of its own, started and stopped together."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import UTC, date, datetime, time, timedelta
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from importlib.resources import files
from pathlib import Path
from time import sleep
from zoneinfo import ZoneInfo

from huifang.app.commands.processes import migrate, port_is_free, port_taken, say, start
from huifang.stores.calendar_sources import calendar

BUSINESSES = ("repair-shop", "hospital")
PASSWORD = "huifang-demo"  # noqa: S105 - shown on the sign-in page of a demo
LOGINS = {
    "repair-shop": (("hf01", "回访员 agent"), ("kf01", "主管 supervisor"), ("dz01", "经理 manager"), ("gl01", "管理员 administrator")),
    "hospital": (("sf01", "回访员 agent"), ("zr01", "主管 supervisor"), ("yz01", "经理 manager"), ("gl01", "管理员 administrator")),
}
_NAMES = {"repair-shop": ("汽修厂", "Repair shop"), "hospital": ("医院", "Hospital")}
_ZONE = ZoneInfo("Asia/Shanghai")
_SEED = 1
_HOURS = ((time(9), time(11, 30)), (time(14), time(17)))
_MORNING = {"repair-shop": time(9, 5), "hospital": time(10, 5)}


def run(arguments: Sequence[str], language: str) -> int:  # noqa: ARG001
    """Make the businesses where today's are not there, serve both, stop both with Ctrl-C."""
    parser = argparse.ArgumentParser(prog="huifang demo", description="Two demo businesses on this machine. 启动两家演示企业。")
    parser.add_argument("--data", type=Path, default=Path("var/demo"), help="folder to keep them in / 数据目录")
    parser.add_argument("--port", type=int, help="first port; else free ones from 8000 on / 起始端口，不填则从 8000 起找")
    parser.add_argument("--business", choices=BUSINESSES, action="append", help="only this one / 只启动一家")
    parser.add_argument("--prepare", action="store_true", help="make the data and stop / 只生成数据")
    chosen = parser.parse_args(arguments)
    businesses = tuple(dict.fromkeys(chosen.business or BUSINESSES))
    return demo(chosen.data, chosen.port or _free_ports(len(businesses)), businesses, serve=not chosen.prepare)


def demo(data_dir: Path, port: int, businesses: Sequence[str] = BUSINESSES, *, serve: bool = True) -> int:
    """The demo in `data_dir`, from `port` on; returns when it has been stopped. Making both takes up to a minute, side by side."""
    ports = list(range(port, port + len(businesses)))
    taken = [each for each in ports if serve and not port_is_free("127.0.0.1", each)]
    if taken:
        say(port_taken(taken[0]).say("zh") + " / " + port_taken(taken[0]).say("en"))
        return 1
    now = datetime.now(UTC)
    environments = {each: environment(data_dir, each, now, number) for each, number in zip(businesses, ports, strict=True)}
    if not _prepare(environments):
        return 1
    if not serve:
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # told to stop, it stops what it started
    places = dict(zip(businesses, ports, strict=True))
    return _until_stopped([_serve(environments[each], number) for each, number in places.items()], places)


def _free_ports(many: int) -> int:
    """The first of `many` free ports in a row, from 8000 on; 8000 where there are none, so that it is named."""
    return next((first for first in range(8000, 9000) if all(port_is_free("127.0.0.1", first + n) for n in range(many))), 8000)


def opening(now: datetime, business: str) -> datetime:
    """The moment a demo shows at `now`: `now` itself inside the hours of a working day, else the morning of the last working day."""
    local = now.astimezone(_ZONE)
    days = calendar("CN", local.year - 1, local.year)
    working = days.is_working(local.date())
    begins = _MORNING[business]
    if working and any(max(start, begins) <= local.time() < end for start, end in _HOURS):
        return now
    day = local.date() if working else days.add_working_days(local.date(), -1)
    return datetime.combine(day, begins, _ZONE).astimezone(UTC)


_PHONES = {"repair-shop": "0599-555 0136", "hospital": "0599-555 0188"}
"""What customers are told to call."""


def environment(data_dir: Path, business: str, now: datetime, port: int) -> dict[str, str]:
    """Environment variables of a business's own installation. Links in its messages lead to its own pages at `port`."""
    offset = int((opening(now, business) - now).total_seconds())
    return {
        **os.environ, "HUIFANG_DATA": str((data_dir / business).resolve()), "HUIFANG_DATABASE": "", "HUIFANG_DEMO": "1",
        "HUIFANG_DEMO_CLOCK": str(offset), "HUIFANG_TIME_ZONE": "Asia/Shanghai", "DJANGO_SETTINGS_MODULE": "huifang.app.settings",
        "GRANIAN_LOG_LEVEL": "error", "HUIFANG_PHONE": os.environ.get("HUIFANG_PHONE") or _PHONES[business],
        "HUIFANG_PUBLIC_URL": os.environ.get("HUIFANG_PUBLIC_URL") or f"http://127.0.0.1:{port}",
    }  # fmt: skip


def _prepare(environments: dict[str, dict[str, str]]) -> bool:
    """Make what is not there yet, each business in a process of its own; whether all went well."""
    making = {
        each: subprocess.Popen([sys.executable, "-m", "huifang.app.commands.demo", each], env=environment)
        for each, environment in environments.items()
    }
    statuses = [process.wait() for process in making.values()]
    return not any(statuses)


def make(business: str) -> int:
    """Make one business in this process's own installation, unless one of the same day and the same tables is there."""
    from django.conf import settings

    folder = Path(os.environ["HUIFANG_DATA"])
    moment = datetime.now(UTC) + timedelta(seconds=int(os.environ["HUIFANG_DEMO_CLOCK"]))
    day = moment.astimezone(_ZONE).date()
    made_for = {"day": day.isoformat(), "seed": _SEED, "tables": _tables()}
    note = folder / "demo.json"
    if note.exists() and json.loads(note.read_text("utf-8")) == made_for:
        return 0
    if folder.exists() and any(folder.iterdir()) and not note.exists():
        say(f"{folder} 里有别的内容，不会覆盖；请用 --data 另选文件夹。")
        say(f"{folder} holds something else, which is left as it is; choose another folder with --data.")
        return 1
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    note.write_text("{}", "utf-8")  # a demo that was not finished is made anew
    start()
    assert settings.HUIFANG.demo  # noqa: S101 - the process that makes it was started as a demo
    _unhurried_disk()
    migrate()
    _fill(business, day, moment)
    note.write_text(json.dumps(made_for), "utf-8")
    return 0


def _tables() -> str:
    """What tells one shape of the database from another: a digest of its migrations."""
    migrations = sorted((files("huifang.app.records") / "migrations").iterdir(), key=lambda each: each.name)
    return hashlib.sha256(b"".join(each.read_bytes() for each in migrations if each.name.endswith(".py"))).hexdigest()[:16]


def _unhurried_disk() -> None:
    """While a new demo is filled nothing waits for the disk: a machine that goes off now just makes the demo again."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")


def _fill(business: str, day: date, moment: datetime) -> None:
    from huifang.app.demo_load import load
    from huifang.app.demo_morning import begin
    from huifang.app.demo_supervising import load_supervising
    from huifang.demo.command import BUSINESSES as MAKERS

    zh, en = _NAMES[business]
    say(f"{zh}：正在生成截至 {day.isoformat()} 的业务数据… / {en}: making its records up to {day.isoformat()}…")
    made = MAKERS[business](day, _SEED)
    rows = f"{len(made.customers):,}", f"{len(made.events):,}", f"{len(made.contacts):,}"
    say("{}：正在存入 {} 位客户、{} 条业务、{} 次联络… / {}: storing {} customers, {} events, {} contacts…".format(zh, *rows, en, *rows))
    load(made, moment)
    load_supervising(business, day)
    say(f"{zh}：正在编排当天的回访计划、汇总指标… / {en}: planning the day and counting its figures…")
    run = begin(day, moment)
    say(f"{zh}：今天有 {run.counts['followups']} 项回访。 / {en}: {run.counts['followups']} follow-ups today.")


def _serve(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    command = f"from huifang.app.commands.serve import run; raise SystemExit(run(['--port', '{port}'], 'zh'))"
    return subprocess.Popen([sys.executable, "-c", command], env=environment)


def welcome(running: list[subprocess.Popen[bytes]], places: dict[str, int]) -> None:
    """Addresses and logins, once all pages are there; nothing where a server has ended."""
    while not all(_answers(number) for number in places.values()):
        if any(process.poll() is not None for process in running):
            return
        sleep(0.2)
    for each, number in places.items():
        say(f"\n{each}: http://127.0.0.1:{number}/")
        for name, role in LOGINS[each]:
            say(f"  {name} / {PASSWORD}  ({role})")
    say("\nCtrl-C 结束 / Ctrl-C stops")


def _answers(port: int) -> bool:
    with suppress(OSError, HTTPException), closing(HTTPConnection("127.0.0.1", port, timeout=60)) as asked:
        asked.request("GET", "/sign-in/")
        return asked.getresponse().status == HTTPStatus.OK
    return False


def _until_stopped(running: list[subprocess.Popen[bytes]], places: dict[str, int]) -> int:
    status = 0
    try:
        welcome(running, places)
        status = max(process.wait() for process in running)
    except KeyboardInterrupt:
        status = 0
    finally:
        for process in running:
            with suppress(ProcessLookupError):
                process.terminate()
        for process in running:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=20)
    return status


if __name__ == "__main__":
    sys.exit(make(sys.argv[1]))
