"""``huifang forecast`` and ``huifang difference`` over a small shop in files."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from huifang import cli
from huifang.commands.forecast import bar, chart
from huifang.domain.contact import Channel
from huifang.engine.forecast import Count, Day, Load
from huifang.engine.simulation import Assumptions
from tests.commands.test_cli import PLAYBOOK, shop
from tests.engine.planning import MONDAY

__all__ = ["shop"]
DAY = ["--day", "2026-11-20", "--since", "2026-11-19"]


def tables(folder: Path) -> list[str]:
    return ["--tables", str(folder / "tables"), *DAY]


def test_the_forecast_as_a_chart_and_as_files(shop: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path):
    asked = ["forecast", *tables(shop), "--playbook", str(shop / "shop.yaml"), "--days", "1", "--reach", "phone=0.5"]
    assert cli.main([*asked, "--out", str(tmp_path / "new"), "--format", "csv", "--language", "en"]) == 0
    out = capsys.readouterr().out
    assert out.splitlines()[1].split() == ["2026-11-20", "|##############################", "1", "1", "0", "0", "0"]
    assert "Assumed: Phone reaches 50%; no new events come; other channels always reach." in out
    rows = list(csv.DictReader(io.StringIO((tmp_path / "new" / "forecast.csv").read_text("utf-8-sig"))))
    assert [(row["day"], row["programme"], row["due"], row["planned"]) for row in rows] == [("2026-11-20", "day-after", "1", "1")]
    assert (tmp_path / "new" / "load.csv").read_text("utf-8-sig").splitlines()[1] == '2026-11-20,"",1,0,0'


@pytest.mark.parametrize("wrong", [["--days", "0"], ["--days", "x"], ["--reach", "pigeon=1"], ["--reach", "phone=2"], ["--reach", "phone"]])
def test_figures_that_cannot_be(shop: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        cli.main(["forecast", *tables(shop), "--playbook", "retail", *wrong])
    assert wrong[0] in capsys.readouterr().err


def test_the_difference_by_customer(shop: Path, capsys: pytest.CaptureFixture[str]):
    (shop / "slower.yaml").write_text(PLAYBOOK.replace("wait: 1 day", "wait: 2 days"), "utf-8")
    asked = ["difference", str(shop / "shop.yaml"), str(shop / "slower.yaml"), *tables(shop), "--days", "1"]
    assert cli.main([*asked, "--language", "zh"]) == 0
    out = capsys.readouterr().out
    assert "取消  1     day-after  2026-11-20 电话 11月19日结算后第1天  这些天内没有到期" in out
    assert "新增 0，取消 1，改期 0，不变 0。" in out
    assert cli.main([*asked, "--format", "csv", "--language", "en"]) == 0
    assert next(csv.DictReader(io.StringIO(capsys.readouterr().out)))["change"] == "dropped"


def _day(number: int, work: int) -> Day:
    day = MONDAY.fromordinal(MONDAY.toordinal() + number)
    return Day(day, (Count(day, "p", "a", "", 1, work, 0, 2, 0, 0, 1),), (Load(day, "", work, 2, 5),))


def test_many_days_are_shown_by_week(capsys: pytest.CaptureFixture[str]):
    lines = chart([_day(number, 3) for number in range(50)], "en").splitlines()
    assert len(lines) == 1 + 8
    assert lines[1].split()[0] == "2026-03-02"
    assert lines[1].split()[-5:] == ["7", "21", "35", "2", "7"]


def test_bars_and_assumptions_in_words():
    assert bar(0, 0, 0, 1) == "|"
    assert bar(5, 3, 5, 10) == "###############|+++++++++"
    eighty = Assumptions({Channel.PHONE: 0.8}, events=True)
    assert eighty.words().zh == "假定：电话接通率 80%；过去一年的业务事件再次发生；其余渠道都能送达。"
    assert Assumptions().words().en == "Assumed: every contact reaches; no new events come; other channels always reach."


def test_a_screen_is_told_which_day_is_done(shop: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert cli.main(["forecast", *tables(shop), "--playbook", str(shop / "shop.yaml"), "--days", "1"]) == 0
    assert "\r2026-11-20" in capsys.readouterr().err
