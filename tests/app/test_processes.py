"""The system's verbs as they are started: they answer, end cleanly when told to, and say when the port is taken."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from huifang.app.commands import processes
from huifang.app.commands.processes import port_is_free, processes_for

SOURCE = Path(__file__).parents[2] / "src"


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUIFANG_", "COVERAGE_", "COV_"))}
    return {**kept, "HUIFANG_DATA": str(folder), "PYTHONPATH": str(SOURCE), "PYTHONUTF8": "1", "LANG": "en_GB.UTF-8"}


def _huifang(folder: Path, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "huifang", *words]
    return subprocess.Popen(
        command, env=_environment(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=folder, start_new_session=True
    )


@contextmanager
def _running(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = _huifang(folder, *words)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):  # whatever it has started goes with it
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=120)


def _done(folder: Path, *words: str) -> tuple[int, str]:
    with _running(folder, *words) as process:
        said, _ = process.communicate(timeout=120)
        return process.returncode, said


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _page(port: int, process: subprocess.Popen[str]) -> str:
    """The sign-in page, as soon as it is there."""
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
                return str(answer.read().decode())
        except OSError:
            time.sleep(0.2)
    raise AssertionError(process.communicate()[0] if process.poll() is not None else "no answer")


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """What is started answers Ctrl-C, also where this run itself was started in the background and does not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize(("number", "more"), [(signal.SIGINT, ()), (signal.SIGTERM, ("--processes", "2"))])
def test_it_is_set_up_answers_and_ends_cleanly(tmp_path: Path, number: signal.Signals, more: tuple[str, ...]) -> None:
    status, said = _done(tmp_path, "setup", "--first-run", "--playbook", "repair-shop")
    assert status == 0, said
    assert "repair-shop" in said
    assert "first password" in said
    port = _free_port()
    with _running(tmp_path, "serve", "--port", str(port), *more) as process:
        assert "<form" in _page(port, process)
        process.send_signal(number)
        assert process.wait(120) == 0
    assert port_is_free("127.0.0.1", port)


def test_setting_up_again_changes_nothing(tmp_path: Path) -> None:
    assert _done(tmp_path, "setup", "--first-run")[0] == 0
    status, said = _done(tmp_path, "setup", "--first-run")
    assert status == 0
    assert "administrator already" in said


@pytest.mark.parametrize("verb", ["serve", "demo"])
def test_a_port_that_is_taken_is_told(tmp_path: Path, verb: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, said = _done(tmp_path, verb, "--port", port)
    assert status == 1
    assert port in said


def test_one_process_writes_into_one_file_and_a_server_gets_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    assert (processes_for("sqlite"), processes_for("postgresql")) == (1, 4)


@pytest.mark.parametrize("number", ["0", "65", "many"])
def test_a_number_of_processes_that_cannot_be_is_refused(tmp_path: Path, number: str) -> None:
    status, said = _done(tmp_path, "serve", "--processes", number)
    assert status == 2
    assert "--processes" in said


def test_a_worker_works_until_it_is_told_to_stop(tmp_path: Path) -> None:
    assert _done(tmp_path, "setup", "--first-run")[0] == 0
    with _running(tmp_path, "worker") as process:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(4)
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0


@pytest.mark.parametrize("verb", ["import", "report", "setup", "serve", "worker", "demo"])
def test_every_verb_has_help_in_both_languages(tmp_path: Path, verb: str) -> None:
    for language in ("zh", "en"):
        status, said = _done(tmp_path, verb, "--help", "--language", language)
        assert status == 0
        assert f"huifang {verb}" in said


def test_what_does_not_end_when_it_is_told_to_is_ended_with_all_it_has_started() -> None:
    stays = "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    child = f"{stays}print('up', flush=True); signal.pause()"
    both = f"{stays}subprocess.Popen([sys.executable, '-c', {child!r}]).wait()"
    with subprocess.Popen([sys.executable, "-c", both], start_new_session=True, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        processes.end(process, patience=0.2)
        assert process.returncode == -signal.SIGKILL
        assert process.stdout.read() == b"", "nobody holds it any more"


def test_a_demo_is_not_made_on_top_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "huifang.sqlite3").write_text("a business")
    making = "from huifang.app.commands.demo import make; raise SystemExit(make('repair-shop'))"
    environment = _environment(tmp_path) | {"HUIFANG_DATA": str(tmp_path), "HUIFANG_DEMO_CLOCK": "0"}
    done = subprocess.run([sys.executable, "-c", making], env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert "choose another folder" in done.stdout
    assert (tmp_path / "huifang.sqlite3").read_text() == "a business"
